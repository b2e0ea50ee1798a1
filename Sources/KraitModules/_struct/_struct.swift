// The module `_struct`: bytes as C structures.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var structType = ModuleType()
nonisolated(unsafe) private var iteratorType = ModuleType()
nonisolated(unsafe) private var errorClass = InterpreterValue()
/// Formats that were used lately: a dict to their ``StructObject``s.
nonisolated(unsafe) private var cache = InterpreterValue()
/// The same for formats that are bytes: a dict with both would compare them, of which `-b` warns.
nonisolated(unsafe) private var bytesCache = InterpreterValue()

/// `struct.error`
func structError(_ message: String) -> PyError {
  excludeOtherThreads()
  do throws(PyError) {
    let text = try Owned.string(message)
    return PyError.raise(try errorClass.value.call(text.value))
  } catch { return error }
}

private struct StructObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    /// A str; absent before `__init__`.
    var format: Value
    var codes: UnsafeMutablePointer<StructCode>?
    var codeCount: Int
    var size: Int
    var items: Int
    /// How often a format was given.
    var formats: Int
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var size: Int { contents.pointee.size }

  func freeCodes() {
    if let codes = contents.pointee.codes { codes.deallocate() }
    contents.pointee.codes = nil
    contents.pointee.codeCount = 0
  }

  /// Reads a format given as str or bytes.
  func initialize(_ given: Value) throws(PyError) {
    let format: Owned
    if given.isBytes {
      let bytes = BytesObject(given)
      // Bytes that are no ASCII become surrogates, which are refused.
      var text = StringBuilder()
      for index in 0..<bytes.count {
        let byte = UInt32(bytes.data.load(fromByteOffset: index, as: UInt8.self))
        try text.append(codePoint: byte < 0x80 ? byte : 0xDC00 + byte)
      }
      format = try text.finish()
    } else if given.isString {
      format = try Owned.exactString(given)
    } else {
      throw .typeError("Struct() argument 1 must be a str or bytes object, not \(given.typeName)")
    }
    let text = StringObject(format.value)
    guard text.isASCII else {
      let encoding = try Owned.string("ascii" as StaticString)
      _ = try format.value.callMethod(Name.encode, encoding.value)
      throw structError("bad char in struct format")
    }
    let layout = try readFormat(UnsafeBufferPointer(start: text.data.assumingMemoryBound(to: UInt8.self), count: text.length))
    let codes = UnsafeMutablePointer<StructCode>.allocate(capacity: max(layout.codes.count, 1))
    for (index, code) in layout.codes.enumerated() { (codes + index).initialize(to: code) }
    freeCodes()
    contents.pointee.codes = codes
    contents.pointee.codeCount = layout.codes.count
    contents.pointee.size = layout.size
    contents.pointee.items = layout.items
    contents.pointee.formats &+= 1
    let old = contents.pointee.format
    contents.pointee.format = format.take()
    old.releaseIfPresent()
  }

  /// - Parameter place: zeros. A value that cannot be packed leaves them in its place and in those behind it.
  @inline(__always)
  private func pack(_ values: UnsafeBufferPointer<Value>, _ place: UnsafeMutableRawPointer) throws(PyError) {
    guard values.count == contents.pointee.items, var value = values.baseAddress, let codes = contents.pointee.codes else { return }
    let (count, formats) = (contents.pointee.codeCount, contents.pointee.formats)
    var index = 0
    while index < count {
      let code = codes[index]
      var position = place + code.offset
      let limit = value + code.count
      while value < limit {
        try packItem(code, value.pointee, position)
        position += code.size
        value += 1
      }
      // A value's own methods can give this object another format: its items are others.
      if _slowPath(contents.pointee.formats != formats) { return }
      index &+= 1
    }
  }

  func unpack(_ place: UnsafeRawPointer) throws(PyError) -> Owned {
    let result = try Owned.tuple(count: contents.pointee.items)
    var code = contents.pointee.codes.unsafelyUnwrapped
    let end = code + contents.pointee.codeCount
    var item = TupleObject(result.value).items
    while code < end {
      let limit = item + code.pointee.count
      if !unpackIntegers(code, place + code.pointee.offset, to: item) {
        var position = place + code.pointee.offset
        var next = item
        while next < limit {
          next.pointee = try unpackItem(code.pointee, position).take()
          position += code.pointee.size
          next += 1
        }
      }
      item = limit
      code += 1
    }
    return result
  }

  func packed(_ values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    if values.count != contents.pointee.items { throw structError("pack expected \(contents.pointee.items) items for packing (got \(values.count))") }
    if size >= 2 {
      let result = try Owned.zeroBytes(size)
      try pack(values, BytesObject(result.value).data)
      return result
    }
    if size == 0 {
      var nothing: UInt8 = 0
      try pack(values, &nothing)
      return .emptyBytes
    }
    // The objects of one byte are there.
    var byte: UInt8 = 0
    try pack(values, &byte)
    return try Owned.bytes(UnsafeRawBufferPointer(start: &byte, count: 1))
  }

  /// `pack_into(buffer, offset, v1, v2, …)`
  func packInto(_ arguments: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    if arguments.count < 2 { throw structError(arguments.count == 0 ? "pack_into expected buffer argument" : "pack_into expected offset argument") }
    let values = UnsafeBufferPointer(rebasing: arguments[2...])
    if values.count != contents.pointee.items { throw structError("pack_into expected \(contents.pointee.items) items for packing (got \(values.count))") }
    guard arguments[0].supportsBuffer else { throw .typeError("argument must be read-write bytes-like object, not \(arguments[0].typeName)") }
    let view: BufferView
    do throws(PyError) { view = try arguments[0].buffer(.writable) } catch {
      PyError.clear()
      throw .typeError("argument must be read-write bytes-like object, not \(arguments[0].typeName)")
    }
    var offset = try arguments[1].asIndex()
    let available = view.bytes.count
    if offset < 0 {
      if offset + size > 0 { throw structError("no space to pack \(size) bytes at offset \(offset)") }
      if offset + available < 0 { throw structError("offset \(offset) out of range for \(available)-byte buffer") }
      offset += available
    }
    if available - offset < size {
      throw structError(
        "pack_into requires a buffer of at least \(UInt(bitPattern: size) &+ UInt(bitPattern: offset)) bytes for packing \(size) bytes at offset \(offset) (actual buffer size is \(available))")
    }
    guard let base = view.mutableBytes.baseAddress else { return .none }
    memset(base + offset, 0, size)
    try pack(values, base + offset)
    return .none
  }

  func unpacked(_ buffer: Value) throws(PyError) -> Owned {
    if buffer.isExact(.bytes) && BytesObject(buffer).count == size { return try unpack(BytesObject(buffer).data) }
    let view = try buffer.buffer(.simple)
    if view.bytes.count != size { throw structError("unpack requires a buffer of \(size) bytes") }
    return try unpack(view.bytes.baseAddress ?? UnsafeRawPointer(raw))
  }

  func unpacked(from buffer: Value, _ start: Int) throws(PyError) -> Owned {
    let view = try buffer.buffer(.simple)
    var offset = start
    let available = view.bytes.count
    if offset < 0 {
      if offset + size > 0 { throw structError("not enough data to unpack \(size) bytes at offset \(offset)") }
      if offset + available < 0 { throw structError("offset \(offset) out of range for \(available)-byte buffer") }
      offset += available
    }
    if available - offset < size {
      throw structError(
        "unpack_from requires a buffer of at least \(UInt(bitPattern: size) &+ UInt(bitPattern: offset)) bytes for unpacking \(size) bytes at offset \(offset) (actual buffer size is \(available))")
    }
    return try unpack((view.bytes.baseAddress ?? UnsafeRawPointer(raw)) + offset)
  }

  /// An iterator over a buffer: the struct (a), bytes or a memoryview (b), the offset (i), the end (j).
  func iterator(_ buffer: Value) throws(PyError) -> Owned {
    if size == 0 { throw structError("cannot iteratively unpack with a struct of length 0") }
    guard buffer.supportsBuffer else { throw .typeError("a bytes-like object is required, not '\(buffer.typeName)'") }
    let view = buffer.isExact(.bytes) ? Owned(copying: buffer) : try TypeObject.memoryview.value.call(buffer)
    let count = try view.value.buffer(.simple).bytes.count
    if count % size != 0 { throw structError("iterative unpacking requires a buffer of a multiple of \(size) bytes") }
    return try IteratorObject.make(iteratorType.value, Owned(copying: Value(raw)), view, j: count)
  }
}

