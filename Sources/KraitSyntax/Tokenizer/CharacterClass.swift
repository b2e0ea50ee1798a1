// What a byte of source text can begin: the tokenizer's dispatch table.

/// The role of a byte at the start of a token. Values from ``identifierStart`` to ``digit`` continue an identifier.
enum CharacterClass {
  static let other: UInt8 = 0
  static let identifierStart: UInt8 = 1
  /// A letter that may open a string prefix: b, f, r, t, u in either case.
  static let prefixLetter: UInt8 = 2
  /// Any byte of a multi-byte UTF-8 sequence.
  static let nonASCII: UInt8 = 3
  static let digit: UInt8 = 4
  static let blank: UInt8 = 5
  static let newline: UInt8 = 6
  static let carriageReturn: UInt8 = 7
  static let hash: UInt8 = 8
  static let quote: UInt8 = 9
  static let dot: UInt8 = 10
  static let backslash: UInt8 = 11
  static let operatorStart: UInt8 = 12
  /// A bracket or comma: a token of its own whatever follows.
  static let punctuation: UInt8 = 13
  static let zero: UInt8 = 14

  /// Whether a byte may stand in an identifier (bytes of multi-byte sequences may, until the identifier is verified).
  @inline(__always)
  static func continuesIdentifier(_ byteClass: UInt8) -> Bool { byteClass &- 1 < 4 }

  /// 256 classes, one a byte. The memory lives as long as the process.
  nonisolated(unsafe) static let table: UnsafePointer<UInt8> = {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    table.initialize(repeating: other, count: 256)
    func set(_ bytes: StaticString, _ value: UInt8) {
      for index in 0..<bytes.utf8CodeUnitCount { table[Int(bytes.utf8Start[index])] = value }
    }
    for byte in 0x80...0xFF { table[byte] = nonASCII }
    set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", identifierStart)
    set("bfrtuBFRTU", prefixLetter)
    set("0123456789", digit)
    set(" \t\u{0C}", blank)
    set("\n", newline)
    set("\r", carriageReturn)
    set("#", hash)
    set("'\"", quote)
    set(".", dot)
    set("\\", backslash)
    set("!%&*+-/:;<=>@^|~$?`", operatorStart)
    set("()[]{},", punctuation)
    table[0] = zero
    return UnsafePointer(table)
  }()
}

/// Bytes that the tokenizer names.
enum Byte {
  static let tab: UInt8 = 0x09
  static let newline: UInt8 = 0x0A
  static let formFeed: UInt8 = 0x0C
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let exclamation: UInt8 = 0x21
  static let doubleQuote: UInt8 = 0x22
  static let hash: UInt8 = 0x23
  static let singleQuote: UInt8 = 0x27
  static let leftParenthesis: UInt8 = 0x28
  static let rightParenthesis: UInt8 = 0x29
  static let plus: UInt8 = 0x2B
  static let comma: UInt8 = 0x2C
  static let minus: UInt8 = 0x2D
  static let dot: UInt8 = 0x2E
  static let zero: UInt8 = 0x30
  static let colon: UInt8 = 0x3A
  static let equal: UInt8 = 0x3D
  static let upperN: UInt8 = 0x4E
  static let leftBracket: UInt8 = 0x5B
  static let backslash: UInt8 = 0x5C
  static let rightBracket: UInt8 = 0x5D
  static let underscore: UInt8 = 0x5F
  static let leftBrace: UInt8 = 0x7B
  static let rightBrace: UInt8 = 0x7D

  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 { byte | 0x20 }
  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }
  @inline(__always)
  static func isHexadecimalDigit(_ byte: UInt8) -> Bool { isDigit(byte) || lowercased(byte) &- 0x61 < 6 }
  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { lowercased(byte) &- 0x61 < 26 }
}
