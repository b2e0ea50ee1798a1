// Text of reports as code points: lines are cut, measured and indented as Python's str methods do it, and surrogates stay what they are.

import CKraitCore

typealias CodePoints = [UInt32]

extension CodePoints {
  init(_ text: String) { self = text.unicodeScalars.map(\.value) }

  /// The text of a str.
  init(_ value: Value) {
    let string = StringObject(value)
    self = (0..<string.length).map { string.codePoint(at: $0) }
  }

  static func += (text: inout CodePoints, addition: String) {
    for scalar in addition.unicodeScalars { text.append(scalar.value) }
  }

  var isASCII: Bool { allSatisfy { $0 < 0x80 } }

  /// For the parser; a surrogate becomes a replacement character.
  var utf8: [UInt8] {
    var text = String.UnicodeScalarView()
    for point in self { text.append(Unicode.Scalar(point) ?? "\u{FFFD}") }
    return [UInt8](String(text).utf8)
  }
}

extension RandomAccessCollection<UInt32> {
  /// Whether there are only spaces (or nothing).
  var isBlank: Bool { allSatisfy(CodePoint.isSpace) }
}

enum CodePoint {
  static let newline: UInt32 = 10
  static let space: UInt32 = 32

  /// `str.isspace()`.
  static func isSpace(_ point: UInt32) -> Bool {
    switch point {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Whether `str.splitlines()` ends a line here.
  static func endsLine(_ point: UInt32) -> Bool {
    switch point {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Columns on a terminal.
  static func width(_ point: UInt32) -> Int { point < 0x1100 ? 1 : WideCharacters.contains(point) ? 2 : 1 }
}

extension CodePoints {
  /// `str.splitlines(True)`.
  var linesWithEnds: [ArraySlice<UInt32>] {
    var lines: [ArraySlice<UInt32>] = []
    var start = 0
    var index = 0
    while index < count {
      let point = self[index]
      index += 1
      guard CodePoint.endsLine(point) else { continue }
      if point == 13 && index < count && self[index] == 10 { index += 1 }
      lines.append(self[start..<index])
      start = index
    }
    if start < count { lines.append(self[start...]) }
    return lines
  }

  /// `textwrap.indent()` of every line.
  func indented(by prefix: String) -> CodePoints {
    if prefix.isEmpty { return self }
    let prefix = CodePoints(prefix)
    var result: CodePoints = []
    for line in linesWithEnds {
      result += prefix
      result += line
    }
    return result
  }

  /// `textwrap.dedent()`.
  var dedented: CodePoints {
    let lines = split(separator: CodePoint.newline, omittingEmptySubsequences: false)
    let visible = lines.filter { !$0.isBlank }
    guard let least = visible.min(by: { $0.lexicographicallyPrecedes($1) }), let greatest = visible.max(by: { $0.lexicographicallyPrecedes($1) }) else {
      return CodePoints(lines.map { _ in CodePoints() }.joined(separator: [CodePoint.newline]))
    }
    let margin = zip(least, greatest).prefix { $0 == $1 && ($0 == 32 || $0 == 9) }.count
    return CodePoints(lines.map { $0.isBlank ? [] : CodePoints($0.dropFirst(margin)) }.joined(separator: [CodePoint.newline]))
  }

  /// The columns that the first characters take on a terminal.
  func displayWidth(_ length: Int) -> Int { isASCII ? length : prefix(Swift.max(length, 0)).reduce(0) { $0 + CodePoint.width($1) } }

  /// A byte offset in UTF-8 as a character offset.
  func characterOffset(ofByte offset: Int) -> Int {
    var bytes = 0
    for (index, point) in enumerated() {
      if bytes >= offset { return index }
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    }
    return count
  }

  var strippedAtEnd: CodePoints { CodePoints(prefix(upTo: (lastIndex { !CodePoint.isSpace($0) } ?? -1) + 1)) }
  var strippedAtStart: CodePoints { CodePoints(drop(while: CodePoint.isSpace)) }
}
