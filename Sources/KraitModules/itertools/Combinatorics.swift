// `product`, `permutations`, `combinations` and `combinations_with_replacement`.

import KraitRuntime

/// A combinatoric iterator: the pool (a tuple; of `product` a tuple of tuples), the last result, and indices in memory of its own.
private struct CombinationObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var pool: Value
    var result: Value
    var indices: UnsafeMutablePointer<Int>?
    /// Numbers in ``indices``.
    var room: Int
    /// Items of a result.
    var length: Int
    var isStopped: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// A new iterator with room for indices, which are undefined.
  static func make(_ type: Value, pool: consuming Owned, length: Int, room: Int) throws(PyError) -> Owned {
    if room > Int.max / 16 { throw PyError.memoryError() }
    let object = CombinationObject(raw: try TypeObject(type).allocate())
    object.contents.pointee.pool = pool.take()
    object.contents.pointee.length = length
    let owner = Owned(taking: object.raw)
    if room > 0 {
      object.contents.pointee.indices = try allocateMemory(room * 8).assumingMemoryBound(to: Int.self)
      object.contents.pointee.room = room
    }
    return owner
  }

  /// The tuple to change into the next result: the last one, or a copy of it if somebody has kept it.
  @inline(__always)
  func writableResult() throws(PyError) -> TupleObject {
    let last = contents.pointee.result
    if last.isHeldOnce { return TupleObject(last) }
    let copy = try Owned.tuple(TupleObject(last).buffer)
    contents.pointee.result = copy.take()
    last.release()
    return TupleObject(contents.pointee.result)
  }

  /// The first result.
  func start(_ result: consuming Owned) -> Owned {
    let new = result.copy()
    let old = contents.pointee.result
    contents.pointee.result = new.take()
    old.releaseIfPresent()
    return result
  }

  func stop() -> Owned {
    contents.pointee.isStopped = true
    return .end
  }
}

extension TupleObject {
  /// Puts a borrowed item in place of another.
  @inline(__always)
  fileprivate func put(_ index: Int, _ item: Value) {
    let old = items[index]
    item.retain()
    items[index] = item
    knownHash = 0
    old.release()
  }
}

private func defineCombination(_ t: TypeDefinition, _ documentation: StaticString, next: @escaping (Value) throws(PyError) -> Owned) {
  t.documentation = documentation
  t.basicSize = MemoryLayout<CombinationObject.Contents>.size
  t.shapeFlags.insert(.tracked)
  t.flags.insert(.baseType)
  t.slots.getAttribute = BinarySlot(genericGetAttribute)
  t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
  t.slots.next = NextSlot(next)
  t.slots.deallocate = DeallocateSlot { raw in
    let contents = CombinationObject(raw: raw).contents
    contents.pointee.pool.releaseIfPresent()
    contents.pointee.result.releaseIfPresent()
    if let indices = contents.pointee.indices { freeMemory(UnsafeMutableRawPointer(indices), size: contents.pointee.room * 8) }
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let contents = CombinationObject(raw: raw).contents
    visit(contents.pointee.pool)
    visit(contents.pointee.result)
  }
  t.slots.clear = ClearSlot { raw in
    let contents = CombinationObject(raw: raw).contents
    let held = (contents.pointee.pool, contents.pointee.result)
    contents.pointee.pool = .absent
    contents.pointee.result = .absent
    contents.pointee.isStopped = true
    held.0.releaseIfPresent()
    held.1.releaseIfPresent()
  }
  t.method("__sizeof__()", "How many bytes the object takes.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(MemoryLayout<CombinationObject.Contents>.size + CombinationObject(call.receiver).contents.pointee.room * 8)
  }
}

/// The items of a pool at the indices.
private func pick(_ pool: TupleObject, _ indices: UnsafeMutablePointer<Int>?, _ count: Int) throws(PyError) -> Owned {
  let result = try Owned.tuple(count: count)
  for place in 0..<count { TupleObject(result.value).initialize(place, Owned(copying: pool[indices.unsafelyUnwrapped[place]])) }
  return result
}

// MARK: - product

