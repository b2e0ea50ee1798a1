// Specialised attribute access and calls: guarded by versions of shapes, classes and dicts, filled in by the slow paths.

import CKraitCore
import KraitCompiler

extension Ops {
  // MARK: Attributes
  //
  // Word 2 holds the version of the shape (low half) and where the attribute is (high half), word 3 a value. An attribute's owner that is a temporary stands in the
  // destination, so that writing the result gives it up.

  /// The object of operand `slot` if its shape has the version in word 2.
  @inline(__always)
  static func guarded(_ pc: PC, _ owner: Value) -> Bool {
    if isNoObject(owner) { return false }
    return _fastPath(owner.object.shape.version == UInt32(truncatingIfNeeded: pc[2]))
  }

  @inline(__always)
  static func place(_ pc: PC) -> Int { Int(pc[2] &>> 32) }

  @inline(__always)
  static func finishLoad(_ pc: inout PC, _ fp: FP, _ value: Value) -> Bool {
    retain(value)
    set(fp, operandA(pc), value)
    pc += 4
    return true
  }

  @inline(__always)
  static func LOAD_ATTR_INSIDE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return sharedLoadInside(&pc, fp, .LOAD_ATTR_INSIDE) }
    let owner = fp[operandB(pc)]
    if _slowPath(!guarded(pc, owner)) { return false }
    return finishLoad(&pc, fp, owner.object.load(fromByteOffset: place(pc), as: Value.self))
  }

  @inline(__always)
  static func LOAD_ATTR_OVERFLOW(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if _slowPath(!guarded(pc, owner)) { return false }
    let overflow = OverflowAttributes(raw: owner.object.attributeWord.load(as: UnsafeMutableRawPointer.self))
    return finishLoad(&pc, fp, overflow.values[place(pc)])
  }

  @inline(__always)
  static func LOAD_ATTR_MEMBER(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return sharedLoadInside(&pc, fp, .LOAD_ATTR_MEMBER) }
    let owner = fp[operandB(pc)]
    if _slowPath(!guarded(pc, owner)) { return false }
    let value = owner.object.load(fromByteOffset: place(pc), as: Value.self)
    if _slowPath(value.isAbsent) { return false }
    return finishLoad(&pc, fp, value)
  }

  @inline(__always)
  static func LOAD_ATTR_VALUE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return sharedLoadValue(&pc, fp) }
    if _slowPath(!guarded(pc, fp[operandB(pc)])) { return false }
    return finishLoad(&pc, fp, Value(bits: pc[3]))
  }

  /// The owner is a class with the version in the low half of word 2, whose own class has the version in the high half.
  @inline(__always)
  private static func isClass(_ owner: Value, _ pc: PC) -> Bool {
    if isNoObject(owner) || _slowPath(!owner.object.shape.flags.contains(.type)) { return false }
    return _fastPath(UInt64(TypeObject(raw: owner.object).contents.pointee.version) | UInt64(owner.object.shape.version) &<< 32 == pc[2])
  }

  @inline(__always)
  static func LOAD_ATTR_CLASS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(!isClass(fp[operandB(pc)], pc)) { return false }
    return finishLoad(&pc, fp, Value(bits: pc[3]))
  }

  /// A module's attribute: word 3 is the version of its dict's keys and the index of the entry.
  @inline(__always)
  private static func moduleAttribute(_ pc: PC, _ owner: Value, _ instruction: Instruction) -> Value {
    if Model.isFree { return sharedModuleAttribute(pc, owner, instruction) }
    if _slowPath(!guarded(pc, owner)) { return .absent }
    let dict = DictObject(ModuleObject(owner).dict)
    if _slowPath(dict.keysVersion != UInt32(truncatingIfNeeded: pc[3])) { return .absent }
    let value = dict.value(at: Int(pc[3] &>> 32))
    retain(value)
    return value
  }

  @inline(__always)
  static func LOAD_ATTR_MODULE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = moduleAttribute(pc, fp[operandB(pc)], .LOAD_ATTR_MODULE)
    if _slowPath(value.isAbsent) { return false }
    set(fp, operandA(pc), value)
    pc += 4
    return true
  }

  /// One of many shapes: the thread's table knows the place, mostly inside the object. Word 2 is what the name contributes to the place in the table.
  @inline(__always)
  static func LOAD_ATTR_CACHED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, pc[1], mixed: pc[2]), _fastPath(entry.pointee.kind == .inside) else { return false }
    return finishLoad(&pc, fp, owner.object.load(fromByteOffset: Int(entry.pointee.offset), as: Value.self))
  }

  /// One of many shapes.
  @inline(__always)
  static func LOAD_ATTR_ELSEWHERE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, pc[1]) else { return false }
    switch entry.pointee.kind {
    case .inside:
      return finishLoad(&pc, fp, owner.object.load(fromByteOffset: Int(entry.pointee.offset), as: Value.self))
    case .value:
      return finishLoad(&pc, fp, Value(bits: entry.pointee.value))
    case .property:
      return pushGetter(&pc, &fp, thread, Value(bits: entry.pointee.value), owner)
    case .overflow, .member, .dictionary, .dictionaryOrValue:
      let value = cachedElsewhere(owner, entry, Value(bits: pc[1]))
      if _slowPath(value.isAbsent) { return false }
      return finishLoad(&pc, fp, value)
    case .method, .descriptor, .getter:
      // Without a lock a bound method is the slow path's, which sees to who may reach the object.
      if Model.isFree && entry.pointee.kind == .method { return false }
      thread.pointee.frame.pointee.pc = pc
      let value = entry.pointee.kind == .getter ? nativeAttribute(owner, entry.pointee.value) : boundAttribute(owner, Value(bits: entry.pointee.value))
      if _slowPath(value.isAbsent) {
        pc = Evaluator.unwind(thread)
        fp = thread.pointee.frame.pointee.fp
        return true
      }
      set(fp, operandA(pc), value)
      pc += 4
      return true
    case .unknown, .add, .mirrored, .dictionaryOrMethod, .special:
      return false
    }
  }

  @inline(__always)
  static func LOAD_METHOD_CACHED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let owner = fp[source]
    if isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, pc[1], mixed: pc[2]), _fastPath(entry.pointee.kind == .method) else { return false }
    let method = Value(bits: entry.pointee.value)
    retain(method)
    let destination = operandA(pc)
    // A temporary stands in the destination: it moves on.
    if source != destination { retain(owner) }
    fp[destination] = method
    fp[destination &+ 1] = owner
    pc += 4
    return true
  }

  @inline(__always)
  static func LOAD_METHOD_ELSEWHERE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let destination = operandA(pc)
    let owner = fp[source]
    if isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, pc[1]) else { return false }
    let value: Value
    switch entry.pointee.kind {
    case .method:
      let method = Value(bits: entry.pointee.value)
      retain(method)
      if source != destination { retain(owner) }
      fp[destination] = method
      fp[destination &+ 1] = owner
      pc += 4
      return true
    case .inside:
      value = owner.object.load(fromByteOffset: Int(entry.pointee.offset), as: Value.self)
    case .overflow, .member, .value, .dictionary, .dictionaryOrValue:
      value = cachedElsewhere(owner, entry, Value(bits: pc[1]))
    case .dictionaryOrMethod:
      // Mostly the object's dict has nothing of this name.
      let dict = owner.object.load(fromByteOffset: Int(entry.pointee.offset), as: Value.self)
      if !dict.isAbsent && (!dict.isExactDict || !DictObject(dict).get(interned: Value(bits: pc[1])).isAbsent) { return false }
      let method = Value(bits: entry.pointee.value)
      retain(method)
      if source != destination { retain(owner) }
      fp[destination] = method
      fp[destination &+ 1] = owner
      pc += 4
      return true
    case .descriptor, .getter:
      thread.pointee.frame.pointee.pc = pc
      let bound = entry.pointee.kind == .getter ? nativeAttribute(owner, entry.pointee.value) : boundAttribute(owner, Value(bits: entry.pointee.value))
      if _slowPath(bound.isAbsent) {
        pc = Evaluator.unwind(thread)
        fp = thread.pointee.frame.pointee.fp
        return true
      }
      set(fp, destination, bound)
      fp[destination &+ 1] = .absent
      pc += 4
      return true
    case .unknown, .property, .add, .mirrored, .special:
      return false
    }
    if _slowPath(value.isAbsent) { return false }
    retain(value)
    set(fp, destination, value)
    fp[destination &+ 1] = .absent
    pc += 4
    return true
  }

  /// A method of the object's class, whatever the object itself may have of this name.
  @inline(__always)
  static func LOAD_SPECIAL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let owner = fp[base]
    if isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, Slow.specialName(operandB(pc)).bits),
      _fastPath(entry.pointee.kind == .method || entry.pointee.kind == .dictionaryOrMethod)
    else { return false }
    let method = Value(bits: entry.pointee.value)
    retain(method)
    fp[base &+ 1] = owner
    fp[base] = method
    pc += 1
    return true
  }

  @inline(__always)
  static func STORE_ATTR_CACHED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, AttributeCache.storeKey(pc[1]), mixed: pc[2]),
      _fastPath(entry.pointee.kind == .inside)
    else { return false }
    let value = takeStored(fp, thread, operandB(pc))
    let place = (owner.object + Int(entry.pointee.offset)).assumingMemoryBound(to: Value.self)
    let old = place.pointee
    krait_store64_release(place, value.bits)
    thread.pointee.frame.pointee.pc = pc
    release(old)
    consume(fp, thread, slot)
    pc += 4
    return true
  }

  @inline(__always)
  static func STORE_ATTR_ELSEWHERE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, AttributeCache.storeKey(pc[1])) else { return false }
    let place: UnsafeMutablePointer<Value>
    switch entry.pointee.kind {
    case .inside, .member:
      place = (owner.object + Int(entry.pointee.offset)).assumingMemoryBound(to: Value.self)
    case .add:
      let value = takeStored(fp, thread, operandB(pc))
      owner.object.storeBytes(of: value, toByteOffset: Int(entry.pointee.offset), as: Value.self)
      owner.object.shape = Shape(raw: Value(bits: entry.pointee.value).object)
      consume(fp, thread, slot)
      pc += 4
      return true
    case .overflow:
      place = OverflowAttributes(raw: owner.object.attributeWord.load(as: UnsafeMutableRawPointer.self)).values + Int(entry.pointee.offset)
    case .mirrored, .dictionary:
      let dict = owner.object.attributeWord.load(as: Value.self)
      if Model.isFree || dict.isAbsent || !dict.isExactDict { return false }
      let index = entry.pointee.kind == .mirrored ? Int(entry.pointee.offset) : DictObject(dict).findString(Value(bits: pc[1]))
      if index < 0 { return false }
      let old = DictObject(dict).exchangeValue(at: index, takeStored(fp, thread, operandB(pc)))
      thread.pointee.frame.pointee.pc = pc
      release(old)
      consume(fp, thread, slot)
      pc += 4
      return true
    case .unknown, .value, .method, .property, .descriptor, .getter, .dictionaryOrValue, .dictionaryOrMethod, .special:
      return false
    }
    let value = takeStored(fp, thread, operandB(pc))
    let old = place.pointee
    krait_store64_release(place, value.bits)
    thread.pointee.frame.pointee.pc = pc
    release(old)
    consume(fp, thread, slot)
    pc += 4
    return true
  }

  @inline(__always)
  static func LOAD_METHOD_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let owner = fp[source]
    let method: Value
    if Model.isFree {
      method = sharedTypeValue(pc, owner, .LOAD_METHOD_METHOD)
      if _slowPath(method.isAbsent) { return false }
    } else {
      if _slowPath(!guarded(pc, owner)) { return false }
      method = Value(bits: pc[3])
    }
    retain(method)
    let destination = operandA(pc)
    // A temporary stands in the destination: it moves on.
    if source != destination { retain(owner) }
    fp[destination] = method
    fp[destination &+ 1] = owner
    pc += 4
    return true
  }

  @inline(__always)
  static func LOAD_METHOD_CLASS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(!isClass(fp[operandB(pc)], pc)) { return false }
    let value = Value(bits: pc[3])
    retain(value)
    let destination = operandA(pc)
    set(fp, destination, value)
    fp[destination &+ 1] = .absent
    pc += 4
    return true
  }

  /// A class method asked of the class: word 3 is the function, which gets the class.
  @inline(__always)
  static func LOAD_METHOD_CLASSMETHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let owner = fp[source]
    if _slowPath(!isClass(owner, pc)) { return false }
    let function = Value(bits: pc[3])
    retain(function)
    let destination = operandA(pc)
    if source != destination { retain(owner) }
    fp[destination] = function
    fp[destination &+ 1] = owner
    pc += 4
    return true
  }

  @inline(__always)
  static func LOAD_METHOD_MODULE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = moduleAttribute(pc, fp[operandB(pc)], .LOAD_METHOD_MODULE)
    if _slowPath(value.isAbsent) { return false }
    let destination = operandA(pc)
    set(fp, destination, value)
    fp[destination &+ 1] = .absent
    pc += 4
    return true
  }

  /// The value to store as a reference of its own: moved out of a temporary, copied from a local.
  @inline(__always)
  static func takeStored(_ fp: FP, _ thread: ThreadPointer, _ slot: Int) -> Value {
    let value = fp[slot]
    if value.isObject {
      if slot >= thread.pointee.frame.pointee.code.localsPlusCount { fp[slot] = .none } else { retain(value) }
    }
    return value
  }

  @inline(__always)
  static func STORE_ATTR_INSIDE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if _slowPath(!guarded(pc, owner)) { return false }
    let value = takeStored(fp, thread, operandB(pc))
    let offset = place(pc)
    let old = owner.object.load(fromByteOffset: offset, as: Value.self)
    owner.object.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    thread.pointee.frame.pointee.pc = pc
    release(old)
    consume(fp, thread, slot)
    pc += 4
    return true
  }

  @inline(__always)
  static func STORE_ATTR_OVERFLOW(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if _slowPath(!guarded(pc, owner)) { return false }
    let value = takeStored(fp, thread, operandB(pc))
    let values = OverflowAttributes(raw: owner.object.attributeWord.load(as: UnsafeMutableRawPointer.self)).values
    let old = values[place(pc)]
    values[place(pc)] = value
    thread.pointee.frame.pointee.pc = pc
    release(old)
    consume(fp, thread, slot)
    pc += 4
    return true
  }

  /// A new attribute: the object's shape becomes the one in word 3.
  @inline(__always)
  static func STORE_ATTR_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let owner = fp[slot]
    if _slowPath(!guarded(pc, owner)) { return false }
    let value = takeStored(fp, thread, operandB(pc))
    owner.object.storeBytes(of: value, toByteOffset: place(pc), as: Value.self)
    owner.object.shape = Shape(raw: Value(bits: pc[3]).object)
    consume(fp, thread, slot)
    pc += 4
    return true
  }

  // MARK: Special methods

  /// Pushes the frame of a method of two parameters that the thread's table has for the left operand's shape and an operator.
  @inline(__always)
  private static func pushSpecial(
    _ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ left: Value, _ right: Value, _ key: UInt64, _ result: SpecialResult
  ) -> Bool {
    if isNoObject(left) { return false }
    let shape = left.object.shape
    guard let entry = AttributeCache.find(thread, shape.version, key) else { return false }
    let function = Value(bits: entry.pointee.value)
    if _slowPath(function.isAbsent || !SpecialCalls.leavesPrecedence(right, to: shape)) { return false }
    let code = FunctionObject(function).code
    guard code.contents.pointee.exactCount == 2, let start = code.contents.pointee.executable else { return false }
    let caller = thread.pointee.frame
    let callee = caller.pointee.fp + caller.pointee.code.frameSize
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    retain(object: function.object)
    retain(left)
    retain(right)
    callee[0] = left
    callee[1] = right
    pushExact(thread, caller, function, code, callee, given: 2, flags: .ownedSpecial, extra: Value(smallInteger: result.rawValue))
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    return true
  }

  @inline(__always)
  static func BINARY_OP_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let result: SpecialResult = pc[1] & 0xFF == 26 ? .item : .binary
    return pushSpecial(&pc, &fp, thread, fp[operandB(pc)], fp[operandC(pc)], SpecialKey.binary(pc[1]), result)
  }

  @inline(__always)
  static func COMPARE_OP_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    pushSpecial(&pc, &fp, thread, fp[operandB(pc)], fp[operandC(pc)], SpecialKey.compare(pc[1]), .compare)
  }

  @inline(__always)
  static func COMPARE_JUMP_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    pushSpecial(&pc, &fp, thread, fp[operandA(pc)], fp[operandB(pc)], SpecialKey.compare(pc[1]), .compareAndJump)
  }

  // MARK: Calls

  /// Fills a record whose room was checked, and makes the locals behind the arguments unbound.
  @inline(__always)
  static func pushExact(
    _ thread: ThreadPointer, _ caller: FramePointer, _ function: Value, _ code: CodeObject, _ callee: FP, given: Int, flags: FrameFlags = [],
    extra: Value = .absent
  ) {
    let frame = caller + 1
    frame.pointee.fp = callee
    frame.pointee.code = code
    frame.pointee.function = function
    frame.pointee.globals = FunctionObject(function).globals
    frame.pointee.flags = flags
    frame.pointee.extra = extra
    thread.pointee.frame = frame
    var slot = given
    let end = code.localsPlusCount
    while slot < end {
      // An atomic store, so that the few words are not made a call of memset.
      krait_store64(callee + slot, 0)
      slot &+= 1
    }
  }

  /// Calls the Python function in slot A with the arguments from `first` on.
  @inline(__always)
  private static func callPython(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ first: Int, _ count: Int) -> Bool {
    let callable = fp[operandA(pc)]
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.function.rootShape) { return false }
    let code = FunctionObject(callable).code
    guard _fastPath(Int(code.contents.pointee.exactCount) == count), let start = code.contents.pointee.executable else { return false }
    let caller = thread.pointee.frame
    let callee = fp + first
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    pushExact(thread, caller, callable, code, callee, given: count)
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    return true
  }

  /// There is no self.
  @inline(__always)
  static func CALL_PYTHON(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(operandC(pc) == 0 && !fp[operandA(pc) &+ 1].isAbsent) { return false }
    return callPython(&pc, &fp, thread, operandA(pc) &+ 2, operandB(pc))
  }

  /// A Python function, or a bound method of one, of which the last parameters take their defaults.
  @inline(__always)
  static func CALL_DEFAULTS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let hasSelf = operandC(pc) == 0 && !fp[base &+ 1].isAbsent
    let callable = fp[base]
    if isNoObject(callable) { return false }
    var called = callable
    let isBound = callable.object.shape != TypeObject.function.rootShape
    if isBound {
      if _slowPath(hasSelf || callable.object.shape != TypeObject.method.rootShape) { return false }
      called = MethodObject(callable).function
      if _slowPath(!called.isObject || called.object.shape != TypeObject.function.rootShape) { return false }
    }
    let receivers = hasSelf || isBound ? 1 : 0
    let count = operandB(pc) &+ receivers
    let function = FunctionObject(called)
    let code = function.code
    let wanted = Int(code.contents.pointee.exactCount)
    // Read once: without a lock it may be replaced meanwhile.
    let given = function.defaults
    guard wanted > count, let start = code.contents.pointee.executable, !given.isAbsent else { return false }
    let defaults = TupleObject(given)
    let first = defaults.count &- (wanted &- count)
    if _slowPath(first < 0) { return false }
    let caller = thread.pointee.frame
    let callee = fp + (base &+ 2 &- receivers)
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    var slot = count
    while slot < wanted {
      let value = defaults.items[first &+ slot &- count]
      retain(value)
      callee[slot] = value
      slot &+= 1
    }
    if isBound {
      // Nothing can fail any more: the function and the receiver take the places of the method and of NULL.
      let receiver = MethodObject(callable).receiver
      retain(receiver)
      retain(called)
      callee[0] = receiver
      fp[base] = called
      release(object: callable.object)
    }
    pushExact(thread, caller, called, code, callee, given: wanted)
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    return true
  }

  /// A bound method of a Python function: its receiver takes the place of NULL.
  @inline(__always)
  static func CALL_BOUND_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    if _slowPath(operandC(pc) == 0 && !fp[base &+ 1].isAbsent) { return false }
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.method.rootShape) { return false }
    let method = MethodObject(callable)
    let function = method.function
    if _slowPath(!function.isObject || function.object.shape != TypeObject.function.rootShape) { return false }
    let code = FunctionObject(function).code
    guard Int(code.contents.pointee.exactCount) == operandB(pc) &+ 1, code.contents.pointee.executable != nil else { return false }
    // Nothing may fail once the method has been taken apart.
    if _slowPath(thread.pointee.frame + 1 >= thread.pointee.frameLimit || fp + (base &+ 1 &+ code.frameSize) > thread.pointee.valueStackLimit) { return false }
    let receiver = method.receiver
    retain(receiver)
    retain(function)
    fp[base &+ 1] = receiver
    fp[base] = function
    release(object: callable.object)
    return callPython(&pc, &fp, thread, base &+ 1, operandB(pc) &+ 1)
  }

  /// An object whose class has a Python function `__call__`: the object takes the place of NULL.
  @inline(__always)
  static func CALL_OBJECT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    if _slowPath(operandC(pc) == 0 && !fp[base &+ 1].isAbsent) { return false }
    let callable = fp[base]
    if isNoObject(callable) { return false }
    guard let entry = AttributeCache.find(thread, callable.object.shape.version, SpecialKey.call) else { return false }
    let function = Value(bits: entry.pointee.value)
    if _slowPath(function.isAbsent) { return false }
    let code = FunctionObject(function).code
    guard Int(code.contents.pointee.exactCount) == operandB(pc) &+ 1, code.contents.pointee.executable != nil else { return false }
    if _slowPath(thread.pointee.frame + 1 >= thread.pointee.frameLimit || fp + (base &+ 1 &+ code.frameSize) > thread.pointee.valueStackLimit) { return false }
    retain(object: function.object)
    fp[base &+ 1] = callable
    fp[base] = function
    return callPython(&pc, &fp, thread, base &+ 1, operandB(pc) &+ 1)
  }

  @inline(__always)
  static func CALL_METHOD_PYTHON(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    if _slowPath(fp[base &+ 1].isAbsent) { return false }
    return callPython(&pc, &fp, thread, base &+ 1, operandB(pc) &+ 1)
  }

  /// After native code was called: gives up the arguments and writes the result; without one, goes on where what was raised is handled.
  @inline(__always)
  static func finishCall(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ first: Int, _ count: Int, _ result: Value) -> Bool {
    if _slowPath(result.isAbsent) {
      pc = Evaluator.unwind(thread)
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    if Model.isFree && thread.pointee.hasPeers { Privacy.adopt(result) }
    var slot = first
    let end = first &+ count
    while slot < end {
      let value = fp[slot]
      fp[slot] = .none
      release(value)
      slot &+= 1
    }
    let base = operandA(pc)
    let callable = fp[base]
    fp[base] = result
    release(object: callable.object)
    pc += Evaluator.callLength
    return true
  }

  /// A function written in Swift; no self.
  @inline(__always)
  static func CALL_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.builtinFunction.rootShape) { return false }
    if _slowPath(operandC(pc) == 0 && !fp[base &+ 1].isAbsent) { return false }
    let count = operandB(pc)
    let function = NativeFunctionObject(callable)
    thread.pointee.frame.pointee.pc = pc
    let result = nativeResult(function.function, function.receiver, Arguments(base: UnsafePointer(fp + (base &+ 2)), positionalCount: count))
    return finishCall(&pc, &fp, thread, base &+ 2, count, result)
  }

  /// A method written in Swift, found on the type, with self in front of the arguments.
  @inline(__always)
  static func CALL_METHOD_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.methodDescriptor.rootShape) { return false }
    let receiver = fp[base &+ 1]
    if _slowPath(receiver.isAbsent) { return false }
    let method = DescriptorObject(callable)
    if _slowPath(receiver.type != method.type && !receiver.isInstance(of: method.type)) { return false }
    let count = operandB(pc)
    thread.pointee.frame.pointee.pc = pc
    let result = nativeResult(method.function, receiver, Arguments(base: UnsafePointer(fp + (base &+ 2)), positionalCount: count))
    return finishCall(&pc, &fp, thread, base &+ 1, count &+ 1, result)
  }

  /// As ``CALL_METHOD_NATIVE``, for exactly the method in word 1 and objects of the shape in word 2: the arguments fit the parameters, if need be with defaults.
  @inline(__always)
  static func CALL_METHOD_KNOWN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    let receiver = fp[base &+ 1]
    if _slowPath(callable.bits != pc[1] || !receiver.isObject || receiver.isAbsent) { return false }
    if _slowPath(UInt64(UInt(bitPattern: receiver.object.shape.raw)) != pc[2]) { return false }
    let function = DescriptorObject(callable).function
    thread.pointee.frame.pointee.pc = pc
    let result = boundResult(function, receiver, UnsafePointer(fp + (base &+ 2)), operandB(pc))
    if _slowPath(result.isAbsent) {
      pc = Evaluator.unwind(thread)
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    if Model.isFree && thread.pointee.hasPeers { Privacy.adopt(result) }
    // The method is immortal: the result takes its place.
    fp[base] = result
    var slot = base &+ 1
    let end = slot &+ operandB(pc)
    repeat {
      let value = fp[slot]
      fp[slot] = .none
      release(value)
      slot &+= 1
    } while slot <= end
    pc += Evaluator.callLength
    return true
  }

  /// `list.append`: word 1 is the method descriptor.
  @inline(__always)
  static func CALL_LIST_APPEND(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if _slowPath(callable.bits != pc[1]) { return false }
    let list = fp[base &+ 1]
    if _slowPath(list.isAbsent || !list.isExactList) { return false }
    if Model.isFree && thread.pointee.hasPeers {
      if !appendedGrowing(ListObject(list), fp[base &+ 2]) { return false }
    } else if _slowPath(!appended(list, fp[base &+ 2])) {
      return false
    }
    fp[base &+ 2] = .none
    fp[base &+ 1] = .none
    release(object: list.object)
    fp[base] = .none
    release(object: callable.object)
    pc += Evaluator.callLength
    return true
  }

  /// `list.pop` of the last item: word 1 is the method descriptor, which is immortal.
  @inline(__always)
  static func CALL_LIST_POP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return CALL_METHOD_NATIVE(&pc, &fp, thread) }
    let base = operandA(pc)
    let receiver = fp[base &+ 1]
    if _slowPath(fp[base].bits != pc[1] || receiver.isAbsent || !receiver.isExactList) { return false }
    let list = ListObject(receiver)
    let count = list.count &- 1
    if _slowPath(count < 0) { return false }
    fp[base] = list.items[count]
    list.count = count
    list.shrink()
    fp[base &+ 1] = .none
    thread.pointee.frame.pointee.pc = pc
    release(object: receiver.object)
    pc += Evaluator.callLength
    return true
  }

  /// `set.add` of an integer: words 1 and 2 are those of ``CALL_METHOD_KNOWN``.
  @inline(__always)
  static func CALL_SET_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return CALL_METHOD_KNOWN(&pc, &fp, thread) }
    let base = operandA(pc)
    let receiver = fp[base &+ 1]
    let element = fp[base &+ 2]
    if _slowPath(fp[base].bits != pc[1] || !element.isSmallInteger || !receiver.isPresentObject) { return false }
    if _slowPath(UInt64(UInt(bitPattern: receiver.object.shape.raw)) != pc[2] || !SetObject(receiver).quicklyAdd(integer: element)) { return false }
    fp[base] = .none
    fp[base &+ 1] = .none
    thread.pointee.frame.pointee.pc = pc
    release(object: receiver.object)
    pc += Evaluator.callLength
    return true
  }

  /// `dict.get` of a key that is compared without Python: words 1 and 2 are those of ``CALL_METHOD_KNOWN``.
  @inline(__always)
  static func CALL_DICT_GET(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return CALL_METHOD_KNOWN(&pc, &fp, thread) }
    let base = operandA(pc)
    let receiver = fp[base &+ 1]
    if _slowPath(fp[base].bits != pc[1] || !receiver.isPresentObject || UInt64(UInt(bitPattern: receiver.object.shape.raw)) != pc[2]) { return false }
    let count = operandB(pc)
    let key = fp[base &+ 2]
    let fallback = count == 1 ? Value.none : fp[base &+ 3]
    let found = dictItem(receiver, key, else: fallback)
    if _slowPath(found.isAbsent) { return false }
    // The method is immortal: the result takes its place.
    fp[base] = found
    fp[base &+ 1] = .none
    fp[base &+ 2] = .none
    thread.pointee.frame.pointee.pc = pc
    release(object: receiver.object)
    release(key)
    if count > 1 {
      fp[base &+ 3] = .none
      release(fallback)
    }
    pc += Evaluator.callLength
    return true
  }

  /// Callables of several kinds.
  @inline(__always)
  static func CALL_ANY(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) { return false }
    let shape = callable.object.shape
    if shape == TypeObject.function.rootShape {
      let hasSelf = operandC(pc) == 0 && !fp[base &+ 1].isAbsent
      let (first, count) = (base &+ (hasSelf ? 1 : 2), operandB(pc) &+ (hasSelf ? 1 : 0))
      if callPython(&pc, &fp, thread, first, count) || CALL_DEFAULTS(&pc, &fp, thread) { return true }
      return callVariadic(&pc, &fp, thread, first, count)
    }
    return shape == TypeObject.builtinFunction.rootShape && CALL_NATIVE(&pc, &fp, thread)
  }

  /// A builtin type, or a program's own of exceptions that adds nothing to making them.
  @inline(__always)
  static func CALL_TYPE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.type.rootShape) { return false }
    let type = TypeObject(raw: callable.object)
    if _slowPath(type.contents.pointee.flags.contains(.heapType)) && !type.makesPlainExceptions { return false }
    if _slowPath(operandC(pc) == 0 && !fp[base &+ 1].isAbsent) { return false }
    let count = operandB(pc)
    thread.pointee.frame.pointee.pc = pc
    if count == 1 && type == .type {
      let result = fp[base &+ 2].type.value
      retain(result)
      return finishCall(&pc, &fp, thread, base &+ 2, 1, result)
    }
    if count == 1 && type == .weakReference && !Model.isFree {
      let known = fp[base &+ 2].sharedWeakReference()
      if !known.isAbsent { return finishCall(&pc, &fp, thread, base &+ 2, 1, known) }
    }
    let result = typeResult(callable, Arguments(base: UnsafePointer(fp + (base &+ 2)), positionalCount: count))
    return finishCall(&pc, &fp, thread, base &+ 2, count, result)
  }

  /// The number of items of an exact list, tuple, dict, set, frozenset or str; -1 for all else.
  @inline(__always)
  static func quickLength(_ object: UnsafeMutableRawPointer) -> Int {
    let flags = object.shape.flags
    if flags.isSuperset(of: .exactList) { return ListObject(raw: object).count }
    if flags.isSuperset(of: .exactSet) { return SetObject(raw: object).count }
    if flags.isSuperset(of: .exactString) { return StringObject(raw: object).length }
    if flags.isSuperset(of: .exactTuple) { return TupleObject(raw: object).count }
    return flags.isSuperset(of: .exactDict) ? DictObject(raw: object).count : -1
  }

  /// `len(x)` of an exact list, tuple, dict, set or str: word 1 is the native function.
  @inline(__always)
  static func CALL_LEN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.builtinFunction.rootShape) { return false }
    if _slowPath(UInt64(UInt(bitPattern: NativeFunctionObject(callable).function)) != pc[1]) { return false }
    let container = fp[base &+ 2]
    if isNoObject(container) { return false }
    let count = quickLength(container.object)
    if _slowPath(count < 0) { return false }
    fp[base] = Value(smallInteger: count)
    fp[base &+ 2] = .none
    thread.pointee.frame.pointee.pc = pc
    release(object: container.object)
    release(object: callable.object)
    pc += Evaluator.callLength
    return true
  }

  /// An object of a builtin type that is called by its slot: word 1 is its shape.
  @inline(__always)
  static func CALL_SLOT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(UInt64(UInt(bitPattern: callable.object.shape.raw)) != pc[1]) { return false }
    // A special method that was found on the type has self in front of the arguments.
    let receivers = operandC(pc) == 0 && !fp[base &+ 1].isAbsent ? 1 : 0
    let (first, count) = (base &+ 2 &- receivers, operandB(pc) &+ receivers)
    thread.pointee.frame.pointee.pc = pc
    let result = slotResult(callable, Arguments(base: UnsafePointer(fp + first), positionalCount: count))
    return finishCall(&pc, &fp, thread, first, count, result)
  }

  /// An instance of the class whose version is in word 1: pushes the frame of the `__init__` in word 2.
  @inline(__always)
  static func CALL_CLASS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(!callable.object.shape.flags.contains(.type)) { return false }
    let type = TypeObject(raw: callable.object)
    if _slowPath(type.contents.pointee.version != UInt32(truncatingIfNeeded: pc[1])) { return false }
    let initializer = Value(bits: pc[2])
    return instantiate(&pc, &fp, thread, callable, initializer) || instantiateWithDefaults(&pc, &fp, thread, initializer)
  }

  @inline(__always)
  static func instantiate(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ callable: Value, _ initializer: Value) -> Bool {
    if _slowPath(operandC(pc) == 0) { return false }
    let base = operandA(pc)
    let type = TypeObject(raw: callable.object)
    let code = FunctionObject(initializer).code
    let count = operandB(pc) &+ 1
    guard _fastPath(Int(code.contents.pointee.exactCount) == count), let start = code.contents.pointee.executable else { return false }
    let caller = thread.pointee.frame
    let callee = fp + (base &+ 1)
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    let instance = newInstance(type, Arguments(base: UnsafePointer(callee + 1), positionalCount: count &- 1))
    if _slowPath(instance.isAbsent) {
      pc = Evaluator.unwind(thread)
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    if Model.isFree && thread.pointee.hasPeers {
      if type.rootShape.flags.areOrdinary { Privacy.mark(instance.object) } else if type.rootShape.flags.contains(.exception) { Privacy.markException(instance.object) }
    }
    // One reference is the result's, one the parameter's.
    retain(instance)
    retain(initializer)
    fp[base] = initializer
    callee[0] = instance
    pushExact(thread, caller, initializer, code, callee, given: count, flags: .initializer, extra: instance)
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    release(object: callable.object)
    return true
  }
}

