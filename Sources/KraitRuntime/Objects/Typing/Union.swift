// `typing.Union`: `int | str` (PEP 604).

import CKraitCore

/// A union: its members without duplicates, those of them that hash as a frozenset, those that do not as a tuple (or absent), the type parameters in them.
struct UnionObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var arguments: Value
    var hashable: Value
    var unhashable: Value
    var parameters: Value
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  func parameters() throws(PyError) -> Value {
    if contents.pointee.parameters.isAbsent { contents.pointee.parameters = try TypeArguments.parameters(in: contents.pointee.arguments).take() }
    return contents.pointee.parameters
  }
}

private func isUnion(_ value: Value) -> Bool { value.isObject && value.type == .union }

/// Collects members: nested unions flattened, None as its type, each once.
private struct UnionBuilder: ~Copyable {
  let arguments: Owned
  let hashable: Owned
  let unhashable: Owned

  static func make() throws(PyError) -> UnionBuilder {
    let arguments = try Owned.list()
    let hashable = try Owned.set()
    let unhashable = try Owned.list()
    return UnionBuilder(arguments: arguments, hashable: hashable, unhashable: unhashable)
  }

  func add(_ member: Value) throws(PyError) {
    if isUnion(member) {
      for inner in TupleObject(UnionObject(member).contents.pointee.arguments).buffer { try addSingle(inner) }
    } else {
      try addSingle(member.isNone ? TypeObject.noneType.value : member)
    }
  }

  private func addSingle(_ member: Value) throws(PyError) {
    do throws(PyError) { _ = try member.hash() } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      if try unhashable.value.contains(member) { return }
      try ListObject(unhashable.value).append(member)
      return try ListObject(arguments.value).append(member)
    }
    if try SetObject(hashable.value).contains(member) { return }
    try SetObject(hashable.value).add(member)
    try ListObject(arguments.value).append(member)
  }

  func finish() throws(PyError) -> Owned {
    let count = ListObject(arguments.value).count
    guard count > 0 else { throw PyError.typeError("Cannot take a Union of no types.") }
    if count == 1 { return Owned(copying: ListObject(arguments.value)[0]) }
    let union = Owned(taking: Value(try TypeObject.union.allocate()))
    let contents = UnionObject(union.value).contents
    contents.pointee.arguments = try Owned.tuple(from: arguments.value).take()
    contents.pointee.hashable = try TypeObject.frozenset.value.call(hashable.value).take()
    if ListObject(unhashable.value).count > 0 { contents.pointee.unhashable = try Owned.tuple(from: unhashable.value).take() }
    return union
  }
}

/// What may stand beside `|`.
private func isUnionable(_ value: Value) -> Bool {
  value.isNone || value.isType || isUnion(value) || value.isInstance(of: .genericAlias) || value.isInstance(of: .typeAlias)
}

/// The slot `|` of types, aliases and unions.
func unionOfTypes(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  if isUnionable(a) && isUnionable(b) { return try union(a, b) }
  // A union joins what `Union[…]` takes, too.
  guard isUnion(a) || isUnion(b) else { return .notImplemented }
  let items = try Owned.tuple(a, b)
  return try union(subscript: items.value)
}

/// `a | b` whatever they are.
func union(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  let builder = try UnionBuilder.make()
  try builder.add(a)
  try builder.add(b)
  return try builder.finish()
}

/// `typing.Union[…]`: strings become forward references, and what is no type is refused by `typing`.
func union(subscript item: Value) throws(PyError) -> Owned {
  let members = item.isTuple ? Owned(copying: item) : try Owned.tuple(item)
  let builder = try UnionBuilder.make()
  for member in TupleObject(members.value).buffer {
    if isUnionable(member) {
      try builder.add(member)
    } else {
      let typing = try typingModule()
      let message = try Owned.string("Union[arg, ...]: each arg must be a type.")
      let converted = try typing.value.callMethod(Name._type_check, member, message.value)
      try builder.add(converted.value)
    }
  }
  return try builder.finish()
}

private func compare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard operation == .equal || operation == .notEqual, isUnion(a), isUnion(b) else { return .notImplemented }
  let first = UnionObject(a).contents
  let second = UnionObject(b).contents
  var isEqual = try first.pointee.hashable.isEqual(to: second.pointee.hashable)
  if isEqual {
    let left = first.pointee.unhashable
    let right = second.pointee.unhashable
    if left.isAbsent || right.isAbsent {
      isEqual = left.isAbsent && right.isAbsent
    } else {
      isEqual = TupleObject(left).count == TupleObject(right).count
      if isEqual { for member in TupleObject(left).buffer where try !right.contains(member) { isEqual = false } }
    }
  }
  return .boolean(isEqual == (operation == .equal))
}

