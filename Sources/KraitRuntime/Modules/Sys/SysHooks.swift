// Functions of `sys` that the interpreter calls or that end it: hooks and exit.

import CKraitCore
import Glibc

func defineHooks(_ m: ModuleBuilder) throws(PyError) {
  try m.function("displayhook(object, /)", "Print an object and keep it in builtins._, unless it is None.") {
    (call: Call) throws(PyError) -> Owned in
    try display(call[0])
    return .none
  }
  try m.function("excepthook(exctype, value, traceback, /)", "Print an exception with its traceback to sys.stderr.") {
    (call: Call) throws(PyError) -> Owned in
    if call[1].isException {
      if call[2].type == .traceback { try call[1].setAttribute(Name.__traceback__, call[2]) }
      printException(call[1])
    } else {
      let stderr = systemObject(Name.stderr)
      let text = try Owned.string(
        "TypeError: print_exception(): Exception expected for value, \(call[1].typeName) found\n")
      if !stderr.value.isAbsent && !stderr.value.isNone { _ = try stderr.value.callMethod(Name.write, text.value) }
    }
    return .none
  }
  try m.function("unraisablehook(unraisable, /)", "Report an exception that could not be raised.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].type == .unraisableHookArguments else {
      throw .typeError("sys.unraisablehook argument type must be UnraisableHookArgs")
    }
    let items = TupleObject(call[0])
    let message = items[3].isNone ? nil : try items[3].str().text
    printUnraisable(type: items[0], items[1], traceback: items[2], message, items[4])
    return .none
  }
  try m.rawFunction("breakpointhook", "What breakpoint() calls.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try breakpointHook(arguments)
  }
  for (name, original) in [
    (Name.displayhook, Name.__displayhook__), (Name.excepthook, Name.__excepthook__), (Name.unraisablehook, Name.__unraisablehook__),
    (Name.breakpointhook, Name.__breakpointhook__),
  ] {
    try m.dict.set(original, m.dict.get(interned: name))
  }
  try defineCoroutineHooks(m)
  try m.function("exit(status=None, /)", "Leave the program by raising SystemExit.") { (call: Call) throws(PyError) -> Owned in
    if call[0].isNone { throw PyError.raise(.systemExit) }
    guard call[0].isTuple else { throw PyError.raise(.systemExit, call[0]) }
    // A tuple holds the exception's arguments.
    let arguments = TupleObject(call[0])
    throw PyError.raise(try TypeObject.systemExit.value.call(arguments: Arguments(base: arguments.items, positionalCount: arguments.count)))
  }
  try m.function("exc_info()", "Return type, value and traceback of the exception that is being handled.") {
    (_: Call) throws(PyError) -> Owned in
    let exception = currentThread.pointee.topmostHandledException
    if exception.isAbsent || exception.isNone { return try Owned.tuple([.none, .none, .none]) }
    let traceback = ExceptionObject(exception).traceback
    return try Owned.tuple([exception.type.value, exception, traceback.isAbsent ? .none : traceback])
  }
  try m.function("exception()", "Return the exception that is being handled.") { (_: Call) throws(PyError) -> Owned in
    let exception = currentThread.pointee.topmostHandledException
    return exception.isAbsent ? .none : Owned(copying: exception)
  }
}

/// What coroutines and asynchronous generators tell the thread's event loop.
private func defineCoroutineHooks(_ m: ModuleBuilder) throws(PyError) {
  try m.function("set_coroutine_origin_tracking_depth(depth)", "Set how many callers new coroutines remember in cr_origin; 0 for none.") {
    (call: Call) throws(PyError) -> Owned in
    let depth = Int(try call.int32(0))
    if depth < 0 { throw .valueError("depth must be >= 0") }
    currentThread.pointee.coroutineOriginDepth = depth
    return .none
  }
  try m.function("get_coroutine_origin_tracking_depth()", "Return how many callers new coroutines remember.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(currentThread.pointee.coroutineOriginDepth)
  }
  try m.rawFunction(
    "set_asyncgen_hooks", "set_asyncgen_hooks([firstiter] [, finalizer])\n\nSet what is called with each asynchronous generator of this thread when\nit is first iterated, and when it is about to be collected."
  ) { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try setAsyncGeneratorHooks(arguments)
    return .none
  }
  try m.function("get_asyncgen_hooks()", "Return the thread's hooks of asynchronous generators.") { (_: Call) throws(PyError) -> Owned in
    let thread = currentThread
    let (first, finalizer) = (thread.pointee.asyncGeneratorFirstIteration, thread.pointee.asyncGeneratorFinalizer)
    return try StructSequence.make(.asyncGeneratorHooks, [first.isAbsent ? .none : first, finalizer.isAbsent ? .none : finalizer])
  }
}

