// unicode_escape and raw_unicode_escape.

import CKraitCore
import Glibc
import KraitSyntax

func encodeUnicodeEscape(_ text: StringObject, raw: Bool) throws(PyError) -> Owned {
  let units = text.units
  if raw && units.width == 1 { return try Owned.bytes(UnsafeRawBufferPointer(start: units.base, count: units.count)) }
  var output = try ByteBuilder(capacity: units.count &* units.width)
  switch units.width {
  case 1: try output.append(escaping: units.units(UInt8.self), units.count, raw: raw)
  case 2: try output.append(escaping: units.units(UInt16.self), units.count, raw: raw)
  default: try output.append(escaping: units.units(UInt32.self), units.count, raw: raw)
  }
  return try output.finish()
}

/// The two digits of each byte.
private let digitPairs: StaticString = """
  000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\
  404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f\
  808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf\
  c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
  """

extension ByteBuilder {
  /// - Parameter raw: only what is no Latin-1 has an escape.
  fileprivate mutating func append<Unit: FixedWidthInteger & UnsignedInteger>(escaping units: UnsafePointer<Unit>, _ count: Int, raw: Bool) throws(PyError) {
    var index = 0
    while index < count {
      // Room for the longest escapes of some units, so that nobody asks for it in between.
      let end = min(count, index &+ 64)
      let room = (end &- index) &* 10
      let start = try extend(room)
      var target = start
      while index < end {
        while index &+ 4 <= end, let four = fourBytes(units + index, below: raw ? 0x100 : 0x80), raw || Self.arePlain(four) {
          UnsafeMutableRawPointer(target).storeBytes(of: four, as: UInt32.self)
          target += 4
          index &+= 4
        }
        // Up to four one by one: the next four may have nothing special again.
        let stop = min(index &+ 4, end)
        while index < stop {
          let point = UInt32(truncatingIfNeeded: units[index])
          index &+= 1
          if point >= 0x100 {
            target += Self.write(hexadecimalEscapeOf: point, target)
          } else if raw || point >= 0x20 && point < 0x7F && point != 0x5C {
            target.pointee = UInt8(truncatingIfNeeded: point)
            target += 1
          } else {
            target += Self.write(escapeOf: point, target)
          }
        }
      }
      removeLast(room &- (target - start))
    }
  }

  /// Whether four bytes below 128 stand for themselves.
  @inline(__always)
  private static func arePlain(_ four: UInt32) -> Bool {
    let (backslash, delete) = (four ^ 0x5C5C_5C5C, four ^ 0x7F7F_7F7F)
    // The highest bit of each byte: of one that would be negative, and of those that are zero.
    let special = (four &- 0x2020_2020) | (backslash &- 0x0101_0101) | (delete &- 0x0101_0101)
    return special & 0x8080_8080 == 0
  }

  private static func write(escapeOf point: UInt32, _ target: UnsafeMutablePointer<UInt8>) -> Int {
    target[0] = 0x5C
    switch point {
    case 0x09: target[1] = UInt8(ascii: "t")
    case 0x0A: target[1] = UInt8(ascii: "n")
    case 0x0D: target[1] = UInt8(ascii: "r")
    case 0x5C: target[1] = 0x5C
    default: return write(hexadecimalEscapeOf: point, target)
    }
    return 2
  }

  /// `\xNN`, `\uNNNN` or `\UNNNNNNNN`; returns how many bytes it has. There is room for ten.
  @inline(__always)
  static func write(hexadecimalEscapeOf point: UInt32, _ target: UnsafeMutablePointer<UInt8>) -> Int {
    let raw = UnsafeMutableRawPointer(target)
    if point < 0x100 {
      raw.storeBytes(of: 0x785C, as: UInt16.self)
      raw.storeBytes(of: UInt16(truncatingIfNeeded: fourDigits(point) &>> 16), toByteOffset: 2, as: UInt16.self)
      return 4
    }
    if point < 0x10000 {
      raw.storeBytes(of: 0x755C, as: UInt16.self)
      writeDigits(point, raw + 2)
      return 6
    }
    // No code point has more than six.
    raw.storeBytes(of: 0x3030_555C, as: UInt32.self)
    raw.storeBytes(of: twoDigits(point &>> 16), toByteOffset: 4, as: UInt16.self)
    writeDigits(point & 0xFFFF, raw + 6)
    return 10
  }

