// What Python sees of code objects: attributes, comparison, line and position iterators, replacement.

import CKraitCore
import KraitCompiler
import KraitSyntax

func defineCodeObject(_ types: TypeDefinitions) {
  types.define(.code) { t in
    t.documentation = "The compiled form of a function, class body or module."
    t.basicSize = MemoryLayout<CodeObject.Contents>.size
    t.shapeFlags.insert(.hasState)
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let code = CodeObject(object)
      let line = code.firstLineNumber == 0 ? -1 : code.firstLineNumber
      return try Owned.string(
        "<code object \(code.name.text) at \(addressText(object)), file \"\(code.fileName.text)\", line \(line)>")
    }
    t.slots.hash = HashSlot(codeHash)
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in
      guard op == .equal || op == .notEqual, b.type == .code else { return .notImplemented }
      return .boolean(try codesAreEqual(CodeObject(a), CodeObject(b)) == (op == .equal))
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = CodeObject(raw: raw).contents
      if let executable = contents.pointee.executable {
        contents.pointee.executable = nil
        Executable.free(executable)
      }
      CodeObject(raw: raw).dropMonitoring()
      CodeObject(raw: raw).forEachField { $0.releaseIfPresent() }
      finishDeallocation(raw)
    }
    t.new(
      """
      code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, \
      qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)
      """
    ) { (call: Call) throws(PyError) -> Owned in
      try makeCode(call)
    }
    defineCodeAttributes(t)
  }
  defineTupleIterator(types, .lineIterator)
  defineTupleIterator(types, .positionsIterator)
}

extension CodeObject {
  @inline(__always)
  func forEachField(_ body: (Value) -> Void) {
    let contents = contents.pointee
    body(contents.code)
    body(contents.constants)
    body(contents.names)
    body(contents.localsPlusNames)
    body(contents.localsPlusKinds)
    body(contents.fileName)
    body(contents.name)
    body(contents.qualifiedName)
    body(contents.lineTable)
    body(contents.exceptionTable)
    body(contents.variableNames)
    body(contents.cellNames)
    body(contents.freeNames)
  }

  /// The names of the slots of a kind: all of `co_varnames` is local, all of `co_freevars` free.
  private func names(of kind: LocalKind) throws(PyError) -> Owned {
    try load()
    let names = localsPlusNames
    let kinds = localsPlusKinds
    let indices = (0..<min(names.count, kinds.count)).filter { LocalKind(rawValue: kinds[$0]).contains(kind) }
    let result = try Owned.tuple(count: indices.count)
    for (position, index) in indices.enumerated() { TupleObject(result.value).initialize(position, Owned(copying: names[index])) }
    return result
  }

  /// `co_varnames`, `co_cellvars` or `co_freevars`, made once.
  func cachedNames(_ field: WritableKeyPath<Contents, Value>, _ kind: LocalKind) throws(PyError) -> Owned {
    if contents.pointee[keyPath: field].isAbsent {
      let made = try names(of: kind)
      contents.pointee[keyPath: field] = made.take()
    }
    return Owned(copying: contents.pointee[keyPath: field])
  }

  func variableNames() throws(PyError) -> Owned { try cachedNames(\.variableNames, .local) }
  func cellNames() throws(PyError) -> Owned { try cachedNames(\.cellNames, .cell) }
  func freeNames() throws(PyError) -> Owned { try cachedNames(\.freeNames, .free) }

  /// The branches of `co_branches`: byte offsets of the instruction, of what follows when it does not branch, and of its target.
  func branches() -> [(source: Int, notTaken: Int, taken: Int)] {
    var result: [(source: Int, notTaken: Int, taken: Int)] = []
    for instruction in InstructionDecoder(instructions) {
      guard let opcode = instruction.opcode, let target = instruction.jumpTarget else { continue }
      let next = instruction.offset + 2 + 2 * instruction.cacheEntries
      switch opcode {
      // A loop that ends leaves END_FOR and POP_ITER behind.
      case .FOR_ITER: result.append((instruction.offset, next, target + 4))
      // NOT_TAKEN follows.
      case .POP_JUMP_IF_FALSE, .POP_JUMP_IF_TRUE, .POP_JUMP_IF_NONE, .POP_JUMP_IF_NOT_NONE:
        result.append((instruction.offset, next + 2, target))
      case .END_ASYNC_FOR: result.append((target, target + 4, next))
      default: break
      }
    }
    return result
  }

