// The match statement and its patterns (PEP 634).
//
// Every pattern consumes the subject on top of the stack and jumps to a failure label when it does not match. Captured values stay on the
// stack, in the order of `PatternContext.stores` and under the `onTop` values that the patterns around still need, and are stored into
// names when the whole case has matched.

import KraitSyntax

/// The state of one case, or of one alternative of an or-pattern.
private struct PatternContext {
  /// The names captured so far.
  var stores: [Text] = []
  /// Whether a pattern that always matches may stand here; else it would hide what follows.
  var allowsIrrefutable: Bool
  /// Where to jump on failure, by the number of values to be popped there.
  var failures: [Label] = []
  /// The number of values above the captures that must be popped on failure.
  var onTop = 0

  init(allowsIrrefutable: Bool) { self.allowsIrrefutable = allowsIrrefutable }
}

extension CodeGenerator {
  func visit(_ node: AST.Match) throws(Diagnostic) {
    try visit(node.subject)
    let end = newLabel()
    let cases = node.cases
    let count = cases.count
    // A last `case _` needs no copy of the subject and no test.
    let hasDefault = count > 1 && cases[count - 1].pattern.isWildcard
    let tested = hasDefault ? count - 1 : count
    for index in 0..<tested {
      let isLastTested = index == tested - 1
      try visit(cases[index], isLastTested: isLastTested, allowsIrrefutable: index == count - 1, end: end)
    }
    if hasDefault {
      let last = cases[count - 1]
      emit(.NOP, at: last.pattern.range)
      if let condition = last.guard { try jumpIf(condition, to: end, when: false, at: last.pattern.range) }
      try visit(last.body)
    }
    use(end)
  }

  private func visit(_ node: MatchCase, isLastTested: Bool, allowsIrrefutable: Bool, end: Label) throws(Diagnostic) {
    let range = node.pattern.range
    if !isLastTested { emit(.COPY, 1, at: range) }
    var context = PatternContext(allowsIrrefutable: allowsIrrefutable || node.guard != nil)
    try visit(node.pattern, &context)
    for name in context.stores { store(name, at: range) }
    if let condition = node.guard {
      try jumpIf(condition, to: failureLabel(0, &context), when: false, at: range)
    }
    if !isLastTested { emit(.POP_TOP, at: .next) }
    try visit(node.body)
    emit(.JUMP, to: end, at: .none)
    emitFailures(&context, at: range)
  }

  // MARK: Failure

  private func failureLabel(_ pops: Int, _ context: inout PatternContext) -> Label {
    while context.failures.count <= pops { context.failures.append(newLabel()) }
    return context.failures[pops]
  }

  /// Jumps, with `opcode`, to where everything that the case has on the stack is popped.
  private func emitFailureJump(_ opcode: Opcode, _ context: inout PatternContext, at range: SourceRange) {
    emit(opcode, to: failureLabel(context.onTop + context.stores.count, &context), at: range)
  }

  /// Writes the failure labels, from the one with the most values to pop down to the one with none.
  private func emitFailures(_ context: inout PatternContext, at range: SourceRange) {
    if context.failures.isEmpty { return }
    for pops in stride(from: context.failures.count - 1, to: 0, by: -1) {
      use(context.failures[pops])
      emit(.POP_TOP, at: range)
    }
    use(context.failures[0])
    context.failures = []
  }

  // MARK: Captures

  /// Moves the top of the stack under the `count - 1` values below it.
  private func emitRotation(_ count: Int, at range: SourceRange) {
    for depth in stride(from: count, to: 1, by: -1) { emit(.SWAP, depth, at: range) }
  }

  /// Captures the top of the stack under a name; without one, drops it.
  private func emitCapture(_ name: Text?, _ context: inout PatternContext, at range: SourceRange) throws(Diagnostic) {
    guard let name else {
      emit(.POP_TOP, at: range)
      return
    }
    if context.stores.contains(name) { throw duplicateCapture(name, at: range) }
    emitRotation(context.onTop + context.stores.count + 1, at: range)
    context.stores.append(name)
  }

