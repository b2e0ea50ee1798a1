// What native modules ask about single code points.

/// Properties and simple case mappings of code points, as the methods of str see them.
public enum CharacterProperties {
  public static func isAlphanumeric(_ point: UInt32) -> Bool { UnicodeDatabase.has(point, .alphanumeric) }
  public static func isAlphabetic(_ point: UInt32) -> Bool { UnicodeDatabase.has(point, .alphabetic) }
  public static func isDecimal(_ point: UInt32) -> Bool { UnicodeDatabase.has(point, .decimal) }
  public static func isSpace(_ point: UInt32) -> Bool { point.isPythonSpace }
  public static func isLineBreak(_ point: UInt32) -> Bool { point.isLineBreak }
  public static func isPrintable(_ point: UInt32) -> Bool { point.isPrintable }
  public static func decimal(_ point: UInt32) -> Int? { UnicodeDatabase.decimal(point) }
  public static func digit(_ point: UInt32) -> Int? { UnicodeDatabase.digit(point) }
  /// The first code point of the mapping, as CPython's one-to-one functions have it.
  public static func lower(_ point: UInt32) -> UInt32 {
    if point < 0x80 { return point &- 0x41 < 26 ? point | 0x20 : point }
    return UnicodeDatabase.map(point, .lower).first
  }
  public static func upper(_ point: UInt32) -> UInt32 {
    if point < 0x80 { return point &- 0x61 < 26 ? point & 0xDF : point }
    return UnicodeDatabase.map(point, .upper).first
  }
}
