// `int` and `bool`: their slots and methods.

import CKraitCore
import Glibc

func defineNumbers(_ types: TypeDefinitions) {
  types.define(.int, defineInt)
  types.define(.bool, defineBool)
  types.define(.float, defineFloat)
  types.define(.complex, defineComplex)
}

/// A binary operation of ints; NotImplemented for other operands.
@inline(__always)
private func integers(_ a: Value, _ b: Value, _ operation: (Value, Value) throws(PyError) -> Owned) throws(PyError) -> Owned {
  if _slowPath(!(a.isInteger && b.isInteger)) { return .notImplemented }
  return try operation(a, b)
}

private func defineInt(_ t: TypeDefinition) {
  t.documentation = """
    An integer of any size.

    int(x) converts a number (rounding towards zero) or a text of decimal digits; int(text, base) reads a text in a base from 2 to 36,
    or 0 for one that its prefix tells.
    """
  t.basicSize = 24
  t.itemSize = 8
  t.itemCountOffset = 16
  t.flags.insert(.baseType)
  t.shapeFlags = .integer
  t.rawNew("int", newInt)
  defineIntSlots(t)
  defineIntMethods(t)
}

private func defineIntSlots(_ t: TypeDefinition) {
  t.slots.deallocate = DeallocateSlot { finishDeallocation($0) }
  t.slots.repr = UnarySlot { (a) throws(PyError) in try Integer.text(a) }
  t.slots.hash = HashSlot { (a) throws(PyError) in Integer.hash(a) }
  t.slots.truth = TruthSlot { (a) throws(PyError) in !Integer.isZero(a) }
  t.slots.compare = CompareSlot { (a, b, operation) throws(PyError) in
    if !(a.isInteger && b.isInteger) { return .notImplemented }
    return .boolean(operation.holds(Integer.compare(a, b), 0))
  }
  t.slots.add = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.add) }
  t.slots.subtract = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.subtract) }
  t.slots.multiply = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.multiply) }
  t.slots.floorDivide = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.floorDivide) }
  t.slots.remainder = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.remainder) }
  t.slots.divmod = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.divmod) }
  t.slots.trueDivide = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.trueDivide) }
  t.slots.leftShift = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.shiftLeft) }
  t.slots.rightShift = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.shiftRight) }
  t.slots.and = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.and) }
  t.slots.or = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.or) }
  t.slots.xor = BinarySlot { (a, b) throws(PyError) in try integers(a, b, Integer.xor) }
  t.slots.power = TernarySlot(powerSlot)
  t.slots.negative = UnarySlot { (a) throws(PyError) in try Integer.negate(a) }
  t.slots.positive = UnarySlot { (a) throws(PyError) in try Integer.exact(a) }
  t.slots.absolute = UnarySlot { (a) throws(PyError) in try Integer.absolute(a) }
  t.slots.invert = UnarySlot { (a) throws(PyError) in try Integer.invert(a) }
  t.slots.integer = UnarySlot { (a) throws(PyError) in try Integer.exact(a) }
  t.slots.index = UnarySlot { (a) throws(PyError) in try Integer.exact(a) }
  t.slots.float = UnarySlot { (a) throws(PyError) in try Owned.float(try Integer.double(a)) }
}

private func powerSlot(_ a: Value, _ b: Value, _ modulus: Value) throws(PyError) -> Owned {
  guard a.isInteger && b.isInteger else { return .notImplemented }
  if !modulus.isAbsent && !modulus.isNone {
    guard modulus.isInteger else { return .notImplemented }
    return try Integer.power(a, b, modulus: modulus)
  }
  if Integer.isNegative(b) { return try floatPower(try Integer.double(a), try Integer.double(b)) }
  return try Integer.power(a, b)
}

