// The end of objects: without deep native recursion, whatever hangs on them.

import CKraitCore

/// Ends an object whose last reference was given up.
@inline(never)
public func deallocateObject(_ object: UnsafeMutableRawPointer) {
  object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped(object)
}

/// Objects whose counts another thread brought below zero: their owner folds its own count in and decides (PEP 703).
enum MergeQueue {
  static func enqueue(_ object: UnsafeMutableRawPointer) {}
}
