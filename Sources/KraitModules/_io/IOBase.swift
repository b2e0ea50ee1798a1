// `_io._IOBase` and the abstract classes below it: what every stream can do by calling its own methods.

import Glibc
import KraitRuntime

/// Names of methods and attributes of streams.
enum StreamName {
  static let buffer = Name.make("buffer")
  static let buffering = Name.make("buffering")
  static let checkClosed = Name.make("_checkClosed")
  static let checkReadable = Name.make("_checkReadable")
  static let checkSeekable = Name.make("_checkSeekable")
  static let checkWritable = Name.make("_checkWritable")
  static let close = Name.make("close")
  static let closed = Name.make("closed")
  static let deallocWarn = Name.make("_dealloc_warn")
  static let decode = Name.make("decode")
  static let detach = Name.make("detach")
  static let encode = Name.make("encode")
  static let fileno = Name.make("fileno")
  static let finalizing = Name.make("_finalizing")
  static let flush = Name.make("flush")
  static let getstate = Name.make("getstate")
  static let isatty = Name.make("isatty")
  static let mode = Name.make("mode")
  static let name = Name.make("name")
  static let newlines = Name.make("newlines")
  static let peek = Name.make("peek")
  static let raw = Name.make("raw")
  static let read = Name.make("read")
  static let read1 = Name.make("read1")
  static let readable = Name.make("readable")
  static let readall = Name.make("readall")
  static let readinto = Name.make("readinto")
  static let readinto1 = Name.make("readinto1")
  static let readline = Name.make("readline")
  static let reset = Name.make("reset")
  static let seek = Name.make("seek")
  static let seekable = Name.make("seekable")
  static let setstate = Name.make("setstate")
  static let tell = Name.make("tell")
  static let truncate = Name.make("truncate")
  static let writable = Name.make("writable")
  static let write = Name.make("write")
  static let blockSize = Name.make("_blksize")
}

/// The types of the module; made when it is first imported.
enum StreamTypes {
  nonisolated(unsafe) static var unsupportedOperation = TypeObject.osError
  nonisolated(unsafe) static var base = TypeObject.object
  nonisolated(unsafe) static var raw = TypeObject.object
  nonisolated(unsafe) static var buffered = TypeObject.object
  nonisolated(unsafe) static var text = TypeObject.object
  nonisolated(unsafe) static var file = TypeObject.object
  nonisolated(unsafe) static var reader = TypeObject.object
  nonisolated(unsafe) static var writer = TypeObject.object
  nonisolated(unsafe) static var random = TypeObject.object
  nonisolated(unsafe) static var pair = TypeObject.object
  nonisolated(unsafe) static var bytes = TypeObject.object
  nonisolated(unsafe) static var bytesBuffer = TypeObject.object
  nonisolated(unsafe) static var newlineDecoder = TypeObject.object
  nonisolated(unsafe) static var textWrapper = TypeObject.object
  nonisolated(unsafe) static var string = TypeObject.object
}

/// `UnsupportedOperation(message)`
func unsupported(_ message: String) -> PyError { PyError.raise(StreamTypes.unsupportedOperation, message) }

/// Whether the stream says that it is closed.
func isClosed(_ stream: Value) throws(PyError) -> Bool {
  let closed = try stream.getAttribute(StreamName.closed)
  return try closed.isTruthy()
}

func checkNotClosed(_ stream: Value, _ message: String = "I/O operation on closed file.") throws(PyError) {
  if try isClosed(stream) { throw .valueError(message) }
}

/// The argument of `read` and the like: an int, -1 for None.
func sizeArgument(_ value: Value) throws(PyError) -> Int {
  if value.isNone { return -1 }
  guard value.type.slots.pointee.index != nil else { throw .typeError("argument should be integer or None, not '\(value.typeName)'") }
  return try value.asInt()
}

