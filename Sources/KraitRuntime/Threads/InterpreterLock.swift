// The lock that a thread holds while it runs Python: one for each interpreter, or one for all (`-X gil=interpreter`, `-X gil=process`).
//
// A holder gives it up of its own accord around whatever may block (`withoutLock`), and at a safepoint when somebody has asked for it. Who waits asks after the switch
// interval by a bit in the holder's breaker; a thread that gave the lock up of its own accord asks after 200 µs already: beside a computing thread that is worth 10 to 40
// times CPython's rate of sleeps, echoes and writes, at the same share of the processor for the other (`Benchmarks/threads.py`). A holder who was asked does not go on before the lock has changed hands.

import CKraitCore
import Glibc

/// A futex and what its users know of each other, in memory that is never freed.
///
/// Ordering: taking is an acquire and giving up a release (compare-and-swap and exchange), which publishes everything that the holder did to the interpreter's objects.
/// The holder and the number of switches are hints for others, read relaxed.
public struct InterpreterLock: @unchecked Sendable {
  /// A cache line for the word, another for what waiters read.
  private let memory: UnsafeMutableRawPointer
  /// 0: free; 1: held; 2: held, and somebody may wait.
  private var word: UnsafeMutableRawPointer { memory }
  /// Counts how often the lock was taken by another thread than before; a futex for who was asked to give it up.
  private var switches: UnsafeMutableRawPointer { memory + 64 }
  /// The thread that took it last: its state is recycled but never freed, so that its breaker may be written at any time.
  private var holder: UnsafeMutableRawPointer { memory + 72 }

  /// How many threads wait for it to change hands: counted by who holds it, so that a change costs a call of the system only when somebody waits for one.
  private var watchers: UnsafeMutableRawPointer { memory + 88 }
  /// When it was taken, in nanoseconds, while `-X gil-trace` is on; the holder's.
  private var takenAt: UnsafeMutableRawPointer { memory + 80 }

  /// How often who asks looks whether the holder, which runs, has heard it: some twenty microseconds, which is less than it takes to sleep and to be woken. The holder does not do so in its turn: while it
  /// wakes, a thread that only goes from one call of the system to the next does several.
  private static let looks = 500

  /// How soon a thread asks that gave the lock up of its own accord, in nanoseconds.
  private static let eagerInterval = 200_000

