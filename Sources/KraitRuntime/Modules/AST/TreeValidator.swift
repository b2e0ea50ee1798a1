// What a tree from a program must satisfy before it is compiled; the parser's own trees do by construction.

import CKraitCore
import KraitSyntax

/// Checks trees as CPython's validator does, with its messages.
enum TreeValidator {
  static func validate(_ tree: Mod) throws(PyError) {
    switch tree.node {
    case .module(let module): try statements(module.body)
    case .interactive(let module): try statements(module.body)
    case .expression(let module): try expression(module.body)
    case .functionType(let type):
      try expressions(type.argtypes)
      try expression(type.returns)
    }
  }

  private static func checkDepth() throws(PyError) { try checkNativeRecursion(" during compilation") }

  private static func position(_ range: SourceRange) throws(PyError) {
    if range.line > range.endLine { throw .valueError("AST node line range (\(range.line), \(range.endLine)) is not valid") }
    if range.line < 0 && range.endLine != range.line || range.column < 0 && range.column != range.endColumn {
      throw .valueError("AST node column range (\(range.column), \(range.endColumn)) for line range (\(range.line), \(range.endLine)) is not valid")
    }
    if range.line == range.endLine && range.column > range.endColumn {
      throw .valueError("line \(range.line), column \(range.column)-\(range.endColumn) is not a valid range")
    }
  }

  private static func name(_ name: Text) throws(PyError) {
    if name == "None" || name == "True" || name == "False" { throw .valueError("identifier field can't represent '\(name)' constant") }
  }

  /// Elements that must be there.
  private static func notEmpty(_ count: Int, _ field: StaticString, _ owner: StaticString) throws(PyError) {
    if count == 0 { throw .valueError("empty \(field) on \(owner)") }
  }

  /// Nodes of a list; a gap is a null pointer.
  private static func isGap<Node: ASTNode>(_ node: Node) -> Bool { UInt(bitPattern: node.raw) == 0 }

  // MARK: Statements

  private static func statements(_ list: NodeList<Stmt>) throws(PyError) {
    for index in 0..<list.count {
      guard let node = element(list, index) else { throw .valueError("None disallowed in statement list") }
      try statement(Stmt(raw: node))
    }
  }

  private static func body(_ list: NodeList<Stmt>, _ owner: StaticString) throws(PyError) {
    try notEmpty(list.count, "body", owner)
    try statements(list)
  }

  /// The address of an element, nil for a gap.
  private static func element<Node>(_ list: NodeList<Node>, _ index: Int) -> UnsafeMutableRawPointer? {
    list.identity?.load(fromByteOffset: 8 + 8 * index, as: UnsafeMutableRawPointer?.self)
  }

  private static func targets(_ list: NodeList<Expr>, _ owner: StaticString, _ context: ExprContext) throws(PyError) {
    try notEmpty(list.count, "targets", owner)
    try expressions(list, context)
  }

