// A growing buffer of bytes for output: dumps, representations, messages.

import Glibc

/// Bytes that grow at the end. Owned by whoever declares it; passed on as `inout`.
public struct ByteBuffer: ~Copyable {
  @usableFromInline var start: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  public private(set) var count = 0

  public init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    start = .allocate(capacity: self.capacity)
  }

  deinit { start.deallocate() }

  /// What has been written; valid until the next change.
  public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
  public var string: String { String(decoding: bytes, as: UTF8.self) }

  @inline(__always)
  public mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    start[count] = byte
    count &+= 1
  }

  @inline(__always)
  public mutating func append(_ string: StaticString) {
    append(UnsafeBufferPointer(start: string.utf8Start, count: string.utf8CodeUnitCount))
  }

  @inline(__always)
  public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    if bytes.count > capacity &- count { grow(by: bytes.count) }
    memcpy(start + count, source, bytes.count)
    count &+= bytes.count
  }

  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  public mutating func append(_ string: String) {
    var string = string
    string.withUTF8 { append($0) }
  }

  @inline(__always)
  public mutating func append(repeating byte: UInt8, count repetitions: Int) {
    if repetitions > capacity &- count { grow(by: repetitions) }
    memset(start + count, Int32(byte), repetitions)
    count &+= repetitions
  }

  /// An integer in decimal.
  @inline(__always)
  public mutating func append(decimal value: Int) {
    if value >= 0 && value < 10 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
      return
    }
    append(longDecimal: value)
  }

  private mutating func append(longDecimal value: Int) {
    if 24 > capacity &- count { grow(by: 24) }
    if value < 0 {
      start[count] = UInt8(ascii: "-")
      count &+= 1
    }
    var rest = value.magnitude
    let first = count
    repeat {
      start[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      count &+= 1
      rest /= 10
    } while rest != 0
    var low = first
    var high = count &- 1
    while low < high {
      (start[low], start[high]) = (start[high], start[low])
      low &+= 1
      high &-= 1
    }
  }

  /// The lower `digits` hexadecimal digits of a value.
  public mutating func append(hexadecimal value: UInt, digits: Int) {
    var shift = digits &* 4
    while shift > 0 {
      shift &-= 4
      let digit = UInt8(truncatingIfNeeded: value >> UInt(shift) & 15)
      append(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10)
    }
  }

  @inline(never)
  private mutating func grow(by room: Int) {
    let bigger = max(capacity &* 2, count &+ room)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: bigger)
    memory.update(from: start, count: count)
    start.deallocate()
    start = memory
    capacity = bigger
  }
}
