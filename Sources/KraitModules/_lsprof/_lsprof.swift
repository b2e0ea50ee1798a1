// The module `_lsprof`, which `cProfile` stands on: `sys.monitoring` tells of calls and returns, and their times are added up.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var entryType = ModuleType()
nonisolated(unsafe) private var subentryType = ModuleType()

/// Calls and times of one function, or of one function called by another.
private struct Tally {
  var total = 0
  var inner = 0
  var calls = 0
  var recursiveCalls = 0
  /// How many calls are running.
  var depth = 0

  /// The outermost of nested calls counts for the total time.
  mutating func leave(total: Int, inner: Int) {
    depth -= 1
    if depth == 0 { self.total &+= total } else { recursiveCalls += 1 }
    self.inner &+= inner
    calls += 1
  }
}

/// What a profiler has seen, by the address of a code object, a native function or the descriptor of a native method.
private final class Records {
  struct Record {
    /// Owned: what has the address, and what getstats() shows for it.
    var subject: Value
    var label: Value
    var tally = Tally()
    var callees: [UInt: Tally] = [:]
  }

  struct Running {
    var key: UInt
    var start = 0
    /// The time of calls within.
    var callees = 0
  }

  var records: [UInt: Record] = [:]
  var running: [Running] = []

  /// Gives all up.
  func clear() {
    let old = records
    records = [:]
    running = []
    for record in old.values {
      record.subject.releaseIfPresent()
      record.label.releaseIfPresent()
    }
  }
}

