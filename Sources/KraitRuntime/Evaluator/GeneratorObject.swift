// Generators, coroutines and asynchronous generators in memory, and how their frames come and go.

import CKraitCore
import KraitCompiler

/// What the types `generator`, `coroutine` and `async_generator` have in common: a frame that waits outside the stacks.
@frozen
public struct GeneratorObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  public var value: Value { Value(raw) }

  enum Status: UInt8 {
    case created, suspended, running, finished
  }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var status: Status
    /// `ag_running_async`
    var isRunningAsync: Bool
    /// An asynchronous generator: its hooks were asked for, it was closed.
    var hooksDone: Bool
    var isClosed: Bool
    /// A frame that waits has only handed on, outwards, what another generator's frame yielded, handles no exception, and goes on with the same `SEND`: see `Ops.enterDelegates`.
    var isBetween: Bool
    /// The instruction that the frame waits at: `RETURN_GENERATOR` or `YIELD_VALUE`.
    var pc: PC
    var code: CodeObject
    /// Owned until the end.
    var function: Value
    /// Slots of the waiting frame: all its locals, then `valueCount` less these of temporaries. There is room for the whole frame behind the fields; nil at the end.
    var values: UnsafeMutablePointer<Value>?
    var valueCount: Int
    var name: Value
    var qualifiedName: Value
    /// The frame object, owned, or absent.
    var frameObject: Value
    /// The exception that the frame is handling, while it waits; owned, or absent.
    var handled: Value
    /// While it runs: what the resumer was handling, and the generator outside this one.
    var outerHandled: Value
    var outerGenerator: UnsafeMutableRawPointer?
    /// While native code runs the generator to its end.
    var sink: UnsafeMutablePointer<GeneratorSink>?
    /// `cr_origin`, or the finalizer hook of an asynchronous generator; owned, or absent.
    var origin: Value

    /// Fills in the fields behind the header, for a frame that has not yet moved here. The function is given up to it.
    @inline(__always)
    mutating func initialize(_ code: CodeObject, _ pc: PC, _ function: Value) {
      state = ObjectState()
      status = .finished
      isRunningAsync = false
      hooksDone = false
      isClosed = false
      isBetween = false
      self.pc = pc
      self.code = code
      self.function = function
      values = nil
      valueCount = 0
      name = FunctionObject(function).name
      name.retain()
      qualifiedName = FunctionObject(function).qualifiedName
      qualifiedName.retain()
      frameObject = .absent
      handled = .absent
      outerHandled = .absent
      outerGenerator = nil
      sink = nil
      origin = .absent
    }
  }

  @inline(__always) var contents: UnsafeMutablePointer<GeneratorObject.Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var code: CodeObject { contents.pointee.code }

  var lastInstruction: Int {
    guard contents.pointee.status != .finished else { return -1 }
    return code.bytecodeOffset(at: contents.pointee.pc)
  }

  /// The frame is over, and nothing that belonged to it is left.
  @inline(__always)
  var isEmptied: Bool {
    contents.pointee.status == .finished && contents.pointee.values == nil && contents.pointee.handled.isAbsent && contents.pointee.frameObject.isAbsent
  }

  /// The frame is over: gives up everything that belonged to it.
  func finish() {
    let contents = self.contents
    contents.pointee.status = .finished
    if let values = contents.pointee.values {
      let count = contents.pointee.valueCount
      let frame = contents.pointee.frameObject
      contents.pointee.frameObject = .absent
      if !frame.isAbsent {
        FrameObject(frame).contents.pointee.lastInstruction = lastWaiting
        FrameObject(frame).contents.pointee.generator = nil
        frame.release()
      }
      contents.pointee.values = nil
      contents.pointee.valueCount = 0
      for index in 0..<count { values[index].releaseIfPresent() }
    }
    let handled = contents.pointee.handled
    contents.pointee.handled = .absent
    handled.releaseIfPresent()
  }

  private var lastWaiting: Int { code.unresolvedOffset(at: contents.pointee.pc) }

  /// What a suspended generator delegates to (`gi_yieldfrom`, `cr_await`); absent for nothing. Borrowed.
  var delegate: Value {
    guard contents.pointee.status == .suspended, let values = contents.pointee.values else { return .absent }
    let next = contents.pointee.pc + 1
    guard Instrumentation.isResume(next), operandA(next) & 3 >= 2 else { return .absent }
    let depth = operandC(contents.pointee.pc)
    return depth > 0 ? values[code.localsPlusCount + depth - 1] : .absent
  }
}

