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

/// A lock of Python's. Zeroed memory is a free one.
///
/// As CPython's since 3.13: who gives it up wakes the first that waits but leaves the lock free, as handing it over would make each round of a loop wait for a
/// switch of threads; only who has waited for a millisecond gets it handed over.
///
/// While nobody waits, taking it and giving it up change the word and nothing else: in the model without a lock by compare-and-swap, beside other threads. The queue is guarded by the
/// interpreter's lock, or the sharing lock, and `awaited` with it, so that who gives up a lock that is awaited takes that first.
public struct ThreadLock {
  /// ``held``, ``awaited`` or both. Taking it acquires, giving it up releases what its holder did.
  fileprivate var word: UInt32 = 0
  fileprivate var waiters = WaitQueue()

  public init() {}
}

extension UnsafeMutablePointer where Pointee == ThreadLock {
  @inlinable static var held: UInt32 { 1 }
  /// There is somebody in the queue.
  private static var awaited: UInt32 { 2 }

  @inlinable public var isHeld: Bool { krait_load32(self) & Self.held != 0 }

  /// Takes the lock if it is free.
  @inlinable @inline(__always)
  public func tryTake() -> Bool {
    if _slowPath(currentThread.pointee.hasPeers) { return tryTakeBesideOthers() }
    let word = krait_load32(self)
    if word & Self.held != 0 { return false }
    krait_store32(self, word | Self.held)
    return true
  }

  @usableFromInline
  func tryTakeBesideOthers() -> Bool {
    while true {
      let word = krait_load32(self)
      if word & Self.held != 0 { return false }
      if krait_cas32(self, word, word | Self.held) { return true }
    }
  }

  /// Gives the lock up, whoever has it; false if it is free.
  @discardableResult
  @inlinable @inline(__always)
  public func giveUp() -> Bool {
    if _slowPath(currentThread.pointee.hasPeers || krait_load32(self) != Self.held) { return giveUpInGeneral() }
    krait_store32(self, 0)
    return true
  }

  @usableFromInline
  func giveUpInGeneral() -> Bool { krait_cas32(self, Self.held, 0) || giveUpAwaited() }

  /// As ``giveUp()`` for a lock that somebody may wait for.
  @inline(never)
  private func giveUpAwaited() -> Bool {
    excludeOtherThreads()
    pointee.waiters.forgetOthers()
    guard let waiter = pointee.waiters.first else { return krait_and32(self, ~(Self.held | Self.awaited)) & Self.held != 0 }
    // Nobody can give up an awaited lock meanwhile.
    if !isHeld { return false }
    if monotonicNanoseconds() &- waiter.pointee.since > 1_000_000 {
      forget(waiter)
      WaitQueue.wake(waiter, 2)
    } else {
      _ = krait_and32(self, ~Self.held)
      if waiter.pointee.word == 0 { WaitQueue.wake(waiter, 1) }
    }
    return true
  }

  /// Makes it free, whoever held it or waits for it: in a forked child.
  public func reset() {
    krait_store32_release(self, 0)
    pointee.waiters = WaitQueue()
  }

  /// Takes the lock, after waiting for it if need be; false when the time is over. Signal handlers run meanwhile, and may raise.
  ///
  /// - Parameter timeout: in nanoseconds; negative for ever.
  public func take(timeout: Int = -1) throws(PyError) -> Bool {
    if tryTake() { return true }
    if timeout == 0 { return false }
    if currentThread.pointee.hasPeers && takeSoon() { return true }
    excludeOtherThreads()
    let deadline = WaitDeadline(timeout: timeout)
    var waiter = Waiter(since: monotonicNanoseconds())
    return try withUnsafeMutablePointer(to: &waiter) { (waiter: UnsafeMutablePointer<Waiter>) throws(PyError) -> Bool in
      if takeOrEnqueue(waiter) { return true }
      while true {
        let rest = deadline.rest
        let code = rest == 0 ? ETIMEDOUT : withoutLock { Self.sleep(waiter, rest) }
        let word = krait_load32_acquire(&waiter.pointee.word)
        if word == 2 { return true }
        if word == 1, retry(waiter) { return true }
        if code == ETIMEDOUT {
          leave(waiter)
          return false
        }
        if code != EINTR { continue }
        do throws(PyError) { try checkSignals() } catch {
          leave(waiter)
          throw error
        }
      }
    }
  }

  /// Sleeps until somebody gives up the lock. Without an interpreter lock, a thread that was woken on the waker's own processor, which the system takes from the waker
  /// at once, lets the waker go on: it may hold another lock, or be about to say more.
  private static func sleep(_ waiter: UnsafeMutablePointer<Waiter>, _ rest: Int) -> Int32 {
    let code = krait_futex_wait(&waiter.pointee.word, 0, Int64(rest))
    if code == 0 && Runtime.isFree { sched_yield() }
    return code
  }

  /// Looks again for a while: most holders that run beside this thread are done in less time than a sleep takes.
  @inline(never)
  private func takeSoon() -> Bool {
    let thread = currentThread
    // The holder may need what this thread has.
    if thread.pointee.holdsSharing { return false }
    for round in 0..<20 {
      for _ in 0..<(1 << min(round, 4)) { krait_pause() }
      if tryTake() { return true }
    }
    return false
  }

  /// Whether the lock is taken; if not, the waiter is in the queue, and whoever gives it up knows.
  private func takeOrEnqueue(_ waiter: UnsafeMutablePointer<Waiter>) -> Bool {
    while !tryTake() {
      if krait_cas32(self, Self.held, Self.held | Self.awaited) || krait_load32(self) == Self.held | Self.awaited {
        pointee.waiters.append(waiter)
        return false
      }
    }
    return true
  }

  /// A waiter that was told to look again: whether it has the lock now.
  private func retry(_ waiter: UnsafeMutablePointer<Waiter>) -> Bool {
    if !tryTake() {
      waiter.pointee.word = 0
      return false
    }
    forget(waiter)
    return true
  }

  /// A waiter goes without the lock.
  private func leave(_ waiter: UnsafeMutablePointer<Waiter>) {
    if waiter.pointee.word == 2 {
      giveUp()
      return
    }
    forget(waiter)
    // It may have been the one that was to look again.
    if !isHeld, let next = pointee.waiters.first, next.pointee.word == 0 { WaitQueue.wake(next, 1) }
  }

  private func forget(_ waiter: UnsafeMutablePointer<Waiter>) {
    pointee.waiters.remove(waiter)
    if pointee.waiters.isEmpty { _ = krait_and32(self, ~Self.awaited) }
  }
}
