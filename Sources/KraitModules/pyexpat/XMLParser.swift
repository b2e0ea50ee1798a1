// `pyexpat.xmlparser`: a parser of libexpat and the Python functions that it reports to.

import Glibc
import KraitRuntime

nonisolated(unsafe) var xmlParserType = ModuleType()
nonisolated(unsafe) var expatError = InterpreterValue()

/// A parser.
struct XMLParser {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var parser: Expat.Parser?
    /// Owned: the dict that keeps names, absent if they are not kept; the parser of the document that this one's entity belongs to.
    var names: Value
    var parent: Value
    /// Owned: what a handler raised, until the parser has come back.
    var failure: Value
    /// Owned, by ``ExpatEvent``; absent without a handler.
    var handlers: UnsafeMutablePointer<Value>?
    /// Text that waits for more; nil if each piece is told of at once.
    var text: UnsafeMutablePointer<UInt8>?
    var textCapacity: Int
    var textCount: Int
    var isInHandler: Bool
    var isParsing: Bool
    var ordersAttributes: Bool
    var tellsSpecifiedOnly: Bool
    var givesPrefixes: Bool
    var defersReparsing: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var parser: Expat.Parser { contents.pointee.parser.unsafelyUnwrapped }
  var library: UnsafeMutablePointer<Expat> { Expat.shared }

  // MARK: Making and ending

  static func make(encoding: Value, separator: Value, names: Value) throws(PyError) -> Owned {
    let encodingText = try ExpatText(encoding)
    let separatorText = try ExpatText(separator)
    return try adopt(Expat.shared.pointee.create(encodingText.pointer, nil, separatorText.pointer), names, failure: "XML_ParserCreate failed")
  }

  private static func adopt(_ parser: Expat.Parser?, _ names: Value, failure: String?) throws(PyError) -> Owned {
    guard let parser else {
      if let failure { throw .runtimeError(failure) }
      throw .memoryError()
    }
    guard let handlers = calloc(ExpatEvent.allCases.count, MemoryLayout<Value>.stride) else {
      Expat.shared.pointee.free(parser)
      throw .memoryError()
    }
    let raw: UnsafeMutableRawPointer
    do throws(PyError) { raw = try xmlParserType.object.allocate() } catch {
      Glibc.free(handlers)
      Expat.shared.pointee.free(parser)
      throw error
    }
    let new = XMLParser(raw: raw)
    let contents = new.contents
    contents.pointee.parser = parser
    contents.pointee.handlers = handlers.assumingMemoryBound(to: Value.self)
    names.retainIfPresent()
    contents.pointee.names = names
    contents.pointee.textCapacity = 8192
    contents.pointee.defersReparsing = Expat.shared.pointee.setReparseDeferral != nil
    Expat.shared.pointee.setUserData(parser, raw)
    Expat.shared.pointee.setUnknownEncodingHandler(parser, unsafeBitCast(unknownEncoding, to: UnsafeMutableRawPointer.self), raw)
    return Owned(taking: raw)
  }

  /// A parser for an external entity: it reports to the same handlers.
  func makeForEntity(context: Value, encoding: Value) throws(PyError) -> Owned {
    let contextText = try ExpatText(context)
    let encodingText = try ExpatText(encoding)
    let made = library.pointee.createForEntity(parser, contextText.pointer, encodingText.pointer)
    let result = try XMLParser.adopt(made, contents.pointee.names, failure: nil)
    let child = XMLParser(result.value)
    Value(raw).retain()
    child.contents.pointee.parent = Value(raw)
    child.contents.pointee.textCapacity = contents.pointee.textCapacity
    child.contents.pointee.ordersAttributes = contents.pointee.ordersAttributes
    child.contents.pointee.tellsSpecifiedOnly = contents.pointee.tellsSpecifiedOnly
    child.contents.pointee.givesPrefixes = contents.pointee.givesPrefixes
    child.contents.pointee.defersReparsing = contents.pointee.defersReparsing
    if contents.pointee.text != nil { try child.setBuffersText(true) }
    for event in ExpatEvent.allCases {
      guard let handler = contents.pointee.handlers?[event.rawValue], !handler.isAbsent else { continue }
      handler.retain()
      child.contents.pointee.handlers?[event.rawValue] = handler
      library.pointee.setHandler(child.parser, event, event.function)
    }
    return result
  }