private func makeProduct(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  var times = 1
  if arguments.keywordCount > 0 {
    let names = TupleObject(arguments.keywordNames)
    guard names.count == 1, StringObject(names[0]).isEqual(to: "repeat") else {
      for index in 0..<names.count where !StringObject(names[index]).isEqual(to: "repeat") {
        throw .typeError("product() got an unexpected keyword argument '\(names[index].text)'")
      }
      throw .typeError("product() takes at most 1 keyword argument (\(names.count) given)")
    }
    times = try arguments.base[arguments.positionalCount].asInt()
    if times < 0 { throw .valueError("repeat argument cannot be negative") }
  }
  let given = times == 0 ? 0 : arguments.positionalCount
  let (count, overflows) = given.multipliedReportingOverflow(by: times)
  if overflows || count > Int.max / 16 { throw .overflowError("repeat argument too large") }
  let pools = try Owned.list(capacity: count)
  for index in 0..<given { try ListObject(pools.value).append(taking: try Owned.tuple(from: arguments.base[index])) }
  for index in given..<max(given, count) { try ListObject(pools.value).append(ListObject(pools.value)[index - given]) }
  let tuple = try Owned.tuple(ListObject(pools.value).buffer)
  let result = try CombinationObject.make(type, pool: tuple, length: count, room: count)
  let contents = CombinationObject(result.value).contents
  for index in 0..<count { contents.pointee.indices.unsafelyUnwrapped[index] = 0 }
  return result
}

private func nextProduct(_ value: Value) throws(PyError) -> Owned {
  let object = CombinationObject(value)
  let contents = object.contents
  if contents.pointee.isStopped { return .end }
  let pools = TupleObject(contents.pointee.pool)
  let count = pools.count
  if contents.pointee.result.isAbsent {
    for index in 0..<count where TupleObject(pools[index]).count == 0 { return object.stop() }
    let result = try Owned.tuple(count: count)
    for index in 0..<count { TupleObject(result.value).initialize(index, Owned(copying: TupleObject(pools[index])[0])) }
    return object.start(result)
  }
  if count == 0 { return object.stop() }
  let result = try object.writableResult()
  let indices = contents.pointee.indices.unsafelyUnwrapped
  var place = count - 1
  while place >= 0 {
    let pool = TupleObject(pools[place])
    indices[place] &+= 1
    if indices[place] < pool.count {
      result.put(place, pool[indices[place]])
      return Owned(copying: contents.pointee.result)
    }
    indices[place] = 0
    result.put(place, pool[0])
    place -= 1
  }
  return object.stop()
}

// MARK: - combinations

private func makeCombinations(_ call: Call, replacing: Bool) throws(PyError) -> Owned {
  let pool = try Owned.tuple(from: call[0])
  let count = TupleObject(pool.value).count
  let length = try call.index(1)
  if length < 0 { throw .valueError("r must be non-negative") }
  let isEmpty = replacing ? count == 0 && length > 0 : length > count
  let result = try CombinationObject.make(call.receiver, pool: pool, length: length, room: isEmpty ? 0 : length)
  let contents = CombinationObject(result.value).contents
  contents.pointee.isStopped = isEmpty
  if !isEmpty { for index in 0..<length { contents.pointee.indices.unsafelyUnwrapped[index] = replacing ? 0 : index } }
  return result
}

private func nextCombination(_ value: Value) throws(PyError) -> Owned {
  let object = CombinationObject(value)
  let contents = object.contents
  if contents.pointee.isStopped { return .end }
  let pool = TupleObject(contents.pointee.pool)
  let length = contents.pointee.length
  if contents.pointee.result.isAbsent { return object.start(try pick(pool, contents.pointee.indices, length)) }
  if length == 0 { return object.stop() }
  let indices = contents.pointee.indices.unsafelyUnwrapped
  let spare = pool.count - length
  // The last index that can still grow.
  var place = length - 1
  while place >= 0 && indices[place] == place + spare { place -= 1 }
  if place < 0 { return object.stop() }
  let result = try object.writableResult()
  var index = indices[place] + 1
  while place < length {
    indices[place] = index
    result.put(place, pool[index])
    index += 1
    place += 1
  }
  return Owned(copying: contents.pointee.result)
}

