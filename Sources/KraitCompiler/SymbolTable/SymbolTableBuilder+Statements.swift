// Statements, functions, classes and patterns, as the symbol table sees them.

import KraitSyntax

extension SymbolTableBuilder {
  mutating func visit(_ statements: NodeList<Stmt>) throws(Diagnostic) {
    for statement in statements { try visit(statement) }
  }

  mutating func visit(_ statement: Stmt) throws(Diagnostic) {
    try checkStack()
    switch statement.node {
    case .exprStmt(let statement): try visit(statement.value)
    case .assign(let statement):
      try visit(statement.targets)
      try visit(statement.value)
    case .augAssign(let statement):
      try visit(statement.target)
      try visit(statement.value)
    case .annAssign(let statement): try visit(statement)
    case .return(let statement):
      if let value = statement.value {
        try visit(value)
        current.contents.pointee.returnsValue = true
      }
    case .delete(let statement): try visit(statement.targets)
    case .functionDef(let function):
      try visit(
        function: statement, name: function.name, function.args, body: function.body, decorators: function.decoratorList,
        returns: function.returns, typeParameters: function.typeParams, isCoroutine: false)
    case .asyncFunctionDef(let function):
      try visit(
        function: statement, name: function.name, function.args, body: function.body, decorators: function.decoratorList,
        returns: function.returns, typeParameters: function.typeParams, isCoroutine: true)
    case .classDef(let statement): try visit(statement)
    case .typeAlias(let statement): try visit(statement)
    case .for(let statement):
      try visit(statement.target)
      try visit(statement.iter)
      try visit(conditional: statement.body, statement.orelse)
    case .asyncFor(let statement):
      try checkAsynchronous("'async for' outside async function", at: statement.range)
      try visit(statement.target)
      try visit(statement.iter)
      try visit(conditional: statement.body, statement.orelse)
    case .while(let statement):
      try visit(statement.test)
      try visit(conditional: statement.body, statement.orelse)
    case .if(let statement):
      try visit(statement.test)
      try visit(conditional: statement.body, statement.orelse)
    case .with(let statement): try visit(statement.items, body: statement.body)
    case .asyncWith(let statement):
      try checkAsynchronous("'async with' outside async function", at: statement.range)
      try visit(statement.items, body: statement.body)
    case .match(let statement): try visit(statement)
    case .raise(let statement):
      if let exception = statement.exc {
        try visit(exception)
        try visit(statement.cause)
      }
    case .try(let statement):
      try visit(tried: statement.body, statement.handlers, statement.orelse, statement.finalbody)
    case .tryStar(let statement):
      try visit(tried: statement.body, statement.handlers, statement.orelse, statement.finalbody)
    case .assert(let statement):
      try visit(statement.test)
      try visit(statement.msg)
    case .import(let statement):
      for name in statement.names { try visit(name) }
    case .importFrom(let statement):
      for name in statement.names { try visit(name) }
      if statement.isFutureImport && future.areOver(before: statement.range) {
        throw source.compileError("from __future__ imports must occur at the beginning of the file", at: statement.range)
      }
    case .global(let statement): try declare(statement.names, .global, "global", at: statement.range)
    case .nonlocal(let statement): try declare(statement.names, .nonlocal, "nonlocal", at: statement.range)
    case .pass, .break, .continue: break
    }
  }

  /// Visits suites that may be skipped or cut short: whether an annotation in them counts is known only when they run.
  private mutating func visit(conditional body: NodeList<Stmt>, _ orElse: NodeList<Stmt>) throws(Diagnostic) {
    let outer = enterConditionalBlock()
    try visit(body)
    try visit(orElse)
    leaveConditionalBlock(outer)
  }

  private mutating func visit(_ items: NodeList<WithItem>, body: NodeList<Stmt>) throws(Diagnostic) {
    let outer = enterConditionalBlock()
    for item in items {
      try visit(item.contextExpr)
      try visit(item.optionalVars)
    }
    try visit(body)
    leaveConditionalBlock(outer)
  }

