// The type `collections.deque` and its iterators.

import KraitRuntime

nonisolated(unsafe) private var iteratorType = ModuleType()
nonisolated(unsafe) private var reverseIteratorType = ModuleType()

// MARK: - Iterators

/// An iterator over a deque, in one of two directions.
private struct DequeIterator {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var deque: Value
    /// How many items were given, and how many are left.
    var index: Int
    var left: Int
    var version: Int
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func make(_ type: TypeObject, _ deque: Value) throws(PyError) -> Owned {
    let iterator = DequeIterator(raw: try type.allocate())
    iterator.contents.pointee.deque = Owned(copying: deque).take()
    iterator.contents.pointee.left = DequeObject(deque).count
    iterator.contents.pointee.version = DequeObject(deque).version
    return Owned(taking: iterator.raw)
  }

  static func new(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    try arguments.check("_deque_iterator", 1, 2)
    guard dequeType.includes(arguments.base[0]) else { throw .typeError("argument 1 must be collections.deque, not \(arguments.base[0].typeName)") }
    let skipped = arguments.positionalCount == 2 ? try arguments.base[1].asInt() : 0
    let result = try make(TypeObject(type), arguments.base[0])
    let contents = DequeIterator(result.value).contents
    let index = min(max(skipped, 0), contents.pointee.left)
    contents.pointee.index = index
    contents.pointee.left -= index
    return result
  }

  static func changed(_ contents: UnsafeMutablePointer<Contents>) -> PyError {
    contents.pointee.left = 0
    return .runtimeError("deque mutated during iteration")
  }
}

private func nextOfDeque(_ value: Value) throws(PyError) -> Owned {
  let contents = DequeIterator(value).contents
  let deque = DequeObject(contents.pointee.deque)
  if deque.version != contents.pointee.version { throw DequeIterator.changed(contents) }
  if contents.pointee.left == 0 { return Owned(taking: .absent) }
  let index = contents.pointee.index
  contents.pointee.index = index &+ 1
  contents.pointee.left &-= 1
  return Owned(copying: deque[index])
}

private func previousOfDeque(_ value: Value) throws(PyError) -> Owned {
  let contents = DequeIterator(value).contents
  if contents.pointee.left == 0 { return Owned(taking: .absent) }
  let deque = DequeObject(contents.pointee.deque)
  if deque.version != contents.pointee.version { throw DequeIterator.changed(contents) }
  contents.pointee.left &-= 1
  return Owned(copying: deque[contents.pointee.left])
}

private func defineIterator(_ t: TypeDefinition, next: @escaping (Value) throws(PyError) -> Owned) {
  t.basicSize = MemoryLayout<DequeIterator.Contents>.size
  t.shapeFlags.insert(.tracked)
  t.slots.getAttribute = BinarySlot(genericGetAttribute)
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.slots.next = NextSlot(next)
  t.rawNew("_deque_iterator", DequeIterator.new)
  t.slots.deallocate = DeallocateSlot { raw in
    DequeIterator(raw: raw).contents.pointee.deque.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in visit(DequeIterator(raw: raw).contents.pointee.deque) }
  t.method("__length_hint__()", "How many items are still to come.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(DequeIterator(call.receiver).contents.pointee.left)
  }
  t.method("__reduce__()", "What pickle and copy need to make the object again.") { (call: Call) throws(PyError) -> Owned in
    let contents = DequeIterator(call.receiver).contents
    let taken = DequeObject(contents.pointee.deque).count - contents.pointee.left
    let arguments = try Owned.tuple(contents.pointee.deque, Value(smallInteger: max(taken, 0)))
    return try Owned.tuple(call.receiver.type.value, arguments.value)
  }
}

// MARK: - What deques do

/// A deque of the same class and limit with the same items.
private func copyDeque(_ object: Value) throws(PyError) -> Owned {
  let deque = DequeObject(object)
  if dequeType.isType(of: object) {
    let result = try DequeObject.make(dequeType.object, limit: deque.limit)
    for index in 0..<deque.count { try DequeObject(result.value).append(taking: Owned(copying: deque[index])) }
    return result
  }
  let result: Owned
  if deque.limit < 0 {
    result = try object.type.value.call(object)
  } else {
    let limit = try Owned.integer(deque.limit)
    result = try object.type.value.call(object, limit.value)
  }
  guard dequeType.includes(result.value) else {
    throw .typeError("\(object.typeName)() must return a deque, not \(result.value.typeName)")
  }
  return result
}

