// Asynchronous generators (PEP 525) and the awaitables of their methods; the await protocol.

import CKraitCore
import KraitCompiler

/// `async_generator_asend` and `async_generator_athrow`: a step of an asynchronous generator that waits to be awaited.
struct AsyncGeneratorStep {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }

  enum Status: UInt8 {
    case initial, iterating, closed
  }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var status: Status
    /// `aclose()` and not `athrow()`.
    var closes: Bool
    var generator: Value
    /// The value to send; for `athrow()` type, value and traceback.
    var first: Value
    var second: Value
    var third: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var generator: GeneratorObject { GeneratorObject(contents.pointee.generator) }

  static func make(_ type: TypeObject, _ generator: Value, closes: Bool, _ first: Value, _ second: Value, _ third: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(type.rootShape, size: MemoryLayout<Contents>.size)
    let contents = AsyncGeneratorStep(raw: raw).contents
    contents.pointee.status = .initial
    contents.pointee.closes = closes
    generator.retain()
    first.retainIfPresent()
    second.retainIfPresent()
    third.retainIfPresent()
    contents.pointee.generator = generator
    contents.pointee.first = first
    contents.pointee.second = second
    contents.pointee.third = third
    return Owned(taking: raw)
  }

  func forEachField(_ body: (Value) -> Void) {
    let contents = contents.pointee
    body(contents.generator)
    body(contents.first)
    body(contents.second)
    body(contents.third)
  }

  // MARK: asend

  /// What a step of the generator gave: a value that it yielded ends the awaiting, anything else passes through to the loop.
  private func unwrap(_ generator: GeneratorObject, _ outcome: consuming Generators.Outcome) throws(PyError) -> Owned {
    switch consume outcome {
    case .yielded(let value):
      if value.value.isObject && value.value.type == .asyncGeneratorWrappedValue {
        generator.contents.pointee.isRunningAsync = false
        throw GeneratorObject.stop(Owned(copying: value.value.object.load(fromByteOffset: 16, as: Value.self)))
      }
      return value
    case .returned:
      generator.contents.pointee.isClosed = true
      generator.contents.pointee.isRunningAsync = false
      throw .raise(.stopAsyncIteration)
    }
  }

  private func noteFailure(_ generator: GeneratorObject) {
    if PyError.matches(.stopAsyncIteration) || PyError.matches(.generatorExit) { generator.contents.pointee.isClosed = true }
    generator.contents.pointee.isRunningAsync = false
  }

  private static let reusedSend = "cannot reuse already awaited __anext__()/asend()"
  private static let reusedThrow = "cannot reuse already awaited aclose()/athrow()"

  func send(_ argument: Value) throws(PyError) -> Owned {
    switch try resume(argument) {
    case .yielded(let value): return value
    case .returned(let value): throw GeneratorObject.stop(value)
    }
  }

  /// As ``send(_:)``, for `await`: what the generator yielded is told without a StopIteration.
  func resume(_ argument: Value) throws(PyError) -> Generators.Outcome {
    if contents.pointee.status == .closed { throw .runtimeError(AsyncGeneratorStep.reusedSend) }
    let generator = self.generator
    var argument = argument
    if contents.pointee.status == .initial {
      try begin("anext()")
      if argument.isNone { argument = contents.pointee.first }
    }
    do throws(PyError) {
      switch try step(generator, argument) {
      case .yielded(let value):
        guard value.value.isObject && value.value.type == .asyncGeneratorWrappedValue else { return .yielded(value) }
        generator.contents.pointee.isRunningAsync = false
        contents.pointee.status = .closed
        return .returned(Owned(copying: value.value.object.load(fromByteOffset: 16, as: Value.self)))
      case .returned:
        generator.contents.pointee.isClosed = true
        generator.contents.pointee.isRunningAsync = false
        throw .raise(.stopAsyncIteration)
      }
    } catch {
      contents.pointee.status = .closed
      throw error
    }
  }

  /// Marks the generator as busy with this step.
  private func begin(_ name: String) throws(PyError) {
    let generator = self.generator
    if generator.contents.pointee.isRunningAsync {
      contents.pointee.status = .closed
      throw .runtimeError("\(name): asynchronous generator is already running")
    }
    contents.pointee.status = .iterating
    generator.contents.pointee.isRunningAsync = true
  }

  private func step(_ generator: GeneratorObject, _ argument: Value) throws(PyError) -> Generators.Outcome {
    do throws(PyError) { return try generator.send(argument) } catch {
      noteFailure(generator)
      throw error
    }
  }

  private func throwStep(_ generator: GeneratorObject, _ type: Value, _ value: Value, _ traceback: Value) throws(PyError) -> Generators.Outcome {
    do throws(PyError) { return .yielded(try generator.throwInside(type, value, traceback)) } catch {
      if generator.contents.pointee.status == .finished && PyError.matches(.stopIteration) {
        // The generator returned: no StopIteration of the program's own can leave it.
        PyError.clear()
        return .returned(.none)
      }
      noteFailure(generator)
      throw error
    }
  }

  func throwInto(_ type: Value, _ value: Value, _ traceback: Value) throws(PyError) -> Owned {
    let isSend = Value(raw).type == .asyncGeneratorSend
    if contents.pointee.status == .closed { throw .runtimeError(isSend ? AsyncGeneratorStep.reusedSend : AsyncGeneratorStep.reusedThrow) }
    let generator = self.generator
    if contents.pointee.status == .initial { try begin(isSend ? "anext()" : contents.pointee.closes ? "aclose()" : "athrow()") }
    do throws(PyError) {
      let outcome = try throwStep(generator, type, value, traceback)
      if isSend || !contents.pointee.closes { return try unwrap(generator, outcome) }
      return try closing(generator, outcome)
    } catch {
      contents.pointee.status = .closed
      if !isSend && contents.pointee.closes { throw asClosed(error) }
      throw error
    }
  }

  // MARK: athrow, aclose

  func sendThrow(_ argument: Value) throws(PyError) -> Owned {
    if contents.pointee.status == .closed { throw .runtimeError(AsyncGeneratorStep.reusedThrow) }
    let generator = self.generator
    if generator.contents.pointee.status == .finished {
      contents.pointee.status = .closed
      throw .raise(.stopIteration)
    }
    let isFirst = contents.pointee.status == .initial
    if isFirst {
      if generator.contents.pointee.isRunningAsync {
        contents.pointee.status = .closed
        throw .runtimeError("\(contents.pointee.closes ? "aclose()" : "athrow()"): asynchronous generator is already running")
      }
      if generator.contents.pointee.isClosed {
        contents.pointee.status = .closed
        throw .raise(.stopAsyncIteration)
      }
      if !argument.isNone { throw .runtimeError("can't send non-None value to a just-started coroutine") }
      contents.pointee.status = .iterating
      generator.contents.pointee.isRunningAsync = true
      if contents.pointee.closes { generator.contents.pointee.isClosed = true }
    }
    do throws(PyError) {
      return try finish(generator, try continueThrow(generator, argument, isFirst: isFirst))
    } catch {
      contents.pointee.status = .closed
      generator.contents.pointee.isRunningAsync = false
      if contents.pointee.closes { throw asClosed(error) }
      throw error
    }
  }

  private func continueThrow(_ generator: GeneratorObject, _ argument: Value, isFirst: Bool) throws(PyError) -> Generators.Outcome {
    if !isFirst { return try step(generator, argument) }
    if contents.pointee.closes { return try throwStep(generator, TypeObject.generatorExit.value, .none, .none) }
    return try throwStep(generator, contents.pointee.first, contents.pointee.second, contents.pointee.third)
  }

  private func finish(_ generator: GeneratorObject, _ outcome: consuming Generators.Outcome) throws(PyError) -> Owned {
    if contents.pointee.closes { return try closing(generator, outcome) }
    return try unwrap(generator, outcome)
  }

  /// A step of `aclose()`: the generator must not yield a value any more.
  private func closing(_ generator: GeneratorObject, _ outcome: consuming Generators.Outcome) throws(PyError) -> Owned {
    switch consume outcome {
    case .yielded(let value):
      if value.value.isObject && value.value.type == .asyncGeneratorWrappedValue {
        generator.contents.pointee.isRunningAsync = false
        throw .runtimeError("async generator ignored GeneratorExit")
      }
      return value
    case .returned:
      generator.contents.pointee.isRunningAsync = false
      throw .raise(.stopAsyncIteration)
    }
  }

  /// The exceptions that a closed generator ends with are the success of `aclose()`.
  private func asClosed(_ error: PyError) -> PyError {
    guard PyError.matches(.stopAsyncIteration) || PyError.matches(.generatorExit) else { return error }
    PyError.clear()
    return .raise(.stopIteration)
  }

  /// RuntimeWarning of a step that nobody awaited.
  fileprivate func warnNeverAwaited(isSend: Bool) {
    let pending = currentThread.pointee.takeException()
    let generator = Owned(copying: contents.pointee.generator)
    do throws(PyError) {
      let method = isSend ? "asend" : contents.pointee.closes ? "aclose" : "athrow"
      let name = try GeneratorObject(generator.value).contents.pointee.qualifiedName.repr().text
      try warn(.runtimeWarning, "coroutine method '\(method)' of \(name) was never awaited")
    } catch { reportUnraisable("Exception ignored while finalizing async generator", generator.value) }
    currentThread.pointee.setException(pending)
  }

  // MARK: close

  func close() throws(PyError) -> Owned {
    if contents.pointee.status == .closed { return .none }
    do throws(PyError) { _ = try throwInto(TypeObject.generatorExit.value, .none, .none) } catch {
      if PyError.matches(.stopIteration) || PyError.matches(.stopAsyncIteration) || PyError.matches(.generatorExit) {
        PyError.clear()
        return .none
      }
      throw error
    }
    throw .runtimeError("coroutine ignored GeneratorExit")
  }
}

