// The parser: tokens to a tree. A first pass runs the grammar's compiled rules; a program that they do not accept is parsed again
// by the interpreter of the grammar, which finds the error that CPython reports.

/// Parses a source.
///
/// The tree lives in the source's arena; warnings are added to the source.
public func parse(_ source: SourceFile, options: ParseOptions = ParseOptions()) throws(Diagnostic) -> Mod {
  var parser = Parser(source, options: options)
  return try parser.run()
}

/// A set of terminals.
struct TerminalSet: Sendable {
  let low: UInt64
  let high: UInt64

  init(_ low: UInt64, _ high: UInt64) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  func contains(_ terminal: Terminal) -> Bool {
    let number = UInt64(terminal.number)
    return (number < 64 ? low : high) &>> (number & 63) & 1 != 0
  }
}

extension Terminal {
  /// Both enumerations list the kinds of token in the order of Python's `token` module.
  @inline(__always)
  init(_ kind: TokenKind) { self = unsafeBitCast(kind, to: Terminal.self) }

  /// The keywords follow the kinds of token.
  @inline(__always)
  init(_ keyword: KeywordKind) {
    self = unsafeBitCast(Terminal.falseKeyword.number &+ unsafeBitCast(keyword, to: UInt8.self), to: Terminal.self)
  }

  /// The place in the enumeration, which is also the raw value.
  @inline(__always)
  var number: UInt8 { unsafeBitCast(self, to: UInt8.self) }

  /// The terminal with a number of the grammar's table.
  @inline(__always)
  init(number: Int) { self = unsafeBitCast(UInt8(truncatingIfNeeded: number), to: Terminal.self) }

  var keyword: KeywordKind? { number < Terminal.falseKeyword.number ? nil : KeywordKind(rawValue: number - Terminal.falseKeyword.number) }
  var tokenKind: TokenKind { TokenKind(rawValue: number) ?? .name }
}

