// Compression and decompression in pieces: `zlib.compressobj()`, `zlib.decompressobj()`, `zlib._ZlibDecompressor`.

import CKraitZlib
import Glibc
import KraitRuntime

nonisolated(unsafe) private var compressType = ModuleType()
nonisolated(unsafe) private var decompressType = ModuleType()

/// A `zlib.Compress` or `zlib.Decompress`.
private struct ZlibStream {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned, bytes: what follows the stream, and input that was not used for want of room.
    var unusedData: Value
    var unconsumedTail: Value
    /// Owned: the dictionary that a stream may ask for; absent without one.
    var dictionary: Value
    var isAtEnd: Bool
    /// Whether the library's state is there.
    var isOpen: Bool
    /// The library knows its address.
    var stream: z_stream
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func make(_ type: TypeObject) throws(PyError) -> ZlibStream {
    let object = ZlibStream(raw: try type.allocate())
    object.contents.pointee.unusedData = Owned.emptyBytes.take()
    object.contents.pointee.unconsumedTail = Owned.emptyBytes.take()
    return object
  }

  /// Ends with the object.
  func deallocate(_ end: (UnsafeMutablePointer<z_stream>) -> Void) {
    if contents.pointee.isOpen { end(&contents.pointee.stream) }
    contents.pointee.unusedData.releaseIfPresent()
    contents.pointee.unconsumedTail.releaseIfPresent()
    contents.pointee.dictionary.releaseIfPresent()
    finishDeallocation(raw)
  }

  // MARK: Compression

  func compress(_ data: Value) throws(PyError) -> Owned {
    let view = try data.buffer(.simple)
    var output = try OutputBuffer(capacity: Zlib.bufferSize(for: view.bytes.count))
    var place = 0
    repeat {
      place &+= zlibInput(&contents.pointee.stream, view.bytes, from: place)
      repeat {
        let room = try output.room()
        (contents.pointee.stream.next_out, contents.pointee.stream.avail_out) = (room.baseAddress, UInt32(room.count))
        let code = deflate(&contents.pointee.stream, Z_NO_FLUSH)
        output.advance(room.count &- Int(contents.pointee.stream.avail_out))
        if code == Z_STREAM_ERROR { throw Zlib.failure(contents.pointee.stream, code, "while compressing data") }
      } while contents.pointee.stream.avail_out == 0
    } while place < view.bytes.count
    return try output.finish()
  }

  func flushCompression(_ mode: Int32) throws(PyError) -> Owned {
    // Nothing to do, and the library would see an error in it.
    if mode == Z_NO_FLUSH { return .emptyBytes }
    var output = try OutputBuffer(capacity: Zlib.defaultBufferSize)
    contents.pointee.stream.avail_in = 0
    var code = Z_OK
    repeat {
      let room = try output.room()
      (contents.pointee.stream.next_out, contents.pointee.stream.avail_out) = (room.baseAddress, UInt32(room.count))
      code = deflate(&contents.pointee.stream, mode)
      output.advance(room.count &- Int(contents.pointee.stream.avail_out))
      if code == Z_STREAM_ERROR { throw Zlib.failure(contents.pointee.stream, code, "while flushing") }
    } while contents.pointee.stream.avail_out == 0
    if code == Z_STREAM_END && mode == Z_FINISH {
      contents.pointee.isOpen = false
      code = deflateEnd(&contents.pointee.stream)
      if code != Z_OK { throw Zlib.failure(contents.pointee.stream, code, "while finishing compression") }
    } else if code != Z_OK && code != Z_BUF_ERROR {
      throw Zlib.failure(contents.pointee.stream, code, "while flushing")
    }
    return try output.finish()
  }

  // MARK: Decompression

