// The type `super`: attribute look-up that begins behind a class in the MRO.

import CKraitCore

@frozen
public struct SuperObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    /// `__thisclass__`; absent before `__init__`.
    public var type: Value
    /// `__self__`; absent when unbound.
    public var object: Value
    /// `__self_class__`; absent when unbound.
    public var objectType: Value
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }

  /// - Parameter object: absent for an unbound one.
  func initialize(_ type: Value, _ object: Value, _ objectType: Value) {
    let old = (contents.pointee.type, contents.pointee.object, contents.pointee.objectType)
    contents.pointee.type = Owned(copying: type).take()
    contents.pointee.object = Owned(copyingIfPresent: object).take()
    contents.pointee.objectType = Owned(copyingIfPresent: objectType).take()
    old.0.releaseIfPresent()
    old.1.releaseIfPresent()
    old.2.releaseIfPresent()
  }
}

/// The class in whose MRO `super(type, object)` looks: of the object, or the object itself when it is a subclass.
public func superCheck(_ type: TypeObject, _ object: Value) throws(PyError) -> Owned {
  if object.isType && object.asType.isSubtype(of: type) { return Owned(copying: object) }
  let objectType = object.type
  if objectType.isSubtype(of: type) { return Owned(copying: objectType.value) }
  // A proxy says of which class it is.
  let claimed = try object.lookUpAttribute(Name.__class__)
  if !claimed.value.isAbsent, claimed.value.isType, claimed.value !== objectType.value, claimed.value.asType.isSubtype(of: type) { return claimed }
  let word = object.isType ? "type" : "instance of"
  let name = object.isType ? object.asType.nameText : objectType.nameText
  throw .typeError("super(type, obj): obj (\(word) \(name)) is not an instance or subtype of type (\(type.nameText)).")
}

/// The attribute behind `start` in the MRO of `objectType`, bound to `object`; absent if there is none.
public func superLookUp(start: TypeObject, object: Value, objectType: TypeObject, _ name: Value) throws(PyError) -> Owned {
  let found = superFind(start: start, objectType: objectType, name)
  if found.isAbsent { return Owned(taking: .absent) }
  let held = Owned(copying: found)
  guard let get = held.value.type.slots.pointee.descriptorGet else { return held }
  return try get(held.value, object === objectType.value ? .absent : object, objectType.value)
}

/// The attribute behind `start` in the MRO, borrowed and not bound; absent if there is none. The evaluator calls a function found so without a bound method.
public func superFind(start: TypeObject, objectType: TypeObject, _ name: Value) -> Value {
  let version = objectType.assignVersion()
  guard version != 0 else { return superFindAlongMRO(start: start, objectType: objectType, name) }
  let entry = SuperCache.entry(version, start, name)
  if entry.pointee.version == version && entry.pointee.start == start.raw && entry.pointee.name == name.bits { return Value(bits: entry.pointee.value) }
  let found = superFindAlongMRO(start: start, objectType: objectType, name)
  SuperCache.store(version, start, name, found)
  return found
}

private func superFindAlongMRO(start: TypeObject, objectType: TypeObject, _ name: Value) -> Value {
  guard !objectType.contents.pointee.mro.isAbsent else { return .absent }
  let mro = objectType.mro
  var index = 0
  while index < mro.count && mro[index] !== start.value { index += 1 }
  index += 1
  while index < mro.count {
    let found = TypeObject(mro[index]).dict.get(interned: name)
    if !found.isAbsent { return found }
    index += 1
  }
  return .absent
}

/// `super(type, object).name` without a super object: the attribute, and whether it is a function that the object must be given as first argument.
func superLoad(_ type: Value, _ object: Value, _ name: Value) throws(PyError) -> (value: Value, isMethod: Bool) {
  let start = TypeObject(type)
  let checked = try superCheck(start, object)
  let objectType = TypeObject(checked.value)
  let found = name === Name.__class__ ? Value.absent : superFind(start: start, objectType: objectType, name)
  if found.isAbsent {
    let instance = Owned(taking: try TypeObject.superType.allocate())
    SuperObject(instance.value).initialize(type, object, checked.value)
    return (try genericGetAttribute(instance.value, name).take(), false)
  }
  let held = Owned(copying: found)
  if held.value.type.flags.contains(.methodDescriptor) && object !== objectType.value { return (held.take(), true) }
  guard let get = held.value.type.slots.pointee.descriptorGet else { return (held.take(), false) }
  return (try get(held.value, object === objectType.value ? .absent : object, objectType.value).take(), false)
}

