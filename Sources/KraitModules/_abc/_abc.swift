// The module `_abc`: what `abc.ABCMeta` is made of.

import KraitRuntime

private enum Names {
  nonisolated(unsafe) static let isAbstractMethod = Name.__isabstractmethod__
  nonisolated(unsafe) static let abcTypeFlags = Name.make("__abc_tpflags__")
  nonisolated(unsafe) static let subclassHook = Name.__subclasshook__
}

nonisolated(unsafe) private var dataType = ModuleType()

/// How often a class was registered anywhere: negative answers from before may be wrong. For each interpreter.
private struct Counter { var value: Int }
nonisolated(unsafe) private var counterMemory = InterpreterMemory<Counter>()

private func invalidationCounter() throws(PyError) -> UnsafeMutablePointer<Counter> { try counterMemory.pointer() }

/// What an abstract base class remembers: sets of weak references to classes, absent until needed.
private struct AbstractClassData {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }

  /// Answers that are asked for again and again are found by the version of a class, which ends when the class changes.
  static var fastEntries: Int { 16 }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var registry: Value
    var cache: Value
    var negativeCache: Value
    /// The ``invalidationCounter()`` for which the negative answers are true.
    var negativeVersion: Int
    /// Behind it: versions of classes, shifted left by one, the answer in the lowest bit.
    var fast: UInt64
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var fast: UnsafeMutablePointer<UInt64> { (raw + MemoryLayout<Contents>.offset(of: \Contents.fast)!).assumingMemoryBound(to: UInt64.self) }
  static var size: Int { MemoryLayout<Contents>.offset(of: \Contents.fast)! + fastEntries * 8 }

  @inline(__always)
  func place(of set: WritableKeyPath<Contents, Value>) -> UnsafeMutablePointer<Value> { contents.pointer(to: set).unsafelyUnwrapped }

  /// The data of a class: its attribute `_abc_impl`.
  static func of(_ cls: Value) throws(PyError) -> Owned {
    let data = try cls.getAttribute(Name._abc_impl)
    guard dataType.isType(of: data.value) else { throw .typeError("_abc_impl is set to a wrong type") }
    return data
  }

  func clearFast() { for index in 0..<AbstractClassData.fastEntries { fast[index] = 0 } }

  /// The remembered answer, if there is one that is true now.
  func fastAnswer(_ cls: Value, _ counter: Int) -> Bool? {
    let version = UInt64(TypeObject(cls).contents.pointee.version)
    if version == 0 || contents.pointee.negativeVersion != counter { return nil }
    let entry = fast[Int(version) & (AbstractClassData.fastEntries - 1)]
    return entry >> 1 == version ? entry & 1 != 0 : nil
  }

  func rememberFast(_ cls: Value, _ answer: Bool) {
    let version = UInt64(TypeObject(cls).assignVersion())
    if version != 0 { fast[Int(version) & (AbstractClassData.fastEntries - 1)] = version << 1 | (answer ? 1 : 0) }
  }
}

// MARK: - Sets of weak references

/// Whether a set of weak references has the class.
private func contains(_ set: Value, _ cls: Value) throws(PyError) -> Bool {
  if set.isAbsent || SetObject(set).count == 0 { return false }
  let held = Owned(copying: set)
  let reference = try cls.weakReference(type: .weakReference, callback: .none)
  return try SetObject(held.value).contains(reference.value)
}

/// Called when a class of a set is gone: takes its reference out.
nonisolated(unsafe) private let forgetFunction = NativeFunction.make("_destroy(ref, /)", "Take a dead reference out of a set.") {
  (call: Call) throws(PyError) -> Owned in
  guard call.receiver.isWeakReference else { return .none }
  let set = WeakReferenceObject(call.receiver).target()
  if !set.value.isAbsent { _ = try SetObject(set.value).discard(call[0]) }
  return .none
}

/// Adds a class to the set at a place, which is made when it is missing.
private func add(_ place: UnsafeMutablePointer<Value>, _ cls: Value) throws(PyError) {
  if place.pointee.isAbsent {
    let set = try Owned.set()
    place.pointee = set.take()
  }
  let set = Owned(copying: place.pointee)
  let own = try set.value.weakReference(type: .weakReference, callback: .none)
  let callback = try NativeFunctionObject.make(forgetFunction, receiver: own.value)
  let reference = try cls.weakReference(type: .weakReference, callback: callback.value)
  try SetObject(set.value).add(reference.value)
}

