// The module `_multiprocessing`: semaphores that processes share, for `multiprocessing.synchronize`.

import CKraitSystem
import Glibc
import KraitRuntime

let multiprocessingModule = ModuleDefinition("_multiprocessing") { (m: ModuleBuilder) throws(PyError) in
  try defineSemaphore(m)
  try m.function("sem_unlink(name, /)", "Take a semaphore's name away; it goes when nobody has it open any more.") { (call: Call) throws(PyError) -> Owned in
    let name = try semaphoreName(try call.string(0))
    if Glibc.sem_unlink(BytesObject(name.value).data.assumingMemoryBound(to: CChar.self)) < 0 { throw systemError() }
    return .none
  }
  let flags = try Owned.dict()
  try DictObject(flags.value).set(Name.make("HAVE_SEM_OPEN"), Value(smallInteger: 1))
  try DictObject(flags.value).set(Name.make("HAVE_SEM_TIMEDWAIT"), Value(smallInteger: 1))
  try m.constant("flags", flags)
}

private func semaphoreName(_ value: Value) throws(PyError) -> Owned {
  let bytes = try value.callMethod(Name.encode)
  if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil { throw .valueError("embedded null character") }
  return bytes
}

// MARK: - The type

nonisolated(unsafe) private var semaphoreType = ModuleType()

private struct SemaphoreObject {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var handle: UnsafeMutablePointer<sem_t>?
    /// A str or None, owned.
    var name: Value
    /// The thread that acquired it last.
    var owner: UInt
    /// How often this process holds it; acquiring and releasing may be done by different processes.
    var depth: Int
    var kind: Int32
    var limit: Int32
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var isMine: Bool { contents.pointee.depth > 0 && contents.pointee.owner == UInt(pthread_self()) }
  var isRecursive: Bool { contents.pointee.kind == SemaphoreObject.recursive }

  static let recursive: Int32 = 0
  static let counting: Int32 = 1

  /// How many objects have each semaphore that is open: another object may be made for one by its number.
  nonisolated(unsafe) private static var users: [UInt: Int] = [:]
  /// Guards the above: interpreters share it.
  nonisolated(unsafe) private static var lock = SharedLock()

  static func isOpen(_ handle: UInt) -> Bool { lock.synchronized { users[handle] != nil } }

  static func make(_ type: Value, _ handle: UnsafeMutablePointer<sem_t>, _ kind: Int32, _ limit: Int32, _ name: Value) throws(PyError) -> Owned {
    let number = UInt(bitPattern: handle)
    lock.synchronized { users[number, default: 0] += 1 }
    let raw: UnsafeMutableRawPointer
    do throws(PyError) { raw = try TypeObject(type).allocate() } catch {
      giveUp(handle)
      throw error
    }
    let contents = raw.assumingMemoryBound(to: Contents.self)
    contents.pointee.handle = handle
    contents.pointee.name = Owned(copying: name).take()
    contents.pointee.kind = kind
    contents.pointee.limit = limit
    return Owned(taking: raw)
  }

  static func giveUp(_ handle: UnsafeMutablePointer<sem_t>) {
    let number = UInt(bitPattern: handle)
    let isLast = lock.synchronized { () -> Bool in
      let count = users[number] ?? 1
      users[number] = count == 1 ? nil : count - 1
      return count == 1
    }
    if isLast { sem_close(handle) }
  }

  var value: Int32 {
    get throws(PyError) {
      var result: Int32 = 0
      guard let handle = contents.pointee.handle, sem_getvalue(handle, &result) == 0 else { throw systemError() }
      return max(result, 0)
    }
  }

  // MARK: Acquiring

  /// - Parameter seconds: how long to wait; nil for ever.
  func acquire(isBlocking: Bool, seconds: Double?) throws(PyError) -> Bool {
    if isRecursive && isMine {
      contents.pointee.depth += 1
      return true
    }
    guard let handle = contents.pointee.handle else { throw systemError() }
    var result = try attempt { sem_trywait(handle) }
    if result < 0 && errno == EAGAIN && isBlocking {
      if let seconds {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        let whole = min(max(seconds, 0), 4e9)
        let nanoseconds = deadline.tv_nsec + Int((whole - whole.rounded(.down)) * 1e9)
        deadline.tv_sec += Int(whole) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        let moment = deadline
        result = try attempt { withUnsafePointer(to: moment) { krait_sem_timedwait(handle, $0) } }
      } else {
        result = try attempt { sem_wait(handle) }
      }
    }
    if result < 0 {
      if errno == EAGAIN || errno == ETIMEDOUT { return false }
      throw systemError()
    }
    contents.pointee.depth += 1
    contents.pointee.owner = UInt(pthread_self())
    return true
  }

  private func attempt(_ body: () -> Int32) throws(PyError) -> Int32 { try retrying(body) }

  func release() throws(PyError) {
    if isRecursive {
      if !isMine { throw PyError.raise(.assertionError, "attempt to release recursive lock not owned by thread") }
      if contents.pointee.depth > 1 {
        contents.pointee.depth -= 1
        return
      }
    } else if try value >= contents.pointee.limit {
      throw .valueError("semaphore or lock released too many times")
    }
    guard let handle = contents.pointee.handle, sem_post(handle) == 0 else { throw systemError() }
    contents.pointee.depth -= 1
  }
}

