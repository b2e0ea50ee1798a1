// Errors and warnings of the front end, as CPython would raise them.

/// A Python exception that the front end raises, with what a `SyntaxError` carries.
public final class Diagnostic: Error, @unchecked Sendable {
  /// The exception's class.
  public enum ExceptionClass: String, Sendable {
    case syntaxError = "SyntaxError"
    case indentationError = "IndentationError"
    case tabError = "TabError"
    case incompleteInputError = "_IncompleteInputError"
    case unicodeDecodeError = "UnicodeDecodeError"
    case unicodeEncodeError = "UnicodeEncodeError"
    case valueError = "ValueError"
    case typeError = "TypeError"
    case overflowError = "OverflowError"
    case recursionError = "RecursionError"
    case memoryError = "MemoryError"
    case systemError = "SystemError"
    case eofError = "EOFError"
    case importError = "ImportError"

    /// Whether instances carry file name, line, offset and text.
    public var isSyntaxError: Bool {
      switch self {
      case .syntaxError, .indentationError, .tabError, .incompleteInputError: true
      default: false
      }
    }
  }

  public let exceptionClass: ExceptionClass
  public let message: String
  /// Empty when the error has no file name: then `filename` is `None`, and with offset 0 on line 0 the error carries its message only.
  public let fileName: String
  /// Line, counted from 1; 0 when the error has none.
  public let line: Int
  /// Column in code points, counted from 1; 0 or -1 as in CPython when the error has none.
  public let offset: Int
  public let endLine: Int
  public let endOffset: Int
  /// The source line, with its line end when it has one; `nil` is Python's `None`.
  public let text: [UInt8]?
  /// What 3.14 passes as the seventh item of the details tuple: where the statement began, for "Did you mean" suggestions on keywords.
  public let metadata: (line: Int, column: Int, source: [UInt8])?
  /// Whether CPython raises the exception with its message alone and sets its place afterwards, as the passes behind the parser do.
  public let isPlacedLater: Bool
  /// The arguments of a UnicodeDecodeError or UnicodeEncodeError.
  public let codecError: CodecError?

  public init(
    _ exceptionClass: ExceptionClass, _ message: String, fileName: String = "", line: Int = 0, offset: Int = 0,
    endLine: Int = 0, endOffset: Int = 0, text: [UInt8]? = nil, metadata: (line: Int, column: Int, source: [UInt8])? = nil,
    isPlacedLater: Bool = false, codecError: CodecError? = nil
  ) {
    self.exceptionClass = exceptionClass
    self.message = message
    self.fileName = fileName
    self.line = line
    self.offset = offset
    self.endLine = endLine
    self.endOffset = endOffset
    self.text = text
    self.metadata = metadata
    self.isPlacedLater = isPlacedLater
    self.codecError = codecError
  }

  /// A UnicodeDecodeError or UnicodeEncodeError.
  public convenience init(_ error: CodecError, fileName: String = "") {
    self.init(error.isDecoding ? .unicodeDecodeError : .unicodeEncodeError, error.message, fileName: fileName, codecError: error)
  }
}

/// A warning that the front end issues, in the order of issue. Whoever turns it into an error raises a `SyntaxError` at its place.
public struct SyntaxWarning: Sendable {
  public enum Category: String, Sendable {
    case syntaxWarning = "SyntaxWarning"
    case deprecationWarning = "DeprecationWarning"
  }
  public var category: Category
  public var message: String
  public var fileName: String
  /// The position as the error would carry it: lines and code point columns from 1, -1 when unknown.
  public var line: Int
  public var offset: Int
  public var endLine: Int
  public var endOffset: Int

  public init(
    category: Category, message: String, fileName: String, line: Int, offset: Int, endLine: Int, endOffset: Int
  ) {
    self.category = category
    self.message = message
    self.fileName = fileName
    self.line = line
    self.offset = offset
    self.endLine = endLine
    self.endOffset = endOffset
  }

  /// What a warning of an escape says and the error that it may become does not.
  static let outlook = "Such sequences will not work in the future. "

  /// The message of the `SyntaxError` that the warning becomes under `-W error`.
  public var errorMessage: String {
    guard let range = message.position(of: SyntaxWarning.outlook) else { return message }
    return String(message[..<range.lowerBound] + message[range.upperBound...])
  }
}
