// Specialised operators: integers of one word, immediate doubles, items of lists, tuples and dicts.
//
// The bodies for numbers leave operands in their temporaries: they are immediates, which need not be given up.

import CKraitCore
import Glibc

extension Ops {
  // MARK: Integers

  /// Stores the result of an operation on two tagged integers, given with its tag.
  @inline(__always)
  private static func store(_ pc: inout PC, _ fp: FP, _ bits: Int64) -> Bool {
    set(fp, operandA(pc), Value(bits: UInt64(bitPattern: bits)))
    pc += 2
    return true
  }

  @inline(__always)
  private static func integers(_ pc: PC, _ fp: FP, _ body: (Int64, Int64) -> Bool) -> Bool {
    let left = fp[operandB(pc)]
    let right = fp[operandC(pc)]
    if _slowPath(!Value.areSmallIntegers(left, right)) { return false }
    return body(Int64(bitPattern: left.bits), Int64(bitPattern: right.bits))
  }

  /// The right operand is in the instruction: given with its tag.
  @inline(__always)
  private static func integer(_ pc: PC, _ fp: FP, _ body: (Int64, Int64) -> Bool) -> Bool {
    let left = fp[operandB(pc)]
    if _slowPath(!left.isSmallInteger) { return false }
    return body(Int64(bitPattern: left.bits), Int64(signedC(pc)) &<< 1 | 1)
  }

  @inline(__always)
  private static func add(_ pc: inout PC, _ fp: FP, _ a: Int64, _ b: Int64) -> Bool {
    let (sum, overflow) = (a &- 1).addingReportingOverflow(b)
    return _slowPath(overflow) ? false : store(&pc, fp, sum)
  }

  @inline(__always)
  private static func subtract(_ pc: inout PC, _ fp: FP, _ a: Int64, _ b: Int64) -> Bool {
    let (difference, overflow) = a.subtractingReportingOverflow(b &- 1)
    return _slowPath(overflow) ? false : store(&pc, fp, difference)
  }

  @inline(__always)
  private static func multiply(_ pc: inout PC, _ fp: FP, _ a: Int64, _ b: Int64) -> Bool {
    let (product, overflow) = (a &>> 1).multipliedReportingOverflow(by: b &- 1)
    return _slowPath(overflow) ? false : store(&pc, fp, product | 1)
  }

  /// Quotient rounded down. Small positive operands take the short division.
  @inline(__always)
  private static func floorDivide(_ pc: inout PC, _ fp: FP, _ a: Int64, _ b: Int64) -> Bool {
    let dividend = a &>> 1
    let divisor = b &>> 1
    if _fastPath((dividend | divisor) & ~0x7FFF_FFFF == 0 && divisor != 0) {
      return store(&pc, fp, Int64(UInt32(truncatingIfNeeded: dividend) / UInt32(truncatingIfNeeded: divisor)) &<< 1 | 1)
    }
    // The least integer divided by -1 does not fit 63 bits.
    if _slowPath(divisor == 0 || divisor == -1) { return false }
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    let rounded = remainder != 0 && (remainder ^ divisor) < 0 ? quotient &- 1 : quotient
    return store(&pc, fp, rounded &<< 1 | 1)
  }

  @inline(__always)
  private static func remainder(_ pc: inout PC, _ fp: FP, _ a: Int64, _ b: Int64) -> Bool {
    let dividend = a &>> 1
    let divisor = b &>> 1
    if _fastPath((dividend | divisor) & ~0x7FFF_FFFF == 0 && divisor != 0) {
      return store(&pc, fp, Int64(UInt32(truncatingIfNeeded: dividend) % UInt32(truncatingIfNeeded: divisor)) &<< 1 | 1)
    }
    if _slowPath(divisor == 0 || divisor == -1) { return false }
    let rest = dividend % divisor
    return store(&pc, fp, (rest != 0 && (rest ^ divisor) < 0 ? rest &+ divisor : rest) &<< 1 | 1)
  }

  @inline(__always)
  private static func leftShift(_ pc: inout PC, _ fp: FP, _ a: Int64, _ b: Int64) -> Bool {
    let value = a &- 1
    let count = b &>> 1
    if _slowPath(UInt64(bitPattern: count) >= 62) { return false }
    let shifted = value &<< count
    return _slowPath(shifted &>> count != value) ? false : store(&pc, fp, shifted | 1)
  }

  @inline(__always)
  private static func rightShift(_ pc: inout PC, _ fp: FP, _ a: Int64, _ b: Int64) -> Bool {
    let count = b &>> 1
    if _slowPath(count < 0) { return false }
    return store(&pc, fp, (a &>> min(count, 62)) | 1)
  }

