// The interactive prompt: statements are read from standard input, one after the other, and run in `__main__`.

import CKraitCore
import Glibc
import KraitCompiler
import KraitSyntax

/// The prompt of a terminal without an editor, and of standard input that `-i` declares interactive. `_pyrepl` edits lines where it can.
enum InteractivePrompt {
  /// What one statement came to.
  private enum Outcome: ~Copyable {
    case statement(Owned)
    case nothing, end
  }

  /// Reads and runs statements until the input ends; exceptions are printed. SystemExit is thrown.
  static func run() throws(PyError) {
    for (name, text) in [(Name.ps1, ">>> " as StaticString), (Name.ps2, "... ")] {
      let known = systemObject(name)
      if known.value.isAbsent { try DictObject(currentInterpreter.pointee.sys).set(name, sharing: try Owned.string(text)) }
    }
    // Future features, once imported, stay in force.
    var options = CompileOptions()
    options.optimizationLevel = min(RuntimeConfiguration.current.optimizationLevel, 2)
    while true {
      do throws(PyError) {
        guard try runStatement(&options) else { return }
      } catch {
        if PyError.matches(.systemExit) { throw error }
        let exception = currentThread.pointee.takeException()
        MainProgram.printUncaught(exception.value)
      }
      MainProgram.flushStreams()
    }
  }

  /// Runs the next statement; false at the end of the input.
  private static func runStatement(_ options: inout CompileOptions) throws(PyError) -> Bool {
    switch try readStatement(options) {
    case .end: return false
    case .nothing: return true
    case .statement(let code):
      options.inheritedFlags.formUnion(CodeObject(code.value).flags.intersection(.future))
      let globals = try MainProgram.mainModuleDict()
      _ = try Evaluator.run(code: code.value, globals: globals.value, locals: globals.value)
      return true
    }
  }

  /// Reads lines until they are a whole statement. A compound statement ends with an empty line.
  private static func readStatement(_ options: CompileOptions) throws(PyError) -> Outcome {
    var source: [UInt8] = []
    while true {
      let line = try readLine(prompt: source.isEmpty ? Name.ps1 : Name.ps2)
      if line.isEmpty && source.isEmpty {
        write("\n")
        return .end
      }
      if source.isEmpty && isBlank(line) { return .nothing }
      source += line
      if line.isEmpty && source.last != 0x0A { source.append(0x0A) }
      do throws(PyError) {
        // Without its end, a line that begins a block is no whole statement yet.
        return .statement(try compiled(line.isEmpty ? source : source.dropLast(source.last == 0x0A ? 1 : 0), options, isWhole: line.isEmpty))
      } catch {
        guard !line.isEmpty, PyError.matches(.incompleteInputError) else { throw error }
        PyError.clear()
        // An error that no further line can mend is told at once.
        do throws(Diagnostic) { _ = try parse(try file(source), options: parseOptions(options, isWhole: false)) } catch {
          if error.exceptionClass != .incompleteInputError { throw raise(error) }
        }
      }
    }
  }

  /// Whether a line holds nothing but white space and a comment.
  private static func isBlank(_ line: [UInt8]) -> Bool {
    guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0C && $0 != 0x0D }) else { return true }
    return first == 0x0A || first == 0x23
  }

  private static func parseOptions(_ options: CompileOptions, isWhole: Bool) -> ParseOptions {
    var parsing = ParseOptions()
    parsing.mode = .single
    parsing.allowsIncompleteInput = !isWhole
    parsing.impliesDedent = isWhole
    parsing.barryAsBDFL = options.inheritedFlags.contains(.futureBarryAsBDFL)
    return parsing
  }

  private static func file(_ bytes: [UInt8], name: String = "<stdin>") throws(Diagnostic) -> SourceFile {
    try SourceFile(bytes: bytes, fileName: name, mode: .single, reading: .bytes)
  }

  /// Statements that were compiled until now.
  private nonisolated(unsafe) static var statementCount = 0

  private static func compiled(_ bytes: [UInt8], _ options: CompileOptions, isWhole: Bool) throws(PyError) -> Owned {
    // Errors of the grammar do not number a statement.
    let source: SourceFile
    do throws(Diagnostic) {
      _ = try parse(try file(bytes), options: parseOptions(options, isWhole: isWhole))
      source = try file(bytes, name: "<stdin-\(statementCount)>")
      // Errors of the compiler show the line, too.
      source.isOnDisk = true
    } catch { throw raise(error) }
    statementCount += 1
    let code = try compileFile(source, parseOptions(options, isWhole: isWhole), options)
    // With the end of the last line, as it was typed.
    try (Array(source.text) + [0x0A]).withUnsafeBufferPointer { (text: UnsafeBufferPointer<UInt8>) throws(PyError) in try SourceLines.register(code.value, source: text, name: Name.stdinName) }
    return code
  }

  // MARK: Lines

  /// One line of standard input with its end; empty at the end of the input. An interrupt is raised.
  private static func readLine(prompt name: Value) throws(PyError) -> [UInt8] {
    MainProgram.flushStreams()
    let prompt = systemObject(name)
    if !prompt.value.isAbsent {
      do throws(PyError) {
        let text = try prompt.value.str()
        write(text.value.text)
      } catch { PyError.clear() }
    }
    var line: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      // One byte at a time: what follows the line may be for the statement to read.
      let count = withoutLock { Glibc.read(0, &byte, 1) }
      if count == 1 {
        line.append(byte)
        if byte == 0x0A { return line }
      } else if count < 0 && errno == EINTR {
        do throws(PyError) { try checkSignals() } catch {
          write("\n")
          throw error
        }
      } else {
        return line
      }
    }
  }

  private static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
  }
}

