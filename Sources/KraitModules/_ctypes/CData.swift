// Objects that are C data: memory of their own, a part of another object's, or any memory of the process; and what they keep alive.

import CKraitFFI
import Glibc
import KraitRuntime

/// An instance of a C type.
struct CData {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    /// The C data. Never nil in an object that Python sees.
    var data: UnsafeMutableRawPointer?
    /// The object whose memory this is a part of: owned, or absent.
    var base: Value
    /// What must live as long as the data: None, a dict by place, or one object. Owned, or absent.
    var objects: Value
    var size: Int
    var length: Int
    /// Which part of ``base`` this is.
    var index: Int
    /// The memory is this object's.
    var ownsMemory: Bool
    /// Small data.
    var own: (UInt64, UInt64)
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var value: Value { Value(raw) }
  var size: Int { contents.pointee.size }
  @inline(__always) var data: UnsafeMutableRawPointer { contents.pointee.data.unsafelyUnwrapped }
  /// The record of the class. An instance cannot exist without one.
  @inline(__always) var info: CTypePointer { CTypeInfo.of(raw.shape.type).unsafelyUnwrapped }

  private var ownPlace: UnsafeMutableRawPointer { raw + MemoryLayout<Contents>.offset(of: \Contents.own).unsafelyUnwrapped }
  private static let ownSize = MemoryLayout<(UInt64, UInt64)>.size

  /// The address that the data holds.
  var address: UnsafeMutableRawPointer? {
    get { size < 8 ? nil : data.loadUnaligned(as: UnsafeMutableRawPointer?.self) }
    nonmutating set { if size >= 8 { data.storeBytes(of: newValue, as: UnsafeMutableRawPointer?.self) } }
  }

  // MARK: Making

  private static func allocate(_ type: TypeObject) throws(PyError) -> (CData, CTypePointer) {
    let info = try CTypeInfo.concrete(type)
    guard type.isSubtype(of: CTypes.data.object) else { throw .typeError("abstract class") }
    info.pointee.isFinal = true
    let data = CData(raw: try type.allocate())
    data.contents.pointee.size = info.pointee.size
    data.contents.pointee.length = info.pointee.length
    return (data, info)
  }

  /// A new instance with zeroed memory of its own.
  static func make(_ type: TypeObject) throws(PyError) -> Owned {
    let (object, info) = try allocate(type)
    let result = Owned(taking: object.raw)
    try object.takeMemory(info.pointee.size, info.pointee.alignment)
    return result
  }

  private func takeMemory(_ size: Int, _ alignment: Int) throws(PyError) {
    if size <= CData.ownSize && alignment <= 8 {
      contents.pointee.data = ownPlace
    } else {
      guard let memory = calloc(1, max(size, 1)) else {
        contents.pointee.data = ownPlace
        contents.pointee.size = 0
        throw PyError.memoryError()
      }
      contents.pointee.data = memory
    }
    contents.pointee.ownsMemory = true
  }

  /// A part of another object's memory.
  static func make(_ type: TypeObject, partOf base: Value, _ index: Int, _ place: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    let (object, _) = try allocate(type)
    object.contents.pointee.data = place
    base.retain()
    object.contents.pointee.base = base
    object.contents.pointee.index = index
    return Owned(taking: object.raw)
  }

  /// An instance with a copy of some memory.
  static func make(_ type: TypeObject, copying place: UnsafeRawPointer) throws(PyError) -> Owned {
    let result = try make(type)
    let object = CData(result.value)
    memcpy(object.data, place, object.size)
    return result
  }

  /// An instance at an address of the process.
  static func make(_ type: TypeObject, at place: UnsafeMutableRawPointer?) throws(PyError) -> Owned {
    if isAudited {
      let number = try Owned.integer(Int(bitPattern: place))
      try audit("ctypes.cdata", number.value)
    }
    let (object, _) = try allocate(type)
    object.contents.pointee.data = place
    return Owned(taking: object.raw)
  }

  /// Changes the size of the memory.
  func resize(_ size: Int) throws(PyError) {
    if data != ownPlace {
      guard let memory = realloc(data, size) else { throw PyError.memoryError() }
      contents.pointee.data = memory
    } else if size > CData.ownSize {
      guard let memory = calloc(1, size) else { throw PyError.memoryError() }
      memcpy(memory, data, self.size)
      contents.pointee.data = memory
    }
    contents.pointee.size = size
  }

  // MARK: The end

  func free() {
    if contents.pointee.ownsMemory, let data = contents.pointee.data, data != ownPlace { Glibc.free(data) }
    contents.pointee.data = nil
    for value in [contents.pointee.objects, contents.pointee.base] { value.releaseIfPresent() }
    contents.pointee.objects = .absent
    contents.pointee.base = .absent
  }

