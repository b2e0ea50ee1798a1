// The type `function`: code with the globals, defaults and cells that it runs with.

import CKraitCore
import KraitCompiler

@frozen
public struct FunctionObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { Value(raw) }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    public var code: Value
    /// A dict.
    public var globals: Value
    /// A dict, almost always.
    public var builtins: Value
    public var name: Value
    public var qualifiedName: Value
    /// A tuple, or absent.
    public var defaults: Value
    /// A dict, or absent.
    public var keywordDefaults: Value
    /// A tuple of cells, or absent.
    public var closure: Value
    /// `__doc__`
    /// Absent while it is that of code which is not loaded yet.
    public var documentation: Value
    /// `__module__`, or absent.
    public var module: Value
    /// A dict once it was asked for; absent before.
    public var annotations: Value
    /// A callable, None, or absent.
    public var annotate: Value
    /// A tuple, or absent.
    public var typeParameters: Value
    /// A list of the codes that were replaced, or absent: frames borrow the code from their function.
    public var formerCodes: Value
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  @inlinable public var code: CodeObject { @inline(__always) get { CodeObject(contents.pointee.code) } }
  @inlinable public var globals: Value { @inline(__always) get { contents.pointee.globals } }
  @inlinable public var builtins: Value { @inline(__always) get { contents.pointee.builtins } }
  @inlinable public var name: Value { contents.pointee.name }
  @inlinable public var qualifiedName: Value { contents.pointee.qualifiedName }
  @inlinable public var defaults: Value { @inline(__always) get { contents.pointee.defaults } }
  @inlinable public var keywordDefaults: Value { contents.pointee.keywordDefaults }
  @inlinable public var closure: Value { @inline(__always) get { contents.pointee.closure } }

  /// A new function (`MAKE_FUNCTION`).
  ///
  /// - Parameter qualifiedName: absent for the code's own.
  public static func make(code: Value, globals: Value, qualifiedName: Value = .absent) throws(PyError) -> Owned {
    let module = globals.isDict ? DictObject(globals).get(interned: Name.__name__) : .absent
    return try make(code: code, globals: globals, builtins: builtinsOf(globals: globals), module: module, qualifiedName: qualifiedName)
  }

  /// As ``make(code:globals:qualifiedName:)``, of what the globals say of the builtins and, unless it is absent, of `__module__`.
  static func make(code: Value, globals: Value, builtins: Value, module: Value, qualifiedName: Value = .absent) throws(PyError) -> Owned {
    // Each word is written once: closures are made in inner loops.
    let shape = TypeObject.function.rootShape
    let raw = try allocateObject(shape, size: Int(shape.contents.pointee.instanceSize))
    let contents = FunctionObject(raw: raw).contents
    let codeObject = CodeObject(code)
    contents.pointee.state = ObjectState()
    contents.pointee.defaults = .absent
    contents.pointee.keywordDefaults = .absent
    contents.pointee.closure = .absent
    contents.pointee.documentation = .absent
    contents.pointee.module = .absent
    contents.pointee.annotations = .absent
    contents.pointee.annotate = .absent
    contents.pointee.typeParameters = .absent
    contents.pointee.formerCodes = .absent
    // The attributes.
    var offset = MemoryLayout<Contents>.size
    while offset < Int(shape.contents.pointee.instanceSize) {
      raw.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    contents.pointee.code = Owned(copying: code).take()
    contents.pointee.globals = Owned(copying: globals).take()
    contents.pointee.builtins = Owned(copying: builtins).take()
    contents.pointee.name = Owned(copying: codeObject.name).take()
    contents.pointee.qualifiedName = Owned(copying: qualifiedName.isAbsent ? codeObject.qualifiedName : qualifiedName).take()
    if !codeObject.isPending { contents.pointee.documentation = Owned(copying: codeObject.documentation).take() }
    if !module.isAbsent { contents.pointee.module = Owned(copying: module).take() }
    return Owned(taking: raw)
  }

  /// Takes the docstring from code that had not been loaded when the function was made.
  func takeDocumentation() throws(PyError) {
    if !contents.pointee.documentation.isAbsent { return }
    try code.load()
    contents.pointee.documentation = Owned(copying: code.documentation).take()
  }

  /// Puts a value into a field, giving up what was there.
  ///
  /// - Parameter changesCalls: whether arguments are bound by what the field says.
  @inline(__always)
  func set(_ field: WritableKeyPath<Contents, Value>, _ value: consuming Owned, changesCalls: Bool = false) {
    // Without a lock, others may be binding arguments to what the code and the defaults say, several times over.
    if _slowPath(Runtime.isFree && changesCalls) { Sharing.stopOthers(currentThread) }
    let old = contents.pointee[keyPath: field]
    contents.pointee[keyPath: field] = value.take()
    if _slowPath(Runtime.isFree) { return Sharing.release(old) }
    old.releaseIfPresent()
  }
}

