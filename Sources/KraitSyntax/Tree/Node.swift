// What all nodes of the tree share; the nodes themselves are in Nodes.swift, generated.

/// A handle of a node: one word, valid as long as the ``Arena`` that holds it.
public protocol ASTNode: BitwiseCopyable, Hashable {
  var raw: UnsafeMutableRawPointer { get }
  init(raw: UnsafeMutableRawPointer)
}

extension ASTNode {
  @inlinable @inline(__always) public var kind: NodeKind { raw.load(as: NodeKind.self) }

  /// Where the node stands; ``SourceRange/none`` for classes without a position.
  @inlinable
  public var range: SourceRange {
    @inline(__always) get { raw.load(fromByteOffset: 4, as: SourceRange.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 4, as: SourceRange.self) }
  }

  @inlinable public static func == (a: Self, b: Self) -> Bool { a.raw == b.raw }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(raw) }
}

/// A field of a node's class, for passes that treat all nodes alike (dump, comparison, conversion to Python objects).
public struct NodeField: Sendable {
  public enum Kind: Sendable {
    case identifier, string, constant, int
    case enumeration(NodeEnumeration)
    case category(NodeCategory)
  }
  /// The field's name in Python.
  public let name: StaticString
  public let kind: Kind
  /// The byte offset in the node.
  public let offset: Int
  public let isOptional: Bool
  public let isList: Bool

  init(_ name: StaticString, _ kind: Kind, offset: Int, isOptional: Bool, isList: Bool) {
    self.name = name
    self.kind = kind
    self.offset = offset
    self.isOptional = isOptional
    self.isList = isList
  }
}

extension UnsafeMutableRawPointer {
  /// Writes the first 24 bytes of a node: its class and its position.
  @inlinable @inline(__always)
  func storeHeader(_ kind: NodeKind, _ range: SourceRange) {
    storeBytes(of: 0, as: UInt32.self)
    storeBytes(of: kind, as: NodeKind.self)
    storeBytes(of: range, toByteOffset: 4, as: SourceRange.self)
  }
}

extension Expr {
  /// Turns the node into a constant in place, so that all that refer to it see the constant. It must be as large as one.
  public func become(_ constant: AST.Constant) { raw.copyMemory(from: constant.raw, byteCount: 40) }

  /// Turns the node into a joined string in place, so that all that refer to it see the string. It must be as large as one.
  public func become(_ joined: AST.JoinedStr) { raw.copyMemory(from: joined.raw, byteCount: 32) }
}

@usableFromInline @inline(never)
func unreachableNodeKind() -> Never {
  fatalError("a node of another category")
}
