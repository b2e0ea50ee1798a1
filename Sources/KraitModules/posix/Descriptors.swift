// The functions of `posix` that take descriptors.

import CKraitSystem
import Glibc
import KraitRuntime

func defineDescriptors(_ m: ModuleBuilder) throws(PyError) {
  try m.function("close(fd)", "Close a descriptor.") { (call: Call) throws(PyError) -> Owned in
    // When a signal interrupts it, the descriptor is closed all the same.
    if Glibc.close(try call.int32(0)) != 0 && errno != EINTR { throw systemError() }
    return .none
  }
  try m.function("closerange(fd_low, fd_high, /)", "Close descriptors from one to another, which stays open.") { (call: Call) throws(PyError) -> Owned in
    let (low, high) = (max(0, try call.int32(0)), try call.int32(1))
    if low < high { for descriptor in low..<min(high, Int32(sysconf(Int32(_SC_OPEN_MAX)))) { Glibc.close(descriptor) } }
    return .none
  }
  try m.function("read(fd, length, /)", "Read at most so many bytes.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    let length = try call.int(1)
    if length < 0 {
      errno = EINVAL
      throw systemError()
    }
    let buffer = try PlainBuffer(min(length, 0x7FFF_F000))
    let count = try retrying { Glibc.read(descriptor, buffer.start, buffer.size) }
    if count < 0 { throw systemError() }
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: count))
  }
  try m.function("readinto(fd, buffer, /)", "Read into memory and return how many bytes.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    let view = try call[1].writableBuffer("readinto", "argument 2")
    let bytes = view.mutableBytes
    let count = try retrying { Glibc.read(descriptor, bytes.baseAddress, min(bytes.count, 0x7FFF_F000)) }
    if count < 0 { throw systemError() }
    return try Owned.integer(count)
  }
  try m.function("write(fd, data, /)", "Write bytes and return how many were written.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    let view = try call[1].buffer(.simple)
    let bytes = view.bytes
    let count = try retrying { Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, 0x7FFF_F000)) }
    if count < 0 { throw systemError() }
    // A signal may have ended a write that was under way.
    if count < bytes.count { try checkSignals() }
    return try Owned.integer(count)
  }
  try m.function("pread(fd, length, offset, /)", "Read at a place.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, length, offset) = (try call.int32(0), try call.int(1), try call.offset(2))
    if length < 0 {
      errno = EINVAL
      throw systemError()
    }
    let buffer = try PlainBuffer(min(length, 0x7FFF_F000))
    let count = try retrying { Glibc.pread(descriptor, buffer.start, buffer.size, offset) }
    if count < 0 { throw systemError() }
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: count))
  }
  try m.function("pwrite(fd, buffer, offset, /)", "Write at a place.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, offset) = (try call.int32(0), try call.offset(2))
    let view = try call[1].buffer(.simple)
    let bytes = view.bytes
    let count = try retrying { Glibc.pwrite(descriptor, bytes.baseAddress, bytes.count, offset) }
    if count < 0 { throw systemError() }
    return try Owned.integer(count)
  }
  try m.function("lseek(fd, position, whence, /)", "Move to a place in a file and return it.") { (call: Call) throws(PyError) -> Owned in
    let place = Glibc.lseek(try call.int32(0), try call.offset(1), try call.int32(2))
    if place < 0 { throw systemError() }
    return try Owned.integer(place)
  }
  try m.function("isatty(fd, /)", "Return whether the descriptor is a terminal.") { (call: Call) throws(PyError) -> Owned in
    .boolean(Glibc.isatty(try call.int32(0)) == 1)
  }
  try m.function("dup(fd, /)", "Return another descriptor of the same file, which programs that are run do not inherit.") { (call: Call) throws(PyError) -> Owned in
    let copy = fcntl(try call.int32(0), F_DUPFD_CLOEXEC, 0)
    if copy < 0 { throw systemError() }
    return try Owned.integer(Int(copy))
  }
  try m.function("dup2(fd, fd2, inheritable=True)", "Make a descriptor one of another's file.") { (call: Call) throws(PyError) -> Owned in
    let (from, to) = (try call.int32(0), try call.int32(1))
    if from < 0 || to < 0 {
      errno = EBADF
      throw systemError()
    }
    let isInheritable = try call.bool(2)
    let result = isInheritable || from == to ? Glibc.dup2(from, to) : dup3(from, to, O_CLOEXEC)
    if result < 0 { throw systemError() }
    return try Owned.integer(Int(result))
  }
  try m.function("pipe()", "Make a pipe; return its ends for reading and writing.") { (_: Call) throws(PyError) -> Owned in try makePipe(O_CLOEXEC) }
  try m.function("pipe2(flags, /)", "Make a pipe with flags; return its ends for reading and writing.") { (call: Call) throws(PyError) -> Owned in
    try makePipe(try call.int32(0))
  }
  try m.function("ftruncate(fd, length, /)", "Cut an open file to a length.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, length) = (try call.int32(0), try call.offset(1))
    if isAudited { try audit("os.truncate", Value(smallInteger: Int(descriptor)), call[1]) }
    if try retrying({ Glibc.ftruncate(descriptor, length) }) != 0 { throw systemError() }
    return .none
  }
  try m.function("fsync(fd)", "Have the system write a file to its disk.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.descriptor(0)
    if try retrying({ Glibc.fsync(descriptor) }) != 0 { throw systemError() }
    return .none
  }
  try m.function("fdatasync(fd)", "Have the system write a file's contents to its disk.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.descriptor(0)
    if try retrying({ Glibc.fdatasync(descriptor) }) != 0 { throw systemError() }
    return .none
  }
  try m.function("sync()", "Have the system write everything to disk.") { (_: Call) throws(PyError) -> Owned in
    Glibc.sync()
    return .none
  }
  try defineDescriptorFlags(m)
}

