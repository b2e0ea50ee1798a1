// Line numbers for instructions that have none: each exit must have one (PEP 626), so exits that several jumps share are copied.

import KraitSyntax

extension FlowGraph {
  mutating func resolveLines() {
    duplicateExitsWithoutLine()
    propagateLines()
  }

  private func showsLineButHasNone(_ block: Int) -> Bool {
    guard hasNoLine(block), let last = lastInstruction(of: block) else { return false }
    if last.pointee.exitsScope { return true }
    for index in 0..<Int(blocks[block].count) where instruction(index, of: block).pointee.checksEvalBreaker { return true }
    return false
  }

  private mutating func duplicateExitsWithoutLine() {
    var block = 0
    while block >= 0 {
      if let last = lastInstruction(of: block), last.pointee.isJump {
        let target = Int(nonemptyBlock(from: last.pointee.target))
        if target >= 0 && blocks[target].predecessors > 1 && showsLineButHasNone(target) {
          let range = last.pointee.range
          let copy = newBlock()
          append(instructionsOf: target, to: copy)
          instruction(0, of: copy).pointee.range = range
          lastInstruction(of: block)?.pointee.target = Int32(copy)
          blocks[target].predecessors &-= 1
          blocks[copy].predecessors = 1
          blocks[copy].isLabelled = true
          blocks[copy].next = blocks[target].next
          blocks[target].next = Int32(copy)
        }
      }
      block = Int(blocks[block].next)
    }
    // Such blocks that are left are reached by falling into them alone.
    block = 0
    while block >= 0 {
      let next = Int(blocks[block].next)
      if next >= 0, let last = lastInstruction(of: block), !last.pointee.endsFlow, showsLineButHasNone(next) {
        instruction(0, of: next).pointee.range = last.pointee.range
      }
      block = next
    }
  }

  /// Instructions without a line take that of the one before, blocks with one predecessor that of its last instruction.
  private func propagateLines() {
    var block = 0
    while block >= 0 {
      let next = Int(blocks[block].next)
      let count = Int(blocks[block].count)
      if count > 0 {
        let start = instruction(0, of: block)
        var range = SourceRange.none
        for index in 0..<count {
          if start[index].line == SourceRange.none.line {
            start[index].range = range
          } else {
            range = start[index].range
          }
        }
        let last = start[count - 1]
        if next >= 0 && !last.endsFlow { inherit(range, by: next) }
        if last.isJump { inherit(range, by: Int(last.target)) }
      }
      block = next
    }
  }

  private func inherit(_ range: SourceRange, by block: Int) {
    guard blocks[block].predecessors == 1 && blocks[block].count > 0 else { return }
    let first = instruction(0, of: block)
    if first.pointee.line == SourceRange.none.line { first.pointee.range = range }
  }
}
