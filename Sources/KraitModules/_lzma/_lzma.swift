// The module `_lzma`: compression and decompression of .xz and .lzma streams, and of raw ones.

import CKraitLZMA
import KraitRuntime

/// Container formats, as Python code names them.
private enum Format {
  static let (auto, xz, alone, raw): (Int32, Int32, Int32, Int32) = (0, 1, 2, 3)
}

// MARK: - Compression

private struct LZMAEncoder: StreamEncoder {
  var stream: lzma_stream

  mutating func encode(
    _ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>, isLast: Bool
  ) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool) {
    stream.next_in = input.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }
    stream.avail_in = input.count
    (stream.next_out, stream.avail_out) = (room.baseAddress, room.count)
    var code = lzma_code(&stream, isLast ? LZMA_FINISH : LZMA_RUN)
    // Nothing to read, and room to write: no error.
    if code == LZMA_BUF_ERROR && input.count == 0 && stream.avail_out > 0 { code = LZMA_OK }
    if let error = failure(code) { throw error }
    return (input.count - stream.avail_in, room.count - stream.avail_out, code == LZMA_STREAM_END)
  }

  mutating func end() { lzma_end(&stream) }
}

private typealias Compressor = StreamCompressor<LZMAEncoder>

/// Starts a compressor's stream as the arguments say: format, check, preset, filters.
private func start(_ stream: UnsafeMutablePointer<lzma_stream>, _ call: Call) throws(PyError) {
  let format = try call.int32(0)
  var check = try call.int32(1)
  if !call[2].isNone && !call[3].isNone { throw .valueError("Cannot specify both preset and filter chain") }
  let preset = call[2].isNone ? LZMA.defaultPreset : try FilterChain.uint32(call[2])
  if format != Format.xz && check != -1 && check != 0 { throw .valueError("Integrity checks are only supported by FORMAT_XZ") }
  let code: lzma_ret
  switch format {
  case Format.xz:
    if check == -1 { check = 4 }
    if call[3].isNone {
      code = lzma_easy_encoder(stream, preset, lzma_check(rawValue: UInt32(bitPattern: check)))
    } else {
      let chain = try FilterChain(call[3])
      code = lzma_stream_encoder(stream, chain.filters, lzma_check(rawValue: UInt32(bitPattern: check)))
    }
  case Format.alone:
    if call[3].isNone {
      var options = lzma_options_lzma()
      if lzma_lzma_preset(&options, preset) != 0 { throw lzmaFailure("Invalid compression preset: 0x\(String(preset, radix: 16))") }
      code = lzma_alone_encoder(stream, &options)
    } else {
      let chain = try FilterChain(call[3])
      guard chain.count == 1, chain.filters[0].id == LZMA.filterLZMA1, let options = chain.filters[0].options else {
        throw .valueError("Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter")
      }
      code = lzma_alone_encoder(stream, options.assumingMemoryBound(to: lzma_options_lzma.self))
    }
  case Format.raw:
    if call[3].isNone { throw .valueError("Must specify filters for FORMAT_RAW") }
    let chain = try FilterChain(call[3])
    code = lzma_raw_encoder(stream, chain.filters)
  default: throw .valueError("Invalid container format: \(format)")
  }
  if let error = failure(code) { throw error }
}

private func defineCompressor(_ t: TypeDefinition) {
  t.documentation = """
    LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)

    Compresses in pieces: compress() takes data, flush() ends the stream.

      format
        FORMAT_XZ, FORMAT_ALONE (.lzma) or FORMAT_RAW
      check
        the kind of checksum in an .xz stream; -1 for CRC64
      preset
        from 0 to 9, perhaps with PRESET_EXTREME
      filters
        instead of a preset: a list of dicts, each with an id and a filter's options
    """
  t.new("LZMACompressor(format=1, check=-1, preset=None, filters=None)") { (call) throws(PyError) in
    try Compressor.make(TypeObject(call.receiver)) { (encoder) throws(PyError) in try start(&encoder.pointee.stream, call) }
  }
  defineStreamCompressor(
    t, size: Compressor.size, deallocate: { raw in Compressor(raw: raw).deallocate() },
    compress: { (call) throws(PyError) in try Compressor(call.receiver).compress(call[0]) },
    flush: { (call) throws(PyError) in try Compressor(call.receiver).flush() })
}

