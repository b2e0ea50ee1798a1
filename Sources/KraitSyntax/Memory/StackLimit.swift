// How deep native recursion may go: passes over a tree ask before they recurse, and raise instead of overflowing the stack.

import CKraitSystem
import Glibc

/// The end of the calling thread's native stack.
public enum StackLimit {
  /// What is left free for everything that does not ask: library calls, error paths, signal handlers.
  private static let margin: UInt = 256 << 10

  /// The lowest address that recursion may reach on this thread.
  public static func current() -> UInt {
    var attributes = pthread_attr_t()
    guard pthread_getattr_np(pthread_self(), &attributes) == 0 else { return 0 }
    defer { pthread_attr_destroy(&attributes) }
    var lowest: UnsafeMutableRawPointer? = nil
    var size = 0
    guard pthread_attr_getstack(&attributes, &lowest, &size) == 0, let lowest else { return 0 }
    return UInt(bitPattern: lowest) + min(margin, UInt(size) / 4)
  }

  /// Whether the stack has grown below `limit`, a value of ``current()`` on the same thread.
  @inlinable @inline(__always)
  public static func isExceeded(_ limit: UInt) -> Bool {
    var marker: UInt8 = 0
    return withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) } < limit
  }
}
