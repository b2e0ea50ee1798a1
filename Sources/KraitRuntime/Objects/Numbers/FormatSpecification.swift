// The format specification mini-language: what stands behind the colon in `f"{x:>10,.2f}"`.

import CKraitCore

/// A parsed format specification.
public struct FormatSpecification {
  public var fill: UInt32 = 32
  /// `<`, `>`, `=` or `^`.
  public var alignment: UInt8
  /// `+`, `-`, a space, or 0 when none was given.
  public var sign: UInt8 = 0
  public var alternate = false
  public var noNegativeZero = false
  /// -1 when none was given.
  public var width = -1
  public var precision = -1
  /// `,` or `_`, or 0.
  public var grouping: UInt8 = 0
  public var fractionGrouping: UInt8 = 0
  /// The presentation type's code point, 0 for none.
  public var type: UInt32 = 0

  /// - Parameters:
  ///   - specification: a str.
  ///   - object: what is formatted; errors name its type.
  public init(_ specification: Value, object: Value, defaultType: UInt8, defaultAlignment: UInt8) throws(PyError) {
    let text = StringObject(specification)
    let end = text.length
    var position = 0
    alignment = defaultAlignment
    type = UInt32(defaultType)
    func character(_ index: Int) -> UInt32 { index < end ? text.codePoint(at: index) : 0 }
    func has(_ byte: UInt8) -> Bool { position < end && text.codePoint(at: position) == UInt32(byte) }

    var hasFill = false
    var hasAlignment = false
    if end >= 2, let token = FormatSpecification.alignmentToken(character(1)) {
      (alignment, fill, hasFill, hasAlignment) = (token, character(0), true, true)
      position = 2
    } else if end >= 1, let token = FormatSpecification.alignmentToken(character(0)) {
      (alignment, hasAlignment) = (token, true)
      position = 1
    }
    if has(UInt8(ascii: "+")) || has(UInt8(ascii: "-")) || has(UInt8(ascii: " ")) {
      sign = UInt8(truncatingIfNeeded: character(position))
      position += 1
    }
    if has(UInt8(ascii: "z")) {
      noNegativeZero = true
      position += 1
    }
    if has(UInt8(ascii: "#")) {
      alternate = true
      position += 1
    }
    if !hasFill && has(UInt8(ascii: "0")) {
      fill = 48
      if !hasAlignment && defaultAlignment == UInt8(ascii: ">") { alignment = UInt8(ascii: "=") }
      position += 1
    }
    width = try FormatSpecification.integer(text, &position) ?? -1
    grouping = try FormatSpecification.separator(text, &position)
    if has(UInt8(ascii: ".")) {
      position += 1
      let digits = try FormatSpecification.integer(text, &position)
      precision = digits ?? -1
      fractionGrouping = try FormatSpecification.separator(text, &position)
      if digits == nil && fractionGrouping == 0 { throw PyError.valueError("Format specifier missing precision") }
    }
    if end - position > 1 {
      throw PyError.valueError("Invalid format specifier '\(specification.text)' for object of type '\(object.typeName)'")
    }
    if end - position == 1 { type = character(position) }
    try checkGrouping()
  }

  private static func alignmentToken(_ codePoint: UInt32) -> UInt8? {
    switch codePoint {
    case 60, 61, 62, 94: UInt8(codePoint)
    default: nil
    }
  }

  private static func integer(_ text: StringObject, _ position: inout Int) throws(PyError) -> Int? {
    var value = 0
    let start = position
    while position < text.length {
      let digit: Int
      let codePoint = text.codePoint(at: position)
      if codePoint &- 48 < 10 {
        digit = Int(codePoint - 48)
      } else if codePoint >= 128, let number = UnicodeDatabase.decimal(codePoint) {
        digit = number
      } else {
        break
      }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      if overflow || carry { throw PyError.valueError("Too many decimal digits in format string") }
      value = sum
      position += 1
    }
    return position == start ? nil : value
  }

