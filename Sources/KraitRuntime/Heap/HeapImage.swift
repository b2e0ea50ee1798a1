// A heap that others begin as copies of: what a new interpreter needs is made once.

import CKraitCore
import Glibc

/// The contents of a heap that nobody uses any more, to be copied into new ones.
///
/// Pages of nothing but texts, bytes and numbers are not copied: these become immortal, and all copies refer to them. Of other pages that is copied which was ever handed out;
/// then each word that points into the original is moved by the distance of its page from the copy's. Which words those are is found once, by looking at all: a pointer is a word whose
/// value lies in a page that is copied. Nothing else looks like that but by a chance of one in 2^43, and what programs choose the bits of (texts, bytes, numbers) is not looked at.
/// Tables that are ordered by addresses are made anew by ``InterpreterImage``.
struct HeapImage {
  /// A page that is copied.
  private struct Source {
    let descriptor: UnsafeMutablePointer<Page>
    /// The address of its 64 KiB.
    let base: UInt
    /// Whether it is the first of its segment, whose blocks begin behind the segment's header.
    let isFirst: Bool
    let offset: Int
    let count: Int
    /// Words to move: the number of the word in the lower bits, of the page that it points into above.
    var pointers: [UInt32] = []
  }

  private static let wordBits: UInt32 = 13
  private static let wordMask: UInt32 = 1 << 13 - 1

  let heap: UnsafeMutablePointer<Heap>
  private var sources: [Source] = []
  /// The segments of the original, and for each of their pages the number of the source; -1 for one that is not copied.
  private var segments: [UInt] = []
  private var numbers: [Int16] = []
  /// For each place of a segment from the lowest one on, which segment is there; -1 for none.
  private var lowest: UInt = 0
  private var places: [Int16] = []
  private var segmentCount = 0

  /// Nil when the heap has blocks outside of its segments, or an object cannot be copied.
  ///
  /// - Parameter examine: called with each object of a page that is copied; false when the object cannot be.
  init?(_ heap: UnsafeMutablePointer<Heap>, examine: (UnsafeMutableRawPointer) -> Bool) {
    self.heap = heap
    guard heap.pointee.largeObjects == nil, heap.pointee.next == nil, !heap.pointee.isDebugging, !Heap.hasQueuedObjects(heap) else { return nil }
    var segment = heap.pointee.segments
    while let this = segment {
      guard addPages(of: this) else { return nil }
      segment = this.pointee.next
    }
    // Large blocks of plain memory are in nobody's list; the bytes tell whether there are any.
    guard heap.pointee.footprint == segments.count * Segment.size, sources.count < 1 << 15 else { return nil }
    guard placeSegments() else { return nil }
    let firsts = sources.count { $0.isFirst }
    segmentCount = max(firsts, (sources.count - firsts + Segment.pageCount - 2) / (Segment.pageCount - 1))
    for index in sources.indices where !scan(index, examine) { return nil }
  }

  private mutating func addPages(of segment: UnsafeMutablePointer<Segment>) -> Bool {
    guard segment.pointee.largeSize == 0 else { return false }
    segments.append(UInt(bitPattern: segment))
    for number in 0..<Segment.pageCount {
      let page = (UnsafeMutableRawPointer(segment) + 64 + number * Page.size).assumingMemoryBound(to: Page.self)
      guard number < Int(segment.pointee.pagesUsed), page.pointee.used > 0, !isShareable(page) else {
        numbers.append(-1)
        continue
      }
      guard page.pointee.freedElsewhere == 0 else { return false }
      numbers.append(Int16(sources.count))
      let base = UInt(bitPattern: segment) + UInt(number * Segment.pageSize)
      let first = Page.firstBlock(page)
      sources.append(Source(
        descriptor: page, base: base, isFirst: number == 0, offset: Int(bitPattern: UInt(bitPattern: first) - base), count: page.pointee.fresh - first))
    }
    return true
  }

  /// False when the segments lie too far apart.
  private mutating func placeSegments() -> Bool {
    guard let first = segments.min(), let last = segments.max(), (last - first) / UInt(Segment.size) < 1 << 18 else { return false }
    lowest = first
    places = [Int16](repeating: -1, count: Int((last - first) / UInt(Segment.size)) + 1)
    for (index, segment) in segments.enumerated() { places[Int((segment - first) / UInt(Segment.size))] = Int16(index) }
    return true
  }

