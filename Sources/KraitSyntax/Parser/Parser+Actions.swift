// What the actions of the grammar call to build the tree.

extension Parser {
  // MARK: - Sequences

  mutating func list<Element>(_ items: Items<Element>) -> NodeList<Element> { items.list }
  mutating func list<Element>(_ items: Items<Element>?) -> NodeList<Element> { items?.list ?? NodeList() }

  private mutating func items<Element>(count: Int, _ fill: (UnsafeMutablePointer<UInt>) -> Void) -> Items<Element> {
    let raw = arena.allocate(8 &+ count &* 8)
    raw.storeBytes(of: count, as: Int.self)
    fill((raw + 8).bindMemory(to: UInt.self, capacity: count))
    return Items(raw: raw)
  }

  mutating func single<Element>(_ element: Element) -> Items<Element> { items(count: 1) { $0[0] = element.word } }

  mutating func prepended<Element>(_ first: Element, _ rest: Items<Element>?) -> Items<Element> {
    guard let rest else { return single(first) }
    return items(count: rest.count + 1) { words in
      words[0] = first.word
      _ = UnsafeMutableBufferPointer(start: words + 1, count: rest.count).update(from: rest.words)
    }
  }

  mutating func appended<Element>(_ items: Items<Element>, _ last: Element) -> Items<Element> { concatenated(items, single(last)) }

  mutating func concatenated<Element>(_ first: Items<Element>, _ second: Items<Element>) -> Items<Element> {
    items(count: first.count + second.count) { words in
      _ = UnsafeMutableBufferPointer(start: words, count: first.count).update(from: first.words)
      _ = UnsafeMutableBufferPointer(start: words + first.count, count: second.count).update(from: second.words)
    }
  }

  mutating func flattened<Element>(_ groups: Items<Items<Element>>) -> Items<Element> {
    if groups.count == 1 { return groups[0] }
    var count = 0
    for index in 0..<groups.count { count += groups[index].count }
    return items(count: count) { words in
      var next = words
      for index in 0..<groups.count {
        let group = groups[index]
        _ = UnsafeMutableBufferPointer(start: next, count: group.count).update(from: group.words)
        next += group.count
      }
    }
  }

  private mutating func mapped<Element, Result: BitwiseCopyable>(_ items: Items<Element>, _ transform: (Element) -> Result) -> NodeList<Result> {
    let count = items.count
    if count == 0 { return NodeList() }
    let raw = arena.allocate(8 &+ count &* MemoryLayout<Result>.stride)
    raw.storeBytes(of: count, as: Int.self)
    for index in 0..<count {
      raw.storeBytes(of: transform(items[index]), toByteOffset: 8 &+ index &* MemoryLayout<Result>.stride, as: Result.self)
    }
    return NodeList(raw: raw)
  }

  // MARK: - Names and contexts

  mutating func identifier(_ name: Expr) -> Text { AST.Name(raw: name.raw).id }
  mutating func identifier(_ name: Expr?) -> Text? { name.map { AST.Name(raw: $0.raw).id } }
  mutating func identifiers(_ names: Items<Expr>) -> NodeList<Text> { mapped(names) { AST.Name(raw: $0.raw).id } }

  /// The dotted name of a module, which the grammar reads as attributes of attributes.
  mutating func moduleName(_ module: Expr) -> Text {
    guard module.kind == .attribute else { return identifier(module) }
    var parts: [Text] = []
    var rest = module
    while case .attribute(let member) = rest.node {
      parts.append(member.attr)
      rest = member.value
    }
    var bytes = Array(identifier(rest).bytes)
    for part in parts.reversed() {
      bytes.append(UInt8(ascii: "."))
      bytes.append(contentsOf: part.bytes)
    }
    return arena.text(bytes)
  }

  mutating func stored(_ target: Expr) -> Expr { inContext(.store, target) }
  mutating func deleted(_ target: Expr) -> Expr { inContext(.del, target) }

