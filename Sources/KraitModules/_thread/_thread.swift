// The module `_thread`: threads, locks, and what `threading` is made of.

import CKraitSystem
import Glibc
import KraitRuntime

let threadModule = ModuleDefinition("_thread", "Threads and locks at the lowest level.") { (m: ModuleBuilder) throws(PyError) in
  try defineLock(m)
  try defineRecursiveLock(m)
  try defineLocal(m)
  try defineHandle(m)
  try defineStarting(m)
  try defineExceptionHook(m)
  for name in ["allocate_lock()", "allocate()"] as [StaticString] {
    try m.function(name, "Make a lock that nobody holds.") { (_: Call) throws(PyError) -> Owned in Owned(taking: try lockType.object.allocate()) }
  }
  try m.function("get_ident()", "Return a number that identifies the calling thread.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(Int(bitPattern: currentThread.pointee.systemIdentifier))
  }
  try m.function("get_native_id()", "Return the system's number of the calling thread.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(Int(currentThread.pointee.nativeIdentifier))
  }
  try m.function("_get_main_thread_ident()", "Return the number of the main thread.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(Int(bitPattern: Threads.mainIdentifier))
  }
  try m.function("_is_main_interpreter()", "Return whether this is the first interpreter.") { (_: Call) throws(PyError) -> Owned in
    .boolean(currentInterpreter.pointee.isMain)
  }
  try m.function("daemon_threads_allowed()", "Return whether the interpreter may have daemon threads.") { (_: Call) throws(PyError) -> Owned in
    .boolean(currentInterpreter.pointee.configuration.allowsDaemonThreads)
  }
  for name in ["exit()", "exit_thread()"] as [StaticString] {
    try m.function(name, "End the thread by raising SystemExit.") { (_: Call) throws(PyError) -> Owned in throw PyError.raise(.systemExit) }
  }
  try m.rawFunction("interrupt_main", "Let the main thread see a signal.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("interrupt_main")
    if arguments.positionalCount > 1 { throw .typeError("interrupt_main expected at most 1 argument, got \(arguments.positionalCount)") }
    let number = arguments.positionalCount == 1 ? try arguments.base[0].asInt() : Int(SIGINT)
    if number < 1 || number >= Signals.count { throw .valueError("signal number out of range") }
    Signals.simulate(Int32(number))
    try checkSignals()
    return .none
  }
  try m.function("set_name(name)", "Set the system's name of the thread.") { (call: Call) throws(PyError) -> Owned in
    let name = try encode(try call.string(0), encoding: Name.utf8Name, errors: Name.replace)
    // The system keeps 15 bytes, up to a zero.
    var kept = [CChar](repeating: 0, count: 16)
    memcpy(&kept, BytesObject(name.value).data, min(BytesObject(name.value).count, 15))
    let code = pthread_setname_np(pthread_self(), kept)
    if code != 0 { throw .osError(code) }
    return .none
  }
  try m.function("_get_name()", "Return the system's name of the thread.") { (_: Call) throws(PyError) -> Owned in
    var name = [CChar](repeating: 0, count: 16)
    let code = krait_thread_name(&name, name.count)
    if code != 0 { throw .osError(code) }
    let text = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return try fileSystemName(text, isBytes: false)
  }
  try m.constant("error", TypeObject.runtimeError.value)
  try m.constant("TIMEOUT_MAX", 9_223_372_036.0)
  try m.constant("_NAME_MAXLEN", 15)
}

// MARK: - Exceptions that nobody caught

nonisolated(unsafe) private var hookArgumentsType = ModuleType()

private func defineExceptionHook(_ m: ModuleBuilder) throws(PyError) {
  hookArgumentsType = ModuleType(
    try m.defineStructSequence(
      "_ExceptHookArgs", "What threading.excepthook is called with.",
      [("exc_type", "the exception's type"), ("exc_value", "the exception"), ("exc_traceback", "its traceback"), ("thread", "the thread")]))
  try m.function("_excepthook(args, /)", "Report an exception that a thread did not catch.") { (call: Call) throws(PyError) -> Owned in
    guard hookArgumentsType.isType(of: call[0]) else { throw .typeError("_thread.excepthook argument type must be ExceptHookArgs") }
    let items = TupleObject(call[0])
    let (type, exception, traceback, thread) = (items[0], items[1], items[2], items[3])
    if type === TypeObject.systemExit.value { return .none }
    var stream = systemObject(Name.stderr)
    if stream.value.isAbsent || stream.value.isNone {
      if thread.isNone { return .none }
      // At the end of the interpreter the thread still knows where it wrote to.
      stream = try thread.getAttribute(Name.make("_stderr"))
      if stream.value.isNone { return .none }
    }
    var name = Owned.none
    if !thread.isNone { name = try thread.lookUpAttribute(Name.name) }
    let shown = name.value.isAbsent || name.value.isNone ? "\(currentThread.pointee.systemIdentifier)" : try name.value.str().text
    let heading = try Owned.string("Exception in thread \(shown):\n")
    _ = try stream.value.callMethod(Name.write, heading.value)
    if exception.isException {
      if !traceback.isNone && ExceptionObject(exception).traceback.isAbsent { try exception.setAttribute(Name.__traceback__, traceback) }
      try printException(exception, to: stream.value)
    }
    _ = try stream.value.callMethod(Name.flush)
    return .none
  }
}
