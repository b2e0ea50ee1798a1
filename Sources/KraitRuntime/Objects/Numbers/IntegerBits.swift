// Bitwise operations, shifts and powers of ints.

import CGMP
import CKraitCore

extension Integer {
  enum BitOperation { case and, or, xor }

  @inline(__always)
  public static func and(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if _fastPath(Value.areSmallIntegers(a, b)) { return Owned(taking: Value(bits: a.bits & b.bits)) }
    return try bitwise(.and, a, b)
  }

  @inline(__always)
  public static func or(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if _fastPath(Value.areSmallIntegers(a, b)) { return Owned(taking: Value(bits: a.bits | b.bits)) }
    return try bitwise(.or, a, b)
  }

  @inline(__always)
  public static func xor(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if _fastPath(Value.areSmallIntegers(a, b)) { return Owned(taking: Value(bits: (a.bits ^ b.bits) | 1)) }
    return try bitwise(.xor, a, b)
  }

  @inline(never)
  private static func bitwise(_ operation: BitOperation, _ a: Value, _ b: Value) throws(PyError) -> Owned {
    if let x = asInt(a), let y = asInt(b) {
      switch operation {
      case .and: return try Owned.integer(x & y)
      case .or: return try Owned.integer(x | y)
      case .xor: return try Owned.integer(x ^ y)
      }
    }
    return try withLimbs(a, b) { (x, y) throws(PyError) -> Owned in
      if x.isNegative || y.isNegative { return try signedBitwise(operation, x, y) }
      let (long, short) = x.count >= y.count ? (x, y) : (y, x)
      let count = operation == .and ? short.count : long.count
      let result = try allocate(count)
      for index in 0..<short.count {
        let (p, q) = (long.start[index], short.start[index])
        result.limbs[index] =
          switch operation {
          case .and: p & q
          case .or: p | q
          case .xor: p ^ q
          }
      }
      if count > short.count { (result.limbs + short.count).update(from: long.start + short.count, count: count - short.count) }
      return finish(result, count: count, isNegative: false)
    }
  }

  private static func signedBitwise(_ operation: BitOperation, _ x: Limbs, _ y: Limbs) throws(PyError) -> Owned {
    var result = BigNumber(x)
    let other = BigNumber(y)
    other.read { other in
      result.set {
        switch operation {
        case .and: __gmpz_and($0, $0, other)
        case .or: __gmpz_ior($0, $0, other)
        case .xor: __gmpz_xor($0, $0, other)
        }
      }
    }
    return try result.integer()
  }

  // MARK: Shifts

  public static func shiftLeft(_ a: Value, _ count: Value) throws(PyError) -> Owned {
    if isNegative(count) { throw PyError.valueError("negative shift count") }
    if isZero(a) { return Owned(taking: Value(smallInteger: 0)) }
    guard let count = asInt(count) else { throw PyError.overflowError("too many digits in integer") }
    return try shiftLeft(a, count)
  }

  /// The count is not negative.
  static func shiftLeft(_ a: Value, _ count: Int) throws(PyError) -> Owned {
    if let word = asInt(a), count < 63 {
      let shifted = word &<< count
      if shifted &>> count == word { return try Owned.integer(shifted) }
    }
    return try withLimbs(a) { (x) throws(PyError) -> Owned in
      if x.count == 0 { return Owned(taking: Value(smallInteger: 0)) }
      let (skipped, offset) = count.quotientAndRemainder(dividingBy: 64)
      guard skipped < limbLimit else { throw PyError.memoryError() }
      let result = try allocate(x.count + skipped + 1)
      result.limbs.update(repeating: 0, count: skipped)
      if offset == 0 {
        (result.limbs + skipped).update(from: x.start, count: x.count)
        result.limbs[skipped + x.count] = 0
      } else {
        result.limbs[skipped + x.count] = __gmpn_lshift(result.limbs + skipped, x.start, x.count, UInt32(offset))
      }
      return finish(result, count: skipped + x.count + 1, isNegative: x.isNegative)
    }
  }

  public static func shiftRight(_ a: Value, _ count: Value) throws(PyError) -> Owned {
    if isNegative(count) { throw PyError.valueError("negative shift count") }
    return try shiftRight(a, asInt(count) ?? .max)
  }

  /// The count is not negative. Rounds towards minus infinity.
  static func shiftRight(_ a: Value, _ count: Int) throws(PyError) -> Owned {
    if let word = asInt(a) { return try Owned.integer(word >> min(count, 63)) }
    return try withLimbs(a) { (x) throws(PyError) -> Owned in
      let (skipped, offset) = count.quotientAndRemainder(dividingBy: 64)
      if skipped >= x.count { return Owned(taking: Value(smallInteger: x.isNegative ? -1 : 0)) }
      let left = x.count - skipped
      let result = try allocate(left + 1)
      var lost = (0..<skipped).contains { x.start[$0] != 0 }
      if offset == 0 {
        result.limbs.update(from: x.start + skipped, count: left)
      } else {
        lost = __gmpn_rshift(result.limbs, x.start + skipped, left, UInt32(offset)) != 0 || lost
      }
      result.limbs[left] = 0
      if x.isNegative && lost { result.limbs[left] = __gmpn_add_1(result.limbs, result.limbs, left, 1) }
      return finish(result, count: left + 1, isNegative: x.isNegative)
    }
  }

  public static func bitCount(_ value: Value) throws(PyError) -> Int {
    try withLimbs(value) { (x) throws(PyError) -> Int in (0..<x.count).reduce(0) { $0 + x.start[$1].nonzeroBitCount } }
  }

  /// How many bits below the lowest that is set; 0 for zero.
  static func trailingZeroBits(_ value: Value) throws(PyError) -> Int {
    try withLimbs(value) { (x) throws(PyError) -> Int in x.count == 0 ? 0 : Int(__gmpn_scan1(x.start, 0)) }
  }

