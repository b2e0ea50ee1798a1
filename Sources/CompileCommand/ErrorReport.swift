// Errors and warnings of a file as one line of JSON, for comparisons with CPython.

import KraitSyntax

struct ErrorReport {
  let file: String
  let error: Diagnostic?
  let warnings: [SyntaxWarning]

  var json: String {
    var fields = [("file", JSON.string(file)), ("error", error.map(ErrorReport.object) ?? "null")]
    fields.append(("warnings", "[" + warnings.map(ErrorReport.object).joined(separator: ", ") + "]"))
    return JSON.object(fields) + "\n"
  }

  private static func object(_ error: Diagnostic) -> String {
    var fields = [("class", JSON.string(error.exceptionClass.rawValue)), ("message", JSON.string(error.message))]
    if error.exceptionClass.isSyntaxError {
      fields += [
        ("filename", JSON.string(error.fileName)), ("line", String(error.line)), ("offset", String(error.offset)),
        ("end_line", String(error.endLine)), ("end_offset", String(error.endOffset)),
        ("text", error.text.map { JSON.string($0) } ?? "null"),
      ]
    }
    return JSON.object(fields)
  }

  private static func object(_ warning: SyntaxWarning) -> String {
    JSON.object([
      ("category", JSON.string(warning.category.rawValue)), ("message", JSON.string(warning.message)),
      ("filename", JSON.string(warning.fileName)), ("line", String(warning.line)), ("offset", String(warning.offset)),
      ("end_line", String(warning.endLine)), ("end_offset", String(warning.endOffset)),
    ])
  }
}

enum JSON {
  static func object(_ fields: [(name: String, value: String)]) -> String {
    "{" + fields.map { "\(string($0.name)): \($0.value)" }.joined(separator: ", ") + "}"
  }

  static func string(_ text: String) -> String { string([UInt8](text.utf8)) }

  /// UTF-8 as a string in ASCII; a lone surrogate is escaped like other code points, a byte that is not UTF-8 becomes U+FFFD.
  static func string(_ bytes: [UInt8]) -> String {
    var result = "\""
    var index = 0
    while index < bytes.count {
      let (value, length) = codePoint(in: bytes, at: index)
      index += length
      switch value {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(value)))
      case 0x10000...:
        result += escape(0xD800 + (value - 0x10000) >> 10)
        result += escape(0xDC00 + (value - 0x10000) & 0x3FF)
      default: result += escape(value)
      }
    }
    return result + "\""
  }

  private static func escape(_ unit: UInt32) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func codePoint(in bytes: [UInt8], at index: Int) -> (value: UInt32, length: Int) {
    let lead = bytes[index]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let length = lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, lead < 0xF8, index + length <= bytes.count else { return (0xFFFD, 1) }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for byte in bytes[index + 1..<index + length] {
      guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return value <= 0x10FFFF ? (value, length) : (0xFFFD, 1)
  }
}