/// A token as the parser keeps it: keywords are told apart, names are interned.
struct ParserToken: BitwiseCopyable {
  var kind: Terminal
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
  /// The text of ``source``.
  let text: UnsafePointer<UInt8>
  let options: ParseOptions
  /// The index of the options' keyword table.
  let keywords: KeywordTable.Index
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
    text = source.text.baseAddress ?? UnsafePointer(source.arena.allocate(UInt8.self, count: 1).baseAddress.unsafelyUnwrapped)
    keywords = options.keywords.index
    tokenizer = Tokenizer(source, options: Tokenizer.Options(options))
    literals = LiteralReader(source: source)
    literals.featureVersion = options.featureVersion
    literals.integerDigitLimit = options.integerDigitLimit
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
    if let tree = firstPass(), !hasFailed { return tree }
    // The program has an error, or is nested too deep for the first pass. Once more from the beginning, step by step.
    source.warnings.removeSubrange(warnings...)
    startAgain()
    if let tree = parseFaulty() { return tree }
    throw diagnostic ?? source.syntaxError("invalid syntax", at: SourceRange(line: 1, column: 0, endLine: 1, endColumn: 0))
  }

  private mutating func startAgain() {
    tokenizer = Tokenizer(source, options: Tokenizer.Options(options))
    tokenizer.barryAsBDFL = options.barryAsBDFL
    barryAsBDFL = options.barryAsBDFL
    typeIgnoreComments = []
    fill = 0
    mark = 0
    depth = 0
    stackCount = 0
    hasFailed = false
    diagnostic = nil
  }

  // MARK: - Tokens

  /// Whether there is a token at the mark; reads it if necessary.
  @inline(__always)
  mutating func hasToken() -> Bool { mark < fill || readToken() }

  /// What stands at the mark.
  @inline(__always)
  mutating func peek() -> Terminal { hasToken() ? tokens[mark].kind : .errorToken }

  @inline(__always)
  mutating func at(_ terminal: Terminal) -> Bool { hasToken() && tokens[mark].kind == terminal }

  @inline(__always)
  mutating func at(_ low: UInt64, _ high: UInt64) -> Bool { hasToken() && TerminalSet(low, high).contains(tokens[mark].kind) }

  @inline(__always)
  mutating func at(_ set: TerminalSet) -> Bool { hasToken() && set.contains(tokens[mark].kind) }

  /// Passes the token at the mark if it is this one.
  @inline(__always)
  mutating func takes(_ terminal: Terminal) -> Bool {
    guard at(terminal) else { return false }
    mark &+= 1
    return true
  }

  /// What stands behind the token at the mark.
  @inline(__always)
  mutating func peekNext() -> Terminal {
    guard hasToken() else { return .errorToken }
    if mark &+ 1 == fill && !readToken() { return .errorToken }
    return tokens[mark &+ 1].kind
  }

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
        kind: Terminal(token.kind), softKeyword: 0, level: token.level, start: token.start, end: token.end, range: token.range, name: nil,
        memos: nil)
      if token.kind == .name { classify(&kept) }
      tokens[fill] = kept
      fill &+= 1
      return true
    } catch {
      let offset = tokenizer.offset
      tokens[fill] = ParserToken(
        kind: .errorToken, softKeyword: 0, level: UInt8(truncatingIfNeeded: tokenizer.level), start: offset, end: offset,
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

  /// A part of the source's text; the offsets are those of a token.
  @inline(__always)
  func bytes(_ start: Int32, _ end: Int32) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text + Int(start), count: Int(end) &- Int(start))
  }

  /// Tells keywords from names and interns these.
  @inline(__always)
  private mutating func classify(_ token: inout ParserToken) {
    let spelling = bytes(token.start, token.end)
    if let keyword = keywords.keyword(spelling) {
      if !keyword.isSoft {
        token.kind = Terminal(keyword)
        return
      }
      token.softKeyword = keyword.rawValue &+ 1
    }
    var seen: UInt8 = 0
    for byte in spelling { seen |= byte }
    if seen >= 0x80 { return classifyNonASCII(&token, spelling) }
    token.name = arena.text(spelling)
  }

  /// Names are compared in their normal form; keywords only if a localised table has such spellings.
  @inline(never)
  private mutating func classifyNonASCII(_ token: inout ParserToken, _ spelling: UnsafeBufferPointer<UInt8>) {
    let normal = Normalization.compatibilityComposed(spelling, in: arena)
    if options.keywords.hasNonASCIISpellings, let keyword = keywords.keyword(normal) {
      if !keyword.isSoft {
        token.kind = Terminal(keyword)
        return
      }
      token.softKeyword = keyword.rawValue &+ 1
    }
    let name = arena.text(normal)
    // Without name the token is refused where a name is asked for.
    token.name = name == "None" || name == "True" || name == "False" ? nil : name
  }

  /// The token at the mark if it is this one; passes it.
  @inline(__always)
  mutating func take(_ terminal: Terminal) -> TokenReference? {
    guard at(terminal) else { return nil }
    mark &+= 1
    return TokenReference(index: mark &- 1)
  }

  /// A name as an expression.
  @inline(__always)
  mutating func takeName() -> Expr? {
    at(.name) ? nameNode() : nil
  }

  /// The token at the mark, a name, as an expression.
  @inline(__always)
  mutating func nameNode() -> Expr? {
    guard let name = tokens[mark].name else { return refuseName() }
    let range = tokens[mark].range
    mark &+= 1
    return AST.Name(id: name, ctx: .load, at: range, in: arena).asExpr
  }

  /// A name that only its normal form makes one of the constants.
  @inline(never)
  private mutating func refuseName() -> Expr? {
    let token = tokens[mark]
    mark &+= 1
    hasFailed = true
    let normal = String(decoding: Normalization.compatibilityComposed(bytes(token.start, token.end), in: arena), as: UTF8.self)
    diagnostic = Diagnostic(.valueError, "identifier field can't represent '\(normal)' constant", fileName: source.fileName)
    return nil
  }

  @inline(__always)
  mutating func atSoftKeyword(_ keyword: KeywordKind) -> Bool {
    hasToken() && tokens[mark].softKeyword == keyword.rawValue &+ 1
  }

  mutating func takeSoftKeyword(_ keyword: KeywordKind) -> Expr? {
    atSoftKeyword(keyword) ? nameNode() : nil
  }

  mutating func takeAnySoftKeyword() -> Expr? {
    hasToken() && tokens[mark].softKeyword != 0 ? nameNode() : nil
  }

  mutating func takeNumber() -> Expr? {
    guard let token = take(.number) else { return nil }
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
    return Token(kind: token.kind.tokenKind, level: token.level, start: token.start, end: token.end, range: token.range)
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
  private func isBlank(_ terminal: Terminal) -> Bool {
    switch terminal {
    case .endMarker, .newline, .indent, .dedent: true
    default: false
    }
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

  /// The words pushed since the stack had `base` words, as a node's list; they leave the stack.
  @inline(__always)
  mutating func popList<Element>(from base: Int, of type: Element.Type = Element.self) -> NodeList<Element> {
    stackCount == base ? NodeList() : NodeList(raw: popItems(from: base, of: Success.self).raw)
  }
}
