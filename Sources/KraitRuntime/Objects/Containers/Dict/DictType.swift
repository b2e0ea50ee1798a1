// The type `dict`.

import CKraitCore

func defineDict(_ types: TypeDefinitions) {
  types.define(.dict) { t in
    t.documentation = "A mutable mapping that keeps the order in which keys were added."
    t.basicSize = DictObject.size
    t.flags = [.baseType, .mapping, .haveGarbageCollection]
    t.shapeFlags = [.dict, .tracked, .hasState]
    t.rawNew("dict") { (type, _) throws(PyError) in
      let raw = try TypeObject(raw: type.object).allocate()
      DictObject(raw: raw).initializeEmpty()
      return Owned(taking: raw)
    }
    t.rawInitialize("dict") { (dict, arguments) throws(PyError) in try updateDict(dict, arguments, "dict") }
    t.slots.deallocate = DeallocateSlot { (object) in
      DictObject.release(DictObject(raw: object).keys, isKnown: false)
      finishDeallocation(object)
    }
    t.slots.traverse = TraverseSlot { (object, visit) in
      let keys = DictObject(raw: object).keys
      for index in 0..<keys.entryCount {
        let entry = keys.entry(index)
        if entry[1].isAbsent { continue }
        visit(entry[0])
        visit(entry[1])
      }
    }
    t.slots.clear = ClearSlot { (object) in DictObject(raw: object).clear() }
    t.slots.repr = UnarySlot(dictRepr)
    t.slots.compare = CompareSlot(dictCompare)
    t.slots.length = LengthSlot { (dict) throws(PyError) in DictObject(dict).count }
    t.slots.contains = ContainsSlot { (dict, key) throws(PyError) in try DictObject(dict).contains(key) }
    t.slots.subscript = BinarySlot { (dict, key) throws(PyError) in try DictObject(dict).getSubscript(key) }
    t.slots.storeSubscript = StoreSlot { (dict, key, value) throws(PyError) in
      if !value.isAbsent { return try DictObject(dict).set(key, value) }
      let old = try DictObject(dict).remove(key)
      if old.value.isAbsent { throw PyError.keyError(key) }
    }
    t.slots.iterate = UnarySlot { (dict) throws(PyError) in try Owned.dictIterator(.dictKeyIterator, DictObject(dict)) }
    t.slots.or = BinarySlot { (a, b) throws(PyError) in
      guard a.isDict, b.isDict else { return .notImplemented }
      let result = try dictCopy(a)
      try DictObject(result.value).update(from: b)
      return result
    }
    t.slots.inPlaceOr = BinarySlot { (a, b) throws(PyError) in
      try DictObject(a).update(from: b)
      return Owned(copying: a)
    }
    t.attribute(Name.__hash__, .none)
    defineDictMethods(t)
    t.classMethod("__class_getitem__(object, /)", "dict[...]: a generic alias.") { (call) throws(PyError) in
      try Owned.genericAlias(call.receiver, call[0])
    }
  }
}

