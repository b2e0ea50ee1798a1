// The module `_functools`: what `functools` has in native code.

import KraitRuntime

nonisolated(unsafe) private var keyWrapperType = ModuleType()

let functoolsModule = ModuleDefinition("_functools", "Functions made of other functions, or that work on them.") { (m: ModuleBuilder) throws(PyError) in
  try definePartial(m)
  try defineLRUCache(m)
  try defineKeyWrapper(m)
  try m.function(
    "reduce(function, iterable, /, initial=<unrepresentable>)",
    "Fold the items of an iterable with a function of two arguments.\n\nThe function gets what came out so far and the next item, from the left on.\nThe start is initial, or the first item if that is not given; an empty iterable\nneeds one."
  ) { (call: Call) throws(PyError) -> Owned in try reduce(call[0], call[1], call[2]) }
  try m.function("cmp_to_key(mycmp)", "Make the argument key of sorted() from a function that compares two items.") { (call: Call) throws(PyError) -> Owned in
    let wrapper = KeyWrapper(raw: try keyWrapperType.object.allocate())
    wrapper.contents.pointee.comparison = Owned(copying: call[0]).take()
    return Owned(taking: wrapper.raw)
  }
}

private func reduce(_ function: Value, _ iterable: Value, _ initial: Value) throws(PyError) -> Owned {
  let iterator: Owned
  do throws(PyError) { iterator = try iterable.iterate() } catch {
    guard PyError.matches(.typeError) else { throw error }
    PyError.clear()
    throw .typeError("reduce() arg 2 must support iteration")
  }
  var result = Owned(copyingIfPresent: initial)
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { break }
    if result.value.isAbsent { result = item } else { result = try function.call(result.value, item.value) }
  }
  if result.value.isAbsent { throw .typeError("reduce() of empty iterable with no initial value") }
  return result
}

// MARK: - cmp_to_key

/// A key: the comparison and the object that it wraps, absent in what `cmp_to_key` returns.
private struct KeyWrapper {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var comparison: Value
    var object: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

private func compareKeys(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard keyWrapperType.isType(of: a), keyWrapperType.isType(of: b) else { throw .typeError("other argument must be K instance") }
  let (x, y) = (KeyWrapper(a).contents.pointee.object, KeyWrapper(b).contents.pointee.object)
  if x.isAbsent || y.isAbsent { throw .attributeError("object") }
  let order = try KeyWrapper(a).contents.pointee.comparison.call(x, y)
  return try order.value.compare(Value(smallInteger: 0), operation)
}

private func defineKeyWrapper(_ m: ModuleBuilder) throws(PyError) {
  keyWrapperType = ModuleType(
    try m.defineType("KeyWrapper", module: "functools", isPublic: false) { t in
      t.basicSize = MemoryLayout<KeyWrapper.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.flags.insert(.disallowInstantiation)
      t.slots.getAttribute = BinarySlot(genericGetAttribute)
      t.slots.compare = CompareSlot(compareKeys)
      t.slots.call = CallSlot { (callee: Value, arguments: Arguments) throws(PyError) -> Owned in
        var object = Value.absent
        if arguments.positionalCount == 1 && arguments.keywordCount == 0 {
          object = arguments.base[0]
        } else if arguments.positionalCount == 0 && arguments.keywordCount == 1, StringObject(TupleObject(arguments.keywordNames)[0]).isEqual(to: "obj") {
          object = arguments.base[0]
        } else {
          let given = arguments.positionalCount + arguments.keywordCount
          if given == 0 { throw .typeError("K() missing required argument 'obj' (pos 1)") }
          if given > 1 { throw .typeError("K() takes at most 1 argument (\(given) given)") }
          throw .typeError("K() got an unexpected keyword argument '\(TupleObject(arguments.keywordNames)[0].text)'")
        }
        let wrapper = KeyWrapper(raw: try keyWrapperType.object.allocate())
        wrapper.contents.pointee.comparison = Owned(copying: KeyWrapper(callee).contents.pointee.comparison).take()
        wrapper.contents.pointee.object = Owned(copying: object).take()
        return Owned(taking: wrapper.raw)
      }
      t.attribute(Name.__hash__, .none)
      t.getter("__text_signature__") { (_: Value) throws(PyError) -> Owned in try .string("(obj)") }
      t.member("obj", "Value wrapped by a key function.") { (object: Value) throws(PyError) -> Owned in
        let wrapped = KeyWrapper(object).contents.pointee.object
        return wrapped.isAbsent ? .none : Owned(copying: wrapped)
      } set: { (object: Value, value: Value) throws(PyError) in
        let old = KeyWrapper(object).contents.pointee.object
        KeyWrapper(object).contents.pointee.object = Owned(copyingIfPresent: value).take()
        old.releaseIfPresent()
      }
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = KeyWrapper(raw: raw).contents
        contents.pointee.comparison.releaseIfPresent()
        contents.pointee.object.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(KeyWrapper(raw: raw).contents.pointee.comparison)
        visit(KeyWrapper(raw: raw).contents.pointee.object)
      }
    })
}
