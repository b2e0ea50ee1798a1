// Unpickling: globals, calls that make objects, and their states.

import KraitRuntime

extension UnpicklerObject {
  // MARK: Globals

  func findClass(_ module: Value, _ name: Value) throws(PyError) -> Owned {
    try audit("pickle.find_class", module, name)
    var module = Owned(copying: module)
    var name = Owned(copying: name)
    if contents.pointee.protocolNumber < 3 && contents.pointee.fixesImports {
      try renameGlobal(&module, &name, PickleState.nameMapping.value, PickleState.importMapping.value, "_compat_pickle.")
    }
    let found = try importByName(module.value)
    if !name.value.isString { return try found.value.getAttribute(name.value) }
    if contents.pointee.protocolNumber < 4 {
      let interned = intern(Owned(copying: name.value))
      return try found.value.getAttribute(interned.value)
    }
    let path = dottedPath(name.value)
    do throws(PyError) { return try attribute(of: found.value, path) } catch {
      guard path.count > 1, PyError.matches(.attributeError) else { throw error }
      let pending = currentThread.pointee.takeException()
      let (pathText, moduleText) = (try reprText(name.value), try reprText(module.value))
      let raised: PyError = .attributeError("Can't resolve path \(pathText) on module \(moduleText)")
      let exception = currentThread.pointee.takeException()
      ExceptionObject(exception.value).setContext(Owned(copying: pending.value))
      currentThread.pointee.setException(exception)
      throw raised
    }
  }

  /// What `find_class` of the object says, which a subclass may have changed.
  private func find(_ module: Value, _ name: Value) throws(PyError) -> Owned {
    if unpicklerType.isType(of: value) { return try findClass(module, name) }
    return try value.callMethod(PickleName.findClass, module, name)
  }

  func loadGlobal() throws(PyError) {
    let module = try textLine(PickleName.utf8)
    let name = try textLine(PickleName.utf8)
    try push(try find(module.value, name.value))
  }

  private func textLine(_ encoding: Value) throws(PyError) -> Owned {
    try decodeText(UnsafeRawBufferPointer(try readText()), encoding: encoding, errors: PickleName.strict)
  }

  func loadStackGlobal() throws(PyError) {
    let name = try pop()
    let module = try pop()
    if !name.value.isExactString || !module.value.isExactString { throw unpicklingError("STACK_GLOBAL requires str") }
    try push(try find(module.value, name.value))
  }

  func loadExtension(_ code: Int) throws(PyError) {
    if code <= 0 { throw unpicklingError("EXT specifies code <= 0") }
    let key = Value(smallInteger: code)
    let cache = Owned(copying: PickleState.extensionCache.value)
    let known = Owned(copyingIfPresent: try DictObject(cache.value).get(key))
    if !known.value.isAbsent { return try push(known) }
    let registry = Owned(copying: PickleState.invertedRegistry.value)
    let pair = Owned(copyingIfPresent: try DictObject(registry.value).get(key))
    if pair.value.isAbsent { throw .valueError("unregistered extension code \(code)") }
    guard pair.value.isTuple, TupleObject(pair.value).count == 2, TupleObject(pair.value)[0].isString, TupleObject(pair.value)[1].isString else {
      throw .valueError("_inverted_registry[\(code)] isn't a 2-tuple of strings")
    }
    let found = try find(TupleObject(pair.value)[0], TupleObject(pair.value)[1])
    try DictObject(cache.value).set(key, found.value)
    try push(found)
  }

  func loadPersistent(isBinary: Bool) throws(PyError) {
    let id = isBinary ? try pop() : try persistentIDLine()
    if contents.pointee.persistentLoad.isAbsent {
      // The type's own method says that there is none; a subclass without one of its own inherits it.
      _ = try value.callMethod(PickleName.persistentLoad, id.value)
      return
    }
    let function = Owned(copying: contents.pointee.persistentLoad)
    try push(contents.pointee.persistentLoadIsMethod ? try function.value.call(value, id.value) : try function.value.call(id.value))
  }

  private func persistentIDLine() throws(PyError) -> Owned {
    let line = try readLine().dropLast()
    let bytes = UnsafeBufferPointer(rebasing: line)
    if bytes.contains(where: { $0 >= 0x80 }) { throw unpicklingError("persistent IDs in protocol 0 must be ASCII strings") }
    return try Owned.string(utf8: bytes)
  }

