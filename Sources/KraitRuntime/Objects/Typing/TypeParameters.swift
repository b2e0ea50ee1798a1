// Type parameters and aliases: TypeVar, ParamSpec, TypeVarTuple, TypeAliasType, Generic, NoDefault (PEP 695, PEP 696).

import CKraitCore

/// A type parameter of any of the three kinds. Bound, constraints and default are either given or come from a function that is called when somebody asks (PEP 649).
struct TypeParameterObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var name: Value
    var bound: Value
    var evaluateBound: Value
    var constraints: Value
    var evaluateConstraints: Value
    var `default`: Value
    var evaluateDefault: Value
    var isCovariant: Bool
    var isContravariant: Bool
    var infersVariance: Bool
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func forEachReference(_ raw: UnsafeMutableRawPointer, _ body: (inout Value) -> Void) {
    let contents = raw.assumingMemoryBound(to: Contents.self)
    body(&contents.pointee.name)
    body(&contents.pointee.bound)
    body(&contents.pointee.evaluateBound)
    body(&contents.pointee.constraints)
    body(&contents.pointee.evaluateConstraints)
    body(&contents.pointee.default)
    body(&contents.pointee.evaluateDefault)
  }

  /// What is stored, else what its function gives when asked for values; absent if there is neither.
  static func evaluated(_ stored: inout Value, _ evaluate: Value) throws(PyError) -> Value {
    if stored.isAbsent && !evaluate.isAbsent { stored = try evaluate.call(Value(smallInteger: 1)).take() }
    return stored
  }
}

/// The module `typing`, where the parts of these types that are written in Python are.
func typingModule() throws(PyError) -> Owned {
  try importModule(name: Name.typing, globals: .absent, fromList: Owned.emptyTuple.value, level: 0)
}