/// The builtins of the code that runs, borrowed from its frame; the interpreter's when none does.
var currentBuiltins: Value {
  let frame = currentThread.pointee.frame
  return frame.isBase ? currentInterpreter.pointee.builtins : FunctionObject(frame.pointee.function).builtins
}

/// What names that are not global mean for code with these globals: their `__builtins__`, a dict or a module, else those of the running code.
@inline(__always)
public func builtinsOf(globals: Value) throws(PyError) -> Value {
  guard globals.isDict else { return currentBuiltins }
  let own = globals.isExact(.dict) ? DictObject(globals).get(interned: Name.__builtins__) : try DictObject(globals).get(Name.__builtins__)
  if own.isAbsent { return currentBuiltins }
  return own.isInstance(of: .module) ? ModuleObject(own).dict : own
}

private func checkName(_ value: Value, _ attribute: StaticString) throws(PyError) {
  if value.isAbsent || !value.isString { throw .typeError("\(attribute) must be set to a string object") }
}

func defineFunctionObject(_ types: TypeDefinitions) {
  types.define(.function) { t in
    t.documentation = "A Python function: code with the globals, defaults and cells that it runs with."
    t.basicSize = MemoryLayout<FunctionObject.Contents>.size
    t.shapeFlags.insert([.tracked, .hasState, .hasAttributes])
    t.flags.insert([.haveVectorcall, .methodDescriptor])
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      try Evaluator.call(callee, arguments)
    }
    t.slots.descriptorGet = TernarySlot { (function: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      if instance.isAbsent || instance.isNone { return Owned(copying: function) }
      return try MethodObject.make(function: function, receiver: instance)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      try Owned.string("<function \(FunctionObject(object).qualifiedName.text) at \(addressText(object))>")
    }
    t.slots.deallocate = DeallocateSlot { raw in
      FunctionObject(raw: raw).forEachField { $0.releaseIfPresent() }
      // Most functions have no attributes, for which there would be a dict.
      if raw.attributeWord.load(as: Value.self).isAbsent { return freeObject(raw) }
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      FunctionObject(raw: raw).forEachField { visit($0) }
      traverseOwnAttributes(raw, visit)
    }
    t.slots.clear = ClearSlot { raw in
      // Code, name and qualified name stay: the function must still be callable and printable.
      let function = FunctionObject(raw: raw)
      function.set(\.defaults, Owned(taking: .absent))
      function.set(\.keywordDefaults, Owned(taking: .absent))
      function.set(\.closure, Owned(taking: .absent))
      function.set(\.documentation, Owned(taking: .absent))
      function.set(\.module, Owned(taking: .absent))
      function.set(\.annotations, Owned(taking: .absent))
      function.set(\.annotate, Owned(taking: .absent))
      function.set(\.typeParameters, Owned(taking: .absent))
      clearOwnAttributes(raw)
    }
    t.new("function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)", newFunction)
    defineFunctionAttributes(t)
  }
}

extension FunctionObject {
  /// The fields that hold something, one word behind the other.
  var fields: UnsafeBufferPointer<Value> {
    @inline(__always) get {
      let first = MemoryLayout<Contents>.offset(of: \.code).unsafelyUnwrapped
      return UnsafeBufferPointer(start: (raw + first).assumingMemoryBound(to: Value.self), count: (MemoryLayout<Contents>.size &- first) / MemoryLayout<Value>.stride)
    }
  }

  /// Everything that the object holds, attributes aside.
  @inline(__always)
  func forEachField(_ body: (Value) -> Void) {
    let contents = contents.pointee
    body(contents.code)
    body(contents.globals)
    body(contents.builtins)
    body(contents.name)
    body(contents.qualifiedName)
    body(contents.defaults)
    body(contents.keywordDefaults)
    body(contents.closure)
    body(contents.documentation)
    body(contents.module)
    body(contents.annotations)
    body(contents.annotate)
    body(contents.typeParameters)
    body(contents.formerCodes)
  }
}

