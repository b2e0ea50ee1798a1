// Descriptors of native types: method_descriptor, classmethod_descriptor, wrapper_descriptor, getset_descriptor, member_descriptor; and method-wrapper.

import CKraitCore

/// What the descriptor types have in common.
@frozen
public struct DescriptorObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { Value(raw) }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    /// `__objclass__`
    public var type: Value
    public var name: Value
    /// `__qualname__` once asked for; absent before.
    public var qualifiedName: Value
    /// A str, or absent.
    public var documentation: Value
    /// The address of the ``NativeFunction`` or ``NativeAttribute``, a slot's code, or a member's offset.
    public var payload: UInt
    /// The row of ``SlotTable`` for wrappers; for members a ``MemberKind``.
    public var detail: Int
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  @inlinable public var type: TypeObject { TypeObject(raw: contents.pointee.type.object) }
  @inlinable public var name: Value { contents.pointee.name }
  /// The function of a method descriptor.
  public var function: UnsafePointer<NativeFunction> {
    @inline(__always) get { UnsafePointer(bitPattern: contents.pointee.payload).unsafelyUnwrapped }
  }
  /// Getter and setter of a getset descriptor.
  var attribute: UnsafePointer<NativeAttribute> { UnsafePointer(bitPattern: contents.pointee.payload).unsafelyUnwrapped }
  var row: SlotRow { SlotTable.rows[contents.pointee.detail] }

  static func make(
    _ kind: TypeObject, of type: TypeObject, name: Value, payload: UInt, detail: Int = 0, documentation: Value = .absent
  ) throws(PyError) -> Owned {
    let raw = try allocateZeroedObject(kind.rootShape, size: MemoryLayout<Contents>.size)
    let contents = DescriptorObject(raw: raw).contents
    contents.pointee.payload = payload
    contents.pointee.detail = detail
    type.raw.retain()
    contents.pointee.type = type.value
    name.retain()
    contents.pointee.name = name
    documentation.retainIfPresent()
    contents.pointee.documentation = documentation
    return Owned(taking: raw)
  }
}

/// What a member descriptor reads.
enum MemberKind: Int {
  /// A field of a builtin type that can only be read.
  case readOnly
  /// A field of `__slots__`.
  case slot
  /// A ``NativeAttribute`` that shows as a member.
  case computed
}

/// The type `method-wrapper`: a wrapper descriptor bound to an object.
struct MethodWrapperObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }
  static var size: Int { ObjectHeader.size + 2 * MemoryLayout<Value>.size }
  var descriptor: Value { raw.load(fromByteOffset: ObjectHeader.size, as: Value.self) }
  var receiver: Value { raw.load(fromByteOffset: ObjectHeader.size + 8, as: Value.self) }

  static func make(_ descriptor: Value, _ receiver: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.methodWrapper.rootShape, size: size)
    descriptor.retain()
    receiver.retain()
    raw.storeBytes(of: descriptor, toByteOffset: ObjectHeader.size, as: Value.self)
    raw.storeBytes(of: receiver, toByteOffset: ObjectHeader.size + 8, as: Value.self)
    return Owned(taking: raw)
  }
}