extension GeneratorObject {
  /// Whether the frame waits in the middle of a chain of delegates, and nobody has looked at it or has begun to watch its code.
  @inline(__always)
  var waitsBetween: Bool {
    contents.pointee.isBetween && contents.pointee.status == .suspended && contents.pointee.frameObject.isAbsent && Instruction.at(contents.pointee.pc + 1) == .RESUME
  }

  /// Whether a suspended generator waits at a `yield` that no `try` or `with` of its function surrounds, unwatched; the compiler tells it in RESUME's argument.
  var isOutsideTry: Bool {
    let next = contents.pointee.pc + 1
    guard Instruction.at(next) == .RESUME, operandA(next) == 5, contents.pointee.frameObject.isAbsent else { return false }
    return !currentThread.pointee.interpreter.pointee.monitoring.watchesExceptions
  }
}

/// Resuming, suspending and ending the frames of generators.
enum Generators {
  /// How a resumed generator came back.
  enum Outcome: ~Copyable {
    case yielded(Owned)
    case returned(Owned)
  }

  /// Puts the frame of a waiting generator on the stacks. The caller says what the value of the `yield` is, and where to go on.
  @inline(__always)
  static func push(_ generator: GeneratorObject, _ thread: ThreadPointer, _ flags: FrameFlags) throws(PyError) -> FP {
    let contents = generator.contents
    let fp = thread.pointee.frame.stackEnd
    try Evaluator.pushFrame(thread, contents.pointee.function, contents.pointee.code, fp, flags.union(.generator), generator.value)
    let frame = thread.pointee.frame
    frame.pointee.pc = contents.pointee.pc
    let values = contents.pointee.values.unsafelyUnwrapped
    let count = contents.pointee.valueCount
    var slot = 0
    while slot < count {
      fp[slot] = values[slot]
      slot &+= 1
    }
    contents.pointee.valueCount = 0
    contents.pointee.status = .running
    enterExceptionState(contents, thread)
    let object = contents.pointee.frameObject
    if !object.isAbsent {
      frame.pointee.object = object
      frame.pointee.flags.insert(.hasObject)
      contents.pointee.frameObject = .absent
      FrameObject(object).contents.pointee.record = frame
      FrameObject(object).contents.pointee.generator = nil
    }
    return fp
  }

  /// Takes the frame of a running generator off the stacks: `count` slots are kept.
  static func suspend(_ frame: FramePointer, _ thread: ThreadPointer, at pc: PC, count: Int) {
    let generator = GeneratorObject(frame.pointee.extra)
    let contents = generator.contents
    let fp = frame.pointee.fp
    let values = contents.pointee.values.unsafelyUnwrapped
    if _slowPath(Runtime.isFree) && !Privacy.isPrivate(generator.raw) { Privacy.publishSlots(fp, count) }
    var slot = 0
    while slot < count {
      values[slot] = fp[slot]
      fp[slot] = .none
      slot &+= 1
    }
    contents.pointee.valueCount = count
    contents.pointee.pc = pc
    contents.pointee.status = .suspended
    contents.pointee.isBetween = false
    leaveExceptionState(contents, thread)
    if frame.pointee.flags.contains(.hasObject) {
      let object = frame.pointee.object
      contents.pointee.frameObject = object
      FrameObject(object).contents.pointee.record = nil
      FrameObject(object).contents.pointee.generator = generator.raw
    }
    thread.pointee.frame = frame - 1
  }

  /// What the frame handles is what the thread handles.
  static func enterExceptionState(_ contents: UnsafeMutablePointer<GeneratorObject.Contents>, _ thread: ThreadPointer) {
    contents.pointee.outerHandled = thread.pointee.handledException
    thread.pointee.handledException = contents.pointee.handled
    contents.pointee.handled = .absent
    contents.pointee.outerGenerator = thread.pointee.innermostGenerator
    thread.pointee.innermostGenerator = UnsafeMutableRawPointer(contents)
  }

