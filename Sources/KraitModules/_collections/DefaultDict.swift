// `collections.defaultdict`: a dict that makes the values that are missing.

import KraitRuntime

nonisolated(unsafe) var defaultDictType = ModuleType()

/// A defaultdict: a dict, and behind it the factory (owned; absent for None).
struct DefaultDictObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  static var factoryOffset: Int { DictObject.size }
  var dict: DictObject { DictObject(raw: raw) }

  var factory: Value {
    get { raw.load(fromByteOffset: DefaultDictObject.factoryOffset, as: Value.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: DefaultDictObject.factoryOffset, as: Value.self) }
  }

  /// Makes and keeps the value of a key that is not there.
  func missing(_ key: Value) throws(PyError) -> Owned {
    let factory = Owned(copyingIfPresent: self.factory)
    if factory.value.isAbsent || factory.value.isNone { throw .keyError(key) }
    let value = try factory.value.call()
    // The factory may have set the key itself.
    return try Value(raw).callMethod(Name.setdefault, key, value.value)
  }

  /// A new defaultdict of the same class, with the same factory and entries of `source`.
  func copy(entriesOf source: Value) throws(PyError) -> Owned {
    let factory = Owned(copyingIfPresent: self.factory)
    return try Value(raw).type.value.call(factory.value.isAbsent ? .none : factory.value, source)
  }
}

func defineDefaultDict(_ m: ModuleBuilder) throws(PyError) {
  let type = try m.defineType("defaultdict", module: "collections", base: .dict) { t in
    t.documentation = """
      defaultdict(default_factory=None, /, [...])

      A dict in which d[key] with a key that is not there calls the factory without
      arguments, keeps the result as the key's value and returns it. No other look-up does so.
      Further arguments are those of dict.

      """
    t.basicSize = DictObject.size + MemoryLayout<Value>.size
    t.flags.formUnion([.baseType, .mapping])
    t.rawInitialize("defaultdict") { (object: Value, arguments: Arguments) throws(PyError) in
      var factory = Value.absent
      var rest = arguments
      if arguments.positionalCount > 0 {
        factory = arguments.base[0]
        if !factory.isCallable && !factory.isNone { throw .typeError("first argument must be callable or None") }
        rest = arguments.withoutFirst
      }
      let dict = DefaultDictObject(object)
      let old = dict.factory
      dict.factory = Owned(copyingIfPresent: factory).take()
      old.releaseIfPresent()
      try TypeObject.dict.initialize(object, rest)
    }
    t.slots.deallocate = DeallocateSlot { raw in
      DefaultDictObject(raw: raw).factory.releaseIfPresent()
      TypeObject.dict.slots.pointee.deallocate.unsafelyUnwrapped(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      visit(DefaultDictObject(raw: raw).factory)
      TypeObject.dict.slots.pointee.traverse.unsafelyUnwrapped(raw, visit)
    }
    t.slots.clear = ClearSlot { raw in
      let factory = DefaultDictObject(raw: raw).factory
      DefaultDictObject(raw: raw).factory = .absent
      factory.releaseIfPresent()
      TypeObject.dict.slots.pointee.clear.unsafelyUnwrapped(raw)
    }
    t.slots.getAttribute = BinarySlot(genericGetAttribute)
    t.slots.repr = UnarySlot(representDefaultDict)
    t.slots.or = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
      // The one that is a defaultdict gives class and factory.
      let own = defaultDictType.includes(a) ? a : b
      guard a.isDict, b.isDict else { return .notImplemented }
      let result = try DefaultDictObject(own).copy(entriesOf: a)
      guard result.value.isDict else { return .notImplemented }
      try DictObject(result.value).update(from: b)
      return result
    }
    t.method("__missing__(object, /)", "Called by __getitem__ for a key that is not there: self[key] = value = default_factory().") { (call: Call) throws(PyError) -> Owned in
      try DefaultDictObject(call.receiver).missing(call[0])
    }
    t.method("copy()", "A shallow copy.") { (call: Call) throws(PyError) -> Owned in
      try DefaultDictObject(call.receiver).copy(entriesOf: call.receiver)
    }
    t.method("__copy__()", "A shallow copy.") { (call: Call) throws(PyError) -> Owned in
      try DefaultDictObject(call.receiver).copy(entriesOf: call.receiver)
    }
    t.method("__reduce__()", "For pickling: class, arguments, state, and iterators of items.") { (call: Call) throws(PyError) -> Owned in
      let factory = DefaultDictObject(call.receiver).factory
      let arguments = factory.isAbsent || factory.isNone ? Owned.emptyTuple : try Owned.tuple(factory)
      let items = try call.receiver.callMethod(Name.items)
      let iterator = try items.value.iterate()
      return try Owned.tuple(copying: [call.receiver.type.value, arguments.value, .none, .none, iterator.value])
    }
    t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in
      try Owned.genericAlias(call.receiver, call[0])
    }
    t.member("default_factory", "What makes the values of keys that are missing, called by __missing__().") { (object: Value) throws(PyError) -> Owned in
      let factory = DefaultDictObject(object).factory
      return factory.isAbsent ? .none : Owned(copying: factory)
    } set: { (object: Value, value: Value) throws(PyError) in
      let old = DefaultDictObject(object).factory
      DefaultDictObject(object).factory = Owned(copyingIfPresent: value).take()
      old.releaseIfPresent()
    }
  }
  defaultDictType = ModuleType(type)
}

private func representDefaultDict(_ object: Value) throws(PyError) -> Owned {
  let entries = try TypeObject.dict.slots.pointee.repr.unsafelyUnwrapped(object)
  let factory = Owned(copyingIfPresent: DefaultDictObject(object).factory)
  var text = StringBuilder()
  try text.append(object.type.contents.pointee.name)
  try text.append("(")
  if factory.value.isAbsent {
    try text.append("None")
  } else if try reprEnter(factory.value) {
    // The factory's repr shows this dict again.
    try text.append("...")
  } else {
    defer { reprLeave(factory.value) }
    let shown = try factory.value.repr()
    try text.append(shown.value)
  }
  try text.append(", ")
  try text.append(entries.value)
  try text.append(")")
  return try text.finish()
}