func defineDescriptors(_ types: TypeDefinitions) {
  types.define(.methodDescriptor) { t in
    defineCommonParts(t)
    t.flags.insert([.methodDescriptor, .haveVectorcall])
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try descriptorRepr(object, "method") }
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      let descriptor = DescriptorObject(callee)
      guard arguments.positionalCount > 0 else { throw .typeError("unbound method \(descriptor.type.shownName).\(descriptor.name.text)() needs an argument") }
      let receiver = arguments.base[0]
      guard receiver.isInstance(of: descriptor.type) else { throw wrongReceiver(descriptor, receiver) }
      return try descriptor.function.call(receiver, arguments.withoutFirst)
    }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      if instance.isAbsent { return Owned(copying: object) }
      let descriptor = DescriptorObject(object)
      guard instance.isInstance(of: descriptor.type) else { throw wrongReceiver(descriptor, instance) }
      return try NativeFunctionObject.make(descriptor.function, receiver: instance)
    }
    defineFunctionAttributes(t)
    defineReduction(t)
  }
  types.define(.classMethodDescriptor) { t in
    defineCommonParts(t)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try descriptorRepr(object, "method") }
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      let descriptor = DescriptorObject(callee)
      guard arguments.positionalCount > 0 else { throw .typeError("descriptor '\(descriptor.name.text)' of '\(descriptor.type.shownName)' object needs an argument") }
      let type = arguments.base[0]
      let bound = try bindClassMethod(descriptor, type)
      return try bound.value.call(arguments: arguments.withoutFirst)
    }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, type: Value) throws(PyError) -> Owned in
      let descriptor = DescriptorObject(object)
      if type.isAbsent && instance.isAbsent {
        throw .typeError("descriptor '\(descriptor.name.text)' for type '\(descriptor.type.shownName)' needs either an object or a type")
      }
      return try bindClassMethod(descriptor, type.isAbsent ? instance.type.value : type)
    }
    defineFunctionAttributes(t)
  }
  types.define(.wrapperDescriptor) { t in
    defineCommonParts(t)
    t.flags.insert(.methodDescriptor)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try descriptorRepr(object, "slot wrapper") }
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      let descriptor = DescriptorObject(callee)
      guard arguments.positionalCount > 0 else { throw .typeError("descriptor '\(descriptor.name.text)' of '\(descriptor.type.shownName)' object needs an argument") }
      let receiver = arguments.base[0]
      guard receiver.isInstance(of: descriptor.type) else {
        throw .typeError("descriptor '\(descriptor.name.text)' requires a '\(descriptor.type.shownName)' object but received a '\(receiver.typeName)'")
      }
      return try descriptor.row.callWrapped(descriptor.contents.pointee.payload, of: descriptor.type, receiver, arguments.withoutFirst)
    }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      if instance.isAbsent { return Owned(copying: object) }
      let descriptor = DescriptorObject(object)
      guard instance.isInstance(of: descriptor.type) else { throw wrongReceiver(descriptor, instance) }
      return try MethodWrapperObject.make(object, instance)
    }
    t.getter("__doc__") { (object: Value) throws(PyError) -> Owned in try Owned.string(DescriptorObject(object).row.documentation) }
    t.getter("__text_signature__") { (object: Value) throws(PyError) -> Owned in try Owned.string(DescriptorObject(object).row.signature) }
    defineReduction(t)
  }
  types.define(.getSetDescriptor) { t in
    defineCommonParts(t)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try descriptorRepr(object, "attribute") }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      if instance.isAbsent { return Owned(copying: object) }
      let descriptor = DescriptorObject(object)
      guard instance.isInstance(of: descriptor.type) else { throw wrongReceiver(descriptor, instance) }
      return try descriptor.attribute.pointee.get(instance)
    }
    t.slots.descriptorSet = StoreSlot { (object: Value, instance: Value, value: Value) throws(PyError) in
      let descriptor = DescriptorObject(object)
      guard instance.isInstance(of: descriptor.type) else { throw wrongReceiver(descriptor, instance) }
      guard let set = descriptor.attribute.pointee.set else {
        throw attributeError("attribute '\(descriptor.name.text)' of '\(descriptor.type.shownName)' objects is not writable", instance, descriptor.name)
      }
      try set(instance, value)
    }
    t.getter("__doc__") { (object: Value) throws(PyError) -> Owned in try documentationValue(DescriptorObject(object).attribute.pointee.documentation) }
  }
  types.define(.memberDescriptor) { t in
    defineCommonParts(t)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try descriptorRepr(object, "member") }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      if instance.isAbsent { return Owned(copying: object) }
      let descriptor = DescriptorObject(object)
      guard instance.isInstance(of: descriptor.type) else { throw wrongReceiver(descriptor, instance) }
      if descriptor.contents.pointee.detail == MemberKind.computed.rawValue { return try descriptor.attribute.pointee.get(instance) }
      let value = (instance.object + Int(descriptor.contents.pointee.payload)).load(as: Value.self)
      if !value.isAbsent { return Owned(copying: value) }
      if descriptor.contents.pointee.detail == MemberKind.readOnly.rawValue { return .none }
      throw attributeError("'\(instance.type.nameForMessages)' object has no attribute '\(descriptor.name.text)'", instance, descriptor.name)
    }
    t.slots.descriptorSet = StoreSlot { (object: Value, instance: Value, value: Value) throws(PyError) in
      let descriptor = DescriptorObject(object)
      guard instance.isInstance(of: descriptor.type) else { throw wrongReceiver(descriptor, instance) }
      let kind = descriptor.contents.pointee.detail
      if kind == MemberKind.computed.rawValue, let set = descriptor.attribute.pointee.set { return try set(instance, value) }
      if kind != MemberKind.slot.rawValue { throw PyError.attributeError("readonly attribute") }
      let place = instance.object + Int(descriptor.contents.pointee.payload)
      let old = place.load(as: Value.self)
      if value.isAbsent && old.isAbsent { throw attributeError(descriptor.name.text, instance, descriptor.name) }
      value.retainIfPresent()
      krait_store64_release(place, value.bits)
      old.releaseIfPresent()
    }
    t.getter("__doc__") { (object: Value) throws(PyError) -> Owned in
      let documentation = DescriptorObject(object).contents.pointee.documentation
      return documentation.isAbsent ? .none : Owned(copying: documentation)
    }
    defineReduction(t)
  }
  defineMethodWrapper(types)
}

