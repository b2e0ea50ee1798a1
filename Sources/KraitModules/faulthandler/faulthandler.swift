// The module `faulthandler`: shows where the program is when it crashes, when a signal asks, or when a time is over.

import CKraitSystem
import Glibc
import KraitRuntime

/// The files that were given for each purpose; they stay open as long as somebody may write to them.
nonisolated(unsafe) private var crashFile = InterpreterValue()
nonisolated(unsafe) private var laterFile = InterpreterValue()
nonisolated(unsafe) private var signalFiles = InterpreterValue()
/// Ends the timer when the interpreter ends.
nonisolated(unsafe) private var ending = InterpreterMemory<UInt8>()

let faulthandlerModule = ModuleDefinition("faulthandler", "Shows what the program was doing when it crashed or seems to hang.") { (m: ModuleBuilder) throws(PyError) in
  FaultHandler.prepare()
  _ = try ending.pointer { _ in
    DumpTimer.cancel()
    FaultHandler.disable()
  }
  try defineCrashes(m)
  try defineDumps(m)
  try defineSignals(m)
  try defineFaults(m)
}

/// The descriptor of a file; `file` becomes what must be kept for it.
private func descriptor(_ file: inout Owned) throws(PyError) -> Int32 {
  if file.value.isAbsent || file.value.isNone {
    file = systemObject(Name.stderr)
    if file.value.isAbsent { throw .runtimeError("lost sys.stderr") }
    if file.value.isNone { throw .runtimeError("sys.stderr is None") }
  } else if file.value.isInteger {
    if file.value.isBool { try warn(.runtimeWarning, "bool is used as a file descriptor") }
    guard let word = Integer.asInt(file.value), let number = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
    if number < 0 { throw .valueError("file is not a valid file descriptor") }
    return number
  }
  let number = try file.value.callMethod(Name.fileno)
  var result: Int32 = -1
  if number.value.isInteger, let word = Integer.asInt(number.value) { result = Int32(exactly: word) ?? -1 }
  if result < 0 { throw .runtimeError("file.fileno() is not a valid file descriptor") }
  // What the program wrote comes first; a file that cannot be flushed serves all the same.
  do throws(PyError) { _ = try file.value.callMethod(Name.flush) } catch { PyError.clear() }
  return result
}

// MARK: - Crashes

private func defineCrashes(_ m: ModuleBuilder) throws(PyError) {
  try m.function("enable(file=sys.stderr, all_threads=True, c_stack=True)", "From now on, a crash of the process writes to file where its threads were.") {
    (call: Call) throws(PyError) -> Owned in
    var file = Owned(copyingIfPresent: call[0])
    let (allThreads, nativeStack) = (try call.bool(1), try call.bool(2))
    let number = try descriptor(&file)
    let old = try crashFile.set(Owned(copying: file.value))
    _ = consume old
    guard FaultHandler.enable(descriptor: number, allThreads: allThreads, nativeStack: nativeStack) else { throw .osError(errno) }
    return .none
  }
  try m.function("disable()", "Leave crashes to the system again; return whether they were handled.") { (_: Call) throws(PyError) -> Owned in
    let wasEnabled = FaultHandler.disable()
    let old = try crashFile.set(Owned(taking: .absent))
    _ = consume old
    return .boolean(wasEnabled)
  }
  try m.function("is_enabled()", "Return whether crashes are handled.") { (_: Call) throws(PyError) -> Owned in .boolean(FaultHandler.isEnabled) }
}

// MARK: - Dumps

private func defineDumps(_ m: ModuleBuilder) throws(PyError) {
  try m.function("dump_traceback(file=sys.stderr, all_threads=True)", "Write to file where all threads are, or only the calling one.") {
    (call: Call) throws(PyError) -> Owned in
    var file = Owned(copyingIfPresent: call[0])
    let allThreads = try call.bool(1)
    let output = SignalSafeOutput(try descriptor(&file))
    TracebackDump.write(current: currentThread, interpreter: nil, allThreads: allThreads, to: output)
    return .none
  }
  try m.function("dump_c_stack(file=sys.stderr)", "Write to file in which native functions the calling thread is.") { (call: Call) throws(PyError) -> Owned in
    var file = Owned(copyingIfPresent: call[0])
    TracebackDump.writeNativeStack(to: SignalSafeOutput(try descriptor(&file)))
    return .none
  }
  try m.function(
    "dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False)", "Write to file where all threads are when timeout seconds are over.\n\nWith repeat, again and again; with exit, the process ends then."
  ) { (call: Call) throws(PyError) -> Owned in
    let timeout = try nanoseconds(fromSeconds: call[0], rounding: .timeout)
    let (repeats, exits) = (try call.bool(1), try call.bool(3))
    if timeout <= 0 { throw .valueError("timeout must be greater than 0") }
    var file = Owned(copyingIfPresent: call[2])
    let number = try descriptor(&file)
    DumpTimer.cancel()
    let old = try laterFile.set(Owned(copying: file.value))
    _ = consume old
    if let code = DumpTimer.start(nanoseconds: timeout, repeats: repeats, exits: exits, descriptor: number) {
      _ = try laterFile.set(Owned(taking: .absent))
      if code == ENOMEM { throw .memoryError() }
      throw .runtimeError("unable to start watchdog thread")
    }
    return .none
  }
  try m.function("cancel_dump_traceback_later()", "Forget what dump_traceback_later() was asked to do.") { (_: Call) throws(PyError) -> Owned in
    DumpTimer.cancel()
    let old = try laterFile.set(Owned(taking: .absent))
    _ = consume old
    return .none
  }
}

