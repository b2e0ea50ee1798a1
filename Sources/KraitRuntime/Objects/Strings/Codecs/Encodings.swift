// `str.encode` and `bytes.decode`: which codec a name means.

import CKraitCore
import Glibc

/// The codecs that need no module.
enum NativeCodec {
  case utf8, ascii, latin1, utf16, utf16Little, utf16Big, utf32, utf32Little, utf32Big, unicodeEscape, rawUnicodeEscape

  /// The names in the form of ``normalizedEncoding(_:)``, with the aliases of the package `encodings`.
  private static let names: [(names: [StaticString], codec: NativeCodec)] = [
    (["utf_8", "utf8", "u8", "utf", "utf8_ucs2", "utf8_ucs4", "cp65001"], .utf8),
    (
      [
        "ascii", "us_ascii", "646", "ansi_x3.4_1968", "ansi_x3_4_1968", "ansi_x3.4_1986", "cp367", "csascii", "ibm367", "iso646_us", "iso_646.irv_1991", "iso_ir_6", "us",
      ], .ascii
    ),
    (["latin_1", "latin1", "latin", "l1", "iso_8859_1", "iso8859_1", "8859", "cp819", "csisolatin1", "ibm819", "iso8859", "iso_8859_1_1987", "iso_ir_100"], .latin1),
    (["utf_16", "utf16", "u16"], .utf16), (["utf_16_le", "utf_16le", "unicodelittleunmarked"], .utf16Little),
    (["utf_16_be", "utf_16be", "unicodebigunmarked"], .utf16Big), (["utf_32", "utf32", "u32"], .utf32), (["utf_32_le", "utf_32le"], .utf32Little),
    (["utf_32_be", "utf_32be"], .utf32Big), (["unicode_escape"], .unicodeEscape), (["raw_unicode_escape"], .rawUnicodeEscape),
  ]

  /// - Parameter name: as ``normalizedEncoding(_:)`` makes it.
  private init?(normalized name: UnsafeBufferPointer<UInt8>) {
    guard let base = name.baseAddress, name.count > 0 else { return nil }
    for (names, codec) in Self.names {
      for known in names where known.utf8CodeUnitCount == name.count && known.utf8Start.pointee == base.pointee && memcmp(known.utf8Start, base, name.count) == 0 {
        self = codec
        return
      }
    }
    return nil
  }

  /// The names that are written most often. Absent is UTF-8.
  @inline(__always)
  init?(common name: Value) {
    if name.isAbsent || name === Name.utf8Name {
      self = .utf8
      return
    }
    let text = StringObject(name)
    if text.length == 7 && text.isEqual(to: "latin-1") {
      self = .latin1
    } else if text.length == 5 {
      if text.isEqual(to: "utf-8") { self = .utf8 } else if text.isEqual(to: "ascii") { self = .ascii } else { return nil }
    } else if text.length == 4 && text.isEqual(to: "utf8") {
      self = .utf8
    } else {
      return nil
    }
  }

  /// Absent is UTF-8.
  init?(_ name: Value) {
    if let common = NativeCodec(common: name) {
      self = common
    } else {
      let text = StringObject(name)
      // A name that UTF-8 cannot write is an error, which the search for a codec tells.
      if !text.isASCII && (0..<text.length).contains(where: { text.codePoint(at: $0) &>> 11 == 0x1B }) { return nil }
      let found = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.length &+ 1) { buffer in
        NativeCodec(normalized: UnsafeBufferPointer(rebasing: buffer[..<normalizeEncoding(text.units, buffer.baseAddress.unsafelyUnwrapped)]))
      }
      guard let found else { return nil }
      self = found
    }
  }
}

/// Lower case, with one underscore for each run of other characters than letters, digits and points. Writes at most as many bytes as there are units; returns how many.
private func normalizeEncoding(_ name: CodeUnits, _ target: UnsafeMutablePointer<UInt8>) -> Int {
  var length = 0
  var isPending = false
  for index in 0..<name.count {
    let point = name[index]
    let byte = point < 0x80 ? UInt8(point) : 0
    if ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: ".") {
      if isPending && length > 0 {
        target[length] = UInt8(ascii: "_")
        length &+= 1
      }
      isPending = false
      target[length] = ASCII.lower(byte)
      length &+= 1
    } else {
      isPending = true
    }
  }
  return length
}

/// The name of an encoding as search functions get it.
func normalizedEncoding(_ name: Value) -> String {
  let units = StringObject(name).units
  return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: units.count &+ 1) { buffer in
    let count = normalizeEncoding(units, buffer.baseAddress.unsafelyUnwrapped)
    return String(decoding: UnsafeBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
  }
}

private func checkNoZero(_ name: Value) throws(PyError) {
  if !name.isAbsent && StringObject(name).units.contains(0) { throw PyError.valueError("embedded null character") }
}

/// In development mode, an encoding and an error handler must exist even where they are not needed.
@inline(__always)
private func checkExistence(_ encoding: Value, _ errors: Value) throws(PyError) {
  if _slowPath(!errors.isAbsent || !encoding.isAbsent && encoding !== Name.utf8Name), RuntimeConfiguration.current.isDevelopmentMode {
    try lookUpNames(encoding, errors)
  }
}

@inline(never)
private func lookUpNames(_ encoding: Value, _ errors: Value) throws(PyError) {
  if !encoding.isAbsent, NativeCodec(encoding) == nil { _ = try CodecRegistry.lookUp(encoding) }
  if !errors.isAbsent, !["strict", "ignore", "replace", "surrogateescape", "surrogatepass"].contains(errors.text) { _ = try CodecRegistry.errorHandler(errors) }
}

