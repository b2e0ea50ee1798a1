// `complex`: its slots and methods. Real operands stay real (C11, annex G), so that zeros keep their signs.

import CKraitCore
import Glibc
import KraitCompiler

typealias ComplexNumber = ComplexArithmetic.Complex

func defineComplex(_ t: TypeDefinition) {
  t.documentation = "A complex number: of a real and an imaginary part, or of a text."
  t.basicSize = ComplexObject.size
  t.flags.insert(.baseType)
  t.rawNew("complex", newComplex)
  defineComplexSlots(t)
  t.method("conjugate()", "The number with the opposite imaginary part.") { (call: Call) throws(PyError) -> Owned in
    let number = ComplexObject(call.receiver)
    return try Owned.complex(number.real, -number.imaginary)
  }
  t.method("__complex__()", "The number itself, as exact complex.") { (call: Call) throws(PyError) -> Owned in
    if call.receiver.type == .complex { return Owned(copying: call.receiver) }
    let number = ComplexObject(call.receiver)
    return try Owned.complex(number.real, number.imaginary)
  }
  t.method("__getnewargs__()") { (call: Call) throws(PyError) -> Owned in
    let real = try Owned.float(ComplexObject(call.receiver).real)
    let imaginary = try Owned.float(ComplexObject(call.receiver).imaginary)
    return try Owned.tuple(real.value, imaginary.value)
  }
  t.method("__format__(format_spec, /)", "The number as text, as a format specification says.") { (call: Call) throws(PyError) -> Owned in
    try formatComplex(call.receiver, try call.string(0))
  }
  t.classMethod("from_number(number, /)", "The complex number of a number; a text is refused.") { (call: Call) throws(PyError) -> Owned in
    if call[0].type == .complex && call.receiver === TypeObject.complex.value { return Owned(copying: call[0]) }
    guard let number = try complexByMethod(call[0]) else { throw PyError.typeError("must be real number, not \(call[0].typeName)") }
    let result = try Owned.complex(number.real, number.imaginary)
    return call.receiver === TypeObject.complex.value ? result : try call.receiver.call(result.value)
  }
  t.member("real", "the real part of a complex number") { (object) throws(PyError) in try Owned.float(ComplexObject(object).real) }
  t.member("imag", "The imaginary part.") { (object) throws(PyError) in try Owned.float(ComplexObject(object).imaginary) }
}

extension Value {
  @inline(__always)
  var isComplex: Bool { isObject && (object.shape.type == .complex || object.shape.type.isSubtype(of: .complex)) }
}

/// An operand of mixed arithmetic.
private enum Operand {
  case real(Double)
  case complex(ComplexNumber)

  init?(_ value: Value) throws(PyError) {
    if value.isComplex {
      self = .complex(ComplexObject(value).value)
    } else if let double = doubleValue(of: value) {
      self = .real(double)
    } else if value.isInteger {
      self = .real(try Integer.double(value))
    } else {
      return nil
    }
  }

  var complex: ComplexNumber {
    switch self {
    case .real(let real): (real, 0)
    case .complex(let number): number
    }
  }
}

private func arithmetic(
  _ a: Value, _ b: Value, _ operation: (Operand, Operand) throws(PyError) -> ComplexNumber
) throws(PyError) -> Owned {
  guard let x = try Operand(a), let y = try Operand(b) else { return .notImplemented }
  let result = try operation(x, y)
  return try Owned.complex(result.real, result.imaginary)
}

