// The type `tuple`.

import CKraitCore

func defineTuple(_ types: TypeDefinitions) {
  types.define(.tuple) { t in
    t.documentation = "An immutable sequence."
    t.basicSize = TupleObject.itemsOffset
    t.itemSize = 8
    t.itemCountOffset = TupleObject.countOffset
    t.flags = [.baseType, .sequence, .haveGarbageCollection]
    t.shapeFlags = [.tuple, .tracked]
    t.new("tuple(iterable=(), /)") { (call) throws(PyError) in
      let type = TypeObject(raw: call.receiver.object)
      let tuple = try Owned.tuple(from: call[0])
      return type == .tuple ? tuple : try Owned.tuple(TupleObject(tuple.value).buffer, as: type)
    }
    t.slots.deallocate = DeallocateSlot(tupleDeallocate)
    t.slots.traverse = TraverseSlot { (object, visit) in
      let tuple = TupleObject(raw: object)
      for index in 0..<tuple.count { visit(tuple[index]) }
    }
    t.slots.repr = UnarySlot(tupleRepr)
    t.slots.hash = HashSlot(tupleHash)
    t.slots.compare = CompareSlot(tupleCompare)
    t.slots.length = LengthSlot { (tuple) throws(PyError) in TupleObject(tuple).count }
    t.slots.concatenate = BinarySlot(tupleConcatenate)
    t.slots.repeat = IndexSlot(tupleRepeat)
    t.slots.item = IndexSlot { (tuple, index) throws(PyError) in try TupleObject(tuple).item(index) }
    t.slots.subscript = BinarySlot(tupleSubscript)
    t.slots.contains = ContainsSlot { (tuple, item) throws(PyError) in try TupleObject(tuple).contains(item) }
    t.slots.iterate = UnarySlot { (tuple) throws(PyError) in try Owned.tupleIterator(TupleObject(tuple)) }
    t.method("__getnewargs__()") { (call) throws(PyError) in
      let tuple = TupleObject(call.receiver)
      let copy = tuple.value.isExactTuple ? Owned(copying: tuple.value) : try Owned.tuple(tuple.buffer)
      return try Owned.tuple(copy.value)
    }
    t.method("index(value, start=0, stop=sys.maxsize, /)", "The first index of value; ValueError if it is not there.") { (call) throws(PyError) in
      let tuple = TupleObject(call.receiver)
      let start = searchStart(try searchBound(call[1]), tuple.count)
      let stop = min(searchStop(try searchBound(call[2]), tuple.count), tuple.count)
      var index = start
      while index < stop {
        if try tuple[index].isEqual(to: call[0]) { return Owned(taking: Value(smallInteger: index)) }
        index += 1
      }
      throw PyError.valueError("tuple.index(x): x not in tuple")
    }
    t.method("count(value, /)", "How many items equal value.") { (call) throws(PyError) in
      let tuple = TupleObject(call.receiver)
      var count = 0
      for index in 0..<tuple.count where try tuple[index].isEqual(to: call[0]) { count += 1 }
      return Owned(taking: Value(smallInteger: count))
    }
    t.classMethod("__class_getitem__(object, /)", "tuple[...]: a generic alias.") { (call) throws(PyError) in
      try Owned.genericAlias(call.receiver, call[0])
    }
  }
}

extension TupleObject {
  /// The item at an index from 0 on, checked.
  @inline(__always)
  func item(_ index: Int) throws(PyError) -> Owned {
    guard UInt(bitPattern: index) < UInt(bitPattern: count) else { throw PyError.indexError("tuple index out of range") }
    return Owned(copying: self[index])
  }

  /// `item in self`.
  public func contains(_ item: Value) throws(PyError) -> Bool {
    for index in 0..<count where try self[index].isEqual(to: item) { return true }
    return false
  }
}

extension Owned {
  /// An instance of a subclass of `tuple`.
  public static func tuple(_ values: UnsafeBufferPointer<Value>, as type: TypeObject) throws(PyError) -> Owned {
    let raw = try type.allocate(items: values.count)
    raw.storeBytes(of: values.count, toByteOffset: TupleObject.countOffset, as: Int.self)
    copyReferences(from: values, to: TupleObject(raw: raw).items)
    return Owned(taking: raw)
  }
}

private func tupleDeallocate(_ object: UnsafeMutableRawPointer) {
  let tuple = TupleObject(raw: object)
  let items = tuple.items
  var index = tuple.count
  while index > 0 {
    index &-= 1
    items[index].releaseIfPresent()
  }
  finishDeallocation(object)
}

