// `sys.settrace` and `sys.setprofile`: two watchers of the runtime's own, who call one function with a frame, the name of the event and an argument.

import CKraitCore
import KraitCompiler

enum Tracing {
  private static let common = [MonitoringEvent.start, .resume, .return, .yield, .unwind, .throw].reduce(0) { $0 | $1.bit }
  private static let traceEvents = common | [MonitoringEvent.raise, .line, .jump, .stopIteration].reduce(0) { $0 | $1.bit }
  private static let profileEvents = common | MonitoringEvent.call.bit

  /// `sys.settrace`; absent for none.
  static func setTrace(_ function: Value) throws(PyError) {
    let thread = currentThread
    let old = Owned(taking: thread.pointee.traceFunction)
    thread.pointee.traceFunction = function.isAbsent ? .absent : Owned(copying: function).take()
    _ = consume old
    if !function.isAbsent, let frame = thread.pointee.innermostFrame, frame.pointee.flags.contains(.hasObject),
      FrameObject(frame.pointee.object).contents.pointee.tracesOpcodes
    {
      try traceOpcodes(frame.pointee.code, true)
    }
    try updateEvents()
  }

  /// The tools watch as long as some thread is traced.
  private static func updateEvents() throws(PyError) {
    var (isTraced, isProfiled) = (false, false)
    Threads.forEach(currentInterpreter) { thread in
      if !thread.pointee.traceFunction.isAbsent { isTraced = true }
      if !thread.pointee.profileFunction.isAbsent { isProfiled = true }
    }
    try setEvents(Monitoring.traceTool, isTraced ? traceEvents : 0)
    try setEvents(Monitoring.profileTool, isProfiled ? profileEvents : 0)
  }

  /// `sys._settraceallthreads` and `sys._setprofileallthreads`.
  ///
  /// - Parameter exchange: puts a function into a thread's state, and what was there into its place.
  static func setForAllThreads(_ function: Value, _ exchange: (ThreadPointer, inout Value) -> Void) throws(PyError) {
    var old: [Value] = []
    Threads.forEach(currentInterpreter) { thread in
      var held = function.isAbsent ? .absent : Owned(copying: function).take()
      exchange(thread, &held)
      old.append(held)
    }
    for value in old { value.releaseIfPresent() }
    try updateEvents()
  }

  /// `sys.setprofile`; absent for none.
  static func setProfile(_ function: Value) throws(PyError) {
    let thread = currentThread
    let old = Owned(taking: thread.pointee.profileFunction)
    thread.pointee.profileFunction = function.isAbsent ? .absent : Owned(copying: function).take()
    _ = consume old
    try updateEvents()
  }

  /// The end of the interpreter: nobody watches any more, and what programs have registered is given up.
  static func finish() {
    let thread = currentThread
    do throws(PyError) {
      try setTrace(.absent)
      try setProfile(.absent)
    } catch { PyError.clear() }
    thread.pointee.interpreter.pointee.monitoring.clear()
    _ = krait_and64(thread, ~EvalBreaker.monitoring.rawValue)
  }

  /// Gives a tool the events of a set in all code.
  static func setEvents(_ tool: Int, _ events: Int) throws(PyError) {
    let interpreter = currentInterpreter
    if interpreter.pointee.monitoring.events(of: tool) == events { return }
    let bit = UInt8(1) << UInt8(tool)
    for event in 0..<MonitoringEvent.ungroupedCount {
      if events >> event & 1 != 0 {
        interpreter.pointee.monitoring.tools[event] |= bit
      } else {
        interpreter.pointee.monitoring.tools[event] &= ~bit
      }
    }
    try Instrumentation.eventsChanged(interpreter)
  }

  /// Gives a tool the events of a set in one code object.
  static func setLocalEvents(_ tool: Int, _ code: CodeObject, _ events: Int) throws(PyError) {
    let thread = currentThread
    let monitoring = code.makeMonitoring()
    monitoring.toolVersions[tool] = thread.pointee.interpreter.pointee.monitoring.toolVersions[tool]
    let bit = UInt8(1) << UInt8(tool)
    let old = monitoring.local
    for event in monitoring.local.indices {
      if events >> event & 1 != 0 { monitoring.local[event] |= bit } else { monitoring.local[event] &= ~bit }
    }
    if monitoring.local == old { return }
    // Brought up to date although nothing changed elsewhere.
    try monitoring.update(code, thread.pointee.interpreter)
    try Instrumentation.codeChanged(code, thread)
  }

  static func localEvents(_ tool: Int, _ code: CodeObject) -> Int {
    guard let monitoring = code.monitoring else { return 0 }
    var result = 0
    for event in monitoring.local.indices where monitoring.local[event] >> UInt8(tool) & 1 != 0 { result |= 1 << event }
    return result
  }

  /// `f_trace_opcodes` begins to matter, or does no longer.
  static func traceOpcodes(_ code: CodeObject, _ isOn: Bool) throws(PyError) {
    let events = localEvents(Monitoring.traceTool, code)
    let bit = MonitoringEvent.instruction.bit
    try setLocalEvents(Monitoring.traceTool, code, isOn ? events | bit : events & ~bit)
  }