// MARK: - Decompression

private struct LZMADecoder: StreamDecoder {
  var stream: lzma_stream
  /// The kind of checksum, once it is known.
  var check: UInt32

  static var holdsOutput: Bool { true }
  static var failsForGood: Bool { false }
  static var endMessage: String { "Already at end of stream" }
  static let unknownCheck: UInt32 = 16

  mutating func decode(_ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool) {
    stream.next_in = input.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }
    stream.avail_in = input.count
    (stream.next_out, stream.avail_out) = (room.baseAddress, room.count)
    while true {
      var code = lzma_code(&stream, LZMA_RUN)
      if code == LZMA_BUF_ERROR && stream.avail_in == 0 && stream.avail_out > 0 { code = LZMA_OK }
      if let error = failure(code) { throw error }
      if code == LZMA_GET_CHECK || code == LZMA_NO_CHECK {
        check = lzma_get_check(&stream).rawValue
        continue
      }
      return (input.count - stream.avail_in, room.count - stream.avail_out, code == LZMA_STREAM_END)
    }
  }

  mutating func end() { lzma_end(&stream) }
}

private typealias Decompressor = StreamDecompressor<LZMADecoder>

private func makeDecompressor(_ call: Call) throws(PyError) -> Owned {
  let format = try call.int32(0)
  var limit = UInt64.max
  if !call[1].isNone {
    if format == Format.raw { throw .valueError("Cannot specify memory limit with FORMAT_RAW") }
    let number = try call[1].index()
    if Integer.isNegative(number.value) { throw .overflowError("can't convert negative int to unsigned") }
    guard let word = Integer.asUInt64(number.value) else { throw .overflowError("int too big to convert") }
    limit = word
  }
  if format == Format.raw && call[2].isNone { throw .valueError("Must specify filters for FORMAT_RAW") }
  if format != Format.raw && !call[2].isNone { throw .valueError("Cannot specify filters except with FORMAT_RAW") }
  let new = try Decompressor.make(TypeObject(call.receiver))
  let result = Owned(taking: new.raw)
  new.contents.pointee.decoder.check = LZMADecoder.unknownCheck
  new.contents.pointee.isOpen = true
  guard let stream = new.contents.pointer(to: \.decoder.stream) else { preconditionFailure("a stored property has an address") }
  // Tell of any check, and of none.
  let flags: UInt32 = 1 | 4
  let code: lzma_ret
  switch format {
  case Format.auto: code = lzma_auto_decoder(stream, limit, flags)
  case Format.xz: code = lzma_stream_decoder(stream, limit, flags)
  case Format.alone:
    new.contents.pointee.decoder.check = 0
    code = lzma_alone_decoder(stream, limit)
  case Format.raw:
    new.contents.pointee.decoder.check = 0
    let chain = try FilterChain(call[2])
    code = lzma_raw_decoder(stream, chain.filters)
  default: throw .valueError("Invalid container format: \(format)")
  }
  if let error = failure(code) { throw error }
  return result
}

// MARK: - The module

private func encodeProperties(_ description: Value) throws(PyError) -> Owned {
  var chain = FilterChain()
  try chain.append(description)
  var size: UInt32 = 0
  if let error = failure(lzma_properties_size(&size, chain.filters)) { throw error }
  let memory = try allocateMemory(Int(size))
  defer { freeMemory(memory, size: Int(size)) }
  if let error = failure(lzma_properties_encode(chain.filters, memory.assumingMemoryBound(to: UInt8.self))) { throw error }
  return try Owned.bytes(UnsafeRawBufferPointer(start: memory, count: Int(size)))
}

