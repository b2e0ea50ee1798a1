// The types `generator` and `coroutine`.

import CKraitCore
import KraitCompiler

extension GeneratorObject {
  /// "generator", "coroutine" or "async generator", for messages.
  var kindText: String {
    let type = value.type
    return type == .coroutine ? "coroutine" : type == .asyncGenerator ? "async generator" : "generator"
  }

  private func alreadyExecuting() -> PyError { .valueError("\(kindText) already executing") }

  /// Sends a value in; StopIteration carries the result when the function returns.
  func sendRaising(_ value: Value) throws(PyError) -> Owned {
    switch try send(value) {
    case .yielded(let value): return value
    case .returned(let value): throw GeneratorObject.stop(value)
    }
  }

  /// StopIteration with a generator's result.
  static func stop(_ value: consuming Owned) -> PyError {
    if value.value.isNone { return .raise(.stopIteration) }
    // An exception or a tuple must not be taken for the exception itself or its arguments.
    do throws(PyError) {
      let exception = try TypeObject.stopIteration.value.call(value.value)
      return .raise(exception)
    } catch { return error }
  }

  func send(_ value: Value) throws(PyError) -> Generators.Outcome {
    switch contents.pointee.status {
    case .running: throw alreadyExecuting()
    case .finished:
      if self.value.type == .coroutine { throw .runtimeError("cannot reuse already awaited coroutine") }
      return .returned(.none)
    case .created:
      if !value.isNone { throw .typeError("can't send non-None value to a just-started \(kindText)") }
    case .suspended: break
    }
    return try Generators.send(self, Owned(copying: value))
  }

  /// `next()`: absent at the end.
  func next() throws(PyError) -> Owned {
    let status = contents.pointee.status
    if status == .finished && value.type != .coroutine { return Owned(taking: .absent) }
    if _fastPath(status == .suspended || status == .created) { return try Generators.next(self) }
    switch try send(.none) {
    case .yielded(let value): return value
    case .returned(let value):
      if value.value.isNone { return Owned(taking: .absent) }
      throw GeneratorObject.stop(value)
    }
  }

  /// Raises the thread's exception inside.
  func raiseInside() throws(PyError) -> Owned {
    switch contents.pointee.status {
    case .running:
      PyError.clear()
      throw alreadyExecuting()
    case .finished:
      if value.type == .coroutine {
        PyError.clear()
        throw .runtimeError("cannot reuse already awaited coroutine")
      }
      throw PyError()
    case .created, .suspended: break
    }
    switch try Generators.raise(self) {
    case .yielded(let value): return value
    case .returned(let value): throw GeneratorObject.stop(value)
    }
  }

  // MARK: throw

  /// `throw(type, value, traceback)` with what it accepts.
  func throwInside(_ type: Value, _ value: Value, _ traceback: Value) throws(PyError) -> Owned {
    let delegate = self.delegate
    if !delegate.isAbsent {
      let held = Owned(copying: delegate)
      if GeneratorObject.isGeneratorExit(type) {
        // The delegate is closed first.
        contents.pointee.status = .running
        let closed: PyError?
        do throws(PyError) {
          try GeneratorObject.close(delegate: held.value)
          closed = nil
        } catch { closed = error }
        contents.pointee.status = .suspended
        if closed != nil { return try raiseInside() }
      } else {
        let isGenerator = held.value.isObject && (held.value.type == .generator || held.value.type == .coroutine)
        let method = isGenerator ? Owned.none : try held.value.lookUpAttribute(Name.throw)
        if !method.value.isAbsent { return try throwToDelegate(held.value, method.value, type, value, traceback) }
      }
    }
    if !traceback.isAbsent && !traceback.isNone && traceback.type != .traceback { throw .typeError("throw() third argument must be a traceback object") }
    do throws(PyError) {
      let exception = try GeneratorObject.exception(type, value, traceback)
      currentThread.pointee.setException(exception)
    } catch {
      // What an exception class raises instead of making an instance is what the generator gets.
      guard type.isExceptionClass else { throw error }
    }
    return try raiseInside()
  }

  private static func isGeneratorExit(_ exception: Value) -> Bool {
    if exception.isException { return exception.isInstance(of: .generatorExit) }
    return exception.isType && TypeObject(exception).isSubtype(of: .generatorExit)
  }