  /// Whether a page has nothing but objects that never change; they become immortal.
  private func isShareable(_ page: UnsafeMutablePointer<Page>) -> Bool {
    guard page.pointee.kind == .atom else { return false }
    func forEachObject(_ body: (UnsafeMutableRawPointer) -> Void) {
      for block in stride(from: Page.firstBlock(page), to: page.pointee.fresh, by: Int(page.pointee.blockSize))
      where block.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) != 0 { body(block) }
    }
    var isShareable = true
    forEachObject { if !HeapImage.isAtom($0.shape.flags) { isShareable = false } }
    if !isShareable { return false }
    forEachObject { object in
      // The hash is kept in the object: known in time, nobody writes to it any more.
      if object.shape.flags.contains(.string) { _ = StringObject(raw: object).hashValue }
      object.makeImmortal()
    }
    return true
  }

  private static func isAtom(_ flags: ShapeFlags) -> Bool {
    flags.contains(.exact) && !flags.isDisjoint(with: ShapeFlags(rawValue: ShapeFlags.string.rawValue | ShapeFlags.bytes.rawValue | ShapeFlags.integer.rawValue | ShapeFlags.float.rawValue))
  }

  /// The number of the page that a word points into; nil when it is no such pointer.
  @inline(__always)
  private func source(of word: UInt) -> Int? {
    let place = (word &- lowest) / UInt(Segment.size)
    guard place < UInt(places.count) else { return nil }
    let segment = Int(places[Int(place)])
    guard segment >= 0 else { return nil }
    let number = numbers[segment &* Segment.pageCount &+ Int(word & UInt(Segment.size - 1)) / Segment.pageSize]
    return number < 0 ? nil : Int(number)
  }

  /// Whether an object is among those that are copied.
  func contains(_ pointer: UnsafeMutableRawPointer) -> Bool { source(of: UInt(bitPattern: pointer)) != nil }

  private mutating func scan(_ index: Int, _ examine: (UnsafeMutableRawPointer) -> Bool) -> Bool {
    let page = sources[index].descriptor
    let base = UnsafeMutableRawPointer(bitPattern: sources[index].base).unsafelyUnwrapped
    var pointers: [UInt32] = []
    func note(_ start: UnsafeMutableRawPointer, _ count: Int) {
      for offset in stride(from: 0, to: count, by: 8) {
        guard let target = source(of: (start + offset).load(as: UInt.self)) else { continue }
        pointers.append(UInt32((start + offset - base) / 8) | UInt32(target) << HeapImage.wordBits)
      }
    }
    let first = Page.firstBlock(page)
    if page.pointee.holdsObjects {
      let size = Int(page.pointee.blockSize)
      for block in stride(from: first, to: page.pointee.fresh, by: size) {
        if block.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) == 0 {
          // A free block: the link to the next.
          note(block, 8)
        } else {
          guard examine(block) else { return false }
          note(block, HeapImage.isAtom(block.shape.flags) ? 8 : size)
        }
      }
    } else {
      note(first, page.pointee.fresh - first)
    }
    sources[index].pointers = pointers
    return true
  }

  // MARK: Copying

  /// Where a copy has the pages of the image.
  struct Placement {
    fileprivate let image: HeapImage
    /// How far each page of the image has moved.
    fileprivate let distances: [UInt]

    /// The place in the copy of what is at an address; an address outside of what is copied is its own.
    @inline(__always)
    func address(_ word: UInt) -> UInt { image.source(of: word).map { word &+ distances[$0] } ?? word }

    func value(_ value: Value) -> Value { value.isObject ? Value(bits: UInt64(address(UInt(value.bits)))) : value }

    func pointer(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
      UnsafeMutableRawPointer(bitPattern: address(UInt(bitPattern: pointer))).unsafelyUnwrapped
    }
  }

  /// Copies the image into a heap from which nothing has been allocated yet; nil when there is no memory.
  func copy(into target: UnsafeMutablePointer<Heap>) -> Placement? {
    var copies: [UnsafeMutablePointer<Segment>] = []
    for _ in 0..<segmentCount {
      guard let segment = target.pointee.newSegment(target) else { return nil }
      segment.pointee.next = target.pointee.segments
      target.pointee.segments?.pointee.previous = segment
      target.pointee.segments = segment
      copies.append(segment)
    }
    // First pages stay first, as their blocks begin later.
    var firsts = copies.makeIterator()
    var others = copies.lazy.flatMap { segment in (1..<Segment.pageCount).lazy.map { (segment, $0) } }.makeIterator()
    var distances = [UInt](repeating: 0, count: sources.count)
    for (index, source) in sources.enumerated() {
      guard let (segment, number) = source.isFirst ? firsts.next().map({ ($0, 0) }) : others.next() else { return nil }
      distances[index] = UInt(bitPattern: segment) &+ UInt(number * Segment.pageSize) &- source.base
      segment.pointee.pagesUsed = max(segment.pointee.pagesUsed, Int32(number + 1))
      segment.pointee.pagesLive += 1
    }
    distances.withUnsafeBufferPointer { distances in
      for (index, source) in sources.enumerated() {
        let base = source.base &+ distances[index]
        let words = UnsafeMutablePointer<UInt>(bitPattern: base).unsafelyUnwrapped
        memcpy(UnsafeMutableRawPointer(words) + source.offset, UnsafeRawPointer(bitPattern: source.base).unsafelyUnwrapped + source.offset, source.count)
        source.pointers.withUnsafeBufferPointer { pointers in
          for entry in pointers { words[Int(entry & HeapImage.wordMask)] &+= distances[Int(entry &>> HeapImage.wordBits)] }
        }
        let page = Page.containing(UnsafeMutableRawPointer(words))
        func moved(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
          UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: pointer) &+ distances[index]).unsafelyUnwrapped
        }
        page.initialize(to: source.descriptor.pointee)
        page.pointee.free = page.pointee.free.map(moved)
        page.pointee.fresh = moved(page.pointee.fresh)
        page.pointee.end = moved(page.pointee.end)
        page.pointee.next = nil
        page.pointee.previous = nil
        page.pointee.marks = 0
        // Pages with room are found by their class; the first that is asked becomes the current one.
        if page.pointee.state != .full { target.pointee.link(page) }
      }
    }
    // First pages that nobody took serve any class.
    while let segment = firsts.next() {
      let page = (UnsafeMutableRawPointer(segment) + 64).assumingMemoryBound(to: Page.self)
      guard segment.pointee.pagesUsed > 0 else { continue }
      page.initialize(to: Page(
        free: nil, freedElsewhere: 0, fresh: Page.firstBlock(page), end: Page.end(page), next: target.pointee.freePages, previous: nil, used: 0, blockSize: 16, index: 0, kind: .memory,
        state: .listed))
      target.pointee.freePages = page
    }
    target.pointee.allocations = heap.pointee.allocations
    target.pointee.due = heap.pointee.due
    return Placement(image: self, distances: distances)
  }
}
