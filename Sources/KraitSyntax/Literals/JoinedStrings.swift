// The nodes of f-strings and t-strings, and what adjacent string literals become.

import Glibc

extension LiteralReader {
  /// `!r` and its like in a replacement field.
  public struct Conversion: BitwiseCopyable {
    /// The character's code.
    public var character: Int
    /// Where the name stands.
    public var range: SourceRange
    /// The exclamation mark: the expression's text ends there.
    public var token: Token
  }

  /// The part of a replacement field from its colon on.
  public struct FormatSpecification: BitwiseCopyable {
    public var value: Expr
    /// The colon: the expression's text ends there.
    public var token: Token
  }

  /// Which prefix a string has, for messages and for the class of its node.
  public enum Flavor: String, Sendable { case f, t }

  // MARK: Pieces

  /// The text between replacement fields, as it stands in the source: ``joinedString(start:parts:end:)`` decodes it.
  public func middle(_ token: Token) -> Expr {
    AST.Constant(value: arena.string(arena.text(bytes(of: token))), kind: nil, at: token.range, in: arena).asExpr
  }

  /// The text of a format specification, decoded. Its errors are no syntax errors: CPython lets the codec's own through.
  ///
  /// - Parameter isRaw: whether the string around it has the prefix `r`.
  public func formatMiddle(_ token: Token, isRaw: Bool) throws(LiteralError) -> Expr {
    do throws(UnicodeEscapeError) {
      let text = try decodedString(bytes(of: token), isRaw: isRaw, token: token)
      return AST.Constant(value: arena.string(text), kind: nil, at: token.range, in: arena).asExpr
    } catch {
      let codecError = error.codecError(in: bytes(of: token))
      throw LiteralError(codecError.message, .nowhere(codecError), .unicodeDecodeError)
    }
  }

  public func conversion(exclamation: Token, name: Text, at range: SourceRange, flavor: Flavor) throws(LiteralError) -> Conversion {
    guard exclamation.range.line == range.line && exclamation.range.endColumn == range.column else {
      let place = SourceRange(
        line: exclamation.range.line, column: exclamation.range.column, endLine: range.endLine, endColumn: range.endColumn)
      throw LiteralError("\(flavor)-string: conversion type must come right after the exclamation mark", .range(place))
    }
    guard name == "s" || name == "r" || name == "a" else {
      throw LiteralError(
        "\(flavor)-string: invalid conversion character \(name.repr): expected 's', 'r', or 'a'", .range(range))
    }
    return Conversion(character: Int(name.bytes[0]), range: range, token: exclamation)
  }

  /// - Parameter range: from the colon to the end of the specification.
  public func formatSpecification(
    colon: Token, parts: some Collection<Expr>, at range: SourceRange
  ) throws(LiteralError) -> FormatSpecification {
    let parts = parts.filter { !isEmptyString($0) }
    let isPlain = parts.count == 1 && parts[0].kind == .constant
    let value =
      parts.isEmpty || isPlain
      ? AST.JoinedStr(values: arena.list(parts), at: range, in: arena).asExpr
      : try concatenation(parts, at: range)
    return FormatSpecification(value: value, token: colon)
  }

  /// A replacement field of an f-string. With `=` it is a `JoinedStr` of the expression's text and the field,
  /// which ``joinedString(start:parts:end:)`` dissolves.
  ///
  /// - Parameters:
  ///   - text: what ``Tokenizer/expressionText(endedBy:)`` gives for the token that ends the expression.
  ///   - range: from brace to brace.
  public func formattedValue(
    _ value: Expr, isDebug: Bool, conversion: Conversion?, format: FormatSpecification?, text: UnsafeBufferPointer<UInt8>?,
    at range: SourceRange
  ) throws(LiteralError) -> Expr {
    let field = AST.FormattedValue(
      value: value, conversion: character(isDebug, conversion, format), formatSpec: format?.value, at: range, in: arena)
    return try isDebug ? debugField(field.asExpr, conversion, format, text, at: range) : field.asExpr
  }

