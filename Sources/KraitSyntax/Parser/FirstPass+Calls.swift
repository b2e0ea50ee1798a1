// The first pass: arguments of calls, parameters of functions and lambdas.

extension Parser {
  // MARK: - Calls

  /// A call; the mark is at its opening bracket.
  mutating func call(_ function: Expr, _ start: Int) -> Expr? {
    guard descend(Parser.bracketDepth) else { return nil }
    defer { depth &-= Parser.bracketDepth }
    mark &+= 1
    guard let arguments = callArguments(opening: mark &- 1), takes(.rightParenthesis) else { return nil }
    return AST.Call(func: function, args: arguments.arguments, keywords: arguments.keywords, at: extent(start), in: arena).asExpr
  }

  mutating func argumentList() -> CallArguments? {
    callArguments(opening: nil).map { Reference($0, in: arena) }
  }

  /// What stands between the brackets of a call. With its opening bracket given, it may be a comprehension.
  private mutating func callArguments(opening: Int?) -> CallArgumentParts? {
    let base = stackCount
    var keywordCount = 0
    var unpacksMapping = false
    while !at(.rightParenthesis) {
      guard let argument = callArgument(&keywordCount, &unpacksMapping) else {
        stackCount = base
        return nil
      }
      push(argument.word)
      if takes(.comma) { continue }
      if at(.forKeyword) || at(.asyncKeyword), let opening, stackCount == base &+ 1, let element = argument.starred, element.kind != .starred {
        stackCount = base
        guard let clauses = bareClauses() else { return nil }
        let end = tokens[mark].range
        let first = tokens[opening].range
        let range = SourceRange(line: first.line, column: first.column, endLine: end.endLine, endColumn: end.endColumn)
        push(AST.GeneratorExp(elt: element, generators: clauses, at: range, in: arena).asExpr.word)
        return CallArgumentParts(arguments: popList(from: base), keywords: NodeList())
      }
      break
    }
    if keywordCount == 0 { return CallArgumentParts(arguments: popList(from: base), keywords: NodeList()) }
    let count = stackCount &- base
    let keywords = arena.allocate(8 &+ keywordCount &* 8)
    keywords.storeBytes(of: keywordCount, as: Int.self)
    var next = 8
    var kept = base
    for index in base..<(base &+ count) {
      let argument = KeywordOrStarred(word: stack[index])
      if let keyword = argument.keyword {
        keywords.storeBytes(of: keyword, toByteOffset: next, as: Keyword.self)
        next &+= 8
      } else {
        stack[kept] = argument.word
        kept &+= 1
      }
    }
    stackCount = kept
    return CallArgumentParts(arguments: popList(from: base), keywords: NodeList(raw: keywords))
  }

  /// One argument; positional ones come before keywords, except starred ones, which come before mappings to unpack.
  private mutating func callArgument(_ keywordCount: inout Int, _ unpacksMapping: inout Bool) -> KeywordOrStarred? {
    let start = mark
    switch peek() {
    case .star:
      if unpacksMapping { return nil }
      mark &+= 1
      guard let value = expression() else { return nil }
      return KeywordOrStarred(starred: AST.Starred(value: value, ctx: .load, at: extent(start), in: arena).asExpr)
    case .doubleStar:
      mark &+= 1
      guard let value = expression() else { return nil }
      unpacksMapping = true
      keywordCount &+= 1
      return KeywordOrStarred(keyword: Keyword(arg: nil, value: value, at: extent(start), in: arena))
    case .name where peekNext() == .equal:
      guard let name = tokens[mark].name else { return nil }
      mark &+= 2
      guard let value = expression() else { return nil }
      keywordCount &+= 1
      return KeywordOrStarred(keyword: Keyword(arg: name, value: value, at: extent(start), in: arena))
    default:
      if keywordCount > 0 { return nil }
      return namedExpression().map { KeywordOrStarred(starred: $0) }
    }
  }

  /// The clauses of a comprehension that is the only argument, up to the closing bracket.
  private mutating func bareClauses() -> NodeList<Comprehension>? {
    guard let clauses = clauses(), at(.rightParenthesis) else { return nil }
    return clauses
  }

  // MARK: - Parameters

