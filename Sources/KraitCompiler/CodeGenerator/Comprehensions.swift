// Comprehensions and generator expressions: a function of their own that is called at once or, inlined (PEP 709), a loop in the
// enclosing code object that puts the names it binds back afterwards.

import KraitSyntax

extension CodeGenerator {
  func visit(_ node: AST.ListComp) throws(Diagnostic) {
    try emitComprehension(node.asExpr, .list(node.elt), named: wellKnown.listComprehension, node.generators)
  }

  func visit(_ node: AST.SetComp) throws(Diagnostic) {
    try emitComprehension(node.asExpr, .set(node.elt), named: wellKnown.setComprehension, node.generators)
  }

  func visit(_ node: AST.DictComp) throws(Diagnostic) {
    try emitComprehension(
      node.asExpr, .dict(key: node.key, value: node.value), named: wellKnown.dictComprehension, node.generators)
  }

  func visit(_ node: AST.GeneratorExp) throws(Diagnostic) {
    try emitComprehension(node.asExpr, .generator(node.elt), named: wellKnown.generatorExpression, node.generators)
  }

  /// What a comprehension makes, with what it makes it of.
  private enum Product: BitwiseCopyable {
    case list(Expr)
    case set(Expr)
    case dict(key: Expr, value: Expr)
    case generator(Expr)

    /// The instruction that makes the empty collection.
    var build: Opcode? {
      switch self {
      case .list: .BUILD_LIST
      case .set: .BUILD_SET
      case .dict: .BUILD_MAP
      case .generator: nil
      }
    }
  }

  private func emitComprehension(
    _ node: Expr, _ product: Product, named name: Text, _ generators: NodeList<Comprehension>
  ) throws(Diagnostic) {
    let range = node.range
    let scope = try scope(of: node)
    if scope.isComprehensionInlined { return try emitInlined(scope, product, generators, at: range) }

    enterScope(.comprehension, scope, name: name, firstLine: range.line, argumentCount: 1)
    if let build = product.build { emit(build, 0, at: range) }
    try emitLoop(product, generators, 0, depth: 0, iteratorOnStack: false, at: range)
    if product.build == nil { emitStopIterationHandler() } else { emit(.RETURN_VALUE, at: range) }
    let isAsynchronous = scope.isCoroutine
    try emitClosure(of: try exitScope(addsNone: true), at: range)
    try emitIterator(of: generators[0])
    emit(.CALL, 0, at: range)
    if isAsynchronous && product.build != nil { emitAwait(0, at: range) }
  }

  /// Pushes the iterator of one `for` of a comprehension.
  private func emitIterator(of generator: Comprehension) throws(Diagnostic) {
    try visit(generator.iter)
    emit(generator.isAsync != 0 ? .GET_AITER : .GET_ITER, at: generator.iter.range)
  }

  // MARK: Inlined comprehensions

  private func emitInlined(
    _ scope: Scope, _ product: Product, _ generators: NodeList<Comprehension>, at range: SourceRange
  ) throws(Diagnostic) {
    try emitIterator(of: generators[0])
    let state = enterInlinedComprehension(scope)
    let saved = emitSave(ofNamesIn: scope, at: range)
    let cleanup = newLabel()
    if !saved.isEmpty {
      emit(.SWAP, saved.count + 1, at: range)
      // Nothing leaves a comprehension early, but its handler counts where nesting is limited.
      try pushBlock(.inlinedComprehension, at: range)
      emit(.SETUP_FINALLY, to: cleanup, at: range)
    }
    if let build = product.build {
      emit(build, 0, at: range)
      emit(.SWAP, 2, at: range)
    }
    try emitLoop(product, generators, 0, depth: 0, iteratorOnStack: true, at: range)
    if !saved.isEmpty {
      popBlock()
      emit(.POP_BLOCK, at: .none)
      let end = newLabel()
      emit(.JUMP_NO_INTERRUPT, to: end, at: .none)
      use(cleanup)
      // The unfinished collection lies under the exception.
      emit(.SWAP, 2, at: .none)
      emit(.POP_TOP, at: .none)
      emitRestore(of: saved, at: range)
      emit(.RERAISE, 0, at: .none)
      use(end)
      emitRestore(of: saved, at: range)
    }
    leaveInlinedComprehension(state)
  }

  /// Pushes what the enclosing code has under the names that the comprehension binds (values or cells, perhaps nothing), and makes new
  /// cells for those that its own functions share.
  private func emitSave(ofNamesIn scope: Scope, at range: SourceRange) -> [Text] {
    var saved: [Text] = []
    for (name, symbol) in scope.symbols where symbol.contains(.local) && !symbol.contains(.nonlocal) {
      emit(.LOAD_FAST_AND_CLEAR, unit.variableNames.index(of: mangled(name)), at: range)
      if symbol.resolution == .cell {
        if unit.scope.resolution(of: name) == .free {
          emit(.MAKE_CELL, unit.freeVariables.index(of: name) + unit.cellVariables.count, at: range)
        } else {
          emit(.MAKE_CELL, unit.cellVariables.index(of: name), at: range)
        }
      }
      saved.append(name)
    }
    return saved
  }