  @inline(__always)
  private static func writeDigits(_ value: UInt32, _ target: UnsafeMutableRawPointer) {
    target.storeBytes(of: twoDigits(value &>> 8), as: UInt16.self)
    target.storeBytes(of: twoDigits(value & 0xFF), toByteOffset: 2, as: UInt16.self)
  }

  /// From a table: escapes come in runs.
  @inline(__always)
  private static func twoDigits(_ byte: UInt32) -> UInt16 { UnsafeRawPointer(digitPairs.utf8Start).loadUnaligned(fromByteOffset: Int(byte) &* 2, as: UInt16.self) }
}

/// Four hexadecimal digits of 16 bits, the first in the lowest byte.
@inlinable @inline(__always)
public func fourDigits(_ value: UInt32) -> UInt32 {
  let digits = value &>> 12 | (value & 0xF00) | (value & 0xF0) &<< 12 | (value & 0xF) &<< 24
  // Letters stand 39 places behind where digits would go on.
  return digits &+ 0x3030_3030 &+ ((digits &+ 0x0606_0606) &>> 4 & 0x0101_0101) &* 39
}

extension Decoder {
  /// Hexadecimal digits from a place on; how many there are, at most `limit`, and their value.
  private func hexadecimal(_ start: Int, _ limit: Int) -> (value: UInt32, count: Int) {
    var value: UInt32 = 0
    var digits = 0
    while digits < limit && start &+ digits < count, let digit = ASCII.hexadecimalValue(byte(start &+ digits)) {
      value = value &<< 4 | digit
      digits &+= 1
    }
    return (value, digits)
  }

  /// Decodes; gives how many bytes were used. Without the end, an escape that is not whole waits for more.
  mutating func decodeUnicodeEscape(isFinal: Bool) throws(PyError) -> Int {
    let encoding: StaticString = "unicodeescape"
    // Where the first escape stands that means nothing.
    var invalid = -1
    while position < count {
      position = try output.append(EscapeSource(base: base, count: count, isRaw: false), from: position)
      let start = position
      if start == count { break }
      position &+= 1
      guard position < count else {
        if !isFinal {
          position = start
          break
        }
        try reject(start, count, encoding, "\\ at end of string")
        continue
      }
      if !isFinal && isUnfinishedEscape() {
        position = start
        break
      }
      let letter = byte(position)
      position &+= 1
      switch letter {
      case 0x0A: break
      case 0x5C, 0x27, 0x22: try output.append(codePoint: letter)
      case 0x62: try output.append(codePoint: 8)
      case 0x66: try output.append(codePoint: 12)
      case 0x74: try output.append(codePoint: 9)
      case 0x6E: try output.append(codePoint: 10)
      case 0x72: try output.append(codePoint: 13)
      case 0x76: try output.append(codePoint: 11)
      case 0x61: try output.append(codePoint: 7)
      case 0x30...0x37:
        var value = letter &- 0x30
        var digits = 1
        while digits < 3 && position < count && byte(position) >= 0x30 && byte(position) <= 0x37 {
          value = value << 3 | (byte(position) &- 0x30)
          position &+= 1
          digits &+= 1
        }
        try output.append(codePoint: value)
        if value > 0xFF && invalid < 0 { invalid = start }
      case 0x78: try decodeHexadecimal(start, 2, "truncated \\xXX escape")
      case 0x75: try decodeHexadecimal(start, 4, "truncated \\uXXXX escape")
      case 0x55: try decodeHexadecimal(start, 8, "truncated \\UXXXXXXXX escape")
      case 0x4E: try decodeName(start)
      default:
        try output.append(codePoint: 0x5C)
        try output.append(codePoint: letter)
        if invalid < 0 { invalid = start }
      }
    }
    if invalid >= 0 { try warnInvalidEscape(invalid) }
    return position
  }