  func traverse(_ visit: Visitor) {
    visit(contents.pointee.objects)
    visit(contents.pointee.base)
  }

  /// Breaks cycles, which all go through what is kept alive: a base never refers to its parts but by that.
  func clear() {
    let objects = contents.pointee.objects
    if objects.isAbsent { return }
    if !contents.pointee.ownsMemory && contents.pointee.base.isAbsent {
      // The memory is that of an object which ends now: who still sees this one sees zeros.
      guard let memory = calloc(1, max(size, 1)) else { return }
      contents.pointee.data = memory
      contents.pointee.ownsMemory = true
    }
    contents.pointee.objects = .absent
    objects.release()
  }

  // MARK: Keeping objects alive

  /// The object that the memory belongs to in the end; it has something in ``Contents/objects`` afterwards.
  func container() throws(PyError) -> CData {
    var container = self
    while !container.contents.pointee.base.isAbsent { container = CData(container.contents.pointee.base) }
    if container.contents.pointee.objects.isAbsent {
      container.contents.pointee.objects = container.contents.pointee.length != 0 ? try Owned.dict().take() : .none
    }
    return container
  }

  /// What is kept alive for this object's data.
  func keptObjects() throws(PyError) -> Owned { Owned(copying: try container().contents.pointee.objects) }

  /// Keeps an object alive for the part with an index; nothing for None.
  func keep(_ index: Int, _ object: consuming Owned) throws(PyError) {
    if object.value.isNone { return }
    let container = try container()
    let objects = container.contents.pointee.objects
    guard objects.isExactDict else {
      container.contents.pointee.objects = object.take()
      objects.release()
      return
    }
    let key = try placeKey(index)
    let held = Owned(copying: objects)
    try DictObject(held.value).set(key.value, object.value)
  }

  /// The path from the container to a part, in hexadecimal numbers, the innermost first.
  private func placeKey(_ index: Int) throws(PyError) -> Owned {
    var text = String(UInt32(truncatingIfNeeded: index), radix: 16)
    var place = self
    while !place.contents.pointee.base.isAbsent {
      if 255 - text.utf8.count < 16 { throw .valueError("ctypes object structure too deep") }
      text += ":" + String(UInt32(truncatingIfNeeded: place.contents.pointee.index), radix: 16)
      place = CData(place.contents.pointee.base)
    }
    return try Owned.string(text)
  }
}

// MARK: - Reading and writing parts

extension CData {
  /// A part of this object's memory as Python sees it.
  ///
  /// - Parameters:
  ///   - size: bytes of the part, or the code of a bit field.
  ///   - accessor: how it is read; none for what the type says.
  func part(_ type: TypeObject, _ accessor: Accessor, _ index: Int, _ size: Int, _ place: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    if !accessor.isNone { return try accessor.load(place, size) }
    if let info = CTypeInfo.of(type), info.readsAsValue(type) { return try info.pointee.accessor.load(place, size) }
    return try CData.make(type, partOf: value, index, place)
  }

  /// Stores a value in a part of this object's memory.
  func setPart(_ type: TypeObject, _ accessor: Accessor, _ value: Value, _ index: Int, _ size: Int, _ place: UnsafeMutableRawPointer) throws(PyError) {
    let kept = try store(type, accessor, value, size, place)
    try keep(index, kept)
  }

  private func store(_ type: TypeObject, _ accessor: Accessor, _ value: Value, _ size: Int, _ place: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    if !accessor.isNone { return try accessor.store(value, place, size) }
    guard CTypes.data.includes(value) else { return try storeForeign(type, value, size, place) }
    let source = CData(value)
    if try isInstance(value, of: type.value) {
      memmove(place, source.data, min(size, source.size))
      return try source.keptObjects()
    }
    if CTypes.pointerMetatype.includes(type.value), CTypes.array.includes(value) {
      guard let target = CTypeInfo.of(type), target.pointee.itemType === source.info.pointee.itemType else { throw incompatible(value, type) }
      place.storeBytes(of: source.data, as: UnsafeMutableRawPointer.self)
      // An array turned into an address: the array itself must live on, and what it keeps.
      let objects = try source.keptObjects()
      return try Owned.tuple(objects.value, value)
    }
    throw incompatible(value, type)
  }

  private func incompatible(_ value: Value, _ type: TypeObject) -> PyError {
    .typeError("incompatible types, \(value.typeName) instance instead of \(type.nameText) instance")
  }