private func defineIntMethods(_ t: TypeDefinition) {
  t.method("conjugate()", "The int itself.") { (call: Call) throws(PyError) -> Owned in try Integer.exact(call.receiver) }
  t.method("bit_length()", "How many bits the absolute value takes.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(Integer.bitLength(call.receiver))
  }
  t.method("bit_count()", "How many bits of the absolute value are one.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try Integer.bitCount(call.receiver))
  }
  t.method("to_bytes(length=1, byteorder='big', *, signed=False)", "The int as bytes.", integerToBytes)
  t.classMethod("from_bytes(bytes, byteorder='big', *, signed=False)", "The int that bytes stand for.", integerFromBytes)
  t.method("as_integer_ratio()", "A pair of ints whose quotient this is.") { (call: Call) throws(PyError) -> Owned in
    let exact = try Integer.exact(call.receiver)
    return try Owned.tuple(exact.value, Value(smallInteger: 1))
  }
  t.method("is_integer()", "True: every int is whole.") { (call: Call) throws(PyError) -> Owned in .boolean(true) }
  t.method("__trunc__()", "The int itself.") { (call: Call) throws(PyError) -> Owned in try Integer.exact(call.receiver) }
  t.method("__floor__()", "The int itself.") { (call: Call) throws(PyError) -> Owned in try Integer.exact(call.receiver) }
  t.method("__ceil__()", "The int itself.") { (call: Call) throws(PyError) -> Owned in try Integer.exact(call.receiver) }
  t.method("__round__(ndigits=None, /)", "Rounds to a power of ten; to even when two are equally near.") { (call: Call) throws(PyError) -> Owned in
    if call[0].isNone { return try Integer.exact(call.receiver) }
    let digits = try call[0].index()
    return try roundInteger(call.receiver, digits.value)
  }
  t.method("__getnewargs__()") { (call: Call) throws(PyError) -> Owned in
    let exact = try Integer.exact(call.receiver)
    return try Owned.tuple(exact.value)
  }
  t.method("__format__(format_spec, /)", "The int as text, as a format specification says.") { (call: Call) throws(PyError) -> Owned in
    try formatInteger(call.receiver, try call.string(0))
  }
  t.method("__sizeof__()", "Bytes in memory.") { (call: Call) throws(PyError) -> Owned in
    // What CPython counts, with its digits of 30 bits.
    try Owned.integer(24 + 4 * max(1, (Integer.bitLength(call.receiver) + 29) / 30))
  }
  t.getter("real", "The int itself.") { (object) throws(PyError) in try Integer.exact(object) }
  t.getter("imag", "0") { (object) throws(PyError) in Owned(taking: Value(smallInteger: 0)) }
  t.getter("numerator", "The int itself.") { (object) throws(PyError) in try Integer.exact(object) }
  t.getter("denominator", "1") { (object) throws(PyError) in Owned(taking: Value(smallInteger: 1)) }
}

/// Rounds to `10 ** -digits`, half to even.
private func roundInteger(_ value: Value, _ digits: Value) throws(PyError) -> Owned {
  if !Integer.isNegative(digits) { return try Integer.exact(value) }
  let places = try Integer.negate(digits)
  let unit = try Integer.power(Value(smallInteger: 10), places.value)
  // value - remainder, where the remainder is nearest to zero and a tie leaves an even quotient.
  let division = try Integer.divideLimbs(value, unit.value, wantsQuotient: true, wantsRemainder: true)
  let doubled = try Integer.shiftLeft(division.remainder.value, 1)
  let order = Integer.compare(doubled.value, unit.value)
  let down = try Integer.subtract(value, division.remainder.value)
  if order > 0 || (order == 0 && Integer.isOdd(division.quotient.value)) { return try Integer.add(down.value, unit.value) }
  return down
}

// MARK: Construction

private func newInt(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  var x = Value.absent
  var base = Value.absent
  let count = arguments.positionalCount
  if count > 2 { throw PyError.typeError("int expected at most 2 arguments, got \(count)") }
  if count > 0 { x = arguments.base[0] }
  if count > 1 { base = arguments.base[1] }
  if !arguments.keywordNames.isAbsent {
    let names = TupleObject(arguments.keywordNames)
    if count + names.count > 2 { throw PyError.typeError("int() takes at most 2 arguments (\(count + names.count) given)") }
    for index in 0..<names.count {
      let name = names[index]
      guard name.text == "base" else {
        let suggestion = Suggestions.closest(to: name, among: [Name.base]).map { ". Did you mean '\($0.text)'?" } ?? ""
        throw PyError.typeError("int() got an unexpected keyword argument '\(name.text)'\(suggestion)")
      }
      if !base.isAbsent { throw PyError.typeError("argument for int() given by name ('base') and position (2)") }
      base = arguments.base[count + index]
    }
  }
  if x.isAbsent && !base.isAbsent { throw PyError.typeError("int() missing string argument") }
  let number = x.isAbsent ? Owned(taking: Value(smallInteger: 0)) : base.isAbsent ? try Integer.convert(x) : try Integer.convert(x, base: base)
  let type = TypeObject(raw: type.object)
  return type == .int ? number : try Integer.instance(of: type, number.value)
}