  func deallocate() {
    // The library reads the parent's state while a child goes.
    if let parser = contents.pointee.parser { library.pointee.free(parser) }
    if let handlers = contents.pointee.handlers {
      for event in ExpatEvent.allCases { handlers[event.rawValue].releaseIfPresent() }
      free(handlers)
    }
    free(contents.pointee.text)
    contents.pointee.names.releaseIfPresent()
    contents.pointee.failure.releaseIfPresent()
    contents.pointee.parent.releaseIfPresent()
    finishDeallocation(raw)
  }

  /// Gives up what may be part of a cycle.
  func clear() {
    for event in ExpatEvent.allCases { replaceHandler(event, .absent, nil) }
    let names = contents.pointee.names
    contents.pointee.names = .absent
    names.releaseIfPresent()
  }

  func visit(_ body: (Value) -> Void) {
    if let handlers = contents.pointee.handlers {
      for event in ExpatEvent.allCases { body(handlers[event.rawValue]) }
    }
    body(contents.pointee.names)
    body(contents.pointee.failure)
    body(contents.pointee.parent)
  }

  // MARK: Handlers

  func handler(_ event: ExpatEvent) -> Owned {
    let handler = Owned(copyingIfPresent: contents.pointee.handlers?[event.rawValue] ?? .absent)
    return handler.value.isAbsent ? .none : handler
  }

  func setHandler(_ event: ExpatEvent, _ value: Value) throws(PyError) {
    if value.isAbsent { throw .runtimeError("Cannot delete attribute") }
    // Text that waits belongs to the handler that was there.
    if event == .characterData { try flush() }
    if value.isNone {
      // The library may be about to call the handler of text again.
      let stays = event == .characterData && contents.pointee.isInHandler
      replaceHandler(event, .absent, stays ? unsafeBitCast(ignoredText, to: UnsafeMutableRawPointer.self) : nil)
    } else {
      value.retain()
      replaceHandler(event, value, event.function)
    }
  }

  /// Takes over a reference.
  private func replaceHandler(_ event: ExpatEvent, _ value: Value, _ function: UnsafeMutableRawPointer?) {
    guard let handlers = contents.pointee.handlers else { return }
    let old = handlers[event.rawValue]
    handlers[event.rawValue] = value
    library.pointee.setHandler(parser, event, function)
    old.releaseIfPresent()
  }

  /// Calls the handler of an event; what it raises stops the parser. `body` makes the arguments and calls.
  func report(_ event: ExpatEvent, _ body: (Value) throws(PyError) -> Int32) -> Int32 {
    guard contents.pointee.failure.isAbsent else { return 0 }
    do throws(PyError) {
      try flush()
      return try call(event, body)
    } catch {
      fail()
      return 0
    }
  }

  private func call(_ event: ExpatEvent, _ body: (Value) throws(PyError) -> Int32) throws(PyError) -> Int32 {
    let handler = Owned(copyingIfPresent: contents.pointee.handlers?[event.rawValue] ?? .absent)
    if handler.value.isAbsent { return 0 }
    contents.pointee.isInHandler = true
    defer { contents.pointee.isInHandler = false }
    return try body(handler.value)
  }

  /// Keeps the exception on its way until the parser has come back; no handler is called any more.
  func fail() {
    let failure = currentThread.pointee.takeException()
    for event in ExpatEvent.allCases { replaceHandler(event, .absent, nil) }
    library.pointee.setHandler(parser, .externalEntity, unsafeBitCast(refusedEntity, to: UnsafeMutableRawPointer.self))
    _ = library.pointee.stop(parser, 0)
    if contents.pointee.failure.isAbsent { contents.pointee.failure = failure.take() }
  }

