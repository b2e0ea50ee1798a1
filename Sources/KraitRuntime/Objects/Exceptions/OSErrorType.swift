// `OSError`: which subclass an errno stands for, and its fields.

import CKraitCore
import Glibc

/// The fields of an OSError.
enum OSErrorField {
  static let errno = 0, message = 1, fileName = 2, secondFileName = 3, charactersWritten = 4
}

extension PyError {
  /// `OSError(errno, strerror(errno), fileName)`, of the subclass that the errno stands for.
  public static func osError(_ number: Int32, fileName: Value = .absent, secondFileName: Value = .absent) -> PyError {
    do throws(PyError) {
      let message = try Owned.string(String(cString: strerror(number)))
      let code = Value(smallInteger: Int(number))
      if fileName.isAbsent { return raise(try TypeObject.osError.value.call(code, message.value)) }
      if secondFileName.isAbsent { return raise(try TypeObject.osError.value.call(code, message.value, fileName)) }
      let arguments = try Owned.tuple(code, message.value, fileName, .none, secondFileName)
      return raise(try TypeObject.osError.value.call(arguments: Arguments(base: TupleObject(arguments.value).items, positionalCount: 5)))
    } catch { return error }
  }
}

/// The subclass of OSError for an errno.
private func osErrorType(_ number: Int32) -> TypeObject? {
  switch number {
  case EAGAIN, EALREADY, EINPROGRESS, EWOULDBLOCK: .blockingIOError
  case EPIPE, ESHUTDOWN: .brokenPipeError
  case ECHILD: .childProcessError
  case ECONNABORTED: .connectionAbortedError
  case ECONNREFUSED: .connectionRefusedError
  case ECONNRESET: .connectionResetError
  case EEXIST: .fileExistsError
  case ENOENT: .fileNotFoundError
  case EISDIR: .isADirectoryError
  case ENOTDIR: .notADirectoryError
  case EINTR: .interruptedError
  case EACCES, EPERM: .permissionError
  case ESRCH: .processLookupError
  case ETIMEDOUT: .timeoutError
  default: nil
  }
}

func defineOSError(_ t: TypeDefinition) {
  t.documentation = "A system call failed."
  t.basicSize = ExceptionObject.size + 8 * 5
  t.rawNew("OSError", newOSError)
  t.rawInitialize("OSError") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
    // A class that has an `__init__` but no `__new__` of its own is initialised here, others already were.
    guard initializesLate(object.type) else { return }
    try refuseKeywords(object, arguments)
    try initialize(object, arguments)
  }
  t.slots.str = UnarySlot(osErrorText)
  t.member("errno", "The error's number.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
  t.member("strerror", "The error's text.", get: { (o) throws(PyError) in exceptionField(o, 1) }, set: { (o, v) throws(PyError) in setExceptionField(o, 1, v) })
  t.member("filename", "The file.", get: { (o) throws(PyError) in exceptionField(o, 2) }, set: { (o, v) throws(PyError) in setExceptionField(o, 2, v) })
  t.member("filename2", "The second file.", get: { (o) throws(PyError) in exceptionField(o, 3) }, set: { (o, v) throws(PyError) in setExceptionField(o, 3, v) })
  t.property(
    "characters_written", "How much was written before the operation would have blocked.",
    get: { (object) throws(PyError) in
      let written = ExceptionObject(object)[OSErrorField.charactersWritten]
      if written.isAbsent { throw PyError.attributeError("characters_written") }
      return Owned(copying: written)
    },
    set: { (object, value) throws(PyError) in
      if value.isAbsent {
        if ExceptionObject(object)[OSErrorField.charactersWritten].isAbsent { throw PyError.attributeError("characters_written") }
        return setExceptionField(object, OSErrorField.charactersWritten, .absent)
      }
      let count = try value.asIndex(overflow: .valueError)
      setExceptionField(object, OSErrorField.charactersWritten, taking: try Owned.integer(count))
    })
  t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
    let exception = ExceptionObject(call.receiver)
    let args = TupleObject(exception.args)
    let state = try attributesOrAbsent(call.receiver)
    guard args.count == 2 && !exception[OSErrorField.fileName].isAbsent else {
      return try reduceException(call.receiver, args: exception.args, state: state.value)
    }
    let (first, second) = (exception[OSErrorField.fileName], exception[OSErrorField.secondFileName])
    let full = second.isAbsent ? try Owned.tuple(args[0], args[1], first) : try Owned.tuple(args[0], args[1], first, .none, second)
    return try reduceException(call.receiver, args: full.value, state: state.value)
  }
}

