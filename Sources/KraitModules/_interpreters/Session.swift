// Running programs and calling functions in another interpreter.

import KraitRuntime

/// A stay of the calling thread in the `__main__` of another interpreter.
enum Session {
  /// What comes back.
  enum Outcome {
    case nothing
    case value(SharedData)
    /// The program ended with an exception.
    case exception(CapturedException)
    /// Something could not be brought in or out: what, and what was wrong with it.
    case unshareable(String, CapturedException)
    case running
    /// The function ended with an exception that can be sent.
    case raised(SharedData, CapturedException)
  }

  /// Values for `__main__`, by name.
  struct Attributes {
    fileprivate var entries: [(name: String, value: SharedData)] = []

    init() {}

    /// Of a dict of the calling interpreter.
    init(_ dict: Value) throws(PyError) {
      var position = 0
      var key = Value.absent
      var value = Value.absent
      do throws(PyError) {
        // A copy: what is shared may run code that changes the dict.
        let copy = try DictObject(dict).copy()
        while DictObject(copy.value).next(&position, &key, &value) {
          guard key.isString else { throw .typeError("bad argument type for built-in operation") }
          // A name that UTF-8 cannot express is refused as such.
          _ = try key.callMethod(Name.make("encode"))
          entries.append((key.text, try SharedData(value)))
        }
      } catch {
        release()
        throw error
      }
    }

    fileprivate func apply(to namespace: Value) throws(PyError) {
      for entry in entries {
        let name = intern(try Owned.string(entry.name))
        let value = try entry.value.restore()
        try DictObject(namespace).set(name.value, value.value)
      }
    }

    func release() { for entry in entries { entry.value.release() } }
  }

  /// Goes into the interpreter, if no program runs there, and sets attributes of its `__main__`; `body` gets the namespace.
  static func run(_ number: Int, _ attributes: Attributes, _ body: (Value) throws(PyError) -> Outcome) throws(PyError) -> Outcome {
    let visit = Interpreters.visit(number) { (interpreter: InterpreterPointer) -> Outcome in
      if interpreter.pointee.isMain || interpreter.pointee.runner != nil { return .running }
      Interpreters.setRunner(interpreter, currentThread)
      let limit = TimeLimits.begin()
      defer {
        TimeLimits.end(limit)
        Interpreters.setRunner(interpreter, nil)
      }
      do throws(PyError) {
        let namespace = try mainNamespace()
        interpreter.pointee.runnerNamespace = namespace.value
        defer { interpreter.pointee.runnerNamespace = .absent }
        try attributes.apply(to: namespace.value)
        return try body(namespace.value)
      } catch { return .exception(capture()) }
    }
    switch visit {
    case .done(.running): throw PyError.raise(.interpreterError, "interpreter already running")
    case .done(let outcome): return outcome
    case .unknown: throw PyError.raise(.interpreterNotFoundError, "unrecognized interpreter ID \(number)")
    case .terminated: throw PyError.raise(.interpreterError, "interpreter terminated")
    case .noMemory: throw .memoryError()
    }
  }

  /// The exception on its way, which goes no further.
  static func capture() -> CapturedException {
    let exception = currentThread.pointee.takeException()
    return CapturedException(exception.value)
  }

  /// Runs a program's code in `__main__`; None, or what became of it.
  static func execute(_ number: Int, _ code: Value, _ shared: Value) throws(PyError) -> Owned {
    let attributes = shared.isNone ? Attributes() : try Attributes(shared)
    defer { attributes.release() }
    let script = try SharedData(script: code)
    defer { script.release() }
    let outcome = try run(number, attributes) { (namespace: Value) throws(PyError) -> Outcome in
      let code = try script.restore()
      _ = try Evaluator.run(code: code.value, globals: namespace, locals: namespace)
      return .nothing
    }
    if case .exception(let exception) = outcome { return try exception.object() }
    return .none
  }

  /// Calls a function; its result and None, or None and what became of it.
  static func call(_ number: Int, _ function: Value, _ arguments: Value, _ keywords: Value) throws(PyError) -> Owned {
    switch try outcome(number, function, arguments, keywords, .full) {
    case .value(let data):
      defer { data.release() }
      let value = try result(data)
      return try Owned.tuple(value.value, .none)
    case .exception(let exception):
      let object = try exception.object()
      return try Owned.tuple(.none, object.value)
    case .unshareable(let message, let exception): throw failure(message, exception)
    case .nothing, .running, .raised: return try Owned.tuple(Value.none, Value.none)
    }
  }

