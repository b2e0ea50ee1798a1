// The heap of the environment variable KRAIT_HEAP=debug: freed blocks are poisoned and kept for a while, so that a use after the end is noticed.
//
// Built with the address sanitizer, free blocks and the room behind each block's contents are out of bounds for it, too.

import CKraitCore
import Glibc

/// Freed blocks in the order in which they were freed: a ring.
struct Quarantine {
  /// The byte that freed blocks are filled with: an odd shape, integers, no plausible address.
  static let poison: UInt8 = 0xDB
  private static let capacity = 1 << 16
  private static let byteLimit = 64 << 20

  private var blocks: UnsafeMutablePointer<UnsafeMutableRawPointer>?
  private var first = 0
  private var count = 0
  private var bytes = 0

  /// Adds a block; gives back the one that has waited longest when there is no more room.
  mutating func add(_ block: UnsafeMutableRawPointer, size: Int) -> UnsafeMutableRawPointer? {
    if blocks == nil { blocks = malloc(Quarantine.capacity * MemoryLayout<UnsafeMutableRawPointer>.stride)?.assumingMemoryBound(to: UnsafeMutableRawPointer.self) }
    guard let blocks else { return block }
    let isFull = count == Quarantine.capacity
    let oldest = isFull || bytes > Quarantine.byteLimit ? blocks[first] : nil
    if let oldest {
      first = (first + 1) % Quarantine.capacity
      count -= 1
      bytes -= Int(Page.containing(oldest).pointee.blockSize)
    }
    blocks[(first + count) % Quarantine.capacity] = block
    count += 1
    bytes += size
    return oldest
  }

  /// Looks at all blocks; the interpreter is at its end.
  func check() {
    for index in 0..<count { DebugHeap.checkPoison(blocks.unsafelyUnwrapped[(first + index) % Quarantine.capacity]) }
  }
}

extension Heap {
  /// Bytes behind each block that belong to nobody.
  private static let redZone = 16
  /// The byte that fills new blocks: nobody may rely on zeros or on what was there.
  private static let undefined: UInt8 = 0xCD

  /// A block, with every allocation counted by its caller.
  mutating func allocateChecked(_ heap: UnsafeMutablePointer<Heap>, _ size: Int, _ kind: BlockKind) -> UnsafeMutableRawPointer? {
    let room = size <= SizeClass.limit - Heap.redZone ? size + Heap.redZone : size
    guard let block = takeListed(heap, SizeClass.of(room) + kind.firstClass) else { return nil }
    let blockSize = Int(Page.containing(block).pointee.blockSize)
    krait_unpoison(block, blockSize)
    memset(block, Int32(Heap.undefined), blockSize)
    krait_poison(block + size, blockSize - size)
    return block
  }

  /// Frees a block of a debugging heap.
  @inline(never)
  static func freeChecked(_ block: UnsafeMutableRawPointer, _ segment: UnsafeMutablePointer<Segment>, isObject: Bool) {
    let page = Page.containing(block)
    let size = Int(page.pointee.blockSize)
    if segment.pointee.owner != krait_owner() {
      // The link to the next one may lie in part behind what was asked for.
      krait_unpoison(block, ObjectHeader.size)
      if isObject { block.storeBytes(of: 0, toByteOffset: ObjectHeader.localOffset, as: UInt64.self) }
      return freeBlock(block, segment)
    }
    if page.pointee.holdsObjects != isObject { DebugHeap.fail("memory was freed as what it is not", block) }
    let mark = block.load(fromByteOffset: isObject ? 0 : ObjectHeader.localOffset, as: UInt64.self)
    if size > ObjectHeader.size, mark == 0xDBDB_DBDB_DBDB_DBDB { DebugHeap.fail("memory was freed twice", block) }
    krait_unpoison(block, size)
    memset(block, Int32(Quarantine.poison), size)
    // Walks of the heap tell free blocks by their counts.
    if isObject { block.storeBytes(of: 0, toByteOffset: ObjectHeader.localOffset, as: UInt64.self) }
    krait_poison(block, size)
    guard let oldest = segment.pointee.heap.pointee.quarantine.add(block, size: size) else { return }
    DebugHeap.checkPoison(oldest)
    krait_unpoison(oldest, ObjectHeader.size)
    freeBlock(oldest, Segment.containing(oldest))
  }
}

enum DebugHeap {
  /// A block that waits must still be as it was left.
  static func checkPoison(_ block: UnsafeMutableRawPointer) {
    let page = Page.containing(block)
    let isObject = page.pointee.holdsObjects
    for offset in stride(from: 0, to: Int(page.pointee.blockSize), by: 8) {
      let expected: UInt64 = isObject && offset == ObjectHeader.localOffset ? 0 : 0xDBDB_DBDB_DBDB_DBDB
      if krait_load64_unchecked(block + offset) != expected { fail("memory was changed after it was freed (at byte \(offset))", block) }
    }
  }

  static func fail(_ message: String, _ block: UnsafeMutableRawPointer) -> Never {
    writeToStandardError("krait: debug heap: \(message): 0x\(String(UInt(bitPattern: block), radix: 16)), \(Page.containing(block).pointee.blockSize) bytes\n")
    abort()
  }
}
