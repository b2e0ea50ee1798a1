// "Did you mean 'while'?": the misspelt keyword behind an "invalid syntax", found as Python's `traceback` module finds it.

/// A name that would make sense as a keyword.
public struct KeywordSuggestion {
  public let keyword: String
  /// The line on which the name stands, without the indentation that the lines shown have in common.
  public let line: [Unicode.Scalar]
  /// The name's place in the line, in code points.
  public let columns: Range<Int>

  private static let keywords = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield",
  ]
  private static let maximumNames = 10
  private static let maximumMatches = 3
  private static let maximumSourceLength = 1024

  /// The first name of the failed statement that, replaced by a similar keyword, makes it compile.
  ///
  /// - Parameter isFile: Python then looks at the error's line only.
  public static func find(
    for diagnostic: Diagnostic, in source: UnsafeBufferPointer<UInt8>, isFile: Bool, compiles: ([UInt8]) -> Bool
  ) -> KeywordSuggestion? {
    guard diagnostic.message == "invalid syntax" || diagnostic.message.position(of: "Perhaps you forgot a comma") != nil,
      let statement = diagnostic.metadata
    else { return nil }
    let lines = split(Array(source).scalars)
    let end = min(max(diagnostic.line, 0), lines.count)
    let start = min(max(statement.line - 1, 0), end)
    let code = dedent(Array(lines[start..<end]))
    let text = Array(code.joined(separator: ["\n"]))
    guard text.count <= maximumSourceLength else { return nil }

    let errorLine = diagnostic.line - statement.line + (statement.line == 0 ? 0 : 1)
    var remaining = maximumNames
    var tokenizer = NameTokenizer(text)
    while let name = tokenizer.next() {
      if isFile && name.line != errorLine { continue }
      let spelling = String(String.UnicodeScalarView(name.scalars))
      if keywords.contains(spelling) { continue }
      remaining -= 1
      if remaining < 0 { break }
      for keyword in candidates(for: spelling) where name.line <= code.count {
        var changed = code
        changed[name.line - 1].replaceSubrange(name.columns, with: keyword.unicodeScalars)
        let program = String(String.UnicodeScalarView(changed.joined(separator: ["\n"])))
        if isAcceptable(Array(program.utf8), compiles: compiles) {
          return KeywordSuggestion(keyword: keyword, line: code[name.line - 1], columns: name.columns)
        }
      }
    }
    return nil
  }

  /// Whether `codeop.compile_command()` takes the program: it is complete and compiles, or more of it might follow.
  private static func isAcceptable(_ program: [UInt8], compiles: ([UInt8]) -> Bool) -> Bool {
    if syntaxError(in: program) == nil { return compiles(program) }
    guard let error = syntaxError(in: program + [0x0A]) else { return true }
    return error.exceptionClass == .incompleteInputError
  }

  private static func syntaxError(in program: [UInt8]) -> Diagnostic? {
    var options = ParseOptions()
    options.allowsIncompleteInput = true
    options.impliesDedent = false
    do throws(Diagnostic) {
      _ = try parse(SourceFile(bytes: program, fileName: "<input>"), options: options)
      return nil
    } catch {
      return error
    }
  }

  // MARK: Lines

  /// `str.splitlines()`.
  private static func split(_ text: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var lines: [[Unicode.Scalar]] = []
    var rest = text[...]
    while !rest.isEmpty {
      let line = rest.prefix { !$0.isPythonLineEnd }
      lines.append(Array(line))
      rest = rest[line.endIndex...].dropFirst(rest[line.endIndex...].starts(with: ["\r", "\n"]) ? 2 : 1)
    }
    return lines
  }

  /// `textwrap.dedent()`.
  private static func dedent(_ lines: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    let isBlank = { (line: [Unicode.Scalar]) in line.allSatisfy(\.isPythonSpace) }
    let visible = lines.filter { !isBlank($0) }
    guard let first = visible.first else { return lines.map { _ in [] } }
    var margin = first.prefix { $0 == " " || $0 == "\t" }
    for line in visible {
      margin = margin.prefix(zip(margin, line).prefix { $0 == $1 }.count)
    }
    return lines.map { isBlank($0) ? [] : Array($0.dropFirst(margin.count)) }
  }

  // MARK: Similar words

  private static func candidates(for name: String) -> [String] {
    var result: [String] = []
    if let nearest = nearestKeyword(to: Array(name.utf8)) { result.append(nearest) }
    result += closeMatches(to: Array(name.unicodeScalars))
    return Array(result.prefix(maximumMatches))
  }

  private static let moveCost = 2
  private static let caseCost = 1

  /// The keyword at the smallest edit distance, if not more than a third of the letters must change.
  private static func nearestKeyword(to name: [UInt8]) -> String? {
    var best: (keyword: String, distance: Int)? = nil
    for keyword in keywords {
      let letters = Array(keyword.utf8)
      let limit = min((name.count + letters.count + 3) * moveCost / 6, (best?.distance ?? Int.max) - 1)
      let distance = editDistance(name[...], letters[...], limit: limit)
      if distance <= limit { best = (keyword, distance) }
    }
    return best?.keyword
  }

  private static func substitutionCost(_ a: UInt8, _ b: UInt8) -> Int {
    if a == b { return 0 }
    let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80 }
    return a ^ b == 0x20 && isLetter(a) && isLetter(b) ? caseCost : moveCost
  }

  /// The Levenshtein distance, or more than `limit` as soon as it is known to be.
  private static func editDistance(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>, limit: Int) -> Int {
    var a = a
    var b = b
    while let first = a.first, first == b.first {
      a.removeFirst()
      b.removeFirst()
    }
    while let last = a.last, last == b.last {
      a.removeLast()
      b.removeLast()
    }
    if a.isEmpty || b.isEmpty { return (a.count + b.count) * moveCost }
    let longest = 40
    if a.count > longest || b.count > longest || abs(a.count - b.count) * moveCost > limit { return limit + 1 }
    var row = Array(stride(from: moveCost, through: moveCost * a.count, by: moveCost))
    var result = 0
    for (index, byte) in b.enumerated() {
      var distance = index * moveCost
      result = distance
      var minimum = Int.max
      for (column, other) in a.enumerated() {
        let substitute = distance + substitutionCost(byte, other)
        distance = row[column]
        result = min(min(result, distance) + moveCost, substitute)
        row[column] = result
        minimum = min(minimum, result)
      }
      if minimum > limit { return limit + 1 }
    }
    return result
  }

  /// `difflib.get_close_matches(name, keywords, n=3, cutoff=0.5)`.
  private static func closeMatches(to name: [Unicode.Scalar]) -> [String] {
    var scored: [(ratio: Double, keyword: String)] = []
    for keyword in keywords {
      let letters = Array(keyword.unicodeScalars)
      let ratio = 2 * Double(matchingCount(letters[...], name[...])) / Double(letters.count + name.count)
      if ratio >= 0.5 { scored.append((ratio, keyword)) }
    }
    scored.sort { ($0.ratio, $0.keyword) > ($1.ratio, $1.keyword) }
    return scored.prefix(maximumMatches).map(\.keyword)
  }

  /// How many letters two words share in the longest common blocks, taken recursively to either side.
  private static func matchingCount(_ a: ArraySlice<Unicode.Scalar>, _ b: ArraySlice<Unicode.Scalar>) -> Int {
    var best = (a: a.startIndex, b: b.startIndex, size: 0)
    for i in a.indices {
      for j in b.indices where i + best.size < a.endIndex && j + best.size < b.endIndex {
        let size = zip(a[i...], b[j...]).prefix { $0 == $1 }.count
        if size > best.size { best = (i, j, size) }
      }
    }
    if best.size == 0 { return 0 }
    return best.size + matchingCount(a[..<best.a], b[..<best.b])
      + matchingCount(a[(best.a + best.size)...], b[(best.b + best.size)...])
  }
}

