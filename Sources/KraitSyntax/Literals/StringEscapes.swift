// Backslash escapes of string and bytes literals.

/// An error in a string's escape, from its backslash to where it cannot be read.
struct UnicodeEscapeError: Error {
  var start: Int
  var end: Int
  var reason: StaticString

  /// Python's `UnicodeDecodeError` for a literal with this body.
  func codecError(in body: UnsafeBufferPointer<UInt8>) -> CodecError {
    let range = StringEscapes.expandedOffset(of: start, in: body)..<StringEscapes.expandedOffset(of: end, in: body)
    return CodecError(decoding: StringEscapes.expanded(body), from: "unicodeescape", range, reason)
  }
}

enum StringEscapes {
  /// Decodes a string's body into `out`, which has room for as many bytes as the body has. Surrogates come out as three bytes each.
  ///
  /// - Returns: the number of bytes, and the offset of the character after the first backslash that starts no escape.
  static func decodeString(
    _ body: UnsafeBufferPointer<UInt8>, into out: UnsafeMutablePointer<UInt8>
  ) throws(UnicodeEscapeError) -> (count: Int, firstInvalidEscape: Int?) {
    var count = 0
    var firstInvalid: Int? = nil
    var index = 0
    let end = body.count
    while index < end {
      let byte = body[index]
      index += 1
      if byte != UInt8(ascii: "\\") || index == end {
        out[count] = byte
        count += 1
        continue
      }
      let start = index - 1
      let escape = body[index]
      index += 1
      switch escape {
      case UInt8(ascii: "x"): count += encode(try hexadecimal(body, start, &index, 2, "truncated \\xXX escape"), out + count)
      case UInt8(ascii: "u"): count += encode(try hexadecimal(body, start, &index, 4, "truncated \\uXXXX escape"), out + count)
      case UInt8(ascii: "U"): count += encode(try hexadecimal(body, start, &index, 8, "truncated \\UXXXXXXXX escape"), out + count)
      case UInt8(ascii: "N"): count += encode(try named(body, start, &index), out + count)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        let value = octal(body, &index)
        if value > 0o377 && firstInvalid == nil { firstInvalid = index - 3 }
        count += encode(value, out + count)
      case 0x0A: break
      default:
        if let value = simpleEscape(escape) {
          out[count] = value
          count += 1
        } else {
          if firstInvalid == nil && escape < 0x80 { firstInvalid = index - 1 }
          out[count] = UInt8(ascii: "\\")
          out[count + 1] = escape
          count += 2
        }
      }
    }
    return (count, firstInvalid)
  }

  /// Decodes the body of a bytes literal; `error` is the position of a truncated `\x`.
  static func decodeBytes(
    _ body: UnsafeBufferPointer<UInt8>, into out: UnsafeMutablePointer<UInt8>
  ) -> (count: Int, firstInvalidEscape: Int?, error: Int?) {
    var count = 0
    var firstInvalid: Int? = nil
    var index = 0
    let end = body.count
    while index < end {
      let byte = body[index]
      index += 1
      if byte != UInt8(ascii: "\\") || index == end {
        out[count] = byte
        count += 1
        continue
      }
      let escape = body[index]
      index += 1
      switch escape {
      case UInt8(ascii: "x"):
        guard index + 1 < end, let high = hexadecimalDigit(body[index]), let low = hexadecimalDigit(body[index + 1]) else {
          return (count, firstInvalid, index - 2)
        }
        out[count] = UInt8(truncatingIfNeeded: high << 4 | low)
        count += 1
        index += 2
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        let value = octal(body, &index)
        if value > 0o377 && firstInvalid == nil { firstInvalid = index - 3 }
        out[count] = UInt8(truncatingIfNeeded: value)
        count += 1
      case 0x0A: break
      default:
        if let value = simpleEscape(escape) {
          out[count] = value
          count += 1
        } else {
          if firstInvalid == nil { firstInvalid = index - 1 }
          out[count] = UInt8(ascii: "\\")
          out[count + 1] = escape
          count += 2
        }
      }
    }
    return (count, firstInvalid, nil)
  }

