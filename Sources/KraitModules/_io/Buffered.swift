// `_io.BufferedReader`, `BufferedWriter`, `BufferedRandom` and `BufferedRWPair`.

import Glibc
import KraitRuntime

func defineBuffered(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.reader = try m.defineType("BufferedReader", base: StreamTypes.buffered) { t in
    t.documentation = "A buffer for a raw stream that is read."
    defineBufferedParts(t)
    defineReading(t)
    t.textSignature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)"
    t.initialize("BufferedReader(raw, buffer_size=131072)") { (call: Call) throws(PyError) in
      BufferedStream(call.receiver).contents.pointee.isInitialized = false
      let size = try call.int(1)
      try require(call[0], StreamName.readable, "File or stream is not readable.")
      try BufferedStream(call.receiver).initialize(call[0], size: size, readable: true, writable: false)
    }
    t.method("flush()", "Flush the raw stream.") { (call: Call) throws(PyError) -> Owned in
      let stream = BufferedStream(call.receiver)
      try stream.checkInitialized()
      let raw = Owned(copying: stream.contents.pointee.raw)
      return try raw.value.callMethod(StreamName.flush)
    }
  }
  StreamTypes.writer = try m.defineType("BufferedWriter", base: StreamTypes.buffered) { t in
    t.documentation = "A buffer for a raw stream that is written. Nothing is written after the stream's end: close or flush it."
    defineBufferedParts(t)
    defineWriting(t)
    t.textSignature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)"
    t.initialize("BufferedWriter(raw, buffer_size=131072)") { (call: Call) throws(PyError) in
      BufferedStream(call.receiver).contents.pointee.isInitialized = false
      let size = try call.int(1)
      try require(call[0], StreamName.writable, "File or stream is not writable.")
      try BufferedStream(call.receiver).initialize(call[0], size: size, readable: false, writable: true)
    }
  }
  StreamTypes.random = try m.defineType("BufferedRandom", base: StreamTypes.buffered) { t in
    t.documentation = "A buffer for a raw stream that is read and written at any place."
    defineBufferedParts(t)
    defineReading(t)
    defineWriting(t)
    t.textSignature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)"
    t.initialize("BufferedRandom(raw, buffer_size=131072)") { (call: Call) throws(PyError) in
      BufferedStream(call.receiver).contents.pointee.isInitialized = false
      let size = try call.int(1)
      try require(call[0], StreamName.seekable, "File or stream is not seekable.")
      try require(call[0], StreamName.readable, "File or stream is not readable.")
      try require(call[0], StreamName.writable, "File or stream is not writable.")
      try BufferedStream(call.receiver).initialize(call[0], size: size, readable: true, writable: true)
    }
  }
  try definePair(m)
}

private func require(_ raw: Value, _ ability: Value, _ message: String) throws(PyError) {
  let answer = try raw.callMethod(ability)
  if !answer.value.isTrue { throw unsupported(message) }
}

