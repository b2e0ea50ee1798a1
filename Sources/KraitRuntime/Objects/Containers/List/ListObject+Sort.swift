// list.sort

import CKraitCore

extension ListObject {
  /// Sorts in place. While it runs the list is empty for whoever looks; what they put in is dropped, with a ValueError.
  ///
  /// - Parameter key: called with each item; None or absent compares the items themselves.
  public func sort(key: Value, reverse: Bool) throws(PyError) {
    let wasPrivate = Runtime.isFree && Privacy.isPrivate(value)
    let (items, count, capacity) = detach()
    self.capacity = -1
    var failure: PyError? = nil
    do throws(PyError) {
      if count > 0 { try ListObject.sort(items, count, key: key, reverse: reverse) }
    } catch { failure = error }
    // Whoever published the list while its items were elsewhere did not find them.
    if _slowPath(wasPrivate && !Privacy.isPrivate(value)) { Privacy.publishSlots(items, count) }
    let wasModified = self.capacity >= 0
    let isLocked = beginChange()
    let (strayItems, strayCount, strayCapacity) = detach()
    self.count = count
    self.capacity = capacity
    if capacity > 0 { self.items = items } else { raw.storeBytes(of: 0, toByteOffset: ListObject.itemsOffset, as: UInt.self) }
    endChange(isLocked)
    let pending = failure == nil ? Owned(taking: .absent) : currentThread.pointee.takeException()
    for index in 0..<strayCount { strayItems[index].releaseIfPresent() }
    if strayCapacity > 0 { Sharing.freeMemory(UnsafeMutableRawPointer(strayItems), size: strayCapacity * 8) }
    if let failure {
      currentThread.pointee.setException(pending)
      throw failure
    }
    if wasModified { throw PyError.valueError("list modified during sort") }
  }

  private static func sort(_ items: UnsafeMutablePointer<Value>, _ count: Int, key: Value, reverse: Bool) throws(PyError) {
    if key.isNone || key.isAbsent {
      if count < 2 { return }
      return try sort(keys: items, values: nil, count, reverse: reverse)
    }
    let keys = try allocateMemory(count * 8).assumingMemoryBound(to: Value.self)
    var made = 0
    defer {
      while made > 0 {
        made -= 1
        keys[made].release()
      }
      freeMemory(UnsafeMutableRawPointer(keys), size: count * 8)
    }
    while made < count {
      keys[made] = try key.call(items[made]).take()
      made += 1
    }
    if count > 1 { try sort(keys: keys, values: items, count, reverse: reverse) }
  }

  private static func sort(
    keys: UnsafeMutablePointer<Value>, values: UnsafeMutablePointer<Value>?, _ count: Int, reverse: Bool
  ) throws(PyError) {
    // Stable in reverse too: equal items keep their order.
    if reverse { turn(keys, values, count) }
    defer { if reverse { turn(keys, values, count) } }
    switch SortKind(keys, count) {
    case .smallIntegers: try sort(keys, values, count, SmallIntegerOrder.self)
    case .floats: try sort(keys, values, count, FloatOrder.self)
    case .narrowStrings: try sort(keys, values, count, NarrowStringOrder.self)
    case .strings: try sort(keys, values, count, StringOrder.self)
    case .tuples:
      excludeOtherThreads(sorting: keys, count)
      try sort(keys, values, count, TupleOrder.self)
    case .general:
      excludeOtherThreads(sorting: keys, count)
      try sort(keys, values, count, GeneralOrder.self)
    }
  }

  @inline(__always)
  private static func sort<Order: SortOrder>(
    _ keys: UnsafeMutablePointer<Value>, _ values: UnsafeMutablePointer<Value>?, _ count: Int, _: Order.Type
  ) throws(PyError) {
    var state = MergeSort<Order>(keys: keys, values: values, count: count)
    try state.sort()
  }

  private static func turn(_ keys: UnsafeMutablePointer<Value>, _ values: UnsafeMutablePointer<Value>?, _ count: Int) {
    reverseValues(keys, count)
    if let values { reverseValues(values, count) }
  }
}

/// Reverses the order of values in memory.
func reverseValues(_ items: UnsafeMutablePointer<Value>, _ count: Int) {
  var low = 0
  var high = count - 1
  while low < high {
    let item = items[low]
    items[low] = items[high]
    items[high] = item
    low += 1
    high -= 1
  }
}
