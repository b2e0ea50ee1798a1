// bytes and bytearray: find, index, count, startswith, endswith, removeprefix, removesuffix, replace, partition.

import CKraitCore
import Glibc

func defineByteSearch(_ t: TypeDefinition) {
  t.slots.contains = ContainsSlot { (bytes, part) throws(PyError) -> Bool in
    if part.isBytes { return byteUnits(bytes).find(BytesObject(part).units) >= 0 }
    let array = bytes.isBytes ? nil : ByteArrayObject(bytes)
    array?.lend()
    defer { array?.takeBack() }
    if part.type.slots.pointee.index != nil {
      let number: Int?
      // What is no number after all may be bytes.
      do throws(PyError) { number = try part.asIndex(overflow: nil) } catch {
        PyError.clear()
        number = nil
      }
      if let number {
        guard number >= 0 && number < 256 else { throw PyError.valueError("byte must be in range(0, 256)") }
        return byteUnits(bytes).contains(UInt32(number))
      }
    }
    let view = try part.buffer(.simple)
    return byteUnits(bytes).find(view.units) >= 0
  }
  t.method("count(sub[, start[, end]], /)", "How often sub occurs in bytes[start:end], without overlaps.") { (call: Call) throws(PyError) -> Owned in
    let range = try SearchRange(call[1], call[2])
    let count = try call.holdingReceiver { () throws(PyError) -> Int in
      let part = try BytePart(call[0])
      let units = call.receiverUnits
      guard let place = range.clamped(units.count), place.lowerBound <= units.count else { return 0 }
      return try part.withUnits { (pattern) throws(PyError) -> Int in SearchPattern(pattern, width: 1).count(in: units[place]) }
    }
    return try Owned.integer(count)
  }
  t.method("find(sub[, start[, end]], /)", "The first place of sub in bytes[start:end], or -1.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try find(call, last: false))
  }
  t.method("rfind(sub[, start[, end]], /)", "The last place of sub in bytes[start:end], or -1.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try find(call, last: true))
  }
  t.method("index(sub[, start[, end]], /)", "The first place of sub in bytes[start:end]; ValueError if there is none.") { (call: Call) throws(PyError) -> Owned in
    let found = try find(call, last: false)
    if found < 0 { throw PyError.valueError("subsection not found") }
    return try Owned.integer(found)
  }
  t.method("rindex(sub[, start[, end]], /)", "The last place of sub in bytes[start:end]; ValueError if there is none.") { (call: Call) throws(PyError) -> Owned in
    let found = try find(call, last: true)
    if found < 0 { throw PyError.valueError("subsection not found") }
    return try Owned.integer(found)
  }
  t.method("startswith(prefix[, start[, end]], /)", "Whether bytes[start:end] begins with a prefix or with one of a tuple.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try matchesEnd(call, "startswith", atEnd: false))
  }
  t.method("endswith(suffix[, start[, end]], /)", "Whether bytes[start:end] ends with a suffix or with one of a tuple.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try matchesEnd(call, "endswith", atEnd: true))
  }
  t.method("removeprefix(prefix, /)", "The bytes without a prefix that they have.") { (call: Call) throws(PyError) -> Owned in
    let prefix = try call[0].buffer(.simple)
    let units = call.receiverUnits
    return try call.part(units.hasPrefix(prefix.units) ? prefix.bytes.count..<units.count : 0..<units.count)
  }
  t.method("removesuffix(suffix, /)", "The bytes without a suffix that they have.") { (call: Call) throws(PyError) -> Owned in
    let suffix = try call[0].buffer(.simple)
    let units = call.receiverUnits
    return try call.part(0..<(units.hasSuffix(suffix.units) ? units.count &- suffix.bytes.count : units.count))
  }
  t.method("replace(old, new, count=-1, /)", "The bytes with new in place of old, everywhere or the first count times.") { (call: Call) throws(PyError) -> Owned in
    let old = try call[0].buffer(.simple)
    let new = try call[1].buffer(.simple)
    let limit = try call.index(2)
    return try replace(call, old.units, new.units, limit < 0 ? .max : limit)
  }
  t.method("partition(sep, /)", "What stands before the first separator, the separator, and what follows.") { (call: Call) throws(PyError) -> Owned in
    try partition(call, last: false)
  }
  t.method("rpartition(sep, /)", "What stands before the last separator, the separator, and what follows.") { (call: Call) throws(PyError) -> Owned in
    try partition(call, last: true)
  }
}

