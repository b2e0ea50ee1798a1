// Functions of `builtins` about numbers and characters.

import CKraitCore

func defineNumberFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("abs(number, /)", "How far a number is from zero.") { (call: Call) throws(PyError) -> Owned in try call[0].absolute() }
  try m.function("bin(number, /)", "Return the integer in base two, with 0b in front.") { (call: Call) throws(PyError) -> Owned in
    try prefixed(call[0], base: 2, "0b")
  }
  try m.function("oct(number, /)", "Return the integer in base eight, with 0o in front.") { (call: Call) throws(PyError) -> Owned in
    try prefixed(call[0], base: 8, "0o")
  }
  try m.function("hex(number, /)", "Return the integer in base sixteen, with 0x in front.") { (call: Call) throws(PyError) -> Owned in
    try prefixed(call[0], base: 16, "0x")
  }
  try m.function("divmod(x, y, /)", "Quotient and remainder, as x // y and x % y give them.") { (call: Call) throws(PyError) -> Owned in
    try call[0].divmod(call[1])
  }
  try m.function("pow(base, exp, mod=None)", "Return base ** exp, or with three arguments base ** exp % mod, without the large power.") {
    (call: Call) throws(PyError) -> Owned in try call[0].power(call[1], call[2])
  }
  try m.function("round(number, ndigits=None)", "Round to a number of decimal digits, by default to an integer.") {
    (call: Call) throws(PyError) -> Owned in
    let method = try call[0].lookUpSpecialIfAny(Name.__round__)
    if method.value.isAbsent { throw .typeError("type \(call[0].typeName) doesn't define __round__ method") }
    return call[1].isNone ? try method.value.call() : try method.value.call(call[1])
  }
  try m.function("chr(i, /)", "Return the character with this code point.") { (call: Call) throws(PyError) -> Owned in
    let number = try call[0].index()
    guard let point = Integer.asInt(number.value), (0...0x10FFFF).contains(point) else {
      throw .valueError("chr() arg not in range(0x110000)")
    }
    return try Owned.character(UInt32(point))
  }
  try m.function("ord(character, /)", "Return the code point of a character, or the only byte of a bytes object.") {
    (call: Call) throws(PyError) -> Owned in
    let value = call[0]
    var count = 0
    if value.isString {
      count = StringObject(value).length
      if count == 1 { return Owned(taking: Value(smallInteger: Int(StringObject(value).codePoint(at: 0)))) }
    } else if value.isBytes {
      count = BytesObject(value).count
      if count == 1 { return Owned(taking: Value(smallInteger: Int(BytesObject(value).data.load(as: UInt8.self)))) }
    } else if value.isInstance(of: .bytearray) {
      count = try value.length()
      if count == 1 { return try value.getItem(Value(smallInteger: 0)) }
    } else {
      throw .typeError("ord() expected string of length 1, but \(value.typeName) found")
    }
    throw .typeError("ord() expected a character, but string of length \(count) found")
  }
  try m.function("sum(iterable, /, start=0)", "Return start plus all items.") { (call: Call) throws(PyError) -> Owned in
    try sum(call[0], call[1])
  }
}

private func prefixed(_ value: Value, base: Int, _ prefix: String) throws(PyError) -> Owned {
  let number = try value.index()
  let digits = try Integer.text(number.value, base: base)
  let units = StringObject(digits.value).units
  let isNegative = units[0] == 0x2D
  var builder = StringBuilder()
  try builder.append(isNegative ? "-" + prefix : prefix)
  try builder.append(units[(isNegative ? 1 : 0)..<units.count])
  return try builder.finish()
}

// MARK: - sum

/// A sum of floats with what rounding lost (A. Neumaier, 1974).
struct CompensatedSum {
  var high: Double
  var low = 0.0

  @inline(__always)
  mutating func add(_ value: Double) {
    let total = high + value
    low += abs(high) >= abs(value) ? (high - total) + value : (value - total) + high
    high = total
  }

  var value: Double { low != 0 && low.isFinite ? high + low : high }
}

private func sum(_ iterable: Value, _ start: Value) throws(PyError) -> Owned {
  let iterator = try iterable.iterate()
  if start.isString { throw .typeError("sum() can't sum strings [use ''.join(seq) instead]") }
  if start.isBytes { throw .typeError("sum() can't sum bytes [use b''.join(seq) instead]") }
  if start.isInstance(of: .bytearray) { throw .typeError("sum() can't sum bytearray [use b''.join(seq) instead]") }
  var total = Owned(copying: start)
  var item = Owned(taking: .absent)
  if total.value.isSmallInteger {
    var sink = GeneratorSink(kind: .integers, integer: total.value.smallInteger)
    while true {
      item = try iterator.value.next(into: &sink)
      let value = item.value
      if value.isAbsent { return try Owned.integer(sink.integer) }
      guard sink.take(value) else { break }
    }
    let partial = try Owned.integer(sink.integer)
    total = try partial.value.add(item.value)
  }
  if total.value.isExactFloat {
    var sink = GeneratorSink(kind: .floats, float: CompensatedSum(high: doubleValue(of: total.value) ?? 0))
    while true {
      item = try iterator.value.next(into: &sink)
      let value = item.value
      if value.isAbsent { return try Owned.float(sink.float.value) }
      if sink.take(value) { continue }
      guard value.isExactFloat || value.isInteger else { break }
      sink.float.add(try value.asDouble())
    }
    let partial = try Owned.float(sink.float.value)
    total = try partial.value.add(item.value)
  }
  if total.value.type == .complex { return try sumComplex(total, iterator.value) }
  return try sumAny(total, iterator.value)
}

private func sumAny(_ start: consuming Owned, _ iterator: Value) throws(PyError) -> Owned {
  var total = start
  while true {
    let item = try iterator.next()
    if item.value.isAbsent { return total }
    // Not in place: the start value is the caller's.
    total = try total.value.add(item.value)
  }
}

private func sumComplex(_ start: consuming Owned, _ iterator: Value) throws(PyError) -> Owned {
  let first = ComplexObject(start.value)
  var real = CompensatedSum(high: first.real)
  var imaginary = CompensatedSum(high: first.imaginary)
  while true {
    let item = try iterator.next()
    let value = item.value
    if value.isAbsent { return try Owned.complex(real.value, imaginary.value) }
    if value.type == .complex {
      real.add(ComplexObject(value).real)
      imaginary.add(ComplexObject(value).imaginary)
    } else if value.isInteger || value.isExactFloat {
      real.add(try value.asDouble())
    } else {
      let partial = try Owned.complex(real.value, imaginary.value)
      return try sumAny(try partial.value.add(value), iterator)
    }
  }
}
