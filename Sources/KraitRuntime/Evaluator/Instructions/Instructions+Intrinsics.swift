// What instructions need that is rare: intrinsic functions, imports from modules, matching of exceptions.

import CKraitCore
import KraitCompiler

enum Intrinsics {
  // MARK: Printing at the prompt, importing

  static func printExpression(_ value: Value) throws(PyError) -> Owned {
    let hook = try Slow.lookUp(Name.displayhook, in: currentInterpreter.pointee.sys)
    if hook.value.isAbsent { throw .runtimeError("lost sys.displayhook") }
    return try hook.value.call(value)
  }

  /// `from module import *`.
  static func importStar(_ module: Value, _ thread: ThreadPointer) throws(PyError) -> Owned {
    let mapping = thread.pointee.frame.localsMapping
    if mapping.isAbsent { throw .systemError("no locals found during 'import *'") }
    let locals = Owned(copying: mapping)
    var skipsPrivate = false
    var names = try module.lookUpAttribute(Name.__all__)
    if names.value.isAbsent {
      let dict = try module.lookUpAttribute(Name.__dict__)
      if dict.value.isAbsent { throw .raise(.importError, "from-import-* object has no __dict__ and no __all__") }
      let keys = try dict.callMethod(Name.keys)
      names = try Owned.list(from: keys.value)
      skipsPrivate = true
    }
    var position = 0
    while true {
      let name = try itemOrAbsent(names.value, position)
      if name.value.isAbsent { break }
      position += 1
      if !name.value.isString {
        let moduleName = try module.getAttribute(Name.__name__)
        let place = skipsPrivate ? "Key in \(try moduleName.str().text).__dict__" : "Item in \(try moduleName.str().text).__all__"
        throw .typeError("\(place) must be str, not \(name.value.typeName)")
      }
      if skipsPrivate && name.value.text.utf8.first == UInt8(ascii: "_") { continue }
      let value = try module.getAttribute(name.value)
      if locals.value.isExactDict { try DictObject(locals.value).set(name.value, value.value) } else { try locals.value.setItem(name.value, value.value) }
    }
    return .none
  }

  /// An item of a sequence; absent behind its end.
  private static func itemOrAbsent(_ sequence: Value, _ position: Int) throws(PyError) -> Owned {
    do throws(PyError) { return try sequence.getItem(Value(smallInteger: position)) } catch {
      guard PyError.matches(.indexError) else { throw error }
      PyError.clear()
      return Owned(taking: .absent)
    }
  }

  /// The attribute that `from module import name` binds: a submodule counts even while its package is being imported.
  static func importFrom(_ module: Value, _ name: Value) throws(PyError) -> Owned {
    let found = try module.lookUpAttribute(name)
    if !found.value.isAbsent { return found }
    let moduleName = try module.lookUpAttribute(Name.__name__)
    if moduleName.value.isAbsent || !moduleName.value.isString { throw try cannotImport(module, .absent, name) }
    let full = try Owned.string("\(moduleName.value.text).\(name.text)")
    let modules = currentInterpreter.pointee.modules
    if modules.isDict {
      let submodule = try DictObject(modules).get(full.value)
      if !submodule.isAbsent { return Owned(copying: submodule) }
    }
    throw try cannotImport(module, moduleName.value, name)
  }

  private static func cannotImport(_ module: Value, _ moduleName: Value, _ name: Value) throws(PyError) -> PyError {
    let unknown = try Owned.string("<unknown module name>")
    let shown = moduleName.isAbsent ? unknown.value : moduleName
    let what = "cannot import name \(try name.repr().text) from "
    let quoted = try shown.repr().text
    let spec = try module.lookUpAttribute(Name.__spec__)
    let file = try origin(of: module, spec.value)
    let place = file.value.isAbsent ? nil : file.value.text
    let text: String
    if let place, try moduleHidesLibrary(shown, place) {
      text = what + "\(quoted) (consider renaming \(try file.value.repr().text) since it has the same name as the standard library module named \(quoted)"
        + " and prevents importing that standard library module)"
    } else if try isInitializing(spec.value) {
      if let place, moduleHidesOther(place) {
        text = what + "\(quoted) (consider renaming \(try file.value.repr().text) if it has the same name as a library you intended to import)"
      } else {
        text = what + "partially initialized module \(quoted) (most likely due to a circular import)" + (place.map { " (\($0))" } ?? "")
      }
    } else {
      text = what + "\(quoted) (\(place ?? "unknown location"))"
    }
    let error = PyError.raise(.importError, text)
    let pending = currentThread.pointee.takeException()
    do throws(PyError) {
      try pending.value.setAttribute(Name.name, moduleName.isAbsent ? .none : moduleName)
      try pending.value.setAttribute(Name.path, file.value.isAbsent ? .none : file.value)
      try pending.value.setAttribute(Name.name_from, name)
    } catch { PyError.clear() }
    currentThread.pointee.setException(pending)
    return error
  }

