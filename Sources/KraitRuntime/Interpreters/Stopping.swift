// Stopping programs from outside: ending an interpreter's programs for good, time limits, interruption.

import CKraitCore
import Glibc

/// Why a thread is to stop what it does.
enum StopReason: UInt32 {
  case none
  /// The interpreter's programs end: each safepoint raises, whatever catches it.
  case terminated
  /// The program ran longer than it may: the same, until it is left.
  case timeLimit
  /// KeyboardInterrupt, once.
  case interrupted

  /// What the thread raises.
  fileprivate var error: PyError {
    switch self {
    case .none, .terminated: PyError.raise(.interpreterError, "interpreter terminated")
    case .timeLimit: PyError.raise(.interpreterError, "time limit exceeded")
    case .interrupted: PyError.raise(.keyboardInterrupt)
    }
  }

  fileprivate var breaker: EvalBreaker { self == .interrupted ? .asyncException : .terminate }
}

extension ThreadState {
  /// At a safepoint of a thread that was told to stop.
  static func stopped(_ thread: ThreadPointer) -> PyError {
    let reason = StopReason(rawValue: thread.pointee.stopReason) ?? .terminated
    if reason == .interrupted { _ = krait_and64(thread, ~EvalBreaker.asyncException.rawValue) }
    return reason.error
  }

  /// Tells a thread to stop, and wakes it when the system makes it wait. The thread must be in its interpreter's list, whose lock the caller holds.
  static func stop(_ thread: ThreadPointer, _ reason: StopReason) {
    thread.pointee.stopReason = reason.rawValue
    request(reason.breaker, of: thread)
    Wakeup.send(to: thread)
  }
}

/// A signal that does nothing but interrupt a call of the system.
private enum Wakeup {
  private static let isInstalled: Bool = {
    var known = sigaction()
    // A program's own handler does as well.
    guard sigaction(SIGURG, nil, &known) == 0, unsafeBitCast(known.__sigaction_handler.sa_handler, to: Int.self) <= 1 else { return true }
    var new = sigaction()
    new.__sigaction_handler.sa_handler = { _ in }
    new.sa_flags = SA_ONSTACK
    return sigaction(SIGURG, &new, nil) == 0
  }()

  static func send(to thread: ThreadPointer) {
    let identifier = thread.pointee.systemIdentifier
    if isInstalled && identifier != 0 { pthread_kill(pthread_t(identifier), SIGURG) }
  }
}

extension Interpreters {
  /// Ends the programs of an interpreter for good: its threads raise InterpreterError at each safepoint, and nothing runs there any more. False when there is none of
  /// that number.
  public static func terminate(_ number: Int) -> Bool { stopAll(number, .terminated) }

  /// Raises KeyboardInterrupt in the program that runs in an interpreter's `__main__`. False when there is no interpreter of that number.
  public static func interrupt(_ number: Int) -> Bool { stopAll(number, .interrupted) }

  /// Raises KeyboardInterrupt in a thread of the calling thread's interpreter, which `threading.get_ident()` names. False when there is none.
  public static func interrupt(thread identifier: UInt64) -> Bool {
    var isFound = false
    Threads.forEachLocked(currentInterpreter) { thread in
      guard identifier != 0, UInt64(thread.pointee.systemIdentifier) == identifier else { return }
      isFound = true
      ThreadState.stop(thread, .interrupted)
    }
    return isFound
  }

  private static func stopAll(_ number: Int, _ reason: StopReason) -> Bool {
    guard let interpreter = acquire(number, terminating: reason == .terminated) else { return false }
    let runner = runner(interpreter)
    Threads.forEachLocked(interpreter) { if reason == .terminated || $0 == runner { ThreadState.stop($0, reason) } }
    relinquish(interpreter)
    return true
  }

  /// Whether the programs of the calling thread's interpreter were ended for good.
  public static var isTerminated: Bool { currentInterpreter.pointee.isTerminated }

  /// A program of the calling thread begins in `__main__`, or has ended: what was to stop it is void.
  public static func setRunning(_ isRunning: Bool, namespace: Value = .absent) {
    let thread = currentThread
    setRunner(thread.pointee.interpreter, isRunning ? thread : nil)
    thread.pointee.interpreter.pointee.runnerNamespace = isRunning ? namespace : .absent
    if !isRunning && thread.pointee.stopReason == StopReason.interrupted.rawValue {
      thread.pointee.stopReason = 0
      _ = krait_and64(thread, ~EvalBreaker.asyncException.rawValue)
    }
  }

  // MARK: Threads that serve an interpreter

  /// Makes an interpreter, from a thread that belongs to none.
  public static func make(_ configuration: InterpreterConfiguration) -> Result<Int, CapturedException>? {
    let visit = visit(0) { (_: InterpreterPointer) -> Result<Int, CapturedException> in
      do throws(PyError) { return .success(try make(configuration, origin: .crossInterpreter)) } catch {
        let exception = currentThread.pointee.takeException()
        return .failure(CapturedException(exception.value))
      }
    }
    if case .done(let result) = visit { return result }
    return nil
  }

  /// Lets the calling thread, which belongs to no interpreter, into one, with its lock, until ``moveOut()``. False when that cannot be.
  public static func moveIn(_ number: Int) -> Bool {
    guard let interpreter = acquire(number) else { return false }
    if Threads.enter(interpreter) != nil { return true }
    relinquish(interpreter)
    return false
  }