private func clear(_ set: Value) {
  if !set.isAbsent {
    let held = Owned(copying: set)
    SetObject(held.value).clear()
  }
}

// MARK: - Making an abstract base class

/// The names of the methods that are abstract: those of the class's own, and those of its bases that it does not define otherwise.
private func computeAbstractMethods(_ cls: Value) throws(PyError) {
  let abstracts = try Owned.set()
  let namespace = try cls.getAttribute(Name.__dict__)
  let items = try namespace.value.callMethod(Name.items)
  let pairs = try Owned.list(from: items.value)
  for index in 0..<ListObject(pairs.value).count {
    let pair = Owned(copying: ListObject(pairs.value)[index])
    guard pair.value.isTuple, TupleObject(pair.value).count == 2 else { throw .typeError("Iteration over an items() gave an object that is no pair") }
    let value = TupleObject(pair.value)[1]
    if try isAbstract(value) { try SetObject(abstracts.value).add(TupleObject(pair.value)[0]) }
  }
  let bases = try cls.getAttribute(Name.__bases__)
  guard bases.value.isTuple else { throw .typeError("__bases__ is not tuple") }
  for index in 0..<TupleObject(bases.value).count {
    let names = try TupleObject(bases.value)[index].lookUpAttribute(Name.__abstractmethods__)
    if names.value.isAbsent { continue }
    let iterator = try names.value.iterate()
    while true {
      let name = try iterator.value.next()
      if name.value.isAbsent { break }
      let value = try cls.lookUpAttribute(name.value)
      if value.value.isAbsent { continue }
      if try isAbstract(value.value) { try SetObject(abstracts.value).add(name.value) }
    }
  }
  let frozen = try Owned.frozenset(from: abstracts.value)
  try cls.setAttribute(Name.__abstractmethods__, frozen.value)
}

private func isAbstract(_ value: Value) throws(PyError) -> Bool {
  let mark = try value.lookUpAttribute(Names.isAbstractMethod)
  return mark.value.isAbsent ? false : try mark.value.isTruthy()
}

private func makeData() throws(PyError) -> Owned {
  let data = AbstractClassData(raw: try dataType.object.allocate())
  data.contents.pointee.negativeVersion = try invalidationCounter().pointee.value
  return Owned(taking: data.raw)
}

private func initialize(_ cls: Value) throws(PyError) {
  try computeAbstractMethods(cls)
  let data = try makeData()
  try cls.setAttribute(Name._abc_impl, data.value)
  guard cls.isType, TypeObject(cls).isHeapType else { return }
  // What `match` statements take the class for: `collections.abc` says so of Sequence and Mapping.
  let dict = TypeObject(cls).dict
  let flags = Owned(copyingIfPresent: dict.get(interned: Names.abcTypeFlags))
  if flags.value.isAbsent { return }
  guard flags.value.isExactInteger else { throw .typeError("__abc_tpflags__ must be an int") }
  let given = try flags.value.asInt()
  let both = TypeFlags([.sequence, .mapping])
  if UInt64(bitPattern: Int64(given)) & both.rawValue == both.rawValue { throw .typeError("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING") }
  TypeObject(cls).contents.pointee.flags.formUnion(TypeFlags(rawValue: UInt64(bitPattern: Int64(given)) & both.rawValue))
  try cls.deleteAttribute(Names.abcTypeFlags)
}

// MARK: - Questions

private func register(_ cls: Value, _ subclass: Value) throws(PyError) -> Owned {
  guard subclass.isType else { throw .typeError("Can only register classes") }
  if try isSubclass(subclass, of: cls) { return Owned(copying: subclass) }
  if try isSubclass(cls, of: subclass) { throw .runtimeError("Refusing to create an inheritance cycle") }
  let data = try AbstractClassData.of(cls)
  try add(AbstractClassData(raw: data.value.object).place(of: \.registry), subclass)
  try invalidationCounter().pointee.value += 1
  if cls.isType {
    let pattern = TypeObject(cls).flags.intersection([.sequence, .mapping])
    if !pattern.isEmpty { setPattern(TypeObject(subclass), pattern) }
  }
  return Owned(copying: subclass)
}

