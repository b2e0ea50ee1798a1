// Code with more variables than operands reach: those from a number on are far, in cells of a tuple that a slot holds (``CodeObject/hasFarVariables``). One instruction does everything with them.

import CKraitCore
import KraitCompiler

/// What ``Instruction/FAR_VARIABLE`` does with slot A and the variable whose number follows.
enum FarVariable: Int {
  /// Makes the tuple and moves the arguments there.
  case fold
  case load, loadAndClear, store, delete
  case makeCell, loadCell, storeCell, deleteCell, loadFromMappingOrCell
  /// The variable's number is how many cells the closure has; some may belong to near variables.
  case copyFreeVariables
}

extension Translator {
  mutating func emitFar(_ action: FarVariable, _ slot: Int, _ variable: Int) {
    output.emit(.FAR_VARIABLE, slot, action.rawValue)
    output.word(UInt64(variable))
  }

  /// Translates an instruction that concerns a far variable; returns false for all others. Nothing borrows a far variable: loads copy it.
  mutating func translateFar(_ instruction: UnsafePointer<DecodedCode.Instruction>) -> Bool {
    let variable = Int(instruction.pointee.argument)
    if instruction.pointee.opcode == .COPY_FREE_VARS {
      emitFar(.copyFreeVariables, 0, variable)
      return true
    }
    guard variable >= localCount - 1 else { return false }
    switch instruction.pointee.opcode {
    case .LOAD_FAST, .LOAD_FAST_BORROW, .LOAD_FAST_CHECK: emitFar(.load, pushResult(), variable)
    case .LOAD_FAST_AND_CLEAR: emitFar(.loadAndClear, pushResult(), variable)
    case .STORE_FAST: emitFar(.store, popOperand(), variable)
    case .DELETE_FAST: emitFar(.delete, 0, variable)
    case .MAKE_CELL: emitFar(.makeCell, 0, variable)
    case .LOAD_DEREF: emitFar(.loadCell, pushResult(), variable)
    case .STORE_DEREF: emitFar(.storeCell, popOperand(), variable)
    case .DELETE_DEREF: emitFar(.deleteCell, 0, variable)
    case .LOAD_FROM_DICT_OR_DEREF:
      emitFar(.loadFromMappingOrCell, popRange(1), variable)
      stack.append(.temporary(slot(stack.count)))
    default: return false
    }
    return true
  }
}

extension CodeObject {
  /// Where a variable is in a frame with these slots; nil for a far one before the frame has begun to run.
  func place(of variable: Int, in slots: FP) -> FP? {
    if _fastPath(variable < nearCount) { return slots + variable }
    let far = slots[nearCount]
    let index = variable - nearCount
    guard far.isExact(.tuple), index < TupleObject(far).count else { return nil }
    let cell = TupleObject(far)[index]
    guard !cell.isAbsent, cell.type == .cell else { return nil }
    return CellObject(cell).contentsPlace.assumingMemoryBound(to: Value.self)
  }
}

extension Slow {
  static func FAR_VARIABLE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let code = thread.pointee.frame.pointee.code
    let slot = operandA(pc)
    let variable = Int(truncatingIfNeeded: pc[1])
    guard let action = FarVariable(rawValue: operandB(pc)) else { throw .systemError("unknown operation on a far variable") }
    switch action {
    case .fold: return try fold(code, fp)
    case .copyFreeVariables: return try copyFreeVariables(variable, code, fp, thread)
    default: break
    }
    guard let place = code.place(of: variable, in: fp) else { throw .systemError("a far variable without its place") }
    let name = code.localName(variable)
    switch action {
    case .load:
      if place.pointee.isAbsent { throw unboundLocal(name) }
      set(fp, slot, Owned(copying: place.pointee))
    case .loadAndClear:
      let value = Owned(taking: place.pointee)
      place.pointee = .absent
      set(fp, slot, value)
    case .store: replace(place, takeOperand(fp, thread, slot))
    case .delete:
      if place.pointee.isAbsent { throw unboundLocal(name) }
      replace(place, Owned(taking: .absent))
    case .makeCell: replace(place, try CellObject.make(place.pointee))
    default:
      let cell = place.pointee
      if cell.isAbsent || cell.type != .cell { throw .systemError("a cell variable without its cell") }
      try useCell(action, CellObject(cell), slot, variable, fp, thread)
    }
  }

  private static func replace(_ place: FP, _ value: consuming Owned) {
    let old = place.pointee
    place.pointee = value.take()
    old.releaseIfPresent()
  }

  private static func useCell(
    _ action: FarVariable, _ cell: CellObject, _ slot: Int, _ variable: Int, _ fp: FP, _ thread: ThreadPointer
  ) throws(PyError) {
    if action == .storeCell { return cell.replace(takeOperand(fp, thread, slot)) }
    let held = Owned(copying: cell.value)
    if action == .loadFromMappingOrCell {
      let mapping = Owned(copying: fp[slot])
      let found = try lookUp(thread.pointee.frame.pointee.code.localName(variable), in: mapping.value)
      if !found.value.isAbsent { return set(fp, slot, found) }
    }
    let value = CellObject(held.value).contents
    if value.isAbsent { throw unboundCell(thread, variable) }
    if action == .deleteCell { cell.replace(Owned(taking: .absent)) } else { set(fp, slot, Owned(copying: value)) }
  }

  private static func fold(_ code: CodeObject, _ fp: FP) throws(PyError) {
    let near = code.nearCount
    let cells = try Owned.tuple(count: code.variableCount - near)
    for index in 0..<(code.variableCount - near) {
      let variable = near + index
      let cell = try CellObject.make()
      if variable < code.parameterCount {
        let argument = fp[variable]
        fp[variable] = .absent
        CellObject(cell.value).replace(Owned(taking: argument))
      }
      TupleObject(cells.value).initialize(index, cell)
    }
    fp[near] = cells.take()
  }

  private static func copyFreeVariables(_ count: Int, _ code: CodeObject, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let closure = FunctionObject(thread.pointee.frame.pointee.function).closure
    guard !closure.isAbsent, TupleObject(closure).count == count, count <= code.variableCount else { throw .systemError("the closure does not fit the code") }
    for index in 0..<count {
      guard let place = code.place(of: code.variableCount - count + index, in: fp) else { throw .systemError("a far variable without its place") }
      replace(place, Owned(copying: TupleObject(closure)[index]))
    }
  }
}
