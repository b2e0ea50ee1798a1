// `object.__class__ = …` and `cls.__bases__ = …`: changes of what an existing object or class is.

import CKraitCore

extension TypeObject {
  /// Where the layout of instances comes from: classes that add no fields to their base are passed over.
  private var layoutBase: TypeObject {
    var type = self
    while type.isHeapType, let base = type.contents.pointee.base, type.contents.pointee.basicSize == base.contents.pointee.basicSize,
      type.givesAttributes == base.givesAttributes, type.supportsWeakReferences == base.supportsWeakReferences
    {
      type = base
    }
    return type
  }

  /// Whether an instance of this type may become one of the other without its fields moving.
  func hasSameLayout(as other: TypeObject) -> Bool {
    let own = layoutBase
    let others = other.layoutBase
    if own == others { return true }
    guard own.isHeapType, others.isHeapType, own.base == others.base || own.base?.layoutBase == others.base?.layoutBase else { return false }
    return own.contents.pointee.basicSize == others.contents.pointee.basicSize && own.givesAttributes == others.givesAttributes
      && own.supportsWeakReferences == others.supportsWeakReferences && own.memberNames == others.memberNames
  }

  /// The names of the fields of this class's own `__slots__`, in their order.
  private var memberNames: [UInt64] {
    var names = [UInt64](repeating: 0, count: Int(contents.pointee.memberCount))
    var position = 0
    var key = Value.absent
    var value = Value.absent
    while dict.next(&position, &key, &value) {
      guard value.isObject, value.type == .memberDescriptor else { continue }
      let offset = Int(DescriptorObject(value).contents.pointee.payload) - Int(contents.pointee.memberOffset)
      let index = offset / MemoryLayout<Value>.size
      if offset >= 0 && index < names.count { names[index] = key.bits }
    }
    return names
  }

  /// Refuses to take one layout for another, as CPython words it.
  func checkLayout(for attribute: StaticString, to other: TypeObject) throws(PyError) {
    // CPython frees what its collector tracks in another way than the rest.
    if rootShape.flags.contains(.tracked) != other.rootShape.flags.contains(.tracked) {
      throw .typeError("\(attribute) assignment: '\(other.nameText)' deallocator differs from '\(nameText)'")
    }
    if !hasSameLayout(as: other) { throw .typeError("\(attribute) assignment: '\(other.nameText)' object layout differs from '\(nameText)'") }
  }
}

/// `object.__class__ = cls`
func assignClass(_ object: Value, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("can't delete __class__ attribute") }
  guard value.isType else { throw .typeError("__class__ must be set to a class, not '\(value.typeName)' object") }
  let new = value.asType
  try new.auditAttribute(object, "__class__", value)
  let old = object.type
  let areModules = old.isSubtype(of: .module) && new.isSubtype(of: .module)
  if !areModules && (old.flags.contains(.immutable) || new.flags.contains(.immutable)) {
    throw .typeError("__class__ assignment only supported for mutable types or ModuleType subclasses")
  }
  try old.checkLayout(for: "__class__", to: new)
  if old == new { return }
  let raw = object.object
  // Slots follow the old class's tree of shapes; a dict serves any class.
  if raw.shape.flags.contains(.hasAttributes) {
    let shape = try new.dictionaryShape()
    try raw.turnToDictionaryMode()
    raw.shape = shape
  } else {
    raw.shape = new.rootShape
  }
  if new.isHeapType { new.raw.retain() }
  if old.isHeapType { old.raw.release() }
}