private func defineComplexSlots(_ t: TypeDefinition) {
  t.slots.deallocate = DeallocateSlot { finishDeallocation($0) }
  t.slots.repr = UnarySlot { (a) throws(PyError) in try complexRepr(ComplexObject(a).value) }
  t.slots.hash = HashSlot { (a) throws(PyError) in hashComplex(ComplexObject(a).value, object: a) }
  t.slots.truth = TruthSlot { (a) throws(PyError) in ComplexObject(a).real != 0 || ComplexObject(a).imaginary != 0 }
  t.slots.compare = CompareSlot(compareComplex)
  t.slots.add = BinarySlot { (a, b) throws(PyError) in
    try arithmetic(a, b) { (x, y) throws(PyError) in
      switch (x, y) {
      case (.real(let a), .complex(let b)), (.complex(let b), .real(let a)): (b.real + a, b.imaginary)
      default: (x.complex.real + y.complex.real, x.complex.imaginary + y.complex.imaginary)
      }
    }
  }
  t.slots.subtract = BinarySlot { (a, b) throws(PyError) in
    try arithmetic(a, b) { (x, y) throws(PyError) in
      switch (x, y) {
      case (.real(let a), .complex(let b)): (a - b.real, -b.imaginary)
      case (.complex(let a), .real(let b)): (a.real - b, a.imaginary)
      default: (x.complex.real - y.complex.real, x.complex.imaginary - y.complex.imaginary)
      }
    }
  }
  t.slots.multiply = BinarySlot { (a, b) throws(PyError) in
    try arithmetic(a, b) { (x, y) throws(PyError) in
      switch (x, y) {
      case (.real(let a), .complex(let b)), (.complex(let b), .real(let a)): (b.real * a, b.imaginary * a)
      default: ComplexArithmetic.product(x.complex, y.complex)
      }
    }
  }
  t.slots.trueDivide = BinarySlot { (a, b) throws(PyError) in
    try arithmetic(a, b) { (x, y) throws(PyError) in
      let quotient: ComplexNumber? =
        switch (x, y) {
        case (.real(let a), .complex(let b)): ComplexArithmetic.quotient(a, b)
        case (.complex(let a), .real(let b)): b == 0 ? nil : (a.real / b, a.imaginary / b)
        default: ComplexArithmetic.quotient(x.complex, y.complex)
        }
      guard let quotient else { throw Integer.divisionByZero() }
      return quotient
    }
  }
  t.slots.power = TernarySlot { (a, b, modulus) throws(PyError) in
    guard let x = try Operand(a), let y = try Operand(b) else { return .notImplemented }
    if !modulus.isAbsent && !modulus.isNone { throw PyError.valueError("complex modulo") }
    return try complexPower(x.complex, y.complex)
  }
  t.slots.negative = UnarySlot { (a) throws(PyError) in try Owned.complex(-ComplexObject(a).real, -ComplexObject(a).imaginary) }
  t.slots.positive = UnarySlot { (a) throws(PyError) in
    a.type == .complex ? Owned(copying: a) : try Owned.complex(ComplexObject(a).real, ComplexObject(a).imaginary)
  }
  t.slots.absolute = UnarySlot { (a) throws(PyError) in
    let number = ComplexObject(a)
    let modulus = hypot(number.real, number.imaginary)
    if modulus.isInfinite && number.real.isFinite && number.imaginary.isFinite { throw PyError.overflowError("absolute value too large") }
    return try Owned.float(modulus)
  }
}

func complexPower(_ base: ComplexNumber, _ exponent: ComplexNumber) throws(PyError) -> Owned {
  let (result, failure) = ComplexArithmetic.power(base, exponent)
  switch failure {
  case nil: return try Owned.complex(result.real, result.imaginary)
  case .domain: throw PyError.zeroDivisionError("zero to a negative or complex power")
  case .overflow: throw PyError.overflowError("complex exponentiation")
  }
}

private func compareComplex(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard operation == .equal || operation == .notEqual else { return .notImplemented }
  let number = ComplexObject(a)
  let isEqual: Bool
  if b.isComplex {
    isEqual = number.real == ComplexObject(b).real && number.imaginary == ComplexObject(b).imaginary
  } else if let double = doubleValue(of: b) {
    isEqual = number.real == double && number.imaginary == 0
  } else if b.isInteger {
    isEqual = number.imaginary == 0 && compareExactly(number.real, b, .equal)
  } else {
    return .notImplemented
  }
  return .boolean(isEqual == (operation == .equal))
}

