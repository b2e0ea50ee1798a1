// The report of a SyntaxError: the line with carets under the wrong part.

import CKraitCore
import KraitCompiler
import KraitSyntax

/// A SyntaxError's fields, as a report shows them.
struct SyntaxErrorReport {
  private let exception: Value
  private var message: CodePoints?
  private var text: CodePoints?
  private var line: Value
  private var offset: Int?
  private var endOffset: Int?
  private var endsOnLine: Bool

  init(_ exception: Value) {
    self.exception = exception
    func field(_ index: Int) -> Value { ExceptionObject(exception)[index] }
    func integer(_ index: Int) -> Int? {
      let value = field(index)
      return value.isAbsent || !value.isInteger ? nil : Integer.asInt(value)
    }
    line = field(SyntaxErrorField.line)
    let text = field(SyntaxErrorField.text)
    if !text.isAbsent && text.isString { self.text = CodePoints(text) }
    offset = integer(SyntaxErrorField.offset)
    endOffset = integer(SyntaxErrorField.endOffset)
    let endLine = field(SyntaxErrorField.endLine)
    endsOnLine = SyntaxErrorReport.string(line) == SyntaxErrorReport.string(endLine)
    let message = field(SyntaxErrorField.message)
    if !message.isAbsent && !message.isNone { self.message = SyntaxErrorReport.string(message) }
  }

  /// `str()` of a field; nil for None.
  private static func string(_ value: Value) -> CodePoints? {
    if value.isAbsent || value.isNone { return nil }
    do throws(PyError) {
      let text = try value.str()
      return CodePoints(text.value)
    } catch {
      PyError.clear()
      return []
    }
  }

  /// The lines of the report, the last one with the message.
  mutating func lines(typeName: CodePoints) -> [CodePoints] {
    var lines: [CodePoints] = []
    let file = SyntaxErrorReport.string(ExceptionObject(exception)[SyntaxErrorField.fileName])
    var suffix: CodePoints = []
    if var number = SyntaxErrorReport.string(line) {
      suggestKeyword(&number, file)
      var heading = CodePoints("  File \"")
      heading += file.flatMap { $0.isEmpty ? nil : $0 } ?? CodePoints("<string>")
      heading += "\", line "
      heading += number
      heading += "\n"
      lines.append(heading)
    } else if let file {
      suffix = CodePoints(" (") + file + CodePoints(")")
    }
    if let text { appendExcerpt(text, &lines) }
    var last = typeName
    last += ": "
    last += message.flatMap { $0.isEmpty ? nil : $0 } ?? CodePoints("<no detail available>")
    last += suffix
    last += "\n"
    lines.append(last)
    return lines
  }

  private func appendExcerpt(_ text: CodePoints, _ lines: inout [CodePoints]) {
    let right = CodePoints(text.prefix(upTo: (text.lastIndex { $0 != CodePoint.newline } ?? -1) + 1))
    let left = CodePoints(right.drop { $0 == 32 || $0 == 10 || $0 == 12 })
    let shown = CodePoints("    ") + left + [CodePoint.newline]
    guard var start = offset else {
      if ExceptionObject(exception)[SyntaxErrorField.offset].isAbsent || ExceptionObject(exception)[SyntaxErrorField.offset].isNone { lines.append(shown) }
      return
    }
    let margin = right.count - left.count
    var end = !endsOnLine ? right.count + 1 : endOffset ?? 0 != 0 ? endOffset ?? start : start
    if !text.isEmpty && start > text.count { start = right.count + 1 }
    if !text.isEmpty && end > text.count { end = right.count + 1 }
    if start >= end || end < 0 { end = start + 1 }
    let column = start - 1 - margin
    lines.append(shown)
    guard column >= 0 else { return }
    var carets = CodePoints("    ")
    // White space that is no space, such as a tab, keeps the carets in line.
    for point in left.prefix(column) { carets.append(CodePoint.isSpace(point) ? point : CodePoint.space) }
    carets += CodePoints(repeating: UInt32(UInt8(ascii: "^")), count: end - start)
    carets.append(CodePoint.newline)
    lines.append(carets)
  }

  /// For "invalid syntax" that a keyword in place of a name would mend: shows that name, and says so.
  private mutating func suggestKeyword(_ number: inout CodePoints, _ file: CodePoints?) {
    let metadata = ExceptionObject(exception)[SyntaxErrorField.metadata]
    guard !metadata.isAbsent, metadata.isTuple, TupleObject(metadata).count == 3, let message else { return }
    let items = TupleObject(metadata)
    guard items[0].isInteger, let statementLine = Integer.asInt(items[0]), line.isInteger, let errorLine = Integer.asInt(line) else { return }
    let messageText = String(decoding: message.utf8, as: UTF8.self)
    var source: [UInt8]
    var isFile = false
    if items[2].isString {
      source = CodePoints(items[2]).utf8
    } else if let file, let bytes = SourceLines.contents(of: String(decoding: file.utf8, as: UTF8.self)) {
      source = bytes
      isFile = true
    } else {
      source = text?.utf8 ?? []
    }
    let diagnostic = Diagnostic(.syntaxError, messageText, line: errorLine, metadata: (statementLine, 0, source))
    let suggestion = source.withUnsafeBufferPointer { KeywordSuggestion.find(for: diagnostic, in: $0, isFile: isFile, compiles: SyntaxErrorReport.compiles) }
    guard let suggestion else { return }
    text = suggestion.line.map(\.value)
    offset = suggestion.columns.lowerBound + 1
    endOffset = suggestion.columns.upperBound + 1
    endsOnLine = true
    self.message = CodePoints("invalid syntax. Did you mean '\(suggestion.keyword)'?")
  }

  private static func compiles(_ program: [UInt8]) -> Bool {
    do {
      let source = try SourceFile(bytes: program, fileName: "<input>")
      _ = try compile(try parse(source), source: source)
      return true
    } catch { return false }
  }
}
