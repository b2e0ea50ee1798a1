// The threads of an interpreter: their list, their start and end, and what a fork leaves of them.

import CKraitCore
import Glibc
import KraitSyntax

/// Threads that run Python beside the main thread.
public enum Threads {
  /// How often the process is the child of a fork: what other threads held or waited for before is void.
  public nonisolated(unsafe) private(set) static var forkCount = 0
  /// States of threads that have ended, with their stacks. Guarded by ``lock``, as interpreters share it.
  nonisolated(unsafe) private static var spare: ThreadPointer?
  nonisolated(unsafe) private static var lock: UInt8 = 0
  nonisolated(unsafe) private static var lastIdentifier: UInt64 = 1 << 32

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// The native stack of new threads, unless the program asks for another, and the least that is given.
  private static var nativeStackSize: Int { AddressSpace.size(wanted: 16 << 20, least: smallestStack, share: 128) }
  private static let smallestStack = 2 << 20

  /// `threading.get_ident()` of the process's main thread; in a forked child that is the thread that forked.
  public static var mainIdentifier: UInt { Interpreters.main.pointee.mainThread.map { $0.pointee.systemIdentifier } ?? 0 }

  /// Starts a thread of the calling thread's interpreter; the system's number of it, nil when it cannot have one.
  ///
  /// - Parameters:
  ///   - stackSize: of its native stack; 0 for the usual one.
  ///   - body: what it does, with the interpreter's lock; errors are its own affair. The last thing that is called.
  public static func start(stackSize: Int, _ body: @escaping () -> Void) -> pthread_t? {
    let creator = currentThread
    let interpreter = creator.pointee.interpreter
    let isFree = interpreter.pointee.lock == nil
    if isFree { Sharing.begin(creator) }
    guard let thread = makeState(interpreter, creator) else { return nil }
    let start = ThreadStart(thread: thread, owner: krait_owner(), heap: krait_heap(), body: body)
    if isFree {
      guard let heap = Sharing.adoptHeap(thread, interpreter) else {
        forget(thread)
        return nil
      }
      start.owner = heap.pointee.owner
      start.heap = UnsafeMutableRawPointer(heap)
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize == 0 ? nativeStackSize : max(stackSize, smallestStack))
    var identifier = pthread_t()
    let argument = Unmanaged.passRetained(start)
    let code = pthread_create(
      &identifier, &attributes,
      { argument in
        guard let argument else { return nil }
        Threads.run(Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue())
        return nil
      }, argument.toOpaque())
    if code != 0 {
      argument.release()
      if isFree { start.heap?.assumingMemoryBound(to: Heap.self).pointee.thread = nil }
      forget(thread)
      return nil
    }
    thread.pointee.systemIdentifier = UInt(identifier)
    return identifier
  }

  private static func run(_ start: ThreadStart) {
    let thread = start.thread
    krait_set_current(start.owner, start.heap, thread)
    thread.pointee.nativeStackLimit = StackLimit.current()
    thread.pointee.nativeIdentifier = krait_gettid()
    ThreadState.attach(thread)
    thread.pointee.systemIdentifier = UInt(pthread_self())
    let body = start.body
    start.body = {}
    body()
    end(thread)
  }

  /// A state, recycled if there is one, that begins in an interpreter but is not in its list yet. Nil when there is no memory.
  private static func beginState(_ interpreter: UnsafeMutablePointer<InterpreterState>) -> ThreadPointer? {
    let (recycled, identifier) = synchronized { () -> (ThreadPointer?, UInt64) in
      lastIdentifier += 1
      let thread = spare
      spare = thread?.pointee.next
      return (thread, lastIdentifier)
    }
    guard
      let thread = recycled
        ?? ThreadState.create(interpreter: interpreter, identifier: identifier, stackSize: .thread)
    else { return nil }
    thread.pointee.begin(interpreter, identifier)
    return thread
  }

  /// The state of a new thread, in the interpreter's list.
  private static func makeState(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ creator: ThreadPointer) -> ThreadPointer? {
    guard let thread = beginState(interpreter) else { return nil }
    if interpreter.pointee.lock != nil {
      // Under the lock one set of tables serves all threads; they are made before there is a second thread.
      TypeCache.share(from: creator, to: thread)
      AttributeCache.share(from: creator, to: thread)
    } else {
      thread.pointee.hasPeers = true
    }
    if creator.pointee.breaker & EvalBreaker.monitoring.rawValue != 0 { ThreadState.request(.monitoring, of: thread) }
    add(thread, to: interpreter)
    return thread
  }

  /// Puts a state into the interpreter's list. Under the interpreter's lock, and that of all lists, as others tell its threads to stop.
  private static func add(_ thread: ThreadPointer, to interpreter: UnsafeMutablePointer<InterpreterState>) {
    synchronized {
      thread.pointee.next = interpreter.pointee.threads
      interpreter.pointee.threads = thread
    }
  }

