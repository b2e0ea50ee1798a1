// UTF-16 and UTF-32 in both byte orders.

import CKraitCore

private func isSurrogate(_ point: UInt32) -> Bool { point & 0xFFFF_F800 == 0xD800 }

/// Puts in what a handler gave for a surrogate, in units of `size` bytes; returns where to go on.
private func putReplacement(
  _ output: inout ByteBuilder, _ text: StringObject, _ index: Int, _ encoding: StaticString, _ size: Int, _ isBig: Bool, _ errors: ErrorHandling, _ handler: inout HandlerCall
) throws(PyError) -> Int {
  let reason: StaticString = "surrogates not allowed"
  let replacement = try errors.replaceUnencodable(text, index, index &+ 1, encoding, reason, &handler)
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

/// Whether some of these units are surrogates.
private func haveSurrogates<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, _ count: Int) -> Bool {
  // Without an early end, which would stand in the way of vectors.
  var found: Unit = 0
  var index = 0
  while index < count {
    found |= units[index] & (~0 &<< 11) == Unit(0xD800) ? 1 : 0
    index &+= 1
  }
  return found != 0
}

private func haveSurrogates(_ units: CodeUnits) -> Bool {
  switch units.width {
  case 1: return false
  case 2: return haveSurrogates(units.units(UInt16.self), units.count)
  default: return haveSurrogates(units.units(UInt32.self), units.count)
  }
}

/// Copies units to wider ones, or to as wide ones, in a byte order.
@inline(__always)
private func copy<From: FixedWidthInteger & UnsignedInteger, To: FixedWidthInteger & UnsignedInteger>(
  _ source: UnsafePointer<From>, _ target: UnsafeMutablePointer<To>, _ count: Int, isBig: Bool
) {
  if isBig {
    for index in 0..<count { target[index] = To(truncatingIfNeeded: source[index]).bigEndian }
  } else {
    for index in 0..<count { target[index] = To(truncatingIfNeeded: source[index]) }
  }
}

/// UTF-16 of text without surrogates, which has a length known beforehand.
private func encodeWholeUTF16(_ units: CodeUnits, isBig: Bool, mark: Bool) throws(PyError) -> Owned {
  var length = units.count
  if units.width == 4 {
    let points = units.units(UInt32.self)
    var index = 0
    while index < units.count {
      length &+= points[index] > 0xFFFF ? 1 : 0
      index &+= 1
    }
  }
  let result = try BytesObject.allocate((length &+ (mark ? 1 : 0)) &* 2)
  var target = result.data.assumingMemoryBound(to: UInt16.self)
  if mark {
    target[0] = isBig ? UInt16(0xFEFF).bigEndian : 0xFEFF
    target += 1
  }
  switch units.width {
  case 1: copy(units.units(UInt8.self), target, units.count, isBig: isBig)
  case 2: copy(units.units(UInt16.self), target, units.count, isBig: isBig)
  default:
    if isBig { copyUTF16(units.units(UInt32.self), target, units.count, isBig: true) } else { copyUTF16(units.units(UInt32.self), target, units.count, isBig: false) }
  }
  return Owned(taking: result.raw)
}

