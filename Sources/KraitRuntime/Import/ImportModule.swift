// `__import__` and the import statement: modules that are loaded are found here, all others by `importlib`.

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
///
/// - Parameters:
///   - globals: a dict or None.
///   - fromList: a sequence of str, or None.
public func importModule(name: Value, globals: Value, fromList: Value, level: Int) throws(PyError) -> Owned {
  do throws(PyError) {
    return try importModuleLevel(name, globals, fromList, level)
  } catch {
    if RuntimeConfiguration.current.verbosity == 0 { removeImportFrames() }
    throw error
  }
}

/// Imports a module by its full name and returns it, not the package that it is in.
public func importModule(_ name: StaticString) throws(PyError) -> Owned {
  let name = try Owned.string(name)
  let fromList = try Owned.tuple(Name.__doc__)
  return try importModule(name: name.value, globals: .none, fromList: fromList.value, level: 0)
}

private func importModuleLevel(_ name: Value, _ globals: Value, _ fromList: Value, _ level: Int) throws(PyError) -> Owned {
  guard name.isString else { throw .typeError("module name must be a string") }
  if level < 0 { throw .valueError("level must be >= 0") }
  let fullName = level > 0 ? try resolve(name, globals, level) : Owned(copying: name)
  if level == 0 && StringObject(name).length == 0 { throw .valueError("Empty module name") }
  let module = try findModule(fullName.value)
  if !fromList.isNone, try fromList.isTruthy() {
    let path = try module.value.lookUpAttribute(Name.__path__)
    if path.value.isAbsent { return module }
    let interpreter = currentInterpreter
    if interpreter.pointee.importlib.isAbsent { return module }
    let builtins = DictObject(interpreter.pointee.builtins)
    let importFunction = Owned(copyingIfPresent: builtins.get(interned: Name.__import__))
    let handle = try interpreter.pointee.importlib.getAttribute(Name._handle_fromlist)
    return try handle.call(module.value, fromList, importFunction.value.isAbsent ? .none : importFunction.value)
  }
  let units = StringObject(name).units
  guard units.count > 0, let dot = (0..<units.count).first(where: { units[$0] == 0x2E }) else { return module }
  if level == 0 {
    let top = intern(try Owned.string(units[0..<dot]))
    return try importModuleLevel(top.value, .none, .none, 0)
  }
  // `import .a.b` cannot be written, but `__import__("a.b", level=1)` gives `a`.
  let full = StringObject(fullName.value).units
  let returned = intern(try Owned.string(full[0..<full.count - (units.count - dot)]))
  let found = try DictObject(currentInterpreter.pointee.modules).get(returned.value)
  if found.isAbsent {
    let message = try Owned.string("\(try returned.value.repr().text) not in sys.modules as expected")
    throw .keyError(message.value)
  }
  return Owned(copying: found)
}

/// The module of a full name: from `sys.modules`, else loaded.
private func findModule(_ name: Value) throws(PyError) -> Owned {
  let interpreter = currentInterpreter
  let modules = interpreter.pointee.modules
  let known = modules.isDict ? Owned(copyingIfPresent: try DictObject(modules).get(name)) : Owned(taking: .absent)
  if !known.value.isAbsent && !known.value.isNone {
    if try isInitializing(known.value), !interpreter.pointee.importlib.isAbsent {
      // Another thread may be loading it.
      let wait = try interpreter.pointee.importlib.getAttribute(Name._lock_unlock_module)
      _ = try wait.call(name)
      // It may have failed, and be gone.
      let now = modules.isDict ? Owned(copyingIfPresent: try DictObject(modules).get(name)) : Owned(taking: .absent)
      if now.value !== known.value { return try findModule(name) }
    }
    if _slowPath(ImportTimes.level > 1) { ImportTimes.noteCached(name) }
    return known
  }
  if interpreter.pointee.importlib.isAbsent { return try importNative(name) }
  try checkNativeRecursion(" while importing a module")
  if isAudited {
    let path = systemObject(Name.path)
    let finders = systemObject(Name.make("meta_path"))
    let hooks = systemObject(Name.make("path_hooks"))
    func given(_ value: Value) -> Value { value.isAbsent ? .none : value }
    try audit("import", name, .none, given(path.value), given(finders.value), given(hooks.value))
  }
  let find = try interpreter.pointee.importlib.getAttribute(Name._find_and_load)
  let importFunction = Owned(copyingIfPresent: DictObject(interpreter.pointee.builtins).get(interned: Name.__import__))
  let function = importFunction.value.isAbsent ? Value.none : importFunction.value
  if _slowPath(ImportTimes.level > 0) {
    let finder = Owned(copying: find.value)
    return try ImportTimes.measure(name) { () throws(PyError) -> Owned in try finder.value.call(name, function) }
  }
  return try find.call(name, function)
}

/// Whether the module's spec says that it is being loaded.
private func isInitializing(_ module: Value) throws(PyError) -> Bool {
  let spec = try specification(of: module)
  if spec.value.isAbsent || spec.value.isNone { return false }
  let flag = try spec.value.lookUpAttribute(Name._initializing)
  return flag.value.isAbsent ? false : try flag.isTruthy()
}

