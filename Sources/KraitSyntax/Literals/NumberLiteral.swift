// What a number token denotes: integers in all bases, floats, imaginary numbers.

/// The value of a number token.
enum NumberLiteral {
  case small(Int)
  /// Digits without prefix, underscores and leading zeros, as values; too many for a machine word.
  case integer(radix: Int32, digits: [UInt8])
  case float(Double)
  case imaginary(Double)
  /// A decimal integer of this many digits is longer than the limit.
  case tooLong(digits: Int)

  init(_ token: UnsafeBufferPointer<UInt8>, integerDigitLimit: Int) {
    if token.count > 2 && token[0] == UInt8(ascii: "0") {
      let radix: Int32? =
        switch token[1] | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
      if let radix {
        self = NumberLiteral.integer(UnsafeBufferPointer(rebasing: token[2...]), radix: radix, limit: 0)
        return
      }
    }
    if token.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: "_") }) {
      self = NumberLiteral.integer(token, radix: 10, limit: integerDigitLimit)
    } else if let last = token.last, last | 0x20 == UInt8(ascii: "j") {
      self = .imaginary(NumberLiteral.double(UnsafeBufferPointer(rebasing: token.dropLast())))
    } else {
      self = .float(NumberLiteral.double(token))
    }
  }

  /// The limit below which the digit limit is not asked for (`_PY_LONG_MAX_STR_DIGITS_THRESHOLD`).
  private static let digitLimitThreshold = 640

  private static func integer(_ text: UnsafeBufferPointer<UInt8>, radix: Int32, limit: Int) -> NumberLiteral {
    var value: UInt = 0
    var fits = true
    for byte in text where byte != UInt8(ascii: "_") {
      let (product, overflow) = value.multipliedReportingOverflow(by: UInt(radix))
      let (sum, carry) = product.addingReportingOverflow(UInt(digit(byte)))
      if overflow || carry || sum > UInt(Int.max) {
        fits = false
        break
      }
      value = sum
    }
    if fits && text.count < digitLimitThreshold { return .small(Int(value)) }
    let significant = text.lazy.filter { $0 != UInt8(ascii: "_") }
    let count = significant.count
    if limit > 0 && count > digitLimitThreshold && count > limit && !fits { return .tooLong(digits: count) }
    if fits { return .small(Int(value)) }
    return .integer(radix: radix, digits: significant.map(digit).drop { $0 == 0 }.map { $0 })
  }

  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt8 {
    byte < 0x40 ? byte &- UInt8(ascii: "0") : (byte | 0x20) &- UInt8(ascii: "a") &+ 10
  }

  /// The correctly rounded value of a decimal float or integer with underscores; infinity beyond the range.
  private static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    // Up to 2^53 times or by an exact power of ten: one correctly rounded operation.
    var mantissa: UInt64 = 0
    var digits = 0
    var scale = 0
    var index = 0
    var isFraction = false
    while index < text.count {
      let byte = text[index]
      if byte &- UInt8(ascii: "0") < 10 {
        if mantissa != 0 || byte != UInt8(ascii: "0") { digits += 1 }
        if digits > 18 { return slowDouble(text) }
        mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
        if isFraction { scale -= 1 }
      } else if byte == UInt8(ascii: ".") {
        isFraction = true
      } else if byte != UInt8(ascii: "_") {
        break
      }
      index += 1
    }
    if index < text.count {
      index += 1
      var isNegative = false
      if index < text.count && (text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")) {
        isNegative = text[index] == UInt8(ascii: "-")
        index += 1
      }
      var exponent = 0
      while index < text.count {
        if text[index] != UInt8(ascii: "_") { exponent = exponent * 10 + Int(text[index] &- UInt8(ascii: "0")) }
        if exponent > 100_000 { return mantissa == 0 ? 0 : slowDouble(text) }
        index += 1
      }
      scale += isNegative ? -exponent : exponent
    }
    if mantissa == 0 { return 0 }
    guard mantissa <= 1 << 53 && abs(scale) < powersOfTen.count else { return slowDouble(text) }
    return scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  @inline(never)
  private static func slowDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    // The standard library's conversion is correctly rounded and knows no locale.
    Double(String(decoding: text.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)) ?? .nan
  }
}