// MARK: - In the evaluator's loop

extension AsyncGeneratorStep {
  /// `SEND` to the step of an `asend()`: goes on in the generator's frame. nil when the general way has to tell what is wrong, or when tools watch.
  func enter(_ fp: FP, _ slot: Int, _ thread: ThreadPointer) throws(PyError) -> PC? {
    let generator = self.generator
    let isFirst = contents.pointee.status == .initial
    let waits = generator.contents.pointee.status
    guard contents.pointee.status != .closed, !isFirst || !generator.contents.pointee.isRunningAsync, waits == .suspended || waits == .created else { return nil }
    let sent = isFirst && fp[slot].isNone ? contents.pointee.first : fp[slot]
    guard waits == .suspended || sent.isNone, !thread.pointee.interpreter.pointee.monitoring.watchesExceptions else { return nil }
    let value = Owned(copying: sent)
    let inner = try Generators.push(generator, thread, .asyncStep)
    contents.pointee.status = .iterating
    generator.contents.pointee.isRunningAsync = true
    let old = Owned(taking: fp[slot])
    fp[slot] = .none
    let pc = generator.contents.pointee.pc
    inner[operandA(pc)] = value.take()
    _ = old
    return pc + 1
  }

  /// The step in the receiver's slot of the `SEND` that the frame is at.
  private static func waiting(_ frame: FramePointer) -> AsyncGeneratorStep { AsyncGeneratorStep(frame.pointee.fp[operandB(frame.pointee.pc)]) }

