// `XMLParser` in memory: a parser of libexpat whose events go to a tree builder straight away, or to the methods of another target.

import Glibc
import KraitRuntime

nonisolated(unsafe) var treeParserType = ModuleType()

/// An `XMLParser` or an instance of a subclass.
struct TreeParserObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  /// The methods of a target.
  enum Method: Int, CaseIterable {
    case startNamespace, endNamespace, start, data, end, comment, instruction, close, doctype

    var name: StaticString {
      switch self {
      case .startNamespace: "start_ns"
      case .endNamespace: "end_ns"
      case .start: "start"
      case .data: "data"
      case .end: "end"
      case .comment: "comment"
      case .instruction: "pi"
      case .close: "close"
      case .doctype: "doctype"
      }
    }
  }

  typealias Methods = (Value, Value, Value, Value, Value, Value, Value, Value, Value)

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var parser: Expat.Parser?
    /// Owned: absent until the parser is initialised.
    var target: Value
    /// Owned: a dict of entities that the document does not declare.
    var entities: Value
    /// Owned, by ``Method``; absent for those that the target lacks.
    var methods: Methods
    /// Owned: what was raised, until libexpat has come back.
    var failure: Value
    var names: NameTable
    /// Whether the target is exactly a tree builder.
    var buildsTree: Bool
    var isParsing: Bool
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  @inline(__always) var parser: Expat.Parser { contents.pointee.parser.unsafelyUnwrapped }
  @inline(__always) var library: UnsafeMutablePointer<Expat> { Expat.shared }
  @inline(__always) var builder: TreeBuilderObject { TreeBuilderObject(contents.pointee.target) }

  @inline(__always)
  private func place(_ method: Method) -> UnsafeMutablePointer<Value> {
    (raw + MemoryLayout<Contents>.offset(of: \.methods).unsafelyUnwrapped).assumingMemoryBound(to: Value.self) + method.rawValue
  }

  /// A method of the target; absent if it has none. The parser holds it while libexpat runs.
  @inline(__always) func method(_ method: Method) -> Value { place(method).pointee }

  // MARK: Making and ending

  static func make(_ type: TypeObject) throws(PyError) -> Owned {
    let parser = TreeParserObject(raw: try type.allocate())
    parser.contents.pointee.names = NameTable()
    return Owned(taking: parser.raw)
  }

  /// - Parameter encoding: a str, or absent.
  func initialize(target: Value, encoding: Value) throws(PyError) {
    try checkIdle()
    let encodingText = try ExpatText(encoding)
    let ownTarget = target.isNone ? try TreeBuilderObject.make(treeBuilderType.object) : Owned(copying: target)
    let entities = try Owned.dict()
    var found: [Value] = []
    defer { for method in found { method.releaseIfPresent() } }
    for method in Method.allCases { found.append(try ownTarget.value.lookUpAttribute(Name.make(method.name)).take()) }
    try checkIdle()
    guard let parser = library.pointee.create(encodingText.pointer, nil, "}") else { throw .memoryError() }
    release()
    contents.pointee.parser = parser
    contents.pointee.entities = entities.take()
    contents.pointee.buildsTree = treeBuilderType.isType(of: ownTarget.value)
    contents.pointee.target = ownTarget.take()
    for method in Method.allCases { swap(&place(method).pointee, &found[method.rawValue]) }
    setHandlers()
  }

  private func setHandlers() {
    library.pointee.setUserData(parser, raw)
    for event in [ExpatEvent.startElement, .endElement, .restExpanded, .characterData, .startDoctype] { setHandler(event) }
    if !method(.startNamespace).isAbsent || !method(.endNamespace).isAbsent {
      setHandler(.startNamespace)
      setHandler(.endNamespace)
    }
    if !method(.comment).isAbsent { setHandler(.comment) }
    if !method(.instruction).isAbsent { setHandler(.processingInstruction) }
    setEncodingHandler()
  }

  /// Gives up all that the parser has; it is as if it had not been initialised.
  func release() {
    let old = contents.pointee.parser
    contents.pointee.parser = nil
    if let old { library.pointee.free(old) }
    contents.pointee.names.removeAll()
    contents.pointee.buildsTree = false
    forEachField { field in
      let value = Owned(taking: field.pointee)
      field.pointee = .absent
      _ = value.value
    }
  }

  private func forEachField(_ body: (UnsafeMutablePointer<Value>) -> Void) {
    body(&contents.pointee.target)
    body(&contents.pointee.entities)
    body(&contents.pointee.failure)
    for method in Method.allCases { body(place(method)) }
  }

  func visit(_ body: (Value) -> Void) {
    forEachField { body($0.pointee) }
    contents.pointee.names.visit(body)
  }

  func deallocate() {
    release()
    finishDeallocation(raw)
  }

  // MARK: Parsing

  func checkInitialised() throws(PyError) {
    if contents.pointee.target.isAbsent { throw .valueError("XMLParser.__init__() wasn't called") }
  }

  /// libexpat must not be entered again by what it calls.
  private func checkIdle() throws(PyError) {
    if contents.pointee.isParsing { throw .runtimeError("the parser is already parsing") }
  }

  func parse(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(PyError) {
    // What is called may give up the parser.
    let held = Owned(copying: Value(raw))
    try Expat.forEachPiece(of: bytes, isLast: isLast) { (piece, isLast) throws(PyError) in
      try checkIdle()
      contents.pointee.isParsing = true
      let status = library.pointee.parse(parser, piece.baseAddress, Int32(piece.count), isLast ? 1 : 0)
      contents.pointee.isParsing = false
      let failure = Owned(taking: contents.pointee.failure)
      contents.pointee.failure = .absent
      if !failure.value.isAbsent { throw rethrow(failure) }
      if status == 0 { throw error(library.pointee.errorCode(parser), message: nil) }
      return true
    }
    _ = held.value
  }

  func feed(_ data: Value) throws(PyError) {
    try checkInitialised()
    if data.isString {
      try checkIdle()
      _ = library.pointee.setEncoding(parser, "utf-8")
      let text = Owned.exactString(data)
      let string = StringObject(text.value)
      if string.isASCII { return try parse(UnsafeRawBufferPointer(start: string.data, count: string.length), isLast: false) }
      let bytes = try ExpatText.encode(text.value)
      let object = BytesObject(bytes.value)
      return try parse(UnsafeRawBufferPointer(start: object.data, count: object.count), isLast: false)
    }
    let view = try data.buffer(.simple)
    try parse(view.bytes, isLast: false)
  }

  private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  func close() throws(PyError) -> Owned {
    try checkInitialised()
    try parse(TreeParserObject.nothing, isLast: true)
    if contents.pointee.buildsTree { return builder.result }
    let close = Owned(copyingIfPresent: method(.close))
    return close.value.isAbsent ? .none : try close.value.call()
  }

  /// Tells of what waits for more input.
  func flush() throws(PyError) {
    try checkInitialised()
    guard let setDeferral = library.pointee.setReparseDeferral else { return }
    try checkIdle()
    _ = setDeferral(parser, 0)
    defer { if let parser = contents.pointee.parser { _ = setDeferral(parser, 1) } }
    try parse(TreeParserObject.nothing, isLast: false)
  }

  /// Parses all that a file gives.
  func parse(file: Value) throws(PyError) -> Owned {
    try checkInitialised()
    let read = try file.getAttribute(Name.read)
    while true {
      try checkIdle()
      var data = try read.value.call(Value(smallInteger: 64 << 10))
      if data.value.isExactString {
        if StringObject(data.value).length == 0 { break }
        _ = library.pointee.setEncoding(parser, "utf-8")
        data = try encodeText(data.value, encoding: Name.make("utf-8"), errors: Name.make("surrogatepass"))
      }
      guard data.value.isBytes, data.value.type == .bytes, BytesObject(data.value).count > 0 else { break }
      let bytes = BytesObject(data.value)
      try parse(UnsafeRawBufferPointer(start: bytes.data, count: bytes.count), isLast: false)
    }
    try parse(TreeParserObject.nothing, isLast: true)
    return contents.pointee.buildsTree ? builder.result : .none
  }

  // MARK: Events

  /// Asks for events by name; None is for the ends of elements.
  func setEvents(_ queue: Value, _ wanted: Value) throws(PyError) {
    try checkInitialised()
    if !contents.pointee.buildsTree { throw .typeError("event handling only supported for ElementTree.TreeBuilder targets") }
    let target = Owned(copying: contents.pointee.target)
    let builder = TreeBuilderObject(target.value)
    try builder.setQueue(queue)
    if wanted.isNone { return builder.set(builder.eventPlace(.end), Name.end) }
    let names = try fastSequence(wanted, "events must be a sequence")
    var index = 0
    while index < sequenceCount(names.value) {
      let name = Owned(copying: sequenceItem(names.value, index))
      index &+= 1
      let event = try TreeParserObject.event(name.value)
      builder.set(builder.eventPlace(event), name.value)
      switch event {
      case .start, .end: break
      case .startNamespace, .endNamespace:
        setHandler(.startNamespace)
        setHandler(.endNamespace)
      case .comment: setHandler(.comment)
      case .instruction: setHandler(.processingInstruction)
      }
    }
  }

  private static func event(_ name: Value) throws(PyError) -> TreeEvent {
    let text: String
    if name.isString {
      text = name.text
    } else if name.isBytes {
      text = String(decoding: UnsafeRawBufferPointer(start: BytesObject(name).data, count: BytesObject(name).count), as: UTF8.self)
    } else {
      throw .valueError("invalid events sequence")
    }
    for event in TreeEvent.allCases where event.name.description == text { return event }
    throw .valueError("unknown event '\(text)'")
  }

  // MARK: Errors

  /// Keeps what was raised until libexpat has come back; it is not told of anything meanwhile.
  func fail() {
    let failure = currentThread.pointee.takeException()
    if contents.pointee.failure.isAbsent { contents.pointee.failure = failure.take() }
  }

  /// A ParseError for a code of libexpat, with the place; its message is the code's unless another is given.
  func error(_ code: Int32, message: String?) -> PyError {
    let line = Int(truncatingIfNeeded: library.pointee.line(parser))
    let column = Int(truncatingIfNeeded: library.pointee.column(parser))
    do throws(PyError) {
      let text = try Owned.string("\(message ?? library.pointee.message(code) ?? "unknown error"): line \(line), column \(column)")
      let type = Owned(copying: parseError.value)
      let exception = try type.value.call(text.value)
      let position = try Owned.tuple(Value(smallInteger: line), Value(smallInteger: column))
      try exception.value.setAttribute(Name.make("code"), Value(smallInteger: Int(code)))
      try exception.value.setAttribute(Name.make("position"), position.value)
      return PyError.raise(exception)
    } catch { return error }
  }
}
