// What the evaluator's inline caches ask: where an attribute of objects like this one is found, and which version guards the answer.

import CKraitCore

/// Where an attribute is. Valid while the object's ``Shape/version`` is ``version``; for classes and super, while the class's own version is.
struct AttributeLocation: BitwiseCopyable {
  enum Kind: UInt8 {
    /// Not to be cached: ask in general.
    case unknown
    /// In the object, at byte ``offset``; never absent.
    case inside
    /// In the overflow array behind the attribute word, at index ``offset``.
    case overflow
    /// In the dict of an object in dictionary mode (the attribute word is at byte ``offset``); the type has nothing of this name, so a miss is an AttributeError.
    case dictionary
    /// A field of `__slots__` at byte ``offset``; absent when unset.
    case member
    /// ``value`` as it is: an attribute of the class that is no descriptor, or what a static method wraps.
    case value
    /// ``value`` is a function (or method descriptor) to be called with the object in front.
    case method
    /// ``value`` is a descriptor to be bound by its `__get__`.
    case descriptor
    /// ``value`` is the getter of a property: call it with the object.
    case property
    /// Store only: in the object and in its dict, at index ``offset`` (``ShapeFlags/mirrored``).
    case mirrored
    /// Store only: a new attribute, put at byte ``offset`` of the object, whose shape becomes the one at ``value`` (an address).
    case add
  }

  var kind = Kind.unknown
  /// The attribute may be hidden by the dict of an object in dictionary mode, whose attribute word is at byte ``offset``: look there first.
  var looksInDictionary = false
  var version: UInt32 = 0
  var offset: Int32 = 0
  /// Borrowed from the type's dict: kept alive as long as the version holds.
  var value = Value.absent
}

extension TypeObject {
  /// Byte offset of the attribute word, for types whose instances all have it at the same place.
  fileprivate var attributeWordOffset: Int32? { contents.pointee.itemSize == 0 ? contents.pointee.basicSize : nil }
}

/// Where `object.name` is found. The name is interned. Classes have ``classAttributeLocation(_:_:)``; modules are cached by the version of their dict.
func attributeLocation(_ object: Value, _ name: Value) -> AttributeLocation {
  let type = object.type
  if type.usesGenericGetAttribute { return genericLocation(object, name) }
  guard type.looksGenerically else { return AttributeLocation() }
  let location = genericLocation(object, name)
  // What may end in an AttributeError asks `__getattr__` then.
  switch location.kind {
  case .dictionary, .descriptor, .property: return AttributeLocation(version: location.version)
  default: return location
  }
}

private func genericLocation(_ object: Value, _ name: Value) -> AttributeLocation {
  let shape = object.shape
  let type = shape.type
  let version = shape.assignVersion()
  guard version != 0 else { return AttributeLocation() }
  var location = AttributeLocation(version: version)
  let found = type.lookUp(name)
  if !found.isAbsent {
    let slots = found.type.slots
    if slots.pointee.descriptorGet != nil && slots.pointee.descriptorSet != nil { return dataDescriptor(found, type, location) }
    location.value = found
    location.kind = slots.pointee.descriptorGet == nil ? .value : found.type.flags.contains(.methodDescriptor) ? .method : .descriptor
  }
  guard shape.flags.contains(.hasAttributes) else { return location }
  let slot = shape.slot(of: name)
  if slot >= 0 {
    location.value = .absent
    setPlace(&location, shape, slot)
    return location
  }
  guard shape.mayHaveMoreInDict else { return location }
  guard let offset = type.attributeWordOffset else { return AttributeLocation() }
  location.offset = offset
  if found.isAbsent { location.kind = .dictionary } else { location.looksInDictionary = true }
  return location
}

private func setPlace(_ location: inout AttributeLocation, _ shape: Shape, _ slot: Int) {
  let inside = Int(shape.contents.pointee.inlineCapacity)
  if slot < inside {
    location.kind = .inside
    location.offset = shape.contents.pointee.inlineOffset + Int32(slot * MemoryLayout<Value>.size)
  } else {
    location.kind = .overflow
    location.offset = Int32(slot - inside)
  }
}

private func dataDescriptor(_ found: Value, _ type: TypeObject, _ location: AttributeLocation) -> AttributeLocation {
  var location = location
  location.value = found
  location.kind = .descriptor
  if found.object.shape == TypeObject.property.rootShape {
    let getter = PropertyObject(found).getter
    if !getter.isAbsent {
      location.kind = .property
      location.value = getter
    }
  } else if found.object.shape == TypeObject.memberDescriptor.rootShape, DescriptorObject(found).contents.pointee.detail == MemberKind.slot.rawValue,
    type.isSubtype(of: DescriptorObject(found).type)
  {
    location.kind = .member
    location.offset = Int32(DescriptorObject(found).contents.pointee.payload)
  }
  return location
}

