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
  // Each way is a function of its own: none saves registers for another.
  if _slowPath(Runtime.isFree) { return deallocateFree(object, flags) }
  if flags == .plainInstance { return deallocateInstance(object, flags) }
  deallocate(object, flags)
}

@inline(never)
private func deallocateFree(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  // The mark of merged counts goes, so that a collection which another thread runs meanwhile does not take it for an object that lives.
  krait_store64(object.localCount, 0)
  if currentThread.pointee.hasPeers, !currentThread.pointee.holdsSharing, !endsAlone(object, flags) {
    return Sharing.exclusively(currentThread) { deallocateAny(object, flags) }
  }
  deallocateAny(object, flags)
}

@inline(never)
private func deallocateInstance(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  let thread = currentThread
  Collector.countDeallocation()
  if thread.pointee.deallocationDepth >= 50 { return delayDeallocation(of: object, thread) }
  thread.pointee.deallocationDepth &+= 1
  if isPlainInstance(object, flags) { endPlainInstance(object) } else { finishObject(object, flags) }
  leaveDeallocation(thread)
}

private func deallocateAny(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  if flags == .plainInstance { deallocateInstance(object, flags) } else { deallocate(object, flags) }
}

/// Whether the end of an object beside other threads touches nothing that they may know: it has no finaliser, nobody refers to it weakly, and its type keeps no tables.
private func endsAlone(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) -> Bool {
  if flags.contains(.hasFinalizer) { return generatorEndsAlone(object) }
  if flags.contains(.hasState) {
    if object.objectState.pointee.flags.contains(.hasWeakReferences) { return false }
    if flags.contains(.exception) { return endsPlainly(object) }
    if object.shape == TypeObject.frame.rootShape { return FrameObject(raw: object).isDetached }
    if object.shape == TypeObject.function.rootShape { return FunctionObject(raw: object).contents.pointee.formerCodes.isAbsent && object.attributeWord.load(as: Value.self).isAbsent }
    if flags.contains(.exactList) || flags.contains(.exactDict) || flags.contains(.exactSet) || flags.contains(.endsAlone) { return true }
    // Instances of a program's classes of objects, tuples (`namedtuple`), numbers and text.
    return flags.contains(.heapType) && (endsAsObject(object) || !flags.contains(.hasMembers) && !flags.isDisjoint(with: [.tuple, .integer, .float, .string, .bytes]))
  }
  if flags.contains(.exactString) { return !StringObject(raw: object).isInterned }
  if !flags.isDisjoint(with: [.float, .exactInteger, .exactTuple, .bytes]) && flags.contains(.exact) { return true }
  if flags.contains(.exception) { return endsPlainly(object) }
  return flags.contains(.endsAlone) || flags.contains(.heapType) && endsAsObject(object)
}

/// Whether the end of an object with a finaliser is that of a generator or coroutine that has ended, or a generator that never ran, and whose frame nobody has looked at.
private func generatorEndsAlone(_ object: UnsafeMutableRawPointer) -> Bool {
  let isGenerator = object.shape == TypeObject.generator.rootShape
  guard isGenerator || object.shape == TypeObject.coroutine.rootShape, !object.objectState.pointee.flags.contains(.hasWeakReferences) else { return false }
  let contents = GeneratorObject(raw: object).contents
  return (contents.pointee.status == .finished || isGenerator && contents.pointee.status == .created) && contents.pointee.frameObject.isAbsent && contents.pointee.origin.isAbsent
}

/// Whether an instance of a Python class has nothing but attributes and members.
private func endsAsObject(_ object: UnsafeMutableRawPointer) -> Bool {
  object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped.isSame(as: TypeObject.object.slots.pointee.deallocate.unsafelyUnwrapped)
}

/// Whether an exception has nothing but fields and attributes.
private func endsPlainly(_ exception: UnsafeMutableRawPointer) -> Bool {
  exception.shape.type.slots.pointee.deallocate.unsafelyUnwrapped.isSame(as: TypeObject.baseException.slots.pointee.deallocate.unsafelyUnwrapped)
}

@inline(__always)
private func deallocate(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  if !flags.contains(.tracked) && !flags.contains(.hasState) {
    // Atoms hold nothing that could nest.
    object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped(object)
    return
  }
  let thread = currentThread
  if flags.contains(.tracked) { Collector.countDeallocation() }
  if thread.pointee.deallocationDepth >= 50 { return delayDeallocation(of: object, thread) }
  thread.pointee.deallocationDepth &+= 1
  finishObject(object, flags)
  leaveDeallocation(thread)
}

