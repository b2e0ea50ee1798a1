// The module `_testinternalcapi`: what CPython's own tests ask about the inside of the runtime, as far as Krait's has the same.

import CKraitCore
import KraitRuntime

/// The inside of Krait, under the names by which CPython's tests ask for that of CPython.
///
/// Each function tells what is so here: where an object's attributes lie, how deep calls are nested, what of a code object other interpreters could run. What only
/// CPython has (its compiler's steps, its allocators' names, its specialised instructions) is absent. A test that asks for it gets an AttributeError which is also
/// `unittest.SkipTest`, if that is imported: the test cannot tell anything about Krait, and passes itself over.
let testInternalsModule = ModuleDefinition("_testinternalcapi", "What the runtime's inside is like, for CPython's tests.") { (m: ModuleBuilder) throws(PyError) in
  // An instruction is specialised by the first run that its family has a member for.
  try m.constant("SPECIALIZATION_THRESHOLD", 1)
  try m.constant("SPECIALIZATION_COOLDOWN", 1)
  try m.function("__getattr__(name, /)", "Raise the error for what Krait does not have.") { (call: Call) throws(PyError) -> Owned in
    throw try absent(call[0])
  }
  try defineState(m)
  try defineText(m)
  try defineCode(m)
  try defineInterpreters(m)
  try CrossInterpreterData.define(m)
}

/// AttributeError, which is SkipTest too where tests run.
private func absent(_ name: Value) throws(PyError) -> PyError {
  let message = try Owned.string("module '_testinternalcapi' has no attribute '\(try name.str().text)'")
  let modules = DictObject(currentInterpreter.pointee.modules)
  let tests = Owned(copyingIfPresent: try modules.get(Name.make("unittest.case")))
  guard !tests.value.isAbsent else { return PyError.raise(.attributeError, message.value) }
  let skip = try tests.value.getAttribute(Name.make("SkipTest"))
  let bases = try Owned.tuple(TypeObject.attributeError.value, skip.value)
  let title = try Owned.string("Absent" as StaticString)
  let namespace = try Owned.dict()
  let type = try TypeObject.type.value.call(title.value, bases.value, namespace.value)
  return PyError.raise(try type.value.call(message.value))
}

// MARK: - State

private func defineState(_ m: ModuleBuilder) throws(PyError) {
  try m.function("has_inline_values(obj, /)", "Whether an object's attributes all lie inside it.") { (call: Call) throws(PyError) -> Owned in
    .boolean(call[0].hasInlineAttributes)
  }
  try m.function("get_recursion_depth()", "How many Python calls are active.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(currentThread.pointee.depth)
  }
  try m.function("get_c_recursion_remaining()", "How many nested native calls of 1 KiB the stack has room for.") { (_: Call) throws(PyError) -> Owned in
    var here: UInt8 = 0
    let address = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    return try Owned.integer(max(0, Int(address) - Int(currentThread.pointee.nativeStackLimit)) >> 10)
  }
  try m.function("get_static_builtin_types()", "The types that are there before any module is made.") { (_: Call) throws(PyError) -> Owned in
    let result = try Owned.list()
    for type in TypeObject.builtinTypes where !type.shownFlags.contains(.heapType) { try ListObject(result.value).append(type.value) }
    return result
  }
}

// MARK: - Text

/// Names of files and arguments: UTF-8 in every locale, with the error handlers that such names need.
private func defineText(_ m: ModuleBuilder) throws(PyError) {
  try m.function("EncodeLocaleEx(text, current_locale=0, errors='strict', /)", "The bytes that a text is for the system.") { (call: Call) throws(PyError) -> Owned in
    _ = try call.string(0)
    return try converted(call[0], "encode", try call.string(2), "encode error: pos=")
  }
  try m.function("DecodeLocaleEx(text, current_locale=0, errors='strict', /)", "The text that the system's bytes are.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isBytes else { throw .typeError("a bytes-like object is required, not '\(call[0].typeName)'") }
    return try converted(call[0], "decode", try call.string(2), "decode error: pos=")
  }
  try m.function("normalize_path(path, /)", "A path without `.`, `..` and double slashes.") { (call: Call) throws(PyError) -> Owned in
    let module = try importModule("posix")
    return try module.value.callMethod(Name.make("_path_normpath"), call[0])
  }
}

/// RuntimeError tells where and why it cannot be.
private func converted(_ value: Value, _ method: StaticString, _ errors: Value, _ failure: String) throws(PyError) -> Owned {
  guard ["strict", "surrogateescape", "surrogatepass"].contains(errors.text) else { throw .valueError("unsupported error handler") }
  let encoding = try Owned.string("utf-8" as StaticString)
  do throws(PyError) { return try value.callMethod(Name.make(method), encoding.value, errors) } catch {
    guard PyError.matches(.unicodeError) else { throw error }
    let exception = currentThread.pointee.takeException()
    let place = try exception.value.getAttribute(Name.make("start"))
    let reason = try exception.value.getAttribute(Name.make("reason"))
    throw .runtimeError("\(failure)\(try place.value.str().text), reason=\(try reason.value.str().text)")
  }
}

// MARK: - Code

private func defineCode(_ m: ModuleBuilder) throws(PyError) {
  try m.function("code_returns_only_none(code, /)", "Whether code, that of no generator, returns nothing but None.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].type == .code else { throw .typeError("argument must be a code object") }
    try CodeObject(call[0]).load()
    return .boolean(StatelessCode.returnsOnlyNone(CodeObject(call[0])))
  }
  try m.function("get_co_localskinds(code, /)", "A dict from the names of a code object's variables to the bits that say of what kind they are.") {
    (call: Call) throws(PyError) -> Owned in
    guard call[0].type == .code else { throw .typeError("argument must be a code object") }
    let code = CodeObject(call[0])
    try code.load()
    let result = try Owned.dict()
    for index in 0..<code.localsPlusNames.count {
      let kind = try Owned.integer(Int(code.localsPlusKinds[index]))
      try DictObject(result.value).set(code.localsPlusNames[index], kind.value)
    }
    return result
  }
  try m.function("verify_stateless_code(code, /)", "ValueError when a function, or code, needs more than builtins around it.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isObject, call[0].type == .code || call[0].type == .function else { throw .typeError("argument must be a code object or a function") }
    try StatelessCode.verify(call[0], passesUnknownNames: true)
    return .none
  }
}

// MARK: - Interpreters

private func defineInterpreters(_ m: ModuleBuilder) throws(PyError) {
  try m.function(
    "run_in_subinterp_with_config(code, config)",
    "Run a program's text in an interpreter of its own; 0, or -1 for an exception, which is printed."
  ) { (call: Call) throws(PyError) -> Owned in
    _ = try call.string(0)
    let configuration = try InterpreterConfiguration(call[1])
    let code = try compileScript(call[0], fileName: "<string>")
    let number = try Interpreters.make(configuration, origin: .c)
    let outcome: Owned
    do throws(PyError) { outcome = try Session.execute(number, code.value, .none) } catch {
      let exception = currentThread.pointee.takeException()
      try Interpreters.end(number)
      throw PyError.raise(exception)
    }
    try Interpreters.end(number)
    if outcome.value.isNone { return try Owned.integer(0) }
    let report = try outcome.value.getAttribute(Name.make("errdisplay"))
    let module = try importModule("sys")
    let stream = try module.value.getAttribute(Name.make("stderr"))
    let line = try Owned.string("\(report.value.text)\n")
    _ = try stream.value.callMethod(Name.make("write"), line.value)
    return try Owned.integer(-1)
  }
}
