// Values that go between interpreters by way of `pickle`.

import KraitRuntime

enum Pickling {
  /// The name under which a program's file is run again, so that its classes and functions are found.
  private static var copyName: String { "<fake __main__>" }
  /// For each interpreter, a dict from the file to the module that was made of it.
  nonisolated(unsafe) private static var copies = InterpreterValue()

  static func dumps(_ value: Value) throws(PyError) -> Owned {
    let module = try importModule("pickle")
    let data = try module.value.callMethod(Name.make("dumps"), value)
    guard data.value.isBytes else { throw .typeError("pickle.dumps() must return bytes, not \(data.value.typeName)") }
    return data
  }

  /// Whether the data names something of a program that has no file, as at the prompt: no other interpreter can look there.
  static func needsProgram(_ data: Value) throws(PyError) -> Bool {
    guard mainFile() == nil else { return false }
    let name = try Owned.bytes("__main__" as StaticString)
    let place = try data.callMethod(Name.make("find"), name.value)
    return try place.value.asInt() >= 0
  }

  /// The same for values with functions that no name leads to: the library's Python code puts their code and cells in.
  static func dumpsWithCode(_ value: Value) throws(PyError) -> Owned {
    let module = try importModule("krait._sending")
    return try module.value.callMethod(Name.make("dumps_alone"), value)
  }

  /// The file of the interpreter's program.
  static func mainFile() -> String? {
    do throws(PyError) {
      let namespace = try mainNamespace()
      let file = DictObject(namespace.value).get(interned: Name.__file__)
      return !file.isAbsent && file.isString ? file.text : nil
    } catch {
      PyError.clear()
      return nil
    }
  }

  /// The value that data stands for. What is missing in `__main__` is looked for in the sender's program, which is run for that under another name.
  static func loads(_ data: Value, mainFile: String?) throws(PyError) -> Owned {
    let module = try importModule("pickle")
    let name = Name.make("loads")
    do throws(PyError) { return try module.value.callMethod(name, data) } catch {
      guard let mainFile, missesMainAttribute() else { throw error }
    }
    let failure = currentThread.pointee.takeException()
    guard let mainFile, let copy = copy(of: mainFile) else {
      currentThread.pointee.setException(failure)
      throw PyError()
    }
    let modules = DictObject(currentInterpreter.pointee.modules)
    let main = Owned(copyingIfPresent: try modules.get(Name.__main__))
    try modules.set(Name.__main__, copy)
    defer {
      let pending = currentThread.pointee.takeException()
      do throws(PyError) {
        if main.value.isAbsent { _ = try modules.remove(Name.__main__) } else { try modules.set(Name.__main__, main.value) }
      } catch { PyError.clear() }
      if !pending.value.isAbsent { currentThread.pointee.setException(pending) }
    }
    return try module.value.callMethod(name, data)
  }

  /// Whether the exception says that `__main__` lacks an attribute.
  private static func missesMainAttribute() -> Bool {
    guard PyError.matches(.attributeError) else { return false }
    let exception = currentThread.pointee.takeException()
    var text = ""
    do throws(PyError) { text = try exception.value.str().text } catch { PyError.clear() }
    currentThread.pointee.setException(exception)
    return text.hasPrefix("module '__main__' has no attribute '")
  }

  /// The module of a program's file, run once, borrowed; nil when that fails.
  private static func copy(of file: String) -> Value? {
    do throws(PyError) {
      if copies.value.isAbsent { try copies.set(try Owned.dict()) }
      let known = Owned(copying: copies.value)
      let key = try Owned.string(file)
      let found = try DictObject(known.value).get(key.value)
      if !found.isAbsent { return found }
      let runner = try importModule("runpy")
      let name = try Owned.string(copyName)
      let function = try runner.value.getAttribute(Name.make("run_path"))
      let namespace = try function.value.call(key.value, .none, name.value)
      let module = try ModuleObject.make(name: name.value)
      let dict = DictObject(ModuleObject(module.value).dict)
      try dict.update(from: namespace.value)
      try DictObject(known.value).set(key.value, module.value)
      return try DictObject(known.value).get(key.value)
    } catch {
      PyError.clear()
      return nil
    }
  }
}
