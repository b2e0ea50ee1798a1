// What a caller asks of the compiler, and its entry points.

import KraitSyntax

/// Options of one compilation; they mirror the arguments and flags of Python's `compile()`.
public struct CompileOptions: Sendable {
  /// 0, 1 (no assertions, `__debug__` false) or 2 (no docstrings either).
  public var optimizationLevel = 0
  /// Future features inherited from the code that calls `compile()`.
  public var inheritedFlags: CodeFlags = []
  /// `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`.
  public var allowsTopLevelAwait = false

  public init() {}
}
