// The module `krait`: what this runtime can do beyond CPython. Importing it gives `concurrent.interpreters.Interpreter` the methods that are here. It is a package, too: its
// submodules are the Python files of Sources/KraitLibrary/krait.

import KraitRuntime

let kraitModule = ModuleDefinition("krait", "What this runtime can do beyond CPython: ending, limiting and asking interpreters.") {
  (m: ModuleBuilder) throws(PyError) in
  try m.function("threading_model()", "Return what excludes other threads while one runs Python: 'process', 'interpreter' or 'none'.") {
    (_: Call) throws(PyError) -> Owned in
    // Where threads need no lock, other interpreters than the first have one each.
    let model = RuntimeConfiguration.current.threadingModel
    let isLocked = model == .free && currentInterpreter.pointee.hasLock
    return try Owned.string((isLocked ? .interpreter : model).rawValue)
  }
  try m.function("terminate(interp, /)", "End the programs of an interpreter for good. Wait until they have stopped.") { (call: Call) throws(PyError) -> Owned in
    try terminate(call[0])
  }
  try m.function("interrupt(interp, /)", "Raise KeyboardInterrupt in the programs that run in an interpreter.") { (call: Call) throws(PyError) -> Owned in
    let number = try number(of: call[0])
    if !Interpreters.interrupt(number) { throw unknownInterpreter(number) }
    return .none
  }
  try m.function("set_memory_limit(interp, bytes, /)", "Limit the memory of an interpreter's objects; None for no limit.") { (call: Call) throws(PyError) -> Owned in
    try setMemoryLimit(call[0], call[1])
  }
  try m.function("set_time_limit(interp, seconds, /)", "Limit the time of each program that runs in an interpreter; None for no limit.") {
    (call: Call) throws(PyError) -> Owned in
    try setTimeLimit(call[0], call[1])
  }
  try m.function("memory_footprint(interp, /)", "Return how many bytes an interpreter's objects have from the system.") { (call: Call) throws(PyError) -> Owned in
    let number = try number(of: call[0])
    guard let bytes = Interpreters.memoryFootprint(number) else { throw unknownInterpreter(number) }
    return try Owned.integer(bytes)
  }
  try m.function("interrupt_thread(ident, /)", "Raise KeyboardInterrupt in the thread that threading.get_ident() names. Return whether there is one.") {
    (call: Call) throws(PyError) -> Owned in
    let identifier = try call[0].asInt()
    return .boolean(identifier > 0 && Interpreters.interrupt(thread: UInt64(identifier)))
  }
  try m.function("call(interp, callable, /, *args, **kwargs)", "Call something in an interpreter; exceptions are raised here as they were there.") {
    (call: Call) throws(PyError) -> Owned in
    let arguments = try Owned.tuple(copying: Array(call.variadic))
    return try Session.callRaising(try number(of: call[0]), call[1], arguments.value, call.keywords.isAbsent ? .none : call.keywords)
  }
  if let folder = StandardLibrary.ownFolder(near: RuntimeConfiguration.current.baseExecutable) {
    let path = try Owned.string("\(folder)/krait")
    let search = try Owned.list(capacity: 1)
    try ListObject(search.value).append(path.value)
    try m.constant("__path__", search.value)
  }
  try m.function("share(object, /)", "Return an equal object that interpreters can have at the same time: it, or of a frozen dataclass what it refers to, goes from one to another without a copy.") {
    (call: Call) throws(PyError) -> Owned in try FrozenRecord.share(call[0])
  }
  try addMethods()
}

/// The number of an `Interpreter`, or a number.
private func number(of value: Value) throws(PyError) -> Int {
  if value.isInteger { return try value.asInt() }
  let identifier = try value.getAttribute(Name.make("id"))
  return try identifier.value.asInt()
}

/// `concurrent.interpreters.Interpreter` gets the functions as methods. Without a library there is no such class.
private func addMethods() throws(PyError) {
  let module: Owned
  do throws(PyError) { module = try importModule("concurrent.interpreters") } catch {
    guard PyError.matches(.importError) else { throw error }
    return PyError.clear()
  }
  let type = try module.value.getAttribute(Name.make("Interpreter"))
  guard type.value.isType, !TypeObject(type.value).isImmutable else { return }
  for method in [terminateMethod, memoryLimitMethod, timeLimitMethod, callMethod] { try TypeObject(type.value).setMethod(method) }
}

nonisolated(unsafe) private let terminateMethod = NativeFunction.make(
  "terminate()", "End the interpreter's programs for good. Wait until they have stopped.", kind: .method
) { (call: Call) throws(PyError) -> Owned in try terminate(call.receiver) }

nonisolated(unsafe) private let memoryLimitMethod = NativeFunction.make(
  "set_memory_limit(bytes, /)", "Limit the memory of the interpreter's objects; None for no limit.", kind: .method
) { (call: Call) throws(PyError) -> Owned in try setMemoryLimit(call.receiver, call[0]) }

nonisolated(unsafe) private let timeLimitMethod = NativeFunction.make(
  "set_time_limit(seconds, /)", "Limit the time of each program that runs in the interpreter; None for no limit.", kind: .method
) { (call: Call) throws(PyError) -> Owned in try setTimeLimit(call.receiver, call[0]) }

nonisolated(unsafe) private let callMethod = NativeFunction.make(
  "call_raising(callable, /, *args, **kwargs)", "Call something in the interpreter; exceptions are raised here as they were there.", kind: .method
) { (call: Call) throws(PyError) -> Owned in
  let arguments = try Owned.tuple(copying: Array(call.variadic))
  return try Session.callRaising(try number(of: call.receiver), call[0], arguments.value, call.keywords.isAbsent ? .none : call.keywords)
}

private func terminate(_ interpreter: Value) throws(PyError) -> Owned {
  let number = try number(of: interpreter)
  if number == 0 { throw PyError.raise(.interpreterError, "the main interpreter cannot be terminated") }
  if number == currentInterpreter.pointee.identifier { throw PyError.raise(.interpreterError, "an interpreter cannot terminate itself") }
  if !Interpreters.terminate(number) { throw unknownInterpreter(number) }
  if !Interpreters.waitUntilIdle(number, timeout: 5_000_000_000) {
    throw PyError.raise(.timeoutError, "the interpreter's program has not come to a point where it can be stopped")
  }
  return .none
}

private func setMemoryLimit(_ interpreter: Value, _ limit: Value) throws(PyError) -> Owned {
  let number = try number(of: interpreter)
  let bytes = limit.isNone ? nil : Optional(try limit.asInt())
  if let bytes, bytes < 0 { throw .valueError("the limit must not be negative") }
  if !Interpreters.setMemoryLimit(number, bytes) { throw unknownInterpreter(number) }
  return .none
}

private func setTimeLimit(_ interpreter: Value, _ limit: Value) throws(PyError) -> Owned {
  let number = try number(of: interpreter)
  let time = limit.isNone ? nil : Optional(try nanoseconds(fromSeconds: limit, rounding: .timeout))
  if let time, time <= 0 { throw .valueError("the limit must be positive") }
  if !Interpreters.setTimeLimit(number, time) { throw unknownInterpreter(number) }
  return .none
}