  init() {
    memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 64)
    memset(memory, 0, 128)
  }

  @inline(__always)
  func take(_ thread: ThreadPointer) {
    if _slowPath(!krait_cas32(word, 0, 1)) { wait(thread) }
    if krait_load64(holder) != UInt64(UInt(bitPattern: thread)) { changeHands(thread) }
    if _slowPath(LockTrace.isOn) { takenAt.storeBytes(of: monotonicNanoseconds(), as: Int.self) }
  }

  /// Gives the lock up of the thread's own accord.
  @inline(__always)
  func giveUp(_ thread: ThreadPointer) {
    thread.pointee.asksEagerly = true
    if _slowPath(LockTrace.isOn) { recordHold(thread) }
    if _slowPath(krait_exchange32(word, 0) == 2) { krait_futex_wake(word, 1) }
  }

  /// Gives the lock to who asked for it, and takes it again afterwards.
  func handOver(_ thread: ThreadPointer) {
    _ = krait_and64(thread, ~EvalBreaker.dropRequest.rawValue)
    thread.pointee.asksEagerly = false
    let number = krait_load32(switches)
    let start = LockTrace.isOn ? monotonicNanoseconds() : 0
    if LockTrace.isOn { recordHold(thread) }
    krait_store32(watchers, krait_load32(watchers) &+ 1)
    if krait_exchange32(word, 0) == 2 {
      krait_futex_wake(word, 1)
      // Whoever asked waits until it gets the lock: nothing to fear but a stop of that thread from outside.
      while krait_load32_acquire(switches) == number {
        if krait_futex_wait(switches, number, 100_000_000) == ETIMEDOUT { break }
      }
    }
    if LockTrace.isOn && start != 0 { LockTrace.record(.handedOver, thread, from: start, to: monotonicNanoseconds()) }
    take(thread)
    krait_store32(watchers, krait_load32(watchers) &- 1)
  }

  /// Takes the lock if it is given up within some microseconds.
  private func takeSoon() -> Bool {
    for _ in 0..<InterpreterLock.looks {
      if krait_load32(word) == 0 && krait_cas32(word, 0, 2) { return true }
      krait_pause()
    }
    return false
  }

  /// The thread has had the lock until now. Only the holder reads and writes when it was taken.
  @inline(never)
  func recordHold(_ thread: ThreadPointer) {
    let start = takenAt.load(as: Int.self)
    if start != 0 { LockTrace.record(.held, thread, from: start, to: monotonicNanoseconds()) }
  }

  @inline(never)
  private func changeHands(_ thread: ThreadPointer) {
    krait_store64(holder, UInt64(UInt(bitPattern: thread)))
    krait_store32_release(switches, krait_load32(switches) &+ 1)
    // A request that came when the thread had given the lock up already is void.
    _ = krait_and64(thread, ~EvalBreaker.dropRequest.rawValue)
    if krait_load32(watchers) != 0 { krait_futex_wake(switches, Int32.max) }
  }

  @inline(never)
  private func wait(_ thread: ThreadPointer) {
    let code = errno
    let interval = thread.pointee.interpreter.pointee.switchInterval &* 1000
    let patience = thread.pointee.asksEagerly ? min(interval, InterpreterLock.eagerInterval) : interval
    var number = krait_load32(switches)
    let start = LockTrace.isOn ? monotonicNanoseconds() : 0
    while krait_exchange32(word, 2) != 0 {
      let result = krait_futex_wait(word, 2, Int64(patience))
      let now = krait_load32(switches)
      // Only a holder who had the lock all the time is asked.
      if result == ETIMEDOUT && now == number, krait_load32(word) != 0, let holder = ThreadPointer(bitPattern: UInt(krait_load64(holder))), holder != thread {
        ThreadState.request(.dropRequest, of: holder)
        if takeSoon() { break }
      }
      number = now
    }
    if LockTrace.isOn && start != 0 { LockTrace.record(.waited, thread, from: start, to: monotonicNanoseconds()) }
    errno = code
  }

  /// Only the calling thread, which holds the lock, goes on in a forked child.
  func afterFork(_ thread: ThreadPointer) {
    krait_store32(word, 1)
    krait_store32(watchers, 0)
    krait_store64(holder, UInt64(UInt(bitPattern: thread)))
  }
}

// MARK: - For everybody

extension ThreadState {
  /// Gives the interpreter's lock up; to be followed by ``attach(_:)``. ``withoutLock(_:)`` where it can be used.
  public static func detach(_ thread: ThreadPointer) {
    if let lock = thread.pointee.interpreter.pointee.lock {
      lock.giveUp(thread)
    } else {
      if _slowPath(LockTrace.isOn) { LockTrace.recordRun(thread) }
      Sharing.detach(thread)
    }
  }

  /// Takes the interpreter's lock. A thread that finds the interpreter at its end does not return: it stays where it is until the process goes.
  public static func attach(_ thread: ThreadPointer) {
    if let lock = thread.pointee.interpreter.pointee.lock {
      lock.take(thread)
    } else {
      Sharing.attach(thread)
      if _slowPath(LockTrace.isOn) { thread.pointee.tracedSince = monotonicNanoseconds() }
    }
    if _slowPath(thread.pointee.interpreter.pointee.isClosedTo(thread)) { freeze(thread) }
  }

  /// At a safepoint: somebody wants the lock.
  static func handOver(_ thread: ThreadPointer) {
    guard let lock = thread.pointee.interpreter.pointee.lock else { return }
    lock.handOver(thread)
    if _slowPath(thread.pointee.interpreter.pointee.isClosedTo(thread)) { freeze(thread) }
  }

  @inline(never)
  private static func freeze(_ thread: ThreadPointer) -> Never {
    detach(thread)
    while true { pause() }
  }
}
