// `format % arguments` for str, bytes and bytearray.

import CKraitCore
import Glibc

/// `str % arguments`.
func formatStringByPercent(_ format: Value, _ arguments: Value) throws(PyError) -> Owned {
  guard format.isString else { return .notImplemented }
  let held = Owned.exactString(format)
  if StringObject(held.value).isEqual(to: "%s") {
    // A text alone is its own result.
    let value = arguments.isExactTuple && TupleObject(arguments).count == 1 ? TupleObject(arguments)[0] : arguments
    if value.isExactString { return Owned(copying: value) }
  }
  var formatter = PercentFormatter(StringObject(held.value).units, arguments, isBytes: false)
  try formatter.run()
  // A format without a percent sign is its own result.
  if formatter.isPlain && StringObject(format).length != 0 { return Owned(copying: format) }
  return try formatter.output.finish()
}

/// `bytes % arguments`, as bytes.
func formatBytesByPercent(_ format: UnsafeRawBufferPointer, _ arguments: Value) throws(PyError) -> Owned {
  var empty: UInt8 = 0
  return try withUnsafePointer(to: &empty) { (nothing) throws(PyError) -> Owned in
    let units = CodeUnits(base: format.baseAddress ?? UnsafeRawPointer(nothing), count: format.count, width: 1)
    // Bytes are collected as the code points of the same number.
    var formatter = PercentFormatter(units, arguments, isBytes: true)
    try formatter.run()
    return try formatter.output.finishBytes()
  }
}

extension StringBuilder {
  /// What was collected, code points below 256, as bytes.
  mutating func finishBytes() throws(PyError) -> Owned {
    let units = self.units
    return try Owned.bytes(UnsafeRawBufferPointer(start: units.base, count: units.count))
  }
}

/// One conversion: what stands between the percent sign and the letter.
private struct Conversion {
  var isLeft = false
  var hasSign = false
  var hasSpace = false
  var isAlternate = false
  var hasZero = false
  var width = -1
  var precision = -1
  var letter: UInt32 = 0
}

private struct PercentFormatter: ~Copyable {
  private let format: CodeUnits
  private var position = 0
  private let isBytes: Bool
  /// A tuple of arguments, or one argument.
  private var arguments: Value
  /// Keeps the value of a mapping key alive while it is the only argument.
  private var keyed = Owned(taking: .absent)
  /// -1: the arguments are one value.
  private var count: Int
  private var index: Int
  /// The mapping that keys look in, or absent.
  private let mapping: Value
  var output = StringBuilder()
  /// Whether there was no percent sign.
  private(set) var isPlain = true

  init(_ format: CodeUnits, _ arguments: Value, isBytes: Bool) {
    self.format = format
    self.isBytes = isBytes
    self.arguments = arguments
    if arguments.isTuple {
      count = TupleObject(arguments).count
      index = 0
      mapping = .absent
    } else {
      count = -1
      index = -2
      let isText = isBytes ? arguments.isBytes || arguments.isInstance(of: .bytearray) : false
      let isMapping = arguments.type.slots.pointee.subscript != nil && !arguments.isString && !isText
      mapping = isMapping ? arguments : .absent
    }
  }

  private mutating func nextArgument() throws(PyError) -> Value {
    guard index < count else { throw PyError.typeError("not enough arguments for format string") }
    let place = index
    index &+= 1
    return count < 0 ? arguments : TupleObject(arguments)[place]
  }

  mutating func run() throws(PyError) {
    while position < format.count {
      let found = format[position..<format.count].firstIndex(of: 0x25)
      if found < 0 {
        try output.append(format[position..<format.count])
        break
      }
      isPlain = false
      if found > 0 { try output.append(format[position..<(position &+ found)]) }
      position &+= found &+ 1
      if position < format.count && format[position] == 0x25 {
        try output.append(codePoint: 0x25)
        position &+= 1
        continue
      }
      try convertNext()
    }
    if index < count && mapping.isAbsent {
      throw PyError.typeError("not all arguments converted during \(isBytes ? "bytes" : "string") formatting")
    }
  }

  // MARK: Parsing

