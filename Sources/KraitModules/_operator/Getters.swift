// `operator.itemgetter`, `attrgetter` and `methodcaller`.

import KraitRuntime

nonisolated(unsafe) private var itemGetterType = ModuleType()
nonisolated(unsafe) private var attributeGetterType = ModuleType()
nonisolated(unsafe) private var methodCallerType = ModuleType()

/// Any of the three.
private struct GetterObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// A tuple of what the getter was made with; for a method caller its arguments.
    var items: Value
    /// A tuple of what is looked up; for attributes a name, or a tuple of names where there are dots. For a method caller the name.
    var keys: Value
    /// A dict of a method caller's keywords, or absent.
    var keywords: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

private func defineCommonParts(_ t: TypeDefinition) {
  t.getter("__text_signature__") { (_: Value) throws(PyError) -> Owned in try .string("(obj, /)") }
  t.basicSize = MemoryLayout<GetterObject.Contents>.size
  t.shapeFlags.insert(.tracked)
  t.flags.insert(.haveVectorcall)
  t.slots.getAttribute = BinarySlot(genericGetAttribute)
  t.slots.deallocate = DeallocateSlot { raw in
    let contents = GetterObject(raw: raw).contents
    contents.pointee.items.releaseIfPresent()
    contents.pointee.keys.releaseIfPresent()
    contents.pointee.keywords.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let contents = GetterObject(raw: raw).contents
    visit(contents.pointee.items)
    visit(contents.pointee.keys)
    visit(contents.pointee.keywords)
  }
  t.slots.clear = ClearSlot { raw in
    let contents = GetterObject(raw: raw).contents
    let held = (contents.pointee.items, contents.pointee.keys, contents.pointee.keywords)
    contents.pointee.items = .absent
    contents.pointee.keys = .absent
    contents.pointee.keywords = .absent
    held.0.releaseIfPresent()
    held.1.releaseIfPresent()
    held.2.releaseIfPresent()
  }
}

/// `repr()` and `__reduce__()` of a getter that is its type called with the items.
private func defineItemsRepresentation(_ t: TypeDefinition) {
  t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
    if try reprEnter(object) { return try Owned.string("\(object.typeName)(...)") }
    defer { reprLeave(object) }
    let items = GetterObject(object).contents.pointee.items
    if TupleObject(items).count == 1 {
      let shown = try TupleObject(items)[0].repr()
      return try Owned.string("\(object.typeName)(\(shown.value.text))")
    }
    let shown = try items.repr()
    return try Owned.string("\(object.typeName)\(shown.value.text)")
  }
  t.method("__reduce__()", "What pickle and copy need to make the object again") { (call: Call) throws(PyError) -> Owned in
    try Owned.tuple(call.receiver.type.value, GetterObject(call.receiver).contents.pointee.items)
  }
}

/// The object that a getter is called with.
@inline(__always)
private func operand(_ arguments: Arguments, _ name: StaticString) throws(PyError) -> Value {
  try arguments.checkNoKeywords(name)
  try arguments.check(name, 1, 1)
  return arguments.base[0]
}

// MARK: - itemgetter

private func getItems(_ callee: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let object = try operand(arguments, "itemgetter")
  let keys = TupleObject(GetterObject(callee).contents.pointee.items)
  if keys.count == 1 {
    let key = keys[0]
    if key.isSmallInteger && object.isExactTuple {
      let item = TupleObject(object).itemOrAbsent(key.smallInteger)
      if !item.isAbsent { return Owned(copying: item) }
    }
    if !key.isFrozen { excludeOtherThreads() }
    return try object.getItem(key)
  }
  excludeOtherThreads()
  let result = try Owned.tuple(count: keys.count)
  for index in 0..<keys.count { TupleObject(result.value).initialize(index, try object.getItem(keys[index])) }
  return result
}

// MARK: - attrgetter

/// A name, or a tuple of names for one with dots.
private func path(_ name: Value) throws(PyError) -> Owned {
  guard name.isString else { throw .typeError("attribute name must be a string") }
  let text = StringObject(name)
  var parts: [(start: Int, end: Int)] = []
  var start = 0
  for index in 0..<text.length where text.codePoint(at: index) == 0x2E {
    parts.append((start, index))
    start = index + 1
  }
  if parts.isEmpty { return intern(try Owned.exactString(name)) }
  parts.append((start, text.length))
  let result = try Owned.tuple(count: parts.count)
  for (number, part) in parts.enumerated() {
    let units = text.units
    let piece = try Owned.string(CodeUnits(base: units.base + part.start * units.width, count: part.end - part.start, width: units.width))
    TupleObject(result.value).initialize(number, intern(piece))
  }
  return result
}

private func getAttribute(_ object: Value, _ path: Value) throws(PyError) -> Owned {
  if path.isString { return try object.getAttribute(path) }
  var result = Owned(copying: object)
  let names = TupleObject(path)
  for index in 0..<names.count { result = try result.value.getAttribute(names[index]) }
  return result
}

private func getAttributes(_ callee: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let object = try operand(arguments, "attrgetter")
  let paths = TupleObject(GetterObject(callee).contents.pointee.keys)
  if paths.count == 1 { return try getAttribute(object, paths[0]) }
  let result = try Owned.tuple(count: paths.count)
  for index in 0..<paths.count { TupleObject(result.value).initialize(index, try getAttribute(object, paths[index])) }
  return result
}

// MARK: - methodcaller

private func callNamedMethod(_ callee: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let object = try operand(arguments, "methodcaller")
  let contents = GetterObject(callee).contents
  let function = try object.getAttribute(contents.pointee.keys)
  return try function.value.call(TupleObject(contents.pointee.items).buffer, keywords: contents.pointee.keywords)
}

