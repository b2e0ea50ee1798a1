// What the runtime keeps for each thread that runs Python.

import CKraitCore
import Glibc
import KraitSyntax

/// A thread's state; recycled when the thread ends, never freed while the runtime lives (a waiter sets a bit in the holder's ``breaker`` at any time).
///
/// The thread itself reads and writes it without synchronisation, but for ``breaker``, which others set atomically.
public struct ThreadState: ~Copyable {
  /// Bits that make the evaluator leave its fast path at the next safepoint (``EvalBreaker``). Atomic; first, for the evaluator's poll.
  public var breaker: UInt64 = 0
  /// The record of the frame that runs (RFC 0003); the base record when none does.
  public var frame: UnsafeMutablePointer<Frame>
  /// The first record that may not be used: set by ``InterpreterState/recursionLimit``.
  var frameLimit: UnsafeMutablePointer<Frame>
  /// One past the last slot of the value stack that frames may use.
  public var valueStackLimit: UnsafeMutablePointer<Value>
  /// The lowest address that native recursion may reach.
  public var nativeStackLimit: UInt
  /// The exception on its way, owned; absent when there is none.
  public var exception: Value = .absent
  /// The exception that is being handled by the frames up to the innermost generator, owned; absent when there is none. The evaluator saves and restores it;
  /// `sys.exception()` is ``topmostHandledException``.
  public var handledException: Value = .absent
  /// Python calls that are active.
  public var depth: Int { frame - controlStack.baseAddress.unsafelyUnwrapped }
  public var interpreter: UnsafeMutablePointer<InterpreterState>
  public let valueStack: UnsafeMutableBufferPointer<Value>
  let controlStack: UnsafeMutableBufferPointer<Frame>
  /// What the frame returned that was entered from native code last, owned; absent for an exception.
  var result: Value = .absent
  /// The generator whose frame is innermost; others follow by ``GeneratorObject/Contents/outerGenerator``.
  var innermostGenerator: UnsafeMutableRawPointer?
  /// The exception on its way has this frame in its traceback already.
  var isReraising = false
  /// Where handlers are looked for, when that is not the instruction that the frame is at.
  var unwindingFrom: UnsafeMutablePointer<UInt64>?
  /// A number that no other thread of the process had.
  public internal(set) var identifier: UInt64
  /// `threading.get_ident()` and `threading.get_native_id()`: the C library's and the system's number of the thread; 0 before it runs.
  public internal(set) var systemIdentifier: UInt = 0
  public internal(set) var nativeIdentifier: Int32 = 0
  /// The next of the interpreter's threads, or of those that have ended.
  var next: ThreadPointer?
  /// The thread gave the lock up of its own accord when it did last: it asks for it soon (``InterpreterLock``).
  var asksEagerly = false
  /// The `threading.local` objects of which this thread has attributes: borrowed, each tells when it goes.
  var locals: [UnsafeMutableRawPointer] = []
  /// How many deallocations are nested, and those that wait for the outermost to end.
  var deallocationDepth = 0
  var delayedDeallocations: UnsafeMutablePointer<UnsafeMutableRawPointer>?
  var delayedCount = 0
  var delayedCapacity = 0
  /// A function of C runs that Python called, and the thread gave up the interpreter's lock for it: who is called back takes it first.
  public var isOutside = false
  /// Objects whose `repr` is under way: a list, or absent.
  public var representing: Value = .absent
  /// What look-ups on types found (``TypeCache``); nil before the first.
  var typeCache: UnsafeMutablePointer<TypeCache.Entry>?
  var superCache: UnsafeMutablePointer<SuperCache.Entry>?
  /// What instructions found that see many shapes; nil before the first.
  var attributeCache: UnsafeMutablePointer<AttributeCache.Entry>?

  /// Other threads run Python in the interpreter, and no lock excludes them.
  public internal(set) var hasPeers = false
  /// Whether the thread holds its interpreter's ``SharingLock``.
  var holdsSharing = false
  /// A native function runs beside others that sees nothing but constants, so that what it raises need not exclude them (``BorrowingFunctions``).
  var raisesBesideOthers = false
  /// Odd while the thread runs fast paths beside others, even while it holds or waits for the ``SharingLock`` or is detached. Others read it.
  var stride: UInt64 = 0
  /// An object whose count this thread changed while another did, or changes all the time (``Sharing/noteContention(_:)``), for the next safepoint: owned.
  var contended: UnsafeMutableRawPointer?
  /// The thread's own counts of objects that several threads count (``ThreadCounts``); nil for a thread without peers.
  var counts: UnsafeMutablePointer<UInt32>?
  /// How often this thread counted an object in its shared count.
  var sharedCountings: UInt32 = 0