private func complexRepr(_ value: ComplexNumber) throws(PyError) -> Owned {
  var text = try TextBuffer()
  if value.real == 0 && value.real.sign == .plus {
    try text.append(double: value.imaginary, code: UInt8(ascii: "r"), precision: 0, flags: [])
    try text.append(UInt8(ascii: "j"))
  } else {
    try text.append(UInt8(ascii: "("))
    try text.append(double: value.real, code: UInt8(ascii: "r"), precision: 0, flags: [])
    try text.append(double: value.imaginary, code: UInt8(ascii: "r"), precision: 0, flags: .sign)
    try text.append("j)")
  }
  return try text.finish()
}

// MARK: Construction

private func newComplex(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let type = TypeObject(raw: type.object)
  var real = Value.absent
  var imaginary = Value.absent
  let count = arguments.positionalCount
  let keywords = arguments.keywordNames.isAbsent ? 0 : TupleObject(arguments.keywordNames).count
  // A text is taken as the only argument, not by keyword.
  if count == 1 && keywords == 0 && arguments.base[0].isString { return try complexInstance(type, try parseComplex(arguments.base[0])) }
  if count + keywords > 2 { throw PyError.typeError("complex() takes at most 2 arguments (\(count + keywords) given)") }
  if count > 0 { real = arguments.base[0] }
  if count > 1 { imaginary = arguments.base[1] }
  for index in 0..<keywords {
    let name = TupleObject(arguments.keywordNames)[index].text
    let value = arguments.base[count + index]
    switch name {
    case "real":
      if !real.isAbsent { throw PyError.typeError("argument for complex() given by name ('real') and position (1)") }
      real = value
    case "imag":
      if !imaginary.isAbsent { throw PyError.typeError("argument for complex() given by name ('imag') and position (2)") }
      imaginary = value
    default: throw PyError.typeError("complex() got an unexpected keyword argument '\(name)'")
    }
  }
  if imaginary.isAbsent && keywords == 0 && !real.isAbsent && type == .complex && real.type == .complex { return Owned(copying: real) }
  var result: ComplexNumber = (0, 0)
  if !real.isAbsent {
    if imaginary.isAbsent && keywords == 0 {
      guard let number = try complexByMethod(real) else {
        throw PyError.typeError("complex() argument must be a string or a number, not \(real.typeName)")
      }
      result = number
    } else if imaginary.isAbsent && real.isComplex {
      try warn(.deprecationWarning, "complex() argument 'real' must be a real number, not \(real.typeName)")
      result = ComplexObject(real).value
    } else if try isComplexLike(real) {
      guard let number = try complexByMethod(real) else { throw wrongPart("real", real) }
      try warn(.deprecationWarning, "complex() argument 'real' must be a real number, not \(real.typeName)")
      result = number
    } else {
      result.real = try realPart("real", real)
    }
  }
  if !imaginary.isAbsent {
    // Added to nothing but another imaginary part: so a zero keeps its sign.
    let isRealComplex = real.isAbsent ? false : try isComplexLike(real)
    if imaginary.isComplex {
      try warn(.deprecationWarning, "complex() argument 'imag' must be a real number, not \(imaginary.typeName)")
      let number = ComplexObject(imaginary)
      result.real -= number.imaginary
      result.imaginary = isRealComplex ? result.imaginary + number.real : number.real
    } else {
      let part = try realPart("imag", imaginary)
      result.imaginary = isRealComplex ? result.imaginary + part : part
    }
  }
  return try complexInstance(type, result)
}

private func isComplexLike(_ value: Value) throws(PyError) -> Bool {
  if value.isComplex { return true }
  return try !value.lookUpSpecial(Name.__complex__).isAbsent
}

private func wrongPart(_ name: String, _ value: Value) -> PyError {
  .typeError("complex() argument '\(name)' must be a real number, not \(value.typeName)")
}

