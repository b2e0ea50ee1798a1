// `_io.StringIO`: a stream of text in memory.

import Glibc
import KraitRuntime

private struct StringContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  var units: UnsafeMutablePointer<UInt32>?
  var capacity: Int
  var count: Int
  var place: Int
  var mode: NewlineMode
  var newlines: NewlineState
  /// `newline` as it was given, for pickle: None or a str.
  var newline: Value
  var isClosed: Bool
  var isInitialized: Bool

  static func of(_ value: Value) -> UnsafeMutablePointer<StringContents> { value.object.assumingMemoryBound(to: StringContents.self) }
}

private typealias Contents = UnsafeMutablePointer<StringContents>

private func open(_ value: Value) throws(PyError) -> Contents {
  let contents = StringContents.of(value)
  if !contents.pointee.isInitialized { throw .valueError("I/O operation on uninitialized object") }
  if contents.pointee.isClosed { throw .valueError("I/O operation on closed file") }
  return contents
}

private func reserve(_ contents: Contents, _ count: Int) throws(PyError) {
  if count <= contents.pointee.capacity { return }
  guard count < Int.max / 16 else { throw .overflowError("new buffer size too large") }
  let capacity = max(count, contents.pointee.capacity + contents.pointee.capacity / 2, 64)
  guard let memory = realloc(contents.pointee.units, capacity * 4) else { throw PyError.memoryError() }
  contents.pointee.units = memory.assumingMemoryBound(to: UInt32.self)
  contents.pointee.capacity = capacity
}

private func write(_ contents: Contents, _ text: Value) throws(PyError) {
  if !contents.pointee.mode.isUniversal && contents.pointee.mode.written.utf8CodeUnitCount == 0 { return try put(contents, StringObject(text).units) }
  let decoded =
    contents.pointee.mode.isUniversal
    ? try contents.pointee.newlines.decode(text, translates: contents.pointee.mode.translatesReading, isFinal: true) : Owned.exactString(text)
  let translated = try contents.pointee.mode.translateWriting(decoded.value)
  try put(contents, StringObject(translated.value).units)
}

private func put(_ contents: Contents, _ units: CodeUnits) throws(PyError) {
  if units.count == 0 { return }
  let (end, overflow) = contents.pointee.place.addingReportingOverflow(units.count)
  if overflow { throw .overflowError("new position too large") }
  try reserve(contents, end)
  let target = contents.pointee.units.unsafelyUnwrapped
  if contents.pointee.place > contents.pointee.count { memset(target + contents.pointee.count, 0, (contents.pointee.place - contents.pointee.count) * 4) }
  units.copy(to: target + contents.pointee.place, width: 4)
  contents.pointee.place = end
  contents.pointee.count = max(contents.pointee.count, end)
}

private func text(_ contents: Contents, _ range: Range<Int>) throws(PyError) -> Owned {
  guard let units = contents.pointee.units else { return .emptyString }
  return try Owned.string(codePoints: UnsafeBufferPointer(start: units + range.lowerBound, count: range.count))
}

private func readLine(_ contents: Contents, _ limit: Int) throws(PyError) -> Owned {
  let start = contents.pointee.place
  guard start < contents.pointee.count, let units = contents.pointee.units else { return .emptyString }
  let bound = limit < 0 ? contents.pointee.count : min(contents.pointee.count, start + min(limit, contents.pointee.count))
  let end = contents.pointee.mode.endOfLine(CodeUnits(base: units, count: contents.pointee.count, width: 4), from: start, to: bound) ?? bound
  contents.pointee.place = end
  return try text(contents, start..<end)
}

func defineStringStream(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.string = try m.defineType("StringIO", base: StreamTypes.text) { t in
    t.documentation = "A stream of text in memory; newline is as for TextIOWrapper."
    t.basicSize = MemoryLayout<StringContents>.size
    t.flags.insert(.baseType)
    t.rawNew("StringIO") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
    t.initialize("StringIO(initial_value='', newline='\\n')") { (call: Call) throws(PyError) in
      let contents = StringContents.of(call.receiver)
      contents.pointee.isInitialized = false
      if !call[1].isNone && !call[1].isString { throw .typeError("newline must be str or None, not \(call[1].typeName)") }
      let mode = try NewlineMode(call[1], quotes: true)
      if !call[0].isNone && !call[0].isString { throw .typeError("initial_value must be str or None, not \(call[0].typeName)") }
      let old = contents.pointee.newline
      contents.pointee.newline = Owned(copying: call[1]).take()
      old.releaseIfPresent()
      contents.pointee.mode = mode
      contents.pointee.newlines = NewlineState()
      contents.pointee.count = 0
      contents.pointee.place = 0
      contents.pointee.isClosed = false
      if !call[0].isNone { try write(contents, call[0]) }
      contents.pointee.place = 0
      contents.pointee.isInitialized = true
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = raw.assumingMemoryBound(to: StringContents.self)
      free(contents.pointee.units)
      contents.pointee.newline.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
      let line = try readLine(try open(object), -1)
      return StringObject(line.value).length == 0 ? Owned(taking: .absent) : line
    }
    defineStringMethods(t)
    defineStringState(t)
  }
}

