// Single items of a buffer as Python values and back.

import CKraitCore

/// The value of an item with a native format.
func unpackItem(_ pointer: UnsafeRawPointer, _ format: UInt8) throws(PyError) -> Owned {
  switch format {
  case UInt8(ascii: "B"): return Owned(taking: Value(smallInteger: Int(pointer.load(as: UInt8.self))))
  case UInt8(ascii: "b"): return Owned(taking: Value(smallInteger: Int(pointer.load(as: Int8.self))))
  case UInt8(ascii: "c"): return try Owned.bytes(UnsafeRawBufferPointer(start: pointer, count: 1))
  case UInt8(ascii: "?"): return .boolean(pointer.load(as: UInt8.self) != 0)
  case UInt8(ascii: "h"): return Owned(taking: Value(smallInteger: Int(pointer.loadUnaligned(as: Int16.self))))
  case UInt8(ascii: "H"): return Owned(taking: Value(smallInteger: Int(pointer.loadUnaligned(as: UInt16.self))))
  case UInt8(ascii: "i"): return Owned(taking: Value(smallInteger: Int(pointer.loadUnaligned(as: Int32.self))))
  case UInt8(ascii: "I"): return Owned(taking: Value(smallInteger: Int(pointer.loadUnaligned(as: UInt32.self))))
  case UInt8(ascii: "l"), UInt8(ascii: "q"), UInt8(ascii: "n"): return try Owned.integer(pointer.loadUnaligned(as: Int.self))
  case UInt8(ascii: "f"): return try Owned.float(Double(pointer.loadUnaligned(as: Float.self)))
  case UInt8(ascii: "d"): return try Owned.float(pointer.loadUnaligned(as: Double.self))
  case UInt8(ascii: "e"): return try Owned.float(doubleFromHalf(pointer.loadUnaligned(as: UInt16.self)))
  case UInt8(ascii: "F"):
    return try Owned.complex(Double(pointer.loadUnaligned(as: Float.self)), Double(pointer.loadUnaligned(fromByteOffset: 4, as: Float.self)))
  case UInt8(ascii: "D"): return try Owned.complex(pointer.loadUnaligned(as: Double.self), pointer.loadUnaligned(fromByteOffset: 8, as: Double.self))
  default: return try Owned.integer(pointer.loadUnaligned(as: UInt64.self))
  }
}

/// Stores a value as an item with a native format.
func packItem(_ value: Value, _ pointer: UnsafeMutableRawPointer, _ format: UInt8) throws(PyError) {
  let name = String(Unicode.Scalar(format))
  func wrongType() -> PyError { .typeError("memoryview: invalid type for format '\(name)'") }
  func wrongValue() -> PyError { .valueError("memoryview: invalid value for format '\(name)'") }
  func index() throws(PyError) -> Owned {
    do throws(PyError) { return try value.index() } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw wrongType()
    }
  }
  func double() throws(PyError) -> Double {
    do throws(PyError) { return try value.asDouble() } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw wrongType()
    }
  }
  func store<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(PyError) {
    let number = try index()
    if Number.isSigned || Number.bitWidth < 64 {
      guard let word = Integer.asInt(number.value), let result = Number(exactly: word) else { throw wrongValue() }
      pointer.storeBytes(of: result, as: type)
    } else {
      guard let word = Integer.asUInt64(number.value), let result = Number(exactly: word) else { throw wrongValue() }
      pointer.storeBytes(of: result, as: type)
    }
  }
  switch format {
  case UInt8(ascii: "B"): try store(UInt8.self)
  case UInt8(ascii: "b"): try store(Int8.self)
  case UInt8(ascii: "h"): try store(Int16.self)
  case UInt8(ascii: "H"): try store(UInt16.self)
  case UInt8(ascii: "i"): try store(Int32.self)
  case UInt8(ascii: "I"): try store(UInt32.self)
  case UInt8(ascii: "l"), UInt8(ascii: "q"), UInt8(ascii: "n"): try store(Int64.self)
  case UInt8(ascii: "c"):
    guard value.isBytes else { throw wrongType() }
    guard BytesObject(value).count == 1 else { throw wrongValue() }
    pointer.storeBytes(of: BytesObject(value).buffer[0], as: UInt8.self)
  case UInt8(ascii: "?"):
    let truth = try value.isTruthy()
    pointer.storeBytes(of: truth ? 1 : 0, as: UInt8.self)
  case UInt8(ascii: "f"):
    let number = try double()
    pointer.storeBytes(of: Float(number), as: Float.self)
  case UInt8(ascii: "d"):
    let number = try double()
    pointer.storeBytes(of: number, as: Double.self)
  case UInt8(ascii: "e"):
    let number = try double()
    guard let half = halfFromDouble(number) else { throw PyError.overflowError("float too large to pack with e format") }
    pointer.storeBytes(of: half, as: UInt16.self)
  case UInt8(ascii: "F"), UInt8(ascii: "D"):
    guard value.isInstance(of: .complex) || value.isFloat || value.isInteger else { throw wrongType() }
    let number = value.isInstance(of: .complex) ? (ComplexObject(value).real, ComplexObject(value).imaginary) : (try double(), 0)
    if format == UInt8(ascii: "F") {
      pointer.storeBytes(of: Float(number.0), as: Float.self)
      pointer.storeBytes(of: Float(number.1), toByteOffset: 4, as: Float.self)
    } else {
      pointer.storeBytes(of: number.0, as: Double.self)
      pointer.storeBytes(of: number.1, toByteOffset: 8, as: Double.self)
    }
  default: try store(UInt64.self)
  }
}

/// IEEE 754's binary16.
func doubleFromHalf(_ bits: UInt16) -> Double {
  let sign = bits & 0x8000 != 0
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Double(bits & 0x3FF)
  let magnitude: Double
  if exponent == 0x1F {
    magnitude = fraction == 0 ? .infinity : .nan
  } else if exponent == 0 {
    magnitude = fraction * 0x1p-24
  } else {
    magnitude = Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
  }
  return sign ? -magnitude : magnitude
}

/// The nearest binary16, ties to even; nil when it would be infinite.
func halfFromDouble(_ value: Double) -> UInt16? {
  let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
  if value.isNaN { return sign | 0x7E00 }
  let magnitude = abs(value)
  if magnitude == .infinity { return sign | 0x7C00 }
  if magnitude == 0 { return sign }
  // Below 2^-14 the steps are 2^-24; above, 1024 to each power of two.
  let exponent = max(Int(magnitude.exponent), -14)
  let steps = (magnitude / Double(sign: .plus, exponent: exponent - 10, significand: 1)).rounded(.toNearestOrEven)
  if magnitude < 0x1p-14 { return sign | UInt16(steps) }
  if exponent > 15 { return nil }
  let bits = UInt32(exponent + 14) << 10 + UInt32(steps)
  return bits >= 0x7C00 ? nil : sign | UInt16(bits)
}
