// `sys.monitoring`, `sys.settrace` and `sys.setprofile`.

import CKraitCore

func defineTracing(_ m: ModuleBuilder) throws(PyError) {
  try m.function("settrace(function, /)", "Set the function that is called for each call, line, return and exception of Python code; None for none.") {
    (call: Call) throws(PyError) -> Owned in
    try audit("sys.settrace")
    try Tracing.setTrace(call[0].isNone ? .absent : call[0])
    return .none
  }
  try m.function("gettrace()", "Return the function of settrace().") { (_: Call) throws(PyError) -> Owned in
    let function = currentThread.pointee.traceFunction
    return function.isAbsent ? .none : Owned(copying: function)
  }
  try m.function("setprofile(function, /)", "Set the function that is called for each call and return, of native functions too; None for none.") {
    (call: Call) throws(PyError) -> Owned in
    try audit("sys.setprofile")
    try Tracing.setProfile(call[0].isNone ? .absent : call[0])
    return .none
  }
  try m.function("getprofile()", "Return the function of setprofile().") { (_: Call) throws(PyError) -> Owned in
    let function = currentThread.pointee.profileFunction
    return function.isAbsent ? .none : Owned(copying: function)
  }
  try m.function("_settraceallthreads(function, /)", "As settrace(), for all threads.") { (call: Call) throws(PyError) -> Owned in
    try audit("sys.settrace")
    try Tracing.setForAllThreads(call[0].isNone ? .absent : call[0]) { swap(&$0.pointee.traceFunction, &$1) }
    return .none
  }
  try m.function("_setprofileallthreads(function, /)", "As setprofile(), for all threads.") { (call: Call) throws(PyError) -> Owned in
    try audit("sys.setprofile")
    try Tracing.setForAllThreads(call[0].isNone ? .absent : call[0]) { swap(&$0.pointee.profileFunction, &$1) }
    return .none
  }
  try m.function("call_tracing(func, args, /)", "Call func(*args) with tracing, from within a trace function too.") { (call: Call) throws(PyError) -> Owned in
    if !call[1].isTuple { throw call.wrongType(1, "tuple") }
    let thread = currentThread
    let depth = thread.pointee.tracingDepth
    thread.pointee.tracingDepth = 0
    defer { thread.pointee.tracingDepth = depth }
    return try call[0].call(tuple: call[1])
  }
  let monitoring = try monitoringModule.makeModule()
  try m.constant("monitoring", monitoring)
  let compiler = try compilerModule.makeModule()
  try m.constant("_jit", compiler)
}

/// What programs ask about a compiler to machine code: there is none.
private let compilerModule = ModuleDefinition("sys._jit") { (m: ModuleBuilder) throws(PyError) in
  try m.function("is_available()", "Whether this Python was built with a compiler to machine code.") { (call: Call) throws(PyError) -> Owned in .boolean(false) }
  try m.function("is_enabled()", "Whether that compiler is switched on.") { (call: Call) throws(PyError) -> Owned in .boolean(false) }
  try m.function("is_active()", "Whether the caller runs as code which that compiler made.") { (call: Call) throws(PyError) -> Owned in .boolean(false) }
}

private let monitoringModule = ModuleDefinition("sys.monitoring") { (m: ModuleBuilder) throws(PyError) in
  try m.constant("DISABLE", Owned(copying: try Instrumentation.disable(currentThread)))
  try m.constant("MISSING", Owned(copying: try Instrumentation.missing(currentThread)))
  let events = try TypeObject.simpleNamespace.value.call()
  for event in MonitoringEvent.allCases {
    let name = intern(try Owned.string(event.name))
    try events.value.setAttribute(name.value, Value(smallInteger: event.bit))
  }
  let none = intern(try Owned.string("NO_EVENTS" as StaticString))
  try events.value.setAttribute(none.value, Value(smallInteger: 0))
  try m.constant("events", events)
  try m.constant("DEBUGGER_ID", 0)
  try m.constant("COVERAGE_ID", 1)
  try m.constant("PROFILER_ID", 2)
  try m.constant("OPTIMIZER_ID", 5)
  try defineTools(m)
  try defineEvents(m)
}

