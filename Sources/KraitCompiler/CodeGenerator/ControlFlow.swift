// Conditions, loops and the statements that leave them.

import KraitSyntax

extension CodeGenerator {
  func visit(_ node: AST.If) throws(Diagnostic) {
    let end = newLabel()
    if node.orelse.isEmpty {
      try jumpIf(node.test, to: end, when: false, at: node.range)
      try visit(node.body)
    } else {
      let otherwise = newLabel()
      try jumpIf(node.test, to: otherwise, when: false, at: node.range)
      try visit(node.body)
      emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
      use(otherwise)
      try visit(node.orelse)
    }
    use(end)
  }

  func visit(_ node: AST.While) throws(Diagnostic) {
    let loop = newLabel()
    let end = newLabel()
    let anchor = newLabel()
    use(loop)
    try pushBlock(.whileLoop, block: loop, exit: end, at: node.range)
    try jumpIf(node.test, to: anchor, when: false, at: node.range)
    try visit(node.body)
    emit(.JUMP, to: loop, at: .none)
    popBlock()
    use(anchor)
    try visit(node.orelse)
    use(end)
  }

  func visit(_ node: AST.For) throws(Diagnostic) {
    let start = newLabel()
    let cleanup = newLabel()
    let end = newLabel()
    try pushBlock(.forLoop, block: start, exit: end, at: node.range)
    try visit(node.iter)
    let range = node.iter.range
    emit(.GET_ITER, at: range)
    use(start)
    emit(.FOR_ITER, to: cleanup, at: range)
    // Tracing sees the target's line at each turn; the flow graph drops what is redundant.
    emit(.NOP, at: node.target.range)
    try visit(node.target)
    try visit(node.body)
    emit(.JUMP, to: start, at: .none)
    use(cleanup)
    emit(.END_FOR, at: .none)
    emit(.POP_ITER, at: .none)
    popBlock()
    try visit(node.orelse)
    use(end)
  }

  func visit(_ node: AST.AsyncFor) throws(Diagnostic) {
    let range = node.range
    let start = newLabel()
    let send = newLabel()
    let exhausted = newLabel()
    let end = newLabel()
    try visit(node.iter)
    emit(.GET_AITER, at: node.iter.range)
    use(start)
    try pushBlock(.asyncForLoop, block: start, exit: end, at: range)
    emit(.SETUP_FINALLY, to: exhausted, at: range)
    emit(.GET_ANEXT, at: range)
    emitNone(at: range)
    use(send)
    emitYieldFrom(isAwait: true, at: range)
    emit(.POP_BLOCK, at: range)
    emit(.NOT_TAKEN, at: range)
    try visit(node.target)
    try visit(node.body)
    emit(.JUMP, to: start, at: .none)
    popBlock()
    use(exhausted)
    emit(.END_ASYNC_FOR, to: send, at: node.iter.range)
    try visit(node.orelse)
    use(end)
  }

  func visit(_ node: AST.Return) throws(Diagnostic) {
    var range = node.range
    let scope = unit.scope
    guard scope.kind.isFunctionLike else { throw error("'return' outside function", at: range) }
    let value = node.value
    if value != nil && scope.isCoroutine && scope.isGenerator {
      throw error("'return' with value in async generator", at: range)
    }
    var constant: ConstantValue?
    if let value {
      if case .constant(let node) = value.node {
        constant = node.value
        range = value.range
        emit(.NOP, at: range)
      } else {
        try visit(value)
      }
    }
    if value == nil || value?.range.line != node.range.line {
      range = node.range
      emit(.NOP, at: range)
    }
    try unwindBlocks(at: &range, preservesTop: value != nil && constant == nil, toLoop: false)
    if value == nil {
      emitNone(at: range)
    } else if let constant {
      emitConstant(constant, at: range)
    }
    emit(.RETURN_VALUE, at: range)
  }

  func emitBreak(at origin: SourceRange) throws(Diagnostic) {
    var range = origin
    emit(.NOP, at: range)
    guard let loop = try unwindBlocks(at: &range, preservesTop: false, toLoop: true), let exit = loop.exit else {
      throw error("'break' outside loop", at: origin)
    }
    try unwind(loop, at: &range, preservesTop: false)
    emit(.JUMP, to: exit, at: range)
  }

  func emitContinue(at origin: SourceRange) throws(Diagnostic) {
    var range = origin
    emit(.NOP, at: range)
    guard let loop = try unwindBlocks(at: &range, preservesTop: false, toLoop: true), let start = loop.block else {
      throw error("'continue' not properly in loop", at: origin)
    }
    emit(.JUMP, to: start, at: range)
  }
}
