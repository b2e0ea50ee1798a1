// Text streams in memory: how `TextIOWrapper` encodes, decodes and finds its place.

import Glibc
import KraitRuntime

struct TextContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  /// The stream of bytes; absent before `__init__` and after `detach`.
  var buffer: Value
  var encoding: Value
  var errors: Value
  /// Codec objects for encodings that native code does not know; None or absent when not made yet.
  var encoder: Value
  var decoder: Value
  /// Text that was decoded and not read yet, a str or absent, and how much of it is read.
  var decoded: Value
  var used: Int
  /// Where the bytes of `decoded` began: the decoder's state there and the bytes; absent without a snapshot.
  var snapshotBytes: Value
  var snapshotFlags: Int
  /// The snapshot's bytes were the last: what the decoder kept came out.
  var snapshotIsEnd: Bool
  /// Bytes of an incomplete character, at most 3.
  var partial: (UInt8, UInt8, UInt8)
  var partialCount: Int
  /// Bytes to be written.
  var pending: UnsafeMutableRawPointer?
  var pendingCount: Int
  var pendingCapacity: Int
  var chunkSize: Int
  var mode: NewlineMode
  var newlines: NewlineState
  var plain: PlainEncoding
  /// How text is written where the encoding is one of these.
  var wide: WideEncoding?
  /// Whether what is written next begins with the mark of such an encoding.
  var isAtStart: Bool
  var isInitialized: Bool
  var isDetached: Bool
  var isFinalizing: Bool
  var isLineBuffered: Bool
  var writesThrough: Bool
  var isSeekable: Bool
  /// Whether `tell` may be asked: not while `next` reads.
  var isTelling: Bool
  /// What the buffer said when the encoding was chosen.
  var isReadable: Bool
  var isWritable: Bool
  /// The buffer has `read1`.
  var hasRead1: Bool
  /// The buffer is a BufferedReader or BufferedWriter of this module, on which native code works directly.
  var isPlainBuffer: Bool
}

struct TextStream {
  let value: Value
  init(_ value: Value) { self.value = value }
  var contents: UnsafeMutablePointer<TextContents> { value.object.assumingMemoryBound(to: TextContents.self) }

  static let chunkSize = 8192

  func checkInitialized() throws(PyError) {
    if _fastPath(contents.pointee.isInitialized) { return }
    throw .valueError(contents.pointee.isDetached ? "underlying buffer has been detached" : "I/O operation on uninitialized object")
  }

  var isClosed: Bool {
    get throws(PyError) {
      if contents.pointee.isPlainBuffer { return try BufferedStream(contents.pointee.buffer).isClosed }
      if let isClosed = isClosedBytesStream(contents.pointee.buffer) { return isClosed }
      let buffer = try heldBuffer()
      let closed = try buffer.value.getAttribute(StreamName.closed)
      return try closed.isTruthy()
    }
  }

  func checkOpen() throws(PyError) {
    try checkInitialized()
    if try isClosed { throw .valueError("I/O operation on closed file.") }
  }

  /// The buffer: what runs Python code can have detached it.
  func heldBuffer() throws(PyError) -> Owned {
    try checkInitialized()
    return Owned(copying: contents.pointee.buffer)
  }

  func callBuffer(_ name: Value) throws(PyError) -> Owned {
    let buffer = try heldBuffer()
    return try buffer.value.callMethod(name)
  }

  func callBuffer(_ name: Value, _ first: Value, _ second: Value) throws(PyError) -> Owned {
    let buffer = try heldBuffer()
    return try buffer.value.callMethod(name, first, second)
  }

  func callBuffer(_ name: Value, _ argument: Value) throws(PyError) -> Owned {
    let buffer = try heldBuffer()
    return try buffer.value.callMethod(name, argument)
  }

  /// Puts a reference in place of another.
  @inline(__always)
  func replace(_ path: WritableKeyPath<TextContents, Value>, _ new: consuming Owned) {
    let old = contents.pointee[keyPath: path]
    contents.pointee[keyPath: path] = new.take()
    old.releaseIfPresent()
  }

