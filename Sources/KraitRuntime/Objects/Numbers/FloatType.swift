// `float`: its slots and methods.

import CKraitCore
import Glibc
import KraitCompiler

func defineFloat(_ t: TypeDefinition) {
  t.documentation = "A double-precision number: of a number, or of a text."
  t.basicSize = FloatObject.size
  t.flags.insert(.baseType)
  t.shapeFlags = .float
  t.new("float(x=0, /)") { (call: Call) throws(PyError) -> Owned in
    let number = try floatArgument(call[0])
    let type = TypeObject(raw: call.receiver.object)
    if type == .float { return try Owned.float(number) }
    let raw = try type.allocate()
    FloatObject(raw: raw).double = number
    return Owned(taking: raw)
  }
  defineFloatSlots(t)
  defineFloatMethods(t)
}

/// The operand of mixed arithmetic as a double; nil when it is neither float nor int.
@inline(__always)
private func operand(_ value: Value) throws(PyError) -> Double? {
  if let double = doubleValue(of: value) { return double }
  return value.isInteger ? try Integer.double(value) : nil
}

@inline(__always)
private func arithmetic(_ a: Value, _ b: Value, _ operation: (Double, Double) throws(PyError) -> Double) throws(PyError) -> Owned {
  guard let x = try operand(a), let y = try operand(b) else { return .notImplemented }
  return try Owned.float(try operation(x, y))
}

private func defineFloatSlots(_ t: TypeDefinition) {
  t.slots.deallocate = DeallocateSlot { finishDeallocation($0) }
  t.slots.repr = UnarySlot { (a) throws(PyError) in try floatRepr(FloatValue.of(a)) }
  t.slots.hash = HashSlot { (a) throws(PyError) in hashDouble(FloatValue.of(a), object: a) }
  t.slots.truth = TruthSlot { (a) throws(PyError) in FloatValue.of(a) != 0 }
  t.slots.compare = CompareSlot(compareFloats)
  t.slots.add = BinarySlot { (a, b) throws(PyError) in try arithmetic(a, b) { (x, y) throws(PyError) in x + y } }
  t.slots.subtract = BinarySlot { (a, b) throws(PyError) in try arithmetic(a, b) { (x, y) throws(PyError) in x - y } }
  t.slots.multiply = BinarySlot { (a, b) throws(PyError) in try arithmetic(a, b) { (x, y) throws(PyError) in x * y } }
  t.slots.trueDivide = BinarySlot { (a, b) throws(PyError) in
    try arithmetic(a, b) { (x, y) throws(PyError) in
      if y == 0 { throw Integer.divisionByZero() }
      return x / y
    }
  }
  t.slots.floorDivide = BinarySlot { (a, b) throws(PyError) in
    try arithmetic(a, b) { (x, y) throws(PyError) in
      if y == 0 { throw Integer.divisionByZero() }
      return FloatArithmetic.floorQuotient(x, y)
    }
  }
  t.slots.remainder = BinarySlot { (a, b) throws(PyError) in
    try arithmetic(a, b) { (x, y) throws(PyError) in
      if y == 0 { throw Integer.divisionByZero() }
      return FloatArithmetic.floorRemainder(x, y)
    }
  }
  t.slots.divmod = BinarySlot { (a, b) throws(PyError) in
    guard let x = try operand(a), let y = try operand(b) else { return .notImplemented }
    if y == 0 { throw Integer.divisionByZero() }
    let quotient = try Owned.float(FloatArithmetic.floorQuotient(x, y))
    let remainder = try Owned.float(FloatArithmetic.floorRemainder(x, y))
    return try Owned.tuple(quotient.value, remainder.value)
  }
  t.slots.power = TernarySlot { (a, b, modulus) throws(PyError) in
    if !modulus.isAbsent && !modulus.isNone { throw PyError.typeError("pow() 3rd argument not allowed unless all arguments are integers") }
    guard let x = try operand(a), let y = try operand(b) else { return .notImplemented }
    return try floatPower(x, y)
  }
  t.slots.negative = UnarySlot { (a) throws(PyError) in try Owned.float(-FloatValue.of(a)) }
  t.slots.positive = UnarySlot { (a) throws(PyError) in try exactFloat(a) }
  t.slots.absolute = UnarySlot { (a) throws(PyError) in try Owned.float(abs(FloatValue.of(a))) }
  t.slots.integer = UnarySlot { (a) throws(PyError) in try Integer.truncate(FloatValue.of(a)) }
  t.slots.float = UnarySlot { (a) throws(PyError) in try exactFloat(a) }
}

