// `_io.FileIO`: a raw stream of bytes on a descriptor.

import CKraitSystem
import Glibc
import KraitRuntime

struct FileStream {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  /// -1 when closed.
  var descriptor: Int32
  var isCreated: Bool
  var isReadable: Bool
  var isWritable: Bool
  var isAppending: Bool
  /// -1: not known yet.
  var isSeekable: Int8
  var closesDescriptor: Bool
  /// Whether `close` is called at the end of the object.
  var isFinalizing: Bool
  /// The file's size when it was opened; -1: not known.
  var size: Int
  var blockSize: Int
  /// Whether the file is known to be no terminal.
  var isRegular: Bool

  static func of(_ value: Value) -> UnsafeMutablePointer<FileStream> { value.object.assumingMemoryBound(to: FileStream.self) }

  /// `mode` as the attribute shows it.
  var mode: StaticString {
    if isCreated { return isReadable ? "xb+" : "xb" }
    if isAppending { return isReadable ? "ab+" : "ab" }
    if isReadable { return isWritable ? "rb+" : "rb" }
    return "wb"
  }
}

private func open(_ value: Value) throws(PyError) -> UnsafeMutablePointer<FileStream> {
  let file = FileStream.of(value)
  if file.pointee.descriptor < 0 { throw .valueError("I/O operation on closed file") }
  return file
}

private func notOpen(for action: String) -> PyError { unsupported("File not open for \(action)") }

func defineFile(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.file = try m.defineType("FileIO", base: StreamTypes.raw) { t in
    t.documentation = "A raw stream on a file: mode is 'r', 'w', 'x' or 'a', with '+' to read and write. Descriptors are not inherited by programs that are run."
    t.basicSize = MemoryLayout<FileStream>.size
    t.flags.insert(.baseType)
    t.rawNew("FileIO") { (type: Value, _: Arguments) throws(PyError) -> Owned in
      let raw = try TypeObject(type).allocate()
      let file = raw.assumingMemoryBound(to: FileStream.self)
      file.pointee.descriptor = -1
      file.pointee.isSeekable = -1
      file.pointee.closesDescriptor = true
      file.pointee.size = -1
      file.pointee.blockSize = 0
      return Owned(taking: raw)
    }
    t.initialize("FileIO(file, mode='r', closefd=True, opener=None)") { (call: Call) throws(PyError) in try initializeFile(call) }
    t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
    t.slots.repr = UnarySlot(represent)
    defineFileReading(t)
    defineFileState(t)
  }
}

// MARK: - Opening

private func parseMode(_ text: String, _ file: UnsafeMutablePointer<FileStream>) throws(PyError) -> Int32 {
  var flags: Int32 = 0
  var hasKind = false
  var hasPlus = false
  let bad = "Must have exactly one of create/read/write/append mode and at most one plus"
  for letter in text {
    switch letter {
    case "x", "r", "w", "a":
      if hasKind { throw .valueError(bad) }
      hasKind = true
      switch letter {
      case "x":
        file.pointee.isCreated = true
        file.pointee.isWritable = true
        flags |= O_EXCL | O_CREAT
      case "r": file.pointee.isReadable = true
      case "w":
        file.pointee.isWritable = true
        flags |= O_CREAT | O_TRUNC
      default:
        file.pointee.isWritable = true
        file.pointee.isAppending = true
        flags |= O_APPEND | O_CREAT
      }
    case "b": break
    case "+":
      if hasPlus { throw .valueError(bad) }
      hasPlus = true
      file.pointee.isReadable = true
      file.pointee.isWritable = true
    default: throw .valueError("invalid mode: \(text)")
    }
  }
  if !hasKind { throw .valueError(bad) }
  if file.pointee.isReadable && file.pointee.isWritable { return flags | O_RDWR }
  return flags | (file.pointee.isReadable ? O_RDONLY : O_WRONLY)
}