  private mutating func convertNext() throws(PyError) {
    var conversion = Conversion()
    if position < format.count && format[position] == 0x28 { try takeKey() }
    flags: while position < format.count {
      switch format[position] {
      case 0x2D: conversion.isLeft = true
      case 0x2B: conversion.hasSign = true
      case 0x20: conversion.hasSpace = true
      case 0x23: conversion.isAlternate = true
      case 0x30: conversion.hasZero = true
      default: break flags
      }
      position &+= 1
    }
    if position < format.count && format[position] == 0x2A {
      position &+= 1
      let width = try starArgument().asInt()
      conversion.isLeft = conversion.isLeft || width < 0
      conversion.width = width < 0 ? (width == .min ? .max : -width) : width
    } else {
      conversion.width = try number("width too big", limit: .max) ?? -1
    }
    if position < format.count && format[position] == 0x2E {
      position &+= 1
      if position < format.count && format[position] == 0x2A {
        position &+= 1
        let argument = try starArgument()
        guard let precision = Integer.asInt(argument).flatMap(Int32.init(exactly:)) else { throw PyError.overflowError("Python int too large to convert to C int") }
        conversion.precision = max(0, Int(precision))
      } else {
        conversion.precision = try number("precision too big", limit: Int(Int32.max)) ?? 0
      }
    }
    // One length modifier of C is read over.
    if position < format.count, format[position] == 0x68 || format[position] == 0x6C || format[position] == 0x4C { position &+= 1 }
    guard position < format.count else { throw PyError.valueError("incomplete format") }
    conversion.letter = format[position]
    position &+= 1
    let argument = try nextArgument()
    // An argument in a tuple stays as long as the tuple; one that is alone or a key's value is held.
    try convert(argument, conversion)
  }

  private mutating func starArgument() throws(PyError) -> Value {
    let argument = try nextArgument()
    guard argument.isInteger else { throw PyError.typeError("* wants int") }
    return argument
  }

  private mutating func number(_ tooBig: StaticString, limit: Int) throws(PyError) -> Int? {
    var value = 0
    let start = position
    while position < format.count && format[position] &- 0x30 < 10 {
      let digit = Int(format[position] &- 0x30)
      if value > (limit &- digit) / 10 { throw PyError.valueError("\(tooBig)") }
      value = value &* 10 &+ digit
      position &+= 1
    }
    return position == start ? nil : value
  }

  private mutating func takeKey() throws(PyError) {
    guard !mapping.isAbsent else { throw PyError.typeError("format requires a mapping") }
    position &+= 1
    let start = position
    var depth = 1
    while position < format.count && depth > 0 {
      if format[position] == 0x29 { depth &-= 1 } else if format[position] == 0x28 { depth &+= 1 }
      position &+= 1
    }
    guard depth == 0 else { throw PyError.valueError("incomplete format key") }
    let units = format[start..<(position &- 1)]
    let key = isBytes ? try Owned.bytes(UnsafeRawBufferPointer(start: units.base, count: units.count)) : try Owned.string(units)
    keyed = try mapping.getItem(key.value)
    arguments = keyed.value
    count = -1
    index = -2
  }

  // MARK: Conversions

  private mutating func convert(_ argument: Value, _ conversion: Conversion) throws(PyError) {
    switch conversion.letter {
    case 0x73, 0x62 where isBytes || conversion.letter == 0x73:
      if isBytes {
        let bytes = try percentBytes(argument)
        let buffer = BytesObject(bytes.value).buffer
        try pad(CodeUnits(base: BytesObject(bytes.value).data, count: buffer.count, width: 1), conversion)
      } else {
        if argument.isExactString && conversion.width < 0 && conversion.precision < 0 { return try output.append(argument) }
        if argument.isSmallInteger && conversion.width < 0 && conversion.precision < 0 { return try output.append(decimal: argument.smallInteger) }
        let text = try argument.str()
        try pad(StringObject(text.value).units, conversion)
      }
    case 0x72, 0x61:
      let text = conversion.letter == 0x72 && !isBytes ? try argument.repr() : try argument.ascii()
      try pad(StringObject(text.value).units, conversion)
    case 0x63: try convertCharacter(argument, conversion)
    case 0x69, 0x64, 0x75, 0x6F, 0x78, 0x58: try convertInteger(argument, conversion)
    case 0x65, 0x45, 0x66, 0x46, 0x67, 0x47: try convertFloat(argument, conversion)
    default:
      let letter = conversion.letter
      let shown = letter > 31 && letter < 127 ? String(Unicode.Scalar(UInt8(letter))) : "?"
      throw PyError.valueError("unsupported format character '\(shown)' (0x\(String(letter, radix: 16))) at index \(position &- 1)")
    }
  }