/// Calls a native function; absent when it raised.
@inline(__always)
private func nativeResult(_ function: UnsafePointer<NativeFunction>, _ receiver: Value, _ arguments: Arguments) -> Value {
  do throws(PyError) { return try function.call(receiver, arguments).take() } catch { return .absent }
}

/// Calls an object by its slot; absent when it raised.
@inline(__always)
private func slotResult(_ callable: Value, _ arguments: Arguments) -> Value {
  do throws(PyError) { return try callable.call(arguments: arguments).take() } catch { return .absent }
}

/// Calls a builtin type; absent when it raised.
@inline(__always)
private func typeResult(_ type: Value, _ arguments: Arguments) -> Value {
  do throws(PyError) { return try callType(type, arguments).take() } catch { return .absent }
}

/// Calls a native function with arguments that fit its parameters, if need be with defaults; absent when it raised.
@inline(__always)
private func boundResult(_ function: UnsafePointer<NativeFunction>, _ receiver: Value, _ base: UnsafePointer<Value>, _ count: Int) -> Value {
  do throws(PyError) {
    if count != Int(function.pointee.exactCount) { return try function.callWithDefaults(receiver, base, count).take() }
    return try function.callBound(Call(function: function, receiver: receiver, base: base)).take()
  } catch { return .absent }
}

