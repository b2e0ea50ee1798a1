// The type `object`: what every object can do.

import CKraitCore

func defineObject(_ types: TypeDefinitions) {
  types.define(.object) { t in
    t.documentation = "The base of all classes. An instance of it has no attributes of its own and can be given none."
    t.textSignature = "()"
    t.basicSize = ObjectHeader.size
    t.flags.insert(.baseType)
    t.slots.new = CallSlot(objectNew)
    t.slots.initialize = InitializeSlot(objectInitialize)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.string("<\(object.type.fullName) object at \(addressText(object))>") }
    t.slots.str = UnarySlot { (object: Value) throws(PyError) -> Owned in
      guard let repr = object.type.slots.pointee.repr else { return try object.repr() }
      return try repr(object)
    }
    t.slots.hash = HashSlot { (object: Value) throws(PyError) -> Int in hashIdentity(object) }
    t.slots.compare = CompareSlot(objectCompare)
    t.slots.getAttribute = BinarySlot(genericGetAttribute)
    t.slots.setAttribute = StoreSlot(genericSetAttribute)
    t.slots.deallocate = DeallocateSlot { finishDeallocation($0) }
    t.property("__class__", "what the object is an instance of") { (object: Value) throws(PyError) -> Owned in
      Owned(copying: object.type.value)
    } set: { (object: Value, value: Value) throws(PyError) in try assignClass(object, value) }
    t.method("__reduce_ex__(protocol, /)", "What pickle stores of the object.") { (call: Call) throws(PyError) -> Owned in try reduceEx(call.receiver, try call.int(0)) }
    t.method("__reduce__()", "What pickle stores of the object.") { (call: Call) throws(PyError) -> Owned in try reduceByCopyreg(call.receiver, 0) }
    t.method("__getstate__()", "The attributes of the object, for pickle.") { (call: Call) throws(PyError) -> Owned in try objectState(call.receiver, required: false) }
    t.rawClassMethod("__subclasshook__(object, /)", "Abstract classes say here what counts as a subclass; NotImplemented leaves it to the ordinary test.") {
      (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      if arguments.keywordCount > 0 { throw .typeError("\(type.asType.contents.pointee.qualifiedName.text).__subclasshook__() takes no keyword arguments") }
      guard arguments.positionalCount == 1 else {
        throw .typeError("\(type.asType.contents.pointee.qualifiedName.text).__subclasshook__() takes exactly one argument (\(arguments.positionalCount) given)")
      }
      return .notImplemented
    }
    t.rawClassMethod("__init_subclass__()", "Called when a class is derived from this one.") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      if arguments.positionalCount > 0 { throw .typeError("\(type.asType.contents.pointee.qualifiedName.text).__init_subclass__() takes no arguments (\(arguments.positionalCount) given)") }
      if arguments.keywordCount > 0 { throw .typeError("\(type.asType.contents.pointee.qualifiedName.text).__init_subclass__() takes no keyword arguments") }
      return .none
    }
    t.method("__format__(format_spec, /)", "The object as text; an empty specification is the only one that all objects know.") { (call: Call) throws(PyError) -> Owned in
      let specification = try call.string(0)
      if StringObject(specification).length > 0 { throw .typeError("unsupported format string passed to \(call.receiver.typeName).__format__") }
      return try call.receiver.str()
    }
    t.method("__sizeof__()", "Bytes of memory.") { (call: Call) throws(PyError) -> Owned in
      let object = call.receiver
      guard object.isObject else { return try Owned.integer(ObjectHeader.size + 8) }
      return try Owned.integer(object.object.blockSize)
    }
    t.method("__dir__()", "The names of the attributes, those of the class too.") { (call: Call) throws(PyError) -> Owned in try objectDirectory(call.receiver) }
  }
}

extension UnsafeMutableRawPointer {
  /// Bytes of an object without what it refers to.
  var blockSize: Int {
    let type = shape.type
    var size = Int(shape.contents.pointee.instanceSize)
    if type.contents.pointee.itemSize != 0 {
      let count = load(fromByteOffset: Int(type.contents.pointee.itemCountOffset), as: Int.self).magnitude
      size = Int(type.contents.pointee.basicSize) + Int(count) * Int(type.contents.pointee.itemSize)
    }
    return size
  }
}

private func hasExcess(_ arguments: Arguments) -> Bool { arguments.positionalCount > 0 || arguments.keywordCount > 0 }

/// `object.__new__`: arguments are an error unless the class takes them in an `__init__` of its own.
func objectNew(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let cls = TypeObject(type)
  if hasExcess(arguments) {
    if cls.slots.pointee.new?.code != objectNewCode { throw .typeError("object.__new__() takes exactly one argument (the type to instantiate)") }
    if cls.slots.pointee.initialize?.code == objectInitializeCode { throw .typeError("\(cls.nameText)() takes no arguments") }
  }
  if _slowPath(cls.flags.contains(.isAbstract)) { throw try abstractClassError(cls) }
  return Owned(taking: try cls.allocate())
}

