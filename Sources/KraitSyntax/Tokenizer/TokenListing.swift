// What `python3.14 -m tokenize FILE` prints.

/// The tokens of a source as Python's `tokenize` module lists them.
///
/// For `krait-compile --tokens FILE`: write ``output`` to standard output, or, when ``error`` is not `nil`, that line to standard error and exit
/// with status 1.
///
///     let listing = TokenListing(of: bytes, fileName: path, exact: exact)
public struct TokenListing {
  /// The lines to print; empty if there is an error, because Python prints nothing before all tokens are known.
  public private(set) var output: [UInt8] = []
  /// The line for standard error, without line end.
  public private(set) var error: String? = nil

  /// - Parameter exact: whether operators are named one by one, as with `-e`.
  public init(of bytes: [UInt8], fileName: String, exact: Bool = false) {
    do throws(ListingError) {
      output = try TokenListing.list(bytes, fileName, exact)
    } catch {
      let place = error.place.map { ":\($0.line):\($0.column)" } ?? ""
      self.error = "\(fileName)\(place): error: \(error.message)"
    }
  }

  fileprivate struct ListingError: Error {
    var message: String
    var place: (line: Int, column: Int)? = nil
  }

  private static func list(_ bytes: [UInt8], _ fileName: String, _ exact: Bool) throws(ListingError) -> [UInt8] {
    let (encoding, text) = try decode(bytes, fileName)
    var lines = text
    let endsInLine = text.isEmpty || text.last == Byte.newline
    if !endsInLine { lines.append(Byte.newline) }
    let source = lines.withUnsafeBufferPointer { SourceFile(normalized: $0, fileName: "<string>") }
    var options = Tokenizer.Options()
    options.extraTokens = true
    var tokenizer = Tokenizer(source, options: options)
    var columns = ColumnCounter(source.text)
    var output = ByteBuffer(capacity: 64 + 8 * text.count)
    let name = encoding
    Array(name.utf8).withUnsafeBufferPointer { append(TokenKind.encoding.pythonName, $0, from: (0, 0), to: (0, 0), to: &output) }
    while true {
      let token: Token
      do throws(Diagnostic) {
        token = try tokenizer.next()
      } catch {
        throw ListingError(error, tokenizer)
      }
      append(token, tokenizer, exact: exact, lineEndIsImplied: !endsInLine && token.end >= text.count, &columns, to: &output)
      if token.kind == .endMarker { return Array(output.bytes) }
    }
  }

  // MARK: - Lines

  /// Appends a token's line; `columns` stands at or before the token.
  private static func append(
    _ token: Token, _ tokenizer: Tokenizer, exact: Bool, lineEndIsImplied: Bool, _ columns: inout ColumnCounter, to output: inout ByteBuffer
  ) {
    let range = token.range
    // A stray carriage return before an operator makes it one that Python has no name for.
    let isNamed = exact && token.start < token.end && tokenizer.source.text[Int(token.start)] != Byte.carriageReturn
    let name = token.kind.isOperator && !isNamed ? TokenKind.op.pythonName : token.kind.pythonName
    let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    if token.kind == .endMarker || (token.kind == .dedent && tokenizer.status == .endOfInput) {
      return append(name, nothing, from: (range.line + 1, 0), to: (range.line + 1, 0), to: &output)
    }
    var content = UnsafeBufferPointer(rebasing: tokenizer.source.text[Int(token.start)..<Int(token.end)])
    let startColumn = columns.column(of: Int(token.start))
    var endColumn: Int
    switch token.kind {
    case .newline:
      if !lineEndIsImplied {
        content = UnsafeBufferPointer(rebasing: tokenizer.source.text[Int(token.start)...Int(token.end)])
        if content.first != Byte.carriageReturn { content = UnsafeBufferPointer(rebasing: content.suffix(1)) }
      }
      endColumn = columns.column(of: Int(token.end)) + 1
    case .nl:
      if lineEndIsImplied { content = nothing }
      endColumn = columns.column(of: Int(token.end) - 1) + 1
    default:
      endColumn = columns.column(of: Int(token.end))
    }
    append(name, content, from: (range.line, startColumn), to: (range.endLine, endColumn), to: &output)
  }

  private static func append(
    _ name: StaticString, _ content: UnsafeBufferPointer<UInt8>, from start: (line: Int32, column: Int), to end: (line: Int32, column: Int),
    to output: inout ByteBuffer
  ) {
    func pad(from first: Int, _ width: Int) {
      for _ in 0..<max(0, width - (output.count - first)) { output.append(Byte.space) }
    }
    var first = output.count
    output.append("\(start.line),\(start.column)-\(end.line),\(end.column):")
    pad(from: first, 20)
    first = output.count
    output.append(name)
    pad(from: first, 15)
    first = output.count
    output.append(stringRepr: content)
    // The width counts characters, not bytes.
    let continuation = output.bytes[first...].count { $0 & 0xC0 == 0x80 }
    pad(from: first + continuation, 15)
    output.append(Byte.newline)
  }

