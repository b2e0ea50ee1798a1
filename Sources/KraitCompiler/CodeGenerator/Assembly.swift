// From a unit's instructions to its code object.

import KraitSyntax

extension CodeGenerator {
  /// Ends the current unit's instructions and makes its code object.
  /// - Parameter addsNone: whether the value of falling off the end, `None`, must still be pushed.
  func assemble(addsNone: Bool) throws(Diagnostic) -> CodeUnit {
    if addsNone { emitNone(at: .none) }
    emit(.RETURN_VALUE, at: .none)
    var description = CodeUnitDescription(
      name: unit.name, qualifiedName: unit.qualifiedName, fileName: fileName, firstLineNumber: unit.firstLineNumber, flags: codeFlags,
      names: unit.names, variableNames: unit.variableNames, cellVariables: unit.cellVariables, freeVariables: unit.freeVariables,
      constants: unit.constants)
    description.argumentCount = unit.argumentCount
    description.positionalOnlyArgumentCount = unit.positionalOnlyArgumentCount
    description.keywordOnlyArgumentCount = unit.keywordOnlyArgumentCount
    description.parameterCount = unit.scope.variableNames.count
    if !unit.fastHidden.isEmpty { description.hiddenLocals = Array(unit.fastHidden.keys) }
    return try assembler.assemble(&code, description)
  }

  private var codeFlags: CodeFlags {
    let scope = unit.scope
    var flags = futureFlags.intersection(.future)
    if scope.kind.isFunctionLike {
      flags.formUnion([.newLocals, .optimized])
      if scope.isNested { flags.insert(.nested) }
      if scope.isGenerator { flags.insert(scope.isCoroutine ? .asyncGenerator : .generator) }
      if scope.hasVariableArguments { flags.insert(.variableArguments) }
      if scope.hasVariableKeywords { flags.insert(.variableKeywords) }
      if scope.hasDocstring { flags.insert(.hasDocstring) }
      if scope.isMethod { flags.insert(.method) }
    }
    if scope.isCoroutine && !scope.isGenerator { flags.insert(.coroutine) }
    return flags
  }
}
