// The type `builtin_function_or_method`: a native function with the receiver that it is bound to.

import CKraitCore

@frozen
public struct NativeFunctionObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { Value(raw) }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    public var function: UnsafePointer<NativeFunction>
    /// `__self__`: the module of a function, the object of a method, the type of a class method; absent for a static method.
    public var receiver: Value
    /// `__module__`, or absent.
    public var module: Value
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  @inlinable public var function: UnsafePointer<NativeFunction> { @inline(__always) get { contents.pointee.function } }
  @inlinable public var receiver: Value { @inline(__always) get { contents.pointee.receiver } }

  /// A function object.
  public static func make(
    _ function: UnsafePointer<NativeFunction>, receiver: Value, module: Value = .absent
  ) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.builtinFunction.rootShape, size: MemoryLayout<Contents>.size)
    let object = NativeFunctionObject(raw: raw)
    object.contents.pointee.state = ObjectState()
    object.contents.pointee.function = function
    receiver.retainIfPresent()
    object.contents.pointee.receiver = receiver
    module.retainIfPresent()
    object.contents.pointee.module = module
    return Owned(taking: raw)
  }

  /// `__qualname__`: with the type's name in front for methods.
  var qualifiedName: String {
    let name = function.pointee.name.text
    if receiver.isAbsent || function.pointee.kind == .function { return name }
    let type = receiver.isType ? TypeObject(raw: receiver.object) : receiver.type
    return "\(type.contents.pointee.qualifiedName.text).\(name)"
  }
}

extension NativeFunction {
  /// `__doc__`.
  var documentationValue: Value {
    get throws(PyError) { documentation.utf8CodeUnitCount == 0 ? .none : try Owned.string(documentation).take() }
  }

}

extension UnsafePointer where Pointee == NativeFunction {
  /// `__text_signature__`: None for functions that look at their arguments themselves and tell no parameters.
  func textSignature() throws(PyError) -> Owned {
    if !pointee.isTold { return .none }
    // The class to instantiate is an argument like others.
    if self == newWrapperFunction { return try Owned.string("($type, *args, **kwargs)") }
    prepare()
    let receiver: StaticString =
      switch pointee.kind {
      case .function: "$module"
      case .method: "$self"
      case .classMethod: "$type"
      case .staticMethod, .new, .initialize: ""
      }
    guard let text = pointee.signature.pointee.textSignature(receiver: receiver) else { return .none }
    return try Owned.string(text)
  }
}

func defineNativeFunctionObject(_ types: TypeDefinitions) {
  types.define(.builtinFunction) { t in
    t.basicSize = MemoryLayout<NativeFunctionObject.Contents>.size
    t.shapeFlags.insert([.tracked, .hasState])
    t.flags.insert([.disallowInstantiation, .haveVectorcall])
    t.slots.call = CallSlot(callNativeFunctionObject)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let function = NativeFunctionObject(object)
      let name = function.function.pointee.name.text
      let receiver = function.receiver
      if receiver.isAbsent || receiver.isInstance(of: .module) { return try Owned.string("<built-in function \(name)>") }
      return try Owned.string("<built-in method \(name) of \(receiver.typeName) object at \(addressText(receiver))>")
    }
    t.slots.hash = HashSlot { (object: Value) throws(PyError) -> Int in
      let function = NativeFunctionObject(object)
      let receiver = function.receiver.isAbsent ? 0 : identityHash(function.receiver)
      let hash = receiver ^ identityHash(Value(bits: UInt64(UInt(bitPattern: function.function))))
      return hash == -1 ? -2 : hash
    }
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in
      guard op == .equal || op == .notEqual, b.type == .builtinFunction else { return .notImplemented }
      let first = NativeFunctionObject(a)
      let second = NativeFunctionObject(b)
      let isEqual = first.function == second.function && first.receiver === second.receiver
      return .boolean(isEqual == (op == .equal))
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = NativeFunctionObject(raw: raw).contents
      contents.pointee.receiver.releaseIfPresent()
      contents.pointee.module.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = NativeFunctionObject(raw: raw).contents
      visit(contents.pointee.receiver)
      visit(contents.pointee.module)
    }
    t.slots.clear = ClearSlot { raw in
      let contents = NativeFunctionObject(raw: raw).contents
      let receiver = contents.pointee.receiver
      let module = contents.pointee.module
      contents.pointee.receiver = .absent
      contents.pointee.module = .absent
      receiver.releaseIfPresent()
      module.releaseIfPresent()
    }
    t.getter("__name__") { (object: Value) throws(PyError) -> Owned in Owned(copying: NativeFunctionObject(object).function.pointee.name) }
    t.getter("__qualname__") { (object: Value) throws(PyError) -> Owned in try Owned.string(NativeFunctionObject(object).qualifiedName) }
    t.getter("__doc__") { (object: Value) throws(PyError) -> Owned in
      Owned(taking: try NativeFunctionObject(object).function.pointee.documentationValue)
    }
    t.getter("__text_signature__") { (object: Value) throws(PyError) -> Owned in
      let function = NativeFunctionObject(object).function
      return try function.textSignature()
    }
    t.getter("__self__") { (object: Value) throws(PyError) -> Owned in
      let receiver = NativeFunctionObject(object).receiver
      return receiver.isAbsent ? .none : Owned(copying: receiver)
    }
    t.member("__module__") { (object: Value) throws(PyError) -> Owned in
      let module = NativeFunctionObject(object).contents.pointee.module
      return module.isAbsent ? .none : Owned(copying: module)
    } set: { (object: Value, value: Value) throws(PyError) in
      value.retainIfPresent()
      let old = NativeFunctionObject(object).contents.pointee.module
      NativeFunctionObject(object).contents.pointee.module = value
      old.releaseIfPresent()
    }
    t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
      let function = NativeFunctionObject(call.receiver)
      if function.receiver.isAbsent || function.receiver.isInstance(of: .module) { return Owned(copying: function.function.pointee.name) }
      let getattr = try builtinAttribute("getattr")
      let arguments = try Owned.tuple(function.receiver, function.function.pointee.name)
      return try Owned.tuple(getattr.value, arguments.value)
    }
  }
}

/// What pickling refers to: an attribute of the module `builtins`.
func builtinAttribute(_ name: StaticString) throws(PyError) -> Owned {
  let name = intern(try Owned.string(name))
  // Those of the code that runs: a program may give it a mapping of its own.
  let builtins = Owned(copying: currentBuiltins)
  do throws(PyError) { return try builtins.value.getItem(name.value) } catch {
    guard PyError.matches(.keyError) else { throw error }
    PyError.clear()
    throw PyError.raise(.attributeError, name.value)
  }
}

@inline(__always)
private func callNativeFunctionObject(_ callee: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let object = NativeFunctionObject(callee)
  return try object.function.call(object.receiver, arguments)
}

/// A hash of an object's identity: addresses differ little in their low bits.
func identityHash(_ value: Value) -> Int { Int(truncatingIfNeeded: value.bits &>> 4 | value.bits &<< 60) }

/// An address as CPython's `%p` writes it.
public func addressText(_ value: Value) -> String { "0x" + String(value.bits, radix: 16) }