/// The names of a piece of code, as Python's `tokenize` module finds them; ends at the first error.
private struct NameTokenizer {
  struct Name {
    /// Counted from 1.
    var line: Int
    /// In code points.
    var columns: Range<Int>
    var scalars: [Unicode.Scalar]
  }

  private let source: SourceFile
  private var tokenizer: Tokenizer
  private var isFinished = false

  init(_ text: [Unicode.Scalar]) {
    var bytes = Array(String(String.UnicodeScalarView(text)).utf8)
    if bytes.last != 0x0A { bytes.append(0x0A) }
    source = bytes.withUnsafeBufferPointer { SourceFile(normalized: $0, fileName: "<string>") }
    var options = Tokenizer.Options()
    options.extraTokens = true
    tokenizer = Tokenizer(source, options: options)
  }

  mutating func next() -> Name? {
    while !isFinished {
      guard let token = try? tokenizer.next(), token.kind != .endMarker else {
        isFinished = true
        return nil
      }
      guard token.kind == .name else { continue }
      let line = Int(token.range.line)
      let start = source.codePointColumn(line: line, byteColumn: Int(token.range.column))
      let scalars = Array(source.text[Int(token.start)..<Int(token.end)]).scalars
      return Name(line: line, columns: start..<(start + scalars.count), scalars: scalars)
    }
    return nil
  }
}