  private mutating func visit(
    tried body: NodeList<Stmt>, _ handlers: NodeList<ExceptHandler>, _ orElse: NodeList<Stmt>, _ finalBody: NodeList<Stmt>
  ) throws(Diagnostic) {
    let outer = enterConditionalBlock()
    try visit(body)
    for handler in handlers {
      guard case .exceptHandler(let handler) = handler.node else { continue }
      try visit(handler.type)
      if let name = handler.name { try define(name, .local, at: handler.range) }
      try visit(handler.body)
    }
    try visit(orElse)
    try visit(finalBody)
    leaveConditionalBlock(outer)
  }

  private mutating func visit(_ statement: AST.Match) throws(Diagnostic) {
    try visit(statement.subject)
    let outer = enterConditionalBlock()
    for matchCase in statement.cases {
      try visit(matchCase.pattern)
      try visit(matchCase.guard)
      try visit(matchCase.body)
    }
    leaveConditionalBlock(outer)
  }

  private func enterConditionalBlock() -> Bool {
    let outer = current.contents.pointee.isVisitingConditionalBlock
    current.contents.pointee.isVisitingConditionalBlock = true
    return outer
  }

  private func leaveConditionalBlock(_ outer: Bool) { current.contents.pointee.isVisitingConditionalBlock = outer }

  private func checkAsynchronous(_ message: String, at range: SourceRange) throws(Diagnostic) {
    if allowsAwaitHere { current.contents.pointee.isCoroutine = true }
    if !current.isCoroutine { throw source.compileError(message, at: range) }
  }

  /// Whether `await` is allowed outside a function here, as `PyCF_ALLOW_TOP_LEVEL_AWAIT` asks.
  var allowsAwaitHere: Bool { allowsTopLevelAwait && current.kind == .module }

  // MARK: Functions and classes

  @inline(never)
  private mutating func visit(
    function: Stmt, name: Text, _ arguments: Arguments, body: NodeList<Stmt>, decorators: NodeList<Expr>, returns: Expr?,
    typeParameters: NodeList<TypeParam>, isCoroutine: Bool
  ) throws(Diagnostic) {
    let range = function.range
    try define(name, .local, at: range)
    try visitDefaults(arguments)
    try visit(decorators)
    if !typeParameters.isEmpty {
      try enterTypeParameters(of: function, name: name, at: range)
      // CPython asks whether there is a list of defaults, not whether it has elements.
      try define(names.defaults, .parameter, at: range)
      if arguments.kwDefaults.contains(where: { $0 != nil }) { try define(names.keywordDefaults, .parameter, at: range) }
      for parameter in typeParameters { try visit(parameter) }
    }
    let scope = makeScope(.function, name, of: function, .body, at: range)
    scope.contents.pointee.hasDocstring = body.docstring != nil
    scope.contents.pointee.isCoroutine = isCoroutine
    try visitAnnotations(of: function, arguments, returns: returns)
    enterNew(scope)
    try visitParameters(arguments)
    try visit(body)
    leave()
    if !typeParameters.isEmpty { leave() }
  }

  /// Defaults belong to the block around the function.
  mutating func visitDefaults(_ arguments: Arguments) throws(Diagnostic) {
    try visit(arguments.defaults)
    for value in arguments.kwDefaults { try visit(value) }
  }

  mutating func visitParameters(_ arguments: Arguments) throws(Diagnostic) {
    for parameter in arguments.posonlyargs { try define(parameter.arg, .parameter, at: parameter.range) }
    for parameter in arguments.args { try define(parameter.arg, .parameter, at: parameter.range) }
    for parameter in arguments.kwonlyargs { try define(parameter.arg, .parameter, at: parameter.range) }
    if let parameter = arguments.vararg {
      try define(parameter.arg, .parameter, at: parameter.range)
      current.contents.pointee.hasVariableArguments = true
    }
    if let parameter = arguments.kwarg {
      try define(parameter.arg, .parameter, at: parameter.range)
      current.contents.pointee.hasVariableKeywords = true
    }
  }

