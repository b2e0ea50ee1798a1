// From bytes to source text: byte order mark, declared encoding (PEP 263), line ends, and the errors of all that.

/// Decodes the bytes of one source.
struct SourceDecoder {
  let fileName: String
  let addsLineEnd: Bool
  let reading: SourceFile.Reading
  /// The decoded text.
  private(set) var text: [UInt8] = []
  /// Whether the last line end is not in the source.
  private(set) var hasImpliedLineEnd = false
  /// The first line that cannot be read, where reading goes line by line.
  private(set) var unreadableLine: SourceFile.UnreadableLine? = nil

  init(fileName: String, mode: ParseOptions.Mode, reading: SourceFile.Reading) {
    self.fileName = fileName
    addsLineEnd = mode == .file
    self.reading = reading
  }

  // MARK: - Bytes

  mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(Diagnostic) {
    if reading == .bytes && bytes.contains(0) { throw Self.nullBytes }
    var bytes = bytes
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    if hasMark { bytes = UnsafeBufferPointer(rebasing: bytes[3...]) }
    normalizeLineEnds(bytes)
    guard let declaration = declaration() else {
      return try checkUTF8(isDeclared: hasMark)
    }
    if hasMark && declaration.encoding != "utf-8" {
      let line = declaration.line
      throw Diagnostic(
        .syntaxError, "encoding problem: \(declaration.encoding) with BOM", fileName: fileName, line: line,
        offset: 0, endLine: line, endOffset: declaration.endOffset, text: lineText(line))
    }
    if declaration.encoding == "utf-8" { return try checkUTF8(isDeclared: true, declaration) }
    // A file's decoder starts at the end of the line with the declaration; what is before it is only checked, afterwards.
    let start = reading == .file ? declaration.end : 0
    let encoding: SourceEncoding
    do throws(DecodingFailure) { encoding = try SourceEncoding(declaration.encoding, isFile: reading == .file) } catch {
      throw Diagnostic(.syntaxError, error.message, fileName: fileName, line: 0, offset: -1)
    }
    let decoded: [UInt8]
    do throws(DecodingFailure) { decoded = try self.decoded(start..<text.count, encoding) } catch {
      throw Diagnostic(.syntaxError, error.message, fileName: fileName, line: 0, offset: -1)
    }
    do throws(DecodingFailure) { _ = try self.decoded(0..<start, encoding) } catch { throw headError(declaration, error.message) }
    if let error = decoded.withUnsafeBufferPointer({ CodecError(surrogatesIn: $0) }) {
      throw Diagnostic(.syntaxError, error.message, fileName: fileName, line: 0, offset: -1)
    }
    let head = text[..<start]
    decoded.withUnsafeBufferPointer { normalizeLineEnds($0) }
    text.insert(contentsOf: head, at: 0)
  }

  private func decoded(_ range: Range<Int>, _ encoding: SourceEncoding) throws(DecodingFailure) -> [UInt8] {
    try text.withUnsafeBufferPointer { buffer throws(DecodingFailure) in try encoding.decode(UnsafeBufferPointer(rebasing: buffer[range])) }
  }

  private static var nullBytes: Diagnostic { Diagnostic(.syntaxError, "source code string cannot contain null bytes") }

  /// Copies the bytes with all line ends as `\n`, and one at the end.
  private mutating func normalizeLineEnds(_ bytes: UnsafeBufferPointer<UInt8>) {
    var isImplied = false
    text = [UInt8](unsafeUninitializedCapacity: bytes.count + 1) { target, count in
      guard let source = bytes.baseAddress, let target = target.baseAddress else { return }
      var index = 0
      while index < bytes.count {
        // Most sources have no carriage return: they are copied in one piece.
        let next = bytes[index...].firstIndex(of: 0x0D) ?? bytes.count
        (target + count).update(from: source + index, count: next - index)
        count += next - index
        index = next
        guard index < bytes.count else { break }
        target[count] = 0x0A
        count += 1
        index += index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
      }
      if addsLineEnd && count > 0 && target[count - 1] != 0x0A {
        target[count] = 0x0A
        count += 1
        isImplied = true
      }
    }
    hasImpliedLineEnd = isImplied
  }

  private func lineText(_ number: Int) -> [UInt8] {
    let lines = text.split(separator: 0x0A, maxSplits: number, omittingEmptySubsequences: false)
    return number <= lines.count ? Array(lines[number - 1]) : []
  }

  // MARK: - The declaration

  /// An encoding declared in one of the first two lines.
  private struct Declaration {
    var encoding: String
    var line: Int
    /// The length that CPython looked at, in code points: for the second line with its line end.
    var endOffset: Int
    /// Where the line with the declaration ends, before its line end.
    var end: Int
  }

  private func characters(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

  /// Whether the first line has no code.
  private var isFirstLineComment: Bool { text.prefix { $0 != 0x0A }.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0C }.map { $0 == 0x23 } ?? true }

  private func declaration() -> Declaration? {
    guard let first = text.firstIndex(of: 0x0A) else { return nil }
    if let encoding = EncodingDeclaration.encoding(in: text[..<first]) {
      return Declaration(encoding: encoding, line: 1, endOffset: characters(text[..<first]), end: first)
    }
    guard isFirstLineComment, let second = text[(first + 1)...].firstIndex(of: 0x0A) else { return nil }
    guard let encoding = EncodingDeclaration.encoding(in: text[(first + 1)...second]) else { return nil }
    return Declaration(encoding: encoding, line: 2, endOffset: characters(text[(first + 1)...second]), end: second)
  }