extension Integer {
  /// `int(x)`: an exact int.
  public static func convert(_ value: Value) throws(PyError) -> Owned {
    if value.isExactInteger { return Owned(copying: value) }
    if let double = doubleValue(of: value), value.isExactFloat { return try truncate(double) }
    let slots = value.type.slots.pointee
    if let slot = slots.integer {
      let result = try slot(value)
      if result.value.isExactInteger { return result }
      guard result.value.isInteger else { throw PyError.typeError("__int__ returned non-int (type \(result.value.typeName))") }
      try warn(
        .deprecationWarning,
        "__int__ returned non-int (type \(result.value.typeName)).  The ability to return an instance of a strict subclass of int is deprecated, "
          + "and may be removed in a future version of Python.")
      return try exact(result.value)
    }
    if slots.index != nil {
      let result = try value.index()
      return try exact(result.value)
    }
    if value.isString { return try parse(string: value, base: 10) }
    let parsed = try parse(bytesLike: value, base: 10, onlyBytes: false)
    if !parsed.value.isAbsent { return parsed }
    throw PyError.typeError("int() argument must be a string, a bytes-like object or a real number, not '\(value.typeName)'")
  }

  fileprivate static func convert(_ value: Value, base: Value) throws(PyError) -> Owned {
    let base = try base.asIndex(overflow: nil)
    if base != 0 && !(2...36).contains(base) { throw PyError.valueError("int() base must be >= 2 and <= 36, or 0") }
    if value.isString { return try parse(string: value, base: base) }
    let parsed = try parse(bytesLike: value, base: base, onlyBytes: true)
    if !parsed.value.isAbsent { return parsed }
    throw PyError.typeError("int() can't convert non-string with explicit base")
  }

  static func parse(string: Value, base: Int) throws(PyError) -> Owned {
    let result = try withNumberText(string) { (text) throws(PyError) -> Owned in try parse(text, base: base) }
    if !result.value.isAbsent { return result }
    throw try malformed(string, base)
  }

  /// Absent when the value is no text in bytes.
  private static func parse(bytesLike value: Value, base: Int, onlyBytes: Bool) throws(PyError) -> Owned {
    let isBytes = value.isBytes || value.isInstance(of: .bytearray)
    if onlyBytes && !isBytes { return Owned(taking: Value.absent) }
    guard try value.hasBuffer() else { return Owned(taking: Value.absent) }
    let bytes = try value.bufferAsBytes()
    let result = try parse(BytesObject(bytes.value).text, base: base)
    if !result.value.isAbsent { return result }
    if bytes.value.isExact(.bytes) { throw try malformed(bytes.value, base) }
    let plain = try Owned.bytes(UnsafeRawBufferPointer(start: BytesObject(bytes.value).data, count: BytesObject(bytes.value).count))
    throw try malformed(plain.value, base)
  }

  private static func malformed(_ value: Value, _ base: Int) throws(PyError) -> PyError {
    try malformedNumber(value, limit: 200) { (message) throws(PyError) in
      try message.append("invalid literal for int() with base ")
      if base == 10 { try message.append("10") } else { try message.append(String(base)) }
      try message.append(": ")
    }
  }

  /// The whole part of a double.
  public static func truncate(_ double: Double) throws(PyError) -> Owned {
    if _fastPath(abs(double) < 0x1p62) { return Owned(taking: Value(smallInteger: Int(double))) }
    if double.isNaN { throw PyError.valueError("cannot convert float NaN to integer") }
    if double.isInfinite { throw PyError.overflowError("cannot convert float infinity to integer") }
    return try make(whole: double)
  }
}

extension Owned {
  /// The value handed on, or nil when it is absent.
  consuming func presentOrNil() -> Value? { value.isAbsent ? nil : take() }
}

// MARK: Bytes

private func isLittleEndian(_ call: Call, _ index: Int) throws(PyError) -> Bool {
  let order = try call.string(index)
  switch order.text {
  case "little": return true
  case "big": return false
  default: throw PyError.valueError("byteorder must be either 'little' or 'big'")
  }
}