  /// Text in a field, cut to the precision.
  private mutating func pad(_ text: CodeUnits, _ conversion: Conversion) throws(PyError) {
    let text = conversion.precision >= 0 && conversion.precision < text.count ? text[0..<conversion.precision] : text
    let padding = max(0, conversion.width &- text.count)
    if padding > 0 && !conversion.isLeft { try output.append(codePoint: 0x20, count: padding) }
    try output.append(text)
    if padding > 0 && conversion.isLeft { try output.append(codePoint: 0x20, count: padding) }
  }

  /// The bytes that `%b` and `%s` of bytes put in.
  private func percentBytes(_ argument: Value) throws(PyError) -> Owned {
    if argument.isExact(.bytes) { return Owned(copying: argument) }
    if argument.supportsBuffer {
      let view = try argument.buffer(.simple)
      return try Owned.bytes(view.bytes)
    }
    let method = try argument.lookUpSpecial(Name.__bytes__)
    if !method.value.isAbsent {
      let result = try method.value.call()
      guard result.value.isBytes else { throw PyError.typeError("__bytes__ returned non-bytes (type \(result.value.typeName))") }
      return result
    }
    throw PyError.typeError("%b requires a bytes-like object, or an object that implements __bytes__, not '\(argument.typeName)'")
  }

  private mutating func convertCharacter(_ argument: Value, _ conversion: Conversion) throws(PyError) {
    var point: UInt32 = 0
    if isBytes {
      if argument.isBytes || argument.isInstance(of: .bytearray) {
        let view = try argument.buffer(.simple)
        guard view.bytes.count == 1 else {
          let kind = argument.isBytes ? "bytes" : "bytearray"
          throw PyError.typeError("%c requires an integer in range(256) or a single byte, not a \(kind) object of length \(view.bytes.count)")
        }
        point = UInt32(view.bytes[0])
      } else {
        let number = try characterNumber(argument, "%c requires an integer in range(256) or a single byte, not \(argument.type.qualifiedText)")
        guard number >= 0 && number < 256 else { throw PyError.overflowError("%c arg not in range(256)") }
        point = UInt32(number)
      }
    } else if argument.isString {
      let text = StringObject(argument)
      guard text.length == 1 else {
        throw PyError.typeError("%c requires an int or a unicode character, not a string of length \(text.length)")
      }
      point = text.codePoint(at: 0)
    } else {
      let number = try characterNumber(argument, "%c requires an int or a unicode character, not \(argument.type.qualifiedText)")
      guard number >= 0 && number <= 0x10FFFF else { throw PyError.overflowError("%c arg not in range(0x110000)") }
      point = UInt32(number)
    }
    var unit = point
    try withUnsafePointer(to: &unit) { (base) throws(PyError) in
      var conversion = conversion
      conversion.precision = -1
      try pad(CodeUnits(base: base, count: 1, width: 4), conversion)
    }
  }

  /// The int of `%c`; -1 when it is out of any range.
  private func characterNumber(_ argument: Value, _ message: @autoclosure () -> String) throws(PyError) -> Int {
    if argument.isInteger { return Integer.asInt(argument) ?? -1 }
    guard argument.type.slots.pointee.index != nil else { throw PyError.typeError(message()) }
    let number = try argument.index()
    return Integer.asInt(number.value) ?? -1
  }

  private mutating func convertInteger(_ argument: Value, _ conversion: Conversion) throws(PyError) {
    let letter = conversion.letter
    let base = letter == 0x6F ? 8 : letter == 0x78 || letter == 0x58 ? 16 : 10
    if argument.isSmallInteger && base == 10 && conversion.width < 0 && conversion.precision < 0 && !conversion.hasSign && !conversion.hasSpace {
      return try output.append(decimal: argument.smallInteger)
    }
    let number = argument.isInteger ? Owned(copying: argument) : try convertedInteger(argument, base, letter)
    if conversion.precision > Int(Int32.max) &- 3 { throw PyError.overflowError("precision too large") }
    let isNegative = Integer.isNegative(number.value)
    var prefix: StaticString = ""
    if conversion.isAlternate && base == 8 { prefix = "0o" }
    if conversion.isAlternate && base == 16 { prefix = letter == 0x58 ? "0X" : "0x" }
    try Integer.withDigits(number.value, base: base) { (digits) throws(PyError) in
      try putNumber(
        UnsafeRawBufferPointer(digits), isNegative ? 0x2D : 0, prefix, max(0, conversion.precision &- digits.count), conversion, isUpper: letter == 0x58)
    }
  }

