// From the code generator's instructions to a code unit: runs the flow graph's passes, then writes bytes and tables.

import KraitSyntax

/// What the code generator knows of a code object besides its instructions.
struct CodeUnitDescription {
  var name: Text
  var qualifiedName: Text
  var fileName: Text
  var firstLineNumber: Int32
  var flags: CodeFlags
  /// Parameters that may be passed by position or by name; positional-only ones are not among them.
  var argumentCount = 0
  var positionalOnlyArgumentCount = 0
  var keywordOnlyArgumentCount = 0
  /// All parameters, `*args` and `**kwargs` too: as many of the variable names come first.
  var parameterCount = 0
  var names: IndexTable<Text>
  var variableNames: IndexTable<Text>
  var cellVariables: IndexTable<Text>
  /// Numbered on from the cells in the instructions' arguments.
  var freeVariables: IndexTable<Text>
  /// By the argument of `LOAD_CONST`.
  var constants: IndexTable<ConstantValue>
  /// Locals that only an inlined comprehension uses.
  var hiddenLocals: [Text] = []
}

/// Makes code units. One is kept for a whole compilation, so that its buffers are reused.
struct CodeUnitAssembler: ~Copyable {
  private let arena: Arena
  private var graph: FlowGraph
  private var emitter = CodeEmitter()

  init(arena: Arena) {
    self.arena = arena
    graph = FlowGraph(arena: arena)
  }

  /// Optimises and assembles a unit's instructions.
  mutating func assemble(_ sequence: inout InstructionSequence, _ unit: CodeUnitDescription) throws(Diagnostic) -> CodeUnit {
    sequence.resolveLabels()
    graph.constants = unit.constants
    guard graph.build(from: sequence) else { throw Diagnostic(.systemError, "malformed control flow graph.") }
    graph.optimize(localCount: unit.variableNames.count, parameterCount: unit.parameterCount)
    graph.convertConditionalJumps()
    guard let stackSize = graph.computeStackDepth() else {
      throw Diagnostic(.valueError, "Invalid CFG, inconsistent stackdepth")
    }
    graph.placeCells(
      locals: unit.variableNames, cells: unit.cellVariables, freeCount: unit.freeVariables.count,
      isGenerator: !unit.flags.isDisjoint(with: [.generator, .coroutine, .asyncGenerator]), firstLine: unit.firstLineNumber)
    graph.convertPseudoInstructions()
    graph.normalizeJumps()
    graph.borrowLocals()
    emitter.emit(graph, firstLine: unit.firstLineNumber)

    let (localNames, localKinds) = locals(of: unit)
    var contents = CodeUnitContents(
      code: arena.copy(emitter.code.elements), constants: arena.copy(graph.constants.keys), names: arena.copy(unit.names.keys),
      localsPlusNames: arena.copy(localNames), localsPlusKinds: arena.copy(localKinds), fileName: unit.fileName, name: unit.name,
      qualifiedName: unit.qualifiedName, lineTable: arena.copy(emitter.lineTable.elements),
      exceptionTable: arena.copy(emitter.exceptionTable.elements))
    contents.argumentCount = Int32(unit.positionalOnlyArgumentCount + unit.argumentCount)
    contents.positionalOnlyArgumentCount = Int32(unit.positionalOnlyArgumentCount)
    contents.keywordOnlyArgumentCount = Int32(unit.keywordOnlyArgumentCount)
    contents.stackSize = stackSize
    contents.flags = unit.flags
    contents.firstLineNumber = unit.firstLineNumber
    return CodeUnit(contents, in: arena)
  }

  /// Names and kinds of the frame's slots: parameters and other locals, cells that are not locals, free variables.
  private func locals(of unit: CodeUnitDescription) -> ([Text], [LocalKind]) {
    var names = unit.variableNames.keys
    var kinds: [LocalKind] = []
    kinds.reserveCapacity(names.count + unit.cellVariables.count + unit.freeVariables.count)
    let groups: [(count: Int, kind: LocalKind)] = [
      (unit.positionalOnlyArgumentCount, .positional),
      (unit.argumentCount, [.positional, .keyword]),
      (unit.keywordOnlyArgumentCount, .keyword),
      (unit.flags.contains(.variableArguments) ? 1 : 0, [.variable, .positional]),
      (unit.flags.contains(.variableKeywords) ? 1 : 0, [.variable, .keyword]),
      (Int.max, []),
    ]
    for group in groups {
      kinds.append(contentsOf: repeatElement(group.kind.union(.local), count: min(group.count, names.count - kinds.count)))
    }
    for name in unit.hiddenLocals {
      if let index = unit.variableNames.find(name) { kinds[index].insert(.hidden) }
    }
    for name in unit.cellVariables.keys {
      if let index = unit.variableNames.find(name) {
        kinds[index].insert(.cell)
      } else {
        names.append(name)
        kinds.append(.cell)
      }
    }
    for name in unit.freeVariables.keys {
      names.append(name)
      kinds.append(.free)
    }
    return (names, kinds)
  }
}
