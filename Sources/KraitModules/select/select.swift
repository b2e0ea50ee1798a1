// The module `select`: waiting for descriptors with select(), poll() and epoll.

import CKraitSystem
import Glibc
import KraitRuntime

let selectModule = ModuleDefinition(
  "select", "Waiting until one of many descriptors can be read or written.\n\nselect() is the oldest way; poll() and epoll objects take any number of descriptors."
) { (m: ModuleBuilder) throws(PyError) in
  try definePoll(m)
  try defineEpoll(m)
  try m.function(
    "select(rlist, wlist, xlist, timeout=None, /)",
    "Wait until descriptors are ready.\n\nThe three iterables hold ints or objects with a fileno() method: those to be read, those to be written, and those for which an\nexceptional condition is awaited. Three lists with the ready ones are returned, empty ones when the timeout (in seconds) is over first."
  ) { (call: Call) throws(PyError) -> Owned in try waitForSets(call) }
  try m.constant("error", TypeObject.osError.value)
  for (name, number) in constants { try m.constant(name, number) }
}

private let constants: [(name: StaticString, number: Int)] = [
  ("EPOLLERR", 8), ("EPOLLET", 2147483648), ("EPOLLEXCLUSIVE", 268435456), ("EPOLLHUP", 16), ("EPOLLIN", 1), ("EPOLLMSG", 1024),
  ("EPOLLONESHOT", 1073741824), ("EPOLLOUT", 4), ("EPOLLPRI", 2), ("EPOLLRDBAND", 128), ("EPOLLRDHUP", 8192), ("EPOLLRDNORM", 64),
  ("EPOLLWAKEUP", 536870912), ("EPOLLWRBAND", 512), ("EPOLLWRNORM", 256), ("EPOLL_CLOEXEC", 524288), ("PIPE_BUF", 4096), ("POLLERR", 8),
  ("POLLHUP", 16), ("POLLIN", 1), ("POLLMSG", 1024), ("POLLNVAL", 32), ("POLLOUT", 4), ("POLLPRI", 2), ("POLLRDBAND", 128), ("POLLRDHUP", 8192),
  ("POLLRDNORM", 64), ("POLLWRBAND", 512), ("POLLWRNORM", 256),
]


// MARK: - select()

private let setSize = 1024

/// One of the three sets: the caller's objects, their descriptors, and the bits for the system.
private struct DescriptorSet: ~Copyable {
  let objects: Owned
  private let descriptors: [Int32]
  private let bits: UnsafeMutablePointer<fd_set>

  init(_ iterable: Value) throws(PyError) {
    let found = try Owned.list()
    descriptors = try DescriptorSet.descriptors(iterable, found.value)
    objects = found
    bits = UnsafeMutablePointer<fd_set>.allocate(capacity: 1)
    bits.initialize(to: fd_set())
    fill()
  }

  private static func list(_ iterable: Value) throws(PyError) -> Owned {
    if iterable.isExactList || iterable.isExactTuple { return Owned(copying: iterable) }
    do throws(PyError) { return try Owned.list(from: iterable) } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw .typeError("arguments 1-3 must be sequences")
    }
  }

  /// The descriptors of a sequence, whose objects go to a list. A `fileno()` may change the sequence meanwhile.
  private static func descriptors(_ iterable: Value, _ objects: Value) throws(PyError) -> [Int32] {
    let sequence = try list(iterable)
    var descriptors: [Int32] = []
    var index = 0
    while index < (sequence.value.isList ? ListObject(sequence.value).count : TupleObject(sequence.value).count) {
      let object = Owned(copying: sequence.value.isList ? ListObject(sequence.value)[index] : TupleObject(sequence.value)[index])
      try ListObject(objects).append(object.value)
      let descriptor = try fileDescriptor(object.value)
      if descriptor >= setSize { throw .valueError("filedescriptor out of range in select()") }
      if index >= setSize { throw .valueError("too many file descriptors in select()") }
      descriptors.append(descriptor)
      index += 1
    }
    return descriptors
  }

  deinit { bits.deallocate() }

  private var words: UnsafeMutablePointer<UInt64> { UnsafeMutableRawPointer(bits).assumingMemoryBound(to: UInt64.self) }

  private func fill() { for descriptor in descriptors { words[Int(descriptor) >> 6] |= 1 << UInt64(descriptor & 63) } }

  /// The set for the system; nil when it is empty.
  var pointer: UnsafeMutablePointer<fd_set>? { descriptors.isEmpty ? nil : bits }
  var limit: Int32 { (descriptors.max() ?? -1) + 1 }

  /// The objects whose bits the system left.
  func ready() throws(PyError) -> Owned {
    let result = try Owned.list()
    for (index, descriptor) in descriptors.enumerated() where words[Int(descriptor) >> 6] >> UInt64(descriptor & 63) & 1 != 0 {
      try ListObject(result.value).append(ListObject(objects.value)[index])
    }
    return result
  }
}

private func waitForSets(_ call: Call) throws(PyError) -> Owned {
  let timeout = call[3].isNone ? nil : try Timeout(call[3], unit: Timeout.second, wrongType: "timeout must be a float or None")
  if let timeout, timeout.nanoseconds < 0 { throw .valueError("timeout must be non-negative") }
  let readers = try DescriptorSet(call[0])
  let writers = try DescriptorSet(call[1])
  let others = try DescriptorSet(call[2])
  let limit = max(readers.limit, writers.limit, others.limit)
  let (r, w, x) = (readers.pointer, writers.pointer, others.pointer)
  let deadline = Deadline(timeout)
  while true {
    var time = (deadline.rest ?? Timeout(nanoseconds: 0)).timeval
    if time.tv_sec < 0 || time.tv_usec < 0 { time = timeval() }
    let count = withoutLock { timeout == nil ? Glibc.select(limit, r, w, x, nil) : Glibc.select(limit, r, w, x, &time) }
    if count >= 0 { break }
    if errno != EINTR { throw systemError() }
    // The sets are untouched.
    try checkSignals()
  }
  let first = try readers.ready()
  let second = try writers.ready()
  let third = try others.ready()
  return try Owned.tuple(first.value, second.value, third.value)
}
