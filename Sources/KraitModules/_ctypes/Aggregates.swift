// Structures and unions: how `_fields_` becomes a layout, and how instances are initialised. The layout itself is computed by the library's `ctypes._layout`.

import CKraitFFI
import Glibc
import KraitRuntime

// MARK: - Classes

/// `PyCStructType.__init__` and `UnionType.__init__`
func initializeAggregate(_ type: TypeObject, _ kind: CKind) throws(PyError) {
  if !(try type.dict.get(CName.abstract)).isAbsent { return }
  let info = try CTypeInfo.attach(type, kind)
  try info.setFormat("B")
  info.pointee.foreign.type = UInt16(FFI_TYPE_STRUCT)
  let fields = Owned(copyingIfPresent: try type.dict.get(CName.fields))
  if !fields.value.isAbsent { return try type.value.setAttribute(CName.fields, fields.value) }
  guard let base = type.base, let baseInfo = CTypeInfo.of(base) else { return }
  try copyLayout(from: baseInfo, to: info)
  baseInfo.pointee.isFinal = true
}

private func copyLayout(from base: CTypePointer, to info: CTypePointer) throws(PyError) {
  info.pointee.size = base.pointee.size
  info.pointee.alignment = base.pointee.alignment
  info.pointee.length = base.pointee.length
  info.pointee.isPointer = base.pointee.isPointer
  info.pointee.containsPointer = base.pointee.containsPointer
  replace(&info.pointee.fields, Owned(copyingIfPresent: base.pointee.fields))
  try info.setFormat(base.formatText)
  try describeToLibffi(info)
}

/// `setattr` on a structure or union class.
func setAggregateAttribute(_ type: Value, _ name: Value, _ value: Value, _ kind: CKind) throws(PyError) {
  if !value.isAbsent, name.isString, StringObject(name).isEqual(to: "_fields_") { try setFields(TypeObject(type), value, kind) }
  guard let set = TypeObject.type.slots.pointee.setAttribute else { return }
  try set(type, name, value)
}

private func setFields(_ type: TypeObject, _ fields: Value, _ kind: CKind) throws(PyError) {
  guard let info = CTypeInfo.of(type) else { throw .typeError("ctypes state is not initialized") }
  let base = type.base.flatMap { CTypeInfo.of($0) == nil ? nil : $0 }
  if info.pointee.isFinal { throw .attributeError("_fields_ is final") }
  let layout = try computeLayout(type, fields, kind, base)
  let alignment = try number(layout.value, "align")
  if alignment < 0 { throw .valueError("align must be a non-negative integer") }
  let size = try number(layout.value, "size")
  if size < 0 { throw .valueError("size must be a non-negative integer") }
  let formatName = try Owned.string("format_spec")
  let format = try layout.value.getAttribute(formatName.value)
  guard format.value.isString else { throw .typeError("format_spec must be a str") }
  try info.setFormat(format.value.text)
  let fieldsName = try Owned.string("fields")
  let list = try layout.value.getAttribute(fieldsName.value)
  let made = try Owned.tuple(from: list.value)
  let tuple = TupleObject(made.value)
  for index in 0..<tuple.count {
    guard CTypes.field.includes(tuple[index]) else { throw .typeError("fields must be of type CField, got \(tuple[index].type.fullName)") }
    let field = CField(tuple[index]).contents
    if field.pointee.index != index {
      throw .valueError("field \(try field.pointee.name.repr().text) index mismatch (expected \(index), got \(field.pointee.index))")
    }
    if field.pointee.byteOffset < 0 || field.pointee.byteOffset > size &- field.pointee.byteSize {
      throw .valueError("field \(try field.pointee.name.repr().text) does not fit into its structure")
    }
    guard let fieldInfo = CTypeInfo.of(field.pointee.type) else { continue }
    if fieldInfo.pointee.isPointer || fieldInfo.pointee.containsPointer { info.pointee.containsPointer = true }
    fieldInfo.pointee.isFinal = true
    try type.value.setAttribute(field.pointee.name, tuple[index])
  }
  let baseLength = base.flatMap { CTypeInfo.of($0) }?.pointee.length ?? 0
  if info.pointee.isFinal { throw .attributeError("Structure or union cannot contain itself") }
  info.pointee.size = size
  info.pointee.alignment = alignment
  info.pointee.length = baseLength + tuple.count
  replace(&info.pointee.fields, try joinedFields(base, made.value))
  try describeToLibffi(info)
  info.pointee.isFinal = true
  try makeAnonymousFields(type)
}

private func computeLayout(_ type: TypeObject, _ fields: Value, _ kind: CKind, _ base: TypeObject?) throws(PyError) -> Owned {
  let module = try importModule("ctypes._layout")
  let name = try Owned.string("get_layout")
  let isStruct = intern(try Owned.string("is_struct"))
  let baseName = intern(try Owned.string("base"))
  let function = try module.value.getAttribute(name.value)
  let names = try Owned.tuple(isStruct.value, baseName.value)
  let values = try Owned.tuple(type.value, fields, Value(kind == .structure), base?.value ?? .none)
  return try function.value.call(arguments: Arguments(base: TupleObject(values.value).items, positionalCount: 2, keywordNames: names.value))
}

