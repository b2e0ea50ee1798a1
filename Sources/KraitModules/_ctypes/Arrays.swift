// Arrays and their types.

import Glibc
import KraitRuntime

// MARK: - Classes

/// `PyCArrayType.__init__`
func initializeArrayType(_ type: TypeObject) throws(PyError) {
  let given = try type.value.lookUpAttribute(CName.length)
  if given.value.isAbsent { throw .attributeError("class must define a '_length_' attribute") }
  guard given.value.isInteger else { throw .typeError("The '_length_' attribute must be an integer") }
  if Integer.isNegative(given.value) { throw .valueError("The '_length_' attribute must not be negative") }
  guard let length = Integer.asInt(given.value) else { throw .overflowError("The '_length_' attribute is too large") }
  let itemType = try type.value.lookUpAttribute(CName.itemType)
  if itemType.value.isAbsent { throw .attributeError("class must define a '_type_' attribute") }
  let info = try CTypeInfo.attach(type, .array)
  guard let item = CTypeInfo.of(itemType.value) else { throw .typeError("_type_ must have storage info") }
  info.describeAsPointer()
  let (size, isTooLarge) = item.pointee.size.multipliedReportingOverflow(by: length)
  try info.setFormat(item.formatText)
  guard let shape = malloc((item.pointee.dimensions + 1) * MemoryLayout<Int>.size)?.assumingMemoryBound(to: Int.self) else { throw PyError.memoryError() }
  shape[0] = length
  if let inner = item.pointee.shape { (shape + 1).update(from: inner, count: item.pointee.dimensions) }
  info.pointee.shape = shape
  info.pointee.dimensions = item.pointee.dimensions + 1
  if isTooLarge { throw .overflowError("array too large") }
  info.pointee.size = size
  info.pointee.alignment = item.pointee.alignment
  info.pointee.length = length
  info.pointee.containsPointer = item.pointee.isPointer || item.pointee.containsPointer
  if item.pointee.accessor == .character {
    try type.add(CharacterArray.raw)
    try type.add(CharacterArray.value)
  } else if item.pointee.accessor == .wideCharacter {
    try type.add(CharacterArray.wideValue)
  }
  replace(&info.pointee.itemType, itemType)
}

/// `type * length`: always the same class, as long as somebody uses it.
func arrayType(_ type: TypeObject, _ length: Int) throws(PyError) -> Owned {
  let key = try Owned.integer(length)
  let info = CTypeInfo.of(type)
  if let info, !info.pointee.arrayTypes.isAbsent {
    let known = Owned(copyingIfPresent: try DictObject(info.pointee.arrayTypes).get(key.value))
    if !known.value.isAbsent {
      let found = WeakReferenceObject(known.value).target()
      if !found.value.isAbsent && !found.value.isNone { return found }
    }
  }
  let name = try Owned.string("\(type.nameText)_Array_\(length)")
  let bases = try Owned.tuple(CTypes.array.value)
  let namespace = try Owned.dict()
  try DictObject(namespace.value).set(CName.length, key.value)
  try DictObject(namespace.value).set(CName.itemType, type.value)
  let made = try CTypes.arrayMetatype.value.call(name.value, bases.value, namespace.value)
  if let info {
    let reference = try made.value.weakReference(type: .weakReference, callback: .none)
    if info.pointee.arrayTypes.isAbsent { info.pointee.arrayTypes = try Owned.dict().take() }
    let cache = Owned(copying: info.pointee.arrayTypes)
    try DictObject(cache.value).set(key.value, reference.value)
  }
  return made
}

/// The attributes of arrays of characters.
private enum CharacterArray {
  static let raw = AddedAttribute("raw", "all bytes") { (object: Value) throws(PyError) -> Owned in
    let data = CData(object)
    return try Owned.bytes(UnsafeRawBufferPointer(start: data.data, count: data.size))
  } set: { (object: Value, value: Value) throws(PyError) in
    if value.isAbsent { throw .attributeError("attribute 'raw' of '\(object.typeName)' objects cannot be deleted") }
    let view = try value.buffer(.simple)
    let data = CData(object)
    if view.bytes.count > data.size { throw .valueError("byte string too long") }
    if let base = view.bytes.baseAddress { memmove(data.data, base, view.bytes.count) }
  }

  static let value = AddedAttribute("value", "the bytes up to the first zero") { (object: Value) throws(PyError) -> Owned in
    let data = CData(object)
    return try Accessor(code: UInt8(ascii: "s")).load(data.data, data.size)
  } set: { (object: Value, value: Value) throws(PyError) in
    if value.isAbsent { throw .typeError("can't delete attribute") }
    guard value.isBytes else { throw .typeError("bytes expected instead of \(value.typeName) instance") }
    let (data, bytes) = (CData(object), BytesObject(value))
    if bytes.count > data.size { throw .valueError("byte string too long") }
    memcpy(data.data, bytes.data, bytes.count)
    if bytes.count < data.size { data.data.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self) }
  }

  static let wideValue = AddedAttribute("value", "the characters up to the first zero") { (object: Value) throws(PyError) -> Owned in
    let data = CData(object)
    return try Accessor(code: UInt8(ascii: "U")).load(data.data, data.size)
  } set: { (object: Value, value: Value) throws(PyError) in
    if value.isAbsent { throw .typeError("can't delete attribute") }
    guard value.isString else { throw .typeError("unicode string expected instead of \(value.typeName) instance") }
    let (data, string) = (CData(object), StringObject(value))
    if string.length > data.size / 4 { throw .valueError("string too long") }
    storeWide(string, data.data)
    if string.length < data.size / 4 { data.data.storeBytes(of: 0, toByteOffset: string.length * 4, as: UInt32.self) }
  }
}

