// Division of ints: floor quotients and remainders, true quotients, doubles.

import CGMP
import CKraitCore
import Glibc

extension Integer {
  static func divisionByZero() -> PyError { .zeroDivisionError("division by zero") }

  @inline(__always)
  public static func floorDivide(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if _fastPath(Value.areSmallIntegers(a, b) && b.smallInteger != 0) {
      let (x, y) = (a.smallInteger, b.smallInteger)
      // Ints of 63 bits: the quotient cannot overflow 64.
      let quotient = x / y
      return try Owned.integer((x % y != 0 && (x < 0) != (y < 0)) ? quotient &- 1 : quotient)
    }
    let division = try divideLimbs(a, b, wantsQuotient: true, wantsRemainder: false)
    return Owned(copying: division.quotient.value)
  }

  @inline(__always)
  public static func remainder(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if _fastPath(Value.areSmallIntegers(a, b) && b.smallInteger != 0) {
      let (x, y) = (a.smallInteger, b.smallInteger)
      let remainder = x % y
      return Owned(taking: Value(smallInteger: (remainder != 0 && (remainder < 0) != (y < 0)) ? remainder &+ y : remainder))
    }
    let division = try divideLimbs(a, b, wantsQuotient: false, wantsRemainder: true)
    return Owned(copying: division.remainder.value)
  }

  /// Floor quotient and remainder as a tuple.
  public static func divmod(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    let quotient: Owned
    let remainder: Owned
    if Value.areSmallIntegers(a, b) && b.smallInteger != 0 {
      quotient = try floorDivide(a, b)
      remainder = try Integer.remainder(a, b)
    } else {
      let both = try divideLimbs(a, b, wantsQuotient: true, wantsRemainder: true)
      quotient = both.quotient
      remainder = both.remainder
    }
    return try Owned.tuple(quotient.value, remainder.value)
  }

  struct Division: ~Copyable {
    var quotient: Owned
    var remainder: Owned
  }

  /// What is not wanted is None.
  @inline(never)
  static func divideLimbs(_ a: Value, _ b: Value, wantsQuotient: Bool, wantsRemainder: Bool) throws(PyError) -> Division {
    try withLimbs(a, b) { (x, y) throws(PyError) -> Division in
      if y.count == 0 { throw divisionByZero() }
      let differ = x.isNegative != y.isNegative
      if x.count < y.count {
        // |a| < |b|: the quotient is 0 or -1.
        if x.count == 0 || !differ {
          return Division(quotient: Owned(taking: Value(smallInteger: 0)), remainder: wantsRemainder ? try exact(a) : .none)
        }
        return Division(quotient: Owned(taking: Value(smallInteger: -1)), remainder: wantsRemainder ? try add(a, b) : .none)
      }
      let quotientObject = try allocate(x.count - y.count + 2)
      var quotientCount = x.count - y.count + 1
      let remainderObject: IntegerObject
      do throws(PyError) { remainderObject = try allocate(y.count) } catch {
        freeObject(quotientObject.raw)
        throw error
      }
      __gmpn_tdiv_qr(quotientObject.limbs, remainderObject.limbs, 0, x.start, x.count, y.start, y.count)
      if differ && (0..<y.count).contains(where: { remainderObject.limbs[$0] != 0 }) {
        // Towards minus infinity: one more, and the remainder takes the divisor's sign.
        quotientObject.limbs[quotientCount] = __gmpn_add_1(quotientObject.limbs, quotientObject.limbs, quotientCount, 1)
        quotientCount += 1
        _ = __gmpn_sub_n(remainderObject.limbs, y.start, remainderObject.limbs, y.count)
      }
      return Division(
        quotient: finish(quotientObject, count: quotientCount, isNegative: differ),
        remainder: finish(remainderObject, count: y.count, isNegative: y.isNegative))
    }
  }

