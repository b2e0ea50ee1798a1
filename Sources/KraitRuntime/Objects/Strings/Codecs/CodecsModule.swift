// The module `_codecs`: the registry, and the native codecs as functions.

import CKraitCore

public let codecsModule = ModuleDefinition("_codecs") { (m: ModuleBuilder) throws(PyError) in
  try defineRegistry(m)
  try defineEncoders(m)
  try defineDecoders(m)
}

private func defineRegistry(_ m: ModuleBuilder) throws(PyError) {
  try m.function("register(search_function, /)", "Adds a function that finds codecs by name.") { (call: Call) throws(PyError) -> Owned in
    try CodecRegistry.register(call[0])
    return .none
  }
  try m.function("unregister(search_function, /)", "Removes a search function and forgets the codecs found.") { (call: Call) throws(PyError) -> Owned in
    try CodecRegistry.unregister(call[0])
    return .none
  }
  try m.function("lookup(encoding, /)", "The codec with a name.") { (call: Call) throws(PyError) -> Owned in try CodecRegistry.lookUp(try call.string(0)) }
  try m.function("encode(obj, encoding='utf-8', errors='strict')", "Encodes an object by a codec.") { (call: Call) throws(PyError) -> Owned in
    try CodecRegistry.encodeAny(call[0], try call.string(1), try call.string(2))
  }
  try m.function("decode(obj, encoding='utf-8', errors='strict')", "Decodes an object by a codec.") { (call: Call) throws(PyError) -> Owned in
    try CodecRegistry.decodeAny(call[0], try call.string(1), try call.string(2))
  }
  try m.function("register_error(errors, handler, /)", "Gives a name to an error handler.") { (call: Call) throws(PyError) -> Owned in
    try CodecRegistry.registerErrorHandler(try call.string(0), call[1])
    return .none
  }
  try m.function("_unregister_error(errors, /)", "Removes an error handler that a program registered.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try CodecRegistry.unregisterErrorHandler(try call.string(0)))
  }
  try m.function("lookup_error(name, /)", "The error handler with a name.") { (call: Call) throws(PyError) -> Owned in
    try CodecRegistry.errorHandler(try call.string(0))
  }
}

/// An encoder's answer: the bytes and how many characters went in.
private func encoded(_ call: Call, _ codec: NativeCodec) throws(PyError) -> Owned {
  let text = Owned.exactString(try call.string(0))
  let bytes = try encode(StringObject(text.value), codec, ErrorHandling(try call.optionalString(1)))
  let count = try Owned.integer(StringObject(text.value).length)
  return try Owned.tuple(bytes.value, count.value)
}

