// The memory of one compilation: a bump allocator for tree nodes, texts, constants and code units, dropped whole.
// Everything that the front end makes is a one-word handle into an arena, so that no pass counts references.

#if canImport(Glibc)
import Glibc
#endif

/// A bump allocator that owns all memory of one compilation.
///
/// Handles (``Text``, ``ConstantValue``, the tree's nodes, ``NodeList``) are valid as long as the arena that made them is alive.
/// An arena belongs to one thread at a time.
public final class Arena {
  /// The unused rest of the latest chunk.
  @usableFromInline struct Room {
    @usableFromInline var next: UnsafeMutableRawPointer
    @usableFromInline var limit: UnsafeMutableRawPointer
  }

  // What changes with each allocation stands behind pointers: Swift checks each access to a class's variables for exclusivity,
  // which made a fifth of the parser's time.
  @usableFromInline let room: UnsafeMutablePointer<Room>
  let texts: UnsafeMutablePointer<InternTable>
  let constants: UnsafeMutablePointer<InternTable>

  private var chunks: [UnsafeMutableRawPointer] = []
  /// Bytes taken from the system so far.
  public private(set) var footprint = 0

  private static let chunkSize = 64 << 10

  public init() {
    let nowhere = UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
    room = .allocate(capacity: 1)
    room.initialize(to: Room(next: nowhere, limit: nowhere))
    texts = .allocate(capacity: 1)
    texts.initialize(to: InternTable())
    constants = .allocate(capacity: 1)
    constants.initialize(to: InternTable())
  }

  deinit {
    for chunk in chunks { free(chunk) }
    room.deallocate()
    for table in [texts, constants] {
      table.deinitialize(count: 1)
      table.deallocate()
    }
  }

  /// Uninitialised memory of `size` bytes, aligned to 8.
  @inlinable @inline(__always)
  public func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    let rounded = (size &+ 7) & ~7
    let room = room
    let result = room.pointee.next
    if rounded <= UnsafeRawPointer(room.pointee.limit) - UnsafeRawPointer(result) {
      room.pointee.next = result + rounded
      return result
    }
    return allocateFromNewChunk(rounded)
  }

  @usableFromInline @inline(never)
  func allocateFromNewChunk(_ size: Int) -> UnsafeMutableRawPointer {
    let large = size > Arena.chunkSize / 4
    let chunkSize = large ? size : Arena.chunkSize
    guard let chunk = malloc(chunkSize) else { fatalError("out of memory") }
    chunks.append(chunk)
    footprint += chunkSize
    if !large {
      room.pointee = Room(next: chunk + size, limit: chunk + chunkSize)
    }
    return chunk
  }

  /// Uninitialised room for `count` trivial elements.
  @inlinable @inline(__always)
  public func allocate<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutableBufferPointer<T> {
    let memory = allocate(count &* MemoryLayout<T>.stride)
    return UnsafeMutableBufferPointer(start: memory.bindMemory(to: T.self, capacity: count), count: count)
  }

  /// A copy of `elements` that lives as long as the arena.
  @inlinable
  public func copy<C: Collection>(_ elements: C) -> UnsafeBufferPointer<C.Element> where C.Element: BitwiseCopyable {
    let buffer = allocate(C.Element.self, count: elements.count)
    _ = buffer.initialize(from: elements)
    return UnsafeBufferPointer(buffer)
  }
}

/// Open addressing over one-word handles; hash and equality are the caller's.
struct InternTable {
  private var storage: [UnsafeMutableRawPointer?] = []
  private var mask = -1
  private(set) var count = 0

  /// The entry for which `matches` holds, or the one that `make` creates; `hashOf` gives an entry's hash when the table grows.
  @inline(__always)
  mutating func intern(
    hash: UInt,
    matches: (UnsafeMutableRawPointer) -> Bool,
    hashOf: (UnsafeMutableRawPointer) -> UInt,
    make: () -> UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    if count * 3 >= (mask + 1) * 2 { grow(hashOf: hashOf) }
    var index = Int(bitPattern: hash) & mask
    while let entry = storage[index] {
      if matches(entry) { return entry }
      index = (index + 1) & mask
    }
    let entry = make()
    storage[index] = entry
    count += 1
    return entry
  }

  private mutating func grow(hashOf: (UnsafeMutableRawPointer) -> UInt) {
    let size = max(256, (mask + 1) * 2)
    var bigger = [UnsafeMutableRawPointer?](repeating: nil, count: size)
    for case let entry? in storage {
      var index = Int(bitPattern: hashOf(entry)) & (size - 1)
      while bigger[index] != nil { index = (index + 1) & (size - 1) }
      bigger[index] = entry
    }
    storage = bigger
    mask = size - 1
  }
}
