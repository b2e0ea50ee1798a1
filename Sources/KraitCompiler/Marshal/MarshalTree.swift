// What `marshal` data says, value by value: read by the reader, turned into code units, written again byte by byte.

import KraitSyntax

/// The type codes of `marshal` version 5; a set high bit in the data (``referenceFlag``) gives the value a number for later references.
public enum MarshalType: UInt8, BitwiseCopyable, Sendable {
  case null = 0x30  // 0
  case none = 0x4E  // N
  case `false` = 0x46  // F
  case `true` = 0x54  // T
  case stopIteration = 0x53  // S
  case ellipsis = 0x2E  // .
  case int = 0x69  // i
  case int64 = 0x49  // I
  case long = 0x6C  // l
  case float = 0x66  // f
  case binaryFloat = 0x67  // g
  case complex = 0x78  // x
  case binaryComplex = 0x79  // y
  case bytes = 0x73  // s
  case unicode = 0x75  // u
  case interned = 0x74  // t
  case ascii = 0x61  // a
  case asciiInterned = 0x41  // A
  case shortASCII = 0x7A  // z
  case shortASCIIInterned = 0x5A  // Z
  case tuple = 0x28  // (
  case smallTuple = 0x29  // )
  case list = 0x5B  // [
  case dict = 0x7B  // {
  case set = 0x3C  // <
  case frozenset = 0x3E  // >
  case slice = 0x3A  // :
  case code = 0x63  // c
  case reference = 0x72  // r

  static let referenceFlag: UInt8 = 0x80

  /// Whether the flag makes an entry in the list of references; the constants of the language ignore it.
  var takesReferenceNumber: Bool {
    switch self {
    case .null, .none, .false, .true, .stopIteration, .ellipsis, .reference: false
    default: true
    }
  }

  var isText: Bool {
    switch self {
    case .unicode, .interned, .ascii, .asciiInterned, .shortASCII, .shortASCIIInterned: true
    default: false
    }
  }

  var isTuple: Bool { self == .tuple || self == .smallTuple }
}

/// All values of one piece of `marshal` data, in the order in which they stand there.
///
/// A value is followed by the values in it. A reference is a value of its own that names the position of another, so identity, sharing and
/// cycles (a list that holds itself) are kept, and so are the flag bits: ``MarshalTree/bytes()`` gives what was read.
public final class MarshalTree {
  struct Node: BitwiseCopyable {
    /// Where in the source the type code stands.
    var offset: UInt32
    /// The position behind the last value in this one.
    var end: UInt32
    /// By type: the number of bytes or elements; for a reference the position that it names.
    var count: UInt32
    var type: MarshalType
    var isFlagged: Bool
    var isHashable: Bool
  }

  let source: [UInt8]
  var nodes: [Node] = []
  /// Where the data ends in the source; what follows is not looked at, as in CPython.
  public internal(set) var endOffset = 0

  init(source: [UInt8]) { self.source = source }

  /// The value that the data is about.
  public var root: MarshalValue { MarshalValue(tree: self, position: 0) }
}

/// One value of a ``MarshalTree``.
public struct MarshalValue {
  public let tree: MarshalTree
  /// The position in the tree; two values are the same object when their ``resolved`` positions are equal.
  public let position: Int

  var node: MarshalTree.Node { tree.nodes[position] }
  public var type: MarshalType { node.type }
  /// Whether the value carries ``MarshalType/referenceFlag``.
  public var isFlagged: Bool { node.isFlagged }

  /// The value itself, or the one that a reference names.
  public var resolved: MarshalValue {
    type == .reference ? MarshalValue(tree: tree, position: Int(node.count)) : self
  }

  /// The values in a container as they stand in the data: for a dict keys and values by turns up to the terminating null, for a code object
  /// its object fields in order.
  public var children: [MarshalValue] {
    var result: [MarshalValue] = []
    var position = self.position + 1
    let end = Int(node.end)
    while position < end {
      result.append(MarshalValue(tree: tree, position: position))
      position = Int(tree.nodes[position].end)
    }
    return result
  }

  /// The 32 bit number at a distance from the type code.
  private func number(at distance: Int) -> Int32 {
    let offset = Int(node.offset) + distance
    return tree.source.withUnsafeBytes { Int32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int32.self)) }
  }

  /// The value of an `int` or `int64`.
  public var integer: Int {
    if type == .int { return Int(number(at: 1)) }
    return Int(UInt32(bitPattern: number(at: 1))) | Int(number(at: 5)) << 32
  }

  /// The sign of a `long` and its magnitude in digits of 15 bits, least significant first.
  public var digits: (isNegative: Bool, digits: [UInt16]) {
    let offset = Int(node.offset) + 5
    let digits = (0..<Int(node.count)).map { UInt16(tree.source[offset + 2 * $0]) | UInt16(tree.source[offset + 2 * $0 + 1]) << 8 }
    return (number(at: 1) < 0, digits)
  }

  /// The one or two numbers of a float or complex.
  public var floats: (Double, Double) {
    switch type {
    case .binaryFloat: (double(at: 1), 0)
    case .binaryComplex: (double(at: 1), double(at: 9))
    default: textFloats
    }
  }

  private func double(at distance: Int) -> Double {
    let offset = Int(node.offset) + distance
    let bits = tree.source.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    return Double(bitPattern: UInt64(littleEndian: bits))
  }

  private var textFloats: (Double, Double) {
    let texts = floatTexts
    return (MarshalReader.double(texts[0]) ?? .nan, texts.count > 1 ? MarshalReader.double(texts[1]) ?? .nan : 0)
  }

  /// The digits of a float or complex that is written as text.
  var floatTexts: [ArraySlice<UInt8>] {
    var texts: [ArraySlice<UInt8>] = []
    var offset = Int(node.offset) + 1
    for _ in 0..<(type == .complex ? 2 : 1) {
      let count = Int(tree.source[offset])
      texts.append(tree.source[offset + 1..<offset + 1 + count])
      offset += 1 + count
    }
    return texts
  }

  /// The stored bytes of a string or bytes object. The ASCII types may hold Latin-1.
  public var storedBytes: ArraySlice<UInt8> {
    let start = Int(node.offset) + (type == .shortASCII || type == .shortASCIIInterned ? 2 : 5)
    return tree.source[start..<start + Int(node.count)]
  }

  /// A string in UTF-8, lone surrogates encoded like other code points.
  public var utf8: [UInt8] {
    let stored = storedBytes
    if type == .unicode || type == .interned || stored.allSatisfy({ $0 < 0x80 }) { return Array(stored) }
    var result: [UInt8] = []
    for byte in stored {
      if byte < 0x80 {
        result.append(byte)
      } else {
        result.append(0xC0 | byte >> 6)
        result.append(0x80 | byte & 0x3F)
      }
    }
    return result
  }

  /// The numbers of a code object: argument counts (all positional, positional only, keyword only), stack size, flags, first line.
  var codeNumbers: [Int32] {
    let lineTable = tree.nodes[children[8].position]
    let firstLine = MarshalValue.number(in: tree.source, at: Int(lineTable.offset) - 4)
    return (0..<5).map { number(at: 1 + 4 * $0) } + [firstLine]
  }

  private static func number(in source: [UInt8], at offset: Int) -> Int32 {
    source.withUnsafeBytes { Int32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int32.self)) }
  }
}