/// `object.__init__`: arguments are an error unless the class took them in a `__new__` of its own.
func objectInitialize(_ object: Value, _ arguments: Arguments) throws(PyError) {
  guard hasExcess(arguments) else { return }
  let type = object.type
  if type.slots.pointee.initialize?.code != objectInitializeCode { throw .typeError("object.__init__() takes exactly one argument (the instance to initialize)") }
  if type.slots.pointee.new?.code == objectNewCode { throw .typeError("\(type.nameText).__init__() takes exactly one argument (the instance to initialize)") }
}

private func abstractClassError(_ type: TypeObject) throws(PyError) -> PyError {
  let methods = try type.value.getAttribute(Name.__abstractmethods__)
  let sorted = try Owned.list(from: methods.value)
  _ = try sorted.value.callMethod(Name.sort)
  var names: [String] = []
  for index in 0..<ListObject(sorted.value).count {
    let name = ListObject(sorted.value)[index]
    guard name.isString else { return .typeError("sequence item \(index): expected str instance, \(name.typeName) found") }
    names.append("'\(name.text)'")
  }
  return .typeError(
    "Can't instantiate abstract class \(type.nameText) without an implementation for abstract method\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))")
}

/// Identity; `!=` follows from what `==` of the type says.
private func objectCompare(_ a: Value, _ b: Value, _ op: Comparison) throws(PyError) -> Owned {
  switch op {
  case .equal: return a === b ? .boolean(true) : .notImplemented
  case .notEqual:
    guard let compare = a.type.slots.pointee.compare else { return .notImplemented }
    let result = try compare(a, b, .equal)
    if result.value.isNotImplemented { return result }
    return .boolean(!(try result.value.isTruthy()))
  default: return .notImplemented
  }
}

/// The keys of `__dict__` and of the dicts of `__class__` and its bases.
private func objectDirectory(_ object: Value) throws(PyError) -> Owned {
  let own = try object.lookUpAttribute(Name.__dict__)
  let names = own.value.isAbsent || !own.value.isDict ? try Owned.dict() : try DictObject(own.value).copy()
  let cls = try object.lookUpAttribute(Name.__class__)
  if !cls.value.isAbsent { try mergeClassDirectory(DictObject(names.value), cls.value) }
  return try Owned.list(from: names.value)
}

/// Adds the names of a class and its bases, wherever they come from: `__dict__` and `__bases__` may be anything.
func mergeClassDirectory(_ names: DictObject, _ cls: Value) throws(PyError) {
  try checkNativeRecursion(" while getting the attributes of a class")
  let dict = try cls.lookUpAttribute(Name.__dict__)
  if !dict.value.isAbsent { try names.update(from: dict.value) }
  let bases = try cls.lookUpAttribute(Name.__bases__)
  if bases.value.isAbsent { return }
  guard bases.value.isTuple else { return }
  for index in 0..<TupleObject(bases.value).count { try mergeClassDirectory(names, TupleObject(bases.value)[index]) }
}

// MARK: - Pickling

private func copyreg() throws(PyError) -> Owned { try importModule(name: Name.copyreg, globals: .none, fromList: .none, level: 0) }

private func reduceByCopyreg(_ object: Value, _ version: Int) throws(PyError) -> Owned {
  if version >= 2 { return try reduceByNewObject(object) }
  let module = try copyreg()
  let function = try module.value.getAttribute(Name._reduce_ex)
  return try function.value.call(object, Value(smallInteger: version))
}

private func reduceEx(_ object: Value, _ version: Int) throws(PyError) -> Owned {
  // A `__reduce__` of the class's own goes first.
  let reduce = object.type.lookUp(Name.__reduce__)
  if !reduce.isAbsent, reduce !== TypeObject.object.dict.get(interned: Name.__reduce__) {
    let method = try object.lookUpAttribute(Name.__reduce__)
    if !method.value.isAbsent { return try method.value.call() }
  }
  return try reduceByCopyreg(object, version)
}

