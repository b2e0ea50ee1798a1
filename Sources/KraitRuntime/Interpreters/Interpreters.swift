// The interpreters of the process: making them, going into them, ending them.

import CKraitCore
import Glibc
import KraitSyntax

public typealias InterpreterPointer = UnsafeMutablePointer<InterpreterState>

/// The registry of interpreters.
///
/// An interpreter is known by its number. Who has a pointer to one that is not its own is a visitor (``visit(_:orElse:_:)``): it is not ended meanwhile.
public enum Interpreters {
  /// Guards the list, and the fields of ``InterpreterState`` that say so. Held for a few instructions only; nothing that can wait is done under it.
  nonisolated(unsafe) private static var lock: UInt8 = 0
  /// The one that was made last.
  nonisolated(unsafe) private static var newest: InterpreterPointer?
  nonisolated(unsafe) private static var first: InterpreterPointer?
  nonisolated(unsafe) private static var lastNumber = 0
  /// How many states were made, of interpreters with and without a number.
  nonisolated(unsafe) private static var madeCount: UInt64 = 0
  /// Locks of interpreters that have ended. Their memory is never given back.
  nonisolated(unsafe) private static var spareLocks: [InterpreterLock] = []

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// The main interpreter. Only after ``Runtime/start()``.
  public static var main: InterpreterPointer { first.unsafelyUnwrapped }

  static func add(_ interpreter: InterpreterPointer) {
    synchronized {
      if first == nil { first = interpreter }
      interpreter.pointee.previous = newest
      newest = interpreter
    }
  }

  private static func find(_ number: Int) -> InterpreterPointer? {
    var place = newest
    while let interpreter = place {
      if interpreter.pointee.identifier == number { return interpreter }
      place = interpreter.pointee.previous
    }
    return nil
  }

  private static func remove(_ interpreter: InterpreterPointer) {
    if newest == interpreter {
      newest = interpreter.pointee.previous
      return
    }
    var place = newest
    while let this = place, this.pointee.previous != interpreter { place = this.pointee.previous }
    place?.pointee.previous = interpreter.pointee.previous
  }

  /// Puts an interpreter into the place that another has in the list.
  private static func replace(_ old: InterpreterPointer, _ new: InterpreterPointer) {
    new.pointee.previous = old.pointee.previous
    if newest == old {
      newest = new
      return
    }
    var place = newest
    while let this = place, this.pointee.previous != old { place = this.pointee.previous }
    place?.pointee.previous = new
  }

  // MARK: Looking

  /// What others may know of an interpreter.
  public struct Summary: Sendable {
    public let identifier: Int
    public let origin: InterpreterState.Origin
    public let configuration: InterpreterConfiguration
    public let isReady: Bool
    /// A program runs in its `__main__`; always so in the main interpreter.
    public let isRunning: Bool

    init(_ interpreter: InterpreterPointer) {
      identifier = interpreter.pointee.identifier
      origin = interpreter.pointee.origin
      configuration = interpreter.pointee.configuration
      isReady = interpreter.pointee.isReady
      isRunning = interpreter.pointee.isMain || interpreter.pointee.runner != nil
    }
  }

  /// The interpreters in the order of their making.
  public static var all: [Summary] {
    synchronized {
      var result: [Summary] = []
      var place = newest
      while let interpreter = place {
        result.append(Summary(interpreter))
        place = interpreter.pointee.previous
      }
      return result.reversed()
    }
  }

  /// The interpreter with a number; nil when there is none.
  public static func summary(of number: Int) -> Summary? { synchronized { find(number).map { Summary($0) } } }

  // MARK: Ends that others hear of

  nonisolated(unsafe) private static var observers: [@Sendable (Int) -> Void] = []
  nonisolated(unsafe) private static var observerNames: Set<String> = []

