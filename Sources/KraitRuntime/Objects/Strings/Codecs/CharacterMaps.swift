// Codecs by a table: what the modules of the package `encodings` are made of.

import CKraitCore

/// Decodes bytes by a mapping: a str with a character for each byte, or anything that gives an int, a str or None for an int.
func decodeCharacterMap(_ bytes: UnsafeRawBufferPointer, _ mapping: Value, _ errors: ErrorHandling, object: Value) throws(PyError) -> Owned {
  var decoder = Decoder(bytes, errors, object)
  let undefined: StaticString = "character maps to <undefined>"
  while decoder.position < decoder.count {
    if mapping.isString {
      try decoder.takeCharacters(of: StringObject(mapping).units)
      let position = decoder.position
      if position < decoder.count { try decoder.reject(position, position &+ 1, "charmap", undefined) }
      continue
    }
    let position = decoder.position
    let byte = decoder.byte(position)
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

extension Decoder {
  /// Decodes by a table up to a byte that it has no character for.
  fileprivate mutating func takeCharacters(of table: CodeUnits) throws(PyError) {
    switch table.width {
    case 1: position = try output.append(TableSource(base: base, count: count, table: table.units(UInt8.self), tableCount: table.count), from: position)
    case 2: position = try output.append(TableSource(base: base, count: count, table: table.units(UInt16.self), tableCount: table.count), from: position)
    default: position = try output.append(TableSource(base: base, count: count, table: table.units(UInt32.self), tableCount: table.count), from: position)
    }
  }
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
  var handler = HandlerCall()
  var index = 0
  while index < units.count {
    if mapping.type == .encodingMap {
      index = try EncodingMap(mapping).encode(units, from: index, &output)
      if index == units.count { break }
    } else if try putCharacter(units[index], mapping, &output) {
      index &+= 1
      continue
    }
    var end = index &+ 1
    while end < units.count {
      if try hasCharacter(units[end], mapping) { break }
      end &+= 1
    }
    if case .replace = errors, mapping.type == .encodingMap, let mark = EncodingMap(mapping)[0x3F] {
      let target = try output.extend(end &- index)
      target.update(repeating: mark, count: end &- index)
      index = end
      continue
    }
    let replacement = try errors.replaceUnencodable(text, index, end, "charmap", undefined, &handler)
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
  if mapping.type == .encodingMap {
    guard let byte = EncodingMap(mapping)[point] else { return false }
    try output.append(byte)
    return true
  }
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

/// Whether the mapping has something for a code point.
private func hasCharacter(_ point: UInt32, _ mapping: Value) throws(PyError) -> Bool {
  if mapping.type == .encodingMap { return EncodingMap(mapping)[point] != nil }
  var ignored = try ByteBuilder(capacity: 16)
  return try putCharacter(point, mapping, &ignored)
}

/// The mapping that undoes a decoding table: an ``EncodingMap``, or where that cannot be a dict from code points to bytes.
func buildCharacterMap(_ table: StringObject) throws(PyError) -> Owned {
  if table.length == 0 { throw PyError.typeError("bad argument type for built-in operation") }
  let units = table.units[0..<min(table.length, 256)]
  if let map = try EncodingMap.make(units) { return map }
  let result = try Owned.dict()
  for index in 0..<units.count where units[index] != 0xFFFE {
    try DictObject(result.value).set(Value(smallInteger: Int(units[index])), Value(smallInteger: index))
  }
  return result
}
