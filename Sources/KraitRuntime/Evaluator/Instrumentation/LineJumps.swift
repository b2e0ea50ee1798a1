// `frame.f_lineno = n`: a debugger makes a frame go on at another line, if the value stack there is one that this one can be cut down to.

import CKraitCore
import KraitCompiler

/// What a position of the value stack holds, as far as jumps care.
private enum JumpKind: UInt8 {
  case iterator, exception, object, null, lastInstruction

  /// Whether a value of this kind may stand where the code expects another.
  func fits(_ target: JumpKind) -> Bool {
    switch target {
    case .object: self != .null
    case .null: true
    default: self == target
    }
  }
}

/// The kinds on the value stack before each instruction.
private struct JumpAnalysis {
  /// By instruction; nil where control does not come.
  var stacks: [[JumpKind]?]

  init(_ decoded: DecodedCode) {
    stacks = Array(repeating: nil, count: decoded.instructions.count)
    guard !stacks.isEmpty else { return }
    stacks[0] = []
    var changed = true
    while changed {
      changed = false
      for index in decoded.instructions.indices {
        guard let stack = stacks[index] else { continue }
        let instruction = decoded.instructions[index]
        if instruction.handler >= 0 {
          let handler = decoded.handlers[Int(instruction.handler)]
          if stacks[Int(handler.target)] == nil && stack.count >= Int(handler.depth) {
            stacks[Int(handler.target)] = stack.prefix(Int(handler.depth)) + (handler.pushesLastInstruction ? [.lastInstruction] : []) + [.exception]
            changed = true
          }
        }
        let (next, target) = JumpAnalysis.step(instruction, stack, decoded.stackSize)
        if let target, instruction.target >= 0, stacks[Int(instruction.target)] == nil {
          stacks[Int(instruction.target)] = target
          changed = true
        }
        if let next, index + 1 < stacks.count, stacks[index + 1] == nil {
          stacks[index + 1] = next
          changed = true
        }
      }
    }
  }

  /// The stacks after an instruction: where control goes on, where it jumps to.
  private static func step(_ instruction: DecodedCode.Instruction, _ before: [JumpKind], _ stackSize: Int) -> (next: [JumpKind]?, target: [JumpKind]?) {
    var stack = before
    let argument = Int(instruction.argument)
    func dropped(_ count: Int) -> [JumpKind] { Array(before.dropLast(count)) }
    switch instruction.opcode {
    case .FOR_ITER: return (before + [.object], before + [.null])
    case .SEND: return (before, before)
    case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE: return (dropped(1), dropped(1))
    case .JUMP_FORWARD, .JUMP_BACKWARD, .JUMP_BACKWARD_NO_INTERRUPT: return (nil, before)
    case .RETURN_VALUE, .RAISE_VARARGS, .RERAISE: return (nil, nil)
    case .END_ASYNC_FOR: return (dropped(2), nil)
    case .GET_ITER, .GET_AITER: return (dropped(1) + [.iterator], nil)
    case .PUSH_EXC_INFO: return (before + [.exception], nil)
    case .PUSH_NULL: return (before + [.null], nil)
    case .LOAD_GLOBAL: return (before + (argument & 1 != 0 ? [.object, .null] : [.object]), nil)
    case .LOAD_ATTR: return (dropped(1) + (argument & 1 != 0 ? [.object, .null] : [.object]), nil)
    case .COPY:
      guard argument >= 1, argument <= stack.count else { return (nil, nil) }
      return (before + [before[before.count - argument]], nil)
    case .SWAP:
      guard argument >= 1, argument <= stack.count else { return (nil, nil) }
      stack.swapAt(stack.count - argument, stack.count - 1)
      return (stack, nil)
    default:
      let limit = max(stackSize, before.count)
      let memory = ScratchMemory(bytes: limit + 8)
      defer { memory.deallocate() }
      var kinds = KindStack(memory, limit: limit)
      // The first pass over the code has found that everything fits.
      do throws(KindStack.Fault) { for kind in before { try kinds.push(1, kind == .null ? .either : .value) } } catch { return (nil, nil) }
      do throws(MalformedCode) { _ = try withUnsafePointer(to: instruction) { (pointer) throws(MalformedCode) in try StackTracer.step(pointer, &kinds) } } catch { return (nil, nil) }
      var result = Array(stack.prefix(kinds.count))
      let kept = JumpAnalysis.kept(instruction, before.count)
      for position in max(kept, 0)..<max(kept, kinds.count) {
        // A variable that was set aside may be unbound.
        let kind: JumpKind = kinds[position] == .value ? .object : .null
        if position < result.count { result[position] = kind } else { result.append(kind) }
      }
      return (result, nil)
    }
  }