  /// Calls a function, which may be a closure; its result, or the exception that it raised, as far as `pickle` can carry it, with the other interpreter's report as its cause.
  static func callRaising(_ number: Int, _ function: Value, _ arguments: Value, _ keywords: Value) throws(PyError) -> Owned {
    switch try outcome(number, function, arguments, keywords, .code) {
    case .value(let data):
      defer { data.release() }
      return try result(data)
    case .raised(let data, let captured):
      defer { data.release() }
      let exception = try data.restore()
      guard exception.value.isInstance(of: .baseException) else { throw PyError.raise(.interpreterError, captured.summary) }
      ExceptionObject(exception.value).setCause(try report(captured))
      throw PyError.raise(exception)
    case .exception(let captured):
      let cause = try report(captured)
      _ = PyError.raise(.interpreterError, captured.summary)
      let exception = currentThread.pointee.takeException()
      ExceptionObject(exception.value).setCause(cause)
      throw PyError.raise(exception)
    case .unshareable(let message, let exception): throw failure(message, exception)
    case .nothing, .running: return .none
    }
  }

  /// What another interpreter printed of an exception, as an exception.
  private static func report(_ captured: CapturedException) throws(PyError) -> Owned {
    let text = try Owned.string("\n\n\(captured.report)")
    return try TypeObject.interpreterError.value.call(text.value)
  }

  private static func result(_ data: SharedData) throws(PyError) -> Owned {
    do throws(PyError) { return try data.restore() } catch { throw failure("object does not support cross-interpreter data", capture()) }
  }

  private static func outcome(
    _ number: Int, _ function: Value, _ arguments: Value, _ keywords: Value, _ fallback: SharedData.Fallback
  ) throws(PyError) -> Outcome {
    let call = try callable(function, fallback)
    defer { call.release() }
    let given = arguments.isNone ? Owned.emptyTuple : Owned(copying: arguments)
    let positional = try SharedData(given.value, fallback: fallback)
    defer { positional.release() }
    let named = keywords.isNone || DictObject(keywords).count == 0 ? SharedData.none : try SharedData(keywords, fallback: fallback)
    defer { named.release() }
    // The name of a function there tells that a pool begins a worker.
    if call.kind == .pickle, function.type == .function, isOfPools(function) { Interpreters.prepareWorker(number) }
    return try run(number, Attributes()) { (_: Value) throws(PyError) -> Outcome in
      guard let function = restored(call) else { return .unshareable("func not shareable", capture()) }
      let held = Owned(taking: function)
      guard let arguments = restored(positional) else { return .unshareable("args not shareable", capture()) }
      let heldArguments = Owned(taking: arguments)
      guard let keywords = restored(named) else { return .unshareable("kwargs not shareable", capture()) }
      let heldKeywords = Owned(taking: keywords)
      let result: Owned
      do throws(PyError) { result = try held.value.call(TupleObject(heldArguments.value).buffer, keywords: heldKeywords.value) } catch {
        guard fallback == .code else { throw error }
        let exception = currentThread.pointee.takeException()
        let captured = CapturedException(exception.value)
        do throws(PyError) { return .raised(try SharedData(exception.value, fallback: .full), captured) } catch {
          PyError.clear()
          return .exception(captured)
        }
      }
      do throws(PyError) { return .value(try SharedData(result.value, fallback: fallback)) } catch {
        return .unshareable("object does not support cross-interpreter data", capture())
      }
    }
  }

  private static func isOfPools(_ function: Value) -> Bool {
    let module = FunctionObject(function).contents.pointee.module
    return module.isString && module.text == "concurrent.futures.interpreter"
  }

  private static func callable(_ function: Value, _ fallback: SharedData.Fallback) throws(PyError) -> SharedData {
    if fallback == .full, function.isObject, function.type == .function, !FunctionObject(function).closure.isAbsent {
      let text = try Owned.string("closures not supported" as StaticString)
      let cause = try TypeObject.valueError.value.call(text.value)
      _ = PyError.raise(.notShareableError, "only stateless functions are shareable")
      let exception = currentThread.pointee.takeException()
      ExceptionObject(exception.value).setCause(cause)
      throw PyError.raise(exception)
    }
    return try SharedData(function, fallback: fallback)
  }

  /// Owned; nil with an exception on its way.
  private static func restored(_ data: SharedData) -> Value? {
    do throws(PyError) { return try data.restore().take() } catch { return nil }
  }

  /// NotShareableError whose cause tells what the other interpreter said.
  private static func failure(_ message: String, _ exception: CapturedException) -> PyError {
    do throws(PyError) {
      let text = try Owned.string(exception.report)
      let cause = try TypeObject.exception.value.call(text.value)
      _ = PyError.raise(.notShareableError, message)
      let error = currentThread.pointee.takeException()
      ExceptionObject(error.value).setCause(cause)
      return PyError.raise(error)
    } catch { return error }
  }
}
