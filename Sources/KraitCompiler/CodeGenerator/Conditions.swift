// Tests: jumps on the truth of an expression, and comparisons, whose chains are jumps too.

import KraitSyntax

extension CodeGenerator {
  /// Jumps to `label` when the truth of `test` is `condition`, and falls through otherwise. `not`, `and`, `or`, conditional expressions
  /// and comparison chains become control flow without making their value.
  func jumpIf(_ test: Expr, to label: Label, when condition: Bool, at range: SourceRange) throws(Diagnostic) {
    try checkDepth()
    switch test.node {
    case .unaryOp(let node) where node.op == .not:
      return try jumpIf(node.operand, to: label, when: !condition, at: range)
    case .boolOp(let node):
      return try jumpIf(node, to: label, when: condition, at: range)
    case .ifExp(let node):
      let end = newLabel()
      let orElse = newLabel()
      try jumpIf(node.test, to: orElse, when: false, at: range)
      try jumpIf(node.body, to: label, when: condition, at: range)
      emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
      use(orElse)
      try jumpIf(node.orelse, to: label, when: condition, at: range)
      use(end)
      return
    case .compare(let node) where node.ops.count > 1:
      return try jumpIf(node, to: label, when: condition)
    default: break
    }
    try visit(test)
    emit(.TO_BOOL, at: test.range)
    emit(condition ? .POP_JUMP_IF_TRUE : .POP_JUMP_IF_FALSE, to: label, at: test.range)
  }

  private func jumpIf(_ node: AST.BoolOp, to label: Label, when condition: Bool, at range: SourceRange) throws(Diagnostic) {
    /// The truth of an operand that settles the whole.
    let deciding = node.op == .or
    let decided = deciding == condition ? label : newLabel()
    let values = node.values
    let last = values.count - 1
    for index in 0..<last { try jumpIf(values[index], to: decided, when: deciding, at: range) }
    try jumpIf(values[last], to: label, when: condition, at: range)
    if deciding != condition { use(decided) }
  }

  private func jumpIf(_ node: AST.Compare, to label: Label, when condition: Bool) throws(Diagnostic) {
    let range = node.range
    warnAboutIdentity(node)
    let cleanup = newLabel()
    let last = node.ops.count - 1
    try visit(node.left)
    for index in 0..<last {
      try visit(node.comparators[index])
      emit(.SWAP, 2, at: range)
      emit(.COPY, 2, at: range)
      emit(node.ops[index], at: range)
      emit(.TO_BOOL, at: range)
      emit(.POP_JUMP_IF_FALSE, to: cleanup, at: range)
    }
    try visit(node.comparators[last])
    emit(node.ops[last], at: range)
    emit(.TO_BOOL, at: range)
    emit(condition ? .POP_JUMP_IF_TRUE : .POP_JUMP_IF_FALSE, to: label, at: range)
    let end = newLabel()
    emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
    use(cleanup)
    emit(.POP_TOP, at: range)
    if !condition { emit(.JUMP_NO_INTERRUPT, to: label, at: .none) }
    use(end)
  }

  func visit(_ node: AST.IfExp) throws(Diagnostic) {
    let end = newLabel()
    let orElse = newLabel()
    try jumpIf(node.test, to: orElse, when: false, at: node.range)
    try visit(node.body)
    emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
    use(orElse)
    try visit(node.orelse)
    use(end)
  }

  func visit(_ node: AST.Compare) throws(Diagnostic) {
    let range = node.range
    warnAboutIdentity(node)
    try visit(node.left)
    let last = node.ops.count - 1
    if last == 0 {
      try visit(node.comparators[0])
      emit(node.ops[0], at: range)
      return
    }
    let cleanup = newLabel()
    for index in 0..<last {
      try visit(node.comparators[index])
      emit(.SWAP, 2, at: range)
      emit(.COPY, 2, at: range)
      emit(node.ops[index], at: range)
      emit(.COPY, 1, at: range)
      emit(.TO_BOOL, at: range)
      emit(.POP_JUMP_IF_FALSE, to: cleanup, at: range)
      emit(.POP_TOP, at: range)
    }
    try visit(node.comparators[last])
    emit(node.ops[last], at: range)
    let end = newLabel()
    emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
    use(cleanup)
    emit(.SWAP, 2, at: range)
    emit(.POP_TOP, at: range)
    use(end)
  }

  func emit(_ comparison: ComparisonOperator, at range: SourceRange) {
    switch comparison {
    case .eq: emit(.COMPARE_OP, Comparison.equal.argument, at: range)
    case .notEq: emit(.COMPARE_OP, Comparison.notEqual.argument, at: range)
    case .lt: emit(.COMPARE_OP, Comparison.less.argument, at: range)
    case .ltE: emit(.COMPARE_OP, Comparison.lessOrEqual.argument, at: range)
    case .gt: emit(.COMPARE_OP, Comparison.greater.argument, at: range)
    case .gtE: emit(.COMPARE_OP, Comparison.greaterOrEqual.argument, at: range)
    case .is: emit(.IS_OP, 0, at: range)
    case .isNot: emit(.IS_OP, 1, at: range)
    case .in: emit(.CONTAINS_OP, 0, at: range)
    case .notIn: emit(.CONTAINS_OP, 1, at: range)
    }
  }
}