  /// The generator's frame was left with a value: one that it yielded is the result of the awaiting, anything else goes on to who awaits.
  static func yielded(_ value: consuming Owned, _ thread: ThreadPointer) -> PC {
    let frame = thread.pointee.frame
    let pc = frame.pointee.pc
    guard value.value.isObject, value.value.type == .asyncGeneratorWrappedValue else {
      Slow.set(frame.pointee.fp, operandA(pc), value)
      return pc + Evaluator.callLength
    }
    waiting(frame).close(isFinished: false)
    Slow.set(frame.pointee.fp, operandA(pc), Owned(copying: value.value.object.load(fromByteOffset: 16, as: Value.self)))
    return pc + signedC(pc)
  }

  /// The generator's function returned.
  static func returned(_ thread: ThreadPointer) -> PC {
    waiting(thread.pointee.frame).close(isFinished: true)
    _ = PyError.raise(.stopAsyncIteration)
    return Evaluator.unwind(thread)
  }

  /// An exception left the generator's frame, and is pending.
  static func failed(_ thread: ThreadPointer) {
    waiting(thread.pointee.frame).close(isFinished: PyError.matches(.stopAsyncIteration) || PyError.matches(.generatorExit))
  }

  private func close(isFinished: Bool) {
    contents.pointee.status = .closed
    generator.contents.pointee.isRunningAsync = false
    if isFinished { generator.contents.pointee.isClosed = true }
  }
}

