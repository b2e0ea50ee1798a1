// The module `_warnings`.

import CKraitCore

let warningsModule = ModuleDefinition("_warnings", "The part of the warnings machinery that native code uses, too.") { (m: ModuleBuilder) throws(PyError) in
  try m.function(
    "warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())", "Issue a warning, or raise it, as the filters say."
  ) { (call: Call) throws(PyError) -> Owned in
    let category = try Warnings.category(call[0], call[1])
    var level = try call.int(2)
    guard call[4].isTuple else { throw call.wrongType(4, "tuple") }
    let prefixes = TupleObject(call[4])
    for index in 0..<prefixes.count where !prefixes[index].isString {
      throw .typeError("Found non-str '\(prefixes[index].typeName)' in skip_file_prefixes.")
    }
    if prefixes.count > 0 && level < 2 { level = 2 }
    try Warnings.warn(category, call[0], stackLevel: level, source: call[3], skippedPrefixes: prefixes.count > 0 ? call[4] : .absent)
    return .none
  }
  try m.function(
    "warn_explicit(message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)",
    "Issue a warning for a place in a source file."
  ) { (call: Call) throws(PyError) -> Owned in
    let category = try Warnings.category(call[0], call[1])
    let file = try call.string(2)
    let line = Int(try call.int32(3))
    if !call[6].isNone && !call[6].isDict { throw .typeError("module_globals must be a dict, not '\(call[6].typeName)'") }
    let sourceLine = call[6].isNone ? Owned(taking: .absent) : try loadedSourceLine(call[6], line)
    try Warnings.warnExplicit(
      category, call[0], file: file, line: line, module: call[4], registry: call[5], sourceLine: sourceLine.value, source: call[7])
    return .none
  }
  try m.function("_filters_mutated_lock_held()", "Tell that the filters have changed; the lock is held.") { (_: Call) throws(PyError) -> Owned in
    let state = try Warnings.state()
    if state.pointee.lockDepth == 0 { throw .runtimeError("warnings._filters_mutated_lock_held() called without lock held") }
    state.pointee.filtersVersion &+= 1
    return .none
  }
  try m.function("_acquire_lock()", "Take the lock of the filters.") { (_: Call) throws(PyError) -> Owned in
    try Warnings.state().pointee.lockDepth &+= 1
    return .none
  }
  try m.function("_release_lock()", "Give the lock of the filters back.") { (_: Call) throws(PyError) -> Owned in
    let state = try Warnings.state()
    if state.pointee.lockDepth == 0 { throw .runtimeError("cannot release un-acquired lock") }
    state.pointee.lockDepth &-= 1
    return .none
  }
  let state = try Warnings.state()
  try m.constant("filters", state.pointee.filters)
  try m.constant("_onceregistry", state.pointee.onceRegistry)
  try m.constant("_defaultaction", state.pointee.defaultAction)
  if let definition = nativeModules["_contextvars"] {
    if state.pointee.context.isAbsent {
      let contextVariables = try definition.makeModule()
      let type = try contextVariables.getAttribute(Name.make("ContextVar"))
      let name = try Owned.string("_warnings_context" as StaticString)
      state.pointee.context = try type.call(name.value).take()
    }
    try m.constant("_warnings_context", state.pointee.context)
  }
}

/// The line of a module's source as its loader gives it; absent when it does not.
private func loadedSourceLine(_ globals: Value, _ line: Int) throws(PyError) -> Owned {
  // The import system knows which loader holds, and warns of modules that do not say.
  let external = Owned(copyingIfPresent: try DictObject(currentInterpreter.pointee.modules).get(Name.make("_frozen_importlib_external")))
  if external.value.isAbsent { return Owned(taking: .absent) }
  let choose = try external.value.getAttribute(Name.make("_bless_my_loader"))
  let loader = try choose.value.call(globals)
  let name = Owned(copyingIfPresent: try DictObject(globals).get(Name.__name__))
  if loader.value.isNone || name.value.isAbsent { return Owned(taking: .absent) }
  let method = try loader.value.lookUpAttribute(Name.make("get_source"))
  if method.value.isAbsent { return method }
  let source: Owned
  do throws(PyError) { source = try method.value.call(name.value) } catch {
    // The loader of a program need not know it as __main__.
    guard PyError.matches(.importError) else { throw error }
    PyError.clear()
    return Owned(taking: .absent)
  }
  if source.value.isNone { return Owned(taking: .absent) }
  guard source.value.isString else { throw .typeError("must be str, not \(source.value.typeName)") }
  let lines = try TypeObject.str.value.getAttribute(Name.make("splitlines"))
  let list = try lines.value.call(source.value)
  guard list.value.isList, line >= 1, line <= ListObject(list.value).count else { return Owned(taking: .absent) }
  return Owned(copying: ListObject(list.value)[line - 1])
}
