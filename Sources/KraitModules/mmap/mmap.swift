// The module `mmap`: files and memory that processes share, as a mutable sequence of bytes and as a file.

import CKraitSystem
import Glibc
import KraitRuntime

nonisolated(unsafe) private var mapType = ModuleType()

let mmapModule = ModuleDefinition("mmap") { (m: ModuleBuilder) throws(PyError) in
  try m.constant("error", TypeObject.osError.value)
  mapType = ModuleType(
    try m.defineType("mmap") { t in
      t.documentation = """
        mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])
        --

        A file in memory: changes of the bytes are changes of the file. With a fileno of -1 it is memory that child processes share.

        A length of 0 takes the whole file from the offset on, which is a multiple of ALLOCATIONGRANULARITY. access is another way to say flags and prot.
        """
      t.basicSize = MemoryLayout<MapObject.Contents>.size
      t.flags.formUnion([.baseType, .managedWeakReference])
      t.shapeFlags.insert(.hasState)
      t.new("mmap(fileno, length, flags=1, prot=3, access=0, offset=0, *, trackfd=True)") { (call: Call) throws(PyError) -> Owned in try open(call) }
      t.slots.deallocate = DeallocateSlot { raw in
        MapObject(raw: raw).close()
        finishDeallocation(raw)
      }
      defineSequence(t)
      defineStream(t)
      defineControl(t)
    })
  for (name, number) in constants { try m.constant(name, number) }
}

private let constants: [(name: StaticString, number: Int)] = [
  ("ACCESS_COPY", 3), ("ACCESS_DEFAULT", 0), ("ACCESS_READ", 1), ("ACCESS_WRITE", 2), ("ALLOCATIONGRANULARITY", 4096), ("MADV_DODUMP", 17),
  ("MADV_DOFORK", 11), ("MADV_DONTDUMP", 16), ("MADV_DONTFORK", 10), ("MADV_DONTNEED", 4), ("MADV_FREE", 8), ("MADV_HUGEPAGE", 14),
  ("MADV_HWPOISON", 100), ("MADV_MERGEABLE", 12), ("MADV_NOHUGEPAGE", 15), ("MADV_NORMAL", 0), ("MADV_RANDOM", 1), ("MADV_REMOVE", 9),
  ("MADV_SEQUENTIAL", 2), ("MADV_UNMERGEABLE", 13), ("MADV_WILLNEED", 3), ("MAP_32BIT", 64), ("MAP_ANON", 32), ("MAP_ANONYMOUS", 32),
  ("MAP_DENYWRITE", 2048), ("MAP_EXECUTABLE", 4096), ("MAP_NORESERVE", 16384), ("MAP_POPULATE", 32768), ("MAP_PRIVATE", 2), ("MAP_SHARED", 1),
  ("MAP_STACK", 131072), ("PAGESIZE", 4096), ("PROT_EXEC", 4), ("PROT_READ", 1), ("PROT_WRITE", 2),
]

private enum Access: Int32 {
  case standard, read, write, copy
  var name: StaticString {
    switch self {
    case .standard: "ACCESS_DEFAULT"
    case .read: "ACCESS_READ"
    case .write: "ACCESS_WRITE"
    case .copy: "ACCESS_COPY"
    }
  }
}

private struct MapObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    /// nil when closed.
    var data: UnsafeMutableRawPointer?
    var size: Int
    var position: Int
    var offset: Int
    var exports: Int
    /// A copy of the file's descriptor, or -1.
    var descriptor: Int32
    var flags: Int32
    var access: Access
    var keepsDescriptor: Bool
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var size: Int { contents.pointee.size }
  /// The memory; meaningful only while the map is open.
  var data: UnsafeMutableRawPointer { contents.pointee.data.unsafelyUnwrapped }

  /// The map, if it is open.
  static func open(_ value: Value) throws(PyError) -> MapObject {
    let map = MapObject(value)
    if map.contents.pointee.data == nil { throw .valueError("mmap closed or invalid") }
    return map
  }

  /// The map, if it is open and may be changed.
  static func writable(_ value: Value) throws(PyError) -> MapObject {
    let map = try open(value)
    if map.contents.pointee.access == .read { throw .typeError("mmap can't modify a readonly memory map.") }
    return map
  }

  func close() {
    if contents.pointee.descriptor >= 0 { Glibc.close(contents.pointee.descriptor) }
    contents.pointee.descriptor = -1
    if let data = contents.pointee.data { munmap(data, contents.pointee.size) }
    contents.pointee.data = nil
  }

  /// The bytes from the position on, at most so many; the position moves behind them.
  func take(_ count: Int) throws(PyError) -> Owned {
    let place = contents.pointee.position
    let taken = max(0, min(count, size - place))
    contents.pointee.position = place + taken
    return try Owned.bytes(UnsafeRawBufferPointer(start: data + place, count: taken))
  }

  var rest: Int { max(0, size - contents.pointee.position) }
}

