// What belongs to one interpreter.

import CKraitCore

/// An interpreter's state, guarded by its lock (or, in the model without one, as each field says).
///
/// It cannot be copied: a copy, which the compiler makes for a method's `self` as well, counts the arrays in it, from whatever thread asks.
public struct InterpreterState: ~Copyable {
  /// The number that Python knows it by; the main interpreter's is 0.
  public let identifier: Int
  /// The id that the segments of its heap carry.
  let owner: UInt64
  /// What it was made with.
  public var configuration = InterpreterConfiguration.main
  /// Who made it.
  public var origin = Origin.runtime
  /// The interpreter that was made before it, in the registry (``Interpreters``); guarded by the registry's lock.
  var previous: UnsafeMutablePointer<InterpreterState>?
  /// How many threads are on their way in or inside that are not of its own making; guarded by the registry's lock.
  var visitors = 0
  /// Whether there ever was a visitor: what is in it is no longer what it was made with. Guarded by the registry's lock.
  var wasEntered = false
  /// Its end has begun: nobody else comes in. Guarded by the registry's lock.
  var isClosing = false
  /// How many things outside of it refer to memory of its heap, and whether nothing else is left of it. Guarded by the registry's lock.
  var pins = 0
  var isEnded = false
  /// Its programs were ended for good. Guarded by the registry's lock.
  var isTerminated = false
  /// How many nanoseconds a program may run; 0 for any number.
  var timeLimit = 0
  /// How many objects with finalisers were made, so that garbage ends in the order in which it began; wraps.
  var finalizableCount: UInt32 = 0
  /// Whether it has ever had objects that interpreters share (``SharedObjects``): those are counted, so its heap is not dropped with references to them.
  public var holdsShared = false
  /// Whether its core modules are made and programs can run.
  var isReady = false
  /// References by number that Python code holds, and whether the interpreter ends with the last. Guarded by the registry's lock.
  var identifierReferences = 0
  var endsWithReferences = false
  /// The thread that runs a program in `__main__`. Written under the interpreter's lock, read by others for what it is worth.
  public var runner: ThreadPointer?
  /// The dict of `__main__` that it runs in, borrowed: what functions refer to that are called without a frame around them.
  public var runnerNamespace = Value.absent
  /// Tables of its threads (``TypeCache``, ``AttributeCache``) while no thread is in.
  var tables = SharedTables()
  /// What stood first in the main interpreter's `sys.path` when its program began; others put it into theirs.
  static nonisolated(unsafe) var programFolder: String?
  /// The heap of its threads; in the model without a lock, of its main thread.
  let heap: UnsafeMutablePointer<Heap>
  /// `sys.modules`, a dict.
  public var modules: Value = .absent
  /// The dict of the module `builtins`.
  public var builtins: Value = .absent
  /// `all` and `any` of the module `builtins` as they were made: what code tests for before it does without the call. Borrowed: held by ``commonConstants``.
  var allFunction: Value = .none
  var anyFunction: Value = .none
  var commonConstants: Value = .absent
  /// The dict of the module `sys`.
  public var sys: Value = .absent
  /// `sys.setrecursionlimit`.
  public var recursionLimit = 1000
  /// `sys.set_int_max_str_digits`.
  public var integerDigitsLimit = 4300
  /// `sys.setswitchinterval`, in microseconds.
  public var switchInterval = 5000
  /// The hooks of `sys.addaudithook`: a list, or absent.
  var auditHooks: Value = .absent
  /// Whether the end has begun (`sys.is_finalizing`).
  public var isFinalizing = false
  var collector = Collector()
  var weakReferences = WeakReferenceTable()
  var mainThread: ThreadPointer?
  /// Its threads, the newest first (``Threads/forEach(_:_:)``).
  var threads: ThreadPointer?
  /// What a thread holds while it runs Python in this interpreter; nil in the model without a lock.
  var lock: InterpreterLock?
  public var hasLock: Bool { lock != nil }
  /// What its threads hold in native code, in that model, once there are several; and what they have given up that others may still read.
  let sharing = SharingLock()
  var retired = RetiredMemory()
  /// Whether its threads exclude one another even while there is only one, as threads from outside may come in.
  var expectsVisitors = false
  /// Whether nobody else has the lock.
  var ownsLock = false
  /// The thread that ends the interpreter: no other comes in any more.
  var finalizer: ThreadPointer?
  /// `_imp.acquire_lock`: held by a thread so many times.
  var importLock = ThreadLock()
  var importLockHolder: ThreadPointer?
  /// Strings that are interned in this interpreter: the table of `intern`.
  public var internTable: UnsafeMutableRawPointer?
  /// Handlers of errors of codecs: a dict by name, or absent.
  var errorHandlers: Value = .absent
  /// Functions that find codecs (a list, or absent), and the codecs that they found (a dict by name, or absent).
  var codecSearchPath: Value = .absent
  var codecCache: Value = .absent
  var keyTransitions = KeyTransitions()
  /// What native modules keep here.
  var moduleStorage = InterpreterStorage()
  /// `sys.monitoring`
  var monitoring = Monitoring()
  var warnings = WarningsState()
  /// The module `importlib._bootstrap`; absent until importing has begun.
  var importlib: Value = .absent
  /// Whether `-X importtime` has told what its columns are: at the first import, which is before there are several threads without a lock.
  var hasImportTimesHeader = false
  /// How often the import lock is held.
  var importLockDepth = 0
  /// What `_imp._override_frozen_modules_for_tests()` and `_override_multi_interp_extensions_check()` were given: 0 leaves the configuration in force.
  var frozenModulesOverride: Int32 = 0
  var extensionsCheckOverride: Int32 = 0
  /// A MemoryError made in advance, owned, for when there is no memory for one; absent from then on until a MemoryError ends.
  var spareMemoryError: Value = .absent
  /// The one for when that is in use, which is never handed over.
  var lastMemoryError: Value = .absent