  /// The table of lines as it was before 3.10: pairs of steps, the first in bytes of code, the second in lines.
  fileprivate var lineNumberTable: [UInt8] {
    var table: [UInt8] = []
    var (place, line) = (0, Int(contents.pointee.firstLineNumber))
    for stretch in lines.lines() where stretch.line >= 0 && Int(stretch.line) != line {
      var (codeStep, lineStep) = (stretch.start - place, Int(stretch.line) - line)
      while codeStep > 255 {
        table += [255, 0]
        codeStep -= 255
      }
      while lineStep > 127 || lineStep < -128 {
        let part = lineStep > 0 ? 127 : -128
        table += [UInt8(codeStep), UInt8(bitPattern: Int8(part))]
        lineStep -= part
        codeStep = 0
      }
      table += [UInt8(codeStep), UInt8(bitPattern: Int8(lineStep))]
      (place, line) = (stretch.start, Int(stretch.line))
    }
    return table
  }

  /// This object's parts, to make a changed one from.
  var parts: CodeParts {
    let contents = loadedContents.pointee
    return CodeParts(
      argumentCount: contents.argumentCount, positionalOnlyCount: contents.positionalOnlyCount, keywordOnlyCount: contents.keywordOnlyCount,
      stackSize: contents.stackSize, flags: contents.flags, firstLineNumber: contents.firstLineNumber, code: contents.code,
      constants: contents.constants, names: contents.names, localsPlusNames: contents.localsPlusNames,
      localsPlusKinds: contents.localsPlusKinds, fileName: contents.fileName, name: contents.name, qualifiedName: contents.qualifiedName,
      lineTable: contents.lineTable, exceptionTable: contents.exceptionTable)
  }
}

// MARK: - Attributes

private func loaded(_ object: Value) throws(PyError) -> UnsafeMutablePointer<CodeObject.Contents> {
  try CodeObject(object).load()
  return CodeObject(object).contents
}

