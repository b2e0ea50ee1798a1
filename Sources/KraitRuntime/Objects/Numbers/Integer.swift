// Arithmetic on ints: machine words while they fit, GMP's functions on limbs beyond.

import CGMP
import CKraitCore

/// Operations on values that are known to be ints (bools and instances of subclasses too). Results are exact ints, immediate when 63 bits hold them.
public enum Integer {
  /// More limbs than this are no memory of any machine; below, byte counts cannot overflow.
  static let limbLimit = 1 << 48
}

/// Where the magnitude of an int lies while an operation reads it.
struct Limbs {
  let start: UnsafePointer<UInt>
  let count: Int
  let isNegative: Bool

  var isZero: Bool { count == 0 }
  var bitLength: Int { count == 0 ? 0 : count &* 64 &- start[count &- 1].leadingZeroBitCount }
  var signedCount: Int { isNegative ? -count : count }
}

extension Integer {
  /// Lends the limbs of an int; those of an immediate are made on the stack.
  @inline(__always)
  static func withLimbs<Result: ~Copyable>(_ value: Value, _ body: (Limbs) throws(PyError) -> Result) throws(PyError) -> Result {
    if value.isObject {
      let object = IntegerObject(value)
      return try body(Limbs(start: object.limbs, count: object.count, isNegative: object.isNegative))
    }
    let word = immediateWord(value)
    var limb = word.magnitude
    return try withUnsafeMutablePointer(to: &limb) { (pointer) throws(PyError) -> Result in
      try body(Limbs(start: UnsafePointer(pointer), count: word == 0 ? 0 : 1, isNegative: word < 0))
    }
  }

  @inline(__always)
  static func withLimbs<Result: ~Copyable>(_ a: Value, _ b: Value, _ body: (Limbs, Limbs) throws(PyError) -> Result) throws(PyError) -> Result {
    try withLimbs(a) { (x) throws(PyError) -> Result in
      try withLimbs(b) { (y) throws(PyError) -> Result in try body(x, y) }
    }
  }

  /// The word of an immediate int or bool.
  @inline(__always)
  private static func immediateWord(_ value: Value) -> Int { value.isSmallInteger ? value.smallInteger : value.isTrue ? 1 : 0 }

  /// The int as a machine word, when it fits.
  @inline(__always)
  public static func asInt(_ value: Value) -> Int? {
    if _fastPath(!value.isObject) { return immediateWord(value) }
    return objectAsInt(value)
  }

  private static func objectAsInt(_ value: Value) -> Int? {
    let object = IntegerObject(value)
    switch object.signedCount {
    case 0: return 0
    case 1: return Int(exactly: object.limbs[0])
    case -1: return object.limbs[0] <= 1 << 63 ? Int(truncatingIfNeeded: 0 &- object.limbs[0]) : nil
    default: return nil
    }
  }

  /// The int as an unsigned machine word, when it fits.
  public static func asUInt64(_ value: Value) -> UInt64? {
    if !value.isObject { return UInt64(exactly: immediateWord(value)) }
    let object = IntegerObject(value)
    return object.signedCount == 0 ? 0 : object.signedCount == 1 ? UInt64(object.limbs[0]) : nil
  }

  /// The lowest 64 bits in two's complement.
  public static func truncatedBits(_ value: Value) -> UInt64 {
    if !value.isObject { return UInt64(bitPattern: Int64(immediateWord(value))) }
    let object = IntegerObject(value)
    guard object.count > 0 else { return 0 }
    return UInt64(object.isNegative ? 0 &- object.limbs[0] : object.limbs[0])
  }

  public static func isNegative(_ value: Value) -> Bool { value.isObject ? IntegerObject(value).isNegative : immediateWord(value) < 0 }
  public static func isZero(_ value: Value) -> Bool { value.isObject ? IntegerObject(value).signedCount == 0 : immediateWord(value) == 0 }
  public static func isOdd(_ value: Value) -> Bool { truncatedBits(value) & 1 != 0 }

  /// -1, 0, 1.
  public static func sign(_ value: Value) -> Int { value.isObject ? IntegerObject(value).signedCount.signum() : immediateWord(value).signum() }

  /// Bits of the magnitude.
  public static func bitLength(_ value: Value) -> Int {
    if !value.isObject { return 64 - immediateWord(value).magnitude.leadingZeroBitCount }
    let object = IntegerObject(value)
    return object.count == 0 ? 0 : object.count * 64 - object.limbs[object.count - 1].leadingZeroBitCount
  }

