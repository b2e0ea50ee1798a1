// Reporting events to tools: how frames come into the instrumented form and out of it, and what its instructions do.

import CKraitCore
import KraitCompiler

enum Instrumentation {
  // MARK: Between the forms

  static func isResume(_ pc: PC) -> Bool {
    switch Instruction.at(pc) {
    // Only what a frame waits at is asked about: what was replaced there is a RESUME.
    case .RESUME, .RESUME_INSTRUMENTED, .INSTRUMENT_SWITCH: true
    default: false
    }
  }

  /// Brings a code object up to date; nil when nothing in it is watched.
  private static func live(_ code: CodeObject, _ thread: ThreadPointer) throws(PyError) -> CodeMonitoring? {
    let interpreter = thread.pointee.interpreter
    let monitoring = code.makeMonitoring()
    if monitoring.version != interpreter.pointee.monitoring.version { try monitoring.update(code, interpreter) }
    return monitoring.isLive ? monitoring : nil
  }

  /// A frame is at a safepoint of the ordinary form while tools watch: where to go on in the instrumented form; nil to stay.
  static func enter(_ pc: PC, _ thread: ThreadPointer) throws(PyError) -> PC? {
    let frame = thread.pointee.frame
    let code = frame.pointee.code
    guard let monitoring = try live(code, thread), let start = monitoring.instrumented else { return nil }
    let unit = code.bytecodeOffset(at: pc) / 2
    guard unit >= 0, unit < monitoring.locationOfUnit.count else { return nil }
    return enter(frame, monitoring, start, Int(monitoring.locationOfUnit[unit]))
  }

  private static func enter(_ frame: FramePointer, _ monitoring: CodeMonitoring, _ start: PC, _ location: Int) -> PC? {
    guard location >= 0, monitoring.instrumentedWords[location] >= 0 else { return nil }
    let stack = frame.pointee.fp + frame.pointee.code.localsPlusCount
    for position in monitoring.locations[location].nulls {
      let old = stack[Int(position)]
      stack[Int(position)] = .absent
      old.releaseIfPresent()
    }
    frame.pointee.flags.location = location - 1
    return start + Int(monitoring.instrumentedWords[location])
  }

  /// Makes frames that run the ordinary form of a code object leave it at the next boundary.
  static func patch(_ code: CodeObject, _ monitoring: CodeMonitoring) {
    guard monitoring.replaced.isEmpty, let executable = code.executable else { return }
    monitoring.replaced.reserveCapacity(monitoring.boundaries.count)
    for boundary in monitoring.boundaries {
      let word = executable.start + Int(boundary.word)
      let operation = UInt16(truncatingIfNeeded: word.pointee)
      monitoring.replaced.append(operation)
      // A frame that waits for a delegate is told by its instruction; the RESUME of the wait is replaced.
      if operation != Instruction.SEND.rawValue { krait_store16_release(word, Instruction.INSTRUMENT_SWITCH.rawValue) }
    }
  }

  private static func unpatch(_ code: CodeObject, _ monitoring: CodeMonitoring) {
    guard let executable = code.executable else { return }
    for (index, operation) in monitoring.replaced.enumerated() {
      let word = executable.start + Int(monitoring.boundaries[index].word)
      // An instruction that was under way may have specialised itself since.
      if UInt16(truncatingIfNeeded: word.pointee) == Instruction.INSTRUMENT_SWITCH.rawValue { krait_store16_release(word, operation) }
    }
    monitoring.replaced = []
  }

  /// At a boundary that was patched.
  static func switchForm(_ pc: PC, _ thread: ThreadPointer) throws(PyError) -> PC {
    let frame = thread.pointee.frame
    let code = frame.pointee.code
    if let monitoring = try live(code, thread), let start = monitoring.instrumented, let executable = code.executable,
      let location = monitoring.location(atBoundary: pc - executable.start), let next = enter(frame, monitoring, start, location)
    {
      return next
    }
    unpatch(code, code.makeMonitoring())
    return pc
  }

  /// What the tools ask for has changed: frames that run follow at once, others when they are resumed.
  static func eventsChanged(_ interpreter: UnsafeMutablePointer<InterpreterState>) throws(PyError) {
    interpreter.pointee.monitoring.version += 1
    let tools = interpreter.pointee.monitoring.tools
    interpreter.pointee.monitoring.watchesExceptions = tools[MonitoringEvent.raise.rawValue...].contains { $0 != 0 }
    let isWatching = tools[..<MonitoringEvent.localCount].contains { $0 != 0 }
    try Threads.forEach(interpreter) { (thread: ThreadPointer) throws(PyError) in
      if isWatching { ThreadState.request(.monitoring, of: thread) } else { _ = krait_and64(thread, ~EvalBreaker.monitoring.rawValue) }
      var frame = thread.pointee.frame
      while !frame.isBase {
        try codeChanged(frame.pointee.code, thread)
        frame = frame.caller
      }
    }
  }