private func defineBufferedParts(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<BufferedContents>.size
  t.inheritsNew = true
  t.flags.insert(.baseType)
  t.slots.deallocate = DeallocateSlot { raw in
    let contents = raw.assumingMemoryBound(to: BufferedContents.self)
    contents.pointee.raw.releaseIfPresent()
    BufferedStream.freeMemory(of: contents)
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    visit(raw.assumingMemoryBound(to: BufferedContents.self).pointee.raw)
    traverseOwnAttributes(raw, visit)
  }
  t.slots.clear = ClearSlot { raw in
    let contents = raw.assumingMemoryBound(to: BufferedContents.self)
    let old = contents.pointee.raw
    contents.pointee.raw = .absent
    contents.pointee.isInitialized = false
    contents.pointee.isFile = false
    old.releaseIfPresent()
    clearOwnAttributes(raw)
  }
  t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
    let name: Owned
    do throws(PyError) { name = try object.lookUpAttribute(StreamName.name) } catch {
      guard PyError.matches(.valueError) else { throw error }
      PyError.clear()
      return try Owned.string("<\(object.type.fullName)>")
    }
    if name.value.isAbsent { return try Owned.string("<\(object.type.fullName)>") }
    if try reprEnter(object) { throw .runtimeError("reentrant call inside \(object.type.fullName).__repr__") }
    defer { reprLeave(object) }
    return try Owned.string("<\(object.type.fullName) name=\(try name.repr().text)>")
  }
  for (name, attribute) in [("seekable()", 0), ("fileno()", 1), ("isatty()", 2)] as [(StaticString, Int)] {
    switch attribute {
    case 0: t.method(name, "Whether the stream has places.") { (call: Call) throws(PyError) -> Owned in try delegate(call, StreamName.seekable) }
    case 1: t.method(name, "The stream's descriptor.") { (call: Call) throws(PyError) -> Owned in try delegate(call, StreamName.fileno) }
    default: t.method(name, "Whether the stream is a terminal.") { (call: Call) throws(PyError) -> Owned in try delegate(call, StreamName.isatty) }
    }
  }
  t.method("close()", "Flush and close the stream.") { (call: Call) throws(PyError) -> Owned in try closeBuffered(call.receiver) }
  t.method("detach()", "Separate the raw stream from the buffer and return it.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkInitialized()
    _ = try call.receiver.callMethod(StreamName.flush)
    let raw = Owned(taking: stream.contents.pointee.raw)
    stream.contents.pointee.raw = .absent
    stream.contents.pointee.isFile = false
    stream.contents.pointee.isDetached = true
    stream.contents.pointee.isInitialized = false
    return raw
  }
  t.method("seek(target, whence=0, /)", "Move to a place of the stream and return it.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkInitialized()
    let whence = Int(try call.int32(1))
    guard (0...4).contains(whence) else { throw .valueError("whence value \(whence) unsupported") }
    try stream.checkOpen("seek")
    let raw = Owned(copying: stream.contents.pointee.raw)
    try require(raw.value, StreamName.seekable, "File or stream is not seekable.")
    return try Owned.integer(try stream.seek(try call.offset(0), whence))
  }
  t.method("tell()", "The place of the stream.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkInitialized()
    return try Owned.integer(try stream.tell())
  }
  t.method("truncate(pos=None, /)", "Cut the stream to a size, its place if none is given.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkOpen("truncate")
    if !stream.contents.pointee.isWritable { throw unsupported("truncate") }
    return try stream.truncate(call[0])
  }
  t.method("_dealloc_warn(source, /)") { (call: Call) throws(PyError) -> Owned in
    try warnOfRaw(BufferedStream(call.receiver), call[0])
    return .none
  }
  t.method("__getstate__()") { (call: Call) throws(PyError) -> Owned in throw .typeError("cannot pickle '\(call.receiver.type.contents.pointee.name.text)' instances") }
  t.getter("raw", "The raw stream.") { (object: Value) throws(PyError) -> Owned in
    let raw = BufferedStream(object).contents.pointee.raw
    return raw.isAbsent ? .none : Owned(copying: raw)
  }
  t.getter("closed", "Whether the stream is closed.") { (object: Value) throws(PyError) -> Owned in
    try BufferedStream(object).checkInitialized()
    return .boolean(try BufferedStream(object).isClosed)
  }
  t.getter("name", "The raw stream's name.") { (object: Value) throws(PyError) -> Owned in try attribute(object, StreamName.name) }
  t.getter("mode", "The raw stream's mode.") { (object: Value) throws(PyError) -> Owned in try attribute(object, StreamName.mode) }
  t.property(
    "_finalizing", "Whether the object is at its end.", get: { (object) throws(PyError) in .boolean(BufferedStream(object).contents.pointee.isFinalizing) },
    set: { (object, value) throws(PyError) in
      if value.isAbsent { throw .typeError("can't delete numeric/char attribute") }
      guard value.isBool else { throw .typeError("attribute value type must be bool") }
      BufferedStream(object).contents.pointee.isFinalizing = value.isTrue
    })
}

private func delegate(_ call: Call, _ name: Value) throws(PyError) -> Owned {
  let stream = BufferedStream(call.receiver)
  try stream.checkInitialized()
  let raw = Owned(copying: stream.contents.pointee.raw)
  return try raw.value.callMethod(name)
}

private func attribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let stream = BufferedStream(object)
  try stream.checkInitialized()
  let raw = Owned(copying: stream.contents.pointee.raw)
  return try raw.value.getAttribute(name)
}

private func warnOfRaw(_ stream: BufferedStream, _ source: Value) throws(PyError) {
  guard stream.contents.pointee.isInitialized else { return }
  let raw = Owned(copying: stream.contents.pointee.raw)
  do throws(PyError) { _ = try raw.value.callMethod(StreamName.deallocWarn, source) } catch { PyError.clear() }
}

private func closeBuffered(_ object: Value) throws(PyError) -> Owned {
  let stream = BufferedStream(object)
  try stream.checkInitialized()
  if try stream.isClosed { return .none }
  if stream.contents.pointee.isFinalizing { try warnOfRaw(stream, object) }
  var failure = Owned(taking: .absent)
  do throws(PyError) { _ = try object.callMethod(StreamName.flush) } catch { failure = currentThread.pointee.takeException() }
  let raw = Owned(copyingIfPresent: stream.contents.pointee.raw)
  var result = Owned.none
  if !raw.value.isAbsent {
    try stream.enter()
    defer { stream.leave() }
    do throws(PyError) { result = try raw.value.callMethod(StreamName.close) } catch {
      chainExceptions(failure)
      throw error
    }
  }
  stream.forgetAll()
  if !failure.value.isAbsent { throw rethrow(failure) }
  return result
}

