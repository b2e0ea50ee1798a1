// What crashes do while faulthandler is enabled. The handlers run on a stack of their own and use nothing but plain memory that was made before.

import CKraitSystem
import Glibc
import KraitRuntime

/// The signals of crashes.
enum FaultHandler {
  private struct Crash {
    var number: Int32
    var name: StaticString
    var isInstalled = false
    /// What the signal did before.
    var previous = sigaction()
  }

  private struct State {
    var isEnabled = false
    var descriptor: Int32 = -1
    var allThreads = true
    var nativeStack = true
    /// Whose threads are shown when the thread that crashes runs no Python.
    var interpreter: UnsafeMutablePointer<InterpreterState>?
    /// Native modules, for the list of those that are not of the standard library.
    var moduleNames = UnsafeBufferPointer<(start: UnsafePointer<UInt8>, count: Int)>(start: nil, count: 0)
  }

  // Plain pointers that are set before the first handler is, so that handlers read them without a once-token.
  nonisolated(unsafe) private static var state: UnsafeMutablePointer<State>?
  nonisolated(unsafe) private static var crashes: UnsafeMutableBufferPointer<Crash> = UnsafeMutableBufferPointer(start: nil, count: 0)
  /// Of the stack for handlers: what they write is little, but the unwinder of native frames takes some.
  private static let stackSize = 128 << 10

  static var isEnabled: Bool { state?.pointee.isEnabled ?? false }

  static func isFatal(_ number: Int32) -> Bool { crashes.contains { $0.number == number } }

  /// Makes what handlers need; once.
  static func prepare() {
    if state != nil { return }
    let known: [(Int32, StaticString)] = [
      (SIGBUS, "Bus error"), (SIGILL, "Illegal instruction"), (SIGFPE, "Floating-point exception"), (SIGABRT, "Aborted"), (SIGSEGV, "Segmentation fault"),
    ]
    let list = UnsafeMutableBufferPointer<Crash>.allocate(capacity: known.count)
    for (index, crash) in known.enumerated() { list.initializeElement(at: index, to: Crash(number: crash.0, name: crash.1)) }
    let names = UnsafeMutableBufferPointer<(start: UnsafePointer<UInt8>, count: Int)>.allocate(capacity: nativeModules.definitions.count)
    for (index, definition) in nativeModules.definitions.enumerated() {
      names.initializeElement(at: index, to: (definition.name.utf8Start, definition.name.utf8CodeUnitCount))
    }
    let place = UnsafeMutablePointer<State>.allocate(capacity: 1)
    place.initialize(to: State())
    place.pointee.interpreter = currentInterpreter
    place.pointee.moduleNames = UnsafeBufferPointer(names)
    crashes = list
    state = place
    // The unwinder loads its library at the first use, which allocates: not in a handler.
    var address: UnsafeMutableRawPointer?
    _ = krait_backtrace(&address, 1)
  }

  /// Handles crashes from now on; false with `errno` when the system declines.
  static func enable(descriptor: Int32, allThreads: Bool, nativeStack: Bool) -> Bool {
    guard let state else { return false }
    state.pointee.descriptor = descriptor
    state.pointee.allThreads = allThreads
    state.pointee.nativeStack = nativeStack
    state.pointee.interpreter = currentInterpreter
    if state.pointee.isEnabled { return true }
    state.pointee.isEnabled = true
    useSignalStack()
    for index in crashes.indices {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { FaultHandler.handle($0) }
      // The same signal again, from within the handler, is the system's.
      action.sa_flags = Int32(bitPattern: UInt32(SA_NODEFER)) | SA_ONSTACK
      if sigaction(crashes[index].number, &action, &crashes[index].previous) != 0 { return false }
      crashes[index].isInstalled = true
    }
    return true
  }

