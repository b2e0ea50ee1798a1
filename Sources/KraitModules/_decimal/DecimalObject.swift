// Decimals in memory, and how they are made of other values.

import CKraitSystem
import Glibc
import KraitRuntime

nonisolated(unsafe) var decimalType = ModuleType()

/// A `decimal.Decimal` or an instance of a subclass.
struct DecimalObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  /// Words of 19 digits that a number has in itself; the library takes memory for more.
  static let ownWords = 4

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// 0 before somebody asks.
    var hash: Int
    var number: krait_decimal
    var words: (UInt64, UInt64, UInt64, UInt64)
  }

  private static let numberOffset = 24
  private static let wordsOffset = 72

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  @inline(__always) var number: DecimalNumber { (raw + DecimalObject.numberOffset).assumingMemoryBound(to: krait_decimal.self) }
  var value: Value { Value(raw) }
  var isSpecial: Bool { number.pointee.flags & DecimalBit.special != 0 }
  var isNaN: Bool { number.pointee.flags & (DecimalBit.quietNaN | DecimalBit.signalingNaN) != 0 }
  var isSignaling: Bool { number.pointee.flags & DecimalBit.signalingNaN != 0 }
  var isInfinite: Bool { number.pointee.flags & DecimalBit.infinite != 0 }
  var isNegative: Bool { number.pointee.flags & DecimalBit.negative != 0 }
  var isZero: Bool { !isSpecial && number.pointee.words[Int(number.pointee.length) - 1] == 0 }

  /// A new number, for the library to set.
  @inline(__always)
  static func make(_ type: TypeObject = decimalType.object) throws(PyError) -> Owned {
    let raw = try type.allocate()
    let number = DecimalObject(raw: raw).number
    number.pointee.flags = DecimalBit.ownStructure | DecimalBit.ownWords
    number.pointee.capacity = Int64(ownWords)
    number.pointee.words = (raw + wordsOffset).assumingMemoryBound(to: UInt64.self)
    return Owned(taking: raw)
  }

  // MARK: Conversions

  /// Decimals as they are, ints exactly; absent for anything else.
  @inline(__always)
  static func operand(_ value: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    if decimalType.isType(of: value) || decimalType.includes(value) { return Owned(copying: value) }
    if value.isInteger { return try exact(integer: value, decimalType.object, context) }
    return Owned(taking: .absent)
  }

  /// As ``operand(_:_:)`` for an argument that must be a number.
  static func argument(_ value: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try operand(value, context)
    if result.value.isAbsent { throw .typeError("conversion from \(value.typeName) to Decimal is not supported") }
    return result
  }

  static func exact(integer: Value, _ type: TypeObject, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try make(type)
    let number = DecimalObject(result.value).number
    var unlimited = ArithmeticContext.unlimited
    var status: UInt32 = 0
    if let word = Integer.asInt(integer) {
      MPDecimal.shared.pointee.setInteger(number, Int64(word), &unlimited, &status)
    } else {
      // On a little-endian system the limbs of 64 bits are digits of 16.
      let big = IntegerObject(integer)
      let digits = UnsafeRawPointer(big.limbs).assumingMemoryBound(to: UInt16.self)
      var count = big.count * 4
      while count > 1 && digits[count - 1] == 0 { count -= 1 }
      MPDecimal.shared.pointee.importDigits(number, digits, count, big.isNegative ? DecimalBit.negative : 0, 65536, &unlimited, &status)
    }
    if status & (DecimalFlag.inexact | DecimalFlag.rounded | DecimalFlag.clamped) != 0 { MPDecimal.shared.pointee.setError(number, DecimalFlag.invalidOperation, &status) }
    try context.add(status & DecimalFlag.errors)
    return result
  }

  static func exact(double: Double, _ type: TypeObject, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try make(type)
    let number = DecimalObject(result.value).number
    let sign: UInt8 = double.sign == .minus ? DecimalBit.negative : 0
    if double.isNaN || double.isInfinite {
      MPDecimal.shared.pointee.setSpecial(number, double.isNaN ? 0 : sign, double.isNaN ? DecimalBit.quietNaN : DecimalBit.infinite)
      return result
    }
    var unlimited = ArithmeticContext.unlimited
    var status: UInt32 = 0
    if double == 0 {
      MPDecimal.shared.pointee.setUnsigned(number, 0, &unlimited, &status)
      number.pointee.flags |= sign
      return result
    }
    // m · 2^e: with a negative e that is m · 5^-e · 10^e.
    let significand = UInt64(double.significandBitPattern) | (double.isNormal ? 1 << 52 : 0)
    let zeros = significand.trailingZeroBitCount
    let exponent = (double.isNormal ? Int(double.exponentBitPattern) : 1) - 1075 + zeros
    let power = try make()
    let count = try make()
    MPDecimal.shared.pointee.setUnsigned(DecimalObject(power.value).number, exponent < 0 ? 5 : 2, &unlimited, &status)
    MPDecimal.shared.pointee.setUnsigned(DecimalObject(count.value).number, UInt64(abs(exponent)), &unlimited, &status)
    let factor = try make()
    MPDecimal.call(.pow, DecimalObject(factor.value).number, DecimalObject(power.value).number, DecimalObject(count.value).number, &unlimited, &status)
    MPDecimal.shared.pointee.setUnsigned(DecimalObject(count.value).number, significand >> UInt64(zeros), &unlimited, &status)
    MPDecimal.call(.mul, number, DecimalObject(factor.value).number, DecimalObject(count.value).number, &unlimited, &status)
    if exponent < 0 { number.pointee.exponent += Int64(exponent) }
    number.pointee.flags |= sign
    try context.add(status & DecimalFlag.noMemory)
    return result
  }

  /// The number that a text denotes.
  ///
  /// - Parameters:
  ///   - isExact: whatever the context's precision; with spaces around and underscores, which `create_decimal` refuses.
  static func parse(_ text: Value, _ type: TypeObject, _ context: ArithmeticContext, isExact: Bool) throws(PyError) -> Owned {
    let result = try make(type)
    let number = DecimalObject(result.value).number
    var status: UInt32 = 0
    let bytes = asciiText(StringObject(text), isExact: isExact)
    if isExact {
      var unlimited = ArithmeticContext.unlimited
      MPDecimal.shared.pointee.setString(number, bytes, &unlimited, &status)
      if status & (DecimalFlag.inexact | DecimalFlag.rounded | DecimalFlag.clamped) != 0 { MPDecimal.shared.pointee.setError(number, DecimalFlag.invalidOperation, &status) }
      status &= DecimalFlag.errors
    } else {
      MPDecimal.shared.pointee.setString(number, bytes, context.context, &status)
    }
    try context.add(status)
    return result
  }

  /// Digits of all scripts as ASCII, ended by a zero; empty, which is no number, when there is anything else.
  private static func asciiText(_ text: StringObject, isExact: Bool) -> [CChar] {
    var (start, end) = (0, text.length)
    if isExact {
      while start < end, CharacterProperties.isSpace(text.codePoint(at: start)) { start += 1 }
      while end > start, CharacterProperties.isSpace(text.codePoint(at: end - 1)) { end -= 1 }
    }
    var result: [CChar] = []
    result.reserveCapacity(end - start + 1)
    for index in start..<end {
      let point = text.codePoint(at: index)
      if isExact && point == 0x5F { continue }
      if point > 0 && point < 0x80 {
        result.append(CChar(truncatingIfNeeded: point))
      } else if CharacterProperties.isSpace(point) {
        result.append(0x20)
      } else if let digit = CharacterProperties.decimal(point) {
        result.append(CChar(0x30 + digit))
      } else {
        return [0]
      }
    }
    result.append(0)
    return result
  }

  /// `Decimal((sign, digits, exponent))`
  static func parse(parts: Value, _ type: TypeObject, _ context: ArithmeticContext, isExact: Bool) throws(PyError) -> Owned {
    let sequence = try Owned.tuple(from: parts)
    let items = TupleObject(sequence.value)
    guard items.count == 3 else { throw .valueError("argument must be a sequence of length 3") }
    guard items[0].isInteger, let sign = Integer.asInt(items[0]), sign == 0 || sign == 1 else { throw .valueError("sign must be an integer with the value 0 or 1") }
    var text = sign == 1 ? "-" : ""
    var exponent: Int?
    if items[2].isString {
      switch items[2].text {
      case "F": text += "Inf"
      case "n": text += "NaN"
      case "N": text += "sNaN"
      default: throw .valueError("string argument in the third position must be 'F', 'n' or 'N'")
      }
    } else {
      guard items[2].isInteger else { throw .valueError("exponent must be an integer") }
      exponent = try items[2].asInt()
    }
    guard items[1].isTuple || items[1].isList else { throw .valueError("coefficient must be a tuple of digits") }
    let digits = try Owned.tuple(from: items[1])
    let list = TupleObject(digits.value)
    for index in 0..<list.count {
      guard list[index].isInteger, let digit = Integer.asInt(list[index]), digit >= 0 && digit <= 9 else { throw .valueError("coefficient must be a tuple of digits") }
      if exponent == nil && text.hasSuffix("Inf") { continue }
      text.unicodeScalars.append(Unicode.Scalar(UInt8(0x30 + digit)))
    }
    if let exponent { text += (list.count == 0 ? "0" : "") + "e\(exponent)" }
    let string = try Owned.string(text)
    return try parse(string.value, type, context, isExact: isExact)
  }

  /// What `Decimal(value)` and `Context.create_decimal(value)` take.
  static func convert(_ value: Value, _ type: TypeObject, _ context: ArithmeticContext, isExact: Bool) throws(PyError) -> Owned {
    if decimalType.includes(value) {
      if isExact && decimalType.isType(of: value) && type == decimalType.object { return Owned(copying: value) }
      let nan = DecimalObject(value).isNaN
      if !isExact && nan && DecimalObject(value).number.pointee.digits > context.context.pointee.precision - Int64(context.context.pointee.clamp) {
        let result = try make(type)
        MPDecimal.shared.pointee.setSpecial(DecimalObject(result.value).number, 0, DecimalBit.quietNaN)
        try context.add(DecimalFlag.conversionSyntax)
        return result
      }
      return try copied(value, type, context, rounds: !isExact)
    }
    if value.isString { return try parse(value, type, context, isExact: isExact) }
    if value.isInteger { return try rounded(try exact(integer: value, type, context), context, !isExact) }
    if value.isTuple || value.isList { return try parse(parts: value, type, context, isExact: isExact) }
    if let double = value.isFloat ? doubleValue(of: value) : nil {
      try context.add(DecimalFlag.floatOperation)
      return try rounded(try exact(double: double, type, context), context, !isExact)
    }
    throw .typeError("conversion from \(value.typeName) to Decimal is not supported")
  }

  static func copied(_ value: Value, _ type: TypeObject, _ context: ArithmeticContext, rounds: Bool) throws(PyError) -> Owned {
    let result = try make(type)
    var status: UInt32 = 0
    _ = MPDecimal.shared.pointee.copy(DecimalObject(result.value).number, DecimalObject(value).number, &status)
    try context.add(status)
    return try rounded(result, context, rounds)
  }

  /// Rounds a new number to the context.
  static func rounded(_ result: consuming Owned, _ context: ArithmeticContext, _ rounds: Bool) throws(PyError) -> Owned {
    if rounds {
      var status: UInt32 = 0
      MPDecimal.shared.pointee.finish(DecimalObject(result.value).number, context.context, &status)
      try context.add(status)
    }
    return result
  }

  // MARK: To other values

  /// The digits as an int, without sign and exponent.
  func coefficient() throws(PyError) -> Owned {
    if number.pointee.length <= 1 { return try Owned.integer(number.pointee.length == 0 ? 0 : UInt64(number.pointee.words[0])) }
    var plain = number.pointee
    plain.flags = DecimalBit.ownStructure | DecimalBit.borrowedWords
    plain.exponent = 0
    var digits: UnsafeMutablePointer<UInt16>?
    var status: UInt32 = 0
    let count = MPDecimal.shared.pointee.exportDigits(&digits, 0, 65536, &plain, &status)
    guard let digits, status & DecimalFlag.noMemory == 0 else { throw .memoryError() }
    defer { MPDecimal.shared.pointee.free(digits) }
    var limbs = [UInt](repeating: 0, count: (count + 3) / 4)
    for index in 0..<count { limbs[index / 4] |= UInt(digits[index]) << UInt(index % 4 * 16) }
    return Owned(taking: try limbs.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt>) throws(PyError) -> Value in try Integer.make(limbs: buffer, isNegative: false).take() })
  }

  static func powerOfTen(_ exponent: Int) throws(PyError) -> Owned {
    let count = try Owned.integer(exponent)
    return try Value(smallInteger: 10).power(count.value, .none)
  }

  /// The int that is nearest by a way of rounding.
  func integer(_ context: ArithmeticContext, rounding: Int32) throws(PyError) -> Owned {
    if isNaN { throw .valueError("cannot convert NaN to integer") }
    if isInfinite { throw .overflowError("cannot convert Infinity to integer") }
    let whole = try DecimalObject.make()
    var own = context.context.pointee
    own.rounding = rounding
    var status: UInt32 = 0
    MPDecimal.call(.roundToInteger, DecimalObject(whole.value).number, number, &own, &status)
    try context.add(status)
    let result = DecimalObject(whole.value)
    var magnitude = try result.coefficient()
    if result.number.pointee.exponent > 0 {
      let factor = try DecimalObject.powerOfTen(Int(result.number.pointee.exponent))
      magnitude = try Integer.multiply(magnitude.value, factor.value)
    }
    return result.isNegative ? try Integer.negate(magnitude.value) : magnitude
  }

  func text(capitals: Bool, engineering: Bool = false) throws(PyError) -> Owned {
    var characters: UnsafeMutablePointer<CChar>?
    let write = engineering ? MPDecimal.shared.pointee.engineering : MPDecimal.shared.pointee.scientific
    let count = write(&characters, number, capitals ? 1 : 0)
    guard count >= 0, let characters else { throw .memoryError() }
    defer { MPDecimal.shared.pointee.free(characters) }
    return try Owned.string(utf8: UnsafeBufferPointer(start: UnsafeRawPointer(characters).assumingMemoryBound(to: UInt8.self), count: count))
  }

  /// The decimal digits, the most significant first.
  func digitList() throws(PyError) -> Owned {
    var digits: [UInt8] = []
    var index = Int(number.pointee.length) - 1
    var isFirst = true
    while index >= 0 {
      let text = String(number.pointee.words[index])
      if !isFirst { digits.append(contentsOf: repeatElement(0, count: 19 - text.utf8.count)) }
      digits.append(contentsOf: text.utf8.map { $0 - 0x30 })
      isFirst = false
      index -= 1
    }
    let result = try Owned.tuple(count: digits.count)
    for (index, digit) in digits.enumerated() { TupleObject(result.value).initialize(index, Owned(taking: Value(smallInteger: Int(digit)))) }
    return result
  }

  func hash() throws(PyError) -> Int {
    if contents.pointee.hash != 0 { return contents.pointee.hash }
    if isSignaling { throw .typeError("Cannot hash a signaling NaN value") }
    if isNaN { return hashPointer(raw) }
    var result = 314_159
    if !isInfinite {
      let modulus: UInt64 = (1 << 61) - 1
      func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 { modulus.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder }
      var sum: UInt64 = 0
      var index = Int(number.pointee.length) - 1
      while index >= 0 {
        sum = (multiply(sum, 10_000_000_000_000_000_000 % modulus) + number.pointee.words[index] % modulus) % modulus
        index -= 1
      }
      // 10 has an inverse: its power p - 2.
      var base: UInt64 = number.pointee.exponent < 0 ? 2_075_258_708_292_324_556 : 10
      var exponent = number.pointee.exponent.magnitude % (modulus - 1)
      while exponent > 0 {
        if exponent & 1 != 0 { sum = multiply(sum, base) }
        base = multiply(base, base)
        exponent >>= 1
      }
      result = Int(sum)
    }
    if isNegative { result = -result }
    if result == -1 { result = -2 }
    contents.pointee.hash = result
    return result
  }
}
