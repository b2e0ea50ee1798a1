// The type `range`.

import CKraitCore

func defineRange(_ types: TypeDefinitions) {
  types.define(.range) { t in
    t.documentation = "Integers from start to stop in steps, none of them stored."
    t.basicSize = RangeObject.size
    t.flags = [.sequence]
    t.rawNew("range") { (_, arguments) throws(PyError) in
      try arguments.checkNoKeywords("range")
      try arguments.check("range", 1, 3)
      let first = try arguments.base[0].exactIndex()
      if arguments.positionalCount == 1 { return try .range(Value(smallInteger: 0), first.value) }
      let stop = try arguments.base[1].exactIndex()
      let step = arguments.positionalCount == 3 ? try arguments.base[2].exactIndex() : Owned(taking: Value(smallInteger: 1))
      return try .range(first.value, stop.value, step.value)
    }
    t.slots.deallocate = DeallocateSlot { (object) in
      let range = RangeObject(raw: object)
      range.start.release()
      range.stop.release()
      range.step.release()
      range.length.release()
      finishDeallocation(object)
    }
    t.slots.repr = UnarySlot(rangeRepr)
    t.slots.hash = HashSlot(rangeHash)
    t.slots.compare = CompareSlot { (a, b, operation) throws(PyError) in
      guard a.type == .range, b.type == .range, operation == .equal || operation == .notEqual else { return .notImplemented }
      return .boolean(RangeObject(a).isEqual(to: RangeObject(b)) == (operation == .equal))
    }
    t.slots.length = LengthSlot { (range) throws(PyError) in try RangeObject(range).length.asInt() }
    t.slots.truth = TruthSlot { (range) throws(PyError) in !Integer.isZero(RangeObject(range).length) }
    t.slots.item = IndexSlot { (range, index) throws(PyError) in
      let position = try Owned.integer(index)
      return try RangeObject(range).item(position.value, fromEnd: false)
    }
    t.slots.subscript = BinarySlot(rangeSubscript)
    t.slots.contains = ContainsSlot { (range, item) throws(PyError) in
      if item.isExactInteger || item.isBool { return try RangeObject(range).containsInteger(item) }
      return try RangeObject(range).firstEqual(item) != nil
    }
    t.slots.iterate = UnarySlot { (range) throws(PyError) in try Owned.rangeIterator(RangeObject(range)) }
    t.member("start", offset: 16)
    t.member("stop", offset: 24)
    t.member("step", offset: 32)
    t.method("__reversed__()", "An iterator from the end.") { (call) throws(PyError) in try reverseRange(RangeObject(call.receiver)) }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let range = RangeObject(call.receiver)
      let parts = try Owned.tuple(range.start, range.stop, range.step)
      return try Owned.tuple(TypeObject.range.value, parts.value)
    }
    t.method("count(object, /)", "How often the number is in the range.") { (call) throws(PyError) in
      let range = RangeObject(call.receiver)
      if call[0].isExactInteger || call[0].isBool { return Owned(taking: Value(smallInteger: try range.containsInteger(call[0]) ? 1 : 0)) }
      let item = call[0]
      var count = 0
      try range.value.iterateEach { (number) throws(PyError) in
        if try number.isEqual(to: item) { count += 1 }
        return true
      }
      return try Owned.integer(count)
    }
    t.method("index(object, /)", "Where the number is; ValueError if it is not there.") { (call) throws(PyError) in
      let range = RangeObject(call.receiver)
      if call[0].isExactInteger || call[0].isBool {
        guard try range.containsInteger(call[0]) else { throw PyError.valueError("range.index(x): x not in range") }
        let distance = try Integer.subtract(call[0], range.start)
        return try Integer.floorDivide(distance.value, range.step)
      }
      guard let index = try range.firstEqual(call[0]) else { throw PyError.valueError("sequence.index(x): x not in sequence") }
      return try Owned.integer(index)
    }
  }
}

extension RangeObject {
  /// The number at an index; a negative one counts from the end if it may.
  func item(_ index: Value, fromEnd: Bool) throws(PyError) -> Owned {
    if isSmall && index.isSmallInteger {
      let count = length.smallInteger
      let given = index.smallInteger
      let place = given < 0 && fromEnd ? given &+ count : given
      guard UInt(bitPattern: place) < UInt(bitPattern: count) else { throw PyError.indexError("range object index out of range") }
      return try .integer(start.smallInteger &+ place &* step.smallInteger)
    }
    let place = fromEnd && Integer.isNegative(index) ? try Integer.add(index, length) : Owned(copying: index)
    if Integer.isNegative(place.value) || Integer.compare(place.value, length) >= 0 { throw PyError.indexError("range object index out of range") }
    return try computeItem(place.value)
  }

