// The module `_bz2`: compression and decompression of bzip2 streams.

import CKraitBzip2
import KraitRuntime

/// The error of a result of libbz2; nil when it is none.
private func failure(_ code: Int32) -> PyError? {
  switch code {
  case BZ_OK, BZ_RUN_OK, BZ_FLUSH_OK, BZ_FINISH_OK, BZ_STREAM_END: nil
  case BZ_PARAM_ERROR: .valueError("Internal error - invalid parameters passed to libbzip2")
  case BZ_MEM_ERROR: .memoryError()
  case BZ_DATA_ERROR, BZ_DATA_ERROR_MAGIC: PyError.raise(.osError, "Invalid data stream")
  case BZ_IO_ERROR: PyError.raise(.osError, "Unknown I/O error")
  case BZ_UNEXPECTED_EOF: PyError.raise(.eofError, "Compressed file ended before the logical end-of-stream was detected")
  case BZ_SEQUENCE_ERROR: .runtimeError("Internal error - Invalid sequence of commands sent to libbzip2")
  default: PyError.raise(.osError, "Unrecognized error from libbzip2: \(code)")
  }
}

// MARK: - Compression

private struct Compressor {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var isOpen: Bool
    var isFlushed: Bool
    /// The library knows its address.
    var stream: bz_stream
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// Gives the library bytes, or with `BZ_FINISH` the end of them.
  func compress(_ bytes: UnsafeRawBufferPointer, _ action: Int32) throws(PyError) -> Owned {
    var output = try OutputBuffer(capacity: 1 << 15)
    let stream = UnsafeMutablePointer(&contents.pointee.stream)
    var place = 0
    while true {
      if stream.pointee.avail_in == 0 && place < bytes.count {
        let count = min(bytes.count - place, 1 << 30)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)) + place
        stream.pointee.avail_in = UInt32(count)
        place += count
      }
      if action == BZ_RUN && stream.pointee.avail_in == 0 { break }
      let room = try output.room()
      stream.pointee.next_out = UnsafeMutableRawPointer(room.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: CChar.self)
      stream.pointee.avail_out = UInt32(room.count)
      let code = BZ2_bzCompress(stream, action)
      output.advance(room.count - Int(stream.pointee.avail_out))
      if let error = failure(code) { throw error }
      if action == BZ_FINISH && code == BZ_STREAM_END { break }
    }
    return try output.finish()
  }
}

private func defineCompressor(_ t: TypeDefinition) {
  t.documentation = "Compresses in pieces: compress() takes data, flush() ends the stream.\n\n  compresslevel\n    from 1, fast, to 9, small"
  t.basicSize = MemoryLayout<Compressor.Contents>.size
  t.flags.insert(.mutable)
  t.new("BZ2Compressor(compresslevel=9, /)") { (call) throws(PyError) in
    let level = try call.int32(0)
    if level < 1 || level > 9 { throw .valueError("compresslevel must be between 1 and 9") }
    let new = Compressor(raw: try TypeObject(call.receiver).allocate())
    let result = Owned(taking: new.raw)
    if let error = failure(BZ2_bzCompressInit(&new.contents.pointee.stream, level, 0, 0)) { throw error }
    new.contents.pointee.isOpen = true
    return result
  }
  t.slots.deallocate = DeallocateSlot { raw in
    if Compressor(raw: raw).contents.pointee.isOpen { BZ2_bzCompressEnd(&Compressor(raw: raw).contents.pointee.stream) }
    finishDeallocation(raw)
  }
  t.method("compress(data, /)", "Takes in data and gives out what is ready of its compressed form, perhaps nothing.") { (call) throws(PyError) in
    let view = try call[0].buffer(.simple)
    let compressor = Compressor(call.receiver)
    if compressor.contents.pointee.isFlushed { throw .valueError("Compressor has been flushed") }
    return try compressor.compress(view.bytes, BZ_RUN)
  }
  t.method("flush()", "Ends the stream and gives out the rest of it.") { (call) throws(PyError) in
    let compressor = Compressor(call.receiver)
    if compressor.contents.pointee.isFlushed { throw .valueError("Repeated call to flush()") }
    compressor.contents.pointee.isFlushed = true
    return try compressor.compress(UnsafeRawBufferPointer(start: nil, count: 0), BZ_FINISH)
  }
}

// MARK: - Decompression

private struct Bzip2Decoder: StreamDecoder {
  var stream: bz_stream

  static var holdsOutput: Bool { false }
  static var endMessage: String { "End of stream already reached" }

  mutating func decode(_ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool) {
    stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: CChar.self)) }
    stream.avail_in = UInt32(input.count)
    stream.next_out = room.baseAddress.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self) }
    stream.avail_out = UInt32(room.count)
    let code = BZ2_bzDecompress(&stream)
    if let error = failure(code) { throw error }
    return (input.count - Int(stream.avail_in), room.count - Int(stream.avail_out), code == BZ_STREAM_END)
  }

  mutating func end() { BZ2_bzDecompressEnd(&stream) }
}

let bz2Module = ModuleDefinition("_bz2") { (m: ModuleBuilder) throws(PyError) in
  try m.defineType("BZ2Compressor", defineCompressor)
  try m.defineType("BZ2Decompressor") { t in
    t.documentation = "Decompresses in pieces."
    t.new("BZ2Decompressor()") { (call) throws(PyError) in
      let new = try StreamDecompressor<Bzip2Decoder>.make(TypeObject(call.receiver))
      let result = Owned(taking: new.raw)
      if let error = failure(BZ2_bzDecompressInit(&new.contents.pointee.decoder.stream, 0, 0)) { throw error }
      new.contents.pointee.isOpen = true
      return result
    }
    defineStreamDecompressor(
      t, size: StreamDecompressor<Bzip2Decoder>.size, deallocate: { raw in StreamDecompressor<Bzip2Decoder>(raw: raw).deallocate() },
      decompress: { (call) throws(PyError) in try StreamDecompressor<Bzip2Decoder>(call.receiver).decompress(call[0], try call.index(1)) })
  }
}
