// What str and int ask about a code point: properties, digits, case mappings.

import CKraitCore

/// The database: records behind a two-stage index, decoded once from the generated tables.
struct UnicodeDatabase: @unchecked Sendable {
  /// Properties of a code point, with the meaning of the methods of str.
  struct Properties: OptionSet, BitwiseCopyable, Sendable {
    let rawValue: UInt32
    static let alphabetic = Properties(rawValue: 1 << 0)
    static let decimal = Properties(rawValue: 1 << 1)
    static let digit = Properties(rawValue: 1 << 2)
    static let numeric = Properties(rawValue: 1 << 3)
    static let space = Properties(rawValue: 1 << 4)
    static let upper = Properties(rawValue: 1 << 5)
    static let lower = Properties(rawValue: 1 << 6)
    static let title = Properties(rawValue: 1 << 7)
    static let cased = Properties(rawValue: 1 << 8)
    static let caseIgnorable = Properties(rawValue: 1 << 9)
    static let printable = Properties(rawValue: 1 << 10)
    static let identifierStart = Properties(rawValue: 1 << 11)
    static let identifierContinue = Properties(rawValue: 1 << 12)
    static let lineBreak = Properties(rawValue: 1 << 13)
    static let alphanumeric: Properties = [.alphabetic, .decimal, .digit, .numeric]
  }

  enum Case: Int { case lower, upper, title, folded }

  struct Record: BitwiseCopyable {
    var properties: Properties
    /// 63: none.
    var decimal: UInt8
    var digit: UInt8
    /// By ``Case``: what to add to the code point, or -0x100000 less a place in ``lists`` times four plus a length.
    var cases: (Int32, Int32, Int32, Int32)
  }

  private let index: UnsafeMutablePointer<UInt16>
  private let blocks: UnsafeMutablePointer<UInt16>
  private let records: UnsafeMutablePointer<Record>
  private let lists: UnsafeMutablePointer<UInt32>

  private static let shared = UnicodeDatabase()
  /// Those of ASCII, so that programs which use nothing else need not decode the tables.
  private nonisolated(unsafe) static let ascii = asciiRecords()

  private init() {
    index = Self.decode(UnicodeDatabaseTables.index, digits: 2) { UInt16($0) }
    blocks = Self.decode(UnicodeDatabaseTables.blocks, digits: 2) { UInt16($0) }
    lists = Self.decode(UnicodeDatabaseTables.lists, digits: 3) { UInt32($0) }
    let source = UnicodeDatabaseTables.records
    let size = 21
    let count = source.utf8CodeUnitCount / size
    records = .allocate(capacity: count)
    for number in 0..<count {
      let text = source.utf8Start + number * size
      func mapping(_ which: Int) -> Int32 {
        let value = Base64Number.read(text + 5 + 4 * which, 4)
        return value >= 0x400000 ? -(1 << 24) - Int32(value - 0x400000) : Int32(value) - 0x110000
      }
      records[number] = Record(
        properties: Properties(rawValue: UInt32(Base64Number.read(text, 3))), decimal: UInt8(Base64Number.read(text + 3, 1)),
        digit: UInt8(Base64Number.read(text + 4, 1)), cases: (mapping(0), mapping(1), mapping(2), mapping(3)))
    }
  }

