// Growing ASCII text that becomes a str: what the formatting of numbers writes to.

import CKraitCore

/// Bytes of ASCII under construction; the first ones are in the buffer's own memory.
struct TextBuffer: ~Copyable {
  private(set) var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 48) throws(PyError) {
    self.capacity = capacity
    start = try allocateMemory(capacity).assumingMemoryBound(to: UInt8.self)
  }

  deinit { freeMemory(start, size: capacity) }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  @inline(never)
  private mutating func grow(by more: Int) throws(PyError) {
    guard more < 1 << 60 else { throw PyError.memoryError() }
    let larger = max(capacity * 2, count + more)
    start = try reallocateMemory(start, from: capacity, to: larger).assumingMemoryBound(to: UInt8.self)
    capacity = larger
  }

  /// Room for so many more bytes.
  @inline(__always)
  mutating func reserve(_ more: Int) throws(PyError) { if _slowPath(more > capacity &- count) { try grow(by: more) } }

  @inline(__always)
  mutating func append(_ byte: UInt8) throws(PyError) {
    try reserve(1)
    start[count] = byte
    count &+= 1
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(PyError) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    try reserve(bytes.count)
    (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  mutating func append(_ text: StaticString) throws(PyError) {
    try append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(repeating byte: UInt8, count more: Int) throws(PyError) {
    guard more > 0 else { return }
    try reserve(more)
    (start + count).update(repeating: byte, count: more)
    count += more
  }

  mutating func append(decimal value: UInt) throws(PyError) {
    try reserve(24)
    var rest = value
    var length = 1
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    _ = Integer.writeDecimal(value, before: start + count + length)
    count += length
  }

  /// Empties the buffer, which keeps its memory.
  mutating func removeAll() { count = 0 }

  /// The text as a str.
  consuming func finish() throws(PyError) -> Owned { try Owned.string(ascii: UnsafeBufferPointer(start: start, count: count)) }
}
