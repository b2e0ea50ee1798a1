// The type `collections.OrderedDict`, its views and its iterator.

import KraitRuntime

nonisolated(unsafe) private var iteratorType = ModuleType()
nonisolated(unsafe) private var keysType = ModuleType()
nonisolated(unsafe) private var itemsType = ModuleType()
nonisolated(unsafe) private var valuesType = ModuleType()

// MARK: - The iterator

private struct OrderedDictIterator {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  enum Kind: Int8 { case keys, values, items }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned; absent at the end.
    var dict: Value
    /// A pair to use again.
    var pair: Value
    var expectedCount: Int
    var version: Int
    /// The next node, -1 at the end.
    var node: Int32
    var kind: Kind
    var isReversed: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func make(_ dict: Value, _ kind: Kind, isReversed: Bool) throws(PyError) -> Owned {
    let iterator = OrderedDictIterator(raw: try iteratorType.object.allocate())
    let object = OrderedDictObject(dict)
    iterator.contents.pointee.dict = Owned(copying: dict).take()
    iterator.contents.pointee.expectedCount = object.dict.count
    iterator.contents.pointee.version = object.version
    iterator.contents.pointee.node = isReversed ? object.last : object.first
    iterator.contents.pointee.kind = kind
    iterator.contents.pointee.isReversed = isReversed
    return Owned(taking: iterator.raw)
  }

  private func finish() {
    let dict = contents.pointee.dict
    contents.pointee.dict = .absent
    dict.releaseIfPresent()
  }

  /// The next key; absent at the end.
  private func nextKey() throws(PyError) -> Owned {
    let contents = self.contents
    if contents.pointee.dict.isAbsent { return Owned(taking: .absent) }
    let object = OrderedDictObject(contents.pointee.dict)
    if contents.pointee.node < 0 {
      finish()
      return Owned(taking: .absent)
    }
    if object.version != contents.pointee.version {
      finish()
      throw OrderedDictObject.mutated()
    }
    if object.dict.count != contents.pointee.expectedCount {
      // And so it stays.
      contents.pointee.expectedCount = -1
      throw .runtimeError("OrderedDict changed size during iteration")
    }
    let node = object.node(contents.pointee.node)
    contents.pointee.node = contents.pointee.isReversed ? node.pointee.previous : node.pointee.next
    return Owned(copying: node.pointee.key)
  }

  func next() throws(PyError) -> Owned {
    let key = try nextKey()
    if contents.pointee.kind == .keys || key.value.isAbsent { return key }
    let held = Owned(copying: contents.pointee.dict)
    let found: Value
    do throws(PyError) { found = try OrderedDictObject(held.value).dict.get(key.value) } catch {
      finish()
      throw error
    }
    if found.isAbsent {
      finish()
      throw .keyError(key.value)
    }
    let value = Owned(copying: found)
    if contents.pointee.kind == .values { return value }
    return try PairCache(place: raw + 24).pair(key, value)
  }

  func copy() throws(PyError) -> Owned {
    let copy = OrderedDictIterator(raw: try iteratorType.object.allocate())
    let contents = copy.contents
    contents.pointee.dict = Owned(copyingIfPresent: self.contents.pointee.dict).take()
    contents.pointee.expectedCount = self.contents.pointee.expectedCount
    contents.pointee.version = self.contents.pointee.version
    contents.pointee.node = self.contents.pointee.node
    contents.pointee.kind = self.contents.pointee.kind
    contents.pointee.isReversed = self.contents.pointee.isReversed
    return Owned(taking: copy.raw)
  }
}

private func defineIterator(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<OrderedDictIterator.Contents>.size
  t.flags = [.haveGarbageCollection, .disallowInstantiation]
  t.shapeFlags.insert(.tracked)
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in try OrderedDictIterator(object).next() }
  t.slots.deallocate = DeallocateSlot { raw in
    let contents = OrderedDictIterator(raw: raw).contents
    contents.pointee.dict.releaseIfPresent()
    contents.pointee.pair.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let contents = OrderedDictIterator(raw: raw).contents
    visit(contents.pointee.dict)
    visit(contents.pointee.pair)
  }
  t.method("__reduce__()", "What pickle and copy need to make the object again.") { (call: Call) throws(PyError) -> Owned in
    try reduceAsList(try OrderedDictIterator(call.receiver).copy())
  }
}

// MARK: - Views

private func viewIterator(_ view: Value, _ kind: OrderedDictIterator.Kind, isReversed: Bool) throws(PyError) -> Owned {
  try OrderedDictIterator.make(DictViewObject(view).dict.value, kind, isReversed: isReversed)
}

