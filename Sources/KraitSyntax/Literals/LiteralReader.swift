// Turns the tokens of literals into nodes; the parser's actions call it. Numbers, escapes and joined strings are in the other files
// of this folder.

import Glibc

/// An error in a literal. Where it is reported may depend on the parser's state, so that the parser makes the ``Diagnostic``.
public struct LiteralError: Error {
  public enum Place: Sendable {
    /// At the last token that the parser has read.
    case lastToken
    case range(SourceRange)
    /// The error is no `SyntaxError` and has no place; it may be a codec's own.
    case nowhere(CodecError?)
  }
  public var exceptionClass: Diagnostic.ExceptionClass
  public var message: String
  public var place: Place

  init(_ message: String, _ place: Place, _ exceptionClass: Diagnostic.ExceptionClass = .syntaxError) {
    self.exceptionClass = exceptionClass
    self.message = message
    self.place = place
  }
}

/// Reads the literals of one source.
public struct LiteralReader {
  public let source: SourceFile
  /// Off in the parser's second pass, which only looks for a better error message: its warnings have been reported by the first.
  public var reportsWarnings = true
  /// The minor version of `ast.parse(feature_version=…)`.
  public var featureVersion = 14
  /// `sys.get_int_max_str_digits()`: the longest decimal integer that is accepted; 0 is no limit.
  public var integerDigitLimit = 4300

  @usableFromInline let arena: Arena

  public init(source: SourceFile) {
    self.source = source
    arena = source.arena
  }