private func callTyping(_ function: Value, _ a: Value, _ b: Value) throws(PyError) -> Owned { try typingModule().callMethod(function, a, b) }
private func callTyping(_ function: Value, _ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned {
  try typingModule().callMethod(function, a, b, c)
}

/// Notes the module of the code that runs as an object's `__module__`.
private func setModule(of object: Value) throws(PyError) {
  let globals = currentThread.pointee.currentGlobals
  let name = globals.isAbsent ? Value.absent : DictObject(globals).get(interned: Name.__name__)
  try object.setAttribute(Name.__module__, name.isAbsent ? .none : name)
}

// MARK: What the evaluator makes of `[T: bound = default]`

extension Owned {
  /// A type variable of a `type` statement, `def` or `class`; functions that are absent are not there.
  static func typeVariable(name: Value, evaluateBound: Value = .absent, evaluateConstraints: Value = .absent) throws(PyError) -> Owned {
    let made = try typeParameter(.typeVar, name)
    let contents = TypeParameterObject(made.value).contents
    contents.pointee.evaluateBound = Owned(copyingIfPresent: evaluateBound).take()
    contents.pointee.evaluateConstraints = Owned(copyingIfPresent: evaluateConstraints).take()
    contents.pointee.infersVariance = true
    return made
  }

  static func parameterSpecification(name: Value) throws(PyError) -> Owned {
    let made = try typeParameter(.paramSpec, name)
    TypeParameterObject(made.value).contents.pointee.infersVariance = true
    return made
  }

  static func typeVariableTuple(name: Value) throws(PyError) -> Owned { try typeParameter(.typeVarTuple, name) }

  fileprivate static func typeParameter(_ type: TypeObject, _ name: Value) throws(PyError) -> Owned {
    let made = Owned(taking: Value(try type.allocate()))
    TypeParameterObject(made.value).contents.pointee.name = Owned(copying: name).take()
    try setModule(of: made.value)
    return made
  }

  /// The alias of a `type` statement: name, a tuple of parameters or None, the function that evaluates its value.
  static func typeAlias(name: Value, parameters: Value, evaluate: Value) throws(PyError) -> Owned {
    let made = Owned(taking: Value(try TypeObject.typeAlias.allocate()))
    let contents = TypeAliasObject(made.value).contents
    contents.pointee.name = Owned(copying: name).take()
    contents.pointee.typeParameters = parameters.isNone ? .absent : Owned(copying: parameters).take()
    contents.pointee.evaluateValue = Owned(copying: evaluate).take()
    try setModule(of: made.value)
    return made
  }

  /// `typing.Generic[parameters]`, as a base of a class with type parameters.
  static func subscriptedGeneric(_ parameters: Value) throws(PyError) -> Owned {
    let unpacked = try unpackedTypeVariableTuples(parameters)
    return try typingModule().callMethod(Name._GenericAlias, TypeObject.generic.value, unpacked.value)
  }
}

/// Gives a parameter the function that evaluates its default.
func setDefault(ofTypeParameter parameter: Value, evaluate: Value) throws(PyError) {
  guard parameter.isObject, [TypeObject.typeVar, .paramSpec, .typeVarTuple].contains(parameter.type) else {
    throw PyError.typeError("Expected a type param, got \(try parameter.repr().text)")
  }
  let contents = TypeParameterObject(parameter).contents
  let old = contents.pointee.evaluateDefault
  contents.pointee.evaluateDefault = Owned(copying: evaluate).take()
  old.releaseIfPresent()
}

/// A tuple of parameters with each TypeVarTuple as `Unpack[…]`.
private func unpackedTypeVariableTuples(_ parameters: Value) throws(PyError) -> Owned {
  let list = try Owned.list()
  for parameter in TupleObject(parameters).buffer {
    if parameter.isObject && parameter.type == .typeVarTuple {
      try ListObject(list.value).append(sharing: try unpack(parameter))
    } else {
      try ListObject(list.value).append(parameter)
    }
  }
  return try Owned.tuple(from: list.value)
}

private func unpack(_ value: Value) throws(PyError) -> Owned {
  try typingModule().getAttribute(Name.Unpack).getItem(value)
}

// MARK: Types

private func representation(_ object: Value) throws(PyError) -> Owned {
  let contents = TypeParameterObject(object).contents
  let name = contents.pointee.name.text
  if object.type == .typeVarTuple || contents.pointee.infersVariance { return try .string(name) }
  return try .string((contents.pointee.isCovariant ? "+" : contents.pointee.isContravariant ? "-" : "~") + name)
}

/// What the three kinds have in common.
private func defineCommon(_ t: TypeDefinition) {
  t.flags.insert(.moduleType)
  t.basicSize = MemoryLayout<TypeParameterObject.Contents>.size
  t.shapeFlags.formUnion([.tracked, .hasState, .hasAttributes])
  t.slots.deallocate = DeallocateSlot { raw in
    TypeParameterObject.forEachReference(raw) { $0.releaseIfPresent() }
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    TypeParameterObject.forEachReference(raw) { visit($0) }
    traverseOwnAttributes(raw, visit)
  }
  t.slots.clear = ClearSlot { raw in
    let contents = raw.assumingMemoryBound(to: TypeParameterObject.Contents.self)
    for field in [\TypeParameterObject.Contents.evaluateBound, \.evaluateConstraints, \.evaluateDefault, \.bound, \.constraints, \.default] {
      let old = contents.pointee[keyPath: field]
      contents.pointee[keyPath: field] = .absent
      old.releaseIfPresent()
    }
    clearOwnAttributes(raw)
  }
  t.slots.repr = UnarySlot(representation)
  t.member("__name__", "") { (object: Value) throws(PyError) -> Owned in Owned(copying: TypeParameterObject(object).contents.pointee.name) }
  t.getter("__default__", "") { (object: Value) throws(PyError) -> Owned in
    let contents = TypeParameterObject(object).contents
    let value = try TypeParameterObject.evaluated(&contents.pointee.default, contents.pointee.evaluateDefault)
    return Owned(copying: value.isAbsent ? NoDefault.value : value)
  }
  t.getter("evaluate_default", "") { (object: Value) throws(PyError) -> Owned in
    let contents = TypeParameterObject(object).contents
    return try evaluator(contents.pointee.evaluateDefault, contents.pointee.default)
  }
  t.method("has_default()", "Whether there is a default.") { (call: Call) throws(PyError) -> Owned in
    let contents = TypeParameterObject(call.receiver).contents
    return .boolean(!contents.pointee.evaluateDefault.isAbsent || !(contents.pointee.default.isAbsent || contents.pointee.default === NoDefault.value))
  }
  t.method("__reduce__()", "How to pickle the parameter: by name.") { (call: Call) throws(PyError) -> Owned in
    Owned(copying: TypeParameterObject(call.receiver).contents.pointee.name)
  }
}

/// A function that gives a stored value when called with a format: what `evaluate_bound` and its like answer for parameters made by a call.
private func evaluator(_ function: Value, _ stored: Value) throws(PyError) -> Owned {
  if !function.isAbsent { return Owned(copying: function) }
  if stored.isAbsent || stored === NoDefault.value { return .none }
  let made = Owned(taking: Value(try TypeObject.constantEvaluator.allocate()))
  made.value.object.storeBytes(of: Owned(copying: stored).take(), toByteOffset: 24, as: Value.self)
  return made
}

private func defineVariance(_ t: TypeDefinition) {
  t.member("__covariant__", "") { (object: Value) throws(PyError) -> Owned in .boolean(TypeParameterObject(object).contents.pointee.isCovariant) }
  t.member("__contravariant__", "") { (object: Value) throws(PyError) -> Owned in .boolean(TypeParameterObject(object).contents.pointee.isContravariant) }
  t.member("__infer_variance__", "") { (object: Value) throws(PyError) -> Owned in .boolean(TypeParameterObject(object).contents.pointee.infersVariance) }
  t.slots.or = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in 
    let members = try Owned.tuple(a, b)
    return try union(subscript: members.value)
  }
}

