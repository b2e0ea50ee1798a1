// `functools.partial` and its Placeholder.

import KraitRuntime

nonisolated(unsafe) private var partialType = ModuleType()
nonisolated(unsafe) private var placeholderType = ModuleType()
nonisolated(unsafe) private var placeholderValue = InterpreterValue()

/// A partial: the function, a tuple of its first arguments, a dict of keywords.
private struct PartialObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var function: Value
    var arguments: Value
    var keywords: Value
    /// How many of the arguments are placeholders.
    var gaps: Int
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

private func isPlaceholder(_ value: Value) -> Bool { placeholderType.isType(of: value) }

private func countPlaceholders(_ values: UnsafeBufferPointer<Value>) -> Int {
  var count = 0
  for value in values where isPlaceholder(value) { count += 1 }
  return count
}

/// `partial(partial(f, …), …)` is one partial of `f`, unless the inner one has attributes of its own.
private func canFlatten(_ function: Value) throws(PyError) -> Bool {
  guard partialType.includes(function), function.type.slots.pointee.call != nil,
    function.type.lookUp(Name.__call__) === partialType.object.lookUp(Name.__call__)
  else { return false }
  return !hasOwnAttributes(function)
}

/// The inner arguments with the gaps filled, then the rest of the outer ones.
private func mergeArguments(_ inner: Value, gaps: Int, _ outer: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
  let old = TupleObject(inner)
  let filled = min(gaps, outer.count)
  let result = try Owned.tuple(count: old.count + outer.count - filled)
  let tuple = TupleObject(result.value)
  var next = 0
  for index in 0..<old.count {
    if next < filled && isPlaceholder(old[index]) {
      tuple.initialize(index, Owned(copying: outer[next]))
      next += 1
    } else {
      tuple.initialize(index, Owned(copying: old[index]))
    }
  }
  for index in filled..<outer.count { tuple.initialize(old.count + index - filled, Owned(copying: outer[index])) }
  return result
}

private func makePartial(_ type: Value, _ given: Arguments) throws(PyError) -> Owned {
  guard given.positionalCount > 0 else { throw .typeError("type 'partial' takes at least one argument") }
  var function = given.base[0]
  guard function.isCallable else { throw .typeError("the first argument must be callable") }
  let rest = UnsafeBufferPointer(rebasing: given.positional[1...])
  if let last = rest.last, isPlaceholder(last) { throw .typeError("trailing Placeholders are not allowed") }
  for index in 0..<given.keywordCount where isPlaceholder(given.base[given.positionalCount + index]) {
    throw .typeError("Placeholder cannot be passed as a keyword argument")
  }
  var arguments = Owned(taking: .absent)
  let keywords: Owned
  if try canFlatten(function) {
    let inner = PartialObject(function).contents
    arguments = try mergeArguments(inner.pointee.arguments, gaps: inner.pointee.gaps, rest)
    keywords = try DictObject(inner.pointee.keywords).copy()
    function = inner.pointee.function
  } else {
    arguments = try Owned.tuple(rest)
    keywords = try Owned.dict()
  }
  if given.keywordCount > 0 {
    let names = TupleObject(given.keywordNames)
    for index in 0..<names.count { try DictObject(keywords.value).set(names[index], given.base[given.positionalCount + index]) }
  }
  let gaps = countPlaceholders(TupleObject(arguments.value).buffer)
  let partial = PartialObject(raw: try TypeObject(type).allocate())
  partial.contents.pointee.function = Owned(copying: function).take()
  partial.contents.pointee.arguments = arguments.take()
  partial.contents.pointee.keywords = keywords.take()
  partial.contents.pointee.gaps = gaps
  return Owned(taking: partial.raw)
}

