// Ints as text and back.

import CGMP
import CKraitCore
import Glibc

extension Integer {
  /// The digit count up to which `sys.set_int_max_str_digits` never applies.
  static let digitLimitThreshold = 640

  /// Digits of an int in ASCII while a function uses them.
  ///
  /// - Parameter body: gets the digits without a sign.
  static func withDigits<Result: ~Copyable>(
    _ value: Value, base: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(PyError) -> Result
  ) throws(PyError) -> Result {
    if let word = asInt(value) {
      return try withSmallDigits(word.magnitude, base: UInt(base), body)
    }
    let object = IntegerObject(value)
    let bits = bitLength(value)
    if base == 10 { try checkDigits(bits: bits) }
    let copy = try allocateMemory(object.count * 8)
    defer { freeMemory(copy, size: object.count * 8) }
    copy.copyMemory(from: object.limbs, byteCount: object.count * 8)
    let bitsPerDigit = Int.bitWidth - 1 - base.leadingZeroBitCount
    let capacity = object.count * 64 / bitsPerDigit + 2
    let text = try allocateMemory(capacity)
    defer { freeMemory(text, size: capacity) }
    let digits = text.assumingMemoryBound(to: UInt8.self)
    // mpn_get_str destroys its operand and wants a full last limb, which normal forms have.
    let count = Int(__gmpn_get_str(digits, Int32(base), copy.assumingMemoryBound(to: UInt.self), object.count))
    var first = 0
    while first < count - 1 && digits[first] == 0 { first += 1 }
    if base == 10 {
      let limit = currentInterpreter.pointee.integerDigitsLimit
      if limit > 0 && count - first > limit && count - first > digitLimitThreshold { throw tooManyDigits(limit) }
    }
    for index in first..<count { digits[index] += digits[index] < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10 }
    return try body(UnsafeBufferPointer(start: UnsafePointer(digits) + first, count: count - first))
  }

  @inline(__always)
  private static func withSmallDigits<Result: ~Copyable>(
    _ magnitude: UInt, base: UInt, _ body: (UnsafeBufferPointer<UInt8>) throws(PyError) -> Result
  ) throws(PyError) -> Result {
    var storage: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    return try withUnsafeMutableBytes(of: &storage) { (buffer) throws(PyError) -> Result in
      let text = buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
      let position = base == 10 ? writeDecimal(magnitude, before: text + 64) : writeDigits(magnitude, base: base, before: text + 64)
      return try body(UnsafeBufferPointer(start: UnsafePointer(position), count: text + 64 - position))
    }
  }

  /// The numbers from 00 to 99.
  private static let pairs: StaticString = """
    0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """

  /// Writes decimal digits so that they end before an address; returns the first one's.
  @inline(__always)
  static func writeDecimal(_ value: UInt, before end: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    var rest = value
    var position = end
    let pairs = UnsafeRawPointer(pairs.utf8Start)
    while rest >= 100 {
      let quotient = rest / 100
      position -= 2
      UnsafeMutableRawPointer(position).storeBytes(of: pairs.loadUnaligned(fromByteOffset: Int(rest &- quotient &* 100) &* 2, as: UInt16.self), as: UInt16.self)
      rest = quotient
    }
    if rest >= 10 {
      position -= 2
      UnsafeMutableRawPointer(position).storeBytes(of: pairs.loadUnaligned(fromByteOffset: Int(rest) &* 2, as: UInt16.self), as: UInt16.self)
    } else {
      position -= 1
      position.pointee = UInt8(truncatingIfNeeded: rest) &+ UInt8(ascii: "0")
    }
    return position
  }

