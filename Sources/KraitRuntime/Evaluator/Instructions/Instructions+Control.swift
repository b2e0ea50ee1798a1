// Jumps, loops, and the points where the evaluator listens to the rest of the process.

import CKraitCore

extension Ops {
  @inline(__always)
  static func JUMP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    pc += longDistance(pc)
    return true
  }

  @inline(__always)
  static func JUMP_BACKWARD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(thread.pointee.breaker != 0) { return false }
    pc += longDistance(pc)
    return true
  }

  /// The beginning of a function's body, and the end of each wait of a generator.
  @inline(__always)
  static func RESUME(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(thread.pointee.breaker != 0) { return false }
    pc += 1
    return true
  }

  @inline(__always)
  static func JUMP_IF_FALSE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = fp[operandA(pc)]
    if value.isTrue {
      pc += 1
      return true
    }
    if _fastPath(value.isFalse || value.isNone) {
      pc += signedC(pc)
      return true
    }
    if value.isSmallInteger {
      pc += value.bits == 1 ? signedC(pc) : 1
      return true
    }
    let answer = value.quickTruth()
    if _slowPath(answer == .unknown) { return false }
    giveUpCondition(pc, fp, thread)
    pc += answer == .no ? signedC(pc) : 1
    return true
  }

  @inline(__always)
  static func JUMP_IF_TRUE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = fp[operandA(pc)]
    if value.isTrue {
      pc += signedC(pc)
      return true
    }
    if _fastPath(value.isFalse || value.isNone) {
      pc += 1
      return true
    }
    if value.isSmallInteger {
      pc += value.bits != 1 ? signedC(pc) : 1
      return true
    }
    let answer = value.quickTruth()
    if _slowPath(answer == .unknown) { return false }
    giveUpCondition(pc, fp, thread)
    pc += answer == .yes ? signedC(pc) : 1
    return true
  }

  /// The condition, an object, is consumed unless B says that it stays.
  @inline(__always)
  private static func giveUpCondition(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) {
    if operandB(pc) != 0 {
      thread.pointee.frame.pointee.pc = pc
      consume(fp, thread, operandA(pc))
    }
  }

  /// Gives up an operand if it is a temporary.
  @inline(__always)
  private static func giveUp(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ slot: Int) {
    thread.pointee.frame.pointee.pc = pc
    consume(fp, thread, slot)
  }

  @inline(__always)
  static func JUMP_IF_NONE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let value = fp[slot]
    if value.isNone {
      pc += signedC(pc)
      return true
    }
    if value.isObject { giveUp(pc, fp, thread, slot) }
    pc += 1
    return true
  }

  @inline(__always)
  static func JUMP_IF_NOT_NONE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let value = fp[slot]
    if value.isNone {
      pc += 1
      return true
    }
    if value.isObject { giveUp(pc, fp, thread, slot) }
    pc += signedC(pc)
    return true
  }

  @inline(__always)
  static func IS_JUMP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandA(pc)
    let right = operandB(pc)
    let a = fp[left]
    let b = fp[right]
    if a.isObject { giveUp(pc, fp, thread, left) }
    if b.isObject { giveUp(pc, fp, thread, right) }
    pc += (a === b) == (pc[1] != 0) ? signedC(pc) : 2
    return true
  }
  // MARK: Loops

  @inline(__always)
  static func FOR_ITER_RANGE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    guard iterator.isObject, iterator.object.shape == TypeObject.rangeIterator.rootShape else { return false }
    let range = RangeIteratorObject(iterator)
    let left = range.left
    if _slowPath(left <= 0) {
      pc += signedC(pc)
      return true
    }
    let number = range.number
    if _slowPath(number ^ (number &<< 1) < 0) { return false }
    range.left = left &- 1
    range.number = number &+ range.step
    set(fp, operandA(pc), Value(smallInteger: number))
    pc += 4
    return true
  }

  /// The end of a loop, whose iterator has let go of what it ran over.
  @inline(__always)
  private static func leaveLoop(_ pc: inout PC, _ thread: ThreadPointer, givingUp container: Value) -> Bool {
    thread.pointee.frame.pointee.pc = pc
    release(object: container.object)
    pc += signedC(pc)
    return true
  }

  @inline(__always)
  static func FOR_ITER_LIST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    guard iterator.isObject, iterator.object.shape == TypeObject.listIterator.rootShape else { return false }
    let items = ItemIteratorObject(iterator)
    let sequence = items.sequence
    if _slowPath(sequence.isAbsent) { return false }
    let list = ListObject(sequence)
    let index = items.index
    if _slowPath(index >= list.count) {
      items.sequence = .absent
      if !Model.isFree && iterator.object.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) == 1 {
        // The loop's reference is the only one, as it mostly is.
        fp[operandB(pc)] = .none
        items.endExhausted()
      }
      return leaveLoop(&pc, thread, givingUp: sequence)
    }
    let item = Model.isFree ? sharedItem(list, index) : list.items[index]
    if Model.isFree {
      if _slowPath(item.isAbsent) { return false }
    } else {
      retain(item)
    }
    items.index = index &+ 1
    set(fp, operandA(pc), item)
    pc += 4
    return true
  }

  @inline(__always)
  static func FOR_ITER_TUPLE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    guard iterator.isObject, iterator.object.shape == TypeObject.tupleIterator.rootShape else { return false }
    let items = ItemIteratorObject(iterator)
    let sequence = items.sequence
    if _slowPath(sequence.isAbsent) { return false }
    let tuple = TupleObject(sequence)
    let index = items.index
    if _slowPath(index >= tuple.count) {
      items.sequence = .absent
      return leaveLoop(&pc, thread, givingUp: sequence)
    }
    items.index = index &+ 1
    let item = tuple.items[index]
    retain(item)
    set(fp, operandA(pc), item)
    pc += 4
    return true
  }

  /// An iterator of another builtin type: word 2 is its shape, word 3 its function.
  @inline(__always)
  static func FOR_ITER_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    guard iterator.isObject, !iterator.isAbsent, UInt64(UInt(bitPattern: iterator.object.shape.raw)) == pc[2] else { return false }
    return nextOfNative(&pc, &fp, thread, iterator)
  }

  @inline(__always)
  private static func nextOfNative(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ iterator: Value) -> Bool {
    thread.pointee.frame.pointee.pc = pc
    let item = nextItem(iterator)
    if _slowPath(item.isAbsent) {
      if thread.pointee.exception.isAbsent || endsLoop() {
        pc += signedC(pc)
      } else {
        pc = Evaluator.unwind(thread)
        fp = thread.pointee.frame.pointee.fp
      }
      return true
    }
    set(fp, operandA(pc), item)
    pc += 4
    return true
  }

  @inline(__always)
  static func FOR_ITER_GENERATOR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    guard iterator.isObject, iterator.object.shape == TypeObject.generator.rootShape else { return false }
    let flags: FrameFlags = !Model.isFree && collects(pc, thread) ? [.generator, .collecting] : .generator
    return Generators.resume(&pc, &fp, thread, GeneratorObject(iterator), .none, flags)
  }

  /// Whether a loop does nothing but append what its iterator gives to a list, or ask whether it is true, as the compiled forms of `tuple(x for x in y)`, `any(…)` and `all(…)` do: then a
  /// generator's frame goes on by itself at each `yield` (``yieldIntoLoop(_:_:_:)``).
  @inline(__always)
  private static func collects(_ pc: PC, _ thread: ThreadPointer) -> Bool {
    let body = pc + Evaluator.callLength
    guard Instruction.at(body + 1) == .JUMP_BACKWARD, operandA(pc) >= thread.pointee.frame.pointee.code.localsPlusCount else { return false }
    let operation = Instruction.at(body)
    if operation == .LIST_APPEND { return operandB(body) == operandA(pc) }
    return (operation == .JUMP_IF_TRUE || operation == .JUMP_IF_FALSE) && operandA(body) == operandA(pc) && operandB(body) != 0
  }

  /// What `UNPACK_SEQUENCE` makes of a pair: the first item goes to the topmost slot.
  @inline(__always)
  static func setPair(_ pc: inout PC, _ fp: FP, _ first: Value, _ second: Value) {
    let slot = operandA(pc)
    fp[slot &+ 1] = first
    set(fp, slot, second)
    pc += 5
  }

  /// `for number, item in enumerate(list)`.
  @inline(__always)
  static func FOR_ITER_ENUMERATE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    guard iterator.isObject, iterator.object.shape == TypeObject.enumerate.rootShape else { return false }
    let pairs = EnumerateObject(iterator)
    guard pairs.iterator.object.shape == TypeObject.listIterator.rootShape else { return false }
    let number = pairs.number
    let items = ItemIteratorObject(pairs.iterator)
    let sequence = items.sequence
    if _slowPath(sequence.isAbsent || number ^ (number &<< 1) < 0 || pairs.cache.holdsPair) { return false }
    let list = ListObject(sequence)
    let index = items.index
    if _slowPath(index >= list.count) {
      items.sequence = .absent
      return leaveLoop(&pc, thread, givingUp: sequence)
    }
    let item = Model.isFree ? sharedItem(list, index) : list.items[index]
    if Model.isFree {
      if _slowPath(item.isAbsent) { return false }
    } else {
      retain(item)
    }
    items.index = index &+ 1
    pairs.number = number &+ 1
    setPair(&pc, fp, Value(smallInteger: number), item)
    return true
  }

  /// Iterators of several builtin types.
  @inline(__always)
  static func FOR_ITER_ANY(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    if isNoObject(iterator) { return false }
    let shape = iterator.object.shape
    if shape == TypeObject.listIterator.rootShape { return FOR_ITER_LIST(&pc, &fp, thread) }
    if shape == TypeObject.tupleIterator.rootShape { return FOR_ITER_TUPLE(&pc, &fp, thread) }
    if shape == TypeObject.rangeIterator.rootShape { return FOR_ITER_RANGE(&pc, &fp, thread) }
    if shape == TypeObject.generator.rootShape { return FOR_ITER_GENERATOR(&pc, &fp, thread) }
    if shape.flags.contains(.heapType) || shape.type.slots.pointee.next == nil { return false }
    return nextOfNative(&pc, &fp, thread, iterator)
  }

  /// The next entry of a dict, whose size is what the iterator expects: nil at the end, and if there are more entries than that.
  @inline(__always)
  private static func nextEntry(_ items: DictIteratorObject, _ dict: DictObject) -> UnsafeMutablePointer<Value>? {
    let keys = dict.keys
    let end = keys.entryCount
    var index = items.position
    while _fastPath(index < end) {
      let entry = keys.entry(index)
      index &+= 1
      if _slowPath(entry[1].isAbsent) { continue }
      if _slowPath(items.left == 0) { return nil }
      items.position = index
      items.left = items.left &- 1
      return entry
    }
    items.position = end
    return nil
  }

  /// ``nextEntry(_:_:)`` had none: the loop ends, unless entries are left, about which the slow path complains.
  @inline(__always)
  private static func endEntries(_ items: DictIteratorObject, _ dict: Value, _ pc: inout PC, _ thread: ThreadPointer) -> Bool {
    if _slowPath(items.position < DictObject(dict).keys.entryCount) { return false }
    items.dict = .absent
    return leaveLoop(&pc, thread, givingUp: dict)
  }

  /// `for key in dict`, `for value in dict.values()`.
  @inline(__always)
  static func FOR_ITER_DICT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    if isNoObject(iterator) { return false }
    let shape = iterator.object.shape
    let isKeys = shape == TypeObject.dictKeyIterator.rootShape
    guard isKeys || shape == TypeObject.dictValueIterator.rootShape else { return false }
    let items = DictIteratorObject(iterator)
    let dict = items.dict
    if _slowPath(dict.isAbsent || DictObject(dict).count != items.expectedCount) { return false }
    guard let entry = nextEntry(items, DictObject(dict)) else { return endEntries(items, dict, &pc, thread) }
    let item = isKeys ? entry[0] : entry[1]
    retain(item)
    set(fp, operandA(pc), item)
    pc += 4
    return true
  }

  /// `for key, value in dict.items()`.
  @inline(__always)
  static func FOR_ITER_ITEMS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let iterator = fp[operandB(pc)]
    guard iterator.isObject, iterator.object.shape == TypeObject.dictItemIterator.rootShape else { return false }
    let items = DictIteratorObject(iterator)
    let dict = items.dict
    if _slowPath(dict.isAbsent || DictObject(dict).count != items.expectedCount || items.cache.holdsPair) { return false }
    guard let entry = nextEntry(items, DictObject(dict)) else { return endEntries(items, dict, &pc, thread) }
    retain(entry[0])
    retain(entry[1])
    setPair(&pc, fp, entry[0], entry[1])
    return true
  }
}