  /// What is watched in a code object may have changed.
  static func codeChanged(_ code: CodeObject, _ thread: ThreadPointer) throws(PyError) {
    guard let monitoring = try live(code, thread) else { return }
    patch(code, monitoring)
  }

  // MARK: Instructions

  /// Before an instruction: its line, its execution, and what it does itself.
  static func before(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let index = longDistance(pc)
    let frame = thread.pointee.frame
    let previous = frame.pointee.flags.location
    frame.pointee.flags.location = index
    guard thread.pointee.tracingDepth == 0, let monitoring = frame.pointee.code.monitoring else { return pc + 1 }
    let location = monitoring.locations[index]
    if location.lineTools != 0 {
      let isSame = previous >= 0 && monitoring.locations[previous].line == location.line && monitoring.locations[previous].opcode != .RESUME
      if !isSame {
        try Report(thread, frame, .line, monitoring, index).send(location.lineTools, Value(smallInteger: Int(location.line)))
        if frame.pointee.pc != pc { return frame.pointee.pc }
      }
    }
    if monitoring.locations[index].instructionTools != 0 {
      try Report(thread, frame, .instruction, monitoring, index).send(monitoring.locations[index].instructionTools, Value(smallInteger: Int(location.offset)))
    }
    let tools = monitoring.locations[index].tools
    if tools != 0, let event = location.event {
      return try before(pc, fp, thread, Report(thread, frame, event, monitoring, index), previous, tools)
    }
    return pc + 1
  }

  private static func before(
    _ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ report: Report, _ previous: Int, _ tools: UInt8
  ) throws(PyError) -> PC {
    let location = report.monitoring.locations[report.index]
    let offset = Value(smallInteger: Int(location.offset))
    let top = report.frame.pointee.code.localsPlusCount + Int(location.depth) - 1
    let next = Int(location.offset) + 2 + 2 * location.opcode.cacheEntries
    switch location.opcode {
    case .RETURN_VALUE, .YIELD_VALUE:
      let value = Owned(copying: fp[top])
      try report.send(tools, offset, value.value)
    case .CALL, .CALL_KW, .CALL_FUNCTION_EX: return try call(pc, fp, thread, report, tools)
    case .LOAD_SUPER_ATTR: return try superAttribute(pc, fp, thread, report, tools)
    case .JUMP_FORWARD, .JUMP_BACKWARD: try report.send(tools, offset, Value(smallInteger: Int(location.target)))
    case .NOT_TAKEN, .POP_ITER:
      let source = previous >= 0 ? Int(report.monitoring.locations[previous].offset) : Int(location.offset)
      try report.send(tools, Value(smallInteger: source), Value(smallInteger: next))
    case .END_ASYNC_FOR: try report.send(tools, Value(smallInteger: next - 2 * Int(location.argument)), Value(smallInteger: next))
    case .END_SEND:
      let receiver = fp[top - 1]
      if receiver.isObject && !receiver.isAbsent && (receiver.type == .generator || receiver.type == .coroutine) {
        try stopIteration(fp[top], report, tools)
      }
    default: break
    }
    return report.frame.pointee.pc == pc ? pc + 1 : report.frame.pointee.pc
  }

  /// A generator that the frame waited for has returned a value.
  private static func stopIteration(_ value: Value, _ report: Report, _ tools: UInt8) throws(PyError) {
    let exception: Owned
    do throws(PyError) { throw .stopIteration(value) } catch { exception = report.thread.pointee.takeException() }
    try report.send(tools, Value(smallInteger: report.offset), exception.value)
  }

  /// On one of the ways out of a conditional jump.
  static func edge(_ pc: PC, _ thread: ThreadPointer) throws(PyError) -> PC {
    let index = longDistance(pc)
    let frame = thread.pointee.frame
    guard thread.pointee.tracingDepth == 0, let monitoring = frame.pointee.code.monitoring else { return pc + 1 }
    let location = monitoring.locations[index]
    guard location.tools != 0, let event = location.event else { return pc + 1 }
    let target = operandA(pc) != 0 ? Int(location.target) : Int(location.offset) + 2 + 2 * location.opcode.cacheEntries
    try Report(thread, frame, event, monitoring, index).send(location.tools, Value(smallInteger: Int(location.offset)), Value(smallInteger: target))
    return frame.pointee.pc == pc ? pc + 1 : frame.pointee.pc
  }

