// Bytes made piece by piece.

import CKraitCore
import Glibc

/// Collects bytes in plain memory; ``finish()`` gives a bytes object.
public struct ByteBuilder: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  public private(set) var count = 0

  public init(capacity: Int) throws(PyError) {
    self.capacity = Self.roundedUp(max(capacity, 16))
    memory = try Self.allocate(self.capacity)
  }

  deinit { Self.free(memory, capacity) }

  /// What is given back soon, as most builders' memory is, is one block for all sizes above those of the heap's pages.
  @inline(__always)
  private static func roundedUp(_ size: Int) -> Int { size > SizeClass.limit && size < Heap.scratchSize ? Heap.scratchSize : size }

  @inline(__always)
  private static func allocate(_ size: Int) throws(PyError) -> UnsafeMutablePointer<UInt8> {
    if _fastPath(size != Heap.scratchSize) { return try allocateMemory(size).assumingMemoryBound(to: UInt8.self) }
    guard let memory = currentHeap.pointee.takeScratch() else { throw PyError.memoryError() }
    return memory.assumingMemoryBound(to: UInt8.self)
  }

  @inline(__always)
  private static func free(_ memory: UnsafeMutablePointer<UInt8>, _ size: Int) {
    if _fastPath(size != Heap.scratchSize) { freeMemory(memory, size: size) } else { currentHeap.pointee.giveScratch(memory) }
  }

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

  @inline(__always)
  mutating func reserve(_ more: Int) throws(PyError) { if _slowPath(more > capacity &- count) { try grow(more) } }

  @inline(never)
  private mutating func grow(_ more: Int) throws(PyError) {
    guard more < Int.max >> 2 else { throw PyError.memoryError() }
    let wanted = Self.roundedUp(max(count &+ more, capacity &+ capacity >> 1))
    if capacity > Heap.scratchSize {
      memory = try reallocateMemory(memory, from: capacity, to: wanted).assumingMemoryBound(to: UInt8.self)
    } else {
      let larger = try Self.allocate(wanted)
      memcpy(larger, memory, count)
      Self.free(memory, capacity)
      memory = larger
    }
    capacity = wanted
  }

  @inline(__always)
  public mutating func append(_ byte: UInt8) throws(PyError) {
    try reserve(1)
    memory[count] = byte
    count &+= 1
  }

  public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    try reserve(bytes.count)
    memcpy(memory + count, base, bytes.count)
    count &+= bytes.count
  }

  /// Appends so many bytes, which the caller fills.
  public mutating func extend(_ number: Int) throws(PyError) -> UnsafeMutablePointer<UInt8> {
    try reserve(number)
    count &+= number
    return memory + (count &- number)
  }

  /// Gives up the last bytes.
  public mutating func removeLast(_ number: Int) { count = max(count &- number, 0) }

  @inline(__always)
  public mutating func append(_ text: StaticString) throws(PyError) {
    try append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A code point in UTF-8, surrogates too.
  @inline(__always)
  public mutating func append(utf8 point: UInt32) throws(PyError) {
    try reserve(4)
    count &+= encodeUTF8(point, memory + count)
  }

  /// Units in UTF-8, from a place up to `end` or to a surrogate, whose place is the answer.
  mutating func append<Unit: FixedWidthInteger & UnsignedInteger>(utf8 units: UnsafePointer<Unit>, _ start: Int, _ end: Int) throws(PyError) -> Int {
    // Four bytes are stored where three count.
    try reserve((end &- start) &* (Unit.bitWidth == 32 ? 4 : 3) &+ 4)
    var index = start
    var target = UnsafeMutableRawPointer(memory + count)
    // A loop for each length: what follows a character is mostly one of the same kind.
    while index < end {
      while index &+ 4 <= end, let four = fourBytes(units + index, below: 0x80) {
        target.storeBytes(of: four, as: UInt32.self)
        target += 4
        index &+= 4
      }
      while index < end {
        let point = UInt32(truncatingIfNeeded: units[index])
        if point >= 0x80 { break }
        target.storeBytes(of: UInt8(truncatingIfNeeded: point), as: UInt8.self)
        target += 1
        index &+= 1
      }
      while index < end {
        let point = UInt32(truncatingIfNeeded: units[index])
        if point &- 0x80 >= 0x780 { break }
        target.storeBytes(of: UInt16(truncatingIfNeeded: 0x80C0 | point &>> 6 | (point & 0x3F) &<< 8).littleEndian, as: UInt16.self)
        target += 2
        index &+= 1
      }
      while index < end {
        let point = UInt32(truncatingIfNeeded: units[index])
        if point < 0x800 { break }
        if point & 0xFFFF_F800 == 0xD800 {
          count = target - UnsafeMutableRawPointer(memory)
          return index
        }
        if point < 0x10000 {
          target.storeBytes(of: 0x80_80E0 | point &>> 12 | (point & 0xFC0) &<< 2 | (point & 0x3F) &<< 16, as: UInt32.self)
          target += 3
        } else {
          target.storeBytes(of: 0x8080_80F0 | point &>> 18 | (point & 0x3F000) &>> 4 | (point & 0xFC0) &<< 10 | (point & 0x3F) &<< 24, as: UInt32.self)
          target += 4
        }
        index &+= 1
      }
    }
    count = target - UnsafeMutableRawPointer(memory)
    return index
  }

  /// Units as bytes, from a place up to `end` or to one that is not below a limit, whose place is the answer.
  mutating func append<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, _ start: Int, _ end: Int, below limit: UInt32) throws(PyError) -> Int {
    try reserve(end &- start)
    var index = start
    let target = memory + count
    while index < end, UInt32(truncatingIfNeeded: units[index]) < limit {
      target[index &- start] = UInt8(truncatingIfNeeded: units[index])
      index &+= 1
    }
    count &+= index &- start
    return index
  }

  /// A unit of 16 bits.
  public mutating func append16(_ unit: UInt32, isBig: Bool) throws(PyError) {
    try reserve(2)
    let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8))
    memory[count] = isBig ? high : low
    memory[count &+ 1] = isBig ? low : high
    count &+= 2
  }

  public mutating func append32(_ unit: UInt32, isBig: Bool) throws(PyError) {
    try append16(isBig ? unit >> 16 : unit, isBig: isBig)
    try append16(isBig ? unit : unit >> 16, isBig: isBig)
  }

  @inline(__always)
  public mutating func append(hexadecimal value: UInt32, digits: UInt32) throws(PyError) {
    try reserve(Int(digits))
    for place in 0..<digits { try append(hexadecimalDigit(value &>> (4 &* (digits &- 1 &- place)) & 15)) }
  }

  /// Gives up the last byte, if there is one.
  public mutating func removeLast() { if count > 0 { count &-= 1 } }

  public func finish() throws(PyError) -> Owned { try Owned.bytes(bytes) }
}
