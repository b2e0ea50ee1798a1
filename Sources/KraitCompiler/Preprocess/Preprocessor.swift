// The pass over the tree before the symbol table: what CPython 3.14 still optimises on trees, and the warnings of PEP 765.

import KraitSyntax

/// Prepares a tree for the compiler, in place.
///
/// It replaces `__debug__`, removes docstrings at level 2, turns `'…%s…' % (a, b)` into a joined string, folds the numbers of match
/// patterns, and warns of `return`, `break` and `continue` that leave a `finally` block. All other folding is the flow graph's.
public struct Preprocessor {
  /// What the tree is wanted for.
  public enum Purpose: Sendable {
    /// To be compiled: warnings are issued.
    case code
    /// To be shown as it is optimised, as `PyCF_OPTIMIZED_AST` asks.
    case optimizedTree
    /// To be shown as it is written, as `ast.parse` without `optimize` asks: only docstrings go at level 2.
    case tree
  }

  /// What encloses a statement most closely, of the things that matter for statements that jump out of a `finally` block.
  private enum Enclosure { case none, function, loop, finally }

  let arena: Arena
  private let source: SourceFile
  private let optimizationLevel: Int
  private let hasFutureAnnotations: Bool
  private let purpose: Purpose
  private let debugName: Text
  private let stackLimit = StackLimit.current()
  private var enclosure = Enclosure.none

  private init(source: SourceFile, options: CompileOptions, future: FutureFeatures, purpose: Purpose) {
    arena = source.arena
    self.source = source
    optimizationLevel = options.optimizationLevel
    hasFutureAnnotations = future.flags.contains(.futureAnnotations)
    self.purpose = purpose
    debugName = arena.text("__debug__" as StaticString)
  }

  /// Prepares a tree.
  public static func run(
    _ module: Mod, source: SourceFile, options: CompileOptions = CompileOptions(), future: FutureFeatures,
    for purpose: Purpose = .code
  ) throws(Diagnostic) {
    var pass = Preprocessor(source: source, options: options, future: future, purpose: purpose)
    switch module.node {
    case .module(let module): module.body = try pass.body(module.body)
    case .interactive(let module): try pass.visit(module.body)
    case .expression(let module): try pass.visit(module.body)
    case .functionType: break
    }
  }

  // MARK: Statements

  /// Visits a body that may begin with a docstring, and gives it back without the docstring when that is not wanted.
  private mutating func body(_ statements: NodeList<Stmt>) throws(Diagnostic) -> NodeList<Stmt> {
    var statements = statements
    var hasDocstring = statements.docstring != nil
    if hasDocstring && optimizationLevel >= 2 {
      statements = removingDocstring(statements)
      hasDocstring = false
    }
    try visit(statements)
    if !hasDocstring, statements.docstring != nil, case .exprStmt(let first) = statements[0].node {
      // A string that has become the first statement must not be taken for a docstring.
      first.value = AST.JoinedStr(values: arena.list(CollectionOfOne(first.value)), at: first.range, in: arena).asExpr
    }
    return statements
  }

  private func removingDocstring(_ statements: NodeList<Stmt>) -> NodeList<Stmt> {
    if statements.count > 1 { return arena.list(statements.dropFirst()) }
    // A body is never empty: a `pass` stands where the docstring began.
    let docstring = statements[0].range
    let range = SourceRange(line: docstring.line, column: docstring.column, endLine: docstring.line, endColumn: docstring.column + 4)
    return arena.list(CollectionOfOne(AST.Pass(at: range, in: arena).asStmt))
  }

  private mutating func visit(_ statements: NodeList<Stmt>) throws(Diagnostic) {
    for statement in statements { try visit(statement) }
  }

  private mutating func visit(_ statements: NodeList<Stmt>, in inner: Enclosure) throws(Diagnostic) {
    let outer = enclosure
    enclosure = inner
    try visit(statements)
    enclosure = outer
  }

