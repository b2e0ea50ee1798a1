// Texts that the system gives as bytes, such as arguments and names of files, in Swift's strings: bytes that are not UTF-8 survive.

import Glibc

/// A string in which a byte that is not part of a character stands as one of the last code points there are, U+10FF80 to U+10FFFF. Python has a lone surrogate in its
/// place. A character that really is one of those code points stands as its four bytes.
public enum SystemText {
  private static let first: UInt32 = 0x10FF00

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= first &+ 0x80 }

  /// The string of some bytes.
  public static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    if let start = bytes.baseAddress, CodeUnits.isASCII(start, bytes.count) { return String(decoding: bytes, as: UTF8.self) }
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isByte) { return text }
    var result = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      let length = wellFormedLength(bytes, at: index)
      let character = length > 0 ? String(validating: bytes[index..<index + length], as: UTF8.self)?.unicodeScalars.first : nil
      if let character, !isByte(character) {
        result.append(character)
        index += length
      } else {
        if let scalar = Unicode.Scalar(first &+ UInt32(bytes[index])) { result.append(scalar) }
        index += 1
      }
    }
    return String(result)
  }

  /// The string of what C says.
  public static func string(_ text: UnsafePointer<CChar>) -> String {
    string(UnsafeBufferPointer(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text)))
  }

  /// The string of a str, which may have surrogates in the place of bytes; others become replacement characters.
  public static func string(_ value: Value) -> String {
    let text = StringObject(value)
    if text.isASCII { return text.text }
    var hasBytes = false
    for index in 0..<text.length where text.codePoint(at: index) &- 0xDC80 < 0x80 || text.codePoint(at: index) >= first { hasBytes = true }
    guard hasBytes else { return text.text }
    do throws(PyError) {
      let bytes = try encodeFileSystem(value)
      return string(BytesObject(bytes.value).buffer.assumingMemoryBound(to: UInt8.self))
    } catch {
      PyError.clear()
      return text.text
    }
  }

  /// The bytes of such a string.
  public static func bytes(_ text: String) -> [UInt8] {
    if !text.unicodeScalars.contains(where: isByte) { return Array(text.utf8) }
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      if isByte(scalar) { result.append(UInt8(truncatingIfNeeded: scalar.value)) } else { result += Array(String(Character(scalar)).utf8) }
    }
    return result
  }

  /// Whether some of its bytes are no characters.
  public static func hasStrayBytes(_ text: String) -> Bool {
    text.unicodeScalars.contains(where: isByte) && String(validating: bytes(text), as: UTF8.self) == nil
  }

  /// Calls C with the bytes.
  public static func withBytes<Result>(_ text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    if !text.unicodeScalars.contains(where: isByte) { return text.withCString(body) }
    let bytes = bytes(text).map { CChar(bitPattern: $0) } + [0]
    return bytes.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
  }
}

extension Owned {
  /// The str that Python has for a text of the system.
  public static func systemText(_ text: String) throws(PyError) -> Owned {
    if text.utf8.allSatisfy({ $0 < 0xF4 }) { return try .string(text) }
    let bytes = SystemText.bytes(text)
    return Owned(
      taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
        try decodeFileSystem(UnsafeRawBufferPointer(buffer)).take()
      })
  }
}