  private static func writeDigits(_ value: UInt, base: UInt, before end: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    var rest = value
    var position = end
    repeat {
      let digit = UInt8(truncatingIfNeeded: rest % base)
      position -= 1
      position.pointee = digit &+ (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
      rest /= base
    } while rest > 0
    return position
  }

  /// Whether a number of so many bits may be written in decimal, before any work is done.
  private static func checkDigits(bits: Int) throws(PyError) {
    let limit = currentInterpreter.pointee.integerDigitsLimit
    guard limit > 0 else { return }
    // A lower bound for the digits: bits * log10(2).
    let digits = Int(min(Double(bits - 1) * 0.30102999, 1e18))
    if digits > limit && digits > digitLimitThreshold { throw tooManyDigits(limit) }
  }

  private static func tooManyDigits(_ limit: Int) -> PyError {
    .valueError("Exceeds the limit (\(limit) digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit")
  }

  /// The digits of an int as a str, with a minus sign when it is negative.
  public static func text(_ value: Value, base: Int = 10) throws(PyError) -> Owned {
    let isNegative = isNegative(value)
    return try withDigits(value, base: base) { (digits) throws(PyError) -> Owned in
      if !isNegative { return try Owned.string(ascii: digits) }
      return try withTemporaryBytes(digits.count + 1) { (buffer) throws(PyError) -> Owned in
        buffer[0] = UInt8(ascii: "-")
        (buffer + 1).update(from: digits.baseAddress.unsafelyUnwrapped, count: digits.count)
        return try Owned.string(ascii: UnsafeBufferPointer(start: buffer, count: digits.count + 1))
      }
    }
  }

  // MARK: Parsing


  /// Whether eight bytes are decimal digits.
  @inline(__always)
  private static func isEightDigits(_ start: UnsafePointer<UInt8>) -> Bool {
    let bytes = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
    // The upper half of each byte is 3, and stays so when 6 is added.
    return (bytes & 0xF0F0_F0F0_F0F0_F0F0) | ((bytes &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) &>> 4 == 0x3333_3333_3333_3333
  }

  /// The int that a text denotes in a base (2 to 36, or 0 for a literal's prefix), with spaces around, a sign and underscores as Python allows;
  /// absent when it is malformed.
  public static func parse(_ text: UnsafeBufferPointer<UInt8>, base: Int) throws(PyError) -> Owned {
    if base == 10, let value = plainDecimal(text) { return Owned(taking: Value(smallInteger: value)) }
    let absent = Value.absent
    var (index, end) = (0, text.count)
    while index < end && isSpace(text[index]) { index += 1 }
    while end > index && isSpace(text[end - 1]) { end -= 1 }
    var isNegative = false
    if index < end && (text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")) {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    var base = base
    var mustBeZero = false
    if index < end && text[index] == UInt8(ascii: "0") && index + 1 < end {
      let prefixBase =
        switch text[index + 1] | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: 0
        }
      if prefixBase != 0 && (base == 0 || base == prefixBase) {
        base = prefixBase
        index += 2
        // One underscore may follow the prefix.
        if index < end && text[index] == UInt8(ascii: "_") { index += 1 }
      } else if base == 0 {
        mustBeZero = true
      }
    }
    if base == 0 { base = 10 }
    // The digits' values, underscores between them dropped.
    var word: UInt = 0
    var fits = true
    var digits = 0
    var lastWasDigit = false
    var position = index
    while position < end {
      // Far into a number, eight decimal digits at a time: a text that is too long is refused without much ado.
      if !fits && base == 10 && lastWasDigit {
        while position + 8 <= end, isEightDigits(text.baseAddress.unsafelyUnwrapped + position) {
          position += 8
          digits += 8
        }
        if position == end { break }
      }
      let byte = text[position]
      position += 1
      if byte == UInt8(ascii: "_") {
        if !lastWasDigit { return Owned(taking: absent) }
        lastWasDigit = false
        continue
      }
      guard let digit = digitValue(byte), digit < base else { return Owned(taking: absent) }
      lastWasDigit = true
      digits += 1
      if fits {
        let (product, overflow) = word.multipliedReportingOverflow(by: UInt(base))
        let (sum, carry) = product.addingReportingOverflow(UInt(digit))
        if overflow || carry { fits = false } else { word = sum }
      }
    }
    guard lastWasDigit else { return Owned(taking: absent) }
    if mustBeZero && !(fits && word == 0) { return Owned(taking: absent) }
    if base & (base - 1) != 0 {
      let limit = currentInterpreter.pointee.integerDigitsLimit
      if digits > digitLimitThreshold && limit > 0 && digits > limit {
        throw PyError.valueError(
          "Exceeds the limit (\(limit) digits) for integer string conversion: value has \(digits) digits; use sys.set_int_max_str_digits() to increase the limit")
      }
    }
    if fits { return try make(magnitude: word, isNegative: isNegative) }
    return try withTemporaryBytes(digits) { (buffer) throws(PyError) -> Owned in
      var count = 0
      for position in index..<end {
        guard let digit = digitValue(text[position]) else { continue }
        if count == 0 && digit == 0 { continue }
        buffer[count] = UInt8(digit)
        count += 1
      }
      let bitsPerDigit = Int.bitWidth - (base - 1).leadingZeroBitCount
      let object = try allocate(count * bitsPerDigit / 64 + 2)
      let limbs = Int(__gmpn_set_str(object.limbs, buffer, count, Int32(base)))
      return finish(object, count: limbs, isNegative: isNegative)
    }
  }

  /// The number of up to 18 digits without anything else.
  @inline(__always)
  private static func plainDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard text.count > 0 && text.count <= 18, let start = text.baseAddress else { return nil }
    var value = 0
    for index in 0..<text.count {
      let digit = start[index] &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 9 && byte <= 13) }

  @inline(__always)
  static func digitValue(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 87
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 55
    default: nil
    }
  }
}

/// Plain bytes for as long as a function runs: on the stack when they are few.
func withTemporaryBytes<Result: ~Copyable>(
  _ count: Int, _ body: (UnsafeMutablePointer<UInt8>) throws(PyError) -> Result
) throws(PyError) -> Result {
  let memory = try allocateMemory(count)
  defer { freeMemory(memory, size: count) }
  return try body(memory.assumingMemoryBound(to: UInt8.self))
}
