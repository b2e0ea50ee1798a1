// What a caller asks of the parser.

/// Options of one parse; they mirror the arguments and flags of Python's `compile()` and `ast.parse()`.
public struct ParseOptions: Sendable {
  public enum Mode: Sendable { case file, single, evaluate, functionType }

  public var mode = Mode.file
  /// `ast.PyCF_TYPE_COMMENTS`: type comments become tokens and fields.
  public var typeComments = false
  /// `from __future__ import barry_as_FLUFL` is in force from the start.
  public var barryAsBDFL = false
  /// `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`.
  public var allowsTopLevelAwait = false
  /// `PyCF_DONT_IMPLY_DEDENT`, for interactive input.
  public var impliesDedent = true
  /// `ast.PyCF_ALLOW_INCOMPLETE_INPUT`: input that ends too early raises `_IncompleteInputError`.
  public var allowsIncompleteInput = false
  /// The minor version of `ast.parse(feature_version=…)`.
  public var featureVersion = 14
  /// The longest decimal integer that is accepted; 0 is no limit.
  public var integerDigitLimit = 4300

  /// The spellings that are keywords.
  public var keywords = KeywordTable.python

  public init() {}
}
