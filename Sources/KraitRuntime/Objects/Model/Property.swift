// The type `property`.

import CKraitCore

@frozen
public struct PropertyObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  /// Functions that are not set are absent.
  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    public var get: Value
    public var set: Value
    public var delete: Value
    public var documentation: Value
    /// What `__set_name__` or an assignment to `__name__` gave; absent before.
    public var name: Value
    /// Whether the documentation is the getter's, so that a property derived with another getter takes that one's.
    public var documentationIsOfGetter: Bool
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  /// `fget`, borrowed; absent if there is none.
  @inlinable public var getter: Value { @inline(__always) get { contents.pointee.get } }

  /// The property's name for messages; absent if none is known.
  func shownName() throws(PyError) -> Owned {
    if !contents.pointee.name.isAbsent { return Owned(copying: contents.pointee.name) }
    if contents.pointee.get.isAbsent { return Owned(taking: .absent) }
    let held = Owned(copying: contents.pointee.get)
    return try held.value.lookUpAttribute(Name.__name__)
  }

  /// The old value is not given up: the evaluator's caches may still lead to the functions of a property that is initialised again, which nobody does but to try it.
  private static func replace(_ place: UnsafeMutablePointer<Value>, _ value: Value) {
    let old = place.pointee
    value.retainIfPresent()
    place.pointee = value
    old.releaseIfPresent()
  }

  func initialize(get: Value, set: Value, delete: Value, documentation: Value) throws(PyError) {
    let contents = self.contents
    func present(_ value: Value) -> Value { value.isNone ? .absent : value }
    PropertyObject.replace(&contents.pointee.get, present(get))
    PropertyObject.replace(&contents.pointee.set, present(set))
    PropertyObject.replace(&contents.pointee.delete, present(delete))
    PropertyObject.replace(&contents.pointee.name, .absent)
    PropertyObject.replace(&contents.pointee.documentation, .absent)
    contents.pointee.documentationIsOfGetter = false
    var text = Owned(copyingIfPresent: present(documentation))
    if text.value.isAbsent && !contents.pointee.get.isAbsent {
      text = try contents.pointee.get.lookUpAttribute(Name.__doc__)
      if text.value.isNone { text = Owned(taking: .absent) }
      contents.pointee.documentationIsOfGetter = !text.value.isAbsent
    }
    if raw.shape.type == .property {
      contents.pointee.documentation = text.take()
    } else {
      // A subclass's class body hides the field with its own `__doc__`, so the instance gets an attribute.
      do throws(PyError) {
        try Value(raw).setAttribute(Name.__doc__, text.value.isAbsent ? .none : text.value)
      } catch {
        // Without a dict there is no place for a docstring; only one that a getter has is missed (CPython keeps both for old programs' sake).
        guard PyError.matches(.attributeError), !contents.pointee.documentationIsOfGetter else { throw error }
        PyError.clear()
      }
    }
  }

  /// `getter(f)` and the like: a property of the same class with one function replaced.
  func copy(get: Value? = nil, set: Value? = nil, delete: Value? = nil) throws(PyError) -> Owned {
    func given(_ value: Value?, _ own: Value) -> Owned {
      if let value, !value.isNone { return Owned(copying: value) }
      return own.isAbsent ? .none : Owned(copying: own)
    }
    let contents = self.contents
    let newGet = given(get, contents.pointee.get)
    let newSet = given(set, contents.pointee.set)
    let newDelete = given(delete, contents.pointee.delete)
    let documentation =
      contents.pointee.documentationIsOfGetter && !newGet.value.isNone || contents.pointee.documentation.isAbsent
      ? Owned.none : Owned(copying: contents.pointee.documentation)
    let result = try raw.shape.type.value.call(newGet.value, newSet.value, newDelete.value, documentation.value)
    if result.value.isInstance(of: .property) { PropertyObject.replace(&PropertyObject(result.value).contents.pointee.name, contents.pointee.name) }
    return result
  }

  func missing(_ kind: StaticString, _ object: Value) throws(PyError) -> PyError {
    let name = try shownName()
    let typeName = object.type.contents.pointee.qualifiedName.text
    if !name.value.isAbsent { return .attributeError("property \(try name.value.repr().text) of '\(typeName)' object has no \(kind)") }
    return .attributeError("property of '\(typeName)' object has no \(kind)")
  }
}

