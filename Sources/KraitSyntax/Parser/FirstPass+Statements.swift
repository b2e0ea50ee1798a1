// The first pass over a program: the rules of the grammar compiled to functions (RulesCompiled.swift), those that matter for speed written by
// hand. It accepts the programs that the grammar accepts and makes the same trees. Where it gives up, no matter why, the interpreter of the
// grammar decides, so that this pass owes nobody an error message.
//
// This file: statements.

extension Parser {
  /// How deep the first pass nests. CPython's limit counts rules of the grammar, the interpreter knows it exactly; what is deep enough
  /// to come near it is left to the interpreter.
  private static let firstPassDepth = 5000
  /// At least the number of rules that CPython nests for a pair of brackets.
  static let bracketDepth = 40

  /// Whether parsing may go deeper by `levels`; the caller takes them off ``depth`` again.
  @inline(__always)
  mutating func descend(_ levels: Int) -> Bool {
    if depth &+ levels > Parser.firstPassDepth || StackLimit.isExceeded(stackLimit) { return false }
    depth &+= levels
    return true
  }

  mutating func firstPass() -> Mod? {
    let tree: Mod? =
      switch options.mode {
      case .file: fileInput()
      case .single: interactiveInput()
      case .evaluate: evalInput()
      case .functionType: functionTypeInput()
      }
    return options.mode == .single && hasMoreStatements() ? nil : tree
  }

  /// From the token at `start` to the one before the mark, which is no line end.
  @inline(__always)
  mutating func extent(_ start: Int) -> SourceRange {
    let first = tokens[start].range
    let last = tokens[mark &- 1].range
    return SourceRange(line: first.line, column: first.column, endLine: last.endLine, endColumn: last.endColumn)
  }

  mutating func statements() -> Items<Stmt>? {
    guard descend(10) else { return nil }
    defer { depth &-= 10 }
    let base = stackCount
    while true {
      let (start, count) = (mark, stackCount)
      if pushStatement() { continue }
      mark = start
      stackCount = count
      break
    }
    if stackCount == base { return nil }
    return popItems(from: base)
  }

  /// Pushes the statements of a line, or a compound statement; false if there is none.
  private mutating func pushStatement() -> Bool {
    switch peek() {
    case .endMarker, .dedent, .newline, .indent: return false
    case .defKeyword, .classKeyword, .at, .asyncKeyword, .ifKeyword, .withKeyword, .forKeyword, .tryKeyword, .whileKeyword:
      guard let statement = compoundStmt() else { return false }
      push(statement.word)
      return true
    case .name where atSoftKeyword(.match):
      let start = mark
      if let statement = compoundStmt() {
        push(statement.word)
        return true
      }
      mark = start
    default: break
    }
    return pushSimpleStatements()
  }

  mutating func compoundStmt() -> Stmt? {
    switch peek() {
    case .defKeyword: return plainFuncdef()
    case .classKeyword: return plainClassdef()
    case .ifKeyword: return ifStmt()
    case .forKeyword: return forStmt()
    case .withKeyword: return withStmt()
    case .tryKeyword: return tryStmt()
    case .whileKeyword: return whileStmt()
    case .at:
      guard let decorators = decorators() else { return nil }
      if at(.classKeyword) { return plainClassdef().map { decoratedClass(decorators, $0) } }
      return plainFuncdef().map { decoratedFunction(decorators, $0) }
    case .asyncKeyword:
      switch peekNext() {
      case .defKeyword: return plainFuncdef()
      case .forKeyword: return forStmt()
      case .withKeyword: return withStmt()
      default: return nil
      }
    case .name where atSoftKeyword(.match):
      guard TerminalSet.flexibleExpression.contains(peekNext()) else { return nil }
      return matchStmt()
    default: return nil
    }
  }

  mutating func stmtList() -> Items<Stmt>? {
    let base = stackCount
    guard pushSimpleStatements() else {
      stackCount = base
      return nil
    }
    return popItems(from: base)
  }

  private mutating func pushSimpleStatements() -> Bool {
    while true {
      guard let statement = simpleStmt() else { return false }
      push(statement.word)
      if takes(.newline) { return true }
      guard takes(.semicolon) else { return false }
      if takes(.newline) { return true }
    }
  }

  mutating func simpleStmt() -> Stmt? {
    switch peek() {
    case .returnKeyword: return returnStmt()
    case .importKeyword, .fromKeyword: return importStmt()
    case .raiseKeyword: return raiseStmt()
    case .passKeyword: return passStmt()
    case .delKeyword: return delStmt()
    case .yieldKeyword: return yieldStmt()
    case .assertKeyword: return assertStmt()
    case .breakKeyword: return breakStmt()
    case .continueKeyword: return continueStmt()
    case .globalKeyword: return globalStmt()
    case .nonlocalKeyword: return nonlocalStmt()
    case .name where atSoftKeyword(.type):
      if peekNext() == .name { return typeStmt() }
    default: break
    }
    return assignmentOrExpression()
  }

