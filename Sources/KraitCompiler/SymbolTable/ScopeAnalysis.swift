// Resolves the names that SymbolTableBuilder collected: local, global, free or cell; and merges inlined comprehensions (PEP 709).

import KraitSyntax

/// Decides block by block, outermost first, how each name is found; what is free in nested blocks comes back up.
///
/// Which names the blocks around bind is not kept in sets: those blocks are searched, innermost first, for the names that need it.
struct ScopeAnalysis {
  private let source: SourceFile
  private let arena: Arena
  private let stackLimit: UInt
  private let `class`: Text
  private let classDict: Text
  private let conditionalAnnotations: Text
  /// The blocks around the one that is being analysed, innermost last.
  private var enclosing: [Scope] = []

  init(source: SourceFile, stackLimit: UInt) {
    self.source = source
    arena = source.arena
    self.stackLimit = stackLimit
    `class` = arena.text("__class__" as StaticString)
    classDict = arena.text("__classdict__" as StaticString)
    conditionalAnnotations = arena.text("__conditional_annotations__" as StaticString)
  }

  mutating func run(_ top: Scope) throws(Diagnostic) {
    _ = try analyse(top, classScope: nil)
  }

  /// Resolves the names of a block and of those in it.
  ///
  /// - Parameter classScope: The class whose namespace the block can see, if it can see one.
  /// - Returns: The names that are free in the block.
  private mutating func analyse(_ scope: Scope, classScope: Scope?) throws(Diagnostic) -> SymbolMap {
    if StackLimit.isExceeded(stackLimit) { throw StackLimit.overflow(during: "compilation") }
    let contents = scope.contents
    var free = SymbolMap()
    contents.pointee.ownSymbolCount = contents.pointee.symbols.count
    for position in 0..<contents.pointee.ownSymbolCount {
      let (name, symbol) = contents.pointee.symbols[position]
      let resolution = try resolve(name, symbol, in: scope, classScope: classScope)
      contents.pointee.symbols.setSymbol(symbol.resolved(resolution), at: position)
      if resolution == .free { free.append(name, [], in: arena) }
    }

    var freeInChildren = SymbolMap()
    var inlinedCells = SymbolMap()
    var hasInlinedComprehensions = false
    enclosing.append(scope)
    for child in contents.pointee.children {
      let visibleClass = child.canSeeClassScope ? (scope.kind == .class ? scope : classScope) : nil
      var freeInChild = try analyse(child, classScope: visibleClass)
      // Annotation scopes of classes may have to look names up in the class: their comprehensions stay functions.
      if child.comprehension != .none && !child.isGenerator && !scope.canSeeClassScope {
        merge(child, into: scope, free: &freeInChild, cells: &inlinedCells)
        child.contents.pointee.isComprehensionInlined = true
        hasInlinedComprehensions = true
      }
      for (name, _) in freeInChild { freeInChildren.insert(name, in: arena) }
    }
    enclosing.removeLast()
    if hasInlinedComprehensions { replaceInlinedChildren(of: scope) }

    if scope.kind.isFunctionLike {
      makeCells(in: scope, free: &freeInChildren, inlinedCells)
    } else if scope.kind == .class {
      if freeInChildren.remove(`class`, in: arena) { contents.pointee.needsClassClosure = true }
      if freeInChildren.remove(classDict, in: arena) { contents.pointee.needsClassDict = true }
      if freeInChildren.remove(conditionalAnnotations, in: arena) { contents.pointee.hasConditionalAnnotations = true }
    }
    for (name, _) in inlinedCells { contents.pointee.symbols.update(name) { $0.insert(.comprehensionCell) } }
    passThrough(freeInChildren, scope)
    for (name, _) in freeInChildren { free.insert(name, in: arena) }
    return free
  }

  // MARK: One name

  private func resolve(_ name: Text, _ symbol: Symbol, in scope: Scope, classScope: Scope?) throws(Diagnostic) -> Resolution {
    if symbol.contains(.global) {
      if symbol.contains(.nonlocal) { throw error("name '\(name)' is nonlocal and global", at: name, in: scope) }
      return .globalExplicit
    }
    if symbol.contains(.nonlocal) {
      if enclosing.isEmpty { throw error("nonlocal declaration not allowed at module level", at: name, in: scope) }
      if !isBoundOutside(name) { throw error("no binding for nonlocal '\(name)' found", at: name, in: scope) }
      if isTypeParameterOutside(name) {
        throw error("nonlocal binding not allowed for type parameter '\(name)'", at: name, in: scope)
      }
      return .free
    }
    if symbol.contains(anyOf: .bound) { return .local }
    // What the class binds is looked up there and then globally, never in the functions around it.
    if let inClass = classScope?.symbols[name] {
      if inClass.contains(.global) { return .globalExplicit }
      if inClass.contains(anyOf: .bound) && !inClass.contains(.nonlocal) { return .globalImplicit }
    }
    return isBoundOutside(name) ? .free : .globalImplicit
  }

