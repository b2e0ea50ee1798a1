// The grammar step by step, as CPython's parser goes through it: which tokens are read, which results are remembered and how deep rules
// nest decides which error a faulty program has. Only such programs come here.

extension Parser {
  /// How deep rules may nest (`MAXSTACK`).
  private static let maximumDepth = 6000

  private enum Kind {
    static let plain: UInt16 = 0
    static let anyNumber: UInt16 = 1
    static let oneOrMore: UInt16 = 2
    static let separated: UInt16 = 3
    static let recursive: UInt16 = 4
    static let mask: UInt16 = 15
    static let remembers: UInt16 = 16
    static let isQuiet: UInt16 = 32
    static let hasRange: UInt16 = 64
  }

  private enum Operation {
    static let token: UInt16 = 0
    static let softKeyword: UInt16 = 1
    static let name: UInt16 = 2
    static let number: UInt16 = 3
    static let rule: UInt16 = 4
    static let cut: UInt16 = 5
    static let forcedToken: UInt16 = 6
    static let anySoftKeyword: UInt16 = 7
    static let mask: UInt16 = 15
    static let isOptional: UInt16 = 16
    static let isLookahead: UInt16 = 32
    static let isNegativeLookahead: UInt16 = 64
  }

  /// Parses with the interpreter: once to see how far the grammar leads, then again with the rules that look for mistakes.
  /// Without result, ``diagnostic`` is the error.
  mutating func parseFaulty() -> Mod? {
    let code = GrammarTable.code.withUnsafeBufferPointer { $0.baseAddress.unsafelyUnwrapped }
    let starts = GrammarTable.starts.withUnsafeBufferPointer { $0.baseAddress.unsafelyUnwrapped }
    let rule =
      switch options.mode {
      case .file: GrammarTable.fileInput
      case .single: GrammarTable.interactiveInput
      case .evaluate: GrammarTable.evalInput
      case .functionType: GrammarTable.functionTypeInput
      }
    let grammar = Grammar(code: code, starts: starts)
    placeholder = AST.Name(id: arena.text(""), ctx: .load, at: SourceRange(line: 0, column: 0, endLine: 0, endColumn: 0), in: arena).asExpr.word
    let result = match(rule, grammar)
    if result != 0 {
      if options.mode == .single && hasMoreStatements() {
        let _: Success? = raise("multiple statements found while compiling a single statement")
        return nil
      }
      return Mod(word: result)
    }
    if options.allowsIncompleteInput && isAtEndOfSource {
      hasFailed = false
      diagnostic = nil
      raiseAtLastToken("incomplete input", .incompleteInputError)
      return nil
    }
    if let diagnostic, !diagnostic.exceptionClass.isSyntaxError { return nil }
    let lastToken = max(fill - 1, 0)
    for index in 0..<fill { tokens[index].memos = nil }
    mark = 0
    look(forMistakes: true)
    _ = match(rule, grammar)
    settleError(lastToken: lastToken)
    return nil
  }

  /// Literals warn while no mistakes are looked for, which in CPython includes the rule in whose parts they are not.
  private mutating func look(forMistakes looks: Bool) {
    looksForMistakes = looks
    literals.reportsWarnings = !looks
  }

  struct Grammar {
    let code: UnsafePointer<UInt16>
    let starts: UnsafePointer<UInt16>
  }

  /// The value of a rule at the mark, 0 if it does not match.
  private mutating func match(_ rule: Int, _ grammar: Grammar) -> UInt {
    if depth == Parser.maximumDepth || StackLimit.isExceeded(stackLimit) { overflow() }
    depth &+= 1
    defer { depth &-= 1 }
    if hasFailed { return 0 }
    var place = grammar.code + Int(grammar.starts[rule])
    let head = place.pointee
    place += 1
    switch head & Kind.mask {
    case Kind.plain:
      var start = mark
      if head & Kind.remembers != 0 {
        guard hasToken() else { return 0 }
        if let value = remembered(rule) { return value }
        start = mark
      }
      let value: UInt
      if head & Kind.isQuiet != 0 {
        let previous = looksForMistakes
        look(forMistakes: false)
        value = matchAlternatives(place, head, grammar)
        look(forMistakes: previous)
      } else {
        value = matchAlternatives(place, head, grammar)
      }
      // CPython leaves without remembering when it has to stop.
      if head & Kind.remembers != 0 && !hasFailed { remember(rule, value, at: start) }
      return value
    case Kind.recursive:
      return matchRecursive(rule, place, head, grammar)
    case Kind.separated:
      return matchSeparated(place, grammar)
    default:
      return matchRepeated(place, isOptional: head & Kind.mask == Kind.anyNumber, grammar)
    }
  }

  /// A rule that begins with itself: each round matches it again with the last round's result remembered, as long as that leads further.
  private mutating func matchRecursive(_ rule: Int, _ place: UnsafePointer<UInt16>, _ head: UInt16, _ grammar: Grammar) -> UInt {
    guard hasToken() else { return 0 }
    if let value = remembered(rule) { return value }
    let start = mark
    var result: UInt = 0
    var end = mark
    while true {
      mark = end
      updateMemo(rule, result, at: start)
      mark = start
      if depth == Parser.maximumDepth { overflow() }
      depth &+= 1
      let value = hasFailed ? 0 : matchAlternatives(place, head, grammar)
      depth &-= 1
      if hasFailed { return 0 }
      if value == 0 || mark <= end { break }
      end = mark
      result = value
    }
    mark = end
    return result
  }

