// Iterators over whatever has `__getitem__`, and over a callable with a sentinel: `iter(x)` and `iter(f, sentinel)`.

import CKraitCore

/// Fields of both: what is iterated (absent at the end), then the next index or the sentinel.
private struct SequenceIterator: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  static var size: Int { 32 }

  var sequence: Value {
    get { raw.load(fromByteOffset: 16, as: Value.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Value.self) }
  }
  var index: Int {
    get { raw.load(fromByteOffset: 24, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Int.self) }
  }
  var sentinel: Value { raw.load(fromByteOffset: 24, as: Value.self) }

  /// Gives up what is iterated; for good.
  func exhaust() {
    let old = sequence
    sequence = .absent
    old.releaseIfPresent()
  }
}

extension Owned {
  /// An iterator that asks for items 0, 1, 2 … until an IndexError.
  public static func sequenceIterator(_ sequence: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.sequenceIterator.rootShape, size: SequenceIterator.size)
    sequence.retain()
    raw.storeBytes(of: sequence, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: 0, toByteOffset: 24, as: Int.self)
    return Owned(taking: raw)
  }

  /// An iterator that calls until the result equals the sentinel.
  public static func callableIterator(_ callable: Value, sentinel: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.callableIterator.rootShape, size: SequenceIterator.size)
    callable.retain()
    sentinel.retain()
    raw.storeBytes(of: callable, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: sentinel, toByteOffset: 24, as: Value.self)
    return Owned(taking: raw)
  }
}

func defineSequenceIterators(_ types: TypeDefinitions) {
  types.define(.sequenceIterator) { t in
    defineIterator(t, size: SequenceIterator.size, references: 1, next: nextOfSequence)
    t.method("__length_hint__()", "How many items are left.") { (call) throws(PyError) in
      let iterator = SequenceIterator(call.receiver)
      if iterator.sequence.isAbsent { return Owned(taking: Value(smallInteger: 0)) }
      guard iterator.sequence.type.slots.pointee.length != nil else { return .notImplemented }
      let held = Owned(copying: iterator.sequence)
      let length = try held.value.length()
      return Owned(taking: Value(smallInteger: max(length - iterator.index, 0)))
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let iterator = SequenceIterator(call.receiver)
      return try reduceIterator(builtinAttribute("iter"), iterator.sequence, index: iterator.index, empty: .emptyTuple)
    }
    t.method("__setstate__(state, /)", "For unpickling.") { (call) throws(PyError) in
      let iterator = SequenceIterator(call.receiver)
      let index = try stateIndex(call[0])
      if !iterator.sequence.isAbsent { iterator.index = max(index, 0) }
      return .none
    }
  }
  types.define(.callableIterator) { t in
    defineIterator(t, size: SequenceIterator.size, references: 2, next: nextOfCallable)
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let iterator = SequenceIterator(call.receiver)
      let function = try builtinAttribute("iter")
      if iterator.sequence.isAbsent { return try reduceIterator(function, .absent, index: 0, empty: .emptyTuple) }
      let arguments = try Owned.tuple(iterator.sequence, iterator.sentinel)
      return try Owned.tuple(function.value, arguments.value)
    }
  }
}

private func nextOfSequence(_ value: Value) throws(PyError) -> Owned {
  let iterator = SequenceIterator(value)
  if iterator.sequence.isAbsent { return Owned(taking: .absent) }
  let index = iterator.index
  if index == .max { throw PyError.overflowError("iter index too large") }
  let sequence = Owned(copying: iterator.sequence)
  do throws(PyError) {
    let item: Owned
    if let slot = sequence.value.type.slots.pointee.item {
      item = try slot(sequence.value, index)
    } else {
      item = try sequence.value.getItem(Value(smallInteger: index))
    }
    iterator.index = index + 1
    return item
  } catch {
    guard PyError.matches(.indexError) || PyError.matches(.stopIteration) else { throw error }
    PyError.clear()
    iterator.exhaust()
    return Owned(taking: .absent)
  }
}

private func nextOfCallable(_ value: Value) throws(PyError) -> Owned {
  let iterator = SequenceIterator(value)
  if iterator.sequence.isAbsent { return Owned(taking: .absent) }
  let callable = Owned(copying: iterator.sequence)
  do throws(PyError) {
    let result = try callable.value.call()
    // The call may have exhausted this iterator.
    if iterator.sequence.isAbsent { return Owned(taking: .absent) }
    if try !iterator.sentinel.isEqual(to: result.value) { return result }
  } catch {
    guard PyError.matches(.stopIteration) else { throw error }
    PyError.clear()
  }
  iterator.exhaust()
  return Owned(taking: .absent)
}