  /// Whether a function-like block around binds the name, so that it can be free here.
  private func isBoundOutside(_ name: Text) -> Bool {
    var depth = enclosing.count
    while depth > 0 {
      depth &-= 1
      let scope = enclosing[depth]
      if scope.kind == .class {
        // A class binds nothing for the blocks in it but its implicit cells.
        if name == `class` || name == classDict || name == conditionalAnnotations { return true }
        continue
      }
      guard let symbol = ownSymbol(name, of: scope) else { continue }
      if symbol.contains(.global) { return false }
      if symbol.contains(.nonlocal) { continue }
      if symbol.contains(anyOf: .bound) && scope.kind.isFunctionLike { return true }
    }
    return false
  }

  /// Whether the innermost block around that binds the name, be it a class, has it as a type parameter.
  private func isTypeParameterOutside(_ name: Text) -> Bool {
    for scope in enclosing.reversed() {
      guard let symbol = ownSymbol(name, of: scope), !symbol.contains(anyOf: [.global, .nonlocal]) else { continue }
      if symbol.contains(anyOf: .bound) { return symbol.contains(.typeParameter) }
    }
    return false
  }

  /// The symbol, unless the block only has it because of an inlined comprehension, whose variables nobody else sees.
  @inline(__always)
  private func ownSymbol(_ name: Text, of scope: Scope) -> Symbol? {
    let contents = scope.contents
    let position = contents.pointee.symbols.position(of: name)
    return position >= 0 && position < contents.pointee.ownSymbolCount ? contents.pointee.symbols.symbol(at: position) : nil
  }

  private func error(_ message: String, at name: Text, in scope: Scope) -> Diagnostic {
    let directive = scope.contents.pointee.directives.first { $0.name == name }
    return source.compileError(message, at: directive?.range ?? scope.range)
  }

  // MARK: Inlined comprehensions

  /// Gives the variables of a comprehension to the block that it is inlined into.
  private func merge(_ comprehension: Scope, into scope: Scope, free: inout SymbolMap, cells: inout SymbolMap) {
    let contents = scope.contents
    var removed = SymbolMap()
    for (name, symbol) in comprehension.symbols where !symbol.contains(.parameter) {
      var resolution = symbol.resolution
      if resolution == .cell || symbol.contains(.comprehensionCell) { cells.insert(name, in: arena) }
      // The implicit cells of a class are not free in the class itself, only in the functions in it.
      if resolution == .free && scope.kind == .class && (name == `class` || name == classDict || name == conditionalAnnotations) {
        resolution = .globalImplicit
        if !isFree(name, inChildOf: comprehension) { free.remove(name, in: arena) }
        removed.insert(name, in: arena)
      }
      if let existing = contents.pointee.symbols[name] {
        // What the comprehension found in the block around it is now simply a local of that block.
        if existing.contains(anyOf: .bound) && scope.kind != .class && !isFree(name, inChildOf: comprehension) {
          free.remove(name, in: arena)
        }
      } else {
        contents.pointee.symbols.append(name, symbol.resolved(resolution), in: arena)
      }
    }
    for (name, _) in removed { comprehension.contents.pointee.symbols.remove(name, in: arena) }
  }

  private func isFree(_ name: Text, inChildOf scope: Scope) -> Bool {
    scope.children.contains { $0.resolution(of: name) == .free }
  }

  private func replaceInlinedChildren(of scope: Scope) {
    var children = GrowingList<Scope>()
    for child in scope.children {
      if child.isComprehensionInlined {
        for grandchild in child.children { children.append(grandchild, in: arena) }
      } else {
        children.append(child, in: arena)
      }
    }
    scope.contents.pointee.children = children
  }

  // MARK: Cells and free names

  /// Locals that nested functions, or functions in inlined comprehensions, share become cells.
  private func makeCells(in scope: Scope, free: inout SymbolMap, _ inlinedCells: SymbolMap) {
    let contents = scope.contents
    if free.isEmpty && inlinedCells.isEmpty { return }
    var stillFree = SymbolMap()
    for (name, _) in free {
      let position = contents.pointee.symbols.position(of: name)
      if position >= 0 && contents.pointee.symbols.symbol(at: position).resolution == .local {
        contents.pointee.symbols.setSymbol(contents.pointee.symbols.symbol(at: position).resolved(.cell), at: position)
      } else {
        stillFree.append(name, [], in: arena)
      }
    }
    for (name, _) in inlinedCells {
      contents.pointee.symbols.update(name) { if $0.resolution == .local { $0 = $0.resolved(.cell) } }
    }
    free = stillFree
  }

  /// Notes what is free in nested blocks and bound further out: the block must hand it on.
  private func passThrough(_ free: SymbolMap, _ scope: Scope) {
    let contents = scope.contents
    let seesClass = scope.kind == .class || scope.canSeeClassScope
    for (name, _) in free {
      if contents.pointee.symbols.position(of: name) >= 0 {
        // A method's free name that the class binds, too: the class both has it and hands it on.
        if seesClass { contents.pointee.symbols.update(name) { $0.insert(.freeInClass) } }
      } else if enclosing.isEmpty || isBoundOutside(name) {
        contents.pointee.symbols.append(name, Symbol().resolved(.free), in: arena)
      }
    }
  }
}
