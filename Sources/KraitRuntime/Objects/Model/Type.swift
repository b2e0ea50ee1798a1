// The type `type`: what classes can do. How they are made is in Types/.

import CKraitCore

func defineType(_ types: TypeDefinitions) {
  types.define(.type) { t in
    t.documentation = "type(object) is the object's class; type(name, bases, dict, **kwds) makes a class."
    t.basicSize = MemoryLayout<TypeContents>.size
    t.shapeFlags.insert([.type, .tracked, .hasState])
    t.flags.insert([.baseType, .managedDict, .managedWeakReference, .haveVectorcall])
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.string("<class '\(object.asType.fullName)'>") }
    t.slots.call = CallSlot(callType)
    t.slots.getAttribute = BinarySlot(typeGetAttribute)
    t.slots.setAttribute = StoreSlot(typeSetAttribute)
    t.slots.deallocate = DeallocateSlot(deallocateType)
    t.slots.traverse = TraverseSlot(traverseType)
    t.slots.clear = ClearSlot(clearType)
    t.slots.or = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try unionOfTypes(a, b) }
    t.rawNew("type", newType)
    t.rawInitialize("type") { (_: Value, arguments: Arguments) throws(PyError) in
      if arguments.keywordCount > 0 && arguments.positionalCount == 1 { throw .typeError("type.__init__() takes no keyword arguments") }
      guard arguments.positionalCount == 1 || arguments.positionalCount == 3 else { throw .typeError("type.__init__() takes 1 or 3 arguments") }
    }
    defineMethods(t)
    defineLayoutAttributes(t)
    defineNames(t)
    defineRelations(t)
    defineAnnotations(t)
  }
}

// MARK: - Calls

/// `cls(…)`: `__new__`, then `__init__` if that made an instance of the class.
func callType(_ callee: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let type = TypeObject(callee)
  if type == .set && arguments.positionalCount == 1 && arguments.keywordCount == 0 && arguments.base[0].isAnySet {
    return try SetObject(arguments.base[0]).copy(as: .set)
  }
  if _slowPath(type == .type) {
    if arguments.positionalCount == 1 && arguments.keywordCount == 0 { return Owned(copying: arguments.base[0].type.value) }
    if arguments.positionalCount != 3 { throw .typeError("type() takes 1 or 3 arguments") }
  }
  if arguments.keywordCount == 0 {
    if !type.isHeapType { if let object = try makeBuiltin(type, arguments) { return object } } else if type.makesPlainExceptions { return try ExceptionObject.make(type, arguments) }
  }
  guard let new = type.slots.pointee.new else { throw .typeError("cannot create '\(type.shownName)' instances") }
  let object = try new(callee, arguments)
  let objectType = object.value.type
  guard objectType == type || objectType.isSubtype(of: type) else { return object }
  if let initialize = objectType.slots.pointee.initialize { try initialize(object.value, arguments) }
  return object
}

/// What the commonest builtin types make of one argument, and plain exceptions of any, without binding parameters and a second step; nil for all else.
@inline(__always)
private func makeBuiltin(_ type: TypeObject, _ arguments: Arguments) throws(PyError) -> Owned? {
  if _slowPath(type.isPlainException) { return try ExceptionObject.make(type, arguments) }
  guard arguments.positionalCount == 1 else { return arguments.positionalCount == 0 ? try makeEmpty(type) : nil }
  let argument = arguments.base[0]
  if type == .str { return try argument.str() }
  if type == .int { return argument.isSmallInteger ? Owned(taking: argument) : nil }
  if type == .list { return try Owned.list(from: argument) }
  if type == .tuple { return try Owned.tuple(from: argument) }
  if type == .bool { return Owned.boolean(try argument.isTruthy()) }
  if type == .set { return try Owned.set(from: argument) }
  if type == .reversed && argument.isObject {
    if argument.object.shape == TypeObject.range.rootShape { return try reverseRange(RangeObject(argument)) }
    return argument.isExactList ? try Owned.listReverseIterator(ListObject(argument)) : nil
  }
  if type == .dict && argument.isExactDict { return try DictObject(argument).copy() }
  if type == .weakReference { return try argument.weakReference(type: type, callback: .none) }
  return nil
}

