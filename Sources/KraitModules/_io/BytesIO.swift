// `_io.BytesIO`: a stream of bytes in memory.

import Glibc
import KraitRuntime

private struct BytesContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  /// A bytearray; absent when the stream is closed.
  var array: Value
  var place: Int
  /// How many buffers `getbuffer` has lent out.
  var isClosed: Bool
  static func of(_ value: Value) -> UnsafeMutablePointer<BytesContents> { value.object.assumingMemoryBound(to: BytesContents.self) }
}

/// Whether a `BytesIO` is closed; nil for any other stream, and for one of a subclass, which may tell it in another way.
@inline(__always)
func isClosedBytesStream(_ stream: Value) -> Bool? { stream.type == StreamTypes.bytes ? BytesContents.of(stream).pointee.isClosed : nil }

private func open(_ value: Value) throws(PyError) -> (UnsafeMutablePointer<BytesContents>, ByteArrayObject) {
  let contents = BytesContents.of(value)
  if contents.pointee.array.isAbsent {
    if contents.pointee.isClosed { throw .valueError("I/O operation on closed file.") }
    contents.pointee.array = try Owned.bytearray(UnsafeRawBufferPointer(start: nil, count: 0)).take()
  }
  return (contents, ByteArrayObject(contents.pointee.array))
}

private func rest(_ contents: UnsafeMutablePointer<BytesContents>, _ array: ByteArrayObject) -> UnsafeRawBufferPointer {
  let start = min(contents.pointee.place, array.count)
  return UnsafeRawBufferPointer(rebasing: array.buffer[start...])
}

private func checkResizable(_ array: ByteArrayObject) throws(PyError) {
  if array.isExported { throw PyError.raise(.bufferError, "Existing exports of data: object cannot be re-sized") }
}

private func readBytes(_ call: Call) throws(PyError) -> Owned {
  let (contents, array) = try open(call.receiver)
  let size = try sizeArgument(call[0])
  let rest = rest(contents, array)
  let count = size < 0 ? rest.count : min(size, rest.count)
  let result = try Owned.bytes(UnsafeRawBufferPointer(start: rest.baseAddress, count: count))
  contents.pointee.place += count
  return result
}

private func read(_ value: Value, into target: UnsafeMutableRawPointer, _ size: Int) throws(PyError) -> Int {
  let (contents, array) = try open(value)
  let place = contents.pointee.place
  let count = max(0, min(size, array.count - place))
  if count > 0 { memmove(target, array.data + place, count) }
  contents.pointee.place = place + count
  return count
}

private func readLine(_ value: Value, _ limit: Int) throws(PyError) -> Owned {
  let (contents, array) = try open(value)
  let rest = rest(contents, array)
  var count = limit < 0 ? rest.count : min(limit, rest.count)
  if count > 0, let base = rest.baseAddress, let end = memchr(base, 0x0A, count) { count = UnsafeRawPointer(end) - base + 1 }
  let line = try Owned.bytes(UnsafeRawBufferPointer(start: rest.baseAddress, count: count))
  contents.pointee.place += count
  return line
}

private func write(_ value: Value, _ data: Value) throws(PyError) -> Int {
  let (_, before) = try open(value)
  try checkResizable(before)
  if data.isExact(.bytes) { return try put(value, BytesObject(data).buffer) }
  let view = try data.buffer(.simple)
  guard let base = view.bytes.baseAddress, view.bytes.count > 0 else { return 0 }
  // The bytes may be the stream's own.
  let copy = try PlainBuffer(view.bytes.count)
  memcpy(copy.start, base, view.bytes.count)
  return try put(value, UnsafeRawBufferPointer(start: copy.start, count: view.bytes.count))
}

/// Writes bytes that are not the stream's own.
private func put(_ value: Value, _ bytes: UnsafeRawBufferPointer) throws(PyError) -> Int {
  let (contents, array) = try open(value)
  guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
  let (end, overflow) = contents.pointee.place.addingReportingOverflow(bytes.count)
  if overflow { throw .overflowError("new position too large") }
  let old = array.count
  if end > old {
    try array.setCount(end)
    if contents.pointee.place > old { memset(array.data + old, 0, contents.pointee.place - old) }
  }
  memcpy(array.data + contents.pointee.place, base, bytes.count)
  contents.pointee.place = end
  return bytes.count
}

/// What `getbuffer()` gives out memory through; it keeps the stream.
private struct LentBytes {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var stream: Value
  static func of(_ value: Value) -> UnsafeMutablePointer<LentBytes> { value.object.assumingMemoryBound(to: LentBytes.self) }
}

