// try, except, except*, finally and with.

import KraitSyntax

/// What `try` statements have in common, with `except` and with `except*`.
struct TryStatement {
  let range: SourceRange
  let body: NodeList<Stmt>
  let handlers: NodeList<ExceptHandler>
  let alternative: NodeList<Stmt>
  let finalBody: NodeList<Stmt>
  let catchesGroups: Bool

  init(_ node: AST.Try) {
    range = node.range
    body = node.body
    handlers = node.handlers
    alternative = node.orelse
    finalBody = node.finalbody
    catchesGroups = false
  }

  init(_ node: AST.TryStar) {
    range = node.range
    body = node.body
    handlers = node.handlers
    alternative = node.orelse
    finalBody = node.finalbody
    catchesGroups = true
  }
}

extension CodeGenerator {
  func visit(_ node: TryStatement) throws(Diagnostic) {
    if node.finalBody.isEmpty {
      try visitHandlers(of: node)
    } else {
      try visitFinally(of: node)
    }
  }

  private func visitHandlers(of node: TryStatement) throws(Diagnostic) {
    if node.catchesGroups {
      try visitGroupHandlers(of: node)
    } else {
      try visitExceptionHandlers(of: node)
    }
  }

  /// The final body is written twice: behind the body's normal end and as handler; leaving statements write further copies.
  private func visitFinally(of node: TryStatement) throws(Diagnostic) {
    let body = newLabel()
    let handler = newLabel()
    let exit = newLabel()
    let cleanup = newLabel()

    emit(.SETUP_FINALLY, to: handler, at: node.range)
    use(body)
    try pushBlock(.finallyTry(node.finalBody), block: body, exit: handler, at: node.range)
    if node.handlers.isEmpty {
      try visit(node.body)
    } else {
      try visitHandlers(of: node)
    }
    emit(.POP_BLOCK, at: .none)
    popBlock()
    try visit(node.finalBody)
    emit(.JUMP_NO_INTERRUPT, to: exit, at: .none)

    use(handler)
    emit(.SETUP_CLEANUP, to: cleanup, at: .none)
    emit(.PUSH_EXC_INFO, at: .none)
    try pushBlock(.finallyEnd, block: handler, at: .none)
    try visit(node.finalBody)
    popBlock()
    emit(.RERAISE, 0, at: .none)

    use(cleanup)
    emitPopExceptAndReraise(at: .none)
    use(exit)
  }

  private func visitExceptionHandlers(of node: TryStatement) throws(Diagnostic) {
    let body = newLabel()
    let handlers = newLabel()
    let end = newLabel()
    let cleanup = newLabel()

    emit(.SETUP_FINALLY, to: handlers, at: node.range)
    use(body)
    try pushBlock(.tryExcept, block: body, at: node.range)
    try visit(node.body)
    popBlock()
    emit(.POP_BLOCK, at: .none)
    try visit(node.alternative)
    emit(.JUMP_NO_INTERRUPT, to: end, at: .none)

    use(handlers)
    emit(.SETUP_CLEANUP, to: cleanup, at: .none)
    emit(.PUSH_EXC_INFO, at: .none)
    try pushBlock(.exceptionHandler, at: node.range)
    for index in node.handlers.indices {
      guard case .exceptHandler(let handler) = node.handlers[index].node else { continue }
      let range = handler.range
      if handler.type == nil && index < node.handlers.count - 1 {
        throw error("default 'except:' must be last", at: range)
      }
      let next = newLabel()
      if let type = handler.type {
        try visit(type)
        emit(.CHECK_EXC_MATCH, at: range)
        emit(.POP_JUMP_IF_FALSE, to: next, at: range)
      }
      if let name = handler.name {
        let unbind = newLabel()
        let handlerBody = newLabel()
        store(name, at: range)
        emit(.SETUP_CLEANUP, to: unbind, at: range)
        use(handlerBody)
        try pushBlock(.handlerCleanup(name), block: handlerBody, at: range)
        try visit(handler.body)
        popBlock()
        emit(.POP_BLOCK, at: .none)
        emit(.POP_BLOCK, at: .none)
        emit(.POP_EXCEPT, at: .none)
        emitUnbind(name, at: .none)
        emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
        use(unbind)
        emitUnbind(name, at: .none)
        emit(.RERAISE, 1, at: .none)
      } else {
        let handlerBody = newLabel()
        emit(.POP_TOP, at: range)
        use(handlerBody)
        try pushBlock(.handlerCleanup(nil), block: handlerBody, at: range)
        try visit(handler.body)
        popBlock()
        emit(.POP_BLOCK, at: .none)
        emit(.POP_EXCEPT, at: .none)
        emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
      }
      use(next)
    }
    popBlock()
    emit(.RERAISE, 0, at: .none)

    use(cleanup)
    emitPopExceptAndReraise(at: .none)
    use(end)
  }

