// bytes in memory.

import CKraitCore
import Glibc

/// A bytes object: a one-word handle.
///
///     16  hash; -1: not computed yet
///     24  length
///     32  bytes, then one zero
@frozen
public struct BytesObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable static var dataOffset: Int { 32 }

  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// A value that is known to be an instance of bytes.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { @inline(__always) get { Value(raw) } }

  @inlinable public var count: Int { @inline(__always) get { raw.load(fromByteOffset: 24, as: Int.self) } }
  @inlinable public var data: UnsafeMutableRawPointer { @inline(__always) get { raw + Self.dataOffset } }
  @inlinable public var buffer: UnsafeRawBufferPointer { @inline(__always) get { UnsafeRawBufferPointer(start: data, count: count) } }

  public var hashValue: Int {
    let cached = raw.load(fromByteOffset: 16, as: Int.self)
    if cached != -1 { return cached }
    let hash = HashSecret.hash(buffer)
    raw.storeBytes(of: hash, toByteOffset: 16, as: Int.self)
    return hash
  }

  public func isEqual(to other: BytesObject) -> Bool {
    raw == other.raw || count == other.count && memcmp(data, other.data, count) == 0
  }

  /// A new exact bytes object with undefined contents.
  static func allocate(_ count: Int) throws(PyError) -> BytesObject {
    // What CPython's header leaves of the largest size.
    guard count < Int.max >> 2 else { throw count > Int.max - 33 ? .overflowError("byte string is too large") : .memoryError() }
    let raw = try allocateObject(TypeObject.bytes.rootShape, size: dataOffset &+ count &+ 1)
    initializeFields(raw, count)
    return BytesObject(raw: raw)
  }

  /// `a + b` of exact bytes.
  func joined(with other: BytesObject) throws(PyError) -> Owned {
    if other.count == 0 { return Owned(copying: value) }
    if count == 0 { return Owned(copying: other.value) }
    let (total, overflow) = count.addingReportingOverflow(other.count)
    guard !overflow else { throw PyError.memoryError() }
    let result = try BytesObject.allocate(total)
    memcpy(result.data, data, count)
    memcpy(result.data + count, other.data, other.count)
    return Owned(taking: result.raw)
  }

  static func initializeFields(_ raw: UnsafeMutableRawPointer, _ count: Int) {
    raw.storeBytes(of: -1, toByteOffset: 16, as: Int.self)
    raw.storeBytes(of: count, toByteOffset: 24, as: Int.self)
    raw.storeBytes(of: 0, toByteOffset: dataOffset &+ count, as: UInt8.self)
  }
}

/// The empty bytes object and those of one byte: made once for the process, immortal, all in one block.
enum StaticBytes {
  private static let stride = 48
  nonisolated(unsafe) private static var base: UInt = 0

  /// Makes them. The shape of bytes must stand by now.
  static func reserve() {
    guard base == 0 else { return }
    let first = BuiltinTypes.reserveSharedBlock(size: 257 * stride, isWritten: true)
    base = UInt(bitPattern: first)
    for number in 0..<257 {
      let raw = first + number * stride
      raw.initializeHeader(TypeObject.bytes.rootShape)
      BytesObject.initializeFields(raw, number == 0 ? 0 : 1)
      if number > 0 { raw.storeBytes(of: UInt8(number - 1), toByteOffset: BytesObject.dataOffset, as: UInt8.self) }
      raw.makeImmortal()
    }
  }

  static var empty: Value { Value(UnsafeMutableRawPointer(bitPattern: base).unsafelyUnwrapped) }
  static func byte(_ byte: UInt8) -> Value { Value(UnsafeMutableRawPointer(bitPattern: base &+ (UInt(byte) &+ 1) &* UInt(stride)).unsafelyUnwrapped) }
}

extension Owned {
  public static var emptyBytes: Owned { Owned(taking: StaticBytes.empty) }

  /// A bytes object with a copy of memory.
  public static func bytes(_ buffer: UnsafeRawBufferPointer) throws(PyError) -> Owned {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return .emptyBytes }
    if buffer.count == 1 { return Owned(taking: StaticBytes.byte(buffer[0])) }
    return try unsharedBytes(UnsafeRawBufferPointer(start: base, count: buffer.count))
  }

  /// As ``bytes(_:)``, but a single byte is an object of its own, too: `marshal` tells the two apart.
  static func unsharedBytes(_ buffer: UnsafeRawBufferPointer) throws(PyError) -> Owned {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return .emptyBytes }
    let result = try BytesObject.allocate(buffer.count)
    memcpy(result.data, base, buffer.count)
    return Owned(taking: result.value)
  }

  /// A bytes object of two bytes or more, of zeros, which the caller fills before anybody sees it.
  public static func zeroBytes(_ count: Int) throws(PyError) -> Owned {
    let result = try BytesObject.allocate(count)
    memset(result.data, 0, count)
    return Owned(taking: result.value)
  }

  public static func bytes(_ text: StaticString) throws(PyError) -> Owned {
    try bytes(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
