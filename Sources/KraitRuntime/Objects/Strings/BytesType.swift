// The type bytes: slots and construction.

import CKraitCore
import Glibc

func defineBytes(_ t: TypeDefinition) {
  t.documentation = """
    bytes([source[, encoding[, errors]]])

    Binary data: an immutable sequence of numbers from 0 to 255. The source is an iterable of such numbers, a text with its encoding, an object with a
    buffer or a method __bytes__, or how many zeros there shall be.
    """
  t.basicSize = BytesObject.dataOffset + 1
  t.itemSize = 1
  t.itemCountOffset = 24
  t.flags.insert(.baseType)
  t.shapeFlags = .bytes
  t.slots.deallocate = DeallocateSlot { finishDeallocation($0) }
  t.slots.hash = HashSlot { (bytes) throws(PyError) -> Int in BytesObject(bytes).hashValue }
  t.slots.length = LengthSlot { (bytes) throws(PyError) -> Int in BytesObject(bytes).count }
  t.slots.repr = UnarySlot { (bytes) throws(PyError) -> Owned in try BytesObject(bytes).representation() }
  t.slots.str = UnarySlot { (bytes) throws(PyError) -> Owned in
    try warnBytes("str() on a bytes instance")
    return try BytesObject(bytes).representation()
  }
  t.slots.compare = CompareSlot(compareBytes)
  t.slots.concatenate = BinarySlot { (a, b) throws(PyError) -> Owned in
    guard a.supportsBuffer && b.supportsBuffer else { throw PyError.typeError("can't concat \(b.typeName) to \(a.typeName)") }
    let view = try b.buffer(.simple)
    if BytesObject(a).count == 0 && b.isExact(.bytes) { return Owned(copying: b) }
    if view.bytes.count == 0 && a.isExact(.bytes) { return Owned(copying: a) }
    let (total, overflow) = BytesObject(a).count.addingReportingOverflow(view.bytes.count)
    guard !overflow else { throw PyError.memoryError() }
    if total <= 1 { return try Owned.bytes(total == 0 || view.bytes.count == 1 ? view.bytes : BytesObject(a).buffer) }
    let result = try BytesObject.allocate(total)
    memcpy(result.data, BytesObject(a).data, BytesObject(a).count)
    if let base = view.bytes.baseAddress { memcpy(result.data + BytesObject(a).count, base, view.bytes.count) }
    return Owned(taking: result.raw)
  }
  t.slots.repeat = IndexSlot { (bytes, count) throws(PyError) -> Owned in
    let source = BytesObject(bytes)
    if count <= 0 || source.count == 0 { return .emptyBytes }
    if count == 1 && bytes.isExact(.bytes) { return Owned(copying: bytes) }
    let (total, overflow) = source.count.multipliedReportingOverflow(by: count)
    guard !overflow else { throw PyError.overflowError("repeated bytes are too long") }
    // Not an OverflowError, which is what other ways to make bytes of this size raise.
    guard total < Int.max >> 2 else { throw .memoryError() }
    if total == 1 { return try Owned.bytes(source.buffer) }
    let result = try BytesObject.allocate(total)
    repeatBytes(source.data, source.count, result.data, total)
    return Owned(taking: result.raw)
  }
  t.slots.item = IndexSlot { (bytes, index) throws(PyError) -> Owned in try byteItem(BytesObject(bytes), index) }
  t.slots.subscript = BinarySlot(subscriptBytes)
  t.slots.iterate = UnarySlot { (bytes) throws(PyError) -> Owned in try IndexedIterator.make(.bytesIterator, bytes) }
  t.slots.buffer = BufferSlot { (bytes, request, fields) throws(PyError) in
    try fields.pointee.fill(owner: bytes, BytesObject(bytes).data, BytesObject(bytes).count, isReadOnly: true, request)
  }
  t.new("bytes(source=<unset>, encoding=<unset>, errors=<unset>)", newBytes)
  defineByteMethods(t)
  t.method("__getnewargs__()", "The arguments that make a copy.") { (call: Call) throws(PyError) -> Owned in
    let copy = try Owned.bytes(BytesObject(call.receiver).buffer)
    return try Owned.tuple(copy.value)
  }
  t.method("__bytes__()", "An exact bytes object with the same contents.") { (call: Call) throws(PyError) -> Owned in
    call.receiver.isExact(.bytes) ? Owned(copying: call.receiver) : try Owned.bytes(BytesObject(call.receiver).buffer)
  }
}

