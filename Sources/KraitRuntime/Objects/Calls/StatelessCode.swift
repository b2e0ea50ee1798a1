// Which code can go to another interpreter as it is: programs, and functions that need nothing around them.

import KraitCompiler

public enum StatelessCode {
  /// The code of a program: text is compiled here and now; a function's or code object's must take no arguments, return nothing and be no closure.
  public static func script(of value: Value) throws(PyError) -> Owned {
    if value.isString || value.supportsBuffer { return try compileScript(value, fileName: "<script>") }
    guard value.isObject, value.type == .function || value.type == .code else { throw .typeError("unsupported script \(try value.repr().text)") }
    let code = value.type == .code ? Owned(copying: value) : Owned(copying: FunctionObject(value).code.value)
    let object = CodeObject(code.value)
    try object.load()
    if object.parameterCount > 0 { throw .valueError("code with args not supported") }
    if object.freeCount > 0 { throw .valueError("closures not supported") }
    if !returnsOnlyNone(object) { throw .valueError("code that returns a value is not a script") }
    return code
  }

  /// The code of a function that uses neither globals nor defaults, borrowed; nil for other functions.
  public static func code(of function: Value) throws(PyError) -> Value? {
    let object = FunctionObject(function)
    guard object.closure.isAbsent, object.defaults.isAbsent || object.defaults.isNone, object.keywordDefaults.isAbsent || object.keywordDefaults.isNone else { return nil }
    try object.code.load()
    return try usesGlobals(object.code, globals: object.globals, builtins: object.builtins) ? nil : object.code.value
  }

  /// ValueError when a function, or code without one, needs more than builtins around it. Which namespace code alone would find its names in is not known: they are either
  /// taken for globals or passed over.
  public static func verify(_ value: Value, passesUnknownNames: Bool = false) throws(PyError) {
    let empty = try Owned.dict()
    let isFunction = value.type == .function
    let code = isFunction ? FunctionObject(value).code : CodeObject(value)
    try code.load()
    if code.freeCount > 0 { throw .valueError("closures not supported") }
    if passesUnknownNames && !isFunction { return }
    let globals = isFunction ? FunctionObject(value).globals : empty.value
    let builtins = isFunction ? FunctionObject(value).builtins : currentInterpreter.pointee.builtins
    if try usesGlobals(code, globals: globals, builtins: builtins) { throw .valueError("globals not supported") }
  }

  /// Calls `body` with each instruction of the code.
  private static func forEachInstruction(_ code: CodeObject, _ body: (Opcode?, Int) throws(PyError) -> Void) throws(PyError) {
    let bytes = BytesObject(code.contents.pointee.code)
    var high = 0
    for offset in stride(from: 0, to: bytes.count - 1, by: 2) {
      let opcode = Opcode(rawValue: UInt16(bytes.data.load(fromByteOffset: offset, as: UInt8.self)))
      let argument = high << 8 | Int(bytes.data.load(fromByteOffset: offset + 1, as: UInt8.self))
      if opcode == .EXTENDED_ARG {
        high = argument
        continue
      }
      high = 0
      try body(opcode, argument)
    }
  }

  private static func usesGlobals(_ code: CodeObject, globals: Value, builtins: Value) throws(PyError) -> Bool {
    var found = false
    try forEachInstruction(code) { (opcode: Opcode?, argument: Int) throws(PyError) in
      guard opcode == .LOAD_GLOBAL, argument >> 1 < code.names.count, globals.isDict, builtins.isDict else { return }
      let name = code.names[argument >> 1]
      if try !DictObject(globals).get(name).isAbsent { found = true } else if try DictObject(builtins).get(name).isAbsent { found = true }
    }
    return found
  }

  /// Whether the code, that of no generator, returns nothing but None.
  public static func returnsOnlyNone(_ code: CodeObject) -> Bool {
    if !code.flags.isDisjoint(with: [.generator, .coroutine, .asyncGenerator]) { return false }
    var loadsNone = false
    var answer = true
    do throws(PyError) {
      try forEachInstruction(code) { (opcode: Opcode?, argument: Int) throws(PyError) in
        if opcode == .RETURN_VALUE && !loadsNone { answer = false }
        loadsNone = opcode == .LOAD_CONST && argument < code.constants.count && code.constants[argument].isNone
      }
    } catch { return false }
    return answer
  }
}
