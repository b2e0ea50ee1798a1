// Methods that are no functions of the class's, or are found and called by one instruction, getters of properties, and bodies so brief that their answer takes no frame.

import CKraitCore

extension Ops {
  // MARK: Brief bodies

  /// What a body that is brief (``CodeObject/isBrief``) returns for an object, borrowed; absent for the body to be run: it has not been specialised for this shape, or
  /// something waits for its beginning, as tools do.
  @inline(__always)
  private static func briefAnswer(_ thread: ThreadPointer, _ start: UnsafeMutableRawPointer, _ owner: Value) -> Value {
    let body = start.assumingMemoryBound(to: UInt64.self)
    if _slowPath(thread.pointee.breaker != 0 || Instruction.at(body) != .RESUME) { return .absent }
    switch Instruction.at(body + 1) {
    case .LOAD_ATTR_INSIDE:
      return guarded(body + 1, owner) ? owner.object.load(fromByteOffset: Int(body[3] &>> 32), as: Value.self) : .absent
    case .LOAD_ATTR_CACHED:
      if isNoObject(owner) { return .absent }
      guard let entry = AttributeCache.find(thread, owner.object.shape.version, body[2], mixed: body[3]), entry.pointee.kind == .inside else { return .absent }
      return owner.object.load(fromByteOffset: Int(entry.pointee.offset), as: Value.self)
    case .RETURN_CONST: return Value(bits: body[2])
    default: return .absent
    }
  }

  // MARK: Without a receiver

  /// What the object itself holds, which is called without a receiver.
  @inline(__always)
  static func LOAD_METHOD_INSIDE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let destination = operandA(pc)
    if Model.isFree {
      if !sharedLoadInside(&pc, fp, .LOAD_METHOD_INSIDE) { return false }
    } else {
      let owner = fp[operandB(pc)]
      if _slowPath(!guarded(pc, owner)) { return false }
      let value = owner.object.load(fromByteOffset: place(pc), as: Value.self)
      if _slowPath(value.isAbsent) { return false }
      retain(value)
      set(fp, destination, value)
      pc += 4
    }
    fp[destination &+ 1] = .absent
    return true
  }

  /// What the object's class holds that is no method: of a static method, the function.
  @inline(__always)
  static func LOAD_METHOD_VALUE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    let value: Value
    if Model.isFree {
      value = sharedTypeValue(pc, owner, .LOAD_METHOD_VALUE)
      if _slowPath(value.isAbsent) { return false }
    } else {
      if _slowPath(!guarded(pc, owner)) { return false }
      value = Value(bits: pc[3])
    }
    retain(value)
    let destination = operandA(pc)
    set(fp, destination, value)
    fp[destination &+ 1] = .absent
    pc += 4
    return true
  }

  // MARK: Calls

  /// Finds a method as ``LOAD_METHOD_METHOD`` does and calls it as the next instruction asks for: a Python function of self alone.
  @inline(__always)
  static func LOAD_METHOD_CALL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if Model.isFree || _slowPath(!guarded(pc, owner)) { return false }
    return enterMethod(&pc, &fp, thread, Value(bits: pc[3]), owner)
  }

  /// As ``LOAD_METHOD_CALL``, of one of many shapes.
  @inline(__always)
  static func LOAD_METHOD_CACHED_CALL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if Model.isFree || isNoObject(owner) { return false }
    guard let entry = AttributeCache.find(thread, owner.object.shape.version, pc[1], mixed: pc[2]), _fastPath(entry.pointee.kind == .method) else { return false }
    let method = Value(bits: entry.pointee.value)
    if _slowPath(method.object.shape != TypeObject.function.rootShape) { return false }
    return enterMethod(&pc, &fp, thread, method, owner)
  }

  /// Pushes the frame of a method's call, which is the next instruction.
  @inline(__always)
  private static func enterMethod(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ function: Value, _ owner: Value) -> Bool {
    let code = FunctionObject(function).code
    guard _fastPath(code.contents.pointee.exactCount == 1), let start = code.contents.pointee.executable else { return false }
    let destination = operandA(pc)
    let caller = thread.pointee.frame
    let callee = fp + (destination &+ 1)
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc + 4
    if code.isBrief {
      let answer = briefAnswer(thread, start, owner)
      if _fastPath(!answer.isAbsent) {
        retain(answer)
        set(fp, destination, answer)
        pc += 4 &+ Evaluator.callLength
        return true
      }
    }
    retain(object: function.object)
    // A temporary stands in the destination: it moves on.
    if operandB(pc) != destination { retain(object: owner.object) }
    fp[destination] = function
    callee[0] = owner
    pushExact(thread, caller, function, code, callee, given: 1)
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    return true
  }

  // MARK: Properties

  /// A property whose getter is a Python function of one parameter: pushes its frame.
  @inline(__always)
  static func LOAD_ATTR_PROPERTY(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let owner = fp[operandB(pc)]
    if Model.isFree {
      let getter = sharedTypeValue(pc, owner, .LOAD_ATTR_PROPERTY)
      return !getter.isAbsent && pushGetter(&pc, &fp, thread, getter, owner)
    }
    if _slowPath(!guarded(pc, owner)) { return false }
    return pushGetter(&pc, &fp, thread, Value(bits: pc[3]), owner)
  }

  @inline(__always)
  static func pushGetter(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ getter: Value, _ owner: Value) -> Bool {
    let code = FunctionObject(getter).code
    guard code.contents.pointee.exactCount == 1, let start = code.contents.pointee.executable else { return false }
    let caller = thread.pointee.frame
    let callee = caller.pointee.fp + caller.pointee.code.frameSize
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    if !Model.isFree && code.isBrief {
      let answer = briefAnswer(thread, start, owner)
      if _fastPath(!answer.isAbsent) { return finishLoad(&pc, fp, answer) }
    }
    caller.pointee.pc = pc
    retain(getter)
    retain(owner)
    callee[0] = owner
    pushExact(thread, caller, getter, code, callee, given: 1, flags: .ownsFunction)
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    return true
  }
}
