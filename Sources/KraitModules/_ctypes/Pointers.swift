// Pointers and their types.

import CKraitFFI
import Glibc
import KraitRuntime

// MARK: - Classes

/// `PyCPointerType.__init__`
func initializePointerType(_ type: TypeObject, _ arguments: Arguments) throws(PyError) {
  guard arguments.positionalCount == 3, arguments.base[2].isDict else { throw .typeError("a pointer type is made of a name, bases and a dict") }
  let info = try CTypeInfo.attach(type, .pointer)
  info.describeAsPointer()
  info.pointee.length = 1
  info.pointee.isPointer = true
  let target = Owned(copyingIfPresent: try DictObject(arguments.base[2]).get(CName.itemType))
  if target.value.isAbsent { return }
  let item = try setTarget(type, info, target.value)
  var format = "&"
  if let shape = item.pointee.shape { format += "(" + (0..<item.pointee.dimensions).map { String(shape[$0]) }.joined(separator: ",") + ")" }
  try info.setFormat(format + item.formatText)
}

/// Says what instances point to.
@discardableResult
private func setTarget(_ type: TypeObject, _ info: CTypePointer, _ target: Value) throws(PyError) -> CTypePointer {
  guard target.isType else { throw .typeError("_type_ must be a type") }
  guard let item = CTypeInfo.of(target) else { throw .typeError("\(try target.repr().text) must have storage info") }
  replace(&info.pointee.itemType, Owned(copying: target))
  if item.pointee.pointerType.isAbsent { replace(&item.pointee.pointerType, Owned(copying: type.value)) }
  return item
}

func definePointerTypeMethods(_ t: TypeDefinition) {
  t.method("set_type(type, /)", "Say what instances point to, once it is known.") { (call: Call) throws(PyError) -> Owned in
    let type = TypeObject(call.receiver)
    let info = try CTypeInfo.concrete(type)
    try setTarget(type, info, call[0])
    try call.receiver.setAttribute(CName.itemType, call[0])
    return .none
  }
  t.method("from_param(value, /)", "What a function is given for an argument.") { (call: Call) throws(PyError) -> Owned in
    let value = call[0]
    if value.isNone { return .none }
    let info = try CTypeInfo.concrete(TypeObject(call.receiver))
    let target = Owned(copyingIfPresent: info.pointee.itemType)
    if !target.value.isAbsent {
      // An instance of what is pointed to is passed by reference.
      if try isInstance(value, of: target.value) {
        guard CTypes.data.includes(value) else { throw .typeError("expected CData instance") }
        return try CArgument.make(UInt8(ascii: "P"), address: CData(value).data, value)
      }
      if CTypes.pointer.includes(value) || CTypes.array.includes(value) {
        let given = Owned(copyingIfPresent: CData(value).info.pointee.itemType)
        if !given.value.isAbsent, try isSubclass(given.value, of: target.value) { return Owned(copying: value) }
      }
    }
    return try dataParameter(call.receiver, value)
  }
}

// MARK: - Instances

extension CData {
  /// What a pointer points to, and its record.
  fileprivate func target() throws(PyError) -> (place: UnsafeMutableRawPointer, type: TypeObject, info: CTypePointer) {
    guard let place = address else { throw .valueError("NULL pointer access") }
    let type = info.pointee.itemType
    guard !type.isAbsent, let item = CTypeInfo.of(type) else { throw .typeError("Cannot create instance: has no _type_") }
    return (place, TypeObject(type), item)
  }
}

private func pointerItem(_ object: Value, _ index: Int) throws(PyError) -> Owned {
  let data = CData(object)
  let (place, type, item) = try data.target()
  return try data.part(type, Accessor(), index, item.pointee.size, place + index &* item.pointee.size)
}

private func setPointerItem(_ object: Value, _ index: Int, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("Pointer does not support item deletion") }
  let data = CData(object)
  let (place, type, item) = try data.target()
  try data.setPart(type, Accessor(), value, index, item.pointee.size, place + index &* item.pointee.size)
}