  /// How many of the lowest values an instruction leaves alone.
  private static func kept(_ instruction: DecodedCode.Instruction, _ count: Int) -> Int {
    let argument = Int(instruction.argument)
    switch instruction.opcode {
    case .CALL: return count - argument - 2
    case .CALL_KW: return count - argument - 3
    case .CALL_FUNCTION_EX: return count - 4
    case .WITH_EXCEPT_START, .RETURN_GENERATOR, .GET_ANEXT: return count
    case .LIST_APPEND, .SET_ADD, .LIST_EXTEND, .SET_UPDATE, .DICT_UPDATE, .DICT_MERGE: return count - 1
    case .MAP_ADD: return count - 2
    default: return count - (instruction.opcode.stackEffect(argument)?.popped ?? 0)
    }
  }
}

extension FrameObject {
  /// `f_lineno = value`.
  func setLine(_ value: Value) throws(PyError) {
    if value.isAbsent { throw .attributeError("cannot delete attribute") }
    guard value.isExactInteger else { throw .valueError("lineno must be an integer") }
    let thread = currentThread
    try checkEvent(thread)
    guard let wanted = Integer.asInt(value), let line = Int32(exactly: wanted) else { throw .valueError("lineno out of range") }
    if Int(line) < code.firstLineNumber { throw .valueError("line \(line) comes before the current code block") }
    let starts = lineStarts()
    guard let found = starts.map(\.line).filter({ $0 >= line }).min() else { throw .valueError("line \(line) comes after the current code block") }
    let monitoring = code.makeMonitoring()
    try monitoring.prepare(code)
    let decoded: DecodedCode
    do throws(MalformedCode) { decoded = try DecodedCode(code) } catch { throw error.raised }
    defer { decoded.deallocate() }
    let target = try destination(decoded, starts.filter { $0.line == found }.map(\.offset))
    try bindUnbound()
    go(to: target.offset, height: target.height, decoded, monitoring, thread)
  }

  /// Jumps are for trace functions, and only from some events.
  private func checkEvent(_ thread: ThreadPointer) throws(PyError) {
    guard thread.pointee.tracingDepth > 0, let event = thread.pointee.tracedEvent else { throw .valueError("f_lineno can only be set in a trace function") }
    switch event {
    case .resume, .jump, .branch, .branchLeft, .branchRight, .line, .yield: break
    case .start: throw .valueError("can't jump from the 'call' trace event of a new frame")
    case .call, .nativeReturn: throw .valueError("can't jump during a call")
    case .return, .unwind, .throw, .raise, .nativeRaise, .instruction, .exceptionHandled: throw .valueError("can only jump from a 'line' trace event")
    case .stopIteration, .reraise: throw .systemError("unexpected event type")
    }
    if let record = contents.pointee.record {
      // A frame that waits for a call cannot go on elsewhere.
      if record != thread.pointee.tracedFrame { throw .valueError("can't jump during a call") }
    } else if contents.pointee.generator == nil {
      throw .valueError("f_lineno can only be set in a trace function")
    }
  }

