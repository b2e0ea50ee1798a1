// How int, float and complex objects are laid out, and how new numbers are made.

import CKraitCore

/// An int object: big ints, and ints of subclasses of any size. Small exact ints are immediates, and so is every result that fits.
@frozen
public struct IntegerObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  // Layout: 16 signed limb count (the sign is the number's), 24 limbs of 64 bits, least significant first, the last one not zero.
  @usableFromInline static var limbsOffset: Int { 24 }

  @inlinable
  public var signedCount: Int {
    @inline(__always) get { raw.load(fromByteOffset: 16, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
  }
  /// How many limbs the magnitude has.
  @inlinable public var count: Int { @inline(__always) get { abs(signedCount) } }
  @inlinable public var isNegative: Bool { @inline(__always) get { signedCount < 0 } }
  @inlinable
  public var limbs: UnsafeMutablePointer<UInt> {
    @inline(__always) get { (raw + IntegerObject.limbsOffset).assumingMemoryBound(to: UInt.self) }
  }
}

/// A float object: exact ones only outside the range of immediate doubles, and those of subclasses.
@frozen
public struct FloatObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable
  public var double: Double {
    @inline(__always) get { raw.load(fromByteOffset: 16, as: Double.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Double.self) }
  }
  @usableFromInline static var size: Int { 24 }
}

/// A complex object.
@frozen
public struct ComplexObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable
  public var real: Double {
    @inline(__always) get { raw.load(fromByteOffset: 16, as: Double.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Double.self) }
  }
  @inlinable
  public var imaginary: Double {
    @inline(__always) get { raw.load(fromByteOffset: 24, as: Double.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Double.self) }
  }
  public var value: (real: Double, imaginary: Double) { (real, imaginary) }
  static var size: Int { 32 }
}

extension Owned {
  /// The int of a machine word.
  @inline(__always)
  public static func integer(_ value: Int) throws(PyError) -> Owned {
    let doubled = value &<< 1
    if _fastPath(doubled &>> 1 == value) { return Owned(taking: Value(smallInteger: value)) }
    return try Integer.make(magnitude: value.magnitude, isNegative: value < 0)
  }

  @inline(__always)
  public static func integer(_ value: UInt64) throws(PyError) -> Owned {
    if _fastPath(value < 1 << 62) { return Owned(taking: Value(smallInteger: Int(truncatingIfNeeded: value))) }
    return try Integer.make(magnitude: UInt(value), isNegative: false)
  }

  /// The int of a whole finite double.
  public static func integer(whole double: Double) throws(PyError) -> Owned {
    if abs(double) < 0x1p62 { return Owned(taking: Value(smallInteger: Int(double))) }
    return try Integer.make(whole: double)
  }

  @inline(__always)
  public static func float(_ value: Double) throws(PyError) -> Owned {
    let immediate = Value(immediate: value)
    if _fastPath(!immediate.isAbsent) { return Owned(taking: immediate) }
    return try boxedFloat(value)
  }

  @inline(never)
  private static func boxedFloat(_ value: Double) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.float.rootShape, size: FloatObject.size)
    FloatObject(raw: raw).double = value
    return Owned(taking: raw)
  }

  public static func complex(_ real: Double, _ imaginary: Double) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.complex.rootShape, size: ComplexObject.size)
    let object = ComplexObject(raw: raw)
    object.real = real
    object.imaginary = imaginary
    return Owned(taking: raw)
  }
}

/// The double of a float (subclasses count); nil for anything else.
@inline(__always)
public func doubleValue(of value: Value) -> Double? {
  if _fastPath(value.isImmediateDouble) { return value.immediateDouble }
  if value.isObject && value.object.shape.flags.contains(.float) { return FloatObject(value).double }
  return nil
}
