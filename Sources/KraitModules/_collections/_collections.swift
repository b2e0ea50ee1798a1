// The module `_collections`: what `collections` has in native code.

import KraitRuntime

let collectionsModule = ModuleDefinition("_collections", "The types of the module collections that are made in native code.\n") {
  (m: ModuleBuilder) throws(PyError) in
  try defineDeque(m)
  try defineDefaultDict(m)
  try defineTupleGetter(m)
  try defineOrderedDict(m)
  try m.function("_count_elements(mapping, iterable, /)", "Add to mapping how often each element of the iterable occurs") { (call: Call) throws(PyError) -> Owned in
    try countElements(call[0], call[1])
    return .none
  }
}

/// For each element `mapping[element] = mapping.get(element, 0) + 1`; straight at the table when the mapping is a dict that does not override that.
private func countElements(_ mapping: Value, _ iterable: Value) throws(PyError) {
  let iterator = try iterable.iterate()
  let isPlain = mapping.isDict && mapping.type.lookUp(Name.get) === TypeObject.dict.lookUp(Name.get)
    && mapping.type.lookUp(Name.__setitem__) === TypeObject.dict.lookUp(Name.__setitem__)
  let zero = Value(smallInteger: 0)
  let one = Value(smallInteger: 1)
  let get = isPlain ? Owned.none : try mapping.getAttribute(Name.get)
  while true {
    let key = try iterator.value.next()
    if key.value.isAbsent { return }
    if isPlain {
      let dict = DictObject(mapping)
      let old = try dict.get(key.value)
      if old.isAbsent {
        try dict.set(key.value, one)
      } else if old.isSmallInteger && old.smallInteger < 1 << 60 {
        try dict.set(key.value, Value(smallInteger: old.smallInteger + 1))
      } else {
        let held = Owned(copying: old)
        let new = try held.value.add(one)
        try dict.set(key.value, new.value)
      }
    } else {
      let old = try get.value.call(key.value, zero)
      let new = try old.value.add(one)
      try mapping.setItem(key.value, new.value)
    }
  }
}

// MARK: - _tuplegetter

/// The descriptor of a namedtuple's field: its index, its documentation.
private struct TupleGetter {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var index: Int
    var documentation: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

private func defineTupleGetter(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("_tuplegetter", module: "collections") { t in
    t.basicSize = MemoryLayout<TupleGetter.Contents>.size
    t.shapeFlags.insert(.tracked)
    t.new("_tuplegetter(index, doc, /)") { (call: Call) throws(PyError) -> Owned in
      let index = try call.index(0)
      let getter = TupleGetter(raw: try TypeObject(call.receiver).allocate())
      getter.contents.pointee.index = index
      getter.contents.pointee.documentation = Owned(copying: call[1]).take()
      return Owned(taking: getter.raw)
    }
    t.slots.descriptorGet = TernarySlot { (object: Value, instance: Value, _: Value) throws(PyError) -> Owned in
      let index = TupleGetter(object).contents.pointee.index
      if instance.isAbsent || instance.isNone { return Owned(copying: object) }
      guard instance.isTuple else {
        throw .typeError("descriptor for index '\(index)' for tuple subclasses doesn't apply to '\(instance.typeName)' object")
      }
      let items = TupleObject(instance)
      guard UInt(bitPattern: index) < UInt(bitPattern: items.count) else { throw .indexError("tuple index out of range") }
      return Owned(copying: items[index])
    }
    t.slots.descriptorSet = StoreSlot { (_: Value, _: Value, value: Value) throws(PyError) in
      throw .attributeError(value.isAbsent ? "can't delete attribute" : "can't set attribute")
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let contents = TupleGetter(object).contents
      let documentation = try contents.pointee.documentation.repr()
      return try Owned.string("\(object.type.contents.pointee.name.text)(\(contents.pointee.index), \(documentation.value.text))")
    }
    t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
      let contents = TupleGetter(call.receiver).contents
      let arguments = try Owned.tuple(Value(smallInteger: contents.pointee.index), contents.pointee.documentation)
      return try Owned.tuple(call.receiver.type.value, arguments.value)
    }
    t.member("__doc__") { (object: Value) throws(PyError) -> Owned in
      Owned(copyingIfPresent: TupleGetter(object).contents.pointee.documentation)
    } set: { (object: Value, value: Value) throws(PyError) in
      let old = TupleGetter(object).contents.pointee.documentation
      TupleGetter(object).contents.pointee.documentation = value.isAbsent ? .none : Owned(copying: value).take()
      old.releaseIfPresent()
    }
    t.slots.deallocate = DeallocateSlot { raw in
      TupleGetter(raw: raw).contents.pointee.documentation.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(TupleGetter(raw: raw).contents.pointee.documentation) }
  }
}