  /// Lets the delegate's `throw` do it, with the generator's own frame below it on the stack.
  private func throwToDelegate(
    _ delegate: Value, _ method: Value, _ type: Value, _ value: Value, _ traceback: Value
  ) throws(PyError) -> Owned {
    let thread = currentThread
    let held = Owned(copying: self.value)
    let (pc, count) = (contents.pointee.pc, contents.pointee.valueCount)
    _ = try Generators.push(self, thread, .entry)
    // The delegate does not see what the generator is handling.
    Generators.leaveExceptionState(contents, thread)
    var result = Owned(taking: .absent)
    var failed = false
    do throws(PyError) {
      if method.isNone {
        result = try GeneratorObject(delegate).throwInside(type, value, traceback)
      } else if value.isAbsent {
        result = try method.call(type)
      } else if traceback.isAbsent {
        result = try method.call(type, value)
      } else {
        result = try method.call(type, value, traceback)
      }
    } catch { failed = true }
    Generators.enterExceptionState(contents, thread)
    Generators.suspend(thread.pointee.frame, thread, at: pc, count: count)
    _ = held
    // A delegate that has ended or failed: go on behind the delegation, or raise there.
    return failed ? try raiseInside() : result
  }

  /// Closes what a generator delegates to.
  static func close(delegate: Value) throws(PyError) {
    if delegate.isObject && (delegate.type == .generator || delegate.type == .coroutine) {
      _ = try GeneratorObject(delegate).close()
      return
    }
    var method = Owned(taking: .absent)
    do throws(PyError) { method = try delegate.lookUpAttribute(Name.close) } catch {
      reportUnraisable("Exception ignored while closing generator", delegate)
    }
    if !method.value.isAbsent { _ = try method.value.call() }
  }

  /// The exception instance that `throw` is asked to raise.
  static func exception(_ type: Value, _ value: Value, _ traceback: Value) throws(PyError) -> Owned {
    let result = try instance(type, value)
    if !traceback.isAbsent && !traceback.isNone { ExceptionObject(result.value).setTraceback(Owned(copying: traceback)) }
    return result
  }

  private static func instance(_ type: Value, _ value: Value) throws(PyError) -> Owned {
    if type.isExceptionClass {
      if !value.isAbsent && value.isException && value.type.isSubtype(of: TypeObject(raw: type.object)) { return Owned(copying: value) }
      let made: Owned = try make(type, value)
      guard made.value.isException else {
        throw .typeError("calling \(try type.repr().text) should have returned an instance of BaseException, not \(made.value.typeName)")
      }
      return made
    }
    guard type.isException else {
      throw .typeError("exceptions must be classes or instances deriving from BaseException, not \(type.typeName)")
    }
    if !value.isAbsent && !value.isNone { throw .typeError("instance exception may not have a separate value") }
    return Owned(copying: type)
  }

  private static func make(_ type: Value, _ value: Value) throws(PyError) -> Owned {
    if value.isAbsent || value.isNone { return try type.call() }
    guard value.isTuple else { return try type.call(value) }
    return try type.call(arguments: Arguments(base: UnsafePointer(TupleObject(value).items), positionalCount: TupleObject(value).count))
  }

  // MARK: close

  /// `close()`: the value that the function returned, or None.
  func close() throws(PyError) -> Owned {
    switch contents.pointee.status {
    case .created:
      finish()
      return .none
    case .finished: return .none
    case .running: throw alreadyExecuting()
    case .suspended: break
    }
    if isOutsideTry {
      // Nothing in the frame would see the exception: it ends without one.
      finish()
      return .none
    }
    let delegate = self.delegate
    if !delegate.isAbsent {
      let held = Owned(copying: delegate)
      contents.pointee.status = .running
      var failed = false
      do throws(PyError) { try GeneratorObject.close(delegate: held.value) } catch { failed = true }
      contents.pointee.status = .suspended
      if !failed { _ = PyError.raise(.generatorExit) }
    } else {
      _ = PyError.raise(.generatorExit)
    }
    do throws(PyError) {
      let outcome = try Generators.raise(self)
      switch outcome {
      case .yielded:
        let text = value.type == .coroutine ? "coroutine" : value.type == .asyncGenerator ? "async generator" : "generator"
        throw PyError.runtimeError("\(text) ignored GeneratorExit")
      case .returned(let value): return value
      }
    } catch {
      if PyError.matches(.generatorExit) {
        PyError.clear()
        return .none
      }
      if PyError.matches(.stopIteration) {
        let exception = currentThread.pointee.takeException()
        return try exception.value.getAttribute(Name.value)
      }
      throw error
    }
  }

  // MARK: The end of the object

