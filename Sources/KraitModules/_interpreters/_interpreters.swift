// The module `_interpreters`: interpreters at the lowest level, by their numbers. `concurrent.interpreters` is made of it.

import KraitRuntime

let interpretersModule = ModuleDefinition("_interpreters", "Interpreters by their numbers: what concurrent.interpreters is built on.") {
  (m: ModuleBuilder) throws(PyError) in
  for (name, origin) in [
    ("WHENCE_UNKNOWN", .unknown), ("WHENCE_RUNTIME", .runtime), ("WHENCE_LEGACY_CAPI", .legacyC), ("WHENCE_CAPI", .c), ("WHENCE_XI", .crossInterpreter),
    ("WHENCE_STDLIB", .library),
  ] as [(StaticString, InterpreterState.Origin)] { try m.constant(name, origin.rawValue) }
  try m.type(.interpreterError)
  try m.type(.interpreterNotFoundError)
  try m.type(.notShareableError)
  try SharedBuffer.defineType(m)
  try defineMaking(m)
  try defineKnowing(m)
  try defineRunning(m)
}

/// The number that an argument is.
private func interpreterNumber(_ value: Value) throws(PyError) -> Int {
  guard value.type.slots.pointee.index != nil else { throw .typeError("interpreter ID must be an int, got \(value.typeName)") }
  let index = try value.index()
  guard let number = Integer.asInt(index.value) else { throw .overflowError("Python int too large to convert to C long") }
  if number < 0 { throw .valueError("interpreter ID must be a non-negative int, got \(try value.repr().text)") }
  return number
}

/// What is known of the interpreter that an argument says; None says the calling one.
///
/// - Parameters:
///   - isRestricted: only interpreters that this module made will do.
///   - operation: what is to be done with it, for errors.
private func summary(_ value: Value, isRestricted: Bool, _ operation: String, needsReady: Bool = true) throws(PyError) -> Interpreters.Summary {
  let number = value.isNone ? currentInterpreter.pointee.identifier : try interpreterNumber(value)
  guard let summary = Interpreters.summary(of: number) else { throw unknownInterpreter(number) }
  let name = value.isNone ? "current interpreter" : "interpreter \(number)"
  if needsReady && !summary.isReady { throw PyError.raise(.interpreterError, "cannot \(operation) \(name) (not ready)") }
  if isRestricted && summary.origin != .library {
    throw PyError.raise(.interpreterError, "cannot \(operation) unrecognized \(name)")
  }
  return summary
}

func unknownInterpreter(_ number: Int) -> PyError { PyError.raise(.interpreterNotFoundError, "unrecognized interpreter ID \(number)") }

private func pair(_ summary: Interpreters.Summary) throws(PyError) -> Owned {
  try Owned.tuple(Value(smallInteger: summary.identifier), Value(smallInteger: summary.origin.rawValue))
}

// MARK: - Making and ending