private func setVariance(_ object: Value, _ covariant: Bool, _ contravariant: Bool, _ infers: Bool) throws(PyError) {
  if covariant && contravariant { throw PyError.valueError("Bivariant types are not supported.") }
  if infers && (covariant || contravariant) { throw PyError.valueError("Variance cannot be specified with infer_variance.") }
  let contents = TypeParameterObject(object).contents
  contents.pointee.isCovariant = covariant
  contents.pointee.isContravariant = contravariant
  contents.pointee.infersVariance = infers
}

private func refuseSubclass(_ t: TypeDefinition, _ function: @escaping (Call) throws(PyError) -> Owned) {
  t.method("__mro_entries__(bases, /)", "Refuse.", function)
}

func defineTypeParameters(_ types: TypeDefinitions) {
  types.define(.typeVar) { t in
    t.documentation = "A type variable."
    defineCommon(t)
    defineVariance(t)
    t.new("typevar(name, *constraints, bound=None, default=<unrepresentable>, covariant=False, contravariant=False, infer_variance=False)") {
      (call: Call) throws(PyError) -> Owned in
      let name = try call.string(0)
      let message = try Owned.string("Bound must be a type.")
      let constraints = call.variadic
      if constraints.count == 1 { throw PyError.typeError("A single constraint is not allowed") }
      var bound = Owned(taking: .absent)
      if !call[1].isNone {
        bound = try callTyping(Name._type_check, call[1], message.value)
        if constraints.count > 0 { throw PyError.typeError("Constraints cannot be combined with bound=...") }
      }
      let made = try Owned.typeParameter(.typeVar, name)
      try setVariance(made.value, try call.bool(3), try call.bool(4), try call.bool(5))
      let contents = TypeParameterObject(made.value).contents
      contents.pointee.bound = bound.take()
      if constraints.count > 0 { contents.pointee.constraints = try Owned.tuple(constraints).take() }
      contents.pointee.default = Owned(copyingIfPresent: call[2]).take()
      return made
    }
    t.getter("__bound__", "") { (object: Value) throws(PyError) -> Owned in
      let contents = TypeParameterObject(object).contents
      let bound = try TypeParameterObject.evaluated(&contents.pointee.bound, contents.pointee.evaluateBound)
      return bound.isAbsent ? .none : Owned(copying: bound)
    }
    t.getter("__constraints__", "") { (object: Value) throws(PyError) -> Owned in
      let contents = TypeParameterObject(object).contents
      let constraints = try TypeParameterObject.evaluated(&contents.pointee.constraints, contents.pointee.evaluateConstraints)
      return constraints.isAbsent ? Owned.emptyTuple : Owned(copying: constraints)
    }
    t.getter("evaluate_bound", "") { (object: Value) throws(PyError) -> Owned in
      let contents = TypeParameterObject(object).contents
      return try evaluator(contents.pointee.evaluateBound, contents.pointee.bound)
    }
    t.getter("evaluate_constraints", "") { (object: Value) throws(PyError) -> Owned in
      let contents = TypeParameterObject(object).contents
      return try evaluator(contents.pointee.evaluateConstraints, contents.pointee.constraints)
    }
    t.method("__typing_subst__(arg, /)", "") { (call: Call) throws(PyError) -> Owned in
      try callTyping(Name._typevar_subst, call.receiver, call[0])
    }
    t.method("__typing_prepare_subst__(alias, args, /)", "") { (call: Call) throws(PyError) -> Owned in
      let parameters = try call[0].getAttribute(Name.__parameters__)
      guard parameters.value.isTuple else { throw PyError.typeError("__parameters__ must be a tuple") }
      let arguments = try Owned.tuple(from: call[1])
      let given = TupleObject(arguments.value)
      let receiver = call.receiver
      let place = TupleObject(parameters.value).buffer.firstIndex { $0 === receiver } ?? given.count
      if place < given.count { return Owned(copying: call[1]) }
      let value = try call.receiver.getAttribute(Name.__default__)
      if place > given.count || value.value === NoDefault.value {
        throw PyError.typeError("Too few arguments for \(try call[0].str().text); actual \(given.count), expected at least \(place + 1)")
      }
      let tail = try Owned.tuple(value.value)
      return try arguments.value.add(tail.value)
    }
    refuseSubclass(t) { (_: Call) throws(PyError) -> Owned in throw PyError.typeError("Cannot subclass an instance of TypeVar") }
  }
  types.define(.paramSpec) { t in
    t.documentation = "A parameter specification."
    defineCommon(t)
    defineVariance(t)
    t.new("paramspec(name, *, bound=None, default=<unrepresentable>, covariant=False, contravariant=False, infer_variance=False)") {
      (call: Call) throws(PyError) -> Owned in
      let name = try call.string(0)
      // Any value may be the bound, as nothing says yet what it should mean.
      let bound = Owned(copyingIfPresent: call[1].isNone ? .absent : call[1])
      let made = try Owned.typeParameter(.paramSpec, name)
      try setVariance(made.value, try call.bool(3), try call.bool(4), try call.bool(5))
      let contents = TypeParameterObject(made.value).contents
      contents.pointee.bound = bound.take()
      contents.pointee.default = Owned(copyingIfPresent: call[2]).take()
      return made
    }
    t.member("__bound__", "") { (object: Value) throws(PyError) -> Owned in
      let bound = TypeParameterObject(object).contents.pointee.bound
      return bound.isAbsent ? .none : Owned(copying: bound)
    }
    t.getter("args", "The positional parameters.") { (object: Value) throws(PyError) -> Owned in try specificationPart(.paramSpecArgs, object) }
    t.getter("kwargs", "The keyword parameters.") { (object: Value) throws(PyError) -> Owned in try specificationPart(.paramSpecKwargs, object) }
    t.method("__typing_subst__(arg, /)", "") { (call: Call) throws(PyError) -> Owned in
      try callTyping(Name._paramspec_subst, call.receiver, call[0])
    }
    t.method("__typing_prepare_subst__(alias, args, /)", "") { (call: Call) throws(PyError) -> Owned in
      try callTyping(Name._paramspec_prepare_subst, call.receiver, call[0], call[1])
    }
    refuseSubclass(t) { (_: Call) throws(PyError) -> Owned in throw PyError.typeError("Cannot subclass an instance of ParamSpec") }
  }
  types.define(.typeVarTuple) { t in
    t.documentation = "A type variable tuple."
    defineCommon(t)
    t.new("typevartuple(name, *, default=<unrepresentable>)") { (call: Call) throws(PyError) -> Owned in
      let made = try Owned.typeParameter(.typeVarTuple, try call.string(0))
      TypeParameterObject(made.value).contents.pointee.default = Owned(copyingIfPresent: call[1]).take()
      return made
    }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.tuple(sharing: try unpack(object)).iterate() }
    t.method("__typing_subst__(arg, /)", "Refuse.") { (_: Call) throws(PyError) -> Owned in
      throw PyError.typeError("Substitution of bare TypeVarTuple is not supported")
    }
    t.method("__typing_prepare_subst__(alias, args, /)", "") { (call: Call) throws(PyError) -> Owned in
      try callTyping(Name._typevartuple_prepare_subst, call.receiver, call[0], call[1])
    }
    refuseSubclass(t) { (_: Call) throws(PyError) -> Owned in throw PyError.typeError("Cannot subclass an instance of TypeVarTuple") }
  }
  for (type, suffix) in [(TypeObject.paramSpecArgs, "args"), (.paramSpecKwargs, "kwargs")] {
    types.define(type) { t in defineSpecificationPart(t, isKeywords: suffix == "kwargs") }
  }
  types.define(.constantEvaluator) { t in
    t.basicSize = 32
    t.shapeFlags.formUnion([.tracked, .hasState])
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot(deallocateHolder)
    t.slots.traverse = TraverseSlot(traverseHolder)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try .string("<constevaluator \(try held(object).repr().text)>") }
    t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
      guard arguments.positionalCount == 1, arguments.keywordNames.isAbsent else {
        throw PyError.typeError("constevaluator.__call__() takes exactly 1 argument (\(arguments.positionalCount) given)")
      }
      // 4 asks for source text (annotationlib.Format.STRING).
      guard try arguments.base[0].asInt() == 4 else { return Owned(copying: held(callee)) }
      let value = held(callee)
      guard value.isExactTuple else { return try .string(try TypeArguments.text(of: value)) }
      var parts: [String] = []
      let constraints = TupleObject(value)
      for index in 0..<constraints.count { parts.append(try TypeArguments.text(of: constraints[index])) }
      return try .string("(\(parts.joined(separator: ", "))\(parts.count == 1 ? "," : ""))")
    }
  }
  defineTypeAlias(types)
  types.define(.generic) { t in
    t.documentation = "The base of generic classes."
    t.flags.insert(.moduleType)
    t.flags.insert(.baseType)
    t.inheritsNew = true
    t.rawClassMethod("__class_getitem__", "Parameterise the class.") { (receiver: Value, arguments: Arguments) throws(PyError) -> Owned in
      try passOn(receiver, arguments, Name._generic_class_getitem)
    }
    t.rawClassMethod("__init_subclass__", "Note the type parameters of a new subclass.") { (receiver: Value, arguments: Arguments) throws(PyError) -> Owned in
      try passOn(receiver, arguments, Name._generic_init_subclass)
    }
  }
  types.define(.noDefaultType) { t in
    t.documentation = "The type of NoDefault."
    t.slots.repr = UnarySlot { (_: Value) throws(PyError) -> Owned in try .string("typing.NoDefault") }
    t.new("NoDefaultType()") { (_: Call) throws(PyError) -> Owned in Owned(copying: NoDefault.value) }
    t.method("__reduce__()", "How to pickle it: by name.") { (_: Call) throws(PyError) -> Owned in try .string("NoDefault") }
  }
}

