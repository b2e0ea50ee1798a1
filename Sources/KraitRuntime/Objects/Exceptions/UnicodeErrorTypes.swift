// `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

import CKraitCore

/// The fields of a UnicodeError; translate errors have no encoding.
enum UnicodeErrorField {
  static let encoding = 0, object = 1, start = 2, end = 3, reason = 4
}

func defineUnicodeErrors(_ types: TypeDefinitions) {
  defineException(types, .unicodeDecodeError) { t in
    t.documentation = "Bytes cannot be decoded."
    define(t)
    t.rawInitialize("UnicodeDecodeError") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
      try initialize(object, arguments, hasEncoding: true, wantsBytes: true)
    }
    t.slots.str = UnarySlot { (object) throws(PyError) in try text(object, "'%' codec can't decode", unit: "byte") }
    t.member("encoding", "The encoding.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
  }
  defineException(types, .unicodeEncodeError) { t in
    t.documentation = "A text cannot be encoded."
    define(t)
    t.rawInitialize("UnicodeEncodeError") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
      try initialize(object, arguments, hasEncoding: true, wantsBytes: false)
    }
    t.slots.str = UnarySlot { (object) throws(PyError) in try text(object, "'%' codec can't encode", unit: "character") }
    t.member("encoding", "The encoding.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
  }
  defineException(types, .unicodeTranslateError) { t in
    t.documentation = "A text cannot be translated."
    define(t)
    t.rawInitialize("UnicodeTranslateError") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
      try initialize(object, arguments, hasEncoding: false, wantsBytes: false)
    }
    t.slots.str = UnarySlot { (object) throws(PyError) in try text(object, "can't translate", unit: "character") }
    t.member("encoding", "The encoding.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
  }
}

private func define(_ t: TypeDefinition) {
  t.basicSize = ExceptionObject.size + 8 * 5
  t.member("object", "What was to be converted.", get: { (o) throws(PyError) in exceptionField(o, 1) }, set: { (o, v) throws(PyError) in setExceptionField(o, 1, v) })
  t.member("start", "Where the problem begins.", get: { (o) throws(PyError) in index(o, 2) }, set: { (o, v) throws(PyError) in try setIndex(o, 2, v) })
  t.member("end", "Where the problem ends.", get: { (o) throws(PyError) in index(o, 3) }, set: { (o, v) throws(PyError) in try setIndex(o, 3, v) })
  t.member("reason", "What the problem is.", get: { (o) throws(PyError) in exceptionField(o, 4) }, set: { (o, v) throws(PyError) in setExceptionField(o, 4, v) })
}

private func index(_ object: Value, _ field: Int) -> Owned {
  let value = ExceptionObject(object)[field]
  return value.isAbsent ? Owned(taking: Value(smallInteger: 0)) : Owned(copying: value)
}

private func setIndex(_ object: Value, _ field: Int, _ value: Value) throws(PyError) {
  if value.isAbsent { throw PyError.typeError("can't delete numeric/char attribute") }
  guard value.isInteger || value.type.slots.pointee.index != nil else { throw PyError.typeError("an integer is required") }
  let number = try value.asInt()
  setExceptionField(object, field, taking: try Owned.integer(number))
}

private func initialize(_ object: Value, _ arguments: Arguments, hasEncoding: Bool, wantsBytes: Bool) throws(PyError) {
  try refuseKeywords(object, arguments)
  try setArgs(object, arguments)
  let wanted = hasEncoding ? 5 : 4
  guard arguments.positionalCount == wanted else {
    throw PyError.typeError("function takes exactly \(wanted) arguments (\(arguments.positionalCount) given)")
  }
  let shift = hasEncoding ? 0 : 1
  func argument(_ field: Int) -> Value { arguments.base[field - shift] }
  func check(_ field: Int) throws(PyError) {
    if !argument(field).isString { throw PyError.typeError("argument \(field - shift + 1) must be str, not \(argument(field).typeName)") }
  }
  if hasEncoding { try check(UnicodeErrorField.encoding) }
  var source = Owned(copying: argument(UnicodeErrorField.object))
  if !wantsBytes { try check(UnicodeErrorField.object) }
  let start = try argument(UnicodeErrorField.start).asInt()
  let end = try argument(UnicodeErrorField.end).asInt()
  try check(UnicodeErrorField.reason)
  if wantsBytes && !source.value.isBytes {
    // What can change is copied.
    guard try source.value.hasBuffer() else { throw PyError.typeError("a bytes-like object is required, not '\(source.value.typeName)'") }
    source = try source.value.bufferAsBytes()
  }
  if hasEncoding { setExceptionField(object, UnicodeErrorField.encoding, argument(UnicodeErrorField.encoding)) }
  setExceptionField(object, UnicodeErrorField.object, source.value)
  setExceptionField(object, UnicodeErrorField.start, taking: try Owned.integer(start))
  setExceptionField(object, UnicodeErrorField.end, taking: try Owned.integer(end))
  setExceptionField(object, UnicodeErrorField.reason, argument(UnicodeErrorField.reason))
}

private func text(_ object: Value, _ beginning: String, unit: String) throws(PyError) -> Owned {
  let exception = ExceptionObject(object)
  // Made by `__new__` alone.
  if exception[UnicodeErrorField.object].isAbsent { return Owned(taking: Name.empty) }
  let reason = try exceptionField(object, UnicodeErrorField.reason).str()
  let encoding = try exceptionField(object, UnicodeErrorField.encoding).str()
  // Read only now: `__str__` of the texts may have changed it.
  let held = Owned(copyingIfPresent: exception[UnicodeErrorField.object])
  if held.value.isAbsent { throw PyError.typeError("UnicodeError 'object' attribute is not set") }
  let source = held.value
  let isBytes = unit == "byte"
  guard isBytes ? source.isBytes : source.isString else {
    throw PyError.typeError("UnicodeError 'object' attribute must be a \(isBytes ? "bytes" : "string")")
  }
  let start = Integer.asInt(exception[UnicodeErrorField.start]) ?? 0
  let end = Integer.asInt(exception[UnicodeErrorField.end]) ?? 0
  let length = source.isBytes ? BytesObject(source).count : StringObject(source).length
  var result = beginning.split(separator: "%" as Character, omittingEmptySubsequences: false).joined(separator: encoding.value.text) + " "
  if start >= 0 && start < length && end == start + 1 {
    if source.isBytes {
      let byte = String(BytesObject(source).data.load(fromByteOffset: start, as: UInt8.self), radix: 16)
      result += "\(unit) 0x\(byte.count < 2 ? "0" : "")\(byte) in position \(start)"
    } else {
      let codePoint = StringObject(source).codePoint(at: start)
      let (prefix, width) = codePoint <= 0xFF ? ("x", 2) : codePoint <= 0xFFFF ? ("u", 4) : ("U", 8)
      let digits = String(codePoint, radix: 16)
      result += "\(unit) '\\\(prefix)\(String(repeating: "0", count: width - digits.count))\(digits)' in position \(start)"
    }
  } else {
    result += "\(unit)s in position \(start)-\(end &- 1)"
  }
  var builder = try StringBuilder()
  try builder.append(result)
  try builder.append(": ")
  try builder.append(reason.value)
  return try builder.finish()
}
