// Functions, lambdas, their defaults and decorators, and the closures that make them at run time.

import KraitSyntax

/// What `def` and `async def` have in common.
struct Function {
  let statement: Stmt
  let range: SourceRange
  let name: Text
  let arguments: Arguments
  let body: NodeList<Stmt>
  let decorators: NodeList<Expr>
  let returns: Expr?
  let typeParameters: NodeList<TypeParam>
  let isAsync: Bool

  init(_ node: AST.FunctionDef) {
    statement = node.asStmt
    range = node.range
    name = node.name
    arguments = node.args
    body = node.body
    decorators = node.decoratorList
    returns = node.returns
    typeParameters = node.typeParams
    isAsync = false
  }

  init(_ node: AST.AsyncFunctionDef) {
    statement = node.asStmt
    range = node.range
    name = node.name
    arguments = node.args
    body = node.body
    decorators = node.decoratorList
    returns = node.returns
    typeParameters = node.typeParams
    isAsync = true
  }
}

extension CodeGenerator {
  func visit(_ function: Function) throws(Diagnostic) {
    let range = function.range
    for decorator in function.decorators { try visit(decorator) }
    let firstLine = function.decorators.first?.range.line ?? range.line
    var attributes = try emitDefaults(function.arguments, at: range)
    let isGeneric = !function.typeParameters.isEmpty
    // A generic function's defaults are evaluated outside and passed to the scope of its type parameters.
    var passed = 0
    if isGeneric {
      if attributes.contains(.defaults) { passed += 1 }
      if attributes.contains(.keywordDefaults) { passed += 1 }
      if passed == 2 { emit(.SWAP, 2, at: range) }
      enterScope(
        .annotations, try scope(of: function.statement, .typeParameters), name: genericParametersName(function.name), firstLine: firstLine,
        argumentCount: passed)
      try emitTypeParameters(function.typeParameters)
      for index in 0..<passed { emit(.LOAD_FAST, index, at: range) }
    }
    if try emitAnnotations(of: function) { attributes.insert(.annotate) }
    try emitBody(of: function, attributes, firstLine: firstLine)
    if isGeneric {
      emit(.SWAP, 2, at: range)
      emit(.CALL_INTRINSIC_2, BinaryIntrinsic.setFunctionTypeParameters.rawValue, at: range)
      try emitClosure(of: try exitScope(addsNone: false), at: range)
      if passed > 0 {
        emit(.SWAP, passed + 1, at: range)
        emit(.CALL, passed - 1, at: range)
      } else {
        emit(.PUSH_NULL, at: range)
        emit(.CALL, 0, at: range)
      }
    }
    applyDecorators(function.decorators)
    store(function.name, at: range)
  }

  private func emitBody(of function: Function, _ attributes: FunctionAttributes, firstLine: Int32) throws(Diagnostic) {
    let arguments = function.arguments
    let scope = try scope(of: function.statement)
    enterScope(
      function.isAsync ? .asyncFunction : .function, scope, name: function.name, firstLine: firstLine,
      argumentCount: arguments.args.count, positionalOnlyArgumentCount: arguments.posonlyargs.count,
      keywordOnlyArgumentCount: arguments.kwonlyargs.count)
    var first = 0
    if scope.hasDocstring, let docstring = function.body.docstring {
      _ = unit.constants.index(of: try cleaned(docstring))
      first = 1
    }
    let start = newLabel()
    use(start)
    let handlesStopIteration = scope.isCoroutine || scope.isGenerator
    if handlesStopIteration { try pushBlock(.stopIteration, block: start, at: .none) }
    for statement in function.body.dropFirst(first) { try visit(statement) }
    if handlesStopIteration {
      emitStopIterationHandler()
      popBlock()
    }
    try emitClosure(of: try exitScope(addsNone: true), attributes, at: function.range)
  }

  /// A StopIteration that leaves a generator becomes a RuntimeError.
  func emitStopIterationHandler() {
    let handler = newLabel()
    code.insert(Instruction(.SETUP_CLEANUP, handler.id, at: .none), at: 0)
    emitNone(at: .none)
    emit(.RETURN_VALUE, at: .none)
    use(handler)
    emit(.CALL_INTRINSIC_1, Intrinsic.stopIterationError.rawValue, at: .none)
    emit(.RERAISE, 1, at: .none)
  }

  func visit(_ node: AST.Lambda) throws(Diagnostic) {
    let range = node.range
    let arguments = node.args
    let attributes = try emitDefaults(arguments, at: range)
    let scope = try scope(of: node)
    enterScope(
      .lambda, scope, name: wellKnown.lambda, firstLine: range.line, argumentCount: arguments.args.count,
      positionalOnlyArgumentCount: arguments.posonlyargs.count, keywordOnlyArgumentCount: arguments.kwonlyargs.count)
    try visit(node.body)
    if !scope.isGenerator { emit(.RETURN_VALUE, at: node.body.range) }
    try emitClosure(of: try exitScope(addsNone: !scope.isGenerator), attributes, at: range)
  }

  // MARK: Parts

  /// Makes a function of a code object, with a tuple of the cells that it closes over.
  /// - Parameter attributes: what else lies on the stack, in the order of `FunctionAttributes`, to be set on the function.
  func emitClosure(of code: CodeUnit, _ attributes: FunctionAttributes = [], at range: SourceRange) throws(Diagnostic) {
    var freeCount = 0
    let kinds = code.localsPlusKinds
    let names = code.localsPlusNames
    for index in kinds.indices where kinds[index].contains(.free) {
      emit(.LOAD_CLOSURE, try closureIndex(of: names[index]), at: range)
      freeCount += 1
    }
    if freeCount > 0 { emit(.BUILD_TUPLE, freeCount, at: range) }
    emitConstant(code, at: range)
    emit(.MAKE_FUNCTION, at: range)
    if freeCount > 0 { emit(.SET_FUNCTION_ATTRIBUTE, FunctionAttributes.closure.rawValue, at: range) }
    for attribute in [FunctionAttributes.annotations, .annotate, .keywordDefaults, .defaults] where attributes.contains(attribute) {
      emit(.SET_FUNCTION_ATTRIBUTE, attribute.rawValue, at: range)
    }
  }

  /// Pushes the tuple of defaults and the dictionary of keyword-only defaults, as far as there are any.
  private func emitDefaults(_ arguments: Arguments, at range: SourceRange) throws(Diagnostic) -> FunctionAttributes {
    var attributes: FunctionAttributes = []
    let defaults = arguments.defaults
    if !defaults.isEmpty {
      for value in defaults { try visit(value) }
      emit(.BUILD_TUPLE, defaults.count, at: range)
      attributes.insert(.defaults)
    }
    var keywordDefaults = 0
    let keywordOnly = arguments.kwonlyargs
    for index in keywordOnly.indices {
      guard let value = arguments.kwDefaults[index] else { continue }
      keywordDefaults += 1
      emitConstant(mangled(keywordOnly[index].arg), at: range)
      try visit(value)
    }
    if keywordDefaults > 0 {
      emit(.BUILD_MAP, keywordDefaults, at: range)
      attributes.insert(.keywordDefaults)
    }
    return attributes
  }

  func applyDecorators(_ decorators: NodeList<Expr>) {
    for decorator in decorators.reversed() { emit(.CALL, 0, at: decorator.range) }
  }

  /// The scope that the symbol table made for a node.
  func scope(of node: some ASTNode, _ role: ScopeRole = .body) throws(Diagnostic) -> Scope {
    guard let scope = symbolTable.scope(of: node, role) else { throw systemError("unknown symbol table entry") }
    return scope
  }
}