@inline(never)
private func makeEmpty(_ type: TypeObject) throws(PyError) -> Owned? {
  if type == .list { return try Owned.list() }
  if type == .dict { return try Owned.dict() }
  if type == .set { return try Owned.set() }
  return nil
}

extension TypeObject {
  /// The name as messages about builtin types have it: with the module unless that is `builtins`.
  var shownName: String { isOfProgram ? nameText : fullName }

  /// Whether a class statement made it, or a call of `type`.
  var isOfProgram: Bool { isHeapType && !flags.contains(.moduleType) }
}

/// `type.__new__(metatype, name, bases, namespace, **keywords)`
private func newType(_ metatypeValue: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = arguments.positionalCount
  guard given == 3 else { throw .typeError("type.__new__() takes exactly 3 arguments (\(given) given)") }
  let name = arguments.base[0]
  let bases = arguments.base[1]
  let namespace = arguments.base[2]
  guard name.isString else { throw .typeError("type.__new__() argument 1 must be str, not \(name.isNone ? "None" : name.typeName)") }
  guard bases.isTuple else { throw .typeError("type.__new__() argument 2 must be tuple, not \(bases.isNone ? "None" : bases.typeName)") }
  guard namespace.isDict else { throw .typeError("type.__new__() argument 3 must be dict, not \(namespace.isNone ? "None" : namespace.typeName)") }
  let tuple = TupleObject(bases)
  for index in 0..<tuple.count where !tuple[index].isType {
    let entries = try tuple[index].lookUpAttribute(Name.__mro_entries__)
    if !entries.value.isAbsent {
      throw .typeError("type() doesn't support MRO entry resolution; use types.new_class()")
    }
  }
  let metatype = TypeObject(metatypeValue)
  let winner = try TypeObject.metatype(metatype, of: tuple)
  if winner != metatype, winner.slots.pointee.new?.code != TypeObject.type.slots.pointee.new?.code || winner.contents.pointee.newFunction != TypeObject.type.contents.pointee.newFunction {
    // A metatype of the bases with a `__new__` of its own takes over.
    guard let new = winner.slots.pointee.new else { throw .typeError("cannot create '\(winner.nameText)' instances") }
    return try new(winner.value, arguments)
  }
  var keywords = Owned(taking: .absent)
  if arguments.keywordCount > 0 {
    keywords = try Owned.dict()
    let names = TupleObject(arguments.keywordNames)
    for index in 0..<names.count { try DictObject(keywords.value).set(names[index], arguments.base[given + index]) }
  }
  return try TypeObject.create(winner, name, bases, namespace, keywords.value)
}

// MARK: - The end of a class

private func deallocateType(_ raw: UnsafeMutableRawPointer) {
  let type = TypeObject(raw: raw)
  let contents = type.contents
  if !contents.pointee.bases.isAbsent { TypeObject.removeSubclass(type, of: TupleObject(contents.pointee.bases)) }
  SubclassList.free(type)
  type.freeShapes()
  for value in [
    contents.pointee.name, contents.pointee.qualifiedName, contents.pointee.module, contents.pointee.bases, contents.pointee.mro, contents.pointee.dict,
    contents.pointee.documentation, contents.pointee.textSignature,
  ] { value.releaseIfPresent() }
  contents.pointee.base?.raw.release()
  finishDeallocation(raw)
}

private func traverseType(_ raw: UnsafeMutableRawPointer, _ visit: Visitor) {
  let contents = TypeObject(raw: raw).contents
  visit(contents.pointee.dict)
  visit(contents.pointee.mro)
  visit(contents.pointee.bases)
  if let base = contents.pointee.base { visit(base.value) }
}

/// Breaks the cycles of a class: through its dict and its MRO. Fields that instances need to end stay.
private func clearType(_ raw: UnsafeMutableRawPointer) {
  let type = TypeObject(raw: raw)
  type.invalidate()
  if !type.contents.pointee.dict.isAbsent { type.dict.clear() }
  let mro = type.contents.pointee.mro
  type.contents.pointee.mro = .absent
  mro.releaseIfPresent()
}

