// Fixed-length lists of handles in an arena: a node's children.

/// A list of trivial elements in an ``Arena``; one word, `nil` storage when empty. Elements can be replaced, the length is fixed.
@frozen
public struct NodeList<Element: BitwiseCopyable>: BitwiseCopyable, RandomAccessCollection {
  // Layout: count (8), elements.
  @usableFromInline let raw: UnsafeMutableRawPointer?

  @inlinable public init() { raw = nil }
  @usableFromInline init(raw: UnsafeMutableRawPointer?) { self.raw = raw }

  /// The address of the storage: what tells two lists that are not empty apart.
  @inlinable public var identity: UnsafeMutableRawPointer? { raw }
  @inlinable public var count: Int { raw?.load(as: Int.self) ?? 0 }
  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }
  @inlinable public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return raw.unsafelyUnwrapped.load(fromByteOffset: 8 &+ index &* MemoryLayout<Element>.stride, as: Element.self)
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      raw.unsafelyUnwrapped.storeBytes(of: newValue, toByteOffset: 8 &+ index &* MemoryLayout<Element>.stride, as: Element.self)
    }
  }
}

extension Arena {
  /// A list with the elements of a collection.
  @inlinable
  public func list<C: Collection>(_ elements: C) -> NodeList<C.Element> where C.Element: BitwiseCopyable {
    let count = elements.count
    if count == 0 { return NodeList() }
    let memory = allocate(8 &+ count &* MemoryLayout<C.Element>.stride)
    memory.storeBytes(of: count, as: Int.self)
    var offset = 8
    for element in elements {
      memory.storeBytes(of: element, toByteOffset: offset, as: C.Element.self)
      offset &+= MemoryLayout<C.Element>.stride
    }
    return NodeList(raw: memory)
  }
}