  /// Gives the stream its dictionary.
  func setDictionary() throws(PyError) {
    let view = try contents.pointee.dictionary.buffer(.simple)
    if view.bytes.count > Int(UInt32.max) { throw .overflowError("zdict length does not fit in an unsigned int") }
    let code = inflateSetDictionary(&contents.pointee.stream, view.bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }, UInt32(view.bytes.count))
    if code != Z_OK { throw Zlib.failure(contents.pointee.stream, code, "while setting zdict") }
  }

  func decompress(_ data: Value, limit: Int) throws(PyError) -> Owned {
    let view = try data.buffer(.simple)
    if limit < 0 { throw .valueError("max_length must be non-negative") }
    var output = try OutputBuffer(capacity: Zlib.bufferSize(for: view.bytes.count), limit: limit == 0 ? -1 : limit)
    var place = 0
    var code = Z_OK
    repeat {
      place &+= zlibInput(&contents.pointee.stream, view.bytes, from: place)
      code = try inflateAll(&output, Z_SYNC_FLUSH)
      place &-= Int(contents.pointee.stream.avail_in)
    } while (code == Z_OK || code == Z_BUF_ERROR) && !output.isFull && place < view.bytes.count
    try keepRest(UnsafeRawBufferPointer(rebasing: view.bytes[place...]), isAtEnd: code == Z_STREAM_END)
    if code == Z_STREAM_END {
      contents.pointee.isAtEnd = true
    } else if code != Z_OK && code != Z_BUF_ERROR {
      throw Zlib.failure(contents.pointee.stream, code, "while decompressing data")
    }
    return try output.finish()
  }

  /// Decodes the stream's input until it is used up, the output is full or the stream ends; gives the library's last answer.
  private func inflateAll(_ output: inout OutputBuffer, _ flush: Int32) throws(PyError) -> Int32 {
    while true {
      let room = try output.room()
      (contents.pointee.stream.next_out, contents.pointee.stream.avail_out) = (room.baseAddress, UInt32(room.count))
      let code = inflate(&contents.pointee.stream, flush)
      output.advance(room.count &- Int(contents.pointee.stream.avail_out))
      if code == Z_NEED_DICT && !contents.pointee.dictionary.isAbsent {
        try setDictionary()
        continue
      }
      guard code == Z_OK || code == Z_BUF_ERROR, contents.pointee.stream.avail_out == 0, !output.isFull else { return code }
    }
  }

  /// Puts the rest of the input where the program finds it.
  private func keepRest(_ rest: UnsafeRawBufferPointer, isAtEnd: Bool) throws(PyError) {
    var tail = rest
    if isAtEnd {
      if rest.count > 0 {
        let old = BytesObject(contents.pointee.unusedData).buffer
        var builder = try ByteBuilder(capacity: old.count + rest.count)
        try builder.append(old)
        try builder.append(rest)
        let new = try builder.finish()
        let before = contents.pointee.unusedData
        contents.pointee.unusedData = new.take()
        before.release()
      }
      tail = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    if tail.count > 0 || BytesObject(contents.pointee.unconsumedTail).count > 0 {
      let new = try Owned.bytes(tail)
      let before = contents.pointee.unconsumedTail
      contents.pointee.unconsumedTail = new.take()
      before.release()
    }
  }

  func flushDecompression(_ length: Int) throws(PyError) -> Owned {
    if length <= 0 { throw .valueError("length must be greater than zero") }
    let held = Owned(copying: contents.pointee.unconsumedTail)
    let input = BytesObject(held.value).buffer
    var output = try OutputBuffer(capacity: length)
    var place = 0
    var code = Z_OK
    repeat {
      place &+= zlibInput(&contents.pointee.stream, input, from: place)
      code = try inflateAll(&output, place == input.count ? Z_FINISH : Z_NO_FLUSH)
      place &-= Int(contents.pointee.stream.avail_in)
    } while (code == Z_OK || code == Z_BUF_ERROR) && place < input.count
    try keepRest(UnsafeRawBufferPointer(rebasing: input[place...]), isAtEnd: code == Z_STREAM_END)
    if code == Z_STREAM_END {
      contents.pointee.isAtEnd = true
      contents.pointee.isOpen = false
      code = inflateEnd(&contents.pointee.stream)
      if code != Z_OK { throw Zlib.failure(contents.pointee.stream, code, "while finishing decompression") }
    } else if code != Z_OK && code != Z_BUF_ERROR && !contents.pointee.isAtEnd {
      throw Zlib.failure(contents.pointee.stream, code, "while decompressing data")
    }
    _ = held.value
    return try output.finish()
  }

  /// A stream of its own in the same state.
  func copy(_ type: TypeObject, _ duplicate: (UnsafeMutablePointer<z_stream>, UnsafeMutablePointer<z_stream>) -> Int32) throws(PyError) -> Owned {
    let new = try ZlibStream.make(type)
    let result = Owned(taking: new.raw)
    let code = duplicate(&new.contents.pointee.stream, &contents.pointee.stream)
    switch code {
    case Z_OK: break
    case Z_MEM_ERROR: throw PyError.raise(.memoryError, "Can't allocate memory for \(type == compressType.object ? "" : "de")compression object")
    case Z_STREAM_ERROR: throw .valueError("Inconsistent stream state")
    default: throw Zlib.failure(contents.pointee.stream, code, "while copying \(type == compressType.object ? "" : "de")compression object")
    }
    new.contents.pointee.isOpen = true
    new.contents.pointee.unusedData.release()
    new.contents.pointee.unusedData = Owned(copying: contents.pointee.unusedData).take()
    new.contents.pointee.unconsumedTail.release()
    new.contents.pointee.unconsumedTail = Owned(copying: contents.pointee.unconsumedTail).take()
    new.contents.pointee.dictionary = Owned(copyingIfPresent: contents.pointee.dictionary).take()
    new.contents.pointee.isAtEnd = contents.pointee.isAtEnd
    return result
  }
}