  static func leaveExceptionState(_ contents: UnsafeMutablePointer<GeneratorObject.Contents>, _ thread: ThreadPointer) {
    if _slowPath(thread.pointee.hasPeers) { Privacy.publish(thread.pointee.handledException) }
    contents.pointee.handled = thread.pointee.handledException
    thread.pointee.handledException = contents.pointee.outerHandled
    contents.pointee.outerHandled = .absent
    thread.pointee.innermostGenerator = contents.pointee.outerGenerator
    contents.pointee.outerGenerator = nil
  }

  /// The frame of a generator ends, by return or exception.
  static func finish(_ frame: FramePointer, _ thread: ThreadPointer, returning: Bool = false) {
    let generator = GeneratorObject(frame.pointee.extra)
    let held = Owned(copying: generator.value)
    let contents = generator.contents
    leaveExceptionState(contents, thread)
    contents.pointee.pc = frame.pointee.pc
    // The frame's own slots hold the values now.
    contents.pointee.valueCount = 0
    contents.pointee.status = .finished
    if returning { Evaluator.leaveReturning(thread) } else { Evaluator.leaveFrame(thread) }
    GeneratorObject(held.value).finish()
  }

  /// The generator's function returned a value.
  static func returned(_ value: consuming Owned, _ frame: FramePointer, _ thread: ThreadPointer) -> PC {
    let flags = frame.pointee.flags
    finish(frame, thread, returning: true)
    if flags.contains(.asyncStep) { return AsyncGeneratorStep.returned(thread) }
    if flags.contains(.entry) {
      thread.pointee.result = value.take()
      return Evaluator.halt
    }
    let caller = thread.pointee.frame
    if caller.pointee.flags.contains(.between) { fillBetween(caller, thread) }
    let pc = caller.pointee.pc
    if Instruction.at(pc) == .SEND {
      let fp = caller.pointee.fp
      let destination = operandA(pc)
      let old = fp[destination]
      fp[destination] = value.take()
      old.releaseIfPresent()
    }
    return pc + signedC(pc)
  }

  /// `FOR_ITER` over a generator: goes on in its frame. nil when the generator is not at rest, so that the general way raises.
  static func resumeInLoop(_ iterator: Value, _ thread: ThreadPointer) throws(PyError) -> PC? {
    let generator = GeneratorObject(iterator)
    let contents = generator.contents
    guard contents.pointee.status == .suspended || contents.pointee.status == .created else { return nil }
    let fp = try push(generator, thread, [])
    let pc = contents.pointee.pc
    fp[operandA(pc)] = .none
    return pc + 1
  }

  /// Resumes from native code with the value of the `yield`.
  static func send(_ generator: GeneratorObject, _ value: consuming Owned) throws(PyError) -> Outcome {
    try checkNativeRecursion(" while calling a Python object")
    let thread = currentThread
    let held = Owned(copying: generator.value)
    let fp = try push(generator, thread, .entry)
    let pc = generator.contents.pointee.pc
    fp[operandA(pc)] = value.take()
    let result = try Evaluator.run(thread, pc + 1)
    _ = held
    return generator.contents.pointee.status == .finished ? .returned(result) : .yielded(result)
  }

  /// Resumes from native code by raising the thread's exception where the generator waits.
  static func raise(_ generator: GeneratorObject) throws(PyError) -> Outcome {
    let thread = currentThread
    let held = Owned(copying: generator.value)
    let exception = thread.pointee.takeException()
    let fp = try push(generator, thread, .entry)
    let pc = generator.contents.pointee.pc
    fp[operandA(pc)] = .none
    // Only what the generator itself is handling becomes the context, not what its caller is.
    if !thread.pointee.handledException.isAbsent { ExceptionObject(exception.value).chainContext(thread.pointee.handledException) }
    thread.pointee.setException(exception)
    if _slowPath(thread.pointee.interpreter.pointee.monitoring.watchesExceptions) { PendingException(thread).report(.throw, thread.pointee.frame, at: pc + 1) }
    let start = Evaluator.unwind(thread)
    let result = try Evaluator.run(thread, start)
    _ = held
    return generator.contents.pointee.status == .finished ? .returned(result) : .yielded(result)
  }
}

