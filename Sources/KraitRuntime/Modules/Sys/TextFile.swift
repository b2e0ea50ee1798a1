// The standard streams: text files on a descriptor, UTF-8, with a buffer of their own.

import CKraitCore
import Glibc

@frozen
public struct TextFileObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  public struct Flags: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let readable = Flags(rawValue: 1)
    public static let writable = Flags(rawValue: 2)
    public static let lineBuffered = Flags(rawValue: 4)
    /// Each write goes to the descriptor at once.
    public static let writeThrough = Flags(rawValue: 8)
    public static let closed = Flags(rawValue: 16)
    /// A line end or everything that was written since the last flush asks for one.
    public static let wantsFlush = Flags(rawValue: 32)
    public static let closesDescriptor = Flags(rawValue: 64)
  }

  /// What text that cannot be encoded or bytes that cannot be decoded become.
  public enum ErrorHandling: UInt8, Sendable { case strict, surrogateEscape, backslashReplace, replace, ignore }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    public var descriptor: Int32
    public var flags: Flags
    public var errors: ErrorHandling
    /// Bytes to be written, or read and not yet used.
    public var buffer: UnsafeMutableRawPointer?
    public var capacity: Int
    public var start: Int
    public var end: Int
    public var name: Value
    public var mode: Value
  }

  static let bufferSize = 8192

  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }

  /// A stream on an open descriptor.
  static func make(descriptor: Int32, name: String, mode: String, flags: Flags, errors: ErrorHandling) throws(PyError) -> Owned {
    let raw = try TypeObject.textFile.allocate()
    let result = Owned(taking: raw)
    let contents = TextFileObject(raw: raw).contents
    contents.pointee.descriptor = descriptor
    contents.pointee.flags = flags
    contents.pointee.errors = errors
    contents.pointee.name = try Owned.string(name).take()
    contents.pointee.mode = try Owned.string(mode).take()
    return result
  }

  // MARK: Writing

  private func reserve(_ more: Int) throws(PyError) {
    let contents = self.contents
    if contents.pointee.end + more <= contents.pointee.capacity { return }
    let capacity = max(contents.pointee.end + more, max(contents.pointee.capacity * 2, TextFileObject.bufferSize * 2))
    let larger = try allocateMemory(capacity)
    if let old = contents.pointee.buffer {
      larger.copyMemory(from: old, byteCount: contents.pointee.end)
      freeMemory(old, size: contents.pointee.capacity)
    }
    contents.pointee.buffer = larger
    contents.pointee.capacity = capacity
  }

  func checkOpen() throws(PyError) {
    if _slowPath(contents.pointee.flags.contains(.closed)) { throw .valueError("I/O operation on closed file.") }
  }

  /// Puts the text of a str into the buffer. ``endOfWrite()`` decides whether it goes out.
  func write(_ value: Value) throws(PyError) {
    try checkOpen()
    if _slowPath(!contents.pointee.flags.contains(.writable)) { throw PyError.raise(.osError, "not writable") }
    let text = StringObject(value)
    let length = text.length
    if text.isASCII {
      try reserve(length)
      let target = contents.pointee.buffer.unsafelyUnwrapped + contents.pointee.end
      target.copyMemory(from: text.data, byteCount: length)
      contents.pointee.end += length
      if contents.pointee.flags.contains(.lineBuffered), memchr(target, 0x0A, length) != nil || memchr(target, 0x0D, length) != nil {
        contents.pointee.flags.insert(.wantsFlush)
      }
    } else {
      try writeEncoded(text, value)
    }
  }

  private func writeEncoded(_ text: StringObject, _ value: Value) throws(PyError) {
    let length = text.length
    let start = contents.pointee.end
    try reserve(length * 10)
    let buffer = contents.pointee.buffer.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
    var end = start
    for index in 0..<length {
      let point = text.codePoint(at: index)
      if point < 0x80 {
        buffer[end] = UInt8(point)
        end += 1
        if point == 0x0A || point == 0x0D { contents.pointee.flags.insert(.wantsFlush) }
      } else if point >= 0xD800 && point < 0xE000 {
        switch contents.pointee.errors {
        case .surrogateEscape where point >= 0xDC80 && point <= 0xDCFF:
          buffer[end] = UInt8(truncatingIfNeeded: point)
          end += 1
        case .backslashReplace:
          for byte in "\\u\(String(point, radix: 16))".utf8 {
            buffer[end] = byte
            end += 1
          }
        case .replace:
          buffer[end] = UInt8(ascii: "?")
          end += 1
        case .ignore: break
        case .strict, .surrogateEscape: throw surrogateError(value, index)
        }
      } else {
        end += encodeUTF8(point, buffer + end)
      }
    }
    if !contents.pointee.flags.contains(.lineBuffered) { contents.pointee.flags.remove(.wantsFlush) }
    contents.pointee.end = end
  }

  /// Sends the buffer to the descriptor when the kind of buffering asks for it.
  func endOfWrite() throws(PyError) {
    let contents = self.contents
    if contents.pointee.end >= TextFileObject.bufferSize || !contents.pointee.flags.isDisjoint(with: [.wantsFlush, .writeThrough]) { try flush() }
  }

  /// Sends the buffer to the descriptor.
  func flush() throws(PyError) {
    let contents = self.contents
    contents.pointee.flags.remove(.wantsFlush)
    guard contents.pointee.flags.contains(.writable), let buffer = contents.pointee.buffer else { return }
    var done = 0
    while done < contents.pointee.end {
      let written = Glibc.write(contents.pointee.descriptor, buffer + done, contents.pointee.end - done)
      if written < 0 {
        let code = errno
        if code == EINTR { continue }
        memmove(buffer, buffer + done, contents.pointee.end - done)
        contents.pointee.end -= done
        throw operatingSystemError(code)
      }
      done += written
    }
    contents.pointee.end = 0
  }

  // MARK: Reading

  /// Reads more bytes behind those in the buffer; false at the end.
  private func fill() throws(PyError) -> Bool {
    let contents = self.contents
    if contents.pointee.start > 0, let buffer = contents.pointee.buffer {
      memmove(buffer, buffer + contents.pointee.start, contents.pointee.end - contents.pointee.start)
      contents.pointee.end -= contents.pointee.start
      contents.pointee.start = 0
    }
    try reserve(TextFileObject.bufferSize)
    while true {
      let count = Glibc.read(
        contents.pointee.descriptor, contents.pointee.buffer.unsafelyUnwrapped + contents.pointee.end, TextFileObject.bufferSize)
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        throw operatingSystemError(code)
      }
      contents.pointee.end += count
      return count > 0
    }
  }

  private func checkReadable() throws(PyError) {
    try checkOpen()
    if !contents.pointee.flags.contains(.readable) { throw PyError.raise(.osError, "not readable") }
  }

  /// A line with its end made `\n`, or at most `limit` bytes of it; empty at the end of the file.
  func readLine(limit: Int = -1) throws(PyError) -> Owned {
    try checkReadable()
    var scanned = 0
    while true {
      let contents = self.contents
      let available = contents.pointee.end - contents.pointee.start
      if let buffer = contents.pointee.buffer {
        let bytes = buffer.assumingMemoryBound(to: UInt8.self) + contents.pointee.start
        while scanned < available {
          let byte = bytes[scanned]
          if byte == 0x0A { return try take(scanned + 1) }
          if byte == 0x0D {
            // A line feed behind it may still be on its way.
            if scanned + 1 < available { return try take(bytes[scanned + 1] == 0x0A ? scanned + 2 : scanned + 1) }
            break
          }
          scanned += 1
          if limit >= 0 && scanned >= limit { return try take(scanned) }
        }
      }
      if try !fill() { return try take(self.contents.pointee.end - self.contents.pointee.start) }
    }
  }

  /// Everything up to the end of the file.
  func readAll() throws(PyError) -> Owned {
    try checkReadable()
    while try fill() {}
    return try take(contents.pointee.end - contents.pointee.start)
  }

  /// Takes bytes from the buffer as text.
  private func take(_ count: Int) throws(PyError) -> Owned {
    let contents = self.contents
    if count <= 0 { return Owned(copying: Name.empty) }
    let bytes = UnsafeBufferPointer(
      start: UnsafePointer(contents.pointee.buffer.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + contents.pointee.start), count: count)
    contents.pointee.start += count
    guard bytes.contains(0x0D) else { return try decode(bytes) }
    var translated: [UInt8] = []
    translated.reserveCapacity(count)
    var index = 0
    while index < count {
      if bytes[index] == 0x0D {
        translated.append(0x0A)
        if index + 1 < count && bytes[index + 1] == 0x0A { index += 1 }
      } else {
        translated.append(bytes[index])
      }
      index += 1
    }
    return Owned(
      taking: try translated.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
        try decode(buffer).take()
      })
  }

  private func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(PyError) -> Owned {
    if contents.pointee.errors == .surrogateEscape { return try decodeFileSystem(UnsafeRawBufferPointer(bytes)) }
    let data = try Owned.bytes(UnsafeRawBufferPointer(bytes))
    return try data.value.callMethod(Name.decode, Name.utf8Name, errorsName)
  }

  var errorsName: Value {
    switch contents.pointee.errors {
    case .strict: Name.strict
    case .surrogateEscape: Name.surrogateescape
    case .backslashReplace: Name.backslashreplace
    case .replace: Name.replace
    case .ignore: Name.ignore
    }
  }
}

