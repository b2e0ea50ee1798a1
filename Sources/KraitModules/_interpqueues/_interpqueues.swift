// The module `_interpqueues`: queues between interpreters, by their numbers. `concurrent.interpreters.Queue` is made of it.

import KraitRuntime

nonisolated(unsafe) private var queueError = InterpreterValue()
nonisolated(unsafe) private var notFoundError = InterpreterValue()
/// The classes that the module `concurrent.interpreters._queues` registered.
nonisolated(unsafe) private var queueClass = InterpreterValue()
nonisolated(unsafe) private var emptyError = InterpreterValue()
nonisolated(unsafe) private var fullError = InterpreterValue()

let interpqueuesModule = ModuleDefinition("_interpqueues", "Queues between interpreters, by their numbers: what concurrent.interpreters.Queue is built on.") {
  (m: ModuleBuilder) throws(PyError) in
  Interpreters.observeEnds { SharedQueues.unbind($0) }
  let base = try m.exception("QueueError", module: "concurrent.interpreters", "An operation on a queue failed.", bases: [.runtimeError])
  try notFoundError.set(
    try m.exception("QueueNotFoundError", module: "concurrent.interpreters", "There is no such queue.", bases: [TypeObject(base.value)]))
  try queueError.set(base)
  try m.function("create(maxsize, unboundop=-1, fallback=-1)", "Make a queue; return its number.") { (call: Call) throws(PyError) -> Owned in
    let maximum = try call.int(0)
    let unbound = try unboundOperation(try call.int(1)) ?? .replace
    let fallback = try fallback(try call.int(2)) ?? .full
    guard let number = SharedQueues.make(maximum, unbound, fallback) else { throw .memoryError() }
    return try Owned.integer(number)
  }
  try m.function("destroy(qid)", "End a queue.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    if SharedQueues.end(number) == nil { throw unknownQueue(number) }
    return .none
  }
  try m.function("list_all()", "Return the number, the unbound operation and the fallback of each queue.") { (_: Call) throws(PyError) -> Owned in
    let result = try Owned.list()
    for number in SharedQueues.all {
      guard let defaults = SharedQueues.with(number, { ($0.pointee.unbound, $0.pointee.fallback) }) else { continue }
      let entry = try Owned.tuple(Value(smallInteger: number), Value(smallInteger: defaults.0.rawValue), Value(smallInteger: defaults.1 == .full ? 1 : 0))
      try ListObject(result.value).append(sharing: entry)
    }
    return result
  }
  try defineQueueTransfers(m)
  try defineQueueQuestions(m)
  try m.function("bind(qid)", "Count an object that stands for a queue.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    if SharedQueues.with(number, { $0.pointee.bindings += 1 }) == nil { throw unknownQueue(number) }
    return .none
  }
  try m.function("release(qid)", "Count an object that stands for a queue no more; the queue ends with the last.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    try releaseQueue(number)
    return .none
  }
  try m.function("_register_heap_types(queuetype, emptyerror, fullerror)", "Tell the classes that stand for queues and their errors.") {
    (call: Call) throws(PyError) -> Owned in
    for (index, name) in ["queuetype", "emptyerror", "fullerror"].enumerated() where !call[index].isType { throw .typeError("expected a type for '\(name)'") }
    try queueClass.set(Owned(copying: call[0]))
    try emptyError.set(Owned(copying: call[1]))
    try fullError.set(Owned(copying: call[2]))
    try SharedHandles.register(call[0], .queue)
    try defineWaitingMethods(call[0])
    return .none
  }
}

private func queueNumber(_ value: Value) throws(PyError) -> Int {
  if value.isExactInteger, let number = Integer.asInt(value), number >= 0 { return number }
  guard value.type.slots.pointee.index != nil else { throw .typeError("queue ID must be an int, got \(value.typeName)") }
  let index = try value.index()
  guard let number = Integer.asInt(index.value) else { throw .overflowError("Python int too large to convert to C long") }
  if number < 0 { throw .valueError("queue ID must be a non-negative int, got \(try value.repr().text)") }
  return number
}

