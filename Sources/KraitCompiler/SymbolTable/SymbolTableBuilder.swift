// Builds the symbol table of a tree: a walk collects what every block does with its names, then ScopeAnalysis resolves them.

import KraitSyntax

extension SymbolTable {
  /// The symbol table of a tree.
  ///
  /// - Parameter future: The tree's future features when the caller has found them already.
  public static func build(
    _ module: Mod, source: SourceFile, options: CompileOptions = CompileOptions(), future: FutureFeatures? = nil
  ) throws(Diagnostic) -> SymbolTable {
    var features = FutureFeatures()
    if let future { features = future } else { features = try FutureFeatures(of: module, source: source, options: options) }
    var builder = SymbolTableBuilder(module, source: source, options: options, future: features)
    try builder.visit(module)
    var analysis = ScopeAnalysis(source: source, stackLimit: builder.stackLimit)
    try analysis.run(builder.top)
    return SymbolTable(top: builder.top, scopes: builder.scopes, future: features)
  }
}

/// The walk over a tree that collects scopes and symbols.
struct SymbolTableBuilder {
  /// Names that the compiler itself gives to blocks and symbols.
  struct Names {
    let annotate, classDict, conditionalAnnotations, `class`, debug, defaults, format, genericBase, implicitParameter: Text
    let keywordDefaults, `super`, typeParametersAttribute, typeParameters: Text
    let lambda, generatorExpression, listComprehension, setComprehension, dictComprehension: Text

    init(_ arena: Arena) {
      annotate = arena.text("__annotate__" as StaticString)
      classDict = arena.text("__classdict__" as StaticString)
      conditionalAnnotations = arena.text("__conditional_annotations__" as StaticString)
      `class` = arena.text("__class__" as StaticString)
      debug = arena.text("__debug__" as StaticString)
      defaults = arena.text(".defaults" as StaticString)
      format = arena.text(".format" as StaticString)
      genericBase = arena.text(".generic_base" as StaticString)
      implicitParameter = arena.text(".0" as StaticString)
      keywordDefaults = arena.text(".kwdefaults" as StaticString)
      `super` = arena.text("super" as StaticString)
      typeParametersAttribute = arena.text("__type_params__" as StaticString)
      typeParameters = arena.text(".type_params" as StaticString)
      lambda = arena.text("lambda" as StaticString)
      generatorExpression = arena.text("genexpr" as StaticString)
      listComprehension = arena.text("listcomp" as StaticString)
      setComprehension = arena.text("setcomp" as StaticString)
      dictComprehension = arena.text("dictcomp" as StaticString)
    }
  }

  let source: SourceFile
  let arena: Arena
  let future: FutureFeatures
  let allowsTopLevelAwait: Bool
  let stackLimit = StackLimit.current()
  let names: Names
  let top: Scope
  private(set) var scopes: [UnsafeMutableRawPointer: Scope] = [:]
  /// The blocks around the place that is being visited, innermost last.
  private(set) var enclosing: [Scope]
  private(set) var current: Scope
  /// The name of the class whose private names are mangled here.
  var privateName: Text?

  init(_ module: Mod, source: SourceFile, options: CompileOptions, future: FutureFeatures) {
    self.source = source
    arena = source.arena
    self.future = future
    allowsTopLevelAwait = options.allowsTopLevelAwait
    names = Names(source.arena)
    let range = SourceRange(line: 0, column: 0, endLine: 0, endColumn: 0)
    top = Scope(
      Scope.Contents(kind: .module, name: source.arena.text("top" as StaticString), range: range, node: module.raw), in: source.arena)
    current = top
    enclosing = [top]
  }

  mutating func visit(_ module: Mod) throws(Diagnostic) {
    switch module.node {
    case .module(let module):
      current.contents.pointee.hasDocstring = module.body.docstring != nil
      try visit(module.body)
    case .interactive(let module):
      try visit(module.body)
    case .expression(let module):
      try visit(module.body)
    case .functionType:
      throw Diagnostic(.systemError, "this compiler does not handle FunctionTypes")
    }
  }

  // MARK: Blocks

  /// Makes a block that a node opens, without entering it.
  mutating func makeScope(_ kind: Scope.Kind, _ name: Text, of node: some ASTNode, _ role: ScopeRole, at range: SourceRange) -> Scope {
    makeScope(kind, name, node: node.raw, role, at: range)
  }

  private mutating func makeScope(
    _ kind: Scope.Kind, _ name: Text, node: UnsafeMutableRawPointer, _ role: ScopeRole, at range: SourceRange
  ) -> Scope {
    var contents = Scope.Contents(kind: kind, name: name, range: range, node: node)
    contents.isNested = current.isNested || current.kind.isFunctionLike
    contents.isMethod = kind == .function && current.kind == .class
    let scope = Scope(contents, in: arena)
    scopes[node + role.rawValue] = scope
    return scope
  }

  /// Makes a block that a node opens, and enters it.
  mutating func enter(
    _ kind: Scope.Kind, _ name: Text, of node: some ASTNode, _ role: ScopeRole = .body, at range: SourceRange
  ) throws(Diagnostic) {
    try enter(kind, name, node: node.raw, role, at: range)
  }