  @inline(__always)
  static func ADD_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { add(&pc, fp, $0, $1) } }
  @inline(__always)
  static func SUBTRACT_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { subtract(&pc, fp, $0, $1) } }
  @inline(__always)
  static func MULTIPLY_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { multiply(&pc, fp, $0, $1) } }
  @inline(__always)
  static func FLOOR_DIVIDE_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { floorDivide(&pc, fp, $0, $1) } }
  @inline(__always)
  static func REMAINDER_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { remainder(&pc, fp, $0, $1) } }
  @inline(__always)
  static func AND_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { store(&pc, fp, $0 & $1) } }
  @inline(__always)
  static func OR_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { store(&pc, fp, $0 | $1) } }
  @inline(__always)
  static func XOR_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { store(&pc, fp, ($0 ^ $1) | 1) } }
  @inline(__always)
  static func LEFT_SHIFT_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { leftShift(&pc, fp, $0, $1) } }
  @inline(__always)
  static func RIGHT_SHIFT_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integers(pc, fp) { rightShift(&pc, fp, $0, $1) } }

  @inline(__always)
  static func ADD_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { add(&pc, fp, $0, $1) } }
  @inline(__always)
  static func SUBTRACT_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { subtract(&pc, fp, $0, $1) } }
  @inline(__always)
  static func MULTIPLY_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { multiply(&pc, fp, $0, $1) } }
  @inline(__always)
  static func FLOOR_DIVIDE_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { floorDivide(&pc, fp, $0, $1) } }
  @inline(__always)
  static func REMAINDER_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { remainder(&pc, fp, $0, $1) } }
  @inline(__always)
  static func AND_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { store(&pc, fp, $0 & $1) } }
  @inline(__always)
  static func OR_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { store(&pc, fp, $0 | $1) } }
  @inline(__always)
  static func XOR_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { store(&pc, fp, ($0 ^ $1) | 1) } }
  @inline(__always)
  static func LEFT_SHIFT_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { leftShift(&pc, fp, $0, $1) } }
  @inline(__always)
  static func RIGHT_SHIFT_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { integer(pc, fp) { rightShift(&pc, fp, $0, $1) } }

  // MARK: Doubles

  @inline(__always)
  private static func storeDouble(_ pc: inout PC, _ fp: FP, _ value: Double, words: Int = 2) -> Bool {
    let result = Value(immediate: value)
    if _slowPath(result.isAbsent) { return false }
    set(fp, operandA(pc), result)
    pc += words
    return true
  }

  @inline(__always)
  private static func doubles(_ pc: PC, _ fp: FP, _ body: (Double, Double) -> Bool) -> Bool {
    let left = fp[operandB(pc)]
    let right = fp[operandC(pc)]
    if _slowPath(!Value.areImmediateDoubles(left, right)) { return false }
    return body(left.immediateDouble, right.immediateDouble)
  }

  /// Doubles or integers of one word.
  @inline(__always)
  private static func numbers(_ pc: PC, _ fp: FP, _ body: (Double, Double) -> Bool) -> Bool {
    let left = fp[operandB(pc)]
    let right = fp[operandC(pc)]
    if _slowPath(left.bits & 3 == 0 || right.bits & 3 == 0) { return false }
    // Two integers: only those that a double holds exactly, and only for true division.
    let a = left.isSmallInteger ? Double(left.smallInteger) : left.immediateDouble
    let b = right.isSmallInteger ? Double(right.smallInteger) : right.immediateDouble
    return body(a, b)
  }

  @inline(__always)
  private static func hasDouble(_ pc: PC, _ fp: FP) -> Bool { fp[operandB(pc)].isImmediateDouble || fp[operandC(pc)].isImmediateDouble }

  @inline(__always)
  static func ADD_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { doubles(pc, fp) { storeDouble(&pc, fp, $0 + $1) } }
  @inline(__always)
  static func SUBTRACT_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { doubles(pc, fp) { storeDouble(&pc, fp, $0 - $1) } }
  @inline(__always)
  static func MULTIPLY_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { doubles(pc, fp) { storeDouble(&pc, fp, $0 * $1) } }
  @inline(__always)
  static func DIVIDE_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    doubles(pc, fp) { _slowPath($1 == 0) ? false : storeDouble(&pc, fp, $0 / $1) }
  }
  @inline(__always)
  static func ADD_NUMBER(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if ADD_FLOAT(&pc, &fp, thread) { return true }
    if _slowPath(!hasDouble(pc, fp)) { return false }
    return numbers(pc, fp) { storeDouble(&pc, fp, $0 + $1) }
  }
  @inline(__always)
  static func SUBTRACT_NUMBER(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if SUBTRACT_FLOAT(&pc, &fp, thread) { return true }
    if _slowPath(!hasDouble(pc, fp)) { return false }
    return numbers(pc, fp) { storeDouble(&pc, fp, $0 - $1) }
  }
  @inline(__always)
  static func MULTIPLY_NUMBER(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if MULTIPLY_FLOAT(&pc, &fp, thread) { return true }
    if _slowPath(!hasDouble(pc, fp)) { return false }
    return numbers(pc, fp) { storeDouble(&pc, fp, $0 * $1) }
  }
  @inline(__always)
  static func DIVIDE_NUMBER(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    numbers(pc, fp) {
      if _slowPath($1 == 0) { return false }
      if !hasDouble(pc, fp) && _slowPath($0.magnitude >= 0x1p53 || $1.magnitude >= 0x1p53) { return false }
      return storeDouble(&pc, fp, $0 / $1)
    }
  }

  /// What the C library says, for all that is no error and no complex number; a result that no immediate holds is made by the general way, which tells overflow.
  @inline(__always)
  private static func raise(_ pc: inout PC, _ fp: FP, _ base: Double, _ exponent: Double, words: Int = 2) -> Bool {
    let isSimple = base > 0 || (base == 0 && exponent > 0)
    return _slowPath(!isSimple) ? false : storeDouble(&pc, fp, pow(base, exponent), words: words)
  }

  @inline(__always)
  static func POWER_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { doubles(pc, fp) { raise(&pc, fp, $0, $1) } }

  /// A double, and an integer in the instruction.
  @inline(__always)
  private static func withShort(_ pc: PC, _ fp: FP, _ body: (Double, Double) -> Bool) -> Bool {
    let left = fp[operandB(pc)]
    if _slowPath(!left.isImmediateDouble) { return false }
    return body(left.immediateDouble, Double(signedC(pc)))
  }

  @inline(__always)
  static func ADD_FLOAT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { withShort(pc, fp) { storeDouble(&pc, fp, $0 + $1) } }
  @inline(__always)
  static func SUBTRACT_FLOAT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { withShort(pc, fp) { storeDouble(&pc, fp, $0 - $1) } }
  @inline(__always)
  static func MULTIPLY_FLOAT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { withShort(pc, fp) { storeDouble(&pc, fp, $0 * $1) } }
  /// Of an integer, too, if a double holds it exactly.
  @inline(__always)
  static func DIVIDE_NUMBER_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = fp[operandB(pc)]
    let divisor = Double(signedC(pc))
    if _slowPath(left.bits & 3 == 0 || divisor == 0) { return false }
    if left.isImmediateDouble { return storeDouble(&pc, fp, left.immediateDouble / divisor) }
    let dividend = Double(left.smallInteger)
    return _slowPath(dividend.magnitude >= 0x1p53) ? false : storeDouble(&pc, fp, dividend / divisor)
  }
  /// A whole exponent makes no complex numbers: negative bases do, too.
  @inline(__always)
  static func POWER_FLOAT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    withShort(pc, fp) { _slowPath($0 == 0 && $1 < 0) ? false : storeDouble(&pc, fp, pow($0, $1)) }
  }

  /// The right operand is a constant double in the third word.
  @inline(__always)
  private static func withConstant(_ pc: PC, _ fp: FP, _ body: (Double, Double) -> Bool) -> Bool {
    let left = fp[operandB(pc)]
    if _slowPath(!left.isImmediateDouble) { return false }
    return body(left.immediateDouble, Value(bits: pc[2]).immediateDouble)
  }

  @inline(__always)
  static func ADD_FLOAT_K(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { withConstant(pc, fp) { storeDouble(&pc, fp, $0 + $1, words: 3) } }
  @inline(__always)
  static func SUBTRACT_FLOAT_K(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { withConstant(pc, fp) { storeDouble(&pc, fp, $0 - $1, words: 3) } }
  @inline(__always)
  static func MULTIPLY_FLOAT_K(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { withConstant(pc, fp) { storeDouble(&pc, fp, $0 * $1, words: 3) } }
  @inline(__always)
  static func DIVIDE_FLOAT_K(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    withConstant(pc, fp) { _slowPath($1 == 0) ? false : storeDouble(&pc, fp, $0 / $1, words: 3) }
  }
  @inline(__always)
  static func POWER_FLOAT_K(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { withConstant(pc, fp) { raise(&pc, fp, $0, $1, words: 3) } }

  // MARK: Comparisons

  @inline(__always)
  static func COMPARE_OP_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = fp[operandB(pc)]
    let right = fp[operandC(pc)]
    if _slowPath(!Value.areSmallIntegers(left, right)) { return false }
    set(fp, operandA(pc), Value(Slow.comparison(pc[1]).holds(Int64(bitPattern: left.bits), Int64(bitPattern: right.bits))))
    pc += 2
    return true
  }

  /// `==` and `!=` of strs, and of objects that are equal only to themselves.
  @inline(__always)
  static func COMPARE_OP_PLAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandB(pc)
    let right = operandC(pc)
    let answer = fp[left].equalsPlainly(fp[right])
    if _slowPath(answer == .unknown) { return false }
    finishTest(&pc, fp, thread, left, right, (answer == .yes) == (Slow.comparison(pc[1]) == .equal))
    return true
  }

  @inline(__always)
  static func COMPARE_OP_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = fp[operandB(pc)]
    let right = fp[operandC(pc)]
    if _slowPath(!Value.areImmediateDoubles(left, right)) { return false }
    set(fp, operandA(pc), Value(Slow.comparison(pc[1]).holds(left.immediateDouble, right.immediateDouble)))
    pc += 2
    return true
  }

  @inline(__always)
  private static func jumpIntegers(_ pc: inout PC, _ fp: FP, _ test: (Int64, Int64) -> Bool) -> Bool {
    let left = fp[operandA(pc)]
    let right = fp[operandB(pc)]
    if _slowPath(!Value.areSmallIntegers(left, right)) { return false }
    pc += test(Int64(bitPattern: left.bits), Int64(bitPattern: right.bits)) ? signedC(pc) : 2
    return true
  }

  @inline(__always)
  private static func jumpInteger(_ pc: inout PC, _ fp: FP, _ test: (Int64, Int64) -> Bool) -> Bool {
    let left = fp[operandA(pc)]
    if _slowPath(!left.isSmallInteger) { return false }
    pc += test(Int64(bitPattern: left.bits), Int64(signedB(pc)) &<< 1 | 1) ? signedC(pc) : 2
    return true
  }

  /// Jumps when the comparison's answer is the wanted one, which is not the same as the inverse comparison: NaN.
  @inline(__always)
  private static func jumpDoubles(_ pc: inout PC, _ fp: FP, _ test: (Double, Double) -> Bool) -> Bool {
    let left = fp[operandA(pc)]
    let right = fp[operandB(pc)]
    if _slowPath(!Value.areImmediateDoubles(left, right)) { return false }
    pc += test(left.immediateDouble, right.immediateDouble) == (pc[1] & 8 != 0) ? signedC(pc) : 2
    return true
  }

  @inline(__always)
  static func JUMP_LESS_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpIntegers(&pc, fp, { $0 < $1 }) }
  @inline(__always)
  static func JUMP_LESS_EQUAL_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpIntegers(&pc, fp, { $0 <= $1 }) }
  @inline(__always)
  static func JUMP_EQUAL_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpIntegers(&pc, fp, { $0 == $1 }) }
  @inline(__always)
  static func JUMP_NOT_EQUAL_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpIntegers(&pc, fp, { $0 != $1 }) }
  @inline(__always)
  static func JUMP_GREATER_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpIntegers(&pc, fp, { $0 > $1 }) }
  @inline(__always)
  static func JUMP_GREATER_EQUAL_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpIntegers(&pc, fp, { $0 >= $1 }) }
  @inline(__always)
  static func JUMP_LESS_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpInteger(&pc, fp, { $0 < $1 }) }
  @inline(__always)
  static func JUMP_LESS_EQUAL_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpInteger(&pc, fp, { $0 <= $1 }) }
  @inline(__always)
  static func JUMP_EQUAL_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpInteger(&pc, fp, { $0 == $1 }) }
  @inline(__always)
  static func JUMP_NOT_EQUAL_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpInteger(&pc, fp, { $0 != $1 }) }
  @inline(__always)
  static func JUMP_GREATER_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpInteger(&pc, fp, { $0 > $1 }) }
  @inline(__always)
  static func JUMP_GREATER_EQUAL_INT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpInteger(&pc, fp, { $0 >= $1 }) }
  @inline(__always)
  static func JUMP_LESS_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpDoubles(&pc, fp, { $0 < $1 }) }
  @inline(__always)
  static func JUMP_LESS_EQUAL_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpDoubles(&pc, fp, { $0 <= $1 }) }
  @inline(__always)
  static func JUMP_EQUAL_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpDoubles(&pc, fp, { $0 == $1 }) }
  @inline(__always)
  static func JUMP_GREATER_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpDoubles(&pc, fp, { $0 > $1 }) }
  @inline(__always)
  static func JUMP_GREATER_EQUAL_FLOAT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { jumpDoubles(&pc, fp, { $0 >= $1 }) }

  @inline(__always)
  static func COMPARE_JUMP_FLOAT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = fp[operandA(pc)]
    if _slowPath(!left.isImmediateDouble) { return false }
    pc += Slow.comparison(pc[1]).holds(left.immediateDouble, Double(signedB(pc))) == (pc[1] & 8 != 0) ? signedC(pc) : 2
    return true
  }

  /// `==` and `!=` of exact strings: the sense in word 1 includes which.
  @inline(__always)
  static func JUMP_EQUAL_STRING(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandA(pc)
    let right = operandB(pc)
    let a = fp[left]
    let b = fp[right]
    guard a.isExactString, b.isExactString else { return false }
    let isEqual = a === b || StringObject(a).isEqual(to: StringObject(b))
    let isTaken = (isEqual == (pc[1] & 7 == 2)) == (pc[1] & 8 != 0)
    let target = isTaken ? pc + signedC(pc) : pc + 2
    consume(fp, thread, left)
    consume(fp, thread, right)
    pc = target
    return true
  }

  /// As ``JUMP_EQUAL_STRING``, for objects that are equal only to themselves, too.
  @inline(__always)
  static func JUMP_EQUAL_PLAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandA(pc)
    let right = operandB(pc)
    let answer = fp[left].equalsPlainly(fp[right])
    if _slowPath(answer == .unknown) { return false }
    let isTaken = ((answer == .yes) == (pc[1] & 7 == 2)) == (pc[1] & 8 != 0)
    let target = isTaken ? pc + signedC(pc) : pc + 2
    thread.pointee.frame.pointee.pc = pc
    consume(fp, thread, left)
    consume(fp, thread, right)
    pc = target
    return true
  }

  /// Gives up an operand that is a temporary.
  @inline(__always)
  static func consume(_ fp: FP, _ thread: ThreadPointer, _ slot: Int) {
    let value = fp[slot]
    if value.isObject && slot >= thread.pointee.frame.pointee.code.localsPlusCount {
      fp[slot] = .none
      release(value)
    }
  }

  /// Gives up the operands of a test and writes its answer.
  @inline(__always)
  static func finishTest(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ left: Int, _ right: Int, _ answer: Bool) {
    let destination = operandA(pc)
    thread.pointee.frame.pointee.pc = pc
    if left != destination { consume(fp, thread, left) }
    if right != destination { consume(fp, thread, right) }
    set(fp, destination, Value(answer))
    pc += 2
  }

  // MARK: Items

  @inline(__always)
  static func SUBSCRIPT_LIST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let container = fp[operandB(pc)]
    let index = fp[operandC(pc)]
    if _slowPath(!index.isSmallInteger || !container.isExactList) { return false }
    let item = Model.isFree ? sharedItem(ListObject(container), index.smallInteger) : ListObject(container).itemOrAbsent(index.smallInteger)
    if _slowPath(item.isAbsent) { return false }
    if !Model.isFree { retain(item) }
    set(fp, operandA(pc), item)
    pc += 2
    return true
  }

  @inline(__always)
  static func SUBSCRIPT_LIST_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let container = fp[operandB(pc)]
    if _slowPath(!container.isExactList) { return false }
    let item = Model.isFree ? sharedItem(ListObject(container), signedC(pc)) : ListObject(container).itemOrAbsent(signedC(pc))
    if _slowPath(item.isAbsent) { return false }
    if !Model.isFree { retain(item) }
    set(fp, operandA(pc), item)
    pc += 2
    return true
  }

  @inline(__always)
  static func SUBSCRIPT_TUPLE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let container = fp[operandB(pc)]
    let index = fp[operandC(pc)]
    if _slowPath(!index.isSmallInteger || !container.isExactTuple) { return false }
    let item = TupleObject(container).itemOrAbsent(index.smallInteger)
    if _slowPath(item.isAbsent) { return false }
    retain(item)
    set(fp, operandA(pc), item)
    pc += 2
    return true
  }

  @inline(__always)
  static func SUBSCRIPT_TUPLE_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let container = fp[operandB(pc)]
    if _slowPath(!container.isExactTuple) { return false }
    let item = TupleObject(container).itemOrAbsent(signedC(pc))
    if _slowPath(item.isAbsent) { return false }
    retain(item)
    set(fp, operandA(pc), item)
    pc += 2
    return true
  }

  /// The code point or byte at an index, as Python has it; immortal or immediate. Absent when only the general way knows.
  @inline(__always)
  private static func unit(_ container: Value, _ index: Int) -> Value {
    if isNoObject(container) { return .absent }
    let flags = container.object.shape.flags
    if flags.isSuperset(of: .exactString) {
      let text = StringObject(container)
      let place = index < 0 ? index &+ text.length : index
      if _slowPath(UInt(bitPattern: place) >= UInt(bitPattern: text.length)) { return .absent }
      if _fastPath(text.width == 1) { return StaticStrings.character(UInt32(text.data.load(fromByteOffset: place, as: UInt8.self))) }
      let codePoint = text.codePoint(at: place)
      return codePoint < 256 ? StaticStrings.character(codePoint) : .absent
    }
    guard flags.isSuperset(of: [.bytes, .exact]) else { return .absent }
    let bytes = BytesObject(container)
    let place = index < 0 ? index &+ bytes.count : index
    if _slowPath(UInt(bitPattern: place) >= UInt(bitPattern: bytes.count)) { return .absent }
    return Value(smallInteger: Int(bytes.data.load(fromByteOffset: place, as: UInt8.self)))
  }

  @inline(__always)
  private static func subscriptText(_ pc: inout PC, _ fp: FP, _ index: Int) -> Bool {
    let item = unit(fp[operandB(pc)], index)
    if _slowPath(item.isAbsent) { return false }
    set(fp, operandA(pc), item)
    pc += 2
    return true
  }

  /// One of a str or of bytes.
  @inline(__always)
  static func SUBSCRIPT_TEXT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let index = fp[operandC(pc)]
    if _slowPath(!index.isSmallInteger) { return false }
    return subscriptText(&pc, fp, index.smallInteger)
  }

  @inline(__always)
  static func SUBSCRIPT_TEXT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    subscriptText(&pc, fp, signedC(pc))
  }

  @inline(__always)
  static func SUBSCRIPT_DICT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandC(pc)
    return subscriptDict(&pc, fp, thread, fp[slot], slot)
  }

  @inline(__always)
  static func SUBSCRIPT_DICT_I(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    subscriptDict(&pc, fp, thread, Value(smallInteger: signedC(pc)), operandA(pc))
  }

  /// - Parameter slot: where the key is, which is consumed unless the item comes to stand there.
  @inline(__always)
  private static func subscriptDict(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ key: Value, _ slot: Int) -> Bool {
    let container = fp[operandB(pc)]
    if _slowPath(!container.isDict) { return false }
    thread.pointee.frame.pointee.pc = pc
    let item = dictItem(container, key)
    if _slowPath(item.isAbsent) { return false }
    if slot != operandA(pc) { consume(fp, thread, slot) }
    set(fp, operandA(pc), item)
    pc += 2
    return true
  }

  @inline(__always)
  static func STORE_SUBSCR_LIST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandB(pc)
    let container = fp[slot]
    let index = fp[operandC(pc)]
    if _slowPath(!index.isSmallInteger || !container.isExactList) { return false }
    let list = ListObject(container)
    let count = list.count
    let place = index.smallInteger < 0 ? index.smallInteger &+ count : index.smallInteger
    if _slowPath(UInt(bitPattern: place) >= UInt(bitPattern: count)) { return false }
    let source = operandA(pc)
    let value = fp[source]
    if value.isObject {
      // A temporary is moved, a local copied.
      if source >= thread.pointee.frame.pointee.code.localsPlusCount { fp[source] = .none } else { retain(value) }
    }
    let old = list.items[place]
    krait_store64(list.items + place, value.bits)
    thread.pointee.frame.pointee.pc = pc
    release(old)
    consume(fp, thread, slot)
    pc += 2
    return true
  }

  @inline(__always)
  static func STORE_SUBSCR_DICT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandB(pc)
    let container = fp[slot]
    if _slowPath(!container.isDict) { return false }
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(!setDictItem(container, fp[operandC(pc)], fp[operandA(pc)])) { return false }
    consume(fp, thread, operandA(pc))
    consume(fp, thread, operandC(pc))
    consume(fp, thread, slot)
    pc += 2
    return true
  }
}