  private func contains(_ text: Value, _ unit: UInt8) -> Bool {
    let string = StringObject(text)
    if string.width == 1 { return memchr(string.data, Int32(unit), string.length) != nil }
    return (0..<string.length).contains { string.codePoint(at: $0) == UInt32(unit) }
  }

  // MARK: Writing

  func write(_ text: Value) throws(PyError) {
    let contents = self.contents
    var hasLineEnd = false
    if contents.pointee.isLineBuffered || contents.pointee.mode.written.utf8CodeUnitCount > 0 {
      hasLineEnd = contains(text, 0x0A)
    }
    let translated = hasLineEnd ? try contents.pointee.mode.translateWriting(text) : Owned.exactString(text)
    var needsFlush = false
    if contents.pointee.isLineBuffered { needsFlush = hasLineEnd || contains(text, 0x0D) }
    let string = StringObject(translated.value)
    if string.isASCII && contents.pointee.plain != .none {
      try addPending(UnsafeRawBufferPointer(start: string.data, count: string.length))
    } else {
      let bytes = try encode(translated.value)
      guard bytes.value.isBytes else { throw .typeError("encoder should return a bytes object, not '\(bytes.value.typeName)'") }
      try addPending(BytesObject(bytes.value).buffer)
    }
    if contents.pointee.pendingCount >= contents.pointee.chunkSize || needsFlush || contents.pointee.writesThrough { try sendPending() }
    if needsFlush { _ = try callBuffer(StreamName.flush) }
    // Where there are no places, what was read in advance cannot be read again.
    if !contents.pointee.snapshotBytes.isAbsent { forgetDecoded() }
    contents.pointee.partialCount = 0
    contents.pointee.newlines.hasPendingReturn = false
    if !contents.pointee.decoder.isAbsent { try resetDecoder() }
  }

  /// Gives up what was read in advance.
  func forgetDecoded() {
    let contents = self.contents
    replace(\.decoded, Owned(taking: .absent))
    replace(\.snapshotBytes, Owned(taking: .absent))
    contents.pointee.used = 0
    contents.pointee.partialCount = 0
    contents.pointee.newlines.hasPendingReturn = false
  }

  private func resetDecoder() throws(PyError) {
    guard !contents.pointee.decoder.isAbsent else { return }
    let decoder = Owned(copying: contents.pointee.decoder)
    _ = try decoder.callMethod(StreamName.reset)
  }

  private func encode(_ text: Value) throws(PyError) -> Owned {
    if contents.pointee.plain != .none { return try encodeText(text, encoding: contents.pointee.encoding, errors: contents.pointee.errors) }
    if let wide = contents.pointee.wide {
      // Text that cannot be encoded uses the start up, too.
      let isStart = contents.pointee.isAtStart
      contents.pointee.isAtStart = false
      return try wide.encode(text, errors: contents.pointee.errors, isStart: isStart)
    }
    let encoder = Owned(copying: contents.pointee.encoder)
    return try encoder.callMethod(StreamName.encode, text)
  }

  /// Asks the buffer what it can do and makes the codec objects that the encoding needs for it.
  func prepareCodecs() throws(PyError) {
    let contents = self.contents
    replace(\.encoder, Owned(taking: .absent))
    replace(\.decoder, Owned(taking: .absent))
    contents.pointee.wide = nil
    if contents.pointee.isPlainBuffer {
      contents.pointee.isReadable = contents.pointee.buffer.type == StreamTypes.reader
      contents.pointee.isWritable = !contents.pointee.isReadable
    } else {
      // While the stream is made it is not initialised, so ``heldBuffer()`` cannot be asked.
      let buffer = Owned(copying: contents.pointee.buffer)
      contents.pointee.isReadable = try buffer.value.callMethod(StreamName.readable).isTruthy()
      contents.pointee.isWritable = try buffer.value.callMethod(StreamName.writable).isTruthy()
    }
    guard contents.pointee.plain == .none else { return }
    let codec = try textCodec(contents.pointee.encoding, alternative: "codecs.open()")
    let errors = Owned(copying: contents.pointee.errors)
    if contents.pointee.isReadable {
      let make = try codec.value.getAttribute(Name.make("incrementaldecoder"))
      replace(\.decoder, try make.call(errors.value))
    }
    if contents.pointee.isWritable {
      let make = try codec.value.getAttribute(Name.make("incrementalencoder"))
      replace(\.encoder, try make.call(errors.value))
      contents.pointee.wide = WideEncoding(contents.pointee.encoding)
    }
  }

