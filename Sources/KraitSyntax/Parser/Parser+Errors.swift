// Errors of the parser: where CPython reports them and which one wins.

/// What can be the place of an error.
protocol Located {
  func place(_ parser: borrowing Parser) -> SourceRange
}

extension TokenReference: Located {
  func place(_ parser: borrowing Parser) -> SourceRange { parser.tokens[index].range }
}

extension Expr: Located {
  func place(_ parser: borrowing Parser) -> SourceRange { range }
}
extension Stmt: Located {
  func place(_ parser: borrowing Parser) -> SourceRange { range }
}
extension Pattern: Located {
  func place(_ parser: borrowing Parser) -> SourceRange { range }
}
extension Arg: Located {
  func place(_ parser: borrowing Parser) -> SourceRange { range }
}

/// What an expression was meant to be the target of.
enum TargetUse { case assignment, deletion, loop }

extension Parser {
  /// The text that an error on a line shows.
  ///
  /// Of a source that is not in a file, CPython shows the tokenizer's current line with its line end when the error is on it (or seems to be beyond it),
  /// and earlier lines without.
  private func text(ofLine line: Int) -> UnsafeBufferPointer<UInt8> {
    if source.isOnDisk && options.mode == .file, let text = source.line(line) { return text }
    if Int(tokenizer.line) <= line && tokenizer.line > 0 {
      if tokenizer.status == .syntaxError, let first = source.line(Int(tokenizer.line)), let start = first.baseAddress {
        // An unterminated string, which made the tokenizer read to the end.
        return UnsafeBufferPointer(start: start, count: self.text + source.text.count - start)
      }
      return source.line(Int(tokenizer.line)) ?? UnsafeBufferPointer(start: nil, count: 0)
    }
    guard let text = source.line(max(line, 1)) else { return UnsafeBufferPointer(start: nil, count: 0) }
    return text.last == 0x0A ? UnsafeBufferPointer(rebasing: text.dropLast()) : text
  }

  /// A byte column from 1 as a character column; beyond the text's end all columns are one.
  private func characterColumn(_ column: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    let shown = text.prefix(column).reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
    return column > text.count ? shown + 1 : shown
  }

  /// Notes an error, unless there is one. Lines and byte columns count from 1; an end column that is not positive stays as it is.
  private mutating func note(
    _ exceptionClass: Diagnostic.ExceptionClass, _ message: String, line: Int, column: Int, endLine: Int, endColumn: Int
  ) {
    if hasFailed && diagnostic != nil { return }
    hasFailed = true
    let text = text(ofLine: line)
    diagnostic = Diagnostic(
      exceptionClass, message, fileName: source.fileName, line: line, offset: column > 0 ? characterColumn(column, in: text) : column,
      endLine: endLine, endOffset: endColumn > 0 ? characterColumn(endColumn, in: text) : endColumn, text: Array(text))
  }

  private mutating func note(_ exceptionClass: Diagnostic.ExceptionClass, _ message: String, at range: SourceRange) {
    note(
      exceptionClass, message, line: Int(range.line), column: Int(range.column) + 1, endLine: Int(range.endLine),
      endColumn: Int(range.endColumn) + 1)
  }

  /// Where the tokenizer is on its line. At the end of a file CPython's has begun a line that never comes.
  private var tokenizerColumn: Int {
    tokenizer.status == .endOfInput && source.isOnDisk && options.mode == .file ? 0 : Int(tokenizer.column)
  }

  /// Notes an error at a token, which may have no columns.
  private mutating func note(_ exceptionClass: Diagnostic.ExceptionClass, _ message: String, atToken index: Int) {
    let range = tokens[index].range
    note(
      exceptionClass, message, line: Int(range.line), column: range.column == -1 ? tokenizerColumn : Int(range.column) + 1,
      endLine: Int(range.endLine), endColumn: range.endColumn == -1 ? -1 : Int(range.endColumn) + 1)
  }

  mutating func raiseAtLastToken(_ message: String, _ exceptionClass: Diagnostic.ExceptionClass = .syntaxError) {
    if fill == 0 {
      note(exceptionClass, message, line: 0, column: 0, endLine: 0, endColumn: -1)
    } else {
      note(exceptionClass, message, atToken: fill - 1)
    }
  }

  // MARK: - What actions call; the result is always "no match"

  mutating func raise<Value>(_ message: String) -> Value? {
    raiseAtLastToken(message)
    return nil
  }

  mutating func raise<Value>(at place: some Located, _ message: String) -> Value? {
    note(.syntaxError, message, at: place.place(self))
    return nil
  }