enum FloatValue {
  /// The double of a value that is known to be a float.
  @inline(__always)
  static func of(_ value: Value) -> Double { value.isImmediateDouble ? value.immediateDouble : FloatObject(value).double }
}

private func exactFloat(_ value: Value) throws(PyError) -> Owned {
  value.isExactFloat ? Owned(copying: value) : try Owned.float(FloatValue.of(value))
}

/// `x ** y` of floats; complex for a negative base with a fractional exponent.
func floatPower(_ x: Double, _ y: Double) throws(PyError) -> Owned {
  if x < 0 && x.isFinite && y.isFinite && y != y.rounded(.down) { return try complexPower((x, 0), (y, 0)) }
  if let result = FloatArithmetic.power(x, y) { return try Owned.float(result) }
  if x == 0 { throw PyError.zeroDivisionError("zero to a negative power") }
  throw numericalRange()
}

/// `OverflowError(34, 'Numerical result out of range')`.
func numericalRange() -> PyError {
  do throws(PyError) {
    let message = try Owned.string("Numerical result out of range")
    let exception = try TypeObject.overflowError.value.call(Value(smallInteger: Int(ERANGE)), message.value)
    return PyError.raise(exception)
  } catch { return error }
}

private func compareFloats(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard let x = doubleValue(of: a) else { return .notImplemented }
  if let y = doubleValue(of: b) { return .boolean(operation.holds(x, y)) }
  guard b.isInteger else { return .notImplemented }
  return .boolean(compareExactly(x, b, operation))
}

/// Compares a float with an int by their exact values.
func compareExactly(_ x: Double, _ b: Value, _ operation: Comparison) -> Bool {
  if x.isNaN { return operation == .notEqual }
  if let word = Integer.asInt(b), word.magnitude <= 1 << 53 { return operation.holds(x, Double(word)) }
  if x.isInfinite { return operation.holds(x, 0) }
  // The whole part decides unless it is equal; then the fraction does.
  let whole = x.rounded(.towardZero)
  let order: Int
  if abs(whole) < 0x1p63 {
    if let word = Integer.asInt(b) {
      order = Int(whole) < word ? -1 : Int(whole) == word ? 0 : 1
    } else {
      order = Integer.sign(b) < 0 ? 1 : -1
    }
  } else {
    let sign = Integer.sign(b)
    if (x < 0) != (sign < 0) {
      order = x < 0 ? -1 : 1
    } else {
      let bits = Integer.bitLength(b)
      let exponent = Int(x.exponent) + 1
      if bits != exponent {
        order = (exponent < bits) == (x > 0) ? -1 : 1
      } else {
        order = compareWords(x, b)
      }
    }
  }
  if order != 0 { return operation.holds(order, 0) }
  return operation.holds(x, whole)
}

/// The order of a whole double and an int of as many bits, at least 64.
private func compareWords(_ x: Double, _ b: Value) -> Int {
  let object = IntegerObject(b)
  let exponent = Int(x.exponent) - 52
  let significand = UInt(abs(x).significandBitPattern) | 1 << 52
  let (skipped, offset) = exponent.quotientAndRemainder(dividingBy: 64)
  for index in stride(from: object.count - 1, through: 0, by: -1) {
    let limb: UInt =
      index == skipped ? significand << UInt(offset) : index == skipped + 1 && offset > 0 ? significand >> UInt(64 - offset) : 0
    if limb != object.limbs[index] { return (limb < object.limbs[index]) == (x > 0) ? -1 : 1 }
  }
  return 0
}

/// `repr(x)`.
func floatRepr(_ value: Double) throws(PyError) -> Owned {
  if let small = try shortFloatRepr(value) { return Owned(taking: small) }
  return try formatDouble(value, code: UInt8(ascii: "r"), precision: 0, flags: .addDotZero)
}