/// A `_lsprof.Profiler`.
private struct Profiler {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: UInt64
    var records: UnsafeMutableRawPointer?
    /// Owned: what gives the time; absent for the system's clock.
    var timer: Value
    /// What one unit of a timer that gives ints is, in seconds; zero for a timer that gives seconds.
    var unit: Double
    var isEnabled: Bool
    /// Whether the timer runs, which must not change what is being counted.
    var isInTimer: Bool
    var countsCallees: Bool
    var countsNative: Bool
  }

  /// Units to a second of a timer that gives seconds.
  private static let precision = 4_294_967_296.0
  private static let tool = Value(smallInteger: 2)
  private static let callbacks: [(event: StaticString, method: StaticString)] = [
    ("PY_START", "_pystart_callback"), ("PY_RESUME", "_pystart_callback"), ("PY_THROW", "_pythrow_callback"), ("PY_RETURN", "_pyreturn_callback"),
    ("PY_YIELD", "_pyreturn_callback"), ("PY_UNWIND", "_pyreturn_callback"), ("CALL", "_ccall_callback"), ("C_RETURN", "_creturn_callback"),
    ("C_RAISE", "_creturn_callback"),
  ]

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  var records: Records {
    if let known = contents.pointee.records { return Unmanaged<Records>.fromOpaque(known).takeUnretainedValue() }
    let made = Records()
    contents.pointee.records = Unmanaged.passRetained(made).toOpaque()
    return made
  }

  func deallocate() {
    clear()
    if let records = contents.pointee.records { Unmanaged<Records>.fromOpaque(records).release() }
    contents.pointee.timer.releaseIfPresent()
    finishDeallocation(raw)
  }

  func clear() { if contents.pointee.records != nil { records.clear() } }

  func visit(_ body: (Value) -> Void) {
    body(contents.pointee.timer)
    guard contents.pointee.records != nil else { return }
    for record in records.records.values {
      body(record.subject)
      body(record.label)
    }
  }

  // MARK: Time

  private func now() -> Int {
    guard !contents.pointee.timer.isAbsent else { return monotonicNanoseconds() }
    let timer = Owned(copying: contents.pointee.timer)
    contents.pointee.isInTimer = true
    defer { contents.pointee.isInTimer = false }
    do throws(PyError) {
      let time = try timer.value.call()
      if contents.pointee.unit > 0 { return try time.value.asInt() }
      let seconds = try time.value.asDouble() * Profiler.precision
      return seconds.magnitude < 9.2e18 ? Int(seconds) : 0
    } catch {
      reportUnraisable("Exception ignored while calling _lsprof timer", timer.value)
      return 0
    }
  }

  private var secondsPerUnit: Double {
    contents.pointee.timer.isAbsent ? 1e-9 : contents.pointee.unit > 0 ? contents.pointee.unit : 1 / Profiler.precision
  }

  // MARK: Calls

  func enter(_ key: UInt) {
    let records = self.records
    records.records[key]?.tally.depth += 1
    if contents.pointee.countsCallees, let caller = records.running.last?.key { records.records[caller]?.callees[key, default: Tally()].depth += 1 }
    records.running.append(Records.Running(key: key))
    let start = now()
    if !records.running.isEmpty { records.running[records.running.count - 1].start = start }
  }

  func leave(_ key: UInt) {
    let records = self.records
    guard !records.running.isEmpty else { return }
    guard records.records[key] != nil else {
      records.running.removeLast()
      return
    }
    let end = now()
    guard let call = records.running.popLast() else { return }
    let total = end &- call.start
    let inner = total &- call.callees
    records.records[key]?.tally.leave(total: total, inner: inner)
    guard let caller = records.running.last?.key else { return }
    records.running[records.running.count - 1].callees &+= total
    if contents.pointee.countsCallees { records.records[caller]?.callees[key]?.leave(total: total, inner: inner) }
  }

  /// The key of a code object, which is known from now on.
  func key(code: Value) -> UInt {
    let key = UInt(bitPattern: code.object)
    if records.records[key] == nil {
      code.retain()
      code.retain()
      records.records[key] = Records.Record(subject: code, label: code)
    }
    return key
  }

  /// The key of a native function or method; nil for other callables.
  func key(callable: Value, receiver: Value, adds: Bool) throws(PyError) -> UInt? {
    guard callable.isObject else { return nil }
    let subject: Owned
    var module = Owned(taking: .absent)
    if callable.type == .methodDescriptor {
      let none = try missing()
      if receiver === none.value { return nil }
      subject = Owned(copying: callable)
    } else if callable.type == .builtinFunction {
      let owner = try callable.getAttribute(Name.make("__self__"))
      if owner.value.isNone || owner.value.isInstance(of: .module) {
        module = try callable.getAttribute(Name.__module__)
        subject = Owned(copying: callable)
      } else {
        let name = try callable.getAttribute(Name.__name__)
        let interned = intern(name.copy())
        let descriptor = Owned(copyingIfPresent: owner.value.type.lookUp(interned.value))
        subject = descriptor.value.isAbsent ? Owned(copying: callable) : descriptor
      }
    } else {
      return nil
    }
    let key = UInt(bitPattern: subject.value.object)
    if records.records[key] == nil {
      if !adds { return key }
      let label: Owned
      if subject.value === callable && callable.type == .builtinFunction {
        let name = try callable.getAttribute(Name.__name__)
        let place = !module.value.isAbsent && module.value.isString ? module.value.text + "." : ""
        label = try Owned.string("<built-in method \(place)\(name.value.text)>")
      } else {
        label = try subject.value.repr()
      }
      // repr() of a receiver may have made it meanwhile.
      if records.records[key] == nil { records.records[key] = Records.Record(subject: subject.copy().take(), label: label.take()) }
    }
    return key
  }

  private func missing() throws(PyError) -> Owned {
    let monitoring = systemObject(Name.make("monitoring"))
    return try monitoring.value.getAttribute(Name.make("MISSING"))
  }

  // MARK: On and off

  func enable() throws(PyError) {
    let monitoring = systemObject(Name.make("monitoring"))
    if monitoring.value.isAbsent { throw .runtimeError("lost sys.monitoring") }
    let name = try Owned.string("cProfile")
    _ = try monitoring.value.callMethod(Name.make("use_tool_id"), Profiler.tool, name.value)
    let events = try monitoring.value.getAttribute(Name.make("events"))
    var all = 0
    for (event, method) in Profiler.callbacks {
      let number = try events.value.getAttribute(Name.make(event))
      let callback = try Value(raw).getAttribute(Name.make(method))
      _ = try monitoring.value.callMethod(Name.make("register_callback"), Profiler.tool, number.value, callback.value)
      all |= try number.value.asInt()
    }
    _ = try monitoring.value.callMethod(Name.make("set_events"), Profiler.tool, Value(smallInteger: all))
    contents.pointee.isEnabled = true
  }

  func checkNotInTimer(_ action: StaticString) throws(PyError) {
    if contents.pointee.isInTimer { throw .runtimeError("cannot \(action) profiler in external timer") }
  }

  func disable() throws(PyError) {
    try checkNotInTimer("disable")
    guard contents.pointee.isEnabled else { return }
    let monitoring = systemObject(Name.make("monitoring"))
    if monitoring.value.isAbsent { throw .runtimeError("lost sys.monitoring") }
    let events = try monitoring.value.getAttribute(Name.make("events"))
    for (event, _) in Profiler.callbacks {
      let number = try events.value.getAttribute(Name.make(event))
      _ = try monitoring.value.callMethod(Name.make("register_callback"), Profiler.tool, number.value, .none)
    }
    _ = try monitoring.value.callMethod(Name.make("set_events"), Profiler.tool, Value(smallInteger: 0))
    _ = try monitoring.value.callMethod(Name.make("free_tool_id"), Profiler.tool)
    contents.pointee.isEnabled = false
    // Calls that are running end here.
    while let call = records.running.last { leave(call.key) }
  }

  // MARK: Results

  private func fields(_ type: TypeObject, _ label: Value, _ tally: Tally) throws(PyError) -> FieldValues {
    var fields = try FieldValues(type)
    fields.append(Owned(copying: label))
    try fields.append(tally.calls)
    try fields.append(tally.recursiveCalls)
    fields.append(try Owned.float(Double(tally.total) * secondsPerUnit))
    fields.append(try Owned.float(Double(tally.inner) * secondsPerUnit))
    return fields
  }

  func statistics() throws(PyError) -> Owned {
    // Held, as making an object may end others, and what runs then may clear this profiler.
    let seen = records.records
    for record in seen.values { record.label.retain() }
    defer { for record in seen.values { record.label.releaseIfPresent() } }
    let result = try Owned.list()
    for record in seen.values where record.tally.calls > 0 {
      var entry = try fields(entryType.object, record.label, record.tally)
      let callees = try Owned.list()
      for (key, tally) in record.callees where tally.calls > 0 {
        guard let callee = seen[key] else { continue }
        let subentry = try fields(subentryType.object, callee.label, tally)
        try ListObject(callees.value).append(taking: subentry.finish())
      }
      entry.append(ListObject(callees.value).count > 0 ? callees : .none)
      try ListObject(result.value).append(taking: entry.finish())
    }
    return result
  }
}