/// The UnicodeEncodeError of a str whose code point at `index` is a surrogate.
private func surrogateError(_ value: Value, _ index: Int) -> PyError {
  let text = StringObject(value)
  var end = index + 1
  while end < text.length, (0xD800..<0xE000).contains(text.codePoint(at: end)) { end += 1 }
  do throws(PyError) {
    let encoding = try Owned.string("utf-8" as StaticString)
    let reason = try Owned.string("surrogates not allowed" as StaticString)
    let arguments = try Owned.tuple([encoding.value, value, Value(smallInteger: index), Value(smallInteger: end), reason.value])
    return PyError.raise(try callWithTuple(TypeObject.unicodeEncodeError.value, arguments.value))
  } catch { return error }
}

/// The UnicodeEncodeError of a str that cannot be encoded to UTF-8; nil for one that can.
func surrogateError(in value: Value) -> PyError? {
  let text = StringObject(value)
  if text.width == 1 { return nil }
  return (0..<text.length).first { (0xD800..<0xE000).contains(text.codePoint(at: $0)) }.map { surrogateError(value, $0) }
}

/// A call with the arguments in a tuple.
func callWithTuple(_ callee: Value, _ arguments: Value) throws(PyError) -> Owned {
  let items = TupleObject(arguments)
  return try callee.call(arguments: Arguments(base: UnsafePointer(items.items), positionalCount: items.count))
}

