// Growable memory for trivial elements that is kept and reused from one code object to the next.

import Glibc

/// A growable array of trivial elements without bounds checks, reference counts or copies.
struct Buffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 64) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { start.deallocate() }

  var isEmpty: Bool { count == 0 }

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
    if count == capacity { reserve(count + 1) }
    start[count] = element
    count &+= 1
  }

  @inline(__always)
  mutating func removeLast() -> Element {
    assert(count > 0)
    count &-= 1
    return start[count]
  }

  mutating func removeAll() { count = 0 }

  mutating func removeLast(_ number: Int) { count -= number }

  /// Makes the buffer `newCount` elements long; the new ones are uninitialised.
  mutating func grow(to newCount: Int) {
    reserve(newCount)
    count = newCount
  }

  mutating func reserve(_ needed: Int) {
    if needed <= capacity { return }
    let newCapacity = max(needed, capacity * 2)
    let new = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
    new.update(from: start, count: count)
    start.deallocate()
    start = new
    capacity = newCapacity
  }

  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: count) }
}