private func defineCallbacks(_ t: TypeDefinition) {
  t.method("_pystart_callback(code, instruction_offset, /)", "A Python function begins or goes on.") { (call) throws(PyError) in
    let profiler = Profiler(call.receiver)
    if call[0].isObject { profiler.enter(profiler.key(code: call[0])) }
    return .none
  }
  t.method("_pythrow_callback(code, instruction_offset, exception, /)", "A generator goes on with an exception.") { (call) throws(PyError) in
    let profiler = Profiler(call.receiver)
    if call[0].isObject { profiler.enter(profiler.key(code: call[0])) }
    return .none
  }
  t.method("_pyreturn_callback(code, instruction_offset, retval, /)", "A Python function ends or waits.") { (call) throws(PyError) in
    if call[0].isObject { Profiler(call.receiver).leave(UInt(bitPattern: call[0].object)) }
    return .none
  }
  t.method("_ccall_callback(code, instruction_offset, callable, self_arg, /)", "Something is called.") { (call) throws(PyError) in
    let profiler = Profiler(call.receiver)
    guard profiler.contents.pointee.countsNative else { return .none }
    if let key = try profiler.key(callable: call[2], receiver: call[3], adds: true) { profiler.enter(key) }
    return .none
  }
  t.method("_creturn_callback(code, instruction_offset, callable, self_arg, /)", "A native function ends.") { (call) throws(PyError) in
    let profiler = Profiler(call.receiver)
    guard profiler.contents.pointee.countsNative else { return .none }
    if let key = try profiler.key(callable: call[2], receiver: call[3], adds: false) { profiler.leave(key) }
    return .none
  }
}

let lsprofModule = ModuleDefinition("_lsprof", "Counts and times of calls.") { (m: ModuleBuilder) throws(PyError) in
  try m.defineType("Profiler") { t in
    t.documentation = "Adds up how often functions are called, and how long they take."
    t.basicSize = MemoryLayout<Profiler.Contents>.size
    t.flags.insert(.baseType)
    t.shapeFlags.insert([.tracked, .hasState])
    t.rawNew("Profiler") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
    t.initialize("Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)") { (call) throws(PyError) in
      let unit = try call.double(1)
      let countsCallees = try call.bool(2)
      let countsNative = try call.bool(3)
      let contents = Profiler(call.receiver).contents
      let old = contents.pointee.timer
      contents.pointee.timer = call[0].isNone ? .absent : Owned(copying: call[0]).take()
      old.releaseIfPresent()
      contents.pointee.unit = unit
      contents.pointee.countsCallees = countsCallees
      contents.pointee.countsNative = countsNative
    }
    t.method("enable(subcalls=True, builtins=True)", "Counts from now on; subcalls: also by caller, builtins: also native functions.") { (call) throws(PyError) in
      let countsCallees = try call.bool(0)
      let countsNative = try call.bool(1)
      let profiler = Profiler(call.receiver)
      profiler.contents.pointee.countsCallees = countsCallees
      profiler.contents.pointee.countsNative = countsNative
      try profiler.enable()
      return .none
    }
    t.method("disable()", "Counts no longer.") { (call) throws(PyError) in
      try Profiler(call.receiver).disable()
      return .none
    }
    t.method("clear()", "Forgets what was counted.") { (call) throws(PyError) in
      try Profiler(call.receiver).checkNotInTimer("clear")
      Profiler(call.receiver).clear()
      return .none
    }
    t.method("getstats()", "A list of what was counted: a profiler_entry for each function, with the functions that it called.") { (call) throws(PyError) in
      try Profiler(call.receiver).statistics()
    }
    defineCallbacks(t)
    t.slots.deallocate = DeallocateSlot { raw in Profiler(raw: raw).deallocate() }
    t.slots.traverse = TraverseSlot { raw, visit in Profiler(raw: raw).visit { visit($0) } }
    t.slots.clear = ClearSlot { raw in Profiler(raw: raw).clear() }
  }
  let fields: [(StaticString, StaticString)] = [
    ("code", "a code object, or a text for a native function"), ("callcount", "how often it was called"), ("reccallcount", "how often within itself"),
    ("totaltime", "its time with all that it called"), ("inlinetime", "its own time"),
  ]
  entryType = ModuleType(try m.defineStructSequence("profiler_entry", "One function.", fields + [("calls", "what it called: a list, or None")]))
  subentryType = ModuleType(try m.defineStructSequence("profiler_subentry", "One function, called by another.", fields))
}