/// A dict's item, a new reference; absent when there is none or only the general way knows.
@inline(never)
private func dictItem(_ container: Value, _ key: Value) -> Value {
  var place: UnsafeMutablePointer<Value>? = nil
  guard container.readsItemsAsDict, let hash = key.quickHash, DictObject(container).quicklyFinds(key, hash, &place) == .yes, let place else { return .absent }
  let item = place.pointee
  item.retain()
  return item
}

/// The item of an exact dict, or what to take when there is none, a new reference; absent when only the general way knows.
@inline(never)
func dictItem(_ dict: Value, _ key: Value, else fallback: Value) -> Value {
  guard let hash = key.quickHash else { return .absent }
  var place: UnsafeMutablePointer<Value>? = nil
  if DictObject(dict).quicklyFinds(key, hash, &place) == .unknown { return .absent }
  let item = place?.pointee ?? fallback
  item.retain()
  return item
}

/// Sets a dict's item; false, with nothing done, when comparing may run Python or there is no memory.
@inline(never)
func setDictItem(_ container: Value, _ key: Value, _ value: Value) -> Bool {
  guard container.storesItemsAsDict, let hash = key.quickHash else { return false }
  let dict = DictObject(container)
  var place: UnsafeMutablePointer<Value>? = nil
  let answer = dict.quicklyFinds(key, hash, &place)
  if let place {
    if _slowPath(dict.keys.hasOwner) { return false }
    let old = place.pointee
    value.retain()
    krait_store64_release(place, value.bits)
    old.release()
    return true
  }
  guard answer == .no else { return false }
  do throws(PyError) {
    try dict.insertNew(key, hash: hash, taking: Owned(copying: value))
    return true
  } catch {
    // The general way does it again, and raises again.
    PyError.clear()
    return false
  }
}