  /// A replacement field of a t-string; see ``formattedValue(_:isDebug:conversion:format:text:at:)``.
  public func interpolation(
    _ value: Expr, isDebug: Bool, conversion: Conversion?, format: FormatSpecification?, text: UnsafeBufferPointer<UInt8>?,
    at range: SourceRange
  ) throws(LiteralError) -> Expr {
    let source = text ?? UnsafeBufferPointer(start: nil, count: 0)
    let expression = isDebug ? LiteralReader.withoutEqualSign(source) : source
    let field = AST.Interpolation(
      value: value, str: arena.string(arena.text(expression)), conversion: character(isDebug, conversion, format),
      formatSpec: format?.value, at: range, in: arena)
    return try isDebug ? debugField(field.asExpr, conversion, format, text, at: range) : field.asExpr
  }

  /// The text before the `=` at its end, if there is one: the search for comments may have cut it off.
  private static func withoutEqualSign(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var end = text.count
    while end > 0 && text[end - 1] < 0x80 && Unicode.Scalar(text[end - 1]).isPythonSpace {
      let isContinuation = text[end - 1] == 0x0A && end > 1 && text[end - 2] == UInt8(ascii: "\\")
      end -= isContinuation ? 2 : 1
    }
    guard end > 0 && text[end - 1] == UInt8(ascii: "=") else { return text }
    return UnsafeBufferPointer(rebasing: text[..<(end - 1)])
  }

  private func character(_ isDebug: Bool, _ conversion: Conversion?, _ format: FormatSpecification?) -> Int {
    conversion?.character ?? (isDebug && format == nil ? Int(UInt8(ascii: "r")) : -1)
  }

  private func debugField(
    _ field: Expr, _ conversion: Conversion?, _ format: FormatSpecification?, _ text: UnsafeBufferPointer<UInt8>?, at range: SourceRange
  ) throws(LiteralError) -> Expr {
    guard let text else {
      // CPython loses the text of fields in the format of a field in a format, and stumbles over it.
      throw LiteralError("field 'value' is required for Constant", .nowhere(nil), .valueError)
    }
    var place = range
    if let conversion {
      place.endLine = conversion.range.line
      place.endColumn = conversion.range.column
    } else if let format {
      place.endLine = format.value.range.line
      place.endColumn = format.value.range.column + 1
    }
    var textPlace = place
    textPlace.column += 1
    textPlace.endColumn -= 1
    let constant = AST.Constant(value: arena.string(arena.text(text)), kind: nil, at: textPlace, in: arena)
    return AST.JoinedStr(values: arena.list([constant.asExpr, field]), at: place, in: arena).asExpr
  }

  // MARK: Whole strings

  /// An f-string from its pieces: constants of ``middle(_:)``, fields of
  /// ``formattedValue(_:isDebug:conversion:format:text:at:)``.
  public func joinedString(start: Token, parts: some Collection<Expr>, end: Token) throws(LiteralError) -> Expr {
    let values = try pieces(start, parts, end)
    return AST.JoinedStr(values: arena.list(values), at: SourceRange(from: start.range, to: end.range), in: arena).asExpr
  }

  /// A t-string from its pieces.
  public func templateString(start: Token, parts: some Collection<Expr>, end: Token) throws(LiteralError) -> Expr {
    let values = try pieces(start, parts, end)
    return AST.TemplateStr(values: arena.list(values), at: SourceRange(from: start.range, to: end.range), in: arena).asExpr
  }

  private func pieces(_ start: Token, _ parts: some Collection<Expr>, _ end: Token) throws(LiteralError) -> [Expr] {
    let isRaw = bytes(of: start).contains { $0 | 0x20 == UInt8(ascii: "r") }
    var values: [Expr] = []
    values.reserveCapacity(parts.count)
    for part in parts {
      switch part.node {
      case .joinedStr(let debug): values.append(contentsOf: debug.values)
      case .constant(let constant):
        let piece = try decodedPiece(constant, isRaw: isRaw, end: end)
        if !isEmptyString(piece) { values.append(piece) }
      default: values.append(part)
      }
    }
    return values
  }

