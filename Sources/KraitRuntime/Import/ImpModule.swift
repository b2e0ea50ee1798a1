// The module `_imp`: what `importlib` needs of the runtime.

import CKraitCore
import Glibc
import KraitCompiler

let impModule = ModuleDefinition("_imp", "What importlib needs of the runtime.") { (m: ModuleBuilder) throws(PyError) in
  try defineImportLock(m)
  try defineNativeImport(m)
  try defineFrozenImport(m)
  try m.function("extension_suffixes()", "Return the endings of the names of extension modules; there are none.") { (_: Call) throws(PyError) -> Owned in
    try Owned.list()
  }
  try m.function("_fix_co_filename(code, path, /)", "Change the file name of a code object and of those in it.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].type == .code else { throw call.wrongType(0, "code") }
    let path = try call.string(1)
    let old = Owned(copying: CodeObject(call[0]).fileName)
    if try !old.value.isEqual(to: path) { try setFileName(CodeObject(call[0]), old.value, path) }
    return .none
  }
  try m.function("source_hash(key, source)", "Return the hash of a source that a .pyc file stores.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isInteger else { throw .typeError("'\(call[0].typeName)' object cannot be interpreted as an integer") }
    let key = Integer.truncatedBits(call[0])
    let view = try call[1].buffer(.simple)
    var hash = HashSecret.sipHash(view.bytes, key, 0).littleEndian
    return try withUnsafeBytes(of: &hash) { (bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned in try Owned.bytes(bytes) }
  }
  try m.function(
    "_override_multi_interp_extensions_check(override, /)", "Set whether extension modules of one interpreter only may be imported."
  ) { (call: Call) throws(PyError) -> Owned in
    guard !currentInterpreter.pointee.isMain else { throw .runtimeError("_imp._override_multi_interp_extensions_check() cannot be used in the main interpreter") }
    let former = currentInterpreter.pointee.extensionsCheckOverride
    currentInterpreter.pointee.extensionsCheckOverride = try call.int32(0)
    return try Owned.integer(Int(former))
  }
  try m.constant("check_hash_based_pycs", RuntimeConfiguration.current.checksHashBasedFiles)
  try m.constant("pyc_magic_number_token", Int(PycHeader.magicNumber) | 0x0A0D_0000)
}

private func setFileName(_ code: CodeObject, _ old: Value, _ path: Value) throws(PyError) {
  try checkNativeRecursion(" while renaming code objects")
  guard try code.fileName.isEqual(to: old) else { return }
  let former = code.contents.pointee.fileName
  code.contents.pointee.fileName = Owned(copying: path).take()
  former.release()
  let constants = code.constants
  for index in 0..<constants.count where constants[index].type == .code { try setFileName(CodeObject(constants[index]), old, path) }
}

// MARK: - The lock

private func defineImportLock(_ m: ModuleBuilder) throws(PyError) {
  try m.function("lock_held()", "Return whether the import lock is held.") { (_: Call) throws(PyError) -> Owned in
    .boolean(currentInterpreter.pointee.importLockDepth > 0)
  }
  try m.function("acquire_lock()", "Take the import lock, which may be taken several times.") { (_: Call) throws(PyError) -> Owned in
    try takeImportLock()
    return .none
  }
  try m.function("release_lock()", "Give the import lock back.") { (_: Call) throws(PyError) -> Owned in
    guard giveUpImportLock() else { throw .runtimeError("not holding the import lock") }
    return .none
  }
}

/// Takes the import lock of the calling thread's interpreter, once more if the thread has it.
public func takeImportLock() throws(PyError) {
  let thread = currentThread
  let interpreter = thread.pointee.interpreter
  if interpreter.pointee.importLockDepth > 0 && interpreter.pointee.importLockHolder == thread {
    interpreter.pointee.importLockDepth &+= 1
    return
  }
  _ = try interpreter.importLock.take()
  interpreter.pointee.importLockHolder = thread
  interpreter.pointee.importLockDepth = 1
}

extension UnsafeMutablePointer where Pointee == InterpreterState {
  fileprivate var importLock: UnsafeMutablePointer<ThreadLock> {
    // A stored property in memory that does not move.
    withUnsafeMutablePointer(to: &pointee.importLock) { $0 }
  }
}

/// Gives it up once; false when the thread does not hold it.
@discardableResult
public func giveUpImportLock() -> Bool {
  let interpreter = currentInterpreter
  guard interpreter.pointee.importLockDepth > 0, interpreter.pointee.importLockHolder == currentThread else { return false }
  interpreter.pointee.importLockDepth &-= 1
  if interpreter.pointee.importLockDepth == 0 {
    interpreter.pointee.importLockHolder = nil
    interpreter.importLock.giveUp()
  }
  return true
}

// MARK: - Native modules

private func defineNativeImport(_ m: ModuleBuilder) throws(PyError) {
  try m.function("is_builtin(name, /)", "Return 1 for a native module, -1 for one that is never made again, 0 for others.") { (call: Call) throws(PyError) -> Owned in
    let name = try call.string(0)
    if StringObject(name).isEqual(to: "sys") || StringObject(name).isEqual(to: "builtins") { return try Owned.integer(-1) }
    return try Owned.integer(nativeModules[name.text] == nil ? 0 : 1)
  }
  try m.function("create_builtin(spec, /)", "Make a native module.") { (call: Call) throws(PyError) -> Owned in
    let name = try call[0].getAttribute(Name.name)
    guard name.value.isString else { throw .typeError("name must be string, not \(name.value.typeName)") }
    if name.value.isEqualText("sys") || name.value.isEqualText("builtins") {
      let known = try DictObject(currentInterpreter.pointee.modules).get(name.value)
      if !known.isAbsent { return Owned(copying: known) }
    }
    guard let definition = nativeModules[name.text] else { return .none }
    return try definition.makeModule()
  }
  try m.function("exec_builtin(mod, /)", "Fill a native module.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(0) }
  try m.function("create_dynamic(spec, file=None, /)", "The module of a shared library.") { (call: Call) throws(PyError) -> Owned in
    let name = try call[0].getAttribute(Name.name)
    let place = try call[0].getAttribute(Name.make("origin"))
    for value in [name.value, place.value] where value.isString && StringObject(value).units.contains(0) { throw .valueError("embedded null character") }
    throw PyError.raise(.importError, "extension modules cannot be loaded: \(name.value.isString ? name.text : "?")")
  }
  try m.function("exec_dynamic(mod, /)", "Run the set-up of a shared library's module.") { (_: Call) throws(PyError) -> Owned in try Owned.integer(0) }
}

extension Value {
  /// Whether a str has this text.
  func isEqualText(_ text: StaticString) -> Bool { StringObject(self).isEqual(to: text) }
}

// MARK: - Frozen modules

private func frozen(_ name: Value) throws(PyError) -> FrozenModules.Entry {
  guard let entry = FrozenModules.find(name) else {
    throw importError("No such frozen object named \(try name.repr().text)", name: name)
  }
  return entry
}

private func defineFrozenImport(_ m: ModuleBuilder) throws(PyError) {
  try m.function("is_frozen(name, /)", "Return whether the module is one of those that need no file.") { (call: Call) throws(PyError) -> Owned in
    .boolean(FrozenModules.find(try call.string(0)) != nil)
  }
  try m.function("is_frozen_package(name, /)", "Return whether the frozen module is a package.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try frozen(try call.string(0)).isPackage)
  }
  try m.function("_frozen_module_names()", "Return the names of the modules that need no file.") { (_: Call) throws(PyError) -> Owned in
    let names = try Owned.list()
    for entry in FrozenModules.entries where entry.isEnabled { try ListObject(names.value).append(sharing: try Owned.string(entry.name)) }
    return names
  }
  try m.function("find_frozen(name, /, *, withdata=False)", "Return data, whether it is a package, and the original name of a frozen module; or None.") {
    (call: Call) throws(PyError) -> Owned in
    guard let entry = FrozenModules.find(try call.string(0)) else { return .none }
    var data = Owned.none
    if try call.bool(1) {
      let code = try FrozenModules.code(entry)
      let bytes = try MarshalValueWriter.marshal(code.value)
      data = try TypeObject.memoryview.value.call(bytes.value)
    }
    let origin = entry.file.utf8CodeUnitCount == 0 ? Owned.none : try Owned.string(entry.origin)
    return try Owned.tuple(data.value, Value(entry.isPackage), origin.value)
  }
  try m.function("get_frozen_object(name, data=None, /)", "Return the code object of a frozen module, or of data that find_frozen() gave.") {
    (call: Call) throws(PyError) -> Owned in
    let name = try call.string(0)
    if call[1].isNone { return try FrozenModules.code(try frozen(name)) }
    let view = try call[1].buffer(.simple)
    var code = Owned(taking: .absent)
    if view.bytes.count > 0 {
      var reader = MarshalValueReader(MarshalSource(view.bytes))
      do throws(PyError) { code = try reader.readObject() } catch { PyError.clear() }
    }
    if code.value.isAbsent { throw importError("Frozen object named \(try name.repr().text) is invalid", name: name) }
    if code.value.type != .code { throw .typeError("frozen object \(try name.repr().text) is not a code object") }
    return code
  }
  try m.function("init_frozen(name, /)", "Import a frozen module and return it, or None.") { (call: Call) throws(PyError) -> Owned in
    let name = try call.string(0)
    guard let entry = FrozenModules.find(name) else { return .none }
    return try ImportBootstrap.runFrozen(entry, name: name)
  }
  try m.function("_override_frozen_modules_for_tests(override, /)", "Set whether frozen modules are used: 1 yes, -1 only those that importing needs itself, 0 as configured.") {
    (call: Call) throws(PyError) -> Owned in
    currentInterpreter.pointee.frozenModulesOverride = try call.int32(0)
    return .none
  }
}

/// An ImportError with a module's name.
func importError(_ message: String, name: Value) -> PyError {
  do throws(PyError) {
    let text = try Owned.string(message)
    let exception = try TypeObject.importError.value.call(text.value)
    try exception.value.setAttribute(Name.name, name)
    return PyError.raise(exception)
  } catch { return error }
}