private func representMethodCaller(_ object: Value) throws(PyError) -> Owned {
  if try reprEnter(object) { return try Owned.string("\(object.typeName)(...)") }
  defer { reprLeave(object) }
  let contents = GetterObject(object).contents
  var text = StringBuilder()
  let name = try contents.pointee.keys.repr()
  try text.append("\(object.typeName)(")
  try text.append(name.value)
  let items = TupleObject(contents.pointee.items)
  for index in 0..<items.count {
    try text.append(", ")
    let shown = try items[index].repr()
    try text.append(shown.value)
  }
  if !contents.pointee.keywords.isAbsent {
    var position = 0
    var (key, value) = (Value.absent, Value.absent)
    while DictObject(contents.pointee.keywords).next(&position, &key, &value) {
      try text.append(", ")
      try text.append(key)
      try text.append("=")
      let shown = try value.repr()
      try text.append(shown.value)
    }
  }
  try text.append(")")
  return try text.finish()
}

private func reduceMethodCaller(_ object: Value) throws(PyError) -> Owned {
  let contents = GetterObject(object).contents
  let items = TupleObject(contents.pointee.items)
  if contents.pointee.keywords.isAbsent {
    let arguments = try Owned.tuple(count: items.count + 1)
    TupleObject(arguments.value).initialize(0, Owned(copying: contents.pointee.keys))
    for index in 0..<items.count { TupleObject(arguments.value).initialize(index + 1, Owned(copying: items[index])) }
    return try Owned.tuple(object.type.value, arguments.value)
  }
  let name = try Owned.string("functools")
  let module = try importModule(name: name.value, globals: .none, fromList: .none, level: 0)
  let partial = try module.value.getAttribute(Name.partial)
  let first = try Owned.tuple(object.type.value, contents.pointee.keys)
  let maker = try partial.value.call(TupleObject(first.value).buffer, keywords: contents.pointee.keywords)
  return try Owned.tuple(maker.value, contents.pointee.items)
}

// MARK: - The types

func defineGetters(_ m: ModuleBuilder) throws(PyError) {
  itemGetterType = ModuleType(
    try m.defineType("itemgetter", module: "operator") { t in
      t.documentation = "A function that gets items of what it is called with.\n\nitemgetter(2)(r) is r[2], and itemgetter(2, 5)(r) is the tuple (r[2], r[5])."
      t.textSignature = "(item, /, *items)"
      defineCommonParts(t)
      t.rawNew("itemgetter") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
        try arguments.checkNoKeywords("itemgetter")
        if arguments.positionalCount == 0 { throw .typeError("itemgetter expected 1 argument, got 0") }
        let items = try Owned.tuple(arguments.positional)
        let getter = GetterObject(raw: try TypeObject(type).allocate())
        getter.contents.pointee.items = items.take()
        return Owned(taking: getter.raw)
      }
      t.slots.call = CallSlot(getItems)
      defineItemsRepresentation(t)
    })
  attributeGetterType = ModuleType(
    try m.defineType("attrgetter", module: "operator") { t in
      t.documentation = "A function that gets attributes of what it is called with.\n\nattrgetter('name')(r) is r.name, attrgetter('name', 'date')(r) is the tuple\n(r.name, r.date), and attrgetter('name.first')(r) follows the dots."
      t.textSignature = "(attr, /, *attrs)"
      defineCommonParts(t)
      t.rawNew("attrgetter") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
        try arguments.checkNoKeywords("attrgetter")
        if arguments.positionalCount == 0 { throw .typeError("attrgetter expected 1 argument, got 0") }
        let keys = try Owned.tuple(count: arguments.positionalCount)
        for index in 0..<arguments.positionalCount { TupleObject(keys.value).initialize(index, try path(arguments.base[index])) }
        let items = try Owned.tuple(arguments.positional)
        let getter = GetterObject(raw: try TypeObject(type).allocate())
        getter.contents.pointee.items = items.take()
        getter.contents.pointee.keys = keys.take()
        return Owned(taking: getter.raw)
      }
      t.slots.call = CallSlot(getAttributes)
      defineItemsRepresentation(t)
    })
  methodCallerType = ModuleType(
    try m.defineType("methodcaller", module: "operator") { t in
      t.documentation = "A function that calls a method of what it is called with.\n\nmethodcaller('split')(r) is r.split(), and methodcaller('split', ',', maxsplit=1)(r)\nis r.split(',', maxsplit=1)."
      t.textSignature = "(name, /, *args, **kwargs)"
      defineCommonParts(t)
      t.rawNew("methodcaller") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
        guard arguments.positionalCount > 0 else { throw .typeError("methodcaller needs at least one argument, the method name") }
        guard arguments.base[0].isString else { throw .typeError("method name must be a string") }
        let name = intern(try Owned.exactString(arguments.base[0]))
        let items = try Owned.tuple(UnsafeBufferPointer(rebasing: arguments.positional[1...]))
        let keywords = try arguments.keywordDict()
        let caller = GetterObject(raw: try TypeObject(type).allocate())
        caller.contents.pointee.keys = name.take()
        caller.contents.pointee.items = items.take()
        caller.contents.pointee.keywords = keywords.take()
        return Owned(taking: caller.raw)
      }
      t.slots.call = CallSlot(callNamedMethod)
      t.slots.repr = UnarySlot(representMethodCaller)
      t.method("__reduce__()", "What pickle and copy need to make the object again") { (call: Call) throws(PyError) -> Owned in try reduceMethodCaller(call.receiver) }
    })
}
