// The module `_signal`: handlers of signals, timers that send them, and waiting for them.

import CKraitSystem
import Glibc
import KraitRuntime

nonisolated(unsafe) private var timerError = InterpreterValue()
nonisolated(unsafe) private var interruptHandler = InterpreterValue()
nonisolated(unsafe) private var informationType = ModuleType()

let signalModule = ModuleDefinition("_signal", "Handlers of signals, and timers that send them.") { (m: ModuleBuilder) throws(PyError) in
  try m.constant("SIG_DFL", Signals.defaultAction)
  try m.constant("SIG_IGN", Signals.ignoreAction)
  for (name, number) in signalConstants { try m.constant(name, Int(number)) }
  try m.constant("SIGRTMIN", Int(__libc_current_sigrtmin()))
  try m.constant("SIGRTMAX", Int(__libc_current_sigrtmax()))
  try timerError.set(try m.exception("ItimerError", module: "signal", bases: [.osError]))
  informationType = ModuleType(
    try m.defineStructSequence(
      "struct_siginfo", module: "signal", "What is known of a signal that sigwaitinfo() or sigtimedwait() took.",
      [
        ("si_signo", "the signal"), ("si_code", "why it was sent"), ("si_errno", "an error number that belongs to it"), ("si_pid", "the process that sent it"),
        ("si_uid", "the user of that process"), ("si_status", "the exit status, or the signal that ended a child"), ("si_band", "the event of a SIGPOLL"),
      ]))
  try defineHandlers(m)
  try defineSending(m)
  try defineTimers(m)
  try defineWaiting(m)
}

