// `compile`, `eval` and `exec`, on the project's own compiler.

import CKraitCore
import KraitCompiler
import KraitSyntax

/// The bits of `compile()`'s flags that are no future features.
struct CompileFlags: OptionSet {
  let rawValue: Int32
  static let onlyTree = CompileFlags(rawValue: 0x400)
  static let sourceIsUTF8 = CompileFlags(rawValue: 0x100)
  static let dontImplyDedent = CompileFlags(rawValue: 0x200)
  static let ignoreCookie = CompileFlags(rawValue: 0x800)
  static let typeComments = CompileFlags(rawValue: 0x1000)
  static let topLevelAwait = CompileFlags(rawValue: 0x2000)
  static let allowIncompleteInput = CompileFlags(rawValue: 0x4000)
  static let optimizedTree = CompileFlags(rawValue: 0x8000)
  static let all: CompileFlags = [
    .onlyTree, .sourceIsUTF8, .dontImplyDedent, .ignoreCookie, .typeComments, .topLevelAwait, .allowIncompleteInput, .optimizedTree,
  ]
}

func defineCompilation(_ m: ModuleBuilder) throws(PyError) {
  try m.function(
    "compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
    "Compile source text to a code object that exec() or eval() runs.", compileFunction)
  try m.function(
    "eval(source, /, globals=None, locals=None)", "Return the value of an expression, given as text or code object.", evalFunction)
  try m.function(
    "exec(source, /, globals=None, locals=None, *, closure=None)", "Run statements, given as text or code object.", execFunction)
}

// MARK: - compile

private func compileFunction(_ call: Call) throws(PyError) -> Owned {
  let fileName = try fileSystemPath(call[1])
  guard call[2].isString else { throw .typeError("compile() argument 'mode' must be str, not \(call[2].isNone ? "None" : call[2].typeName)") }
  let flags = UInt32(bitPattern: try call.int32(3))
  let inherits = try !call.bool(4)
  let optimize = try call.int32(5)
  let featureVersion = try call.int32(6)

  let known = CodeFlags.future.rawValue | CodeFlags.nested.rawValue | UInt32(bitPattern: CompileFlags.all.rawValue)
  if flags & ~known != 0 { throw .valueError("compile(): unrecognised flags") }
  if optimize < -1 || optimize > 2 { throw .valueError("compile(): invalid optimize value") }
  let compileFlags = CompileFlags(rawValue: Int32(bitPattern: flags & ~CodeFlags.future.rawValue))

  var parsing = ParseOptions()
  switch call[2].text {
  case "exec": parsing.mode = .file
  case "eval": parsing.mode = .evaluate
  case "single": parsing.mode = .single
  case "func_type":
    guard compileFlags.contains(.onlyTree) else { throw .valueError("compile() mode 'func_type' requires flag PyCF_ONLY_AST") }
    parsing.mode = .functionType
  default:
    let allowed = compileFlags.contains(.onlyTree) ? "'exec', 'eval', 'single' or 'func_type'" : "'exec', 'eval' or 'single'"
    throw .valueError("compile() mode must be \(allowed)")
  }
  parsing.typeComments = compileFlags.contains(.typeComments)
  parsing.allowsTopLevelAwait = compileFlags.contains(.topLevelAwait)
  parsing.impliesDedent = !compileFlags.contains(.dontImplyDedent)
  parsing.allowsIncompleteInput = compileFlags.contains(.allowIncompleteInput)
  if compileFlags.contains(.onlyTree) && featureVersion >= 0 { parsing.featureVersion = Int(featureVersion) }

  var options = CompileOptions()
  options.optimizationLevel = optimize < 0 ? min(RuntimeConfiguration.current.optimizationLevel, 2) : Int(optimize)
  options.allowsTopLevelAwait = parsing.allowsTopLevelAwait
  options.inheritedFlags = CodeFlags(rawValue: flags & CodeFlags.future.rawValue)
  if inherits { options.inheritedFlags.formUnion(inheritedFutureFlags) }
  parsing.barryAsBDFL = options.inheritedFlags.contains(.futureBarryAsBDFL)
  let purpose: Preprocessor.Purpose =
    !compileFlags.contains(.onlyTree) ? .code : compileFlags.contains(.optimizedTree) ? .optimizedTree : .tree
  if try TreeReader.isTree(call[0]) {
    try audit("compile", call[0], .none)
    let mode = parsing.mode == .file ? 0 : parsing.mode == .evaluate ? 1 : parsing.mode == .single ? 2 : 3
    return try compileTree(call[0], mode: mode, fileName: SystemText.string(fileName.value), options, purpose)
  }
  return try compileSource(
    call[0], fileName: SystemText.string(fileName.value), parsing, options, ignoresCookie: compileFlags.contains(.ignoreCookie), function: "compile",
    kinds: "string, bytes or AST", purpose)
}