private func initializeDeque(_ object: Value, _ arguments: Arguments) throws(PyError) {
  var iterable = arguments.positionalCount > 0 ? arguments.base[0] : .absent
  var limit = arguments.positionalCount > 1 ? arguments.base[1] : Value.none
  if arguments.positionalCount + arguments.keywordCount > 2 {
    throw .typeError("deque() takes at most 2 arguments (\(arguments.positionalCount + arguments.keywordCount) given)")
  }
  if arguments.keywordCount > 0 {
    let names = TupleObject(arguments.keywordNames)
    for index in 0..<names.count {
      let value = arguments.base[arguments.positionalCount + index]
      if StringObject(names[index]).isEqual(to: "iterable") {
        if arguments.positionalCount > 0 { throw .typeError("argument for deque() given by name ('iterable') and position (1)") }
        iterable = value
      } else if StringObject(names[index]).isEqual(to: "maxlen") {
        if arguments.positionalCount > 1 { throw .typeError("argument for deque() given by name ('maxlen') and position (2)") }
        limit = value
      } else {
        throw .typeError("deque() got an unexpected keyword argument '\(names[index].text)'")
      }
    }
  }
  var maximum = -1
  if !limit.isNone {
    guard limit.isInteger else { throw .typeError("an integer is required") }
    maximum = try limit.asInt()
    if maximum < 0 { throw .valueError("maxlen must be non-negative") }
  }
  let deque = DequeObject(object)
  deque.contents.pointee.limit = maximum
  if deque.count > 0 { deque.removeAll() }
  if !iterable.isAbsent { try deque.extend(iterable) }
}

private func representDeque(_ object: Value) throws(PyError) -> Owned {
  if try reprEnter(object) { return try Owned.string("[...]") }
  defer { reprLeave(object) }
  let items = try Owned.list(from: object)
  let shown = try items.value.repr()
  let deque = DequeObject(object)
  var text = StringBuilder()
  try text.append(object.type.contents.pointee.name)
  try text.append("(")
  try text.append(shown.value)
  try text.append(deque.limit >= 0 ? ", maxlen=\(deque.limit))" : ")")
  return try text.finish()
}

private func compareDeques(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard dequeType.includes(a), dequeType.includes(b) else { return .notImplemented }
  let (first, second) = (DequeObject(a), DequeObject(b))
  if operation == .equal || operation == .notEqual {
    if a === b { return .boolean(operation == .equal) }
    if first.count != second.count { return .boolean(operation == .notEqual) }
  }
  let left = try a.iterate()
  let right = try b.iterate()
  while true {
    let x = try left.value.next()
    let y = try right.value.next()
    if x.value.isAbsent || y.value.isAbsent {
      // The shorter one is less.
      let (p, q) = (x.value.isAbsent ? 0 : 1, y.value.isAbsent ? 0 : 1)
      return .boolean(operation.holds(p, q))
    }
    if try !x.value.isEqual(to: y.value) {
      if operation == .equal { return .boolean(false) }
      if operation == .notEqual { return .boolean(true) }
      return try x.value.compare(y.value, operation)
    }
  }
}

private func repeatInPlace(_ object: Value, _ times: Int) throws(PyError) {
  let deque = DequeObject(object)
  let count = deque.count
  if count == 0 || times == 1 { return }
  if times <= 0 { return deque.removeAll() }
  var rounds = times
  if deque.limit >= 0 {
    rounds = min(times, deque.limit / count + 2)
  } else if count > Int.max / 16 / times {
    throw PyError.memoryError()
  }
  let items = try Owned.list(from: object)
  for _ in 1..<rounds { try deque.extend(items.value) }
}

private func repeatDeque(_ object: Value, _ times: Int) throws(PyError) -> Owned {
  let result = try copyDeque(object)
  try repeatInPlace(result.value, times)
  return result
}

/// An index as subscripts take it, from 0 on.
private func checkedIndex(_ object: Value, _ key: Value) throws(PyError) -> Int {
  guard key.isSmallInteger || key.type.slots.pointee.index != nil else { throw .typeError("sequence index must be integer, not '\(key.typeName)'") }
  let given = try key.asIndex()
  let deque = DequeObject(object)
  let index = given < 0 ? given &+ deque.count : given
  guard UInt(bitPattern: index) < UInt(bitPattern: deque.count) else { throw .indexError("deque index out of range") }
  return index
}

private func store(_ object: Value, _ index: Int, _ value: Value) {
  let deque = DequeObject(object)
  if value.isAbsent {
    _ = deque.remove(at: index)
    return
  }
  let place = deque.place(index)
  let old = Owned(taking: place.pointee)
  place.pointee = Owned(copying: value).take()
  _ = old.value
}

