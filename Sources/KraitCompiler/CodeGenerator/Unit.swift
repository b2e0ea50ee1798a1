// One code object in the making: its scope, its tables, its instructions and the blocks that enclose the current statement.

import KraitSyntax

/// What the code generator knows of the code object that it is writing.
final class Unit {
  /// The kind of code object; it decides about names, qualified names and flags.
  enum Kind {
    case module, `class`, function, asyncFunction, lambda, comprehension, annotations
  }

  let kind: Kind
  let scope: Scope
  let name: Text
  var qualifiedName: Text
  /// The name of the class whose private names are mangled here.
  let privateName: Text?
  let firstLineNumber: Int32
  var argumentCount = 0
  var positionalOnlyArgumentCount = 0
  var keywordOnlyArgumentCount = 0

  var names = IndexTable<Text>()
  var variableNames: IndexTable<Text>
  var cellVariables: IndexTable<Text>
  /// Indices count on after those of the cells.
  var freeVariables: IndexTable<Text>
  var constants = IndexTable<ConstantValue>()
  /// Names that are, or were, fast locals of an inlined comprehension outside a function: `true` while the comprehension is generated.
  var fastHidden: [Text: Bool] = [:]
  /// For a class: the attributes that its methods assign through `self`.
  var staticAttributes = IndexTable<Text>()

  /// Annotated assignments whose annotations go into `__annotate__`, with the index of the run-time mark of the conditional ones, or -1.
  var deferredAnnotations: [(statement: AST.AnnAssign, conditionIndex: Int)] = []
  var nextConditionIndex = 0
  /// How many statements that may be skipped enclose the current one.
  var conditionalDepth = 0
  var inlinedComprehensionDepth = 0

  /// The instructions while another unit, nested in this one, is generated; else they are in the generator.
  var code = InstructionSequence()
  var frameBlocks: [FrameBlock] = []

  init(
    kind: Kind, scope: Scope, name: Text, privateName: Text?, firstLineNumber: Int32, names: WellKnownNames
  ) {
    self.kind = kind
    self.scope = scope
    self.name = name
    self.qualifiedName = name
    self.privateName = privateName
    self.firstLineNumber = firstLineNumber
    variableNames = IndexTable(scope.variableNames)
    cellVariables = IndexTable(Unit.sortedNames(in: scope) { $0.resolution == .cell || $0.contains(.comprehensionCell) })
    if scope.needsClassClosure { _ = cellVariables.index(of: names.class) }
    if scope.needsClassDict { _ = cellVariables.index(of: names.classDict) }
    if scope.hasConditionalAnnotations { _ = cellVariables.index(of: names.conditionalAnnotations) }
    freeVariables = IndexTable(Unit.sortedNames(in: scope) { $0.resolution == .free || $0.contains(.freeInClass) })
  }

  private static func sortedNames(in scope: Scope, where matches: (Symbol) -> Bool) -> [Text] {
    var result: [Text] = []
    for (name, symbol) in scope.symbols where matches(symbol) { result.append(name) }
    if result.count > 1 { result.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) } }
    return result
  }

  /// The number of a cell or free variable, as the arguments of instructions count them.
  func cellIndex(of name: Text) -> Int? { cellVariables.find(name) }
  func freeIndex(of name: Text) -> Int? { freeVariables.find(name).map { $0 + cellVariables.count } }
}

/// What encloses a statement and must be undone when `return`, `break` or `continue` leaves it.
struct FrameBlock: BitwiseCopyable {
  enum Kind: BitwiseCopyable {
    case whileLoop, forLoop, asyncForLoop
    case tryExcept
    case finallyTry(NodeList<Stmt>)
    case finallyEnd
    case with, asyncWith
    case handlerCleanup(Text?)
    case popValue
    case exceptionHandler, exceptionGroupHandler
    case inlinedComprehension, asyncComprehensionGenerator
    case stopIteration

    var isLoop: Bool {
      switch self {
      case .whileLoop, .forLoop, .asyncForLoop: true
      default: false
      }
    }

    var isFinallyEnd: Bool { if case .finallyEnd = self { true } else { false } }
  }

  /// As many blocks may be nested in one code object.
  static let limit = 21

  let kind: Kind
  /// Where `continue` goes.
  let block: Label?
  /// Where `break` goes.
  let exit: Label?
  let range: SourceRange
}

/// The names that the generator itself looks up, interned once a compilation.
struct WellKnownNames {
  let annotate, annotateFunction, annotations, `class`, classCell, classDict, classDictCell, conditionalAnnotations, documentation: Text
  let firstLineNumber, format, genericBase, lambda, module, moduleAttribute, name, qualifiedName, returnAnnotation, selfParameter, staticAttributes: Text
  let `super`, typeParameters, typeParametersAttribute, empty, join: Text
  let dictComprehension, generatorExpression, listComprehension, setComprehension: Text

  init(_ arena: Arena) {
    annotate = arena.text("__annotate__")
    annotateFunction = arena.text("__annotate_func__")
    annotations = arena.text("__annotations__")
    `class` = arena.text("__class__")
    classCell = arena.text("__classcell__")
    classDict = arena.text("__classdict__")
    classDictCell = arena.text("__classdictcell__")
    conditionalAnnotations = arena.text("__conditional_annotations__")
    documentation = arena.text("__doc__")
    firstLineNumber = arena.text("__firstlineno__")
    format = arena.text("format")
    genericBase = arena.text(".generic_base")
    lambda = arena.text("<lambda>")
    module = arena.text("<module>")
    moduleAttribute = arena.text("__module__")
    name = arena.text("__name__")
    qualifiedName = arena.text("__qualname__")
    returnAnnotation = arena.text("return")
    selfParameter = arena.text("self")
    staticAttributes = arena.text("__static_attributes__")
    `super` = arena.text("super")
    typeParameters = arena.text(".type_params")
    typeParametersAttribute = arena.text("__type_params__")
    empty = arena.text("")
    join = arena.text("join")
    dictComprehension = arena.text("<dictcomp>")
    generatorExpression = arena.text("<genexpr>")
    listComprehension = arena.text("<listcomp>")
    setComprehension = arena.text("<setcomp>")
  }
}
