// The order of blocks and the last pseudo instructions: cold code goes to the end, conditional jumps go forward.

import KraitSyntax

extension FlowGraph {
  // MARK: Cold blocks

  /// Marks what is reached from the entry as warm, and what only handlers reach as cold.
  private mutating func markColdBlocks() {
    beginTraversal()
    visit(0)
    while !pending.isEmpty {
      let block = Int(pending.removeLast())
      blocks[block].isWarm = true
      if blocks[block].next >= 0 && fallsThrough(block) { visit(Int(blocks[block].next)) }
      if let last = lastInstruction(of: block), last.pointee.isJump { visit(Int(last.pointee.target)) }
    }
    beginTraversal()
    var block = 0
    while block >= 0 {
      if blocks[block].isExceptionHandler { visit(block) }
      block = Int(blocks[block].next)
    }
    while !pending.isEmpty {
      let block = Int(pending.removeLast())
      blocks[block].isCold = true
      let next = Int(blocks[block].next)
      if next >= 0 && fallsThrough(block) && !blocks[next].isWarm { visit(next) }
      if let last = lastInstruction(of: block), last.pointee.isJump {
        let target = Int(last.pointee.target)
        if !blocks[target].isWarm { visit(target) }
      }
    }
  }

  mutating func moveColdBlocksToEnd() {
    if blocks[0].next < 0 { return }
    markColdBlocks()
    // A cold block that falls into a warm one must jump there from its new place.
    var block = 0
    while block >= 0 {
      let next = Int(blocks[block].next)
      if next >= 0 && blocks[block].isCold && blocks[next].isWarm && fallsThrough(block) {
        let jumpBlock = newBlock()
        blocks[next].isLabelled = true
        var jump = FlowInstruction(.JUMP_NO_INTERRUPT, at: .none)
        jump.target = Int32(next)
        append(jump, to: jumpBlock)
        blocks[jumpBlock].isCold = true
        blocks[jumpBlock].next = Int32(next)
        blocks[jumpBlock].predecessors = 1
        blocks[block].next = Int32(jumpBlock)
      }
      block = next
    }
    var firstCold: Int32 = -1
    var lastCold = -1
    var lastWarm = 0
    block = Int(blocks[0].next)
    while block >= 0 {
      if blocks[block].isCold {
        if lastCold < 0 { firstCold = Int32(block) } else { blocks[lastCold].next = Int32(block) }
        lastCold = block
      } else {
        blocks[lastWarm].next = Int32(block)
        lastWarm = block
      }
      block = Int(blocks[block].next)
    }
    if lastCold >= 0 { blocks[lastCold].next = -1 }
    blocks[lastWarm].next = firstCold
    if firstCold >= 0 { removeRedundantNopsAndJumps() }
  }

  // MARK: Pseudo instructions

  /// `JUMP_IF_…` tests the top of the stack and leaves it there.
  mutating func convertConditionalJumps() {
    var block = 0
    while block >= 0 {
      if let last = lastInstruction(of: block), last.pointee.opcode == .JUMP_IF_FALSE || last.pointee.opcode == .JUMP_IF_TRUE {
        var jump = last.pointee
        jump.opcode = jump.opcode == .JUMP_IF_FALSE ? .POP_JUMP_IF_FALSE : .POP_JUMP_IF_TRUE
        var test = FlowInstruction(.COPY, 1, at: jump.range)
        test.handler = jump.handler
        last.pointee = test
        test.set(.TO_BOOL)
        append(test, to: block)
        append(jump, to: block)
      }
      block = Int(blocks[block].next)
    }
  }

  mutating func convertPseudoInstructions() {
    var block = 0
    while block >= 0 {
      let start = instruction(0, of: block)
      for index in 0..<Int(blocks[block].count) {
        switch start[index].opcode {
        case .SETUP_FINALLY, .SETUP_WITH, .SETUP_CLEANUP: start[index].set(.NOP)
        case .LOAD_CLOSURE: start[index].opcode = .LOAD_FAST
        case .STORE_FAST_MAYBE_NULL: start[index].opcode = .STORE_FAST
        default: break
        }
      }
      block = Int(blocks[block].next)
    }
    removeRedundantNopsAndJumps()
  }

  // MARK: Conditional jumps

  /// Conditional jumps only go forward: one that goes back becomes its opposite over an unconditional jump.
  mutating func normalizeJumps() {
    for block in 0..<blocks.count { blocks[block].isVisited = false }
    var block = 0
    while block >= 0 {
      blocks[block].isVisited = true
      if let last = lastInstruction(of: block), last.pointee.isConditionalJump { normalizeJump(last.pointee, of: block) }
      block = Int(blocks[block].next)
    }
  }

  private mutating func normalizeJump(_ jump: FlowInstruction, of block: Int) {
    let target = Int(jump.target)
    var notTaken = FlowInstruction(.NOT_TAKEN, at: jump.range)
    if !blocks[target].isVisited {
      append(new: notTaken, to: block)
      return
    }
    let opposite: Opcode =
      switch jump.opcode {
      case .POP_JUMP_IF_FALSE: .POP_JUMP_IF_TRUE
      case .POP_JUMP_IF_TRUE: .POP_JUMP_IF_FALSE
      case .POP_JUMP_IF_NONE: .POP_JUMP_IF_NOT_NONE
      default: .POP_JUMP_IF_NONE
      }
    if let last = lastInstruction(of: block) {
      last.pointee.opcode = opposite
      last.pointee.target = blocks[block].next
    }
    let jumpBlock = newBlock()
    append(notTaken, to: jumpBlock)
    notTaken.set(.JUMP)
    notTaken.target = jump.target
    append(notTaken, to: jumpBlock)
    blocks[jumpBlock].startDepth = blocks[target].startDepth
    blocks[jumpBlock].isCold = blocks[block].isCold
    blocks[jumpBlock].next = blocks[block].next
    blocks[block].next = Int32(jumpBlock)
  }

  // MARK: Stack depth

  /// The deepest stack on any path; `nil` when paths disagree or the stack would underflow.
  mutating func computeStackDepth() -> Int32? {
    for block in 0..<blocks.count { blocks[block].startDepth = .min }
    pending.removeAll()
    var deepest: Int32 = 0
    guard enter(0, at: 0) else { return nil }
    while !pending.isEmpty {
      let block = Int(pending.removeLast())
      var depth = blocks[block].startDepth
      let start = instruction(0, of: block)
      var flowsOn = true
      for index in 0..<Int(blocks[block].count) {
        let opcode = start[index].opcode
        let net = StackEffect(opcode, start[index].argument).net
        deepest = max(deepest, depth)
        if start[index].isBlockPush {
          guard enter(Int(start[index].target), at: depth + net) else { return nil }
          continue
        }
        if depth + net < 0 { return nil }
        if start[index].isTerminator {
          if start[index].isJump && opcode != .END_ASYNC_FOR {
            guard enter(Int(start[index].target), at: depth + net) else { return nil }
          }
          flowsOn = !start[index].endsFlow
          depth += net
          break
        }
        depth += net
      }
      if flowsOn && blocks[block].next >= 0 {
        guard enter(Int(blocks[block].next), at: depth) else { return nil }
      }
    }
    return deepest
  }

  private mutating func enter(_ block: Int, at depth: Int32) -> Bool {
    let known = blocks[block].startDepth
    if known >= 0 { return known == depth }
    blocks[block].startDepth = depth
    pending.append(Int32(block))
    return true
  }
}
