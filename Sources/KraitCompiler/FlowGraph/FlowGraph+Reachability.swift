// Removing what is never reached or does nothing: dead blocks, NOPs, jumps to the next instruction, values loaded only to be popped.

import KraitSyntax

extension FlowGraph {
  /// Empties the blocks that control cannot reach and counts the predecessors of the others.
  mutating func removeUnreachable() {
    for block in 0..<blocks.count { blocks[block].predecessors = 0 }
    beginTraversal()
    blocks[0].predecessors = 1
    visit(0)
    while !pending.isEmpty {
      let block = Int(pending.removeLast())
      if blocks[block].next >= 0 && fallsThrough(block) { reach(Int(blocks[block].next)) }
      for index in 0..<Int(blocks[block].count) {
        let instruction = instruction(index, of: block)
        if instruction.pointee.hasTarget { reach(Int(instruction.pointee.target)) }
      }
    }
    var block = 0
    while block >= 0 {
      if blocks[block].predecessors == 0 {
        blocks[block].count = 0
        blocks[block].isExceptionHandler = false
      }
      block = Int(blocks[block].next)
    }
  }

  @inline(__always)
  private mutating func reach(_ block: Int) {
    visit(block)
    blocks[block].predecessors &+= 1
  }

  /// Removes the NOPs that no line needs; the number of removed ones.
  @discardableResult
  mutating func removeRedundantNops() -> Int {
    var removed = 0
    var block = 0
    while block >= 0 {
      removed += removeRedundantNops(in: block)
      block = Int(blocks[block].next)
    }
    return removed
  }

  /// A NOP stays only as the sole instruction of its line, so that tracing sees the line.
  @inline(__always)
  private func removeRedundantNops(in block: Int) -> Int {
    let count = Int(blocks[block].count)
    let start = instructions.start + Int(blocks[block].start)
    var source = 0
    while source < count && start[source].opcode != .NOP { source += 1 }
    if source == count { return 0 }
    var kept = source
    var previousLine: Int32 = source == 0 ? -1 : start[source - 1].line
    while source < count {
      if start[source].opcode == .NOP && isRedundantNop(start, source, count, previousLine: previousLine, in: block) {
        source += 1
        continue
      }
      previousLine = start[source].line
      if kept != source { start[kept] = start[source] }
      kept += 1
      source += 1
    }
    blocks[block].count = Int32(kept)
    return count - kept
  }

  private func isRedundantNop(
    _ start: UnsafeMutablePointer<FlowInstruction>, _ index: Int, _ count: Int, previousLine: Int32, in block: Int
  ) -> Bool {
    let line = start[index].line
    if line < 0 || line == previousLine { return true }
    if index < count - 1 {
      let nextLine = start[index + 1].line
      if nextLine == line { return true }
      if nextLine < 0 {
        start[index + 1].range = start[index].range
        return true
      }
      return false
    }
    let next = nonemptyBlock(from: blocks[block].next)
    if next < 0 { return false }
    for other in 0..<Int(blocks[Int(next)].count) {
      let instruction = instruction(other, of: Int(next))
      if instruction.pointee.opcode == .NOP && instruction.pointee.line < 0 { continue }
      return instruction.pointee.line == line
    }
    return false
  }

  /// Removes NOPs and loads of a constant or copies that are popped at once, until there are none.
  mutating func removeRedundantNopsAndPairs() {
    var isDone = false
    while !isDone {
      isDone = true
      // The instruction before the current one in flow order, as an index into the pool; -1 behind labels and jumps.
      var previous = -1
      var block = 0
      while block >= 0 {
        _ = removeRedundantNops(in: block)
        if blocks[block].isLabelled { previous = -1 }
        let start = Int(blocks[block].start)
        for index in start..<start + Int(blocks[block].count) {
          if previous >= 0 && instructions[index].opcode == .POP_TOP {
            let loader = instructions[previous]
            if loader.loadsConstant || (loader.opcode == .COPY && loader.argument == 1) {
              instructions[previous].set(.NOP)
              instructions[index].set(.NOP)
              isDone = false
            }
          }
          previous = index
        }
        if previous >= 0 && instructions[previous].isJump || !fallsThrough(block) { previous = -1 }
        block = Int(blocks[block].next)
      }
    }
  }

  /// Turns jumps to where control goes anyway into NOPs; the number of such jumps.
  private func removeRedundantJumps() -> Int {
    var changes = 0
    var block = 0
    while block >= 0 {
      if let last = lastInstruction(of: block), last.pointee.isUnconditionalJump {
        let target = nonemptyBlock(from: last.pointee.target)
        if target >= 0 && target == nonemptyBlock(from: blocks[block].next) {
          last.pointee.set(.NOP)
          changes += 1
        }
      }
      block = Int(blocks[block].next)
    }
    return changes
  }

  mutating func removeRedundantNopsAndJumps() {
    while removeRedundantNops() + removeRedundantJumps() > 0 {}
  }

  /// A block that a jump leads to is copied in the jump's place when it leaves the scope in at most so many instructions.
  private static let inlinedExitSize = 4

  /// Puts small exit blocks, and blocks without line numbers that do not fall through, in the place of jumps to them.
  mutating func inlineSmallExits() {
    var changed: Bool
    repeat {
      changed = false
      var block = 0
      while block >= 0 {
        if inlineExit(into: block) { changed = true }
        block = Int(blocks[block].next)
      }
    } while changed
  }

  private mutating func inlineExit(into block: Int) -> Bool {
    guard let last = lastInstruction(of: block), last.pointee.isUnconditionalJump else { return false }
    let target = Int(last.pointee.target)
    guard let targetLast = lastInstruction(of: target) else { return false }
    let isSmallExit = targetLast.pointee.exitsScope && Int(blocks[target].count) <= FlowGraph.inlinedExitSize
    let isLineless = targetLast.pointee.endsFlow && hasNoLine(target)
    guard (isSmallExit || isLineless) && target != block else { return false }
    let jump = last.pointee.opcode
    last.pointee.set(.NOP)
    append(instructionsOf: target, to: block)
    // A jump that checks for signals must stay one.
    if isLineless && jump == .JUMP, let last = lastInstruction(of: block), last.pointee.isUnconditionalJump {
      last.pointee.opcode = .JUMP
    }
    blocks[target].predecessors &-= 1
    return true
  }

  func hasNoLine(_ block: Int) -> Bool {
    for index in 0..<Int(blocks[block].count) where instruction(index, of: block).pointee.line >= 0 { return false }
    return true
  }
}
