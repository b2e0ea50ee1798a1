// Memory for code that runs often and briefly: the translator has a dozen rows of plain values for each function that is called first.

import CKraitCore

/// Memory that is taken bit by bit and given up at once.
struct ScratchMemory {
  private struct State {
    var free: UnsafeMutableRawPointer
    var end: UnsafeMutableRawPointer
    /// Bytes of the first piece.
    let size: Int
    /// The piece that was added last; its first word leads to the one before.
    var added: UnsafeMutableRawPointer?
  }

  /// At the start of the first piece.
  private let state: UnsafeMutablePointer<State>

  /// A piece of ``keptSize`` bytes that nobody uses; 0: there is none. With a piece of its own for each translation, a start would touch pages of many sizes.
  nonisolated(unsafe) private static let kept: UnsafeMutablePointer<UInt64> = {
    let place = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    place.initialize(to: 0)
    return place
  }()
  private static var keptSize: Int { 1 << 14 }

  /// - Parameter bytes: what will be taken, about.
  init(bytes: Int) {
    let size = max(MemoryLayout<State>.stride + bytes, ScratchMemory.keptSize)
    let known = krait_load64_acquire(ScratchMemory.kept)
    let piece: UnsafeMutableRawPointer
    if size == ScratchMemory.keptSize, let memory = UnsafeMutableRawPointer(bitPattern: UInt(known)), krait_cas64(ScratchMemory.kept, known, 0) {
      piece = memory
    } else {
      piece = .allocate(byteCount: size, alignment: 8)
    }
    state = piece.bindMemory(to: State.self, capacity: 1)
    state.initialize(to: State(free: piece + MemoryLayout<State>.stride, end: piece + size, size: size, added: nil))
  }

  func deallocate() {
    var next = state.pointee.added
    while let this = next {
      next = this.load(as: UnsafeMutableRawPointer?.self)
      this.deallocate()
    }
    if state.pointee.size == ScratchMemory.keptSize && krait_cas64(ScratchMemory.kept, 0, UInt64(UInt(bitPattern: state))) { return }
    state.deallocate()
  }

  /// Room for elements; it is not initialised.
  @inline(__always)
  func take<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = (count &* MemoryLayout<Element>.stride &+ 7) & ~7
    let start = state.pointee.free
    if _slowPath(bytes > state.pointee.end - start) { return add(bytes).assumingMemoryBound(to: Element.self) }
    state.pointee.free = start + bytes
    return start.assumingMemoryBound(to: Element.self)
  }

  @inline(never)
  private func add(_ bytes: Int) -> UnsafeMutableRawPointer {
    let size = max(bytes, 1 << 12)
    let piece = UnsafeMutableRawPointer.allocate(byteCount: 8 + size, alignment: 8)
    piece.storeBytes(of: state.pointee.added, as: UnsafeMutableRawPointer?.self)
    state.pointee.added = piece
    state.pointee.free = piece + 8 + bytes
    state.pointee.end = piece + 8 + size
    return piece + 8
  }
}

/// A row that grows, without reference counts, checks of uniqueness and bounds.
struct PlainArray<Element: BitwiseCopyable> {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int
  private let memory: ScratchMemory

  init(_ memory: ScratchMemory, capacity: Int) {
    self.memory = memory
    self.capacity = max(capacity, 8)
    start = memory.take(self.capacity)
  }

  @inline(__always) var indices: Range<Int> { 0..<count }
  @inline(__always) var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: count) }
  @inline(__always) var last: Element? { count == 0 ? nil : start[count &- 1] }

  subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress {
      assert(index >= 0 && index < count)
      return UnsafePointer(start + index)
    }
    @inline(__always) nonmutating unsafeMutableAddress {
      assert(index >= 0 && index < count)
      return start + index
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if _slowPath(count == capacity) { grow() }
    start[count] = element
    count &+= 1
  }

  @discardableResult @inline(__always)
  mutating func removeLast() -> Element {
    assert(count > 0)
    count &-= 1
    return start[count]
  }

  @inline(__always)
  mutating func removeLast(_ number: Int) {
    assert(number <= count)
    count &-= number
  }

  mutating func removeAll() { count = 0 }

  @inline(never)
  private mutating func grow() {
    let larger: UnsafeMutablePointer<Element> = memory.take(capacity * 2)
    larger.update(from: start, count: count)
    start = larger
    capacity *= 2
  }
}

extension PlainArray where Element: Equatable {
  @inline(__always)
  func firstIndex(of element: Element) -> Int? {
    var index = 0
    while index < count {
      if start[index] == element { return index }
      index &+= 1
    }
    return nil
  }

  @inline(__always) func contains(_ element: Element) -> Bool { firstIndex(of: element) != nil }

  @inline(__always)
  func swapAt(_ a: Int, _ b: Int) {
    let held = start[a]
    start[a] = start[b]
    start[b] = held
  }
}
