// Lists in memory, and how native code makes, reads and changes them.

import CKraitCore
import Glibc

/// A `list` or an instance of a subclass.
@frozen
public struct ListObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// Unchecked: the value is a list.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  @usableFromInline static var countOffset: Int { 24 }
  @usableFromInline static var capacityOffset: Int { 32 }
  @usableFromInline static var itemsOffset: Int { 40 }
  static var size: Int { 48 }
  static var maximumCount: Int { Int.max / 16 }

  @inlinable public var value: Value { @inline(__always) get { Value(raw) } }

  @inlinable
  public var count: Int {
    // Acquire and release: without a lock, who reads the count finds the items.
    @inline(__always) get { Int(bitPattern: UInt(krait_load64_acquire(raw + ListObject.countOffset))) }
    @inline(__always) nonmutating set { krait_store64_release(raw + ListObject.countOffset, UInt64(bitPattern: Int64(newValue))) }
  }

  /// Items that there is room for; -1 while the list is being sorted and stands empty.
  @inlinable
  public var capacity: Int {
    @inline(__always) get { raw.load(fromByteOffset: ListObject.capacityOffset, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: ListObject.capacityOffset, as: Int.self) }
  }

  /// Where the address of the items stands.
  @inline(__always) var itemsPlace: UnsafeMutableRawPointer { raw + ListObject.itemsOffset }

  /// Meaningful only if ``count`` or ``capacity`` is positive.
  @inlinable
  public var items: UnsafeMutablePointer<Value> {
    @inline(__always) get {
      unsafeBitCast(raw.load(fromByteOffset: ListObject.itemsOffset, as: UInt.self), to: UnsafeMutablePointer<Value>.self)
    }
    @inline(__always) nonmutating set {
      raw.storeBytes(of: UInt(bitPattern: newValue), toByteOffset: ListObject.itemsOffset, as: UInt.self)
    }
  }

  /// The items as they are now, borrowed.
  @inlinable public var buffer: UnsafeBufferPointer<Value> { @inline(__always) get { UnsafeBufferPointer(start: items, count: count) } }

  /// The item, borrowed; the index is not checked.
  @inlinable
  public subscript(index: Int) -> Value { @inline(__always) get { items[index] } }

  /// Adds a new reference to the value.
  @inline(__always)
  public func append(_ value: Value) throws(PyError) {
    try append(taking: Owned(copying: value))
  }

  @inline(__always)
  public func append(taking value: consuming Owned) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let count = self.count
    if _fastPath(count < capacity) {
      krait_store64(items + count, value.take().bits)
      self.count = count &+ 1
    } else {
      try appendGrowing(value)
    }
  }

  @inline(never)
  private func appendGrowing(_ value: consuming Owned) throws(PyError) {
    let count = self.count
    try resizeStorage(count + 1)
    krait_store64(items + count, value.take().bits)
    self.count = count + 1
  }

  /// Replaces the item at a valid index.
  @inline(__always)
  public func set(_ index: Int, taking value: consuming Owned) {
    let place = items + index
    let old = place.pointee
    place.pointee = value.take()
    old.release()
  }
}

// MARK: - Changes without a lock

extension ListObject {
  /// In the model without a lock, fast paths append to lists while other threads run native code: native code that changes how many items there are, or where they are, begins
  /// and ends the change with these. Whether this call is the one that ends it.
  @inline(__always)
  func beginChange() -> Bool { _slowPath(Runtime.isFree) && excludeFastPaths() }

  @inline(__always)
  func endChange(_ isOutermost: Bool) {
    if _slowPath(isOutermost) { admitFastPaths() }
  }

  /// The state's lock: 0 free, 1 a fast path appends, 2 native code changes the list.
  @inline(never)
  private func excludeFastPaths() -> Bool {
    guard currentThread.pointee.hasPeers, !Privacy.isPrivate(raw) else { return false }
    let lock = raw.objectState
    // What native code holds is held by this thread, or by one that runs Python in the middle of a change: fast paths are kept away either way.
    if krait_load8(lock) == 2 { return false }
    var rounds = 0
    while !krait_cas8(lock, 0, 2) {
      rounds += 1
      if rounds > 64 { sched_yield() } else { krait_pause() }
    }
    return true
  }

  @inline(never)
  private func admitFastPaths() { krait_store8_release(raw.objectState, 0) }

