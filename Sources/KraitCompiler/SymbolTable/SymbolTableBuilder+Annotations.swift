// Blocks that run lazily: annotations (PEP 649), type parameters, their bounds and defaults, and type aliases (PEP 695, 696).

import KraitSyntax

extension SymbolTableBuilder {
  // MARK: Annotations

  @inline(never)
  mutating func visit(_ statement: AST.AnnAssign) throws(Diagnostic) {
    current.contents.pointee.annotationsUsed = true
    if case .name(let target) = statement.target.node {
      let known = lookUp(target.id)
      if known.contains(anyOf: [.global, .nonlocal]) && current != top && statement.simple != 0 {
        let keyword = known.contains(.global) ? "global" : "nonlocal"
        throw source.compileError("annotated name '\(target.id)' can't be \(keyword)", at: statement.range)
      }
      if statement.simple != 0 {
        try define(target.id, [.annotated, .local], at: target.range)
      } else if statement.value != nil {
        try define(target.id, .local, at: target.range)
      }
    } else {
      try visit(statement.target)
    }
    try visitAnnotation(statement.annotation)
    try visit(statement.value)
  }

  /// The annotation of an assignment: all of one body share a block.
  private mutating func visitAnnotation(_ annotation: Expr) throws(Diagnostic) {
    let owner = current
    let range = annotation.range
    // A function's own annotations are never evaluated.
    let isUnevaluated = owner.kind == .function
    // A module may stop half-way, so that all of its annotations are conditional.
    if !owner.hasConditionalAnnotations
      && (owner.kind == .module || (owner.kind == .class && owner.contents.pointee.isVisitingConditionalBlock))
    {
      owner.contents.pointee.hasConditionalAnnotations = true
      try define(names.conditionalAnnotations, .used, at: range)
    }
    if let scope = owner.annotationScope {
      enterAgain(scope)
    } else {
      try enter(.annotation, names.annotate, node: owner.contents.pointee.node, isUnevaluated ? .localAnnotations : .annotations, at: range)
      owner.contents.pointee.annotationScope = current
      if owner.kind == .class && !future.flags.contains(.futureAnnotations) {
        owner.contents.pointee.needsClassDict = true
        try seeClassScope(at: range)
      }
    }
    current.contents.pointee.isVisitingUnevaluatedAnnotation = isUnevaluated
    try visit(annotation)
    current.contents.pointee.isVisitingUnevaluatedAnnotation = false
    leave()
  }

  /// The annotations of a function's parameters and result; the block is there even when there are none.
  mutating func visitAnnotations(of function: Stmt, _ arguments: Arguments, returns: Expr?) throws(Diagnostic) {
    let seesClassScope = current.canSeeClassScope || current.kind == .class
    let range = function.range
    try enter(.annotation, names.annotate, of: function, .annotations, at: range)
    if seesClassScope { try seeClassScope(at: range) }
    for parameter in arguments.posonlyargs { try visitFunctionAnnotation(parameter.annotation) }
    for parameter in arguments.args { try visitFunctionAnnotation(parameter.annotation) }
    if let parameter = arguments.vararg { try visitFunctionAnnotation(parameter.annotation) }
    if let parameter = arguments.kwarg { try visitFunctionAnnotation(parameter.annotation) }
    for parameter in arguments.kwonlyargs { try visitFunctionAnnotation(parameter.annotation) }
    try visitFunctionAnnotation(returns)
    leave()
  }

  private mutating func visitFunctionAnnotation(_ annotation: Expr?) throws(Diagnostic) {
    guard let annotation else { return }
    current.contents.pointee.annotationsUsed = true
    try visit(annotation)
  }

  /// Lets the current block look into the namespace of the class around it.
  private mutating func seeClassScope(at range: SourceRange) throws(Diagnostic) {
    current.contents.pointee.canSeeClassScope = true
    try define(names.classDict, .used, at: range)
  }

  /// Blocks that run lazily, or not at all, can neither yield nor bind.
  func checkAllowedInAnnotation(_ what: StaticString, at range: SourceRange) throws(Diagnostic) {
    switch current.kind {
    case .annotation: throw source.compileError("\(what) cannot be used within an annotation", at: range)
    case .typeVariable:
      throw source.compileError("\(what) cannot be used within \(current.contents.pointee.description)", at: range)
    case .typeAlias: throw source.compileError("\(what) cannot be used within a type alias", at: range)
    case .typeParameters: throw source.compileError("\(what) cannot be used within the definition of a generic", at: range)
    case .function, .class, .module: return
    }
  }

  // MARK: Type parameters and type aliases

  mutating func enterTypeParameters(of node: some ASTNode, name: Text, at range: SourceRange) throws(Diagnostic) {
    let isInClass = current.kind == .class
    try enter(.typeParameters, name, of: node, .typeParameters, at: range)
    if isInClass { try seeClassScope(at: range) }
  }

  @inline(never)
  mutating func visit(_ parameter: TypeParam) throws(Diagnostic) {
    try checkStack()
    switch parameter.node {
    case .typeVar(let variable):
      try defineTypeParameter(variable.name, at: parameter.range)
      if let bound = variable.bound {
        let description: StaticString = bound.kind == .tuple ? "a TypeVar constraint" : "a TypeVar bound"
        try visit(bound, of: parameter, .bound, name: variable.name, description)
      }
      if let value = variable.defaultValue {
        try visit(value, of: parameter, .defaultValue, name: variable.name, "a TypeVar default")
      }
    case .typeVarTuple(let variable):
      try defineTypeParameter(variable.name, at: parameter.range)
      if let value = variable.defaultValue {
        try visit(value, of: parameter, .defaultValue, name: variable.name, "a TypeVarTuple default")
      }
    case .paramSpec(let variable):
      try defineTypeParameter(variable.name, at: parameter.range)
      if let value = variable.defaultValue {
        try visit(value, of: parameter, .defaultValue, name: variable.name, "a ParamSpec default")
      }
    }
  }

  private mutating func defineTypeParameter(_ name: Text, at range: SourceRange) throws(Diagnostic) {
    if let mangledNames = current.contents.pointee.mangledNames, mangledNames.pointee[name] == nil {
      mangledNames.pointee.append(name, .typeParameter, in: arena)
    }
    try define(name, [.typeParameter, .local], at: range)
    if name == names.classDict {
      throw source.compileError("reserved name '\(name)' cannot be used for type parameter", at: range)
    }
  }

  private mutating func visit(
    _ value: Expr, of parameter: TypeParam, _ role: ScopeRole, name: Text, _ description: StaticString
  ) throws(Diagnostic) {
    let seesClassScope = current.canSeeClassScope
    try enter(.typeVariable, name, of: parameter, role, at: value.range)
    if seesClassScope { try seeClassScope(at: value.range) }
    current.contents.pointee.description = description
    try visit(value)
    leave()
  }

  @inline(never)
  mutating func visit(_ statement: AST.TypeAlias) throws(Diagnostic) {
    try visit(statement.name)
    guard case .name(let name) = statement.name.node else { return }
    let isInClass = current.kind == .class
    let isGeneric = !statement.typeParams.isEmpty
    if isGeneric {
      try enterTypeParameters(of: statement, name: name.id, at: statement.range)
      for parameter in statement.typeParams { try visit(parameter) }
    }
    try enter(.typeAlias, name.id, of: statement, at: statement.range)
    if isInClass { try seeClassScope(at: statement.value.range) }
    try visit(statement.value)
    leave()
    if isGeneric { leave() }
  }
}
