// The parser: tokens to a tree. A first pass runs the grammar's compiled rules; a program that they do not accept is parsed again
// by the interpreter of the grammar, which finds the error that CPython reports.

/// Parses a source.
///
/// The tree lives in the source's arena; warnings are added to the source.
public func parse(_ source: SourceFile, options: ParseOptions = ParseOptions()) throws(Diagnostic) -> Mod {
  var parser = Parser(source, options: options)
  return try parser.run()
}

/// A token as the parser keeps it: keywords are told apart, names are interned.
struct ParserToken: BitwiseCopyable {
  /// A ``TokenKind``, or from ``ParserToken/keywordBase`` on a ``KeywordKind``.
  var kind: UInt8
  /// For a name the raw value of its soft keyword plus one, 0 for others.
  var softKeyword: UInt8
  var level: UInt8
  var start: Int32
  var end: Int32
  var range: SourceRange
  /// The name, normalised.
  var name: Text?
  /// The remembered results of rules that begin here.
  var memos: UnsafeMutablePointer<Memo>?

  static let keywordBase: UInt8 = 72

  var tokenKind: TokenKind { TokenKind(rawValue: kind) ?? .name }
}

/// A remembered result of a rule.
struct Memo: BitwiseCopyable {
  var rule: Int
  var value: UInt
  var mark: Int
  var next: UnsafeMutablePointer<Memo>?
}

struct Parser: ~Copyable {
  let source: SourceFile
  unowned(unsafe) let arena: Arena
  let options: ParseOptions
  let keywords: KeywordTable
  var tokenizer: Tokenizer
  var literals: LiteralReader

  var tokens: UnsafeMutablePointer<ParserToken>
  var capacity: Int
  /// The number of tokens read so far.
  var fill = 0
  /// The next token to match.
  var mark = 0

  /// Set when parsing must stop; ``diagnostic`` says why, except where a rule only gives up.
  var hasFailed = false
  var diagnostic: Diagnostic?

  /// Whether the rules that look for mistakes take part.
  var looksForMistakes = false
  var barryAsBDFL: Bool
  /// Where the last complete compound statement of the error pass began.
  var lastStatement: (line: Int32, column: Int32) = (0, 0)
  var typeIgnoreComments: [(line: Int32, tag: Text)] = []

  /// The value of matches without a value, in the interpreter. One is a function definition that the error pass only checks: like CPython's,
  /// its stand-in says to begin on line 0.
  var placeholder: UInt = 1

  /// How deep the rules are nested.
  var depth = 0
  let stackLimit: UInt

  /// A stack of words on which sequences grow and alternatives keep the values of their items.
  var stack: UnsafeMutablePointer<UInt>
  var stackCapacity: Int
  var stackCount = 0

  init(_ source: SourceFile, options: ParseOptions) {
    self.source = source
    self.options = options
    arena = source.arena
    keywords = options.keywords
    tokenizer = Tokenizer(source, options: Tokenizer.Options(options))
    literals = LiteralReader(source: source)
    literals.featureVersion = options.featureVersion
    barryAsBDFL = options.barryAsBDFL
    tokenizer.barryAsBDFL = options.barryAsBDFL
    capacity = max(64, source.text.count / 4)
    tokens = .allocate(capacity: capacity)
    stackCapacity = 1024
    stack = .allocate(capacity: stackCapacity)
    stackLimit = StackLimit.current()
  }

  deinit {
    tokens.deallocate()
    stack.deallocate()
  }

  mutating func run() throws(Diagnostic) -> Mod {
    let warnings = source.warnings.count
    let result = parseFaulty()
    _ = warnings
    if let result { return result }
    throw diagnostic ?? source.syntaxError("invalid syntax", at: SourceRange(line: 1, column: 0, endLine: 1, endColumn: 0))
  }

  // MARK: - Tokens

  /// Whether there is a token at the mark; reads it if necessary.
  @inline(__always)
  mutating func hasToken() -> Bool { mark < fill || readToken() }

  /// The kind of the token at the mark, which has been read.
  @inline(__always)
  var kind: UInt8 { tokens[mark].kind }

  @inline(never)
  mutating func readToken() -> Bool {
    if fill == capacity { growTokens() }
    do throws(Diagnostic) {
      var token = try tokenizer.next()
      while token.kind == .typeIgnore {
        typeIgnoreComments.append((token.range.line, arena.text(bytes(token.start, token.end))))
        token = try tokenizer.next()
      }
      var kept = ParserToken(
        kind: token.kind.rawValue, softKeyword: 0, level: token.level, start: token.start, end: token.end, range: token.range, name: nil,
        memos: nil)
      if token.kind == .name { classify(&kept) }
      tokens[fill] = kept
      fill &+= 1
      return true
    } catch {
      let offset = tokenizer.offset
      tokens[fill] = ParserToken(
        kind: TokenKind.errorToken.rawValue, softKeyword: 0, level: UInt8(truncatingIfNeeded: tokenizer.level), start: offset, end: offset,
        range: SourceRange(line: tokenizer.line, column: -1, endLine: tokenizer.line, endColumn: -1), name: nil, memos: nil)
      fill &+= 1
      hasFailed = true
      diagnostic = worded(error)
      return false
    }
  }