private func setAsyncGeneratorHooks(_ arguments: Arguments) throws(PyError) {
  let given = arguments.positionalCount + arguments.keywordCount
  if given > 2 { throw .typeError("function takes at most 2 arguments (\(given) given)") }
  var hooks = [arguments.positionalCount > 0 ? arguments.base[0] : Value.absent, arguments.positionalCount > 1 ? arguments.base[1] : Value.absent]
  for index in 0..<arguments.keywordCount {
    let name = TupleObject(arguments.keywordNames)[index]
    let value = arguments.base[arguments.positionalCount + index]
    let text = name.text
    guard let place = ["firstiter", "finalizer"].firstIndex(of: text) else { throw .typeError("this function got an unexpected keyword argument '\(text)'") }
    if !hooks[place].isAbsent { throw .typeError("argument for function given by name ('\(text)') and position (\(place + 1))") }
    hooks[place] = value
  }
  for (place, name) in [(1, "finalizer"), (0, "firstiter")] where !hooks[place].isAbsent && !hooks[place].isNone && !hooks[place].isCallable {
    throw .typeError("callable \(name) expected, got \(hooks[place].typeName)")
  }
  let thread = currentThread
  if !hooks[1].isAbsent {
    let old = Owned(taking: thread.pointee.asyncGeneratorFinalizer)
    thread.pointee.asyncGeneratorFinalizer = hooks[1].isNone ? .absent : Owned(copying: hooks[1]).take()
    _ = consume old
  }
  if !hooks[0].isAbsent {
    let old = Owned(taking: thread.pointee.asyncGeneratorFirstIteration)
    thread.pointee.asyncGeneratorFirstIteration = hooks[0].isNone ? .absent : Owned(copying: hooks[0]).take()
    _ = consume old
  }
}

/// `sys.displayhook`.
private func display(_ value: Value) throws(PyError) {
  if value.isNone { return }
  let builtins = DictObject(currentInterpreter.pointee.builtins)
  try builtins.set(Name._underscore, .none)
  let stdout = systemObject(Name.stdout)
  if stdout.value.isAbsent || stdout.value.isNone { throw .runtimeError("lost sys.stdout") }
  let text = try value.repr()
  do throws(PyError) {
    _ = try stdout.value.callMethod(Name.write, text.value)
  } catch {
    guard PyError.matches(.unicodeEncodeError) else { throw error }
    PyError.clear()
    try writeEscaped(text.value, stdout.value)
  }
  _ = try stdout.value.callMethod(Name.write, Name.newlineText)
  try builtins.set(Name._underscore, value)
}

/// Writes what the stream's encoding lacks as escapes.
private func writeEscaped(_ text: Value, _ stream: Value) throws(PyError) {
  let encoding = try stream.getAttribute(Name.encoding)
  let handler = try Owned.string("backslashreplace")
  let bytes = try text.callMethod(Name.encode, encoding.value, handler.value)
  let buffer = try stream.lookUpAttribute(Name.buffer)
  if !buffer.value.isAbsent {
    // What was written before goes first.
    _ = try stream.callMethod(Name.flush)
    _ = try buffer.value.callMethod(Name.write, bytes.value)
    return
  }
  let strict = try Owned.string("strict")
  let escaped = try bytes.value.callMethod(Name.decode, encoding.value, strict.value)
  _ = try stream.callMethod(Name.write, escaped.value)
}

/// `sys.breakpointhook`: calls what PYTHONBREAKPOINT names.
private func breakpointHook(_ arguments: Arguments) throws(PyError) -> Owned {
  let setting = RuntimeConfiguration.current.environment("PYTHONBREAKPOINT") ?? "pdb.set_trace"
  if setting == "0" { return .none }
  let hook = try breakpointFunction(setting)
  if hook.value.isAbsent {
    try warn(.runtimeWarning, "Ignoring unimportable $PYTHONBREAKPOINT: \"\(setting)\"", stackLevel: 0)
    return .none
  }
  return try hook.value.call(arguments: arguments)
}

/// What a dotted name denotes, a builtin without dots; absent if it cannot be imported.
private func breakpointFunction(_ setting: String) throws(PyError) -> Owned {
  let dot = setting.lastIndex(of: ".")
  let module = dot.map { String(setting[..<$0]) } ?? "builtins"
  let name = dot.map { String(setting[setting.index(after: $0)...]) } ?? setting
  if module.isEmpty { return Owned(taking: .absent) }
  let moduleName = try Owned.string(module)
  let attribute = intern(try Owned.string(name))
  let fromList = try Owned.tuple([attribute.value])
  do throws(PyError) {
    let loaded = try importModule(name: moduleName.value, globals: .none, fromList: fromList.value, level: 0)
    return try loaded.value.getAttribute(attribute.value)
  } catch {
    guard PyError.matches(.importError) || PyError.matches(.attributeError) else { throw error }
    PyError.clear()
    return Owned(taking: .absent)
  }
}
