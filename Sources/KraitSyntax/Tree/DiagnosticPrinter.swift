// Uncaught errors and warnings of the front end, as `python file.py` prints them on its standard error.

/// Prints diagnostics as Python's `traceback` and `warnings` modules do.
public struct DiagnosticPrinter {
  /// The source that was compiled: its lines are shown with warnings, and searched for misspelt keywords.
  let source: UnsafeBufferPointer<UInt8>
  /// Whether Python would have read the source from the file itself, not been handed its text.
  let isFile: Bool
  /// Whether a program without syntax errors compiles; asked when a misspelt keyword was replaced.
  let compiles: ([UInt8]) -> Bool

  public init(source: UnsafeBufferPointer<UInt8>, isFile: Bool, compiles: @escaping ([UInt8]) -> Bool) {
    self.source = source
    self.isFile = isFile
    self.compiles = compiles
  }

  // MARK: Errors

  public func print(_ diagnostic: Diagnostic, into buffer: inout ByteBuffer) {
    let exceptionClass = diagnostic.exceptionClass
    guard exceptionClass.isSyntaxError else {
      buffer.append(exceptionClass.rawValue)
      if !diagnostic.message.isEmpty {
        buffer.append(": ")
        buffer.append(diagnostic.message)
      }
      buffer.append("\n")
      return
    }
    if diagnostic.line > 0 || !diagnostic.fileName.isEmpty {
      buffer.append("  File \"")
      buffer.append(diagnostic.fileName.isEmpty ? "<string>" : diagnostic.fileName)
      buffer.append("\", line ")
      buffer.append(decimal: diagnostic.line)
      buffer.append("\n")
    }

    var message = diagnostic.message.isEmpty ? "<no detail available>" : diagnostic.message
    if let text = diagnostic.text {
      let endsOnLine = diagnostic.line == diagnostic.endLine
      var shown = Excerpt(
        text: text.scalars, offset: diagnostic.offset, endOffset: diagnostic.endOffset, endsOnLine: endsOnLine)
      if let suggestion = KeywordSuggestion.find(for: diagnostic, in: source, isFile: isFile, compiles: compiles) {
        shown = Excerpt(
          text: suggestion.line, offset: suggestion.columns.lowerBound + 1, endOffset: suggestion.columns.upperBound + 1, endsOnLine: true)
        message = "invalid syntax. Did you mean '\(suggestion.keyword)'?"
      }
      shown.print(into: &buffer)
    }
    buffer.append(exceptionClass.rawValue)
    buffer.append(": ")
    buffer.append(message)
    buffer.append("\n")
  }

  /// A line with carets under a part of it; offsets count code points from 1.
  private struct Excerpt {
    var text: [Unicode.Scalar]
    var offset: Int
    var endOffset: Int
    var endsOnLine: Bool

    func print(into buffer: inout ByteBuffer) {
      var line = text[...]
      while line.last == "\n" { line.removeLast() }
      let width = line.count
      line = line.drop { $0 == " " || $0 == "\n" || $0 == "\u{c}" }
      let margin = width - line.count
      buffer.append("    ")
      for scalar in line { buffer.append(String(scalar)) }
      buffer.append("\n")

      var start = offset
      var end = !endsOnLine ? width + 1 : endOffset != 0 ? endOffset : offset
      if !text.isEmpty && start > text.count { start = width + 1 }
      if !text.isEmpty && end > text.count { end = width + 1 }
      if start >= end || end < 0 { end = start + 1 }
      let column = start - 1 - margin
      guard column >= 0 else { return }
      buffer.append("    ")
      // White space other than spaces, such as tabs, keeps the carets in line.
      for scalar in line.prefix(column) {
        buffer.append(scalar.isPythonSpace ? String(scalar) : " ")
      }
      buffer.append(repeating: UInt8(ascii: "^"), count: end - start)
      buffer.append("\n")
    }
  }

  // MARK: Warnings

  public func print(_ warning: SyntaxWarning, into buffer: inout ByteBuffer) {
    buffer.append(warning.fileName)
    buffer.append(":")
    buffer.append(decimal: warning.line)
    buffer.append(": ")
    buffer.append(warning.category.rawValue)
    buffer.append(": ")
    buffer.append(warning.message)
    buffer.append("\n")
    guard let line = line(warning.line) else { return }
    var scalars = Array(line).scalars[...]
    scalars = scalars.drop(while: \.isPythonSpace)
    while scalars.last?.isPythonSpace == true { scalars.removeLast() }
    buffer.append("  ")
    for scalar in scalars { buffer.append(String(scalar)) }
    buffer.append("\n")
  }

  private func line(_ number: Int) -> UnsafeBufferPointer<UInt8>.SubSequence? {
    guard number >= 1 else { return nil }
    var rest = source[...]
    for _ in 1..<number {
      guard let newline = rest.firstIndex(of: 0x0A) else { return nil }
      rest = rest[(newline + 1)...]
    }
    return rest.isEmpty ? nil : rest.prefix { $0 != 0x0A }
  }
}

extension [UInt8] {
  /// The code points of UTF-8; U+FFFD for what is malformed.
  var scalars: [Unicode.Scalar] { Array<Unicode.Scalar>(String(decoding: self, as: UTF8.self).unicodeScalars) }
}

extension Unicode.Scalar {
  /// `str.isspace()`.
  var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Whether `str.splitlines()` ends a line here.
  var isPythonLineEnd: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
