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

/// The tokens of what a function gives line by line. As many lines are asked for as a token needs.
private final class TokenSource {
  /// Owned.
  let readline: Value
  private let encoding: Value
  private let extraTokens: Bool
  private let file = SourceFile(normalized: UnsafeBufferPointer(start: nil, count: 0), fileName: "<string>")
  private var tokenizer: Tokenizer
  /// Where each line begins, and the text ends.
  private var lineStarts = [0]
  /// Where the lines end whose line end is implied.
  private var impliedEnds: Set<Int> = []
  private var hasAllLines = false
  private var isFinished = false
  private var isReading = false
  /// The line of the last token, as an object, and which one it is.
  private var lastLine = Value.none
  private var lastLineRange = 0..<0

  private var text: UnsafeBufferPointer<UInt8> { file.text }

  init(readline: Value, encoding: Value, extraTokens: Bool) {
    readline.retain()
    encoding.retain()
    self.readline = readline
    self.encoding = encoding
    self.extraTokens = extraTokens
    var options = Tokenizer.Options()
    options.extraTokens = extraTokens
    tokenizer = Tokenizer(file, options: options)
  }

  deinit {
    readline.release()
    encoding.release()
    lastLine.release()
  }

  /// Asks for a line and adds it to the text; an empty one, or the end of an iterator, is the end. True if a string in three quotes could end in it, or a field begin.
  private func read() throws(PyError) -> Bool {
    guard !isReading else { throw .valueError("generator already executing") }
    isReading = true
    defer { isReading = false }
    let line: Owned
    do throws(PyError) { line = try readline.call() } catch {
      guard PyError.matches(.stopIteration) else { throw error }
      PyError.clear()
      hasAllLines = true
      return true
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
    if string.length == 0 {
      hasAllLines = true
      return true
    }
    return try string.withUTF8 { (bytes: UnsafeBufferPointer<UInt8>) throws(PyError) -> Bool in
      if let zero = bytes.firstIndex(of: 0) {
        throw failure("source code cannot contain null bytes", .syntaxError, line: lineStarts.count, offset: 0, end: (lineStarts.count, 0), text: bytes[..<zero])
      }
      let start = text.count
      file.append(bytes)
      for index in start..<text.count where text[index] == 0x0A { lineStarts.append(index + 1) }
      if bytes[bytes.count - 1] != 0x0A {
        withUnsafePointer(to: UInt8(0x0A)) { file.append(UnsafeBufferPointer(start: $0, count: 1)) }
        lineStarts.append(text.count)
        impliedEnds.insert(text.count)
      }
      return bytes.contains { $0 == 0x22 || $0 == 0x27 || $0 == 0x7B || $0 == 0x7D }
    }
  }

  func next() throws(PyError) -> Owned {
    if isFinished { return Owned(taking: .absent) }
    guard !isReading else { throw .valueError("generator already executing") }
    let checkpoint = tokenizer.checkpoint
    while true {
      let outcome = Result { () throws(Diagnostic) in try tokenizer.next() }
      if !tokenizer.hasMetEnd || hasAllLines {
        let token: Token
        do throws(Diagnostic) { token = try outcome.get() } catch { throw failure(error) }
        if token.kind == .endMarker { isFinished = true }
        return try tuple(token)
      }
      // What is in three quotes goes on while nothing in a line could end it: then one look at all of it is enough.
      let isInText = tokenizer.hasMetEndInText
      defer { tokenizer.restore(checkpoint) }
      while try !read() && isInText {}
    }
  }

  /// The text of the lines from one place's to another's, without a line end that is implied.
  private func line(from start: Int, to end: Int) throws(PyError) -> Value {
    let first = lineStart(start)
    var last = lineEnd(end)
    if last > first && impliedEnds.contains(last) { last -= 1 }
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

  private func tuple(_ token: Token) throws(PyError) -> Owned {
    var kind = token.kind
    let (start, end) = (Int(token.start), Int(token.end))
    var content = UnsafeBufferPointer(rebasing: text[start..<max(start, end)])
    let isTrailing = kind == .endMarker || kind == .dedent && tokenizer.status == .endOfInput
    let isAtImpliedEnd = impliedEnds.contains(lineEnd(end))
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
  private func failure(_ diagnostic: Diagnostic) -> PyError {
    let line = Int(tokenizer.line)
    let type: TypeObject
    switch tokenizer.status {
    case .running, .syntaxError:
      let (from, to) = (diagnostic.offset, diagnostic.endOffset < 0 ? diagnostic.offset : diagnostic.endOffset)
      return failure(diagnostic.message, .syntaxError, line: diagnostic.line, offset: from, end: (diagnostic.line, to), text: lineText(diagnostic.line))
    case .strayContinuation:
      return failure(diagnostic.message, .syntaxError, line: diagnostic.line, offset: diagnostic.offset + 2, end: nil, text: lineText(diagnostic.line))
    case .endOfInput: return unexpectedEnd()
    case .inconsistentDedent, .tooManyIndents: type = .indentationError
    case .inconsistentTabs: type = .tabError
    }
    return failure(diagnostic.message, type, line: line, offset: lineLength(line), end: nil, text: lineText(line))
  }

  private func failure(_ message: String, _ type: TypeObject, line: Int, offset: Int, end: (line: Int, offset: Int)?, text: Slice<UnsafeBufferPointer<UInt8>>?) -> PyError {
    do throws(PyError) {
      let words = try Owned.string(message)
      let file = try Owned.string("<string>" as StaticString)
      let shown = if let text { try Owned.string(utf8: UnsafeBufferPointer(rebasing: text)) } else { Owned.none }
      let (endLine, endOffset) = end.map { (Value(smallInteger: $0.line), Value(smallInteger: $0.offset)) } ?? (.none, .none)
      let details = try Owned.tuple(count: 6)
      let items = TupleObject(details.value)
      items.initialize(0, file)
      items.initialize(1, Owned(taking: Value(smallInteger: line)))
      items.initialize(2, Owned(taking: Value(smallInteger: offset)))
      items.initialize(3, shown)
      items.initialize(4, Owned(copying: endLine))
      items.initialize(5, Owned(copying: endOffset))
      return PyError.raise(try type.value.call(words.value, details.value))
    } catch { return error }
  }

  /// Nothing but the message makes this error; where it is is told afterwards.
  private func unexpectedEnd() -> PyError {
    do throws(PyError) {
      let words = try Owned.string("unexpected EOF in multi-line statement" as StaticString)
      let file = try Owned.string("<string>" as StaticString)
      let fileName = intern(try Owned.string("filename" as StaticString))
      let offset = intern(try Owned.string("offset" as StaticString))
      let exception = try TypeObject.syntaxError.value.call(words.value)
      let line = Value(smallInteger: Int(tokenizer.line))
      try exception.value.setAttribute(fileName.value, file.value)
      try exception.value.setAttribute(Name.lineno, line)
      try exception.value.setAttribute(offset.value, Value(smallInteger: tokenizer.heldByteCount))
      try exception.value.setAttribute(Name.end_lineno, line)
      return PyError.raise(exception)
    } catch { return error }
  }

  /// A line without its end, counted from 1.
  private func lineText(_ number: Int) -> Slice<UnsafeBufferPointer<UInt8>>? {
    number >= 1 && number < lineStarts.count ? text[lineStarts[number - 1]..<(lineStarts[number] - 1)] : nil
  }

  private func lineLength(_ number: Int) -> Int {
    guard number >= 1, number < lineStarts.count else { return 0 }
    return text[lineStarts[number - 1]..<lineStarts[number]].count { $0 & 0xC0 != 0x80 }
  }
}
