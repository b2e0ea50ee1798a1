// The text that `int()`, `float()` and `complex()` read: ASCII, with the decimal digits and spaces of all scripts made ASCII.

import CKraitCore

/// Lends the text of a str as ASCII: decimal digits of any script become 0 to 9, white space becomes a space, all else a question mark.
func withNumberText<Result: ~Copyable>(
  _ value: Value, _ body: (UnsafeBufferPointer<UInt8>) throws(PyError) -> Result
) throws(PyError) -> Result {
  let string = StringObject(value)
  let count = string.length
  if string.isASCII {
    return try body(UnsafeBufferPointer(start: UnsafePointer(string.data.assumingMemoryBound(to: UInt8.self)), count: count))
  }
  return try withTemporaryBytes(count) { (buffer) throws(PyError) -> Result in
    for index in 0..<count { buffer[index] = numberCharacter(string.codePoint(at: index)) }
    return try body(UnsafeBufferPointer(start: buffer, count: count))
  }
}

private func numberCharacter(_ codePoint: UInt32) -> UInt8 {
  if codePoint < 0x80 { return UInt8(codePoint) }
  if CodePoint.isSpace(codePoint) { return UInt8(ascii: " ") }
  if let digit = UnicodeDatabase.decimal(codePoint) { return UInt8(ascii: "0") + UInt8(digit) }
  return UInt8(ascii: "?")
}

/// The representation of a value in an error message, cut as CPython cuts it.
func shortRepr(_ value: Value, limit: Int = 200) throws(PyError) -> String {
  let text = try value.repr().text
  return text.unicodeScalars.count <= limit ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
}

/// ValueError for what is no number's text, whose representation ends the message, cut as CPython cuts it. Programs that ask in this way whether a text is a number must not wait for
/// Swift's strings.
@inline(__always)
func malformedNumber(_ value: Value, limit: Int = .max, _ begin: (inout StringBuilder) throws(PyError) -> Void) throws(PyError) -> PyError {
  let representation = try value.repr()
  let text = StringObject(representation.value)
  var message = try StringBuilder(capacity: 88)
  try begin(&message)
  try message.append(text.units[0..<min(text.length, limit)])
  let result = try message.finish()
  return .raise(.valueError, result.value)
}

extension Value {
  /// Whether the buffer protocol gives the bytes of this value.
  func hasBuffer() throws(PyError) -> Bool {
    if isBytes || isInstance(of: .bytearray) || isInstance(of: .memoryview) { return true }
    return try !lookUpSpecial(Name.__buffer__).isAbsent
  }

  /// The bytes of a value that has a buffer, as an exact bytes object.
  func bufferAsBytes() throws(PyError) -> Owned { isExact(.bytes) ? Owned(copying: self) : try TypeObject.bytes.value.call(self) }
}

extension BytesObject {
  var text: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: UnsafePointer(data.assumingMemoryBound(to: UInt8.self)), count: count) }
}

extension Owned {
  /// A str of ASCII bytes.
  static func string(ascii text: UnsafeBufferPointer<UInt8>) throws(PyError) -> Owned {
    try Owned.string(latin1: UnsafeRawBufferPointer(text), ascii: true)
  }
}
