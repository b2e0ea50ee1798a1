// UTF-7 (RFC 2152): ASCII, and other characters as UTF-16 in base64 between `+` and `-`.

import CKraitCore
import Glibc

private enum UTF7 {
  private static let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  /// By byte, the value of a base64 digit; 0xFF for other bytes.
  nonisolated(unsafe) static let values: UnsafePointer<UInt8> = {
    let values = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    values.initialize(repeating: 0xFF, count: 256)
    for value in 0..<64 { values[Int(digits.utf8Start[value])] = UInt8(value) }
    return UnsafePointer(values)
  }()

  @inline(__always) static func digit(_ value: UInt32) -> UInt8 { digits.utf8Start[Int(value & 63)] }

  /// Whether a character is written as it is: printable ASCII but `+`, `\` and `~`, and white space.
  @inline(__always)
  static func isDirect(_ point: UInt32) -> Bool {
    if point < 64 { return 0xFFFF_F7FF_0000_2600 &>> UInt64(point) & 1 != 0 }
    return point < 127 && point != 0x5C && point != 0x7E
  }

  /// Whether four bytes below 128 are all written as they are; white space but blanks is left to ``isDirect(_:)``.
  @inline(__always)
  static func areDirect(_ four: UInt32) -> Bool {
    let (plus, backslash) = ((four ^ 0x2B2B_2B2B) &- 0x0101_0101, (four ^ 0x5C5C_5C5C) &- 0x0101_0101)
    let (tilde, delete) = ((four ^ 0x7E7E_7E7E) &- 0x0101_0101, (four ^ 0x7F7F_7F7F) &- 0x0101_0101)
    // The highest bit of each byte: of one that would be negative, and of those that are zero.
    return ((four &- 0x2020_2020) | plus | backslash | tilde | delete) & 0x8080_8080 == 0
  }
}

func encodeUTF7(_ text: StringObject) throws(PyError) -> Owned {
  var output = try ByteBuilder(capacity: text.length + 8)
  switch text.width {
  case 1: try output.append(utf7: text.units.units(UInt8.self), text.length)
  case 2: try output.append(utf7: text.units.units(UInt16.self), text.length)
  default: try output.append(utf7: text.units.units(UInt32.self), text.length)
  }
  return try output.finish()
}

extension ByteBuilder {
  fileprivate mutating func append<Unit: FixedWidthInteger & UnsignedInteger>(utf7 units: UnsafePointer<Unit>, _ count: Int) throws(PyError) {
    var (bits, buffer): (UInt32, UInt32) = (0, 0)
    var isShifted = false
    var index = 0
    while index < count {
      // Room for the most that some units take, so that nobody asks for it in between: beginning and end of a shift, and three digits for each of two surrogates.
      let end = min(count, index &+ 64)
      let room = (end &- index) &* 8 &+ 8
      let start = try extend(room)
      var target = start
      func put(_ byte: UInt8) {
        target.pointee = byte
        target += 1
      }
      while index < end {
        while !isShifted, index &+ 4 <= end, let four = fourBytes(units + index, below: 0x80), UTF7.areDirect(four) {
          UnsafeMutableRawPointer(target).storeBytes(of: four, as: UInt32.self)
          target += 4
          index &+= 4
        }
        if index == end { break }
        let point = UInt32(truncatingIfNeeded: units[index])
        index &+= 1
        if UTF7.isDirect(point) {
          if isShifted {
            if bits > 0 { put(UTF7.digit(buffer &<< (6 &- bits))) }
            (bits, buffer, isShifted) = (0, 0, false)
            // What is no digit ends the shift by itself.
            if UTF7.values[Int(point)] != 0xFF || point == 0x2D { put(0x2D) }
          }
          put(UInt8(truncatingIfNeeded: point))
          continue
        }
        if !isShifted {
          put(0x2B)
          if point == 0x2B {
            put(0x2D)
            continue
          }
          isShifted = true
        }
        var unit = point
        if point >= 0x10000 {
          buffer = buffer &<< 16 | (0xD7C0 &+ point &>> 10)
          bits &+= 16
          while bits >= 6 {
            bits &-= 6
            put(UTF7.digit(buffer &>> bits))
          }
          unit = 0xDC00 | point & 0x3FF
        }
        buffer = buffer &<< 16 | unit
        bits &+= 16
        while bits >= 6 {
          bits &-= 6
          put(UTF7.digit(buffer &>> bits))
        }
      }
      if index == count {
        if bits > 0 { put(UTF7.digit(buffer &<< (6 &- bits))) }
        if isShifted { put(0x2D) }
      }
      removeLast(room &- (target - start))
    }
  }
}

extension Decoder {
  /// Decodes; gives how many bytes were used. Without the end, a shift that is not over waits for more.
  mutating func decodeUTF7(isFinal: Bool) throws(PyError) -> Int {
    let values = UTF7.values
    while true {
      var (bits, buffer, surrogate): (UInt32, UInt32, UInt32) = (0, 0, 0)
      var isShifted = false
      // Where a shift begins, and how much text there is before it.
      var (start, length) = (position, output.count)
      while position < count {
        let byte = byte(position)
        if isShifted {
          let value = values[Int(byte)]
          if value != 0xFF {
            buffer = buffer &<< 6 | UInt32(value)
            bits &+= 6
            position &+= 1
            if bits < 16 { continue }
            bits &-= 16
            let unit = buffer &>> bits
            buffer &= 1 &<< bits &- 1
            if surrogate != 0 {
              if unit & 0xFC00 == 0xDC00 {
                try output.append(codePoint: 0x10000 &+ (surrogate & 0x3FF) &<< 10 &+ unit & 0x3FF)
                surrogate = 0
                continue
              }
              try output.append(codePoint: surrogate)
              surrogate = 0
            }
            if unit & 0xFC00 == 0xD800 { surrogate = unit } else { try output.append(codePoint: unit) }
            continue
          }
          isShifted = false
          if bits >= 6 || bits > 0 && buffer != 0 {
            try reject(start, position + 1, "utf7", bits >= 6 ? "partial character in shift sequence" : "non-zero padding bits in shift sequence")
            continue
          }
          if surrogate != 0 && byte < 0x80 && byte != 0x2B { try output.append(codePoint: surrogate) }
          surrogate = 0
          if byte == 0x2D { position += 1 }
        } else if byte == 0x2B {
          start = position
          position += 1
          if position < count && self.byte(position) == 0x2D {
            position += 1
            try output.append(codePoint: 0x2B)
          } else if position < count && values[Int(self.byte(position))] == 0xFF {
            try reject(start, position + 1, "utf7", "ill-formed sequence")
          } else {
            isShifted = true
            length = output.count
            (bits, buffer, surrogate) = (0, 0, 0)
          }
        } else if byte < 0x80 {
          let rest = base + position
          let end = memchr(rest, 0x2B, count &- position).map { UnsafeRawPointer($0) - base } ?? count
          position = try output.append(ASCIISource(base: base, count: end), from: position)
        } else {
          start = position
          try reject(start, position + 1, "utf7", "unexpected special character")
        }
      }
      if !isShifted { return position }
      if !isFinal {
        output.truncate(to: length)
        return start
      }
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
