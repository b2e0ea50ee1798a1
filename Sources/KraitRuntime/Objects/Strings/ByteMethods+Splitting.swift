// bytes and bytearray: split, rsplit, splitlines, join, strip.

import CKraitCore
import Glibc

func defineByteSplitting(_ t: TypeDefinition) {
  t.method("split(sep=None, maxsplit=-1)", "The pieces between separators, or between runs of ASCII whitespace.") { (call: Call) throws(PyError) -> Owned in
    try split(call, fromEnd: false)
  }
  t.method("rsplit(sep=None, maxsplit=-1)", "As split, counted from the end.") { (call: Call) throws(PyError) -> Owned in try split(call, fromEnd: true) }
  t.method("splitlines(keepends=False)", "The lines, with or without what ends them.") { (call: Call) throws(PyError) -> Owned in
    let keepEnds = try call.bool(0)
    let result = try Owned.list()
    let list = ListObject(result.value)
    let units = call.receiverUnits
    var position = 0
    while position < units.count {
      let start = position
      while position < units.count && units[position] != 0x0A && units[position] != 0x0D { position &+= 1 }
      var end = position
      if position < units.count {
        let isReturn = units[position] == 0x0D
        position &+= 1
        if isReturn && position < units.count && units[position] == 0x0A { position &+= 1 }
        if keepEnds { end = position }
      }
      try list.append(taking: try call.part(start..<end))
    }
    return result
  }
  t.method("join(iterable_of_bytes, /)", "Bytes-like objects with this one between them.") { (call: Call) throws(PyError) -> Owned in
    // The items may come from code that would change the separator.
    try call.holdingReceiver { () throws(PyError) -> Owned in try join(call) }
  }
  t.method("strip(bytes=None, /)", "The bytes without whitespace, or without some bytes, at both ends.") { (call: Call) throws(PyError) -> Owned in
    try strip(call, left: true, right: true)
  }
  t.method("lstrip(bytes=None, /)", "As strip, on the left only.") { (call: Call) throws(PyError) -> Owned in try strip(call, left: true, right: false) }
  t.method("rstrip(bytes=None, /)", "As strip, on the right only.") { (call: Call) throws(PyError) -> Owned in try strip(call, left: false, right: true) }
}

private func strip(_ call: Call, left: Bool, right: Bool) throws(PyError) -> Owned {
  if call[0].isNone {
    let units = call.receiverUnits
    var (start, end) = (0, units.count)
    if left { while start < end && ASCII.isSpace(UInt8(units[start])) { start &+= 1 } }
    if right { while end > start && ASCII.isSpace(UInt8(units[end &- 1])) { end &-= 1 } }
    return try call.part(start..<end)
  }
  let view = try call[0].buffer(.simple)
  let characters = CharacterSet(view.units)
  let units = call.receiverUnits
  var (start, end) = (0, units.count)
  if left { while start < end && characters.contains(units[start]) { start &+= 1 } }
  if right { while end > start && characters.contains(units[end &- 1]) { end &-= 1 } }
  return try call.part(start..<end)
}

private func split(_ call: Call, fromEnd: Bool) throws(PyError) -> Owned {
  let given = try call.index(1)
  return try call.holdingReceiver { () throws(PyError) -> Owned in try split(call, limit: given < 0 ? .max : given, fromEnd: fromEnd) }
}

private func split(_ call: Call, limit: Int, fromEnd: Bool) throws(PyError) -> Owned {
  let result = try Owned.list()
  let list = ListObject(result.value)
  if call[0].isNone {
    let units = call.receiverUnits
    try splitAtSpaces(units, limit, fromEnd) { (range) throws(PyError) in try list.append(taking: try call.part(range)) }
  } else {
    let separator = try call[0].buffer(.simple)
    if separator.bytes.count == 0 { throw PyError.valueError("empty separator") }
    let units = call.receiverUnits
    var splits = 0
    if fromEnd {
      var end = units.count
      while splits < limit {
        let found = units[0..<end].findLast(separator.units)
        if found < 0 { break }
        try list.append(taking: try call.part((found &+ separator.bytes.count)..<end))
        end = found
        splits &+= 1
      }
      try list.append(taking: try call.part(0..<end))
    } else {
      var position = 0
      while splits < limit {
        let found = units[position..<units.count].find(separator.units)
        if found < 0 { break }
        try list.append(taking: try call.part(position..<(position &+ found)))
        position &+= found &+ separator.bytes.count
        splits &+= 1
      }
      try list.append(taking: try call.part(position..<units.count))
    }
  }
  if fromEnd { list.reverseItems() }
  return result
}

private func splitAtSpaces(_ units: CodeUnits, _ limit: Int, _ fromEnd: Bool, _ emit: (Range<Int>) throws(PyError) -> Void) throws(PyError) {
  func isSpace(_ index: Int) -> Bool { ASCII.isSpace(UInt8(truncatingIfNeeded: units[index])) }
  var (start, end) = (0, units.count)
  var splits = 0
  while true {
    if fromEnd {
      while end > start && isSpace(end &- 1) { end &-= 1 }
      if end == start { return }
      if splits == limit { return try emit(start..<end) }
      var first = end
      while first > start && !isSpace(first &- 1) { first &-= 1 }
      try emit(first..<end)
      end = first
    } else {
      while start < end && isSpace(start) { start &+= 1 }
      if start == end { return }
      if splits == limit { return try emit(start..<end) }
      var last = start
      while last < end && !isSpace(last) { last &+= 1 }
      try emit(start..<last)
      start = last
    }
    splits &+= 1
  }
}

private func join(_ call: Call) throws(PyError) -> Owned {
  let sequence = try fastSequence(call[0], "can only join an iterable")
  let isList = sequence.value.isList
  let count = isList ? ListObject(sequence.value).count : TupleObject(sequence.value).count
  // Views are kept until all is copied: nothing can move meanwhile.
  var fields = [BufferFields]()
  fields.reserveCapacity(count)
  defer { for index in fields.indices { fields[index].release() } }
  var total = 0
  for index in 0..<count {
    let item = Owned(copying: isList ? ListObject(sequence.value)[index] : TupleObject(sequence.value)[index])
    guard let slot = item.value.type.slots.pointee.buffer else {
      throw PyError.typeError("sequence item \(index): expected a bytes-like object, \(item.value.typeName) found")
    }
    if count == 1 && item.value.isExact(.bytes) && call.receiver.isBytes { return item }
    var view = BufferFields()
    do throws(PyError) { try slot(item.value, .simple, &view) } catch {
      throw PyError.typeError("sequence item \(index): expected a bytes-like object, \(item.value.typeName) found")
    }
    fields.append(view)
    guard !isList || ListObject(sequence.value).count == count else { throw PyError.runtimeError("sequence changed size during iteration") }
    let (sum, overflow) = total.addingReportingOverflow(view.byteCount)
    guard !overflow else { throw PyError.overflowError("join() result is too long") }
    total = sum
  }
  let separator = call.receiverUnits
  if fields.count > 1 {
    let (separators, overflow) = separator.count.multipliedReportingOverflow(by: fields.count &- 1)
    let (sum, tooLong) = total.addingReportingOverflow(separators)
    guard !overflow && !tooLong else { throw PyError.overflowError("join() result is too long") }
    total = sum
  }
  let result = try call.make(count: total)
  var out = UnsafeMutableRawPointer(result.data)
  for index in fields.indices {
    if index > 0 {
      memcpy(out, separator.base, separator.count)
      out += separator.count
    }
    memcpy(out, fields[index].data, fields[index].byteCount)
    out += fields[index].byteCount
  }
  return try result.finish()
}