  mutating func raise<Value>(at first: some Located, _ last: some Located, _ message: String) -> Value? {
    note(.syntaxError, message, at: SourceRange(from: first.place(self), to: last.place(self)))
    return nil
  }

  /// From a place to where the tokenizer is.
  mutating func raise(from first: some Located, _ message: String) -> Success? {
    let range = first.place(self)
    note(
      .syntaxError, message, line: Int(range.line), column: Int(range.column) + 1, endLine: Int(tokenizer.line),
      endColumn: tokenizerColumn)
    return nil
  }

  mutating func raiseAtNext(_ message: String) -> Success? {
    if hasFailed && diagnostic != nil { return nil }
    guard hasToken() else { return nil }
    note(.syntaxError, message, atToken: mark)
    return nil
  }

  mutating func raiseUnlessRaised(_ message: String) -> Success? {
    diagnostic != nil ? nil : raiseAtNext(message)
  }

  mutating func raiseIndentation(_ message: String) -> Success? {
    raiseAtLastToken(message, .indentationError)
    return nil
  }

  mutating func raise<Value>(_ error: LiteralError) -> Value? {
    switch error.place {
    case .lastToken: raiseAtLastToken(error.message, error.exceptionClass)
    case .range(let range): note(error.exceptionClass, error.message, at: range)
    case .nowhere(let codecError):
      if !hasFailed || diagnostic == nil {
        hasFailed = true
        diagnostic = Diagnostic(error.exceptionClass, error.message, fileName: source.fileName, codecError: codecError)
      }
    }
    return nil
  }

  mutating func raiseInvalidTarget(_ target: Expr, _ use: TargetUse) -> Success? {
    guard let culprit = invalidTarget(target, use) else { return nil }
    let verb = use == .deletion ? "delete" : "assign to"
    return raise(at: culprit, "cannot \(verb) \(description(culprit))")
  }

  /// The part of an expression that is no target; lists and tuples are looked through.
  private func invalidTarget(_ target: Expr, _ use: TargetUse) -> Expr? {
    switch target.node {
    case .list(let list): return firstInvalidTarget(list.elts, use)
    case .tuple(let tuple): return firstInvalidTarget(tuple.elts, use)
    case .starred(let starred): return use == .deletion ? target : invalidTarget(starred.value, use)
    case .compare(let compare):
      // `for a in b` reads like a comparison.
      guard use == .loop else { return target }
      return compare.ops[0] == .in ? invalidTarget(compare.left, use) : nil
    case .name, .subscript, .attribute: return nil
    default: return target
    }
  }

  private func firstInvalidTarget(_ targets: NodeList<Expr>, _ use: TargetUse) -> Expr? {
    for target in targets {
      if let culprit = invalidTarget(target, use) { return culprit }
    }
    return nil
  }

  /// How messages call an expression.
  func description(_ expression: Expr) -> String {
    switch expression.node {
    case .attribute: "attribute"
    case .subscript: "subscript"
    case .starred: "starred"
    case .name: "name"
    case .list: "list"
    case .tuple: "tuple"
    case .lambda: "lambda"
    case .call: "function call"
    case .boolOp, .binOp, .unaryOp: "expression"
    case .generatorExp: "generator expression"
    case .yield, .yieldFrom: "yield expression"
    case .await: "await expression"
    case .listComp: "list comprehension"
    case .setComp: "set comprehension"
    case .dictComp: "dict comprehension"
    case .dict: "dict literal"
    case .set: "set display"
    case .joinedStr, .formattedValue: "f-string expression"
    case .templateStr, .interpolation: "t-string expression"
    case .constant(let constant):
      switch constant.value.kind {
      case .none: "None"
      case .false: "False"
      case .true: "True"
      case .ellipsis: "ellipsis"
      default: "literal"
      }
    case .compare: "comparison"
    case .ifExp: "conditional expression"
    case .namedExpr: "named expression"
    case .slice: "slice"
    }
  }

  // MARK: - Which error wins

  /// The tokenizer's error with the text that CPython's parser shows for it.
  func worded(_ error: Diagnostic) -> Diagnostic {
    guard tokenizer.status == .endOfInput, error.exceptionClass == .syntaxError, let bracket = tokenizer.innermostBracket else { return error }
    return unclosed(bracket)
  }

  private func unclosed(_ bracket: (byte: UInt8, line: Int32, column: Int32)) -> Diagnostic {
    let text = text(ofLine: Int(bracket.line))
    return Diagnostic(
      .syntaxError, "'\(Character(UnicodeScalar(bracket.byte)))' was never closed", fileName: source.fileName, line: Int(bracket.line),
      offset: characterColumn(Int(bracket.column) + 1, in: text), endLine: Int(bracket.line), endOffset: 0, text: Array(text))
  }