extension Arguments {
  /// The arguments behind the first one.
  @inlinable @inline(__always)
  public var withoutFirst: Arguments { Arguments(base: base + 1, positionalCount: positionalCount &- 1, keywordNames: keywordNames) }
}

private func wrongReceiver(_ descriptor: DescriptorObject, _ receiver: Value) -> PyError {
  .typeError("descriptor '\(descriptor.name.text)' for '\(descriptor.type.shownName)' objects doesn't apply to a '\(receiver.typeName)' object")
}

private func bindClassMethod(_ descriptor: DescriptorObject, _ type: Value) throws(PyError) -> Owned {
  let name = descriptor.name.text
  guard type.isType else {
    throw .typeError("descriptor '\(name)' for type '\(descriptor.type.shownName)' needs a type, not a '\(type.typeName)' as arg 2")
  }
  guard type.asType.isSubtype(of: descriptor.type) else {
    throw .typeError("descriptor '\(name)' requires a subtype of '\(descriptor.type.shownName)' but received '\(type.asType.shownName)'")
  }
  return try NativeFunctionObject.make(descriptor.function, receiver: type)
}

private func descriptorRepr(_ object: Value, _ kind: StaticString) throws(PyError) -> Owned {
  let descriptor = DescriptorObject(object)
  return try Owned.string("<\(kind) '\(descriptor.name.text)' of '\(descriptor.type.shownName)' objects>")
}

/// The text, or None when there is none.
func documentationValue(_ text: StaticString) throws(PyError) -> Owned {
  text.utf8CodeUnitCount == 0 ? .none : try Owned.string(text)
}

private func defineCommonParts(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<DescriptorObject.Contents>.size
  t.shapeFlags.insert([.tracked, .hasState])
  t.flags.insert(.disallowInstantiation)
  t.slots.deallocate = DeallocateSlot { raw in
    let contents = DescriptorObject(raw: raw).contents
    contents.pointee.type.releaseIfPresent()
    contents.pointee.name.releaseIfPresent()
    contents.pointee.qualifiedName.releaseIfPresent()
    contents.pointee.documentation.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in visit(DescriptorObject(raw: raw).contents.pointee.type) }
  t.member("__objclass__") { (object: Value) throws(PyError) -> Owned in Owned(copying: DescriptorObject(object).contents.pointee.type) }
  t.member("__name__") { (object: Value) throws(PyError) -> Owned in Owned(copying: DescriptorObject(object).name) }
  t.getter("__qualname__") { (object: Value) throws(PyError) -> Owned in
    let contents = DescriptorObject(object).contents
    if contents.pointee.qualifiedName.isAbsent {
      let type = try contents.pointee.type.getAttribute(Name.__qualname__)
      guard type.value.isString else { throw .typeError("<descriptor>.__objclass__.__qualname__ is not a unicode object") }
      let name = try Owned.string("\(type.value.text).\(contents.pointee.name.text)")
      // Descriptors of builtin types outlive the interpreter that asks: they keep nothing of its heap.
      if object.object.isImmortal { return name }
      contents.pointee.qualifiedName = name.take()
    }
    return Owned(copying: contents.pointee.qualifiedName)
  }
}

