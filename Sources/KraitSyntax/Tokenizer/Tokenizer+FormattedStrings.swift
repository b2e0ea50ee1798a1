// f-strings and t-strings (PEP 701, PEP 750): the stack of strings around the cursor, their text, and the source text
// of their replacement fields.

/// An f-string or t-string around the cursor.
struct FormattedString {
  /// Whether the cursor is in the string's text or format specifier, not in the code of a replacement field.
  var isInText = true
  var isRaw: Bool
  var isTemplate: Bool
  var isInFormatSpecifier = false
  /// Whether the current replacement field has a `=` of its own.
  var isDebug = false
  let quote: UInt8
  let quoteSize: UInt8
  /// Brackets open within the string.
  var bracketDepth: Int32 = 0
  /// The nesting of replacement fields around the cursor; -1 outside of all.
  var expressionDepth: Int32 = -1
  var start: UnsafePointer<UInt8>
  var lineStart: UnsafePointer<UInt8>
  let line: Int32
  /// The latest replacement field's source text: after its brace, and up to the token that ended it.
  var expressionStart: UnsafePointer<UInt8>? = nil
  var expressionEnd: UnsafePointer<UInt8>? = nil

  var letter: Character { isTemplate ? "t" : "f" }

  /// Leaves a replacement field.
  mutating func endExpression() {
    expressionDepth &-= 1
    isInText = true
    isInFormatSpecifier = false
    isDebug = false
  }
}

/// The source text of a replacement field's expression, recorded for the token that ends it.
struct ReplacementExpression {
  var token: Int32
  var start: Int32
  var end: Int32
  var previous: UnsafeMutablePointer<ReplacementExpression>?
}

extension Tokenizer {
  /// Whether the cursor is within an f-string or t-string.
  public var isInFormattedString: Bool { formattedDepth > 0 }

  /// Whether the cursor is in the text or format specification of an f-string or t-string.
  var isInFormattedText: Bool { formattedDepth > 0 && formatted.unsafelyUnwrapped[Int(formattedDepth)].isInText }

  static let maximumFormattedDepth = 150
  static let maximumExpressionDepth: Int32 = 3

  /// The source text of a replacement field's expression, for the `!`, `:` or `}` token that ends it: what `f"{x = }"` prints and what a
  /// t-string's `Interpolation.expression` is made of. Comments are taken out. `nil` for other tokens, and in f-strings for
  /// fields without `=`. The bytes live in the source's arena.
  public func expressionText(endedBy token: Token) -> UnsafeBufferPointer<UInt8>? {
    var entry = latestExpression
    while let current = entry {
      if current.pointee.token == token.start {
        let count = Int(max(0, current.pointee.end - current.pointee.start))
        return withoutComments(UnsafeBufferPointer(start: base + Int(current.pointee.start), count: count))
      }
      if current.pointee.token < token.start { return nil }
      entry = current.pointee.previous
    }
    return nil
  }