  private mutating func visit(_ statement: Stmt) throws(Diagnostic) {
    if StackLimit.isExceeded(stackLimit) { throw StackLimit.overflow(during: "compilation") }
    switch statement.node {
    case .exprStmt(let statement): try visit(statement.value)
    case .assign(let statement):
      try visit(statement.targets)
      try visit(statement.value)
    case .augAssign(let statement):
      try visit(statement.target)
      try visit(statement.value)
    case .annAssign(let statement):
      try visit(statement.target)
      try visit(annotation: statement.annotation)
      try visit(statement.value)
    case .return(let statement):
      if enclosure == .finally { warn("return", at: statement.range) }
      try visit(statement.value)
    case .break:
      if enclosure == .finally { warn("break", at: statement.range) }
    case .continue:
      if enclosure == .finally { warn("continue", at: statement.range) }
    case .functionDef(let function):
      try visit(function.typeParams)
      try visit(function.args)
      function.body = try functionBody(function.body)
      try visit(function.decoratorList)
      try visit(annotation: function.returns)
    case .asyncFunctionDef(let function):
      try visit(function.typeParams)
      try visit(function.args)
      function.body = try functionBody(function.body)
      try visit(function.decoratorList)
      try visit(annotation: function.returns)
    case .classDef(let statement):
      try visit(statement.typeParams)
      try visit(statement.bases)
      try visit(statement.keywords)
      statement.body = try body(statement.body)
      try visit(statement.decoratorList)
    case .delete(let statement): try visit(statement.targets)
    case .typeAlias(let statement):
      try visit(statement.name)
      try visit(statement.typeParams)
      try visit(statement.value)
    case .for(let statement):
      try visit(statement.target)
      try visit(statement.iter)
      try visit(statement.body, in: .loop)
      try visit(statement.orelse)
    case .asyncFor(let statement):
      try visit(statement.target)
      try visit(statement.iter)
      try visit(statement.body, in: .loop)
      try visit(statement.orelse)
    case .while(let statement):
      try visit(statement.test)
      try visit(statement.body, in: .loop)
      try visit(statement.orelse)
    case .if(let statement):
      try visit(statement.test)
      try visit(statement.body)
      try visit(statement.orelse)
    case .with(let statement):
      try visit(statement.items)
      try visit(statement.body)
    case .asyncWith(let statement):
      try visit(statement.items)
      try visit(statement.body)
    case .match(let statement):
      try visit(statement.subject)
      for matchCase in statement.cases {
        try visit(matchCase.pattern)
        try visit(matchCase.guard)
        try visit(matchCase.body)
      }
    case .raise(let statement):
      try visit(statement.exc)
      try visit(statement.cause)
    case .try(let statement):
      try visit(tried: statement.body, statement.handlers, statement.orelse, statement.finalbody)
    case .tryStar(let statement):
      try visit(tried: statement.body, statement.handlers, statement.orelse, statement.finalbody)
    case .assert(let statement):
      try visit(statement.test)
      try visit(statement.msg)
    case .import, .importFrom, .global, .nonlocal, .pass: break
    }
  }

  private mutating func functionBody(_ statements: NodeList<Stmt>) throws(Diagnostic) -> NodeList<Stmt> {
    let outer = enclosure
    enclosure = .function
    let result = try body(statements)
    enclosure = outer
    return result
  }

  private mutating func visit(
    tried body: NodeList<Stmt>, _ handlers: NodeList<ExceptHandler>, _ orElse: NodeList<Stmt>, _ finalBody: NodeList<Stmt>
  ) throws(Diagnostic) {
    try visit(body)
    for handler in handlers {
      guard case .exceptHandler(let handler) = handler.node else { continue }
      try visit(handler.type)
      try visit(handler.body)
    }
    try visit(orElse)
    try visit(finalBody, in: .finally)
  }

  private mutating func visit(_ items: NodeList<WithItem>) throws(Diagnostic) {
    for item in items {
      try visit(item.contextExpr)
      try visit(item.optionalVars)
    }
  }

  private func warn(_ keyword: StaticString, at range: SourceRange) {
    if purpose != .code { return }
    source.compileWarning("'\(keyword)' in a 'finally' block", at: range)
  }

  // MARK: Expressions

  private mutating func visit(_ expressions: NodeList<Expr>) throws(Diagnostic) {
    for expression in expressions { try visit(expression) }
  }

  private mutating func visit(_ expressions: NodeList<Expr?>) throws(Diagnostic) {
    for expression in expressions { try visit(expression) }
  }

  private mutating func visit(_ expression: Expr?) throws(Diagnostic) {
    if let expression { try visit(expression) }
  }

  /// With `from __future__ import annotations` annotations become strings, as they are written.
  private mutating func visit(annotation: Expr?) throws(Diagnostic) {
    if !hasFutureAnnotations { try visit(annotation) }
  }

