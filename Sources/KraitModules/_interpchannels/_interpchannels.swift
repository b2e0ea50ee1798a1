// The module `_interpchannels`: channels between interpreters, by their numbers.

import CKraitCore
import KraitRuntime

private enum Errors {
  nonisolated(unsafe) static var base = InterpreterValue()
  nonisolated(unsafe) static var notFound = InterpreterValue()
  nonisolated(unsafe) static var closed = InterpreterValue()
  nonisolated(unsafe) static var empty = InterpreterValue()
  nonisolated(unsafe) static var notEmpty = InterpreterValue()
}

/// The classes that stand for the ends of channels in Python code.
nonisolated(unsafe) private var sendClass = InterpreterValue()
nonisolated(unsafe) private var receiveClass = InterpreterValue()
nonisolated(unsafe) private var informationType = ModuleType()

let interpchannelsModule = ModuleDefinition("_interpchannels", "Channels between interpreters, by their numbers.") { (m: ModuleBuilder) throws(PyError) in
  Interpreters.observeEnds { SharedChannels.unbind($0) }
  let base = try m.exception("ChannelError", "An operation on a channel failed.", bases: [.runtimeError])
  let type = TypeObject(base.value)
  try Errors.notFound.set(try m.exception("ChannelNotFoundError", "There is no such channel.", bases: [type]))
  try Errors.closed.set(try m.exception("ChannelClosedError", "The channel is closed.", bases: [type]))
  try Errors.empty.set(try m.exception("ChannelEmptyError", "The channel has no item.", bases: [type]))
  try Errors.notEmpty.set(try m.exception("ChannelNotEmptyError", "The channel has items.", bases: [type]))
  try Errors.base.set(base)
  try ChannelID.defineType(m)
  let dict = m.dict
  let identifier = Owned(copyingIfPresent: dict.get(interned: Name.make("ChannelID")))
  try SharedHandles.register(identifier.value, .channelID)
  informationType = ModuleType(
    try m.defineStructSequence(
      "ChannelInfo", "The state of a channel.",
      [
        ("open", "whether items can be sent and received"), ("closing", "whether the items that are left can be received still"), ("closed", "whether nothing can be"),
        ("count", "how many items wait"), ("num_interp_send", "interpreters that send only"), ("num_interp_send_released", "those of them that have given it up"),
        ("num_interp_recv", "interpreters that receive only"), ("num_interp_recv_released", "those of them that have given it up"),
        ("num_interp_both", "interpreters that send and receive"), ("num_interp_both_released", "those of them that have given both up"),
        ("num_interp_both_send_released", "those of them that have given sending up"), ("num_interp_both_recv_released", "those of them that have given receiving up"),
        ("send_associated", "whether this interpreter sends"), ("send_released", "whether it has given sending up"),
        ("recv_associated", "whether this interpreter receives"), ("recv_released", "whether it has given receiving up"),
      ], visibleCount: 8))
  try defineChannelMaking(m)
  try defineChannelTransfers(m)
  try defineChannelClosing(m)
  try defineChannelQuestions(m)
}

/// The exception for what went wrong.
func channelError(_ failure: ChannelFailure, _ number: Int) -> PyError {
  let (type, text) =
    switch failure {
    case .notFound: (Errors.notFound, "not found")
    case .closed: (Errors.closed, "is closed")
    case .closedForInterpreter: (Errors.closed, "is already closed")
    case .closedMeanwhile: (Errors.closed, "has closed")
    case .empty: (Errors.empty, "is empty")
    case .notEmpty: (Errors.notEmpty, "may not be closed if not empty (try force=True)")
    }
  return type.value.isAbsent ? .runtimeError("channel \(number) \(text)") : PyError.raise(TypeObject(type.value), "channel \(number) \(text)")
}

private func attempt<Result>(_ number: Int, _ body: () throws(ChannelFailure) -> Result) throws(PyError) -> Result {
  do throws(ChannelFailure) { return try body() } catch { throw channelError(error, number) }
}

/// The number and the end that an argument says.
private func channel(_ value: Value) throws(PyError) -> (number: Int, end: ChannelEnd) {
  if ChannelID.isIdentifier(value) { return (ChannelID.number(value), ChannelID.end(value)) }
  guard value.type.slots.pointee.index != nil else { throw .typeError("channel ID must be an int, got \(value.typeName)") }
  let index = try value.index()
  guard let number = Integer.asInt(index.value) else { throw .overflowError("int too big to convert") }
  if number < 0 { throw .valueError("channel ID must be a non-negative int, got \(try value.repr().text)") }
  return (number, .both)
}

