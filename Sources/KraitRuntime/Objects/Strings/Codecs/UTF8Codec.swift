// UTF-8, ASCII and Latin-1.

import CKraitCore
import Glibc

/// Encodes with errors handled: the part before an error is written by the codec, then comes what the handler gives.
func encodeUTF8(_ text: StringObject, _ errors: ErrorHandling) throws(PyError) -> Owned {
  if text.isASCII { return try Owned.bytes(UnsafeRawBufferPointer(start: text.data, count: text.length)) }
  let units = text.units
  if text.width == 1 { return try encodeLatin1AsUTF8(units.base, units.count) }
  var output = try ByteBuilder(capacity: units.count &* (text.width == 4 ? 4 : 3) &+ 4)
  var handler = HandlerCall()
  var index = 0
  while true {
    switch text.width {
    case 2: index = try output.append(utf8: units.units(UInt16.self), index, units.count)
    default: index = try output.append(utf8: units.units(UInt32.self), index, units.count)
    }
    if index == units.count { return try output.finish() }
    var end = index &+ 1
    while end < units.count && units[end] & 0xFFFF_F800 == 0xD800 { end &+= 1 }
    if let position = try errors.replace(units, index, end, in: &output) {
      index = position
      continue
    }
    let replacement = try errors.replaceUnencodable(text, index, end, "utf-8", "surrogates not allowed", &handler)
    if replacement.value.value.isBytes {
      try output.append(BytesObject(replacement.value.value).buffer)
    } else {
      let put = StringObject(replacement.value.value)
      guard put.isASCII else { throw PyError.raise(try makeEncodeError("utf-8", text.value, index, end, "surrogates not allowed")) }
      try output.append(UnsafeRawBufferPointer(start: put.data, count: put.length))
    }
    index = replacement.position
  }
}