  private static func asciiRecords() -> UnsafeMutablePointer<Record> {
    let records = UnsafeMutablePointer<Record>.allocate(capacity: 128)
    for point in UInt8(0)..<128 {
      var properties: Properties = []
      var cases: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      switch point {
      case UInt8(ascii: "a")...UInt8(ascii: "z"):
        properties = [.alphabetic, .lower, .cased, .identifierStart, .identifierContinue]
        cases = (0, -32, -32, 0)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        properties = [.alphabetic, .upper, .cased, .identifierStart, .identifierContinue]
        cases = (32, 0, 0, 32)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): properties = [.decimal, .digit, .numeric, .identifierContinue]
      case UInt8(ascii: "_"): properties = .identifierContinue
      case UInt8(ascii: "'"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "^"), UInt8(ascii: "`"): properties = .caseIgnorable
      case UInt8(ascii: " "), 0x09, 0x1F: properties = .space
      case 0x0A...0x0D, 0x1C...0x1E: properties = [.space, .lineBreak]
      default: break
      }
      if point >= 0x20 && point < 0x7F { properties.insert(.printable) }
      let digit = properties.contains(.digit) ? point - UInt8(ascii: "0") : 63
      records[Int(point)] = Record(properties: properties, decimal: digit, digit: digit, cases: cases)
    }
    return records
  }

  private static func decode<Number>(_ source: StaticString, digits: Int, _ convert: (Int) -> Number) -> UnsafeMutablePointer<Number> {
    let count = source.utf8CodeUnitCount / digits
    let result = UnsafeMutablePointer<Number>.allocate(capacity: max(count, 1))
    for place in 0..<count { result[place] = convert(Base64Number.read(source.utf8Start + place * digits, digits)) }
    return result
  }

  @inline(__always)
  private static func record(_ point: UInt32) -> UnsafeMutablePointer<Record> {
    if _fastPath(point < 128) { return ascii + Int(point) }
    let database = shared
    let point = point < 0x110000 ? Int(point) : 0xFFFF
    let block = Int(database.index[point &>> 7])
    return database.records + Int(database.blocks[block &<< 7 | point & 127])
  }

  static func properties(_ point: UInt32) -> Properties { record(point).pointee.properties }

  /// Calls with the properties of each unit of ASCII text until one is refused, which false says. The table is asked for once, not for each unit.
  @inline(__always)
  static func asciiProperties(of units: CodeUnits, _ accepts: (Properties) -> Bool) -> Bool {
    let records = ascii
    let bytes = units.units(UInt8.self)
    var index = 0
    while index < units.count {
      if !accepts(records[Int(bytes[index])].properties) { return false }
      index &+= 1
    }
    return true
  }

  @inline(__always) static func has(_ point: UInt32, _ property: Properties) -> Bool { !properties(point).isDisjoint(with: property) }

  /// The value of a decimal digit of any script.
  static func decimal(_ point: UInt32) -> Int? {
    let value = record(point).pointee.decimal
    return value == 63 ? nil : Int(value)
  }

  static func digit(_ point: UInt32) -> Int? {
    let value = record(point).pointee.digit
    return value == 63 ? nil : Int(value)
  }

  /// The simple or full mapping of a code point; the result is one to three code points.
  @inline(__always)
  static func map(_ point: UInt32, _ which: Case) -> CaseMapping {
    let record = record(point)
    let change: Int32
    switch which {
    case .lower: change = record.pointee.cases.0
    case .upper: change = record.pointee.cases.1
    case .title: change = record.pointee.cases.2
    case .folded: change = record.pointee.cases.3
    }
    if _fastPath(change > -(1 << 23)) { return CaseMapping(UInt32(truncatingIfNeeded: Int32(truncatingIfNeeded: point) &+ change)) }
    let entry = Int(-(change &+ 1 << 24))
    let list = shared.lists + entry >> 2
    return CaseMapping(list[0], entry & 3 > 1 ? list[1] : 0, entry & 3 > 2 ? list[2] : 0, entry & 3)
  }
}

/// What a code point becomes.
struct CaseMapping {
  let first: UInt32
  let second: UInt32
  let third: UInt32
  let count: Int

  @inline(__always) init(_ only: UInt32) { self.init(only, 0, 0, 1) }
  @inline(__always)
  init(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ count: Int) {
    self.first = first
    self.second = second
    self.third = third
    self.count = count
  }
}