  static func resume(_ pc: PC, _ thread: ThreadPointer) throws(PyError) -> PC {
    if thread.pointee.breaker != 0 { try ThreadState.handleBreaker(thread) }
    let index = longDistance(pc)
    let frame = thread.pointee.frame
    let code = frame.pointee.code
    guard let monitoring = try live(code, thread) else {
      frame.pointee.flags.location = -1
      if let known = code.monitoring, known.ordinaryWords[index] >= 0, let executable = code.executable {
        return executable.start + Int(known.ordinaryWords[index])
      }
      return pc + 1
    }
    frame.pointee.flags.location = index
    let location = monitoring.locations[index]
    if thread.pointee.tracingDepth == 0, location.tools != 0, let event = location.event {
      try Report(thread, frame, event, monitoring, index).send(location.tools, Value(smallInteger: Int(location.offset)))
      if frame.pointee.pc != pc { return frame.pointee.pc }
    }
    return pc + 1
  }

  static func jumpBackward(_ pc: PC, _ thread: ThreadPointer) throws(PyError) -> PC {
    if thread.pointee.breaker != 0 { try ThreadState.handleBreaker(thread) }
    let frame = thread.pointee.frame
    let code = frame.pointee.code
    if try live(code, thread) == nil, let monitoring = code.monitoring, let executable = code.executable {
      let unit = Int(monitoring.locations[Int(monitoring.locationOfUnit[code.bytecodeOffset(at: pc) / 2])].target) / 2
      let location = Int(monitoring.locationOfUnit[unit])
      if monitoring.ordinaryWords[location] >= 0 {
        frame.pointee.flags.location = -1
        return executable.start + Int(monitoring.ordinaryWords[location])
      }
    }
    return pc + longDistance(pc)
  }

  /// `FOR_ITER`, which tells of an iterator that raises StopIteration.
  static func iterate(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let iterator = Owned(copying: fp[operandB(pc)])
    guard let next = iterator.value.type.slots.pointee.next else { throw .typeError("'\(iterator.value.typeName)' object is not an iterator") }
    do throws(PyError) {
      let item = try next(iterator.value)
      if item.value.isAbsent { return pc + signedC(pc) }
      Slow.set(fp, operandA(pc), item)
      return pc + 4
    } catch {
      guard PyError.matches(.stopIteration) else { throw error }
      let pending = PendingException(thread)
      if pending.report(.raise, thread.pointee.frame, beforeCaches: true) { PyError.clear() } else { throw error }
      return pc + signedC(pc)
    }
  }
}

// MARK: - Reports

/// One event on its way to the tools.
struct Report {
  let thread: ThreadPointer
  let frame: FramePointer
  let event: MonitoringEvent
  let monitoring: CodeMonitoring
  /// The location that the event belongs to.
  let index: Int

  init(_ thread: ThreadPointer, _ frame: FramePointer, _ event: MonitoringEvent, _ monitoring: CodeMonitoring, _ index: Int) {
    self.thread = thread
    self.frame = frame
    self.event = event
    self.monitoring = monitoring
    self.index = index
  }

  var offset: Int { Int(monitoring.locations[index].offset) }

  /// The same place, another event.
  func with(_ event: MonitoringEvent) -> Report { Report(thread, frame, event, monitoring, index) }

  /// Calls the tools' callbacks, the highest number first, with the code object and what the event says.
  func send(_ tools: UInt8, _ first: Value, _ second: Value = .absent, _ third: Value = .absent) throws(PyError) {
    if thread.pointee.tracingDepth > 0 { return }
    var left = tools
    while left != 0 {
      let tool = 7 - left.leadingZeroBitCount
      left &= ~(1 << UInt8(tool))
      if isSettled(tool, first) {
        disable(tool, first)
      } else if try Reporting.call(thread, frame, event, tool, first, second, third) {
        disable(tool, first)
      }
    }
  }

  /// Whether the tool asked for both ways of a branch under one name, and has had enough of the branch.
  private func isSettled(_ tool: Int, _ source: Value) -> Bool {
    guard event == .branchLeft || event == .branchRight, frame.interpreterMonitoring.pointee.legacyBranchTools >> UInt8(tool) & 1 != 0,
      let branch = branch(source)
    else { return false }
    return monitoring.locations[branch].tools >> UInt8(tool) & 1 == 0
  }

  /// The location of the branch that an event comes from.
  private func branch(_ source: Value) -> Int? {
    let unit = source.smallInteger / 2
    guard unit >= 0, unit < monitoring.locationOfUnit.count, monitoring.locationOfUnit[unit] >= 0 else { return nil }
    return Int(monitoring.locationOfUnit[unit])
  }

  private func disable(_ tool: Int, _ source: Value) {
    monitoring.disable(event == .nativeReturn || event == .nativeRaise ? .call : event, tool, at: index)
    guard event == .branchLeft || event == .branchRight, frame.interpreterMonitoring.pointee.legacyBranchTools >> UInt8(tool) & 1 != 0,
      let branch = branch(source)
    else { return }
    // Who asked for both ways of a branch under one name means both.
    monitoring.disable(.branchRight, tool, at: branch)
    if branch + 1 < monitoring.locations.count && monitoring.locations[branch + 1].opcode == .NOT_TAKEN {
      monitoring.disable(.branchLeft, tool, at: branch + 1)
    }
  }
}