  mutating func enter(
    _ kind: Scope.Kind, _ name: Text, node: UnsafeMutableRawPointer, _ role: ScopeRole, at range: SourceRange
  ) throws(Diagnostic) {
    enterNew(makeScope(kind, name, node: node, role, at: range))
    switch kind {
    case .annotation, .typeVariable, .typeAlias:
      // The function that the block becomes takes the format in which it is to give its result.
      try define(names.format, .parameter, at: range)
      try define(names.format, .used, at: range)
    case .function, .class, .module, .typeParameters: break
    }
  }

  /// Enters a block for the first time: it becomes a child of the current one.
  mutating func enterNew(_ scope: Scope) {
    let parent = current
    enterAgain(scope)
    // With `from __future__ import annotations` annotations become strings: their blocks belong to nobody.
    if scope.kind == .annotation && future.flags.contains(.futureAnnotations) { return }
    parent.contents.pointee.children.append(scope, in: arena)
  }

  mutating func enterAgain(_ scope: Scope) {
    scope.contents.pointee.comprehensionIterableDepth = current.contents.pointee.comprehensionIterableDepth
    if scope.kind != .class, let mangledNames = current.contents.pointee.mangledNames {
      scope.contents.pointee.mangledNames = mangledNames
    }
    enclosing.append(scope)
    current = scope
  }

  mutating func leave() {
    enclosing.removeLast()
    current = enclosing[enclosing.count - 1]
  }

  // MARK: Symbols

  /// Notes what the current block does with a name.
  mutating func define(_ name: Text, _ flags: Symbol, at range: SourceRange) throws(Diagnostic) {
    if name == names.debug && flags.contains(anyOf: [.parameter, .local, .imported]) {
      throw source.compileError("cannot assign to __debug__", at: range)
    }
    try add(name, flags, to: current, at: range)
  }

  /// Notes a use of a name: what most expressions are made of.
  @inline(__always)
  mutating func use(_ name: Text, at range: SourceRange) throws(Diagnostic) {
    try add(name, .used, to: current, at: range)
  }

  mutating func add(_ name: Text, _ flags: Symbol, to scope: Scope, at range: SourceRange) throws(Diagnostic) {
    let mangled = mangle(name)
    let contents = scope.contents
    let position = contents.pointee.symbols.position(of: mangled)
    var symbol = flags
    if position >= 0 {
      let known = contents.pointee.symbols.symbol(at: position)
      if flags.contains(.parameter) && known.contains(.parameter) {
        throw source.compileError("duplicate argument '\(name)' in function definition", at: range)
      }
      if flags.contains(.typeParameter) && known.contains(.typeParameter) {
        throw source.compileError("duplicate type parameter '\(name)'", at: range)
      }
      symbol.formUnion(known)
    }
    if contents.pointee.isVisitingComprehensionTarget {
      // An assignment expression in an outer iteration has claimed the name already.
      if symbol.contains(anyOf: [.global, .nonlocal]) {
        throw source.compileError("comprehension inner loop cannot rebind assignment expression target '\(name)'", at: range)
      }
      symbol.insert(.comprehensionIterator)
    }
    if position >= 0 {
      contents.pointee.symbols.setSymbol(symbol, at: position)
    } else {
      contents.pointee.symbols.append(mangled, symbol, in: arena)
    }
    if flags.contains(.parameter) {
      contents.pointee.parameters.append(mangled, in: arena)
    } else if flags.contains(.global) {
      top.setSymbol((top.symbols[mangled] ?? []).union(flags), of: mangled, in: arena)
    }
  }

  /// What the current block knows of a name.
  func lookUp(_ name: Text) -> Symbol { lookUp(name, in: current) }

  func lookUp(_ name: Text, in scope: Scope) -> Symbol {
    scope.symbols[name.isPrivate ? arena.mangled(name, in: privateName, of: scope) : name] ?? []
  }

  @inline(__always)
  private func mangle(_ name: Text) -> Text {
    if privateName == nil || !name.isPrivate { return name }
    return arena.mangled(name, in: privateName, of: current)
  }

  /// Remembers where a name was declared in the current block, for errors that only the analysis finds.
  func recordDirective(_ name: Text, at range: SourceRange) {
    current.contents.pointee.directives.append(Scope.Directive(name: mangle(name), range: range), in: arena)
  }

  /// Names that no program may bind.
  func checkBinding(_ name: Text, at range: SourceRange, _ context: ExprContext = .store) throws(Diagnostic) {
    if name != names.debug { return }
    switch context {
    case .store: throw source.compileError("cannot assign to __debug__", at: range)
    case .del: throw source.compileError("cannot delete __debug__", at: range)
    case .load: return
    }
  }

  // MARK: Recursion

  @inline(__always)
  func checkStack() throws(Diagnostic) {
    if StackLimit.isExceeded(stackLimit) { throw StackLimit.overflow(during: "compilation") }
  }
}
