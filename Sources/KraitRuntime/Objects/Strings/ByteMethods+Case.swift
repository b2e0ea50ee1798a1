// bytes and bytearray: case and classes of ASCII characters, padding.

import CKraitCore
import Glibc

func defineByteCases(_ t: TypeDefinition) {
  t.method("lower()", "The bytes with ASCII letters in lower case.") { (call: Call) throws(PyError) -> Owned in try map(call) { (c, _) in ASCII.lower(c) } }
  t.method("upper()", "The bytes with ASCII letters in upper case.") { (call: Call) throws(PyError) -> Owned in try map(call) { (c, _) in ASCII.upper(c) } }
  t.method("swapcase()", "The bytes with the case of ASCII letters exchanged.") { (call: Call) throws(PyError) -> Owned in
    try map(call) { (c, _) in ASCII.isUpper(c) ? ASCII.lower(c) : ASCII.upper(c) }
  }
  t.method("title()", "The bytes with each ASCII word in title case.") { (call: Call) throws(PyError) -> Owned in
    try map(call) { (c, previous) in previous >= 0 && ASCII.isAlpha(UInt8(truncatingIfNeeded: previous)) ? ASCII.lower(c) : ASCII.upper(c) }
  }
  t.method("capitalize()", "The bytes with the first ASCII letter in upper case and the rest in lower case.") { (call: Call) throws(PyError) -> Owned in
    try map(call) { (c, previous) in previous < 0 ? ASCII.upper(c) : ASCII.lower(c) }
  }
  t.method("isascii()", "Whether all bytes are below 128.") { (call: Call) throws(PyError) -> Owned in
    let units = call.receiverUnits
    return .boolean(CodeUnits.isASCII(units.base, units.count))
  }
  t.method("isalpha()", "Whether all bytes are ASCII letters, and there is one.") { (call: Call) throws(PyError) -> Owned in all(call) { ASCII.isAlpha($0) } }
  t.method("isdigit()", "Whether all bytes are ASCII digits, and there is one.") { (call: Call) throws(PyError) -> Owned in all(call) { ASCII.isDigit($0) } }
  t.method("isalnum()", "Whether all bytes are ASCII letters or digits, and there is one.") { (call: Call) throws(PyError) -> Owned in
    all(call) { ASCII.isAlphanumeric($0) }
  }
  t.method("isspace()", "Whether all bytes are ASCII whitespace, and there is one.") { (call: Call) throws(PyError) -> Owned in all(call) { ASCII.isSpace($0) } }
  t.method("islower()", "Whether there are ASCII letters, and all are in lower case.") { (call: Call) throws(PyError) -> Owned in
    let bytes = call.receiverUnits.units(UInt8.self)
    var found = false
    for index in 0..<call.receiverUnits.count {
      if ASCII.isUpper(bytes[index]) { return .boolean(false) }
      found = found || ASCII.isLower(bytes[index])
    }
    return .boolean(found)
  }
  t.method("isupper()", "Whether there are ASCII letters, and all are in upper case.") { (call: Call) throws(PyError) -> Owned in
    let bytes = call.receiverUnits.units(UInt8.self)
    var found = false
    for index in 0..<call.receiverUnits.count {
      if ASCII.isLower(bytes[index]) { return .boolean(false) }
      found = found || ASCII.isUpper(bytes[index])
    }
    return .boolean(found)
  }
  t.method("istitle()", "Whether each ASCII word begins in upper case and goes on in lower case.") { (call: Call) throws(PyError) -> Owned in
    let units = call.receiverUnits
    var isInWord = false
    var found = false
    for index in 0..<units.count {
      let byte = UInt8(truncatingIfNeeded: units[index])
      if ASCII.isUpper(byte) {
        if isInWord { return .boolean(false) }
        isInWord = true
        found = true
      } else if ASCII.isLower(byte) {
        if !isInWord { return .boolean(false) }
        found = true
      } else {
        isInWord = false
      }
    }
    return .boolean(found)
  }
}

@inline(__always)
private func all(_ call: Call, _ test: (UInt8) -> Bool) -> Owned {
  let units = call.receiverUnits
  if units.count == 0 { return .boolean(false) }
  let bytes = units.units(UInt8.self)
  for index in 0..<units.count where !test(bytes[index]) { return .boolean(false) }
  return .boolean(true)
}