  /// While `-X gil-trace` is on, in nanoseconds, 0 for none: since when the thread runs without a lock, and when it stopped the others.
  var tracedSince = 0
  var stoppedOthersAt = 0

  /// Why the thread is to stop (``StopReason``); the breaker says that it is. Written by others.
  var stopReason: UInt32 = 0

  /// `sys.settrace` and `sys.setprofile`: owned, or absent.
  var traceFunction: Value = .absent
  var profileFunction: Value = .absent
  /// Callbacks of tools that are under way: no events meanwhile.
  var tracingDepth = 0
  /// The event that the innermost of them is for, and the frame that it comes from.
  var tracedEvent: MonitoringEvent?
  var tracedFrame: UnsafeMutablePointer<Frame>?

  /// The context of context variables in which the thread is: owned, or absent.
  public var context: Value = .absent
  /// `sys.set_coroutine_origin_tracking_depth`
  public var coroutineOriginDepth = 0
  /// `sys.set_asyncgen_hooks`: owned, or absent.
  public var asyncGeneratorFirstIteration: Value = .absent
  public var asyncGeneratorFinalizer: Value = .absent

  /// The event loop that runs in the thread, and the task that it runs: owned, or absent.
  public var runningLoop: Value = .absent
  public var runningTask: Value = .absent

  var importTimes = ImportTimes()

  /// The calling thread's state; nil for a thread that runs no Python. Safe in a signal handler.
  public static var ofCallingThread: ThreadPointer? { krait_thread()?.assumingMemoryBound(to: ThreadState.self) }

  /// How much address space a thread's stacks take.
  enum StackSize {
    /// For recursion a million calls deep, on the main thread with 16 variables each.
    case main
    case thread
    /// For the making of the builtin types.
    case bootstrap

    /// Slots of the value stack, records of the control stack.
    var capacities: (values: Int, records: Int) {
      let bytes: (values: Int, records: Int) =
        switch self {
        case .main: (reserved(128 << 20, share: 16), reserved(64 << 20, share: 32))
        case .thread: (reserved(64 << 20, share: 256), reserved(64 << 20, share: 256))
        case .bootstrap: (1 << 20, 1 << 20)
        }
      return (bytes.values / MemoryLayout<Value>.stride, bytes.records / MemoryLayout<Frame>.stride)
    }

    private func reserved(_ wanted: Int, share: Int) -> Int { AddressSpace.size(wanted: wanted, least: 1 << 20, share: share) }
  }

  /// Slots kept free beyond the limit for native calls' arguments.
  static let valueStackMargin = 4096

  /// Makes the state of the calling thread; nil when there is no address space for its stack.
  static func create(interpreter: UnsafeMutablePointer<InterpreterState>, identifier: UInt64, stackSize: StackSize) -> ThreadPointer? {
    let capacities = stackSize.capacities
    let size = capacities.values * MemoryLayout<Value>.stride
    guard let memory = AddressSpace.reserve(size) else { return nil }
    let stack = UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: Value.self), count: capacities.values)
    guard let control = AddressSpace.reserve(capacities.records * MemoryLayout<Frame>.stride) else {
      munmap(memory, size)
      return nil
    }
    let frames = UnsafeMutableBufferPointer(start: control.assumingMemoryBound(to: Frame.self), count: capacities.records)
    let base = frames.baseAddress.unsafelyUnwrapped
    base.pointee.flags = .base
    base.pointee.fp = stack.baseAddress.unsafelyUnwrapped
    base.pointee.pc = Evaluator.halt
    // Lines of its own in the caches.
    let thread = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<ThreadState>.stride + 128, alignment: 128).assumingMemoryBound(to: ThreadState.self)
    thread.initialize(
      to: ThreadState(
        frame: base, frameLimit: base, controlStack: frames, valueStackLimit: stack.baseAddress.unsafelyUnwrapped + (stack.count - valueStackMargin), nativeStackLimit: StackLimit.current(),
        interpreter: interpreter, valueStack: stack, identifier: identifier))
    thread.pointee.updateFrameLimit()
    return thread
  }

  private init(
    frame: UnsafeMutablePointer<Frame>, frameLimit: UnsafeMutablePointer<Frame>, controlStack: UnsafeMutableBufferPointer<Frame>,
    valueStackLimit: UnsafeMutablePointer<Value>, nativeStackLimit: UInt, interpreter: UnsafeMutablePointer<InterpreterState>,
    valueStack: UnsafeMutableBufferPointer<Value>, identifier: UInt64
  ) {
    self.frame = frame
    self.frameLimit = frameLimit
    self.controlStack = controlStack
    self.valueStackLimit = valueStackLimit
    self.nativeStackLimit = nativeStackLimit
    self.interpreter = interpreter
    self.valueStack = valueStack
    self.identifier = identifier
  }
}

