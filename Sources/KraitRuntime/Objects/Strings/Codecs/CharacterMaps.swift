// Codecs by a table: what the modules of the package `encodings` are made of.

import CKraitCore

/// Decodes bytes by a mapping: a str with a character for each byte, or anything that gives an int, a str or None for an int.
func decodeCharacterMap(_ bytes: UnsafeRawBufferPointer, _ mapping: Value, _ errors: ErrorHandling, object: Value) throws(PyError) -> Owned {
  var decoder = Decoder(bytes, errors, object)
  let undefined: StaticString = "character maps to <undefined>"
  while decoder.position < decoder.count {
    let position = decoder.position
    let byte = decoder.byte(position)
    if mapping.isString {
      let table = StringObject(mapping)
      let point = Int(byte) < table.length ? table.codePoint(at: Int(byte)) : 0xFFFE
      if point == 0xFFFE {
        try decoder.reject(position, position &+ 1, "charmap", undefined)
      } else {
        try decoder.output.append(codePoint: point)
        decoder.position &+= 1
      }
      continue
    }
    let mapped = try lookUpCharacter(mapping, byte)
    if mapped.value.isAbsent || mapped.value.isNone || mapped.value.isSmallInteger && mapped.value.smallInteger == 0xFFFE {
      try decoder.reject(position, position &+ 1, "charmap", undefined)
    } else if mapped.value.isInteger {
      guard let number = Integer.asInt(mapped.value), number >= 0, number <= 0x10FFFF else {
        throw PyError.typeError("character mapping must be in range(0x110000)")
      }
      try decoder.output.append(codePoint: UInt32(number))
      decoder.position &+= 1
    } else if mapped.value.isString {
      let text = StringObject(mapped.value)
      if text.length == 1 && text.codePoint(at: 0) == 0xFFFE {
        try decoder.reject(position, position &+ 1, "charmap", undefined)
        continue
      }
      try decoder.output.append(mapped.value)
      decoder.position &+= 1
    } else {
      throw PyError.typeError("character mapping must return integer, None or str")
    }
  }
  return try decoder.output.finish()
}

/// What a mapping has for an int; absent when it has nothing.
private func lookUpCharacter(_ mapping: Value, _ point: UInt32) throws(PyError) -> Owned {
  do throws(PyError) { return try mapping.getItem(Value(smallInteger: Int(point))) } catch {
    guard PyError.matches(.lookupError) else { throw error }
    PyError.clear()
    return Owned(taking: .absent)
  }
}

/// Encodes by a mapping that gives an int below 256, bytes or None for a code point.
func encodeCharacterMap(_ text: StringObject, _ mapping: Value, _ errors: ErrorHandling) throws(PyError) -> Owned {
  let units = text.units
  let undefined: StaticString = "character maps to <undefined>"
  var output = try ByteBuilder(capacity: units.count)
  var index = 0
  while index < units.count {
    if try putCharacter(units[index], mapping, &output) {
      index &+= 1
      continue
    }
    var end = index &+ 1
    while end < units.count {
      var ignored = try ByteBuilder(capacity: 16)
      if try putCharacter(units[end], mapping, &ignored) { break }
      end &+= 1
    }
    let replacement = try errors.replaceUnencodable(text, index, end, "charmap", undefined)
    if replacement.value.value.isBytes {
      try output.append(BytesObject(replacement.value.value).buffer)
    } else {
      // What stands in is encoded like any other text.
      let put = StringObject(replacement.value.value)
      for place in 0..<put.length where try !putCharacter(put.codePoint(at: place), mapping, &output) {
        throw PyError.raise(try makeEncodeError("charmap", text.value, index, end, undefined))
      }
    }
    index = replacement.position
  }
  return try output.finish()
}

/// Whether the mapping has something for a code point, which is appended.
private func putCharacter(_ point: UInt32, _ mapping: Value, _ output: inout ByteBuilder) throws(PyError) -> Bool {
  let mapped = try lookUpCharacter(mapping, point)
  if mapped.value.isAbsent || mapped.value.isNone { return false }
  if mapped.value.isInteger {
    guard let byte = Integer.asInt(mapped.value).flatMap(UInt8.init(exactly:)) else { throw PyError.typeError("character mapping must be in range(256)") }
    try output.append(byte)
    return true
  }
  guard mapped.value.isBytes else { throw PyError.typeError("character mapping must return integer, bytes or None, not \(mapped.value.typeName)") }
  try output.append(BytesObject(mapped.value).buffer)
  return true
}

/// The mapping that undoes a decoding table: code points to bytes.
func buildCharacterMap(_ table: StringObject) throws(PyError) -> Owned {
  let result = try Owned.dict()
  let units = table.units
  for index in 0..<min(units.count, 256) where units[index] != 0xFFFE {
    try DictObject(result.value).set(Value(smallInteger: Int(units[index])), Value(smallInteger: index))
  }
  return result
}
