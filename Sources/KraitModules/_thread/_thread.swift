// The module `_thread`: locks and what `threading` is made of. There is one Python thread in the process.

import CKraitSystem
import Glibc
import KraitRuntime

let threadModule = ModuleDefinition("_thread", "Threads and locks at the lowest level.") { (m: ModuleBuilder) throws(PyError) in
  let lock = try defineLock(m)
  try m.constant("LockType", lock.value)
  try defineRecursiveLock(m)
  try defineLocal(m)
  try defineHandle(m)
  try m.defineStructSequence(
    "_ExceptHookArgs", "What threading.excepthook is called with.",
    [("exc_type", "the exception's type"), ("exc_value", "the exception"), ("exc_traceback", "its traceback"), ("thread", "the thread")])
  for name in ["allocate_lock()", "allocate()"] as [StaticString] {
    try m.function(name, "Make a lock that nobody holds.") { (_: Call) throws(PyError) -> Owned in Owned(taking: try LockObject.type.allocate()) }
  }
  for name in ["start_new_thread", "start_new"] as [StaticString] {
    try m.rawFunction(name, "Call a function with arguments in a new thread.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
      guard (2...3).contains(arguments.positionalCount) else {
        throw .typeError("start_new_thread expected at least 2 arguments, got \(arguments.positionalCount)")
      }
      if !arguments.base[0].isCallable { throw .typeError("first arg must be callable") }
      if !arguments.base[1].isTuple { throw .typeError("2nd arg must be a tuple") }
      if arguments.positionalCount == 3 && !arguments.base[2].isDict { throw .typeError("optional 3rd arg must be a dictionary") }
      throw .runtimeError("can't start new thread")
    }
  }
  try m.function("get_ident()", "Return a number that identifies the calling thread.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(threadIdentifier)
  }
  try m.function("get_native_id()", "Return the system's number of the calling thread.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(gettid())) }
  try m.function("_get_main_thread_ident()", "Return the number of the main thread.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(threadIdentifier) }
  try m.function("_is_main_interpreter()", "Return whether this is the first interpreter.") { (_: Call) throws(PyError) -> Owned in
    .boolean(currentInterpreter.pointee.identifier == 1)
  }
  try m.function("_count()", "Return how many threads run beside the main thread.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(0) }
  try m.function("_shutdown()", "Wait for the threads that are no daemons.") { (_: Call) throws(PyError) -> Owned in .none }
  try m.function("daemon_threads_allowed()", "Return whether the interpreter may have daemon threads.") { (_: Call) throws(PyError) -> Owned in .boolean(true) }
  try m.function("stack_size(size=0, /)", "Set the stack size of new threads, and return the former one.") { (call: Call) throws(PyError) -> Owned in
    let size = try call.int(0)
    if size < 0 { throw .valueError("size must be 0 or a positive value") }
    if size > 0 && size < 32768 { throw .valueError("size not valid: \(size) bytes") }
    let old = threadStackSize
    threadStackSize = size
    return try Owned.integer(old)
  }
  for name in ["exit()", "exit_thread()"] as [StaticString] {
    try m.function(name, "End the thread by raising SystemExit.") { (_: Call) throws(PyError) -> Owned in throw PyError.raise(.systemExit) }
  }
  try m.function("interrupt_main(signum=2, /)", "Let the main thread see a signal.") { (call: Call) throws(PyError) -> Owned in
    let number = try call.int32(0)
    if number < 1 || number > 64 { throw .valueError("signal number out of range") }
    raise(number)
    return .none
  }
  try m.function("set_name(name)", "The name that the system shows for this thread.") { (call: Call) throws(PyError) -> Owned in
    let name = try call.string(0).text
    pthread_setname_np(pthread_self(), String(decoding: name.utf8.prefix(15), as: UTF8.self))
    return .none
  }
  try m.constant("error", TypeObject.runtimeError.value)
  try m.constant("TIMEOUT_MAX", 9_223_372_036.0)
  try m.constant("_NAME_MAXLEN", 15)
}

nonisolated(unsafe) private var threadStackSize = 0

private var threadIdentifier: Int { Int(bitPattern: UInt(pthread_self())) }

// MARK: - Locks

/// A lock: 0 when free, else how often it is held.
private struct LockObject {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  nonisolated(unsafe) static var type = TypeObject.object

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var depth: Int
  }
  var depth: Int {
    get { raw.assumingMemoryBound(to: Contents.self).pointee.depth }
    nonmutating set { raw.assumingMemoryBound(to: Contents.self).pointee.depth = newValue }
  }
}

/// Waits for a lock that this thread holds itself: until the time is over, or a signal handler raises.
///
/// - Parameter seconds: negative for ever.
private func waitInVain(_ seconds: Double) throws(PyError) {
  var rest = seconds < 0 ? Double.infinity : seconds
  while rest > 0 {
    let piece = min(rest, 0.05)
    var time = timespec(tv_sec: 0, tv_nsec: Int(piece * 1e9))
    nanosleep(&time, nil)
    rest -= piece
    try checkSignals()
  }
}

/// The arguments of `acquire`: whether to wait, and for how long; negative for ever.
private func waitingTime(_ blocking: Value, _ timeout: Value) throws(PyError) -> Double? {
  let isBlocking = try blocking.isTruthy()
  var seconds = -1.0
  if !(timeout.isSmallInteger && timeout.smallInteger == -1) { seconds = try timeout.asDouble() }
  if seconds.isNaN { throw .valueError("Invalid value NaN (not a number)") }
  if !isBlocking && seconds != -1 { throw .valueError("can't specify a timeout for a non-blocking call") }
  if seconds < 0 && seconds != -1 { throw .valueError("timeout value must be a non-negative number") }
  if seconds > 9_223_372_036.0 { throw .overflowError("timeout value is too large") }
  return isBlocking ? seconds : nil
}

private func defineLock(_ m: ModuleBuilder) throws(PyError) -> TypeObject {
  let type = try m.defineType("lock") { t in
    t.documentation = "A lock: free or held. Whoever wants it while it is held waits."
    t.basicSize = MemoryLayout<LockObject.Contents>.size
    t.shapeFlags.insert(.hasState)
    t.flags.insert(.managedWeakReference)
    t.new("lock()") { (call: Call) throws(PyError) -> Owned in Owned(taking: try TypeObject(call.receiver).allocate()) }
    t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      try Owned.string("<\(LockObject(object).depth > 0 ? "locked" : "unlocked") \(object.type.fullName) object at \(addressText(object))>")
    }
    for name in ["acquire(blocking=True, timeout=-1)", "acquire_lock(blocking=True, timeout=-1)"] as [StaticString] {
      t.method(name, "Take the lock, after waiting for it if need be; whether it was taken.") { (call: Call) throws(PyError) -> Owned in
        let lock = LockObject(call.receiver)
        let time = try waitingTime(call[0], call[1])
        if lock.depth == 0 {
          lock.depth = 1
          return .boolean(true)
        }
        if let time { try waitInVain(time) }
        return .boolean(false)
      }
    }
    for name in ["release()", "release_lock()"] as [StaticString] {
      t.method(name, "Give the lock back.") { (call: Call) throws(PyError) -> Owned in
        try releaseLock(call.receiver)
        return .none
      }
    }
    for name in ["locked()", "locked_lock()"] as [StaticString] {
      t.method(name, "Whether the lock is held.") { (call: Call) throws(PyError) -> Owned in .boolean(LockObject(call.receiver).depth > 0) }
    }
    t.method("__enter__()", "Take the lock.") { (call: Call) throws(PyError) -> Owned in
      let lock = LockObject(call.receiver)
      if lock.depth > 0 { try waitInVain(-1) }
      lock.depth = 1
      return .boolean(true)
    }
    t.method("__exit__(exc_type, exc_value, exc_tb, /)", "Give the lock back.") { (call: Call) throws(PyError) -> Owned in
      try releaseLock(call.receiver)
      return .none
    }
    t.method("_at_fork_reinit()") { (call: Call) throws(PyError) -> Owned in
      LockObject(call.receiver).depth = 0
      return .none
    }
  }
  LockObject.type = type
  return type
}

private func releaseLock(_ value: Value) throws(PyError) {
  if LockObject(value).depth == 0 { throw .runtimeError("release unlocked lock") }
  LockObject(value).depth = 0
}

private func defineRecursiveLock(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("RLock") { t in
    t.documentation = "A lock that its holder may take again."
    t.basicSize = MemoryLayout<LockObject.Contents>.size
    t.shapeFlags.insert(.hasState)
    t.flags.insert([.baseType, .managedWeakReference])
    t.new("RLock()") { (call: Call) throws(PyError) -> Owned in Owned(taking: try TypeObject(call.receiver).allocate()) }
    t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let depth = LockObject(object).depth
      return try Owned.string(
        "<\(depth > 0 ? "locked" : "unlocked") \(object.type.fullName) object owner=\(depth > 0 ? threadIdentifier : 0) count=\(depth) at \(addressText(object))>")
    }
    t.method("acquire(blocking=True, timeout=-1)", "Take the lock once more.") { (call: Call) throws(PyError) -> Owned in
      _ = try waitingTime(call[0], call[1])
      LockObject(call.receiver).depth &+= 1
      return .boolean(true)
    }
    t.method("__enter__()", "Take the lock once more.") { (call: Call) throws(PyError) -> Owned in
      LockObject(call.receiver).depth &+= 1
      return .boolean(true)
    }
    t.method("release()", "Give the lock back once.") { (call: Call) throws(PyError) -> Owned in
      try releaseRecursiveLock(call.receiver)
      return .none
    }
    t.method("__exit__(exc_type, exc_value, exc_tb, /)", "Give the lock back once.") { (call: Call) throws(PyError) -> Owned in
      try releaseRecursiveLock(call.receiver)
      return .none
    }
    t.method("locked()", "Whether anybody holds the lock.") { (call: Call) throws(PyError) -> Owned in .boolean(LockObject(call.receiver).depth > 0) }
    t.method("_is_owned()", "What threading.Condition asks the lock.") { (call: Call) throws(PyError) -> Owned in .boolean(LockObject(call.receiver).depth > 0) }
    t.method("_recursion_count()", "How often the holder has taken the lock.") { (call: Call) throws(PyError) -> Owned in
      try Owned.integer(LockObject(call.receiver).depth)
    }
    t.method("_release_save()", "What threading.Condition asks the lock.") { (call: Call) throws(PyError) -> Owned in
      let lock = LockObject(call.receiver)
      if lock.depth == 0 { throw .runtimeError("cannot release un-acquired lock") }
      let depth = try Owned.integer(lock.depth)
      let owner = try Owned.integer(threadIdentifier)
      lock.depth = 0
      return try Owned.tuple(depth.value, owner.value)
    }
    t.method("_acquire_restore(state, /)", "What threading.Condition asks the lock.") { (call: Call) throws(PyError) -> Owned in
      guard call[0].isTuple, TupleObject(call[0]).count == 2 else { throw .typeError("argument must be a tuple of two ints") }
      LockObject(call.receiver).depth = try TupleObject(call[0])[0].asInt()
      return .none
    }
    t.method("_at_fork_reinit()") { (call: Call) throws(PyError) -> Owned in
      LockObject(call.receiver).depth = 0
      return .none
    }
  }
}

private func releaseRecursiveLock(_ value: Value) throws(PyError) {
  if LockObject(value).depth == 0 { throw .runtimeError("cannot release un-acquired lock") }
  LockObject(value).depth &-= 1
}

// MARK: - Thread-local data

private func defineLocal(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("_local") { t in
    t.documentation = "An object whose attributes are each thread's own."
    t.basicSize = MemoryLayout<LockObject.Contents>.size
    t.shapeFlags.insert([.hasState, .tracked, .hasAttributes])
    t.flags.insert([.baseType, .managedWeakReference, .managedDict])
    t.rawNew("_local") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      let hasArguments = arguments.positionalCount > 0 || !arguments.keywordNames.isAbsent && TupleObject(arguments.keywordNames).count > 0
      if hasArguments, TypeObject(type).lookUp(Name.__init__) === TypeObject.object.lookUp(Name.__init__) {
        throw .typeError("Initialization arguments are not supported")
      }
      return Owned(taking: try TypeObject(type).allocate())
    }
    t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
    t.keepsAttributes()
  }
}
