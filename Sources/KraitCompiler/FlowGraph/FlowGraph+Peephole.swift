// Local rewriting within a block: jumps to jumps, fused tests, stack shuffling.

extension FlowGraph {
  mutating func optimizeBlocks() {
    var block = 0
    while block >= 0 {
      optimize(block)
      shortenSwaps(in: block)
      block = Int(blocks[block].next)
    }
  }

  private static let unaryPositive: Int32 = 5
  private static let listToTuple: Int32 = 6

  private mutating func optimize(_ block: Int) {
    var index = 0
    while index < Int(blocks[block].count) {
      let instruction = instruction(index, of: block)
      let opcode = instruction.pointee.opcode
      let argument = instruction.pointee.argument
      let next = instruction + 1
      let nextOpcode = index + 1 < Int(blocks[block].count) ? next.pointee.opcode : .CACHE
      index += 1
      switch opcode {
      case .BUILD_TUPLE:
        if nextOpcode == .UNPACK_SEQUENCE && next.pointee.argument == argument && argument >= 1 && argument <= 3 {
          instruction.pointee.set(.NOP)
          if argument == 1 { next.pointee.set(.NOP) } else { next.pointee.opcode = .SWAP }
        } else {
          foldTuple(at: index - 1, of: block)
        }
      case .BUILD_LIST, .BUILD_SET: optimizeDisplay(at: index - 1, of: block, next: nextOpcode)
      case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE, .JUMP, .JUMP_NO_INTERRUPT, .JUMP_IF_FALSE,
        .JUMP_IF_TRUE:
        if threadJump(at: index - 1, of: block) { index -= 1 }
      case .STORE_FAST:
        if nextOpcode == .STORE_FAST && next.pointee.argument == argument && next.pointee.line == instruction.pointee.line {
          instruction.pointee.set(.POP_TOP)
        }
      case .SWAP:
        if argument == 1 { instruction.pointee.set(.NOP) }
      case .LOAD_GLOBAL:
        if nextOpcode == .PUSH_NULL && argument & 1 == 0 {
          instruction.pointee.argument |= 1
          next.pointee.set(.NOP)
        }
      case .COMPARE_OP:
        if nextOpcode == .TO_BOOL {
          instruction.pointee.set(.NOP)
          next.pointee.set(.COMPARE_OP, argument | 16)
        }
      case .CONTAINS_OP, .IS_OP:
        if nextOpcode == .TO_BOOL || nextOpcode == .UNARY_NOT {
          instruction.pointee.set(.NOP)
          next.pointee.set(opcode, nextOpcode == .TO_BOOL ? argument : argument ^ 1)
        }
      case .TO_BOOL:
        if nextOpcode == .TO_BOOL { instruction.pointee.set(.NOP) }
      case .UNARY_NOT:
        if nextOpcode == .TO_BOOL {
          instruction.pointee.set(.NOP)
          next.pointee.set(.UNARY_NOT)
        } else if nextOpcode == .UNARY_NOT {
          instruction.pointee.set(.NOP)
          next.pointee.set(.NOP)
        } else {
          foldUnary(.not, at: index - 1, of: block)
        }
      case .UNARY_INVERT: foldUnary(.invert, at: index - 1, of: block)
      case .UNARY_NEGATIVE: foldUnary(.uSub, at: index - 1, of: block)
      case .LIST_APPEND, .SET_ADD:
        if argument == 1 && (nextOpcode == .GET_ITER || nextOpcode == .CONTAINS_OP) { foldFilledDisplay(at: index - 1, of: block) }
      case .CALL_INTRINSIC_1:
        if argument == FlowGraph.listToTuple {
          foldFilledDisplay(at: index - 1, of: block)
          // A list serves as well as a tuple to be iterated over.
          if instruction.pointee.opcode == .CALL_INTRINSIC_1 && nextOpcode == .GET_ITER { instruction.pointee.set(.NOP) }
        } else if argument == FlowGraph.unaryPositive {
          foldUnary(.uAdd, at: index - 1, of: block)
        }
      case .BINARY_OP: foldBinary(at: index - 1, of: block)
      default: break
      }
    }
  }

  // MARK: Jumps to jumps

  /// Redirects a jump whose target is a jump; whether the instruction must be looked at again.
  private mutating func threadJump(at index: Int, of block: Int) -> Bool {
    let jump = instruction(index, of: block)
    let target = Int(jump.pointee.target)
    guard blocks[target].count > 0 else { return false }
    let first = instruction(0, of: target).pointee
    let opcode = jump.pointee.opcode
    switch (opcode, first.opcode) {
    case (.JUMP, .JUMP), (.JUMP_NO_INTERRUPT, .JUMP): return retarget(jump, .JUMP, to: first, of: block)
    case (.JUMP, .JUMP_NO_INTERRUPT), (.JUMP_NO_INTERRUPT, .JUMP_NO_INTERRUPT), (_, .JUMP), (.JUMP_IF_FALSE, .JUMP_IF_FALSE),
      (.JUMP_IF_TRUE, .JUMP_IF_TRUE):
      return retarget(jump, opcode, to: first, of: block)
    case (.JUMP_IF_FALSE, .JUMP_IF_TRUE), (.JUMP_IF_TRUE, .JUMP_IF_FALSE):
      // The target's jump is not taken.
      guard blocks[target].next >= 0 else { return false }
      jump.pointee.target = blocks[target].next
      return true
    default: return false
    }
  }