private func initializeFile(_ call: Call) throws(PyError) {
  let object = call.receiver
  let file = FileStream.of(object)
  if file.pointee.descriptor >= 0 {
    if file.pointee.closesDescriptor { try closeDescriptor(file) } else { file.pointee.descriptor = -1 }
  }
  let name = call[0]
  if name.isBool { try warn(.runtimeWarning, "bool is used as a file descriptor") }
  var descriptor: Int32 = -1
  // A number that no descriptor can have is taken for a path, and refused as one.
  if name.isInteger, let word = Integer.asInt(name), let number = Int32(exactly: word) {
    descriptor = number
    if descriptor < 0 { throw .valueError("negative file descriptor") }
  }
  guard call[1].isString else { throw call.wrongType(1, "str") }
  file.pointee.isCreated = false
  file.pointee.isReadable = false
  file.pointee.isWritable = false
  file.pointee.isAppending = false
  file.pointee.isSeekable = -1
  let flags = try parseMode(call[1].text, file)
  try audit("open", name, call[1], Value(smallInteger: Int(flags | O_CLOEXEC)))
  let closes = try call.bool(2)
  file.pointee.closesDescriptor = closes
  let isOwn = descriptor < 0
  if descriptor >= 0 {
    file.pointee.descriptor = descriptor
  } else {
    if !closes { throw .valueError("Cannot use closefd=False with file name") }
    try openFile(file, call, flags)
  }
  do throws(PyError) { try inspect(object, file, name) } catch {
    if isOwn {
      let failure = currentThread.pointee.takeException()
      let descriptor = file.pointee.descriptor
      file.pointee.descriptor = -1
      Glibc.close(descriptor)
      throw rethrow(failure)
    }
    file.pointee.descriptor = -1
    throw error
  }
}

private func openFile(_ file: UnsafeMutablePointer<FileStream>, _ call: Call, _ flags: Int32) throws(PyError) {
  let flags = flags | O_CLOEXEC
  if !call[3].isNone {
    let number = try Owned.integer(Int(flags))
    let result = try call[3].call(call[0], number.value)
    guard result.value.isInteger else { throw .typeError("expected integer from opener") }
    guard let word = Integer.asInt(result.value), let descriptor = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
    // The opener has raised if anything is wrong.
    if descriptor < 0 { throw .valueError("opener returned \(descriptor)") }
    file.pointee.descriptor = descriptor
    return
  }
  let path = try openPath(call[0])
  let bytes = BytesObject(path.value)
  if memchr(bytes.data, 0, bytes.count) != nil { throw .valueError("embedded null byte") }
  let descriptor = try retrying { Glibc.open(bytes.data.assumingMemoryBound(to: CChar.self), flags, 0o666) }
  if descriptor < 0 {
    let code = errno
    throw .osError(code, fileName: call[0])
  }
  file.pointee.descriptor = descriptor
}

/// The bytes of the name that `open` was given.
private func openPath(_ value: Value) throws(PyError) -> Owned {
  if value.isString { return try encodeFileSystem(value) }
  if value.isBytes { return Owned(copying: value) }
  return try fileSystemBytes(value)
}

/// Refuses directories, and notes what the system says of size and blocks.
private func inspect(_ object: Value, _ file: UnsafeMutablePointer<FileStream>, _ name: Value) throws(PyError) {
  file.pointee.blockSize = defaultBufferSize
  file.pointee.size = -1
  file.pointee.isRegular = false
  var status = Glibc.stat()
  if fstat(file.pointee.descriptor, &status) < 0 {
    // A bad descriptor is told now, anything else later.
    if errno == EBADF { throw .osError(EBADF) }
  } else {
    if status.st_mode & S_IFMT == S_IFDIR { throw .osError(EISDIR, fileName: name) }
    if status.st_blksize > 1 { file.pointee.blockSize = Int(status.st_blksize) }
    if status.st_mode & S_IFMT == S_IFREG {
      file.pointee.size = Int(status.st_size)
      file.pointee.isRegular = true
    }
  }
  try object.setAttribute(StreamName.name, name)
  if file.pointee.isAppending {
    // Seeking now gives the place that `tell` shows.
    if lseek(file.pointee.descriptor, 0, SEEK_END) < 0 && errno != ESPIPE { throw systemError() }
  }
}

private func closeDescriptor(_ file: UnsafeMutablePointer<FileStream>) throws(PyError) {
  let descriptor = file.pointee.descriptor
  guard descriptor >= 0 else { return }
  file.pointee.descriptor = -1
  if Glibc.close(descriptor) < 0 && errno != EINTR { throw systemError() }
}

private func represent(_ object: Value) throws(PyError) -> Owned {
  let file = FileStream.of(object)
  let type = object.type.fullName
  if file.pointee.descriptor < 0 { return try Owned.string("<\(type) [closed]>") }
  let closes = file.pointee.closesDescriptor ? "True" : "False"
  let name = try object.lookUpAttribute(StreamName.name)
  if name.value.isAbsent { return try Owned.string("<\(type) fd=\(file.pointee.descriptor) mode='\(file.pointee.mode)' closefd=\(closes)>") }
  if try reprEnter(object) { throw .runtimeError("reentrant call inside \(type).__repr__") }
  defer { reprLeave(object) }
  let shown = try name.value.repr()
  return try Owned.string("<\(type) name=\(shown.text) mode='\(file.pointee.mode)' closefd=\(closes)>")
}