/// The bytes of a bytes object or bytearray.
@inline(__always)
func byteUnits(_ value: Value) -> CodeUnits { value.isBytes ? BytesObject(value).units : ByteArrayObject(value).units }

private func find(_ call: Call, last: Bool) throws(PyError) -> Int {
  let range = try SearchRange(call[1], call[2])
  return try call.holdingReceiver { () throws(PyError) -> Int in
    let part = try BytePart(call[0])
    let units = call.receiverUnits
    guard let place = range.clamped(units.count), place.lowerBound <= units.count else { return -1 }
    let found = try part.withUnits { (pattern) throws(PyError) -> Int in last ? units[place].findLast(pattern) : units[place].find(pattern) }
    return found < 0 ? -1 : found &+ place.lowerBound
  }
}

private func matchesEnd(_ call: Call, _ name: StaticString, atEnd: Bool) throws(PyError) -> Bool {
  let range = try SearchRange(call[1], call[2])
  func matches(_ part: Value) throws(PyError) -> Bool {
    try call.holdingReceiver { () throws(PyError) -> Bool in
      let view = try part.buffer(.simple)
      let units = call.receiverUnits
      guard let place = range.clamped(units.count), place.lowerBound <= units.count else { return false }
      return atEnd ? units[place].hasSuffix(view.units) : units[place].hasPrefix(view.units)
    }
  }
  let wanted = call[0]
  if wanted.isTuple {
    for part in TupleObject(wanted).buffer where try matches(part) { return true }
    return false
  }
  guard wanted.supportsBuffer else { throw PyError.typeError("\(name) first arg must be bytes or a tuple of bytes, not \(wanted.typeName)") }
  return try matches(wanted)
}

private func partition(_ call: Call, last: Bool) throws(PyError) -> Owned {
  let separator = try call[0].buffer(.simple)
  if separator.bytes.count == 0 { throw PyError.valueError("empty separator") }
  let units = call.receiverUnits
  let place = last ? units.findLast(separator.units) : units.find(separator.units)
  if place < 0 {
    let whole = try call.part(0..<units.count)
    let empty = try call.part(0..<0)
    let other = try call.part(0..<0)
    return last ? try Owned.tuple(empty.value, other.value, whole.value) : try Owned.tuple(whole.value, empty.value, other.value)
  }
  let before = try call.part(0..<place)
  let middle = call.receiver.isBytes ? Owned(copying: call[0]) : try call.made(separator.units)
  let after = try call.part((place &+ separator.bytes.count)..<units.count)
  return try Owned.tuple(before.value, middle.value, after.value)
}

private func replace(_ call: Call, _ old: CodeUnits, _ new: CodeUnits, _ limit: Int) throws(PyError) -> Owned {
  let source = call.receiverUnits
  if limit == 0 || source.count < old.count || source.count == 0 && old.count > 0 { return try call.part(0..<source.count) }
  let pattern = SearchPattern(old, width: 1)
  let matches = pattern.count(in: source, limit: limit)
  if matches == 0 { return try call.part(0..<source.count) }
  let (growth, overflow) = (new.count &- old.count).multipliedReportingOverflow(by: matches)
  let (total, tooLong) = source.count.addingReportingOverflow(growth)
  guard !overflow && !tooLong else { throw PyError.overflowError("replace bytes is too long") }
  let result = try call.make(count: total)
  var out = UnsafeMutableRawPointer(result.data)
  func put(_ units: CodeUnits) {
    memcpy(out, units.base, units.count)
    out += units.count
  }
  var position = 0
  if old.count == 0 {
    for index in 0..<matches {
      put(new)
      if index < source.count { put(source[index..<(index &+ 1)]) }
      position = min(index &+ 1, source.count)
    }
  } else {
    for _ in 0..<matches {
      let found = position &+ source[position..<source.count].find(old)
      put(source[position..<found])
      put(new)
      position = found &+ old.count
    }
  }
  put(source[position..<source.count])
  return try result.finish()
}
