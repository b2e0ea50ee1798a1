// Doubles as text and back: shortest and correctly rounded digits, and Python's rules for placing them.

import CKraitCore
import Glibc

/// The standard library's own shortest conversion, of which `Double.description` is the wrapper that makes a String. Part of its stable interface.
@_silgen_name("swift_float64ToString")
private func shortestText(_ buffer: UnsafeMutablePointer<UInt8>, _ capacity: UInt, _ value: Double, _ debug: Bool) -> UInt64

/// The decimal digits of a double, without trailing zeros: 0.DIGITS times ten to ``point``. Zero has no digits.
struct DecimalDigits {
  var count: Int
  var point: Int

  /// The longest that any of the functions below writes.
  static let capacity = 1600
  /// Digits behind the point after which every double has only zeros.
  private static let lastPlace = 1100

  /// The shortest digits that read back as the same double, which is finite and not negative.
  @inline(__always)
  static func shortest(_ value: Double, into digits: UnsafeMutablePointer<UInt8>) -> DecimalDigits {
    if value == 0 { return DecimalDigits(count: 0, point: 1) }
    let text = digits + 64
    // The conversion leaves out zeros: its buffer must hold them beforehand.
    text.update(repeating: UInt8(ascii: "0"), count: 32)
    let length = Int(truncatingIfNeeded: shortestText(text, 32, value, false))
    return collect(text, length, into: digits)
  }

  /// Digits rounded to so many significant ones, at least one.
  static func significant(_ value: Double, _ count: Int, into digits: UnsafeMutablePointer<UInt8>) -> DecimalDigits {
    if value == 0 { return DecimalDigits(count: 0, point: 1) }
    return printed("%.*e", min(count - 1, lastPlace), value, into: digits)
  }

  /// Digits rounded to so many places behind the point (before it, if negative).
  static func fixed(_ value: Double, _ places: Int, into digits: UnsafeMutablePointer<UInt8>) -> DecimalDigits {
    if value == 0 { return DecimalDigits(count: 0, point: 1) }
    if let scaled = scaledInteger(value, places) {
      var stack = (UInt64(0), UInt64(0), UInt64(0))
      return withUnsafeMutableBytes(of: &stack) { buffer in
        let end = buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + 24
        if scaled == 0 { return DecimalDigits(count: 0, point: -places) }
        let start = Integer.writeDecimal(scaled, before: end)
        var count = end - start
        let point = count - places
        while count > 1 && start[count - 1] == UInt8(ascii: "0") { count -= 1 }
        digits.update(from: start, count: count)
        return DecimalDigits(count: count, point: point)
      }
    }
    if places < 0 {
      // The places before the point: significant digits, unless rounding takes the number below its first digit.
      let all = printed("%.*e", lastPlace, value, into: digits)
      let kept = all.point + places
      if kept > 0 { return printed("%.*e", kept - 1, value, into: digits) }
      let isUp = kept == 0 && (digits[0] > UInt8(ascii: "5") || (digits[0] == UInt8(ascii: "5") && all.count > 1))
      if !isUp { return DecimalDigits(count: 0, point: 1) }
      digits[0] = UInt8(ascii: "1")
      return DecimalDigits(count: 1, point: all.point + 1)
    }
    return printed("%.*f", min(places, lastPlace), value, into: digits)
  }

