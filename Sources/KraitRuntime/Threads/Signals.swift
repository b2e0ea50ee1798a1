// Signals: the system's handler only notes what arrived; Python's handlers run in the main thread, at its next safepoint (PEP 475 for interrupted calls).

import CKraitCore
import Glibc

/// The process's signal handlers. They belong to the main interpreter; its main thread alone may change them.
public enum Signals {
  /// Signals are numbered from 1 up to this, exclusively.
  public static let count = 65
  /// `SIG_DFL` and `SIG_IGN` as Python has them.
  public static let defaultAction = Value(smallInteger: 0)
  public static let ignoreAction = Value(smallInteger: 1)

  /// What the system's handler touches: plain words, changed atomically.
  private struct State {
    /// The signals that have arrived; bit 0 is signal 1.
    var arrived: UInt64 = 0
    /// The descriptor that the number of each signal is written to; -1 without one.
    var wakeupDescriptor: Int32 = -1
    /// The error of the last such write, until it is reported.
    var wakeupError: Int32 = 0
    /// Whether a full pipe is such an error.
    var reportsFullBuffer: UInt32 = 1
    /// The thread that runs the handlers.
    var thread: ThreadPointer
  }

  // Constant initialisers, so that the system's handler reads them without a once-token.
  private nonisolated(unsafe) static var state: UnsafeMutablePointer<State>?
  /// Python's handlers by number: owned, None for one that Python did not set, absent for SIGINT's before the module `_signal` was imported.
  private nonisolated(unsafe) static var handlers: UnsafeMutablePointer<Value>?

  /// Sets up what a new process has: SIGINT raises KeyboardInterrupt, SIGPIPE and SIGXFSZ are errors of the calls that cause them.
  static func install(mainThread thread: ThreadPointer) {
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    state.initialize(to: State(thread: thread))
    let handlers = UnsafeMutablePointer<Value>.allocate(capacity: count)
    handlers.initialize(repeating: .none, count: count)
    Signals.handlers = handlers
    Signals.state = state
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    // A process that was started with SIGINT ignored (in the background of a shell) keeps it so.
    if !(action(of: SIGINT) === ignoreAction) { setAction(SIGINT, .listen) }
    for number in 1..<Int32(count) {
      let known = action(of: number)
      if !known.isAbsent { handlers[Int(number)] = known }
    }
    if handlers[Int(SIGINT)].isNone { handlers[Int(SIGINT)] = .absent }
  }

