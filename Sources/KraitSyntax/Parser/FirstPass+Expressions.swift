// The first pass: expressions. Operators are parsed by precedence instead of one rule for each level.

extension Parser {
  /// How tightly operators bind; the operand of an operator takes in operators above its level.
  private enum Level {
    static let none: UInt8 = 0
    static let or: UInt8 = 1
    static let and: UInt8 = 2
    static let not: UInt8 = 3
    static let comparison: UInt8 = 4
    static let bitOr: UInt8 = 5
    static let bitXor: UInt8 = 6
    static let bitAnd: UInt8 = 7
    static let shift: UInt8 = 8
    static let sum: UInt8 = 9
    static let product: UInt8 = 10
    static let unary: UInt8 = 11
  }

  /// The level of a terminal as an operator between operands.
  @inline(__always)
  private static func level(_ terminal: Terminal) -> UInt8 {
    switch terminal {
    case .orKeyword: Level.or
    case .andKeyword: Level.and
    case .equalEqual, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .inKeyword, .isKeyword, .notKeyword: Level.comparison
    case .verticalBar: Level.bitOr
    case .circumflex: Level.bitXor
    case .ampersand: Level.bitAnd
    case .leftShift, .rightShift: Level.shift
    case .plus, .minus: Level.sum
    case .star, .slash, .doubleSlash, .percent, .at: Level.product
    default: Level.none
    }
  }

  // MARK: - Expressions and lists of them

  mutating func expression() -> Expr? {
    if at(.lambdaKeyword) {
      guard descend(2) else { return nil }
      defer { depth &-= 2 }
      return lambdaExpression()
    }
    let start = mark
    guard let body = operation(Level.or) else { return nil }
    guard at(.ifKeyword) else { return body }
    let end = mark
    mark &+= 1
    guard let test = operation(Level.or), takes(.elseKeyword) else {
      // The `if` of a comprehension or of a case.
      mark = end
      return body
    }
    guard descend(1) else { return nil }
    defer { depth &-= 1 }
    guard let other = expression() else { return nil }
    return AST.IfExp(test: test, body: body, orelse: other, at: extent(start), in: arena).asExpr
  }

  mutating func orTest() -> Expr? { operation(Level.or) }
  mutating func orExpr() -> Expr? { operation(Level.bitOr) }

  mutating func namedExpression() -> Expr? {
    let start = mark
    guard let value = expression() else { return nil }
    guard at(.colonEqual) else { return value }
    guard tokens[start].kind == .name, mark == start &+ 1 else { return nil }
    mark &+= 1
    guard let assigned = expression(), asTarget(value, .store) else { return nil }
    return since(8, "Assignment expressions are", AST.NamedExpr(target: value, value: assigned, at: extent(start), in: arena).asExpr)
  }

  mutating func starredListItem() -> Expr? {
    at(.star) ? starred() : expression()
  }

  mutating func flexibleExpression() -> Expr? {
    at(.star) ? starred() : namedExpression()
  }

  private mutating func starred() -> Expr? {
    let start = mark
    mark &+= 1
    guard let value = operation(Level.bitOr) else { return nil }
    return AST.Starred(value: value, ctx: .load, at: extent(start), in: arena).asExpr
  }

  mutating func starredExpressionList() -> Expr? {
    let start = mark
    guard let first = starredListItem() else { return nil }
    guard at(.comma) else { return first }
    let base = stackCount
    push(first.word)
    while takes(.comma), at(.starredListItem) {
      guard let item = starredListItem() else {
        stackCount = base
        return nil
      }
      push(item.word)
    }
    let items: NodeList<Expr> = popList(from: base)
    return AST.Tuple(elts: items, ctx: .load, at: extent(start), in: arena).asExpr
  }

  /// Pushes the items of a display, separated by commas, the first one of which has been parsed. The mark is left behind the last comma.
  private mutating func pushItems(after first: Expr) -> Bool {
    push(first.word)
    while takes(.comma), at(.flexibleExpression) {
      guard let item = flexibleExpression() else { return false }
      push(item.word)
    }
    return true
  }

  mutating func flexibleExpressionList() -> Items<Expr>? {
    let base = stackCount
    guard let first = flexibleExpression(), pushItems(after: first) else {
      stackCount = base
      return nil
    }
    return popItems(from: base)
  }

