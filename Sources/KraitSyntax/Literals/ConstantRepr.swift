// `repr()` of constants, as CPython writes it.

extension ByteBuffer {
  /// Appends `repr(value)`.
  ///
  /// - Parameter code: writes the representation of a code constant, whose contents this module does not know.
  public mutating func append(
    repr value: ConstantValue, code: (ConstantValue, inout ByteBuffer) -> Void = { _, buffer in buffer.append("<code object>") }
  ) {
    switch value.kind {
    case .none: append("None")
    case .false: append("False")
    case .true: append("True")
    case .ellipsis: append("Ellipsis")
    case .integer:
      if let small = value.smallInteger { append(decimal: small) } else { append(value.integerText()) }
    case .float: append(repr: value.float)
    case .complex: append(repr: value.complex)
    case .string: append(stringRepr: value.text.bytes)
    case .bytes: append(bytesRepr: value.text.bytes)
    case .tuple:
      append(UInt8(ascii: "("))
      append(reprs: value.elements, code: code)
      if value.elements.count == 1 { append(UInt8(ascii: ",")) }
      append(UInt8(ascii: ")"))
    case .frozenset:
      append(value.elements.isEmpty ? "frozenset(" : "frozenset({")
      append(reprs: value.elements, code: code)
      append(value.elements.isEmpty ? ")" : "})")
    case .slice:
      append("slice(")
      append(reprs: value.elements, code: code)
      append(UInt8(ascii: ")"))
    case .code: code(value, &self)
    }
  }

  private mutating func append(reprs values: UnsafeBufferPointer<ConstantValue>, code: (ConstantValue, inout ByteBuffer) -> Void) {
    var isFirst = true
    for value in values {
      if !isFirst { append(", ") }
      isFirst = false
      append(repr: value, code: code)
    }
  }

  // MARK: Numbers

  public mutating func append(repr value: Double) { append(float: value, withPoint: true, withSign: false) }

  public mutating func append(repr value: (real: Double, imaginary: Double)) {
    if value.real == 0 && value.real.sign == .plus {
      append(float: value.imaginary, withPoint: false, withSign: false)
      append(UInt8(ascii: "j"))
      return
    }
    append(UInt8(ascii: "("))
    append(float: value.real, withPoint: false, withSign: false)
    append(float: value.imaginary, withPoint: false, withSign: true)
    append("j)")
  }

