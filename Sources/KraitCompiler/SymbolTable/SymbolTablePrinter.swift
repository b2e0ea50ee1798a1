// The symbol table as text, as `python3.14 -m symtable FILE` prints it.

import KraitSyntax

extension SymbolTable {
  /// Appends all scopes with their symbols, one block of lines a scope.
  public func dump(fileName: String, into output: inout ByteBuffer) {
    SymbolTable.append(top, depth: 0, fileName: fileName, to: &output)
  }

  private static func append(_ scope: Scope, depth: Int, fileName: String, to output: inout ByteBuffer) {
    let indent = depth * 4
    output.append(repeating: UInt8(ascii: " "), count: indent)
    output.append("symbol table for " as StaticString)
    if scope.isNested { output.append("nested " as StaticString) }
    output.append(scope.kind.description)
    if scope.kind == .module {
      output.append(" from file " as StaticString)
      var fileName = fileName
      fileName.withUTF8 { output.append(stringRepr: $0) }
    } else {
      output.append(" " as StaticString)
      output.append(stringRepr: scope.name.bytes)
    }
    output.append(":\n" as StaticString)
    for (name, symbol) in scope.symbols {
      output.append(repeating: UInt8(ascii: " "), count: indent + 4)
      output.append(symbol.resolution.description)
      output.append(" symbol " as StaticString)
      output.append(stringRepr: name.bytes)
      output.append(": " as StaticString)
      var isFirst = true
      for (flag, label) in Symbol.labels where symbol.isSuperset(of: flag) {
        if !isFirst { output.append(", " as StaticString) }
        output.append(label)
        isFirst = false
      }
      output.append("\n" as StaticString)
    }
    output.append("\n" as StaticString)
    for child in scope.children { append(child, depth: depth + 1, fileName: fileName, to: &output) }
  }
}

extension Scope.Kind {
  /// The kind's name in Python's `symtable.SymbolTableType`.
  fileprivate var description: StaticString {
    switch self {
    case .function: "function"
    case .class: "class"
    case .module: "module"
    case .annotation: "annotation"
    case .typeAlias: "type alias"
    case .typeParameters: "type parameters"
    case .typeVariable: "type variable"
    }
  }
}

extension Resolution {
  /// The name that Python's `symtable` shows.
  fileprivate var description: StaticString {
    switch self {
    case .unknown: "0"
    case .local: "local"
    case .globalExplicit: "global_explicit"
    case .globalImplicit: "global_implicit"
    case .free: "free"
    case .cell: "cell"
    }
  }
}

extension Symbol {
  /// The flags in the order in which Python's `symtable` shows them.
  fileprivate static let labels: [(flag: Symbol, label: StaticString)] = [
    (.used, "use"), (.global, "def_global"), (.nonlocal, "def_nonlocal"), (.local, "def_local"), (.parameter, "def_param"),
    (.typeParameter, "def_type_param"), (.freeInClass, "def_free_class"), (.imported, "def_import"), ([.local, .parameter, .imported], "def_bound"),
    (.annotated, "def_annot"), (.comprehensionIterator, "def_comp_iter"), (.comprehensionCell, "def_comp_cell"),
  ]
}
