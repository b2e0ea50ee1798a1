// The type `decimal.Decimal`.

import CKraitSystem
import Glibc
import KraitRuntime

// MARK: - Formats

/// A format that only the twin in Python knows.
private func formatByTwin(_ object: Value, _ format: Value, _ context: Value) throws(PyError) -> Owned {
  let module = try importModule("_pydecimal")
  let name = try Owned.string("Decimal" as StaticString)
  let type = try module.value.getAttribute(name.value)
  let text = try DecimalObject(object).text(capitals: true)
  let twin = try type.value.call(text.value)
  let method = try Owned.string("__format__" as StaticString)
  do throws(PyError) { return try twin.value.callMethod(method.value, format, context) } catch {
    guard PyError.matches(.valueError) else { throw error }
    PyError.clear()
    throw .valueError("invalid format string")
  }
}

private func formatDecimal(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.check("__format__", 1, 2)
  guard arguments.base[0].isString else { throw .typeError("format arg must be str") }
  let current = try ArithmeticContext.current()
  let context = ArithmeticContext(current.value)
  var bytes = Array(arguments.base[0].text.utf8)
  // A zero as the fill character would end the text.
  let fillsWithZero = bytes.count > 1 && bytes[0] == 0
  if fillsWithZero { bytes[0] = UInt8(ascii: "_") }
  if bytes.contains(0) { throw .valueError("invalid format string") }
  bytes.append(0)
  var format = krait_decimal_format()
  let isValid = bytes.withUnsafeBufferPointer { buffer in
    buffer.withMemoryRebound(to: CChar.self) { MPDecimal.shared.pointee.parseFormat(&format, $0.baseAddress.unsafelyUnwrapped, context.contents.pointee.capitals ? 1 : 0) != 0 }
  }
  if !isValid {
    if arguments.positionalCount == 2 { throw .valueError("invalid format string") }
    return try formatByTwin(object, arguments.base[0], current.value)
  }
  if bytes.count > 1 && bytes[bytes.count - 2] == UInt8(ascii: "N") {
    try warn(.deprecationWarning, "Format specifier 'N' is deprecated and slated for removal in Python 3.18")
  }
  if arguments.positionalCount == 2 {
    let override = arguments.base[1]
    guard override.isDict else { throw .typeError("optional argument must be a dict") }
    return try withOverrides(override, &format, ["decimal_point", "thousands_sep", "grouping"]) { (format: inout krait_decimal_format) throws(PyError) -> Owned in
      if MPDecimal.shared.pointee.validateLocale(&format) < 0 { throw .valueError("invalid override dict") }
      return try write(object, &format, context, fillsWithZero)
    }
  }
  return try write(object, &format, context, fillsWithZero)
}

/// Runs a body while the texts of a dict are the format's.
private func withOverrides(
  _ dict: Value, _ format: inout krait_decimal_format, _ names: [StaticString], _ body: (inout krait_decimal_format) throws(PyError) -> Owned
) throws(PyError) -> Owned {
  var found: [ContiguousArray<CChar>?] = []
  for name in names {
    let key = try Owned.string(name)
    let value = try DictObject(dict).get(key.value)
    if value.isAbsent {
      found.append(nil)
    } else {
      guard value.isString else { throw .valueError("invalid override dict") }
      found.append(value.text.utf8CString)
    }
  }
  // The texts must stay where they are while the library reads them.
  let copies = found.map { text in text.map { strdup(Array($0)) } ?? nil }
  defer { for copy in copies { free(copy) } }
  if let point = copies[0] { format.point = UnsafePointer(point) }
  if let separator = copies[1] { format.separator = UnsafePointer(separator) }
  if let grouping = copies[2] { format.grouping = UnsafePointer(grouping) }
  return try body(&format)
}

private func write(_ object: Value, _ format: inout krait_decimal_format, _ context: ArithmeticContext, _ fillsWithZero: Bool) throws(PyError) -> Owned {
  var status: UInt32 = 0
  guard let text = MPDecimal.shared.pointee.format(DecimalObject(object).number, &format, context.context, &status) else {
    if status & DecimalFlag.noMemory != 0 { throw .memoryError() }
    throw .valueError("format specification exceeds internal limits of _decimal")
  }
  defer { MPDecimal.shared.pointee.free(text) }
  let count = strlen(text)
  if fillsWithZero {
    for index in 0..<count where text[index] == CChar(0x5F) { text[index] = 0 }
  }
  return try Owned.string(utf8: UnsafeBufferPointer(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: count))
}

