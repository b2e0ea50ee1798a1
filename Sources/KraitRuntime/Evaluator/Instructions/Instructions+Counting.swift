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
    // Two branches, as the first mostly decides: one made of both costs four instructions more.
    if _slowPath(value.isObject) {
      if _fastPath(!value.isAbsent) { release(object: value.object) }
    }
  }

  /// Gives up the locals of a frame that ends. Whether code may have run that asked for the frame's object.
  @inline(__always)
  static func releaseLocals(_ fp: FP, _ count: Int) -> Bool {
    var slot = 0
    while slot < count {
      let local = fp[slot]
      if _slowPath(local.isObject) {
        if _fastPath(!local.isAbsent) {
          let references = krait_load32(local.object.localCount)
          let isOwn = !Model.isFree || local.object.ownerIdentifier == krait_owner()
          if _fastPath(Int32(bitPattern: references) > 1 && isOwn) {
            krait_store32(local.object.localCount, references &- 1)
          } else if Int32(bitPattern: references) >= 0 {
            KraitRuntime.releaseLocals(fp, slot, count)
            return true
          }
        }
      }
      fp[slot] = .none
      slot &+= 1
    }
    return false
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

/// Gives up what a stretch of locals holds, from one on whose last reference goes: so the loop that does it for others calls nothing.
@inline(never)
func releaseLocals(_ fp: FP, _ first: Int, _ end: Int) {
  var slot = first
  while slot < end {
    let value = fp[slot]
    fp[slot] = .none
    value.releaseIfPresent()
    slot &+= 1
  }
}

/// Gives up a reference that is the owner's last, or was counted by nobody in particular.
@inline(never)
private func releaseLast(_ object: UnsafeMutableRawPointer) {
  if krait_load32(object.localCount) == 0 { return object.releaseShared() }
  krait_store32(object.localCount, 0)
  object.localCountReachedZero()
}