private func defineReduction(_ t: TypeDefinition) {
  t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
    let descriptor = DescriptorObject(call.receiver)
    let getattr = try builtinAttribute("getattr")
    let arguments = try Owned.tuple(descriptor.contents.pointee.type, descriptor.name)
    return try Owned.tuple(getattr.value, arguments.value)
  }
}

private func defineFunctionAttributes(_ t: TypeDefinition) {
  t.getter("__doc__") { (object: Value) throws(PyError) -> Owned in try documentationValue(DescriptorObject(object).function.pointee.documentation) }
  t.getter("__text_signature__") { (object: Value) throws(PyError) -> Owned in try DescriptorObject(object).function.textSignature() }
}

private func defineMethodWrapper(_ types: TypeDefinitions) {
  types.define(.methodWrapper) { t in
    t.basicSize = MethodWrapperObject.size
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.disallowInstantiation)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let wrapper = MethodWrapperObject(object)
      let name = DescriptorObject(wrapper.descriptor).name.text
      return try Owned.string("<method-wrapper '\(name)' of \(wrapper.receiver.typeName) object at \(addressText(wrapper.receiver))>")
    }
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      let wrapper = MethodWrapperObject(callee)
      let descriptor = DescriptorObject(wrapper.descriptor)
      return try descriptor.row.callWrapped(descriptor.contents.pointee.payload, of: descriptor.type, wrapper.receiver, arguments)
    }
    t.slots.hash = HashSlot { (object: Value) throws(PyError) -> Int in
      let wrapper = MethodWrapperObject(object)
      let hash = hashIdentity(wrapper.receiver) ^ hashIdentity(wrapper.descriptor)
      return hash == -1 ? -2 : hash
    }
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in
      guard op == .equal || op == .notEqual, a.type == .methodWrapper, b.type == .methodWrapper else { return .notImplemented }
      let first = MethodWrapperObject(a)
      let second = MethodWrapperObject(b)
      let isEqual = first.descriptor === second.descriptor && first.receiver === second.receiver
      return .boolean(isEqual == (op == .equal))
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let wrapper = MethodWrapperObject(raw: raw)
      wrapper.descriptor.release()
      wrapper.receiver.release()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let wrapper = MethodWrapperObject(raw: raw)
      visit(wrapper.descriptor)
      visit(wrapper.receiver)
    }
    t.member("__self__") { (object: Value) throws(PyError) -> Owned in Owned(copying: MethodWrapperObject(object).receiver) }
    t.getter("__objclass__") { (object: Value) throws(PyError) -> Owned in
      Owned(copying: DescriptorObject(MethodWrapperObject(object).descriptor).contents.pointee.type)
    }
    t.getter("__name__") { (object: Value) throws(PyError) -> Owned in Owned(copying: DescriptorObject(MethodWrapperObject(object).descriptor).name) }
    t.getter("__qualname__") { (object: Value) throws(PyError) -> Owned in try MethodWrapperObject(object).descriptor.getAttribute(Name.__qualname__) }
    t.getter("__doc__") { (object: Value) throws(PyError) -> Owned in
      try Owned.string(DescriptorObject(MethodWrapperObject(object).descriptor).row.documentation)
    }
    t.getter("__text_signature__") { (object: Value) throws(PyError) -> Owned in
      try Owned.string(DescriptorObject(MethodWrapperObject(object).descriptor).row.signature)
    }
    t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
      let wrapper = MethodWrapperObject(call.receiver)
      let getattr = try builtinAttribute("getattr")
      let arguments = try Owned.tuple(wrapper.receiver, DescriptorObject(wrapper.descriptor).name)
      return try Owned.tuple(getattr.value, arguments.value)
    }
  }
}

extension TypeObject {
  /// Gives a class of Python's a method written in Swift, in place of the one that it has.
  public func setMethod(_ function: UnsafePointer<NativeFunction>) throws(PyError) {
    let descriptor = try DescriptorObject.make(.methodDescriptor, of: self, name: function.pointee.name, payload: UInt(bitPattern: function))
    try value.setAttribute(function.pointee.name, descriptor.value)
  }

  /// Whether Python code cannot change the class.
  public var isImmutable: Bool { flags.contains(.immutable) }
}
