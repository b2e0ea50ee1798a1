// Tokens, with the numbers of Python's `token` module.

/// The kind of a token; the raw values are those of Python 3.14's `token` module.
@frozen
public enum TokenKind: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case endMarker, name, number, string, newline, indent, dedent
  case leftParenthesis, rightParenthesis, leftSquareBracket, rightSquareBracket, colon, comma, semicolon
  case plus, minus, star, slash, verticalBar, ampersand, less, greater, equal, dot, percent, leftBrace, rightBrace
  case equalEqual, notEqual, lessEqual, greaterEqual, tilde, circumflex, leftShift, rightShift, doubleStar
  case plusEqual, minusEqual, starEqual, slashEqual, percentEqual, ampersandEqual, verticalBarEqual, circumflexEqual
  case leftShiftEqual, rightShiftEqual, doubleStarEqual, doubleSlash, doubleSlashEqual, at, atEqual, rightArrow, ellipsis
  case colonEqual, exclamation, op, typeIgnore, typeComment, softKeyword
  case fStringStart, fStringMiddle, fStringEnd, tStringStart, tStringMiddle, tStringEnd, comment, nl, errorToken, encoding
}

/// A token: its kind and where it stands.
@frozen
public struct Token: BitwiseCopyable, Sendable {
  public var kind: TokenKind
  /// The depth of brackets around it.
  public var level: UInt8
  /// Byte offsets into ``SourceFile/text``.
  public var start: Int32
  public var end: Int32
  public var range: SourceRange

  @inlinable
  public init(kind: TokenKind, level: UInt8, start: Int32, end: Int32, range: SourceRange) {
    self.kind = kind
    self.level = level
    self.start = start
    self.end = end
    self.range = range
  }
}
