// Frame blocks: what encloses a statement, and the code that leaves it early.

import KraitSyntax

extension CodeGenerator {
  func pushBlock(_ kind: FrameBlock.Kind, block: Label? = nil, exit: Label? = nil, at range: SourceRange) throws(Diagnostic) {
    if unit.frameBlocks.count >= FrameBlock.limit { throw error("too many statically nested blocks", at: range) }
    push(FrameBlock(kind: kind, block: block, exit: exit, range: range))
  }

  private func push(_ block: FrameBlock) {
    unit.frameBlocks.append(block)
    if block.kind.isFinallyEnd { warningsSuppressed += 1 }
  }

  func popBlock() {
    if unit.frameBlocks.removeLast().kind.isFinallyEnd { warningsSuppressed -= 1 }
  }

  /// Whether an exception handler or what it guards is around the current statement, in this unit.
  var isInExceptionHandler: Bool {
    unit.frameBlocks.contains { block in
      switch block.kind {
      case .tryExcept, .finallyTry, .finallyEnd, .exceptionHandler, .exceptionGroupHandler, .handlerCleanup: true
      default: false
      }
    }
  }

  /// Leaves the blocks around the current statement: all of them, or those inside the innermost loop.
  /// - Parameters:
  ///   - range: the position of the leaving statement; artificial when a `finally` body or a context manager's exit has been run.
  ///   - preservesTop: whether the top of the stack is a value to be returned.
  /// - Returns: the loop at which unwinding stopped.
  @discardableResult
  func unwindBlocks(at range: inout SourceRange, preservesTop: Bool, toLoop: Bool) throws(Diagnostic) -> FrameBlock? {
    guard let top = unit.frameBlocks.last else { return nil }
    if case .exceptionGroupHandler = top.kind {
      throw error("'break', 'continue' and 'return' cannot appear in an except* block", at: range)
    }
    if toLoop && top.kind.isLoop { return top }
    popBlock()
    try unwind(top, at: &range, preservesTop: preservesTop)
    let loop = try unwindBlocks(at: &range, preservesTop: preservesTop, toLoop: toLoop)
    push(top)
    return loop
  }

  /// Emits what leaving one block takes; the block is no longer on the stack of blocks.
  func unwind(_ block: FrameBlock, at range: inout SourceRange, preservesTop: Bool) throws(Diagnostic) {
    switch block.kind {
    case .whileLoop, .exceptionHandler, .exceptionGroupHandler, .inlinedComprehension, .asyncComprehensionGenerator, .stopIteration:
      break
    case .forLoop, .asyncForLoop, .popValue:
      if preservesTop { emit(.SWAP, 2, at: range) }
      emit(.POP_TOP, at: range)
    case .tryExcept:
      emit(.POP_BLOCK, at: range)
    case .finallyTry(let body):
      emit(.POP_BLOCK, at: range)
      if preservesTop { try pushBlock(.popValue, at: range) }
      try visit(body)
      if preservesTop { popBlock() }
      range = .none
    case .finallyEnd:
      if preservesTop { emit(.SWAP, 2, at: range) }
      emit(.POP_TOP, at: range)
      if preservesTop { emit(.SWAP, 2, at: range) }
      emit(.POP_BLOCK, at: range)
      emit(.POP_EXCEPT, at: range)
    case .with, .asyncWith:
      range = block.range
      emit(.POP_BLOCK, at: range)
      if preservesTop {
        emit(.SWAP, 3, at: range)
        emit(.SWAP, 2, at: range)
      }
      emitCallWithNones(at: range)
      if case .asyncWith = block.kind { emitAwaitOfExit(at: range) }
      emit(.POP_TOP, at: range)
      range = .none
    case .handlerCleanup(let name):
      if name != nil { emit(.POP_BLOCK, at: range) }
      if preservesTop { emit(.SWAP, 2, at: range) }
      emit(.POP_BLOCK, at: range)
      emit(.POP_EXCEPT, at: range)
      if let name { emitUnbind(name, at: range) }
    }
  }

  /// Calls a context manager's exit method as after a body without exception.
  func emitCallWithNones(at range: SourceRange) {
    emitNone(at: range)
    emitNone(at: range)
    emitNone(at: range)
    emit(.CALL, 3, at: range)
  }

  /// Awaits what the exit method of an asynchronous context manager returned.
  func emitAwaitOfExit(at range: SourceRange) {
    emit(.GET_AWAITABLE, 2, at: range)
    emitNone(at: range)
    emitYieldFrom(isAwait: true, at: range)
  }

  /// Drops an exception handler's name: set to `None` first, as the handler may have deleted it.
  func emitUnbind(_ name: Text, at range: SourceRange) {
    emitNone(at: range)
    store(name, at: range)
    delete(name, at: range)
  }
}