private func defineDictMethods(_ t: TypeDefinition) {
  t.method("__contains__(key, /)", "key in self") { (call) throws(PyError) in .boolean(try DictObject(call.receiver).contains(call[0])) }
  t.method("__getitem__(key, /)", "self[key]") { (call) throws(PyError) in try DictObject(call.receiver).getSubscript(call[0]) }
  t.method("__sizeof__()", "Bytes of memory.") { (call) throws(PyError) in
    Owned(taking: Value(smallInteger: DictObject.size + DictObject(call.receiver).keys.memorySize))
  }
  t.method("get(key, default=None, /)", "The value of the key, or default.") { (call) throws(PyError) in
    let value = try DictObject(call.receiver).get(call[0])
    return Owned(copying: value.isAbsent ? call[1] : value)
  }
  t.method("setdefault(key, default=None, /)", "The value of the key, which becomes default if there is none.") { (call) throws(PyError) in
    try DictObject(call.receiver).setDefault(call[0], call[1])
  }
  t.method("pop(key, default=<unrepresentable>, /)", "Removes the key and returns its value; default or a KeyError if it is not there.") { (call) throws(PyError) in
    let dict = DictObject(call.receiver)
    if dict.count > 0 {
      let value = try dict.remove(call[0])
      if !value.value.isAbsent { return value }
    }
    if call[1].isAbsent { throw PyError.keyError(call[0]) }
    return Owned(copying: call[1])
  }
  t.method("popitem()", "Removes the entry that was added last and returns it; KeyError when the dict is empty.") { (call) throws(PyError) in
    // First the tuple: without memory for it the entry stays.
    let result = try Owned.tuple(count: 2)
    guard let (key, value) = DictObject(call.receiver).removeLast() else {
      let message = try Owned.string("popitem(): dictionary is empty")
      throw PyError.keyError(message.value)
    }
    TupleObject(result.value).initialize(0, Owned(taking: key))
    TupleObject(result.value).initialize(1, Owned(taking: value))
    return result
  }
  t.method("keys()", "The keys, as a view.") { (call) throws(PyError) in try Owned.dictView(.dictKeys, call.receiver) }
  t.method("items()", "The entries, as a view.") { (call) throws(PyError) in try Owned.dictView(.dictItems, call.receiver) }
  t.method("values()", "The values, as a view.") { (call) throws(PyError) in try Owned.dictView(.dictValues, call.receiver) }
  t.rawMethod("update", "Adds the entries of a mapping or of an iterable of pairs, then the keywords.") { (dict, arguments) throws(PyError) in
    try updateDict(dict, arguments, "update")
    return .none
  }
  t.classMethod("fromkeys(iterable, value=None, /)", "A dict with the iterable's items as keys, all with one value.") { (call) throws(PyError) in
    try dictFromKeys(call.receiver, call[0], call[1])
  }
  t.method("clear()", "Removes all entries.") { (call) throws(PyError) in
    DictObject(call.receiver).clear()
    return .none
  }
  t.method("copy()", "A new dict of the same entries.") { (call) throws(PyError) in try DictObject(call.receiver).copy() }
  t.method("__reversed__()", "An iterator over the keys, from the last.") { (call) throws(PyError) in
    try Owned.dictReverseIterator(.dictReverseKeyIterator, DictObject(call.receiver))
  }
}

/// A copy as `|` makes it: of an exact dict.
private func dictCopy(_ value: Value) throws(PyError) -> Owned { try DictObject(value).copy() }

/// `dict(…)` and `dict.update(…)`.
private func updateDict(_ dict: Value, _ arguments: Arguments, _ name: StaticString) throws(PyError) {
  try arguments.check(name, 0, 1)
  let object = DictObject(dict)
  if arguments.positionalCount == 1 { try object.update(from: arguments.base[0]) }
  if arguments.keywordNames.isAbsent { return }
  let names = TupleObject(arguments.keywordNames)
  for index in 0..<names.count {
    guard names[index].isString else { throw PyError.typeError("keywords must be strings") }
    try object.set(names[index], arguments.base[arguments.positionalCount + index])
  }
}

private func dictFromKeys(_ type: Value, _ iterable: Value, _ value: Value) throws(PyError) -> Owned {
  let result = try type.call()
  if result.value.isExactDict {
    let dict = DictObject(result.value)
    let size = iterable.isExactDict ? DictObject(iterable).count : iterable.isAnySet ? SetObject(iterable).count : 0
    if dict.count == 0 && size > 0 {
      try dict.resize(DictKeys.logSize(entries: size), stringKeys: true)
      if try dict.addKeys(of: iterable, value) { return result }
    }
    let iterator = try iterable.iterate()
    while true {
      let key = try iterator.value.next()
      if key.value.isAbsent { return result }
      try dict.set(key.value, value)
    }
  }
  let iterator = try iterable.iterate()
  while true {
    let key = try iterator.value.next()
    if key.value.isAbsent { return result }
    try result.value.setItem(key.value, value)
  }
}

