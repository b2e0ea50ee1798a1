// What happens to one file: read, compiled as far as asked, written or shown, its error and warnings printed.

import KraitCompiler
import KraitSyntax

struct CompileJob {
  enum Stage { case tokens, tree, symbols, instructions, check, pyc }

  let stage: Stage
  let disassembly: DisassemblyOptions
  let exactTokens: Bool
  let language: LanguageOptions
  let keywords: KeywordTable
  let destination: DestinationOptions
  /// Whether results of several files go to standard output, so that each needs its name above it.
  let isBatch: Bool
  let showsErrorsAsJSON: Bool

  /// Whether the file was fine.
  func process(_ path: String) -> Bool {
    do {
      let contents = try FileSystem.read(path)
      return try isPyc(contents.bytes, path) ? processPyc(contents, path) : processSource(contents, path)
    } catch {
      StandardStream.error.write("krait-compile: \(error)\n")
      return false
    }
  }

  // MARK: - Compiled files

  /// By its name, or by the end of every magic number and a zero byte in the flags behind it, which no source has.
  private func isPyc(_ bytes: [UInt8], _ path: String) -> Bool {
    if path.hasSuffix(".py") { return false }
    return path.hasSuffix(".pyc") || bytes.count >= PycHeader.size && bytes[2] == 0x0D && bytes[3] == 0x0A && bytes[5] == 0
  }

  private func processPyc(_ contents: FileContents, _ path: String) throws -> Bool {
    do {
      let file = try PycFile(contents.bytes, name: FileSystem.baseName(of: path))
      switch stage {
      case .pyc:
        try file.bytes.withUnsafeBufferPointer { try emit($0, for: path) }
      case .instructions:
        let arena = Arena()
        var output = ByteBuffer(capacity: 1 << 16)
        output.append(file.header.explanation)
        try file.codeUnit(in: arena).disassemble(disassembly, into: &output)
        try emit(output.bytes, for: path)
      case .check:
        _ = try file.codeUnit(in: Arena())
      case .tokens, .tree, .symbols:
        throw FileFormatError(path: path, reason: "a .pyc holds no source")
      }
      if showsErrorsAsJSON { StandardStream.output.write(ErrorReport(file: path, error: nil, warnings: []).json) }
      return true
    } catch let error as Diagnostic {
      report(error, of: nil, contents, path)
      return false
    }
  }

  // MARK: - Sources

  /// The name in errors and code objects.
  private func fileName(of path: String) -> String { language.name ?? (path == "-" ? "<stdin>" : path) }

  private func listTokens(_ contents: FileContents, _ path: String) throws -> Bool {
    let listing = TokenListing(of: contents.bytes, fileName: fileName(of: path), exact: exactTokens)
    if let error = listing.error {
      StandardStream.error.write(error + "\n")
      return false
    }
    try listing.output.withUnsafeBufferPointer { try emit($0, for: path) }
    return true
  }

  private func processSource(_ contents: FileContents, _ path: String) throws -> Bool {
    if stage == .tokens { return try listTokens(contents, path) }
    var parsing = ParseOptions()
    switch language.mode {
    case .exec: parsing.mode = .file
    case .eval: parsing.mode = .evaluate
    case .single: parsing.mode = .single
    case .func_type: parsing.mode = .functionType
    }
    parsing.typeComments = language.typeComments
    parsing.allowsTopLevelAwait = language.topLevelAwait
    parsing.allowsIncompleteInput = language.incomplete
    parsing.impliesDedent = !language.incomplete
    parsing.featureVersion = language.featureVersion
    parsing.keywords = keywords
    var compiling = CompileOptions()
    compiling.optimizationLevel = language.optimizationLevel
    compiling.allowsTopLevelAwait = language.topLevelAwait

    var source: SourceFile?
    do {
      let file = try SourceFile(bytes: contents.bytes, fileName: fileName(of: path), mode: parsing.mode)
      file.isOnDisk = path != "-" && language.name == nil
      source = file
      try show(file, contents, path, parsing, compiling)
      report(nil, of: file, contents, path)
      return true
    } catch let error as Diagnostic {
      report(error, of: source, contents, path)
      return false
    }
  }

  /// Takes a source as far as the stage that is asked for, and writes its result.
  private func show(
    _ source: SourceFile, _ contents: FileContents, _ path: String, _ parsing: ParseOptions, _ compiling: CompileOptions
  ) throws {
    let tree = try parse(source, options: parsing)
    switch stage {
    case .tokens: break
    case .tree:
      let future = try FutureFeatures(of: tree, source: source, options: compiling)
      let purpose = language.optimize > 0 ? Preprocessor.Purpose.optimizedTree : .tree
      try Preprocessor.run(tree, source: source, options: compiling, future: future, for: purpose)
      var options = TreeDumpOptions()
      options.includesAttributes = true
      options.indent = [0x20, 0x20]
      var output = ByteBuffer(capacity: contents.bytes.count * 32)
      try tree.dump(options, into: &output)
      output.append("\n")
      try emit(output.bytes, for: path)
    case .symbols:
      let table = try SymbolTable.build(tree, source: source, options: compiling)
      var output = ByteBuffer(capacity: contents.bytes.count * 8)
      table.dump(fileName: source.fileName, into: &output)
      try emit(output.bytes, for: path)
    case .instructions:
      var output = ByteBuffer(capacity: contents.bytes.count * 16)
      try compile(tree, source: source, options: compiling).disassemble(disassembly, into: &output)
      try emit(output.bytes, for: path)
    case .check: _ = try compile(tree, source: source, options: compiling)
    case .pyc:
      let unit = try compile(tree, source: source, options: compiling)
      let bytes = PycFile.bytes(unit, header: header(for: contents), in: source.arena)
      try bytes.withUnsafeBufferPointer { try emit($0, for: path) }
    }
  }