  // MARK: - Operators

  /// An operand and the operators of at least a level that follow it.
  private mutating func operation(_ minimum: UInt8) -> Expr? {
    let start = mark
    guard var left = operand(minimum) else { return nil }
    while true {
      let terminal = peek()
      let level = Parser.level(terminal)
      if level == Level.none || level < minimum { return left }
      switch level {
      case Level.or, Level.and:
        guard let joined = booleanOperation(left, level, terminal, start) else { return nil }
        left = joined
      case Level.comparison:
        if terminal == .notKeyword && peekNext() != .inKeyword { return left }
        guard let compared = comparison(left, start) else { return nil }
        left = compared
      default:
        mark &+= 1
        guard let right = operation(level &+ 1) else { return nil }
        let sign: BinaryOperator
        switch terminal {
        case .plus: sign = .add
        case .minus: sign = .sub
        case .star: sign = .mult
        case .slash: sign = .div
        case .doubleSlash: sign = .floorDiv
        case .percent: sign = .mod
        case .at: sign = .matMult
        case .leftShift: sign = .lShift
        case .rightShift: sign = .rShift
        case .ampersand: sign = .bitAnd
        case .circumflex: sign = .bitXor
        default: sign = .bitOr
        }
        left = AST.BinOp(left: left, op: sign, right: right, at: extent(start), in: arena).asExpr
        if sign == .matMult && options.featureVersion < 5 { return nil }
      }
    }
  }

  private mutating func booleanOperation(_ first: Expr, _ level: UInt8, _ terminal: Terminal, _ start: Int) -> Expr? {
    let base = stackCount
    push(first.word)
    while takes(terminal) {
      guard let operand = operation(level &+ 1) else {
        stackCount = base
        return nil
      }
      push(operand.word)
    }
    let values: NodeList<Expr> = popList(from: base)
    return AST.BoolOp(op: level == Level.or ? .or : .and, values: values, at: extent(start), in: arena).asExpr
  }

  private mutating func comparison(_ left: Expr, _ start: Int) -> Expr? {
    // Operators and operands in pairs.
    let base = stackCount
    while let comparison = takeComparison() {
      guard let operand = operation(Level.bitOr) else {
        stackCount = base
        return nil
      }
      push(UInt(comparison.rawValue))
      push(operand.word)
    }
    let count = (stackCount &- base) / 2
    if count == 0 { return nil }
    let operators = arena.allocate(8 &+ count)
    let operands = arena.allocate(8 &+ count &* 8)
    operators.storeBytes(of: count, as: Int.self)
    operands.storeBytes(of: count, as: Int.self)
    for index in 0..<count {
      operators.storeBytes(of: UInt8(truncatingIfNeeded: stack[base &+ index &* 2]), toByteOffset: 8 &+ index, as: UInt8.self)
      operands.storeBytes(of: stack[base &+ index &* 2 &+ 1], toByteOffset: 8 &+ index &* 8, as: UInt.self)
    }
    stackCount = base
    return AST.Compare(
      left: left, ops: NodeList(raw: operators), comparators: NodeList(raw: operands), at: extent(start), in: arena
    ).asExpr
  }

  private mutating func takeComparison() -> ComparisonOperator? {
    let comparison: ComparisonOperator
    switch peek() {
    case .equalEqual: comparison = .eq
    case .notEqual:
      if barryAsBDFL && source.text[Int(tokens[mark].start)] == UInt8(ascii: "!") { return nil }
      comparison = .notEq
    case .less: comparison = .lt
    case .lessEqual: comparison = .ltE
    case .greater: comparison = .gt
    case .greaterEqual: comparison = .gtE
    case .inKeyword: comparison = .in
    case .isKeyword:
      mark &+= 1
      return takes(.notKeyword) ? .isNot : .is
    case .notKeyword:
      guard peekNext() == .inKeyword else { return nil }
      mark &+= 2
      return .notIn
    default: return nil
    }
    mark &+= 1
    return comparison
  }

