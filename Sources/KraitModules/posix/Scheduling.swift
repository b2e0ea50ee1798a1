// Priorities and scheduling of processes.

import CKraitSystem
import Glibc
import KraitRuntime

private enum SchedulingTypes {
  nonisolated(unsafe) static var parameters = TypeObject.object
}

func defineScheduling(_ m: ModuleBuilder) throws(PyError) {
  SchedulingTypes.parameters = try m.defineStructSequence("sched_param", "What a scheduling policy takes: only a priority.", [("sched_priority", "the priority")]) {
    t in
    t.new("sched_param(sched_priority)") { (call: Call) throws(PyError) -> Owned in
      try StructSequence.make(TypeObject(raw: call.receiver.object), [call[0]])
    }
    t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
      let arguments = try Owned.tuple(TupleObject(call.receiver)[0])
      return try Owned.tuple(call.receiver.type.value, arguments.value)
    }
  }
  try definePriorities(m)
  try definePolicies(m)
  try defineAffinity(m)
}

private func definePriorities(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getpriority(which, who)", "The priority of a process, group or user: the lower, the sooner it runs.") { (call: Call) throws(PyError) -> Owned in
    errno = 0
    let priority = krait_getpriority(try call.int32(0), UInt32(bitPattern: try call.int32(1)))
    if errno != 0 { throw systemError() }
    return try Owned.integer(Int(priority))
  }
  try m.function("setpriority(which, who, priority)", "Set the priority of a process, group or user.") { (call: Call) throws(PyError) -> Owned in
    if krait_setpriority(try call.int32(0), UInt32(bitPattern: try call.int32(1)), try call.int32(2)) == -1 { throw systemError() }
    return .none
  }
  try m.function("sched_get_priority_max(policy)", "The highest priority of a policy.") { (call: Call) throws(PyError) -> Owned in
    let priority = Glibc.sched_get_priority_max(try call.int32(0))
    if priority < 0 { throw systemError() }
    return try Owned.integer(Int(priority))
  }
  try m.function("sched_get_priority_min(policy)", "The lowest priority of a policy.") { (call: Call) throws(PyError) -> Owned in
    let priority = Glibc.sched_get_priority_min(try call.int32(0))
    if priority < 0 { throw systemError() }
    return try Owned.integer(Int(priority))
  }
}

/// The priority in a `sched_param`.
func schedulingParameters(_ value: Value) throws(PyError) -> sched_param {
  guard value.type == SchedulingTypes.parameters else { throw .typeError("must have a sched_param object") }
  let number = try TupleObject(value)[0].index()
  guard let word = Integer.asInt(number.value), let priority = Int32(exactly: word) else { throw .overflowError("sched_priority out of range") }
  return sched_param(sched_priority: priority)
}

private func definePolicies(_ m: ModuleBuilder) throws(PyError) {
  try m.function("sched_getparam(pid, /)", "The scheduling parameters of a process; 0 is this one.") { (call: Call) throws(PyError) -> Owned in
    var parameters = sched_param()
    if Glibc.sched_getparam(try call.int32(0), &parameters) != 0 { throw systemError() }
    return try StructSequence.make(SchedulingTypes.parameters, [Value(smallInteger: Int(parameters.sched_priority))])
  }
  try m.function("sched_setparam(pid, param, /)", "Set the scheduling parameters of a process; 0 is this one.") { (call: Call) throws(PyError) -> Owned in
    let process = try call.int32(0)
    var parameters = try schedulingParameters(call[1])
    if Glibc.sched_setparam(process, &parameters) != 0 { throw systemError() }
    return .none
  }
  try m.function("sched_getscheduler(pid, /)", "The scheduling policy of a process; 0 is this one.") { (call: Call) throws(PyError) -> Owned in
    let policy = Glibc.sched_getscheduler(try call.int32(0))
    if policy < 0 { throw systemError() }
    return try Owned.integer(Int(policy))
  }
  try m.function("sched_setscheduler(pid, policy, param, /)", "Set the scheduling policy of a process; 0 is this one.") { (call: Call) throws(PyError) -> Owned in
    let (process, policy) = (try call.int32(0), try call.int32(1))
    var parameters = try schedulingParameters(call[2])
    if Glibc.sched_setscheduler(process, policy, &parameters) == -1 { throw systemError() }
    return .none
  }
  try m.function("sched_rr_get_interval(pid, /)", "How many seconds a process runs before its equals get their turn.") { (call: Call) throws(PyError) -> Owned in
    var interval = timespec()
    if Glibc.sched_rr_get_interval(try call.int32(0), &interval) != 0 { throw systemError() }
    return try Owned.float(Double(interval.tv_sec) + 1e-9 * Double(interval.tv_nsec))
  }
  try m.function("sched_yield()", "Let another process run.") { (_: Call) throws(PyError) -> Owned in
    if withoutLock({ Glibc.sched_yield() }) != 0 { throw systemError() }
    return .none
  }
}

private func defineAffinity(_ m: ModuleBuilder) throws(PyError) {
  try m.function("sched_getaffinity(pid, /)", "Return the processors that a process may use.") { (call: Call) throws(PyError) -> Owned in
    let process = try call.int32(0)
    var words = [UInt64](repeating: 0, count: 128)
    // The kernel refuses a mask that is smaller than its own.
    while krait_getaffinity(process, words.count * 8, &words) < 0 {
      if errno != EINVAL || words.count > 1 << 20 { throw systemError() }
      words = [UInt64](repeating: 0, count: words.count * 2)
    }
    let result = try Owned.set()
    for (place, word) in words.enumerated() {
      for bit in 0..<64 where word >> UInt64(bit) & 1 != 0 { try SetObject(result.value).add(Value(smallInteger: place * 64 + bit)) }
    }
    return result
  }
  try m.function("sched_setaffinity(pid, mask, /)", "Set the processors that a process may use, an iterable of their numbers.") { (call: Call) throws(PyError) -> Owned in
    let process = try call.int32(0)
    var words = [UInt64](repeating: 0, count: 16)
    var isBeyond = false
    try call[1].iterateEach { (item: Value) throws(PyError) -> Bool in
      guard item.isInteger else { throw .typeError("expected an iterator of ints, but iterator yielded \(try item.type.value.repr().text)") }
      guard let number = Integer.asInt(item) else { throw .overflowError("Python int too large to convert to C long") }
      if number < 0 { throw .valueError("negative CPU number") }
      if number > Int(Int32.max) - 1 { throw .overflowError("CPU number too large") }
      // No machine has so many: there is nothing to keep them in.
      if number >= 1 << 20 {
        isBeyond = true
        return true
      }
      while number / 64 >= words.count { words += [UInt64](repeating: 0, count: words.count) }
      words[number / 64] |= 1 << UInt64(number % 64)
      return true
    }
    if isBeyond && words.allSatisfy({ $0 == 0 }) { throw .osError(EINVAL) }
    if krait_setaffinity(process, words.count * 8, words) < 0 { throw systemError() }
    return .none
  }
}
