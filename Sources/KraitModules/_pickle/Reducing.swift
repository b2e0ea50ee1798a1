// Pickling of what has no opcodes of its own: names of globals, and calls that make an object anew.

import KraitRuntime

extension PicklerObject {
  /// What an object says of how to make it: a tuple or a str; absent for a class of a metaclass, which is a global.
  func reduce(_ value: Value) throws(PyError) -> Owned {
    let type = value.type
    let own = Owned(copyingIfPresent: contents.pointee.dispatchTable)
    let table = Owned(copying: PickleState.dispatchTable.value)
    let function = own.value.isAbsent ? Owned(copyingIfPresent: try DictObject(table.value).get(type.value)) : try optionalItem(own.value, type.value)
    if !function.value.isAbsent {
      return try function.value.call(value)
    }
    if type.isSubtype(of: .type) { return Owned(taking: .absent) }
    let reduceEx = try value.lookUpAttribute(PickleName.reduceEx)
    if !reduceEx.value.isAbsent {
      return try reduceEx.value.call(Value(smallInteger: Int(number)))
    }
    let reduce = try value.lookUpAttribute(PickleName.reduce)
    if reduce.value.isAbsent { throw picklingError("Can't pickle \(type.nameForMessages) object") }
    return try reduce.value.call()
  }

  private func optionalItem(_ mapping: Value, _ key: Value) throws(PyError) -> Owned {
    if mapping.isExactDict { return Owned(copyingIfPresent: try DictObject(mapping).get(key)) }
    do throws(PyError) { return try mapping.getItem(key) } catch {
      guard PyError.matches(.keyError) else { throw error }
      PyError.clear()
      return Owned(taking: .absent)
    }
  }

  /// Writes the tuple that `__reduce__` returned. `object` is absent when nothing is to be remembered.
  func saveReduced(_ reduced: Value, _ object: Value) throws(PyError) {
    let held = Owned(copying: reduced)
    let parts = TupleObject(held.value)
    func fail(_ message: String) throws(PyError) { throw picklingError(message) }
    if parts.count < 2 || parts.count > 6 { return try fail("tuple returned by __reduce__ must contain 2 through 6 elements") }
    let function = parts[0]
    let arguments = parts[1]
    if !function.isCallable { return try fail("first item of the tuple returned by __reduce__ must be callable, not \(function.type.nameForMessages)") }
    if !arguments.isTuple { return try fail("second item of the tuple returned by __reduce__ must be a tuple, not \(arguments.type.nameForMessages)") }
    func part(_ index: Int) -> Value { index < parts.count && !parts[index].isNone ? parts[index] : .absent }
    let (state, listItems, dictItems, setter) = (part(2), part(3), part(4), part(5))
    if !listItems.isAbsent && listItems.type.slots.pointee.next == nil {
      return try fail("fourth item of the tuple returned by __reduce__ must be an iterator, not \(listItems.type.nameForMessages)")
    }
    if !dictItems.isAbsent && dictItems.type.slots.pointee.next == nil {
      return try fail("fifth item of the tuple returned by __reduce__ must be an iterator, not \(dictItems.type.nameForMessages)")
    }
    if !setter.isAbsent && !setter.isCallable { return try fail("sixth item of the tuple returned by __reduce__ must be callable, not \(setter.type.nameForMessages)") }
    if number >= 2 {
      let name = try function.lookUpAttribute(Name.__name__)
      if !name.value.isAbsent, name.value.isString, StringObject(name.value).isEqual(to: "__newobj_ex__") {
        try saveNewObjectWithKeywords(arguments, object, fail)
      } else if !name.value.isAbsent, name.value.isString, StringObject(name.value).isEqual(to: "__newobj__") {
        try saveNewObject(arguments, object, fail)
      } else {
        try saveCall(function, arguments, object)
      }
    } else {
      try saveCall(function, arguments, object)
    }
    let index = contents.pointee.memo.find(object)
    if index >= 0 {
      try emit(PickleCode.pop)
      return try emitGet(index)
    }
    try memoize(object)
    if !listItems.isAbsent {
      let items = Owned(copying: listItems)
      try saveItems(of: items, object)
    }
    if !dictItems.isAbsent {
      let pairs = Owned(copying: dictItems)
      try savePairs(of: pairs, object)
    }
    if !state.isAbsent { try saveState(state, setter, object) }
  }