  /// Whether the tokenizer has looked beyond the end of the source: it does to see where most tokens end.
  var isAtEndOfSource: Bool {
    guard fill > 0 else { return true }
    let end = Int32(truncatingIfNeeded: source.text.count)
    let last = tokens[fill - 1]
    switch tokenizer.status {
    case .endOfInput: return true
    case .syntaxError:
      // A string that is not terminated: one of a single line ends at a line end, if there is one.
      guard let message = diagnostic?.message, message.hasPrefix("unterminated ") else { return false }
      if message.hasPrefix("unterminated triple-quoted") { return true }
      return message.hasPrefix("unterminated string") && !hasLineEnd(from: Int(last.start))
    case .running:
      if last.end == end - 1 {
        // Two dots may become three, a brace in a string may be doubled.
        switch source.text[Int(last.end)] {
        case UInt8(ascii: "."): return last.kind == .dot
        case UInt8(ascii: "{"), UInt8(ascii: "}"): return last.kind == .fStringMiddle || last.kind == .tStringMiddle
        default: return false
        }
      }
      guard last.end == end else { return false }
      switch last.kind {
      case .newline, .fStringEnd, .tStringEnd: return false
      case .ellipsis, .doubleStarEqual, .doubleSlashEqual, .leftShiftEqual, .rightShiftEqual: return false
      case .string: return isEmptyLiteral(last)
      case .colon: return !tokenizer.isInFormattedText
      default: return true
      }
    default: return false
    }
  }

  /// Whether a line end without backslash follows.
  private func hasLineEnd(from start: Int) -> Bool {
    var index = start
    while index < source.text.count {
      if source.text[index] == 0x0A { return true }
      index += source.text[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return false
  }

  /// Whether a string token is two quotes behind its prefix: a third one could have followed.
  private func isEmptyLiteral(_ token: ParserToken) -> Bool {
    let quotes = bytes(token.start, token.end).drop { $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"") }
    return quotes.count == 2
  }

  /// Leaves in ``diagnostic`` the error to report after the pass that looked for mistakes.
  ///
  /// - Parameter lastToken: the last token that the pass before it read: a plain "invalid syntax" stands there.
  mutating func settleError(lastToken: Int) {
    if let current = diagnostic {
      if tokenizer.status == .running && !isAtEndOfSource && current.exceptionClass.isSyntaxError { preferTokenizerError() }
    } else if fill == 0 {
      raiseAtLastToken("error at start before reading any input")
    } else {
      switch tokens[lastToken].kind {
      case .indent: raiseAtLastToken("unexpected indent", .indentationError)
      case .dedent: raiseAtLastToken("unexpected unindent", .indentationError)
      default:
        note(.syntaxError, "invalid syntax", at: tokens[lastToken].range)
        preferTokenizerError()
      }
    }
    attachMetadata()
  }

  /// Reads the rest of the source: an error of the tokenizer wins over one of the parser, and so does a bracket left open on an earlier line.
  private mutating func preferTokenizerError() {
    if tokenizer.status != .running { return }
    let errorLine = fill > 0 ? tokens[fill - 1].range.line : 0
    do throws(Diagnostic) {
      while try tokenizer.next().kind != .endMarker {}
    } catch {
      // Within an f-string the error of its expression is the better one.
      if tokenizer.isInFormattedString { return }
      if tokenizer.status == .syntaxError {
        diagnostic = error
      } else if let bracket = tokenizer.innermostBracket, errorLine > bracket.line {
        diagnostic = unclosed(bracket)
      }
    }
  }

  private mutating func attachMetadata() {
    guard let error = diagnostic, error.exceptionClass.isSyntaxError else { return }
    diagnostic = Diagnostic(
      error.exceptionClass, error.message, fileName: error.fileName, line: error.line, offset: error.offset, endLine: error.endLine,
      endOffset: error.endOffset, text: error.text,
      metadata: (line: Int(lastStatement.line), column: Int(lastStatement.column), source: Array(source.text)))
  }

  /// Whether more than blanks and comments follows the statement of interactive input.
  func hasMoreStatements() -> Bool {
    var index = Int(tokenizer.offset)
    while index < source.text.count {
      switch source.text[index] {
      case 0x20, 0x09, 0x0A, 0x0C: index += 1
      case UInt8(ascii: "#"):
        while index < source.text.count && source.text[index] != 0x0A { index += 1 }
      default: return true
      }
    }
    return false
  }
}