  /// The exact int of the same value: itself unless it is a bool or of a subclass.
  public static func exact(_ value: Value) throws(PyError) -> Owned {
    if value.isSmallInteger { return Owned(taking: value) }
    if !value.isObject { return Owned(taking: Value(smallInteger: value.isTrue ? 1 : 0)) }
    if value.isExactInteger { return Owned(copying: value) }
    let object = IntegerObject(value)
    return try make(Limbs(start: object.limbs, count: object.count, isNegative: object.isNegative))
  }
}

// MARK: New ints

extension Integer {
  /// Room for a result: an exact int of up to `count` limbs, whose contents the caller writes and ends with ``finish(_:count:isNegative:)``.
  @inline(__always)
  static func allocate(_ count: Int) throws(PyError) -> IntegerObject {
    guard count <= limbLimit else { throw PyError.memoryError() }
    return IntegerObject(raw: try allocateObject(TypeObject.int.rootShape, size: IntegerObject.limbsOffset &+ count &* 8))
  }

  /// The result in its normal form: no leading zero limbs, an immediate if it fits.
  @inline(__always)
  static func finish(_ object: IntegerObject, count: Int, isNegative: Bool) -> Owned {
    var count = count
    while count > 0 && object.limbs[count &- 1] == 0 { count &-= 1 }
    if count <= 1 {
      let magnitude = count == 0 ? 0 : object.limbs[0]
      if magnitude < 1 << 62 || (isNegative && magnitude == 1 << 62) {
        freeObject(object.raw)
        let word = Int(bitPattern: magnitude)
        return Owned(taking: Value(smallInteger: isNegative ? 0 &- word : word))
      }
    }
    object.signedCount = isNegative ? 0 &- count : count
    return Owned(taking: object.raw)
  }

  @inline(never)
  static func make(magnitude: UInt, isNegative: Bool) throws(PyError) -> Owned {
    if magnitude < 1 << 62 || (isNegative && magnitude == 1 << 62) {
      let word = Int(bitPattern: magnitude)
      return Owned(taking: Value(smallInteger: isNegative ? 0 &- word : word))
    }
    let object = try allocate(1)
    object.limbs[0] = magnitude
    object.signedCount = isNegative ? -1 : 1
    return Owned(taking: object.raw)
  }

  static func make(_ limbs: Limbs) throws(PyError) -> Owned {
    if limbs.count <= 1 { return try make(magnitude: limbs.count == 0 ? 0 : limbs.start[0], isNegative: limbs.isNegative) }
    let object = try allocate(limbs.count)
    object.limbs.update(from: limbs.start, count: limbs.count)
    return finish(object, count: limbs.count, isNegative: limbs.isNegative)
  }

  /// An int from a magnitude, least significant limb first.
  public static func make(limbs: UnsafeBufferPointer<UInt>, isNegative: Bool) throws(PyError) -> Owned {
    guard let start = limbs.baseAddress else { return Owned(taking: Value(smallInteger: 0)) }
    var count = limbs.count
    while count > 0 && start[count - 1] == 0 { count -= 1 }
    return try make(Limbs(start: start, count: count, isNegative: isNegative))
  }

  static func make(whole double: Double) throws(PyError) -> Owned {
    let magnitude = abs(double)
    if magnitude < 0x1p63 { return try make(magnitude: UInt(magnitude), isNegative: double < 0) }
    let exponent = Int(magnitude.exponent) - 52
    let significand = UInt(magnitude.significandBitPattern) | 1 << 52
    let (skipped, offset) = exponent.quotientAndRemainder(dividingBy: 64)
    let object = try allocate(skipped + 2)
    object.limbs.update(repeating: 0, count: skipped)
    object.limbs[skipped] = significand << UInt(offset)
    object.limbs[skipped + 1] = offset == 0 ? 0 : significand >> UInt(64 - offset)
    return finish(object, count: skipped + 2, isNegative: double < 0)
  }

  /// Makes an instance of a subclass of int with the value of an int.
  static func instance(of type: TypeObject, _ value: Value) throws(PyError) -> Owned {
    try withLimbs(value) { (limbs) throws(PyError) -> Owned in
      let object = IntegerObject(raw: try type.allocate(items: limbs.count))
      object.limbs.update(from: limbs.start, count: limbs.count)
      object.signedCount = limbs.signedCount
      return Owned(taking: object.raw)
    }
  }
}

// MARK: Sums and products

extension Integer {
  @inline(__always)
  public static func add(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    // Two ints of 63 bits cannot overflow 64.
    if _fastPath(Value.areSmallIntegers(a, b)) { return try Owned.integer(a.smallInteger &+ b.smallInteger) }
    return try sum(a, b, negatingSecond: false)
  }