/// Whether `__init__` does the work: when the class overrides it, and not `__new__`.
private func initializesLate(_ type: TypeObject) -> Bool {
  let base = TypeObject.osError
  return !type.overrides(Name.__init__, of: base) ? false : !type.overrides(Name.__new__, of: base)
}

extension TypeObject {
  /// Whether this type or one between it and `base` has its own attribute of this name.
  func overrides(_ name: Value, of base: TypeObject) -> Bool { lookUp(name) !== base.lookUp(name) }
}

private func newOSError(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  var type = TypeObject(raw: type.object)
  let isLate = initializesLate(type)
  if !isLate && !arguments.keywordNames.isAbsent && TupleObject(arguments.keywordNames).count > 0 {
    throw PyError.typeError("\(type.nameText)() takes no keyword arguments")
  }
  let count = arguments.positionalCount
  if !isLate && type == .osError && (2...5).contains(count), let number = arguments.base[0].isInteger ? Integer.asInt(arguments.base[0]) : nil,
    let code = Int32(exactly: number), let subclass = osErrorType(code)
  {
    type = subclass
  }
  let object = try ExceptionObject.make(type, args: Owned.emptyTuple)
  if !isLate { try initialize(object.value, arguments) }
  return object
}

private func initialize(_ object: Value, _ arguments: Arguments) throws(PyError) {
  let exception = ExceptionObject(object)
  let base = arguments.base
  let count = arguments.positionalCount
  var kept = count
  if (2...5).contains(count) {
    setExceptionField(object, OSErrorField.errno, base[0])
    setExceptionField(object, OSErrorField.message, base[1])
    // Argument 3 is an error number of another system.
    if count >= 3 && !base[2].isNone {
      if object.type == .blockingIOError && base[2].isInteger {
        // Not a file: how much was written.
        let written = try base[2].asIndex(overflow: .valueError)
        setExceptionField(object, OSErrorField.charactersWritten, taking: try Owned.integer(written))
      } else {
        setExceptionField(object, OSErrorField.fileName, base[2])
        if count == 5 && !base[4].isNone { setExceptionField(object, OSErrorField.secondFileName, base[4]) }
        kept = 2
      }
    }
  }
  exception.setArgs(try Owned.tuple(UnsafeBufferPointer(start: base, count: kept)))
}

private func osErrorText(_ object: Value) throws(PyError) -> Owned {
  let exception = ExceptionObject(object)
  let (number, message) = (exception[OSErrorField.errno], exception[OSErrorField.message])
  let (first, second) = (exception[OSErrorField.fileName], exception[OSErrorField.secondFileName])
  if first.isAbsent && (number.isAbsent || message.isAbsent) { return try exceptionText(object) }
  var builder = try StringBuilder()
  try builder.append("[Errno ")
  try builder.append(sharing: try (number.isAbsent ? .none : number).str())
  try builder.append("] ")
  try builder.append(sharing: try (message.isAbsent ? .none : message).str())
  if !first.isAbsent {
    try builder.append(": ")
    try builder.append(sharing: try first.repr())
    if !second.isAbsent {
      try builder.append(" -> ")
      try builder.append(sharing: try second.repr())
    }
  }
  return try builder.finish()
}

extension Owned {
  static func tuple(_ a: Value, _ b: Value, _ c: Value, _ d: Value, _ e: Value) throws(PyError) -> Owned {
    let tuple = try Owned.tuple(count: 5)
    let object = TupleObject(tuple.value)
    object.initialize(0, Owned(copying: a))
    object.initialize(1, Owned(copying: b))
    object.initialize(2, Owned(copying: c))
    object.initialize(3, Owned(copying: d))
    object.initialize(4, Owned(copying: e))
    return tuple
  }
}
