// Entering the evaluator from native code, and the frames that calls push and leave.

import CKraitCore
import KraitCompiler
import Glibc

/// Which threads may touch an interpreter's objects at once: the evaluator's source is one, its code is made for each model.
protocol ThreadingModel {
  /// No lock excludes other threads.
  static var isFree: Bool { get }
}

/// A lock of the interpreter or the process is held while Python runs.
enum Locked: ThreadingModel {
  @inline(__always) static var isFree: Bool { false }
}

/// Runs Python code.
public enum Evaluator {
  // MARK: Entries

  /// Calls a Python function.
  public static func call(_ function: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    try checkNativeRecursion(" while calling a Python object")
    let object = FunctionObject(function)
    let code = object.code
    let thread = currentThread
    let start = try code.executableStart()
    let fp = thread.pointee.frame.stackEnd
    function.retain()
    do throws(PyError) {
      try pushFrame(thread, function, code, fp, [.entry, .ownsFunction], .absent)
    } catch {
      function.release()
      throw error
    }
    clearLocals(fp, from: 0, code)
    do throws(PyError) { try object.bind(arguments, into: fp) } catch {
      leaveFrame(thread)
      throw error
    }
    return try run(thread, start)
  }

  /// Calls a Python function.
  public static func call(function: Value, arguments: Arguments) throws(PyError) -> Owned { try call(function, arguments) }

  /// Runs the code of a function without parameters whose local names are those of a mapping: a class body.
  public static func run(function: Value, locals: Value) throws(PyError) -> Owned {
    try checkNativeRecursion(" while calling a Python object")
    let code = FunctionObject(function).code
    let thread = currentThread
    let start = try code.executableStart()
    let fp = thread.pointee.frame.stackEnd
    // What runs may drop both.
    let function = Owned(copying: function)
    let locals = Owned(copying: locals)
    try pushFrame(thread, function.value, code, fp, [.entry, .ownsFunction, .hasLocals], locals.value)
    _ = function.take()
    _ = locals.take()
    clearLocals(fp, from: 0, code)
    return try run(thread, start)
  }

  /// Runs a code object as `exec` does.
  ///
  /// - Parameters:
  ///   - globals: a dict.
  ///   - locals: a mapping; absent for the globals.
  ///   - closure: a tuple of cells, or absent.
  public static func run(code: Value, globals: Value, locals: Value = .absent, closure: Value = .absent) throws(PyError) -> Owned {
    let function = try FunctionObject.make(code: code, globals: globals)
    if !closure.isAbsent { FunctionObject(function.value).set(\.closure, Owned(copying: closure)) }
    return try run(function: function.value, locals: locals.isAbsent ? globals : locals)
  }

  /// Runs the innermost frame, which was entered from native code, to its end.
  static func run(_ thread: ThreadPointer, _ start: PC) throws(PyError) -> Owned {
    #if arch(x86_64) || arch(arm64)
      if _slowPath(Runtime.isFree) && thread.pointee.interpreter.pointee.lock == nil {
        runFree(thread, start)
      } else if _slowPath(InstructionStatistics.isOn) {
        LockedTrampolines.runCounting(thread, start)
      } else {
        LockedTrampolines.run(thread, start)
      }
    #else
      if Runtime.isFree { runFree(thread, start) } else { PortableLoop<Locked>.run(thread, start) }
    #endif
    let result = thread.pointee.result
    thread.pointee.result = .absent
    if result.isAbsent { throw PyError() }
    return Owned(taking: result)
  }

  /// The loop of the model without a lock.
  private static func runFree(_ thread: ThreadPointer, _ start: PC) {
    let hadPeers = thread.pointee.hasPeers
    // A function that runs beside other threads (BorrowingFunctions) goes on doing so.
    let excludesOthers = !hadPeers || thread.pointee.holdsSharing
    let raisesBesideOthers = thread.pointee.raisesBesideOthers
    thread.pointee.raisesBesideOthers = false
    Sharing.leave(thread)
    #if arch(x86_64) || arch(arm64)
      switch (Sharing.isAlone, InstructionStatistics.isOn) {
      case (true, false): AloneTrampolines.run(thread, start)
      case (true, true): AloneTrampolines.runCounting(thread, start)
      case (false, false): FreeTrampolines.run(thread, start)
      case (false, true): FreeTrampolines.runCounting(thread, start)
      }
    #else
      PortableLoop<Free>.run(thread, start)
    #endif
    if excludesOthers { Sharing.enter(thread) }
    thread.pointee.raisesBesideOthers = raisesBesideOthers
    // The loop that called this one goes on with what is taken here, as in ``Sharing/begin(_:)``.
    if _slowPath(!hadPeers && thread.pointee.hasPeers) { ThreadState.request(.stopTheWorld, of: thread) }
  }

  // MARK: Frames

  /// Puts a record on the control stack; the caller fills the slots.
  @inline(__always)
  static func pushFrame(
    _ thread: ThreadPointer, _ function: Value, _ code: CodeObject, _ fp: FP, _ flags: FrameFlags, _ extra: Value
  ) throws(PyError) {
    let frame = thread.pointee.frame + 1
    if _slowPath(frame >= thread.pointee.frameLimit) { try checkDepth(thread, frame) }
    if _slowPath(fp + code.frameSize > thread.pointee.valueStackLimit) { throw .memoryError() }
    frame.pointee.pc = halt
    frame.pointee.fp = fp
    frame.pointee.code = code
    frame.pointee.function = function
    frame.pointee.globals = FunctionObject(function).globals
    frame.pointee.flags = flags
    frame.pointee.extra = extra
    thread.pointee.frame = frame
  }