  // MARK: Events

  /// An event for the function of `sys.settrace`; returns whether it need not be reported here again.
  static func trace(_ thread: ThreadPointer, _ frame: FramePointer, _ event: MonitoringEvent, _ first: Value, _ second: Value) throws(PyError) -> Bool {
    if event == .instruction {
      let object = try Evaluator.frameObject(of: frame)
      if thread.pointee.traceFunction.isAbsent || !FrameObject(object.value).contents.pointee.tracesOpcodes {
        try traceOpcodes(frame.pointee.code, false)
        return false
      }
      try callTrace(thread, object.value, Name.opcode, .none)
      return false
    }
    if thread.pointee.traceFunction.isAbsent { return false }
    let object = try Evaluator.frameObject(of: frame)
    let contents = FrameObject(object.value).contents
    switch event {
    case .line:
      if contents.pointee.tracesLines { try callTrace(thread, object.value, Name.line, .none) }
      return false
    case .jump:
      // A loop on one line tells of each round.
      guard second.smallInteger <= first.smallInteger, let monitoring = frame.pointee.code.monitoring else { return true }
      let from = monitoring.locations[Int(monitoring.locationOfUnit[first.smallInteger / 2])].line
      let to = monitoring.locations[Int(monitoring.locationOfUnit[second.smallInteger / 2])].line
      if from != to { return true }
      if contents.pointee.tracesLines && to >= 0 { try callTrace(thread, object.value, Name.line, .none) }
      return false
    default: break
    }
    if contents.pointee.tracesOpcodes { try traceOpcodes(frame.pointee.code, true) }
    switch event {
    case .start, .resume, .throw: try callTrace(thread, object.value, Name.call, .none)
    case .return, .yield: try callTrace(thread, object.value, Name.return, second)
    case .unwind: try callTrace(thread, object.value, Name.return, .none)
    case .raise, .stopIteration:
      let traceback = ExceptionObject(second).traceback
      let argument = try Owned.tuple([second.type.value, second, traceback.isAbsent ? .none : traceback])
      try callTrace(thread, object.value, Name.exception, argument.value)
    default: break
    }
    return false
  }

  private static func callTrace(_ thread: ThreadPointer, _ frame: Value, _ what: Value, _ argument: Value) throws(PyError) {
    let contents = FrameObject(frame).contents
    let callback = what === Name.call ? thread.pointee.traceFunction : contents.pointee.trace
    if callback.isAbsent { return }
    let held = Owned(copying: callback)
    let argument = Owned(copying: argument)
    do throws(PyError) {
      let result = try held.value.call(frame, what, argument.value)
      if !result.value.isNone { setFrameTrace(frame, result) }
    } catch {
      let exception = thread.pointee.takeException()
      do throws(PyError) { try setTrace(.absent) } catch { PyError.clear() }
      setFrameTrace(frame, Owned(taking: .absent))
      thread.pointee.setException(exception)
      throw error
    }
  }

  private static func setFrameTrace(_ frame: Value, _ function: consuming Owned) {
    let contents = FrameObject(frame).contents
    let old = Owned(taking: contents.pointee.trace)
    contents.pointee.trace = function.take()
    _ = consume old
  }

  /// An event for the function of `sys.setprofile`.
  static func profile(_ thread: ThreadPointer, _ frame: FramePointer, _ event: MonitoringEvent, _ second: Value, _ third: Value) throws(PyError) {
    if thread.pointee.profileFunction.isAbsent { return }
    switch event {
    case .start, .resume, .throw: try callProfile(thread, frame, Name.call, .none)
    case .return, .yield: try callProfile(thread, frame, Name.return, second)
    case .unwind: try callProfile(thread, frame, Name.return, .none)
    case .call: try profileNative(thread, frame, Name.c_call, second, third)
    case .nativeReturn: try profileNative(thread, frame, Name.c_return, second, third)
    case .nativeRaise: try profileNative(thread, frame, Name.c_exception, second, third)
    default: break
    }
  }

  private static func profileNative(
    _ thread: ThreadPointer, _ frame: FramePointer, _ what: Value, _ callable: Value, _ argument: Value
  ) throws(PyError) {
    if callable.type == .builtinFunction { return try callProfile(thread, frame, what, callable) }
    guard callable.type == .methodDescriptor, argument !== thread.pointee.interpreter.pointee.monitoring.missing else { return }
    let method = try callable.callMethod(Name.__get__, argument, argument.type.value)
    try callProfile(thread, frame, what, method.value)
  }

  private static func callProfile(_ thread: ThreadPointer, _ frame: FramePointer, _ what: Value, _ argument: Value) throws(PyError) {
    let function = Owned(copying: thread.pointee.profileFunction)
    let argument = Owned(copying: argument)
    let object = try Evaluator.frameObject(of: frame)
    do throws(PyError) { _ = try function.value.call(object.value, what, argument.value) } catch {
      let exception = thread.pointee.takeException()
      do throws(PyError) { try setProfile(.absent) } catch { PyError.clear() }
      thread.pointee.setException(exception)
      throw error
    }
  }
}