enum AsyncGenerators {
  /// Marks a value that an asynchronous generator yields, so that what it awaits is told from it.
  static func wrap(_ value: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.asyncGeneratorWrappedValue.rootShape, size: ObjectHeader.size + MemoryLayout<Value>.size)
    (raw + 16).storeBytes(of: Owned(copying: value).take(), as: Value.self)
    return Owned(taking: raw)
  }

  /// `sys.set_asyncgen_hooks`: told of an asynchronous generator when it is first iterated.
  static func noteFirstIteration(_ generator: Value) throws(PyError) {
    let contents = GeneratorObject(generator).contents
    if contents.pointee.hooksDone { return }
    contents.pointee.hooksDone = true
    let thread = currentThread
    let finalizer = thread.pointee.asyncGeneratorFinalizer
    if !finalizer.isAbsent { contents.pointee.origin = Owned(copying: finalizer).take() }
    let first = Owned(copyingIfPresent: thread.pointee.asyncGeneratorFirstIteration)
    if !first.value.isAbsent { _ = try first.value.call(generator) }
  }

  static func sendStep(_ generator: Value, _ value: Value) throws(PyError) -> Owned {
    try noteFirstIteration(generator)
    return try AsyncGeneratorStep.make(.asyncGeneratorSend, generator, closes: false, value, .absent, .absent)
  }
}

private func defineStep(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<AsyncGeneratorStep.Contents>.size
  t.shapeFlags.insert(.tracked)
  t.flags.insert(.disallowInstantiation)
  t.slots.deallocate = DeallocateSlot { raw in
    let step = AsyncGeneratorStep(raw: raw)
    if step.contents.pointee.status == .initial { step.warnNeverAwaited(isSend: raw.shape.type == .asyncGeneratorSend) }
    step.forEachField { $0.releaseIfPresent() }
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in AsyncGeneratorStep(raw: raw).forEachField { visit($0) } }
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.slots.await = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.rawMethod("throw") { (receiver: Value, arguments: Arguments) throws(PyError) -> Owned in
    let (type, value, traceback) = try throwArguments(arguments)
    return try AsyncGeneratorStep(receiver).throwInto(type, value, traceback)
  }
  t.method("close($self, /)") { (call: Call) throws(PyError) -> Owned in try AsyncGeneratorStep(call.receiver).close() }
}

