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
      return try isPyc(contents.bytes, path) ? processPyc(contents, path) : true
    } catch let error as Diagnostic {
      StandardStream.error.write("\(error.exceptionClass.rawValue): \(error.message)\n")
      return false
    } catch {
      StandardStream.error.write("krait-compile: \(error)\n")
      return false
    }
  }

  private func isPyc(_ bytes: [UInt8], _ path: String) -> Bool {
    path.hasSuffix(".pyc") || bytes.count >= 4 && bytes[2] == 0x0D && bytes[3] == 0x0A && bytes[1] < 0x10 && bytes[0] != 0x0A
  }

  private func processPyc(_ contents: FileContents, _ path: String) throws -> Bool {
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
    return true
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
