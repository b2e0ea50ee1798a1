// The end of objects.

import CKraitCore
import Glibc

/// Ends an object whose last reference was given up: finaliser, weak references, then its type gives up what it holds and frees the block.
///
/// Nested deallocations beyond a depth wait until the outermost one is done, so that dropping a list nested a million times deep needs no more native stack
/// than dropping a flat one.
@inline(never)
public func deallocateObject(_ object: UnsafeMutableRawPointer) {
  let flags = object.shape.flags
  if !flags.contains(.tracked) && !flags.contains(.hasState) {
    // Atoms hold nothing that could nest.
    object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped(object)
    return
  }
  let thread = currentThread
  if flags.contains(.tracked) { Collector.countDeallocation(thread) }
  if thread.pointee.deallocationDepth >= 50 { return delayDeallocation(of: object, thread) }
  thread.pointee.deallocationDepth += 1
  if isPlainInstance(object, flags) { endPlainInstance(object) } else { finishObject(object, flags) }
  if thread.pointee.deallocationDepth == 1 {
    while thread.pointee.delayedCount > 0 {
      thread.pointee.delayedCount -= 1
      let delayed = thread.pointee.delayedDeallocations.unsafelyUnwrapped[thread.pointee.delayedCount]
      finishObject(delayed, delayed.shape.flags)
    }
  }
  thread.pointee.deallocationDepth -= 1
}

/// Runs the finaliser and clears weak references, then the type's `deallocate`; unless the object was resurrected.
private func finishObject(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  if flags.contains(.hasFinalizer), finalizeBeforeDeallocation(object) { return }
  if flags.contains(.hasState), object.objectState.pointee.flags.contains(.hasWeakReferences) { WeakReferenceTable.clearReferences(to: object, callbacks: true) }
  object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped(object)
}

/// Whether the object lives on: its finaliser stored a reference somewhere.
private func finalizeBeforeDeallocation(_ object: UnsafeMutableRawPointer) -> Bool {
  let state = object.objectState
  if state.pointee.flags.contains(.finalized) { return false }
  // Alive while the finaliser runs; what it leaves behind decides.
  object.storeBytes(of: 1, toByteOffset: ObjectHeader.localOffset, as: UInt64.self)
  state.pointee.flags.insert(.finalized)
  runFinalizer(Value(object))
  if object.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) != 1 {
    let local = krait_load32(object.localCount)
    krait_store32(object.localCount, local &- 1)
    if local == 1 && krait_load32(object.sharedCount) == 0 { return false }
    return true
  }
  object.storeBytes(of: 0, toByteOffset: ObjectHeader.localOffset, as: UInt64.self)
  return false
}

/// Calls a type's finaliser with the pending exception put aside.
func runFinalizer(_ value: Value) {
  guard let finalize = value.object.shape.type.slots.pointee.finalize else { return }
  let thread = currentThread
  let exception = thread.pointee.exception
  thread.pointee.exception = .absent
  finalize(value)
  thread.pointee.exception = exception
}

@inline(never)
private func delayDeallocation(of object: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
  if thread.pointee.delayedCount == thread.pointee.delayedCapacity {
    let capacity = max(256, thread.pointee.delayedCapacity * 2)
    let memory = realloc(thread.pointee.delayedDeallocations, capacity * MemoryLayout<UnsafeMutableRawPointer>.stride)
    guard let memory else { fatalError("no memory to keep a list of dead objects") }
    thread.pointee.delayedDeallocations = memory.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    thread.pointee.delayedCapacity = capacity
  }
  thread.pointee.delayedDeallocations.unsafelyUnwrapped[thread.pointee.delayedCount] = object
  thread.pointee.delayedCount += 1
}

extension UnsafeMutableRawPointer {
  /// The lock, weak reference mark and finaliser mark of an object whose shape says ``ShapeFlags/hasState``.
  @inline(__always)
  public var objectState: UnsafeMutablePointer<ObjectState> {
    if _slowPath(shape.flags.contains(.displacedState)) { return displacedState }
    return (self + ObjectHeader.size).assumingMemoryBound(to: ObjectState.self)
  }
}