  /// A copy of a target in another context.
  private mutating func inContext(_ context: ExprContext, _ target: Expr) -> Expr {
    let range = target.range
    switch target.node {
    case .name(let name): return AST.Name(id: name.id, ctx: context, at: range, in: arena).asExpr
    case .tuple(let tuple): return AST.Tuple(elts: inContext(context, tuple.elts), ctx: context, at: range, in: arena).asExpr
    case .list(let list): return AST.List(elts: inContext(context, list.elts), ctx: context, at: range, in: arena).asExpr
    case .subscript(let item):
      return AST.Subscript(value: item.value, slice: item.slice, ctx: context, at: range, in: arena).asExpr
    case .attribute(let member):
      return AST.Attribute(value: member.value, attr: member.attr, ctx: context, at: range, in: arena).asExpr
    case .starred(let starred):
      return AST.Starred(value: inContext(context, starred.value), ctx: context, at: range, in: arena).asExpr
    default: return target
    }
  }

  private mutating func inContext(_ context: ExprContext, _ targets: NodeList<Expr>) -> NodeList<Expr> {
    let copies: NodeList<Expr> = arena.list(targets)
    for index in 0..<copies.count { copies[index] = inContext(context, copies[index]) }
    return copies
  }

  // MARK: - Tokens

  mutating func line(_ place: some Located) -> Int32 { place.place(self).line }

  mutating func spelling(_ token: TokenReference) -> String {
    let kept = tokens[token.index]
    return String(decoding: bytes(kept.start, kept.end), as: UTF8.self)
  }

  mutating func adjacent(_ first: TokenReference, _ second: TokenReference) -> Bool {
    tokens[first.index].end == tokens[second.index].start
  }

  /// The inequality operator, which barry_as_FLUFL spells `<>`.
  mutating func checkedInequality(_ token: TokenReference) -> TokenReference? {
    if barryAsBDFL && source.text[Int(tokens[token.index].start)] == UInt8(ascii: "!") {
      return raise("with Barry as BDFL, use '<>' instead of '!='")
    }
    return token
  }

  mutating func typeComment(_ token: TokenReference?) -> Text? {
    guard let token else { return nil }
    let kept = tokens[token.index]
    return arena.text(bytes(kept.start, kept.end))
  }

  mutating func typeIgnores() -> NodeList<TypeIgnore> {
    arena.list(typeIgnoreComments.map { AST.TypeIgnore(lineno: Int($0.line), tag: $0.tag, in: arena).asTypeIgnore })
  }

  // MARK: - Statements

  /// A value that a version of Python before 3.`minor` does not have.
  mutating func since<Value>(_ minor: Int, _ what: String, _ value: Value?) -> Value? {
    guard let value else {
      hasFailed = true
      return nil
    }
    if options.featureVersion < minor {
      return raise("\(what) only supported in Python 3.\(minor) and greater")
    }
    return value
  }

  /// Notes a compound statement as the last complete one and makes a sequence of it.
  mutating func noted(_ statement: Stmt) -> Items<Stmt> {
    let range = statement.range
    if looksForMistakes && lastStatement.line <= range.line { lastStatement = (range.line, range.column) }
    return single(statement)
  }

  /// Interactive input that holds no statement.
  mutating func interactiveExit() -> Items<Stmt>? { nil }

  mutating func importFrom(_ module: Expr?, _ names: Items<Alias>, _ dots: Items<TokenReference>, _ range: SourceRange) -> Stmt {
    var level = 0
    for index in 0..<dots.count { level += tokens[dots[index].index].kind == .ellipsis ? 3 : 1 }
    let name = module.map { moduleName($0) }
    if level == 0, let name, name == "__future__" {
      for index in 0..<names.count where names[index].name == "barry_as_FLUFL" {
        barryAsBDFL = true
        tokenizer.barryAsBDFL = true
      }
    }
    return AST.ImportFrom(module: name, names: names.list, level: level, at: range, in: arena).asStmt
  }

  mutating func classDefinition(
    _ name: Expr, _ parameters: Items<TypeParam>?, _ arguments: CallArguments?, _ body: Items<Stmt>, _ range: SourceRange
  ) -> Stmt {
    AST.ClassDef(
      name: identifier(name), bases: arguments?.value.arguments ?? NodeList(), keywords: arguments?.value.keywords ?? NodeList(),
      body: body.list, decoratorList: NodeList(), typeParams: list(parameters), at: range, in: arena
    ).asStmt
  }

  mutating func decoratedClass(_ decorators: Items<Expr>, _ definition: Stmt) -> Stmt {
    if definition.kind == .classDef { AST.ClassDef(raw: definition.raw).decoratorList = decorators.list }
    return definition
  }

