// The kinds of items that an array can have: what a type code stands for, and how values become bytes and bytes values.

import Glibc
import KraitRuntime

/// A type code. The raw values are in the order of `array.typecodes`.
enum ArrayKind: UInt8, CaseIterable, BitwiseCopyable {
  case int8, uint8, wide, unicode, int16, uint16, int32, uint32, long, unsignedLong, int64, uint64, float, double

  private static let codes: StaticString = "bBuwhHiIlLqQfd"

  init?(code: UInt32) {
    for kind in ArrayKind.allCases where UInt32(kind.code) == code {
      self = kind
      return
    }
    return nil
  }

  var code: UInt8 { ArrayKind.codes.utf8Start[Int(rawValue)] }
  var codeText: Character { Character(Unicode.Scalar(code)) }

  /// What the buffer protocol calls the items; ends with a zero byte.
  var format: UnsafePointer<UInt8> {
    let formats: StaticString = "b\0B\0w\0w\0h\0H\0i\0I\0l\0L\0q\0Q\0f\0d\0"
    return formats.utf8Start + 2 * Int(rawValue)
  }

  @inline(__always)
  var itemSize: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .wide, .unicode, .int32, .uint32, .float: 4
    case .long, .unsignedLong, .int64, .uint64, .double: 8
    }
  }

  var isText: Bool { self == .wide || self == .unicode }
  @inline(__always) var isFloat: Bool { self == .float || self == .double }
  var isInteger: Bool { !isText && !isFloat }
  var isSigned: Bool {
    switch self {
    case .int8, .int16, .int32, .long, .int64, .float, .double: true
    default: false
    }
  }

  /// The number that pickles have for the format on this machine.
  var machineFormat: Int {
    switch self {
    case .uint8: 0
    case .int8: 1
    case .uint16: 2
    case .int16: 4
    case .uint32: 6
    case .int32: 8
    case .unsignedLong, .uint64: 10
    case .long, .int64: 12
    case .float: 14
    case .double: 16
    case .wide, .unicode: 20
    }
  }

  // MARK: Items

  /// The item at an address as a Python value.
  @inline(__always)
  func load(_ place: UnsafeRawPointer) throws(PyError) -> Owned {
    switch self {
    case .int8: return Owned(taking: Value(smallInteger: Int(place.load(as: Int8.self))))
    case .uint8: return Owned(taking: Value(smallInteger: Int(place.load(as: UInt8.self))))
    case .int16: return Owned(taking: Value(smallInteger: Int(place.load(as: Int16.self))))
    case .uint16: return Owned(taking: Value(smallInteger: Int(place.load(as: UInt16.self))))
    case .int32: return Owned(taking: Value(smallInteger: Int(place.load(as: Int32.self))))
    case .uint32: return Owned(taking: Value(smallInteger: Int(place.load(as: UInt32.self))))
    case .long, .int64: return try Owned.integer(place.load(as: Int.self))
    case .unsignedLong, .uint64: return try Owned.integer(place.load(as: UInt64.self))
    case .float: return try Owned.float(Double(place.load(as: Float.self)))
    case .double: return try Owned.float(place.load(as: Double.self))
    case .wide, .unicode: return try ArrayKind.character(place.load(as: UInt32.self))
    }
  }

  @inline(never)
  static func checkCharacter(_ point: UInt32) throws(PyError) {
    if point > 0x10FFFF { throw .valueError("character U+\(String(point, radix: 16)) is not in range [U+0000; U+10ffff]") }
  }

  @inline(never)
  private static func character(_ point: UInt32) throws(PyError) -> Owned {
    try checkCharacter(point)
    return try Owned.character(point)
  }

  /// The item's bytes, in the lowest bits of a word. May run Python code.
  @inline(__always)
  func bits(_ value: Value) throws(PyError) -> UInt64 {
    if _fastPath(value.isSmallInteger) {
      let number = value.smallInteger
      switch self {
      case .int8: if Int(Int8(truncatingIfNeeded: number)) == number { return UInt64(truncatingIfNeeded: number) }
      case .uint8: if Int(UInt8(truncatingIfNeeded: number)) == number { return UInt64(truncatingIfNeeded: number) }
      case .int16: if Int(Int16(truncatingIfNeeded: number)) == number { return UInt64(truncatingIfNeeded: number) }
      case .uint16: if Int(UInt16(truncatingIfNeeded: number)) == number { return UInt64(truncatingIfNeeded: number) }
      case .int32: if Int(Int32(truncatingIfNeeded: number)) == number { return UInt64(truncatingIfNeeded: number) }
      case .uint32: if Int(UInt32(truncatingIfNeeded: number)) == number { return UInt64(truncatingIfNeeded: number) }
      case .long, .int64: return UInt64(bitPattern: Int64(number))
      case .unsignedLong, .uint64: if number >= 0 { return UInt64(number) }
      case .double: return Double(number).bitPattern
      default: break
      }
    } else if self == .double && value.isImmediateDouble {
      return value.immediateDouble.bitPattern
    }
    return try slowBits(value)
  }

  @inline(never)
  private func slowBits(_ value: Value) throws(PyError) -> UInt64 {
    switch self {
    case .wide, .unicode:
      guard value.isString else { throw .typeError("array item must be a unicode character, not \(value.typeName)") }
      let length = StringObject(value).length
      guard length == 1 else { throw .typeError("array item must be a unicode character, not a string of length \(length)") }
      return UInt64(StringObject(value).codePoint(at: 0))
    case .double: return try value.asDouble().bitPattern
    case .float: return UInt64(Float(try value.asDouble()).bitPattern)
    default: return try integerBits(value)
    }
  }

  private func integerBits(_ value: Value) throws(PyError) -> UInt64 {
    let number = try value.index()
    switch self {
    case .int8: return try signed(number.value, "signed short integer", Int(Int16.min), Int(Int16.max), "signed char", -128, 127)
    case .uint8: return try signed(number.value, "unsigned byte integer", 0, 255, "", 0, 255)
    case .int16: return try signed(number.value, "signed short integer", Int(Int16.min), Int(Int16.max), "", Int(Int16.min), Int(Int16.max))
    case .uint16: return try signed(number.value, "signed integer", Int(Int32.min), Int(Int32.max), "unsigned short", 0, 65535)
    case .int32: return try signed(number.value, "signed integer", Int(Int32.min), Int(Int32.max), "", Int(Int32.min), Int(Int32.max))
    case .long: return try signed(number.value, "", .min, .max, "", .min, .max)
    case .uint32, .unsignedLong:
      if Integer.isNegative(number.value) { throw .overflowError("can't convert negative value to unsigned int") }
      guard let word = Integer.asUInt64(number.value) else { throw .overflowError("Python int too large to convert to C unsigned long") }
      if self == .uint32 && word > UInt64(UInt32.max) { throw .overflowError("unsigned int is greater than maximum") }
      return word
    case .int64:
      guard let word = Integer.asInt(number.value) else { throw .overflowError("int too big to convert") }
      return UInt64(bitPattern: Int64(word))
    default:
      if Integer.isNegative(number.value) { throw .overflowError("can't convert negative int to unsigned") }
      guard let word = Integer.asUInt64(number.value) else { throw .overflowError("int too big to convert") }
      return word
    }
  }

  /// Two ranges: that of the C type which the argument is first read as, and that of the items.
  private func signed(
    _ value: Value, _ outer: StaticString, _ outerLow: Int, _ outerHigh: Int, _ inner: StaticString, _ low: Int, _ high: Int
  ) throws(PyError) -> UInt64 {
    guard let number = Integer.asInt(value) else { throw .overflowError("Python int too large to convert to C long") }
    if number < outerLow { throw .overflowError("\(outer) is less than minimum") }
    if number > outerHigh { throw .overflowError("\(outer) is greater than maximum") }
    if number < low { throw .overflowError("\(inner) is less than minimum") }
    if number > high { throw .overflowError("\(inner) is greater than maximum") }
    return UInt64(bitPattern: Int64(number))
  }

  @inline(__always)
  func store(_ bits: UInt64, _ place: UnsafeMutableRawPointer) {
    switch itemSize {
    case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
    case 2: place.storeBytes(of: UInt16(truncatingIfNeeded: bits), as: UInt16.self)
    case 4: place.storeBytes(of: UInt32(truncatingIfNeeded: bits), as: UInt32.self)
    default: place.storeBytes(of: bits, as: UInt64.self)
    }
  }

  /// The item as a double, for kinds of floats.
  @inline(__always)
  func double(_ place: UnsafeRawPointer) -> Double { self == .float ? Double(place.load(as: Float.self)) : place.load(as: Double.self) }

  /// The item as a word, sign extended; for kinds of ints.
  @inline(__always)
  func word(_ place: UnsafeRawPointer) -> UInt64 {
    switch self {
    case .int8: UInt64(truncatingIfNeeded: place.load(as: Int8.self))
    case .uint8: UInt64(truncatingIfNeeded: place.load(as: UInt8.self))
    case .int16: UInt64(truncatingIfNeeded: place.load(as: Int16.self))
    case .uint16: UInt64(truncatingIfNeeded: place.load(as: UInt16.self))
    case .int32: UInt64(truncatingIfNeeded: place.load(as: Int32.self))
    case .uint32, .wide, .unicode, .float: UInt64(truncatingIfNeeded: place.load(as: UInt32.self))
    default: place.load(as: UInt64.self)
    }
  }
}
