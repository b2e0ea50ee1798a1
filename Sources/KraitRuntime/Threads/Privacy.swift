// Objects that only one thread can reach, in the model without a lock: what their thread does with them needs nobody's leave.
//
// An object is *private* when a fast path of a thread that has peers makes it: an instance of a Python class, a list, a dict, a set, a generator, an exception that is raised with the frames
// that it goes through. It stays so while references to it stand only in the slots of that thread's frames, in its other private objects, and where the thread keeps the exceptions that are on
// their way or handled. Every way out of these is a barrier that *publishes* the object and what can be reached from it:
//
// - The slow path of an instruction, and a body that excludes others, publish their operands first (`publishOperands`, put there by Scripts/generate-instructions), unless they are known to
//   store operands in slots only (`borrows` in Scripts/instructions). So native code sees published objects, but for functions that were looked at one by one (``BorrowingFunctions``).
// - Bodies of fast paths that store values in other objects publish them: tuples, slices, generators that are not private (their frames), results that go to native code.
// - Whoever looks into frames or walks the heap publishes what is found there, while the owner stands still; so does native code that asks for an exception (`takeException`).
//
// Iterators, views and entries of tracebacks hold private objects without being private or public: publishing goes through them.

import CKraitCore

enum Privacy {
  /// Bit of ``ObjectState/Flags``.
  private static var bit: UInt8 { 4 }
  private static var flagsOffset: Int { ObjectHeader.size + 1 }

  /// Whether the object is one that only the calling thread can reach.
  @inline(__always)
  static func isPrivate(_ value: Value) -> Bool {
    value.isObject && !value.isAbsent && isPrivate(value.object)
  }

  @inline(__always)
  static func isPrivate(_ object: UnsafeMutableRawPointer) -> Bool { isMarked(object) && object.ownerIdentifier == krait_owner() }

  @inline(__always)
  private static func isMarked(_ object: UnsafeMutableRawPointer) -> Bool {
    let flags = object.shape.flags
    if flags.isDisjoint(with: .mayBePrivate) { return false }
    if _slowPath(flags.contains(.exception)) { return krait_load8(object + ExceptionObject.privacyOffset) & bit != 0 }
    return !flags.contains(.displacedState) && krait_load8(object + flagsOffset) & bit != 0
  }

  /// Whether nobody else has the object: its only reference is at hand, or it is private.
  @inline(__always)
  static func isOwn(_ value: Value) -> Bool { Ops<Free>.isUnique(value) || isPrivate(value) }

  /// Whether nobody else has the object in a slot: references to it stand only in slots of the frame, or it is private.
  @inline(__always)
  static func isOwnOperand(_ fp: FP, _ slot: Int) -> Bool { Ops<Free>.isOwnIterator(fp, slot) || isPrivate(fp[slot]) }

  /// Makes an object private that was made just now, or whose only reference the calling thread has.
  @inline(__always)
  static func mark(_ object: UnsafeMutableRawPointer) {
    krait_store8_release(object + flagsOffset, krait_load8(object + flagsOffset) | bit)
  }

  /// As ``mark(_:)`` for an exception: where its builtin type has no field, whatever a subclass adds.
  @inline(__always)
  static func markException(_ object: UnsafeMutableRawPointer) { krait_store8_release(object + ExceptionObject.privacyOffset, bit) }

  /// Whether an exception that is being raised is the calling thread's alone: it becomes so if its only reference is at hand.
  static func claim(_ exception: Value) -> Bool {
    if isPrivate(exception.object) { return true }
    guard Ops<Free>.isUnique(exception) else { return false }
    markException(exception.object)
    return true
  }

  /// Makes the result of a native function private if it is a container that nobody else has.
  @inline(__always)
  static func adopt(_ value: Value) {
    guard value.isObject, !value.isAbsent, krait_load64(value.object.localCount) == 1 else { return }
    if value.object.shape.flags.contains(.startsPrivate), value.object.ownerIdentifier == krait_owner() { mark(value.object) }
  }

  // MARK: Publishing

  /// Makes known what the calling thread is about to store where others may find it.
  @inline(__always)
  static func publish(_ value: Value) {
    guard value.isObject, !value.isAbsent else { return }
    let object = value.object
    if isMarked(object) || isTransparent(object) { publishGraph(object) }
  }

  /// Whether an object may hold private ones without being one.
  @inline(__always)
  private static func isTransparent(_ object: UnsafeMutableRawPointer) -> Bool {
    let flags = object.shape.flags
    // Tuples, functions, methods, cells and slices hold what was published.
    return flags.contains(.tracked) && flags.isDisjoint(with: .neverTransparent) && mayHoldPrivate(object.shape)
  }