  /// `a / b`, correctly rounded.
  public static func trueDivide(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if Value.areSmallIntegers(a, b) {
      let (x, y) = (a.smallInteger, b.smallInteger)
      if y == 0 { throw divisionByZero() }
      if x.magnitude <= 1 << 53 && y.magnitude <= 1 << 53 { return try Owned.float(Double(x) / Double(y)) }
    }
    if isZero(b) { throw divisionByZero() }
    guard let quotient = try trueQuotient(a, b) else { throw PyError.overflowError("integer division result too large for a float") }
    return try Owned.float(quotient)
  }

  /// The quotient of two ints as the nearest double, ties to even; nil when it is too large. The divisor is not zero.
  static func trueQuotient(_ a: Value, _ b: Value) throws(PyError) -> Double? {
    try withLimbs(a, b) { (x, y) throws(PyError) -> Double? in
      let isNegative = x.isNegative != y.isNegative
      if x.count == 0 { return isNegative ? -0.0 : 0.0 }
      let (xBits, yBits) = (x.bitLength, y.bitLength)
      if xBits <= 53 && yBits <= 53 {
        let quotient = Double(x.start[0]) / Double(y.start[0])
        return isNegative ? -quotient : quotient
      }
      if xBits - yBits > 1024 { return nil }
      if xBits - yBits < -1080 { return isNegative ? -0.0 : 0.0 }
      // A quotient of 62 or 63 bits whose last bit also stands for the remainder.
      let shift = 62 - (xBits - yBits)
      var numerator = BigNumber(x)
      var denominator = BigNumber(y)
      if shift >= 0 { numerator.shiftLeft(shift) } else { denominator.shiftLeft(-shift) }
      numerator.makeAbsolute()
      denominator.makeAbsolute()
      var (quotient, isExact) = numerator.divide(by: denominator)
      if !isExact { quotient |= 1 }
      guard let magnitude = roundedDouble(quotient, exponent: -shift) else { return nil }
      return isNegative ? -magnitude : magnitude
    }
  }

  /// `bits * 2^exponent` rounded to the nearest double, ties to even; the last bit may stand for lost ones. Nil on overflow.
  static func roundedDouble(_ bits: UInt, exponent: Int) -> Double? {
    let length = UInt.bitWidth - bits.leadingZeroBitCount
    let dropped = max(length - 53, -1074 - exponent)
    if dropped <= 0 { return Double(sign: .plus, exponent: exponent, significand: Double(bits)) }
    // Less than half of the smallest double.
    if dropped > length { return 0 }
    let half = UInt(1) << UInt(dropped - 1)
    var kept = dropped >= UInt.bitWidth ? 0 : bits >> UInt(dropped)
    let rest = bits & ((half << 1) &- 1)
    if rest > half || (rest == half && kept & 1 == 1) { kept += 1 }
    if dropped + exponent > 1023 { return nil }
    let magnitude = Double(sign: .plus, exponent: dropped + exponent, significand: Double(kept))
    return magnitude.isInfinite ? nil : magnitude
  }

  /// The nearest double, ties to even; OverflowError when it is too large.
  public static func double(_ value: Value) throws(PyError) -> Double {
    if let word = asInt(value) { return Double(word) }
    guard let double = doubleOfObject(IntegerObject(value)) else { throw PyError.overflowError("int too large to convert to float") }
    return double
  }

  /// The nearest double of any int; nil when it is too large.
  static func nearestDouble(_ value: Value) -> Double? {
    if let word = asInt(value) { return Double(word) }
    return doubleOfObject(IntegerObject(value))
  }

  private static func doubleOfObject(_ object: IntegerObject) -> Double? {
    guard let (upper, exponent) = leadingBits(object) else { return nil }
    guard exponent <= 1024, let magnitude = roundedDouble(upper, exponent: exponent) else { return nil }
    return object.isNegative ? -magnitude : magnitude
  }

