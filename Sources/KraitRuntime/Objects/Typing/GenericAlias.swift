// `types.GenericAlias`: `list[int]` (PEP 585).

import CKraitCore

/// A generic alias: origin, a tuple of arguments, the tuple of parameters (made when first asked for), whether it is starred.
struct GenericAliasObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var origin: Value
    var arguments: Value
    var parameters: Value
    var isStarred: Bool
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  func parameters() throws(PyError) -> Value {
    if contents.pointee.parameters.isAbsent { contents.pointee.parameters = try TypeArguments.parameters(in: contents.pointee.arguments).take() }
    return contents.pointee.parameters
  }
}

extension Owned {
  /// `origin[arguments]`.
  public static func genericAlias(_ origin: Value, _ arguments: Value) throws(PyError) -> Owned {
    try genericAlias(.genericAlias, origin, arguments, isStarred: false)
  }

  fileprivate static func genericAlias(_ type: TypeObject, _ origin: Value, _ arguments: Value, isStarred: Bool) throws(PyError) -> Owned {
    let tuple = arguments.isTuple ? Owned(copying: arguments) : try Owned.tuple(arguments)
    let alias = Owned(taking: Value(try type.allocate()))
    let contents = GenericAliasObject(alias.value).contents
    contents.pointee.origin = Owned(copying: origin).take()
    contents.pointee.arguments = tuple.take()
    contents.pointee.isStarred = isStarred
    return alias
  }
}

private func isGenericAlias(_ value: Value) -> Bool { value.isInstance(of: .genericAlias) }

/// Names that an alias answers itself; all others are the origin's.
private let ownNames: [Value] = [
  Name.__class__, Name.__origin__, Name.__args__, Name.__unpacked__, Name.__parameters__, Name.__typing_unpacked_tuple_args__, Name.__mro_entries__, Name.__reduce_ex__,
  Name.__reduce__,
]

/// Names that neither an alias nor its origin answers: an alias is copied as an alias.
private let blockedNames: [Value] = [Name.__bases__, Name.__copy__, Name.__deepcopy__]

private func getAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let text = name.text
  if text.hasPrefix("__") && text.hasSuffix("__") {
    if blockedNames.contains(where: { $0.text == text }) || ownNames.contains(where: { $0.text == text }) { return try genericGetAttribute(object, name) }
  }
  return try GenericAliasObject(object).contents.pointee.origin.getAttribute(name)
}

private func repr(_ object: Value) throws(PyError) -> Owned {
  let contents = GenericAliasObject(object).contents
  let arguments = TupleObject(contents.pointee.arguments)
  var parts: [String] = []
  for index in 0..<arguments.count { parts.append(try TypeArguments.textOfItem(arguments[index])) }
  let origin = try TypeArguments.text(of: contents.pointee.origin)
  return try .string("\(contents.pointee.isStarred ? "*" : "")\(origin)[\(parts.isEmpty ? "()" : parts.joined(separator: ", "))]")
}

private func call(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let made = try GenericAliasObject(object).contents.pointee.origin.call(arguments: arguments)
  // Most instances take no attributes; those of classes written in Python remember what they were made by.
  do throws(PyError) { try made.value.setAttribute(Name.__orig_class__, object) } catch {
    guard PyError.matches(.attributeError) || PyError.matches(.typeError) else { throw error }
    PyError.clear()
  }
  return made
}

private func compare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard operation == .equal || operation == .notEqual, isGenericAlias(a), isGenericAlias(b) else { return .notImplemented }
  let first = GenericAliasObject(a).contents
  let second = GenericAliasObject(b).contents
  var isEqual = first.pointee.isStarred == second.pointee.isStarred
  if isEqual { isEqual = try first.pointee.origin.isEqual(to: second.pointee.origin) }
  if isEqual { isEqual = try first.pointee.arguments.isEqual(to: second.pointee.arguments) }
  return .boolean(isEqual == (operation == .equal))
}

