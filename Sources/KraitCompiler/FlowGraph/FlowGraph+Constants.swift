// Constants in the flow graph: tests on them are decided, operations on them computed, displays of them built, unused ones dropped.

import KraitSyntax

extension FlowGraph {
  /// Displays with more elements are left alone.
  private static let displayLimit = 30
  /// From this size on, a list or set of constants is built by extending an empty one with a constant tuple or frozenset.
  private static let extendedDisplaySize = 3

  private func constant(_ instruction: FlowInstruction) -> ConstantValue {
    if instruction.opcode == .LOAD_SMALL_INT { return arena.integer(Int(instruction.argument)) }
    return constants.keys[Int(instruction.argument)]
  }

  /// The argument of `LOAD_SMALL_INT` for a constant that it can load.
  @inline(__always)
  private func smallInteger(_ constant: ConstantValue) -> Int32? {
    guard constant.kind == .integer, let value = constant.smallInteger, value >= 0 && value < 256 else { return nil }
    return Int32(value)
  }

  private mutating func loadConstant(_ constant: ConstantValue, at instruction: UnsafeMutablePointer<FlowInstruction>) {
    if let value = smallInteger(constant) {
      instruction.pointee.set(.LOAD_SMALL_INT, value)
    } else {
      instruction.pointee.set(.LOAD_CONST, Int32(constants.index(of: constant)))
    }
  }

  // MARK: Constants that are tested

  mutating func optimizeConstantLoads() {
    var block = 0
    while block >= 0 {
      optimizeConstantLoads(in: block)
      block = Int(blocks[block].next)
    }
  }

  private mutating func optimizeConstantLoads(in block: Int) {
    let count = Int(blocks[block].count)
    let start = instruction(0, of: block)
    // The load whose value is on top of the stack: the current instruction, or a load of a constant that it copies.
    var load = FlowInstruction(.NOP, at: .none)
    for index in 0..<count {
      if start[index].opcode == .LOAD_CONST, let value = smallInteger(constants.keys[Int(start[index].argument)]) {
        start[index].set(.LOAD_SMALL_INT, value)
      }
      let copiesConstant = load.opcode == .LOAD_CONST && start[index].opcode == .COPY && start[index].argument == 1
      if !copiesConstant { load = start[index] }
      guard load.loadsConstant && index + 1 < count else { continue }
      let next = start + (index + 1)
      switch next.pointee.opcode {
      case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .JUMP_IF_FALSE, .JUMP_IF_TRUE:
        let opcode = next.pointee.opcode
        if next.pointee.isConditionalJump { start[index].set(.NOP) }
        if constant(load).isTrue == (opcode == .POP_JUMP_IF_TRUE || opcode == .JUMP_IF_TRUE) {
          next.pointee.opcode = .JUMP
        } else {
          next.pointee.set(.NOP)
        }
      case .IS_OP:
        if constant(load).kind == .none { fuseNoneTest(start, index, count) }
      case .TO_BOOL:
        let value = arena.boolean(constant(load).isTrue)
        start[index].set(.NOP)
        next.pointee.set(.LOAD_CONST, Int32(constants.index(of: value)))
      default: break
      }
    }
  }

  /// `LOAD_CONST None; IS_OP; POP_JUMP_IF_…` becomes one jump.
  private func fuseNoneTest(_ start: UnsafeMutablePointer<FlowInstruction>, _ index: Int, _ count: Int) {
    var jump = index + 2
    guard jump < count else { return }
    if start[jump].opcode == .TO_BOOL {
      start[jump].set(.NOP)
      jump += 1
      guard jump < count else { return }
    }
    var isInverted = start[index + 1].argument != 0
    switch start[jump].opcode {
    case .POP_JUMP_IF_FALSE: isInverted.toggle()
    case .POP_JUMP_IF_TRUE: break
    default: return
    }
    start[index].set(.NOP)
    start[index + 1].set(.NOP)
    start[jump].opcode = isInverted ? .POP_JUMP_IF_NOT_NONE : .POP_JUMP_IF_NONE
  }

  // MARK: Operations on constants

