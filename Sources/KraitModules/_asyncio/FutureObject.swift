// Futures in memory, and what happens to them. Tasks are futures with more fields (TaskObject.swift).

import KraitRuntime

nonisolated(unsafe) var futureType = ModuleType()

/// Names that the module uses.
enum AsyncioName {
  static let callSoon = Name.make("call_soon")
  static let callExceptionHandler = Name.make("call_exception_handler")
  static let getDebug = Name.make("get_debug")
  static let isRunning = Name.make("is_running")
  static let getEventLoop = Name.make("get_event_loop")
  static let getLoop = Name.make("get_loop")
  static let loop = Name.make("_loop")
  static let isBlocking = Name.make("_asyncio_future_blocking")
  static let addDoneCallback = Name.make("add_done_callback")
  static let cancel = Name.make("cancel")
  static let result = Name.make("result")
  static let done = Name.make("done")
  static let context = Name.make("context")
  static let message = Name.make("message")
  static let exception = Name.make("exception")
  static let future = Name.make("future")
  static let task = Name.make("task")
  static let sourceTraceback = Name.make("source_traceback")
  static let msg = Name.make("msg")
}

/// What the module takes from others. All of it when the first future is made: at the end of the interpreter nothing can be imported any more.
enum AsyncioImport {
  enum Item: Int, CaseIterable {
    case cancelledError, invalidStateError, futureRepr, taskRepr, taskStack, printTaskStack, isCoroutine, eventLoopPolicy, extractStack, weakSet

    var place: (module: StaticString, name: StaticString) {
      switch self {
      case .cancelledError: ("asyncio.exceptions", "CancelledError")
      case .invalidStateError: ("asyncio.exceptions", "InvalidStateError")
      case .futureRepr: ("asyncio.base_futures", "_future_repr")
      case .taskRepr: ("asyncio.base_tasks", "_task_repr")
      case .taskStack: ("asyncio.base_tasks", "_task_get_stack")
      case .printTaskStack: ("asyncio.base_tasks", "_task_print_stack")
      case .isCoroutine: ("asyncio.coroutines", "iscoroutine")
      case .eventLoopPolicy: ("asyncio.events", "_get_event_loop_policy")
      case .extractStack: ("traceback", "extract_stack")
      case .weakSet: ("weakref", "WeakSet")
      }
    }
  }

  /// A tuple of the items, then `("context",)`.
  nonisolated(unsafe) private static var values = InterpreterValue()

  /// One of them, borrowed: it lives as long as the interpreter.
  static func value(_ item: Item) throws(PyError) -> Value { try value(at: item.rawValue) }

  /// `("context",)`, borrowed.
  static func contextKeyword() throws(PyError) -> Value { try value(at: Item.allCases.count) }

  private static func value(at index: Int) throws(PyError) -> Value {
    if values.value.isAbsent { try load() }
    return TupleObject(values.value)[index]
  }

  private static func load() throws(PyError) {
    let list = try Owned.list()
    for item in Item.allCases {
      let module = try importModule(item.place.module)
      let name = try Owned.string(item.place.name)
      let value = try module.value.getAttribute(name.value)
      try ListObject(list.value).append(value.value)
    }
    let keyword = try Owned.tuple(AsyncioName.context)
    try ListObject(list.value).append(keyword.value)
    try values.set(try Owned.tuple(from: list.value))
  }

  static func invalidState(_ message: String) -> PyError {
    do throws(PyError) {
      let text = try Owned.string(message)
      return .raise(try value(.invalidStateError).call(text.value))
    } catch { return error }
  }

  /// Whether the thread's exception is a CancelledError.
  static func isCancellation() throws(PyError) -> Bool {
    let exception = currentThread.pointee.takeException()
    let type = Owned(copying: try value(.cancelledError))
    let matches = exception.value.type.isSubtype(of: TypeObject(type.value))
    currentThread.pointee.setException(exception)
    return matches
  }
}

