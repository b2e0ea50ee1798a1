// `ctypes.CField`: the attribute of a structure or union class that reads and writes a field of its instances.

import CKraitFFI
import Glibc
import KraitRuntime

struct CField {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// A str, owned.
    var name: Value
    /// The C type of the field, owned.
    var type: Value
    var byteOffset: Int
    var byteSize: Int
    /// Which field of the class this is.
    var index: Int
    /// How many bits a bit field has; 0 for others.
    var bitSize: Int
    var bitOffset: Int
    var isAnonymous: Bool
    /// How arrays of characters are read: not as arrays.
    var accessor: Accessor
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  /// Bytes, or the code of a bit field that ``Accessor/load(_:_:)`` knows.
  var packedSize: Int { contents.pointee.bitSize == 0 ? contents.pointee.byteSize : contents.pointee.bitSize << 16 | contents.pointee.bitOffset }

  static func allocate(_ type: TypeObject, name: Value, of fieldType: Value) throws(PyError) -> CField {
    let field = CField(raw: try type.allocate())
    name.retain()
    fieldType.retain()
    field.contents.pointee.name = name
    field.contents.pointee.type = fieldType
    return field
  }

  /// The same field as seen from a structure that has this one's structure as an anonymous part.
  func shifted(by offset: Int, index: Int) throws(PyError) -> Owned {
    let field = try CField.allocate(CTypes.field.object, name: contents.pointee.name, of: contents.pointee.type)
    let new = field.contents
    new.pointee.byteOffset = contents.pointee.byteOffset &+ offset
    new.pointee.byteSize = contents.pointee.byteSize
    new.pointee.index = contents.pointee.index &+ index
    new.pointee.bitSize = contents.pointee.bitSize
    new.pointee.bitOffset = contents.pointee.bitOffset
    new.pointee.isAnonymous = contents.pointee.isAnonymous
    new.pointee.accessor = contents.pointee.accessor
    return Owned(taking: field.raw)
  }

  /// The object that an access is for, whose memory reaches as far as the field.
  func container(_ object: Value) throws(PyError) -> CData {
    guard CTypes.data.includes(object) else { throw .typeError("not a ctype instance") }
    let data = CData(object)
    // An instance of another class may be smaller.
    if data.size < contents.pointee.byteOffset &+ contents.pointee.byteSize { throw .typeError("not a ctype instance") }
    return data
  }
}

private func makeField(_ call: Call) throws(PyError) -> Owned {
  let type = TypeObject(call.receiver)
  let (name, fieldType) = (call[0], call[1])
  guard name.isString else { throw .typeError("CField() argument 'name' must be str, not \(name.isNone ? "None" : name.typeName)") }
  let (byteSize, byteOffset, index) = (try call[2].cSize(), try call[3].cSize(), try call[4].cSize())
  let isInternal = try call.bool(5)
  if !isInternal { throw .typeError("cannot create \(type.value.type.nameText) object") }
  let shownName = try name.repr()
  if byteSize < 0 { throw .valueError("byte size of field \(shownName.text) must not be negative, got \(byteSize)") }
  guard let info = CTypeInfo.of(fieldType) else { throw .typeError("type of field \(shownName.text) must be a C type") }
  if byteSize != info.pointee.size {
    throw .valueError("byte size of field \(shownName.text) (\(byteSize)) does not match type size (\(info.pointee.size))")
  }
  var (bitSize, bitOffset) = (0, 0)
  if !call[6].isNone {
    let isInteger = info.pointee.kind == .simple && "bBhHiIlLqQ?v".utf8.contains(info.pointee.code)
    if !isInteger { throw .typeError("bit fields not allowed for type \(fieldType.asType.nameText)") }
    bitSize = try call[6].cSize()
    if bitSize <= 0 || bitSize > 255 { throw .valueError("bit size of field \(shownName.text) out of range, got \(bitSize)") }
    bitOffset = try call[7].cSize()
    if bitOffset < 0 || bitOffset > 255 { throw .valueError("bit offset of field \(shownName.text) out of range, got \(bitOffset)") }
    if bitSize + bitOffset > byteSize * 8 {
      throw .valueError("bit field \(shownName.text) overflows its type (\(bitOffset) + \(bitSize) > \(byteSize * 8))")
    }
  } else if !call[7].isNone {
    throw .valueError("field \(shownName.text): bit_offset must be specified if bit_size is")
  }
  let exactName = Owned.exactString(name)
  let field = try CField.allocate(type, name: exactName.value, of: fieldType)
  let result = Owned(taking: field.raw)
  field.contents.pointee.byteOffset = byteOffset
  field.contents.pointee.byteSize = byteSize
  field.contents.pointee.index = index
  field.contents.pointee.bitSize = bitSize
  field.contents.pointee.bitOffset = bitOffset
  if info.pointee.kind == .array, let item = CTypeInfo.of(info.pointee.itemTypeOrNone) {
    if item.pointee.accessor == .character { field.contents.pointee.accessor = Accessor(code: UInt8(ascii: "s")) }
    if item.pointee.accessor == .wideCharacter { field.contents.pointee.accessor = Accessor(code: UInt8(ascii: "U")) }
  }
  return result
}

