// Tree builders in memory: what they do with the starts, ends, texts, comments and instructions that they are told of.

import Glibc
import KraitRuntime

nonisolated(unsafe) var treeBuilderType = ModuleType()
nonisolated(unsafe) var parseError = InterpreterValue()

/// The functions that make comments and processing instructions where a builder is not given its own; absent for none.
nonisolated(unsafe) var commentFactory = InterpreterValue()
nonisolated(unsafe) var instructionFactory = InterpreterValue()

/// What a program can ask to be told of while a tree is built.
enum TreeEvent: Int, CaseIterable {
  case start, end, startNamespace, endNamespace, comment, instruction

  var name: StaticString {
    switch self {
    case .start: "start"
    case .end: "end"
    case .startNamespace: "start-ns"
    case .endNamespace: "end-ns"
    case .comment: "comment"
    case .instruction: "pi"
    }
  }
}

/// A `TreeBuilder` or an instance of a subclass.
struct TreeBuilderObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  typealias Events = (Value, Value, Value, Value, Value, Value)

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned: the first element; absent before.
    var root: Value
    /// Owned: the element that is open, and the one that was made or ended last; None before the first.
    var current: Value
    var last: Value
    /// Owned: what the text that comes stands behind; absent if it is inside of ``last``.
    var lastForTail: Value
    /// Owned: text that waits for its end: absent, one object or a list of them.
    var pieces: Value
    /// Text behind those, in UTF-8: what a parser tells of comes in many pieces.
    var text: UnsafeMutablePointer<UInt8>?
    var textCount: Int
    var textCapacity: Int
    /// The elements around the current one, owned.
    var stack: UnsafeMutablePointer<Value>?
    var depth: Int
    var capacity: Int
    /// Owned; absent for the type's own elements, and for plain texts and tuples.
    var elementFactory: Value
    var commentFactory: Value
    var instructionFactory: Value
    /// Owned: a deque, or the method `append` of something else; absent if nobody asks for events.
    var queue: Value
    /// Owned, by ``TreeEvent``: what events are called; absent for those that nobody asks for.
    var events: Events
    var insertsComments: Bool
    var insertsInstructions: Bool
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  @inline(__always)
  func eventPlace(_ event: TreeEvent) -> UnsafeMutablePointer<Value> {
    (raw + MemoryLayout<Contents>.offset(of: \.events).unsafelyUnwrapped).assumingMemoryBound(to: Value.self) + event.rawValue
  }

  // MARK: Making and ending

  static func make(_ type: TypeObject) throws(PyError) -> Owned {
    let builder = TreeBuilderObject(raw: try type.allocate())
    builder.contents.pointee.current = .none
    builder.contents.pointee.last = .none
    return Owned(taking: builder.raw)
  }

  /// All fields that own a value.
  private func forEachField(_ body: (UnsafeMutablePointer<Value>) -> Void) {
    body(&contents.pointee.root)
    body(&contents.pointee.current)
    body(&contents.pointee.last)
    body(&contents.pointee.lastForTail)
    body(&contents.pointee.pieces)
    body(&contents.pointee.elementFactory)
    body(&contents.pointee.commentFactory)
    body(&contents.pointee.instructionFactory)
    body(&contents.pointee.queue)
    for event in TreeEvent.allCases { body(eventPlace(event)) }
  }

  func visit(_ body: (Value) -> Void) {
    forEachField { body($0.pointee) }
    for index in 0..<contents.pointee.depth { body(contents.pointee.stack.unsafelyUnwrapped[index]) }
  }

  func clear() {
    while contents.pointee.depth > 0 { _ = pop() }
    forEachField { field in
      let old = Owned(taking: field.pointee)
      field.pointee = .absent
      _ = old.value
    }
    set(&contents.pointee.current, .none)
    set(&contents.pointee.last, .none)
  }

  func deallocate() {
    clear()
    if let stack = contents.pointee.stack { freeMemory(UnsafeMutableRawPointer(stack), size: contents.pointee.capacity &* 8) }
    free(contents.pointee.text)
    finishDeallocation(raw)
  }

  @inline(__always)
  func set(_ field: UnsafeMutablePointer<Value>, _ value: Value) {
    let old = Owned(taking: field.pointee)
    value.retainIfPresent()
    field.pointee = value
    _ = old.value
  }

  @inline(__always)
  private func push(_ element: Value) throws(PyError) {
    if _slowPath(contents.pointee.depth == contents.pointee.capacity) { try grow() }
    element.retain()
    contents.pointee.stack.unsafelyUnwrapped[contents.pointee.depth] = element
    contents.pointee.depth &+= 1
  }

  @inline(never)
  private func grow() throws(PyError) {
    let old = contents.pointee.capacity
    let capacity = max(16, old &* 2)
    let memory = try allocateMemory(capacity &* 8).assumingMemoryBound(to: Value.self)
    if let stack = contents.pointee.stack {
      memory.update(from: stack, count: contents.pointee.depth)
      freeMemory(UnsafeMutableRawPointer(stack), size: old &* 8)
    }
    contents.pointee.stack = memory
    contents.pointee.capacity = capacity
  }

  @inline(__always)
  private func pop() -> Owned {
    contents.pointee.depth &-= 1
    return Owned(taking: contents.pointee.stack.unsafelyUnwrapped[contents.pointee.depth])
  }

  // MARK: Text

  /// Text from a parser.
  @inline(__always)
  func characters(_ text: UnsafePointer<UInt8>, _ count: Int) throws(PyError) {
    // Before the first element there is none that it could belong to.
    if contents.pointee.last.isNone { return }
    if _slowPath(count > contents.pointee.textCapacity &- contents.pointee.textCount) { try growText(count) }
    memcpy(contents.pointee.text.unsafelyUnwrapped + contents.pointee.textCount, text, count)
    contents.pointee.textCount &+= count
  }

  @inline(never)
  private func growText(_ more: Int) throws(PyError) {
    let capacity = max(contents.pointee.textCount &+ more, contents.pointee.textCapacity &* 2, 256)
    guard let memory = realloc(contents.pointee.text, capacity) else { throw .memoryError() }
    contents.pointee.text = memory.assumingMemoryBound(to: UInt8.self)
    contents.pointee.textCapacity = capacity
  }

  /// A piece of text, which may be any object.
  func data(_ piece: Value) throws(PyError) {
    if contents.pointee.last.isNone { return }
    try keepCharacters()
    try keep(Owned(copying: piece))
  }

  /// Makes a piece of what a parser told of.
  @inline(__always)
  private func keepCharacters() throws(PyError) {
    let count = contents.pointee.textCount
    if count == 0 { return }
    contents.pointee.textCount = 0
    try keep(try Owned.string(utf8: UnsafeBufferPointer(start: contents.pointee.text, count: count)))
  }

  @inline(__always)
  private func keep(_ piece: consuming Owned) throws(PyError) {
    if contents.pointee.pieces.isAbsent {
      contents.pointee.pieces = piece.take()
    } else {
      try add(piece)
    }
  }

  private func add(_ piece: consuming Owned) throws(PyError) {
    if !contents.pointee.pieces.isExactList {
      let list = try Owned.list(capacity: 2)
      try ListObject(list.value).append(contents.pointee.pieces)
      set(&contents.pointee.pieces, list.value)
    }
    try ListObject(contents.pointee.pieces).append(taking: piece)
  }

  /// Gives the text that waits to the element that it belongs to.
  @inline(__always)
  func flush() throws(PyError) {
    if contents.pointee.textCount == 0 && contents.pointee.pieces.isAbsent { return }
    try keepCharacters()
    let isTail = !contents.pointee.lastForTail.isAbsent
    let target = isTail ? contents.pointee.lastForTail : contents.pointee.last
    let place = isTail ? ElementObject.Place.tail : .text
    if _fastPath(elementType.isType(of: target) && ElementObject(target).keptText(place).isNone) {
      let pieces = Owned(taking: contents.pointee.pieces)
      contents.pointee.pieces = .absent
      ElementObject(target).setText(place, pieces.value, isPieces: pieces.value.isExactList)
    } else {
      try add(to: target, place)
    }
  }

  /// Adds the text that waits to what is there.
  @inline(never)
  private func add(to target: Value, _ place: ElementObject.Place) throws(PyError) {
    let target = Owned(copying: target)
    let pieces = Owned(copying: contents.pointee.pieces)
    let old = try target.value.getAttribute(place.name)
    let joined = try StringObject(Owned.emptyString.value).join(pieces.value)
    if old.value.isNone {
      try target.value.setAttribute(place.name, joined.value)
    } else {
      let whole = try old.value.add(joined.value)
      try target.value.setAttribute(place.name, whole.value)
    }
    set(&contents.pointee.pieces, .absent)
  }

  // MARK: Elements

  /// - Parameter attributes: a dict, or absent for none.
  @inline(__always)
  func start(_ tag: Value, attributes: consuming Owned) throws(PyError) -> Owned {
    try flush()
    let element = _fastPath(contents.pointee.elementFactory.isAbsent) ? try ElementObject.make(tag, attributes: attributes) : try makeByFactory(tag, attributes)
    let parent = contents.pointee.current
    set(&contents.pointee.lastForTail, .absent)
    if _fastPath(!parent.isNone) {
      try add(element.value, to: parent)
    } else {
      if !contents.pointee.root.isAbsent {
        let type = Owned(copying: parseError.value)
        throw .raise(TypeObject(type.value), "multiple elements on top level")
      }
      set(&contents.pointee.root, element.value)
    }
    try push(contents.pointee.current)
    set(&contents.pointee.current, element.value)
    set(&contents.pointee.last, element.value)
    try report(.start, element.value)
    return element
  }

  @inline(never)
  private func makeByFactory(_ tag: Value, _ attributes: consuming Owned) throws(PyError) -> Owned {
    let factory = Owned(copying: contents.pointee.elementFactory)
    if !attributes.value.isAbsent { return try factory.value.call(tag, attributes.value) }
    let none = try Owned.dict()
    return try factory.value.call(tag, none.value)
  }

  @inline(__always)
  private func add(_ child: Value, to parent: Value) throws(PyError) {
    if _fastPath(elementType.isType(of: parent)) { return try ElementObject(parent).append(child) }
    let held = Owned(copying: parent)
    _ = try held.value.callMethod(ElementName.append, child)
  }

  @inline(__always)
  func end() throws(PyError) -> Owned {
    try flush()
    if contents.pointee.depth == 0 { throw .indexError("pop from empty stack") }
    let ended = Owned(taking: contents.pointee.current)
    contents.pointee.current = pop().take()
    set(&contents.pointee.last, ended.value)
    set(&contents.pointee.lastForTail, ended.value)
    try report(.end, ended.value)
    return ended
  }

  // MARK: Comments and instructions

  func comment(_ text: Value) throws(PyError) -> Owned {
    try flush()
    let comment: Owned
    if contents.pointee.commentFactory.isAbsent {
      comment = Owned(copying: text)
    } else {
      let factory = Owned(copying: contents.pointee.commentFactory)
      comment = try factory.value.call(text)
      if contents.pointee.insertsComments { try insert(comment.value) }
    }
    try report(.comment, comment.value)
    return comment
  }

  func instruction(_ target: Value, _ text: Value) throws(PyError) -> Owned {
    try flush()
    let instruction: Owned
    if contents.pointee.instructionFactory.isAbsent {
      instruction = try Owned.tuple(target, text)
    } else {
      let factory = Owned(copying: contents.pointee.instructionFactory)
      instruction = try factory.value.call(target, text)
      if contents.pointee.insertsInstructions { try insert(instruction.value) }
    }
    try report(.instruction, instruction.value)
    return instruction
  }

  /// Adds a comment or an instruction to the element that is open, if one is.
  private func insert(_ node: Value) throws(PyError) {
    if contents.pointee.current.isNone { return }
    try add(node, to: contents.pointee.current)
    set(&contents.pointee.lastForTail, node)
  }

  // MARK: Events

  @inline(__always)
  func wants(_ event: TreeEvent) -> Bool { !eventPlace(event).pointee.isAbsent && !contents.pointee.queue.isAbsent }

  @inline(__always)
  func report(_ event: TreeEvent, _ node: Value) throws(PyError) {
    if wants(event) { try queue(eventPlace(event).pointee, node) }
  }

  private func queue(_ name: Value, _ node: Value) throws(PyError) {
    let event = try Owned.tuple(name, node)
    let queue = Owned(copying: contents.pointee.queue)
    if dequeType.isMade && dequeType.isType(of: queue.value) { return try DequeObject(queue.value).append(taking: event) }
    _ = try queue.value.call(event.value)
  }

  /// Sets where events go, and forgets which were asked for.
  func setQueue(_ object: Value) throws(PyError) {
    if dequeType.isMade && dequeType.isType(of: object) {
      set(&contents.pointee.queue, object)
    } else {
      let append = try object.getAttribute(ElementName.append)
      set(&contents.pointee.queue, append.value)
    }
    for event in TreeEvent.allCases { set(eventPlace(event), .absent) }
  }

  /// What was built.
  var result: Owned { contents.pointee.root.isAbsent ? .none : Owned(copying: contents.pointee.root) }
}
