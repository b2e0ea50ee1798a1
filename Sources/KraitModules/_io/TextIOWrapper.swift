// `_io.TextIOWrapper`: a stream of text on a stream of bytes.

import Glibc
import KraitRuntime

private func text(_ value: Value) -> UnsafeMutablePointer<TextContents> { TextStream(value).contents }

func defineTextWrapper(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.textWrapper = try m.defineType("TextIOWrapper", base: StreamTypes.text) { t in
    t.documentation = """
      A stream of text on a buffered stream of bytes.

      newline is None (all kinds of line ends are read as \\n, and the system's are written), '' (all kinds end lines and stay as they are), or the one kind to use.
      line_buffering flushes with each line end that is written, write_through hands all text on at once.
      """
    t.basicSize = MemoryLayout<TextContents>.size
    t.inheritsNew = true
    t.flags.insert(.baseType)
    t.initialize("TextIOWrapper(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)") { (call: Call) throws(PyError) in
      try initialize(call)
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = raw.assumingMemoryBound(to: TextContents.self)
      for value in [
        contents.pointee.buffer, contents.pointee.encoding, contents.pointee.errors, contents.pointee.encoder, contents.pointee.decoder, contents.pointee.decoded,
        contents.pointee.snapshotBytes,
      ] { value.releaseIfPresent() }
      if let memory = contents.pointee.pending { freeMemory(memory, size: contents.pointee.pendingCapacity) }
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = raw.assumingMemoryBound(to: TextContents.self)
      for value in [contents.pointee.buffer, contents.pointee.encoder, contents.pointee.decoder] { visit(value) }
      traverseOwnAttributes(raw, visit)
    }
    t.slots.clear = ClearSlot { raw in
      let contents = raw.assumingMemoryBound(to: TextContents.self)
      contents.pointee.isInitialized = false
      contents.pointee.isPlainBuffer = false
      let values = [contents.pointee.buffer, contents.pointee.encoder, contents.pointee.decoder]
      contents.pointee.buffer = .absent
      contents.pointee.encoder = .absent
      contents.pointee.decoder = .absent
      for value in values { value.releaseIfPresent() }
      clearOwnAttributes(raw)
    }
    t.slots.repr = UnarySlot(represent)
    t.slots.next = NextSlot(nextLine)
    defineTextMethods(t)
    defineTextState(t)
  }
  TextOutput.type = UInt(bitPattern: StreamTypes.textWrapper.raw)
  TextOutput.write = { (object: Value, text: Value) throws(PyError) in
    let stream = TextStream(object)
    try stream.checkOpen()
    try stream.checkEncodable()
    try stream.write(text)
  }
}

// MARK: - Making

private func initialize(_ call: Call) throws(PyError) {
  let stream = TextStream(call.receiver)
  let contents = stream.contents
  contents.pointee.isInitialized = false
  contents.pointee.isDetached = false
  for index in 1...2 where !call[index].isNone && !call[index].isString { throw call.wrongType(index, "str or None") }
  let mode = try NewlineMode(call[3])
  let isLineBuffered = try call.bool(4)
  let writesThrough = try call.bool(5)
  let errors = call[2].isNone ? Owned(copying: Name.make("strict")) : Owned(copying: call[2])
  if !call[2].isNone { try checkNameText(call[2]) }
  let encoding = try encodingName(call[1])
  let plain = PlainEncoding(encoding.value)
  if plain == .none { _ = try textCodec(encoding.value, alternative: "codecs.open()") }
  if !call[2].isNone { try checkErrorHandler(call[2]) }
  stream.replace(\.encoding, encoding)
  stream.replace(\.errors, errors)
  stream.replace(\.decoded, Owned(taking: .absent))
  stream.replace(\.snapshotBytes, Owned(taking: .absent))
  stream.replace(\.buffer, Owned(copying: call[0]))
  contents.pointee.plain = plain
  contents.pointee.mode = mode
  contents.pointee.newlines = NewlineState()
  contents.pointee.used = 0
  contents.pointee.partialCount = 0
  contents.pointee.pendingCount = 0
  contents.pointee.isAtStart = false
  contents.pointee.chunkSize = TextStream.chunkSize
  contents.pointee.isLineBuffered = isLineBuffered
  contents.pointee.writesThrough = writesThrough
  contents.pointee.isFinalizing = false
  contents.pointee.isPlainBuffer = call[0].type == StreamTypes.reader || call[0].type == StreamTypes.writer
  try stream.prepareCodecs()
  let seekable = try call[0].callMethod(StreamName.seekable)
  contents.pointee.isSeekable = try seekable.isTruthy()
  contents.pointee.isTelling = contents.pointee.isSeekable
  let read1 = try call[0].lookUpAttribute(StreamName.read1)
  contents.pointee.hasRead1 = !read1.value.isAbsent
  try stream.placeEncoder()
  contents.pointee.isInitialized = true
}

