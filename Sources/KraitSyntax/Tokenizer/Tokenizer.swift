// The tokenizer: source text to tokens, one at a time, as the parser asks for them.
// It gives the tokens, positions and errors of CPython's own tokenizer; errors surface when their token is reached, not before.

import Glibc

/// Turns the text of a ``SourceFile`` into tokens.
///
/// The text is UTF-8 followed by one zero byte. The parser's tokens leave out comments and line ends that mean nothing;
/// with ``Options/extraTokens`` the tokenizer gives what Python's `tokenize` module shows, and then accepts `\r` in the text.
public struct Tokenizer {
  /// How far the tokenizer has come.
  public enum Status: Sendable {
    /// More tokens may follow.
    case running
    /// The end of the text was reached: by an end marker, or by an error because something is unfinished
    /// (an open bracket, a backslash).
    case endOfInput
    /// A `SyntaxError` that CPython's tokenizer raises itself; it wins over the errors that the parser finds.
    case syntaxError
    /// The errors that CPython's tokenizer only notes and its parser words: they do not win over an earlier error of the parser.
    case inconsistentDedent, inconsistentTabs, tooManyIndents, strayContinuation
  }

  public struct Options: Sendable {
    /// Whether `# type:` comments are tokens.
    public var typeComments = false
    /// Whether comments and meaningless line ends are tokens, and number and bracket checks are off, as in Python's `tokenize`.
    public var extraTokens = false
    /// Whether the tokens are those of one interactive statement: the end of input stands for a line end.
    public var interactive = false
    /// Whether the end of interactive input also closes the open blocks.
    public var impliesDedent = true

    public init() {}
    public init(_ options: ParseOptions) {
      typeComments = options.typeComments
      interactive = options.mode == .single
      impliesDedent = options.impliesDedent
    }
  }

  /// An opening bracket that waits for its closing one.
  struct OpenBracket {
    var line: Int32
    var column: Int32
    var byte: UInt8
  }

  static let maximumIndents = 100
  static let maximumBrackets: Int32 = 200
  static let tabSize: Int32 = 8

  public let source: SourceFile
  public let options: Options
  /// Whether `<>` is the inequality operator and `!=` is not (PEP 401).
  public var barryAsBDFL = false
  public internal(set) var status = Status.running
  /// Whether the latest token, or error, is what it is because the text ends: more text could make it another.
  public internal(set) var hasMetEnd = false
  /// Whether that is a string in three quotes, or text of an f-string, that has no end.
  public internal(set) var hasMetEndInText = false

  var base: UnsafePointer<UInt8>
  var end: UnsafePointer<UInt8>
  /// The start of the first line that holds a zero byte or could not be decoded, or an address past the end: entering it is an error.
  var poisonedLine: UnsafePointer<UInt8>
  let classes: UnsafePointer<UInt8>

  var cursor: UnsafePointer<UInt8>
  var tokenStart: UnsafePointer<UInt8>
  /// The start of the physical line of the cursor.
  var lineStart: UnsafePointer<UInt8>
  /// The start of the stretch of lines without a token boundary between them: where the text that CPython has in its buffer begins.
  var bufferStart: UnsafePointer<UInt8>
  /// The number of lines entered so far.
  public internal(set) var line: Int32 = 0
  /// The line on which the latest string token began, and that line's start.
  var stringLine: Int32 = 0
  var stringLineStart: UnsafePointer<UInt8>

  /// The depth of open brackets.
  public internal(set) var level: Int32 = 0
  let brackets: UnsafeMutablePointer<OpenBracket>
  /// Columns of the open blocks, once with tabs to multiples of eight and once with tabs of width one.
  let columns: UnsafeMutablePointer<Int32>
  let alternateColumns: UnsafeMutablePointer<Int32>
  /// The number of open blocks.
  public internal(set) var indents: Int32 = 0
  /// Indents (positive) or dedents (negative) still to be given out.
  var pendingIndents: Int32 = 0
  var atLineStart = true
  /// Whether the comment just given stands alone on its line, so that its line end is meaningless.
  var afterLoneComment = false
  /// Whether a token of the current interactive statement has been given out.
  var hasStarted = false