  /// Puts back what ``emitSave(ofNamesIn:at:)`` pushed; the top of the stack stays.
  private func emitRestore(of saved: [Text], at range: SourceRange) {
    emit(.SWAP, saved.count + 1, at: range)
    for name in saved.reversed() { emit(.STORE_FAST_MAYBE_NULL, unit.variableNames.index(of: mangled(name)), at: range) }
  }

  // MARK: Loops

  /// Writes the `for` at `index` with its conditions and what is inside it.
  /// - Parameter depth: how many iterators are on the stack above the collection.
  private func emitLoop(
    _ product: Product, _ generators: NodeList<Comprehension>, _ index: Int, depth: Int, iteratorOnStack: Bool, at range: SourceRange
  ) throws(Diagnostic) {
    try checkDepth()
    if generators[index].isAsync != 0 {
      try emitAsyncLoop(product, generators, index, depth: depth, iteratorOnStack: iteratorOnStack, at: range)
    } else {
      try emitSyncLoop(product, generators, index, depth: depth, iteratorOnStack: iteratorOnStack, at: range)
    }
  }

  private func emitSyncLoop(
    _ product: Product, _ generators: NodeList<Comprehension>, _ index: Int, depth: Int, iteratorOnStack: Bool, at range: SourceRange
  ) throws(Diagnostic) {
    let generator = generators[index]
    let start = newLabel()
    let next = newLabel()
    let anchor = newLabel()
    /// `for y in [f(x)]` is an assignment: there is no loop.
    var isAssignment = false
    if !iteratorOnStack {
      if index == 0 {
        emit(.LOAD_FAST, 0, at: range)
      } else if let value = generator.iter.onlyElement {
        isAssignment = true
        try visit(value)
      } else {
        try emitIterator(of: generator)
      }
    }
    if !isAssignment {
      use(start)
      emit(.FOR_ITER, to: anchor, at: generator.iter.range)
    }
    try visit(generator.target)
    let end = try emitIteration(
      product, generators, index, depth: depth + (isAssignment ? 0 : 1), skippingTo: next, at: range)
    use(next)
    if !isAssignment {
      emit(.JUMP, to: start, at: end)
      use(anchor)
      emit(.END_FOR, at: .none)
      emit(.POP_ITER, at: .none)
    }
  }

  private func emitAsyncLoop(
    _ product: Product, _ generators: NodeList<Comprehension>, _ index: Int, depth: Int, iteratorOnStack: Bool, at range: SourceRange
  ) throws(Diagnostic) {
    let generator = generators[index]
    let start = newLabel()
    let send = newLabel()
    let handler = newLabel()
    let next = newLabel()
    if !iteratorOnStack {
      if index == 0 { emit(.LOAD_FAST, 0, at: range) } else { try emitIterator(of: generator) }
    }
    use(start)
    try pushBlock(.asyncComprehensionGenerator, block: start, at: range)
    emit(.SETUP_FINALLY, to: handler, at: range)
    emit(.GET_ANEXT, at: range)
    emitNone(at: range)
    use(send)
    emitYieldFrom(isAwait: true, at: range)
    emit(.POP_BLOCK, at: range)
    try visit(generator.target)
    let end = try emitIteration(product, generators, index, depth: depth + 1, skippingTo: next, at: range)
    use(next)
    emit(.JUMP, to: start, at: end)
    popBlock()
    use(handler)
    emit(.END_ASYNC_FOR, to: send, at: range)
  }

  /// Writes what happens with each item of the `for` at `index`: its conditions, then the next `for` or the element.
  /// - Returns: the position of the jump back.
  private func emitIteration(
    _ product: Product, _ generators: NodeList<Comprehension>, _ index: Int, depth: Int, skippingTo next: Label, at range: SourceRange
  ) throws(Diagnostic) -> SourceRange {
    for condition in generators[index].ifs { try jumpIf(condition, to: next, when: false, at: range) }
    let isInnermost = index + 1 == generators.count
    if !isInnermost { try emitLoop(product, generators, index + 1, depth: depth, iteratorOnStack: false, at: range) }
    switch product {
    case .generator(let element):
      if isInnermost {
        try visit(element)
        emitYield(at: element.range)
        emit(.POP_TOP, at: element.range)
      }
      return element.range
    case .list(let element):
      if isInnermost {
        try visit(element)
        emit(.LIST_APPEND, depth + 1, at: element.range)
      }
      return element.range
    case .set(let element):
      if isInnermost {
        try visit(element)
        emit(.SET_ADD, depth + 1, at: element.range)
      }
      return element.range
    case .dict(let key, let value):
      if !isInnermost { return key.range }
      try visit(key)
      try visit(value)
      var pair = key.range
      pair.endLine = value.range.endLine
      pair.endColumn = value.range.endColumn
      emit(.MAP_ADD, depth + 1, at: pair)
      return pair
    }
  }
}

extension Expr {
  /// The element of a list or tuple display of one.
  fileprivate var onlyElement: Expr? {
    let elements: NodeList<Expr>
    switch node {
    case .list(let list): elements = list.elts
    case .tuple(let tuple): elements = tuple.elts
    default: return nil
    }
    return elements.count == 1 && elements[0].kind != .starred ? elements[0] : nil
  }
}
