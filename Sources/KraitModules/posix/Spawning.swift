// `posix_spawn()`, and waiting for children with what they used.

import CKraitSystem
import Glibc
import KraitRuntime

private enum SpawningTypes {
  nonisolated(unsafe) static var waitResult = TypeObject.object
}

func defineSpawning(_ m: ModuleBuilder) throws(PyError) {
  try m.function(
    "posix_spawn(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)",
    "Run a program in a new process, whose number is returned."
  ) { (call: Call) throws(PyError) -> Owned in try spawn(call, "posix_spawn", searches: false) }
  try m.function(
    "posix_spawnp(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)",
    "Run a program, looked for in PATH, in a new process, whose number is returned."
  ) { (call: Call) throws(PyError) -> Owned in try spawn(call, "posix_spawnp", searches: true) }
  try m.function("pidfd_open(pid, flags=0)", "A descriptor that stands for a process.") { (call: Call) throws(PyError) -> Owned in
    let descriptor = krait_pidfd_open(try call.int32(0), UInt32(bitPattern: try call.int32(1)))
    if descriptor < 0 { throw systemError() }
    return try Owned.integer(Int(descriptor))
  }
  SpawningTypes.waitResult = try m.defineStructSequence(
    "waitid_result", "What waitid() tells of a child.",
    [
      ("si_pid", "the child's number"), ("si_uid", "its user"), ("si_signo", "SIGCHLD"), ("si_status", "its exit code, or the signal that changed its state"),
      ("si_code", "what happened, one of CLD_*"),
    ])
  try m.function("waitid(idtype, id, options, /)", "Wait for one of the children that are named; return what happened, or None.") { (call: Call) throws(PyError) -> Owned in
    let (kind, identifier, options) = (try call.int32(0), UInt32(truncatingIfNeeded: try call.int(1)), try call.int32(2))
    var fields: [Int32] = [0, 0, 0, 0, 0]
    if try retrying({ krait_waitid(kind, identifier, options, &fields) }) < 0 { throw systemError() }
    if fields[0] == 0 { return .none }
    return try StructSequence.make(SpawningTypes.waitResult, fields.map { Value(smallInteger: Int($0)) })
  }
  try m.function("wait3(options)", "Wait for any child; return its number, status and what it used.") { (call: Call) throws(PyError) -> Owned in
    try waitWithUsage(-1, try call.int32(0))
  }
  try m.function("wait4(pid, options)", "Wait for a child; return its number, status and what it used.") { (call: Call) throws(PyError) -> Owned in
    try waitWithUsage(try call.int32(0), try call.int32(1))
  }
}

private func waitWithUsage(_ process: Int32, _ options: Int32) throws(PyError) -> Owned {
  var (status, usage) = (Int32(0), rusage())
  let result = try retrying { Glibc.wait4(process, &status, options, &usage) }
  if result < 0 { throw systemError() }
  _ = try importModule("resource")
  let used = try usageTuple(usage)
  return try Owned.tuple(Value(smallInteger: Int(result)), Value(smallInteger: Int(status)), used.value)
}

// MARK: - posix_spawn

/// What the new process does to its descriptors first.
private struct FileActions: ~Copyable {
  var actions = posix_spawn_file_actions_t()
  /// Paths, which the C library may keep the address of.
  private var paths: [UnsafeMutablePointer<CChar>] = []

  init() throws(PyError) {
    let code = posix_spawn_file_actions_init(&actions)
    if code != 0 { throw .osError(code) }
  }

  deinit {
    var actions = actions
    posix_spawn_file_actions_destroy(&actions)
    for path in paths { free(path) }
  }

  mutating func add(_ sequence: Value) throws(PyError) {
    guard !sequence.isDict, sequence.type.slots.pointee.item != nil || sequence.isList || sequence.isTuple else {
      throw .typeError("file_actions must be a sequence or None")
    }
    let items = try Owned.list(from: sequence)
    for index in 0..<ListObject(items.value).count where index < ListObject(items.value).count {
      let item = Owned(copying: ListObject(items.value)[index])
      guard item.value.isTuple, TupleObject(item.value).count > 0 else { throw .typeError("Each file_actions element must be a non-empty tuple") }
      try addAction(TupleObject(item.value))
    }
  }

  private func number(_ fields: TupleObject, _ index: Int) throws(PyError) -> Int32 {
    let converted = try fields[index].index()
    guard let word = Integer.asInt(converted.value), let number = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
    return number
  }

