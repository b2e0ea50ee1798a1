// Attribute access as `object` does it: data descriptors of the type, the instance's own attributes, other attributes of the type.

import CKraitCore

/// `object.__getattribute__`.
public func genericGetAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let found = try genericLookUpAttribute(object, name)
  if _slowPath(found.value.isAbsent) { throw missingAttribute(object, name) }
  return found
}

/// As ``genericGetAttribute(_:_:)``; absent where that raises AttributeError for want of the attribute. What a descriptor raises is raised.
func genericLookUpAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  guard _fastPath(object.isObject && name.isExactString && StringObject(name).isInterned && !object.object.shape.hasDictOnly) else {
    return try genericLookUpHolding(object, name)
  }
  // Nothing can run before a descriptor does, so the attribute of the class need not be held.
  let type = object.object.shape.type
  let found = type.lookUp(name)
  if !found.isAbsent, let get = found.type.slots.pointee.descriptorGet {
    if found.type.slots.pointee.descriptorSet == nil {
      let own = try object.object.instanceAttribute(name)
      if !own.isAbsent { return Owned(copying: own) }
    }
    let held = Owned(copying: found)
    return try get(held.value, object, type.value)
  }
  let own = try object.object.instanceAttribute(name)
  return Owned(copyingIfPresent: own.isAbsent ? found : own)
}

/// The look-up for names that must be interned first, immediates, and objects whose dict may run code.
@inline(never)
private func genericLookUpHolding(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let name = try attributeName(name)
  let type = object.type
  let found = type.lookUp(name.value)
  if !found.isAbsent {
    let slots = found.type.slots
    if let get = slots.pointee.descriptorGet {
      if slots.pointee.descriptorSet != nil {
        let held = Owned(copying: found)
        return try get(held.value, object, type.value)
      }
      if object.isObject {
        let held = Owned(copying: found)
        let own = try object.object.instanceAttribute(name.value)
        if !own.isAbsent { return Owned(copying: own) }
        return try get(held.value, object, type.value)
      }
      let held = Owned(copying: found)
      return try get(held.value, object, type.value)
    }
    guard object.isObject else { return Owned(copying: found) }
    let held = Owned(copying: found)
    let own = try object.object.instanceAttribute(name.value)
    return own.isAbsent ? held : Owned(copying: own)
  }
  guard object.isObject else { return Owned(taking: .absent) }
  let own = try object.object.instanceAttribute(name.value)
  return own.isAbsent ? Owned(taking: .absent) : Owned(copying: own)
}

/// `object.__setattr__`, and `object.__delattr__` for an absent value.
public func genericSetAttribute(_ object: Value, _ name: Value, _ value: Value) throws(PyError) {
  let name = try attributeName(name)
  let type = object.type
  let found = type.lookUp(name.value)
  if !found.isAbsent, let set = found.type.slots.pointee.descriptorSet {
    let held = Owned(copying: found)
    return try set(held.value, object, value)
  }
  if _slowPath(type.flags.contains(.managedDict)), object.isObject, !object.shape.flags.contains(.hasAttributes), type.isSubtype(of: .module) {
    return try setModuleAttribute(object, name.value, value)
  }
  guard object.isObject, object.shape.flags.contains(.hasAttributes) else { throw unsettableAttribute(object, name.value, exists: !found.isAbsent) }
  if value.isAbsent {
    guard try object.object.deleteInstanceAttribute(name.value) else { throw missingAttribute(object, name.value) }
  } else {
    try object.object.setInstanceAttribute(name.value, value)
  }
}

/// An attribute's name as an exact, interned str: only so do look-ups by address find it.
@inline(__always)
func attributeName(_ name: Value) throws(PyError) -> Owned {
  if _fastPath(name.isExactString && StringObject(name).isInterned) { return Owned(copying: name) }
  return try internedAttributeName(name)
}

@inline(never)
private func internedAttributeName(_ name: Value) throws(PyError) -> Owned {
  guard name.isString else { throw .typeError("attribute name must be string, not '\(name.typeName)'") }
  return intern(try Owned.exactString(name))
}

/// AttributeError with `name` and `obj`, from which the printer of tracebacks makes suggestions.
@inline(never)
public func missingAttribute(_ object: Value, _ name: Value) -> PyError {
  do throws(PyError) {
    // Many programs raise it only to catch it, so the text is put together without Swift's strings where it can be.
    var text = StringBuilder()
    let type = object.isType ? object.asType : object.type
    try text.append(object.isType ? "type object '" : "'")
    if type.isOfProgram { try text.append(type.contents.pointee.name) } else { try text.append(type.shownName) }
    try text.append(object.isType ? "' has no attribute '" : "' object has no attribute '")
    try text.append(name)
    try text.append("'")
    return attributeError(try text.finish(), object, name)
  } catch { return error }
}

@inline(never)
func unsettableAttribute(_ object: Value, _ name: Value, exists: Bool) -> PyError {
  if exists { return attributeError("'\(object.typeName)' object attribute '\(name.text)' is read-only", object, name) }
  let type = object.type
  let hasStore = type.slots.pointee.setAttribute?.code == genericSetAttributeCode
  let reason = hasStore ? " and no __dict__ for setting new attributes" : ""
  return attributeError("'\(object.typeName)' object has no attribute '\(name.text)'\(reason)", object, name)
}

/// Gives an AttributeError of a program's own `__getattr__` or property what it does not say itself: `name` and `obj`.
@inline(never)
func noteLookUp(_ object: Value, _ name: Value) {
  let exception = currentThread.pointee.exception
  guard !exception.isAbsent, exception.isInstance(of: .attributeError) else { return }
  let fields = ExceptionObject(exception)
  guard fields[0].isAbsent, fields[1].isAbsent else { return }
  Privacy.publishIfShared(object)
  fields.set(0, copying: name)
  fields.set(1, copying: object)
}

/// AttributeError with a message of its own.
@inline(never)
public func attributeError(_ message: String, _ object: Value, _ name: Value) -> PyError {
  do throws(PyError) { return attributeError(try Owned.string(message), object, name) } catch { return error }
}

private func attributeError(_ text: consuming Owned, _ object: Value, _ name: Value) -> PyError {
  do throws(PyError) {
    let arguments = try Owned.tuple(text.value)
    let exception = try ExceptionObject.make(.attributeError, args: arguments)
    ExceptionObject(exception.value).set(0, copying: name)
    ExceptionObject(exception.value).set(1, copying: object)
    return PyError.raise(exception)
  } catch { return error }
}

extension TypeObject {
  /// Whether attribute access does what `object` does.
  var usesGenericGetAttribute: Bool { slots.pointee.getAttribute?.code == genericGetAttributeCode }

  /// Whether attribute access begins as `object` does it; a method `__getattr__` may answer for what that does not find.
  var looksGenerically: Bool { usesGenericGetAttribute || hasOnlyHook }

  private var hasOnlyHook: Bool {
    let offset = MemoryLayout<TypeSlots>.offset(of: \.getAttribute).unsafelyUnwrapped
    return slotWord(offset) == SlotTable.genericCode(offset) && SlotFunctions.isWrapper(lookUp(Name.__getattribute__), of: genericGetAttributeCode)
  }
}
