// What tools watch (PEP 669): events by tool, callbacks, and for each code object the places where they are reported.

import CKraitCore
import KraitCompiler

/// The events of `sys.monitoring`, with its numbers.
enum MonitoringEvent: Int, CaseIterable {
  case start, resume, `return`, yield, call, line, instruction, jump, branchLeft, branchRight, stopIteration
  case raise, exceptionHandled, unwind, `throw`, reraise
  case nativeReturn, nativeRaise, branch

  /// Events up to here happen at an instruction, and can be switched off there.
  static let localCount = 11
  /// Events that tools ask for one by one; the others come with them.
  static let ungroupedCount = 16
  static let count = 19

  var isLocal: Bool { rawValue < MonitoringEvent.localCount }
  var bit: Int { 1 << rawValue }

  static let names: [StaticString] = [
    "PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "LINE", "INSTRUCTION", "JUMP", "BRANCH_LEFT", "BRANCH_RIGHT", "STOP_ITERATION",
    "RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "C_RETURN", "C_RAISE", "BRANCH",
  ]
  var name: StaticString { MonitoringEvent.names[rawValue] }
}

/// The watchers of an interpreter.
struct Monitoring: ~Copyable {
  /// Numbers below are for tools of programs, the last two for `sys.setprofile` and `sys.settrace`.
  static let toolCount = 8
  static let profileTool = 6
  static let traceTool = 7

  /// By event, a bit for each tool that asks for it in all code.
  var tools = [UInt8](repeating: 0, count: MonitoringEvent.ungroupedCount)
  /// By tool and event, owned, or absent.
  var callbacks = [Value](repeating: .absent, count: toolCount * MonitoringEvent.count)
  /// Tools whose callback for both branch events was registered for `BRANCH`.
  var legacyBranchTools: UInt8 = 0
  /// By tool: its name, owned, or absent.
  var toolNames = [Value](repeating: .absent, count: profileTool)
  /// By tool: events that code objects were given before this version are void.
  var toolVersions = [UInt64](repeating: 0, count: toolCount)
  /// Grows with each change of ``tools``.
  var version: UInt64 = 1
  /// Places that a callback switched off before this version report again.
  var restartVersion: UInt64 = 0
  /// `sys.monitoring.DISABLE` and `MISSING`: owned, absent before the first use.
  var disable: Value = .absent
  var missing: Value = .absent
  /// Whether events that come with exceptions are asked for.
  var watchesExceptions = false

  func callback(_ tool: Int, _ event: MonitoringEvent) -> Value { callbacks[tool * MonitoringEvent.count + event.rawValue] }

  func events(of tool: Int) -> Int {
    var result = 0
    for event in 0..<MonitoringEvent.ungroupedCount where tools[event] >> UInt8(tool) & 1 != 0 { result |= 1 << event }
    return result
  }

  /// Whether tools ask for anything, or have names.
  var isInUse: Bool { !tools.allSatisfy { $0 == 0 } || !(callbacks + toolNames).allSatisfy(\.isAbsent) }

  /// Gives up what programs have registered.
  mutating func clear() {
    let held = callbacks + toolNames + [disable, missing]
    self = Monitoring()
    for value in held { value.releaseIfPresent() }
  }
}

/// What tools watch in one code object.
final class CodeMonitoring {
  /// A place where something can be reported: an instruction or an `EXTENDED_ARG` before it.
  struct Location {
    var offset: Int32
    var line: Int32
    /// The byte offset that a jump leads to; -1 for none.
    var target: Int32 = -1
    /// The height of the value stack before the instruction.
    var depth: Int32
    var argument: Int32
    var opcode: Opcode
    /// The event that the instruction itself stands for.
    var event: MonitoringEvent?
    var startsLine = false
    /// Tools that watch the instruction's own event, its line, its execution.
    var tools: UInt8 = 0
    var lineTools: UInt8 = 0
    var instructionTools: UInt8 = 0
    /// Positions of the value stack where NULL stands, which the ordinary form does not write where it knows that it is one.
    var nulls: [Int32] = []
    /// The word of its `INSTRUMENT`; -1 for none.
    var word: Int32 = -1
  }

  /// By local event, a bit for each tool that asks for it in this code; and for each that gets it there.
  var local = [UInt8](repeating: 0, count: MonitoringEvent.localCount)
  var active = [UInt8](repeating: 0, count: MonitoringEvent.localCount)
  var toolVersions = [UInt64](repeating: 0, count: Monitoring.toolCount)
  /// The ``Monitoring/version`` that ``locations`` agree with.
  var version: UInt64 = 0
  var locations: [Location] = []
  /// How many places report something.
  var liveCount = 0
  /// By code unit: its location, or -1.
  var locationOfUnit: [Int32] = []
  var firstTraceable = 0
  /// The instrumented form; nil before somebody watches.
  var instrumented: PC?
  /// By location: the word of the instrumented form that it begins at, or -1.
  var instrumentedWords: [Int32] = []
  /// Words of the ordinary form where frames may change forms, ascending, and their locations.
  var boundaries: [(word: Int32, location: Int32)] = []
  /// By location: such a word, or -1.
  var ordinaryWords: [Int32] = []
  /// Operations that ``Instrumentation/patch(_:_:)`` replaced; empty when it did not.
  var replaced: [UInt16] = []

