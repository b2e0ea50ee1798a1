// The type bytearray: slots, construction and the methods that change it.

import CKraitCore
import Glibc

func defineByteArray(_ t: TypeDefinition) {
  t.documentation = """
    bytearray([source[, encoding[, errors]]])

    Binary data that can be changed: a sequence of numbers from 0 to 255. The source is an iterable of such numbers, a text with its encoding, an object
    with a buffer, or how many zeros there shall be.
    """
  t.basicSize = ByteArrayObject.size
  t.flags.insert(.baseType)
  t.shapeFlags = .hasState
  t.slots.deallocate = DeallocateSlot { raw in
    ByteArrayObject(raw: raw).freeStorage()
    finishDeallocation(raw)
  }
  t.slots.length = LengthSlot { (array) throws(PyError) -> Int in ByteArrayObject(array).count }
  t.slots.repr = UnarySlot(represent)
  t.slots.str = UnarySlot { (array) throws(PyError) -> Owned in
    try warnBytes("str() on a bytearray instance")
    return try represent(array)
  }
  t.slots.compare = CompareSlot(compareByteArrays)
  t.slots.concatenate = BinarySlot { (a, b) throws(PyError) -> Owned in
    let first = try partOfSum(a, a, b)
    let second = try partOfSum(b, a, b)
    let (total, overflow) = first.bytes.count.addingReportingOverflow(second.bytes.count)
    guard !overflow else { throw PyError.memoryError() }
    let result = try ByteArrayObject.make(count: total)
    if first.bytes.count > 0 { memcpy(result.data, first.fields.data, first.bytes.count) }
    if second.bytes.count > 0 { memcpy(result.data + first.bytes.count, second.fields.data, second.bytes.count) }
    return Owned(taking: result.raw)
  }
  t.slots.inPlaceConcatenate = BinarySlot { (a, b) throws(PyError) -> Owned in
    guard b.supportsBuffer else { throw PyError.typeError("can't concat \(b.typeName) to \(a.typeName)") }
    let view = try b.buffer(.simple)
    try ByteArrayObject(a).append(view.bytes)
    return Owned(copying: a)
  }
  t.slots.repeat = IndexSlot { (array, count) throws(PyError) -> Owned in
    let source = ByteArrayObject(array)
    let (total, overflow) = source.count.multipliedReportingOverflow(by: max(0, count))
    guard !overflow else { throw PyError.memoryError() }
    let result = try ByteArrayObject.make(count: total)
    if total > 0 { repeatBytes(source.data, source.count, result.data, total) }
    return Owned(taking: result.raw)
  }
  t.slots.inPlaceRepeat = IndexSlot { (value, count) throws(PyError) -> Owned in
    let array = ByteArrayObject(value)
    let old = array.count
    let (total, overflow) = old.multipliedReportingOverflow(by: max(0, count))
    guard !overflow else { throw PyError.memoryError() }
    try array.resize(total)
    if total > old && old > 0 { repeatBytes(array.data, old, array.data + old, total &- old) }
    return Owned(copying: value)
  }
  t.slots.item = IndexSlot { (array, index) throws(PyError) -> Owned in try item(ByteArrayObject(array), index) }
  t.slots.subscript = BinarySlot(subscriptByteArray)
  t.slots.storeSubscript = StoreSlot(storeByteArray)
  t.slots.iterate = UnarySlot { (array) throws(PyError) -> Owned in try IndexedIterator.make(.bytearrayIterator, array) }
  t.slots.buffer = BufferSlot { (array, request, fields) throws(PyError) in
    let bytes = ByteArrayObject(array)
    try fields.pointee.fill(owner: array, bytes.data, bytes.count, isReadOnly: false, request)
    bytes.exports &+= 1
  }
  t.slots.releaseBuffer = BufferReleaseSlot { (array, _) in ByteArrayObject(array).exports &-= 1 }
  t.rawNew("bytearray") { (type, _) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
  t.initialize("bytearray(source=<unset>, encoding=<unset>, errors=<unset>)", initializeByteArray)
  defineByteMethods(t)
  defineByteArrayChanges(t)
}

/// The bytes of what is added; why it gives none is not told, as in CPython.
func partOfSum(_ part: Value, _ a: Value, _ b: Value) throws(PyError) -> BufferView {
  if part.supportsBuffer {
    do throws(PyError) { return try part.buffer(.simple) } catch { PyError.clear() }
  }
  throw PyError.typeError("can't concat \(b.typeName) to \(a.typeName)")
}

private func represent(_ value: Value) throws(PyError) -> Owned {
  let view = try value.buffer(.simple)
  let name = value.type == .bytearray ? "bytearray" : value.typeName
  let literal = try bytesRepresentation(view.bytes, "b", "", escapesApostrophe: true)
  var builder = StringBuilder()
  try builder.append(name)
  try builder.append("(")
  try builder.append(literal.value)
  try builder.append(")")
  return try builder.finish()
}

private func compareByteArrays(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard a.supportsBuffer && b.supportsBuffer else {
    if operation == .equal || operation == .notEqual { try warnComparison(a, b) }
    return .notImplemented
  }
  let first = try a.buffer(.simple)
  let second: BufferView
  do throws(PyError) { second = try b.buffer(.simple) } catch {
    PyError.clear()
    return .notImplemented
  }
  if operation == .equal || operation == .notEqual { return .boolean(first.units.isEqual(to: second.units) == (operation == .equal)) }
  return .boolean(operation.holds(first.units.compare(to: second.units), 0))
}

private func item(_ array: ByteArrayObject, _ index: Int) throws(PyError) -> Owned {
  guard index >= 0 && index < array.count else { throw PyError.indexError("bytearray index out of range") }
  return Owned(taking: Value(smallInteger: Int(array.data.load(fromByteOffset: index, as: UInt8.self))))
}

private func subscriptByteArray(_ value: Value, _ key: Value) throws(PyError) -> Owned {
  let array = ByteArrayObject(value)
  if key.isSmallInteger {
    let index = key.smallInteger
    return try item(array, index < 0 ? index &+ array.count : index)
  }
  if key.isObject && key.type == .slice {
    let bounds = try SliceObject(key).bounds()
    let (start, _, step, count) = bounds.indices(array.count)
    let result = try ByteArrayObject.make(count: count)
    if count > 0 {
      if step == 1 { memcpy(result.data, array.data + start, count) } else { copyStepped(array.data, start, step, count, result.data) }
    }
    return Owned(taking: result.raw)
  }
  guard key.type.slots.pointee.index != nil else { throw PyError.typeError("bytearray indices must be integers or slices, not \(key.typeName)") }
  let index = try key.asIndex()
  return try item(array, index < 0 ? index &+ array.count : index)
}

/// `array[key] = value`, `del array[key]`.
private func storeByteArray(_ value: Value, _ key: Value, _ new: Value) throws(PyError) {
  let array = ByteArrayObject(value)
  if _fastPath(key.isSmallInteger && new.isSmallInteger) {
    let index = key.smallInteger < 0 ? key.smallInteger &+ array.count : key.smallInteger
    // What is out of range is told below.
    if _fastPath(index >= 0 && index < array.count), let byte = UInt8(exactly: new.smallInteger) { return array.data.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
  }
  if key.isObject && key.type == .slice { return try storeSlice(value, array, SliceObject(key), new) }
  guard key.type.slots.pointee.index != nil else { throw PyError.typeError("bytearray indices must be integers or slices, not \(key.typeName)") }
  var index = try key.asIndex()
  // The byte is asked for first: its `__index__` could change the length.
  let byte = new.isAbsent ? 0 : try byteValue(new, "byte must be in range(0, 256)")
  if index < 0 { index &+= array.count }
  guard index >= 0 && index < array.count else { throw PyError.indexError("bytearray index out of range") }
  if new.isAbsent {
    try array.replace(index..<(index &+ 1), with: UnsafeRawBufferPointer(start: nil, count: 0))
  } else {
    array.data.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
  }
}

private func storeSlice(_ value: Value, _ array: ByteArrayObject, _ slice: SliceObject, _ new: Value) throws(PyError) {
  if !new.isAbsent && (new === value || !new.isBytes && !new.isInstance(of: .bytearray)) {
    // Whatever else gives bytes; a copy of the array itself, since its memory is about to move.
    if new.isString || !new.supportsBuffer && new.type.slots.pointee.index != nil || !new.supportsBuffer && !new.isIterable {
      throw PyError.typeError("can assign only bytes, buffers, or iterables of ints in range(0, 256)")
    }
    let copy = try TypeObject.bytearray.value.call(new)
    return try storeSlice(value, array, slice, copy.value)
  }
  let bounds = try slice.bounds()
  if new.isAbsent {
    let (start, _, step, count) = bounds.indices(array.count)
    return try assign(array, start, step, count, UnsafeRawBufferPointer(start: nil, count: 0), deletes: true)
  }
  let view = try new.buffer(.simple)
  let (start, _, step, count) = bounds.indices(array.count)
  try assign(array, start, step, count, view.bytes, deletes: false)
}

private func assign(_ array: ByteArrayObject, _ start: Int, _ step: Int, _ count: Int, _ bytes: UnsafeRawBufferPointer, deletes: Bool) throws(PyError) {
  if step == 1 { return try array.replace(start..<(start &+ count), with: bytes) }
  // No bytes for an extended slice delete it, as in CPython.
  if bytes.count > 0 {
    guard bytes.count == count else {
      throw PyError.valueError("attempt to assign bytes of size \(bytes.count) to extended slice of size \(count)")
    }
    for index in 0..<count { array.data.storeBytes(of: bytes[index], toByteOffset: start &+ index &* step, as: UInt8.self) }
    return
  }
  if count == 0 { return }
  if array.exports > 0 { throw PyError.raise(.bufferError, "Existing exports of data: object cannot be re-sized") }
  // From the front: what stands between the deleted ones moves down.
  let first = step > 0 ? start : start &+ (count &- 1) &* step
  let gap = Int(step.magnitude)
  let data = array.data
  var out = first
  for index in 0..<count {
    let from = first &+ index &* gap &+ 1
    let to = index == count &- 1 ? array.count : from &+ gap &- 1
    memmove(data + out, data + from, to &- from)
    out &+= to &- from
  }
  try array.resize(array.count &- count)
}

/// Appends a buffer, which may be the array's own.
private func append(_ source: Value, to array: ByteArrayObject) throws(PyError) {
  if source === array.value {
    let old = array.count
    try array.resize(old &* 2)
    memcpy(array.data + old, array.data, old)
    return
  }
  let end = array.count
  let view = try source.buffer(.simple)
  // The bytes go where the end was before the source could change the array.
  let place = min(end, array.count)
  try array.replace(place..<place, with: view.bytes)
}

private func initializeByteArray(_ call: Call) throws(PyError) {
  let array = ByteArrayObject(call.receiver)
  let (source, encoding, errors) = (call[0], call[1], call[2])
  if array.count > 0 { try array.resize(0) }
  try checkEncodingArguments("bytearray", source, encoding, errors)
  if source.isAbsent { return }
  if source.isString {
    if encoding.isAbsent { throw PyError.typeError("string argument without an encoding") }
    let bytes = try encode(source, encoding: encoding, errors: errors)
    return try array.append(BytesObject(bytes.value).buffer)
  }
  if let count = try byteCount(source) {
    try array.resize(count)
    memset(array.data, 0, count)
    return
  }
  if source.supportsBuffer {
    let view = try source.buffer(.fullReadOnly)
    try array.resize(view.bytes.count)
    view.fields.copyItems(to: array.data, order: .c)
    return
  }
  guard source.isIterable else { throw PyError.typeError("cannot convert '\(source.typeName)' object to bytearray") }
  try source.iterateEach { (item) throws(PyError) -> Bool in
    try array.append(try byteValue(item, "byte must be in range(0, 256)"))
    return true
  }
}

private func defineByteArrayChanges(_ t: TypeDefinition) {
  t.method("append(item, /)", "Adds a byte at the end.") { (call: Call) throws(PyError) -> Owned in
    try ByteArrayObject(call.receiver).append(try byteValue(call[0], "byte must be in range(0, 256)"))
    return .none
  }
  t.method("extend(iterable_of_ints, /)", "Adds the bytes of an iterable at the end.") { (call: Call) throws(PyError) -> Owned in
    let array = ByteArrayObject(call.receiver)
    if call[0].supportsBuffer {
      try append(call[0], to: array)
      return .none
    }
    guard call[0].isIterable else { throw PyError.typeError("can't extend bytearray with \(call[0].typeName)") }
    if call[0].isString { throw PyError.typeError("expected iterable of integers; got: '\(call[0].typeName)'") }
    _ = try call[0].lengthHint(0)
    // Collected first: the array stays as it was when an item is no byte.
    var builder = StringBuilder()
    try call[0].iterateEach { (item) throws(PyError) -> Bool in
      try builder.append(codePoint: UInt32(try byteValue(item, "byte must be in range(0, 256)")))
      return true
    }
    let units = builder.units
    try array.append(UnsafeRawBufferPointer(start: units.base, count: units.count))
    return .none
  }
  t.method("insert(index, item, /)", "Puts a byte before an index.") { (call: Call) throws(PyError) -> Owned in
    let array = ByteArrayObject(call.receiver)
    var index = try call.index(0)
    var byte = try byteValue(call[1], "byte must be in range(0, 256)")
    if index < 0 { index = max(0, index &+ array.count) }
    index = min(index, array.count)
    try withUnsafeBytes(of: &byte) { (bytes) throws(PyError) in try array.replace(index..<index, with: bytes) }
    return .none
  }
  t.method("pop(index=-1, /)", "Removes a byte and returns it.") { (call: Call) throws(PyError) -> Owned in
    let array = ByteArrayObject(call.receiver)
    var index = try call.index(0)
    if array.count == 0 { throw PyError.indexError("pop from empty bytearray") }
    if index < 0 { index &+= array.count }
    guard index >= 0 && index < array.count else { throw PyError.indexError("pop index out of range") }
    let byte = try item(array, index)
    try array.replace(index..<(index &+ 1), with: UnsafeRawBufferPointer(start: nil, count: 0))
    return byte
  }
  t.method("remove(value, /)", "Removes the first byte with a value.") { (call: Call) throws(PyError) -> Owned in
    let array = ByteArrayObject(call.receiver)
    let byte = try byteValue(call[0], "byte must be in range(0, 256)")
    let index = array.units.firstIndex(of: UInt32(byte))
    guard index >= 0 else { throw PyError.valueError("value not found in bytearray") }
    try array.replace(index..<(index &+ 1), with: UnsafeRawBufferPointer(start: nil, count: 0))
    return .none
  }
  t.method("clear()", "Removes all bytes.") { (call: Call) throws(PyError) -> Owned in
    try ByteArrayObject(call.receiver).resize(0)
    return .none
  }
  t.method("copy()", "A bytearray with the same bytes.") { (call: Call) throws(PyError) -> Owned in
    try Owned.bytearray(ByteArrayObject(call.receiver).buffer)
  }
  t.method("reverse()", "Turns the bytes around in place.") { (call: Call) throws(PyError) -> Owned in
    let array = ByteArrayObject(call.receiver)
    var bytes = UnsafeMutableRawBufferPointer(start: array.data, count: array.count)
    bytes.reverse()
    return .none
  }
  t.method("resize(size, /)", "Changes the length; new bytes are zero.") { (call: Call) throws(PyError) -> Owned in
    let array = ByteArrayObject(call.receiver)
    let size = try call.index(0)
    if size < 0 { throw PyError.valueError("Can only resize to positive sizes, got \(size)") }
    let old = array.count
    try array.resize(size)
    if size > old { memset(array.data + old, 0, size &- old) }
    return .none
  }
  t.method("__alloc__()", "How many bytes of memory there are.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(ByteArrayObject(call.receiver).allocation)
  }
  t.method("__sizeof__()", "How many bytes the object takes.") { (call: Call) throws(PyError) -> Owned in
    let own = call.receiver.type == .bytearray ? 56 : Int(call.receiver.type.contents.pointee.basicSize)
    return try Owned.integer(own &+ ByteArrayObject(call.receiver).allocation)
  }
  t.method("__reduce__()", "How to make a copy.") { (call: Call) throws(PyError) -> Owned in try reduce(call.receiver, protocol: 2) }
  t.method("__reduce_ex__(proto=0, /)", "How to make a copy.") { (call: Call) throws(PyError) -> Owned in
    try reduce(call.receiver, protocol: Int(try call.int32(0)))
  }
}

private func reduce(_ value: Value, protocol: Int) throws(PyError) -> Owned {
  let array = ByteArrayObject(value)
  let state = try value.callMethod(Name.__getstate__)
  let arguments: Owned
  if array.count == 0 {
    arguments = .emptyTuple
  } else if `protocol` < 3 {
    let text = try Owned.string(array.units)
    let encoding = try Owned.string("latin-1")
    arguments = try Owned.tuple(text.value, encoding.value)
  } else {
    let bytes = try Owned.bytes(array.buffer)
    arguments = try Owned.tuple(bytes.value)
  }
  return try Owned.tuple(value.type.value, arguments.value, state.value)
}