/// An iterator raised: StopIteration is its end, and is dropped.
@inline(never)
private func endsLoop() -> Bool {
  guard PyError.matches(.stopIteration) else { return false }
  PyError.clear()
  return true
}

/// The next item of an iterator of a builtin type, a new reference; absent at its end and when it raised.
@inline(__always)
private func nextItem(_ iterator: Value) -> Value {
  let next = iterator.object.shape.type.slots.pointee.next.unsafelyUnwrapped
  do throws(PyError) { return try next(iterator).take() } catch { return .absent }
}

extension Slow {
  static func JUMP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {}

  static func JUMP_BACKWARD(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    if thread.pointee.breaker != 0 {
      try ThreadState.handleBreaker(thread)
      if thread.pointee.breaker & EvalBreaker.monitoring.rawValue != 0, let start = try Instrumentation.enter(pc, thread) { return start }
    }
    return pc + longDistance(pc)
  }

  static func RESUME(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    if thread.pointee.breaker != 0 {
      try ThreadState.handleBreaker(thread)
      if thread.pointee.breaker & EvalBreaker.monitoring.rawValue != 0, let start = try Instrumentation.enter(pc, thread) { return start }
    }
    return pc + 1
  }

  /// The truth of a condition; gives the operand up unless B says that it stays.
  private static func truth(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> Bool {
    let slot = operandA(pc)
    let result = try fp[slot].isTruthy()
    if operandB(pc) != 0 { consume(fp, thread, slot) }
    return result
  }

  static func JUMP_IF_FALSE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    try truth(pc, fp, thread) ? pc + 1 : pc + signedC(pc)
  }