  /// The control stack has reached the limit that was set when the thread last looked.
  @inline(never)
  static func checkDepth(_ thread: ThreadPointer, _ frame: FramePointer) throws(PyError) {
    thread.pointee.updateFrameLimit()
    if frame >= thread.pointee.frameLimit { throw .recursionError("maximum recursion depth exceeded") }
  }

  /// Makes locals unbound, from a slot on.
  @inline(__always)
  static func clearLocals(_ fp: FP, from first: Int, _ code: CodeObject) {
    var slot = first
    let end = code.localsPlusCount
    while slot < end {
      // An atomic store, so that the few words are not made a call of memset.
      krait_store64(fp + slot, 0)
      slot &+= 1
    }
  }

  /// Gives up everything that the innermost frame holds and takes its record off.
  @inline(never)
  static func leaveFrame(_ thread: ThreadPointer) { leaveFrame(thread, slots: thread.pointee.frame.pointee.code.frameSize) }

  /// As ``leaveFrame(_:)`` where a function returns: it has no temporaries any more.
  @inline(never)
  static func leaveReturning(_ thread: ThreadPointer) { leaveFrame(thread, slots: thread.pointee.frame.pointee.code.localsPlusCount) }

  @inline(__always)
  private static func leaveFrame(_ thread: ThreadPointer, slots: Int) {
    let frame = thread.pointee.frame
    let flags = frame.pointee.flags
    let first = flags.contains(.hasObject) ? detachObject(frame, variables: frame.pointee.code.localsPlusCount) : 0
    releaseSlots(frame.pointee.fp, first, slots)
    if _slowPath(frame.pointee.flags.contains(.hasObject)) { detachEmptied(frame) }
    let extra = frame.pointee.extra
    let function = frame.pointee.function
    thread.pointee.frame = frame - 1
    if !flags.isDisjoint(with: [.initializer, .hasLocals]) { extra.releaseIfPresent() }
    if flags.contains(.ownsFunction) { function.release() }
  }

  /// Releases the objects in a stretch of slots and leaves None there, and where nothing is; other values that are no objects stay.
  @inline(__always)
  static func releaseSlots(_ fp: FP, _ first: Int, _ end: Int) {
    var slot = first
    while slot < end {
      let value = fp[slot]
      if value.isObject {
        fp[slot] = .none
        if !value.isAbsent { value.object.release() }
      }
      slot &+= 1
    }
  }

  /// Hands a result to whoever waits for the frame that was just left.
  static func deliver(_ value: Value, _ flags: FrameFlags, _ thread: ThreadPointer, _ extra: Value = .absent) -> PC {
    if flags.contains(.special) { return SpecialCalls.complete(value, extra, thread) }
    if flags.contains(.entry) {
      thread.pointee.result = value
      return halt
    }
    let caller = thread.pointee.frame
    if caller.pointee.flags.contains(.between) { Generators.fillBetween(caller, thread) }
    let pc = caller.pointee.pc
    let fp = caller.pointee.fp
    let destination = operandA(pc)
    let old = fp[destination]
    fp[destination] = value
    old.releaseIfPresent()
    return pc + callLength
  }

  /// Words of every instruction that pushes a frame, so that the frame's end knows where its caller goes on.
  static let callLength = 4

  // MARK: Slow paths

  /// An instruction's own body declined: the general way. Returns where to go on; the frame may be another one.
  @inline(never)
  static func leaveFastPath(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC {
    thread.pointee.frame.pointee.pc = pc
    do throws(PyError) { return try slowPath(pc, fp, thread) } catch { return unwind(thread) }
  }
}

/// Operands of the instruction at a word.
@inline(__always) func operandA(_ pc: PC) -> Int { Int(UnsafeRawPointer(pc).load(fromByteOffset: 2, as: UInt16.self)) }
@inline(__always) func operandB(_ pc: PC) -> Int { Int(UnsafeRawPointer(pc).load(fromByteOffset: 4, as: UInt16.self)) }
@inline(__always) func operandC(_ pc: PC) -> Int { Int(UnsafeRawPointer(pc).load(fromByteOffset: 6, as: UInt16.self)) }
@inline(__always) func signedB(_ pc: PC) -> Int { Int(UnsafeRawPointer(pc).load(fromByteOffset: 4, as: Int16.self)) }
@inline(__always) func signedC(_ pc: PC) -> Int { Int(UnsafeRawPointer(pc).load(fromByteOffset: 6, as: Int16.self)) }
/// The distance of 32 bits in B and C.
@inline(__always) func longDistance(_ pc: PC) -> Int { Int(UnsafeRawPointer(pc).load(fromByteOffset: 4, as: Int32.self)) }

extension ThreadState {
  /// Makes `sys.setrecursionlimit` bind this thread.
  mutating func updateFrameLimit() {
    let base = controlStack.baseAddress.unsafelyUnwrapped
    frameLimit = base + min(interpreter.pointee.recursionLimit + 1, controlStack.count - 1)
  }

  /// The innermost exception that is being handled, in this frame or one that called it; borrowed, absent when there is none. Native code may do anything with it.
  public var topmostHandledException: Value {
    let exception = topmostUnpublished
    Privacy.publishIfShared(exception)
    return exception
  }

  /// As ``topmostHandledException``, for who keeps it in nothing but a private exception.
  @inline(__always)
  var topmostUnpublished: Value {
    if !handledException.isAbsent { return handledException }
    var generator = innermostGenerator
    while let this = generator {
      let outer = GeneratorObject(raw: this).contents.pointee.outerHandled
      if !outer.isAbsent { return outer }
      generator = GeneratorObject(raw: this).contents.pointee.outerGenerator
    }
    return .absent
  }
}
