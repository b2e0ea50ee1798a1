// Decodes `co_exceptiontable`: which handler takes an exception raised at an instruction.

import KraitSyntax

/// The exception table of a code object: entries in ascending order, which do not overlap.
public struct ExceptionTable: Sequence {
  public struct Entry: Equatable {
    /// The guarded stretch of `co_code`, in byte offsets.
    public var start: Int
    public var end: Int
    /// The byte offset of the handler.
    public var target: Int
    /// The height to which the value stack is cut before the handler runs.
    public var depth: Int
    /// Whether the handler finds the offset of the raising instruction below the exception, for reraising there.
    public var pushesLastInstruction: Bool
  }

  public let bytes: UnsafeBufferPointer<UInt8>

  public init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  public struct Iterator: IteratorProtocol {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ table: ExceptionTable) { bytes = table.bytes }

    /// Groups of six bits, most significant first; bit 6 says that another follows.
    private mutating func variable() -> Int? {
      var value = 0
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        value = value << 6 | Int(byte & 0x3F)
        if byte & 0x40 == 0 { return value }
      }
      return nil
    }

    /// The next entry; a table that ends in the middle of one ends before it.
    public mutating func next() -> Entry? {
      guard let start = variable(), let length = variable(), let target = variable(), let depthAndLast = variable() else { return nil }
      return Entry(
        start: start &* 2, end: (start &+ length) &* 2, target: target &* 2, depth: depthAndLast >> 1,
        pushesLastInstruction: depthAndLast & 1 != 0)
    }
  }

  public func makeIterator() -> Iterator { Iterator(self) }

  /// The entry that guards the instruction at a byte offset.
  public func entry(at offset: Int) -> Entry? { first { $0.start <= offset && offset < $0.end } }
}

extension CodeUnit {
  /// The decoded `co_exceptiontable`.
  public var handlers: ExceptionTable { ExceptionTable(bytes: self.exceptionTable) }
}