  /// The highest 64 bits of an object of more than one limb or a full one, the last also standing for all below, and the exponent of the last.
  private static func leadingBits(_ object: IntegerObject) -> (UInt, Int)? {
    let count = object.count
    let bits = count * 64 - object.limbs[count - 1].leadingZeroBitCount
    let shift = bits - 64
    if shift <= 0 { return (object.limbs[0], 0) }
    if shift > 1024 { return nil }
    let (skipped, offset) = shift.quotientAndRemainder(dividingBy: 64)
    var upper = object.limbs[skipped] >> UInt(offset)
    if offset > 0 { upper |= object.limbs[skipped + 1] << UInt(64 - offset) }
    let lost = object.limbs[skipped] & ((1 << UInt(offset)) - 1)
    if lost != 0 || (0..<skipped).contains(where: { object.limbs[$0] != 0 }) { upper |= 1 }
    return (upper, shift)
  }

  /// The fraction in [0.5, 1) and the exponent of any non-zero int, as `frexp`; correctly rounded.
  public static func fractionAndExponent(_ value: Value) -> (Double, Int) {
    if isZero(value) { return (0, 0) }
    let bits = bitLength(value)
    if let double = nearestDouble(value) {
      var exponent: Int32 = 0
      let fraction = frexp(double, &exponent)
      return (fraction, Int(exponent))
    }
    let object = IntegerObject(value)
    let (skipped, offset) = (bits - 64).quotientAndRemainder(dividingBy: 64)
    var upper = object.limbs[skipped] >> UInt(offset)
    if offset > 0 { upper |= object.limbs[skipped + 1] << UInt(64 - offset) }
    let lost = object.limbs[skipped] & ((1 << UInt(offset)) - 1)
    if lost != 0 || (0..<skipped).contains(where: { object.limbs[$0] != 0 }) { upper |= 1 }
    let fraction = (roundedDouble(upper, exponent: -64) ?? 0) * (object.isNegative ? -1 : 1)
    return abs(fraction) == 1 ? (fraction / 2, bits + 1) : (fraction, bits)
  }
}

/// A number in GMP's own form, for the operations that are not worth doing on limbs.
struct BigNumber: ~Copyable {
  private var storage = __mpz_struct()

  init() { __gmpz_init(&storage) }

  init(_ limbs: Limbs) {
    __gmpz_init(&storage)
    __gmpz_import(&storage, limbs.count, -1, 8, 0, 0, limbs.start)
    if limbs.isNegative { withUnsafeMutablePointer(to: &storage) { __gmpz_neg($0, $0) } }
  }

  deinit {
    var last = storage
    __gmpz_clear(&last)
  }

  mutating func set(_ body: (UnsafeMutablePointer<__mpz_struct>) -> Void) { body(&storage) }

  borrowing func read<T>(_ body: (UnsafePointer<__mpz_struct>) -> T) -> T {
    var copy = storage
    return body(&copy)
  }

  mutating func shiftLeft(_ count: Int) { withUnsafeMutablePointer(to: &storage) { __gmpz_mul_2exp($0, $0, UInt(count)) } }
  mutating func makeAbsolute() { withUnsafeMutablePointer(to: &storage) { __gmpz_abs($0, $0) } }

  /// Divides in place; the quotient must fit in a word.
  mutating func divide(by divisor: borrowing BigNumber) -> (quotient: UInt, isExact: Bool) {
    var remainder = __mpz_struct()
    __gmpz_init(&remainder)
    divisor.read { other in withUnsafeMutablePointer(to: &storage) { __gmpz_tdiv_qr($0, &remainder, $0, other) } }
    let isExact = remainder._mp_size == 0
    __gmpz_clear(&remainder)
    return (UInt(__gmpz_get_ui(&storage)), isExact)
  }

  /// The int of this value.
  borrowing func integer() throws(PyError) -> Owned {
    let count = Int(storage._mp_size)
    return try Integer.make(limbs: UnsafeBufferPointer(start: storage._mp_d, count: abs(count)), isNegative: count < 0)
  }
}
