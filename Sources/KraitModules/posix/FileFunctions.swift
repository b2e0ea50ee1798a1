// The functions of `posix` that take paths.

import CKraitSystem
import Glibc
import KraitRuntime

/// `dir_fd` and `follow_symlinks` do not go with a descriptor.
private func checkCombination(_ function: StaticString, _ path: borrowing PathArgument, folder: Int32, follows: Bool) throws(PyError) {
  guard path.isDescriptor else { return }
  if folder != AT_FDCWD { throw .valueError("\(function): can't specify dir_fd without matching path") }
  if !follows { throw .valueError("\(function): cannot use fd and follow_symlinks together") }
}

/// A `dir_fd` as audit hooks see it: -1 for none.
private func folderNumber(_ descriptor: Int32) -> Value { Value(smallInteger: descriptor == AT_FDCWD ? -1 : Int(descriptor)) }

func defineStatus(_ m: ModuleBuilder) throws(PyError) {
  try m.function("stat(path, *, dir_fd=None, follow_symlinks=True)", "Return what the system knows of a file.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let folder = try call.folderDescriptor(1)
    let follows = try call.bool(2)
    try checkCombination("stat", path, folder: folder, follows: follows)
    var status = Glibc.stat()
    let result = path.isDescriptor ? fstat(path.descriptor, &status) : fstatat(folder, path.path, &status, follows ? 0 : AT_SYMLINK_NOFOLLOW)
    if result != 0 { throw path.error() }
    return try StatResult.make(status)
  }
  try m.function("lstat(path, *, dir_fd=None)", "As stat(), of a symbolic link itself.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    var status = Glibc.stat()
    if fstatat(try call.folderDescriptor(1), path.path, &status, AT_SYMLINK_NOFOLLOW) != 0 { throw path.error() }
    return try StatResult.make(status)
  }
  try m.function("fstat(fd)", "As stat(), of an open file.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.int32(0)
    var status = Glibc.stat()
    if try retrying({ fstat(descriptor, &status) }) != 0 { throw systemError() }
    return try StatResult.make(status)
  }
  try m.function("statvfs(path)", "Return what the system knows of a path's file system.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    var status = Glibc.statvfs()
    let result = path.isDescriptor ? fstatvfs(path.descriptor, &status) : statvfs(path.path, &status)
    if result != 0 { throw path.error() }
    return try StatResult.make(status)
  }
  try m.function("fstatvfs(fd, /)", "As statvfs(), of an open file.") { (call: Call) throws(PyError) -> Owned in
    var status = Glibc.statvfs()
    if fstatvfs(try call.int32(0), &status) != 0 { throw systemError() }
    return try StatResult.make(status)
  }
  try m.function(
    "access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", "Return whether the process may use a file in a way."
  ) { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    var flags: Int32 = 0
    if try call.bool(3) { flags |= 0x200 }
    if try !call.bool(4) { flags |= AT_SYMLINK_NOFOLLOW }
    return .boolean(faccessat(try call.folderDescriptor(2), path.path, try call.int32(1), flags) == 0)
  }
}

