// Integer constants of any size: machine words while they fit, GMP beyond.

import CGMP
import KraitSyntax

/// An integer in GMP's own form while an operation lasts.
struct BigInteger: ~Copyable {
  private var value = __mpz_struct()

  init() { __gmpz_init(&value) }

  init(_ constant: ConstantValue) {
    __gmpz_init(&value)
    guard constant.kind == .integer else {
      __gmpz_set_ui(&value, constant.kind == .true ? 1 : 0)
      return
    }
    let limbs = constant.limbs
    __gmpz_import(&value, limbs.count, -1, MemoryLayout<UInt>.size, 0, 0, limbs.baseAddress)
    if constant.isNegative { set { __gmpz_neg($0, $0) } }
  }

  deinit {
    var last = value
    __gmpz_clear(&last)
  }

  /// Lets a GMP function write the number.
  mutating func set(_ body: (UnsafeMutablePointer<__mpz_struct>) -> Void) { body(&value) }

  /// Lets a GMP function read the number.
  borrowing func read<T>(_ body: (UnsafePointer<__mpz_struct>) -> T) -> T {
    var copy = value
    return body(&copy)
  }

  borrowing func constant(in arena: Arena) -> ConstantValue {
    let count = Int(value._mp_size)
    return arena.integer(limbs: UnsafeBufferPointer(start: value._mp_d, count: abs(count)), isNegative: count < 0)
  }
}

extension ConstantValue {
  /// The integer (or bool), when it fits in a machine word.
  var wordValue: Int? {
    switch kind {
    case .true: 1
    case .false: 0
    case .integer: smallInteger
    default: nil
    }
  }

  var isNegativeInteger: Bool { kind == .integer && isNegative }

  /// The number of bits of the integer's (or bool's) magnitude.
  var bitLength: Int {
    guard kind == .integer else { return kind == .true ? 1 : 0 }
    guard let top = limbs.last else { return 0 }
    return limbs.count * UInt.bitWidth - top.leadingZeroBitCount
  }

  /// The real number as Python's `float()` rounds it; `nil` when it is too large or no real number.
  var doubleValue: Double? {
    if kind == .float { return float }
    if let word = wordValue { return Double(word) }
    guard kind == .integer else { return nil }
    // The upper 64 bits, their last one also standing for all bits below: enough for one correct rounding to 53.
    let limbs = self.limbs
    let shift = bitLength - UInt.bitWidth
    let (skipped, offset) = shift.quotientAndRemainder(dividingBy: UInt.bitWidth)
    var upper = limbs[skipped] >> UInt(offset)
    if offset > 0 && skipped + 1 < limbs.count { upper |= limbs[skipped + 1] << UInt(UInt.bitWidth - offset) }
    let lost = limbs[skipped] & ((1 << UInt(offset)) - 1)
    if lost != 0 || limbs[..<skipped].contains(where: { $0 != 0 }) { upper |= 1 }
    guard shift <= 1024 else { return nil }
    let magnitude = Double(sign: .plus, exponent: shift, significand: Double(upper))
    if magnitude.isInfinite { return nil }
    return isNegative ? -magnitude : magnitude
  }
}

extension Arena {
  func negate(_ a: ConstantValue) -> ConstantValue {
    if let word = a.wordValue, word != .min { return integer(-word) }
    return big(a) { result, a in __gmpz_neg(result, a) }
  }

  func invert(_ a: ConstantValue) -> ConstantValue {
    if let word = a.wordValue { return integer(~word) }
    return big(a) { result, a in __gmpz_com(result, a) }
  }

  func add(_ a: ConstantValue, _ b: ConstantValue) -> ConstantValue {
    if let x = a.wordValue, let y = b.wordValue {
      let (sum, overflow) = x.addingReportingOverflow(y)
      if !overflow { return integer(sum) }
    }
    return big(a, b) { result, a, b in __gmpz_add(result, a, b) }
  }

  func subtract(_ a: ConstantValue, _ b: ConstantValue) -> ConstantValue {
    if let x = a.wordValue, let y = b.wordValue {
      let (difference, overflow) = x.subtractingReportingOverflow(y)
      if !overflow { return integer(difference) }
    }
    return big(a, b) { result, a, b in __gmpz_sub(result, a, b) }
  }

  func multiply(_ a: ConstantValue, _ b: ConstantValue) -> ConstantValue {
    if let x = a.wordValue, let y = b.wordValue {
      let (product, overflow) = x.multipliedReportingOverflow(by: y)
      if !overflow { return integer(product) }
    }
    return big(a, b) { result, a, b in __gmpz_mul(result, a, b) }
  }

  func floorQuotient(_ a: ConstantValue, _ b: ConstantValue) -> ConstantValue? {
    if b.bitLength == 0 { return nil }
    return big(a, b) { result, a, b in __gmpz_fdiv_q(result, a, b) }
  }