/// The OSError of a system error number; the class depends on the number.
func operatingSystemError(_ code: Int32, path: Value = .absent) -> PyError {
  do throws(PyError) {
    let message = try Owned.string(String(cString: strerror(code)))
    let number = Value(smallInteger: Int(code))
    let exception = path.isAbsent
      ? try TypeObject.osError.value.call(number, message.value) : try TypeObject.osError.value.call(number, message.value, path)
    return PyError.raise(exception)
  } catch { return error }
}

// MARK: - The type

func defineTextFile(_ types: TypeDefinitions) {
  types.define(.textFile) { t in
    t.basicSize = MemoryLayout<TextFileObject.Contents>.size
    t.flags.insert(.disallowInstantiation)
    t.shapeFlags.insert([.hasState, .hasAttributes])
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let contents = TextFileObject(object).contents
      let name = try contents.pointee.name.repr()
      return try Owned.string("<_io.TextIOWrapper name=\(name.value.text) mode='\(contents.pointee.mode.text)' encoding='utf-8'>")
    }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in
      try TextFileObject(object).checkOpen()
      return Owned(copying: object)
    }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
      let line = try TextFileObject(object).readLine()
      return StringObject(line.value).length == 0 ? Owned(taking: .absent) : line
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = TextFileObject(raw: raw).contents
      if let buffer = contents.pointee.buffer { freeMemory(buffer, size: contents.pointee.capacity) }
      contents.pointee.name.releaseIfPresent()
      contents.pointee.mode.releaseIfPresent()
      finishDeallocation(raw)
    }
    defineTextFileAttributes(t)
    defineTextFileMethods(t)
  }
}

private func defineTextFileAttributes(_ t: TypeDefinition) {
  t.getter("name") { (object: Value) throws(PyError) -> Owned in Owned(copying: TextFileObject(object).contents.pointee.name) }
  t.getter("mode") { (object: Value) throws(PyError) -> Owned in Owned(copying: TextFileObject(object).contents.pointee.mode) }
  t.member("encoding") { (_: Value) throws(PyError) -> Owned in Owned(copying: Name.utf8Name) }
  t.getter("errors") { (object: Value) throws(PyError) -> Owned in Owned(copying: TextFileObject(object).errorsName) }
  t.getter("newlines") { (_: Value) throws(PyError) -> Owned in .none }
  t.getter("closed") { (object: Value) throws(PyError) -> Owned in .boolean(TextFileObject(object).contents.pointee.flags.contains(.closed)) }
  t.member("line_buffering") { (object: Value) throws(PyError) -> Owned in
    .boolean(TextFileObject(object).contents.pointee.flags.contains(.lineBuffered))
  }
  t.member("write_through") { (object: Value) throws(PyError) -> Owned in
    .boolean(TextFileObject(object).contents.pointee.flags.contains(.writeThrough))
  }
}

