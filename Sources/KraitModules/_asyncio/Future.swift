// The type `_asyncio.Future`, and the iterator that `await` and `yield from` get of it.

import KraitRuntime

nonisolated(unsafe) private var iteratorType = ModuleType()

// MARK: - The iterator

/// The future is behind the header: owned, absent when there is nothing to wait for.
private let futureOffset = 16

private func nextOfFuture(_ iterator: Value) throws(PyError) -> Owned {
  let value = iterator.object.load(fromByteOffset: futureOffset, as: Value.self)
  if value.isAbsent { return Owned(taking: .absent) }
  let future = FutureObject(value)
  if future.isPending {
    if future.contents.pointee.isBlocking { throw .runtimeError("await wasn't used with future") }
    future.contents.pointee.isBlocking = true
    return Owned(copying: value)
  }
  let held = Owned(copying: value)
  let result = try FutureObject(held.value).result()
  if result.value.isNone { return Owned(taking: .absent) }
  // A result that is itself an exception or a tuple is an argument all the same.
  throw PyError.raise(try TypeObject.stopIteration.value.call(result.value))
}

private func throwIntoIterator(_ iterator: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.checkNoKeywords("FutureIter.throw")
  let count = arguments.positionalCount
  if count < 1 { throw .typeError("throw expected at least 1 argument, got 0") }
  if count > 3 { throw .typeError("throw expected at most 3 arguments, got \(count)") }
  if count > 1 { try warn(.deprecationWarning, "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.") }
  let kind = arguments.base[0]
  let given = count > 1 ? arguments.base[1] : .absent
  let traceback = count > 2 && !arguments.base[2].isNone ? arguments.base[2] : .absent
  if !traceback.isAbsent && traceback.type != .traceback { throw .typeError("throw() third argument must be a traceback") }
  let exception: Owned
  if kind.isType && TypeObject(kind).isSubtype(of: .baseException) {
    if !given.isAbsent && given.isInstance(of: TypeObject(kind)) {
      exception = Owned(copying: given)
    } else if given.isAbsent || given.isNone {
      exception = try kind.call()
    } else {
      exception = given.isTuple ? try kind.call(tuple: given) : try kind.call(given)
    }
  } else if kind.isInstance(of: .baseException) {
    if !given.isAbsent { throw .typeError("instance exception may not have a separate value") }
    exception = Owned(copying: kind)
  } else {
    throw .typeError("exceptions must be classes deriving BaseException or instances of such a class")
  }
  if !traceback.isAbsent { ExceptionObject(exception.value).setTraceback(Owned(copying: traceback)) }
  Fields.clear(iterator.object, futureOffset)
  throw PyError.raise(exception)
}

private func defineIterator(_ t: TypeDefinition) {
  t.basicSize = futureOffset + 8
  t.inheritsNew = true
  t.shapeFlags.insert(.tracked)
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.slots.next = NextSlot(nextOfFuture)
  t.slots.deallocate = DeallocateSlot { raw in
    raw.load(fromByteOffset: futureOffset, as: Value.self).releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in visit(raw.load(fromByteOffset: futureOffset, as: Value.self)) }
  t.method("send(object, /)") { (call: Call) throws(PyError) -> Owned in
    let result = try nextOfFuture(call.receiver)
    if result.value.isAbsent { throw PyError.stopIteration(.none) }
    return result
  }
  t.rawMethod("throw", "", throwIntoIterator)
  t.method("close()") { (call: Call) throws(PyError) -> Owned in
    Fields.clear(call.receiver.object, futureOffset)
    return .none
  }
}

private func makeIterator(_ future: Value) throws(PyError) -> Owned {
  try FutureObject(future).checkAlive()
  let raw = try iteratorType.object.allocate()
  raw.storeBytes(of: Owned(copying: future).take(), toByteOffset: futureOffset, as: Value.self)
  return Owned(taking: raw)
}

// MARK: - The type

private func noneIfAbsent(_ value: Value) -> Owned { value.isAbsent ? .none : Owned(copying: value) }

private func checkNotDeleted(_ object: Value, _ value: Value, _ name: StaticString) throws(PyError) {
  if value.isAbsent { throw .attributeError("attribute '\(name)' of '\(object.type.fullName)' objects cannot be deleted") }
}

