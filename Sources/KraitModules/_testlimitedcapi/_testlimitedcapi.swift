// The module `_testlimitedcapi`: what CPython's own tests of Python's behaviour call by way of the C API.

import KraitRuntime

/// Functions of the abstract object protocol under the names that CPython's tests know.
///
/// Krait has no C API. Some tests of the language use a function of it as a second way to do the same (`sequence_setitem` beside `a[i] = x`), and here it goes to the
/// same slots. What stands for the C API itself is absent.
let testLimitedProtocolModule = ModuleDefinition("_testlimitedcapi", "The sequence and attribute protocols as functions, for CPython's tests.") {
  (m: ModuleBuilder) throws(PyError) in
  try m.function("sequence_getitem(sequence, index, /)", "The item at an index, which counts from the end when it is negative.") { (call: Call) throws(PyError) -> Owned in
    let index = try call.index(1)
    guard let slot = call[0].type.slots.pointee.item else { throw noSequence(call[0], "does not support indexing") }
    return try slot(call[0], try place(call[0], index))
  }
  try m.function("sequence_setitem(sequence, index, value, /)", "Put a value in place of the item at an index.") { (call: Call) throws(PyError) -> Owned in
    try store(call[0], try call.index(1), call[2], "does not support item assignment")
    return try Owned.integer(0)
  }
  try m.function("sequence_delitem(sequence, index, /)", "Remove the item at an index.") { (call: Call) throws(PyError) -> Owned in
    try store(call[0], try call.index(1), .absent, "doesn't support item deletion")
    return try Owned.integer(0)
  }
  try m.function("object_hasattrstring(object, name, /)", "1 if the object has an attribute of a name given as bytes, else 0, even where looking for it raises.") {
    (call: Call) throws(PyError) -> Owned in
    guard call[1].isBytes else { throw .typeError("a bytes-like object is required, not '\(call[1].typeName)'") }
    do throws(PyError) {
      let text = intern(try call[1].callMethod(Name.make("decode")))
      let found = try call[0].lookUpAttribute(text.value)
      return try Owned.integer(found.value.isAbsent ? 0 : 1)
    } catch {
      reportUnraisable("Exception ignored in an attribute look-up", call[0])
      return try Owned.integer(0)
    }
  }
  try m.function("codec_incrementalencoder(encoding, errors='strict', /)", "An incremental encoder of an encoding.") { (call: Call) throws(PyError) -> Owned in
    try codec(call, "getincrementalencoder")
  }
  try m.function("codec_incrementaldecoder(encoding, errors='strict', /)", "An incremental decoder of an encoding.") { (call: Call) throws(PyError) -> Owned in
    try codec(call, "getincrementaldecoder")
  }
}

private func codec(_ call: Call, _ name: StaticString) throws(PyError) -> Owned {
  let module = try importModule("codecs")
  let make = try module.value.callMethod(Name.make(name), call[0])
  return try make.value.call(call[1])
}

/// An index from the front.
private func place(_ sequence: Value, _ index: Int) throws(PyError) -> Int {
  guard index < 0, let length = sequence.type.slots.pointee.length else { return index }
  return index &+ (try length(sequence))
}

private func store(_ sequence: Value, _ index: Int, _ value: Value, _ failure: StaticString) throws(PyError) {
  let slots = sequence.type.slots.pointee
  guard slots.item != nil, let slot = slots.storeSubscript else { throw noSequence(sequence, failure) }
  let place = try place(sequence, index)
  // To the slot a negative index counts from the end: what counts from there already is out of range.
  let key = try Owned.integer(place < 0 ? Int.min : place)
  try slot(sequence, key.value, value)
}

private func noSequence(_ value: Value, _ failure: StaticString) -> PyError {
  let isMapping = value.type.slots.pointee.subscript != nil && value.type.slots.pointee.item == nil
  return .typeError(isMapping ? "\(value.typeName) is not a sequence" : "'\(value.typeName)' object \(failure)")
}