  private mutating func operand(_ minimum: UInt8) -> Expr? {
    let start = mark
    let sign: UnaryOperator
    let level: UInt8
    switch peek() {
    case .notKeyword:
      guard minimum <= Level.not else { return nil }
      sign = .not
      level = Level.not
    case .minus:
      sign = .uSub
      level = Level.unary
    case .plus:
      sign = .uAdd
      level = Level.unary
    case .tilde:
      sign = .invert
      level = Level.unary
    case .awaitKeyword:
      mark &+= 1
      guard let value = primary() else { return nil }
      let node = AST.Await(value: value, at: extent(start), in: arena).asExpr
      if options.featureVersion < 5 { return nil }
      return at(.doubleStar) ? power(node, start) : node
    default:
      guard let base = primary() else { return nil }
      return at(.doubleStar) ? power(base, start) : base
    }
    mark &+= 1
    guard descend(1) else { return nil }
    defer { depth &-= 1 }
    guard let operand = operation(level) else { return nil }
    return AST.UnaryOp(op: sign, operand: operand, at: extent(start), in: arena).asExpr
  }

  private mutating func power(_ base: Expr, _ start: Int) -> Expr? {
    mark &+= 1
    guard descend(2) else { return nil }
    defer { depth &-= 2 }
    guard let exponent = operand(Level.unary) else { return nil }
    return AST.BinOp(left: base, op: .pow, right: exponent, at: extent(start), in: arena).asExpr
  }

  // MARK: - Primaries and atoms

  mutating func primary() -> Expr? {
    let start = mark
    guard var value = atom() else { return nil }
    while true {
      switch peek() {
      case .dot:
        mark &+= 1
        guard at(.name), let name = tokens[mark].name else { return nil }
        mark &+= 1
        value = AST.Attribute(value: value, attr: name, ctx: .load, at: extent(start), in: arena).asExpr
      case .leftParenthesis:
        guard let call = call(value, start) else { return nil }
        value = call
      case .leftSquareBracket:
        guard descend(Parser.bracketDepth) else { return nil }
        mark &+= 1
        let index = sliceList()
        depth &-= Parser.bracketDepth
        guard let index, takes(.rightSquareBracket) else { return nil }
        value = AST.Subscript(value: value, slice: index, ctx: .load, at: extent(start), in: arena).asExpr
      default: return value
      }
    }
  }

  mutating func atom() -> Expr? {
    let constant: ConstantValue
    switch peek() {
    case .name: return nameNode()
    case .number: return takeNumber()
    case .string, .fStringStart, .tStringStart: return strings()
    case .leftParenthesis: return bracketed { $0.parenthesized() }
    case .leftSquareBracket: return bracketed { $0.listOrComprehension() }
    case .leftBrace: return bracketed { $0.braced() }
    case .noneKeyword: constant = arena.none
    case .trueKeyword: constant = arena.boolean(true)
    case .falseKeyword: constant = arena.boolean(false)
    case .ellipsis: constant = arena.ellipsis
    default: return nil
    }
    mark &+= 1
    return AST.Constant(value: constant, kind: nil, at: tokens[mark &- 1].range, in: arena).asExpr
  }

  @inline(__always)
  private mutating func bracketed(_ parse: (inout Parser) -> Expr?) -> Expr? {
    guard descend(Parser.bracketDepth) else { return nil }
    defer { depth &-= Parser.bracketDepth }
    return parse(&self)
  }

  /// A group, a tuple or a generator expression.
  private mutating func parenthesized() -> Expr? {
    let start = mark
    mark &+= 1
    switch peek() {
    case .rightParenthesis:
      mark &+= 1
      return AST.Tuple(elts: NodeList(), ctx: .load, at: extent(start), in: arena).asExpr
    case .yieldKeyword:
      guard let value = yieldExpression(), takes(.rightParenthesis) else { return nil }
      return value
    default: break
    }
    let isStarred = at(.star)
    guard let first = flexibleExpression() else { return nil }
    switch peek() {
    case .rightParenthesis where !isStarred:
      mark &+= 1
      return first
    case .comma:
      let base = stackCount
      guard pushItems(after: first), takes(.rightParenthesis) else {
        stackCount = base
        return nil
      }
      let items: NodeList<Expr> = popList(from: base)
      return AST.Tuple(elts: items, ctx: .load, at: extent(start), in: arena).asExpr
    case .forKeyword, .asyncKeyword:
      guard !isStarred, let clauses = clauses(), takes(.rightParenthesis) else { return nil }
      return AST.GeneratorExp(elt: first, generators: clauses, at: extent(start), in: arena).asExpr
    default: return nil
    }
  }