private func defineViews(_ m: ModuleBuilder) throws(PyError) {
  keysType = ModuleType(
    try m.defineType("odict_keys", module: "builtins", base: .dictKeys, isPublic: false, isStatic: true) { t in
      t.flags = [.haveGarbageCollection, .disallowInstantiation]
      t.slots.iterate = UnarySlot { (view: Value) throws(PyError) -> Owned in try viewIterator(view, .keys, isReversed: false) }
      t.method("__reversed__()") { (call: Call) throws(PyError) -> Owned in try viewIterator(call.receiver, .keys, isReversed: true) }
    })
  itemsType = ModuleType(
    try m.defineType("odict_items", module: "builtins", base: .dictItems, isPublic: false, isStatic: true) { t in
      t.flags = [.haveGarbageCollection, .disallowInstantiation]
      t.slots.iterate = UnarySlot { (view: Value) throws(PyError) -> Owned in try viewIterator(view, .items, isReversed: false) }
      t.method("__reversed__()") { (call: Call) throws(PyError) -> Owned in try viewIterator(call.receiver, .items, isReversed: true) }
    })
  valuesType = ModuleType(
    try m.defineType("odict_values", module: "builtins", base: .dictValues, isPublic: false, isStatic: true) { t in
      t.flags = [.haveGarbageCollection, .disallowInstantiation]
      t.slots.iterate = UnarySlot { (view: Value) throws(PyError) -> Owned in try viewIterator(view, .values, isReversed: false) }
      t.method("__reversed__()") { (call: Call) throws(PyError) -> Owned in try viewIterator(call.receiver, .values, isReversed: true) }
    })
}

// MARK: - Updating

/// Adds what `update()` is given: a dict, what has `keys()` or `items()`, or pairs.
private func update(_ object: Value, from other: Value) throws(PyError) {
  if other.isExactDict {
    let items = try other.callMethod(Name.items)
    let list = try Owned.list(from: items.value)
    return try addPairs(object, list.value)
  }
  let keys = try other.lookUpAttribute(Name.keys)
  if !keys.value.isAbsent {
    let list = try keys.value.call()
    let iterator = try list.value.iterate()
    while true {
      let key = try iterator.value.next()
      if key.value.isAbsent { return }
      let value = try other.getItem(key.value)
      try object.setItem(key.value, value.value)
    }
  }
  let items = try other.lookUpAttribute(Name.items)
  if items.value.isAbsent { return try addPairs(object, other) }
  let list = try items.value.call()
  try addPairs(object, list.value)
}

private func addPairs(_ object: Value, _ pairs: Value) throws(PyError) {
  let iterator = try pairs.iterate()
  while true {
    let pair = try iterator.value.next()
    if pair.value.isAbsent { return }
    if pair.value.isExactTuple, TupleObject(pair.value).count == 2 {
      try object.setItem(TupleObject(pair.value)[0], TupleObject(pair.value)[1])
      continue
    }
    let parts = try pair.value.iterate()
    let key = try parts.value.next()
    if key.value.isAbsent { throw .valueError("need more than 0 values to unpack") }
    let value = try parts.value.next()
    if value.value.isAbsent { throw .valueError("need more than 1 value to unpack") }
    let third = try parts.value.next()
    if !third.value.isAbsent { throw .valueError("too many values to unpack (expected 2)") }
    try object.setItem(key.value, value.value)
  }
}

private func update(_ object: Value, _ arguments: Arguments) throws(PyError) {
  if arguments.positionalCount == 1 { try update(object, from: arguments.base[0]) }
  if arguments.keywordCount == 0 { return }
  let names = TupleObject(arguments.keywordNames)
  for index in 0..<names.count { try object.setItem(names[index], arguments.base[arguments.positionalCount + index]) }
}

// MARK: - What it does

private func compare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard operation == .equal || operation == .notEqual, b.isDict else { return .notImplemented }
  let plain = try TypeObject.dict.slots.pointee.compare.unsafelyUnwrapped(a, b, .equal)
  var isEqual = plain.value.isTrue
  if isEqual && orderedDictType.includes(a) && orderedDictType.includes(b) { isEqual = try isOrderEqual(OrderedDictObject(a), OrderedDictObject(b)) }
  return .boolean(isEqual == (operation == .equal))
}

private func isOrderEqual(_ a: OrderedDictObject, _ b: OrderedDictObject) throws(PyError) -> Bool {
  let (versionA, versionB) = (a.version, b.version)
  var (x, y) = (a.first, b.first)
  while x >= 0 && y >= 0 {
    let key = Owned(copying: a.node(x).pointee.key)
    let other = Owned(copying: b.node(y).pointee.key)
    let isEqual = try key.value.isEqual(to: other.value)
    if a.version != versionA || b.version != versionB { throw OrderedDictObject.mutated() }
    if !isEqual { return false }
    x = a.node(x).pointee.next
    y = b.node(y).pointee.next
  }
  return x < 0 && y < 0
}

