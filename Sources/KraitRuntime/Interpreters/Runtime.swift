// The start of the process's runtime: builtin types, the main interpreter, its main thread.

import CKraitCore
import Glibc

/// The runtime of the process.
public enum Runtime {
  /// Owner id of what is made at the start and immortal.
  static let bootstrapOwner: UInt64 = 1
  static let mainOwner: UInt64 = 2

  /// Whether builtin types, or types of a module, are being made by this thread: what is made now becomes immortal.
  static var isStarting: Bool { krait_owner() == bootstrapOwner }

  /// Whether there are interpreters that run programs.
  nonisolated(unsafe) private(set) static var isStarted = false

  /// Whether the process runs without interpreter locks (`-X gil=none`): chosen before the start.
  nonisolated(unsafe) public private(set) static var isFree = false

  /// Makes the builtin types and the main interpreter, and attaches the calling thread to it. Call it once, on the thread that runs the program.
  public static func start() {
    isFree = RuntimeConfiguration.current.threadingModel == .free
    ExecutableDisassembly.isOn = RuntimeConfiguration.current.extraOptions.contains { $0.name == "executable-dis" }
    InstructionStatistics.isOn = RuntimeConfiguration.current.extraOptions.contains { $0.name == "opcode-stats" }
    HeapStatistics.isOn = RuntimeConfiguration.current.extraOptions.contains { $0.name == "heap-statistics" }
    if let option = RuntimeConfiguration.current.extraOptions.last(where: { $0.name == "gil-trace" }) {
      let path = option.value ?? ""
      if !LockTrace.start(path) {
        writeToStandardError("krait: -X gil-trace: \(path.isEmpty ? "a file must be named: -X gil-trace=FILE" : "\(path) cannot be written")\n")
        exit(2)
      }
    }
    BuiltinTypes.reserve()
    StaticStrings.reserve()
    StaticBytes.reserve()
    let isDebugging = environment("KRAIT_HEAP") == "debug"
    Heap.checksMemory = isDebugging
    guard let shared = Heap.create(owner: bootstrapOwner, livesLong: true) else { failForWantOfMemory("for the runtime") }
    HeapStatistics.shared = shared
    shared.pointee.due = .max
    attach(owner: bootstrapOwner, heap: shared, stackSize: .bootstrap)
    do throws(PyError) {
      try Names.make()
      let types = TypeDefinitions()
      defineModel(types)
      defineCalls(types)
      defineNumbers(types)
      defineStrings(types)
      defineContainers(types)
      defineExceptions(types)
      defineTyping(types)
      defineEvaluator(types)
      defineWeakReferences(types)
      defineWeakProxies(types)
      try types.finish()
      try NoDefault.make()
    } catch { failForWantOfMemory("for the builtin types") }
    if isFree { BorrowingFunctions.markMethods() }
    shared.pointee.makeNewObjectsImmortal()
    isStarted = true
    guard let heap = Heap.create(owner: mainOwner, debugging: isDebugging) else { failForWantOfMemory("for the main interpreter") }
    let thread = attach(owner: mainOwner, heap: heap, stackSize: .main)
    beginMainThread(thread)
    do throws(PyError) {
      try makeCore(thread.pointee.interpreter)
    } catch { failForWantOfMemory("for the core modules") }
    thread.pointee.interpreter.pointee.isReady = true
    Interpreters.add(thread.pointee.interpreter)
    if RuntimeConfiguration.current.handlesSignals { Signals.install(mainThread: thread) }
    // For tests of error paths: the allocation with this number fails.
    if heap.pointee.isDebugging, let number = environment("KRAIT_FAIL_ALLOCATION").flatMap({ Int($0) }) { heap.pointee.allocationsUntilFailure = number }
  }

  /// What native code and importing need.
  private static func makeCore(_ interpreter: InterpreterPointer) throws(PyError) {
    interpreter.pointee.spareMemoryError = try TypeObject.memoryError.value.call().take()
    interpreter.pointee.lastMemoryError = try TypeObject.memoryError.value.call().take()
    try makeCoreModules(interpreter)
  }

  /// Makes all that programs need in an interpreter which the calling thread is in.
  ///
  /// - Parameter image: what to copy, if there is such a thing.
  static func prepare(_ interpreter: InterpreterPointer, from image: InterpreterImage?) throws(PyError) {
    if try image?.copy(into: interpreter) != true { try prepareImports(interpreter) }
    if let folder = InterpreterState.programFolder { try MainProgram.insertFolder(folder) }
  }

  /// As ``prepare(_:from:)``, with the modules of a pool's worker, from an image that has these.
  static func prepareWorker(_ interpreter: InterpreterPointer, from image: InterpreterImage) throws(PyError) {
    guard try image.copy(into: interpreter) else { throw PyError.memoryError() }
    if let folder = InterpreterState.programFolder { try MainProgram.insertFolder(folder) }
    // What modules note of the thread and of the time that they are imported in.
    let threading = try importModule("threading")
    let main = try threading.value.getAttribute(Name.make("_main_thread"))
    try main.value.setAttribute(Name.make("_native_id"), Value(smallInteger: Int(currentThread.pointee.nativeIdentifier)))
    let logging = try importModule("logging")
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let start = try Owned.integer(time.tv_sec * 1_000_000_000 + time.tv_nsec)
    try logging.value.setAttribute(Name.make("_startTime"), start.value)
  }

  /// As ``prepare(_:from:)``, but for the program's folder, without an image.
  static func prepareImports(_ interpreter: InterpreterPointer) throws(PyError) {
    try makeCore(interpreter)
    try MainProgram.makeImports()
  }

  /// Makes the calling thread the first of its interpreter, and gives it the lock.
  private static func beginMainThread(_ thread: ThreadPointer) {
    thread.pointee.interpreter.pointee.mainThread = thread
    thread.pointee.interpreter.pointee.threads = thread
    thread.pointee.systemIdentifier = UInt(pthread_self())
    thread.pointee.nativeIdentifier = krait_gettid()
    switch RuntimeConfiguration.current.threadingModel {
    case .process: thread.pointee.interpreter.pointee.lock = processLock
    case .interpreter: thread.pointee.interpreter.pointee.lock = InterpreterLock()
    case .free: thread.pointee.interpreter.pointee.heap.pointee.thread = thread
    }
    thread.pointee.interpreter.pointee.lock?.take(thread)
  }

  /// The one lock of all interpreters in the model that has it.
  static let processLock = InterpreterLock()

  /// Ends a process that cannot even begin.
  static func failForWantOfMemory(_ purpose: StaticString) -> Never {
    writeToStandardError("Fatal Python error: no memory \(purpose)\n")
    exit(1)
  }

  private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Attaches the calling thread to a new interpreter.
  @discardableResult
  private static func attach(owner: UInt64, heap: UnsafeMutablePointer<Heap>, stackSize: ThreadState.StackSize) -> ThreadPointer {
    let interpreter = InterpreterState.create(identifier: Int(owner) - Int(mainOwner), owner: owner, heap: heap)
    interpreter.pointee.integerDigitsLimit = RuntimeConfiguration.current.integerDigitsLimit
    guard let thread = ThreadState.create(interpreter: interpreter, identifier: owner, stackSize: stackSize) else { failForWantOfMemory("for the main thread's stack") }
    krait_set_current(owner, heap, thread)
    return thread
  }
}
