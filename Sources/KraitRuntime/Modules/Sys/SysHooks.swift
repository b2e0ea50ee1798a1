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
    let message = items[3].isNone ? "Exception ignored in" : items[3].text
    if items[1].isException { printUnraisable(items[1], message, items[4]) }
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
  try m.function("exit(status=None, /)", "Leave the program by raising SystemExit.") { (call: Call) throws(PyError) -> Owned in
    throw PyError.raise(.systemExit, call[0])
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
    let escaped = try value.ascii()
    _ = try stdout.value.callMethod(Name.write, escaped.value)
  }
  _ = try stdout.value.callMethod(Name.write, Name.newlineText)
  try builtins.set(Name._underscore, value)
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