  /// Finds the `count` loads of constants right before an instruction, NOPs between them skipped; their positions are in `scratch`.
  private mutating func findConstantLoads(before index: Int, of block: Int, count: Int) -> Bool {
    if index < count { return false }
    let start = instruction(0, of: block)
    var position = index - 1
    var missing = count
    scratch.removeAll()
    scratch.grow(to: count)
    while position >= 0 && missing > 0 {
      if start[position].opcode != .NOP {
        guard start[position].loadsConstant else { return false }
        missing -= 1
        scratch[missing] = Int32(position)
      }
      position -= 1
    }
    return missing == 0
  }

  private func foundConstant(_ number: Int, of block: Int) -> ConstantValue {
    constant(instruction(Int(scratch[number]), of: block).pointee)
  }

  private func removeFoundLoads(of block: Int) {
    for position in scratch.elements { remove(instruction(Int(position), of: block)) }
  }

  @inline(__always)
  private func remove(_ instruction: UnsafeMutablePointer<FlowInstruction>) {
    instruction.pointee.set(.NOP)
    instruction.pointee.range = .none
  }

  mutating func foldUnary(_ operation: UnaryOperator, at index: Int, of block: Int) {
    guard findConstantLoads(before: index, of: block, count: 1),
      let result = arena.fold(operation, foundConstant(0, of: block))
    else { return }
    removeFoundLoads(of: block)
    loadConstant(result, at: instruction(index, of: block))
  }

  mutating func foldBinary(at index: Int, of block: Int) {
    guard findConstantLoads(before: index, of: block, count: 2) else { return }
    let left = foundConstant(0, of: block)
    let right = foundConstant(1, of: block)
    let argument = instruction(index, of: block).pointee.argument
    if argument == FlowGraph.additionOperation, left.kind == right.kind, left.kind == .string || left.kind == .bytes {
      return foldConcatenation(left, right, at: index, of: block)
    }
    let result: ConstantValue?
    if argument == FlowGraph.subscriptOperation {
      result = arena.subscriptConstant(left, right)
    } else if let operation = FlowGraph.binaryOperation(argument) {
      result = arena.fold(operation, left, right)
    } else {
      result = nil
    }
    guard let result else { return }
    removeFoundLoads(of: block)
    loadConstant(result, at: instruction(index, of: block))
  }

  /// `left + right + … + last` becomes one constant at its last operator. One by one, the results would take memory with the square of
  /// their number.
  private mutating func foldConcatenation(_ left: ConstantValue, _ right: ConstantValue, at index: Int, of block: Int) {
    removeFoundLoads(of: block)
    let start = instruction(0, of: block)
    let count = Int(blocks[block].count)
    var bytes = Array(left.text.bytes)
    bytes.append(contentsOf: right.text.bytes)
    var last = index
    var load = -1
    var position = index + 1
    while position < count {
      let candidate = start[position]
      if candidate.opcode == .LOAD_CONST, load < 0, constant(candidate).kind == left.kind {
        load = position
      } else if candidate.opcode == .BINARY_OP && candidate.argument == FlowGraph.additionOperation && load >= 0 {
        bytes.append(contentsOf: constant(start[load]).text.bytes)
        remove(start + last)
        remove(start + load)
        last = position
        load = -1
      } else if candidate.opcode != .NOP {
        break
      }
      position += 1
    }
    let text = arena.text(bytes)
    loadConstant(left.kind == .string ? arena.string(text) : arena.bytes(text), at: start + last)
  }

  private static let additionOperation: Int32 = 0
  private static let subscriptOperation: Int32 = 26

  /// The operator behind `BINARY_OP`'s argument; `nil` for those on places.
  private static func binaryOperation(_ argument: Int32) -> BinaryOperator? {
    switch argument {
    case additionOperation: .add
    case 1: .bitAnd
    case 2: .floorDiv
    case 3: .lShift
    case 4: .matMult
    case 5: .mult
    case 6: .mod
    case 7: .bitOr
    case 8: .pow
    case 9: .rShift
    case 10: .sub
    case 11: .div
    case 12: .bitXor
    default: nil
    }
  }

  // MARK: Displays of constants

  /// `BUILD_TUPLE` of constants becomes a constant.
  mutating func foldTuple(at index: Int, of block: Int) {
    let size = Int(instruction(index, of: block).pointee.argument)
    guard size <= FlowGraph.displayLimit, findConstantLoads(before: index, of: block, count: size) else { return }
    let tuple = arena.tuple((0..<size).map { foundConstant($0, of: block) })
    removeFoundLoads(of: block)
    loadConstant(tuple, at: instruction(index, of: block))
  }