  /// What the system does with a signal: `defaultAction`, `ignoreAction`, absent for anything else.
  private static func action(of number: Int32) -> Value {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return .absent }
    switch unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) {
    case 0: return defaultAction
    case 1: return ignoreAction
    default: return .absent
    }
  }

  /// What the system is to do with a signal.
  public enum Action {
    case standard, ignore
    /// Note its arrival for Python's handler.
    case listen
  }

  /// Tells the system; false with `errno` set when it declines.
  @discardableResult
  private static func setAction(_ number: Int32, _ action: Action) -> Bool {
    var new = sigaction()
    switch action {
    case .standard: new.__sigaction_handler.sa_handler = SIG_DFL
    case .ignore: new.__sigaction_handler.sa_handler = SIG_IGN
    case .listen: new.__sigaction_handler.sa_handler = { Signals.note($0) }
    }
    new.sa_flags = SA_ONSTACK
    return sigaction(number, &new, nil) == 0
  }

  /// A signal arrived. Runs in the system's handler, on any thread: nothing here may allocate or take a lock.
  private static func note(_ number: Int32) {
    guard let state else { return }
    let code = errno
    _ = krait_or64(&state.pointee.arrived, 1 << UInt64(truncatingIfNeeded: number &- 1))
    ThreadState.request(.signals, of: state.pointee.thread)
    // After the above: who reads the number is to find the signal noted.
    let descriptor = Int32(bitPattern: krait_load32(&state.pointee.wakeupDescriptor))
    if descriptor != -1 {
      var byte = UInt8(truncatingIfNeeded: number)
      if write(descriptor, &byte, 1) < 0, errno != EAGAIN || krait_load32(&state.pointee.reportsFullBuffer) != 0 {
        krait_store32(&state.pointee.wakeupError, UInt32(bitPattern: errno))
      }
    }
    errno = code
  }

  /// As if a signal had arrived; nothing when it is ignored or left to the system.
  public static func simulate(_ number: Int32) {
    guard let handlers, !isLeftToSystem(handlers[Int(number)]) else { return }
    note(number)
  }

  private static func isLeftToSystem(_ handler: Value) -> Bool { handler === defaultAction || handler === ignoreAction }

  // MARK: Handlers

  /// Whether the calling thread may change handlers.
  public static var isMainThread: Bool { state?.pointee.thread == currentThread }

  /// The handler of a signal, borrowed: a callable, ``defaultAction``, ``ignoreAction``, or None for one that Python did not set; absent for the one that raises KeyboardInterrupt
  /// where it is not this interpreter's. To other interpreters than the main one its callables are as if not set: they are objects of another heap.
  public static func handler(of number: Int32) -> Value {
    guard let handlers, let state else { return .none }
    let handler = handlers[Int(number)]
    if !handler.isPresentObject || state.pointee.thread.pointee.interpreter == currentInterpreter { return handler }
    return handler === interruptHandler ? .absent : .none
  }

  /// What SIGINT's handler is at first, borrowed: the module `_signal` keeps it.
  private nonisolated(unsafe) static var interruptHandler = Value.absent

  /// SIGINT's handler is known from now on: the first import of `_signal` in the main interpreter.
  public static func setInterruptHandler(_ handler: Value) {
    guard let handlers, let state, state.pointee.thread.pointee.interpreter == currentInterpreter, handlers[Int(SIGINT)].isAbsent else { return }
    handler.retain()
    interruptHandler = handler
    handlers[Int(SIGINT)] = handler
  }

  /// Replaces a handler; the result is the one before. Only on the main thread.
  public static func setHandler(_ number: Int32, _ action: Action, _ handler: Value) throws(PyError) -> Owned {
    guard setAction(number, action) else { throw .osError(errno) }
    guard let handlers else { return .none }
    let old = handlers[Int(number)]
    handler.retain()
    handlers[Int(number)] = handler
    return old.isAbsent ? .none : Owned(taking: old)
  }

  /// Where the numbers of signals are written to; the result is the descriptor before, -1 for none.
  public static func setWakeupDescriptor(_ descriptor: Int32, reportsFullBuffer: Bool) -> Int32 {
    guard let state else { return -1 }
    krait_store32(&state.pointee.reportsFullBuffer, reportsFullBuffer ? 1 : 0)
    return Int32(bitPattern: krait_exchange32(&state.pointee.wakeupDescriptor, UInt32(bitPattern: descriptor)))
  }

  // MARK: Delivery

  /// Runs the handlers of what has arrived, the lowest number first. May raise; then the rest follows at the next safepoint.
  static func deliver(_ thread: ThreadPointer) throws(PyError) {
    guard let state, let handlers, state.pointee.thread == thread else { return }
    _ = krait_and64(thread, ~EvalBreaker.signals.rawValue)
    let error = Int32(bitPattern: krait_exchange32(&state.pointee.wakeupError, 0))
    if error != 0 {
      let pending = thread.pointee.takeException()
      _ = PyError.osError(error)
      reportUnraisable("Exception ignored while trying to write to the signal wakeup fd", .absent)
      if !pending.value.isAbsent { thread.pointee.setException(pending) }
    }
    var arrived = krait_exchange64(&state.pointee.arrived, 0)
    while arrived != 0 {
      let number = arrived.trailingZeroBitCount + 1
      arrived &= arrived - 1
      do throws(PyError) { try run(Owned(copyingIfPresent: handlers[number]), number) } catch {
        if arrived != 0 {
          _ = krait_or64(&state.pointee.arrived, arrived)
          ThreadState.request(.signals, of: thread)
        }
        throw error
      }
    }
  }

  private static func run(_ handler: consuming Owned, _ number: Int) throws(PyError) {
    let thread = currentThread
    if handler.value.isAbsent { throw PyError.raise(.keyboardInterrupt) }
    if handler.value.isNone || isLeftToSystem(handler.value) {
      // It was taken away between the signal's arrival and now.
      _ = PyError.raise(.osError, "Signal \(number) ignored due to race condition")
      reportUnraisable("Exception ignored while calling signal handler", .absent)
      return
    }
    let frame = thread.pointee.innermostFrame == nil ? .none : try thread.pointee.currentFrame()
    _ = try handler.value.call(Value(smallInteger: number), frame.value)
  }

  /// The end of the main interpreter has begun: no handler runs any more, and SIGINT ends the process.
  static func finish() {
    guard let handlers else { return }
    for number in 1..<count {
      let handler = handlers[number]
      if !handler.isNone && !isLeftToSystem(handler) {
        setAction(Int32(number), .standard)
        handlers[number] = defaultAction
        handler.releaseIfPresent()
      }
    }
  }

  /// A forked child begins without the signals that its parent had not handled yet; the thread that forked is its main thread.
  static func afterFork(_ thread: ThreadPointer) {
    guard let state else { return }
    krait_store64(&state.pointee.arrived, 0)
    krait_store32(&state.pointee.wakeupError, 0)
    state.pointee.thread = thread
    _ = krait_and64(thread, ~EvalBreaker.signals.rawValue)
  }
}

/// Runs what signals have asked for; to be called where a system call was interrupted or native code waits. May raise.
public func checkSignals() throws(PyError) {
  let thread = currentThread
  if krait_load64(thread) != 0 { try ThreadState.handleBreaker(thread) }
}