private func raise(_ type: InterpreterValue, _ message: String) -> PyError {
  type.value.isAbsent ? .runtimeError(message) : PyError.raise(TypeObject(type.value), message)
}

private func unknownQueue(_ number: Int) -> PyError { raise(notFoundError, "queue \(number) not found") }
private func emptyQueue(_ number: Int) throws(PyError) -> PyError {
  try needClasses()
  return raise(emptyError, "queue \(number) is empty")
}
private func fullQueue(_ number: Int) throws(PyError) -> PyError {
  try needClasses()
  return raise(fullError, "queue \(number) is full")
}

/// The classes are registered when their module is imported.
private func needClasses() throws(PyError) {
  if queueClass.value.isAbsent { _ = try importModule("concurrent.interpreters._queues") }
}

/// nil for the queue's own.
func unboundOperation(_ number: Int) throws(PyError) -> UnboundItem? {
  if number == -1 { return nil }
  guard let operation = UnboundItem(rawValue: number) else { throw .valueError("unsupported unboundop \(number)") }
  return operation
}

/// nil for the queue's own.
func fallback(_ number: Int) throws(PyError) -> SharedData.Fallback? {
  switch number {
  case -1: nil
  case 0: SharedData.Fallback.none
  case 1: .full
  default: throw .valueError("unsupported fallback \(number)")
  }
}

private func releaseQueue(_ number: Int) throws(PyError) {
  var wasBound = true
  let answer = SharedQueues.end(number) { queue in
    wasBound = queue.pointee.bindings > 0
    if wasBound { queue.pointee.bindings -= 1 }
    return wasBound && queue.pointee.bindings == 0
  }
  if answer == nil { throw unknownQueue(number) }
  if !wasBound { throw raise(queueError, "queue \(number) never bound") }
}

// MARK: - Putting and getting

private enum Putting { case done, full, noMemory }

/// Puts a value into a queue; waits for room until the deadline, if there is one.
///
/// - Parameter full: what is done where the queue's or the call's fallback is the full one.
private func put(
  _ number: Int, _ value: Value, _ unbound: UnboundItem?, _ fallback: SharedData.Fallback?, full: SharedData.Fallback, _ deadline: SharedDeadline?
) throws(PyError) {
  guard let defaults = SharedQueues.with(number, { ($0.pointee.unbound, $0.pointee.fallback) }) else { throw unknownQueue(number) }
  let fallback = fallback ?? defaults.1
  let item = SharedItem(
    data: try SharedData(value, fallback: fallback == .full ? full : fallback), interpreter: currentInterpreter.pointee.identifier, unbound: unbound ?? defaults.0)
  while true {
    var place: UnsafeMutablePointer<ChangeSignal>?
    var known: UInt32 = 0
    var hasListeners = false
    let result = SharedQueues.with(number) { queue -> Putting in
      if queue.pointee.isFull {
        if deadline != nil {
          queue.pointee.notFull.waiters += 1
          known = queue.pointee.notFull.current
          place = queue.signal(\.notFull)
        }
        return .full
      }
      guard queue.pointee.items.append(item) else { return .noMemory }
      queue.pointee.notEmpty.notify()
      hasListeners = queue.pointee.hasListeners
      return .done
    }
    switch result {
    case .done:
      if hasListeners { SharedQueues.callListeners(number) }
      return
    case nil, .noMemory:
      item.data.release()
      throw result == nil ? unknownQueue(number) : .memoryError()
    case .full: break
    }
    guard let deadline, let place else {
      item.data.release()
      throw try fullQueue(number)
    }
    var inTime = false
    var failure: PyError?
    do throws(PyError) { inTime = try ChangeSignal.wait(place, known, deadline) } catch { failure = error }
    _ = SharedQueues.with(number) { $0.pointee.notFull.waiters -= 1 }
    if let failure {
      item.data.release()
      throw failure
    }
    if !inTime {
      item.data.release()
      throw try fullQueue(number)
    }
  }
}