private func represent(_ object: Value) throws(PyError) -> Owned {
  var text = StringBuilder()
  try text.append(object.type.contents.pointee.name)
  if OrderedDictObject(object).dict.count == 0 {
    try text.append("()")
    return try text.finish()
  }
  if try reprEnter(object) { return try Owned.string("...") }
  defer { reprLeave(object) }
  let entries: Owned
  if OrderedDictObject(object).isExact {
    entries = try DictObject(object).copy()
  } else {
    let items = try object.callMethod(Name.items)
    entries = try TypeObject.dict.value.call(items.value)
  }
  let shown = try entries.value.repr()
  try text.append("(")
  try text.append(shown.value)
  try text.append(")")
  return try text.finish()
}

private func copyOrderedDict(_ object: Value) throws(PyError) -> Owned {
  let source = OrderedDictObject(object)
  let isExact = source.isExact
  let result = isExact ? try makeOrderedDict(orderedDictType.object) : try object.type.value.call()
  let version = source.version
  var number = source.first
  while number >= 0 {
    let key = Owned(copying: source.node(number).pointee.key)
    let hash = source.node(number).pointee.hash
    if isExact {
      let found = try source.dict.get(key.value)
      if found.isAbsent { throw .keyError(key.value) }
      try OrderedDictObject(result.value).set(key.value, hash: hash, taking: Owned(copying: found))
    } else {
      let value = try object.getItem(key.value)
      if source.version != version { throw OrderedDictObject.mutated() }
      try result.value.setItem(key.value, value.value)
    }
    if source.version != version { throw OrderedDictObject.mutated() }
    number = source.node(number).pointee.next
  }
  return result
}

private func makeOrderedDict(_ type: TypeObject) throws(PyError) -> Owned {
  let made = try DictObject.make(type)
  OrderedDictObject(made.value).initializeOrder()
  return made
}

private func defineSlots(_ t: TypeDefinition) {
  t.rawNew("OrderedDict") { (type: Value, _: Arguments) throws(PyError) -> Owned in try makeOrderedDict(TypeObject(type)) }
  t.rawInitialize("OrderedDict") { (object: Value, arguments: Arguments) throws(PyError) in
    if arguments.positionalCount > 1 { throw .typeError("expected at most 1 argument, got \(arguments.positionalCount)") }
    try update(object, arguments)
  }
  t.slots.repr = UnarySlot(represent)
  t.slots.compare = CompareSlot(compare)
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in try OrderedDictIterator.make(object, .keys, isReversed: false) }
  t.slots.storeSubscript = StoreSlot { (object: Value, key: Value, value: Value) throws(PyError) in
    let hash = try key.hash()
    if !value.isAbsent { return try OrderedDictObject(object).set(key, hash: hash, taking: Owned(copying: value)) }
    let old = try OrderedDictObject(object).remove(key, hash: hash)
    if !old.value.isAbsent { return }
    // A key that has no place in the order may be in the dict all the same.
    let other = try OrderedDictObject(object).dict.remove(key, hash: hash)
    if other.value.isAbsent { throw .keyError(key) }
  }
  t.slots.or = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    let own = orderedDictType.includes(a) ? a : b
    guard (own === a ? b : a).isDict else { return .notImplemented }
    let result = try own.type.value.call(a)
    try update(result.value, from: b)
    return result
  }
  t.slots.inPlaceOr = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    try update(a, from: b)
    return Owned(copying: a)
  }
  t.slots.deallocate = DeallocateSlot { raw in
    OrderedDictObject(raw: raw).removeAll()
    TypeObject.dict.slots.pointee.deallocate.unsafelyUnwrapped(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    traverseOwnAttributes(raw, visit)
    OrderedDictObject(raw: raw).visitKeys(visit)
    TypeObject.dict.slots.pointee.traverse.unsafelyUnwrapped(raw, visit)
  }
  t.slots.clear = ClearSlot { raw in
    clearOwnAttributes(raw)
    OrderedDictObject(raw: raw).removeAll()
  }
  t.attribute(Name.__hash__, .none)
}

private func setDefault(_ object: Value, _ key: Value, _ value: Value) throws(PyError) -> Owned {
  let dict = OrderedDictObject(object)
  if dict.isExact {
    let found = try dict.dict.get(key)
    if !found.isAbsent { return Owned(copying: found) }
    try dict.set(key, hash: try key.hash(), taking: Owned(copying: value))
  } else {
    if try object.contains(key) { return try object.getItem(key) }
    try object.setItem(key, value)
  }
  return Owned(copying: value)
}

