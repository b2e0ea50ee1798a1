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

  /// The handler names a class or a tuple of classes.
  @inline(__always)
  static func CHECK_EXC_MATCH(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandC(pc)
    let exception = fp[operandB(pc)]
    let type = fp[slot]
    guard exception.isException else { return false }
    let actual = exception.object.shape.type
    let isMatch: Bool
    if _slowPath(!type.isType) {
      guard type.isExactTuple, let isAmong = matches(actual, among: TupleObject(type)) else { return false }
      isMatch = isAmong
    } else if actual == TypeObject(raw: type.object) {
      isMatch = true
    } else {
      guard TypeObject(raw: type.object).isSubtype(of: .baseException) else { return false }
      isMatch = actual.isSubtype(of: TypeObject(raw: type.object))
    }
    let destination = operandA(pc)
    thread.pointee.frame.pointee.pc = pc
    if slot != destination { consume(fp, thread, slot) }
    set(fp, destination, Value(isMatch))
    pc += 1
    return true
  }
}

/// Whether one of the classes is that of an exception or a base of it; nil when not all are classes of exceptions.
@inline(never)
private func matches(_ actual: TypeObject, among types: TupleObject) -> Bool? {
  var isMatch = false
  for index in 0..<types.count {
    guard types[index].isType, TypeObject(raw: types[index].object).isSubtype(of: .baseException) else { return nil }
    if !isMatch { isMatch = actual.isSubtype(of: TypeObject(raw: types[index].object)) }
  }
  return isMatch
}

// MARK: - Beside other threads

extension SharedBodies {
  static func CHECK_EXC_MATCH(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.CHECK_EXC_MATCH(&pc, &fp, thread) }

  /// A class that does nothing of its own, or an exception that nobody else has; what it is raised from goes with it.
  static func RAISE_VARARGS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let base = operandA(pc)
    let count = operandB(pc)
    if count == 0 || thread.pointee.interpreter.pointee.monitoring.watchesExceptions { return nil }
    let raised = fp[base]
    let cause = count == 2 ? fp[base + 1] : .none
    guard raised.isObject, !raised.isAbsent, cause.isNone || !cause.isAbsent && cause.isException else { return nil }
    let handled = thread.pointee.topmostUnpublished
    if raised.isException {
      // Of one that others refer to, the chain of contexts would have to be looked through.
      guard Privacy.claim(raised), handled.isAbsent || handled === raised || Ops<Free>.isUnique(raised) else { return nil }
    } else {
      guard raised.isType, let instance = newException(raised) else { return nil }
      Privacy.markException(instance.object)
      fp[base] = instance
      raised.release()
    }
    let exception = fp[base]
    fp[base] = .none
    if handled !== exception { setHandledContext(exception, thread) }
    if count == 2 {
      fp[base + 1] = .none
      ExceptionObject(exception).setCause(Owned(taking: cause))
    }
    thread.pointee.setException(Owned(taking: exception))
    return Evaluator.unwind(thread)
  }

  /// Raises a new exception of a builtin class, with one argument that is a constant; nil where others have to be excluded for it.
  @inline(never)
  static func raise(_ type: TypeObject, _ argument: Value, _ thread: ThreadPointer) -> PC? {
    prepare(type, argument, thread) ? Evaluator.unwind(thread) : nil
  }

  /// Makes such an exception the one that is on its way; false, with nothing changed, where others have to be excluded for it.
  static func prepare(_ type: TypeObject, _ argument: Value, _ thread: ThreadPointer) -> Bool {
    guard type.isPlainException, argument.isFrozen, !thread.pointee.interpreter.pointee.monitoring.watchesExceptions else { return false }
    do throws(PyError) {
      let exception = try ExceptionObject.make(type, argument)
      Privacy.markException(exception.value.object)
      setHandledContext(exception.value, thread)
      thread.pointee.setException(exception)
      return true
    } catch {
      PyError.clear()
      return false
    }
  }

  /// What is being handled is the context of an exception that nobody else has.
  private static func setHandledContext(_ exception: Value, _ thread: ThreadPointer) {
    let handled = thread.pointee.topmostUnpublished
    if !handled.isAbsent { ExceptionObject(exception).setContext(Owned(copying: handled)) }
  }

  @inline(never)
  private static func newException(_ type: Value) -> Value? {
    guard TypeObject(raw: type.object).makesPlainExceptions else { return nil }
    do throws(PyError) { return try ExceptionObject.make(TypeObject(raw: type.object), args: Owned.emptyTuple).take() } catch {
      PyError.clear()
      return nil
    }
  }

  static func RERAISE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    if thread.pointee.interpreter.pointee.monitoring.watchesExceptions || !fp[operandA(pc) + operandB(pc)].isException { return nil }
    Slow.reraise(pc, fp, thread)
    return Evaluator.unwind(thread)
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
    guard fp[operandA(pc) + operandB(pc)].isException else { throw .systemError("RERAISE needs an exception") }
    reraise(pc, fp, thread)
    throw PyError()
  }

  @inline(__always)
  fileprivate static func reraise(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) {
    let base = operandA(pc)
    let count = operandB(pc)
    thread.pointee.unwindingFrom = pc
    if count > 0 {
      let frame = thread.pointee.frame
      if fp[base].isSmallInteger, let word = raisingWord(fp[base].smallInteger, frame.pointee.code, pc) { frame.pointee.pc = word }
    }
    thread.pointee.setException(take(fp, base + count))
    thread.pointee.isReraising = true
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