  /// The f-strings and t-strings around the cursor.
  var formattedDepth: Int32 = 0
  var formatted: UnsafeMutablePointer<FormattedString>? = nil
  var latestExpression: UnsafeMutablePointer<ReplacementExpression>? = nil

  public init(_ source: SourceFile, options: Options = Options()) {
    self.source = source
    self.options = options
    let empty = source.arena.allocate(UInt8.self, count: 1)
    empty[0] = 0
    base = source.text.baseAddress ?? UnsafePointer(empty.baseAddress.unsafelyUnwrapped)
    end = base + source.text.count
    classes = CharacterClass.table
    var poisoned = end + 1
    if let zero = memchr(base, 0, source.text.count) {
      var start = UnsafePointer(zero.assumingMemoryBound(to: UInt8.self))
      while start > base && start[-1] != Byte.newline { start -= 1 }
      poisoned = start
    }
    if let line = source.unreadableLine { poisoned = min(poisoned, base + line.offset) }
    poisonedLine = poisoned
    cursor = base
    tokenStart = base
    lineStart = base
    bufferStart = base
    stringLineStart = base
    brackets = source.arena.allocate(OpenBracket.self, count: Int(Self.maximumBrackets)).baseAddress.unsafelyUnwrapped
    columns = source.arena.allocate(Int32.self, count: Self.maximumIndents).baseAddress.unsafelyUnwrapped
    alternateColumns = source.arena.allocate(Int32.self, count: Self.maximumIndents).baseAddress.unsafelyUnwrapped
    columns[0] = 0
    alternateColumns[0] = 0
  }

  /// The next token; after the end of the text, end markers without end.
  public mutating func next() throws(Diagnostic) -> Token {
    if options.interactive { return try nextInteractive() }
    return try nextOfText()
  }

  @inline(__always)
  private mutating func nextOfText() throws(Diagnostic) -> Token {
    if formattedDepth > 0, formatted.unsafelyUnwrapped[Int(formattedDepth)].isInText {
      return try nextInText()
    }
    return try nextInCode()
  }

  /// The next token of interactive input, whose end stands for a line end and closes the open blocks.
  private mutating func nextInteractive() throws(Diagnostic) -> Token {
    var token = try nextOfText()
    if token.kind == .endMarker && hasStarted {
      hasStarted = false
      token.kind = .newline
      if options.impliesDedent {
        pendingIndents = -indents
        indents = 0
      }
    } else {
      hasStarted = true
    }
    return token
  }

  /// The line, column and byte of the innermost open bracket.
  public var innermostBracket: (byte: UInt8, line: Int32, column: Int32)? {
    guard level > 0 else { return nil }
    let bracket = brackets[Int(level) - 1]
    return (bracket.byte, bracket.line, bracket.column)
  }

  /// The byte column of the cursor in ``line``.
  public var column: Int32 { Int32(truncatingIfNeeded: cursor - lineStart) }

  /// The byte offset of the cursor.
  public var offset: Int32 { Int32(truncatingIfNeeded: cursor - base) }

  /// The start of the line after the cursor's.
  var nextLineStart: UnsafePointer<UInt8> {
    guard let newline = memchr(cursor, Int32(Byte.newline), end - cursor) else { return end }
    return UnsafePointer(newline.assumingMemoryBound(to: UInt8.self)) + 1
  }

  // MARK: - Lines

  /// Notes that the cursor stands at the start of a line of the text.
  @inline(__always)
  mutating func enterLine() throws(Diagnostic) {
    line &+= 1
    lineStart = cursor
    if cursor >= poisonedLine { throw unreadableLine() }
  }