// MARK: - Instances

/// A run of characters of a slice, as bytes or as str; nil when the items are no characters.
func slicedText(_ item: CTypePointer, _ place: UnsafeMutableRawPointer, _ start: Int, _ step: Int, _ count: Int) throws(PyError) -> Owned? {
  if item.pointee.accessor == .character {
    if step == 1 || count <= 0 { return try Owned.bytes(UnsafeRawBufferPointer(start: place + start, count: max(count, 0))) }
    guard let bytes = malloc(count) else { throw PyError.memoryError() }
    defer { free(bytes) }
    for index in 0..<count { bytes.storeBytes(of: (place + (start &+ index &* step)).load(as: UInt8.self), toByteOffset: index, as: UInt8.self) }
    return try Owned.bytes(UnsafeRawBufferPointer(start: bytes, count: count))
  }
  if item.pointee.accessor == .wideCharacter {
    if step == 1 || count <= 0 { return try wideText(place + start &* 4, max(count, 0)) }
    var builder = try StringBuilder(capacity: count)
    for index in 0..<count {
      let character = try wideText(place + (start &+ index &* step) &* 4, 1)
      try builder.append(character.value)
    }
    return try builder.finish()
  }
  return nil
}

private func itemSize(_ info: CTypePointer) -> Int { info.pointee.length > 0 ? info.pointee.size / info.pointee.length : 0 }

private func arrayItem(_ object: Value, _ index: Int) throws(PyError) -> Owned {
  let data = CData(object)
  guard index >= 0, index < data.contents.pointee.length else { throw .indexError("invalid index") }
  let info = data.info
  let size = itemSize(info)
  return try data.part(TypeObject(info.pointee.itemType), Accessor(), index, size, data.data + index &* size)
}

private func setArrayItem(_ object: Value, _ index: Int, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("Array does not support item deletion") }
  let data = CData(object)
  let info = data.info
  guard index >= 0, index < info.pointee.length else { throw .indexError("invalid index") }
  let size = itemSize(info)
  try data.setPart(TypeObject(info.pointee.itemType), Accessor(), value, index, size, data.data + index &* size)
}

private func subscriptArray(_ object: Value, _ key: Value) throws(PyError) -> Owned {
  let data = CData(object)
  if key.type.slots.pointee.index != nil {
    let index = try key.asIndex()
    return try arrayItem(object, index < 0 ? index &+ data.contents.pointee.length : index)
  }
  guard key.isSlice else { throw .typeError("indices must be integers") }
  let (start, _, step, count) = try SliceObject(key).sliceIndices(data.contents.pointee.length)
  if let item = CTypeInfo.of(data.info.pointee.itemType), let text = try slicedText(item, data.data, start, step, count) { return text }
  let list = try Owned.list(capacity: count)
  for number in 0..<count { try ListObject(list.value).append(taking: try arrayItem(object, start &+ number &* step)) }
  return list
}

private func storeArray(_ object: Value, _ key: Value, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("Array does not support item deletion") }
  let length = CData(object).contents.pointee.length
  if key.type.slots.pointee.index != nil {
    let index = try key.asIndex()
    return try setArrayItem(object, index < 0 ? index &+ length : index, value)
  }
  guard key.isSlice else { throw .typeError("indices must be integer") }
  let (start, _, step, count) = try SliceObject(key).sliceIndices(length)
  guard try value.length() == count else { throw .valueError("Can only assign sequence of same size") }
  for number in 0..<count {
    let item = try value.getItem(Value(smallInteger: number))
    try setArrayItem(object, start &+ number &* step, item.value)
  }
}

func defineArray(_ m: ModuleBuilder) throws(PyError) {
  let type = try m.defineType("Array", base: CTypes.data.object) { t in
    t.documentation = """
      A C array: what all array types derive from.

      Multiply a C type by a length to get an array type, or derive a class with the attributes _type_ and _length_. Slices are lists; those of characters are bytes or str.
      """
    t.flags.insert(.baseType)
    t.rawNew("Array") { (type: Value, _: Arguments) throws(PyError) -> Owned in try CData.make(TypeObject(type)) }
    t.rawInitialize("Array") { (object: Value, arguments: Arguments) throws(PyError) in
      for index in 0..<arguments.positionalCount { try object.setItem(Value(smallInteger: index), arguments.base[index]) }
    }
    t.slots.buffer = dataBuffer
    t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in CData(object).contents.pointee.length }
    t.slots.item = IndexSlot(arrayItem)
    t.slots.subscript = BinarySlot(subscriptArray)
    t.slots.storeSubscript = StoreSlot(storeArray)
    t.classMethod("__class_getitem__(object, /)", "A generic alias (PEP 585).") { (call: Call) throws(PyError) -> Owned in
      try TypeObject.genericAlias.value.call(call.receiver, call[0])
    }
  }
  CTypes.array = ModuleType(type)
  setMetatype(type, CTypes.arrayMetatype)
}
