// The module `resource`: limits of the process, and what it has used.

import CKraitSystem
import Glibc
import KraitRuntime

nonisolated(unsafe) private var usageType = ModuleType()

/// A `struct_rusage`, once the module has been imported.
func usageTuple(_ usage: rusage) throws(PyError) -> Owned {
  var fields = try FieldValues(usageType.object)
  for time in [usage.ru_utime, usage.ru_stime] { fields.append(try Owned.float(Double(time.tv_sec) + Double(time.tv_usec) * 1e-6)) }
  for number in [
    usage.ru_maxrss, usage.ru_ixrss, usage.ru_idrss, usage.ru_isrss, usage.ru_minflt, usage.ru_majflt, usage.ru_nswap, usage.ru_inblock, usage.ru_oublock,
    usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw, usage.ru_nivcsw,
  ] {
    try fields.append(number)
  }
  return fields.finish()
}

let resourceModule = ModuleDefinition("resource", "") { (m: ModuleBuilder) throws(PyError) in
  usageType = ModuleType(
    try m.defineStructSequence(
      "struct_rusage", "What a process or thread has used, from getrusage().",
      [
        ("ru_utime", "seconds in the program itself"), ("ru_stime", "seconds in the kernel"), ("ru_maxrss", "most memory that was resident"),
        ("ru_ixrss", "shared memory"), ("ru_idrss", "data that is not shared"), ("ru_isrss", "stack that is not shared"), ("ru_minflt", "page faults without input"),
        ("ru_majflt", "page faults with input"), ("ru_nswap", "times swapped out"), ("ru_inblock", "input operations"), ("ru_oublock", "output operations"),
        ("ru_msgsnd", "messages sent"), ("ru_msgrcv", "messages received"), ("ru_nsignals", "signals received"), ("ru_nvcsw", "times that it waited"),
        ("ru_nivcsw", "times that the kernel made it wait"),
      ]))
  try m.constant("error", TypeObject.osError.value)
  try m.function("getrusage(who, /)", "What was used by RUSAGE_SELF, RUSAGE_CHILDREN or RUSAGE_THREAD.") { (call: Call) throws(PyError) -> Owned in
    var usage = rusage()
    if krait_getrusage(try call.int32(0), &usage) < 0 {
      if errno == EINVAL { throw .valueError("invalid who parameter") }
      throw systemError()
    }
    return try usageTuple(usage)
  }
  try m.function("getrlimit(resource, /)", "The limit that holds now for a resource, and the one up to which it can be raised.") { (call: Call) throws(PyError) -> Owned in
    let resource = try checkedResource(call, 0)
    var limits = rlimit()
    if krait_prlimit(0, resource, nil, &limits) < 0 { throw systemError() }
    return try pair(limits)
  }
  try m.function("setrlimit(resource, limits, /)", "Set both limits of a resource.") { (call: Call) throws(PyError) -> Owned in
    let resource = try checkedResource(call, 0)
    try audit("resource.setrlimit", Value(smallInteger: Int(resource)), call[1])
    var limits = try readLimits(call[1])
    if krait_prlimit(0, resource, &limits, nil) < 0 {
      switch errno {
      case EINVAL: throw .valueError("current limit exceeds maximum limit")
      case EPERM: throw .valueError("not allowed to raise maximum limit")
      default: throw systemError()
      }
    }
    return .none
  }
  try m.function("prlimit(pid, resource, limits=None, /)", "The limits of a process, which are set when new ones are given.") { (call: Call) throws(PyError) -> Owned in
    let process = try call.int32(0)
    let resource = try checkedResource(call, 1)
    try audit("resource.prlimit", Value(smallInteger: Int(process)), Value(smallInteger: Int(resource)), call[2])
    var old = rlimit()
    var result: Int32
    if call[2].isNone {
      result = krait_prlimit(process, resource, nil, &old)
    } else {
      var limits = try readLimits(call[2])
      result = krait_prlimit(process, resource, &limits, &old)
    }
    if result < 0 {
      if errno == EINVAL { throw .valueError("current limit exceeds maximum limit") }
      throw systemError()
    }
    return try pair(old)
  }
  try m.function("getpagesize()", "The size of a page of memory, in bytes.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(sysconf(Int32(_SC_PAGESIZE))) }
  for (name, number) in constants { try m.constant(name, number) }
}

private let constants: [(name: StaticString, number: Int)] = [
  ("RLIMIT_AS", 9), ("RLIMIT_CORE", 4), ("RLIMIT_CPU", 0), ("RLIMIT_DATA", 2), ("RLIMIT_FSIZE", 1), ("RLIMIT_MEMLOCK", 8), ("RLIMIT_MSGQUEUE", 12),
  ("RLIMIT_NICE", 13), ("RLIMIT_NOFILE", 7), ("RLIMIT_NPROC", 6), ("RLIMIT_OFILE", 7), ("RLIMIT_RSS", 5), ("RLIMIT_RTPRIO", 14),
  ("RLIMIT_RTTIME", 15), ("RLIMIT_SIGPENDING", 11), ("RLIMIT_STACK", 3), ("RLIM_INFINITY", -1), ("RUSAGE_CHILDREN", -1), ("RUSAGE_SELF", 0),
  ("RUSAGE_THREAD", 1),
]


private let resourceCount: Int32 = 16

private func checkedResource(_ call: Call, _ index: Int) throws(PyError) -> Int32 {
  let resource = try call.int32(index)
  if resource < 0 || resource >= resourceCount { throw .valueError("invalid resource specified") }
  return resource
}

/// No limit is -1.
private func limit(_ number: rlim_t) throws(PyError) -> Owned { number == rlim_t.max ? try Owned.integer(-1) : try Owned.integer(UInt64(number)) }

private func pair(_ limits: rlimit) throws(PyError) -> Owned {
  let soft = try limit(limits.rlim_cur)
  let hard = try limit(limits.rlim_max)
  return try Owned.tuple(soft.value, hard.value)
}

private func readLimits(_ value: Value) throws(PyError) -> rlimit {
  let tuple = try Owned.tuple(from: value)
  guard TupleObject(tuple.value).count == 2 else { throw .valueError("expected a tuple of 2 integers") }
  return rlimit(rlim_cur: try readLimit(TupleObject(tuple.value)[0]), rlim_max: try readLimit(TupleObject(tuple.value)[1]))
}

private func readLimit(_ value: Value) throws(PyError) -> rlim_t {
  let number = try value.index()
  if Integer.asInt(number.value) == -1 { return rlim_t.max }
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard let word = Integer.asUInt64(number.value) else { throw .overflowError("Python int too large to convert to C rlim_t") }
  return rlim_t(word)
}
