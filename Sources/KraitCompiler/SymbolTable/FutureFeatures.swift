// `from __future__ import …`: which features a module turns on, and that they stand where they may.

import KraitSyntax

/// The `__future__` features of a module.
public struct FutureFeatures: Sendable {
  public var flags: CodeFlags = []
  /// The position of the last future statement at the beginning of the module; line -1 when there is none.
  public var range = SourceRange.none

  /// No features.
  public init() {}

  /// The features that a module turns on at its beginning, and those it inherits from `options`.
  public init(of module: Mod, source: SourceFile, options: CompileOptions = CompileOptions()) throws(Diagnostic) {
    flags = options.inheritedFlags
    let body: NodeList<Stmt>
    switch module.node {
    case .module(let module): body = module.body
    case .interactive(let module): body = module.body
    case .expression, .functionType: return
    }
    for statement in body.dropFirst(body.docstring == nil ? 0 : 1) {
      guard case .importFrom(let statement) = statement.node, statement.isFutureImport else { return }
      for feature in statement.names { flags.insert(try FutureFeatures.flag(of: feature, source: source)) }
      range = statement.range
    }
  }

  private static func flag(of feature: Alias, source: SourceFile) throws(Diagnostic) -> CodeFlags {
    switch feature.name {
    case "annotations": return .futureAnnotations
    case "barry_as_FLUFL": return .futureBarryAsBDFL
    // In the language for good.
    case "nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function", "unicode_literals",
      "generator_stop":
      return []
    case "braces": throw source.compileError("not a chance", at: feature.range)
    default: throw source.compileError("future feature \(feature.name.shortened(to: 100)) is not defined", at: feature.range)
    }
  }

  /// Whether a statement at `range` comes after the last future statement that stands where one may.
  func areOver(before range: SourceRange) -> Bool {
    range.line > self.range.line || (range.line == self.range.endLine && range.column > self.range.endColumn)
  }
}

extension AST.ImportFrom {
  /// Whether the statement is `from __future__ import …`.
  var isFutureImport: Bool {
    guard level == 0, let module else { return false }
    return module == "__future__"
  }
}

extension Text {
  /// The text cut to so many bytes, as CPython formats names of unknown length; a character that the cut splits becomes U+FFFD.
  fileprivate func shortened(to count: Int) -> String { String(decoding: bytes.prefix(count), as: UTF8.self) }
}

extension NodeList<Stmt> {
  /// The constant that is the docstring of a body that begins with one.
  var docstring: AST.Constant? {
    guard let first, case .exprStmt(let statement) = first.node, case .constant(let constant) = statement.value.node,
      constant.value.kind == .string
    else { return nil }
    return constant
  }
}