// MARK: - Opening

private func open(_ call: Call) throws(PyError) -> Owned {
  let file = try call[0].cInt()
  var length = try call[1].cSize()
  var (flags, protection) = (try call[2].cInt(), try call[3].cInt())
  let number = try call[4].cInt()
  let offset = try call.offset(5)
  let keepsDescriptor = try call.bool(6)
  let (sizeValue, offsetValue) = (Value(smallInteger: length), Value(smallInteger: offset))
  try audit("mmap.__new__", Value(smallInteger: Int(file)), sizeValue, Value(smallInteger: Int(number)), offsetValue)
  if length < 0 { throw .overflowError("memory mapped length must be positive") }
  if offset < 0 { throw .overflowError("memory mapped offset must be positive") }
  if number != 0 && (flags != MAP_SHARED || protection != PROT_READ | PROT_WRITE) { throw .valueError("mmap can't specify both access and flags, prot.") }
  guard var access = Access(rawValue: number) else { throw .valueError("mmap invalid access parameter.") }
  switch access {
  case .read: (flags, protection) = (MAP_SHARED, PROT_READ)
  case .write: (flags, protection) = (MAP_SHARED, PROT_READ | PROT_WRITE)
  case .copy: (flags, protection) = (MAP_PRIVATE, PROT_READ | PROT_WRITE)
  case .standard:
    if protection & (PROT_READ | PROT_WRITE) != PROT_READ | PROT_WRITE { access = protection & PROT_WRITE != 0 ? .write : .read }
  }
  if file != -1 {
    var status = Glibc.stat()
    if fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG {
      let size = Int(status.st_size)
      if length == 0 {
        if size == 0 { throw .valueError("cannot mmap an empty file") }
        if offset >= size { throw .valueError("mmap offset is greater than file size") }
        length = size - offset
      } else if offset > size || size - offset < length {
        throw .valueError("mmap length is greater than file size")
      }
    }
  }
  let raw = try TypeObject(call.receiver).allocate()
  let result = Owned(taking: raw)
  let contents = raw.assumingMemoryBound(to: MapObject.Contents.self)
  contents.pointee.descriptor = -1
  contents.pointee.size = length
  contents.pointee.offset = offset
  contents.pointee.access = access
  contents.pointee.keepsDescriptor = keepsDescriptor
  if file == -1 {
    flags |= MAP_ANONYMOUS
  } else if keepsDescriptor {
    contents.pointee.descriptor = krait_fcntl(file, F_DUPFD_CLOEXEC, 0)
    if contents.pointee.descriptor < 0 { throw systemError() }
  }
  contents.pointee.flags = flags
  let data = withoutLock { Glibc.mmap(nil, length, protection, flags, file, offset) }
  guard let data, data != MAP_FAILED else { throw systemError() }
  contents.pointee.data = data
  return result
}

// MARK: - As a sequence

private func index(_ object: Value, _ key: Value) throws(PyError) -> Int {
  let given = try key.asIndex()
  let map = try MapObject.open(object)
  let index = given < 0 ? given &+ map.size : given
  guard index >= 0, index < map.size else { throw .indexError("mmap index out of range") }
  return index
}

/// The places of a slice. Converting its bounds may run code that makes the map smaller.
private func range(_ object: Value, _ key: Value) throws(PyError) -> (start: Int, step: Int, count: Int) {
  let size = MapObject(object).size
  let (start, _, step, count) = try SliceObject(key).sliceIndices(size)
  if try MapObject.open(object).size < size { throw .indexError("mmap index out of range") }
  return (start, step, count)
}

