// How deep native recursion may go: passes over a tree ask before they recurse, and raise instead of overflowing the stack.

import CKraitSystem
import Glibc

/// The end of the calling thread's native stack.
public enum StackLimit {
  /// What is left free for everything that does not ask: library calls, error paths, signal handlers.
  private static let margin: UInt = 256 << 10

  /// The lowest address that recursion may reach on this thread.
  public static func current() -> UInt {
    let known = krait_stack_limit().unsafelyUnwrapped
    // Asking for the first thread's stack reads /proc/self/maps: 100 µs, as much as a small program takes altogether.
    if known.pointee == 0, let stack { known.pointee = stack.lowest + min(margin, stack.size / 4) }
    return known.pointee
  }

  /// The calling thread runs on a stack that the system does not know of.
  public static func use(lowest: UnsafeMutableRawPointer, size: Int) {
    let words = krait_stack_limit().unsafelyUnwrapped
    (words[1], words[2]) = (UInt(bitPattern: lowest), UInt(size))
    words[0] = words[1] + min(margin, words[2] / 4)
  }

  /// The calling thread's stack.
  private static var stack: (lowest: UInt, size: UInt)? {
    let words = krait_stack_limit().unsafelyUnwrapped
    if words[2] != 0 { return (words[1], words[2]) }
    var attributes = pthread_attr_t()
    guard pthread_getattr_np(pthread_self(), &attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    var lowest: UnsafeMutableRawPointer? = nil
    var size = 0
    guard pthread_attr_getstack(&attributes, &lowest, &size) == 0, let lowest else { return nil }
    return (UInt(bitPattern: lowest), UInt(size))
  }

  /// Whether the stack has grown below `limit`, a value of ``current()`` on the same thread.
  @inlinable @inline(__always)
  public static func isExceeded(_ limit: UInt) -> Bool {
    var marker: UInt8 = 0
    return withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) } < limit
  }

  /// What a pass raises when the limit is exceeded; `activity` is what it was doing, "compilation" and the like.
  @inline(never)
  public static func overflow(during activity: String) -> Diagnostic {
    var marker: UInt8 = 0
    let here = withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
    let used = stack.map { ($0.lowest + $0.size - here) / 1024 } ?? 0
    return Diagnostic(.recursionError, "Stack overflow (used \(used) kB) during \(activity)")
  }
}
