// Objects to JSON text: `make_encoder`.

import KraitRuntime

/// An encoder in memory: what the JSONEncoder that it was made for wants.
struct JSONEncoderObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  enum Strings: Int { case call, ascii, unicode }

  struct Fields {
    var markers: Value
    var defaultFunction: Value
    var encoder: Value
    var indent: Value
    var keySeparator: Value
    var itemSeparator: Value
    var sortKeys: Value
    var skipKeys: Value
    var allowNaN: Bool
    /// Whether ``encoder`` is one of the module's own.
    var strings: Strings
  }

  var fields: UnsafeMutablePointer<Fields> { (raw + JSONFields.offset).assumingMemoryBound(to: Fields.self) }
}

private enum EncoderNames {
  nonisolated(unsafe) static let module = Name.make("_json")
  nonisolated(unsafe) static let ascii = Name.make("encode_basestring_ascii")
  nonisolated(unsafe) static let unicode = Name.make("encode_basestring")
  nonisolated(unsafe) static let items = Name.make("items")
}

private nonisolated(unsafe) let newEncoderFunction = NativeFunction.make(
  "make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)"
) { (call: Call) throws(PyError) -> Owned in
  guard call[0].isDict || call[0].isNone else { throw .typeError("make_encoder() argument 1 must be dict or None, not \(call[0].typeName)") }
  for index in [4, 5] where !call[index].isString {
    throw .typeError("make_encoder() argument \(index + 1) must be str, not \(call[index].isNone ? "None" : call[index].typeName)")
  }
  let sortKeys = try call.bool(6)
  let skipKeys = try call.bool(7)
  let allowNaN = try call.bool(8)
  let object = Owned(taking: try TypeObject(call.receiver).allocate())
  let encoder = JSONEncoderObject(object.value)
  for index in 0..<6 {
    call[index].retain()
    JSONFields.values(object.value.object)[index] = call[index]
  }
  encoder.fields.pointee.sortKeys = Value(sortKeys)
  encoder.fields.pointee.skipKeys = Value(skipKeys)
  encoder.fields.pointee.allowNaN = allowNaN
  encoder.fields.pointee.strings = try ownEncoder(call[2])
  return object
}

/// Whether a function is one of this module's.
private func ownEncoder(_ function: Value) throws(PyError) -> JSONEncoderObject.Strings {
  guard function.type == .builtinFunction else { return .call }
  let native = NativeFunctionObject(function).function
  if native.pointee.name === EncoderNames.ascii && native.pointee.owner === EncoderNames.module { return .ascii }
  if native.pointee.name === EncoderNames.unicode && native.pointee.owner === EncoderNames.module { return .unicode }
  return .call
}

private nonisolated(unsafe) let iterateEncodeFunction = NativeFunction.make("_iterencode(obj, _current_indent_level)") { (call: Call) throws(PyError) -> Owned in
  let level = max(try call.index(1), 0)
  var writer = JSONWriter(JSONEncoderObject(call.receiver), level)
  try writer.write(call[0])
  let text = try writer.builder.finish()
  return try Owned.tuple(text.value)
}

func defineJSONEncoder(_ t: TypeDefinition) {
  t.documentation = "Makes JSON text of an object: what JSONEncoder.iterencode uses."
  JSONFields.define(t, JSONEncoderObject.Fields.self)
  t.rawNew("make_encoder") { (type, arguments) throws(PyError) in try newEncoderFunction.call(type, arguments) }
  t.slots.call = CallSlot { (encoder, arguments) throws(PyError) in try iterateEncodeFunction.call(encoder, arguments) }
  let offset = JSONFields.offset
  t.member("markers", offset: offset, "Objects that are being written, by their identity; or None.")
  t.member("default", offset: offset + 8, "Called with what JSON has no form for.")
  t.member("encoder", offset: offset + 16, "Makes JSON text of a str.")
  t.member("indent", offset: offset + 24, "What a level is indented by; or None.")
  t.member("key_separator", offset: offset + 32, "What stands between key and value.")
  t.member("item_separator", offset: offset + 40, "What stands between items.")
  t.member("sort_keys", offset: offset + 48, "Whether keys are sorted.")
  t.member("skipkeys", offset: offset + 56, "Whether keys that JSON cannot have are left out.")
}

