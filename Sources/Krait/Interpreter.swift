// A Python interpreter as an actor.

import Glibc
import KraitModules
import KraitRuntime

/// A Python interpreter with a heap, modules and, unless the process has one lock for all, a lock of its own.
///
/// Its work runs on a thread of its own, one piece after the other; different interpreters run at the same time. Values go in and out as copies (``PythonValue``).
///
/// ```swift
/// let interpreter = try await Interpreter()
/// try await interpreter.run("import math")
/// let root = try await interpreter.evaluate("math.sqrt(2)", as: Double.self)
/// await interpreter.close()
/// ```
///
/// When the task that waits for a piece of work is cancelled, KeyboardInterrupt is raised in it, and the task gets a `CancellationError`. A program that does not heed
/// that is stopped by ``terminate()`` or ``setTimeLimit(_:)``.
public actor Interpreter {
  /// The settings of an interpreter.
  public struct Configuration: Sendable {
    /// Whether programs may start threads.
    public var allowsThreads = true
    /// Whether programs may make copies of the process with `fork`.
    public var allowsFork = false
    /// How many bytes its objects may take, in steps of a mebibyte; nil for any number.
    public var memoryLimit: Int?
    /// How long each piece of work may run; nil for any time.
    public var timeLimit: Duration?

    public init(allowsThreads: Bool = true, allowsFork: Bool = false, memoryLimit: Int? = nil, timeLimit: Duration? = nil) {
      self.allowsThreads = allowsThreads
      self.allowsFork = allowsFork
      self.memoryLimit = memoryLimit
      self.timeLimit = timeLimit
    }
  }

  private let executor: InterpreterExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// The number by which Python code knows it: `concurrent.interpreters.Interpreter.id`.
  public nonisolated var identifier: Int { executor.number }

  /// Makes an interpreter. Starts the runtime with its standard settings if it does not run yet.
  public init(_ configuration: Configuration = Configuration()) async throws {
    try Runtime.start()
    var settings = InterpreterConfiguration.isolated
    settings.allowsThreads = configuration.allowsThreads
    settings.allowsFork = configuration.allowsFork
    executor = try await InterpreterExecutor(settings)
    if let limit = configuration.memoryLimit { setMemoryLimit(limit) }
    if let limit = configuration.timeLimit { setTimeLimit(limit) }
  }

  // MARK: Running

  /// The value of an expression.
  public nonisolated func evaluate(_ expression: String) async throws -> PythonValue {
    try await work { (namespace: KraitRuntime.Value) throws(PyError) -> PythonValue in
      let text = try Owned.string(expression)
      let builtins = DictObject(currentInterpreter.pointee.builtins)
      let evaluate = Owned(copyingIfPresent: builtins.get(interned: Name.make("eval")))
      let result = try evaluate.value.call(text.value, namespace)
      return try PythonValue(result.value)
    }
  }

  /// The value of an expression as a Swift type.
  public nonisolated func evaluate<Result: PythonConvertible>(_ expression: String, as type: Result.Type = Result.self) async throws -> Result {
    try convert(try await evaluate(expression))
  }

  /// Runs statements in `__main__`.
  ///
  /// - Parameter name: of the file that tracebacks show.
  public nonisolated func run(_ program: String, named name: String = "<string>") async throws {
    try await work { (namespace: KraitRuntime.Value) throws(PyError) in
      let text = try Owned.string(program)
      let code = try compileScript(text.value, fileName: name)
      _ = try Evaluator.run(code: code.value, globals: namespace, locals: namespace)
    }
  }

  /// Runs a file in `__main__`.
  public nonisolated func run(file: String) async throws {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let text = String(cString: strerror(errno))
      throw PythonError(typeName: "OSError", message: "[Errno \(errno)] \(text): '\(file)'", traceback: "")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { break }
      bytes += chunk[..<count]
    }
    Glibc.close(descriptor)
    let content = bytes
    try await work { (namespace: KraitRuntime.Value) throws(PyError) in
      let source = try PythonValue.bytes(content).object()
      let name = try Owned.string(file)
      let builtins = DictObject(currentInterpreter.pointee.builtins)
      let compile = Owned(copyingIfPresent: builtins.get(interned: Name.make("compile")))
      let mode = try Owned.string("exec" as StaticString)
      try DictObject(namespace).set(Name.__file__, name.value)
      let code = try compile.value.call(source.value, name.value, mode.value)
      _ = try Evaluator.run(code: code.value, globals: namespace, locals: namespace)
    }
  }

  /// Calls a function by its name in `__main__`, which may have dots ("json.dumps" after `import json`).
  public nonisolated func call(_ function: String, _ arguments: any PythonConvertible...) async throws -> PythonValue {
    let values = arguments.map(\.pythonValue)
    return try await call(function, arguments: values)
  }

  /// As ``call(_:_:)``, with a typed result.
  public nonisolated func call<Result: PythonConvertible>(_ function: String, _ arguments: any PythonConvertible..., returning: Result.Type) async throws -> Result {
    let values = arguments.map(\.pythonValue)
    return try convert(try await call(function, arguments: values))
  }

  private nonisolated func call(_ function: String, arguments: [PythonValue]) async throws -> PythonValue {
    try await work { (namespace: KraitRuntime.Value) throws(PyError) -> PythonValue in
      let callee = try Interpreter.find(function, namespace)
      let values = try PythonValue.tuple(arguments).object()
      let result = try callee.value.call(tuple: values.value)
      return try PythonValue(result.value)
    }
  }

  private static func find(_ path: String, _ namespace: KraitRuntime.Value) throws(PyError) -> Owned {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let first = intern(try Owned.string(parts.first ?? ""))
    var found = Owned(copyingIfPresent: try DictObject(namespace).get(first.value))
    if found.value.isAbsent { found = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.builtins).get(first.value)) }
    if found.value.isAbsent { throw PyError.raise(.nameError, "name '\(parts.first ?? "")' is not defined") }
    for part in parts.dropFirst() {
      let name = intern(try Owned.string(part))
      found = try found.value.getAttribute(name.value)
    }
    return found
  }

  /// Sets a name of `__main__`.
  public nonisolated func set(_ name: String, to value: any PythonConvertible) async throws {
    let value = value.pythonValue
    try await work { (namespace: KraitRuntime.Value) throws(PyError) in
      let key = intern(try Owned.string(name))
      let object = try value.object()
      try DictObject(namespace).set(key.value, object.value)
    }
  }

  /// Sets a name of `__main__` to a channel, which Python code sees as a `concurrent.interpreters.Queue`.
  public nonisolated func set<Element>(_ name: String, to channel: Channel<Element>) async throws {
    let number = channel.number
    try await work { (namespace: KraitRuntime.Value) throws(PyError) in
      let module = try importModule("concurrent.interpreters._queues")
      let type = try module.value.getAttribute(Name.make("Queue"))
      let queue = try type.value.call(KraitRuntime.Value(smallInteger: number))
      let key = intern(try Owned.string(name))
      try DictObject(namespace).set(key.value, queue.value)
    }
  }

  private nonisolated func convert<Result: PythonConvertible>(_ value: PythonValue) throws -> Result {
    guard let result = Result(value) else { throw InterpreterError.unexpectedResult("\(value)") }
    return result
  }

  /// Runs code with the dict of `__main__` on the interpreter's thread; cancelled with the task.
  private nonisolated func work<Result: Sendable>(_ body: @escaping @Sendable (KraitRuntime.Value) throws(PyError) -> Result) async throws -> Result {
    let run = InterpreterRun()
    let executor = self.executor
    return try await withTaskCancellationHandler {
      try Task.checkCancellation()
      return try await perform(run, body)
    } onCancel: {
      executor.cancel(run)
    }
  }

  private func perform<Result: Sendable>(_ run: InterpreterRun, _ body: @Sendable (KraitRuntime.Value) throws(PyError) -> Result) throws -> Result {
    guard executor.isOpen else { throw InterpreterError.closed }
    if Interpreters.isTerminated { throw InterpreterError.terminated }
    let executor = self.executor
    let outcome = Interpreter.attempt { (namespace: KraitRuntime.Value) throws(PyError) -> Result? in
      // From here on a cancellation finds the run, and the thread that it interrupts.
      guard executor.begin(run) else { return nil }
      defer { executor.end(run) }
      return try body(namespace)
    }
    switch outcome {
    case .success(let result?): return result
    case .success(nil): throw CancellationError()
    case .failure(let captured):
      if Interpreters.isTerminated { throw InterpreterError.terminated }
      if run.isCancelled && captured.typeName == "KeyboardInterrupt" { throw CancellationError() }
      throw PythonError(captured)
    }
  }

  private static func attempt<Result>(_ body: (KraitRuntime.Value) throws(PyError) -> Result) -> Swift.Result<Result, CapturedException> {
    do throws(PyError) {
      let namespace = try MainProgram.namespace()
      Interpreters.setRunning(true, namespace: namespace.value)
      let limit = TimeLimits.begin()
      defer {
        TimeLimits.end(limit)
        Interpreters.setRunning(false)
      }
      do throws(PyError) { return .success(try body(namespace.value)) } catch {
        let exception = currentThread.pointee.takeException()
        return .failure(CapturedException(exception.value))
      }
    } catch {
      let exception = currentThread.pointee.takeException()
      return .failure(CapturedException(exception.value))
    }
  }

  // MARK: Limits and the end

  /// How many bytes its objects may take from now on, in steps of a mebibyte; nil for any number. What exceeds it raises MemoryError.
  public nonisolated func setMemoryLimit(_ bytes: Int?) { _ = Interpreters.setMemoryLimit(identifier, bytes) }

  /// How long each piece of work may run from now on; nil for any time. What exceeds it is stopped, whatever it catches.
  public nonisolated func setTimeLimit(_ limit: Duration?) {
    let nanoseconds = limit.map { Int($0.components.seconds) * 1_000_000_000 + Int($0.components.attoseconds / 1_000_000_000) }
    _ = Interpreters.setTimeLimit(identifier, nanoseconds)
  }

  /// The bytes that its objects have from the system; nil when it is closed.
  public nonisolated var memoryFootprint: Int? { Interpreters.memoryFootprint(identifier) }

  /// Raises KeyboardInterrupt in what runs.
  public nonisolated func interrupt() { _ = Interpreters.interrupt(identifier) }

  /// Ends its programs for good, at their next step, whatever they catch. It still is to be closed.
  public nonisolated func terminate() { _ = Interpreters.terminate(identifier) }

  /// Ends the interpreter: its threads come to their end, what `atexit` has runs, its memory goes back to the system. Done for an interpreter to which nobody refers, too.
  public func close() { executor.close() }
}
