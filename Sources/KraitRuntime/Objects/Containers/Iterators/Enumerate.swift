// enumerate and reversed

import CKraitCore

/// An `enumerate`: the iterator, the next number when it is beyond the native range (else absent), a pair to use again (``PairCache``), the next number.
struct EnumerateObject {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  static var size: Int { 48 }

  var iterator: Value { @inline(__always) get { raw.load(fromByteOffset: 16, as: Value.self) } }
  var bigNumber: Value {
    get { raw.load(fromByteOffset: 24, as: Value.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Value.self) }
  }
  var number: Int {
    @inline(__always) get { raw.load(fromByteOffset: 40, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 40, as: Int.self) }
  }

  var cache: PairCache { @inline(__always) get { PairCache(place: raw + 32) } }

  /// The next number, which is counted.
  @inline(__always)
  func takeNumber() throws(PyError) -> Owned {
    let number = self.number
    if _fastPath(number ^ (number &<< 1) >= 0) {
      self.number = number &+ 1
      return Owned(taking: Value(smallInteger: number))
    }
    return try takeLargeNumber(number)
  }

  @inline(never)
  private func takeLargeNumber(_ number: Int) throws(PyError) -> Owned {
    if bigNumber.isAbsent && number < .max {
      let result = try Owned.integer(number)
      self.number = number + 1
      return result
    }
    let result = bigNumber.isAbsent ? try Owned.integer(number) : Owned(copying: bigNumber)
    let next = try Integer.add(result.value, Value(smallInteger: 1))
    let old = bigNumber
    bigNumber = next.take()
    old.releaseIfPresent()
    return result
  }
}

func defineEnumerate(_ types: TypeDefinitions) {
  types.define(.enumerate) { t in
    t.documentation = "Pairs of a number that counts and the next item of an iterable."
    defineIterator(t, size: EnumerateObject.size, references: 3, isBase: true) { (value) throws(PyError) in
      let object = EnumerateObject(value)
      let item = try object.iterator.next()
      if item.value.isAbsent { return Owned(taking: .absent) }
      let number = try object.takeNumber()
      return try object.cache.pair(number, item)
    }
    t.rawNew("enumerate", newEnumerate)
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let object = EnumerateObject(call.receiver)
      let number = object.bigNumber.isAbsent ? try Owned.integer(object.number) : Owned(copying: object.bigNumber)
      let arguments = try Owned.tuple(object.iterator, number.value)
      return try Owned.tuple(call.receiver.type.value, arguments.value)
    }
    t.classMethod("__class_getitem__(object, /)", "A generic alias.") { (call) throws(PyError) in try Owned.genericAlias(call.receiver, call[0]) }
  }
}

private func newEnumerate(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let count = arguments.positionalCount + arguments.keywordCount
  guard count <= 2 else { throw PyError.typeError("enumerate() takes at most 2 arguments (\(count) given)") }
  var iterable = arguments.positionalCount > 0 ? arguments.base[0] : Value.absent
  var start = arguments.positionalCount > 1 ? arguments.base[1] : Value.absent
  for index in 0..<arguments.keywordCount {
    let name = TupleObject(arguments.keywordNames)[index]
    let value = arguments.base[arguments.positionalCount + index]
    if StringObject(name).isEqual(to: "iterable") && iterable.isAbsent {
      iterable = value
    } else if StringObject(name).isEqual(to: "start") && start.isAbsent {
      start = value
    } else {
      throw PyError.typeError("'\(name.text)' is an invalid keyword argument for enumerate()")
    }
  }
  if iterable.isAbsent { throw PyError.typeError("enumerate() missing required argument 'iterable'") }
  let first = start.isAbsent ? Owned(taking: Value(smallInteger: 0)) : try start.exactIndex()
  let iterator = try iterable.iterate()
  let raw = try TypeObject(raw: type.object).allocate()
  raw.storeBytes(of: iterator.take(), toByteOffset: 16, as: Value.self)
  if let number = Integer.asInt(first.value) {
    EnumerateObject(Value(raw)).number = number
  } else {
    EnumerateObject(Value(raw)).number = .max
    EnumerateObject(Value(raw)).bigNumber = first.take()
  }
  return Owned(taking: raw)
}

/// A `reversed`: the sequence (absent at the end), the next index.
private struct ReversedObject {
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
}

func defineReversed(_ types: TypeDefinitions) {
  types.define(.reversed) { t in
    t.documentation = "An iterator over a sequence, from its end."
    defineIterator(t, size: ReversedObject.size, references: 1, isBase: true, next: nextReversed)
    t.new("reversed(sequence, /)") { (call) throws(PyError) in
      let sequence = call[0]
      let method = sequence.type.lookUp(Name.__reversed__)
      if method.isNone { throw PyError.typeError("'\(sequence.typeName)' object is not reversible") }
      if !method.isAbsent {
        let bound = try sequence.lookUpSpecial(Name.__reversed__)
        return try bound.value.call()
      }
      guard sequence.type.slots.pointee.item != nil, !sequence.isDict else {
        throw PyError.typeError("'\(sequence.typeName)' object is not reversible")
      }
      let count = try sequence.length()
      let raw = try TypeObject(raw: call.receiver.object).allocate()
      sequence.retain()
      raw.storeBytes(of: sequence, toByteOffset: 16, as: Value.self)
      raw.storeBytes(of: count - 1, toByteOffset: 24, as: Int.self)
      return Owned(taking: raw)
    }
    t.method("__length_hint__()", "How many items are left.") { (call) throws(PyError) in
      let object = ReversedObject(call.receiver)
      if object.sequence.isAbsent { return Owned(taking: Value(smallInteger: 0)) }
      let held = Owned(copying: object.sequence)
      let count = try held.value.length()
      return try Owned.integer(count < object.index + 1 ? 0 : object.index + 1)
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let object = ReversedObject(call.receiver)
      if object.sequence.isAbsent {
        let empty = try Owned.tuple(Owned.emptyTuple.value)
        return try Owned.tuple(call.receiver.type.value, empty.value)
      }
      let arguments = try Owned.tuple(object.sequence)
      let index = try Owned.integer(object.index)
      return try Owned.tuple(call.receiver.type.value, arguments.value, index.value)
    }
    t.method("__setstate__(state, /)", "For unpickling.") { (call) throws(PyError) in
      let object = ReversedObject(call.receiver)
      let index = try stateIndex(call[0])
      if !object.sequence.isAbsent {
        let held = Owned(copying: object.sequence)
        let count = try held.value.length()
        object.index = min(max(index, -1), count - 1)
      }
      return .none
    }
  }
}

private func nextReversed(_ value: Value) throws(PyError) -> Owned {
  let object = ReversedObject(value)
  let index = object.index
  if object.sequence.isAbsent { return Owned(taking: .absent) }
  if index >= 0 {
    let held = Owned(copying: object.sequence)
    do throws(PyError) {
      let item: Owned
      if let slot = held.value.type.slots.pointee.item {
        item = try slot(held.value, index)
      } else {
        item = try held.value.getItem(Value(smallInteger: index))
      }
      object.index = index - 1
      return item
    } catch {
      guard PyError.matches(.indexError) || PyError.matches(.stopIteration) else { throw error }
      PyError.clear()
    }
  }
  object.index = -1
  let old = object.sequence
  object.sequence = .absent
  old.releaseIfPresent()
  return Owned(taking: .absent)
}