// MARK: - Choosing

extension Slow {
  /// How often an instruction may change its specialisation before it stays general for a while.
  private static let patience: UInt64 = 64
  private static let longestCount: UInt64 = 255
  private static let secondChances: UInt64 = 8

  /// Rewrites the operation, unless it changes too often: then the general one stands for some visits. The count is in bits 8 to 15 of word 1.
  /// An instruction that declines for another reason than its operands' types (a result that does not fit, say) stays what it is.
  @inline(__always)
  private static func specialise(_ pc: PC, to choice: Instruction, orGeneral general: Instruction) {
    if Instruction.at(pc) == choice { return }
    let count = pc[1] >> 8 & longestCount
    if _slowPath(count == longestCount) {
      krait_store64(pc + 1, pc[1] - ((longestCount - patience + secondChances) << 8))
      return specialise(pc, choice)
    }
    krait_store64(pc + 1, pc[1] + (1 << 8))
    specialise(pc, count < patience ? choice : general)
  }

  private static let integerOperations: [Instruction?] = [
    .ADD_INT, .AND_INT, .FLOOR_DIVIDE_INT, .LEFT_SHIFT_INT, nil, .MULTIPLY_INT, .REMAINDER_INT, .OR_INT, nil, .RIGHT_SHIFT_INT, .SUBTRACT_INT, .DIVIDE_NUMBER, .XOR_INT,
  ]
  private static let shortOperations: [Instruction?] = [
    .ADD_INT_I, .AND_INT_I, .FLOOR_DIVIDE_INT_I, .LEFT_SHIFT_INT_I, nil, .MULTIPLY_INT_I, .REMAINDER_INT_I, .OR_INT_I, nil, .RIGHT_SHIFT_INT_I, .SUBTRACT_INT_I,
    .DIVIDE_NUMBER_I, .XOR_INT_I,
  ]
  private static let floatOperations: [Instruction?] = [
    .ADD_FLOAT, nil, nil, nil, nil, .MULTIPLY_FLOAT, nil, nil, .POWER_FLOAT, nil, .SUBTRACT_FLOAT, .DIVIDE_FLOAT, nil,
  ]
  private static let floatShortOperations: [Instruction?] = [
    .ADD_FLOAT_I, nil, nil, nil, nil, .MULTIPLY_FLOAT_I, nil, nil, .POWER_FLOAT_I, nil, .SUBTRACT_FLOAT_I, .DIVIDE_NUMBER_I, nil,
  ]
  private static let numberOperations: [Instruction?] = [
    .ADD_NUMBER, nil, nil, nil, nil, .MULTIPLY_NUMBER, nil, nil, nil, nil, .SUBTRACT_NUMBER, .DIVIDE_NUMBER, nil,
  ]
  private static let constantOperations: [Instruction?] = [
    .ADD_FLOAT_K, nil, nil, nil, nil, .MULTIPLY_FLOAT_K, nil, nil, .POWER_FLOAT_K, nil, .SUBTRACT_FLOAT_K, .DIVIDE_FLOAT_K, nil,
  ]