  /// Stores what is no C data.
  private func storeForeign(_ type: TypeObject, _ value: Value, _ size: Int, _ place: UnsafeMutableRawPointer) throws(PyError) -> Owned {
    if let info = CTypeInfo.of(type), !info.pointee.accessor.isNone { return try info.pointee.accessor.store(value, place, size) }
    if value.isTuple {
      // Arguments for an instance.
      let made: Owned
      do throws(PyError) { made = try type.value.call(tuple: value) } catch { throw extendError(.runtimeError, "(\(type.nameText)) ") }
      return try store(type, Accessor(), made.value, size, place)
    }
    if value.isNone, CTypes.pointerMetatype.includes(type.value) {
      place.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
      return .none
    }
    throw .typeError("expected \(type.nameText) instance, got \(value.typeName)")
  }
}

/// Replaces the exception on its way by one of another class, with a text in front of the old one's class and text.
func extendError(_ type: TypeObject, _ prefix: String) -> PyError {
  let exception = currentThread.pointee.takeException()
  var text = prefix + exception.value.typeName + ": "
  do throws(PyError) {
    let message = try exception.value.str()
    text += message.value.text
  } catch {
    PyError.clear()
    text += "???"
  }
  return PyError.raise(type, text)
}

// MARK: - The type _CData

func defineData(_ m: ModuleBuilder) throws(PyError) {
  CTypes.data = ModuleType(
    try m.defineType("_CData", isPublic: false) { t in
      t.documentation = "C data: what all C types have in common."
      t.basicSize = MemoryLayout<CData.Contents>.size
      t.flags.formUnion([.baseType, .disallowInstantiation])
      t.shapeFlags.formUnion([.tracked, .hasState])
      t.slots.hash = HashSlot { (_: Value) throws(PyError) -> Int in throw .typeError("unhashable type") }
      t.slots.buffer = dataBuffer
      t.slots.deallocate = DeallocateSlot { raw in
        CData(raw: raw).free()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in CData(raw: raw).traverse(visit) }
      t.slots.clear = ClearSlot { raw in CData(raw: raw).clear() }
      t.member("_b_base_", offset: MemoryLayout<CData.Contents>.offset(of: \.base).unsafelyUnwrapped, "the object whose memory this is a part of")
      t.member("_b_needsfree_", "1 when the memory is the object's own") { (object: Value) throws(PyError) -> Owned in
        Owned(taking: Value(smallInteger: CData(object).contents.pointee.ownsMemory ? 1 : 0))
      }
      t.member("_objects", offset: MemoryLayout<CData.Contents>.offset(of: \.objects).unsafelyUnwrapped, "what is kept alive for the data; not to be changed")
      t.method("__ctypes_from_outparam__()") { (call: Call) throws(PyError) -> Owned in Owned(copying: call.receiver) }
      t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in try reduce(call.receiver) }
      t.method("__setstate__(dict, data, /)") { (call: Call) throws(PyError) -> Owned in
        guard call[0].isDict else { throw call.wrongType(0, "dict") }
        let view = try call[1].buffer(.simple)
        let object = CData(call.receiver)
        if let base = view.bytes.baseAddress { memmove(object.data, base, min(view.bytes.count, object.size)) }
        let attributes = try call.receiver.getAttribute(Name.__dict__)
        guard attributes.value.isDict else {
          throw .typeError("\(call.receiver.typeName).__dict__ must be a dictionary, not \(attributes.value.typeName)")
        }
        try DictObject(attributes.value).update(from: call[0])
        return .none
      }
    })
}

/// The object's memory with the format of its type (PEP 3118).
nonisolated(unsafe) let dataBuffer = BufferSlot { (object: Value, _: BufferRequest, fields: UnsafeMutablePointer<BufferFields>) throws(PyError) in
  let data = CData(object)
  let info = data.info
  var item = info
  while item.pointee.kind == .array, let next = CTypeInfo.of(item.pointee.itemType) { item = next }
  object.retain()
  fields.pointee.data = data.data
  fields.pointee.byteCount = data.size
  fields.pointee.itemSize = item.pointee.size
  fields.pointee.isReadOnly = false
  fields.pointee.dimensions = info.pointee.dimensions
  fields.pointee.format = info.pointee.format.map { UnsafePointer($0) }
  fields.pointee.shape = info.pointee.shape
  fields.pointee.owner = object
}

private func reduce(_ object: Value) throws(PyError) -> Owned {
  let data = CData(object)
  let info = data.info
  if info.pointee.isPointer || info.pointee.containsPointer { throw .valueError("ctypes objects containing pointers cannot be pickled") }
  let attributes = try object.getAttribute(Name.__dict__)
  let bytes = try Owned.bytes(UnsafeRawBufferPointer(start: data.data, count: data.size))
  let state = try Owned.tuple(attributes.value, bytes.value)
  let arguments = try Owned.tuple(object.type.value, state.value)
  let module = try importModule("_ctypes")
  let name = try Owned.string("_unpickle")
  let function = try module.value.getAttribute(name.value)
  return try Owned.tuple(function.value, arguments.value)
}
