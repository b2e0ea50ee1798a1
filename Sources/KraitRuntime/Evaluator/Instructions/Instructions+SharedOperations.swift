// Slow paths of the model without a lock that need nobody's leave: operators on what nobody changes and on the thread's own lists, displays, functions and instances that are new.
//
// As in Instructions+SharedCalls: what fails leaves everything as it was, and fails once more among those who are excluded.

import CKraitCore

extension SharedBodies {
  // MARK: Operators

  /// What an instruction does whose body declined for another reason than the kinds of its operands: a result that is no small int, say.
  ///
  /// Where an instruction for these operands is still to be chosen, others are excluded, as that writes the code.
  @inline(never)
  static func declined(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    thread.pointee.frame.pointee.pc = pc
    switch Instruction.family(at: pc) {
    case .BINARY_OP: return BINARY_OP(pc, fp, thread)
    case .BINARY_OP_I: return BINARY_OP_I(pc, fp, thread)
    case .BINARY_OP_K: return BINARY_OP_K(pc, fp, thread)
    case .COMPARE_OP: return COMPARE_OP(pc, fp, thread)
    case .COMPARE_JUMP: return COMPARE_JUMP(pc, fp, thread)
    case .COMPARE_JUMP_I: return COMPARE_JUMP_I(pc, fp, thread)
    case .UNARY_NEGATIVE: return unary(pc, fp, thread) { (value) throws(PyError) in try value.negative() }
    case .GET_ITER: return iterate(pc, fp, thread)
    case .UNARY_NOT: return unary(pc, fp, thread) { (value) throws(PyError) in Owned.boolean(!(try value.isTruthy())) }
    default: return nil
    }
  }

  /// Whether the instruction is the one for its operands.
  @inline(__always)
  private static func isChosen(_ pc: PC, _ choice: Instruction?) -> Bool {
    guard let choice else { return true }
    return krait_load16(pc) == choice.rawValue
  }