private func subscriptPointer(_ object: Value, _ key: Value) throws(PyError) -> Owned {
  if key.type.slots.pointee.index != nil { return try pointerItem(object, try key.asIndex()) }
  guard key.isSlice else { throw .typeError("Pointer indices must be integer") }
  // There is no length to count from, so the bounds are taken as they are.
  let slice = SliceObject(key)
  let step = slice.step.isNone ? 1 : try slice.step.asIndex(overflow: .valueError)
  if step == 0 { throw .valueError("slice step cannot be zero") }
  if slice.start.isNone && step < 0 { throw .valueError("slice start is required for step < 0") }
  let start = slice.start.isNone ? 0 : try slice.start.asIndex(overflow: .valueError)
  if slice.stop.isNone { throw .valueError("slice stop is required") }
  let stop = try slice.stop.asIndex(overflow: .valueError)
  var count = 0
  if step > 0 && start < stop { count = Int((UInt(bitPattern: stop) &- UInt(bitPattern: start) &- 1) / UInt(step) & (UInt.max >> 2)) + 1 }
  if step < 0 && start > stop { count = Int((UInt(bitPattern: start) &- UInt(bitPattern: stop) &- 1) / step.magnitude & (UInt.max >> 2)) + 1 }
  let data = CData(object)
  let (place, _, item) = try data.target()
  if count > 1 << 47 { throw PyError.memoryError() }
  if let text = try slicedText(item, place, start, step, count) { return text }
  let list = try Owned.list()
  for number in 0..<count { try ListObject(list.value).append(taking: try pointerItem(object, start &+ number &* step)) }
  return list
}

private func contents(_ object: Value) throws(PyError) -> Owned {
  let (place, type, _) = try CData(object).target()
  return try CData.make(type, partOf: object, 0, place)
}

private func setContents(_ object: Value, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("Pointer does not support item deletion") }
  let data = CData(object)
  let target = Owned(copyingIfPresent: data.info.pointee.itemType)
  if target.value.isAbsent { throw .typeError("Cannot create instance: has no _type_") }
  if !CTypes.data.includes(value) {
    let isTarget = try isInstance(value, of: target.value)
    if !isTarget || !CTypes.data.includes(value) { throw .typeError("expected \(target.value.asType.nameText) instead of \(value.typeName)") }
  }
  data.address = CData(value).data
  // The object that is pointed to stays, and what it keeps.
  try data.keep(1, Owned(copying: value))
  let kept = try CData(value).keptObjects()
  try data.keep(0, kept)
}

func definePointer(_ m: ModuleBuilder) throws(PyError) {
  let type = try m.defineType("_Pointer", base: CTypes.data.object) { t in
    t.documentation = "A C pointer: what all pointer types derive from."
    t.flags.insert(.baseType)
    t.rawNew("_Pointer") { (type: Value, _: Arguments) throws(PyError) -> Owned in
      guard let info = CTypeInfo.of(type), !info.pointee.itemType.isAbsent else { throw .typeError("Cannot create instance: has no _type_") }
      return try CData.make(TypeObject(type))
    }
    t.rawInitialize("_Pointer") { (object: Value, arguments: Arguments) throws(PyError) in
      if arguments.positionalCount > 1 { throw .typeError("POINTER expected at most 1 argument, got \(arguments.positionalCount)") }
      if arguments.positionalCount == 1 { try setContents(object, arguments.base[0]) }
    }
    t.slots.buffer = dataBuffer
    t.slots.truth = TruthSlot { (object: Value) throws(PyError) -> Bool in CData(object).address != nil }
    t.slots.item = IndexSlot(pointerItem)
    t.slots.subscript = BinarySlot(subscriptPointer)
    t.slots.storeSubscript = StoreSlot { (object: Value, key: Value, value: Value) throws(PyError) in
      guard key.type.slots.pointee.index != nil else { throw .typeError("sequence index must be integer, not '\(key.typeName)'") }
      try setPointerItem(object, try key.asIndex(), value)
    }
    t.property("contents", "the object that is pointed to", get: contents, set: setContents)
  }
  CTypes.pointer = ModuleType(type)
  setMetatype(type, CTypes.pointerMetatype)
}
