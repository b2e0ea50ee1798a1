// A list that grows, in an arena: for passes that collect handles before they know how many there are.

/// A growing list of trivial elements whose storage lives in an ``Arena``; outgrown storage is left to the arena.
@frozen
public struct GrowingList<Element: BitwiseCopyable>: BitwiseCopyable, RandomAccessCollection {
  @usableFromInline var elements: UnsafeMutablePointer<Element>?
  @usableFromInline var size: Int
  @usableFromInline var capacity: Int

  @inlinable public init() {
    elements = nil
    size = 0
    capacity = 0
  }

  @inlinable public var count: Int { size }
  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { size }
  @inlinable public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < size)
      return elements.unsafelyUnwrapped[index]
    }
    set {
      precondition(index >= 0 && index < size)
      elements.unsafelyUnwrapped[index] = newValue
    }
  }

  @inlinable
  public mutating func append(_ element: Element, in arena: Arena) {
    if size == capacity { grow(in: arena) }
    elements.unsafelyUnwrapped[size] = element
    size &+= 1
  }

  @usableFromInline @inline(never)
  mutating func grow(in arena: Arena) {
    capacity = Swift.max(4, capacity &* 2)
    let bigger = arena.allocate(Element.self, count: capacity).baseAddress.unsafelyUnwrapped
    if let elements { bigger.update(from: elements, count: size) }
    elements = bigger
  }
}