private func defineMaking(_ m: ModuleBuilder) throws(PyError) {
  try m.function("new_config(name='isolated', /, **overrides)", "Return the settings that a name stands for, some of them changed.") {
    (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw .typeError("_interpreters.new_config() argument 1 must be str, not \(call[0].typeName)") }
    var configuration = try InterpreterConfiguration(named: call[0])
    if !call.keywords.isAbsent { try configuration.update(from: call.keywords, isComplete: false) }
    return try configuration.object()
  }
  try m.function("create(config='isolated', *, reqrefs=False)", "Make an interpreter; return its number. With reqrefs, it ends with the last reference to it.") {
    (call: Call) throws(PyError) -> Owned in
    let configuration = try InterpreterConfiguration(call[0])
    let endsWithReferences = try call.bool(1)
    let number: Int
    do throws(PyError) { number = try Interpreters.make(configuration, origin: .library) } catch {
      let cause = currentThread.pointee.takeException()
      _ = PyError.raise(.interpreterError, "interpreter creation failed")
      let exception = currentThread.pointee.takeException()
      ExceptionObject(exception.value).setContext(cause)
      throw PyError.raise(exception)
    }
    if endsWithReferences { Interpreters.endWithReferences(number) }
    return try Owned.integer(number)
  }
  try m.function("destroy(id, *, restrict=False)", "End an interpreter.") { (call: Call) throws(PyError) -> Owned in
    let known = try summary(call[0], isRestricted: try call.bool(1), "destroy", needsReady: false)
    try Interpreters.end(known.identifier)
    return .none
  }
  try m.function("incref(id, *, implieslink=False, restrict=False)", "Count a reference to an interpreter.") { (call: Call) throws(PyError) -> Owned in
    let known = try summary(call[0], isRestricted: try call.bool(2), "incref")
    Interpreters.retain(known.identifier, endsWithReferences: try call.bool(1))
    return .none
  }
  try m.function("decref(id, *, restrict=False)", "Give back a reference to an interpreter.") { (call: Call) throws(PyError) -> Owned in
    let known = try summary(call[0], isRestricted: try call.bool(1), "decref")
    try Interpreters.release(known.identifier)
    return .none
  }
}

// MARK: - Knowing

private func defineKnowing(_ m: ModuleBuilder) throws(PyError) {
  try m.function("list_all(*, require_ready=False)", "Return the number and the origin of each interpreter.") { (call: Call) throws(PyError) -> Owned in
    let needsReady = try call.bool(0)
    let result = try Owned.list()
    for summary in Interpreters.all where summary.isReady || !needsReady { try ListObject(result.value).append(sharing: try pair(summary)) }
    return result
  }
  try m.function("get_current()", "Return the number and the origin of the calling interpreter.") { (_: Call) throws(PyError) -> Owned in
    try pair(try summary(.none, isRestricted: false, "get"))
  }
  try m.function("get_main()", "Return the number and the origin of the main interpreter.") { (_: Call) throws(PyError) -> Owned in
    guard let known = Interpreters.summary(of: 0) else { throw unknownInterpreter(0) }
    return try pair(known)
  }
  try m.function("is_running(id, *, restrict=False)", "Return whether a program runs in an interpreter's __main__.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try summary(call[0], isRestricted: try call.bool(1), "check if running for").isRunning)
  }
  try m.function("get_config(id, *, restrict=False)", "Return the settings that an interpreter was made with.") { (call: Call) throws(PyError) -> Owned in
    try summary(call[0], isRestricted: try call.bool(1), "get the config of", needsReady: false).configuration.object()
  }
  try m.function("whence(id)", "Return where an interpreter comes from.") { (call: Call) throws(PyError) -> Owned in
    let number = try interpreterNumber(call[0])
    guard let known = Interpreters.summary(of: number) else { throw unknownInterpreter(number) }
    return try Owned.integer(known.origin.rawValue)
  }
  try m.function("is_shareable(obj)", "Return whether values of this kind go to other interpreters as data.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try isShareable(call[0]))
  }
  try m.function("capture_exception(exc=None)", "Return a snapshot of an exception, as exec() does.") { (call: Call) throws(PyError) -> Owned in
    var exception = Owned(copying: call[0])
    if exception.value.isNone {
      let handled = currentThread.pointee.topmostHandledException
      if handled.isAbsent || handled.isNone { return .none }
      exception = Owned(copying: handled)
    }
    guard exception.value.isInstance(of: .baseException) else { throw .typeError("expected exception, got \(try exception.value.repr().text)") }
    return try CapturedException(exception.value).object()
  }
}

/// By the type alone, as CPython: a tuple is shareable whatever its items are.
private func isShareable(_ value: Value) throws(PyError) -> Bool {
  if value.isNone || value === .true || value === .false || value.isExactInteger || value.isExactString { return true }
  if value.isExact(.float) || value.isExact(.bytes) || value.isExact(.tuple) || (value.isObject && value.type == .memoryview) { return true }
  return try SharedHandles.sort(of: value) != nil
}