/// Numbers whose shortest text needs no exponent: written where they stand, without a growing buffer.
@inline(__always)
private func shortFloatRepr(_ value: Double) throws(PyError) -> Value? {
  let magnitude = abs(value)
  guard magnitude < 1e16 && (magnitude >= 1e-4 || magnitude == 0) else { return nil }
  var storage = (
    UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0),
    UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0)
  )
  return try withUnsafeMutableBytes(of: &storage) { (buffer) throws(PyError) -> Value? in
    let digits = buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
    let number = DecimalDigits.shortest(magnitude, into: digits)
    let text = digits + 96
    var count = 0
    if value.sign == .minus {
      text[0] = UInt8(ascii: "-")
      count = 1
    }
    if number.point <= 0 {
      text[count] = UInt8(ascii: "0")
      text[count + 1] = UInt8(ascii: ".")
      count += 2
      for _ in 0..<(-number.point) {
        text[count] = UInt8(ascii: "0")
        count += 1
      }
      (text + count).update(from: digits, count: number.count)
      count += number.count
    } else {
      for index in 0..<number.point {
        text[count] = index < number.count ? digits[index] : UInt8(ascii: "0")
        count += 1
      }
      text[count] = UInt8(ascii: ".")
      count += 1
      if number.count <= number.point {
        text[count] = UInt8(ascii: "0")
        count += 1
      } else {
        (text + count).update(from: digits + number.point, count: number.count - number.point)
        count += number.count - number.point
      }
    }
    return try Owned.string(ascii: UnsafeBufferPointer(start: text, count: count)).take()
  }
}

// MARK: Construction

/// `float(x)`.
private func floatArgument(_ value: Value) throws(PyError) -> Double {
  if value.isExactFloat { return FloatValue.of(value) }
  if value.isExactString { return try parseFloat(string: value) }
  let slots = value.type.slots.pointee
  if let slot = slots.float { return try value.double(bySlot: slot) }
  if slots.index != nil { return try value.asDouble() }
  if value.isString { return try parseFloat(string: value) }
  if try value.hasBuffer() {
    let bytes = try value.bufferAsBytes()
    if let double = try parseFloat(BytesObject(bytes.value).text) { return double }
    throw try malformedNumber(value) { (message) throws(PyError) in try message.append("could not convert string to float: ") }
  }
  throw PyError.typeError("float() argument must be a string or a real number, not '\(value.typeName)'")
}

private func parseFloat(string: Value) throws(PyError) -> Double {
  let result = try withNumberText(string) { (text) throws(PyError) -> Double? in try parseFloat(text) }
  guard let result else {
    throw try malformedNumber(string) { (message) throws(PyError) in try message.append("could not convert string to float: ") }
  }
  return result
}

/// A float with spaces around and underscores between digits.
private func parseFloat(_ text: UnsafeBufferPointer<UInt8>) throws(PyError) -> Double? {
  try withoutUnderscores(text) { (text) throws(PyError) -> Double? in parseDouble(text) }
}

/// Lends a text without the spaces around it and the underscores between its digits; nil when an underscore stands elsewhere.
func withoutUnderscores<Result>(
  _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws(PyError) -> Result?
) throws(PyError) -> Result? {
  var (start, end) = (0, text.count)
  while start < end && Integer.isSpace(text[start]) { start += 1 }
  while end > start && Integer.isSpace(text[end - 1]) { end -= 1 }
  let trimmed = UnsafeBufferPointer(rebasing: text[start..<end])
  guard trimmed.contains(UInt8(ascii: "_")) else { return try body(trimmed) }
  return try withTemporaryBytes(trimmed.count) { (buffer) throws(PyError) -> Result? in
    var count = 0
    var previous: UInt8 = 0
    for byte in trimmed {
      if byte == UInt8(ascii: "_") {
        guard previous &- 48 < 10 else { return nil }
      } else {
        if previous == UInt8(ascii: "_") && byte &- 48 >= 10 { return nil }
        buffer[count] = byte
        count += 1
      }
      previous = byte
    }
    if previous == UInt8(ascii: "_") { return nil }
    return try body(UnsafeBufferPointer(start: buffer, count: count))
  }
}

// MARK: Methods