/// In development mode, an error handler that does not exist is told at once.
private func checkErrorHandler(_ errors: Value) throws(PyError) {
  guard RuntimeConfiguration.current.isDevelopmentMode else { return }
  let codecs = try importModule("codecs")
  let lookUp = try codecs.value.getAttribute(Name.make("lookup_error"))
  _ = try lookUp.call(errors)
}

private func encodingName(_ value: Value) throws(PyError) -> Owned {
  if value.isNone {
    if RuntimeConfiguration.current.warnsOfDefaultEncoding { try warn(.encodingWarning, "'encoding' argument not specified") }
    return try Owned.string(RuntimeConfiguration.current.usesUTF8Mode ? "utf-8" : RuntimeConfiguration.current.localeEncoding)
  }
  try checkNameText(value)
  if value.text == "locale" { return try Owned.string(RuntimeConfiguration.current.localeEncoding) }
  return Owned(copying: value)
}

/// Whether an int, or what `__index__` makes one of, is not 0.
private func isNotZero(_ value: Value) throws(PyError) -> Bool {
  let number = try value.index()
  guard let word = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C long") }
  return word != 0
}

/// As ``encodingName(_:)`` for `reconfigure`, which finds no encoding with NUL in its name.
private func newEncodingName(_ value: Value) throws(PyError) -> Owned {
  if let end = value.text.firstIndex(of: "\0") { throw PyError.raise(.lookupError, "unknown encoding: \(value.text[..<end])") }
  return try encodingName(value)
}

private func represent(_ object: Value) throws(PyError) -> Owned {
  guard text(object).pointee.isInitialized || text(object).pointee.isDetached else { throw .valueError("I/O operation on uninitialized object") }
  if try reprEnter(object) { throw .runtimeError("reentrant call inside \(object.type.fullName).__repr__") }
  defer { reprLeave(object) }
  var result = "<\(object.type.fullName)"
  for (label, key) in [("name", StreamName.name), ("mode", StreamName.mode)] {
    do throws(PyError) {
      let found = try object.lookUpAttribute(key)
      if !found.value.isAbsent { result += " \(label)=\(try found.value.repr().text)" }
    } catch {
      guard PyError.matches(.valueError) else { throw error }
      PyError.clear()
    }
  }
  let encoding = try text(object).pointee.encoding.repr()
  return try Owned.string("\(result) encoding=\(encoding.text)>")
}

private func nextLine(_ object: Value) throws(PyError) -> Owned {
  let stream = TextStream(object)
  try stream.checkInitialized()
  stream.contents.pointee.isTelling = false
  var line = Owned.emptyString
  if object.type == StreamTypes.textWrapper {
    try stream.checkOpen()
    if stream.contents.pointee.decoded.isAbsent { try stream.checkDecodable() }
    try stream.sendPending()
    line = try stream.readLine(-1)
  } else {
    line = try object.callMethod(StreamName.readline)
    guard line.value.isString else { throw PyError.raise(.osError, "readline() should have returned a str object, not '\(line.value.typeName)'") }
  }
  if StringObject(line.value).length > 0 { return line }
  // At the end the place can be told again.
  stream.replace(\.decoded, Owned(taking: .absent))
  stream.replace(\.snapshotBytes, Owned(taking: .absent))
  stream.contents.pointee.isTelling = stream.contents.pointee.isSeekable
  return Owned(taking: .absent)
}

// MARK: - Methods