  /// Notes that a reader of lines, unlike one of whole texts, has let go of the last line when it finds the end.
  private mutating func dropBuffer() {
    if options.extraTokens && formattedDepth == 0 { bufferStart = end }
  }

  /// Passes the rest of a line after a backslash and enters the next one.
  private mutating func continueLine(inIndentation: Bool = false) throws(Diagnostic) {
    if cursor.pointee == Byte.carriageReturn { cursor += 1 }
    guard cursor.pointee == Byte.newline else {
      if cursor < end { cursor += 1 }
      throw strayContinuation()
    }
    cursor += 1
    guard cursor < end else {
      hasMetEnd = true
      if inIndentation { dropBuffer() }
      throw unexpectedEnd(inIndentation: inIndentation)
    }
    try enterLine()
  }

  /// Measures the blanks at a line's start and notes the indents or dedents they mean; true if the line holds nothing else
  /// than perhaps a comment.
  @inline(__always)
  private mutating func measureIndentation() throws(Diagnostic) -> Bool {
    if cursor < end {
      if !options.extraTokens || formattedDepth == 0 { bufferStart = cursor }
      try enterLine()
    } else {
      status = .endOfInput
      hasMetEnd = true
      dropBuffer()
    }
    var column: Int32 = 0
    var alternateColumn: Int32 = 0
    var continuedColumn: Int32 = 0
    var position = cursor
    scan: while true {
      switch position.pointee {
      case Byte.space:
        column &+= 1
        alternateColumn &+= 1
      case Byte.tab:
        column = (column / Self.tabSize &+ 1) &* Self.tabSize
        alternateColumn &+= 1
      case Byte.formFeed:
        column = 0
        alternateColumn = 0
      case Byte.backslash:
        // The first backslash settles the indentation of whatever comes after it.
        if continuedColumn == 0 { continuedColumn = column }
        cursor = position + 1
        try continueLine(inIndentation: true)
        if !options.extraTokens || formattedDepth == 0 { bufferStart = cursor }
        position = cursor
        continue scan
      default:
        break scan
      }
      position += 1
    }
    cursor = position
    switch position.pointee {
    case Byte.hash, Byte.newline, Byte.carriageReturn: return true
    default: break
    }
    if level == 0 {
      if continuedColumn != 0 {
        column = continuedColumn
        alternateColumn = continuedColumn
      }
      let depth = Int(indents)
      if column != columns[depth] || alternateColumn != alternateColumns[depth] {
        try changeIndentation(to: column, alternate: alternateColumn)
      }
    }
    return false
  }

  private mutating func changeIndentation(to column: Int32, alternate: Int32) throws(Diagnostic) {
    let depth = Int(indents)
    if column == columns[depth] { throw inconsistentTabs() }
    if column > columns[depth] {
      if depth + 1 >= Self.maximumIndents { throw tooManyIndents() }
      if alternate <= alternateColumns[depth] { throw inconsistentTabs() }
      pendingIndents &+= 1
      indents &+= 1
      columns[depth + 1] = column
      alternateColumns[depth + 1] = alternate
      return
    }
    while indents > 0 && column < columns[Int(indents)] {
      pendingIndents &-= 1
      indents &-= 1
    }
    if column != columns[Int(indents)] { throw inconsistentDedent() }
    if alternate != alternateColumns[Int(indents)] { throw inconsistentTabs() }
  }

  // MARK: - Tokens of code

  @inline(__always)
  func token(_ kind: TokenKind, from start: UnsafePointer<UInt8>, to stop: UnsafePointer<UInt8>) -> Token {
    Token(
      kind: kind, level: UInt8(truncatingIfNeeded: level), start: Int32(truncatingIfNeeded: start - base),
      end: Int32(truncatingIfNeeded: stop - base),
      range: SourceRange(
        line: line, column: Int32(truncatingIfNeeded: tokenStart - lineStart), endLine: line,
        endColumn: Int32(truncatingIfNeeded: cursor - lineStart)))
  }