private func defineFloatMethods(_ t: TypeDefinition) {
  t.method("conjugate()", "The float itself.") { (call: Call) throws(PyError) -> Owned in try exactFloat(call.receiver) }
  t.method("is_integer()", "Whether the number is whole.") { (call: Call) throws(PyError) -> Owned in
    let value = FloatValue.of(call.receiver)
    return .boolean(value.isFinite && value.rounded(.down) == value)
  }
  t.method("as_integer_ratio()", "A pair of ints without common divisor whose quotient is exactly this.") { (call: Call) throws(PyError) -> Owned in
    try integerRatio(FloatValue.of(call.receiver))
  }
  t.method("hex()", "The number in hexadecimal, which is exact.") { (call: Call) throws(PyError) -> Owned in try hexadecimal(FloatValue.of(call.receiver)) }
  t.classMethod("fromhex(string, /)", "The float that a hexadecimal text denotes.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw PyError.typeError("bad argument type for built-in operation") }
    let result = try Owned.float(try parseHexadecimal(call[0]))
    return call.receiver === TypeObject.float.value ? result : try call.receiver.call(result.value)
  }
  t.classMethod("from_number(number, /)", "The float of a real number; a text is refused.") { (call: Call) throws(PyError) -> Owned in
    if call[0].isExactFloat && call.receiver === TypeObject.float.value { return Owned(copying: call[0]) }
    let result = try Owned.float(try call[0].asDouble())
    return call.receiver === TypeObject.float.value ? result : try call.receiver.call(result.value)
  }
  t.classMethod("__getformat__(typestr, /)", "How C stores 'double' or 'float'.") { (call: Call) throws(PyError) -> Owned in
    switch try call.string(0).text {
    case "double", "float": return try Owned.string("IEEE, little-endian")
    default: throw PyError.valueError("__getformat__() argument 1 must be 'double' or 'float'")
    }
  }
  t.method("__trunc__()", "The whole part.") { (call: Call) throws(PyError) -> Owned in try Integer.truncate(FloatValue.of(call.receiver)) }
  t.method("__floor__()", "The greatest int that is not greater.") { (call: Call) throws(PyError) -> Owned in
    try Integer.truncate(FloatValue.of(call.receiver).rounded(.down))
  }
  t.method("__ceil__()", "The least int that is not less.") { (call: Call) throws(PyError) -> Owned in
    try Integer.truncate(FloatValue.of(call.receiver).rounded(.up))
  }
  t.method("__round__(ndigits=None, /)", "Rounds to so many places; to even when two are equally near.") { (call: Call) throws(PyError) -> Owned in
    let value = FloatValue.of(call.receiver)
    if call[0].isNone { return try Integer.truncate(value.rounded(.toNearestOrEven)) }
    return try Owned.float(try roundFloat(value, try call[0].asIndex(overflow: nil)))
  }
  t.method("__getnewargs__()") { (call: Call) throws(PyError) -> Owned in
    let exact = try exactFloat(call.receiver)
    return try Owned.tuple(exact.value)
  }
  t.method("__format__(format_spec, /)", "The float as text, as a format specification says.") { (call: Call) throws(PyError) -> Owned in
    try formatFloat(call.receiver, try call.string(0))
  }
  t.getter("real", "The float itself.") { (object) throws(PyError) in try exactFloat(object) }
  t.getter("imag", "0.0") { (object) throws(PyError) in try Owned.float(0) }
}

/// Rounds to decimal places, as the exact decimal value rounds; ties to even.
func roundFloat(_ value: Double, _ places: Int) throws(PyError) -> Double {
  guard value.isFinite && value != 0 else { return value }
  // Beyond these, nothing changes or nothing is left.
  if places > 323 { return value }
  if places < -308 { return value.sign == .minus ? -0.0 : 0.0 }
  let rounded = try withTemporaryBytes(DecimalDigits.capacity) { (digits) throws(PyError) -> Double in
    let number = DecimalDigits.fixed(abs(value), places, into: digits)
    if number.count == 0 { return 0 }
    var text = try TextBuffer(capacity: number.count + 16)
    try text.append(UnsafeBufferPointer(start: digits, count: number.count))
    try text.append(UInt8(ascii: "e"))
    let exponent = number.point - number.count
    if exponent < 0 { try text.append(UInt8(ascii: "-")) }
    try text.append(decimal: exponent.magnitude)
    return parseDouble(text.bytes) ?? 0
  }
  if rounded.isInfinite { throw PyError.overflowError("rounded value too large to represent") }
  return value.sign == .minus ? -rounded : rounded
}

private func integerRatio(_ value: Double) throws(PyError) -> Owned {
  if value.isInfinite { throw PyError.overflowError("cannot convert Infinity to integer ratio") }
  if value.isNaN { throw PyError.valueError("cannot convert NaN to integer ratio") }
  var exponent: Int32 = 0
  var fraction = frexp(value, &exponent)
  for _ in 0..<300 where fraction != fraction.rounded(.down) {
    fraction *= 2
    exponent -= 1
  }
  var numerator = try Owned.integer(whole: fraction)
  var denominator = Owned(taking: Value(smallInteger: 1))
  if exponent > 0 {
    numerator = try Integer.shiftLeft(numerator.value, Int(exponent))
  } else {
    denominator = try Integer.shiftLeft(denominator.value, Int(-exponent))
  }
  return try Owned.tuple(numerator.value, denominator.value)
}