  /// Calls `body` with the number of each interpreter that ends, when its programs and modules are gone and its memory is still there.
  ///
  /// - Parameter name: of who asks; the second request of one name is none.
  public static func observeEnds(_ name: String = #fileID, _ body: @escaping @Sendable (Int) -> Void) {
    synchronized { if observerNames.insert(name).inserted { observers.append(body) } }
  }

  // MARK: References by number

  /// Counts a reference to an interpreter.
  public static func retain(_ number: Int, endsWithReferences: Bool = false) {
    synchronized {
      guard let interpreter = find(number) else { return }
      if endsWithReferences { interpreter.pointee.endsWithReferences = true }
      interpreter.pointee.identifierReferences += 1
    }
  }

  /// The interpreter is to end with the last reference to it.
  public static func endWithReferences(_ number: Int) { synchronized { find(number)?.pointee.endsWithReferences = true } }

  /// Gives a reference back; the interpreter ends with the last if it was made so.
  public static func release(_ number: Int) throws(PyError) {
    let isLast = synchronized { () -> Bool in
      guard let interpreter = find(number), interpreter.pointee.identifierReferences > 0 else { return false }
      interpreter.pointee.identifierReferences -= 1
      return interpreter.pointee.identifierReferences == 0 && interpreter.pointee.endsWithReferences
    }
    if isLast { try end(number) }
  }

  // MARK: Making

  /// Makes an interpreter, ready to run programs; its number. The calling thread belongs to an interpreter or to none.
  ///
  public static func make(_ configuration: InterpreterConfiguration, origin: InterpreterState.Origin) throws(PyError) -> Int {
    guard configuration.isConsistent else { throw PyError.raise(.interpreterError, "sub-interpreter creation failed") }
    if currentInterpreter.pointee.isFinalizing { throw PyError.raise(.pythonFinalizationError, "can't create new interpreter at interpreter shutdown") }
    let image = InterpreterImage.current()
    guard let interpreter = makeState(configuration, origin) else { throw PyError.memoryError() }
    // Whoever finds it in the list cannot end it before its number is known.
    interpreter.pointee.visitors = 1
    add(interpreter)
    let failure = inside(interpreter) { () -> String? in
      do throws(PyError) {
        try Runtime.prepare(interpreter, from: image)
        synchronized { interpreter.pointee.isReady = true }
        return nil
      } catch {
        let exception = currentThread.pointee.takeException()
        return exception.value.isAbsent ? "no memory" : CapturedException.message(of: exception.value)
      }
    }
    switch failure {
    case .some(.none):
      let number = interpreter.pointee.identifier
      relinquish(interpreter)
      return number
    case .some(.some(let message)):
      synchronized { interpreter.pointee.isClosing = true }
      finish(interpreter)
      throw PyError.raise(.interpreterError, message)
    case .none:
      synchronized { remove(interpreter) }
      dispose(interpreter)
      throw PyError.memoryError()
    }
  }

  /// An interpreter that nobody finds: what an image is made of.
  static func makeUnlisted() -> InterpreterPointer? { makeState(.isolated, .runtime, number: -1) }