private func checkReady(_ value: Value) throws(PyError) -> StructObject {
  let object = StructObject(value)
  if object.contents.pointee.format.isAbsent { throw .runtimeError("Struct object is not initialized") }
  return object
}

/// The struct of a format: one of those used lately, or a new one.
private func cachedStruct(_ format: Value) throws(PyError) -> Owned {
  let known = format.isBytes ? bytesCache.value : cache.value
  if format.isFrozen && !known.isAbsent {
    let found = DictObject(known).itemBesideOthers(format)
    if !found.value.isAbsent { return found }
  }
  excludeOtherThreads()
  if cache.value.isAbsent {
    try cache.set(try Owned.dict())
    try bytesCache.set(try Owned.dict())
  }
  let dict = Owned(copying: format.isBytes ? bytesCache.value : cache.value)
  if format.isString || format.isBytes {
    let found = try DictObject(dict.value).get(format)
    if !found.isAbsent { return Owned(copying: found) }
  }
  let new = StructObject(raw: try structType.object.allocate())
  let owner = Owned(taking: new.raw)
  try new.initialize(format)
  if DictObject(dict.value).count >= 100 { DictObject(dict.value).clear() }
  try DictObject(dict.value).set(format, owner.value)
  return owner
}

private func nextUnpacked(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if object.a.isAbsent || object.b.isAbsent { return .end }
  let layout = StructObject(object.a)
  if object.i >= object.j {
    object.dropA()
    object.dropB()
    return .end
  }
  if object.b.isExact(.bytes) {
    let place = object.i
    object.i += layout.size
    return try layout.unpack(BytesObject(object.b).data + place)
  }
  let view = try object.b.buffer(.simple)
  guard view.bytes.count >= object.i + layout.size, let base = view.bytes.baseAddress else { return .end }
  let result = try layout.unpack(base + object.i)
  object.i += layout.size
  return result
}