private func compareBytes(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard a.isBytes && b.isBytes else {
    if operation == .equal || operation == .notEqual { try warnComparison(a, b) }
    return .notImplemented
  }
  let (first, second) = (BytesObject(a), BytesObject(b))
  switch operation {
  case .equal: return .boolean(first.isEqual(to: second))
  case .notEqual: return .boolean(!first.isEqual(to: second))
  default: return .boolean(operation.holds(first.units.compare(to: second.units), 0))
  }
}

/// `-b`: what compares bytes with text, or makes text of bytes, is warned about.
@inline(__always)
func warnBytes(_ message: @autoclosure () -> String) throws(PyError) {
  if _slowPath(RuntimeConfiguration.current.bytesWarnings > 0) { try warn(.bytesWarning, message()) }
}

/// An object of bytes is asked whether it equals something that is none.
func warnComparison(_ bytes: Value, _ other: Value) throws(PyError) {
  if other.isString {
    try warnBytes("Comparison between \(bytes.isBytes ? "bytes" : "bytearray") and string")
  } else if bytes.isBytes && other.isInteger {
    try warnBytes("Comparison between bytes and int")
  }
}

@inline(__always)
private func byteItem(_ bytes: BytesObject, _ index: Int) throws(PyError) -> Owned {
  guard index >= 0 && index < bytes.count else { throw PyError.indexError("index out of range") }
  return Owned(taking: Value(smallInteger: Int(bytes.data.load(fromByteOffset: index, as: UInt8.self))))
}

private func subscriptBytes(_ value: Value, _ key: Value) throws(PyError) -> Owned {
  let bytes = BytesObject(value)
  if key.isSmallInteger {
    let index = key.smallInteger
    return try byteItem(bytes, index < 0 ? index &+ bytes.count : index)
  }
  if key.isObject && key.type == .slice {
    let (start, _, step, count) = try SliceObject(key).sliceIndices(bytes.count)
    if step == 1 {
      if count == bytes.count && value.isExact(.bytes) { return Owned(copying: value) }
      return try Owned.bytes(UnsafeRawBufferPointer(start: bytes.data + start, count: count))
    }
    if count <= 1 { return count == 0 ? .emptyBytes : try Owned.bytes(UnsafeRawBufferPointer(start: bytes.data + start, count: 1)) }
    let result = try BytesObject.allocate(count)
    copyStepped(bytes.data, start, step, count, result.data)
    return Owned(taking: result.raw)
  }
  guard key.type.slots.pointee.index != nil else { throw PyError.typeError("byte indices must be integers or slices, not \(key.typeName)") }
  let index = try key.asIndex()
  return try byteItem(bytes, index < 0 ? index &+ bytes.count : index)
}

/// Copies each `step`-th byte.
func copyStepped(_ source: UnsafeRawPointer, _ start: Int, _ step: Int, _ count: Int, _ target: UnsafeMutableRawPointer) {
  for index in 0..<count {
    target.storeBytes(of: source.load(fromByteOffset: start &+ index &* step, as: UInt8.self), toByteOffset: index, as: UInt8.self)
  }
}

// MARK: - Construction

private func newBytes(_ call: Call) throws(PyError) -> Owned {
  let exact = try makeBytes(call)
  let type = TypeObject(call.receiver)
  if type == .bytes { return exact }
  let source = BytesObject(exact.value)
  // The one byte of the native fields is the zero behind the items.
  let raw = try type.allocate(items: source.count)
  BytesObject.initializeFields(raw, source.count)
  memcpy(raw + BytesObject.dataOffset, source.data, source.count)
  return Owned(taking: raw)
}

