// UTF-7 (RFC 2152): ASCII, and other characters as UTF-16 in base64 between `+` and `-`.

import CKraitCore

private enum UTF7 {
  /// The value of a base64 digit; nil for another byte.
  static func value(_ byte: UInt32) -> UInt32? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }

  static func digit(_ value: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value & 63)
    return switch value {
    case 0..<26: value + 0x41
    case 26..<52: value - 26 + 0x61
    case 52..<62: value - 52 + 0x30
    case 62: 0x2B
    default: 0x2F
    }
  }

  /// Whether a character is written as it is: printable ASCII but `+`, `\` and `~`, and white space.
  static func isDirect(_ point: UInt32) -> Bool {
    switch point {
    case 0x09, 0x0A, 0x0D: true
    case 0x2B, 0x5C, 0x7E: false
    default: point >= 0x20 && point < 0x7F
    }
  }
}

func encodeUTF7(_ text: StringObject) throws(PyError) -> Owned {
  var output = try ByteBuilder(capacity: text.length + 8)
  let units = text.units
  var (bits, buffer): (UInt32, UInt32) = (0, 0)
  var isShifted = false
  for index in 0..<units.count {
    let point = units[index]
    if UTF7.isDirect(point) {
      if isShifted {
        if bits > 0 { try output.append(UTF7.digit(buffer << (6 - bits))) }
        (bits, buffer, isShifted) = (0, 0, false)
        // What is no digit ends the shift by itself.
        if UTF7.value(point) != nil || point == 0x2D { try output.append(0x2D) }
      }
      try output.append(UInt8(point))
      continue
    }
    if !isShifted {
      try output.append(0x2B)
      if point == 0x2B {
        try output.append(0x2D)
        continue
      }
      isShifted = true
    }
    let isPair = point >= 0x10000
    let first = isPair ? 0xD800 + (point - 0x10000) >> 10 : point
    for half in 0..<(isPair ? 2 : 1) {
      buffer = buffer << 16 | (half == 0 ? first : 0xDC00 + (point - 0x10000) & 0x3FF)
      bits += 16
      while bits >= 6 {
        try output.append(UTF7.digit(buffer >> (bits - 6)))
        bits -= 6
      }
      buffer &= 1 << bits - 1
    }
  }
  if bits > 0 { try output.append(UTF7.digit(buffer << (6 - bits))) }
  if isShifted { try output.append(0x2D) }
  return try output.finish()
}

extension Decoder {
  /// Decodes; gives how many bytes were used. Without the end, a shift that is not over waits for more.
  mutating func decodeUTF7(isFinal: Bool) throws(PyError) -> Int {
    while true {
      var (bits, buffer, surrogate): (UInt32, UInt32, UInt32) = (0, 0, 0)
      var isShifted = false
      var start = position
      // What a shift gave so far: it counts when the shift is over.
      var shifted: [UInt32] = []
      func flush() throws(PyError) {
        for point in shifted { try output.append(codePoint: point) }
        shifted = []
      }
      while position < count {
        let byte = byte(position)
        if isShifted {
          if let value = UTF7.value(byte) {
            buffer = buffer << 6 | value
            bits += 6
            position += 1
            guard bits >= 16 else { continue }
            let unit = buffer >> (bits - 16)
            bits -= 16
            buffer &= 1 << bits - 1
            if surrogate != 0 {
              if unit & 0xFC00 == 0xDC00 {
                shifted.append(0x10000 + (surrogate & 0x3FF) << 10 + unit & 0x3FF)
                surrogate = 0
                continue
              }
              shifted.append(surrogate)
              surrogate = 0
            }
            if unit & 0xFC00 == 0xD800 { surrogate = unit } else { shifted.append(unit) }
            continue
          }
          isShifted = false
          if bits >= 6 || bits > 0 && buffer != 0 {
            try flush()
            try reject(start, position + 1, "utf7", bits >= 6 ? "partial character in shift sequence" : "non-zero padding bits in shift sequence")
            continue
          }
          if surrogate != 0 && byte < 0x80 && byte != 0x2B { shifted.append(surrogate) }
          surrogate = 0
          try flush()
          if byte == 0x2D { position += 1 }
        } else if byte == 0x2B {
          start = position
          position += 1
          if position < count && self.byte(position) == 0x2D {
            position += 1
            try output.append(codePoint: 0x2B)
          } else if position < count && UTF7.value(self.byte(position)) == nil {
            try reject(start, position + 1, "utf7", "ill-formed sequence")
          } else {
            isShifted = true
            (bits, buffer, surrogate) = (0, 0, 0)
          }
        } else if byte < 0x80 {
          position += 1
          try output.append(codePoint: byte)
        } else {
          start = position
          try reject(start, position + 1, "utf7", "unexpected special character")
        }
      }
      if !isShifted { return position }
      if !isFinal { return start }
      try flush()
      if surrogate == 0 && bits < 6 && (bits == 0 || buffer == 0) { return count }
      try reject(start, count, "utf7", "unterminated shift sequence")
      if position >= count { return position }
    }
  }
}