  mutating func decoratedFunction(_ decorators: Items<Expr>, _ definition: Stmt) -> Stmt {
    switch definition.kind {
    case .functionDef: AST.FunctionDef(raw: definition.raw).decoratorList = decorators.list
    case .asyncFunctionDef: AST.AsyncFunctionDef(raw: definition.raw).decoratorList = decorators.list
    default: break
    }
    return definition
  }

  // MARK: - Parameters

  mutating func commented(_ parameter: Arg, _ comment: TokenReference?) -> Arg {
    guard let text = typeComment(comment) else { return parameter }
    return Arg(arg: parameter.arg, annotation: parameter.annotation, typeComment: text, at: parameter.range, in: arena)
  }

  mutating func defaulted(_ parameter: Arg, _ value: Expr?, _ comment: TokenReference?) -> DefaultParameter {
    Reference(DefaultParameterParts(parameter: commented(parameter, comment), value: value), in: arena)
  }

  mutating func positionalOnly(_ plain: Items<Arg>, _ defaults: Items<DefaultParameter>) -> PositionalOnlyDefaults {
    Reference(PositionalOnlyParts(plain: plain, defaults: defaults), in: arena)
  }

  mutating func starParameters(_ star: Arg?, _ keywords: Items<DefaultParameter>?, _ stars: Arg?) -> StarParameters {
    Reference(StarParameterParts(star: star, keywords: keywords, stars: stars), in: arena)
  }

  mutating func noParameters() -> Arguments {
    Arguments(
      posonlyargs: NodeList(), args: NodeList(), vararg: nil, kwonlyargs: NodeList(), kwDefaults: NodeList(), kwarg: nil,
      defaults: NodeList(), in: arena)
  }

  mutating func parameters(
    _ positionalOnly: Items<Arg>?, _ positionalOnlyDefaults: PositionalOnlyDefaults?, _ plain: Items<Arg>?,
    _ defaults: Items<DefaultParameter>?, _ rest: StarParameters?
  ) -> Arguments {
    var first: [Arg] = []
    var arguments: [Arg] = []
    var values: [Expr] = []
    func add(_ plain: Items<Arg>?, to list: inout [Arg]) {
      if let plain { for index in 0..<plain.count { list.append(plain[index]) } }
    }
    func add(_ defaults: Items<DefaultParameter>?, to list: inout [Arg]) {
      guard let defaults else { return }
      for index in 0..<defaults.count {
        list.append(defaults[index].value.parameter)
        if let value = defaults[index].value.value { values.append(value) }
      }
    }
    add(positionalOnly, to: &first)
    add(positionalOnlyDefaults?.value.plain, to: &first)
    add(positionalOnlyDefaults?.value.defaults, to: &first)
    add(plain, to: &arguments)
    add(defaults, to: &arguments)
    let keywords = rest?.value.keywords
    return Arguments(
      posonlyargs: arena.list(first), args: arena.list(arguments), vararg: rest?.value.star,
      kwonlyargs: keywords.map { mapped($0) { $0.value.parameter } } ?? NodeList(),
      kwDefaults: keywords.map { mapped($0) { $0.value.value } } ?? NodeList(), kwarg: rest?.value.stars, defaults: arena.list(values),
      in: arena)
  }

  // MARK: - Patterns

  mutating func keyed(_ key: Expr, _ pattern: Pattern) -> KeyedPattern { Reference(KeyedPatternParts(key: key, pattern: pattern), in: arena) }
  mutating func keys(_ items: Items<KeyedPattern>) -> NodeList<Expr> { mapped(items) { $0.value.key } }
  mutating func keyNames(_ items: Items<KeyedPattern>) -> NodeList<Text> { mapped(items) { AST.Name(raw: $0.value.key.raw).id } }
  mutating func values(_ items: Items<KeyedPattern>) -> NodeList<Pattern> { mapped(items) { $0.value.pattern } }

  mutating func real(_ number: Expr) -> Expr? {
    if case .constant(let constant) = number.node, constant.value.kind != .complex { return number }
    return raise(at: number, "real number required in complex literal")
  }

  mutating func imaginary(_ number: Expr) -> Expr? {
    if case .constant(let constant) = number.node, constant.value.kind == .complex { return number }
    return raise(at: number, "imaginary number required in complex literal")
  }

  // MARK: - Expressions

  mutating func compared(_ comparison: ComparisonOperator, _ operand: Expr) -> ComparedOperand {
    Reference(ComparedOperandParts(comparison: comparison, operand: operand), in: arena)
  }
  mutating func operators(_ rest: Items<ComparedOperand>) -> NodeList<ComparisonOperator> { mapped(rest) { $0.value.comparison } }
  mutating func operands(_ rest: Items<ComparedOperand>) -> NodeList<Expr> { mapped(rest) { $0.value.operand } }

