// The module `zlib`: its functions on whole data, and its constants.

import CKraitZlib
import KraitRuntime

nonisolated(unsafe) private var errorClass = InterpreterValue()

enum Zlib {
  static let defaultBufferSize = 16384
  static let defaultMemoryLevel: Int32 = 8

  /// Room for what a call that takes so much in gives out, to begin with: streams are fed with lines, and a large block for each takes longer than the work.
  static func bufferSize(for input: Int) -> Int { input < 1024 ? max(1024, input &* 8) : defaultBufferSize }

  /// `zlib.error` with the library's or our own words for a code.
  static func failure(_ stream: z_stream, _ code: Int32, _ occasion: String) -> PyError {
    var reason: String?
    if code == Z_VERSION_ERROR {
      reason = "library version mismatch"
    } else if let message = stream.msg {
      reason = String(cString: message)
    } else {
      switch code {
      case Z_BUF_ERROR: reason = "incomplete or truncated stream"
      case Z_STREAM_ERROR: reason = "inconsistent stream state"
      case Z_DATA_ERROR: reason = "invalid input data"
      default: break
      }
    }
    return failure("Error \(code) \(occasion)" + (reason.map { ": \($0)" } ?? ""))
  }

  static func failure(_ message: String) -> PyError {
    excludeOtherThreads()
    return PyError.raise(TypeObject(errorClass.value), message)
  }
}

/// The next piece of the input, as far as 32 bits count.
@inline(__always)
func zlibInput(_ stream: inout z_stream, _ input: UnsafeRawBufferPointer, from place: Int) -> Int {
  let count = min(input.count &- place, 1 << 30)
  stream.next_in = UnsafeMutablePointer(mutating: (input.baseAddress ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)) + place
  stream.avail_in = UInt32(count)
  return count
}

/// Gives the library the whole input, by `step` with the kind of flush, until the stream has ended or the input has. The last code.
private func feed(
  _ stream: inout z_stream, _ input: UnsafeRawBufferPointer, _ output: inout OutputBuffer, _ step: (inout z_stream, Int32) throws(PyError) -> Int32
) throws(PyError) -> Int32 {
  var place = 0
  var code = Z_OK
  repeat {
    place &+= zlibInput(&stream, input, from: place)
    let flush = place == input.count ? Z_FINISH : Z_NO_FLUSH
    repeat {
      let room = try output.room()
      (stream.next_out, stream.avail_out) = (room.baseAddress, UInt32(room.count))
      code = try step(&stream, flush)
      output.advance(room.count &- Int(stream.avail_out))
    } while stream.avail_out == 0 && code != Z_STREAM_END
  } while code != Z_STREAM_END && place < input.count
  return code
}

private func compress(_ data: Value, level: Int32, window: Int32) throws(PyError) -> Owned {
  let view = try data.buffer(.simple)
  var output = try OutputBuffer(capacity: max(1 << 15, view.bytes.count / 2))
  var stream = z_stream()
  let started = krait_deflate_init(&stream, level, Z_DEFLATED, window, Zlib.defaultMemoryLevel, Z_DEFAULT_STRATEGY)
  switch started {
  case Z_OK: break
  case Z_MEM_ERROR: throw PyError.raise(.memoryError, "Out of memory while compressing data")
  case Z_STREAM_ERROR: throw Zlib.failure("Bad compression level")
  default: throw Zlib.failure(stream, started, "while compressing data")
  }
  defer { deflateEnd(&stream) }
  let code = try feed(&stream, view.bytes, &output) { (stream, flush) throws(PyError) in
    let code = deflate(&stream, flush)
    if code == Z_STREAM_ERROR { throw Zlib.failure(stream, code, "while compressing data") }
    return code
  }
  if code != Z_STREAM_END { throw Zlib.failure(stream, code, "while finishing compression") }
  return try output.finish()
}