private let signalConstants: [(name: StaticString, number: Int32)] = [
  ("SIGHUP", SIGHUP), ("SIGINT", SIGINT), ("SIGQUIT", SIGQUIT), ("SIGILL", SIGILL), ("SIGTRAP", SIGTRAP), ("SIGABRT", SIGABRT), ("SIGIOT", SIGIOT), ("SIGBUS", SIGBUS),
  ("SIGFPE", SIGFPE), ("SIGKILL", SIGKILL), ("SIGUSR1", SIGUSR1), ("SIGSEGV", SIGSEGV), ("SIGUSR2", SIGUSR2), ("SIGPIPE", SIGPIPE), ("SIGALRM", SIGALRM),
  ("SIGTERM", SIGTERM), ("SIGSTKFLT", SIGSTKFLT), ("SIGCHLD", SIGCHLD), ("SIGCLD", SIGCHLD), ("SIGCONT", SIGCONT), ("SIGSTOP", SIGSTOP), ("SIGTSTP", SIGTSTP),
  ("SIGTTIN", SIGTTIN), ("SIGTTOU", SIGTTOU), ("SIGURG", SIGURG), ("SIGXCPU", SIGXCPU), ("SIGXFSZ", SIGXFSZ), ("SIGVTALRM", SIGVTALRM), ("SIGPROF", SIGPROF),
  ("SIGWINCH", SIGWINCH), ("SIGIO", SIGIO), ("SIGPOLL", SIGPOLL), ("SIGPWR", SIGPWR), ("SIGSYS", SIGSYS), ("NSIG", Int32(Signals.count)),
  ("SIG_BLOCK", Int32(SIG_BLOCK)), ("SIG_UNBLOCK", Int32(SIG_UNBLOCK)), ("SIG_SETMASK", Int32(SIG_SETMASK)),
  ("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1), ("ITIMER_PROF", 2),
]

extension Call {
  /// The number of a signal that there may be.
  fileprivate func signalNumber(_ index: Int) throws(PyError) -> Int32 {
    let number = try int32(index)
    if number < 1 || number >= Int32(Signals.count) { throw .valueError("signal number out of range") }
    return number
  }
}

// MARK: - Handlers

private func defineHandlers(_ m: ModuleBuilder) throws(PyError) {
  try m.function("default_int_handler(signalnum, frame, /)", "What SIGINT does at first: raise KeyboardInterrupt.") { (call: Call) throws(PyError) -> Owned in
    _ = try call.int32(0)
    throw PyError.raise(.keyboardInterrupt)
  }
  let handler = Owned(copying: m.dict.get(interned: Name.make("default_int_handler")))
  Signals.setInterruptHandler(handler.value)
  try interruptHandler.set(handler)
  try m.function("signal(signalnum, handler, /)", "Set what happens when a signal arrives; return what was set before.") { (call: Call) throws(PyError) -> Owned in
    let number = try call.int32(0)
    let handler = call[1]
    if !Signals.isMainThread { throw .valueError("signal only works in main thread of the main interpreter") }
    if number < 1 || number >= Int32(Signals.count) { throw .valueError("signal number out of range") }
    let action: Signals.Action
    if handler.isExactInteger && handler === Signals.defaultAction {
      action = .standard
    } else if handler.isExactInteger && handler === Signals.ignoreAction {
      action = .ignore
    } else if handler.isCallable {
      action = .listen
    } else {
      throw .typeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
    }
    // What has arrived already is the old handler's.
    try checkSignals()
    return try Signals.setHandler(number, action, handler)
  }
  try m.function("getsignal(signalnum, /)", "Return what happens when a signal arrives.") { (call: Call) throws(PyError) -> Owned in
    let handler = Signals.handler(of: try call.signalNumber(0))
    return Owned(copying: handler.isAbsent ? interruptHandler.value : handler)
  }
  try m.function("siginterrupt(signalnum, flag, /)", "Set whether a signal interrupts system calls or lets them go on.") { (call: Call) throws(PyError) -> Owned in
    let flag = try call.int32(1)
    let number = try call.signalNumber(0)
    var action = sigaction()
    if sigaction(number, nil, &action) == 0 {
      if flag != 0 { action.sa_flags &= ~Int32(bitPattern: UInt32(SA_RESTART)) } else { action.sa_flags |= SA_RESTART }
      if sigaction(number, &action, nil) == 0 { return .none }
    }
    throw .osError(errno)
  }
  try m.function("set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)", "Name the descriptor that the numbers of signals are written to; return the one before.") {
    (call: Call) throws(PyError) -> Owned in
    let reportsFullBuffer = try call.bool(1)
    let descriptor = try call.int32(0)
    if !Signals.isMainThread { throw .valueError("set_wakeup_fd only works in main thread of the main interpreter") }
    if descriptor != -1 {
      var status = stat()
      if fstat(descriptor, &status) != 0 { throw .osError(errno) }
      let flags = fcntl(descriptor, F_GETFL)
      if flags < 0 { throw .osError(errno) }
      if flags & O_NONBLOCK == 0 { throw .valueError("the fd \(descriptor) must be in non-blocking mode") }
    }
    return try Owned.integer(Int(Signals.setWakeupDescriptor(descriptor, reportsFullBuffer: reportsFullBuffer)))
  }
  try m.function("strsignal(signalnum, /)", "Return the system's description of a signal.") { (call: Call) throws(PyError) -> Owned in
    guard let text = strsignal(try call.signalNumber(0)).map({ String(cString: $0) }), !text.hasPrefix("Unknown signal") else { return .none }
    return try Owned.string(text)
  }
  try m.function("valid_signals()", "Return the set of signals that the system has.") { (_: Call) throws(PyError) -> Owned in
    var mask = sigset_t()
    sigfillset(&mask)
    return try signalNumbers(mask)
  }
}

// MARK: - Sending

private func defineSending(_ m: ModuleBuilder) throws(PyError) {
  try m.function("raise_signal(signalnum, /)", "Send a signal to the process itself.") { (call: Call) throws(PyError) -> Owned in
    let number = try call.int32(0)
    if raise(number) != 0 { throw .osError(errno) }
    try checkSignals()
    return .none
  }
  try m.function("pthread_kill(thread_id, signalnum, /)", "Have one thread of this process get a signal.") { (call: Call) throws(PyError) -> Owned in
    let thread = try call.index(0)
    let number = try call.int32(1)
    // The C library reads what the number points at: only that of a living thread may reach it.
    guard Threads.isAlive(UInt(bitPattern: thread)) else { throw .osError(ESRCH) }
    let code = pthread_kill(pthread_t(UInt(bitPattern: thread)), number)
    if code != 0 { throw .osError(code) }
    try checkSignals()
    return .none
  }
  try m.function("pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)", "Send a signal to the process of a descriptor.") {
    (call: Call) throws(PyError) -> Owned in
    let (descriptor, number, flags) = (try call.int32(0), try call.int32(1), try call.int32(3))
    if !call[2].isNone { throw .typeError("siginfo must be None") }
    if krait_pidfd_send_signal(descriptor, number, UInt32(bitPattern: flags)) < 0 { throw .osError(errno) }
    try checkSignals()
    return .none
  }
}

// MARK: - Timers

private func defineTimers(_ m: ModuleBuilder) throws(PyError) {
  try m.function("alarm(seconds, /)", "Let SIGALRM arrive after some seconds; return what was left of the time before.") { (call: Call) throws(PyError) -> Owned in
    let seconds = try call.int32(0)
    return try Owned.integer(Int(alarm(UInt32(bitPattern: seconds))))
  }
  try m.function("setitimer(which, seconds, interval=0.0, /)", "Set a timer; return what it was before: seconds and interval.") { (call: Call) throws(PyError) -> Owned in
    let which = try call.int32(0)
    var new = itimerval(it_interval: try timeValue(call[2]), it_value: try timeValue(call[1]))
    var old = itimerval()
    if krait_setitimer(which, &new, &old) != 0 { throw timerFailure() }
    return try timerValues(old)
  }
  try m.function("getitimer(which, /)", "Return the seconds and the interval of a timer.") { (call: Call) throws(PyError) -> Owned in
    var value = itimerval()
    if krait_getitimer(try call.int32(0), &value) != 0 { throw timerFailure() }
    return try timerValues(value)
  }
}

/// Seconds, rounded up to microseconds.
private func timeValue(_ value: Value) throws(PyError) -> timeval {
  let time = try nanoseconds(fromSeconds: value, rounding: .ceiling)
  var (micros, rest) = time.quotientAndRemainder(dividingBy: 1000)
  if rest > 0 { micros += 1 }
  (micros, rest) = micros.quotientAndRemainder(dividingBy: 1_000_000)
  return rest < 0 ? timeval(tv_sec: micros - 1, tv_usec: rest + 1_000_000) : timeval(tv_sec: micros, tv_usec: rest)
}

private func timerValues(_ value: itimerval) throws(PyError) -> Owned {
  let first = try Owned.float(Double(value.it_value.tv_sec) + Double(value.it_value.tv_usec) / 1e6)
  let second = try Owned.float(Double(value.it_interval.tv_sec) + Double(value.it_interval.tv_usec) / 1e6)
  return try Owned.tuple(first.value, second.value)
}

/// The system declined to set a timer.
private func timerFailure() -> PyError {
  let code = errno
  do throws(PyError) {
    let message = try Owned.string(String(cString: strerror(code)))
    let type = Owned(copyingIfPresent: timerError.value)
    if type.value.isAbsent { return .osError(code) }
    return PyError.raise(try type.value.call(Value(smallInteger: Int(code)), message.value))
  } catch { return error }
}

// MARK: - Waiting

private func defineWaiting(_ m: ModuleBuilder) throws(PyError) {
  try m.function("pause()", "Wait for a signal.") { (_: Call) throws(PyError) -> Owned in
    withoutLock { _ = pause() }
    try checkSignals()
    return .none
  }
  try m.function("pthread_sigmask(how, mask, /)", "Change which signals the calling thread lets in; return those that it did not before.") { (call: Call) throws(PyError) -> Owned in
    let how = try call.int32(0)
    var mask = try signalSet(call[1])
    var old = sigset_t()
    let code = pthread_sigmask(how, &mask, &old)
    if code != 0 { throw .osError(code) }
    // Some that waited may have come in now.
    try checkSignals()
    return try signalNumbers(old)
  }
  try m.function("sigpending()", "Return the signals that wait to be let in.") { (_: Call) throws(PyError) -> Owned in
    var mask = sigset_t()
    if sigpending(&mask) != 0 { throw .osError(errno) }
    return try signalNumbers(mask)
  }
  try m.function("sigwait(sigset, /)", "Wait for one of some signals, and return it.") { (call: Call) throws(PyError) -> Owned in
    var mask = try signalSet(call[0])
    var number: Int32 = 0
    let code = withoutLock { sigwait(&mask, &number) }
    if code != 0 { throw .osError(code) }
    return try Owned.integer(Int(number))
  }
  try m.function("sigwaitinfo(sigset, /)", "Wait for one of some signals, and return what is known of it.") { (call: Call) throws(PyError) -> Owned in
    var mask = try signalSet(call[0])
    var information = siginfo_t()
    while true {
      if withoutLock({ sigwaitinfo(&mask, &information) }) >= 0 { return try describe(&information) }
      let code = errno
      if code != EINTR { throw .osError(code) }
      try checkSignals()
    }
  }
  try m.function("sigtimedwait(sigset, timeout, /)", "Wait some seconds for one of some signals; None when the time is over.") { (call: Call) throws(PyError) -> Owned in
    var mask = try signalSet(call[0])
    var rest = try nanoseconds(fromSeconds: call[1], rounding: .ceiling)
    if rest < 0 { throw .valueError("timeout must be non-negative") }
    let (deadline, isEndless) = monotonicNanoseconds().addingReportingOverflow(rest)
    var information = siginfo_t()
    while true {
      var time = timespec(tv_sec: rest / 1_000_000_000, tv_nsec: rest % 1_000_000_000)
      if withoutLock({ sigtimedwait(&mask, &information, &time) }) >= 0 { return try describe(&information) }
      let code = errno
      if code == EAGAIN { return .none }
      if code != EINTR { throw .osError(code) }
      try checkSignals()
      if !isEndless { rest = deadline - monotonicNanoseconds() }
      if rest < 0 { return .none }
    }
  }
}

private func describe(_ information: inout siginfo_t) throws(PyError) -> Owned {
  try StructSequence.make(
    informationType.object,
    [
      Int(information.si_signo), Int(information.si_code), Int(information.si_errno), Int(krait_siginfo_pid(&information)), Int(krait_siginfo_uid(&information)),
      Int(krait_siginfo_status(&information)), krait_siginfo_band(&information),
    ].map { Value(smallInteger: $0) })
}