  private func saveCall(_ function: Value, _ arguments: Value, _ object: Value) throws(PyError) {
    do throws(PyError) { try save(function) } catch { try noting(error, "when serializing \(object.type.nameForMessages) reconstructor") }
    do throws(PyError) { try save(arguments) } catch { try noting(error, "when serializing \(object.type.nameForMessages) reconstructor arguments") }
    try emit(PickleCode.reduce)
  }

  private func saveNewObject(_ arguments: Value, _ object: Value, _ fail: (String) throws(PyError) -> Void) throws(PyError) {
    let all = TupleObject(arguments)
    if all.count < 1 { return try fail("__newobj__ expected at least 1 argument, got 0") }
    let cls = all[0]
    if !cls.isType { return try fail("first argument to __newobj__() must be a class, not \(cls.type.nameForMessages)") }
    let own = try classOf(object)
    if own.value !== cls { return try fail("first argument to __newobj__() must be \(try reprText(own.value)), not \(try reprText(cls))") }
    do throws(PyError) { try save(cls) } catch { try noting(error, "when serializing \(object.type.nameForMessages) class") }
    let rest = all.count == 1 ? .emptyTuple : try Owned.tuple(UnsafeBufferPointer(rebasing: all.buffer.dropFirst()))
    do throws(PyError) { try save(rest.value) } catch { try noting(error, "when serializing \(object.type.nameForMessages) __new__ arguments") }
    try emit(PickleCode.newObject)
  }

  private func saveNewObjectWithKeywords(_ arguments: Value, _ object: Value, _ fail: (String) throws(PyError) -> Void) throws(PyError) {
    let all = TupleObject(arguments)
    if all.count != 3 { return try fail("__newobj_ex__ expected 3 arguments, got \(all.count)") }
    let (cls, positional, keywords) = (all[0], all[1], all[2])
    if !cls.isType { return try fail("first argument to __newobj_ex__() must be a class, not \(cls.type.nameForMessages)") }
    if !positional.isTuple { return try fail("second argument to __newobj_ex__() must be a tuple, not \(positional.type.nameForMessages)") }
    if !keywords.isDict { return try fail("third argument to __newobj_ex__() must be a dict, not \(keywords.type.nameForMessages)") }
    if number >= 4 {
      do throws(PyError) { try save(cls) } catch { try noting(error, "when serializing \(object.type.nameForMessages) class") }
      do throws(PyError) {
        try save(positional)
        try save(keywords)
      } catch { try noting(error, "when serializing \(object.type.nameForMessages) __new__ arguments") }
      return try emit(PickleCode.newObjectWithKeywords)
    }
    // A partial stands for the call.
    let new = try cls.getAttribute(Name.__new__)
    let list = try Owned.list()
    try ListObject(list.value).append(new.value)
    try ListObject(list.value).append(cls)
    try ListObject(list.value).extend(positional)
    let values = try Owned.tuple(from: list.value)
    let partial = try PickleState.partial.value.call(TupleObject(values.value).buffer, keywords: keywords)
    do throws(PyError) { try save(partial.value) } catch { try noting(error, "when serializing \(object.type.nameForMessages) reconstructor") }
    let none = Owned.emptyTuple
    try save(none.value)
    try emit(PickleCode.reduce)
  }

  private func classOf(_ object: Value) throws(PyError) -> Owned {
    let found = try object.lookUpAttribute(Name.__class__)
    return found.value.isAbsent ? Owned(copying: object.type.value) : found
  }

  private func saveState(_ state: Value, _ setter: Value, _ object: Value) throws(PyError) {
    if setter.isAbsent {
      do throws(PyError) { try save(state) } catch { try noting(error, "when serializing \(object.type.nameForMessages) state") }
      return try emit(PickleCode.build)
    }
    // The setter is called with the object and its state; what it returns is dropped.
    do throws(PyError) { try save(setter) } catch { try noting(error, "when serializing \(object.type.nameForMessages) state setter") }
    try save(object)
    do throws(PyError) { try save(state) } catch { try noting(error, "when serializing \(object.type.nameForMessages) state") }
    try emit(PickleCode.tuple2)
    try emit(PickleCode.reduce)
    try emit(PickleCode.pop)
  }

  // MARK: Globals