  /// A list or set that is filled with constants one by one becomes a constant, if it is then made a tuple (the instruction at
  /// `index` does so) or only read (the instruction at `index` adds the last element).
  mutating func foldFilledDisplay(at index: Int, of block: Int) {
    let start = instruction(0, of: block)
    let makesTuple = start[index].opcode == .CALL_INTRINSIC_1
    let isSet = start[index].opcode == .SET_ADD
    let (creation, addition): (Opcode, Opcode) = isSet ? (.BUILD_SET, .SET_ADD) : (.BUILD_LIST, .LIST_APPEND)
    var expectsAddition = makesTuple
    var found: [ConstantValue] = []
    var position = index - 1
    while position >= 0 {
      let candidate = start[position]
      position -= 1
      if candidate.opcode == .NOP { continue }
      if candidate.opcode == creation && candidate.argument == 0 {
        guard expectsAddition else { return }
        // An addition at `index` goes, too: its position is lost, that of a conversion is kept.
        for other in position + 1..<(makesTuple ? index : index + 1) where start[other].opcode != .NOP { remove(start + other) }
        found.reverse()
        loadConstant(isSet ? arena.frozensetOfDistinct(found) : arena.tuple(found), at: start + index)
        return
      }
      if expectsAddition {
        guard candidate.opcode == addition && candidate.argument == 1 else { return }
      } else {
        guard candidate.loadsConstant else { return }
        found.append(constant(candidate))
      }
      expectsAddition.toggle()
    }
  }

  /// Lists and sets of constants become constant tuples and frozensets where they are only iterated over or searched, and are
  /// filled from such constants elsewhere; a list of other values that is only iterated over or searched becomes a tuple.
  mutating func optimizeDisplay(at index: Int, of block: Int, next: Opcode) {
    let display = instruction(index, of: block)
    let opcode = display.pointee.opcode
    let size = Int(display.pointee.argument)
    let isOnlyRead = next == .GET_ITER || next == .CONTAINS_OP
    guard size <= FlowGraph.displayLimit && (size >= FlowGraph.extendedDisplaySize || isOnlyRead) else { return }
    guard findConstantLoads(before: index, of: block, count: size) else {
      if isOnlyRead && opcode == .BUILD_LIST { display.pointee.opcode = .BUILD_TUPLE }
      return
    }
    let elements = (0..<size).map { foundConstant($0, of: block) }
    let value = opcode == .BUILD_SET ? arena.frozensetOfDistinct(elements) : arena.tuple(elements)
    let argument = Int32(constants.index(of: value))
    removeFoundLoads(of: block)
    if isOnlyRead {
      display.pointee.set(.LOAD_CONST, argument)
    } else {
      (display - 2).pointee.range = display.pointee.range
      (display - 2).pointee.set(opcode, 0)
      (display - 1).pointee.set(.LOAD_CONST, argument)
      display.pointee.set(opcode == .BUILD_LIST ? .LIST_EXTEND : .SET_UPDATE, 1)
    }
  }

  // MARK: Unused constants

  /// Drops the constants that nothing loads, but never the first, which may be the documentation string.
  mutating func removeUnusedConstants() {
    let count = constants.count
    if count == 0 { return }
    scratch.removeAll()
    scratch.grow(to: count)
    for index in 0..<count { scratch[index] = -1 }
    scratch[0] = 0
    var block = 0
    while block >= 0 {
      for index in 0..<Int(blocks[block].count) {
        let instruction = instruction(index, of: block)
        if instruction.pointee.opcode == .LOAD_CONST { scratch[Int(instruction.pointee.argument)] = 0 }
      }
      block = Int(blocks[block].next)
    }
    var used = IndexTable<ConstantValue>()
    for index in 0..<count where scratch[index] == 0 { scratch[index] = Int32(used.index(of: constants.keys[index])) }
    if used.count == count { return }
    constants = used
    block = 0
    while block >= 0 {
      for index in 0..<Int(blocks[block].count) {
        let instruction = instruction(index, of: block)
        if instruction.pointee.opcode == .LOAD_CONST { instruction.pointee.argument = scratch[Int(instruction.pointee.argument)] }
      }
      block = Int(blocks[block].next)
    }
  }
}