  /// `value * 10^places` rounded to the nearest whole number, ties to even, when 64 bits hold it. Exact: no step rounds but the last.
  private static func scaledInteger(_ value: Double, _ places: Int) -> UInt? {
    guard places >= 0 && places <= 22 else { return nil }
    let exponent = Int(value.exponentBitPattern) - 1075
    guard value.exponentBitPattern != 0 && exponent < 11 else { return nil }
    let significand = UInt128(value.significandBitPattern | 1 << 52)
    // At most 53 + 74 bits.
    var power: UInt128 = 1
    for _ in 0..<places { power &*= 10 }
    let product = significand &* power
    if exponent >= 0 {
      guard product.leadingZeroBitCount >= 64 + exponent else { return nil }
      return UInt(truncatingIfNeeded: product << UInt128(exponent))
    }
    let shift = -exponent
    if shift > 127 { return 0 }
    var quotient = product >> UInt128(shift)
    let rest = product & ((1 << UInt128(shift)) &- 1)
    let half = UInt128(1) << UInt128(shift - 1)
    if rest > half || (rest == half && quotient & 1 == 1) { quotient += 1 }
    return quotient <= UInt128(UInt.max) ? UInt(truncatingIfNeeded: quotient) : nil
  }

  @inline(never)
  private static func printed(_ format: String, _ precision: Int, _ value: Double, into digits: UnsafeMutablePointer<UInt8>) -> DecimalDigits {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
      let text = buffer.baseAddress.unsafelyUnwrapped
      let length = withVaList([Int32(precision), value]) { list in
        text.withMemoryRebound(to: CChar.self, capacity: capacity) { Int(vsnprintf($0, capacity, format, list)) }
      }
      return collect(text, min(length, capacity - 1), into: digits)
    }
  }

  /// Takes the digits and the exponent out of a decimal text.
  @inline(__always)
  private static func collect(_ text: UnsafeMutablePointer<UInt8>, _ length: Int, into digits: UnsafeMutablePointer<UInt8>) -> DecimalDigits {
    var count = 0
    var point = 0
    var isFraction = false
    var index = 0
    while index < length {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: ".") {
        isFraction = true
      } else if byte == UInt8(ascii: "e") {
        let isNegative = text[index] == UInt8(ascii: "-")
        if text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") { index += 1 }
        var exponent = 0
        while index < length {
          exponent = exponent &* 10 &+ Int(text[index] &- 48)
          index += 1
        }
        point += isNegative ? -exponent : exponent
      } else if count == 0 && byte == UInt8(ascii: "0") {
        if isFraction { point -= 1 }
      } else {
        digits[count] = byte
        count += 1
        if !isFraction { point += 1 }
      }
    }
    while count > 0 && digits[count - 1] == UInt8(ascii: "0") { count -= 1 }
    return DecimalDigits(count: count, point: count == 0 ? 1 : point)
  }
}

/// What ``formatDouble(_:code:precision:flags:)`` may be asked for beside the number.
public struct DoubleFormatFlags: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// A plus sign before what is not negative.
  public static let sign = DoubleFormatFlags(rawValue: 1)
  /// `.0` behind what would look like an int.
  public static let addDotZero = DoubleFormatFlags(rawValue: 2)
  /// A point always; `g` keeps its trailing zeros.
  public static let alternate = DoubleFormatFlags(rawValue: 4)
  /// What is rounded to zero has no minus sign.
  public static let noNegativeZero = DoubleFormatFlags(rawValue: 8)
}

