// The 16 bytes in front of every object, and the reference counts in them.

import CKraitCore

/// Where things stand in an object.
///
///     0   shape: the type and, for instances, the layout of the attributes
///     8   local count (32 bits): references of the owning thread or, under a lock, of the owning interpreter
///     12  shared count (32 bits): references of other threads, shifted left by two, and the state in the low bits
///     16  the object's own fields
///
/// Counting is biased (Choi, Shull, Torrellas, "Biased Reference Counting", PACT 2018; PEP 703): the owner, whose id stands in the header of the heap segment,
/// counts without atomic instructions. A local count of 0xFFFFFFFF is immortal (as is any with the highest bit set, so that a count which overflows stays), one of 0 is merged: all
/// counts are in the shared word.
/// A block whose two counts are both zero is free: the collector tells live blocks by that.
public enum ObjectHeader {
  public static let size = 16
  @inlinable static var shapeOffset: Int { 0 }
  @inlinable static var localOffset: Int { 8 }
  @inlinable static var sharedOffset: Int { 12 }
  @inlinable static var immortal: UInt32 { .max }
  /// The shared word's low bits when the local count was folded into it.
  @inlinable static var merged: UInt32 { 3 }
  /// The shared word's low bits when a thread other than the owner has had the object: the owner's last release then looks at the shared count, so others may
  /// take references from places where they find it (`Ops.tryRetain`).
  @inlinable static var known: UInt32 { 1 }
  /// The shared word's low bits when the object waits in its owner's queue to be merged.
  @inlinable static var queued: UInt32 { 2 }
}

extension UnsafeMutableRawPointer {
  @inlinable
  public var shape: Shape {
    @inline(__always) get { Shape(raw: load(as: UnsafeMutableRawPointer.self)) }
    @inline(__always) nonmutating set { storeBytes(of: newValue.raw, as: UnsafeMutableRawPointer.self) }
  }

  @inlinable @inline(__always) var localCount: UnsafeMutableRawPointer { self + ObjectHeader.localOffset }
  @inlinable @inline(__always) var sharedCount: UnsafeMutableRawPointer { self + ObjectHeader.sharedOffset }

  /// The id of the thread or interpreter that owns the heap segment of the object.
  @inlinable @inline(__always)
  public var ownerIdentifier: UInt64 {
    // Segments are 1 MiB aligned and begin with the owner's id, which other threads may read at any time.
    krait_load64(UnsafeRawPointer(bitPattern: UInt(bitPattern: self) & ~0xF_FFFF).unsafelyUnwrapped)
  }

  /// Begins the life of an object: one reference, held by the calling thread.
  @inlinable @inline(__always)
  public func initializeHeader(_ shape: Shape) {
    self.shape = shape
    storeBytes(of: 1, toByteOffset: ObjectHeader.localOffset, as: UInt64.self)
  }

  /// Makes the object live as long as the process: its count is never touched again.
  public func makeImmortal() {
    storeBytes(of: ObjectHeader.immortal, toByteOffset: ObjectHeader.localOffset, as: UInt32.self)
    storeBytes(of: 0, toByteOffset: ObjectHeader.sharedOffset, as: UInt32.self)
  }

  @inlinable @inline(__always)
  public var isImmortal: Bool { load(fromByteOffset: ObjectHeader.localOffset, as: UInt32.self) == ObjectHeader.immortal }

  /// Whether all interpreters may have the object for ever. Without a lock, what is immortal in one interpreter may still be in its heap (`Sharing`), and may be a container that changes.
  /// The blocks of builtin types and characters have no owner.
  public var isImmortalEverywhere: Bool { isImmortal && (!Runtime.isFree || ownerIdentifier <= Runtime.bootstrapOwner) }

  /// What `sys.getrefcount` shows, without the caller's own reference.
  public var referenceCount: Int {
    let local = krait_load32(localCount)
    if local == ObjectHeader.immortal { return Int(UInt32.max) }
    let shared = Int(Int32(bitPattern: krait_load32(sharedCount)) >> 2)
    return local == 0 ? ThreadCounts.references(of: self, shared: shared) : Int(local) + shared
  }

  @inlinable @inline(__always)
  public func retain() {
    let local = krait_load32(localCount)
    if _slowPath(Int32(bitPattern: local) <= 0) {
      if local == 0 { retainShared() }
    } else if _fastPath(ownerIdentifier == krait_owner()) {
      krait_store32(localCount, local &+ 1)
    } else {
      retainShared()
    }
  }

