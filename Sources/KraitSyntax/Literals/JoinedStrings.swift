// The nodes of f-strings and t-strings, and what adjacent string literals become.

import Glibc

extension LiteralReader {
  /// `!r` and its like in a replacement field.
  public struct Conversion: BitwiseCopyable, Sendable {
    /// The character's code.
    public var character: Int
    /// Where the name stands.
    public var range: SourceRange
    /// The byte offset of the exclamation mark: the expression's text ends there.
    public var start: Int32
  }

  /// The part of a replacement field from its colon on.
  public struct FormatSpecification: BitwiseCopyable {
    public var value: Expr
    /// The byte offset of the colon: the expression's text ends there.
    public var start: Int32
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
      throw LiteralError(error.message, .nowhere, .unicodeDecodeError)
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
    return Conversion(character: Int(name.bytes[0]), range: range, start: exclamation.start)
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
    return FormatSpecification(value: value, start: colon.start)
  }

  /// A replacement field of an f-string. With `=` it is a `JoinedStr` of the expression's text and the field,
  /// which ``joinedString(start:parts:end:)`` dissolves.
  ///
  /// - Parameter range: from brace to brace.
  public func formattedValue(
    openingBrace: Token, _ value: Expr, debug: Token?, conversion: Conversion?, format: FormatSpecification?, closingBrace: Token,
    at range: SourceRange
  ) -> Expr {
    let field = AST.FormattedValue(
      value: value, conversion: character(debug, conversion, format), formatSpec: format?.value, at: range, in: arena)
    if debug == nil { return field.asExpr }
    return debugField(field.asExpr, openingBrace, conversion, format, closingBrace, at: range)
  }

  /// A replacement field of a t-string; see ``formattedValue(openingBrace:_:debug:conversion:format:closingBrace:at:)``.
  public func interpolation(
    openingBrace: Token, _ value: Expr, debug: Token?, conversion: Conversion?, format: FormatSpecification?, closingBrace: Token,
    at range: SourceRange
  ) -> Expr {
    let end = debug?.start ?? conversion?.start ?? format?.start ?? closingBrace.start
    let field = AST.Interpolation(
      value: value, str: arena.string(expressionText(openingBrace.end, end)), conversion: character(debug, conversion, format),
      formatSpec: format?.value, at: range, in: arena)
    if debug == nil { return field.asExpr }
    return debugField(field.asExpr, openingBrace, conversion, format, closingBrace, at: range)
  }

  private func character(_ debug: Token?, _ conversion: Conversion?, _ format: FormatSpecification?) -> Int {
    conversion?.character ?? (debug != nil && format == nil ? Int(UInt8(ascii: "r")) : -1)
  }

  private func debugField(
    _ field: Expr, _ openingBrace: Token, _ conversion: Conversion?, _ format: FormatSpecification?, _ closingBrace: Token,
    at range: SourceRange
  ) -> Expr {
    var place = range
    let end: Int32
    if let conversion {
      end = conversion.start
      place.endLine = conversion.range.line
      place.endColumn = conversion.range.column
    } else if let format {
      end = format.start
      place.endLine = format.value.range.line
      place.endColumn = format.value.range.column + 1
    } else {
      end = closingBrace.start
    }
    var textPlace = place
    textPlace.column += 1
    textPlace.endColumn -= 1
    let text = AST.Constant(
      value: arena.string(expressionText(openingBrace.end, end)), kind: nil, at: textPlace, in: arena)
    return AST.JoinedStr(values: arena.list([text.asExpr, field]), at: place, in: arena).asExpr
  }

  /// The source of an expression without its comments.
  private func expressionText(_ start: Int32, _ end: Int32) -> Text {
    let bytes = UnsafeBufferPointer(rebasing: source.text[Int(start)..<max(Int(start), Int(end))])
    guard bytes.contains(UInt8(ascii: "#")) else { return arena.text(bytes) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    // Quotes come in odd numbers at either end of a string, so that toggling at each one tells inside from outside.
    var quote: UInt8 = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "#") && quote == 0 {
        while index < bytes.count && bytes[index] != 0x0A { index += 1 }
        continue
      }
      if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        if quote == 0 { quote = byte } else if quote == byte { quote = 0 }
      }
      result.append(byte)
      index += 1
    }
    return arena.text(result)
  }

  // MARK: Whole strings

  /// An f-string from its pieces: constants of ``middle(_:)``, fields of
  /// ``formattedValue(openingBrace:_:debug:conversion:format:closingBrace:at:)``.
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