  private func duplicateCapture(_ name: Text, at range: SourceRange) -> Diagnostic {
    error("multiple assignments to name '\(name)' in pattern", at: range)
  }

  // MARK: Patterns

  private func visit(_ pattern: Pattern, _ context: inout PatternContext) throws(Diagnostic) {
    try checkDepth()
    switch pattern.node {
    case .matchValue(let node): try visit(node, &context)
    case .matchSingleton(let node):
      emitConstant(node.value, at: node.range)
      emit(.is, at: node.range)
      emitFailureJump(.POP_JUMP_IF_FALSE, &context, at: node.range)
    case .matchSequence(let node): try visit(node, &context)
    case .matchMapping(let node): try visit(node, &context)
    case .matchClass(let node): try visit(node, &context)
    case .matchStar(let node): try emitCapture(node.name, &context, at: node.range)
    case .matchAs(let node): try visit(node, &context)
    case .matchOr(let node): try visit(node, &context)
    }
  }

  /// Visits a pattern inside another one: it may always match.
  private func visitInner(_ pattern: Pattern, _ context: inout PatternContext) throws(Diagnostic) {
    let allowed = context.allowsIrrefutable
    context.allowsIrrefutable = true
    try visit(pattern, &context)
    context.allowsIrrefutable = allowed
  }

  private func visit(_ node: AST.MatchValue, _ context: inout PatternContext) throws(Diagnostic) {
    let range = node.range
    guard node.value.kind == .constant || node.value.kind == .attribute else {
      throw error("patterns may only match literals and attribute lookups", at: range)
    }
    try visit(node.value)
    emit(.eq, at: range)
    emit(.TO_BOOL, at: range)
    emitFailureJump(.POP_JUMP_IF_FALSE, &context, at: range)
  }

  private func visit(_ node: AST.MatchAs, _ context: inout PatternContext) throws(Diagnostic) {
    let range = node.range
    guard let pattern = node.pattern else {
      if !context.allowsIrrefutable {
        if let name = node.name { throw error("name capture '\(name)' makes remaining patterns unreachable", at: range) }
        throw error("wildcard makes remaining patterns unreachable", at: range)
      }
      return try emitCapture(node.name, &context, at: range)
    }
    context.onTop += 1
    emit(.COPY, 1, at: range)
    try visit(pattern, &context)
    context.onTop -= 1
    try emitCapture(node.name, &context, at: range)
  }

  // MARK: Sequences

  private func visit(_ node: AST.MatchSequence, _ context: inout PatternContext) throws(Diagnostic) {
    let range = node.range
    let patterns = node.patterns
    let count = patterns.count
    var star: Int? = nil
    var isStarWildcard = false
    var hasOnlyWildcards = true
    for index in 0..<count {
      if case .matchStar(let starred) = patterns[index].node {
        if star != nil { throw error("multiple starred names in sequence pattern", at: range) }
        star = index
        isStarWildcard = starred.name == nil
        if !isStarWildcard { hasOnlyWildcards = false }
      } else if !patterns[index].isWildcard {
        hasOnlyWildcards = false
      }
    }
    context.onTop += 1
    emit(.MATCH_SEQUENCE, at: range)
    emitFailureJump(.POP_JUMP_IF_FALSE, &context, at: range)
    if star == nil {
      emitLengthTest(.eq, count, &context, at: range)
    } else if count > 1 {
      emitLengthTest(.gtE, count - 1, &context, at: range)
    }
    context.onTop -= 1
    if hasOnlyWildcards {
      emit(.POP_TOP, at: range)
    } else if let star, isStarWildcard {
      try emitItems(patterns, around: star, &context, at: range)
    } else {
      try emitUnpacking(patterns, &context, at: range)
    }
  }

  /// Fails unless the length of the subject compares so with `length`.
  private func emitLengthTest(_ comparison: ComparisonOperator, _ length: Int, _ context: inout PatternContext, at range: SourceRange) {
    emit(.GET_LEN, at: range)
    emitConstant(length, at: range)
    emit(comparison, at: range)
    emitFailureJump(.POP_JUMP_IF_FALSE, &context, at: range)
  }