/// Compiles node objects, or optimises them.
func compileTree(
  _ object: Value, mode: Int, fileName: String, _ options: CompileOptions, _ purpose: Preprocessor.Purpose = .code
) throws(PyError) -> Owned {
  let source: SourceFile
  do throws(Diagnostic) {
    source = try SourceFile(string: UnsafeBufferPointer(start: nil, count: 0), fileName: fileName, mode: .file)
  } catch { throw raise(error) }
  let tree = try TreeReader.tree(of: object, mode: mode, arena: source.arena)
  try TreeValidator.validate(tree)
  return try finish(tree, source, options, purpose)
}

/// From a tree to what is wanted: code, or node objects. Warnings are issued either way.
private func finish(_ tree: Mod, _ source: SourceFile, _ options: CompileOptions, _ purpose: Preprocessor.Purpose) throws(PyError) -> Owned {
  var unit: CodeUnit?
  do throws(Diagnostic) {
    if purpose == .code {
      unit = try compile(tree, source: source, options: options)
    } else {
      let future = try FutureFeatures(of: tree, source: source, options: options)
      try Preprocessor.run(tree, source: source, options: options, future: future, for: purpose)
    }
  } catch {
    try issueWarnings(of: source)
    throw raise(error)
  }
  try issueWarnings(of: source)
  if let unit { return try CodeObject.make(from: unit) }
  return try TreeObjectMaker.objects(of: tree)
}

/// The future features of the code that called the running native function.
private var inheritedFutureFlags: CodeFlags {
  let code = currentThread.pointee.currentCode
  return code.isAbsent ? [] : CodeObject(code).flags.intersection(.future)
}

/// A str from a path: str, bytes or `__fspath__`.
public func fileSystemPath(_ value: Value) throws(PyError) -> Owned {
  if value.isString { return Owned(copying: value) }
  if value.isBytes {
    let data = BytesObject(value)
    return try decodeFileSystem(UnsafeRawBufferPointer(start: data.data, count: data.count))
  }
  let method = try value.lookUpSpecial(Name.__fspath__)
  if method.value.isAbsent || method.value.isNone { throw .typeError("expected str, bytes or os.PathLike object, not \(value.typeName)") }
  let path = try method.value.call()
  if path.value.isString { return path }
  if path.value.isBytes { return try fileSystemPath(path.value) }
  throw .typeError("expected \(value.typeName).__fspath__() to return str or bytes, not \(path.value.typeName)")
}

/// The bytes of a name of the file system.
public func encodeFileSystem(_ text: Value) throws(PyError) -> Owned { try encode(text, encoding: Name.utf8Name, errors: Name.surrogateescape) }

/// Text of the file system: UTF-8, other bytes as lone surrogates.
public func decodeFileSystem(_ bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  let plain = try textOfASCII(bytes)
  return plain.value.isAbsent ? try decodeEscaped(bytes) : plain
}

