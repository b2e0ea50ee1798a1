// Loading, storing and deleting names: which instruction a name takes follows from how the symbol table resolved it.

import KraitSyntax

extension CodeGenerator {
  /// Where a name lives, with the argument that its instructions take.
  private enum Place { case fast, dereferenced(Int), global(Int), named(Int) }

  func load(_ name: Text, at range: SourceRange) {
    let name = mangled(name)
    let scope = unit.scope
    let resolution = scope.resolution(of: name)
    let isClassBody = scope.kind == .class
    switch place(of: name, resolution) {
    case .fast:
      emit(.LOAD_FAST, unit.variableNames.index(of: name), at: range)
    case .dereferenced(let index):
      if isClassBody && unit.inlinedComprehensionDepth == 0 {
        emit(.LOAD_LOCALS, at: range)
        emit(.LOAD_FROM_DICT_OR_DEREF, index, at: range)
      } else if scope.canSeeClassScope {
        emitLoadClassDict(at: range)
        emit(.LOAD_FROM_DICT_OR_DEREF, index, at: range)
      } else {
        emit(.LOAD_DEREF, index, at: range)
      }
    case .global(let index):
      if scope.canSeeClassScope && resolution == .globalImplicit {
        emitLoadClassDict(at: range)
        emit(.LOAD_FROM_DICT_OR_GLOBALS, index, at: range)
      } else {
        emit(.LOAD_GLOBAL, index << 1, at: range)
      }
    case .named(let index):
      if isClassBody && unit.inlinedComprehensionDepth > 0 {
        emit(.LOAD_GLOBAL, index << 1, at: range)
      } else {
        emit(.LOAD_NAME, index, at: range)
      }
    }
  }

  func store(_ name: Text, at range: SourceRange) {
    let name = mangled(name)
    switch place(of: name, unit.scope.resolution(of: name)) {
    case .fast: emit(.STORE_FAST, unit.variableNames.index(of: name), at: range)
    case .dereferenced(let index): emit(.STORE_DEREF, index, at: range)
    case .global(let index): emit(.STORE_GLOBAL, index, at: range)
    case .named(let index): emit(.STORE_NAME, index, at: range)
    }
  }

  func delete(_ name: Text, at range: SourceRange) {
    let name = mangled(name)
    switch place(of: name, unit.scope.resolution(of: name)) {
    case .fast: emit(.DELETE_FAST, unit.variableNames.index(of: name), at: range)
    case .dereferenced(let index): emit(.DELETE_DEREF, index, at: range)
    case .global(let index): emit(.DELETE_GLOBAL, index, at: range)
    case .named(let index): emit(.DELETE_NAME, index, at: range)
    }
  }

  /// Loads, stores or deletes a name as its node's context says.
  func access(_ name: Text, _ context: ExprContext, at range: SourceRange) {
    switch context {
    case .load: load(name, at: range)
    case .store: store(name, at: range)
    case .del: delete(name, at: range)
    }
  }

  private func place(of name: Text, _ resolution: Resolution) -> Place {
    let unit = self.unit
    switch resolution {
    case .free:
      return .dereferenced(unit.freeVariables.index(of: name) + unit.cellVariables.count)
    case .cell:
      return .dereferenced(unit.cellVariables.index(of: name))
    case .local:
      if unit.scope.kind.isFunctionLike || unit.fastHidden[name] == true { return .fast }
    case .globalImplicit:
      if unit.scope.kind.isFunctionLike { return .global(unit.names.index(of: name)) }
    case .globalExplicit:
      return .global(unit.names.index(of: name))
    case .unknown:
      break
    }
    return .named(unit.names.index(of: name))
  }

  /// Pushes the namespace of the class around an annotation scope.
  private func emitLoadClassDict(at range: SourceRange) {
    emit(.LOAD_DEREF, unit.freeVariables.index(of: wellKnown.classDict) + unit.cellVariables.count, at: range)
  }

  /// How a name is reached from the current unit: a class reaches its implicit cells as cells.
  func referenceKind(of name: Text) -> Resolution {
    if unit.kind == .class && (name == wellKnown.class || name == wellKnown.classDict || name == wellKnown.conditionalAnnotations) {
      return .cell
    }
    return unit.scope.resolution(of: name)
  }

  /// The argument of `LOAD_CLOSURE` for a free variable of a code object made in the current unit.
  func closureIndex(of name: Text) throws(Diagnostic) -> Int {
    let index = referenceKind(of: name) == .cell ? unit.cellIndex(of: name) : unit.freeIndex(of: name)
    guard let index else {
      throw Diagnostic(.systemError, "no variable '\(name)' for a closure in '\(unit.name)'", fileName: source.fileName)
    }
    return index
  }

  // MARK: Comprehensions in their enclosing unit

  /// What entering an inlined comprehension changed, to be undone after it.
  struct InlinedScope {
    fileprivate var outerSymbols: [(name: Text, symbol: Symbol)] = []
    fileprivate var hiddenNames: [Text] = []
  }

  /// Lets the current unit see names as an inlined comprehension sees them.
  func enterInlinedComprehension(_ comprehension: Scope) -> InlinedScope {
    var state = InlinedScope()
    let scope = unit.scope
    let isInClassBody = scope.kind == .class && unit.inlinedComprehensionDepth == 0
    unit.inlinedComprehensionDepth += 1
    for (name, symbol) in comprehension.symbols {
      let inner = symbol.resolution
      let outerSymbol = scope.symbols[name] ?? []
      let outer = outerSymbol.resolution
      // A name that is free in the comprehension means the same outside; free outside and a cell inside is reached alike, too.
      if (inner != outer && inner != .free && !(inner == .cell && outer == .free)) || isInClassBody {
        scope.setSymbol(symbol, of: name, in: arena)
        state.outerSymbols.append((name, outerSymbol))
      }
      if ((symbol.contains(.local) && !symbol.contains(.nonlocal)) || isInClassBody) && !scope.kind.isFunctionLike
        && unit.fastHidden[name] != true
      {
        unit.fastHidden[name] = true
        state.hiddenNames.append(name)
      }
    }
    return state
  }

  func leaveInlinedComprehension(_ state: InlinedScope) {
    unit.inlinedComprehensionDepth -= 1
    for (name, symbol) in state.outerSymbols { unit.scope.setSymbol(symbol, of: name, in: arena) }
    // They stay known, as the assembler marks their slots hidden.
    for name in state.hiddenNames { unit.fastHidden[name] = false }
  }

  /// Notes an attribute that a method assigns through `self`, for the class's `__static_attributes__`.
  func noteStaticAttribute(_ target: AST.Attribute) {
    guard target.ctx == .store, case .name(let object) = target.value.node, object.id == wellKnown.selfParameter else { return }
    for outer in outerUnits.reversed() where outer.kind == .class {
      _ = outer.staticAttributes.index(of: target.attr)
      return
    }
  }
}
