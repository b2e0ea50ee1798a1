// The frames of a traceback: file, line and function, the source with carets under what failed.

import CKraitCore
import KraitCompiler
import KraitSyntax

/// One frame of a traceback, ready to be shown.
struct TracebackEntry {
  let code: CodeObject
  /// Borrowed from the traceback.
  let frame: Value
  let fileName: CodePoints
  let name: CodePoints
  /// Lines count from 1, columns are byte offsets; -1 is unknown.
  let range: SourceRange

  init(_ traceback: TracebackObject) {
    code = traceback.code
    frame = traceback.frame
    fileName = CodePoints(code.fileName)
    name = CodePoints(code.name)
    var range = traceback.instruction < 0 ? SourceRange.none : code.lines.range(at: traceback.instruction)
    if range.line < 0 { range.line = Int32(clamping: traceback.line) }
    if range.endLine < range.line { range.endLine = range.line }
    self.range = range
  }

  func isRepeated(_ other: TracebackEntry) -> Bool { range.line == other.range.line && name == other.name && fileName == other.fileName }
}

/// The frames of one traceback as text, a text for each frame, long repetitions cut short.
struct TracebackReport {
  private static let shownRepetitions = 3
  private(set) var parts: [CodePoints] = []

  /// - Parameter isPlain: source lines without carets, as reports of exceptions that nobody can catch have them.
  init(_ traceback: Value, limit: Int?, source: inout SourceLines, isPlain: Bool = false) {
    var entries: [TracebackEntry] = []
    var link = traceback
    while !link.isAbsent && link.isInstance(of: .traceback) {
      entries.append(TracebackEntry(TracebackObject(link)))
      link = TracebackObject(link).next
    }
    if let limit, limit < entries.count { entries.removeFirst(entries.count - limit) }
    var repetitions = 0
    var last: TracebackEntry?
    for entry in entries {
      if let previous = last, previous.isRepeated(entry) {
        repetitions += 1
      } else {
        noteRepetitions(repetitions)
        repetitions = 1
      }
      last = entry
      if repetitions <= TracebackReport.shownRepetitions { parts.append(TracebackReport.text(of: entry, &source, isPlain)) }
    }
    noteRepetitions(repetitions)
  }

  private mutating func noteRepetitions(_ count: Int) {
    let more = count - TracebackReport.shownRepetitions
    if more > 0 { parts.append(CodePoints("  [Previous line repeated \(more) more time\(more > 1 ? "s" : "")]\n")) }
  }

  private static func text(of entry: TracebackEntry, _ source: inout SourceLines, _ isPlain: Bool) -> CodePoints {
    var text = CodePoints("  File \"")
    let file = String(decoding: entry.fileName.utf8, as: UTF8.self)
    if file.hasPrefix("<stdin-") && file.hasSuffix(">") { text += "<stdin>" } else { text += entry.fileName }
    text += "\", line \(entry.range.line), in "
    text += entry.name
    text.append(CodePoint.newline)
    let last = min(Int(entry.range.endLine), Int(entry.range.line) + 10_000)
    // The plain form knows files, not what programs have registered for other names.
    if isPlain && file.hasPrefix("<") && file.hasSuffix(">") { return text }
    let original = (Int(entry.range.line)...last).map { source.line($0, of: file, code: entry.code, frame: entry.frame).strippedAtEnd }
    if original.allSatisfy(\.isEmpty) { return text }
    if isPlain || entry.range.column < 0 || entry.range.endColumn < 0 {
      text += "    "
      text += original[0].strippedAtStart
      text.append(CodePoint.newline)
      return text
    }
    text += MarkedLines(original, entry.range).text
    return text
  }
}

/// Lines of source with carets under a range of them.
private struct MarkedLines {
  private let lines: [CodePoints]
  /// In columns on a terminal.
  private let start: Int
  private let end: Int
  private let showsCarets: Bool
  private var anchors: CaretAnchors?
  private var anchorStart = 0
  private var anchorEnd = 0

  init(_ original: [CodePoints], _ range: SourceRange) {
    let dedented = CodePoints(original.joined(separator: [CodePoint.newline])).dedented
    let lines = dedented.split(separator: CodePoint.newline, omittingEmptySubsequences: false).map { CodePoints($0) }
    let removed = original[0].count - lines[0].count
    let startOffset = max(0, original[0].characterOffset(ofByte: Int(range.column)) - removed)
    let lastLine = lines[lines.count - 1]
    let endOffset = max(0, original[original.count - 1].characterOffset(ofByte: Int(range.endColumn)) - removed)
    self.lines = lines
    start = lines[0].displayWidth(startOffset)
    end = lastLine.displayWidth(endOffset)
    let whole = CodePoints(lines.joined(separator: [CodePoint.newline]))
    let segmentEnd = max(0, whole.count - (lastLine.count - endOffset))
    let segment = startOffset < segmentEnd ? CodePoints(whole[min(startOffset, whole.count)..<min(segmentEnd, whole.count)]) : []
    anchors = CaretAnchors(segment: segment)
    showsCarets = MarkedLines.showsCarets(lines, whole, startOffset, endOffset, hasAnchors: anchors != nil)
    if let anchors {
      // They are relative to the marked part.
      let left = anchors.leftColumn + (anchors.leftLine == 0 ? startOffset : 0)
      let right = anchors.rightColumn + (anchors.rightLine == 0 ? startOffset : 0)
      anchorStart = lines[anchors.leftLine].displayWidth(left)
      anchorEnd = lines[anchors.rightLine].displayWidth(right)
    }
  }

  private static func showsCarets(_ lines: [CodePoints], _ whole: CodePoints, _ start: Int, _ end: Int, hasAnchors: Bool) -> Bool {
    if let parsed = ParsedLines(whole) {
      if parsed.body.isEmpty || parsed.isPlainCall(lines: lines.count, start: start, end: end) { return false }
    }
    return hasAnchors || !lines[0].prefix(start).isBlank || !lines[lines.count - 1].dropFirst(end).isBlank
  }

  var text: CodePoints {
    // The first and the last line, and those about the anchors.
    var significant: Set<Int> = [0, lines.count - 1]
    if let anchors {
      for line in [anchors.leftLine, anchors.rightLine] { significant.formUnion([line - 1, line, line + 1]) }
    }
    var result: CodePoints = []
    var previous: Int?
    for line in significant.sorted() where line >= 0 && line < lines.count {
      if let previous {
        if line - previous == 2 {
          append(line - 1, &result)
        } else if line - previous > 2 {
          result += "...<\(line - previous - 1) lines>...\n"
        }
      }
      append(line, &result)
      previous = line
    }
    return result.dedented.indented(by: "    ")
  }

  private func append(_ number: Int, _ result: inout CodePoints) {
    let line = lines[number]
    result += line
    result.append(CodePoint.newline)
    guard showsCarets else { return }
    let margin = line.prefix(while: CodePoint.isSpace).count
    let width = number == lines.count - 1 ? end : line.displayWidth(line.count)
    for column in 0..<max(0, width) {
      if column < margin || (number == 0 && column < start) {
        result.append(CodePoint.space)
      } else if let anchors {
        let isInside = (number > anchors.leftLine || (number == anchors.leftLine && column >= anchorStart))
          && (number < anchors.rightLine || (number == anchors.rightLine && column < anchorEnd))
        result += isInside ? "^" : "~"
      } else {
        result += "^"
      }
    }
    result.append(CodePoint.newline)
  }
}
