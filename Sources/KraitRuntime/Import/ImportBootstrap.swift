// How importing begins: `importlib` runs from the frozen modules, finds files from then on, and the modules that every program needs are imported.

import CKraitCore
import Glibc

enum ImportBootstrap {
  /// What a start that fails has failed at, as CPython says it.
  enum Stage {
    case encodings, streamEncoding, site

    var failure: String {
      switch self {
      case .encodings: "Failed to import encodings module\nPython runtime state: core initialized"
      case .streamEncoding: "init_stdio_encoding: failed to get the Python codec name of the stdio encoding\nPython runtime state: core initialized"
      case .site: "init_import_site: Failed to import the site module\nPython runtime state: initialized"
      }
    }
  }

  /// Makes the import system. Without a library only native modules can be imported; one that is said to be somewhere (PYTHONHOME) has to be there.
  static func start() throws(PyError) {
    let interpreter = currentInterpreter
    let name = try Owned.string("_frozen_importlib" as StaticString)
    guard let entry = FrozenModules.find(name.value) else { return }
    if let folder = RuntimeConfiguration.current.libraryFolder, access("\(folder)/importlib/_bootstrap.py", R_OK) != 0 {
      throw PyError.raise(.moduleNotFoundError, "No module named 'encodings'")
    }
    let importlib = try runFrozen(entry, name: name.value)
    let imp = try nativeModule("_imp")
    let sys = try DictObject(interpreter.pointee.modules).get(Name.sys)
    _ = try importlib.callMethod(Name.make("_install"), sys, imp.value)
    interpreter.pointee.importlib = Owned(copying: importlib.value).take()
    _ = try importlib.callMethod(Name.make("_install_external_importers"))
    let zipimport = try importModule("zipimport")
    let hook = try zipimport.getAttribute(Name.make("zipimporter"))
    let hooks = systemObject(Name.make("path_hooks"))
    _ = try hooks.callMethod(Name.insert, Value(smallInteger: 0), hook.value)
    _ = try importModule("encodings")
  }

  /// `open` and the standard streams.
  static func makeStreams() throws(PyError) {
    let io = try importModule("_io")
    try DictObject(currentInterpreter.pointee.builtins).set(Name.make("open"), sharing: try io.getAttribute(Name.make("open")))
    try StandardStreams.make()
  }

  /// Imports `warnings`, which reads the filters of `-W` and PYTHONWARNINGS, if there are any.
  static func importWarnings() {
    if RuntimeConfiguration.current.warningOptions.isEmpty || currentInterpreter.pointee.importlib.isAbsent { return }
    do throws(PyError) { _ = try importModule("warnings") } catch { PyError.clear() }
  }

  /// Imports `site`, which completes `sys.path`.
  static func importSite() throws(PyError) {
    if RuntimeConfiguration.current.hasNoSite || currentInterpreter.pointee.importlib.isAbsent { return }
    _ = try importModule("site")
  }

  /// A native module that is in `sys.modules` from now on.
  private static func nativeModule(_ name: StaticString) throws(PyError) -> Owned {
    let interned = Name.make(name)
    let modules = DictObject(currentInterpreter.pointee.modules)
    let known = try modules.get(interned)
    if !known.isAbsent { return Owned(copying: known) }
    guard let definition = nativeModules[name.description] else { throw PyError.raise(.importError, "no native module \(name)") }
    let module = try definition.makeModule()
    try modules.set(interned, module.value)
    return module
  }

  /// Runs a frozen module's code in the module of its name in `sys.modules`, made if need be.
  static func runFrozen(_ entry: FrozenModules.Entry, name: Value) throws(PyError) -> Owned {
    let modules = DictObject(currentInterpreter.pointee.modules)
    let known = Owned(copyingIfPresent: try modules.get(name))
    let module = known.value.isAbsent ? try ModuleObject.make(name: name) : known
    try modules.set(name, module.value)
    let dict = DictObject(ModuleObject(module.value).dict)
    if try dict.get(Name.__builtins__).isAbsent { try dict.set(Name.__builtins__, currentInterpreter.pointee.builtins) }
    if entry.isPackage { try dict.set(Name.__path__, sharing: try Owned.list()) }
    try dict.set(Name.make("__origname__"), sharing: try Owned.string(entry.origin))
    let code = try FrozenModules.code(entry)
    _ = try Evaluator.run(code: code.value, globals: dict.value, locals: dict.value)
    return module
  }
}