// MARK: - Methods

private func defineMethods(_ t: TypeDefinition) {
  t.method("mro()", "The method resolution order: a list.") { (call: Call) throws(PyError) -> Owned in
    let mro = try call.receiver.asType.defaultMRO()
    return try Owned.list(from: mro.value)
  }
  t.method("__subclasses__()", "The direct subclasses that are alive: a list.") { (call: Call) throws(PyError) -> Owned in
    let list = try Owned.list()
    for subclass in call.receiver.asType.directSubclasses { try ListObject(list.value).append(subclass.value) }
    return list
  }
  t.rawClassMethod("__prepare__", "The namespace that a class body runs in: a dict.") { (_: Value, _: Arguments) throws(PyError) -> Owned in try Owned.dict() }
  t.method("__instancecheck__(instance, /)", "What isinstance() asks.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try isPlainInstance(call[0], of: call.receiver))
  }
  t.method("__subclasscheck__(subclass, /)", "What issubclass() asks.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try isPlainSubclass(call[0], of: call.receiver))
  }
  t.method("__dir__()", "The names of the attributes, those of the bases too.") { (call: Call) throws(PyError) -> Owned in
    let names = try Owned.dict()
    try mergeClassDirectory(DictObject(names.value), call.receiver)
    return try Owned.list(from: names.value)
  }
  t.method("__sizeof__()", "Bytes of memory.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(MemoryLayout<TypeContents>.size) }
}

private func defineLayoutAttributes(_ t: TypeDefinition) {
  t.member("__basicsize__") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(object.asType.contents.pointee.basicSize)) }
  t.member("__itemsize__") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(object.asType.contents.pointee.itemSize)) }
  t.member("__flags__") { (object: Value) throws(PyError) -> Owned in try Owned.integer(object.asType.shownFlags.rawValue) }
  t.member("__weakrefoffset__") { (object: Value) throws(PyError) -> Owned in
    let flags = object.asType.flags
    // As in CPython: a negative number says that the place is in front of the object, where all classes of the program have it.
    return try Owned.integer(flags.contains(.managedWeakReference) ? (flags.contains(.heapType) ? -32 : ObjectHeader.size) : 0)
  }
  t.member("__base__") { (object: Value) throws(PyError) -> Owned in
    object.asType.visibleBase.map { Owned(copying: $0.value) } ?? .none
  }
  t.member("__dictoffset__") { (object: Value) throws(PyError) -> Owned in
    let type = object.asType
    return try Owned.integer(type.givesAttributes ? (type.isHeapType ? -1 : Int(type.contents.pointee.basicSize)) : 0)
  }
}

// MARK: - Names

private func defineNames(_ t: TypeDefinition) {
  t.property("__name__") { (object: Value) throws(PyError) -> Owned in
    Owned(copying: object.asType.contents.pointee.name)
  } set: { (object: Value, value: Value) throws(PyError) in
    let type = object.asType
    try type.checkMutable("__name__", value)
    guard value.isString else { throw .typeError("can only assign string to \(type.nameText).__name__, not '\(value.typeName)'") }
    try checkTypeName(value)
    let old = type.contents.pointee.name
    type.contents.pointee.name = Owned.exactString(value).take()
    old.release()
  }
  t.property("__qualname__") { (object: Value) throws(PyError) -> Owned in
    Owned(copying: object.asType.contents.pointee.qualifiedName)
  } set: { (object: Value, value: Value) throws(PyError) in
    let type = object.asType
    try type.checkMutable("__qualname__", value)
    guard value.isString else { throw .typeError("can only assign string to \(type.nameText).__qualname__, not '\(value.typeName)'") }
    let old = type.contents.pointee.qualifiedName
    type.contents.pointee.qualifiedName = Owned.exactString(value).take()
    old.release()
  }
}

