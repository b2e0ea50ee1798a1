// Iterators over lists, forwards and backwards, and over tuples.

import CKraitCore

/// An iterator over a list, a tuple or (backwards) a list: what it runs over, absent at the end, and the next index.
@frozen
public struct ItemIteratorObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  @usableFromInline static var size: Int { 32 }

  @inlinable
  var sequence: Value {
    @inline(__always) get { raw.load(fromByteOffset: 16, as: Value.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Value.self) }
  }

  @inlinable
  var index: Int {
    @inline(__always) get { raw.load(fromByteOffset: 24, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Int.self) }
  }

  /// The next item of a `list_iterator`; absent at the end.
  @inline(__always)
  public func nextOfList() -> Owned {
    let sequence = self.sequence
    if _slowPath(sequence.isAbsent) { return Owned(taking: .absent) }
    let list = ListObject(sequence)
    let index = self.index
    if _fastPath(index < list.count) {
      let item = list.copyItem(index)
      if _slowPath(item.value.isAbsent) { return exhaust() }
      self.index = index &+ 1
      return item
    }
    return exhaust()
  }

  /// The next item of a `tuple_iterator`; absent at the end.
  @inline(__always)
  public func nextOfTuple() -> Owned {
    let sequence = self.sequence
    if _slowPath(sequence.isAbsent) { return Owned(taking: .absent) }
    let tuple = TupleObject(sequence)
    let index = self.index
    if _fastPath(index < tuple.count) {
      self.index = index &+ 1
      return Owned(copying: tuple[index])
    }
    return exhaust()
  }

  func previousOfList() -> Owned {
    let sequence = self.sequence
    if sequence.isAbsent { return Owned(taking: .absent) }
    let list = ListObject(sequence)
    let index = self.index
    if index >= 0 && index < list.count {
      let item = list.copyItem(index)
      if item.value.isAbsent { return exhaust() }
      self.index = index - 1
      return item
    }
    self.index = -1
    return exhaust()
  }

  /// Gives up the sequence, for good.
  @inline(never)
  func exhaust() -> Owned {
    let old = sequence
    sequence = .absent
    old.releaseIfPresent()
    return Owned(taking: .absent)
  }

  /// A list's iterator that takes over the reference to the list; absent, with nothing changed, when there is no memory.
  @inline(never)
  static func make(taking list: Value) -> Value {
    guard let raw = Heap.allocate(currentHeap, ItemIteratorObject.size, .tracked) else { return .absent }
    raw.initializeHeader(TypeObject.listIterator.rootShape)
    raw.storeBytes(of: list, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: 0, toByteOffset: 24, as: Int.self)
    Collector.countAllocation()
    return Value(raw)
  }

  /// The end of an iterator that nobody has a reference to any more and that has let go of what it ran over: nothing else needs to be done about it.
  @inline(never)
  func endExhausted() {
    Collector.countDeallocation()
    freeObject(raw)
  }

  fileprivate static func make(_ type: TypeObject, _ sequence: Value, _ index: Int) throws(PyError) -> Owned {
    let raw = try allocateObject(type.rootShape, size: ItemIteratorObject.size)
    sequence.retain()
    raw.storeBytes(of: sequence, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: index, toByteOffset: 24, as: Int.self)
    return Owned(taking: raw)
  }
}

extension ListObject {
  /// A new reference to an item that was there; absent when another thread has made the list shorter since.
  @inline(__always)
  fileprivate func copyItem(_ index: Int) -> Owned { _slowPath(Runtime.isFree) ? copyChanging(index) : Owned(copying: self[index]) }

  /// Iterators run without excluding others (``SharedBodies/FOR_ITER_NATIVE(_:_:_:)``).
  @inline(never)
  private func copyChanging(_ index: Int) -> Owned {
    let item = Ops<Free>.sharedItem(self, index)
    if !item.isAbsent { return Owned(taking: item) }
    // The list moves its items, or the item's last reference is given up.
    return Owned(taking: Sharing.exclusively(currentThread) {
      // Nobody takes an item out meanwhile; one may be appended.
      index < count ? Owned(copying: Value(bits: krait_load64_acquire(items + index))).take() : .absent
    })
  }
}

extension Owned {
  public static func listIterator(_ list: ListObject) throws(PyError) -> Owned { try ItemIteratorObject.make(.listIterator, list.value, 0) }
  public static func listReverseIterator(_ list: ListObject) throws(PyError) -> Owned {
    try ItemIteratorObject.make(.listReverseIterator, list.value, list.count - 1)
  }
  public static func tupleIterator(_ tuple: TupleObject) throws(PyError) -> Owned { try ItemIteratorObject.make(.tupleIterator, tuple.value, 0) }
}

func defineListIterators(_ types: TypeDefinitions) {
  types.define(.listIterator) { t in
    defineIterator(t, size: ItemIteratorObject.size, references: 1) { (iterator) throws(PyError) in ItemIteratorObject(iterator).nextOfList() }
    t.method("__length_hint__()", "How many items are left.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      let left = iterator.sequence.isAbsent ? 0 : ListObject(iterator.sequence).count - iterator.index
      return Owned(taking: Value(smallInteger: max(left, 0)))
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      return try reduceIterator(builtinAttribute("iter"), iterator.sequence, index: iterator.index, empty: try Owned.list())
    }
    t.method("__setstate__(state, /)", "For unpickling.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      let index = try stateIndex(call[0])
      if !iterator.sequence.isAbsent { iterator.index = min(max(index, 0), ListObject(iterator.sequence).count) }
      return .none
    }
  }
  types.define(.listReverseIterator) { t in
    defineIterator(t, size: ItemIteratorObject.size, references: 1) { (iterator) throws(PyError) in ItemIteratorObject(iterator).previousOfList() }
    t.method("__length_hint__()", "How many items are left.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      let left = iterator.index + 1
      let isPossible = !iterator.sequence.isAbsent && left <= ListObject(iterator.sequence).count
      return Owned(taking: Value(smallInteger: isPossible ? left : 0))
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      let function = try builtinAttribute("reversed")
      let isOver = iterator.index < 0
      return try reduceIterator(function, isOver ? .absent : iterator.sequence, index: iterator.index, empty: try Owned.list())
    }
    t.method("__setstate__(state, /)", "For unpickling.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      let index = try stateIndex(call[0])
      if !iterator.sequence.isAbsent { iterator.index = min(max(index, -1), ListObject(iterator.sequence).count - 1) }
      return .none
    }
  }
  types.define(.tupleIterator) { t in
    defineIterator(t, size: ItemIteratorObject.size, references: 1) { (iterator) throws(PyError) in ItemIteratorObject(iterator).nextOfTuple() }
    t.method("__length_hint__()", "How many items are left.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      let left = iterator.sequence.isAbsent ? 0 : TupleObject(iterator.sequence).count - iterator.index
      return Owned(taking: Value(smallInteger: max(left, 0)))
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      return try reduceIterator(builtinAttribute("iter"), iterator.sequence, index: iterator.index, empty: .emptyTuple)
    }
    t.method("__setstate__(state, /)", "For unpickling.") { (call) throws(PyError) in
      let iterator = ItemIteratorObject(call.receiver)
      let index = try stateIndex(call[0])
      if !iterator.sequence.isAbsent { iterator.index = min(max(index, 0), TupleObject(iterator.sequence).count) }
      return .none
    }
  }
}