  func saveType(_ value: Value) throws(PyError) {
    let type = TypeObject(value)
    let singleton: Value = type == .noneType ? .none : type == .ellipsisType ? .ellipsis : type == .notImplementedType ? .notImplemented : .absent
    if singleton.isAbsent { return try saveGlobal(value, name: .absent) }
    let arguments = try Owned.tuple(singleton)
    let reduced = try Owned.tuple(TypeObject.type.value, arguments.value)
    try saveReduced(reduced.value, value)
  }

  /// Writes the name by which an object is found in a module.
  func saveGlobal(_ value: Value, name: Value) throws(PyError) {
    let name = name.isAbsent ? try qualifiedName(value) : Owned(copying: name)
    guard name.value.isString else { throw .typeError("must be str, not \(name.value.typeName)") }
    let path = dottedPath(name.value)
    let module = try findModule(value, name.value, path)
    if number >= 2 {
      let key = try Owned.tuple(module.value, name.value)
      let registry = Owned(copying: PickleState.extensionRegistry.value)
      let code = Owned(copyingIfPresent: try DictObject(registry.value).get(key.value))
      if !code.value.isAbsent { return try saveExtension(code.value) }
    }
    if number >= 4 {
      try save(module.value)
      try save(name.value)
      try emit(PickleCode.stackGlobal)
    } else if path.count > 1 {
      // getattr(getattr(…, name), name)
      for _ in path.dropFirst() {
        try save(PickleState.getattr.value)
        if number < 2 { try emit(PickleCode.mark) }
      }
      let first = try Owned.string(path[0])
      try saveTopLevel(module.value, first.value)
      for part in path.dropFirst() {
        let part = try Owned.string(part)
        try save(part.value)
        try emit(number < 2 ? PickleCode.tuple : PickleCode.tuple2)
        try emit(PickleCode.reduce)
      }
    } else {
      try saveTopLevel(module.value, name.value)
    }
    try memoize(value)
  }

  private func qualifiedName(_ value: Value) throws(PyError) -> Owned {
    let name = try value.lookUpAttribute(Name.__qualname__)
    return name.value.isAbsent ? try value.getAttribute(Name.__name__) : name
  }

  private func saveExtension(_ code: Value) throws(PyError) {
    let code = try code.asInt()
    if code <= 0 || code > 0x7FFF_FFFF { throw .runtimeError("extension code \(code) is out of range") }
    if code <= 0xFF { return try emit(PickleCode.extension1, UInt8(truncatingIfNeeded: code)) }
    if code <= 0xFFFF { return try emit(PickleCode.extension2, UInt64(code), size: 2) }
    try emit(PickleCode.extension4, UInt64(code), size: 4)
  }

  private func saveTopLevel(_ module: Value, _ name: Value) throws(PyError) {
    var module = Owned(copying: module)
    var name = Owned(copying: name)
    if contents.pointee.fixesImports {
      try renameGlobal(&module, &name, PickleState.reverseNameMapping.value, PickleState.reverseImportMapping.value, "_compat_pickle.REVERSE_")
    }
    try emit(PickleCode.global)
    try emitIdentifier(module.value, "module")
    try emitIdentifier(name.value, "global")
  }

  /// A line; names that are not ASCII need protocol 3.
  private func emitIdentifier(_ name: Value, _ kind: StaticString) throws(PyError) {
    let bytes: Owned
    do throws(PyError) { bytes = try encodeText(name, encoding: number >= 3 ? PickleName.utf8 : PickleName.ascii, errors: PickleName.strict) } catch {
      guard PyError.matches(.unicodeEncodeError) else { throw error }
      let pending = currentThread.pointee.takeException()
      let text = try reprText(name)
      currentThread.pointee.setException(pending)
      throw picklingErrorFromPending("can't pickle \(kind) identifier \(text) using pickle protocol \(number)")
    }
    try emit(BytesObject(bytes.value).buffer)
    try emit(UInt8(ascii: "\n"))
  }