  /// The operation without the distinction of in-place ones; 26 is a subscript.
  private static func plain(_ operation: UInt64) -> Int {
    let number = Int(operation & 0xFF)
    return number >= 13 && number < 26 ? number - 13 : number
  }

  /// The instruction for operands of these kinds, if there is one.
  static func binaryChoice(_ word: UInt64, _ left: Value, _ right: Value) -> Instruction? {
    let operation = plain(word)
    if operation == 26 {
      if left.readsItemsAsDict && right.quickHash != nil { return .SUBSCRIPT_DICT }
      if right.isSlice && (left.isExactList || left.isExactTuple || left.isExactString) { return .SUBSCRIPT_SLICE }
      guard right.isSmallInteger else { return nil }
      if left.isExactList { return .SUBSCRIPT_LIST }
      if left.isExactTuple { return .SUBSCRIPT_TUPLE }
      return left.isExactString || left.isExact(.bytes) ? .SUBSCRIPT_TEXT : nil
    }
    guard operation < 13 else { return nil }
    if Value.areSmallIntegers(left, right) { return integerOperations[operation] }
    if Value.areImmediateDoubles(left, right) { return floatOperations[operation] }
    if left.bits & 3 != 0 && right.bits & 3 != 0 { return numberOperations[operation] }
    return operation == 0 && left.isExactString && right.isExactString ? .ADD_STRING : nil
  }