private func defineCodeAttributes(_ t: TypeDefinition) {
  t.member("co_argcount") { (object: Value) throws(PyError) -> Owned in small(CodeObject(object).contents.pointee.argumentCount) }
  t.member("co_posonlyargcount") { (object: Value) throws(PyError) -> Owned in small(CodeObject(object).contents.pointee.positionalOnlyCount) }
  t.member("co_kwonlyargcount") { (object: Value) throws(PyError) -> Owned in small(CodeObject(object).contents.pointee.keywordOnlyCount) }
  t.member("co_stacksize") { (object: Value) throws(PyError) -> Owned in small(CodeObject(object).contents.pointee.stackSize) }
  t.member("co_firstlineno") { (object: Value) throws(PyError) -> Owned in small(CodeObject(object).contents.pointee.firstLineNumber) }
  t.member("co_nlocals") { (object: Value) throws(PyError) -> Owned in small(CodeObject(object).contents.pointee.localCount) }
  t.member("co_flags") { (object: Value) throws(PyError) -> Owned in
    Owned(taking: Value(smallInteger: Int(Int32(bitPattern: CodeObject(object).flags.rawValue))))
  }
  t.getter("co_code") { (object: Value) throws(PyError) -> Owned in Owned(copying: try loaded(object).pointee.code) }
  t.getter("_co_code_adaptive") { (object: Value) throws(PyError) -> Owned in Owned(copying: try loaded(object).pointee.code) }
  t.member("co_consts") { (object: Value) throws(PyError) -> Owned in Owned(copying: try loaded(object).pointee.constants) }
  t.member("co_names") { (object: Value) throws(PyError) -> Owned in Owned(copying: try loaded(object).pointee.names) }
  t.member("co_filename", offset: MemoryLayout<CodeObject.Contents>.offset(of: \.fileName).unsafelyUnwrapped)
  t.member("co_name", offset: MemoryLayout<CodeObject.Contents>.offset(of: \.name).unsafelyUnwrapped)
  t.member("co_qualname", offset: MemoryLayout<CodeObject.Contents>.offset(of: \.qualifiedName).unsafelyUnwrapped)
  t.member("co_linetable") { (object: Value) throws(PyError) -> Owned in Owned(copying: try loaded(object).pointee.lineTable) }
  t.member("co_exceptiontable") { (object: Value) throws(PyError) -> Owned in Owned(copying: try loaded(object).pointee.exceptionTable) }
  t.getter("co_varnames") { (object: Value) throws(PyError) -> Owned in try CodeObject(object).variableNames() }
  t.getter("co_cellvars") { (object: Value) throws(PyError) -> Owned in try CodeObject(object).cellNames() }
  t.getter("co_freevars") { (object: Value) throws(PyError) -> Owned in try CodeObject(object).freeNames() }
  t.getter("co_lnotab") { (object: Value) throws(PyError) -> Owned in
    try warn(.deprecationWarning, "co_lnotab is deprecated, use co_lines instead.")
    let table = CodeObject(object).lineNumberTable
    return try makeBytes(table)
  }
  t.method("co_lines()") { (call: Call) throws(PyError) -> Owned in
    let items = try Owned.list()
    _ = try loaded(call.receiver)
    for stretch in CodeObject(call.receiver).lines.lines() {
      let line = stretch.line < 0 ? Value.none : Value(smallInteger: Int(stretch.line))
      let item = try Owned.tuple([Value(smallInteger: stretch.start), Value(smallInteger: stretch.end), line])
      try ListObject(items.value).append(item.value)
    }
    return try makeTupleIterator(.lineIterator, items)
  }
  t.method("co_positions()") { (call: Call) throws(PyError) -> Owned in
    let items = try Owned.list()
    _ = try loaded(call.receiver)
    for range in CodeObject(call.receiver).lines.positions() {
      let item = try Owned.tuple([position(range.line), position(range.endLine), position(range.column), position(range.endColumn)])
      try ListObject(items.value).append(item.value)
    }
    return try makeTupleIterator(.positionsIterator, items)
  }
  t.method("co_branches()") { (call: Call) throws(PyError) -> Owned in
    let items = try Owned.list()
    _ = try loaded(call.receiver)
    for branch in CodeObject(call.receiver).branches() {
      let item = try Owned.tuple([
        Value(smallInteger: branch.source), Value(smallInteger: branch.notTaken), Value(smallInteger: branch.taken),
      ])
      try ListObject(items.value).append(item.value)
    }
    return try makeTupleIterator(.lineIterator, items)
  }
  t.method("_varname_from_oparg(oparg)") { (call: Call) throws(PyError) -> Owned in
    let index = try call.int(0)
    let names = TupleObject(try loaded(call.receiver).pointee.localsPlusNames)
    guard index >= 0 && index < names.count else { throw .indexError("tuple index out of range") }
    return Owned(copying: names[index])
  }
  let replacement: StaticString = """
    replace(*, co_argcount=<unrepresentable>, co_posonlyargcount=<unrepresentable>, co_kwonlyargcount=<unrepresentable>, \
    co_nlocals=<unrepresentable>, co_stacksize=<unrepresentable>, co_flags=<unrepresentable>, co_firstlineno=<unrepresentable>, \
    co_code=<unrepresentable>, co_consts=<unrepresentable>, co_names=<unrepresentable>, co_varnames=<unrepresentable>, \
    co_freevars=<unrepresentable>, co_cellvars=<unrepresentable>, co_filename=<unrepresentable>, co_name=<unrepresentable>, \
    co_qualname=<unrepresentable>, co_linetable=<unrepresentable>, co_exceptiontable=<unrepresentable>)
    """
  t.method(replacement, "A copy with other values of the given fields.", replaceCode)
  t.rawMethod("__replace__", "What copy.replace() calls: replace().") { (receiver: Value, arguments: Arguments) throws(PyError) -> Owned in
    let replace = try receiver.getAttribute(Name.replace)
    return try replace.value.call(arguments: arguments)
  }
}

private func small(_ value: Int32) -> Owned { Owned(taking: Value(smallInteger: Int(value))) }
private func position(_ value: Int32) -> Value { value < 0 ? .none : Value(smallInteger: Int(value)) }

// MARK: - New code objects

/// Local variables, then cells that are no parameters, then free variables, with their kinds.
private struct LocalsPlus: ~Copyable {
  let names: Owned
  let kinds: Owned

