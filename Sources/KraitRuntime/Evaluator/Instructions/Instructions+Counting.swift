// Counting references in instruction bodies: as much as the threading model needs, and no more.

import CKraitCore

extension Ops {
  /// A new reference to a value that is not absent.
  @inline(__always)
  static func retain(_ value: Value) {
    if value.isObject { retain(object: value.object) }
  }

  /// Under a lock whatever an instruction sees belongs to this interpreter or is immortal, so the owner's word in the heap segment need not be read.
  @inline(__always)
  static func retain(object: UnsafeMutableRawPointer) {
    if Model.isFree { return object.retain() }
    let local = krait_load32(object.localCount)
    if _fastPath(Int32(bitPattern: local) > 0) {
      krait_store32(object.localCount, local &+ 1)
    } else if local == 0 {
      // As UnsafeMutableRawPointer.retainShared(), but no call, for which a body would have to save what it has in registers.
      _ = krait_add32(object.sharedCount, 4)
    }
  }

  /// Whether a value is no object whose fields can be read.
  @inline(__always)
  static func isNoObject(_ value: Value) -> Bool {
    if _slowPath(!value.isObject) { return true }
    return _slowPath(value.isAbsent)
  }

  /// Gives up a reference to a value that may be absent.
  @inline(__always)
  static func release(_ value: Value) {
    if value.isObject && !value.isAbsent { release(object: value.object) }
  }

  @inline(__always)
  static func release(object: UnsafeMutableRawPointer) {
    if Model.isFree { return object.release() }
    let local = krait_load32(object.localCount)
    if _fastPath(Int32(bitPattern: local) > 1) {
      krait_store32(object.localCount, local &- 1)
    } else if Int32(bitPattern: local) >= 0 {
      releaseLast(object)
    }
  }
}

/// Gives up a reference that is the owner's last, or was counted by nobody in particular.
@inline(never)
private func releaseLast(_ object: UnsafeMutableRawPointer) {
  if krait_load32(object.localCount) == 0 { return object.releaseShared() }
  krait_store32(object.localCount, 0)
  object.localCountReachedZero()
}