  static func specialiseBinary(_ pc: PC, _ left: Value, _ right: Value) {
    var choice = binaryChoice(pc[1], left, right)
    if choice == nil && !Runtime.isFree && Instruction.at(pc) == .BINARY_OP && left.isNativeOperand && (right.isNativeOperand || !right.isObject) {
      choice = .BINARY_OP_NATIVE
    }
    guard let choice else { return }
    specialise(pc, to: choice, orGeneral: .BINARY_OP)
  }

  /// As ``binaryChoice(_:_:_:)`` where the right operand is in the instruction.
  static func binaryShortChoice(_ word: UInt64, _ left: Value) -> Instruction? {
    let operation = plain(word)
    if operation == 26 {
      if left.isExactList { return .SUBSCRIPT_LIST_I }
      if left.isExactTuple { return .SUBSCRIPT_TUPLE_I }
      if left.readsItemsAsDict { return .SUBSCRIPT_DICT_I }
      return left.isExactString || left.isExact(.bytes) ? .SUBSCRIPT_TEXT_I : nil
    }
    guard operation < 13 else { return nil }
    if left.isSmallInteger { return shortOperations[operation] }
    return left.isImmediateDouble ? floatShortOperations[operation] : nil
  }

  static func specialiseBinaryShort(_ pc: PC, _ left: Value) {
    guard let choice = binaryShortChoice(pc[1], left) else { return }
    specialise(pc, to: choice, orGeneral: .BINARY_OP_I)
  }

