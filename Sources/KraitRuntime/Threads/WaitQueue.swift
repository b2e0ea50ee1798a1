// Queues of threads that wait for something of Python's: a lock, the end of another thread, an item of a queue.

import CKraitCore
import Glibc

/// A thread that waits, on its own stack.
struct Waiter {
  /// A futex: 0 while it waits; 1: to look again; 2: the lock is its own already.
  var word: UInt32 = 0
  var since: Int
  var next: UnsafeMutablePointer<Waiter>?
}

/// Threads that wait, the first first. Guarded by the interpreter's lock; zeroed memory is an empty queue.
public struct WaitQueue {
  private(set) var first: UnsafeMutablePointer<Waiter>?
  private var last: UnsafeMutablePointer<Waiter>?
  /// The fork before which the waiters came (``Threads/forkCount``): in a child they are no more.
  private var forkCount = 0

  public init() {}

  @inlinable public var isEmpty: Bool { @inline(__always) get { hasNone } }
  @usableFromInline var hasNone: Bool { first == nil }

  mutating func append(_ waiter: UnsafeMutablePointer<Waiter>) {
    forgetOthers()
    if let last { last.pointee.next = waiter } else { first = waiter }
    last = waiter
  }

  mutating func remove(_ waiter: UnsafeMutablePointer<Waiter>) {
    var previous: UnsafeMutablePointer<Waiter>?
    var place = first
    while let this = place {
      if this == waiter {
        if let previous { previous.pointee.next = this.pointee.next } else { first = this.pointee.next }
        if last == this { last = previous }
        this.pointee.next = nil
        return
      }
      previous = this
      place = this.pointee.next
    }
  }

  /// In a forked child: waiters were threads of the parent's.
  mutating func forgetOthers() {
    if _fastPath(forkCount == Threads.forkCount) { return }
    forkCount = Threads.forkCount
    first = nil
    last = nil
  }

  /// Wakes the first thread that waits.
  public mutating func wakeOne() {
    forgetOthers()
    guard let waiter = first else { return }
    remove(waiter)
    WaitQueue.wake(waiter, 1)
  }

  /// Wakes all of them.
  public mutating func wakeAll() {
    forgetOthers()
    while first != nil { wakeOne() }
  }

  static func wake(_ waiter: UnsafeMutablePointer<Waiter>, _ word: UInt32) {
    krait_store32_release(&waiter.pointee.word, word)
    krait_futex_wake(&waiter.pointee.word, 1)
  }
}

/// The time at which a wait ends.
public struct WaitDeadline {
  private let time: Int?
  /// - Parameter timeout: in nanoseconds; negative for ever.
  public init(timeout: Int) {
    if timeout < 0 {
      time = nil
    } else {
      let (sum, isEndless) = monotonicNanoseconds().addingReportingOverflow(timeout)
      time = isEndless ? nil : sum
    }
  }

  /// What is left, at least 0; -1 for ever.
  var rest: Int { time.map { max(0, $0 &- monotonicNanoseconds()) } ?? -1 }
}

extension UnsafeMutablePointer where Pointee == WaitQueue {
  /// Waits until somebody wakes this thread; false when the time is over. Signal handlers run meanwhile, and may raise. What is waited for may be gone again.
  public func wait(until deadline: WaitDeadline) throws(PyError) -> Bool {
    var waiter = Waiter(since: 0)
    return try withUnsafeMutablePointer(to: &waiter) { (waiter: UnsafeMutablePointer<Waiter>) throws(PyError) -> Bool in
      pointee.append(waiter)
      while true {
        let rest = deadline.rest
        let code = rest == 0 ? ETIMEDOUT : withoutLock { krait_futex_wait(&waiter.pointee.word, 0, Int64(rest)) }
        if krait_load32_acquire(&waiter.pointee.word) != 0 {
          if code == EINTR { try checkSignals() }
          return true
        }
        if code == ETIMEDOUT {
          pointee.remove(waiter)
          return false
        }
        do throws(PyError) { try checkSignals() } catch {
          if waiter.pointee.word != 0 { pointee.wakeOne() } else { pointee.remove(waiter) }
          throw error
        }
      }
    }
  }
}

/// A lock of Python's. Zeroed memory is a free one; guarded by the interpreter's lock.
///
/// As CPython's since 3.13: who gives it up wakes the first that waits but leaves the lock free, as handing it over would make each round of a loop wait for a
/// switch of threads; only who has waited for a millisecond gets it handed over.
public struct ThreadLock {
  public private(set) var isHeld = false
  private var waiters = WaitQueue()

  public init() {}

  /// Takes the lock if it is free.
  @inlinable @inline(__always)
  public mutating func tryTake() -> Bool {
    if isHeld { return false }
    setHeld()
    return true
  }

  @usableFromInline mutating func setHeld() { isHeld = true }

  /// The lock must be held.
  public mutating func giveUp() {
    waiters.forgetOthers()
    isHeld = false
    guard let waiter = waiters.first else { return }
    if monotonicNanoseconds() &- waiter.pointee.since > 1_000_000 {
      isHeld = true
      waiters.remove(waiter)
      WaitQueue.wake(waiter, 2)
    } else if waiter.pointee.word == 0 {
      WaitQueue.wake(waiter, 1)
    }
  }

  /// Makes it free, whoever held it or waits for it: in a forked child.
  public mutating func reset() { self = ThreadLock() }

  fileprivate mutating func enqueue(_ waiter: UnsafeMutablePointer<Waiter>) { waiters.append(waiter) }

  /// A waiter that was told to look again: whether it has the lock now.
  fileprivate mutating func retry(_ waiter: UnsafeMutablePointer<Waiter>) -> Bool {
    if isHeld {
      waiter.pointee.word = 0
      return false
    }
    waiters.remove(waiter)
    isHeld = true
    return true
  }

  /// A waiter goes without the lock.
  fileprivate mutating func leave(_ waiter: UnsafeMutablePointer<Waiter>) {
    if waiter.pointee.word == 2 { return giveUp() }
    waiters.remove(waiter)
    // It may have been the one that was to look again.
    if !isHeld, let next = waiters.first, next.pointee.word == 0 { WaitQueue.wake(next, 1) }
  }
}

extension UnsafeMutablePointer where Pointee == ThreadLock {
  /// Takes the lock, after waiting for it if need be; false when the time is over. Signal handlers run meanwhile, and may raise.
  ///
  /// - Parameter timeout: in nanoseconds; negative for ever.
  public func take(timeout: Int = -1) throws(PyError) -> Bool {
    if pointee.tryTake() { return true }
    if timeout == 0 { return false }
    let deadline = WaitDeadline(timeout: timeout)
    var waiter = Waiter(since: monotonicNanoseconds())
    return try withUnsafeMutablePointer(to: &waiter) { (waiter: UnsafeMutablePointer<Waiter>) throws(PyError) -> Bool in
      pointee.enqueue(waiter)
      while true {
        let rest = deadline.rest
        let code = rest == 0 ? ETIMEDOUT : withoutLock { krait_futex_wait(&waiter.pointee.word, 0, Int64(rest)) }
        let word = krait_load32_acquire(&waiter.pointee.word)
        if word == 2 { return true }
        if word == 1, pointee.retry(waiter) { return true }
        if code == ETIMEDOUT {
          pointee.leave(waiter)
          return false
        }
        if code != EINTR { continue }
        do throws(PyError) { try checkSignals() } catch {
          pointee.leave(waiter)
          throw error
        }
      }
    }
  }
}