private func defineStringMethods(_ t: TypeDefinition) {
  for name in ["readable()", "writable()", "seekable()"] as [StaticString] {
    t.method(name, "Whether the stream can do that: yes.") { (call: Call) throws(PyError) -> Owned in
      _ = try open(call.receiver)
      return .boolean(true)
    }
  }
  t.method("read(size=-1, /)", "Read at most so many characters.") { (call: Call) throws(PyError) -> Owned in
    let contents = try open(call.receiver)
    let size = try sizeArgument(call[0])
    let start = min(contents.pointee.place, contents.pointee.count)
    let end = size < 0 ? contents.pointee.count : min(contents.pointee.count, start + min(size, contents.pointee.count))
    contents.pointee.place = max(contents.pointee.place, end)
    return try text(contents, start..<end)
  }
  t.method("readline(size=-1, /)", "Read a line of at most so many characters.") { (call: Call) throws(PyError) -> Owned in
    try readLine(try open(call.receiver), try sizeArgument(call[0]))
  }
  t.method("write(s, /)", "Write text and return its length.") { (call: Call) throws(PyError) -> Owned in
    if !StringContents.of(call.receiver).pointee.isInitialized { throw .valueError("I/O operation on uninitialized object") }
    guard call[0].isString else { throw .typeError("string argument expected, got '\(call[0].typeName)'") }
    try write(try open(call.receiver), call[0])
    return try Owned.integer(StringObject(call[0]).length)
  }
  t.method("getvalue()", "All the text.") { (call: Call) throws(PyError) -> Owned in
    let contents = try open(call.receiver)
    return try text(contents, 0..<contents.pointee.count)
  }
  t.method("tell()", "The place of the stream.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(try open(call.receiver).pointee.place) }
  t.method("seek(pos, whence=0, /)", "Move to a place of the stream and return it.") { (call: Call) throws(PyError) -> Owned in
    let place = try call.int(0)
    let whence = try call.int32(1)
    let contents = try open(call.receiver)
    guard (0...2).contains(whence) else { throw .valueError("Invalid whence (\(whence), should be 0, 1 or 2)") }
    if place < 0 && whence == 0 { throw .valueError("Negative seek position \(place)") }
    if whence != 0 && place != 0 { throw PyError.raise(.osError, "Can't do nonzero cur-relative seeks") }
    contents.pointee.place = whence == 0 ? place : whence == 1 ? contents.pointee.place : contents.pointee.count
    return try Owned.integer(contents.pointee.place)
  }
  t.method("truncate(pos=None, /)", "Cut the stream to a size, its place if none is given.") { (call: Call) throws(PyError) -> Owned in
    let contents = try open(call.receiver)
    let size = call[0].isNone ? contents.pointee.place : try call.int(0)
    if size < 0 { throw .valueError("Negative size value \(size)") }
    contents.pointee.count = min(contents.pointee.count, size)
    return try Owned.integer(size)
  }
  t.method("close()", "Give up the text.") { (call: Call) throws(PyError) -> Owned in
    let contents = StringContents.of(call.receiver)
    contents.pointee.isClosed = true
    free(contents.pointee.units)
    contents.pointee.units = nil
    contents.pointee.capacity = 0
    contents.pointee.count = 0
    try closeBase(call.receiver)
    return .none
  }
}

private func defineStringState(_ t: TypeDefinition) {
  t.getter("closed", "Whether the stream is closed.") { (object: Value) throws(PyError) -> Owned in
    if !StringContents.of(object).pointee.isInitialized { throw .valueError("I/O operation on uninitialized object") }
    return .boolean(StringContents.of(object).pointee.isClosed)
  }
  t.getter("line_buffering", "Whether lines are written at once: no.") { (object: Value) throws(PyError) -> Owned in
    _ = try open(object)
    return .boolean(false)
  }
  t.getter("newlines", "The kinds of line ends that were written.") { (object: Value) throws(PyError) -> Owned in
    let contents = try open(object)
    return contents.pointee.mode.isUniversal ? try contents.pointee.newlines.newlines() : .none
  }
  t.method("__getstate__()", "What pickle stores.") { (call: Call) throws(PyError) -> Owned in
    let contents = try open(call.receiver)
    let value = try text(contents, 0..<contents.pointee.count)
    let place = try Owned.integer(contents.pointee.place)
    let dict = try call.receiver.lookUpAttribute(Name.__dict__)
    let copy = !dict.value.isAbsent && dict.value.isDict && DictObject(dict.value).count > 0 ? try DictObject(dict.value).copy() : Owned.none
    return try Owned.tuple(copying: [value.value, contents.pointee.newline, place.value, copy.value])
  }
  t.method("__setstate__(state, /)", "Take what pickle stored.") { (call: Call) throws(PyError) -> Owned in
    let contents = StringContents.of(call.receiver)
    if contents.pointee.isClosed { throw .valueError("I/O operation on closed file") }
    guard call[0].isTuple, TupleObject(call[0]).count >= 4 else {
      throw .typeError("\(call.receiver.typeName).__setstate__ argument should be 4-tuple, got \(call[0].typeName)")
    }
    let parts = TupleObject(call[0])
    let initialize = try call.receiver.getAttribute(Name.__init__)
    let empty = Owned.emptyString
    _ = try initialize.call(empty.value, parts[1])
    guard parts[0].isString else { throw .typeError("initial_value must be str or None, not \(parts[0].typeName)") }
    // The text is as it was: nothing is translated again.
    let units = StringObject(parts[0]).units
    try reserve(contents, units.count)
    if units.count > 0 { units.copy(to: contents.pointee.units.unsafelyUnwrapped, width: 4) }
    contents.pointee.count = units.count
    guard parts[2].isInteger else { throw .typeError("third item of state must be an integer, got \(parts[2].typeName)") }
    let place = try parts[2].asInt()
    if place < 0 { throw .valueError("position value cannot be negative") }
    contents.pointee.place = place
    if !parts[3].isNone {
      guard parts[3].isDict else { throw .typeError("fourth item of state should be a dict, got a \(parts[3].typeName)") }
      let dict = try call.receiver.getAttribute(Name.__dict__)
      try DictObject(dict.value).update(from: parts[3])
    }
    return .none
  }
}
