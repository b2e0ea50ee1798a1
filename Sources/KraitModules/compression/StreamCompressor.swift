// Compressors with compress() and flush(): `BZ2Compressor` and `LZMACompressor` differ in the encoder alone.

import KraitRuntime

/// What a compression library does for a compressor. It lies in the object's memory, where libraries may keep its address.
protocol StreamEncoder: BitwiseCopyable {
  /// Encodes until input or room is used up, or with `isLast` until the stream has ended. Input and room are at most 2^30 bytes.
  mutating func encode(
    _ input: UnsafeRawBufferPointer, _ room: UnsafeMutableBufferPointer<UInt8>, isLast: Bool
  ) throws(PyError) -> (used: Int, made: Int, isAtEnd: Bool)
  /// Gives up the library's memory.
  mutating func end()
}

/// A compressor's fields behind the header.
struct StreamCompressor<Encoder: StreamEncoder> {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Whether the encoder was made.
    var isOpen: Bool
    var isFlushed: Bool
    var encoder: Encoder
  }

  static var size: Int { MemoryLayout<Contents>.size }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// A new object, whose encoder `start` makes.
  static func make(_ type: TypeObject, _ start: (UnsafeMutablePointer<Encoder>) throws(PyError) -> Void) throws(PyError) -> Owned {
    let object = StreamCompressor(raw: try type.allocate())
    let result = Owned(taking: object.raw)
    try start(&object.contents.pointee.encoder)
    object.contents.pointee.isOpen = true
    return result
  }

  func deallocate() {
    if contents.pointee.isOpen { contents.pointee.encoder.end() }
    finishDeallocation(raw)
  }

  func compress(_ data: Value) throws(PyError) -> Owned {
    let view = try data.buffer(.simple)
    if contents.pointee.isFlushed { throw .valueError("Compressor has been flushed") }
    return try run(view.bytes, isLast: false)
  }

  func flush() throws(PyError) -> Owned {
    if contents.pointee.isFlushed { throw .valueError("Repeated call to flush()") }
    contents.pointee.isFlushed = true
    return try run(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
  }

  private func run(_ input: UnsafeRawBufferPointer, isLast: Bool) throws(PyError) -> Owned {
    var output = try OutputBuffer(capacity: 1 << 15)
    var used = 0
    while isLast || used < input.count {
      let room = try output.room()
      let piece = UnsafeRawBufferPointer(rebasing: input[used..<min(input.count, used &+ 1 << 30)])
      let step = try contents.pointee.encoder.encode(piece, room, isLast: isLast)
      used &+= step.used
      output.advance(step.made)
      if step.isAtEnd { break }
    }
    return try output.finish()
  }
}

/// What such types have, save for their constructors. The functions name the encoder, which closures of a generic function cannot: slots do not capture.
func defineStreamCompressor(
  _ t: TypeDefinition, size: Int, deallocate: @escaping (UnsafeMutableRawPointer) -> Void, compress: @escaping (Call) throws(PyError) -> Owned,
  flush: @escaping (Call) throws(PyError) -> Owned
) {
  t.basicSize = size
  t.slots.deallocate = DeallocateSlot(deallocate)
  t.method("compress(data, /)", "Takes in data and gives out what is ready of its compressed form, perhaps nothing.", compress)
  t.method("flush()", "Ends the stream and gives out the rest of it.", flush)
}
