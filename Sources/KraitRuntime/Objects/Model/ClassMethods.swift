// The types `classmethod` and `staticmethod`.

import CKraitCore

/// Both types: the function that they wrap.
@frozen
public struct WrappedMethodObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    /// Absent between `__new__` and `__init__`.
    public var function: Value
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  /// `__func__`, borrowed.
  @inlinable public var function: Value { @inline(__always) get { contents.pointee.function } }

  fileprivate static func make(_ type: TypeObject, _ function: Value) throws(PyError) -> Owned {
    let result = Owned(taking: try type.allocate())
    try WrappedMethodObject(result.value).initialize(function)
    return result
  }

  func initialize(_ function: Value) throws(PyError) {
    // The old function, if the object is initialised again, is not given up: the evaluator's caches may still lead to it.
    contents.pointee.function = Owned(copying: function).take()
    // As functools.wraps does. Native functions, which definitions of types wrap, have nothing to copy that anybody reads.
    if raw.shape.type.value === TypeObject.staticMethod.value && function.isObject && function.object.shape == TypeObject.builtinFunction.rootShape && Runtime.isStarting { return }
    for name in [Name.__module__, Name.__name__, Name.__qualname__, Name.__doc__] {
      let value = try function.lookUpAttribute(name)
      if !value.value.isAbsent { try raw.setInstanceAttribute(name, value.value) }
    }
  }
}

public enum StaticMethodObject {
  public static func make(_ function: Value) throws(PyError) -> Owned { try WrappedMethodObject.make(.staticMethod, function) }
}

public enum ClassMethodObject {
  public static func make(_ function: Value) throws(PyError) -> Owned { try WrappedMethodObject.make(.classMethod, function) }
}

func defineClassMethods(_ types: TypeDefinitions) {
  types.define(.classMethod) { t in
    t.documentation = "A function that is called with the class in place of the instance."
    defineCommonParts(t)
    t.initialize("classmethod(function, /)") { (call: Call) throws(PyError) in try WrappedMethodObject(call.receiver).initialize(call[0]) }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, type: Value) throws(PyError) -> Owned in
      let function = WrappedMethodObject(object).function
      if function.isAbsent { throw .runtimeError("uninitialized classmethod object") }
      return try MethodObject.make(function: function, receiver: type.isAbsent ? instance.type.value : type)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try wrappedRepr(object, "classmethod") }
  }
  types.define(.staticMethod) { t in
    t.documentation = "A function that is called without the instance or class that it was found on."
    defineCommonParts(t)
    t.initialize("staticmethod(function, /)") { (call: Call) throws(PyError) in try WrappedMethodObject(call.receiver).initialize(call[0]) }
    t.slots.descriptorGet = TernarySlot { (object: Value, _: Value, _: Value) throws(PyError) -> Owned in
      let function = WrappedMethodObject(object).function
      if function.isAbsent { throw .runtimeError("uninitialized staticmethod object") }
      return Owned(copying: function)
    }
    t.slots.call = CallSlot { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
      let function = WrappedMethodObject(object).function
      if function.isAbsent { throw .runtimeError("uninitialized staticmethod object") }
      let held = Owned(copying: function)
      return try held.value.call(arguments: arguments)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try wrappedRepr(object, "staticmethod") }
  }
}

private func wrappedRepr(_ object: Value, _ kind: StaticString) throws(PyError) -> Owned {
  let function = Owned(copyingIfPresent: WrappedMethodObject(object).function)
  let text = function.value.isAbsent ? "None" : try function.value.repr().text
  return try Owned.string("<\(kind)(\(text))>")
}

private func defineCommonParts(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<WrappedMethodObject.Contents>.size
  t.shapeFlags.insert([.tracked, .hasState, .hasAttributes])
  t.flags.insert(.baseType)
  t.rawNew("method") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
  t.slots.deallocate = DeallocateSlot { raw in
    WrappedMethodObject(raw: raw).function.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    visit(WrappedMethodObject(raw: raw).function)
    if raw.shape.flags.contains(.exact) { traverseAttributes(raw, visit) }
  }
  t.slots.clear = ClearSlot { raw in
    let function = WrappedMethodObject(raw: raw).function
    WrappedMethodObject(raw: raw).contents.pointee.function = .absent
    function.releaseIfPresent()
    clearOwnAttributes(raw)
  }
  t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
  t.member("__func__") { (object: Value) throws(PyError) -> Owned in presentOrNone(WrappedMethodObject(object).function) }
  t.member("__wrapped__") { (object: Value) throws(PyError) -> Owned in presentOrNone(WrappedMethodObject(object).function) }
  t.getter("__isabstractmethod__") { (object: Value) throws(PyError) -> Owned in .boolean(try isAbstract(WrappedMethodObject(object).function)) }
  t.property("__dict__", get: getInstanceDict, set: setNativeInstanceDict)
  defineForwarded(t)
}

/// `__annotations__` and `__annotate__` are the function's until they are set here.
private func defineForwarded(_ t: TypeDefinition) {
  t.property("__annotations__") { (object: Value) throws(PyError) -> Owned in
    try forwarded(object, Name.__annotations__)
  } set: { (object: Value, value: Value) throws(PyError) in try setForwarded(object, Name.__annotations__, value) }
  t.property("__annotate__") { (object: Value) throws(PyError) -> Owned in
    try forwarded(object, Name.__annotate__)
  } set: { (object: Value, value: Value) throws(PyError) in try setForwarded(object, Name.__annotate__, value) }
}

private func forwarded(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let own = try object.object.instanceAttribute(name)
  if !own.isAbsent { return Owned(copying: own) }
  let function = Owned(copyingIfPresent: WrappedMethodObject(object).function)
  if function.value.isAbsent { throw missingAttribute(object, name) }
  let found = try function.value.getAttribute(name)
  try object.object.setInstanceAttribute(name, found.value)
  return found
}

private func setForwarded(_ object: Value, _ name: Value, _ value: Value) throws(PyError) {
  if value.isAbsent {
    guard try object.object.deleteInstanceAttribute(name) else { throw attributeError("'\(name.text)'", object, name) }
  } else {
    try object.object.setInstanceAttribute(name, value)
  }
}
