// Expressions, as the symbol table sees them: names, lambdas, comprehensions and assignment expressions.

import KraitSyntax

extension SymbolTableBuilder {
  mutating func visit(_ expressions: NodeList<Expr>) throws(Diagnostic) {
    for expression in expressions { try visit(expression) }
  }

  mutating func visit(_ expression: Expr?) throws(Diagnostic) {
    if let expression { try visit(expression) }
  }

  mutating func visit(_ keywords: NodeList<Keyword>) throws(Diagnostic) {
    for keyword in keywords {
      if let name = keyword.arg { try checkBinding(name, at: keyword.range) }
    }
    for keyword in keywords { try visit(keyword.value) }
  }

  mutating func visit(_ expression: Expr) throws(Diagnostic) {
    try checkStack()
    switch expression.node {
    case .name(let name): try visit(name)
    case .constant: break
    case .attribute(let expression):
      try checkBinding(expression.attr, at: expression.range, expression.ctx)
      try visit(expression.value)
    case .call(let expression):
      try visit(expression.func)
      try visit(expression.args)
      try visit(expression.keywords)
    case .subscript(let expression):
      try visit(expression.value)
      try visit(expression.slice)
    case .binOp(let expression):
      try visit(expression.left)
      try visit(expression.right)
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
      for key in expression.keys { try visit(key) }
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
    case .lambda(let expression): try visit(expression)
    case .namedExpr(let expression): try visit(expression)
    case .generatorExp(let comprehension):
      try visit(.generator, names.generatorExpression, expression, comprehension.generators, element: comprehension.elt)
    case .listComp(let comprehension):
      try visit(.list, names.listComprehension, expression, comprehension.generators, element: comprehension.elt)
    case .setComp(let comprehension):
      try visit(.set, names.setComprehension, expression, comprehension.generators, element: comprehension.elt)
    case .dictComp(let comprehension):
      try visit(
        .dict, names.dictComprehension, expression, comprehension.generators, element: comprehension.key,
        value: comprehension.value)
    case .yield(let yield): try visit(yield: expression, value: yield.value)
    case .yieldFrom(let yield): try visit(yield: expression, value: yield.value)
    case .await(let expression): try visit(expression)
    }
  }

  private mutating func visit(_ name: AST.Name) throws(Diagnostic) {
    if current.contents.pointee.isVisitingUnevaluatedAnnotation { return }
    let id = name.id
    switch name.ctx {
    case .load:
      try use(id, at: name.range)
      // `super()` finds the class through the cell.
      if id == names.super && current.kind.isFunctionLike { try use(names.class, at: name.range) }
    case .store, .del:
      try checkBinding(id, at: name.range, name.ctx)
      try add(id, .local, to: current, at: name.range)
    }
  }

  @inline(never)
  private mutating func visit(_ lambda: AST.Lambda) throws(Diagnostic) {
    try visitDefaults(lambda.args)
    try enter(.function, names.lambda, of: lambda, at: lambda.range)
    try visitParameters(lambda.args)
    try visit(lambda.body)
    leave()
  }

  private mutating func visit(yield expression: Expr, value: Expr?) throws(Diagnostic) {
    try checkAllowedInAnnotation("yield expression", at: expression.range)
    try visit(value)
    current.contents.pointee.isGenerator = true
    let kind: StaticString
    switch current.comprehension {
    case .none: return
    case .list: kind = "list comprehension"
    case .set: kind = "set comprehension"
    case .dict: kind = "dict comprehension"
    case .generator: kind = "generator expression"
    }
    throw source.compileError("'yield' inside \(kind)", at: expression.range)
  }

  private mutating func visit(_ expression: AST.Await) throws(Diagnostic) {
    try checkAllowedInAnnotation("await expression", at: expression.range)
    if !allowsAwaitHere {
      if !current.kind.isFunctionLike { throw source.compileError("'await' outside function", at: expression.range) }
      if !isInAsyncFunction && current.comprehension == .none {
        throw source.compileError("'await' outside async function", at: expression.range)
      }
    }
    try visit(expression.value)
    current.contents.pointee.isCoroutine = true
  }

