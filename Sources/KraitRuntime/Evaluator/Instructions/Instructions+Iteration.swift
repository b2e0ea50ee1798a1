// The beginnings of loops over the commonest iterables.

import CKraitCore

extension Ops {
  /// A list, tuple or range, or a generator, which is its own iterator.
  @inline(__always)
  static func GET_ITER(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let value = fp[source]
    if _slowPath(!value.isObject || value.isAbsent) { return false }
    let shape = value.object.shape
    if !Model.isFree && shape == TypeObject.list.rootShape { return iterateList(&pc, fp, thread, value, source) }
    let iterator: Value
    if shape == TypeObject.generator.rootShape {
      retain(value)
      iterator = value
    } else if shape == TypeObject.list.rootShape || shape == TypeObject.tuple.rootShape || shape == TypeObject.range.rootShape {
      iterator = newIterator(value)
      if _slowPath(iterator.isAbsent) { return false }
    } else {
      return false
    }
    thread.pointee.frame.pointee.pc = pc
    let destination = operandA(pc)
    if source != destination { consume(fp, thread, source) }
    set(fp, destination, iterator)
    pc += 1
    return true
  }

  /// The reference of a temporary goes over to the iterator.
  @inline(__always)
  private static func iterateList(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ list: Value, _ source: Int) -> Bool {
    let iterator = ItemIteratorObject.make(taking: list)
    if _slowPath(iterator.isAbsent) { return false }
    let destination = operandA(pc)
    if source == destination {
      fp[destination] = iterator
    } else {
      if source >= thread.pointee.frame.pointee.code.localsPlusCount { fp[source] = .none } else { retain(object: list.object) }
      set(fp, destination, iterator)
    }
    pc += 1
    return true
  }
}

/// An iterator over a list, tuple or range; absent when there is no memory: then the general way raises.
@inline(never)
private func newIterator(_ value: Value) -> Value {
  do throws(PyError) {
    if value.isExactList { return try Owned.listIterator(ListObject(value)).take() }
    if value.isExactTuple { return try Owned.tupleIterator(TupleObject(value)).take() }
    return try Owned.rangeIterator(RangeObject(value)).take()
  } catch {
    PyError.clear()
    return .absent
  }
}