private func newFunction(_ call: Call) throws(PyError) -> Owned {
  guard call[0].isInstance(of: .code) else { throw call.wrongType(0, "code") }
  guard call[1].isDict else { throw call.wrongType(1, "dict") }
  let code = CodeObject(call[0])
  guard call[2].isNone || call[2].isString else { throw .typeError("arg 3 (name) must be None or string") }
  guard call[3].isNone || call[3].isTuple else { throw .typeError("arg 4 (defaults) must be None or tuple") }
  guard call[5].isNone || call[5].isDict else { throw .typeError("arg 6 (kwdefaults) must be None or dict") }
  let free = code.freeCount
  if !call[4].isTuple {
    if free > 0 && call[4].isNone { throw .typeError("arg 5 (closure) must be tuple") }
    if !call[4].isNone { throw .typeError("arg 5 (closure) must be None or tuple") }
  }
  let given = call[4].isNone ? 0 : TupleObject(call[4]).count
  if given != free { throw .valueError("\(code.name.text) requires closure of length \(free), not \(given)") }
  for index in 0..<given where TupleObject(call[4])[index].type != .cell {
    throw .typeError("arg 5 (closure) expected cell, found \(TupleObject(call[4])[index].typeName)")
  }
  let result = try FunctionObject.make(code: call[0], globals: call[1])
  let function = FunctionObject(result.value)
  if !call[2].isNone { function.set(\.name, Owned(copying: call[2])) }
  if !call[3].isNone { function.set(\.defaults, Owned(copying: call[3])) }
  if !call[4].isNone { function.set(\.closure, Owned(copying: call[4])) }
  if !call[5].isNone { function.set(\.keywordDefaults, Owned(copying: call[5])) }
  return result
}