  private mutating func growTokens() {
    let bigger = UnsafeMutablePointer<ParserToken>.allocate(capacity: capacity * 2)
    bigger.update(from: tokens, count: fill)
    tokens.deallocate()
    tokens = bigger
    capacity *= 2
  }

  @inline(__always)
  func bytes(_ start: Int32, _ end: Int32) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: source.text[Int(start)..<Int(end)])
  }

  /// Tells keywords from names and interns these.
  @inline(__always)
  private func classify(_ token: inout ParserToken) {
    let spelling = bytes(token.start, token.end)
    if let keyword = keywords.keyword(spelling) {
      if !keyword.isSoft {
        token.kind = ParserToken.keywordBase &+ keyword.rawValue
        return
      }
      token.softKeyword = keyword.rawValue &+ 1
    }
    if spelling.contains(where: { $0 >= 0x80 }) { return classifyNonASCII(&token, spelling) }
    token.name = arena.text(spelling)
  }

  @inline(never)
  private func classifyNonASCII(_ token: inout ParserToken, _ spelling: UnsafeBufferPointer<UInt8>) {
    let normal = Normalization.compatibilityComposed(spelling, in: arena)
    if keywords.hasNonASCIISpellings, let keyword = keywords.keyword(normal) {
      if !keyword.isSoft {
        token.kind = ParserToken.keywordBase &+ keyword.rawValue
        return
      }
      token.softKeyword = keyword.rawValue &+ 1
    }
    token.name = arena.text(normal)
  }

  /// The token's number if it has this kind; passes it.
  @inline(__always)
  mutating func take(_ kind: UInt8) -> TokenReference? {
    guard hasToken(), tokens[mark].kind == kind else { return nil }
    mark &+= 1
    return TokenReference(index: mark &- 1)
  }

  /// A name as an expression.
  @inline(__always)
  mutating func takeName() -> Expr? {
    guard hasToken(), tokens[mark].kind == TokenKind.name.rawValue else { return nil }
    return nameNode()
  }

  @inline(__always)
  private mutating func nameNode() -> Expr? {
    let token = tokens[mark]
    mark &+= 1
    guard let name = token.name else { return nil }
    return AST.Name(id: name, ctx: .load, at: token.range, in: arena).asExpr
  }

  mutating func takeSoftKeyword(_ keyword: UInt8) -> Expr? {
    guard hasToken(), tokens[mark].softKeyword == keyword &+ 1 else { return nil }
    return nameNode()
  }

  mutating func takeAnySoftKeyword() -> Expr? {
    guard hasToken(), tokens[mark].softKeyword != 0 else { return nil }
    return nameNode()
  }

  mutating func takeNumber() -> Expr? {
    guard let token = take(TokenKind.number.rawValue) else { return nil }
    do throws(LiteralError) {
      return try literals.number(full(token))
    } catch {
      return raise(error)
    }
  }

  /// The token as the tokenizer gave it.
  @inline(__always)
  func full(_ reference: TokenReference) -> Token {
    let token = tokens[reference.index]
    return Token(kind: token.tokenKind, level: token.level, start: token.start, end: token.end, range: token.range)
  }

  /// From the token at `start` to the last one before the mark that is not a line end or change of indentation.
  @inline(__always)
  func range(from start: Int) -> SourceRange {
    var last = mark &- 1
    while last > 0 && isBlank(tokens[last].kind) { last &-= 1 }
    let first = tokens[start].range
    let end = tokens[max(last, 0)].range
    return SourceRange(line: first.line, column: first.column, endLine: end.endLine, endColumn: end.endColumn)
  }

  @inline(__always)
  private func isBlank(_ kind: UInt8) -> Bool {
    kind == TokenKind.endMarker.rawValue || (kind >= TokenKind.newline.rawValue && kind <= TokenKind.dedent.rawValue)
  }

  // MARK: - The stack of values

  @inline(__always)
  mutating func push(_ word: UInt) {
    if stackCount == stackCapacity { growStack() }
    stack[stackCount] = word
    stackCount &+= 1
  }

  @inline(never)
  mutating func growStack() {
    let bigger = UnsafeMutablePointer<UInt>.allocate(capacity: stackCapacity * 2)
    bigger.update(from: stack, count: stackCount)
    stack.deallocate()
    stack = bigger
    stackCapacity *= 2
  }

  /// The words pushed since the stack had `base` words, as a sequence; they leave the stack.
  @inline(__always)
  mutating func popItems<Element: ParserValue>(from base: Int, of type: Element.Type = Element.self) -> Items<Element> {
    let count = stackCount &- base
    let raw = arena.allocate(8 &+ count &* 8)
    raw.storeBytes(of: count, as: Int.self)
    (raw + 8).copyMemory(from: stack + base, byteCount: count &* 8)
    stackCount = base
    return Items(raw: raw)
  }
}
