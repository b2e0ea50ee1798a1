// The builtin exception types with fields of their own.

import CKraitCore
import Glibc

/// A field as an attribute reads: None when absent.
func exceptionField(_ object: Value, _ index: Int) -> Owned {
  let value = ExceptionObject(object)[index]
  return value.isAbsent ? .none : Owned(copying: value)
}

func setExceptionField(_ object: Value, _ index: Int, taking value: consuming Owned) { ExceptionObject(object).set(index, value) }

func setExceptionField(_ object: Value, _ index: Int, _ value: Value) { ExceptionObject(object).set(index, copying: value) }

func defineExceptionsWithFields(_ types: TypeDefinitions) {
  defineException(types, .stopIteration, defineStopIteration)
  defineException(types, .systemExit, defineSystemExit)
  defineException(types, .keyError) { t in
    t.documentation = "There is no such key."
    t.slots.str = UnarySlot { (object) throws(PyError) in
      let args = TupleObject(ExceptionObject(object).args)
      return args.count == 1 ? try args[0].repr() : try exceptionText(object)
    }
  }
  defineException(types, .nameError, defineNameError)
  defineException(types, .attributeError, defineAttributeError)
  defineException(types, .importError, defineImportError)
  defineException(types, .syntaxError, defineSyntaxError)
  defineException(types, .osError, defineOSError)
}

private func fieldSize(_ count: Int) -> Int { ExceptionObject.size + 8 * count }

private func defineStopIteration(_ t: TypeDefinition) {
  t.documentation = "An iterator is at its end."
  t.basicSize = fieldSize(1)
  t.rawInitialize("StopIteration") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
    try refuseKeywords(object, arguments)
    try setArgs(object, arguments)
    setExceptionField(object, 0, arguments.positionalCount > 0 ? arguments.base[0] : .none)
  }
  t.member("value", "What a generator returned.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
}

private func defineSystemExit(_ t: TypeDefinition) {
  t.documentation = "Asks the interpreter to end."
  t.basicSize = fieldSize(1)
  t.rawInitialize("SystemExit") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
    try refuseKeywords(object, arguments)
    try setArgs(object, arguments)
    switch arguments.positionalCount {
    case 0: break
    case 1: setExceptionField(object, 0, arguments.base[0])
    default: setExceptionField(object, 0, ExceptionObject(object).args)
    }
  }
  t.member("code", "The exit status, or a message.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
}

/// Puts keyword arguments into fields by name; names that are none are refused as CPython does.
private func setFields(_ object: Value, _ arguments: Arguments, _ names: [Value], from first: Int = 0, of typeName: StaticString) throws(PyError) {
  // What `__init__` set before goes.
  for field in first..<first + names.count where !ExceptionObject(object)[field].isAbsent { setExceptionField(object, field, .absent) }
  guard !arguments.keywordNames.isAbsent else { return }
  let given = TupleObject(arguments.keywordNames)
  for index in 0..<given.count {
    guard let field = names.firstIndex(where: { StringObject($0).isEqual(to: StringObject(given[index])) }) else { throw PyError.typeError("\(typeName)() got an unexpected keyword argument '\(given[index].text)'") }
    setExceptionField(object, first + field, arguments.base[arguments.positionalCount + index])
  }
}

private func defineNameError(_ t: TypeDefinition) {
  t.documentation = "A name is not bound."
  t.basicSize = fieldSize(1)
  t.rawInitialize("NameError") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
    try setArgs(object, arguments)
    try setFields(object, arguments, [Name.name], of: "NameError")
  }
  t.member("name", "The name.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
}

private func defineAttributeError(_ t: TypeDefinition) {
  t.documentation = "There is no such attribute, or it cannot be set."
  t.basicSize = fieldSize(2)
  t.rawInitialize("AttributeError") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
    try setArgs(object, arguments)
    try setFields(object, arguments, [Name.name, Name.obj], of: "AttributeError")
  }
  t.member("name", "The attribute's name.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
  t.member("obj", "The object.", get: { (o) throws(PyError) in exceptionField(o, 1) }, set: { (o, v) throws(PyError) in setExceptionField(o, 1, v) })
  t.method("__getstate__()") { (call: Call) throws(PyError) -> Owned in
    let state = try attributeErrorState(call.receiver)
    return state.value.isAbsent ? .none : state
  }
  t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
    let state = try attributeErrorState(call.receiver)
    return try reduceException(call.receiver, args: ExceptionObject(call.receiver).args, state: state.value)
  }
}

private func attributeErrorState(_ object: Value) throws(PyError) -> Owned {
  // The object is left out: it need not be possible to pickle it.
  let attributes = try attributesOrAbsent(object)
  let name = ExceptionObject(object)[0]
  if attributes.value.isAbsent && name.isAbsent { return Owned(taking: .absent) }
  let state = attributes.value.isAbsent ? try Owned.dict() : try DictObject(attributes.value).copy()
  if !name.isAbsent { try DictObject(state.value).set(Name.name, name) }
  try DictObject(state.value).set(Name.args, ExceptionObject(object).args)
  return state
}

