// A lock for a few instructions.

import CKraitCore
import Glibc

/// Guards what threads without an interpreter's lock change in a few instructions: a word that is 0 while it is free, and 1 while it is held. Who holds it waits for nothing and runs no code
/// of programs. Taking it acquires, giving it up releases what its holder did.
public struct SpinLock: BitwiseCopyable {
  @usableFromInline let word: UnsafeMutableRawPointer

  /// - Parameter word: four aligned bytes, which stay where they are.
  @inlinable public init(_ word: UnsafeMutableRawPointer) { self.word = word }

  /// What `body` gives, run while the lock is held.
  @inlinable @inline(__always)
  public func hold<Result>(_ body: () -> Result) -> Result {
    // The holder is about to be done, unless it is not running.
    while !krait_cas32(word, 0, 1) { sched_yield() }
    defer { krait_store32_release(word, 0) }
    return body()
  }

  /// As ``hold(_:)``; false, with nothing done, when another thread holds the lock.
  @inlinable @inline(__always)
  public func holdIfFree(_ body: () -> Void) -> Bool {
    if !krait_cas32(word, 0, 1) { return false }
    defer { krait_store32_release(word, 0) }
    body()
    return true
  }
}