/// Calls a function of `typing` with a class in front of the arguments.
private func passOn(_ receiver: Value, _ arguments: Arguments, _ name: Value) throws(PyError) -> Owned {
  let function = try typingModule().getAttribute(name)
  let keywordCount = arguments.keywordNames.isAbsent ? 0 : TupleObject(arguments.keywordNames).count
  let count = arguments.positionalCount + keywordCount
  let values = UnsafeMutablePointer<Value>.allocate(capacity: count + 1)
  defer { values.deallocate() }
  values[0] = receiver
  for index in 0..<count { values[index + 1] = arguments.base[index] }
  return try function.value.call(arguments: Arguments(base: values, positionalCount: arguments.positionalCount + 1, keywordNames: arguments.keywordNames))
}

/// `typing.NoDefault`: one immortal object, made with its type.
enum NoDefault {
  /// Set once at the start, before any thread runs Python.
  nonisolated(unsafe) static var value = Value.absent

  static func make() throws(PyError) { value = Value(try TypeObject.noDefaultType.allocate()) }
}

// MARK: Objects that hold one value behind header and state

private func held(_ object: Value) -> Value { object.object.load(fromByteOffset: 24, as: Value.self) }
private func deallocateHolder(_ raw: UnsafeMutableRawPointer) {
  raw.load(fromByteOffset: 24, as: Value.self).releaseIfPresent()
  finishDeallocation(raw)
}
private func traverseHolder(_ raw: UnsafeMutableRawPointer, _ visit: Visitor) { visit(raw.load(fromByteOffset: 24, as: Value.self)) }