  private mutating func listOrComprehension() -> Expr? {
    let start = mark
    mark &+= 1
    if takes(.rightSquareBracket) { return AST.List(elts: NodeList(), ctx: .load, at: extent(start), in: arena).asExpr }
    let isStarred = at(.star)
    guard let first = flexibleExpression() else { return nil }
    if !isStarred && (at(.forKeyword) || at(.asyncKeyword)) {
      guard let clauses = clauses(), takes(.rightSquareBracket) else { return nil }
      return AST.ListComp(elt: first, generators: clauses, at: extent(start), in: arena).asExpr
    }
    let base = stackCount
    guard pushItems(after: first), takes(.rightSquareBracket) else {
      stackCount = base
      return nil
    }
    let items: NodeList<Expr> = popList(from: base)
    return AST.List(elts: items, ctx: .load, at: extent(start), in: arena).asExpr
  }

  /// A dictionary, a set, or a comprehension of one.
  private mutating func braced() -> Expr? {
    let start = mark
    mark &+= 1
    if takes(.rightBrace) { return AST.Dict(keys: NodeList(), values: NodeList(), at: extent(start), in: arena).asExpr }
    if at(.doubleStar) { return dictionary(start) }
    let isStarred = at(.star)
    let firstToken = mark
    guard let first = flexibleExpression() else { return nil }
    if at(.colon) {
      if isStarred || isBareAssignment(first, firstToken) { return nil }
      return dictionary(start, firstKey: first)
    }
    if !isStarred && (at(.forKeyword) || at(.asyncKeyword)) {
      guard let clauses = clauses(), takes(.rightBrace) else { return nil }
      return AST.SetComp(elt: first, generators: clauses, at: extent(start), in: arena).asExpr
    }
    let base = stackCount
    guard pushItems(after: first), takes(.rightBrace) else {
      stackCount = base
      return nil
    }
    let items: NodeList<Expr> = popList(from: base)
    return AST.Set(elts: items, at: extent(start), in: arena).asExpr
  }

  /// Whether an expression that begins at a token is an assignment expression without brackets of its own.
  private mutating func isBareAssignment(_ expression: Expr, _ start: Int) -> Bool {
    expression.kind == .namedExpr && tokens[start].kind == .name
  }

  /// The rest of a dictionary from its first item on, or from behind the first key, or of a dictionary comprehension.
  private mutating func dictionary(_ start: Int, firstKey: Expr? = nil) -> Expr? {
    // Keys (0 where a mapping is unpacked) and values in pairs.
    let base = stackCount
    var key = firstKey
    repeat {
      if at(.rightBrace) { break }
      if key == nil && takes(.doubleStar) {
        guard let value = operation(Level.bitOr) else { return abandon(base) }
        push(0)
        push(value.word)
      } else {
        if key == nil { key = expression() }
        guard let name = key, takes(.colon), let value = expression() else { return abandon(base) }
        push(name.word)
        push(value.word)
        key = nil
      }
      if stackCount == base &+ 2 && stack[base] != 0 && (at(.forKeyword) || at(.asyncKeyword)) {
        let (name, value) = (Expr(word: stack[base]), Expr(word: stack[base &+ 1]))
        guard let clauses = clauses(), takes(.rightBrace) else { return abandon(base) }
        stackCount = base
        return AST.DictComp(key: name, value: value, generators: clauses, at: extent(start), in: arena).asExpr
      }
    } while takes(.comma)
    guard takes(.rightBrace) else { return abandon(base) }
    let count = (stackCount &- base) / 2
    let keys = arena.allocate(8 &+ count &* 8)
    let values = arena.allocate(8 &+ count &* 8)
    keys.storeBytes(of: count, as: Int.self)
    values.storeBytes(of: count, as: Int.self)
    for index in 0..<count {
      keys.storeBytes(of: stack[base &+ index &* 2], toByteOffset: 8 &+ index &* 8, as: UInt.self)
      values.storeBytes(of: stack[base &+ index &* 2 &+ 1], toByteOffset: 8 &+ index &* 8, as: UInt.self)
    }
    stackCount = base
    return AST.Dict(keys: NodeList(raw: keys), values: NodeList(raw: values), at: extent(start), in: arena).asExpr
  }