  private static func mayHoldPrivate(_ shape: Shape) -> Bool {
    shape == TypeObject.listIterator.rootShape || shape == TypeObject.enumerate.rootShape || shape == TypeObject.dictItemIterator.rootShape
      || shape == TypeObject.dictKeyIterator.rootShape || shape == TypeObject.dictValueIterator.rootShape || shape == TypeObject.dictItems.rootShape
      || shape == TypeObject.dictKeys.rootShape || shape == TypeObject.dictValues.rootShape
      || shape == TypeObject.listReverseIterator.rootShape || shape == TypeObject.setIterator.rootShape || shape == TypeObject.traceback.rootShape
  }

  @inline(never)
  private static func publishGraph(_ object: UnsafeMutableRawPointer) {
    // Most objects that become known have no private ones in them, so that nothing is put on the stack.
    var work = RawStack()
    unmark(object)
    var found: UnsafeMutableRawPointer? = object
    while let next = found {
      defer { found = work.pop() }
      guard let traverse = next.shape.type.slots.pointee.traverse else { continue }
      withUnsafeMutablePointer(to: &work) { stack in
        traverse(
          next,
          Visitor(context: UnsafeMutableRawPointer(stack)) { child, context in
            let isKnown = !isMarked(child)
            if isKnown && !isTransparent(child) { return }
            unmark(child)
            context.assumingMemoryBound(to: RawStack.self).pointee.push(child)
          })
      }
    }
    // No memory to remember what was found: nothing stays private.
    if work.isIncomplete { Sharing.exclusively(currentThread) { publishAll(currentInterpreter) } }
    work.deallocate()
  }

  @inline(__always)
  private static func unmark(_ object: UnsafeMutableRawPointer) {
    guard isMarked(object) else { return }
    let place = object + (object.shape.flags.contains(.exception) ? ExceptionObject.privacyOffset : flagsOffset)
    krait_store8_release(place, krait_load8(place) & ~bit)
  }

  /// Nothing is private any more. Others must stand still.
  static func publishAll(_ interpreter: UnsafeMutablePointer<InterpreterState>) { interpreter.pointee.forEachObject { unmark($0) } }

  /// Publishes what the operands of an instruction hold: the slots that it names and, as those of most instructions stand one above the other, all temporaries above the lowest of them.
  @inline(never)
  static func publishOperands(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) {
    let kinds = Instruction.slotOperands[Int(krait_load16(pc))]
    if kinds == 0 { return }
    let code = thread.pointee.frame.pointee.code
    let locals = code.localsPlusCount
    let end = code.frameSize
    var first = kinds & 128 != 0 ? 0 : end
    if kinds & 1 != 0 { note(operandA(pc), fp, locals, &first) }
    if kinds & 2 != 0 { note(operandB(pc), fp, locals, &first) }
    if kinds & 4 != 0 { note(operandC(pc), fp, locals, &first) }
    while first < end {
      assert(!isForeign(fp[first]), "a private object is in the hands of another thread")
      publish(fp[first])
      first &+= 1
    }
  }

  /// Whether a barrier is missing somewhere: an object is private, but not this thread's.
  private static func isForeign(_ value: Value) -> Bool {
    value.isObject && !value.isAbsent && isMarked(value.object) && value.object.ownerIdentifier != krait_owner()
  }

  @inline(__always)
  private static func note(_ slot: Int, _ fp: FP, _ locals: Int, _ first: inout Int) {
    assert(slot >= locals || !isForeign(fp[slot]), "a private object is in the hands of another thread")
    if slot < locals { publish(fp[slot]) } else if slot < first { first = slot }
  }

  /// Publishes all slots of a frame.
  static func publishSlots(_ fp: FP, _ count: Int) {
    var slot = 0
    while slot < count {
      publish(fp[slot])
      slot &+= 1
    }
  }

  /// Publishes what native code is about to keep, if there is anybody who could find it.
  @inline(__always)
  static func publishIfShared(_ value: Value) {
    if _slowPath(Runtime.isFree) && currentThread.pointee.hasPeers { publish(value) }
  }
}

extension ShapeFlags {
  /// Objects with a place for the mark: those with an ``ObjectState``, and exceptions.
  @inline(__always) fileprivate static var mayBePrivate: ShapeFlags { ShapeFlags(rawValue: 1 << 6 | 1 << 14) }
  /// Instances of Python classes, and builtin objects that are neither iterators nor views.
  @inline(__always) fileprivate static var neverTransparent: ShapeFlags { [.tuple, .list, .dict, .set, .type, .heapType] }
}

extension Sharing {
  /// An instruction's fast path gives way to its slow path.
  @inline(__always)
  static func enterSlowPath(_ thread: ThreadPointer, _ pc: PC, _ fp: FP) {
    if _slowPath(thread.pointee.hasPeers) { publishAndTake(thread, pc, fp) }
  }

  @inline(never)
  private static func publishAndTake(_ thread: ThreadPointer, _ pc: PC, _ fp: FP) {
    Privacy.publishOperands(pc, fp, thread)
    take(thread)
  }
}