  /// `except*`: the stack holds the original group, the list of what handlers raised and the part that is still to be matched.
  private func visitGroupHandlers(of node: TryStatement) throws(Diagnostic) {
    let body = newLabel()
    let handlers = newLabel()
    let alternative = newLabel()
    let end = newLabel()
    let cleanup = newLabel()
    let reraiseRest = newLabel()

    emit(.SETUP_FINALLY, to: handlers, at: node.range)
    use(body)
    try pushBlock(.tryExcept, block: body, at: node.range)
    try visit(node.body)
    popBlock()
    emit(.POP_BLOCK, at: .none)
    emit(.JUMP_NO_INTERRUPT, to: alternative, at: .none)

    use(handlers)
    emit(.SETUP_CLEANUP, to: cleanup, at: .none)
    emit(.PUSH_EXC_INFO, at: .none)
    try pushBlock(.exceptionGroupHandler, at: node.range)
    for index in node.handlers.indices {
      guard case .exceptHandler(let handler) = node.handlers[index].node else { continue }
      let range = handler.range
      let next = newLabel()
      let afterHandler = newLabel()
      let noMatch = newLabel()
      if index == 0 {
        emit(.BUILD_LIST, 0, at: range)
        emit(.COPY, 2, at: range)
      }
      if let type = handler.type {
        try visit(type)
        emit(.CHECK_EG_MATCH, at: range)
        emit(.COPY, 1, at: range)
        emit(.POP_JUMP_IF_NONE, to: noMatch, at: range)
      }
      let raised = newLabel()
      let handlerBody = newLabel()
      if let name = handler.name {
        store(name, at: range)
      } else {
        emit(.POP_TOP, at: range)
      }
      emit(.SETUP_CLEANUP, to: raised, at: range)
      use(handlerBody)
      try pushBlock(.handlerCleanup(handler.name), block: handlerBody, at: range)
      try visit(handler.body)
      popBlock()
      emit(.POP_BLOCK, at: .none)
      if let name = handler.name { emitUnbind(name, at: .none) }
      emit(.JUMP_NO_INTERRUPT, to: next, at: .none)

      use(raised)
      if let name = handler.name { emitUnbind(name, at: .none) }
      emit(.LIST_APPEND, 3, at: .none)
      emit(.POP_TOP, at: .none)
      emit(.JUMP_NO_INTERRUPT, to: afterHandler, at: .none)

      use(next)
      // A place for the position that the flow graph propagates.
      emit(.NOP, at: .none)
      emit(.JUMP_NO_INTERRUPT, to: afterHandler, at: .none)
      use(noMatch)
      emit(.POP_TOP, at: range)
      use(afterHandler)
      if index == node.handlers.count - 1 {
        emit(.LIST_APPEND, 1, at: .none)
        emit(.JUMP_NO_INTERRUPT, to: reraiseRest, at: .none)
      }
    }
    popBlock()

    let reraise = newLabel()
    use(reraiseRest)
    emit(.CALL_INTRINSIC_2, BinaryIntrinsic.prepareReraiseStar.rawValue, at: .none)
    emit(.COPY, 1, at: .none)
    emit(.POP_JUMP_IF_NOT_NONE, to: reraise, at: .none)
    emit(.POP_TOP, at: .none)
    emit(.POP_BLOCK, at: .none)
    emit(.POP_EXCEPT, at: .none)
    emit(.JUMP_NO_INTERRUPT, to: end, at: .none)

    use(reraise)
    emit(.POP_BLOCK, at: .none)
    emit(.SWAP, 2, at: .none)
    emit(.POP_EXCEPT, at: .none)
    emit(.RERAISE, 0, at: .none)

    use(cleanup)
    emitPopExceptAndReraise(at: .none)
    use(alternative)
    try visit(node.alternative)
    use(end)
  }

