// What the command line and the environment ask of the runtime.

import Glibc

/// The settings behind `sys.flags`, `sys.argv` and the standard streams; the command fills it before ``Runtime/start()``.
public struct RuntimeConfiguration: Sendable {
  public var arguments: [String] = [""]
  public var originalArguments: [String] = []
  public var executable = ""
  /// The executable that a virtual environment was made from, else the executable itself.
  public var baseExecutable = ""
  /// The folder of the program or what stands for it, which comes first in `sys.path`; nil for none.
  public var programFolder: String?
  /// Where modules are looked for behind it.
  public var path: [String] = []
  /// The folder of the standard library's Python files; nil when none is found.
  public var libraryFolder: String?
  /// `sys.prefix`, `sys.exec_prefix`, `sys.base_prefix`, `sys.base_exec_prefix`.
  public var prefix = ""
  public var execPrefix = ""
  public var basePrefix = ""
  public var baseExecPrefix = ""
  /// `sys.platlibdir`, PYTHONPLATLIBDIR.
  public var platformLibraryFolder = "lib"
  /// `--check-hash-based-pycs`
  public var checksHashBasedFiles = "default"
  public var warningOptions: [String] = []
  /// `-X name` or `-X name=value`.
  public var extraOptions: [(name: String, value: String?)] = []
  public var isDebugging = false
  public var inspects = false
  public var isInteractive = false
  /// `-x`.
  public var skipsFirstLine = false
  public var optimizationLevel = 0
  public var writesNoBytecode = false
  public var hasNoUserSite = false
  public var hasNoSite = false
  public var ignoresEnvironment = false
  public var verbosity = 0
  public var bytesWarnings = 0
  public var isQuiet = false
  public var isIsolated = false
  public var isDevelopmentMode = false
  public var usesUTF8Mode = false
  /// The characters' locale is the C locale and stays that.
  public var hasUncoercedCLocale = false
  /// What the C library calls the encoding of the characters' locale.
  public var localeEncoding = "UTF-8"
  public var warnsOfDefaultEncoding = false
  public var usesSafePath = false
  public var isUnbuffered = false
  public var randomizesHashes = true
  /// `-R`.
  public var alwaysRandomizesHashes = false
  /// `-X pycache_prefix`, PYTHONPYCACHEPREFIX: the folder for `.pyc` files; nil or empty for `__pycache__` next to the sources.
  public var cachePrefix: String?
  /// `-X cpu_count`, PYTHON_CPU_COUNT; nil for the processors that there are.
  public var processorCount: Int?
  /// `-X thread_inherit_context`, PYTHON_THREAD_INHERIT_CONTEXT: `threading` starts a thread in a copy of the context of the thread that starts it.
  public var threadsInheritContext = false
  /// `-X context_aware_warnings`, PYTHON_CONTEXT_AWARE_WARNINGS: `warnings.catch_warnings` changes the filters of its context only.
  public var hasContextAwareWarnings = false
  public var integerDigitsLimit = 4300
  /// `-X no_debug_ranges`, PYTHONNODEBUGRANGES: code objects know lines, but neither columns nor where lines end.
  public var hasNoDebugRanges = false
  /// Whether signals are the program's to handle: not so where Python is part of another program.
  public var handlesSignals = true
  /// `-X importtime`, PYTHONPROFILEIMPORTTIME: 1 tells how long each import took, 2 also of modules that were loaded already.
  public var importTimes = 0

  /// What excludes other threads while one runs Python.
  public enum ThreadingModelChoice: String, Sendable {
    /// One lock for all interpreters.
    case process
    /// A lock for each interpreter.
    case interpreter
    /// No lock.
    case free = "none"
  }

  /// `-X gil=`, PYTHON_GIL.
  public var threadingModel = ThreadingModelChoice.interpreter
  /// Whether one of them was given.
  public var isThreadingModelGiven = false

  public init() {}

  /// `sys.version`, in the form that `platform` takes apart.
  public static let versionText = "3.14.8 (krait-0.1) [Swift]"

  /// The process's settings. Written before the runtime starts, read afterwards.
  public nonisolated(unsafe) static var current = RuntimeConfiguration()

  /// An environment variable that is set and not empty, unless the environment is ignored. C takes the name as it stands: some forty are asked for at each start.
  public func environment(_ name: StaticString) -> String? {
    guard !ignoresEnvironment, let value = getenv(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// Whether the locale is the C locale: then text that is not UTF-8 passes through the standard streams.
  var hasCLocale: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      if let value = getenv(name), value.pointee != 0 {
        let text = String(cString: value)
        return text == "C" || text == "POSIX" || text == "C.UTF-8" || text == "C.utf8"
      }
    }
    return true
  }
}

extension RuntimeConfiguration {
  /// What is known of paths, for a start that does not find the library.
  var pathReport: String {
    func quoted(_ text: String?) -> String { text.map { $0.isEmpty ? "(not set)" : "'\($0)'" } ?? "(not set)" }
    func flag(_ value: Bool) -> String { value ? "1" : "0" }
    let lines = [
      ("PYTHONHOME", quoted(environment("PYTHONHOME"))), ("PYTHONPATH", quoted(environment("PYTHONPATH"))), ("program name", quoted(executable)), ("isolated", flag(isIsolated)),
      ("environment", flag(!ignoresEnvironment)), ("user site", flag(!hasNoUserSite)), ("safe_path", flag(usesSafePath)), ("import site", flag(!hasNoSite)), ("is in build tree", "0"),
      ("stdlib dir", quoted(libraryFolder)), ("sys.path[0]", "(not set)"), ("sys._base_executable", quoted(baseExecutable)), ("sys.base_prefix", quoted(basePrefix)),
      ("sys.base_exec_prefix", quoted(baseExecPrefix)), ("sys.platlibdir", quoted(platformLibraryFolder)), ("sys.executable", quoted(executable)), ("sys.prefix", quoted(prefix)),
      ("sys.exec_prefix", quoted(execPrefix)),
    ]
    return "Python path configuration:\n" + lines.map { "  \($0) = \($1)\n" }.joined() + "  sys.path = [\n" + path.map { "    '\($0)',\n" }.joined() + "  ]\n"
  }
}