  /// A token from ``tokenStart`` to the cursor.
  @inline(__always)
  func token(_ kind: TokenKind) -> Token { token(kind, from: tokenStart, to: cursor) }

  /// A token without text or columns.
  private func emptyToken(_ kind: TokenKind) -> Token {
    let offset = Int32(truncatingIfNeeded: cursor - base)
    return Token(
      kind: kind, level: UInt8(truncatingIfNeeded: level), start: offset, end: offset,
      range: SourceRange(line: line, column: -1, endLine: line, endColumn: -1))
  }

  mutating func nextInCode() throws(Diagnostic) -> Token {
    while true {
      var isBlank = false
      if atLineStart {
        atLineStart = false
        isBlank = try measureIndentation()
      }
      if pendingIndents != 0 { return nextIndent() }
      skipBlanks: while true {
        var position = cursor
        while classes[Int(position.pointee)] == CharacterClass.blank { position += 1 }
        tokenStart = position
        cursor = position + 1
        switch classes[Int(position.pointee)] {
        case CharacterClass.identifierStart:
          return try identifier()
        case CharacterClass.prefixLetter:
          return try identifierOrPrefixedString()
        case CharacterClass.nonASCII:
          return try verifiedIdentifier()
        case CharacterClass.punctuation:
          return try punctuation()
        case CharacterClass.operatorStart:
          return try operatorToken()
        case CharacterClass.newline:
          if let token = lineEnd(isBlank: isBlank) { return token }
          break skipBlanks
        case CharacterClass.dot:
          return try dot()
        case CharacterClass.digit:
          return try number()
        case CharacterClass.quote:
          return try string()
        case CharacterClass.hash:
          if let token = comment(isBlank: isBlank) { return token }
          if cursor >= end { return try endOfText() }
          cursor += 1
          if let token = lineEnd(isBlank: isBlank) { return token }
          break skipBlanks
        case CharacterClass.backslash:
          try continueLine()
          continue skipBlanks
        case CharacterClass.carriageReturn:
          if cursor.pointee == Byte.newline {
            cursor += 1
            if let token = lineEnd(isBlank: isBlank) { return token }
            break skipBlanks
          }
          if cursor.pointee == Byte.backslash {
            cursor += 1
            try continueLine()
            continue skipBlanks
          }
          return try afterCarriageReturn()
        case CharacterClass.zero where position >= end:
          cursor = position
          return try endOfText()
        default:
          throw invalidCharacter(UInt32(position.pointee))
        }
      }
    }
  }

  private mutating func nextIndent() -> Token {
    tokenStart = cursor
    if pendingIndents < 0 {
      pendingIndents &+= 1
      return options.extraTokens ? token(.dedent) : emptyToken(.dedent)
    }
    pendingIndents &-= 1
    return options.extraTokens ? token(.indent, from: bufferStart, to: cursor) : emptyToken(.indent)
  }

  /// The token of the line end before the cursor, `nil` when it means nothing.
  @inline(__always)
  private mutating func lineEnd(isBlank: Bool) -> Token? {
    atLineStart = true
    if isBlank || level > 0 {
      guard options.extraTokens else { return nil }
      afterLoneComment = false
      return token(.nl)
    }
    if afterLoneComment && options.extraTokens {
      afterLoneComment = false
      return token(.nl)
    }
    return token(.newline, from: tokenStart, to: cursor - 1)
  }

  private mutating func endOfText() throws(Diagnostic) -> Token {
    hasMetEnd = true
    if level > 0 { throw unexpectedEnd() }
    status = .endOfInput
    return emptyToken(.endMarker)
  }