  // MARK: Calls

  func loadReduce() throws(PyError) {
    let arguments = try pop()
    let function = try pop()
    if !arguments.value.isTuple {
      if arguments.value.isAbsent { throw underflow() }
      throw .typeError("argument list must be a tuple")
    }
    try push(try function.value.call(tuple: arguments.value))
  }

  func loadNewObject(hasKeywords: Bool) throws(PyError) {
    let keywords = hasKeywords ? try pop() : Owned(taking: .absent)
    let arguments = try pop()
    let cls = try pop()
    let name = hasKeywords ? "NEWOBJ_EX" : "NEWOBJ"
    if !cls.value.isType { throw unpicklingError("\(name) class argument must be a type, not \(cls.value.typeName)") }
    if !arguments.value.isTuple { throw unpicklingError("\(name) args argument must be a tuple, not \(arguments.value.typeName)") }
    if hasKeywords && !keywords.value.isDict { throw unpicklingError("\(name) kwargs argument must be a dict, not \(keywords.value.typeName)") }
    let new = try cls.value.getAttribute(Name.__new__)
    var first = cls.value
    let made = try withUnsafePointer(to: &first) { (first) throws(PyError) in
      try new.value.call(UnsafeBufferPointer(start: first, count: 1), TupleObject(arguments.value).buffer, keywords: keywords.value)
    }
    try push(made)
  }

  func loadObject() throws(PyError) {
    let start = try popMark()
    if contents.pointee.stack.count - start < 1 { throw underflow() }
    let arguments = try popTuple(from: start + 1)
    let cls = try pop()
    try push(try instantiate(cls.value, arguments.value))
  }

  func loadInstance() throws(PyError) {
    let start = try popMark()
    let module = try textLine(PickleName.ascii)
    let name = try textLine(PickleName.ascii)
    let cls = try find(module.value, name.value)
    let arguments = try popTuple(from: start)
    try push(try instantiate(cls.value, arguments.value))
  }

  /// Instances of old: without arguments the class is not called.
  private func instantiate(_ cls: Value, _ arguments: Value) throws(PyError) -> Owned {
    if TupleObject(arguments).count == 0 && cls.isType {
      let initial = try cls.lookUpAttribute(PickleName.getInitialArguments)
      if initial.value.isAbsent { return try cls.callMethod(Name.__new__, cls) }
    }
    return try cls.call(tuple: arguments)
  }

  // MARK: States

  func build() throws(PyError) {
    if contents.pointee.stack.count - 2 < contents.pointee.fence { throw underflow() }
    let whole = try pop()
    let instance = Owned(copying: try top())
    let setState = try instance.value.lookUpAttribute(PickleName.setState)
    if !setState.value.isAbsent {
      _ = try setState.value.call(whole.value)
      return
    }
    let isPair = whole.value.isTuple && TupleObject(whole.value).count == 2
    let state = isPair ? Owned(copying: TupleObject(whole.value)[0]) : Owned(copying: whole.value)
    let slots = isPair ? Owned(copying: TupleObject(whole.value)[1]) : Owned(copying: .none)
    if !state.value.isNone {
      if !state.value.isDict { throw unpicklingError("state is not a dictionary") }
      if !(try updateOwnAttributes(of: instance.value, from: DictObject(state.value))) {
        let dict = try instance.value.getAttribute(Name.__dict__)
        var (position, key, value) = (0, Value.absent, Value.absent)
        while DictObject(state.value).next(&position, &key, &value) {
          let name = key.isExactString ? intern(Owned(copying: key)) : Owned(copying: key)
          let held = Owned(copying: value)
          try dict.value.setItem(name.value, held.value)
        }
      }
    }
    if isPair {
      if !slots.value.isDict { throw unpicklingError("slot state is not a dictionary") }
      var (position, key, value) = (0, Value.absent, Value.absent)
      while DictObject(slots.value).next(&position, &key, &value) {
        let name = Owned(copying: key)
        let held = Owned(copying: value)
        try instance.value.setAttribute(name.value, held.value)
      }
    }
  }
}