  private func throwFailure() throws(PyError) {
    let failure = Owned(taking: contents.pointee.failure)
    contents.pointee.failure = .absent
    if !failure.value.isAbsent { throw rethrow(failure) }
  }

  // MARK: Text

  func characters(_ text: UnsafePointer<CChar>, _ count: Int) {
    guard contents.pointee.failure.isAbsent else { return }
    do throws(PyError) {
      guard contents.pointee.text != nil else { return try tellText(text, count) }
      if count > contents.pointee.textCapacity &- contents.pointee.textCount {
        try flush()
        // The handler may have been taken away by itself.
        if contents.pointee.handlers?[ExpatEvent.characterData.rawValue].isAbsent ?? true { return }
      }
      guard let place = contents.pointee.text, count <= contents.pointee.textCapacity &- contents.pointee.textCount else { return try tellText(text, count) }
      memcpy(place + contents.pointee.textCount, text, count)
      contents.pointee.textCount &+= count
    } catch { fail() }
  }

  private func tellText(_ text: UnsafePointer<CChar>, _ count: Int) throws(PyError) {
    let value = try Owned.string(utf8: UnsafeBufferPointer(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: count))
    _ = try call(.characterData) { (handler) throws(PyError) in
      _ = try handler.call(value.value)
      return 0
    }
  }

