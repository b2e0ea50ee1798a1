// Runs the program that the command line names, and ends the process's main interpreter.

import CKraitCore
import Glibc
import KraitCompiler
import KraitSyntax

/// What to run.
public enum MainProgram: Sendable {
  case file(String)
  case command(String)
  case module(String)
  case standardInput

  /// Runs the program and shuts the main interpreter down; the exit status. Call it after ``Runtime/start()``, on the same thread.
  public func run() -> Int32 {
    guard startImporting() else {
      _ = MainProgram.finish()
      return 1
    }
    printHeader()
    var status = execute()
    forgetFileName()
    if MainProgram.inspectsAfterwards { status = inspect() }
    if !MainProgram.finish() { status = 120 }
    return status
  }

  /// Makes the import system and imports what every program needs; false, with a report, when that fails.
  private func startImporting() -> Bool {
    var stage = ImportBootstrap.Stage.encodings
    do throws(PyError) {
      try MainProgram.makeImports(&stage, givingCodeBack: true)
      // A command's source is registered there; the code that imports is still at hand. Should it fail, it fails again with the command.
      if isCommand { do throws(PyError) { _ = try importModule("linecache") } catch { PyError.clear() } }
      FrozenModules.save()
      FrozenModules.giveBack()
      krait_give_back_code(KRAIT_CODE_OF_START)
      return true
    } catch {
      let exception = currentThread.pointee.takeException()
      if stage == .encodings { writeToStandardError(RuntimeConfiguration.current.pathReport) }
      writeToStandardError("Fatal Python error: \(stage.failure)\n")
      if !exception.value.isAbsent { printException(exception.value) }
      if exception.value.isAbsent || ExceptionObject(exception.value).traceback.isAbsent {
        writeToStandardError("\n")
        TracebackDump.writeThreads(of: currentInterpreter, current: currentThread, to: SignalSafeOutput(2))
      }
      return false
    }
  }

  /// `-X faulthandler`, `-X dev`, PYTHONFAULTHANDLER. A program whose standard error is closed does without.
  private static func enableFaultHandler() {
    let configuration = RuntimeConfiguration.current
    guard
      configuration.isDevelopmentMode || configuration.extraOptions.contains(where: { $0.name == "faulthandler" })
        || configuration.environment("PYTHONFAULTHANDLER") != nil
    else { return }
    do throws(PyError) {
      let module = try importModule("faulthandler")
      let name = try Owned.string("enable" as StaticString)
      _ = try module.value.callMethod(name.value)
    } catch { PyError.clear() }
  }

  /// Prepares the main interpreter of a process that is not the command: after ``Runtime/start()``, on the same thread, which gives the interpreter's lock up at the
  /// end and stays for as long as the process. What went wrong, or nil.
  public static func prepareForEmbedding() -> CapturedException? {
    defer { ThreadState.detach(currentThread) }
    do throws(PyError) {
      try makeImports()
      FrozenModules.save()
      FrozenModules.giveBack()
      return nil
    } catch {
      let exception = currentThread.pointee.takeException()
      return CapturedException(exception.value)
    }
  }

  /// Makes the import system, the streams and `__main__`, and imports what every program needs. The process's code that is no longer needed may be given back while it has
  /// no other thread.
  static func makeImports() throws(PyError) {
    var stage = ImportBootstrap.Stage.encodings
    try makeImports(&stage, givingCodeBack: false)
  }

  /// - Parameter stage: what is being done when it fails.
  private static func makeImports(_ stage: inout ImportBootstrap.Stage, givingCodeBack: Bool) throws(PyError) {
    Collector.waitForStart()
    defer { Collector.startIsOver() }
    stage = .encodings
    try ImportBootstrap.start()
    stage = .streamEncoding
    if givingCodeBack { FrozenModules.giveBack() }
    try ImportBootstrap.makeStreams()
    try makeMainModule()
    if currentInterpreter.pointee.isMain { enableFaultHandler() }
    // What only made the types and started the import system.
    if givingCodeBack { krait_give_back_code(KRAIT_CODE_OF_START_AND_LIBRARIES) }
    stage = .site
    ImportBootstrap.importWarnings()
    try ImportBootstrap.importSite()
  }

