// Functions of `builtins` about iterables and iterators.

import CKraitCore

func defineIterationFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("all(iterable, /)", "Return whether every item is true; True for no items.") { (call: Call) throws(PyError) -> Owned in
    if isQuickSequence(call[0]) { return .boolean(try allItems(of: call[0], are: true)) }
    let iterator = try call[0].iterate()
    var sink = GeneratorSink(kind: .trueOnes)
    while true {
      let item = try iterator.value.next(into: &sink)
      if item.value.isAbsent { return .boolean(true) }
      if try !item.value.isTruthy() { return .boolean(false) }
    }
  }
  try m.function("any(iterable, /)", "Return whether some item is true; False for no items.") { (call: Call) throws(PyError) -> Owned in
    if isQuickSequence(call[0]) { return .boolean(try !allItems(of: call[0], are: false)) }
    let iterator = try call[0].iterate()
    var sink = GeneratorSink(kind: .falseOnes)
    while true {
      let item = try iterator.value.next(into: &sink)
      if item.value.isAbsent { return .boolean(false) }
      if try item.value.isTruthy() { return .boolean(true) }
    }
  }
  try m.rawFunction("iter", "Return an iterator of an iterable, or one that calls a function until it returns a sentinel.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("iter")
    try arguments.check("iter", 1, 2)
    if arguments.positionalCount == 1 { return try arguments.base[0].iterate() }
    guard arguments.base[0].isCallable else { throw .typeError("iter(v, w): v must be callable") }
    return try Owned.callableIterator(arguments.base[0], sentinel: arguments.base[1])
  }
  try m.rawFunction("next", "Return an iterator's next item; the default, if one is given, when there is none.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("next")
    try arguments.check("next", 1, 2)
    let iterator = arguments.base[0]
    guard let slot = iterator.type.slots.pointee.next else { throw .typeError("'\(iterator.typeName)' object is not an iterator") }
    // Not `Value.next()`: the value of a StopIteration must reach the caller.
    do throws(PyError) {
      let item = try slot(iterator)
      if !item.value.isAbsent { return item }
    } catch {
      guard arguments.positionalCount == 2, PyError.matches(.stopIteration) else { throw error }
      PyError.clear()
    }
    if arguments.positionalCount == 2 { return Owned(copying: arguments.base[1]) }
    throw PyError.raise(.stopIteration)
  }
  try m.function("aiter(async_iterable, /)", "Return an asynchronous iterator of an asynchronous iterable.") {
    (call: Call) throws(PyError) -> Owned in
    guard let slot = call[0].type.slots.pointee.asyncIterate else {
      throw .typeError("'\(call[0].typeName)' object is not an async iterable")
    }
    let iterator = try slot(call[0])
    if iterator.value.type.slots.pointee.asyncNext == nil {
      throw .typeError("aiter() returned not an async iterator of type '\(iterator.value.typeName)'")
    }
    return iterator
  }
  try m.rawFunction("anext", "Return an awaitable of an asynchronous iterator's next item.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("anext")
    try arguments.check("anext", 1, 2)
    let iterator = arguments.base[0]
    guard let slot = iterator.type.slots.pointee.asyncNext else {
      throw .typeError("'\(iterator.typeName)' object is not an async iterator")
    }
    let awaitable = try slot(iterator)
    if arguments.positionalCount == 1 { return awaitable }
    return try Owned.anextAwaitable(awaitable.value, default: arguments.base[1])
  }
  try m.rawFunction("min", "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nReturn the least of several arguments or of an iterable's items.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in try extreme(arguments, "min", .less)
  }
  try m.rawFunction("max", "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nReturn the greatest of several arguments or of an iterable's items.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in try extreme(arguments, "max", .greater)
  }
  try m.rawFunction("sorted", "Return a new list of the items in ascending order.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.check("sorted", 1, 1)
    let list = try Owned.list(from: arguments.base[0])
    let keywords = arguments.keywordCount
    if keywords == 0 || keywords == 1 && StringObject(TupleObject(arguments.keywordNames)[0]).isEqual(to: "key") {
      try ListObject(list.value).sort(key: keywords == 0 ? .absent : arguments.base[1], reverse: false)
      return list
    }
    let sort = try list.value.getAttribute(Name.sort)
    _ = try sort.value.call(
      arguments: Arguments(base: arguments.base + 1, positionalCount: 0, keywordNames: arguments.keywordNames))
    return list
  }
}

// MARK: - min and max