  static func JUMP_IF_TRUE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    try truth(pc, fp, thread) ? pc + signedC(pc) : pc + 1
  }

  static func JUMP_IF_NONE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let isNone = fp[operandA(pc)].isNone
    consume(fp, thread, operandA(pc))
    return isNone ? pc + signedC(pc) : pc + 1
  }

  static func JUMP_IF_NOT_NONE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let isNone = fp[operandA(pc)].isNone
    consume(fp, thread, operandA(pc))
    return isNone ? pc + 1 : pc + signedC(pc)
  }

  static func IS_JUMP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let isSame = fp[operandA(pc)] === fp[operandB(pc)]
    consume(fp, thread, operandA(pc))
    consume(fp, thread, operandB(pc))
    return isSame == (pc[1] != 0) ? pc + signedC(pc) : pc + 2
  }

  static func CONTAINS_JUMP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    if let start = try SpecialCalls.contains(fp[operandB(pc)], fp[operandA(pc)], .containsAndJump, thread) { return start }
    let found = try fp[operandB(pc)].contains(fp[operandA(pc)])
    consume(fp, thread, operandA(pc))
    consume(fp, thread, operandB(pc))
    return found == (pc[1] & 1 != 0) ? pc + signedC(pc) : pc + 2
  }

  static func COMPARE_JUMP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let left = operandA(pc)
    let right = operandB(pc)
    if let start = try SpecialCalls.compare(pc[1], fp[left], fp[right], .compareAndJump, thread) {
      specialise(pc, .COMPARE_JUMP_METHOD)
      return start
    }
    specialiseJump(pc, fp[left], fp[right])
    let compared = try fp[left].compare(fp[right], comparison(pc[1]))
    let result = try compared.value.isTruthy()
    consume(fp, thread, left)
    consume(fp, thread, right)
    return result == (pc[1] & 8 != 0) ? pc + signedC(pc) : pc + 2
  }

  static func COMPARE_JUMP_I(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let left = operandA(pc)
    if let start = try SpecialCalls.compare(pc[1], fp[left], Value(smallInteger: signedB(pc)), .compareShortAndJump, thread) { return start }
    specialiseJumpShort(pc, fp[left])
    let compared = try fp[left].compare(Value(smallInteger: signedB(pc)), comparison(pc[1]))
    let result = try compared.value.isTruthy()
    consume(fp, thread, left)
    return result == (pc[1] & 8 != 0) ? pc + signedC(pc) : pc + 2
  }

  static func GET_ITER(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    if let start = try SpecialCalls.iterate(fp[operandB(pc)], thread) { return start }
    finish(pc, fp, thread, try fp[operandB(pc)].iterate(), operandB(pc))
    return pc + 1
  }

  static func FOR_ITER(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let iterator = fp[operandB(pc)]
    let isGeneral = Instruction.at(pc) == .FOR_ITER
    specialiseLoop(pc, iterator)
    // From the first pair on: none is to be kept for the next.
    if isGeneral && (Instruction.at(pc) == .FOR_ITER_ENUMERATE || Instruction.at(pc) == .FOR_ITER_ITEMS) { return pc }
    if iterator.isObject && iterator.type == .generator, let start = try Generators.resumeInLoop(iterator, thread) { return start }
    let item = try iterator.next()
    if item.value.isAbsent { return pc + signedC(pc) }
    set(fp, operandA(pc), item)
    return pc + 4
  }

  private static func specialiseLoop(_ pc: PC, _ iterator: Value) {
    guard iterator.isObject, pc[1] < 64 else { return specialise(pc, .FOR_ITER_ANY) }
    pc[1] += 1
    let shape = iterator.object.shape
    if shape == TypeObject.rangeIterator.rootShape {
      specialise(pc, .FOR_ITER_RANGE)
    } else if shape == TypeObject.listIterator.rootShape {
      specialise(pc, .FOR_ITER_LIST)
    } else if shape == TypeObject.tupleIterator.rootShape {
      specialise(pc, .FOR_ITER_TUPLE)
    } else if shape == TypeObject.generator.rootShape {
      specialise(pc, .FOR_ITER_GENERATOR)
    } else if shape == TypeObject.enumerate.rootShape && unpacksPair(pc)
      && EnumerateObject(iterator).iterator.object.shape == TypeObject.listIterator.rootShape
    {
      specialise(pc, .FOR_ITER_ENUMERATE)
    } else if shape == TypeObject.dictItemIterator.rootShape && unpacksPair(pc) {
      specialise(pc, .FOR_ITER_ITEMS)
    } else if shape == TypeObject.dictKeyIterator.rootShape || shape == TypeObject.dictValueIterator.rootShape {
      specialise(pc, .FOR_ITER_DICT)
    } else if !shape.type.contents.pointee.flags.contains(.heapType) && shape == shape.type.rootShape && shape.type.slots.pointee.next != nil {
      // Builtin types are immortal, and so are their shapes.
      pc[2] = UInt64(UInt(bitPattern: shape.raw))
      specialise(pc, .FOR_ITER_NATIVE)
    }
  }

  /// Whether the loop's target is `a, b`.
  private static func unpacksPair(_ pc: PC) -> Bool {
    Instruction.at(pc + 4) == .UNPACK_SEQUENCE && operandA(pc + 4) == operandA(pc) && operandB(pc + 4) == 2
  }

  static func UNREACHABLE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    throw .systemError("unknown opcode")
  }
}
