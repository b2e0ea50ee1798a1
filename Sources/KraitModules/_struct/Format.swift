// Formats of the module `struct`: what their characters stand for, and how values become bytes and bytes become values.

import KraitRuntime

/// A run of equal items.
struct StructCode: BitwiseCopyable {
  /// The character.
  let character: UInt8
  let isBigEndian: Bool
  let size: Int
  let offset: Int
  /// Items; bytes of `s` and `p` are one item.
  let count: Int
}

/// A format that was read.
struct StructLayout {
  var codes: [StructCode] = []
  var size = 0
  /// Values that are packed.
  var items = 0
}

/// Size and alignment of a character; nil where it has no meaning.
private func measure(_ character: UInt8, native: Bool) -> (size: Int, alignment: Int)? {
  let size: Int
  switch character {
  case UInt8(ascii: "x"), UInt8(ascii: "c"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "?"), UInt8(ascii: "s"), UInt8(ascii: "p"): size = 1
  case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "e"): size = 2
  case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "f"): size = 4
  case UInt8(ascii: "l"), UInt8(ascii: "L"): size = native ? 8 : 4
  case UInt8(ascii: "q"), UInt8(ascii: "Q"), UInt8(ascii: "d"): size = 8
  case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "P"):
    if !native { return nil }
    size = 8
  case UInt8(ascii: "F"): return (8, native ? 4 : 1)
  case UInt8(ascii: "D"): return (16, native ? 8 : 1)
  default: return nil
  }
  return (size, native ? size : 1)
}

/// Reads a format. Errors are of the class `struct.error`.
func readFormat(_ format: UnsafeBufferPointer<UInt8>) throws(PyError) -> StructLayout {
  var layout = StructLayout()
  var index = 0
  var isNative = true
  var isBigEndian = false
  if let first = format.first {
    switch first {
    case UInt8(ascii: "@"): index = 1
    case UInt8(ascii: "="), UInt8(ascii: "<"): (index, isNative) = (1, false)
    case UInt8(ascii: ">"), UInt8(ascii: "!"): (index, isNative, isBigEndian) = (1, false, true)
    default: break
    }
  }
  func tooLong() -> PyError { structError("total struct size too long") }
  if format.contains(0) { throw structError("embedded null character") }
  while index < format.count {
    var character = format[index]
    index += 1
    if character == 0x20 || (0x09...0x0D).contains(character) { continue }
    var count = 1
    if (0x30...0x39).contains(character) {
      count = Int(character - 0x30)
      while true {
        guard index < format.count else { throw structError("repeat count given without format specifier") }
        character = format[index]
        index += 1
        guard (0x30...0x39).contains(character) else { break }
        let (tens, high) = count.multipliedReportingOverflow(by: 10)
        let (next, carry) = tens.addingReportingOverflow(Int(character - 0x30))
        if high || carry { throw tooLong() }
        count = next
      }
    }
    guard let (size, alignment) = measure(character, native: isNative) else { throw structError("bad char in struct format") }
    if alignment > 1 {
      let (padded, overflows) = layout.size.addingReportingOverflow(alignment - 1)
      if overflows { throw tooLong() }
      layout.size = padded & ~(alignment - 1)
    }
    let (bytes, tooMany) = size.multipliedReportingOverflow(by: count)
    let (end, overflows) = layout.size.addingReportingOverflow(bytes)
    if tooMany || overflows { throw tooLong() }
    let isText = character == UInt8(ascii: "s") || character == UInt8(ascii: "p")
    if isText {
      layout.codes.append(StructCode(character: character, isBigEndian: isBigEndian, size: count, offset: layout.size, count: 1))
      layout.items += 1
    } else if character != UInt8(ascii: "x") && count > 0 {
      layout.codes.append(StructCode(character: character, isBigEndian: isBigEndian, size: size, offset: layout.size, count: count))
      layout.items += count
    }
    layout.size = end
  }
  return layout
}

// MARK: - Packing

@inline(__always)
private func store<T: FixedWidthInteger>(_ number: T, _ place: UnsafeMutableRawPointer, _ isBigEndian: Bool) {
  place.storeBytes(of: isBigEndian ? number.bigEndian : number.littleEndian, as: T.self)
}

