// `format()` of int, float, complex and str.

import CKraitCore

/// `int.__format__`.
func formatInteger(_ value: Value, _ specification: Value) throws(PyError) -> Owned {
  if StringObject(specification).length == 0 {
    return value.isExactInteger ? try Integer.text(value) : try value.str()
  }
  let format = try FormatSpecification(specification, object: value, defaultType: UInt8(ascii: "d"), defaultAlignment: UInt8(ascii: ">"))
  return try formatInteger(value, format)
}

private func formatInteger(_ value: Value, _ format: FormatSpecification) throws(PyError) -> Owned {
  let base: Int
  var prefix: StaticString = ""
  switch format.type {
  case 98: (base, prefix) = (2, "0b")
  case 111: (base, prefix) = (8, "0o")
  case 120, 88: (base, prefix) = (16, "0x")
  case 100, 110: base = 10
  case 99: return try formatCharacter(value, format)
  case 101, 69, 102, 70, 103, 71, 37:
    return try formatFloat(try Integer.double(value), value, format)
  default: throw format.unknownType(value)
  }
  if format.precision != -1 { throw PyError.valueError("Precision not allowed in integer format specifier") }
  if format.noNegativeZero { throw PyError.valueError("Negative zero coercion (z) not allowed in integer format specifier") }
  var text = try TextBuffer(capacity: 72)
  try Integer.withDigits(value, base: base) { (digits) throws(PyError) in try text.append(digits) }
  let sign = Integer.isNegative(value) ? UInt8(ascii: "-") : format.sign == UInt8(ascii: "-") ? 0 : format.sign
  let pieces = NumberPieces(sign: sign, prefix: format.alternate ? prefix : "", digits: 0, digitCount: text.count)
  return try format.finish(pieces, in: text, groupSize: base == 10 ? 3 : 4, isUpper: format.type == 88)
}

/// Type `c`: the character with this code point.
private func formatCharacter(_ value: Value, _ format: FormatSpecification) throws(PyError) -> Owned {
  if format.precision != -1 { throw PyError.valueError("Precision not allowed in integer format specifier") }
  if format.noNegativeZero { throw PyError.valueError("Negative zero coercion (z) not allowed in integer format specifier") }
  if format.sign != 0 { throw PyError.valueError("Sign not allowed with integer format specifier 'c'") }
  if format.alternate { throw PyError.valueError("Alternate form (#) not allowed with integer format specifier 'c'") }
  guard let word = Integer.asInt(value) else { throw PyError.overflowError("Python int too large to convert to C long") }
  guard word >= 0 && word <= 0x10FFFF else { throw PyError.overflowError("%c arg not in range(0x110000)") }
  let character = try Owned.character(UInt32(word))
  return try pad(character.value, format)
}

/// A str between fill characters; `=` puts them in front.
private func pad(_ text: Value, _ format: FormatSpecification) throws(PyError) -> Owned {
  let padding = format.width - StringObject(text).length
  if padding <= 0 { return text.isExactString ? Owned(copying: text) : try text.str() }
  let left =
    switch format.alignment {
    case UInt8(ascii: "<"): 0
    case UInt8(ascii: "^"): padding / 2
    default: padding
    }
  var builder = try StringBuilder()
  try builder.append(codePoint: format.fill, count: left)
  try builder.append(text)
  try builder.append(codePoint: format.fill, count: padding - left)
  return try builder.finish()
}

/// `float.__format__`.
func formatFloat(_ value: Value, _ specification: Value) throws(PyError) -> Owned {
  if StringObject(specification).length == 0 { return try value.str() }
  let format = try FormatSpecification(specification, object: value, defaultType: 0, defaultAlignment: UInt8(ascii: ">"))
  return try formatFloat(doubleValue(of: value) ?? 0, value, format)
}