/// `ResourceWarning: unclosed file …`
func warnUnclosed(_ source: Value, of file: Value) {
  do throws(PyError) {
    let text = try Owned.string("unclosed file \(try source.repr().text)")
    try warnResource(text.value, source: source)
  } catch {
    // A filter may have made it an error, which nobody can catch.
    reportUnraisable("Exception ignored while finalizing file", file)
  }
}

// MARK: - Methods

/// The size of a read of everything: what the file had beyond its place when it was opened, and one more byte to see the end. Where that is little, the place does not matter.
private func sizeOfRest(_ file: UnsafeMutablePointer<FileStream>) -> Int {
  let size = file.pointee.size
  if size <= 0 || size == Int.max { return 0 }
  if size < 65_536 { return size + 1 }
  let place = Int(lseek(file.pointee.descriptor, 0, SEEK_CUR))
  return place >= 0 && size >= place ? size - place + 1 : size + 1
}

/// Reads up to the end; nil when nothing can be read now.
func readAll(_ file: UnsafeMutablePointer<FileStream>) throws(PyError) -> Owned {
  var capacity = max(sizeOfRest(file), 8192)
  guard var memory = malloc(capacity) else { throw PyError.memoryError() }
  var count = 0
  defer { free(memory) }
  while true {
    if count == capacity {
      capacity = count < 65536 ? count + 65536 : count + count / 2
      guard let larger = realloc(memory, capacity) else { throw PyError.memoryError() }
      memory = larger
    }
    let descriptor = file.pointee.descriptor
    let (target, room) = (memory + count, min(capacity - count, 0x7FFF_F000))
    let got = try retrying { Glibc.read(descriptor, target, room) }
    if got == 0 { break }
    if got < 0 {
      if errno == EAGAIN {
        if count > 0 { break }
        return .none
      }
      throw systemError()
    }
    count += got
  }
  return try Owned.bytes(UnsafeRawBufferPointer(start: memory, count: count))
}

private func defineFileReading(_ t: TypeDefinition) {
  t.method("read(size=-1, /)", "Read at most so many bytes, all up to the end when it is negative; None when nothing can be read now.") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    if !file.pointee.isReadable { throw notOpen(for: "reading") }
    let size = try sizeArgument(call[0])
    if size < 0 { return try readAll(file) }
    let buffer = try PlainBuffer(min(size, 0x7FFF_F000))
    let descriptor = file.pointee.descriptor
    let count = try retrying { Glibc.read(descriptor, buffer.start, buffer.size) }
    if count < 0 {
      if errno == EAGAIN { return .none }
      throw systemError()
    }
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: count))
  }
  t.method("readall()", "Read up to the end.") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    if !file.pointee.isReadable { throw notOpen(for: "reading") }
    return try readAll(file)
  }
  t.method("readinto(buffer, /)", "Read into memory and return how many bytes.") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    if !file.pointee.isReadable { throw notOpen(for: "reading") }
    let view = try call[0].writableBuffer("readinto", "argument")
    let bytes = view.mutableBytes
    let descriptor = file.pointee.descriptor
    let count = try retrying { Glibc.read(descriptor, bytes.baseAddress, min(bytes.count, 0x7FFF_F000)) }
    if count < 0 {
      if errno == EAGAIN { return .none }
      throw systemError()
    }
    return try Owned.integer(count)
  }
  t.method("write(b, /)", "Write bytes and return how many were written; None when none can be written now.") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    if !file.pointee.isWritable { throw notOpen(for: "writing") }
    let view = try call[0].buffer(.simple)
    let bytes = view.bytes
    let descriptor = file.pointee.descriptor
    let count = try retrying { Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, 0x7FFF_F000)) }
    if count < 0 {
      if errno == EAGAIN { return .none }
      throw systemError()
    }
    // A signal may have ended a write that was under way.
    if count < bytes.count { try checkSignals() }
    return try Owned.integer(count)
  }
  t.method("seek(pos, whence=0, /)", "Move to a place of the file and return it.") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    if call[0].type.isSubtype(of: .float) { throw .typeError("'float' object cannot be interpreted as an integer") }
    return try seek(file, try call.offset(0), try call.int32(1))
  }
  t.method("tell()", "The place of the file.") { (call: Call) throws(PyError) -> Owned in try seek(try open(call.receiver), 0, SEEK_CUR) }
  t.method("truncate(size=None, /)", "Cut the file to a size, its place if none is given.") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    if !file.pointee.isWritable { throw notOpen(for: "writing") }
    let size = call[0].isNone ? try seek(file, 0, SEEK_CUR) : Owned(copying: call[0])
    let number = try size.value.index()
    guard let length = Integer.asInt(number.value) else { throw .overflowError("Python int too large to convert to C long") }
    let descriptor = file.pointee.descriptor
    file.pointee.size = -1
    if try retrying({ Glibc.ftruncate(descriptor, length) }) != 0 { throw systemError() }
    return size
  }
}