// MARK: - Conversions

private func newDecimal(_ type: Value, _ call: Call) throws(PyError) -> Owned {
  let held = try ArithmeticContext.argument(call[1])
  return try DecimalObject.convert(call[0], TypeObject(type), ArithmeticContext(held.value), isExact: true)
}

private func decimalText(_ object: Value) throws(PyError) -> Owned {
  let current = try ArithmeticContext.current()
  return try DecimalObject(object).text(capitals: ArithmeticContext(current.value).contents.pointee.capitals)
}

private func decimalFloat(_ object: Value) throws(PyError) -> Owned {
  let decimal = DecimalObject(object)
  if decimal.isSignaling { throw .valueError("cannot convert signaling NaN to float") }
  if decimal.isNaN { return try Owned.float(decimal.isNegative ? -Double.nan : Double.nan) }
  let text = try decimal.text(capitals: true)
  return try TypeObject.float.value.call(text.value)
}

private func decimalInteger(_ object: Value, rounding: Int32) throws(PyError) -> Owned {
  let current = try ArithmeticContext.current()
  return try DecimalObject(object).integer(ArithmeticContext(current.value), rounding: rounding)
}

private func integerRatio(_ object: Value) throws(PyError) -> Owned {
  let decimal = DecimalObject(object)
  if decimal.isNaN { throw .valueError("cannot convert NaN to integer ratio") }
  if decimal.isInfinite { throw .overflowError("cannot convert Infinity to integer ratio") }
  if decimal.isZero { return try Owned.tuple(Value(smallInteger: 0), Value(smallInteger: 1)) }
  let magnitude = try decimal.coefficient()
  var numerator = decimal.isNegative ? try Integer.negate(magnitude.value) : magnitude
  let exponent = Int(decimal.number.pointee.exponent)
  let power = try DecimalObject.powerOfTen(abs(exponent))
  if exponent >= 0 {
    numerator = try Integer.multiply(numerator.value, power.value)
    return try Owned.tuple(numerator.value, Value(smallInteger: 1))
  }
  let common = try Integer.greatestCommonDivisor(numerator.value, power.value)
  let above = try Integer.floorDivide(numerator.value, common.value)
  let below = try Integer.floorDivide(power.value, common.value)
  return try Owned.tuple(above.value, below.value)
}

private func decimalTuple(_ object: Value) throws(PyError) -> Owned {
  let decimal = DecimalObject(object)
  let sign = Value(smallInteger: decimal.isNegative ? 1 : 0)
  let type = Owned(copying: DecimalConstants.tuple.value)
  if decimal.isInfinite {
    let digits = try Owned.tuple(Value(smallInteger: 0))
    let exponent = try Owned.string("F" as StaticString)
    return try type.value.call(sign, digits.value, exponent.value)
  }
  let digits = decimal.isNaN && decimal.number.pointee.length == 0 ? Owned.emptyTuple : try decimal.digitList()
  if decimal.isNaN {
    let exponent = decimal.isSignaling ? try Owned.string("N" as StaticString) : try Owned.string("n" as StaticString)
    return try type.value.call(sign, digits.value, exponent.value)
  }
  let exponent = try Owned.integer(Int(decimal.number.pointee.exponent))
  return try type.value.call(sign, digits.value, exponent.value)
}

private func roundDecimal(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.check("__round__", 0, 1)
  if arguments.positionalCount == 0 { return try decimalInteger(object, rounding: 6) }
  guard arguments.base[0].isInteger else { throw .typeError("optional arg must be an integer") }
  let digits = try arguments.base[0].asInt()
  let current = try ArithmeticContext.current()
  let quantum = try DecimalObject.exact(integer: Value(smallInteger: 1), decimalType.object, ArithmeticContext(current.value))
  DecimalObject(quantum.value).number.pointee.exponent = digits == Int.min ? Int64.max : Int64(-digits)
  return try DecimalOperation.binary(.quantize, object, quantum.value, ArithmeticContext(current.value))
}