private func member(_ t: TypeDefinition, _ name: StaticString, _ documentation: StaticString, _ get: @escaping (Value) throws(PyError) -> Owned) {
  t.member(name, documentation, get)
}

func defineField(_ m: ModuleBuilder) throws(PyError) {
  CTypes.field = ModuleType(
    try m.defineType("CField", module: "ctypes") { t in
      t.documentation = "A field of a structure or union."
      t.basicSize = MemoryLayout<CField.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.new("CField(*, name, type, byte_size, byte_offset, index, _internal_use, bit_size=None, bit_offset=None)") {
        (call: Call) throws(PyError) -> Owned in try makeField(call)
      }
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = CField(raw: raw).contents
        contents.pointee.name.releaseIfPresent()
        contents.pointee.type.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in visit(CField(raw: raw).contents.pointee.type) }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        let contents = CField(object).contents
        let name = try contents.pointee.name.repr()
        let start = "<\(object.type.fullName) \(name.text) type=\(contents.pointee.type.asType.nameText), ofs=\(contents.pointee.byteOffset), "
        if contents.pointee.bitSize > 0 { return try Owned.string("\(start)bit_size=\(contents.pointee.bitSize), bit_offset=\(contents.pointee.bitOffset)>") }
        return try Owned.string("\(start)size=\(contents.pointee.byteSize)>")
      }
      t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
        if instance.isAbsent { return Owned(copying: object) }
        let field = CField(object)
        let data = try field.container(instance)
        let contents = field.contents
        let type = TypeObject(contents.pointee.type)
        return try data.part(type, contents.pointee.accessor, contents.pointee.index, field.packedSize, data.data + contents.pointee.byteOffset)
      }
      t.slots.descriptorSet = StoreSlot { (object: Value, instance: Value, value: Value) throws(PyError) in
        let field = CField(object)
        let data = try field.container(instance)
        if value.isAbsent { throw .typeError("can't delete attribute") }
        let contents = field.contents
        let type = TypeObject(contents.pointee.type)
        try data.setPart(type, contents.pointee.accessor, value, contents.pointee.index, field.packedSize, data.data + contents.pointee.byteOffset)
      }
      t.member("name", offset: MemoryLayout<CField.Contents>.offset(of: \.name).unsafelyUnwrapped, "the field's name")
      t.member("type", offset: MemoryLayout<CField.Contents>.offset(of: \.type).unsafelyUnwrapped, "the field's C type")
      member(t, "offset", "the same as byte_offset") { (object: Value) throws(PyError) -> Owned in try Owned.integer(CField(object).contents.pointee.byteOffset) }
      member(t, "byte_offset", "where the field begins; of a bit field, the integer that it is in") { (object: Value) throws(PyError) -> Owned in
        try Owned.integer(CField(object).contents.pointee.byteOffset)
      }
      member(t, "byte_size", "bytes of the field's type") { (object: Value) throws(PyError) -> Owned in try Owned.integer(CField(object).contents.pointee.byteSize) }
      member(t, "bit_offset", "the lowest bit of a bit field") { (object: Value) throws(PyError) -> Owned in try Owned.integer(CField(object).contents.pointee.bitOffset) }
      t.getter("size", "bytes of the field; a number made of size and offset for bit fields") { (object: Value) throws(PyError) -> Owned in
        try Owned.integer(CField(object).packedSize)
      }
      t.getter("bit_size", "bits of the field") { (object: Value) throws(PyError) -> Owned in
        let contents = CField(object).contents
        if contents.pointee.bitSize > 0 { return try Owned.integer(contents.pointee.bitSize) }
        let size = try Owned.integer(contents.pointee.byteSize)
        return try Integer.multiply(size.value, Value(smallInteger: 8))
      }
      t.getter("is_bitfield", "whether this is a bit field") { (object: Value) throws(PyError) -> Owned in .boolean(CField(object).contents.pointee.bitSize > 0) }
      t.getter("is_anonymous", "whether the field's own fields are those of the structure too") { (object: Value) throws(PyError) -> Owned in
        .boolean(CField(object).contents.pointee.isAnonymous)
      }
    })
}