private func realPart(_ name: String, _ value: Value) throws(PyError) -> Double {
  let slots = value.type.slots.pointee
  guard slots.float != nil || slots.index != nil else { throw wrongPart(name, value) }
  return try value.asDouble()
}

/// The complex number of a number: by `__complex__`, else its value as a float. Nil for what is no number.
func complexByMethod(_ value: Value) throws(PyError) -> ComplexNumber? {
  if value.type == .complex { return ComplexObject(value).value }
  let method = try value.lookUpSpecial(Name.__complex__)
  if !method.value.isAbsent {
    let result = try method.value.call()
    guard result.value.isComplex else { throw PyError.typeError("__complex__ returned non-complex (type \(result.value.typeName))") }
    if result.value.type != .complex {
      try warn(
        .deprecationWarning,
        "__complex__ returned non-complex (type \(result.value.typeName)).  The ability to return an instance of a strict subclass of complex is deprecated, "
          + "and may be removed in a future version of Python.")
    }
    return ComplexObject(result.value).value
  }
  let slots = value.type.slots.pointee
  guard slots.float != nil || slots.index != nil else { return nil }
  return (try value.asDouble(), 0)
}

extension Value {
  /// A number as a complex one, by `__complex__`, `__float__` or `__index__`.
  public func asComplex() throws(PyError) -> (real: Double, imaginary: Double) {
    if let number = doubleValue(of: self) { return (number, 0) }
    if let number = try complexByMethod(self) { return number }
    return (try asDouble(), 0)
  }
}

private func complexInstance(_ type: TypeObject, _ value: ComplexNumber) throws(PyError) -> Owned {
  if type == .complex { return try Owned.complex(value.real, value.imaginary) }
  let object = ComplexObject(raw: try type.allocate())
  object.real = value.real
  object.imaginary = value.imaginary
  return Owned(taking: object.raw)
}

private func parseComplex(_ string: Value) throws(PyError) -> ComplexNumber {
  var isRead = false
  let result = try withNumberText(string) { (text) throws(PyError) -> ComplexNumber? in
    try withoutUnderscores(text) { (text) throws(PyError) -> ComplexNumber? in
      isRead = true
      return complexValue(text)
    }
  }
  if let result { return result }
  throw PyError.valueError(isRead ? "complex() arg is a malformed string" : "could not convert string to complex: \(try shortRepr(string, limit: .max))")
}

/// `<float>`, `<float>j`, `<float><signed float>j`, where a float before `j` may be a bare sign; all perhaps in parentheses.
private func complexValue(_ text: UnsafeBufferPointer<UInt8>) -> ComplexNumber? {
  var (index, end) = (0, text.count)
  if index < end && text[index] == UInt8(ascii: "(") {
    guard text[end - 1] == UInt8(ascii: ")") else { return nil }
    index += 1
    end -= 1
    while index < end && Integer.isSpace(text[index]) { index += 1 }
    while end > index && Integer.isSpace(text[end - 1]) { end -= 1 }
  }
  func number(_ start: Int) -> (Double, Int)? { parseDoublePrefix(UnsafeBufferPointer(rebasing: text[start..<end])).map { ($0.0, start + $0.1) } }
  func isSign(_ index: Int) -> Bool { index < end && (text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-")) }
  func isUnit(_ index: Int) -> Bool { index < end && text[index] | 0x20 == UInt8(ascii: "j") }
  func unit(_ index: Int) -> Double { isSign(index) && text[index] == UInt8(ascii: "-") ? -1 : 1 }

  guard let (first, next) = number(index) else {
    // "j", "+j", "-j"
    let value = unit(index)
    if isSign(index) { index += 1 }
    return isUnit(index) && index + 1 == end ? (0, value) : nil
  }
  if next == end { return (first, 0) }
  if isUnit(next) { return next + 1 == end ? (0, first) : nil }
  guard isSign(next) else { return nil }
  if let (second, last) = number(next) { return isUnit(last) && last + 1 == end ? (first, second) : nil }
  return isUnit(next + 1) && next + 2 == end ? (first, unit(next)) : nil
}