/// Each byte mapped; the function is given the byte before too, -1 at the start.
@inline(__always)
private func map(_ call: Call, _ map: (UInt8, Int) -> UInt8) throws(PyError) -> Owned {
  let source = call.receiverUnits
  let result = try call.make(count: source.count)
  let target = result.data
  let bytes = source.units(UInt8.self)
  var previous = -1
  for index in 0..<source.count {
    target[index] = map(bytes[index], previous)
    previous = Int(bytes[index])
  }
  return try result.finish()
}

func defineBytePadding(_ t: TypeDefinition) {
  t.method("center(width, fillchar=b' ', /)", "The bytes in the middle of a field.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let byte = try fillByte(call, "center")
    let count = call.receiverUnits.count
    if width <= count { return try call.part(0..<count) }
    let margin = width &- count
    let left = margin / 2 &+ (margin & width & 1)
    return try padded(call, left, margin &- left, byte)
  }
  t.method("ljust(width, fillchar=b' ', /)", "The bytes at the left of a field.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let byte = try fillByte(call, "ljust")
    let count = call.receiverUnits.count
    return try padded(call, 0, width <= count ? 0 : width &- count, byte)
  }
  t.method("rjust(width, fillchar=b' ', /)", "The bytes at the right of a field.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let byte = try fillByte(call, "rjust")
    let count = call.receiverUnits.count
    return try padded(call, width <= count ? 0 : width &- count, 0, byte)
  }
  t.method("zfill(width, /)", "A number's text with zeros in front, behind its sign.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let units = call.receiverUnits
    if width <= units.count { return try call.part(0..<units.count) }
    let zeros = width &- units.count
    let sign = units.count > 0 ? UInt8(truncatingIfNeeded: units[0]) : 0
    let result = try padded(call, zeros, 0, 0x30)
    if sign == 0x2B || sign == 0x2D {
      let target = UnsafeMutableRawPointer(mutating: byteUnits(result.value).base).assumingMemoryBound(to: UInt8.self)
      target[zeros] = 0x30
      target[0] = sign
    }
    return result
  }
  t.method("expandtabs(tabsize=8)", "The bytes with spaces in place of tabs.") { (call: Call) throws(PyError) -> Owned in
    let size = Int(try call.int32(0))
    var builder = StringBuilder()
    try expandTabs(call.receiverUnits, size) { (units, spaces) throws(PyError) in
      try builder.append(units)
      guard spaces < Int.max >> 4 &- builder.count else { throw PyError.overflowError("result too long") }
      try builder.append(codePoint: 0x20, count: spaces)
    }
    return try call.made(builder.units)
  }
}

private func fillByte(_ call: Call, _ name: StaticString) throws(PyError) -> UInt8 {
  let value = call[1]
  if value.isBytes || value.isInstance(of: .bytearray) {
    let units = byteUnits(value)
    guard units.count == 1 else {
      let kind = value.isBytes ? "bytes" : "bytearray"
      throw PyError.typeError("\(name)(): argument 2 must be a byte string of length 1, not a \(kind) object of length \(units.count)")
    }
    return UInt8(truncatingIfNeeded: units[0])
  }
  throw call.wrongType(1, "a byte string of length 1")
}

private func padded(_ call: Call, _ left: Int, _ right: Int, _ byte: UInt8) throws(PyError) -> Owned {
  let source = call.receiverUnits
  if left == 0 && right == 0 { return try call.part(0..<source.count) }
  let (padding, overflow) = left.addingReportingOverflow(right)
  let (total, tooLong) = padding.addingReportingOverflow(source.count)
  guard !overflow && !tooLong else { throw PyError.memoryError() }
  let result = try call.make(count: total)
  let target = result.data
  memset(target, Int32(byte), left)
  memcpy(target + left, source.base, source.count)
  memset(target + left + source.count, Int32(byte), right)
  // A sign may be put in front (`zfill`), so the shared bytes of length 1 must not come back.
  return total > 1 ? try result.finish() : try call.made(CodeUnits(base: UnsafeRawPointer(target), count: total, width: 1))
}