  /// Unpacks the subject and matches each item.
  private func emitUnpacking(_ patterns: NodeList<Pattern>, _ context: inout PatternContext, at range: SourceRange) throws(Diagnostic) {
    let count = patterns.count
    var hasStar = false
    for index in 0..<count where patterns[index].kind == .matchStar {
      if index >= 1 << 8 || count - index - 1 >= Int(Int32.max >> 8) {
        throw error("too many expressions in star-unpacking sequence pattern", at: range)
      }
      emit(.UNPACK_EX, index + (count - index - 1) << 8, at: range)
      hasStar = true
    }
    if !hasStar { emit(.UNPACK_SEQUENCE, count, at: range) }
    context.onTop += count
    for pattern in patterns {
      context.onTop -= 1
      try visitInner(pattern, &context)
    }
  }

  /// Subscripts the subject for each pattern but the wildcards, of which the starred one is one.
  private func emitItems(
    _ patterns: NodeList<Pattern>, around star: Int, _ context: inout PatternContext, at range: SourceRange
  ) throws(Diagnostic) {
    context.onTop += 1
    let count = patterns.count
    for index in 0..<count where index != star && !patterns[index].isWildcard {
      emit(.COPY, 1, at: range)
      if index < star {
        emitConstant(index, at: range)
      } else {
        // A sequence need not take negative indices.
        emit(.GET_LEN, at: range)
        emitConstant(count - index, at: range)
        emit(.sub, inPlace: false, at: range)
      }
      emit(.BINARY_OP, BinaryOperator.subscriptNumber, at: range)
      try visitInner(patterns[index], &context)
    }
    context.onTop -= 1
    emit(.POP_TOP, at: range)
  }

  // MARK: Mappings

  private func visit(_ node: AST.MatchMapping, _ context: inout PatternContext) throws(Diagnostic) {
    let range = node.range
    let keys = node.keys
    let patterns = node.patterns
    let count = keys.count
    if count != patterns.count {
      throw error("keys (\(count)) / patterns (\(patterns.count)) length mismatch in mapping pattern", at: range)
    }
    context.onTop += 1
    emit(.MATCH_MAPPING, at: range)
    emitFailureJump(.POP_JUMP_IF_FALSE, &context, at: range)
    if count == 0 && node.rest == nil {
      context.onTop -= 1
      emit(.POP_TOP, at: range)
      return
    }
    if count > 0 { emitLengthTest(.gtE, count, &context, at: range) }
    try emitKeys(of: node)
    emit(.BUILD_TUPLE, count, at: range)
    emit(.MATCH_KEYS, at: range)
    // The subject, the keys and the values, if all keys were found.
    context.onTop += 2
    emitNotNoneTest(&context, at: range)
    emit(.UNPACK_SEQUENCE, count, at: range)
    context.onTop += count - 1
    for pattern in patterns {
      context.onTop -= 1
      try visitInner(pattern, &context)
    }
    context.onTop -= 2
    guard let rest = node.rest else {
      emit(.POP_TOP, at: range)
      emit(.POP_TOP, at: range)
      return
    }
    // A copy of the subject without the keys.
    emit(.BUILD_MAP, 0, at: range)
    emit(.SWAP, 3, at: range)
    emit(.DICT_UPDATE, 2, at: range)
    emit(.UNPACK_SEQUENCE, count, at: range)
    for remaining in stride(from: count, to: 0, by: -1) {
      emit(.COPY, 1 + remaining, at: range)
      emit(.SWAP, 2, at: range)
      emit(.DELETE_SUBSCR, at: range)
    }
    try emitCapture(rest, &context, at: range)
  }

  /// Pushes the keys of a mapping pattern.
  private func emitKeys(of node: AST.MatchMapping) throws(Diagnostic) {
    var seen: [ConstantValue] = []
    for key in node.keys {
      if case .constant(let constant) = key.node {
        for other in seen where other.isEqualInPython(to: constant.value) {
          var representation = ByteBuffer()
          representation.append(repr: constant.value)
          throw error("mapping pattern checks duplicate key (\(representation.string))", at: node.range)
        }
        seen.append(constant.value)
      } else if key.kind != .attribute {
        throw error("mapping pattern keys may only match literals and attribute lookups", at: node.range)
      }
      try visit(key)
    }
  }