private func defineRelations(_ t: TypeDefinition) {
  t.property("__bases__") { (object: Value) throws(PyError) -> Owned in
    Owned(copying: object.asType.contents.pointee.bases)
  } set: { (object: Value, value: Value) throws(PyError) in try assignBases(object.asType, value) }
  t.getter("__mro__") { (object: Value) throws(PyError) -> Owned in
    let mro = object.asType.contents.pointee.mro
    return mro.isAbsent ? .none : Owned(copying: mro)
  }
  t.property("__module__") { (object: Value) throws(PyError) -> Owned in
    let type = object.asType
    guard type.isHeapType else { return Owned(copying: type.contents.pointee.module) }
    let module = type.dict.get(interned: Name.__module__)
    if module.isAbsent { throw attributeError("__module__", object, Name.__module__) }
    return Owned(copying: module)
  } set: { (object: Value, value: Value) throws(PyError) in
    let type = object.asType
    try type.checkMutable("__module__", value)
    _ = try type.dict.removeIfPresent(Name.__firstlineno__)
    try type.setOwn(Name.__module__, value)
  }
  t.property("__abstractmethods__") { (object: Value) throws(PyError) -> Owned in
    // `type` itself has this descriptor in its dict, which is not what is asked for.
    let methods = object.asType == .type ? Value.absent : object.asType.dict.get(interned: Name.__abstractmethods__)
    if methods.isAbsent { throw attributeError("__abstractmethods__", object, Name.__abstractmethods__) }
    return Owned(copying: methods)
  } set: { (object: Value, value: Value) throws(PyError) in
    let type = object.asType
    // CPython lets programs do this, whose interpreters have builtin types' dicts to themselves.
    if type.flags.contains(.immutable) { throw .typeError("cannot set '__abstractmethods__' attribute of immutable type '\(type.shownName)'") }
    if value.isAbsent {
      guard try type.dict.removeIfPresent(Name.__abstractmethods__) else { throw attributeError("__abstractmethods__", object, Name.__abstractmethods__) }
      type.invalidate()
      type.contents.pointee.flags.remove(.isAbstract)
      return
    }
    let isAbstract = try value.isTruthy()
    try type.setOwn(Name.__abstractmethods__, value)
    if isAbstract { type.contents.pointee.flags.insert(.isAbstract) } else { type.contents.pointee.flags.remove(.isAbstract) }
  }
  t.getter("__dict__") { (object: Value) throws(PyError) -> Owned in try MappingProxyObject.make(object.asType.contents.pointee.dict) }
  t.property("__doc__") { (object: Value) throws(PyError) -> Owned in
    let type = object.asType
    guard type.isHeapType else { return Owned(copying: type.contents.pointee.documentation) }
    let documentation = Owned(copyingIfPresent: type.dict.get(interned: Name.__doc__))
    if documentation.value.isAbsent { return .none }
    guard let get = documentation.value.type.slots.pointee.descriptorGet else { return documentation }
    return try get(documentation.value, .absent, object)
  } set: { (object: Value, value: Value) throws(PyError) in
    try object.asType.checkMutable("__doc__", value)
    try object.asType.setOwn(Name.__doc__, value)
  }
  t.getter("__text_signature__") { (object: Value) throws(PyError) -> Owned in
    let contents = object.asType.contents
    let signature = contents.pointee.textSignature
    if signature === .true { return try textSignatureOfFunctions(contents) }
    return signature.isAbsent ? .none : Owned(copying: signature)
  }
}

/// The signature of a native class, made when it is asked for, as few are: that of `__new__`, or of `__init__` when that takes the arguments.
private func textSignatureOfFunctions(_ contents: UnsafeMutablePointer<TypeContents>) throws(PyError) -> Owned {
  let base = contents.pointee.base?.contents
  let ownNew = contents.pointee.newFunction == base?.pointee.newFunction ? nil : contents.pointee.newFunction
  let ownInitialize = contents.pointee.initializeFunction == base?.pointee.initializeFunction ? nil : contents.pointee.initializeFunction
  let newLooksItself = contents.pointee.newFunction?.pointee.form == .raw
  guard let function = ownInitialize != nil && (ownNew == nil || newLooksItself) ? ownInitialize : ownNew else { return .none }
  return try function.textSignature()
}

// MARK: - Annotations (PEP 649)

