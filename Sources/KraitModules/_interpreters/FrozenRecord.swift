// Instances of frozen dataclasses between interpreters: a class belongs to one interpreter, but what its instances refer to may belong to none.

import KraitRuntime

/// An instance goes as its class, by name, and its attributes, which are not copied if `krait.share` made them. `pickle` would copy them.
enum FrozenRecord {
  /// The attributes of an instance of a frozen dataclass that says nothing of its own about copies: a dict, or a list for a class with slots; absent for anything else.
  private static func state(of value: Value) throws(PyError) -> Owned {
    guard value.isObject, try isFrozen(value.type) else { return Owned(taking: .absent) }
    let state = try value.callMethod(Names.getState)
    return state.value.isExact(.dict) || state.value.isExactList ? state : Owned(taking: .absent)
  }

  private static func isFrozen(_ type: TypeObject) throws(PyError) -> Bool {
    let parameters = type.lookUp(Names.parameters)
    guard !parameters.isAbsent else { return false }
    let isFrozen = try parameters.lookUpAttribute(Names.frozen)
    guard isFrozen.value === .true else { return false }
    for name in [Names.new, Names.reduce, Names.reduceExtended] where !(type.lookUp(name) === TypeObject.object.lookUp(name)) { return false }
    for name in [Names.newArguments, Names.newArgumentsExtended] where !type.lookUp(name).isAbsent { return false }
    for name in [Names.getState, Names.setState] {
      let method = type.lookUp(name)
      if method === TypeObject.object.lookUp(name) { continue }
      // Classes with slots have these from the decorator.
      let module = method.isAbsent ? Owned.none : try method.lookUpAttribute(Names.module)
      guard module.value.isString, module.value.text == "dataclasses" else { return false }
    }
    return true
  }

  /// Calls `body` with each attribute's value. It may run code of the program, which changes the attributes.
  private static func forEachValue(of state: Value, _ body: (Value) throws(PyError) -> Void) throws(PyError) {
    if state.isExactList {
      var index = 0
      while index < ListObject(state).count {
        let held = Owned(copying: ListObject(state).buffer[index])
        try body(held.value)
        index += 1
      }
      return
    }
    var position = 0
    var key = Value.absent
    var value = Value.absent
    while DictObject(state).next(&position, &key, &value) {
      let held = Owned(copying: value)
      try body(held.value)
    }
  }

  // MARK: Sharing

  /// An equal object whose parts interpreters can have at the same time; NotShareableError for what can change.
  static func share(_ value: Value) throws(PyError) -> Owned {
    try checkNativeRecursion(" while sharing an object")
    let state = try state(of: value)
    if !state.value.isAbsent {
      let shared = try Owned.list(capacity: 8)
      try forEachValue(of: state.value) { (part: Value) throws(PyError) in try ListObject(shared.value).append(sharing: try share(part)) }
      let names = try names(of: state.value)
      return try make(value.type.value, names: names.value, ListObject(shared.value).buffer)
    }
    guard value.isExactTuple, try hasRecord(value) else { return try SharedObjects.make(value) }
    let items = TupleObject(value)
    let result = try Owned.list(capacity: items.count)
    for index in 0..<items.count { try ListObject(result.value).append(sharing: try share(items[index])) }
    return try Owned.tuple(copying: Array(ListObject(result.value).buffer))
  }

  /// Whether a tuple has instances of frozen dataclasses in it: as those belong to one interpreter, so does the tuple.
  private static func hasRecord(_ tuple: Value) throws(PyError) -> Bool {
    try checkNativeRecursion(" while sharing an object")
    for item in TupleObject(tuple).buffer where item.isObject && !SharedObjects.contains(item) {
      if item.isExactTuple ? try hasRecord(item) : try isFrozen(item.type) { return true }
    }
    return false
  }

  /// The attributes' names, in a tuple; None for those of a class with slots, which knows them.
  private static func names(of state: Value) throws(PyError) -> Owned {
    if state.isExactList { return .none }
    let names = try Owned.list(capacity: DictObject(state).count)
    var position = 0
    var key = Value.absent
    var value = Value.absent
    while DictObject(state).next(&position, &key, &value) { try ListObject(names.value).append(key) }
    return try Owned.tuple(copying: Array(ListObject(names.value).buffer))
  }

  private static func make(_ type: Value, names: Value, _ values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    guard type.isType else { throw .typeError("a class is needed, not \(type.typeName)") }
    let result = try type.callMethod(Names.new, type)
    if names.isNone {
      let state = try Owned.list(values)
      _ = try result.value.callMethod(Names.setState, state.value)
    } else {
      let names = TupleObject(names)
      for index in 0..<min(names.count, values.count) {
        guard names[index].isString else { throw .typeError("attribute name must be string, not '\(names[index].typeName)'") }
        // Each interpreter has its own names.
        let name = intern(try Owned.string(StringObject(names[index]).units))
        try genericSetAttribute(result.value, name.value, values[index])
      }
    }
    return result
  }

  // MARK: Messages

  /// What a message has of an instance that refers to shared objects: its class, the names of its attributes and their values, in a tuple; absent for anything else, which `pickle` does as well.
  static func parts(of value: Value) throws(PyError) -> Owned {
    let state = try state(of: value)
    guard !state.value.isAbsent, try refersToShared(state.value) else { return Owned(taking: .absent) }
    let parts = try Owned.list(capacity: 8)
    try ListObject(parts.value).append(value.type.value)
    try ListObject(parts.value).append(sharing: try names(of: state.value))
    try forEachValue(of: state.value) { (part: Value) throws(PyError) in try ListObject(parts.value).append(part) }
    return try Owned.tuple(copying: Array(ListObject(parts.value).buffer))
  }

  private static func refersToShared(_ state: Value) throws(PyError) -> Bool {
    var found = false
    try forEachValue(of: state) { (part: Value) throws(PyError) in
      if !found { found = try isOrRefersToShared(part) }
    }
    return found
  }

  private static func isOrRefersToShared(_ value: Value) throws(PyError) -> Bool {
    try checkNativeRecursion(" while sharing an object")
    if SharedObjects.contains(value) { return true }
    if value.isExactTuple {
      for item in TupleObject(value).buffer {
        if try isOrRefersToShared(item) { return true }
      }
      return false
    }
    let state = try state(of: value)
    return state.value.isAbsent ? false : try refersToShared(state.value)
  }

  /// The instance that parts make in the calling interpreter.
  static func restore(_ parts: Value) throws(PyError) -> Owned {
    let items = TupleObject(parts).buffer
    return try make(items[0], names: items[1], UnsafeBufferPointer(rebasing: items[2...]))
  }
}

private enum Names {
  nonisolated(unsafe) static let parameters = Name.make("__dataclass_params__")
  nonisolated(unsafe) static let frozen = Name.make("frozen")
  nonisolated(unsafe) static let new = Name.make("__new__")
  nonisolated(unsafe) static let reduce = Name.make("__reduce__")
  nonisolated(unsafe) static let reduceExtended = Name.make("__reduce_ex__")
  nonisolated(unsafe) static let newArguments = Name.make("__getnewargs__")
  nonisolated(unsafe) static let newArgumentsExtended = Name.make("__getnewargs_ex__")
  nonisolated(unsafe) static let getState = Name.make("__getstate__")
  nonisolated(unsafe) static let setState = Name.make("__setstate__")
  nonisolated(unsafe) static let module = Name.make("__module__")
}