/// The number of a tool of a program.
private func tool(_ call: Call) throws(PyError) -> Int {
  let tool = Int(try call.int32(0))
  if tool < 0 || tool >= Monitoring.profileTool { throw .valueError("invalid tool \(tool) (must be between 0 and 5)") }
  return tool
}

private func checkInUse(_ tool: Int) throws(PyError) {
  if currentInterpreter.pointee.monitoring.toolNames[tool].isAbsent { throw .valueError("tool \(tool) is not in use") }
}

private func clearTool(_ tool: Int) throws(PyError) {
  let interpreter = currentInterpreter
  if interpreter.pointee.monitoring.toolNames[tool].isAbsent { return }
  for event in MonitoringEvent.allCases {
    let place = tool * MonitoringEvent.count + event.rawValue
    let callback = interpreter.pointee.monitoring.callbacks[place]
    interpreter.pointee.monitoring.callbacks[place] = .absent
    callback.releaseIfPresent()
  }
  interpreter.pointee.monitoring.legacyBranchTools &= ~(1 << UInt8(tool))
  try Tracing.setEvents(tool, 0)
  interpreter.pointee.monitoring.toolVersions[tool] = interpreter.pointee.monitoring.version + 1
  try Instrumentation.eventsChanged(interpreter)
}

private func defineTools(_ m: ModuleBuilder) throws(PyError) {
  try m.function("use_tool_id(tool_id, name, /)", "Take a tool's number.") { (call: Call) throws(PyError) -> Owned in
    let tool = try tool(call)
    if !call[1].isString { throw .valueError("tool name must be a str") }
    let interpreter = currentInterpreter
    if !interpreter.pointee.monitoring.toolNames[tool].isAbsent { throw .valueError("tool \(tool) is already in use") }
    interpreter.pointee.monitoring.toolNames[tool] = Owned(copying: call[1]).take()
    return .none
  }
  try m.function("clear_tool_id(tool_id, /)", "Drop a tool's callbacks and events.") { (call: Call) throws(PyError) -> Owned in
    try clearTool(try tool(call))
    return .none
  }
  try m.function("free_tool_id(tool_id, /)", "Give a tool's number back.") { (call: Call) throws(PyError) -> Owned in
    let tool = try tool(call)
    try clearTool(tool)
    let interpreter = currentInterpreter
    let name = interpreter.pointee.monitoring.toolNames[tool]
    interpreter.pointee.monitoring.toolNames[tool] = .absent
    name.releaseIfPresent()
    return .none
  }
  try m.function("get_tool(tool_id, /)", "Return the name of the tool that has a number, or None.") { (call: Call) throws(PyError) -> Owned in
    let name = currentInterpreter.pointee.monitoring.toolNames[try tool(call)]
    return name.isAbsent ? .none : Owned(copying: name)
  }
  try m.function("register_callback(tool_id, event, func, /)", "Set the function that is called for an event; return the one before.") {
    (call: Call) throws(PyError) -> Owned in
    let tool = try tool(call)
    let bits = try call.int32(1)
    if bits.nonzeroBitCount != 1 { throw .valueError("The callback can only be set for one event at a time") }
    guard let event = MonitoringEvent(rawValue: bits.trailingZeroBitCount) else { throw .valueError("invalid event \(bits)") }
    let function = call[2].isNone ? Value.absent : call[2]
    if !currentInterpreter.pointee.auditHooks.isAbsent {
      let name = try Owned.string("sys.monitoring.register_callback" as StaticString)
      try audit([name.value, call[2]])
    }
    let interpreter = currentInterpreter
    func replace(_ event: MonitoringEvent) -> Owned {
      let place = tool * MonitoringEvent.count + event.rawValue
      let old = interpreter.pointee.monitoring.callbacks[place]
      interpreter.pointee.monitoring.callbacks[place] = Owned(copyingIfPresent: function).take()
      return Owned(taking: old)
    }
    let old: Owned
    switch event {
    case .branch:
      interpreter.pointee.monitoring.legacyBranchTools |= 1 << UInt8(tool)
      _ = replace(.branchRight)
      old = replace(.branchLeft)
    case .branchLeft, .branchRight:
      interpreter.pointee.monitoring.legacyBranchTools &= ~(1 << UInt8(tool))
      old = replace(event)
    default: old = replace(event)
    }
    return old.value.isAbsent ? .none : old
  }
}

