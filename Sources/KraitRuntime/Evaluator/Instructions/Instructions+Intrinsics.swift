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
    let shown = moduleName.isAbsent ? "<unknown module name>" : moduleName.text
    let quoted = moduleName.isAbsent ? "'<unknown module name>'" : "'\(shown)'"
    let file = try module.lookUpAttribute(Name.__file__)
    let spec = try module.lookUpAttribute(Name.__spec__)
    var isInitializing = false
    if !spec.value.isAbsent && !spec.value.isNone {
      let flag = try spec.value.lookUpAttribute(Name._initializing)
      if !flag.value.isAbsent { isInitializing = try flag.value.isTruthy() }
    }
    let place = file.value.isAbsent || !file.value.isString ? "unknown location" : file.value.text
    let text: String
    if isInitializing {
      text = "cannot import name '\(name.text)' from partially initialized module \(quoted) (most likely due to a circular import) (\(place))"
    } else {
      text = "cannot import name '\(name.text)' from \(quoted) (\(place))"
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

  /// Whether an exception is an instance of a class or of one in a tuple; `__instancecheck__` has no say.
  static func exceptionMatches(_ exception: Value, _ types: Value) -> Bool {
    guard exception.isException || exception.isType else { return false }
    let type = exception.isType ? TypeObject(raw: exception.object) : exception.type
    if types.isTuple {
      for index in 0..<TupleObject(types).count where exceptionMatches(exception, TupleObject(types)[index]) { return true }
      return false
    }
    return types.isType && type.isSubtype(of: TypeObject(raw: types.object))
  }

  /// What `except*` makes of an exception.
  struct GroupParts: ~Copyable {
    let match: Owned
    let rest: Owned

    init(_ match: consuming Owned, _ rest: consuming Owned) {
      self.match = match
      self.rest = rest
    }
  }

  /// `except*`: the part of an exception that matches, and the rest; None for an empty part.
  static func matchGroup(_ exception: Value, _ types: Value) throws(PyError) -> GroupParts {
    if exception.isNone { return GroupParts(.none, .none) }
    if exceptionMatches(exception, types) {
      if exception.isInstance(of: .baseExceptionGroup) { return GroupParts(Owned(copying: exception), .none) }
      // A plain exception is wrapped.
      let message = try Owned.string("")
      let list = try Owned.list()
      try ListObject(list.value).append(exception)
      let group = try TypeObject.exceptionGroup.value.call(message.value, list.value)
      let traceback = ExceptionObject(exception).traceback
      if !traceback.isAbsent && !traceback.isNone { ExceptionObject(group.value).setTraceback(Owned(copying: traceback)) }
      return GroupParts(group, .none)
    }
    if exception.isInstance(of: .baseExceptionGroup) {
      let pair = try exception.callMethod(Name.split, types)
      guard pair.value.isTuple else {
        throw .typeError("\(exception.typeName).split must return a tuple, not \(pair.value.typeName)")
      }
      guard TupleObject(pair.value).count >= 2 else {
        throw .typeError("\(exception.typeName).split must return a 2-tuple, got tuple of size \(TupleObject(pair.value).count)")
      }
      return GroupParts(Owned(copying: TupleObject(pair.value)[0]), Owned(copying: TupleObject(pair.value)[1]))
    }
    return GroupParts(.none, Owned(copying: exception))
  }

  /// What `except*` raises at its end: the exceptions that its clauses raised and those that none handled; None for nothing.
  static func prepareReraiseStar(original: Value, exceptions: Value) throws(PyError) -> Owned {
    guard exceptions.isList else { throw .systemError("except* needs a list") }
    let list = ListObject(exceptions)
    if list.count == 0 { return .none }
    if !original.isInstance(of: .baseExceptionGroup) {
      // A plain exception that was not handled is raised itself; one raised by a clause, too.
      for index in 0..<list.count where !list[index].isNone { return Owned(copying: list[index]) }
      return .none
    }
    let raised = try Owned.list()
    let reraised = try Owned.list()
    for index in 0..<list.count {
      let exception = list[index]
      if exception.isNone { continue }
      try ListObject(isSameMetadata(exception, original) ? reraised.value : raised.value).append(exception)
    }
    var group = Owned.none
    if ListObject(reraised.value).count > 0 {
      group = try exceptionGroupProjection(original, keeping: reraised.value)
    }
    if ListObject(raised.value).count == 0 { return group }
    if !group.value.isNone { try ListObject(raised.value).append(group.value) }
    if ListObject(raised.value).count == 1 { return Owned(copying: ListObject(raised.value)[0]) }
    let message = try Owned.string("")
    return try TypeObject.exceptionGroup.value.call(message.value, raised.value)
  }

  /// Whether an exception is (a part of) the original: parts share notes, traceback, cause and context.
  private static func isSameMetadata(_ exception: Value, _ original: Value) -> Bool {
    guard exception.isException, original.isException else { return false }
    let a = ExceptionObject(exception)
    let b = ExceptionObject(original)
    return a.traceback === b.traceback && a.cause === b.cause && a.context === b.context
  }

  /// The part of a group that consists of the leaves of other groups: `BaseExceptionGroup.subgroup` by identity, written in terms of `split`.
  private static func exceptionGroupProjection(_ original: Value, keeping groups: Value) throws(PyError) -> Owned {
    let leaves = try Owned.set()
    for index in 0..<ListObject(groups).count { try collectLeaves(ListObject(groups)[index], leaves.value) }
    return try project(original, leaves.value)
  }

  private static func identity(_ value: Value) throws(PyError) -> Owned { try Owned.integer(Int(bitPattern: UInt(value.bits) >> 3)) }

  private static func collectLeaves(_ exception: Value, _ leaves: Value) throws(PyError) {
    try checkNativeRecursion(" in collect_exception_group_leaf_ids")
    if exception.isInstance(of: .baseExceptionGroup) {
      let parts = try exception.getAttribute(Name.exceptions)
      try parts.value.iterateEach { (part: Value) throws(PyError) -> Bool in
        try collectLeaves(part, leaves)
        return true
      }
    } else {
      let identity = try identity(exception)
      try SetObject(leaves).add(identity.value)
    }
  }

  private static func project(_ group: Value, _ leaves: Value) throws(PyError) -> Owned {
    try checkNativeRecursion(" in exceptiongroup_split_recursive")
    let parts = try group.getAttribute(Name.exceptions)
    let kept = try Owned.list()
    try parts.value.iterateEach { (part: Value) throws(PyError) -> Bool in
      if part.isInstance(of: .baseExceptionGroup) {
        let inner = try project(part, leaves)
        if !inner.value.isNone { try ListObject(kept.value).append(inner.value) }
      } else {
        let identity = try identity(part)
        if try SetObject(leaves).contains(identity.value) { try ListObject(kept.value).append(part) }
      }
      return true
    }
    if ListObject(kept.value).count == 0 { return .none }
    let result = try group.callMethod(Name.derive, kept.value)
    let from = ExceptionObject(group)
    let to = ExceptionObject(result.value)
    to.setTraceback(Owned(copyingIfPresent: from.traceback))
    to.setContext(Owned(copyingIfPresent: from.context))
    to.setCause(Owned(copyingIfPresent: from.cause))
    let notes = try group.lookUpAttribute(Name.__notes__)
    if !notes.value.isAbsent {
      let copy = try Owned.list(from: notes.value)
      try result.value.setAttribute(Name.__notes__, copy.value)
    }
    return result
  }
}