  private static func statement(_ node: Stmt) throws(PyError) {
    try checkDepth()
    try position(node.range)
    switch node.node {
    case .functionDef(let f):
      try body(f.body, "FunctionDef")
      try typeParameters(f.typeParams)
      try name(f.name)
      try arguments(f.args)
      try expressions(f.decoratorList)
      if let returns = f.returns { try expression(returns) }
    case .asyncFunctionDef(let f):
      try body(f.body, "AsyncFunctionDef")
      try typeParameters(f.typeParams)
      try name(f.name)
      try arguments(f.args)
      try expressions(f.decoratorList)
      if let returns = f.returns { try expression(returns) }
    case .classDef(let c):
      try body(c.body, "ClassDef")
      try typeParameters(c.typeParams)
      try name(c.name)
      try expressions(c.bases)
      try keywords(c.keywords)
      try expressions(c.decoratorList)
    case .return(let s): if let value = s.value { try expression(value) }
    case .delete(let s): try targets(s.targets, "Delete", .del)
    case .assign(let s):
      try targets(s.targets, "Assign", .store)
      try expression(s.value)
    case .augAssign(let s):
      try expression(s.target, .store)
      try expression(s.value)
    case .annAssign(let s):
      if s.target.kind != .name && s.simple != 0 { throw .typeError("AnnAssign with simple non-Name target") }
      try expression(s.target, .store)
      if let value = s.value { try expression(value) }
      try expression(s.annotation)
    case .typeAlias(let s):
      if s.name.kind != .name { throw .typeError("TypeAlias with non-Name name") }
      try expression(s.name, .store)
      try typeParameters(s.typeParams)
      try expression(s.value)
    case .for(let s): try loop(s.target, s.iter, s.body, s.orelse, "For")
    case .asyncFor(let s): try loop(s.target, s.iter, s.body, s.orelse, "AsyncFor")
    case .while(let s):
      try expression(s.test)
      try body(s.body, "While")
      try statements(s.orelse)
    case .if(let s):
      try expression(s.test)
      try body(s.body, "If")
      try statements(s.orelse)
    case .with(let s): try with(s.items, s.body, "With")
    case .asyncWith(let s): try with(s.items, s.body, "AsyncWith")
    case .match(let s):
      try expression(s.subject)
      try notEmpty(s.cases.count, "cases", "Match")
      for matchCase in s.cases {
        try pattern(matchCase.pattern, allowsStar: false)
        if let guardExpression = matchCase.guard { try expression(guardExpression) }
        try body(matchCase.body, "match_case")
      }
    case .raise(let s):
      if let exception = s.exc {
        try expression(exception)
        if let cause = s.cause { try expression(cause) }
      } else if s.cause != nil {
        throw .valueError("Raise with cause but no exception")
      }
    case .try(let s): try tryStatement(s.body, s.handlers, s.orelse, s.finalbody, "Try")
    case .tryStar(let s): try tryStatement(s.body, s.handlers, s.orelse, s.finalbody, "TryStar")
    case .assert(let s):
      try expression(s.test)
      if let message = s.msg { try expression(message) }
    case .import(let s):
      try notEmpty(s.names.count, "names", "Import")
      try aliases(s.names)
    case .importFrom(let s):
      if s.level < 0 { throw .valueError("Negative ImportFrom level") }
      try notEmpty(s.names.count, "names", "ImportFrom")
      try aliases(s.names)
    case .global(let s): try notEmpty(s.names.count, "names", "Global")
    case .nonlocal(let s): try notEmpty(s.names.count, "names", "Nonlocal")
    case .exprStmt(let s): try expression(s.value)
    case .pass, .break, .continue: break
    }
  }

  private static func aliases(_ list: NodeList<Alias>) throws(PyError) {
    for alias in list {
      try name(alias.name)
      if let bound = alias.asname { try name(bound) }
    }
  }

  private static func loop(_ target: Expr, _ iterable: Expr, _ statementsOf: NodeList<Stmt>, _ orelse: NodeList<Stmt>, _ owner: StaticString) throws(PyError) {
    try expression(target, .store)
    try expression(iterable)
    try body(statementsOf, owner)
    try statements(orelse)
  }

  private static func with(_ items: NodeList<WithItem>, _ statementsOf: NodeList<Stmt>, _ owner: StaticString) throws(PyError) {
    try notEmpty(items.count, "items", owner)
    for item in items {
      try expression(item.contextExpr)
      if let target = item.optionalVars { try expression(target, .store) }
    }
    try body(statementsOf, owner)
  }

  private static func tryStatement(
    _ statementsOf: NodeList<Stmt>, _ handlers: NodeList<ExceptHandler>, _ orelse: NodeList<Stmt>, _ final: NodeList<Stmt>, _ owner: StaticString
  ) throws(PyError) {
    try body(statementsOf, owner)
    if handlers.isEmpty && final.isEmpty { throw .valueError("\(owner) has neither except handlers nor finalbody") }
    if handlers.isEmpty && !orelse.isEmpty { throw .valueError("\(owner) has orelse but no except handlers") }
    for index in 0..<handlers.count {
      guard let raw = element(handlers, index) else { throw .valueError("None disallowed in handler list") }
      let handler = AST.ExceptHandler(raw: raw)
      try position(handler.range)
      if let type = handler.type { try expression(type) }
      if let bound = handler.name { try name(bound) }
      try body(handler.body, "ExceptHandler")
    }
    if !final.isEmpty { try statements(final) }
    if !orelse.isEmpty { try statements(orelse) }
  }

  // MARK: Parts

  private static func arguments(_ a: KraitSyntax.Arguments) throws(PyError) {
    func list(_ list: NodeList<Arg>) throws(PyError) {
      for argument in list {
        try position(argument.range)
        if let annotation = argument.annotation { try expression(annotation) }
      }
    }
    try list(a.posonlyargs)
    try list(a.args)
    if let annotation = a.vararg?.annotation { try expression(annotation) }
    try list(a.kwonlyargs)
    if let annotation = a.kwarg?.annotation { try expression(annotation) }
    if a.defaults.count > a.posonlyargs.count + a.args.count { throw .valueError("more positional defaults than args on arguments") }
    if a.kwDefaults.count != a.kwonlyargs.count { throw .valueError("length of kwonlyargs is not the same as kw_defaults on arguments") }
    try expressions(a.defaults)
    for index in 0..<a.kwDefaults.count { if let node = element(a.kwDefaults, index) { try expression(Expr(raw: node)) } }
  }