  /// Offsets where the line table changes lines.
  private func lineStarts() -> [(offset: Int, line: Int32)] {
    var result: [(offset: Int, line: Int32)] = []
    var last: Int32 = -1
    for stretch in code.lines.lines() where stretch.line >= 0 && stretch.line != last {
      result.append((stretch.start, stretch.line))
      last = stretch.line
    }
    return result
  }

  /// The place with the deepest stack that this frame's can be cut down to.
  private func destination(_ decoded: DecodedCode, _ offsets: [Int]) throws(PyError) -> (offset: Int, height: Int) {
    let analysis = JumpAnalysis(decoded)
    func stack(at offset: Int) -> [JumpKind]? {
      guard let index = decoded.instructions.firstIndex(where: { Int($0.start) <= offset && offset <= Int($0.offset) }) else { return nil }
      return analysis.stacks[index]
    }
    let here = stack(at: lastInstruction)
    var best: (offset: Int, height: Int)?
    var message = "cannot find bytecode for specified line"
    var isExplained = false
    for offset in offsets {
      let there = stack(at: offset)
      if let here, let there, there.count <= here.count, zip(here, there).allSatisfy({ $0.fits($1) }) {
        if there.count >= best?.height ?? -1 && (best == nil || there.count > best?.height ?? 0) { best = (offset, there.count) }
      } else if best == nil && !isExplained {
        if here == nil {
          message = "can't jump from unreachable code"
        } else {
          message = FrameObject.explain(there)
          isExplained = true
        }
      }
    }
    guard let best else { throw .valueError(message) }
    return best
  }

  private static func explain(_ stack: [JumpKind]?) -> String {
    guard let stack else { return "can't jump into an exception handler, or code may be unreachable" }
    return switch stack.last {
    case .exception: "can't jump into an 'except' block as there's no exception"
    case .lastInstruction: "can't jump into a re-raising block as there's no location"
    case .iterator: "can't jump into the body of a for loop"
    default: "incompatible stacks"
    }
  }

  /// The code at the new place may count on locals that are not bound here.
  private func bindUnbound() throws(PyError) {
    guard let slots else { return }
    let unbound = (0..<code.variableCount).filter { code.place(of: $0, in: slots)?.pointee.isAbsent ?? false }
    if unbound.isEmpty { return }
    try warn(.runtimeWarning, "assigning None to \(unbound.count) unbound local\(unbound.count == 1 ? "" : "s")")
    guard let slots = self.slots else { return }
    for index in unbound {
      if let place = code.place(of: index, in: slots), place.pointee.isAbsent { place.pointee = .none }
    }
  }

  /// Cuts the value stack down and sets the frame to its new place in the instrumented form.
  private func go(to offset: Int, height: Int, _ decoded: DecodedCode, _ monitoring: CodeMonitoring, _ thread: ThreadPointer) {
    guard let slots, let start = monitoring.instrumented, offset / 2 < monitoring.locationOfUnit.count else { return }
    let location = Int(monitoring.locationOfUnit[offset / 2])
    guard location >= 0, monitoring.instrumentedWords[location] >= 0 else { return }
    let analysis = JumpAnalysis(decoded)
    let here = decoded.instructions.firstIndex { Int($0.start) <= lastInstruction && lastInstruction <= Int($0.offset) }
    let kinds = here.flatMap { analysis.stacks[$0] } ?? []
    let first = code.localsPlusCount
    var position = kinds.count
    while position > height {
      position -= 1
      let slot = first + position
      if contents.pointee.generator != nil && position == kinds.count - 1 { continue }
      let value = slots[slot]
      slots[slot] = .none
      if kinds[position] == .exception {
        // What is handled goes back to what it was.
        let handled = thread.pointee.handledException
        thread.pointee.handledException = value.isAbsent || value.isNone ? .absent : value
        handled.releaseIfPresent()
      } else {
        value.releaseIfPresent()
      }
    }
    let pc = start + Int(monitoring.instrumentedWords[location])
    if let record = contents.pointee.record {
      record.pointee.pc = pc
      record.pointee.flags.location = location
    }
  }
}
