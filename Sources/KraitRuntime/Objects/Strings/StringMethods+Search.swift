// str: find, index, count, startswith, endswith, removeprefix, removesuffix, replace, partition.

import CKraitCore
import Glibc

func defineStringSearch(_ t: TypeDefinition) {
  t.method("count(sub[, start[, end]], /)", "How often sub occurs in text[start:end], without overlaps.") { (call: Call) throws(PyError) -> Owned in
    let part = StringObject(try call.string(0))
    let range = try SearchRange(call[1], call[2])
    let text = StringObject(call.receiver)
    guard let place = range.clamped(text.length), place.lowerBound <= text.length else { return try Owned.integer(0) }
    return try Owned.integer(SearchPattern(part, in: text).count(in: text.units[place]))
  }
  t.method("find(sub[, start[, end]], /)", "The first place of sub in text[start:end], or -1.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try find(call, last: false))
  }
  t.method("rfind(sub[, start[, end]], /)", "The last place of sub in text[start:end], or -1.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(try find(call, last: true))
  }
  t.method("index(sub[, start[, end]], /)", "The first place of sub in text[start:end]; ValueError if there is none.") { (call: Call) throws(PyError) -> Owned in
    let found = try find(call, last: false)
    if found < 0 { throw PyError.valueError("substring not found") }
    return try Owned.integer(found)
  }
  t.method("rindex(sub[, start[, end]], /)", "The last place of sub in text[start:end]; ValueError if there is none.") { (call: Call) throws(PyError) -> Owned in
    let found = try find(call, last: true)
    if found < 0 { throw PyError.valueError("substring not found") }
    return try Owned.integer(found)
  }
  t.method("startswith(prefix[, start[, end]], /)", "Whether text[start:end] begins with a prefix or with one of a tuple.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try matchesEnd(call, "startswith", atEnd: false))
  }
  t.method("endswith(suffix[, start[, end]], /)", "Whether text[start:end] ends with a suffix or with one of a tuple.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try matchesEnd(call, "endswith", atEnd: true))
  }
  t.method("removeprefix(prefix, /)", "The text without a prefix that it has.") { (call: Call) throws(PyError) -> Owned in
    let prefix = StringObject(try call.string(0))
    let text = StringObject(call.receiver)
    return try text.part(text.units.hasPrefix(prefix.units) ? prefix.length..<text.length : 0..<text.length)
  }
  t.method("removesuffix(suffix, /)", "The text without a suffix that it has.") { (call: Call) throws(PyError) -> Owned in
    let suffix = StringObject(try call.string(0))
    let text = StringObject(call.receiver)
    return try text.part(0..<(text.units.hasSuffix(suffix.units) ? text.length &- suffix.length : text.length))
  }
  t.method("replace(old, new, /, count=-1)", "The text with new in place of old, everywhere or the first count times.") { (call: Call) throws(PyError) -> Owned in
    let old = StringObject(try call.string(0))
    let new = StringObject(try call.string(1))
    let limit = try call.index(2)
    return try StringObject(call.receiver).replacing(old, new, limit < 0 ? .max : limit)
  }
  t.method("partition(sep, /)", "What stands before the first separator, the separator, and what follows.") { (call: Call) throws(PyError) -> Owned in
    try partition(call, last: false)
  }
  t.method("rpartition(sep, /)", "What stands before the last separator, the separator, and what follows.") { (call: Call) throws(PyError) -> Owned in
    try partition(call, last: true)
  }
}

@inline(__always)
private func find(_ call: Call, last: Bool) throws(PyError) -> Int {
  let part = StringObject(try call.string(0))
  let text = StringObject(call.receiver)
  let range = try SearchRange(call[1], call[2])
  guard let place = range.clamped(text.length), place.lowerBound <= text.length else { return -1 }
  let units = text.units[place]
  let found: Int
  if part.length == 1 {
    let point = part.codePoint(at: 0)
    found = last ? units.lastIndex(of: point) : units.firstIndex(of: point)
  } else {
    let pattern = SearchPattern(part, in: text)
    found = last ? pattern.findLast(in: units) : pattern.find(in: units)
  }
  return found < 0 ? -1 : found &+ place.lowerBound
}

