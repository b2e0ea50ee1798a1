// Decodes `co_linetable`: which source range each instruction comes from. Tracebacks, `co_lines`, `co_positions` and `dis` read it.

import KraitSyntax

/// The location table of a code object: a sequence of entries, each for one or more code units (pairs of bytes of `co_code`).
///
/// Decoding never fails: a table that ends in the middle of an entry reads as if zeros followed.
public struct LineTable: Sequence {
  /// Consecutive code units with one location.
  public struct Entry: Equatable {
    /// Byte offsets into `co_code`.
    public var start: Int
    public var end: Int
    /// Parts that are not known are -1; an instruction that belongs to no line has ``SourceRange/none``.
    public var range: SourceRange
  }

  /// How an entry is written, from bits 3 to 6 of its first byte.
  private enum Form {
    static let lastShort: UInt8 = 9
    static let firstOneLine: UInt8 = 10
    static let lastOneLine: UInt8 = 12
    static let noColumns: UInt8 = 13
    static let long: UInt8 = 14
  }

  public let bytes: UnsafeBufferPointer<UInt8>
  public let firstLineNumber: Int32

  public init(bytes: UnsafeBufferPointer<UInt8>, firstLineNumber: Int32) {
    self.bytes = bytes
    self.firstLineNumber = firstLineNumber
  }

  public struct Iterator: IteratorProtocol {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var offset = 0
    private var line: Int32

    init(_ table: LineTable) {
      bytes = table.bytes
      line = table.firstLineNumber
    }

    private mutating func byte() -> UInt8 {
      guard index < bytes.count else { return 0 }
      index += 1
      return bytes[index - 1]
    }

    /// Groups of six bits, least significant first; bit 6 says that another follows.
    private mutating func variable() -> UInt32 {
      var value: UInt32 = 0
      var shift: UInt32 = 0
      while true {
        let byte = self.byte()
        value |= shift < 32 ? UInt32(byte & 0x3F) << shift : 0
        shift += 6
        if byte & 0x40 == 0 { return value }
      }
    }

    private mutating func signedVariable() -> Int32 {
      let value = variable()
      let magnitude = Int32(truncatingIfNeeded: value >> 1)
      return value & 1 != 0 ? 0 &- magnitude : magnitude
    }

    public mutating func next() -> Entry? {
      guard index < bytes.count else { return nil }
      let first = byte()
      let start = offset
      offset += (Int(first & 7) + 1) * 2
      let form = first >> 3 & 15
      var range = SourceRange.none
      switch form {
      case 0...Form.lastShort:
        let second = byte()
        let column = Int32(form) << 3 | Int32(second >> 4)
        range = SourceRange(line: line, column: column, endLine: line, endColumn: column + Int32(second & 15))
      case Form.firstOneLine...Form.lastOneLine:
        line &+= Int32(form - Form.firstOneLine)
        let column = Int32(byte())
        range = SourceRange(line: line, column: column, endLine: line, endColumn: Int32(byte()))
      case Form.noColumns:
        line &+= signedVariable()
        range = SourceRange(line: line, column: -1, endLine: line, endColumn: -1)
      case Form.long:
        line &+= signedVariable()
        let endLine = line &+ Int32(truncatingIfNeeded: variable())
        let column = Int32(truncatingIfNeeded: variable()) &- 1
        range = SourceRange(line: line, column: column, endLine: endLine, endColumn: Int32(truncatingIfNeeded: variable()) &- 1)
      default: break
      }
      return Entry(start: start, end: offset, range: range)
    }
  }

  public func makeIterator() -> Iterator { Iterator(self) }

  /// What `co_lines()` yields: stretches of byte offsets with one line each; -1 is "no line".
  public func lines() -> [(start: Int, end: Int, line: Int32)] {
    var result: [(start: Int, end: Int, line: Int32)] = []
    for entry in self {
      if let last = result.last, last.line == entry.range.line {
        result[result.count - 1].end = entry.end
      } else {
        result.append((entry.start, entry.end, entry.range.line))
      }
    }
    return result
  }

  /// What `co_positions()` yields: the range of each code unit in order.
  public func positions() -> [SourceRange] {
    var result: [SourceRange] = []
    for entry in self {
      for _ in 0..<(entry.end - entry.start) / 2 { result.append(entry.range) }
    }
    return result
  }

  /// The range of the instruction at a byte offset of `co_code`.
  public func range(at offset: Int) -> SourceRange {
    for entry in self where offset < entry.end { return entry.range }
    return .none
  }
}

extension CodeUnit {
  /// The decoded `co_linetable`.
  public var lines: LineTable { LineTable(bytes: self.lineTable, firstLineNumber: self.firstLineNumber) }
}
