// Encodings that only Python has, or whose errors it words in its own way: its string escapes, UTF-7, HZ, Punycode and IDNA.
//
// Each function gives UTF-8 in which lone surrogates are encoded like other code points. Where bytes cannot be read, it asks `replacement`,
// which throws or lets decoding go on behind them.

enum PythonCodecs {
  typealias Replacement = (UnreadableBytes) throws(DecodingFailure) -> Void

  // MARK: - Escapes

  /// `unicode_escape`: Latin-1 with the escapes of string literals. An unreadable escape ends the text.
  static func unicodeEscape(_ bytes: UnsafeBufferPointer<UInt8>, _ replacement: Replacement) throws(DecodingFailure) -> [UInt8] {
    var body: [UInt8] = []
    for byte in bytes { body.append(codePoint: UInt32(byte)) }
    do throws(UnicodeEscapeError) {
      return try body.withUnsafeBufferPointer { body throws(UnicodeEscapeError) in
        var result = [UInt8](repeating: 0, count: body.count)
        let count = try result.withUnsafeMutableBufferPointer { out throws(UnicodeEscapeError) in
          guard let start = out.baseAddress else { return 0 }
          return try StringEscapes.decodeString(body, into: start).count
        }
        result.removeSubrange(count...)
        return result
      }
    } catch {
      let start = body[..<error.start].count { $0 & 0xC0 != 0x80 }
      let end = start + body[error.start..<error.end].count { $0 & 0xC0 != 0x80 }
      try replacement(UnreadableBytes(start: start, end: end, reason: "\(error.reason)"))
      return []
    }
  }