  /// In the middle of a file no mark is written, and none where there are no places.
  func placeEncoder() throws(PyError) {
    guard contents.pointee.isSeekable, contents.pointee.isWritable, !contents.pointee.isPlainBuffer || !contents.pointee.encoder.isAbsent else { return }
    let buffer = Owned(copying: contents.pointee.buffer)
    let place = try buffer.value.callMethod(StreamName.tell)
    guard !contents.pointee.encoder.isAbsent else { return }
    contents.pointee.isAtStart = try !place.value.isTruthy()
    if !contents.pointee.isAtStart {
      let encoder = Owned(copying: contents.pointee.encoder)
      _ = try encoder.callMethod(StreamName.setstate, Value(smallInteger: 0))
    }
  }

  /// Tells the encoder that what it gets next begins the file, or not.
  private func moveEncoder(isStart: Bool) throws(PyError) {
    guard !contents.pointee.encoder.isAbsent else { return }
    let encoder = Owned(copying: contents.pointee.encoder)
    if isStart { _ = try encoder.callMethod(StreamName.reset) } else { _ = try encoder.callMethod(StreamName.setstate, Value(smallInteger: 0)) }
    contents.pointee.isAtStart = isStart
  }

  private func addPending(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    let contents = self.contents
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    // The buffer may write to this stream itself.
    while contents.pointee.pendingCount > 0 && contents.pointee.pendingCount + bytes.count > contents.pointee.chunkSize { try sendPending() }
    let needed = contents.pointee.pendingCount + bytes.count
    if needed > contents.pointee.pendingCapacity {
      let capacity = max(needed, 1024, contents.pointee.pendingCapacity * 2)
      if let old = contents.pointee.pending {
        contents.pointee.pending = try reallocateMemory(old, from: contents.pointee.pendingCapacity, to: capacity)
      } else {
        contents.pointee.pending = try allocateMemory(capacity)
      }
      contents.pointee.pendingCapacity = capacity
    }
    memcpy(contents.pointee.pending.unsafelyUnwrapped + contents.pointee.pendingCount, base, bytes.count)
    contents.pointee.pendingCount = needed
  }

  /// Hands what was written to the buffer.
  func sendPending() throws(PyError) {
    let contents = self.contents
    let count = contents.pointee.pendingCount
    guard count > 0, let memory = contents.pointee.pending else { return }
    // Taken out of the stream: other threads may write to it meanwhile.
    let capacity = contents.pointee.pendingCapacity
    contents.pointee.pending = nil
    contents.pointee.pendingCount = 0
    contents.pointee.pendingCapacity = 0
    var kept = 0
    defer { giveBackPending(memory, capacity, kept) }
    let bytes = UnsafeRawBufferPointer(start: memory, count: count)
    if contents.pointee.isPlainBuffer && contents.pointee.buffer.type == StreamTypes.writer {
      let buffer = try heldBuffer()
      let stream = BufferedStream(buffer.value)
      if try stream.isClosed { throw .valueError("write to closed file") }
      do throws(PyError) { try stream.write(bytes) } catch {
        // What was refused is kept.
        if !PyError.matches(.blockingIOError) { kept = count }
        throw error
      }
      return
    }
    let object = try Owned.bytes(bytes)
    _ = try callBuffer(StreamName.write, object.value)
  }