  /// A stack for the handlers of the calling thread: the ordinary one may be what was used up. Made once, never given back.
  static func useSignalStack() {
    if hasSignalStack { return }
    guard let memory = mmap(nil, stackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else { return }
    hasSignalStack = krait_set_signal_stack(memory, stackSize) == 0
  }
  nonisolated(unsafe) private static var hasSignalStack = false

  /// Gives crashes back to the system; whether they were handled.
  @discardableResult
  static func disable() -> Bool {
    guard let state, state.pointee.isEnabled else { return false }
    state.pointee.isEnabled = false
    for index in crashes.indices { uninstall(index) }
    return true
  }

  private static func uninstall(_ index: Int) {
    if !crashes[index].isInstalled { return }
    crashes[index].isInstalled = false
    sigaction(crashes[index].number, &crashes[index].previous, nil)
  }

  /// A crash.
  private static func handle(_ number: Int32) {
    guard let state, state.pointee.isEnabled else { return }
    let code = errno
    let output = SignalSafeOutput(state.pointee.descriptor)
    // First: a crash in here ends the process.
    for index in crashes.indices where crashes[index].number == number {
      uninstall(index)
      output.write("Fatal Python error: ")
      output.write(crashes[index].name)
      output.write("\n\n")
    }
    let thread = ThreadState.ofCallingThread
    TracebackDump.write(current: thread, interpreter: state.pointee.interpreter, allThreads: state.pointee.allThreads, to: output)
    if let interpreter = thread?.pointee.interpreter ?? state.pointee.interpreter {
      TracebackDump.writeNativeModules(of: interpreter, names: state.pointee.moduleNames, to: output)
    }
    if state.pointee.nativeStack {
      output.write("\n")
      TracebackDump.writeNativeStack(to: output)
    }
    errno = code
    // What it did before faulthandler was enabled.
    raise(number)
  }

  /// Ends the process as the runtime does when it cannot go on.
  static func fatalError(_ function: StaticString, _ message: StaticString) -> Never {
    let output = SignalSafeOutput(2)
    output.write("Fatal Python error: ")
    output.write(function)
    output.write(": ")
    output.write(message)
    output.write("\nPython runtime state: initialized\n\n")
    let thread = ThreadState.ofCallingThread
    TracebackDump.write(current: thread, interpreter: state?.pointee.interpreter, allThreads: true, to: output)
    if let interpreter = thread?.pointee.interpreter ?? state?.pointee.interpreter, let names = state?.pointee.moduleNames {
      TracebackDump.writeNativeModules(of: interpreter, names: names, to: output)
    }
    abort()
  }
}

/// Signals that show where threads are, and let the program go on.
enum DumpSignals {
  private struct Registration {
    var isInstalled = false
    var descriptor: Int32 = -1
    var allThreads = true
    var chains = false
    var interpreter: UnsafeMutablePointer<InterpreterState>?
    var previous = sigaction()
  }

  nonisolated(unsafe) private static var registrations: UnsafeMutablePointer<Registration>?

  static func register(_ number: Int32, descriptor: Int32, allThreads: Bool, chains: Bool) -> Bool {
    let places: UnsafeMutablePointer<Registration>
    if let registrations {
      places = registrations
    } else {
      places = .allocate(capacity: Signals.count)
      places.initialize(repeating: Registration(), count: Signals.count)
      registrations = places
    }
    let place = places + Int(number)
    FaultHandler.useSignalStack()
    if !place.pointee.isInstalled {
      var previous = sigaction()
      if !install(number, chains: chains, &previous) { return false }
      place.pointee.previous = previous
    }
    place.pointee.descriptor = descriptor
    place.pointee.allThreads = allThreads
    place.pointee.chains = chains
    place.pointee.interpreter = currentInterpreter
    place.pointee.isInstalled = true
    return true
  }

  private static func install(_ number: Int32, chains: Bool, _ previous: UnsafeMutablePointer<sigaction>?) -> Bool {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { DumpSignals.handle($0) }
    // With a handler to go on to, the signal must get through while this one runs; else interrupted system calls just go on.
    action.sa_flags = (chains ? Int32(bitPattern: UInt32(SA_NODEFER)) : SA_RESTART) | SA_ONSTACK
    return sigaction(number, &action, previous) == 0
  }

  static func unregister(_ number: Int32) -> Bool {
    guard let place = registrations.map({ $0 + Int(number) }), place.pointee.isInstalled else { return false }
    place.pointee.isInstalled = false
    sigaction(number, &place.pointee.previous, nil)
    return true
  }

  private static func handle(_ number: Int32) {
    guard let place = registrations.map({ $0 + Int(number) }), place.pointee.isInstalled else { return }
    let code = errno
    TracebackDump.write(
      current: ThreadState.ofCallingThread, interpreter: place.pointee.interpreter, allThreads: place.pointee.allThreads, to: SignalSafeOutput(place.pointee.descriptor))
    errno = code
    if place.pointee.chains {
      sigaction(number, &place.pointee.previous, nil)
      errno = code
      raise(number)
      _ = install(number, chains: true, nil)
    }
    errno = code
  }