  private func decodedPiece(_ constant: AST.Constant, isRaw: Bool, end: Token) throws(LiteralError) -> Expr {
    let raw = constant.value.text
    if isRaw || !raw.bytes.containsBackslash { return constant.asExpr }
    let text = try decoded(raw.bytes, isRaw: false, token: end)
    return AST.Constant(value: arena.string(text), kind: nil, at: constant.range, in: arena).asExpr
  }

  // MARK: Adjacent literals

  /// What adjacent string, bytes and f-string literals become; one alone stays as it is.
  public func concatenation(_ strings: some Collection<Expr>, at range: SourceRange) throws(LiteralError) -> Expr {
    var hasBytes = false
    var hasText = false
    var isJoined = false
    for string in strings {
      if case .constant(let constant) = string.node {
        if constant.value.kind == .bytes { hasBytes = true } else { hasText = true }
      } else {
        isJoined = true
      }
    }
    if hasBytes && (hasText || isJoined) { throw LiteralError("cannot mix bytes and nonbytes literals", .lastToken) }
    if isJoined {
      return AST.JoinedStr(values: arena.list(merged(strings)), at: range, in: arena).asExpr
    }
    if let only = strings.first, strings.count == 1 { return only }
    return merged(Array(strings)[...], at: range)
  }

  /// What adjacent t-strings become.
  public func templateConcatenation(_ strings: some Collection<Expr>, at range: SourceRange) -> Expr {
    AST.TemplateStr(values: arena.list(merged(strings)), at: range, in: arena).asExpr
  }

  /// The error of a t-string beside another string; `first` and `last` are the neighbours.
  public func mixedTemplateError(from first: Expr, to last: Expr) -> LiteralError {
    LiteralError(
      "cannot mix t-string literals with string or bytes literals", .range(SourceRange(from: first.range, to: last.range)))
  }

  /// The pieces of all strings, runs of constants made one, without empty ones.
  private func merged(_ strings: some Collection<Expr>) -> [Expr] {
    var pieces: [Expr] = []
    for string in strings {
      switch string.node {
      case .joinedStr(let joined): pieces.append(contentsOf: joined.values)
      case .templateStr(let template): pieces.append(contentsOf: template.values)
      default: pieces.append(string)
      }
    }
    var values: [Expr] = []
    values.reserveCapacity(pieces.count)
    var index = 0
    while index < pieces.count {
      let run = pieces[index...].prefix { $0.kind == .constant }
      if run.isEmpty {
        values.append(pieces[index])
        index += 1
        continue
      }
      index = run.endIndex
      let first = run[run.startIndex]
      let piece = run.count == 1 ? first : merged(run, at: SourceRange(from: first.range, to: run[run.endIndex - 1].range))
      if !isEmptyString(piece) { values.append(piece) }
    }
    return values
  }

  /// One constant of several, with the first one's kind.
  private func merged(_ run: ArraySlice<Expr>, at range: SourceRange) -> Expr {
    var count = 0
    var kind: Text? = nil
    var isBytes = false
    for piece in run {
      guard case .constant(let constant) = piece.node else { continue }
      count += constant.value.text.count
      if piece == run.first {
        kind = constant.kind
        isBytes = constant.value.kind == .bytes
      }
    }
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1)
    defer { buffer.deallocate() }
    var offset = 0
    for piece in run {
      guard case .constant(let constant) = piece.node, let start = constant.value.text.bytes.baseAddress else { continue }
      memcpy(buffer + offset, start, constant.value.text.count)
      offset += constant.value.text.count
    }
    let text = arena.text(UnsafeBufferPointer(start: buffer, count: count))
    return AST.Constant(value: isBytes ? arena.bytes(text) : arena.string(text), kind: kind, at: range, in: arena).asExpr
  }

  private func isEmptyString(_ node: Expr) -> Bool {
    guard case .constant(let constant) = node.node else { return false }
    return constant.value.kind == .string && constant.value.text.isEmpty
  }
}

extension SourceRange {
  /// From the beginning of one range to the end of another.
  @inlinable
  public init(from first: SourceRange, to last: SourceRange) {
    self.init(line: first.line, column: first.column, endLine: last.endLine, endColumn: last.endColumn)
  }
}
