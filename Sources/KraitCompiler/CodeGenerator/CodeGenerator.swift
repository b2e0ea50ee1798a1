// The code generator: walks the tree and writes, for each code object, the instructions that the flow graph then optimises.
// The class's state and its means of emission are here; each kind of statement and expression has its place in an extension.

import KraitSyntax

/// Writes the instructions of a tree's code objects: the stream that CPython's code generator gives, instruction for instruction
/// and position for position.
///
/// An extension of this class for each topic visits its nodes:
/// - `Expressions`, `Calls`, `Comprehensions`, `Strings`, `Patterns` and so on supply `visit(_: Expr)`, `jumpIf(_:to:when:at:)`,
///   `emitCall(pushed:arguments:injected:keywords:at:)`, `visit(_: AST.Match)`, `emitSliceParts(_:)`,
///   `attributeRange(_:startingAt:)` and the warnings about suspicious comparisons, calls and subscripts;
/// - `Statements`, `Functions`, `Classes`, `Annotations`, `Exceptions` and so on supply everything else, lambdas included.
final class CodeGenerator {
  let source: SourceFile
  let arena: Arena
  let options: CompileOptions
  let symbolTable: SymbolTable
  /// Features of `from __future__ import …`, the caller's included.
  let futureFlags: CodeFlags
  let wellKnown: WellKnownNames
  let fileName: Text
  let none: ConstantValue
  let stackLimit = StackLimit.current()
  var assembler: CodeUnitAssembler

  /// The unit being written; its instructions are in ``code`` meanwhile.
  var unit: Unit
  /// The units around it, outermost first.
  var outerUnits: [Unit] = []
  var code = InstructionSequence()
  var isInteractive = false
  /// Not zero while a `finally` body is written for the second time, so that it does not warn twice.
  var warningsSuppressed = 0
  /// Code constants by name and first line: equal code is shared, as when a `finally` body is written twice.
  var codeConstants: [Int: [ConstantValue]] = [:]

  init(source: SourceFile, options: CompileOptions, symbolTable: SymbolTable) {
    self.source = source
    self.options = options
    self.symbolTable = symbolTable
    arena = source.arena
    futureFlags = symbolTable.future.flags.union(options.inheritedFlags)
    wellKnown = WellKnownNames(source.arena)
    fileName = source.arena.text(source.fileName)
    none = source.arena.none
    assembler = CodeUnitAssembler(arena: source.arena)
    unit = Unit(
      kind: .module, scope: symbolTable.top, name: wellKnown.module, privateName: nil, firstLineNumber: 1, names: wellKnown)
  }

  // MARK: Units

  /// Opens a code object; its first instruction is `RESUME`.
  /// - Parameter privateName: the class whose private names are mangled in it; by default that of the enclosing unit.
  func enterScope(
    _ kind: Unit.Kind, _ scope: Scope, name: Text, firstLine: Int32, privateName: Text? = nil, argumentCount: Int = 0,
    positionalOnlyArgumentCount: Int = 0, keywordOnlyArgumentCount: Int = 0
  ) {
    let inner = Unit(
      kind: kind, scope: scope, name: name, privateName: privateName ?? unit.privateName, firstLineNumber: firstLine, names: wellKnown)
    inner.argumentCount = argumentCount
    inner.positionalOnlyArgumentCount = positionalOnlyArgumentCount
    inner.keywordOnlyArgumentCount = keywordOnlyArgumentCount
    inner.qualifiedName = qualifiedName(of: inner)
    unit.code = code
    code = InstructionSequence()
    outerUnits.append(unit)
    unit = inner
    emit(.RESUME, Resumption.atStart, at: SourceRange(line: firstLine, column: 0, endLine: firstLine, endColumn: 0))
  }

  /// Closes the code object and makes it: the enclosing one is current again.
  /// - Parameter addsNone: whether the value of falling off the end, `None`, must still be pushed.
  func exitScope(addsNone: Bool) throws(Diagnostic) -> CodeUnit {
    let finished = try assemble(addsNone: addsNone)
    unit = outerUnits.removeLast()
    code = unit.code
    unit.code = InstructionSequence()
    return finished
  }