private func hexadecimal(_ value: Double) throws(PyError) -> Owned {
  if !value.isFinite { return try floatRepr(value) }
  var text = try TextBuffer()
  if value.sign == .minus { try text.append(UInt8(ascii: "-")) }
  if value == 0 {
    try text.append("0x0.0p+0")
    return try text.finish()
  }
  let isSubnormal = value.exponentBitPattern == 0
  try text.append(isSubnormal ? "0x0." : "0x1.")
  for index in 0..<13 {
    let digit = UInt8(truncatingIfNeeded: value.significandBitPattern >> UInt64(48 - 4 * index) & 15)
    try text.append(digit < 10 ? digit + 48 : digit + 87)
  }
  let exponent = isSubnormal ? -1022 : Int(value.exponentBitPattern) - 1023
  try text.append(UInt8(ascii: "p"))
  try text.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
  try text.append(decimal: exponent.magnitude)
  return try text.finish()
}

private func parseHexadecimal(_ string: Value) throws(PyError) -> Double {
  let exact = Owned.exactString(string)
  // Digits of other scripts stand for numbers in decimal texts only.
  guard StringObject(exact.value).isASCII else { throw PyError.valueError("invalid hexadecimal floating-point string") }
  let result = try withNumberText(string) { (text) throws(PyError) -> Double? in try hexadecimalValue(text) }
  guard let result else { throw PyError.valueError("invalid hexadecimal floating-point string") }
  if result.isInfinite {
    let isSpecial = try isSpecialText(string)
    if !isSpecial { throw PyError.overflowError("hexadecimal value too large to represent as a float") }
  }
  return result
}

private func isSpecialText(_ string: Value) throws(PyError) -> Bool {
  try withNumberText(string) { (text) throws(PyError) -> Bool in text.contains { $0 | 0x20 == UInt8(ascii: "n") } }
}

private func hexadecimalValue(_ text: UnsafeBufferPointer<UInt8>) throws(PyError) -> Double? {
  var (index, end) = (0, text.count)
  while index < end && Integer.isSpace(text[index]) { index += 1 }
  while end > index && Integer.isSpace(text[end - 1]) { end -= 1 }
  if let (special, length) = parseDoublePrefix(UnsafeBufferPointer(rebasing: text[index..<end])), !special.isFinite, length == end - index,
    text[index..<end].contains(where: { $0 | 0x20 == UInt8(ascii: "n") })
  {
    return special
  }
  var isNegative = false
  if index < end && (text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")) {
    isNegative = text[index] == UInt8(ascii: "-")
    index += 1
  }
  if index + 1 < end && text[index] == UInt8(ascii: "0") && text[index + 1] | 0x20 == UInt8(ascii: "x") { index += 2 }
  // The highest 62 bits, the last also standing for all that follow.
  var bits: UInt = 0
  var exponent = 0
  var hasDigits = false
  var isFraction = false
  while index < end {
    if text[index] == UInt8(ascii: ".") && !isFraction {
      isFraction = true
    } else if let digit = Integer.digitValue(text[index]), digit < 16 {
      hasDigits = true
      if bits < 1 << 58 {
        bits = bits << 4 | UInt(digit)
        if isFraction { exponent -= 4 }
      } else {
        if digit != 0 { bits |= 1 }
        if !isFraction { exponent += 4 }
      }
    } else {
      break
    }
    index += 1
  }
  guard hasDigits else { return nil }
  if index < end && text[index] | 0x20 == UInt8(ascii: "p") {
    index += 1
    var exponentIsNegative = false
    if index < end && (text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")) {
      exponentIsNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < end && text[index] &- 48 < 10 else { return nil }
    var power = 0
    while index < end && text[index] &- 48 < 10 {
      if power < 1 << 40 { power = power * 10 + Int(text[index] &- 48) }
      index += 1
    }
    exponent += exponentIsNegative ? -power : power
  }
  guard index == end else { return nil }
  if bits == 0 { return isNegative ? -0.0 : 0 }
  let length = UInt.bitWidth - bits.leadingZeroBitCount
  let magnitude = exponent + length > 1100 ? .infinity : exponent + length < -1100 ? 0 : Integer.roundedDouble(bits, exponent: exponent) ?? .infinity
  return isNegative ? -magnitude : magnitude
}