private func decodeEscaped(_ bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  var builder = StringBuilder()
  var index = 0
  let buffer = bytes.bindMemory(to: UInt8.self)
  while index < bytes.count {
    let length = wellFormedLength(buffer, at: index)
    if length == 0 {
      try builder.append(codePoint: 0xDC00 + UInt32(buffer[index]))
      index += 1
      continue
    }
    var point = UInt32(buffer[index])
    if length > 1 {
      point &= 0x7F >> UInt32(length)
      for offset in 1..<length { point = point << 6 | UInt32(buffer[index + offset]) & 0x3F }
    }
    try builder.append(codePoint: point)
    index += length
  }
  return try builder.finish()
}

/// Bytes of the UTF-8 sequence that begins at an offset; 0 when none does.
func wellFormedLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
  let lead = bytes[index]
  if lead < 0x80 { return 1 }
  if lead < 0xC2 || lead > 0xF4 { return 0 }
  let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  if index + length > bytes.count { return 0 }
  for offset in 1..<length where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
  let second = bytes[index + 1]
  switch lead {
  case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90, 0xF4 where second > 0x8F: return 0
  default: return length
  }
}

/// Audit hooks are told of source as bytes.
private func auditCompilation(_ source: Value, _ fileName: String) throws(PyError) {
  guard source.isString || source.supportsBuffer else { return }
  let name = try Owned.systemText(fileName)
  let text = source.isString ? try encodeText(source, encoding: Name.make("utf-8"), errors: .absent) : Owned(copying: source)
  let view = try text.value.buffer(.simple)
  let bytes = try Owned.bytes(view.bytes)
  try audit("compile", bytes.value, name.value)
}

/// Compiles the source that a str or an object with bytes holds.
///
/// - Parameters:
///   - function: the name for errors.
///   - kinds: what the function takes, for errors.
func compileSource(
  _ source: Value, fileName: String, _ parsing: ParseOptions, _ options: CompileOptions, ignoresCookie: Bool = false, function: String,
  kinds: String, _ purpose: Preprocessor.Purpose = .code
) throws(PyError) -> Owned {
  if isAudited { try auditCompilation(source, fileName) }
  return try readSource(source, fileName: fileName, mode: parsing.mode, ignoresCookie: ignoresCookie, function: function, kinds: kinds) {
    (source: SourceFile) throws(PyError) -> Owned in
    try compileFile(source, parsing, options, purpose)
  }
}