private func rangeError(_ code: StructCode, _ isSigned: Bool) -> PyError {
  let bits = UInt64(code.size * 8)
  let low = isSigned ? -(Int64(1) << Int64(bits - 2)) * 2 : 0
  let high = isSigned ? UInt64.max >> (65 - bits) : UInt64.max >> (64 - bits)
  return structError("'\(Character(Unicode.Scalar(code.character)))' format requires \(low) <= number <= \(high)")
}

/// An int, by `__index__`; "required argument is not an integer".
private func integer(_ value: Value) throws(PyError) -> Owned {
  if value.isInteger { return Owned(copying: value) }
  guard value.type.slots.pointee.index != nil else { throw structError("required argument is not an integer") }
  return try value.index()
}

private func double(_ value: Value) throws(PyError) -> Double {
  if let number = doubleValue(of: value) { return number }
  do throws(PyError) { return try value.asDouble() } catch {
    guard PyError.matches(.typeError) else { throw error }
    PyError.clear()
    throw structError("required argument is not a float")
  }
}

/// Half precision, ties to even; nil if the number is too large.
private func halfBits(_ number: Double) -> UInt16? {
  let sign = UInt16(truncatingIfNeeded: number.bitPattern >> 48) & 0x8000
  // Kind and payload of a NaN stay as far as there is room; what has nothing left would be infinite.
  if number.isNaN {
    let payload = UInt16(truncatingIfNeeded: number.bitPattern >> 42 & 0x3FF)
    return sign | 0x7C00 | (payload == 0 ? 0x200 : payload)
  }
  if number.isInfinite { return sign | 0x7C00 }
  let exponent = Int(number.bitPattern &>> 52 & 0x7FF) &- 1023
  if exponent > 15 { return nil }
  // Below half of the least subnormal.
  if exponent < -25 { return sign }
  let significand = number.bitPattern & 0xF_FFFF_FFFF_FFFF | 1 &<< 52
  // In units of the last place of the result: subnormals share the smallest exponent.
  let shift = UInt64(42 &+ max(0, -14 &- exponent))
  let units = (significand &+ (1 &<< (shift &- 1)) &- 1 &+ (significand &>> shift & 1)) &>> shift
  // A significand that is rounded up to the next power of two raises the exponent by itself.
  let bits = UInt64(max(0, exponent &+ 14)) &<< 10 &+ units
  return bits >= 0x7C00 ? nil : sign | UInt16(truncatingIfNeeded: bits)
}

private func halfValue(_ bits: UInt16) -> Double {
  let exponent = Int(bits >> 10) & 31
  let fraction = Double(bits & 1023)
  let magnitude: Double
  if exponent == 31 {
    magnitude = Double(bitPattern: 0x7FF << 52 | UInt64(bits & 1023) << 42)
  } else if exponent == 0 {
    magnitude = fraction * 0x1p-24
  } else {
    magnitude = (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
  }
  return bits & 0x8000 == 0 ? magnitude : -magnitude
}

private func storeFloat(_ number: Double, _ place: UnsafeMutableRawPointer, _ code: StructCode) throws(PyError) {
  let single = Float(number)
  if single.isInfinite && number.isFinite { throw .overflowError("float too large to pack with f format") }
  store(single.bitPattern, place, code.isBigEndian)
}

/// Writes one item.
func packItem(_ code: StructCode, _ value: Value, _ place: UnsafeMutableRawPointer) throws(PyError) {
  switch code.character {
  case UInt8(ascii: "b"), UInt8(ascii: "h"), UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "q"), UInt8(ascii: "n"):
    let number = try integer(value)
    guard let word = Integer.asInt(number.value) else { throw rangeError(code, true) }
    let shift = 64 - code.size * 8
    if (word << shift) >> shift != word { throw rangeError(code, true) }
    storeWord(UInt64(bitPattern: Int64(word)), code, place)
  case UInt8(ascii: "B"), UInt8(ascii: "H"), UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "Q"), UInt8(ascii: "N"):
    let number = try integer(value)
    guard let word = Integer.asUInt64(number.value), !Integer.isNegative(number.value), code.size == 8 || word >> UInt64(code.size * 8) == 0 else {
      throw rangeError(code, false)
    }
    storeWord(word, code, place)
  case UInt8(ascii: "P"):
    let number = try integer(value)
    if let word = Integer.asInt(number.value) {
      storeWord(UInt64(bitPattern: Int64(word)), code, place)
    } else if let word = Integer.asUInt64(number.value), !Integer.isNegative(number.value) {
      storeWord(word, code, place)
    } else {
      throw structError("int too large to convert")
    }
  case UInt8(ascii: "?"): place.storeBytes(of: try value.isTruthy() ? 1 : 0, as: UInt8.self)
  case UInt8(ascii: "d"): store(try double(value).bitPattern, place, code.isBigEndian)
  case UInt8(ascii: "f"): try storeFloat(try double(value), place, code)
  case UInt8(ascii: "e"):
    guard let bits = halfBits(try double(value)) else { throw .overflowError("float too large to pack with e format") }
    store(bits, place, code.isBigEndian)
  case UInt8(ascii: "F"), UInt8(ascii: "D"): try packComplex(code, value, place)
  case UInt8(ascii: "c"):
    guard value.isBytes, BytesObject(value).count == 1 else { throw structError("char format requires a bytes object of length 1") }
    place.storeBytes(of: BytesObject(value).data.load(as: UInt8.self), as: UInt8.self)
  default: try packText(code, value, place)
  }
}