private func integerToBytes(_ call: Call) throws(PyError) -> Owned {
  let length = try call.index(0)
  let isLittle = try isLittleEndian(call, 1)
  let isSigned = try call.bool(2)
  if length < 0 { throw PyError.valueError("length argument must be non-negative") }
  return try Integer.withLimbs(call.receiver) { (x) throws(PyError) -> Owned in
    if x.isNegative && !isSigned { throw PyError.overflowError("can't convert negative int to unsigned") }
    // A negative number of n bits needs room for n bits in two's complement, unless it is a power of two.
    var bits = x.bitLength
    if isSigned && x.count > 0 {
      let isPower = x.start[x.count - 1].nonzeroBitCount == 1 && !(0..<x.count - 1).contains { x.start[$0] != 0 }
      if !(x.isNegative && isPower) { bits += 1 }
    }
    if bits > length && (bits + 7) / 8 > length { throw PyError.overflowError("int too big to convert") }
    return try withTemporaryBytes(length) { (buffer) throws(PyError) -> Owned in
      var carry: UInt8 = 1
      for index in 0..<length {
        var byte = index / 8 < x.count ? UInt8(truncatingIfNeeded: x.start[index / 8] >> UInt(index % 8 * 8)) : 0
        if x.isNegative {
          byte = ~byte &+ carry
          if byte != 0 { carry = 0 }
        }
        buffer[isLittle ? index : length - 1 - index] = byte
      }
      return try Owned.bytes(UnsafeRawBufferPointer(start: buffer, count: length))
    }
  }
}

private func integerFromBytes(_ call: Call) throws(PyError) -> Owned {
  let isLittle = try isLittleEndian(call, 1)
  let isSigned = try call.bool(2)
  let bytes = try bytesObject(call[0])
  let number = try Integer.make(bytes: BytesObject(bytes.value).text, isLittleEndian: isLittle, isSigned: isSigned)
  if call.receiver === TypeObject.int.value { return number }
  return try call.receiver.call(number.value)
}

/// `bytes(x)` for `from_bytes`: a buffer, or an iterable of ints.
private func bytesObject(_ value: Value) throws(PyError) -> Owned {
  if value.isExact(.bytes) { return Owned(copying: value) }
  let method = try value.lookUpSpecial(Name.__bytes__)
  if !method.value.isAbsent {
    let result = try method.value.call()
    if !result.value.isBytes { throw PyError.typeError("__bytes__ returned non-bytes (type \(result.value.typeName))") }
    return result
  }
  if value.isInteger || value.isString { throw PyError.typeError("cannot convert '\(value.typeName)' object to bytes") }
  if !(try value.hasBuffer()) && value.type.slots.pointee.iterate == nil && value.type.slots.pointee.item == nil {
    throw PyError.typeError("cannot convert '\(value.typeName)' object to bytes")
  }
  return try TypeObject.bytes.value.call(value)
}

extension Integer {
  /// The int that bytes stand for.
  public static func make(bytes: UnsafeBufferPointer<UInt8>, isLittleEndian: Bool, isSigned: Bool) throws(PyError) -> Owned {
    let count = bytes.count
    guard count > 0 else { return Owned(taking: Value(smallInteger: 0)) }
    let isNegative = isSigned && bytes[isLittleEndian ? count - 1 : 0] & 0x80 != 0
    let result = try allocate((count + 7) / 8)
    let limbs = (count + 7) / 8
    result.limbs.update(repeating: 0, count: limbs)
    var carry: UInt8 = 1
    for index in 0..<count {
      var byte = bytes[isLittleEndian ? index : count - 1 - index]
      if isNegative {
        byte = ~byte &+ carry
        if byte != 0 { carry = 0 }
      }
      result.limbs[index / 8] |= UInt(byte) << UInt(index % 8 * 8)
    }
    // The most negative number of a whole count of limbs is its own complement.
    return finish(result, count: limbs, isNegative: isNegative)
  }
}

// MARK: bool

private func defineBool(_ t: TypeDefinition) {
  t.documentation = "True or False: whether the argument counts as true."
  t.shapeFlags = .integer
  t.new("bool(object=False, /)") { (call: Call) throws(PyError) -> Owned in .boolean(try call[0].isTruthy()) }
  t.slots.repr = UnarySlot { (a) throws(PyError) in Owned(taking: a.isTrue ? Name.True : Name.False) }
  t.slots.and = BinarySlot { (a, b) throws(PyError) in
    if a.isBool && b.isBool { return .boolean(a.isTrue && b.isTrue) }
    return try integers(a, b, Integer.and)
  }
  t.slots.or = BinarySlot { (a, b) throws(PyError) in
    if a.isBool && b.isBool { return .boolean(a.isTrue || b.isTrue) }
    return try integers(a, b, Integer.or)
  }
  t.slots.xor = BinarySlot { (a, b) throws(PyError) in
    if a.isBool && b.isBool { return .boolean(a.isTrue != b.isTrue) }
    return try integers(a, b, Integer.xor)
  }
  t.slots.invert = UnarySlot { (a) throws(PyError) in
    try warn(
      .deprecationWarning,
      "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object "
        + "and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise "
        + "inversion of the underlying int.")
    return Owned(taking: Value(smallInteger: a.isTrue ? -2 : -1))
  }
}