func defineBase(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.base = try m.defineType("_IOBase") { t in
    t.documentation = "What all streams have in common; there is no public constructor."
    t.basicSize = MemoryLayout<StreamBase>.size
    t.inheritsNew = true
    t.shapeFlags.insert([.hasState, .tracked, .hasAttributes])
    t.flags.insert([.baseType, .managedDict, .managedWeakReference])
    t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
    t.keepsAttributes()
    t.slots.finalize = FinalizeSlot(finalizeStream)
    t.slots.iterate = UnarySlot { (stream: Value) throws(PyError) -> Owned in
      try checkNotClosed(stream)
      return Owned(copying: stream)
    }
    t.slots.next = NextSlot { (stream: Value) throws(PyError) -> Owned in
      let line = try stream.callMethod(StreamName.readline)
      return try line.value.length() == 0 ? Owned(taking: .absent) : line
    }
    t.method("__del__()") { (call: Call) throws(PyError) -> Owned in
      finalizeStream(call.receiver)
      return .none
    }
    t.method("seek(offset, whence=0, /)", "Move to a place of the stream and return it.") { (_: Call) throws(PyError) -> Owned in throw unsupported("seek") }
    t.method("tell()", "The place of the stream.") { (call: Call) throws(PyError) -> Owned in
      try call.receiver.callMethod(StreamName.seek, Value(smallInteger: 0), Value(smallInteger: 1))
    }
    t.method("truncate(size=None, /)", "Cut the stream to a size, its place if none is given.") { (_: Call) throws(PyError) -> Owned in throw unsupported("truncate") }
    t.method("flush()", "Write what is buffered.") { (call: Call) throws(PyError) -> Owned in
      try checkBaseNotClosed(call.receiver)
      return .none
    }
    t.method("close()", "Flush and close the stream.") { (call: Call) throws(PyError) -> Owned in
      try closeBase(call.receiver)
      return .none
    }
    t.method("seekable()", "Whether the stream has places.") { (_: Call) throws(PyError) -> Owned in .boolean(false) }
    t.method("readable()", "Whether the stream can be read.") { (_: Call) throws(PyError) -> Owned in .boolean(false) }
    t.method("writable()", "Whether the stream can be written.") { (_: Call) throws(PyError) -> Owned in .boolean(false) }
    t.method("_checkClosed()") { (call: Call) throws(PyError) -> Owned in
      try checkNotClosed(call.receiver)
      return .none
    }
    t.method("_checkSeekable()") { (call: Call) throws(PyError) -> Owned in try checkAbility(call.receiver, StreamName.seekable, "File or stream is not seekable.") }
    t.method("_checkReadable()") { (call: Call) throws(PyError) -> Owned in try checkAbility(call.receiver, StreamName.readable, "File or stream is not readable.") }
    t.method("_checkWritable()") { (call: Call) throws(PyError) -> Owned in try checkAbility(call.receiver, StreamName.writable, "File or stream is not writable.") }
    t.method("fileno()", "The stream's descriptor.") { (_: Call) throws(PyError) -> Owned in throw unsupported("fileno") }
    t.method("isatty()", "Whether the stream is a terminal.") { (call: Call) throws(PyError) -> Owned in
      try checkNotClosed(call.receiver)
      return .boolean(false)
    }
    t.method("__enter__()") { (call: Call) throws(PyError) -> Owned in
      try checkNotClosed(call.receiver)
      return Owned(copying: call.receiver)
    }
    t.rawMethod("__exit__") { (stream: Value, _: Arguments) throws(PyError) -> Owned in try stream.callMethod(StreamName.close) }
    t.method("readline(size=-1, /)", "A line of at most so many bytes.") { (call: Call) throws(PyError) -> Owned in
      try readLine(call.receiver, limit: try sizeArgument(call[0]))
    }
    t.method("readlines(hint=-1, /)", "The lines of the stream; no more are read when they have as many bytes as hint says.") { (call: Call) throws(PyError) -> Owned in
      let hint = try sizeArgument(call[0])
      let lines = try Owned.list()
      var total = 0
      let iterator = try call.receiver.iterate()
      while true {
        let line = try iterator.value.next()
        if line.value.isAbsent { return lines }
        try ListObject(lines.value).append(line.value)
        if hint > 0 {
          let length = try line.value.length()
          if length > hint - total { return lines }
          total += length
        }
      }
    }
    t.method("writelines(lines, /)", "Write each of the lines; none gets an end that it does not have.") { (call: Call) throws(PyError) -> Owned in
      try checkNotClosed(call.receiver)
      let stream = call.receiver
      try call[0].iterateEach { (line: Value) throws(PyError) -> Bool in
        let held = Owned(copying: line)
        _ = try stream.callMethod(StreamName.write, held.value)
        return true
      }
      return .none
    }
    t.property("__dict__", get: getInstanceDict, set: setInstanceDict)
    t.getter("closed", "Whether the stream is closed.") { (stream: Value) throws(PyError) -> Owned in
      let mark = try stream.lookUpAttribute(Name.__IOBase_closed)
      return .boolean(!mark.value.isAbsent)
    }
  }
}