  private var isInAsyncFunction: Bool { current.kind == .function && current.isCoroutine }

  // MARK: Comprehensions

  @inline(never)
  private mutating func visit(
    _ kind: Scope.ComprehensionKind, _ name: Text, _ expression: Expr, _ generators: NodeList<Comprehension>, element: Expr,
    value: Expr? = nil
  ) throws(Diagnostic) {
    guard let outermost = generators.first else { return }
    // The outermost iterable is evaluated in the block around the comprehension.
    try visitIterable(outermost.iter)
    let range = expression.range
    try enter(.function, name, of: expression, at: range)
    current.contents.pointee.comprehension = kind
    if outermost.isAsync != 0 { current.contents.pointee.isCoroutine = true }
    try define(names.implicitParameter, .parameter, at: range)
    try visitTarget(outermost.target)
    try visit(outermost.ifs)
    for generator in generators.dropFirst() {
      try visitTarget(generator.target)
      try visitIterable(generator.iter)
      try visit(generator.ifs)
      if generator.isAsync != 0 { current.contents.pointee.isCoroutine = true }
    }
    try visit(value)
    try visit(element)
    current.contents.pointee.isGenerator = kind == .generator
    let isAsynchronous = current.isCoroutine && kind != .generator
    leave()
    if !isAsynchronous { return }
    if !isInAsyncFunction && current.comprehension == .none && !allowsAwaitHere {
      throw source.compileError("asynchronous comprehension outside of an asynchronous function", at: range)
    }
    current.contents.pointee.isCoroutine = true
  }

  private mutating func visitTarget(_ target: Expr) throws(Diagnostic) {
    current.contents.pointee.isVisitingComprehensionTarget = true
    try visit(target)
    current.contents.pointee.isVisitingComprehensionTarget = false
  }

  private mutating func visitIterable(_ iterable: Expr) throws(Diagnostic) {
    current.contents.pointee.comprehensionIterableDepth += 1
    try visit(iterable)
    current.contents.pointee.comprehensionIterableDepth -= 1
  }

  // MARK: Assignment expressions

  @inline(never)
  private mutating func visit(_ expression: AST.NamedExpr) throws(Diagnostic) {
    try checkAllowedInAnnotation("named expression", at: expression.range)
    if current.contents.pointee.comprehensionIterableDepth > 0 {
      throw source.compileError("assignment expression cannot be used in a comprehension iterable expression", at: expression.range)
    }
    if current.comprehension != .none, case .name(let target) = expression.target.node {
      try bindOutsideComprehension(target.id, at: target.range)
    }
    try visit(expression.value)
    try visit(expression.target)
  }

  /// In a comprehension, an assignment expression binds its target in the nearest block around that is none.
  private mutating func bindOutsideComprehension(_ target: Text, at range: SourceRange) throws(Diagnostic) {
    for scope in enclosing.reversed() {
      if scope.comprehension != .none {
        let known = lookUp(target, in: scope)
        if known.contains(.comprehensionIterator) && known.contains(.local) {
          throw source.compileError("assignment expression cannot rebind comprehension iteration variable '\(target)'", at: range)
        }
        continue
      }
      switch scope.kind {
      case .function:
        try define(target, lookUp(target, in: scope).contains(.global) ? .global : .nonlocal, at: range)
        recordDirective(target, at: range)
        try add(target, .local, to: scope, at: range)
        return
      case .module:
        try define(target, .global, at: range)
        recordDirective(target, at: range)
        try add(target, .global, to: scope, at: range)
        return
      case .class: throw comprehensionBindingError("used in a class body", at: range)
      case .typeParameters: throw comprehensionBindingError("used within the definition of a generic", at: range)
      case .typeAlias: throw comprehensionBindingError("used in a type alias", at: range)
      case .typeVariable: throw comprehensionBindingError("used in a TypeVar bound", at: range)
      // The block around the annotation decides.
      case .annotation: continue
      }
    }
  }

  private func comprehensionBindingError(_ place: StaticString, at range: SourceRange) -> Diagnostic {
    source.compileError("assignment expression within a comprehension cannot be \(place)", at: range)
  }
}