  public static func moveOut() {
    let interpreter = currentInterpreter
    Threads.leave(currentThread)
    relinquish(interpreter)
  }

  /// Ends an interpreter, from a thread that belongs to none; nil when that is done, else why not.
  public static func endFromOutside(_ number: Int) -> CapturedException? {
    let visit = visit(0) { (_: InterpreterPointer) -> CapturedException? in
      do throws(PyError) {
        try end(number)
        return nil
      } catch {
        let exception = currentThread.pointee.takeException()
        return CapturedException(exception.value)
      }
    }
    if case .done(let result) = visit { return result }
    return nil
  }

  /// Waits until no program runs in an interpreter, at most so many nanoseconds. False when one still does.
  public static func waitUntilIdle(_ number: Int, timeout: Int) -> Bool {
    let deadline = monotonicNanoseconds() &+ timeout
    while isBusy(number) {
      if monotonicNanoseconds() >= deadline { return false }
      if krait_thread() != nil { withoutLock { _ = usleep(200) } } else { usleep(200) }
    }
    return true
  }

  /// How many bytes an interpreter's heap may take from the system, in steps of a mebibyte; nil for any number. False when there is no such interpreter.
  public static func setMemoryLimit(_ number: Int, _ bytes: Int?) -> Bool {
    guard let interpreter = acquire(number) else { return false }
    interpreter.pointee.heap.pointee.memoryLimit = bytes ?? .max
    relinquish(interpreter)
    return true
  }

  /// How many nanoseconds each program may run in an interpreter; nil for any number. False when there is no such interpreter.
  public static func setTimeLimit(_ number: Int, _ nanoseconds: Int?) -> Bool {
    guard let interpreter = acquire(number) else { return false }
    interpreter.pointee.timeLimit = nanoseconds ?? 0
    relinquish(interpreter)
    return true
  }

  /// The bytes that an interpreter's heap has from the system; nil when there is no such interpreter.
  public static func memoryFootprint(_ number: Int) -> Int? {
    guard let interpreter = acquire(number) else { return nil }
    defer { relinquish(interpreter) }
    return interpreter.pointee.heap.pointee.footprint
  }
}

/// The deadlines of programs with a time limit, and the thread that watches them.
public enum TimeLimits {
  private struct Entry {
    let token: Int
    let deadline: Int
    let thread: ThreadPointer
  }

  nonisolated(unsafe) private static var lock: UInt8 = 0
  nonisolated(unsafe) private static var entries: [Entry] = []
  nonisolated(unsafe) private static var lastToken = 0
  /// The process in which the watching thread runs: it does not survive a fork.
  nonisolated(unsafe) private static var watchedProcess: pid_t = 0
  /// A futex: grows when a deadline is added.
  nonisolated(unsafe) private static let change: UnsafeMutablePointer<UInt32> = {
    let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    word.initialize(to: 0)
    return word
  }()

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// Runs what makes a copy of the process, while nobody changes the deadlines: the copy finds them whole and the lock free.
  public static func keptWhile<Result>(_ body: () -> Result) -> Result { synchronized(body) }

  /// In a forked child: the programs of other threads are gone, and so is the thread that watches.
  static func afterFork(_ thread: ThreadPointer) {
    entries.removeAll { $0.thread != thread }
    if !entries.isEmpty { startWatching() }
  }

  /// The calling thread's program begins; the result goes to ``end(_:)``. 0 when there is no limit.
  public static func begin() -> Int {
    let thread = currentThread
    let limit = thread.pointee.interpreter.pointee.timeLimit
    if limit <= 0 { return 0 }
    let token = synchronized { () -> Int in
      lastToken += 1
      entries.append(Entry(token: lastToken, deadline: monotonicNanoseconds() &+ limit, thread: thread))
      return lastToken
    }
    startWatching()
    _ = krait_add32_acq_rel(change, 1)
    krait_futex_wake(change, 1)
    return token
  }

  /// The program has ended; a request to stop it is void.
  public static func end(_ token: Int) {
    if token == 0 { return }
    let thread = currentThread
    synchronized { entries.removeAll { $0.token == token } }
    if thread.pointee.stopReason == StopReason.timeLimit.rawValue {
      thread.pointee.stopReason = 0
      _ = krait_and64(thread, ~EvalBreaker.terminate.rawValue)
    }
  }

  private static func startWatching() {
    let process = getpid()
    let isNeeded = synchronized { () -> Bool in
      if watchedProcess == process { return false }
      watchedProcess = process
      return true
    }
    if !isNeeded { return }
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let code = pthread_create(&thread, &attributes, { _ in TimeLimits.watch() }, nil)
    pthread_attr_destroy(&attributes)
    // There are too many threads: the next program that begins tries again.
    if code != 0 { synchronized { watchedProcess = 0 } }
  }

  private static func watch() -> Never {
    // Signals are for threads that run Python.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    while true {
      let known = krait_load32_acquire(change)
      let next = synchronized { () -> Int? in
        let now = monotonicNanoseconds()
        // Under the lock, so that no thread ends its program meanwhile.
        for entry in entries where entry.deadline <= now { ThreadState.stop(entry.thread, .timeLimit) }
        entries.removeAll { $0.deadline <= now }
        return entries.map(\.deadline).min()
      }
      _ = krait_futex_wait(change, known, next.map { Int64(max(1, $0 - monotonicNanoseconds())) } ?? -1)
    }
  }
}
