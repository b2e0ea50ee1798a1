// The declaration of a source's encoding in a comment (PEP 263).

enum EncodingDeclaration {
  /// The encoding that a line declares, by its usual name if it is UTF-8 or Latin-1.
  static func encoding(in line: ArraySlice<UInt8>) -> String? {
    // CPython does not look at the last six bytes for the start of the word.
    let last = line.endIndex - 6
    var index = line.startIndex
    while index < last, line[index] == 0x20 || line[index] == 0x09 || line[index] == 0x0C { index += 1 }
    guard index < last, line[index] == 0x23 else { return nil }
    while index < last {
      if line[index...].starts(with: "coding".utf8), let name = name(in: line[(index + 6)...]) { return normalName(name) }
      index += 1
    }
    return nil
  }

  /// The encoding that a line declares as Python's `tokenize` module finds it, as it is spelt.
  static func matched(in line: ArraySlice<UInt8>) -> String? {
    let comment = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C }
    guard comment.first == 0x23 else { return nil }
    for index in comment.indices where comment[index...].starts(with: "coding".utf8) {
      if let name = name(in: comment[(index + 6)...]) { return name }
    }
    return nil
  }

  /// The name behind the word `coding`.
  private static func name(in rest: ArraySlice<UInt8>) -> String? {
    guard let sign = rest.first, sign == 0x3A || sign == 0x3D else { return nil }
    let start = rest.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
    let name = start.prefix { Byte.isLetter($0) || Byte.isDigit($0) || $0 == 0x2D || $0 == Byte.underscore || $0 == Byte.dot }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  /// Only the first twelve letters of a name tell whether it is one of UTF-8 or Latin-1.
  static func normalName(_ name: String) -> String {
    let start = String(name.prefix(12).lowercased().map { $0 == "_" ? "-" : $0 })
    if start == "utf-8" || start.hasPrefix("utf-8-") { return "utf-8" }
    for other in ["latin-1", "iso-8859-1", "iso-latin-1"] where start == other || start.hasPrefix(other + "-") { return "iso-8859-1" }
    return name
  }
}