func defineChanges(_ m: ModuleBuilder) throws(PyError) {
  try m.function("chmod(path, mode, *, dir_fd=None, follow_symlinks=True)", "Change a file's permissions.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let mode = mode_t(bitPattern: try call.int32(1))
    let folder = try call.folderDescriptor(2)
    let follows = try call.bool(3)
    if path.isDescriptor && folder != AT_FDCWD { throw .valueError("chmod: can't specify dir_fd without matching path") }
    if path.isDescriptor && !follows { throw .valueError("chmod: cannot use fd and follow_symlinks together") }
    if isAudited { try audit("os.chmod", path.object.value, Value(smallInteger: Int(mode)), folderNumber(folder)) }
    let result = path.isDescriptor ? fchmod(path.descriptor, mode) : fchmodat(folder, path.path, mode, follows ? 0 : AT_SYMLINK_NOFOLLOW)
    if result != 0 {
      if !follows && errno == EOPNOTSUPP { throw PyError.raise(.notImplementedError, "chmod: follow_symlinks unavailable on this platform") }
      throw path.error()
    }
    return .none
  }
  try m.function("fchmod(fd, mode)", "Change the permissions of an open file.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, mode) = (try call.int32(0), mode_t(bitPattern: try call.int32(1)))
    if isAudited { try audit("os.chmod", Value(smallInteger: Int(descriptor)), Value(smallInteger: Int(mode)), Value(smallInteger: -1)) }
    if try retrying({ fchmod(descriptor, mode) }) != 0 { throw systemError() }
    return .none
  }
  try m.function("chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)", "Change a file's owner.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let (user, group) = (try call.identifier(1), try call.identifier(2, "gid"))
    let folder = try call.folderDescriptor(3)
    let follows = try call.bool(4)
    try checkCombination("chown", path, folder: folder, follows: follows)
    if isAudited { try audit("os.chown", path.object.value, call[1], call[2], folderNumber(folder)) }
    let result = path.isDescriptor ? fchown(path.descriptor, user, group) : fchownat(folder, path.path, user, group, follows ? 0 : AT_SYMLINK_NOFOLLOW)
    if result != 0 { throw path.error() }
    return .none
  }
  try m.function("lchown(path, uid, gid)", "Change the owner of a symbolic link itself.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    let (user, group) = (try call.identifier(1), try call.identifier(2, "gid"))
    if isAudited { try audit("os.chown", path.object.value, call[1], call[2], Value(smallInteger: -1)) }
    if Glibc.lchown(path.path, user, group) != 0 { throw path.error() }
    return .none
  }
  try m.function("fchown(fd, uid, gid)", "Change the owner of an open file.") { (call: Call) throws(PyError) -> Owned in
    let (descriptor, user, group) = (try call.int32(0), try call.identifier(1), try call.identifier(2, "gid"))
    if isAudited { try audit("os.chown", call[0], call[1], call[2], Value(smallInteger: -1)) }
    if try retrying({ Glibc.fchown(descriptor, user, group) }) != 0 { throw systemError() }
    return .none
  }
  try m.function("chroot(path)", "Change the root directory.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    if Glibc.chroot(path.path) != 0 { throw path.error() }
    return .none
  }
  try m.function("truncate(path, length)", "Cut a file to a length.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let length = try call.offset(1)
    if isAudited { try audit("os.truncate", path.object.value, call[1]) }
    // As with ftruncate(), the error of a descriptor names no file.
    if path.isDescriptor {
      if Glibc.ftruncate(path.descriptor, length) != 0 { throw systemError() }
      return .none
    }
    if Glibc.truncate(path.path, length) != 0 { throw path.error() }
    return .none
  }
  try m.function(
    "utime(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)", "Set the times of last access and last change of a file."
  ) { (call: Call) throws(PyError) -> Owned in
    try setTimes(call)
    return .none
  }
}

/// Seconds, an int or a float, as a time rounded down.
func fileTime(_ value: Value) throws(PyError) -> timespec {
  if value.isInteger {
    guard let seconds = Integer.asInt(value) else { throw .overflowError("timestamp out of range for platform time_t") }
    return timespec(tv_sec: seconds, tv_nsec: 0)
  }
  guard value.type.isSubtype(of: .float), let number = doubleValue(of: value) else {
    let seconds = try value.index()
    return try fileTime(seconds.value)
  }
  if number.isNaN { throw .valueError("Invalid value NaN (not a number)") }
  let whole = number.rounded(.down)
  var nanoseconds = ((number - whole) * 1e9).rounded(.down)
  var seconds = whole
  if nanoseconds >= 1e9 {
    nanoseconds -= 1e9
    seconds += 1
  }
  guard abs(seconds) < 9.2e18 else { throw .overflowError("timestamp out of range for platform time_t") }
  return timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
}

private func nanoseconds(_ value: Value) throws(PyError) -> timespec {
  let billion = try Owned.integer(1_000_000_000)
  let parts = try value.divmod(billion.value)
  guard parts.value.isTuple, TupleObject(parts.value).count == 2 else { throw .typeError("\(value.typeName).__divmod__() must return a 2-tuple, not \(parts.value.typeName)") }
  return timespec(tv_sec: try TupleObject(parts.value)[0].asInt(), tv_nsec: try TupleObject(parts.value)[1].asInt())
}

