// Type parameters and type aliases (PEP 695, PEP 696).

import KraitSyntax

extension CodeGenerator {
  /// Makes the type parameters of a function, class or alias, binds them and leaves a tuple of them on the stack.
  func emitTypeParameters(_ parameters: NodeList<TypeParam>) throws(Diagnostic) {
    var hasDefaults = false
    for parameter in parameters {
      let range = parameter.range
      let name: Text
      let defaultValue: Expr?
      var allowsStarred = false
      switch parameter.node {
      case .typeVar(let node):
        name = node.name
        defaultValue = node.defaultValue
        emitConstant(name, at: range)
        if let bound = node.bound {
          try emitLazyExpression(bound, name: name, of: parameter, .bound)
          let intrinsic = bound.kind == .tuple ? BinaryIntrinsic.typeVariableWithConstraints : .typeVariableWithBound
          emit(.CALL_INTRINSIC_2, intrinsic.rawValue, at: range)
        } else {
          emit(.CALL_INTRINSIC_1, Intrinsic.typeVariable.rawValue, at: range)
        }
      case .typeVarTuple(let node):
        name = node.name
        defaultValue = node.defaultValue
        allowsStarred = true
        emitConstant(name, at: range)
        emit(.CALL_INTRINSIC_1, Intrinsic.typeVariableTuple.rawValue, at: range)
      case .paramSpec(let node):
        name = node.name
        defaultValue = node.defaultValue
        emitConstant(name, at: range)
        emit(.CALL_INTRINSIC_1, Intrinsic.parameterSpecification.rawValue, at: range)
      }
      if let defaultValue {
        hasDefaults = true
        try emitLazyExpression(defaultValue, name: name, of: parameter, .defaultValue, allowsStarred: allowsStarred)
        emit(.CALL_INTRINSIC_2, BinaryIntrinsic.setTypeParameterDefault.rawValue, at: range)
      } else if hasDefaults {
        throw error("non-default type parameter '\(name)' follows default type parameter", at: range)
      }
      emit(.COPY, 1, at: range)
      store(name, at: range)
    }
    if let first = parameters.first { emit(.BUILD_TUPLE, parameters.count, at: first.range) }
  }

  /// Makes a function that evaluates a bound or default when asked; its argument, the format, defaults to 1.
  private func emitLazyExpression(
    _ expression: Expr, name: Text, of parameter: TypeParam, _ role: ScopeRole, allowsStarred: Bool = false
  ) throws(Diagnostic) {
    let range = expression.range
    emitConstant(arena.tuple([arena.integer(1)]), at: range)
    enterAnnotationScope(try scope(of: parameter, role), name: name, at: range)
    if allowsStarred, case .starred(let starred) = expression.node {
      try visit(starred.value)
      emit(.UNPACK_SEQUENCE, 1, at: range)
    } else {
      try visit(expression)
    }
    emit(.RETURN_VALUE, at: range)
    try emitClosure(of: try exitScope(addsNone: true), .defaults, at: range)
  }

  /// A `type` statement.
  func visit(_ node: AST.TypeAlias) throws(Diagnostic) {
    let range = node.range
    guard case .name(let target) = node.name.node else { throw systemError("invalid target of a type alias") }
    let name = target.id
    let isGeneric = !node.typeParams.isEmpty
    if isGeneric {
      enterScope(.annotations, try scope(of: node, .typeParameters), name: genericParametersName(name), firstLine: range.line)
      emitConstant(name, at: range)
      try emitTypeParameters(node.typeParams)
    } else {
      emitConstant(name, at: range)
      emitNone(at: range)
    }

    emitConstant(arena.tuple([arena.integer(1)]), at: range)
    enterAnnotationScope(try scope(of: node), name: name, at: range)
    try visit(node.value)
    emit(.RETURN_VALUE, at: range)
    try emitClosure(of: try exitScope(addsNone: false), .defaults, at: range)
    emit(.BUILD_TUPLE, 3, at: range)
    emit(.CALL_INTRINSIC_1, Intrinsic.typeAlias.rawValue, at: range)

    if isGeneric {
      try emitClosure(of: try exitScope(addsNone: false), at: range)
      emit(.PUSH_NULL, at: range)
      emit(.CALL, 0, at: range)
    }
    store(name, at: range)
  }
}