  /// The lines up to the declaration are not in the encoding that it declares.
  private func headError(_ declaration: Declaration, _ message: String) -> Diagnostic {
    var shown = lineText(declaration.line)
    if declaration.encoding != "utf-8" { shown = shown.flatMap { $0 < 0x80 ? [$0] : [0xEF, 0xBF, 0xBD] } }
    shown = Array(String(decoding: shown, as: UTF8.self).utf8)
    return Diagnostic(
      .syntaxError, "(unicode error) \(message)", fileName: fileName, line: declaration.line, offset: 0, endLine: declaration.line, endOffset: -1,
      text: shown + [0x0A])
  }

  // MARK: - UTF-8

  private mutating func checkUTF8(isDeclared: Bool, _ declaration: Declaration? = nil) throws(Diagnostic) {
    guard let failure = text.withUnsafeBufferPointer({ UTF8Validation.firstFailure(in: $0) }) else { return }
    let lineStart = text[..<failure.start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let lineEnd = text[failure.start...].firstIndex(of: 0x0A) ?? text.count
    let line = text[..<lineStart].count { $0 == 0x0A } + 1
    let shown = Array(String(decoding: text[lineStart..<lineEnd], as: UTF8.self).utf8)
    let column = text[lineStart..<failure.start].count { $0 & 0xC0 != 0x80 } + 1
    let byte = String(text[failure.start], radix: 16)
    // Behind a first line with code CPython has not counted the second line yet when it checks it.
    let counted = line == 2 && !isFirstLineComment ? 1 : line
    switch reading {
    case .bytes:
      throw Diagnostic(
        .syntaxError,
        "Non-UTF-8 code starting with '\\x\(byte)' on line \(line), but no encoding declared; "
          + "see https://peps.python.org/pep-0263/ for details",
        fileName: fileName, line: line, offset: column, endLine: line, endOffset: column, text: shown)
    case .file:
      let diagnostic =
        if let declaration, failure.start < declaration.end {
          headError(declaration, failure.message(relativeTo: 0, in: text, codec: "utf-8"))
        } else if isDeclared {
          Diagnostic(
            .syntaxError, "(unicode error) \(failure.message(relativeTo: lineStart, in: text, codec: "utf-8"))", fileName: fileName,
            line: line, offset: 0, endLine: line, endOffset: -1, text: shown + [0x0A])
        } else {
          Diagnostic(
            .syntaxError,
            "Non-UTF-8 code starting with '\\x\(byte)' in file \(fileName) on line \(counted), but no encoding declared; "
              + "see https://peps.python.org/pep-0263/ for details",
            fileName: fileName, line: counted, offset: column, endLine: counted, endOffset: column, text: shown)
        }
      unreadableLine = SourceFile.UnreadableLine(offset: lineStart, diagnostic: diagnostic)
      text = Array(String(decoding: text, as: UTF8.self).utf8)
    }
  }

  // MARK: - Strings

  /// Takes a Python string: UTF-8 in which lone surrogates are encoded like other code points.
  mutating func decode(string: UnsafeBufferPointer<UInt8>) throws(Diagnostic) {
    if let error = CodecError(surrogatesIn: string) { throw Diagnostic(error) }
    if string.contains(0) { throw Self.nullBytes }
    normalizeLineEnds(string)
  }
}

extension SourceFile {
  /// Whose errors a text that cannot be decoded gives: CPython reads a program line by line, but bytes objects whole.
  public enum Reading: Sendable {
    /// As `compile()` and the import system read bytes.
    case bytes
    /// As `python FILE` reads its program: a line that cannot be decoded is an error when the tokenizer reaches it.
    case file
  }

  /// A line that the tokenizer must not enter.
  struct UnreadableLine {
    var offset: Int
    var diagnostic: Diagnostic
  }

  /// The source in `bytes`, decoded as it declares.
  public convenience init(
    bytes: UnsafeBufferPointer<UInt8>, fileName: String, mode: ParseOptions.Mode = .file, reading: Reading = .bytes, arena: Arena = Arena()
  ) throws(Diagnostic) {
    var decoder = SourceDecoder(fileName: fileName, mode: mode, reading: reading)
    try decoder.decode(bytes)
    self.init(decoded: decoder, arena: arena)
  }

  /// The source in `bytes`, decoded as it declares.
  public convenience init(
    bytes: [UInt8], fileName: String, mode: ParseOptions.Mode = .file, reading: Reading = .bytes, arena: Arena = Arena()
  ) throws(Diagnostic) {
    var decoder = SourceDecoder(fileName: fileName, mode: mode, reading: reading)
    try bytes.withUnsafeBufferPointer { buffer throws(Diagnostic) in try decoder.decode(buffer) }
    self.init(decoded: decoder, arena: arena)
  }

  /// The source in a Python string: UTF-8 in which lone surrogates, which are an error, are encoded like other code points.
  /// Encoding declarations mean nothing here.
  public convenience init(
    string: UnsafeBufferPointer<UInt8>, fileName: String, mode: ParseOptions.Mode = .file, arena: Arena = Arena()
  ) throws(Diagnostic) {
    var decoder = SourceDecoder(fileName: fileName, mode: mode, reading: .bytes)
    try decoder.decode(string: string)
    self.init(decoded: decoder, arena: arena)
  }

  private convenience init(decoded decoder: SourceDecoder, arena: Arena) {
    self.init(
      normalized: decoder.text, hasImpliedLineEnd: decoder.hasImpliedLineEnd, unreadableLine: decoder.unreadableLine,
      fileName: decoder.fileName, arena: arena)
  }
}
