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

private struct Bzip2Encoder: StreamEncoder {
  var stream: bz_stream

  mutating func encode(
    _ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>, isLast: Bool
  ) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool) {
    stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: CChar.self)) }
    stream.avail_in = UInt32(input.count)
    stream.next_out = room.baseAddress.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self) }
    stream.avail_out = UInt32(room.count)
    let code = BZ2_bzCompress(&stream, isLast ? BZ_FINISH : BZ_RUN)
    if let error = failure(code) { throw error }
    return (input.count - Int(stream.avail_in), room.count - Int(stream.avail_out), code == BZ_STREAM_END)
  }

  mutating func end() { BZ2_bzCompressEnd(&stream) }
}

private typealias Compressor = StreamCompressor<Bzip2Encoder>

private func defineCompressor(_ t: TypeDefinition) {
  t.documentation = "Compresses in pieces: compress() takes data, flush() ends the stream.\n\n  compresslevel\n    from 1, fast, to 9, small"
  t.new("BZ2Compressor(compresslevel=9, /)") { (call) throws(PyError) in
    let level = try call.int32(0)
    if level < 1 || level > 9 { throw .valueError("compresslevel must be between 1 and 9") }
    return try Compressor.make(TypeObject(call.receiver)) { (encoder) throws(PyError) in
      if let error = failure(BZ2_bzCompressInit(&encoder.pointee.stream, level, 0, 0)) { throw error }
    }
  }
  defineStreamCompressor(
    t, size: Compressor.size, deallocate: { raw in Compressor(raw: raw).deallocate() },
    compress: { (call) throws(PyError) in try Compressor(call.receiver).compress(call[0]) },
    flush: { (call) throws(PyError) in try Compressor(call.receiver).flush() })
}

// MARK: - Decompression

private struct Bzip2Decoder: StreamDecoder {
  var stream: bz_stream

  static var holdsOutput: Bool { false }
  static var failsForGood: Bool { true }
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