  /// As ``binaryChoice(_:_:_:)`` where the right operand is a float behind the instruction.
  static func binaryConstantChoice(_ word: UInt64, _ left: Value) -> Instruction? {
    let operation = plain(word)
    return operation < 13 && left.isImmediateDouble ? constantOperations[operation] : nil
  }

  static func specialiseBinaryConstant(_ pc: PC, _ left: Value) {
    guard let choice = binaryConstantChoice(pc[1], left) else { return }
    specialise(pc, to: choice, orGeneral: .BINARY_OP_K)
  }

  static func comparisonChoice(_ word: UInt64, _ left: Value, _ right: Value) -> Instruction? {
    if Value.areSmallIntegers(left, right) { return .COMPARE_OP_INT }
    if Value.areImmediateDoubles(left, right) { return .COMPARE_OP_FLOAT }
    return asksEquality(word) && left.equalsPlainly(right) != .unknown ? .COMPARE_OP_PLAIN : nil
  }

  static func specialiseComparison(_ pc: PC, _ left: Value, _ right: Value) {
    var choice = comparisonChoice(pc[1], left, right)
    if choice == nil && !Runtime.isFree && Instruction.at(pc) == .COMPARE_OP && left.comparesNatively(with: right) { choice = .COMPARE_OP_NATIVE }
    guard let choice else { return }
    specialise(pc, to: choice, orGeneral: .COMPARE_OP)
  }