/// The arguments in one array: those of the partial, with gaps filled, those of the call, then the keywords' values.
private func callPartial(_ callee: Value, _ given: Arguments) throws(PyError) -> Owned {
  let contents = PartialObject(callee).contents
  let own = TupleObject(contents.pointee.arguments)
  let gaps = contents.pointee.gaps
  if _slowPath(given.positionalCount < gaps) {
    throw .typeError("missing positional arguments in 'partial' call; expected at least \(gaps), got \(given.positionalCount)")
  }
  let ownKeywords = DictObject(contents.pointee.keywords).count
  // What the program sets in place of these while they are in use must not end them.
  let function = Owned(copying: contents.pointee.function)
  let held = Owned(copying: own.value)
  if ownKeywords > 0 && given.keywordCount > 0 { return try callWithMergedKeywords(function.value, own, gaps, DictObject(contents.pointee.keywords), given) }
  if ownKeywords > 0 {
    let arguments = try mergeArguments(held.value, gaps: gaps, given.positional)
    let keywords = Owned(copying: contents.pointee.keywords)
    return try function.value.call(TupleObject(arguments.value).buffer, keywords: keywords.value)
  }
  let total = own.count + given.positionalCount - gaps + given.keywordCount
  return try withUnsafeTemporaryAllocation(of: Value.self, capacity: max(total, 1)) { (buffer) throws(PyError) -> Owned in
    let base = buffer.baseAddress.unsafelyUnwrapped
    var next = 0
    for index in 0..<own.count {
      if gaps > 0 && isPlaceholder(own[index]) {
        (base + index).initialize(to: given.base[next])
        next += 1
      } else {
        (base + index).initialize(to: own[index])
      }
    }
    (base + own.count).initialize(from: given.base + next, count: given.positionalCount - next + given.keywordCount)
    return try function.value.call(
      arguments: Arguments(base: base, positionalCount: own.count + given.positionalCount - gaps, keywordNames: given.keywordNames))
  }
}

private func callWithMergedKeywords(
  _ function: Value, _ own: TupleObject, _ gaps: Int, _ keywords: DictObject, _ given: Arguments
) throws(PyError) -> Owned {
  let arguments = try mergeArguments(own.value, gaps: gaps, given.positional)
  let merged = try keywords.copy()
  let names = TupleObject(given.keywordNames)
  for index in 0..<names.count { try DictObject(merged.value).set(names[index], given.base[given.positionalCount + index]) }
  return try function.call(TupleObject(arguments.value).buffer, keywords: merged.value)
}

private func representPartial(_ object: Value) throws(PyError) -> Owned {
  let module = try object.type.value.getAttribute(Name.__module__)
  let name = try object.type.value.getAttribute(Name.__qualname__)
  let moduleText = try module.value.str()
  let nameText = try name.value.str()
  if try reprEnter(object) { return try Owned.string("...") }
  defer { reprLeave(object) }
  let contents = PartialObject(object).contents
  let function = Owned(copying: contents.pointee.function)
  let arguments = Owned(copying: contents.pointee.arguments)
  let keywords = Owned(copying: contents.pointee.keywords)
  var text = StringBuilder()
  try text.append("\(moduleText.value.text).\(nameText.value.text)(")
  let shown = try function.value.repr()
  try text.append(shown.value)
  for index in 0..<TupleObject(arguments.value).count {
    try text.append(", ")
    let shown = try TupleObject(arguments.value)[index].repr()
    try text.append(shown.value)
  }
  var position = 0
  var (key, value) = (Value.absent, Value.absent)
  while DictObject(keywords.value).next(&position, &key, &value) {
    let heldValue = Owned(copying: value)
    let name = try key.str()
    try text.append(", ")
    try text.append(name.value)
    try text.append("=")
    let shown = try heldValue.value.repr()
    try text.append(shown.value)
  }
  try text.append(")")
  return try text.finish()
}

private func setPartialState(_ object: Value, _ state: Value) throws(PyError) {
  guard state.isTuple, TupleObject(state).count == 4 else { throw .typeError("invalid partial state") }
  let fields = TupleObject(state)
  let (function, arguments, keywords, attributes) = (fields[0], fields[1], fields[2], fields[3])
  guard function.isCallable, arguments.isTuple, keywords.isNone || keywords.isDict else { throw .typeError("invalid partial state") }
  if TupleObject(arguments).count > 0, isPlaceholder(TupleObject(arguments)[TupleObject(arguments).count - 1]) {
    throw .typeError("trailing Placeholders are not allowed")
  }
  let tuple = arguments.isExactTuple ? Owned(copying: arguments) : try Owned.tuple(TupleObject(arguments).buffer)
  let dict = keywords.isNone ? try Owned.dict() : keywords.isExactDict ? Owned(copying: keywords) : try DictObject(keywords).copy()
  let contents = PartialObject(object).contents
  let old = (contents.pointee.function, contents.pointee.arguments, contents.pointee.keywords)
  contents.pointee.gaps = countPlaceholders(TupleObject(tuple.value).buffer)
  contents.pointee.function = Owned(copying: function).take()
  contents.pointee.arguments = tuple.take()
  contents.pointee.keywords = dict.take()
  old.0.releaseIfPresent()
  old.1.releaseIfPresent()
  old.2.releaseIfPresent()
  if attributes.isNone { try setInstanceDict(object, .absent) } else { try object.setAttribute(Name.__dict__, attributes) }
}