/// Reads a str or an object with bytes as a source, and calls `body` with it.
private func readSource(
  _ source: Value, fileName: String, mode: ParseOptions.Mode, ignoresCookie: Bool = false, function: String, kinds: String,
  _ body: (SourceFile) throws(PyError) -> Owned
) throws(PyError) -> Owned {
  if source.isString {
    if StringObject(source).width > 1 { _ = try encodeUTF8(StringObject(source), .strict) }
    return Owned(
      taking: try StringObject(source).withUTF8 { (bytes: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
        let file = try sourceFile(bytes, isString: true, fileName: fileName, mode)
        return try body(file).take()
      })
  }
  if !source.isBytes && !source.isInstance(of: .bytearray) && source.type != .memoryview {
    throw .typeError("\(function)() arg 1 must be a \(kinds) object")
  }
  // A copy of what can change while the source is read.
  let held = source.isBytes ? Owned(copying: source) : try TypeObject.bytes.value.call(source)
  let data = BytesObject(held.value)
  let bytes = UnsafeBufferPointer(start: UnsafePointer(data.data.assumingMemoryBound(to: UInt8.self)), count: data.count)
  let file = try sourceFile(bytes, isString: ignoresCookie, fileName: fileName, mode)
  return try body(file)
}

private func sourceFile(_ bytes: UnsafeBufferPointer<UInt8>, isString: Bool, fileName: String, _ mode: ParseOptions.Mode) throws(PyError) -> SourceFile {
  if bytes.contains(0) { throw PyError.raise(.syntaxError, "source code string cannot contain null bytes") }
  do throws(Diagnostic) {
    return isString ? try SourceFile(string: bytes, fileName: fileName, mode: mode) : try SourceFile(bytes: bytes, fileName: fileName, mode: mode)
  } catch { throw raise(error) }
}

/// Calls `body` with a source's symbol table; its scopes live as long as the call.
public func withSymbolTable(
  of source: Value, fileName: String, mode: ParseOptions.Mode, _ body: (SymbolTable) throws(PyError) -> Owned
) throws(PyError) -> Owned {
  try readSource(source, fileName: fileName, mode: mode, function: "symtable", kinds: "string or bytes") { (source: SourceFile) throws(PyError) -> Owned in
    var parsing = ParseOptions()
    parsing.mode = mode
    parsing.integerDigitLimit = currentInterpreter.pointee.integerDigitsLimit
    let table: SymbolTable
    do throws(Diagnostic) { table = try SymbolTable.build(try parse(source, options: parsing), source: source) } catch {
      try issueWarnings(of: source)
      throw raise(error)
    }
    try issueWarnings(of: source)
    return try body(table)
  }
}

/// Compiles a source, issues its warnings, and makes the code object, or node objects when those are wanted.
func compileFile(
  _ source: SourceFile, _ parsing: ParseOptions, _ options: CompileOptions, _ purpose: Preprocessor.Purpose = .code
) throws(PyError) -> Owned {
  var parsing = parsing
  parsing.integerDigitLimit = currentInterpreter.pointee.integerDigitsLimit
  let tree: Mod
  do throws(Diagnostic) { tree = try parse(source, options: parsing) } catch {
    try issueWarnings(of: source)
    throw raise(error)
  }
  return try finish(tree, source, options, purpose)
}

/// Issues what the front end warns of. A warning that the filters turn into an error is a SyntaxError at its place.
private func issueWarnings(of source: SourceFile) throws(PyError) {
  if source.warnings.isEmpty { return }
  let file = try Owned.systemText(source.fileName)
  for warning in source.warnings {
    let category: TypeObject = warning.category == .syntaxWarning ? .syntaxWarning : .deprecationWarning
    let text = try Owned.string(warning.message)
    do throws(PyError) {
      try warnExplicit(category, text.value, file: file.value, line: warning.line, module: .absent)
    } catch {
      guard PyError.matches(category) else { throw error }
      PyError.clear()
      throw raise(
        Diagnostic(
          .syntaxError, warning.errorMessage, fileName: warning.fileName, line: warning.line, offset: warning.offset, endLine: warning.endLine,
          endOffset: warning.endOffset, text: source.isOnDisk ? source.line(warning.line).map(Array.init) : nil))
    }
  }
}

/// The exception of an error that the front end found.
func raise(_ diagnostic: Diagnostic) -> PyError {
  do throws(PyError) {
    let type = exceptionType(diagnostic.exceptionClass)
    let message = try Owned.string(diagnostic.message)
    if let error = diagnostic.codecError {
      let (start, end) = (error.range.lowerBound, error.range.upperBound)
      if error.isDecoding {
        let bytes = try ownedBytes(error.object)
        return PyError.raise(try makeDecodeError(error.encoding, bytes.value, start, end, error.reason))
      }
      let text = try ownedText(error.object)
      return PyError.raise(try makeEncodeError(error.encoding, text.value, start, end, error.reason))
    }
    if !diagnostic.exceptionClass.isSyntaxError {
      return diagnostic.exceptionClass == .memoryError && diagnostic.message.isEmpty ? .memoryError() : PyError.raise(type, message.value)
    }
    if diagnostic.fileName.isEmpty && diagnostic.line == 0 && diagnostic.offset == 0 { return PyError.raise(type, message.value) }
    let file = diagnostic.fileName.isEmpty ? Owned.none : try Owned.systemText(diagnostic.fileName)
    let text = try diagnostic.text.map { (bytes: [UInt8]) throws(PyError) -> Value in try ownedText(bytes).take() } ?? .none
    defer { text.release() }
    let place = [
      file.value, Value(smallInteger: diagnostic.line), Value(smallInteger: diagnostic.offset), text, Value(smallInteger: diagnostic.endLine),
      Value(smallInteger: diagnostic.endOffset),
    ]
    if diagnostic.isPlacedLater {
      let exception = try type.value.call(message.value)
      let names = [Name.filename, Name.lineno, Name.offset, Name.text, Name.end_lineno, Name.end_offset]
      for (name, value) in zip(names, place) { try exception.value.setAttribute(name, value) }
      return PyError.raise(exception)
    }
    // An error of the encoding has no end.
    let details = try Owned.tuple(diagnostic.endLine == 0 && diagnostic.endOffset == 0 ? Array(place[..<4]) : place)
    let exception = try type.value.call(message.value, details.value)
    if let metadata = diagnostic.metadata {
      let source = try ownedText(metadata.source)
      let item = try Owned.tuple([Value(smallInteger: metadata.line), Value(smallInteger: metadata.column), source.value])
      try exception.value.setAttribute(Name._metadata, item.value)
    }
    return PyError.raise(exception)
  } catch { return error }
}

private func ownedBytes(_ bytes: [UInt8]) throws(PyError) -> Owned {
  Owned(
    taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
      try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
    })
}

