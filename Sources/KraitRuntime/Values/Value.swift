// A Python value: one trivial word. Everything that the runtime passes about is one of these.

import CKraitCore

public typealias Value = CKraitCore.Value

/// The representation (RFC 0002):
///
///     …xxx1   a 63-bit integer, shifted left by one
///     …xx10   a double whose exponent is in the common range, rotated
///     …x100   a constant: None, True, False, NotImplemented, Ellipsis
///     …x000   a pointer to an object; zero is "no value"
///
/// A `Value` in a variable or parameter is *borrowed*: valid as long as what it was read from holds it. One that is owned is an ``Owned``.
extension Value {
  @inlinable @inline(__always) public static var absent: Value { Value(bits: 0) }
  @inlinable @inline(__always) public static var none: Value { Value(bits: 4) }
  @inlinable @inline(__always) public static var `false`: Value { Value(bits: 12) }
  @inlinable @inline(__always) public static var `true`: Value { Value(bits: 20) }
  @inlinable @inline(__always) public static var notImplemented: Value { Value(bits: 28) }
  @inlinable @inline(__always) public static var ellipsis: Value { Value(bits: 36) }

  @inlinable @inline(__always) public init(_ condition: Bool) { self.init(bits: condition ? 20 : 12) }

  @inlinable @inline(__always) public var isAbsent: Bool { bits == 0 }
  @inlinable @inline(__always) public var isNone: Bool { bits == 4 }
  @inlinable @inline(__always) public var isTrue: Bool { bits == 20 }
  @inlinable @inline(__always) public var isFalse: Bool { bits == 12 }
  @inlinable @inline(__always) public var isBool: Bool { (bits &- 12) & ~8 == 0 }
  @inlinable @inline(__always) public var isNotImplemented: Bool { bits == 28 }
  /// Whether this is a constant of the third kind.
  @inlinable @inline(__always) public var isConstant: Bool { bits & 7 == 4 }

  /// The same object (Python's `is`).
  @inlinable @inline(__always) public static func === (a: Value, b: Value) -> Bool { a.bits == b.bits }
  @inlinable @inline(__always) public static func !== (a: Value, b: Value) -> Bool { a.bits != b.bits }
}

// MARK: Integers of 63 bits

extension Value {
  public static let smallIntegerRange = (Int.min >> 1)...(Int.max >> 1)

  /// An integer known to fit in 63 bits.
  @inlinable @inline(__always)
  public init(smallInteger value: Int) {
    self.init(bits: UInt64(bitPattern: Int64(value)) &<< 1 | 1)
  }

  @inlinable @inline(__always) public var isSmallInteger: Bool { bits & 1 != 0 }
  /// The integer; meaningful only if ``isSmallInteger``.
  @inlinable @inline(__always) public var smallInteger: Int { Int(Int64(bitPattern: bits) &>> 1) }
  @inlinable @inline(__always)
  public static func areSmallIntegers(_ a: Value, _ b: Value) -> Bool { a.bits & b.bits & 1 != 0 }
}

// MARK: Immediate doubles

/// CRuby's "flonum", with a shorter way there and back: the top three bits of the exponent of a common double are 011 or 100; one more makes them 100 or 101, and a
/// rotation by three brings the sign and the `10` that both begin with to the low end. Zero and negative zero have the codes of two doubles that are thereby given up
/// (±1.72723e-77, which are boxed).
extension Value {
  @inlinable @inline(__always) static var doubleBias: UInt64 { 1 &<< 60 }
  @inlinable @inline(__always) static var zeroDoubleBits: UInt64 { 2 }
  @inlinable @inline(__always) static var signBit: UInt64 { 4 }

  @inlinable @inline(__always) public var isImmediateDouble: Bool { bits & 3 == 2 }
  @inlinable @inline(__always)
  public static func areImmediateDoubles(_ a: Value, _ b: Value) -> Bool { ((a.bits &- 2) | (b.bits &- 2)) & 3 == 0 }

  /// The double; meaningful only if ``isImmediateDouble``.
  @inlinable @inline(__always)
  public var immediateDouble: Double {
    // Below 8 there are the two codes of zero only.
    if _fastPath(bits >= 8) {
      return Double(bitPattern: (bits &>> 3 | bits &<< 61) &- Value.doubleBias)
    }
    return bits & Value.signBit == 0 ? 0.0 : -0.0
  }

  /// The double as an immediate, or ``absent`` when it must be boxed.
  @inlinable @inline(__always)
  public init(immediate value: Double) {
    let biased = value.bitPattern &+ Value.doubleBias
    let rotated = biased &<< 3 | biased &>> 61
    if _fastPath(rotated & 3 == 2) {
      // Two branches, as both mostly decide the same: one made of both costs four instructions more.
      if _fastPath(rotated >= 8) {
        self.init(bits: rotated)
        return
      }
    }
    self.init(bits: value != 0 ? 0 : Value.zeroDoubleBits | (value.sign == .minus ? Value.signBit : 0))
  }
}

// MARK: Objects

extension Value {
  @inlinable @inline(__always)
  public init(_ object: UnsafeMutableRawPointer) { self.init(bits: UInt64(UInt(bitPattern: object))) }

  /// Whether this is a pointer to an object. ``absent`` counts as one: ask that first where it can occur.
  @inlinable @inline(__always) public var isObject: Bool { bits & 7 == 0 }
  /// Whether this is an object, and not ``absent``: one comparison, for loops over values of which either is as likely.
  @inlinable @inline(__always) public var isPresentObject: Bool { (bits &>> 3 | bits &<< 61) &- 1 < (1 << 61) - 1 }
  /// The object's address; meaningful only if ``isObject`` and not ``absent``.
  @inlinable @inline(__always)
  public var object: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: UInt(bits)).unsafelyUnwrapped }
}

extension UnsafeMutablePointer where Pointee == Value {
  /// Copies values without counting them: a few, as arguments and the items of tuples mostly are, without a call.
  @inline(__always)
  func initialize(fromFew values: UnsafePointer<Value>, count: Int) {
    if _slowPath(count > 8) { return initialize(from: values, count: count) }
    var index = 0
    // Not as plain stores, for which the optimiser would call `memcpy`.
    while index < count {
      krait_store64(self + index, values[index].bits)
      index &+= 1
    }
  }
}