// MARK: - The type

private func defineOperators(_ t: TypeDefinition) {
  t.slots.add = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.add, a, b) }
  t.slots.subtract = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.sub, a, b) }
  t.slots.multiply = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.mul, a, b) }
  t.slots.trueDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.div, a, b) }
  t.slots.floorDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.divint, a, b) }
  t.slots.remainder = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.rem, a, b) }
  t.slots.divmod = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    let current = try ArithmeticContext.current()
    let context = ArithmeticContext(current.value)
    let x = try DecimalObject.operand(a, context)
    if x.value.isAbsent { return .notImplemented }
    let y = try DecimalObject.operand(b, context)
    if y.value.isAbsent { return .notImplemented }
    return try DecimalOperation.divmod(x.value, y.value, context)
  }
  t.slots.power = TernarySlot { (a: Value, b: Value, modulus: Value) throws(PyError) -> Owned in
    if modulus.isAbsent || modulus.isNone { return try DecimalOperation.operate(.pow, a, b) }
    let current = try ArithmeticContext.current()
    let context = ArithmeticContext(current.value)
    let x = try DecimalObject.operand(a, context)
    if x.value.isAbsent { return .notImplemented }
    let y = try DecimalObject.operand(b, context)
    if y.value.isAbsent { return .notImplemented }
    let z = try DecimalObject.operand(modulus, context)
    if z.value.isAbsent { return .notImplemented }
    return try DecimalOperation.ternary(MPDecimal.shared.pointee.powmod, x.value, y.value, z.value, context)
  }
  t.slots.negative = UnarySlot { (a: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.minus, a) }
  t.slots.positive = UnarySlot { (a: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.plus, a) }
  t.slots.absolute = UnarySlot { (a: Value) throws(PyError) -> Owned in try DecimalOperation.operate(.abs, a) }
  t.slots.truth = TruthSlot { (a: Value) throws(PyError) -> Bool in !DecimalObject(a).isZero }
  t.slots.integer = UnarySlot { (a: Value) throws(PyError) -> Owned in try decimalInteger(a, rounding: 1) }
  t.slots.float = UnarySlot(decimalFloat)
  t.slots.compare = CompareSlot(DecimalOperation.compare)
  t.slots.hash = HashSlot { (a: Value) throws(PyError) -> Int in try DecimalObject(a).hash() }
  t.slots.str = UnarySlot(decimalText)
  t.slots.repr = UnarySlot { (a: Value) throws(PyError) -> Owned in
    let text = try decimalText(a)
    return try Owned.string("Decimal('\(text.value.text)')")
  }
}

private func defineTests(_ t: TypeDefinition) {
  t.method("is_canonical()", "Always True.") { (_: Call) throws(PyError) -> Owned in .boolean(true) }
  t.method("is_finite()", "Whether it is a number, not infinite.") { (call: Call) throws(PyError) -> Owned in .boolean(!DecimalObject(call.receiver).isSpecial) }
  t.method("is_infinite()", "Whether it is positive or negative infinity.") { (call: Call) throws(PyError) -> Owned in .boolean(DecimalObject(call.receiver).isInfinite) }
  t.method("is_nan()", "Whether it is a NaN of either kind.") { (call: Call) throws(PyError) -> Owned in .boolean(DecimalObject(call.receiver).isNaN) }
  t.method("is_qnan()", "Whether it is a quiet NaN.") { (call: Call) throws(PyError) -> Owned in
    .boolean(DecimalObject(call.receiver).isNaN && !DecimalObject(call.receiver).isSignaling)
  }
  t.method("is_snan()", "Whether it is a signaling NaN.") { (call: Call) throws(PyError) -> Owned in .boolean(DecimalObject(call.receiver).isSignaling) }
  t.method("is_signed()", "Whether there is a minus sign.") { (call: Call) throws(PyError) -> Owned in .boolean(DecimalObject(call.receiver).isNegative) }
  t.method("is_zero()", "Whether it is zero.") { (call: Call) throws(PyError) -> Owned in .boolean(DecimalObject(call.receiver).isZero) }
  t.method("is_normal(context=None)", "Whether it is finite, not zero and not subnormal.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[0])
    return .boolean(DecimalOperation.isNormal(call.receiver, ArithmeticContext(held.value)))
  }
  t.method("is_subnormal(context=None)", "Whether it is smaller than the smallest normal number, and not zero.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[0])
    return .boolean(DecimalOperation.isSubnormal(call.receiver, ArithmeticContext(held.value)))
  }
  t.method("number_class(context=None)", "What kind of number it is, such as '+Normal'.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[0])
    return try DecimalOperation.numberClass(call.receiver, ArithmeticContext(held.value))
  }
  t.method("same_quantum(other, context=None)", "Whether both have one exponent, or are both infinite or both NaN.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[1])
    let other = try DecimalObject.argument(call[0], ArithmeticContext(held.value))
    return .boolean(DecimalOperation.sameQuantum(call.receiver, other.value))
  }
}

