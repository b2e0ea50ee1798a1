// Processes, users and the machine.

import CKraitSystem
import Glibc
import KraitRuntime

private enum ProcessTypes {
  nonisolated(unsafe) static var times = TypeObject.object
  nonisolated(unsafe) static var names = TypeObject.object
}

func defineProcesses(_ m: ModuleBuilder) throws(PyError) {
  ProcessTypes.times = try m.defineStructSequence(
    "times_result", module: "posix", "Times that os.times() gives.",
    [("user", "user time"), ("system", "system time"), ("children_user", "user time of the children waited for"), ("children_system", "system time of the children waited for"), ("elapsed", "elapsed time")])
  ProcessTypes.names = try m.defineStructSequence(
    "uname_result", module: "posix", "What os.uname() gives.",
    [("sysname", "the kernel's name"), ("nodename", "the host's name"), ("release", "release"), ("version", "version"), ("machine", "the kind of processor")])
  try defineIdentifiers(m)
  try defineGroups(m)
  try defineChangesOfUsers(m)
  try defineRunning(m)
  try defineForking(m)
  try defineSpawning(m)
  try defineScheduling(m)
  try defineWaiting(m)
  try defineMachine(m)
}

private func defineIdentifiers(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getpid()", "Return the process's number.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(Glibc.getpid())) }
  try m.function("getppid()", "Return the parent process's number.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(Glibc.getppid())) }
  try m.function("getuid()", "Return the user's number.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(Glibc.getuid())) }
  try m.function("geteuid()", "Return the number of the user whose rights count.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(Glibc.geteuid())) }
  try m.function("getgid()", "Return the group's number.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(Glibc.getgid())) }
  try m.function("getegid()", "Return the number of the group whose rights count.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(Glibc.getegid())) }
  try m.function("getpgrp()", "The process group that this process is in.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(Int(Glibc.getpgrp())) }
  try m.function("getpgid(pid)", "Return a process's group.") { (call: Call) throws(PyError) -> Owned in
    let group = Glibc.getpgid(try call.int32(0))
    if group < 0 { throw systemError() }
    return try Owned.integer(Int(group))
  }
  try m.function("getsid(pid, /)", "Return a process's session.") { (call: Call) throws(PyError) -> Owned in
    let session = Glibc.getsid(try call.int32(0))
    if session < 0 { throw systemError() }
    return try Owned.integer(Int(session))
  }
  try m.function("setsid()", "Begin a session.") { (_: Call) throws(PyError) -> Owned in
    if Glibc.setsid() < 0 { throw systemError() }
    return .none
  }
  try m.function("setpgid(pid, pgrp, /)", "Put a process into a group.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.setpgid(try call.int32(0), try call.int32(1)) < 0 { throw systemError() }
    return .none
  }
  try m.function("setpgrp()", "Begin a process group.") { (_: Call) throws(PyError) -> Owned in
    if Glibc.setpgid(0, 0) < 0 { throw systemError() }
    return .none
  }
  try m.function("setuid(uid, /)", "Become a user.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.setuid(try call.identifier(0)) < 0 { throw systemError() }
    return .none
  }
  try m.function("setgid(gid, /)", "Become of a group.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.setgid(try call.identifier(0, "gid")) < 0 { throw systemError() }
    return .none
  }
  try m.function("seteuid(euid, /)", "Take a user's rights.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.seteuid(try call.identifier(0)) < 0 { throw systemError() }
    return .none
  }
  try m.function("setegid(egid, /)", "Take a group's rights.") { (call: Call) throws(PyError) -> Owned in
    if Glibc.setegid(try call.identifier(0, "gid")) < 0 { throw systemError() }
    return .none
  }
  try m.function("getlogin()", "Return the name of the user who logged in.") { (_: Call) throws(PyError) -> Owned in
    guard let name = Glibc.getlogin() else { throw systemError() }
    return try decodeFileSystem(UnsafeRawBufferPointer(start: name, count: strlen(name)))
  }
  try m.function("umask(mask, /)", "Set which permissions new files do not get, and return the former mask.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(Int(Glibc.umask(mode_t(bitPattern: try call.int32(0)))))
  }
}

// MARK: - Running programs

private func defineRunning(_ m: ModuleBuilder) throws(PyError) {
  try m.function("execv(path, argv, /)", "Run a program in place of this one.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0)
    try checkExecution()
    var arguments = try ArgumentVector.arguments(call[1], "execv() arg 2")
    if isAudited { try audit("os.exec", path.object.value, call[1], .none) }
    Glibc.execv(path.path, &arguments.pointers)
    throw systemError()
  }
  try m.function("execve(path, argv, env)", "Run a program in place of this one, with an environment.") { (call: Call) throws(PyError) -> Owned in
    let path = try PathArgument(call, 0, .descriptor)
    try checkExecution()
    var arguments = try ArgumentVector.arguments(call[1], "execve: argv")
    guard call[2].type.slots.pointee.subscript != nil else { throw .typeError("execve: environment must be a mapping object") }
    var variables = try ArgumentVector.environment(call[2])
    if isAudited { try audit("os.exec", path.object.value, call[1], call[2]) }
    if path.isDescriptor { fexecve(path.descriptor, &arguments.pointers, &variables.pointers) } else { Glibc.execve(path.path, &arguments.pointers, &variables.pointers) }
    throw path.error()
  }
  try m.function("_exit(status)", "End the process at once.") { (call: Call) throws(PyError) -> Owned in
    Glibc._exit(try call.int32(0))
  }
  try m.function("abort()", "End the process by the signal SIGABRT.") { (_: Call) throws(PyError) -> Owned in
    Glibc.abort()
  }
  try m.function("kill(pid, signal, /)", "Send a signal to a process.") { (call: Call) throws(PyError) -> Owned in
    let (process, signal) = (try call.int32(0), try call.int32(1))
    if isAudited { try audit("os.kill", Value(smallInteger: Int(process)), Value(smallInteger: Int(signal))) }
    if Glibc.kill(process, signal) < 0 { throw systemError() }
    try checkSignals()
    return .none
  }
  try m.function("killpg(pgid, signal, /)", "Send a signal to a process group.") { (call: Call) throws(PyError) -> Owned in
    let (group, signal) = (try call.int32(0), try call.int32(1))
    if isAudited { try audit("os.killpg", Value(smallInteger: Int(group)), Value(smallInteger: Int(signal))) }
    if Glibc.killpg(group, signal) < 0 { throw systemError() }
    try checkSignals()
    return .none
  }
  try m.function("system(command)", "Run a command of the shell and return its status.") { (call: Call) throws(PyError) -> Owned in
    let command = try fileSystemBytes(call[0])
    let bytes = BytesObject(command.value)
    if memchr(bytes.data, 0, bytes.count) != nil { throw .valueError("embedded null byte") }
    if isAudited { try audit("os.system", command.value) }
    let text = bytes.data.assumingMemoryBound(to: CChar.self)
    return try Owned.integer(Int(withoutLock { Glibc.system(text) }))
  }
  try m.function("nice(increment, /)", "Lower the priority, and return it.") { (call: Call) throws(PyError) -> Owned in
    errno = 0
    let value = Glibc.nice(try call.int32(0))
    if value == -1 && errno != 0 { throw systemError() }
    return try Owned.integer(Int(value))
  }
}

// MARK: - Waiting

private func defineWaiting(_ m: ModuleBuilder) throws(PyError) {
  try m.function("waitpid(pid, options, /)", "Wait for a child; return its number and status.") { (call: Call) throws(PyError) -> Owned in
    let (process, options) = (try call.int32(0), try call.int32(1))
    return try wait(process, options)
  }
  try m.function("wait()", "Wait for any child; return its number and status.") { (_: Call) throws(PyError) -> Owned in try wait(-1, 0) }
  try m.function("WIFEXITED(status)", "Whether the process ended by exit().") { (call: Call) throws(PyError) -> Owned in .boolean(krait_wifexited(try call.int32(0)) != 0) }
  try m.function("WEXITSTATUS(status)", "The status that the process gave exit().") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(Int(krait_wexitstatus(try call.int32(0))))
  }
  try m.function("WIFSIGNALED(status)", "Whether a signal ended the process.") { (call: Call) throws(PyError) -> Owned in .boolean(krait_wifsignaled(try call.int32(0)) != 0) }
  try m.function("WTERMSIG(status)", "The signal that ended the process.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(krait_wtermsig(try call.int32(0)))) }
  try m.function("WIFSTOPPED(status)", "Whether the process is stopped.") { (call: Call) throws(PyError) -> Owned in .boolean(krait_wifstopped(try call.int32(0)) != 0) }
  try m.function("WSTOPSIG(status)", "Which signal the process was stopped by.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(Int(krait_wstopsig(try call.int32(0)))) }
  try m.function("WIFCONTINUED(status)", "Whether the process goes on.") { (call: Call) throws(PyError) -> Owned in .boolean(krait_wifcontinued(try call.int32(0)) != 0) }
  try m.function("WCOREDUMP(status, /)", "Whether the process left an image of its memory.") { (call: Call) throws(PyError) -> Owned in
    .boolean(krait_wcoredump(try call.int32(0)) != 0)
  }
  try m.function("waitstatus_to_exitcode(status)", "The exit code that a status stands for; negative for a signal.") { (call: Call) throws(PyError) -> Owned in
    let status = try call.int32(0)
    if krait_wifexited(status) != 0 { return try Owned.integer(Int(krait_wexitstatus(status))) }
    if krait_wifsignaled(status) != 0 { return try Owned.integer(-Int(krait_wtermsig(status))) }
    if krait_wifstopped(status) != 0 { throw .valueError("process stopped by delivery of signal \(krait_wstopsig(status))") }
    throw .valueError("invalid wait status: \(status)")
  }
}

/// Calls a function that waits for a child, again as long as signals interrupt it; its number and status.
private func wait(_ process: Int32, _ options: Int32) throws(PyError) -> Owned {
  var status: Int32 = 0
  let result = try retrying { Glibc.waitpid(process, &status, options) }
  if result < 0 { throw systemError() }
  return try Owned.tuple(Value(smallInteger: Int(result)), Value(smallInteger: Int(status)))
}

// MARK: - The machine

private func defineMachine(_ m: ModuleBuilder) throws(PyError) {
  try m.function("cpu_count()", "Return how many processors the system has.") { (_: Call) throws(PyError) -> Owned in
    if let count = RuntimeConfiguration.current.processorCount { return try Owned.integer(count) }
    let count = Glibc.sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return count < 1 ? .none : try Owned.integer(count)
  }
  try m.function("getloadavg()", "How many processes wanted to run, on average over one, five and fifteen minutes.") { (_: Call) throws(PyError) -> Owned in
    var loads = [0.0, 0.0, 0.0]
    if Glibc.getloadavg(&loads, 3) != 3 { throw PyError.raise(.osError, "Load averages are unobtainable") }
    let first = try Owned.float(loads[0])
    let second = try Owned.float(loads[1])
    let third = try Owned.float(loads[2])
    return try Owned.tuple(first.value, second.value, third.value)
  }
  try m.function("uname()", "Return the names of system and machine.") { (_: Call) throws(PyError) -> Owned in
    var names = utsname()
    if Glibc.uname(&names) != 0 { throw systemError() }
    var fields = try FieldValues(ProcessTypes.names)
    for text in [bytes(of: names.sysname), bytes(of: names.nodename), bytes(of: names.release), bytes(of: names.version), bytes(of: names.machine)] {
      fields.append(try fileSystemName(text, isBytes: false))
    }
    return fields.finish()
  }
  try m.function("times()", "Return the processor time of the process and of its children.") { (_: Call) throws(PyError) -> Owned in
    var values = tms()
    let elapsed = Glibc.times(&values)
    if elapsed == -1 { throw systemError() }
    let ticks = Double(Glibc.sysconf(Int32(_SC_CLK_TCK)))
    var fields = try FieldValues(ProcessTypes.times)
    for time in [values.tms_utime, values.tms_stime, values.tms_cutime, values.tms_cstime, elapsed] { fields.append(try Owned.float(Double(time) / ticks)) }
    return fields.finish()
  }
  try m.function("urandom(size, /)", "Return random bytes fit for cryptography.") { (call: Call) throws(PyError) -> Owned in
    let size = try call.int(0)
    if size < 0 { throw .valueError("negative argument not allowed") }
    let buffer = try PlainBuffer(size)
    var done = 0
    while done < size {
      let (target, rest) = (buffer.start + done, size - done)
      let got = try retrying { krait_getrandom(target, rest, 0) }
      if got < 0 { throw systemError() }
      done += got
    }
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: size))
  }
  try m.function("getrandom(size, flags=0)", "Return random bytes.") { (call: Call) throws(PyError) -> Owned in
    let size = try call.int(0)
    let flags = UInt32(bitPattern: try call.int32(1))
    if size < 0 {
      errno = EINVAL
      throw systemError()
    }
    let buffer = try PlainBuffer(size)
    let got = try retrying { krait_getrandom(buffer.start, size, flags) }
    if got < 0 { throw systemError() }
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer.start, count: got))
  }
  try m.function("strerror(code, /)", "Return the text of an error number.") { (call: Call) throws(PyError) -> Owned in
    try Owned.string(String(cString: Glibc.strerror(try call.int32(0))))
  }
  try m.function("sysconf(name, /)", "Return a limit of the system.") { (call: Call) throws(PyError) -> Owned in
    let name = try configurationName(call[0], systemConfigurationNames)
    errno = 0
    let value = Glibc.sysconf(name)
    if value == -1 && errno != 0 { throw systemError() }
    return try Owned.integer(value)
  }
  try m.function("confstr(name, /)", "Return a text that configures the system, or None.") { (call: Call) throws(PyError) -> Owned in
    let name = try configurationName(call[0], systemTextNames)
    errno = 0
    let count = krait_confstr(name, nil, 0)
    if count == 0 {
      if errno != 0 { throw systemError() }
      return .none
    }
    let buffer = try PlainBuffer(count)
    _ = krait_confstr(name, buffer.start.assumingMemoryBound(to: CChar.self), count)
    return try decodeFileSystem(UnsafeRawBufferPointer(start: buffer.start, count: count - 1))
  }
  try m.function("major(device, /)", "The major number of a device.") { (call: Call) throws(PyError) -> Owned in
    let device = try deviceNumber(call[0])
    return try Owned.integer(device == .max ? -1 : Int(krait_major(device)))
  }
  try m.function("minor(device, /)", "The minor number of a device.") { (call: Call) throws(PyError) -> Owned in
    let device = try deviceNumber(call[0])
    return try Owned.integer(device == .max ? -1 : Int(krait_minor(device)))
  }
  try m.function("makedev(major, minor, /)", "A device from its numbers.") { (call: Call) throws(PyError) -> Owned in
    var parts: [UInt64] = []
    for index in 0..<2 {
      let number = try deviceNumber(call[index])
      if number > UInt64(UInt32.max) && number != .max { throw .overflowError("Python int too large to convert to C unsigned int") }
      parts.append(number & 0xFFFF_FFFF)
    }
    let device = krait_makedev(parts[0], parts[1])
    return device == .max ? try Owned.integer(-1) : try Owned.integer(device)
  }
  try m.function("ctermid()", "The path of the terminal that controls the process.") { (_: Call) throws(PyError) -> Owned in try Owned.string("/dev/tty" as StaticString) }
  try m.constant("sysconf_names", try numbersByName(systemConfigurationNames))
  try m.constant("pathconf_names", try numbersByName(pathConfigurationNames))
  try m.constant("confstr_names", try numbersByName(systemTextNames))
}

private func numbersByName(_ list: [(name: StaticString, number: Int32)]) throws(PyError) -> Owned {
  let names = try Owned.dict()
  for (name, number) in list { try DictObject(names.value).set(Name.make(name), Value(smallInteger: Int(number))) }
  return names
}

/// The text in one of the fields of `utsname`.
private func bytes<Field>(of field: Field) -> [UInt8] { withUnsafeBytes(of: field) { Array($0.prefix { $0 != 0 }) } }

/// The names that `confstr` knows.
private let systemTextNames: [(name: StaticString, number: Int32)] = [
  ("CS_GNU_LIBC_VERSION", 2), ("CS_GNU_LIBPTHREAD_VERSION", 3), ("CS_LFS64_CFLAGS", 1004), ("CS_LFS64_LDFLAGS", 1005), ("CS_LFS64_LIBS", 1006),
  ("CS_LFS64_LINTFLAGS", 1007), ("CS_LFS_CFLAGS", 1000), ("CS_LFS_LDFLAGS", 1001), ("CS_LFS_LIBS", 1002), ("CS_LFS_LINTFLAGS", 1003), ("CS_PATH", 0),
  ("CS_XBS5_ILP32_OFF32_CFLAGS", 1100), ("CS_XBS5_ILP32_OFF32_LDFLAGS", 1101), ("CS_XBS5_ILP32_OFF32_LIBS", 1102),
  ("CS_XBS5_ILP32_OFF32_LINTFLAGS", 1103), ("CS_XBS5_ILP32_OFFBIG_CFLAGS", 1104), ("CS_XBS5_ILP32_OFFBIG_LDFLAGS", 1105),
  ("CS_XBS5_ILP32_OFFBIG_LIBS", 1106), ("CS_XBS5_ILP32_OFFBIG_LINTFLAGS", 1107), ("CS_XBS5_LP64_OFF64_CFLAGS", 1108),
  ("CS_XBS5_LP64_OFF64_LDFLAGS", 1109), ("CS_XBS5_LP64_OFF64_LIBS", 1110), ("CS_XBS5_LP64_OFF64_LINTFLAGS", 1111),
  ("CS_XBS5_LPBIG_OFFBIG_CFLAGS", 1112), ("CS_XBS5_LPBIG_OFFBIG_LDFLAGS", 1113), ("CS_XBS5_LPBIG_OFFBIG_LIBS", 1114),
  ("CS_XBS5_LPBIG_OFFBIG_LINTFLAGS", 1115),
]

private let systemConfigurationNames: [(name: StaticString, number: Int32)] = [
  ("SC_2_CHAR_TERM", 95), ("SC_2_C_BIND", 47), ("SC_2_C_DEV", 48), ("SC_2_C_VERSION", 96), ("SC_2_FORT_DEV", 49), ("SC_2_FORT_RUN", 50),
  ("SC_2_LOCALEDEF", 52), ("SC_2_SW_DEV", 51), ("SC_2_UPE", 97), ("SC_2_VERSION", 46), ("SC_AIO_LISTIO_MAX", 23), ("SC_AIO_MAX", 24),
  ("SC_AIO_PRIO_DELTA_MAX", 25), ("SC_ARG_MAX", 0), ("SC_ASYNCHRONOUS_IO", 12), ("SC_ATEXIT_MAX", 87), ("SC_AVPHYS_PAGES", 86),
  ("SC_BC_BASE_MAX", 36), ("SC_BC_DIM_MAX", 37), ("SC_BC_SCALE_MAX", 38), ("SC_BC_STRING_MAX", 39), ("SC_CHARCLASS_NAME_MAX", 45),
  ("SC_CHAR_BIT", 101), ("SC_CHAR_MAX", 102), ("SC_CHAR_MIN", 103), ("SC_CHILD_MAX", 1), ("SC_CLK_TCK", 2), ("SC_COLL_WEIGHTS_MAX", 40),
  ("SC_DELAYTIMER_MAX", 26), ("SC_EQUIV_CLASS_MAX", 41), ("SC_EXPR_NEST_MAX", 42), ("SC_FSYNC", 15), ("SC_GETGR_R_SIZE_MAX", 69),
  ("SC_GETPW_R_SIZE_MAX", 70), ("SC_INT_MAX", 104), ("SC_INT_MIN", 105), ("SC_IOV_MAX", 60), ("SC_JOB_CONTROL", 7), ("SC_LINE_MAX", 43),
  ("SC_LOGIN_NAME_MAX", 71), ("SC_LONG_BIT", 106), ("SC_MAPPED_FILES", 16), ("SC_MB_LEN_MAX", 108), ("SC_MEMLOCK", 17), ("SC_MEMLOCK_RANGE", 18),
  ("SC_MEMORY_PROTECTION", 19), ("SC_MESSAGE_PASSING", 20), ("SC_MINSIGSTKSZ", 249), ("SC_MQ_OPEN_MAX", 27), ("SC_MQ_PRIO_MAX", 28),
  ("SC_NGROUPS_MAX", 3), ("SC_NL_ARGMAX", 119), ("SC_NL_LANGMAX", 120), ("SC_NL_MSGMAX", 121), ("SC_NL_NMAX", 122), ("SC_NL_SETMAX", 123),
  ("SC_NL_TEXTMAX", 124), ("SC_NPROCESSORS_CONF", 83), ("SC_NPROCESSORS_ONLN", 84), ("SC_NZERO", 109), ("SC_OPEN_MAX", 4), ("SC_PAGESIZE", 30),
  ("SC_PAGE_SIZE", 30), ("SC_PASS_MAX", 88), ("SC_PHYS_PAGES", 85), ("SC_PII", 53), ("SC_PII_INTERNET", 56), ("SC_PII_INTERNET_DGRAM", 62),
  ("SC_PII_INTERNET_STREAM", 61), ("SC_PII_OSI", 57), ("SC_PII_OSI_CLTS", 64), ("SC_PII_OSI_COTS", 63), ("SC_PII_OSI_M", 65), ("SC_PII_SOCKET", 55),
  ("SC_PII_XTI", 54), ("SC_POLL", 58), ("SC_PRIORITIZED_IO", 13), ("SC_PRIORITY_SCHEDULING", 10), ("SC_REALTIME_SIGNALS", 9), ("SC_RE_DUP_MAX", 44),
  ("SC_RTSIG_MAX", 31), ("SC_SAVED_IDS", 8), ("SC_SCHAR_MAX", 111), ("SC_SCHAR_MIN", 112), ("SC_SELECT", 59), ("SC_SEMAPHORES", 21),
  ("SC_SEM_NSEMS_MAX", 32), ("SC_SEM_VALUE_MAX", 33), ("SC_SHARED_MEMORY_OBJECTS", 22), ("SC_SHRT_MAX", 113), ("SC_SHRT_MIN", 114),
  ("SC_SIGQUEUE_MAX", 34), ("SC_SSIZE_MAX", 110), ("SC_STREAM_MAX", 5), ("SC_SYNCHRONIZED_IO", 14), ("SC_THREADS", 67),
  ("SC_THREAD_ATTR_STACKADDR", 77), ("SC_THREAD_ATTR_STACKSIZE", 78), ("SC_THREAD_DESTRUCTOR_ITERATIONS", 73), ("SC_THREAD_KEYS_MAX", 74),
  ("SC_THREAD_PRIORITY_SCHEDULING", 79), ("SC_THREAD_PRIO_INHERIT", 80), ("SC_THREAD_PRIO_PROTECT", 81), ("SC_THREAD_PROCESS_SHARED", 82),
  ("SC_THREAD_SAFE_FUNCTIONS", 68), ("SC_THREAD_STACK_MIN", 75), ("SC_THREAD_THREADS_MAX", 76), ("SC_TIMERS", 11), ("SC_TIMER_MAX", 35),
  ("SC_TTY_NAME_MAX", 72), ("SC_TZNAME_MAX", 6), ("SC_T_IOV_MAX", 66), ("SC_UCHAR_MAX", 115), ("SC_UINT_MAX", 116), ("SC_UIO_MAXIOV", 60),
  ("SC_ULONG_MAX", 117), ("SC_USHRT_MAX", 118), ("SC_VERSION", 29), ("SC_WORD_BIT", 107), ("SC_XBS5_ILP32_OFF32", 125),
  ("SC_XBS5_ILP32_OFFBIG", 126), ("SC_XBS5_LP64_OFF64", 127), ("SC_XBS5_LPBIG_OFFBIG", 128), ("SC_XOPEN_CRYPT", 92), ("SC_XOPEN_ENH_I18N", 93),
  ("SC_XOPEN_LEGACY", 129), ("SC_XOPEN_REALTIME", 130), ("SC_XOPEN_REALTIME_THREADS", 131), ("SC_XOPEN_SHM", 94), ("SC_XOPEN_UNIX", 91),
  ("SC_XOPEN_VERSION", 89), ("SC_XOPEN_XCU_VERSION", 90), ("SC_XOPEN_XPG2", 98), ("SC_XOPEN_XPG3", 99), ("SC_XOPEN_XPG4", 100),
]

/// Whether programs of the calling interpreter may put another in the process's place.
private func checkExecution() throws(PyError) {
  if !currentInterpreter.pointee.configuration.allowsExec { throw .runtimeError("exec not supported for isolated subinterpreters") }
}
