// Starting threads, and waiting for their end: `_thread.start_new_thread`, `_ThreadHandle`.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var handleType = ModuleType()
/// The handles of threads that the end of the interpreter waits for: a list.
nonisolated(unsafe) private var awaitedHandles = InterpreterValue()
nonisolated(unsafe) private var threadStackSize = 0
/// How many threads run that this module started.
nonisolated(unsafe) private var counter = InterpreterMemory<Int>()

private enum Stage: UInt8 { case new, starting, running, done }

private struct HandleContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  /// The thread's number; 0 before it is started.
  var identifier: UInt
  var waiters: WaitQueue
  var stageNumber: UInt8
  /// How often the process had been forked when the thread started.
  var forkCount: Int

  /// The system keeps the thread until somebody joins it: what the handle has outside of the heap, which the end of an interpreter asks about.
  var isJoinable: Bool {
    get { state.detail != 0 }
    set { state.detail = newValue ? 1 : 0 }
  }

  static func of(_ value: Value) -> UnsafeMutablePointer<HandleContents> { value.object.assumingMemoryBound(to: HandleContents.self) }

  /// The thread's stage; those that a fork left behind are done.
  var stage: Stage {
    get {
      let stage = Stage(rawValue: stageNumber) ?? .new
      if stage == .running || stage == .starting, forkCount != Threads.forkCount, identifier != Threads.mainIdentifier { return .done }
      return stage
    }
    set { stageNumber = newValue.rawValue }
  }
}

// MARK: - Handles

func defineHandle(_ m: ModuleBuilder) throws(PyError) {
  handleType = ModuleType(
    try m.defineType("_ThreadHandle") { t in
      t.documentation = "A thread of the system."
      t.basicSize = MemoryLayout<HandleContents>.size
      t.shapeFlags.insert(.hasState)
      t.new("_ThreadHandle()") { (call: Call) throws(PyError) -> Owned in Owned(taking: try TypeObject(call.receiver).allocate()) }
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = raw.assumingMemoryBound(to: HandleContents.self)
        if contents.pointee.isJoinable && contents.pointee.forkCount == Threads.forkCount { pthread_detach(pthread_t(contents.pointee.identifier)) }
        finishDeallocation(raw)
      }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        try Owned.string("<\(object.type.fullName) object: ident=\(HandleContents.of(object).pointee.identifier)>")
      }
      t.getter("ident", "The thread's number.") { (object: Value) throws(PyError) -> Owned in
        try Owned.integer(Int(bitPattern: HandleContents.of(object).pointee.identifier))
      }
      t.method("is_done()", "Whether the thread has ended.") { (call: Call) throws(PyError) -> Owned in
        .boolean(HandleContents.of(call.receiver).pointee.stage == .done)
      }
      t.method("_set_done()", "Note that the thread has ended.") { (call: Call) throws(PyError) -> Owned in
        let contents = HandleContents.of(call.receiver)
        if contents.pointee.stage == .new || contents.pointee.stage == .starting { throw .runtimeError("thread not started") }
        if contents.pointee.isJoinable && contents.pointee.forkCount == Threads.forkCount { pthread_detach(pthread_t(contents.pointee.identifier)) }
        contents.pointee.isJoinable = false
        markDone(call.receiver)
        return .none
      }
      t.method("join(timeout=None, /)", "Wait for the thread's end.") { (call: Call) throws(PyError) -> Owned in
        let timeout = call[0].isNone ? -1 : try nanoseconds(fromSeconds: call[0], rounding: .timeout)
        try join(Owned(copying: call.receiver), timeout: timeout)
        // What the thread sent is heard before the caller goes on.
        try checkSignals()
        return .none
      }
    })
  try m.function("_make_thread_handle(ident, /)", "Make the handle of a running thread.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isInteger else { throw .typeError("ident must be an integer") }
    let identifier = try call.int(0)
    let handle = Owned(taking: try handleType.object.allocate())
    let contents = HandleContents.of(handle.value)
    contents.pointee.identifier = UInt(bitPattern: identifier)
    contents.pointee.stage = .running
    contents.pointee.forkCount = Threads.forkCount
    return handle
  }
  try m.function("_shutdown()", "Wait for the threads that are no daemons.") { (_: Call) throws(PyError) -> Owned in
    while true {
      let list = Owned(copyingIfPresent: awaitedHandles.value)
      if list.value.isAbsent || ListObject(list.value).count == 0 { return .none }
      let handle = Owned(copying: ListObject(list.value)[0])
      ListObject(list.value).removeItems(0, 1)
      if HandleContents.of(handle.value).pointee.identifier == currentThread.pointee.systemIdentifier { continue }
      do throws(PyError) { try join(handle.copy(), timeout: -1) } catch {
        reportUnraisable("Exception ignored while joining a thread in _thread._shutdown()", .absent)
      }
    }
  }
}