  @inline(__always)
  func bytes(of token: Token) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: source.text[Int(token.start)..<Int(token.end)])
  }

  // MARK: Numbers

  /// The `Constant` of a ``TokenKind/number`` token.
  public func number(_ token: Token) throws(LiteralError) -> Expr {
    let bytes = bytes(of: token)
    if featureVersion < 6 && bytes.contains(UInt8(ascii: "_")) {
      throw LiteralError("Underscores in numeric literals are only supported in Python 3.6 and greater", .lastToken)
    }
    let value: ConstantValue
    switch NumberLiteral(bytes, integerDigitLimit: integerDigitLimit) {
    case .small(let integer): value = arena.integer(integer)
    case .integer(let radix, let digits): value = arena.integer(digits: digits, radix: radix)
    case .float(let double): value = arena.float(double)
    case .imaginary(let double): value = arena.complex(0, double)
    case .tooLong(let count):
      // No column: the message stands for the line, not for thousands of carets.
      let range = SourceRange(line: token.range.line, column: -1, endLine: token.range.endLine, endColumn: -1)
      throw LiteralError(
        """
        Exceeds the limit (\(integerDigitLimit) digits) for integer string conversion: value has \(count) digits; \
        use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals \
        to avoid decimal conversion limits.
        """, .range(range))
    }
    return AST.Constant(value: value, kind: nil, at: token.range, in: arena).asExpr
  }

  // MARK: Strings

  /// The `Constant` of a ``TokenKind/string`` token: a string or bytes literal without its neighbours.
  public func string(_ token: Token) throws(LiteralError) -> Expr {
    let bytes = bytes(of: token)
    var start = 0
    var isBytes = false
    var isRaw = false
    prefix: while start < bytes.count {
      switch bytes[start] | 0x20 {
      case UInt8(ascii: "b"): isBytes = true
      case UInt8(ascii: "r"): isRaw = true
      case UInt8(ascii: "u"): break
      default: break prefix
      }
      start += 1
    }
    let isTriple = bytes.count - start >= 6 && bytes[start] == bytes[start + 1] && bytes[start] == bytes[start + 2]
    let quotes = isTriple ? 3 : 1
    let body = UnsafeBufferPointer(rebasing: bytes[(start + quotes)..<max(start + quotes, bytes.count - quotes)])

    if isBytes {
      guard body.allSatisfy({ $0 < 0x80 }) else {
        throw LiteralError("bytes can only contain ASCII literal characters", .range(token.range))
      }
      let text = try isRaw ? arena.text(body) : decodedBytes(body, token: token)
      return AST.Constant(value: arena.bytes(text), kind: nil, at: token.range, in: arena).asExpr
    }
    let text = try decoded(body, isRaw: isRaw, token: token)
    let kind = bytes[0] == UInt8(ascii: "u") ? arena.text("u") : nil
    return AST.Constant(value: arena.string(text), kind: kind, at: token.range, in: arena).asExpr
  }

  /// The text of a string's body; an error in an escape becomes a syntax error.
  func decoded(_ body: UnsafeBufferPointer<UInt8>, isRaw: Bool, token: Token) throws(LiteralError) -> Text {
    do throws(UnicodeEscapeError) {
      return try decodedString(body, isRaw: isRaw, token: token)
    } catch {
      throw LiteralError("(unicode error) \(error.codecError(in: body).message)", .lastToken)
    }
  }

  func decodedString(_ body: UnsafeBufferPointer<UInt8>, isRaw: Bool, token: Token) throws(UnicodeEscapeError) -> Text {
    if isRaw || !body.containsBackslash { return arena.text(body) }
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: body.count)
    defer { buffer.deallocate() }
    let result = try StringEscapes.decodeString(body, into: buffer)
    if let offset = result.firstInvalidEscape { warnInvalidEscape(body, at: offset, token: token) }
    return arena.text(UnsafeBufferPointer(start: buffer, count: result.count))
  }

  private func decodedBytes(_ body: UnsafeBufferPointer<UInt8>, token: Token) throws(LiteralError) -> Text {
    if !body.containsBackslash { return arena.text(body) }
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: body.count)
    defer { buffer.deallocate() }
    let result = StringEscapes.decodeBytes(body, into: buffer)
    if let offset = result.error { throw LiteralError("(value error) invalid \\x escape at position \(offset)", .lastToken) }
    if let offset = result.firstInvalidEscape { warnInvalidEscape(body, at: offset, token: token) }
    return arena.text(UnsafeBufferPointer(start: buffer, count: result.count))
  }

  /// Warns of an escape without a meaning; `offset` is that of the character after the backslash.
  ///
  /// The column counts as CPython does, which measures a string in which every character beyond ASCII has become an escape of ten.
  private func warnInvalidEscape(_ body: UnsafeBufferPointer<UInt8>, at offset: Int, token: Token) {
    guard reportsWarnings else { return }
    let character = body[offset]
    switch token.kind {
    case .fStringMiddle, .fStringEnd, .tStringMiddle, .tStringEnd:
      // The tokenizer has warned of these.
      if character == UInt8(ascii: "{") || character == UInt8(ascii: "}") { return }
    default: break
    }
    let isOctal = (UInt8(ascii: "4")...UInt8(ascii: "7")).contains(character)
    let escape = String(decoding: isOctal ? body[offset...].prefix(3) : body[offset...offset], as: UTF8.self)

    var line = token.range.line
    var column = token.range.column
    if let newline = body[..<offset].lastIndex(of: 0x0A) {
      line += body[..<offset].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
      column = Int32(truncatingIfNeeded: StringEscapes.expandedOffset(of: offset, in: body) - StringEscapes.expandedOffset(of: newline + 1, in: body))
    } else {
      column += Int32(truncatingIfNeeded: StringEscapes.expandedOffset(of: offset, in: body)) + leadingQuotes(of: token)
    }
    source.warn(
      featureVersion >= 12 ? .syntaxWarning : .deprecationWarning,
      """
      "\\\(escape)" is an invalid \(isOctal ? "octal " : "")escape sequence. \(SyntaxWarning.outlook)\
      Did you mean "\\\\\(escape)"? A raw string is also an option.
      """, at: SourceRange(line: line, column: column - 1, endLine: line, endColumn: column + 1))
  }

  /// How many quotes like the first one a token begins with, other quotes in between not counted.
  private func leadingQuotes(of token: Token) -> Int32 {
    let run = bytes(of: token).prefix { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
    return run.reduce(0) { $0 + ($1 == run.first ? 1 : 0) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  var containsBackslash: Bool {
    guard let baseAddress else { return false }
    return memchr(baseAddress, Int32(UInt8(ascii: "\\")), count) != nil
  }
}
