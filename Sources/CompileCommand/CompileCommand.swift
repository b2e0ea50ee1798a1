// The tool `krait-compile`: compiles Python source to `.pyc` files, and shows what each stage of the front end makes of it.

import ArgumentParser
import KraitCompiler
import KraitSyntax

@main
struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "krait-compile",
    abstract: "Compile Python 3.14 source to .pyc files, or show its tokens, tree, symbols or bytecode.",
    discussion: """
      Without an option that shows something, each FILE is compiled to a .pyc that CPython 3.14 loads. A FILE may itself be a .pyc: \
      it is read, checked, and shown or written again. '-' is standard input.

      The exit status is 1 when a file could not be compiled. Its error is printed as Python prints it.
      """,
    version: "krait-compile 0.1 (Python 3.14, .pyc magic number \(PycHeader.magicNumber))")

  @OptionGroup(title: "What to show") var stage: StageOptions
  @OptionGroup(title: "How to compile") var language: LanguageOptions
  @OptionGroup(title: "Where to write") var destination: DestinationOptions

  @Option(help: ArgumentHelp("Also read file names from LISTFILE, one a line.", valueName: "LISTFILE"))
  var batch: String?

  @Argument(help: "Source files or .pyc files.")
  var files: [String] = []

  func validate() throws {
    if files.isEmpty && batch == nil { throw ValidationError("Give at least one FILE, or --batch LISTFILE.") }
    try stage.validateChoice()
    try destination.validateChoice()
  }

  func run() throws {
    let keywords = try language.keywordTable()
    let names = files + (try batch.map(FileSystem.lines(of:)) ?? [])
    let job = CompileJob(
      stage: stage.stage, disassembly: stage.disassembly, exactTokens: stage.exact, language: language, keywords: keywords,
      destination: destination, isBatch: names.count > 1, showsErrorsAsJSON: stage.errors == .json)
    let failures = LargeStack.run { names.count { !job.process($0) } }
    if failures > 0 { throw ExitCode(1) }
  }
}

/// Which stage's result is shown.
struct StageOptions: ParsableArguments {
  enum ErrorFormat: String, ExpressibleByArgument { case json }

  @Flag(help: "Show the tokens as 'python -m tokenize' does.") var tokens = false
  @Flag(help: "With --tokens: name operators exactly, as 'python -m tokenize -e' does.") var exact = false
  @Flag(help: "Show the tree, optimized with -O, as ast.dump(tree, include_attributes=True, indent=2) does.") var ast = false
  @Flag(help: "Show the symbol tables.") var symtable = false
  @Flag(help: "Show the bytecode as 'python -m dis' does.") var dis = false
  @Flag(help: "With --dis: show inline caches.") var showCaches = false
  @Flag(help: "With --dis: show byte offsets.") var showOffsets = false
  @Flag(help: "With --dis: show source ranges.") var showPositions = false
  @Flag(help: "Compile, but write nothing.") var check = false
  @Option(help: ArgumentHelp("Compile and print one JSON object a file with its error and warnings.", valueName: "json"))
  var errors: ErrorFormat?

  func validateChoice() throws {
    if [tokens, ast, symtable, dis, check].count(where: { $0 }) > 1 {
      throw ValidationError("--tokens, --ast, --symtable, --dis and --check exclude each other.")
    }
    if exact && !tokens { throw ValidationError("--exact needs --tokens.") }
    if (showCaches || showOffsets || showPositions) && !dis { throw ValidationError("--show-… needs --dis.") }
  }

  var stage: CompileJob.Stage {
    if tokens { return .tokens }
    if ast { return .tree }
    if symtable { return .symbols }
    if dis { return .instructions }
    return check || errors != nil ? .check : .pyc
  }

  var disassembly: DisassemblyOptions {
    var options = DisassemblyOptions()
    options.showsCaches = showCaches
    options.showsOffsets = showOffsets
    options.showsPositions = showPositions
    return options
  }
}

/// What the source means.
struct LanguageOptions: ParsableArguments {
  enum Mode: String, ExpressibleByArgument, CaseIterable { case exec, eval, single, func_type }

  @Flag(name: .customShort("O"), help: "Leave out assertions (-O), and documentation strings too (-OO).") var optimize: Int
  @Option(help: "The grammar's start, as compile() names it.") var mode = Mode.exec
  @Flag(help: "Keep type comments in the tree.") var typeComments = false
  @Flag(help: "Accept 'await' outside of functions.") var topLevelAwait = false
  @Flag(help: "Tell input that may go on from wrong input, and leave blocks open at its end, as the codeop module does.") var incomplete = false
  @Option(help: "The minor version of the grammar, for --ast.") var featureVersion = 14
  @Option(help: ArgumentHelp("The file name in errors and code objects.", valueName: "NAME")) var name: String?
  @Option(help: ArgumentHelp("A table of keywords in another language.", valueName: "FILE.toml")) var keywords: String?

  var optimizationLevel: Int { min(optimize, 2) }

  func keywordTable() throws -> KeywordTable {
    guard let keywords else { return .python }
    return try KeywordFile.table(in: keywords)
  }
}

/// Where results go.
struct DestinationOptions: ParsableArguments {
  enum InvalidationMode: String, ExpressibleByArgument, CaseIterable {
    case timestamp
    case checkedHash = "checked-hash"
    case uncheckedHash = "unchecked-hash"
  }

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("A file; or a folder, below which results keep their sources' paths. Else .pyc files go next to their sources.",
      valueName: "FILE|DIR"))
  var output: String?
  @Flag(help: "Write .pyc files where CPython looks for them: __pycache__/NAME.cpython-314.pyc.") var cache = false
  @Option(help: "How an importer finds out that a .pyc is out of date.") var invalidationMode = InvalidationMode.timestamp

  func validateChoice() throws {
    if cache && output != nil { throw ValidationError("--cache and --output exclude each other.") }
  }
}