private func noAnnotations(_ object: Value, _ name: Value) -> PyError {
  attributeError("type object '\(object.asType.nameText)' has no attribute '\(name.text)'", object, name)
}

private func bindOwn(_ found: Value, _ object: Value) throws(PyError) -> Owned {
  let held = Owned(copying: found)
  guard let get = held.value.type.slots.pointee.descriptorGet else { return held }
  return try get(held.value, .absent, object)
}

private func typeAnnotate(_ object: Value) throws(PyError) -> Owned {
  let type = object.asType
  guard type.isHeapType else { throw noAnnotations(object, Name.__annotate__) }
  // What a class body set explicitly comes first.
  var found = type.dict.get(interned: Name.__annotate__)
  if found.isAbsent { found = type.dict.get(interned: Name.__annotate_func__) }
  if !found.isAbsent { return try bindOwn(found, object) }
  try type.setOwn(Name.__annotate_func__, .none)
  return .none
}

private func typeAnnotations(_ object: Value) throws(PyError) -> Owned {
  let type = object.asType
  guard type.isHeapType else { throw noAnnotations(object, Name.__annotations__) }
  var found = type.dict.get(interned: Name.__annotations__)
  if found.isAbsent { found = type.dict.get(interned: Name.__annotations_cache__) }
  if !found.isAbsent { return try bindOwn(found, object) }
  let annotate = try object.getAttribute(Name.__annotate__)
  let annotations: Owned
  if annotate.value.isCallable {
    annotations = try annotate.value.call(Value(smallInteger: 1))
    guard annotations.value.isDict else { throw .typeError("__annotate__ returned non-dict of type '\(annotations.value.typeName)'") }
  } else {
    annotations = try Owned.dict()
  }
  try type.setOwn(Name.__annotations_cache__, annotations.value)
  return annotations
}

private func removeOwn(_ type: TypeObject, _ name: Value) throws(PyError) -> Bool {
  let removed = try type.dict.removeIfPresent(name)
  if removed { type.invalidate() }
  return removed
}

private func setTypeAnnotations(_ object: Value, _ value: Value) throws(PyError) {
  let type = object.asType
  if type.flags.contains(.immutable) { throw .typeError("cannot set '__annotations__' attribute of immutable type '\(type.shownName)'") }
  if value.isAbsent {
    var removed = try removeOwn(type, Name.__annotations__)
    if !removed { removed = try removeOwn(type, Name.__annotations_cache__) }
    if !removed { throw attributeError("__annotations__", object, Name.__annotations__) }
  } else {
    try type.setOwn(type.dict.get(interned: Name.__annotations__).isAbsent ? Name.__annotations_cache__ : Name.__annotations__, value)
  }
  _ = try removeOwn(type, Name.__annotate_func__)
  _ = try removeOwn(type, Name.__annotate__)
}

private func setTypeAnnotate(_ object: Value, _ value: Value) throws(PyError) {
  let type = object.asType
  if value.isAbsent { throw .typeError("cannot delete __annotate__ attribute") }
  if type.flags.contains(.immutable) { throw .typeError("cannot set '__annotate__' attribute of immutable type '\(type.shownName)'") }
  guard value.isNone || value.isCallable else { throw .typeError("__annotate__ must be callable or None") }
  try type.setOwn(Name.__annotate_func__, value)
  if !value.isNone {
    _ = try removeOwn(type, Name.__annotations__)
    _ = try removeOwn(type, Name.__annotations_cache__)
  }
}

private func defineAnnotations(_ t: TypeDefinition) {
  t.property("__annotations__", get: typeAnnotations, set: setTypeAnnotations)
  t.property("__annotate__", get: typeAnnotate, set: setTypeAnnotate)
  t.property("__type_params__") { (object: Value) throws(PyError) -> Owned in
    let parameters = object.asType == .type ? Value.absent : object.asType.dict.get(interned: Name.__type_params__)
    return parameters.isAbsent ? .emptyTuple : Owned(copying: parameters)
  } set: { (object: Value, value: Value) throws(PyError) in
    try object.asType.checkMutable("__type_params__", value)
    try object.asType.setOwn(Name.__type_params__, value)
  }
}