  /// Appends in a fast path beside other threads, if there is room and nobody else changes the list. Takes over the reference if so.
  @inline(__always)
  func appendShared(_ value: Value) -> Bool {
    let lock = raw + ObjectHeader.size
    guard krait_cas8(lock, 0, 1) else { return false }
    let count = self.count
    let hasRoom = count < capacity
    if _fastPath(hasRoom) {
      krait_store64(items + count, value.bits)
      self.count = count &+ 1
    }
    krait_store8_release(lock, 0)
    return hasRoom
  }

  /// Replaces an item in a fast path beside other threads, if neither the old nor the new one is an object: then no count changes, and native code that looks at the list meanwhile has nothing that could end.
  /// When false, the item may have been replaced or not: the general path does it again, once whoever changes the list has done so.
  @inline(__always)
  func replaceShared(_ index: Int, _ value: Value) -> Bool {
    if value.isObject { return false }
    let base = krait_load64_acquire(itemsPlace)
    let count = min(self.count, capacity)
    let position = index < 0 ? index &+ count : index
    if _slowPath(UInt(bitPattern: position) >= UInt(bitPattern: count) || krait_load64_acquire(itemsPlace) != base || base == 0) { return false }
    let place = UnsafeMutableRawPointer(bitPattern: UInt(base)).unsafelyUnwrapped + position &* 8
    let old = Value(bits: krait_load64(place))
    if old.isObject || !krait_cas64(place, old.bits, value.bits) { return false }
    // Whoever moves items has seen this one, or is seen here.
    return krait_load8_ordered(raw.objectState) != 2 && krait_load64_acquire(itemsPlace) == base
  }
}

// MARK: - Storage

extension ListObject {
  /// Makes room for `newCount` items, with CPython's reserve (an eighth and a little, in fours) and its shrinking; ``count`` stays.
  @inline(never)
  func resizeStorage(_ newCount: Int) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let capacity = max(self.capacity, 0)
    if newCount <= capacity && newCount >= capacity &>> 1 {
      if self.capacity < 0 { self.capacity = 0 }
      return
    }
    guard newCount <= ListObject.maximumCount else { throw PyError.memoryError() }
    if newCount == 0 { return dropStorage(capacity) }
    var wanted = (newCount + newCount &>> 3 + 6) & ~3
    if newCount - count > wanted - newCount { wanted = (newCount + 3) & ~3 }
    // What others may know doubles: each time takes a lock, and the old memory waits for all threads.
    if _slowPath(Runtime.isFree) && newCount == count + 1 && newCount < 1 << 16 && currentThread.pointee.hasPeers && !Privacy.isPrivate(raw) { wanted = max(wanted, (2 &* newCount + 15) & ~7) }
    try setCapacity(wanted, from: capacity)
  }

  /// Makes room for exactly as many items.
  func reserve(_ wanted: Int) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    if wanted > max(capacity, 0) {
      guard wanted <= ListObject.maximumCount else { throw PyError.memoryError() }
      try setCapacity(wanted, from: max(capacity, 0))
    }
  }

  private func setCapacity(_ wanted: Int, from capacity: Int) throws(PyError) {
    if capacity == 0 {
      items = try allocateMemory(wanted * 8).assumingMemoryBound(to: Value.self)
    } else if !Runtime.isFree || !currentThread.pointee.hasPeers || Privacy.isPrivate(raw) {
      items = try reallocateMemory(items, from: capacity * 8, to: wanted * 8).assumingMemoryBound(to: Value.self)
    } else {
      let old = items
      let new = try allocateMemory(wanted * 8)
      new.copyMemory(from: old, byteCount: min(capacity, wanted) * 8)
      // Without a lock, whoever finds the new items must not believe that there is more room than there is.
      if wanted < capacity { self.capacity = wanted }
      krait_store64_release(itemsPlace, UInt64(UInt(bitPattern: new)))
      giveBack(old, capacity)
    }
    self.capacity = wanted
  }

  private func dropStorage(_ capacity: Int) {
    let old = items
    raw.storeBytes(of: 0, toByteOffset: ListObject.itemsOffset, as: UInt.self)
    self.capacity = 0
    if capacity > 0 { giveBack(old, capacity) }
  }

  /// Gives up memory in which other threads may be reading items, unless the list is private.
  private func giveBack(_ items: UnsafeMutablePointer<Value>, _ capacity: Int) {
    if _slowPath(Runtime.isFree) && !Privacy.isPrivate(raw) { return Sharing.freeMemory(UnsafeMutableRawPointer(items), size: capacity * 8) }
    freeMemory(UnsafeMutableRawPointer(items), size: capacity * 8)
  }

  /// Takes the items away: the list is empty, and whoever calls owns the memory and the references. For whatever may run Python while it gives them up.
  func detach() -> (items: UnsafeMutablePointer<Value>, count: Int, capacity: Int) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let result = (items, count, max(capacity, 0))
    count = 0
    raw.storeBytes(of: 0, toByteOffset: ListObject.itemsOffset, as: UInt.self)
    if capacity > 0 { capacity = 0 }
    return result
  }

  /// Gives up all items.
  public func removeAll() {
    let (items, count, capacity) = detach()
    var index = count
    while index > 0 {
      index -= 1
      items[index].releaseIfPresent()
    }
    if capacity > 0 { giveBack(items, capacity) }
  }

  /// A tuple that takes over the items of this list, which nobody else knows.
  func takeItemsAsTuple() throws(PyError) -> Owned {
    let tuple = try Owned.tuple(taking: buffer)
    count = 0
    return tuple
  }
}