/// `__spec__`; absent when there is none.
private func specification(of module: Value) throws(PyError) -> Owned {
  guard module.isObject, module.type == .module else { return try module.lookUpAttribute(Name.__spec__) }
  let dict = ModuleObject(module).dict
  return dict.isAbsent ? Owned(taking: .absent) : Owned(copyingIfPresent: DictObject(dict).get(interned: Name.__spec__))
}

/// What can be imported before `importlib` is there, and without a library.
private func importNative(_ name: Value) throws(PyError) -> Owned {
  let modules = DictObject(currentInterpreter.pointee.modules)
  guard let definition = nativeModules[name.text] else {
    let text = try Owned.string("No module named '\(name.text)'")
    let exception = try TypeObject.moduleNotFoundError.value.call(text.value)
    try exception.value.setAttribute(Name.name, name)
    throw PyError.raise(exception)
  }
  let module = try definition.makeModule()
  try modules.set(name, module.value)
  return module
}

// MARK: - Relative names

/// The absolute name of a relative import.
private func resolve(_ name: Value, _ globals: Value, _ level: Int) throws(PyError) -> Owned {
  let package = try packageName(globals)
  let units = StringObject(package.value).units
  if units.count == 0 { throw PyError.raise(.importError, "attempted relative import with no known parent package") }
  var end = units.count
  for _ in 1..<max(level, 1) {
    guard let dot = (0..<end).last(where: { units[$0] == 0x2E }) else {
      throw PyError.raise(.importError, "attempted relative import beyond top-level package")
    }
    end = dot
  }
  var builder = StringBuilder()
  try builder.append(units[0..<end])
  if StringObject(name).length > 0 {
    try builder.append("." as StaticString)
    try builder.append(name)
  }
  return try builder.finish()
}

/// The package of the module whose globals these are.
private func packageName(_ globals: Value) throws(PyError) -> Owned {
  if globals.isNone { throw try missingName() }
  guard globals.isDict else { throw .typeError("globals must be a dict") }
  let dict = DictObject(globals)
  let package = Owned(copyingIfPresent: try dict.get(Name.__package__))
  let spec = Owned(copyingIfPresent: try dict.get(Name.__spec__))
  let hasSpec = !spec.value.isAbsent && !spec.value.isNone
  if !package.value.isAbsent && !package.value.isNone {
    guard package.value.isString else { throw .typeError("package must be a string") }
    if hasSpec {
      let parent = try spec.value.getAttribute(Name.parent)
      if try !package.value.isEqual(to: parent.value) { try warn(.deprecationWarning, "__package__ != __spec__.parent") }
    }
    return package
  }
  if hasSpec {
    let parent = try spec.value.getAttribute(Name.parent)
    guard parent.value.isString else { throw .typeError("__spec__.parent must be a string") }
    return parent
  }
  try warn(.importWarning, "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__")
  let module = Owned(copyingIfPresent: try dict.get(Name.__name__))
  if module.value.isAbsent { throw try missingName() }
  guard module.value.isString else { throw .typeError("__name__ must be a string") }
  if try !dict.get(Name.__path__).isAbsent { return module }
  let units = StringObject(module.value).units
  guard let dot = (0..<units.count).last(where: { units[$0] == 0x2E }) else { return .emptyString }
  return try Owned.string(units[0..<dot])
}

private func missingName() throws(PyError) -> PyError {
  let message = try Owned.string("'__name__' not in globals" as StaticString)
  return .keyError(message.value)
}

// MARK: - Tracebacks

/// Takes the frames of `importlib` out of the traceback of the exception on its way: all for an ImportError, else those below `_call_with_frames_removed`.
private func removeImportFrames() {
  let exception = currentThread.pointee.exception
  guard !exception.isAbsent else { return }
  let isAlwaysTrimmed = exception.type.isSubtype(of: .importError)
  /// The entry behind which the run of importlib's frames begins; nil is the exception itself.
  var outer: TracebackObject?
  var previous: TracebackObject?
  var isInside = false
  var link = Owned(copyingIfPresent: ExceptionObject(exception).traceback)
  func cut(_ before: TracebackObject?, _ next: Value) {
    if let before { before.setNext(Owned(copyingIfPresent: next)) } else { ExceptionObject(exception).setTraceback(Owned(copyingIfPresent: next)) }
  }
  while !link.value.isAbsent && link.value.isObject && link.value.type == .traceback {
    let entry = TracebackObject(link.value)
    let next = Owned(copyingIfPresent: entry.next)
    let file = entry.code.fileName
    let isImportlib = file.isEqualText("<frozen importlib._bootstrap>") || file.isEqualText("<frozen importlib._bootstrap_external>")
    if isImportlib && !isInside { outer = previous }
    isInside = isImportlib
    if isInside && (isAlwaysTrimmed || entry.code.name.isEqualText("_call_with_frames_removed")) {
      cut(outer, next.value)
      previous = outer
    } else {
      previous = entry
    }
    link = next
  }
}