extension TextBuffer {
  /// Appends a double.
  ///
  /// - Parameters:
  ///   - code: `e`, `f`, `g` (or upper case), `r` for the shortest text that reads back the same.
  mutating func append(double value: Double, code: UInt8, precision: Int, flags: DoubleFormatFlags) throws(PyError) {
    let isUpper = code & 0x20 == 0
    let code = code | 0x20
    var precision = precision
    if value.isNaN || value.isInfinite {
      if value.isInfinite && value < 0 { try append(UInt8(ascii: "-")) } else if flags.contains(.sign) { try append(UInt8(ascii: "+")) }
      if value.isNaN { try append(isUpper ? "NAN" : "nan") } else { try append(isUpper ? "INF" : "inf") }
      return
    }
    if code == UInt8(ascii: "g") && precision == 0 { precision = 1 }
    var storage = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    if code == UInt8(ascii: "r") || (code == UInt8(ascii: "f") && precision <= 22 && abs(value) < 0x1p53) || precision < 17 && code != UInt8(ascii: "f") {
      // At most 22 + 17 digits.
      try withUnsafeMutableBytes(of: &storage) { (buffer) throws(PyError) in
        try appendDigits(of: value, code, precision, flags, isUpper, buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
      }
    } else {
      try withTemporaryBytes(DecimalDigits.capacity) { (buffer) throws(PyError) in try appendDigits(of: value, code, precision, flags, isUpper, buffer) }
    }
  }

  @inline(__always)
  private mutating func appendDigits(
    of value: Double, _ code: UInt8, _ precision: Int, _ flags: DoubleFormatFlags, _ isUpper: Bool, _ digits: UnsafeMutablePointer<UInt8>
  ) throws(PyError) {
    let magnitude = abs(value)
    let number: DecimalDigits
    switch code {
    case UInt8(ascii: "r"): number = .shortest(magnitude, into: digits)
    case UInt8(ascii: "f"): number = .fixed(magnitude, precision, into: digits)
    case UInt8(ascii: "e"): number = .significant(magnitude, precision + 1, into: digits)
    default: number = .significant(magnitude, precision, into: digits)
    }
    if value.sign == .minus && !(number.count == 0 && flags.contains(.noNegativeZero)) {
      try append(UInt8(ascii: "-"))
    } else if flags.contains(.sign) {
      try append(UInt8(ascii: "+"))
    }
    // As CPython's format_float_short: how many digits are shown, and where the point stands among them.
    var point = number.count == 0 ? 1 : number.point
    var end = number.count
    var hasExponent = false
    switch code {
    case UInt8(ascii: "e"):
      hasExponent = true
      end = precision + 1
    case UInt8(ascii: "f"): end = point + precision
    case UInt8(ascii: "g"):
      hasExponent = point <= -4 || point > precision - (flags.contains(.addDotZero) ? 1 : 0)
      if flags.contains(.alternate) { end = precision }
    default: hasExponent = point <= -4 || point > 16
    }
    let exponent = point - 1
    if hasExponent { point = 1 }
    end = !hasExponent && flags.contains(.addDotZero) ? max(end, point + 1) : max(end, point)
    try place(digits, number.count, point: point, end: end, alternate: flags.contains(.alternate))
    if hasExponent {
      try append(UInt8(ascii: isUpper ? "E" : "e"))
      try append(UInt8(ascii: exponent < 0 ? "-" : "+"))
      if exponent.magnitude < 10 { try append(UInt8(ascii: "0")) }
      try append(decimal: exponent.magnitude)
    }
  }

  /// Writes digits up to `end` places, zeros where there are no digits, the point at `point`.
  private mutating func place(_ digits: UnsafeMutablePointer<UInt8>, _ count: Int, point: Int, end: Int, alternate: Bool) throws(PyError) {
    if point <= 0 {
      try append("0.")
      try append(repeating: UInt8(ascii: "0"), count: min(-point, max(end - point, 0)))
      try append(UnsafeBufferPointer(start: digits, count: min(count, max(end, 0))))
      try append(repeating: UInt8(ascii: "0"), count: max(0, end - max(count, 0)))
      return
    }
    let whole = min(count, point)
    try append(UnsafeBufferPointer(start: digits, count: whole))
    try append(repeating: UInt8(ascii: "0"), count: point - whole)
    if end > point || alternate { try append(UInt8(ascii: ".")) }
    guard end > point else { return }
    let fraction = max(0, min(count, end) - point)
    if fraction > 0 { try append(UnsafeBufferPointer(start: digits + point, count: fraction)) }
    try append(repeating: UInt8(ascii: "0"), count: end - point - fraction)
  }
}

/// A double as a str.
public func formatDouble(_ value: Double, code: UInt8, precision: Int, flags: DoubleFormatFlags = []) throws(PyError) -> Owned {
  var buffer = try TextBuffer()
  try buffer.append(double: value, code: code, precision: precision, flags: flags)
  return try buffer.finish()
}

// MARK: Reading

/// The double that a decimal text denotes, without spaces and underscores; also "inf", "infinity" and "nan" in any case. Nil for anything else.
public func parseDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
  guard let (value, length) = parseDoublePrefix(text), length == text.count else { return nil }
  return value
}