  /// The name of the module in which an object is found under its name.
  private func findModule(_ value: Value, _ name: Value, _ path: [CodeUnits]) throws(PyError) -> Owned {
    if path.contains(where: { $0.text == "<locals>" }) { throw picklingError("Can't pickle local object \(try reprText(value))") }
    var module = try value.lookUpAttribute(Name.__module__)
    if module.value.isAbsent || module.value.isNone { module = try searchModules(value, path) }
    let found: Owned
    do throws(PyError) {
      guard module.value.isString else { throw PyError.typeError("module name must be a string") }
      found = try importByName(module.value)
    } catch {
      guard PyError.matches(.importError) || PyError.matches(.valueError) else { throw error }
      let pending = currentThread.pointee.takeException()
      let text = try reprText(value)
      let reason = try pending.value.str()
      currentThread.pointee.setException(pending)
      throw picklingErrorFromPending("Can't pickle \(text): \(reason.value.text)")
    }
    let actual: Owned
    do throws(PyError) { actual = try attribute(of: found.value, path) } catch {
      guard PyError.matches(.attributeError) else { throw error }
      let pending = currentThread.pointee.takeException()
      let text = try reprText(value)
      currentThread.pointee.setException(pending)
      throw picklingErrorFromPending("Can't pickle \(text): it's not found as \(module.value.text).\(name.text)")
    }
    if actual.value !== value { throw picklingError("Can't pickle \(try reprText(value)): it's not the same object as \(module.value.text).\(name.text)") }
    return module
  }

  /// An object that names no module: the first one that has it; the main program when there is none.
  private func searchModules(_ value: Value, _ path: [CodeUnits]) throws(PyError) -> Owned {
    let sys = try importModule("sys")
    let all = try sys.value.getAttribute(Name.make("modules"))
    let items = try all.value.callMethod(Name.make("copy"))
    let pairs = try items.value.callMethod(PickleName.items)
    let list = try Owned.list(from: pairs.value)
    for index in 0..<ListObject(list.value).count {
      let pair = Owned(copying: ListObject(list.value)[index])
      guard pair.value.isTuple, TupleObject(pair.value).count == 2 else { continue }
      let (name, module) = (TupleObject(pair.value)[0], TupleObject(pair.value)[1])
      guard name.isString, !module.isNone, name.text != "__main__", name.text != "__mp_main__" else { continue }
      do throws(PyError) {
        let found = try attribute(of: module, path)
        if found.value === value { return Owned(copying: name) }
      } catch {
        guard PyError.matches(.attributeError) else { throw error }
        PyError.clear()
      }
    }
    return Owned(copying: PickleName.main)
  }
}

/// The parts of a name between its dots. The name must live as long as they.
func dottedPath(_ name: Value) -> [CodeUnits] {
  let units = StringObject(name).units
  var parts: [CodeUnits] = []
  var start = 0
  for index in 0...units.count where index == units.count || units[index] == 0x2E {
    parts.append(units[start..<index])
    start = index + 1
  }
  return parts
}

/// An attribute of an attribute of an object.
func attribute(of object: Value, _ path: [CodeUnits]) throws(PyError) -> Owned {
  var found = Owned(copying: object)
  for part in path {
    let name = intern(try Owned.string(part))
    let next = try found.value.getAttribute(name.value)
    found = Owned(copying: next.value)
  }
  return found
}

/// The module of a full name, imported if need be.
func importByName(_ name: Value) throws(PyError) -> Owned {
  let fromList = try Owned.tuple(Name.__doc__)
  return try importModule(name: name, globals: .none, fromList: fromList.value, level: 0)
}

/// Gives a global the name that it has in the other major version of Python, by the tables of single globals and of whole modules, whose names begin with `prefix`.
func renameGlobal(_ module: inout Owned, _ name: inout Owned, _ names: Value, _ modules: Value, _ prefix: StaticString) throws(PyError) {
  let names = Owned(copying: names)
  let modules = Owned(copying: modules)
  let key = try Owned.tuple(module.value, name.value)
  let pair = Owned(copyingIfPresent: try DictObject(names.value).get(key.value))
  if !pair.value.isAbsent {
    guard pair.value.isTuple, TupleObject(pair.value).count == 2 else {
      throw .runtimeError("\(prefix)NAME_MAPPING values should be 2-tuples, not \(pair.value.typeName)")
    }
    let (newModule, newName) = (TupleObject(pair.value)[0], TupleObject(pair.value)[1])
    guard newModule.isString, newName.isString else {
      throw .runtimeError("\(prefix)NAME_MAPPING values should be pairs of str, not (\(newModule.typeName), \(newName.typeName))")
    }
    module = Owned(copying: newModule)
    name = Owned(copying: newName)
    return
  }
  let renamed = Owned(copyingIfPresent: try DictObject(modules.value).get(module.value))
  if renamed.value.isAbsent { return }
  guard renamed.value.isString else { throw .runtimeError("\(prefix)IMPORT_MAPPING values should be strings, not \(renamed.value.typeName)") }
  module = Owned(copying: renamed.value)
}