/// Waits for a thread's end; the handle tells whether it came in time.
private func join(_ handle: consuming Owned, timeout: Int) throws(PyError) {
  let contents = HandleContents.of(handle.value)
  if contents.pointee.stage == .new { throw .runtimeError("thread not started") }
  if contents.pointee.stage != .done && contents.pointee.identifier == currentThread.pointee.systemIdentifier { throw .runtimeError("Cannot join current thread") }
  let deadline = WaitDeadline(timeout: timeout)
  let waiters = (UnsafeMutableRawPointer(contents) + MemoryLayout<HandleContents>.offset(of: \.waiters).unsafelyUnwrapped).assumingMemoryBound(to: WaitQueue.self)
  while contents.pointee.stage != .done {
    // Threads that are left now never come in again.
    if currentInterpreter.pointee.isFinalizing { throw PyError.raise(.pythonFinalizationError, "cannot join thread at Python shutdown") }
    if !(try waiters.wait(until: deadline)) && contents.pointee.stage != .done { return }
  }
  guard contents.pointee.isJoinable, contents.pointee.forkCount == Threads.forkCount else { return }
  contents.pointee.isJoinable = false
  let thread = pthread_t(contents.pointee.identifier)
  // It has nothing left to do but to leave the system.
  withoutLock { _ = pthread_join(thread, nil) }
}

private func markDone(_ handle: Value) {
  HandleContents.of(handle).pointee.stage = .done
  HandleContents.of(handle).pointee.waiters.wakeAll()
  removeAwaited(handle)
}

// MARK: - Starting

func defineStarting(_ m: ModuleBuilder) throws(PyError) {
  for name in ["start_new_thread", "start_new"] as [StaticString] {
    try m.rawFunction(name, "Call a function with arguments in a new thread.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
      try arguments.checkNoKeywords("start_new_thread")
      let count = arguments.positionalCount
      if count < 2 { throw .typeError("start_new_thread expected at least 2 arguments, got \(count)") }
      if count > 3 { throw .typeError("start_new_thread expected at most 3 arguments, got \(count)") }
      let keywords = count == 3 ? arguments.base[2] : .absent
      if !arguments.base[0].isCallable { throw .typeError("first arg must be callable") }
      if !arguments.base[1].isTuple { throw .typeError("2nd arg must be a tuple") }
      if !keywords.isAbsent && !keywords.isDict { throw .typeError("optional 3rd arg must be a dictionary") }
      try audit("_thread.start_new_thread", arguments.base[0], arguments.base[1], keywords.isAbsent ? .none : keywords)
      let handle = Owned(taking: try handleType.object.allocate())
      try start(arguments.base[0], arguments.base[1], keywords, handle.value, isDaemon: true)
      return try Owned.integer(Int(bitPattern: HandleContents.of(handle.value).pointee.identifier))
    }
  }
  try m.function("start_joinable_thread(function, handle=None, daemon=True)", "Call a function in a new thread; return the thread's handle.") {
    (call: Call) throws(PyError) -> Owned in
    let isDaemon = try call.bool(2)
    if !call[0].isCallable { throw .typeError("thread function must be callable") }
    if !call[1].isNone && !handleType.includes(call[1]) { throw .typeError("'handle' must be a _ThreadHandle") }
    try audit("_thread.start_joinable_thread", call[0], Value(smallInteger: isDaemon ? 1 : 0), call[1])
    let handle = call[1].isNone ? Owned(taking: try handleType.object.allocate()) : Owned(copying: call[1])
    if HandleContents.of(handle.value).pointee.stage != .new { throw .runtimeError("thread already started") }
    let empty = try Owned.tuple(copying: [])
    try start(call[0], empty.value, .absent, handle.value, isDaemon: isDaemon)
    return handle
  }
  try m.function("_count()", "Return how many threads run that this module started.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(try counter.pointer().pointee)
  }
  try m.function("stack_size(size=0, /)", "Set the stack size of new threads, and return the former one.") { (call: Call) throws(PyError) -> Owned in
    let size = try call.int(0)
    if size != 0 && size < 53248 { throw .valueError("size must be at least 53248 bytes") }
    let old = threadStackSize
    threadStackSize = size
    return try Owned.integer(old)
  }
}

