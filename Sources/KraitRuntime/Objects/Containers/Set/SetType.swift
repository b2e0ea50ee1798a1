// The types `set` and `frozenset`.

import CKraitCore

func defineSets(_ types: TypeDefinitions) {
  types.define(.set) { t in
    t.documentation = "A mutable collection of distinct hashable elements."
    t.rawNew("set") { (type, _) throws(PyError) in try Owned.newSet(TypeObject(raw: type.object)) }
    t.initialize("set(iterable=(), /)") { (call) throws(PyError) in
      let set = SetObject(call.receiver)
      set.clear()
      if !call[0].isExactTuple || TupleObject(call[0]).count > 0 { try set.update(from: call[0]) }
    }
    defineCommon(t)
    t.attribute(Name.__hash__, .none)
    t.slots.clear = ClearSlot { (object) in SetObject(raw: object).clear() }
    defineInPlaceOperators(t)
    defineChangingMethods(t)
  }
  types.define(.frozenset) { t in
    t.documentation = "An immutable collection of distinct hashable elements."
    t.new("frozenset(iterable=(), /)") { (call) throws(PyError) in
      let type = TypeObject(raw: call.receiver.object)
      if type == .frozenset { return try Owned.frozenset(from: call[0]) }
      let result = try Owned.newSet(type)
      try SetObject(result.value).update(from: call[0])
      return result
    }
    defineCommon(t)
    t.slots.hash = HashSlot { (set) throws(PyError) in
      let object = SetObject(set)
      if object.detail == -1 { object.detail = object.frozenHash }
      return object.detail
    }
  }
  types.define(.setIterator) { t in
    defineIterator(t, size: SetIteratorObject.size, references: 1) { (iterator) throws(PyError) in try SetIteratorObject(iterator).next() }
    if Runtime.isFree { t.slots.next = NextSlot { (iterator) throws(PyError) in try SetIteratorObject(iterator).nextBesideOthers() } }
    t.method("__length_hint__()", "How many elements are left.") { (call) throws(PyError) in
      let iterator = SetIteratorObject(call.receiver)
      let isValid = !iterator.set.isAbsent && SetObject(iterator.set).count == iterator.expectedCount
      return Owned(taking: Value(smallInteger: isValid ? iterator.left : 0))
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in try reduceAsList(try SetIteratorObject(call.receiver).copy()) }
  }
}

private func defineCommon(_ t: TypeDefinition) {
  t.basicSize = SetObject.size
  t.flags = [.baseType, .haveGarbageCollection]
  t.shapeFlags = [.set, .tracked, .hasState]
  t.slots.deallocate = DeallocateSlot { (object) in
    SetObject(raw: object).deinitialize()
    finishDeallocation(object)
  }
  t.slots.traverse = TraverseSlot { (object, visit) in
    let set = SetObject(raw: object)
    for index in 0...Int(bitPattern: set.mask) { visit(set.table[index].key) }
  }
  t.slots.repr = UnarySlot(setRepr)
  t.slots.compare = CompareSlot(setCompare)
  t.slots.length = LengthSlot { (set) throws(PyError) in SetObject(set).count }
  t.slots.contains = ContainsSlot { (set, key) throws(PyError) in try SetObject(set).containsKeyOrSet(key) }
  t.slots.iterate = UnarySlot { (set) throws(PyError) in try Owned.setIterator(SetObject(set)) }
  t.slots.or = BinarySlot { (a, b) throws(PyError) in
    guard a.isAnySet, b.isAnySet else { return .notImplemented }
    let result = try SetObject(a).copy(as: SetObject(a).baseType)
    if a !== b { try SetObject(result.value).merge(SetObject(b)) }
    return result
  }
  t.slots.and = BinarySlot { (a, b) throws(PyError) in
    guard a.isAnySet, b.isAnySet else { return .notImplemented }
    return try SetObject(a).intersection(with: b)
  }
  t.slots.subtract = BinarySlot { (a, b) throws(PyError) in
    guard a.isAnySet, b.isAnySet else { return .notImplemented }
    return try SetObject(a).difference(b)
  }
  t.slots.xor = BinarySlot { (a, b) throws(PyError) in
    guard a.isAnySet, b.isAnySet else { return .notImplemented }
    return try SetObject(a).symmetricDifference(b)
  }
  defineCommonMethods(t)
  t.classMethod("__class_getitem__(object, /)", "A generic alias.") { (call) throws(PyError) in try Owned.genericAlias(call.receiver, call[0]) }
}

