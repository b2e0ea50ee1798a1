// Incremental encoders and decoders, readers and writers of streams: what the library's classes of East Asian encodings derive from.

import Glibc
import KraitRuntime

/// An instance of any of the four types.
private struct MultibyteStream {
  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var codec: Unmanaged<EastAsianCodec>
    /// A str, owned; absent for "strict".
    var errors: Value
    /// The stream of readers and writers, owned; absent for the others.
    var stream: Value
    /// Text that was not encoded yet, as the character behind decides how: a str, owned, or absent.
    var pendingText: Value
    /// Bytes that are no whole character yet.
    var pendingBytes: UInt64
    var pendingCount: Int
    var codecState: CodecState
  }
  static let pendingLimit = 8

  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var codec: EastAsianCodec { contents.pointee.codec.takeUnretainedValue() }

  static func make(_ type: Value, stream: Value, errors: Value, decodes: Bool = false) throws(PyError) -> Owned {
    let name = try Owned.string("codec")
    let codec = try type.getAttribute(name.value)
    guard multibyteCodecType.isType(of: codec.value) else { throw .typeError("codec is unexpected type") }
    let object = MultibyteStream(raw: try TypeObject(type).allocate())
    let found = MultibyteCodecObject.codec(of: codec.value)
    object.contents.pointee.codec = Unmanaged.passUnretained(found)
    object.contents.pointee.codecState = decodes ? found.initialDecoderState : found.initialState
    errors.retainIfPresent()
    object.contents.pointee.errors = errors
    stream.retainIfPresent()
    object.contents.pointee.stream = stream
    return Owned(taking: object.raw)
  }

  func free() {
    let old = contents.pointee
    contents.pointee.errors = .absent
    contents.pointee.stream = .absent
    contents.pointee.pendingText = .absent
    for value in [old.errors, old.stream, old.pendingText] { value.releaseIfPresent() }
  }

  // MARK: Encoding

  func encode(_ value: Value, isFinal: Bool) throws(PyError) -> Owned {
    let given = try textToEncode(value)
    let pending = Owned(copyingIfPresent: contents.pointee.pendingText)
    let text = pending.value.isAbsent ? given.copy() : try pending.value.add(given.value)
    let errors = Owned(copyingIfPresent: contents.pointee.errors)
    let units = StringObject(text.value)
    var output = try ByteBuilder(capacity: units.length * 2)
    let done = try codec.encode(text.value, errors.value, &contents.pointee.codecState, &output, isFinal: isFinal)
    let rest = units.length - done
    if rest > 2 { throw PyError.raise(try unicodeError(.unicodeEncodeError, codec, text.value, done, units.length, "pending buffer overflow")) }
    let new = rest > 0 ? try Owned.string(units.units[done..<units.length]) : Owned(taking: .absent)
    replacePending(new)
    return try output.finish()
  }

  func replacePending(_ text: consuming Owned) {
    let old = contents.pointee.pendingText
    contents.pointee.pendingText = text.take()
    old.releaseIfPresent()
  }

  // MARK: Decoding

  /// Decodes what is pending and more bytes; what is no whole character is pending afterwards.
  func decode(_ bytes: UnsafeRawBufferPointer, _ output: inout StringBuilder, isFinal: Bool) throws(PyError) {
    let count = contents.pointee.pendingCount
    let data = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count + bytes.count, 1), alignment: 8)
    defer { data.deallocate() }
    withUnsafeBytes(of: contents.pointee.pendingBytes) { data.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    if let base = bytes.baseAddress, bytes.count > 0 { memcpy(data.baseAddress.unsafelyUnwrapped + count, base, bytes.count) }
    let all = UnsafeRawBufferPointer(rebasing: data[..<(count + bytes.count)])
    let errors = Owned(copyingIfPresent: contents.pointee.errors)
    let done = try codec.decode(all, errors.value, &contents.pointee.codecState, &output, isFinal: isFinal)
    let rest = UnsafeRawBufferPointer(rebasing: all[done...])
    if rest.count > MultibyteStream.pendingLimit {
      let object = try Owned.bytes(all)
      throw PyError.raise(try unicodeError(.unicodeDecodeError, codec, object.value, 0, all.count, "pending buffer overflow"))
    }
    setPending(rest)
  }

  func setPending(_ bytes: UnsafeRawBufferPointer) {
    var word: UInt64 = 0
    withUnsafeMutableBytes(of: &word) { $0.copyMemory(from: bytes) }
    contents.pointee.pendingBytes = word
    contents.pointee.pendingCount = bytes.count
  }

  /// Reads from the stream and decodes, until there is a character or the end.
  func read(_ method: StaticString, _ size: Int) throws(PyError) -> Owned {
    if size == 0 { return try Owned.string("" as StaticString) }
    var hint = size
    let name = try Owned.string(method)
    var output = StringBuilder()
    while true {
      let function = try contents.pointee.stream.getAttribute(name.value)
      let data: Owned
      if hint < 0 {
        data = try function.value.call()
      } else {
        let number = try Owned.integer(hint)
        data = try function.value.call(number.value)
      }
      guard data.value.isBytes else { throw .typeError("stream function returned a non-bytes object (\(data.value.typeName))") }
      let count = BytesObject(data.value).count
      try decode(UnsafeRawBufferPointer(start: BytesObject(data.value).data, count: count), &output, isFinal: count == 0 || hint < 0)
      if hint < 0 || output.count > 0 || count == 0 { return try output.finish() }
      // A part of a character: one byte more at a time.
      hint = 1
    }
  }

  func write(_ text: Value) throws(PyError) {
    let bytes = try encode(text, isFinal: false)
    let stream = Owned(copying: contents.pointee.stream)
    _ = try stream.value.callMethod(Name.write, bytes.value)
  }

  func resetDecoder() {
    contents.pointee.codecState.bytes.4 &= ~1
    switch codec.kind {
    case .iso2022: contents.pointee.codecState.bytes.0 = Designation.ascii
    default: contents.pointee.codecState = CodecState()
    }
    contents.pointee.pendingCount = 0
  }
}

