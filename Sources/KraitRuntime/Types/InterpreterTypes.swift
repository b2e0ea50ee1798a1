// Types of native modules whose attributes may be set: each interpreter has its own.

import CKraitCore

extension ModuleBuilder {
  /// Makes a type of the module that each interpreter has for itself, as programs may set its attributes, and puts it into the module under its name.
  ///
  /// The description serves the process: it makes a type that no program sees, the prototype. An interpreter's type is a class on its heap with the layout and the slots of the prototype
  /// and descriptors of its own; in its `__bases__` and `__mro__` stands what the prototype's have.
  public func defineInterpreterType(_ name: StaticString, module: StaticString, _ body: (TypeDefinition) -> Void) throws(PyError) -> Owned {
    let prototype = try ModuleTypes.type(name, module: module, key: definition.name, base: .object, isStatic: false, isPrototype: true, body)
    let type = try prototype.makeInterpreterType()
    try dict.set(prototype.contents.pointee.name, type.value)
    return type
  }
}

extension TypeObject {
  /// `__base__`: a prototype's own base in its place.
  var visibleBase: TypeObject? {
    guard let base = contents.pointee.base else { return nil }
    return base.flags.contains(.prototype) ? base.contents.pointee.base : base
  }

  /// A class as a class statement would make it from the prototype, of which then nothing is left to be seen: descriptors, bases and order are replaced.
  fileprivate func makeInterpreterType() throws(PyError) -> Owned {
    let namespace = try Owned.dict()
    // Nothing but what the prototype has: no `__weakref__`.
    try DictObject(namespace.value).set(Name.__slots__, TupleObject.empty)
    let derivedFrom = try Owned.tuple(value)
    let result = try TypeObject.create(.type, contents.pointee.name, derivedFrom.value, namespace.value, .absent)
    let type = TypeObject(result.value)
    type.contents.pointee.flags.insert(.moduleType)

    let attributes = type.dict
    attributes.clear()
    var position = 0
    var name = Value.absent
    var attribute = Value.absent
    while dict.next(&position, &name, &attribute) { try attributes.set(name, taking: try copy(attribute, for: type)) }

    let bases = contents.pointee.bases
    let order = try Owned.list(from: contents.pointee.mro)
    ListObject(order.value).set(0, taking: Owned(copying: type.value))
    let mro = try Owned.tuple(from: order.value)
    try TypeObject.addSubclass(type, of: TupleObject(bases))
    SubclassList.remove(type, from: self)
    let (formerBases, formerOrder) = (type.contents.pointee.bases, type.contents.pointee.mro)
    type.contents.pointee.bases = Owned(copying: bases).take()
    type.contents.pointee.mro = mro.take()
    type.invalidate()
    formerBases.release()
    formerOrder.release()
    return result
  }

  /// What stands in the prototype's dict, as the dict of an interpreter's type has it: what says whose it is says that it is that type's.
  private func copy(_ attribute: Value, for type: TypeObject) throws(PyError) -> Owned {
    guard attribute.isObject else { return Owned(copying: attribute) }
    switch attribute.type {
    case .methodDescriptor, .classMethodDescriptor, .wrapperDescriptor, .getSetDescriptor, .memberDescriptor:
      let contents = DescriptorObject(attribute).contents.pointee
      return try DescriptorObject.make(
        attribute.type, of: type, name: contents.name, payload: contents.payload, detail: contents.detail, documentation: contents.documentation)
    case .builtinFunction where NativeFunctionObject(attribute).receiver === value:
      return try NativeFunctionObject.make(NativeFunctionObject(attribute).function, receiver: type.value)
    default: return Owned(copying: attribute)
    }
  }
}