  private func execute() -> Int32 {
    do throws(PyError) {
      let globals = try MainProgram.mainModuleDict()
      if case .file(let path) = self, let folder = try MainProgram.packagedProgram(path) {
        InterpreterState.programFolder = folder
        try MainProgram.insertFolder(folder)
        try runModule("__main__", changesArguments: false)
        return 0
      }
      try insertProgramFolder()
      if case .module(let name) = self {
        try runModule(name)
        return 0
      }
      if case .standardInput = self, MainProgram.isInteractive {
        try runPrompt()
        return 0
      }
      var status: Int32 = 0
      let code = try compileMain(DictObject(globals.value), &status)
      if code.isAbsent { return status }
      defer { if !isCommand { MainProgram.flushStreams() } }
      _ = try Evaluator.run(code: code.value, globals: globals.value, locals: globals.value)
      return 0
    } catch {
      return exitStatus(of: currentThread.pointee.takeException())
    }
  }

  /// A file's name goes when the file has run and its errors are told: a prompt and the functions of `atexit` do not find it.
  private func forgetFileName() {
    guard case .file = self else { return }
    do throws(PyError) {
      let globals = try MainProgram.mainModuleDict()
      if !DictObject(globals.value).get(interned: Name.__file__).isAbsent { _ = try DictObject(globals.value).remove(Name.__file__) }
    } catch { PyError.clear() }
  }

  /// The prompt after the program.
  private func inspect() -> Int32 {
    RuntimeConfiguration.current.inspects = false
    do throws(PyError) {
      try MainProgram.prompt(runsStartup: true)
      return 0
    } catch {
      return exitStatus(of: currentThread.pointee.takeException())
    }
  }

  /// The program's code; absent, with the exit status, when its file cannot be read.
  private func compileMain(_ globals: DictObject, _ status: inout Int32) throws(PyError) -> Owned {
    switch self {
    case .file(let path):
      // No name is the folder that the command runs in.
      let path = path.isEmpty ? MainProgram.absolute(".") : path
      guard var bytes = MainProgram.read(path) else {
        let code = errno
        if code == EISDIR {
          report("can't find '__main__' module in \(quoted(path))\n")
          status = 1
        } else {
          report("can't open file \(quoted(MainProgram.absolute(path))): [Errno \(code)] \(String(cString: strerror(code)))\n")
          status = 2
        }
        return Owned(taking: .absent)
      }
      // The end of the line stays, and with it the numbers of the others.
      if RuntimeConfiguration.current.skipsFirstLine { bytes.removeFirst(bytes.firstIndex(of: 0x0A) ?? bytes.count) }
      try globals.set(Name.__file__, sharing: try Owned.systemText(MainProgram.absolute(path)))
      try globals.set(Name.__cached__, .none)
      let isCompiled = MainProgram.isCompiled(path, bytes)
      try MainProgram.setLoader(globals, isCompiled ? "SourcelessFileLoader" : "SourceFileLoader", path: MainProgram.absolute(path))
      if isCompiled { return try MainProgram.loadCompiled(bytes) }
      return try compileProgram(bytes, fileName: MainProgram.absolute(path), isOnDisk: true)
    case .standardInput, .module:
      try globals.set(Name.__file__, Name.stdinName)
      return try compileProgram(MainProgram.readAll(0) ?? [], fileName: "<stdin>", isOnDisk: false)
    case .command(let text):
      if SystemText.hasStrayBytes(text) {
        writeToStandardError("Unable to decode the command from the command line:\n")
        let value = try Owned.systemText(text)
        _ = try encodeText(value.value, encoding: Name.make("utf-8"), errors: .absent)
      }
      let bytes = MainProgram.dedented(SystemText.bytes(text)) + [0x0A]
      let code = try compileProgram(bytes, fileName: "<string>", isOnDisk: false)
      try bytes.withUnsafeBufferPointer { (source: UnsafeBufferPointer<UInt8>) throws(PyError) in try SourceLines.register(code.value, source: source, name: Name.stringName) }
      return code
    }
  }

  // MARK: Compiled programs

  /// Whether a file is a `.pyc` file, by its name or its magic number.
  private static func isCompiled(_ path: String, _ bytes: [UInt8]) -> Bool {
    if path.hasSuffix(".pyc") { return true }
    return bytes.count >= 2 && UInt16(bytes[0]) | UInt16(bytes[1]) << 8 == PycHeader.magicNumber
  }

  private static func loadCompiled(_ bytes: [UInt8]) throws(PyError) -> Owned {
    let magic = bytes.count >= 16 ? bytes[..<4].enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32($1.offset * 8) } : 0
    guard magic == UInt32(PycHeader.magicNumber) | 0x0A0D_0000 else { throw .runtimeError("Bad magic number in .pyc file") }
    let copy = try bytes.dropFirst(16).withUnsafeBufferPointer { (data: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in try Owned.bytes(UnsafeRawBufferPointer(data)).take() }
    let held = Owned(taking: copy)
    var reader = MarshalValueReader(MarshalSource(UnsafeRawBufferPointer(start: BytesObject(held.value).data, count: BytesObject(held.value).count)))
    let code = try reader.readObject()
    guard code.value.type == .code else { throw .runtimeError("Bad code object in .pyc file") }
    return code
  }

