// The module `posix`: the system's functions, from which `os` is made.

import CKraitSystem
import Glibc
import KraitRuntime

let posixModule = ModuleDefinition("posix", "The operating system's functions; use the module os.") { (m: ModuleBuilder) throws(PyError) in
  try m.defineStatResults()
  try defineStatus(m)
  try defineChanges(m)
  try defineEntries(m)
  try definePathFunctions(m)
  try defineDescriptors(m)
  try defineTerminals(m)
  try defineTransfers(m)
  try defineExtendedAttributes(m)
  try defineDirectories(m)
  try defineEnvironment(m)
  try defineProcesses(m)
  for (name, number) in constants { try m.constant(name, Int(number)) }
  try m.constant("error", TypeObject.osError.value)
  let functions = try Owned.list()
  for name in available { try ListObject(functions.value).append(sharing: try Owned.string(name)) }
  try m.constant("_have_functions", functions)
}

// MARK: - The environment

private func defineEnvironment(_ m: ModuleBuilder) throws(PyError) {
  let dict = try readEnvironment()
  try m.constant("environ", dict)
  try m.function("_create_environ()", "Return the environment as it is now.") { (_: Call) throws(PyError) -> Owned in try readEnvironment() }
  try m.function("putenv(name, value, /)", "Set an environment variable.") { (call: Call) throws(PyError) -> Owned in
    let name = try variable(call[0])
    let value = try variable(call[1])
    let key = BytesObject(name.value)
    if memchr(key.data, 0x3D, key.count) != nil { throw .valueError("illegal environment variable name") }
    if isAudited { try audit("os.putenv", name.value, value.value) }
    if setenv(text(name.value), text(value.value), 1) != 0 { throw systemError() }
    return .none
  }
  try m.function("unsetenv(name, /)", "Take a variable out of the environment.") { (call: Call) throws(PyError) -> Owned in
    let name = try variable(call[0])
    if isAudited { try audit("os.unsetenv", name.value) }
    if Glibc.unsetenv(text(name.value)) != 0 { throw systemError() }
    return .none
  }
}

private func readEnvironment() throws(PyError) -> Owned {
  let result = try Owned.dict()
  guard var entry = krait_environ() else { return result }
  while let text = entry.pointee {
    entry += 1
    guard let equals = strchr(text, 0x3D) else { continue }
    let name = try Owned.bytes(UnsafeRawBufferPointer(start: text, count: equals - text))
    let value = try Owned.bytes(UnsafeRawBufferPointer(start: equals + 1, count: strlen(equals + 1)))
    if try DictObject(result.value).get(name.value).isAbsent { try DictObject(result.value).set(name.value, value.value) }
  }
  return result
}

/// The bytes of a name or value, which end with a zero.
private func variable(_ value: Value) throws(PyError) -> Owned {
  let path = try fileSystemBytes(value)
  let bytes = BytesObject(path.value)
  if memchr(bytes.data, 0, bytes.count) != nil { throw .valueError("embedded null byte") }
  return path
}

private func text(_ bytes: Value) -> UnsafePointer<CChar> { UnsafePointer(BytesObject(bytes).data.assumingMemoryBound(to: CChar.self)) }

/// `os.fsencode`
func fileSystemBytes(_ value: Value) throws(PyError) -> Owned {
  if value.isBytes { return Owned(copying: value) }
  if value.isString { return try encodeFileSystem(value) }
  let method = try value.lookUpSpecial(Name.__fspath__)
  if method.value.isAbsent || method.value.isNone { throw .typeError("expected str, bytes or os.PathLike object, not \(value.typeName)") }
  let path = try method.value.call()
  if path.value.isBytes { return path }
  if path.value.isString { return try encodeFileSystem(path.value) }
  throw .typeError("expected \(value.typeName).__fspath__() to return str or bytes, not \(path.value.typeName)")
}

// MARK: - Constants

/// What `os` asks for to know which functions take `dir_fd`, descriptors and `follow_symlinks`.
private let available: [StaticString] = [
  "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT", "HAVE_FEXECVE", "HAVE_FDOPENDIR", "HAVE_FPATHCONF",
  "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE", "HAVE_FUTIMENS", "HAVE_FUTIMES", "HAVE_FUTIMESAT", "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES",
  "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT", "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT", "HAVE_RENAMEAT", "HAVE_SYMLINKAT", "HAVE_UNLINKAT",
  "HAVE_UTIMENSAT", "HAVE_PTSNAME_R",
]