extension GeneratorObject {
  /// The objects in the slots of the frame, where that runs on the calling thread's stack.
  func forEachRunningValue(_ body: (Value) -> Void) {
    guard contents.pointee.status == .running else { return }
    var frame = currentThread.pointee.frame
    var end = frame.stackEnd
    while !frame.isBase {
      if frame.pointee.flags.contains(.generator) && frame.pointee.extra === value {
        if frame.pointee.flags.contains(.between) { return }
        var slot = frame.pointee.fp
        while slot < end {
          if !slot.pointee.isAbsent && slot.pointee.isObject { body(slot.pointee) }
          slot += 1
        }
        return
      }
      // Its arguments are in temporaries of the frame below.
      end = frame.pointee.fp
      frame = frame.caller
    }
  }
}

extension Generators {
  /// Goes on in the frame of a waiting generator, with the value of its `yield`, which is an immediate or moves; false when it does not wait, or there is no room.
  @inline(__always)
  static func resume(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ generator: GeneratorObject, _ value: Value, _ flags: FrameFlags = .generator) -> Bool {
    let contents = generator.contents
    let status = contents.pointee.status
    guard status == .suspended || status == .created && value.isNone, contents.pointee.frameObject.isAbsent else { return false }
    let caller = thread.pointee.frame
    let code = contents.pointee.code
    let callee = caller.pointee.fp + caller.pointee.code.frameSize
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    let frame = caller + 1
    frame.pointee.fp = callee
    frame.pointee.code = code
    frame.pointee.function = contents.pointee.function
    frame.pointee.globals = FunctionObject(contents.pointee.function).globals
    frame.pointee.flags = flags
    frame.pointee.extra = generator.value
    thread.pointee.frame = frame
    copySlots(from: contents.pointee.values.unsafelyUnwrapped, to: callee, contents.pointee.valueCount, clears: false)
    contents.pointee.valueCount = 0
    contents.pointee.status = .running
    contents.pointee.outerHandled = thread.pointee.handledException
    thread.pointee.handledException = contents.pointee.handled
    contents.pointee.handled = .absent
    contents.pointee.outerGenerator = thread.pointee.innermostGenerator
    thread.pointee.innermostGenerator = generator.raw
    fp = callee
    pc = contents.pointee.pc
    fp[operandA(pc)] = value
    pc += 1
    pc = skipIdle(pc, fp, thread)
    return true
  }

  /// What mostly follows a `yield` does nothing: no step of its own for it. RELEASE stands behind RESUME where the value of the `yield` is not used.
  @inline(__always)
  static func skipIdle(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC {
    guard _fastPath(Instruction.at(pc) == .RESUME && thread.pointee.breaker == 0) else { return pc }
    let next = pc + 1
    return Instruction.at(next) == .RELEASE && !fp[operandA(next)].isObject ? next + 1 : next
  }

  /// `next()` of a generator that waits: absent at the end.
  static func next(_ generator: GeneratorObject, _ flags: FrameFlags = .entry) throws(PyError) -> Owned {
    try checkNativeRecursion(" while calling a Python object")
    let thread = currentThread
    let held = Owned(copying: generator.value)
    let fp = try push(generator, thread, flags)
    let pc = generator.contents.pointee.pc
    fp[operandA(pc)] = .none
    let result = try Evaluator.run(thread, skipIdle(pc + 1, fp, thread))
    let isOver = generator.contents.pointee.status == .finished
    _ = held
    if _fastPath(!isOver) { return result }
    if result.value.isNone { return Owned(taking: .absent) }
    throw GeneratorObject.stop(result)
  }

  /// Copies slots of a frame and its generator, four at once; `clears` leaves None in their place.
  @inline(__always)
  private static func copySlots(from values: UnsafeMutablePointer<Value>, to slots: UnsafeMutablePointer<Value>, _ count: Int, clears: Bool) {
    let nothing = SIMD2(repeating: Value.none.bits)
    var (source, target) = (UnsafeMutableRawPointer(values), UnsafeMutableRawPointer(slots))
    let end = source + count &* 8
    while source + 32 <= end {
      let (first, second) = (source.loadUnaligned(as: SIMD2<UInt64>.self), source.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self))
      target.storeBytes(of: first, as: SIMD2<UInt64>.self)
      target.storeBytes(of: second, toByteOffset: 16, as: SIMD2<UInt64>.self)
      if clears {
        source.storeBytes(of: nothing, as: SIMD2<UInt64>.self)
        source.storeBytes(of: nothing, toByteOffset: 16, as: SIMD2<UInt64>.self)
      }
      source += 32
      target += 32
    }
    while source < end {
      krait_store64(target, source.load(as: UInt64.self))
      if clears { krait_store64(source, Value.none.bits) }
      source += 8
      target += 8
    }
  }

