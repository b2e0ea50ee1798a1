// Decompressors that keep the input which they could not use yet: `_ZlibDecompressor`, `BZ2Decompressor`, `LZMADecompressor` differ in the decoder alone.

import Glibc
import KraitRuntime

/// What a compression library does for a decompressor. It lies in the object's memory, where libraries may keep its address.
protocol StreamDecoder: BitwiseCopyable {
  /// Decodes until input or room is used up, or the stream ends. Input and room are at most 2^30 bytes.
  mutating func decode(_ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool)
  /// Gives up the library's memory.
  mutating func end()
  /// Whether output may wait inside the decoder when input and room were used up together.
  static var holdsOutput: Bool { get }
  /// Whether the decoder must not be used again after an error.
  static var failsForGood: Bool { get }
  /// The error's text when more is asked for at the end.
  static var endMessage: String { get }
}

/// A decompressor's fields behind the header.
struct StreamDecompressor<Decoder: StreamDecoder> {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned; bytes that follow the stream.
    var unusedData: Value
    /// Input of earlier calls that waits: `pendingCount` bytes from `pendingStart` on.
    var pending: UnsafeMutableRawPointer?
    var pendingCapacity: Int
    var pendingStart: Int
    var pendingCount: Int
    var isAtEnd: Bool
    var needsInput: Bool
    /// Whether the decoder was made and not given up.
    var isOpen: Bool
    var isBusy: Bool
    var hasFailed: Bool
    var decoder: Decoder
  }

  static var size: Int { MemoryLayout<Contents>.size }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// A new object without a decoder.
  static func make(_ type: TypeObject) throws(PyError) -> StreamDecompressor {
    let object = StreamDecompressor(raw: try type.allocate())
    object.contents.pointee.unusedData = Owned.emptyBytes.take()
    object.contents.pointee.needsInput = true
    return object
  }

  func decompress(_ data: Value, _ limit: Int) throws(PyError) -> Owned {
    let contents = self.contents
    let view = try data.buffer(.simple)
    if contents.pointee.isAtEnd { throw PyError.raise(.eofError, Decoder.endMessage) }
    if contents.pointee.isBusy { throw .runtimeError("the decompressor is in use by another thread") }
    if contents.pointee.hasFailed { throw .valueError("Decompressor is unusable after a previous error") }
    contents.pointee.isBusy = true
    defer { contents.pointee.isBusy = false }
    var input = view.bytes
    let hadPending = contents.pointee.pendingCount > 0
    if hadPending {
      try keep(input)
      input = UnsafeRawBufferPointer(start: contents.pointee.pending.map { $0 + contents.pointee.pendingStart }, count: contents.pointee.pendingCount)
    }
    let (result, used, isFull) = try run(input, limit)
    let rest = UnsafeRawBufferPointer(rebasing: input[used...])
    if contents.pointee.isAtEnd {
      contents.pointee.needsInput = false
      if rest.count > 0 {
        let unused = try Owned.bytes(rest)
        let old = contents.pointee.unusedData
        contents.pointee.unusedData = unused.take()
        old.releaseIfPresent()
      }
      drop()
    } else if rest.count == 0 {
      contents.pointee.pendingCount = 0
      contents.pointee.needsInput = !(Decoder.holdsOutput && isFull)
    } else {
      contents.pointee.needsInput = false
      if hadPending {
        contents.pointee.pendingStart += used
        contents.pointee.pendingCount -= used
      } else {
        try keep(rest)
      }
    }
    return Owned(taking: result)
  }

  /// The output (owned), how much input was used, whether the output's limit was reached.
  private func run(_ input: UnsafeRawBufferPointer, _ limit: Int) throws(PyError) -> (Value, Int, Bool) {
    var output = try OutputBuffer(capacity: max(1 << 15, min(input.count &* 4, 1 << 26)), limit: limit)
    var used = 0
    do throws(PyError) {
      while true {
        let room = try output.room()
        let piece = UnsafeRawBufferPointer(rebasing: input[used..<min(input.count, used &+ 1 << 30)])
        let step = try contents.pointee.decoder.decode(piece, room)
        used &+= step.used
        output.advance(step.made)
        if step.isAtEnd {
          contents.pointee.isAtEnd = true
          break
        }
        if output.isFull { break }
        if step.made < room.count && used == input.count { break }
        // A decoder that neither reads nor writes would do so for ever.
        if step.made == 0 && step.used == 0 { break }
      }
    } catch {
      contents.pointee.pendingCount = 0
      contents.pointee.hasFailed = Decoder.failsForGood
      if Decoder.failsForGood { contents.pointee.needsInput = false }
      throw error
    }
    let isFull = output.isFull
    return (try output.finish().take(), used, isFull)
  }

  /// Puts input behind that which waits.
  private func keep(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    let contents = self.contents
    let total = contents.pointee.pendingCount + bytes.count
    if contents.pointee.pendingStart + total > contents.pointee.pendingCapacity {
      if total > contents.pointee.pendingCapacity {
        guard let larger = malloc(max(total, contents.pointee.pendingCapacity * 2)) else { throw .memoryError() }
        if let old = contents.pointee.pending {
          memcpy(larger, old + contents.pointee.pendingStart, contents.pointee.pendingCount)
          free(old)
        }
        contents.pointee.pending = larger
        contents.pointee.pendingCapacity = max(total, contents.pointee.pendingCapacity * 2)
      } else if let memory = contents.pointee.pending {
        memmove(memory, memory + contents.pointee.pendingStart, contents.pointee.pendingCount)
      }
      contents.pointee.pendingStart = 0
    }
    if let memory = contents.pointee.pending, let base = bytes.baseAddress, bytes.count > 0 {
      memcpy(memory + contents.pointee.pendingStart + contents.pointee.pendingCount, base, bytes.count)
    }
    contents.pointee.pendingCount = total
  }

  /// Gives up the input that waits.
  private func drop() {
    free(contents.pointee.pending)
    contents.pointee.pending = nil
    contents.pointee.pendingCapacity = 0
    contents.pointee.pendingStart = 0
    contents.pointee.pendingCount = 0
  }

  func deallocate() {
    if contents.pointee.isOpen { contents.pointee.decoder.end() }
    free(contents.pointee.pending)
    contents.pointee.unusedData.releaseIfPresent()
    finishDeallocation(raw)
  }
}