  /// `__loader__` of a program in a file.
  private static func setLoader(_ globals: DictObject, _ loader: StaticString, path: String) throws(PyError) {
    let external = try DictObject(currentInterpreter.pointee.modules).get(Name.make("_frozen_importlib_external"))
    if external.isAbsent { return }
    let type = try external.getAttribute(Name.make(loader))
    let file = try Owned.systemText(path)
    try globals.set(Name.__loader__, sharing: try type.value.call(Name.__main__, file.value))
  }

  // MARK: Commands

  /// The text of `-c` without the space that all its lines begin with. Lines of nothing but space become empty.
  private static func dedented(_ text: [UInt8]) -> [UInt8] {
    // A first line that starts with something else has no margin.
    if let first = text.first, first != 0x20, first != 0x09, first != 0x0A { return text }
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    var margin: ArraySlice<UInt8>?
    for line in lines where !line.allSatisfy(isSpace) {
      let indentation = line.prefix(while: isSpace)
      guard let known = margin else {
        margin = indentation
        continue
      }
      var common = 0
      while common < min(known.count, indentation.count), known[known.startIndex + common] == indentation[indentation.startIndex + common] { common += 1 }
      margin = known.prefix(common)
    }
    let count = margin?.count ?? 0
    if count == 0 && margin != nil { return text }
    return Array(lines.map { $0.allSatisfy(isSpace) ? [] : $0.dropFirst(count) }.joined(separator: [0x0A]))
  }