/// UTF-8 of Latin-1, of which every character can be encoded: the length is known beforehand, and what stands where does not wait for the character before.
private func encodeLatin1AsUTF8(_ source: UnsafeRawPointer, _ count: Int) throws(PyError) -> Owned {
  var (length, index) = (count, 0)
  while index &+ 8 <= count {
    // What is added up in each byte is at most one; the product has the sum in its highest.
    length &+= Int(truncatingIfNeeded: ((source.loadUnaligned(fromByteOffset: index, as: UInt64.self) &>> 7 & 0x0101_0101_0101_0101) &* 0x0101_0101_0101_0101) &>> 56)
    index &+= 8
  }
  while index < count {
    length &+= Int(source.load(fromByteOffset: index, as: UInt8.self) &>> 7)
    index &+= 1
  }
  let result = try BytesObject.allocate(length)
  var target = result.data
  index = 0
  // Sixteen at once, and again behind each that takes two bytes: up to sixteen more bytes are read and written than count.
  while index &+ 32 <= count {
    let place = source + index
    let (low, high) = (place.loadUnaligned(as: UInt64.self), place.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    target.storeBytes(of: low, as: UInt64.self)
    target.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
    var wide = highBits(low) | highBits(high) &<< 8
    while wide != 0 {
      let offset = wide.trailingZeroBitCount
      wide &= wide &- 1
      let byte = UInt16(place.load(fromByteOffset: offset, as: UInt8.self))
      target.storeBytes(of: 0x80C0 | byte &>> 6 | (byte & 0x3F) &<< 8, toByteOffset: offset, as: UInt16.self)
      target += 1
      let rest = place.loadUnaligned(fromByteOffset: offset &+ 1, as: SIMD16<UInt8>.self)
      target.storeBytes(of: rest, toByteOffset: offset &+ 1, as: SIMD16<UInt8>.self)
    }
    target += 16
    index &+= 16
  }
  while index < count {
    target += encodeUTF8(UInt32(source.load(fromByteOffset: index, as: UInt8.self)), target.assumingMemoryBound(to: UInt8.self))
    index &+= 1
  }
  return Owned(taking: result.raw)
}

/// ASCII and Latin-1: code points below a limit are bytes.
func encodeSingleByte(_ text: StringObject, _ limit: UInt32, _ encoding: StaticString, _ reason: StaticString, _ errors: ErrorHandling) throws(PyError) -> Owned {
  if text.isASCII || text.width == 1 && limit == 0x100 { return try Owned.bytes(UnsafeRawBufferPointer(start: text.data, count: text.length)) }
  let units = text.units
  var output = try ByteBuilder(capacity: units.count)
  var handler = HandlerCall()
  var index = 0
  while true {
    switch text.width {
    case 1: index = try output.append(units.units(UInt8.self), index, units.count, below: limit)
    case 2: index = try output.append(units.units(UInt16.self), index, units.count, below: limit)
    default: index = try output.append(units.units(UInt32.self), index, units.count, below: limit)
    }
    if index == units.count { return try output.finish() }
    var end = index &+ 1
    while end < units.count && units[end] >= limit { end &+= 1 }
    if let position = try errors.replace(units, index, end, in: &output) {
      index = position
      continue
    }
    let replacement = try errors.replaceUnencodable(text, index, end, encoding, reason, &handler)
    if replacement.value.value.isBytes {
      try output.append(BytesObject(replacement.value.value).buffer)
    } else {
      let put = StringObject(replacement.value.value)
      guard put.isASCII || put.width == 1 && limit == 0x100 else { throw PyError.raise(try makeEncodeError(encoding, text.value, index, end, reason)) }
      try output.append(UnsafeRawBufferPointer(start: put.data, count: put.length))
    }
    index = replacement.position
  }
}

extension Decoder {
  mutating func decodeASCII() throws(PyError) -> Owned {
    if CodeUnits.isASCII(base, count) { return try Owned.string(latin1: UnsafeRawBufferPointer(start: base, count: count), ascii: true) }
    while true {
      position = try output.append(ASCIISource(base: base, count: count), from: position)
      if position == count { return try output.finish() }
      switch errors {
      case .ignore, .replace:
        let start = position
        while position < count && byte(position) >= 0x80 { position &+= 1 }
        if case .replace = errors { try output.append(codePoint: 0xFFFD, count: position &- start) }
      default: try reject(position, position &+ 1, "ascii", "ordinal not in range(128)")
      }
    }
  }

  mutating func decodeUTF8() throws(PyError) -> Owned {
    if CodeUnits.isASCII(base, count) { return try Owned.string(latin1: UnsafeRawBufferPointer(start: base, count: count), ascii: true) }
    if count <= 64, let short = try decodeShort() { return short }
    _ = try decodeUTF8(isFinal: true)
    return try output.finish()
  }

  /// The str of few bytes that are Latin-1, which most words are: without a builder. nil for others.
  private func decodeShort() throws(PyError) -> Owned? {
    var units = SIMD64<UInt8>()
    let source = UTF8Source(base: base, count: count)
    return try withUnsafeMutableBytes(of: &units) { (buffer) throws(PyError) -> Owned? in
      let target = buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
      var (place, length) = (0, 0)
      guard source.decode(from: &place, to: target, written: &length) == 0, place == count else { return nil }
      return try Owned.string(latin1: UnsafeRawBufferPointer(start: target, count: length), ascii: false)
    }
  }

  /// Bytes that begin no character. Where text of another encoding passes through, one comes after the other.
  private mutating func rejectStart() throws(PyError) {
    switch errors {
    case .surrogateEscape:
      while position < count, byte(position) >= 0x80, byte(position) < 0xC2 || byte(position) >= 0xF5 {
        try output.append(codePoint: 0xDC00 | byte(position))
        position &+= 1
      }
    case .replace:
      try output.append(codePoint: 0xFFFD)
      position &+= 1
    default: try reject(position, position &+ 1, "utf-8", "invalid start byte")
    }
  }

  /// The beginning of a character, of so many bytes, that is no character.
  @inline(__always)
  private mutating func rejectBeginning(_ length: Int, _ reason: StaticString) throws(PyError) {
    switch errors {
    case .surrogateEscape:
      let end = position &+ length
      while position < end {
        try output.append(codePoint: 0xDC00 | byte(position))
        position &+= 1
      }
    case .replace:
      try output.append(codePoint: 0xFFFD)
      position &+= length
    default: try reject(position, position &+ length, "utf-8", reason)
    }
  }

  /// Decodes as far as possible; bytes at the end that only begin a character are left when more may come. Returns how many bytes were used.
  mutating func decodeUTF8(isFinal: Bool) throws(PyError) -> Int {
    while true {
      position = try output.append(UTF8Source(base: base, count: count), from: position)
      if position == count { return position }
      let first = byte(position)
      let left = count &- position
      // How many bytes the character should have, and the range of its second byte, which rules out surrogates and overlong forms.
      let size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
      if size == 0 {
        try rejectStart()
        continue
      }
      // Text of another encoding: what follows is no byte of the same character.
      if left >= 2 && byte(position &+ 1) & 0xC0 != 0x80 {
        try rejectBeginning(1, "invalid continuation byte")
        continue
      }
      let low: UInt32 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
      let high: UInt32 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
      var valid = 1
      while valid < size && valid < left {
        let next = byte(position &+ valid)
        let isContinuation = valid == 1 ? next >= low && next <= high : next & 0xC0 == 0x80
        if !isContinuation { break }
        valid &+= 1
      }
      if valid == left {
        if !isFinal { return position }
        try rejectBeginning(valid, "unexpected end of data")
      } else {
        // The beginning of a surrogate: a handler such as surrogatepass may want its third byte.
        if !isFinal && first == 0xED && left == 2 && byte(position &+ 1) & 0xC0 == 0x80 { return position }
        try rejectBeginning(valid, "invalid continuation byte")
      }
    }
  }
}
