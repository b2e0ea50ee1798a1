// Ordered dicts in memory: a dict, and beside it the order of its keys as a doubly linked list in one block of nodes.

import KraitRuntime

nonisolated(unsafe) var orderedDictType = ModuleType()

/// A `collections.OrderedDict` or an instance of a subclass.
///
/// Programs can reach the dict behind the order's back (`dict.__delitem__(od, key)`): a node without an entry is a KeyError when its value is asked for, an
/// entry without a node is not iterated over.
struct OrderedDictObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Node {
    /// Owned.
    var key: Value
    var hash: Int
    /// Numbers of nodes, -1 at the ends; of a free node, `next` is the next free one.
    var next: Int32
    var previous: Int32
  }

  struct Contents {
    var nodes: UnsafeMutablePointer<Node>?
    var capacity: Int32
    /// How many places of `nodes` were ever used.
    var used: Int32
    var free: Int32
    var first: Int32
    var last: Int32
    /// The dict's table that `numbers` belongs to.
    var table: UInt32
    /// The node of each entry of the dict, by the entry's number; -1 for none.
    var numbers: UnsafeMutablePointer<Int32>?
    var numberCount: Int
    /// Nodes in the list.
    var count: Int
    /// Whatever changes the order changes this: iterators notice it.
    var version: Int
  }

  static var size: Int { DictObject.size + MemoryLayout<Contents>.size }

  @inline(__always)
  var contents: UnsafeMutablePointer<Contents> { (raw + DictObject.size).assumingMemoryBound(to: Contents.self) }
  var dict: DictObject { @inline(__always) get { DictObject(raw: raw) } }
  var value: Value { Value(raw) }
  var version: Int { @inline(__always) get { contents.pointee.version } }
  var first: Int32 { @inline(__always) get { contents.pointee.first } }
  var last: Int32 { @inline(__always) get { contents.pointee.last } }
  var isExact: Bool { orderedDictType.isType(of: value) }

  func initializeOrder() {
    contents.pointee.free = -1
    contents.pointee.first = -1
    contents.pointee.last = -1
  }

  /// A node of the list.
  @inline(__always)
  func node(_ number: Int32) -> UnsafeMutablePointer<Node> { contents.pointee.nodes.unsafelyUnwrapped + Int(number) }

  @inline(__always)
  private func changed() { contents.pointee.version &+= 1 }

  // MARK: From entries to nodes

  /// Makes `numbers` fit the dict's table.
  private func follow() throws(PyError) {
    let dict = self.dict
    let contents = self.contents
    if _fastPath(contents.pointee.table == dict.tableNumber && contents.pointee.numberCount >= dict.entryLimit) { return }
    let count = dict.entryLimit
    if contents.pointee.numberCount < count {
      let numbers = try allocateMemory(count * 4).assumingMemoryBound(to: Int32.self)
      freeNumbers()
      contents.pointee.numbers = numbers
      contents.pointee.numberCount = count
    }
    if let numbers = contents.pointee.numbers {
      for index in 0..<contents.pointee.numberCount { numbers[index] = -1 }
      var number = contents.pointee.first
      while number >= 0 {
        let entry = dict.entryNumber(identicalTo: node(number).pointee.key, hash: node(number).pointee.hash)
        if entry >= 0 && entry < contents.pointee.numberCount { numbers[entry] = number }
        number = node(number).pointee.next
      }
    }
    contents.pointee.table = dict.tableNumber
  }

  private func freeNumbers() {
    if let numbers = contents.pointee.numbers { freeMemory(UnsafeMutableRawPointer(numbers), size: contents.pointee.numberCount * 4) }
    contents.pointee.numbers = nil
    contents.pointee.numberCount = 0
  }

  /// The node of an entry, -1 for none. An entry that the program made behind the order's back may stand where another's was.
  private func node(ofEntry entry: Int) -> Int32 {
    guard entry >= 0, entry < contents.pointee.numberCount, let numbers = contents.pointee.numbers else { return -1 }
    return numbers[entry]
  }

  /// The node of a key, -1 for none. May run Python.
  func find(_ key: Value, hash: Int) throws(PyError) -> Int32 {
    if contents.pointee.first < 0 { return -1 }
    let entry = try dict.entryNumber(of: key, hash: hash)
    if entry < 0 { return -1 }
    try follow()
    return node(ofEntry: entry)
  }

  // MARK: The list

  private func newNode() throws(PyError) -> Int32 {
    let contents = self.contents
    let free = contents.pointee.free
    if free >= 0 {
      contents.pointee.free = node(free).pointee.next
      return free
    }
    if contents.pointee.used == contents.pointee.capacity {
      let old = Int(contents.pointee.capacity)
      let new = old < 4 ? 4 : old * 2
      if new > Int(Int32.max) { throw PyError.memoryError() }
      let stride = MemoryLayout<Node>.stride
      let nodes = try allocateMemory(new * stride).assumingMemoryBound(to: Node.self)
      if let before = contents.pointee.nodes {
        nodes.update(from: before, count: old)
        freeMemory(UnsafeMutableRawPointer(before), size: old * stride)
      }
      contents.pointee.nodes = nodes
      contents.pointee.capacity = Int32(new)
    }
    contents.pointee.used &+= 1
    return contents.pointee.used &- 1
  }

  private func link(_ number: Int32, atEnd: Bool) {
    let contents = self.contents
    let node = self.node(number)
    if atEnd {
      node.pointee.previous = contents.pointee.last
      node.pointee.next = -1
      if contents.pointee.last < 0 { contents.pointee.first = number } else { self.node(contents.pointee.last).pointee.next = number }
      contents.pointee.last = number
    } else {
      node.pointee.previous = -1
      node.pointee.next = contents.pointee.first
      if contents.pointee.first < 0 { contents.pointee.last = number } else { self.node(contents.pointee.first).pointee.previous = number }
      contents.pointee.first = number
    }
    changed()
  }

  private func unlink(_ number: Int32) {
    let contents = self.contents
    let (previous, next) = (node(number).pointee.previous, node(number).pointee.next)
    if previous < 0 { contents.pointee.first = next } else { node(previous).pointee.next = next }
    if next < 0 { contents.pointee.last = previous } else { node(next).pointee.previous = previous }
    changed()
  }

  /// Puts a key's node at one of the ends.
  func move(_ number: Int32, toEnd: Bool) {
    if number == (toEnd ? last : first) { return }
    unlink(number)
    link(number, atEnd: toEnd)
  }

  /// Gives a key that the dict has a node at the end, unless it has one.
  private func append(_ key: Value, hash: Int) throws(PyError) {
    try follow()
    // The dict has the very object or an equal one that came before.
    var entry = dict.entryNumber(identicalTo: key, hash: hash)
    if entry < 0 { entry = try dict.entryNumber(of: key, hash: hash) }
    if entry < 0 { throw .keyError(key) }
    try follow()
    if node(ofEntry: entry) >= 0 { return }
    let number = try newNode()
    node(number).initialize(to: Node(key: Owned(copying: key).take(), hash: hash, next: -1, previous: -1))
    link(number, atEnd: true)
    contents.pointee.count &+= 1
    if entry < contents.pointee.numberCount { contents.pointee.numbers.unsafelyUnwrapped[entry] = number }
  }

  /// Takes a node of an entry out of the list; its key is given up by the caller.
  func remove(_ number: Int32) -> Owned {
    let key = node(number).pointee.key
    let entry = dict.entryNumber(identicalTo: key, hash: node(number).pointee.hash)
    if contents.pointee.table == dict.tableNumber, entry >= 0, entry < contents.pointee.numberCount, contents.pointee.numbers.unsafelyUnwrapped[entry] == number {
      contents.pointee.numbers.unsafelyUnwrapped[entry] = -1
    } else if let numbers = contents.pointee.numbers {
      for index in 0..<contents.pointee.numberCount where numbers[index] == number { numbers[index] = -1 }
    }
    unlink(number)
    node(number).pointee.next = contents.pointee.free
    contents.pointee.free = number
    contents.pointee.count &-= 1
    return Owned(taking: key)
  }

  // MARK: Entries

  /// `self[key] = value`.
  func set(_ key: Value, hash: Int, taking value: consuming Owned) throws(PyError) {
    try dict.set(key, hash: hash, taking: value)
    do throws(PyError) { try append(key, hash: hash) } catch {
      // A key without a place in the order is not kept.
      let pending = currentThread.pointee.takeException()
      do throws(PyError) { _ = try dict.remove(key, hash: hash) } catch { PyError.clear() }
      currentThread.pointee.setException(pending)
      throw error
    }
  }

  /// Takes a key out: its value, or absent when there is no such key.
  func remove(_ key: Value, hash: Int) throws(PyError) -> Owned {
    let number = try find(key, hash: hash)
    if number < 0 { return Owned(taking: .absent) }
    let held = remove(number)
    let value = try dict.remove(key, hash: hash)
    _ = consume held
    return value
  }

  /// Gives up all entries; empty and whole before the first of them ends.
  func removeAll() {
    let contents = self.contents
    let (nodes, capacity, first) = (contents.pointee.nodes, contents.pointee.capacity, contents.pointee.first)
    contents.pointee.nodes = nil
    contents.pointee.capacity = 0
    contents.pointee.used = 0
    contents.pointee.count = 0
    freeNumbers()
    initializeOrder()
    changed()
    dict.clear()
    guard let nodes else { return }
    var number = first
    while number >= 0 {
      let node = nodes + Int(number)
      number = node.pointee.next
      node.pointee.key.release()
    }
    freeMemory(UnsafeMutableRawPointer(nodes), size: Int(capacity) * MemoryLayout<Node>.stride)
  }

  /// Visits the keys, for the collector.
  func visitKeys(_ visit: Visitor) {
    var number = contents.pointee.first
    while number >= 0 {
      visit(node(number).pointee.key)
      number = node(number).pointee.next
    }
  }

  static func mutated() -> PyError { .runtimeError("OrderedDict mutated during iteration") }
}