  /// Fails if the value on the stack, which stays, is `None`.
  private func emitNotNoneTest(_ context: inout PatternContext, at range: SourceRange) {
    emit(.COPY, 1, at: range)
    emitNone(at: range)
    emit(.isNot, at: range)
    emitFailureJump(.POP_JUMP_IF_FALSE, &context, at: range)
  }

  // MARK: Classes

  private func visit(_ node: AST.MatchClass, _ context: inout PatternContext) throws(Diagnostic) {
    let range = node.range
    let names = node.kwdAttrs
    if names.count != node.kwdPatterns.count {
      throw error(
        "kwd_attrs (\(names.count)) / kwd_patterns (\(node.kwdPatterns.count)) length mismatch in class pattern", at: range)
    }
    try checkAttributes(of: node)
    try visit(node.cls)
    emitConstant(arena.tuple(names.map { arena.string($0) }), at: range)
    let positional = node.patterns.count
    let count = positional + names.count
    emit(.MATCH_CLASS, positional, at: range)
    // The tuple of attributes, if the subject is an instance that has them.
    context.onTop += 1
    emitNotNoneTest(&context, at: range)
    emit(.UNPACK_SEQUENCE, count, at: range)
    context.onTop += count - 1
    for index in 0..<count {
      context.onTop -= 1
      let pattern = index < positional ? node.patterns[index] : node.kwdPatterns[index - positional]
      if pattern.isWildcard { emit(.POP_TOP, at: range) } else { try visitInner(pattern, &context) }
    }
  }

  private func checkAttributes(of node: AST.MatchClass) throws(Diagnostic) {
    let names = node.kwdAttrs
    for index in names.indices {
      for other in index + 1..<names.count where names[other] == names[index] {
        throw error("attribute name repeated in class pattern: \(names[index])", at: node.kwdPatterns[other].range)
      }
    }
  }

  // MARK: Alternatives

  private func visit(_ node: AST.MatchOr, _ context: inout PatternContext) throws(Diagnostic) {
    let range = node.range
    let end = newLabel()
    /// The names that the first alternative captures, in the order in which all must leave them on the stack.
    var control: [Text] = []
    let count = node.patterns.count
    for index in 0..<count {
      let alternative = node.patterns[index]
      var inner = PatternContext(allowsIrrefutable: index == count - 1 && context.allowsIrrefutable)
      emit(.COPY, 1, at: alternative.range)
      try visit(alternative, &inner)
      if index == 0 {
        control = inner.stores
      } else if !reorder(&inner.stores, as: control, at: alternative.range) {
        throw error("alternative patterns bind different names", at: range)
      }
      emit(.JUMP, to: end, at: alternative.range)
      emitFailures(&inner, at: alternative.range)
    }
    emit(.POP_TOP, at: range)
    emitFailureJump(.JUMP, &context, at: range)
    use(end)
    // The captures come from above the copy of the subject, what the patterns around need and the earlier captures.
    let rotation = control.count + 1 + context.onTop + context.stores.count
    for name in control {
      emitRotation(rotation, at: range)
      if context.stores.contains(name) { throw duplicateCapture(name, at: range) }
      context.stores.append(name)
    }
    emit(.POP_TOP, at: range)
  }

  /// Brings captured values into the order of `control`.
  /// - Returns: whether they are the same names.
  private func reorder(_ stores: inout [Text], as control: [Text], at range: SourceRange) -> Bool {
    if stores.count != control.count { return false }
    for position in control.indices.reversed() {
      guard let current = stores.firstIndex(of: control[position]) else { return false }
      if current == position { continue }
      let rotated = stores[...current]
      stores.removeFirst(current + 1)
      stores.insert(contentsOf: rotated, at: position - current)
      for _ in 0...current { emitRotation(position + 1, at: range) }
    }
    return true
  }
}

extension Pattern {
  /// Whether this is `_`; a sequence pattern of one also counts when its star has no name, but not here.
  fileprivate var isWildcard: Bool {
    if case .matchAs(let node) = self.node { node.name == nil } else { false }
  }
}
