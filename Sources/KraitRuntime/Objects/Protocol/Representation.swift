// repr, str, format, hash, truth and comparison of any value.

import CKraitCore

extension Value {
  public func repr() throws(PyError) -> Owned {
    try checkNativeRecursion(" while getting the repr of an object")
    guard let slot = type.slots.pointee.repr else { return try .string("<\(type.fullName) object at 0x\(String(bits, radix: 16))>") }
    let text = try slot(self)
    guard text.value.isString else { throw PyError.typeError("__repr__ returned non-string (type \(text.value.typeName))") }
    return text
  }

  /// `ascii(x)`: the representation with escapes for what is not ASCII.
  public func ascii() throws(PyError) -> Owned {
    let text = try repr()
    let string = StringObject(text.value)
    if string.isASCII { return text }
    var builder = StringBuilder()
    for index in 0..<string.length {
      let point = string.codePoint(at: index)
      if point < 0x80 {
        try builder.append(codePoint: point)
        continue
      }
      let digits = String(point, radix: 16)
      let width = point < 0x100 ? 2 : point < 0x10000 ? 4 : 8
      try builder.append(point < 0x100 ? "\\x" : point < 0x10000 ? "\\u" : "\\U" as StaticString)
      try builder.append(String(repeating: "0", count: width - digits.count) + digits)
    }
    return try builder.finish()
  }

  public func str() throws(PyError) -> Owned {
    if isExactString { return Owned(copying: self) }
    guard let slot = type.slots.pointee.str else { return try repr() }
    try checkNativeRecursion(" while getting the str of an object")
    let text = try slot(self)
    guard text.value.isString else { throw PyError.typeError("__str__ returned non-string (type \(text.value.typeName))") }
    return text
  }

  /// `format(self, spec)`; the specification is a str.
  public func format(_ specification: Value) throws(PyError) -> Owned {
    if isExactString && StringObject(specification).length == 0 { return Owned(copying: self) }
    // What the methods of the builtin types do, without looking them up.
    if specification.isExactString {
      if isSmallInteger { return try formatInteger(self, specification) }
      if isImmediateDouble { return try formatFloat(self, specification) }
      if isExactString { return try formatString(self, specification) }
    }
    let method = try lookUpSpecial(Name.__format__)
    guard !method.value.isAbsent else { throw PyError.typeError("Type \(typeName) doesn't define __format__") }
    let text = try method.value.call(specification)
    guard text.value.isString else { throw PyError.typeError("__format__ must return a str, not \(text.value.typeName)") }
    return text
  }

  public func hash() throws(PyError) -> Int {
    guard let slot = type.slots.pointee.hash else { throw PyError.typeError("unhashable type: '\(typeName)'") }
    return try slot(self)
  }

  @inline(__always)
  public func isTruthy() throws(PyError) -> Bool {
    if isTrue { return true }
    if isFalse || isNone { return false }
    return try isTruthyBySlot()
  }

  @inline(never)
  private func isTruthyBySlot() throws(PyError) -> Bool {
    if isSmallInteger { return smallInteger != 0 }
    let slots = type.slots
    if let slot = slots.pointee.truth { return try slot(self) }
    if let slot = slots.pointee.length { return try slot(self) != 0 }
    return true
  }

  /// `self OP other`, with reflection; raises where neither type orders the other.
  public func compare(_ other: Value, _ operation: Comparison) throws(PyError) -> Owned {
    try checkNativeRecursion(" in comparison")
    let a = type
    let b = other.type
    var triedReflected = false
    if a != b, b.isSubtype(of: a), let slot = b.slots.pointee.compare {
      triedReflected = true
      let result = try slot(other, self, operation.reflected)
      if !result.value.isNotImplemented { return result }
    }
    if let slot = a.slots.pointee.compare {
      let result = try slot(self, other, operation)
      if !result.value.isNotImplemented { return result }
    }
    return try compareAfterLeft(other, operation, asksOther: !triedReflected)
  }

  /// The rest of a comparison to which this value had nothing to say: the other's method, then identity.
  func compareAfterLeft(_ other: Value, _ operation: Comparison, asksOther: Bool = true) throws(PyError) -> Owned {
    if asksOther, let slot = other.type.slots.pointee.compare {
      let result = try slot(other, self, operation.reflected)
      if !result.value.isNotImplemented { return result }
    }
    switch operation {
    case .equal: return .boolean(self === other)
    case .notEqual: return .boolean(self !== other)
    default: throw PyError.typeError("'\(operation.symbol)' not supported between instances of '\(typeName)' and '\(other.typeName)'")
    }
  }

  /// Whether two values are the same or equal, as containers ask.
  public func isEqual(to other: Value) throws(PyError) -> Bool {
    if self === other { return true }
    if Value.areSmallIntegers(self, other) { return false }
    if isExactString && other.isExactString { return StringObject(self).isEqual(to: StringObject(other)) }
    if isTuple && other.isTuple {
      let answer = tupleQuicklyEquals(other, depth: 0)
      if answer != .unknown { return answer == .yes }
    }
    if isExact(.bytes) && other.isExact(.bytes) { return BytesObject(self).isEqual(to: BytesObject(other)) }
    return try compare(other, .equal).isTruthy()
  }

  public func isLess(than other: Value) throws(PyError) -> Bool {
    if Value.areSmallIntegers(self, other) { return smallInteger < other.smallInteger }
    return try compare(other, .less).isTruthy()
  }
}

extension Comparison {
  public var symbol: StaticString {
    switch self {
    case .less: "<"
    case .lessEqual: "<="
    case .equal: "=="
    case .notEqual: "!="
    case .greater: ">"
    case .greaterEqual: ">="
    }
  }
}