private func indexInDeque(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.checkNoKeywords("deque.index")
  try arguments.check("index", 1, 3)
  func bound(_ number: Int, _ fallback: Int) throws(PyError) -> Int {
    guard arguments.positionalCount > number else { return fallback }
    guard arguments.base[number].type.slots.pointee.index != nil else { throw .typeError("slice indices must be integers or have an __index__ method") }
    return try arguments.base[number].asIndex(overflow: nil)
  }
  let deque = DequeObject(object)
  var start = try bound(1, 0)
  var stop = try bound(2, deque.count)
  if start < 0 { start = max(0, start + deque.count) }
  if stop < 0 { stop = max(0, stop + deque.count) }
  stop = min(stop, deque.count)
  if let index = try deque.find(arguments.base[0], from: min(start, stop), to: stop) { return try Owned.integer(index) }
  throw .valueError("deque.index(x): x not in deque")
}

private func removeFromDeque(_ object: Value, _ value: Value) throws(PyError) {
  let deque = DequeObject(object)
  let version = deque.version
  var index = 0
  while index < deque.count {
    let item = Owned(copying: deque[index])
    let isFound = try item.value.isEqual(to: value)
    if version != deque.version { throw .indexError("deque mutated during iteration") }
    if isFound {
      _ = deque.remove(at: index)
      return
    }
    index += 1
  }
  throw .valueError("deque.remove(x): x not in deque")
}

// MARK: - The type

private func defineSlots(_ t: TypeDefinition) {
  t.slots.repr = UnarySlot(representDeque)
  t.attribute(Name.__hash__, .none)
  t.slots.getAttribute = BinarySlot(genericGetAttribute)
  t.slots.compare = CompareSlot(compareDeques)
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in try DequeIterator.make(iteratorType.object, object) }
  t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in DequeObject(object).count }
  t.slots.concatenate = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    guard dequeType.includes(b) else { throw .typeError("can only concatenate deque (not \"\(b.typeName)\") to deque") }
    let result = try copyDeque(a)
    try DequeObject(result.value).extend(b)
    return result
  }
  t.slots.repeat = IndexSlot(repeatDeque)
  t.slots.inPlaceConcatenate = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    try DequeObject(a).extend(b)
    return Owned(copying: a)
  }
  t.slots.inPlaceRepeat = IndexSlot { (object: Value, times: Int) throws(PyError) -> Owned in
    try repeatInPlace(object, times)
    return Owned(copying: object)
  }
  t.slots.item = IndexSlot { (object: Value, index: Int) throws(PyError) -> Owned in
    let deque = DequeObject(object)
    guard UInt(bitPattern: index) < UInt(bitPattern: deque.count) else { throw .indexError("deque index out of range") }
    return Owned(copying: deque[index])
  }
  t.slots.subscript = BinarySlot { (object: Value, key: Value) throws(PyError) -> Owned in
    let index = try checkedIndex(object, key)
    return Owned(copying: DequeObject(object)[index])
  }
  t.slots.storeSubscript = StoreSlot { (object: Value, key: Value, value: Value) throws(PyError) in store(object, try checkedIndex(object, key), value) }
  t.slots.contains = ContainsSlot { (object: Value, item: Value) throws(PyError) -> Bool in
    try DequeObject(object).find(item, from: 0, to: DequeObject(object).count) != nil
  }
  t.slots.deallocate = DeallocateSlot { raw in
    DequeObject(raw: raw).removeAll()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let deque = DequeObject(raw: raw)
    for index in 0..<deque.count { visit(deque[index]) }
  }
  t.slots.clear = ClearSlot { raw in DequeObject(raw: raw).removeAll() }
}