/// Where `object.name = …` goes. The name is interned.
func storeLocation(_ object: Value, _ name: Value) throws(PyError) -> AttributeLocation {
  let shape = object.shape
  let type = shape.type
  guard type.slots.pointee.setAttribute?.code == genericSetAttributeCode else { return AttributeLocation() }
  let version = shape.assignVersion()
  guard version != 0 else { return AttributeLocation() }
  var location = AttributeLocation(version: version)
  let found = type.lookUp(name)
  if !found.isAbsent, found.type.slots.pointee.descriptorSet != nil {
    let member = dataDescriptor(found, type, location)
    return member.kind == .member ? member : AttributeLocation()
  }
  guard shape.flags.contains(.hasAttributes) else { return AttributeLocation() }
  let slot = shape.slot(of: name)
  if shape.flags.contains(.dictionaryMode) {
    if slot >= 0 {
      location.kind = .mirrored
      location.offset = Int32(slot)
    } else if shape.mayHaveMoreInDict, let offset = type.attributeWordOffset {
      location.kind = .dictionary
      location.offset = offset
    } else {
      return AttributeLocation()
    }
    return location
  }
  if slot >= 0 {
    setPlace(&location, shape, slot)
    return location
  }
  guard let next = try shape.adding(name) else { return AttributeLocation() }
  let index = Int(shape.contents.pointee.attributeCount)
  guard index < Int(shape.contents.pointee.inlineCapacity) else { return AttributeLocation() }
  location.kind = .add
  location.offset = shape.contents.pointee.inlineOffset + Int32(index * MemoryLayout<Value>.size)
  location.value = Value(next.raw)
  return location
}

/// Where `cls.name` is found, for a class. The guard is that the object is this class and its ``TypeContents/version`` is ``AttributeLocation/version``, and that what its own
/// class says has not changed: the version of the object's shape is ``AttributeLocation/offset``.
func classAttributeLocation(_ object: Value, _ name: Value) -> AttributeLocation {
  let type = object.asType
  let metatype = object.type
  guard metatype.slots.pointee.getAttribute?.code == typeGetAttributeCode else { return AttributeLocation() }
  let meta = metatype.lookUp(name)
  if !meta.isAbsent, meta.type.slots.pointee.descriptorSet != nil { return AttributeLocation() }
  let version = type.assignVersion()
  guard version != 0 else { return AttributeLocation() }
  let found = type.lookUp(name)
  if found.isAbsent { return AttributeLocation() }
  let own = object.object.shape.assignVersion()
  guard own != 0 else { return AttributeLocation() }
  var location = AttributeLocation(kind: .value, version: version, offset: Int32(bitPattern: own), value: found)
  guard found.type.slots.pointee.descriptorGet != nil else { return location }
  if found.type == .function || found.type == .methodDescriptor || found.type == .wrapperDescriptor { return location }
  if found.object.shape == TypeObject.staticMethod.rootShape {
    location.value = WrappedMethodObject(found).function
    return location.value.isAbsent ? AttributeLocation() : location
  }
  if found.object.shape == TypeObject.classMethod.rootShape {
    location.kind = .method
    location.value = WrappedMethodObject(found).function
    return location.value.isAbsent ? AttributeLocation() : location
  }
  location.kind = .descriptor
  return location
}

/// Where a class has what its own class computes for each of its instances, natively, as `__dict__` and `__name__`; nil for all else. The guard is the version of the object's shape.
func metaclassAttributeLocation(_ object: Value, _ name: Value) -> AttributeLocation? {
  let metatype = object.type
  guard metatype.slots.pointee.getAttribute?.code == typeGetAttributeCode else { return nil }
  let found = metatype.lookUp(name)
  guard found.isPresentObject, found.object.shape == TypeObject.getSetDescriptor.rootShape else { return nil }
  let version = object.object.shape.assignVersion()
  return version == 0 ? nil : AttributeLocation(kind: .descriptor, version: version, value: found)
}

/// What a call of a plain class does: `object.__new__`, then this function.
struct Construction: BitwiseCopyable {
  /// The class's ``TypeContents/version`` that guards the answer; 0: the class is not plain.
  var version: UInt32 = 0
  /// The Python function `__init__`, borrowed; absent when it is that of `object`, which takes no arguments.
  var initializer = Value.absent
}

/// How to call a class without asking its slots: allocate an instance, call the initializer with it.
func construction(of type: TypeObject) -> Construction {
  guard type.raw.shape == TypeObject.type.rootShape, type.isHeapType, !type.flags.contains(.isAbstract), type.slots.pointee.new?.code == objectNewCode else { return Construction() }
  let version = type.assignVersion()
  guard version != 0 else { return Construction() }
  if type.slots.pointee.initialize?.code == objectInitializeCode { return Construction(version: version) }
  let function = type.lookUp(Name.__init__)
  guard !function.isAbsent, function.isObject, function.object.shape == TypeObject.function.rootShape else { return Construction() }
  return Construction(version: version, initializer: function)
}
