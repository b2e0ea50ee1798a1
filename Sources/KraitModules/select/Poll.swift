// Objects that `select.poll()` makes.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var pollType = ModuleType()

private struct PollObject {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// A dict of descriptors and the events that are awaited.
    var events: Value
    var isPolling: Bool
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var events: DictObject { DictObject(contents.pointee.events) }
}

/// A C `unsigned short`.
private func eventMask(_ call: Call, _ index: Int) throws(PyError) -> Value {
  let number = try call[index].index()
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard let word = Integer.asInt(number.value), word <= 0xFFFF else { throw .overflowError("Python int too large for C unsigned short") }
  return Value(smallInteger: word)
}

func definePoll(_ m: ModuleBuilder) throws(PyError) {
  pollType = ModuleType(
    try m.defineType("poll", isPublic: false) { t in
      t.documentation = "Descriptors and the events that are awaited of them."
      t.basicSize = MemoryLayout<PollObject.Contents>.size
      t.flags.insert(.disallowInstantiation)
      t.slots.deallocate = DeallocateSlot { raw in
        raw.assumingMemoryBound(to: PollObject.Contents.self).pointee.events.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.method("register(fd, eventmask=7, /)", "Wait for events of a descriptor, too: for input, urgent input and room for output, if no mask is given.") {
        (call: Call) throws(PyError) -> Owned in
        let descriptor = try fileDescriptor(call[0])
        let mask = try eventMask(call, 1)
        try PollObject(call.receiver).events.set(Value(smallInteger: Int(descriptor)), mask)
        return .none
      }
      t.method("modify(fd, eventmask, /)", "Change the events that are awaited of a descriptor.") { (call: Call) throws(PyError) -> Owned in
        let descriptor = Value(smallInteger: Int(try fileDescriptor(call[0])))
        let mask = try eventMask(call, 1)
        let events = PollObject(call.receiver).events
        if try events.get(descriptor).isAbsent { throw .osError(ENOENT) }
        try events.set(descriptor, mask)
        return .none
      }
      t.method("unregister(fd, /)", "Wait for the descriptor no longer.") { (call: Call) throws(PyError) -> Owned in
        let descriptor = Value(smallInteger: Int(try fileDescriptor(call[0])))
        let removed = try PollObject(call.receiver).events.remove(descriptor)
        if removed.value.isAbsent { throw .keyError(descriptor) }
        return .none
      }
      t.method("poll(timeout=None, /)", "Wait for the descriptors, at most so many milliseconds; return a list of descriptors with their events.") {
        (call: Call) throws(PyError) -> Owned in try poll(call)
      }
    })
  try m.function("poll()", "Make an object to which descriptors are added, and which waits for their events.") { (_: Call) throws(PyError) -> Owned in
    let events = try Owned.dict()
    let raw = try pollType.object.allocate()
    raw.assumingMemoryBound(to: PollObject.Contents.self).pointee.events = events.take()
    return Owned(taking: raw)
  }
}

private func poll(_ call: Call) throws(PyError) -> Owned {
  var timeout: Timeout?
  if !call[0].isNone {
    let given = try Timeout(call[0], unit: Timeout.millisecond, wrongType: "timeout must be an integer or None")
    guard let _ = Int32(exactly: given.milliseconds) else { throw .overflowError("timeout is too large") }
    if given.nanoseconds >= 0 { timeout = given }
  }
  let object = PollObject(call.receiver)
  if object.contents.pointee.isPolling { throw .runtimeError("concurrent poll() invocation") }
  let count = object.events.count
  let buffer = try PlainBuffer(count * MemoryLayout<pollfd>.stride)
  let entries = buffer.start.assumingMemoryBound(to: pollfd.self)
  var (position, key, value) = (0, Value.absent, Value.absent)
  var filled = 0
  while filled < count && object.events.next(&position, &key, &value) {
    entries[filled] = pollfd(fd: Int32(truncatingIfNeeded: key.smallInteger), events: Int16(truncatingIfNeeded: value.smallInteger), revents: 0)
    filled += 1
  }
  object.contents.pointee.isPolling = true
  defer { object.contents.pointee.isPolling = false }
  let deadline = Deadline(timeout)
  while true {
    let time = deadline.milliseconds
    let found = withoutLock { Glibc.poll(entries, nfds_t(filled), time) }
    if found >= 0 { break }
    if errno != EINTR { throw systemError() }
    try checkSignals()
  }
  let result = try Owned.list()
  for index in 0..<filled where entries[index].revents != 0 {
    let pair = try Owned.tuple(Value(smallInteger: Int(entries[index].fd)), Value(smallInteger: Int(UInt16(bitPattern: entries[index].revents))))
    try ListObject(result.value).append(pair.value)
  }
  return result
}
