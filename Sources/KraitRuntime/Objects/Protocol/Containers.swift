// Iteration, subscripts, lengths and membership of any value.

import CKraitCore

extension Value {
  public func length() throws(PyError) -> Int {
    guard let slot = type.slots.pointee.length else { throw PyError.typeError("object of type '\(typeName)' has no len()") }
    return try slot(self)
  }

  /// What `operator.length_hint` gives; `fallback` where neither `__len__` nor `__length_hint__` answers.
  public func lengthHint(_ fallback: Int) throws(PyError) -> Int {
    if let slot = type.slots.pointee.length {
      do throws(PyError) { return try slot(self) } catch {
        guard PyError.matches(.typeError) else { throw error }
        PyError.clear()
      }
    }
    let method = try lookUpSpecial(Name.__length_hint__)
    if method.value.isAbsent { return fallback }
    let result: Owned
    do throws(PyError) { result = try method.value.call() } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      return fallback
    }
    if result.value.isNotImplemented { return fallback }
    guard result.value.isInteger else { throw PyError.typeError("__length_hint__ must be an integer, not \(result.value.typeName)") }
    let hint = try result.value.asInt()
    guard hint >= 0 else { throw PyError.valueError("__length_hint__() should return >= 0") }
    return hint
  }

  public func iterate() throws(PyError) -> Owned {
    let slots = type.slots
    if let slot = slots.pointee.iterate {
      let iterator = try slot(self)
      guard iterator.value.type.slots.pointee.next != nil else {
        throw PyError.typeError("iter() returned non-iterator of type '\(iterator.value.typeName)'")
      }
      return iterator
    }
    guard slots.pointee.item != nil else { throw PyError.typeError("'\(typeName)' object is not iterable") }
    return try Owned.sequenceIterator(self)
  }

  /// The next item of an iterator; absent at its end.
  @inline(__always)
  public func next() throws(PyError) -> Owned {
    guard let slot = type.slots.pointee.next else { throw PyError.typeError("'\(typeName)' object is not an iterator") }
    do throws(PyError) { return try slot(self) } catch {
      guard PyError.matches(.stopIteration) else { throw error }
      PyError.clear()
      return Owned(taking: .absent)
    }
  }

  /// Calls `body` with each item, until it answers false.
  public func iterateEach(_ body: (Value) throws(PyError) -> Bool) throws(PyError) {
    if isExactTuple {
      let tuple = TupleObject(self)
      for index in 0..<tuple.count { if try !body(tuple[index]) { return } }
      return
    }
    if isExactList {
      let list = ListObject(self)
      var index = 0
      while index < list.count {
        let item = Owned(copying: list[index])
        if try !body(item.value) { return }
        index += 1
      }
      return
    }
    let iterator = try iterate()
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { return }
      if try !body(item.value) { return }
    }
  }

  public func getItem(_ key: Value) throws(PyError) -> Owned {
    let slots = type.slots
    if let slot = slots.pointee.subscript { return try slot(self, key) }
    if let slot = slots.pointee.item {
      guard key.type.slots.pointee.index != nil else { throw PyError.typeError("sequence index must be integer, not '\(key.typeName)'") }
      return try slot(self, try sequenceIndex(key))
    }
    if isType {
      if self === TypeObject.type.value { return try Owned.genericAlias(self, key) }
      let method = try lookUpAttribute(Name.__class_getitem__)
      if !method.value.isAbsent && !method.value.isNone { return try method.value.call(key) }
      throw PyError.typeError("type '\(TypeObject(raw: object).nameText)' is not subscriptable")
    }
    throw PyError.typeError("'\(typeName)' object is not subscriptable")
  }

  public func setItem(_ key: Value, _ value: Value) throws(PyError) {
    if let slot = type.slots.pointee.storeSubscript { return try slot(self, key, value) }
    throw PyError.typeError("'\(typeName)' object does not support item assignment")
  }

  public func deleteItem(_ key: Value) throws(PyError) {
    if let slot = type.slots.pointee.storeSubscript { return try slot(self, key, .absent) }
    // CPython has two texts: one for what has slots of a sequence, as all classes of programs have, when the key could be an index.
    var isLikeSequence = hasSequenceSlots
    if isLikeSequence {
      isLikeSequence = key.type.slots.pointee.index != nil
      if isLikeSequence { _ = try key.asIndex(overflow: .indexError) }
    }
    throw PyError.typeError("'\(typeName)' object \(isLikeSequence ? "doesn't" : "does not") support item deletion")
  }

  /// Whether CPython's type has slots of a sequence, be they filled or not.
  var hasSequenceSlots: Bool {
    let slots = type.slots.pointee
    return type.isHeapType || slots.length != nil || slots.item != nil || slots.contains != nil
  }

  /// An index for the slot ``TypeSlots/item``, a negative one counted from the end.
  func sequenceIndex(_ key: Value) throws(PyError) -> Int {
    let index = try key.asIndex(overflow: .indexError)
    guard index < 0, let length = type.slots.pointee.length else { return index }
    return index + (try length(self))
  }

  /// `item in self`.
  public func contains(_ item: Value) throws(PyError) -> Bool {
    if let slot = type.slots.pointee.contains { return try slot(self, item) }
    return try containsByIterating(item)
  }

  /// Membership by a look at each item.
  func containsByIterating(_ item: Value) throws(PyError) -> Bool {
    let iterator: Owned
    do throws(PyError) { iterator = try iterate() } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw PyError.typeError("argument of type '\(typeName)' is not a container or iterable")
    }
    while true {
      let candidate = try iterator.value.next()
      if candidate.value.isAbsent { return false }
      if try candidate.value.isEqual(to: item) { return true }
    }
  }
}