  /// A crash on purpose leaves no file of the process's memory.
  static func allowNoCore() {
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 {
      limit.rlim_cur = 0
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }
  }
}

/// Shows where threads are when a time is over: a thread of its own that runs no Python and needs no lock of the interpreter.
enum DumpTimer {
  private final class Plan: @unchecked Sendable {
    let nanoseconds: Int
    let repeats: Bool
    let exits: Bool
    let output: SignalSafeOutput
    let interpreter: UnsafeMutablePointer<InterpreterState>
    let wakeup: Int32

    init(nanoseconds: Int, repeats: Bool, exits: Bool, descriptor: Int32, interpreter: UnsafeMutablePointer<InterpreterState>, wakeup: Int32) {
      self.nanoseconds = nanoseconds
      self.repeats = repeats
      self.exits = exits
      output = SignalSafeOutput(descriptor)
      self.interpreter = interpreter
      self.wakeup = wakeup
    }
  }

  // Guarded by the interpreter's lock.
  nonisolated(unsafe) private static var thread: pthread_t?
  nonisolated(unsafe) private static var wakeup: Int32 = -1
  nonisolated(unsafe) private static var forkCount = 0

  /// Starts the time; an error number when that fails.
  static func start(nanoseconds: Int, repeats: Bool, exits: Bool, descriptor: Int32) -> Int32? {
    let event = krait_eventfd(0, 0o2000000)
    if event < 0 { return errno }
    let plan = Plan(nanoseconds: nanoseconds, repeats: repeats, exits: exits, descriptor: descriptor, interpreter: currentInterpreter, wakeup: event)
    let argument = Unmanaged.passRetained(plan)
    var all = sigset_t()
    var mask = sigset_t()
    sigfillset(&all)
    // Signals are for the threads of the program.
    pthread_sigmask(SIG_SETMASK, &all, &mask)
    defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
    var identifier = pthread_t()
    let code = pthread_create(
      &identifier, nil,
      { argument in
        if let argument { DumpTimer.run(Unmanaged<Plan>.fromOpaque(argument).takeRetainedValue()) }
        return nil
      }, argument.toOpaque())
    if code != 0 {
      argument.release()
      close(event)
      return code
    }
    thread = identifier
    wakeup = event
    forkCount = Threads.forkCount
    return nil
  }

  /// Ends the time, if one runs.
  static func cancel() {
    guard let running = thread else { return }
    thread = nil
    // The child of a fork has the descriptor, but no such thread.
    if forkCount == Threads.forkCount {
      var one: UInt64 = 1
      _ = write(wakeup, &one, 8)
      pthread_join(running, nil)
    }
    close(wakeup)
  }

  private static func run(_ plan: Plan) {
    var deadline = monotonicNanoseconds()
    repeat {
      deadline = deadline.addingReportingOverflow(plan.nanoseconds).overflow ? Int.max : deadline + plan.nanoseconds
      if isWoken(plan.wakeup, until: deadline) { return }
      let output = plan.output
      output.write("Timeout (")
      writeDuration(plan.nanoseconds, to: output)
      output.write(")!\n")
      TracebackDump.writeThreads(of: plan.interpreter, current: nil, to: output)
      if plan.exits { _exit(1) }
    } while plan.repeats
  }

  /// Waits; whether the plan was given up meanwhile.
  private static func isWoken(_ descriptor: Int32, until deadline: Int) -> Bool {
    while true {
      let left = deadline - monotonicNanoseconds()
      if left <= 0 { return false }
      var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let milliseconds = min((left + 999_999) / 1_000_000, Int(Int32.max))
      if poll(&event, 1, Int32(milliseconds)) > 0 { return true }
    }
  }

  /// Hours, minutes and seconds, as `timedelta` shows them.
  private static func writeDuration(_ nanoseconds: Int, to output: SignalSafeOutput) {
    let microseconds = UInt(nanoseconds / 1000) + (nanoseconds % 1000 != 0 ? 1 : 0)
    let seconds = microseconds / 1_000_000
    output.write(seconds / 3600)
    output.write(":")
    output.write(seconds / 60 % 60, width: 2)
    output.write(":")
    output.write(seconds % 60, width: 2)
    if microseconds % 1_000_000 != 0 {
      output.write(".")
      output.write(microseconds % 1_000_000, width: 6)
    }
  }
}