private func defineChannelMaking(_ m: ModuleBuilder) throws(PyError) {
  try m.function("create(unboundop=-1, fallback=-1)", "Make a channel; return its number.") { (call: Call) throws(PyError) -> Owned in
    let unbound = try unboundOperation(try call.int(0)) ?? .replace
    let fallback = try fallback(try call.int(1)) ?? .full
    return try ChannelID.make(SharedChannels.make(unbound, fallback), .both)
  }
  try m.function("destroy(cid)", "End a channel.") { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    try attempt(number) { () throws(ChannelFailure) in try SharedChannels.destroy(number) }
    return .none
  }
  try m.function("_channel_id(id, *, send=None, recv=None, force=False, _resolve=False)", "Return the number of a channel as an object.") {
    (call: Call) throws(PyError) -> Owned in
    let (number, known) = try channel(call[0])
    let sends = call[1].isNone ? nil : Optional(try call.bool(1))
    let receives = call[2].isNone ? nil : Optional(try call.bool(2))
    if sends == false && receives == false { throw .valueError("'send' and 'recv' cannot both be False") }
    var end = known
    if sends == true { end = receives == true ? .both : .send } else if receives == true { end = .receive }
    return try ChannelID.make(number, end, isForced: try call.bool(3), resolves: try call.bool(4))
  }
  try m.function("_register_end_types(send, recv)", "Tell the classes that stand for the ends of channels.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isType { throw .typeError("expected a type for 'send'") }
    if !call[1].isType { throw .typeError("expected a type for 'recv'") }
    try sendClass.set(Owned(copying: call[0]))
    try receiveClass.set(Owned(copying: call[1]))
    try SharedHandles.register(call[0], .channelSendEnd)
    try SharedHandles.register(call[1], .channelReceiveEnd)
    return .none
  }
}

// MARK: - Sending and receiving

/// Sends an item and, if wanted, waits until it is received.
private func send(_ number: Int, _ value: Value, _ call: Call) throws(PyError) {
  let isBlocking = try call.bool(4)
  let timeout = try channelTimeout(call[5], isBlocking: isBlocking)
  let defaults = try attempt(number) { () throws(ChannelFailure) in try SharedChannels.defaults(number) }
  let unbound = try unboundOperation(try call.int(2)) ?? defaults.0
  let fallback = try fallback(try call.int(3)) ?? defaults.1
  try attempt(number) { () throws(ChannelFailure) in try SharedChannels.checkSending(number) }
  let item = SharedItem(data: try SharedData(value, fallback: fallback), interpreter: currentInterpreter.pointee.identifier, unbound: unbound)
  let waiter = isBlocking ? ChannelWaiter() : nil
  do throws(ChannelFailure) { try SharedChannels.send(number, item, waiter) } catch {
    item.data.release()
    throw channelError(error, number)
  }
  guard let waiter else { return }
  let deadline = SharedDeadline(timeout: timeout)
  var failure: PyError?
  while krait_load32_acquire(waiter.word) == 0 {
    let rest = deadline.rest
    if rest == 0 {
      failure = PyError.raise(.timeoutError, "timed out")
      break
    }
    _ = withoutLock { krait_futex_wait(waiter.word, 0, Int64(rest)) }
    do throws(PyError) { try checkSignals() } catch {
      failure = error
      break
    }
  }
  if failure != nil, let item = SharedChannels.takeBack(number, waiter) {
    if !item.isUnbound { item.data.release() }
    throw PyError()
  }
  // Whoever took it out is about to say what became of it.
  while krait_load32_acquire(waiter.word) == 0 { _ = krait_futex_wait(waiter.word, 0, 1_000_000) }
  if krait_load32_acquire(waiter.word) == 1 {
    if failure != nil { PyError.clear() }
    return
  }
  if failure != nil { throw PyError() }
  throw channelError(.closedMeanwhile, number)
}