  var isLive: Bool { liveCount > 0 }

  deinit {
    if let instrumented { Executable.free(instrumented) }
  }
}

extension CodeObject {
  /// What tools watch in this code; nil when none ever did.
  var monitoring: CodeMonitoring? {
    guard let raw = contents.pointee.monitoring else { return nil }
    return Unmanaged<CodeMonitoring>.fromOpaque(raw).takeUnretainedValue()
  }

  func makeMonitoring() -> CodeMonitoring {
    if let monitoring { return monitoring }
    let made = CodeMonitoring()
    contents.pointee.monitoring = Unmanaged.passRetained(made).toOpaque()
    return made
  }

  func dropMonitoring() {
    guard let raw = contents.pointee.monitoring else { return }
    contents.pointee.monitoring = nil
    Unmanaged<CodeMonitoring>.fromOpaque(raw).release()
  }
}

// MARK: - Places

extension CodeMonitoring {
  /// Finds the places of the code and translates its instrumented form.
  func prepare(_ code: CodeObject) throws(PyError) {
    guard instrumented == nil else { return }
    _ = try code.executableStart()
    do throws(MalformedCode) {
      let decoded = try DecodedCode(code)
      defer { decoded.deallocate() }
      let plan = makeLocations(code, decoded)
      // Makes the same words once more, to learn where the two forms meet.
      var ordinary = Translator(code, decoded)
      ordinary.notesBoundaries = true
      ordinary.run()
      let form = try Translator.translateInstrumented(code, decoded, plan)
      instrumented = form.start
      if ExecutableDisassembly.isOn { ExecutableDisassembly.show(code, Executable(start: form.start), "instrumented") }
      instrumentedWords = Array(repeating: -1, count: locations.count)
      ordinaryWords = instrumentedWords
      for (index, instruction) in decoded.instructions.enumerated() where form.words[index] >= 0 {
        let location = Int(plan.locationOfInstruction[index])
        instrumentedWords[location] = form.words[index]
        guard form.announcements[index] >= 0 else { continue }
        let prefixes = Int(instruction.offset - instruction.start) / 2
        for prefix in 0...prefixes {
          locations[location - prefix].word = form.announcements[index] + Int32(prefixes - prefix)
          instrumentedWords[location - prefix] = locations[location - prefix].word
          locations[location - prefix].nulls = form.nulls[index]
        }
        instrumentedWords[location - prefixes] = form.words[index]
      }
      for boundary in ordinary.boundaries.elements where Int(boundary.instruction) >= plan.firstTraceable {
        let instruction = decoded.instructions[Int(boundary.instruction)]
        let location = plan.locationOfInstruction[Int(boundary.instruction)] - (instruction.offset - instruction.start) / 2
        boundaries.append((boundary.word, location))
        ordinaryWords[Int(location)] = boundary.word
      }
    } catch {
      throw error.raised
    }
  }

  private func makeLocations(_ code: CodeObject, _ decoded: DecodedCode) -> InstrumentationPlan {
    var lineOfUnit = [Int32](repeating: -1, count: code.instructions.count / 2)
    for stretch in code.lines.lines() {
      for unit in (stretch.start / 2)..<max(stretch.start / 2, min(stretch.end / 2, lineOfUnit.count)) { lineOfUnit[unit] = stretch.line }
    }
    let firstTraceable = decoded.instructions.firstIndex { $0.opcode == .RESUME } ?? decoded.instructions.count
    var plan = InstrumentationPlan(locationOfInstruction: [], firstTraceable: firstTraceable)
    plan.locationOfInstruction.reserveCapacity(decoded.instructions.count)
    locationOfUnit = Array(repeating: -1, count: lineOfUnit.count)
    for (index, instruction) in decoded.instructions.enumerated() {
      for offset in stride(from: instruction.start, to: instruction.offset, by: 2) {
        locationOfUnit[Int(offset) / 2] = Int32(locations.count)
        locations.append(Location(offset: offset, line: lineOfUnit[Int(offset) / 2], depth: 0, argument: 0, opcode: .EXTENDED_ARG))
      }
      plan.locationOfInstruction.append(Int32(locations.count))
      locationOfUnit[Int(instruction.offset) / 2] = Int32(locations.count)
      var location = Location(
        offset: instruction.offset, line: lineOfUnit[Int(instruction.offset) / 2], depth: decoded.depths[index], argument: instruction.argument,
        opcode: instruction.opcode, event: CodeMonitoring.event(of: instruction))
      if instruction.target >= 0 { location.target = decoded.instructions[Int(instruction.target)].start }
      if index < firstTraceable { location.event = nil }
      locations.append(location)
    }
    self.firstTraceable = firstTraceable < plan.locationOfInstruction.count ? Int(plan.locationOfInstruction[firstTraceable]) : locations.count
    markLines(code)
    return plan
  }

