// Code points from valid UTF-8, and code points to UTF-8.

enum UTF8Decoder {
  /// The code point at `position`, which moves past it. The bytes are valid UTF-8, or encode a lone surrogate like other code points.
  @inline(__always)
  static func decode(_ position: inout UnsafePointer<UInt8>) -> UInt32 {
    let first = UInt32(position[0])
    if first < 0x80 {
      position += 1
      return first
    }
    let second = UInt32(position[1]) & 0x3F
    if first < 0xE0 {
      position += 2
      return (first & 0x1F) << 6 | second
    }
    let third = UInt32(position[2]) & 0x3F
    if first < 0xF0 {
      position += 3
      return (first & 0x0F) << 12 | second << 6 | third
    }
    let fourth = UInt32(position[3]) & 0x3F
    position += 4
    return (first & 0x07) << 18 | second << 12 | third << 6 | fourth
  }
}

extension [UInt8] {
  /// Appends a code point, a surrogate too, as UTF-8.
  mutating func append(codePoint: UInt32) {
    switch codePoint {
    case 0..<0x80: append(UInt8(codePoint))
    case 0x80..<0x800: self += [UInt8(0xC0 | codePoint >> 6), UInt8(0x80 | codePoint & 0x3F)]
    case 0x800..<0x10000: self += [UInt8(0xE0 | codePoint >> 12), UInt8(0x80 | codePoint >> 6 & 0x3F), UInt8(0x80 | codePoint & 0x3F)]
    default:
      self += [
        UInt8(0xF0 | codePoint >> 18 & 7), UInt8(0x80 | codePoint >> 12 & 0x3F), UInt8(0x80 | codePoint >> 6 & 0x3F),
        UInt8(0x80 | codePoint & 0x3F),
      ]
    }
  }
}
