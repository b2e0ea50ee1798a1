// Instructions on containers that ask QuickAnswers first: truth, membership, slices, items added by comprehensions.

import CKraitCore

extension Ops {
  // MARK: Membership

  @inline(__always)
  static func CONTAINS_OP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let item = operandB(pc)
    let container = operandC(pc)
    let answer = fp[container].quicklyContains(fp[item])
    if _slowPath(answer == .unknown) { return false }
    let destination = operandA(pc)
    thread.pointee.frame.pointee.pc = pc
    if item != destination { consume(fp, thread, item) }
    if container != destination && container != item { consume(fp, thread, container) }
    set(fp, destination, Value((answer == .yes) != (pc[1] != 0)))
    pc += 2
    return true
  }

  @inline(__always)
  static func CONTAINS_JUMP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let item = operandA(pc)
    let container = operandB(pc)
    let answer = fp[container].quicklyContains(fp[item])
    if _slowPath(answer == .unknown) { return false }
    thread.pointee.frame.pointee.pc = pc
    consume(fp, thread, item)
    consume(fp, thread, container)
    pc += (answer == .yes) == (pc[1] & 1 != 0) ? signedC(pc) : 2
    return true
  }

  // MARK: Truth

  @inline(__always)
  static func TO_BOOL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let operand = operandB(pc)
    let value = fp[operand]
    let answer = value.isSmallInteger ? QuickAnswer(value.bits != 1) : value.quickTruth()
    if _slowPath(answer == .unknown) { return false }
    thread.pointee.frame.pointee.pc = pc
    if operand != operandA(pc) { consume(fp, thread, operand) }
    set(fp, operandA(pc), Value(answer == .yes))
    pc += 1
    return true
  }

  // MARK: Texts

  /// `s + t`: a temporary, or a local that gets the result, may grow in place when nobody else refers to it.
  @inline(__always)
  static func ADD_STRING(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandB(pc)
    let right = operandC(pc)
    if _slowPath(!fp[left].isExactString || !fp[right].isExactString) { return false }
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(!addStrings(fp, left, right, operandA(pc), thread.pointee.frame.pointee.code.localsPlusCount)) {
      pc = Evaluator.unwind(thread)
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    pc += 2
    return true
  }

  @inline(__always)
  static func FORMAT_SIMPLE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let operand = operandB(pc)
    let value = fp[operand]
    guard value.isExactString else { return false }
    let destination = operandA(pc)
    if operand == destination {
      pc += 1
      return true
    }
    if operand >= thread.pointee.frame.pointee.code.localsPlusCount { fp[operand] = .none } else { retain(value) }
    set(fp, destination, value)
    pc += 1
    return true
  }

  // MARK: Building

  @inline(__always)
  static func BUILD_LIST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let count = operandB(pc)
    let list = newList(taking: fp + base, count)
    if _slowPath(list.isAbsent) { return false }
    if count == 0 {
      set(fp, base, list)
    } else {
      fp[base] = list
      var slot = 1
      while slot < count {
        krait_store64(fp + (base &+ slot), Value.none.bits)
        slot &+= 1
      }
    }
    pc += 1
    return true
  }

  // MARK: Slices

  @inline(__always)
  static func BINARY_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let result = quickSlice(fp[base], fp[base &+ 1], fp[base &+ 2])
    if _slowPath(result.isAbsent) { return false }
    thread.pointee.frame.pointee.pc = pc
    // The bounds are immediates.
    set(fp, base, result)
    pc += 1
    return true
  }

  // MARK: Comprehensions

  @inline(__always)
  static func SET_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let operand = operandB(pc)
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(!quicklyAdd(fp[operandA(pc)], fp[operand])) { return false }
    consume(fp, thread, operand)
    pc += 1
    return true
  }

  @inline(__always)
  static func MAP_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let key = operandB(pc)
    let value = operandC(pc)
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(!setDictItem(fp[operandA(pc)], fp[key], fp[value])) { return false }
    consume(fp, thread, key)
    consume(fp, thread, value)
    pc += 1
    return true
  }
}

/// Writes the sum of two exact strs to a slot and gives up operands that are temporaries; false when it raised.
@inline(never)
private func addStrings(_ fp: FP, _ left: Int, _ right: Int, _ destination: Int, _ locals: Int) -> Bool {
  let (a, b) = (fp[left], fp[right])
  do throws(PyError) {
    let isOwn = left == destination || left >= locals
    if isOwn && right != left && StringObject(a).grow(by: StringObject(b)) {
      if left != destination {
        fp[left] = .none
        let old = fp[destination]
        fp[destination] = a
        old.releaseIfPresent()
      }
    } else {
      let sum = try StringObject.concatenate(StringObject(a), StringObject(b), isAppending: isOwn)
      if left != destination && left >= locals {
        fp[left] = .none
        a.release()
      }
      let old = fp[destination]
      fp[destination] = sum.take()
      old.releaseIfPresent()
      if right == destination { return true }
    }
    if right >= locals && right != destination && right != left {
      fp[right] = .none
      b.release()
    }
    return true
  } catch { return false }
}

/// A list that takes over the references in consecutive slots; absent when there is no memory.
@inline(never)
private func newList(taking slots: FP, _ count: Int) -> Value {
  do throws(PyError) {
    return try Owned.list(taking: UnsafeBufferPointer(start: UnsafePointer(slots), count: count)).take()
  } catch {
    PyError.clear()
    return .absent
  }
}

/// Adds an int or str to an exact set; false when it is not one for here, or there is no memory.
@inline(never)
private func quicklyAdd(_ set: Value, _ item: Value) -> Bool {
  guard set.isObject, set.object.shape.flags.isSuperset(of: [.set, .exact]), item.isSmallInteger || (item.isObject && item.isExactString) else { return false }
  do throws(PyError) {
    try SetObject(raw: set.object).add(item)
    return true
  } catch {
    // The general way does it again, and raises again.
    PyError.clear()
    return false
  }
}

/// `sequence[start:stop]` of an exact list, tuple or str with bounds that are None or small integers, a new reference; absent for the general way.
@inline(never)
private func quickSlice(_ sequence: Value, _ start: Value, _ stop: Value) -> Value {
  guard let bounds = SliceBounds(quick: start, stop), sequence.isObject, sequence.object.shape.flags.contains(.exact) else { return .absent }
  do throws(PyError) {
    if sequence.isList {
      let list = ListObject(sequence)
      let (first, _, _, count) = bounds.indices(list.count)
      return try Owned.list(UnsafeBufferPointer(start: list.items + first, count: max(count, 0))).take()
    }
    if sequence.isTuple {
      let tuple = TupleObject(sequence)
      let (first, _, _, count) = bounds.indices(tuple.count)
      if first == 0 && count == tuple.count { return Owned(copying: sequence).take() }
      return try Owned.tuple(UnsafeBufferPointer(start: tuple.items + first, count: max(count, 0))).take()
    }
    if sequence.isString {
      let string = StringObject(sequence)
      let (first, _, _, count) = bounds.indices(string.length)
      return try string.part(first..<(first &+ max(count, 0))).take()
    }
  } catch { PyError.clear() }
  return .absent
}

extension SliceBounds {
  /// The bounds of `[start:stop]` when both are None or small integers.
  @inline(__always)
  init?(quick start: Value, _ stop: Value) {
    guard start.isSmallInteger || start.isNone, stop.isSmallInteger || stop.isNone else { return nil }
    self.init(start: start.isNone ? 0 : start.smallInteger, stop: stop.isNone ? .max : stop.smallInteger, step: 1)
  }
}