/// Appends a value whose reference goes over to the list; false, with nothing changed, when there is no memory.
@inline(__always)
func appended(_ list: Value, _ value: Value) -> Bool {
  let object = ListObject(list)
  let count = object.count
  if _fastPath(count < object.capacity) {
    object.items[count] = value
    object.count = count &+ 1
    return true
  }
  return appendedGrowing(object, value)
}

@inline(never)
private func appendedGrowing(_ list: ListObject, _ value: Value) -> Bool {
  do throws(PyError) {
    try list.append(value)
    // The list has taken a reference of its own.
    value.release()
    return true
  } catch {
    PyError.clear()
    return false
  }
}

/// A new instance of a class with the `__new__` of objects or exceptions; absent when that raised.
@inline(never)
private func newInstance(_ type: TypeObject, _ arguments: Arguments) -> Value {
  do throws(PyError) { return try Slow.newInstance(type, arguments).take() } catch { return .absent }
}

/// What a cache's entry says of an attribute that is neither inside the object nor a value of the class alone, borrowed; absent when it is not there.
@inline(never)
private func cachedElsewhere(_ owner: Value, _ entry: UnsafeMutablePointer<AttributeCache.Entry>, _ name: Value) -> Value {
  let offset = Int(entry.pointee.offset)
  switch entry.pointee.kind {
  case .member: return owner.object.load(fromByteOffset: offset, as: Value.self)
  case .overflow: return OverflowAttributes(raw: owner.object.attributeWord.load(as: UnsafeMutableRawPointer.self)).values[offset]
  case .value: return Value(bits: entry.pointee.value)
  case .dictionary, .dictionaryOrValue:
    let dict = owner.object.load(fromByteOffset: offset, as: Value.self)
    if !dict.isAbsent && dict.isExactDict {
      let own = DictObject(dict).get(interned: name)
      if !own.isAbsent { return own }
    } else if !dict.isAbsent {
      return .absent
    }
    return entry.pointee.kind == .dictionaryOrValue ? Value(bits: entry.pointee.value) : .absent
  default: return .absent
  }
}

/// What the function at an address gives for an object, a new reference; absent when it raised.
@inline(__always)
private func nativeAttribute(_ owner: Value, _ address: UInt64) -> Value {
  let attribute = UnsafePointer<NativeAttribute>(bitPattern: UInt(address)).unsafelyUnwrapped
  do throws(PyError) { return try attribute.pointee.get(owner).take() } catch { return .absent }
}

/// What a native descriptor of the object's class gives for it, a new reference; absent when it raised.
@inline(never)
private func boundAttribute(_ owner: Value, _ descriptor: Value) -> Value {
  let held = Owned(copying: descriptor)
  guard let get = held.value.type.slots.pointee.descriptorGet else { return .absent }
  do throws(PyError) { return try get(held.value, owner, owner.type.value).take() } catch { return .absent }
}
