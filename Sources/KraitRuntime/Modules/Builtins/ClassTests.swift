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
private func isInstanceByProtocol(_ object: Value, _ target: Value) throws(PyError) -> Bool { try ClassTest.instance.passes(object, target) }

/// What `isinstance()` and `issubclass()` have in common: unions, tuples, and the target's own method.
private enum ClassTest {
  case instance, subclass

  func passes(_ subject: Value, _ target: Value) throws(PyError) -> Bool {
    if target.isTuple { return try passesAny(subject, target, 0) }
    return try passesSingle(subject, target)
  }

  private func passesSingle(_ subject: Value, _ target: Value) throws(PyError) -> Bool {
    if target.type == .type { return try passesPlain(subject, target) }
    if target.type == .union {
      let members = try target.getAttribute(Name.__args__)
      return try passesAny(subject, members.value, 0)
    }
    try checkRecursion()
    let result = try target.callSpecial(self == .instance ? Name.__instancecheck__ : Name.__subclasscheck__, subject)
    return result.value.isAbsent ? try passesPlain(subject, target) : try result.value.isTruthy()
  }

  private func passesPlain(_ subject: Value, _ target: Value) throws(PyError) -> Bool {
    self == .instance ? try isPlainInstance(subject, of: target) : try isPlainSubclass(subject, of: target)
  }

  /// How deep tuples in tuples may be: their levels take so little of the stack that its end alone would come too late.
  private static let nestingLimit = 50_000

  private func passesAny(_ subject: Value, _ targets: Value, _ depth: Int) throws(PyError) -> Bool {
    try checkRecursion()
    if depth == ClassTest.nestingLimit { throw .recursionError("maximum recursion depth exceeded\(self == .instance ? " in __instancecheck__" : " in __subclasscheck__")") }
    let targets = TupleObject(targets)
    for index in 0..<targets.count {
      let target = targets[index]
      if self == .subclass ? target.type == .type && subject === target : subject.type.value === target { return true }
      let passes = target.isTuple ? try passesAny(subject, target, depth &+ 1) : try passesSingle(subject, target)
      if passes { return true }
    }
    return false
  }

  private func checkRecursion() throws(PyError) { try checkNativeRecursion(self == .instance ? " in __instancecheck__" : " in __subclasscheck__") }
}

/// `type.__instancecheck__`: by the object's type, then by its `__class__`.
public func isPlainInstance(_ object: Value, of target: Value) throws(PyError) -> Bool {
  if target.isType {
    let target = TypeObject(raw: target.object)
    if object.type.isSubtype(of: target) { return true }
    // Only a type that overrides `__class__` can say otherwise.
    if object.type.tellsItsClass { return false }
    let claimed = try object.lookUpAttribute(Name.__class__)
    guard !claimed.value.isAbsent, claimed.value.isType, claimed.value !== object.type.value else { return false }
    return TypeObject(raw: claimed.value.object).isSubtype(of: target)
  }
  try checkClass(target, "isinstance() arg 2 must be a type, a tuple of types, or a union")
  let claimed = try object.lookUpAttribute(Name.__class__)
  return claimed.value.isAbsent ? false : try isAbstractSubclass(claimed.value, of: target)
}

extension TypeObject {
  /// Whether what `__class__` says of an instance is this class.
  var tellsItsClass: Bool {
    // No builtin type with the ordinary look-up has a `__class__` of its own.
    if usesGenericGetAttribute && !isHeapType { return true }
    return looksGenerically && lookUp(Name.__class__) === TypeObject.object.lookUp(Name.__class__)
  }

  /// As ``tellsItsClass``, if that can be told beside other threads.
  var plainlyTellsItsClass: Bool {
    if !usesGenericGetAttribute { return false }
    if !isHeapType { return true }
    guard let own = TypeCache.find(self, Name.__class__), let ordinary = TypeCache.find(.object, Name.__class__) else { return false }
    return own === ordinary
  }
}

/// `issubclass(derived, target)`.
public func isSubclass(_ derived: Value, of target: Value) throws(PyError) -> Bool {
  if target.type == .type && derived === target { return true }
  return try ClassTest.subclass.passes(derived, target)
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