  /// A comment's token, `nil` when comments are not asked for; the cursor is left at the line end or the end of the text.
  private mutating func comment(isBlank: Bool) -> Token? {
    var stop = end
    if let newline = memchr(tokenStart, Int32(Byte.newline), end - tokenStart) {
      stop = UnsafePointer(newline.assumingMemoryBound(to: UInt8.self))
    }
    if options.extraTokens, let carriageReturn = memchr(tokenStart, Int32(Byte.carriageReturn), stop - tokenStart) {
      stop = UnsafePointer(carriageReturn.assumingMemoryBound(to: UInt8.self))
    }
    cursor = stop
    if options.typeComments, let token = typeComment(isBlank: isBlank) { return token }
    guard options.extraTokens else { return nil }
    afterLoneComment = isBlank
    return token(.comment)
  }

  /// The token of a comment that says `# type: …`.
  private mutating func typeComment(isBlank: Bool) -> Token? {
    var position = tokenStart + 1
    func skipBlanks() {
      while position.pointee == Byte.space || position.pointee == Byte.tab { position += 1 }
    }
    skipBlanks()
    for byte in [0x74, 0x79, 0x70, 0x65, Byte.colon] {
      guard position < cursor, position.pointee == byte else { return nil }
      position += 1
    }
    // The prefix ends in optional blanks, but at the very end of the text it counts as unfinished.
    guard position < end else { return nil }
    skipBlanks()
    let commentEnd = cursor
    let afterIgnore = position + 6
    if commentEnd >= afterIgnore, memcmp(position, "ignore", 6) == 0,
      commentEnd == afterIgnore
        || (afterIgnore.pointee < 0x80 && !Byte.isLetter(afterIgnore.pointee) && !Byte.isDigit(afterIgnore.pointee))
    {
      // Alone on its line, it takes the line end with it.
      if isBlank {
        if cursor < end { cursor += 1 }
        atLineStart = true
      }
      var token = token(.typeIgnore, from: afterIgnore, to: commentEnd)
      token.range.column = Int32(truncatingIfNeeded: afterIgnore - lineStart)
      return token
    }
    var token = token(.typeComment, from: position, to: commentEnd)
    token.range.column = Int32(truncatingIfNeeded: position - lineStart)
    return token
  }

  // MARK: - Identifiers

  @inline(__always)
  private mutating func identifier() throws(Diagnostic) -> Token {
    var position = cursor
    while true {
      let byteClass = classes[Int(position.pointee)]
      guard CharacterClass.continuesIdentifier(byteClass) else { break }
      if byteClass == CharacterClass.nonASCII { return try verifiedIdentifier() }
      position += 1
    }
    cursor = position
    return token(.name)
  }

  private mutating func identifierOrPrefixedString() throws(Diagnostic) -> Token {
    var position = cursor
    while classes[Int(position.pointee)] == CharacterClass.prefixLetter { position += 1 }
    if classes[Int(position.pointee)] == CharacterClass.quote, let prefix = StringPrefix(tokenStart, position) {
      cursor = position + 1
      try check(prefix)
      return prefix.isFormatted ? try formattedStringStart() : try string()
    }
    return try identifier()
  }

  /// An identifier with characters outside ASCII (PEP 3131).
  private mutating func verifiedIdentifier() throws(Diagnostic) -> Token {
    var stop = tokenStart
    while CharacterClass.continuesIdentifier(classes[Int(stop.pointee)]) { stop += 1 }
    cursor = stop
    if options.extraTokens { return token(.name) }
    var position = tokenStart
    while position < stop {
      let start = position
      let codePoint = UTF8Decoder.decode(&position)
      let isValid = start == tokenStart ? UnicodeProperties.isIdentifierStart(codePoint) : UnicodeProperties.isIdentifierContinue(codePoint)
      if !isValid {
        cursor = position
        throw invalidCharacter(codePoint)
      }
    }
    return token(.name)
  }

  // MARK: - Operators

  private mutating func dot() throws(Diagnostic) -> Token {
    if Byte.isDigit(cursor.pointee) { return try fraction() }
    if cursor[0] == Byte.dot && cursor[1] == Byte.dot {
      cursor += 2
      return token(.ellipsis)
    }
    return token(.dot)
  }