private func setTimes(_ call: Call) throws(PyError) {
  let path = try PathArgument(call, 0, .descriptor)
  let folder = try call.folderDescriptor(3)
  let follows = try call.bool(4)
  if !call[1].isNone && !call[2].isAbsent { throw .valueError("utime: you may specify either 'times' or 'ns' but not both") }
  var times = [timespec(), timespec()]
  let isNow = call[1].isNone && call[2].isAbsent
  if !call[1].isNone {
    guard call[1].isTuple, TupleObject(call[1]).count == 2 else { throw .typeError("utime: 'times' must be either a tuple of two ints or None") }
    for index in 0..<2 { times[index] = try fileTime(TupleObject(call[1])[index]) }
  } else if !call[2].isAbsent {
    guard call[2].isTuple, TupleObject(call[2]).count == 2 else { throw .typeError("utime: 'ns' must be a tuple of two ints") }
    for index in 0..<2 { times[index] = try nanoseconds(TupleObject(call[2])[index]) }
  }
  try checkCombination("utime", path, folder: folder, follows: follows)
  if isNow { for index in 0..<2 { times[index].tv_nsec = (1 << 30) - 1 } }
  if isAudited { try audit("os.utime", path.object.value, call[1], call[2].isAbsent ? .none : call[2], folderNumber(folder)) }
  let result = path.isDescriptor ? futimens(path.descriptor, times) : utimensat(folder, path.path, times, follows ? 0 : AT_SYMLINK_NOFOLLOW)
  if result != 0 { throw path.error() }
}