// MARK: - What the types have in common

private func defineCommonParts(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<MultibyteStream.Contents>.size
  t.flags.formUnion([.baseType])
  t.shapeFlags.formUnion([.tracked, .hasState])
  t.slots.deallocate = DeallocateSlot { raw in
    MultibyteStream(raw: raw).free()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in visit(MultibyteStream(raw: raw).contents.pointee.stream) }
  t.property("errors", "how to treat errors") { (object: Value) throws(PyError) -> Owned in
    let errors = MultibyteStream(object).contents.pointee.errors
    return errors.isAbsent ? try Owned.string("strict") : Owned(copying: errors)
  } set: { (object: Value, value: Value) throws(PyError) in
    if value.isAbsent { throw .attributeError("cannot delete attribute") }
    guard value.isString else { throw .typeError("errors must be a string") }
    let contents = MultibyteStream(object).contents
    let old = contents.pointee.errors
    value.retain()
    contents.pointee.errors = value
    old.releaseIfPresent()
  }
}

/// The arguments of a constructor that takes `errors`.
private func errorsOf(_ call: Call, _ index: Int) throws(PyError) -> Value {
  let value = call[index]
  if value.isNone || value.isAbsent { return .absent }
  guard value.isString else { throw call.wrongType(index, "str") }
  return value
}

/// An int of some bytes, the lowest first.
private func number(_ bytes: [UInt8]) throws(PyError) -> Owned {
  var result = try Owned.integer(0)
  for byte in bytes.reversed() {
    let shifted = try Integer.shiftLeft(result.value, Value(smallInteger: 8))
    result = try Integer.or(shifted.value, Value(smallInteger: Int(byte)))
  }
  return result
}

private func bytes(_ number: Value, _ count: Int) throws(PyError) -> [UInt8] {
  if Integer.isNegative(number) { throw .overflowError("can't convert negative int to unsigned") }
  if Integer.bitLength(number) > count * 8 { throw .overflowError("int too big to convert") }
  var rest = try Integer.exact(number)
  var result: [UInt8] = []
  for _ in 0..<count {
    result.append(UInt8(truncatingIfNeeded: Integer.truncatedBits(rest.value)))
    rest = try Integer.shiftRight(rest.value, Value(smallInteger: 8))
  }
  return result
}

private func stateBytes(_ state: CodecState) -> [UInt8] { withUnsafeBytes(of: state.bytes) { Array($0) } }

private func codecState(_ bytes: ArraySlice<UInt8>) -> CodecState {
  var word: UInt64 = 0
  for (place, byte) in bytes.prefix(8).enumerated() { word |= UInt64(byte) << UInt64(8 * place) }
  var state = CodecState()
  state.word = word
  return state
}

// MARK: - Encoder

