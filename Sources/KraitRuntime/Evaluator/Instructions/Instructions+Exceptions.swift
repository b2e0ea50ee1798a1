// Raising, handling and reraising.

import CKraitCore

extension Ops {
  @inline(__always)
  static func PUSH_EXC_INFO(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let exception = fp[slot]
    if _slowPath(exception.isAbsent || !exception.isException) { return false }
    let previous = thread.pointee.handledException
    retain(exception)
    thread.pointee.handledException = exception
    fp[slot] = previous.isAbsent ? .none : previous
    fp[slot &+ 1] = exception
    pc += 1
    return true
  }

  @inline(__always)
  static func POP_EXCEPT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let previous = fp[slot]
    if _slowPath(!previous.isNone && (previous.isAbsent || !previous.isException)) { return false }
    fp[slot] = .none
    let handled = thread.pointee.handledException
    thread.pointee.handledException = previous.isNone ? .absent : previous
    thread.pointee.frame.pointee.pc = pc
    release(handled)
    pc += 1
    return true
  }

  /// The handler names one class.
  @inline(__always)
  static func CHECK_EXC_MATCH(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandC(pc)
    let exception = fp[operandB(pc)]
    let type = fp[slot]
    guard exception.isException, type.isType else { return false }
    let wanted = TypeObject(raw: type.object)
    let actual = exception.object.shape.type
    let isMatch: Bool
    if actual == wanted {
      isMatch = true
    } else {
      guard wanted.isSubtype(of: .baseException) else { return false }
      isMatch = actual.isSubtype(of: wanted)
    }
    let destination = operandA(pc)
    thread.pointee.frame.pointee.pc = pc
    if slot != destination { consume(fp, thread, slot) }
    set(fp, destination, Value(isMatch))
    pc += 1
    return true
  }
}

extension Slow {
  /// A: the exception. Afterwards the one that was handled so far, then the exception.
  static func PUSH_EXC_INFO(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandA(pc)
    let exception = fp[slot]
    guard exception.isException else { throw .systemError("PUSH_EXC_INFO needs an exception") }
    let previous = thread.pointee.handledException
    exception.retain()
    thread.pointee.handledException = exception
    fp[slot] = previous.isAbsent ? .none : previous
    fp[slot + 1] = exception
  }

  static func POP_EXCEPT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    guard fp[operandA(pc)].isNone || fp[operandA(pc)].isException else { throw .systemError("POP_EXCEPT needs an exception") }
    let previous = take(fp, operandA(pc)).take()
    let handled = thread.pointee.handledException
    thread.pointee.handledException = previous.isNone ? .absent : previous
    handled.releaseIfPresent()
  }

  static func CHECK_EXC_MATCH(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let type = operandC(pc)
    try Intrinsics.checkExceptionTypes(fp[type])
    let result = Owned.boolean(Intrinsics.exceptionMatches(fp[operandB(pc)], fp[type]))
    finish(pc, fp, thread, result, type)
  }

  /// A: an exception, a type or tuple. Afterwards what does not match or None, and what does or None.
  static func CHECK_EG_MATCH(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    guard fp[base].isException || fp[base].isNone else { throw .systemError("CHECK_EG_MATCH needs an exception") }
    try Intrinsics.checkExceptStarTypes(fp[base + 1])
    let parts = try Intrinsics.matchGroup(fp[base], fp[base + 1])
    let match = parts.match.copy()
    let rest = parts.rest.copy()
    if !match.value.isNone {
      // What is handled from here on is the part that matched.
      let handled = thread.pointee.handledException
      thread.pointee.handledException = match.copy().take()
      handled.releaseIfPresent()
    }
    set(fp, base, rest)
    set(fp, base + 1, match)
  }

  static func RAISE_VARARGS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let base = operandA(pc)
    switch operandB(pc) {
    case 0:
      let handled = thread.pointee.topmostHandledException
      if handled.isAbsent { throw .runtimeError("No active exception to reraise") }
      thread.pointee.setException(Owned(copying: handled))
      thread.pointee.isReraising = true
      throw PyError()
    case 1:
      let exception = take(fp, base)
      throw raiseException(exception.value)
    default:
      let exception = take(fp, base)
      let cause = take(fp, base + 1)
      throw raiseException(exception.value, cause: cause.value)
    }
  }

  /// A: B values, the exception. With B the lowest is the place where the exception was raised.
  static func RERAISE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let base = operandA(pc)
    let count = operandB(pc)
    let exception = take(fp, base + count)
    guard exception.value.isException else { throw .systemError("RERAISE needs an exception") }
    thread.pointee.unwindingFrom = pc
    if count > 0 {
      let frame = thread.pointee.frame
      if fp[base].isSmallInteger, let word = raisingWord(fp[base].smallInteger, frame.pointee.code, pc) { frame.pointee.pc = word }
    }
    thread.pointee.setException(exception)
    thread.pointee.isReraising = true
    throw PyError()
  }

  /// The word that raised, as ``Evaluator/enterHandler`` noted it: negative for one of the ordinary form, which the frame may have left since.
  private static func raisingWord(_ number: Int, _ code: CodeObject, _ pc: PC) -> PC? {
    guard let executable = code.executable(containing: pc) else { return nil }
    guard number < 0 else { return executable.word(ofOffset: number) }
    guard let ordinary = code.executable, ordinary.contains(ordinary.start + (-1 - number)) else { return nil }
    let word = ordinary.start + (-1 - number)
    return executable == ordinary ? word : executable.word(ofOffset: ordinary.bytecodeOffset(at: word))
  }

  /// Calls `__exit__`: A − 5 is the method, then its self or NULL, the place of the raise, what was handled before, the exception.
  static func WITH_EXCEPT_START(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let destination = operandA(pc)
    let exit = fp[destination - 5]
    let receiver = fp[destination - 4]
    let exception = fp[destination - 1]
    let traceback = exception.isException ? ExceptionObject(exception).traceback : .none
    let type = exception.type.value
    var arguments = (receiver, type, exception, traceback.isAbsent ? Value.none : traceback)
    let result = try withUnsafePointer(to: &arguments) { (pointer) throws(PyError) -> Owned in
      let base = UnsafeRawPointer(pointer).assumingMemoryBound(to: Value.self)
      if receiver.isAbsent { return try exit.call(arguments: Arguments(base: base + 1, positionalCount: 3)) }
      return try exit.call(arguments: Arguments(base: base, positionalCount: 4))
    }
    set(fp, destination, result)
  }

  /// A: an asynchronous iterator, the exception that ended it.
  static func END_ASYNC_FOR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let exception = take(fp, base + 1)
    guard exception.value.isException else { throw .systemError("END_ASYNC_FOR needs an exception") }
    if exception.value.isInstance(of: .stopAsyncIteration) {
      _ = take(fp, base)
      return
    }
    thread.pointee.setException(exception)
    thread.pointee.isReraising = true
    throw PyError()
  }

  /// A: the delegate, the value sent last, the exception that was thrown in. StopIteration is the delegate's result.
  static func CLEANUP_THROW(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let exception = fp[base + 2]
    if exception.isInstance(of: .stopIteration) {
      let value = try exception.getAttribute(Name.value)
      Evaluator.releaseSlots(fp, base, base + 3)
      set(fp, base + 1, value)
      return
    }
    let raised = take(fp, base + 2)
    guard raised.value.isException else { throw .systemError("CLEANUP_THROW needs an exception") }
    thread.pointee.setException(raised)
    thread.pointee.isReraising = true
    throw PyError()
  }
}