/// Writes one object.
private struct JSONWriter: ~Copyable {
  let encoder: JSONEncoderObject
  var builder = StringBuilder()
  var level: Int

  init(_ encoder: JSONEncoderObject, _ level: Int) {
    self.encoder = encoder
    self.level = level
  }

  private var fields: UnsafeMutablePointer<JSONEncoderObject.Fields> { encoder.fields }

  mutating func write(_ value: Value) throws(PyError) {
    if value.isString { return try write(string: value) }
    if value.isSmallInteger { return try write(integer: value.smallInteger) }
    if value.isNone { return try builder.append("null") }
    if value.isTrue { return try builder.append("true") }
    if value.isFalse { return try builder.append("false") }
    if value.isInteger { return try builder.append(sharing: try Integer.text(value)) }
    if value.isFloat { return try write(float: value) }
    try checkNativeRecursion(" while encoding a JSON object")
    excludeOtherThreads(iterating: value)
    if value.isList || value.isTuple { return try write(sequence: value) }
    if value.isDict { return try write(dict: value) }
    try mark(value)
    let function = Owned(copying: fields.pointee.defaultFunction)
    let replacement = try function.value.call(value)
    do throws(PyError) { try write(replacement.value) } catch {
      try addNoteToPendingException("when serializing \(value.typeName) object")
      throw error
    }
    try unmark(value)
  }

  private mutating func write(string: Value) throws(PyError) {
    switch fields.pointee.strings {
    case .ascii: try builder.append(json: StringObject(string), asciiOnly: true)
    case .unicode: try builder.append(json: StringObject(string), asciiOnly: false)
    case .call:
      excludeOtherThreads()
      let function = Owned(copying: fields.pointee.encoder)
      let text = try function.value.call(string)
      guard text.value.isString else { throw .typeError("encoder() must return a string, not \(text.value.typeName)") }
      try builder.append(text.value)
    }
  }

  private mutating func write(integer: Int) throws(PyError) {
    var buffer: (UInt64, UInt64, UInt64) = (0, 0, 0)
    try withUnsafeMutableBytes(of: &buffer) { (bytes) throws(PyError) in
      var place = 24
      var rest = integer.magnitude
      repeat {
        place &-= 1
        bytes[place] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
        rest /= 10
      } while rest != 0
      if integer < 0 {
        place &-= 1
        bytes[place] = 0x2D
      }
      try builder.append(ascii: UnsafeRawBufferPointer(rebasing: bytes[place...]))
    }
  }