  /// Whether the bytes end within the escape whose letter stands at the position.
  private func isUnfinishedEscape() -> Bool {
    switch byte(position) {
    case 0x78: return hexadecimalEnds(2)
    case 0x75: return hexadecimalEnds(4)
    case 0x55: return hexadecimalEnds(8)
    case 0x4E:
      if position &+ 1 == count { return true }
      return byte(position &+ 1) == 0x7B && !((position &+ 2)..<count).contains { byte($0) == 0x7D }
    default: return false
    }
  }

  /// Whether the bytes end before so many hexadecimal digits are there, and with nothing else.
  private func hexadecimalEnds(_ digits: Int) -> Bool {
    let found = hexadecimal(position &+ 1, digits).count
    return found < digits && position &+ 1 &+ found == count
  }

  private func warnInvalidEscape(_ start: Int) throws(PyError) {
    let letter = byte(start &+ 1)
    if letter >= 0x30 && letter <= 0x37 {
      let digits = String(decoding: UnsafeRawBufferPointer(start: base + (start &+ 1), count: 3), as: UTF8.self)
      try warnDeprecated("\"\\\(digits)\" is an invalid octal escape sequence. Such sequences will not work in the future. ")
    } else {
      let shown = String(Unicode.Scalar(UInt8(letter)))
      try warnDeprecated("\"\\\(shown)\" is an invalid escape sequence. Such sequences will not work in the future. ")
    }
  }

  private mutating func decodeHexadecimal(_ start: Int, _ digits: Int, _ truncated: StaticString) throws(PyError) {
    let (value, found) = hexadecimal(position, digits)
    if found < digits { return try reject(start, position &+ found, "unicodeescape", truncated) }
    if value > 0x10FFFF { return try reject(start, position &+ found, "unicodeescape", "illegal Unicode character") }
    try output.append(codePoint: value)
    position &+= found
  }

  private mutating func decodeName(_ start: Int) throws(PyError) {
    if position < count && byte(position) == 0x7B {
      let first = position &+ 1
      var end = first
      while end < count && byte(end) != 0x7D { end &+= 1 }
      if end < count && end > first {
        let name = UnsafeBufferPointer(start: (base + first).assumingMemoryBound(to: UInt8.self), count: end &- first)
        if let point = UnicodeNames.codePoint(named: name) {
          try output.append(codePoint: point)
          position = end &+ 1
          return
        }
        return try reject(start, end &+ 1, "unicodeescape", "unknown Unicode character name")
      }
      return try reject(start, end, "unicodeescape", "malformed \\N character escape")
    }
    try reject(start, position, "unicodeescape", "malformed \\N character escape")
  }

  /// As ``decodeUnicodeEscape(isFinal:)``.
  mutating func decodeRawUnicodeEscape(isFinal: Bool) throws(PyError) -> Int {
    let encoding: StaticString = "rawunicodeescape"
    while position < count {
      position = try output.append(EscapeSource(base: base, count: count, isRaw: true), from: position)
      let start = position
      if start == count { break }
      position &+= 1
      if !isFinal && (position == count || byte(position) != 0x78 && byte(position) != 0x4E && isUnfinishedEscape()) {
        position = start
        break
      }
      if position == count {
        try output.append(codePoint: 0x5C)
        continue
      }
      let letter = byte(position)
      position &+= 1
      guard letter == 0x75 || letter == 0x55 else {
        try output.append(codePoint: 0x5C)
        try output.append(codePoint: letter)
        continue
      }
      let digits = letter == 0x75 ? 4 : 8
      let (value, found) = hexadecimal(position, digits)
      if found < digits {
        try reject(start, position &+ found, encoding, letter == 0x75 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape")
      } else if value > 0x10FFFF {
        try reject(start, position &+ found, encoding, "\\Uxxxxxxxx out of range")
      } else {
        try output.append(codePoint: value)
        position &+= found
      }
    }
    return position
  }
}