  static func make(
    variables: Value, cells: Value, free: Value, argumentCount: Int32, positionalOnlyCount: Int32, keywordOnlyCount: Int32, flags: CodeFlags
  ) throws(PyError) -> LocalsPlus {
    let variables = TupleObject(variables)
    let cells = TupleObject(cells)
    let free = TupleObject(free)
    var kinds: [UInt8] = []
    let names = try Owned.list()
    for index in 0..<variables.count {
      var kind = LocalKind.local
      let number = Int32(truncatingIfNeeded: index)
      if number < positionalOnlyCount {
        kind.insert(.positional)
      } else if number < argumentCount {
        kind.formUnion([.positional, .keyword])
      } else if number < argumentCount + keywordOnlyCount {
        kind.insert(.keyword)
      } else {
        var next = argumentCount + keywordOnlyCount
        if flags.contains(.variableArguments) {
          if number == next { kind.formUnion([.variable, .positional]) }
          next += 1
        }
        if flags.contains(.variableKeywords) && number == next { kind.formUnion([.variable, .keyword]) }
      }
      kinds.append(kind.rawValue)
      try ListObject(names.value).append(variables[index])
    }
    for index in 0..<cells.count {
      if let same = try LocalsPlus.index(of: cells[index], in: variables) {
        kinds[same] |= LocalKind.cell.rawValue
      } else {
        kinds.append(LocalKind.cell.rawValue)
        try ListObject(names.value).append(cells[index])
      }
    }
    for index in 0..<free.count {
      kinds.append(LocalKind.free.rawValue)
      try ListObject(names.value).append(free[index])
    }
    let tuple = try Owned.tuple(from: names.value)
    return LocalsPlus(names: tuple, kinds: try ownedBytes(kinds))
  }

  private static func index(of name: Value, in names: TupleObject) throws(PyError) -> Int? {
    for index in 0..<names.count where try names[index].isEqual(to: name) { return index }
    return nil
  }
}

private func ownedBytes(_ bytes: [UInt8]) throws(PyError) -> Owned {
  Owned(
    taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
      try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
    })
}

/// The names of a tuple, interned. The type's constructor and `replace` complain differently.
private func checkNames(_ tuple: Value, replaces: Bool = false) throws(PyError) -> Owned {
  let items = TupleObject(tuple)
  let result = try Owned.tuple(count: items.count)
  for index in 0..<items.count {
    guard items[index].isString else {
      if replaces { throw .systemError("non-string found in code slot") }
      throw .typeError("name tuples must contain only strings, not '\(items[index].typeName)'")
    }
    TupleObject(result.value).initialize(index, intern(Owned(copying: items[index])))
  }
  return result
}

private func makeCode(_ call: Call) throws(PyError) -> Owned {
  let argumentCount = try call.int32(0)
  let positionalOnly = try call.int32(1)
  let keywordOnly = try call.int32(2)
  let localCount = try call.int32(3)
  let stackSize = try call.int32(4)
  let flags = try call.int32(5)
  guard call[6].isBytes else { throw call.wrongType(6, "bytes") }
  for index in [7, 8, 9] where !call[index].isTuple { throw call.wrongType(index, "tuple") }
  for index in [10, 11, 12] where !call[index].isString { throw call.wrongType(index, "str") }
  let firstLine = try call.int32(13)
  for index in [14, 15] where !call[index].isBytes { throw call.wrongType(index, "bytes") }
  for index in [16, 17] where !call[index].isTuple { throw call.wrongType(index, "tuple") }
  if argumentCount < 0 { throw .valueError("code: argcount must not be negative") }
  if positionalOnly < 0 { throw .valueError("code: posonlyargcount must not be negative") }
  if keywordOnly < 0 { throw .valueError("code: kwonlyargcount must not be negative") }
  if localCount < 0 { throw .valueError("code: nlocals must not be negative") }
  let names = try checkNames(call[8])
  let variables = try checkNames(call[9])
  let free = try checkNames(call[16])
  let cells = try checkNames(call[17])
  return try assemble(
    CodeParts(
      argumentCount: argumentCount, positionalOnlyCount: positionalOnly, keywordOnlyCount: keywordOnly, stackSize: stackSize,
      flags: CodeFlags(rawValue: UInt32(bitPattern: flags)), firstLineNumber: firstLine, code: call[6], constants: call[7],
      names: names.value, localsPlusNames: .absent, localsPlusKinds: .absent, fileName: call[10], name: call[11], qualifiedName: call[12],
      lineTable: call[14], exceptionTable: call[15]),
    localCount: Int(localCount), variables: variables.value, free: free.value, cells: cells.value)
}