private enum Getting { case item(SharedItem), empty }

/// Takes the first item; waits for one until the deadline, if there is one.
private func take(_ number: Int, _ deadline: SharedDeadline?) throws(PyError) -> SharedItem {
  while true {
    var place: UnsafeMutablePointer<ChangeSignal>?
    var known: UInt32 = 0
    var hasListeners = false
    let result = SharedQueues.with(number) { queue -> Getting in
      if let item = queue.pointee.items.removeFirst() {
        queue.pointee.notFull.notify()
        hasListeners = queue.pointee.hasListeners
        return .item(item)
      }
      if deadline != nil {
        queue.pointee.notEmpty.waiters += 1
        known = queue.pointee.notEmpty.current
        place = queue.signal(\.notEmpty)
      }
      return .empty
    }
    switch result {
    case .item(let item):
      if hasListeners { SharedQueues.callListeners(number) }
      return item
    case nil: throw unknownQueue(number)
    case .empty: break
    }
    guard let deadline, let place else { throw try emptyQueue(number) }
    var inTime = false
    var failure: PyError?
    do throws(PyError) { inTime = try ChangeSignal.wait(place, known, deadline) } catch { failure = error }
    _ = SharedQueues.with(number) { $0.pointee.notEmpty.waiters -= 1 }
    if let failure { throw failure }
    if !inTime { throw try emptyQueue(number) }
  }
}

extension UnsafeMutablePointer where Pointee == SharedQueue {
  fileprivate func signal(_ field: KeyPath<SharedQueue, ChangeSignal>) -> UnsafeMutablePointer<ChangeSignal>? {
    MemoryLayout<SharedQueue>.offset(of: field).map { (UnsafeMutableRawPointer(self) + $0).assumingMemoryBound(to: ChangeSignal.self) }
  }
}

private func defineQueueTransfers(_ m: ModuleBuilder) throws(PyError) {
  try m.function("put(qid, obj, unboundop=-1, fallback=-1)", "Put a value into a queue.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    let unbound = try unboundOperation(try call.int(2))
    try put(number, call[1], unbound, try fallback(try call.int(3)), full: .full, nil)
    return .none
  }
  try m.function("get(qid)", "Take the first value out of a queue: the value and None, or None and what its sender's end means for it.") {
    (call: Call) throws(PyError) -> Owned in
    let item = try take(try queueNumber(call[0]), nil)
    if item.isUnbound { return try Owned.tuple(Value.none, Value(smallInteger: item.unbound.rawValue)) }
    defer { item.data.release() }
    let value = try item.data.restore()
    return try Owned.tuple(value.value, .none)
  }
}

private func defineQueueQuestions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("get_maxsize(qid)", "Return how many items a queue may have.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    guard let maximum = SharedQueues.with(number, { $0.pointee.maximum }) else { throw unknownQueue(number) }
    return try Owned.integer(maximum)
  }
  try m.function("get_queue_defaults(qid)", "Return a queue's unbound operation and fallback.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    guard let defaults = SharedQueues.with(number, { ($0.pointee.unbound, $0.pointee.fallback) }) else { throw unknownQueue(number) }
    return try Owned.tuple(Value(smallInteger: defaults.0.rawValue), Value(smallInteger: defaults.1 == .full ? 1 : 0))
  }
  try m.function("is_full(qid)", "Return whether a queue has as many items as it may.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    guard let isFull = SharedQueues.with(number, { $0.pointee.isFull }) else { throw unknownQueue(number) }
    return .boolean(isFull)
  }
  try m.function("get_count(qid)", "Return how many items a queue has.") { (call: Call) throws(PyError) -> Owned in
    let number = try queueNumber(call[0])
    guard let count = SharedQueues.with(number, { $0.pointee.items.count }) else { throw unknownQueue(number) }
    return try Owned.integer(count)
  }
}

// MARK: - Methods that wait