  private mutating func matchAlternatives(_ first: UnsafePointer<UInt16>, _ head: UInt16, _ grammar: Grammar) -> UInt {
    var place = first
    let count = place.pointee
    place += 1
    let start = mark
    if head & Kind.hasRange != 0 && !hasToken() { return 0 }
    let base = stackCount
    defer { stackCount = base }
    for _ in 0..<count {
      if hasFailed { return 0 }
      let flags = place[0]
      let action = Int(place[1])
      let valueItem = Int(place[2])
      let itemCount = Int(place[3])
      let items = place + 4
      place = items + itemCount * 2
      if flags & 1 != 0 && !looksForMistakes { continue }
      var isCut = false
      var matched = true
      stackCount = base
      for index in 0..<itemCount {
        let operation = items[index * 2]
        if operation == Operation.cut {
          isCut = true
          push(1)
          continue
        }
        let before = mark
        let value = matchItem(operation, Int(items[index * 2 + 1]), grammar)
        if operation & (Operation.isLookahead | Operation.isNegativeLookahead) != 0 {
          mark = before
          if (value != 0) == (operation & Operation.isNegativeLookahead != 0) {
            matched = false
            break
          }
        } else if operation & Operation.isOptional != 0 {
          if hasFailed {
            matched = false
            break
          }
        } else if value == 0 {
          matched = false
          break
        }
        push(value)
      }
      if matched {
        if action != 0 {
          let range = head & Kind.hasRange != 0 ? range(from: start) : SourceRange.none
          let value = perform(action, stack + base, range)
          if value == 0 && diagnostic != nil { hasFailed = true }
          return value
        }
        return valueItem != 0 ? stack[base + valueItem - 1] : placeholder
      }
      mark = start
      if isCut { return 0 }
    }
    return 0
  }

  @inline(__always)
  private mutating func matchItem(_ operation: UInt16, _ argument: Int, _ grammar: Grammar) -> UInt {
    switch operation & Operation.mask {
    case Operation.token: return word(take(Terminal(number: argument)))
    case Operation.softKeyword: return word(takeSoftKeyword(KeywordKind(rawValue: UInt8(truncatingIfNeeded: argument)) ?? .wildcard))
    case Operation.name: return word(takeName())
    case Operation.number: return word(takeNumber())
    case Operation.rule: return match(argument, grammar)
    case Operation.forcedToken: return word(forced(Terminal(number: argument)))
    default: return word(takeAnySoftKeyword())
    }
  }

  private mutating func matchRepeated(_ place: UnsafePointer<UInt16>, isOptional: Bool, _ grammar: Grammar) -> UInt {
    let base = stackCount
    defer { stackCount = base }
    while true {
      let before = mark
      let value = matchItem(place[0], Int(place[1]), grammar)
      if value == 0 {
        mark = before
        break
      }
      push(value)
    }
    if !isOptional && (stackCount == base || hasFailed) { return 0 }
    return popItems(from: base, of: Success.self).word
  }

  private mutating func matchSeparated(_ place: UnsafePointer<UInt16>, _ grammar: Grammar) -> UInt {
    let base = stackCount
    defer { stackCount = base }
    let start = mark
    let first = matchItem(place[0], Int(place[1]), grammar)
    if first == 0 {
      mark = start
      return 0
    }
    push(first)
    if depth == Parser.maximumDepth { overflow() }
    depth &+= 1
    defer { depth &-= 1 }
    if hasFailed { return 0 }
    while true {
      let before = mark
      guard matchItem(place[2], Int(place[3]), grammar) != 0 else {
        mark = before
        break
      }
      let value = matchItem(place[0], Int(place[1]), grammar)
      if value == 0 {
        mark = before
        break
      }
      push(value)
    }
    return popItems(from: base, of: Success.self).word
  }

  /// A token that has to stand here once the alternative has come so far.
  private mutating func forced(_ terminal: Terminal) -> TokenReference? {
    guard !hasFailed, hasToken() else { return nil }
    if tokens[mark].kind != terminal {
      return raise(at: TokenReference(index: mark), "expected '\(terminal == .colon ? ":" : "(")'")
    }
    mark &+= 1
    return TokenReference(index: mark &- 1)
  }

  // MARK: - Remembered results

  /// The remembered result of a rule at the mark, which moves to where it ended.
  private mutating func remembered(_ rule: Int) -> UInt? {
    var memo = tokens[mark].memos
    while let current = memo {
      if current.pointee.rule == rule {
        mark = current.pointee.mark
        return current.pointee.value
      }
      memo = current.pointee.next
    }
    return nil
  }

  /// The same for the first pass, which may stand at the end of the tokens.
  mutating func recall(_ rule: Int) -> UInt? { hasToken() ? remembered(rule) : nil }

  mutating func remember(_ rule: Int, _ value: UInt, at start: Int) {
    let memo = arena.allocate(Memo.self, count: 1).baseAddress.unsafelyUnwrapped
    memo.initialize(to: Memo(rule: rule, value: value, mark: mark, next: tokens[start].memos))
    tokens[start].memos = memo
  }

  private mutating func updateMemo(_ rule: Int, _ value: UInt, at start: Int) {
    var memo = tokens[start].memos
    while let current = memo {
      if current.pointee.rule == rule {
        current.pointee.value = value
        current.pointee.mark = mark
        return
      }
      memo = current.pointee.next
    }
    remember(rule, value, at: start)
  }

  private mutating func overflow() {
    hasFailed = true
    diagnostic = Diagnostic(
      .memoryError, "Parser stack overflowed - Python source too complex to parse", fileName: source.fileName)
  }
}