  /// The memory that ``sendPending()`` had, with what it could not send in front of what was written meanwhile.
  private func giveBackPending(_ memory: UnsafeMutableRawPointer, _ capacity: Int, _ kept: Int) {
    let contents = self.contents
    guard let newer = contents.pointee.pending else {
      contents.pointee.pending = memory
      contents.pointee.pendingCapacity = capacity
      contents.pointee.pendingCount = kept
      return
    }
    let newerCapacity = contents.pointee.pendingCapacity
    if kept > 0, let both = try? allocateMemory(kept + newerCapacity) {
      memcpy(both, memory, kept)
      memcpy(both + kept, newer, contents.pointee.pendingCount)
      contents.pointee.pending = both
      contents.pointee.pendingCapacity += kept
      contents.pointee.pendingCount += kept
      freeMemory(newer, size: newerCapacity)
    }
    freeMemory(memory, size: capacity)
  }

  // MARK: Reading

  func checkDecodable() throws(PyError) {
    if !contents.pointee.isReadable { throw unsupported("not readable") }
  }

  func checkEncodable() throws(PyError) {
    if !contents.pointee.isWritable { throw unsupported("not writable") }
  }

  /// Text of bytes and of those that waited; line ends are translated.
  private func decode(_ bytes: Value, isFinal: Bool) throws(PyError) -> Owned {
    let contents = self.contents
    var text = Owned.emptyString
    if contents.pointee.plain == .none {
      let decoder = Owned(copying: contents.pointee.decoder)
      text = try decoder.callMethod(StreamName.decode, bytes, Value(isFinal))
      guard text.value.isString else { throw .typeError("decoder should return a string result, not '\(text.value.typeName)'") }
    } else {
      let view = try bytes.buffer(.simple)
      text = try decodePlain(view.bytes, isFinal: isFinal)
    }
    guard contents.pointee.mode.isUniversal else { return text }
    return try contents.pointee.newlines.decode(text.value, translates: contents.pointee.mode.translatesReading, isFinal: isFinal)
  }

