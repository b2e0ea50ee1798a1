// zip, map and filter

import CKraitCore

/// A `zip` or a `map`: the tuple of iterators, the function (absent for `zip`), a pair to use again (``PairCache``), whether all must be of one length.
struct ParallelIterator {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  static var size: Int { 48 }

  var iterators: TupleObject { @inline(__always) get { TupleObject(raw.load(fromByteOffset: 16, as: Value.self)) } }
  var function: Value { @inline(__always) get { raw.load(fromByteOffset: 24, as: Value.self) } }
  var isStrict: Bool {
    @inline(__always) get { raw.load(fromByteOffset: 40, as: Bool.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 40, as: Bool.self) }
  }

  static func make(_ type: TypeObject, _ iterables: UnsafeBufferPointer<Value>, function: Value, isStrict: Bool) throws(PyError) -> Owned {
    let iterators = try Owned.tuple(count: iterables.count)
    for index in 0..<iterables.count { TupleObject(iterators.value).initialize(index, try iterables[index].iterate()) }
    let raw = try type.allocate()
    raw.storeBytes(of: iterators.take(), toByteOffset: 16, as: Value.self)
    function.retainIfPresent()
    raw.storeBytes(of: function, toByteOffset: 24, as: Value.self)
    raw.storeBytes(of: isStrict, toByteOffset: 40, as: Bool.self)
    return Owned(taking: raw)
  }

  /// Fills the buffer with the next item of each iterator; false when one is at its end. What was filled in is given up on failure.
  @inline(__always)
  func fill(_ items: UnsafeMutablePointer<Value>, _ name: StaticString) throws(PyError) -> Bool {
    let iterators = self.iterators
    let count = iterators.count
    var index = 0
    do throws(PyError) {
      while index < count {
        let item = try iterators[index].next()
        if item.value.isAbsent {
          if isStrict { try complain(index, name) }
          break
        }
        items[index] = item.take()
        index += 1
      }
    } catch {
      for made in 0..<index { items[made].release() }
      throw error
    }
    if index == count { return true }
    for made in 0..<index { items[made].release() }
    return false
  }

  /// The iterator with this index was the first at its end.
  @inline(never)
  private func complain(_ index: Int, _ name: StaticString) throws(PyError) {
    if index > 0 { throw ParallelIterator.lengthError(name, index, "shorter") }
    for other in 1..<max(iterators.count, 1) {
      let item = try iterators[other].next()
      if !item.value.isAbsent { throw ParallelIterator.lengthError(name, other, "longer") }
    }
  }

  private static func lengthError(_ name: StaticString, _ index: Int, _ what: StaticString) -> PyError {
    .valueError("\(name)() argument \(index + 1) is \(what) than argument\(index == 1 ? " 1" : "s 1-\(index)")")
  }

  /// `(type, (function, …iterators…))`, with the state True when strict.
  func reduce(_ type: TypeObject) throws(PyError) -> Owned {
    let arguments: Owned
    if function.isAbsent {
      arguments = Owned(copying: iterators.value)
    } else {
      arguments = try Owned.tuple(count: iterators.count + 1)
      TupleObject(arguments.value).initialize(0, Owned(copying: function))
      for index in 0..<iterators.count { TupleObject(arguments.value).initialize(index + 1, Owned(copying: iterators[index])) }
    }
    return isStrict ? try Owned.tuple(type.value, arguments.value, .true) : try Owned.tuple(type.value, arguments.value)
  }
}

func defineZip(_ types: TypeDefinitions) {
  types.define(.zip) { t in
    t.documentation = "Tuples of the next items of several iterables, until the shortest ends."
    defineIterator(t, size: ParallelIterator.size, references: 3, isBase: true, next: nextZip)
    t.new("zip(*iterables, strict=False)") { (call) throws(PyError) in
      try ParallelIterator.make(TypeObject(raw: call.receiver.object), call.variadic, function: .absent, isStrict: try call.bool(0))
    }
    defineParallelMethods(t)
  }
  types.define(.map) { t in
    t.documentation = "The results of a function for the next items of one or more iterables."
    defineIterator(t, size: ParallelIterator.size, references: 3, isBase: true, next: nextMap)
    t.rawNew("map") { (type, arguments) throws(PyError) in
      var isStrict = false
      for index in 0..<arguments.keywordCount {
        let name = TupleObject(arguments.keywordNames)[index]
        guard StringObject(name).isEqual(to: "strict") else {
          throw PyError.typeError("map() got an unexpected keyword argument '\(name.text)'")
        }
        isStrict = try arguments.base[arguments.positionalCount + index].isTruthy()
      }
      guard arguments.positionalCount >= 2 else { throw PyError.typeError("map() must have at least two arguments.") }
      let iterables = UnsafeBufferPointer(start: arguments.base + 1, count: arguments.positionalCount - 1)
      return try ParallelIterator.make(TypeObject(raw: type.object), iterables, function: arguments.base[0], isStrict: isStrict)
    }
    defineParallelMethods(t)
  }
}