private func matchesEnd(_ call: Call, _ name: StaticString, atEnd: Bool) throws(PyError) -> Bool {
  let text = StringObject(call.receiver)
  if call[1].isAbsent && call[0].isString {
    let part = StringObject(call[0]).units
    return atEnd ? text.units.hasSuffix(part) : text.units.hasPrefix(part)
  }
  let range = try SearchRange(call[1], call[2])
  let place = range.clamped(text.length)
  func matches(_ part: Value) -> Bool {
    guard let place, place.lowerBound <= text.length else { return false }
    let (whole, part) = (text.units[place], StringObject(part).units)
    return atEnd ? whole.hasSuffix(part) : whole.hasPrefix(part)
  }
  let wanted = call[0]
  if wanted.isString { return matches(wanted) }
  guard wanted.isTuple else { throw PyError.typeError("\(name) first arg must be str or a tuple of str, not \(wanted.typeName)") }
  for part in TupleObject(wanted).buffer {
    guard part.isString else { throw PyError.typeError("tuple for \(name) must only contain str, not \(part.typeName)") }
    if matches(part) { return true }
  }
  return false
}

private func partition(_ call: Call, last: Bool) throws(PyError) -> Owned {
  guard call[0].isString else { throw PyError.typeError("must be str, not \(call[0].typeName)") }
  let separator = StringObject(call[0])
  let text = StringObject(call.receiver)
  if separator.length == 0 { throw PyError.valueError("empty separator") }
  let pattern = SearchPattern(separator, in: text)
  let place = last ? pattern.findLast(in: text.units) : pattern.find(in: text.units)
  if place < 0 {
    return last
      ? try Owned.tuple(StaticStrings.empty, StaticStrings.empty, call.receiver) : try Owned.tuple(call.receiver, StaticStrings.empty, StaticStrings.empty)
  }
  let before = try text.part(0..<place)
  let after = try text.part((place &+ separator.length)..<text.length)
  return try Owned.tuple(before.value, separator.value, after.value)
}

extension StringObject {
  func replacing(_ old: StringObject, _ new: StringObject, _ limit: Int) throws(PyError) -> Owned {
    if limit == 0 || length < old.length || old.isEqual(to: new) || length == 0 && old.length > 0 { return Owned(copying: value) }
    let pattern = SearchPattern(old, in: self)
    let matches = pattern.count(in: units, limit: limit)
    if matches == 0 { return Owned(copying: value) }
    let (growth, overflow) = (new.length &- old.length).multipliedReportingOverflow(by: matches)
    let (total, tooLong) = length.addingReportingOverflow(growth)
    guard !overflow && !tooLong else { throw PyError.overflowError("replace string is too long") }
    if total == 0 { return .emptyString }
    let result = try StringObject.allocate(total, bits: classBits | new.classBits)
    let width = result.width
    var out = result.data
    func put(_ units: CodeUnits) {
      units.copy(to: out, width: width)
      out += units.count &* width
    }
    var position = 0
    if old.length == 0 {
      // Before each code point, and at the end when the limit allows.
      for index in 0..<matches {
        put(new.units)
        if index < length { put(units[index..<(index &+ 1)]) }
        position = index &+ 1
      }
      position = min(position, length)
    } else {
      for _ in 0..<matches {
        let found = position &+ pattern.find(in: units[position..<length])
        put(units[position..<found])
        put(new.units)
        position = found &+ old.length
      }
    }
    put(units[position..<length])
    // The text keeps its class unless its widest code points were those replaced.
    if old.classBits >= classBits && old.length > 0 && unitWidth(result.units.combinedBits) < width || old.classBits >= classBits && !result.isASCII {
      let narrow = try Owned.string(result.units)
      freeObject(result.raw)
      return narrow
    }
    if total == 1 && width == 1 {
      let point = result.codePoint(at: 0)
      freeObject(result.raw)
      return try .character(point)
    }
    return Owned(taking: result.value)
  }
}
