// Exceptions on their way: tracebacks, handlers, frames that end.
//
// Without a lock, a private exception (`Privacy`) goes its way beside other threads: what it changes are the thread's own frames. Whatever else it meets excludes others, to the end of the way.

import CKraitCore
import KraitCompiler

extension Evaluator {
  /// Takes the thread's exception to the nearest handler; returns where to go on, which is the end of the evaluator when there is none.
  @inline(never)
  static func unwind(_ thread: ThreadPointer) -> PC {
    let isBesideOthers = thread.pointee.hasPeers && !thread.pointee.holdsSharing
    let pc = unwindFrames(thread)
    if isBesideOthers { Sharing.leave(thread) }
    return pc
  }

  @inline(__always)
  private static func unwindFrames(_ thread: ThreadPointer) -> PC {
    if _slowPath(thread.pointee.exception.isAbsent) { _ = PyError.systemError("error return without exception set") }
    var keepsTraceback = thread.pointee.isReraising
    thread.pointee.isReraising = false
    var raisedAt = thread.pointee.unwindingFrom ?? thread.pointee.frame.pointee.pc
    thread.pointee.unwindingFrom = nil
    let isWatched = thread.pointee.interpreter.pointee.monitoring.watchesExceptions
    if _slowPath(isWatched) { Sharing.enter(thread) }
    while true {
      let frame = thread.pointee.frame
      if frame.pointee.flags.contains(.between) { Generators.fillBetween(frame, thread) }
      if !keepsTraceback { addTraceback(frame, thread) }
      if _slowPath(isWatched) { PendingException(thread).report(keepsTraceback ? .reraise : .raise, frame, at: raisedAt) }
      keepsTraceback = false
      while let executable = frame.pointee.code.executable(containing: raisedAt), let handler = executable.handler(at: raisedAt) {
        let target = enterHandler(handler, executable, frame, thread)
        if _fastPath(!isWatched) || reportHandled(frame, target, thread) { return target }
        // The callback raised: that exception looks for a handler of the handler.
        raisedAt = target
      }
      if _slowPath(isWatched) { PendingException(thread).report(.unwind, frame, at: raisedAt) }
      let flags = frame.pointee.flags
      if flags.contains(.generator) {
        Sharing.enter(thread)
        Generators.finish(frame, thread)
      } else {
        leaveFrame(thread)
      }
      if flags.contains(.asyncStep) { AsyncGeneratorStep.failed(thread) }
      if flags.contains(.entry) {
        thread.pointee.result = .absent
        return halt
      }
      raisedAt = thread.pointee.frame.pointee.pc
    }
  }

  /// Reports that a handler takes the exception over; returns false when a callback raised.
  @inline(never)
  private static func reportHandled(_ frame: FramePointer, _ target: PC, _ thread: ThreadPointer) -> Bool {
    guard let executable = frame.pointee.code.executable(containing: target), let exception = handled(frame, target, executable) else { return true }
    thread.pointee.setException(Owned(copying: exception))
    let pc = frame.pointee.pc
    frame.pointee.pc = target
    if PendingException(thread).report(.exceptionHandled, frame) {
      PyError.clear()
      frame.pointee.pc = pc
      return true
    }
    return false
  }

  /// The exception that a handler has just been given: the topmost value, borrowed.
  private static func handled(_ frame: FramePointer, _ target: PC, _ executable: Executable) -> Value? {
    let code = frame.pointee.code
    var slot = code.frameSize
    while slot > code.localsPlusCount {
      slot -= 1
      let value = frame.pointee.fp[slot]
      if value.isObject && !value.isAbsent && value.isException { return value }
    }
    return nil
  }

  private static func enterHandler(
    _ handler: Executable.Handler, _ executable: Executable, _ frame: FramePointer, _ thread: ThreadPointer
  ) -> PC {
    let fp = frame.pointee.fp
    let code = frame.pointee.code
    var slot = code.localsPlusCount + Int(handler.depth)
    releaseSlots(fp, slot, code.frameSize)
    if handler.pushesLastInstruction {
      // The word as a negative number: nobody but `RERAISE` looks at it, and mostly it is the same word that goes on from there.
      fp[slot] = executable == code.executable ? Value(smallInteger: -1 - (frame.pointee.pc - executable.start)) : Value(smallInteger: executable.bytecodeOffset(at: frame.pointee.pc))
      slot += 1
    }
    fp[slot] = thread.pointee.takeUnpublished().take()
    return executable.start + Int(handler.target)
  }

  /// Adds the frame to the traceback of the exception on its way.
  @inline(__always)
  private static func addTraceback(_ frame: FramePointer, _ thread: ThreadPointer) {
    let exception = thread.pointee.exception
    let isPrivate = thread.pointee.hasPeers && Privacy.claim(exception)
    if !isPrivate || frame.pointee.flags.contains(.generator) { Sharing.enter(thread) }
    let object = objectIfPossible(of: frame, isPrivate: isPrivate)
    if _slowPath(object.value.isAbsent) { return }
    ExceptionObject(exception).pushTraceback(frame: object, instruction: frame.unresolvedLastInstruction)
  }
}