private func defineSequence(_ t: TypeDefinition) {
  t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in try MapObject.open(object).size }
  t.slots.item = IndexSlot { (object: Value, index: Int) throws(PyError) -> Owned in
    let map = try MapObject.open(object)
    guard index >= 0, index < map.size else { throw .indexError("mmap index out of range") }
    return try Owned.bytes(UnsafeRawBufferPointer(start: map.data + index, count: 1))
  }
  t.slots.subscript = BinarySlot { (object: Value, key: Value) throws(PyError) -> Owned in
    _ = try MapObject.open(object)
    if key.type == .slice {
      let (start, step, count) = try range(object, key)
      let map = try MapObject.open(object)
      if step == 1 { return try Owned.bytes(UnsafeRawBufferPointer(start: map.data + start, count: count)) }
      let buffer = try PlainBuffer(count)
      for place in 0..<count { buffer.start.storeBytes(of: map.data.load(fromByteOffset: start + place * step, as: UInt8.self), toByteOffset: place, as: UInt8.self) }
      return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: count))
    }
    guard key.type.slots.pointee.index != nil else { throw .typeError("mmap indices must be integers") }
    let place = try index(object, key)
    return try Owned.integer(Int(MapObject(object).data.load(fromByteOffset: place, as: UInt8.self)))
  }
  t.slots.storeSubscript = StoreSlot { (object: Value, key: Value, value: Value) throws(PyError) in try store(object, key, value) }
  t.slots.buffer = BufferSlot { (value, request, fields) throws(PyError) in
    let map = try MapObject.open(value)
    try fields.pointee.fill(owner: value, map.data, map.size, isReadOnly: map.contents.pointee.access == .read, request)
    map.contents.pointee.exports &+= 1
  }
  t.slots.releaseBuffer = BufferReleaseSlot { (value, _) in MapObject(value).contents.pointee.exports &-= 1 }
  t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
    let contents = MapObject(object).contents.pointee
    if contents.data == nil { return try Owned.string("<\(object.typeName) closed=True>") }
    return try Owned.string(
      "<\(object.typeName) closed=False, access=\(contents.access.name), length=\(contents.size), pos=\(contents.position), offset=\(contents.offset)>")
  }
  t.getter("closed", "Whether the map is closed.") { (object: Value) throws(PyError) -> Owned in .boolean(MapObject(object).contents.pointee.data == nil) }
}

private func store(_ object: Value, _ key: Value, _ value: Value) throws(PyError) {
  _ = try MapObject.writable(object)
  if key.type == .slice {
    if value.isAbsent { throw .typeError("mmap object doesn't support slice deletion") }
    let view = try value.buffer(.simple)
    let (start, step, count) = try range(object, key)
    if view.bytes.count != count { throw .indexError("mmap slice assignment is wrong size") }
    let map = try MapObject.writable(object)
    if step == 1 {
      memmove(map.data + start, view.fields.data, count)
    } else {
      for place in 0..<count { map.data.storeBytes(of: view.bytes[place], toByteOffset: start + place * step, as: UInt8.self) }
    }
    return
  }
  guard key.type.slots.pointee.index != nil else { throw .typeError("mmap indices must be integer") }
  let place = try index(object, key)
  if value.isAbsent { throw .typeError("mmap doesn't support item deletion") }
  guard value.type.slots.pointee.index != nil else { throw .typeError("mmap item value must be an int") }
  let number = try value.index()
  guard let word = Integer.asInt(number.value), let byte = UInt8(exactly: word) else { throw .valueError("mmap item value must be in range(0, 256)") }
  let map = try MapObject.writable(object)
  if place >= map.size { throw .indexError("mmap index out of range") }
  map.data.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
}

// MARK: - As a file

private func search(_ call: Call, reversed: Bool) throws(PyError) -> Owned {
  _ = try MapObject.open(call.receiver)
  let view = try call[0].buffer(.simple)
  let given = (start: call[1].isNone ? nil : Optional(try call[1].cSize()), end: call[2].isNone ? nil : Optional(try call[2].cSize()))
  let map = try MapObject.open(call.receiver)
  func bound(_ number: Int) -> Int { min(max(number < 0 ? number &+ map.size : number, 0), map.size) }
  let start = bound(given.start ?? map.contents.pointee.position)
  let end = bound(given.end ?? map.size)
  let length = view.bytes.count
  if end - start < length { return try Owned.integer(-1) }
  let places = 0...(end - start - length)
  func matches(_ place: Int) -> Bool { memcmp(map.data + (start + place), view.fields.data, length) == 0 }
  let found = reversed ? places.last(where: matches) : length == 0 ? 0 : firstMatch(map.data + start, end - start, view.fields.data, length)
  return try Owned.integer(found.map { $0 + start } ?? -1)
}