@inline(__always)
private func storeWord(_ word: UInt64, _ code: StructCode, _ place: UnsafeMutableRawPointer) {
  switch code.size {
  case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
  case 2: store(UInt16(truncatingIfNeeded: word), place, code.isBigEndian)
  case 4: store(UInt32(truncatingIfNeeded: word), place, code.isBigEndian)
  default: store(word, place, code.isBigEndian)
  }
}

private func packComplex(_ code: StructCode, _ value: Value, _ place: UnsafeMutableRawPointer) throws(PyError) {
  var parts = (0.0, 0.0)
  if value.isInstance(of: .complex) {
    parts = (ComplexObject(value).real, ComplexObject(value).imaginary)
  } else {
    let made: Owned
    do throws(PyError) {
      if value.isString { throw PyError.typeError("") }
      made = try TypeObject.complex.value.call(value)
    } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw structError("required argument is not a complex")
    }
    parts = (ComplexObject(made.value).real, ComplexObject(made.value).imaginary)
  }
  if code.character == UInt8(ascii: "F") {
    try storeFloat(parts.0, place, code)
    try storeFloat(parts.1, place + 4, code)
  } else {
    store(parts.0.bitPattern, place, code.isBigEndian)
    store(parts.1.bitPattern, place + 8, code.isBigEndian)
  }
}

/// `s` and `p`: cut off or filled up with zeros, which are there already; `p` begins with its length.
private func packText(_ code: StructCode, _ value: Value, _ place: UnsafeMutableRawPointer) throws(PyError) {
  guard value.isBytes || value.isInstance(of: .bytearray) else {
    throw structError("argument for '\(Character(Unicode.Scalar(code.character)))' must be a bytes object")
  }
  if code.size == 0 { return }
  // What has no buffers of its own needs no view.
  if value.isExact(.bytes) { return copyText(code, BytesObject(value).buffer, place) }
  let view = try value.buffer(.simple)
  copyText(code, view.bytes, place)
}

private func copyText(_ code: StructCode, _ text: UnsafeRawBufferPointer, _ place: UnsafeMutableRawPointer) {
  let isCounted = code.character == UInt8(ascii: "p")
  let room = isCounted ? code.size - 1 : code.size
  let count = min(text.count, room)
  let start = isCounted ? place + 1 : place
  if count > 0, let base = text.baseAddress { start.copyMemory(from: base, byteCount: count) }
  if isCounted { place.storeBytes(of: UInt8(min(count, 255)), as: UInt8.self) }
}

// MARK: - Unpacking

@inline(__always)
private func load<T: FixedWidthInteger>(_ place: UnsafeRawPointer, _ isBigEndian: Bool, as type: T.Type) -> T {
  let number = place.loadUnaligned(as: T.self)
  return isBigEndian ? T(bigEndian: number) : T(littleEndian: number)
}

