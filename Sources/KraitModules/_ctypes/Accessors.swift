// From C data to Python's values and back, by the letter of the simple type.

import CKraitFFI
import Glibc
import KraitRuntime

extension Accessor {
  /// The width of integers in bits, 0 for what is no integer.
  private var integerWidth: Int {
    switch code {
    case UInt8(ascii: "b"), UInt8(ascii: "B"): 8
    case UInt8(ascii: "h"), UInt8(ascii: "H"): 16
    case UInt8(ascii: "i"), UInt8(ascii: "I"): 32
    case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "q"), UInt8(ascii: "Q"): 64
    default: 0
    }
  }

  private var isSigned: Bool { code >= UInt8(ascii: "a") }

  private func loadWord(_ place: UnsafeRawPointer, _ width: Int) -> UInt64 {
    switch width {
    case 8: UInt64(place.load(as: UInt8.self))
    case 16: UInt64(isSwapped ? place.loadUnaligned(as: UInt16.self).byteSwapped : place.loadUnaligned(as: UInt16.self))
    case 32: UInt64(isSwapped ? place.loadUnaligned(as: UInt32.self).byteSwapped : place.loadUnaligned(as: UInt32.self))
    default: isSwapped ? place.loadUnaligned(as: UInt64.self).byteSwapped : place.loadUnaligned(as: UInt64.self)
    }
  }

  private func storeWord(_ word: UInt64, _ place: UnsafeMutableRawPointer, _ width: Int) {
    switch width {
    case 8: place.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
    case 16:
      let part = UInt16(truncatingIfNeeded: word)
      place.storeBytes(of: isSwapped ? part.byteSwapped : part, as: UInt16.self)
    case 32:
      let part = UInt32(truncatingIfNeeded: word)
      place.storeBytes(of: isSwapped ? part.byteSwapped : part, as: UInt32.self)
    default: place.storeBytes(of: isSwapped ? word.byteSwapped : word, as: UInt64.self)
    }
  }

  private func loadDouble(_ place: UnsafeRawPointer) -> Double { Double(bitPattern: loadWord(place, 64)) }
  private func loadFloat(_ place: UnsafeRawPointer) -> Double { Double(Float(bitPattern: UInt32(truncatingIfNeeded: loadWord(place, 32)))) }

  // MARK: Reading

  /// The value in memory.
  ///
  /// - Parameter size: bytes; for a bit field how many bits it has, times 65536, and the number of the lowest.
  func load(_ place: UnsafeRawPointer, _ size: Int) throws(PyError) -> Owned {
    let width = integerWidth
    if width != 0 {
      let word = loadWord(place, width)
      let bits = size >> 16
      // To the left end, and from there to the right: the sign comes along.
      let used = bits > 0 && bits <= width ? bits : width
      let low = bits > 0 ? min(size & 0xFFFF, width - used) : 0
      let left = word << UInt64(64 - used - low)
      return isSigned ? try Owned.integer(Int(Int64(bitPattern: left) >> Int64(64 - used))) : try Owned.integer(left >> UInt64(64 - used))
    }
    switch code {
    case UInt8(ascii: "?"): return .boolean(place.load(as: UInt8.self) != 0)
    case UInt8(ascii: "v"): return .boolean(place.loadUnaligned(as: UInt16.self) != 0)
    case UInt8(ascii: "d"): return try Owned.float(loadDouble(place))
    case UInt8(ascii: "f"): return try Owned.float(loadFloat(place))
    case UInt8(ascii: "g"): return try Owned.float(krait_load_long_double(place))
    case UInt8(ascii: "D"): return try Owned.complex(loadDouble(place), loadDouble(place + 8))
    case UInt8(ascii: "F"): return try Owned.complex(loadFloat(place), loadFloat(place + 4))
    case UInt8(ascii: "G"): return try Owned.complex(krait_load_long_double(place), krait_load_long_double(place + Int(krait_long_double_size)))
    case UInt8(ascii: "c"): return try Owned.bytes(UnsafeRawBufferPointer(start: place, count: 1))
    case UInt8(ascii: "u"): return try wideText(place, 1)
    case UInt8(ascii: "s"): return try Owned.bytes(UnsafeRawBufferPointer(start: place, count: strnlen(place.assumingMemoryBound(to: CChar.self), size)))
    case UInt8(ascii: "U"):
      let limit = size / 4
      var count = 0
      while count < limit && place.loadUnaligned(fromByteOffset: count * 4, as: UInt32.self) != 0 { count += 1 }
      return try wideText(place, count)
    case UInt8(ascii: "z"):
      guard let text = place.loadUnaligned(as: UnsafePointer<CChar>?.self) else { return .none }
      return try Owned.bytes(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    case UInt8(ascii: "Z"):
      guard let text = place.loadUnaligned(as: UnsafeRawPointer?.self) else { return .none }
      return try wideText(text, krait_wide_length(text))
    case UInt8(ascii: "P"):
      let address = place.loadUnaligned(as: UInt.self)
      return address == 0 ? .none : try Owned.integer(UInt64(address))
    case UInt8(ascii: "O"):
      let word = place.loadUnaligned(as: UInt64.self)
      if word == 0 { throw .valueError("PyObject is NULL") }
      return Owned(copying: Value(bits: word))
    default: throw .systemError("a C type without a way to read it")
    }
  }

  // MARK: Writing

  /// Stores a value in memory; the result must live as long as it stands there, None for nothing.
  func store(_ value: Value, _ place: UnsafeMutableRawPointer, _ size: Int) throws(PyError) -> Owned {
    let width = integerWidth
    if width != 0 {
      let number = try value.index()
      let word = Integer.truncatedBits(number.value)
      let bits = size >> 16
      if bits > 0 && bits <= width {
        let low = min(size & 0xFFFF, width - bits)
        let mask = (bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1) << UInt64(low)
        storeWord(loadWord(place, width) & ~mask | (word << UInt64(low)) & mask, place, width)
      } else {
        storeWord(word, place, width)
      }
      return .none
    }
    switch code {
    case UInt8(ascii: "?"):
      let truth = try value.isTruthy()
      place.storeBytes(of: truth ? 1 : 0, as: UInt8.self)
    case UInt8(ascii: "v"):
      let truth = try value.isTruthy()
      place.storeBytes(of: truth ? UInt16.max : 0, as: UInt16.self)
    case UInt8(ascii: "d"):
      let number = try value.asDouble()
      storeWord(number.bitPattern, place, 64)
    case UInt8(ascii: "f"):
      let number = try value.asDouble()
      storeWord(UInt64(Float(number).bitPattern), place, 32)
    case UInt8(ascii: "g"):
      let number = try value.asDouble()
      krait_store_long_double(place, number)
    case UInt8(ascii: "D"):
      let number = try value.asComplex()
      storeWord(number.real.bitPattern, place, 64)
      storeWord(number.imaginary.bitPattern, place + 8, 64)
    case UInt8(ascii: "F"):
      let number = try value.asComplex()
      storeWord(UInt64(Float(number.real).bitPattern), place, 32)
      storeWord(UInt64(Float(number.imaginary).bitPattern), place + 4, 32)
    case UInt8(ascii: "G"):
      let number = try value.asComplex()
      krait_store_long_double(place, number.real)
      krait_store_long_double(place + Int(krait_long_double_size), number.imaginary)
    case UInt8(ascii: "c"): place.storeBytes(of: try character(value), as: UInt8.self)
    case UInt8(ascii: "u"):
      guard value.isString else { throw .typeError("a unicode character expected, not instance of \(value.typeName)") }
      let string = StringObject(value)
      guard string.length == 1 else { throw .typeError("a unicode character expected, not a string of length \(string.length)") }
      place.storeBytes(of: string.codePoint(at: 0), as: UInt32.self)
    case UInt8(ascii: "s"): try storeCharacters(value, place, size)
    case UInt8(ascii: "U"): try storeWideCharacters(value, place, size)
    case UInt8(ascii: "z"): return try storeText(value, place)
    case UInt8(ascii: "Z"): return try storeWideText(value, place)
    case UInt8(ascii: "P"):
      if value.isNone {
        place.storeBytes(of: 0, as: UInt64.self)
      } else if value.isInteger {
        place.storeBytes(of: Integer.truncatedBits(value), as: UInt64.self)
      } else {
        throw .typeError("cannot be converted to pointer")
      }
    case UInt8(ascii: "O"):
      place.storeBytes(of: value.bits, as: UInt64.self)
      return Owned(copying: value)
    default: throw .systemError("a C type without a way to store it")
    }
    return .none
  }

  private func character(_ value: Value) throws(PyError) -> UInt8 {
    if value.isBytes || value.isInstance(of: .bytearray) {
      let view = try value.buffer(.simple)
      if view.bytes.count == 1 { return view.bytes[0] }
      throw .typeError("one character bytes, bytearray, or an integer in range(256) expected, not \(value.typeName) of length \(view.bytes.count)")
    }
    guard value.isInteger else { throw .typeError("one character bytes, bytearray, or an integer in range(256) expected, not \(value.typeName)") }
    guard let number = Integer.asInt(value), let byte = UInt8(exactly: number) else { throw .typeError("integer not in range(256)") }
    return byte
  }

  private func storeCharacters(_ value: Value, _ place: UnsafeMutableRawPointer, _ size: Int) throws(PyError) {
    guard value.isBytes else { throw .typeError("expected bytes, \(value.typeName) found") }
    let bytes = BytesObject(value)
    // Up to a zero byte, which there is behind the last one too.
    let length = strlen(UnsafeRawPointer(bytes.data).assumingMemoryBound(to: CChar.self))
    if length > size { throw .valueError("bytes too long (\(length), maximum length \(size))") }
    memcpy(place, bytes.data, length < size ? length + 1 : length)
  }

  private func storeWideCharacters(_ value: Value, _ place: UnsafeMutableRawPointer, _ size: Int) throws(PyError) {
    guard value.isString else { throw .typeError("unicode string expected instead of \(value.typeName) instance") }
    let (string, limit) = (StringObject(value), size / 4)
    if string.length > limit { throw .valueError("string too long (\(string.length), maximum length \(limit))") }
    storeWide(string, place)
    if string.length < limit { place.storeBytes(of: 0, toByteOffset: string.length * 4, as: UInt32.self) }
  }

  private func storeText(_ value: Value, _ place: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    if value.isNone {
      place.storeBytes(of: 0, as: UInt64.self)
    } else if value.isBytes {
      place.storeBytes(of: UInt64(UInt(bitPattern: BytesObject(value).data)), as: UInt64.self)
      return Owned(copying: value)
    } else if value.isInteger {
      place.storeBytes(of: Integer.truncatedBits(value), as: UInt64.self)
    } else {
      throw .typeError("bytes or integer address expected instead of \(value.typeName) instance")
    }
    return .none
  }

  private func storeWideText(_ value: Value, _ place: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    if value.isNone {
      place.storeBytes(of: 0, as: UInt64.self)
    } else if value.isInteger {
      place.storeBytes(of: Integer.truncatedBits(value), as: UInt64.self)
    } else if value.isString {
      let memory = try wideMemory(value)
      place.storeBytes(of: UInt64(UInt(bitPattern: BytesObject(memory.value).data)), as: UInt64.self)
      return memory
    } else {
      throw .typeError("unicode string or integer address expected instead of \(value.typeName) instance")
    }
    return .none
  }
}

/// Code points of C's wide characters as a str.
func wideText(_ place: UnsafeRawPointer, _ count: Int) throws(PyError) -> Owned {
  var builder = try StringBuilder(capacity: count)
  for index in 0..<count {
    let point = place.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
    if point > 0x10FFFF { throw .valueError("character U+\(String(point, radix: 16)) is not in range [U+0000; U+10ffff]") }
    try builder.append(codePoint: point)
  }
  return try builder.finish()
}

func storeWide(_ string: StringObject, _ place: UnsafeMutableRawPointer) {
  let units = string.units
  for index in 0..<units.count { place.storeBytes(of: units[index], toByteOffset: index * 4, as: UInt32.self) }
}

/// A str as wide characters with a zero behind them, in the memory of a bytes object.
func wideMemory(_ value: Value) throws(PyError) -> Owned {
  let string = StringObject(value)
  guard let buffer = malloc((string.length + 1) * 4) else { throw PyError.memoryError() }
  defer { free(buffer) }
  storeWide(string, buffer)
  buffer.storeBytes(of: 0, toByteOffset: string.length * 4, as: UInt32.self)
  return try Owned.bytes(UnsafeRawBufferPointer(start: buffer, count: (string.length + 1) * 4))
}
