// What `iter()` and `itertext()` give: elements, or their texts, in the document's order.

import KraitRuntime

nonisolated(unsafe) var elementIteratorType = ModuleType()

/// An iterator over an element and all below it. It keeps the way down to where it is, not the tree: changes of the tree are seen.
struct ElementIterator {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  /// An element on the way, and which of its children comes next.
  struct Level {
    var element: Value
    var next: Int
  }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned: the element to begin with; absent once it has been given.
    var root: Value
    /// Owned: what is sought, None for all.
    var tag: Value
    /// The way, the elements owned.
    var levels: UnsafeMutablePointer<Level>?
    var depth: Int
    var capacity: Int
    var givesText: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func make(_ element: Value, tag: Value, givesText: Bool) throws(PyError) -> Owned {
    let iterator = ElementIterator(raw: try elementIteratorType.object.allocate())
    element.retain()
    iterator.contents.pointee.root = element
    tag.retain()
    iterator.contents.pointee.tag = tag
    iterator.contents.pointee.givesText = givesText
    return Owned(taking: iterator.raw)
  }

  func deallocate() {
    clear()
    if let levels = contents.pointee.levels { freeMemory(UnsafeMutableRawPointer(levels), size: contents.pointee.capacity &* MemoryLayout<Level>.stride) }
    contents.pointee.tag.release()
    finishDeallocation(raw)
  }

  /// Comes to the end.
  func clear() {
    while contents.pointee.depth > 0 { _ = pop() }
    let root = Owned(taking: contents.pointee.root)
    contents.pointee.root = .absent
    _ = root.value
  }

  func visit(_ body: (Value) -> Void) {
    body(contents.pointee.root)
    body(contents.pointee.tag)
    for index in 0..<contents.pointee.depth { body(contents.pointee.levels.unsafelyUnwrapped[index].element) }
  }

  @inline(__always)
  private func push(_ element: Value) throws(PyError) {
    if contents.pointee.depth == contents.pointee.capacity { try grow() }
    element.retain()
    contents.pointee.levels.unsafelyUnwrapped[contents.pointee.depth] = Level(element: element, next: 0)
    contents.pointee.depth &+= 1
  }

  @inline(never)
  private func grow() throws(PyError) {
    let old = contents.pointee.capacity
    let capacity = max(8, old &* 2)
    let memory = try allocateMemory(capacity &* MemoryLayout<Level>.stride).assumingMemoryBound(to: Level.self)
    if let levels = contents.pointee.levels {
      memory.update(from: levels, count: contents.pointee.depth)
      freeMemory(UnsafeMutableRawPointer(levels), size: old &* MemoryLayout<Level>.stride)
    }
    contents.pointee.levels = memory
    contents.pointee.capacity = capacity
  }

  private func pop() -> Owned {
    contents.pointee.depth &-= 1
    return Owned(taking: contents.pointee.levels.unsafelyUnwrapped[contents.pointee.depth].element)
  }

  /// The next element, which is on the way from now on; absent at the end. The texts behind elements whose children are through are told to `leave`, which stops by answering true.
  @inline(__always)
  private func advance(_ leave: (ElementObject) throws(PyError) -> Bool) throws(PyError) -> Owned {
    while true {
      let element: Owned
      if contents.pointee.depth == 0 {
        if contents.pointee.root.isAbsent { return Owned(taking: .absent) }
        element = Owned(taking: contents.pointee.root)
        contents.pointee.root = .absent
      } else {
        let level = contents.pointee.levels.unsafelyUnwrapped + (contents.pointee.depth &- 1)
        let parent = ElementObject(level.pointee.element)
        let index = level.pointee.next
        if index >= parent.count {
          let left = pop()
          // What stands behind the element that iteration began with is not inside of it.
          if contents.pointee.depth > 0, try leave(ElementObject(left.value)) { return Owned(taking: .absent) }
          continue
        }
        element = Owned(copying: parent[index])
        level.pointee.next = index &+ 1
      }
      try push(element.value)
      return element
    }
  }

  @inline(__always)
  func nextElement() throws(PyError) -> Owned {
    while true {
      let element = try advance { (_) throws(PyError) in false }
      let tag = contents.pointee.tag
      if element.value.isAbsent || tag.isNone { return element }
      let own = Owned(copying: ElementObject(element.value).contents.pointee.tag)
      if try own.value.isEqual(to: tag) { return element }
    }
  }

  func nextText() throws(PyError) -> Owned {
    while true {
      var found = Value.absent
      let element = try advance { (left) throws(PyError) in
        let tail = try left.text(.tail)
        if tail.value.isNone { return false }
        if try !tail.value.isTruthy() { return false }
        found = tail.take()
        return true
      }
      if !found.isAbsent || element.value.isAbsent { return Owned(taking: found) }
      // The text of comments and processing instructions is not the document's.
      let tag = ElementObject(element.value).contents.pointee.tag
      if !tag.isString && !tag.isNone { continue }
      let text = try ElementObject(element.value).text(.text)
      if text.value.isNone { continue }
      if try text.value.isTruthy() { return text }
    }
  }
}

func defineElementIterator(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<ElementIterator.Contents>.size
  t.flags.insert(.disallowInstantiation)
  t.shapeFlags.insert(.tracked)
  t.slots.deallocate = DeallocateSlot { raw in ElementIterator(raw: raw).deallocate() }
  t.slots.traverse = TraverseSlot { raw, visit in ElementIterator(raw: raw).visit { visit($0) } }
  t.slots.clear = ClearSlot { raw in ElementIterator(raw: raw).clear() }
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
    let iterator = ElementIterator(object)
    return iterator.contents.pointee.givesText ? try iterator.nextText() : try iterator.nextElement()
  }
}