  @inlinable @inline(__always)
  public func release() {
    let local = krait_load32(localCount)
    if _slowPath(Int32(bitPattern: local) <= 0) {
      if local == 0 { releaseShared() }
    } else if _fastPath(ownerIdentifier == krait_owner()) {
      krait_store32(localCount, local &- 1)
      if _slowPath(local == 1) { localCountReachedZero() }
    } else {
      releaseShared()
    }
  }

  /// A reference taken by a thread that does not own the object.
  @usableFromInline @inline(never)
  func retainShared() {
    if ThreadCounts.retain(self) { return }
    // Relaxed: whoever takes a reference has one already, so the object cannot go away meanwhile.
    // The word is zero only before the first, so the mark comes with that one.
    if krait_load32(sharedCount) == 0 && krait_cas32(sharedCount, 0, 4 | ObjectHeader.known) { return }
    let before = krait_load32(sharedCount)
    if krait_cas32(sharedCount, before, before &+ 4) { return Sharing.noteCounting(self) }
    _ = krait_add32(sharedCount, 4)
    Sharing.noteContention(self)
  }

  /// A reference to an object that may be at its end, found where references do not count (weak references): false if it is.
  func tryRetain() -> Bool {
    if !Runtime.isFree {
      retain()
      return true
    }
    let local = krait_load32(localCount)
    if Int32(bitPattern: local) < 0 { return true }
    if local > 0 && ownerIdentifier == krait_owner() {
      krait_store32(localCount, local &+ 1)
      return true
    }
    if ThreadCounts.retain(self) { return true }
    while true {
      let before = krait_load32(sharedCount)
      if before == 0 || before == ObjectHeader.merged { return false }
      if krait_cas32(sharedCount, before, before &+ 4) { return true }
    }
  }

  /// Others may find the object where references do not count: the owner's last release looks at the shared count from now on.
  func makeKnown() {
    if Runtime.isFree && !isImmortal { _ = krait_cas32(sharedCount, 0, ObjectHeader.known) }
  }

  @usableFromInline @inline(never)
  func releaseShared() {
    if ThreadCounts.release(self) { return }
    while true {
      let before = krait_load32(sharedCount)
      // Nobody but the owner has taken a reference that could be given back here, so this one was counted by the owner. It stays counted;
      // the owner's queue holds it until the owner folds its own count in.
      let mustQueue = before <= ObjectHeader.known
      let after = mustQueue ? ObjectHeader.queued : before &- 4
      // Acquire-release: what was done to the object before must be visible to the thread that deallocates it.
      guard krait_cas32(sharedCount, before, after) else { continue }
      if mustQueue {
        Heap.enqueueForMerge(self)
      } else if after == ObjectHeader.merged {
        deallocateObject(self)
      } else {
        ThreadCounts.noteFall(self, to: after)
      }
      return
    }
  }

  /// Folds the owner's count into the shared word and gives up the reference of the queue. Owner only.
  func mergeCounts() {
    if isImmortal { return }
    let local = Int32(bitPattern: krait_load32(localCount))
    krait_store32(localCount, 0)
    while true {
      let before = krait_load32(sharedCount)
      let total = (Int32(bitPattern: before) >> 2) + local - 1
      guard krait_cas32(sharedCount, before, UInt32(bitPattern: total << 2) | ObjectHeader.merged) else { continue }
      if total == 0 { deallocateObject(self) } else { ThreadCounts.noteFall(self, to: UInt32(bitPattern: total << 2) | ObjectHeader.merged) }
      return
    }
  }

  /// The owner gave up its last reference: others may still hold some.
  @usableFromInline @inline(never)
  func localCountReachedZero() {
    if krait_load32(sharedCount) == 0 {
      // Nobody else has ever held it, or all have given it back: the owner's zero is the truth.
      deallocateObject(self)
      return
    }
    let before = krait_or32(sharedCount, ObjectHeader.merged)
    if Int32(bitPattern: before) >> 2 == 0 { deallocateObject(self) }
  }
}

extension Value {
  @inlinable @inline(__always) public func retain() { if isObject { object.retain() } }
  @inlinable @inline(__always) public func release() { if isObject { object.release() } }
}
