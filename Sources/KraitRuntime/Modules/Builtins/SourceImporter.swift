// Modules and packages in source files on `sys.path`: what the import statement finds besides native modules.

import CKraitCore
import Glibc
import KraitCompiler
import KraitSyntax

/// Finds source files the way `importlib`'s path finder does: a package's folder before a module's file, a folder without `__init__.py` last.
enum SourceImporter {
  /// What is at a place.
  private enum Found {
    case module(file: String)
    case package(file: String, folder: String)
    case namespace(folders: [String])
  }

  /// Loads a module by its full name; absent when no file has it.
  ///
  /// - Parameter parentPath: the `__path__` of the package that it is in; absent for `sys.path`.
  static func load(_ name: Value, parentPath: Value) throws(PyError) -> Owned {
    let path = parentPath.isAbsent ? systemObject(Name.path) : Owned(copying: parentPath)
    if path.value.isAbsent || path.value.isNone { return Owned(taking: .absent) }
    let folders = try texts(of: path.value)
    let text = name.text
    let last = text.lastIndex(of: ".").map { String(text[text.index(after: $0)...]) } ?? text
    guard let found = find(last, in: folders) else { return Owned(taking: .absent) }
    return try make(name, found)
  }

  private static func texts(of iterable: Value) throws(PyError) -> [String] {
    var result: [String] = []
    try iterable.iterateEach { (item: Value) throws(PyError) -> Bool in
      if item.isString { result.append(item.text) }
      return true
    }
    return result
  }

  private static func find(_ name: String, in folders: [String]) -> Found? {
    var namespace: [String] = []
    for folder in folders {
      let base = folder.isEmpty ? name : "\(folder)/\(name)"
      if kind(of: "\(base)/__init__.py") == S_IFREG { return .package(file: "\(base)/__init__.py", folder: base) }
      if kind(of: "\(base).py") == S_IFREG { return .module(file: "\(base).py") }
      if kind(of: base) == S_IFDIR { namespace.append(base) }
    }
    return namespace.isEmpty ? nil : .namespace(folders: namespace)
  }

  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  // MARK: Making

  private static func make(_ name: Value, _ found: Found) throws(PyError) -> Owned {
    let module = try ModuleObject.make(name: name)
    let dict = DictObject(ModuleObject(module.value).dict)
    let text = name.text
    let parent = text.lastIndex(of: ".").map { String(text[..<$0]) } ?? ""
    let modules = DictObject(currentInterpreter.pointee.modules)
    switch found {
    case .namespace(let folders):
      try dict.set(Name.__path__, sharing: try list(folders))
      try dict.set(Name.__package__, name)
      try modules.set(name, module.value)
      return module
    case .package(let file, let folder):
      try dict.set(Name.__path__, sharing: try list([MainProgram.absolute(folder)]))
      try dict.set(Name.__package__, name)
      try modules.set(name, module.value)
      try execute(MainProgram.absolute(file), dict, name, modules)
    case .module(let file):
      try dict.set(Name.__package__, sharing: try Owned.string(parent))
      try modules.set(name, module.value)
      try execute(MainProgram.absolute(file), dict, name, modules)
    }
    // The module may have put another object in its place.
    let now = try modules.get(name)
    return now.isAbsent ? module : Owned(copying: now)
  }

  private static func list(_ folders: [String]) throws(PyError) -> Owned {
    let result = try Owned.list()
    for folder in folders { try ListObject(result.value).append(sharing: try Owned.string(folder)) }
    return result
  }

  /// Runs a module's file. A module that fails is no module.
  private static func execute(_ path: String, _ dict: DictObject, _ name: Value, _ modules: DictObject) throws(PyError) {
    do throws(PyError) {
      let builtins = try modules.get(Name.builtins)
      if !builtins.isAbsent { try dict.set(Name.__builtins__, ModuleObject(builtins).dict) }
      try dict.set(Name.__file__, sharing: try Owned.string(path))
      let code = try compile(path)
      _ = try Evaluator.run(code: code.value, globals: dict.value, locals: dict.value)
    } catch {
      let failure = currentThread.pointee.takeException()
      do throws(PyError) { _ = try modules.remove(name) } catch { PyError.clear() }
      currentThread.pointee.setException(failure)
      throw error
    }
  }

  private static func compile(_ path: String) throws(PyError) -> Owned {
    guard let bytes = MainProgram.read(path) else {
      let code = errno
      let name = try Owned.string(path)
      throw operatingSystemError(code, path: name.value)
    }
    let source: SourceFile
    do throws(Diagnostic) { source = try SourceFile(bytes: bytes, fileName: path) } catch { throw raise(error) }
    source.isOnDisk = true
    var options = CompileOptions()
    options.optimizationLevel = RuntimeConfiguration.current.optimizationLevel
    return try compileFile(source, ParseOptions(), options)
  }
}