extension MainProgram {
  /// Whether statements are to be asked for: standard input is a terminal, or `-i` says that it is one.
  static var isInteractive: Bool { RuntimeConfiguration.current.isInteractive || isatty(0) != 0 }

  /// The prompt of a program from standard input; PYTHONSTARTUP first.
  func runPrompt() throws(PyError) {
    // From here on SystemExit ends the process.
    RuntimeConfiguration.current.inspects = false
    if let path = RuntimeConfiguration.current.environment("PYTHONSTARTUP") {
      do throws(PyError) { try MainProgram.runStartup(path) } catch {
        if PyError.matches(.systemExit) { throw error }
        let exception = currentThread.pointee.takeException()
        MainProgram.printUncaught(exception.value)
      }
    }
    try MainProgram.prompt()
  }

  /// The version and where to find help, on standard error.
  func printHeader() {
    let configuration = RuntimeConfiguration.current
    var isPrompt = false
    if case .standardInput = self { isPrompt = MainProgram.isInteractive }
    if configuration.isQuiet || configuration.verbosity == 0 && !isPrompt { return }
    var text = "Python \(RuntimeConfiguration.versionText) on linux\n"
    if !configuration.hasNoSite { text += "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n" }
    text.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
  }

  /// Whether the prompt comes after the program: `-i`, or PYTHONINSPECT, which the program may have set.
  static var inspectsAfterwards: Bool {
    (RuntimeConfiguration.current.inspects || RuntimeConfiguration.current.environment("PYTHONINSPECT") != nil) && isInteractive
  }

  /// `sys.__interactivehook__`, then the editor `_pyrepl` on a terminal, else the plain prompt.
  ///
  /// - Parameter runsStartup: whether the editor runs PYTHONSTARTUP, which the plain prompt after a program does not.
  static func prompt(runsStartup: Bool = false) throws(PyError) {
    let hook = systemObject(Name.__interactivehook__)
    if !hook.value.isAbsent {
      do throws(PyError) {
        try audit("cpython.run_interactivehook", hook.value)
        _ = try hook.value.call()
      } catch {
        writeToStandardError("Failed calling sys.__interactivehook__\n")
        if PyError.matches(.systemExit) { throw error }
        let exception = currentThread.pointee.takeException()
        printUncaught(exception.value)
      }
    }
    guard isatty(0) != 0, RuntimeConfiguration.current.environment("PYTHON_BASIC_REPL") == nil else { return try InteractivePrompt.run() }
    let name = try Owned.string("_pyrepl.main" as StaticString)
    let function = try Owned.string("interactive_console" as StaticString)
    let names = try Owned.tuple(function.value)
    let editor: Owned
    do throws(PyError) {
      editor = try importModule(name: name.value, globals: .none, fromList: names.value, level: 0)
    } catch {
      // A library without the editor.
      guard PyError.matches(.importError) else { throw error }
      PyError.clear()
      return try InteractivePrompt.run()
    }
    let main = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.modules).get(Name.__main__))
    if runsStartup, let path = RuntimeConfiguration.current.environment("PYTHONSTARTUP") { try MainProgram.runStartup(path) }
    let start = try editor.value.getAttribute(function.value)
    _ = try start.value.call(main.value.isAbsent ? .none : main.value)
  }

  private static func runStartup(_ path: String) throws(PyError) {
    let name = try Owned.string(path)
    try audit("cpython.run_startup", name.value)
    guard let bytes = read(path) else {
      let code = errno
      writeToStandardError("Could not open PYTHONSTARTUP\n")
      throw PyError.osError(code, fileName: name.value)
    }
    let source: SourceFile
    do throws(Diagnostic) { source = try SourceFile(bytes: bytes, fileName: path, reading: .file) } catch { throw raise(error) }
    source.isOnDisk = true
    let code = try compileFile(source, ParseOptions(), CompileOptions())
    let globals = try mainModuleDict()
    _ = try Evaluator.run(code: code.value, globals: globals.value, locals: globals.value)
  }
}