private func specificationPart(_ type: TypeObject, _ origin: Value) throws(PyError) -> Owned {
  let made = Owned(taking: Value(try type.allocate()))
  made.value.object.storeBytes(of: Owned(copying: origin).take(), toByteOffset: 24, as: Value.self)
  return made
}

private func defineSpecificationPart(_ t: TypeDefinition, isKeywords: Bool) {
  t.documentation = isKeywords ? "The keyword parameters of a ParamSpec." : "The positional parameters of a ParamSpec."
  t.flags.formUnion([.moduleType, .managedWeakReference])
  t.basicSize = 32
  t.shapeFlags.formUnion([.tracked, .hasState])
  t.slots.deallocate = DeallocateSlot(deallocateHolder)
  t.slots.traverse = TraverseSlot(traverseHolder)
  t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
    let origin = held(object)
    let suffix = object.type == .paramSpecArgs ? "args" : "kwargs"
    if origin.isObject && origin.type == .paramSpec { return try .string("\(TypeParameterObject(origin).contents.pointee.name.text).\(suffix)") }
    return try .string("\(try origin.repr().text).\(suffix)")
  }
  t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
    guard operation == .equal || operation == .notEqual, b.isObject, a.type == b.type else { return .notImplemented }
    return try held(a).compare(held(b), operation)
  }
  t.member("__origin__", "") { (object: Value) throws(PyError) -> Owned in Owned(copying: held(object)) }
  t.attribute(Name.__hash__, .none)
  if isKeywords {
    t.new("paramspeckwargs(origin)") { (call: Call) throws(PyError) -> Owned in try specificationPart(.paramSpecKwargs, call[0]) }
    refuseSubclass(t) { (_: Call) throws(PyError) -> Owned in throw PyError.typeError("Cannot subclass an instance of ParamSpecKwargs") }
  } else {
    t.new("paramspecargs(origin)") { (call: Call) throws(PyError) -> Owned in try specificationPart(.paramSpecArgs, call[0]) }
    refuseSubclass(t) { (_: Call) throws(PyError) -> Owned in throw PyError.typeError("Cannot subclass an instance of ParamSpecArgs") }
  }
}