  /// The threads of any interpreter, which stay in its list meanwhile. `body` does next to nothing.
  static func forEachLocked(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ body: (ThreadPointer) -> Void) {
    synchronized {
      var thread = interpreter.pointee.threads
      while let this = thread {
        body(this)
        thread = this.pointee.next
      }
    }
  }

  // MARK: Other interpreters

  /// Lets the calling thread, which belongs to another interpreter or to none, into an interpreter: gives it a state there, and the lock. Nil when there is no memory.
  static func enter(_ interpreter: UnsafeMutablePointer<InterpreterState>) -> ThreadPointer? {
    guard let thread = beginState(interpreter) else { return nil }
    thread.pointee.nativeStackLimit = StackLimit.current()
    thread.pointee.systemIdentifier = UInt(pthread_self())
    thread.pointee.nativeIdentifier = krait_gettid()
    krait_set_current(interpreter.pointee.owner, interpreter.pointee.heap, thread)
    guard let lock = interpreter.pointee.lock else { return enterFree(interpreter, thread) }
    lock.take(thread)
    thread.pointee.updateFrameLimit()
    if interpreter.pointee.isMain, let main = interpreter.pointee.mainThread {
      TypeCache.prepare(main)
      AttributeCache.prepare(main)
      TypeCache.share(from: main, to: thread)
      AttributeCache.share(from: main, to: thread)
    } else {
      interpreter.pointee.tables.give(to: thread)
    }
    add(thread, to: interpreter)
    return thread
  }

  /// As ``enter(_:)``, in the model without a lock. An interpreter that others may enter has threads that exclude one another from the beginning (``Sharing/expectVisitors(_:)``).
  private static func enterFree(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ thread: ThreadPointer) -> ThreadPointer? {
    thread.pointee.hasPeers = true
    ThreadState.attach(thread)
    guard let heap = Sharing.adoptHeap(thread, interpreter) else {
      Sharing.end(interpreter, thread)
      krait_set_current(0, nil, nil)
      return nil
    }
    krait_set_current(heap.pointee.owner, UnsafeMutableRawPointer(heap), thread)
    thread.pointee.updateFrameLimit()
    add(thread, to: interpreter)
    return thread
  }

  /// Takes the calling thread's state out of the interpreter that it entered, and gives the lock up.
  static func leave(_ thread: ThreadPointer) { end(thread) }

  /// The thread has nothing left to do: what its state holds is given up, then the lock.
  private static func end(_ thread: ThreadPointer) {
    ThreadLocals.threadEnds(thread)
    ThreadState.giveUpValues(thread)
    if thread.pointee.interpreter.pointee.lock == nil { Sharing.abandonHeap(thread) }
    forget(thread, givesUpLock: true)
    krait_set_current(0, nil, nil)
  }

  /// Takes a state out of the interpreter's list.
  private static func forget(_ thread: ThreadPointer, givesUpLock: Bool = false) {
    let interpreter = thread.pointee.interpreter
    ThreadCounts.end(thread)
    synchronized { remove(thread, from: interpreter) }
    // After this nobody finds the state, but who waits for the lock may still set bits in its breaker.
    if let lock = interpreter.pointee.lock {
      if givesUpLock { lock.giveUp(thread) }
    } else {
      Sharing.end(interpreter, thread)
    }
    synchronized {
      thread.pointee.next = spare
      spare = thread
    }
  }

  private static func remove(_ thread: ThreadPointer, from interpreter: UnsafeMutablePointer<InterpreterState>) {
    if interpreter.pointee.threads == thread {
      interpreter.pointee.threads = thread.pointee.next
    } else {
      var place = interpreter.pointee.threads
      while let this = place, this.pointee.next != thread { place = this.pointee.next }
      place?.pointee.next = thread.pointee.next
    }
    thread.pointee.next = nil
  }

  /// The threads of the calling thread's interpreter, the newest first. Under its lock.
  static func forEach<Failure: Error>(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ body: (ThreadPointer) throws(Failure) -> Void) throws(Failure) {
    var thread = interpreter.pointee.threads
    while let this = thread {
      thread = this.pointee.next
      try body(this)
    }
  }

  /// The task that an event loop runs, in whichever thread of the calling thread's interpreter that is; absent for none. Borrowed.
  public static func task(runningIn loop: Value) -> Value {
    if currentThread.pointee.runningLoop === loop { return currentThread.pointee.runningTask }
    var task = Value.absent
    forEach(currentInterpreter) { if $0.pointee.runningLoop === loop { task = $0.pointee.runningTask } }
    return task
  }

  /// How many threads the calling thread's interpreter has.
  public static var count: Int {
    var count = 0
    forEach(currentInterpreter) { _ in count += 1 }
    return count
  }