  /// Counts code points along lines, for offsets that never go back.
  private struct ColumnCounter {
    let text: UnsafeBufferPointer<UInt8>
    var offset = 0
    var current = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func column(of target: Int) -> Int {
      while offset < target {
        let byte = text[offset]
        offset += 1
        if byte == Byte.newline { current = 0 } else if byte & 0xC0 != 0x80 { current += 1 }
      }
      return current
    }
  }

  // MARK: - Decoding

  /// The encoding's name as the listing shows it, and the text.
  private static func decode(_ bytes: [UInt8], _ fileName: String) throws(ListingError) -> (encoding: String, text: [UInt8]) {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let bytes = hasMark ? bytes[3...] : bytes[...]
    let firstEnd = bytes.firstIndex(of: Byte.newline).map { $0 + 1 } ?? bytes.endIndex
    let first = bytes[..<firstEnd]
    var head = first
    var encoding = try declaredEncoding(in: first, hasMark: hasMark, fileName)
    if encoding == nil && !first.isEmpty && isBlank(first) && firstEnd < bytes.endIndex {
      let secondEnd = bytes[firstEnd...].firstIndex(of: Byte.newline).map { $0 + 1 } ?? bytes.endIndex
      head = bytes[..<secondEnd]
      encoding = try declaredEncoding(in: bytes[firstEnd..<secondEnd], hasMark: hasMark, fileName)
    }
    if head.contains(0) { throw ListingError(message: "source code cannot contain null bytes") }
    let name = encoding ?? "utf-8"
    do throws(DecodingFailure) {
      let codec = try SourceEncoding(name, isFile: false)
      func decode(_ part: ArraySlice<UInt8>, replacing: Bool) throws(DecodingFailure) -> [UInt8] {
        try Array(part).withUnsafeBufferPointer { buffer throws(DecodingFailure) in try codec.decode(buffer, replacing: replacing) }
      }
      _ = try decode(head, replacing: false)
      return (name, try decode(bytes, replacing: true))
    } catch {
      throw ListingError(message: "invalid or missing encoding declaration for \(representation(fileName))")
    }
  }

  /// The encoding that a comment declares, found by the expression `^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)`.
  private static func declaredEncoding(in line: ArraySlice<UInt8>, hasMark: Bool, _ fileName: String) throws(ListingError) -> String? {
    guard let declared = EncodingDeclaration.matched(in: line) else { return nil }
    let name = EncodingDeclaration.normalName(declared)
    guard SourceEncoding.isKnown(name) else {
      throw ListingError(message: "unknown encoding for \(representation(fileName)): \(name)")
    }
    if hasMark && name != "utf-8" { throw ListingError(message: "encoding problem for \(representation(fileName)): utf-8") }
    return name
  }

  private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    guard let first = line.first(where: { $0 != Byte.space && $0 != Byte.tab && $0 != Byte.formFeed }) else { return true }
    return first == Byte.hash || first == Byte.newline || first == Byte.carriageReturn
  }

  private static func representation(_ string: String) -> String {
    var buffer = ByteBuffer(capacity: 64)
    var string = string
    string.withUTF8 { buffer.append(stringRepr: $0) }
    return String(decoding: buffer.bytes, as: UTF8.self)
  }
}

extension TokenListing.ListingError {
  /// An error of the tokenizer, in the words and at the place that the `tokenize` module gives it.
  fileprivate init(_ diagnostic: Diagnostic, _ tokenizer: Tokenizer) {
    message = diagnostic.message
    let line = Int(tokenizer.line)
    switch tokenizer.status {
    case .running, .syntaxError:
      if message.position(of: "unterminated triple-quoted string literal") != nil { message = "EOF in multi-line string" }
      place = (diagnostic.line, diagnostic.offset)
    case .endOfInput:
      message = "unexpected EOF in multi-line statement"
      place = (line, tokenizer.end - tokenizer.bufferStart)
    case .inconsistentDedent, .inconsistentTabs, .tooManyIndents, .strayContinuation:
      let lineEnd = tokenizer.cursor[-1] == Byte.newline ? tokenizer.cursor : tokenizer.nextLineStart
      let shown = UnsafeBufferPointer(start: tokenizer.bufferStart, count: lineEnd - tokenizer.bufferStart)
      place = (line, shown.count { $0 & 0xC0 != 0x80 })
    }
  }
}
