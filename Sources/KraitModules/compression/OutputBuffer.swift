// Where compressors put what they make: memory that grows up to a limit.

import Glibc
import KraitRuntime

/// Output of unknown size, in one piece of memory.
struct OutputBuffer: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// At most so many bytes; negative for any number.
  private let limit: Int

  init(capacity: Int, limit: Int = -1) throws(PyError) {
    self.limit = limit
    self.capacity = max(1, limit >= 0 ? min(capacity, limit) : capacity)
    memory = try OutputBuffer.checked(self.capacity)
  }

  private static func checked(_ size: Int) throws(PyError) -> UnsafeMutablePointer<UInt8> {
    guard size < Int.max >> 2, let memory = malloc(size) else { throw PyError.raise(.memoryError, "Unable to allocate output buffer.") }
    return memory.assumingMemoryBound(to: UInt8.self)
  }

  deinit { free(memory) }

  /// Whether the limit is reached.
  var isFull: Bool { count == limit }

  /// The room that is left, made larger when there is none. At most 2^30 bytes, for libraries that count with 32 bits. Empty only when the limit is reached.
  mutating func room() throws(PyError) -> UnsafeMutableBufferPointer<UInt8> {
    if count == capacity && !isFull {
      let doubled = capacity &* 2
      let wanted = limit >= 0 ? min(doubled, limit) : doubled
      guard wanted < Int.max >> 2, let larger = realloc(memory, wanted) else { throw PyError.raise(.memoryError, "Unable to allocate output buffer.") }
      memory = larger.assumingMemoryBound(to: UInt8.self)
      capacity = wanted
    }
    let end = limit >= 0 ? min(capacity, limit) : capacity
    return UnsafeMutableBufferPointer(start: memory + count, count: min(end &- count, 1 << 30))
  }

  /// So many bytes of the room were used.
  mutating func advance(_ used: Int) { count &+= used }

  func finish() throws(PyError) -> Owned { try Owned.bytes(UnsafeRawBufferPointer(start: memory, count: count)) }
}