  /// Whether a number is that of a living thread of the calling thread's interpreter, as `threading.get_ident()` gives it.
  public static func isAlive(_ identifier: UInt) -> Bool {
    var isKnown = false
    forEach(currentInterpreter) { if $0.pointee.systemIdentifier == identifier { isKnown = true } }
    return isKnown
  }

  // MARK: Fork

  /// In front of a fork: without a lock, the interpreter's other threads stay between two instructions until the calling one leaves its native code, so that the copy finds no object
  /// of theirs half made.
  public static func beforeFork() {
    Sharing.stopOthers(currentThread)
    ThreadCounts.foldAll(currentInterpreter)
  }

  /// In a forked child: the calling thread is the only one, and the main thread from now on.
  public static func afterFork() {
    forkCount += 1
    let thread = currentThread
    let interpreter = thread.pointee.interpreter
    krait_store8_release(&lock, 0)
    // What the others were doing is never finished: their states stay as they are, and hold what they hold.
    thread.pointee.next = nil
    interpreter.pointee.threads = thread
    interpreter.pointee.mainThread = thread
    Interpreters.afterFork()
    ModuleData.afterFork()
    CodeObject.afterFork()
    LockTrace.afterFork()
    thread.pointee.nativeIdentifier = krait_gettid()
    thread.pointee.systemIdentifier = UInt(pthread_self())
    if let lock = interpreter.pointee.lock { lock.afterFork(thread) } else { Sharing.afterFork(thread, interpreter) }
    Signals.afterFork(thread)
    // The event loop is the parent's.
    let held = [thread.pointee.runningLoop, thread.pointee.runningTask]
    thread.pointee.runningLoop = .absent
    thread.pointee.runningTask = .absent
    for value in held { value.releaseIfPresent() }
    TimeLimits.afterFork(thread)
  }
}

/// What a new thread begins with.
private final class ThreadStart: @unchecked Sendable {
  let thread: ThreadPointer
  var owner: UInt64
  var heap: UnsafeMutableRawPointer?
  var body: () -> Void
  init(thread: ThreadPointer, owner: UInt64, heap: UnsafeMutableRawPointer?, body: @escaping () -> Void) {
    self.thread = thread
    self.owner = owner
    self.heap = heap
    self.body = body
  }
}

extension ThreadState {
  /// Makes the state, new or recycled, that of a thread which is about to start.
  fileprivate mutating func begin(_ interpreter: UnsafeMutablePointer<InterpreterState>, _ identifier: UInt64) {
    self.interpreter = interpreter
    self.identifier = identifier
    _ = withUnsafeMutablePointer(to: &breaker) { krait_exchange64($0, 0) }
    stopReason = 0
    asksEagerly = false
    systemIdentifier = 0
    nativeIdentifier = 0
    coroutineOriginDepth = 0
    tracingDepth = 0
    isReraising = false
    isOutside = false
    updateFrameLimit()
  }

  /// Releases everything that the state holds: the end of the thread.
  fileprivate static func giveUpValues(_ thread: ThreadPointer) {
    // What is released may run code that needs the state, and even sets some of it again.
    for _ in 0..<2 {
      let held = [
        thread.pointee.traceFunction, thread.pointee.profileFunction, thread.pointee.context, thread.pointee.runningLoop, thread.pointee.runningTask, thread.pointee.asyncGeneratorFirstIteration,
        thread.pointee.asyncGeneratorFinalizer, thread.pointee.representing, thread.pointee.exception, thread.pointee.handledException, thread.pointee.result,
      ]
      thread.pointee.traceFunction = .absent
      thread.pointee.profileFunction = .absent
      thread.pointee.context = .absent
      thread.pointee.runningLoop = .absent
      thread.pointee.runningTask = .absent
      thread.pointee.asyncGeneratorFirstIteration = .absent
      thread.pointee.asyncGeneratorFinalizer = .absent
      thread.pointee.representing = .absent
      thread.pointee.exception = .absent
      thread.pointee.handledException = .absent
      thread.pointee.result = .absent
      for value in held { value.releaseIfPresent() }
    }
    if thread.pointee.interpreter.pointee.lock == nil {
      // They are the thread's own.
      TypeCache.clear()
      AttributeCache.clear()
      free(thread.pointee.typeCache)
      free(thread.pointee.superCache)
      free(thread.pointee.attributeCache)
    }
    thread.pointee.typeCache = nil
    thread.pointee.superCache = nil
    thread.pointee.attributeCache = nil
    // Pages that a deep recursion took go back to the system.
    let kept = 64 << 10
    madvise(UnsafeMutableRawPointer(thread.pointee.valueStack.baseAddress.unsafelyUnwrapped) + kept, thread.pointee.valueStack.count * 8 - kept, MADV_DONTNEED)
    madvise(
      UnsafeMutableRawPointer(thread.pointee.controlStack.baseAddress.unsafelyUnwrapped) + kept,
      thread.pointee.controlStack.count * MemoryLayout<Frame>.stride - kept, MADV_DONTNEED)
  }
}