private func defineLentBytes(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.bytesBuffer = try m.defineType("_BytesIOBuffer") { t in
    t.basicSize = MemoryLayout<LentBytes>.size
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      raw.assumingMemoryBound(to: LentBytes.self).pointee.stream.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(raw.assumingMemoryBound(to: LentBytes.self).pointee.stream) }
    t.slots.buffer = BufferSlot { (object, request, fields) throws(PyError) in
      let (_, array) = try open(LentBytes.of(object).pointee.stream)
      try fields.pointee.fill(owner: object, array.data, array.count, isReadOnly: false, request)
      array.lend()
    }
    t.slots.releaseBuffer = BufferReleaseSlot { (object, _) in
      let array = BytesContents.of(LentBytes.of(object).pointee.stream).pointee.array
      if !array.isAbsent { ByteArrayObject(array).takeBack() }
    }
  }
}

func defineBytesStream(_ m: ModuleBuilder) throws(PyError) {
  try defineLentBytes(m)
  StreamTypes.bytes = try m.defineType("BytesIO", base: StreamTypes.buffered) { t in
    t.documentation = "A stream of bytes in memory."
    t.basicSize = MemoryLayout<BytesContents>.size
    t.flags.insert(.baseType)
    t.rawNew("BytesIO") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
    t.initialize("BytesIO(initial_bytes=b'')") { (call: Call) throws(PyError) in
      let contents = BytesContents.of(call.receiver)
      if !contents.pointee.array.isAbsent { try checkResizable(ByteArrayObject(contents.pointee.array)) }
      let array = try Owned.bytearray(UnsafeRawBufferPointer(start: nil, count: 0))
      if !call[0].isNone {
        let view = try call[0].buffer(.simple)
        try ByteArrayObject(array.value).setCount(view.bytes.count)
        if let base = view.bytes.baseAddress, view.bytes.count > 0 { memcpy(ByteArrayObject(array.value).data, base, view.bytes.count) }
      }
      let old = contents.pointee.array
      contents.pointee.array = array.take()
      contents.pointee.place = 0
      contents.pointee.isClosed = false
      old.releaseIfPresent()
    }
    t.slots.deallocate = DeallocateSlot { raw in
      raw.assumingMemoryBound(to: BytesContents.self).pointee.array.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in
      _ = try open(object)
      return Owned(copying: object)
    }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
      let line = try readLine(object, -1)
      return BytesObject(line.value).count == 0 ? Owned(taking: .absent) : line
    }
    defineBytesMethods(t)
    defineBytesState(t)
  }
}