private func defineEncoders(_ m: ModuleBuilder) throws(PyError) {
  try m.function("utf_8_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .utf8) }
  try m.function("utf_7_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in
    let text = Owned.exactString(try call.string(0))
    let bytes = try encodeUTF7(StringObject(text.value))
    let count = try Owned.integer(StringObject(text.value).length)
    return try Owned.tuple(sharing: bytes, count)
  }
  try m.function("ascii_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .ascii) }
  try m.function("latin_1_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .latin1) }
  try m.function("utf_16_le_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .utf16Little) }
  try m.function("utf_16_be_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .utf16Big) }
  try m.function("utf_32_le_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .utf32Little) }
  try m.function("utf_32_be_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .utf32Big) }
  try m.function("unicode_escape_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .unicodeEscape) }
  try m.function("raw_unicode_escape_encode(str, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try encoded(call, .rawUnicodeEscape) }
  try m.function("utf_16_encode(str, errors=None, byteorder=0, /)") { (call: Call) throws(PyError) -> Owned in
    let order = try call.int32(2)
    return try encoded(call, order == 0 ? .utf16 : order < 0 ? .utf16Little : .utf16Big)
  }
  try m.function("utf_32_encode(str, errors=None, byteorder=0, /)") { (call: Call) throws(PyError) -> Owned in
    let order = try call.int32(2)
    return try encoded(call, order == 0 ? .utf32 : order < 0 ? .utf32Little : .utf32Big)
  }
  try m.function("charmap_encode(str, errors=None, mapping=None, /)") { (call: Call) throws(PyError) -> Owned in
    if call[2].isNone { return try encoded(call, .latin1) }
    let text = Owned.exactString(try call.string(0))
    let bytes = try encodeCharacterMap(StringObject(text.value), call[2], ErrorHandling(try call.optionalString(1)))
    let count = try Owned.integer(StringObject(text.value).length)
    return try Owned.tuple(bytes.value, count.value)
  }
  try m.function("charmap_build(map, /)", "The encoding mapping of a decoding table.") { (call: Call) throws(PyError) -> Owned in
    try buildCharacterMap(StringObject(try call.string(0)))
  }
  try m.function("readbuffer_encode(data, errors=None, /)") { (call: Call) throws(PyError) -> Owned in
    let bytes = call[0].isString ? try encode(call[0], encoding: .absent, errors: .absent) : try contiguousBytes(call[0])
    let count = try Owned.integer(BytesObject(bytes.value).count)
    return try Owned.tuple(bytes.value, count.value)
  }
  try m.function("escape_encode(data, errors=None, /)") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isBytes else { throw call.wrongType(0, "bytes") }
    let source = BytesObject(call[0])
    var output = try ByteBuilder(capacity: source.count)
    for byte in source.buffer {
      switch byte {
      case 0x09: try output.append("\\t")
      case 0x0A: try output.append("\\n")
      case 0x0D: try output.append("\\r")
      case 0x27, 0x5C:
        try output.append(0x5C)
        try output.append(byte)
      case 0x20...0x7E: try output.append(byte)
      default:
        try output.append("\\x")
        try output.append(hexadecimal: UInt32(byte), digits: 2)
      }
    }
    let bytes = try output.finish()
    let count = try Owned.integer(source.count)
    return try Owned.tuple(bytes.value, count.value)
  }
}

/// A decoder's answer: the text and how many bytes were used.
private func decoded(
  _ call: Call, final: Int?, takesText: Bool = false, _ run: (inout Decoder, Bool) throws(PyError) -> Int
) throws(PyError) -> Owned {
  let errors = ErrorHandling(try call.optionalString(1))
  let isFinal = try final.map { (index) throws(PyError) -> Bool in try call.bool(index) } ?? true
  // The escapes' decoders take text too, as the UTF-8 that it is.
  let source = takesText && call[0].isString ? try encode(call[0], encoding: .absent, errors: .absent) : Owned(copying: call[0])
  let view = try source.value.buffer(.simple)
  var decoder = Decoder(view.bytes, errors, source.value)
  let used = try run(&decoder, isFinal)
  let text = try decoder.output.finish()
  // An error handler may have gone on with other data: what was given is used up all the same.
  let count = try Owned.integer(isFinal ? view.bytes.count : used)
  return try Owned.tuple(text.value, count.value)
}

private func defineDecoders(_ m: ModuleBuilder) throws(PyError) {
  try m.function("utf_7_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in try decoder.decodeUTF7(isFinal: isFinal) }
  }
  try m.function("escape_decode(data, errors=None, /)") { (call: Call) throws(PyError) -> Owned in
    let errors = try call.optionalString(1)
    let source = call[0].isString ? try encode(call[0], encoding: .absent, errors: .absent) : Owned(copying: call[0])
    let view = try source.value.buffer(.simple)
    let bytes = try decodeByteEscapes(view.bytes, errors)
    let count = try Owned.integer(view.bytes.count)
    return try Owned.tuple(sharing: bytes, count)
  }
  try m.function("utf_8_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in try decoder.decodeUTF8(isFinal: isFinal) }
  }
  try m.function("utf_16_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in
      var order: Bool? = nil
      return try decoder.decodeUTF16(&order, isFinal: isFinal)
    }
  }
  try m.function("utf_16_le_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in
      var order: Bool? = false
      return try decoder.decodeUTF16(&order, isFinal: isFinal)
    }
  }
  try m.function("utf_16_be_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in
      var order: Bool? = true
      return try decoder.decodeUTF16(&order, isFinal: isFinal)
    }
  }
  try m.function("utf_32_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in
      var order: Bool? = nil
      return try decoder.decodeUTF32(&order, isFinal: isFinal)
    }
  }
  try m.function("utf_32_le_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in
      var order: Bool? = false
      return try decoder.decodeUTF32(&order, isFinal: isFinal)
    }
  }
  try m.function("utf_32_be_decode(data, errors=None, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2) { (decoder, isFinal) throws(PyError) in
      var order: Bool? = true
      return try decoder.decodeUTF32(&order, isFinal: isFinal)
    }
  }
  try m.function("utf_16_ex_decode(data, errors=None, byteorder=0, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decodedWithOrder(call) { (decoder, order, isFinal) throws(PyError) in try decoder.decodeUTF16(&order, isFinal: isFinal) }
  }
  try m.function("utf_32_ex_decode(data, errors=None, byteorder=0, final=False, /)") { (call: Call) throws(PyError) -> Owned in
    try decodedWithOrder(call) { (decoder, order, isFinal) throws(PyError) in try decoder.decodeUTF32(&order, isFinal: isFinal) }
  }
  try m.function("ascii_decode(data, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try decodedWhole(call, .ascii) }
  try m.function("latin_1_decode(data, errors=None, /)") { (call: Call) throws(PyError) -> Owned in try decodedWhole(call, .latin1) }
  try m.function("unicode_escape_decode(data, errors=None, final=True, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2, takesText: true) { (decoder, isFinal) throws(PyError) in try decoder.decodeUnicodeEscape(isFinal: isFinal) }
  }
  try m.function("raw_unicode_escape_decode(data, errors=None, final=True, /)") { (call: Call) throws(PyError) -> Owned in
    try decoded(call, final: 2, takesText: true) { (decoder, isFinal) throws(PyError) in try decoder.decodeRawUnicodeEscape(isFinal: isFinal) }
  }
  try m.function("charmap_decode(data, errors=None, mapping=None, /)") { (call: Call) throws(PyError) -> Owned in
    if call[2].isNone { return try decodedWhole(call, .latin1) }
    let errors = ErrorHandling(try call.optionalString(1))
    let view = try call[0].buffer(.simple)
    let text = try decodeCharacterMap(view.bytes, call[2], errors, object: call[0])
    let count = try Owned.integer(view.bytes.count)
    return try Owned.tuple(text.value, count.value)
  }
}

private func decodedWhole(_ call: Call, _ codec: NativeCodec) throws(PyError) -> Owned {
  let errors = ErrorHandling(try call.optionalString(1))
  let view = try call[0].buffer(.simple)
  let text = try decode(view.bytes, codec, errors, object: call[0])
  let count = try Owned.integer(view.bytes.count)
  return try Owned.tuple(text.value, count.value)
}

/// As ``decoded(_:final:_:)`` with the byte order, which is also part of the answer.
private func decodedWithOrder(_ call: Call, _ run: (inout Decoder, inout Bool?, Bool) throws(PyError) -> Int) throws(PyError) -> Owned {
  let errors = ErrorHandling(try call.optionalString(1))
  let given = try call.int32(2)
  let isFinal = try call.bool(3)
  let view = try call[0].buffer(.simple)
  var decoder = Decoder(view.bytes, errors, call[0])
  var order: Bool? = given == 0 ? nil : given > 0
  let used = try run(&decoder, &order, isFinal)
  let text = try decoder.output.finish()
  let count = try Owned.integer(isFinal ? view.bytes.count : used)
  let byteOrder = try Owned.integer(order == nil ? 0 : order == true ? 1 : -1)
  return try Owned.tuple(text.value, count.value, byteOrder.value)
}
