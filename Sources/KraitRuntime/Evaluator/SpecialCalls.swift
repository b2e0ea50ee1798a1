// Special methods written in Python that an instruction calls: in a frame of their own, without native recursion.
//
// The operands stay where they are in the caller, which is still at its instruction; the frame owns its function, and `Frame.extra` says what is to be done with the result.

import CKraitCore
import KraitCompiler

/// What is done with what a special method returned (``FrameFlags/special``).
enum SpecialResult: Int {
  /// The answer of the left operand's method; NotImplemented goes on with the right one's.
  case binary
  case item
  /// `container[key] = value`: nothing.
  case store
  case compare
  case compareAndJump
  case compareShortAndJump
  case containsAndJump
  case contains
  case iterator
}

/// Which methods the table of attributes keeps for operators, under numbers that are no addresses.
enum SpecialKey {
  @inline(__always) static func binary(_ word: UInt64) -> UInt64 { (word & 0xFF &+ 1) &<< 4 }
  @inline(__always) static func compare(_ word: UInt64) -> UInt64 { (word & 7 &+ 32) &<< 4 }
  static let storeItem: UInt64 = 48 << 4
  static let contains: UInt64 = 49 << 4
  static let iterate: UInt64 = 50 << 4
  static let call: UInt64 = 51 << 4
  /// Greater than all numbers, less than all addresses.
  static let end: UInt64 = 4096
}

enum SpecialCalls {
  /// A method of the object's class that answers for a slot, if it is a Python function with so many parameters; absent otherwise. Borrowed.
  private static func method(_ type: TypeObject, _ name: Value, _ offset: Int, parameters: Int) -> Value {
    guard type.isHeapType, type.slotWord(offset) == SlotTable.genericCode(offset) else { return .absent }
    let found = type.lookUp(name)
    guard !found.isAbsent, found.isObject, found.object.shape == TypeObject.function.rootShape else { return .absent }
    return Int(FunctionObject(found).code.contents.pointee.exactCount) == parameters ? found : .absent
  }

  /// As ``method(_:_:_:parameters:)``, from the table of attributes; what it finds goes there.
  private static func cached(_ object: Value, _ key: UInt64, _ thread: ThreadPointer, _ find: (TypeObject) -> Value) -> Value {
    let shape = object.object.shape
    if let entry = AttributeCache.find(thread, shape.assignVersion(), key) { return Value(bits: entry.pointee.value) }
    let found = find(shape.type)
    AttributeCache.store(special: found, shape, key, thread)
    return found
  }

  @inline(__always)
  private static func isOfHeapType(_ object: Value) -> Bool { object.isObject && !object.isAbsent && object.object.shape.flags.contains(.heapType) }

  /// Whether the right operand's class cannot ask to be called first.
  @inline(__always)
  static func leavesPrecedence(_ right: Value, to left: Shape) -> Bool {
    if !right.isObject || right.isAbsent { return true }
    let shape = right.object.shape
    return shape == left || !shape.flags.contains(.heapType) || shape.type == left.type
  }

  // MARK: Pushing

  /// Puts the frame of a function on the stacks that takes exactly these arguments.
  static func push(
    _ function: Value, _ a: Value, _ b: Value, _ c: Value, count: Int, _ result: SpecialResult, _ thread: ThreadPointer
  ) throws(PyError) -> PC {
    let code = FunctionObject(function).code
    let start = try code.executableStart()
    let callee = thread.pointee.frame.stackEnd
    let held = Owned(copying: function)
    try Evaluator.pushFrame(thread, function, code, callee, [.special, .ownsFunction], Value(smallInteger: result.rawValue))
    _ = held.take()
    callee[0] = Owned(copying: a).take()
    if count > 1 { callee[1] = Owned(copying: b).take() }
    if count > 2 { callee[2] = Owned(copying: c).take() }
    Evaluator.clearLocals(callee, from: count, code)
    return start
  }

  /// `left op right` by a method of the left operand's class; nil when that is not simply so.
  static func binary(_ word: UInt64, _ left: Value, _ right: Value, _ thread: ThreadPointer) throws(PyError) -> PC? {
    guard isOfHeapType(left) else { return nil }
    let isItem = word & 0xFF == 26
    guard isItem || leavesPrecedence(right, to: left.object.shape) else { return nil }
    let found = cached(left, SpecialKey.binary(word), thread) { binaryMethod($0, word) }
    if found.isAbsent { return nil }
    return try push(found, left, right, .absent, count: 2, isItem ? .item : .binary, thread)
  }