private func formatFloat(_ number: Double, _ object: Value, _ format: FormatSpecification) throws(PyError) -> Owned {
  var number = number
  var code = UInt8(truncatingIfNeeded: format.type)
  var flags: DoubleFormatFlags = []
  var precision = 6
  if format.alternate { flags.insert(.alternate) }
  if format.noNegativeZero { flags.insert(.noNegativeZero) }
  let isPercent = format.type == 37
  switch format.type {
  case 0:
    flags.insert(.addDotZero)
    code = UInt8(ascii: "r")
    precision = 0
  case 110: code = UInt8(ascii: "g")
  case 37:
    code = UInt8(ascii: "f")
    number *= 100
  case 101, 69, 102, 70, 103, 71: break
  default: throw format.unknownType(object)
  }
  if format.precision >= 0 {
    if format.precision > Int(Int32.max) { throw PyError.valueError("precision too big") }
    precision = format.precision
    if code == UInt8(ascii: "r") { code = UInt8(ascii: "g") }
  }
  var text = try TextBuffer()
  try text.append(double: number, code: code, precision: precision, flags: flags)
  if isPercent { try text.append(UInt8(ascii: "%")) }
  // Nothing to pad, group or sign: this is it.
  if format.width <= text.count && format.grouping == 0 && format.fractionGrouping == 0 && (format.sign == 0 || format.sign == UInt8(ascii: "-")) {
    return try text.finish()
  }
  return try format.finish(NumberPieces(text, sign: format.sign), in: text)
}

/// `complex.__format__`.
func formatComplex(_ value: Value, _ specification: Value) throws(PyError) -> Owned {
  if StringObject(specification).length == 0 { return try value.str() }
  let format = try FormatSpecification(specification, object: value, defaultType: 0, defaultAlignment: UInt8(ascii: ">"))
  let number = ComplexObject(value).value
  var code = UInt8(truncatingIfNeeded: format.type)
  var flags: DoubleFormatFlags = []
  var precision = 6
  var hasParentheses = false
  var skipsReal = false
  if format.alternate { flags.insert(.alternate) }
  if format.noNegativeZero { flags.insert(.noNegativeZero) }
  switch format.type {
  case 0:
    code = UInt8(ascii: "r")
    precision = 0
    skipsReal = number.real == 0 && number.real.sign == .plus
    hasParentheses = !skipsReal
  case 110: code = UInt8(ascii: "g")
  case 101, 69, 102, 70, 103, 71: break
  default: throw format.unknownType(value)
  }
  if format.fill == 48 { throw PyError.valueError("Zero padding is not allowed in complex format specifier") }
  if format.alignment == UInt8(ascii: "=") { throw PyError.valueError("'=' alignment flag is not allowed in complex format specifier") }
  if format.precision >= 0 {
    if format.precision > Int(Int32.max) { throw PyError.valueError("precision too big") }
    precision = format.precision
    if code == UInt8(ascii: "r") { code = UInt8(ascii: "g") }
  }
  var part = format
  part.width = -1
  part.fill = 32
  part.alignment = UInt8(ascii: "<")
  var builder = try StringBuilder()
  if hasParentheses { try builder.append("(") }
  if !skipsReal {
    var text = try TextBuffer()
    try text.append(double: number.real, code: code, precision: precision, flags: flags)
    let real = try part.finish(NumberPieces(text, sign: part.sign), in: text)
    try builder.append(real.value)
    part.sign = UInt8(ascii: "+")
  }
  var text = try TextBuffer()
  try text.append(double: number.imaginary, code: code, precision: precision, flags: flags)
  let imaginary = try part.finish(NumberPieces(text, sign: part.sign), in: text)
  try builder.append(imaginary.value)
  try builder.append(hasParentheses ? "j)" : "j")
  let whole = try builder.finish()
  return try pad(whole.value, format)
}

/// `str.__format__`.
func formatString(_ value: Value, _ specification: Value) throws(PyError) -> Owned {
  if StringObject(specification).length == 0 { return value.isExactString ? Owned(copying: value) : try value.str() }
  let format = try FormatSpecification(specification, object: value, defaultType: UInt8(ascii: "s"), defaultAlignment: UInt8(ascii: "<"))
  guard format.type == UInt32(UInt8(ascii: "s")) else { throw format.unknownType(value) }
  if format.sign == UInt8(ascii: " ") { throw PyError.valueError("Space not allowed in string format specifier") }
  if format.sign != 0 { throw PyError.valueError("Sign not allowed in string format specifier") }
  if format.noNegativeZero { throw PyError.valueError("Negative zero coercion (z) not allowed in string format specifier") }
  if format.alternate { throw PyError.valueError("Alternate form (#) not allowed in string format specifier") }
  if format.alignment == UInt8(ascii: "=") { throw PyError.valueError("'=' alignment not allowed in string format specifier") }
  let length = StringObject(value).length
  if format.precision >= 0 && format.precision < length {
    let string = StringObject(value)
    let cut = try Owned.string(CodeUnits(base: string.data, count: format.precision, width: string.width))
    return try pad(cut.value, format)
  }
  return try pad(value, format)
}