  /// A frame that stood between two others becomes the innermost one: its slots, and the exception that it handles, move in.
  @inline(never)
  static func fillBetween(_ frame: FramePointer, _ thread: ThreadPointer) {
    let contents = GeneratorObject(frame.pointee.extra).contents
    frame.pointee.flags.remove(.between)
    copySlots(from: contents.pointee.values.unsafelyUnwrapped, to: frame.pointee.fp, contents.pointee.valueCount, clears: false)
    contents.pointee.valueCount = 0
    frame.pointee.fp[operandA(frame.pointee.pc)] = .none
    enterExceptionState(contents, thread)
  }

  /// Moves a frame's first slots into its generator: the closures of a recursive generator make for many.
  @inline(__always)
  fileprivate static func moveSlots(_ fp: FP, _ contents: UnsafeMutablePointer<GeneratorObject.Contents>, _ values: UnsafeMutablePointer<Value>, _ count: Int) {
    copySlots(from: fp, to: values, count, clears: true)
    contents.pointee.valueCount = count
  }

  /// Moves the innermost frame, an ordinary call's that starts and that nobody has looked at, into a new generator; absent, with nothing changed, when there is no memory.
  @inline(never)
  static func make(_ frame: FramePointer, _ pc: PC) -> Value {
    let code = frame.pointee.code
    let type: TypeObject = code.flags.contains(.coroutine) ? .coroutine : code.flags.contains(.asyncGenerator) ? .asyncGenerator : .generator
    do throws(PyError) {
      let raw = try allocateObject(type.rootShape, size: MemoryLayout<GeneratorObject.Contents>.size &+ code.frameSize &* MemoryLayout<Value>.size)
      let contents = GeneratorObject(raw: raw).contents
      let function = frame.pointee.function
      function.retain()
      contents.pointee.initialize(code, pc, function)
      if _slowPath(Runtime.isFree) && currentThread.pointee.hasPeers { Privacy.mark(raw) }
      let values = (raw + MemoryLayout<GeneratorObject.Contents>.size).assumingMemoryBound(to: Value.self)
      contents.pointee.values = values
      contents.pointee.status = .created
      moveSlots(frame.pointee.fp, contents, values, code.localsPlusCount)
      return Value(raw)
    } catch {
      PyError.clear()
      return .absent
    }
  }
}

