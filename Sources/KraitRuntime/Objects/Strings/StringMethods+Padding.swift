// str: center, ljust, rjust, zfill, expandtabs.

import CKraitCore

func defineStringPadding(_ t: TypeDefinition) {
  t.method("center(width, fillchar=' ', /)", "The text in the middle of a field.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let point = try fillCharacter(call[1])
    let text = StringObject(call.receiver)
    if width <= text.length { return Owned(copying: text.value) }
    let margin = width &- text.length
    let left = margin / 2 &+ (margin & width & 1)
    return try text.padded(left, margin &- left, point)
  }
  t.method("ljust(width, fillchar=' ', /)", "The text at the left of a field.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let point = try fillCharacter(call[1])
    let text = StringObject(call.receiver)
    return try text.padded(0, width <= text.length ? 0 : width &- text.length, point)
  }
  t.method("rjust(width, fillchar=' ', /)", "The text at the right of a field.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let point = try fillCharacter(call[1])
    let text = StringObject(call.receiver)
    return try text.padded(width <= text.length ? 0 : width &- text.length, 0, point)
  }
  t.method("zfill(width, /)", "A number's text with zeros in front, behind its sign.") { (call: Call) throws(PyError) -> Owned in
    let width = try call.index(0)
    let text = StringObject(call.receiver)
    if width <= text.length { return Owned(copying: text.value) }
    let zeros = width &- text.length
    let sign = text.length > 0 ? text.codePoint(at: 0) : 0
    let padded = try text.padded(zeros, 0, 0x30)
    if sign == 0x2B || sign == 0x2D {
      let result = StringObject(padded.value)
      result.store(0x30, at: zeros)
      result.store(sign, at: 0)
    }
    return padded
  }
  t.method("expandtabs(tabsize=8)", "The text with spaces in place of tabs.") { (call: Call) throws(PyError) -> Owned in
    let size = Int(try call.int32(0))
    let text = StringObject(call.receiver)
    if !text.units.contains(0x09) { return Owned(copying: text.value) }
    var builder = StringBuilder()
    try expandTabs(text.units, size) { (units, spaces) throws(PyError) in
      try builder.append(units)
      guard spaces < Int.max >> 4 &- builder.count else { throw PyError.overflowError("new string is too long") }
      try builder.append(codePoint: 0x20, count: spaces)
    }
    return try builder.finish()
  }
}

/// Calls with each piece between tabs and the number of spaces that follow it.
func expandTabs(_ units: CodeUnits, _ size: Int, _ emit: (CodeUnits, Int) throws(PyError) -> Void) throws(PyError) {
  var column = 0
  var start = 0
  for index in 0..<units.count {
    let point = units[index]
    if point == 0x09 {
      let spaces = size > 0 ? size &- column % size : 0
      try emit(units[start..<index], spaces)
      column &+= spaces
      start = index &+ 1
    } else {
      column = point == 0x0A || point == 0x0D ? 0 : column &+ 1
    }
  }
  try emit(units[start..<units.count], 0)
}

private func fillCharacter(_ value: Value) throws(PyError) -> UInt32 {
  guard value.isString else { throw PyError.typeError("The fill character must be a unicode character, not \(value.typeName)") }
  let text = StringObject(value)
  guard text.length == 1 else { throw PyError.typeError("The fill character must be exactly one character long") }
  return text.codePoint(at: 0)
}

extension StringObject {
  /// The text between copies of a code point.
  func padded(_ left: Int, _ right: Int, _ point: UInt32) throws(PyError) -> Owned {
    if left == 0 && right == 0 { return Owned(copying: value) }
    let (padding, overflow) = left.addingReportingOverflow(right)
    let (total, tooLong) = padding.addingReportingOverflow(length)
    guard !overflow && !tooLong else { throw PyError.overflowError("padded string is too long") }
    if total == 1 { return try .character(point) }
    let result = try StringObject.allocate(total, bits: classBits | point)
    let width = result.width
    fill(result.data, width, point, left)
    units.copy(to: result.data + left &* width, width: width)
    fill(result.data + (left &+ length) &* width, width, point, right)
    return Owned(taking: result.value)
  }

  /// Changes a unit of a new str.
  func store(_ point: UInt32, at index: Int) {
    switch width {
    case 1: data.storeBytes(of: UInt8(truncatingIfNeeded: point), toByteOffset: index, as: UInt8.self)
    case 2: data.storeBytes(of: UInt16(truncatingIfNeeded: point), toByteOffset: index &* 2, as: UInt16.self)
    default: data.storeBytes(of: point, toByteOffset: index &* 4, as: UInt32.self)
    }
  }
}
