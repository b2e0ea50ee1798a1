// The end of objects.

import CKraitCore

/// Ends an object whose last reference was given up: its type gives up what it holds and frees the block.
@inline(never)
public func deallocateObject(_ object: UnsafeMutableRawPointer) {
  object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped(object)
}