private func defineParallelMethods(_ t: TypeDefinition) {
  t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in try ParallelIterator(call.receiver).reduce(call.receiver.type) }
  t.method("__setstate__(object, /)", "For unpickling.") { (call) throws(PyError) in
    ParallelIterator(call.receiver).isStrict = try call.bool(0)
    return .none
  }
}

private func nextZip(_ value: Value) throws(PyError) -> Owned {
  let zip = ParallelIterator(value)
  let count = zip.iterators.count
  if count == 0 { return Owned(taking: .absent) }
  if count == 2 { return try nextPair(zip) }
  let buffer = try allocateMemory(count * 8).assumingMemoryBound(to: Value.self)
  defer { freeMemory(UnsafeMutableRawPointer(buffer), size: count * 8) }
  guard try zip.fill(buffer, "zip") else { return Owned(taking: .absent) }
  do throws(PyError) { return try Owned.tuple(taking: UnsafeBufferPointer(start: buffer, count: count)) } catch {
    for index in 0..<count { buffer[index].release() }
    throw error
  }
}

/// Most zips have two iterators.
private func nextPair(_ zip: ParallelIterator) throws(PyError) -> Owned {
  let iterators = zip.iterators
  let first = try iterators[0].next()
  if !first.value.isAbsent {
    let second = try iterators[1].next()
    if !second.value.isAbsent { return try PairCache(place: zip.raw + 32).pair(first, second) }
    if zip.isStrict { throw PyError.valueError("zip() argument 2 is shorter than argument 1") }
  } else if zip.isStrict {
    let second = try iterators[1].next()
    if !second.value.isAbsent { throw PyError.valueError("zip() argument 2 is longer than argument 1") }
  }
  return Owned(taking: .absent)
}

private func nextMap(_ value: Value) throws(PyError) -> Owned {
  let map = ParallelIterator(value)
  if map.iterators.count == 1 {
    let item = try map.iterators[0].next()
    if item.value.isAbsent { return Owned(taking: .absent) }
    return try map.function.call(item.value)
  }
  let count = map.iterators.count
  let buffer = try allocateMemory(count * 8).assumingMemoryBound(to: Value.self)
  defer { freeMemory(UnsafeMutableRawPointer(buffer), size: count * 8) }
  guard try map.fill(buffer, "map") else { return Owned(taking: .absent) }
  defer { for index in 0..<count { buffer[index].release() } }
  return try map.function.call(arguments: Arguments(base: UnsafePointer(buffer), positionalCount: count))
}

/// A `filter`: the function and the iterator.
func defineFilter(_ types: TypeDefinitions) {
  types.define(.filter) { t in
    t.documentation = "The items of an iterable for which a function, or the item itself, is true."
    defineIterator(t, size: 32, references: 2, isBase: true, next: nextFilter)
    t.new("filter(function, iterable, /)") { (call) throws(PyError) in
      let iterator = try call[1].iterate()
      let raw = try TypeObject(raw: call.receiver.object).allocate()
      call[0].retain()
      raw.storeBytes(of: call[0], toByteOffset: 16, as: Value.self)
      raw.storeBytes(of: iterator.take(), toByteOffset: 24, as: Value.self)
      return Owned(taking: raw)
    }
    t.method("__reduce__()", "For pickling.") { (call) throws(PyError) in
      let raw = call.receiver.object
      let arguments = try Owned.tuple(raw.load(fromByteOffset: 16, as: Value.self), raw.load(fromByteOffset: 24, as: Value.self))
      return try Owned.tuple(call.receiver.type.value, arguments.value)
    }
  }
}

private func nextFilter(_ value: Value) throws(PyError) -> Owned {
  let function = value.object.load(fromByteOffset: 16, as: Value.self)
  let iterator = value.object.load(fromByteOffset: 24, as: Value.self)
  while true {
    let item = try iterator.next()
    if item.value.isAbsent { return item }
    if function.isNone || function === TypeObject.bool.value {
      if try item.value.isTruthy() { return item }
    } else {
      let result = try function.call(item.value)
      if try result.value.isTruthy() { return item }
    }
  }
}
