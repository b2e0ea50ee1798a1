// The scopes of one program, found by the nodes that open them.

import KraitSyntax

/// Which of the blocks that one node opens is meant.
public enum ScopeRole: Int, Sendable {
  /// The block itself: of a `Mod`, `FunctionDef`, `AsyncFunctionDef`, `ClassDef`, `Lambda`, comprehension or `TypeAlias` (its value).
  case body
  /// The annotations: of a function's parameters and result by its `FunctionDef` or `AsyncFunctionDef`; of a class or module
  /// body by its `ClassDef` or `Mod`.
  case annotations
  /// The type parameters of a `FunctionDef`, `AsyncFunctionDef`, `ClassDef` or `TypeAlias`.
  case typeParameters
  /// The bound or the constraints of a `TypeVar`.
  case bound
  /// The default of a `TypeVar`, `ParamSpec` or `TypeVarTuple`.
  case defaultValue
  /// The annotations of assignments in a function's body, which never run.
  case localAnnotations
}

/// The scopes of one tree, found by the node that opens them.
public final class SymbolTable {
  public let top: Scope
  /// The `__future__` features and where they stood.
  public let future: FutureFeatures
  /// By the address of the node plus the role, which is less than a node's size; without ``top``, which is all that a small program has.
  private let scopes: [UnsafeMutableRawPointer: Scope]

  init(top: Scope, scopes: [UnsafeMutableRawPointer: Scope], future: FutureFeatures) {
    self.top = top
    self.scopes = scopes
    self.future = future
  }

  /// The scope that a node opens.
  public func scope(of node: some ASTNode, _ role: ScopeRole = .body) -> Scope? {
    role == .body && node.raw == top.contents.pointee.node ? top : scopes[node.raw + role.rawValue]
  }
}