/// Reads the items of a code if they are integers that need no object; whether they are.
@inline(__always)
func unpackIntegers(_ code: UnsafePointer<StructCode>, _ place: UnsafeRawPointer, to target: UnsafeMutablePointer<Value>) -> Bool {
  let (count, isBigEndian) = (code.pointee.count, code.pointee.isBigEndian)
  switch code.pointee.character {
  case UInt8(ascii: "b"): unpackAll(place, count, false, target, as: Int8.self)
  case UInt8(ascii: "B"): unpackAll(place, count, false, target, as: UInt8.self)
  case UInt8(ascii: "h"): unpackAll(place, count, isBigEndian, target, as: Int16.self)
  case UInt8(ascii: "H"): unpackAll(place, count, isBigEndian, target, as: UInt16.self)
  case UInt8(ascii: "i"): unpackAll(place, count, isBigEndian, target, as: Int32.self)
  case UInt8(ascii: "I"): unpackAll(place, count, isBigEndian, target, as: UInt32.self)
  default: return false
  }
  return true
}

@inline(__always)
private func unpackAll<T: FixedWidthInteger>(_ place: UnsafeRawPointer, _ count: Int, _ isBigEndian: Bool, _ target: UnsafeMutablePointer<Value>, as type: T.Type) {
  target.pointee = Value(smallInteger: Int(truncatingIfNeeded: load(place, isBigEndian, as: type)))
  if count > 1 { unpackRest(place, count, isBigEndian, target, as: type) }
}

/// A function of its own: most codes are one item, for which nobody should get a loop ready.
@inline(never)
private func unpackRest<T: FixedWidthInteger>(_ place: UnsafeRawPointer, _ count: Int, _ isBigEndian: Bool, _ target: UnsafeMutablePointer<Value>, as type: T.Type) {
  var index = 1
  while index < count {
    target[index] = Value(smallInteger: Int(truncatingIfNeeded: load(place + index &* (T.bitWidth / 8), isBigEndian, as: type)))
    index &+= 1
  }
}

/// Reads one item of another kind.
func unpackItem(_ code: StructCode, _ place: UnsafeRawPointer) throws(PyError) -> Owned {
  let isBigEndian = code.isBigEndian
  switch code.character {
  case UInt8(ascii: "l"):
    if code.size == 4 { return Owned(taking: Value(smallInteger: Int(load(place, isBigEndian, as: Int32.self)))) }
    return try Owned.integer(Int(load(place, isBigEndian, as: Int64.self)))
  case UInt8(ascii: "L"):
    if code.size == 4 { return Owned(taking: Value(smallInteger: Int(load(place, isBigEndian, as: UInt32.self)))) }
    return try Owned.integer(load(place, isBigEndian, as: UInt64.self))
  case UInt8(ascii: "q"), UInt8(ascii: "n"): return try Owned.integer(Int(load(place, isBigEndian, as: Int64.self)))
  case UInt8(ascii: "Q"), UInt8(ascii: "N"), UInt8(ascii: "P"): return try Owned.integer(load(place, isBigEndian, as: UInt64.self))
  case UInt8(ascii: "?"): return .boolean(place.load(as: UInt8.self) != 0)
  case UInt8(ascii: "d"): return try Owned.float(Double(bitPattern: load(place, isBigEndian, as: UInt64.self)))
  case UInt8(ascii: "f"): return try Owned.float(Double(Float(bitPattern: load(place, isBigEndian, as: UInt32.self))))
  case UInt8(ascii: "e"): return try Owned.float(halfValue(load(place, isBigEndian, as: UInt16.self)))
  case UInt8(ascii: "F"):
    return try Owned.complex(
      Double(Float(bitPattern: load(place, isBigEndian, as: UInt32.self))), Double(Float(bitPattern: load(place + 4, isBigEndian, as: UInt32.self))))
  case UInt8(ascii: "D"):
    return try Owned.complex(
      Double(bitPattern: load(place, isBigEndian, as: UInt64.self)), Double(bitPattern: load(place + 8, isBigEndian, as: UInt64.self)))
  case UInt8(ascii: "c"): return try Owned.bytes(UnsafeRawBufferPointer(start: place, count: 1))
  case UInt8(ascii: "p"):
    if code.size == 0 { return try Owned.bytes(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let count = min(Int(place.load(as: UInt8.self)), code.size - 1)
    return try Owned.bytes(UnsafeRawBufferPointer(start: place + 1, count: count))
  default: return try Owned.bytes(UnsafeRawBufferPointer(start: place, count: code.size))
  }
}