// MARK: - Escapes of bytes

/// `_codecs.escape_decode`: bytes with the escapes of bytes literals. `errors` is for `\x` without two digits.
func decodeByteEscapes(_ source: UnsafeRawBufferPointer, _ errors: Value) throws(PyError) -> Owned {
  var output = try ByteBuilder(capacity: source.count)
  var warning: String?
  var index = 0
  func digit(_ place: Int, _ base: UInt8) -> UInt8? {
    guard place < source.count else { return nil }
    let byte = source[place]
    let value: UInt8
    switch byte {
    case 0x30...0x39: value = byte - 0x30
    case 0x41...0x46: value = byte - 0x41 + 10
    case 0x61...0x66: value = byte - 0x61 + 10
    default: return nil
    }
    return value < base ? value : nil
  }
  while index < source.count {
    let byte = source[index]
    index += 1
    guard byte == 0x5C else {
      try output.append(byte)
      continue
    }
    guard index < source.count else { throw .valueError("Trailing \\ in string") }
    let escape = source[index]
    index += 1
    switch escape {
    case 0x0A: break
    case 0x5C, 0x27, 0x22: try output.append(escape)
    case UInt8(ascii: "a"): try output.append(7)
    case UInt8(ascii: "b"): try output.append(8)
    case UInt8(ascii: "f"): try output.append(0x0C)
    case UInt8(ascii: "n"): try output.append(0x0A)
    case UInt8(ascii: "r"): try output.append(0x0D)
    case UInt8(ascii: "t"): try output.append(9)
    case UInt8(ascii: "v"): try output.append(0x0B)
    case 0x30...0x37:
      var value = Int(escape - 0x30)
      for _ in 0..<2 {
        guard let next = digit(index, 8) else { break }
        value = value * 8 + Int(next)
        index += 1
      }
      if value > 0o377 && warning == nil {
        warning = "b\"\\\(String(value, radix: 8))\" is an invalid octal escape sequence. Such sequences will not work in the future. "
      }
      try output.append(UInt8(truncatingIfNeeded: value))
    case UInt8(ascii: "x"):
      if let high = digit(index, 16), let low = digit(index + 1, 16) {
        try output.append(high << 4 | low)
        index += 2
        continue
      }
      let name = errors.isAbsent ? "strict" : errors.text
      switch name {
      case "strict": throw .valueError("invalid \\x escape at position \(index - 2)")
      case "replace": try output.append(UInt8(ascii: "?"))
      case "ignore": break
      default: throw .valueError("decoding error; unknown error handling code: \(name)")
      }
      // One digit belongs to the escape.
      if digit(index, 16) != nil { index += 1 }
    default:
      if warning == nil {
        warning = "b\"\\\(Character(Unicode.Scalar(escape)))\" is an invalid escape sequence. Such sequences will not work in the future. "
      }
      try output.append(0x5C)
      try output.append(escape)
    }
  }
  if let warning { try warnDeprecated(warning) }
  return try output.finish()
}