private func extreme(_ arguments: Arguments, _ name: StaticString, _ operation: Comparison) throws(PyError) -> Owned {
  if arguments.positionalCount < 1 { throw .typeError("\(name) expected at least 1 argument, got 0") }
  var key = Value.absent
  var fallback = Value.absent
  if arguments.keywordCount > 0 { (key, fallback) = try keyAndDefault(arguments, name) }
  if arguments.positionalCount > 1 {
    if !fallback.isAbsent { throw .typeError("Cannot specify a default for \(name)() with multiple positional arguments") }
    return try extremeOfArguments(arguments, key, operation)
  }
  let iterator = try arguments.base[0].iterate()
  var best = try iterator.value.next()
  if best.value.isAbsent {
    if fallback.isAbsent { throw .valueError("\(name)() iterable argument is empty") }
    return Owned(copying: fallback)
  }
  if key.isAbsent && iterator.value.isGenerator { return try extremeOfGenerator(iterator.value, best, operation) }
  var bestKey = key.isAbsent ? Owned(taking: .absent) : try key.call(best.value)
  // What was called may have made the items known to other threads.
  if !key.isAbsent { excludeOtherThreads() }
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { return best }
    if key.isAbsent {
      if try isBetter(item.value, than: best.value, operation) { best = item }
    } else {
      let itemKey = try key.call(item.value)
      if try isBetter(itemKey.value, than: bestKey.value, operation) {
        best = item
        bestKey = itemKey
      }
    }
  }
}

/// The best of what a generator yields and of its first value.
@inline(never)
private func extremeOfGenerator(_ iterator: Value, _ first: consuming Owned, _ operation: Comparison) throws(PyError) -> Owned {
  var best = first
  var sink = GeneratorSink(kind: operation == .less ? .least : .greatest, container: best.value)
  while true {
    let item = try iterator.next(into: &sink)
    // What the sink took are numbers of one word, which nobody owns.
    if !sink.container.isObject { best = Owned(taking: sink.container) }
    if item.value.isAbsent { return best }
    if try isBetter(item.value, than: best.value, operation) {
      sink.container = item.value
      best = item
    }
  }
}

@inline(__always)
private func extremeOfArguments(_ arguments: Arguments, _ key: Value, _ operation: Comparison) throws(PyError) -> Owned {
  var best = arguments.base[0]
  var bestKey = key.isAbsent ? Owned(taking: .absent) : try key.call(best)
  for index in 1..<arguments.positionalCount {
    let item = arguments.base[index]
    if key.isAbsent {
      if try isBetter(item, than: best, operation) { best = item }
    } else {
      let itemKey = try key.call(item)
      if try isBetter(itemKey.value, than: bestKey.value, operation) {
        best = item
        bestKey = itemKey
      }
    }
  }
  return Owned(copying: best)
}

@inline(__always)
private func isBetter(_ a: Value, than b: Value, _ operation: Comparison) throws(PyError) -> Bool {
  if Value.areSmallIntegers(a, b) {
    return operation == .less ? a.smallInteger < b.smallInteger : a.smallInteger > b.smallInteger
  }
  if Value.areImmediateDoubles(a, b) {
    return operation == .less ? a.immediateDouble < b.immediateDouble : a.immediateDouble > b.immediateDouble
  }
  excludeOtherThreads(unlessFrozen: a, b)
  let result = try a.compare(b, operation)
  return try result.value.isTruthy()
}

private func keyAndDefault(_ arguments: Arguments, _ name: StaticString) throws(PyError) -> (key: Value, default: Value) {
  let names = TupleObject(arguments.keywordNames)
  var key = Value.absent
  var fallback = Value.absent
  for index in 0..<names.count {
    let value = arguments.base[arguments.positionalCount + index]
    if names[index] === Name.key || names[index].text == "key" {
      key = value.isNone ? .absent : value
    } else if names[index] === Name.default || names[index].text == "default" {
      fallback = value
    } else {
      let suggestion = Suggestions.closest(to: names[index], among: [Name.key, Name.default]).map { ". Did you mean '\($0.text)'?" } ?? ""
      throw .typeError("\(name)() got an unexpected keyword argument '\(names[index].text)'\(suggestion)")
    }
  }
  return (key, fallback)
}

/// Whether the items of a list or tuple can be read one by one: no other thread changes it meanwhile.
private func isQuickSequence(_ value: Value) -> Bool { !Runtime.isFree && (value.isExactList || value.isExactTuple) }

/// Whether all items of an exact list or tuple have a truth; what an item's `__bool__` does to the list counts, as for an iterator.
private func allItems(of sequence: Value, are truth: Bool) throws(PyError) -> Bool {
  var index = 0
  while index < (sequence.isExactList ? ListObject(sequence).count : TupleObject(sequence).count) {
    let item = sequence.isExactList ? ListObject(sequence).items[index] : TupleObject(sequence).items[index]
    index &+= 1
    var answer = item.quickTruth()
    if _slowPath(answer == .unknown) {
      let held = Owned(copying: item)
      answer = QuickAnswer(try held.value.isTruthy())
    }
    if (answer == .yes) != truth { return false }
  }
  return true
}