  private mutating func addAction(_ fields: TupleObject) throws(PyError) {
    func check(_ count: Int, _ name: StaticString) throws(PyError) {
      if fields.count != count { throw .typeError("A \(name) file_action tuple must have \(count) elements") }
    }
    let code: Int32
    switch try number(fields, 0) {
    case 0:
      try check(5, "open")
      let descriptor = try number(fields, 1)
      let path = try PathArgument(fields[2], [], name: "path", function: "posix_spawn")
      let flags = try number(fields, 3)
      let mode = try fields[4].index()
      guard let copy = strdup(path.path) else { throw PyError.memoryError() }
      paths.append(copy)
      code = posix_spawn_file_actions_addopen(&actions, descriptor, copy, flags, mode_t(truncatingIfNeeded: Integer.truncatedBits(mode.value)))
    case 1:
      try check(2, "close")
      code = posix_spawn_file_actions_addclose(&actions, try number(fields, 1))
    case 2:
      try check(3, "dup2")
      code = posix_spawn_file_actions_adddup2(&actions, try number(fields, 1), try number(fields, 2))
    case 3:
      try check(2, "closefrom")
      code = krait_addclosefrom(&actions, try number(fields, 1))
    default: throw .typeError("Unknown file_actions identifier")
    }
    if code != 0 { throw .osError(code) }
  }
}

/// What the new process is like.
private struct SpawnAttributes: ~Copyable {
  var attributes = posix_spawnattr_t()

  init(_ call: Call, _ function: StaticString) throws(PyError) {
    var code = posix_spawnattr_init(&attributes)
    if code != 0 { throw .osError(code) }
    var flags: Int32 = 0
    if !call[4].isNone {
      code = posix_spawnattr_setpgroup(&attributes, try call.int32(4))
      if code != 0 { throw .osError(code) }
      flags |= 0x02
    }
    if try call.bool(5) { flags |= 0x01 }
    if try call.bool(6) { flags |= 0x80 }
    if try !isEmptyTuple(call[7]) {
      var mask = try signalSet(call[7])
      code = posix_spawnattr_setsigmask(&attributes, &mask)
      if code != 0 { throw .osError(code) }
      flags |= 0x08
    }
    if try !isEmptyTuple(call[8]) {
      var mask = try signalSet(call[8])
      code = posix_spawnattr_setsigdefault(&attributes, &mask)
      if code != 0 { throw .osError(code) }
      flags |= 0x04
    }
    if !call[9].isNone { flags |= try setScheduler(call[9], function) }
    code = posix_spawnattr_setflags(&attributes, Int16(flags))
    if code != 0 { throw .osError(code) }
  }

  deinit {
    var attributes = attributes
    posix_spawnattr_destroy(&attributes)
  }

  /// The default of the sets of signals: nothing is set.
  private func isEmptyTuple(_ value: Value) throws(PyError) -> Bool { value.isTuple && TupleObject(value).count == 0 }

  private mutating func setScheduler(_ value: Value, _ function: StaticString) throws(PyError) -> Int32 {
    guard value.isTuple else { throw .typeError("\(function): scheduler must be a tuple or None") }
    let fields = TupleObject(value)
    guard fields.count == 2 else { throw .typeError("A scheduler tuple must have two elements") }
    var flags: Int32 = 0x10
    if !fields[0].isNone {
      let policy = try fields[0].index()
      guard let word = Integer.asInt(policy.value), let number = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
      let code = posix_spawnattr_setschedpolicy(&attributes, number)
      if code != 0 { throw .osError(code) }
      flags = 0x20
    }
    var parameters = try schedulingParameters(fields[1])
    let code = posix_spawnattr_setschedparam(&attributes, &parameters)
    if code != 0 { throw .osError(code) }
    return flags
  }
}

private func spawn(_ call: Call, _ function: StaticString, searches: Bool) throws(PyError) -> Owned {
  let path = try PathArgument(call, 0)
  var arguments = try ArgumentVector.arguments(call[1], searches ? "posix_spawnp: argv" : "posix_spawn: argv")
  let hasEnvironment = !call[2].isNone
  if hasEnvironment && call[2].type.slots.pointee.subscript == nil { throw .typeError("\(function): environment must be a mapping object or None") }
  var variables = hasEnvironment ? try ArgumentVector.environment(call[2]) : ArgumentVector()
  var files = try FileActions()
  if !call[3].isNone { try files.add(call[3]) }
  var attributes = try SpawnAttributes(call, function)
  if isAudited { try audit("os.posix_spawn", path.object.value, call[1], call[2]) }
  var process: pid_t = 0
  var code: Int32 = 0
  arguments.pointers.withUnsafeMutableBufferPointer { texts in
    guard let first = texts.baseAddress else { return }
    variables.pointers.withUnsafeMutableBufferPointer { pairs in
      let environment = hasEnvironment ? pairs.baseAddress : krait_environ()
      code = searches ? posix_spawnp(&process, path.path, &files.actions, &attributes.attributes, first, environment)
        : Glibc.posix_spawn(&process, path.path, &files.actions, &attributes.attributes, first, environment)
    }
  }
  if code != 0 {
    errno = code
    throw path.error()
  }
  return try Owned.integer(Int(process))
}