  /// Tells of the text that waits.
  func flush() throws(PyError) {
    let count = contents.pointee.textCount
    guard count > 0, let text = contents.pointee.text else { return }
    contents.pointee.textCount = 0
    try tellText(UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self), count)
  }

  func setBuffersText(_ wanted: Bool) throws(PyError) {
    if wanted {
      if contents.pointee.text == nil { try allocateText(contents.pointee.textCapacity) }
    } else if contents.pointee.text != nil {
      try flush()
      let old = contents.pointee.text
      contents.pointee.text = nil
      free(old)
    }
  }

  private func allocateText(_ capacity: Int) throws(PyError) {
    guard let memory = malloc(capacity) else { throw .memoryError() }
    let old = contents.pointee.text
    contents.pointee.text = memory.assumingMemoryBound(to: UInt8.self)
    contents.pointee.textCount = 0
    contents.pointee.textCapacity = capacity
    free(old)
  }

  func setTextCapacity(_ value: Value) throws(PyError) {
    if value.isAbsent { throw .runtimeError("Cannot delete attribute") }
    if !value.isInteger { throw .typeError("buffer_size must be an integer") }
    guard let size = Integer.asInt(value) else { throw .overflowError("Python int too large to convert to C long") }
    if size == contents.pointee.textCapacity { return }
    if size <= 0 { throw .valueError("buffer_size must be greater than zero") }
    if size > Int(Int32.max) { throw .valueError("buffer_size must not be greater than \(Int32.max)") }
    if contents.pointee.text == nil {
      contents.pointee.textCapacity = size
    } else {
      try flush()
      try allocateText(size)
    }
  }

  // MARK: Parsing

  func parse(_ data: Value, isLast: Bool) throws(PyError) -> Owned {
    if data.isString {
      let bytes = try ExpatText.encode(data)
      _ = library.pointee.setEncoding(parser, "utf-8")
      let object = BytesObject(bytes.value)
      return try parse(UnsafeRawBufferPointer(start: object.data, count: object.count), isLast)
    }
    let view = try data.buffer(.simple)
    return try parse(view.bytes, isLast)
  }

  /// A parser that is in the library must not be entered again, by a handler or another thread.
  private func enter(_ body: () -> Int32) throws(PyError) -> Int32 {
    if contents.pointee.isParsing { throw .runtimeError("the parser is already parsing") }
    contents.pointee.isParsing = true
    defer { contents.pointee.isParsing = false }
    return body()
  }

  private func parse(_ bytes: UnsafeRawBufferPointer, _ isLast: Bool) throws(PyError) -> Owned {
    var status: Int32 = 0
    try Expat.forEachPiece(of: bytes, isLast: isLast) { (piece, isLast) throws(PyError) in
      status = try enter { library.pointee.parse(parser, piece.baseAddress, Int32(piece.count), isLast ? 1 : 0) }
      return status != 0
    }
    return try result(status)
  }

  private func result(_ status: Int32) throws(PyError) -> Owned {
    try throwFailure()
    if status == 0 { throw error(library.pointee.errorCode(parser)) }
    try flush()
    return try Owned.integer(Int(status))
  }

  func parse(file: Value) throws(PyError) -> Owned {
    let read = try file.lookUpAttribute(Name.read)
    if read.value.isAbsent { throw .typeError("argument must have 'read' attribute") }
    let size = 2048
    let wanted = Value(smallInteger: size)
    while true {
      let data = try read.value.call(wanted)
      if !data.value.isBytes && !data.value.isInstance(of: .bytearray) {
        throw .typeError("read() did not return a bytes object (type=\(data.value.typeName))")
      }
      let view = try data.value.buffer(.simple)
      let count = view.bytes.count
      if count > size { throw .valueError("read() returned too much data: \(size) bytes requested, \(count) returned") }
      if contents.pointee.isParsing { throw .runtimeError("the parser is already parsing") }
      // After read(), which may have used the parser.
      guard let room = library.pointee.buffer(parser, Int32(size)) else { throw error(library.pointee.errorCode(parser)) }
      if let base = view.bytes.baseAddress, count > 0 { memcpy(room, base, count) }
      let status = try enter { library.pointee.parseBuffer(parser, Int32(count), count == 0 ? 1 : 0) }
      if status == 0 || count == 0 || !contents.pointee.failure.isAbsent { return try result(status) }
    }
  }

  // MARK: Errors

  /// The exception for a code of the library, with the place.
  func error(_ code: Int32) -> PyError {
    let text = library.pointee.message(code) ?? "unknown error"
    return error(code, "\(text): line \(library.pointee.line(parser)), column \(library.pointee.column(parser))")
  }

  func error(_ code: Int32, _ message: String) -> PyError {
    do throws(PyError) {
      let text = try Owned.string(message)
      let type = Owned(copying: expatError.value)
      let exception = try type.value.call(text.value)
      let number = try Owned.integer(Int(code))
      let line = try Owned.integer(Int(truncatingIfNeeded: library.pointee.line(parser)))
      let column = try Owned.integer(Int(truncatingIfNeeded: library.pointee.column(parser)))
      try exception.value.setAttribute(Name.make("code"), number.value)
      try exception.value.setAttribute(Name.lineno, line.value)
      try exception.value.setAttribute(Name.offset, column.value)
      return PyError.raise(exception)
    } catch { return error }
  }

  static let invalidArgument: Int32 = 41

  /// What the limits against attacks answer.
  func checkProtection(_ isSet: UInt8, factor: Float? = nil) throws(PyError) {
    if isSet != 0 { return }
    if let factor, !(factor >= 1) { throw error(XMLParser.invalidArgument, "'max_factor' must be at least 1.0") }
    throw error(XMLParser.invalidArgument, "parser must be a root parser")
  }
}

/// Text as the library takes it: UTF-8 that a zero ends; no pointer for an absent value.
struct ExpatText: ~Copyable {
  private let bytes: Owned

  init(_ text: Value) throws(PyError) {
    if text.isAbsent {
      bytes = Owned(taking: .absent)
      return
    }
    let encoded = try ExpatText.encode(text)
    let object = BytesObject(encoded.value)
    if object.count > 0 && memchr(object.data, 0, object.count) != nil { throw .valueError("embedded null character") }
    bytes = encoded
  }

  static func encode(_ text: Value) throws(PyError) -> Owned { try encodeText(text, encoding: Name.make("utf-8"), errors: .absent) }

  var pointer: UnsafePointer<CChar>? {
    bytes.value.isAbsent ? nil : UnsafePointer(UnsafeRawPointer(BytesObject(bytes.value).data).assumingMemoryBound(to: CChar.self))
  }

  var count: Int { bytes.value.isAbsent ? 0 : BytesObject(bytes.value).count }
}