private func ownedText(_ bytes: [UInt8]) throws(PyError) -> Owned {
  Owned(
    taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
      try Owned.string(utf8: buffer).take()
    })
}

private func exceptionType(_ exceptionClass: Diagnostic.ExceptionClass) -> TypeObject {
  switch exceptionClass {
  case .syntaxError: .syntaxError
  case .indentationError: .indentationError
  case .tabError: .tabError
  case .incompleteInputError: .incompleteInputError
  case .unicodeDecodeError: .unicodeDecodeError
  case .unicodeEncodeError: .unicodeEncodeError
  case .valueError: .valueError
  case .typeError: .typeError
  case .overflowError: .overflowError
  case .recursionError: .recursionError
  case .memoryError: .memoryError
  case .systemError: .systemError
  case .eofError: .eofError
  case .importError: .importError
  }
}

// MARK: - eval and exec

/// Globals and locals as `eval` and `exec` settle them, and `__builtins__` put into new globals.
private struct Scope: ~Copyable {
  let globals: Owned
  let locals: Owned

  /// The scope for the arguments `globals` and `locals` of a function.
  static func settle(globals: Value, locals: Value, function: String) throws(PyError) -> Scope {
    if !locals.isNone && locals.type.slots.pointee.subscript == nil {
      throw .typeError(function == "eval" ? "locals must be a mapping" : "locals must be a mapping or None, not \(locals.typeName)")
    }
    if !globals.isNone && !globals.isDict {
      if function == "exec" { throw .typeError("exec() globals must be a dict, not \(globals.typeName)") }
      throw .typeError(
        globals.type.slots.pointee.subscript != nil && !globals.isList && !globals.isTuple && !globals.isString
          ? "globals must be a real dict; try eval(code, {}, mapping)" : "globals must be a dict")
    }
    if globals.isNone {
      let running = currentThread.pointee.currentGlobals
      if running.isAbsent { throw .systemError("globals and locals cannot be NULL") }
      try addBuiltins(to: DictObject(running))
      let ownLocals = locals.isNone ? try currentLocals() : Owned(copying: locals)
      return Scope(globals: Owned(copying: running), locals: ownLocals)
    }
    try addBuiltins(to: DictObject(globals))
    return Scope(globals: Owned(copying: globals), locals: Owned(copying: locals.isNone ? globals : locals))
  }

  private static func addBuiltins(to globals: DictObject) throws(PyError) {
    if try globals.get(Name.__builtins__).isAbsent { try globals.set(Name.__builtins__, currentThread.pointee.currentBuiltins) }
  }
}