private func defineArithmetic(_ t: TypeDefinition) {
  t.method("exp(context=None)", "e to the power of it.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .exp) }
  t.method("ln(context=None)", "The natural logarithm.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .ln) }
  t.method("log10(context=None)", "The logarithm to base 10.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .log10) }
  t.method("logb(context=None)", "The adjusted exponent as a Decimal.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .logb) }
  t.method("logical_invert(context=None)", "Each digit, 0 or 1, turned round.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .invert) }
  t.method("next_minus(context=None)", "The next smaller number of the context.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .nextMinus) }
  t.method("next_plus(context=None)", "The next larger number of the context.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .nextPlus) }
  t.method("normalize(context=None)", "Rounded, and without zeros at the end.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .reduce) }
  t.method("sqrt(context=None)", "The square root.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .sqrt) }
  t.method("compare(other, context=None)", "-1, 0, 1 or NaN as a Decimal.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .compare) }
  t.method("compare_signal(other, context=None)", "As compare(), but each NaN signals.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .compareSignal) }
  t.method("logical_and(other, context=None)", "'and' of each pair of digits.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .and) }
  t.method("logical_or(other, context=None)", "'or' of each pair of digits.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .or) }
  t.method("logical_xor(other, context=None)", "'exclusive or' of each pair of digits.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .xor) }
  t.method("max(other, context=None)", "The larger of both; a number rather than a quiet NaN.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .max) }
  t.method("max_mag(other, context=None)", "The same by absolute values.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .maxMagnitude) }
  t.method("min(other, context=None)", "The smaller of both; a number rather than a quiet NaN.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .min) }
  t.method("min_mag(other, context=None)", "The same by absolute values.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .minMagnitude) }
  t.method("next_toward(other, context=None)", "The next number of the context on the way to other.") { (call: Call) throws(PyError) -> Owned in
    try DecimalOperation.method(call, .nextToward)
  }
  t.method("remainder_near(other, context=None)", "What is left when the nearest multiple of other is taken away.") { (call: Call) throws(PyError) -> Owned in
    try DecimalOperation.method(call, .remainderNear)
  }
  t.method("rotate(other, context=None)", "The digits turned by other places, to the left if that is positive.") { (call: Call) throws(PyError) -> Owned in
    try DecimalOperation.method(call, .rotate)
  }
  t.method("scaleb(other, context=None)", "The exponent changed by other.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.method(call, .scaleb) }
  t.method("shift(other, context=None)", "The digits moved by other places, to the left if that is positive.") { (call: Call) throws(PyError) -> Owned in
    try DecimalOperation.method(call, .shift)
  }
  t.method("fma(other, third, context=None)", "self*other+third, rounded once.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[2])
    let context = ArithmeticContext(held.value)
    let other = try DecimalObject.argument(call[0], context)
    let third = try DecimalObject.argument(call[1], context)
    return try DecimalOperation.ternary(MPDecimal.shared.pointee.fma, call.receiver, other.value, third.value, context)
  }
  t.method("quantize(exp, rounding=None, context=None)", "Rounded to the exponent of exp.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[2])
    let context = ArithmeticContext(held.value)
    var settings = context.context.pointee
    if !call[1].isNone { settings.rounding = try ArithmeticContext.rounding(call[1]) }
    let quantum = try DecimalObject.argument(call[0], context)
    let result = try DecimalObject.make()
    var status: UInt32 = 0
    MPDecimal.call(.quantize, DecimalObject(result.value).number, DecimalObject(call.receiver).number, DecimalObject(quantum.value).number, &settings, &status)
    try context.add(status)
    return result
  }
  for signature in ["to_integral(rounding=None, context=None)", "to_integral_value(rounding=None, context=None)"] as [StaticString] {
    t.method(signature, "Rounded to an integer; nothing is signaled but for a signaling NaN.") { (call: Call) throws(PyError) -> Owned in
      try DecimalOperation.toIntegral(call, .roundToInteger)
    }
  }
  t.method("to_integral_exact(rounding=None, context=None)", "Rounded to an integer, with Inexact and Rounded if so.") { (call: Call) throws(PyError) -> Owned in
    try DecimalOperation.toIntegral(call, .roundToIntegerExact)
  }
  t.method("copy_abs()", "The same without its sign; neither rounds nor signals.") { (call: Call) throws(PyError) -> Owned in
    let current = try ArithmeticContext.current()
    return try DecimalOperation.copy(call.receiver, .absolute, ArithmeticContext(current.value))
  }
  t.method("copy_negate()", "The same with the other sign; neither rounds nor signals.") { (call: Call) throws(PyError) -> Owned in
    let current = try ArithmeticContext.current()
    return try DecimalOperation.copy(call.receiver, .negated, ArithmeticContext(current.value))
  }
  t.method("copy_sign(other, context=None)", "The same with the sign of other.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[1])
    let other = try DecimalObject.argument(call[0], ArithmeticContext(held.value))
    return try DecimalOperation.copySign(call.receiver, other.value, ArithmeticContext(held.value))
  }
  t.method("compare_total(other, context=None)", "-1, 0 or 1 in an order of all values, NaN and representations of one number included.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[1])
    let other = try DecimalObject.argument(call[0], ArithmeticContext(held.value))
    return try DecimalOperation.compareTotal(call.receiver, other.value, magnitude: false)
  }
  t.method("compare_total_mag(other, context=None)", "The same, signs aside.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[1])
    let other = try DecimalObject.argument(call[0], ArithmeticContext(held.value))
    return try DecimalOperation.compareTotal(call.receiver, other.value, magnitude: true)
  }
}

private func defineConversions(_ t: TypeDefinition) {
  t.rawMethod("__format__", "The number as a format specification says.", formatDecimal)
  t.rawMethod("__round__", "The nearest int, ties to even; with a number of digits, a Decimal rounded to so many.", roundDecimal)
  t.method("__trunc__()", "The int without the fraction.") { (call: Call) throws(PyError) -> Owned in try decimalInteger(call.receiver, rounding: 1) }
  t.method("__ceil__()", "The smallest int that is not smaller.") { (call: Call) throws(PyError) -> Owned in try decimalInteger(call.receiver, rounding: 2) }
  t.method("__floor__()", "The largest int that is not larger.") { (call: Call) throws(PyError) -> Owned in try decimalInteger(call.receiver, rounding: 3) }
  t.method("__complex__()", "The number as a complex.") { (call: Call) throws(PyError) -> Owned in
    let real = try decimalFloat(call.receiver)
    return try TypeObject.complex.value.call(real.value)
  }
  t.method("__copy__()") { (call: Call) throws(PyError) -> Owned in Owned(copying: call.receiver) }
  t.method("__deepcopy__(object, /)") { (call: Call) throws(PyError) -> Owned in Owned(copying: call.receiver) }
  t.method("__reduce__()", "What pickle needs to make the object again.") { (call: Call) throws(PyError) -> Owned in
    let text = try decimalText(call.receiver)
    let arguments = try Owned.tuple(text.value)
    return try Owned.tuple(call.receiver.type.value, arguments.value)
  }
  t.method("__sizeof__()", "The bytes that the number takes.") { (call: Call) throws(PyError) -> Owned in
    let number = DecimalObject(call.receiver).number.pointee
    let other = number.flags & DecimalBit.ownWords == 0 ? Int(number.capacity) * 8 : 0
    return try Owned.integer(MemoryLayout<DecimalObject.Contents>.size + other)
  }
  t.method("adjusted()", "The exponent of the first digit.") { (call: Call) throws(PyError) -> Owned in
    let decimal = DecimalObject(call.receiver)
    return try Owned.integer(decimal.isSpecial ? 0 : Int(decimal.number.pointee.exponent + decimal.number.pointee.digits - 1))
  }
  t.method("as_integer_ratio()", "A pair of ints whose quotient it is, in lowest terms.") { (call: Call) throws(PyError) -> Owned in try integerRatio(call.receiver) }
  t.method("as_tuple()", "Sign, digits and exponent as a DecimalTuple.") { (call: Call) throws(PyError) -> Owned in try decimalTuple(call.receiver) }
  t.method("canonical()", "The number itself.") { (call: Call) throws(PyError) -> Owned in Owned(copying: call.receiver) }
  t.method("conjugate()", "The number itself.") { (call: Call) throws(PyError) -> Owned in Owned(copying: call.receiver) }
  t.method("radix()", "Decimal(10): the base.") { (_: Call) throws(PyError) -> Owned in try tenAsDecimal() }
  t.method("to_eng_string(context=None)", "As str(), with exponents that are multiples of three.") { (call: Call) throws(PyError) -> Owned in
    let held = try ArithmeticContext.argument(call[0])
    return try DecimalObject(call.receiver).text(capitals: ArithmeticContext(held.value).contents.pointee.capitals, engineering: true)
  }
  t.classMethod("from_float(f, /)", "The exact value of a float or an int.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isFloat && !call[0].isInteger { throw .typeError("argument must be int or float") }
    return try exactNumber(call)
  }
  t.classMethod("from_number(number, /)", "The exact value of an int, a float or a Decimal.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isFloat && !call[0].isInteger && !decimalType.includes(call[0]) { throw .typeError("conversion from \(call[0].typeName) to Decimal is not supported") }
    return try exactNumber(call)
  }
  t.getter("real") { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.getter("imag") { (_: Value) throws(PyError) -> Owned in
    let current = try ArithmeticContext.current()
    return try DecimalObject.exact(integer: Value(smallInteger: 0), decimalType.object, ArithmeticContext(current.value))
  }
}

func tenAsDecimal() throws(PyError) -> Owned {
  let current = try ArithmeticContext.current()
  return try DecimalObject.exact(integer: Value(smallInteger: 10), decimalType.object, ArithmeticContext(current.value))
}

/// Of a class method: the value of a number, as an instance of the class.
private func exactNumber(_ call: Call) throws(PyError) -> Owned {
  let current = try ArithmeticContext.current()
  let context = ArithmeticContext(current.value)
  let number = call[0]
  let result: Owned
  if let double = number.isFloat ? doubleValue(of: number) : nil {
    result = try DecimalObject.exact(double: double, decimalType.object, context)
  } else if number.isInteger {
    result = try DecimalObject.exact(integer: number, decimalType.object, context)
  } else {
    result = try DecimalObject.copied(number, decimalType.object, context, rounds: false)
  }
  return call.receiver === decimalType.value ? result : try call.receiver.call(result.value)
}

func defineDecimal(_ m: ModuleBuilder) throws(PyError) {
  decimalType = ModuleType(
    try m.defineType("Decimal", module: "decimal") { t in
      t.documentation = "A decimal number of any precision: of a str, an int, a float, a tuple of sign, digits and exponent, or a Decimal."
      t.basicSize = MemoryLayout<DecimalObject.Contents>.size
      t.flags.insert(.baseType)
      t.new("Decimal(value=\"0\", context=None)") { (call: Call) throws(PyError) -> Owned in try newDecimal(call.receiver, call) }
      t.slots.getAttribute = BinarySlot(genericGetAttribute)
      t.slots.deallocate = DeallocateSlot { raw in
        let number = DecimalObject(raw: raw).number
        // Words of its own end with it; others are the library's.
        if number.pointee.flags & DecimalBit.ownWords == 0 && number.pointee.words != nil { MPDecimal.shared.pointee.end(number) }
        finishDeallocation(raw)
      }
      defineOperators(t)
      defineTests(t)
      defineArithmetic(t)
      defineConversions(t)
    })
}