private func defineSemaphore(_ m: ModuleBuilder) throws(PyError) {
  semaphoreType = ModuleType(
    try m.defineType("SemLock") { t in
      t.documentation = "A semaphore or recursive lock that processes share."
      t.basicSize = MemoryLayout<SemaphoreObject.Contents>.size
      t.flags.insert(.baseType)
      t.attribute(Name.make("SEM_VALUE_MAX"), Value(smallInteger: Int(Int32.max)))
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = raw.assumingMemoryBound(to: SemaphoreObject.Contents.self)
        if let handle = contents.pointee.handle { SemaphoreObject.giveUp(handle) }
        contents.pointee.name.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.new("SemLock(kind, value, maxvalue, name, unlink)") { (call: Call) throws(PyError) -> Owned in try open(call) }
      t.classMethod("_rebuild(handle, kind, maxvalue, name, /)") { (call: Call) throws(PyError) -> Owned in try rebuild(call) }
      t.method("acquire(block=True, timeout=None)", "Take the semaphore, after waiting for it if need be; whether it was taken.") { (call: Call) throws(PyError) -> Owned in
        let isBlocking = try call.bool(0)
        var seconds: Double?
        if !call[1].isNone { seconds = try call.double(1) }
        return .boolean(try SemaphoreObject(call.receiver).acquire(isBlocking: isBlocking, seconds: seconds))
      }
      t.method("release()", "Give the semaphore back.") { (call: Call) throws(PyError) -> Owned in
        try SemaphoreObject(call.receiver).release()
        return .none
      }
      t.method("__enter__()", "Take the semaphore.") { (call: Call) throws(PyError) -> Owned in
        .boolean(try SemaphoreObject(call.receiver).acquire(isBlocking: true, seconds: nil))
      }
      t.method("__exit__(exc_type=None, exc_value=None, exc_tb=None, /)", "Give the semaphore back.") { (call: Call) throws(PyError) -> Owned in
        try SemaphoreObject(call.receiver).release()
        return .none
      }
      t.method("_count()", "How often this process holds it.") { (call: Call) throws(PyError) -> Owned in
        try Owned.integer(SemaphoreObject(call.receiver).contents.pointee.depth)
      }
      t.method("_is_mine()", "Whether this thread holds it.") { (call: Call) throws(PyError) -> Owned in .boolean(SemaphoreObject(call.receiver).isMine) }
      t.method("_get_value()", "How often it can be taken now.") { (call: Call) throws(PyError) -> Owned in
        try Owned.integer(Int(try SemaphoreObject(call.receiver).value))
      }
      t.method("_is_zero()", "Whether it can be taken no more.") { (call: Call) throws(PyError) -> Owned in .boolean(try SemaphoreObject(call.receiver).value == 0) }
      t.method("_after_fork()", "Forget that the parent process holds it.") { (call: Call) throws(PyError) -> Owned in
        SemaphoreObject(call.receiver).contents.pointee.depth = 0
        return .none
      }
      t.member("handle", "The number of the semaphore in this process.") { (object: Value) throws(PyError) -> Owned in
        try Owned.integer(UInt64(UInt(bitPattern: SemaphoreObject(object).contents.pointee.handle)))
      }
      t.member("kind", "0 for a recursive lock, 1 for a semaphore.") { (object: Value) throws(PyError) -> Owned in
        try Owned.integer(Int(SemaphoreObject(object).contents.pointee.kind))
      }
      t.member("maxvalue", "The largest value.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(SemaphoreObject(object).contents.pointee.limit)) }
      t.member("name", "The name, or None.") { (object: Value) throws(PyError) -> Owned in Owned(copying: SemaphoreObject(object).contents.pointee.name) }
    })
}

private func open(_ call: Call) throws(PyError) -> Owned {
  let (kind, value, limit) = (try call.int32(0), try call.int32(1), try call.int32(2))
  guard call[3].isString else { throw call.wrongType(3, "str") }
  let unlinks = try call.bool(4)
  if kind != SemaphoreObject.recursive && kind != SemaphoreObject.counting { throw .valueError("unrecognized kind") }
  let name = try semaphoreName(call[3])
  let text = BytesObject(name.value).data.assumingMemoryBound(to: CChar.self)
  guard let handle = krait_sem_create(text, UInt32(bitPattern: value)) else { throw systemError() }
  if unlinks && Glibc.sem_unlink(text) < 0 {
    let failure = systemError()
    sem_close(handle)
    throw failure
  }
  // A name that is gone already is nobody's to take away.
  return try SemaphoreObject.make(call.receiver, handle, kind, limit, unlinks ? .none : call[3])
}

private func rebuild(_ call: Call) throws(PyError) -> Owned {
  let number = try call[0].index()
  let (kind, limit) = (try call.int32(1), try call.int32(2))
  if call[3].isNone {
    guard let word = Integer.asUInt64(number.value), SemaphoreObject.isOpen(UInt(word)), let handle = UnsafeMutablePointer<sem_t>(bitPattern: UInt(word)) else {
      throw .valueError("no semaphore of this process has that handle")
    }
    return try SemaphoreObject.make(call.receiver, handle, kind, limit, .none)
  }
  guard call[3].isString else { throw call.wrongType(3, "str or None") }
  let name = try semaphoreName(call[3])
  guard let handle = krait_sem_open(BytesObject(name.value).data.assumingMemoryBound(to: CChar.self)) else { throw systemError() }
  return try SemaphoreObject.make(call.receiver, handle, kind, limit, call[3])
}
