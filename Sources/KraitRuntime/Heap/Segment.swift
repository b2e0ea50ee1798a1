// The heap's units: segments that jemalloc gives, pages in them, blocks of one size in a page.

import CKraitCore

/// One MiB of an arena, aligned to its size, so that a pointer's upper bits lead to its header.
///
/// Other threads read ``owner`` at any time; the rest belongs to the owner.
struct Segment {
  static let size = 1 << 20
  static let pageSize = 1 << 16
  static let pageCount = size / pageSize
  /// Bytes at the start that hold this header and the pages' descriptors.
  static let headerSize = 2048

  /// The id that a thread compares with its own when it counts references: of the thread in the model without a lock, else of the interpreter.
  var owner: UInt64
  var heap: UnsafeMutablePointer<Heap>
  var next: UnsafeMutablePointer<Segment>?
  /// Pages that were ever handed out; 0 for a segment that holds one large block.
  var pagesUsed: Int32
  /// Pages that serve a size class now.
  var pagesLive: Int32
  /// The bytes of a large block behind the header; 0 for a segment of pages, -1 for one of a debugging heap.
  var largeSize: Int
  var previous: UnsafeMutablePointer<Segment>?
  /// During a collection, the words of the heap's objects (``Heap/mark(of:)``), or the one of the large object.
  var marks: UnsafeMutablePointer<Int32>?
  /// Part of a group whose memory the system has in pages of 2 MiB.
  var isGrouped = false

  @inline(__always)
  static func containing(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Segment> {
    UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: pointer) & ~UInt(size - 1)).unsafelyUnwrapped.assumingMemoryBound(to: Segment.self)
  }
}

/// The descriptor of one page of a segment: blocks of one size class.
struct Page {
  static let size = 64

  /// Free blocks, linked through their first word. Owner only.
  var free: UnsafeMutableRawPointer?
  /// Blocks that other threads freed: they push, the owner takes all at once.
  var freedElsewhere: UInt64
  /// The part of the page that was never handed out.
  var fresh: UnsafeMutableRawPointer
  var end: UnsafeMutableRawPointer
  /// Neighbours in the list of pages with room of the class; `next` also links pages that serve no class.
  var next: UnsafeMutablePointer<Page>?
  var previous: UnsafeMutablePointer<Page>?
  /// Blocks handed out and not yet back; `freedElsewhere` counts as handed out.
  var used: Int32
  var blockSize: Int32
  /// The index of the size class among those of all kinds.
  var index: Int16
  var kind: BlockKind
  var state: State
  /// During a collection, where the words for the blocks begin; 0: there are none.
  var marks: UInt32 = 0

  enum State: UInt8 {
    /// In its class's list, as it may have room; or free of any class.
    case listed
    /// The page that its class allocates from; in the list too. A class keeps it even when it is empty, so that an object
    /// made and dropped in a loop does not take and give a page each time.
    case current
    /// Had no room when it was last asked, and is not in the list.
    case full
  }

  /// Whether the blocks are objects or plain memory.
  var holdsObjects: Bool { kind != .memory }

  @inline(__always)
  static func containing(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Page> {
    let address = UInt(bitPattern: pointer)
    let index = (address & UInt(Segment.size - 1)) / UInt(Segment.pageSize)
    let segment = address & ~UInt(Segment.size - 1)
    return UnsafeMutableRawPointer(bitPattern: segment + 64 + index * UInt(size)).unsafelyUnwrapped.assumingMemoryBound(to: Page.self)
  }

  /// A number for a block, different from those of others in the page.
  ///
  /// - Parameter reciprocal: ``reciprocal``; the product is exact, as offsets have 16 bits and sizes at most 14.
  @inline(__always)
  static func blockNumber(_ offset: UInt, _ reciprocal: UInt) -> Int { Int(bitPattern: (offset &* reciprocal) &>> 32) }

  /// 2^32 by the size of a block, rounded up.
  var reciprocal: UInt { ((1 << 32) + UInt(blockSize) - 1) / UInt(blockSize) }

  /// More than the number of any block that was handed out.
  var blockNumberLimit: Int { ((Int(bitPattern: fresh) - 1) & (Segment.pageSize - 1)) / Int(blockSize) + 1 }

  /// The first block of the page.
  static func firstBlock(_ page: UnsafeMutablePointer<Page>) -> UnsafeMutableRawPointer {
    let address = UInt(bitPattern: page)
    let segment = UnsafeMutableRawPointer(bitPattern: address & ~UInt(Segment.size - 1)).unsafelyUnwrapped
    let index = (Int(address & UInt(Segment.size - 1)) - 64) / size
    return index == 0 ? segment + Segment.headerSize : segment + index * Segment.pageSize
  }

  /// The address behind the page.
  static func end(_ page: UnsafeMutablePointer<Page>) -> UnsafeMutableRawPointer {
    let address = UInt(bitPattern: page)
    let segment = UnsafeMutableRawPointer(bitPattern: address & ~UInt(Segment.size - 1)).unsafelyUnwrapped
    return segment + ((Int(address & UInt(Segment.size - 1)) - 64) / size + 1) * Segment.pageSize
  }
}

/// What the blocks of a page are. The collector walks pages of tracked objects alone, and knows of a reference to any other that it needs no look at the object.
enum BlockKind: UInt8 {
  /// Objects that may be part of a cycle.
  case tracked
  /// Other objects.
  case atom
  case memory

  static let classCount = 3 * SizeClass.count

  /// The number of this kind's first size class.
  @inline(__always) var firstClass: Int { Int(rawValue) &* SizeClass.count }

  init(class index: Int) { self = index < SizeClass.count ? .tracked : index < 2 * SizeClass.count ? .atom : .memory }
}

/// Block sizes: steps of 16 bytes to 1 KiB, then four a doubling to 16 KiB.
enum SizeClass {
  static let smallLimit = 1024
  static let limit = 16 << 10
  static let count = 64 + 16 + 1

  @inline(__always)
  static func of(_ size: Int) -> Int {
    size <= smallLimit ? (size &+ 15) &>> 4 : ofMedium(size)
  }

  static func ofMedium(_ size: Int) -> Int {
    let shift = Int.bitWidth - (size - 1).leadingZeroBitCount - 3
    return 65 + (shift - 8) * 4 + ((size - 1) >> shift) - 4
  }

  static func blockSize(_ sizeClass: Int) -> Int {
    if sizeClass <= 64 { return max(sizeClass, 1) * 16 }
    let index = sizeClass - 65
    return (5 + index % 4) << (8 + index / 4)
  }
}
