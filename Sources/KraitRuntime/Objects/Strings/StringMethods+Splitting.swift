// str: split, rsplit, splitlines, join, strip.

import CKraitCore
import Glibc

func defineStringSplitting(_ t: TypeDefinition) {
  t.method("split(sep=None, maxsplit=-1)", "The words between separators, or between runs of whitespace.") { (call: Call) throws(PyError) -> Owned in
    let limit = try call.index(1)
    let text = StringObject(call.receiver)
    if call[0].isNone { return try text.splitAtSpaces(limit < 0 ? .max : limit) }
    guard call[0].isString else { throw PyError.typeError("must be str or None, not \(call[0].typeName)") }
    return try text.split(StringObject(call[0]), limit < 0 ? .max : limit)
  }
  t.method("rsplit(sep=None, maxsplit=-1)", "As split, counted from the end.") { (call: Call) throws(PyError) -> Owned in
    let limit = try call.index(1)
    let text = StringObject(call.receiver)
    if call[0].isNone { return try text.splitAtSpacesFromEnd(limit < 0 ? .max : limit) }
    guard call[0].isString else { throw PyError.typeError("must be str or None, not \(call[0].typeName)") }
    return try text.splitFromEnd(StringObject(call[0]), limit < 0 ? .max : limit)
  }
  t.method("splitlines(keepends=False)", "The lines, with or without what ends them.") { (call: Call) throws(PyError) -> Owned in
    try StringObject(call.receiver).lines(keepEnds: try call.bool(0))
  }
  t.method("join(iterable, /)", "The strs of an iterable with this one between them.") { (call: Call) throws(PyError) -> Owned in
    try StringObject(call.receiver).join(call[0])
  }
  t.method("strip(chars=None, /)", "The text without spaces, or without some characters, at both ends.") { (call: Call) throws(PyError) -> Owned in
    try strip(call, "strip", left: true, right: true)
  }
  t.method("lstrip(chars=None, /)", "As strip, on the left only.") { (call: Call) throws(PyError) -> Owned in
    try strip(call, "lstrip", left: true, right: false)
  }
  t.method("rstrip(chars=None, /)", "As strip, on the right only.") { (call: Call) throws(PyError) -> Owned in
    try strip(call, "rstrip", left: false, right: true)
  }
}

private func strip(_ call: Call, _ name: StaticString, left: Bool, right: Bool) throws(PyError) -> Owned {
  let text = StringObject(call.receiver)
  let units = text.units
  var start = 0
  var end = units.count
  if call[0].isNone {
    if left { while start < end && units[start].isPythonSpace { start &+= 1 } }
    if right { while end > start && units[end &- 1].isPythonSpace { end &-= 1 } }
  } else {
    guard call[0].isString else { throw PyError.typeError("\(name) arg must be None or str") }
    let characters = CharacterSet(StringObject(call[0]).units)
    if left { while start < end && characters.contains(units[start]) { start &+= 1 } }
    if right { while end > start && characters.contains(units[end &- 1]) { end &-= 1 } }
  }
  return try text.part(start..<end)
}

/// A few characters to test for: the low bits of all of them sort most others out.
struct CharacterSet {
  private let units: CodeUnits
  private var filter: UInt64 = 0

  init(_ units: CodeUnits) {
    self.units = units
    for index in 0..<units.count { filter |= 1 &<< UInt64(units[index] & 63) }
  }

  @inline(__always)
  func contains(_ point: UInt32) -> Bool { filter & (1 &<< UInt64(point & 63)) != 0 && units.contains(point) }
}

extension StringObject {
  func splitAtSpaces(_ limit: Int) throws(PyError) -> Owned {
    let units = self.units
    if isASCII {
      let bytes = units.units(UInt8.self)
      return try splitAtSpaces(limit) { ASCII.isTextSpace(bytes[$0]) }
    }
    return try splitAtSpaces(limit) { units[$0].isPythonSpace }
  }

  @inline(__always)
  private func splitAtSpaces(_ limit: Int, _ isSpace: (Int) -> Bool) throws(PyError) -> Owned {
    let result = try Owned.list()
    let list = ListObject(result.value)
    let count = length
    var position = 0
    var splits = 0
    while true {
      while position < count && isSpace(position) { position &+= 1 }
      if position == count { break }
      let start = position
      if splits == limit {
        // The rest in one piece, with the spaces at its end.
        try list.append(taking: try part(start..<count))
        break
      }
      while position < count && !isSpace(position) { position &+= 1 }
      try list.append(taking: try part(start..<position))
      splits &+= 1
    }
    return result
  }

  func splitAtSpacesFromEnd(_ limit: Int) throws(PyError) -> Owned {
    let result = try Owned.list()
    let list = ListObject(result.value)
    let units = self.units
    var position = units.count
    var splits = 0
    while true {
      while position > 0 && units[position &- 1].isPythonSpace { position &-= 1 }
      if position == 0 { break }
      let end = position
      if splits == limit {
        try list.append(taking: try part(0..<end))
        break
      }
      while position > 0 && !units[position &- 1].isPythonSpace { position &-= 1 }
      try list.append(taking: try part(position..<end))
      splits &+= 1
    }
    list.reverseItems()
    return result
  }

