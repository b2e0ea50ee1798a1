// `_thread._local`: an object whose attributes are each thread's own.

import KraitRuntime

private struct LocalContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  /// What `__init__` is called with in each thread: a tuple and a dict, or absent.
  var arguments: Value
  var keywords: Value
  /// A dict from the threads' numbers (never used twice) to their attributes' dicts; absent once the collector has cleared the object.
  var dicts: Value

  static func of(_ value: Value) -> UnsafeMutablePointer<LocalContents> { value.object.assumingMemoryBound(to: LocalContents.self) }
}

func defineLocal(_ m: ModuleBuilder) throws(PyError) {
  ThreadLocals.drop = { object, thread in drop(object, thread) }
  try m.defineType("_local") { t in
    t.documentation = "An object whose attributes are each thread's own."
    t.basicSize = MemoryLayout<LocalContents>.size
    t.shapeFlags.insert([.hasState, .tracked])
    t.flags.insert([.baseType, .managedWeakReference])
    t.rawNew("_local", make)
    t.slots.deallocate = DeallocateSlot { raw in
      ThreadLocals.forget(raw)
      clear(raw)
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = raw.assumingMemoryBound(to: LocalContents.self)
      for value in [contents.pointee.arguments, contents.pointee.keywords, contents.pointee.dicts] where !value.isAbsent { visit(value) }
    }
    t.slots.clear = ClearSlot { raw in clear(raw) }
    t.slots.getAttribute = BinarySlot(getAttribute)
    t.slots.setAttribute = StoreSlot(setAttribute)
  }
}

private func clear(_ raw: UnsafeMutableRawPointer) {
  let contents = raw.assumingMemoryBound(to: LocalContents.self)
  let (arguments, keywords, dicts) = (contents.pointee.arguments, contents.pointee.keywords, contents.pointee.dicts)
  contents.pointee.arguments = .absent
  contents.pointee.keywords = .absent
  contents.pointee.dicts = .absent
  arguments.releaseIfPresent()
  keywords.releaseIfPresent()
  dicts.releaseIfPresent()
}

private func make(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let hasArguments = arguments.positionalCount > 0 || arguments.keywordCount > 0
  if hasArguments, TypeObject(type).lookUp(Name.__init__) === TypeObject.object.lookUp(Name.__init__) {
    throw .typeError("Initialization arguments are not supported")
  }
  let object = Owned(taking: try TypeObject(type).allocate())
  let contents = LocalContents.of(object.value)
  contents.pointee.dicts = try Owned.dict().take()
  contents.pointee.arguments = try Owned.tuple(arguments.positional).take()
  if arguments.keywordCount > 0 {
    let keywords = try Owned.dict()
    for index in 0..<arguments.keywordCount {
      try DictObject(keywords.value).set(TupleObject(arguments.keywordNames)[index], arguments.base[arguments.positionalCount + index])
    }
    contents.pointee.keywords = keywords.take()
  }
  // In the thread that makes the object, `__init__` is called as for any other.
  _ = try addDict(object.value)
  return object
}

private var threadNumber: Value { Value(smallInteger: Int(truncatingIfNeeded: currentThread.pointee.identifier)) }

private func addDict(_ object: Value) throws(PyError) -> Owned {
  let dict = try Owned.dict()
  let dicts = LocalContents.of(object).pointee.dicts
  if dicts.isAbsent { return dict }
  try DictObject(dicts).set(threadNumber, dict.value)
  ThreadLocals.note(object.object)
  return dict
}

/// The calling thread's attributes. When there are none yet, `__init__` makes them.
private func attributes(_ object: Value) throws(PyError) -> Owned {
  let dicts = LocalContents.of(object).pointee.dicts
  if !dicts.isAbsent {
    let known = try DictObject(dicts).get(threadNumber)
    if _fastPath(!known.isAbsent) { return Owned(copying: known) }
  }
  let dict = try addDict(object)
  let initializer = object.type.lookUp(Name.__init__)
  if initializer === TypeObject.object.lookUp(Name.__init__) { return dict }
  let contents = LocalContents.of(object)
  let arguments = Owned(copyingIfPresent: contents.pointee.arguments)
  let keywords = Owned(copyingIfPresent: contents.pointee.keywords)
  do throws(PyError) {
    let method = try object.lookUpSpecial(Name.__init__)
    if !arguments.value.isAbsent, !method.value.isAbsent {
      _ = try method.value.call(TupleObject(arguments.value).buffer, keywords: keywords.value.isAbsent ? .none : keywords.value)
    }
  } catch {
    let failure = currentThread.pointee.takeException()
    drop(object.object, currentThread.pointee.identifier)
    ThreadLocals.forgetInCurrentThread(object.object)
    currentThread.pointee.setException(failure)
    throw error
  }
  return dict
}

/// A thread has no attributes of an object any more.
private func drop(_ object: UnsafeMutableRawPointer, _ thread: UInt64) {
  let held = Owned(copying: Value(object))
  let dicts = LocalContents.of(held.value).pointee.dicts
  if dicts.isAbsent { return }
  do throws(PyError) { _ = try DictObject(dicts).remove(Value(smallInteger: Int(truncatingIfNeeded: thread))) } catch { PyError.clear() }
}

private func getAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
  let dict = try attributes(object)
  if try name.isEqual(to: Name.__dict__) { return dict }
  guard name.isString else { throw .typeError("attribute name must be string, not '\(name.typeName)'") }
  let interned = intern(try Owned.exactString(name))
  let type = object.type
  let found = Owned(copyingIfPresent: type.lookUp(interned.value))
  let get = found.value.isAbsent ? nil : found.value.type.slots.pointee.descriptorGet
  if let get, found.value.type.slots.pointee.descriptorSet != nil { return try get(found.value, object, type.value) }
  let own = try DictObject(dict.value).get(interned.value)
  if !own.isAbsent { return Owned(copying: own) }
  if let get { return try get(found.value, object, type.value) }
  if found.value.isAbsent { throw missingAttribute(object, interned.value) }
  return found
}

private func setAttribute(_ object: Value, _ name: Value, _ value: Value) throws(PyError) {
  let dict = try attributes(object)
  // Before the name's type is looked at, as in CPython: the name may be an object that says it is equal.
  if try name.isEqual(to: Name.__dict__) { throw .attributeError("'\(object.typeName)' object attribute \(try name.repr().text) is read-only") }
  guard name.isString else { throw .typeError("attribute name must be string, not '\(name.typeName)'") }
  let interned = intern(try Owned.exactString(name))
  let found = Owned(copyingIfPresent: object.type.lookUp(interned.value))
  if !found.value.isAbsent, let set = found.value.type.slots.pointee.descriptorSet { return try set(found.value, object, value) }
  if value.isAbsent {
    let old = try DictObject(dict.value).remove(interned.value)
    if old.value.isAbsent { throw missingAttribute(object, interned.value) }
  } else {
    try DictObject(dict.value).set(interned.value, value)
  }
}