  /// The state of a new interpreter, not in the list yet, with heap and lock.
  ///
  /// - Parameter number: nil for the next one.
  private static func makeState(_ configuration: InterpreterConfiguration, _ origin: InterpreterState.Origin, number: Int? = nil) -> InterpreterPointer? {
    let (number, owner, spareLock) = synchronized { () -> (Int, UInt64, InterpreterLock?) in
      if number == nil { lastNumber += 1 }
      madeCount += 1
      return (number ?? lastNumber, Runtime.mainOwner + madeCount, spareLocks.popLast())
    }
    if Runtime.isFree, let thread = ThreadState.ofCallingThread { Sharing.expectVisitors(thread) }
    guard let heap = Heap.create(owner: owner, debugging: main.pointee.heap.pointee.isDebugging) else {
      if let spareLock { synchronized { spareLocks.append(spareLock) } }
      return nil
    }
    let interpreter = InterpreterState.create(identifier: number, owner: owner, heap: heap)
    interpreter.pointee.configuration = configuration
    // As CPython tells it: what was left open is settled.
    if configuration.lockScope == .standard { interpreter.pointee.configuration.lockScope = .shared }
    interpreter.pointee.origin = origin
    interpreter.pointee.recursionLimit = main.pointee.recursionLimit
    interpreter.pointee.integerDigitsLimit = main.pointee.integerDigitsLimit
    interpreter.pointee.switchInterval = main.pointee.switchInterval
    let isShared = configuration.lockScope != .own || RuntimeConfiguration.current.threadingModel == .process
    if isShared, let mainLock = main.pointee.lock {
      interpreter.pointee.lock = mainLock
      if let spareLock { synchronized { spareLocks.append(spareLock) } }
    } else {
      interpreter.pointee.lock = spareLock ?? InterpreterLock()
      interpreter.pointee.ownsLock = true
    }
    return interpreter
  }

  // MARK: Workers of pools

  /// What the first call of a pool's worker imports is there without imports: an interpreter that nobody has been in yet gives its place to one that is copied with these modules. Nothing happens where
  /// that cannot be; then the call imports them.
  public static func prepareWorker(_ number: Int) {
    func isUntouched(_ interpreter: InterpreterPointer) -> Bool {
      !interpreter.pointee.wasEntered && !interpreter.pointee.isClosing && interpreter.pointee.isReady && interpreter.pointee.configuration == .isolated
    }
    let origin = synchronized { find(number).flatMap { isUntouched($0) ? $0.pointee.origin : nil } }
    guard let origin, let image = InterpreterImage.current(.worker) else { return }
    if let folder = InterpreterState.programFolder, image.mayBeHidden(by: folder) { return }
    guard let interpreter = makeState(.isolated, origin, number: number) else { return }
    let isPrepared = inside(interpreter) { () -> Bool in
      do throws(PyError) {
        try Runtime.prepareWorker(interpreter, from: image)
        interpreter.pointee.isReady = true
        return true
      } catch {
        PyError.clear()
        return false
      }
    }
    let unused = synchronized { () -> InterpreterPointer in
      guard isPrepared == true, let old = find(number), isUntouched(old) else { return interpreter }
      interpreter.pointee.recursionLimit = old.pointee.recursionLimit
      interpreter.pointee.integerDigitsLimit = old.pointee.integerDigitsLimit
      interpreter.pointee.switchInterval = old.pointee.switchInterval
      interpreter.pointee.identifierReferences = old.pointee.identifierReferences
      interpreter.pointee.endsWithReferences = old.pointee.endsWithReferences
      replace(old, interpreter)
      return old
    }
    _ = inside(unused) {
      unused.pointee.moduleStorage.releaseMemory()
      unused.pointee.keyTransitions.clear()
    }
    dispose(unused)
  }

  // MARK: Going in

  /// Runs code in an interpreter on the calling thread, which leaves its own for the time; nil when there is no memory for its state there.
  ///
  /// Nothing of one interpreter may go into the other but plain data. `body` catches what it throws.
  static func inside<Result>(_ interpreter: InterpreterPointer, _ body: () -> Result) -> Result? {
    let (owner, heap, raw) = (krait_owner(), krait_heap(), krait_thread())
    let thread = raw?.assumingMemoryBound(to: ThreadState.self)
    if let thread { ThreadState.detach(thread) }
    defer {
      krait_set_current(owner, heap, raw)
      if let thread { ThreadState.attach(thread) }
    }
    guard let state = Threads.enter(interpreter) else { return nil }
    let result = body()
    Threads.leave(state)
    return result
  }

  /// What became of a visit.
  public enum Visit<Result> {
    case done(Result)
    /// There is no interpreter of that number, or it is at its end.
    case unknown
    /// Its programs were ended for good.
    case terminated
    case noMemory
  }

