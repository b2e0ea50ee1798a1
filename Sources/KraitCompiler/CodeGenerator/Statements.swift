// Statements, dispatched by kind; those that need little stand here, the others in the files of their topics.

import KraitSyntax

extension CodeGenerator {
  func visit(_ statements: NodeList<Stmt>) throws(Diagnostic) {
    for statement in statements { try visit(statement) }
  }

  func visit(_ statement: Stmt) throws(Diagnostic) {
    try checkDepth()
    let range = statement.range
    switch statement.node {
    case .exprStmt(let node): try visitStatement(of: node.value, at: range)
    case .assign(let node): try visit(node)
    case .augAssign(let node): try visit(node)
    case .annAssign(let node): try visit(node)
    case .return(let node): try visit(node)
    case .delete(let node):
      for target in node.targets { try visit(target) }
    case .raise(let node): try visit(node)
    case .assert(let node): try visit(node)
    case .pass: emit(.NOP, at: range)
    case .break: try emitBreak(at: range)
    case .continue: try emitContinue(at: range)
    case .global, .nonlocal: break
    case .import(let node): try visit(node)
    case .importFrom(let node): try visit(node)
    case .functionDef(let node): try visit(Function(node))
    case .asyncFunctionDef(let node): try visit(Function(node))
    case .classDef(let node): try visit(node)
    case .typeAlias(let node): try visit(node)
    case .if, .for, .asyncFor, .while, .with, .asyncWith, .match, .try, .tryStar:
      unit.conditionalDepth += 1
      try visitConditional(statement)
      unit.conditionalDepth -= 1
    }
  }

  /// The statements whose bodies may not run: annotations in them are conditional.
  private func visitConditional(_ statement: Stmt) throws(Diagnostic) {
    switch statement.node {
    case .if(let node): try visit(node)
    case .for(let node): try visit(node)
    case .asyncFor(let node): try visit(node)
    case .while(let node): try visit(node)
    case .with(let node): try visitWith(node.items, node.body, isAsync: false)
    case .asyncWith(let node): try visitWith(node.items, node.body, isAsync: true)
    case .match(let node): try visit(node)
    case .try(let node): try visit(TryStatement(node))
    case .tryStar(let node): try visit(TryStatement(node))
    default: break
    }
  }

  // MARK: Expressions and assignments

  private func visitStatement(of value: Expr, at range: SourceRange) throws(Diagnostic) {
    if isInteractive && outerUnits.isEmpty {
      try visit(value)
      emit(.CALL_INTRINSIC_1, Intrinsic.print.rawValue, at: range)
      emit(.POP_TOP, at: .none)
    } else if value.kind == .constant {
      emit(.NOP, at: range)
    } else {
      try visit(value)
      emit(.POP_TOP, at: .none)
    }
  }

  private func visit(_ node: AST.Assign) throws(Diagnostic) {
    try visit(node.value)
    let targets = node.targets
    for index in targets.indices {
      if index < targets.count - 1 { emit(.COPY, 1, at: node.range) }
      try visit(targets[index])
    }
  }

  private func visit(_ node: AST.AugAssign) throws(Diagnostic) {
    let target = node.target
    switch target.node {
    case .name(let name):
      load(name.id, at: target.range)
      try visit(node.value)
      emit(node.op, inPlace: true, at: node.range)
      store(name.id, at: target.range)

    case .attribute(let attribute):
      try visit(attribute.value)
      emit(.COPY, 1, at: target.range)
      let range = attributeRange(attribute, startingAt: target.range)
      emitAttribute(.attribute, attribute.attr, at: range)
      try visit(node.value)
      emit(node.op, inPlace: true, at: node.range)
      emit(.SWAP, 2, at: range)
      emitName(.STORE_ATTR, attribute.attr, at: range)

    case .subscript(let subscripted):
      try visit(subscripted.value)
      let range = target.range
      if let slice = twoPartSlice(subscripted.slice) {
        try emitSliceParts(slice)
        for _ in 0..<3 { emit(.COPY, 3, at: range) }
        emit(.BINARY_SLICE, at: range)
        try visit(node.value)
        emit(node.op, inPlace: true, at: node.range)
        emit(.SWAP, 4, at: range)
        emit(.SWAP, 3, at: range)
        emit(.SWAP, 2, at: range)
        emit(.STORE_SLICE, at: range)
      } else {
        try visit(subscripted.slice)
        emit(.COPY, 2, at: range)
        emit(.COPY, 2, at: range)
        emit(.BINARY_OP, BinaryOperator.subscriptNumber, at: range)
        try visit(node.value)
        emit(node.op, inPlace: true, at: node.range)
        emit(.SWAP, 3, at: range)
        emit(.SWAP, 2, at: range)
        emit(.STORE_SUBSCR, at: range)
      }

    default:
      throw systemError("invalid node type (\(target.kind)) for augmented assignment")
    }
  }

  // MARK: Raise and assert

  private func visit(_ node: AST.Raise) throws(Diagnostic) {
    var count = 0
    if let exception = node.exc {
      try visit(exception)
      count = 1
      if let cause = node.cause {
        try visit(cause)
        count = 2
      }
    }
    emit(.RAISE_VARARGS, count, at: node.range)
  }

  private func visit(_ node: AST.Assert) throws(Diagnostic) {
    let isNonemptyTuple =
      switch node.test.node {
      case .tuple(let tuple): !tuple.elts.isEmpty
      case .constant(let constant): constant.value.kind == .tuple && !constant.value.elements.isEmpty
      default: false
      }
    if isNonemptyTuple { warn("assertion is always true, perhaps remove parentheses?", at: node.range) }
    if options.optimizationLevel > 0 { return }
    let end = newLabel()
    try jumpIf(node.test, to: end, when: true, at: node.range)
    emit(.LOAD_COMMON_CONSTANT, CommonConstant.assertionError.rawValue, at: node.range)
    if let message = node.msg {
      try visit(message)
      emit(.CALL, 0, at: node.range)
    }
    emit(.RAISE_VARARGS, 1, at: node.test.range)
    use(end)
  }

  func systemError(_ message: String) -> Diagnostic {
    Diagnostic(.systemError, message, fileName: source.fileName)
  }
}
