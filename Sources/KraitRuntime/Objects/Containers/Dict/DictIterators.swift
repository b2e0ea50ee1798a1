// Iterators over dicts: keys, values and items, forwards and backwards.

import CKraitCore

/// An iterator over a dict: the dict (absent at the end), a pair to use again (``PairCache``), its size at the start (-1 once it was found to have changed), the next
/// entry, and how many are left.
@frozen
public struct DictIteratorObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  static var size: Int { 56 }

  var dict: Value {
    @inline(__always) get { raw.load(fromByteOffset: 16, as: Value.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Value.self) }
  }
  var cache: PairCache { @inline(__always) get { PairCache(place: raw + 24) } }
  var expectedCount: Int {
    @inline(__always) get { raw.load(fromByteOffset: 32, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 32, as: Int.self) }
  }
  var position: Int {
    @inline(__always) get { raw.load(fromByteOffset: 40, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 40, as: Int.self) }
  }
  var left: Int {
    @inline(__always) get { raw.load(fromByteOffset: 48, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 48, as: Int.self) }
  }

  /// The next entry (key, value), or nil at the end.
  @inline(__always)
  public func nextEntry() throws(PyError) -> UnsafeMutablePointer<Value>? {
    let dict = self.dict
    if _slowPath(dict.isAbsent) { return nil }
    let object = DictObject(dict)
    if _slowPath(object.count != expectedCount) { throw sizeChanged() }
    let keys = object.keys
    let end = keys.entryCount
    var index = position
    while index < end {
      let entry = keys.entry(index)
      index &+= 1
      if _fastPath(!entry[1].isAbsent) {
        if _slowPath(left == 0) { throw keysChanged() }
        position = index
        left = left &- 1
        return entry
      }
    }
    exhaust()
    return nil
  }

  /// The entry before, or nil at the end.
  func previousEntry() throws(PyError) -> UnsafeMutablePointer<Value>? {
    if dict.isAbsent { return nil }
    let object = DictObject(dict)
    if object.count != expectedCount { throw sizeChanged() }
    let keys = object.keys
    var index = position
    // A table that was made anew in between may be shorter: then this is the end.
    while index >= 0 && index < keys.entryCount {
      let entry = keys.entry(index)
      index -= 1
      if !entry[1].isAbsent {
        if left == 0 { throw keysChanged() }
        position = index
        left -= 1
        return entry
      }
    }
    exhaust()
    return nil
  }

  @inline(never)
  private func sizeChanged() -> PyError {
    expectedCount = -1
    return .runtimeError("dictionary changed size during iteration")
  }

  @inline(never)
  private func keysChanged() -> PyError {
    exhaust()
    return .runtimeError("dictionary keys changed during iteration")
  }

  @inline(never)
  private func exhaust() {
    let old = dict
    dict = .absent
    old.releaseIfPresent()
  }

  /// Steps of the three forward iterators; absent at the end.
  @inline(__always)
  public func nextKey() throws(PyError) -> Owned {
    if _slowPath(Runtime.isFree), let (key, _) = nextShared(key: true, value: false) { return Owned(taking: key) }
    guard let entry = try nextEntry() else { return Owned(taking: .absent) }
    return Owned(copying: entry[0])
  }
  @inline(__always)
  public func nextValue() throws(PyError) -> Owned {
    if _slowPath(Runtime.isFree), let (_, value) = nextShared(key: false, value: true) { return Owned(taking: value) }
    guard let entry = try nextEntry() else { return Owned(taking: .absent) }
    return Owned(copying: entry[1])
  }
  @inline(__always)
  public func nextItem() throws(PyError) -> Owned {
    if _slowPath(Runtime.isFree), let (key, value) = nextShared(key: true, value: true) { return try cache.pair(Owned(taking: key), Owned(taking: value)) }
    guard let entry = try nextEntry() else { return Owned(taking: .absent) }
    return try cache.pair(Owned(copying: entry[0]), Owned(copying: entry[1]))
  }

  /// The next entry of a dict that other threads may change, new references: iterators run without excluding others (``SharedBodies/FOR_ITER_NATIVE(_:_:_:)``). When it cannot be told, and at the end,
  /// others are excluded from here on, to the end of the native function, and the answer is nil.
  @inline(never)
  func nextShared(key: Bool, value: Bool) -> (key: Value, value: Value)? {
    let dict = self.dict
    if !dict.isAbsent, let entry = Ops<Free>.nextSharedEntry(self, DictObject(dict), key: key, value: value) { return entry }
    Sharing.enter(currentThread)
    return nil
  }

  /// The same iterator once more.
  fileprivate func copy() throws(PyError) -> Owned {
    let copy = try allocateObject(raw.shape, size: DictIteratorObject.size)
    (copy + 16).copyMemory(from: raw + 16, byteCount: DictIteratorObject.size - 16)
    copy.storeBytes(of: .absent, toByteOffset: 24, as: Value.self)
    dict.retainIfPresent()
    return Owned(taking: copy)
  }
}