  mutating func dictItem(_ key: Expr?, _ value: Expr) -> DictItem { Reference(DictItemParts(key: key, value: value), in: arena) }

  mutating func dictionary(_ items: Items<DictItem>?, _ range: SourceRange) -> Expr {
    guard let items else { return AST.Dict(keys: NodeList(), values: NodeList(), at: range, in: arena).asExpr }
    return AST.Dict(keys: mapped(items) { $0.value.key }, values: mapped(items) { $0.value.value }, at: range, in: arena).asExpr
  }

  mutating func dictComprehension(_ item: DictItem, _ clauses: Items<Comprehension>, _ range: SourceRange) -> Expr {
    // The grammar lets no mapping to unpack come here.
    AST.DictComp(key: item.value.key ?? item.value.value, value: item.value.value, generators: clauses.list, at: range, in: arena).asExpr
  }

  // MARK: - Calls

  mutating func call(_ function: Expr, _ arguments: CallArguments?, _ range: SourceRange) -> Expr {
    AST.Call(
      func: function, args: arguments?.value.arguments ?? NodeList(), keywords: arguments?.value.keywords ?? NodeList(), at: range, in: arena
    ).asExpr
  }

  mutating func keywordArgument(_ keyword: Keyword) -> KeywordOrStarred { KeywordOrStarred(keyword: keyword) }
  mutating func starredArgument(_ starred: Expr) -> KeywordOrStarred { KeywordOrStarred(starred: starred) }

  mutating func callArguments(_ positional: Items<Expr>?, _ others: Items<KeywordOrStarred>?) -> CallArguments {
    guard let others else { return Reference(CallArgumentParts(arguments: list(positional), keywords: NodeList()), in: arena) }
    var arguments: [Expr] = []
    var keywords: [Keyword] = []
    if let positional { for index in 0..<positional.count { arguments.append(positional[index]) } }
    for index in 0..<others.count {
      if let keyword = others[index].keyword { keywords.append(keyword) }
      if let starred = others[index].starred { arguments.append(starred) }
    }
    return Reference(CallArgumentParts(arguments: arena.list(arguments), keywords: arena.list(keywords)), in: arena)
  }

  /// The last expression of the last clause of a comprehension.
  mutating func lastItem(_ clauses: Items<Comprehension>) -> Expr {
    let clause = clauses.last
    return clause.ifs.isEmpty ? clause.iter : clause.ifs[clause.ifs.count - 1]
  }

  /// A comprehension as one of several arguments.
  mutating func bareGenerator(_ arguments: CallArguments, _ clauses: Items<Comprehension>) -> Success? {
    let positional = arguments.value.arguments
    if positional.count <= 1 { return nil }
    return raise(at: positional[positional.count - 1], lastItem(clauses), "Generator expression must be parenthesized")
  }

  mutating func positionalAfterKeyword(_ arguments: CallArguments) -> Success? {
    let unpacks = arguments.value.keywords.contains { $0.arg == nil }
    return raise("positional argument follows keyword argument\(unpacks ? " unpacking" : "")")
  }

  // MARK: - Mistakes

  /// Whether a name is that of a statement of Python 2.
  mutating func isLegacyStatement(_ name: Expr) -> Bool {
    guard case .name(let node) = name.node else { return false }
    return node.id == "print" || node.id == "exec"
  }

  mutating func missingComma(_ first: Expr, _ second: Expr) -> Success? {
    if isLegacyStatement(first) || tokens[mark - 1].level == 0 { return nil }
    return raise(at: first, second, "invalid syntax. Perhaps you forgot a comma?")
  }

  mutating func missingColon(_ key: Expr) -> Success? {
    let range = key.range
    return raise(
      at: Place(range: SourceRange(line: range.line, column: range.endColumn - 1, endLine: range.endLine, endColumn: -1)),
      "':' expected after dictionary key")
  }

  private struct Place: Located {
    let range: SourceRange
    func place(_ parser: borrowing Parser) -> SourceRange { range }
  }

  mutating func mixedTemplate(_ first: Expr, _ last: Expr) -> Success? { raise(literals.mixedTemplateError(from: first, to: last)) }

  // MARK: - Strings

