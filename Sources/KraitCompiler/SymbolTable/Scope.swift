// One block of a program, as the symbol table sees it: SymbolTableBuilder fills it, the code generator reads it.

import KraitSyntax

/// A handle of one block of a program: module, class, function, annotation scope and so on; it lives in the ``Arena`` of its compilation.
public struct Scope: Hashable, BitwiseCopyable {
  public enum Kind: BitwiseCopyable, Sendable {
    case function, `class`, module
    /// Annotations: a function that runs when somebody asks for them (PEP 649).
    case annotation
    /// The value of a `type` statement (PEP 695).
    case typeAlias
    /// The scope that holds type parameters (PEP 695).
    case typeParameters
    /// A type variable's bound, constraints or default.
    case typeVariable

    /// Whether names resolve as in a function.
    public var isFunctionLike: Bool {
      switch self {
      case .function, .annotation, .typeAlias, .typeParameters, .typeVariable: true
      case .class, .module: false
      }
    }
  }

  public enum ComprehensionKind: BitwiseCopyable, Sendable { case none, list, dict, set, generator }

  /// A place where a name was declared `global` or `nonlocal`.
  struct Directive: BitwiseCopyable {
    var name: Text
    var range: SourceRange
  }

  struct Contents: BitwiseCopyable {
    let kind: Kind
    let name: Text
    let range: SourceRange
    /// The node that opens the block.
    let node: UnsafeMutableRawPointer
    var symbols = SymbolMap()
    var parameters = GrowingList<Text>()
    var children = GrowingList<Scope>()
    var directives = GrowingList<Directive>()
    var annotationScope: Scope?
    /// Shared by the type parameter scope of a generic class and the blocks in it that are not classes.
    var mangledNames: UnsafeMutablePointer<SymbolMap>?
    /// What a type variable scope is in messages, "a TypeVar bound" and the like.
    var description: StaticString = ""
    /// How many symbols the block's own code gave it; those after them came from inlined comprehensions and from nested blocks.
    var ownSymbolCount = 0
    /// How many iterables of comprehensions enclose the place that is being visited.
    var comprehensionIterableDepth = 0
    var comprehension: ComprehensionKind = .none
    var isNested = false
    var isMethod = false
    var isGenerator = false
    var isCoroutine = false
    var hasVariableArguments = false
    var hasVariableKeywords = false
    var returnsValue = false
    var hasDocstring = false
    var annotationsUsed = false
    var hasConditionalAnnotations = false
    var needsClassClosure = false
    var needsClassDict = false
    var canSeeClassScope = false
    var isComprehensionInlined = false
    var isVisitingComprehensionTarget = false
    var isVisitingConditionalBlock = false
    var isVisitingUnevaluatedAnnotation = false

    init(kind: Kind, name: Text, range: SourceRange, node: UnsafeMutableRawPointer) {
      self.kind = kind
      self.name = name
      self.range = range
      self.node = node
    }
  }

  let contents: UnsafeMutablePointer<Contents>

  init(_ contents: Contents, in arena: Arena) {
    self.contents = arena.allocate(Contents.self, count: 1).baseAddress.unsafelyUnwrapped
    self.contents.initialize(to: contents)
  }

  public var kind: Kind { contents.pointee.kind }
  public var name: Text { contents.pointee.name }
  public var range: SourceRange { contents.pointee.range }
  /// The block's names in the order in which they were met; those of inlined comprehensions come after the block's own.
  public var symbols: SymbolMap { contents.pointee.symbols }
  /// Parameters in order, as `co_varnames` wants them first.
  public var variableNames: GrowingList<Text> { contents.pointee.parameters }
  /// Nested blocks in order; an inlined comprehension is replaced by its own children.
  public var children: GrowingList<Scope> { contents.pointee.children }
  public var comprehension: ComprehensionKind { contents.pointee.comprehension }
  public var isNested: Bool { contents.pointee.isNested }
  /// Whether the block is a function directly in a class.
  public var isMethod: Bool { contents.pointee.isMethod }
  public var isGenerator: Bool { contents.pointee.isGenerator }
  public var isCoroutine: Bool { contents.pointee.isCoroutine }
  public var hasVariableArguments: Bool { contents.pointee.hasVariableArguments }
  public var hasVariableKeywords: Bool { contents.pointee.hasVariableKeywords }
  public var returnsValue: Bool { contents.pointee.returnsValue }
  public var hasDocstring: Bool { contents.pointee.hasDocstring }
  /// Whether annotations stand in the block; for the annotation scope of a function, whether the function has any.
  public var annotationsUsed: Bool { contents.pointee.annotationsUsed }
  /// Whether the annotations of a class or module depend on what ran, so that `__conditional_annotations__` records it.
  public var hasConditionalAnnotations: Bool { contents.pointee.hasConditionalAnnotations }
  /// Whether a class makes a `__class__` cell.
  public var needsClassClosure: Bool { contents.pointee.needsClassClosure }
  /// Whether a class makes a `__classdict__` cell.
  public var needsClassDict: Bool { contents.pointee.needsClassDict }
  public var canSeeClassScope: Bool { contents.pointee.canSeeClassScope }
  public var isComprehensionInlined: Bool { contents.pointee.isComprehensionInlined }
  /// The annotation scope of a class or module body (or, never run, of a function's body) that holds annotated assignments.
  public var annotationScope: Scope? { contents.pointee.annotationScope }

  /// When not `nil`, only these private names are mangled here: the type parameters of a generic class, whose bases may use private names.
  var mangledNames: SymbolMap? { contents.pointee.mangledNames?.pointee }

  /// How `name` (already mangled) is found from this block.
  public func resolution(of name: Text) -> Resolution { contents.pointee.symbols[name]?.resolution ?? .unknown }

  /// Replaces what is known of a name, as the code generator does while it is in an inlined comprehension.
  func setSymbol(_ symbol: Symbol, of name: Text, in arena: Arena) {
    let position = contents.pointee.symbols.position(of: name)
    if position >= 0 {
      contents.pointee.symbols.setSymbol(symbol, at: position)
    } else {
      contents.pointee.symbols.append(name, symbol, in: arena)
    }
  }
}