  func split(_ separator: StringObject, _ limit: Int) throws(PyError) -> Owned {
    if separator.length == 0 { throw PyError.valueError("empty separator") }
    let result = try Owned.list()
    let list = ListObject(result.value)
    let pattern = SearchPattern(separator, in: self)
    let units = self.units
    var position = 0
    var splits = 0
    while splits < limit {
      let found = pattern.find(in: units[position..<units.count])
      if found < 0 { break }
      try list.append(taking: try part(position..<(position &+ found)))
      position &+= found &+ separator.length
      splits &+= 1
    }
    try list.append(taking: try part(position..<units.count))
    return result
  }

  func splitFromEnd(_ separator: StringObject, _ limit: Int) throws(PyError) -> Owned {
    if separator.length == 0 { throw PyError.valueError("empty separator") }
    let result = try Owned.list()
    let list = ListObject(result.value)
    let pattern = SearchPattern(separator, in: self)
    let units = self.units
    var end = units.count
    var splits = 0
    while splits < limit {
      let found = pattern.findLast(in: units[0..<end])
      if found < 0 { break }
      try list.append(taking: try part((found &+ separator.length)..<end))
      end = found
      splits &+= 1
    }
    try list.append(taking: try part(0..<end))
    list.reverseItems()
    return result
  }

  func lines(keepEnds: Bool) throws(PyError) -> Owned {
    let result = try Owned.list()
    let list = ListObject(result.value)
    let units = self.units
    var position = 0
    while position < units.count {
      let start = position
      while position < units.count && !units[position].isLineBreak { position &+= 1 }
      var end = position
      if position < units.count {
        let isReturn = units[position] == 0x0D
        position &+= 1
        if isReturn && position < units.count && units[position] == 0x0A { position &+= 1 }
        if keepEnds { end = position }
      }
      try list.append(taking: try part(start..<end))
    }
    return result
  }

  public func join(_ iterable: Value) throws(PyError) -> Owned {
    let sequence = try fastSequence(iterable, "can only join an iterable")
    let items = sequence.value.isList ? ListObject(sequence.value).buffer : TupleObject(sequence.value).buffer
    return try join(items)
  }

  /// Joins values; raises TypeError for one that is no str.
  func join(_ items: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    if items.count == 0 { return .emptyString }
    if items.count == 1 && items[0].isExactString { return Owned(copying: items[0]) }
    var total = 0
    var bits: UInt32 = 0
    for index in 0..<items.count {
      let item = items[index]
      guard item.isString else { throw PyError.typeError("sequence item \(index): expected str instance, \(item.typeName) found") }
      let text = StringObject(item)
      bits |= text.classBits
      let (sum, overflow) = total.addingReportingOverflow(text.length)
      guard !overflow else { throw PyError.overflowError("join() result is too long for a Python string") }
      total = sum
    }
    if length > 0 && items.count > 1 {
      bits |= classBits
      let (separators, overflow) = length.multipliedReportingOverflow(by: items.count &- 1)
      let (sum, tooLong) = total.addingReportingOverflow(separators)
      guard !overflow && !tooLong else { throw PyError.overflowError("join() result is too long for a Python string") }
      total = sum
    }
    if total == 0 { return .emptyString }
    let result = try StringObject.allocate(total, bits: bits)
    let width = result.width
    var out = result.data
    let separator = units
    for index in 0..<items.count {
      if index > 0 && separator.count > 0 {
        if separator.count == 1 && width == 1 {
          out.storeBytes(of: separator.base.load(as: UInt8.self), as: UInt8.self)
        } else {
          separator.copy(to: out, width: width)
        }
        out += separator.count &* width
      }
      let text = StringObject(items[index])
      text.units.copy(to: out, width: width)
      out += text.length &* width
    }
    if total == 1 && width == 1 {
      let point = result.codePoint(at: 0)
      freeObject(result.raw)
      return try .character(point)
    }
    return Owned(taking: result.value)
  }
}

/// An exact list or tuple as it is, or a list of what an iterable gives; for what is not iterable, TypeError with a message.
public func fastSequence(_ iterable: Value, _ message: StaticString) throws(PyError) -> Owned {
  if iterable.isExactList || iterable.isExactTuple { return Owned(copying: iterable) }
  let iterator: Owned
  do throws(PyError) { iterator = try iterable.iterate() } catch {
    guard PyError.matches(.typeError) else { throw error }
    PyError.clear()
    throw PyError.typeError("\(message)")
  }
  return try Owned.list(from: iterator.value)
}

extension ListObject {
  /// Turns a new list around.
  func reverseItems() {
    var (low, high) = (0, count &- 1)
    while low < high {
      (items[low], items[high]) = (items[high], items[low])
      low &+= 1
      high &-= 1
    }
  }
}