/// `Queue.get` and `Queue.put` of the library look, sleep for ten milliseconds and look again. These wait until something is there, and cost one call.
private func defineWaitingMethods(_ type: Value) throws(PyError) {
  guard !currentInterpreter.pointee.isFinalizing, !TypeObject(type).isImmutable else { return }
  try TypeObject(type).setMethod(getMethod)
  try TypeObject(type).setMethod(putMethod)
}

nonisolated(unsafe) private let getMethod = NativeFunction.make(
  "get(block=True, timeout=None, *, _delay=0.01)", "Return the next item; wait for one unless told not to. _delay is not used.", kind: .method
) { (call: Call) throws(PyError) -> Owned in
  let number = try numberOf(call.receiver)
  let isWaiting = try call.bool(0)
  let item = try take(number, isWaiting ? try deadline(call[1]) : nil)
  if item.isUnbound {
    let module = try importModule("concurrent.interpreters._queues")
    return try module.value.callMethod(Name.make("_resolve_unbound"), Value(smallInteger: item.unbound.rawValue))
  }
  defer { item.data.release() }
  return try item.data.restore()
}

nonisolated(unsafe) private let putMethod = NativeFunction.make(
  "put(obj, block=True, timeout=None, *, unbounditems=None, _delay=0.01)", "Add an item; wait for room unless told not to. _delay is not used.", kind: .method
) { (call: Call) throws(PyError) -> Owned in
  let number = try numberOf(call.receiver)
  var unbound: UnboundItem?
  if !call[3].isNone {
    let module = try importModule("concurrent.interpreters._queues")
    let serialized = try module.value.callMethod(Name.make("_serialize_unbound"), call[3])
    guard serialized.value.isTuple, TupleObject(serialized.value).count == 1 else { throw .typeError("bad unbounditems") }
    unbound = try unboundOperation(try TupleObject(serialized.value)[0].asInt())
  }
  let isWaiting = try call.bool(1)
  try put(number, call[0], unbound, nil, full: .code, isWaiting ? try deadline(call[2]) : nil)
  return .none
}

private enum Names { nonisolated(unsafe) static let identifier = Name.make("_id") }

private func numberOf(_ queue: Value) throws(PyError) -> Int {
  let identifier = try queue.getAttribute(Names.identifier)
  return try queueNumber(identifier.value)
}

/// The library's methods take whole seconds, of the clock that its module asks.
private func deadline(_ timeout: Value) throws(PyError) -> SharedDeadline {
  if timeout.isNone { return SharedDeadline(timeout: -1) }
  let seconds = try TypeObject.int.value.call(timeout)
  let number = try seconds.value.asInt()
  if number < 0 { throw .valueError("timeout value must be non-negative") }
  let module = try importModule("concurrent.interpreters._queues")
  let clock = try module.value.getAttribute(Name.make("time"))
  _ = try clock.value.callMethod(Name.make("monotonic"))
  let (nanoseconds, isTooLarge) = number.multipliedReportingOverflow(by: 1_000_000_000)
  return SharedDeadline(timeout: isTooLarge ? -1 : nanoseconds)
}

// MARK: - Queues as values

enum QueueHandles {
  /// The message for a queue object, which keeps the queue while it is under way.
  static func handle(of queue: Value) throws(PyError) -> SharedData {
    let number = try numberOf(queue)
    if SharedQueues.with(number, { $0.pointee.bindings += 1 }) == nil { throw unknownQueue(number) }
    return SharedData(.handle, UInt64(number), detail: SharedHandles.Sort.queue.rawValue)
  }

  static func restore(_ word: UInt64) throws(PyError) -> Owned {
    try needClasses()
    let type = Owned(copying: queueClass.value)
    return try type.value.call(Value(smallInteger: Int(word)))
  }

  static func release(_ word: UInt64) {
    _ = SharedQueues.end(Int(word)) { queue in
      queue.pointee.bindings -= 1
      return queue.pointee.bindings == 0
    }
  }
}