extension Owned {
  /// An iterator of one of the three forward types.
  public static func dictIterator(_ type: TypeObject, _ dict: DictObject) throws(PyError) -> Owned {
    try make(type, dict, 0)
  }

  /// An iterator of one of the three backward types.
  static func dictReverseIterator(_ type: TypeObject, _ dict: DictObject) throws(PyError) -> Owned {
    try make(type, dict, dict.keys.entryCount - 1)
  }

  private static func make(_ type: TypeObject, _ dict: DictObject, _ position: Int) throws(PyError) -> Owned {
    let raw = try allocateObject(type.rootShape, size: DictIteratorObject.size)
    dict.raw.retain()
    raw.storeBytes(of: dict.value, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: .absent, toByteOffset: 24, as: Value.self)
    raw.storeBytes(of: dict.count, toByteOffset: 32, as: Int.self)
    raw.storeBytes(of: position, toByteOffset: 40, as: Int.self)
    raw.storeBytes(of: dict.count, toByteOffset: 48, as: Int.self)
    return Owned(taking: raw)
  }
}

func defineDictIterators(_ types: TypeDefinitions) {
  types.define(.dictKeyIterator) { t in
    defineDictIterator(t) { (iterator) throws(PyError) in try DictIteratorObject(iterator).nextKey() }
  }
  types.define(.dictValueIterator) { t in
    defineDictIterator(t) { (iterator) throws(PyError) in try DictIteratorObject(iterator).nextValue() }
  }
  types.define(.dictItemIterator) { t in
    defineDictIterator(t) { (iterator) throws(PyError) in try DictIteratorObject(iterator).nextItem() }
  }
  types.define(.dictReverseKeyIterator) { t in
    defineDictIterator(t) { (iterator) throws(PyError) in
      guard let entry = try DictIteratorObject(iterator).previousEntry() else { return Owned(taking: .absent) }
      return Owned(copying: entry[0])
    }
  }
  types.define(.dictReverseValueIterator) { t in
    defineDictIterator(t) { (iterator) throws(PyError) in
      guard let entry = try DictIteratorObject(iterator).previousEntry() else { return Owned(taking: .absent) }
      return Owned(copying: entry[1])
    }
  }
  types.define(.dictReverseItemIterator) { t in
    defineDictIterator(t) { (iterator) throws(PyError) in
      guard let entry = try DictIteratorObject(iterator).previousEntry() else { return Owned(taking: .absent) }
      return try Owned.tuple(entry[0], entry[1])
    }
  }
}

private func defineDictIterator(_ t: TypeDefinition, next: @escaping (Value) throws(PyError) -> Owned) {
  defineIterator(t, size: DictIteratorObject.size, references: 2, next: next)
  t.method("__length_hint__()", "How many items are left.") { (call) throws(PyError) in
    let iterator = DictIteratorObject(call.receiver)
    let isValid = !iterator.dict.isAbsent && DictObject(iterator.dict).count == iterator.expectedCount
    return Owned(taking: Value(smallInteger: isValid ? iterator.left : 0))
  }
  t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in try reduceAsList(try DictIteratorObject(call.receiver).copy()) }
}
