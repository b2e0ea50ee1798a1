// What a `class` statement calls: `__build_class__`.

import CKraitCore

func defineClassBuilding(_ m: ModuleBuilder) throws(PyError) {
  try m.rawFunction("__build_class__", "Make a class: what the class statement calls.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in try buildClass(arguments)
  }
}

private func buildClass(_ arguments: Arguments) throws(PyError) -> Owned {
  if arguments.positionalCount < 2 { throw .typeError("__build_class__: not enough arguments") }
  let function = arguments.base[0]
  guard function.type == .function else { throw .typeError("__build_class__: func must be a function") }
  let name = arguments.base[1]
  guard name.isString else { throw .typeError("__build_class__: name is not a string") }
  let given = UnsafeBufferPointer(start: arguments.base + 2, count: arguments.positionalCount - 2)
  let originalBases = try Owned.tuple(given)
  let bases = try resolveBases(originalBases.value)
  let isChanged = bases.value !== originalBases.value

  // Keywords but `metaclass` go to the metaclass.
  let keywords = try classKeywords(arguments)
  var metaclass = Owned(taking: .absent)
  if !keywords.value.isAbsent {
    let chosen = DictObject(keywords.value).get(interned: Name.metaclass)
    if !chosen.isAbsent {
      metaclass = Owned(copying: chosen)
      _ = try DictObject(keywords.value).remove(Name.metaclass)
    }
  }
  if metaclass.value.isAbsent {
    let items = TupleObject(bases.value)
    metaclass = Owned(copying: items.count == 0 ? TypeObject.type.value : items[0].type.value)
  }
  if metaclass.value.isType {
    let winner = try TypeObject.metatype(TypeObject(raw: metaclass.value.object), of: TupleObject(bases.value))
    metaclass = Owned(copying: winner.value)
  }

  let namespace = try prepareNamespace(metaclass.value, name, bases.value, keywords.value)
  let cell = try Evaluator.run(function: function, locals: namespace.value)
  if isChanged { try namespace.value.setItem(Name.__orig_bases__, originalBases.value) }
  let result = try callWithDict(metaclass.value, [name, bases.value, namespace.value], keywords.value)
  if result.value.isType && cell.value.type == .cell { try checkClassCell(CellObject(cell.value), result.value, name) }
  return result
}

private func classKeywords(_ arguments: Arguments) throws(PyError) -> Owned {
  let count = arguments.keywordCount
  if count == 0 { return Owned(taking: .absent) }
  let result = try Owned.dict()
  for index in 0..<count {
    try DictObject(result.value).set(TupleObject(arguments.keywordNames)[index], arguments.base[arguments.positionalCount + index])
  }
  return result
}

/// Replaces bases that are no types by what their `__mro_entries__` returns (PEP 560). The same tuple when there is nothing to replace.
func resolveBases(_ bases: Value) throws(PyError) -> Owned {
  let items = TupleObject(bases)
  var result = Owned(taking: .absent)
  for index in 0..<items.count {
    let base = items[index]
    if base.isType {
      if !result.value.isAbsent { try ListObject(result.value).append(base) }
      continue
    }
    let method = try base.lookUpAttribute(Name.__mro_entries__)
    if method.value.isAbsent {
      if !result.value.isAbsent { try ListObject(result.value).append(base) }
      continue
    }
    let entries = try method.value.call(bases)
    guard entries.value.isTuple else { throw .typeError("__mro_entries__ must return a tuple") }
    if result.value.isAbsent {
      result = try Owned.list()
      for earlier in 0..<index { try ListObject(result.value).append(items[earlier]) }
    }
    for position in 0..<TupleObject(entries.value).count { try ListObject(result.value).append(TupleObject(entries.value)[position]) }
  }
  return result.value.isAbsent ? Owned(copying: bases) : try Owned.tuple(from: result.value)
}

private func prepareNamespace(_ metaclass: Value, _ name: Value, _ bases: Value, _ keywords: Value) throws(PyError) -> Owned {
  let prepare = try metaclass.lookUpAttribute(Name.__prepare__)
  if prepare.value.isAbsent { return try Owned.dict() }
  let namespace = try callWithDict(prepare.value, [name, bases], keywords)
  if namespace.value.type.slots.pointee.subscript == nil {
    let owner = metaclass.isType ? TypeObject(raw: metaclass.object).contents.pointee.name.text : "<metaclass>"
    throw .typeError("\(owner).__prepare__() must return a mapping, not \(namespace.value.typeName)")
  }
  return namespace
}

/// A call with keywords from a dict, which may be absent.
func callWithDict(_ callee: Value, _ positional: [Value], _ keywords: Value) throws(PyError) -> Owned {
  var values = positional
  var names = Owned(taking: .absent)
  if !keywords.isAbsent && DictObject(keywords).count > 0 {
    let dict = DictObject(keywords)
    names = try Owned.tuple(count: dict.count)
    var position = 0
    var key = Value.absent
    var value = Value.absent
    var index = 0
    while dict.next(&position, &key, &value) {
      TupleObject(names.value).initialize(index, Owned(copying: key))
      values.append(value)
      index += 1
    }
  }
  // The dict could change while the call runs: what is passed must be held.
  for value in values { value.retain() }
  defer { for value in values { value.release() } }
  return Owned(
    taking: try values.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<Value>) throws(PyError) -> Value in
      guard let base = buffer.baseAddress else { return try callee.call().take() }
      let arguments = Arguments(base: base, positionalCount: positional.count, keywordNames: names.value)
      return try callee.call(arguments: arguments).take()
    })
}

/// Whether `type.__new__` filled the cell that `super()` and `__class__` read: a metaclass may have forgotten to pass it on.
private func checkClassCell(_ cell: CellObject, _ made: Value, _ name: Value) throws(PyError) {
  if cell.contents === made { return }
  let shownName = try name.repr()
  let shownClass = try made.repr()
  if cell.contents.isAbsent {
    throw .runtimeError(
      "__class__ not set defining \(shownName.value.text) as \(shownClass.value.text). Was __classcell__ propagated to type.__new__?")
  }
  let shown = try cell.contents.repr()
  throw .typeError("__class__ set to \(shown.value.text) defining \(shownName.value.text) as \(shownClass.value.text)")
}