func defineProperty(_ types: TypeDefinitions) {
  types.define(.property) { t in
    t.documentation = "An attribute that functions get, set and delete; the docstring is the getter's unless doc is given."
    t.basicSize = MemoryLayout<PropertyObject.Contents>.size
    t.shapeFlags.insert([.tracked, .hasState])
    t.flags.insert(.baseType)
    t.rawNew("property") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
    t.initialize("property(fget=None, fset=None, fdel=None, doc=None)") { (call: Call) throws(PyError) in
      try PropertyObject(call.receiver).initialize(get: call[0], set: call[1], delete: call[2], documentation: call[3])
    }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      if instance.isAbsent || instance.isNone && object.object.isImmortal { return Owned(copying: object) }
      let property = PropertyObject(object)
      if property.getter.isAbsent { throw try property.missing("getter", instance) }
      let function = Owned(copying: property.getter)
      return try function.value.call(instance)
    }
    t.slots.descriptorSet = StoreSlot { (object: Value, instance: Value, value: Value) throws(PyError) in
      let property = PropertyObject(object)
      if value.isAbsent {
        if property.contents.pointee.delete.isAbsent { throw try property.missing("deleter", instance) }
        let function = Owned(copying: property.contents.pointee.delete)
        _ = try function.value.call(instance)
      } else {
        if property.contents.pointee.set.isAbsent { throw try property.missing("setter", instance) }
        let function = Owned(copying: property.contents.pointee.set)
        _ = try function.value.call(instance, value)
      }
    }
    t.slots.deallocate = DeallocateSlot { raw in
      clearProperty(raw)
      finishDeallocation(raw)
    }
    t.slots.clear = ClearSlot(clearProperty)
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = PropertyObject(raw: raw).contents
      for value in [contents.pointee.get, contents.pointee.set, contents.pointee.delete, contents.pointee.documentation, contents.pointee.name] { visit(value) }
    }
    definePropertyAttributes(t)
  }
}

private func clearProperty(_ raw: UnsafeMutableRawPointer) {
  let contents = PropertyObject(raw: raw).contents
  let values = (contents.pointee.get, contents.pointee.set, contents.pointee.delete, contents.pointee.documentation, contents.pointee.name)
  contents.pointee.get = .absent
  contents.pointee.set = .absent
  contents.pointee.delete = .absent
  contents.pointee.documentation = .absent
  contents.pointee.name = .absent
  values.0.releaseIfPresent()
  values.1.releaseIfPresent()
  values.2.releaseIfPresent()
  values.3.releaseIfPresent()
  values.4.releaseIfPresent()
}

private func definePropertyAttributes(_ t: TypeDefinition) {
  t.method("getter(function, /)", "The property with another getter.") { (call: Call) throws(PyError) -> Owned in try PropertyObject(call.receiver).copy(get: call[0]) }
  t.method("setter(function, /)", "The property with another setter.") { (call: Call) throws(PyError) -> Owned in try PropertyObject(call.receiver).copy(set: call[0]) }
  t.method("deleter(function, /)", "The property with another deleter.") { (call: Call) throws(PyError) -> Owned in try PropertyObject(call.receiver).copy(delete: call[0]) }
  t.rawMethod("__set_name__", "Called with the class and the name when a class is made.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    guard arguments.positionalCount == 2 else { throw .typeError("__set_name__() takes 2 positional arguments but \(arguments.positionalCount) were given") }
    let contents = PropertyObject(object).contents
    let old = contents.pointee.name
    contents.pointee.name = Owned(copying: arguments.base[1]).take()
    old.releaseIfPresent()
    return .none
  }
  t.member("fget") { (object: Value) throws(PyError) -> Owned in presentOrNone(PropertyObject(object).contents.pointee.get) }
  t.member("fset") { (object: Value) throws(PyError) -> Owned in presentOrNone(PropertyObject(object).contents.pointee.set) }
  t.member("fdel") { (object: Value) throws(PyError) -> Owned in presentOrNone(PropertyObject(object).contents.pointee.delete) }
  t.member("__doc__") { (object: Value) throws(PyError) -> Owned in
    presentOrNone(PropertyObject(object).contents.pointee.documentation)
  } set: { (object: Value, value: Value) throws(PyError) in
    let contents = PropertyObject(object).contents
    let old = contents.pointee.documentation
    contents.pointee.documentation = Owned(copyingIfPresent: value).take()
    old.releaseIfPresent()
  }
  t.property("__name__") { (object: Value) throws(PyError) -> Owned in
    let name = try PropertyObject(object).shownName()
    if name.value.isAbsent { throw missingAttribute(object, Name.__name__) }
    return name
  } set: { (object: Value, value: Value) throws(PyError) in
    let contents = PropertyObject(object).contents
    let old = contents.pointee.name
    contents.pointee.name = Owned(copyingIfPresent: value).take()
    old.releaseIfPresent()
  }
  t.getter("__isabstractmethod__") { (object: Value) throws(PyError) -> Owned in
    let contents = PropertyObject(object).contents
    for function in [contents.pointee.get, contents.pointee.set, contents.pointee.delete] where try isAbstract(function) { return .boolean(true) }
    return .boolean(false)
  }
}

/// Whether a function says that it is abstract. Absent functions are not.
func isAbstract(_ function: Value) throws(PyError) -> Bool {
  if function.isAbsent { return false }
  let held = Owned(copying: function)
  let mark = try held.value.lookUpAttribute(Name.__isabstractmethod__)
  return mark.value.isAbsent ? false : try mark.value.isTruthy()
}

func presentOrNone(_ value: Value) -> Owned { value.isAbsent ? .none : Owned(copying: value) }