  /// The old jump stays as a NOP, in case its line is needed.
  private mutating func retarget(
    _ jump: UnsafeMutablePointer<FlowInstruction>, _ opcode: Opcode, to target: FlowInstruction, of block: Int
  ) -> Bool {
    if jump.pointee.target == target.target { return false }
    jump.pointee.set(.NOP)
    var new = FlowInstruction(opcode, at: target.range)
    new.target = target.target
    append(new: new, to: block)
    return true
  }

  // MARK: Swaps

  private mutating func shortenSwaps(in block: Int) {
    let start = instruction(0, of: block)
    let count = Int(blocks[block].count)
    var index = 0
    while index < count {
      if start[index].opcode == .SWAP {
        index = minimizeSwaps(start, index, count)
        applySwaps(start, upTo: index, count)
      }
      index += 1
    }
  }

  /// Replaces a run of swaps (and NOPs) by the shortest one with the same effect, which decomposes the permutation into its cycles;
  /// the index of the run's last instruction.
  private mutating func minimizeSwaps(_ start: UnsafeMutablePointer<FlowInstruction>, _ index: Int, _ count: Int) -> Int {
    var depth = Int(start[index].argument)
    var end = index + 1
    var hasSeveral = false
    while end < count {
      if start[end].opcode == .SWAP {
        depth = max(depth, Int(start[end].argument))
        hasSeveral = true
      } else if start[end].opcode != .NOP {
        break
      }
      end += 1
    }
    if !hasSeveral { return index }
    scratch.removeAll()
    scratch.grow(to: depth)
    for position in 0..<depth { scratch[position] = Int32(position) }
    for position in index..<end where start[position].opcode == .SWAP {
      let other = Int(start[position].argument) - 1
      (scratch[0], scratch[other]) = (scratch[other], scratch[0])
    }
    // The cycles are undone from the run's end; each swap is with the top, so that every cycle passes through it.
    var current = end - 1
    for first in 0..<depth where scratch[first] >= 0 && scratch[first] != Int32(first) {
      var position = first
      while true {
        if position != 0 {
          start[current].set(.SWAP, Int32(position + 1))
          current -= 1
        }
        if scratch[position] < 0 { break }
        let following = Int(scratch[position])
        scratch[position] = -1
        position = following
      }
    }
    while current >= index {
      start[current].set(.NOP)
      current -= 1
    }
    return end - 1
  }

  /// Exchanges the stores behind a swap instead of the values before it.
  private func applySwaps(_ start: UnsafeMutablePointer<FlowInstruction>, upTo last: Int, _ count: Int) {
    var index = last
    while index >= 0 {
      let swap = start[index]
      if swap.opcode != .SWAP {
        guard swap.opcode == .NOP || FlowGraph.consumesOnlyTop(swap.opcode) else { return }
        index -= 1
        continue
      }
      guard let first = nextConsumer(start, after: index, count, line: -1) else { return }
      var second = first
      let line = start[first].line
      for _ in 1..<max(1, swap.argument) {
        guard let next = nextConsumer(start, after: second, count, line: line) else { return }
        second = next
      }
      // Two stores to one variable keep their order.
      let firstLocal = FlowGraph.storedLocal(start[first])
      let secondLocal = FlowGraph.storedLocal(start[second])
      if firstLocal >= 0 || secondLocal >= 0 {
        if firstLocal == secondLocal { return }
        for between in first + 1..<max(second, first + 1) {
          let local = FlowGraph.storedLocal(start[between])
          if local >= 0 && (local == firstLocal || local == secondLocal) { return }
        }
      }
      start[index].set(.NOP)
      (start[first], start[second]) = (start[second], start[first])
      index -= 1
    }
  }

  /// Whether the instruction does nothing but take the top of the stack, and cannot raise.
  private static func consumesOnlyTop(_ opcode: Opcode) -> Bool {
    opcode == .STORE_FAST || opcode == .STORE_FAST_MAYBE_NULL || opcode == .POP_TOP
  }

  private static func storedLocal(_ instruction: FlowInstruction) -> Int32 {
    instruction.opcode == .STORE_FAST || instruction.opcode == .STORE_FAST_MAYBE_NULL ? instruction.argument : -1
  }

  private func nextConsumer(_ start: UnsafeMutablePointer<FlowInstruction>, after index: Int, _ count: Int, line: Int32) -> Int? {
    var index = index + 1
    while index < count {
      if line >= 0 && start[index].line != line { return nil }
      if start[index].opcode != .NOP { return FlowGraph.consumesOnlyTop(start[index].opcode) ? index : nil }
      index += 1
    }
    return nil
  }
}