  static func BINARY_OP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let (left, right) = (operandB(pc), operandC(pc))
    let (a, b) = (fp[left], fp[right])
    let word = krait_load64(pc + 1)
    if word & 0xFF == 26, let next = raiseMissing(a, b, thread) { return next }
    guard a.isFrozen && b.isFrozen || joinsOwn(word, a, b), isChosen(pc, Slow.binaryChoice(word, a, b)) else { return nil }
    return calculate(pc, fp, thread, left, right) { () throws(PyError) in try Slow.binary(word, a, b) }
  }

  /// KeyError and IndexError of subscripts: where to go on, or nil if there is an item, or that cannot be told.
  private static func raiseMissing(_ container: Value, _ key: Value, _ thread: ThreadPointer) -> PC? {
    guard container.isPresentObject else { return nil }
    if container.isExactDict {
      let item = Ops<Free>.sharedDictItem(DictObject(container), key)
      if item === Ops<Free>.missing { return raise(.keyError, key, thread) }
      if !item.isAbsent { item.release() }
      return nil
    }
    guard key.isSmallInteger, container.isExactList || container.isExactTuple else { return nil }
    let length = container.isExactList ? min(ListObject(container).count, ListObject(container).capacity) : TupleObject(container).count
    let index = key.smallInteger
    // Where items move at the moment there is no capacity.
    guard length >= 0, index >= length || index < 0 &- length, let text = try? Owned.string(container.isExactList ? "list index out of range" : "tuple index out of range") else { return nil }
    return raise(.indexError, text.value, thread)
  }

  /// `+` and `*` of lists that are the thread's own, and what sets of atoms and dicts of names have together: the result is the thread's own, too.
  private static func joinsOwn(_ word: UInt64, _ a: Value, _ b: Value) -> Bool {
    guard Privacy.isPrivate(a) else { return false }
    let operation = word & 0xFF
    if a.isExactList {
      switch operation {
      case 0, 13: return Privacy.isPrivate(b) && b.isExactList || operation == 13 && b.isPresentObject && b.isExactTuple
      case 5, 18: return b.isSmallInteger
      default: return false
      }
    }
    guard Privacy.isPrivate(b), a.object.shape == b.object.shape else { return false }
    if a.isExactDict { return (operation == 7 || operation == 20) && DictObject(a).keys.hasStringKeys && DictObject(b).keys.hasStringKeys }
    return a.object.shape == TypeObject.set.rootShape && isSetOfAtoms(a) && isSetOfAtoms(b)
  }

  static func BINARY_OP_I(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let left = operandB(pc)
    let a = fp[left]
    let word = krait_load64(pc + 1)
    let b = Value(smallInteger: signedC(pc))
    guard a.isFrozen || joinsOwn(word, a, b), isChosen(pc, Slow.binaryShortChoice(word, a)) else { return nil }
    return calculate(pc, fp, thread, left, left) { () throws(PyError) in try Slow.binary(word, a, b) }
  }

  static func BINARY_OP_K(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let left = operandB(pc)
    let a = fp[left]
    let word = krait_load64(pc + 1)
    guard a.isFrozen, isChosen(pc, Slow.binaryConstantChoice(word, a)) else { return nil }
    let next = calculate(pc, fp, thread, left, left) { () throws(PyError) in try Slow.binary(word, a, Value(bits: krait_load64(pc + 2))) }
    return next.map { $0 + 1 }
  }

  static func COMPARE_OP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let (left, right) = (operandB(pc), operandC(pc))
    let (a, b) = (fp[left], fp[right])
    let word = krait_load64(pc + 1)
    guard a.isFrozen, b.isFrozen, isChosen(pc, Slow.comparisonChoice(word, a, b)) else { return nil }
    return calculate(pc, fp, thread, left, right) { () throws(PyError) in try a.compare(b, Slow.comparison(word)) }
  }

  static func COMPARE_JUMP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let (left, right) = (operandA(pc), operandB(pc))
    let (a, b) = (fp[left], fp[right])
    let word = krait_load64(pc + 1)
    guard a.isFrozen, b.isFrozen, isChosen(pc, Slow.jumpChoice(word, a, b)) else { return nil }
    return attempt(thread) { () throws(PyError) in
      let answer = try a.compare(b, Slow.comparison(word))
      let isTaken = try answer.value.isTruthy() == (word & 8 != 0)
      Slow.consume(fp, thread, left)
      if right != left { Slow.consume(fp, thread, right) }
      return isTaken ? pc + signedC(pc) : pc + 2
    }
  }

  static func COMPARE_JUMP_I(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let left = operandA(pc)
    let a = fp[left]
    let word = krait_load64(pc + 1)
    guard a.isFrozen, isChosen(pc, Slow.jumpShortChoice(word, a)) else { return nil }
    return attempt(thread) { () throws(PyError) in
      let answer = try a.compare(Value(smallInteger: signedB(pc)), Slow.comparison(word))
      let isTaken = try answer.value.isTruthy() == (word & 8 != 0)
      Slow.consume(fp, thread, left)
      return isTaken ? pc + signedC(pc) : pc + 2
    }
  }

  static func UNARY_INVERT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    unary(pc, fp, thread) { (value) throws(PyError) in try value.invert() }
  }

  @inline(__always)
  private static func unary(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ operation: (Value) throws(PyError) -> Owned) -> PC? {
    let slot = operandB(pc)
    let value = fp[slot]
    guard value.isFrozen else { return nil }
    let next = calculate(pc, fp, thread, slot, slot) { () throws(PyError) in try operation(value) }
    return next.map { $0 - 1 }
  }

  /// Puts a result in place of the operands of an instruction of two words.
  @inline(__always)
  private static func calculate(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ left: Int, _ right: Int, _ operation: () throws(PyError) -> Owned) -> PC? {
    attempt(thread) { () throws(PyError) in
      let result = try operation()
      Privacy.adopt(result.value)
      Slow.finish(pc, fp, thread, result, left, right)
      return pc + 2
    }
  }

  // MARK: Loops

  /// An iterator over a builtin object, or the frame of a Python `__iter__` that a slow path has found before.
  private static func iterate(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let object = fp[operandB(pc)]
    guard object.isPresentObject else { return nil }
    if iteratesBesideOthers(object) {
      return attempt(thread) { () throws(PyError) in
        Slow.finish(pc, fp, thread, try object.iterate(), operandB(pc))
        return pc + 1
      }
    }
    guard let entry = AttributeCache.find(thread, object.object.shape.version, SpecialKey.iterate) else { return nil }
    let function = Value(bits: entry.pointee.value)
    guard !function.isAbsent, FunctionObject(function).code.contents.pointee.executable != nil else { return nil }
    return attempt(thread) { () throws(PyError) in try SpecialCalls.push(function, object, .absent, .absent, count: 1, .iterator, thread) }
  }

  /// What nobody changes, dicts that are the thread's own, sets and views, of which an iterator reads one word at first, and iterators, which are their own.
  private static func iteratesBesideOthers(_ object: Value) -> Bool {
    if object.isAtom { return true }
    let shape = object.object.shape
    if shape == TypeObject.dict.rootShape { return Privacy.isPrivate(object) }
    return shape == TypeObject.set.rootShape || shape == TypeObject.frozenset.rootShape || shape == TypeObject.dictKeys.rootShape || shape == TypeObject.dictValues.rootShape || shape == TypeObject.dictItems.rootShape
      || shape == TypeObject.enumerate.rootShape || shape == TypeObject.zip.rootShape || shape == TypeObject.map.rootShape || shape == TypeObject.filter.rootShape
      || shape == TypeObject.listReverseIterator.rootShape || shape == TypeObject.listIterator.rootShape || shape == TypeObject.tupleIterator.rootShape
      || shape == TypeObject.rangeIterator.rootShape || shape == TypeObject.dictKeyIterator.rootShape || shape == TypeObject.dictValueIterator.rootShape
      || shape == TypeObject.dictItemIterator.rootShape || shape == TypeObject.setIterator.rootShape
  }

  /// `first, *others = items`
  static func UNPACK_EX(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let items = fp[operandA(pc)]
    guard items.isPresentObject, items.isExactTuple || items.isExactList && Privacy.isPrivate(items) else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.UNPACK_EX(pc, fp, thread)
      Privacy.adopt(fp[operandA(pc) &+ operandC(pc)])
      return pc + 1
    }
  }

  // MARK: Texts

  /// `n` asks the C library for the locale's signs, which it keeps in one place for all.
  static func FORMAT_WITH_SPEC(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let (value, specification) = (fp[operandA(pc)], fp[operandA(pc) &+ 1])
    guard value.isAtom, !specification.isAbsent, specification.isExactString else { return nil }
    let text = StringObject(specification)
    guard text.length > 0, text.codePoint(at: text.length - 1) != UInt32(UInt8(ascii: "n")) else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.FORMAT_WITH_SPEC(pc, fp, thread)
      return pc + 1
    }
  }

  static func CONVERT_VALUE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    guard fp[operandA(pc)].isFrozen else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.CONVERT_VALUE(pc, fp, thread)
      return pc + 1
    }
  }

  // MARK: Displays

  /// `[1, 2, 3]`, `[*items]`: a tuple, or a list that is the thread's own, behind one that is.
  static func LIST_EXTEND(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let items = fp[operandB(pc)]
    guard Privacy.isPrivate(fp[operandA(pc)]), items.isPresentObject, items.isExactTuple || items.isExactList && Privacy.isPrivate(items) else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.LIST_EXTEND(pc, fp, thread)
      return pc + 1
    }
  }

  /// `{1, 2, 3}`: a frozenset or tuple of atoms.
  static func SET_UPDATE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let items = fp[operandB(pc)]
    guard Privacy.isPrivate(fp[operandA(pc)]), items.isPresentObject,
      Ops<Free>.isTupleOfAtoms(items) || items.object.shape == TypeObject.frozenset.rootShape && isSetOfAtoms(items)
    else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.SET_UPDATE(pc, fp, thread)
      return pc + 1
    }
  }

  private static func isSetOfAtoms(_ value: Value) -> Bool {
    var (position, key) = (0, Value.absent)
    while SetObject(value).next(&position, &key) {
      if !key.isAtom { return false }
    }
    return true
  }

  /// `{**options}`: names from one of the thread's dicts into another.
  static func DICT_UPDATE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let (dict, update) = (fp[operandA(pc)], fp[operandB(pc)])
    guard Privacy.isPrivate(dict), Privacy.isPrivate(update), update.isExactDict, DictObject(dict).keys.hasStringKeys, DictObject(update).keys.hasStringKeys else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.DICT_UPDATE(pc, fp, thread)
      return pc + 1
    }
  }

  static func DELETE_SUBSCR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let container = fp[operandA(pc)]
    guard Privacy.isPrivate(container), container.isExactDict || container.isExactList, fp[operandB(pc)].isFrozen else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.DELETE_SUBSCR(pc, fp, thread)
      return pc + 1
    }
  }

  // MARK: Functions

  /// Builtin classes and functions.
  static func LOAD_COMMON_CONSTANT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    attempt(thread) { () throws(PyError) in
      try Slow.LOAD_COMMON_CONSTANT(pc, fp, thread)
      return pc + 1
    }
  }

  /// A cell holds what is published.
  static func MAKE_CELL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    Privacy.publish(fp[operandA(pc)])
    return attempt(thread) { () throws(PyError) in
      try Slow.MAKE_CELL(pc, fp, thread)
      return pc + 1
    }
  }

  /// Of code that was loaded, in a module whose dict says plainly what its name and its builtins are.
  static func MAKE_FUNCTION(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let slot = operandA(pc)
    let globals = thread.pointee.frame.pointee.globals
    guard fp[slot].type == .code, !CodeObject(fp[slot]).isPending, globals.isExactDict else { return nil }
    guard let builtins = global(globals, Name.__builtins__), let module = global(globals, Name.__name__) else { return nil }
    let dict = builtins.value.isAbsent ? currentBuiltins : builtins.value.isInstance(of: .module) ? ModuleObject(builtins.value).dict : builtins.value
    return attempt(thread) { () throws(PyError) in
      Slow.set(fp, slot, try FunctionObject.make(code: fp[slot], globals: globals, builtins: dict, module: module.value))
      return pc + 1
    }
  }

  /// A variable of a module, absent if there is none; nil when that cannot be told.
  private static func global(_ globals: Value, _ name: Value) -> Owned? {
    let value = Ops<Free>.sharedDictItem(DictObject(globals), name)
    if value === Ops<Free>.missing { return Owned(taking: .absent) }
    return value.isAbsent ? nil : Owned(taking: value)
  }

  /// Defaults and cells of a function that nobody else has: tuples, which hold what is published.
  static func SET_FUNCTION_ATTRIBUTE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    guard operandB(pc) == 1 || operandB(pc) == 8, Ops<Free>.isUnique(fp[operandA(pc) &+ 1]) else { return nil }
    return attempt(thread) { () throws(PyError) in
      try Slow.SET_FUNCTION_ATTRIBUTE(pc, fp, thread)
      return pc + 1
    }
  }

  // MARK: Instances

  /// `C()` of an ordinary class without an `__init__`: nobody has the instance yet.
  static func CALL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) -> PC? {
    let base = operandA(pc)
    let callable = fp[base]
    guard operandB(pc) == 0, callable.isPresentObject, callable.object.shape == TypeObject.type.rootShape, operandC(pc) != 0 || fp[base &+ 1].isAbsent else { return nil }
    let type = TypeObject(raw: callable.object)
    guard type.rootShape.flags.areOrdinary, type.hasOrdinaryNew, type.slots.pointee.initialize?.code == objectInitializeCode, !type.flags.contains(.isAbstract) else { return nil }
    return attempt(thread) { () throws(PyError) in
      let instance = try type.allocate()
      Privacy.mark(instance)
      Slow.set(fp, base, Owned(taking: instance))
      return pc + Evaluator.callLength
    }
  }
}
