// Slices in memory, and the arithmetic of slicing.

import CKraitCore

/// A `slice`.
@frozen
public struct SliceObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// Unchecked: the value is a slice.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  static var size: Int { 40 }

  public var value: Value { @inline(__always) get { Value(raw) } }
  public var start: Value { @inline(__always) get { raw.load(fromByteOffset: 16, as: Value.self) } }
  public var stop: Value { @inline(__always) get { raw.load(fromByteOffset: 24, as: Value.self) } }
  public var step: Value { @inline(__always) get { raw.load(fromByteOffset: 32, as: Value.self) } }

  /// Which items of a sequence of `length` the slice selects: from `start` in steps of `step`, `count` of them. Runs `__index__` of what is no int: take the length
  /// afterwards (``bounds()`` and ``SliceBounds/indices(_:)``) if that can change it.
  public func sliceIndices(_ length: Int) throws(PyError) -> (start: Int, stop: Int, step: Int, count: Int) {
    try bounds().indices(length)
  }

  /// The slice's numbers, cut to the range of a word; `step` is not 0.
  public func bounds() throws(PyError) -> SliceBounds {
    var bounds = SliceBounds(start: 0, stop: .max, step: 1)
    if !step.isNone {
      bounds.step = try SliceObject.number(step)
      if bounds.step == 0 { throw PyError.valueError("slice step cannot be zero") }
      // So that -step can be computed.
      if bounds.step < -Int.max { bounds.step = -Int.max }
    }
    bounds.start = start.isNone ? (bounds.step < 0 ? .max : 0) : try SliceObject.number(start)
    bounds.stop = stop.isNone ? (bounds.step < 0 ? .min : .max) : try SliceObject.number(stop)
    return bounds
  }

  @inline(__always)
  private static func number(_ value: Value) throws(PyError) -> Int {
    if _fastPath(value.isSmallInteger) { return value.smallInteger }
    guard value.type.slots.pointee.index != nil else {
      throw PyError.typeError("slice indices must be integers or None or have an __index__ method")
    }
    return try value.asIndex(overflow: nil)
  }
}

/// A slice whose numbers are known, before the length of the sequence is.
public struct SliceBounds {
  public var start: Int
  public var stop: Int
  public var step: Int

  @inline(__always)
  public func indices(_ length: Int) -> (start: Int, stop: Int, step: Int, count: Int) {
    let start = clamp(self.start, length)
    let stop = clamp(self.stop, length)
    var count = 0
    if step < 0 {
      if stop < start { count = (start &- stop &- 1) / (0 &- step) &+ 1 }
    } else if start < stop {
      count = step == 1 ? stop &- start : (stop &- start &- 1) / step &+ 1
    }
    return (start, stop, step, count)
  }

  @inline(__always)
  private func clamp(_ position: Int, _ length: Int) -> Int {
    if position < 0 {
      let fromEnd = position &+ length
      return fromEnd < 0 ? (step < 0 ? -1 : 0) : fromEnd
    }
    return position >= length ? (step < 0 ? length &- 1 : length) : position
  }
}

extension Value {
  @inline(__always)
  public var isSlice: Bool { isObject && object.shape == TypeObject.slice.rootShape }
}

extension Owned {
  /// `slice(start, stop, step)`; absent parts are None.
  public static func slice(_ start: Value, _ stop: Value, _ step: Value = .none) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.slice.rootShape, size: SliceObject.size)
    store(start, in: raw + 16)
    store(stop, in: raw + 24)
    store(step, in: raw + 32)
    return Owned(taking: raw)
  }

  @inline(__always)
  private static func store(_ part: Value, in place: UnsafeMutableRawPointer) {
    let value = part.isAbsent ? Value.none : part
    value.retain()
    place.storeBytes(of: value, as: Value.self)
  }
}