private func defineMethods(_ t: TypeDefinition) {
  t.classMethod("fromkeys(iterable, value=None)", "An ordered dict whose keys the iterable gives, all with one value.") { (call: Call) throws(PyError) -> Owned in
    let result = try call.receiver.call()
    let iterator = try call[0].iterate()
    while true {
      let key = try iterator.value.next()
      if key.value.isAbsent { return result }
      try result.value.setItem(key.value, call[1])
    }
  }
  t.method("__sizeof__()") { (call: Call) throws(PyError) -> Owned in
    let dict = OrderedDictObject(call.receiver)
    let contents = dict.contents
    let nodes = Int(contents.pointee.capacity) * MemoryLayout<OrderedDictObject.Node>.stride
    return try Owned.integer(OrderedDictObject.size + 8 + dict.dict.tableSize + nodes + contents.pointee.numberCount * 4)
  }
  t.method("__reduce__()", "What pickle and copy need to make the object again.") { (call: Call) throws(PyError) -> Owned in
    let state = try call.receiver.callMethod(Name.__getstate__)
    let items = try call.receiver.callMethod(Name.items)
    let iterator = try items.value.iterate()
    let arguments = Owned.emptyTuple
    return try Owned.tuple(copying: [call.receiver.type.value, arguments.value, state.value, .none, iterator.value])
  }
  t.method("setdefault(key, default=None)", "The key's value; when there is none, the key goes to the end with default as its value.") { (call: Call) throws(PyError) -> Owned in
    try setDefault(call.receiver, call[0], call[1])
  }
  t.method("pop(key, default=<unrepresentable>)", "Take the key out and return its value; without the key, default or a KeyError.") { (call: Call) throws(PyError) -> Owned in
    let hash = try call[0].hash()
    let value = try OrderedDictObject(call.receiver).remove(call[0], hash: hash)
    if !value.value.isAbsent { return value }
    if call[1].isAbsent { throw .keyError(call[0]) }
    return Owned(copying: call[1])
  }
  t.method("popitem(last=True)", "Take out the last pair of key and value, or the first, and return it.") { (call: Call) throws(PyError) -> Owned in
    let isLast = try call.bool(0)
    let dict = OrderedDictObject(call.receiver)
    let number = isLast ? dict.last : dict.first
    if number < 0 {
      let message = try Owned.string("dictionary is empty")
      throw .keyError(message.value)
    }
    let hash = dict.node(number).pointee.hash
    let key = dict.remove(number)
    let value = try dict.dict.remove(key.value, hash: hash)
    if value.value.isAbsent { throw .keyError(key.value) }
    return try Owned.tuple(key.value, value.value)
  }
  t.method("keys()") { (call: Call) throws(PyError) -> Owned in try Owned.dictView(keysType.object, call.receiver) }
  t.method("values()") { (call: Call) throws(PyError) -> Owned in try Owned.dictView(valuesType.object, call.receiver) }
  t.method("items()") { (call: Call) throws(PyError) -> Owned in try Owned.dictView(itemsType.object, call.receiver) }
  t.rawMethod("update") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
    if arguments.positionalCount > 1 { throw .typeError("update() takes at most 1 positional argument (\(arguments.positionalCount) given)") }
    try update(object, arguments)
    return .none
  }
  t.method("clear()", "Take all entries out.") { (call: Call) throws(PyError) -> Owned in
    OrderedDictObject(call.receiver).removeAll()
    return .none
  }
  t.method("copy()", "An ordered dict of the same class with the same entries.") { (call: Call) throws(PyError) -> Owned in try copyOrderedDict(call.receiver) }
  t.method("__reversed__()", "An iterator over the keys, the last one first.") { (call: Call) throws(PyError) -> Owned in
    try OrderedDictIterator.make(call.receiver, .keys, isReversed: true)
  }
  t.method("move_to_end(key, last=True)", "Make a key the last one, or the first.\n\nKeyError if it is not there.") { (call: Call) throws(PyError) -> Owned in
    let toEnd = try call.bool(1)
    let dict = OrderedDictObject(call.receiver)
    let end = toEnd ? dict.last : dict.first
    if end >= 0 && dict.node(end).pointee.key === call[0] { return .none }
    let number = end < 0 ? end : try dict.find(call[0], hash: try call[0].hash())
    if number < 0 { throw .keyError(call[0]) }
    dict.move(number, toEnd: toEnd)
    return .none
  }
}

func defineOrderedDict(_ m: ModuleBuilder) throws(PyError) {
  orderedDictType = ModuleType(
    try m.defineType("OrderedDict", module: "collections", base: .dict, isStatic: true) { t in
      t.documentation = "A dict whose keys can be put in another order, and that compares the order too."
      t.basicSize = OrderedDictObject.size
      t.flags.formUnion([.baseType, .mapping, .managedWeakReference])
      t.shapeFlags.formUnion([.hasState, .hasAttributes])
      defineSlots(t)
      defineMethods(t)
    })
  iteratorType = ModuleType(try m.defineType("odict_iterator", module: "builtins", isPublic: false, isStatic: true) { t in defineIterator(t) })
  try defineViews(m)
}
