// UTF-16 and UTF-32 in both byte orders.

import CKraitCore

private func isSurrogate(_ point: UInt32) -> Bool { point & 0xFFFF_F800 == 0xD800 }

/// Puts in what a handler gave for a surrogate, in units of `size` bytes; returns where to go on.
private func putReplacement(
  _ output: inout ByteBuilder, _ text: StringObject, _ index: Int, _ encoding: StaticString, _ size: Int, _ isBig: Bool, _ errors: ErrorHandling
) throws(PyError) -> Int {
  let reason: StaticString = "surrogates not allowed"
  let replacement = try errors.replaceUnencodable(text, index, index &+ 1, encoding, reason)
  if replacement.value.value.isBytes {
    let bytes = BytesObject(replacement.value.value).buffer
    guard bytes.count % size == 0 else { throw PyError.raise(try makeEncodeError(encoding, text.value, index, index &+ 1, reason)) }
    try output.append(bytes)
  } else {
    let put = StringObject(replacement.value.value)
    guard put.isASCII else { throw PyError.raise(try makeEncodeError(encoding, text.value, index, index &+ 1, reason)) }
    for place in 0..<put.length {
      if size == 2 { try output.append16(put.codePoint(at: place), isBig: isBig) } else { try output.append32(put.codePoint(at: place), isBig: isBig) }
    }
  }
  return replacement.position
}

func encodeUTF16(_ text: StringObject, _ encoding: StaticString, isBig: Bool, mark: Bool, _ errors: ErrorHandling) throws(PyError) -> Owned {
  let units = text.units
  var output = try ByteBuilder(capacity: units.count &* 2 &+ 2)
  if mark { try output.append16(0xFEFF, isBig: isBig) }
  var index = 0
  while index < units.count {
    let point = units[index]
    if isSurrogate(point) {
      index = try putReplacement(&output, text, index, encoding, 2, isBig, errors)
      continue
    }
    if point >= 0x10000 {
      try output.append16(0xD7C0 &+ point >> 10, isBig: isBig)
      try output.append16(0xDC00 | point & 0x3FF, isBig: isBig)
    } else {
      try output.append16(point, isBig: isBig)
    }
    index &+= 1
  }
  return try output.finish()
}

func encodeUTF32(_ text: StringObject, _ encoding: StaticString, isBig: Bool, mark: Bool, _ errors: ErrorHandling) throws(PyError) -> Owned {
  let units = text.units
  var output = try ByteBuilder(capacity: units.count &* 4 &+ 4)
  if mark { try output.append32(0xFEFF, isBig: isBig) }
  var index = 0
  while index < units.count {
    let point = units[index]
    if isSurrogate(point) {
      index = try putReplacement(&output, text, index, encoding, 4, isBig, errors)
      continue
    }
    try output.append32(point, isBig: isBig)
    index &+= 1
  }
  return try output.finish()
}

extension Decoder {
  /// - Parameter isBig: the byte order; nil reads it from a mark, and takes the machine's if there is none.
  mutating func decodeUTF16(_ isBig: Bool?) throws(PyError) -> Owned {
    var order = isBig
    _ = try decodeUTF16(&order, isFinal: true)
    return try output.finish()
  }

  mutating func decodeUTF16(_ order: inout Bool?, isFinal: Bool) throws(PyError) -> Int {
    if order == nil && count &- position >= 2 {
      let mark = unit16(position, false)
      if mark == 0xFEFF || mark == 0xFFFE {
        order = mark == 0xFFFE
        position &+= 2
      }
    }
    let isBig = order ?? false
    let encoding: StaticString = isBig ? "utf-16-be" : "utf-16-le"
    while position < count {
      if count &- position < 2 {
        if !isFinal { break }
        try reject(position, count, encoding, "truncated data")
        continue
      }
      let unit = unit16(position, isBig)
      if !isSurrogate(unit) {
        try output.append(codePoint: unit)
        position &+= 2
      } else if unit >= 0xDC00 {
        try reject(position, position &+ 2, encoding, "illegal encoding")
      } else if count &- position < 4 {
        if !isFinal { break }
        try reject(position, count, encoding, "unexpected end of data")
      } else {
        let second = unit16(position &+ 2, isBig)
        if second & 0xFC00 == 0xDC00 {
          try output.append(codePoint: 0x10000 &+ (unit & 0x3FF) << 10 &+ second & 0x3FF)
          position &+= 4
        } else {
          try reject(position, position &+ 2, encoding, "illegal UTF-16 surrogate")
        }
      }
    }
    return position
  }

  mutating func decodeUTF32(_ isBig: Bool?) throws(PyError) -> Owned {
    var order = isBig
    _ = try decodeUTF32(&order, isFinal: true)
    return try output.finish()
  }

  mutating func decodeUTF32(_ order: inout Bool?, isFinal: Bool) throws(PyError) -> Int {
    if order == nil && count &- position >= 4 {
      let mark = unit32(position, false)
      if mark == 0xFEFF || mark == 0xFFFE_0000 {
        order = mark == 0xFFFE_0000
        position &+= 4
      }
    }
    let isBig = order ?? false
    let encoding: StaticString = isBig ? "utf-32-be" : "utf-32-le"
    while position < count {
      if count &- position < 4 {
        if !isFinal { break }
        try reject(position, count, encoding, "truncated data")
        continue
      }
      let unit = unit32(position, isBig)
      if isSurrogate(unit) {
        try reject(position, position &+ 4, encoding, "code point in surrogate code point range(0xd800, 0xe000)")
      } else if unit > 0x10FFFF {
        try reject(position, position &+ 4, encoding, "code point not in range(0x110000)")
      } else {
        try output.append(codePoint: unit)
        position &+= 4
      }
    }
    return position
  }
}