private func makeCompressor(_ call: Call) throws(PyError) -> Owned {
  let (level, method, window) = (try call.int32(0), try call.int32(1), try call.int32(2))
  let (memory, strategy) = (try call.int32(3), try call.int32(4))
  if !call[5].isAbsent && !call[5].supportsBuffer { throw .typeError("a bytes-like object is required, not '\(call[5].typeName)'") }
  let new = try ZlibStream.make(compressType.object)
  let result = Owned(taking: new.raw)
  let code = krait_deflate_init(&new.contents.pointee.stream, level, method, window, memory, strategy)
  switch code {
  case Z_OK: new.contents.pointee.isOpen = true
  case Z_MEM_ERROR: throw PyError.raise(.memoryError, "Can't allocate memory for compression object")
  case Z_STREAM_ERROR: throw .valueError("Invalid initialization option")
  default: throw Zlib.failure(new.contents.pointee.stream, code, "while creating compression object")
  }
  if !call[5].isAbsent {
    let view = try call[5].buffer(.simple)
    if view.bytes.count > Int(UInt32.max) { throw .overflowError("zdict length does not fit in an unsigned int") }
    let bytes = view.bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }
    switch deflateSetDictionary(&new.contents.pointee.stream, bytes, UInt32(view.bytes.count)) {
    case Z_OK: break
    case Z_STREAM_ERROR: throw .valueError("Invalid dictionary")
    default: throw .valueError("deflateSetDictionary()")
    }
  }
  return result
}

private func makeDecompressor(_ call: Call) throws(PyError) -> Owned {
  let window = try call.int32(0)
  let hasDictionary = !(call[1].isBytes && BytesObject(call[1]).count == 0)
  if !call[1].supportsBuffer { throw .typeError("zdict argument must support the buffer protocol") }
  let new = try ZlibStream.make(decompressType.object)
  let result = Owned(taking: new.raw)
  if hasDictionary { new.contents.pointee.dictionary = Owned(copying: call[1]).take() }
  let code = krait_inflate_init(&new.contents.pointee.stream, window)
  switch code {
  case Z_OK: new.contents.pointee.isOpen = true
  case Z_STREAM_ERROR: throw .valueError("Invalid initialization option")
  case Z_MEM_ERROR: throw PyError.raise(.memoryError, "Can't allocate memory for decompression object")
  default: throw Zlib.failure(new.contents.pointee.stream, code, "while creating decompression object")
  }
  // Bare streams do not ask.
  if hasDictionary && window < 0 { try new.setDictionary() }
  return result
}

// MARK: - Decompression that keeps its input

private struct ZlibDecoder: StreamDecoder {
  var stream: z_stream
  var dictionary: Value

  static var holdsOutput: Bool { true }
  static var failsForGood: Bool { false }
  static var endMessage: String { "End of stream already reached" }

  mutating func decode(_ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool) {
    _ = zlibInput(&stream, input, from: 0)
    (stream.next_out, stream.avail_out) = (room.baseAddress, UInt32(room.count))
    var code = inflate(&stream, Z_SYNC_FLUSH)
    if code == Z_NEED_DICT && !dictionary.isAbsent {
      let view = try dictionary.buffer(.simple)
      let bytes = view.bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }
      code = inflateSetDictionary(&stream, bytes, UInt32(truncatingIfNeeded: view.bytes.count))
      if code != Z_OK { throw Zlib.failure(stream, code, "while setting zdict") }
    }
    switch code {
    case Z_OK, Z_BUF_ERROR, Z_STREAM_END: break
    default: throw Zlib.failure(stream, code, "while decompressing data")
    }
    return (input.count &- Int(stream.avail_in), room.count &- Int(stream.avail_out), code == Z_STREAM_END)
  }

  mutating func end() {
    inflateEnd(&stream)
    dictionary.releaseIfPresent()
  }
}

private typealias Decompressor = StreamDecompressor<ZlibDecoder>