private func defineFunctionAttributes(_ t: TypeDefinition) {
  t.member("__globals__", offset: MemoryLayout<FunctionObject.Contents>.offset(of: \.globals).unsafelyUnwrapped)
  t.member("__builtins__", offset: MemoryLayout<FunctionObject.Contents>.offset(of: \.builtins).unsafelyUnwrapped)
  t.member("__closure__", offset: MemoryLayout<FunctionObject.Contents>.offset(of: \.closure).unsafelyUnwrapped)
  t.property("__dict__", get: getInstanceDict, set: setNativeInstanceDict)
  t.property("__doc__") { (object: Value) throws(PyError) -> Owned in
    let function = FunctionObject(object)
    try function.takeDocumentation()
    return orNone(function.contents.pointee.documentation)
  } set: { (object: Value, value: Value) throws(PyError) in
    FunctionObject(object).set(\.documentation, value.isAbsent ? .none : Owned(copying: value))
  }
  t.property("__module__") { (object: Value) throws(PyError) -> Owned in
    orNone(FunctionObject(object).contents.pointee.module)
  } set: { (object: Value, value: Value) throws(PyError) in
    FunctionObject(object).set(\.module, value.isAbsent ? .none : Owned(copying: value))
  }
  t.property("__code__") { (object: Value) throws(PyError) -> Owned in
    Owned(copying: FunctionObject(object).contents.pointee.code)
  } set: { (object: Value, value: Value) throws(PyError) in
    guard !value.isAbsent, value.isInstance(of: .code) else { throw .typeError("__code__ must be set to a code object") }
    try TypeObject.function.auditAttribute(object, "__code__", value)
    let function = FunctionObject(object)
    let free = CodeObject(value).freeCount
    let closure = function.closure.isAbsent ? 0 : TupleObject(function.closure).count
    if free != closure {
      throw .valueError("\(function.name.text)() requires a code object with \(closure) free vars, not \(free)")
    }
    try function.takeDocumentation()
    let kinds: CodeFlags = [.generator, .coroutine, .asyncGenerator]
    if !function.code.flags.intersection(kinds).symmetricDifference(CodeObject(value).flags.intersection(kinds)).isEmpty {
      try warn(.deprecationWarning, "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)")
    }
    // Frames borrow the code from their function, so one that was ever a function's code stays with it.
    if function.contents.pointee.formerCodes.isAbsent { function.contents.pointee.formerCodes = try Owned.list().take() }
    let (former, code) = (ListObject(function.contents.pointee.formerCodes), function.contents.pointee.code)
    if !(0..<former.count).contains(where: { former[$0] === code }) { try former.append(code) }
    function.set(\.code, Owned(copying: value), changesCalls: true)
  }
  t.property("__name__") { (object: Value) throws(PyError) -> Owned in
    Owned(copying: FunctionObject(object).name)
  } set: { (object: Value, value: Value) throws(PyError) in
    try checkName(value, "__name__")
    FunctionObject(object).set(\.name, Owned(copying: value))
  }
  t.property("__qualname__") { (object: Value) throws(PyError) -> Owned in
    Owned(copying: FunctionObject(object).qualifiedName)
  } set: { (object: Value, value: Value) throws(PyError) in
    try checkName(value, "__qualname__")
    FunctionObject(object).set(\.qualifiedName, Owned(copying: value))
  }
  t.property("__defaults__") { (object: Value) throws(PyError) -> Owned in
    orNone(FunctionObject(object).defaults)
  } set: { (object: Value, value: Value) throws(PyError) in
    guard value.isAbsent || value.isNone || value.isTuple else { throw .typeError("__defaults__ must be set to a tuple object") }
    if !value.isAbsent { try TypeObject.function.auditAttribute(object, "__defaults__", value) }
    FunctionObject(object).set(\.defaults, noneAsAbsent(value), changesCalls: true)
  }
  t.property("__kwdefaults__") { (object: Value) throws(PyError) -> Owned in
    orNone(FunctionObject(object).keywordDefaults)
  } set: { (object: Value, value: Value) throws(PyError) in
    guard value.isAbsent || value.isNone || value.isDict else { throw .typeError("__kwdefaults__ must be set to a dict object") }
    if !value.isAbsent { try TypeObject.function.auditAttribute(object, "__kwdefaults__", value) }
    FunctionObject(object).set(\.keywordDefaults, noneAsAbsent(value), changesCalls: true)
  }
  t.property("__annotations__", get: functionAnnotations) { (object: Value, value: Value) throws(PyError) in
    guard value.isAbsent || value.isNone || value.isDict else { throw .typeError("__annotations__ must be set to a dict object") }
    FunctionObject(object).set(\.annotations, noneAsAbsent(value))
    FunctionObject(object).set(\.annotate, Owned(taking: .absent))
  }
  t.property("__annotate__") { (object: Value) throws(PyError) -> Owned in
    orNone(FunctionObject(object).contents.pointee.annotate)
  } set: { (object: Value, value: Value) throws(PyError) in
    if value.isAbsent { throw .typeError("__annotate__ cannot be deleted") }
    if !value.isNone {
      guard value.isCallable else { throw .typeError("__annotate__ must be callable or None") }
      FunctionObject(object).set(\.annotations, Owned(taking: .absent))
    }
    FunctionObject(object).set(\.annotate, Owned(copying: value))
  }
  t.property("__type_params__") { (object: Value) throws(PyError) -> Owned in
    let parameters = FunctionObject(object).contents.pointee.typeParameters
    return parameters.isAbsent ? Owned.emptyTuple : Owned(copying: parameters)
  } set: { (object: Value, value: Value) throws(PyError) in
    guard !value.isAbsent, value.isTuple else { throw .typeError("__type_params__ must be set to a tuple") }
    FunctionObject(object).set(\.typeParameters, Owned(copying: value))
  }
}

private func orNone(_ value: Value) -> Owned { value.isAbsent ? .none : Owned(copying: value) }
private func noneAsAbsent(_ value: Value) -> Owned { value.isNone ? Owned(taking: .absent) : Owned(copyingIfPresent: value) }

/// `__annotations__`: what `__annotate__` makes of them when they are first asked for (PEP 649).
private func functionAnnotations(_ object: Value) throws(PyError) -> Owned {
  let function = FunctionObject(object)
  let known = function.contents.pointee.annotations
  if !known.isAbsent {
    if known.isDict { return Owned(copying: known) }
    let made = try dictFromPairs(known)
    function.set(\.annotations, made.copy())
    return made
  }
  let annotate = Owned(copyingIfPresent: function.contents.pointee.annotate)
  if annotate.value.isAbsent || !annotate.value.isCallable {
    let made = try Owned.dict()
    function.set(\.annotations, made.copy())
    return made
  }
  let made = try annotate.value.call(Value(smallInteger: 1))
  guard made.value.isDict else { throw .typeError("__annotate__ returned non-dict of type '\(made.value.typeName)'") }
  function.set(\.annotations, made.copy())
  return made
}

/// A dict of a flat tuple of names and values, the form in which `from __future__ import annotations` leaves them.
private func dictFromPairs(_ tuple: Value) throws(PyError) -> Owned {
  let result = try Owned.dict()
  let items = TupleObject(tuple)
  for index in stride(from: 0, to: items.count - 1, by: 2) { try DictObject(result.value).set(items[index], items[index + 1]) }
  return result
}