private func evalFunction(_ call: Call) throws(PyError) -> Owned {
  let scope = try Scope.settle(globals: call[1], locals: call[2], function: "eval")
  if call[0].type == .code {
    if CodeObject(call[0]).freeCount > 0 { throw .typeError("code object passed to eval() may not contain free variables") }
    if try refusesToRunBare(call[0], scope.globals.value) { return .none }
    try audit("exec", call[0])
    return try Evaluator.run(code: call[0], globals: scope.globals.value, locals: scope.locals.value)
  }
  var parsing = ParseOptions()
  parsing.mode = .evaluate
  let code: Owned
  if call[0].isString {
    // Leading blanks are no indentation here.
    let string = StringObject(call[0])
    let start = (0..<string.length).first { string.codePoint(at: $0) != 0x20 && string.codePoint(at: $0) != 0x09 } ?? string.length
    let trimmed = try Owned.string(string.units[start..<string.length])
    code = try compileDynamic(trimmed.value, parsing, "eval")
  } else if call[0].isBytes {
    let data = BytesObject(call[0])
    let bytes = UnsafeRawBufferPointer(start: data.data, count: data.count)
    let start = bytes.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.count
    let trimmed = try Owned.bytes(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    code = try compileDynamic(trimmed.value, parsing, "eval")
  } else {
    code = try compileDynamic(call[0], parsing, "eval")
  }
  try audit("exec", code.value)
  return try Evaluator.run(code: code.value, globals: scope.globals.value, locals: scope.locals.value)
}

/// The code of a function with parameters is called without arguments, and says what is missing.
private func refusesToRunBare(_ code: Value, _ globals: Value) throws(PyError) -> Bool {
  let contents = CodeObject(code).contents.pointee
  guard contents.argumentCount + contents.keywordOnlyCount > 0 else { return false }
  let function = try FunctionObject.make(code: code, globals: globals)
  _ = try function.value.call()
  return true
}

private func execFunction(_ call: Call) throws(PyError) -> Owned {
  let scope = try Scope.settle(globals: call[1], locals: call[2], function: "exec")
  if call[0].type == .code {
    let free = CodeObject(call[0]).freeCount
    if free == 0 {
      if !call[3].isNone { throw .typeError("cannot use a closure with this code object") }
    } else {
      guard call[3].isExactTuple, TupleObject(call[3]).count == free,
        (0..<free).allSatisfy({ TupleObject(call[3])[$0].type == .cell })
      else { throw .typeError("code object requires a closure of exactly length \(free)") }
    }
    let closure = free == 0 ? Value.absent : call[3]
    if try refusesToRunBare(call[0], scope.globals.value) { return .none }
    try audit("exec", call[0])
    _ = try Evaluator.run(code: call[0], globals: scope.globals.value, locals: scope.locals.value, closure: closure)
    return .none
  }
  if !call[3].isNone { throw .typeError("closure can only be used when source is a code object") }
  let code = try compileDynamic(call[0], ParseOptions(), "exec")
  try audit("exec", code.value)
  _ = try Evaluator.run(code: code.value, globals: scope.globals.value, locals: scope.locals.value)
  return .none
}

private func compileDynamic(_ source: Value, _ parsing: ParseOptions, _ function: String) throws(PyError) -> Owned {
  var parsing = parsing
  var options = CompileOptions()
  options.optimizationLevel = min(RuntimeConfiguration.current.optimizationLevel, 2)
  options.inheritedFlags = inheritedFutureFlags
  parsing.barryAsBDFL = options.inheritedFlags.contains(.futureBarryAsBDFL)
  return try compileSource(source, fileName: "<string>", parsing, options, function: function, kinds: "string, bytes or code")
}

/// Compiles the text of a program that one interpreter gives to another.
public func compileScript(_ text: Value, fileName: String) throws(PyError) -> Owned {
  var options = CompileOptions()
  options.optimizationLevel = min(RuntimeConfiguration.current.optimizationLevel, 2)
  return try compileSource(text, fileName: fileName, ParseOptions(), options, function: "exec", kinds: "string")
}