func defineAsyncGenerator(_ types: TypeDefinitions) {
  types.define(.asyncGenerator) { t in
    defineGeneratorBasics(t)
    t.slots.asyncIterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.asyncNext = UnarySlot { (object: Value) throws(PyError) -> Owned in try AsyncGenerators.sendStep(object, .none) }
    t.method("asend($self, value, /)", "Go on with a value, as an awaitable.") { (call: Call) throws(PyError) -> Owned in
      try AsyncGenerators.sendStep(call.receiver, call[0])
    }
    t.rawMethod(
      "athrow",
      """
      athrow(value)
      athrow(type[,value[,tb]])

      Raise an exception where the generator stands, as an awaitable. More than one
      argument is the deprecated form.
      """
    ) { (receiver: Value, arguments: Arguments) throws(PyError) -> Owned in
      let (type, value, traceback) = try throwArguments(arguments)
      if arguments.positionalCount > 1 {
        try warn(.deprecationWarning, "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.")
      }
      try AsyncGenerators.noteFirstIteration(receiver)
      return try AsyncGeneratorStep.make(.asyncGeneratorThrow, receiver, closes: false, type, value, traceback)
    }
    t.method("aclose($self, /)", "End the generator by GeneratorExit, as an awaitable.") { (call: Call) throws(PyError) -> Owned in
      try AsyncGenerators.noteFirstIteration(call.receiver)
      return try AsyncGeneratorStep.make(.asyncGeneratorThrow, call.receiver, closes: true, .absent, .absent, .absent)
    }
    t.getter("ag_frame") { (object: Value) throws(PyError) -> Owned in try GeneratorObject(object).frame() }
    t.getter("ag_code") { (object: Value) throws(PyError) -> Owned in Owned(copying: GeneratorObject(object).code.value) }
    t.member("ag_running") { (object: Value) throws(PyError) -> Owned in
      Owned.boolean(GeneratorObject(object).contents.pointee.isRunningAsync)
    }
    t.getter("ag_suspended") { (object: Value) throws(PyError) -> Owned in
      Owned.boolean(GeneratorObject(object).contents.pointee.status == .suspended)
    }
    t.getter("ag_await", "what it awaits now, or None") { (object: Value) throws(PyError) -> Owned in
      GeneratorObject(object).delegateForPython
    }
  }
  types.define(.asyncGeneratorSend) { t in
    defineStep(t)
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in try AsyncGeneratorStep(object).send(.none) }
    t.method("send($self, arg, /)") { (call: Call) throws(PyError) -> Owned in try AsyncGeneratorStep(call.receiver).send(call[0]) }
  }
  types.define(.asyncGeneratorThrow) { t in
    defineStep(t)
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in try AsyncGeneratorStep(object).sendThrow(.none) }
    t.method("send($self, arg, /)") { (call: Call) throws(PyError) -> Owned in try AsyncGeneratorStep(call.receiver).sendThrow(call[0]) }
  }
  types.define(.asyncGeneratorWrappedValue) { t in
    t.basicSize = 24
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      raw.load(fromByteOffset: 16, as: Value.self).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(raw.load(fromByteOffset: 16, as: Value.self)) }
  }
  defineAnextAwaitable(types)
}

// MARK: - anext()

/// What `anext(iterator, default)` returns: awaits, and answers the default at the end.
extension Owned {
  public static func anextAwaitable(_ awaitable: Value, default value: Value) throws(PyError) -> Owned {
    let raw = try TypeObject.anextAwaitable.allocate()
    (raw + 16).storeBytes(of: Owned(copying: awaitable).take(), as: Value.self)
    (raw + 24).storeBytes(of: Owned(copying: value).take(), as: Value.self)
    return Owned(taking: raw)
  }
}

enum AnextAwaitable {
  /// Applies one operation to the awaited iterator; StopAsyncIteration becomes the default.
  static func step(_ object: Value, _ operation: (Value) throws(PyError) -> Owned) throws(PyError) -> Owned {
    var iterator = try AwaitProtocol.iterator(of: object.object.load(fromByteOffset: 16, as: Value.self))
    // Only coroutines are no iterators themselves.
    if iterator.value.type.slots.pointee.next == nil, let slot = iterator.value.type.slots.pointee.await { iterator = try slot(iterator.value) }
    do throws(PyError) { return try operation(iterator.value) } catch {
      guard PyError.matches(.stopAsyncIteration) else { throw error }
      PyError.clear()
      throw GeneratorObject.stop(Owned(copying: object.object.load(fromByteOffset: 24, as: Value.self)))
    }
  }
}

private func defineAnextAwaitable(_ types: TypeDefinitions) {
  types.define(.anextAwaitable) { t in
    t.basicSize = 32
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      raw.load(fromByteOffset: 16, as: Value.self).releaseIfPresent()
      raw.load(fromByteOffset: 24, as: Value.self).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      visit(raw.load(fromByteOffset: 16, as: Value.self))
      visit(raw.load(fromByteOffset: 24, as: Value.self))
    }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.await = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
      try AnextAwaitable.step(object) { (iterator: Value) throws(PyError) -> Owned in
        guard let next = iterator.type.slots.pointee.next else { throw .typeError("'\(iterator.typeName)' object is not an iterator") }
        return try next(iterator)
      }
    }
    t.method("send($self, arg, /)") { (call: Call) throws(PyError) -> Owned in
      let argument = call[0]
      return try AnextAwaitable.step(call.receiver) { (iterator: Value) throws(PyError) -> Owned in try iterator.callMethod(Name.send, argument) }
    }
    t.rawMethod("throw") { (receiver: Value, arguments: Arguments) throws(PyError) -> Owned in
      try AnextAwaitable.step(receiver) { (iterator: Value) throws(PyError) -> Owned in
        try iterator.getAttribute(Name.throw).call(arguments: arguments)
      }
    }
    t.method("close($self, /)") { (call: Call) throws(PyError) -> Owned in
      try AnextAwaitable.step(call.receiver) { (iterator: Value) throws(PyError) -> Owned in try iterator.callMethod(Name.close) }
    }
  }
}

