// Where the carets under a source line change: the operator of a binary operation, the brackets of a call or subscript.

import KraitSyntax

/// A range of lines and columns (in code points, both from 0) that gets other marks than the rest.
struct CaretAnchors {
  var leftLine: Int
  var leftColumn: Int
  var rightLine: Int
  var rightColumn: Int

  /// The anchors of an expression's source, nil when it is none that has any.
  init?(segment: CodePoints) {
    // In brackets it may go over several lines.
    let program = CodePoints("(\n") + segment + CodePoints("\n)")
    guard let body = ParsedLines(program)?.body, body.count == 1, case .exprStmt(let statement) = body[0].node else { return nil }
    var scanner = Scanner(lines: segment.linesWithEnds.map { CodePoints($0.filter { !CodePoint.endsLine($0) }) })
    switch statement.value.node {
    case .binOp(let operation): self.init(operation, &scanner)
    case .subscript(let subscripted): self.init(from: subscripted.value, bracket: "[", to: subscripted.asExpr, &scanner)
    case .call(let call): self.init(from: call.func, bracket: "(", to: call.asExpr, &scanner)
    default: return nil
    }
  }

  private init?(_ operation: AST.BinOp, _ scanner: inout Scanner) {
    // The first character behind the left operand that is no space and no bracket begins the operator.
    guard scanner.move(behind: operation.left), scanner.skip(until: { !CodePoint.isSpace($0) && $0 != UInt32(UInt8(ascii: ")")) }) else { return nil }
    let line = scanner.lines[scanner.line]
    var end = scanner.column + 1
    let right = operation.right.range
    let rightLine = Int(right.line) - 2
    if end < line.count {
      let isBeforeRight = rightLine > scanner.line
        || (rightLine < scanner.lines.count && rightLine >= 0 && end < scanner.lines[rightLine].characterOffset(ofByte: Int(right.column)))
      let next = line[end]
      if isBeforeRight && !CodePoint.isSpace(next) && next != UInt32(UInt8(ascii: "\\")) && next != UInt32(UInt8(ascii: "#")) { end += 1 }
    }
    (leftLine, leftColumn, self.rightLine, rightColumn) = (scanner.line, scanner.column, scanner.line, end)
  }

  private init?(from value: Expr, bracket: Unicode.Scalar, to whole: Expr, _ scanner: inout Scanner) {
    guard scanner.move(behind: value), scanner.skip(until: { $0 == bracket.value }) else { return nil }
    (leftLine, leftColumn) = (scanner.line, scanner.column)
    guard let end = scanner.end(of: whole) else { return nil }
    (rightLine, rightColumn) = end
  }

  /// A position in the lines of a segment.
  private struct Scanner {
    let lines: [CodePoints]
    var line = 0
    var column = 0

    init(lines: [CodePoints]) { self.lines = lines }

    /// The place right behind an expression of the program with the added bracket.
    func end(of expression: Expr) -> (Int, Int)? {
      let range = expression.range
      let line = Int(range.endLine) - 2
      guard line >= 0 && line < lines.count else { return nil }
      return (line, lines[line].characterOffset(ofByte: Int(range.endColumn)))
    }

    mutating func move(behind expression: Expr) -> Bool {
      guard let (line, column) = end(of: expression) else { return false }
      (self.line, self.column) = (line, column)
      return toCharacter()
    }

    /// To the next character when the position is behind a line.
    private mutating func toCharacter() -> Bool {
      while line < lines.count && column >= lines[line].count {
        column = 0
        line += 1
      }
      return line < lines.count
    }

    /// To the next character that satisfies a test; comments and continued lines are skipped.
    mutating func skip(until stop: (UInt32) -> Bool) -> Bool {
      while true {
        let character = lines[line][column]
        if character == UInt32(UInt8(ascii: "\\")) || character == UInt32(UInt8(ascii: "#")) {
          column = 0
          line += 1
        } else if stop(character) {
          return true
        } else {
          column += 1
        }
        if !toCharacter() { return false }
      }
    }
  }
}

/// A parsed piece of source and what holds its tree.
struct ParsedLines {
  let source: SourceFile
  let body: NodeList<Stmt>

  init?(_ text: CodePoints) {
    guard let source = try? SourceFile(bytes: text.utf8, fileName: "<unknown>"), let tree = try? parse(source), case .module(let module) = tree.node else {
      return nil
    }
    self.source = source
    body = module.body
  }

  /// Whether the first statement is just a call of a name that is returned, or a call whose result is given to a name, and the call is exactly the
  /// marked range: then carets say nothing.
  func isPlainCall(lines: Int, start: Int, end: Int) -> Bool {
    let call: Expr
    switch body[0].node {
    case .return(let statement):
      guard let value = statement.value, case .call(let node) = value.node, case .name = node.func.node else { return false }
      call = value
    case .assign(let statement):
      guard statement.targets.count == 1, case .name = statement.targets[0].node, case .call = statement.value.node else { return false }
      call = statement.value
    default: return false
    }
    let range = call.range
    return range.line == 1 && Int(range.endLine) == lines && Int(range.column) == start && Int(range.endColumn) == end
  }
}