func defineGenericAlias(_ types: TypeDefinitions) {
  types.define(.genericAlias) { t in
    t.documentation = "A parameterised generic type."
    t.basicSize = MemoryLayout<GenericAliasObject.Contents>.size
    t.flags.insert(.baseType)
    t.shapeFlags.formUnion([.tracked, .hasState])
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = GenericAliasObject(Value(raw)).contents
      contents.pointee.origin.releaseIfPresent()
      contents.pointee.arguments.releaseIfPresent()
      contents.pointee.parameters.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = GenericAliasObject(Value(raw)).contents
      visit(contents.pointee.origin)
      visit(contents.pointee.arguments)
      visit(contents.pointee.parameters)
    }
    t.slots.repr = UnarySlot(repr)
    t.slots.hash = HashSlot { (object: Value) throws(PyError) -> Int in
      let contents = GenericAliasObject(object).contents
      let hash = try contents.pointee.origin.hash() ^ contents.pointee.arguments.hash()
      return hash == -1 ? -2 : hash
    }
    t.slots.call = CallSlot(call)
    t.slots.getAttribute = BinarySlot(getAttribute)
    t.slots.compare = CompareSlot(compare)
    t.slots.or = BinarySlot(unionOfTypes)
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let contents = GenericAliasObject(object).contents
      let starred = try Owned.genericAlias(.genericAlias, contents.pointee.origin, contents.pointee.arguments, isStarred: true)
      let iterator = Owned(taking: Value(try TypeObject.genericAliasIterator.allocate()))
      iterator.value.object.storeBytes(of: starred.take(), toByteOffset: 24, as: Value.self)
      return iterator
    }
    t.slots.subscript = BinarySlot { (object: Value, item: Value) throws(PyError) -> Owned in
      let alias = GenericAliasObject(object)
      let parameters = Owned(copying: try alias.parameters())
      let arguments = try TypeArguments.substitute(object, alias.contents.pointee.arguments, parameters.value, item)
      return try Owned.genericAlias(object.type, alias.contents.pointee.origin, arguments.value, isStarred: alias.contents.pointee.isStarred)
    }
    t.slots.new = CallSlot { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      guard arguments.keywordNames.isAbsent else { throw PyError.typeError("GenericAlias() takes no keyword arguments") }
      guard arguments.positionalCount == 2 else { throw PyError.typeError("GenericAlias expected 2 arguments, got \(arguments.positionalCount)") }
      return try Owned.genericAlias(TypeObject(raw: type.object), arguments.base[0], arguments.base[1], isStarred: false)
    }
    t.method("__mro_entries__(bases, /)", "The class that stands for the alias among a class's bases.") { (call: Call) throws(PyError) -> Owned in
      try .tuple(GenericAliasObject(call.receiver).contents.pointee.origin)
    }
    t.method("__instancecheck__(instance, /)", "Refuse.") { (_: Call) throws(PyError) -> Owned in
      throw PyError.typeError("isinstance() argument 2 cannot be a parameterized generic")
    }
    t.method("__subclasscheck__(cls, /)", "Refuse.") { (_: Call) throws(PyError) -> Owned in
      throw PyError.typeError("issubclass() argument 2 cannot be a parameterized generic")
    }
    t.method("__reduce__()", "How to pickle the alias.") { (call: Call) throws(PyError) -> Owned in
      let contents = GenericAliasObject(call.receiver).contents
      if contents.pointee.isStarred {
        let next = Owned(copying: DictObject(currentInterpreter.pointee.builtins).get(interned: Name.next))
        let plain = try Owned.genericAlias(.genericAlias, contents.pointee.origin, contents.pointee.arguments, isStarred: false)
        return try .tuple(next.value, sharing: Owned.tuple(sharing: try plain.value.iterate()))
      }
      return try .tuple(call.receiver.type.value, sharing: Owned.tuple(contents.pointee.origin, contents.pointee.arguments))
    }
    t.method("__dir__()", "The origin's names and the alias's own.") { (call: Call) throws(PyError) -> Owned in
      let origin = GenericAliasObject(call.receiver).contents.pointee.origin
      let method = try origin.lookUpSpecial(Name.__dir__)
      let list = try method.value.call()
      let own = try Owned.list()
      try list.value.iterateEach { (name) throws(PyError) -> Bool in
        if !name.isString || !blockedNames.contains(where: { $0.text == name.text }) { try ListObject(own.value).append(name) }
        return true
      }
      for name in ownNames where try !own.value.contains(name) { try ListObject(own.value).append(name) }
      return own
    }
    t.member("__origin__", "") { (object: Value) throws(PyError) -> Owned in Owned(copying: GenericAliasObject(object).contents.pointee.origin) }
    t.member("__args__", "") { (object: Value) throws(PyError) -> Owned in Owned(copying: GenericAliasObject(object).contents.pointee.arguments) }
    t.member("__unpacked__", "") { (object: Value) throws(PyError) -> Owned in .boolean(GenericAliasObject(object).contents.pointee.isStarred) }
    t.getter("__parameters__", "Type parameters in the alias.") { (object: Value) throws(PyError) -> Owned in Owned(copying: try GenericAliasObject(object).parameters()) }
    t.getter("__typing_unpacked_tuple_args__", "") { (object: Value) throws(PyError) -> Owned in
      let contents = GenericAliasObject(object).contents
      guard contents.pointee.isStarred, contents.pointee.origin === TypeObject.tuple.value else { return .none }
      return Owned(copying: contents.pointee.arguments)
    }
  }
  types.define(.genericAliasIterator) { t in
    t.basicSize = 32
    t.shapeFlags.formUnion([.tracked, .hasState])
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      raw.load(fromByteOffset: 24, as: Value.self).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(raw.load(fromByteOffset: 24, as: Value.self)) }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
      let alias = object.object.load(fromByteOffset: 24, as: Value.self)
      object.object.storeBytes(of: .absent, toByteOffset: 24, as: Value.self)
      return Owned(taking: alias)
    }
    t.method("__reduce__()", "How to pickle the iterator.") { (call: Call) throws(PyError) -> Owned in
      let iterate = try builtinAttribute("iter")
      let alias = Owned(copyingIfPresent: call.receiver.object.load(fromByteOffset: 24, as: Value.self))
      if alias.value.isAbsent { return try .tuple(iterate.value, sharing: Owned.tuple(TupleObject.empty)) }
      // What was iterated over has no star.
      let contents = GenericAliasObject(alias.value).contents
      let plain = try Owned.genericAlias(alias.value.type, contents.pointee.origin, contents.pointee.arguments, isStarred: false)
      return try .tuple(iterate.value, sharing: Owned.tuple(plain.value))
    }
  }
}