private func decodeProperties(_ call: Call) throws(PyError) -> Owned {
  let number = try call[0].index()
  if Integer.isNegative(number.value) { throw .overflowError("can't convert negative int to unsigned") }
  guard let id = Integer.asUInt64(number.value) else { throw .overflowError("int too big to convert") }
  let view = try call[1].buffer(.simple)
  var filter = lzma_filter(id: id, options: nil)
  let code = lzma_properties_decode(&filter, nil, view.bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }, view.bytes.count)
  if let error = failure(code) { throw error }
  defer { releaseOptions(filter.options) }
  return try FilterChain.describe(filter)
}

let lzmaModule = ModuleDefinition("_lzma") { (m: ModuleBuilder) throws(PyError) in
  try lzmaError.set(try m.exception("LZMAError", "What liblzma could not do."))
  try m.defineType("LZMACompressor", defineCompressor)
  try m.defineType("LZMADecompressor") { t in
    t.documentation = """
      Decompresses in pieces.

        format
          what the stream is: FORMAT_AUTO for .xz and .lzma alike, FORMAT_XZ, FORMAT_ALONE or FORMAT_RAW
        memlimit
          how much memory the library may use, not with FORMAT_RAW
        filters
          for FORMAT_RAW: the chain that the stream was made with
      """
    t.textSignature = "(format=FORMAT_AUTO, memlimit=None, filters=None)"
    t.new("LZMADecompressor(format=0, memlimit=None, filters=None)", makeDecompressor)
    defineStreamDecompressor(
      t, size: Decompressor.size, deallocate: { raw in Decompressor(raw: raw).deallocate() },
      decompress: { (call) throws(PyError) in try Decompressor(call.receiver).decompress(call[0], try call.index(1)) })
    t.member("check", "The kind of checksum in the stream; CHECK_UNKNOWN before it is read.") { (value) throws(PyError) in
      try Owned.integer(Int(Decompressor(value).contents.pointee.decoder.check))
    }
  }
  try m.function("is_check_supported(check_id, /)", "Whether the library knows a kind of checksum.") { (call) throws(PyError) in
    .boolean(lzma_check_is_supported(lzma_check(rawValue: UInt32(bitPattern: try call.int32(0)))) != 0)
  }
  try m.function("_encode_filter_properties(filter, /)", "The options of a filter, given as a dict, as bytes.") { (call) throws(PyError) in
    try encodeProperties(call[0])
  }
  try m.function("_decode_filter_properties(filter_id, encoded_props, /)", "The dict of a filter whose options are given as bytes.") { (call) throws(PyError) in
    try decodeProperties(call)
  }
  let constants: [(StaticString, Int)] = [
    ("FORMAT_AUTO", 0), ("FORMAT_XZ", 1), ("FORMAT_ALONE", 2), ("FORMAT_RAW", 3), ("CHECK_NONE", 0), ("CHECK_CRC32", 1), ("CHECK_CRC64", 4),
    ("CHECK_SHA256", 10), ("CHECK_ID_MAX", 15), ("CHECK_UNKNOWN", 16), ("FILTER_LZMA1", 0x4000_0000_0000_0001), ("FILTER_LZMA2", 0x21),
    ("FILTER_DELTA", 3), ("FILTER_X86", 4), ("FILTER_POWERPC", 5), ("FILTER_IA64", 6), ("FILTER_ARM", 7), ("FILTER_ARMTHUMB", 8), ("FILTER_SPARC", 9),
    ("MF_HC3", 3), ("MF_HC4", 4), ("MF_BT2", 0x12), ("MF_BT3", 0x13), ("MF_BT4", 0x14), ("MODE_FAST", 1), ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", 6), ("PRESET_EXTREME", 1 << 31),
  ]
  for (name, value) in constants { try m.constant(name, value) }
}