func defineEntries(_ m: ModuleBuilder) throws(PyError) {
  try m.function("mkdir(path, mode=511, *, dir_fd=None)", "Make a directory.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    let (mode, folder) = (try call.int32(1), try call.folderDescriptor(2))
    if isAudited { try audit("os.mkdir", path.object.value, Value(smallInteger: Int(mode)), folderNumber(folder)) }
    if mkdirat(folder, path.path, mode_t(bitPattern: mode)) != 0 { throw path.error() }
    return .none
  }
  try m.function("rmdir(path, *, dir_fd=None)", "Remove an empty directory.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    let folder = try call.folderDescriptor(1)
    if isAudited { try audit("os.rmdir", path.object.value, folderNumber(folder)) }
    if unlinkat(folder, path.path, AT_REMOVEDIR) != 0 { throw path.error() }
    return .none
  }
  for name in ["unlink(path, *, dir_fd=None)", "remove(path, *, dir_fd=None)"] as [StaticString] {
    try m.function(name, "Remove a file.") { (call: Call) throws(PyError) -> Owned in
      let path = try PathArgument(call, 0)
      let folder = try call.folderDescriptor(1)
      if isAudited { try audit("os.remove", path.object.value, folderNumber(folder)) }
      if unlinkat(folder, path.path, 0) != 0 { throw path.error() }
      return .none
    }
  }
  for name in ["rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)"] as [StaticString] {
    try m.function(name, "Give a file or directory another name, in place of what has that.") { (call: Call) throws(PyError) -> Owned in
      let from = try PathArgument(call, 0, name: "src")
      let to = try PathArgument(call, 1, name: "dst")
      let (source, target) = (try call.folderDescriptor(2), try call.folderDescriptor(3))
      if isAudited { try audit("os.rename", from.object.value, to.object.value, folderNumber(source), folderNumber(target)) }
      if renameat(source, from.path, target, to.path) != 0 { throw from.error(with: to) }
      return .none
    }
  }
  try m.function("link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)", "Make a hard link.") { (call: Call) throws(PyError) -> Owned in
    let from = try PathArgument(call, 0, name: "src")
    let to = try PathArgument(call, 1, name: "dst")
    let flags: Int32 = try call.bool(4) ? 0x400 : 0
    let (source, target) = (try call.folderDescriptor(2), try call.folderDescriptor(3))
    if isAudited { try audit("os.link", from.object.value, to.object.value, folderNumber(source), folderNumber(target)) }
    if linkat(source, from.path, target, to.path, flags) != 0 { throw from.error(with: to) }
    return .none
  }
  try m.function("symlink(src, dst, target_is_directory=False, *, dir_fd=None)", "Make a symbolic link.") { (call: Call) throws(PyError) -> Owned in
    let from = try PathArgument(call, 0, name: "src")
    let to = try PathArgument(call, 1, name: "dst")
    let folder = try call.folderDescriptor(3)
    if isAudited { try audit("os.symlink", from.object.value, to.object.value, folderNumber(folder)) }
    if symlinkat(from.path, folder, to.path) != 0 { throw from.error(with: to) }
    return .none
  }
  try m.function("readlink(path, *, dir_fd=None)", "Return where a symbolic link leads.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = readlinkat(try call.folderDescriptor(1), path.path, &buffer, 4096)
    if count < 0 { throw path.error() }
    buffer[count] = 0
    return try path.text(buffer)
  }
  try m.function("mkfifo(path, mode=438, *, dir_fd=None)", "Make a named pipe.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    if mkfifoat(try call.folderDescriptor(2), path.path, mode_t(bitPattern: try call.int32(1))) != 0 { throw systemError() }
    return .none
  }
  try m.function("mknod(path, mode=384, device=0, *, dir_fd=None)", "Make a file, pipe or device that has no contents yet.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    if mknodat(try call.folderDescriptor(3), path.path, mode_t(bitPattern: try call.int32(1)), dev_t(try deviceNumber(call[2]))) != 0 { throw systemError() }
    return .none
  }
  try m.function("open(path, flags, mode=511, *, dir_fd=None)", "Open a file and return its descriptor, which programs that are run do not inherit.") {
    (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    let (flags, mode, folder) = (try call.int32(1), mode_t(bitPattern: try call.int32(2)), try call.folderDescriptor(3))
    if isAudited { try audit("open", path.object.value, .none, Value(smallInteger: Int(flags | O_CLOEXEC))) }
    let descriptor = try retrying { openat(folder, path.path, flags | O_CLOEXEC, mode) }
    if descriptor < 0 { throw path.error() }
    return try Owned.integer(Int(descriptor))
  }
  try m.function("chdir(path)", "Change the working directory.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    if isAudited { try audit("os.chdir", path.object.value) }
    if (path.isDescriptor ? Glibc.fchdir(path.descriptor) : Glibc.chdir(path.path)) != 0 { throw path.error() }
    return .none
  }
  try m.function("fchdir(fd)", "Change the working directory to an open one.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = try call.descriptor(0)
    if isAudited { try audit("os.chdir", Value(smallInteger: Int(descriptor))) }
    if Glibc.fchdir(descriptor) != 0 { throw systemError() }
    return .none
  }
  try m.function("getcwd()", "Return the working directory.") { (_: Call) throws(PyError) -> Owned in try workingDirectory(isBytes: false) }
  try m.function("getcwdb()", "Return the working directory as bytes.") { (_: Call) throws(PyError) -> Owned in try workingDirectory(isBytes: true) }
  try m.function("fspath(path)", "Return a path as str or bytes.") { (call: Call) throws(PyError) -> Owned in
    if call[0].isString || call[0].isBytes { return Owned(copying: call[0]) }
    let method = try call[0].lookUpSpecial(Name.__fspath__)
    if method.value.isAbsent || method.value.isNone { throw .typeError("expected str, bytes or os.PathLike object, not \(call[0].typeName)") }
    let path = try method.value.call()
    if path.value.isString || path.value.isBytes { return path }
    throw .typeError("expected \(call[0].typeName).__fspath__() to return str or bytes, not \(path.value.typeName)")
  }
  try m.function("pathconf(path, name)", "Return a limit of a file.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    let name = try configurationName(call[1], pathConfigurationNames)
    errno = 0
    let limit = path.isDescriptor ? Glibc.fpathconf(path.descriptor, name) : Glibc.pathconf(path.path, name)
    if limit == -1 && errno != 0 { throw path.error() }
    return try Owned.integer(limit)
  }
}

private func workingDirectory(isBytes: Bool) throws(PyError) -> Owned {
  guard let folder = Glibc.getcwd(nil, 0) else { throw systemError() }
  defer { free(folder) }
  let bytes = UnsafeRawBufferPointer(start: folder, count: strlen(folder))
  return isBytes ? try Owned.bytes(bytes) : try decodeFileSystem(bytes)
}

// MARK: - Names that are computed with

func definePathFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("_path_normpath(path)", "Take `.`, `..` and double slashes out of a path.") { (call: Call) throws(PyError) -> Owned in
    let path = try pathText(call[0], "_path_normpath")
    let bytes = try pathBytes(path.value)
    return try pathPart(normalize(BytesObject(bytes.value).buffer), of: path.value)
  }
  try m.function("_path_splitroot_ex(p)", "Split a path into drive, root and rest.") { (call: Call) throws(PyError) -> Owned in
    let path = try pathText(call[0], "_path_splitroot_ex")
    let encoded = try pathBytes(path.value)
    let bytes = BytesObject(encoded.value).buffer
    var slashes = 0
    while slashes < bytes.count && bytes[slashes] == 0x2F { slashes += 1 }
    // Two slashes at the start mean something of the system's own; three or more are one.
    let root = slashes == 2 ? 2 : min(slashes, 1)
    func part(_ range: Range<Int>) throws(PyError) -> Owned { try pathPart(Array(bytes[range]), of: path.value) }
    let drive = try part(0..<0)
    let first = try part(0..<root)
    let rest = try part(root..<bytes.count)
    return try Owned.tuple(drive.value, first.value, rest.value)
  }
}