  /// An offset as CPython counts it in error messages: characters beyond ASCII count ten, and five more after a backslash.
  static func expandedOffset(of offset: Int, in body: UnsafeBufferPointer<UInt8>) -> Int {
    var expanded = 0
    var index = 0
    while index < offset {
      if body[index] == UInt8(ascii: "\\") {
        expanded += 1
        index += 1
        if index == body.count || body[index] >= 0x80 { expanded += 5 }
        if index >= offset { break }
      }
      if body[index] < 0x80 {
        expanded += 1
        index += 1
      } else {
        expanded += 10
        repeat { index += 1 } while index < body.count && body[index] & 0xC0 == 0x80
      }
    }
    return expanded
  }

  /// A body as those offsets count it: what CPython hands to its decoder.
  static func expanded(_ body: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var afterBackslash = false
    for scalar in String(decoding: body, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        result.append(UInt8(scalar.value))
        afterBackslash = scalar == "\\" && !afterBackslash
        continue
      }
      let digits = String(scalar.value, radix: 16)
      result.append(contentsOf: "\(afterBackslash ? "u005c" : "")\\U\(String(repeating: "0", count: 8 - digits.utf8.count))\(digits)".utf8)
      afterBackslash = false
    }
    return result
  }

  @inline(__always)
  private static func simpleEscape(_ escape: UInt8) -> UInt8? {
    switch escape {
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): escape
    case UInt8(ascii: "a"): 0x07
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "v"): 0x0B
    default: nil
    }
  }

  /// Up to three octal digits; `index` is behind the first.
  private static func octal(_ body: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32 {
    var value = UInt32(body[index - 1] & 7)
    let limit = min(index + 2, body.count)
    while index < limit, case UInt8(ascii: "0")...UInt8(ascii: "7") = body[index] {
      value = value << 3 | UInt32(body[index] & 7)
      index += 1
    }
    return value
  }

  private static func hexadecimal(
    _ body: UnsafeBufferPointer<UInt8>, _ start: Int, _ index: inout Int, _ digits: Int, _ reason: StaticString
  ) throws(UnicodeEscapeError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard index < body.count, let digit = hexadecimalDigit(body[index]) else { throw UnicodeEscapeError(start: start, end: index, reason: reason) }
      value = value << 4 | digit
      index += 1
    }
    if value > 0x10FFFF { throw UnicodeEscapeError(start: start, end: index, reason: "illegal Unicode character") }
    return value
  }

  private static func named(_ body: UnsafeBufferPointer<UInt8>, _ start: Int, _ index: inout Int) throws(UnicodeEscapeError) -> UInt32 {
    guard index < body.count, body[index] == UInt8(ascii: "{") else {
      throw UnicodeEscapeError(start: start, end: index, reason: "malformed \\N character escape")
    }
    index += 1
    let name = index
    while index < body.count && body[index] != UInt8(ascii: "}") { index += 1 }
    guard index < body.count && index > name else { throw UnicodeEscapeError(start: start, end: index, reason: "malformed \\N character escape") }
    index += 1
    guard let value = UnicodeNames.codePoint(named: UnsafeBufferPointer(rebasing: body[name..<(index - 1)])) else {
      throw UnicodeEscapeError(start: start, end: index, reason: "unknown Unicode character name")
    }
    return value
  }

  @inline(__always)
  static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
    default: nil
    }
  }

  /// Writes a code point, a surrogate too, as UTF-8 and returns the number of bytes.
  @inline(__always)
  private static func encode(_ value: UInt32, _ out: UnsafeMutablePointer<UInt8>) -> Int {
    if value < 0x80 {
      out[0] = UInt8(truncatingIfNeeded: value)
      return 1
    }
    if value < 0x800 {
      out[0] = UInt8(truncatingIfNeeded: 0xC0 | value >> 6)
      out[1] = UInt8(truncatingIfNeeded: 0x80 | value & 0x3F)
      return 2
    }
    if value < 0x10000 {
      out[0] = UInt8(truncatingIfNeeded: 0xE0 | value >> 12)
      out[1] = UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F)
      out[2] = UInt8(truncatingIfNeeded: 0x80 | value & 0x3F)
      return 3
    }
    out[0] = UInt8(truncatingIfNeeded: 0xF0 | value >> 18)
    out[1] = UInt8(truncatingIfNeeded: 0x80 | value >> 12 & 0x3F)
    out[2] = UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F)
    out[3] = UInt8(truncatingIfNeeded: 0x80 | value & 0x3F)
    return 4
  }
}