  private func header(for contents: FileContents) -> PycHeader {
    switch destination.invalidationMode {
    case .timestamp:
      PycHeader(
        validation: .timestamp(
          modified: UInt32(truncatingIfNeeded: contents.modified), size: UInt32(truncatingIfNeeded: contents.bytes.count)))
    case .checkedHash: PycHeader(validation: .checkedHash(sourceHash(contents.bytes)))
    case .uncheckedHash: PycHeader(validation: .uncheckedHash(sourceHash(contents.bytes)))
    }
  }

  // MARK: - Errors and warnings

  private func report(_ error: Diagnostic?, of source: SourceFile?, _ contents: FileContents, _ path: String) {
    let warnings = source?.warnings ?? []
    if showsErrorsAsJSON {
      return StandardStream.output.write(ErrorReport(file: path, error: error, warnings: warnings).json)
    }
    contents.bytes.withUnsafeBufferPointer { bytes in
      let printer = DiagnosticPrinter(source: source?.text ?? bytes, isFile: path != "-") { candidate in
        guard let source = try? SourceFile(bytes: candidate, fileName: "<string>"), let tree = try? parse(source) else { return false }
        return (try? compile(tree, source: source)) != nil
      }
      var output = ByteBuffer()
      for warning in warnings { printer.print(warning, into: &output) }
      if let error { printer.print(error, into: &output) }
      StandardStream.error.write(output.bytes)
    }
  }

  // MARK: - Results

  /// Writes a stage's result where the options say.
  private func emit(_ bytes: UnsafeBufferPointer<UInt8>, for path: String) throws(FileError) {
    if let file = outputPath(for: path) { return try FileSystem.write(bytes, to: file) }
    if isBatch { StandardStream.output.write("==> \(path) <==\n") }
    StandardStream.output.write(bytes)
  }

  /// The file for a result; `nil` is standard output.
  private func outputPath(for path: String) -> String? {
    let source = path == "-" ? "stdin" : path
    if let output = destination.output {
      guard isBatch || output.hasSuffix("/") || FileSystem.isFolder(output) else { return output }
      let parts = CompileJob.withoutSuffix(source).split(separator: "/").filter { $0 != "." && $0 != ".." }
      return "\(output)/\(parts.joined(separator: "/")).\(stage.suffix)"
    }
    guard stage == .pyc, path != "-" else { return nil }
    let stem = CompileJob.withoutSuffix(source)
    if !destination.cache { return stem + ".pyc" }
    let folder = FileSystem.folder(of: source)
    let optimization = language.optimize > 0 ? ".opt-\(language.optimizationLevel)" : ""
    let name = "__pycache__/\(FileSystem.baseName(of: stem)).cpython-314\(optimization).pyc"
    return folder.isEmpty ? name : "\(folder)/\(name)"
  }

  private static func withoutSuffix(_ path: String) -> String {
    for suffix in [".pyc", ".pyw", ".py"] where path.hasSuffix(suffix) { return String(path.dropLast(suffix.count)) }
    return path
  }
}

extension CompileJob.Stage {
  /// What the names of files with its results end in.
  var suffix: String {
    switch self {
    case .tokens: "tokens"
    case .tree: "ast"
    case .symbols: "symtable"
    case .instructions: "dis"
    case .check: "check"
    case .pyc: "pyc"
    }
  }
}

extension PycHeader {
  /// The fields in words, with an empty line behind them.
  var explanation: String {
    let number = "magic number:  \(PycHeader.magicNumber) (CPython 3.14)\n"
    switch validation {
    case .timestamp(let modified, let size):
      return number + "validation:    timestamp\nsource time:   \(modified)\nsource size:   \(size)\n\n"
    case .checkedHash(let hash): return number + "validation:    hash, checked\nsource hash:   \(PycHeader.hexadecimal(hash))\n\n"
    case .uncheckedHash(let hash): return number + "validation:    hash, unchecked\nsource hash:   \(PycHeader.hexadecimal(hash))\n\n"
    }
  }

  /// The eight bytes of a hash as they stand in the file.
  private static func hexadecimal(_ hash: UInt64) -> String {
    withUnsafeBytes(of: hash.littleEndian) { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
