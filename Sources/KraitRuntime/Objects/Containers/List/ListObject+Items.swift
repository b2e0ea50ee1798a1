// Reading, replacing, adding and deleting items and slices of a list.

import CKraitCore

extension ListObject {
  /// The item at an index from 0 on, checked.
  @inline(__always)
  func item(_ index: Int) throws(PyError) -> Owned {
    guard UInt(bitPattern: index) < UInt(bitPattern: count) else { throw PyError.indexError("list index out of range") }
    return Owned(copying: self[index])
  }

  /// `item in self`.
  public func contains(_ item: Value) throws(PyError) -> Bool { try find(item, from: 0, to: .max) != nil }

  /// The first index of a value in a range, which may reach beyond the end.
  func find(_ value: Value, from start: Int, to stop: Int) throws(PyError) -> Int? {
    var index = start
    while index < stop && index < count {
      let item = self[index]
      if item === value { return index }
      if !Value.areSmallIntegers(item, value) {
        let held = Owned(copying: item)
        if try held.value.isEqual(to: value) { return index }
      }
      index += 1
    }
    return nil
  }

  func getSubscript(_ key: Value) throws(PyError) -> Owned {
    if key.isSmallInteger || (!key.isSlice && key.type.slots.pointee.index != nil) {
      let index = try key.asIndex()
      return try item(index < 0 ? index &+ count : index)
    }
    guard key.isSlice else { throw PyError.typeError("list indices must be integers or slices, not \(key.typeName)") }
    return try part(SliceObject(key).bounds())
  }

  /// A new list of the items that a slice selects.
  func part(_ bounds: SliceBounds) throws(PyError) -> Owned {
    let (start, _, step, selected) = bounds.indices(count)
    if selected <= 0 { return try .list() }
    if step == 1 { return try .list(UnsafeBufferPointer(start: items + start, count: selected)) }
    let result = try Owned.list(capacity: selected)
    let list = ListObject(result.value)
    var source = items + start
    var place = list.items
    let end = place + selected
    while place < end {
      let value = source.pointee
      if _slowPath(value.isObject) { value.retain() }
      place.pointee = value
      place += 1
      source += step
    }
    list.count = selected
    return result
  }

  /// `self[key] = value`, or `del self[key]` when the value is absent.
  func setSubscript(_ key: Value, _ value: Value) throws(PyError) {
    if key.isSmallInteger || key.type.slots.pointee.index != nil {
      let given = try key.asIndex()
      let index = given < 0 ? given &+ count : given
      guard UInt(bitPattern: index) < UInt(bitPattern: count) else { throw PyError.indexError("list assignment index out of range") }
      if value.isAbsent { return removeItems(index, 1) }
      return set(index, taking: Owned(copying: value))
    }
    guard key.isSlice else { throw PyError.typeError("list indices must be integers or slices, not \(key.typeName)") }
    let bounds = try SliceObject(key).bounds()
    if value.isAbsent { return try deleteSlice(bounds) }
    try setSlice(bounds, value)
  }

  // MARK: Slices

  func setSlice(_ bounds: SliceBounds, _ value: Value) throws(PyError) {
    // A copy, unless it is a tuple or a list that cannot be this one: making it may run code that changes this list.
    let new: Owned
    if value.isExactTuple || (value.isExactList && value !== self.value) {
      new = Owned(copying: value)
    } else if value.isExactList {
      new = try Owned.list(ListObject(value).buffer)
    } else {
      guard value.type.slots.pointee.iterate != nil || value.type.slots.pointee.item != nil else {
        throw PyError.typeError("must assign iterable to extended slice")
      }
      new = try Owned.list(from: value)
    }
    let values = new.value.isTuple ? TupleObject(new.value).buffer : ListObject(new.value).buffer
    let (start, stop, step, selected) = bounds.indices(count)
    if step == 1 { return try replaceItems(start, max(stop, start) - start, with: values) }
    guard selected == values.count else {
      throw PyError.valueError("attempt to assign sequence of size \(values.count) to extended slice of size \(selected)")
    }
    if selected <= 0 { return }
    let old = try allocateMemory(selected * 8).assumingMemoryBound(to: Value.self)
    var index = start
    for place in 0..<selected {
      old[place] = items[index]
      values[place].retain()
      items[index] = values[place]
      index &+= step
    }
    // Only now, with the list whole: giving up a reference may run code.
    for place in 0..<selected { old[place].release() }
    freeMemory(UnsafeMutableRawPointer(old), size: selected * 8)
  }

  /// Exchanges the items that a slice in steps of one selects with those of another list, if there are as many; else false, with nothing done.
  func exchange(_ bounds: SliceBounds, _ other: ListObject) -> Bool {
    let (start, stop, _, _) = bounds.indices(count)
    let selected = max(stop &- start, 0)
    guard selected == other.count else { return false }
    let (first, second) = (items + start, other.items)
    for index in 0..<selected {
      let value = first[index]
      first[index] = second[index]
      second[index] = value
    }
    return true
  }