/// Stands for any decoder where only the fields before it are read: they lie at the same places whatever the decoder is.
private struct AnyDecoder: StreamDecoder {
  var word: UInt64
  static var holdsOutput: Bool { false }
  static var failsForGood: Bool { false }
  static var endMessage: String { "" }
  mutating func decode(_ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool) { (0, 0, true) }
  mutating func end() {}
}

/// What the types have in common. The functions are the modules' own, as a slot's function knows its types.
func defineStreamDecompressor(
  _ t: TypeDefinition, size: Int, deallocate: @escaping (UnsafeMutableRawPointer) -> Void, decompress: @escaping (Call) throws(PyError) -> Owned
) {
  t.basicSize = size
  t.slots.deallocate = DeallocateSlot(deallocate)
  t.method(
    "decompress(data, max_length=-1)", "Takes in data and gives out what it stands for, no more than max_length bytes unless that is negative.", decompress)
  t.member("eof", "Whether the stream's end was reached.") { (value) throws(PyError) in
    .boolean(StreamDecompressor<AnyDecoder>(value).contents.pointee.isAtEnd)
  }
  t.member("unused_data", "What follows the end of the stream.") { (value) throws(PyError) in
    Owned(copying: StreamDecompressor<AnyDecoder>(value).contents.pointee.unusedData)
  }
  t.member("needs_input", "Whether more can only be had from more input.") { (value) throws(PyError) in
    .boolean(StreamDecompressor<AnyDecoder>(value).contents.pointee.needsInput)
  }
}