@inline(__always)
private func leaveDeallocation(_ thread: ThreadPointer) {
  if thread.pointee.deallocationDepth == 1 && _slowPath(thread.pointee.delayedCount > 0) { finishAllDelayed(thread) }
  thread.pointee.deallocationDepth &-= 1
}

@inline(never)
private func finishAllDelayed(_ thread: ThreadPointer) {
  while thread.pointee.delayedCount > 0 {
    thread.pointee.delayedCount -= 1
    finishDelayed(thread.pointee.delayedDeallocations.unsafelyUnwrapped[thread.pointee.delayedCount], thread)
  }
}

/// The outermost object's end may need nobody's leave where that of one that was found behind it does.
@inline(never)
private func finishDelayed(_ object: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
  let flags = object.shape.flags
  if _slowPath(thread.pointee.hasPeers), !thread.pointee.holdsSharing, !endsAlone(object, flags) { return Sharing.exclusively(thread) { finishObject(object, flags) } }
  finishObject(object, flags)
}

/// Runs the finaliser and clears weak references, then the type's `deallocate`; unless the object was resurrected.
@inline(__always)
private func finishObject(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  if _slowPath(!flags.isDisjoint(with: [.hasFinalizer, .displacedState])) { return finishWatched(object, flags) }
  if flags.contains(.hasState), _slowPath(object.objectStateInPlace.pointee.flags.contains(.hasWeakReferences)) { return finishWatched(object, flags) }
  object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped(object)
}

/// A function of its own: most objects have neither a finaliser nor weak references, and their state where the header ends.
@inline(never)
private func finishWatched(_ object: UnsafeMutableRawPointer, _ flags: ShapeFlags) {
  if flags.contains(.hasFinalizer), finalizeBeforeDeallocation(object) { return }
  if flags.contains(.hasState), _slowPath(object.objectState.pointee.flags.contains(.hasWeakReferences)) { WeakReferenceTable.clearReferences(to: object, callbacks: true) }
  object.shape.type.slots.pointee.deallocate.unsafelyUnwrapped(object)
}

/// Whether the object lives on: its finaliser stored a reference somewhere.
private func finalizeBeforeDeallocation(_ object: UnsafeMutableRawPointer) -> Bool {
  if isFinishedGenerator(object) { return false }
  let state = object.objectState
  if state.pointee.flags.contains(.finalized) { return false }
  if Runtime.isFree { return finalizeShared(object, state) }
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

/// Whether the object is a generator or coroutine that ran to its end: its finaliser does nothing.
@inline(__always)
private func isFinishedGenerator(_ object: UnsafeMutableRawPointer) -> Bool {
  let shape = object.shape
  guard shape == TypeObject.generator.rootShape || shape == TypeObject.coroutine.rootShape else { return false }
  return GeneratorObject(raw: object).contents.pointee.status == .finished
}

/// As ``finalizeBeforeDeallocation(_:)`` where threads count each for itself: while the finaliser runs, all references are in the shared count.
private func finalizeShared(_ object: UnsafeMutableRawPointer, _ state: UnsafeMutablePointer<ObjectState>) -> Bool {
  krait_store32(object.localCount, 0)
  krait_store32_release(object.sharedCount, ObjectHeader.merged &+ 4)
  state.pointee.flags.insert(.finalized)
  runFinalizer(Value(object))
  while true {
    let before = krait_load32(object.sharedCount)
    let isLast = before == ObjectHeader.merged &+ 4
    // Acquire: what others did to the object comes before its end.
    guard krait_cas32(object.sharedCount, before, isLast ? 0 : before &- 4) else { continue }
    // Threads may have begun to count it for themselves meanwhile.
    if !isLast { ThreadCounts.noteFall(object, to: before &- 4) }
    return !isLast
  }
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
    // Without memory for the list the object is lost, not the process.
    guard let memory else { return }
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
    return objectStateInPlace
  }

  /// Changes the flags of an object that others, without a lock, may be asking whether it is private.
  func setStateFlags(_ flags: ObjectState.Flags) {
    krait_store8_release(UnsafeMutableRawPointer(objectState) + MemoryLayout<ObjectState>.offset(of: \.flags).unsafelyUnwrapped, flags.rawValue)
  }

  /// As ``objectState``, of a shape that is not ``ShapeFlags/displacedState``.
  @inline(__always)
  fileprivate var objectStateInPlace: UnsafeMutablePointer<ObjectState> { (self + ObjectHeader.size).assumingMemoryBound(to: ObjectState.self) }
}