private func number(_ object: Value, _ name: StaticString) throws(PyError) -> Int {
  let name = try Owned.string(name)
  let value = try object.getAttribute(name.value)
  return try value.value.cSize()
}

/// The fields of a base and one's own, in a tuple.
private func joinedFields(_ base: TypeObject?, _ own: Value) throws(PyError) -> Owned {
  guard let base, let info = CTypeInfo.of(base), !info.pointee.fields.isAbsent else { return Owned(copying: own) }
  return try info.pointee.fields.add(own)
}

// MARK: - Anonymous fields

/// Gives a class the fields of its fields that `_anonymous_` names.
private func makeAnonymousFields(_ type: TypeObject) throws(PyError) {
  let given = try type.value.lookUpAttribute(CName.anonymous)
  if given.value.isAbsent { return }
  let names: Owned
  do throws(PyError) { names = try Owned.tuple(from: given.value) } catch {
    if PyError.matches(.typeError) {
      PyError.clear()
      throw .typeError("_anonymous_ must be a sequence")
    }
    throw error
  }
  for index in 0..<TupleObject(names.value).count {
    let name = TupleObject(names.value)[index]
    let found = try type.value.getAttribute(name)
    guard CTypes.field.isType(of: found.value) else {
      throw .attributeError("'\(try name.str().text)' is specified in _anonymous_ but not in _fields_")
    }
    let field = CField(found.value)
    field.contents.pointee.isAnonymous = true
    try makeFields(type, field, field.contents.pointee.index, field.contents.pointee.byteOffset)
  }
}

private func makeFields(_ type: TypeObject, _ field: CField, _ index: Int, _ offset: Int) throws(PyError) {
  try checkNativeRecursion("")
  let fields = try field.contents.pointee.type.getAttribute(CName.fields)
  let list = try Owned.tuple(from: fields.value)
  for place in 0..<TupleObject(list.value).count {
    let pair = try Owned.tuple(from: TupleObject(list.value)[place])
    guard TupleObject(pair.value).count >= 2 else { throw .typeError("_fields_ must be a sequence of pairs") }
    let name = TupleObject(pair.value)[0]
    let found = try field.contents.pointee.type.getAttribute(name)
    guard CTypes.field.isType(of: found.value) else { throw .typeError("unexpected type") }
    let inner = CField(found.value)
    if inner.contents.pointee.isAnonymous {
      try makeFields(type, inner, index &+ inner.contents.pointee.index, offset &+ inner.contents.pointee.byteOffset)
    } else {
      let shifted = try inner.shifted(by: offset, index: index)
      try type.value.setAttribute(name, shifted.value)
    }
  }
}

// MARK: - What libffi is told

/// Describes a structure or union to libffi, which passes and returns it by value.
///
/// libffi knows structures whose members follow one another; unions, bit fields and arrays are none. On x86-64 only the class of each eight bytes matters (an integer, or
/// numbers with a point), and of what is larger than 16 bytes nothing: so a small one is described by one member for each eight bytes.
private func describeToLibffi(_ info: CTypePointer) throws(PyError) {
  var members: [UnsafeMutablePointer<ffi_type>] = []
  #if arch(x86_64)
    if info.pointee.size > 16 {
      members = [krait_ffi_type(UInt8(ascii: "B")).unsafelyUnwrapped]
    } else if info.pointee.size > 0 {
      var classes = EightByteClasses()
      classes.add(info, 0)
      members = classes.members(size: info.pointee.size)
    }
  #else
    if !info.pointee.fields.isAbsent {
      for field in TupleObject(info.pointee.fields).buffer { addMembers(CTypeInfo.of(CField(field).contents.pointee.type), &members) }
    }
  #endif
  guard let elements = calloc(members.count + 1, MemoryLayout<UnsafeMutablePointer<ffi_type>?>.stride) else { throw PyError.memoryError() }
  let list = elements.assumingMemoryBound(to: UnsafeMutablePointer<ffi_type>?.self)
  for (index, member) in members.enumerated() { list[index] = member }
  free(info.pointee.foreign.elements)
  info.pointee.foreign.elements = list
  info.pointee.foreign.type = UInt16(FFI_TYPE_STRUCT)
  info.pointee.foreign.size = info.pointee.size
  info.pointee.foreign.alignment = UInt16(truncatingIfNeeded: info.pointee.alignment)
}