  @inline(__always)
  public static func subtract(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if _fastPath(Value.areSmallIntegers(a, b)) { return try Owned.integer(a.smallInteger &- b.smallInteger) }
    return try sum(a, b, negatingSecond: true)
  }

  @inline(__always)
  public static func multiply(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    if _fastPath(Value.areSmallIntegers(a, b)) {
      let (product, overflow) = a.smallInteger.multipliedReportingOverflow(by: b.smallInteger)
      if _fastPath(!overflow) { return try Owned.integer(product) }
    }
    return try product(a, b)
  }

  @inline(never)
  private static func sum(_ a: Value, _ b: Value, negatingSecond: Bool) throws(PyError) -> Owned {
    try withLimbs(a, b) { (x, y) throws(PyError) -> Owned in
      let isNegative = y.isNegative != negatingSecond
      let (long, short) = x.count >= y.count ? (x, y) : (y, x)
      let longSign = x.count >= y.count ? x.isNegative : isNegative
      if short.count == 0 { return try make(Limbs(start: long.start, count: long.count, isNegative: longSign)) }
      if x.isNegative == isNegative {
        let result = try allocate(long.count + 1)
        result.limbs[long.count] = __gmpn_add(result.limbs, long.start, long.count, short.start, short.count)
        return finish(result, count: long.count + 1, isNegative: x.isNegative)
      }
      let result = try allocate(long.count)
      if long.count == short.count && __gmpn_cmp(long.start, short.start, long.count) < 0 {
        _ = __gmpn_sub_n(result.limbs, short.start, long.start, long.count)
        return finish(result, count: long.count, isNegative: !longSign)
      }
      _ = __gmpn_sub(result.limbs, long.start, long.count, short.start, short.count)
      return finish(result, count: long.count, isNegative: longSign)
    }
  }

  @inline(never)
  private static func product(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try withLimbs(a, b) { (x, y) throws(PyError) -> Owned in
      let isNegative = x.isNegative != y.isNegative
      let (long, short) = x.count >= y.count ? (x, y) : (y, x)
      if short.count == 0 { return Owned(taking: Value(smallInteger: 0)) }
      let result = try allocate(long.count + short.count)
      if short.count == 1 {
        result.limbs[long.count] = __gmpn_mul_1(result.limbs, long.start, long.count, short.start[0])
      } else if a === b {
        __gmpn_sqr(result.limbs, long.start, long.count)
      } else {
        _ = __gmpn_mul(result.limbs, long.start, long.count, short.start, short.count)
      }
      return finish(result, count: long.count + short.count, isNegative: isNegative)
    }
  }

  public static func negate(_ a: Value) throws(PyError) -> Owned {
    if a.isSmallInteger { return try Owned.integer(0 &- a.smallInteger) }
    return try withLimbs(a) { (x) throws(PyError) -> Owned in try make(Limbs(start: x.start, count: x.count, isNegative: !x.isNegative)) }
  }

  public static func absolute(_ a: Value) throws(PyError) -> Owned { try isNegative(a) ? negate(a) : exact(a) }

  public static func invert(_ a: Value) throws(PyError) -> Owned {
    if a.isSmallInteger { return Owned(taking: Value(smallInteger: ~a.smallInteger)) }
    let negated = try negate(a)
    return try subtract(negated.value, Value(smallInteger: 1))
  }
}

// MARK: Comparison

extension Integer {
  /// Negative, zero or positive, as `a` stands to `b`.
  @inline(__always)
  public static func compare(_ a: Value, _ b: Value) -> Int {
    if _fastPath(Value.areSmallIntegers(a, b)) {
      let (x, y) = (a.smallInteger, b.smallInteger)
      return x < y ? -1 : x == y ? 0 : 1
    }
    return compareLimbs(a, b)
  }

  @inline(never)
  private static func compareLimbs(_ a: Value, _ b: Value) -> Int {
    if let x = asInt(a), let y = asInt(b) { return x < y ? -1 : x == y ? 0 : 1 }
    if !a.isObject { return IntegerObject(b).isNegative ? 1 : -1 }
    if !b.isObject { return IntegerObject(a).isNegative ? -1 : 1 }
    let (x, y) = (IntegerObject(a), IntegerObject(b))
    if x.signedCount != y.signedCount { return x.signedCount < y.signedCount ? -1 : 1 }
    let order = Int(__gmpn_cmp(x.limbs, y.limbs, x.count))
    return x.isNegative ? -order : order
  }

  public static func isEqual(_ a: Value, _ b: Value) -> Bool { compare(a, b) == 0 }
}
