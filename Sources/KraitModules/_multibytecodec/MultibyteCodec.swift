// Codec objects of East Asian encodings: whole texts, and what is done about characters that an encoding lacks and bytes that mean nothing.

import Glibc
import KraitRuntime

nonisolated(unsafe) var multibyteCodecType = ModuleType()

/// The codecs by name: made at the first `getcodec`, each for the life of the process.
enum EastAsianCodecs {
  nonisolated(unsafe) private static var known: [String: EastAsianCodec] = [:]
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_mutex_t> = {
    let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    return lock
  }()

  static func codec(_ name: StaticString) -> EastAsianCodec {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    let key = name.description
    if let codec = known[key] { return codec }
    let codec: EastAsianCodec
    switch key {
    case "gb18030": codec = EastAsianCodec(name, .gb18030, table: key)
    case "euc_kr": codec = EastAsianCodec(name, .eucKR, table: key)
    case "hz": codec = EastAsianCodec(name, .hz, table: "gb2312")
    case "iso2022_kr": codec = EastAsianCodec(name, .iso2022, table: "euc_kr", designations: [.ksx1001InG1])
    case "iso2022_jp": codec = EastAsianCodec(name, .iso2022, table: "euc_jp", designations: [.jisx0208, .romanJIS, .oldJISX0208])
    case "iso2022_jp_1": codec = EastAsianCodec(name, .iso2022, table: "euc_jp", designations: [.jisx0208, .jisx0212, .romanJIS, .oldJISX0208])
    case "iso2022_jp_2":
      codec = EastAsianCodec(
        name, .iso2022, table: "euc_jp", designations: [.jisx0208, .jisx0212, .ksx1001, .gb2312, .romanJIS, .oldJISX0208, .latin1, .greek])
    case "iso2022_jp_2004":
      codec = EastAsianCodec(name, .iso2022, table: "euc_jis_2004", designations: [.pairsOf2004, .jisx0208, .firstOf2004, .secondOf2004])
    case "iso2022_jp_3":
      codec = EastAsianCodec(name, .iso2022, table: "euc_jisx0213", designations: [.pairsOf2000, .jisx0208, .firstOf2000, .secondOf2000])
    case "iso2022_jp_ext":
      codec = EastAsianCodec(name, .iso2022, table: "euc_jp", designations: [.jisx0208, .jisx0212, .romanJIS, .kanaJIS, .oldJISX0208])
    default: codec = EastAsianCodec(name, .plain, table: key)
    }
    known[key] = codec
    return codec
  }
}

/// A `MultibyteCodec` object.
struct MultibyteCodecObject {
  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var codec: Unmanaged<EastAsianCodec>
  }

  static func codec(of value: Value) -> EastAsianCodec {
    value.object.assumingMemoryBound(to: Contents.self).pointee.codec.takeUnretainedValue()
  }

  static func make(_ codec: EastAsianCodec) throws(PyError) -> Owned {
    let raw = try multibyteCodecType.object.allocate()
    // The table of codecs keeps it.
    raw.assumingMemoryBound(to: Contents.self).pointee.codec = Unmanaged.passUnretained(codec)
    return Owned(taking: raw)
  }
}

/// What to do about errors.
enum MultibyteErrors {
  case strict, ignore, replace
  /// The name of a handler of the registry.
  case handler

  init(_ name: Value) {
    if name.isAbsent || name.isNone || StringObject(name).isEqual(to: "strict") {
      self = .strict
    } else if StringObject(name).isEqual(to: "ignore") {
      self = .ignore
    } else if StringObject(name).isEqual(to: "replace") {
      self = .replace
    } else {
      self = .handler
    }
  }
}

func unicodeError(
  _ type: TypeObject, _ codec: EastAsianCodec, _ object: Value, _ start: Int, _ end: Int, _ reason: StaticString
) throws(PyError) -> Owned {
  let name = try Owned.string(codec.name)
  let reason = try Owned.string(reason)
  let arguments = try Owned.tuple(count: 5)
  let tuple = TupleObject(arguments.value)
  tuple.initialize(0, name)
  tuple.initialize(1, Owned(copying: object))
  tuple.initialize(2, try Owned.integer(start))
  tuple.initialize(3, try Owned.integer(end))
  tuple.initialize(4, reason)
  return try type.value.call(tuple: arguments.value)
}

/// Asks a handler: what it puts in, and where to go on.
private func askHandler(
  _ errors: Value, _ exception: borrowing Owned, _ length: Int, allowsBytes: Bool
) throws(PyError) -> (text: Value, position: Int) {
  let module = try importModule("_codecs")
  let name = try Owned.string("lookup_error")
  let lookUp = try module.value.getAttribute(name.value)
  let handler = try lookUp.value.call(errors)
  let answer = try handler.value.call(exception.value)
  let message = allowsBytes ? "encoding error handler must return (str, int) tuple" : "decoding error handler must return (str, int) tuple"
  guard answer.value.isTuple, TupleObject(answer.value).count == 2 else { throw .typeError(message) }
  let (text, place) = (TupleObject(answer.value)[0], TupleObject(answer.value)[1])
  guard text.isString || allowsBytes && text.isBytes, place.isInteger else { throw .typeError(message) }
  guard let given = Integer.asInt(place) else { throw .indexError("cannot fit 'int' into an index-sized integer") }
  let position = given < 0 ? given &+ length : given
  if position < 0 || position > length { throw .indexError("position \(position) from error handler out of bounds") }
  return (Owned(copying: text).take(), position)
}

extension EastAsianCodec {
  // MARK: Encoding

