// The tokenizer's errors and warnings, at the places where CPython reports them.

extension Tokenizer {
  /// The text from the line's start to the first line end, as errors of the tokenizer itself show it.
  private var lineText: [UInt8] {
    var stop = lineStart
    while stop < end && stop.pointee != Byte.newline && stop.pointee != 0 { stop += 1 }
    return Array(UnsafeBufferPointer(start: lineStart, count: stop - lineStart))
  }

  /// The number of code points in the first `count` bytes of the line.
  private func codePoints(_ count: Int) -> Int {
    var result = 0
    for index in 0..<max(0, count) where lineStart[index] & 0xC0 != 0x80 { result += 1 }
    return result
  }

  /// An error that CPython's tokenizer raises: at the cursor, or at a range of byte columns from 1.
  mutating func syntaxError(_ message: String, columns: (Int, Int)? = nil) -> Diagnostic {
    status = .syntaxError
    var offset = codePoints(cursor - lineStart)
    var endOffset = offset
    if let columns {
      offset = codePoints(columns.0 - 1) + 1
      endOffset = codePoints(columns.1 - 1) + 1
    }
    return Diagnostic(
      .syntaxError, message, fileName: source.fileName, line: Int(line), offset: offset, endLine: Int(line), endOffset: endOffset,
      text: lineText)
  }

  mutating func unreadableLine() -> Diagnostic {
    if let line = source.unreadableLine, base + line.offset == lineStart {
      status = .syntaxError
      return line.diagnostic
    }
    return syntaxError("source code cannot contain null bytes")
  }

  mutating func invalidCharacter(_ codePoint: UInt32) -> Diagnostic {
    let digits = String(codePoint, radix: 16, uppercase: true)
    let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    if UnicodeProperties.isPrintable(codePoint), let scalar = UnicodeScalar(codePoint) {
      return syntaxError("invalid character '\(Character(scalar))' (U+\(number))")
    }
    return syntaxError("invalid non-printable character U+\(number)")
  }

  /// A warning at the cursor.
  mutating func warn(_ message: String) {
    let offset = codePoints(cursor - lineStart)
    source.warnings.append(
      SyntaxWarning(
        category: .syntaxWarning, message: message, fileName: source.fileName, line: Int(line), offset: offset, endLine: Int(line),
        endOffset: offset))
  }

  // MARK: - Errors that CPython's parser words

  /// An error whose text is the current line with its line end.
  private func parserError(
    _ exceptionClass: Diagnostic.ExceptionClass, _ message: String, offset: Int, endOffset: Int
  ) -> Diagnostic {
    Diagnostic(
      exceptionClass, message, fileName: source.fileName, line: Int(line), offset: offset, endLine: Int(line), endOffset: endOffset,
      text: source.line(Int(line)).map(Array.init))
  }

  /// Moves the cursor to the end of the current line, where CPython stops after such an error.
  private mutating func skipLine() {
    cursor = nextLineStart
  }

  mutating func inconsistentDedent() -> Diagnostic {
    status = .inconsistentDedent
    skipLine()
    return parserError(
      .indentationError, "unindent does not match any outer indentation level", offset: codePoints(cursor - lineStart), endOffset: -1)
  }

  mutating func inconsistentTabs() -> Diagnostic {
    status = .inconsistentTabs
    skipLine()
    return parserError(.tabError, "inconsistent use of tabs and spaces in indentation", offset: 1, endOffset: 0)
  }

  mutating func tooManyIndents() -> Diagnostic {
    status = .tooManyIndents
    skipLine()
    return parserError(.indentationError, "too many levels of indentation", offset: 1, endOffset: 0)
  }

  mutating func strayContinuation() -> Diagnostic {
    status = .strayContinuation
    // CPython counts from the start of its buffer, which reaches back to where the logical line began, but not past the line's length.
    // The first two lines of a file are in it together where both were searched for an encoding.
    let lineLength = (source.line(Int(line))?.count ?? 0) + 1
    let start = source.isOnDisk && line == 2 && isFirstLineBlank ? base : bufferStart
    return parserError(
      .syntaxError, "unexpected character after line continuation character",
      offset: codePoints(min(cursor - start, lineLength)), endOffset: 0)
  }

  /// Whether the first line holds nothing or a comment.
  private var isFirstLineBlank: Bool {
    let first = source.line(1)?.first { $0 != Byte.space && $0 != Byte.tab && $0 != Byte.formFeed }
    return first == Byte.newline || first == Byte.hash
  }

  /// The text ends within brackets or after a backslash. A reader of files has let go of a line with nothing but the backslash by then, and knows no column.
  mutating func unexpectedEnd(inIndentation: Bool = false) -> Diagnostic {
    status = .endOfInput
    guard let bracket = innermostBracket else {
      return parserError(.syntaxError, "unexpected EOF while parsing", offset: inIndentation && source.isOnDisk ? 0 : codePoints(cursor - lineStart), endOffset: -1)
    }
    return unclosedBracket(bracket)
  }

  /// The error about a bracket that is never closed.
  public func unclosedBracket(_ bracket: (byte: UInt8, line: Int32, column: Int32)) -> Diagnostic {
    let line = Int(bracket.line)
    return Diagnostic(
      .syntaxError, "'\(Character(UnicodeScalar(bracket.byte)))' was never closed", fileName: source.fileName, line: line,
      offset: source.codePointColumn(line: line, byteColumn: Int(bracket.column)) + 1, endLine: line, endOffset: 0,
      text: source.line(line).map(Array.init))
  }
}