func defineSuper(_ types: TypeDefinitions) {
  types.define(.superType) { t in
    t.documentation = "super() or super(type, object): attributes of the classes behind type in the MRO of the object's class, bound to the object."
    t.basicSize = MemoryLayout<SuperObject.Contents>.size
    t.shapeFlags.insert([.tracked, .hasState])
    t.flags.insert(.baseType)
    t.rawNew("super") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
    t.rawInitialize("super", initializeSuper)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let contents = SuperObject(object).contents
      let type = contents.pointee.type.isAbsent ? "NULL" : contents.pointee.type.asType.nameText
      if contents.pointee.objectType.isAbsent { return try Owned.string("<super: <class '\(type)'>, NULL>") }
      return try Owned.string("<super: <class '\(type)'>, <\(contents.pointee.objectType.asType.nameText) object>>")
    }
    t.slots.getAttribute = BinarySlot { (object: Value, name: Value) throws(PyError) -> Owned in
      let name = try attributeName(name)
      let contents = SuperObject(object).contents
      if !contents.pointee.objectType.isAbsent && name.value !== Name.__class__ {
        let start = Owned(copying: contents.pointee.type)
        let receiver = Owned(copying: contents.pointee.object)
        let objectType = Owned(copying: contents.pointee.objectType)
        let found = try superLookUp(start: TypeObject(start.value), object: receiver.value, objectType: TypeObject(objectType.value), name.value)
        if !found.value.isAbsent { return found }
      }
      return try genericGetAttribute(object, name.value)
    }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      let contents = SuperObject(object).contents
      if instance.isAbsent || instance.isNone || !contents.pointee.object.isAbsent { return Owned(copying: object) }
      if object.type != .superType { return try object.type.value.call(contents.pointee.type, instance) }
      let objectType = try superCheck(TypeObject(contents.pointee.type), instance)
      let result = Owned(taking: try TypeObject.superType.allocate())
      SuperObject(result.value).initialize(contents.pointee.type, instance, objectType.value)
      return result
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = SuperObject(raw: raw).contents
      contents.pointee.type.releaseIfPresent()
      contents.pointee.object.releaseIfPresent()
      contents.pointee.objectType.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = SuperObject(raw: raw).contents
      visit(contents.pointee.type)
      visit(contents.pointee.object)
      visit(contents.pointee.objectType)
    }
    t.member("__thisclass__", offset: 24, "the class behind which the look-up begins")
    t.member("__self__", offset: 32, "the object that attributes are bound to")
    t.member("__self_class__", offset: 40, "the class in whose MRO the look-up goes")
  }
}

private func initializeSuper(_ object: Value, _ arguments: Arguments) throws(PyError) {
  if arguments.keywordCount > 0 { throw .typeError("super() takes no keyword arguments") }
  if arguments.positionalCount > 2 { throw .typeError("super() expected at most 2 arguments, got \(arguments.positionalCount)") }
  if arguments.positionalCount == 0 {
    let (type, receiver) = try currentThread.pointee.superArguments()
    let objectType = try superCheck(TypeObject(type), receiver)
    return SuperObject(object).initialize(type, receiver, objectType.value)
  }
  let type = arguments.base[0]
  guard type.isType else { throw .typeError("super() argument 1 must be a type, not \(type.isNone ? "None" : type.typeName)") }
  if arguments.positionalCount == 1 || arguments.base[1].isNone { return SuperObject(object).initialize(type, .absent, .absent) }
  let objectType = try superCheck(type.asType, arguments.base[1])
  SuperObject(object).initialize(type, arguments.base[1], objectType.value)
}
