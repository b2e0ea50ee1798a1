// String and bytes tokens, and the prefixes of all string-like tokens.

/// The letters before a string's quote.
struct StringPrefix {
  private(set) var bytes = false
  private(set) var raw = false
  private(set) var unicode = false
  private(set) var format = false
  private(set) var template = false

  var isFormatted: Bool { format || template }

  /// `nil` when a letter repeats: then the letters are a name.
  init?(_ start: UnsafePointer<UInt8>, _ stop: UnsafePointer<UInt8>) {
    var position = start
    while position < stop {
      switch Byte.lowercased(position.pointee) {
      case 0x62:
        if bytes { return nil }
        bytes = true
      case 0x75:
        if unicode { return nil }
        unicode = true
      case 0x72:
        if raw { return nil }
        raw = true
      case 0x66:
        if format { return nil }
        format = true
      default:
        if template { return nil }
        template = true
      }
      position += 1
    }
  }

  /// The two letters that exclude each other.
  var conflict: (StaticString, StaticString)? {
    if unicode {
      if bytes { return ("u", "b") }
      if raw { return ("u", "r") }
      if format { return ("u", "f") }
      if template { return ("u", "t") }
    }
    if bytes {
      if format { return ("b", "f") }
      if template { return ("b", "t") }
    }
    return format && template ? ("f", "t") : nil
  }
}

extension Tokenizer {
  @inline(__always)
  mutating func check(_ prefix: StringPrefix) throws(Diagnostic) {
    guard let (first, second) = prefix.conflict else { return }
    throw syntaxError(
      "'\(first)' and '\(second)' prefixes are incompatible", columns: (tokenStart + 1 - lineStart, cursor - lineStart))
  }

  /// A string token; it may span lines.
  @inline(__always)
  func stringToken(_ kind: TokenKind, from start: UnsafePointer<UInt8>, to stop: UnsafePointer<UInt8>) -> Token {
    Token(
      kind: kind, level: UInt8(truncatingIfNeeded: level), start: Int32(truncatingIfNeeded: start - base),
      end: Int32(truncatingIfNeeded: stop - base),
      range: SourceRange(
        line: stringLine, column: Int32(truncatingIfNeeded: tokenStart - stringLineStart), endLine: line,
        endColumn: Int32(truncatingIfNeeded: cursor - lineStart)))
  }

  /// A string whose opening quote the cursor has passed.
  mutating func string() throws(Diagnostic) -> Token {
    let quote = cursor[-1]
    stringLine = line
    stringLineStart = lineStart
    if cursor.pointee == quote {
      if cursor[1] == quote {
        cursor += 2
        return try tripleQuotedString(quote)
      }
      cursor += 1
      return stringToken(.string, from: tokenStart, to: cursor)
    }
    var hasEscapedQuote = false
    var position = cursor
    while true {
      let byte = position.pointee
      position += 1
      if byte == quote { break }
      if byte == Byte.backslash {
        if position.pointee == quote { hasEscapedQuote = true }
        cursor = position
        try skipEscaped()
        position = cursor
      } else if byte == Byte.newline || (byte == 0 && position > end) {
        hasMetEnd = byte == 0
        throw unterminatedString(quote, size: 1, hasEscapedQuote: hasEscapedQuote)
      }
    }
    cursor = position
    return stringToken(.string, from: tokenStart, to: cursor)
  }

  private mutating func tripleQuotedString(_ quote: UInt8) throws(Diagnostic) -> Token {
    var position = cursor
    while true {
      let byte = position.pointee
      position += 1
      if byte == quote {
        if position[0] == quote && position[1] == quote {
          cursor = position + 2
          return stringToken(.string, from: tokenStart, to: cursor)
        }
      } else if byte == Byte.newline {
        cursor = position
        if cursor < end { try enterLine() }
      } else if byte == Byte.backslash {
        cursor = position
        try skipEscaped()
        position = cursor
      } else if byte == 0 && position > end {
        hasMetEnd = true
        hasMetEndInText = true
        throw unterminatedString(quote, size: 3, hasEscapedQuote: false)
      }
    }
  }

  /// Passes what follows a backslash in a string.
  @inline(__always)
  private mutating func skipEscaped() throws(Diagnostic) {
    if cursor.pointee == Byte.carriageReturn { cursor += 1 }
    guard cursor < end else {
      hasMetEnd = true
      return
    }
    cursor += 1
    if cursor[-1] == Byte.newline && cursor < end { try enterLine() }
  }

  private mutating func unterminatedString(_ quote: UInt8, size: UInt8, hasEscapedQuote: Bool) -> Diagnostic {
    // The error stands at the opening quote, whatever the prefix.
    let lastLine = line
    cursor = tokenStart + 1
    lineStart = stringLineStart
    line = stringLine
    if formattedDepth > 0 {
      let current = formatted.unsafelyUnwrapped[Int(formattedDepth)]
      if current.quote == quote && current.quoteSize == size {
        return syntaxError("\(current.letter)-string: expecting '}'")
      }
    }
    if size == 3 { return syntaxError("unterminated triple-quoted string literal (detected at line \(lastLine))") }
    let hint = hasEscapedQuote ? "; perhaps you escaped the end quote?" : ""
    return syntaxError("unterminated string literal (detected at line \(lastLine))\(hint)")
  }
}