private func defineStruct(_ m: ModuleBuilder) throws(PyError) {
  structType = ModuleType(
    try m.defineType("Struct") { t in
      t.documentation = "A format, read once, to pack and unpack with."
      t.basicSize = MemoryLayout<StructObject.Contents>.size
      t.shapeFlags.insert(.hasState)
      t.flags.formUnion([.baseType, .managedWeakReference])
      t.slots.getAttribute = BinarySlot(genericGetAttribute)
      t.slots.setAttribute = StoreSlot(genericSetAttribute)
      t.rawNew("Struct") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
      t.initialize("Struct(format)") { (call: Call) throws(PyError) -> Void in try StructObject(call.receiver).initialize(call[0]) }
      t.slots.repr = UnarySlot { (value: Value) throws(PyError) -> Owned in
        let format = try (try checkReady(value)).contents.pointee.format.repr()
        return try Owned.string("\(value.type.contents.pointee.name.text)(\(format.value.text))")
      }
      t.method("iter_unpack(buffer, /)", "An iterator that unpacks one structure after the other from the bytes.") { (call: Call) throws(PyError) -> Owned in
        try (try checkReady(call.receiver)).iterator(call[0])
      }
      t.rawMethod("pack", "S.pack(v1, v2, ...)\n\nThe values in the bytes that the format says.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
        try arguments.checkNoKeywords("pack")
        return try (try checkReady(object)).packed(arguments.positional)
      }
      t.rawMethod("pack_into", "S.pack_into(buffer, offset, v1, v2, ...)\n\nWrite the values as the format says to a buffer, from offset on.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
        try arguments.checkNoKeywords("pack_into")
        return try (try checkReady(object)).packInto(arguments.positional)
      }
      t.method("unpack(buffer, /)", "The values that a buffer of just the format's size holds, as a tuple.") { (call: Call) throws(PyError) -> Owned in try (try checkReady(call.receiver)).unpacked(call[0]) }
      t.method("unpack_from(buffer, offset=0)", "The values that the bytes hold from the offset on, as a tuple.") { (call: Call) throws(PyError) -> Owned in
        try (try checkReady(call.receiver)).unpacked(from: call[0], try call.index(1))
      }
      t.method("__sizeof__()", "How many bytes the object S takes") { (call: Call) throws(PyError) -> Owned in
        try Owned.integer(MemoryLayout<StructObject.Contents>.size + (try checkReady(call.receiver)).contents.pointee.codeCount * MemoryLayout<StructCode>.stride)
      }
      t.getter("format", "the format, a str") { (object: Value) throws(PyError) -> Owned in Owned(copying: (try checkReady(object)).contents.pointee.format) }
      t.getter("size", "how many bytes it takes") { (object: Value) throws(PyError) -> Owned in
        let isReady = !StructObject(object).contents.pointee.format.isAbsent
        return try Owned.integer(isReady ? StructObject(object).size : -1)
      }
      t.slots.deallocate = DeallocateSlot { raw in
        StructObject(raw: raw).contents.pointee.format.releaseIfPresent()
        StructObject(raw: raw).freeCodes()
        finishDeallocation(raw)
      }
    })
  iteratorType = ModuleType(
    try m.defineType("unpack_iterator", isPublic: false) { t in
      defineIterator(t, "", next: nextUnpacked)
      t.flags.remove(.baseType)
      t.flags.insert(.disallowInstantiation)
      t.method("__length_hint__()") { (call: Call) throws(PyError) -> Owned in
        let object = IteratorObject(call.receiver)
        if object.a.isAbsent { return try Owned.integer(0) }
        return try Owned.integer((object.j - object.i) / max(StructObject(object.a).size, 1))
      }
    })
}