  private mutating func abandon(_ base: Int) -> Expr? {
    stackCount = base
    return nil
  }

  /// The clauses of a comprehension.
  mutating func clauses() -> NodeList<Comprehension>? {
    let base = stackCount
    while true {
      let isAsync = takes(.asyncKeyword)
      if isAsync && options.featureVersion < 6 { break }
      guard takes(.forKeyword), let target = targetList(), takes(.inKeyword), let source = operation(Level.or) else { break }
      let conditionBase = stackCount
      var isComplete = true
      while takes(.ifKeyword) {
        guard let condition = operation(Level.or) else {
          isComplete = false
          break
        }
        push(condition.word)
      }
      guard isComplete else { break }
      let conditions: NodeList<Expr> = popList(from: conditionBase)
      push(Comprehension(target: target, iter: source, ifs: conditions, isAsync: isAsync ? 1 : 0, in: arena).word)
      if !at(.forKeyword) && !at(.asyncKeyword) { return popList(from: base) }
    }
    stackCount = base
    return nil
  }

  mutating func strings() -> Expr? {
    // A literal that is parsed again must not warn again.
    if hasToken(), tokens[mark].memos != nil, let known = recall(GrammarTable.strings) { return optional(known, Expr.self) }
    let (start, warnings) = (mark, source.warnings.count)
    let result = adjacentStrings()
    if source.warnings.count > warnings { remember(GrammarTable.strings, word(result), at: start) }
    return result
  }

  private mutating func adjacentStrings() -> Expr? {
    let start = mark
    if at(.string) {
      let token = TokenReference(index: mark)
      mark &+= 1
      switch peek() {
      case .string, .fStringStart, .tStringStart: mark = start
      default: return string(token)
      }
    }
    let base = stackCount
    let isTemplate = at(.tStringStart)
    while true {
      let part: Expr?
      switch peek() {
      case .string where !isTemplate:
        mark &+= 1
        part = string(TokenReference(index: mark &- 1))
      case .fStringStart where !isTemplate: part = fstring()
      case .tStringStart where isTemplate: part = tstring()
      case .string, .fStringStart, .tStringStart: part = nil
      default:
        let parts: Items<Expr> = popItems(from: base)
        let range = extent(start)
        return isTemplate ? templateConcatenation(parts, range) : concatenation(parts, range)
      }
      guard let part else { return abandon(base) }
      push(part.word)
    }
  }

  // MARK: - Slices

  mutating func sliceList() -> Expr? {
    let start = mark
    let isStarred = at(.star)
    guard let first = sliceItem() else { return nil }
    if !isStarred && !at(.comma) { return first }
    let base = stackCount
    push(first.word)
    while takes(.comma), !at(.rightSquareBracket) {
      guard let item = sliceItem() else { return abandon(base) }
      push(item.word)
    }
    let items: NodeList<Expr> = popList(from: base)
    return AST.Tuple(elts: items, ctx: .load, at: extent(start), in: arena).asExpr
  }

  private mutating func sliceItem() -> Expr? {
    let start = mark
    if takes(.star) {
      guard let value = expression() else { return nil }
      return AST.Starred(value: value, ctx: .load, at: extent(start), in: arena).asExpr
    }
    var lower: Expr? = nil
    if !at(.colon) {
      lower = namedExpression()
      guard let index = lower else { return nil }
      guard at(.colon) else { return index }
      if isBareAssignment(index, start) { return nil }
    }
    mark &+= 1
    var upper: Expr? = nil
    var step: Expr? = nil
    if at(.expression) {
      upper = expression()
      if upper == nil { return nil }
    }
    if takes(.colon), at(.expression) {
      step = expression()
      if step == nil { return nil }
    }
    return AST.Slice(lower: lower, upper: upper, step: step, at: extent(start), in: arena).asExpr
  }
}