  private static func separator(_ text: StringObject, _ position: inout Int) throws(PyError) -> UInt8 {
    var separator: UInt8 = 0
    if position < text.length && text.codePoint(at: position) == 44 {
      separator = 44
      position += 1
    }
    if position < text.length && text.codePoint(at: position) == 95 {
      if separator != 0 { throw PyError.valueError("Cannot specify both ',' and '_'.") }
      separator = 95
      position += 1
      if position < text.length && text.codePoint(at: position) == 44 { throw PyError.valueError("Cannot specify both ',' and '_'.") }
    }
    return separator
  }

  private func checkGrouping() throws(PyError) {
    if grouping != 0 {
      switch type {
      case 0, UInt32(UInt8(ascii: "d")), UInt32(UInt8(ascii: "e")), UInt32(UInt8(ascii: "f")), UInt32(UInt8(ascii: "g")), UInt32(UInt8(ascii: "E")),
        UInt32(UInt8(ascii: "G")), UInt32(UInt8(ascii: "%")), UInt32(UInt8(ascii: "F")):
        break
      case UInt32(UInt8(ascii: "b")), UInt32(UInt8(ascii: "o")), UInt32(UInt8(ascii: "x")), UInt32(UInt8(ascii: "X")):
        if grouping != UInt8(ascii: "_") { throw wrongGrouping(grouping) }
      default: throw wrongGrouping(grouping)
      }
    }
    if fractionGrouping != 0 && type == UInt32(UInt8(ascii: "n")) { throw wrongGrouping(fractionGrouping) }
  }

  private func wrongGrouping(_ separator: UInt8) -> PyError {
    .valueError("Cannot specify '\(Character(Unicode.Scalar(separator)))' with '\(typeText)'.")
  }

  /// The presentation type as errors show it.
  private var typeText: String {
    if type > 32 && type < 128 { return String(Unicode.Scalar(UInt8(type))) }
    return "\\x" + String(type, radix: 16)
  }

  func unknownType(_ object: Value) -> PyError {
    .valueError("Unknown format code '\(typeText)' for object of type '\(object.typeName)'")
  }
}

/// A number in pieces, before grouping and padding.
struct NumberPieces {
  /// `-`, `+`, a space, or 0.
  var sign: UInt8 = 0
  var prefix: StaticString = ""
  /// Where the digits before the point begin in the text, how many they are; the rest begins with the point or exponent.
  var digits = 0
  var digitCount = 0
  var hasPoint = false
  /// Digits behind the point.
  var fractionCount = 0

  /// Splits the text of a number: sign, digits, point, fraction, rest.
  init(_ text: borrowing TextBuffer, sign wanted: UInt8) {
    let bytes = text.bytes
    var index = 0
    let isNegative = bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    sign = isNegative ? UInt8(ascii: "-") : wanted == UInt8(ascii: "+") || wanted == UInt8(ascii: " ") ? wanted : 0
    digits = index
    while index < bytes.count && bytes[index] &- 48 < 10 { index += 1 }
    digitCount = index - digits
    if index < bytes.count && bytes[index] == UInt8(ascii: ".") {
      hasPoint = true
      index += 1
      let start = index
      while index < bytes.count && bytes[index] &- 48 < 10 { index += 1 }
      fractionCount = index - start
    }
  }

  init(sign: UInt8, prefix: StaticString, digits: Int, digitCount: Int) {
    (self.sign, self.prefix, self.digits, self.digitCount) = (sign, prefix, digits, digitCount)
  }
}