  private func convertedInteger(_ argument: Value, _ base: Int, _ letter: UInt32) throws(PyError) -> Owned {
    let slots = argument.type.slots
    if base != 10 ? slots.pointee.index != nil : slots.pointee.index != nil || slots.pointee.integer != nil || slots.pointee.float != nil {
      do throws(PyError) { return base != 10 ? try argument.index() : try TypeObject.int.value.call(argument) } catch {
        guard PyError.matches(.typeError) else { throw error }
        PyError.clear()
      }
    }
    let wanted = base != 10 ? "an integer" : "a real number"
    throw PyError.typeError("%\(String(Unicode.Scalar(UInt8(letter)))) format: \(wanted) is required, not \(argument.typeName)")
  }

  private mutating func convertFloat(_ argument: Value, _ conversion: Conversion) throws(PyError) {
    let number: Double
    if isBytes {
      do throws(PyError) { number = try argument.asDouble() } catch {
        guard PyError.matches(.typeError) else { throw error }
        PyError.clear()
        throw PyError.typeError("float argument required, not \(argument.typeName)")
      }
    } else {
      number = try argument.asDouble()
    }
    var text = try TextBuffer()
    try text.append(
      double: number, code: UInt8(conversion.letter), precision: conversion.precision < 0 ? 6 : conversion.precision, flags: conversion.isAlternate ? .alternate : [])
    let bytes = text.bytes
    let isNegative = bytes.count > 0 && bytes[0] == 0x2D
    let digits = isNegative ? UnsafeBufferPointer(rebasing: bytes[1...]) : bytes
    try putNumber(UnsafeRawBufferPointer(digits), isNegative ? 0x2D : 0, "", 0, conversion, isUpper: false)
  }

  /// Sign, prefix, zeros and digits in a field.
  private mutating func putNumber(
    _ digits: UnsafeRawBufferPointer, _ minus: UInt32, _ prefix: StaticString, _ zeros: Int, _ conversion: Conversion, isUpper: Bool
  ) throws(PyError) {
    let sign: UInt32 = minus != 0 ? minus : conversion.hasSign ? 0x2B : conversion.hasSpace ? 0x20 : 0
    let length = digits.count &+ zeros &+ prefix.utf8CodeUnitCount &+ (sign == 0 ? 0 : 1)
    let padding = max(0, conversion.width &- length)
    let fillsWithZeros = conversion.hasZero && !conversion.isLeft
    if padding > 0 && !conversion.isLeft && !fillsWithZeros { try output.append(codePoint: 0x20, count: padding) }
    if sign != 0 { try output.append(codePoint: sign) }
    try output.append(prefix)
    if padding > 0 && fillsWithZeros { try output.append(codePoint: 0x30, count: padding) }
    if zeros > 0 { try output.append(codePoint: 0x30, count: zeros) }
    if isUpper {
      for digit in digits { try output.append(codePoint: UInt32(ASCII.upper(digit))) }
    } else {
      try output.append(ascii: digits)
    }
    if padding > 0 && conversion.isLeft { try output.append(codePoint: 0x20, count: padding) }
  }
}

extension StringBuilder {
  /// Appends a number in decimal.
  mutating func append(decimal value: Int) throws(PyError) {
    var storage: (UInt64, UInt64, UInt64) = (0, 0, 0)
    try withUnsafeMutableBytes(of: &storage) { (buffer) throws(PyError) in
      let end = buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + 24
      var start = Integer.writeDecimal(value.magnitude, before: end)
      if value < 0 {
        start -= 1
        start.pointee = 0x2D
      }
      try append(ascii: UnsafeRawBufferPointer(start: start, count: end - start))
    }
  }
}
