// Instruction bodies of the model without a lock for calls with keywords and unpacked arguments, and for the dicts and sets that they and programs make.
//
// Slow paths that are called here raise nothing: what fails leaves everything as it was, and fails once more among those who are excluded.

import CKraitCore

extension SharedBodies {
  /// A Python function with keywords: the words of the cache are read first and looked at again, as another thread may be filling them (``Slow/specialiseKeywordCall(_:_:_:hasSelf:)``).
  static func CALL_KW_PYTHON(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let cache = krait_load64_acquire(pc + 1)
    let (places, names) = (krait_load64_acquire(pc + 2), krait_load64_acquire(pc + 3))
    guard krait_load64_acquire(pc + 1) == cache, krait_load16(pc) == Instruction.CALL_KW_PYTHON.rawValue else { return false }
    return Ops<Free>.callKeywords(&pc, &fp, thread, cache, places: places, names: names)
  }

  /// A Python function that takes `**kw`, or that the instruction was not made for: the slow path has had its chances to specialise.
  static func CALL_KW(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let base = operandA(pc)
    let count = operandB(pc)
    let callable = fp[base]
    guard callable.isPresentObject, Slow.areKeywordNames(fp[base &+ 2 &+ count], count) else { return nil }
    if callable.object.shape != TypeObject.function.rootShape { return callNative(pc, fp, thread) }
    guard krait_load64(pc + 1) &>> 56 >= 16, bindsBesideOthers(callable) else { return nil }
    let hasSelf = operandC(pc) == 0 && !fp[base &+ 1].isAbsent
    let first = base &+ (hasSelf ? 1 : 2)
    let total = count &+ (hasSelf ? 1 : 0)
    let names = fp[base &+ 2 &+ count]
    let arguments = Arguments(base: UnsafePointer(fp + first), positionalCount: total &- TupleObject(names).count, keywordNames: names)
    return attempt(thread) { () throws(PyError) in
      let start = try Slow.pushCall(callable, arguments, fp, first, total, thread, .absent)
      fp[base &+ 2 &+ count] = .none
      names.release()
      return start
    }
  }

