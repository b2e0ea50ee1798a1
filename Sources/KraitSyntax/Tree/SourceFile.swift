// One source text on its way through the front end: its bytes, its name, its memory, its warnings.

/// The source of one compilation and everything that its passes share.
///
/// The tokenizer, the parser, the symbol table and the code generator take one of these; what they make lives in ``arena``.
public final class SourceFile {
  public let arena: Arena
  /// The name shown in errors and stored in `co_filename`.
  public let fileName: String
  /// The source as UTF-8 without byte order mark, line ends made `\n`, a whole file's ending in `\n` (unless empty), followed by one
  /// zero byte that is not counted. Empty when a tree, not a text, is compiled.
  public private(set) var text: UnsafeBufferPointer<UInt8>
  /// How many bytes of text there is room for where it lies.
  private var capacity: Int
  /// Warnings in the order of issue.
  public var warnings: [SyntaxWarning] = []
  /// Whether a file of this name holds the source. CPython then quotes whole lines from there in errors; else the parser quotes what its tokenizer
  /// has at hand, and the passes behind it quote nothing.
  public var isOnDisk = false
  /// The first line that could not be decoded, when that is an error only once the tokenizer gets there.
  let unreadableLine: UnreadableLine?
  /// Whether the text's last line end was added to the source: errors show the line of a file without it, as it stands there.
  let hasImpliedLineEnd: Bool

  /// - Parameter text: UTF-8 that satisfies the rules of ``text``; it is copied into the arena.
  public convenience init(normalized text: UnsafeBufferPointer<UInt8>, fileName: String, arena: Arena = Arena()) {
    self.init(normalized: text, hasImpliedLineEnd: false, unreadableLine: nil, fileName: fileName, arena: arena)
  }

  init<Bytes: Collection<UInt8>>(
    normalized text: Bytes, hasImpliedLineEnd: Bool, unreadableLine: UnreadableLine?, fileName: String, arena: Arena
  ) {
    self.arena = arena
    self.fileName = fileName
    self.hasImpliedLineEnd = hasImpliedLineEnd
    self.unreadableLine = unreadableLine
    let copy = arena.allocate(UInt8.self, count: text.count + 1)
    _ = copy.update(fromContentsOf: text)
    copy[text.count] = 0
    self.text = UnsafeBufferPointer(rebasing: copy[..<text.count])
    capacity = text.count
  }

  /// Adds a line, which ends in a line end, behind the text. The text may move: ``Tokenizer/restore(_:)``.
  public func append(_ line: UnsafeBufferPointer<UInt8>) {
    let count = text.count + line.count
    if count > capacity {
      capacity = max(2 * capacity, count, 1024)
      let copy = arena.allocate(UInt8.self, count: capacity + 1)
      _ = copy.update(fromContentsOf: text)
      text = UnsafeBufferPointer(rebasing: copy[..<text.count])
    }
    let base = UnsafeMutablePointer(mutating: text.baseAddress.unsafelyUnwrapped)
    _ = UnsafeMutableBufferPointer(start: base + text.count, count: line.count).update(fromContentsOf: line)
    base[count] = 0
    text = UnsafeBufferPointer(start: base, count: count)
  }

  /// The bytes of a line counted from 1, with its line end if the source has it; `nil` past the end.
  public func line(_ number: Int) -> UnsafeBufferPointer<UInt8>? {
    guard number >= 1 else { return nil }
    var start = 0
    var current = 1
    while current < number {
      guard let newline = text[start...].firstIndex(of: 0x0A) else { return nil }
      start = newline + 1
      current += 1
    }
    guard start < text.count else { return nil }
    var end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
    if hasImpliedLineEnd && isOnDisk && end == text.count { end -= 1 }
    return UnsafeBufferPointer(rebasing: text[start..<end])
  }

  /// A UTF-8 byte column of a line as a code point column, both from 0; within a character it counts as at its beginning, past the
  /// line's end as right behind it.
  public func codePointColumn(line number: Int, byteColumn: Int) -> Int {
    guard byteColumn >= 0, let line = line(number) else { return byteColumn }
    let characters = line.prefix(byteColumn + 1).reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
    return byteColumn < line.count ? characters - 1 : characters
  }

  /// A syntax error at a range of this source, its columns converted and its line's text attached.
  public func syntaxError(
    _ message: String, at range: SourceRange, _ exceptionClass: Diagnostic.ExceptionClass = .syntaxError
  ) -> Diagnostic {
    let line = Int(range.line)
    let endLine = Int(range.endLine)
    return Diagnostic(
      exceptionClass, message, fileName: fileName, line: line,
      offset: codePointColumn(line: line, byteColumn: Int(range.column)) + 1, endLine: endLine,
      endOffset: codePointColumn(line: endLine, byteColumn: Int(range.endColumn)) + 1,
      text: self.line(line).map(Array.init))
  }

  /// Records a warning at a range of this source.
  public func warn(_ category: SyntaxWarning.Category = .syntaxWarning, _ message: String, at range: SourceRange) {
    let line = Int(range.line)
    let endLine = Int(range.endLine)
    warnings.append(
      SyntaxWarning(
        category: category, message: message, fileName: fileName, line: line,
        offset: codePointColumn(line: line, byteColumn: Int(range.column)) + 1, endLine: endLine,
        endOffset: codePointColumn(line: endLine, byteColumn: Int(range.endColumn)) + 1))
  }
}