/// A class registered as a sequence or mapping is one for `match`, and so are those derived from it.
private func setPattern(_ type: TypeObject, _ pattern: TypeFlags) {
  if type.flags.contains(.immutable) || type.flags.intersection([.sequence, .mapping]) == pattern { return }
  type.contents.pointee.flags.remove([.sequence, .mapping])
  type.contents.pointee.flags.formUnion(pattern)
  for subclass in type.directSubclasses { setPattern(subclass, pattern) }
}

private func instanceCheck(_ cls: Value, _ instance: Value) throws(PyError) -> Owned {
  let data = try AbstractClassData.of(cls)
  let object = AbstractClassData(raw: data.value.object)
  let claimed = try instance.lookUpAttribute(Name.__class__)
  let subclass = claimed.value.isAbsent ? Owned(copying: instance.type.value) : claimed
  let own = instance.type.value
  let counter = try invalidationCounter().pointee.value
  if subclass.value === own, let answer = object.fastAnswer(own, counter) { return .boolean(answer) }
  if subclass.value.isType, try contains(object.contents.pointee.cache, subclass.value) { return .boolean(true) }
  if subclass.value === own {
    if object.contents.pointee.negativeVersion == counter, try contains(object.contents.pointee.negativeCache, subclass.value) { return .boolean(false) }
    return try cls.callMethod(Name.__subclasscheck__, subclass.value)
  }
  let first = try cls.callMethod(Name.__subclasscheck__, subclass.value)
  if try first.value.isTruthy() { return first }
  return try cls.callMethod(Name.__subclasscheck__, own)
}

private func subclassCheck(_ cls: Value, _ subclass: Value) throws(PyError) -> Bool {
  guard subclass.isType else { throw .typeError("issubclass() arg 1 must be a class") }
  let data = try AbstractClassData.of(cls)
  let object = AbstractClassData(raw: data.value.object)
  let counter = try invalidationCounter()
  if let answer = object.fastAnswer(subclass, counter.pointee.value) { return answer }
  if try contains(object.contents.pointee.cache, subclass) { return true }
  if object.contents.pointee.negativeVersion < counter.pointee.value {
    clear(object.contents.pointee.negativeCache)
    object.clearFast()
    object.contents.pointee.negativeVersion = counter.pointee.value
  } else if try contains(object.contents.pointee.negativeCache, subclass) {
    object.rememberFast(subclass, false)
    return false
  }
  let before = counter.pointee.value
  let answer = try askSubclass(cls, subclass, object)
  if answer, try contains(object.contents.pointee.registry, subclass) {
    // What is registered itself is found as fast there.
  } else if answer {
    try add(object.place(of: \.cache), subclass)
  } else {
    try add(object.place(of: \.negativeCache), subclass)
  }
  if before == counter.pointee.value && object.contents.pointee.negativeVersion == before { object.rememberFast(subclass, answer) }
  return answer
}

/// The answer without the caches: the hook, the bases, what is registered, what is derived.
private func askSubclass(_ cls: Value, _ subclass: Value, _ data: AbstractClassData) throws(PyError) -> Bool {
  let hook = try cls.callMethod(Names.subclassHook, subclass)
  if hook.value.isTrue { return true }
  if hook.value.isFalse { return false }
  if !hook.value.isNotImplemented {
    throw PyError.raise(.assertionError, "__subclasshook__ must return either False, True, or NotImplemented")
  }
  if cls.isType, TypeObject(subclass).isSubtype(of: TypeObject(cls)) { return true }
  if !data.contents.pointee.registry.isAbsent {
    // A copy: the questions may register more.
    let registered = try Owned.list(from: data.contents.pointee.registry)
    for index in 0..<ListObject(registered.value).count {
      let target = WeakReferenceObject(ListObject(registered.value)[index]).target()
      if target.value.isAbsent { continue }
      if try isSubclass(subclass, of: target.value) { return true }
    }
  }
  let subclasses = try cls.callMethod(Name.__subclasses__)
  guard subclasses.value.isList else { throw .typeError("__subclasses__() must return a list") }
  var index = 0
  while index < ListObject(subclasses.value).count {
    let derived = Owned(copying: ListObject(subclasses.value)[index])
    if try isSubclass(subclass, of: derived.value) { return true }
    index += 1
  }
  return false
}