  /// The dotted path from the module to a unit that is about to be entered.
  private func qualifiedName(of inner: Unit) -> Text {
    var parent = unit
    var depth = outerUnits.count
    if parent.kind == .annotations {
      if depth <= 1 { return inner.name }
      depth -= 1
      parent = outerUnits[depth]
    }
    if depth == 0 { return inner.name }
    switch inner.kind {
    case .function, .asyncFunction, .class:
      if parent.scope.resolution(of: arena.mangled(inner.name, in: parent.privateName)) == .globalExplicit { return inner.name }
    default: break
    }
    var bytes = Array(parent.qualifiedName.bytes)
    switch parent.kind {
    case .function, .asyncFunction, .lambda: bytes.append(contentsOf: ".<locals>".utf8)
    default: break
    }
    bytes.append(UInt8(ascii: "."))
    bytes.append(contentsOf: inner.name.bytes)
    return arena.text(bytes)
  }

  // MARK: Instructions

  @inline(__always)
  func emit(_ opcode: Opcode, _ argument: Int = 0, at range: SourceRange) {
    code.append(Instruction(opcode, Int32(truncatingIfNeeded: argument), at: range))
  }

  @inline(__always)
  func emit(_ opcode: Opcode, to label: Label, at range: SourceRange) {
    code.append(Instruction(opcode, label.id, at: range))
  }

  @inline(__always)
  func newLabel() -> Label { code.newLabel() }

  /// Places a label before the next instruction.
  @inline(__always)
  func use(_ label: Label) { code.use(label) }

  // MARK: Constants

  func emitConstant(_ value: ConstantValue, at range: SourceRange) {
    emit(.LOAD_CONST, unit.constants.index(of: value), at: range)
  }

  func emitNone(at range: SourceRange) { emitConstant(none, at: range) }

  func emitConstant(_ text: Text, at range: SourceRange) { emitConstant(arena.string(text), at: range) }

  func emitConstant(_ integer: Int, at range: SourceRange) { emitConstant(arena.integer(integer), at: range) }

  /// Pushes a code object; an equal one that the compilation already has is taken instead.
  func emitConstant(_ unit: CodeUnit, at range: SourceRange) {
    let key = Int(bitPattern: unit.name.hash) ^ Int(unit.firstLineNumber)
    for other in codeConstants[key, default: []] where CodeUnit(other).isEqual(to: unit) {
      return emitConstant(other, at: range)
    }
    let constant = unit.constant(in: arena)
    codeConstants[key, default: []].append(constant)
    emitConstant(constant, at: range)
  }

  // MARK: Names in arguments

  /// Emits an instruction whose argument is an index into `co_names`; the name is mangled first.
  func emitName(_ opcode: Opcode, _ name: Text, at range: SourceRange) {
    emit(opcode, unit.names.index(of: mangled(name)), at: range)
  }

  /// How an attribute is to be loaded; the ways differ in the low bits of the argument.
  enum AttributeLoad { case attribute, method, superAttribute, superMethod, zeroSuperAttribute, zeroSuperMethod }

  func emitAttribute(_ load: AttributeLoad, _ name: Text, at range: SourceRange) {
    let index = unit.names.index(of: mangled(name))
    switch load {
    case .attribute: emit(.LOAD_ATTR, index << 1, at: range)
    case .method: emit(.LOAD_ATTR, index << 1 | 1, at: range)
    case .superAttribute: emit(.LOAD_SUPER_ATTR, index << 2 | 2, at: range)
    case .superMethod: emit(.LOAD_SUPER_ATTR, index << 2 | 3, at: range)
    case .zeroSuperAttribute: emit(.LOAD_SUPER_ATTR, index << 2, at: range)
    case .zeroSuperMethod: emit(.LOAD_SUPER_ATTR, index << 2 | 1, at: range)
    }
  }

  /// A name as this unit spells it: private names of a class carry the class's name.
  @inline(__always)
  func mangled(_ name: Text) -> Text {
    name.isPrivate ? arena.mangled(name, in: unit.privateName, of: unit.scope) : name
  }

  // MARK: Operations that several topics share

  func emit(_ operation: BinaryOperator, inPlace: Bool, at range: SourceRange) {
    emit(.BINARY_OP, operation.operationNumber + (inPlace ? BinaryOperator.inPlaceOffset : 0), at: range)
  }

  /// The loop that delegates to the iterator on the stack: `yield from` and `await`.
  func emitYieldFrom(isAwait: Bool, at range: SourceRange) {
    let send = newLabel()
    let fail = newLabel()
    let exit = newLabel()
    use(send)
    emit(.SEND, to: exit, at: range)
    // `close` and `throw` may raise StopIteration in YIELD_VALUE, hence the handler around it.
    emit(.SETUP_FINALLY, to: fail, at: range)
    emit(.YIELD_VALUE, 1, at: range)
    emit(.POP_BLOCK, at: .none)
    emit(.RESUME, isAwait ? Resumption.afterAwait : Resumption.afterYieldFrom, at: range)
    emit(.JUMP_NO_INTERRUPT, to: send, at: range)
    use(fail)
    emit(.CLEANUP_THROW, at: range)
    use(exit)
    emit(.END_SEND, at: range)
  }