/// `loop.call_soon(function, argument, context=context)`; the argument may be absent.
func callSoon(_ loop: Value, _ function: Value, _ argument: Value, _ context: Value) throws(PyError) {
  let held = Owned(copying: loop)
  let names = Owned(copying: try AsyncioImport.contextKeyword())
  // Behind room for the loop.
  var values = argument.isAbsent ? (Value.absent, function, context, context) : (Value.absent, function, argument, context)
  _ = try withUnsafeMutableBytes(of: &values) { (bytes) throws(PyError) -> Owned in
    let base = bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self)
    return try held.value.callMethod(AsyncioName.callSoon, behindRoom: Arguments(base: base + 1, positionalCount: argument.isAbsent ? 1 : 2, keywordNames: names.value))
  }
}

/// A `_asyncio.Future` or `_asyncio.Task`, or an instance of a class derived from them.
struct FutureObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  enum State: UInt8 { case pending, cancelled, finished }

  /// Values are owned or absent.
  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var objectState: ObjectState
    /// Absent before `__init__`.
    var loop: Value
    /// The first callback and its context; mostly there is no other.
    var callback: Value
    var context: Value
    /// The other callbacks: a list of pairs.
    var callbacks: Value
    var result: Value
    var exception: Value
    var exceptionTraceback: Value
    var sourceTraceback: Value
    var cancelMessage: Value
    /// The exception that ended a task, to be raised where its result is asked for.
    var cancelledError: Value
    /// Who waits for the future: one object, or a set of them.
    var awaitedBy: Value
    var state: State
    var isAwaitedBySet: Bool
    var isBlocking: Bool
    var logsTraceback: Bool
  }

  /// The fields that hold references stand together.
  static let firstReference = 24
  static let referenceCount = 11

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var value: Value { Value(raw) }
  var loop: Value { @inline(__always) get { contents.pointee.loop } }
  var state: State { @inline(__always) get { contents.pointee.state } }
  var isPending: Bool { @inline(__always) get { contents.pointee.state == .pending } }

  /// Exactly a future or a task: what may be done to it without calling its methods.
  static func isNative(_ value: Value) -> Bool { futureType.isType(of: value) || taskType.isType(of: value) }

  /// Visits the references of a future's own fields.
  func forEachReference(_ body: (Value) -> Void) {
    for index in 0..<FutureObject.referenceCount { body(raw.load(fromByteOffset: FutureObject.firstReference + index * 8, as: Value.self)) }
  }

  func releaseReferences() {
    for index in 0..<FutureObject.referenceCount { Fields.clear(raw, FutureObject.firstReference + index * 8) }
  }

  func checkAlive() throws(PyError) {
    if loop.isAbsent { throw .runtimeError("Future object is not initialized.") }
  }

  @inline(__always)
  func replace(_ field: WritableKeyPath<Contents, Value>, _ value: consuming Owned) {
    let old = contents.pointee[keyPath: field]
    contents.pointee[keyPath: field] = value.take()
    old.releaseIfPresent()
  }

  // MARK: Making

  /// `Future.__init__`
  func initialize(loop given: Value) throws(PyError) {
    if !loop.isAbsent {
      releaseReferences()
      contents.pointee.state = .pending
      contents.pointee.isAwaitedBySet = false
      contents.pointee.isBlocking = false
      contents.pointee.logsTraceback = false
    }
    let loop = given.isNone ? try currentLoop() : Owned(copying: given)
    let debug = try loop.value.callMethod(AsyncioName.getDebug)
    contents.pointee.loop = loop.take()
    guard try debug.value.isTruthy() else { return }
    replace(\.sourceTraceback, try AsyncioImport.value(.extractStack).call())
  }

  // MARK: Ending

  private func scheduleCallbacks() throws(PyError) {
    let contents = self.contents
    if !contents.pointee.callback.isAbsent {
      let callback = Owned(taking: contents.pointee.callback)
      let context = Owned(taking: contents.pointee.context)
      contents.pointee.callback = .absent
      contents.pointee.context = .absent
      try callSoon(loop, callback.value, value, context.value)
    }
    if contents.pointee.callbacks.isAbsent { return }
    let list = Owned(taking: contents.pointee.callbacks)
    contents.pointee.callbacks = .absent
    var index = 0
    while index < ListObject(list.value).count {
      let pair = Owned(copying: ListObject(list.value)[index])
      try callSoon(loop, TupleObject(pair.value)[0], value, TupleObject(pair.value)[1])
      index += 1
    }
  }

  func setResult(_ result: Value) throws(PyError) {
    try checkAlive()
    if !isPending { throw AsyncioImport.invalidState("invalid state") }
    contents.pointee.result = Owned(copying: result).take()
    contents.pointee.state = .finished
    try scheduleCallbacks()
  }

  func setException(_ given: Value) throws(PyError) {
    try checkAlive()
    if !isPending { throw AsyncioImport.invalidState("invalid state") }
    var exception = Owned(copying: given)
    if given.isType && TypeObject(given).isSubtype(of: .baseException) {
      exception = try given.call()
      if !isPending { throw AsyncioImport.invalidState("invalid state") }
    }
    guard exception.value.isInstance(of: .baseException) else { throw .typeError("invalid exception object") }
    if exception.value.type.isSubtype(of: .stopIteration) {
      let text = try Owned.string("StopIteration interacts badly with generators and cannot be raised into a Future")
      let error = try TypeObject.runtimeError.value.call(text.value)
      ExceptionObject(error.value).setCause(exception.copy())
      ExceptionObject(error.value).setContext(exception.copy())
      exception = error
    }
    contents.pointee.exceptionTraceback = Owned(copyingIfPresent: ExceptionObject(exception.value).traceback).take()
    contents.pointee.exception = exception.take()
    contents.pointee.state = .finished
    try scheduleCallbacks()
    contents.pointee.logsTraceback = true
  }

  /// Cancels a future, as ``value``'s own `cancel` does when it is no task.
  func cancel(_ message: Value) throws(PyError) -> Bool {
    contents.pointee.logsTraceback = false
    if !isPending { return false }
    contents.pointee.state = .cancelled
    replace(\.cancelMessage, Owned(copyingIfPresent: message))
    try scheduleCallbacks()
    return true
  }

  func makeCancelledError() throws(PyError) -> Owned {
    let kept = contents.pointee.cancelledError
    if !kept.isAbsent {
      contents.pointee.cancelledError = .absent
      return Owned(taking: kept)
    }
    let type = Owned(copying: try AsyncioImport.value(.cancelledError))
    let message = contents.pointee.cancelMessage
    return message.isAbsent || message.isNone ? try type.value.call() : try type.value.call(message)
  }

  /// What the future has come to: a result, or an exception that is to be raised.
  func outcome() throws(PyError) -> (value: Value, isException: Bool) {
    switch state {
    case .cancelled: throw PyError.raise(try makeCancelledError())
    case .pending: throw AsyncioImport.invalidState("Result is not set.")
    case .finished: break
    }
    contents.pointee.logsTraceback = false
    let exception = contents.pointee.exception
    if exception.isAbsent { return (Owned(copyingIfPresent: contents.pointee.result).take(), false) }
    let held = Owned(copying: exception)
    ExceptionObject(exception).setTraceback(Owned(taking: contents.pointee.exceptionTraceback))
    contents.pointee.exceptionTraceback = .absent
    return (held.take(), true)
  }

  func result() throws(PyError) -> Owned {
    if loop.isAbsent { throw AsyncioImport.invalidState("Future object is not initialized.") }
    let (value, isException) = try outcome()
    let held = Owned(taking: value)
    if isException { throw PyError.raise(held) }
    return held
  }

  // MARK: Callbacks

  func addCallback(_ function: Value, _ context: Value) throws(PyError) {
    if loop.isAbsent { throw .runtimeError("uninitialized Future object") }
    if !isPending { return try callSoon(loop, function, value, context) }
    let contents = self.contents
    if contents.pointee.callback.isAbsent && contents.pointee.callbacks.isAbsent {
      contents.pointee.callback = Owned(copying: function).take()
      contents.pointee.context = Owned(copying: context).take()
      return
    }
    let pair = try Owned.tuple(function, context)
    if contents.pointee.callbacks.isAbsent { contents.pointee.callbacks = try Owned.list().take() }
    try ListObject(contents.pointee.callbacks).append(pair.value)
  }

  /// How many callbacks equal to a function were taken out.
  func removeCallback(_ function: Value) throws(PyError) -> Int {
    var removed = 0
    if !contents.pointee.callback.isAbsent {
      let callback = Owned(copying: contents.pointee.callback)
      if try callback.value.isEqual(to: function) {
        replace(\.callback, Owned(taking: .absent))
        replace(\.context, Owned(taking: .absent))
        removed = 1
      }
    }
    if contents.pointee.callbacks.isAbsent { return removed }
    let list = Owned(copying: contents.pointee.callbacks)
    let kept = try Owned.list()
    var index = 0
    while index < ListObject(list.value).count {
      let pair = Owned(copying: ListObject(list.value)[index])
      if try TupleObject(pair.value)[0].isEqual(to: function) { removed += 1 } else { try ListObject(kept.value).append(pair.value) }
      index += 1
    }
    // A comparison may have scheduled or replaced them.
    if contents.pointee.callbacks === list.value {
      replace(\.callbacks, ListObject(kept.value).count == 0 ? Owned(taking: .absent) : kept.copy())
    }
    return removed
  }

  // MARK: Who waits

  func addWaiter(_ waiter: Value) throws(PyError) {
    let contents = self.contents
    if contents.pointee.awaitedBy.isAbsent {
      contents.pointee.awaitedBy = Owned(copying: waiter).take()
      return
    }
    if contents.pointee.isAwaitedBySet { return try SetObject(contents.pointee.awaitedBy).add(waiter) }
    if contents.pointee.awaitedBy === waiter { return }
    let set = try Owned.set()
    try SetObject(set.value).add(contents.pointee.awaitedBy)
    try SetObject(set.value).add(waiter)
    replace(\.awaitedBy, set)
    contents.pointee.isAwaitedBySet = true
  }

  func discardWaiter(_ waiter: Value) throws(PyError) {
    if contents.pointee.awaitedBy.isAbsent { return }
    if contents.pointee.isAwaitedBySet {
      _ = try SetObject(contents.pointee.awaitedBy).discard(waiter)
    } else if contents.pointee.awaitedBy === waiter {
      replace(\.awaitedBy, Owned(taking: .absent))
    }
  }

  // MARK: The end of the object

  /// Tells the loop of something that went wrong with an object which nobody holds any more.
  func callExceptionHandler(_ message: String, as key: Value, exception: Value = .absent) {
    let pending = currentThread.pointee.takeException()
    do throws(PyError) {
      let report = try Owned.dict()
      let dict = DictObject(report.value)
      let text = try Owned.string(message)
      try dict.set(AsyncioName.message, text.value)
      if !exception.isAbsent { try dict.set(AsyncioName.exception, exception) }
      try dict.set(key, value)
      if !contents.pointee.sourceTraceback.isAbsent { try dict.set(AsyncioName.sourceTraceback, contents.pointee.sourceTraceback) }
      let loop = Owned(copying: self.loop)
      _ = try loop.value.callMethod(AsyncioName.callExceptionHandler, report.value)
    } catch { reportUnraisable("Exception ignored while calling asyncio exception handler", .absent) }
    if !pending.value.isAbsent { currentThread.pointee.setException(pending) }
  }

  func finalize() {
    if !contents.pointee.logsTraceback { return }
    contents.pointee.logsTraceback = false
    if contents.pointee.exception.isAbsent { return }
    let exception = Owned(copying: contents.pointee.exception)
    callExceptionHandler("\(value.type.contents.pointee.name.text) exception was never retrieved", as: AsyncioName.future, exception: exception.value)
  }
}

/// Fields by their place.
enum Fields {
  static func clear(_ raw: UnsafeMutableRawPointer, _ offset: Int) {
    let old = raw.load(fromByteOffset: offset, as: Value.self)
    raw.storeBytes(of: .absent, toByteOffset: offset, as: Value.self)
    old.releaseIfPresent()
  }
}

/// The loop that a future belongs to, whoever made it.
func loopOfFuture(_ future: Value) throws(PyError) -> Owned {
  if FutureObject.isNative(future) { return Owned(copyingIfPresent: FutureObject(future).loop) }
  let method = try future.lookUpAttribute(AsyncioName.getLoop)
  if !method.value.isAbsent { return try method.value.call() }
  return try future.getAttribute(AsyncioName.loop)
}