public typealias ThreadPointer = UnsafeMutablePointer<ThreadState>

/// The calling thread's state. Only meaningful on a thread that is attached to an interpreter.
@inlinable @inline(__always)
public var currentThread: ThreadPointer { krait_thread().unsafelyUnwrapped.assumingMemoryBound(to: ThreadState.self) }

/// Raises RecursionError when native code has nested so deep that the thread's stack is nearly used up. There is nothing to leave.
///
/// - Parameter activity: the end of the message, " while calling a Python object" and the like.
@inline(__always)
public func checkNativeRecursion(_ activity: StaticString) throws(PyError) {
  if _slowPath(StackLimit.isExceeded(currentThread.pointee.nativeStackLimit)) { throw nativeRecursionError(activity) }
}

@inline(never)
private func nativeRecursionError(_ activity: StaticString) -> PyError {
  let thread = currentThread
  // Making the exception needs some stack itself; the margin below the limit is for that.
  let limit = thread.pointee.nativeStackLimit
  thread.pointee.nativeStackLimit = limit &- (128 << 10)
  defer { thread.pointee.nativeStackLimit = limit }
  return .recursionError("maximum recursion depth exceeded\(activity)")
}

/// Reasons to leave the fast path.
public struct EvalBreaker: OptionSet, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// Another thread waits for the interpreter lock.
  public static let dropRequest = EvalBreaker(rawValue: 1)
  public static let signals = EvalBreaker(rawValue: 2)
  public static let pendingCalls = EvalBreaker(rawValue: 4)
  public static let asyncException = EvalBreaker(rawValue: 8)
  public static let collect = EvalBreaker(rawValue: 16)
  public static let stopTheWorld = EvalBreaker(rawValue: 32)
  public static let mergeQueue = EvalBreaker(rawValue: 64)
  public static let terminate = EvalBreaker(rawValue: 128)
  /// A tool watches all code: frames go on in the instrumented form. Stays set meanwhile.
  public static let monitoring = EvalBreaker(rawValue: 256)
}

extension ThreadState {
  /// Asks a thread to leave its fast path. Any thread may call it.
  static func request(_ reason: EvalBreaker, of thread: ThreadPointer) {
    // Relaxed would do: what the reason refers to is published by its own means.
    _ = krait_or64(thread, reason.rawValue)
  }

  /// What a safepoint does when ``breaker`` is not zero: collection, signals, hand-over of the lock. May raise.
  @inline(never)
  public static func handleBreaker(_ thread: ThreadPointer) throws(PyError) {
    let reasons = EvalBreaker(rawValue: krait_and64(thread, ~(EvalBreaker.collect.rawValue | EvalBreaker.mergeQueue.rawValue | EvalBreaker.stopTheWorld.rawValue)))
    if reasons.contains(.mergeQueue) { Sharing.merge(thread) }
    if reasons.contains(.collect) { Collector.collectWhenDue(thread.pointee.interpreter) }
    if reasons.contains(.dropRequest) { handOver(thread) }
    if reasons.contains(.terminate) || reasons.contains(.asyncException) { throw stopped(thread) }
    if reasons.contains(.signals) { try Signals.deliver(thread) }
  }
}