/// An event set as tools give it, with the events that stand for others replaced.
private func eventSet(_ call: Call, _ index: Int) throws(PyError) -> Int {
  let natives = MonitoringEvent.nativeReturn.bit | MonitoringEvent.nativeRaise.bit
  let calls = natives | MonitoringEvent.call.bit
  var set = Int(try call.int32(index))
  if set & natives != 0 && set & calls != calls { throw .valueError("cannot set C_RETURN or C_RAISE events independently") }
  if set >= 0 { set &= ~natives }
  if set >= 0 && set & MonitoringEvent.branch.bit != 0 {
    set = set & ~MonitoringEvent.branch.bit | MonitoringEvent.branchLeft.bit | MonitoringEvent.branchRight.bit
  }
  return set
}

private func defineEvents(_ m: ModuleBuilder) throws(PyError) {
  try m.function("get_events(tool_id, /)", "Return the events that a tool gets from all code.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(currentInterpreter.pointee.monitoring.events(of: try tool(call)))
  }
  try m.function("set_events(tool_id, event_set, /)", "Set the events that a tool gets from all code.") { (call: Call) throws(PyError) -> Owned in
    let tool = try tool(call)
    let given = try call.int32(1)
    if given < 0 || given >= 1 << MonitoringEvent.count {
      throw .valueError("invalid event set 0x\(String(UInt32(bitPattern: given), radix: 16))")
    }
    let set = try eventSet(call, 1)
    try checkInUse(tool)
    try Tracing.setEvents(tool, set)
    return .none
  }
  try m.function("get_local_events(tool_id, code, /)", "Return the events that a tool gets from one code object.") { (call: Call) throws(PyError) -> Owned in
    guard call[1].type == .code else { throw .typeError("code must be a code object") }
    return try Owned.integer(Tracing.localEvents(try tool(call), CodeObject(call[1])))
  }
  try m.function("set_local_events(tool_id, code, event_set, /)", "Set the events that a tool gets from one code object.") { (call: Call) throws(PyError) -> Owned in
    guard call[1].type == .code else { throw .typeError("code must be a code object") }
    let tool = try tool(call)
    let set = try eventSet(call, 2)
    if set < 0 || set >= 1 << MonitoringEvent.localCount { throw .valueError("invalid local event set 0x\(String(UInt32(truncatingIfNeeded: set), radix: 16))") }
    try checkInUse(tool)
    try Tracing.setLocalEvents(tool, CodeObject(call[1]), set)
    return .none
  }
  try m.function("restart_events()", "Report again what callbacks switched off.") { (_: Call) throws(PyError) -> Owned in
    let interpreter = currentInterpreter
    interpreter.pointee.monitoring.restartVersion = interpreter.pointee.monitoring.version + 1
    interpreter.pointee.monitoring.version += 1
    try Instrumentation.eventsChanged(interpreter)
    return .none
  }
  try m.function("_all_events()", "Return the tools of each event that some tool gets from all code.") { (_: Call) throws(PyError) -> Owned in
    let result = try Owned.dict()
    for event in 0..<MonitoringEvent.ungroupedCount {
      let tools = currentInterpreter.pointee.monitoring.tools[event]
      if tools == 0 { continue }
      let name = intern(try Owned.string(MonitoringEvent.names[event]))
      try DictObject(result.value).set(name.value, Value(smallInteger: Int(tools)))
    }
    return result
  }
}