  private static func keywords(_ list: NodeList<Keyword>) throws(PyError) { for keyword in list { try expression(keyword.value) } }

  private static func typeParameters(_ list: NodeList<TypeParam>) throws(PyError) {
    for index in 0..<list.count {
      guard let raw = element(list, index) else { continue }
      let parameter = TypeParam(raw: raw)
      try position(parameter.range)
      switch parameter.node {
      case .typeVar(let p):
        try name(p.name)
        if let bound = p.bound { try expression(bound) }
        if let value = p.defaultValue { try expression(value) }
      case .paramSpec(let p):
        try name(p.name)
        if let value = p.defaultValue { try expression(value) }
      case .typeVarTuple(let p):
        try name(p.name)
        if let value = p.defaultValue { try expression(value) }
      }
    }
  }

  private static func comprehensions(_ list: NodeList<Comprehension>) throws(PyError) {
    if list.isEmpty { throw .valueError("comprehension with no generators") }
    for generator in list {
      try expression(generator.target, .store)
      try expression(generator.iter)
      try expressions(generator.ifs)
    }
  }

  // MARK: Expressions

  private static func expressions(_ list: NodeList<Expr>, _ context: ExprContext = .load, allowsGaps: Bool = false) throws(PyError) {
    for index in 0..<list.count {
      if let node = element(list, index) {
        try expression(Expr(raw: node), context)
      } else if !allowsGaps {
        throw .valueError("None disallowed in expression list")
      }
    }
  }

  private static func expression(_ node: Expr, _ context: ExprContext = .load) throws(PyError) {
    try checkDepth()
    try position(node.range)
    let actual: ExprContext? =
      switch node.node {
      case .attribute(let e): e.ctx
      case .subscript(let e): e.ctx
      case .starred(let e): e.ctx
      case .name(let e): e.ctx
      case .list(let e): e.ctx
      case .tuple(let e): e.ctx
      default: nil
      }
    if case .name(let e) = node.node { try name(e.id) }
    if let actual {
      if actual != context { throw .valueError("expression must have \(context.name) context but has \(actual.name) instead") }
    } else if context != .load {
      throw .valueError("expression which can't be assigned to in \(context.name) context")
    }
    switch node.node {
    case .boolOp(let e):
      if e.values.count < 2 { throw .valueError("BoolOp with less than 2 values") }
      try expressions(e.values)
    case .binOp(let e):
      try expression(e.left)
      try expression(e.right)
    case .unaryOp(let e): try expression(e.operand)
    case .lambda(let e):
      try arguments(e.args)
      try expression(e.body)
    case .ifExp(let e):
      try expression(e.test)
      try expression(e.body)
      try expression(e.orelse)
    case .dict(let e):
      if e.keys.count != e.values.count { throw .valueError("Dict doesn't have the same number of keys as values") }
      for index in 0..<e.keys.count { if let key = element(e.keys, index) { try expression(Expr(raw: key)) } }
      try expressions(e.values)
    case .set(let e): try expressions(e.elts)
    case .listComp(let e):
      try comprehensions(e.generators)
      try expression(e.elt)
    case .setComp(let e):
      try comprehensions(e.generators)
      try expression(e.elt)
    case .generatorExp(let e):
      try comprehensions(e.generators)
      try expression(e.elt)
    case .dictComp(let e):
      try comprehensions(e.generators)
      try expression(e.key)
      try expression(e.value)
    case .yield(let e): if let value = e.value { try expression(value) }
    case .yieldFrom(let e): try expression(e.value)
    case .await(let e): try expression(e.value)
    case .compare(let e):
      if e.comparators.isEmpty { throw .valueError("Compare with no comparators") }
      if e.comparators.count != e.ops.count { throw .valueError("Compare has a different number of comparators and operands") }
      try expressions(e.comparators)
      try expression(e.left)
    case .call(let e):
      try expression(e.func)
      try expressions(e.args)
      try keywords(e.keywords)
    case .constant: break
    case .joinedStr(let e): try expressions(e.values)
    case .templateStr(let e): try expressions(e.values)
    case .formattedValue(let e):
      try expression(e.value)
      if let format = e.formatSpec { try expression(format) }
    case .interpolation(let e):
      try expression(e.value)
      if let format = e.formatSpec { try expression(format) }
    case .attribute(let e): try expression(e.value)
    case .subscript(let e):
      try expression(e.slice)
      try expression(e.value)
    case .starred(let e): try expression(e.value, context)
    case .slice(let e):
      if let lower = e.lower { try expression(lower) }
      if let upper = e.upper { try expression(upper) }
      if let step = e.step { try expression(step) }
    case .list(let e): try expressions(e.elts, context)
    case .tuple(let e): try expressions(e.elts, context)
    case .namedExpr(let e):
      if e.target.kind != .name { throw .typeError("NamedExpr target must be a Name") }
      try expression(e.value)
    case .name: break
    }
  }