// MARK: - Signals

private func checkedSignal(_ call: Call) throws(PyError) -> Int32 {
  let number = try call.int32(0)
  if FaultHandler.isFatal(number) { throw .runtimeError("signal \(number) cannot be registered, use enable() instead") }
  if number < 1 || number >= Int32(Signals.count) { throw .valueError("signal number out of range") }
  return number
}

/// Keeps a signal's file, absent to forget it.
private func keepFile(of number: Int32, _ file: Value) throws(PyError) {
  if signalFiles.value.isAbsent { try signalFiles.set(try Owned.dict()) }
  let key = Value(smallInteger: Int(number))
  try DictObject(signalFiles.value).set(key, file.isAbsent ? .none : file)
}

private func defineSignals(_ m: ModuleBuilder) throws(PyError) {
  try m.function(
    "register(signum, file=sys.stderr, all_threads=True, chain=False)", "From now on, a signal writes to file where all threads are, or only the one that gets it.\n\nWith chain, what the signal did before is done as well."
  ) { (call: Call) throws(PyError) -> Owned in
    let number = try checkedSignal(call)
    let (allThreads, chains) = (try call.bool(2), try call.bool(3))
    var file = Owned(copyingIfPresent: call[1])
    let output = try descriptor(&file)
    try keepFile(of: number, file.value)
    guard DumpSignals.register(number, descriptor: output, allThreads: allThreads, chains: chains) else { throw .osError(errno) }
    return .none
  }
  try m.function("unregister(signum, /)", "Let a signal do what it did before register(); return whether it was registered.") { (call: Call) throws(PyError) -> Owned in
    let number = try checkedSignal(call)
    let wasRegistered = DumpSignals.unregister(number)
    if wasRegistered { try keepFile(of: number, .absent) }
    return .boolean(wasRegistered)
  }
}

// MARK: - Faults on purpose

private func defineFaults(_ m: ModuleBuilder) throws(PyError) {
  try m.function("_read_null()", "Read the memory at address zero.") { (_: Call) throws(PyError) -> Owned in
    DumpSignals.allowNoCore()
    return try Owned.integer(Int(krait_read_null()))
  }
  try m.function("_sigsegv(release_gil=False, /)", "Crash as by a bad address, with or without the lock.") { (call: Call) throws(PyError) -> Owned in
    DumpSignals.allowNoCore()
    if try call.bool(0) { withoutLock { _ = raise(SIGSEGV) } } else { raise(SIGSEGV) }
    return .none
  }
  try m.function("_sigabrt()", "Crash by abort().") { (_: Call) throws(PyError) -> Owned in
    DumpSignals.allowNoCore()
    abort()
  }
  try m.function("_sigfpe()", "Crash as by a division by zero.") { (_: Call) throws(PyError) -> Owned in
    DumpSignals.allowNoCore()
    raise(SIGFPE)
    return .none
  }
  try m.function("_fatal_error_c_thread()", "End the process from a thread that runs no Python.") { (_: Call) throws(PyError) -> Owned in
    DumpSignals.allowNoCore()
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { _ in
        FaultHandler.fatalError("faulthandler_fatal_error_thread", "in new thread")
      }, nil)
    if code != 0 { throw .runtimeError("unable to start the thread") }
    withoutLock { _ = pthread_join(thread, nil) }
    return .none
  }
  try m.function("_stack_overflow()", "Use up the native stack.") { (_: Call) throws(PyError) -> Owned in
    DumpSignals.allowNoCore()
    var depth = 0
    var marker: UInt8 = 0
    let here = withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
    let used = krait_overflow_stack(here, 100 << 20, &depth)
    throw .runtimeError("unable to raise a stack overflow (allocated \(used) bytes on the stack, \(depth) recursive calls)")
  }
}
