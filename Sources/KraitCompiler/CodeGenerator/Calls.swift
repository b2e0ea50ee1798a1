// Calls: arguments in all their forms, methods, `super()` and the builtins that take a generator expression apart.

import KraitSyntax

extension CodeGenerator {
  func visit(_ node: AST.Call) throws(Diagnostic) {
    try checkKeywords(node.keywords)
    if case .attribute(let method) = node.func.node, isMethodCall(node, method) { return try emitMethodCall(node, method) }
    warnAboutCall(of: node.func)
    let end = newLabel()
    try visit(node.func)
    try emitInlinedBuiltin(node, end: end)
    emit(.PUSH_NULL, at: node.func.range)
    try emitCall(pushed: 0, arguments: node.args, injected: nil, keywords: node.keywords, at: node.range)
    use(end)
  }

  private func checkKeywords(_ keywords: NodeList<Keyword>) throws(Diagnostic) {
    let count = keywords.count
    if count < 2 { return }
    for index in 0..<count {
      guard let name = keywords[index].arg else { continue }
      for other in index + 1..<count where keywords[other].arg == name {
        throw error("keyword argument repeated: \(name)", at: keywords[other].range)
      }
    }
  }

  // MARK: Arguments

  /// Calls what is on the stack: a callable and its self (or null), then `pushed` arguments, to which these are added.
  /// - Parameter injected: a name whose value is the last positional argument.
  func emitCall(
    pushed: Int, arguments: NodeList<Expr>, injected: Text?, keywords: NodeList<Keyword>, at range: SourceRange
  ) throws(Diagnostic) {
    try checkKeywords(keywords)
    if arguments.count + keywords.count * 2 > stackUseGuideline || arguments.containsStarred || keywords.containsUnpacking {
      return try emitUnpackingCall(pushed: pushed, arguments: arguments, injected: injected, keywords: keywords, at: range)
    }
    try visit(arguments)
    var count = pushed + arguments.count
    if let injected {
      load(injected, at: range)
      count += 1
    }
    if keywords.isEmpty {
      emit(.CALL, count, at: range)
    } else {
      for keyword in keywords { try visit(keyword.value) }
      emitNames(of: keywords, at: range)
      emit(.CALL_KW, count + keywords.count, at: range)
    }
  }

  /// Pushes the tuple of keywords that `CALL_KW` takes.
  private func emitNames(of keywords: NodeList<Keyword>, at range: SourceRange) {
    var names: [ConstantValue] = []
    names.reserveCapacity(keywords.count)
    for keyword in keywords {
      if let name = keyword.arg { names.append(arena.string(name)) }
    }
    emitConstant(arena.tuple(names), at: range)
  }

  /// A call with a tuple of arguments and, when there are keywords, a dict.
  private func emitUnpackingCall(
    pushed: Int, arguments: NodeList<Expr>, injected: Text?, keywords: NodeList<Keyword>, at range: SourceRange
  ) throws(Diagnostic) {
    if pushed == 0, arguments.count == 1, case .starred(let starred) = arguments[0].node {
      try visit(starred.value)
    } else {
      try emitDisplay(.tuple, arguments, pushed: pushed, injected: injected, at: range)
    }
    if keywords.isEmpty { emit(.PUSH_NULL, at: range) } else { try emitKeywordDict(keywords, at: range) }
    emit(.CALL_FUNCTION_EX, at: range)
  }

  private func emitKeywordDict(_ keywords: NodeList<Keyword>, at range: SourceRange) throws(Diagnostic) {
    var hasDict = false
    /// Where the named keywords that are not yet written begin.
    var start = 0
    let count = keywords.count
    for index in 0...count where index == count || keywords[index].arg == nil {
      if start < index {
        try emitKeywordPairs(keywords, from: start, to: index, at: range)
        if hasDict { emit(.DICT_MERGE, 1, at: range) }
        hasDict = true
      }
      if index == count { break }
      if !hasDict {
        emit(.BUILD_MAP, 0, at: range)
        hasDict = true
      }
      try visit(keywords[index].value)
      emit(.DICT_MERGE, 1, at: range)
      start = index + 1
    }
  }

  /// Pushes a dict of some named keywords.
  private func emitKeywordPairs(_ keywords: NodeList<Keyword>, from start: Int, to end: Int, at range: SourceRange) throws(Diagnostic) {
    let isLarge = (end - start) * 2 > stackUseGuideline
    if isLarge { emit(.BUILD_MAP, 0, at: .none) }
    for index in start..<end {
      let keyword = keywords[index]
      if let name = keyword.arg { emitConstant(name, at: range) }
      try visit(keyword.value)
      if isLarge { emit(.MAP_ADD, 1, at: .none) }
    }
    if !isLarge { emit(.BUILD_MAP, end - start, at: range) }
  }

  // MARK: Methods

  /// Whether a call of an attribute can load it as a method: without binding it. Attributes of imported modules rarely are methods.
  private func isMethodCall(_ node: AST.Call, _ method: AST.Attribute) -> Bool {
    if method.ctx != .load || isImported(method.value) { return false }
    let keywords = node.keywords
    if node.args.count + keywords.count + (keywords.isEmpty ? 0 : 1) >= stackUseGuideline { return false }
    return !node.args.containsStarred && !keywords.containsUnpacking
  }