private struct StreamBase {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
}

/// The base class gives closed streams an attribute.
private func checkBaseNotClosed(_ stream: Value) throws(PyError) {
  let mark = try stream.lookUpAttribute(Name.__IOBase_closed)
  if !mark.value.isAbsent { throw .valueError("I/O operation on closed file.") }
}

/// `_IOBase.close`: flushes, and marks the stream.
func closeBase(_ stream: Value) throws(PyError) {
  let mark = try stream.lookUpAttribute(Name.__IOBase_closed)
  if !mark.value.isAbsent { return }
  var failure = Owned(taking: .absent)
  do throws(PyError) { _ = try stream.callMethod(StreamName.flush) } catch { failure = currentThread.pointee.takeException() }
  do throws(PyError) { try stream.setAttribute(Name.__IOBase_closed, .true) } catch {
    if failure.value.isAbsent { throw error }
    PyError.clear()
  }
  if !failure.value.isAbsent { throw rethrow(failure) }
}

/// Puts an exception back on its way.
func rethrow(_ exception: consuming Owned) -> PyError {
  currentThread.pointee.setException(exception)
  return PyError()
}

/// An exception on its way gets an earlier one as its context, as if it was raised while that was handled.
func chainExceptions(_ earlier: consuming Owned) {
  if earlier.value.isAbsent { return }
  let thread = currentThread
  if thread.pointee.exception.isAbsent {
    thread.pointee.setException(earlier)
    return
  }
  let later = thread.pointee.takeException()
  do throws(PyError) {
    let context = try later.value.getAttribute(Name.__context__)
    if context.value.isNone && later.value !== earlier.value { try later.value.setAttribute(Name.__context__, earlier.value) }
  } catch { PyError.clear() }
  thread.pointee.setException(later)
}

private func checkAbility(_ stream: Value, _ name: Value, _ message: String) throws(PyError) -> Owned {
  let answer = try stream.callMethod(name)
  if !answer.value.isTrue { throw unsupported(message) }
  return answer
}

/// Closes a stream that nobody holds any more.
func finalizeStream(_ stream: Value) {
  do throws(PyError) {
    let closed = try stream.lookUpAttribute(StreamName.closed)
    if closed.value.isAbsent { return }
    if try closed.isTruthy() { return }
  } catch { return PyError.clear() }
  // close() is told that it is called at the end, so that it can warn.
  do throws(PyError) { try stream.setAttribute(StreamName.finalizing, .true) } catch { PyError.clear() }
  do throws(PyError) { _ = try stream.callMethod(StreamName.close) } catch { reportUnraisable("Exception ignored while finalizing file", stream) }
}

/// `_IOBase.readline`: by `peek` where the stream has it, else byte by byte.
private func readLine(_ stream: Value, limit: Int) throws(PyError) -> Owned {
  let peek = try stream.lookUpAttribute(StreamName.peek)
  var line: [UInt8] = []
  while limit < 0 || line.count < limit {
    var count = 1
    if !peek.value.isAbsent {
      let ahead = try peek.call(Value(smallInteger: 1))
      guard ahead.value.isBytes else { throw PyError.raise(.osError, "peek() should have returned a bytes object, not '\(ahead.value.typeName)'") }
      let bytes = BytesObject(ahead.value).buffer
      if bytes.count > 0 {
        let end = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        count = limit >= 0 ? min(end, limit - line.count) : end
      }
    }
    let piece = try stream.callMethod(StreamName.read, Value(smallInteger: count))
    guard piece.value.isBytes else { throw PyError.raise(.osError, "read() should have returned a bytes object, not '\(piece.value.typeName)'") }
    let bytes = BytesObject(piece.value).buffer
    if bytes.count == 0 { break }
    line += bytes
    if bytes.last == 0x0A { break }
  }
  return Owned(taking: try line.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
    try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
  })
}

// MARK: - The other abstract classes