// MARK: - Reading

private func defineReading(_ t: TypeDefinition) {
  t.method("readable()", "Whether the stream can be read.") { (call: Call) throws(PyError) -> Owned in try delegate(call, StreamName.readable) }
  t.method("read(size=-1, /)", "Read so many bytes, all when the size is negative or None.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkInitialized()
    let size = try sizeArgument(call[0])
    if size < -1 { throw .valueError("read length must be non-negative or -1") }
    try stream.checkOpen("read")
    return size < 0 ? try stream.readAll() : try stream.read(size)
  }
  t.method("read1(size=-1, /)", "Read at most so many bytes, with at most one call of the raw stream.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkInitialized()
    var size = try call.int(0)
    if size < 0 { size = stream.contents.pointee.size }
    try stream.checkOpen("read")
    if size == 0 { return .emptyBytes }
    try stream.enter()
    defer { stream.leave() }
    if stream.available > 0 { return try stream.take(min(size, stream.available)) }
    try stream.prepareReading()
    let buffer = try PlainBuffer(size)
    let got = try stream.readRaw(buffer.start, size)
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: max(got, 0)))
  }
  t.method("peek(size=0, /)", "What can be read next, without moving.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    _ = try call.int(0)
    try stream.checkOpen("peek")
    try stream.enter()
    defer { stream.leave() }
    if stream.contents.pointee.isWritable { try stream.sendAndRewind() }
    return try stream.peek()
  }
  t.method("readinto(buffer, /)", "Read into memory until it is full.") { (call: Call) throws(PyError) -> Owned in try readInto(call, "readinto", once: false) }
  t.method("readinto1(buffer, /)", "Read into memory, with at most one call of the raw stream.") { (call: Call) throws(PyError) -> Owned in
    try readInto(call, "readinto1", once: true)
  }
  t.method("readline(size=-1, /)", "Read a line of at most so many bytes.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkInitialized()
    let limit = try sizeArgument(call[0])
    try stream.checkOpen("readline")
    return try stream.readLine(limit)
  }
  t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
    let stream = BufferedStream(object)
    try stream.checkInitialized()
    if object.type == StreamTypes.reader || object.type == StreamTypes.random {
      try stream.checkOpen("readline")
      let line = try stream.readLine(-1)
      return BytesObject(line.value).count == 0 ? Owned(taking: .absent) : line
    }
    let line = try object.callMethod(StreamName.readline)
    guard line.value.isBytes else { throw PyError.raise(.osError, "readline() should have returned a bytes object, not '\(line.value.typeName)'") }
    return BytesObject(line.value).count == 0 ? Owned(taking: .absent) : line
  }
}

private func readInto(_ call: Call, _ name: String, once: Bool) throws(PyError) -> Owned {
  let stream = BufferedStream(call.receiver)
  try stream.checkInitialized()
  let view = try call[0].writableBuffer(name, "argument")
  try stream.checkOpen("readinto")
  guard let count = try stream.read(into: view.mutableBytes, once: once) else { return .none }
  return try Owned.integer(count)
}

// MARK: - Writing

private func defineWriting(_ t: TypeDefinition) {
  t.method("writable()", "Whether the stream can be written.") { (call: Call) throws(PyError) -> Owned in try delegate(call, StreamName.writable) }
  t.method("write(buffer, /)", "Write bytes and return how many.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkInitialized()
    let view = try call[0].buffer(.simple)
    if try stream.isClosed { throw .valueError("write to closed file") }
    try stream.write(view.bytes)
    return try Owned.integer(view.bytes.count)
  }
  t.method("flush()", "Write what is buffered.") { (call: Call) throws(PyError) -> Owned in
    let stream = BufferedStream(call.receiver)
    try stream.checkOpen("flush")
    try stream.flush()
    return .none
  }
}

// MARK: - Pairs

private struct PairContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  var reader: Value
  var writer: Value
  static func of(_ value: Value) -> UnsafeMutablePointer<PairContents> { value.object.assumingMemoryBound(to: PairContents.self) }
}

private func forward(_ object: Value, toReader: Bool, _ name: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let contents = PairContents.of(object)
  let stream = Owned(copyingIfPresent: toReader ? contents.pointee.reader : contents.pointee.writer)
  if stream.value.isAbsent { throw .valueError("I/O operation on uninitialized object") }
  let method = try stream.value.getAttribute(name)
  return try method.call(arguments: arguments)
}