private let constants: [(name: StaticString, number: Int)] = [
  ("CLD_CONTINUED", 6), ("CLD_DUMPED", 3), ("CLD_EXITED", 1), ("CLD_KILLED", 2), ("CLD_STOPPED", 5), ("CLD_TRAPPED", 4), ("CLONE_FILES", 1024),
  ("CLONE_FS", 512), ("CLONE_NEWCGROUP", 33554432), ("CLONE_NEWIPC", 134217728), ("CLONE_NEWNET", 1073741824), ("CLONE_NEWNS", 131072),
  ("CLONE_NEWPID", 536870912), ("CLONE_NEWTIME", 128), ("CLONE_NEWUSER", 268435456), ("CLONE_NEWUTS", 67108864), ("CLONE_SIGHAND", 2048),
  ("CLONE_SYSVSEM", 262144), ("CLONE_THREAD", 65536), ("CLONE_VM", 256), ("EFD_CLOEXEC", 524288), ("EFD_NONBLOCK", 2048), ("EFD_SEMAPHORE", 1),
  ("EX_CANTCREAT", 73), ("EX_CONFIG", 78), ("EX_DATAERR", 65), ("EX_IOERR", 74), ("EX_NOHOST", 68), ("EX_NOINPUT", 66), ("EX_NOPERM", 77),
  ("EX_NOUSER", 67), ("EX_OK", 0), ("EX_OSERR", 71), ("EX_OSFILE", 72), ("EX_PROTOCOL", 76), ("EX_SOFTWARE", 70), ("EX_TEMPFAIL", 75),
  ("EX_UNAVAILABLE", 69), ("EX_USAGE", 64), ("F_LOCK", 1), ("F_OK", 0), ("F_TEST", 3), ("F_TLOCK", 2), ("F_ULOCK", 0), ("GRND_NONBLOCK", 1),
  ("GRND_RANDOM", 2), ("MFD_ALLOW_SEALING", 2), ("MFD_CLOEXEC", 1), ("MFD_HUGETLB", 4), ("MFD_HUGE_16GB", 2281701376), ("MFD_HUGE_16MB", 1610612736),
  ("MFD_HUGE_1GB", 2013265920), ("MFD_HUGE_1MB", 1342177280), ("MFD_HUGE_256MB", 1879048192), ("MFD_HUGE_2GB", 2080374784),
  ("MFD_HUGE_2MB", 1409286144), ("MFD_HUGE_32MB", 1677721600), ("MFD_HUGE_512KB", 1275068416), ("MFD_HUGE_512MB", 1946157056),
  ("MFD_HUGE_64KB", 1073741824), ("MFD_HUGE_8MB", 1543503872), ("MFD_HUGE_MASK", 63), ("MFD_HUGE_SHIFT", 26), ("NGROUPS_MAX", 65536),
  ("O_ACCMODE", 3), ("O_APPEND", 1024), ("O_ASYNC", 8192), ("O_CLOEXEC", 524288), ("O_CREAT", 64), ("O_DIRECT", 16384),
  ("O_DIRECTORY", Int(O_DIRECTORY)), ("O_DSYNC", 4096), ("O_EXCL", 128), ("O_FSYNC", 1052672), ("O_LARGEFILE", 0), ("O_NDELAY", 2048),
  ("O_NOATIME", 262144), ("O_NOCTTY", 256), ("O_NOFOLLOW", Int(O_NOFOLLOW)), ("O_NONBLOCK", 2048), ("O_PATH", 2097152), ("O_RDONLY", 0),
  ("O_RDWR", 2), ("O_RSYNC", 1052672), ("O_SYNC", 1052672), ("O_TMPFILE", 4259840), ("O_TRUNC", 512), ("O_WRONLY", 1), ("PIDFD_NONBLOCK", 2048),
  ("POSIX_FADV_DONTNEED", 4), ("POSIX_FADV_NOREUSE", 5), ("POSIX_FADV_NORMAL", 0), ("POSIX_FADV_RANDOM", 1), ("POSIX_FADV_SEQUENTIAL", 2),
  ("POSIX_FADV_WILLNEED", 3), ("POSIX_SPAWN_CLOSE", 1), ("POSIX_SPAWN_CLOSEFROM", 3), ("POSIX_SPAWN_DUP2", 2), ("POSIX_SPAWN_OPEN", 0),
  ("PRIO_PGRP", 1), ("PRIO_PROCESS", 0), ("PRIO_USER", 2), ("P_ALL", 0), ("P_PGID", 2), ("P_PID", 1), ("P_PIDFD", 3), ("RTLD_DEEPBIND", 8),
  ("RTLD_GLOBAL", 256), ("RTLD_LAZY", 1), ("RTLD_LOCAL", 0), ("RTLD_NODELETE", 4096), ("RTLD_NOLOAD", 4), ("RTLD_NOW", 2), ("RWF_APPEND", 16),
  ("RWF_DSYNC", 2), ("RWF_HIPRI", 1), ("RWF_NOWAIT", 8), ("RWF_SYNC", 4), ("R_OK", 4), ("SCHED_BATCH", 3), ("SCHED_DEADLINE", 6), ("SCHED_FIFO", 1),
  ("SCHED_IDLE", 5), ("SCHED_NORMAL", 0), ("SCHED_OTHER", 0), ("SCHED_RESET_ON_FORK", 1073741824), ("SCHED_RR", 2), ("SEEK_DATA", 3),
  ("SEEK_HOLE", 4), ("SPLICE_F_MORE", 4), ("SPLICE_F_MOVE", 1), ("SPLICE_F_NONBLOCK", 2), ("ST_APPEND", 256), ("ST_MANDLOCK", 64),
  ("ST_NOATIME", 1024), ("ST_NODEV", 4), ("ST_NODIRATIME", 2048), ("ST_NOEXEC", 8), ("ST_NOSUID", 2), ("ST_RDONLY", 1), ("ST_RELATIME", 4096),
  ("ST_SYNCHRONOUS", 16), ("ST_WRITE", 128), ("TFD_CLOEXEC", 524288), ("TFD_NONBLOCK", 2048), ("TFD_TIMER_ABSTIME", 1),
  ("TFD_TIMER_CANCEL_ON_SET", 2), ("TMP_MAX", 238328), ("WCONTINUED", 8), ("WEXITED", 4), ("WNOHANG", 1), ("WNOWAIT", 16777216), ("WSTOPPED", 2),
  ("WUNTRACED", 2), ("W_OK", 2), ("XATTR_CREATE", 1), ("XATTR_REPLACE", 2), ("XATTR_SIZE_MAX", 65536), ("X_OK", 1),
]