  /// The object is about to go: a generator that waits is closed, a coroutine that never ran is warned about.
  func finalize() {
    switch contents.pointee.status {
    case .finished, .running: return
    case .created:
      if value.type == .coroutine { Coroutines.warnNeverAwaited(self) }
      finish()
      return
    case .suspended: break
    }
    let pending = currentThread.pointee.takeException()
    if value.type == .asyncGenerator && !contents.pointee.origin.isAbsent && !contents.pointee.isClosed {
      let hook = Owned(copying: contents.pointee.origin)
      do throws(PyError) { _ = try hook.value.call(value) } catch { reportUnraisable("Exception ignored while finalizing generator", value) }
    } else {
      do throws(PyError) { _ = try close() } catch { reportUnraisable("Exception ignored while closing generator", value) }
    }
    currentThread.pointee.setException(pending)
  }

  func forEachField(_ body: (Value) -> Void) {
    let contents = contents.pointee
    body(contents.function)
    body(contents.name)
    body(contents.qualifiedName)
    body(contents.frameObject)
    body(contents.handled)
    body(contents.origin)
  }
}

/// What generators, coroutines and asynchronous generators share.
func defineGeneratorBasics(_ t: TypeDefinition, _ name: StaticString = "the generator's name", _ qualifiedName: StaticString = "the generator's dotted name") {
  t.basicSize = MemoryLayout<GeneratorObject.Contents>.size
  t.shapeFlags.insert([.tracked, .hasState])
  t.flags.insert(.disallowInstantiation)
  t.classMethod("__class_getitem__(object, /)", "The type with parameters: a generic alias.") { (call: Call) throws(PyError) -> Owned in
    try Owned.genericAlias(call.receiver, call[0])
  }
  t.slots.deallocate = DeallocateSlot { raw in
    let generator = GeneratorObject(raw: raw)
    if _slowPath(!generator.isEmptied) { generator.finish() }
    let contents = generator.contents
    contents.pointee.function.releaseIfPresent()
    contents.pointee.name.releaseIfPresent()
    contents.pointee.qualifiedName.releaseIfPresent()
    contents.pointee.origin.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.finalize = FinalizeSlot { object in GeneratorObject(object).finalize() }
  t.slots.traverse = TraverseSlot { raw, visit in
    let generator = GeneratorObject(raw: raw)
    generator.forEachField { visit($0) }
    if let values = generator.contents.pointee.values {
      for index in 0..<generator.contents.pointee.valueCount { visit(values[index]) }
    }
  }
  t.slots.clear = ClearSlot { raw in
    let generator = GeneratorObject(raw: raw)
    if generator.contents.pointee.status != .running { generator.finish() }
  }
  t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
    let name = GeneratorObject(object).contents.pointee.qualifiedName.text
    let type = object.typeName
    return try Owned.string("<\(type) object \(name) at \(addressText(object))>")
  }
  t.property("__name__", name) { (object: Value) throws(PyError) -> Owned in
    Owned(copying: GeneratorObject(object).contents.pointee.name)
  } set: { (object: Value, value: Value) throws(PyError) in
    guard !value.isAbsent, value.isString else { throw .typeError("__name__ must be set to a string object") }
    let contents = GeneratorObject(object).contents
    let old = contents.pointee.name
    contents.pointee.name = Owned(copying: value).take()
    old.release()
  }
  t.property("__qualname__", qualifiedName) { (object: Value) throws(PyError) -> Owned in
    Owned(copying: GeneratorObject(object).contents.pointee.qualifiedName)
  } set: { (object: Value, value: Value) throws(PyError) in
    guard !value.isAbsent, value.isString else { throw .typeError("__qualname__ must be set to a string object") }
    let contents = GeneratorObject(object).contents
    let old = contents.pointee.qualifiedName
    contents.pointee.qualifiedName = Owned(copying: value).take()
    old.release()
  }
}

extension GeneratorObject {
  /// `gi_frame`: None when the generator has ended.
  func frame() throws(PyError) -> Owned {
    switch contents.pointee.status {
    case .finished: return .none
    case .running:
      var frame = currentThread.pointee.frame
      while !frame.isBase {
        if frame.pointee.flags.contains(.generator) && frame.pointee.extra === value { return try Evaluator.frameObject(of: frame) }
        frame = frame.caller
      }
      return .none
    case .created, .suspended: break
    }
    let known = contents.pointee.frameObject
    if !known.isAbsent { return Owned(copying: known) }
    guard let object = FrameObject.make(contents.pointee.function, code) else { throw .memoryError() }
    FrameObject(raw: object).contents.pointee.generator = raw
    contents.pointee.frameObject = Owned(copying: Value(object)).take()
    return Owned(taking: object)
  }

