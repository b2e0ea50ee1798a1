// The arguments of the command `krait`: CPython's.

import KraitRuntime

/// What the arguments ask for.
struct CommandArguments {
  var configuration = RuntimeConfiguration()
  var program: MainProgram?
  /// Text to print instead of running anything, and the exit status.
  var answer: (text: String, isError: Bool, status: Int32)?
  var versionCount = 0
  private var isDigitsLimitGiven = false

  init(_ arguments: [String]) {
    configuration.originalArguments = arguments
    configuration.executable = CommandArguments.executable(arguments.first ?? "krait")
    parse(arguments)
    if answer == nil && versionCount > 0 {
      answer = (versionCount > 1 ? "Python \(RuntimeConfiguration.versionText)\n" : "Python 3.14.8\n", false, 0)
    }
    if answer == nil { applyEnvironment() }
  }

  static func usage(_ name: String) -> String {
    "usage: \(name) [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"
  }

  private mutating func fail(_ message: String) {
    let name = configuration.originalArguments.first ?? "krait"
    answer = ("\(message)\n\(CommandArguments.usage(name))Try `krait -h' for more information.\n", true, 2)
  }

  private mutating func parse(_ arguments: [String]) {
    var index = 1
    while index < arguments.count {
      let argument = arguments[index]
      guard argument.hasPrefix("-"), argument != "-" else { break }
      index += 1
      if argument == "--" { break }
      if argument == "--check-hash-based-pycs" {
        guard index < arguments.count else { return fail("Argument expected for the \(argument) options") }
        configuration.checksHashBasedFiles = arguments[index]
        index += 1
        guard ["always", "never", "default"].contains(configuration.checksHashBasedFiles) else {
          return fail("--check-hash-based-pycs must be one of 'default', 'always', or 'never'")
        }
        continue
      }
      if argument.hasPrefix("--") {
        parseLong(argument)
        if answer != nil { return }
        continue
      }
      var letters = Substring(argument.dropFirst())
      while let letter = letters.popFirst() {
        switch letter {
        case "c", "m", "W", "X":
          var value = String(letters)
          if letters.isEmpty {
            guard index < arguments.count else { return fail("Argument expected for the -\(letter) option") }
            value = arguments[index]
            index += 1
          }
          letters = ""
          if letter == "c" {
            program = .command(value)
            configuration.arguments = ["-c"] + arguments[index...]
            configuration.programFolder = ""
            return
          }
          if letter == "m" {
            program = .module(value)
            configuration.arguments = ["-m"] + arguments[index...]
            configuration.programFolder = FileNames.workingFolder
            return
          }
          if letter == "W" { configuration.warningOptions.append(value) } else { addOption(value) }
        default:
          setFlag(letter)
          if answer != nil { return }
        }
      }
    }
    if index < arguments.count, arguments[index] != "-" {
      program = .file(arguments[index])
      configuration.arguments = Array(arguments[index...])
      configuration.programFolder = CommandArguments.folder(of: arguments[index])
    } else {
      program = .standardInput
      configuration.arguments = index < arguments.count ? Array(arguments[index...]) : [""]
      configuration.programFolder = ""
    }
  }

  private mutating func parseLong(_ argument: String) {
    switch argument {
    case "--help": help(.options)
    case "--help-env": help(.environment)
    case "--help-xoptions": help(.ownOptions)
    case "--help-all": help(.options, .environment, .ownOptions)
    case "--version": versionCount += 1
    default: fail("Unknown option: \(argument)")
    }
  }

  private mutating func help(_ texts: HelpText...) {
    let name = configuration.originalArguments.first ?? "krait"
    answer = (texts.map { $0.text(name) }.joined(separator: "\n"), false, 0)
  }