  /// Reads an expression; what follows it tells whether it was a target.
  private mutating func assignmentOrExpression() -> Stmt? {
    let start = mark
    guard let first = starredExpressionList() else { return nil }
    switch peek() {
    case .newline, .semicolon:
      return AST.ExprStmt(value: first, at: extent(start), in: arena).asStmt
    case .equal:
      return assignment(first, start)
    case .colon:
      return annotatedAssignment(first, start)
    default:
      guard isPlainTarget(first), let sign = augop(), let value = assignedValue(), asTarget(first, .store) else { return nil }
      return AST.AugAssign(target: first, op: sign.value, value: value, at: extent(start), in: arena).asStmt
    }
  }

  private mutating func assignment(_ first: Expr, _ start: Int) -> Stmt? {
    let base = stackCount
    var value = first
    while takes(.equal) {
      guard asTarget(value, .store) else {
        stackCount = base
        return nil
      }
      push(value.word)
      guard let next = assignedValue() else {
        stackCount = base
        return nil
      }
      value = next
    }
    let comment = take(.typeComment)
    let targets: NodeList<Expr> = popList(from: base)
    return AST.Assign(targets: targets, value: value, typeComment: typeComment(comment), at: extent(start), in: arena).asStmt
  }

  private mutating func annotatedAssignment(_ target: Expr, _ start: Int) -> Stmt? {
    guard isPlainTarget(target), asTarget(target, .store) else { return nil }
    let isSimple = target.kind == .name && tokens[start].kind == .name
    mark &+= 1
    guard let annotation = expression() else { return nil }
    var value: Expr? = nil
    if takes(.equal) {
      value = assignedValue()
      if value == nil { return nil }
    }
    let statement = AST.AnnAssign(
      target: target, annotation: annotation, value: value, simple: isSimple ? 1 : 0, at: extent(start), in: arena)
    return since(6, isSimple ? "Variable annotation syntax is" : "Variable annotations syntax is", statement.asStmt)
  }

  /// Whether an expression can be the target of an annotated or augmented assignment.
  private mutating func isPlainTarget(_ expression: Expr) -> Bool {
    switch expression.kind {
    case .name, .attribute, .subscript: true
    default: false
    }
  }

  mutating func assignedValue() -> Expr? {
    at(.yieldKeyword) ? yieldExpression() : starredExpressionList()
  }

  // MARK: - Targets

  /// Makes a target of an expression: its context becomes that of a target. False if it cannot be one.
  mutating func asTarget(_ expression: Expr, _ context: ExprContext) -> Bool {
    switch expression.node {
    case .name(let name): name.ctx = context
    case .attribute(let member): member.ctx = context
    case .subscript(let item): item.ctx = context
    case .tuple(let tuple):
      tuple.ctx = context
      return areTargets(tuple.elts, context)
    case .list(let list):
      list.ctx = context
      return areTargets(list.elts, context)
    case .starred(let starred):
      guard context == .store else { return false }
      starred.ctx = context
      return asTarget(starred.value, context)
    default: return false
    }
    return true
  }

  private mutating func areTargets(_ expressions: NodeList<Expr>, _ context: ExprContext) -> Bool {
    for expression in expressions where !asTarget(expression, context) { return false }
    return true
  }

  mutating func targetList() -> Expr? {
    let start = mark
    guard let first = starredTarget() else { return nil }
    guard at(.comma) else { return first }
    let base = stackCount
    push(first.word)
    while takes(.comma), at(.starredTarget) {
      guard let target = starredTarget() else {
        stackCount = base
        return nil
      }
      push(target.word)
    }
    let targets: NodeList<Expr> = popList(from: base)
    return AST.Tuple(elts: targets, ctx: .store, at: extent(start), in: arena).asExpr
  }

  mutating func starredTarget() -> Expr? {
    let start = mark
    if takes(.star) {
      guard let target = primary(), asTarget(target, .store) else { return nil }
      return AST.Starred(value: target, ctx: .store, at: extent(start), in: arena).asExpr
    }
    guard let target = primary(), asTarget(target, .store) else { return nil }
    return target
  }

  mutating func delTargetList() -> Items<Expr>? {
    let base = stackCount
    repeat {
      guard let target = primary(), asTarget(target, .del) else {
        stackCount = base
        return nil
      }
      push(target.word)
    } while takes(.comma) && at(.starredTarget)
    return popItems(from: base)
  }

  // MARK: - Dotted names of patterns

  mutating func nameOrAttribute() -> Expr? {
    let start = mark
    guard var value = takeName() else { return nil }
    while takes(.dot) {
      guard at(.name), let name = tokens[mark].name else { return nil }
      mark &+= 1
      value = AST.Attribute(value: value, attr: name, ctx: .load, at: extent(start), in: arena).asExpr
    }
    return value
  }

  mutating func attribute() -> Expr? {
    let start = mark
    if let value = nameOrAttribute(), value.kind == .attribute { return value }
    mark = start
    return nil
  }
}