  var delegateForPython: Owned {
    let delegate = self.delegate
    return delegate.isAbsent ? .none : Owned(copying: delegate)
  }
}

func defineGenerator(_ types: TypeDefinitions) {
  types.define(.generator) { t in
    defineGeneratorBasics(t)
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in try GeneratorObject(object).next() }
    defineSending(t)
    defineFrameState(t, frame: "gi_frame", code: "gi_code", running: "gi_running", suspended: "gi_suspended", delegate: "gi_yieldfrom")
  }
}

/// The arguments of `throw`, one to three.
func throwArguments(_ arguments: Arguments) throws(PyError) -> (Value, Value, Value) {
  if !arguments.keywordNames.isAbsent && TupleObject(arguments.keywordNames).count > 0 { throw .typeError("throw() takes no keyword arguments") }
  let count = arguments.positionalCount
  if count < 1 { throw .typeError("throw expected at least 1 argument, got 0") }
  if count > 3 { throw .typeError("throw expected at most 3 arguments, got \(count)") }
  return (arguments.base[0], count > 1 ? arguments.base[1] : .absent, count > 2 ? arguments.base[2] : .absent)
}

private func generatorThrow(_ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let (type, value, traceback) = try throwArguments(arguments)
  if arguments.positionalCount > 1 {
    try warn(.deprecationWarning, "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.")
  }
  return try GeneratorObject(resumedBy: receiver).throwInside(type, value, traceback)
}

extension GeneratorObject {
  /// A generator, a coroutine, or the coroutine that an iterator of `__await__()` runs.
  fileprivate init(resumedBy receiver: Value) {
    self.init(receiver.type == .coroutineWrapper ? receiver.object.load(fromByteOffset: 16, as: Value.self) : receiver)
  }
}

/// `send()`, `throw()` and `close()`.
private func defineSending(_ t: TypeDefinition) {
  t.method(
    "send($self, arg, /)",
    "A value goes into coroutine or generator code as what its await or yield gives.\nThe next value that is yielded, or StopIteration with what is returned."
  ) { (call: Call) throws(PyError) -> Owned in try GeneratorObject(resumedBy: call.receiver).sendRaising(call[0]) }
  t.rawMethod(
    "throw",
    """
    throw(value)
    throw(type[,value[,traceback]])

    Raise an exception in coroutine or generator code, where it waits: the next value that is yielded, or the
    exception that comes out. More than one argument is the deprecated form.
    """, generatorThrow)
  t.method("close($self, /)", "GeneratorExit, raised inside coroutine or generator code, is to end it.") { (call: Call) throws(PyError) -> Owned in
    try GeneratorObject(resumedBy: call.receiver).close()
  }
}

/// What a generator and a coroutine tell of their frame, each by its own names.
private func defineFrameState(_ t: TypeDefinition, frame: StaticString, code: StaticString, running: StaticString, suspended: StaticString, delegate: StaticString) {
  t.getter(frame) { (object: Value) throws(PyError) -> Owned in try GeneratorObject(object).frame() }
  t.getter(code) { (object: Value) throws(PyError) -> Owned in Owned(copying: GeneratorObject(object).code.value) }
  t.getter(running) { (object: Value) throws(PyError) -> Owned in Owned.boolean(GeneratorObject(object).contents.pointee.status == .running) }
  t.getter(suspended) { (object: Value) throws(PyError) -> Owned in Owned.boolean(GeneratorObject(object).contents.pointee.status == .suspended) }
  t.getter(delegate, "The iterator that it delegates to, or None.") { (object: Value) throws(PyError) -> Owned in GeneratorObject(object).delegateForPython }
}

/// What a coroutine is given where a generator is not.
enum Coroutines {
  /// `sys.set_coroutine_origin_tracking_depth`: remembers where a coroutine was made.
  static func noteOrigin(_ coroutine: GeneratorObject, _ thread: ThreadPointer) throws(PyError) {
    let depth = thread.pointee.coroutineOriginDepth
    guard depth > 0 else { return }
    let list = try Owned.list()
    var frame = thread.pointee.frame
    var left = depth
    while left > 0 && !frame.isBase {
      let code = frame.pointee.code
      let line = try Owned.integer(code.line(at: frame.lastInstruction) ?? 0)
      let entry = try Owned.tuple(code.fileName, line.value, code.name)
      try ListObject(list.value).append(taking: entry)
      left -= 1
      frame = frame.caller
    }
    coroutine.contents.pointee.origin = try Owned.tuple(from: list.value).take()
  }