/// The nanoseconds that a sender waits; -1 for ever.
private func channelTimeout(_ value: Value, isBlocking: Bool) throws(PyError) -> Int {
  if value.isNone { return -1 }
  if !isBlocking { throw .valueError("can't specify a timeout for a non-blocking call") }
  let timeout = try nanoseconds(fromSeconds: value, rounding: .timeout)
  if timeout < 0 { throw .valueError("timeout value must be a non-negative number") }
  return timeout
}

private func defineChannelTransfers(_ m: ModuleBuilder) throws(PyError) {
  try m.function("send(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)", "Send a value; wait until it is received unless told not to.") {
    (call: Call) throws(PyError) -> Owned in
    try send(try channel(call[0]).number, call[1], call)
    return .none
  }
  try m.function("send_buffer(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)", "Send an object's memory; wait until it is received unless told not to.") {
    (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    let view = try TypeObject.memoryview.value.call(call[1])
    try send(number, view.value, call)
    return .none
  }
  try m.function(
    "recv(cid, default=<unrepresentable>)", "Receive a value: the value and None, or None and what its sender's end means for it."
  ) { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    let taken: SharedChannel.Item
    do throws(ChannelFailure) { taken = try SharedChannels.receive(number, currentInterpreter.pointee.identifier) } catch {
      if error == .empty && !call[1].isAbsent { return try Owned.tuple(call[1], .none) }
      throw channelError(error, number)
    }
    if taken.item.isUnbound {
      taken.waiter?.finish(received: true)
      return try Owned.tuple(Value.none, Value(smallInteger: taken.item.unbound.rawValue))
    }
    defer { taken.item.data.release() }
    let value: Owned
    do throws(PyError) { value = try taken.item.data.restore() } catch {
      taken.waiter?.finish(received: false)
      throw error
    }
    taken.waiter?.finish(received: true)
    return try Owned.tuple(value.value, .none)
  }
}

// MARK: - Closing

private func meantEnd(_ call: Call) throws(PyError) -> (ChannelEnd, isEmpty: Bool) {
  let sends = try call.bool(1)
  let receives = try call.bool(2)
  return (ChannelEnd(rawValue: (sends ? 1 : 0) - (receives ? 1 : 0)) ?? .both, !sends && !receives)
}

private func defineChannelClosing(_ m: ModuleBuilder) throws(PyError) {
  try m.function("close(cid, *, send=False, recv=False, force=False)", "Close a channel for all interpreters.") { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    let end = try meantEnd(call).0
    let isForced = try call.bool(3)
    try attempt(number) { () throws(ChannelFailure) in try SharedChannels.close(number, end, isForced: isForced) }
    return .none
  }
  try m.function("release(cid, *, send=False, recv=False, force=False)", "Give up the calling interpreter's ends of a channel.") { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    let end = try meantEnd(call).0
    try attempt(number) { () throws(ChannelFailure) in try SharedChannels.release(number, currentInterpreter.pointee.identifier, end) }
    return .none
  }
}

// MARK: - Knowing

private func defineChannelQuestions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("list_all()", "Return the number, the unbound operation and the fallback of each channel.") { (_: Call) throws(PyError) -> Owned in
    let result = try Owned.list()
    for known in SharedChannels.all {
      let identifier = try ChannelID.make(known.number, .both, isForced: true)
      try ListObject(result.value).append(
        sharing: try Owned.tuple(identifier.value, Value(smallInteger: known.unbound.rawValue), Value(smallInteger: known.fallback == .full ? 1 : 0)))
    }
    return result
  }
  try m.function("list_interpreters(cid, *, send)", "Return the numbers of the interpreters that hold an end of a channel.") { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    let sends = try call.bool(1)
    let result = try Owned.list()
    for interpreter in Interpreters.all {
      let holds = try attempt(number) { () throws(ChannelFailure) in try SharedChannels.isAssociated(number, interpreter.identifier, sending: sends) }
      if holds { try ListObject(result.value).append(Value(smallInteger: interpreter.identifier)) }
    }
    return result
  }
  try m.function("get_count(cid)", "Return how many items a channel has.") { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    return try Owned.integer(try attempt(number) { () throws(ChannelFailure) in try SharedChannels.count(number) })
  }
  try m.function("get_channel_defaults(cid)", "Return a channel's unbound operation and fallback.") { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    let defaults = try attempt(number) { () throws(ChannelFailure) in try SharedChannels.defaults(number) }
    return try Owned.tuple(Value(smallInteger: defaults.0.rawValue), Value(smallInteger: defaults.1 == .full ? 1 : 0))
  }
  try m.function("get_info(cid)", "Return the state of a channel.") { (call: Call) throws(PyError) -> Owned in
    let number = try channel(call[0]).number
    let known = try attempt(number) { () throws(ChannelFailure) in try SharedChannels.information(number) }
    return try informationObject(known)
  }
}

