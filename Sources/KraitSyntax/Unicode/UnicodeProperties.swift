// What the syntax of Python asks about a code point.

/// Properties of code points, as `str.isidentifier` and `str.isprintable` see them.
public enum UnicodeProperties {
  private static let start: UInt8 = 1
  private static let continuation: UInt8 = 2
  private static let printable: UInt8 = 4
  private static let stable: UInt8 = 8

  /// The bits of a code point.
  @inline(__always)
  private static func bits(_ codePoint: UInt32) -> UInt8 {
    guard codePoint < 0x110000 else { return 0 }
    let entry = UnicodeTables.propertyIndex.utf8Start + Int(codePoint >> 7) * 2
    let block = Base64Digits.value(entry[0]) << 6 | Base64Digits.value(entry[1])
    return UnicodeTables.propertyBlocks.utf8Start[block << 7 | Int(codePoint & 127)] & 0x3F
  }

  /// Whether an identifier may start with the code point: XID_Start or an underscore.
  public static func isIdentifierStart(_ codePoint: UInt32) -> Bool { bits(codePoint) & start != 0 }
  /// Whether an identifier may go on with the code point: XID_Continue.
  public static func isIdentifierContinue(_ codePoint: UInt32) -> Bool { bits(codePoint) & continuation != 0 }
  /// Whether `repr` shows the code point as it is.
  public static func isPrintable(_ codePoint: UInt32) -> Bool { bits(codePoint) & printable != 0 }
  /// Whether NFKC leaves the code point alone whatever stands around it.
  static func isStableInNFKC(_ codePoint: UInt32) -> Bool { bits(codePoint) & stable != 0 }
}

/// The digits of numbers in the generated tables: 0-9, A-Z, a-z, `*`, `+`.
enum Base64Digits {
  @inline(__always)
  static func value(_ digit: UInt8) -> Int {
    switch digit {
    case 0x30...0x39: Int(digit) - 0x30
    case 0x41...0x5A: Int(digit) - 0x41 + 10
    case 0x61...0x7A: Int(digit) - 0x61 + 36
    default: Int(digit) - 0x2A + 62
    }
  }

  /// A number of `width` digits.
  @inline(__always)
  static func number(_ digits: UnsafePointer<UInt8>, width: Int) -> Int {
    var result = 0
    for index in 0..<width { result = result << 6 | value(digits[index]) }
    return result
  }
}