  /// RuntimeWarning "coroutine '…' was never awaited".
  static func warnNeverAwaited(_ coroutine: GeneratorObject) {
    let pending = currentThread.pointee.takeException()
    var isWarned = false
    do throws(PyError) { isWarned = try askWarningsModule(coroutine) } catch {
      // A filter made it an error: then the warning is told.
      isWarned = PyError.matches(.runtimeWarning)
      reportUnraisable("Exception ignored while finalizing coroutine", coroutine.value)
    }
    if !isWarned {
      do throws(PyError) {
        try warn(.runtimeWarning, "coroutine '\(coroutine.contents.pointee.qualifiedName.text)' was never awaited")
      } catch { reportUnraisable("Exception ignored while finalizing coroutine", coroutine.value) }
    }
    currentThread.pointee.setException(pending)
  }

  /// Lets the module `warnings`, which can tell where the coroutine was made, warn; false when it is not there.
  private static func askWarningsModule(_ coroutine: GeneratorObject) throws(PyError) -> Bool {
    let warnings = currentInterpreter.pointee.modules.isDict ? try DictObject(currentInterpreter.pointee.modules).get(Name.warnings) : .absent
    if warnings.isAbsent { return false }
    let held = Owned(copying: warnings)
    let function = try held.value.lookUpAttribute(Name._warn_unawaited_coroutine)
    if function.value.isAbsent { return false }
    _ = try function.value.call(coroutine.value)
    return true
  }
}

func defineCoroutine(_ types: TypeDefinitions) {
  types.define(.coroutine) { t in
    defineGeneratorBasics(t, "the plain name of the coroutine", "the dotted name of the coroutine")
    t.slots.await = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let raw = try TypeObject.coroutineWrapper.allocate()
      (raw + 16).storeBytes(of: Owned(copying: object).take(), as: Value.self)
      return Owned(taking: raw)
    }
    defineSending(t)
    defineFrameState(t, frame: "cr_frame", code: "cr_code", running: "cr_running", suspended: "cr_suspended", delegate: "cr_await")
    t.member("cr_origin") { (object: Value) throws(PyError) -> Owned in
      let origin = GeneratorObject(object).contents.pointee.origin
      return origin.isAbsent ? .none : Owned(copying: origin)
    }
  }
  types.define(.coroutineWrapper) { t in
    t.documentation = "What a coroutine's __await__() returns: an iterator that runs the coroutine."
    t.basicSize = 24
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      raw.load(fromByteOffset: 16, as: Value.self).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(raw.load(fromByteOffset: 16, as: Value.self)) }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
      try GeneratorObject(object.object.load(fromByteOffset: 16, as: Value.self)).next()
    }
    defineSending(t)
  }
}

/// Sending to what a coroutine or generator waits for, whatever it is.
enum Delegation {
  static func send(_ receiver: Value, _ value: Value) throws(PyError) -> Generators.Outcome {
    if receiver.isObject && (receiver.type == .generator || receiver.type == .coroutine) { return try GeneratorObject(receiver).send(value) }
    if receiver.isObject && receiver.type == .asyncGeneratorSend && !currentInterpreter.pointee.monitoring.watchesExceptions {
      return try AsyncGeneratorStep(receiver).resume(value)
    }
    do throws(PyError) {
      if value.isNone, let next = receiver.type.slots.pointee.next {
        let result = try next(receiver)
        if result.value.isAbsent { return .returned(.none) }
        return .yielded(result)
      }
      return .yielded(try receiver.callMethod(Name.send, value))
    } catch {
      guard PyError.matches(.stopIteration) else { throw error }
      let thread = currentThread
      if _slowPath(thread.pointee.interpreter.pointee.monitoring.watchesExceptions), !PendingException(thread).report(.raise, thread.pointee.frame, beforeCaches: true) { throw error }
      let exception = thread.pointee.takeException()
      return .returned(try exception.value.getAttribute(Name.value))
    }
  }
}

/// The type of frames, generators and coroutines.
func defineEvaluator(_ types: TypeDefinitions) {
  defineFrame(types)
  defineFrameLocals(types)
  defineGenerator(types)
  defineCoroutine(types)
  defineAsyncGenerator(types)
}
