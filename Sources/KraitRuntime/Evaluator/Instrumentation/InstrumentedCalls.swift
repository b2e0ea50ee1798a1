// Calls in the instrumented form: the event before, and those after a native function.

import CKraitCore
import KraitCompiler

extension Instrumentation {
  /// `CALL`, `CALL_KW` and `CALL_FUNCTION_EX`: Python functions are left to the instruction, all else is called here.
  static func call(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ report: Report, _ tools: UInt8) throws(PyError) -> PC {
    let opcode = report.monitoring.locations[report.index].opcode
    let base = operandA(pc + 1)
    if opcode == .CALL_FUNCTION_EX { return try callUnpacked(pc, fp, thread, report, tools, base) }
    let count = operandB(pc + 1)
    var hasSelf = !fp[base + 1].isAbsent
    if !hasSelf, fp[base].isObject, !fp[base].isAbsent, fp[base].object.shape == TypeObject.method.rootShape {
      let method = Owned(copying: fp[base])
      fp[base + 1] = Owned(copying: MethodObject(method.value).receiver).take()
      Slow.set(fp, base, Owned(copying: MethodObject(method.value).function))
      hasSelf = true
    }
    let first = base + (hasSelf ? 1 : 2)
    let callable = Owned(copying: fp[base])
    let argument = Owned(copying: hasSelf || count > 0 ? fp[first] : try missing(thread))
    try report.send(tools, Value(smallInteger: report.offset), callable.value, argument.value)
    if callable.value.isObject, !callable.value.isAbsent, callable.value.object.shape == TypeObject.function.rootShape { return pc + 1 }
    var names = Owned(taking: .absent)
    if opcode == .CALL_KW { names = Slow.take(fp, base + 2 + count) }
    let total = count + (hasSelf ? 1 : 0)
    if !names.value.isAbsent && !Slow.areKeywordNames(names.value, count) { throw .systemError("bad keyword names") }
    let positional = total - (names.value.isAbsent ? 0 : TupleObject(names.value).count)
    let arguments = Arguments(base: UnsafePointer(fp + first), positionalCount: positional, keywordNames: names.value)
    let result = try callNative(callable.value, arguments, thread, report, argument.value)
    Evaluator.releaseSlots(fp, base + 1, first + total)
    Slow.set(fp, base, result)
    return pc + 1 + Evaluator.callLength
  }

  private static func callUnpacked(
    _ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ report: Report, _ tools: UInt8, _ base: Int
  ) throws(PyError) -> PC {
    try Slow.unpackPositional(fp, base)
    guard fp[base + 3].isAbsent || fp[base + 3].isDict else { throw .systemError("keyword arguments must be a dict") }
    let positional = TupleObject(fp[base + 2])
    let callable = Owned(copying: fp[base])
    let argument = Owned(copying: positional.count > 0 ? positional[0] : try missing(thread))
    try report.send(tools, Value(smallInteger: report.offset), callable.value, argument.value)
    if callable.value.isObject, !callable.value.isAbsent, callable.value.object.shape == TypeObject.function.rootShape { return pc + 1 }
    let keywords = fp[base + 3]
    let given = keywords.isAbsent || DictObject(keywords).count == 0 ? .absent : keywords
    let result = try Slow.withRow(callable.value, positional, given) { (arguments: Arguments) throws(PyError) -> Owned in
      try callNative(callable.value, arguments, thread, report, argument.value)
    }
    Evaluator.releaseSlots(fp, base + 1, base + 4)
    Slow.set(fp, base, result)
    return pc + 1 + Evaluator.callLength
  }

  /// Calls something that is no Python function, and reports how it came back.
  private static func callNative(
    _ callable: Value, _ arguments: Arguments, _ thread: ThreadPointer, _ report: Report, _ argument: Value
  ) throws(PyError) -> Owned {
    let result: Owned
    do throws(PyError) { result = try callable.call(arguments: arguments) } catch {
      _ = PendingException(thread).reportCall(report, report.monitoring.locations[report.index].tools, callable, argument)
      throw error
    }
    try report.with(.nativeReturn).send(report.monitoring.locations[report.index].tools, Value(smallInteger: report.offset), callable, argument)
    return result
  }

  /// `LOAD_SUPER_ATTR`: the call of `super` is an event as any other.
  static func superAttribute(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ report: Report, _ tools: UInt8) throws(PyError) -> PC {
    let instruction = pc + 1
    let base = operandA(instruction)
    let isMethod = Instruction.at(instruction) == .LOAD_SUPER_METHOD
    let givesArguments = operandB(instruction) != 0
    let callable = Owned(copying: fp[base])
    let argument = Owned(copying: givesArguments ? fp[base + 1] : try missing(thread))
    try report.send(tools, Value(smallInteger: report.offset), callable.value, argument.value)
    let arguments = Arguments(base: UnsafePointer(fp + base + 1), positionalCount: givesArguments ? 2 : 0)
    let object = try callNative(callable.value, arguments, thread, report, argument.value)
    let attribute = try object.value.getAttribute(Value(bits: instruction[1]))
    Evaluator.releaseSlots(fp, base + 1, base + 3)
    Slow.set(fp, base, attribute)
    if isMethod { fp[base + 1] = .absent }
    return pc + 3
  }

  /// `sys.monitoring.MISSING`, borrowed.
  static func missing(_ thread: ThreadPointer) throws(PyError) -> Value {
    let interpreter = thread.pointee.interpreter
    if interpreter.pointee.monitoring.missing.isAbsent { interpreter.pointee.monitoring.missing = try TypeObject.object.value.call().take() }
    return interpreter.pointee.monitoring.missing
  }

  /// `sys.monitoring.DISABLE`, borrowed.
  static func disable(_ thread: ThreadPointer) throws(PyError) -> Value {
    let interpreter = thread.pointee.interpreter
    if interpreter.pointee.monitoring.disable.isAbsent { interpreter.pointee.monitoring.disable = try TypeObject.object.value.call().take() }
    return interpreter.pointee.monitoring.disable
  }
}

extension Slow {
  static func INSTRUMENT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC { try Instrumentation.before(pc, fp, thread) }
  static func INSTRUMENT_EDGE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC { try Instrumentation.edge(pc, thread) }
  static func INSTRUMENT_SWITCH(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC { try Instrumentation.switchForm(pc, thread) }
  static func RESUME_INSTRUMENTED(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC { try Instrumentation.resume(pc, thread) }
  static func JUMP_BACKWARD_INSTRUMENTED(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC { try Instrumentation.jumpBackward(pc, thread) }
  static func FOR_ITER_INSTRUMENTED(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC { try Instrumentation.iterate(pc, fp, thread) }
}

extension Ops {
  /// Nothing to report here: only notes where the frame is.
  @inline(__always)
  static func INSTRUMENT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if operandA(pc) != 0 { return false }
    thread.pointee.frame.pointee.flags.location = longDistance(pc)
    pc += 1
    return true
  }
}