  private func deleteSlice(_ bounds: SliceBounds) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    var (start, stop, step, selected) = bounds.indices(count)
    if step == 1 { return try replaceItems(start, max(stop, start) - start, with: UnsafeBufferPointer(start: nil, count: 0)) }
    if selected <= 0 { return }
    if step < 0 {
      // The same items, from the first on.
      start = start &+ step &* (selected - 1)
      step = 0 &- step
    }
    let old = try allocateMemory(selected * 8).assumingMemoryBound(to: Value.self)
    let items = self.items
    var write = start
    var next = start
    var taken = 0
    for read in start..<count {
      if taken < selected && read == next {
        old[taken] = items[read]
        taken += 1
        next = taken < selected ? next &+ step : .max
      } else {
        items[write] = items[read]
        write += 1
      }
    }
    count = write
    shrink()
    for place in 0..<selected { old[place].release() }
    freeMemory(UnsafeMutableRawPointer(old), size: selected * 8)
  }

  /// Replaces `removed` items from `start` on by new references to the values, which are not this list's own.
  private func replaceItems(_ start: Int, _ removed: Int, with values: UnsafeBufferPointer<Value>) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let count = self.count
    let newCount = count - removed + values.count
    if newCount == 0 { return removeAll() }
    if removed == values.count && removed <= 32 { return exchangeItems(start, with: values) }
    var old: UnsafeMutablePointer<Value>? = nil
    if removed > 0 {
      let memory = try allocateMemory(removed * 8).assumingMemoryBound(to: Value.self)
      memory.update(from: items + start, count: removed)
      old = memory
    }
    if newCount > count {
      do throws(PyError) { try resizeStorage(newCount) } catch {
        if let old { freeMemory(UnsafeMutableRawPointer(old), size: removed * 8) }
        throw error
      }
    }
    let items = self.items
    if removed != values.count { (items + start + values.count).update(from: items + start + removed, count: count - start - removed) }
    copyReferences(from: values, to: items + start)
    self.count = newCount
    if newCount < count { shrink() }
    if let old {
      var index = removed
      while index > 0 {
        index -= 1
        old[index].release()
      }
      freeMemory(UnsafeMutableRawPointer(old), size: removed * 8)
    }
  }

  /// As ``replaceItems(_:_:with:)`` for a few items by as many.
  private func exchangeItems(_ start: Int, with values: UnsafeBufferPointer<Value>) {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 32) { old in
      let place = items + start
      for index in 0..<values.count {
        let value = values[index]
        value.retainIfPresent()
        old[index] = place[index]
        place[index] = value
      }
      // Only now, with the list whole: giving up a reference may run code.
      for index in 0..<values.count { old[index].releaseIfPresent() }
    }
  }

  /// Deletes items at valid indices.
  public func removeItems(_ start: Int, _ removed: Int) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let items = self.items
    let count = self.count
    if removed == 1 {
      let old = items[start]
      (items + start).update(from: items + start + 1, count: count - start - 1)
      self.count = count - 1
      shrink()
      old.release()
      return
    }
    for _ in 0..<removed { removeItems(start, 1) }
  }

  /// Gives memory back when less than half of it is in use. No memory for a smaller block is no error: the larger one stays.
  @inline(__always)
  func shrink() {
    if _slowPath(count < capacity &>> 1) { shrinkStorage() }
  }

  @inline(never)
  private func shrinkStorage() {
    do throws(PyError) { try resizeStorage(count) } catch { PyError.clear() }
  }

  // MARK: Methods

  func insert(_ index: Int, _ value: Value) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let count = self.count
    let place = index < 0 ? max(index &+ count, 0) : min(index, count)
    try resizeStorage(count + 1)
    let items = self.items
    (items + place + 1).update(from: items + place, count: count - place)
    value.retain()
    items[place] = value
    self.count = count + 1
  }

  public func pop(_ index: Int) throws(PyError) -> Owned {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let count = self.count
    if count == 0 { throw PyError.indexError("pop from empty list") }
    let place = index < 0 ? index &+ count : index
    guard UInt(bitPattern: place) < UInt(bitPattern: count) else { throw PyError.indexError("pop index out of range") }
    let items = self.items
    let value = items[place]
    if place != count - 1 { (items + place).update(from: items + place + 1, count: count - place - 1) }
    self.count = count - 1
    shrink()
    return Owned(taking: value)
  }

  func repeatInPlace(_ times: Int) throws(PyError) {
    let isLocked = beginChange()
    defer { endChange(isLocked) }
    let count = self.count
    if count == 0 || times == 1 { return }
    if times < 1 { return removeAll() }
    let (total, tooMany) = count.multipliedReportingOverflow(by: times)
    if tooMany { throw PyError.memoryError() }
    try resizeStorage(total)
    repeatReferences(items, count, times: times - 1, to: items + count)
    self.count = total
  }
}