func definePartial(_ m: ModuleBuilder) throws(PyError) {
  placeholderType = ModuleType(
    try m.defineType("_PlaceholderType", module: "functools") { t in
      t.documentation = "What Placeholder is.\n\nThe only instance keeps a position of partial() free for the caller."
      t.rawNew("_PlaceholderType") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
        if arguments.positionalCount + arguments.keywordCount > 0 { throw .typeError("PlaceholderType takes no arguments") }
        return Owned(copying: placeholderValue.value)
      }
      t.slots.repr = UnarySlot { (_: Value) throws(PyError) -> Owned in try Owned.string("Placeholder") }
      t.method("__reduce__()") { (_: Call) throws(PyError) -> Owned in try Owned.string("Placeholder") }
    })
  let placeholder = Owned(taking: try placeholderType.object.allocate())
  try m.constant("Placeholder", placeholder.value)
  try placeholderValue.set(placeholder)
  partialType = ModuleType(
    try m.defineType("partial", module: "functools") { t in
      t.documentation = "A function with some of its arguments given already."
      t.textSignature = "(func, /, *args, **keywords)"
      t.basicSize = MemoryLayout<PartialObject.Contents>.size
      t.shapeFlags.formUnion([.tracked, .hasState, .hasAttributes])
      t.flags.formUnion([.baseType, .managedWeakReference, .haveVectorcall])
      t.rawNew("partial", makePartial)
      t.slots.call = CallSlot(callPartial)
      t.slots.repr = UnarySlot(representPartial)
      t.slots.getAttribute = BinarySlot(genericGetAttribute)
      t.slots.setAttribute = StoreSlot(genericSetAttribute)
      t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
        if instance.isAbsent || instance.isNone { return Owned(copying: object) }
        return try MethodObject.make(function: object, receiver: instance)
      }
      t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
        let contents = PartialObject(call.receiver).contents
        let made = try Owned.tuple(contents.pointee.function)
        let attributes = hasOwnAttributes(call.receiver) ? try call.receiver.getAttribute(Name.__dict__) : .none
        let state = try Owned.tuple(contents.pointee.function, contents.pointee.arguments, contents.pointee.keywords, attributes.value)
        return try Owned.tuple(call.receiver.type.value, made.value, state.value)
      }
      t.method("__setstate__(object, /)") { (call: Call) throws(PyError) -> Owned in
        try setPartialState(call.receiver, call[0])
        return .none
      }
      t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
      t.member("func", offset: MemoryLayout<PartialObject.Contents>.offset(of: \PartialObject.Contents.function)!, "what a call calls")
      t.member("args", offset: MemoryLayout<PartialObject.Contents>.offset(of: \PartialObject.Contents.arguments)!, "what a call puts before its own positional arguments")
      t.member(
        "keywords", offset: MemoryLayout<PartialObject.Contents>.offset(of: \PartialObject.Contents.keywords)!, "what a call puts among its own keyword arguments")
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = PartialObject(raw: raw).contents
        contents.pointee.function.releaseIfPresent()
        contents.pointee.arguments.releaseIfPresent()
        contents.pointee.keywords.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let contents = PartialObject(raw: raw).contents
        visit(contents.pointee.function)
        visit(contents.pointee.arguments)
        visit(contents.pointee.keywords)
        traverseOwnAttributes(raw, visit)
      }
      // The fields stay: a partial can be called as long as it is there. Its attributes and keywords break cycles.
      t.slots.clear = ClearSlot { raw in
        let contents = PartialObject(raw: raw).contents
        let old = (contents.pointee.function, contents.pointee.arguments)
        contents.pointee.function = .none
        contents.pointee.arguments = Owned.emptyTuple.take()
        contents.pointee.gaps = 0
        old.0.releaseIfPresent()
        old.1.releaseIfPresent()
        clearOwnAttributes(raw)
      }
    })
}
