// What instruction bodies share: writing results, giving up operands.

import CKraitCore

/// Fast bodies of instructions. Each returns false, with nothing changed, when it is not the one to do it; then the slow path of its family takes over.
enum Ops<Model: ThreadingModel> {
  /// Writes a slot and releases what was there.
  @inline(__always)
  static func set(_ fp: FP, _ slot: Int, _ value: Value) {
    let old = fp[slot]
    fp[slot] = value
    // Two branches, as the first mostly decides: one made of both costs four instructions more.
    if _slowPath(old.isObject) {
      if _fastPath(!old.isAbsent) { release(object: old.object) }
    }
  }
}

/// Slow paths of instructions: the general meaning, and specialisation.
enum Slow {
  /// Writes a result.
  @inline(__always)
  static func set(_ fp: FP, _ slot: Int, _ value: consuming Owned) {
    let old = fp[slot]
    fp[slot] = value.take()
    old.releaseIfPresent()
  }

  /// Gives up an operand if it is a temporary, which the instruction consumes.
  @inline(__always)
  static func consume(_ fp: FP, _ thread: ThreadPointer, _ slot: Int) {
    if slot >= thread.pointee.frame.pointee.code.localsPlusCount {
      let value = fp[slot]
      fp[slot] = .none
      value.releaseIfPresent()
    }
  }

  /// Writes a result and gives up the operands that were temporaries.
  @inline(__always)
  static func finish(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ result: consuming Owned, _ operand: Int) {
    let destination = operandA(pc)
    if operand != destination { consume(fp, thread, operand) }
    set(fp, destination, result)
  }

  @inline(__always)
  static func finish(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ result: consuming Owned, _ first: Int, _ second: Int) {
    let destination = operandA(pc)
    if first != destination { consume(fp, thread, first) }
    if second != destination && second != first { consume(fp, thread, second) }
    set(fp, destination, result)
  }

  /// Takes the value out of a temporary.
  @inline(__always)
  static func take(_ fp: FP, _ slot: Int) -> Owned {
    let value = fp[slot]
    fp[slot] = .none
    return Owned(taking: value)
  }

  /// The value of an operand as an owned reference: moved out of a temporary, copied from a local.
  @inline(__always)
  static func takeOperand(_ fp: FP, _ thread: ThreadPointer, _ slot: Int) -> Owned {
    if slot >= thread.pointee.frame.pointee.code.localsPlusCount { return take(fp, slot) }
    return Owned(copying: fp[slot])
  }

  /// Rewrites the operation of an instruction; its caches must have been written before.
  @inline(__always)
  static func specialise(_ pc: PC, _ instruction: Instruction) {
    krait_store16_release(pc, instruction.rawValue)
  }

  static func setException(_ fp: FP, _ slot: Int, _ value: consuming Owned) { set(fp, slot, value) }
}