/// `cls.__bases__ = bases`
func assignBases(_ type: TypeObject, _ value: Value) throws(PyError) {
  try type.checkMutable("__bases__", value)
  guard value.isTuple else { throw .typeError("can only assign tuple to \(type.nameText).__bases__, not \(value.typeName)") }
  let bases = TupleObject(value)
  if bases.count == 0 { throw .typeError("can only assign non-empty tuple to \(type.nameText).__bases__, not ()") }
  for index in 0..<bases.count {
    guard bases[index].isType else { throw .typeError("\(type.nameText).__bases__ must be tuple of classes, not '\(bases[index].typeName)'") }
    // While a custom mro() runs, the chain of bases is ahead of the MROs.
    if bases[index].asType.isSubtype(of: type) || bases[index].asType.chain(contains: type) { throw .typeError("a __bases__ item causes an inheritance cycle") }
  }
  let newBase = try TypeObject.bestBase(bases)
  guard let oldBase = type.contents.pointee.base else { return }
  try oldBase.checkLayout(for: "__bases__", to: newBase)
  try TypeObject.addSubclass(type, of: bases)
  let held = Owned(copying: value)
  let oldBases = Owned(taking: type.contents.pointee.bases)
  type.invalidate()
  type.contents.pointee.bases = held.copy().take()
  newBase.raw.retain()
  type.contents.pointee.base = newBase
  let new = held.value
  do throws(PyError) {
    try recomputeMRO(type)
  } catch {
    // A custom mro() may have assigned other bases meanwhile: those stay, and these are no longer entered.
    if type.contents.pointee.bases === new {
      TypeObject.removeSubclass(type, of: bases)
      type.contents.pointee.bases = oldBases.copy().take()
      type.contents.pointee.base = oldBase
      new.release()
      newBase.raw.release()
    } else {
      TypeObject.removeSubclass(type, of: TupleObject(oldBases.value))
      oldBase.raw.release()
    }
    throw error
  }
  TypeObject.removeSubclass(type, of: TupleObject(oldBases.value))
  if type.contents.pointee.bases === new { try updateAllSlots(type) }
  Sharing.release(oldBase.value)
}

extension TypeObject {
  fileprivate func chain(contains other: TypeObject) -> Bool {
    var type: TypeObject? = self
    while let this = type {
      if this == other { return true }
      type = this.contents.pointee.base
    }
    return false
  }
}

/// A class whose MRO changed: the MRO it had (absent if none) and the one it got.
private struct ChangedMRO {
  let type: TypeObject
  let old: Value
  let new: Value
}

/// New MROs for a class and all that derive from it; all or none.
private func recomputeMRO(_ type: TypeObject) throws(PyError) {
  var changed: [ChangedMRO] = []
  var failure: PyError?
  do throws(PyError) { try collectMRO(type, &changed) } catch { failure = error }
  for entry in changed.reversed() {
    // One that a custom mro() has replaced meanwhile is newer than ours.
    if failure != nil && entry.type.contents.pointee.mro === entry.new {
      entry.type.contents.pointee.mro = entry.old
      entry.old.retainIfPresent()
      entry.new.release()
    }
    // Other threads may be at a look along it.
    Sharing.release(entry.old)
    entry.new.release()
    entry.type.raw.release()
  }
  if let failure { throw failure }
}

private func collectMRO(_ type: TypeObject, _ changed: inout [ChangedMRO]) throws(PyError) {
  try checkNativeRecursion(" while assigning bases")
  let old = type.contents.pointee.mro
  old.retainIfPresent()
  do throws(PyError) {
    guard try type.computeMRO() else { return old.releaseIfPresent() }
  } catch {
    old.releaseIfPresent()
    throw error
  }
  let new = type.contents.pointee.mro
  new.retain()
  type.raw.retain()
  changed.append(ChangedMRO(type: type, old: old, new: new))
  let subclasses = try Owned.list()
  for subclass in type.directSubclasses { try ListObject(subclasses.value).append(subclass.value) }
  for index in 0..<ListObject(subclasses.value).count { try collectMRO(ListObject(subclasses.value)[index].asType, &changed) }
}

private func updateAllSlots(_ type: TypeObject) throws(PyError) {
  type.invalidate()
  try type.fixSlots()
  for subclass in type.directSubclasses { try updateAllSlots(subclass) }
}