/// A code object with its local variables given as Python sees them.
private func assemble(_ parts: CodeParts, localCount: Int, variables: Value, free: Value, cells: Value) throws(PyError) -> Owned {
  if parts.argumentCount < parts.positionalOnlyCount || parts.stackSize < 0 { throw .valueError("code: bad argument") }
  let size = BytesObject(parts.code).count
  if size % 2 != 0 || size == 0 { throw .valueError("code: co_code is malformed") }
  if TupleObject(variables).count != localCount { throw .valueError("code: co_nlocals != len(co_varnames)") }
  let extra = (parts.flags.contains(.variableArguments) ? 1 : 0) + (parts.flags.contains(.variableKeywords) ? 1 : 0)
  if Int(parts.argumentCount) + Int(parts.keywordOnlyCount) + extra > localCount {
    throw .valueError("code: co_varnames is too small")
  }
  let locals = try LocalsPlus.make(
    variables: variables, cells: cells, free: free, argumentCount: parts.argumentCount, positionalOnlyCount: parts.positionalOnlyCount,
    keywordOnlyCount: parts.keywordOnlyCount, flags: parts.flags)
  var parts = parts
  parts.localsPlusNames = locals.names.value
  parts.localsPlusKinds = locals.kinds.value
  return try CodeObject.make(parts)
}

private func replaceCode(_ call: Call) throws(PyError) -> Owned {
  let code = CodeObject(call.receiver)
  try code.load()
  var parts = code.parts
  if !call[0].isAbsent { parts.argumentCount = try call.int32(0) }
  if !call[1].isAbsent { parts.positionalOnlyCount = try call.int32(1) }
  if !call[2].isAbsent { parts.keywordOnlyCount = try call.int32(2) }
  let localCount = call[3].isAbsent ? Int(code.contents.pointee.localCount) : Int(try call.int32(3))
  if !call[4].isAbsent { parts.stackSize = try call.int32(4) }
  if !call[5].isAbsent { parts.flags = CodeFlags(rawValue: UInt32(bitPattern: try call.int32(5))) }
  if !call[6].isAbsent { parts.firstLineNumber = try call.int32(6) }
  for index in [7, 16, 17] where !call[index].isAbsent && !call[index].isBytes { throw call.wrongType(index, "bytes") }
  for index in 8...12 where !call[index].isAbsent && !call[index].isTuple { throw call.wrongType(index, "tuple") }
  for index in 13...15 where !call[index].isAbsent && !call[index].isString { throw call.wrongType(index, "str") }
  if parts.argumentCount < 0 { throw .valueError("co_argcount must be a positive integer") }
  if parts.positionalOnlyCount < 0 { throw .valueError("co_posonlyargcount must be a positive integer") }
  if parts.keywordOnlyCount < 0 { throw .valueError("co_kwonlyargcount must be a positive integer") }
  if localCount < 0 { throw .valueError("co_nlocals must be a positive integer") }
  if parts.stackSize < 0 { throw .valueError("co_stacksize must be a positive integer") }
  if !call[5].isAbsent && Int32(bitPattern: parts.flags.rawValue) < 0 { throw .valueError("co_flags must be a positive integer") }
  if parts.firstLineNumber < 0 { throw .valueError("co_firstlineno must be a positive integer") }
  if !call[7].isAbsent { parts.code = call[7] }
  if !call[8].isAbsent { parts.constants = call[8] }
  let names = call[9].isAbsent ? Owned(copying: parts.names) : try checkNames(call[9], replaces: true)
  parts.names = names.value
  let variables = call[10].isAbsent ? try code.variableNames() : try checkNames(call[10], replaces: true)
  let free = call[11].isAbsent ? try code.freeNames() : try checkNames(call[11], replaces: true)
  let cells = call[12].isAbsent ? try code.cellNames() : try checkNames(call[12], replaces: true)
  if !call[13].isAbsent { parts.fileName = call[13] }
  if !call[14].isAbsent { parts.name = call[14] }
  if !call[15].isAbsent { parts.qualifiedName = call[15] }
  if !call[16].isAbsent { parts.lineTable = call[16] }
  if !call[17].isAbsent { parts.exceptionTable = call[17] }
  let isUnchanged = call[10].isAbsent && call[11].isAbsent && call[12].isAbsent && call[0].isAbsent && call[1].isAbsent
    && call[2].isAbsent && call[3].isAbsent && call[5].isAbsent
  // Hidden variables of inlined comprehensions are known only to the kinds: keep them when no variable changes.
  if isUnchanged {
    let size = BytesObject(parts.code).count
    if size % 2 != 0 || size == 0 { throw .valueError("code: co_code is malformed") }
    return try CodeObject.make(parts)
  }
  return try assemble(parts, localCount: localCount, variables: variables.value, free: free.value, cells: cells.value)
}

