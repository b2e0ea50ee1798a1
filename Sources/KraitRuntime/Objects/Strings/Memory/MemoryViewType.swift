// The type memoryview: slots, attributes, the buffer that it exports itself.

import CKraitCore
import Glibc

func defineMemoryView(_ types: TypeDefinitions) {
  types.define(.managedBuffer) { t in
    t.basicSize = ManagedBuffer.size
    t.shapeFlags = .tracked
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      ManagedBuffer(Value(raw)).release()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { (raw, visit) in visit(ManagedBuffer(Value(raw)).fields.pointee.owner) }
  }
  types.define(.memoryview, defineView)
  types.define(.memoryIterator) { t in
    IndexedIterator.define(t)
    t.slots.next = NextSlot { (iterator) throws(PyError) -> Owned in
      let raw = iterator.object
      let sequence = IndexedIterator.sequence(raw)
      if sequence.isAbsent { return Owned(taking: .absent) }
      let view = MemoryViewObject(sequence)
      let index = IndexedIterator.index(raw)
      if !view.isReleased && index >= view.fields.pointee.extent(0) {
        IndexedIterator.finish(raw)
        return Owned(taking: .absent)
      }
      IndexedIterator.advance(raw)
      return try view.item(index)
    }
  }
}

private func defineView(_ t: TypeDefinition) {
  t.documentation = "The memory of an object that exports a buffer, without a copy."
  t.basicSize = MemoryViewObject.size
  t.flags.insert(.sequence)
  t.shapeFlags = [.tracked, .hasState]
  t.slots.deallocate = DeallocateSlot { raw in
    MemoryViewObject(raw: raw).release()
    MemoryViewObject(raw: raw).freeStorage()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { (raw, visit) in visit(MemoryViewObject(raw: raw).managed) }
  t.slots.clear = ClearSlot { raw in if MemoryViewObject(raw: raw).exports == 0 { MemoryViewObject(raw: raw).release() } }
  t.slots.repr = UnarySlot { (view) throws(PyError) -> Owned in
    try Owned.string("<\(MemoryViewObject(view).isReleased ? "released memory" : "memory") at 0x\(String(view.bits, radix: 16))>")
  }
  t.slots.hash = HashSlot(hashView)
  t.slots.compare = CompareSlot(compareViews)
  t.slots.length = LengthSlot { (view) throws(PyError) -> Int in
    let view = MemoryViewObject(view)
    try view.checkNotReleased()
    if view.fields.pointee.dimensions == 0 { throw PyError.typeError("0-dim memory has no length") }
    return view.fields.pointee.extent(0)
  }
  t.slots.item = IndexSlot { (view, index) throws(PyError) -> Owned in try MemoryViewObject(view).item(index) }
  t.slots.subscript = BinarySlot { (view, key) throws(PyError) -> Owned in try MemoryViewObject(view).subscript(key) }
  t.slots.storeSubscript = StoreSlot { (view, key, value) throws(PyError) in try MemoryViewObject(view).store(key, value) }
  t.slots.iterate = UnarySlot { (value) throws(PyError) -> Owned in
    let view = MemoryViewObject(value)
    try view.checkNotReleased()
    if view.fields.pointee.dimensions == 0 { throw PyError.typeError("invalid indexing of 0-dim memory") }
    if view.fields.pointee.dimensions != 1 { throw PyError.raise(.notImplementedError, "multi-dimensional sub-views are not implemented") }
    _ = try view.format()
    return try IndexedIterator.make(.memoryIterator, value)
  }
  t.slots.buffer = BufferSlot(exportView)
  t.slots.releaseBuffer = BufferReleaseSlot { (view, _) in MemoryViewObject(view).exports &-= 1 }
  t.new("memoryview(object)") { (call: Call) throws(PyError) -> Owned in try Owned.memoryview(call[0]) }
  defineViewMethods(t)
  defineViewAttributes(t)
}

private func hashView(_ value: Value) throws(PyError) -> Int {
  let view = MemoryViewObject(value)
  if view.hashWord != -1 { return view.hashWord }
  try view.checkNotReleased()
  let fields = view.fields.pointee
  if !fields.isReadOnly { throw PyError.valueError("cannot hash writable memoryview object") }
  guard let format = fields.nativeFormat, format == UInt8(ascii: "B") || format == UInt8(ascii: "b") || format == UInt8(ascii: "c") else {
    throw PyError.valueError("memoryview: hashing is restricted to formats 'B', 'b' or 'c'")
  }
  // The owner's hash may be Python code, which must not release the view meanwhile.
  view.exports &+= 1
  defer { view.exports &-= 1 }
  if !fields.owner.isAbsent { _ = try fields.owner.hash() }
  let bytes = try view.bytes(.c)
  view.hashWord = BytesObject(bytes.value).hashValue
  return view.hashWord
}

/// What a memoryview lends: itself is the owner.
private func exportView(_ value: Value, _ request: BufferRequest, _ target: UnsafeMutablePointer<BufferFields>) throws(PyError) {
  let view = MemoryViewObject(value)
  try view.checkNotReleased()
  var fields = view.fields.pointee
  func refuse(_ message: StaticString) -> PyError { .raise(.bufferError, "memoryview: \(message)") }
  if request.contains(.writable) && fields.isReadOnly { throw refuse("underlying buffer is not writable") }
  if !request.contains(.format) { fields.format = nil }
  if request.contains(.cContiguous) && !fields.isCContiguous { throw refuse("underlying buffer is not C-contiguous") }
  if request.contains(.fContiguous) && !fields.isFortranContiguous { throw refuse("underlying buffer is not Fortran contiguous") }
  if request.contains(.anyContiguous) && !fields.isCContiguous && !fields.isFortranContiguous { throw refuse("underlying buffer is not contiguous") }
  if !request.contains(.indirect) && fields.hasSuboffsets { throw refuse("underlying buffer requires suboffsets") }
  if !request.contains(.strides) {
    if !fields.isCContiguous { throw refuse("underlying buffer is not C-contiguous") }
    fields.strides = nil
  }
  if !request.contains(.dimensions) {
    if fields.format != nil { throw refuse("cannot cast to unsigned bytes if the format flag is present") }
    fields.dimensions = 1
    fields.shape = nil
    if fields.strides == nil { fields.itemSize = 1 }
  }
  value.retain()
  fields.owner = value
  target.pointee = fields
  view.exports &+= 1
}

// MARK: - Comparison

private func compareViews(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard operation == .equal || operation == .notEqual, a.type == .memoryview else { return .notImplemented }
  let view = MemoryViewObject(a)
  if view.isReleased { return .boolean((a === b) == (operation == .equal)) }
  if b.isObject && b.type == .memoryview && MemoryViewObject(b).isReleased { return .boolean(operation == .notEqual) }
  guard b.supportsBuffer else { return .notImplemented }
  let other: BufferView
  do throws(PyError) { other = try b.buffer(.fullReadOnly) } catch {
    PyError.clear()
    return .notImplemented
  }
  // Nothing may release the view while items are compared.
  let own = try a.buffer(.fullReadOnly)
  return .boolean(try areEqual(own.fields, other.fields) == (operation == .equal))
}

private func areEqual(_ a: BufferFields, _ b: BufferFields) throws(PyError) -> Bool {
  guard a.dimensions == b.dimensions else { return false }
  for dimension in 0..<a.dimensions {
    if a.extent(dimension) != b.extent(dimension) { return false }
    if a.extent(dimension) == 0 { break }
  }
  guard let first = a.nativeFormat, let second = b.nativeFormat, a.itemSize == nativeItemSize(first), b.itemSize == nativeItemSize(second) else {
    return try areEqualByStruct(a, b)
  }
  return try areEqual(a, b, 0, a.data, b.data, first, second)
}

private func areEqual(
  _ a: BufferFields, _ b: BufferFields, _ dimension: Int, _ first: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer, _ firstFormat: UInt8, _ secondFormat: UInt8
) throws(PyError) -> Bool {
  if dimension == a.dimensions {
    if firstFormat == secondFormat && !"efdFD".utf8.contains(firstFormat) && firstFormat != UInt8(ascii: "?") { return memcmp(first, second, a.itemSize) == 0 }
    let x = try unpackItem(first, firstFormat)
    let y = try unpackItem(second, secondFormat)
    return try x.value.isEqual(to: y.value)
  }
  for index in 0..<a.extent(dimension) {
    if try !areEqual(a, b, dimension &+ 1, a.step(first, dimension, index), b.step(second, dimension, index), firstFormat, secondFormat) { return false }
  }
  return true
}

/// Formats that only the module `struct` knows. One that it does not know equals nothing.
private func areEqualByStruct(_ a: BufferFields, _ b: BufferFields) throws(PyError) -> Bool {
  let module = DictObject(currentInterpreter.pointee.modules)
  let name = try Owned.string("struct")
  let structModule = Owned(copyingIfPresent: try module.get(name.value))
  guard !structModule.value.isAbsent else { return false }
  func values(_ fields: BufferFields) throws(PyError) -> Owned {
    let bytes = try BytesObject.allocate(fields.byteCount)
    let owner = Owned(taking: bytes.raw)
    fields.copyItems(to: bytes.data, order: .c)
    let function = try Owned.string("iter_unpack")
    let format = try Owned.string(fields.formatText)
    let iterator = try structModule.value.callMethod(function.value, format.value, owner.value)
    return try Owned.list(from: iterator.value)
  }
  do throws(PyError) {
    let first = try values(a)
    let second = try values(b)
    return try first.value.isEqual(to: second.value)
  } catch {
    guard PyError.matches(.exception) else { throw error }
    PyError.clear()
    return false
  }
}

// MARK: - Special methods called by hand

/// `object.__buffer__(flags)`.
func callBufferSlot(_ slot: BufferSlot, _ object: Value, _ flags: Value) throws(PyError) -> Owned {
  let request = try flags.asInt()
  guard request >= Int(Int32.min) && request <= Int(Int32.max) else { throw PyError.overflowError("buffer flags out of range") }
  let raw = try allocateZeroedObject(TypeObject.managedBuffer.rootShape, size: ManagedBuffer.size)
  let managed = Owned(taking: raw)
  let buffer = ManagedBuffer(managed.value)
  buffer.fields.initialize(to: BufferFields())
  try slot(object, BufferRequest(rawValue: request), buffer.fields)
  return try MemoryViewObject.make(managed.value, buffer.fields.pointee)
}

/// `object.__release_buffer__(view)`.
func callReleaseBufferSlot(_ object: Value, _ view: Value) throws(PyError) -> Owned {
  guard view.isObject && view.type == .memoryview else { throw PyError.typeError("expected a memoryview object") }
  let memory = MemoryViewObject(view)
  // Released already: nothing is left to give back.
  if memory.isReleased { return .none }
  guard memory.fields.pointee.owner === object else { throw PyError.valueError("memoryview's buffer is not this object") }
  try memory.checkNotExported()
  memory.release()
  return .none
}

extension SlotFunctions {
  /// The buffer of a class that has `__buffer__` in Python: that of the memoryview which it returns.
  static func buffer(_ object: Value, _ request: BufferRequest, _ target: UnsafeMutablePointer<BufferFields>) throws(PyError) {
    let flags = try Owned.integer(request.rawValue)
    let view = try callMethod(object, Name.__buffer__, flags.value)
    guard view.value.isObject && view.value.type == .memoryview else { throw PyError.typeError("__buffer__ returned non-memoryview object") }
    guard let slot = TypeObject.memoryview.slots.pointee.buffer else { return }
    try slot(view.value, request, target)
    // Whoever gives the buffer back tells this object, which passes on the memoryview.
    let wrapper = try allocateZeroedObject(TypeObject.bufferWrapper.rootShape, size: BufferWrapper.size)
    wrapper.storeBytes(of: view.take(), toByteOffset: 16, as: Value.self)
    object.retain()
    wrapper.storeBytes(of: object, toByteOffset: 24, as: Value.self)
    // The export of the memoryview is kept by the wrapper, the buffer's owner is the wrapper.
    let inner = target.pointee.owner
    target.pointee.owner = Value(wrapper)
    inner.release()
  }

  /// A buffer of the native base of a class that has `__release_buffer__` in Python: that method is called by the ``BufferWrapper``.
  static func releaseBuffer(_ object: Value, _ fields: UnsafeMutablePointer<BufferFields>) {
    object.type.nativeBase.slots.pointee.releaseBuffer?(object, fields)
  }
}

/// Stands between a buffer and an object whose class has `__buffer__` in Python: the memoryview, the object.
enum BufferWrapper {
  static let size = 32
  static func view(_ raw: UnsafeMutableRawPointer) -> Value { raw.load(fromByteOffset: 16, as: Value.self) }
  static func object(_ raw: UnsafeMutableRawPointer) -> Value { raw.load(fromByteOffset: 24, as: Value.self) }
}

func defineBufferWrapper(_ types: TypeDefinitions) {
  types.define(.bufferWrapper) { t in
    t.basicSize = BufferWrapper.size
    t.shapeFlags = .tracked
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      BufferWrapper.view(raw).releaseIfPresent()
      BufferWrapper.object(raw).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { (raw, visit) in
      visit(BufferWrapper.view(raw))
      visit(BufferWrapper.object(raw))
    }
    t.slots.buffer = BufferSlot { (wrapper, request, fields) throws(PyError) in
      guard let slot = TypeObject.memoryview.slots.pointee.buffer else { return }
      try slot(BufferWrapper.view(wrapper.object), request, fields)
    }
    t.slots.releaseBuffer = BufferReleaseSlot { (wrapper, _) in
      let view = BufferWrapper.view(wrapper.object)
      MemoryViewObject(view).exports &-= 1
      let object = BufferWrapper.object(wrapper.object)
      do throws(PyError) { try tellReleased(object, view) } catch { reportUnraisable("Exception ignored in __release_buffer__ of \(object.typeName)", .absent) }
    }
  }
}

/// Calls `__release_buffer__` of a class in Python with the memoryview, and releases that if the method did not.
private func tellReleased(_ object: Value, _ view: Value) throws(PyError) {
  // The exception on its way, if any, is not the method's business.
  let thread = currentThread
  let pending = thread.pointee.exception
  thread.pointee.exception = .absent
  defer {
    if thread.pointee.exception.isAbsent { thread.pointee.exception = pending } else { pending.releaseIfPresent() }
  }
  let result = try SlotFunctions.callIfPresent(object, Name.__release_buffer__, view)
  _ = result
  let memory = MemoryViewObject(view)
  if !memory.isReleased && memory.exports == 0 { memory.release() }
}
