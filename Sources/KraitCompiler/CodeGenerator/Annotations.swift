// Annotations (PEP 649, PEP 749): code that evaluates them when asked, and the strings of `from __future__ import annotations`.

import KraitSyntax

extension CodeGenerator {
  private static let forwardReferenceFormat = 2

  /// Opens a code object that takes the format of annotations as its argument and refuses formats it does not know.
  func enterAnnotationScope(_ scope: Scope, name: Text, at range: SourceRange) {
    enterScope(.annotations, scope, name: name, firstLine: range.line, positionalOnlyArgumentCount: 1)
    let body = newLabel()
    emit(.LOAD_FAST, 0, at: range)
    emitConstant(CodeGenerator.forwardReferenceFormat, at: range)
    emit(.COMPARE_OP, Comparison.greater.argument, at: range)
    emit(.POP_JUMP_IF_FALSE, to: body, at: range)
    emit(.LOAD_COMMON_CONSTANT, CommonConstant.notImplementedError.rawValue, at: range)
    emit(.RAISE_VARARGS, 1, at: range)
    use(body)
  }

  /// Closes the code object of `__annotate__`, whose dictionary is on the stack, and makes its function.
  private func exitAnnotateScope(at range: SourceRange) throws(Diagnostic) {
    emit(.RETURN_VALUE, at: range)
    let code = try exitScope(addsNone: true)
    // Inside, the parameter has a name that no annotation can use; to the caller it is `format`.
    var names = Array(code.localsPlusNames)
    if !names.isEmpty { names[0] = wellKnown.format }
    code.pointer.pointee.localsPlusNames = arena.copy(names)
    try emitClosure(of: code, at: range)
  }

  // MARK: Functions

  /// Makes the `__annotate__` function of a function with annotations.
  /// - Returns: whether there are any.
  func emitAnnotations(of function: Function) throws(Diagnostic) -> Bool {
    let range = function.range
    let scope = try scope(of: function.statement, .annotations)
    guard scope.annotationsUsed else { return false }
    enterAnnotationScope(scope, name: scope.name, at: range)
    let arguments = function.arguments
    var count = 0
    func emit(_ list: NodeList<Arg>) throws(Diagnostic) {
      for argument in list { try emit(argument) }
    }
    func emit(_ argument: Arg) throws(Diagnostic) {
      guard let annotation = argument.annotation else { return }
      try emitAnnotation(annotation, of: argument.arg, at: range)
      count += 1
    }
    try emit(arguments.args)
    try emit(arguments.posonlyargs)
    if let argument = arguments.vararg { try emit(argument) }
    try emit(arguments.kwonlyargs)
    if let argument = arguments.kwarg { try emit(argument) }
    if let annotation = function.returns {
      try emitAnnotation(annotation, of: wellKnown.returnAnnotation, at: range)
      count += 1
    }
    self.emit(.BUILD_MAP, count, at: range)
    try exitAnnotateScope(at: range)
    return true
  }

  private func emitAnnotation(_ annotation: Expr, of name: Text, at range: SourceRange) throws(Diagnostic) {
    emitConstant(mangled(name), at: range)
    if futureFlags.contains(.futureAnnotations) {
      try emitAnnotationString(annotation)
    } else if case .starred(let starred) = annotation.node {
      // `*args: *Ts`
      try visit(starred.value)
      emit(.UNPACK_SEQUENCE, 1, at: range)
    } else {
      try visit(annotation)
    }
  }

  private func emitAnnotationString(_ annotation: Expr) throws(Diagnostic) {
    emitConstant(try Unparser.text(of: annotation, in: arena, stackLimit: stackLimit), at: annotation.range)
  }

  // MARK: Modules and classes