private func defineTextMethods(_ t: TypeDefinition) {
  t.method("write(text, /)", "Write text and return its length.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    try stream.checkInitialized()
    guard call[0].isString else { throw call.wrongType(0, "str") }
    try stream.checkOpen()
    try stream.checkEncodable()
    try stream.write(call[0])
    return try Owned.integer(StringObject(call[0]).length)
  }
  t.method("read(size=-1, /)", "Read at most so many characters, all when the size is negative or None.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    let size = try sizeArgument(call[0])
    try stream.checkOpen()
    try stream.checkDecodable()
    try stream.sendPending()
    return size < 0 ? try stream.readAll() : try stream.read(size)
  }
  t.method("readline(size=-1, /)", "Read a line of at most so many characters.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    let limit = try call.int(0)
    try stream.checkOpen()
    if stream.contents.pointee.decoded.isAbsent { try stream.checkDecodable() }
    try stream.sendPending()
    return try stream.readLine(limit)
  }
  t.method("flush()", "Write what is buffered.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    try stream.checkOpen()
    stream.contents.pointee.isTelling = stream.contents.pointee.isSeekable
    try stream.sendPending()
    return try stream.callBuffer(StreamName.flush)
  }
  t.method("close()", "Flush and close the stream.") { (call: Call) throws(PyError) -> Owned in try close(call.receiver) }
  t.method("detach()", "Separate the buffer from the stream and return it.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    try stream.checkInitialized()
    _ = try call.receiver.callMethod(StreamName.flush)
    try stream.checkInitialized()
    let buffer = Owned(taking: stream.contents.pointee.buffer)
    stream.contents.pointee.buffer = .absent
    stream.contents.pointee.isPlainBuffer = false
    stream.contents.pointee.isDetached = true
    stream.contents.pointee.isInitialized = false
    return buffer
  }
  t.method("seekable()", "Whether the stream has places.") { (call: Call) throws(PyError) -> Owned in try ask(call.receiver, StreamName.seekable) }
  t.method("readable()", "Whether the stream can be read.") { (call: Call) throws(PyError) -> Owned in try ask(call.receiver, StreamName.readable) }
  t.method("writable()", "Whether the stream can be written.") { (call: Call) throws(PyError) -> Owned in try ask(call.receiver, StreamName.writable) }
  t.method("fileno()", "The stream's descriptor.") { (call: Call) throws(PyError) -> Owned in try ask(call.receiver, StreamName.fileno) }
  t.method("isatty()", "Whether the stream is a terminal.") { (call: Call) throws(PyError) -> Owned in try ask(call.receiver, StreamName.isatty) }
  t.method("tell()", "The place of the stream, a number that only seek() understands.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    try stream.checkOpen()
    return try stream.tell()
  }
  t.method("seek(cookie, whence=0, /)", "Move to a place that tell() gave, to the start or to the end.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    try stream.checkOpen()
    return try stream.seek(call[0], Int(try call.int32(1)))
  }
  t.method("truncate(pos=None, /)", "Cut the stream to a size, its place if none is given.") { (call: Call) throws(PyError) -> Owned in
    let stream = TextStream(call.receiver)
    try stream.checkInitialized()
    _ = try call.receiver.callMethod(StreamName.flush)
    return try stream.callBuffer(StreamName.truncate, call[0])
  }
  t.method(
    "reconfigure($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)", "Change how the stream works."
  ) { (call: Call) throws(PyError) -> Owned in
    try reconfigure(call)
    return .none
  }
}

private func ask(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let stream = TextStream(object)
  try stream.checkInitialized()
  return try stream.callBuffer(name)
}

private func close(_ object: Value) throws(PyError) -> Owned {
  let stream = TextStream(object)
  try stream.checkInitialized()
  if try stream.isClosed { return .none }
  // `closed` can be the program's own and detach the buffer.
  if !stream.contents.pointee.isInitialized { return .none }
  if stream.contents.pointee.isFinalizing {
    do throws(PyError) { _ = try stream.callBuffer(StreamName.deallocWarn, object) } catch { PyError.clear() }
  }
  var failure = Owned(taking: .absent)
  do throws(PyError) { _ = try object.callMethod(StreamName.flush) } catch { failure = currentThread.pointee.takeException() }
  var result = Owned.none
  do throws(PyError) { result = try stream.callBuffer(StreamName.close) } catch {
    chainExceptions(failure)
    throw error
  }
  stream.contents.pointee.pendingCount = 0
  if !failure.value.isAbsent { throw rethrow(failure) }
  return result
}