  /// start + index * step, without a check.
  func computeItem(_ index: Value) throws(PyError) -> Owned {
    let distance = try Integer.multiply(index, step)
    return try Integer.add(start, distance.value)
  }

  /// Whether an int is one of the numbers.
  func containsInteger(_ value: Value) throws(PyError) -> Bool {
    if isSmall && value.isSmallInteger {
      let (number, start, step, stop) = (value.smallInteger, start.smallInteger, step.smallInteger, stop.smallInteger)
      let isInside = step > 0 ? start <= number && number < stop : stop < number && number <= start
      return isInside && (step == 1 || (number &- start) % step == 0)
    }
    let isInside = Integer.isNegative(step)
      ? Integer.compare(stop, value) < 0 && Integer.compare(value, start) <= 0
      : Integer.compare(start, value) <= 0 && Integer.compare(value, stop) < 0
    if !isInside { return false }
    let distance = try Integer.subtract(value, start)
    let rest = try Integer.remainder(distance.value, step)
    return Integer.isZero(rest.value)
  }

  /// The index of the first number that equals what is no int.
  func firstEqual(_ item: Value) throws(PyError) -> Int? {
    var index = 0
    var found = false
    try value.iterateEach { (number) throws(PyError) in
      found = try number.isEqual(to: item)
      if !found { index += 1 }
      return !found
    }
    return found ? index : nil
  }

  /// Ranges are equal when their numbers are.
  func isEqual(to other: RangeObject) -> Bool {
    if raw == other.raw { return true }
    guard Integer.isEqual(length, other.length) else { return false }
    if Integer.isZero(length) { return true }
    guard Integer.isEqual(start, other.start) else { return false }
    return Integer.isEqual(length, Value(smallInteger: 1)) || Integer.isEqual(step, other.step)
  }
}

private func rangeRepr(_ value: Value) throws(PyError) -> Owned {
  let range = RangeObject(value)
  var text = StringBuilder()
  try text.append("range(")
  try text.append(reprOf: range.start)
  try text.append(", ")
  try text.append(reprOf: range.stop)
  if !Integer.isEqual(range.step, Value(smallInteger: 1)) {
    try text.append(", ")
    try text.append(reprOf: range.step)
  }
  try text.append(")")
  return try text.finish()
}

/// The hash of (length, start, step), with None for what makes no difference.
private func rangeHash(_ value: Value) throws(PyError) -> Int {
  let range = RangeObject(value)
  let isEmpty = Integer.isZero(range.length)
  let isSingle = Integer.isEqual(range.length, Value(smallInteger: 1))
  let parts = try Owned.tuple(range.length, isEmpty ? .none : range.start, isEmpty || isSingle ? .none : range.step)
  return try parts.value.hash()
}

private func rangeSubscript(_ value: Value, _ key: Value) throws(PyError) -> Owned {
  let range = RangeObject(value)
  if key.isSmallInteger { return try range.item(key, fromEnd: true) }
  if key.type.slots.pointee.index != nil || key.isInteger {
    let index = try key.index()
    return try range.item(index.value, fromEnd: true)
  }
  guard key.isSlice else { throw PyError.typeError("range indices must be integers or slices, not \(key.typeName)") }
  let slice = SliceObject(key)
  let bounds = try slice.indices(ofLength: range.length)
  let parts = TupleObject(bounds.value)
  let start = try range.computeItem(parts[0])
  let stop = try range.computeItem(parts[1])
  let step = try Integer.multiply(parts[2], range.step)
  return try .range(start.value, stop.value, step.value)
}

func reverseRange(_ range: RangeObject) throws(PyError) -> Owned {
  if _fastPath(range.isSmall) {
    let (step, count) = (range.step.smallInteger, range.length.smallInteger)
    return try Owned.rangeIterator(range.start.smallInteger &+ (count &- 1) &* step, 0 &- step, count: count)
  }
  let one = Value(smallInteger: 1)
  let step = try Integer.negate(range.step)
  if Integer.isZero(range.length) {
    let reversed = try Owned.range(Value(smallInteger: 0), Value(smallInteger: 0), step.value)
    return try Owned.rangeIterator(RangeObject(reversed.value))
  }
  // The last number comes first; the one before the first is the new end.
  let last = try Integer.subtract(range.length, one)
  let start = try range.computeItem(last.value)
  let stop = try Integer.subtract(range.start, range.step)
  let reversed = try Owned.range(start.value, stop.value, step.value)
  return try Owned.rangeIterator(RangeObject(reversed.value))
}
