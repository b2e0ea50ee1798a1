// The module `_symtable`: the compiler's symbol table for the standard library's `symtable`.

import KraitCompiler
import KraitRuntime
import KraitSyntax

nonisolated(unsafe) private var entryType = ModuleType()

/// What is told of one scope: all values are owned.
private struct SymbolTableEntry {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var id: Value
  var name: Value
  var symbols: Value
  var variableNames: Value
  var children: Value
  var isNested: Int
  var kind: Int
  var line: Int

  static func of(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<SymbolTableEntry> { raw.assumingMemoryBound(to: SymbolTableEntry.self) }

  /// The entry of a scope, with those of the scopes in it.
  static func make(_ scope: Scope) throws(PyError) -> Owned {
    try checkNativeRecursion(" while the symbol table was read")
    let raw = try entryType.object.allocate()
    let result = Owned(taking: raw)
    let entry = of(raw)
    entry.pointee.name = try Owned.string(utf8: scope.name.bytes).take()
    entry.pointee.id = try Owned.integer(Int(bitPattern: raw)).take()
    entry.pointee.isNested = scope.isNested ? 1 : 0
    entry.pointee.line = scope.kind == .module ? 0 : Int(scope.range.line)
    entry.pointee.kind = number(scope.kind)
    let symbols = try Owned.dict()
    for (name, symbol) in scope.symbols {
      let key = intern(try Owned.string(utf8: name.bytes))
      try DictObject(symbols.value).set(key.value, Value(smallInteger: Int(symbol.rawValue)))
    }
    entry.pointee.symbols = symbols.take()
    let names = try Owned.list(capacity: scope.variableNames.count)
    for name in scope.variableNames { try ListObject(names.value).append(taking: intern(try Owned.string(utf8: name.bytes))) }
    entry.pointee.variableNames = names.take()
    let children = try Owned.list(capacity: scope.children.count)
    for child in scope.children { try ListObject(children.value).append(taking: try make(child)) }
    entry.pointee.children = children.take()
    return result
  }

  private static func number(_ kind: Scope.Kind) -> Int {
    switch kind {
    case .function: 0
    case .class: 1
    case .module: 2
    case .annotation: 3
    case .typeAlias: 4
    case .typeParameters: 5
    case .typeVariable: 6
    }
  }
}

private func defineEntry(_ m: ModuleBuilder) throws(PyError) {
  entryType = ModuleType(
    try m.defineType("symtable entry", module: "builtins", isPublic: false, isStatic: true) { t in
      t.basicSize = MemoryLayout<SymbolTableEntry>.size
      t.shapeFlags.insert(.tracked)
      t.flags.insert(.disallowInstantiation)
      t.slots.repr = UnarySlot { (value: Value) throws(PyError) -> Owned in
        let entry = SymbolTableEntry.of(value.object)
        let id = try entry.pointee.id.str()
        return try Owned.string("<symtable entry \(entry.pointee.name.text)(\(id.value.text)), line \(entry.pointee.line)>")
      }
      t.member("id") { (value) throws(PyError) in Owned(copyingIfPresent: SymbolTableEntry.of(value.object).pointee.id) }
      t.member("name") { (value) throws(PyError) in Owned(copyingIfPresent: SymbolTableEntry.of(value.object).pointee.name) }
      t.member("symbols") { (value) throws(PyError) in Owned(copyingIfPresent: SymbolTableEntry.of(value.object).pointee.symbols) }
      t.member("varnames") { (value) throws(PyError) in Owned(copyingIfPresent: SymbolTableEntry.of(value.object).pointee.variableNames) }
      t.member("children") { (value) throws(PyError) in Owned(copyingIfPresent: SymbolTableEntry.of(value.object).pointee.children) }
      t.member("nested") { (value) throws(PyError) in try Owned.integer(SymbolTableEntry.of(value.object).pointee.isNested) }
      t.member("type") { (value) throws(PyError) in try Owned.integer(SymbolTableEntry.of(value.object).pointee.kind) }
      t.member("lineno") { (value) throws(PyError) in try Owned.integer(SymbolTableEntry.of(value.object).pointee.line) }
      t.slots.deallocate = DeallocateSlot { raw in
        let entry = SymbolTableEntry.of(raw)
        entry.pointee.id.releaseIfPresent()
        entry.pointee.name.releaseIfPresent()
        entry.pointee.symbols.releaseIfPresent()
        entry.pointee.variableNames.releaseIfPresent()
        entry.pointee.children.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let entry = SymbolTableEntry.of(raw)
        visit(entry.pointee.symbols)
        visit(entry.pointee.variableNames)
        visit(entry.pointee.children)
      }
    })
}

let symtableModule = ModuleDefinition("_symtable") { (m: ModuleBuilder) throws(PyError) in
  try defineEntry(m)
  try m.function("symtable(source, filename, startstr, /)", "The symbol table of a source: its outermost scope.") { (call) throws(PyError) in
    let name = try fileSystemPath(call[1])
    let start = try call.string(2).text
    let mode: ParseOptions.Mode
    switch start {
    case "exec": mode = .file
    case "eval": mode = .evaluate
    case "single": mode = .single
    default: throw .valueError("symtable() arg 3 must be 'exec' or 'eval' or 'single'")
    }
    return try withSymbolTable(of: call[0], fileName: name.value.text, mode: mode) { (table: SymbolTable) throws(PyError) -> Owned in
      try SymbolTableEntry.make(table.top)
    }
  }
  let constants: [(StaticString, Int)] = [
    ("USE", 16), ("DEF_GLOBAL", 1), ("DEF_NONLOCAL", 8), ("DEF_LOCAL", 2), ("DEF_PARAM", 4), ("DEF_TYPE_PARAM", 1 << 10), ("DEF_FREE_CLASS", 64),
    ("DEF_IMPORT", 128), ("DEF_BOUND", 134), ("DEF_ANNOT", 256), ("DEF_COMP_ITER", 512), ("DEF_COMP_CELL", 1 << 11),
    ("TYPE_FUNCTION", 0), ("TYPE_CLASS", 1), ("TYPE_MODULE", 2), ("TYPE_ANNOTATION", 3), ("TYPE_TYPE_ALIAS", 4), ("TYPE_TYPE_PARAMETERS", 5),
    ("TYPE_TYPE_VARIABLE", 6), ("LOCAL", 1), ("GLOBAL_EXPLICIT", 2), ("GLOBAL_IMPLICIT", 3), ("FREE", 4), ("CELL", 5), ("SCOPE_OFF", 12), ("SCOPE_MASK", 15),
  ]
  for (name, value) in constants { try m.constant(name, value) }
}