private func reconfigure(_ call: Call) throws(PyError) {
  let stream = TextStream(call.receiver)
  try stream.checkInitialized()
  let contents = stream.contents
  for index in 0...1 where !call[index].isNone && !call[index].isString { throw call.wrongType(index, "str or None") }
  let hasNewline = !call[2].isAbsent
  let changesDecoding = !call[0].isNone || !call[1].isNone || hasNewline
  if changesDecoding && !contents.pointee.decoded.isAbsent {
    throw unsupported("It is not possible to set the encoding or newline of stream after the first read")
  }
  if hasNewline && !call[2].isNone && !call[2].isString { throw call.wrongType(2, "str or None") }
  let mode = hasNewline ? try NewlineMode(call[2], endsAtNull: true) : contents.pointee.mode
  let isLineBuffered = call[3].isNone ? contents.pointee.isLineBuffered : try isNotZero(call[3])
  let writesThrough = call[4].isNone ? contents.pointee.writesThrough : try isNotZero(call[4])
  _ = try call.receiver.callMethod(StreamName.flush)
  if !call[0].isNone || !call[1].isNone {
    // A new encoding comes with strict errors unless others are named.
    let encoding = call[0].isNone ? Owned(copying: contents.pointee.encoding) : try newEncodingName(call[0])
    if !call[1].isNone && !StringObject(call[1]).isASCII { try checkNameText(call[1]) }
    let errors = !call[1].isNone ? Owned(copying: call[1]) : call[0].isNone ? Owned(copying: contents.pointee.errors) : Owned(copying: Name.make("strict"))
    let plain = PlainEncoding(encoding.value)
    if plain == .none { _ = try textCodec(encoding.value, alternative: "codecs.open()") }
    stream.replace(\.encoding, encoding)
    stream.replace(\.errors, errors)
    contents.pointee.plain = plain
    try stream.prepareCodecs()
    try stream.placeEncoder()
  }
  contents.pointee.mode = mode
  contents.pointee.isLineBuffered = isLineBuffered
  contents.pointee.writesThrough = writesThrough
}

// MARK: - Attributes

private func defineTextState(_ t: TypeDefinition) {
  t.method("__getstate__()") { (call: Call) throws(PyError) -> Owned in throw .typeError("cannot pickle '\(call.receiver.type.contents.pointee.name.text)' instances") }
  t.member("encoding", offset: MemoryLayout<TextContents>.offset(of: \TextContents.encoding).unsafelyUnwrapped, "The encoding.")
  t.member("buffer", offset: MemoryLayout<TextContents>.offset(of: \TextContents.buffer).unsafelyUnwrapped, "The stream of bytes.")
  t.getter("line_buffering", "Whether line ends are written at once.") { (object: Value) throws(PyError) -> Owned in .boolean(text(object).pointee.isLineBuffered) }
  t.getter("write_through", "Whether all text is handed on at once.") { (object: Value) throws(PyError) -> Owned in .boolean(text(object).pointee.writesThrough) }
  t.property(
    "_finalizing", "Whether the object is at its end.", get: { (object) throws(PyError) in .boolean(text(object).pointee.isFinalizing) },
    set: { (object, value) throws(PyError) in
      if value.isAbsent { throw .typeError("can't delete numeric/char attribute") }
      guard value.isBool else { throw .typeError("attribute value type must be bool") }
      text(object).pointee.isFinalizing = value.isTrue
    })
  t.getter("name", "The buffer's name.") { (object: Value) throws(PyError) -> Owned in
    let buffer = try TextStream(object).heldBuffer()
    return try buffer.value.getAttribute(StreamName.name)
  }
  t.getter("closed", "Whether the stream is closed.") { (object: Value) throws(PyError) -> Owned in
    try TextStream(object).checkInitialized()
    return .boolean(try TextStream(object).isClosed)
  }
  t.getter("newlines", "The kinds of line ends that were read.") { (object: Value) throws(PyError) -> Owned in
    try TextStream(object).checkInitialized()
    return text(object).pointee.mode.isUniversal ? try text(object).pointee.newlines.newlines() : .none
  }
  t.getter("errors", "The error handler.") { (object: Value) throws(PyError) -> Owned in
    if !text(object).pointee.isDetached { try TextStream(object).checkInitialized() }
    return Owned(copying: text(object).pointee.errors)
  }
  t.property(
    "_CHUNK_SIZE", "How many bytes are read at once.",
    get: { (object) throws(PyError) in
      try TextStream(object).checkInitialized()
      return try Owned.integer(text(object).pointee.chunkSize)
    },
    set: { (object, value) throws(PyError) in
      try TextStream(object).checkInitialized()
      if value.isAbsent { throw PyError.attributeError("attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted") }
      let number = try value.index()
      guard let size = Integer.asInt(number.value) else { throw PyError.valueError("cannot fit '\(value.typeName)' into an index-sized integer") }
      if size <= 0 { throw PyError.valueError("a strictly positive integer is required") }
      text(object).pointee.chunkSize = size
    })
}
