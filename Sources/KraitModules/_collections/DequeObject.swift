// Deques in memory: a ring, so that both ends and every index are near.

import KraitRuntime

nonisolated(unsafe) var dequeType = ModuleType()

/// A `collections.deque` or an instance of a subclass.
///
/// The items are in a ring whose size is a power of two; `head` is the place of the first. Whatever adds or removes items changes `version`, by which
/// iterators and searches notice it.
struct DequeObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var ring: UnsafeMutablePointer<Value>?
    /// Places less one; -1 without a ring.
    var mask: Int
    var head: Int
    var count: Int
    /// Negative for a deque without a limit.
    var limit: Int
    var version: Int
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  @inline(__always) var count: Int { contents.pointee.count }
  @inline(__always) var limit: Int { contents.pointee.limit }
  @inline(__always) var version: Int { contents.pointee.version }
  var value: Value { Value(raw) }

  /// An empty deque of a class.
  static func make(_ type: TypeObject, limit: Int) throws(PyError) -> Owned {
    let deque = DequeObject(raw: try type.allocate())
    deque.contents.pointee.mask = -1
    deque.contents.pointee.limit = limit
    return Owned(taking: deque.raw)
  }

  @inline(__always)
  func place(_ index: Int) -> UnsafeMutablePointer<Value> {
    contents.pointee.ring.unsafelyUnwrapped + ((contents.pointee.head &+ index) & contents.pointee.mask)
  }

  /// The item at an index that is in range, borrowed.
  @inline(__always)
  subscript(_ index: Int) -> Value { place(index).pointee }

  @inline(__always)
  private func changed() { contents.pointee.version &+= 1 }

  @inline(never)
  private func grow() throws(PyError) {
    let old = contents.pointee.mask + 1
    let new = max(16, old * 2)
    let ring = try allocateMemory(new * 8).assumingMemoryBound(to: Value.self)
    for index in 0..<count { ring[index] = self[index] }
    if let ring = contents.pointee.ring { freeMemory(UnsafeMutableRawPointer(ring), size: old * 8) }
    contents.pointee.ring = ring
    contents.pointee.mask = new - 1
    contents.pointee.head = 0
  }

  @inline(__always)
  func append(taking item: consuming Owned) throws(PyError) {
    if _slowPath(contents.pointee.count > contents.pointee.mask) { try grow() }
    place(contents.pointee.count).pointee = item.take()
    contents.pointee.count &+= 1
    changed()
    if contents.pointee.limit >= 0 && contents.pointee.count > contents.pointee.limit { _ = popFirst() }
  }

  @inline(__always)
  func prepend(taking item: consuming Owned) throws(PyError) {
    if _slowPath(contents.pointee.count > contents.pointee.mask) { try grow() }
    contents.pointee.head = (contents.pointee.head &- 1) & contents.pointee.mask
    place(0).pointee = item.take()
    contents.pointee.count &+= 1
    changed()
    if contents.pointee.limit >= 0 && contents.pointee.count > contents.pointee.limit { _ = popLast() }
  }

  /// Takes the first item out of a deque that is not empty.
  @inline(__always)
  func popFirst() -> Owned {
    let item = place(0).pointee
    contents.pointee.head = (contents.pointee.head &+ 1) & contents.pointee.mask
    contents.pointee.count &-= 1
    changed()
    return Owned(taking: item)
  }

  @inline(__always)
  func popLast() -> Owned {
    contents.pointee.count &-= 1
    changed()
    return Owned(taking: place(contents.pointee.count).pointee)
  }

  /// Gives up all items; the deque is whole and empty before the first of them ends.
  func removeAll() {
    guard let ring = contents.pointee.ring else { return }
    let (head, count, mask) = (contents.pointee.head, contents.pointee.count, contents.pointee.mask)
    contents.pointee.ring = nil
    contents.pointee.mask = -1
    contents.pointee.head = 0
    contents.pointee.count = 0
    changed()
    for index in 0..<count { ring[(head &+ index) & mask].release() }
    freeMemory(UnsafeMutableRawPointer(ring), size: (mask + 1) * 8)
  }

  func extend(_ iterable: Value) throws(PyError) {
    if iterable === value {
      let copy = try Owned.list(from: iterable)
      return try extend(copy.value)
    }
    excludeOtherThreads(iterating: iterable)
    let iterator = try iterable.iterate()
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { return }
      if limit != 0 { try append(taking: item) }
    }
  }

  func extendLeft(_ iterable: Value) throws(PyError) {
    if iterable === value {
      let copy = try Owned.list(from: iterable)
      return try extendLeft(copy.value)
    }
    excludeOtherThreads(iterating: iterable)
    let iterator = try iterable.iterate()
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { return }
      if limit != 0 { try prepend(taking: item) }
    }
  }

  /// Turns right by `steps`, or left if they are negative.
  func rotate(_ steps: Int) {
    let count = self.count
    if count <= 1 { return }
    var left = steps % count
    if left > count / 2 { left -= count } else if left < -(count / 2) { left += count }
    changed()
    let contents = self.contents
    let mask = contents.pointee.mask
    if count == mask + 1 {
      contents.pointee.head = (contents.pointee.head &- left) & mask
      return
    }
    while left > 0 {
      let last = place(count - 1).pointee
      contents.pointee.head = (contents.pointee.head &- 1) & mask
      place(0).pointee = last
      left -= 1
    }
    while left < 0 {
      let first = place(0).pointee
      contents.pointee.head = (contents.pointee.head &+ 1) & mask
      place(count - 1).pointee = first
      left += 1
    }
  }

  func reverse() {
    var (low, high) = (0, count - 1)
    while low < high {
      (place(low).pointee, place(high).pointee) = (place(high).pointee, place(low).pointee)
      low += 1
      high -= 1
    }
  }

  /// Puts an item before the one at an index from 0 to the count.
  func insert(_ index: Int, _ item: Value) throws(PyError) {
    try append(taking: Owned(copying: item))
    var place = count - 1
    let new = self.place(place).pointee
    while place > index {
      self.place(place).pointee = self.place(place - 1).pointee
      place -= 1
    }
    self.place(index).pointee = new
  }

  /// Takes the item at an index that is in range out.
  func remove(at index: Int) -> Owned {
    let item = self[index]
    if index < count / 2 {
      var place = index
      while place > 0 {
        self.place(place).pointee = self.place(place - 1).pointee
        place -= 1
      }
      contents.pointee.head = (contents.pointee.head &+ 1) & contents.pointee.mask
    } else {
      for place in index..<(count - 1) { self.place(place).pointee = self.place(place + 1).pointee }
    }
    contents.pointee.count &-= 1
    changed()
    return Owned(taking: item)
  }

  /// The first index of a value in a range; nil if it is not there.
  func find(_ value: Value, from start: Int, to stop: Int) throws(PyError) -> Int? {
    let version = self.version
    var index = start
    while index < stop {
      let item = Owned(copying: self[index])
      let isFound = try item.value.isEqual(to: value)
      if isFound && version == self.version { return index }
      if version != self.version {
        if isFound { return index }
        throw .runtimeError("deque mutated during iteration")
      }
      index += 1
    }
    return nil
  }
}
