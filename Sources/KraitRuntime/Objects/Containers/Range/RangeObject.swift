// Ranges in memory.

import CKraitCore

/// A `range`: start, stop, step and length, all ints of any size.
@frozen
public struct RangeObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// Unchecked: the value is a range.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  static var size: Int { 48 }

  public var value: Value { @inline(__always) get { Value(raw) } }
  public var start: Value { @inline(__always) get { raw.load(fromByteOffset: 16, as: Value.self) } }
  public var stop: Value { @inline(__always) get { raw.load(fromByteOffset: 24, as: Value.self) } }
  public var step: Value { @inline(__always) get { raw.load(fromByteOffset: 32, as: Value.self) } }
  public var length: Value { @inline(__always) get { raw.load(fromByteOffset: 40, as: Value.self) } }

  /// All four are ints of 63 bits.
  var isSmall: Bool { start.bits & stop.bits & step.bits & length.bits & 1 != 0 }
}

extension Owned {
  /// `range(start, stop, step)` of ints; a ValueError when the step is 0.
  public static func range(_ start: Value, _ stop: Value, _ step: Value = Value(smallInteger: 1)) throws(PyError) -> Owned {
    if step === Value(smallInteger: 0) { throw PyError.valueError("range() arg 3 must not be zero") }
    let length = try rangeLength(start, stop, step)
    let raw = try allocateObject(TypeObject.range.rootShape, size: RangeObject.size)
    start.retain()
    stop.retain()
    step.retain()
    raw.storeBytes(of: start, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: stop, toByteOffset: 24, as: Value.self)
    raw.storeBytes(of: step, toByteOffset: 32, as: Value.self)
    raw.storeBytes(of: length.take(), toByteOffset: 40, as: Value.self)
    return Owned(taking: raw)
  }

  public static func range(_ count: Int) throws(PyError) -> Owned {
    let stop = try Owned.integer(count)
    return try range(Value(smallInteger: 0), stop.value)
  }

  /// How many numbers a range has.
  private static func rangeLength(_ start: Value, _ stop: Value, _ step: Value) throws(PyError) -> Owned {
    if start.bits & stop.bits & step.bits & 1 != 0 {
      // Differences of 63-bit ints fit in 64 bits.
      let (low, high, step) = (start.smallInteger, stop.smallInteger, step.smallInteger)
      if step == 1 { return low < high ? try integer(high &- low) : Owned(taking: Value(smallInteger: 0)) }
      if step > 0 { return low < high ? try integer((high &- low &- 1) / step &+ 1) : Owned(taking: Value(smallInteger: 0)) }
      return high < low ? try integer((low &- high &- 1) / (0 &- step) &+ 1) : Owned(taking: Value(smallInteger: 0))
    }
    let zero = Value(smallInteger: 0)
    let one = Value(smallInteger: 1)
    let isPositive = Integer.compare(step, zero) > 0
    let (low, high) = isPositive ? (start, stop) : (stop, start)
    if Integer.compare(low, high) >= 0 { return Owned(taking: zero) }
    let distance = try Integer.subtract(high, low)
    let size = isPositive ? Owned(copying: step) : try Integer.negate(step)
    let last = try Integer.subtract(distance.value, one)
    let steps = try Integer.floorDivide(last.value, size.value)
    return try Integer.add(steps.value, one)
  }
}