private func firstMatch(_ data: UnsafeMutableRawPointer, _ size: Int, _ text: UnsafeMutableRawPointer, _ length: Int) -> Int? {
  krait_memmem(data, size, text, length).map { $0 - UnsafeMutableRawPointer(data) }
}

private func defineStream(_ t: TypeDefinition) {
  t.method("find(view, start=None, end=None, /)", "The first place of some bytes, from the position on if no start is given; -1 when there is none.") {
    (call: Call) throws(PyError) -> Owned in try search(call, reversed: false)
  }
  t.method("rfind(view, start=None, end=None, /)", "The last place of some bytes, from the position on if no start is given; -1 when there is none.") {
    (call: Call) throws(PyError) -> Owned in try search(call, reversed: true)
  }
  t.method("read(n=None, /)", "The next bytes: at most so many, all up to the end if no number or a negative one is given.") { (call: Call) throws(PyError) -> Owned in
    let count = try sizeArgument(call[0])
    let map = try MapObject.open(call.receiver)
    return try map.take(count < 0 ? map.rest : count)
  }
  t.method("read_byte()", "The next byte, as an int.") { (call: Call) throws(PyError) -> Owned in
    let map = try MapObject.open(call.receiver)
    if map.rest == 0 { throw .valueError("read byte out of range") }
    let byte = map.data.load(fromByteOffset: map.contents.pointee.position, as: UInt8.self)
    map.contents.pointee.position += 1
    return try Owned.integer(Int(byte))
  }
  t.method("readline()", "The next bytes up to the end of a line.") { (call: Call) throws(PyError) -> Owned in
    let map = try MapObject.open(call.receiver)
    let start = map.data + min(map.contents.pointee.position, map.size)
    guard let end = memchr(start, 0x0A, map.rest) else { return try map.take(map.rest) }
    return try map.take(end - UnsafeMutableRawPointer(start) + 1)
  }
  t.method("write(bytes, /)", "Store bytes at the position, which moves behind them; return how many.") { (call: Call) throws(PyError) -> Owned in
    _ = try MapObject.open(call.receiver)
    let view = try call[0].buffer(.simple)
    let map = try MapObject.writable(call.receiver)
    if map.rest < view.bytes.count { throw .valueError("data out of range") }
    memmove(map.data + map.contents.pointee.position, view.fields.data, view.bytes.count)
    map.contents.pointee.position += view.bytes.count
    return try Owned.integer(view.bytes.count)
  }
  t.method("write_byte(byte, /)", "Store a byte at the position, which moves behind it.") { (call: Call) throws(PyError) -> Owned in
    let number = try call.offset(0)
    if number < 0 { throw .overflowError("unsigned byte integer is less than minimum") }
    guard let byte = UInt8(exactly: number) else { throw .overflowError("unsigned byte integer is greater than maximum") }
    let map = try MapObject.writable(call.receiver)
    if map.rest == 0 { throw .valueError("write byte out of range") }
    map.data.storeBytes(of: byte, toByteOffset: map.contents.pointee.position, as: UInt8.self)
    map.contents.pointee.position += 1
    return .none
  }
  t.method("tell()", "The position.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(try MapObject.open(call.receiver).contents.pointee.position) }
  t.method("seek(pos, whence=0, /)", "Move to a place, counted from the start, the position (1) or the end (2); return it.") { (call: Call) throws(PyError) -> Owned in
    let (distance, whence) = (try call[0].cSize(), try call[1].cInt())
    let map = try MapObject.open(call.receiver)
    let base: Int
    switch whence {
    case 0: base = 0
    case 1: base = map.contents.pointee.position
    case 2: base = map.size
    default: throw .valueError("unknown seek type")
    }
    let (place, overflow) = base.addingReportingOverflow(distance)
    if overflow || place < 0 || place > map.size { throw .valueError("seek out of range") }
    map.contents.pointee.position = place
    return try Owned.integer(place)
  }
  t.method("seekable()", "Whether the map has places: it always has.") { (_: Call) throws(PyError) -> Owned in .boolean(true) }
}

// MARK: - Control

private func defineControl(_ t: TypeDefinition) {
  t.method("close()", "Close the map.") { (call: Call) throws(PyError) -> Owned in
    let map = MapObject(call.receiver)
    if map.contents.pointee.exports > 0 { throw PyError.raise(.bufferError, "cannot close exported pointers exist") }
    map.close()
    return .none
  }
  t.method("__enter__()") { (call: Call) throws(PyError) -> Owned in
    _ = try MapObject.open(call.receiver)
    return Owned(copying: call.receiver)
  }
  t.method("__exit__(exc_type, exc_value, traceback, /)") { (call: Call) throws(PyError) -> Owned in try call.receiver.callMethod(Name.close) }
  t.method("size()", "The size of the file, which may be larger than the map.") { (call: Call) throws(PyError) -> Owned in
    let map = try MapObject.open(call.receiver)
    var status = Glibc.stat()
    if fstat(map.contents.pointee.descriptor, &status) != 0 { throw systemError() }
    return try Owned.integer(Int(status.st_size))
  }
  t.method("flush(offset=0, size=None, /)", "Write changes to the file: all, or those of a range.") { (call: Call) throws(PyError) -> Owned in
    let offset = try call[0].cSize()
    let given = call[1].isNone ? nil : Optional(try call[1].cSize())
    let map = try MapObject.open(call.receiver)
    let size = given ?? map.size &- offset
    if offset < 0 || size < 0 || offset > map.size || size > map.size - offset { throw .valueError("flush values out of range") }
    if map.contents.pointee.access == .read || map.contents.pointee.access == .copy { return .none }
    let start = map.data + offset
    if try retrying({ msync(start, size, Int32(MS_SYNC)) }) < 0 { throw systemError() }
    return .none
  }
  t.method("madvise(option, start=0, length=None, /)", "Tell the kernel how a range is going to be used.") { (call: Call) throws(PyError) -> Owned in
    let (option, start) = (try call[0].cInt(), try call[1].cSize())
    let given = call[2].isNone ? nil : Optional(try call[2].cSize())
    let map = try MapObject.open(call.receiver)
    if start < 0 || start >= map.size { throw .valueError("madvise start out of bounds") }
    let length = given ?? map.size
    if length < 0 { throw .valueError("madvise length invalid") }
    if start.addingReportingOverflow(length).overflow { throw .overflowError("madvise length too large") }
    if krait_madvise(map.data + start, min(length, map.size - start), option) != 0 { throw systemError() }
    return .none
  }
  t.method("move(dest, src, count, /)", "Copy bytes from one place of the map to another.") { (call: Call) throws(PyError) -> Owned in
    let (target, source, count) = (try call[0].cSize(), try call[1].cSize(), try call[2].cSize())
    let map = try MapObject.writable(call.receiver)
    if target < 0 || source < 0 || count < 0 || map.size - target < count || map.size - source < count { throw .valueError("source, destination, or count out of range") }
    memmove(map.data + target, map.data + source, count)
    return .none
  }
  t.method("resize(newsize, /)", "Change the size of the map and of its file.") { (call: Call) throws(PyError) -> Owned in
    let size = try call[0].cSize()
    let map = try MapObject.open(call.receiver)
    let contents = map.contents
    if contents.pointee.exports > 0 { throw PyError.raise(.bufferError, "mmap can't resize with extant buffers exported.") }
    if contents.pointee.access == .read || contents.pointee.access == .copy { throw .typeError("mmap can't resize a readonly or copy-on-write memory map.") }
    if !contents.pointee.keepsDescriptor { throw .valueError("mmap can't resize with trackfd=False.") }
    let (end, overflow) = size.addingReportingOverflow(contents.pointee.offset)
    if size < 0 || overflow { throw .valueError("new size out of range") }
    if contents.pointee.descriptor < 0 && contents.pointee.flags & MAP_PRIVATE == 0 && size > contents.pointee.size {
      throw .valueError("mmap: can't expand a shared anonymous mapping")
    }
    if contents.pointee.descriptor >= 0 && ftruncate(contents.pointee.descriptor, end) < 0 { throw systemError() }
    guard let data = krait_mremap(map.data, contents.pointee.size, size) else { throw systemError() }
    contents.pointee.data = data
    contents.pointee.size = size
    return .none
  }
}