  /// Encodes a text; the result is how many code points are done.
  ///
  /// - Parameters:
  ///   - isFinal: nothing follows, and the state goes back to the initial one.
  func encode(_ text: Value, _ errors: Value, _ state: inout CodecState, _ output: inout ByteBuilder, isFinal: Bool) throws(PyError) -> Int {
    let string = StringObject(text)
    let units = string.units
    let way = MultibyteErrors(errors)
    var position = 0
    while position < units.count {
      position = try encodeRun(units, position, &output)
      if position == units.count { break }
      let step = try encode(units, position, &state, &output, isFinal: isFinal)
      var length = 1
      var reason: StaticString = "illegal multibyte sequence"
      switch step {
      case .done(let count):
        position += count
        continue
      case .incomplete:
        if !isFinal { return position }
        length = units.count - position
        reason = "incomplete multibyte sequence"
      case .illegal: break
      }
      switch way {
      case .ignore: position += length
      case .replace:
        try encodeQuestionMark(&state, &output)
        position += length
      case .strict, .handler:
        let exception = try unicodeError(.unicodeEncodeError, self, string.value, position, position + length, reason)
        if case .strict = way { throw PyError.raise(exception) }
        let answer = try askHandler(errors, exception, units.count, allowsBytes: true)
        let replacement = Owned(taking: answer.text)
        if replacement.value.isBytes {
          try output.append(UnsafeRawBufferPointer(start: BytesObject(replacement.value).data, count: BytesObject(replacement.value).count))
        } else {
          // The replacement is encoded as any text, and must be encodable.
          let inner = StringObject(replacement.value).value
          _ = try encode(inner, .absent, &state, &output, isFinal: false)
        }
        position = answer.position
      }
    }
    if isFinal { try reset(&state, &output) }
    return position
  }

  private func encodeQuestionMark(_ state: inout CodecState, _ output: inout ByteBuilder) throws(PyError) {
    let mark = try Owned.string("?")
    _ = try encode(StringObject(mark.value).units, 0, &state, &output, isFinal: true)
  }

  // MARK: Decoding

  /// Decodes bytes; the result is how many of them are done.
  func decode(_ bytes: UnsafeRawBufferPointer, _ errors: Value, _ state: inout CodecState, _ output: inout StringBuilder, isFinal: Bool) throws(PyError) -> Int {
    let way = MultibyteErrors(errors)
    var position = 0
    while position < bytes.count {
      position = try decodeRun(bytes, position, &output)
      if position == bytes.count { break }
      var length = 1
      var reason: StaticString = "illegal multibyte sequence"
      switch decode(bytes, position, &state) {
      case .character(let code, let count):
        if code >= EastAsianTable.pair {
          let pair = EastAsianData.pairs[Int(code - EastAsianTable.pair)]
          try output.append(codePoint: pair.0)
          try output.append(codePoint: pair.1)
        } else {
          try output.append(codePoint: code)
        }
        position += count
        continue
      case .shift(let count):
        position += count
        continue
      case .incomplete:
        if !isFinal { return position }
        length = bytes.count - position
        reason = "incomplete multibyte sequence"
      case .illegal(let count): length = min(count, bytes.count - position)
      }
      switch way {
      case .ignore: position += length
      case .replace:
        try output.append(codePoint: 0xFFFD)
        position += length
      case .strict, .handler:
        let copy = try Owned.bytes(bytes)
        let exception = try unicodeError(.unicodeDecodeError, self, copy.value, position, position + length, reason)
        if case .strict = way { throw PyError.raise(exception) }
        let answer = try askHandler(errors, exception, bytes.count, allowsBytes: false)
        let replacement = Owned(taking: answer.text)
        try output.append(replacement.value)
        position = answer.position
      }
    }
    return position
  }
}

/// Text to encode: a str, or what str() makes of anything else.
func textToEncode(_ value: Value) throws(PyError) -> Owned {
  if value.isString { return Owned(copying: value) }
  return try value.str()
}

private func errorsArgument(_ call: Call, _ index: Int) throws(PyError) -> Value {
  let value = call[index]
  guard value.isNone || value.isString else { throw call.wrongType(index, "str or None") }
  return value
}

func defineMultibyteCodec(_ m: ModuleBuilder) throws(PyError) {
  multibyteCodecType = ModuleType(
    try m.defineType("MultibyteCodec", isPublic: false) { t in
      t.basicSize = MemoryLayout<MultibyteCodecObject.Contents>.size
      t.method("encode(input, errors=None)", "The bytes of a text, and how many characters they stand for.") { (call: Call) throws(PyError) -> Owned in
        let errors = try errorsArgument(call, 1)
        let text = try textToEncode(call[0])
        let codec = MultibyteCodecObject.codec(of: call.receiver)
        var state = codec.initialState
        var output = try ByteBuilder(capacity: StringObject(text.value).length * 2)
        _ = try codec.encode(text.value, errors, &state, &output, isFinal: true)
        let bytes = try output.finish()
        return try Owned.tuple(bytes.value, Value(smallInteger: StringObject(text.value).length))
      }
      t.method("decode(input, errors=None)", "The text of bytes, and how many bytes it was made of.") { (call: Call) throws(PyError) -> Owned in
        let errors = try errorsArgument(call, 1)
        let view = try call[0].buffer(.simple)
        let codec = MultibyteCodecObject.codec(of: call.receiver)
        var state = codec.initialState
        var output = try StringBuilder(capacity: view.bytes.count)
        _ = try codec.decode(view.bytes, errors, &state, &output, isFinal: true)
        let text = try output.finish()
        return try Owned.tuple(text.value, Value(smallInteger: view.bytes.count))
      }
    })
}