  private mutating func visit(_ expression: Expr) throws(Diagnostic) {
    if purpose == .tree { return }
    if StackLimit.isExceeded(stackLimit) { throw StackLimit.overflow(during: "compilation") }
    switch expression.node {
    case .name(let name):
      if name.id == debugName && name.ctx == .load { replace(expression, by: arena.boolean(optimizationLevel == 0)) }
    case .constant: break
    case .attribute(let expression): try visit(expression.value)
    case .call(let expression):
      try visit(expression.func)
      try visit(expression.args)
      try visit(expression.keywords)
    case .subscript(let expression):
      try visit(expression.value)
      try visit(expression.slice)
    case .binOp(let operation):
      try visit(operation.left)
      try visit(operation.right)
      if operation.op == .mod, let joined = joinedString(of: operation) { expression.become(joined) }
    case .compare(let expression):
      try visit(expression.left)
      try visit(expression.comparators)
    case .boolOp(let expression): try visit(expression.values)
    case .unaryOp(let expression): try visit(expression.operand)
    case .ifExp(let expression):
      try visit(expression.test)
      try visit(expression.body)
      try visit(expression.orelse)
    case .tuple(let expression): try visit(expression.elts)
    case .list(let expression): try visit(expression.elts)
    case .set(let expression): try visit(expression.elts)
    case .dict(let expression):
      try visit(expression.keys)
      try visit(expression.values)
    case .slice(let expression):
      try visit(expression.lower)
      try visit(expression.upper)
      try visit(expression.step)
    case .starred(let expression): try visit(expression.value)
    case .joinedStr(let expression): try visit(expression.values)
    case .templateStr(let expression): try visit(expression.values)
    case .formattedValue(let expression):
      try visit(expression.value)
      try visit(expression.formatSpec)
    case .interpolation(let expression):
      try visit(expression.value)
      try visit(expression.formatSpec)
    case .lambda(let expression):
      try visit(expression.args)
      try visit(expression.body)
    case .namedExpr(let expression): try visit(expression.value)
    case .listComp(let comprehension):
      try visit(comprehension.elt)
      try visit(comprehension.generators)
    case .setComp(let comprehension):
      try visit(comprehension.elt)
      try visit(comprehension.generators)
    case .generatorExp(let comprehension):
      try visit(comprehension.elt)
      try visit(comprehension.generators)
    case .dictComp(let comprehension):
      try visit(comprehension.key)
      try visit(comprehension.value)
      try visit(comprehension.generators)
    case .yield(let expression): try visit(expression.value)
    case .yieldFrom(let expression): try visit(expression.value)
    case .await(let expression): try visit(expression.value)
    }
  }

  private mutating func visit(_ keywords: NodeList<Keyword>) throws(Diagnostic) {
    for keyword in keywords { try visit(keyword.value) }
  }

  private mutating func visit(_ generators: NodeList<Comprehension>) throws(Diagnostic) {
    for generator in generators {
      try visit(generator.target)
      try visit(generator.iter)
      try visit(generator.ifs)
    }
  }

  private mutating func visit(_ arguments: Arguments) throws(Diagnostic) {
    for parameter in arguments.posonlyargs { try visit(annotation: parameter.annotation) }
    for parameter in arguments.args { try visit(annotation: parameter.annotation) }
    try visit(annotation: arguments.vararg?.annotation)
    for parameter in arguments.kwonlyargs { try visit(annotation: parameter.annotation) }
    try visit(arguments.kwDefaults)
    try visit(annotation: arguments.kwarg?.annotation)
    try visit(arguments.defaults)
  }

  private mutating func visit(_ parameters: NodeList<TypeParam>) throws(Diagnostic) {
    for parameter in parameters {
      switch parameter.node {
      case .typeVar(let variable):
        try visit(variable.bound)
        try visit(variable.defaultValue)
      case .paramSpec(let variable): try visit(variable.defaultValue)
      case .typeVarTuple(let variable): try visit(variable.defaultValue)
      }
    }
  }

  private func replace(_ expression: Expr, by value: ConstantValue) {
    expression.become(AST.Constant(value: value, kind: nil, at: expression.range, in: arena))
  }

  // MARK: Patterns

  private mutating func visit(_ patterns: NodeList<Pattern>) throws(Diagnostic) {
    for pattern in patterns { try visit(pattern) }
  }

  private mutating func visit(_ pattern: Pattern) throws(Diagnostic) {
    if StackLimit.isExceeded(stackLimit) { throw StackLimit.overflow(during: "compilation") }
    switch pattern.node {
    case .matchValue(let pattern): foldNumber(pattern.value)
    case .matchSequence(let pattern): try visit(pattern.patterns)
    case .matchMapping(let pattern):
      for key in pattern.keys { foldNumber(key) }
      try visit(pattern.patterns)
    case .matchClass(let pattern):
      try visit(pattern.cls)
      try visit(pattern.patterns)
      try visit(pattern.kwdPatterns)
    case .matchAs(let pattern):
      if let inner = pattern.pattern { try visit(inner) }
    case .matchOr(let pattern): try visit(pattern.patterns)
    case .matchSingleton, .matchStar: break
    }
  }

  /// Patterns hold negative and complex numbers as operations on literals; the compiler wants one constant.
  private func foldNumber(_ expression: Expr) {
    if purpose == .tree { return }
    switch expression.node {
    case .unaryOp(let operation):
      guard operation.op == .uSub, case .constant(let operand) = operation.operand.node else { return }
      if let folded = arena.fold(.uSub, operand.value) { replace(expression, by: folded) }
    case .binOp(let operation):
      guard operation.op == .add || operation.op == .sub, case .constant(let right) = operation.right.node else { return }
      // The left side is a literal or its negation, so that this goes no deeper.
      if operation.left.kind == .unaryOp { foldNumber(operation.left) }
      guard case .constant(let left) = operation.left.node else { return }
      if let folded = arena.fold(operation.op, left.value, right.value) { replace(expression, by: folded) }
    default: return
    }
  }
}