extension Ops {
  /// The generator's frame is one that nobody has looked at.
  ///
  /// A value that comes out of a delegate goes on outwards at once, past all generators that only hand it on: `yield from` within `yield from` costs one step, not one for each.
  @inline(__always)
  static func YIELD_VALUE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    var frame = thread.pointee.frame
    var flags = frame.pointee.flags
    if _slowPath(flags != .generator && flags != [.generator, .entry]) {
      if flags != [.generator, .collecting] { return flags == [.generator, .entry, .collecting] && yieldIntoSink(&pc, fp, thread) }
      if yieldIntoLoop(&pc, fp, thread) { return true }
      flags = .generator
    }
    let source = operandB(pc)
    let value = fp[source]
    if value.isObject {
      if _slowPath(value.isAbsent) { return false }
      if source >= frame.pointee.code.localsPlusCount { fp[source] = .none } else { retain(value) }
    }
    var isBetween = false
    while true {
      suspend(pc, fp, thread, frame, isBetween: isBetween)
      frame -= 1
      if flags != .generator {
        // Resumed by native code.
        fp = frame.pointee.fp
        thread.pointee.result = value
        pc = Evaluator.halt
        return true
      }
      if !Model.isFree { frame = leaveDelegates(frame, thread) }
      fp = frame.pointee.fp
      pc = frame.pointee.pc
      if Model.isFree || !handsOn(pc) { break }
      flags = frame.pointee.flags
      if _slowPath(flags != .generator && flags != [.generator, .entry]) { break }
      pc += Evaluator.callLength
      isBetween = true
    }
    set(fp, operandA(pc), value)
    pc += Evaluator.callLength
    return true
  }

  /// Whether the next thing after the answer to this `SEND` is to yield it.
  @inline(__always)
  private static func handsOn(_ pc: PC) -> Bool {
    Instruction.at(pc) == .SEND && Instruction.at(pc + Evaluator.callLength) == .YIELD_VALUE && operandB(pc + Evaluator.callLength) == operandA(pc)
  }

  /// Takes frames off that ``enterDelegates(_:_:_:_:)`` put there; returns the innermost one that is left.
  @inline(__always)
  private static func leaveDelegates(_ innermost: FramePointer, _ thread: ThreadPointer) -> FramePointer {
    var frame = innermost
    // A tool that has come to watch since is told by the instruction.
    while frame.pointee.flags == [.generator, .between] && Instruction.at(frame.pointee.pc + Evaluator.callLength) == .YIELD_VALUE {
      GeneratorObject(frame.pointee.extra).contents.pointee.status = .suspended
      frame -= 1
    }
    thread.pointee.frame = frame
    if _slowPath(frame.pointee.flags.contains(.between)) { Generators.fillBetween(frame, thread) }
    return frame
  }

  /// Takes the innermost frame, a generator's, off the stacks; it waits at an instruction.
  @inline(__always)
  private static func suspend(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ frame: FramePointer, isBetween: Bool) {
    let contents = GeneratorObject(frame.pointee.extra).contents
    let count = frame.pointee.code.localsPlusCount &+ operandC(pc)
    if Model.isFree && thread.pointee.hasPeers && !Privacy.isPrivate(frame.pointee.extra) {
      Privacy.publishSlots(fp, count)
      Privacy.publish(thread.pointee.handledException)
    }
    Generators.moveSlots(fp, contents, contents.pointee.values.unsafelyUnwrapped, count)
    contents.pointee.pc = pc
    contents.pointee.status = .suspended
    contents.pointee.isBetween = isBetween && thread.pointee.handledException.isAbsent
    contents.pointee.handled = thread.pointee.handledException
    thread.pointee.handledException = contents.pointee.outerHandled
    contents.pointee.outerHandled = .absent
    thread.pointee.innermostGenerator = contents.pointee.outerGenerator
    contents.pointee.outerGenerator = nil
    thread.pointee.frame = frame - 1
  }

  /// The first instruction of a generator's body.
  @inline(__always)
  static func RETURN_GENERATOR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    let flags = frame.pointee.flags
    if _slowPath(flags.rawValue != 0 && flags != .ownedSpecial || thread.pointee.coroutineOriginDepth > 0) { return false }
    let generator = Generators.make(frame, pc)
    if _slowPath(generator.isAbsent) { return false }
    let caller = frame - 1
    thread.pointee.frame = caller
    if flags == .ownedSpecial {
      release(object: frame.pointee.function.object)
      pc = SpecialCalls.complete(generator, frame.pointee.extra, thread)
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    fp = caller.pointee.fp
    pc = caller.pointee.pc
    set(fp, operandA(pc), generator)
    pc += Evaluator.callLength
    return true
  }

  /// The frame of a generator that nobody has looked at ends: whoever resumed it goes on.
  @inline(__always)
  private static func leaveGenerator(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ frame: FramePointer, _ value: Value, _ count: Int) {
    let generator = frame.pointee.extra.object
    let contents = GeneratorObject(raw: generator).contents
    contents.pointee.pc = pc
    contents.pointee.values = nil
    contents.pointee.status = .finished
    thread.pointee.handledException = contents.pointee.outerHandled
    contents.pointee.outerHandled = .absent
    thread.pointee.innermostGenerator = contents.pointee.outerGenerator
    contents.pointee.outerGenerator = nil
    let isEntry = frame.pointee.flags.contains(.entry)
    frame.pointee.pc = pc
    // What the locals let go of may drop the generator.
    retain(object: generator)
    if _slowPath(releaseLocals(fp, count)) && frame.pointee.flags.contains(.hasObject) { Evaluator.detachEmptied(frame) }
    let caller = frame - 1
    thread.pointee.frame = caller
    if !Model.isFree && caller.pointee.flags.contains(.between) { Generators.fillBetween(caller, thread) }
    fp = caller.pointee.fp
    release(object: generator)
    if isEntry {
      thread.pointee.result = value
      pc = Evaluator.halt
      return
    }
    pc = caller.pointee.pc
    if Instruction.at(pc) == .SEND { set(fp, operandA(pc), value) } else { release(value) }
    pc += signedC(pc)
  }

  /// Whether the innermost frame is a generator's that ends without further questions.
  @inline(__always)
  private static func endsSimply(_ thread: ThreadPointer, _ frame: FramePointer) -> Bool {
    let flags = frame.pointee.flags.subtracting(.collecting)
    return (flags == .generator || flags == [.generator, .entry]) && thread.pointee.handledException.isAbsent
  }

  @inline(__always)
  static func RETURN_FROM_GENERATOR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    let slot = operandA(pc)
    let value = fp[slot]
    if _slowPath(value.isAbsent || !endsSimply(thread, frame)) { return false }
    fp[slot] = .none
    leaveGenerator(&pc, &fp, thread, frame, value, operandB(pc))
    return true
  }

  @inline(__always)
  static func RETURN_CONST_FROM_GENERATOR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    if _slowPath(!endsSimply(thread, frame)) { return false }
    let value = Value(bits: pc[1])
    retain(value)
    leaveGenerator(&pc, &fp, thread, frame, value, operandB(pc))
    return true
  }

  /// A: the delegate that has ended, its result.
  @inline(__always)
  static func END_SEND(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let value = fp[base &+ 1]
    fp[base &+ 1] = .none
    thread.pointee.frame.pointee.pc = pc
    set(fp, base, value)
    pc += 1
    return true
  }

  /// A generator is its own iterator.
  @inline(__always)
  static func GET_YIELD_FROM_ITER(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let object = fp[operandA(pc)]
    if isNoObject(object) || object.object.shape != TypeObject.generator.rootShape { return false }
    pc += 1
    return true
  }

  /// A coroutine is its own iterator.
  @inline(__always)
  static func GET_AWAITABLE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let object = fp[operandA(pc)]
    if isNoObject(object) || object.object.shape != TypeObject.coroutine.rootShape { return false }
    if _slowPath(GeneratorObject(object).contents.pointee.status == .suspended) { return false }
    pc += 1
    return true
  }

  /// Puts the frames of delegates on the control stack that hand the value on inwards, and most likely the answer outwards: their slots stay in their generators, so that each costs no more than its
  /// record. Whoever makes such a frame the innermost one fills it (``Generators/fillBetween(_:_:)``). Returns the generator that is to be resumed above them.
  @inline(__always)
  private static func enterDelegates(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ first: GeneratorObject) -> GeneratorObject {
    var frame = thread.pointee.frame
    var generator = first
    var top = fp + frame.pointee.code.frameSize
    frame.pointee.pc = pc
    repeat {
      let contents = generator.contents
      let code = contents.pointee.code
      let end = top + code.frameSize
      if _slowPath(frame + 1 >= thread.pointee.frameLimit || end > thread.pointee.valueStackLimit) { break }
      frame += 1
      pc = contents.pointee.pc - Evaluator.callLength
      frame.pointee.pc = pc
      frame.pointee.fp = top
      frame.pointee.code = code
      frame.pointee.function = contents.pointee.function
      frame.pointee.globals = FunctionObject(contents.pointee.function).globals
      frame.pointee.flags = [.generator, .between]
      frame.pointee.extra = generator.value
      contents.pointee.status = .running
      top = end
      generator = GeneratorObject(contents.pointee.values.unsafelyUnwrapped[operandB(pc)])
    } while generator.waitsBetween
    thread.pointee.frame = frame
    return generator
  }

  /// The receiver is a generator or coroutine that waits; where that waits for a delegate in turn, the value goes on inwards at once.
  @inline(__always)
  static func SEND(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    var isPassedOn = false
    while true {
      let receiver = fp[operandB(pc)]
      guard receiver.isObject, !receiver.isAbsent else { return isPassedOn }
      let shape = receiver.object.shape
      guard shape == TypeObject.coroutine.rootShape || shape == TypeObject.generator.rootShape else { return isPassedOn }
      let slot = operandA(pc)
      let value = fp[slot]
      let caller = fp
      var generator = GeneratorObject(receiver)
      // Tools are told by the instructions that those frames would begin with.
      if !Model.isFree && thread.pointee.breaker == 0 && generator.waitsBetween { generator = enterDelegates(&pc, fp, thread, generator) }
      guard Generators.resume(&pc, &fp, thread, generator, value) else {
        let frame = thread.pointee.frame
        if Model.isFree || !frame.pointee.flags.contains(.between) { return isPassedOn }
        caller[slot] = .none
        Generators.fillBetween(frame, thread)
        fp = frame.pointee.fp
        fp[operandA(pc)] = value
        return true
      }
      caller[slot] = .none
      if Model.isFree || Instruction.at(pc) != .JUMP { return true }
      let target = pc + longDistance(pc)
      if Instruction.at(target) != .SEND { return true }
      // What declines now is a step of its own, at this instruction.
      pc = target
      isPassedOn = true
    }
  }
}