/// As ``parseDouble(_:)`` for the longest beginning that is a number, and its length.
func parseDoublePrefix(_ text: UnsafeBufferPointer<UInt8>) -> (Double, Int)? {
  let count = text.count
  var index = 0
  var isNegative = false
  if index < count && (text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")) {
    isNegative = text[index] == UInt8(ascii: "-")
    index += 1
  }
  var mantissa: UInt64 = 0
  var digits = 0
  var scale = 0
  var hasDigits = false
  var isFraction = false
  while index < count {
    let byte = text[index]
    if byte &- 48 < 10 {
      hasDigits = true
      if mantissa != 0 || byte != UInt8(ascii: "0") { digits += 1 }
      if digits <= 18 { mantissa = mantissa &* 10 &+ UInt64(byte &- 48) }
      if isFraction { scale -= 1 }
    } else if byte == UInt8(ascii: ".") && !isFraction {
      isFraction = true
    } else {
      break
    }
    index += 1
  }
  guard hasDigits else { return parseSpecial(text, isFraction ? count : index, isNegative) }
  if index < count && text[index] | 0x20 == UInt8(ascii: "e") {
    var position = index + 1
    var exponentIsNegative = false
    if position < count && (text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+")) {
      exponentIsNegative = text[position] == UInt8(ascii: "-")
      position += 1
    }
    if position < count && text[position] &- 48 < 10 {
      var exponent = 0
      while position < count && text[position] &- 48 < 10 {
        if exponent < 1 << 40 { exponent = exponent * 10 + Int(text[position] &- 48) }
        position += 1
      }
      scale += exponentIsNegative ? -exponent : exponent
      index = position
    }
  }
  if mantissa == 0 && digits == 0 { return (isNegative ? -0.0 : 0, index) }
  if digits <= 18 && mantissa <= 1 << 53 && abs(scale) <= 22 {
    // Both are exact doubles: one correctly rounded operation.
    let power = powersOfTen[Int(scale.magnitude)]
    let magnitude = scale < 0 ? Double(mantissa) / power : Double(mantissa) * power
    return (isNegative ? -magnitude : magnitude, index)
  }
  return (correctlyRounded(UnsafeBufferPointer(rebasing: text[..<index])), index)
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

private func parseSpecial(_ text: UnsafeBufferPointer<UInt8>, _ index: Int, _ isNegative: Bool) -> (Double, Int)? {
  func begins(_ word: StaticString) -> Bool {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    return text.count - index >= letters.count && (0..<letters.count).allSatisfy { text[index + $0] | 0x20 == letters[$0] }
  }
  if begins("infinity") { return (isNegative ? -.infinity : .infinity, index + 8) }
  if begins("inf") { return (isNegative ? -.infinity : .infinity, index + 3) }
  if begins("nan") { return (isNegative ? -Double.nan : .nan, index + 3) }
  return nil
}

/// The C library's conversion in the C locale, which rounds correctly.
@inline(never)
private func correctlyRounded(_ text: UnsafeBufferPointer<UInt8>) -> Double {
  func convert(_ buffer: UnsafeMutableBufferPointer<CChar>) -> Double {
    for index in 0..<text.count { buffer[index] = CChar(bitPattern: text[index]) }
    buffer[text.count] = 0
    return strtod_l(buffer.baseAddress.unsafelyUnwrapped, nil, cLocale)
  }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1, convert)
}

private nonisolated(unsafe) let cLocale = newlocale(Int32(bitPattern: UInt32(1 << 1 | 1 << 0)), "C", nil)
