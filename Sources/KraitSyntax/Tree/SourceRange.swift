// Where a token, node or instruction stands in the source.

/// A range of the source: lines count from 1, columns are UTF-8 byte offsets from 0; -1 is "unknown".
@frozen
public struct SourceRange: Hashable, BitwiseCopyable, Sendable {
  public var line: Int32
  public var endLine: Int32
  public var column: Int32
  public var endColumn: Int32

  @inlinable
  public init(line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
    self.line = line
    self.endLine = endLine
    self.column = column
    self.endColumn = endColumn
  }

  /// No position at all: such an instruction belongs to no line.
  public static let none = SourceRange(line: -1, column: -1, endLine: -1, endColumn: -1)
  /// The position of an instruction that takes the one of its successor (`NEXT_LOCATION` of CPython's code generator).
  public static let next = SourceRange(line: -2, column: -2, endLine: -2, endColumn: -2)
}