/// Memory for a system call to write to.
struct PlainBuffer: ~Copyable {
  let start: UnsafeMutableRawPointer
  let size: Int
  init(_ size: Int) throws(PyError) {
    guard let memory = malloc(max(size, 1)) else { throw PyError.memoryError() }
    start = memory
    self.size = size
  }
  deinit { free(start) }
}

private func makePipe(_ flags: Int32) throws(PyError) -> Owned {
  var ends: [Int32] = [0, 0]
  if CKraitSystem.pipe2(&ends, flags) != 0 { throw systemError() }
  return try Owned.tuple(Value(smallInteger: Int(ends[0])), Value(smallInteger: Int(ends[1])))
}

private func defineDescriptorFlags(_ m: ModuleBuilder) throws(PyError) {
  try m.function("get_inheritable(fd, /)", "Return whether programs that are run inherit the descriptor.") { (call: Call) throws(PyError) -> Owned in
    let flags = fcntl(try call.int32(0), F_GETFD)
    if flags < 0 { throw systemError() }
    return .boolean(flags & FD_CLOEXEC == 0)
  }
  try m.function("set_inheritable(fd, inheritable, /)", "Set whether programs that are run inherit the descriptor.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    let isInheritable = try call.int32(1) != 0
    let flags = fcntl(descriptor, F_GETFD)
    if flags < 0 || fcntl(descriptor, F_SETFD, isInheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC) < 0 { throw systemError() }
    return .none
  }
  try m.function("get_blocking(fd, /)", "Return whether operations of the descriptor wait.") { (call: Call) throws(PyError) -> Owned in
    let flags = fcntl(try call.int32(0), F_GETFL)
    if flags < 0 { throw systemError() }
    return .boolean(flags & O_NONBLOCK == 0)
  }
  try m.function("set_blocking(fd, blocking, /)", "Set whether operations of the descriptor wait.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    let isBlocking = try call.bool(1)
    let flags = fcntl(descriptor, F_GETFL)
    if flags < 0 || fcntl(descriptor, F_SETFL, isBlocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) < 0 { throw systemError() }
    return .none
  }
  try m.function("device_encoding(fd)", "Return the encoding of a terminal, or None.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.isatty(try call.int32(0)) != 1 { return .none }
    return try Owned.string("UTF-8" as StaticString)
  }
  try m.function("ttyname(fd, /)", "Return the name of a terminal.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { (buffer) throws(PyError) in
      let name = buffer.baseAddress.unsafelyUnwrapped
      let code = ttyname_r(descriptor, name, buffer.count)
      if code != 0 { throw .osError(code) }
      return try decodeFileSystem(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }
  }
  let size = try m.defineStructSequence(
    "terminal_size", module: "os", "The size of a terminal.", [("columns", "width in characters"), ("lines", "height in characters")])
  TerminalSize.type = size
  try m.function("get_terminal_size(fd=<unrepresentable>, /)", "Return the size of a terminal.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = call[0].isAbsent ? 1 : try call.int32(0)
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) != 0 { throw systemError() }
    return try StructSequence.make(TerminalSize.type, [Value(smallInteger: Int(size.ws_col)), Value(smallInteger: Int(size.ws_row))])
  }
  try m.function("fpathconf(fd, name, /)", "Return a limit of an open file.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.descriptor(0)
    let name = try configurationName(call[1], pathConfigurationNames)
    errno = 0
    let limit = Glibc.fpathconf(descriptor, name)
    if limit == -1 && errno != 0 { throw systemError() }
    return try Owned.integer(limit)
  }
}

private enum TerminalSize {
  nonisolated(unsafe) static var type = TypeObject.object
}

// MARK: - Configuration

/// The names that `pathconf` knows.
let pathConfigurationNames: [(name: StaticString, number: Int32)] = [
  ("PC_ASYNC_IO", 10), ("PC_CHOWN_RESTRICTED", 6), ("PC_FILESIZEBITS", 13), ("PC_LINK_MAX", 0), ("PC_MAX_CANON", 1), ("PC_MAX_INPUT", 2), ("PC_NAME_MAX", 3),
  ("PC_NO_TRUNC", 7), ("PC_PATH_MAX", 4), ("PC_PIPE_BUF", 5), ("PC_PRIO_IO", 11), ("PC_SOCK_MAXBUF", 12), ("PC_SYNC_IO", 9), ("PC_VDISABLE", 8),
  ("PC_ALLOC_SIZE_MIN", 18), ("PC_REC_INCR_XFER_SIZE", 14), ("PC_REC_MAX_XFER_SIZE", 15), ("PC_REC_MIN_XFER_SIZE", 16), ("PC_REC_XFER_ALIGN", 17),
  ("PC_SYMLINK_MAX", 19),
]

/// The number of a limit, given as it is or by its name.
func configurationName(_ value: Value, _ names: [(name: StaticString, number: Int32)]) throws(PyError) -> Int32 {
  if value.isString {
    guard let found = names.first(where: { StringObject(value).isEqual(to: $0.name) }) else { throw .valueError("unrecognized configuration name") }
    return found.number
  }
  guard value.type.slots.pointee.index != nil else { throw .typeError("configuration names must be strings or integers") }
  let number = try value.index()
  guard let word = Integer.asInt(number.value), let result = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
  return result
}