private func defineTextFileMethods(_ t: TypeDefinition) {
  t.method("write(text, /)") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw call.wrongType(0, "str") }
    let file = TextFileObject(call.receiver)
    try file.write(call[0])
    try file.endOfWrite()
    return Owned(taking: Value(smallInteger: StringObject(call[0]).length))
  }
  t.method("writelines(lines, /)") { (call: Call) throws(PyError) -> Owned in
    let write = try call.receiver.getAttribute(Name.write)
    try call[0].iterateEach { (line: Value) throws(PyError) -> Bool in
      _ = try write.value.call(line)
      return true
    }
    return .none
  }
  t.method("flush()") { (call: Call) throws(PyError) -> Owned in
    try TextFileObject(call.receiver).checkOpen()
    try TextFileObject(call.receiver).flush()
    return .none
  }
  t.method("close()") { (call: Call) throws(PyError) -> Owned in
    let file = TextFileObject(call.receiver)
    if file.contents.pointee.flags.contains(.closed) { return .none }
    try file.flush()
    file.contents.pointee.flags.insert(.closed)
    if file.contents.pointee.flags.contains(.closesDescriptor) { Glibc.close(file.contents.pointee.descriptor) }
    return .none
  }
  t.method("readline(size=-1, /)") { (call: Call) throws(PyError) -> Owned in
    try TextFileObject(call.receiver).readLine(limit: try call.int(0))
  }
  t.method("read(size=-1, /)") { (call: Call) throws(PyError) -> Owned in
    let limit = call[0].isNone ? -1 : try call.int(0)
    let file = TextFileObject(call.receiver)
    if limit < 0 { return try file.readAll() }
    var builder = StringBuilder()
    var left = limit
    while left > 0 {
      let piece = try file.readLine(limit: left)
      let length = StringObject(piece.value).length
      if length == 0 { break }
      try builder.append(piece.value)
      left -= length
    }
    return try builder.finish()
  }
  t.method("readlines(hint=-1, /)") { (call: Call) throws(PyError) -> Owned in
    let result = try Owned.list()
    while true {
      let line = try TextFileObject(call.receiver).readLine()
      if StringObject(line.value).length == 0 { return result }
      try ListObject(result.value).append(line.value)
    }
  }
  t.method("fileno()") { (call: Call) throws(PyError) -> Owned in
    try TextFileObject(call.receiver).checkOpen()
    return Owned(taking: Value(smallInteger: Int(TextFileObject(call.receiver).contents.pointee.descriptor)))
  }
  t.method("isatty()") { (call: Call) throws(PyError) -> Owned in
    try TextFileObject(call.receiver).checkOpen()
    return .boolean(Glibc.isatty(TextFileObject(call.receiver).contents.pointee.descriptor) == 1)
  }
  t.method("readable()") { (call: Call) throws(PyError) -> Owned in
    .boolean(TextFileObject(call.receiver).contents.pointee.flags.contains(.readable))
  }
  t.method("writable()") { (call: Call) throws(PyError) -> Owned in
    .boolean(TextFileObject(call.receiver).contents.pointee.flags.contains(.writable))
  }
  t.method("seekable()") { (call: Call) throws(PyError) -> Owned in
    .boolean(lseek(TextFileObject(call.receiver).contents.pointee.descriptor, 0, Int32(SEEK_CUR)) >= 0)
  }
  t.method("reconfigure(*, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)") {
    (call: Call) throws(PyError) -> Owned in
    let contents = TextFileObject(call.receiver).contents
    try TextFileObject(call.receiver).flush()
    if !call[1].isNone {
      switch try call.string(1).text {
      case "strict": contents.pointee.errors = .strict
      case "surrogateescape": contents.pointee.errors = .surrogateEscape
      case "backslashreplace": contents.pointee.errors = .backslashReplace
      case "replace": contents.pointee.errors = .replace
      case "ignore": contents.pointee.errors = .ignore
      case let other: throw PyError.raise(.lookupError, "unknown error handler name '\(other)'")
      }
    }
    if !call[3].isNone {
      if try call.bool(3) { contents.pointee.flags.insert(.lineBuffered) } else { contents.pointee.flags.remove(.lineBuffered) }
    }
    if !call[4].isNone {
      if try call.bool(4) { contents.pointee.flags.insert(.writeThrough) } else { contents.pointee.flags.remove(.writeThrough) }
    }
    return .none
  }
  t.method("__enter__()") { (call: Call) throws(PyError) -> Owned in
    try TextFileObject(call.receiver).checkOpen()
    return Owned(copying: call.receiver)
  }
  t.method("__exit__(*args)") { (call: Call) throws(PyError) -> Owned in
    _ = try call.receiver.callMethod(Name.close)
    return .none
  }
}