  /// `raw_unicode_escape`: Latin-1 with `\u` and `\U`.
  static func rawUnicodeEscape(_ bytes: UnsafeBufferPointer<UInt8>, _ replacement: Replacement) throws(DecodingFailure) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let start = index
      index += 1
      guard bytes[start] == UInt8(ascii: "\\"), index < bytes.count else {
        output.append(codePoint: UInt32(bytes[start]))
        continue
      }
      let escape = bytes[index]
      index += 1
      guard escape == UInt8(ascii: "u") || escape == UInt8(ascii: "U") else {
        output.append(codePoint: UInt32(bytes[start]))
        output.append(codePoint: UInt32(escape))
        continue
      }
      let isShort = escape == UInt8(ascii: "u")
      let end = index + (isShort ? 4 : 8)
      var value: UInt32 = 0
      while index < min(end, bytes.count), let digit = StringEscapes.hexadecimalDigit(bytes[index]) {
        value = value << 4 | digit
        index += 1
      }
      if index == end && value <= 0x10FFFF {
        output.append(codePoint: value)
      } else {
        let reason = index == end ? "\\Uxxxxxxxx out of range" : isShort ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape"
        try replacement(UnreadableBytes(start: start, end: index, reason: reason))
        output.append(codePoint: 0xFFFD)
      }
    }
    return output
  }

  // MARK: - UTF-7

  /// UTF-7 (RFC 2152).
  static func utf7(_ bytes: UnsafeBufferPointer<UInt8>, _ replacement: Replacement) throws(DecodingFailure) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let start = index
      let byte = bytes[index]
      index += 1
      var reason: String?
      if byte >= 0x80 {
        reason = "unexpected special character"
      } else if byte != Byte.plus {
        output.append(codePoint: UInt32(byte))
      } else if index < bytes.count && bytes[index] == UInt8(ascii: "-") {
        output.append(codePoint: UInt32(Byte.plus))
        index += 1
      } else if index < bytes.count && base64Digit(bytes[index]) == nil {
        index += 1
        reason = "ill-formed sequence"
      } else {
        reason = shifted(bytes, &index, &output)
      }
      if let reason {
        try replacement(UnreadableBytes(start: start, end: index, reason: reason))
        output.append(codePoint: 0xFFFD)
      }
    }
    return output
  }

  /// UTF-16 in base-64 digits up to another character, or why it cannot be read.
  private static func shifted(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ output: inout [UInt8]) -> String? {
    var bits = 0
    var buffer: UInt32 = 0
    var surrogate: UInt32?
    while index < bytes.count, let digit = base64Digit(bytes[index]) {
      index += 1
      buffer = buffer << 6 | digit
      bits += 6
      guard bits >= 16 else { continue }
      bits -= 16
      let unit = buffer >> UInt32(bits)
      buffer &= (1 << UInt32(bits)) - 1
      if let first = surrogate {
        surrogate = nil
        if (0xDC00...0xDFFF).contains(unit) {
          output.append(codePoint: 0x10000 + (first & 0x3FF) << 10 | unit & 0x3FF)
          continue
        }
        output.append(codePoint: first)
      }
      if (0xD800...0xDBFF).contains(unit) { surrogate = unit } else { output.append(codePoint: unit) }
    }
    guard index < bytes.count else {
      if surrogate != nil || bits >= 6 || buffer != 0 { return "unterminated shift sequence" }
      return nil
    }
    if bits >= 6 || buffer != 0 {
      index += 1
      return bits >= 6 ? "partial character in shift sequence" : "non-zero padding bits in shift sequence"
    }
    if let surrogate, bytes[index] < 0x80 { output.append(codePoint: surrogate) }
    if bytes[index] == UInt8(ascii: "-") { index += 1 }
    return nil
  }

  private static func base64Digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0") + 52)
    case Byte.plus: 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  // MARK: - HZ

  /// HZ (RFC 1843): GB 2312 between `~{` and `~}`; `character` gives the UTF-8 of its characters in EUC-CN.
  static func hz(
    _ bytes: UnsafeBufferPointer<UInt8>, _ replacement: Replacement, character: (UInt8, UInt8) -> [UInt8]?
  ) throws(DecodingFailure) -> [UInt8] {
    var output: [UInt8] = []
    var isShifted = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if !isShifted && byte < 0x80 && byte != UInt8(ascii: "~") {
        output.append(byte)
        index += 1
        continue
      }
      let next = index + 1 < bytes.count ? bytes[index + 1] : nil
      var isRead = byte < 0x80
      if let next, isRead {
        switch (byte, next) {
        case (UInt8(ascii: "~"), UInt8(ascii: "~")) where !isShifted: output.append(byte)
        case (UInt8(ascii: "~"), UInt8(ascii: "{")) where !isShifted: isShifted = true
        case (UInt8(ascii: "~"), UInt8(ascii: "}")) where isShifted: isShifted = false
        case (UInt8(ascii: "~"), Byte.newline) where !isShifted: break
        case _ where isShifted && byte != UInt8(ascii: "~") && next < 0x80:
          if let known = character(byte | 0x80, next | 0x80) { output += known } else { isRead = false }
        default: isRead = false
        }
      }
      if isRead && next != nil {
        index += 2
      } else {
        let reason = isRead ? "incomplete multibyte sequence" : "illegal multibyte sequence"
        try replacement(UnreadableBytes(start: index, end: index + 1, reason: reason))
        output += [0xEF, 0xBF, 0xBD]
        index += 1
      }
    }
    return output
  }

  // MARK: - Punycode and IDNA

  /// Punycode (RFC 3492). No source is valid Punycode, because line ends are no digits of it.
  static func punycode(_ bytes: UnsafeBufferPointer<UInt8>, _ replacement: Replacement) throws(DecodingFailure) -> [UInt8] {
    let start = bytes.lastIndex(of: UInt8(ascii: "-")).map { $0 + 1 } ?? 0
    let index = bytes[start...].firstIndex { !Byte.isDigit($0) && !Byte.isLetter($0) } ?? bytes.count
    let reason = index < bytes.count ? "Invalid extended code point '\(bytes[index])'" : "incomplete punycode string"
    try replacement(UnreadableBytes(start: index, end: index + 1, reason: reason))
    return []
  }

  /// IDNA (RFC 3490) of ASCII; labels in Punycode are not read.
  static func idna(_ bytes: UnsafeBufferPointer<UInt8>, _ replacement: Replacement) throws(DecodingFailure) -> [UInt8] {
    var output: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      let startsLabel = index == 0 || bytes[index - 1] == Byte.dot
      if byte >= 0x80 {
        try replacement(UnreadableBytes(start: index, end: index + 1, reason: "ordinal not in range(128)"))
        output.append(codePoint: 0xFFFD)
      } else {
        if startsLabel, bytes[index...].prefix(4).elementsEqual("xn--".utf8, by: { Byte.lowercased($0) == $1 }) {
          try replacement(UnreadableBytes(start: index, end: index + 4, reason: "a label in Punycode"))
        }
        output.append(codePoint: UInt32(byte))
      }
    }
    return output
  }
}