  // MARK: Powers

  /// `a ** b` for a natural exponent.
  static func power(_ base: Value, _ exponent: Value) throws(PyError) -> Owned {
    if isZero(exponent) { return Owned(taking: Value(smallInteger: 1)) }
    if let word = asInt(base), word.magnitude <= 1 {
      return Owned(taking: Value(smallInteger: word == -1 && !isOdd(exponent) ? 1 : word))
    }
    guard let count = asInt(exponent), count < limbLimit * 64 else { throw PyError.memoryError() }
    if var factor = asInt(base) {
      // Machine words while they last.
      var result = 1
      var bits = count
      var overflow = false
      while true {
        if bits & 1 != 0 {
          let (product, overflowed) = result.multipliedReportingOverflow(by: factor)
          result = product
          overflow = overflow || overflowed
        }
        bits >>= 1
        if bits == 0 || overflow { break }
        (factor, overflow) = factor.multipliedReportingOverflow(by: factor)
        if overflow { break }
      }
      if !overflow { return try Owned.integer(result) }
    }
    let (bits, overflow) = bitLength(base).multipliedReportingOverflow(by: count)
    guard !overflow, bits / 64 < limbLimit else { throw PyError.memoryError() }
    let isNegative = isNegative(base) && count & 1 != 0
    return try withLimbs(base) { (x) throws(PyError) -> Owned in
      if x.count == 1 && x.start[0].nonzeroBitCount == 1 {
        let one = Value(smallInteger: isNegative ? -1 : 1)
        return try shiftLeft(one, x.start[0].trailingZeroBitCount * count)
      }
      if bits / 64 < 1 << 20 {
        // mpn_pow needs room twice; mpz_pow_ui finds it itself and cannot fail at this size.
        var result = BigNumber(x)
        result.set { __gmpz_pow_ui($0, $0, UInt(count)) }
        return try result.integer()
      }
      return try powerBySquaring(base, count)
    }
  }

  /// For results of many megabytes: each step asks for memory in a way that can fail.
  private static func powerBySquaring(_ base: Value, _ count: Int) throws(PyError) -> Owned {
    var result = Owned(copying: base)
    var bit = (1 << (Int.bitWidth - 1 - count.leadingZeroBitCount)) >> 1
    while bit > 0 {
      result = try multiply(result.value, result.value)
      if count & bit != 0 { result = try multiply(result.value, base) }
      bit >>= 1
    }
    return result
  }

  /// `pow(a, b, m)`.
  static func power(_ base: Value, _ exponent: Value, modulus: Value) throws(PyError) -> Owned {
    if isZero(modulus) { throw PyError.valueError("pow() 3rd argument cannot be 0") }
    if let m = asInt(modulus), let e = asInt(exponent), e >= 0, m.magnitude < 1 << 62 {
      let size = m.magnitude
      let reduced = try remainder(base, Value(smallInteger: Int(size)))
      var factor = UInt(asInt(reduced.value) ?? 0)
      var result: UInt = size == 1 ? 0 : 1
      var bits = e
      while bits > 0 {
        if bits & 1 != 0 { result = multiplyModulo(result, factor, size) }
        bits >>= 1
        if bits > 0 { factor = multiplyModulo(factor, factor, size) }
      }
      let word = Int(result)
      return try Owned.integer(m < 0 && word != 0 ? word + m : word)
    }
    return try withLimbs(base, modulus) { (x, m) throws(PyError) -> Owned in
      try withLimbs(exponent) { (e) throws(PyError) -> Owned in
        var result = BigNumber(x)
        var size = BigNumber(m)
        size.makeAbsolute()
        var times = BigNumber(e)
        var isInvertible = true
        if e.isNegative {
          times.makeAbsolute()
          size.read { size in result.set { isInvertible = __gmpz_invert($0, $0, size) != 0 } }
          // GMP calls zero the inverse modulo one; so does Python.
          if m.count == 1 && m.start[0] == 1 { isInvertible = true }
        }
        if !isInvertible { throw PyError.valueError("base is not invertible for the given modulus") }
        times.read { times in size.read { size in result.set { __gmpz_powm($0, $0, times, size) } } }
        if m.isNegative && result.read({ $0.pointee._mp_size }) != 0 { size.read { size in result.set { __gmpz_sub($0, $0, size) } } }
        return try result.integer()
      }
    }
  }

  @inline(__always)
  private static func multiplyModulo(_ a: UInt, _ b: UInt, _ modulus: UInt) -> UInt {
    let product = a.multipliedFullWidth(by: b)
    return modulus.dividingFullWidth(product).remainder
  }

  /// The greatest common divisor, not negative.
  public static func greatestCommonDivisor(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if let x = asInt(a), let y = asInt(b) {
      var (p, q) = (x.magnitude, y.magnitude)
      while q != 0 { (p, q) = (q, p % q) }
      return try Owned.integer(UInt64(p))
    }
    return try withLimbs(a, b) { (x, y) throws(PyError) -> Owned in
      var result = BigNumber(x)
      let other = BigNumber(y)
      other.read { other in result.set { __gmpz_gcd($0, $0, other) } }
      return try result.integer()
    }
  }

  /// The greatest int whose square is not greater than `value`.
  public static func squareRoot(_ value: Value) throws(PyError) -> Owned {
    try withLimbs(value) { (x) throws(PyError) -> Owned in
      if x.count == 0 { return Owned(taking: Value(smallInteger: 0)) }
      let count = (x.count + 1) / 2
      let result = try allocate(count)
      _ = __gmpn_sqrtrem(result.limbs, nil, x.start, x.count)
      return finish(result, count: count, isNegative: false)
    }
  }
}