// MARK: - The module

let abcModule = ModuleDefinition("_abc", "What abc.ABCMeta stands on, in native code.") { (m: ModuleBuilder) throws(PyError) in
  dataType = ModuleType(
    try m.defineType("_abc_data") { t in
      t.documentation = "What an abstract base class knows of its subclasses."
      t.basicSize = AbstractClassData.size
      t.shapeFlags.formUnion([.tracked, .hasState])
      t.rawNew("_abc_data") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
        if arguments.positionalCount + arguments.keywordCount > 0 { throw .typeError("_abc_data() takes no arguments") }
        return try makeData()
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let contents = AbstractClassData(raw: raw).contents
        visit(contents.pointee.registry)
        visit(contents.pointee.cache)
        visit(contents.pointee.negativeCache)
      }
      t.slots.clear = ClearSlot { raw in
        let contents = AbstractClassData(raw: raw).contents
        let held = (contents.pointee.registry, contents.pointee.cache, contents.pointee.negativeCache)
        contents.pointee.registry = .absent
        contents.pointee.cache = .absent
        contents.pointee.negativeCache = .absent
        held.0.releaseIfPresent()
        held.1.releaseIfPresent()
        held.2.releaseIfPresent()
      }
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = AbstractClassData(raw: raw).contents
        contents.pointee.registry.releaseIfPresent()
        contents.pointee.cache.releaseIfPresent()
        contents.pointee.negativeCache.releaseIfPresent()
        finishDeallocation(raw)
      }
    })
  try m.function("get_cache_token()", "How many registrations there were: while that does not change, answers that somebody remembers hold.") {
    (_: Call) throws(PyError) -> Owned in try Owned.integer(try invalidationCounter().pointee.value)
  }
  try m.function("_abc_init(self, /)", "Give a new abstract base class its state and its set of abstract methods.") { (call: Call) throws(PyError) -> Owned in
    try initialize(call[0])
    return .none
  }
  try m.function("_abc_register(self, subclass, /)", "Add subclass to the classes that count as subclasses of self.") {
    (call: Call) throws(PyError) -> Owned in try register(call[0], call[1])
  }
  try m.function("_abc_instancecheck(self, instance, /)", "Whether instance counts as one of self's: what isinstance() asks.") {
    (call: Call) throws(PyError) -> Owned in try instanceCheck(call[0], call[1])
  }
  try m.function("_abc_subclasscheck(self, subclass, /)", "Whether subclass counts as one of self's: what issubclass() asks.") {
    (call: Call) throws(PyError) -> Owned in .boolean(try subclassCheck(call[0], call[1]))
  }
  try m.function("_get_dump(self, /)", "Copies of the registry, of the subclasses and of the others that are remembered, and the version of these last.") {
    (call: Call) throws(PyError) -> Owned in
    let data = try AbstractClassData.of(call[0])
    let contents = AbstractClassData(raw: data.value.object).contents
    func copy(_ set: Value) throws(PyError) -> Owned { set.isAbsent ? try Owned.set() : try Owned.set(from: set) }
    let registry = try copy(contents.pointee.registry)
    let cache = try copy(contents.pointee.cache)
    let negative = try copy(contents.pointee.negativeCache)
    return try Owned.tuple(registry.value, cache.value, negative.value, Value(smallInteger: contents.pointee.negativeVersion))
  }
  try m.function("_reset_registry(self, /)", "Empty the set of classes that were registered with self.") { (call: Call) throws(PyError) -> Owned in
    let data = try AbstractClassData.of(call[0])
    clear(AbstractClassData(raw: data.value.object).contents.pointee.registry)
    return .none
  }
  try m.function("_reset_caches(self, /)", "Empty what was remembered of self's answers, the yes and the no.") { (call: Call) throws(PyError) -> Owned in
    let data = try AbstractClassData.of(call[0])
    let object = AbstractClassData(raw: data.value.object)
    object.clearFast()
    clear(object.contents.pointee.cache)
    clear(object.contents.pointee.negativeCache)
    return .none
  }
}
