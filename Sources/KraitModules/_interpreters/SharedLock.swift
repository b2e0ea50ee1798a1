// A lock between interpreters, for a few instructions at a time, and what waits for such structures to change.

import CKraitCore
import Glibc
import KraitRuntime

/// A futex: 0 free, 1 held, 2 held and waited for. No Python runs while it is held, and nothing that can wait is done.
struct SharedLock {
  private var word: UInt32 = 0

  mutating func synchronized<Result>(_ body: () -> Result) -> Result {
    withUnsafeMutablePointer(to: &word) { word in
      if !krait_cas32(word, 0, 1) { SharedLock.wait(word) }
    }
    defer {
      withUnsafeMutablePointer(to: &word) { word in
        if krait_exchange32(word, 0) == 2 { krait_futex_wake(word, 1) }
      }
    }
    return body()
  }

  @inline(never)
  private static func wait(_ word: UnsafeMutablePointer<UInt32>) {
    // The holder is about to be done.
    for _ in 0..<100 where krait_load32(word) == 0 && krait_cas32(word, 0, 1) { return }
    while krait_exchange32(word, 2) != 0 { _ = krait_futex_wait(word, 2, -1) }
  }
}

/// A number that grows with each change that somebody waits for.
struct ChangeSignal {
  private var number: UInt32 = 0
  /// How many threads wait. Guarded by the lock of the structure.
  var waiters = 0

  /// The number to wait with, taken under the structure's lock.
  var current: UInt32 { number }

  /// Under the structure's lock: the next change is there.
  mutating func notify() {
    if waiters == 0 { return }
    withUnsafeMutablePointer(to: &number) { number in
      _ = krait_add32_acq_rel(number, 1)
      krait_futex_wake(number, 1)
    }
  }

  mutating func notifyAll() {
    if waiters == 0 { return }
    withUnsafeMutablePointer(to: &number) { number in
      _ = krait_add32_acq_rel(number, 1)
      krait_futex_wake(number, Int32.max)
    }
  }

  /// Waits for a change after `known`, without the interpreter's lock; false when the time is over. Signal handlers run meanwhile, and may raise.
  static func wait(_ signal: UnsafeMutablePointer<ChangeSignal>, _ known: UInt32, _ deadline: SharedDeadline) throws(PyError) -> Bool {
    let rest = deadline.rest
    if rest == 0 { return false }
    let word = UnsafeMutableRawPointer(signal)
    _ = withoutLock { krait_futex_wait(word, known, Int64(rest)) }
    try checkSignals()
    return true
  }
}

/// The time at which a wait ends.
struct SharedDeadline {
  private let time: Int?

  /// - Parameter timeout: in nanoseconds; negative for ever.
  init(timeout: Int) {
    let (sum, isEndless) = monotonicNanoseconds().addingReportingOverflow(timeout)
    time = timeout < 0 || isEndless ? nil : sum
  }

  /// What is left, at least 0; -1 for ever.
  var rest: Int { time.map { max(0, $0 &- monotonicNanoseconds()) } ?? -1 }
}