  /// Where a module comes from, as its specification or it itself says: a str, or absent.
  private static func origin(of module: Value, _ spec: Value) throws(PyError) -> Owned {
    if !spec.isAbsent && !spec.isNone {
      let hasLocation = try spec.lookUpAttribute(Name.has_location)
      if !hasLocation.value.isAbsent, try hasLocation.value.isTruthy() {
        let origin = try spec.lookUpAttribute(Name.origin)
        if !origin.value.isAbsent && origin.value.isString { return origin }
      }
    }
    guard module.isInstance(of: .module) else { return Owned(taking: .absent) }
    let file = try module.lookUpAttribute(Name.__file__)
    return file.value.isAbsent || !file.value.isString ? Owned(taking: .absent) : file
  }

  private static func isInitializing(_ spec: Value) throws(PyError) -> Bool {
    if spec.isAbsent || spec.isNone { return false }
    let flag = try spec.lookUpAttribute(Name._initializing)
    return flag.value.isAbsent ? false : try flag.value.isTruthy()
  }

  // MARK: Exceptions

  /// StopIteration that leaves a generator becomes RuntimeError (PEP 479); so does StopAsyncIteration in an asynchronous one.
  static func stopIterationError(_ exception: Value, _ thread: ThreadPointer) throws(PyError) -> Owned {
    let flags = thread.pointee.frame.pointee.code.flags
    var message: String? = nil
    if exception.isInstance(of: .stopIteration) {
      message = "generator raised StopIteration"
      if flags.contains(.asyncGenerator) { message = "async generator raised StopIteration" } else if flags.contains(.coroutine) { message = "coroutine raised StopIteration" }
    } else if flags.contains(.asyncGenerator) && exception.isInstance(of: .stopAsyncIteration) {
      message = "async generator raised StopAsyncIteration"
    }
    guard let message else { return Owned(copying: exception) }
    let text = try Owned.string(message)
    let error = try TypeObject.runtimeError.value.call(text.value)
    ExceptionObject(error.value).setCause(Owned(copying: exception))
    ExceptionObject(error.value).setContext(Owned(copying: exception))
    return error
  }

  private static let notException = "catching classes that do not inherit from BaseException is not allowed"

  static func checkExceptionTypes(_ types: Value) throws(PyError) {
    if types.isTuple {
      for index in 0..<TupleObject(types).count where !TupleObject(types)[index].isExceptionClass { throw .typeError(notException) }
    } else if !types.isExceptionClass {
      throw .typeError(notException)
    }
  }

  static func checkExceptStarTypes(_ types: Value) throws(PyError) {
    try checkExceptionTypes(types)
    let all = types.isTuple ? Array(TupleObject(types).buffer) : [types]
    for type in all where TypeObject(raw: type.object).isSubtype(of: .baseExceptionGroup) {
      throw .typeError("catching ExceptionGroup with except* is not allowed. Use except instead.")
    }
  }

  /// Whether `except` with a class, or a tuple of classes, takes an exception; `__instancecheck__` has no say.
  static func exceptionMatches(_ exception: Value, _ types: Value) -> Bool {
    guard exception.isException || exception.isType else { return false }
    let type = exception.isType ? TypeObject(raw: exception.object) : exception.type
    if types.isTuple {
      for index in 0..<TupleObject(types).count where exceptionMatches(exception, TupleObject(types)[index]) { return true }
      return false
    }
    return types.isType && type.isSubtype(of: TypeObject(raw: types.object))
  }

  /// ``ExceptionGroups/match(_:_:traceback:)`` in the running frame.
  static func matchGroup(_ exception: Value, _ types: Value) throws(PyError) -> GroupSplit {
    try ExceptionGroups.match(exception, types) { () throws(PyError) -> Owned in
      let frame = currentThread.pointee.frame
      let object = try Evaluator.frameObject(of: frame)
      return try TracebackObject.make(next: .absent, frame: object.value, instruction: frame.lastInstruction, line: -1)
    }
  }

  /// What `except*` raises at its end: the exceptions that its clauses raised and those that none handled; None for nothing.
  static func prepareReraiseStar(original: Value, exceptions: Value) throws(PyError) -> Owned {
    guard original.isException, exceptions.isList else { throw .systemError("except* needs a list of exceptions") }
    for index in 0..<ListObject(exceptions).count where !ListObject(exceptions)[index].isNone && !ListObject(exceptions)[index].isException {
      throw .systemError("except* needs a list of exceptions")
    }
    return try ExceptionGroups.prepareReraise(original, exceptions)
  }
}