private func defineCommonMethods(_ t: TypeDefinition) {
  t.method("__contains__(object, /)", "object in self") { (call) throws(PyError) in .boolean(try SetObject(call.receiver).containsKeyOrSet(call[0])) }
  t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
    let elements = try Owned.list(from: call.receiver)
    let arguments = try Owned.tuple(elements.value)
    let state = try call.receiver.callMethod(Name.__getstate__)
    return try Owned.tuple(call.receiver.type.value, arguments.value, state.value)
  }
  t.method("__sizeof__()", "Bytes of memory.") { (call) throws(PyError) in
    let set = SetObject(call.receiver)
    let table = set.table == set.ownTable ? 0 : set.slotCount * 16
    return Owned(taking: Value(smallInteger: SetObject.size + table))
  }
  t.method("copy()", "A copy.") { (call) throws(PyError) in
    let set = SetObject(call.receiver)
    return set.value.type == .frozenset ? Owned(copying: set.value) : try set.copy(as: set.baseType)
  }
  t.method("union(*others)", "A new set of the elements of all.") { (call) throws(PyError) in
    let set = SetObject(call.receiver)
    let result = try set.copy(as: set.baseType)
    for other in call.variadic where other !== set.value { try SetObject(result.value).update(from: other) }
    return result
  }
  t.method("intersection(*others)", "A new set of the elements that are in all.") { (call) throws(PyError) in
    try SetObject(call.receiver).intersection(withAll: call.variadic)
  }
  t.method("difference(*others)", "A new set of the elements that are in no other.") { (call) throws(PyError) in
    try SetObject(call.receiver).difference(withAll: call.variadic)
  }
  t.method("symmetric_difference(other, /)", "A new set of the elements that are in exactly one of both.") { (call) throws(PyError) in
    try SetObject(call.receiver).symmetricDifference(call[0])
  }
  t.method("isdisjoint(other, /)", "Whether nothing is in both.") { (call) throws(PyError) in
    .boolean(try SetObject(call.receiver).isDisjoint(with: call[0]))
  }
  t.method("issubset(other, /)", "Whether the other has all elements.") { (call) throws(PyError) in
    .boolean(try SetObject(call.receiver).isSubset(ofIterable: call[0]))
  }
  t.method("issuperset(other, /)", "Whether all elements of the other are here.") { (call) throws(PyError) in
    .boolean(try SetObject(call.receiver).isSuperset(ofIterable: call[0]))
  }
}

private func defineInPlaceOperators(_ t: TypeDefinition) {
  t.slots.inPlaceOr = BinarySlot { (a, b) throws(PyError) in
    guard b.isAnySet else { return .notImplemented }
    try SetObject(a).merge(SetObject(b))
    return Owned(copying: a)
  }
  t.slots.inPlaceAnd = BinarySlot { (a, b) throws(PyError) in
    guard b.isAnySet else { return .notImplemented }
    let common = try SetObject(a).intersection(with: b)
    SetObject(a).takeOver(SetObject(common.value))
    return Owned(copying: a)
  }
  t.slots.inPlaceSubtract = BinarySlot { (a, b) throws(PyError) in
    guard b.isAnySet else { return .notImplemented }
    try SetObject(a).subtract(iterable: b)
    return Owned(copying: a)
  }
  t.slots.inPlaceXor = BinarySlot { (a, b) throws(PyError) in
    guard b.isAnySet else { return .notImplemented }
    try SetObject(a).toggle(SetObject(b))
    return Owned(copying: a)
  }
}

private func defineChangingMethods(_ t: TypeDefinition) {
  t.method("add(object, /)", "Adds an element.") { (call) throws(PyError) in
    try SetObject(call.receiver).add(call[0])
    return .none
  }
  t.method("discard(object, /)", "Removes an element if it is there.") { (call) throws(PyError) in
    _ = try SetObject(call.receiver).discardKeyOrSet(call[0])
    return .none
  }
  t.method("remove(object, /)", "Removes an element; KeyError if it is not there.") { (call) throws(PyError) in
    guard try SetObject(call.receiver).discardKeyOrSet(call[0]) else { throw PyError.keyError(call[0]) }
    return .none
  }
  t.method("pop()", "Removes an element and returns it; KeyError when the set is empty.") { (call) throws(PyError) in try SetObject(call.receiver).pop() }
  t.method("clear()", "Removes all elements.") { (call) throws(PyError) in
    SetObject(call.receiver).clear()
    return .none
  }
  t.method("update(*others)", "Adds the elements of all others.") { (call) throws(PyError) in
    for other in call.variadic { try SetObject(call.receiver).update(from: other) }
    return .none
  }
  t.method("intersection_update(*others)", "Keeps only what is in all others.") { (call) throws(PyError) in
    let common = try SetObject(call.receiver).intersection(withAll: call.variadic)
    SetObject(call.receiver).takeOver(SetObject(common.value))
    return .none
  }
  t.method("difference_update(*others)", "Removes the elements of all others.") { (call) throws(PyError) in
    for other in call.variadic { try SetObject(call.receiver).subtract(iterable: other) }
    return .none
  }
  t.method("symmetric_difference_update(other, /)", "Keeps what is in exactly one of both.") { (call) throws(PyError) in
    try SetObject(call.receiver).toggle(iterable: call[0])
    return .none
  }
}