private func nextCombinationWithReplacement(_ value: Value) throws(PyError) -> Owned {
  let object = CombinationObject(value)
  let contents = object.contents
  if contents.pointee.isStopped { return .end }
  let pool = TupleObject(contents.pointee.pool)
  let length = contents.pointee.length
  if contents.pointee.result.isAbsent { return object.start(try pick(pool, contents.pointee.indices, length)) }
  if length == 0 { return object.stop() }
  let indices = contents.pointee.indices.unsafelyUnwrapped
  var place = length - 1
  while place >= 0 && indices[place] == pool.count - 1 { place -= 1 }
  if place < 0 { return object.stop() }
  let result = try object.writableResult()
  let index = indices[place] + 1
  while place < length {
    indices[place] = index
    result.put(place, pool[index])
    place += 1
  }
  return Owned(copying: contents.pointee.result)
}

// MARK: - permutations

private func makePermutations(_ call: Call) throws(PyError) -> Owned {
  let pool = try Owned.tuple(from: call[0])
  let count = TupleObject(pool.value).count
  var length = count
  if !call[1].isNone {
    guard call[1].isInteger else { throw .typeError("Expected int as r") }
    length = try call[1].asInt()
    if length < 0 { throw .valueError("r must be non-negative") }
  }
  let isEmpty = length > count
  // The indices of the pool, then for each place of the result how many steps its cycle has left.
  let result = try CombinationObject.make(call.receiver, pool: pool, length: length, room: isEmpty ? 0 : count + length)
  let contents = CombinationObject(result.value).contents
  contents.pointee.isStopped = isEmpty
  if !isEmpty {
    for index in 0..<count { contents.pointee.indices.unsafelyUnwrapped[index] = index }
    for place in 0..<length { contents.pointee.indices.unsafelyUnwrapped[count + place] = count - place }
  }
  return result
}

private func nextPermutation(_ value: Value) throws(PyError) -> Owned {
  let object = CombinationObject(value)
  let contents = object.contents
  if contents.pointee.isStopped { return .end }
  let pool = TupleObject(contents.pointee.pool)
  let count = pool.count
  let length = contents.pointee.length
  if contents.pointee.result.isAbsent { return object.start(try pick(pool, contents.pointee.indices, length)) }
  if count == 0 || length == 0 { return object.stop() }
  let result = try object.writableResult()
  let indices = contents.pointee.indices.unsafelyUnwrapped
  let cycles = indices + count
  var place = length - 1
  while place >= 0 {
    cycles[place] &-= 1
    if cycles[place] == 0 {
      // All have stood here: the one here goes to the end.
      let index = indices[place]
      for next in place..<(count - 1) { indices[next] = indices[next + 1] }
      indices[count - 1] = index
      cycles[place] = count - place
    } else {
      let other = count - cycles[place]
      (indices[place], indices[other]) = (indices[other], indices[place])
      for changed in place..<length { result.put(changed, pool[indices[changed]]) }
      return Owned(copying: contents.pointee.result)
    }
    place -= 1
  }
  return object.stop()
}

// MARK: - The types

func defineCombinatorics(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("product") { t in
    defineCombination(
      t, "Every tuple with one item of each iterable, the last place changing fastest, as in\nloops within loops.\n\nproduct('AB', repeat=2) is product('AB', 'AB'): AA AB BA BB.",
      next: nextProduct)
    t.textSignature = "(*iterables, repeat=1)"
    t.rawNew("product") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in try makeProduct(type, arguments) }
  }
  try m.defineType("combinations") { t in
    defineCombination(t, "Every choice of r elements, each as a tuple in the order of the iterable.\n\ncombinations('ABC', 2): AB AC BC", next: nextCombination)
    t.new("combinations(iterable, r)") { (call: Call) throws(PyError) -> Owned in try makeCombinations(call, replacing: false) }
  }
  try m.defineType("combinations_with_replacement") { t in
    defineCombination(
      t, "Every choice of r elements where one may be chosen again, each as a tuple in the order of the iterable.\n\ncombinations_with_replacement('ABC', 2): AA AB AC BB BC CC",
      next: nextCombinationWithReplacement)
    t.new("combinations_with_replacement(iterable, r)") { (call: Call) throws(PyError) -> Owned in try makeCombinations(call, replacing: true) }
  }
  try m.defineType("permutations") { t in
    defineCombination(t, "Every order of every choice of r elements, each as a tuple.\n\npermutations('ABC', 2): AB AC BA BC CA CB", next: nextPermutation)
    t.new("permutations(iterable, r=None)") { (call: Call) throws(PyError) -> Owned in try makePermutations(call) }
  }
}