private func tupleRepr(_ value: Value) throws(PyError) -> Owned {
  let tuple = TupleObject(value)
  if tuple.count == 0 { return try .string("()") }
  return try sequenceRepr(value, open: "(", close: tuple.count == 1 ? ",)" : ")", recursive: "(...)") { $0 < tuple.count ? tuple[$0] : .absent }
}

/// CPython's: a reduced xxHash of the items' hashes. It is kept: items' own `__hash__` is asked once.
private func tupleHash(_ value: Value) throws(PyError) -> Int {
  let tuple = TupleObject(value)
  if tuple.knownHash != 0 { return tuple.knownHash }
  try checkNativeRecursion(" while computing a hash")
  var accumulator = TupleHash.start
  for index in 0..<tuple.count {
    accumulator = hashTupleStep(accumulator, try hashOfPart(tuple[index]))
  }
  let hash = TupleHash.finish(accumulator, tuple.count)
  tuple.knownHash = hash
  return hash
}

enum TupleHash {
  static var start: UInt { 2_870_177_450_012_600_261 }

  @inline(__always)
  static func finish(_ accumulator: UInt, _ count: Int) -> Int {
    let hash = accumulator &+ (UInt(bitPattern: count) ^ (start ^ 3_527_539))
    return hash == .max ? 1_546_275_796 : Int(bitPattern: hash)
  }
}

@inline(__always)
func hashTupleStep(_ accumulator: UInt, _ hash: Int) -> UInt {
  let mixed = accumulator &+ UInt(bitPattern: hash) &* 14_029_467_366_897_019_727
  return (mixed &<< 31 | mixed &>> 33) &* 11_400_714_785_074_694_791
}

private func tupleCompare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard a.isTuple, b.isTuple else { return .notImplemented }
  if operation == .equal || operation == .notEqual {
    let answer = a.tupleQuicklyEquals(b, depth: 0)
    if answer != .unknown { return .boolean((answer == .yes) == (operation == .equal)) }
  }
  return try compareSequences(a, b, operation, count: { TupleObject($0).count }, item: { TupleObject($0)[$1] })
}

private func tupleConcatenate(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  guard b.isTuple else { throw PyError.typeError("can only concatenate tuple (not \"\(b.typeName)\") to tuple") }
  let (x, y) = (TupleObject(a), TupleObject(b))
  if y.count == 0 && a.isExactTuple { return Owned(copying: a) }
  if x.count == 0 && b.isExactTuple { return Owned(copying: b) }
  let (xCount, yCount) = (x.count, y.count)
  if xCount + yCount == 0 { return .emptyTuple }
  let result = try Owned.newTuple(xCount + yCount)
  copyReferences(from: x.buffer, to: result.items)
  copyReferences(from: y.buffer, to: result.items + xCount)
  return Owned(taking: result.raw)
}

private func tupleRepeat(_ value: Value, _ times: Int) throws(PyError) -> Owned {
  let tuple = TupleObject(value)
  if (tuple.count == 0 || times == 1) && value.isExactTuple { return Owned(copying: value) }
  if tuple.count == 0 || times <= 0 { return .emptyTuple }
  let (count, tooMany) = tuple.count.multipliedReportingOverflow(by: times)
  if tooMany { throw PyError.memoryError() }
  let result = try Owned.newTuple(count)
  repeatReferences(tuple.items, tuple.count, times: times, to: result.items)
  return Owned(taking: result.raw)
}

private func tupleSubscript(_ value: Value, _ key: Value) throws(PyError) -> Owned {
  let tuple = TupleObject(value)
  if key.isSmallInteger || key.type.slots.pointee.index != nil {
    let index = try key.asIndex()
    return try tuple.item(index < 0 ? index &+ tuple.count : index)
  }
  guard key.isSlice else { throw PyError.typeError("tuple indices must be integers or slices, not \(key.typeName)") }
  let (start, _, step, count) = try SliceObject(key).sliceIndices(tuple.count)
  if count <= 0 { return .emptyTuple }
  if start == 0 && step == 1 && count == tuple.count && value.isExactTuple { return Owned(copying: value) }
  if step == 1 { return try .tuple(UnsafeBufferPointer(start: tuple.items + start, count: count)) }
  let result = try Owned.newTuple(count)
  var index = start
  for place in 0..<count {
    result.initialize(place, Owned(copying: tuple[index]))
    index &+= step
  }
  return Owned(taking: result.raw)
}