func defineAbstractStreams(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.raw = try m.defineType("_RawIOBase", base: StreamTypes.base) { t in
    t.documentation = "What all raw streams of bytes have in common."
    t.flags.insert(.baseType)
    t.method("read(size=-1, /)", "Read at most so many bytes; all when the size is negative.") { (call: Call) throws(PyError) -> Owned in
      let size = try sizeArgument(call[0])
      if size < 0 { return try call.receiver.callMethod(StreamName.readall) }
      let buffer = try TypeObject.bytearray.value.call(Value(smallInteger: size))
      let result = try call.receiver.callMethod(StreamName.readinto, buffer.value)
      if result.value.isNone { return .none }
      let count = try result.value.asInt()
      if count < 0 || count > ByteArrayObject(buffer.value).count { throw .valueError("readinto returned \(count) outside buffer size \(size)") }
      return try Owned.bytes(UnsafeRawBufferPointer(rebasing: ByteArrayObject(buffer.value).buffer.prefix(count)))
    }
    t.method("readall()", "Read up to the end.") { (call: Call) throws(PyError) -> Owned in
      var pieces: [UInt8] = []
      var isEmpty = true
      while true {
        let piece = try call.receiver.callMethod(StreamName.read, Value(smallInteger: 131072))
        if piece.value.isNone {
          if isEmpty { return .none }
          break
        }
        guard piece.value.isBytes else { throw .typeError("read() should return bytes") }
        if BytesObject(piece.value).count == 0 { break }
        pieces += BytesObject(piece.value).buffer
        isEmpty = false
      }
      return Owned(taking: try pieces.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
        try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
      })
    }
    t.rawMethod("readinto") { (_: Value, _: Arguments) throws(PyError) -> Owned in throw PyError.raise(.notImplementedError) }
    t.rawMethod("write") { (_: Value, _: Arguments) throws(PyError) -> Owned in throw PyError.raise(.notImplementedError) }
  }
  StreamTypes.buffered = try m.defineType("_BufferedIOBase", base: StreamTypes.base) { t in
    t.documentation = "What all buffered streams of bytes have in common."
    t.flags.insert(.baseType)
    t.method("detach()", "Separate the raw stream from the buffer and return it.") { (_: Call) throws(PyError) -> Owned in throw unsupported("detach") }
    t.method("read(size=-1, /)", "Read so many bytes.") { (_: Call) throws(PyError) -> Owned in throw unsupported("read") }
    t.method("read1(size=-1, /)", "Read at most so many bytes, with at most one call of the raw stream.") { (_: Call) throws(PyError) -> Owned in throw unsupported("read1") }
    t.method("readinto(buffer, /)", "Read into memory.") { (call: Call) throws(PyError) -> Owned in try readIntoBuffer(call, StreamName.read) }
    t.method("readinto1(buffer, /)", "Read into memory, with at most one call of the raw stream.") { (call: Call) throws(PyError) -> Owned in
      try readIntoBuffer(call, StreamName.read1)
    }
    t.method("write(b, /)", "Write bytes.") { (_: Call) throws(PyError) -> Owned in throw unsupported("write") }
  }
  StreamTypes.text = try m.defineType("_TextIOBase", base: StreamTypes.base) { t in
    t.documentation = "What all streams of text have in common."
    t.flags.insert(.baseType)
    t.method("detach()", "Separate the buffer from the text stream and return it.") { (_: Call) throws(PyError) -> Owned in throw unsupported("detach") }
    t.method("read(size=-1, /)", "Read at most so many characters.") { (_: Call) throws(PyError) -> Owned in throw unsupported("read") }
    t.method("readline(size=-1, /)", "Read a line.") { (_: Call) throws(PyError) -> Owned in throw unsupported("readline") }
    t.method("write(s, /)", "Write text and return its length.") { (_: Call) throws(PyError) -> Owned in throw unsupported("write") }
    t.getter("encoding", "The encoding.") { (_: Value) throws(PyError) -> Owned in .none }
    t.getter("newlines", "The kinds of line ends that were read.") { (_: Value) throws(PyError) -> Owned in .none }
    t.getter("errors", "The error handler of encoder and decoder.") { (_: Value) throws(PyError) -> Owned in .none }
  }
}

private func readIntoBuffer(_ call: Call, _ method: Value) throws(PyError) -> Owned {
  let view = try call[0].writableBuffer(method === StreamName.read ? "readinto" : "readinto1", "argument")
  let target = view.mutableBytes
  let data = try call.receiver.callMethod(method, Value(smallInteger: target.count))
  guard data.value.isBytes else { throw .typeError("read() should return bytes") }
  let bytes = BytesObject(data.value).buffer
  if bytes.count > target.count { throw .valueError("read() returned too much data: \(target.count) bytes requested, \(bytes.count) returned") }
  target.copyMemory(from: bytes)
  return try Owned.integer(bytes.count)
}