  /// Whether an expression is a name that an import of the module binds.
  private func isImported(_ expression: Expr) -> Bool {
    guard case .name(let name) = expression.node else { return false }
    return symbolTable.top.symbols[name.id]?.contains(.imported) ?? false
  }

  private func emitMethodCall(_ node: AST.Call, _ method: AST.Attribute) throws(Diagnostic) {
    var range = method.range
    if let call = superCall(of: method) {
      try emitSuperArguments(call)
      emitAttribute(call.args.isEmpty ? .zeroSuperMethod : .superMethod, method.attr, at: range)
      range = attributeRange(method, startingAt: range)
      emit(.NOP, at: range)
    } else {
      try visit(method.value)
      range = attributeRange(method, startingAt: range)
      emitAttribute(.method, method.attr, at: range)
    }
    try visit(node.args)
    let keywords = node.keywords
    let callRange = attributeRange(method, startingAt: node.range)
    if keywords.isEmpty {
      emit(.CALL, node.args.count, at: callRange)
    } else {
      for keyword in keywords { try visit(keyword.value) }
      emitNames(of: keywords, at: range)
      emit(.CALL_KW, node.args.count + keywords.count, at: callRange)
    }
  }

  // MARK: super()

  /// The call of `super` whose attribute this is, when `LOAD_SUPER_ATTR` can stand for both: the name is not seen to be anything but the
  /// builtin, and it is given two arguments or, in a method, none.
  func superCall(of attribute: AST.Attribute) -> AST.Call? {
    guard case .call(let call) = attribute.value.node, case .name(let name) = call.func.node, name.id == wellKnown.super,
      attribute.attr != wellKnown.class, call.keywords.isEmpty,
      unit.scope.resolution(of: name.id) == .globalImplicit, symbolTable.top.resolution(of: name.id) == .unknown
    else { return nil }
    switch call.args.count {
    case 2: return call.args.containsStarred ? nil : call
    case 0:
      if unit.argumentCount == 0 && unit.positionalOnlyArgumentCount == 0 { return nil }
      return unit.kind != .class && unit.scope.resolution(of: wellKnown.class) == .free ? call : nil
    default: return nil
    }
  }

  /// Pushes `super`, the class and the instance.
  func emitSuperArguments(_ call: AST.Call) throws(Diagnostic) {
    load(wellKnown.super, at: call.func.range)
    if !call.args.isEmpty { return try visit(call.args) }
    load(wellKnown.class, at: call.range)
    if let instance = unit.variableNames.keys.first { load(instance, at: call.range) }
  }

  // MARK: Builtins

  /// For `all`, `any` and `tuple` of a generator expression: writes the loop over the generator, taken when the function, which is on the
  /// stack, is the builtin of that name; it ends with a jump to `end`.
  private func emitInlinedBuiltin(_ node: AST.Call, end: Label) throws(Diagnostic) {
    guard case .name(let function) = node.func.node, node.args.count == 1, node.keywords.isEmpty,
      case .generatorExp(let generator) = node.args[0].node
    else { return }
    let builtin: CommonConstant
    switch function.id {
    case "all": builtin = .builtinAll
    case "any": builtin = .builtinAny
    case "tuple": builtin = .builtinTuple
    default: return
    }
    // An asynchronous generator is no iterable.
    if symbolTable.scope(of: generator)?.isCoroutine ?? false { return }

    let range = node.func.range
    let isTuple = builtin == .builtinTuple
    let notBuiltin = newLabel()
    emit(.COPY, 1, at: range)
    emit(.LOAD_COMMON_CONSTANT, builtin.rawValue, at: range)
    emit(.is, at: range)
    emit(.POP_JUMP_IF_FALSE, to: notBuiltin, at: range)
    emit(.POP_TOP, at: range)
    if isTuple { emit(.BUILD_LIST, 0, at: range) }
    try visit(node.args[0])

    let loop = newLabel()
    let exhausted = newLabel()
    use(loop)
    emit(.FOR_ITER, to: exhausted, at: range)
    if isTuple {
      emit(.LIST_APPEND, 2, at: range)
      emit(.JUMP, to: loop, at: range)
    } else {
      emit(.TO_BOOL, at: range)
      emit(builtin == .builtinAll ? .POP_JUMP_IF_TRUE : .POP_JUMP_IF_FALSE, to: loop, at: range)
    }
    emit(.POP_ITER, at: .none)
    if !isTuple { emitConstant(arena.boolean(builtin == .builtinAny), at: range) }
    emit(.JUMP, to: end, at: range)

    use(exhausted)
    emit(.END_FOR, at: .none)
    emit(.POP_ITER, at: .none)
    if isTuple {
      emit(.CALL_INTRINSIC_1, Intrinsic.listToTuple.rawValue, at: range)
    } else {
      emitConstant(arena.boolean(builtin == .builtinAll), at: range)
    }
    emit(.JUMP, to: end, at: range)
    use(notBuiltin)
  }
}

extension NodeList<Keyword> {
  /// Whether a `**mapping` is among the keywords.
  fileprivate var containsUnpacking: Bool {
    for keyword in self where keyword.arg == nil { return true }
    return false
  }
}
