// Class definitions: the body's code object and the call that builds the class.

import KraitSyntax

extension CodeGenerator {
  func visit(_ node: AST.ClassDef) throws(Diagnostic) {
    let range = node.range
    for decorator in node.decoratorList { try visit(decorator) }
    let firstLine = node.decoratorList.first?.range.line ?? range.line
    let isGeneric = !node.typeParams.isEmpty
    if isGeneric {
      enterScope(
        .annotations, try scope(of: node, .typeParameters), name: genericParametersName(node.name), firstLine: firstLine,
        privateName: node.name)
      try emitTypeParameters(node.typeParams)
      store(wellKnown.typeParameters, at: range)
    }
    let body = try classBody(of: node, firstLine: firstLine)
    // The call belongs to the line of `class`, not to that of a decorator.
    emit(.LOAD_BUILD_CLASS, at: range)
    emit(.PUSH_NULL, at: range)
    try emitClosure(of: body, at: range)
    emitConstant(node.name, at: range)
    if isGeneric {
      load(wellKnown.typeParameters, at: range)
      emit(.CALL_INTRINSIC_1, Intrinsic.subscriptGeneric.rawValue, at: range)
      store(wellKnown.genericBase, at: range)
      try emitCall(pushed: 2, arguments: node.bases, injected: wellKnown.genericBase, keywords: node.keywords, at: range)
      try emitClosure(of: try exitScope(addsNone: false), at: range)
      emit(.PUSH_NULL, at: range)
      emit(.CALL, 0, at: range)
    } else {
      try emitCall(pushed: 2, arguments: node.bases, injected: nil, keywords: node.keywords, at: range)
    }
    applyDecorators(node.decoratorList)
    store(node.name, at: range)
  }

  private func classBody(of node: AST.ClassDef, firstLine: Int32) throws(Diagnostic) -> CodeUnit {
    let scope = try scope(of: node)
    enterScope(.class, scope, name: node.name, firstLine: firstLine, privateName: node.name)
    let start = SourceRange(line: firstLine, column: 0, endLine: firstLine, endColumn: 0)
    load(wellKnown.name, at: start)
    store(wellKnown.moduleAttribute, at: start)
    emitConstant(unit.qualifiedName, at: start)
    store(wellKnown.qualifiedName, at: start)
    emitConstant(Int(firstLine), at: start)
    store(wellKnown.firstLineNumber, at: start)
    if !node.typeParams.isEmpty {
      load(wellKnown.typeParameters, at: start)
      store(wellKnown.typeParametersAttribute, at: start)
    }
    if scope.needsClassDict {
      emit(.LOAD_LOCALS, at: start)
      emit(.STORE_DEREF, unit.cellVariables.index(of: wellKnown.classDict), at: start)
    }
    if scope.hasConditionalAnnotations {
      emit(.BUILD_SET, 0, at: start)
      emit(.STORE_DEREF, unit.cellVariables.index(of: wellKnown.conditionalAnnotations), at: start)
    }
    try visitBody(node.body, at: start)

    let attributes = unit.staticAttributes.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    emitConstant(arena.tuple(attributes.map { arena.string($0) }), at: .none)
    store(wellKnown.staticAttributes, at: .none)
    if scope.needsClassDict {
      emit(.LOAD_CLOSURE, unit.cellVariables.index(of: wellKnown.classDict), at: .none)
      store(wellKnown.classDictCell, at: .none)
    }
    if scope.needsClassClosure {
      emit(.LOAD_CLOSURE, unit.cellVariables.index(of: wellKnown.class), at: .none)
      emit(.COPY, 1, at: .none)
      store(wellKnown.classCell, at: .none)
    } else {
      emitNone(at: .none)
    }
    emit(.RETURN_VALUE, at: .none)
    return try exitScope(addsNone: true)
  }

  func genericParametersName(_ name: Text) -> Text {
    arena.text(Array("<generic parameters of ".utf8) + name.bytes + [UInt8(ascii: ">")])
  }
}
