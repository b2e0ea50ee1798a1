// The module `_operator`: the operators of the language as functions, and getters.

import KraitRuntime

let operatorModule = ModuleDefinition(
  "_operator", "A function for each operator of the language."
) { (m: ModuleBuilder) throws(PyError) in
  try m.function("truth(a, /)", "bool(a)") { (call: Call) throws(PyError) -> Owned in .boolean(try call[0].isTruthy()) }
  try m.function("not_(a, /)", "not a") { (call: Call) throws(PyError) -> Owned in .boolean(try !call[0].isTruthy()) }
  try m.function("is_(a, b, /)", "a is b") { (call: Call) throws(PyError) -> Owned in .boolean(call[0] === call[1]) }
  try m.function("is_not(a, b, /)", "a is not b") { (call: Call) throws(PyError) -> Owned in .boolean(call[0] !== call[1]) }
  try m.function("is_none(a, /)", "a is None") { (call: Call) throws(PyError) -> Owned in .boolean(call[0].isNone) }
  try m.function("is_not_none(a, /)", "a is not None") { (call: Call) throws(PyError) -> Owned in .boolean(!call[0].isNone) }
  try m.function("lt(a, b, /)", "a < b") { (call: Call) throws(PyError) -> Owned in try call[0].compare(call[1], .less) }
  try m.function("le(a, b, /)", "a <= b") { (call: Call) throws(PyError) -> Owned in try call[0].compare(call[1], .lessEqual) }
  try m.function("eq(a, b, /)", "a == b") { (call: Call) throws(PyError) -> Owned in try call[0].compare(call[1], .equal) }
  try m.function("ne(a, b, /)", "a != b") { (call: Call) throws(PyError) -> Owned in try call[0].compare(call[1], .notEqual) }
  try m.function("gt(a, b, /)", "a > b") { (call: Call) throws(PyError) -> Owned in try call[0].compare(call[1], .greater) }
  try m.function("ge(a, b, /)", "a >= b") { (call: Call) throws(PyError) -> Owned in try call[0].compare(call[1], .greaterEqual) }
  try m.function("add(a, b, /)", "a + b") { (call: Call) throws(PyError) -> Owned in try call[0].add(call[1]) }
  try m.function("iadd(a, b, /)", "a += b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceAdd(call[1]) }
  try m.function("sub(a, b, /)", "a - b") { (call: Call) throws(PyError) -> Owned in try call[0].subtract(call[1]) }
  try m.function("isub(a, b, /)", "a -= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceSubtract(call[1]) }
  try m.function("mul(a, b, /)", "a * b") { (call: Call) throws(PyError) -> Owned in try call[0].multiply(call[1]) }
  try m.function("imul(a, b, /)", "a *= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceMultiply(call[1]) }
  try m.function("matmul(a, b, /)", "a @ b") { (call: Call) throws(PyError) -> Owned in try call[0].matrixMultiply(call[1]) }
  try m.function("imatmul(a, b, /)", "a @= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceMatrixMultiply(call[1]) }
  try m.function("truediv(a, b, /)", "a / b") { (call: Call) throws(PyError) -> Owned in try call[0].trueDivide(call[1]) }
  try m.function("itruediv(a, b, /)", "a /= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceTrueDivide(call[1]) }
  try m.function("floordiv(a, b, /)", "a // b") { (call: Call) throws(PyError) -> Owned in try call[0].floorDivide(call[1]) }
  try m.function("ifloordiv(a, b, /)", "a //= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceFloorDivide(call[1]) }
  try m.function("mod(a, b, /)", "a % b") { (call: Call) throws(PyError) -> Owned in try call[0].remainder(call[1]) }
  try m.function("imod(a, b, /)", "a %= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceRemainder(call[1]) }
  try m.function("lshift(a, b, /)", "a << b") { (call: Call) throws(PyError) -> Owned in try call[0].leftShift(call[1]) }
  try m.function("ilshift(a, b, /)", "a <<= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceLeftShift(call[1]) }
  try m.function("rshift(a, b, /)", "a >> b") { (call: Call) throws(PyError) -> Owned in try call[0].rightShift(call[1]) }
  try m.function("irshift(a, b, /)", "a >>= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceRightShift(call[1]) }
  try m.function("and_(a, b, /)", "a & b") { (call: Call) throws(PyError) -> Owned in try call[0].and(call[1]) }
  try m.function("iand(a, b, /)", "a &= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceAnd(call[1]) }
  try m.function("xor(a, b, /)", "a ^ b") { (call: Call) throws(PyError) -> Owned in try call[0].xor(call[1]) }
  try m.function("ixor(a, b, /)", "a ^= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceXor(call[1]) }
  try m.function("or_(a, b, /)", "a | b") { (call: Call) throws(PyError) -> Owned in try call[0].or(call[1]) }
  try m.function("ior(a, b, /)", "a |= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlaceOr(call[1]) }
  try m.function("pow(a, b, /)", "a ** b") { (call: Call) throws(PyError) -> Owned in try call[0].power(call[1]) }
  try m.function("ipow(a, b, /)", "a **= b, returning the new a") { (call: Call) throws(PyError) -> Owned in try call[0].inPlacePower(call[1]) }
  try m.function("neg(a, /)", "-a") { (call: Call) throws(PyError) -> Owned in try call[0].negative() }
  try m.function("pos(a, /)", "+a") { (call: Call) throws(PyError) -> Owned in try call[0].positive() }
  try m.function("inv(a, /)", "~a") { (call: Call) throws(PyError) -> Owned in try call[0].invert() }
  try m.function("invert(a, /)", "~a") { (call: Call) throws(PyError) -> Owned in try call[0].invert() }
  try m.function("abs(a, /)", "abs(a)") { (call: Call) throws(PyError) -> Owned in try call[0].absolute() }
  try m.function("index(a, /)", "a.__index__()") { (call: Call) throws(PyError) -> Owned in try call[0].index() }
  try m.function("getitem(a, b, /)", "a[b]") { (call: Call) throws(PyError) -> Owned in try call[0].getItem(call[1]) }
  try m.function("contains(a, b, /)", "b in a: the container comes first.") { (call: Call) throws(PyError) -> Owned in .boolean(try call[0].contains(call[1])) }
  try m.function("concat(a, b, /)", "a + b of two sequences.") { (call: Call) throws(PyError) -> Owned in try concatenate(call[0], call[1], inPlace: false) }
  try m.function("iconcat(a, b, /)", "a += b of two sequences, returning a.") { (call: Call) throws(PyError) -> Owned in try concatenate(call[0], call[1], inPlace: true) }
  try m.function("countOf(a, b, /)", "How many items of a are b, or equal to it.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(try count(call[0], call[1])) }
  try m.function("indexOf(a, b, /)", "How many items of a come before the first that equals b.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(try firstIndex(call[0], call[1])) }
  try m.function("delitem(a, b, /)", "del a[b]") { (call: Call) throws(PyError) -> Owned in
    try call[0].deleteItem(call[1])
    return .none
  }
  try m.function("setitem(a, b, c, /)", "a[b] = c") { (call: Call) throws(PyError) -> Owned in
    try call[0].setItem(call[1], call[2])
    return .none
  }
  try m.function("length_hint(obj, default=0, /)", "How many items obj is likely to have; default if it does not tell.") {
    (call: Call) throws(PyError) -> Owned in try Owned.integer(try call[0].lengthHint(try call.index(1)))
  }
  try m.rawFunction("call", "obj(*args, **kwargs)") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    if arguments.positionalCount == 0 { throw .typeError("call expected at least 1 argument, got 0") }
    return try arguments.base[0].call(arguments: arguments.withoutFirst)
  }
  try m.function("_compare_digest(a, b, /)", "Return 'a == b', in a time that does not depend on where they differ.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try compareDigests(call[0], call[1]))
  }
  try defineGetters(m)
}

/// `a + b` of sequences: what has only numbers' addition is refused.
private func concatenate(_ a: Value, _ b: Value, inPlace: Bool) throws(PyError) -> Owned {
  func isSequence(_ value: Value) -> Bool { !value.isDict && value.type.slots.pointee.item != nil }
  guard a.type.slots.pointee.concatenate != nil || isSequence(a) && isSequence(b) else { throw .typeError("'\(a.typeName)' object can't be concatenated") }
  return inPlace ? try a.inPlaceAdd(b) : try a.add(b)
}

private func iterator(_ value: Value) throws(PyError) -> Owned {
  do throws(PyError) { return try value.iterate() } catch {
    guard PyError.matches(.typeError) else { throw error }
    PyError.clear()
    throw .typeError("argument of type '\(value.typeName)' is not iterable")
  }
}

private func count(_ sequence: Value, _ value: Value) throws(PyError) -> Int {
  let iterator = try iterator(sequence)
  var count = 0
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { return count }
    if try item.value.isEqual(to: value) { count += 1 }
  }
}

private func firstIndex(_ sequence: Value, _ value: Value) throws(PyError) -> Int {
  let iterator = try iterator(sequence)
  var index = 0
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { throw .valueError("sequence.index(x): x not in sequence") }
    if try item.value.isEqual(to: value) { return index }
    index += 1
  }
}

/// Looks at all bytes of the second operand, wherever they differ.
private func compareDigests(_ a: Value, _ b: Value) throws(PyError) -> Bool {
  func isSame(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    var difference: UInt8 = a.count == b.count ? 0 : 1
    let left = a.count == b.count ? a : b
    for index in 0..<b.count { difference |= left[index] ^ b[index] }
    return difference == 0
  }
  if a.isString && b.isString {
    let (x, y) = (StringObject(a), StringObject(b))
    guard x.isASCII && y.isASCII else { throw .typeError("comparing strings with non-ASCII characters is not supported") }
    return isSame(UnsafeRawBufferPointer(start: x.data, count: x.length), UnsafeRawBufferPointer(start: y.data, count: y.length))
  }
  guard a.supportsBuffer && b.supportsBuffer else {
    throw .typeError("unsupported operand types(s) or combination of types: '\(a.typeName)' and '\(b.typeName)'")
  }
  let first = try a.buffer(.simple)
  let second = try b.buffer(.simple)
  return isSame(first.bytes, second.bytes)
}
