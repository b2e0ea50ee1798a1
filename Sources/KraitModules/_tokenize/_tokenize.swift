// The module `_tokenize`: the front end's tokenizer for the standard library's `tokenize`.

import KraitRuntime
import KraitSyntax

let _tokenizeModule = ModuleDefinition("_tokenize") { (m: ModuleBuilder) throws(PyError) in
  try m.defineType("TokenizerIter") { t in
    t.basicSize = ObjectHeader.size + 8
    t.new("tokenizeriter(readline, /, *, encoding=None, extra_tokens)") { (call) throws(PyError) in
      guard call[1].isNone || call[1].isString else { throw call.wrongType(1, "str") }
      let extra = try call.bool(2)
      let raw = try TypeObject(call.receiver).allocate()
      let lines = TokenSource(readline: call[0], encoding: call[1], extraTokens: extra)
      raw.storeBytes(of: Unmanaged.passRetained(lines).toOpaque(), toByteOffset: ObjectHeader.size, as: UnsafeMutableRawPointer.self)
      return Owned(taking: raw)
    }
    t.slots.iterate = UnarySlot { (value) throws(PyError) in Owned(copying: value) }
    t.slots.next = NextSlot { (value) throws(PyError) in try source(of: value.object).next() }
    t.slots.deallocate = DeallocateSlot { raw in
      let source = raw.load(fromByteOffset: ObjectHeader.size, as: UnsafeMutableRawPointer?.self)
      if let source { Unmanaged<TokenSource>.fromOpaque(source).release() }
      finishDeallocation(raw)
    }
    t.shapeFlags.insert(.tracked)
    t.slots.traverse = TraverseSlot { raw, visit in
      if raw.load(fromByteOffset: ObjectHeader.size, as: UnsafeMutableRawPointer?.self) != nil { visit(source(of: raw).readline) }
    }
  }
}

private func source(of object: UnsafeMutableRawPointer) -> TokenSource {
  Unmanaged<TokenSource>.fromOpaque(object.load(fromByteOffset: ObjectHeader.size, as: UnsafeMutableRawPointer.self)).takeUnretainedValue()
}

/// The tokens of what a function gives line by line. All lines are read before the first token.
private final class TokenSource {
  /// Owned.
  let readline: Value
  private let encoding: Value
  private let extraTokens: Bool
  private var tokenizer: Tokenizer?
  private var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  /// Where each line begins.
  private var lineStarts: [Int] = []
  private var endIsImplied = false
  private var isFinished = false
  private var isReading = false
  /// The line of the last token, as an object, and which one it is.
  private var lastLine = Value.none
  private var lastLineRange = 0..<0

  init(readline: Value, encoding: Value, extraTokens: Bool) {
    readline.retain()
    encoding.retain()
    self.readline = readline
    self.encoding = encoding
    self.extraTokens = extraTokens
  }

  deinit {
    readline.release()
    encoding.release()
    lastLine.release()
  }

  private func read() throws(PyError) {
    guard !isReading else { throw .valueError("generator already executing") }
    isReading = true
    defer { isReading = false }
    var builder = try KraitRuntime.ByteBuilder(capacity: 4096)
    while true {
      let line: Owned
      do throws(PyError) { line = try readline.call() } catch {
        guard PyError.matches(.stopIteration) else { throw error }
        PyError.clear()
        break
      }
      var decoded = Owned(copying: line.value)
      if encoding.isNone {
        guard line.value.isString else { throw .typeError("readline() returned a non-string object") }
      } else {
        guard line.value.isBytes else { throw .typeError("readline() returned a non-bytes object") }
        let replace = try Owned.string("replace" as StaticString)
        decoded = try line.value.callMethod(Name.decode, encoding, replace.value)
      }
      let string = StringObject(decoded.value)
      if string.length == 0 { break }
      try string.withUTF8 { (bytes: UnsafeBufferPointer<UInt8>) throws(PyError) in try builder.append(UnsafeRawBufferPointer(bytes)) }
    }
    let bytes = builder.bytes
    if bytes.contains(0) { throw PyError.raise(.syntaxError, "source code cannot contain null bytes") }
    endIsImplied = bytes.count > 0 && bytes[bytes.count - 1] != 0x0A
    if endIsImplied { try builder.append(0x0A) }
    let source = SourceFile(normalized: builder.bytes.bindMemory(to: UInt8.self), fileName: "<string>")
    text = source.text
    lineStarts = [0]
    for index in text.indices where text[index] == 0x0A { lineStarts.append(index + 1) }
    var options = Tokenizer.Options()
    options.extraTokens = extraTokens
    tokenizer = Tokenizer(source, options: options)
  }

  func next() throws(PyError) -> Owned {
    if isFinished { return Owned(taking: .absent) }
    if tokenizer == nil { try read() }
    guard var tokenizer else { return Owned(taking: .absent) }
    let token: Token
    do throws(Diagnostic) { token = try tokenizer.next() } catch {
      let raised = failure(error, tokenizer)
      self.tokenizer = tokenizer
      throw raised
    }
    self.tokenizer = tokenizer
    if token.kind == .endMarker { isFinished = true }
    return try tuple(token, tokenizer)
  }

  /// The text of the lines from one place's to another's, without a line end that is implied.
  private func line(from start: Int, to end: Int) throws(PyError) -> Value {
    let first = lineStart(start)
    var last = lineEnd(end)
    if endIsImplied && last == text.count && last > first { last -= 1 }
    if lastLineRange == first..<last && !lastLine.isNone { return lastLine }
    let made = try Owned.string(utf8: UnsafeBufferPointer(rebasing: text[first..<last]))
    let old = lastLine
    lastLine = made.take()
    lastLineRange = first..<last
    old.release()
    return lastLine
  }