private func defineBytesMethods(_ t: TypeDefinition) {
  for name in ["readable()", "writable()", "seekable()"] as [StaticString] {
    t.method(name, "Whether the stream can do that: yes.") { (call: Call) throws(PyError) -> Owned in
      _ = try open(call.receiver)
      return .boolean(true)
    }
  }
  t.method("isatty()", "Whether the stream is a terminal: no.") { (call: Call) throws(PyError) -> Owned in
    _ = try open(call.receiver)
    return .boolean(false)
  }
  t.method("flush()", "Does nothing.") { (call: Call) throws(PyError) -> Owned in
    _ = try open(call.receiver)
    return .none
  }
  t.method("close()", "Give up the bytes.") { (call: Call) throws(PyError) -> Owned in
    let contents = BytesContents.of(call.receiver)
    if !contents.pointee.array.isAbsent { try checkResizable(ByteArrayObject(contents.pointee.array)) }
    let old = contents.pointee.array
    contents.pointee.array = .absent
    contents.pointee.isClosed = true
    old.releaseIfPresent()
    return .none
  }
  t.method("read(size=-1, /)", "Read at most so many bytes.", readBytes)
  t.method("read1(size=-1, /)", "Read at most so many bytes.", readBytes)
  t.method("readline(size=-1, /)", "Read a line of at most so many bytes.") { (call: Call) throws(PyError) -> Owned in
    _ = try open(call.receiver)
    return try readLine(call.receiver, try sizeArgument(call[0]))
  }
  t.method("readlines(size=None, /)", "Read lines, until they have so many bytes.") { (call: Call) throws(PyError) -> Owned in
    _ = try open(call.receiver)
    let limit = try sizeArgument(call[0])
    let lines = try Owned.list()
    var total = 0
    while true {
      let line = try readLine(call.receiver, -1)
      let count = BytesObject(line.value).count
      if count == 0 { return lines }
      try ListObject(lines.value).append(line.value)
      total += count
      if limit > 0 && total >= limit { return lines }
    }
  }
  t.method("readinto(buffer, /)", "Read into memory.") { (call: Call) throws(PyError) -> Owned in
    // Nothing runs between the look at a bytearray and the copy: it need not be lent out.
    if call[0].type == .bytearray {
      let target = ByteArrayObject(call[0])
      return try Owned.integer(try read(call.receiver, into: target.data, target.count))
    }
    let view = try call[0].writableBuffer("readinto", "argument")
    guard let target = view.mutableBytes.baseAddress else {
      _ = try open(call.receiver)
      return try Owned.integer(0)
    }
    return try Owned.integer(try read(call.receiver, into: target, view.mutableBytes.count))
  }
  t.method("write(b, /)", "Write bytes and return how many.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(try write(call.receiver, call[0])) }
  t.method("writelines(lines, /)", "Write each of the bytes objects.") { (call: Call) throws(PyError) -> Owned in
    _ = try open(call.receiver)
    let stream = call.receiver
    try call[0].iterateEach { (line: Value) throws(PyError) -> Bool in
      let held = Owned(copying: line)
      _ = try write(stream, held.value)
      return true
    }
    return .none
  }
  t.method("tell()", "The place of the stream.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(try open(call.receiver).0.pointee.place) }
  t.method("seek(pos, whence=0, /)", "Move to a place of the stream and return it.") { (call: Call) throws(PyError) -> Owned in
    let offset = try call.int(0)
    let whence = try call.int32(1)
    let (contents, array) = try open(call.receiver)
    if offset < 0 && whence == 0 { throw .valueError("negative seek value \(offset)") }
    guard (0...2).contains(whence) else { throw .valueError("invalid whence (\(whence), should be 0, 1 or 2)") }
    let base = whence == 0 ? 0 : whence == 1 ? contents.pointee.place : array.count
    let (place, overflow) = base.addingReportingOverflow(offset)
    if overflow { throw .overflowError("new position too large") }
    contents.pointee.place = max(0, place)
    return try Owned.integer(contents.pointee.place)
  }
  t.method("truncate(size=None, /)", "Cut the stream to a size, its place if none is given.") { (call: Call) throws(PyError) -> Owned in
    let (contents, array) = try open(call.receiver)
    try checkResizable(array)
    let size = call[0].isNone ? contents.pointee.place : try call.int(0)
    if size < 0 { throw .valueError("negative size value \(size)") }
    if size < array.count { try array.setCount(size) }
    return try Owned.integer(size)
  }
}

private func defineBytesState(_ t: TypeDefinition) {
  t.method("getvalue()", "All the bytes.") { (call: Call) throws(PyError) -> Owned in try Owned.bytes(try open(call.receiver).1.buffer) }
  t.method("getbuffer()", "A view of the bytes, which can be changed through it.") { (call: Call) throws(PyError) -> Owned in
    _ = try open(call.receiver)
    let raw = try StreamTypes.bytesBuffer.allocate()
    let lender = Owned(taking: raw)
    LentBytes.of(lender.value).pointee.stream = Owned(copying: call.receiver).take()
    return try Owned.memoryview(lender.value)
  }
  t.getter("closed", "Whether the stream is closed.") { (object: Value) throws(PyError) -> Owned in
    .boolean(BytesContents.of(object).pointee.isClosed)
  }
  t.method("__getstate__()", "What pickle stores.") { (call: Call) throws(PyError) -> Owned in
    let (contents, array) = try open(call.receiver)
    let value = try Owned.bytes(array.buffer)
    let place = try Owned.integer(contents.pointee.place)
    let dict = try call.receiver.lookUpAttribute(Name.__dict__)
    let hasDict = !dict.value.isAbsent && dict.value.isDict && DictObject(dict.value).count > 0
    let copy = hasDict ? try DictObject(dict.value).copy() : Owned.none
    return try Owned.tuple(value.value, place.value, copy.value)
  }
  t.method("__setstate__(object, /)", "Take what pickle stored.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isTuple, TupleObject(call[0]).count >= 3 else {
      throw .typeError("\(call.receiver.typeName).__setstate__ argument should be 3-tuple, got \(call[0].typeName)")
    }
    let parts = TupleObject(call[0])
    let (contents, array) = try open(call.receiver)
    try checkResizable(array)
    try array.setCount(0)
    contents.pointee.place = 0
    _ = try write(call.receiver, parts[0])
    guard parts[1].isInteger else { throw .typeError("second item of state must be an integer, not \(parts[1].typeName)") }
    let place = try parts[1].asInt()
    if place < 0 { throw .valueError("position value cannot be negative") }
    contents.pointee.place = place
    if !parts[2].isNone {
      guard parts[2].isDict else { throw .typeError("third item of state should be a dict, got a \(parts[2].typeName)") }
      let dict = try call.receiver.getAttribute(Name.__dict__)
      try DictObject(dict.value).update(from: parts[2])
    }
    return .none
  }
}