private func defineAttributes(_ t: TypeDefinition) {
  t.getter("_state") { (object: Value) throws(PyError) -> Owned in
    try FutureObject(object).checkAlive()
    switch FutureObject(object).state {
    case .pending: return try Owned.string("PENDING")
    case .cancelled: return try Owned.string("CANCELLED")
    case .finished: return try Owned.string("FINISHED")
    }
  }
  t.property("_asyncio_future_blocking") { (object: Value) throws(PyError) -> Owned in
    .boolean(!FutureObject(object).loop.isAbsent && FutureObject(object).contents.pointee.isBlocking)
  } set: { (object: Value, value: Value) throws(PyError) in
    try FutureObject(object).checkAlive()
    try checkNotDeleted(object, value, "_asyncio_future_blocking")
    FutureObject(object).contents.pointee.isBlocking = try value.isTruthy()
  }
  t.getter("_asyncio_awaited_by") { (object: Value) throws(PyError) -> Owned in
    let waiters = FutureObject(object).contents.pointee.awaitedBy
    if waiters.isAbsent { return .none }
    if FutureObject(object).contents.pointee.isAwaitedBySet { return try Owned.frozenset(from: waiters) }
    let one = try Owned.tuple(waiters)
    return try Owned.frozenset(from: one.value)
  }
  t.getter("_loop") { (object: Value) throws(PyError) -> Owned in noneIfAbsent(FutureObject(object).loop) }
  t.getter("_callbacks") { (object: Value) throws(PyError) -> Owned in
    try FutureObject(object).checkAlive()
    let contents = FutureObject(object).contents
    if contents.pointee.callback.isAbsent && contents.pointee.callbacks.isAbsent { return .none }
    let result = try Owned.list()
    if !contents.pointee.callback.isAbsent {
      let pair = try Owned.tuple(contents.pointee.callback, contents.pointee.context)
      try ListObject(result.value).append(pair.value)
    }
    if !contents.pointee.callbacks.isAbsent {
      let others = ListObject(contents.pointee.callbacks)
      for index in 0..<others.count { try ListObject(result.value).append(others[index]) }
    }
    return result
  }
  t.getter("_result") { (object: Value) throws(PyError) -> Owned in
    try FutureObject(object).checkAlive()
    return noneIfAbsent(FutureObject(object).contents.pointee.result)
  }
  t.getter("_exception") { (object: Value) throws(PyError) -> Owned in
    try FutureObject(object).checkAlive()
    return noneIfAbsent(FutureObject(object).contents.pointee.exception)
  }
  t.property("_log_traceback") { (object: Value) throws(PyError) -> Owned in
    try FutureObject(object).checkAlive()
    return .boolean(FutureObject(object).contents.pointee.logsTraceback)
  } set: { (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(object, value, "_log_traceback")
    if try value.isTruthy() { throw .valueError("_log_traceback can only be set to False") }
    FutureObject(object).contents.pointee.logsTraceback = false
  }
  t.getter("_source_traceback") { (object: Value) throws(PyError) -> Owned in noneIfAbsent(FutureObject(object).contents.pointee.sourceTraceback) }
  t.property("_cancel_message") { (object: Value) throws(PyError) -> Owned in
    noneIfAbsent(FutureObject(object).contents.pointee.cancelMessage)
  } set: { (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(object, value, "_cancel_message")
    FutureObject(object).replace(\.cancelMessage, Owned(copying: value))
  }
}

/// Methods that futures and tasks have alike.
func defineCommonMethods(_ t: TypeDefinition) {
  t.method("result()", "The result. An exception that was set is raised.\n\nCancelledError after a cancellation, InvalidStateError when there is none yet.") {
    (call: Call) throws(PyError) -> Owned in try FutureObject(call.receiver).result()
  }
  t.method("exception()", "The exception that was set; None if a result was.\n\nCancelledError after a cancellation, InvalidStateError when neither was set yet.") {
    (call: Call) throws(PyError) -> Owned in
    let future = FutureObject(call.receiver)
    if future.loop.isAbsent { throw AsyncioImport.invalidState("Future object is not initialized.") }
    switch future.state {
    case .cancelled: throw PyError.raise(try future.makeCancelledError())
    case .pending: throw AsyncioImport.invalidState("Exception is not set.")
    case .finished: break
    }
    future.contents.pointee.logsTraceback = false
    return noneIfAbsent(future.contents.pointee.exception)
  }
  t.method("add_done_callback(fn, /, *, context=<unrepresentable>)", "Have the loop call fn with the future when it is done; soon, if it is done already.") {
    (call: Call) throws(PyError) -> Owned in
    let context = call[1].isAbsent ? try copyCurrentContext() : Owned(copying: call[1])
    try FutureObject(call.receiver).addCallback(call[0], context.value)
    return .none
  }
  t.method("remove_done_callback(fn, /)", "Forget a callback, however often it was added; return how often.") { (call: Call) throws(PyError) -> Owned in
    try FutureObject(call.receiver).checkAlive()
    return try Owned.integer(try FutureObject(call.receiver).removeCallback(call[0]))
  }
  t.method("cancelled()", "Whether it was cancelled.") { (call: Call) throws(PyError) -> Owned in .boolean(FutureObject(call.receiver).state == .cancelled) }
  t.method("done()", "Whether it has a result or an exception, or was cancelled.") { (call: Call) throws(PyError) -> Owned in
    .boolean(!FutureObject(call.receiver).loop.isAbsent && !FutureObject(call.receiver).isPending)
  }
  t.method("_make_cancelled_error()", "The CancelledError to raise; to be asked for once, as it gives up what was kept for it.") { (call: Call) throws(PyError) -> Owned in
    try FutureObject(call.receiver).makeCancelledError()
  }
  t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
  t.slots.iterate = UnarySlot(makeIterator)
  t.slots.await = UnarySlot(makeIterator)
}

private func defineMethods(_ t: TypeDefinition) {
  t.method("get_loop()", "The loop that the future belongs to.") { (call: Call) throws(PyError) -> Owned in
    try FutureObject(call.receiver).checkAlive()
    return Owned(copying: FutureObject(call.receiver).loop)
  }
  t.method("set_result(result, /)", "Make the future done, with a result.\n\nInvalidStateError when it is done already.") { (call: Call) throws(PyError) -> Owned in
    try FutureObject(call.receiver).setResult(call[0])
    return .none
  }
  t.method("set_exception(exception, /)", "Make the future done, with an exception.\n\nInvalidStateError when it is done already.") {
    (call: Call) throws(PyError) -> Owned in
    try FutureObject(call.receiver).setException(call[0])
    return .none
  }
  t.method("cancel(msg=None)", "Cancel the future; its callbacks are called soon. False when it is done already.") { (call: Call) throws(PyError) -> Owned in
    try FutureObject(call.receiver).checkAlive()
    return .boolean(try FutureObject(call.receiver).cancel(call[0]))
  }
}

func defineFuture(_ m: ModuleBuilder) throws(PyError) {
  iteratorType = ModuleType(try m.defineType("FutureIter", isPublic: false) { t in defineIterator(t) })
  futureType = ModuleType(
    try m.defineType("Future") { t in
      t.documentation = "A result that comes later, in an event loop.\n\nNot for use by several threads; callbacks are called by the loop's call_soon()."
      t.textSignature = "(*, loop=None)"
      t.basicSize = MemoryLayout<FutureObject.Contents>.size
      t.flags.formUnion([.baseType, .managedWeakReference])
      t.shapeFlags.formUnion([.tracked, .hasState, .hasAttributes])
      t.rawNew("Future") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
      t.initialize("Future(*, loop=None)") { (call: Call) throws(PyError) in try FutureObject(call.receiver).initialize(loop: call[0]) }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        try FutureObject(object).checkAlive()
        return try AsyncioImport.value(.futureRepr).call(object)
      }
      t.slots.finalize = FinalizeSlot { (object: Value) in FutureObject(object).finalize() }
      t.slots.deallocate = DeallocateSlot { raw in
        FutureObject(raw: raw).releaseReferences()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        traverseOwnAttributes(raw, visit)
        FutureObject(raw: raw).forEachReference { visit($0) }
      }
      t.slots.clear = ClearSlot { raw in
        clearOwnAttributes(raw)
        FutureObject(raw: raw).releaseReferences()
      }
      defineAttributes(t)
      defineCommonMethods(t)
      defineMethods(t)
    })
}
