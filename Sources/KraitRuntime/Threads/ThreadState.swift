// What the runtime keeps for each thread that runs Python.

import CKraitCore

/// A thread's state; recycled when the thread ends, never freed while the runtime lives (a waiter sets a bit in the holder's ``breaker`` at any time).
///
/// The thread itself reads and writes it without synchronisation, but for ``breaker``, which others set atomically.
public struct ThreadState {
  /// Bits that make the evaluator leave its fast path at the next safepoint (``EvalBreaker``). Atomic.
  public var breaker: UInt64
  /// The frame that runs: its slot 0. See RFC 0003 for what stands below it.
  public var frame: UnsafeMutablePointer<Value>
  /// One past the last slot of the value stack that frames may use.
  public var valueStackLimit: UnsafeMutablePointer<Value>
  /// The lowest address that native recursion may reach.
  public var nativeStackLimit: UInt
  /// The exception on its way, owned; absent when there is none.
  public var exception: Value
  /// The innermost exception that is being handled (`sys.exception()`), owned by its frame's slot; absent when there is none.
  public var handled: Value
  /// Python calls that are active, against ``InterpreterState/recursionLimit``.
  public var depth: Int
  public var interpreter: UnsafeMutablePointer<InterpreterState>
  /// Objects whose deallocation waits because native recursion went deep (``deallocateObject(_:)``).
  var delayedDeallocations: UnsafeMutableRawPointer?
  var deallocationDepth: Int
  public var identifier: UInt64
  public var valueStack: UnsafeMutableRawBufferPointer
}

public typealias ThreadPointer = UnsafeMutablePointer<ThreadState>

/// The calling thread's state. Only meaningful on a thread that is attached to an interpreter.
@inline(__always)
public var currentThread: ThreadPointer { krait_thread().unsafelyUnwrapped.assumingMemoryBound(to: ThreadState.self) }

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
}