/// A path as str or bytes; it may contain zeros.
private func pathText(_ value: Value, _ function: StaticString) throws(PyError) -> Owned {
  if value.isBytes || value.isString { return Owned(copying: value) }
  let method = try value.lookUpSpecial(Name.__fspath__)
  if method.value.isAbsent || method.value.isNone { throw .typeError("\(function): path should be string, bytes or os.PathLike, not \(value.typeName)") }
  let path = try method.value.call()
  if path.value.isBytes || path.value.isString { return path }
  throw .typeError("expected \(value.typeName).__fspath__() to return str or bytes, not \(path.value.typeName)")
}

/// Bytes to look for slashes and dots in: a name need not be one that the file system could have, so surrogates pass.
private func pathBytes(_ path: Value) throws(PyError) -> Owned {
  path.isBytes ? Owned(copying: path) : try encodeText(path, encoding: Name.make("utf-8"), errors: Name.make("surrogatepass"))
}

/// Some of those bytes, of the kind that the path was.
private func pathPart(_ bytes: [UInt8], of path: Value) throws(PyError) -> Owned {
  let isBytes = path.isBytes
  return Owned(
    taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
      let raw = UnsafeRawBufferPointer(buffer)
      return isBytes ? try Owned.bytes(raw).take() : try decodeText(raw, encoding: Name.make("utf-8"), errors: Name.make("surrogatepass")).take()
    })
}

/// The path without empty parts, `.` and what `..` takes away, by its text alone.
private func normalize(_ path: UnsafeRawBufferPointer) -> [UInt8] {
  if path.isEmpty { return [0x2E] }
  var start = 0
  while start < path.count && path[start] == 0x2F { start += 1 }
  let root = start == 2 ? 2 : min(start, 1)
  var result = [UInt8](repeating: 0x2F, count: root)
  result.reserveCapacity(path.count)
  // The end of what no `..` takes away: the root, or other `..`.
  var kept = root
  while start < path.count {
    var end = start
    while end < path.count && path[end] != 0x2F { end += 1 }
    let part = UnsafeRawBufferPointer(rebasing: path[start..<end])
    start = end + 1
    if part.isEmpty || part.count == 1 && part[0] == 0x2E { continue }
    let isParent = part.count == 2 && part[0] == 0x2E && part[1] == 0x2E
    if isParent && result.count > kept {
      var last = result.count - 1
      while last > kept && result[last] != 0x2F { last -= 1 }
      result.removeLast(result.count - last)
      continue
    }
    if isParent && root > 0 { continue }
    if result.count > root { result.append(0x2F) }
    result += part
    if isParent { kept = result.count }
  }
  return result.isEmpty ? [0x2E] : result
}
