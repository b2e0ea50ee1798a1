// Interpreter configurations as Python sees them: namespaces with CPython's names.

import KraitRuntime

extension InterpreterConfiguration {
  /// The configuration of a name.
  init(named value: Value) throws(PyError) {
    // A name that UTF-8 cannot express is refused as such.
    _ = try value.callMethod(Name.make("encode"))
    let name = value.text
    switch name {
    case "", "default", "isolated": self = .isolated
    case "legacy": self = .legacy
    case "empty": self = .empty
    default: throw .valueError("unsupported config name '\(name)'")
    }
  }

  /// What `_interpreters.create()` is given: None, a name, or an object with the settings as attributes.
  init(_ value: Value) throws(PyError) {
    if value.isNone {
      self = .isolated
    } else if value.isString {
      try self.init(named: value)
    } else {
      let dict = try value.lookUpAttribute(Name.__dict__)
      guard !dict.value.isAbsent, dict.value.isDict else { throw .typeError("bad config \(try value.repr().text)") }
      self = .empty
      try update(from: dict.value, isComplete: true)
    }
  }

  /// Takes settings from a dict, and only settings.
  mutating func update(from dict: Value, isComplete: Bool) throws(PyError) {
    let copy = try DictObject(dict).copy()
    let rest = DictObject(copy.value)
    for field in InterpreterConfiguration.fields {
      let value = try rest.remove(Name.make(field.name))
      if value.value.isAbsent {
        if isComplete { throw .valueError("missing config key: \(field.name)") }
        continue
      }
      guard value.value === .true || value.value === .false else { throw .typeError("invalid config type: \(field.name)") }
      self[keyPath: field.path] = value.value === .true
    }
    let scope = try rest.remove(Name.make("gil"))
    if scope.value.isAbsent {
      if isComplete { throw .valueError("missing config key: gil") }
    } else {
      guard scope.value.isString else { throw .typeError("invalid config type: gil") }
      guard let known = LockScope(rawValue: scope.value.text) else { throw .valueError("unsupported interpreter config .gil value '\(scope.value.text)'") }
      lockScope = known
    }
    if rest.count > 0 {
      throw .valueError("config dict has \(rest.count) extra item\(rest.count == 1 ? "" : "s") (\(try copy.value.repr().text))")
    }
  }

  /// A namespace with the settings.
  func object() throws(PyError) -> Owned {
    let result = try TypeObject.simpleNamespace.value.call()
    for field in InterpreterConfiguration.fields { try result.value.setAttribute(Name.make(field.name), Value(self[keyPath: field.path])) }
    let scope = try Owned.string(lockScope.rawValue)
    try result.value.setAttribute(Name.make("gil"), scope.value)
    return result
  }
}