/// Writes code points without surrogates among them.
@inline(__always)
private func copyUTF16(_ points: UnsafePointer<UInt32>, _ target: UnsafeMutablePointer<UInt16>, _ count: Int, isBig: Bool) {
  var target = target
  var index = 0
  while index < count {
    // Four at once, none of which needs a pair.
    while index &+ 4 <= count {
      let raw = UnsafeRawPointer(points + index)
      let (first, second) = (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      if (first | second) & 0xFFFF_0000_FFFF_0000 != 0 { break }
      let word = (first | first &>> 16) & 0xFFFF_FFFF | (second | second &>> 16) &<< 32
      let swapped = (word &>> 8) & 0x00FF_00FF_00FF_00FF | (word & 0x00FF_00FF_00FF_00FF) &<< 8
      UnsafeMutableRawPointer(target).storeBytes(of: isBig ? swapped : word, as: UInt64.self)
      target += 4
      index &+= 4
    }
    let end = min(index &+ 4, count)
    while index < end {
      let point = points[index]
      if point <= 0xFFFF {
        let unit = UInt16(truncatingIfNeeded: point)
        target[0] = isBig ? unit.bigEndian : unit
        target += 1
      } else {
        let first = UInt16(truncatingIfNeeded: 0xD7C0 &+ point &>> 10)
        let second = UInt16(truncatingIfNeeded: 0xDC00 | point & 0x3FF)
        target[0] = isBig ? first.bigEndian : first
        target[1] = isBig ? second.bigEndian : second
        target += 2
      }
      index &+= 1
    }
  }
}

private func encodeWholeUTF32(_ units: CodeUnits, isBig: Bool, mark: Bool) throws(PyError) -> Owned {
  let result = try BytesObject.allocate((units.count &+ (mark ? 1 : 0)) &* 4)
  var target = result.data.assumingMemoryBound(to: UInt32.self)
  if mark {
    target[0] = isBig ? UInt32(0xFEFF).bigEndian : 0xFEFF
    target += 1
  }
  switch units.width {
  case 1: copy(units.units(UInt8.self), target, units.count, isBig: isBig)
  case 2: copy(units.units(UInt16.self), target, units.count, isBig: isBig)
  default: copy(units.units(UInt32.self), target, units.count, isBig: isBig)
  }
  return Owned(taking: result.raw)
}

func encodeUTF16(_ text: StringObject, _ encoding: StaticString, isBig: Bool, mark: Bool, _ errors: ErrorHandling) throws(PyError) -> Owned {
  let units = text.units
  if units.count == 0 && !mark { return .emptyBytes }
  if !haveSurrogates(units) { return try encodeWholeUTF16(units, isBig: isBig, mark: mark) }
  var output = try ByteBuilder(capacity: units.count &* 2 &+ 2)
  if mark { try output.append16(0xFEFF, isBig: isBig) }
  var handler = HandlerCall()
  var index = 0
  while index < units.count {
    let point = units[index]
    if isSurrogate(point) {
      index = try putReplacement(&output, text, index, encoding, 2, isBig, errors, &handler)
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
  if units.count == 0 && !mark { return .emptyBytes }
  if !haveSurrogates(units) { return try encodeWholeUTF32(units, isBig: isBig, mark: mark) }
  var output = try ByteBuilder(capacity: units.count &* 4 &+ 4)
  if mark { try output.append32(0xFEFF, isBig: isBig) }
  var handler = HandlerCall()
  var index = 0
  while index < units.count {
    let point = units[index]
    if isSurrogate(point) {
      index = try putReplacement(&output, text, index, encoding, 4, isBig, errors, &handler)
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
    while true {
      position = try output.append(UTF16Source(base: base, count: count, isBig: isBig), from: position)
      if position == count { break }
      if count &- position < 2 {
        if !isFinal { break }
        try reject(position, count, encoding, "truncated data")
        continue
      }
      if unit16(position, isBig) >= 0xDC00 {
        try reject(position, position &+ 2, encoding, "illegal encoding")
      } else if count &- position < 4 {
        if !isFinal { break }
        try reject(position, count, encoding, "unexpected end of data")
      } else {
        try reject(position, position &+ 2, encoding, "illegal UTF-16 surrogate")
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
    while true {
      position = try output.append(UTF32Source(base: base, count: count, isBig: isBig), from: position)
      if position == count { break }
      if count &- position < 4 {
        if !isFinal { break }
        try reject(position, count, encoding, "truncated data")
        continue
      }
      if isSurrogate(unit32(position, isBig)) {
        try reject(position, position &+ 4, encoding, "code point in surrogate code point range(0xd800, 0xe000)")
      } else {
        try reject(position, position &+ 4, encoding, "code point not in range(0x110000)")
      }
    }
    return position
  }
}