  private static let integerJumps: [Instruction] = [
    .JUMP_LESS_INT, .JUMP_LESS_EQUAL_INT, .JUMP_EQUAL_INT, .JUMP_NOT_EQUAL_INT, .JUMP_GREATER_INT, .JUMP_GREATER_EQUAL_INT,
  ]
  private static let shortJumps: [Instruction] = [
    .JUMP_LESS_INT_I, .JUMP_LESS_EQUAL_INT_I, .JUMP_EQUAL_INT_I, .JUMP_NOT_EQUAL_INT_I, .JUMP_GREATER_INT_I, .JUMP_GREATER_EQUAL_INT_I,
  ]
  private static let floatJumps: [Instruction?] = [
    .JUMP_LESS_FLOAT, .JUMP_LESS_EQUAL_FLOAT, .JUMP_EQUAL_FLOAT, nil, .JUMP_GREATER_FLOAT, .JUMP_GREATER_EQUAL_FLOAT,
  ]
  /// The comparison that holds exactly when the other does not; integers only.
  private static let inverse = [5, 4, 3, 2, 1, 0]

  private static func asksEquality(_ word: UInt64) -> Bool { comparison(word) == .equal || comparison(word) == .notEqual }

  private static func jumpNumber(_ word: UInt64) -> Int {
    let number = Int(comparison(word).rawValue)
    return word & 8 != 0 ? number : inverse[number]
  }

  static func jumpChoice(_ word: UInt64, _ left: Value, _ right: Value) -> Instruction? {
    if Value.areSmallIntegers(left, right) { return integerJumps[jumpNumber(word)] }
    if Value.areImmediateDoubles(left, right) { return floatJumps[Int(comparison(word).rawValue)] }
    guard asksEquality(word) else { return nil }
    if left.isObject && left.isExactString && right.isObject && right.isExactString { return .JUMP_EQUAL_STRING }
    return left.equalsPlainly(right) != .unknown ? .JUMP_EQUAL_PLAIN : nil
  }

  static func specialiseJump(_ pc: PC, _ left: Value, _ right: Value) {
    var choice = jumpChoice(pc[1], left, right)
    if choice == nil && !Runtime.isFree && Instruction.at(pc) == .COMPARE_JUMP && left.comparesNatively(with: right) { choice = .COMPARE_JUMP_NATIVE }
    guard let choice else { return }
    specialise(pc, to: choice, orGeneral: .COMPARE_JUMP)
  }

  static func jumpShortChoice(_ word: UInt64, _ left: Value) -> Instruction? {
    if left.isSmallInteger { return shortJumps[jumpNumber(word)] }
    return left.isImmediateDouble ? .COMPARE_JUMP_FLOAT_I : nil
  }

  static func specialiseJumpShort(_ pc: PC, _ left: Value) {
    guard let choice = jumpShortChoice(pc[1], left) else { return }
    specialise(pc, to: choice, orGeneral: .COMPARE_JUMP_I)
  }

  static func specialiseStoreItem(_ pc: PC, _ container: Value, _ key: Value) {
    let choice: Instruction
    if container.isExactList && key.isSmallInteger {
      choice = .STORE_SUBSCR_LIST
    } else if container.storesItemsAsDict && key.quickHash != nil {
      choice = .STORE_SUBSCR_DICT
    } else if !Runtime.isFree && Instruction.at(pc) == .STORE_SUBSCR && container.isNativeOperand {
      choice = .STORE_SUBSCR_NATIVE
    } else {
      return
    }
    specialise(pc, to: choice, orGeneral: .STORE_SUBSCR)
  }
}