  // MARK: Patterns

  private static func capture(_ text: Text) throws(PyError) {
    if text == "_" { throw .valueError("can't capture name '_' in patterns") }
    try name(text)
  }

  private static func patterns(_ list: NodeList<Pattern>, allowsStar: Bool) throws(PyError) {
    for index in 0..<list.count {
      guard let raw = element(list, index) else { throw .valueError("None disallowed in pattern list") }
      try pattern(Pattern(raw: raw), allowsStar: allowsStar)
    }
  }

  private static func pattern(_ node: Pattern, allowsStar: Bool) throws(PyError) {
    try checkDepth()
    try position(node.range)
    switch node.node {
    case .matchValue(let p): try patternValue(p.value)
    case .matchSingleton(let p):
      switch p.value.kind {
      case .none, .true, .false: break
      default: throw .valueError("MatchSingleton can only contain True, False and None")
      }
    case .matchSequence(let p): try patterns(p.patterns, allowsStar: true)
    case .matchMapping(let p):
      if p.keys.count != p.patterns.count { throw .valueError("MatchMapping doesn't have the same number of keys as patterns") }
      if let rest = p.rest { try capture(rest) }
      for index in 0..<p.keys.count {
        guard let raw = element(p.keys, index) else { throw .valueError("None disallowed in expression list") }
        let key = Expr(raw: raw)
        if case .constant(let constant) = key.node {
          switch constant.value.kind {
          case .none, .true, .false: continue
          default: break
          }
        }
        try patternValue(key)
      }
      try patterns(p.patterns, allowsStar: false)
    case .matchClass(let p):
      if p.kwdAttrs.count != p.kwdPatterns.count { throw .valueError("MatchClass doesn't have the same number of keyword attributes as patterns") }
      try expression(p.cls)
      var cls = p.cls
      while true {
        if cls.kind == .name { break }
        guard case .attribute(let attribute) = cls.node else {
          throw .valueError("MatchClass cls field can only contain Name or Attribute nodes.")
        }
        cls = attribute.value
      }
      for index in 0..<p.kwdAttrs.count {
        guard let raw = element(p.kwdAttrs, index) else { continue }
        try name(Text(raw: raw))
      }
      try patterns(p.patterns, allowsStar: false)
      try patterns(p.kwdPatterns, allowsStar: false)
    case .matchStar(let p):
      if !allowsStar { throw .valueError("can't use MatchStar here") }
      if let name = p.name { try capture(name) }
    case .matchAs(let p):
      if let name = p.name { try capture(name) }
      if let inner = p.pattern {
        if p.name == nil { throw .valueError("MatchAs must specify a target name if a pattern is given") }
        try pattern(inner, allowsStar: false)
      }
    case .matchOr(let p):
      if p.patterns.count < 2 { throw .valueError("MatchOr requires at least 2 patterns") }
      try patterns(p.patterns, allowsStar: false)
    }
  }

  /// Literals, signed numbers, complex numbers, attributes.
  private static func patternValue(_ node: Expr) throws(PyError) {
    try expression(node)
    switch node.node {
    case .constant(let constant):
      switch constant.value.kind {
      case .integer, .float, .complex, .string, .bytes: return
      default: throw .valueError("unexpected constant inside of a literal pattern")
      }
    case .attribute, .joinedStr, .templateStr: return
    case .unaryOp(let unary):
      if unary.op == .uSub, case .constant(let number) = unary.operand.node {
        switch number.value.kind {
        case .integer, .float, .complex: return
        default: break
        }
      }
    case .binOp(let binary):
      guard binary.op == .add || binary.op == .sub, case .constant(let right) = binary.right.node, right.value.kind == .complex else { break }
      var left = binary.left
      if case .unaryOp(let unary) = left.node, unary.op == .uSub { left = unary.operand }
      if case .constant(let number) = left.node, number.value.kind == .integer || number.value.kind == .float { return }
    default: break
    }
    throw .valueError("patterns may only match literals and attribute lookups")
  }
}
