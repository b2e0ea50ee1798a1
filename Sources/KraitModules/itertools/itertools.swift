// The module `itertools`: iterators for efficient loops.

import KraitRuntime

let itertoolsModule = ModuleDefinition(
  "itertools", "Iterators made of iterators: some without end, some as long as what they are given, some through all choices and orders."
) { (m: ModuleBuilder) throws(PyError) in
  try defineInfiniteIterators(m)
  try defineFilters(m)
  try defineJoiners(m)
  try defineCombinatorics(m)
  try defineGrouping(m)
  try defineTee(m)
}

// MARK: - count, cycle, repeat

private func defineInfiniteIterators(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("count") { t in
    defineIterator(t, "start, and each time step more, without end.", next: nextCount)
    t.new("count(start=0, step=1)") { (call: Call) throws(PyError) -> Owned in
      for index in 0..<2 where !isNumber(call[index]) { throw .typeError("a number is required") }
      // Both in machine words as long as the sum is: b is the step of a slow count.
      if call[0].isSmallInteger && call[1].isSmallInteger && call[1].smallInteger == 1 {
        return try IteratorObject.make(call.receiver, Owned(taking: .absent), Owned(copying: call[1]), i: call[0].smallInteger)
      }
      return try IteratorObject.make(call.receiver, Owned(copying: call[0]), Owned(copying: call[1]))
    }
    t.slots.repr = UnarySlot { (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      let start = object.a.isAbsent ? try Owned.integer(object.i) : Owned(copying: object.a)
      let shown = try start.value.repr()
      let name = value.type.contents.pointee.name.text
      if object.b.isSmallInteger && object.b.smallInteger == 1 { return try Owned.string("\(name)(\(shown.value.text))") }
      let step = try object.b.repr()
      return try Owned.string("\(name)(\(shown.value.text), \(step.value.text))")
    }
  }
  try m.defineType("cycle") { t in
    // a: the iterator, absent when it is exhausted; b: the list of what it gave; i: the place in it.
    defineIterator(t, "The elements of the iterable, over and over.", next: nextCycle)
    t.new("cycle(iterable, /)") { (call: Call) throws(PyError) -> Owned in
      let iterator = try call[0].iterate()
      let saved = try Owned.list()
      return try IteratorObject.make(call.receiver, iterator, saved)
    }
  }
  try m.defineType("repeat") { t in
    // a: the element; i: how often it is still given, negative for without end.
    defineIterator(t, "repeat(object[, times])\n\nThe same object, times times, or without end.") {
      (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      let left = object.i
      if left == 0 { return .end }
      if left > 0 { object.i = left - 1 }
      return Owned(copying: object.a)
    }
    t.new("repeat(object, times=<unrepresentable>)") { (call: Call) throws(PyError) -> Owned in
      let times = call[1].isAbsent ? -1 : max(0, try call.index(1))
      return try IteratorObject.make(call.receiver, Owned(copying: call[0]), i: times)
    }
    t.slots.repr = UnarySlot { (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      let shown = try object.a.repr()
      let name = value.type.contents.pointee.name.text
      return try Owned.string(object.i < 0 ? "\(name)(\(shown.value.text))" : "\(name)(\(shown.value.text), \(object.i))")
    }
    t.method("__length_hint__()", "How many items are still to come.") { (call: Call) throws(PyError) -> Owned in
      let left = IteratorObject(call.receiver).i
      if left < 0 { throw .typeError("len() of unsized object") }
      return try Owned.integer(left)
    }
  }
}

/// What PyNumber_Check accepts.
private func isNumber(_ value: Value) -> Bool {
  let slots = value.type.slots
  return slots.pointee.index != nil || slots.pointee.integer != nil || slots.pointee.float != nil || value.isInstance(of: .complex)
}

private func nextCount(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if object.a.isAbsent {
    let number = object.i
    if number < Value.smallIntegerRange.upperBound {
      object.i = number &+ 1
      return Owned(taking: Value(smallInteger: number))
    }
    object.a = Value(smallInteger: number)
  }
  let current = Owned(copying: object.a)
  let next = try current.value.add(object.b)
  object.replace(\.a, next)
  return current
}

private func nextCycle(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if !object.a.isAbsent {
    let iterator = Owned(copying: object.a)
    let item = try iterator.value.next()
    if !item.value.isAbsent {
      if !object.b.isAbsent { try ListObject(object.b).append(item.value) }
      return item
    }
    object.dropA()
  }
  if object.b.isAbsent { return .end }
  let saved = ListObject(object.b)
  if saved.count == 0 { return .end }
  let place = object.i < saved.count ? object.i : 0
  object.i = place + 1
  return Owned(copying: saved[place])
}

// MARK: - compress, dropwhile, takewhile, filterfalse, islice, starmap, accumulate

private func defineFilters(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("compress") { t in
    defineIterator(t, "The elements of data at whose place selectors has a true one.\n\nIt ends with the shorter of the two.") {
      (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      if object.a.isAbsent || object.b.isAbsent { return .end }
      while true {
        let datum = try object.a.next()
        if datum.value.isAbsent { return .end }
        let selector = try object.b.next()
        if selector.value.isAbsent { return .end }
        if try selector.value.isTruthy() { return datum }
      }
    }
    t.new("compress(data, selectors)") { (call: Call) throws(PyError) -> Owned in
      let data = try call[0].iterate()
      let selectors = try call[1].iterate()
      return try IteratorObject.make(call.receiver, data, selectors)
    }
  }
  try m.defineType("dropwhile") { t in
    // a: the iterator; b: the predicate; i: whether something was let through.
    defineIterator(t, "What is left of an iterable from the first item on for which predicate is false.") { (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      if object.a.isAbsent { return .end }
      while true {
        let item = try object.a.next()
        if item.value.isAbsent || object.i != 0 { return item }
        let answer = try object.b.call(item.value)
        if try !answer.value.isTruthy() {
          object.i = 1
          return item
        }
      }
    }
    t.new("dropwhile(predicate, iterable, /)") { (call: Call) throws(PyError) -> Owned in
      try IteratorObject.make(call.receiver, try call[1].iterate(), Owned(copying: call[0]))
    }
  }
  try m.defineType("takewhile") { t in
    // i: whether it has stopped.
    defineIterator(t, "The items of an iterable up to the first one for which predicate is false.") { (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      if object.a.isAbsent || object.i != 0 { return .end }
      let item = try object.a.next()
      if item.value.isAbsent { return item }
      let answer = try object.b.call(item.value)
      if try answer.value.isTruthy() { return item }
      object.i = 1
      return .end
    }
    t.new("takewhile(predicate, iterable, /)") { (call: Call) throws(PyError) -> Owned in
      try IteratorObject.make(call.receiver, try call[1].iterate(), Owned(copying: call[0]))
    }
  }
  try m.defineType("filterfalse") { t in
    // b: the function; None asks the items themselves.
    defineIterator(t, "The items for which function is false.\n\nWith None as function, the items that are false themselves.") { (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      if object.a.isAbsent { return .end }
      let asksItems = object.b.isNone || object.b === TypeObject.bool.value
      while true {
        let item = try object.a.next()
        if item.value.isAbsent { return item }
        if asksItems {
          if try !item.value.isTruthy() { return item }
        } else {
          let answer = try object.b.call(item.value)
          if try !answer.value.isTruthy() { return item }
        }
      }
    }
    t.new("filterfalse(function, iterable, /)") { (call: Call) throws(PyError) -> Owned in
      try IteratorObject.make(call.receiver, try call[1].iterate(), Owned(copying: call[0]))
    }
  }
  try m.defineType("starmap") { t in
    defineIterator(t, "What the function returns for each item of the iterable, which is unpacked into its arguments.") {
      (value: Value) throws(PyError) -> Owned in
      let object = IteratorObject(value)
      if object.a.isAbsent { return .end }
      let item = try object.a.next()
      if item.value.isAbsent { return item }
      let arguments = item.value.isExactTuple ? item : try Owned.tuple(from: item.value)
      return try object.b.call(arguments: Arguments(base: TupleObject(arguments.value).items, positionalCount: TupleObject(arguments.value).count))
    }
    t.new("starmap(function, iterable, /)") { (call: Call) throws(PyError) -> Owned in
      try IteratorObject.make(call.receiver, try call[1].iterate(), Owned(copying: call[0]))
    }
  }
  try m.defineType("accumulate") { t in
    // a: the iterator; b: the function, or None; c: the total, absent at first; i: whether the initial value has still to be given.
    defineIterator(t, "What sum(), or folding with another function, has come to after each item.", next: nextAccumulate)
    t.new("accumulate(iterable, func=None, *, initial=None)") { (call: Call) throws(PyError) -> Owned in
      let iterator = try call[0].iterate()
      let initial = call[2].isNone ? Owned(taking: .absent) : Owned(copying: call[2])
      return try IteratorObject.make(call.receiver, iterator, Owned(copying: call[1]), initial, i: call[2].isNone ? 0 : 1)
    }
  }
  try m.defineType("islice") { t in
    // a: the iterator; i: the next index to give; j: where to stop, negative for never; k: how many were taken; b: the step.
    defineIterator(
      t, "islice(iterable, stop)\nislice(iterable, start, stop[, step])\n\nThe items that a slice with these numbers would have, taken one by one; no\nnumber may be negative.",
      next: nextSlice)
    t.rawNew("islice") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      try arguments.checkNoKeywords("islice", new: type)
      try arguments.check("islice", 2, 4)
      return try makeSlice(type, arguments)
    }
  }
}

private func nextAccumulate(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if object.a.isAbsent { return .end }
  if object.i != 0 {
    object.i = 0
    return Owned(copying: object.c)
  }
  let item = try object.a.next()
  if item.value.isAbsent { return item }
  if object.c.isAbsent {
    object.c = item.copy().take()
    return item
  }
  let total = Owned(copying: object.c)
  let new = object.b.isNone ? try total.value.add(item.value) : try object.b.call(total.value, item.value)
  object.replace(\.c, new.copy())
  return new
}

/// An index of `islice`: absent for None; -1 for what is none.
private func sliceIndex(_ value: Value) throws(PyError) -> Int {
  do throws(PyError) {
    let index = try value.index()
    return try index.value.asInt()
  } catch {
    PyError.clear()
    return -1
  }
}

private func makeSlice(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let isShort = arguments.positionalCount == 2
  let startValue = isShort ? Value.none : arguments.base[1]
  let stopValue = arguments.base[isShort ? 1 : 2]
  let stepValue = arguments.positionalCount == 4 ? arguments.base[3] : .none
  var stop = -1
  if !stopValue.isNone {
    stop = try sliceIndex(stopValue)
    if stop < 0 {
      throw .valueError("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    }
  }
  let start = startValue.isNone ? 0 : try sliceIndex(startValue)
  if start < 0 { throw .valueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.") }
  let step = stepValue.isNone ? 1 : try sliceIndex(stepValue)
  if step < 1 { throw .valueError("Step for islice() must be a positive integer or None.") }
  let iterator = try arguments.base[0].iterate()
  let result = try IteratorObject.make(type, iterator, try Owned.integer(step), i: start, j: stop)
  return result
}

private func nextSlice(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if object.a.isAbsent { return .end }
  let iterator = Owned(copying: object.a)
  let stop = object.j
  while object.k < object.i {
    let item = try iterator.value.next()
    if item.value.isAbsent {
      object.dropA()
      return .end
    }
    object.k += 1
  }
  if stop >= 0 && object.k >= stop {
    object.dropA()
    return .end
  }
  let item = try iterator.value.next()
  if item.value.isAbsent {
    object.dropA()
    return .end
  }
  object.k += 1
  // Beyond the largest index there is nothing: the iteration stops there.
  let step = object.b.isSmallInteger ? object.b.smallInteger : Int.max
  let (next, overflows) = object.i.addingReportingOverflow(step)
  object.i = overflows || (stop >= 0 && next > stop) ? (stop >= 0 ? stop : Int.max) : next
  return item
}

// MARK: - chain, pairwise, batched, zip_longest

private func defineJoiners(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("chain") { t in
    // a: the iterator over the iterables, absent at the end; b: the one that is under way.
    defineIterator(t, "The items of the first iterable, then those of the second, and so on to the\nend of the last one.", next: nextChain)
    t.textSignature = "(*iterables)"
    t.rawNew("chain") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      try arguments.checkNoKeywords("chain", new: type)
      let sources = try Owned.tuple(arguments.positional)
      return try IteratorObject.make(type, try sources.value.iterate())
    }
    t.classMethod("from_iterable(iterable, /)", "chain() of the iterables that one iterable gives, each asked for only when its turn comes.") { (call: Call) throws(PyError) -> Owned in
      try IteratorObject.make(call.receiver, try call[0].iterate())
    }
    t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
  }
  try m.defineType("pairwise") { t in
    // a: the iterator; b: the item before; c: a pair that may be used again.
    defineIterator(t, "Each item with its successor, as a pair.\n\n    pairwise('ABCD'): AB BC CD", next: nextPair)
    t.new("pairwise(iterable, /)") { (call: Call) throws(PyError) -> Owned in try IteratorObject.make(call.receiver, try call[0].iterate()) }
  }
  try m.defineType("batched") { t in
    // a: the iterator; i: the size of a batch; j: whether a short one is an error.
    defineIterator(
      t, "Tuples of n items each, the last one with what is left.\n\nThey are taken from the iterable one tuple at a time. With strict, it is a\nValueError if something is left.", next: nextBatch)
    t.new("batched(iterable, n, *, strict=False)") { (call: Call) throws(PyError) -> Owned in
      let size = try call.index(1)
      let strict = try call.bool(2)
      if size < 1 { throw .valueError("n must be at least one") }
      return try IteratorObject.make(call.receiver, try call[0].iterate(), i: size, j: strict ? 1 : 0)
    }
  }
  try m.defineType("zip_longest") { t in
    // a: a list of the iterators, None for those that are exhausted; b: what fills up; c: a tuple that may be used again; i: how many are active.
    defineIterator(
      t, "Tuples with one item of each iterable, until the longest one ends; in the place\nof one that ended before stands fillvalue.", next: nextLongest)
    t.textSignature = "(*iterables, fillvalue=None)"
    t.rawNew("zip_longest") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      var fill = Value.none
      if arguments.keywordCount > 0 {
        let names = TupleObject(arguments.keywordNames)
        for index in 0..<names.count {
          guard StringObject(names[index]).isEqual(to: "fillvalue") else { throw .typeError("zip_longest() got an unexpected keyword argument") }
          fill = arguments.base[arguments.positionalCount + index]
        }
      }
      let iterators = try Owned.list(capacity: arguments.positionalCount)
      for index in 0..<arguments.positionalCount { try ListObject(iterators.value).append(taking: try arguments.base[index].iterate()) }
      return try IteratorObject.make(type, iterators, Owned(copying: fill), i: arguments.positionalCount)
    }
  }
}

private func nextChain(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  while true {
    if object.b.isAbsent {
      if object.a.isAbsent { return .end }
      let sources = Owned(copying: object.a)
      let source: Owned
      do throws(PyError) { source = try sources.value.next() } catch {
        object.dropA()
        throw error
      }
      if source.value.isAbsent {
        object.dropA()
        return .end
      }
      let iterator: Owned
      do throws(PyError) { iterator = try source.value.iterate() } catch {
        object.dropA()
        throw error
      }
      object.replace(\.b, iterator)
    }
    let active = Owned(copying: object.b)
    let item = try active.value.next()
    if !item.value.isAbsent { return item }
    if object.b === active.value { object.dropB() }
  }
}

private func nextPair(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if object.a.isAbsent { return .end }
  let iterator = Owned(copying: object.a)
  if object.b.isAbsent {
    let first = try iterator.value.next()
    if first.value.isAbsent {
      object.dropA()
      return .end
    }
    object.replace(\.b, first)
    // The iterator may have run this one to its end.
    if object.a.isAbsent {
      object.dropB()
      return .end
    }
  }
  let old = Owned(copying: object.b)
  let new = try iterator.value.next()
  if new.value.isAbsent {
    object.dropA()
    object.dropB()
    return .end
  }
  object.replace(\.b, new.copy())
  if !object.c.isAbsent && object.c.isHeldOnce {
    let pair = TupleObject(object.c)
    let result = Owned(copying: object.c)
    let (first, second) = (pair.items[0], pair.items[1])
    pair.knownHash = 0
    pair.items[0] = old.take()
    pair.items[1] = new.take()
    first.release()
    second.release()
    return result
  }
  let result = try Owned.tuple(old.value, new.value)
  object.replace(\.c, result.copy())
  return result
}

private func nextBatch(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if object.a.isAbsent { return .end }
  let iterator = Owned(copying: object.a)
  let size = object.i
  let items = try Owned.list(capacity: min(size, 1 << 16))
  while ListObject(items.value).count < size {
    let item = try iterator.value.next()
    if item.value.isAbsent {
      object.dropA()
      if ListObject(items.value).count == 0 { return .end }
      if object.j != 0 { throw .valueError("batched(): incomplete batch") }
      break
    }
    try ListObject(items.value).append(taking: item)
  }
  return try Owned.tuple(ListObject(items.value).buffer)
}

private func nextLongest(_ value: Value) throws(PyError) -> Owned {
  let object = IteratorObject(value)
  if object.a.isAbsent { return .end }
  let iterators = Owned(copying: object.a)
  let count = ListObject(iterators.value).count
  if count == 0 || object.i == 0 { return .end }
  let isReused = !object.c.isAbsent && object.c.isHeldOnce
  let result = isReused ? Owned(copying: object.c) : try Owned.tuple(count: count)
  TupleObject(result.value).knownHash = 0
  if !isReused { for index in 0..<count { TupleObject(result.value).initialize(index, .none) } }
  for index in 0..<count {
    let iterator = Owned(copying: ListObject(iterators.value)[index])
    var item = Owned(copying: object.b)
    if !iterator.value.isNone {
      let next: Owned
      do throws(PyError) { next = try iterator.value.next() } catch {
        object.i = 0
        throw error
      }
      if next.value.isAbsent {
        object.i -= 1
        if object.i <= 0 { return .end }
        ListObject(iterators.value).set(index, taking: .none)
      } else {
        item = next
      }
    }
    let place = TupleObject(result.value).items + index
    let old = place.pointee
    place.pointee = item.take()
    old.release()
  }
  if !isReused { object.replace(\.c, result.copy()) }
  return result
}
