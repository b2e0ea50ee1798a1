// `__import__`: modules that are loaded, native or in source files.

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
  if !fromList.isNone, try fromList.isTruthy() {
    try loadSubmodules(of: module.value, named: fromList, fullName.value)
    return module
  }
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

/// The module of a full name, loaded with the packages that it is in unless it is in `sys.modules`.
private func findOrLoad(_ name: Value) throws(PyError) -> Owned {
  try checkNativeRecursion(" while importing a module")
  let modules = currentInterpreter.pointee.modules
  let known = try DictObject(modules).get(name)
  if !known.isAbsent {
    if known.isNone { throw moduleNotFound(name, "import of \(name.text) halted; None in sys.modules") }
    return Owned(copying: known)
  }
  let text = name.text
  guard let dot = text.lastIndex(of: ".") else {
    if let definition = nativeModules[text] {
      let module = try definition.makeModule()
      try DictObject(modules).set(name, module.value)
      return module
    }
    let module = try SourceImporter.load(name, parentPath: .absent)
    if module.value.isAbsent { throw moduleNotFound(name, "No module named '\(text)'") }
    return module
  }
  let parentName = intern(try Owned.string(String(text[..<dot])))
  let parent = try findOrLoad(parentName.value)
  // Loading the parent may have loaded this one.
  let loaded = try DictObject(modules).get(name)
  if !loaded.isAbsent { return Owned(copying: loaded) }
  let path = try parent.value.lookUpAttribute(Name.__path__)
  if path.value.isAbsent { throw moduleNotFound(name, "No module named '\(text)'; '\(parentName.text)' is not a package") }
  let module = try SourceImporter.load(name, parentPath: path.value)
  if module.value.isAbsent { throw moduleNotFound(name, "No module named '\(text)'") }
  let last = intern(try Owned.string(String(text[text.index(after: dot)...])))
  try parent.value.setAttribute(last.value, module.value)
  return module
}

/// Loads what a `from` list names and a package does not have yet.
private func loadSubmodules(of module: Value, named fromList: Value, _ name: Value) throws(PyError) {
  let path = try module.lookUpAttribute(Name.__path__)
  if path.value.isAbsent { return }
  let names = try Owned.list(from: fromList)
  for index in 0..<ListObject(names.value).count {
    let item = Owned(copying: ListObject(names.value)[index])
    guard item.value.isString else { throw .typeError("Item in ``from list'' must be str, not \(item.value.typeName)") }
    if item.text == "*" {
      let all = try module.lookUpAttribute(Name.__all__)
      if !all.value.isAbsent { try loadSubmodules(of: module, named: all.value, name) }
      continue
    }
    let attribute = try module.lookUpAttribute(item.value)
    if !attribute.value.isAbsent { continue }
    let fullName = intern(try Owned.string("\(name.text).\(item.text)"))
    do throws(PyError) { _ = try findOrLoad(fullName.value) } catch {
      // The statement says itself that there is no such name.
      guard PyError.matches(.moduleNotFoundError) else { throw error }
      let failure = currentThread.pointee.takeException()
      let missing = try failure.value.lookUpAttribute(Name.name)
      if !missing.value.isAbsent, missing.value.isString, missing.text == fullName.text { continue }
      currentThread.pointee.setException(failure)
      throw error
    }
  }
}

private func moduleNotFound(_ name: Value, _ message: String) -> PyError {
  do throws(PyError) {
    let text = try Owned.string(message)
    let exception = try TypeObject.moduleNotFoundError.value.call(text.value)
    try exception.value.setAttribute(Name.name, name)
    return PyError.raise(exception)
  } catch { return error }
}
