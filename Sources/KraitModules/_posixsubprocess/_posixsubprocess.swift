// The module `_posixsubprocess`: how `subprocess` runs a program.

import CKraitSystem
import Glibc
import KraitRuntime

let posixSubprocessModule = ModuleDefinition("_posixsubprocess", "Running programs for the module subprocess.") { (m: ModuleBuilder) throws(PyError) in
  try m.function(
    """
    fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, \
    restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)
    """, "Run a program in a new process, whose number is returned; an error of it is written to a pipe."
  ) { (call: Call) throws(PyError) -> Owned in try forkAndRun(call) }
}

/// Texts of C, ending with nil.
private struct Texts: ~Copyable {
  var pointers: [UnsafeMutablePointer<CChar>?] = []
  deinit { for pointer in pointers { free(pointer) } }

  init(_ sequence: Value) throws(PyError) {
    let items = try Owned.list(from: sequence)
    for index in 0..<ListObject(items.value).count {
      let bytes = try fileSystemBytes(ListObject(items.value)[index])
      let object = BytesObject(bytes.value)
      if memchr(object.data, 0, object.count) != nil { throw .valueError("embedded null byte") }
      pointers.append(strdup(object.data.assumingMemoryBound(to: CChar.self)))
    }
    pointers.append(nil)
  }
}

private func forkAndRun(_ call: Call) throws(PyError) -> Owned {
  guard call[3].isTuple else { throw call.wrongType(3, "tuple") }
  var arguments = try Texts(call[0])
  let programs = try Texts(call[1])
  try audit("_posixsubprocess.fork_exec", call[1], call[0], call[5])
  let closes = try call.bool(2)
  var kept: [Int32] = []
  for index in 0..<TupleObject(call[3]).count {
    let number = try TupleObject(call[3])[index].asInt()
    guard let descriptor = Int32(exactly: number), descriptor >= 0, descriptor > kept.last ?? -1 else { throw .valueError("bad value(s) in fds_to_keep") }
    kept.append(descriptor)
  }
  let folder = call[4].isNone ? Owned.none : try fileSystemBytes(call[4])
  if !folder.value.isNone, memchr(BytesObject(folder.value).data, 0, BytesObject(folder.value).count) != nil { throw .valueError("embedded null byte") }
  let hasEnvironment = !call[5].isNone
  let nothing = try Owned.list()
  var variables = try Texts(hasEnvironment ? call[5] : nothing.value)
  var ends: [Int32] = []
  for index in 6...13 { ends.append(try call.int32(index)) }
  if closes && ends[7] < 3 { throw .valueError("errpipe_write must be >= 3") }
  let restoresSignals = try call.bool(14)
  let beginsSession = try call.bool(15)
  let group = try call.int32(16)
  var groups: [gid_t]?
  if !call[18].isNone {
    guard call[18].isList else { throw .typeError("setgroups argument must be a list") }
    do throws(PyError) { groups = try groupNumbers(call[18]) } catch {
      guard PyError.matches(.overflowError) else { throw error }
      PyError.clear()
      throw .valueError("invalid group id")
    }
  }
  let groupNumber = call[17].isNone ? nil : Optional(try call.identifier(17, "gid"))
  let user = call[19].isNone ? nil : Optional(try call.identifier(19))
  let mask = try call.int32(20)
  let hook = call[21]
  if !hook.isNone && currentInterpreter.pointee.isFinalizing { throw PyError.raise(.pythonFinalizationError, "preexec_fn not supported at interpreter shutdown") }
  if !hook.isNone && !currentInterpreter.pointee.isMain { throw .runtimeError("preexec_fn not supported within subinterpreters") }

  // The functions of register_at_fork() run only where Python code does.
  let process = hook.isNone ? krait_fork() : ForkFunctions.around(krait_fork)
  if process < 0 {
    throw systemError()
  }
  if process > 0 { return try Owned.integer(Int(process)) }
  // The child. It never returns.
  let child = Child(ends: ends, kept: kept, closes: closes)
  child.connect()
  if !folder.value.isNone && chdir(BytesObject(folder.value).data.assumingMemoryBound(to: CChar.self)) != 0 { child.fail("noexec:chdir") }
  if mask >= 0 { umask(mode_t(mask)) }
  if restoresSignals { for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_DFL) } }
  if beginsSession { setsid() }
  if group >= 0 && setpgid(0, group) != 0 { child.fail("noexec") }
  if let groups, setgroups(groups.count, groups) != 0 { child.fail("noexec") }
  if let groupNumber, setregid(groupNumber, groupNumber) != 0 { child.fail("noexec") }
  if let user, setreuid(user, user) != 0 { child.fail("noexec") }
  if !hook.isNone {
    do throws(PyError) { _ = try hook.call() } catch {
      PyError.clear()
      child.report("SubprocessError:0:Exception occurred in preexec_fn.")
      _exit(255)
    }
  }
  if closes { child.closeOthers() }
  var saved: Int32 = 0
  for program in programs.pointers {
    guard let program else { break }
    if hasEnvironment { execve(program, &arguments.pointers, &variables.pointers) } else { execv(program, &arguments.pointers) }
    if errno != ENOENT && errno != ENOTDIR { saved = errno }
  }
  if saved != 0 { errno = saved }
  child.fail("")
}

/// The new process, before it runs its program.
private struct Child {
  /// The pipes' ends: standard input read and written, output read and written, errors read and written, and the pipe for reports.
  let ends: [Int32]
  let kept: [Int32]
  let closes: Bool
  var reportEnd: Int32 { ends[7] }

  func connect() {
    for end in [ends[1], ends[2], ends[4], ends[6]] where end >= 0 { close(end) }
    var output = ends[3]
    var errors = ends[5]
    // A descriptor that is to become another must not be overwritten before.
    if output == 0 { output = fcntl(output, F_DUPFD, 3) }
    while errors == 0 || errors == 1 { errors = fcntl(errors, F_DUPFD, 3) }
    place(ends[0], 0)
    place(output, 1)
    place(errors, 2)
    for descriptor in kept where descriptor != reportEnd {
      let flags = fcntl(descriptor, F_GETFD)
      if flags < 0 || fcntl(descriptor, F_SETFD, flags & ~FD_CLOEXEC) < 0 { fail("noexec") }
    }
  }

  private func place(_ from: Int32, _ to: Int32) {
    if from == to {
      let flags = fcntl(from, F_GETFD)
      if flags >= 0 { _ = fcntl(from, F_SETFD, flags & ~FD_CLOEXEC) }
    } else if from != -1 {
      if dup2(from, to) < 0 { fail("noexec") }
    }
  }

  /// Closes all descriptors above 2 that are not to be kept.
  func closeOthers() {
    var next: UInt32 = 3
    for descriptor in kept.filter({ $0 >= 3 }) {
      if descriptor > next { krait_close_range(next, UInt32(descriptor) - 1) }
      next = UInt32(descriptor) + 1
    }
    krait_close_range(next, UInt32.max)
  }

  func report(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(reportEnd, $0.baseAddress, $0.count) }
  }

  /// Tells the parent what went wrong, and ends.
  func fail(_ note: String) -> Never {
    let code = errno
    report("OSError:\(String(code, radix: 16, uppercase: true)):\(note)")
    _exit(255)
  }
}