private func decompress(_ data: Value, window: Int32, bufferSize: Int) throws(PyError) -> Owned {
  let view = try data.buffer(.simple)
  if bufferSize < 0 { throw .valueError("bufsize must be non-negative") }
  var output = try OutputBuffer(capacity: bufferSize)
  var stream = z_stream()
  let started = krait_inflate_init(&stream, window)
  switch started {
  case Z_OK: break
  case Z_MEM_ERROR: throw PyError.raise(.memoryError, "Out of memory while decompressing data")
  default: throw Zlib.failure(stream, started, "while preparing to decompress data")
  }
  defer { inflateEnd(&stream) }
  let code = try feed(&stream, view.bytes, &output) { (stream, flush) throws(PyError) in
    let code = inflate(&stream, flush)
    switch code {
    case Z_OK, Z_BUF_ERROR, Z_STREAM_END: return code
    case Z_MEM_ERROR: throw PyError.raise(.memoryError, "Out of memory while decompressing data")
    default: throw Zlib.failure(stream, code, "while decompressing data")
    }
  }
  if code != Z_STREAM_END { throw Zlib.failure(stream, code, "while decompressing data") }
  return try output.finish()
}

/// A checksum goes on from any int, of which the lowest 32 bits count.
func checksum(_ call: Call, _ update: (UInt, UnsafePointer<UInt8>?, Int) -> UInt) throws(PyError) -> Owned {
  let start = try call[1].index()
  let view = try call[0].buffer(.simple)
  let bytes = view.bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }
  let value = UInt(UInt32(truncatingIfNeeded: Integer.truncatedBits(start.value)))
  return try Owned.integer(Int(UInt32(truncatingIfNeeded: bytes == nil ? value : update(value, bytes, view.bytes.count))))
}

let zlibModule = ModuleDefinition("zlib", "Compression and checksums of the library zlib: deflate streams bare, with zlib's own header, and as gzip has them.") {
  (m: ModuleBuilder) throws(PyError) in
  try errorClass.set(try m.exception("error"))
  try m.function("adler32(data, value=1, /)", "The checksum Adler-32 of the data, going on from an earlier value.") { (call) throws(PyError) in
    try checksum(call) { adler32_z($0, $1, $2) }
  }
  try m.function("crc32(data, value=0, /)", "The checksum CRC-32 of the data, going on from an earlier value.") { (call) throws(PyError) in
    try checksum(call) { crc32_z($0, $1, $2) }
  }
  try m.function(
    "compress(data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", "The data in compressed form.\n\nA level from 0 (none) to 9 (best); the size of the window and the kind of header."
  ) { (call) throws(PyError) in
    try compress(call[0], level: try call.int32(1), window: try call.int32(2))
  }
  try m.function(
    "decompress(data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", "What compressed data stands for.\n\nThe size of the window and the kind of header; how much room to begin with."
  ) { (call) throws(PyError) in
    try decompress(call[0], window: try call.int32(1), bufferSize: try call.index(2))
  }
  try defineZlibStreams(m)
  let constants: [(StaticString, Int32)] = [
    ("MAX_WBITS", MAX_WBITS), ("DEFLATED", Z_DEFLATED), ("DEF_MEM_LEVEL", Zlib.defaultMemoryLevel), ("DEF_BUF_SIZE", Int32(Zlib.defaultBufferSize)),
    ("Z_NO_COMPRESSION", Z_NO_COMPRESSION), ("Z_BEST_SPEED", Z_BEST_SPEED), ("Z_BEST_COMPRESSION", Z_BEST_COMPRESSION),
    ("Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION), ("Z_FILTERED", Z_FILTERED), ("Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY), ("Z_RLE", Z_RLE), ("Z_FIXED", Z_FIXED),
    ("Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY), ("Z_NO_FLUSH", Z_NO_FLUSH), ("Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH), ("Z_SYNC_FLUSH", Z_SYNC_FLUSH),
    ("Z_FULL_FLUSH", Z_FULL_FLUSH), ("Z_FINISH", Z_FINISH), ("Z_BLOCK", Z_BLOCK), ("Z_TREES", Z_TREES),
  ]
  for (name, value) in constants { try m.constant(name, Int(value)) }
  try m.constant("ZLIB_VERSION", ZLIB_VERSION)
  try m.constant("ZLIB_RUNTIME_VERSION", String(cString: zlibVersion()))
  try m.constant("__version__", "1.0")
}