private func hash(_ object: Value) throws(PyError) -> Int {
  let contents = UnionObject(object).contents
  guard contents.pointee.unhashable.isAbsent else {
    // The members' own error tells which type it is.
    for member in TupleObject(contents.pointee.unhashable).buffer { _ = try member.hash() }
    throw PyError.typeError("union contains \(TupleObject(contents.pointee.unhashable).count) unhashable elements")
  }
  return try contents.pointee.hashable.hash()
}

/// Whether one of the members passes the test of `isinstance` or `issubclass`.
private func anyMember(of union: Value, passes name: Value, _ subject: Value, _ message: String) throws(PyError) -> Owned {
  let arguments = Owned(copying: UnionObject(union).contents.pointee.arguments)
  for member in TupleObject(arguments.value).buffer where member.isInstance(of: .genericAlias) { throw PyError.typeError(message) }
  let test = Owned(copying: DictObject(currentInterpreter.pointee.builtins).get(interned: name))
  for member in TupleObject(arguments.value).buffer where try test.value.call(subject, member).isTruthy() { return .boolean(true) }
  return .boolean(false)
}

func defineUnion(_ types: TypeDefinitions) {
  types.define(.union) { t in
    t.documentation = "A union of types, as `int | str` makes it."
    t.basicSize = MemoryLayout<UnionObject.Contents>.size
    t.flags.insert(.disallowInstantiation)
    t.shapeFlags.formUnion([.tracked, .hasState])
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = UnionObject(Value(raw)).contents
      contents.pointee.arguments.releaseIfPresent()
      contents.pointee.hashable.releaseIfPresent()
      contents.pointee.unhashable.releaseIfPresent()
      contents.pointee.parameters.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = UnionObject(Value(raw)).contents
      visit(contents.pointee.arguments)
      visit(contents.pointee.hashable)
      visit(contents.pointee.unhashable)
      visit(contents.pointee.parameters)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      var parts: [String] = []
      for member in TupleObject(UnionObject(object).contents.pointee.arguments).buffer { parts.append(try TypeArguments.text(of: member)) }
      return try .string(parts.joined(separator: " | "))
    }
    t.slots.hash = HashSlot(hash)
    t.slots.compare = CompareSlot(compare)
    t.slots.or = BinarySlot(unionOfTypes)
    t.slots.subscript = BinarySlot { (object: Value, item: Value) throws(PyError) -> Owned in
      let parameters = Owned(copying: try UnionObject(object).parameters())
      let arguments = try TypeArguments.substitute(object, UnionObject(object).contents.pointee.arguments, parameters.value, item)
      let builder = try UnionBuilder.make()
      for member in TupleObject(arguments.value).buffer { try builder.add(member) }
      return try builder.finish()
    }
    t.method("__mro_entries__(bases, /)", "Refuse.") { (call: Call) throws(PyError) -> Owned in
      throw PyError.typeError("Cannot subclass \(try call.receiver.repr().text)")
    }
    t.method("__instancecheck__(instance, /)", "Whether the object is an instance of a member.") { (call: Call) throws(PyError) -> Owned in
      try anyMember(of: call.receiver, passes: Name.isinstance, call[0], "isinstance() argument 2 cannot be a parameterized generic")
    }
    t.method("__subclasscheck__(cls, /)", "Whether the class is a subclass of a member.") { (call: Call) throws(PyError) -> Owned in
      guard call[0].isType else { throw PyError.typeError("issubclass() arg 1 must be a class") }
      return try anyMember(of: call.receiver, passes: Name.issubclass, call[0], "issubclass() argument 2 cannot be a parameterized generic")
    }
    t.classMethod("__class_getitem__(types, /)", "What type | type makes.") { (call: Call) throws(PyError) -> Owned in try union(subscript: call[0]) }
    t.member("__args__", "") { (object: Value) throws(PyError) -> Owned in Owned(copying: UnionObject(object).contents.pointee.arguments) }
    t.getter("__parameters__", "Type parameters in the union.") { (object: Value) throws(PyError) -> Owned in Owned(copying: try UnionObject(object).parameters()) }
    t.getter("__module__", "") { (_: Value) throws(PyError) -> Owned in try .string("typing") }
    t.getter("__name__", "") { (_: Value) throws(PyError) -> Owned in try .string("Union") }
    t.getter("__qualname__", "") { (_: Value) throws(PyError) -> Owned in try .string("Union") }
    t.getter("__origin__", "") { (_: Value) throws(PyError) -> Owned in Owned(copying: TypeObject.union.value) }
  }
}

func defineTyping(_ types: TypeDefinitions) {
  defineGenericAlias(types)
  defineUnion(types)
  defineTypeParameters(types)
  defineTemplates(types)
}