extension UnsafeMutablePointer where Pointee == Frame {
  var interpreterMonitoring: UnsafeMutablePointer<Monitoring> {
    let interpreter = currentThread.pointee.interpreter
    return withUnsafeMutablePointer(to: &interpreter.pointee.monitoring) { $0 }
  }
}

enum Reporting {
  /// Calls one tool's callback; returns whether it asks not to be called for this place again.
  static func call(
    _ thread: ThreadPointer, _ frame: FramePointer, _ event: MonitoringEvent, _ tool: Int, _ first: Value, _ second: Value, _ third: Value
  ) throws(PyError) -> Bool {
    let interpreter = thread.pointee.interpreter
    let callback = interpreter.pointee.monitoring.callback(tool, event)
    if tool < Monitoring.profileTool && callback.isAbsent { return false }
    let outer = (thread.pointee.tracedEvent, thread.pointee.tracedFrame)
    thread.pointee.tracedEvent = event
    thread.pointee.tracedFrame = frame
    thread.pointee.tracingDepth += 1
    defer {
      thread.pointee.tracingDepth -= 1
      (thread.pointee.tracedEvent, thread.pointee.tracedFrame) = outer
    }
    if tool == Monitoring.traceTool { return try Tracing.trace(thread, frame, event, first, second) }
    if tool == Monitoring.profileTool {
      try Tracing.profile(thread, frame, event, second, third)
      return false
    }
    let held = Owned(copying: callback)
    var arguments = (frame.pointee.code.value, first, second, third)
    let result = try withUnsafePointer(to: &arguments) { (pointer) throws(PyError) -> Owned in
      let base = UnsafeRawPointer(pointer).assumingMemoryBound(to: Value.self)
      return try held.value.call(arguments: Arguments(base: base, positionalCount: second.isAbsent ? 2 : third.isAbsent ? 3 : 4))
    }
    return !interpreter.pointee.monitoring.disable.isAbsent && result.value === interpreter.pointee.monitoring.disable
  }
}

/// Reports of an exception that is on its way: it waits meanwhile.
struct PendingException {
  let thread: ThreadPointer

  init(_ thread: ThreadPointer) { self.thread = thread }

  /// Reports an event of the thread's exception; returns false when a callback raised another one, which takes its place.
  @discardableResult
  func report(_ event: MonitoringEvent, _ frame: FramePointer, at pc: PC? = nil, beforeCaches: Bool = false) -> Bool {
    let interpreter = thread.pointee.interpreter
    let tools = interpreter.pointee.monitoring.tools[event.rawValue]
    return hold(tools, frame, pc ?? frame.pointee.pc, beforeCaches) { (tool: Int, offset: Int, exception: Value) throws(PyError) in
      guard try Reporting.call(thread, frame, event, tool, Value(smallInteger: offset), exception, .absent) else { return }
      let place = tool * MonitoringEvent.count + event.rawValue
      let callback = interpreter.pointee.monitoring.callbacks[place]
      interpreter.pointee.monitoring.callbacks[place] = .absent
      callback.releaseIfPresent()
      throw .valueError("Cannot disable \(event.name) events. Callback removed.")
    }
  }

  /// Reports that a native function raised.
  func reportCall(_ report: Report, _ tools: UInt8, _ callable: Value, _ argument: Value) -> Bool {
    hold(tools, report.frame, report.frame.pointee.pc, true) { (tool: Int, _: Int, _: Value) throws(PyError) in
      _ = try Reporting.call(thread, report.frame, .nativeRaise, tool, Value(smallInteger: report.offset), callable, argument)
    }
  }

  private func hold(_ tools: UInt8, _ frame: FramePointer, _ pc: PC, _ beforeCaches: Bool, _ body: (Int, Int, Value) throws(PyError) -> Void) -> Bool {
    guard tools != 0, thread.pointee.tracingDepth == 0 else { return true }
    let exception = thread.pointee.takeException()
    // CPython names the last code unit of the instruction, its caches counted.
    var offset = frame.pointee.code.bytecodeOffset(at: pc)
    let bytes = frame.pointee.code.instructions
    if !beforeCaches, offset >= 0, offset < bytes.count, let opcode = Opcode(rawValue: UInt16(bytes[offset])) { offset += 2 * opcode.cacheEntries }
    var left = tools
    do throws(PyError) {
      while left != 0 {
        let tool = 7 - left.leadingZeroBitCount
        left &= ~(1 << UInt8(tool))
        try body(tool, offset, exception.value)
      }
    } catch { return false }
    thread.pointee.setException(exception)
    return true
  }
}
