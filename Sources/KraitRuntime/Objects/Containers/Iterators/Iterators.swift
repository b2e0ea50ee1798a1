// What the builtin iterators have in common: their slots, their state, their pickled form.

import CKraitCore

/// The slots of an iterator that begins with references from offset 16 on.
///
/// - Parameter references: how many words behind the header are owned references (or absent).
func defineIterator(
  _ t: TypeDefinition, size: Int, references: Int, isBase: Bool = false, next: @escaping (Value) throws(PyError) -> Owned
) {
  t.basicSize = size
  t.flags = isBase ? [.baseType, .haveGarbageCollection] : [.haveGarbageCollection, .disallowInstantiation]
  t.shapeFlags = [.tracked]
  t.slots.iterate = UnarySlot { (iterator) throws(PyError) in Owned(copying: iterator) }
  t.slots.next = NextSlot(next)
  switch references {
  case 0:
    t.shapeFlags = []
    t.slots.deallocate = DeallocateSlot { (object) in finishDeallocation(object) }
  case 1:
    t.slots.deallocate = DeallocateSlot { (object) in releaseReferences(object, 1) }
    t.slots.traverse = TraverseSlot { (object, visit) in visitReferences(object, 1, visit) }
  case 2:
    t.slots.deallocate = DeallocateSlot { (object) in releaseReferences(object, 2) }
    t.slots.traverse = TraverseSlot { (object, visit) in visitReferences(object, 2, visit) }
  default:
    t.slots.deallocate = DeallocateSlot { (object) in releaseReferences(object, 3) }
    t.slots.traverse = TraverseSlot { (object, visit) in visitReferences(object, 3, visit) }
  }
}

private func visitReferences(_ object: UnsafeMutableRawPointer, _ count: Int, _ visit: Visitor) {
  for index in 0..<count { visit(object.load(fromByteOffset: 16 + index * 8, as: Value.self)) }
}

private func releaseReferences(_ object: UnsafeMutableRawPointer, _ count: Int) {
  for index in 0..<count { object.load(fromByteOffset: 16 + index * 8, as: Value.self).releaseIfPresent() }
  finishDeallocation(object)
}

/// The index in a pickled state: an int, nothing with `__index__`.
func stateIndex(_ value: Value) throws(PyError) -> Int {
  guard value.isInteger else { throw PyError.typeError("an integer is required") }
  return try value.asInt()
}

/// `(iter, (sequence,), index)`; `(iter, (empty,))` when the iterator is exhausted.
///
/// The function is the first argument because finding it may run Python code, which may exhaust the iterator.
func reduceIterator(_ function: consuming Owned, _ sequence: Value, index: Int, empty: consuming Owned) throws(PyError) -> Owned {
  if sequence.isAbsent {
    let arguments = try Owned.tuple(empty.value)
    return try Owned.tuple(function.value, arguments.value)
  }
  let arguments = try Owned.tuple(sequence)
  let position = try Owned.integer(index)
  return try Owned.tuple(function.value, arguments.value, position.value)
}

/// `(iter, ([…what is left…],))`; the iterator itself does not move.
public func reduceAsList(_ copy: consuming Owned) throws(PyError) -> Owned {
  let left = try Owned.list(from: copy.value)
  let arguments = try Owned.tuple(left.value)
  let function = try builtinAttribute("iter")
  return try Owned.tuple(function.value, arguments.value)
}

/// A tuple of two that an iterator gives again and again, as long as nobody kept it: mostly it is unpacked at once.
public struct PairCache {
  /// A word of the iterator that owns a reference to the tuple; absent at first.
  let place: UnsafeMutableRawPointer

  public init(place: UnsafeMutableRawPointer) { self.place = place }

  var holdsPair: Bool { @inline(__always) get { !place.load(as: Value.self).isAbsent } }

  /// A tuple that takes over its items.
  @inline(__always)
  public func pair(_ a: consuming Owned, _ b: consuming Owned) throws(PyError) -> Owned {
    let cached = place.load(as: Value.self)
    // One reference in all: the iterator's.
    if _fastPath(!cached.isAbsent && cached.object.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) == 1) {
      let tuple = TupleObject(cached)
      let items = tuple.items
      tuple.knownHash = 0
      let result = Owned(copying: cached)
      let (oldA, oldB) = (items[0], items[1])
      items[0] = a.take()
      items[1] = b.take()
      oldA.release()
      oldB.release()
      return result
    }
    let tuple = try Owned.newTuple(2)
    tuple.initialize(0, a)
    tuple.initialize(1, b)
    if cached.isAbsent {
      tuple.raw.retain()
      place.storeBytes(of: tuple.value, as: Value.self)
    }
    return Owned(taking: tuple.raw)
  }
}