private func defineEncoder(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("MultibyteIncrementalEncoder") { t in
    defineCommonParts(t)
    t.new("MultibyteIncrementalEncoder(errors='strict')") { (call: Call) throws(PyError) -> Owned in
      try MultibyteStream.make(call.receiver, stream: .absent, errors: try errorsOf(call, 0))
    }
    t.rawInitialize("MultibyteIncrementalEncoder") { (_: Value, _: Arguments) throws(PyError) in }
    t.method("encode(input, final=False)", "The bytes of more text.") { (call: Call) throws(PyError) -> Owned in
      let isFinal = try call.bool(1)
      return try MultibyteStream(call.receiver).encode(call[0], isFinal: isFinal)
    }
    t.method("getstate()", "What setstate() needs to go on from here: an int.") { (call: Call) throws(PyError) -> Owned in
      let contents = MultibyteStream(call.receiver).contents
      var pending: [UInt8] = []
      if !contents.pointee.pendingText.isAbsent {
        StringObject(contents.pointee.pendingText).withUTF8 { pending = Array($0) }
      }
      if pending.count > MultibyteStream.pendingLimit { throw PyError.raise(.unicodeError, "pending buffer too large") }
      return try number([UInt8(pending.count)] + pending + stateBytes(contents.pointee.codecState))
    }
    t.method("setstate(state, /)", "Go back to a state of getstate().") { (call: Call) throws(PyError) -> Owned in
      guard call[0].isInteger else { throw call.wrongType(0, "int") }
      let all = try bytes(call[0], 1 + 2 * MultibyteStream.pendingLimit)
      let count = Int(all[0])
      if count > MultibyteStream.pendingLimit { throw PyError.raise(.unicodeError, "pending buffer too large") }
      var pending = Owned(taking: .absent)
      if count > 0 {
        var utf8 = try ByteBuilder(capacity: count)
        for byte in all[1...count] { try utf8.append(byte) }
        let data = try utf8.finish()
        let name = try Owned.string("decode")
        pending = try data.value.callMethod(name.value)
      }
      let stream = MultibyteStream(call.receiver)
      stream.replacePending(pending)
      stream.contents.pointee.codecState = codecState(all[(1 + count)...])
      return .none
    }
    t.method("reset()", "Forget what is pending, and go back to the initial state.") { (call: Call) throws(PyError) -> Owned in
      let stream = MultibyteStream(call.receiver)
      var output = try ByteBuilder(capacity: 8)
      try stream.codec.reset(&stream.contents.pointee.codecState, &output)
      stream.replacePending(Owned(taking: .absent))
      return .none
    }
  }
}

// MARK: - Decoder

private func defineDecoder(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("MultibyteIncrementalDecoder") { t in
    defineCommonParts(t)
    t.new("MultibyteIncrementalDecoder(errors='strict')") { (call: Call) throws(PyError) -> Owned in
      try MultibyteStream.make(call.receiver, stream: .absent, errors: try errorsOf(call, 0), decodes: true)
    }
    t.rawInitialize("MultibyteIncrementalDecoder") { (_: Value, _: Arguments) throws(PyError) in }
    t.method("decode(input, final=False)", "The text of more bytes.") { (call: Call) throws(PyError) -> Owned in
      let view = try call[0].buffer(.simple)
      let isFinal = try call.bool(1)
      var output = try StringBuilder(capacity: view.bytes.count)
      try MultibyteStream(call.receiver).decode(view.bytes, &output, isFinal: isFinal)
      return try output.finish()
    }
    t.method("getstate()", "What setstate() needs to go on from here: bytes and an int.") { (call: Call) throws(PyError) -> Owned in
      let contents = MultibyteStream(call.receiver).contents
      let pending = Owned(
        taking: try withUnsafeBytes(of: contents.pointee.pendingBytes) { (bytes: UnsafeRawBufferPointer) throws(PyError) -> Value in
          try Owned.bytes(UnsafeRawBufferPointer(rebasing: bytes[..<contents.pointee.pendingCount])).take()
        })
      let state = try Owned.integer(contents.pointee.codecState.word)
      return try Owned.tuple(pending.value, state.value)
    }
    t.method("setstate(state, /)", "Go back to a state of getstate().") { (call: Call) throws(PyError) -> Owned in
      guard call[0].isTuple else { throw call.wrongType(0, "tuple") }
      let tuple = TupleObject(call[0])
      guard tuple.count == 2, tuple[0].isBytes, tuple[1].isInteger else { throw .typeError("setstate(): illegal state argument") }
      let pending = BytesObject(tuple[0])
      let stream = MultibyteStream(call.receiver)
      if pending.count > MultibyteStream.pendingLimit {
        let name = try Owned.string(stream.codec.name)
        let reason = try Owned.string("pending buffer too large")
        let arguments = try Owned.tuple(count: 5)
        TupleObject(arguments.value).initialize(0, name)
        TupleObject(arguments.value).initialize(1, Owned(copying: tuple[0]))
        TupleObject(arguments.value).initialize(2, try Owned.integer(0))
        TupleObject(arguments.value).initialize(3, try Owned.integer(pending.count))
        TupleObject(arguments.value).initialize(4, reason)
        let exception = try TypeObject.unicodeDecodeError.value.call(tuple: arguments.value)
        throw PyError.raise(exception)
      }
      let all = try bytes(tuple[1], 8)
      stream.setPending(UnsafeRawBufferPointer(start: pending.data, count: pending.count))
      stream.contents.pointee.codecState = codecState(all[...])
      return .none
    }
    t.method("reset()", "Forget what is pending, and go back to the initial state.") { (call: Call) throws(PyError) -> Owned in
      MultibyteStream(call.receiver).resetDecoder()
      return .none
    }
  }
}

