// Tasks in memory, and their steps: each lets the coroutine go on until it waits for a future, whose end makes the next step.

import CKraitCore
import KraitRuntime

nonisolated(unsafe) var taskType = ModuleType()
nonisolated(unsafe) var stepType = ModuleType()

/// A `_asyncio.Task` or an instance of a class derived from it.
struct TaskObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var future: FutureObject.Contents
    /// What the coroutine waits for; owned, as the following, or absent.
    var waiter: Value
    var coroutine: Value
    var name: Value
    var context: Value
    /// Its neighbours in the list of tasks (``TaskRegistry``); the list is nil for a task that is not in one.
    var registry: UnsafeMutablePointer<TaskRegistry.State>?
    var next: UnsafeMutableRawPointer?
    var previous: UnsafeMutableRawPointer?
    /// The number in the name, until somebody asks for the name.
    var number: UInt64
    var cancelRequests: Int
    var mustCancel: Bool
    var logsDestroyPending: Bool
  }

  static let firstReference = MemoryLayout<FutureObject.Contents>.stride
  static let referenceCount = 4

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var future: FutureObject { @inline(__always) get { FutureObject(raw: raw) } }
  var value: Value { Value(raw) }

  func forEachReference(_ body: (Value) -> Void) {
    for index in 0..<TaskObject.referenceCount { body(raw.load(fromByteOffset: TaskObject.firstReference + index * 8, as: Value.self)) }
  }

  func releaseReferences() {
    for index in 0..<TaskObject.referenceCount { Fields.clear(raw, TaskObject.firstReference + index * 8) }
  }

  @inline(__always)
  func replace(_ field: WritableKeyPath<Contents, Value>, _ value: consuming Owned) {
    let old = contents.pointee[keyPath: field]
    contents.pointee[keyPath: field] = value.take()
    old.releaseIfPresent()
  }

  // MARK: Making

  private static func checkCoroutine(_ value: Value) throws(PyError) -> Bool {
    if value.isCoroutine { return true }
    let answer = try AsyncioImport.value(.isCoroutine).call(value)
    return try answer.value.isTruthy()
  }

  /// `Task.__init__`
  func initialize(_ coroutine: Value, loop: Value, name: Value, context: Value, startsEagerly: Bool) throws(PyError) {
    try future.initialize(loop: loop)
    if try !TaskObject.checkCoroutine(coroutine) {
      // What is no task is not missed.
      contents.pointee.logsDestroyPending = false
      throw .typeError("a coroutine was expected, got \(try coroutine.repr().text)")
    }
    replace(\.context, context.isNone ? try copyCurrentContext() : Owned(copying: context))
    replace(\.waiter, Owned(taking: .absent))
    contents.pointee.mustCancel = false
    contents.pointee.logsDestroyPending = true
    contents.pointee.cancelRequests = 0
    replace(\.coroutine, Owned(copying: coroutine))
    if name.isNone {
      contents.pointee.number = try TaskRegistry.nextNumber()
      replace(\.name, Owned(taking: .absent))
    } else {
      replace(\.name, name.isExactString ? Owned(copying: name) : try name.str())
    }
    if startsEagerly {
      let held = Owned(copying: future.loop)
      let isRunning = try held.value.callMethod(AsyncioName.isRunning)
      if try isRunning.value.isTruthy() { return try startEagerly() }
    }
    try callStepSoon(.absent)
    try TaskRegistry.register(self)
  }

  func name() throws(PyError) -> Owned {
    if contents.pointee.name.isAbsent && contents.pointee.number != 0 { replace(\.name, try Owned.string("Task-\(contents.pointee.number)")) }
    return contents.pointee.name.isAbsent ? .none : Owned(copying: contents.pointee.name)
  }

  // MARK: Steps

  /// Asks the loop for the next step, which begins by raising an exception unless that is absent.
  func callStepSoon(_ exception: Value) throws(PyError) {
    let raw = try stepType.object.allocate()
    let step = Owned(taking: raw)
    raw.storeBytes(of: Owned(copying: value).take(), toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: Owned(copyingIfPresent: exception).take(), toByteOffset: 24, as: Value.self)
    let context = Owned(copyingIfPresent: contents.pointee.context)
    try callSoon(future.loop, step.value, .absent, context.value.isAbsent ? .none : context.value)
  }

  /// A step in the loop.
  func step(_ exception: consuming Owned) throws(PyError) {
    let loop = Owned(copyingIfPresent: future.loop)
    try enterTask(loop.value, value)
    do throws(PyError) { try runStep(exception) } catch {
      let pending = currentThread.pointee.takeException()
      do throws(PyError) { try leaveTask(loop.value, value) } catch {
        let second = currentThread.pointee.takeException()
        ExceptionObject(second.value).setContext(pending)
        currentThread.pointee.setException(second)
        throw error
      }
      currentThread.pointee.setException(pending)
      throw error
    }
    try leaveTask(loop.value, value)
  }

  private func runStep(_ given: consuming Owned) throws(PyError) {
    var exception = given
    if !future.isPending {
      let shown = try exception.value.isAbsent ? Owned.string("None") : exception.value.repr()
      throw AsyncioImport.invalidState("__step(): already done: \(try value.repr().text) \(shown.value.text)")
    }
    if contents.pointee.mustCancel {
      var isCancellation = false
      if !exception.value.isAbsent {
        let type = Owned(copying: try AsyncioImport.value(.cancelledError))
        isCancellation = exception.value.isInstance(of: TypeObject(type.value))
      }
      if !isCancellation { exception = try future.makeCancelledError() }
      contents.pointee.mustCancel = false
    }
    replace(\.waiter, Owned(taking: .absent))
    if contents.pointee.coroutine.isAbsent { throw .runtimeError("uninitialized Task object") }
    let coroutine = Owned(copying: contents.pointee.coroutine)
    let result: CoroutineStep
    do throws(PyError) {
      result = exception.value.isAbsent ? try coroutine.value.resumeCoroutine() : try coroutine.value.resumeCoroutine(raising: exception.value)
    } catch { return try finishRaising() }
    switch consume result {
    case .finished(let value):
      if contents.pointee.mustCancel {
        // It was cancelled just before its end.
        contents.pointee.mustCancel = false
        let message = Owned(copyingIfPresent: future.contents.pointee.cancelMessage)
        _ = try future.cancel(message.value)
      } else {
        try future.setResult(value.value)
      }
    case .yielded(let value): try wait(for: value)
    }
  }

  /// The coroutine ended with an exception.
  private func finishRaising() throws(PyError) {
    if try AsyncioImport.isCancellation() {
      future.replace(\.cancelledError, currentThread.pointee.takeException())
      _ = try future.cancel(.absent)
      return
    }
    let exception = currentThread.pointee.takeException()
    try future.setException(exception.value)
    if exception.value.isInstance(of: .keyboardInterrupt) || exception.value.isInstance(of: .systemExit) {
      currentThread.pointee.setException(exception)
      throw PyError()
    }
  }

  /// The coroutine yielded something: a future that it waits for, or None.
  private func wait(for yielded: consuming Owned) throws(PyError) {
    let result = yielded.value
    if result === value { return try failSoon("Task cannot await on itself: \(try value.repr().text)") }
    if FutureObject.isNative(result) {
      let other = FutureObject(result)
      if other.loop !== future.loop { return try failForOtherLoop(result) }
      if !other.contents.pointee.isBlocking { return try failForYield(result) }
      try other.addWaiter(value)
      other.contents.pointee.isBlocking = false
      let wakeup = try NativeFunctionObject.make(TaskObject.wakeup, receiver: value)
      try other.addCallback(wakeup.value, contents.pointee.context)
      replace(\.waiter, yielded)
      return try cancelWaiterIfAsked()
    }
    if result.isNone { return try callStepSoon(.absent) }
    let blocking = try result.lookUpAttribute(AsyncioName.isBlocking)
    if !blocking.value.isAbsent && !blocking.value.isNone {
      let isBlocking = try blocking.value.isTruthy()
      let loop = try loopOfFuture(result)
      if loop.value !== future.loop { return try failForOtherLoop(result) }
      if !isBlocking { return try failForYield(result) }
      if futureType.includes(result) { try FutureObject(result).addWaiter(value) }
      try result.setAttribute(AsyncioName.isBlocking, .false)
      let wakeup = try NativeFunctionObject.make(TaskObject.wakeup, receiver: value)
      let add = try result.getAttribute(AsyncioName.addDoneCallback)
      let names = Owned(copying: try AsyncioImport.contextKeyword())
      var values = (wakeup.value, contents.pointee.context)
      _ = try withUnsafeMutableBytes(of: &values) { (bytes) throws(PyError) -> Owned in
        let base = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self)
        return try add.value.call(arguments: Arguments(base: base, positionalCount: 1, keywordNames: names.value))
      }
      replace(\.waiter, yielded)
      return try cancelWaiterIfAsked()
    }
    let own = try value.repr().text
    let shown = try result.repr().text
    if result.isGenerator { return try failSoon("yield was used instead of yield from for generator in task \(own) with \(shown)") }
    try failSoon("Task got bad yield: \(shown)")
  }

  private func cancelWaiterIfAsked() throws(PyError) {
    if !contents.pointee.mustCancel { return }
    let waiter = Owned(copying: contents.pointee.waiter)
    let message = Owned(copyingIfPresent: future.contents.pointee.cancelMessage)
    if try cancelFuture(waiter.value, message.value) { contents.pointee.mustCancel = false }
  }

  private func failSoon(_ message: String) throws(PyError) {
    let text = try Owned.string(message)
    let error = try TypeObject.runtimeError.value.call(text.value)
    try callStepSoon(error.value)
  }

  private func failForOtherLoop(_ result: Value) throws(PyError) {
    try failSoon("Task \(try value.repr().text) got Future \(try result.repr().text) attached to a different loop")
  }

  private func failForYield(_ result: Value) throws(PyError) {
    try failSoon("yield was used instead of yield from in task \(try value.repr().text) with \(try result.repr().text)")
  }

  /// What a future that the task waits for calls when it is done.
  private nonisolated(unsafe) static let wakeup = NativeFunction.make("task_wakeup(fut, /)", kind: .method, owner: taskType.value) { (call: Call) throws(PyError) -> Owned in
    try TaskObject(call.receiver).wakeUp(call[0])
    return .none
  }

  private func wakeUp(_ awaited: Value) throws(PyError) {
    let exception: Owned
    if FutureObject.isNative(awaited) {
      try FutureObject(awaited).discardWaiter(value)
      exception = try awaitedException { () throws(PyError) -> Owned in
        let (outcome, isException) = try FutureObject(awaited).outcome()
        let held = Owned(taking: outcome)
        return isException ? held : Owned(taking: .absent)
      }
    } else {
      if futureType.includes(awaited) { try FutureObject(awaited).discardWaiter(value) }
      exception = try awaitedException { () throws(PyError) -> Owned in
        _ = try awaited.callMethod(AsyncioName.result)
        return Owned(taking: .absent)
      }
    }
    try step(exception)
  }

  /// The exception that a body returns or raises; absent for none.
  private func awaitedException(_ body: () throws(PyError) -> Owned) throws(PyError) -> Owned {
    do throws(PyError) { return try body() } catch { return currentThread.pointee.takeException() }
  }

  // MARK: Eager start

  private func startEagerly() throws(PyError) {
    let loop = Owned(copying: future.loop)
    let before = try swapTask(loop.value, value)
    try TaskRegistry.addEager(value)
    var failure: Owned = Owned(taking: .absent)
    let context = Owned(copying: contents.pointee.context)
    do throws(PyError) {
      try enterContext(context.value)
      defer { leaveContext(context.value) }
      try runStep(Owned(taking: .absent))
    } catch { failure = currentThread.pointee.takeException() }
    do throws(PyError) {
      try TaskRegistry.discardEager(value)
      _ = try swapTask(loop.value, before.value)
    } catch {
      let second = currentThread.pointee.takeException()
      if !failure.value.isAbsent { ExceptionObject(second.value).setContext(failure.copy()) }
      failure = second
    }
    if future.isPending { try TaskRegistry.register(self) } else { replace(\.coroutine, Owned(taking: .absent)) }
    if !failure.value.isAbsent {
      currentThread.pointee.setException(failure)
      throw PyError()
    }
  }

  // MARK: Cancelling

  func cancel(_ message: Value) throws(PyError) -> Bool {
    future.contents.pointee.logsTraceback = false
    if !future.isPending { return false }
    contents.pointee.cancelRequests += 1
    if !contents.pointee.waiter.isAbsent {
      let waiter = Owned(copying: contents.pointee.waiter)
      if try cancelFuture(waiter.value, message) { return true }
    }
    contents.pointee.mustCancel = true
    future.replace(\.cancelMessage, Owned(copyingIfPresent: message))
    return true
  }

  // MARK: The end of the object

  func finalize() {
    TaskRegistry.unregister(self)
    if future.isPending && contents.pointee.logsDestroyPending && !future.loop.isAbsent {
      future.callExceptionHandler("Task was destroyed but it is pending!", as: AsyncioName.task)
    }
    future.finalize()
  }
}

/// `future.cancel(msg=message)`
private func cancelFuture(_ future: Value, _ message: Value) throws(PyError) -> Bool {
  if taskType.isType(of: future) { return try TaskObject(future).cancel(message) }
  if futureType.isType(of: future) { return try FutureObject(future).cancel(message) }
  let method = try future.getAttribute(AsyncioName.cancel)
  let names = try Owned.tuple(AsyncioName.msg)
  var argument = message.isAbsent ? Value.none : message
  let answer = try withUnsafeMutablePointer(to: &argument) { (base) throws(PyError) -> Owned in
    try method.value.call(arguments: Arguments(base: base, positionalCount: 0, keywordNames: names.value))
  }
  return try answer.value.isTruthy()
}