  /// Runs code in the interpreter with a number, on the calling thread.
  ///
  /// Nothing of one interpreter may go into the other but plain data. `body` catches what it throws. The thread's own interpreter is not left.
  public static func visit<Result>(_ number: Int, _ body: (InterpreterPointer) -> Result) -> Visit<Result> {
    if let thread = krait_thread(), thread.assumingMemoryBound(to: ThreadState.self).pointee.interpreter.pointee.identifier == number {
      return .done(body(currentInterpreter))
    }
    guard let interpreter = acquire(number) else { return .unknown }
    defer { relinquish(interpreter) }
    if interpreter.pointee.isTerminated { return .terminated }
    guard let result = inside(interpreter, { body(interpreter) }) else { return .noMemory }
    return .done(result)
  }

  /// An interpreter that is not ended before ``relinquish(_:)``; nil when there is none of that number, or it is at its end.
  static func acquire(_ number: Int, terminating: Bool = false) -> InterpreterPointer? {
    synchronized { () -> InterpreterPointer? in
      guard let interpreter = find(number), !interpreter.pointee.isClosing else { return nil }
      interpreter.pointee.visitors += 1
      interpreter.pointee.wasEntered = true
      if terminating { interpreter.pointee.isTerminated = true }
      return interpreter
    }
  }

  /// The thread that runs a program in an interpreter's `__main__`. The interpreter's own threads set it; others look.
  public static func setRunner(_ interpreter: InterpreterPointer, _ thread: ThreadPointer?) { synchronized { interpreter.pointee.runner = thread } }

  static func runner(_ interpreter: InterpreterPointer) -> ThreadPointer? { synchronized { interpreter.pointee.runner } }

  static func relinquish(_ interpreter: InterpreterPointer) { synchronized { interpreter.pointee.visitors -= 1 } }

  /// Whether a thread from outside is in an interpreter.
  static func isBusy(_ number: Int) -> Bool { synchronized { find(number).map { $0.pointee.visitors > 0 } ?? false } }

  // MARK: The end

  /// Ends the interpreter with a number: its threads come to their end, `atexit` functions and finalisers run, its memory goes back to the system.
  public static func end(_ number: Int) throws(PyError) {
    enum Obstacle { case unknown, current, running }
    let current = currentInterpreter
    let (known, obstacle) = synchronized { () -> (InterpreterPointer?, Obstacle?) in
      guard let interpreter = find(number), !interpreter.pointee.isClosing else { return (nil, .unknown) }
      if interpreter == current { return (nil, .current) }
      if interpreter.pointee.isMain || interpreter.pointee.runner != nil || interpreter.pointee.visitors > 0 { return (nil, .running) }
      interpreter.pointee.isClosing = true
      return (interpreter, nil)
    }
    switch obstacle {
    case .unknown: throw PyError.raise(.interpreterNotFoundError, "unrecognized interpreter ID \(number)")
    case .current: throw PyError.raise(.interpreterError, "cannot destroy the current interpreter")
    case .running: throw PyError.raise(.interpreterError, "interpreter running")
    case nil: break
    }
    guard let interpreter = known else { return }
    finish(interpreter)
  }

  // MARK: Memory that others hold

  /// Something outside of the calling interpreter refers to memory of its heap.
  public static func pin(_ interpreter: InterpreterPointer) { synchronized { interpreter.pointee.pins += 1 } }

  static func isPinned(_ interpreter: InterpreterPointer) -> Bool { synchronized { interpreter.pointee.pins > 0 } }

