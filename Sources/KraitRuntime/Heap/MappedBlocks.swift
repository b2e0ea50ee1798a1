// Blocks of memory so large that the system's calls for them cost nothing beside their use.

import CKraitCore
import Glibc

/// Blocks that are mapped one by one. A block that grows keeps its pages, which only get other addresses: nothing is copied, and the old block and the new one are never there at the same time.
///
/// All that are in use are in a table, for the end of a heap takes its blocks with it.
public enum MappedBlocks {
  /// Bytes from which on a block is mapped.
  static let leastSize = 64 << 20
  /// Bytes from which on a block is mapped when it grows: it may grow again. (To map and unmap one that never grows takes longer than to use it.)
  static let leastGrownSize = 8 << 20

  private struct Block {
    var address: UnsafeMutableRawPointer
    var size: Int
    /// Of the heap that it was made for.
    let arena: UInt32
  }

  /// Guards the table.
  nonisolated(unsafe) private static var lock: UInt8 = 0
  nonisolated(unsafe) private static var blocks: UnsafeMutablePointer<Block>?
  nonisolated(unsafe) private static var count = 0
  nonisolated(unsafe) private static var capacity = 0

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// No other thread is changing the table while `make` copies the process.
  public static func keptWhile(_ make: () -> pid_t) -> pid_t { synchronized(make) }

  /// A block of zeros; nil when there is no memory.
  ///
  /// - Parameter alignment: a power of two, a page or more.
  static func allocate(_ size: Int, arena: UInt32, alignment: Int) -> UnsafeMutableRawPointer? {
    guard let memory = map(size, alignment) else { return nil }
    let isNoted = synchronized { () -> Bool in
      if count == capacity {
        let larger = max(16, capacity * 2)
        guard let table = realloc(blocks, larger * MemoryLayout<Block>.stride) else { return false }
        blocks = table.assumingMemoryBound(to: Block.self)
        capacity = larger
      }
      blocks?[count] = Block(address: memory, size: size, arena: arena)
      count += 1
      return true
    }
    if !isNoted {
      munmap(memory, size)
      return nil
    }
    return memory
  }

  private static func map(_ size: Int, _ alignment: Int) -> UnsafeMutableRawPointer? {
    let size = (size + 4095) & ~4095
    let extra = alignment - 4096
    guard let memory = mmap(nil, size + extra, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else { return nil }
    let start = memory.alignedUp(toMultipleOf: alignment)
    if start > memory { munmap(memory, start - memory) }
    if start < memory + extra { munmap(start + size, memory + extra - start) }
    return start
  }

  /// Whether a block of plain memory is one of these.
  static func contains(_ block: UnsafeMutableRawPointer) -> Bool { synchronized { entry(of: block) != nil } }

  /// Gives a block another size, and mostly another address; nil when there is no memory, and the block stays as it is.
  static func resize(_ block: UnsafeMutableRawPointer, from size: Int, to newSize: Int) -> UnsafeMutableRawPointer? {
    // With the table locked: the addresses that become free may be another thread's block at once.
    synchronized {
      guard let entry = entry(of: block), let memory = krait_remap(block, size, newSize) else { return nil }
      entry.pointee.address = memory
      entry.pointee.size = newSize
      return memory
    }
  }

  /// Frees a block if it is one of these; whether it is.
  static func free(_ block: UnsafeMutableRawPointer, _ size: Int) -> Bool {
    let isMapped = synchronized { () -> Bool in
      guard let entry = entry(of: block) else { return false }
      remove(entry)
      return true
    }
    if isMapped { munmap(block, size) }
    return isMapped
  }

  /// Frees those blocks of a heap of which `isUnused` says so; whether there were any.
  @discardableResult
  static func free(arena: UInt32, where isUnused: (UnsafeMutableRawPointer, Int) -> Bool) -> Bool {
    synchronized {
      var index = 0
      let former = count
      while index < count, let entry = blocks.map({ $0 + index }) {
        if entry.pointee.arena != arena || !isUnused(entry.pointee.address, entry.pointee.size) {
          index += 1
          continue
        }
        munmap(entry.pointee.address, entry.pointee.size)
        remove(entry)
      }
      return count < former
    }
  }

  private static func entry(of block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Block>? {
    guard let blocks else { return nil }
    for index in 0..<count where blocks[index].address == block { return blocks + index }
    return nil
  }

  /// The last one takes its place.
  private static func remove(_ entry: UnsafeMutablePointer<Block>) {
    count -= 1
    if let blocks { entry.pointee = blocks[count] }
  }
}
