// `__import__`: modules that are loaded or native.

import CKraitCore

func defineImport(_ m: ModuleBuilder) throws(PyError) {
  try m.function(
    "__import__(name, globals=None, locals=None, fromlist=(), level=0)", "Import a module: what the import statement calls."
  ) { (call: Call) throws(PyError) -> Owned in
    let level = try call.int32(4)
    return try importModule(name: call[0], globals: call[1], fromList: call[3], level: Int(level))
  }
}

/// What the import statement does when `builtins.__import__` is the original: the top package, or the module itself when there is a `from` list.
public func importModule(name: Value, globals: Value, fromList: Value, level: Int) throws(PyError) -> Owned {
  guard name.isString else { throw .typeError("module name must be a string") }
  if level < 0 { throw .valueError("level must be >= 0") }
  let fullName = level > 0 ? try resolve(name, globals, level) : Owned(copying: name)
  if level == 0 && StringObject(name).length == 0 { throw .valueError("Empty module name") }
  let module = try findOrLoad(fullName.value)
  if !fromList.isNone, try fromList.isTruthy() { return module }
  let text = fullName.value.text
  guard let dot = text.firstIndex(of: ".") else { return module }
  let top = intern(try Owned.string(String(text[..<dot])))
  return try findOrLoad(top.value)
}

/// The absolute name of a relative import.
private func resolve(_ name: Value, _ globals: Value, _ level: Int) throws(PyError) -> Owned {
  if globals.isNone {
    let message = try Owned.string("'__name__' not in globals" as StaticString)
    throw .keyError(message.value)
  }
  guard globals.isDict else { throw .typeError("globals must be a dict") }
  let dict = DictObject(globals)
  var package = Owned(copyingIfPresent: try dict.get(Name.__package__))
  if package.value.isAbsent || package.value.isNone {
    let module = try dict.get(Name.__name__)
    if module.isAbsent {
      let message = try Owned.string("'__name__' not in globals" as StaticString)
      throw .keyError(message.value)
    }
    guard module.isString else { throw .typeError("__name__ must be a string") }
    package = Owned(copying: module)
    if try dict.get(Name.__path__).isAbsent {
      let text = module.text
      package = try Owned.string(text.lastIndex(of: ".").map { String(text[..<$0]) } ?? "")
    }
  }
  guard package.value.isString else { throw .typeError("package must be a string") }
  var base = package.value.text
  if base.isEmpty { throw PyError.raise(.importError, "attempted relative import with no known parent package") }
  for _ in 1..<max(level, 1) {
    guard let dot = base.lastIndex(of: ".") else {
      throw PyError.raise(.importError, "attempted relative import beyond top-level package")
    }
    base = String(base[..<dot])
  }
  let rest = name.text
  return try Owned.string(rest.isEmpty ? base : "\(base).\(rest)")
}

private func findOrLoad(_ name: Value) throws(PyError) -> Owned {
  let modules = currentInterpreter.pointee.modules
  let known = try DictObject(modules).get(name)
  if !known.isAbsent {
    if known.isNone { throw moduleNotFound(name, "import of \(name.text) halted; None in sys.modules") }
    return Owned(copying: known)
  }
  let text = name.text
  if let definition = nativeModules[text] {
    let module = try definition.makeModule()
    try DictObject(modules).set(name, module.value)
    return module
  }
  if let dot = text.lastIndex(of: ".") {
    let parent = String(text[..<dot])
    let owned = try Owned.string(parent)
    _ = try findOrLoad(owned.value)
    throw moduleNotFound(name, "No module named '\(text)'; '\(parent)' is not a package")
  }
  throw moduleNotFound(name, "No module named '\(text)'")
}

private func moduleNotFound(_ name: Value, _ message: String) -> PyError {
  do throws(PyError) {
    let text = try Owned.string(message)
    let exception = try TypeObject.moduleNotFoundError.value.call(text.value)
    try exception.value.setAttribute(Name.name, name)
    return PyError.raise(exception)
  } catch { return error }
}