// MARK: - Comparison

private func codesAreEqual(_ a: CodeObject, _ b: CodeObject) throws(PyError) -> Bool {
  if a.raw == b.raw { return true }
  try a.load()
  try b.load()
  let x = a.contents.pointee
  let y = b.contents.pointee
  guard x.argumentCount == y.argumentCount, x.positionalOnlyCount == y.positionalOnlyCount, x.keywordOnlyCount == y.keywordOnlyCount,
    x.flags == y.flags, x.firstLineNumber == y.firstLineNumber
  else { return false }
  for (first, second) in [
    (x.name, y.name), (x.code, y.code), (x.names, y.names), (x.localsPlusNames, y.localsPlusNames), (x.lineTable, y.lineTable),
    (x.exceptionTable, y.exceptionTable),
  ] where try !first.isEqual(to: second) {
    return false
  }
  return try constantsAreEqual(x.constants, y.constants)
}

/// Whether two constants are the same to the compiler: `1`, `1.0` and `True` differ, and so do `0.0` and `-0.0`.
private func constantsAreEqual(_ a: Value, _ b: Value) throws(PyError) -> Bool {
  if a === b { return true }
  guard a.type == b.type else { return false }
  if a.isExactTuple {
    let x = TupleObject(a)
    let y = TupleObject(b)
    guard x.count == y.count else { return false }
    for index in 0..<x.count where try !constantsAreEqual(x[index], y[index]) { return false }
    return true
  }
  if a.type == .float || a.type == .complex {
    let first = try a.repr()
    let second = try b.repr()
    return try first.value.isEqual(to: second.value)
  }
  return try a.isEqual(to: b)
}

private func codeHash(_ object: Value) throws(PyError) -> Int {
  let contents = try loaded(object).pointee
  var hash = 20_221_211
  for value in [contents.name, contents.code, contents.names, contents.localsPlusNames, contents.lineTable, contents.exceptionTable] {
    hash = (hash &* 1_000_003) ^ (try value.hash())
  }
  for number in [
    contents.argumentCount, contents.positionalOnlyCount, contents.keywordOnlyCount, contents.firstLineNumber, Int32(bitPattern: contents.flags.rawValue),
  ] { hash = (hash &* 1_000_003) ^ Int(number) }
  return hash == -1 ? -2 : hash
}

// MARK: - Iterators

/// The iterators of `co_lines` and `co_positions`: a list of tuples and how many are gone.
private struct TupleIteratorContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var items: Value
  var position: Int
}

private func makeTupleIterator(_ type: TypeObject, _ items: consuming Owned) throws(PyError) -> Owned {
  let raw = try allocateZeroedObject(type.rootShape, size: MemoryLayout<TupleIteratorContents>.size)
  raw.assumingMemoryBound(to: TupleIteratorContents.self).pointee.items = items.take()
  return Owned(taking: raw)
}

private func defineTupleIterator(_ types: TypeDefinitions, _ type: TypeObject) {
  types.define(type) { t in
    t.basicSize = MemoryLayout<TupleIteratorContents>.size
    t.flags.insert(.disallowInstantiation)
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in
      let contents = object.object.assumingMemoryBound(to: TupleIteratorContents.self)
      let items = ListObject(contents.pointee.items)
      guard contents.pointee.position < items.count else { return Owned(taking: .absent) }
      contents.pointee.position += 1
      return Owned(copying: items[contents.pointee.position - 1])
    }
    t.slots.deallocate = DeallocateSlot { raw in
      raw.assumingMemoryBound(to: TupleIteratorContents.self).pointee.items.releaseIfPresent()
      finishDeallocation(raw)
    }
  }
}

extension Owned {
  /// A tuple of a few borrowed values.
  static func tuple(_ values: [Value]) throws(PyError) -> Owned {
    Owned(taking: try values.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<Value>) throws(PyError) -> Value in try Owned.tuple(buffer).take() })
  }
}

private func makeBytes(_ bytes: [UInt8]) throws(PyError) -> Owned {
  let value = try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in try Owned.bytes(UnsafeRawBufferPointer(buffer)).take() }
  return Owned(taking: value)
}