  /// An annotated assignment.
  func visit(_ node: AST.AnnAssign) throws(Diagnostic) {
    let target = node.target
    if let value = node.value {
      try visit(value)
      try visit(target)
    }
    switch target.node {
    case .name(let name):
      if node.simple != 0 && (unit.kind == .module || unit.kind == .class) { try annotate(name.id, with: node) }
    case .attribute(let attribute):
      if node.value == nil { try check(attribute.value) }
    case .subscript(let subscripted):
      if node.value == nil {
        try check(subscripted.value)
        try checkSubscript(subscripted.slice)
      }
    default:
      throw systemError("invalid node type (\(target.kind)) for annotated assignment")
    }
  }

  private func annotate(_ name: Text, with node: AST.AnnAssign) throws(Diagnostic) {
    let range = node.range
    if futureFlags.contains(.futureAnnotations) {
      try emitAnnotationString(node.annotation)
      emit(.LOAD_NAME, unit.names.index(of: wellKnown.annotations), at: range)
      emitConstant(mangled(name), at: range)
      emit(.STORE_SUBSCR, at: range)
      return
    }
    guard unit.kind == .module || unit.conditionalDepth > 0 else {
      unit.deferredAnnotations.append((node, -1))
      return
    }
    let index = unit.nextConditionIndex
    unit.nextConditionIndex += 1
    unit.deferredAnnotations.append((node, index))
    if unit.kind == .class {
      emit(.LOAD_DEREF, unit.cellVariables.index(of: wellKnown.conditionalAnnotations), at: range)
    } else {
      emit(.LOAD_NAME, unit.names.index(of: wellKnown.conditionalAnnotations), at: range)
    }
    emitConstant(index, at: range)
    emit(.SET_ADD, 1, at: range)
    emit(.POP_TOP, at: range)
  }

  /// Evaluates a part of a target that is annotated but not assigned, for its errors.
  private func check(_ expression: Expr) throws(Diagnostic) {
    try visit(expression)
    emit(.POP_TOP, at: expression.range)
  }

  private func checkSubscript(_ expression: Expr) throws(Diagnostic) {
    try checkDepth()
    switch expression.node {
    case .slice(let slice):
      if let lower = slice.lower { try check(lower) }
      if let upper = slice.upper { try check(upper) }
      if let step = slice.step { try check(step) }
    case .tuple(let tuple):
      for element in tuple.elts { try checkSubscript(element) }
    default:
      try check(expression)
    }
  }

  /// Makes the `__annotate__` function of a module or class from the annotations met in its body.
  func emitDeferredAnnotations(at range: SourceRange) throws(Diagnostic) {
    let outer = unit
    if outer.deferredAnnotations.isEmpty { return }
    guard let scope = outer.scope.annotationScope else { throw systemError("unknown symbol table entry") }
    // A module's goes to the place that was kept free at its beginning, for functions may ask before the body has ended.
    let isModule = outer.kind == .module
    var body = InstructionSequence()
    if isModule { swap(&body, &code) }

    enterAnnotationScope(scope, name: scope.name, at: range)
    emit(.BUILD_MAP, 0, at: range)
    for (statement, conditionIndex) in outer.deferredAnnotations {
      guard case .name(let name) = statement.target.node else { continue }
      let place = statement.range
      let skip = newLabel()
      if conditionIndex >= 0 {
        emitConstant(conditionIndex, at: place)
        if outer.kind == .class {
          emit(.LOAD_DEREF, unit.freeVariables.index(of: wellKnown.conditionalAnnotations) + unit.cellVariables.count, at: place)
        } else {
          emit(.LOAD_GLOBAL, unit.names.index(of: wellKnown.conditionalAnnotations) << 1, at: place)
        }
        emit(.CONTAINS_OP, 0, at: place)
        emit(.POP_JUMP_IF_FALSE, to: skip, at: place)
      }
      try visit(statement.annotation)
      emit(.COPY, 2, at: place)
      emitConstant(arena.mangled(name.id, in: unit.privateName), at: place)
      emit(.STORE_SUBSCR, at: range)
      use(skip)
    }
    try exitAnnotateScope(at: range)
    store(outer.kind == .class ? wellKnown.annotateFunction : wellKnown.annotate, at: range)

    if isModule {
      swap(&body, &code)
      code.annotationsCode = body.instructions
    }
  }
}