// MARK: - Running

private func dictArgument(_ call: Call, _ index: Int, _ function: String) throws(PyError) -> Value {
  if call[index].isAbsent { return .none }
  if call[index].isDict { return call[index] }
  throw .typeError("_interpreters.\(function)() argument \(index + 1) must be dict, not \(call[index].typeName)")
}

private func defineRunning(_ m: ModuleBuilder) throws(PyError) {
  try m.function("exec(id, code, shared=<unrepresentable>, *, restrict=False)", "Run a program, given as text, function or code object, in an interpreter's __main__.") {
    (call: Call) throws(PyError) -> Owned in
    let shared = try dictArgument(call, 2, "exec")
    let known = try summary(call[0], isRestricted: try call.bool(3), "exec code for")
    let code = try StatelessCode.script(of: call[1])
    return try Session.execute(known.identifier, code.value, shared)
  }
  try m.function("run_string(id, script, shared=<unrepresentable>, *, restrict=False)", "Run a program's text in an interpreter's __main__.") { (call: Call) throws(PyError) -> Owned in
    guard call[1].isString else { throw .typeError("_interpreters.run_string() argument 2 must be str, not \(call[1].typeName)") }
    let shared = try dictArgument(call, 2, "run_string")
    let known = try summary(call[0], isRestricted: try call.bool(3), "run a string in")
    let code = try StatelessCode.script(of: call[1])
    return try Session.execute(known.identifier, code.value, shared)
  }
  try m.function("run_func(id, func, shared=<unrepresentable>, *, restrict=False)", "Run a function's body in an interpreter's __main__.") { (call: Call) throws(PyError) -> Owned in
    guard call[1].isObject, call[1].type == .function || call[1].type == .code else {
      throw .typeError("_interpreters.run_func() argument 2 must be a function, not \(call[1].typeName)")
    }
    let shared = try dictArgument(call, 2, "run_func")
    let known = try summary(call[0], isRestricted: try call.bool(3), "run a function in")
    let code = try StatelessCode.script(of: call[1])
    return try Session.execute(known.identifier, code.value, shared)
  }
  try m.function(
    "call(id, callable, args=<unrepresentable>, kwargs=<unrepresentable>, *, preserve_exc=False, restrict=False)",
    "Call something in an interpreter; return its result and None, or None and a snapshot of the exception."
  ) { (call: Call) throws(PyError) -> Owned in
    guard call[2].isAbsent || call[2].isTuple else { throw .typeError("_interpreters.call() argument 3 must be tuple, not \(call[2].typeName)") }
    let keywords = try dictArgument(call, 3, "call")
    let known = try summary(call[0], isRestricted: try call.bool(5), "make a call in")
    guard call[1].isCallable else { throw .typeError("expected a callable, got \(try call[1].repr().text)") }
    return try Session.call(known.identifier, call[1], call[2].isAbsent ? .none : call[2], keywords)
  }
  try m.function("set___main___attrs(id, updates, *, restrict=False)", "Set attributes of an interpreter's __main__.") { (call: Call) throws(PyError) -> Owned in
    if !call[1].isDict { throw .typeError("_interpreters.set___main___attrs() argument 2 must be dict, not \(call[1].typeName)") }
    let known = try summary(call[0], isRestricted: try call.bool(2), "update __main__ for")
    if DictObject(call[1]).count == 0 { throw .valueError("arg 2 must be a non-empty dict") }
    let attributes = try Session.Attributes(call[1])
    defer { attributes.release() }
    let outcome = try Session.run(known.identifier, attributes) { (_: Value) throws(PyError) -> Session.Outcome in .nothing }
    if case .exception(let exception) = outcome { throw PyError.raise(.interpreterError, exception.summary) }
    return .none
  }
}
