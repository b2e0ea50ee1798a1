// The classes of C types' classes, and the ways to make instances that all of them have: from_address, from_buffer, from_buffer_copy, in_dll, from_param.

import Glibc
import KraitRuntime

func defineMetatypes(_ m: ModuleBuilder) throws(PyError) {
  CTypes.metatype = ModuleType(
    try m.defineType("CType_Type", base: .type, isPublic: false) { t in
      t.basicSize = CTypeInfo.classSize
      t.flags.insert(.baseType)
      t.slots.traverse = TraverseSlot { raw, visit in
        TypeObject.type.slots.pointee.traverse?(raw, visit)
        CTypeInfo.traverse(raw, visit)
      }
      t.slots.clear = ClearSlot { raw in
        CTypeInfo.clear(raw)
        TypeObject.type.slots.pointee.clear?(raw)
      }
      t.slots.deallocate = DeallocateSlot { raw in
        CTypeInfo.detach(raw)
        TypeObject.type.slots.pointee.deallocate?(raw)
      }
      t.slots.repeat = IndexSlot { (type: Value, count: Int) throws(PyError) -> Owned in
        if count < 0 { throw .valueError("Array length must be >= 0, not \(count)") }
        return try arrayType(TypeObject(type), count)
      }
      t.method("__sizeof__()", "Bytes of memory.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(CTypeInfo.classSize) }
      t.property("__pointer_type__", "the type of pointers to this type") { (type: Value) throws(PyError) -> Owned in
        guard let info = CTypeInfo.of(type) else { throw .typeError("abstract class") }
        let pointer = info.pointee.pointerType
        if pointer.isAbsent { throw attributeError("\(try type.repr().text) has no attribute '__pointer_type__'", type, CName.pointerType) }
        return Owned(copying: pointer)
      } set: { (type: Value, pointer: Value) throws(PyError) in
        guard let info = CTypeInfo.of(type) else { throw .typeError("abstract class") }
        replace(&info.pointee.pointerType, Owned(copyingIfPresent: pointer))
      }
    })
  CTypes.structureMetatype = ModuleType(
    try metatype(m, "PyCStructType", "The class of structure types.") { t in
      defineFromParameter(t)
      t.slots.setAttribute = StoreSlot { (type: Value, name: Value, value: Value) throws(PyError) in try setAggregateAttribute(type, name, value, .structure) }
      t.rawInitialize("PyCStructType") { (type: Value, _: Arguments) throws(PyError) in try initializeAggregate(TypeObject(type), .structure) }
    })
  CTypes.unionMetatype = ModuleType(
    try metatype(m, "UnionType", "The class of union types.") { t in
      defineFromParameter(t)
      t.slots.setAttribute = StoreSlot { (type: Value, name: Value, value: Value) throws(PyError) in try setAggregateAttribute(type, name, value, .union) }
      t.rawInitialize("UnionType") { (type: Value, _: Arguments) throws(PyError) in try initializeAggregate(TypeObject(type), .union) }
    })
  CTypes.pointerMetatype = ModuleType(
    try metatype(m, "PyCPointerType", "The class of pointer types.") { t in
      t.rawInitialize("PyCPointerType") { (type: Value, arguments: Arguments) throws(PyError) in try initializePointerType(TypeObject(type), arguments) }
      definePointerTypeMethods(t)
    })
  CTypes.arrayMetatype = ModuleType(
    try metatype(m, "PyCArrayType", "The class of array types.") { t in
      defineFromParameter(t)
      t.rawInitialize("PyCArrayType") { (type: Value, _: Arguments) throws(PyError) in try initializeArrayType(TypeObject(type)) }
    })
  CTypes.simpleMetatype = ModuleType(
    try metatype(m, "PyCSimpleType", "The class of simple types.") { t in
      t.rawInitialize("PyCSimpleType") { (type: Value, arguments: Arguments) throws(PyError) in try initializeSimpleType(TypeObject(type), arguments) }
      t.method("from_param(value, /)", "What a function is given for an argument.") { (call: Call) throws(PyError) -> Owned in
        try simpleParameter(call.receiver, call[0])
      }
    })
  CTypes.functionMetatype = ModuleType(
    try metatype(m, "PyCFuncPtrType", "The class of function types.") { t in
      defineFromParameter(t)
      t.rawInitialize("PyCFuncPtrType") { (type: Value, _: Arguments) throws(PyError) in try initializeFunctionType(TypeObject(type)) }
    })
}

private func metatype(_ m: ModuleBuilder, _ name: StaticString, _ documentation: StaticString, _ body: (TypeDefinition) -> Void) throws(PyError) -> TypeObject {
  try m.defineType(name, base: CTypes.metatype.object, isPublic: false) { t in
    t.documentation = documentation
    t.flags.insert(.baseType)
    body(t)
    defineInstanceMakers(t)
  }
}

/// Makes a type of the module an instance of one of its metatypes.
func setMetatype(_ type: TypeObject, _ metatype: ModuleType) { type.raw.shape = metatype.object.rootShape }

private func defineFromParameter(_ t: TypeDefinition) {
  t.method("from_param(value, /)", "What a function is given for an argument.") { (call: Call) throws(PyError) -> Owned in try dataParameter(call.receiver, call[0]) }
}

/// Instances themselves, and what `_as_parameter_` gives.
func dataParameter(_ type: Value, _ value: Value) throws(PyError) -> Owned {
  if try isInstance(value, of: type) { return Owned(copying: value) }
  if CTypes.argument.isType(of: value) {
    let object = Owned(copyingIfPresent: CArgument(value).contents.pointee.object)
    if !object.value.isAbsent, let info = CTypeInfo.of(type), !info.pointee.itemType.isAbsent {
      let target = Owned(copying: info.pointee.itemType)
      if try isInstance(object.value, of: target.value) { return Owned(copying: value) }
    }
    throw .typeError("expected \(type.asType.nameText) instance instead of pointer to \(object.value.isAbsent ? "???" : object.value.typeName)")
  }
  let parameter = try value.lookUpAttribute(CName.asParameter)
  if !parameter.value.isAbsent {
    try checkNativeRecursion(" while processing _as_parameter_")
    return try dataParameter(type, parameter.value)
  }
  throw .typeError("expected \(type.asType.nameText) instance instead of \(value.typeName)")
}

// MARK: - Instances from memory

private func defineInstanceMakers(_ t: TypeDefinition) {
  t.method("from_address(value, /)", "An instance that is the memory at an address.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isInteger else { throw .typeError("integer expected") }
    return try CData.make(TypeObject(call.receiver), at: try address(call[0]))
  }
  t.method("from_buffer(obj, offset=0, /)", "An instance that is a part of the memory of an object, which must be writable.") { (call: Call) throws(PyError) -> Owned in
    let offset = try call[1].cSize()
    let info = try CTypeInfo.concrete(TypeObject(call.receiver))
    let view = try Owned.memoryview(call[0])
    let fields: BufferFields
    do {
      let buffer = try view.value.buffer(.fullReadOnly)
      fields = buffer.fields
    }
    if fields.isReadOnly { throw .typeError("underlying buffer is not writable") }
    if !fields.isContiguousInOrderOfC { throw .typeError("underlying buffer is not C contiguous") }
    try checkRoom(info, offset, fields.byteCount)
    try auditBuffer(fields, offset)
    // The view keeps the memory in its place, as long as the instance keeps the view.
    let result = try CData.make(TypeObject(call.receiver), at: fields.data + offset)
    try CData(result.value).keep(-1, view)
    return result
  }
  t.method("from_buffer_copy(buffer, offset=0, /)", "An instance with a copy of a part of the memory of an object.") { (call: Call) throws(PyError) -> Owned in
    let view = try call[0].buffer(.simple)
    let offset = try call[1].cSize()
    let info = try CTypeInfo.concrete(TypeObject(call.receiver))
    try checkRoom(info, offset, view.bytes.count)
    try auditBuffer(view.fields, offset)
    return try CData.make(TypeObject(call.receiver), copying: UnsafeRawPointer(view.fields.data + offset))
  }
  t.method("in_dll(dll, name, /)", "A variable of a loaded library.") { (call: Call) throws(PyError) -> Owned in
    let name = try call.string(1)
    let place = try librarySymbol(call[0], name, .valueError)
    return try CData.make(TypeObject(call.receiver), at: place)
  }
}

private func checkRoom(_ info: CTypePointer, _ offset: Int, _ count: Int) throws(PyError) {
  if offset < 0 { throw .valueError("offset cannot be negative") }
  if info.pointee.size > count &- offset { throw .valueError("Buffer size too small (\(count) instead of at least \(info.pointee.size &+ offset) bytes)") }
}

private func auditBuffer(_ fields: BufferFields, _ offset: Int) throws(PyError) {
  if !isAudited { return }
  let place = try Owned.integer(Int(bitPattern: fields.data))
  let count = try Owned.integer(fields.byteCount)
  let start = try Owned.integer(offset)
  try audit("ctypes.cdata/buffer", place.value, count.value, start.value)
}

extension BufferFields {
  /// Whether the items stand side by side, the last index running fastest.
  fileprivate var isContiguousInOrderOfC: Bool {
    if let suboffsets, dimensions > 0, (0..<dimensions).contains(where: { suboffsets[$0] >= 0 }) { return false }
    guard let strides, let shape, byteCount > 0 else { return true }
    var expected = itemSize
    for dimension in (0..<dimensions).reversed() {
      if shape[dimension] > 1 && strides[dimension] != expected { return false }
      expected &*= shape[dimension]
    }
    return true
  }
}

/// An int as an address: negative ones count from the end of memory.
func address(_ value: Value) throws(PyError) -> UnsafeMutableRawPointer? {
  if let word = Integer.asInt(value) { return UnsafeMutableRawPointer(bitPattern: word) }
  guard let word = Integer.asUInt64(value) else { throw .overflowError("Python int too large to convert to C long") }
  return UnsafeMutableRawPointer(bitPattern: UInt(word))
}

/// The address of a symbol in the library of a `CDLL` object.
func librarySymbol(_ library: Value, _ name: Value, _ failure: TypeObject) throws(PyError) -> UnsafeMutableRawPointer {
  try audit("ctypes.dlsym", library, name)
  let handle = try library.getAttribute(CName.handle)
  guard handle.value.isInteger else { throw .typeError("the _handle attribute of the second argument must be an integer") }
  let place: UnsafeMutableRawPointer?
  do throws(PyError) { place = try address(handle.value) } catch {
    PyError.clear()
    throw .valueError("could not convert the _handle attribute to a pointer")
  }
  if name.isString {
    let string = StringObject(name)
    for index in 0..<string.length where string.codePoint(at: index) == 0 { throw .valueError("embedded null character") }
  }
  let bytes = name.isString ? try Owned.bytes(encoding: name) : Owned(copying: name)
  _ = dlerror()
  if let symbol = dlsym(place, UnsafeRawPointer(BytesObject(bytes.value).data).assumingMemoryBound(to: CChar.self)) { return symbol }
  if let text = dlerror() { throw PyError.raise(failure, String(cString: text)) }
  throw PyError.raise(failure, "\(failure == .attributeError ? "function" : "symbol") '\(name.isString ? name.text : "")' not found")
}

extension Owned {
  /// A str in UTF-8.
  fileprivate static func bytes(encoding text: Value) throws(PyError) -> Owned {
    Owned(
      taking: try StringObject(text).withUTF8 { (bytes: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
        try Owned.bytes(UnsafeRawBufferPointer(bytes)).take()
      })
  }
}