let structModule = ModuleDefinition(
  "_struct",
  "Values in the layouts of C: to bytes and back.\n\nA format is a letter for each value, with a count before it if you like. Its first\ncharacter may choose byte order, sizes and alignment:\n  @  the machine's, all three; as without any\n  =  the machine's order, fixed sizes, no gaps\n  <  the low byte first, fixed sizes, no gaps\n  >  the high byte first, fixed sizes, no gaps\n  !  the network's order, which is >"
) { (m: ModuleBuilder) throws(PyError) in
  try errorClass.set(try m.exception("error", module: "struct"))
  try defineStruct(m)
  try m.function("_clearcache()", "Forget the formats that were read.") { (_: Call) throws(PyError) -> Owned in
    // The dicts stay: other threads may be at a look.
    for dict in [cache.value, bytesCache.value] where !dict.isAbsent { DictObject(dict).clear() }
    return .none
  }
  try m.function("calcsize(format, /)", "How many bytes a format takes.") { (call: Call) throws(PyError) -> Owned in
    let layout = try cachedStruct(call[0])
    return try Owned.integer(StructObject(layout.value).size)
  }
  try m.rawFunction("pack", "pack(format, v1, v2, ...)\n\nThe values in the bytes that the format says.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    if arguments.positionalCount == 0 { throw .typeError("missing format argument") }
    try arguments.checkNoKeywords("_struct.pack")
    let layout = try cachedStruct(arguments.base[0])
    return try StructObject(layout.value).packed(arguments.withoutFirst.positional)
  }
  try m.rawFunction("pack_into", "pack_into(format, buffer, offset, v1, v2, ...)\n\nWrite the values as the format says to a buffer, from offset on.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    if arguments.positionalCount == 0 { throw .typeError("missing format argument") }
    try arguments.checkNoKeywords("_struct.pack_into")
    let layout = try cachedStruct(arguments.base[0])
    return try StructObject(layout.value).packInto(arguments.withoutFirst.positional)
  }
  try m.function("unpack(format, buffer, /)", "The values that a buffer of just the format's size holds, as a tuple.") { (call: Call) throws(PyError) -> Owned in
    let layout = try cachedStruct(call[0])
    return try StructObject(layout.value).unpacked(call[1])
  }
  try m.function("unpack_from(format, /, buffer, offset=0)", "The values that a buffer holds from the offset on, as a tuple.") { (call: Call) throws(PyError) -> Owned in
    let layout = try cachedStruct(call[0])
    return try StructObject(layout.value).unpacked(from: call[1], try call.index(2))
  }
  try m.function("iter_unpack(format, buffer, /)", "An iterator that unpacks one structure after the other from the bytes.") { (call: Call) throws(PyError) -> Owned in
    let layout = try cachedStruct(call[0])
    return try StructObject(layout.value).iterator(call[1])
  }
}