  /// Finds where lines begin: where the line changes, and wherever control may come from elsewhere.
  private func markLines(_ code: CodeObject) {
    var current: Int32 = -1
    for index in locations.indices where index >= firstTraceable {
      switch locations[index].opcode {
      case .END_ASYNC_FOR, .END_FOR, .END_SEND, .RESUME, .POP_ITER: break
      default:
        let line = locations[index].line
        locations[index].startsLine = line != current && line >= 0
        current = line
      }
    }
    for index in locations.indices where index >= firstTraceable && locations[index].target >= 0 {
      let location = locations[index]
      var unit = Int(location.target) / 2
      switch location.opcode {
      case .FOR_ITER, .SEND: unit += 1
      case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE, .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT: break
      default: continue
      }
      markLine(unit) { $0 != .POP_ITER }
    }
    for entry in ExceptionTable(bytes: code.exceptionTable) { markLine(entry.target / 2) { $0 != .END_ASYNC_FOR } }
  }

  private func markLine(_ unit: Int, _ condition: (Opcode) -> Bool) {
    guard unit >= 0, unit < locationOfUnit.count, locationOfUnit[unit] >= 0 else { return }
    let index = Int(locationOfUnit[unit])
    if index >= firstTraceable && locations[index].line >= 0 && condition(locations[index].opcode) { locations[index].startsLine = true }
  }

  private static func event(of instruction: DecodedCode.Instruction) -> MonitoringEvent? {
    switch instruction.opcode {
    case .RESUME: instruction.argument == 0 ? .start : .resume
    case .RETURN_VALUE: .return
    case .YIELD_VALUE: .yield
    case .CALL, .CALL_KW, .CALL_FUNCTION_EX, .LOAD_SUPER_ATTR: .call
    case .JUMP_FORWARD, .JUMP_BACKWARD: .jump
    case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE, .POP_ITER, .END_ASYNC_FOR: .branchRight
    case .FOR_ITER, .NOT_TAKEN: .branchLeft
    case .END_FOR, .END_SEND: .stopIteration
    default: nil
    }
  }

  // MARK: Who watches

  /// Brings what the places report up to date with what the tools ask for.
  func update(_ code: CodeObject, _ interpreter: UnsafeMutablePointer<InterpreterState>) throws(PyError) {
    for tool in 0..<Monitoring.toolCount where toolVersions[tool] != interpreter.pointee.monitoring.toolVersions[tool] {
      for event in local.indices { local[event] &= ~(1 << UInt8(tool)) }
    }
    var wanted = local
    for event in wanted.indices { wanted[event] |= interpreter.pointee.monitoring.tools[event] }
    let isRestarted = interpreter.pointee.monitoring.restartVersion > version
    let old = active
    if isRestarted || wanted != old {
      try prepare(code)
      active = wanted
      liveCount = 0
      func changed(_ tools: UInt8, _ event: MonitoringEvent) -> UInt8 {
        let now = wanted[event.rawValue]
        return isRestarted ? now : tools & now | now & ~old[event.rawValue]
      }
      for index in locations.indices where index >= firstTraceable {
        if let event = locations[index].event { locations[index].tools = changed(locations[index].tools, event) }
        if locations[index].startsLine { locations[index].lineTools = changed(locations[index].lineTools, .line) }
        if locations[index].opcode != .RESUME && locations[index].opcode != .END_FOR {
          locations[index].instructionTools = changed(locations[index].instructionTools, .instruction)
        }
        publish(index)
        if locations[index].tools | locations[index].lineTools | locations[index].instructionTools != 0 { liveCount += 1 }
      }
    }
    version = interpreter.pointee.monitoring.version
  }

  /// A tool does not want to hear of an event at a place any more.
  func disable(_ event: MonitoringEvent, _ tool: Int, at index: Int) {
    let before = locations[index].tools | locations[index].lineTools | locations[index].instructionTools
    let mask = ~(UInt8(1) << UInt8(tool))
    switch event {
    case .line: locations[index].lineTools &= mask
    case .instruction: locations[index].instructionTools &= mask
    default: locations[index].tools &= mask
    }
    let after = locations[index].tools | locations[index].lineTools | locations[index].instructionTools
    if before != 0 && after == 0 { liveCount -= 1 }
    publish(index)
  }

  /// Tells the instrumented form whether a place has something to report before its instruction.
  private func publish(_ index: Int) {
    guard let instrumented, locations[index].word >= 0 else { return }
    let location = locations[index]
    var reports = location.lineTools | location.instructionTools
    switch location.opcode {
    case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE, .FOR_ITER: break
    default: reports |= location.tools
    }
    let word = instrumented + Int(location.word)
    word.pointee = word.pointee & ~0xFFFF_0000 | (reports != 0 ? 0x1_0000 : 0)
  }

  /// The location where a frame at a boundary of the ordinary form goes on.
  func location(atBoundary word: Int) -> Int? {
    var low = 0
    var high = boundaries.count
    while low < high {
      let middle = (low + high) / 2
      if Int(boundaries[middle].word) < word { low = middle + 1 } else { high = middle }
    }
    guard low < boundaries.count, Int(boundaries[low].word) == word else { return nil }
    return Int(boundaries[low].location)
  }
}
