// Steps that the evaluator's specialised instructions inline: each does the common case without a call and says when it is not one.

import CKraitCore

extension ListObject {
  /// The item at an index that may be negative, borrowed; absent when it is out of range.
  @inline(__always)
  public func itemOrAbsent(_ index: Int) -> Value {
    let count = self.count
    let place = index < 0 ? index &+ count : index
    return _fastPath(UInt(bitPattern: place) < UInt(bitPattern: count)) ? items[place] : .absent
  }

  /// Replaces the item at an index that may be negative; false, with nothing done, when it is out of range.
  @inline(__always)
  public func replaceItem(_ index: Int, _ value: Value) -> Bool {
    let count = self.count
    let place = index < 0 ? index &+ count : index
    guard _fastPath(UInt(bitPattern: place) < UInt(bitPattern: count)) else { return false }
    set(place, taking: Owned(copying: value))
    return true
  }
}

extension TupleObject {
  /// The item at an index that may be negative, borrowed; absent when it is out of range.
  @inline(__always)
  public func itemOrAbsent(_ index: Int) -> Value {
    let count = self.count
    let place = index < 0 ? index &+ count : index
    return _fastPath(UInt(bitPattern: place) < UInt(bitPattern: count)) ? items[place] : .absent
  }
}

extension Owned {
  /// A list that takes over the references in the buffer.
  @inline(__always)
  public static func list(taking values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    let result = try Owned.list()
    if values.count == 0 { return result }
    let list = ListObject(result.value)
    list.items = try allocateMemory(values.count &* 8).assumingMemoryBound(to: Value.self)
    list.items.initialize(from: values.baseAddress.unsafelyUnwrapped, count: values.count)
    list.capacity = values.count
    list.count = values.count
    return result
  }

  /// A set of new references to the values.
  public static func set(_ values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    let result = try Owned.set()
    for value in values { try SetObject(result.value).add(value) }
    return result
  }

  /// A dict of new references: the values are key, value, key, value …
  public static func dict(pairs values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    let count = values.count / 2
    let result = try Owned.dict(capacity: count, stringKeys: count > 0 && values[0].isExactString)
    for index in 0..<count { try DictObject(result.value).set(values[2 &* index], values[2 &* index &+ 1]) }
    return result
  }
}