/// Starts a thread that calls a function, and makes it the handle's.
private func start(_ function: Value, _ arguments: Value, _ keywords: Value, _ handle: Value, isDaemon: Bool) throws(PyError) {
  if currentInterpreter.pointee.isFinalizing { throw PyError.raise(.pythonFinalizationError, "can't create new thread at interpreter shutdown") }
  if !currentInterpreter.pointee.configuration.allowsThreads { throw .runtimeError("thread is not supported for isolated subinterpreters") }
  let count = try counter.pointer()
  if !isDaemon {
    if awaitedHandles.value.isAbsent { try awaitedHandles.set(try Owned.list()) }
    try ListObject(awaitedHandles.value).append(handle)
  }
  let contents = HandleContents.of(handle)
  contents.pointee.forkCount = Threads.forkCount
  contents.pointee.stage = .starting
  // The new thread owns these.
  let (function, arguments, keywords, held) = (
    Owned(copying: function).take(), Owned(copying: arguments).take(), Owned(copyingIfPresent: keywords).take(), Owned(copying: handle).take()
  )
  let thread = Threads.start(stackSize: threadStackSize) {
    HandleContents.of(held).pointee.identifier = currentThread.pointee.systemIdentifier
    run(Owned(taking: function), Owned(taking: arguments), Owned(taking: keywords))
    count.pointee -= 1
    markDone(held)
    held.release()
  }
  guard let thread else {
    contents.pointee.stage = .new
    for value in [function, arguments, keywords, held] { value.releaseIfPresent() }
    if !isDaemon { removeAwaited(handle) }
    throw .runtimeError("can't start new thread")
  }
  // The new thread waits for the lock, which this one has held all the time.
  contents.pointee.identifier = UInt(thread)
  contents.pointee.isJoinable = true
  contents.pointee.stage = .running
  count.pointee += 1
}

private func reportFailure(of function: Value) {
  let exception = currentThread.pointee.takeException()
  var shown = "<object repr() failed>"
  do throws(PyError) { shown = try function.repr().text } catch { PyError.clear() }
  currentThread.pointee.setException(exception)
  reportUnraisable("Exception ignored in thread started by \(shown)", .absent)
}

private func removeAwaited(_ handle: Value) {
  let list = awaitedHandles.value
  if list.isAbsent { return }
  for index in 0..<ListObject(list).count where ListObject(list)[index] === handle { return ListObject(list).removeItems(index, 1) }
}

/// What a new thread does.
private func run(_ function: consuming Owned, _ arguments: consuming Owned, _ keywords: consuming Owned) {
  do throws(PyError) {
    let items = TupleObject(arguments.value).buffer
    _ = keywords.value.isAbsent ? try function.value.call(items, keywords: .none) : try function.value.call(items, keywords: keywords.value)
  } catch {
    if PyError.matches(.systemExit) { PyError.clear() } else { reportFailure(of: function.value) }
  }
}