  private mutating func write(float value: Value) throws(PyError) {
    let number = doubleValue(of: value) ?? 0
    if number.isFinite { return try builder.append(sharing: try formatDouble(number, code: UInt8(ascii: "r"), precision: 0, flags: .addDotZero)) }
    guard fields.pointee.allowNaN else {
      throw .valueError("Out of range float values are not JSON compliant: \(try value.repr().text)")
    }
    try builder.append(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity" as StaticString)
  }

  // MARK: Containers

  /// Notes that an object is being written; an error if it is already.
  private func mark(_ value: Value) throws(PyError) {
    guard !fields.pointee.markers.isNone else { return }
    excludeOtherThreads(iterating: fields.pointee.markers)
    let markers = DictObject(fields.pointee.markers)
    let identity = try Owned.integer(UInt64(value.bits))
    if try markers.contains(identity.value) { throw .valueError("Circular reference detected") }
    try markers.set(identity.value, value)
  }

  private func unmark(_ value: Value) throws(PyError) {
    guard !fields.pointee.markers.isNone else { return }
    excludeOtherThreads(iterating: fields.pointee.markers)
    let identity = try Owned.integer(UInt64(value.bits))
    _ = try DictObject(fields.pointee.markers).remove(identity.value)
  }

  private mutating func writeLine() throws(PyError) {
    try builder.append("\n")
    for _ in 0..<level { try builder.append(fields.pointee.indent) }
  }

  private mutating func beginLevel() throws(PyError) {
    guard !fields.pointee.indent.isNone else { return }
    guard fields.pointee.indent.isString else { throw .typeError("indent must be a str, not \(fields.pointee.indent.typeName)") }
    level += 1
    try writeLine()
  }

  private mutating func endLevel() throws(PyError) {
    guard !fields.pointee.indent.isNone else { return }
    level -= 1
    try writeLine()
  }

  private mutating func writeSeparator() throws(PyError) {
    try builder.append(fields.pointee.itemSeparator)
    if !fields.pointee.indent.isNone { try writeLine() }
  }

  private mutating func write(sequence: Value) throws(PyError) {
    // An instance of a derived class says itself what its items are.
    let items = sequence.isExactList || sequence.isExactTuple ? Owned(copying: sequence) : try Owned.list(from: sequence)
    func count(_ items: Value) -> Int { items.isList ? ListObject(items).count : TupleObject(items).count }
    if count(items.value) == 0 { return try builder.append("[]") }
    try mark(sequence)
    try builder.append("[")
    try beginLevel()
    var index = 0
    while index < count(items.value) {
      if index > 0 { try writeSeparator() }
      let item = Owned(copying: items.value.isList ? ListObject(items.value)[index] : TupleObject(items.value)[index])
      do throws(PyError) { try write(item.value) } catch {
        try addNoteToPendingException("when serializing \(sequence.typeName) item \(index)")
        throw error
      }
      index += 1
    }
    try unmark(sequence)
    try endLevel()
    try builder.append("]")
  }

  private mutating func write(dict: Value) throws(PyError) {
    if DictObject(dict).count == 0 { return try builder.append("{}") }
    try mark(dict)
    try builder.append("{")
    var isFirst = true
    if fields.pointee.sortKeys.isTrue || !dict.isExactDict {
      excludeOtherThreads()
      let view = try dict.callMethod(EncoderNames.items)
      let items = try Owned.list(from: view.value)
      if fields.pointee.sortKeys.isTrue { try ListObject(items.value).sort(key: .none, reverse: false) }
      var index = 0
      while index < ListObject(items.value).count {
        let pair = Owned(copying: ListObject(items.value)[index])
        guard pair.value.isTuple, TupleObject(pair.value).count == 2 else { throw .valueError("items must return 2-tuples") }
        try write(key: TupleObject(pair.value)[0], TupleObject(pair.value)[1], of: dict, &isFirst)
        index += 1
      }
    } else {
      var position = 0
      var key = Value.absent
      var value = Value.absent
      while DictObject(dict).next(&position, &key, &value) {
        let heldKey = Owned(copying: key)
        let heldValue = Owned(copying: value)
        try write(key: heldKey.value, heldValue.value, of: dict, &isFirst)
      }
    }
    try unmark(dict)
    // Keys that were all left out leave no line.
    if !isFirst { try endLevel() }
    try builder.append("}")
  }

  private mutating func write(key: Value, _ value: Value, of dict: Value, _ isFirst: inout Bool) throws(PyError) {
    let isString = key.isString
    if !isString && !key.isFloat && !key.isNone && !key.isInteger {
      if fields.pointee.skipKeys.isTrue { return }
      throw .typeError("keys must be str, int, float, bool or None, not \(key.typeName)")
    }
    if isFirst {
      isFirst = false
      try beginLevel()
    } else {
      try writeSeparator()
    }
    if isString {
      try write(string: key)
    } else if fields.pointee.strings == .call {
      // The program's own function decides how the text of a number looks as a key.
      var text = JSONWriter(encoder, 0)
      try text.write(key)
      let name = try text.builder.finish()
      try write(string: name.value)
    } else {
      try builder.append("\"")
      try write(key)
      try builder.append("\"")
    }
    try builder.append(fields.pointee.keySeparator)
    do throws(PyError) { try write(value) } catch {
      let shown = try key.repr()
      try addNoteToPendingException("when serializing \(dict.typeName) item \(shown.value.text)")
      throw error
    }
  }
}