private func defineMethods(_ t: TypeDefinition) {
  t.method("append(item, /)", "Put x at the right end.") { (call: Call) throws(PyError) -> Owned in
    try DequeObject(call.receiver).append(taking: Owned(copying: call[0]))
    return .none
  }
  t.method("appendleft(item, /)", "Put x at the left end.") { (call: Call) throws(PyError) -> Owned in
    try DequeObject(call.receiver).prepend(taking: Owned(copying: call[0]))
    return .none
  }
  t.method("clear()", "Take all items out.") { (call: Call) throws(PyError) -> Owned in
    DequeObject(call.receiver).removeAll()
    return .none
  }
  t.method("__copy__()", "A new deque with the same items and the same maxlen.") { (call: Call) throws(PyError) -> Owned in try copyDeque(call.receiver) }
  t.method("copy()", "A new deque with the same items and the same maxlen.") { (call: Call) throws(PyError) -> Owned in try copyDeque(call.receiver) }
  t.method("count(value, /)", "How many items are equal to value.") { (call: Call) throws(PyError) -> Owned in
    let deque = DequeObject(call.receiver)
    let version = deque.version
    var found = 0
    var index = 0
    while index < deque.count {
      let item = Owned(copying: deque[index])
      if try item.value.isEqual(to: call[0]) { found += 1 }
      if version != deque.version { throw .runtimeError("deque mutated during iteration") }
      index += 1
    }
    return try Owned.integer(found)
  }
  t.method("extend(iterable, /)", "Put the items that iterable gives at the right end, one after the other.") { (call: Call) throws(PyError) -> Owned in
    try DequeObject(call.receiver).extend(call[0])
    return .none
  }
  t.method("extendleft(iterable, /)", "Put the items that iterable gives at the left end, one after the other: they end up reversed.") { (call: Call) throws(PyError) -> Owned in
    try DequeObject(call.receiver).extendLeft(call[0])
    return .none
  }
  t.rawMethod("index", "Where value stands for the first time.\n\nValueError if it stands nowhere in the range.", indexInDeque)
  t.method("insert(index, value, /)", "Put value in front of the item at index.") { (call: Call) throws(PyError) -> Owned in
    let deque = DequeObject(call.receiver)
    let index = try call.index(0)
    if deque.limit >= 0 && deque.count >= deque.limit { throw .indexError("deque already at its maximum size") }
    try deque.insert(index < 0 ? max(0, index + deque.count) : min(index, deque.count), call[1])
    return .none
  }
  t.method("pop()", "Take the last item out and return it.") { (call: Call) throws(PyError) -> Owned in
    let deque = DequeObject(call.receiver)
    if deque.count == 0 { throw .indexError("pop from an empty deque") }
    return deque.popLast()
  }
  t.method("popleft()", "Take the first item out and return it.") { (call: Call) throws(PyError) -> Owned in
    let deque = DequeObject(call.receiver)
    if deque.count == 0 { throw .indexError("pop from an empty deque") }
    return deque.popFirst()
  }
  t.method("__reduce__()", "What pickle and copy need to make the object again.") { (call: Call) throws(PyError) -> Owned in
    let state = try call.receiver.callMethod(Name.__getstate__)
    let iterator = try call.receiver.iterate()
    let limit = DequeObject(call.receiver).limit
    let empty = Owned.emptyTuple
    let arguments = limit < 0 ? Owned.emptyTuple : try Owned.tuple(empty.value, Value(smallInteger: limit))
    return try Owned.tuple(call.receiver.type.value, arguments.value, state.value, iterator.value)
  }
  t.method("remove(value, /)", "Take out the leftmost item that equals value.") { (call: Call) throws(PyError) -> Owned in
    try removeFromDeque(call.receiver, call[0])
    return .none
  }
  t.method("__reversed__()", "An iterator from the right end to the left.") { (call: Call) throws(PyError) -> Owned in
    try DequeIterator.make(reverseIteratorType.object, call.receiver)
  }
  t.method("reverse()", "Turn the order of the items round.") { (call: Call) throws(PyError) -> Owned in
    DequeObject(call.receiver).reverse()
    return .none
  }
  t.method("rotate(n=1, /)", "Move the last n items to the front, or with a negative n the first ones to the end.") { (call: Call) throws(PyError) -> Owned in
    DequeObject(call.receiver).rotate(try call.index(0))
    return .none
  }
  t.method("__sizeof__()", "The bytes that the deque takes, its blocks included.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(MemoryLayout<DequeObject.Contents>.size + (DequeObject(call.receiver).contents.pointee.mask + 1) * 8)
  }
  t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
  t.getter("maxlen", "the most items it may hold; None: as many as come") { (object: Value) throws(PyError) -> Owned in
    let limit = DequeObject(object).limit
    return limit < 0 ? .none : try Owned.integer(limit)
  }
}

func defineDeque(_ m: ModuleBuilder) throws(PyError) {
  dequeType = ModuleType(
    try m.defineType("deque", module: "collections") { t in
      t.documentation = "Items in a row that are added and taken at both ends in constant time."
      t.textSignature = "([iterable[, maxlen]])"
      t.basicSize = MemoryLayout<DequeObject.Contents>.size
      t.shapeFlags.formUnion([.tracked, .hasState])
      t.flags.formUnion([.baseType, .sequence, .managedWeakReference])
      t.rawNew("deque") { (type: Value, _: Arguments) throws(PyError) -> Owned in try DequeObject.make(TypeObject(type), limit: -1) }
      t.rawInitialize("deque", initializeDeque)
      defineSlots(t)
      defineMethods(t)
    })
  iteratorType = ModuleType(try m.defineType("_deque_iterator", module: "collections") { t in defineIterator(t, next: nextOfDeque) })
  reverseIteratorType = ModuleType(try m.defineType("_deque_reverse_iterator", module: "collections") { t in defineIterator(t, next: previousOfDeque) })
}