  /// The shortest decimal that reads back as the same number.
  ///
  /// - Parameter withPoint: whether a whole number ends in `.0`.
  private mutating func append(float value: Double, withPoint: Bool, withSign: Bool) {
    if value.isNaN {
      append(withSign ? "+nan" : "nan")
      return
    }
    if value.sign == .minus { append(UInt8(ascii: "-")) } else if withSign { append(UInt8(ascii: "+")) }
    if value.isInfinite {
      append("inf")
      return
    }
    // The standard library finds the digits, Python's rules place them.
    var digits: [UInt8] = []
    var pointPosition = 0
    var exponent = 0
    var hasPoint = false
    var text = value.magnitude.description.utf8[...]
    if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
      exponent = Int(Substring(text[text.index(after: mark)...])) ?? 0
      text = text[..<mark]
    }
    for byte in text {
      if byte == UInt8(ascii: ".") {
        hasPoint = true
        continue
      }
      if digits.isEmpty && byte == UInt8(ascii: "0") {
        if hasPoint { pointPosition -= 1 }
        continue
      }
      digits.append(byte)
      if !hasPoint { pointPosition += 1 }
    }
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits.isEmpty {
      append(withPoint ? "0.0" : "0")
      return
    }
    place(digits, pointPosition: pointPosition + exponent, withPoint: withPoint)
  }

  /// Writes 0.DIGITS times ten to `pointPosition`.
  private mutating func place(_ digits: [UInt8], pointPosition: Int, withPoint: Bool) {
    if pointPosition > 16 || pointPosition <= -4 {
      append(digits[0])
      if digits.count > 1 {
        append(UInt8(ascii: "."))
        append(Array(digits[1...]))
      }
      let exponent = pointPosition - 1
      append(exponent < 0 ? "e-" : "e+")
      if exponent.magnitude < 10 { append(UInt8(ascii: "0")) }
      append(decimal: Int(exponent.magnitude))
    } else if pointPosition <= 0 {
      append("0.")
      append(repeating: UInt8(ascii: "0"), count: -pointPosition)
      append(digits)
    } else if pointPosition >= digits.count {
      append(digits)
      append(repeating: UInt8(ascii: "0"), count: pointPosition - digits.count)
      if withPoint { append(".0") }
    } else {
      append(Array(digits[..<pointPosition]))
      append(UInt8(ascii: "."))
      append(Array(digits[pointPosition...]))
    }
  }

  // MARK: Strings

  /// The quote that needs the fewest escapes, by Python's rule.
  private static func quote(for bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
    bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\"")) ? UInt8(ascii: "\"") : UInt8(ascii: "'")
  }

  /// The representation of a string given as UTF-8 with surrogates.
  public mutating func append(stringRepr bytes: UnsafeBufferPointer<UInt8>) {
    let quote = ByteBuffer.quote(for: bytes)
    append(quote)
    var index = 0
    var pending = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte >= 0x20 && byte < 0x7F && byte != quote && byte != UInt8(ascii: "\\") {
        index &+= 1
        continue
      }
      append(UnsafeBufferPointer(rebasing: bytes[pending..<index]))
      if byte < 0x80 {
        append(escaped: byte, quote: quote)
        index &+= 1
      } else {
        let (value, length) = CodePoints.decode(bytes, at: index)
        if UnicodeProperties.isPrintable(value) {
          append(UnsafeBufferPointer(rebasing: bytes[index..<min(index + length, bytes.count)]))
        } else if value <= 0xFF {
          append("\\x")
          append(hexadecimal: UInt(value), digits: 2)
        } else if value <= 0xFFFF {
          append("\\u")
          append(hexadecimal: UInt(value), digits: 4)
        } else {
          append("\\U")
          append(hexadecimal: UInt(value), digits: 8)
        }
        index &+= length
      }
      pending = index
    }
    append(UnsafeBufferPointer(rebasing: bytes[pending..<max(pending, bytes.count)]))
    append(quote)
  }

  public mutating func append(bytesRepr bytes: UnsafeBufferPointer<UInt8>) {
    let quote = ByteBuffer.quote(for: bytes)
    append(UInt8(ascii: "b"))
    append(quote)
    for byte in bytes {
      if byte >= 0x20 && byte < 0x7F && byte != quote && byte != UInt8(ascii: "\\") {
        append(byte)
      } else {
        append(escaped: byte, quote: quote)
      }
    }
    append(quote)
  }

  private mutating func append(escaped byte: UInt8, quote: UInt8) {
    switch byte {
    case UInt8(ascii: "\t"): append("\\t")
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\r"): append("\\r")
    case UInt8(ascii: "\\"), quote:
      append(UInt8(ascii: "\\"))
      append(byte)
    default:
      append("\\x")
      append(hexadecimal: UInt(byte), digits: 2)
    }
  }
}

extension ConstantValue {
  /// `repr()` of the constant; a lone surrogate has become an escape.
  public var repr: String {
    var buffer = ByteBuffer()
    buffer.append(repr: self)
    return buffer.string
  }
}

extension Text {
  /// `repr()` of the text as a string.
  public var repr: String {
    var buffer = ByteBuffer()
    buffer.append(stringRepr: bytes)
    return buffer.string
  }
}

/// Code points of UTF-8 in which surrogates may occur.
enum CodePoints {
  /// The code point that begins at an offset, and its length in bytes. Malformed bytes stand for themselves.
  @inline(__always)
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
    let lead = UInt32(bytes[index])
    let length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    if length == 1 || index + length > bytes.count { return (lead, 1) }
    var value = lead & (0x7F >> UInt32(length))
    for offset in 1..<length { value = value << 6 | UInt32(bytes[index + offset]) & 0x3F }
    return (value, length)
  }
}