extension FormatSpecification {
  /// Pads and groups a number whose pieces stand in a text, and makes the str.
  func finish(_ pieces: NumberPieces, in text: borrowing TextBuffer, groupSize: Int = 3, isUpper: Bool = false) throws(PyError) -> Owned {
    var number = try TextBuffer(capacity: 64)
    let groups = try assemble(pieces, text, groupSize, &number)
    if isUpper {
      for index in 0..<number.count where number.start[index] >= 97 && number.start[index] <= 122 { number.start[index] -= 32 }
    }
    let padding = max(0, width - number.count)
    if padding == 0 { return try number.finish() }
    if fill < 128 { return try padASCII(number, padding, afterSign: groups) }
    var builder = try StringBuilder()
    let (left, right) = split(padding)
    try FormatSpecification.fill(&builder, fill, left.outer)
    try builder.append(ascii: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: number.bytes[..<groups])))
    try FormatSpecification.fill(&builder, fill, left.inner)
    try builder.append(ascii: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: number.bytes[groups...])))
    try FormatSpecification.fill(&builder, fill, right)
    return try builder.finish()
  }

  private static func fill(_ builder: inout StringBuilder, _ codePoint: UInt32, _ count: Int) throws(PyError) {
    try builder.append(codePoint: codePoint, count: count)
  }

  /// How padding divides: before the number, between sign and digits, behind.
  private func split(_ padding: Int) -> (left: (outer: Int, inner: Int), right: Int) {
    switch alignment {
    case UInt8(ascii: "<"): ((0, 0), padding)
    case UInt8(ascii: "="): ((0, padding), 0)
    case UInt8(ascii: "^"): ((padding / 2, 0), padding - padding / 2)
    default: ((padding, 0), 0)
    }
  }

  private func padASCII(_ number: borrowing TextBuffer, _ padding: Int, afterSign: Int) throws(PyError) -> Owned {
    let (left, right) = split(padding)
    let byte = UInt8(truncatingIfNeeded: fill)
    var result = try TextBuffer(capacity: number.count + padding)
    try result.append(repeating: byte, count: left.outer)
    try result.append(UnsafeBufferPointer(start: number.start, count: afterSign))
    try result.append(repeating: byte, count: left.inner)
    try result.append(UnsafeBufferPointer(start: number.start + afterSign, count: number.count - afterSign))
    try result.append(repeating: byte, count: right)
    return try result.finish()
  }

  /// Writes sign, prefix, grouped digits and the rest; returns how long sign and prefix are.
  private func assemble(_ pieces: NumberPieces, _ text: borrowing TextBuffer, _ groupSize: Int, _ number: inout TextBuffer) throws(PyError) -> Int {
    if pieces.sign != 0 { try number.append(pieces.sign) }
    try number.append(pieces.prefix)
    let head = number.count
    let restStart = pieces.digits + pieces.digitCount
    let fractionSeparators = fractionGrouping != 0 && pieces.fractionCount > 0 ? (pieces.fractionCount - 1) / 3 : 0
    let rest = text.count - restStart + fractionSeparators
    if grouping == 0 {
      try number.append(UnsafeBufferPointer(start: text.start + pieces.digits, count: pieces.digitCount))
    } else {
      // Zeros that fill the width are grouped like digits.
      let minimum = fill == 48 && alignment == UInt8(ascii: "=") ? width - head - rest : 0
      try appendGrouped(UnsafeBufferPointer(start: text.start + pieces.digits, count: pieces.digitCount), groupSize, minimum, &number)
    }
    if fractionSeparators == 0 {
      try number.append(UnsafeBufferPointer(start: text.start + restStart, count: text.count - restStart))
      return head
    }
    try number.append(UInt8(ascii: "."))
    for index in 0..<pieces.fractionCount {
      if index > 0 && index % 3 == 0 { try number.append(fractionGrouping) }
      try number.append(text.start[restStart + 1 + index])
    }
    let tail = restStart + 1 + pieces.fractionCount
    try number.append(UnsafeBufferPointer(start: text.start + tail, count: text.count - tail))
    return head
  }

  private func appendGrouped(_ digits: UnsafeBufferPointer<UInt8>, _ size: Int, _ minimum: Int, _ number: inout TextBuffer) throws(PyError) {
    // "inf" and "nan" have no digits to group: zeros fill in front all the same.
    if digits.count == 0 { return }
    var places = digits.count
    // The fewest digits that, with their separators, are wide enough; a separator never stands first.
    if minimum > 0 {
      let full = minimum / (size + 1)
      let left = minimum % (size + 1)
      places = max(places, full * size + (left == 0 ? 1 : left))
    }
    for index in 0..<places {
      let remaining = places - index
      if index > 0 && remaining % size == 0 { try number.append(grouping) }
      try number.append(remaining > digits.count ? 48 : digits[digits.count - remaining])
    }
  }
}
