// The type `method`: a callable bound to the instance that becomes its first argument.

import CKraitCore

@frozen
public struct MethodObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { Value(raw) }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    public var function: Value
    public var receiver: Value
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  /// `__func__`
  @inlinable public var function: Value { @inline(__always) get { contents.pointee.function } }
  /// `__self__`
  @inlinable public var receiver: Value { @inline(__always) get { contents.pointee.receiver } }

  /// A bound method.
  public static func make(function: Value, receiver: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.method.rootShape, size: MemoryLayout<Contents>.size)
    let contents = MethodObject(raw: raw).contents
    contents.pointee.state = ObjectState()
    function.retain()
    contents.pointee.function = function
    receiver.retain()
    contents.pointee.receiver = receiver
    return Owned(taking: raw)
  }
}

/// Calls with one more positional argument in front.
///
/// The arguments are copied, not changed in place: the caller's slot in front of them may be in use.
public func callWithReceiver(_ function: Value, _ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = arguments.positionalCount + arguments.keywordCount
  return try withUnsafeTemporaryAllocation(of: Value.self, capacity: given + 1) {
    (buffer: UnsafeMutableBufferPointer<Value>) throws(PyError) -> Owned in
    let slots = buffer.baseAddress.unsafelyUnwrapped
    slots.initialize(to: receiver)
    (slots + 1).initialize(fromFew: arguments.base, count: given)
    return try function.call(
      arguments: Arguments(
        base: UnsafePointer(slots), positionalCount: arguments.positionalCount + 1, keywordNames: arguments.keywordNames))
  }
}

func defineMethodObject(_ types: TypeDefinitions) {
  types.define(.method) { t in
    t.documentation = "A callable bound to the object that becomes its first argument."
    t.basicSize = MemoryLayout<MethodObject.Contents>.size
    t.shapeFlags.insert([.tracked, .hasState])
    t.flags.insert(.haveVectorcall)
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      try callWithReceiver(MethodObject(callee).function, MethodObject(callee).receiver, arguments)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let method = MethodObject(object)
      var name = try method.function.lookUpAttribute(Name.__qualname__)
      if name.value.isAbsent || !name.value.isString { name = try method.function.lookUpAttribute(Name.__name__) }
      let text = !name.value.isAbsent && name.value.isString ? name.value.text : "?"
      let receiver = try method.receiver.repr()
      var builder = StringBuilder()
      try builder.append("<bound method ")
      try builder.append(text)
      try builder.append(" of ")
      try builder.append(receiver.value)
      try builder.append(">")
      return try builder.finish()
    }
    t.slots.hash = HashSlot { (object: Value) throws(PyError) -> Int in
      let method = MethodObject(object)
      let hash = identityHash(method.receiver) ^ (try method.function.hash())
      return hash == -1 ? -2 : hash
    }
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in
      guard op == .equal || op == .notEqual, b.type == .method else { return .notImplemented }
      let first = MethodObject(a)
      let second = MethodObject(b)
      let isEqual = first.receiver === second.receiver ? try first.function.isEqual(to: second.function) : false
      return .boolean(isEqual == (op == .equal))
    }
    t.slots.getAttribute = BinarySlot { (object: Value, name: Value) throws(PyError) -> Owned in
      // The type's own attributes first, then those of the function.
      if !TypeObject.method.lookUp(name).isAbsent { return try genericGetAttribute(object, name) }
      return try MethodObject(object).function.getAttribute(name)
    }
    t.slots.descriptorGet = TernarySlot { (object: Value, _: Value, _: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = MethodObject(raw: raw).contents
      contents.pointee.function.release()
      contents.pointee.receiver.release()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = MethodObject(raw: raw).contents
      visit(contents.pointee.function)
      visit(contents.pointee.receiver)
    }
    t.new("method(function, instance, /)") { (call: Call) throws(PyError) -> Owned in
      guard call[0].isCallable else { throw .typeError("first argument must be callable") }
      if call[1].isNone { throw .typeError("instance must not be None") }
      return try MethodObject.make(function: call[0], receiver: call[1])
    }
    t.member("__func__", "the function that is called") { (object: Value) throws(PyError) -> Owned in
      Owned(copying: MethodObject(object).function)
    }
    t.member("__self__", "the object that becomes the first argument") { (object: Value) throws(PyError) -> Owned in
      Owned(copying: MethodObject(object).receiver)
    }
    t.getter("__doc__") { (object: Value) throws(PyError) -> Owned in
      try MethodObject(object).function.getAttribute(Name.__doc__)
    }
    t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
      let method = MethodObject(call.receiver)
      let name = try method.function.getAttribute(Name.__name__)
      let getattr = try builtinAttribute("getattr")
      let arguments = try Owned.tuple(method.receiver, name.value)
      return try Owned.tuple(getattr.value, arguments.value)
    }
  }
}
