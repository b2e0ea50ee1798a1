// Iterators over whatever has `__getitem__`, and over a callable with a sentinel: `iter(x)` and `iter(f, sentinel)`.

import CKraitCore

/// Fields of both: what is iterated (absent at the end), then the next index or the sentinel.
private struct SequenceIterator: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  static var size: Int { 32 }

  var sequence: Value {
    get { raw.load(fromByteOffset: 16, as: Value.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Value.self) }
  }
  var index: Int {
    get { raw.load(fromByteOffset: 24, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Int.self) }
  }
  var sentinel: Value { raw.load(fromByteOffset: 24, as: Value.self) }

  /// Gives up what is iterated; for good.
  func exhaust() {
    let old = sequence
    sequence = .absent
    old.releaseIfPresent()
  }
}

extension Owned {
  /// An iterator that asks for items 0, 1, 2 … until an IndexError.
  public static func sequenceIterator(_ sequence: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.sequenceIterator.rootShape, size: SequenceIterator.size)
    sequence.retain()
    raw.storeBytes(of: sequence, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: 0, toByteOffset: 24, as: Int.self)
    return Owned(taking: raw)
  }

  /// An iterator that calls until the result equals the sentinel.
  public static func callableIterator(_ callable: Value, sentinel: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.callableIterator.rootShape, size: SequenceIterator.size)
    callable.retain()
    sentinel.retain()
    raw.storeBytes(of: callable, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: sentinel, toByteOffset: 24, as: Value.self)
    return Owned(taking: raw)
  }
}
