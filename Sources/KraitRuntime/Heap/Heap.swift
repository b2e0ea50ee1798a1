// The heap of an interpreter (or of a thread, in the model without a lock): size classes over segments of a jemalloc arena of its own.

import CJemalloc
import CKraitCore
import Glibc

/// A heap over one jemalloc arena.
///
/// Allocation and free of a block pop and push a list of the block's page: no lock, no jemalloc call, no atomic instruction. Only the owner allocates; any thread may
/// free. Blocks above 16 KiB are segments of their own (objects) or come from the arena directly (plain memory).
/// Dropping the heap destroys the arena, whatever is in it.
///
/// Caches of jemalloc are never used with an arena: they would mix arenas.
struct Heap: ~Copyable {
  /// Objects that other threads released more often than they retained them: a stack of ``MergeNode``. Any thread pushes, the owner takes all.
  private var mergeQueue: UInt64 = 0
  /// Large objects that other threads ended: a stack, likewise.
  private var largeEndedElsewhere: UInt64 = 0
  let owner: UInt64
  let arena: UInt32
  /// Tracked objects made in it less those that its threads ended, since the last collection, and the number at which the next one is due (``Collector``).
  var allocations = 0
  var due = 2000
  /// The next heap of the interpreter: in the model without a lock each thread has its own. Guarded by what threads hold in native code (``Sharing``), as are the two that follow.
  var next: UnsafeMutablePointer<Heap>?
  /// The heap that the interpreter began with.
  var root: UnsafeMutablePointer<Heap>
  /// The thread that allocates from it, in the model without a lock; nil when that has ended.
  var thread: ThreadPointer?
  private let flags: Int32
  /// By kind (``BlockKind``) and size class, the page that serves it.
  private var current: UnsafeMutablePointer<UnsafeMutablePointer<Page>>
  private var pages: UnsafeMutablePointer<UnsafeMutablePointer<Page>?>
  var segments: UnsafeMutablePointer<Segment>?
  private(set) var largeObjects: UnsafeMutablePointer<Segment>?
  /// The part of the last group (``newGroupedSegment()``) that was never handed out.
  private var groupRest: UnsafeMutableRawPointer?
  private var groupEnd: UnsafeMutableRawPointer?
  /// Segments of groups that are not in use, linked through ``Segment/next``, and how many they are: those whose memory is kept, and those whose memory the system has back.
  private var spareSegments: UnsafeMutablePointer<Segment>?
  private var spareCount = 0
  private var emptiedSegments: UnsafeMutablePointer<Segment>?
  /// The least that ``spareCount`` was since ``releaseUnusedSpares(_:)`` looked, and when that was.
  private var leastSpareCount = 0
  private var sparesSeen = 0
  /// Segments that held one large object (``releaseLarge(_:_:)``), linked through ``Segment/next``, and what was used of them.
  private var spareLarge: UnsafeMutablePointer<Segment>?
  private var spareLargeSize = 0
  /// Memory for a result in the making (``takeScratch()``).
  private var scratch: UnsafeMutableRawPointer?
  /// Pages that serve no size class.
  var freePages: UnsafeMutablePointer<Page>?
  /// How often ``takeUnusedPage()`` found one.
  private var takenPages = 0
  /// Bytes of segments and large blocks taken from the arena.
  private(set) var footprint = 0
  /// The most that ``footprint`` may become; allocation beyond fails.
  var memoryLimit = Int.max
  /// Allocations until one fails on purpose, for tests of error paths; negative: never. Exact on a heap that ``isDebugging``.
  var allocationsUntilFailure = -1
  /// Whether freed memory is poisoned and each allocation takes the slow path, which counts it (DebugHeap.swift).
  let isDebugging: Bool
  /// Words of objects during a collection.
  private(set) var marks: UnsafeMutablePointer<Int32>?
  /// Freed blocks of a debugging heap that wait to be used again.
  var quarantine = Quarantine()

  /// A page without room that stands where a class has no page yet, so that allocation needs no test for it.
  private nonisolated(unsafe) static let emptyPage: UnsafeMutablePointer<Page> = {
    let memory = calloc(1, Page.size)!
    return memory.assumingMemoryBound(to: Page.self)
  }()

  /// Whether large blocks of plain memory come from `malloc`, where a sanitizer or checker sees them. Set once, before the first heap is made.
  nonisolated(unsafe) static var checksMemory = false