extension Slow {
  /// The first instruction of a generator's body: the frame moves into a new generator, which is the call's result.
  static func RETURN_GENERATOR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let frame = thread.pointee.frame
    let code = frame.pointee.code
    let flags = frame.pointee.flags
    // A debugger went back to it, or the bytecode is none of the compiler's.
    if flags.contains(.generator) { throw .systemError("a generator's frame cannot become another generator's") }
    let made = Generators.make(frame, pc)
    if made.isAbsent { throw .memoryError() }
    let owner = Owned(taking: made)
    let raw = made.object
    let contents = GeneratorObject(raw: raw).contents
    if flags.contains(.hasObject) {
      contents.pointee.frameObject = frame.pointee.object
      FrameObject(frame.pointee.object).contents.pointee.record = nil
      FrameObject(frame.pointee.object).contents.pointee.generator = raw
      frame.pointee.flags.remove(.hasObject)
    }
    let extra = frame.pointee.extra
    Evaluator.leaveReturning(thread)
    if code.flags.contains(.coroutine) && _slowPath(thread.pointee.coroutineOriginDepth > 0) { try Coroutines.noteOrigin(GeneratorObject(raw: raw), thread) }
    return Evaluator.deliver(owner.take(), flags, thread, extra)
  }

  /// B: the value that goes out. A: where the value that comes in goes. C: temporaries that stay.
  static func YIELD_VALUE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let frame = thread.pointee.frame
    let flags = frame.pointee.flags
    guard flags.contains(.generator) else { throw .systemError("yield outside a generator") }
    let value = takeOperand(fp, thread, operandB(pc))
    Generators.suspend(frame, thread, at: pc, count: frame.pointee.code.localsPlusCount + operandC(pc))
    if flags.contains(.asyncStep) { return AsyncGeneratorStep.yielded(value, thread) }
    return Evaluator.deliver(value.take(), flags, thread)
  }

  /// A: the value to send, where the answer goes. B: the receiver. Jumps when the receiver has ended, its result in A.
  static func SEND(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let receiver = fp[operandB(pc)]
    let slot = operandA(pc)
    if receiver.isObject && (receiver.type == .generator || receiver.type == .coroutine) {
      let generator = GeneratorObject(receiver)
      let status = generator.contents.pointee.status
      if status == .suspended || (status == .created && fp[slot].isNone) {
        let value = take(fp, slot)
        let inner = try Generators.push(generator, thread, [])
        let start = generator.contents.pointee.pc
        inner[operandA(start)] = value.take()
        return start + 1
      }
    }
    if receiver.isObject, receiver.object.shape == TypeObject.asyncGeneratorSend.rootShape, let start = try AsyncGeneratorStep(receiver).enter(fp, slot, thread) {
      return start
    }
    switch try Delegation.send(receiver, fp[slot]) {
    case .yielded(let value):
      set(fp, slot, value)
      return pc + 4
    case .returned(let value):
      set(fp, slot, value)
      return pc + signedC(pc)
    }
  }

  /// A: the delegate that has ended, its result.
  static func END_SEND(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let value = take(fp, base + 1)
    set(fp, base, value)
  }

  static func GET_YIELD_FROM_ITER(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let slot = operandA(pc)
    let iterable = fp[slot]
    if iterable.isObject && iterable.type == .coroutine {
      let flags = thread.pointee.frame.pointee.code.flags
      if flags.isDisjoint(with: [.coroutine, .iterableCoroutine]) {
        throw .typeError("cannot 'yield from' a coroutine object in a non-coroutine generator")
      }
      return pc + 1
    }
    if iterable.isObject && iterable.type == .generator { return pc + 1 }
    if let start = try SpecialCalls.iterate(iterable, thread) { return start }
    set(fp, slot, try iterable.iterate())
    return pc + 1
  }
}
