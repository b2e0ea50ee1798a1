// `isinstance` and `issubclass`, and what `type.__instancecheck__` and `type.__subclasscheck__` do.

import CKraitCore

func defineClassTests(_ m: ModuleBuilder) throws(PyError) {
  try m.function("isinstance(obj, class_or_tuple, /)", "Return whether the object is an instance of the class or of one of several.") {
    (call: Call) throws(PyError) -> Owned in .boolean(try isInstance(call[0], of: call[1]))
  }
  try m.function("issubclass(cls, class_or_tuple, /)", "Return whether a class is the other, one of several, or derived from it.") {
    (call: Call) throws(PyError) -> Owned in .boolean(try isSubclass(call[0], of: call[1]))
  }
}

/// `isinstance(object, target)`.
public func isInstance(_ object: Value, of target: Value) throws(PyError) -> Bool {
  if object.type.value === target { return true }
  if target.isObject && target.object.shape == TypeObject.type.rootShape { return try isPlainInstance(object, of: target) }
  return try isInstanceByProtocol(object, target)
}

@inline(never)
private func isInstanceByProtocol(_ object: Value, _ target: Value) throws(PyError) -> Bool {
  if target.type == .type { return try isPlainInstance(object, of: target) }
  if target.type == .union {
    let members = try target.getAttribute(Name.__args__)
    return try isInstanceOfAny(object, members.value)
  }
  if target.isTuple { return try isInstanceOfAny(object, target) }
  let checker = try target.lookUpSpecial(Name.__instancecheck__)
  if checker.value.isAbsent { return try isPlainInstance(object, of: target) }
  try checkNativeRecursion(" in __instancecheck__")
  let result = try checker.value.call(object)
  return try result.value.isTruthy()
}

private func isInstanceOfAny(_ object: Value, _ targets: Value) throws(PyError) -> Bool {
  try checkNativeRecursion(" in __instancecheck__")
  let targets = TupleObject(targets)
  for index in 0..<targets.count where try isInstance(object, of: targets[index]) { return true }
  return false
}

/// `type.__instancecheck__`: by the object's type, then by its `__class__`.
public func isPlainInstance(_ object: Value, of target: Value) throws(PyError) -> Bool {
  if target.isType {
    let target = TypeObject(raw: target.object)
    if object.type.isSubtype(of: target) { return true }
    // Only a type that overrides `__class__` can say otherwise.
    if object.type.usesGenericGetAttribute && object.type.lookUp(Name.__class__) === TypeObject.object.lookUp(Name.__class__) { return false }
    let claimed = try object.lookUpAttribute(Name.__class__)
    guard !claimed.value.isAbsent, claimed.value.isType, claimed.value !== object.type.value else { return false }
    return TypeObject(raw: claimed.value.object).isSubtype(of: target)
  }
  try checkClass(target, "isinstance() arg 2 must be a type, a tuple of types, or a union")
  let claimed = try object.lookUpAttribute(Name.__class__)
  return claimed.value.isAbsent ? false : try isAbstractSubclass(claimed.value, of: target)
}

/// `issubclass(derived, target)`.
public func isSubclass(_ derived: Value, of target: Value) throws(PyError) -> Bool {
  if target.type == .type {
    return derived === target ? true : try isPlainSubclass(derived, of: target)
  }
  if target.type == .union {
    let members = try target.getAttribute(Name.__args__)
    return try isSubclassOfAny(derived, members.value)
  }
  if target.isTuple { return try isSubclassOfAny(derived, target) }
  let checker = try target.lookUpSpecial(Name.__subclasscheck__)
  if checker.value.isAbsent { return try isPlainSubclass(derived, of: target) }
  try checkNativeRecursion(" in __subclasscheck__")
  let result = try checker.value.call(derived)
  return try result.value.isTruthy()
}

private func isSubclassOfAny(_ derived: Value, _ targets: Value) throws(PyError) -> Bool {
  try checkNativeRecursion(" in __subclasscheck__")
  let targets = TupleObject(targets)
  for index in 0..<targets.count where try isSubclass(derived, of: targets[index]) { return true }
  return false
}

/// `type.__subclasscheck__`.
public func isPlainSubclass(_ derived: Value, of target: Value) throws(PyError) -> Bool {
  if derived.isType && target.isType { return TypeObject(raw: derived.object).isSubtype(of: TypeObject(raw: target.object)) }
  try checkClass(derived, "issubclass() arg 1 must be a class")
  if target.type != .union { try checkClass(target, "issubclass() arg 2 must be a class, a tuple of classes, or a union") }
  return try isAbstractSubclass(derived, of: target)
}

/// `__bases__`, absent when there is none or it is no tuple.
private func abstractBases(_ value: Value) throws(PyError) -> Owned {
  let bases = try value.lookUpAttribute(Name.__bases__)
  return !bases.value.isAbsent && bases.value.isTuple ? bases : Owned(taking: .absent)
}

private func checkClass(_ value: Value, _ message: String) throws(PyError) {
  let bases = try abstractBases(value)
  if bases.value.isAbsent { throw .typeError(message) }
}

private func isAbstractSubclass(_ derived: Value, of target: Value) throws(PyError) -> Bool {
  try checkNativeRecursion(" in __subclasscheck__")
  if derived === target { return true }
  let bases = try abstractBases(derived)
  if bases.value.isAbsent { return false }
  let items = TupleObject(bases.value)
  for index in 0..<items.count where try isAbstractSubclass(items[index], of: target) { return true }
  return false
}