  /// - Parameter livesLong: whether nothing of the heap is ever given back. It takes the arena of `malloc` then: one of its own would cost 100 KiB and 30 page faults at the start.
  ///   A heap that gives segments back needs its own, as `malloc` would cut them up.
  static func create(owner: UInt64, debugging: Bool = false, livesLong: Bool = false) -> UnsafeMutablePointer<Heap>? {
    var arena: UInt32 = 0
    var size = MemoryLayout<UInt32>.size
    guard livesLong || mallctl("arenas.create", &arena, &size, nil, 0) == 0 else { return nil }
    // Lines of its own in the caches: each allocation writes to it.
    let heap = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<Heap>.stride + 128, alignment: 128).assumingMemoryBound(to: Heap.self)
    heap.initialize(to: Heap(owner: owner, arena: arena, debugging: debugging, root: heap))
    return heap
  }

  private init(owner: UInt64, arena: UInt32, debugging: Bool, root: UnsafeMutablePointer<Heap>) {
    self.root = root
    isDebugging = debugging
    self.owner = owner
    self.arena = arena
    flags = krait_mallocx_arena(arena) | krait_mallocx_no_cache()
    current = .allocate(capacity: BlockKind.classCount)
    current.initialize(repeating: Heap.emptyPage, count: BlockKind.classCount)
    pages = .allocate(capacity: BlockKind.classCount)
    pages.initialize(repeating: nil, count: BlockKind.classCount)
  }

  /// Gives all memory back, live objects included.
  static func destroy(_ heap: UnsafeMutablePointer<Heap>) {
    let arena = heap.pointee.arena
    heap.pointee.current.deallocate()
    heap.pointee.pages.deallocate()
    free(heap.pointee.scratch)
    heap.deinitialize(count: 1)
    heap.deallocate()
    MappedBlocks.free(arena: arena) { (_, _) in true }
    mallctl("arena.\(arena).destroy", nil, nil, nil, 0)
  }

  // MARK: Allocation

  /// A block of at least `size` bytes with undefined contents; `nil` when memory or the limit is exhausted.
  @inline(__always)
  static func allocate(_ heap: UnsafeMutablePointer<Heap>, _ size: Int, _ kind: BlockKind) -> UnsafeMutableRawPointer? {
    if _slowPath(size > SizeClass.smallLimit) { return allocateMediumOrLarge(heap, size, kind) }
    let index = SizeClass.of(size) &+ kind.firstClass
    let page = heap.pointee.current[index]
    if let block = page.pointee.free {
      page.pointee.free = block.load(as: UnsafeMutableRawPointer?.self)
      page.pointee.used &+= 1
      return block
    }
    return heap.pointee.refill(heap, index, size)
  }

  @inline(never)
  private static func allocateMediumOrLarge(_ heap: UnsafeMutablePointer<Heap>, _ size: Int, _ kind: BlockKind) -> UnsafeMutableRawPointer? {
    if size <= SizeClass.limit {
      let index = SizeClass.ofMedium(size) + kind.firstClass
      let page = heap.pointee.current[index]
      if let block = page.pointee.free {
        page.pointee.free = block.load(as: UnsafeMutableRawPointer?.self)
        page.pointee.used += 1
        return block
      }
      return heap.pointee.refill(heap, index, size)
    }
    if _slowPath(heap.pointee.largeEndedElsewhere != 0) { freeLargeEndedElsewhere(heap) }
    return kind != .memory ? heap.pointee.allocateLargeObject(heap, size) : heap.pointee.allocateLargeMemory(size)
  }

  /// A block when the current page of a class has none: what others freed, the page's fresh part, another page, a new page.
  @inline(never)
  private mutating func refill(_ heap: UnsafeMutablePointer<Heap>, _ index: Int, _ size: Int) -> UnsafeMutableRawPointer? {
    if allocationsUntilFailure >= 0 && countDownToFailure() { return nil }
    if isDebugging { return allocateChecked(heap, size, BlockKind(class: index)) }
    if current[index] != Heap.emptyPage {
      if let block = Heap.take(current[index]) { return block }
      current[index].pointee.state = .listed
      current[index] = Heap.emptyPage
    }
    while let page = pages[index] {
      if let block = Heap.take(page) {
        page.pointee.state = .current
        current[index] = page
        return block
      }
      unlink(page)
      page.pointee.state = .full
    }
    guard let page = newPage(heap, index) else { return nil }
    link(page)
    page.pointee.state = .current
    current[index] = page
    return Heap.take(page)
  }

  /// A block of a listed page, without making that page the current one.
  mutating func takeListed(_ heap: UnsafeMutablePointer<Heap>, _ index: Int) -> UnsafeMutableRawPointer? {
    while let page = pages[index] {
      if let block = Heap.take(page) { return block }
      unlink(page)
      page.pointee.state = .full
    }
    guard let page = newPage(heap, index) else { return nil }
    link(page)
    return Heap.take(page)
  }

  mutating func link(_ page: UnsafeMutablePointer<Page>) {
    let index = Int(page.pointee.index)
    page.pointee.state = .listed
    page.pointee.previous = nil
    page.pointee.next = pages[index]
    pages[index]?.pointee.previous = page
    pages[index] = page
  }

  private mutating func unlink(_ page: UnsafeMutablePointer<Page>) {
    if let next = page.pointee.next { next.pointee.previous = page.pointee.previous }
    if let previous = page.pointee.previous {
      previous.pointee.next = page.pointee.next
    } else {
      pages[Int(page.pointee.index)] = page.pointee.next
    }
    page.pointee.next = nil
    page.pointee.previous = nil
  }

  private static func take(_ page: UnsafeMutablePointer<Page>) -> UnsafeMutableRawPointer? {
    if page.pointee.free == nil && krait_load64(&page.pointee.freedElsewhere) != 0 {
      // Acquire by the exchange: the freeing threads' writes to the blocks come first.
      var block = UnsafeMutableRawPointer(bitPattern: UInt(krait_exchange64(&page.pointee.freedElsewhere, 0)))
      page.pointee.free = block
      while let this = block {
        page.pointee.used -= 1
        block = this.load(as: UnsafeMutableRawPointer?.self)
      }
    }
    if let block = page.pointee.free {
      page.pointee.free = block.load(as: UnsafeMutableRawPointer?.self)
      page.pointee.used += 1
      return block
    }
    let room = page.pointee.end - page.pointee.fresh
    if room <= 0 { return nil }
    // To the end of the system's page (or of the next one, for larger blocks), so that memory which is never needed is never touched.
    let size = Int(page.pointee.blockSize)
    let first = page.pointee.fresh
    let count = max(1, min(4096 - Int(bitPattern: first) & 4095, room) / size)
    for number in stride(from: count - 1, through: 1, by: -1) {
      let block = first + number * size
      block.storeBytes(of: page.pointee.free, as: UnsafeMutableRawPointer?.self)
      block.storeBytes(of: 0, toByteOffset: ObjectHeader.localOffset, as: UInt64.self)
      page.pointee.free = block
    }
    page.pointee.fresh = first + count * size
    page.pointee.used += 1
    return first
  }

  /// Frees a page that its class keeps though nothing of it is in use: memory that has been touched serves again when another class grows. Not in larger heaps, where a page more or
  /// less does not count, and not for ever: classes that take turns would pass pages around.
  private mutating func takeUnusedPage() {
    guard footprint <= Heap.smallFootprint, takenPages < BlockKind.classCount, !(Runtime.isFree && currentThread.pointee.hasPeers) else { return }
    for index in 0..<BlockKind.classCount where current[index] != Heap.emptyPage && current[index].pointee.used == 0 {
      let page = current[index]
      current[index] = Heap.emptyPage
      page.pointee.state = .listed
      pageChanged(page, Segment.containing(page))
      takenPages += 1
      return
    }
  }

  private mutating func newPage(_ heap: UnsafeMutablePointer<Heap>, _ index: Int) -> UnsafeMutablePointer<Page>? {
    if freePages == nil { takeUnusedPage() }
    if freePages == nil && (segments == nil || segments!.pointee.pagesUsed == Segment.pageCount) {
      relinkPagesFreedElsewhere()
      if let page = pages[index] {
        unlink(page)
        return page
      }
      if freePages == nil {
        guard let segment = newSegment(heap) else { return nil }
        segment.pointee.next = segments
        segments?.pointee.previous = segment
        segments = segment
      }
    }
    let page: UnsafeMutablePointer<Page>
    if let free = freePages {
      page = free
      freePages = free.pointee.next
    } else {
      let segment = segments!
      page = (UnsafeMutableRawPointer(segment) + 64 + Int(segment.pointee.pagesUsed) * Page.size).assumingMemoryBound(to: Page.self)
      segment.pointee.pagesUsed += 1
    }
    Segment.containing(page).pointee.pagesLive += 1
    let blockSize = SizeClass.blockSize(index % SizeClass.count)
    let first = Page.firstBlock(page)
    if isDebugging { krait_unpoison(first, Page.end(page) - first) }
    page.initialize(
      to: Page(
        free: nil, freedElsewhere: 0, fresh: first, end: first + (Page.end(page) - first) / blockSize * blockSize, next: nil, previous: nil, used: 0,
        blockSize: Int32(blockSize), index: Int16(index), kind: BlockKind(class: index), state: .listed))
    return page
  }

  /// Pages without room of their own get some back when other threads free blocks; nobody tells the owner, so it looks before it takes more memory.
  private mutating func relinkPagesFreedElsewhere() {
    var segment = segments
    while let this = segment {
      for number in 0..<Int(this.pointee.pagesUsed) {
        let page = (UnsafeMutableRawPointer(this) + 64 + number * Page.size).assumingMemoryBound(to: Page.self)
        if page.pointee.state == .full && krait_load64(&page.pointee.freedElsewhere) != 0 { link(page) }
      }
      segment = this.pointee.next
    }
  }

  /// A page that was full has a free block again, or one has no block in use any more.
  @inline(never)
  private static func pageChanged(_ page: UnsafeMutablePointer<Page>, _ segment: UnsafeMutablePointer<Segment>) {
    segment.pointee.heap.pointee.pageChanged(page, segment)
  }

  private mutating func pageChanged(_ page: UnsafeMutablePointer<Page>, _ segment: UnsafeMutablePointer<Segment>) {
    if page.pointee.state == .full { link(page) }
    // A thread that reads without a lock may still look at the counts of what was an object here: the page stays one of objects of this size.
    guard page.pointee.used == 0, !(Runtime.isFree && page.pointee.holdsObjects && currentThread.pointee.hasPeers) else { return }
    unlink(page)
    page.pointee.kind = .memory
    page.pointee.next = freePages
    freePages = page
    segment.pointee.pagesLive -= 1
    if segment.pointee.pagesLive == 0 && segment != segments { release(segment) }
  }

  /// Gives an empty segment back to the arena.
  private mutating func release(_ segment: UnsafeMutablePointer<Segment>) {
    var link: UnsafeMutablePointer<Page>? = nil
    var page = freePages
    while let this = page {
      page = this.pointee.next
      if Segment.containing(this) == segment {
        if let link { link.pointee.next = page } else { freePages = page }
      } else {
        link = this
      }
    }
    segment.pointee.next?.pointee.previous = segment.pointee.previous
    segment.pointee.previous?.pointee.next = segment.pointee.next
    footprint -= Segment.size
    if segment.pointee.isGrouped { return keep(segment) }
    if isDebugging { krait_unpoison(segment, Segment.size) }
    sdallocx(segment, Segment.size, flags | krait_mallocx_align(Segment.size))
  }

  /// Heaps from this size on have pages of 2 MiB, which the system makes and takes back much faster than as many of 4 KiB. For smaller ones, the pages that are touched in part cost too much memory.
  private static let sizeForHugePages = 32 << 20
  private static let hugePageSize = 2 << 20
  /// Heaps up to this size use empty pages of other classes before new ones.
  private static let smallFootprint = 32 << 20

  /// A segment of a group of pages of 2 MiB, if the heap is large enough for such. Groups grow with the heap: each costs calls of the system at the heap's end.
  private mutating func newGroupedSegment() -> UnsafeMutableRawPointer? {
    if let segment = spareSegments {
      spareSegments = segment.pointee.next
      spareCount -= 1
      leastSpareCount = min(leastSpareCount, spareCount)
      return UnsafeMutableRawPointer(segment)
    }
    if let segment = emptiedSegments {
      emptiedSegments = segment.pointee.next
      return UnsafeMutableRawPointer(segment)
    }
    if groupRest == groupEnd {
      guard footprint >= Heap.sizeForHugePages, !isDebugging else { return nil }
      let size = min(32 << 20, footprint / 8) & ~(Heap.hugePageSize - 1)
      guard let group = MappedBlocks.allocate(size, arena: arena, alignment: Heap.hugePageSize) else { return nil }
      madvise(group, size, MADV_HUGEPAGE)
      (groupRest, groupEnd) = (group, group + size)
    }
    let segment = groupRest
    groupRest = segment.map { $0 + Segment.size }
    return segment
  }

  /// How many spare segments keep their memory: programs that take turns between much and little would spend a tenth of their time on fresh pages.
  private static let mostSpares = 64

  /// Keeps a segment of a group, and its memory if few others have theirs.
  private mutating func keep(_ segment: UnsafeMutablePointer<Segment>) {
    if spareCount >= Heap.mostSpares { return empty(segment) }
    segment.pointee.next = spareSegments
    spareSegments = segment
    spareCount += 1
  }

  /// Keeps a segment's addresses, and gives the system its memory.
  private mutating func empty(_ segment: UnsafeMutablePointer<Segment>) {
    madvise(segment, Segment.size, MADV_DONTNEED)
    segment.pointee.next = emptiedSegments
    emptiedSegments = segment
  }

  /// Gives the memory of spare segments that nothing has needed for a second back to the system, but for a few. Owner only.
  ///
  /// - Parameter now: nanoseconds of the clock that never goes back.
  mutating func releaseUnusedSpares(_ now: Int) {
    guard spareCount > 4, now - sparesSeen >= 1_000_000_000 else { return }
    while leastSpareCount > 4, let segment = spareSegments {
      spareSegments = segment.pointee.next
      spareCount -= 1
      leastSpareCount -= 1
      empty(segment)
    }
    leastSpareCount = spareCount
    sparesSeen = now
  }

  /// Gives groups of which no segment is in use back to the system, when there are no addresses left; whether there were any.
  private mutating func releaseSpareGroups() -> Bool {
    // Other threads without a lock may look at what was an object.
    guard spareSegments != nil || emptiedSegments != nil, !(Runtime.isFree && currentThread.pointee.hasPeers) else { return false }
    return MappedBlocks.free(arena: arena) { (start, size) in
      func isInside(_ segment: UnsafeMutablePointer<Segment>) -> Bool { UnsafeMutableRawPointer(segment) >= start && UnsafeMutableRawPointer(segment) < start + size }
      func countInside(_ list: UnsafeMutablePointer<Segment>?) -> Int {
        var (count, next) = (0, list)
        while let segment = next {
          next = segment.pointee.next
          if isInside(segment) { count += 1 }
        }
        return count
      }
      func withoutInside(_ list: UnsafeMutablePointer<Segment>?) -> UnsafeMutablePointer<Segment>? {
        var (kept, next) = (UnsafeMutablePointer<Segment>?.none, list)
        while let segment = next {
          next = segment.pointee.next
          if isInside(segment) { continue }
          segment.pointee.next = kept
          kept = segment
        }
        return kept
      }
      let spareInside = countInside(spareSegments)
      if (spareInside + countInside(emptiedSegments)) * Segment.size != size { return false }
      spareSegments = withoutInside(spareSegments)
      emptiedSegments = withoutInside(emptiedSegments)
      spareCount -= spareInside
      leastSpareCount = min(leastSpareCount, spareCount)
      return true
    }
  }

  /// A block that is mapped for itself and filled soon.
  private mutating func mapFreshBlock(_ size: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    let block = mapBlock(size, alignment: alignment)
    // As a whole: a mapping of which parts differ cannot move.
    if let block, wantsHugePages(size) { madvise(block, size, MADV_HUGEPAGE) }
    return block
  }

  /// A block that is mapped for itself.
  private mutating func mapBlock(_ size: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    var block = MappedBlocks.allocate(size, arena: arena, alignment: alignment)
    if block == nil && releaseSpareGroups() { block = MappedBlocks.allocate(size, arena: arena, alignment: alignment) }
    return block
  }

  mutating func newSegment(_ heap: UnsafeMutablePointer<Heap>) -> UnsafeMutablePointer<Segment>? {
    guard footprint <= memoryLimit - Segment.size else { return nil }
    let grouped = newGroupedSegment()
    guard let memory = grouped ?? mallocx(Segment.size, flags | krait_mallocx_align(Segment.size)) else { return nil }
    footprint += Segment.size
    let segment = memory.assumingMemoryBound(to: Segment.self)
    segment.initialize(to: Segment(owner: owner, heap: heap, next: nil, pagesUsed: 0, pagesLive: 0, largeSize: isDebugging ? -1 : 0, previous: nil, marks: nil, isGrouped: grouped != nil))
    return segment
  }

  private func adviseHugePages(_ memory: UnsafeMutableRawPointer, _ size: Int) {
    guard wantsHugePages(size) else { return }
    let start = (UInt(bitPattern: memory) + UInt(Heap.hugePageSize - 1)) & ~UInt(Heap.hugePageSize - 1)
    let end = (UInt(bitPattern: memory) + UInt(size)) & ~UInt(Heap.hugePageSize - 1)
    if end > start { madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE) }
  }

  private func wantsHugePages(_ size: Int) -> Bool { size >= 2 * Heap.hugePageSize && footprint >= Heap.sizeForHugePages }

  private mutating func allocateLargeObject(_ heap: UnsafeMutablePointer<Heap>, _ size: Int) -> UnsafeMutableRawPointer? {
    if allocationsUntilFailure >= 0 && countDownToFailure() { return nil }
    let (total, overflow) = size.addingReportingOverflow(64)
    guard !overflow, footprint <= memoryLimit - total, !krait_is_absurd(total), let memory = largeSegment(total) else { return nil }
    footprint += total
    let segment = memory.assumingMemoryBound(to: Segment.self)
    segment.initialize(to: Segment(owner: owner, heap: heap, next: nil, pagesUsed: 0, pagesLive: 0, largeSize: size, previous: nil, marks: nil))
    segment.pointee.next = largeObjects
    largeObjects?.pointee.previous = segment
    largeObjects = segment
    return UnsafeMutableRawPointer(segment) + 64
  }

  /// Memory for a segment of one object. Up to a MiB it is a whole one, in memory only where it is used, as all have the same size then and each serves any object: texts of some
  /// 100 KiB that vary from round to round would leave gaps of addresses that fit none.
  private mutating func largeSegment(_ total: Int) -> UnsafeMutableRawPointer? {
    if total > Segment.size {
      // Without a lock, threads may look at the counts of what was an object: its addresses stay mapped.
      if total >= MappedBlocks.leastSize, !Runtime.isFree, let block = mapFreshBlock(total, alignment: Segment.size) { return block }
      let memory = mallocx(total, flags | krait_mallocx_align(Segment.size))
      if let memory { adviseHugePages(memory, total) }
      return memory
    }
    guard let segment = spareLarge else {
      let memory = mallocx(Segment.size, flags | krait_mallocx_align(Segment.size))
      // What jemalloc had kept of another object may be in memory as a whole.
      if let memory { letGo(memory, from: total, to: Segment.size) }
      return memory
    }
    spareLarge = segment.pointee.next
    spareLargeSize -= segment.pointee.largeSize
    letGo(UnsafeMutableRawPointer(segment), from: total, to: segment.pointee.largeSize)
    return UnsafeMutableRawPointer(segment)
  }

  /// Gives the memory of a segment's end back, if it is worth a call.
  private func letGo(_ segment: UnsafeMutableRawPointer, from start: Int, to end: Int) {
    let page = Int(getpagesize())
    let first = (start + page - 1) & ~(page - 1)
    if end - first >= 1 << 16 { madvise(segment + first, end - first, MADV_DONTNEED) }
  }

  /// Keeps the segment of a large object for others, unless those that are kept have much memory already.
  private mutating func releaseLarge(_ segment: UnsafeMutablePointer<Segment>, _ total: Int) {
    if total >= MappedBlocks.leastSize && MappedBlocks.free(segment, total) { return }
    if total > Segment.size { return sdallocx(segment, total, flags | krait_mallocx_align(Segment.size)) }
    if spareLargeSize + total > max(1 << 20, footprint / 8) { return sdallocx(segment, Segment.size, flags | krait_mallocx_align(Segment.size)) }
    segment.pointee.largeSize = total
    segment.pointee.next = spareLarge
    spareLarge = segment
    spareLargeSize += total
  }

  private mutating func allocateLargeMemory(_ size: Int) -> UnsafeMutableRawPointer? {
    if allocationsUntilFailure >= 0 && countDownToFailure() { return nil }
    guard footprint <= memoryLimit - size, !krait_is_absurd(size) else { return nil }
    if size >= MappedBlocks.leastSize, !Heap.checksMemory, let block = mapFreshBlock(size, alignment: 4096) {
      footprint += size
      return block
    }
    guard let memory = Heap.checksMemory ? malloc(size) : mallocx(size, flags) else { return nil }
    adviseHugePages(memory, size)
    footprint += size
    return memory
  }

  /// Gives a large block of plain memory another size, and mostly another address; nil when it stays as it is.
  mutating func resizeMemory(_ block: UnsafeMutableRawPointer, from size: Int, to newSize: Int) -> UnsafeMutableRawPointer? {
    guard !Heap.checksMemory, footprint - size <= memoryLimit - newSize, !krait_is_absurd(newSize), allocationsUntilFailure < 0 else { return nil }
    if MappedBlocks.contains(block) {
      guard let memory = MappedBlocks.resize(block, from: size, to: newSize) ?? (releaseSpareGroups() ? MappedBlocks.resize(block, from: size, to: newSize) : nil) else { return nil }
      footprint += newSize - size
      return memory
    }
    // Without large pages, which take ten times as long as small ones where a mapping moves.
    guard newSize > size, let memory = mapBlock(newSize, alignment: 4096) else { return nil }
    footprint += newSize
    memory.copyMemory(from: block, byteCount: size)
    Heap.freeMemory(block, size)
    return memory
  }

  private mutating func countDownToFailure() -> Bool {
    allocationsUntilFailure -= 1
    if allocationsUntilFailure >= 0 { return false }
    return true
  }

  // MARK: Free

  /// Gives an object's block back, from any thread. Its counts must be zero by now.
  @inline(__always)
  static func freeObject(_ block: UnsafeMutableRawPointer) {
    let segment = Segment.containing(block)
    if _slowPath(segment.pointee.largeSize != 0) {
      if segment.pointee.largeSize > 0 { return freeLargeObject(segment) }
      return freeChecked(block, segment, isObject: true)
    }
    block.storeBytes(of: 0, toByteOffset: ObjectHeader.localOffset, as: UInt64.self)
    freeBlock(block, segment)
  }

  /// Gives plain memory of `size` bytes back, from any thread.
  @inline(__always)
  static func freeMemory(_ block: UnsafeMutableRawPointer, _ size: Int) {
    if _slowPath(size > SizeClass.limit) { return freeLargeMemory(block, size) }
    let segment = Segment.containing(block)
    if _slowPath(segment.pointee.largeSize != 0) { return freeChecked(block, segment, isObject: false) }
    freeBlock(block, segment)
  }

  @inline(__always)
  static func freeBlock(_ block: UnsafeMutableRawPointer, _ segment: UnsafeMutablePointer<Segment>) {
    let page = Page.containing(block)
    if _fastPath(segment.pointee.owner == krait_owner()) {
      block.storeBytes(of: page.pointee.free, as: UnsafeMutableRawPointer?.self)
      page.pointee.free = block
      page.pointee.used &-= 1
      if page.pointee.state != .current, _slowPath(page.pointee.used == 0 || page.pointee.state == .full) { pageChanged(page, segment) }
    } else {
      freeElsewhere(block, page)
    }
  }

  @inline(never)
  private static func freeElsewhere(_ block: UnsafeMutableRawPointer, _ page: UnsafeMutablePointer<Page>) {
    let list = UnsafeMutableRawPointer(withUnsafeMutablePointer(to: &page.pointee.freedElsewhere) { $0 })
    // Read before the owner may take the page back.
    let (isShared, size) = (Segment.containing(block).pointee.owner == SharedObjects.owner, Int(page.pointee.blockSize))
    while true {
      let head = krait_load64(list)
      block.storeBytes(of: head, as: UInt64.self)
      if krait_cas64(list, head, UInt64(UInt(bitPattern: block))) { break }
    }
    if isShared { SharedObjects.noteFreed(size) }
  }

  @inline(never)
  private static func freeLargeObject(_ segment: UnsafeMutablePointer<Segment>) {
    // Only in the model without a lock, or one that interpreters share (``SharedObjects``).
    if segment.pointee.owner != krait_owner() { return freeLargeElsewhere(segment) }
    let heap = segment.pointee.heap
    let size = segment.pointee.largeSize + 64
    if let next = segment.pointee.next { next.pointee.previous = segment.pointee.previous }
    if let previous = segment.pointee.previous {
      previous.pointee.next = segment.pointee.next
    } else {
      heap.pointee.largeObjects = segment.pointee.next
    }
    heap.pointee.footprint -= size
    heap.pointee.releaseLarge(segment, size)
  }

  /// A large object of another thread's heap waits for the owner to look (``freeLargeObjectsOfOthers()``): a stack linked through the first word of the blocks.
  private static func freeLargeElsewhere(_ segment: UnsafeMutablePointer<Segment>) {
    let block = UnsafeMutableRawPointer(segment) + 64
    block.storeBytes(of: 0, toByteOffset: ObjectHeader.localOffset, as: UInt64.self)
    let list = UnsafeMutableRawPointer(withUnsafeMutablePointer(to: &segment.pointee.heap.pointee.largeEndedElsewhere) { $0 })
    let (isShared, size) = (segment.pointee.owner == SharedObjects.owner, segment.pointee.largeSize)
    while true {
      let head = krait_load64(list)
      block.storeBytes(of: head, as: UInt64.self)
      // Release: the owner sees the link.
      if krait_cas64(list, head, UInt64(UInt(bitPattern: block))) { break }
    }
    if isShared { SharedObjects.noteFreed(size) }
  }

  /// Takes back what other threads have freed, and gives the system what is empty. Owner only.
  mutating func takeBackFreed(_ heap: UnsafeMutablePointer<Heap>) {
    Heap.freeLargeEndedElsewhere(heap)
    var list = segments
    while let segment = list {
      list = segment.pointee.next
      for number in 0..<Int(segment.pointee.pagesUsed) {
        let page = (UnsafeMutableRawPointer(segment) + 64 + number * Page.size).assumingMemoryBound(to: Page.self)
        guard page.pointee.used > 0, krait_load64(&page.pointee.freedElsewhere) != 0 else { continue }
        var next = UnsafeMutableRawPointer(
          bitPattern: UInt(krait_exchange64(withUnsafeMutablePointer(to: &page.pointee.freedElsewhere) { UnsafeMutableRawPointer($0) }, 0)))
        while let block = next {
          next = block.load(as: UnsafeMutableRawPointer?.self)
          block.storeBytes(of: page.pointee.free, as: UnsafeMutableRawPointer?.self)
          page.pointee.free = block
          page.pointee.used -= 1
        }
        if page.pointee.state == .current {
          if page.pointee.used > 0 { continue }
          current[Int(page.pointee.index)] = Heap.emptyPage
          page.pointee.state = .listed
        }
        // The segment goes with its last page.
        let isLast = page.pointee.used == 0 && segment.pointee.pagesLive == 1 && segment != segments
        if page.pointee.used == 0 || page.pointee.state == .full { pageChanged(page, segment) }
        if isLast { break }
      }
    }
    while let segment = spareLarge {
      spareLarge = segment.pointee.next
      sdallocx(segment, Segment.size, flags | krait_mallocx_align(Segment.size))
    }
    spareLargeSize = 0
    free(scratch)
    scratch = nil
    mallctl("arena.\(arena).purge", nil, nil, nil, 0)
  }

  /// Frees a large block of plain memory without a word to the thread's heap: one of the heap that interpreters share.
  static func freeSharedMemory(_ block: UnsafeMutableRawPointer, _ size: Int) {
    if Heap.checksMemory { free(block) } else if size < MappedBlocks.leastGrownSize || !MappedBlocks.free(block, size) { dallocx(block, krait_mallocx_no_cache()) }
  }

  /// Frees the large objects that other threads ended. Owner only.
  private static func freeLargeEndedElsewhere(_ heap: UnsafeMutablePointer<Heap>) {
    var next = krait_exchange64(&heap.pointee.largeEndedElsewhere, 0)
    while let block = UnsafeMutableRawPointer(bitPattern: UInt(next)) {
      next = block.load(as: UInt64.self)
      freeLargeObject(Segment.containing(block))
    }
  }

  @inline(never)
  private static func freeLargeMemory(_ block: UnsafeMutableRawPointer, _ size: Int) {
    freeSharedMemory(block, size)
    guard let heap = krait_heap() else { return }
    heap.assumingMemoryBound(to: Heap.self).pointee.footprint -= size
  }

  // MARK: Scratch memory

  /// Bytes of the block that is kept for the next result in the making: to take one of 16 KiB from the arena and give it back costs as much as to encode a thousand characters.
  /// In memory is what was used of it.
  static let scratchSize = 256 << 10

  /// A block of this size; nil when there is no memory. From `malloc`: any heap may keep it.
  mutating func takeScratch() -> UnsafeMutableRawPointer? {
    if allocationsUntilFailure >= 0 && countDownToFailure() { return nil }
    guard let block = scratch else { return malloc(Heap.scratchSize) }
    scratch = nil
    return block
  }

  mutating func giveScratch(_ block: UnsafeMutableRawPointer) {
    if scratch != nil || isDebugging { return free(block) }
    scratch = block
  }

  // MARK: Merging of counts

  private struct MergeNode {
    var next: UInt64
    var object: UnsafeMutableRawPointer
  }

  /// Hands an object to its owner, who folds its own count into the shared one (PEP 703); an owner that waits is not waited for.
  static func enqueueForMerge(_ object: UnsafeMutableRawPointer) {
    let heap = Segment.containing(object).pointee.heap
    if Sharing.mergeCounts(of: object, insteadOf: heap) { return }
    let queue = UnsafeMutableRawPointer(heap)
    let node = UnsafeMutablePointer<MergeNode>.allocate(capacity: 1)
    var next: UInt64
    repeat {
      next = krait_load64(queue)
      node.initialize(to: MergeNode(next: next, object: object))
      // Release by the exchange: the owner sees the node's fields. From then on the node is the owner's, who frees it.
    } while !krait_cas64(queue, next, UInt64(UInt(bitPattern: node)))
    if next == 0 { Sharing.requestMerge(heap) }
  }

  /// Whether another thread waits for ``mergeQueuedObjects(_:)``.
  static func hasQueuedObjects(_ heap: UnsafeMutablePointer<Heap>) -> Bool { krait_load64(heap) != 0 }

  /// Merges the counts of all objects that other threads handed over. For the owner at a safepoint, or for another thread while the owner does not run.
  static func mergeQueuedObjects(_ heap: UnsafeMutablePointer<Heap>) {
    var next = krait_exchange64(heap, 0)
    while let node = UnsafeMutablePointer<MergeNode>(bitPattern: UInt(next)) {
      next = node.pointee.next
      let object = node.pointee.object
      node.deallocate()
      object.mergeCounts()
    }
  }

  // MARK: Walking

  /// Gives each tracked object of an interpreter's heaps a zeroed word for the collector: where the words begin, nil when there is no memory for them.
  ///
  /// The words lie together: for each page of tracked objects how many blocks it has handed out, the reciprocal of the blocks' size (``mark(of:)``) and a word a block.
  static func makeMarks(_ root: UnsafeMutablePointer<Heap>) -> UnsafeMutablePointer<Int32>? {
    var total = 1
    forEach(root) { heap in
      heap.pointee.forEachTrackedPage { page in total += 2 + page.pointee.blockNumberLimit }
      heap.pointee.forEachLargeObject { _ in total += 1 }
    }
    guard total <= Int(UInt32.max), let memory = calloc(total, MemoryLayout<Int32>.stride)?.assumingMemoryBound(to: Int32.self) else { return nil }
    var next = 1
    forEach(root) { heap in
      heap.pointee.marks = memory
      heap.pointee.forEachTrackedPage { page in
        Segment.containing(page).pointee.marks = memory
        page.pointee.marks = UInt32(next)
        memory[next] = Int32(page.pointee.blockNumberLimit)
        memory[next + 1] = Int32(page.pointee.reciprocal)
        next += 2 + page.pointee.blockNumberLimit
      }
      heap.pointee.forEachLargeObject { object in
        if object.shape.flags.contains(.tracked) { Segment.containing(object).pointee.marks = memory + next }
        next += 1
      }
    }
    return memory
  }

  static func dropMarks(_ root: UnsafeMutablePointer<Heap>) {
    free(root.pointee.marks)
    forEach(root) { $0.pointee.dropMarks() }
  }

  private mutating func dropMarks() {
    for list in [segments, largeObjects] {
      var segment = list
      while let this = segment {
        this.pointee.marks = nil
        if this.pointee.largeSize <= 0 {
          for number in 0..<Int(this.pointee.pagesUsed) {
            (UnsafeMutableRawPointer(this) + 64 + number * Page.size).assumingMemoryBound(to: Page.self).pointee.marks = 0
          }
        }
        segment = this.pointee.next
      }
    }
    marks = nil
  }

  /// An interpreter's heaps, beginning with the first.
  @inline(__always)
  static func forEach(_ root: UnsafeMutablePointer<Heap>, _ body: (UnsafeMutablePointer<Heap>) -> Void) {
    var heap: UnsafeMutablePointer<Heap>? = root
    while let this = heap {
      heap = this.pointee.next
      body(this)
    }
  }

  /// Live objects that have a segment of their own: those that other threads have ended wait in the list.
  private func forEachLargeObject(_ body: (UnsafeMutableRawPointer) -> Void) {
    var large = largeObjects
    while let this = large {
      large = this.pointee.next
      let object = UnsafeMutableRawPointer(this) + 64
      if object.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) != 0 { body(object) }
    }
  }

  /// The collector's word for an object: nil for one that came after ``makeMarks()``, is not tracked, immortal or of another heap.
  @inline(__always)
  static func mark(of object: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int32>? {
    let segment = Segment.containing(object)
    guard let marks = segment.pointee.marks else { return nil }
    if _slowPath(segment.pointee.largeSize > 0) { return marks }
    let page = Page.containing(object)
    guard page.pointee.marks != 0 else { return nil }
    let first = marks + Int(page.pointee.marks)
    let number = Page.blockNumber(UInt(bitPattern: object) & UInt(Segment.pageSize - 1), UInt(truncatingIfNeeded: first[1]))
    return number < Int(first[0]) ? first + (2 &+ number) : nil
  }

  /// As ``mark(of:)``, while nothing has been allocated since ``makeMarks()``, for objects of the heap whose words begin at `marks`.
  @inline(__always)
  static func mark(of object: UnsafeMutableRawPointer, in marks: UnsafeMutablePointer<Int32>) -> UnsafeMutablePointer<Int32>? {
    let segment = Segment.containing(object)
    let own = segment.pointee.marks
    if own != marks {
      // Most often one of the process's immortal objects; else a large one, or of another interpreter.
      guard _slowPath(own != nil), segment.pointee.heap.pointee.marks == marks else { return nil }
      return own
    }
    let start = Page.containing(object).pointee.marks
    guard start != 0 else { return nil }
    let first = marks + (Int(start) &+ 1)
    return first + (1 &+ Page.blockNumber(UInt(bitPattern: object) & UInt(Segment.pageSize - 1), UInt(truncatingIfNeeded: first[0])))
  }

  private func forEachTrackedPage(_ body: (UnsafeMutablePointer<Page>) -> Void) {
    var segment = segments
    while let this = segment {
      for number in 0..<Int(this.pointee.pagesUsed) {
        let page = (UnsafeMutableRawPointer(this) + 64 + number * Page.size).assumingMemoryBound(to: Page.self)
        if page.pointee.kind == .tracked && page.pointee.used > 0 { body(page) }
      }
      segment = this.pointee.next
    }
  }

  /// Calls `body` with every live object that has a word of ``makeMarks()``, and with the word.
  @inline(__always)
  func forEachMarkedObject(_ body: (UnsafeMutableRawPointer, UnsafeMutablePointer<Int32>) -> Void) {
    guard let marks else { return }
    forEachTrackedPage { page in
      guard page.pointee.marks != 0 else { return }
      let first = marks + Int(page.pointee.marks)
      let reciprocal = UInt(truncatingIfNeeded: first[1])
      let size = Int(page.pointee.blockSize)
      var block = Page.firstBlock(page)
      var left = Int(first[0])
      // Blocks follow one another, and so do their numbers.
      var mark = first + (2 &+ Page.blockNumber(UInt(bitPattern: block) & UInt(Segment.pageSize - 1), reciprocal))
      left &-= mark - (first + 2)
      while left > 0 && block < page.pointee.fresh {
        let counts = isDebugging ? krait_load64_unchecked(block.localCount) : block.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self)
        if counts != 0 { body(block, mark) }
        block += size
        mark += 1
        left &-= 1
      }
    }
    forEachLargeObject { object in
      if let mark = Segment.containing(object).pointee.marks { body(object, mark) }
    }
  }

  /// Makes the objects of the process's heap immortal that have come since the last time.
  func makeNewObjectsImmortal() {
    var segment = segments
    while let this = segment {
      for number in 0..<Int(this.pointee.pagesUsed) {
        let page = (UnsafeMutableRawPointer(this) + 64 + number * Page.size).assumingMemoryBound(to: Page.self)
        guard page.pointee.holdsObjects && page.pointee.used > 0 else { continue }
        // The collector does not look at this heap: its word tells how many blocks at the start hold immortal objects, which never end.
        let size = Int(page.pointee.blockSize)
        var known = Int(page.pointee.marks)
        var block = Page.firstBlock(page) + known * size
        var isStart = true
        while block < page.pointee.fresh {
          if block.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) == 0 {
            isStart = false
          } else {
            block.makeImmortal()
            if isStart { known += 1 }
          }
          block += size
        }
        page.pointee.marks = UInt32(known)
      }
      segment = this.pointee.next
    }
    forEachLargeObject { $0.makeImmortal() }
  }

  /// Calls `body` with every live object of the heap. Objects must not be allocated or freed meanwhile.
  func forEachObject(_ body: (UnsafeMutableRawPointer) -> Void) {
    var segment = segments
    while let this = segment {
      for number in 0..<Int(this.pointee.pagesUsed) {
        let page = (UnsafeMutableRawPointer(this) + 64 + number * Page.size).assumingMemoryBound(to: Page.self)
        guard page.pointee.holdsObjects && page.pointee.used > 0 else { continue }
        var block = Page.firstBlock(page)
        while block < page.pointee.fresh {
          let counts = isDebugging ? krait_load64_unchecked(block.localCount) : block.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self)
          if counts != 0 { body(block) }
          block += Int(page.pointee.blockSize)
        }
      }
      segment = this.pointee.next
    }
    forEachLargeObject(body)
  }
}