#if arch(x86_64)
  /// What the System V ABI asks of each eight bytes of a small structure.
  private struct EightByteClasses {
    enum Kind { case unused, floating, integer, extended }
    var kinds: (Kind, Kind) = (.unused, .unused)

    private mutating func merge(_ kind: Kind, _ offset: Int) {
      func merged(_ old: Kind) -> Kind {
        if old == .integer || kind == .integer { return .integer }
        return old == .unused ? kind : old
      }
      if offset < 8 { kinds.0 = merged(kinds.0) } else { kinds.1 = merged(kinds.1) }
    }

    /// Adds what a type has at an offset.
    mutating func add(_ info: CTypePointer, _ offset: Int) {
      switch info.pointee.kind {
      case .structure, .union:
        if info.pointee.fields.isAbsent { return }
        for field in TupleObject(info.pointee.fields).buffer {
          let contents = CField(field).contents
          if let inner = CTypeInfo.of(contents.pointee.type) { add(inner, offset + contents.pointee.byteOffset) }
        }
      case .array:
        guard let item = CTypeInfo.of(info.pointee.itemTypeOrNone), item.pointee.size > 0 else { return }
        for index in 0..<min(info.pointee.length, 16) { add(item, offset + index * item.pointee.size) }
      case .pointer, .function: merge(.integer, offset)
      case .simple:
        switch info.pointee.code {
        case UInt8(ascii: "f"), UInt8(ascii: "d"), UInt8(ascii: "F"): merge(.floating, offset)
        case UInt8(ascii: "D"):
          merge(.floating, offset)
          merge(.floating, offset + 8)
        case UInt8(ascii: "g"): kinds = (.extended, .extended)
        default: merge(.integer, offset)
        }
      }
    }

    func members(size: Int) -> [UnsafeMutablePointer<ffi_type>] {
      func type(_ code: UInt8) -> UnsafeMutablePointer<ffi_type> { krait_ffi_type(code).unsafelyUnwrapped }
      if kinds.0 == .extended { return [type(UInt8(ascii: "g"))] }
      var members = [type(kinds.0 == .floating ? UInt8(ascii: "d") : UInt8(ascii: "Q"))]
      if size > 8 { members.append(type(kinds.1 == .floating ? UInt8(ascii: "d") : UInt8(ascii: "Q"))) }
      return members
    }
  }
#else
  private func addMembers(_ info: CTypePointer?, _ members: inout [UnsafeMutablePointer<ffi_type>]) {
    guard let info else { return }
    if info.pointee.kind == .array {
      for _ in 0..<min(info.pointee.length, 64) { addMembers(CTypeInfo.of(info.pointee.itemTypeOrNone), &members) }
    } else {
      members.append(info.foreignType)
    }
  }
#endif

// MARK: - Instances

/// Sets fields by position, those of bases first.
private func initializeByPosition(_ object: Value, _ type: TypeObject, _ arguments: Arguments, _ start: Int) throws(PyError) -> Int {
  var start = start
  if let base = type.base, CTypeInfo.of(base) != nil { start = try initializeByPosition(object, base, arguments, start) }
  guard let info = CTypeInfo.of(type) else { return start }
  let fields = Owned(copyingIfPresent: try type.dict.get(CName.fields))
  if fields.value.isAbsent { return start }
  let length = info.pointee.length
  var index = start
  while index < length && index < arguments.positionalCount {
    let pair = try fields.value.getItem(Value(smallInteger: index - start))
    let name = try pair.value.getItem(Value(smallInteger: 0))
    for number in 0..<arguments.keywordCount {
      if try TupleObject(arguments.keywordNames)[number].isEqual(to: name.value) {
        throw .typeError("duplicate values for field \(try name.value.repr().text)")
      }
    }
    try object.setAttribute(name.value, arguments.base[index])
    index += 1
  }
  return length
}

private func initializeInstance(_ object: Value, _ arguments: Arguments) throws(PyError) {
  if arguments.positionalCount > 0 {
    let count = try initializeByPosition(object, object.type, arguments, 0)
    if count < arguments.positionalCount { throw .typeError("too many initializers") }
  }
  for number in 0..<arguments.keywordCount {
    try object.setAttribute(TupleObject(arguments.keywordNames)[number], arguments.base[arguments.positionalCount + number])
  }
}

private func defineAggregate(_ m: ModuleBuilder, _ name: StaticString, _ documentation: StaticString, _ metatype: ModuleType) throws(PyError) -> ModuleType {
  let type = try m.defineType(name, base: CTypes.data.object) { t in
    t.documentation = documentation
    t.flags.insert(.baseType)
    t.rawNew("_CData") { (type: Value, _: Arguments) throws(PyError) -> Owned in try CData.make(TypeObject(type)) }
    t.rawInitialize("_CData", initializeInstance)
    t.slots.buffer = dataBuffer
  }
  setMetatype(type, metatype)
  return ModuleType(type)
}

func defineStructures(_ m: ModuleBuilder) throws(PyError) {
  CTypes.structure = try defineAggregate(m, "Structure", "A C structure: a class that derives from this one lists its fields in _fields_.", CTypes.structureMetatype)
  CTypes.union = try defineAggregate(m, "Union", "A C union: a class that derives from this one lists its fields in _fields_.", CTypes.unionMetatype)
}