private func defineImportError(_ t: TypeDefinition) {
  // Fields: msg, name, path, name_from.
  t.documentation = "A module or a name in it cannot be imported."
  t.basicSize = fieldSize(4)
  t.rawInitialize("ImportError") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
    try setArgs(object, arguments)
    try setFields(object, arguments, [Name.name, Name.path, Name.name_from], from: 1, of: "ImportError")
    setExceptionField(object, 0, arguments.positionalCount == 1 ? arguments.base[0] : .absent)
  }
  t.slots.str = UnarySlot { (object) throws(PyError) in
    let message = ExceptionObject(object)[0]
    return !message.isAbsent && message.isExactString ? Owned(copying: message) : try exceptionText(object)
  }
  t.member("msg", "The message.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
  t.member("name", "The module.", get: { (o) throws(PyError) in exceptionField(o, 1) }, set: { (o, v) throws(PyError) in setExceptionField(o, 1, v) })
  t.member("path", "The module's file.", get: { (o) throws(PyError) in exceptionField(o, 2) }, set: { (o, v) throws(PyError) in setExceptionField(o, 2, v) })
  t.member("name_from", "The name in the module.", get: { (o) throws(PyError) in exceptionField(o, 3) }, set: { (o, v) throws(PyError) in setExceptionField(o, 3, v) })
  t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
    let exception = ExceptionObject(call.receiver)
    let attributes = try attributesOrAbsent(call.receiver)
    var state = Owned(taking: .absent)
    if !exception[1].isAbsent || !exception[2].isAbsent || !exception[3].isAbsent {
      state = attributes.value.isAbsent ? try Owned.dict() : try DictObject(attributes.value).copy()
      for (name, index) in [(Name.name, 1), (Name.path, 2), (Name.name_from, 3)] where !exception[index].isAbsent {
        try DictObject(state.value).set(name, exception[index])
      }
    } else {
      state = attributes
    }
    return try reduceException(call.receiver, args: exception.args, state: state.value)
  }
}

/// The fields of a SyntaxError.
enum SyntaxErrorField {
  static let message = 0, fileName = 1, line = 2, offset = 3, text = 4, endLine = 5, endOffset = 6, printFileAndLine = 7, metadata = 8
}

private func defineSyntaxError(_ t: TypeDefinition) {
  t.documentation = "The source is not valid."
  t.basicSize = fieldSize(9)
  t.rawInitialize("SyntaxError", initializeSyntaxError)
  t.slots.str = UnarySlot { (object) throws(PyError) in try syntaxErrorText(object) }
  t.member("msg", "The message.", get: { (o) throws(PyError) in exceptionField(o, 0) }, set: { (o, v) throws(PyError) in setExceptionField(o, 0, v) })
  t.member("filename", "The file.", get: { (o) throws(PyError) in exceptionField(o, 1) }, set: { (o, v) throws(PyError) in setExceptionField(o, 1, v) })
  t.member("lineno", "The line.", get: { (o) throws(PyError) in exceptionField(o, 2) }, set: { (o, v) throws(PyError) in setExceptionField(o, 2, v) })
  t.member("offset", "The column, from 1.", get: { (o) throws(PyError) in exceptionField(o, 3) }, set: { (o, v) throws(PyError) in setExceptionField(o, 3, v) })
  t.member("text", "The line's text.", get: { (o) throws(PyError) in exceptionField(o, 4) }, set: { (o, v) throws(PyError) in setExceptionField(o, 4, v) })
  t.member("end_lineno", "The last line.", get: { (o) throws(PyError) in exceptionField(o, 5) }, set: { (o, v) throws(PyError) in setExceptionField(o, 5, v) })
  t.member("end_offset", "The column of the end.", get: { (o) throws(PyError) in exceptionField(o, 6) }, set: { (o, v) throws(PyError) in setExceptionField(o, 6, v) })
  t.member(
    "print_file_and_line", "Whether a report names file and line.", get: { (o) throws(PyError) in exceptionField(o, 7) },
    set: { (o, v) throws(PyError) in setExceptionField(o, 7, v) })
  t.member("_metadata", "For suggestions.", get: { (o) throws(PyError) in exceptionField(o, 8) }, set: { (o, v) throws(PyError) in setExceptionField(o, 8, v) })
}

private func initializeSyntaxError(_ object: Value, _ arguments: Arguments) throws(PyError) {
  try refuseKeywords(object, arguments)
  try setArgs(object, arguments)
  if arguments.positionalCount >= 1 { setExceptionField(object, SyntaxErrorField.message, arguments.base[0]) }
  guard arguments.positionalCount == 2 else { return }
  let tuple = try Owned.tuple(from: arguments.base[1])
  let info = TupleObject(tuple.value)
  guard (4...7).contains(info.count) else {
    throw PyError.typeError("function takes at \(info.count < 4 ? "least 4" : "most 7") arguments (\(info.count) given)")
  }
  for index in 0..<6 { setExceptionField(object, SyntaxErrorField.fileName + index, index < info.count ? info[index] : .absent) }
  setExceptionField(object, SyntaxErrorField.metadata, info.count == 7 ? info[6] : .absent)
  if info.count == 5 { throw PyError.typeError("end_offset must be provided when end_lineno is provided") }
}

private func syntaxErrorText(_ object: Value) throws(PyError) -> Owned {
  let exception = ExceptionObject(object)
  let message = exceptionField(object, SyntaxErrorField.message)
  let text = try message.value.str()
  let file = exception[SyntaxErrorField.fileName]
  let line = exception[SyntaxErrorField.line]
  let hasFile = !file.isAbsent && file.isString
  let hasLine = !line.isAbsent && line.isExactInteger
  if !hasFile && !hasLine { return text }
  var builder = try StringBuilder()
  try builder.append(text.value)
  try builder.append(" (")
  if hasFile { try builder.append(file.text.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? "") }
  if hasLine {
    if hasFile { try builder.append(", ") }
    try builder.append("line ")
    try builder.append(sharing: try Integer.text(line))
  }
  try builder.append(")")
  return try builder.finish()
}