// MARK: TypeAliasType

struct TypeAliasObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var name: Value
    var typeParameters: Value
    var value: Value
    var evaluateValue: Value
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

/// What has a default stands behind what has none.
private func checkOrderOfDefaults(_ parameters: TupleObject) throws(PyError) {
  var sawDefault = false
  for parameter in parameters.buffer {
    let answer = try parameter.callMethod(Name.make("has_default"))
    if try answer.value.isTruthy() {
      sawDefault = true
    } else if sawDefault {
      throw PyError.typeError("non-default type parameter '\(try parameter.repr().text)' follows default type parameter")
    }
  }
}

private func defineTypeAlias(_ types: TypeDefinitions) {
  types.define(.typeAlias) { t in
    t.documentation = "What a type statement makes."
    t.basicSize = MemoryLayout<TypeAliasObject.Contents>.size
    t.shapeFlags.formUnion([.tracked, .hasState, .hasAttributes])
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = TypeAliasObject(Value(raw)).contents
      contents.pointee.name.releaseIfPresent()
      contents.pointee.typeParameters.releaseIfPresent()
      contents.pointee.value.releaseIfPresent()
      contents.pointee.evaluateValue.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = TypeAliasObject(Value(raw)).contents
      visit(contents.pointee.typeParameters)
      visit(contents.pointee.value)
      visit(contents.pointee.evaluateValue)
    }
    t.slots.clear = ClearSlot { raw in
      let contents = TypeAliasObject(Value(raw)).contents
      for field in [\TypeAliasObject.Contents.typeParameters, \.value, \.evaluateValue] {
        let old = contents.pointee[keyPath: field]
        contents.pointee[keyPath: field] = .absent
        old.releaseIfPresent()
      }
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: TypeAliasObject(object).contents.pointee.name) }
    t.slots.or = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try unionOfTypes(a, b) }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.tuple(sharing: try unpack(object)).iterate() }
    t.slots.subscript = BinarySlot { (object: Value, item: Value) throws(PyError) -> Owned in
      guard !TypeAliasObject(object).contents.pointee.typeParameters.isAbsent else { throw PyError.typeError("Only generic type aliases are subscriptable") }
      return try Owned.genericAlias(object, item)
    }
    t.new("typealias(name, value, *, type_params=<unrepresentable>)") { (call: Call) throws(PyError) -> Owned in
      let name = try call.string(0)
      let parameters = call[2]
      if !parameters.isAbsent {
        guard parameters.isTuple else { throw PyError.typeError("type_params must be a tuple") }
        for parameter in TupleObject(parameters).buffer {
          guard parameter.isObject, [TypeObject.typeVar, .paramSpec, .typeVarTuple].contains(parameter.type) else {
            throw PyError.typeError("Expected a type param, got \(try parameter.repr().text)")
          }
        }
        try checkOrderOfDefaults(TupleObject(parameters))
      }
      let made = Owned(taking: Value(try TypeObject.typeAlias.allocate()))
      let contents = TypeAliasObject(made.value).contents
      contents.pointee.name = Owned(copying: name).take()
      contents.pointee.value = Owned(copying: call[1]).take()
      contents.pointee.typeParameters = parameters.isAbsent || TupleObject(parameters).count == 0 ? .absent : Owned(copying: parameters).take()
      try setModule(of: made.value)
      return made
    }
    t.member("__name__", "") { (object: Value) throws(PyError) -> Owned in Owned(copying: TypeAliasObject(object).contents.pointee.name) }
    t.getter("__value__", "The value, evaluated when first asked for.") { (object: Value) throws(PyError) -> Owned in
      let contents = TypeAliasObject(object).contents
      return Owned(copying: try TypeParameterObject.evaluated(&contents.pointee.value, contents.pointee.evaluateValue))
    }
    t.getter("evaluate_value", "") { (object: Value) throws(PyError) -> Owned in
      let contents = TypeAliasObject(object).contents
      return try evaluator(contents.pointee.evaluateValue, contents.pointee.value)
    }
    t.getter("__type_params__", "") { (object: Value) throws(PyError) -> Owned in
      let parameters = TypeAliasObject(object).contents.pointee.typeParameters
      return parameters.isAbsent ? Owned.emptyTuple : Owned(copying: parameters)
    }
    t.getter("__parameters__", "The type parameters, TypeVarTuples unpacked.") { (object: Value) throws(PyError) -> Owned in
      let parameters = TypeAliasObject(object).contents.pointee.typeParameters
      return parameters.isAbsent ? Owned.emptyTuple : try unpackedTypeVariableTuples(parameters)
    }
    t.method("__reduce__()", "How to pickle the alias: by name.") { (call: Call) throws(PyError) -> Owned in
      Owned(copying: TypeAliasObject(call.receiver).contents.pointee.name)
    }
  }
}