// MARK: - The await protocol

enum AwaitProtocol {
  /// The iterator that awaiting an object runs.
  static func iterator(of object: Value) throws(PyError) -> Owned {
    if isCoroutine(object) { return Owned(copying: object) }
    guard let slot = object.type.slots.pointee.await else {
      throw .typeError("'\(object.typeName)' object can't be awaited")
    }
    let result = try slot(object)
    if isCoroutine(result.value) { throw .typeError("__await__() returned a coroutine") }
    if result.value.type.slots.pointee.next == nil {
      throw .typeError("__await__() returned non-iterator of type '\(result.value.typeName)'")
    }
    return result
  }

  /// A coroutine, or a generator that `types.coroutine` made one.
  private static func isCoroutine(_ object: Value) -> Bool {
    guard object.isObject else { return false }
    if object.type == .coroutine { return true }
    return object.type == .generator && GeneratorObject(object).code.flags.contains(.iterableCoroutine)
  }
}

extension Slow {
  static func GET_AWAITABLE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandA(pc)
    let object = fp[slot]
    if object.isObject && object.object.shape == TypeObject.coroutine.rootShape {
      if _slowPath(GeneratorObject(object).contents.pointee.status == .suspended), !GeneratorObject(object).delegate.isAbsent {
        throw .runtimeError("coroutine is being awaited already")
      }
      return
    }
    if object.type.slots.pointee.await == nil && operandB(pc) == 1 && !(object.isObject && (object.type == .coroutine || object.type == .generator)) {
      throw .typeError("'async with' received an object from __aenter__ that does not implement __await__: \(object.typeName)")
    }
    if object.type.slots.pointee.await == nil && operandB(pc) == 2 && !(object.isObject && (object.type == .coroutine || object.type == .generator)) {
      throw .typeError("'async with' received an object from __aexit__ that does not implement __await__: \(object.typeName)")
    }
    let iterator = try AwaitProtocol.iterator(of: object)
    if iterator.value.isObject && iterator.value.type == .coroutine && !GeneratorObject(iterator.value).delegate.isAbsent {
      throw .runtimeError("coroutine is being awaited already")
    }
    set(fp, slot, iterator)
  }

  static func GET_AITER(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandA(pc)
    let object = fp[slot]
    guard let iterate = object.type.slots.pointee.asyncIterate else {
      throw .typeError("'async for' requires an object with __aiter__ method, got \(object.typeName)")
    }
    let iterator = try iterate(object)
    if iterator.value.type.slots.pointee.asyncNext == nil {
      throw .typeError("'async for' received an object from __aiter__ that does not implement __anext__: \(iterator.value.typeName)")
    }
    set(fp, slot, iterator)
  }

  static func GET_ANEXT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let iterator = fp[operandB(pc)]
    if iterator.isObject && iterator.object.shape == TypeObject.asyncGenerator.rootShape {
      return set(fp, operandA(pc), try AsyncGenerators.sendStep(iterator, .none))
    }
    guard let next = iterator.type.slots.pointee.asyncNext else {
      throw .typeError("'async for' requires an iterator with __anext__ method, got \(iterator.typeName)")
    }
    let awaitable = try next(iterator)
    do throws(PyError) { set(fp, operandA(pc), try AwaitProtocol.iterator(of: awaitable.value)) } catch {
      let cause = currentThread.pointee.takeException()
      let raised = PyError.raise(.typeError, "'async for' received an invalid object from __anext__: \(awaitable.value.typeName)")
      let exception = currentThread.pointee.takeException()
      ExceptionObject(exception.value).setContext(cause.copy())
      ExceptionObject(exception.value).setCause(cause)
      currentThread.pointee.setException(exception)
      throw raised
    }
  }
}
