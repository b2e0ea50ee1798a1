// Instruction bodies of the model without a lock for what only the calling thread can reach (``Privacy``), and for what may be read while others change it: the parts of `shared`
// instructions (Scripts/instructions) that exclude nobody.
//
// Each returns false, with nothing changed, where others have to be excluded. Words of inline caches are read once and checked afterwards, as in Instructions+Sharing; the thread's own table of
// attributes needs no such care, and what it borrows from classes lives until all threads have left their paths.

import CKraitCore

extension SharedBodies {
  // MARK: Attributes

  @inline(__always)
  private static func isPrivate(_ fp: FP, _ slot: Int) -> Bool { Privacy.isPrivate(fp[slot]) }

  static func STORE_ATTR_INSIDE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    let cache = Ops<Free>.sharedCache(pc, owner)
    if _slowPath(cache == 0 || !Ops<Free>.isStill(pc, .STORE_ATTR_INSIDE, cache)) { return false }
    let place = (owner.object + Int(cache &>> 32)).assumingMemoryBound(to: Value.self)
    if Privacy.isPrivate(owner) { return replace(place, &pc, fp, thread) }
    guard exchange(place, fp[operandB(pc)]) else { return false }
    thread.pointee.frame.pointee.pc = pc
    Ops<Free>.consume(fp, thread, slot)
    pc += 4
    return true
  }

  /// Puts a value in a place of an object that others may change, if neither it nor the old one is an object: nothing is counted then, and one exchange will do. The place is the attribute's:
  /// who gives it to another one stops others before (``deleteInstanceAttribute(_:)``), and who moves the values elsewhere leaves none.
  @inline(__always)
  private static func exchange(_ place: UnsafeMutablePointer<Value>, _ value: Value) -> Bool {
    let old = Value(bits: krait_load64(place))
    return !value.isObject && !old.isObject && krait_cas64(place, old.bits, value.bits)
  }

  static func STORE_ATTR_OVERFLOW(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if !Privacy.isPrivate(owner) { return false }
    let cache = Ops<Free>.sharedCache(pc, owner)
    if _slowPath(cache == 0 || !Ops<Free>.isStill(pc, .STORE_ATTR_OVERFLOW, cache)) { return false }
    let overflow = OverflowAttributes(raw: owner.object.attributeWord.load(as: UnsafeMutableRawPointer.self))
    return replace(overflow.values + Int(cache &>> 32), &pc, fp, thread)
  }

  @inline(__always)
  private static func replace(_ place: UnsafeMutablePointer<Value>, _ pc: inout PC, _ fp: FP, _ thread: ThreadPointer) -> Bool {
    let value = Ops<Free>.takeStored(fp, thread, operandB(pc))
    let old = place.pointee
    place.pointee = value
    thread.pointee.frame.pointee.pc = pc
    Ops<Free>.release(old)
    Ops<Free>.consume(fp, thread, operandA(pc))
    pc += 4
    return true
  }

  static func STORE_ATTR_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if !Privacy.isPrivate(owner) { return false }
    let cache = Ops<Free>.sharedCache(pc, owner)
    if _slowPath(cache == 0) { return false }
    let shape = Value(bits: krait_load64_acquire(pc + 3))
    if _slowPath(!Ops<Free>.isStill(pc, .STORE_ATTR_ADD, cache)) { return false }
    let value = Ops<Free>.takeStored(fp, thread, operandB(pc))
    owner.object.storeBytes(of: value, toByteOffset: Int(cache &>> 32), as: Value.self)
    owner.object.shape = Shape(raw: shape.object)
    Ops<Free>.consume(fp, thread, slot)
    pc += 4
    return true
  }

  /// Wherever the place is: others would be excluded before the body for the rarer places had its turn.
  static func STORE_ATTR_CACHED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if Privacy.isPrivate(owner) { return Ops<Free>.STORE_ATTR_CACHED(&pc, &fp, thread) || Ops<Free>.STORE_ATTR_ELSEWHERE(&pc, &fp, thread) }
    if Ops<Free>.isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, AttributeCache.storeKey(pc[1])), entry.pointee.kind == .inside else { return false }
    guard exchange((owner.object + Int(entry.pointee.offset)).assumingMemoryBound(to: Value.self), fp[operandB(pc)]) else { return false }
    thread.pointee.frame.pointee.pc = pc
    Ops<Free>.consume(fp, thread, slot)
    pc += 4
    return true
  }

  static func STORE_ATTR_ELSEWHERE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isPrivate(fp, operandA(pc)) && Ops<Free>.STORE_ATTR_ELSEWHERE(&pc, &fp, thread)
  }

  static func LOAD_ATTR_OVERFLOW(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if !Privacy.isPrivate(owner) { return false }
    let cache = Ops<Free>.sharedCache(pc, owner)
    if _slowPath(cache == 0 || !Ops<Free>.isStill(pc, .LOAD_ATTR_OVERFLOW, cache)) { return false }
    let overflow = OverflowAttributes(raw: owner.object.attributeWord.load(as: UnsafeMutableRawPointer.self))
    return loaded(overflow.values[Int(cache &>> 32)], &pc, fp)
  }

  @inline(__always)
  private static func loaded(_ value: Value, _ pc: inout PC, _ fp: FP) -> Bool {
    Ops<Free>.retain(value)
    Ops<Free>.set(fp, operandA(pc), value)
    pc += 4
    return true
  }

  /// Inside any object, where others may replace the value meanwhile, or elsewhere.
  static func LOAD_ATTR_CACHED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if Ops<Free>.isNoObject(owner) { return false }
    let version = owner.object.shape.version
    guard let entry = AttributeCache.find(thread, version, pc[1]) else { return false }
    if entry.pointee.kind != .inside && entry.pointee.kind != .member { return LOAD_ATTR_ELSEWHERE(&pc, &fp, thread) }
    let place = owner.object + Int(entry.pointee.offset)
    let value = Value(bits: krait_load64_acquire(place))
    if _slowPath(!Ops<Free>.tryRetain(value, at: place)) { return false }
    if _slowPath(owner.object.shape.version != version) {
      Ops<Free>.release(value)
      return false
    }
    Ops<Free>.set(fp, operandA(pc), value)
    pc += 4
    return true
  }

  static func LOAD_ATTR_ELSEWHERE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if Ops<Free>.isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, pc[1]) else { return false }
    switch entry.pointee.kind {
    case .inside where !Privacy.isPrivate(owner), .member: return LOAD_ATTR_CACHED(&pc, &fp, thread)
    case .value, .property: return Ops<Free>.LOAD_ATTR_ELSEWHERE(&pc, &fp, thread)
    case .method, .descriptor:
      let bound = Ops<Free>.boundBesideOthers(Value(bits: entry.pointee.value), owner)
      if bound.isAbsent { return false }
      thread.pointee.frame.pointee.pc = pc
      Ops<Free>.set(fp, operandA(pc), bound)
      pc += 4
      return true
    case .getter: return pc[1] == Name.__class__.bits && loaded(owner.type.value, &pc, fp)
    default: return Privacy.isPrivate(owner) && Ops<Free>.LOAD_ATTR_ELSEWHERE(&pc, &fp, thread)
    }
  }

  /// Reads nothing of the object's but its shape, if it is a method of its class.
  static func LOAD_METHOD_CACHED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    Ops<Free>.LOAD_METHOD_CACHED(&pc, &fp, thread) || LOAD_METHOD_ELSEWHERE(&pc, &fp, thread)
  }

  static func LOAD_METHOD_ELSEWHERE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if Ops<Free>.isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, pc[1]) else { return false }
    switch entry.pointee.kind {
    case .method: return Ops<Free>.LOAD_METHOD_ELSEWHERE(&pc, &fp, thread)
    case .descriptor:
      let bound = Ops<Free>.boundBesideOthers(Value(bits: entry.pointee.value), owner)
      if bound.isAbsent { return false }
      thread.pointee.frame.pointee.pc = pc
      let destination = operandA(pc)
      Ops<Free>.set(fp, destination, bound)
      fp[destination &+ 1] = .absent
      pc += 4
      return true
    case .getter: return false
    default: return Privacy.isPrivate(owner) && Ops<Free>.LOAD_METHOD_ELSEWHERE(&pc, &fp, thread)
    }
  }

  static func LOAD_SPECIAL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandA(pc)]
    if Ops<Free>.isNoObject(owner) { return false }
    return Ops<Free>.LOAD_SPECIAL(&pc, &fp, thread)
  }

  static func LOAD_SUPER_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.LOAD_SUPER_METHOD(&pc, &fp, thread) }

  /// The value in word 3 for a class and its own class with the versions in word 2; absent when it cannot be told.
  @inline(__always)
  private static func classValue(_ pc: PC, _ owner: Value, _ instruction: Instruction) -> Value {
    if Ops<Free>.isNoObject(owner) || !owner.object.shape.flags.contains(.type) { return .absent }
    let cache = krait_load64_acquire(pc + 2)
    if UInt64(TypeObject(raw: owner.object).contents.pointee.version) | UInt64(owner.object.shape.version) &<< 32 != cache { return .absent }
    let value = Value(bits: krait_load64_acquire(pc + 3))
    return Ops<Free>.isStill(pc, instruction, cache) ? value : .absent
  }

  static func LOAD_ATTR_CLASS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = classValue(pc, fp[operandB(pc)], .LOAD_ATTR_CLASS)
    return !value.isAbsent && loaded(value, &pc, fp)
  }

  static func LOAD_METHOD_CLASS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = classValue(pc, fp[operandB(pc)], .LOAD_METHOD_CLASS)
    if value.isAbsent { return false }
    Ops<Free>.retain(value)
    let destination = operandA(pc)
    Ops<Free>.set(fp, destination, value)
    fp[destination &+ 1] = .absent
    pc += 4
    return true
  }

  static func LOAD_METHOD_CLASSMETHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let owner = fp[source]
    let function = classValue(pc, owner, .LOAD_METHOD_CLASSMETHOD)
    if function.isAbsent { return false }
    Ops<Free>.retain(function)
    let destination = operandA(pc)
    if source != destination { Ops<Free>.retain(owner) }
    fp[destination] = function
    fp[destination &+ 1] = owner
    pc += 4
    return true
  }

  // MARK: Cells

  /// From one value that is no object to another.
  static func STORE_DEREF(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let cell = fp[operandA(pc)]
    let value = fp[operandB(pc)]
    if Ops<Free>.isNoObject(cell) || cell.object.shape != TypeObject.cell.rootShape { return false }
    guard exchange(CellObject(cell).contentsPlace.assumingMemoryBound(to: Value.self), value) else { return false }
    pc += 1
    return true
  }

  // MARK: Containers

  static func STORE_SUBSCR_LIST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandB(pc)
    if isPrivate(fp, slot) { return Ops<Free>.STORE_SUBSCR_LIST(&pc, &fp, thread) }
    let container = fp[slot]
    let index = fp[operandC(pc)]
    guard index.isSmallInteger, container.isObject, !container.isAbsent, container.isExactList, ListObject(container).replaceShared(index.smallInteger, fp[operandA(pc)])
    else { return false }
    thread.pointee.frame.pointee.pc = pc
    Ops<Free>.consume(fp, thread, slot)
    pc += 2
    return true
  }

  static func STORE_SUBSCR_DICT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isPrivate(fp, operandB(pc)) && fp[operandC(pc)].isFrozen && Ops<Free>.STORE_SUBSCR_DICT(&pc, &fp, thread)
  }

  static func SET_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isPrivate(fp, operandA(pc)) && fp[operandB(pc)].isFrozen && Ops<Free>.SET_ADD(&pc, &fp, thread)
  }

  static func MAP_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isPrivate(fp, operandA(pc)) && fp[operandB(pc)].isFrozen && Ops<Free>.MAP_ADD(&pc, &fp, thread)
  }

  static func UNPACK_SEQUENCE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = fp[operandA(pc)]
    return (source.isExactTuple || Privacy.isPrivate(source)) && Ops<Free>.UNPACK_SEQUENCE(&pc, &fp, thread)
  }

  static func SUBSCRIPT_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = fp[operandB(pc)]
    if source.isAtom || source.isExactTuple { return Ops<Free>.SUBSCRIPT_SLICE(&pc, &fp, thread) }
    let destination = operandA(pc)
    if Privacy.isPrivate(source) {
      guard Ops<Free>.SUBSCRIPT_SLICE(&pc, &fp, thread) else { return false }
    } else {
      let slice = fp[operandC(pc)]
      guard source.isPresentObject, source.isExactList, !slice.isAbsent, slice.isSlice, SliceObject(slice).step.isNone,
        let bounds = SliceBounds(quick: SliceObject(slice).start, SliceObject(slice).stop)
      else { return false }
      let part = Ops<Free>.sharedSlice(ListObject(source), bounds)
      if part.isAbsent { return false }
      thread.pointee.frame.pointee.pc = pc
      Slow.finish(pc, fp, thread, Owned(taking: part), operandB(pc), operandC(pc))
      pc += 2
    }
    Privacy.adopt(fp[destination])
    return true
  }

  static func STORE_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    return Privacy.isPrivate(fp[base &+ 1]) && (Privacy.isPrivate(fp[base]) || fp[base].isExactTuple) && Ops<Free>.STORE_SLICE(&pc, &fp, thread)
  }

  /// Sizes of exact builtin objects are one word, whoever changes them.
  static func TO_BOOL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.TO_BOOL(&pc, &fp, thread) }

  static func COMPARE_OP_PLAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    fp[operandB(pc)].isAtom && fp[operandC(pc)].isAtom && Ops<Free>.COMPARE_OP_PLAIN(&pc, &fp, thread)
  }

  static func JUMP_EQUAL_PLAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    fp[operandA(pc)].isAtom && fp[operandB(pc)].isAtom && Ops<Free>.JUMP_EQUAL_PLAIN(&pc, &fp, thread)
  }

  // MARK: Special methods: frames of Python functions

  static func BINARY_OP_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.BINARY_OP_METHOD(&pc, &fp, thread) }
  static func COMPARE_OP_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.COMPARE_OP_METHOD(&pc, &fp, thread) }
  static func COMPARE_JUMP_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.COMPARE_JUMP_METHOD(&pc, &fp, thread) }

  /// Whether the end of a frame leaves nothing to native code but a value.
  @inline(__always)
  private static func endsQuietly(_ thread: ThreadPointer, _ value: Value) -> Bool {
    let frame = thread.pointee.frame
    let flags = frame.pointee.flags
    if flags.contains(.special) {
      switch SpecialResult(rawValue: frame.pointee.extra.smallInteger) ?? .iterator {
      case .binary, .item: return !value.isNotImplemented
      case .store: return true
      case .compare, .compareAndJump, .compareShortAndJump, .contains, .containsAndJump: return value.isBool
      case .iterator: return false
      }
    }
    if flags.contains(.entry) { Privacy.publish(value) }
    return true
  }

  static func RETURN_OWNED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let value = fp[slot]
    guard !value.isAbsent, endsQuietly(thread, value) else { return false }
    guard hasOwnObject(thread) else { return Ops<Free>.RETURN_OWNED(&pc, &fp, thread) }
    fp[slot] = .none
    leaveWithObject(&pc, &fp, thread, value)
    return true
  }

  static func RETURN_CONST_OWNED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = Value(bits: pc[1])
    guard endsQuietly(thread, value) else { return false }
    guard hasOwnObject(thread) else { return Ops<Free>.RETURN_CONST_OWNED(&pc, &fp, thread) }
    Ops<Free>.retain(value)
    leaveWithObject(&pc, &fp, thread, value)
    return true
  }

  /// Whether a frame that is left has a frame object which nobody else knows: an exception went through it.
  private static func hasOwnObject(_ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    let flags = frame.pointee.flags
    return flags.contains(.hasObject) && flags.subtracting([.hasObject, .entry, .ownsFunction]).isEmpty && Privacy.isPrivate(frame.pointee.object)
  }

  @inline(never)
  private static func leaveWithObject(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ value: Value) {
    let flags = thread.pointee.frame.pointee.flags
    thread.pointee.frame.pointee.pc = pc
    Evaluator.leaveReturning(thread)
    pc = Evaluator.deliver(value, flags, thread)
    fp = thread.pointee.frame.pointee.fp
  }

  // MARK: Generators

  /// A generator that only this thread has yields.
  static func YIELD_VALUE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    guard ownsGenerator(thread) else {
      // Whoever has the generator, only its frame is touched where native code on this thread collects what it yields.
      return thread.pointee.frame.pointee.flags == [.generator, .entry, .collecting] && Ops<Free>.yieldIntoSink(&pc, fp, thread)
    }
    if thread.pointee.frame.pointee.flags != .generator { Privacy.publish(fp[operandB(pc)]) }
    return Ops<Free>.YIELD_VALUE(&pc, &fp, thread)
  }

  static func RETURN_FROM_GENERATOR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    guard ownsGenerator(thread) else { return false }
    if thread.pointee.frame.pointee.flags != .generator { Privacy.publish(fp[operandA(pc)]) }
    return Ops<Free>.RETURN_FROM_GENERATOR(&pc, &fp, thread)
  }

  static func RETURN_CONST_FROM_GENERATOR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    ownsGenerator(thread) && Ops<Free>.RETURN_CONST_FROM_GENERATOR(&pc, &fp, thread)
  }

  @inline(__always)
  private static func ownsGenerator(_ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    return frame.pointee.flags.contains(.generator) && Privacy.isPrivate(frame.pointee.extra)
  }

  // MARK: Calls

  static func CALL_DEFAULTS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.CALL_DEFAULTS(&pc, &fp, thread) }
  static func CALL_OBJECT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { Ops<Free>.CALL_OBJECT(&pc, &fp, thread) }

  static func CALL_ANY(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let callable = fp[operandA(pc)]
    if Ops<Free>.isNoObject(callable) { return false }
    let shape = callable.object.shape
    if shape == TypeObject.function.rootShape {
      let done = Ops<Free>.CALL_ANY(&pc, &fp, thread)
      // Arguments that do not fit have raised.
      Sharing.leave(thread)
      return done
    }
    return shape == TypeObject.builtinFunction.rootShape && CALL_NATIVE(&pc, &fp, thread)
  }

  /// An instance of an ordinary class: nobody has it yet.
  static func CALL_CLASS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let callable = fp[operandA(pc)]
    if Ops<Free>.isNoObject(callable) || !callable.object.shape.flags.contains(.type) { return false }
    let type = TypeObject(raw: callable.object)
    let version = krait_load64_acquire(pc + 1)
    guard type.rootShape.flags.areOrdinary || mayKeep(type, fp + (operandA(pc) &+ 2), operandB(pc)), UInt64(type.contents.pointee.version) == version else { return false }
    let initializer = Value(bits: krait_load64_acquire(pc + 2))
    guard krait_load64_acquire(pc + 1) == version, krait_load16(pc) == Instruction.CALL_CLASS.rawValue else { return false }
    if Ops<Free>.instantiate(&pc, &fp, thread, callable, initializer) { return true }
    let done = Ops<Free>.instantiateWithDefaults(&pc, &fp, thread, initializer)
    Sharing.leave(thread)
    return done
  }

  /// Whether a class is one of exceptions, which keep the arguments they are made with, and these are nobody's.
  private static func mayKeep(_ type: TypeObject, _ arguments: FP, _ count: Int) -> Bool {
    type.rootShape.flags.contains(.exception) && !type.rootShape.flags.contains(.hasFinalizer) && type.nativeBase.isPlainException && (0..<count).allSatisfy { arguments[$0].isAtom }
  }

  /// Calls of functions that were looked at (``BorrowingFunctions``): beside others, if what they are given allows it, else excluding them, but with nothing published.
  @inline(__always)
  private static func call(
    _ function: UnsafePointer<NativeFunction>, _ receiver: Value, _ arguments: FP, _ count: Int, _ thread: ThreadPointer, _ body: () -> Bool
  ) -> Bool {
    let sharing = function.pointee.sharing
    if sharing == .none { return false }
    if sharing == .lists && count == 1 { copyShared(&arguments[0]) }
    if !sharing.allows(receiver, arguments, count) {
      if sharing.keeps(count) { return false }
      Sharing.take(thread)
    }
    thread.pointee.raisesBesideOthers = sharing == .atoms
    let done = body()
    thread.pointee.raisesBesideOthers = false
    Sharing.leave(thread)
    return done
  }

  /// A list, a set, a dict or a view of its keys or values, of atoms, that others may change gives way to a tuple of them, which is as good as the only argument of these functions: they do nothing but run over it.
  private static func copyShared(_ argument: inout Value) {
    guard argument.isPresentObject, !Privacy.isPrivate(argument) else { return }
    let shape = argument.object.shape
    let isValues = shape == TypeObject.dictValues.rootShape
    let copy: Value
    if argument.isExactList {
      copy = Ops<Free>.sharedAtoms(ListObject(argument))
    } else if shape == TypeObject.set.rootShape {
      copy = Ops<Free>.sharedAtoms(SetObject(argument))
    } else if argument.isExactDict {
      copy = Ops<Free>.sharedAtoms(DictObject(argument), values: false)
    } else if isValues || shape == TypeObject.dictKeys.rootShape, DictViewObject(argument).dict.value.isExactDict {
      copy = Ops<Free>.sharedAtoms(DictViewObject(argument).dict, values: isValues)
    } else {
      return
    }
    if copy.isAbsent { return }
    argument.release()
    argument = copy
  }

  static func CALL_METHOD_KNOWN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    let receiver = fp[base &+ 1]
    guard callable.bits == krait_load64_acquire(pc + 1), receiver.isObject, !receiver.isAbsent else { return false }
    let method = DescriptorObject(callable)
    guard receiver.object.shape == method.type.rootShape else { return false }
    if method.function.pointee.sharing == .looksUp && !Privacy.isPrivate(receiver) {
      let found = getShared(DictObject(receiver), fp + (base &+ 2), operandB(pc))
      if found.isAbsent { return false }
      fp[base &+ 1] = .none
      receiver.object.release()
      return Ops<Free>.finishCall(&pc, &fp, thread, base &+ 2, operandB(pc), found)
    }
    var (next, slots) = (pc, fp)
    guard call(method.function, receiver, fp + (base &+ 2), operandB(pc), thread, { Ops<Free>.CALL_METHOD_KNOWN(&next, &slots, thread) }) else { return false }
    (pc, fp) = (next, slots)
    return true
  }

  /// `dict.get` of one that others may change: a new reference, absent when it cannot be told.
  private static func getShared(_ dict: DictObject, _ arguments: FP, _ count: Int) -> Value {
    let found = Ops<Free>.sharedDictItem(dict, arguments[0])
    if found !== Ops<Free>.missing { return found }
    if count > 2 { return .absent }
    let value = count == 2 ? arguments[1] : .none
    Ops<Free>.retain(value)
    return value
  }

  /// `get = table.get` and `append = items.append`, called: what a bound method has others may have as well.
  private static func callBound(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ sharing: FunctionSharing, _ receiver: Value) -> Bool {
    let base = operandA(pc)
    let count = operandB(pc)
    var result = Value.none
    if sharing == .looksUp {
      guard count > 0, receiver.isExactDict else { return false }
      result = getShared(DictObject(receiver), fp + (base &+ 2), count)
      if result.isAbsent { return false }
    } else {
      guard count == 1, receiver.isExactList else { return false }
      Privacy.publish(fp[base &+ 2])
      if _slowPath(!ListObject(receiver).appendShared(fp[base &+ 2])) { return false }
      fp[base &+ 2] = .none
    }
    thread.pointee.frame.pointee.pc = pc
    return Ops<Free>.finishCall(&pc, &fp, thread, base &+ 2, count, result)
  }

  static func CALL_SET_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { CALL_METHOD_KNOWN(&pc, &fp, thread) }

  static func CALL_DICT_GET(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { CALL_METHOD_KNOWN(&pc, &fp, thread) }

  static func CALL_LIST_POP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { CALL_METHOD_NATIVE(&pc, &fp, thread) }

  static func CALL_METHOD_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    let receiver = fp[base &+ 1]
    if Ops<Free>.isNoObject(callable) || receiver.isAbsent || callable.object.shape != TypeObject.methodDescriptor.rootShape { return false }
    let method = DescriptorObject(callable)
    guard receiver.type == method.type || method.function.pointee.sharing == .reads && receiver.type.isSubtype(of: method.type) else { return false }
    var (next, slots) = (pc, fp)
    guard call(method.function, receiver, fp + (base &+ 2), operandB(pc), thread, { Ops<Free>.CALL_METHOD_NATIVE(&next, &slots, thread) }) else { return false }
    (pc, fp) = (next, slots)
    return true
  }

  static func CALL_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if Ops<Free>.isNoObject(callable) || callable.object.shape != TypeObject.builtinFunction.rootShape { return false }
    let function = NativeFunctionObject(callable).function
    let sharing = function.pointee.sharing
    if sharing.asksByName { return callForAttribute(&pc, &fp, thread, sharing) }
    let receiver = BorrowingFunctions.receiver(of: callable)
    if sharing == .looksUp || sharing == .appends, operandC(pc) != 0 || fp[base &+ 1].isAbsent, callBound(&pc, &fp, thread, sharing, receiver) { return true }
    var (next, slots) = (pc, fp)
    guard call(function, receiver, fp + (base &+ 2), operandB(pc), thread, { Ops<Free>.CALL_NATIVE(&next, &slots, thread) }) else { return false }
    (pc, fp) = (next, slots)
    return true
  }

  /// Objects whose call only reads them, or that are the thread's own, with constants and with builtin containers that are the thread's own.
  static func CALL_SLOT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if Ops<Free>.isNoObject(callable) { return false }
    guard callable.object.shape.flags.contains(.callsAlone) || FunctionSharing.isOwnContainer(callable) else {
      return callable.object.shape == TypeObject.wrapperDescriptor.rootShape ? callEmptyInitializer(&pc, &fp, thread) : callWeakReference(&pc, &fp, thread)
    }
    guard FunctionSharing.areConstantsOrContainers(fp + (base &+ 2), operandB(pc)) else { return false }
    let done = Ops<Free>.CALL_SLOT(&pc, &fp, thread)
    Sharing.leave(thread)
    return done
  }

  static func CALL_TYPE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if Ops<Free>.isNoObject(callable) || callable.object.shape != TypeObject.type.rootShape { return false }
    guard BorrowingFunctions.mayCall(TypeObject(raw: callable.object), fp + (base &+ 2), operandB(pc)) else { return false }
    // `int("x")`
    thread.pointee.raisesBesideOthers = !TypeObject(raw: callable.object).isHeapType && FunctionSharing.atoms.allows(.none, fp + (base &+ 2), operandB(pc))
    let done = Ops<Free>.CALL_TYPE(&pc, &fp, thread)
    thread.pointee.raisesBesideOthers = false
    Sharing.leave(thread)
    return done
  }
}