  func floorRemainder(_ a: ConstantValue, _ b: ConstantValue) -> ConstantValue? {
    if b.bitLength == 0 { return nil }
    return big(a, b) { result, a, b in __gmpz_fdiv_r(result, a, b) }
  }

  /// The caller bounds the result's size.
  func power(_ base: ConstantValue, _ exponent: Int) -> ConstantValue {
    big(base) { result, base in __gmpz_pow_ui(result, base, UInt(exponent)) }
  }

  /// The caller bounds the result's size.
  func shiftLeft(_ a: ConstantValue, _ count: Int) -> ConstantValue {
    big(a) { result, a in __gmpz_mul_2exp(result, a, UInt(count)) }
  }

  func shiftRight(_ a: ConstantValue, _ count: ConstantValue) -> ConstantValue {
    guard let count = count.wordValue, count < a.bitLength else { return integer(a.isNegativeInteger ? -1 : 0) }
    return big(a) { result, a in __gmpz_fdiv_q_2exp(result, a, UInt(count)) }
  }

  func bitwise(_ operation: BinaryOperator, _ a: ConstantValue, _ b: ConstantValue) -> ConstantValue {
    if let x = a.wordValue, let y = b.wordValue {
      let value =
        switch operation {
        case .bitAnd: x & y
        case .bitOr: x | y
        default: x ^ y
        }
      return a.kind != .integer && b.kind != .integer ? boolean(value != 0) : integer(value)
    }
    return big(a, b) { result, a, b in
      switch operation {
      case .bitAnd: __gmpz_and(result, a, b)
      case .bitOr: __gmpz_ior(result, a, b)
      default: __gmpz_xor(result, a, b)
      }
    }
  }

  /// The quotient of two integers as the nearest `float`, ties to even; `nil` on overflow and on division by zero.
  func trueQuotient(_ a: ConstantValue, _ b: ConstantValue) -> ConstantValue? {
    if b.bitLength == 0 { return nil }
    let isNegative = a.isNegativeInteger != b.isNegativeInteger
    if a.bitLength == 0 { return float(isNegative ? -0.0 : 0.0) }
    if a.bitLength <= 53 && b.bitLength <= 53, let x = a.doubleValue, let y = b.doubleValue { return float(x / y) }
    // A quotient of 62 or 63 bits whose last bit also stands for the remainder.
    let shift = 62 - (a.bitLength - b.bitLength)
    var numerator = BigInteger(a)
    var denominator = BigInteger(b)
    numerator.set { __gmpz_abs($0, $0) }
    denominator.set { __gmpz_abs($0, $0) }
    if shift >= 0 {
      numerator.set { __gmpz_mul_2exp($0, $0, UInt(shift)) }
    } else {
      denominator.set { __gmpz_mul_2exp($0, $0, UInt(-shift)) }
    }
    var remainder = BigInteger()
    numerator.set { numerator in
      denominator.read { denominator in remainder.set { __gmpz_tdiv_qr(numerator, $0, numerator, denominator) } }
    }
    var quotient = numerator.read { __gmpz_get_ui($0) }
    if remainder.read({ $0.pointee._mp_size }) != 0 { quotient |= 1 }
    // The exponent of the quotient's last kept bit; subnormal results keep fewer bits.
    let length = UInt.bitWidth - quotient.leadingZeroBitCount
    let dropped = max(length - 53, -1074 + shift)
    var magnitude = 0.0
    if dropped <= length {
      let half = UInt(1) << UInt(dropped - 1)
      var kept = dropped >= UInt.bitWidth ? 0 : quotient >> UInt(dropped)
      let rest = quotient & ((half << 1) &- 1)
      if rest > half || (rest == half && kept & 1 == 1) { kept += 1 }
      if dropped - shift > 1023 { return nil }
      magnitude = Double(sign: .plus, exponent: dropped - shift, significand: Double(kept))
    }
    if magnitude.isInfinite { return nil }
    return float(isNegative ? -magnitude : magnitude)
  }

  private func big(
    _ a: ConstantValue, _ body: (UnsafeMutablePointer<__mpz_struct>, UnsafePointer<__mpz_struct>) -> Void
  ) -> ConstantValue {
    let a = BigInteger(a)
    var result = BigInteger()
    a.read { a in result.set { body($0, a) } }
    return result.constant(in: self)
  }

  private func big(
    _ a: ConstantValue, _ b: ConstantValue,
    _ body: (UnsafeMutablePointer<__mpz_struct>, UnsafePointer<__mpz_struct>, UnsafePointer<__mpz_struct>) -> Void
  ) -> ConstantValue {
    let a = BigInteger(a)
    let b = BigInteger(b)
    var result = BigInteger()
    a.read { a in b.read { b in result.set { body($0, a, b) } } }
    return result.constant(in: self)
  }
}