private func makeKeepingDecompressor(_ call: Call) throws(PyError) -> Owned {
  let window = try call.int32(0)
  let hasDictionary = !(call[1].isBytes && BytesObject(call[1]).count == 0)
  if !call[1].supportsBuffer { throw .typeError("zdict argument must support the buffer protocol") }
  let new = try Decompressor.make(TypeObject(call.receiver))
  let result = Owned(taking: new.raw)
  guard let decoder = new.contents.pointer(to: \.decoder) else { preconditionFailure("a stored property has an address") }
  let code = krait_inflate_init(&decoder.pointee.stream, window)
  switch code {
  case Z_OK: break
  case Z_STREAM_ERROR: throw .valueError("Invalid initialization option")
  case Z_MEM_ERROR: throw PyError.raise(.memoryError, "Can't allocate memory for decompression object")
  default: throw Zlib.failure(decoder.pointee.stream, code, "while creating decompression object")
  }
  new.contents.pointee.isOpen = true
  if hasDictionary {
    decoder.pointee.dictionary = Owned(copying: call[1]).take()
    if window < 0 {
      let view = try call[1].buffer(.simple)
      let bytes = view.bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }
      let code = inflateSetDictionary(&decoder.pointee.stream, bytes, UInt32(truncatingIfNeeded: view.bytes.count))
      if code != Z_OK { throw Zlib.failure(decoder.pointee.stream, code, "while setting zdict") }
    }
  }
  return result
}

// MARK: - Types

/// Methods that both kinds of streams have.
private func defineCopies(_ t: TypeDefinition, _ copy: @escaping (Call) throws(PyError) -> Owned) {
  t.basicSize = MemoryLayout<ZlibStream.Contents>.size
  t.flags.insert(.disallowInstantiation)
  t.method("copy()", "A stream of its own in the same state.", copy)
  t.method("__copy__()", "", copy)
  t.method("__deepcopy__(memo, /)", "", copy)
}

func defineZlibStreams(_ m: ModuleBuilder) throws(PyError) {
  compressType = ModuleType(
    try m.defineType("Compress", isPublic: false) { t in
      defineCopies(t) { (call) throws(PyError) in try ZlibStream(call.receiver).copy(compressType.object) { deflateCopy($0, $1) } }
      t.slots.deallocate = DeallocateSlot { raw in ZlibStream(raw: raw).deallocate { deflateEnd($0) } }
      t.method("compress(data, /)", "Takes in data and gives out what is ready of its compressed form, perhaps nothing.") { (call) throws(PyError) in
        try ZlibStream(call.receiver).compress(call[0])
      }
      t.method("flush(mode=zlib.Z_FINISH, /)", "Gives out all that is pending; by default the stream ends.") { (call) throws(PyError) in
        try ZlibStream(call.receiver).flushCompression(try call.int32(0))
      }
    })
  decompressType = ModuleType(
    try m.defineType("Decompress", isPublic: false) { t in
      defineCopies(t) { (call) throws(PyError) in try ZlibStream(call.receiver).copy(decompressType.object) { inflateCopy($0, $1) } }
      t.slots.deallocate = DeallocateSlot { raw in ZlibStream(raw: raw).deallocate { inflateEnd($0) } }
      t.method(
        "decompress(data, /, max_length=0)", "Takes in data and gives out what it stands for, no more than max_length bytes unless that is 0.\n\nInput that waits for room is in unconsumed_tail."
      ) { (call) throws(PyError) in
        try ZlibStream(call.receiver).decompress(call[0], limit: try call.index(1))
      }
      t.method("flush(length=zlib.DEF_BUF_SIZE, /)", "Gives out what is left; length is the room to begin with.") { (call) throws(PyError) in
        try ZlibStream(call.receiver).flushDecompression(try call.index(0))
      }
      t.member("unused_data") { (value) throws(PyError) in Owned(copying: ZlibStream(value).contents.pointee.unusedData) }
      t.member("unconsumed_tail") { (value) throws(PyError) in Owned(copying: ZlibStream(value).contents.pointee.unconsumedTail) }
      t.member("eof") { (value) throws(PyError) in .boolean(ZlibStream(value).contents.pointee.isAtEnd) }
    })
  try m.defineType("_ZlibDecompressor") { t in
    t.documentation = "A decompressor that keeps the input which it has no room for."
    t.new("_ZlibDecompressor(wbits=15, zdict=b'')", makeKeepingDecompressor)
    defineStreamDecompressor(
      t, size: Decompressor.size, deallocate: { raw in Decompressor(raw: raw).deallocate() },
      decompress: { (call) throws(PyError) in try Decompressor(call.receiver).decompress(call[0], try call.index(1)) })
  }
  try m.function(
    "compressobj(level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)",
    "A stream that compresses in pieces."
  ) { (call) throws(PyError) in try makeCompressor(call) }
  try m.function("decompressobj(wbits=MAX_WBITS, zdict=b'')", "A stream that decompresses in pieces.") { (call) throws(PyError) in try makeDecompressor(call) }
}