/// The digits of numbers in the generated tables: 0-9, A-Z, a-z, `*`, `+`.
public enum Base64Number {
  public static func read(_ digits: UnsafePointer<UInt8>, _ width: Int) -> Int {
    var result = 0
    for place in 0..<width { result = result << 6 | value(digits[place]) }
    return result
  }

  private static func value(_ digit: UInt8) -> Int {
    switch digit {
    case 0x30...0x39: Int(digit) - 0x30
    case 0x41...0x5A: Int(digit) - 0x41 + 10
    case 0x61...0x7A: Int(digit) - 0x61 + 36
    default: Int(digit) - 0x2A + 62
    }
  }
}

/// Properties of bytes as ASCII characters, for the methods of bytes and for ASCII text.
public enum ASCII {
  @inline(__always) static func isLower(_ c: UInt8) -> Bool { c &- 0x61 < 26 }
  @inline(__always) static func isUpper(_ c: UInt8) -> Bool { c &- 0x41 < 26 }
  @inline(__always) static func isDigit(_ c: UInt8) -> Bool { c &- 0x30 < 10 }
  @inline(__always) static func isAlpha(_ c: UInt8) -> Bool { (c | 0x20) &- 0x61 < 26 }
  @inline(__always) static func isAlphanumeric(_ c: UInt8) -> Bool { isAlpha(c) || isDigit(c) }
  /// Space, \t \n \v \f \r.
  @inline(__always) static func isSpace(_ c: UInt8) -> Bool { c == 0x20 || c &- 9 < 5 }
  @inline(__always) static func lower(_ c: UInt8) -> UInt8 { isUpper(c) ? c | 0x20 : c }
  @inline(__always) static func upper(_ c: UInt8) -> UInt8 { isLower(c) ? c & 0xDF : c }
  /// Eight characters with the letters from `first` on ("a" or "A") in the other case. The sums are per byte: none exceeds 0xFF.
  @inline(__always)
  static func swapCase(_ word: UInt64, of first: UInt8) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = word & (ones &* 0x7F)
    let isLetter = (low &+ ones &* UInt64(0x80 &- first)) & ~(low &+ ones &* UInt64(0x80 &- first &- 26)) & (ones &* 0x80)
    return word ^ isLetter &>> 2
  }
  /// Space, \t \n \v \f \r and the separators 0x1C to 0x1F: what str counts as space.
  @inline(__always) static func isTextSpace(_ c: UInt8) -> Bool { c <= 0x20 && (0x1_F000_3E00 as UInt64) &>> UInt64(c) & 1 != 0 }

  /// The value of each byte as a hexadecimal digit; what is none has a larger one.
  nonisolated(unsafe) public static let digitValues: UnsafePointer<UInt8> = {
    let values = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for byte in 0..<256 { values[byte] = hexadecimalValue(UInt32(byte)).map { UInt8($0) } ?? 0xFF }
    return UnsafePointer(values)
  }()

  static func hexadecimalValue(_ c: UInt32) -> UInt32? {
    switch c {
    case 0x30...0x39: c - 0x30
    case 0x41...0x46: c - 0x41 + 10
    case 0x61...0x66: c - 0x61 + 10
    default: nil
    }
  }
}

extension UInt32 {
  /// Whether `str.isspace` counts the code point as space.
  @inline(__always)
  var isPythonSpace: Bool {
    if self < 0x80 { return self == 0x20 || self &- 9 < 5 || self &- 0x1C < 4 }
    return UnicodeDatabase.has(self, .space)
  }

  /// Whether `str.splitlines` ends a line here.
  @inline(__always)
  var isLineBreak: Bool {
    if self < 0x80 { return self &- 0x0A < 4 || self &- 0x1C < 3 }
    return self == 0x85 || self == 0x2028 || self == 0x2029
  }

  @inline(__always)
  var isPrintable: Bool {
    if self < 0x80 { return self >= 0x20 && self < 0x7F }
    return UnicodeDatabase.has(self, .printable)
  }
}
