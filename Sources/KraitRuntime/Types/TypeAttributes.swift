// Attribute access on classes, and what changes of a class bring about.

import CKraitCore

/// `type.__getattribute__`: data descriptors of the metatype, attributes of the class and its bases, other attributes of the metatype.
func typeGetAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let found = try typeLookUpAttribute(object, name)
  if _slowPath(found.value.isAbsent) { throw missingAttribute(object, name) }
  return found
}

/// As ``typeGetAttribute(_:_:)``, absent when there is no such attribute.
func typeLookUpAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let name = try attributeName(name)
  let type = TypeObject(object)
  let metatype = object.type
  let metaFound = metatype.lookUp(name.value)
  if !metaFound.isAbsent {
    let slots = metaFound.type.slots
    if slots.pointee.descriptorSet != nil, let get = slots.pointee.descriptorGet {
      let held = Owned(copying: metaFound)
      return try get(held.value, object, metatype.value)
    }
  }
  let heldMeta = Owned(copyingIfPresent: metaFound)
  let found = type.lookUp(name.value)
  if !found.isAbsent {
    let held = Owned(copying: found)
    guard let get = held.value.type.slots.pointee.descriptorGet else { return held }
    return try get(held.value, .absent, object)
  }
  if heldMeta.value.isAbsent { return Owned(taking: .absent) }
  guard let get = heldMeta.value.type.slots.pointee.descriptorGet else { return heldMeta }
  return try get(heldMeta.value, object, metatype.value)
}

/// `type.__setattr__` and, for an absent value, `type.__delattr__`.
func typeSetAttribute(_ object: Value, _ name: Value, _ value: Value) throws(PyError) {
  let type = TypeObject(object)
  if type.flags.contains(.immutable) {
    throw .typeError("cannot set \(try name.repr().text) attribute of immutable type '\(type.shownName)'")
  }
  let name = try attributeName(name)
  let found = object.type.lookUp(name.value)
  if !found.isAbsent, let set = found.type.slots.pointee.descriptorSet {
    let held = Owned(copying: found)
    try set(held.value, object, value)
    type.invalidate()
    return
  }
  if value.isAbsent {
    if type.dict.get(interned: name.value).isAbsent { throw missingAttribute(object, name.value) }
    try type.deleteOwn(name.value)
  } else {
    let old = Owned(copyingIfPresent: type.dict.get(interned: name.value))
    type.invalidate()
    try type.dict.set(name.value, value)
    type.attributeChanged(name.value)
    Sharing.release(old.take())
  }
}

extension TypeObject {
  /// The class's dict changed under this name.
  func attributeChanged(_ name: Value) { specialMethodChanged(name) }

  /// Sets an attribute in the dict of the class itself, past the metatype.
  func setOwn(_ name: Value, _ value: Value) throws(PyError) {
    let old = Owned(copyingIfPresent: dict.get(interned: name))
    invalidate()
    try dict.set(name, value)
    attributeChanged(name)
    Sharing.release(old.take())
  }

  /// Takes an attribute out of the dict of the class itself.
  func deleteOwn(_ name: Value) throws(PyError) {
    invalidate()
    // Kept until all is done: dropping it may run code.
    let old = try dict.remove(name)
    attributeChanged(name)
    Sharing.release(old.take())
  }

  /// The setters of names and the like refuse builtin types and deletion.
  /// Tells audit hooks of an attribute that changes what an object is.
  func auditAttribute(_ object: Value, _ name: StaticString, _ value: Value) throws(PyError) {
    if !isAudited { return }
    let text = try Owned.string(name)
    try audit("object.__setattr__", object, text.value, value)
  }

  func checkMutable(_ name: StaticString, _ value: Value) throws(PyError) {
    if flags.contains(.immutable) { throw .typeError("cannot set '\(name)' attribute of immutable type '\(shownName)'") }
    if value.isAbsent { throw .typeError("cannot delete '\(name)' attribute of immutable type '\(shownName)'") }
    try auditAttribute(self.value, name, value)
  }
}
