// Unary and binary operators, comparisons, subscripts.

import CKraitCore

extension Ops {
  @inline(__always)
  static func IS_OP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let first = operandB(pc)
    let second = operandC(pc)
    let destination = operandA(pc)
    let result = fp[first] === fp[second]
    thread.pointee.frame.pointee.pc = pc
    if first != destination { consume(fp, thread, first) }
    if second != destination && second != first { consume(fp, thread, second) }
    set(fp, destination, Value(result != (pc[1] != 0)))
    pc += 2
    return true
  }

  @inline(__always)
  static func UNARY_NEGATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = fp[operandB(pc)]
    guard value.isSmallInteger else { return false }
    let (result, overflow) = Int64(0).subtractingReportingOverflow(Int64(bitPattern: value.bits &- 1))
    if _slowPath(overflow) { return false }
    set(fp, operandA(pc), Value(bits: UInt64(bitPattern: result) | 1))
    pc += 1
    return true
  }

  @inline(__always)
  static func UNARY_NOT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = fp[operandB(pc)]
    guard value.isBool else { return false }
    set(fp, operandA(pc), Value(value.isFalse))
    pc += 1
    return true
  }
}

extension Slow {
  static func UNARY_NEGATIVE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    finish(pc, fp, thread, try fp[operandB(pc)].negative(), operandB(pc))
  }

  static func UNARY_INVERT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    finish(pc, fp, thread, try fp[operandB(pc)].invert(), operandB(pc))
  }

  static func UNARY_NOT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    finish(pc, fp, thread, Owned.boolean(!(try fp[operandB(pc)].isTruthy())), operandB(pc))
  }

  static func TO_BOOL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    finish(pc, fp, thread, Owned.boolean(try fp[operandB(pc)].isTruthy()), operandB(pc))
  }

  static func IS_OP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let result = fp[operandB(pc)] === fp[operandC(pc)]
    finish(pc, fp, thread, Owned.boolean(result != (pc[1] != 0)), operandB(pc), operandC(pc))
  }

  /// Applies `BINARY_OP`'s operation by its number.
  static func binary(_ operation: UInt64, _ left: Value, _ right: Value) throws(PyError) -> Owned {
    switch operation & 0xFF {
    case 0: try left.add(right)
    case 1: try left.and(right)
    case 2: try left.floorDivide(right)
    case 3: try left.leftShift(right)
    case 4: try left.matrixMultiply(right)
    case 5: try left.multiply(right)
    case 6: try left.remainder(right)
    case 7: try left.or(right)
    case 8: try left.power(right)
    case 9: try left.rightShift(right)
    case 10: try left.subtract(right)
    case 11: try left.trueDivide(right)
    case 12: try left.xor(right)
    case 13: try left.inPlaceAdd(right)
    case 14: try left.inPlaceAnd(right)
    case 15: try left.inPlaceFloorDivide(right)
    case 16: try left.inPlaceLeftShift(right)
    case 17: try left.inPlaceMatrixMultiply(right)
    case 18: try left.inPlaceMultiply(right)
    case 19: try left.inPlaceRemainder(right)
    case 20: try left.inPlaceOr(right)
    case 21: try left.inPlacePower(right)
    case 22: try left.inPlaceRightShift(right)
    case 23: try left.inPlaceSubtract(right)
    case 24: try left.inPlaceTrueDivide(right)
    case 25: try left.inPlaceXor(right)
    case 26: try left.getItem(right)
    default: throw .systemError("unknown binary operation")
    }
  }

  static func BINARY_OP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let left = operandB(pc)
    let right = operandC(pc)
    if let start = try SpecialCalls.binary(pc[1], fp[left], fp[right], thread) {
      specialise(pc, .BINARY_OP_METHOD)
      return start
    }
    specialiseBinary(pc, fp[left], fp[right])
    finish(pc, fp, thread, try binary(pc[1], fp[left], fp[right]), left, right)
    return pc + 2
  }

  static func BINARY_OP_I(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let left = operandB(pc)
    specialiseBinaryShort(pc, fp[left])
    finish(pc, fp, thread, try binary(pc[1], fp[left], Value(smallInteger: signedC(pc))), left)
  }

  static func BINARY_OP_K(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let left = operandB(pc)
    specialiseBinaryConstant(pc, fp[left])
    finish(pc, fp, thread, try binary(pc[1], fp[left], Value(bits: pc[2])), left)
  }

  static func comparison(_ word: UInt64) -> Comparison { Comparison(rawValue: UInt8(truncatingIfNeeded: word & 7)) ?? .equal }

  static func COMPARE_OP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let left = operandB(pc)
    let right = operandC(pc)
    if let start = try SpecialCalls.compare(pc[1], fp[left], fp[right], .compare, thread) {
      specialise(pc, .COMPARE_OP_METHOD)
      return start
    }
    specialiseComparison(pc, fp[left], fp[right])
    var result = try fp[left].compare(fp[right], comparison(pc[1]))
    if pc[1] & 16 != 0 && !result.value.isBool { result = Owned.boolean(try result.value.isTruthy()) }
    finish(pc, fp, thread, result, left, right)
    return pc + 2
  }

  static func CONTAINS_OP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let item = operandB(pc)
    let container = operandC(pc)
    if let start = try SpecialCalls.contains(fp[container], fp[item], .contains, thread) { return start }
    let found = try fp[container].contains(fp[item])
    finish(pc, fp, thread, Owned.boolean(found != (pc[1] != 0)), item, container)
    return pc + 2
  }

  // MARK: Subscripts

  static func BINARY_SLICE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let slice = try Owned.slice(fp[base + 1], fp[base + 2])
    let result = try fp[base].getItem(slice.value)
    Evaluator.releaseSlots(fp, base + 1, base + 3)
    set(fp, base, result)
  }

  static func STORE_SLICE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    if fp[base + 1].isExactList, let bounds = SliceBounds(quick: fp[base + 2], fp[base + 3]) {
      try ListObject(fp[base + 1]).setSlice(bounds, fp[base])
      return Evaluator.releaseSlots(fp, base, base + 4)
    }
    let slice = try Owned.slice(fp[base + 2], fp[base + 3])
    try fp[base + 1].setItem(slice.value, fp[base])
    Evaluator.releaseSlots(fp, base, base + 4)
  }

  static func STORE_SUBSCR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    if let start = try SpecialCalls.storeItem(fp[operandB(pc)], fp[operandC(pc)], fp[operandA(pc)], thread) { return start }
    specialiseStoreItem(pc, fp[operandB(pc)], fp[operandC(pc)])
    try fp[operandB(pc)].setItem(fp[operandC(pc)], fp[operandA(pc)])
    consume(fp, thread, operandA(pc))
    consume(fp, thread, operandB(pc))
    consume(fp, thread, operandC(pc))
    return pc + 2
  }

  static func DELETE_SUBSCR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    try fp[operandA(pc)].deleteItem(fp[operandB(pc)])
    consume(fp, thread, operandA(pc))
    consume(fp, thread, operandB(pc))
  }

  static func GET_LEN(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    set(fp, operandA(pc), try Owned.integer(try fp[operandB(pc)].length()))
  }
}