  static func compare(_ word: UInt64, _ left: Value, _ right: Value, _ result: SpecialResult, _ thread: ThreadPointer) throws(PyError) -> PC? {
    guard isOfHeapType(left), leavesPrecedence(right, to: left.object.shape) else { return nil }
    let found = cached(left, SpecialKey.compare(word), thread) {
      method($0, comparisonName(Slow.comparison(word)), MemoryLayout<TypeSlots>.offset(of: \.compare).unsafelyUnwrapped, parameters: 2)
    }
    if found.isAbsent { return nil }
    return try push(found, left, right, .absent, count: 2, result, thread)
  }

  static func storeItem(_ container: Value, _ key: Value, _ value: Value, _ thread: ThreadPointer) throws(PyError) -> PC? {
    guard isOfHeapType(container) else { return nil }
    let found = cached(container, SpecialKey.storeItem, thread) {
      method($0, Name.__setitem__, MemoryLayout<TypeSlots>.offset(of: \.storeSubscript).unsafelyUnwrapped, parameters: 3)
    }
    if found.isAbsent { return nil }
    return try push(found, container, key, value, count: 3, .store, thread)
  }

  static func contains(_ container: Value, _ item: Value, _ result: SpecialResult, _ thread: ThreadPointer) throws(PyError) -> PC? {
    guard isOfHeapType(container) else { return nil }
    let found = cached(container, SpecialKey.contains, thread) {
      method($0, Name.__contains__, MemoryLayout<TypeSlots>.offset(of: \.contains).unsafelyUnwrapped, parameters: 2)
    }
    if found.isAbsent { return nil }
    return try push(found, container, item, .absent, count: 2, result, thread)
  }

  static func iterate(_ object: Value, _ thread: ThreadPointer) throws(PyError) -> PC? {
    guard isOfHeapType(object) else { return nil }
    let found = cached(object, SpecialKey.iterate, thread) {
      method($0, Name.__iter__, MemoryLayout<TypeSlots>.offset(of: \.iterate).unsafelyUnwrapped, parameters: 1)
    }
    if found.isAbsent { return nil }
    return try push(found, object, .absent, .absent, count: 1, .iterator, thread)
  }

  /// The Python function `__call__` of an object's class, whatever its parameters; absent if there is none. Borrowed.
  static func callMethod(_ object: Value, _ thread: ThreadPointer) -> Value {
    guard isOfHeapType(object) else { return .absent }
    return cached(object, SpecialKey.call, thread) {
      let offset = MemoryLayout<TypeSlots>.offset(of: \TypeSlots.call).unsafelyUnwrapped
      guard $0.isHeapType, $0.slotWord(offset) == SlotTable.genericCode(offset) else { return .absent }
      let found = $0.lookUp(Name.__call__)
      return !found.isAbsent && found.isObject && found.object.shape == TypeObject.function.rootShape ? found : .absent
    }
  }

  // MARK: Finding

  private static func binaryMethod(_ type: TypeObject, _ word: UInt64) -> Value {
    let number = Int(word & 0xFF)
    if number == 26 { return method(type, Name.__getitem__, MemoryLayout<TypeSlots>.offset(of: \.subscript).unsafelyUnwrapped, parameters: 2) }
    guard let row = operation(number) else { return .absent }
    // What a native base would do after a NotImplemented is left to the general way.
    if type.slots.pointee.concatenate != nil || type.slots.pointee.repeat != nil { return .absent }
    if number >= 13 && type.slotWord(row.operation.inPlaceSlot) != 0 { return method(type, row.inPlaceName, row.operation.inPlaceSlot, parameters: 2) }
    return method(type, row.name, row.operation.slot, parameters: 2)
  }

  /// The operator of `BINARY_OP` with a number, in-place ones counted; nil for powers, whose slots are others, and what is no operator.
  private static func operation(_ number: Int) -> (name: Value, inPlaceName: Value, operation: BinaryOperator)? {
    switch number >= 13 ? number - 13 : number {
    case 0: (Name.__add__, Name.__iadd__, .add)
    case 1: (Name.__and__, Name.__iand__, .and)
    case 2: (Name.__floordiv__, Name.__ifloordiv__, .floorDivide)
    case 3: (Name.__lshift__, Name.__ilshift__, .leftShift)
    case 4: (Name.__matmul__, Name.__imatmul__, .matrixMultiply)
    case 5: (Name.__mul__, Name.__imul__, .multiply)
    case 6: (Name.__mod__, Name.__imod__, .remainder)
    case 7: (Name.__or__, Name.__ior__, .or)
    case 9: (Name.__rshift__, Name.__irshift__, .rightShift)
    case 10: (Name.__sub__, Name.__isub__, .subtract)
    case 11: (Name.__truediv__, Name.__itruediv__, .trueDivide)
    case 12: (Name.__xor__, Name.__ixor__, .xor)
    default: nil
    }
  }

