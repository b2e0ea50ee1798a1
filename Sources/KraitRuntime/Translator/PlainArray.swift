// Rows of plain values for code that runs often and briefly: the translator has a dozen for each function that is called first.

/// A row that grows, without reference counts, checks of uniqueness and bounds. Whoever makes one deallocates it.
struct PlainArray<Element: BitwiseCopyable> {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 8)
    start = .allocate(capacity: self.capacity)
  }

  func deallocate() { start.deallocate() }

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
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.update(from: start, count: count)
    start.deallocate()
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
