// Elements in memory: a tag, texts, attributes that are made when they are asked for, and children.

import KraitRuntime

nonisolated(unsafe) var elementType = ModuleType()

/// An `Element` or an instance of a subclass.
struct ElementObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  /// Which texts are lists of strs that are joined when somebody asks for them. Lists that a program assigned stay lists.
  struct Pieces: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    static let text = Pieces(rawValue: 1)
    static let tail = Pieces(rawValue: 2)
  }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    /// Owned.
    var tag: Value
    var text: Value
    var tail: Value
    /// Owned: a dict; absent until somebody asks.
    var attributes: Value
    var children: UnsafeMutablePointer<Value>?
    var count: UInt32
    var capacity: UInt32
    var pieces: Pieces
  }

  /// Which of the two texts is meant.
  enum Place {
    case text, tail

    var pieces: Pieces { self == .text ? .text : .tail }
    var name: Value { self == .text ? ElementName.text : ElementName.tail }
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  @inline(__always) var value: Value { Value(raw) }
  @inline(__always) var count: Int { Int(contents.pointee.count) }

  /// The child at an index that is in range, borrowed.
  @inline(__always) subscript(_ index: Int) -> Value { contents.pointee.children.unsafelyUnwrapped[index] }

  // MARK: Making and ending

  /// An element of exactly the type.
  /// - Parameter attributes: a dict that becomes the element's own, or absent.
  @inline(__always)
  static func make(_ tag: Value, attributes: consuming Owned) throws(PyError) -> Owned {
    let raw = try allocateObject(elementType.object.rootShape, size: MemoryLayout<Contents>.size)
    let contents = ElementObject(raw: raw).contents
    contents.pointee.state = ObjectState()
    tag.retain()
    contents.pointee.tag = tag
    contents.pointee.text = .none
    contents.pointee.tail = .none
    contents.pointee.attributes = attributes.take()
    contents.pointee.children = nil
    contents.pointee.count = 0
    contents.pointee.capacity = 0
    contents.pointee.pieces = []
    return Owned(taking: raw)
  }

  /// An element of a class, which nobody has initialised.
  static func allocate(_ type: TypeObject) throws(PyError) -> Owned {
    let element = ElementObject(raw: try type.allocate())
    element.contents.pointee.tag = .none
    element.contents.pointee.text = .none
    element.contents.pointee.tail = .none
    return Owned(taking: element.raw)
  }

  func deallocate() {
    contents.pointee.tag.release()
    contents.pointee.text.release()
    contents.pointee.tail.release()
    contents.pointee.attributes.releaseIfPresent()
    releaseChildren()
    finishDeallocation(raw)
  }

  @inline(__always)
  private func releaseChildren() {
    guard let children = contents.pointee.children else { return }
    for index in 0..<count { children[index].release() }
    freeMemory(UnsafeMutableRawPointer(children), size: Int(contents.pointee.capacity) &* 8)
  }

  @inline(__always)
  func visit(_ body: (Value) -> Void) {
    body(contents.pointee.tag)
    body(contents.pointee.text)
    body(contents.pointee.tail)
    body(contents.pointee.attributes)
    for index in 0..<count { body(self[index]) }
  }

  /// Gives up the attributes, the children and the texts.
  func removeAll() {
    removeContents()
    setText(.text, .none)
    setText(.tail, .none)
  }

  /// Gives up the attributes and the children; the element is whole before the first of them ends.
  func removeContents() {
    let attributes = Owned(taking: contents.pointee.attributes)
    contents.pointee.attributes = .absent
    let (children, count, capacity) = detachChildren()
    ElementObject.release(children, count, capacity)
    _ = attributes.value
  }

  func detachChildren() -> (UnsafeMutablePointer<Value>?, Int, Int) {
    let detached = (contents.pointee.children, count, Int(contents.pointee.capacity))
    contents.pointee.children = nil
    contents.pointee.count = 0
    contents.pointee.capacity = 0
    return detached
  }

  static func release(_ children: UnsafeMutablePointer<Value>?, _ count: Int, _ capacity: Int) {
    guard let children else { return }
    for index in 0..<count { children[index].release() }
    freeMemory(UnsafeMutableRawPointer(children), size: capacity &* 8)
  }

  // MARK: Children

  /// Makes room for as many more children.
  @inline(__always)
  func reserve(_ more: Int) throws(PyError) {
    if _slowPath(more > Int(contents.pointee.capacity &- contents.pointee.count)) { try grow(more) }
  }

  @inline(never)
  private func grow(_ more: Int) throws(PyError) {
    let old = Int(contents.pointee.capacity)
    guard more < Int(UInt32.max) / 2 &- count else { throw .memoryError() }
    let capacity = max(count &+ more, old &+ old &>> 1, 4)
    let memory = try allocateMemory(capacity &* 8).assumingMemoryBound(to: Value.self)
    if let children = contents.pointee.children {
      memory.update(from: children, count: count)
      freeMemory(UnsafeMutableRawPointer(children), size: old &* 8)
    }
    contents.pointee.children = memory
    contents.pointee.capacity = UInt32(capacity)
  }

  /// Adds a child that is known to be an element.
  @inline(__always)
  func append(taking child: consuming Owned) throws(PyError) {
    try reserve(1)
    contents.pointee.children.unsafelyUnwrapped[count] = child.take()
    contents.pointee.count &+= 1
  }

  /// Adds a child, which must be an element.
  @inline(__always)
  func append(_ child: Value) throws(PyError) {
    if !elementType.includes(child) { throw ElementObject.notAnElement(child) }
    try append(taking: Owned(copying: child))
  }

  func insert(_ child: Value, at index: Int) throws(PyError) {
    try reserve(1)
    let children = contents.pointee.children.unsafelyUnwrapped
    var place = count
    while place > index {
      children[place] = children[place &- 1]
      place &-= 1
    }
    child.retain()
    children[index] = child
    contents.pointee.count &+= 1
  }

  /// Takes the child at an index that is in range out.
  func remove(at index: Int) -> Owned {
    let child = Owned(taking: self[index])
    closeGap(at: index, 1)
    return child
  }

  /// Moves the children behind some places that were given up.
  func closeGap(at index: Int, _ width: Int) {
    let children = contents.pointee.children.unsafelyUnwrapped
    for place in index..<(count &- width) { children[place] = children[place &+ width] }
    contents.pointee.count &-= UInt32(width)
  }

  @inline(never)
  static func notAnElement(_ value: Value) -> PyError { .typeError("expected an Element, not \"\(value.typeName)\"") }

  // MARK: Attributes and texts

  /// The attributes, borrowed; made if there are none.
  func makeAttributes() throws(PyError) -> Value {
    if contents.pointee.attributes.isAbsent { contents.pointee.attributes = try Owned.dict().take() }
    return contents.pointee.attributes
  }

  /// A text as it is kept, borrowed: perhaps a list of pieces.
  @inline(__always)
  func keptText(_ place: Place) -> Value { place == .text ? contents.pointee.text : contents.pointee.tail }

  /// The text; its pieces are joined.
  @inline(__always)
  func text(_ place: Place) throws(PyError) -> Owned {
    if _slowPath(contents.pointee.pieces.contains(place.pieces)) { try join(place) }
    return Owned(copying: keptText(place))
  }

  @inline(never)
  private func join(_ place: Place) throws(PyError) {
    let pieces = Owned(copying: keptText(place))
    let joined = try StringObject(Owned.emptyString.value).join(pieces.value)
    setText(place, joined.value)
  }

  @inline(__always)
  func setText(_ place: Place, _ text: Value, isPieces: Bool = false) {
    let old = Owned(taking: keptText(place))
    text.retain()
    if place == .text { contents.pointee.text = text } else { contents.pointee.tail = text }
    if isPieces {
      contents.pointee.pieces.insert(place.pieces)
    } else {
      contents.pointee.pieces.remove(place.pieces)
    }
    _ = old.value
  }
}

/// Names that the module looks up.
enum ElementName {
  static let text = Name.make("text")
  static let tail = Name.make("tail")
  static let tag = Name.make("tag")
  static let attributes = Name.make("attrib")
  static let children = Name.make("_children")
  static let append = Name.make("append")
  static let find = Name.make("find")
  static let findText = Name.make("findtext")
  static let findAll = Name.make("findall")
  static let iterateFound = Name.make("iterfind")
  static let doctype = Name.make("doctype")
}