// MARK: - Making lists

extension Owned {
  @inline(__always)
  public static func list() throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.list.rootShape, size: ListObject.size)
    (raw + 16).initializeMemory(as: UInt64.self, repeating: 0, count: 4)
    return Owned(taking: raw)
  }

  /// An empty list with room for as many items.
  public static func list(capacity: Int) throws(PyError) -> Owned {
    let list = try Owned.list()
    if capacity <= 0 { return list }
    guard capacity <= ListObject.maximumCount else { throw PyError.memoryError() }
    let object = ListObject(list.value)
    object.items = try allocateMemory(capacity * 8).assumingMemoryBound(to: Value.self)
    object.capacity = capacity
    return list
  }

  /// A list of new references to the values.
  public static func list(_ values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    let list = try Owned.list(capacity: values.count)
    let object = ListObject(list.value)
    if values.count > 0 { copyReferences(from: values, to: object.items) }
    object.count = values.count
    return list
  }

  /// `list(iterable)`.
  public static func list(from iterable: Value) throws(PyError) -> Owned {
    let list = try Owned.list()
    try ListObject(list.value).extend(iterable)
    return list
  }
}

extension ListObject {
  /// `list.extend`: what was added before an error stays.
  public func extend(_ iterable: Value) throws(PyError) {
    if iterable.isExactList || iterable === value { return try extend(ListObject(iterable)) }
    if iterable.isExactTuple { return try extend(copying: TupleObject(iterable).buffer) }
    excludeOtherThreads(iterating: iterable)
    let iterator = try iterable.iterate()
    let hint = try iterable.lengthHint(8)
    // A sum beyond all numbers may be a wrong hint; one that no memory holds is an error at once.
    if hint <= Int.max - count && capacity >= 0 && (count > 0 || hint > 0) { try reserve(count + hint) }
    var sink = GeneratorSink(kind: .list, container: value)
    while true {
      let item = try iterator.value.next(into: &sink)
      if item.value.isAbsent { break }
      try append(taking: item)
    }
    if capacity > 0 && count < capacity &>> 1 { try resizeStorage(count) }
  }

  private func extend(_ other: ListObject) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let added = other.count
    if added == 0 { return }
    let before = count
    try resizeStorage(before + added)
    // Only now: for `x.extend(x)` the items may have moved.
    copyReferences(from: UnsafeBufferPointer(start: other.items, count: added), to: items + before)
    count = before + added
  }

  /// Appends values that the caller owns no more when this returns.
  public func append(taking values: UnsafeBufferPointer<Value>) throws(PyError) {
    guard let first = values.baseAddress, values.count > 0 else { return }
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let before = count
    try resizeStorage(before + values.count)
    (items + before).update(from: first, count: values.count)
    count = before + values.count
  }

  private func extend(copying values: UnsafeBufferPointer<Value>) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    if values.count == 0 { return }
    let before = count
    try resizeStorage(before + values.count)
    copyReferences(from: values, to: items + before)
    count = before + values.count
  }
}