  mutating func checkedParameterList() -> Arguments? { parameters(isLambda: false) }
  mutating func checkedLambdaParameterList() -> Arguments? { parameters(isLambda: true) }

  private mutating func parameters(isLambda: Bool) -> Arguments? {
    let base = stackCount
    defer { stackCount = base }
    let end: Terminal = isLambda ? .colon : .rightParenthesis
    // Pairs of a parameter and its default value, or 0.
    var positionalOnly = 0
    var positional = 0
    var defaults = 0
    var star: Arg? = nil
    var stars: Arg? = nil
    var hasSlash = false
    var hasStar = false
    var hasBareStar = false
    parameters: while !at(end) {
      switch peek() {
      case .slash:
        if hasSlash || hasStar || positional == 0 { return nil }
        mark &+= 1
        hasSlash = true
        positionalOnly = positional
        if takes(.comma) { continue }
        break parameters
      case .star:
        if hasStar { return nil }
        mark &+= 1
        hasStar = true
        if takes(.comma) {
          hasBareStar = true
          continue
        }
        star = parameter(isLambda: isLambda, allowsStarAnnotation: true)
        if star == nil || at(.equal) { return nil }
      case .doubleStar:
        mark &+= 1
        stars = parameter(isLambda: isLambda)
        if stars == nil || at(.equal) { return nil }
      default:
        guard let parameter = parameter(isLambda: isLambda) else { return nil }
        var value: Expr? = nil
        if takes(.equal) {
          value = expression()
          if value == nil { return nil }
        }
        push(parameter.word)
        push(word(value))
        if !hasStar {
          if value != nil { defaults &+= 1 } else if defaults > 0 { return nil }
          positional &+= 1
        }
      }
      let isSeparated = takes(.comma)
      if let comment = isLambda ? nil : take(.typeComment) { noteTypeComment(comment, base, star, stars) }
      if !isSeparated || stars != nil { break }
    }
    guard at(end) else { return nil }
    let count = (stackCount &- base) / 2
    if count == 0 && star == nil && stars == nil { return nil }
    if hasBareStar && count == positional { return nil }
    let arguments = Arguments(
      posonlyargs: column(base, 0, positionalOnly), args: column(base, positionalOnly, positional), vararg: star,
      kwonlyargs: column(base, positional, count), kwDefaults: column(base &+ 1, positional, count), kwarg: stars,
      defaults: column(base &+ 1, positional &- defaults, positional), in: arena)
    return hasSlash ? since(8, "Positional-only parameters are", arguments) : arguments
  }

  /// A list of the words of one column of the pairs on the stack.
  private mutating func column<Element>(_ base: Int, _ start: Int, _ end: Int) -> NodeList<Element> {
    let count = end &- start
    if count == 0 { return NodeList() }
    let raw = arena.allocate(8 &+ count &* 8)
    raw.storeBytes(of: count, as: Int.self)
    for index in 0..<count {
      raw.storeBytes(of: stack[base &+ (start &+ index) &* 2], toByteOffset: 8 &+ index &* 8, as: UInt.self)
    }
    return NodeList(raw: raw)
  }

  private mutating func parameter(isLambda: Bool, allowsStarAnnotation: Bool = false) -> Arg? {
    let start = mark
    guard at(.name), let name = tokens[mark].name else { return nil }
    mark &+= 1
    var annotation: Expr? = nil
    if !isLambda && takes(.colon) {
      annotation = allowsStarAnnotation ? starredListItem() : expression()
      if annotation == nil { return nil }
    }
    return Arg(arg: name, annotation: annotation, typeComment: nil, at: extent(start), in: arena)
  }

  /// Gives a type comment to the parameter before it.
  private mutating func noteTypeComment(_ comment: TokenReference, _ base: Int, _ star: Arg?, _ stars: Arg?) {
    let latest = stackCount > base ? Arg(word: stack[stackCount &- 2]) : nil
    let candidates = [latest, star, stars].compactMap { $0 }
    let position: (Arg) -> (Int32, Int32) = { ($0.range.line, $0.range.column) }
    candidates.max { position($0) < position($1) }?.typeComment = typeComment(comment)
  }
}
