// Local variables: checks for unbound ones, superinstructions, and loads that may borrow the variable's reference.

/// What is known of a value on the stack: the instruction of the current block that pushed it, and the local that it came from.
struct StackReference: BitwiseCopyable {
  /// -1 for values that were there before the block.
  var instruction: Int32
  /// -1 for values that did not come from a local.
  var local: Int32

  init(_ instruction: Int, local: Int32 = -1) {
    self.instruction = Int32(truncatingIfNeeded: instruction)
    self.local = local
  }
}

extension FlowGraph {
  // MARK: Unbound variables

  /// As many locals are followed through the whole graph, one bit for each; the others only within a block.
  private static let trackedLocals = 64

  /// Makes loads of locals that may be unbound `LOAD_FAST_CHECK`.
  mutating func addChecksForUnboundLocals(localCount: Int, parameterCount: Int) {
    if localCount == 0 { return }
    if localCount > FlowGraph.trackedLocals { checkUntrackedLocals(localCount) }
    for block in 0..<blocks.count { blocks[block].unboundLocals = 0 }
    beginTraversal()
    let tracked = min(localCount, FlowGraph.trackedLocals)
    if parameterCount < tracked {
      let upTo = tracked == 64 ? UInt64.max : (1 << UInt64(tracked)) - 1
      addUnbound(upTo & ~((1 << UInt64(parameterCount)) - 1), at: 0)
    }
    var block = 0
    while block >= 0 {
      checkLocals(in: block)
      block = Int(blocks[block].next)
    }
    while !pending.isEmpty {
      let block = Int(pending.removeLast())
      blocks[block].isVisited = false
      checkLocals(in: block)
    }
  }

  @inline(__always)
  private mutating func addUnbound(_ locals: UInt64, at block: Int) {
    let all = blocks[block].unboundLocals | locals
    if all == blocks[block].unboundLocals { return }
    blocks[block].unboundLocals = all
    visit(block)
  }

  private mutating func checkLocals(in block: Int) {
    var unbound = blocks[block].unboundLocals
    let start = instruction(0, of: block)
    let count = Int(blocks[block].count)
    for index in 0..<count {
      let instruction = start + index
      if instruction.pointee.handler >= 0 { addUnbound(unbound, at: Int(instruction.pointee.handler)) }
      let argument = instruction.pointee.argument
      if argument >= 64 { continue }
      switch instruction.pointee.opcode {
      case .DELETE_FAST, .LOAD_FAST_AND_CLEAR, .STORE_FAST_MAYBE_NULL: unbound |= 1 << UInt64(argument)
      case .STORE_FAST, .LOAD_FAST_CHECK: unbound &= ~(1 << UInt64(argument))
      case .LOAD_FAST:
        if unbound & (1 << UInt64(argument)) != 0 { instruction.pointee.opcode = .LOAD_FAST_CHECK }
        unbound &= ~(1 << UInt64(argument))
      default: break
      }
    }
    if blocks[block].next >= 0 && fallsThrough(block) { addUnbound(unbound, at: Int(blocks[block].next)) }
    if count > 0 && start[count - 1].isJump { addUnbound(unbound, at: Int(start[count - 1].target)) }
  }

  private mutating func checkUntrackedLocals(_ localCount: Int) {
    // By local, the number of the last block in which it is known to be bound.
    scratch.removeAll()
    scratch.grow(to: localCount)
    for local in 0..<localCount { scratch[local] = 0 }
    var number: Int32 = 0
    var block = 0
    while block >= 0 {
      number += 1
      for index in 0..<Int(blocks[block].count) {
        let instruction = instruction(index, of: block)
        let local = Int(instruction.pointee.argument)
        if local < FlowGraph.trackedLocals { continue }
        switch instruction.pointee.opcode {
        case .DELETE_FAST, .LOAD_FAST_AND_CLEAR, .STORE_FAST_MAYBE_NULL: scratch[local] = number - 1
        case .STORE_FAST: scratch[local] = number
        case .LOAD_FAST:
          if scratch[local] != number { instruction.pointee.opcode = .LOAD_FAST_CHECK }
          scratch[local] = number
        default: break
        }
      }
      block = Int(blocks[block].next)
    }
  }

  // MARK: Superinstructions

  mutating func insertSuperinstructions() {
    var block = 0
    while block >= 0 {
      let start = instruction(0, of: block)
      for index in 0..<max(0, Int(blocks[block].count) - 1) {
        let next = start[index + 1].opcode
        let fused: Opcode
        switch start[index].opcode {
        case .LOAD_FAST where next == .LOAD_FAST: fused = .LOAD_FAST_LOAD_FAST
        case .STORE_FAST where next == .LOAD_FAST: fused = .STORE_FAST_LOAD_FAST
        case .STORE_FAST where next == .STORE_FAST: fused = .STORE_FAST_STORE_FAST
        default: continue
        }
        let (first, second) = (start[index], start[index + 1])
        if first.line >= 0 && second.line >= 0 && first.line != second.line { continue }
        if first.argument >= 16 || second.argument >= 16 { continue }
        start[index].set(fused, first.argument << 4 | second.argument)
        start[index + 1].set(.NOP)
      }
      block = Int(blocks[block].next)
    }
    removeRedundantNops()
  }

  // MARK: Borrowed references