  static func CALL_KW_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    guard Slow.areKeywordNames(fp[operandA(pc) &+ 2 &+ operandB(pc)], operandB(pc)) else { return false }
    thread.pointee.frame.pointee.pc = pc
    guard fp[operandA(pc)].isPresentObject, let next = callNative(pc, fp, thread) else { return false }
    pc = next
    fp = thread.pointee.frame.pointee.fp
    return true
  }

  /// A native function or a builtin type that was looked at (``BorrowingFunctions``).
  private static func callNative(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let base = operandA(pc)
    let count = operandB(pc)
    let callable = fp[base]
    let hasSelf = operandC(pc) == 0 && !fp[base &+ 1].isAbsent
    let names = fp[base &+ 2 &+ count]
    guard BorrowingFunctions.mayCall(callable, hasSelf ? fp[base &+ 1] : .absent, fp + (base &+ 2), count, keywords: TupleObject(names)) else { return nil }
    let first = base &+ (hasSelf ? 1 : 2)
    let positional = count &+ (hasSelf ? 1 : 0) &- TupleObject(names).count
    let next: PC
    do throws(PyError) {
      let result = try callable.call(arguments: Arguments(base: UnsafePointer(fp + first), positionalCount: positional, keywordNames: names))
      Privacy.adopt(result.value)
      Evaluator.releaseSlots(fp, base &+ 1, base &+ 3 &+ count)
      Slow.set(fp, base, result)
      next = pc + Evaluator.callLength
    } catch { next = Evaluator.unwind(thread) }
    Sharing.leave(thread)
    return next
  }

  /// Whether a value is a Python function whose code has its executable form, as whoever makes that excludes others. All that arguments are bound by can be read beside them.
  static func bindsBesideOthers(_ callable: Value) -> Bool {
    guard callable.isObject, !callable.isAbsent, callable.object.shape == TypeObject.function.rootShape else { return false }
    return FunctionObject(callable).code.contents.pointee.executable != nil
  }

  /// `isinstance(value, type)` where the MRO of the value's type answers, and it is known that its class has nothing else to say.
  static func CALL_ISINSTANCE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.CALL_ISINSTANCE(&pc, &fp, thread) }

  /// `f(*args, **kw)` of a Python function or a method: a tuple, and a dict that is the thread's own.
  static func CALL_FUNCTION_EX(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let base = operandA(pc)
    let (callable, positional, keywords) = (fp[base], fp[base &+ 2], fp[base &+ 3])
    guard callable.isPresentObject, !positional.isAbsent, positional.isExactTuple, keywords.isAbsent || keywords.isExactDict && Privacy.isPrivate(keywords) else { return nil }
    if callable.object.shape == TypeObject.builtinFunction.rootShape { return keywords.isAbsent ? callNativeUnpacked(pc, fp, thread, TupleObject(positional)) : nil }
    let isMethod = callable.object.shape == TypeObject.method.rootShape
    guard bindsBesideOthers(isMethod ? MethodObject(callable).function : callable) else { return nil }
    let next = attempt(thread) { () throws(PyError) in try Slow.CALL_FUNCTION_EX(pc, fp, thread) }
    if next == nil && isMethod {
      // It was put there for the call that failed.
      fp[base &+ 1].releaseIfPresent()
      fp[base &+ 1] = .absent
    }
    return next
  }

  /// `f(*args)` of a native function that was looked at (``BorrowingFunctions``).
  private static func callNativeUnpacked(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ positional: TupleObject) -> PC? {
    let base = operandA(pc)
    let callable = fp[base]
    guard NativeFunctionObject(callable).function.pointee.sharing.allows(BorrowingFunctions.receiver(of: callable), FP(mutating: positional.items), positional.count) else { return nil }
    let next: PC
    do throws(PyError) {
      let result = try callable.call(arguments: Arguments(base: UnsafePointer(positional.items), positionalCount: positional.count))
      Privacy.adopt(result.value)
      Evaluator.releaseSlots(fp, base &+ 1, base &+ 4)
      Slow.set(fp, base, result)
      next = pc + Evaluator.callLength
    } catch { next = Evaluator.unwind(thread) }
    Sharing.leave(thread)
    return next
  }

  /// `f(*first, *rest)`: a tuple of what stands in a list that is the thread's own.
  static func CALL_INTRINSIC_1(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let items = fp[operandA(pc)]
    let listToTuple = 6
    guard operandB(pc) == listToTuple, Privacy.isPrivate(items), items.isExactList else { return nil }
    Privacy.publishSlots(ListObject(items).items, ListObject(items).count)
    return attempt(thread) { () throws(PyError) in
      try Slow.CALL_INTRINSIC_1(pc, fp, thread)
      return pc + 1
    }
  }

  /// Keywords for such a call, from a dict that is the thread's own into another one.
  static func DICT_MERGE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let update = fp[operandB(pc)]
    guard Privacy.isPrivate(fp[operandA(pc)]), Privacy.isPrivate(update), update.isExactDict, DictObject(update).keys.hasStringKeys, DictObject(fp[operandA(pc)]).count == 0 else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.DICT_MERGE(pc, fp, thread)
      return pc + 1
    }
  }

  /// A dict of keys that are atoms: hashing and comparing them calls nothing.
  static func BUILD_MAP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let base = operandA(pc)
    for index in 0..<operandB(pc) where !fp[base &+ 2 &* index].isAtom { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.BUILD_MAP(pc, fp, thread)
      return pc + 1
    }
  }

  static func BUILD_SET(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let base = operandA(pc)
    for index in 0..<operandB(pc) where !fp[base &+ index].isAtom { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.BUILD_SET(pc, fp, thread)
      return pc + 1
    }
  }

  /// Where to go on after a slow path; nil if it failed.
  @inline(__always)
  static func attempt(_ thread: ThreadPointer, _ body: () throws(PyError) -> PC) -> PC? {
    // What is raised on the way, and what ends, may have excluded others.
    defer { Sharing.leave(thread) }
    do throws(PyError) { return try body() } catch {
      PyError.clear()
      return nil
    }
  }
}