  /// Undoes ``pin(_:)``; `body` gives up what was held, in the interpreter if it is still there, and with the last pin its memory goes if it is not.
  public static func unpin(_ interpreter: InterpreterPointer, _ body: () -> Void) {
    let canEnter = synchronized { () -> Bool in
      if interpreter.pointee.isClosing { return false }
      interpreter.pointee.visitors += 1
      return true
    }
    if canEnter {
      if krait_thread() != nil, currentInterpreter == interpreter { body() } else { _ = inside(interpreter, body) }
    }
    let isLast = synchronized { () -> Bool in
      if canEnter { interpreter.pointee.visitors -= 1 }
      interpreter.pointee.pins -= 1
      return interpreter.pointee.pins == 0 && interpreter.pointee.isEnded
    }
    if isLast { dispose(interpreter) }
  }

  /// Ends an interpreter that is marked as closing.
  private static func finish(_ interpreter: InterpreterPointer) {
    var isEmpty = false
    _ = inside(interpreter) {
      // What Python code there is still to run stops at once.
      if interpreter.pointee.isTerminated { ThreadState.stop(currentThread, .terminated) }
      // One that could not be made may not even have the modules that the end of a program begins with.
      if interpreter.pointee.sys.isAbsent { interpreter.pointee.moduleStorage.releaseMemory() } else { MainProgram.finishInterpreter() }
      if interpreter.pointee.isTerminated { waitForThreads(interpreter) }
      isEmpty = interpreter.pointee.threads == currentThread && currentThread.pointee.next == nil
    }
    let number = interpreter.pointee.identifier
    for observer in synchronized({ observers }) { observer(number) }
    let isUnused = synchronized { () -> Bool in
      remove(interpreter)
      interpreter.pointee.isEnded = isEmpty
      return isEmpty && interpreter.pointee.pins == 0
    }
    // Threads that are left hold memory of it, and stay where they are: so does the memory.
    if isUnused { dispose(interpreter) }
  }

  /// Threads of a terminated interpreter end by themselves at their next safepoint.
  private static func waitForThreads(_ interpreter: InterpreterPointer) {
    for _ in 0..<2000 {
      if interpreter.pointee.threads == currentThread && currentThread.pointee.next == nil { return }
      Threads.forEachLocked(interpreter) { if $0 != currentThread { ThreadState.stop($0, .terminated) } }
      withoutLock { _ = usleep(500) }
    }
  }

  /// Gives an interpreter's memory back, whatever is in it. No thread is in it.
  private static func dispose(_ interpreter: InterpreterPointer) {
    let heap = interpreter.pointee.heap
    SubclassList.forgetClasses(of: interpreter.pointee.owner)
    interpreter.pointee.weakReferences.free()
    if let table = interpreter.pointee.internTable { InternTable.destroy(table) }
    interpreter.pointee.moduleStorage.free()
    interpreter.pointee.tables.free()
    if interpreter.pointee.ownsLock, let lock = interpreter.pointee.lock { synchronized { spareLocks.append(lock) } }
    interpreter.deinitialize(count: 1)
    interpreter.deallocate()
    Heap.destroy(heap)
  }

  /// The end of the main interpreter: the others go before it; false when there were none.
  static func endAll() -> Bool {
    var found = false
    while true {
      let known = synchronized { () -> InterpreterPointer? in
        var place = newest
        while let interpreter = place {
          if !interpreter.pointee.isMain && !interpreter.pointee.isClosing && interpreter.pointee.runner == nil && interpreter.pointee.visitors == 0 {
            interpreter.pointee.isClosing = true
            return interpreter
          }
          place = interpreter.pointee.previous
        }
        return nil
      }
      guard let interpreter = known else { return found }
      found = true
      finish(interpreter)
    }
  }

  /// In a forked child only the interpreter of the thread that forked goes on; the main one's state stays, as much refers to it.
  static func afterFork() {
    krait_store8_release(&lock, 0)
    InterpreterImage.afterFork()
    SharedObjects.afterFork()
    FunctionDescriptions.afterFork()
    let current = currentInterpreter
    current.pointee.previous = current == first ? nil : first
    current.pointee.visitors = 0
    first?.pointee.previous = nil
    newest = current
  }
}
