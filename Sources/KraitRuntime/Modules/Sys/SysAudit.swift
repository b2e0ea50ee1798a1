// Audit hooks (PEP 578): `sys.addaudithook` and `sys.audit`.

import CKraitCore

func defineAuditing(_ m: ModuleBuilder) throws(PyError) {
  try m.function("addaudithook(hook)", "Call a function with each audit event and its arguments from now on; it cannot be removed.") {
    (call: Call) throws(PyError) -> Owned in
    // A hook that is there already may refuse another one, silently with an ordinary exception.
    do throws(PyError) {
      let event = try Owned.string("sys.addaudithook" as StaticString)
      try audit([event.value])
    } catch {
      guard PyError.matches(.exception) else { throw error }
      PyError.clear()
      return .none
    }
    let interpreter = currentInterpreter
    if interpreter.pointee.auditHooks.isAbsent { interpreter.pointee.auditHooks = try Owned.list().take() }
    try ListObject(interpreter.pointee.auditHooks).append(call[0])
    return .none
  }
  try m.rawFunction("audit", "Tell the audit hooks of an event.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("audit")
    if arguments.positionalCount == 0 { throw .typeError("audit expected at least 1 argument, got 0") }
    guard arguments.base[0].isString else {
      throw .typeError("audit() argument 1 must be str, not \(arguments.base[0].isNone ? "None" : arguments.base[0].typeName)")
    }
    try audit(Array(arguments.positional))
    return .none
  }
}

/// Calls the hooks with an event's name and the tuple of its arguments.
func audit(_ values: [Value]) throws(PyError) {
  let hooks = currentInterpreter.pointee.auditHooks
  if hooks.isAbsent { return }
  let arguments = try Owned.tuple(Array(values.dropFirst()))
  let thread = currentThread
  var index = 0
  while index < ListObject(hooks).count {
    let hook = Owned(copying: ListObject(hooks)[index])
    // What a hook does is not traced unless it says that it may be.
    let depth = thread.pointee.tracingDepth
    thread.pointee.tracingDepth = depth &+ 1
    defer { thread.pointee.tracingDepth = depth }
    let permission = try hook.value.lookUpAttribute(Name.make("__cantrace__"))
    let isTraced = permission.value.isAbsent ? false : try permission.value.isTruthy()
    if isTraced { thread.pointee.tracingDepth = depth }
    _ = try hook.value.call(values[0], arguments.value)
    index += 1
  }
}

/// Tells the audit hooks of an event of native code. The arguments are borrowed, and only needed when ``isAudited``.
public func audit(_ event: StaticString, _ arguments: Value...) throws(PyError) {
  if !isAudited { return }
  let name = try Owned.string(event)
  try audit([name.value] + arguments)
}

/// Whether there are audit hooks: arguments of events need not be made when there are none.
public var isAudited: Bool { !currentInterpreter.pointee.auditHooks.isAbsent }