  /// What follows a lone carriage return, which only the `tokenize` module lets through: one token that takes in the next byte,
  /// or more of them where the next byte opens a number or a string.
  private mutating func afterCarriageReturn() throws(Diagnostic) -> Token {
    guard cursor < end else { throw invalidCharacter(0xFFFF_FFFF) }
    let byte = cursor.pointee
    cursor += 1
    switch classes[Int(byte)] {
    case CharacterClass.dot: return try dot()
    case CharacterClass.digit: return try number(startingWith: byte)
    case CharacterClass.quote: return try string()
    case CharacterClass.punctuation: return try punctuation(byte)
    case CharacterClass.operatorStart: return try operatorToken(byte)
    case CharacterClass.identifierStart, CharacterClass.prefixLetter, CharacterClass.hash: return token(.op)
    default:
      guard byte == Byte.space || UnicodeProperties.isPrintable(UInt32(byte)) else { throw invalidCharacter(UInt32(byte)) }
      return token(.op)
    }
  }

  @inline(__always)
  private mutating func punctuation() throws(Diagnostic) -> Token { try punctuation(tokenStart.pointee) }

  @inline(__always)
  private mutating func punctuation(_ byte: UInt8) throws(Diagnostic) -> Token {
    switch byte {
    case Byte.comma: return token(.comma)
    case Byte.leftParenthesis: return try openBracket(byte, .leftParenthesis)
    case Byte.rightParenthesis: return try closeBracket(byte, opening: Byte.leftParenthesis, .rightParenthesis)
    case Byte.leftBracket: return try openBracket(byte, .leftSquareBracket)
    case Byte.rightBracket: return try closeBracket(byte, opening: Byte.leftBracket, .rightSquareBracket)
    case Byte.leftBrace:
      if formattedDepth > 0 { noteExpression(boundary: byte) }
      return try openBracket(byte, .leftBrace)
    default:
      if formattedDepth > 0 { noteExpression(boundary: byte) }
      return try closeBracket(byte, opening: Byte.leftBrace, .rightBrace)
    }
  }

  @inline(__always)
  private mutating func openBracket(_ byte: UInt8, _ kind: TokenKind) throws(Diagnostic) -> Token {
    if level >= Self.maximumBrackets { throw syntaxError("too many nested parentheses") }
    brackets[Int(level)] = OpenBracket(line: line, column: Int32(truncatingIfNeeded: tokenStart - lineStart), byte: byte)
    level &+= 1
    if formattedDepth > 0 { formatted.unsafelyUnwrapped[Int(formattedDepth)].bracketDepth &+= 1 }
    return token(kind)
  }

  @inline(__always)
  private mutating func closeBracket(_ byte: UInt8, opening: UInt8, _ kind: TokenKind) throws(Diagnostic) -> Token {
    if formattedDepth > 0 || level == 0 || brackets[Int(level) &- 1].byte != opening {
      try closeUnusualBracket(byte, opening: opening)
    } else {
      level &-= 1
    }
    return token(kind)
  }

  /// A closing bracket inside an f-string, or one that does not match.
  private mutating func closeUnusualBracket(_ byte: UInt8, opening: UInt8) throws(Diagnostic) {
    let current = formattedDepth > 0 ? formatted.unsafelyUnwrapped + Int(formattedDepth) : nil
    let character = Character(UnicodeScalar(byte))
    if let current, current.pointee.bracketDepth == 0, byte == Byte.rightBrace {
      throw syntaxError("\(current.pointee.letter)-string: single '}' is not allowed")
    }
    if level == 0 {
      if !options.extraTokens { throw syntaxError("unmatched '\(character)'") }
    } else {
      level &-= 1
      let bracket = brackets[Int(level)]
      if !options.extraTokens && bracket.byte != opening {
        if let current, bracket.byte == Byte.leftBrace, current.pointee.bracketDepth - 1 == current.pointee.expressionDepth {
          throw syntaxError("\(current.pointee.letter)-string: unmatched '\(character)'")
        }
        let place = bracket.line == line ? "" : " on line \(bracket.line)"
        throw syntaxError(
          "closing parenthesis '\(character)' does not match opening parenthesis '\(Character(UnicodeScalar(bracket.byte)))'\(place)")
      }
    }
    if let current {
      current.pointee.bracketDepth &-= 1
      if current.pointee.bracketDepth < 0 { throw syntaxError("\(current.pointee.letter)-string: unmatched '\(character)'") }
      if byte == Byte.rightBrace && current.pointee.bracketDepth == current.pointee.expressionDepth { current.pointee.endExpression() }
    }
  }