  private func lineNumber(_ place: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }

  private func lineStart(_ place: Int) -> Int { lineStarts[lineNumber(place)] }

  /// One past the line end behind a place.
  private func lineEnd(_ place: Int) -> Int {
    let number = lineNumber(place)
    return number + 1 < lineStarts.count ? lineStarts[number + 1] : text.count
  }

  /// A byte offset in characters from the beginning of its line.
  private func column(_ place: Int) -> Int {
    var column = 0
    for index in lineStart(place)..<place where text[index] & 0xC0 != 0x80 { column += 1 }
    return column
  }

  private func tuple(_ token: Token, _ tokenizer: Tokenizer) throws(PyError) -> Owned {
    var kind = token.kind
    let (start, end) = (Int(token.start), Int(token.end))
    var content = UnsafeBufferPointer(rebasing: text[start..<max(start, end)])
    let isTrailing = kind == .endMarker || kind == .dedent && tokenizer.status == .endOfInput
    let isAtImpliedEnd = endIsImplied && end >= text.count - 1
    let isLiteral: Bool
    switch kind {
    case .string, .fStringStart, .fStringMiddle, .fStringEnd, .tStringStart, .tStringMiddle, .tStringEnd: isLiteral = true
    default: isLiteral = false
    }
    var (firstLine, lastLine) = (Int(token.range.line), Int(token.range.endLine))
    var (firstColumn, lastColumn) = (0, 0)
    var line = Owned.emptyString
    if !extraTokens && (kind == .indent || kind == .dedent || kind == .endMarker) {
      // Tokens without text have no columns.
      (firstColumn, lastColumn) = (-1, -1)
      if !text.isEmpty { line = Owned(copying: try self.line(from: min(start, text.count - 1), to: min(start, text.count - 1))) }
    } else if extraTokens && isTrailing {
      firstLine += 1
      lastLine = firstLine
      content = UnsafeBufferPointer(start: nil, count: 0)
    } else {
      line = Owned(copying: try self.line(from: start, to: isLiteral ? end : start))
      firstColumn = column(start)
      lastColumn = kind == .nl ? column(max(end - 1, start)) + 1 : column(end)
    }
    if extraTokens {
      if kind.rawValue > TokenKind.dedent.rawValue && kind.rawValue < TokenKind.op.rawValue { kind = .op }
      if kind == .newline {
        let isReturn = start < text.count && text[start] == 0x0D
        lastColumn += 1
        let shown: StaticString = isAtImpliedEnd ? "" : isReturn ? "\r\n" : "\n"
        content = UnsafeBufferPointer(start: shown.utf8Start, count: shown.utf8CodeUnitCount)
      } else if kind == .nl && isAtImpliedEnd {
        content = UnsafeBufferPointer(start: nil, count: 0)
      }
    }
    let string = try Owned.string(utf8: content)
    let from = try Owned.tuple(Value(smallInteger: firstLine), Value(smallInteger: firstColumn))
    let to = try Owned.tuple(Value(smallInteger: lastLine), Value(smallInteger: lastColumn))
    let result = try Owned.tuple(count: 5)
    let items = TupleObject(result.value)
    items.initialize(0, Owned(taking: Value(smallInteger: Int(kind.rawValue))))
    items.initialize(1, string)
    items.initialize(2, from)
    items.initialize(3, to)
    items.initialize(4, line)
    return result
  }

  /// The exception of an error, at the place where the tokenizer stands.
  private func failure(_ diagnostic: Diagnostic, _ tokenizer: Tokenizer) -> PyError {
    do throws(PyError) {
      var message = diagnostic.message
      var type = TypeObject.syntaxError
      var place = (line: diagnostic.line, offset: diagnostic.offset)
      switch tokenizer.status {
      case .running, .syntaxError: break
      case .endOfInput:
        message = "unexpected EOF in multi-line statement"
        // After a backslash the line has not been left.
        let isContinued = text.count >= 2 && text[text.count - 2] == 0x5C
        place = (Int(tokenizer.line), isContinued ? lineLength(Int(tokenizer.line)) : 0)
      case .inconsistentDedent:
        type = .indentationError
        place.line = Int(tokenizer.line)
        place.offset = lineLength(place.line)
      case .inconsistentTabs:
        type = .tabError
        place.line = Int(tokenizer.line)
        place.offset = lineLength(place.line)
      case .tooManyIndents:
        type = .indentationError
        place.line = Int(tokenizer.line)
        place.offset = lineLength(place.line)
      case .strayContinuation:
        place.line = Int(tokenizer.line)
        place.offset += 2
      }
      let words = try Owned.string(message)
      let file = try Owned.string("<string>" as StaticString)
      let number = place.line - 1
      var shown = Owned.none
      if number >= 0, number < lineStarts.count - 1 {
        shown = try Owned.string(utf8: UnsafeBufferPointer(rebasing: text[lineStarts[number]..<(lineStarts[number + 1] - 1)]))
      }
      let details = try Owned.tuple(file.value, Value(smallInteger: place.line), Value(smallInteger: place.offset), shown.value)
      let exception = try type.value.call(words.value, details.value)
      return PyError.raise(exception)
    } catch { return error }
  }

  private func lineLength(_ number: Int) -> Int {
    guard number >= 1, number < lineStarts.count else { return 0 }
    return text[lineStarts[number - 1]..<lineStarts[number]].count { $0 & 0xC0 != 0x80 }
  }
}