// MARK: - Streams

/// How much to read: an int, or None for all.
private func size(_ value: Value) throws(PyError) -> Int {
  if value.isNone || value.isAbsent { return -1 }
  guard value.isInteger else { throw .typeError("arg 1 must be an integer") }
  return try value.cSize()
}

private func defineReader(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("MultibyteStreamReader") { t in
    defineCommonParts(t)
    t.new("MultibyteStreamReader(stream, errors='strict')") { (call: Call) throws(PyError) -> Owned in
      try MultibyteStream.make(call.receiver, stream: call[0], errors: try errorsOf(call, 1), decodes: true)
    }
    t.rawInitialize("MultibyteStreamReader") { (_: Value, _: Arguments) throws(PyError) in }
    t.member("stream", offset: MemoryLayout<MultibyteStream.Contents>.offset(of: \.stream).unsafelyUnwrapped)
    t.method("read(sizeobj=None, /)", "Read and decode: all, or about so many bytes.") { (call: Call) throws(PyError) -> Owned in
      try MultibyteStream(call.receiver).read("read", try size(call[0]))
    }
    t.method("readline(sizeobj=None, /)", "Read and decode a line.") { (call: Call) throws(PyError) -> Owned in
      try MultibyteStream(call.receiver).read("readline", try size(call[0]))
    }
    t.method("readlines(sizehintobj=None, /)", "Read and decode lines: a list.") { (call: Call) throws(PyError) -> Owned in
      let text = try MultibyteStream(call.receiver).read("read", try size(call[0]))
      let name = try Owned.string("splitlines")
      return try text.value.callMethod(name.value, Value.true)
    }
    t.method("reset()", "Forget what is pending, and go back to the initial state.") { (call: Call) throws(PyError) -> Owned in
      MultibyteStream(call.receiver).resetDecoder()
      return .none
    }
  }
}

private func defineWriter(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("MultibyteStreamWriter") { t in
    defineCommonParts(t)
    t.new("MultibyteStreamWriter(stream, errors='strict')") { (call: Call) throws(PyError) -> Owned in
      try MultibyteStream.make(call.receiver, stream: call[0], errors: try errorsOf(call, 1))
    }
    t.rawInitialize("MultibyteStreamWriter") { (_: Value, _: Arguments) throws(PyError) in }
    t.member("stream", offset: MemoryLayout<MultibyteStream.Contents>.offset(of: \.stream).unsafelyUnwrapped)
    t.method("write(strobj, /)", "Encode and write a text.") { (call: Call) throws(PyError) -> Owned in
      try MultibyteStream(call.receiver).write(call[0])
      return .none
    }
    t.method("writelines(lines, /)", "Encode and write the texts of a sequence.") { (call: Call) throws(PyError) -> Owned in
      let count = try call[0].length()
      for index in 0..<count {
        let line = try call[0].getItem(Value(smallInteger: index))
        try MultibyteStream(call.receiver).write(line.value)
      }
      return .none
    }
    t.method("reset()", "Write what is pending, and go back to the initial state.") { (call: Call) throws(PyError) -> Owned in
      let stream = MultibyteStream(call.receiver)
      if stream.contents.pointee.pendingText.isAbsent { return .none }
      let empty = try Owned.string("" as StaticString)
      let bytes = try stream.encode(empty.value, isFinal: true)
      if BytesObject(bytes.value).count > 0 {
        let target = Owned(copying: stream.contents.pointee.stream)
        _ = try target.value.callMethod(Name.write, bytes.value)
      }
      return .none
    }
  }
}

func defineMultibyteStreams(_ m: ModuleBuilder) throws(PyError) {
  try defineEncoder(m)
  try defineDecoder(m)
  try defineReader(m)
  try defineWriter(m)
}