  private static func comparisonName(_ comparison: Comparison) -> Value {
    switch comparison {
    case .less: Name.__lt__
    case .lessEqual: Name.__le__
    case .equal: Name.__eq__
    case .notEqual: Name.__ne__
    case .greater: Name.__gt__
    case .greaterEqual: Name.__ge__
    }
  }

  // MARK: Results

  /// The frame of a special method was left: does with its result what the instruction asks for, and says where to go on.
  @inline(never)
  static func complete(_ result: Value, _ kind: Value, _ thread: ThreadPointer) -> PC {
    let frame = thread.pointee.frame
    let pc = frame.pointee.pc
    let fp = frame.pointee.fp
    let result = Owned(taking: result)
    do throws(PyError) {
      switch SpecialResult(rawValue: kind.smallInteger) ?? .item {
      case .binary:
        if _slowPath(result.value.isNotImplemented) {
          let other = try afterLeft(pc[1], fp[operandB(pc)], fp[operandC(pc)])
          Slow.finish(pc, fp, thread, other, operandB(pc), operandC(pc))
        } else {
          Slow.finish(pc, fp, thread, result, operandB(pc), operandC(pc))
        }
        return pc + 2
      case .item:
        Slow.finish(pc, fp, thread, result, operandB(pc), operandC(pc))
        return pc + 2
      case .store:
        Slow.consume(fp, thread, operandA(pc))
        Slow.consume(fp, thread, operandB(pc))
        Slow.consume(fp, thread, operandC(pc))
        return pc + 2
      case .compare:
        var answer = try compared(result, pc, fp[operandB(pc)], fp[operandC(pc)])
        if pc[1] & 16 != 0 && !answer.value.isBool { answer = Owned.boolean(try answer.value.isTruthy()) }
        Slow.finish(pc, fp, thread, answer, operandB(pc), operandC(pc))
        return pc + 2
      case .compareAndJump:
        let answer = try compared(result, pc, fp[operandA(pc)], fp[operandB(pc)])
        let isTrue = try answer.value.isTruthy()
        Slow.consume(fp, thread, operandA(pc))
        Slow.consume(fp, thread, operandB(pc))
        return isTrue == (pc[1] & 8 != 0) ? pc + signedC(pc) : pc + 2
      case .compareShortAndJump:
        let answer = try compared(result, pc, fp[operandA(pc)], Value(smallInteger: signedB(pc)))
        let isTrue = try answer.value.isTruthy()
        Slow.consume(fp, thread, operandA(pc))
        return isTrue == (pc[1] & 8 != 0) ? pc + signedC(pc) : pc + 2
      case .contains:
        let found = try result.value.isTruthy()
        Slow.finish(pc, fp, thread, Owned.boolean(found != (pc[1] != 0)), operandB(pc), operandC(pc))
        return pc + 2
      case .containsAndJump:
        let found = try result.value.isTruthy()
        Slow.consume(fp, thread, operandA(pc))
        Slow.consume(fp, thread, operandB(pc))
        return found == (pc[1] & 1 != 0) ? pc + signedC(pc) : pc + 2
      case .iterator:
        if result.value.type.slots.pointee.next == nil { throw .typeError("iter() returned non-iterator of type '\(result.value.typeName)'") }
        Slow.finish(pc, fp, thread, result, operandB(pc))
        return pc + 1
      }
    } catch { return Evaluator.unwind(thread) }
  }

  /// The answer to a comparison of which the left operand's method has said its part.
  private static func compared(_ result: borrowing Owned, _ pc: PC, _ left: Value, _ right: Value) throws(PyError) -> Owned {
    if _fastPath(!result.value.isNotImplemented) { return result.copy() }
    Privacy.publishIfShared(left)
    Privacy.publishIfShared(right)
    let operation = Slow.comparison(pc[1])
    return try left.compareAfterLeft(right, operation)
  }

  /// The left operand's method answered NotImplemented: what is left to ask.
  @inline(never)
  private static func afterLeft(_ word: UInt64, _ left: Value, _ right: Value) throws(PyError) -> Owned {
    let number = Int(word & 0xFF)
    guard let row = operation(number) else { throw .systemError("unknown binary operation") }
    Privacy.publishIfShared(left)
    Privacy.publishIfShared(right)
    let result: Owned
    if number >= 13 && left.type.slotWord(row.operation.inPlaceSlot) != 0 {
      result = try left.binaryResult(right, slot: row.operation.slot)
    } else {
      result = try left.reflectedResult(right, slot: row.operation.slot)
    }
    if !result.value.isNotImplemented { return result }
    return try left.afterNotImplemented(right, row.operation, isInPlace: number >= 13)
  }
}
