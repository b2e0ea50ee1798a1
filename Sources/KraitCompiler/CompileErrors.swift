// Errors and warnings of the passes behind the parser. Unlike the parser's, their columns are UTF-8 bytes, as in CPython.

import KraitSyntax

extension SourceFile {
  /// A syntax error of the compiler at a range: its columns are the range's, counted from 1.
  ///
  /// - Parameter isPlacedLater: as the passes before code generation have it.
  func compileError(_ message: String, at range: SourceRange, isPlacedLater: Bool = true) -> Diagnostic {
    Diagnostic(
      .syntaxError, message, fileName: fileName, line: Int(range.line), offset: Int(range.column) + 1, endLine: Int(range.endLine),
      endOffset: Int(range.endColumn) + 1, text: isOnDisk ? line(Int(range.line)).map(Array.init) : nil, isPlacedLater: isPlacedLater)
  }

  /// Records a warning of the compiler at a range: its columns are the range's, counted from 1.
  func compileWarning(_ message: String, at range: SourceRange) {
    warnings.append(
      SyntaxWarning(
        category: .syntaxWarning, message: message, fileName: fileName, line: Int(range.line), offset: Int(range.column) + 1,
        endLine: Int(range.endLine), endOffset: Int(range.endColumn) + 1))
  }
}