private func definePair(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.pair = try m.defineType("BufferedRWPair", base: StreamTypes.buffered) { t in
    t.documentation = "Two raw streams, one to read and one to write, as one buffered stream without places."
    t.basicSize = MemoryLayout<PairContents>.size
    t.inheritsNew = true
    t.flags.insert(.baseType)
    t.initialize("BufferedRWPair(reader, writer, buffer_size=131072, /)") { (call: Call) throws(PyError) in
      try require(call[0], StreamName.readable, "File or stream is not readable.")
      try require(call[1], StreamName.writable, "File or stream is not writable.")
      let reader = try StreamTypes.reader.value.call(call[0], call[2])
      let writer = try StreamTypes.writer.value.call(call[1], call[2])
      let contents = PairContents.of(call.receiver)
      let (first, second) = (contents.pointee.reader, contents.pointee.writer)
      contents.pointee.reader = reader.take()
      contents.pointee.writer = writer.take()
      first.releaseIfPresent()
      second.releaseIfPresent()
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = raw.assumingMemoryBound(to: PairContents.self)
      contents.pointee.reader.releaseIfPresent()
      contents.pointee.writer.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = raw.assumingMemoryBound(to: PairContents.self)
      visit(contents.pointee.reader)
      visit(contents.pointee.writer)
      traverseOwnAttributes(raw, visit)
    }
    t.slots.clear = ClearSlot { raw in
      let contents = raw.assumingMemoryBound(to: PairContents.self)
      let (reader, writer) = (contents.pointee.reader, contents.pointee.writer)
      contents.pointee.reader = .absent
      contents.pointee.writer = .absent
      reader.releaseIfPresent()
      writer.releaseIfPresent()
      clearOwnAttributes(raw)
    }
    t.rawMethod("read", "Read from the one.") { (o: Value, a: Arguments) throws(PyError) -> Owned in try forward(o, toReader: true, StreamName.read, a) }
    t.rawMethod("peek", "Look at what can be read next.") { (o: Value, a: Arguments) throws(PyError) -> Owned in try forward(o, toReader: true, StreamName.peek, a) }
    t.rawMethod("read1", "Read with at most one call.") { (o: Value, a: Arguments) throws(PyError) -> Owned in try forward(o, toReader: true, StreamName.read1, a) }
    t.rawMethod("readinto", "Read into memory.") { (o: Value, a: Arguments) throws(PyError) -> Owned in try forward(o, toReader: true, StreamName.readinto, a) }
    t.rawMethod("readinto1", "Read into memory with at most one call.") { (o: Value, a: Arguments) throws(PyError) -> Owned in
      try forward(o, toReader: true, StreamName.readinto1, a)
    }
    t.rawMethod("write", "Write to the other.") { (o: Value, a: Arguments) throws(PyError) -> Owned in try forward(o, toReader: false, StreamName.write, a) }
    t.rawMethod("flush", "Write what is buffered.") { (o: Value, a: Arguments) throws(PyError) -> Owned in try forward(o, toReader: false, StreamName.flush, a) }
    t.rawMethod("readable", "Whether the one can be read.") { (o: Value, a: Arguments) throws(PyError) -> Owned in
      try forward(o, toReader: true, StreamName.readable, a)
    }
    t.rawMethod("writable", "Whether the other can be written.") { (o: Value, a: Arguments) throws(PyError) -> Owned in
      try forward(o, toReader: false, StreamName.writable, a)
    }
    t.rawMethod("isatty", "Whether either is a terminal.") { (o: Value, a: Arguments) throws(PyError) -> Owned in
      let writer = try forward(o, toReader: false, StreamName.isatty, a)
      return try writer.isTruthy() ? writer : try forward(o, toReader: true, StreamName.isatty, a)
    }
    t.rawMethod("close", "Close both.") { (o: Value, a: Arguments) throws(PyError) -> Owned in
      var failure = Owned(taking: .absent)
      do throws(PyError) { _ = try forward(o, toReader: false, StreamName.close, a) } catch { failure = currentThread.pointee.takeException() }
      var result = Owned.none
      do throws(PyError) { result = try forward(o, toReader: true, StreamName.close, a) } catch {
        chainExceptions(failure)
        throw error
      }
      if !failure.value.isAbsent { throw rethrow(failure) }
      return result
    }
    t.getter("closed", "Whether the other is closed.") { (object: Value) throws(PyError) -> Owned in
      let writer = Owned(copyingIfPresent: PairContents.of(object).pointee.writer)
      if writer.value.isAbsent { throw .runtimeError("the BufferedRWPair object is being garbage-collected") }
      return try writer.value.getAttribute(StreamName.closed)
    }
  }
}