  /// Yields the value on the stack.
  func emitYield(at range: SourceRange) {
    if unit.scope.isGenerator && unit.scope.isCoroutine {
      emit(.CALL_INTRINSIC_1, Intrinsic.asyncGeneratorWrap.rawValue, at: range)
    }
    emit(.YIELD_VALUE, 0, at: range)
    emit(.RESUME, Resumption.afterYield, at: range)
  }

  /// Ends a handler that cannot go on: the exception info is restored and the exception raised again.
  func emitPopExceptAndReraise(at range: SourceRange) {
    emit(.COPY, 3, at: range)
    emit(.POP_EXCEPT, at: range)
    emit(.RERAISE, 1, at: range)
  }

  // MARK: Errors and warnings

  func error(_ message: String, at range: SourceRange) -> Diagnostic {
    source.compileError(message, at: range, isPlacedLater: false)
  }

  func warn(_ message: String, at range: SourceRange) {
    if warningsSuppressed == 0 { source.compileWarning(message, at: range) }
  }

  /// Throws when the native stack is nearly used up; to be asked wherever the tree is descended.
  @inline(__always)
  func checkDepth() throws(Diagnostic) {
    if StackLimit.isExceeded(stackLimit) { throw StackLimit.overflow(during: "compilation") }
  }
}

/// Arguments of `RESUME`: what the frame resumes after.
enum Resumption {
  static let atStart = 0
  static let afterYield = 1
  static let afterYieldFrom = 2
  static let afterAwait = 3
}

/// Arguments of `CALL_INTRINSIC_1`.
enum Intrinsic: Int {
  case print = 1, importStar, stopIterationError, asyncGeneratorWrap, unaryPositive, listToTuple, typeVariable, parameterSpecification
  case typeVariableTuple, subscriptGeneric, typeAlias
}

/// Arguments of `CALL_INTRINSIC_2`.
enum BinaryIntrinsic: Int {
  case prepareReraiseStar = 1, typeVariableWithBound, typeVariableWithConstraints, setFunctionTypeParameters, setTypeParameterDefault
}

/// Arguments of `LOAD_COMMON_CONSTANT`.
enum CommonConstant: Int {
  case assertionError, notImplementedError, builtinTuple, builtinAll, builtinAny
}

/// Arguments of `LOAD_SPECIAL`.
enum SpecialMethod: Int {
  case enter, exit, asyncEnter, asyncExit
}

/// Arguments of `SET_FUNCTION_ATTRIBUTE`.
struct FunctionAttributes: OptionSet {
  let rawValue: Int
  static let defaults = FunctionAttributes(rawValue: 1)
  static let keywordDefaults = FunctionAttributes(rawValue: 2)
  static let annotations = FunctionAttributes(rawValue: 4)
  static let closure = FunctionAttributes(rawValue: 8)
  static let annotate = FunctionAttributes(rawValue: 16)
}

/// How `COMPARE_OP` encodes its comparison: the operator above bit 5, below it the mask that specialised forms use.
enum Comparison: Int {
  case less, lessOrEqual, equal, notEqual, greater, greaterOrEqual

  var argument: Int {
    let mask =
      switch self {
      case .less: 2
      case .lessOrEqual: 2 | 8
      case .equal: 8
      case .notEqual: 1 | 2 | 4
      case .greater: 4
      case .greaterOrEqual: 4 | 8
      }
    return rawValue << 5 | mask
  }
}

extension BinaryOperator {
  static let inPlaceOffset = 13
  /// `BINARY_OP`'s argument of a subscript.
  static let subscriptNumber = 26

  /// `BINARY_OP`'s argument; the in-place form is ``inPlaceOffset`` higher.
  var operationNumber: Int {
    switch self {
    case .add: 0
    case .bitAnd: 1
    case .floorDiv: 2
    case .lShift: 3
    case .matMult: 4
    case .mult: 5
    case .mod: 6
    case .bitOr: 7
    case .pow: 8
    case .rShift: 9
    case .sub: 10
    case .div: 11
    case .bitXor: 12
    }
  }
}