  private func decodePlain(_ bytes: UnsafeRawBufferPointer, isFinal: Bool) throws(PyError) -> Owned {
    let contents = self.contents
    let (encoding, errors) = (contents.pointee.encoding, contents.pointee.errors)
    guard contents.pointee.plain == .utf8 else { return try decodeText(bytes, encoding: encoding, errors: errors) }
    let waiting = contents.pointee.partialCount
    if waiting == 0 && (isFinal || incompleteUTF8Length(bytes) == 0) { return try decodeText(bytes, encoding: encoding, errors: errors) }
    let joined = try PlainBuffer(bytes.count + waiting)
    withUnsafeBytes(of: contents.pointee.partial) { joined.start.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: waiting) }
    if let base = bytes.baseAddress { memcpy(joined.start + waiting, base, bytes.count) }
    let all = UnsafeRawBufferPointer(start: joined.start, count: bytes.count + waiting)
    let left = isFinal ? 0 : incompleteUTF8Length(all)
    contents.pointee.partialCount = left
    withUnsafeMutableBytes(of: &contents.pointee.partial) { for index in 0..<left { $0[index] = all[all.count - left + index] } }
    return try decodeText(UnsafeRawBufferPointer(rebasing: all[..<(all.count - left)]), encoding: encoding, errors: errors)
  }

  /// The decoder's state: bytes that wait, and flags.
  private func decoderState() throws(PyError) -> (bytes: Value, flags: Int) {
    let contents = self.contents
    let pendingReturn = contents.pointee.newlines.hasPendingReturn ? 1 : 0
    if contents.pointee.plain != .none {
      let bytes = try withUnsafeBytes(of: contents.pointee.partial) { (all: UnsafeRawBufferPointer) throws(PyError) -> Value in
        try Owned.bytes(UnsafeRawBufferPointer(rebasing: all.prefix(contents.pointee.partialCount))).take()
      }
      return (bytes, pendingReturn)
    }
    let decoder = Owned(copying: contents.pointee.decoder)
    let state = try decoder.callMethod(StreamName.getstate)
    guard state.value.isTuple, TupleObject(state.value).count == 2 else { throw .typeError("illegal decoder state") }
    guard TupleObject(state.value)[0].isBytes else { throw .typeError("illegal decoder state: the first item should be a bytes object, not '\(TupleObject(state.value)[0].typeName)'") }
    return (Owned(copying: TupleObject(state.value)[0]).take(), try TupleObject(state.value)[1].asInt() << 1 | pendingReturn)
  }

  /// Reads and decodes one chunk behind what is left; false at the end.
  func readChunk(hint: Int = 0) throws(PyError) -> Bool {
    let contents = self.contents
    var before = Owned(taking: .absent)
    var flags = 0
    if contents.pointee.isTelling {
      let state = try decoderState()
      before = Owned(taking: state.bytes)
      flags = state.flags
    }
    let size = max(contents.pointee.chunkSize, hint)
    let bytes = try callBuffer(contents.pointee.hasRead1 ? StreamName.read1 : StreamName.read, Value(smallInteger: size))
    guard bytes.value.supportsBuffer else {
      throw .typeError("underlying \(contents.pointee.hasRead1 ? "read1" : "read")() should have returned a bytes-like object, not '\(bytes.value.typeName)'")
    }
    let count = try bytes.value.length()
    let isEnd = count == 0
    let text = try decode(bytes.value, isFinal: isEnd)
    let hasText = StringObject(text.value).length > 0
    replace(\.decoded, text)
    contents.pointee.used = 0
    if contents.pointee.isTelling {
      let all = try before.value.add(bytes.value.isBytes ? bytes.value : before.value)
      replace(\.snapshotBytes, all)
      contents.pointee.snapshotFlags = flags
      contents.pointee.snapshotIsEnd = isEnd
    }
    return !isEnd || hasText
  }

  /// What is decoded and not yet read.
  func takeDecoded(_ count: Int) throws(PyError) -> Owned {
    let contents = self.contents
    guard !contents.pointee.decoded.isAbsent else { return .emptyString }
    let units = StringObject(contents.pointee.decoded).units
    let available = units.count - contents.pointee.used
    let taken = count < 0 ? available : min(count, available)
    if contents.pointee.used == 0 && taken == units.count {
      contents.pointee.used = taken
      return Owned(copying: contents.pointee.decoded)
    }
    let text = try Owned.string(units[contents.pointee.used..<contents.pointee.used + taken])
    contents.pointee.used += taken
    return text
  }

  func readAll() throws(PyError) -> Owned {
    let bytes = try callBuffer(StreamName.read)
    if bytes.value.isNone {
      throw PyError.raise(.blockingIOError, "Read returned None.")
    }
    let first = try takeDecoded(-1)
    guard bytes.value.supportsBuffer else { throw .typeError("a bytes-like object is required, not '\(bytes.value.typeName)'") }
    let rest = try decode(bytes.value, isFinal: true)
    replace(\.decoded, Owned(taking: .absent))
    replace(\.snapshotBytes, Owned(taking: .absent))
    contents.pointee.used = 0
    if StringObject(first.value).length == 0 { return rest }
    return try first.value.add(rest.value)
  }

  func read(_ count: Int) throws(PyError) -> Owned {
    var builder = StringBuilder()
    let first = try takeDecoded(count)
    try builder.append(first.value)
    while builder.count < count {
      if try !readChunk(hint: count - builder.count) { break }
      let piece = try takeDecoded(count - builder.count)
      try builder.append(piece.value)
    }
    return try builder.finish()
  }

  /// The next line where all of it is decoded, in units of one byte, and ends with `\n` and nothing else; nil in other cases, with nothing done.
  @inline(__always)
  private func takeLine() throws(PyError) -> Owned? {
    let contents = self.contents
    let (decoded, start) = (contents.pointee.decoded, contents.pointee.used)
    guard !decoded.isAbsent, contents.pointee.mode.endsWithLineFeed else { return nil }
    let text = StringObject(decoded)
    guard text.width == 1, start < text.length, let end = memchr(text.data + start, 0x0A, text.length &- start) else { return nil }
    let length = UnsafeMutableRawPointer(end) - text.data &+ 1 &- start
    if length == text.length { return nil }
    contents.pointee.used = start &+ length
    let line = UnsafeRawBufferPointer(start: text.data + start, count: length)
    return text.isASCII ? try Owned.string(ascii: line) : try Owned.string(CodeUnits(base: text.data + start, count: length, width: 1))
  }

  /// A line of at most `limit` characters; negative for any length.
  func readLine(_ limit: Int) throws(PyError) -> Owned {
    let contents = self.contents
    if limit < 0, let line = try takeLine() { return line }
    var builder = StringBuilder()
    while true {
      if contents.pointee.decoded.isAbsent || contents.pointee.used >= StringObject(contents.pointee.decoded).length {
        if try !readChunk() {
          replace(\.decoded, Owned(taking: .absent))
          replace(\.snapshotBytes, Owned(taking: .absent))
          contents.pointee.used = 0
          return try builder.finish()
        }
        if StringObject(contents.pointee.decoded).length == 0 { continue }
      }
      let units = StringObject(contents.pointee.decoded).units
      let start = contents.pointee.used
      // A `\r` at the end of one piece and the `\n` of the next are one end.
      if builder.count > 0, contents.pointee.mode.end.utf8CodeUnitCount == 2, !contents.pointee.mode.isUniversal, units[start] == 0x0A,
        builder.units[builder.count - 1] == 0x0D
      {
        let end = try takeDecoded(1)
        try builder.append(end.value)
        return try builder.finish()
      }
      let room = limit < 0 ? units.count : min(units.count, start + max(0, limit - builder.count))
      if let end = contents.pointee.mode.endOfLine(units, from: start, to: room) {
        let piece = try takeDecoded(end - start)
        if builder.count == 0 { return piece }
        try builder.append(piece.value)
        return try builder.finish()
      }
      let piece = try takeDecoded(room - start)
      try builder.append(piece.value)
      if limit >= 0 && builder.count >= limit { return try builder.finish() }
    }
  }

  // MARK: Places

  /// The place as a number: that of the buffer; where characters were read in advance, with the decoder's state and how many of them are read.
  func tell() throws(PyError) -> Owned {
    let contents = self.contents
    if !contents.pointee.isSeekable { throw unsupported("underlying stream is not seekable") }
    if !contents.pointee.isTelling { throw PyError.raise(.osError, "telling position disabled by next() call") }
    try sendPending()
    _ = try callBuffer(StreamName.flush)
    let place = try callBuffer(StreamName.tell)
    if contents.pointee.snapshotBytes.isAbsent || contents.pointee.decoded.isAbsent { return place }
    let number = try place.value.asInt()
    let bytes = BytesObject(contents.pointee.snapshotBytes).buffer
    // What was read since is not known: `next()` reads without taking notes.
    if bytes.count == 0 && !contents.pointee.snapshotIsEnd { return place }
    let start = number - bytes.count
    if contents.pointee.used == 0 && contents.pointee.snapshotFlags == 0 { return try Owned.integer(start) }
    if contents.pointee.plain != .none, let count = bytesRead(bytes) { return try Owned.integer(start + count) }
    var parts = [UInt](repeating: 0, count: contents.pointee.snapshotIsEnd ? 5 : 4)
    if contents.pointee.snapshotIsEnd { parts[4] = 1 }
    parts[0] = UInt(start)
    parts[1] = UInt(contents.pointee.snapshotFlags)
    parts[2] = UInt(bytes.count)
    parts[3] = UInt(contents.pointee.used)
    return Owned(taking: try parts.withUnsafeBufferPointer { (limbs: UnsafeBufferPointer<UInt>) throws(PyError) -> Value in
      try Integer.make(limbs: limbs, isNegative: false).take()
    })
  }

  /// How many of a snapshot's bytes the characters were that have been read; nil when that is no place to begin again.
  private func bytesRead(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let contents = self.contents
    var characters = 0
    var index = 0
    let translates = contents.pointee.mode.isUniversal && contents.pointee.mode.translatesReading
    if contents.pointee.snapshotFlags & 1 != 0 { return nil }
    while characters < contents.pointee.used {
      guard index < bytes.count else { return nil }
      let byte = bytes[index]
      var length = 1
      if contents.pointee.plain == .utf8 && byte >= 0xC2 {
        length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        // What is not well-formed may be any number of characters.
        guard index + length <= bytes.count, (1..<length).allSatisfy({ bytes[index + $0] & 0xC0 == 0x80 }) else { return nil }
      } else if contents.pointee.plain == .utf8 && byte >= 0x80 {
        return nil
      }
      if translates && byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A { length = 2 }
      index += length
      characters += 1
    }
    return index
  }

  func seek(_ cookie: Value, _ whence: Int) throws(PyError) -> Owned {
    let contents = self.contents
    if !contents.pointee.isSeekable { throw unsupported("underlying stream is not seekable") }
    var target = Owned(copying: cookie)
    switch whence {
    case 0: break
    case 1:
      if try cookie.isTruthy() { throw unsupported("can't do nonzero cur-relative seeks") }
      target = try value.callMethod(StreamName.tell)
    case 2:
      if try cookie.isTruthy() { throw unsupported("can't do nonzero end-relative seeks") }
      _ = try value.callMethod(StreamName.flush)
      forgetDecoded()
      try resetDecoder()
      let place = try callBuffer(StreamName.seek, Value(smallInteger: 0), Value(smallInteger: 2))
      // An empty file is at its start.
      if !contents.pointee.encoder.isAbsent { try moveEncoder(isStart: try !place.isTruthy()) }
      return place
    default: throw .valueError("invalid whence (\(whence), should be 0, 1 or 2)")
    }
    let number = try target.value.index()
    if Integer.isNegative(number.value) { throw .valueError("negative seek position \(try number.repr().text)") }
    _ = try value.callMethod(StreamName.flush)
    var parts: [UInt] = [0, 0, 0, 0, 0]
    if let word = Integer.asInt(number.value) {
      parts[0] = UInt(word)
    } else {
      let mask = try Owned.integer(UInt64.max)
      let shift = try Owned.integer(64)
      var rest = number.copy()
      for index in 0..<5 {
        let low = try rest.value.and(mask.value)
        parts[index] = UInt(Integer.truncatedBits(low.value))
        rest = try rest.value.rightShift(shift.value)
      }
    }
    let start = try Owned.integer(UInt64(parts[0]))
    let buffer = try heldBuffer()
    _ = try buffer.value.callMethod(StreamName.seek, start.value)
    forgetDecoded()
    if parts[0] == 0 && parts[1] == 0 {
      try resetDecoder()
    } else {
      if !contents.pointee.decoder.isAbsent {
        let flags = try Owned.integer(UInt64(parts[1] >> 1))
        let empty = Owned.emptyBytes
        let state = try Owned.tuple(empty.value, flags.value)
        let decoder = Owned(copying: contents.pointee.decoder)
        _ = try decoder.callMethod(StreamName.setstate, state.value)
      }
      contents.pointee.newlines.hasPendingReturn = parts[1] & 1 != 0
    }
    if parts[3] > 0 {
      guard let size = Int(exactly: parts[2]), let skipped = Int(exactly: parts[3]) else { throw PyError.raise(.osError, "can't restore logical file position") }
      let bytes = try buffer.value.callMethod(StreamName.read, Value(smallInteger: size))
      guard bytes.value.isBytes else { throw .typeError("underlying read() should have returned a bytes object, not '\(bytes.value.typeName)'") }
      try checkDecodable()
      let text = try decode(bytes.value, isFinal: parts[4] != 0)
      if StringObject(text.value).length < skipped { throw PyError.raise(.osError, "can't restore logical file position") }
      replace(\.decoded, text)
      replace(\.snapshotBytes, bytes)
      contents.pointee.snapshotFlags = Int(truncatingIfNeeded: parts[1])
      contents.pointee.snapshotIsEnd = parts[4] != 0
      contents.pointee.used = skipped
    } else {
      // A place to come back to: what is written next throws away what was read in advance from here.
      replace(\.snapshotBytes, Owned.emptyBytes)
      contents.pointee.snapshotFlags = Int(truncatingIfNeeded: parts[1])
      contents.pointee.snapshotIsEnd = false
    }
    // An encoder begins with a mark only at the start of the file.
    try moveEncoder(isStart: parts[0] == 0)
    return number
  }
}
