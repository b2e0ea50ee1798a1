// str: translate and maketrans.

import CKraitCore

func defineStringTranslation(_ t: TypeDefinition) {
  t.method("translate(table, /)", "The text with each character replaced by what the table has for its code point.") { (call: Call) throws(PyError) -> Owned in
    try translate(StringObject(call.receiver), call[0])
  }
  t.staticMethod("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)", "A table for translate: from a dict, or from two strs of one length.") {
    (call: Call) throws(PyError) -> Owned in
    try makeTranslation(call)
  }
}

/// What a table says for a code point; absent when it says nothing.
private func lookUp(_ table: Value, _ point: UInt32) throws(PyError) -> Owned {
  let key = Value(smallInteger: Int(point))
  if table.isExactDict { return Owned(copyingIfPresent: try DictObject(table).get(key)) }
  do throws(PyError) { return try table.getItem(key) } catch {
    guard PyError.matches(.lookupError) else { throw error }
    PyError.clear()
    return Owned(taking: .absent)
  }
}

private func translate(_ text: StringObject, _ table: Value) throws(PyError) -> Owned {
  let units = text.units
  var builder = try StringBuilder(capacity: units.count)
  // For ASCII: 0 not asked yet, a code point plus 1, or 0xFF to delete.
  var known = InlineBytes128()
  var index = 0
  while true {
    if text.isASCII { index = try builder.append(units, from: index, translatedBy: &known) }
    if index == units.count { break }
    let point = units[index]
    index &+= 1
    if point < 0x80 {
      let cached = known[Int(point)]
      if cached == 0xFF { continue }
      if cached != 0 {
        try builder.append(codePoint: UInt32(cached) &- 1)
        continue
      }
    }
    let mapped = try lookUp(table, point)
    var single: UInt32? = nil
    if mapped.value.isAbsent {
      single = point
    } else if mapped.value.isInteger {
      guard let number = Integer.asInt(mapped.value), number >= 0, number <= 0x10FFFF else {
        throw PyError.valueError("character mapping must be in range(0x110000)")
      }
      single = UInt32(number)
    } else if mapped.value.isString {
      let replacement = StringObject(mapped.value)
      if replacement.length == 1 {
        single = replacement.codePoint(at: 0)
      } else {
        try builder.append(mapped.value)
      }
    } else if mapped.value.isNone {
      if point < 0x80 { known[Int(point)] = 0xFF }
    } else {
      throw PyError.typeError("character mapping must return integer, None or str")
    }
    if let single {
      try builder.append(codePoint: single)
      if point < 0x80 && single < 0x7F { known[Int(point)] = UInt8(single &+ 1) }
    }
  }
  return try builder.finish()
}

/// 128 bytes on the stack.
struct InlineBytes128 {
  private var words: (SIMD64<UInt8>, SIMD64<UInt8>) = (.zero, .zero)
  subscript(index: Int) -> UInt8 {
    get { index < 64 ? words.0[index] : words.1[index &- 64] }
    set { if index < 64 { words.0[index] = newValue } else { words.1[index &- 64] = newValue } }
  }
}

private func makeTranslation(_ call: Call) throws(PyError) -> Owned {
  let result = try Owned.dict()
  let dict = DictObject(result.value)
  let (x, y, z) = (call[0], call[1], call[2])
  if !y.isAbsent {
    guard y.isString else { throw call.wrongType(1, "str") }
    if !z.isAbsent && !z.isString { throw call.wrongType(2, "str") }
    guard x.isString else { throw PyError.typeError("first maketrans argument must be a string if there is a second argument") }
    let (from, to) = (StringObject(x).units, StringObject(y).units)
    guard from.count == to.count else { throw PyError.valueError("the first two maketrans arguments must have equal length") }
    for index in 0..<from.count { try dict.set(Value(smallInteger: Int(from[index])), Value(smallInteger: Int(to[index]))) }
    if !z.isAbsent {
      let gone = StringObject(z).units
      for index in 0..<gone.count { try dict.set(Value(smallInteger: Int(gone[index])), .none) }
    }
    return result
  }
  guard x.isDict else { throw PyError.typeError("if you give only one argument to maketrans it must be a dict") }
  var position = 0
  var key = Value.absent
  var value = Value.absent
  while DictObject(x).next(&position, &key, &value) {
    // The hash of a key may run code that changes the dict.
    let heldKey = Owned(copying: key)
    let heldValue = Owned(copying: value)
    if key.isString {
      let text = StringObject(key)
      guard text.length == 1 else { throw PyError.valueError("string keys in translatetable must be of length 1") }
      try dict.set(Value(smallInteger: Int(text.codePoint(at: 0))), heldValue.value)
    } else if key.isInteger {
      try dict.set(heldKey.value, heldValue.value)
    } else {
      throw PyError.typeError("keys in translate table mustbe strings or integers")
    }
  }
  return result
}