  @inline(__always)
  private mutating func operatorToken() throws(Diagnostic) -> Token { try operatorToken(tokenStart.pointee) }

  @inline(__always)
  private mutating func operatorToken(_ byte: UInt8) throws(Diagnostic) -> Token {
    if formattedDepth > 0, byte == Byte.colon || (byte == Byte.exclamation && cursor.pointee != Byte.equal) {
      if noteExpression(boundary: byte) { return token(.colon) }
    }
    let second = cursor.pointee
    switch byte {
    case Byte.equal:
      if second == Byte.equal { return token(.equalEqual, length: 2) }
      if formattedDepth > 0 { noteDebugExpression() }
      return token(.equal)
    case Byte.colon: return second == Byte.equal ? token(.colonEqual, length: 2) : token(.colon)
    case 0x3B: return token(.semicolon)
    case 0x21: return second == Byte.equal ? token(.notEqual, length: 2) : token(.exclamation)
    case 0x25: return second == Byte.equal ? token(.percentEqual, length: 2) : token(.percent)
    case 0x26: return second == Byte.equal ? token(.ampersandEqual, length: 2) : token(.ampersand)
    case 0x2A:
      if second == 0x2A { return cursor[1] == Byte.equal ? token(.doubleStarEqual, length: 3) : token(.doubleStar, length: 2) }
      return second == Byte.equal ? token(.starEqual, length: 2) : token(.star)
    case Byte.plus: return second == Byte.equal ? token(.plusEqual, length: 2) : token(.plus)
    case Byte.minus:
      if second == 0x3E { return token(.rightArrow, length: 2) }
      return second == Byte.equal ? token(.minusEqual, length: 2) : token(.minus)
    case 0x2F:
      if second == 0x2F { return cursor[1] == Byte.equal ? token(.doubleSlashEqual, length: 3) : token(.doubleSlash, length: 2) }
      return second == Byte.equal ? token(.slashEqual, length: 2) : token(.slash)
    case 0x3C:
      if second == 0x3C { return cursor[1] == Byte.equal ? token(.leftShiftEqual, length: 3) : token(.leftShift, length: 2) }
      if second == 0x3E && barryAsBDFL { return token(.notEqual, length: 2) }
      return second == Byte.equal ? token(.lessEqual, length: 2) : token(.less)
    case 0x3E:
      if second == 0x3E { return cursor[1] == Byte.equal ? token(.rightShiftEqual, length: 3) : token(.rightShift, length: 2) }
      return second == Byte.equal ? token(.greaterEqual, length: 2) : token(.greater)
    case 0x40: return second == Byte.equal ? token(.atEqual, length: 2) : token(.at)
    case 0x5E: return second == Byte.equal ? token(.circumflexEqual, length: 2) : token(.circumflex)
    case 0x7C: return second == Byte.equal ? token(.verticalBarEqual, length: 2) : token(.verticalBar)
    case 0x7E: return token(.tilde)
    default: return token(.op)
    }
  }

  /// A token whose first byte the cursor has passed and that goes on for `length` bytes in all.
  @inline(__always)
  private mutating func token(_ kind: TokenKind, length: Int) -> Token {
    cursor += length &- 1
    return token(kind)
  }
}