  // MARK: with

  /// A `with` statement from its `index`-th item on: each further item is nested in the one before it.
  func visitWith(_ items: NodeList<WithItem>, _ body: NodeList<Stmt>, isAsync: Bool, from index: Int = 0) throws(Diagnostic) {
    try checkDepth()
    let item = items[index]
    let block = newLabel()
    let handler = newLabel()
    let exit = newLabel()
    let cleanup = newLabel()

    try visit(item.contextExpr)
    let range = item.contextExpr.range
    emit(.COPY, 1, at: range)
    emit(.LOAD_SPECIAL, (isAsync ? SpecialMethod.asyncExit : .exit).rawValue, at: range)
    emit(.SWAP, 2, at: range)
    emit(.SWAP, 3, at: range)
    emit(.LOAD_SPECIAL, (isAsync ? SpecialMethod.asyncEnter : .enter).rawValue, at: range)
    emit(.CALL, 0, at: range)
    if isAsync {
      emit(.GET_AWAITABLE, 1, at: range)
      emitNone(at: range)
      emitYieldFrom(isAwait: true, at: range)
    }
    emit(.SETUP_WITH, to: handler, at: range)

    use(block)
    try pushBlock(isAsync ? .asyncWith : .with, block: block, exit: handler, at: range)
    if let target = item.optionalVars {
      try visit(target)
    } else {
      emit(.POP_TOP, at: range)
    }
    if index + 1 == items.count {
      try visit(body)
    } else {
      try visitWith(items, body, isAsync: isAsync, from: index + 1)
    }
    popBlock()
    emit(.POP_BLOCK, at: isAsync ? range : .none)

    emitCallWithNones(at: range)
    if isAsync { emitAwaitOfExit(at: range) }
    emit(.POP_TOP, at: range)
    emit(.JUMP, to: exit, at: range)

    use(handler)
    emit(.SETUP_CLEANUP, to: cleanup, at: range)
    emit(.PUSH_EXC_INFO, at: range)
    emit(.WITH_EXCEPT_START, at: range)
    if isAsync { emitAwaitOfExit(at: range) }
    emitWithHandlerEnd(cleanup: cleanup)
    use(exit)
  }

  /// The end of the handler of a `with` block: the exit method has said whether the exception is suppressed.
  private func emitWithHandlerEnd(cleanup: Label) {
    let suppressed = newLabel()
    let exit = newLabel()
    emit(.TO_BOOL, at: .none)
    emit(.POP_JUMP_IF_TRUE, to: suppressed, at: .none)
    emit(.RERAISE, 2, at: .none)
    use(suppressed)
    emit(.POP_TOP, at: .none)
    emit(.POP_BLOCK, at: .none)
    emit(.POP_EXCEPT, at: .none)
    for _ in 0..<3 { emit(.POP_TOP, at: .none) }
    emit(.JUMP_NO_INTERRUPT, to: exit, at: .none)
    use(cleanup)
    emitPopExceptAndReraise(at: .none)
    use(exit)
  }
}
