// Iterators over ranges: over machine words, and over ints of any size.

import CKraitCore

/// A `range_iterator`: the next number, the step, and how many are left.
@frozen
public struct RangeIteratorObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  static var size: Int { 40 }

  public var number: Int {
    @inline(__always) get { raw.load(fromByteOffset: 16, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
  }
  public var step: Int { @inline(__always) get { raw.load(fromByteOffset: 24, as: Int.self) } }
  public var left: Int {
    @inline(__always) get { raw.load(fromByteOffset: 32, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 32, as: Int.self) }
  }

  /// The next number; absent at the end.
  @inline(__always)
  public func next() throws(PyError) -> Owned {
    let left = self.left
    if _slowPath(left <= 0) { return Owned(taking: .absent) }
    self.left = left &- 1
    let number = self.number
    self.number = number &+ step
    return _fastPath(number ^ (number &<< 1) >= 0) ? Owned(taking: Value(smallInteger: number)) : try .integer(number)
  }
}

/// A `longrange_iterator`: the next number, the step and the count of numbers left, as ints.
private struct LongRangeIterator {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  static var size: Int { 40 }
  var number: Value { raw.load(fromByteOffset: 16, as: Value.self) }
  var step: Value { raw.load(fromByteOffset: 24, as: Value.self) }
  var left: Value { raw.load(fromByteOffset: 32, as: Value.self) }

  func set(number: consuming Owned, left: consuming Owned) {
    let (oldNumber, oldLeft) = (self.number, self.left)
    raw.storeBytes(of: number.take(), toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: left.take(), toByteOffset: 32, as: Value.self)
    oldNumber.release()
    oldLeft.release()
  }
}

extension Owned {
  public static func rangeIterator(_ range: RangeObject) throws(PyError) -> Owned {
    if let start = Integer.asInt(range.start), let step = Integer.asInt(range.step), let stop = Integer.asInt(range.stop),
      let length = Integer.asInt(range.length), length == 0 || !stop.addingReportingOverflow(step > 0 ? step - 1 : step + 1).overflow
    {
      return try rangeIterator(start, step, count: length)
    }
    let raw = try allocateObject(TypeObject.longRangeIterator.rootShape, size: LongRangeIterator.size)
    range.start.retain()
    range.step.retain()
    range.length.retain()
    raw.storeBytes(of: range.start, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: range.step, toByteOffset: 24, as: Value.self)
    raw.storeBytes(of: range.length, toByteOffset: 32, as: Value.self)
    return Owned(taking: raw)
  }

  @inline(__always)
  static func rangeIterator(_ start: Int, _ step: Int, count: Int) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.rangeIterator.rootShape, size: RangeIteratorObject.size)
    raw.storeBytes(of: start, toByteOffset: 16, as: Int.self)
    raw.storeBytes(of: step, toByteOffset: 24, as: Int.self)
    raw.storeBytes(of: count, toByteOffset: 32, as: Int.self)
    return Owned(taking: raw)
  }
}

func defineRangeIterators(_ types: TypeDefinitions) {
  types.define(.rangeIterator) { t in
    defineIterator(t, size: RangeIteratorObject.size, references: 0) { (iterator) throws(PyError) in try RangeIteratorObject(iterator).next() }
    t.flags = [.disallowInstantiation]
    t.method("__length_hint__()", "How many numbers are left.") { (call) throws(PyError) in try Owned.integer(RangeIteratorObject(call.receiver).left) }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let iterator = RangeIteratorObject(call.receiver)
      let number = try Owned.integer(iterator.number)
      let step = try Owned.integer(iterator.step)
      let left = try Owned.integer(iterator.left)
      return try reduceRangeIterator(number.value, step.value, left.value)
    }
    t.method("__setstate__(object, /)", "For unpickling.") { (call) throws(PyError) in
      let iterator = RangeIteratorObject(call.receiver)
      let index = min(max(try stateIndex(call[0]), 0), iterator.left)
      iterator.number = iterator.number &+ index &* iterator.step
      iterator.left -= index
      return .none
    }
  }
  types.define(.longRangeIterator) { t in
    defineIterator(t, size: LongRangeIterator.size, references: 3) { (value) throws(PyError) in
      let iterator = LongRangeIterator(value)
      if Integer.sign(iterator.left) <= 0 { return Owned(taking: .absent) }
      let next = try Integer.add(iterator.number, iterator.step)
      let left = try Integer.subtract(iterator.left, Value(smallInteger: 1))
      let number = Owned(copying: iterator.number)
      iterator.set(number: next, left: left)
      return number
    }
    t.shapeFlags = []
    t.flags = [.disallowInstantiation]
    t.slots.traverse = nil
    t.method("__length_hint__()", "How many numbers are left.") { (call) throws(PyError) in Owned(copying: LongRangeIterator(call.receiver).left) }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let iterator = LongRangeIterator(call.receiver)
      return try reduceRangeIterator(iterator.number, iterator.step, iterator.left)
    }
    t.method("__setstate__(object, /)", "For unpickling.") { (call) throws(PyError) in
      let iterator = LongRangeIterator(call.receiver)
      guard call[0].isInteger else { throw PyError.typeError("state must be an int, not \(call[0].typeName)") }
      let zero = Value(smallInteger: 0)
      let index = Integer.isNegative(call[0]) ? zero : Integer.compare(call[0], iterator.left) > 0 ? iterator.left : call[0]
      let distance = try Integer.multiply(index, iterator.step)
      let number = try Integer.add(iterator.number, distance.value)
      let left = try Integer.subtract(iterator.left, index)
      iterator.set(number: number, left: left)
      return .none
    }
  }
}

/// `(iter, (range(…what is left…),), None)`
private func reduceRangeIterator(_ number: Value, _ step: Value, _ left: Value) throws(PyError) -> Owned {
  let distance = try Integer.multiply(left, step)
  let stop = try Integer.add(number, distance.value)
  let range = try Owned.range(number, stop.value, step)
  let arguments = try Owned.tuple(range.value)
  let function = try builtinAttribute("iter")
  return try Owned.tuple(function.value, arguments.value, .none)
}