  /// Makes all references absent, without a release.
  mutating func forgetAll() {
    modules = .absent
    builtins = .absent
    commonConstants = .absent
    (allFunction, anyFunction) = (.none, .none)
    sys = .absent
    auditHooks = .absent
    errorHandlers = .absent
    codecSearchPath = .absent
    codecCache = .absent
    warnings = WarningsState()
    importlib = .absent
    (spareMemoryError, lastMemoryError) = (.absent, .absent)
    collector.garbage = .absent
    collector.callbacks = .absent
    mainThread?.pointee.representing = .absent
    mainThread?.pointee.asyncGeneratorFirstIteration = .absent
    mainThread?.pointee.asyncGeneratorFinalizer = .absent
  }

  /// Whether the end of the interpreter keeps a thread out.
  func isClosedTo(_ thread: ThreadPointer) -> Bool { finalizer.map { $0 != thread } ?? false }

  /// Whether it is the one that the process began with.
  public var isMain: Bool { identifier == 0 }

  static func create(identifier: Int, owner: UInt64, heap: UnsafeMutablePointer<Heap>) -> UnsafeMutablePointer<InterpreterState> {
    let interpreter = UnsafeMutablePointer<InterpreterState>.allocate(capacity: 1)
    interpreter.initialize(to: InterpreterState(identifier: identifier, owner: owner, heap: heap))
    return interpreter
  }

  private init(identifier: Int, owner: UInt64, heap: UnsafeMutablePointer<Heap>) {
    self.identifier = identifier
    self.owner = owner
    self.heap = heap
  }
}

// MARK: - Heaps

extension InterpreterState {
  /// Its heaps: one, or in the model without a lock one for each thread that there was at a time. In native code.
  @inline(__always)
  func forEachHeap(_ body: (UnsafeMutablePointer<Heap>) -> Void) { Heap.forEach(heap, body) }

  /// Whether an object is of this interpreter: without a lock, of the heap of any of its threads.
  func owns(_ object: UnsafeMutableRawPointer) -> Bool {
    let owner = object.ownerIdentifier
    if owner == krait_owner() { return true }
    guard Runtime.isFree else { return false }
    var isOwn = false
    forEachHeap { if $0.pointee.owner == owner { isOwn = true } }
    return isOwn
  }

  /// Calls `body` with every live object. Objects must not be allocated or freed meanwhile.
  func forEachObject(_ body: (UnsafeMutableRawPointer) -> Void) {
    Sharing.stopOthers(currentThread)
    forEachHeap { $0.pointee.forEachObject(body) }
  }

  /// Tracked objects made less those that ended, since the last collection.
  var trackedAllocations: Int {
    var count = 0
    forEachHeap { count += max(0, $0.pointee.allocations) }
    return count
  }
}

@inline(__always)
public var currentInterpreter: UnsafeMutablePointer<InterpreterState> { currentThread.pointee.interpreter }