  /// CPython finds comments without tokenizing: a quote opens a string up to the next such quote that no backslash precedes.
  private func withoutComments(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    guard text.contains(Byte.hash) else { return text }
    let result = source.arena.allocate(UInt8.self, count: text.count)
    var count = 0
    var quote: UInt8 = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == Byte.hash && quote == 0 {
        while index < text.count && text[index] != Byte.newline { index += 1 }
        continue
      }
      if byte == Byte.singleQuote || byte == Byte.doubleQuote {
        if quote == 0 { quote = byte } else if quote == byte { quote = 0 }
      }
      let length = byte == Byte.backslash ? min(2, text.count - index) : 1
      for offset in 0..<length { result[count + offset] = text[index + offset] }
      count += length
      index += length
    }
    return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(result)[..<count])
  }

  // MARK: - In code

  /// The start token of an f-string or t-string whose opening quote the cursor has passed.
  mutating func formattedStringStart() throws(Diagnostic) -> Token {
    let quote = cursor[-1]
    stringLine = line
    stringLineStart = lineStart
    var quoteSize: UInt8 = 1
    if cursor[0] == quote && cursor[1] == quote {
      quoteSize = 3
      cursor += 2
    }
    if formattedDepth + 1 >= Self.maximumFormattedDepth { throw syntaxError("too many nested f-strings or t-strings") }
    let first = Byte.lowercased(tokenStart[0])
    let second = Byte.lowercased(tokenStart[1])
    let isTemplate = first == 0x74 || second == 0x74
    let string = FormattedString(
      isRaw: first == 0x72 || second == 0x72, isTemplate: isTemplate, quote: quote, quoteSize: quoteSize, start: tokenStart,
      lineStart: lineStart, line: line)
    formattedDepth &+= 1
    let stack: UnsafeMutablePointer<FormattedString>
    if let formatted {
      stack = formatted
    } else {
      stack = source.arena.allocate(FormattedString.self, count: Self.maximumFormattedDepth).baseAddress.unsafelyUnwrapped
      formatted = stack
    }
    stack[Int(formattedDepth)] = string
    return stringToken(isTemplate ? .tStringStart : .fStringStart, from: tokenStart, to: cursor)
  }

  /// Handles `{`, `}`, `:` and `!` in a replacement field, before the token is made; true if a `:` opens a format specifier.
  @discardableResult
  mutating func noteExpression(boundary byte: UInt8) -> Bool {
    let current = formatted.unsafelyUnwrapped + Int(formattedDepth)
    guard current.pointee.expressionDepth >= 0 else { return false }
    // The beginning of `!=` ends nothing.
    if byte == Byte.exclamation && cursor.pointee == Byte.equal { return false }
    let depth = current.pointee.bracketDepth - (byte == Byte.leftBrace ? 0 : 1)
    if depth == 0 || (depth == 1 && (current.pointee.isDebug || current.pointee.isInFormatSpecifier)) {
      switch byte {
      case Byte.leftBrace:
        current.pointee.expressionStart = cursor
        current.pointee.expressionEnd = nil
      case Byte.colon:
        if current.pointee.expressionEnd == nil { current.pointee.expressionEnd = tokenStart }
      default:
        current.pointee.expressionEnd = tokenStart
      }
      if byte != Byte.leftBrace, current.pointee.isDebug || current.pointee.isTemplate { recordExpression(current.pointee) }
    }
    guard byte == Byte.colon && depth == current.pointee.expressionDepth else { return false }
    current.pointee.isInText = true
    current.pointee.isInFormatSpecifier = true
    return true
  }

  private mutating func recordExpression(_ string: FormattedString) {
    guard let start = string.expressionStart, let stop = string.expressionEnd else { return }
    let entry = source.arena.allocate(ReplacementExpression.self, count: 1).baseAddress.unsafelyUnwrapped
    entry.pointee = ReplacementExpression(
      token: Int32(truncatingIfNeeded: tokenStart - base), start: Int32(truncatingIfNeeded: start - base),
      end: Int32(truncatingIfNeeded: stop - base), previous: latestExpression)
    latestExpression = entry
  }

  /// Handles a `=` in an f-string: directly in a replacement field it asks for the expression's text.
  mutating func noteDebugExpression() {
    let current = formatted.unsafelyUnwrapped + Int(formattedDepth)
    if current.pointee.bracketDepth - current.pointee.expressionDepth == 1 { current.pointee.isDebug = true }
  }

  // MARK: - In text

  private mutating func enterExpression(_ current: UnsafeMutablePointer<FormattedString>) throws(Diagnostic) {
    current.pointee.expressionDepth &+= 1
    if current.pointee.expressionDepth >= Self.maximumExpressionDepth {
      throw syntaxError("\(current.pointee.letter)-string: expressions nested too deeply")
    }
    current.pointee.isInText = false
  }

  /// The next token where the cursor is in the text or format specifier of an f-string or t-string.
  mutating func nextInText() throws(Diagnostic) -> Token {
    let current = formatted.unsafelyUnwrapped + Int(formattedDepth)
    tokenStart = cursor
    stringLine = line
    if cursor[0] == Byte.leftBrace && cursor[1] != Byte.leftBrace {
      try enterExpression(current)
      return try nextInCode()
    }
    let quote = current.pointee.quote
    let quoteSize = Int(current.pointee.quoteSize)
    if cursor[0] == quote && (quoteSize == 1 || (cursor[1] == quote && cursor[2] == quote)) {
      cursor += quoteSize
      formattedDepth &-= 1
      stringLineStart = lineStart
      return stringToken(current.pointee.isTemplate ? .tStringEnd : .fStringEnd, from: tokenStart, to: cursor)
    }
    stringLineStart = lineStart
    let kind: TokenKind = current.pointee.isTemplate ? .tStringMiddle : .fStringMiddle
    let isInFormatSpecifier = current.pointee.isInFormatSpecifier && current.pointee.expressionDepth >= 0
    var isInNamedEscape = false
    while true {
      let byte = cursor.pointee
      if byte == 0 && cursor >= end {
        hasMetEnd = true
        hasMetEndInText = true
        throw unterminatedText(current.pointee)
      }
      cursor += 1
      switch byte {
      case quote:
        guard quoteSize == 1 || (cursor[0] == quote && cursor[1] == quote) else { continue }
        cursor -= 1
        return stringToken(kind, from: tokenStart, to: cursor)
      case Byte.newline:
        if quoteSize == 1 {
          if isInFormatSpecifier {
            let letter = current.pointee.letter
            throw syntaxError("\(letter)-string: newlines are not allowed in format specifiers for single quoted \(letter)-strings")
          }
          throw unterminatedText(current.pointee)
        }
        if cursor < end { try enterLine() }
      case Byte.leftBrace:
        current.pointee.expressionStart = cursor
        current.pointee.expressionEnd = nil
        if cursor.pointee == Byte.leftBrace && !isInFormatSpecifier {
          cursor += 1
          return stringToken(kind, from: tokenStart, to: cursor - 1)
        }
        cursor -= 1
        try enterExpression(current)
        current.pointee.isInFormatSpecifier = false
        return stringToken(kind, from: tokenStart, to: cursor)
      case Byte.rightBrace:
        if isInNamedEscape { return stringToken(kind, from: tokenStart, to: cursor) }
        if cursor.pointee == Byte.rightBrace && !isInFormatSpecifier && current.pointee.bracketDepth == 0 {
          cursor += 1
          return stringToken(kind, from: tokenStart, to: cursor - 1)
        }
        cursor -= 1
        current.pointee.isInText = false
        current.pointee.isInFormatSpecifier = false
        return stringToken(kind, from: tokenStart, to: cursor)
      case Byte.backslash:
        if try escapeOpensName(isRaw: current.pointee.isRaw) { isInNamedEscape = true }
      default: break
      }
    }
  }

  /// Passes what follows a backslash in an f-string's text; true if that is `N{`. A brace is left in place: it cannot be escaped.
  private mutating func escapeOpensName(isRaw: Bool) throws(Diagnostic) -> Bool {
    if cursor.pointee == Byte.carriageReturn { cursor += 1 }
    let byte = cursor.pointee
    if byte == 0 && cursor >= end { return false }
    if byte == Byte.leftBrace || byte == Byte.rightBrace {
      if !isRaw {
        cursor += 1
        let character = Character(UnicodeScalar(byte))
        warn(
          "\"\\\(character)\" is an invalid escape sequence. Such sequences will not work in the future. "
            + "Did you mean \"\\\\\(character)\"? A raw string is also an option.")
        cursor -= 1
      }
      return false
    }
    cursor += 1
    if byte == Byte.newline && cursor < end { try enterLine() }
    if byte == Byte.upperN && !isRaw && cursor.pointee == Byte.leftBrace {
      cursor += 1
      return true
    }
    return false
  }

  private mutating func unterminatedText(_ string: FormattedString) -> Diagnostic {
    let lastLine = line
    cursor = string.start + 1
    lineStart = string.lineStart
    line = string.line
    let quotes = string.quoteSize == 3 ? "triple-quoted " : ""
    return syntaxError("unterminated \(quotes)\(string.letter)-string literal (detected at line \(lastLine))")
  }
}