private func setRepr(_ value: Value) throws(PyError) -> Owned {
  let type = value.type
  if try reprEnter(value) { return try .string("\(type.nameText)(...)") }
  defer { reprLeave(value) }
  if SetObject(value).count == 0 { return try .string("\(type.nameText)()") }
  let elements = try Owned.list(from: value)
  let list = ListObject(elements.value)
  var text = StringBuilder()
  if type == .set { try text.append("{") } else { try text.append("\(type.nameText)({" as String) }
  for index in 0..<list.count {
    if index > 0 { try text.append(", ") }
    try text.append(reprOf: list[index])
  }
  if type == .set { try text.append("}") } else { try text.append("})") }
  return try text.finish()
}

private func setCompare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard b.isAnySet, a.isAnySet else { return .notImplemented }
  let (x, y) = (SetObject(a), SetObject(b))
  switch operation {
  case .equal, .notEqual:
    var equal = x.count == y.count
    if equal && x.isFrozen && y.isFrozen && x.detail != -1 && y.detail != -1 && x.detail != y.detail { equal = false }
    if equal { equal = try x.isSubset(of: y) }
    return .boolean(equal == (operation == .equal))
  case .less: return .boolean(x.count < y.count ? try x.isSubset(of: y) : false)
  case .lessEqual: return .boolean(try x.isSubset(of: y))
  case .greater: return .boolean(x.count > y.count ? try y.isSubset(of: x) : false)
  case .greaterEqual: return .boolean(try y.isSubset(of: x))
  }
}

/// An iterator over a set: the set (absent at the end), its size at the start (-1 once it was found to have changed), the next place, and how many are left.
@frozen
public struct SetIteratorObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  static var size: Int { 48 }

  var set: Value {
    @inline(__always) get { raw.load(fromByteOffset: 16, as: Value.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Value.self) }
  }
  var expectedCount: Int {
    @inline(__always) get { raw.load(fromByteOffset: 24, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Int.self) }
  }
  var position: Int {
    @inline(__always) get { raw.load(fromByteOffset: 32, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 32, as: Int.self) }
  }
  var left: Int {
    @inline(__always) get { raw.load(fromByteOffset: 40, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 40, as: Int.self) }
  }

  /// The next element; absent at the end.
  @inline(__always)
  public func next() throws(PyError) -> Owned {
    let set = self.set
    if _slowPath(set.isAbsent) { return Owned(taking: .absent) }
    if _slowPath(SetObject(set).count != expectedCount) { throw sizeChanged() }
    var position = self.position
    var key = Value.absent
    if _fastPath(SetObject(set).next(&position, &key)) {
      self.position = position
      left = left &- 1
      return Owned(copying: key)
    }
    return exhaust()
  }

  /// As ``next()`` of an iterator that only the calling thread has, without excluding those who may change the set (``SharedBodies/FOR_ITER_NATIVE(_:_:_:)``). Where it cannot be told, they are
  /// excluded from here on, to the end of the native function.
  func nextBesideOthers() throws(PyError) -> Owned {
    let set = self.set
    let thread = currentThread
    if thread.pointee.hasPeers && !set.isAbsent && set.object.shape != TypeObject.frozenset.rootShape && !Privacy.isPrivate(set) {
      if let key = Ops<Free>.nextSharedKey(self, SetObject(set)) { return key.isAbsent ? exhaust() : Owned(taking: key) }
      Sharing.take(thread)
    }
    return try next()
  }

  @inline(never)
  private func sizeChanged() -> PyError {
    expectedCount = -1
    return .runtimeError("Set changed size during iteration")
  }

  @inline(never)
  private func exhaust() -> Owned {
    let old = set
    set = .absent
    old.releaseIfPresent()
    return Owned(taking: .absent)
  }

  fileprivate func copy() throws(PyError) -> Owned {
    let copy = try allocateObject(raw.shape, size: SetIteratorObject.size)
    (copy + 16).copyMemory(from: raw + 16, byteCount: SetIteratorObject.size - 16)
    set.retainIfPresent()
    return Owned(taking: copy)
  }
}

extension Owned {
  public static func setIterator(_ set: SetObject) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.setIterator.rootShape, size: SetIteratorObject.size)
    let count = set.count
    set.raw.retain()
    raw.storeBytes(of: set.value, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: count, toByteOffset: 24, as: Int.self)
    raw.storeBytes(of: 0, toByteOffset: 32, as: Int.self)
    raw.storeBytes(of: count, toByteOffset: 40, as: Int.self)
    return Owned(taking: raw)
  }
}