private func informationObject(_ known: SharedChannels.Information) throws(PyError) -> Owned {
  var (sending, sendingReleased, receiving, receivingReleased) = (0, 0, 0, 0)
  var (both, bothReleased, bothSendReleased, bothReceiveReleased) = (0, 0, 0, 0)
  for (interpreter, sends) in known.senders {
    switch (sends, known.receivers[interpreter]) {
    case (true, nil): sending += 1
    case (false, nil): sendingReleased += 1
    case (true, true): both += 1
    case (false, true): bothReceiveReleased += 1
    case (true, false): bothSendReleased += 1
    case (false, false): bothReleased += 1
    }
  }
  for (interpreter, receives) in known.receivers where known.senders[interpreter] == nil {
    if receives { receiving += 1 } else { receivingReleased += 1 }
  }
  let own = currentInterpreter.pointee.identifier
  let isClosed = !known.isOpen && !known.isClosing
  let counts = [known.count, sending, sendingReleased, receiving, receivingReleased, both, bothReleased, bothSendReleased, bothReceiveReleased]
  let flags = [known.senders[own] == true, known.senders[own] == false, known.receivers[own] == true, known.receivers[own] == false]
  return try StructSequence.make(
    informationType.object,
    [Value(known.isOpen), Value(known.isClosing), Value(isClosed)] + counts.map { Value(smallInteger: $0) } + flags.map { Value($0) })
}

// MARK: - Channels as values

enum ChannelHandles {
  /// The number, the end and whether it becomes an object of the end's class, in one word.
  private static func word(_ number: Int, _ end: ChannelEnd, resolves: Bool) -> UInt64 { UInt64(number) << 3 | UInt64(end.rawValue + 1) << 1 | (resolves ? 1 : 0) }

  /// The message for a `ChannelID`, or for an object of the class of an end, which keeps the channel while it is under way.
  static func handle(of value: Value, _ sort: SharedHandles.Sort) throws(PyError) -> SharedData {
    let identifier = sort == .channelID ? Owned(copying: value) : try value.getAttribute(Name.make("_id"))
    guard ChannelID.isIdentifier(identifier.value) else { throw .typeError("a channel's _id must be a ChannelID, not \(identifier.value.typeName)") }
    let number = ChannelID.number(identifier.value)
    // A number of no channel is sent as it is.
    do throws(ChannelFailure) { try SharedChannels.addObject(number) } catch {}
    return SharedData(.handle, word(number, ChannelID.end(identifier.value), resolves: ChannelID.resolves(identifier.value)), detail: sort.rawValue)
  }

  static func restore(_ word: UInt64, _ sort: SharedHandles.Sort) throws(PyError) -> Owned {
    _ = try importModule("_interpchannels")
    let end = ChannelEnd(rawValue: Int(word >> 1 & 3) - 1) ?? .both
    let identifier = try ChannelID.make(Int(word >> 3), end)
    if sort == .channelID {
      if end == .both || word & 1 == 0 { return identifier }
      do throws(PyError) { return try endObject(identifier.value, end) } catch {
        PyError.clear()
        return identifier
      }
    }
    return try endObject(identifier.value, end)
  }

  private static func endObject(_ identifier: Value, _ end: ChannelEnd) throws(PyError) -> Owned {
    if sendClass.value.isAbsent { try importHighLevelModule() }
    let type = Owned(copyingIfPresent: end == .send ? sendClass.value : receiveClass.value)
    if type.value.isAbsent { throw .runtimeError("no class stands for the ends of channels") }
    return try type.value.call(identifier)
  }

  /// The modules that register the classes.
  private static func importHighLevelModule() throws(PyError) {
    do throws(PyError) { _ = try importModule("concurrent.interpreters._channels") } catch {
      guard PyError.matches(.importError) else { throw error }
      PyError.clear()
      _ = try importModule("test.support.channels")
    }
  }

  static func release(_ word: UInt64) { SharedChannels.removeObject(Int(word >> 3)) }
}