extension DictObject {
  /// Adds the keys of an exact dict or set without asking for their hashes again; false for anything else.
  fileprivate func addKeys(of container: Value, _ value: Value) throws(PyError) -> Bool {
    if container.isExactDict {
      let source = DictObject(container)
      var index = 0
      while index < source.keys.entryCount {
        let entry = source.keys.entry(index)
        if !entry[1].isAbsent {
          let key = Owned(copying: entry[0])
          try set(key.value, hash: source.keys.hash(index), taking: Owned(copying: value))
        }
        index += 1
      }
      return true
    }
    guard container.isAnySet, container.type == .set || container.type == .frozenset else { return false }
    try SetObject(container).forEach { (key, hash) throws(PyError) in
      try set(key, hash: hash, taking: Owned(copying: value))
      return true
    }
    return true
  }
}

private func dictRepr(_ value: Value) throws(PyError) -> Owned {
  let dict = DictObject(value)
  if dict.count == 0 { return try .string("{}") }
  if try reprEnter(value) { return try .string("{...}") }
  defer { reprLeave(value) }
  var text = StringBuilder()
  try text.append("{")
  var position = 0
  var (key, item) = (Value.absent, Value.absent)
  var isFirst = true
  while dict.next(&position, &key, &item) {
    let heldKey = Owned(copying: key)
    let heldItem = Owned(copying: item)
    if !isFirst { try text.append(", ") }
    isFirst = false
    try text.append(reprOf: heldKey.value)
    try text.append(": ")
    try text.append(reprOf: heldItem.value)
  }
  try text.append("}")
  return try text.finish()
}

private func dictCompare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard a.isDict, b.isDict, operation == .equal || operation == .notEqual else { return .notImplemented }
  let equal = try DictObject(a).isEqual(to: DictObject(b))
  return .boolean(equal == (operation == .equal))
}

extension DictKeys {
  /// Bytes of the table.
  var memorySize: Int { raw == DictKeys.none.raw ? 0 : DictKeys.headerSize + (1 << logSize) << indexShift + DictKeys.capacity(logSize) * entrySize }
}

extension DictObject {
  /// `self[key]`: a KeyError, or what `__missing__` of a subclass says.
  @inline(__always)
  public func getSubscript(_ key: Value) throws(PyError) -> Owned {
    let value = try get(key)
    return _fastPath(!value.isAbsent) ? Owned(copying: value) : try missing(key)
  }

  @inline(never)
  private func missing(_ key: Value) throws(PyError) -> Owned {
    if !value.isExactDict {
      let method = try value.lookUpSpecial(Name.__missing__)
      if !method.value.isAbsent { return try method.value.call(key) }
    }
    throw PyError.keyError(key)
  }

  /// `dict.setdefault`
  public func setDefault(_ key: Value, _ value: Value) throws(PyError) -> Owned {
    let hash = try hashOfKey(key)
    let index = try find(key, hash)
    if index >= 0 { return Owned(copying: keys.entry(index)[1]) }
    try insertNew(key, hash: hash, taking: Owned(copying: value))
    return Owned(copying: value)
  }

  /// Whether both have the same keys with equal values.
  func isEqual(to other: DictObject) throws(PyError) -> Bool {
    if count != other.count { return false }
    try checkNativeRecursion(" in comparison")
    var index = 0
    while index < keys.entryCount {
      let entry = keys.entry(index)
      let hash = entry[1].isAbsent ? 0 : keys.hash(index)
      index += 1
      if entry[1].isAbsent { continue }
      let key = Owned(copying: entry[0])
      let value = Owned(copying: entry[1])
      let found = try other.get(key.value, hash: hash)
      if found.isAbsent { return false }
      if found === value.value { continue }
      let held = Owned(copying: found)
      if try !value.value.isEqual(to: held.value) { return false }
    }
    return true
  }
}
