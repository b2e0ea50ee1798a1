// Bodies of modules and classes: docstring, statements, annotations; and the units of whole trees.

import KraitSyntax

extension CodeGenerator {
  /// Writes the code of a whole tree.
  func generate(_ tree: Mod) throws(Diagnostic) -> CodeUnit {
    let start = SourceRange(line: 0, column: 0, endLine: 1, endColumn: 0)
    emit(.RESUME, Resumption.atStart, at: start)
    emit(.ANNOTATIONS_PLACEHOLDER, at: start)
    switch tree.node {
    case .module(let module):
      try visitModule(module.body)
    case .interactive(let module):
      isInteractive = true
      try visitModule(module.body)
    case .expression(let expression):
      try visit(expression.body)
      return try assemble(addsNone: false)
    case .functionType:
      throw systemError("module kind 4 should not be possible")
    }
    return try assemble(addsNone: true)
  }

  private func visitModule(_ statements: NodeList<Stmt>) throws(Diagnostic) {
    let range = statements.first?.range ?? SourceRange(line: 1, column: 0, endLine: 1, endColumn: 0)
    if unit.scope.hasConditionalAnnotations {
      emit(.BUILD_SET, 0, at: range)
      emit(.STORE_NAME, unit.names.index(of: wellKnown.conditionalAnnotations), at: range)
    }
    try visitBody(statements, at: range)
  }

  /// The body of a module or class.
  func visitBody(_ statements: NodeList<Stmt>, at range: SourceRange) throws(Diagnostic) {
    let hasStringAnnotations = futureFlags.contains(.futureAnnotations)
    if hasStringAnnotations && unit.scope.annotationsUsed { emit(.SETUP_ANNOTATIONS, at: range) }
    if statements.isEmpty { return }
    var first = 0
    // A string at the prompt is a value to show.
    if !(isInteractive && unit.kind == .module) && unit.scope.hasDocstring, let docstring = statements.docstring {
      emitConstant(try cleaned(docstring), at: docstring.range)
      store(wellKnown.documentation, at: .none)
      first = 1
    }
    for statement in statements.dropFirst(first) { try visit(statement) }
    if !hasStringAnnotations { try emitDeferredAnnotations(at: range) }
  }

  // MARK: Docstrings

  /// A docstring without the indentation that its lines share, tabs expanded.
  func cleaned(_ docstring: AST.Constant) throws(Diagnostic) -> ConstantValue {
    let text = docstring.value.text
    if let error = CodecError(surrogatesIn: text.bytes) { throw Diagnostic(error, fileName: source.fileName) }
    let bytes = text.bytes
    if bytes.contains(UInt8(ascii: "\t")) {
      return arena.string(arena.text(CodeGenerator.dedented(CodeGenerator.tabsExpanded(bytes))))
    }
    return arena.string(arena.text(CodeGenerator.dedented(Array(bytes))))
  }

  /// Tab stops every eight code points, counted from the last line end.
  private static func tabsExpanded(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var column = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\t"):
        let spaces = 8 - column % 8
        result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
        column += spaces
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        result.append(byte)
        column = 0
      default:
        result.append(byte)
        if byte & 0xC0 != 0x80 { column += 1 }
      }
    }
    return result
  }

  private static func dedented(_ bytes: [UInt8]) -> [UInt8] {
    let space = UInt8(ascii: " ")
    let newline = UInt8(ascii: "\n")
    let lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
    var margin = Int.max
    for line in lines.dropFirst() {
      if let indent = line.firstIndex(where: { $0 != space }) { margin = min(margin, indent - line.startIndex) }
    }
    if margin == Int.max { margin = 0 }
    if margin == 0 && bytes.first != space { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (number, line) in lines.enumerated() {
      if number > 0 { result.append(newline) }
      let indent = line.prefix { $0 == space }.count
      result.append(contentsOf: line.dropFirst(number == 0 ? indent : min(indent, margin)))
    }
    return result
  }
}