  private mutating func setFlag(_ letter: Character) {
    switch letter {
    case "b": configuration.bytesWarnings += 1
    case "B": configuration.writesNoBytecode = true
    case "d": configuration.isDebugging = true
    case "E": configuration.ignoresEnvironment = true
    case "h", "?": help(.options)
    case "i":
      configuration.inspects = true
      configuration.isInteractive = true
    case "I":
      configuration.isIsolated = true
      configuration.ignoresEnvironment = true
      configuration.hasNoUserSite = true
      configuration.usesSafePath = true
    case "O": configuration.optimizationLevel = configuration.optimizationLevel + 1
    case "P": configuration.usesSafePath = true
    case "q": configuration.isQuiet = true
    case "R": configuration.alwaysRandomizesHashes = true
    case "s": configuration.hasNoUserSite = true
    case "S": configuration.hasNoSite = true
    case "t": break
    case "u": configuration.isUnbuffered = true
    case "v": configuration.verbosity += 1
    case "V": versionCount += 1
    case "x": configuration.skipsFirstLine = true
    default: fail("Unknown option: -\(letter)")
    }
  }

  private mutating func addOption(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    configuration.extraOptions.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : nil))
    switch parts[0] {
    case "warn_default_encoding": configuration.warnsOfDefaultEncoding = true
    case "dev": configuration.isDevelopmentMode = true
    case "gil": setThreadingModel(parts.count > 1 ? String(parts[1]) : "")
    case "utf8":
      configuration.usesUTF8Mode = parts.count == 1 || parts[1] == "1"
      if parts.count > 1, parts[1] != "0", parts[1] != "1" { refuseUTF8Mode("invalid -X utf8 option value") }
    case "no_debug_ranges": configuration.hasNoDebugRanges = true
    case "int_max_str_digits": setDigitsLimit(parts.count > 1 ? String(parts[1]) : "", from: "-X int_max_str_digits")
    case "pycache_prefix": configuration.cachePrefix = parts.count > 1 ? String(parts[1]) : ""
    default: break
    }
  }

  /// The value of an `-X` option: the last that was given, "" for one without a value.
  private func option(_ name: String) -> String? { configuration.extraOptions.last { $0.name == name }.map { $0.value ?? "" } }

  private mutating func refuse(_ function: String, _ message: String) {
    if answer == nil { answer = (CommandArguments.fatalError(function, message), true, 1) }
  }

  /// A switch that is 0 or 1.
  private mutating func readSwitch(_ name: String, _ variable: StaticString) -> Bool {
    let given = option(name)
    guard let text = given ?? configuration.environment(variable) else { return false }
    if text != "0" && text != "1" { refuse("config_init_\(name)", given == nil ? "\(variable)=N: N is missing or invalid" : "-X \(name)=n: n is missing or invalid") }
    return text == "1"
  }

  private mutating func setImportTimes() {
    // What is no number asks for it, too.
    let given = option("importtime")
    guard let text = given ?? configuration.environment("PYTHONPROFILEIMPORTTIME") else { return }
    configuration.importTimes = Int(text) ?? 1
    if !(0...2).contains(configuration.importTimes) {
      let place = given == nil ? "PYTHONPROFILEIMPORTTIME: numeric" : "-X importtime:"
      refuse("config_init_import_time", "\(place) values other than 1 and 2 are reserved for future use.")
    }
  }

  private mutating func setProcessorCount() {
    guard let text = option("cpu_count") ?? configuration.environment("PYTHON_CPU_COUNT"), text != "default" else { return }
    configuration.processorCount = Int(text)
    guard let count = configuration.processorCount, count > 0, count <= Int(Int32.max) else {
      return refuse("config_init_cpu_count", "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0")
    }
  }

  /// Options that have no effect here all the same have values that are wrong.
  private mutating func checkWithoutEffect() {
    checkFrames(option("tracemalloc"), "-X tracemalloc=NFRAME")
    checkFrames(configuration.environment("PYTHONTRACEMALLOC"), "PYTHONTRACEMALLOC")
    checkFrozenModules(option("frozen_modules"), "option -X frozen_modules")
    checkFrozenModules(configuration.environment("PYTHON_FROZEN_MODULES"), "PYTHON_FROZEN_MODULES")
    switch configuration.environment("PYTHONMALLOC") {
    case nil, "default", "debug", "pymalloc", "pymalloc_debug", "malloc", "malloc_debug", "mimalloc", "mimalloc_debug": break
    default: answer = ("Fatal Python error: preconfig_init_allocator: PYTHONMALLOC: unknown allocator\nPython runtime state: preinitializing\n\n", true, 1)
    }
  }

  private mutating func checkFrames(_ text: String?, _ place: String) {
    guard let text, !text.isEmpty else { return }
    guard let frames = Int(text), (0...65535).contains(frames) else { return refuse("config_init_tracemalloc", "\(place): invalid number of frames") }
  }

  private mutating func checkFrozenModules(_ text: String?, _ place: String) {
    switch text {
    case nil, "", "on", "off": break
    default:
      if answer == nil { answer = ("Fatal Python error: bad value for \(place) (expected \"on\" or \"off\")\nPython runtime state: preinitialized\n\n", true, 1) }
    }
  }

  /// How many digits `int()` and `str()` convert at most.
  private mutating func setDigitsLimit(_ text: String, from place: String) {
    if let limit = Int(text), limit == 0 || limit >= 640, limit <= Int(Int32.max) {
      configuration.integerDigitsLimit = limit
      isDigitsLimitGiven = true
      return
    }
    answer = (CommandArguments.fatalError("config_init_int_max_str_digits", "\(place): invalid limit; must be >= 640 or 0 for unlimited."), true, 1)
  }

  /// The report of a start that fails.
  private static func fatalError(_ function: String, _ message: String) -> String {
    "Fatal Python error: \(function): \(message)\nPython runtime state: preinitialized\n\n"
  }

  /// An environment variable that counts: a number, and anything else is 1.
  private func level(_ name: StaticString) -> Int {
    guard let text = configuration.environment(name) else { return 0 }
    guard let level = Int(text), level >= 0 else { return 1 }
    return level
  }

  /// `-X gil=` or PYTHON_GIL: CPython's 0 and 1, and the names of the models.
  private mutating func setThreadingModel(_ text: String) {
    switch text {
    case "0": configuration.threadingModel = .free
    case "1": configuration.threadingModel = .interpreter
    default:
      guard let model = RuntimeConfiguration.ThreadingModelChoice(rawValue: text) else {
        answer = (
          """
            Fatal Python error: config_read_gil: PYTHON_GIL / -X gil must be "0" or "1", or one of "process", "interpreter" and "none"
            Python runtime state: preinitialized


            """, true, 1)
        return
      }
      configuration.threadingModel = model
    }
    configuration.isThreadingModelGiven = true
  }

  /// What encodings depend on: the characters' locale, and the UTF-8 mode.
  private mutating func chooseEncodings() {
    let locale = CharacterLocale(coercion: configuration.environment("PYTHONCOERCECLOCALE"))
    configuration.hasUncoercedCLocale = locale.isC && !locale.isCoerced
    configuration.localeEncoding = locale.encoding
    locale.warn()
    chooseUTF8Mode(hasCLocale: locale.isC)
  }

  /// The option goes before the variable; without both, the C locale asks for the mode (PEP 540), even where another is put in its place.
  private mutating func chooseUTF8Mode(hasCLocale: Bool) {
    if configuration.extraOptions.contains(where: { $0.name == "utf8" }) { return }
    switch configuration.environment("PYTHONUTF8") {
    case "1": configuration.usesUTF8Mode = true
    case "0": break
    case nil: configuration.usesUTF8Mode = hasCLocale
    default: refuseUTF8Mode("invalid PYTHONUTF8 environment variable value")
    }
  }

  private mutating func refuseUTF8Mode(_ message: String) {
    answer = ("Fatal Python error: preconfig_init_utf8_mode: \(message)\nPython runtime state: preinitializing\n\n", true, 1)
  }

  private mutating func applyEnvironment() {
    if !configuration.isThreadingModelGiven, let model = configuration.environment("PYTHON_GIL") { setThreadingModel(model) }
    if level("PYTHONUNBUFFERED") > 0 { configuration.isUnbuffered = true }
    if level("PYTHONDONTWRITEBYTECODE") > 0 { configuration.writesNoBytecode = true }
    if level("PYTHONNOUSERSITE") > 0 { configuration.hasNoUserSite = true }
    if configuration.environment("PYTHONINSPECT") != nil { configuration.inspects = true }
    if configuration.environment("PYTHONSAFEPATH") != nil { configuration.usesSafePath = true }
    configuration.optimizationLevel = max(configuration.optimizationLevel, level("PYTHONOPTIMIZE"))
    configuration.verbosity = max(configuration.verbosity, level("PYTHONVERBOSE"))
    setImportTimes()
    if configuration.environment("PYTHONNODEBUGRANGES") != nil { configuration.hasNoDebugRanges = true }
    if level("PYTHONDEBUG") > 0 { configuration.isDebugging = true }
    if configuration.environment("PYTHONDEVMODE") != nil { configuration.isDevelopmentMode = true }
    if configuration.cachePrefix == nil { configuration.cachePrefix = configuration.environment("PYTHONPYCACHEPREFIX") }
    setProcessorCount()
    configuration.threadsInheritContext = readSwitch("thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT")
    configuration.hasContextAwareWarnings = readSwitch("context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS")
    checkWithoutEffect()
    chooseEncodings()
    if !isDigitsLimitGiven, let limit = configuration.environment("PYTHONINTMAXSTRDIGITS") { setDigitsLimit(limit, from: "PYTHONINTMAXSTRDIGITS") }
    if configuration.environment("PYTHONDEVMODE") != nil { configuration.isDevelopmentMode = true }
    if configuration.environment("PYTHONWARNDEFAULTENCODING") != nil { configuration.warnsOfDefaultEncoding = true }
    collectWarningOptions()
    configuration.randomizesHashes = configuration.alwaysRandomizesHashes || configuration.environment("PYTHONHASHSEED") != "0"
    if configuration.usesSafePath { configuration.programFolder = nil }
    findLibrary()
  }

  /// The filters of warnings, each once, the last being the strongest: those of the development mode, the environment, `-W`, `-b`.
  private mutating func collectWarningOptions() {
    var options = configuration.isDevelopmentMode ? ["default"] : []
    options += configuration.environment("PYTHONWARNINGS")?.split(separator: ",").map(String.init) ?? []
    options += configuration.warningOptions
    if configuration.bytesWarnings > 0 { options.append(configuration.bytesWarnings > 1 ? "error::BytesWarning" : "default::BytesWarning") }
    configuration.warningOptions = []
    for option in options where !configuration.warningOptions.contains(option) { configuration.warningOptions.append(option) }
  }

  /// `sys.prefix`, `sys.path` and the like.
  private mutating func findLibrary() {
    if let path = configuration.environment("PYTHONPATH") {
      configuration.path = path.split(separator: ":", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : FileNames.absolute(String($0)) }
    }
    let home = configuration.environment("PYTHONHOME")
    let environment = VirtualEnvironment(of: configuration.executable)
    // As in CPython, whoever says where the library is does not ask for another program.
    configuration.baseExecutable = home == nil ? environment?.baseExecutable ?? configuration.executable : configuration.executable
    if let name = configuration.environment("PYTHONPLATLIBDIR") { configuration.platformLibraryFolder = name }
    // A program that was called by another name knows its file from the system.
    guard
      let library = StandardLibrary.folder(near: configuration.baseExecutable, home: home, named: configuration.platformLibraryFolder)
        ?? StandardLibrary.folder(near: "/proc/self/exe", home: nil, named: configuration.platformLibraryFolder)
    else { return }
    configuration.libraryFolder = library
    let folder = FileNames.parent(of: library)
    configuration.basePrefix = FileNames.parent(of: folder)
    configuration.baseExecPrefix = home.flatMap(StandardLibrary.execPrefix(of:)) ?? configuration.basePrefix
    let native = configuration.baseExecPrefix == configuration.basePrefix ? library : "\(configuration.baseExecPrefix)/\(configuration.platformLibraryFolder)/python3.14"
    configuration.path += ["\(folder)/python314.zip", library, "\(native)/lib-dynload"]
    configuration.prefix = environment?.prefix ?? configuration.basePrefix
    configuration.execPrefix = environment?.prefix ?? configuration.baseExecPrefix
  }

  /// The folder of a program, which is where it finds its modules.
  private static func folder(of path: String) -> String {
    let absolute = FileNames.resolved(path)
    guard let slash = absolute.lastIndex(of: "/") else { return "" }
    return slash == absolute.startIndex ? "/" : String(absolute[..<slash])
  }

  /// The command's own file, as the shell found it.
  private static func executable(_ name: String) -> String {
    if name.contains("/") { return FileNames.absolute(name) }
    return FileNames.search(name) ?? ""
  }
}
