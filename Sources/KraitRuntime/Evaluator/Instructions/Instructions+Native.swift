// Operators on objects of builtin types that have no instruction of their own: sets, lists, long integers, dates, arrays and others; `isinstance()`.
//
// What the bodies save is the way to the operation: no look for special methods written in Python, no choosing of a specialisation, no switch over all instructions. Where threads run
// without a lock these are the slow path's.

import CKraitCore

extension Value {
  /// An object of a builtin type.
  @inline(__always)
  var isNativeOperand: Bool { isPresentObject && !object.shape.flags.contains(.heapType) }

  /// Whether the left one's answer to a comparison of these two is the first that counts: both of one builtin type, sets of either kind, or the right one of a type that derives from no other's.
  @inline(__always)
  func comparesNatively(with other: Value) -> Bool {
    guard isNativeOperand, other.isNativeOperand else { return false }
    let (a, b) = (object.shape, other.object.shape)
    return a == b || a.flags.isSuperset(of: .exactSet) && b.flags.isSuperset(of: .exactSet) || b.type.contents.pointee.base == .object && a.type != .object
  }
}

extension Ops {
  @inline(__always)
  static func BINARY_OP_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return false }
    let left = operandB(pc)
    let right = operandC(pc)
    let a = fp[left]
    let b = fp[right]
    guard a.isNativeOperand, b.isNativeOperand || !b.isObject else { return false }
    thread.pointee.frame.pointee.pc = pc
    let result = nativeBinary(pc[1], a, b)
    if _slowPath(result.isAbsent) { return unwound(&pc, &fp, thread) }
    let destination = operandA(pc)
    if left != destination { consume(fp, thread, left) }
    if right != destination && right != left { consume(fp, thread, right) }
    set(fp, destination, result)
    pc += 2
    return true
  }

  @inline(__always)
  static func COMPARE_OP_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandB(pc)
    let right = operandC(pc)
    guard !Model.isFree, fp[left].comparesNatively(with: fp[right]) else { return false }
    thread.pointee.frame.pointee.pc = pc
    let result = nativeCompare(pc[1], fp[left], fp[right], asBool: pc[1] & 16 != 0)
    if _slowPath(result.isAbsent) { return unwound(&pc, &fp, thread) }
    let destination = operandA(pc)
    if left != destination { consume(fp, thread, left) }
    if right != destination { consume(fp, thread, right) }
    set(fp, destination, result)
    pc += 2
    return true
  }

  @inline(__always)
  static func COMPARE_JUMP_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandA(pc)
    let right = operandB(pc)
    guard !Model.isFree, fp[left].comparesNatively(with: fp[right]) else { return false }
    thread.pointee.frame.pointee.pc = pc
    let result = nativeCompare(pc[1], fp[left], fp[right], asBool: true)
    if _slowPath(result.isAbsent) { return unwound(&pc, &fp, thread) }
    let target = result.isTrue == (pc[1] & 8 != 0) ? pc + signedC(pc) : pc + 2
    consume(fp, thread, left)
    consume(fp, thread, right)
    pc = target
    return true
  }

  @inline(__always)
  static func STORE_SUBSCR_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let container = fp[operandB(pc)]
    guard !Model.isFree, container.isNativeOperand, let slot = container.object.shape.type.slots.pointee.storeSubscript else { return false }
    thread.pointee.frame.pointee.pc = pc
    do throws(PyError) { try slot(container, fp[operandC(pc)], fp[operandA(pc)]) } catch { return unwound(&pc, &fp, thread) }
    consume(fp, thread, operandA(pc))
    consume(fp, thread, operandB(pc))
    consume(fp, thread, operandC(pc))
    pc += 2
    return true
  }

  /// `isinstance(x, class)`: word 1 is the native function.
  @inline(__always)
  static func CALL_ISINSTANCE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.builtinFunction.rootShape) { return false }
    if _slowPath(UInt64(UInt(bitPattern: NativeFunctionObject(callable).function)) != krait_load64(pc + 1)) { return false }
    let object = fp[base &+ 2]
    let target = fp[base &+ 3]
    if _slowPath(object.isAbsent || target.isAbsent) { return false }
    let answer = object.quicklyIsInstance(of: target, isBesideOthers: Model.isFree && thread.pointee.hasPeers && !thread.pointee.holdsSharing)
    if _slowPath(answer == .unknown) { return false }
    fp[base] = Value(answer == .yes)
    fp[base &+ 2] = .none
    fp[base &+ 3] = .none
    thread.pointee.frame.pointee.pc = pc
    release(object)
    release(target)
    release(object: callable.object)
    pc += Evaluator.callLength
    return true
  }

  /// An operation raised.
  @inline(__always)
  private static func unwound(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    pc = Evaluator.unwind(thread)
    fp = thread.pointee.frame.pointee.fp
    return true
  }
}

/// `left OP right`, a new reference; absent when it raised.
@inline(never)
private func nativeBinary(_ operation: UInt64, _ left: Value, _ right: Value) -> Value {
  do throws(PyError) {
    if operation & 0xFF == 26, let slot = left.object.shape.type.slots.pointee.subscript { return try slot(left, right).take() }
    return try Slow.binary(operation, left, right).take()
  } catch { return .absent }
}

/// `left OP right`, a new reference; absent when it raised.
@inline(never)
private func nativeCompare(_ operation: UInt64, _ left: Value, _ right: Value, asBool: Bool) -> Value {
  let comparison = Slow.comparison(operation)
  do throws(PyError) {
    try checkNativeRecursion(" in comparison")
    var result = Owned.notImplemented
    if let slot = left.object.shape.type.slots.pointee.compare { result = try slot(left, right, comparison) }
    if _slowPath(result.value.isNotImplemented) { result = try left.compareAfterLeft(right, comparison) }
    // A proxy's answer is that of what it stands for.
    if asBool && result.value.isObject { return Value(try result.value.isTruthy()) }
    return result.take()
  } catch { return .absent }
}