private func makeBytes(_ call: Call) throws(PyError) -> Owned {
  let (source, encoding, errors) = (call[0], call[1], call[2])
  try checkEncodingArguments("bytes", source, encoding, errors)
  if source.isAbsent { return .emptyBytes }
  if !encoding.isAbsent { return try encode(source, encoding: encoding, errors: errors) }
  if source.isExact(.bytes) { return Owned(copying: source) }
  let method = try source.lookUpSpecial(Name.__bytes__)
  if !method.value.isAbsent {
    let result = try method.value.call()
    guard result.value.isBytes else { throw PyError.typeError("__bytes__ returned non-bytes (type \(result.value.typeName))") }
    return result
  }
  if source.isString { throw PyError.typeError("string argument without an encoding") }
  if let count = try byteCount(source) {
    let result = try BytesObject.allocate(count)
    memset(result.data, 0, count)
    if count <= 1 {
      let shared = try Owned.bytes(result.buffer)
      freeObject(result.raw)
      return shared
    }
    return Owned(taking: result.raw)
  }
  if source.supportsBuffer { return try contiguousBytes(source) }
  guard source.isIterable else { throw PyError.typeError("cannot convert '\(source.typeName)' object to bytes") }
  _ = try source.lengthHint(0)
  var builder = StringBuilder()
  try source.iterateEach { (item) throws(PyError) -> Bool in
    try builder.append(codePoint: UInt32(try byteValue(item, "bytes must be in range(0, 256)")))
    return true
  }
  return try builder.finishBytes()
}

extension Value {
  /// Whether `iter()` takes this.
  var isIterable: Bool { type.slots.pointee.iterate != nil || type.slots.pointee.item != nil }
}

/// The bytes of any buffer, in C's order.
func contiguousBytes(_ source: Value) throws(PyError) -> Owned {
  let view = try source.buffer(.fullReadOnly)
  if view.fields.isCContiguous { return try Owned.bytes(view.bytes) }
  let result = try BytesObject.allocate(view.fields.byteCount)
  view.fields.copyItems(to: result.data, order: .c)
  return Owned(taking: result.raw)
}

/// The rules of bytes() and bytearray() for an encoding and what to encode.
func checkEncodingArguments(_ name: StaticString, _ source: Value, _ encoding: Value, _ errors: Value) throws(PyError) {
  if !encoding.isAbsent && !encoding.isString { throw PyError.typeError("\(name)() argument 'encoding' must be str, not \(describeNone(encoding))") }
  if !errors.isAbsent && !errors.isString { throw PyError.typeError("\(name)() argument 'errors' must be str, not \(describeNone(errors))") }
  if !encoding.isAbsent && (source.isAbsent || !source.isString) { throw PyError.typeError("encoding without a string argument") }
  if !errors.isAbsent && encoding.isAbsent {
    throw PyError.typeError(!source.isAbsent && source.isString ? "string argument without an encoding" : "errors without a string argument")
  }
}

/// The length that an int asks for; nil for what is no int.
func byteCount(_ source: Value) throws(PyError) -> Int? {
  guard source.type.slots.pointee.index != nil else { return nil }
  let count: Int
  do throws(PyError) { count = try source.asIndex(overflow: .overflowError) } catch {
    guard PyError.matches(.typeError) else { throw error }
    PyError.clear()
    return nil
  }
  if count < 0 { throw PyError.valueError("negative count") }
  return count
}

func defineByteIterators(_ types: TypeDefinitions) {
  types.define(.bytesIterator) { t in defineByteIterator(t) }
  types.define(.bytearrayIterator) { t in defineByteIterator(t) }
}

private func defineByteIterator(_ t: TypeDefinition) {
  IndexedIterator.define(t)
  t.slots.next = NextSlot { (iterator) throws(PyError) -> Owned in
    let raw = iterator.object
    let sequence = IndexedIterator.sequence(raw)
    if sequence.isAbsent { return Owned(taking: .absent) }
    let units = byteUnits(sequence)
    let index = IndexedIterator.index(raw)
    guard index < units.count else {
      IndexedIterator.finish(raw)
      return Owned(taking: .absent)
    }
    IndexedIterator.advance(raw)
    return Owned(taking: Value(smallInteger: Int(units[index])))
  }
  t.method("__reduce__()", "How to make a copy.") { (call: Call) throws(PyError) -> Owned in
    try IndexedIterator.reduce(call.receiver, empty: .emptyTuple)
  }
}