private func seek(_ file: UnsafeMutablePointer<FileStream>, _ offset: Int, _ whence: Int32) throws(PyError) -> Owned {
  let place = lseek(file.pointee.descriptor, offset, whence)
  if place < 0 { throw systemError() }
  return try Owned.integer(place)
}

private func defineFileState(_ t: TypeDefinition) {
  t.method("close()", "End all use of the file.") { (call: Call) throws(PyError) -> Owned in
    let file = FileStream.of(call.receiver)
    var failure = Owned(taking: .absent)
    do throws(PyError) { try closeBase(call.receiver) } catch { failure = currentThread.pointee.takeException() }
    if !file.pointee.closesDescriptor {
      file.pointee.descriptor = -1
    } else {
      if file.pointee.isFinalizing && file.pointee.descriptor >= 0 { warnUnclosed(call.receiver, of: call.receiver) }
      do throws(PyError) { try closeDescriptor(file) } catch {
        chainExceptions(failure)
        throw error
      }
    }
    if !failure.value.isAbsent { throw rethrow(failure) }
    return .none
  }
  t.method("seekable()", "Whether the file has places.") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    if file.pointee.isSeekable < 0 { file.pointee.isSeekable = lseek(file.pointee.descriptor, 0, SEEK_CUR) >= 0 ? 1 : 0 }
    return .boolean(file.pointee.isSeekable == 1)
  }
  t.method("readable()", "Whether the file was opened for reading.") { (call: Call) throws(PyError) -> Owned in .boolean(try open(call.receiver).pointee.isReadable) }
  t.method("writable()", "Whether the file was opened for writing.") { (call: Call) throws(PyError) -> Owned in .boolean(try open(call.receiver).pointee.isWritable) }
  t.method("fileno()", "The descriptor.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(try open(call.receiver).pointee.descriptor)) }
  t.method("isatty()", "Whether the file is a terminal.") { (call: Call) throws(PyError) -> Owned in .boolean(isatty(try open(call.receiver).pointee.descriptor) == 1) }
  t.method("_isatty_open_only()") { (call: Call) throws(PyError) -> Owned in
    let file = try open(call.receiver)
    return .boolean(!file.pointee.isRegular && isatty(file.pointee.descriptor) == 1)
  }
  t.method("_dealloc_warn(object, /)") { (call: Call) throws(PyError) -> Owned in
    let file = FileStream.of(call.receiver)
    if file.pointee.descriptor >= 0 && file.pointee.closesDescriptor { warnUnclosed(call[0], of: call.receiver) }
    return .none
  }
  t.method("__getstate__()") { (call: Call) throws(PyError) -> Owned in throw .typeError("cannot pickle '\(call.receiver.type.contents.pointee.name.text)' instances") }
  t.getter("closed", "True if the file is closed") { (object: Value) throws(PyError) -> Owned in .boolean(FileStream.of(object).pointee.descriptor < 0) }
  t.getter("closefd", "Whether closing the stream closes the descriptor.") { (object: Value) throws(PyError) -> Owned in .boolean(FileStream.of(object).pointee.closesDescriptor) }
  t.getter("mode", "The mode.") { (object: Value) throws(PyError) -> Owned in try Owned.string(FileStream.of(object).pointee.mode) }
  t.getter("_blksize", "The preferred size of a buffer.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(FileStream.of(object).pointee.blockSize) }
  t.property(
    "_finalizing", "Whether the object is at its end.", get: { (object) throws(PyError) in .boolean(FileStream.of(object).pointee.isFinalizing) },
    set: { (object, value) throws(PyError) in
      if value.isAbsent { throw .typeError("can't delete numeric/char attribute") }
      guard value.isBool else { throw .typeError("attribute value type must be bool") }
      FileStream.of(object).pointee.isFinalizing = value.isTrue
    })
}