/// Protocols 2 and up: `copyreg.__newobj__`, the class with arguments of `__new__`, state, list items, dict items.
private func reduceByNewObject(_ object: Value) throws(PyError) -> Owned {
  let type = object.type
  if type.slots.pointee.new == nil { throw .typeError("cannot pickle '\(type.fullName)' object") }
  var positional = Owned(taking: .absent)
  var keywords = Owned(taking: .absent)
  let extended = try object.lookUpSpecial(Name.__getnewargs_ex__)
  if !extended.value.isAbsent {
    let pair = try extended.value.call()
    guard pair.value.isTuple else { throw .typeError("__getnewargs_ex__ should return a tuple, not '\(pair.value.typeName)'") }
    let count = TupleObject(pair.value).count
    guard count == 2 else { throw .valueError("__getnewargs_ex__ should return a tuple of length 2, not \(count)") }
    positional = Owned(copying: TupleObject(pair.value)[0])
    keywords = Owned(copying: TupleObject(pair.value)[1])
    guard positional.value.isTuple else {
      throw .typeError("first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '\(positional.value.typeName)'")
    }
    guard keywords.value.isDict else {
      throw .typeError("second item of the tuple returned by __getnewargs_ex__ must be a dict, not '\(keywords.value.typeName)'")
    }
  } else {
    let plain = try object.lookUpSpecial(Name.__getnewargs__)
    if !plain.value.isAbsent {
      positional = try plain.value.call()
      guard positional.value.isTuple else { throw .typeError("__getnewargs__ should return a tuple, not '\(positional.value.typeName)'") }
    }
  }
  let isRequired = positional.value.isAbsent && !object.isList && !object.isDict
  let module = try copyreg()
  let function: Owned
  let arguments: Owned
  if keywords.value.isAbsent || DictObject(keywords.value).count == 0 {
    function = try module.value.getAttribute(Name.__newobj__)
    let count = positional.value.isAbsent ? 0 : TupleObject(positional.value).count
    arguments = try Owned.tuple(count: count + 1)
    TupleObject(arguments.value).initialize(0, Owned(copying: type.value))
    for index in 0..<count { TupleObject(arguments.value).initialize(index + 1, Owned(copying: TupleObject(positional.value)[index])) }
  } else {
    function = try module.value.getAttribute(Name.__newobj_ex__)
    arguments = try Owned.tuple(type.value, positional.value, keywords.value)
  }
  let state = try stateForPickling(object, required: isRequired)
  let listItems = object.isList ? try object.iterate() : .none
  let items = object.isDict ? try object.callMethod(Name.items) : .none
  let dictItems = object.isDict ? try items.value.iterate() : .none
  let result = try Owned.tuple(count: 5)
  let tuple = TupleObject(result.value)
  tuple.initialize(0, function)
  tuple.initialize(1, arguments)
  tuple.initialize(2, state)
  tuple.initialize(3, listItems)
  tuple.initialize(4, dictItems)
  return result
}

private func stateForPickling(_ object: Value, required: Bool) throws(PyError) -> Owned {
  let method = try object.getAttribute(Name.__getstate__)
  if method.value.isObject, method.value.type == .builtinFunction, NativeFunctionObject(method.value).receiver === object,
    NativeFunctionObject(method.value).function == objectGetStateFunction
  {
    return try objectState(object, required: required)
  }
  return try method.value.call()
}

/// The native function behind `object.__getstate__`.
private var objectGetStateFunction: UnsafePointer<NativeFunction> {
  DescriptorObject(TypeObject.object.dict.get(interned: Name.__getstate__)).function
}

/// The instance's attributes, and those of its slots if there are any.
private func objectState(_ object: Value, required: Bool) throws(PyError) -> Owned {
  let type = object.type
  if required && object.isObject && hasNativeState(type) { throw .typeError("cannot pickle '\(type.fullName)' object") }
  var state = Owned.none
  if object.isObject, object.object.shape.flags.contains(.hasAttributes) || object.isInstance(of: .module) {
    let dict = try object.lookUpAttribute(Name.__dict__)
    if !dict.value.isAbsent && !(dict.value.isDict && DictObject(dict.value).count == 0) { state = dict.copy() }
  }
  let names = try slotNames(type)
  guard !names.value.isNone, ListObject(names.value).count > 0 else { return state }
  let members = try Owned.dict()
  for index in 0..<ListObject(names.value).count {
    let name = Owned(copying: ListObject(names.value)[index])
    let value = try object.lookUpAttribute(name.value)
    if !value.value.isAbsent { try DictObject(members.value).set(name.value, value.value) }
  }
  if DictObject(members.value).count == 0 { return state }
  return try Owned.tuple(state.value, members.value)
}

/// Whether the native base has fields that attributes do not show, so that an instance cannot be rebuilt from them.
private func hasNativeState(_ type: TypeObject) -> Bool {
  let native = type.nativeBase
  return native != .object && (native.contents.pointee.itemSize != 0 || Int(native.contents.pointee.basicSize) > Int(TypeObject.object.contents.pointee.basicSize))
}

/// `copyreg._slotnames(cls)`, kept in the class as `__slotnames__`.
private func slotNames(_ type: TypeObject) throws(PyError) -> Owned {
  let kept = type.dict.get(interned: Name.__slotnames__)
  if !kept.isAbsent {
    guard kept.isNone || kept.isList else { throw .typeError("\(type.nameText).__slotnames__ should be a list or None, not \(kept.typeName)") }
    return Owned(copying: kept)
  }
  let module = try copyreg()
  let function = try module.value.getAttribute(Name._slotnames)
  let names = try function.value.call(type.value)
  guard names.value.isNone || names.value.isList else { throw .typeError("copyreg._slotnames didn't return a list or None") }
  return names
}

/// The hash of objects that are equal to themselves only.
@inline(__always)
func hashIdentity(_ object: Value) -> Int { hashPointer(UnsafeRawPointer(bitPattern: UInt(object.bits)).unsafelyUnwrapped) }
