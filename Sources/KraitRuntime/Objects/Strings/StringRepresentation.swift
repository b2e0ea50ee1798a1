// repr of text and of bytes.

import CKraitCore

extension StringObject {
  /// The literal that gives the text: quotes, and escapes for what is not printable.
  func representation() throws(PyError) -> Owned {
    let units = self.units
    var builder = try StringBuilder(capacity: units.count &+ 2)
    try builder.appendRepresentation(units, asciiOnly: false)
    return try builder.finish()
  }

  /// As ``representation()`` with escapes for all that is not ASCII.
  func asciiRepresentation() throws(PyError) -> Owned {
    let units = self.units
    var builder = try StringBuilder(capacity: units.count &+ 2)
    try builder.appendRepresentation(units, asciiOnly: true)
    return try builder.finish()
  }
}

extension StringBuilder {
  mutating func appendRepresentation(_ units: CodeUnits, asciiOnly: Bool) throws(PyError) {
    let apostrophe: UInt32 = 0x27
    let quotation: UInt32 = 0x22
    let quote = units.contains(apostrophe) && !units.contains(quotation) ? quotation : apostrophe
    try append(codePoint: quote)
    var plain = 0
    for index in 0..<units.count {
      let point = units[index]
      if point >= 0x20 && point < 0x7F && point != quote && point != 0x5C { continue }
      if point >= 0x80 && !asciiOnly && point.isPrintable { continue }
      if plain < index { try append(units[plain..<index]) }
      plain = index + 1
      try appendEscape(point)
    }
    if plain < units.count { try append(units[plain..<units.count]) }
    try append(codePoint: quote)
  }

  /// A code point as a backslash escape of a literal.
  mutating func appendEscape(_ point: UInt32) throws(PyError) {
    try append(codePoint: 0x5C)
    switch point {
    case 0x09: try append(codePoint: 0x74)
    case 0x0A: try append(codePoint: 0x6E)
    case 0x0D: try append(codePoint: 0x72)
    case 0x27, 0x22, 0x5C: try append(codePoint: point)
    default:
      let (letter, digits): (UInt32, UInt32) = point < 0x100 ? (0x78, 2) : point < 0x10000 ? (0x75, 4) : (0x55, 8)
      try append(codePoint: letter)
      try append(hexadecimal: point, digits: digits)
    }
  }

  mutating func append(hexadecimal value: UInt32, digits: UInt32) throws(PyError) {
    for place in 0..<digits { try append(codePoint: UInt32(hexadecimalDigit(value &>> (4 &* (digits &- 1 &- place)) & 15))) }
  }
}

@inline(__always)
func hexadecimalDigit(_ value: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: value < 10 ? 0x30 &+ value : 0x57 &+ value) }

extension BytesObject {
  func representation() throws(PyError) -> Owned { try bytesRepresentation(buffer, "b", "") }
}

/// The literal of bytes between a prefix and a suffix.
///
/// - Parameter escapesApostrophe: even between quotation marks, as `bytearray` has it.
func bytesRepresentation(
  _ bytes: UnsafeRawBufferPointer, _ prefix: StaticString, _ suffix: StaticString, escapesApostrophe: Bool = false
) throws(PyError) -> Owned {
  let units = CodeUnits(base: bytes.baseAddress ?? UnsafeRawPointer(prefix.utf8Start), count: bytes.count, width: 1)
  var builder = try StringBuilder(capacity: bytes.count &+ 3 &+ prefix.utf8CodeUnitCount &+ suffix.utf8CodeUnitCount)
  try builder.append(prefix)
  let quote: UInt32 = units.contains(0x27) && !units.contains(0x22) ? 0x22 : 0x27
  try builder.append(codePoint: quote)
  for index in 0..<units.count {
    let point = units[index]
    if point == quote || point == 0x5C || point == 0x27 && escapesApostrophe || point < 0x20 || point >= 0x7F {
      try builder.appendEscape(point)
    } else {
      try builder.append(codePoint: point)
    }
  }
  try builder.append(codePoint: quote)
  try builder.append(suffix)
  return try builder.finish()
}