  /// The path of a program that is a folder or a zip file with a module `__main__`, or a folder in a zip file; nil for a source file.
  private static func packagedProgram(_ path: String) throws(PyError) -> String? {
    if currentInterpreter.pointee.importlib.isAbsent { return nil }
    var status = stat()
    var file = path
    while SystemText.withBytes(file, { stat($0, &status) }) != 0 {
      // What is behind the name of a file may be a folder in it.
      guard errno == ENOTDIR, let slash = file.lastIndex(of: "/") else { return nil }
      file = String(file[..<slash])
    }
    if status.st_mode & S_IFMT == S_IFDIR { return MainProgram.absolute(path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size >= 22 else { return nil }
    // A zip file without a comment ends with this record.
    let descriptor = SystemText.withBytes(file) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var record = [UInt8](repeating: 0, count: 22)
    guard pread(descriptor, &record, 22, status.st_size - 22) == 22 else { return nil }
    return record.starts(with: [0x50, 0x4B, 5, 6]) ? MainProgram.absolute(path) : nil
  }

  private func runModule(_ name: String, changesArguments: Bool = true) throws(PyError) {
    let moduleName = try Owned.string("runpy" as StaticString)
    let functionName = intern(try Owned.string("_run_module_as_main" as StaticString))
    let argument = try Owned.systemText(name)
    let runner = try importModule(name: moduleName.value, globals: .none, fromList: .none, level: 0)
    _ = try runner.value.callMethod(functionName.value, argument.value, Value(changesArguments))
  }

  private func compileProgram(_ bytes: [UInt8], fileName: String, isOnDisk: Bool) throws(PyError) -> Owned {
    var options = CompileOptions()
    options.optimizationLevel = min(RuntimeConfiguration.current.optimizationLevel, 2)
    let source: SourceFile
    do throws(Diagnostic) {
      // Most are ASCII, which is told without making a string.
      if case .command = self, bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil {
        source = try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(Diagnostic) -> SourceFile in
          try SourceFile(string: buffer, fileName: fileName)
        }
      } else {
        source = try SourceFile(bytes: bytes, fileName: fileName, reading: .file)
      }
    } catch { throw raise(error) }
    source.isOnDisk = isOnDisk
    return try compileFile(source, ParseOptions(), options)
  }

  /// The module `__main__`, before it is known what it runs.
  private static func makeMainModule() throws(PyError) {
    let module = try ModuleObject.make(name: Name.__main__)
    let modules = DictObject(currentInterpreter.pointee.modules)
    try modules.set(Name.__main__, module.value)
    let dict = DictObject(ModuleObject(module.value).dict)
    try dict.set(Name.__builtins__, try modules.get(Name.builtins))
    let importlib = currentInterpreter.pointee.importlib
    if !importlib.isAbsent { try dict.set(Name.__loader__, sharing: try importlib.getAttribute(Name.make("BuiltinImporter"))) }
  }

  /// The dict of the interpreter's module `__main__`.
  public static func namespace() throws(PyError) -> Owned { try mainModuleDict() }

  /// The dict of the module `__main__`, which anybody may have replaced.
  static func mainModuleDict() throws(PyError) -> Owned {
    let module = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.modules).get(Name.__main__))
    guard module.value.isObject, !module.value.isAbsent, module.value.type.isSubtype(of: .module) else { throw .runtimeError("can't find __main__ module") }
    return Owned(copying: ModuleObject(module.value).dict)
  }

  /// Puts the program's folder in front of `sys.path`.
  private func insertProgramFolder() throws(PyError) {
    guard let folder = RuntimeConfiguration.current.programFolder else { return }
    InterpreterState.programFolder = folder
    try MainProgram.insertFolder(folder)
  }

  /// Puts a folder in front of `sys.path`.
  static func insertFolder(_ folder: String) throws(PyError) {
    let path = systemObject(Name.path)
    if path.value.isAbsent || !path.value.isList { return }
    let text = try Owned.systemText(folder)
    _ = try path.callMethod(Name.insert, Value(smallInteger: 0), text.value)
  }

  // MARK: Files

  private var isCommand: Bool { if case .command = self { true } else { false } }

  private func report(_ message: String) {
    var text = "\(RuntimeConfiguration.current.originalArguments.first ?? "krait"): \(message)"
    text.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
  }

  private func quoted(_ text: String) -> String { "'\(text)'" }

  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    if path.isEmpty || path == "." { return SystemText.string(folder) }
    return "\(SystemText.string(folder))/\(path)"
  }

  static func read(_ path: String) -> [UInt8]? {
    let descriptor = SystemText.withBytes(path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return readAll(descriptor)
  }

  /// Everything that can be read from a descriptor; nil with `errno` set on an error.
  private static func readAll(_ descriptor: Int32) -> [UInt8]? {
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        return nil
      }
      if count == 0 { return result }
      result += chunk[..<count]
    }
  }

  // MARK: The end

  /// Sends what the program wrote; errors come up again at the end of the process.
  static func flushStreams() {
    let pending = currentThread.pointee.takeException()
    for name in [Name.stderr, Name.stdout] {
      let stream = systemObject(name)
      if stream.value.isAbsent || stream.value.isNone { continue }
      do throws(PyError) { _ = try stream.value.callMethod(Name.flush) } catch { PyError.clear() }
    }
    if !pending.value.isAbsent { currentThread.pointee.setException(pending) }
  }

  /// What an exception that nobody caught means for the exit status. SystemExit says it itself, others are printed by `sys.excepthook`.
  private func exitStatus(of exception: consuming Owned) -> Int32 {
    if exception.value.isAbsent { return 1 }
    // Before a prompt the program's end is reported like any exception.
    if exception.value.isInstance(of: .systemExit), !RuntimeConfiguration.current.inspects { return systemExitStatus(exception.value) }
    MainProgram.wasInterrupted = exception.value.isInstance(of: .keyboardInterrupt)
    MainProgram.printUncaught(exception.value)
    return MainProgram.wasInterrupted ? 130 : 1
  }

  /// Whether KeyboardInterrupt ended the program: whoever started the process is to see that SIGINT did.
  public private(set) nonisolated(unsafe) static var wasInterrupted = false

  private func systemExitStatus(_ exception: Value) -> Int32 {
    if !isCommand { MainProgram.flushStreams() }
    do throws(PyError) {
      let code = try exception.getAttribute(Name.code)
      if code.value.isNone { return 0 }
      if code.value.isInteger {
        let number = try code.value.index()
        return Integer.asInt(number.value).map { Int32(truncatingIfNeeded: $0) } ?? -1
      }
      let text = try code.value.str()
      let stderr = systemObject(Name.stderr)
      if !stderr.value.isAbsent && !stderr.value.isNone {
        _ = try stderr.value.callMethod(Name.write, text.value)
        _ = try stderr.value.callMethod(Name.write, Name.newlineText)
      }
    } catch { PyError.clear() }
    return 1
  }

  /// Notes the exception in `sys.last_exc` and its like and calls `sys.excepthook`; when that fails, both exceptions are printed.
  static func printUncaught(_ exception: Value) {
    noteLast(exception)
    let hook = systemObject(Name.excepthook)
    let original = systemObject(Name.__excepthook__)
    do throws(PyError) {
      let traceback = ExceptionObject(exception).traceback
      try audit("sys.excepthook", hook.value.isAbsent ? .none : hook.value, exception.type.value, exception, traceback.isAbsent ? .none : traceback)
    } catch {
      // A RuntimeError of an audit hook asks for silence.
      if PyError.matches(.runtimeError) { return PyError.clear() }
      let failure = currentThread.pointee.takeException()
      printUnraisable(failure.value, "Exception ignored in audit hook", .none)
    }
    if hook.value.isAbsent { writeError("sys.excepthook is missing\n") }
    if hook.value.isAbsent || hook.value === original.value {
      printException(exception)
      return
    }
    let traceback = ExceptionObject(exception).traceback
    do throws(PyError) {
      _ = try hook.value.call(exception.type.value, exception, traceback.isAbsent ? .none : traceback)
    } catch {
      let failure = currentThread.pointee.takeException()
      writeError("Error in sys.excepthook:\n")
      printException(failure.value)
      writeError("\nOriginal exception was:\n")
      printException(exception)
    }
  }

  private static func noteLast(_ exception: Value) {
    let traceback = ExceptionObject(exception).traceback
    let sys = DictObject(currentInterpreter.pointee.sys)
    do throws(PyError) {
      try sys.set(Name.last_exc, exception)
      try sys.set(Name.last_type, exception.type.value)
      try sys.set(Name.last_value, exception)
      try sys.set(Name.last_traceback, traceback.isAbsent ? .none : traceback)
    } catch { PyError.clear() }
  }

  private static func writeError(_ text: String) {
    let stderr = systemObject(Name.stderr)
    if stderr.value.isAbsent || stderr.value.isNone { return }
    do throws(PyError) {
      let owned = try Owned.string(text)
      _ = try stderr.value.callMethod(Name.write, owned.value)
    } catch { PyError.clear() }
  }

  /// Ends the main interpreter: modules go, finalisers run, streams are flushed. False when standard output could not be.
  private static func finish() -> Bool {
    let isFlushed = finishAndFlush()
    Runtime.reportLeaks()
    return isFlushed
  }

  /// Ends an interpreter that the calling thread has entered.
  static func finishInterpreter() { _ = finishAndFlush() }

  private static func finishAndFlush() -> Bool {
    waitForThreads()
    ExitFunctions.run()
    if currentInterpreter.pointee.isMain, Interpreters.endAll() {
      do throws(PyError) { try warn(.runtimeWarning, "remaining subinterpreters; close them with Interpreter.close()") } catch {
        reportUnraisable("Exception ignored while ending interpreters", .absent)
      }
    }
    currentInterpreter.pointee.isFinalizing = true
    currentInterpreter.pointee.finalizer = currentThread
    let isFlushed = flushStandardStreams()
    if currentInterpreter.pointee.isMain { Signals.finish() }
    // Finalisers may still write: the streams outlive the module `sys`.
    let stdout = systemObject(Name.stdout)
    let stderr = systemObject(Name.stderr)
    Runtime.finish()
    for stream in [stdout.value, stderr.value] where !stream.isAbsent && !stream.isNone {
      do throws(PyError) {
        let closed = try stream.lookUpAttribute(Name.closed)
        if closed.value.isAbsent || closed.value.isFalse { _ = try stream.callMethod(Name.flush) }
      } catch { PyError.clear() }
    }
    // A stream that cannot be flushed must not try again when it goes.
    if !isFlushed { _ = stdout.take() }
    return isFlushed
  }

  /// Lets the threads that are no daemons come to their end, if the program imported `threading`.
  private static func waitForThreads() {
    do throws(PyError) {
      let name = try Owned.string("threading" as StaticString)
      let module = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.modules).get(name.value))
      if module.value.isAbsent || module.value.isNone { return }
      _ = try module.value.callMethod(Name.make("_shutdown"))
    } catch { reportUnraisable("Exception ignored on threading shutdown", .absent) }
  }

  private static func flushStandardStreams() -> Bool {
    let isFlushed = flush(Name.stdout)
    if !isFlushed { reportUnraisable("Exception ignored while flushing sys.stdout", .absent) }
    // Whatever is wrong with the stream of reports cannot be reported.
    if !flush(Name.stderr) { PyError.clear() }
    return isFlushed
  }

  /// Flushes one of `sys`'s streams; false, with an exception, when that fails.
  private static func flush(_ name: Value) -> Bool {
    let stream = systemObject(name)
    if stream.value.isAbsent || stream.value.isNone { return true }
    do throws(PyError) {
      let closed = try stream.value.lookUpAttribute(Name.closed)
      if !closed.value.isAbsent, try closed.value.isTruthy() { return true }
      _ = try stream.value.callMethod(Name.flush)
      return true
    } catch { return false }
  }
}
