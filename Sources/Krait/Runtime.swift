// The process's Python runtime, for Swift programs.

import Glibc
import KraitModules
import KraitRuntime

/// The Python runtime of the process. It starts once, with the first ``Interpreter`` or by ``start(_:)``.
public enum Runtime {
  /// What excludes other threads while one runs Python.
  public enum ThreadingModel: String, Sendable, CaseIterable {
    /// One lock for all interpreters: one thread of the process runs Python at a time.
    case process
    /// A lock for each interpreter: interpreters run in parallel.
    case interpreter
  }

  /// The settings of the process.
  public struct Configuration: Sendable {
    public var threadingModel = ThreadingModel.interpreter
    /// The folder of the standard library's Python files; nil looks for it: below the environment variable `PYTHONHOME`, near the program, in the system.
    public var libraryFolder: String?
    /// Folders in which modules are looked for before the library.
    public var modulePath: [String] = []
    /// `sys.argv`.
    public var arguments: [String] = [""]
    /// Whether the module `site` is left out, which adds the folders of installed packages.
    public var isWithoutSite = false

    public init() {}
  }

  private enum State { case new, running, failed(PythonError) }

  nonisolated(unsafe) private static var state = State.new
  nonisolated(unsafe) private static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    return mutex
  }()

  /// Starts the runtime. Later calls do nothing: the first configuration stays in force.
  public static func start(_ configuration: Configuration = Configuration()) throws {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    switch state {
    case .running: return
    case .failed(let error): throw error
    case .new: break
    }
    let failure = OnThread.run(stackSize: 64 << 20, staysAfterwards: true) { startMainInterpreter(configuration) }
    if let failure {
      state = .failed(failure)
      throw failure
    }
    state = .running
  }

  /// The model in force; nil before the start.
  public static var threadingModel: ThreadingModel? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard case .running = state else { return nil }
    return ThreadingModel(rawValue: RuntimeConfiguration.current.threadingModel.rawValue)
  }

  private static func startMainInterpreter(_ configuration: Configuration) -> PythonError? {
    var settings = RuntimeConfiguration()
    settings.handlesSignals = false
    settings.threadingModel = configuration.threadingModel == .process ? .process : .interpreter
    settings.arguments = configuration.arguments
    settings.originalArguments = CommandLine.arguments
    settings.executable = executable
    settings.baseExecutable = executable
    settings.hasNoSite = configuration.isWithoutSite
    settings.path = configuration.modulePath
    if let folder = configuration.libraryFolder ?? StandardLibrary.folder(near: executable, home: getenv("PYTHONHOME").map { String(cString: $0) }) {
      settings.libraryFolder = folder
      settings.path.append(folder)
      let prefix = folder.split(separator: "/").dropLast(2).joined(separator: "/")
      settings.prefix = "/\(prefix)"
      (settings.execPrefix, settings.basePrefix, settings.baseExecPrefix) = (settings.prefix, settings.prefix, settings.prefix)
    }
    RuntimeConfiguration.current = settings
    _ = HashSecret.configure(getenv("PYTHONHASHSEED"))
    NativeModules.register()
    KraitRuntime.Runtime.start()
    return MainProgram.prepareForEmbedding().map { PythonError($0) }
  }

  private static var executable: String {
    guard let path = realpath("/proc/self/exe", nil) else { return CommandLine.arguments.first ?? "" }
    defer { free(path) }
    return String(cString: path)
  }
}

/// Runs code on a thread of its own, with a stack that is large enough for Python.
enum OnThread {
  private final class Work<Result>: @unchecked Sendable {
    let body: () -> Result
    let staysAfterwards: Bool
    var result: Result?
    let finished: UnsafeMutablePointer<sem_t>

    init(_ body: @escaping () -> Result, staysAfterwards: Bool) {
      self.body = body
      self.staysAfterwards = staysAfterwards
      finished = .allocate(capacity: 1)
      sem_init(finished, 0, 0)
    }

    deinit {
      sem_destroy(finished)
      finished.deallocate()
    }

    func run() {
      result = body()
      sem_post(finished)
    }
  }

  /// What `body` returns; the thread has ended by then, unless it is to stay.
  static func run<Result>(stackSize: Int, staysAfterwards: Bool = false, _ body: @escaping () -> Result) -> Result {
    let work = Work(body, staysAfterwards: staysAfterwards)
    start(stackSize: stackSize) {
      work.run()
      if work.staysAfterwards { while true { pause() } }
    }
    while sem_wait(work.finished) != 0 {}
    guard let result = work.result else { fatalError("a thread ended without a result") }
    return result
  }

  /// Starts a thread that nobody waits for.
  static func start(stackSize: Int, _ body: @escaping () -> Void) {
    final class Box {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(Box(body)).toOpaque())
    if code != 0 { fatalError("no thread for an interpreter: \(String(cString: strerror(code)))") }
  }
}
