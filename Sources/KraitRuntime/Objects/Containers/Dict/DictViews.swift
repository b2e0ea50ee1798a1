// The views that `dict.keys()`, `dict.values()` and `dict.items()` give.

import CKraitCore

/// A view: the dict behind it.
@frozen
public struct DictViewObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  static var size: Int { 24 }
  public var dict: DictObject { @inline(__always) get { DictObject(raw.load(fromByteOffset: 16, as: Value.self)) } }
}

extension Owned {
  /// A view of one of the three types; the value must be a dict.
  public static func dictView(_ type: TypeObject, _ dict: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(type.rootShape, size: DictViewObject.size)
    dict.retain()
    raw.storeBytes(of: dict, toByteOffset: 16, as: Value.self)
    return Owned(taking: raw)
  }
}

func defineDictViews(_ types: TypeDefinitions) {
  types.define(.dictKeys) { t in
    defineView(t)
    defineSetOperations(t)
    t.slots.repr = UnarySlot { (view) throws(PyError) in try viewRepr(view) }
    t.slots.iterate = UnarySlot { (view) throws(PyError) in try Owned.dictIterator(.dictKeyIterator, DictViewObject(view).dict) }
    t.slots.contains = ContainsSlot { (view, key) throws(PyError) in try DictViewObject(view).dict.contains(key) }
    t.method("__reversed__()", "An iterator from the last key.") { (call) throws(PyError) in
      try Owned.dictReverseIterator(.dictReverseKeyIterator, DictViewObject(call.receiver).dict)
    }
  }
  types.define(.dictItems) { t in
    defineView(t)
    defineSetOperations(t)
    t.slots.repr = UnarySlot { (view) throws(PyError) in try viewRepr(view) }
    t.slots.iterate = UnarySlot { (view) throws(PyError) in try Owned.dictIterator(.dictItemIterator, DictViewObject(view).dict) }
    t.slots.contains = ContainsSlot { (view, item) throws(PyError) in
      guard item.isTuple, TupleObject(item).count == 2 else { return false }
      let found = try DictViewObject(view).dict.get(TupleObject(item)[0])
      if found.isAbsent { return false }
      let held = Owned(copying: found)
      return try held.value.isEqual(to: TupleObject(item)[1])
    }
    t.method("__reversed__()", "An iterator from the last item.") { (call) throws(PyError) in
      try Owned.dictReverseIterator(.dictReverseItemIterator, DictViewObject(call.receiver).dict)
    }
  }
  types.define(.dictValues) { t in
    defineView(t)
    t.slots.repr = UnarySlot { (view) throws(PyError) in try viewRepr(view) }
    t.slots.iterate = UnarySlot { (view) throws(PyError) in try Owned.dictIterator(.dictValueIterator, DictViewObject(view).dict) }
    t.method("__reversed__()", "An iterator from the last value.") { (call) throws(PyError) in
      try Owned.dictReverseIterator(.dictReverseValueIterator, DictViewObject(call.receiver).dict)
    }
  }
}

private func defineView(_ t: TypeDefinition) {
  t.basicSize = DictViewObject.size
  t.flags = [.haveGarbageCollection, .disallowInstantiation]
  t.shapeFlags = [.tracked]
  t.slots.deallocate = DeallocateSlot { (object) in
    object.load(fromByteOffset: 16, as: Value.self).release()
    finishDeallocation(object)
  }
  t.slots.traverse = TraverseSlot { (object, visit) in visit(object.load(fromByteOffset: 16, as: Value.self)) }
  t.slots.length = LengthSlot { (view) throws(PyError) in DictViewObject(view).dict.count }
  t.getter("mapping", "The dict behind the view, as a read-only proxy.") { (view) throws(PyError) in
    try TypeObject.mappingProxy.value.call(DictViewObject(view).dict.value)
  }
}

private func viewRepr(_ view: Value) throws(PyError) -> Owned {
  if try reprEnter(view) { return try .string("...") }
  defer { reprLeave(view) }
  let items = try Owned.list(from: view)
  var text = StringBuilder()
  try text.append(view.type.contents.pointee.name)
  try text.append("(")
  try text.append(reprOf: items.value)
  try text.append(")")
  return try text.finish()
}

// MARK: - As sets

private func isKeysOrItems(_ value: Value) -> Bool {
  guard value.isObject else { return false }
  let type = value.type
  return type == .dictKeys || type == .dictItems || type.isSubtype(of: .dictKeys) || type.isSubtype(of: .dictItems)
}

private func defineSetOperations(_ t: TypeDefinition) {
  t.slots.compare = CompareSlot(compareViews)
  t.slots.subtract = BinarySlot { (a, b) throws(PyError) in
    let result = try setOfView(a)
    try SetObject(result.value).subtract(iterable: b)
    return result
  }
  t.slots.and = BinarySlot(intersectViews)
  t.slots.or = BinarySlot { (a, b) throws(PyError) in
    let result = try setOfView(a)
    try SetObject(result.value).update(from: b)
    return result
  }
  t.slots.xor = BinarySlot(symmetricDifferenceOfViews)
  t.attribute(Name.__hash__, .none)
  t.method("isdisjoint(other, /)", "Whether nothing is in both.") { (call) throws(PyError) in
    var (a, b) = (call.receiver, call[0])
    if a === b { return .boolean(try a.length() == 0) }
    if (b.isAnySet && (b.type == .set || b.type == .frozenset)) || isKeysOrItems(b), try b.length() > a.length() { swap(&a, &b) }
    let iterator = try b.iterate()
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { return .boolean(true) }
      if try a.contains(item.value) { return .boolean(false) }
    }
  }
}

/// Keys come from the dict itself, whose size then says how large the table must be: the order of iteration depends on it.
private func setOfView(_ view: Value) throws(PyError) -> Owned {
  if view.isObject && view.type == .dictKeys {
    let dict = DictViewObject(view).dict.value
    if dict.isExactDict { return try Owned.set(from: dict) }
  }
  return try Owned.set(from: view)
}

private func compareViews(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard b.isAnySet || isKeysOrItems(b) else { return .notImplemented }
  let (x, y) = (try a.length(), try b.length())
  let result: Bool
  switch operation {
  case .equal, .notEqual:
    let equal = x == y ? try allContained(a, in: b) : false
    result = equal == (operation == .equal)
  case .less: result = x < y ? try allContained(a, in: b) : false
  case .lessEqual: result = x <= y ? try allContained(a, in: b) : false
  case .greater: result = x > y ? try allContained(b, in: a) : false
  case .greaterEqual: result = x >= y ? try allContained(b, in: a) : false
  }
  return .boolean(result)
}

private func allContained(_ a: Value, in b: Value) throws(PyError) -> Bool {
  let iterator = try a.iterate()
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { return true }
    if try !b.contains(item.value) { return false }
  }
}

private func intersectViews(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  // `iterable & view` comes with the view on the right.
  var (view, other) = isKeysOrItems(a) ? (a, b) : (b, a)
  let count = DictViewObject(view).dict.count
  if other.isAnySet && other.type == .set && SetObject(other).count >= count {
    return try SetObject(other).intersection(with: view)
  }
  if isKeysOrItems(other) && DictViewObject(other).dict.count > count { swap(&view, &other) }
  let result = try Owned.set()
  let iterator = try other.iterate()
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { return result }
    if try view.contains(item.value) { try SetObject(result.value).add(item.value) }
  }
}

private func symmetricDifferenceOfViews(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  let result = try setOfView(a)
  let other = try Owned.set(from: b)
  try SetObject(result.value).toggle(SetObject(other.value))
  return result
}
