// The type `select.epoll`.

import CKraitSystem
import Glibc
import KraitRuntime

nonisolated(unsafe) private var epollType = ModuleType()

private struct EpollObject {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// -1 when closed.
    var descriptor: Int32
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// The descriptor of an object that is open.
  static func open(_ value: Value) throws(PyError) -> Int32 {
    let descriptor = EpollObject(value).contents.pointee.descriptor
    if descriptor < 0 { throw .valueError("I/O operation on closed epoll object") }
    return descriptor
  }

  static func make(_ type: Value, _ descriptor: Int32) throws(PyError) -> Owned {
    let raw: UnsafeMutableRawPointer
    do throws(PyError) { raw = try TypeObject(type).allocate() } catch {
      Glibc.close(descriptor)
      throw error
    }
    raw.assumingMemoryBound(to: Contents.self).pointee.descriptor = descriptor
    return Owned(taking: raw)
  }

  func close() throws(PyError) {
    let descriptor = contents.pointee.descriptor
    guard descriptor >= 0 else { return }
    contents.pointee.descriptor = -1
    if withoutLock({ Glibc.close(descriptor) }) < 0 { throw systemError() }
  }
}

/// The low 32 bits of an int.
private func mask(_ value: Value) throws(PyError) -> UInt32 {
  let number = try value.index()
  return UInt32(truncatingIfNeeded: Integer.truncatedBits(number.value))
}

private func control(_ call: Call, _ operation: Int32, _ mask: UInt32) throws(PyError) -> Owned {
  let poller = try EpollObject.open(call.receiver)
  let descriptor = try fileDescriptor(call[0])
  var event = epoll_event()
  event.events = mask
  event.data.fd = descriptor
  if epoll_ctl(poller, operation, descriptor, &event) < 0 { throw systemError() }
  return .none
}

func defineEpoll(_ m: ModuleBuilder) throws(PyError) {
  epollType = ModuleType(
    try m.defineType("epoll") { t in
      t.documentation = "A set of descriptors that the kernel watches.\n\nsizehint is of no use any more, but must be positive or -1; flags is 0 or EPOLL_CLOEXEC, which always holds."
      t.basicSize = MemoryLayout<EpollObject.Contents>.size
      t.slots.getAttribute = BinarySlot(genericGetAttribute)
      t.slots.deallocate = DeallocateSlot { raw in
        let descriptor = raw.assumingMemoryBound(to: EpollObject.Contents.self).pointee.descriptor
        if descriptor >= 0 { Glibc.close(descriptor) }
        finishDeallocation(raw)
      }
      t.new("epoll(sizehint=-1, flags=0)") { (call: Call) throws(PyError) -> Owned in
        let (size, flags) = (try call.int32(0), try call.int32(1))
        if size <= 0 && size != -1 { throw .valueError("negative sizehint") }
        if flags != 0 && flags != O_CLOEXEC { throw PyError.raise(.osError, "invalid flags") }
        let descriptor = epoll_create1(O_CLOEXEC)
        if descriptor < 0 { throw systemError() }
        return try EpollObject.make(call.receiver, descriptor)
      }
      t.classMethod("fromfd(fd, /)", "Make an object of a descriptor of an epoll instance.") { (call: Call) throws(PyError) -> Owned in
        try EpollObject.make(call.receiver, try call.int32(0))
      }
      t.method("close()", "Close the object's descriptor.") { (call: Call) throws(PyError) -> Owned in
        try EpollObject(call.receiver).close()
        return .none
      }
      t.method("fileno()", "The object's own descriptor.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(try EpollObject.open(call.receiver))) }
      t.method("register(fd, eventmask=7)", "Watch a descriptor, too: for input, urgent input and room for output, if no mask is given.") {
        (call: Call) throws(PyError) -> Owned in try control(call, 1, try mask(call[1]))
      }
      t.method("modify(fd, eventmask)", "Change the events that are awaited of a descriptor.") { (call: Call) throws(PyError) -> Owned in
        try control(call, 3, try mask(call[1]))
      }
      t.method("unregister(fd)", "Watch the descriptor no longer.") { (call: Call) throws(PyError) -> Owned in try control(call, 2, 0) }
      t.method("poll(timeout=None, maxevents=-1)", "Wait for events, at most so many seconds, and return at most so many of them as a list of descriptors with their events.") {
        (call: Call) throws(PyError) -> Owned in try poll(call)
      }
      t.method("__enter__()", "The object itself.") { (call: Call) throws(PyError) -> Owned in
        _ = try EpollObject.open(call.receiver)
        return Owned(copying: call.receiver)
      }
      t.method("__exit__(exc_type=None, exc_value=None, exc_tb=None, /)", "Close the object.") { (call: Call) throws(PyError) -> Owned in
        let method = try call.receiver.getAttribute(Name.close)
        return try method.value.call()
      }
      t.getter("closed", "Whether the object is closed.") { (object: Value) throws(PyError) -> Owned in .boolean(EpollObject(object).contents.pointee.descriptor < 0) }
    })
}

private func poll(_ call: Call) throws(PyError) -> Owned {
  _ = try EpollObject.open(call.receiver)
  var timeout: Timeout?
  if !call[0].isNone {
    let given = try Timeout(call[0], unit: Timeout.second, wrongType: "timeout must be an integer or None")
    guard let _ = Int32(exactly: given.milliseconds) else { throw .overflowError("timeout is too large") }
    if given.nanoseconds >= 0 { timeout = given }
  }
  var limit = try call.int32(1)
  if limit == -1 { limit = 1023 }
  if limit < 1 { throw .valueError("maxevents must be greater than 0, got \(limit)") }
  // Converting the arguments may have closed the object.
  let poller = try EpollObject.open(call.receiver)
  let buffer = try PlainBuffer(Int(limit) * MemoryLayout<epoll_event>.stride)
  let events = buffer.start.assumingMemoryBound(to: epoll_event.self)
  let deadline = Deadline(timeout)
  var count: Int32
  while true {
    let time = deadline.milliseconds
    count = withoutLock { epoll_wait(poller, events, limit, time) }
    if count >= 0 { break }
    if errno != EINTR { throw systemError() }
    try checkSignals()
  }
  let result = try Owned.list()
  for index in 0..<Int(count) {
    let pair = try Owned.tuple(Value(smallInteger: Int(events[index].data.fd)), Value(smallInteger: Int(events[index].events)))
    try ListObject(result.value).append(pair.value)
  }
  return result
}