  @inline(__always)
  private mutating func literal<Value>(_ make: (inout Parser) throws(LiteralError) -> Value) -> Value? {
    do throws(LiteralError) {
      return try make(&self)
    } catch {
      return raise(error)
    }
  }

  mutating func string(_ token: TokenReference) -> Expr? {
    literal { parser throws(LiteralError) in try parser.literals.string(parser.full(token)) }
  }

  mutating func middle(_ token: TokenReference) -> Expr { literals.middle(full(token)) }

  mutating func formatMiddle(_ token: TokenReference) -> Expr? {
    let isRaw = enclosingString(token).isRaw
    return literal { parser throws(LiteralError) in try parser.literals.formatMiddle(parser.full(token), isRaw: isRaw) }
  }

  /// The prefix of the f-string or t-string around a token.
  private mutating func enclosingString(_ token: TokenReference) -> (isRaw: Bool, flavor: LiteralReader.Flavor) {
    var index = token.index - 1
    var nested = 0
    while index >= 0 {
      let kept = tokens[index]
      switch kept.kind {
      case .fStringEnd, .tStringEnd: nested += 1
      case .fStringStart, .tStringStart:
        if nested == 0 {
          let isRaw = bytes(kept.start, kept.end).contains { $0 | 0x20 == UInt8(ascii: "r") }
          return (isRaw, kept.kind == .tStringStart ? .t : .f)
        }
        nested -= 1
      default: break
      }
      index -= 1
    }
    return (false, .f)
  }

  mutating func conversion(_ mark: TokenReference, _ name: Expr) -> Conversion? {
    let flavor = enclosingString(mark).flavor
    return literal { parser throws(LiteralError) in
      Reference(
        try parser.literals.conversion(
          exclamation: parser.full(mark), name: AST.Name(raw: name.raw).id, at: name.range, flavor: flavor), in: parser.arena)
    }
  }

  mutating func format(_ colon: TokenReference, _ parts: Items<Expr>, _ range: SourceRange) -> Format? {
    literal { parser throws(LiteralError) in
      Reference(
        try parser.literals.formatSpecification(colon: parser.full(colon), parts: parts.list, at: range), in: parser.arena)
    }
  }

  mutating func formattedValue(
    _ value: Expr, _ debug: TokenReference?, _ conversion: Conversion?, _ format: Format?,
    _ closing: TokenReference, _ range: SourceRange
  ) -> Expr? {
    literal { parser throws(LiteralError) in
      try parser.literals.formattedValue(
        value, isDebug: debug != nil, conversion: conversion?.value, format: format?.value,
        text: debug == nil ? nil : parser.expressionText(conversion, format, closing), at: range)
    }
  }

  mutating func interpolation(
    _ value: Expr, _ debug: TokenReference?, _ conversion: Conversion?, _ format: Format?,
    _ closing: TokenReference, _ range: SourceRange
  ) -> Expr? {
    literal { parser throws(LiteralError) in
      try parser.literals.interpolation(
        value, isDebug: debug != nil, conversion: conversion?.value, format: format?.value,
        text: parser.expressionText(conversion, format, closing), at: range)
    }
  }

  /// The source text of a replacement field's expression.
  private mutating func expressionText(_ conversion: Conversion?, _ format: Format?, _ closing: TokenReference) -> UnsafeBufferPointer<UInt8>? {
    tokenizer.expressionText(endedBy: conversion?.value.token ?? format?.value.token ?? full(closing))
  }

  mutating func joinedString(_ start: TokenReference, _ parts: Items<Expr>, _ end: TokenReference) -> Expr? {
    literal { parser throws(LiteralError) in
      try parser.literals.joinedString(start: parser.full(start), parts: parts.list, end: parser.full(end))
    }
  }

  mutating func templateString(_ start: TokenReference, _ parts: Items<Expr>, _ end: TokenReference) -> Expr? {
    literal { parser throws(LiteralError) in
      try parser.literals.templateString(start: parser.full(start), parts: parts.list, end: parser.full(end))
    }
  }

  mutating func concatenation(_ parts: Items<Expr>, _ range: SourceRange) -> Expr? {
    literal { parser throws(LiteralError) in try parser.literals.concatenation(parts.list, at: range) }
  }

  mutating func templateConcatenation(_ parts: Items<Expr>, _ range: SourceRange) -> Expr {
    literals.templateConcatenation(parts.list, at: range)
  }
}