  /// Makes loads of locals borrow where the value is consumed in the block before the local changes, and not stored in a local.
  mutating func borrowLocals() {
    beginTraversal()
    blocks[0].startDepth = 0
    visit(0)
    while !pending.isEmpty { borrowLocals(in: Int(pending.removeLast())) }
  }

  private mutating func borrowLocals(in block: Int) {
    let count = Int(blocks[block].count)
    let start = instruction(0, of: block)
    referenceFlags.removeAll()
    referenceFlags.grow(to: count)
    for index in 0..<count { referenceFlags[index] = 0 }
    references.removeAll()
    for _ in 0..<max(0, blocks[block].startDepth) { references.append(StackReference(-1)) }

    for index in 0..<count {
      let opcode = start[index].opcode
      let argument = start[index].argument
      switch opcode {
      case .LOAD_FAST: references.append(StackReference(index, local: argument))
      case .LOAD_FAST_LOAD_FAST:
        references.append(StackReference(index, local: argument >> 4))
        references.append(StackReference(index, local: argument & 15))
      case .DELETE_FAST: invalidate(argument)
      case .LOAD_FAST_AND_CLEAR:
        invalidate(argument)
        references.append(StackReference(index, local: argument))
      case .STORE_FAST: store(argument)
      case .STORE_FAST_LOAD_FAST:
        store(argument >> 4)
        references.append(StackReference(index, local: argument & 15))
      case .STORE_FAST_STORE_FAST:
        store(argument >> 4)
        store(argument & 15)
      case .COPY:
        if let value = reference(at: Int(argument)) { references.append(value) }
      case .SWAP:
        let other = references.count - Int(argument)
        if other >= 0 {
          let top = references.count - 1
          (references[other], references[top]) = (references[top], references[other])
        }
      // Those that leave what they read on the stack. What they push is taken for the block's first instruction's, as in CPython,
      // where one loop's counter hides another's: that instruction does not borrow if the pushed value is stored.
      case .FORMAT_SIMPLE, .GET_ANEXT, .GET_LEN, .GET_YIELD_FROM_ITER, .IMPORT_FROM, .MATCH_KEYS, .MATCH_MAPPING, .MATCH_SEQUENCE,
        .WITH_EXCEPT_START:
        for first in 0..<StackEffect(opcode, argument).net { references.append(StackReference(Int(first))) }
      case .DICT_MERGE, .DICT_UPDATE, .LIST_APPEND, .LIST_EXTEND, .MAP_ADD, .RERAISE, .SET_ADD, .SET_UPDATE:
        pop(-Int(StackEffect(opcode, argument).net))
      case .END_SEND, .SET_FUNCTION_ATTRIBUTE:
        if let top = reference(at: 1) {
          pop(2)
          references.append(top)
        }
      case .CHECK_EXC_MATCH:
        pop(1)
        references.append(StackReference(index))
      case .FOR_ITER:
        visit(Int(start[index].target))
        references.append(StackReference(index))
      case .LOAD_ATTR, .LOAD_SUPER_ATTR:
        if let receiver = reference(at: 1) {
          pop(opcode == .LOAD_ATTR ? 1 : 3)
          references.append(StackReference(index))
          // A method call may leave the receiver on the stack.
          if argument & 1 != 0 { references.append(receiver) }
        }
      case .LOAD_SPECIAL, .PUSH_EXC_INFO:
        if let top = reference(at: 1) {
          pop(1)
          references.append(StackReference(index))
          references.append(top)
        }
      case .SEND:
        visit(Int(start[index].target))
        pop(1)
        references.append(StackReference(index))
      default:
        let effect = StackEffect(opcode, argument)
        if start[index].hasTarget { visit(Int(start[index].target)) }
        if start[index].isBlockPush { continue }
        pop(Int(effect.popped))
        for _ in 0..<effect.pushed { references.append(StackReference(index)) }
      }
    }

    if blocks[block].next >= 0 && count > 0 && !start[count - 1].endsFlow { visit(Int(blocks[block].next)) }
    // What is still on the stack may outlive the local.
    for reference in references.elements where reference.instruction >= 0 { referenceFlags[Int(reference.instruction)] = 1 }
    for index in 0..<count where referenceFlags[index] == 0 {
      switch start[index].opcode {
      case .LOAD_FAST: start[index].opcode = .LOAD_FAST_BORROW
      case .LOAD_FAST_LOAD_FAST: start[index].opcode = .LOAD_FAST_BORROW_LOAD_FAST_BORROW
      default: break
      }
    }
  }

  /// The reference that is `depth` below the stack's top, counted from 1.
  @inline(__always)
  private func reference(at depth: Int) -> StackReference? {
    depth > 0 && depth <= references.count ? references[references.count - depth] : nil
  }

  @inline(__always)
  private mutating func pop(_ count: Int) { references.removeLast(min(count, references.count)) }

  private func invalidate(_ local: Int32) {
    for reference in references.elements where reference.local == local { referenceFlags[Int(reference.instruction)] = 1 }
  }

  @inline(__always)
  private mutating func store(_ local: Int32) {
    guard !references.isEmpty else { return }
    let value = references.removeLast()
    invalidate(local)
    if value.instruction >= 0 { referenceFlags[Int(value.instruction)] = 1 }
  }
}