  @inline(never)
  private mutating func visit(_ statement: AST.ClassDef) throws(Diagnostic) {
    let range = statement.range
    let isGeneric = !statement.typeParams.isEmpty
    try define(statement.name, .local, at: range)
    try visit(statement.decoratorList)
    let outerPrivateName = privateName
    if isGeneric {
      try enterTypeParameters(of: statement, name: statement.name, at: range)
      // The tuple of parameters is made in this block and read by the bases; the generic base is made and read here.
      for name in [names.typeParameters, names.genericBase] {
        try define(name, .local, at: range)
        try define(name, .used, at: range)
      }
      privateName = statement.name
      let mangledNames = arena.allocate(SymbolMap.self, count: 1).baseAddress.unsafelyUnwrapped
      mangledNames.initialize(to: SymbolMap())
      current.contents.pointee.mangledNames = mangledNames
      for parameter in statement.typeParams { try visit(parameter) }
    }
    try visit(statement.bases)
    try visit(statement.keywords)
    try enter(.class, statement.name, of: statement, at: range)
    privateName = statement.name
    if isGeneric {
      try define(names.typeParametersAttribute, .local, at: range)
      try define(names.typeParameters, .used, at: range)
    }
    current.contents.pointee.hasDocstring = statement.body.docstring != nil
    try visit(statement.body)
    leave()
    if isGeneric { leave() }
    privateName = outerPrivateName
  }

  // MARK: Declarations

  private mutating func declare(
    _ declared: NodeList<Text>, _ flag: Symbol, _ keyword: StaticString, at range: SourceRange
  ) throws(Diagnostic) {
    for name in declared {
      let known = lookUp(name)
      if known.contains(.parameter) { throw source.compileError("name '\(name)' is parameter and \(keyword)", at: range) }
      if known.contains(.used) { throw source.compileError("name '\(name)' is used prior to \(keyword) declaration", at: range) }
      if known.contains(.annotated) { throw source.compileError("annotated name '\(name)' can't be \(keyword)", at: range) }
      if known.contains(.local) { throw source.compileError("name '\(name)' is assigned to before \(keyword) declaration", at: range) }
      try define(name, flag, at: range)
      recordDirective(name, at: range)
    }
  }

  private mutating func visit(_ alias: Alias) throws(Diagnostic) {
    let name = alias.asname ?? alias.name
    if name == "*" {
      if current.kind != .module { throw source.compileError("import * only allowed at module level", at: alias.range) }
      return
    }
    // `import a.b` binds `a`.
    let dot = name.bytes.firstIndex(of: UInt8(ascii: "."))
    let bound = dot.map { arena.text(UnsafeBufferPointer(rebasing: name.bytes[..<$0])) } ?? name
    try define(bound, .imported, at: alias.range)
  }

  // MARK: Patterns

  private mutating func visit(_ patterns: NodeList<Pattern>) throws(Diagnostic) {
    for pattern in patterns { try visit(pattern) }
  }

  private mutating func visit(_ pattern: Pattern) throws(Diagnostic) {
    try checkStack()
    var captured: Text? = nil
    switch pattern.node {
    case .matchValue(let pattern): try visit(pattern.value)
    case .matchSingleton: break
    case .matchSequence(let pattern): try visit(pattern.patterns)
    case .matchStar(let pattern): captured = pattern.name
    case .matchMapping(let pattern):
      try visit(pattern.keys)
      try visit(pattern.patterns)
      captured = pattern.rest
    case .matchClass(let pattern):
      try visit(pattern.cls)
      try visit(pattern.patterns)
      for (attribute, value) in zip(pattern.kwdAttrs, pattern.kwdPatterns) { try checkBinding(attribute, at: value.range) }
      try visit(pattern.kwdPatterns)
    case .matchAs(let pattern):
      if let inner = pattern.pattern { try visit(inner) }
      captured = pattern.name
    case .matchOr(let pattern): try visit(pattern.patterns)
    }
    if let captured { try define(captured, .local, at: pattern.range) }
  }
}
