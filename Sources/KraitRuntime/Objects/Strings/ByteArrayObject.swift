// bytearray in memory: growing bytes whose memory may be lent out.

import CKraitCore
import Glibc

/// A bytearray: a one-word handle.
///
///     16  state
///     24  length
///     32  size of the memory
///     40  the memory, or nil
///     48  where the bytes begin in it: what is deleted at the front is only skipped
///     56  buffers that are lent out: while there are any, the length is fixed
@frozen
public struct ByteArrayObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  static let size = 64

  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// A value that is known to be an instance of bytearray.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  public var value: Value { @inline(__always) get { Value(raw) } }

  public internal(set) var count: Int {
    @inline(__always) get { raw.load(fromByteOffset: 24, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Int.self) }
  }
  private(set) var capacity: Int {
    get { raw.load(fromByteOffset: 32, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 32, as: Int.self) }
  }
  private var memory: UnsafeMutableRawPointer? {
    get { raw.load(fromByteOffset: 40, as: UnsafeMutableRawPointer?.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 40, as: UnsafeMutableRawPointer?.self) }
  }
  private var offset: Int {
    get { raw.load(fromByteOffset: 48, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 48, as: Int.self) }
  }
  var exports: Int {
    get { raw.load(fromByteOffset: 56, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 56, as: Int.self) }
  }

  public var data: UnsafeMutableRawPointer {
    @inline(__always) get { (memory ?? UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped) + offset }
  }
  public var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: data, count: count) }
  var units: CodeUnits { CodeUnits(base: data, count: count, width: 1) }
  /// Bytes of memory, as `__alloc__` shows them: one more than can be used.
  var allocation: Int { memory == nil ? 0 : capacity }

  /// Changes the length; new bytes are undefined. BufferError while memory is lent out.
  func resize(_ newCount: Int) throws(PyError) {
    let count = self.count
    if newCount == count { return }
    if exports > 0 { throw PyError.raise(.bufferError, "Existing exports of data: object cannot be re-sized") }
    guard newCount < Int.max >> 2 else { throw PyError.memoryError() }
    if memory != nil && newCount &+ offset &+ 1 <= capacity {
      if newCount < capacity / 2 && capacity > 64 {
        try move(to: newCount &+ 1, newCount)
      } else {
        self.count = newCount
        data.storeBytes(of: 0, toByteOffset: newCount, as: UInt8.self)
      }
      return
    }
    // As CPython does: a little more when it grows a little, exactly when it grows much.
    let wanted = Double(newCount) <= Double(capacity) * 1.125 ? newCount &+ newCount >> 3 &+ (newCount < 9 ? 3 : 6) : newCount &+ 1
    try move(to: wanted, newCount)
  }

  private func move(to newCapacity: Int, _ newCount: Int) throws(PyError) {
    let new: UnsafeMutableRawPointer
    if let memory, offset == 0 {
      new = try reallocateMemory(memory, from: capacity, to: newCapacity)
    } else {
      new = try allocateMemory(newCapacity)
      let kept = min(count, newCount)
      if kept > 0 { memcpy(new, data, kept) }
      if let memory { freeMemory(memory, size: capacity) }
    }
    memory = new
    capacity = newCapacity
    offset = 0
    count = newCount
    new.storeBytes(of: 0, toByteOffset: newCount, as: UInt8.self)
  }

  /// Fixes the length until ``takeBack()``: memory is lent out.
  public func lend() { exports &+= 1 }
  public func takeBack() { exports &-= 1 }

  /// Whether memory is lent out, so that the length is fixed.
  public var isExported: Bool { exports > 0 }

  /// Changes the length; new bytes are undefined. BufferError while memory is lent out.
  public func setCount(_ newCount: Int) throws(PyError) { try resize(newCount) }

  /// Drops bytes at the front.
  func removeFirst(_ dropped: Int) throws(PyError) {
    if dropped == 0 { return }
    if exports > 0 { throw PyError.raise(.bufferError, "Existing exports of data: object cannot be re-sized") }
    offset &+= dropped
    count &-= dropped
    if count &+ 1 < capacity / 2 && capacity > 64 { try move(to: count &+ 1, count) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    let old = count
    try resize(old &+ bytes.count)
    memcpy(data + old, base, bytes.count)
  }

  func append(_ byte: UInt8) throws(PyError) {
    let old = count
    try resize(old &+ 1)
    data.storeBytes(of: byte, toByteOffset: old, as: UInt8.self)
  }

  /// Puts bytes in place of a part; they may only be the array's own when they are as many and the array is lent out.
  func replace(_ range: Range<Int>, with bytes: UnsafeRawBufferPointer) throws(PyError) {
    let growth = bytes.count &- range.count
    let tail = count &- range.upperBound
    if growth < 0 {
      if exports > 0 { throw PyError.raise(.bufferError, "Existing exports of data: object cannot be re-sized") }
      if range.lowerBound == 0 {
        try removeFirst(-growth)
      } else {
        memmove(data + (range.upperBound &+ growth), data + range.upperBound, tail)
        try resize(count &+ growth)
      }
    } else if growth > 0 {
      try resize(count &+ growth)
      memmove(data + (range.upperBound &+ growth), data + range.upperBound, tail)
    }
    if let base = bytes.baseAddress, bytes.count > 0 { memmove(data + range.lowerBound, base, bytes.count) }
  }

  func freeStorage() {
    if let memory { freeMemory(memory, size: capacity) }
    memory = nil
  }

  /// A new exact bytearray with undefined contents.
  static func make(count: Int) throws(PyError) -> ByteArrayObject {
    let array = ByteArrayObject(raw: try TypeObject.bytearray.allocate())
    let owner = Owned(taking: array.raw)
    try array.resize(count)
    return ByteArrayObject(owner.take())
  }
}

extension Owned {
  /// A bytearray with undefined contents.
  public static func bytearray(uninitializedCount count: Int) throws(PyError) -> Owned { Owned(taking: try ByteArrayObject.make(count: count).raw) }

  /// A bytearray with a copy of memory.
  public static func bytearray(_ bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned {
    let array = try ByteArrayObject.make(count: bytes.count)
    if let base = bytes.baseAddress, bytes.count > 0 { memcpy(array.data, base, bytes.count) }
    return Owned(taking: array.raw)
  }
}

extension BytesObject {
  var units: CodeUnits { CodeUnits(base: data, count: count, width: 1) }
}