/// The bytes of a str in an encoding; absent encoding and errors are "utf-8" and "strict".
public func encode(_ text: Value, encoding: Value, errors: Value) throws(PyError) -> Owned {
  try checkExistence(encoding, errors)
  let held = Owned.exactString(text)
  let string = StringObject(held.value)
  let common = NativeCodec(common: encoding)
  // In each of the common encodings ASCII is what it is.
  if string.isASCII && common != nil {
    try checkNoZero(errors)
    return try Owned.bytes(UnsafeRawBufferPointer(start: string.data, count: string.length))
  }
  if common == nil { try checkNoZero(encoding) }
  try checkNoZero(errors)
  guard let codec = common ?? NativeCodec(encoding) else { return try encodeByRegistry(held.value, encoding, errors) }
  return try encode(string, codec, ErrorHandling(errors))
}

/// The text that the bytes of an object are in an encoding.
func decode(_ object: Value, encoding: Value, errors: Value) throws(PyError) -> Owned {
  try checkExistence(encoding, errors)
  let common = NativeCodec(common: encoding)
  if common == .utf8 {
    try checkNoZero(errors)
    // ASCII, as most bytes that are decoded one line at a time are, has nothing for an error handler.
    if object.isBytes {
      let bytes = BytesObject(object).buffer
      if let base = bytes.baseAddress, CodeUnits.isASCII(base, bytes.count) { return try Owned.string(latin1: bytes, ascii: true) }
    }
  } else {
    if common == nil { try checkNoZero(encoding) }
    try checkNoZero(errors)
  }
  let native = common ?? NativeCodec(encoding)
  // Bytes do not change: they need no view.
  if object.isExact(.bytes), let native {
    let bytes = BytesObject(object).buffer
    return bytes.isEmpty ? .emptyString : try decode(bytes, native, ErrorHandling(errors), object: object)
  }
  let view = try object.buffer(.simple)
  if view.bytes.count == 0 { return .emptyString }
  guard let codec = native else { return try decodeByRegistry(view, encoding, errors) }
  return try decode(view.bytes, codec, ErrorHandling(errors), object: object)
}

/// An encoding that only the registry of codecs may know.
private func encodeByRegistry(_ text: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned {
  let result = try CodecRegistry.encodeText(text, encoding, errors)
  if result.value.isBytes { return result }
  if result.value.isInstance(of: .bytearray) { return try Owned.bytes(ByteArrayObject(result.value).buffer) }
  throw PyError.typeError(
    "'\(encoding.text)' encoder returned '\(result.value.typeName)' instead of 'bytes'; use codecs.encode() to encode to arbitrary types")
}

private func decodeByRegistry(_ view: borrowing BufferView, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned {
  let bytes = try Owned.bytes(view.bytes)
  let memory = try Owned.memoryview(bytes.value)
  let result = try CodecRegistry.decodeText(memory.value, encoding, errors)
  if result.value.isString { return result }
  throw PyError.typeError(
    "'\(encoding.text)' decoder returned '\(result.value.typeName)' instead of 'str'; use codecs.decode() to decode to arbitrary types")
}

func encode(_ text: StringObject, _ codec: NativeCodec, _ errors: ErrorHandling) throws(PyError) -> Owned {
  switch codec {
  case .utf8: return try encodeUTF8(text, errors)
  case .ascii: return try encodeSingleByte(text, 0x80, "ascii", "ordinal not in range(128)", errors)
  case .latin1: return try encodeSingleByte(text, 0x100, "latin-1", "ordinal not in range(256)", errors)
  case .utf16: return try encodeUTF16(text, "utf-16", isBig: false, mark: true, errors)
  case .utf16Little: return try encodeUTF16(text, "utf-16-le", isBig: false, mark: false, errors)
  case .utf16Big: return try encodeUTF16(text, "utf-16-be", isBig: true, mark: false, errors)
  case .utf32: return try encodeUTF32(text, "utf-32", isBig: false, mark: true, errors)
  case .utf32Little: return try encodeUTF32(text, "utf-32-le", isBig: false, mark: false, errors)
  case .utf32Big: return try encodeUTF32(text, "utf-32-be", isBig: true, mark: false, errors)
  case .unicodeEscape: return try encodeUnicodeEscape(text, raw: false)
  case .rawUnicodeEscape: return try encodeUnicodeEscape(text, raw: true)
  }
}

/// - Parameter object: what the bytes are of, for the exception; absent makes a copy of the bytes.
func decode(_ bytes: UnsafeRawBufferPointer, _ codec: NativeCodec, _ errors: ErrorHandling, object: Value) throws(PyError) -> Owned {
  var decoder = Decoder(bytes, errors, object)
  switch codec {
  case .utf8: return try decoder.decodeUTF8()
  case .ascii: return try decoder.decodeASCII()
  case .latin1: return try Owned.string(latin1: bytes, ascii: CodeUnits.isASCII(bytes.baseAddress ?? decoder.base, bytes.count))
  case .utf16: return try decoder.decodeUTF16(nil)
  case .utf16Little: return try decoder.decodeUTF16(false)
  case .utf16Big: return try decoder.decodeUTF16(true)
  case .utf32: return try decoder.decodeUTF32(nil)
  case .utf32Little: return try decoder.decodeUTF32(false)
  case .utf32Big: return try decoder.decodeUTF32(true)
  case .unicodeEscape:
    _ = try decoder.decodeUnicodeEscape(isFinal: true)
    return try decoder.output.finish()
  case .rawUnicodeEscape:
    _ = try decoder.decodeRawUnicodeEscape(isFinal: true)
    return try decoder.output.finish()
  }
}
