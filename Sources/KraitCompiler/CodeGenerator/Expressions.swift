// Expressions: the entry that dispatches on the kind of node, operators, displays, subscripts, attributes and assignment targets.
// Calls, comprehensions and strings have files of their own.

import KraitSyntax

/// From so many values on, they are collected one by one instead of being held on the stack together.
let stackUseGuideline = 30

extension CodeGenerator {
  /// Writes an expression. One that is read leaves its value on the stack; a target takes the value from there, or is deleted.
  func visit(_ expression: Expr) throws(Diagnostic) {
    try checkDepth()
    let range = expression.range
    switch expression.node {
    case .name(let node): access(node.id, node.ctx, at: range)
    case .constant(let node): emitConstant(node.value, at: range)
    case .attribute(let node): try visit(node)
    case .call(let node): try visit(node)
    case .subscript(let node): try visit(node)
    case .binOp(let node):
      try visit(node.left)
      try visit(node.right)
      emit(node.op, inPlace: false, at: range)
    case .unaryOp(let node): try visit(node)
    case .compare(let node): try visit(node)
    case .boolOp(let node): try visit(node)
    case .ifExp(let node): try visit(node)
    case .namedExpr(let node):
      try visit(node.value)
      emit(.COPY, 1, at: range)
      try visit(node.target)
    case .lambda(let node): try visit(node)
    case .tuple(let node): try visitSequence(.tuple, node.elts, node.ctx, at: range)
    case .list(let node): try visitSequence(.list, node.elts, node.ctx, at: range)
    case .set(let node): try emitDisplay(.set, node.elts, at: range)
    case .dict(let node): try visit(node)
    case .listComp(let node): try visit(node)
    case .setComp(let node): try visit(node)
    case .dictComp(let node): try visit(node)
    case .generatorExp(let node): try visit(node)
    case .joinedStr(let node): try visit(node)
    case .templateStr(let node): try visit(node)
    case .formattedValue(let node): try visit(node)
    case .interpolation(let node): try visit(node)
    case .slice(let node): try visit(node)
    case .yield(let node): try visit(node)
    case .yieldFrom(let node): try visit(node)
    case .await(let node):
      try visit(node.value)
      emitAwait(0, at: range)
    case .starred(let node):
      throw error(
        node.ctx == .store ? "starred assignment target must be in a list or tuple" : "can't use starred expression here", at: range)
    }
  }

  func visit(_ expressions: NodeList<Expr>) throws(Diagnostic) {
    for expression in expressions { try visit(expression) }
  }

  /// Awaits the value on the stack; `kind` tells the error message where the awaitable came from.
  func emitAwait(_ kind: Int, at range: SourceRange) {
    emit(.GET_AWAITABLE, kind, at: range)
    emitNone(at: range)
    emitYieldFrom(isAwait: true, at: range)
  }

  // MARK: Operators

  private func visit(_ node: AST.UnaryOp) throws(Diagnostic) {
    try visit(node.operand)
    let range = node.range
    switch node.op {
    case .uAdd: emit(.CALL_INTRINSIC_1, Intrinsic.unaryPositive.rawValue, at: range)
    case .not:
      emit(.TO_BOOL, at: range)
      emit(.UNARY_NOT, at: range)
    case .invert: emit(.UNARY_INVERT, at: range)
    case .uSub: emit(.UNARY_NEGATIVE, at: range)
    }
  }

  private func visit(_ node: AST.BoolOp) throws(Diagnostic) {
    let range = node.range
    let shortcut: Opcode = node.op == .and ? .JUMP_IF_FALSE : .JUMP_IF_TRUE
    let end = newLabel()
    let values = node.values
    let last = values.count - 1
    for index in 0..<last {
      try visit(values[index])
      emit(shortcut, to: end, at: range)
      emit(.POP_TOP, at: range)
    }
    try visit(values[last])
    use(end)
  }

  // MARK: Generators

  private func visit(_ node: AST.Yield) throws(Diagnostic) {
    let range = node.range
    guard unit.scope.kind.isFunctionLike else { throw error("'yield' outside function", at: range) }
    if let value = node.value { try visit(value) } else { emitNone(at: range) }
    emitYield(at: range)
  }

  private func visit(_ node: AST.YieldFrom) throws(Diagnostic) {
    let range = node.range
    guard unit.scope.kind.isFunctionLike else { throw error("'yield from' outside function", at: range) }
    if unit.kind == .asyncFunction { throw error("'yield from' inside async function", at: range) }
    try visit(node.value)
    emit(.GET_YIELD_FROM_ITER, at: range)
    emitNone(at: range)
    emitYieldFrom(isAwait: false, at: range)
  }

  // MARK: Displays

  /// What a display builds, and with which instructions it grows when it cannot be built at once.
  enum Display {
    case list, tuple, set

    var build: Opcode { self == .set ? .BUILD_SET : .BUILD_LIST }
    var add: Opcode { self == .set ? .SET_ADD : .LIST_APPEND }
    var extend: Opcode { self == .set ? .SET_UPDATE : .LIST_EXTEND }
  }

  /// A list or tuple: a display, a target to unpack into, or targets to delete.
  private func visitSequence(
    _ display: Display, _ elements: NodeList<Expr>, _ context: ExprContext, at range: SourceRange
  ) throws(Diagnostic) {
    switch context {
    case .load: try emitDisplay(display, elements, at: range)
    case .store: try emitUnpacking(into: elements, at: range)
    case .del: try visit(elements)
    }
  }

  /// Builds a list, tuple or set from `pushed` values that are on the stack already, the elements, and the value of the name `injected`.
  func emitDisplay(
    _ display: Display, _ elements: NodeList<Expr>, pushed: Int = 0, injected: Text? = nil, at range: SourceRange
  ) throws(Diagnostic) {
    let count = elements.count
    let isLarge = count + pushed + (injected == nil ? 0 : 1) > stackUseGuideline
    if !isLarge && !elements.containsStarred {
      try visit(elements)
      var total = count + pushed
      if let injected {
        load(injected, at: range)
        total += 1
      }
      emit(display == .tuple ? .BUILD_TUPLE : display.build, total, at: range)
      return
    }
    var isBuilt = false
    if isLarge {
      emit(display.build, pushed, at: range)
      isBuilt = true
    }
    for index in 0..<count {
      let element = elements[index]
      if case .starred(let starred) = element.node {
        if !isBuilt {
          emit(display.build, index + pushed, at: range)
          isBuilt = true
        }
        try visit(starred.value)
        emit(display.extend, 1, at: range)
      } else {
        try visit(element)
        if isBuilt { emit(display.add, 1, at: range) }
      }
    }
    if let injected {
      load(injected, at: range)
      emit(display.add, 1, at: range)
    }
    if display == .tuple { emit(.CALL_INTRINSIC_1, Intrinsic.listToTuple.rawValue, at: range) }
  }

  private func visit(_ node: AST.Dict) throws(Diagnostic) {
    let range = node.range
    let keys = node.keys
    let values = node.values
    /// Whether a dict is on the stack, to be updated with what follows.
    var hasDict = false
    /// How many pairs before the current item are not yet written.
    var pending = 0
    func flush(upTo end: Int) throws(Diagnostic) {
      try emitPairs(of: node, from: end - pending, to: end)
      if hasDict { emit(.DICT_UPDATE, 1, at: range) }
      hasDict = true
      pending = 0
    }
    for index in 0..<values.count {
      if keys[index] == nil {
        if pending > 0 { try flush(upTo: index) }
        if !hasDict {
          emit(.BUILD_MAP, 0, at: range)
          hasDict = true
        }
        try visit(values[index])
        emit(.DICT_UPDATE, 1, at: range)
      } else {
        pending += 1
        if (pending - 1) * 2 > stackUseGuideline { try flush(upTo: index + 1) }
      }
    }
    if pending > 0 { try flush(upTo: values.count) }
    if !hasDict { emit(.BUILD_MAP, 0, at: range) }
  }

  /// Pushes a dict of some of a display's pairs.
  private func emitPairs(of node: AST.Dict, from start: Int, to end: Int) throws(Diagnostic) {
    let range = node.range
    let isLarge = (end - start) * 2 > stackUseGuideline
    if isLarge { emit(.BUILD_MAP, 0, at: range) }
    for index in start..<end {
      if let key = node.keys[index] { try visit(key) }
      try visit(node.values[index])
      if isLarge { emit(.MAP_ADD, 1, at: range) }
    }
    if !isLarge { emit(.BUILD_MAP, end - start, at: range) }
  }

  // MARK: Targets

  /// Unpacks the value on the stack into targets.
  private func emitUnpacking(into targets: NodeList<Expr>, at range: SourceRange) throws(Diagnostic) {
    var star: Int? = nil
    let count = targets.count
    for index in 0..<count where targets[index].kind == .starred {
      if star != nil { throw error("multiple starred expressions in assignment", at: range) }
      if index >= 1 << 8 || count - index - 1 >= Int(Int32.max >> 8) {
        throw error("too many expressions in star-unpacking assignment", at: range)
      }
      emit(.UNPACK_EX, index + (count - index - 1) << 8, at: range)
      star = index
    }
    if star == nil { emit(.UNPACK_SEQUENCE, count, at: range) }
    for target in targets {
      if case .starred(let starred) = target.node { try visit(starred.value) } else { try visit(target) }
    }
  }

  // MARK: Attributes

  private func visit(_ node: AST.Attribute) throws(Diagnostic) {
    let range = node.range
    if node.ctx == .load, let call = superCall(of: node) {
      try emitSuperArguments(call)
      emitAttribute(call.args.isEmpty ? .zeroSuperAttribute : .superAttribute, node.attr, at: range)
      emit(.NOP, at: attributeRange(node, startingAt: range))
      return
    }
    noteStaticAttribute(node)
    try visit(node.value)
    let attributeRange = attributeRange(node, startingAt: range)
    switch node.ctx {
    case .load: emitAttribute(.attribute, node.attr, at: attributeRange)
    case .store: emitName(.STORE_ATTR, node.attr, at: attributeRange)
    case .del: emitName(.DELETE_ATTR, node.attr, at: attributeRange)
    }
  }

  /// `range` moved to start at the attribute's name when that stands on a later line, so that a chain of calls over several lines
  /// shows the line of each.
  func attributeRange(_ node: AST.Attribute, startingAt range: SourceRange) -> SourceRange {
    let end = node.range
    if range.line == end.endLine { return range }
    var result = range
    result.line = end.endLine
    let length = node.attr.codePointCount
    if length <= end.endColumn {
      result.column = end.endColumn - Int32(length)
    } else {
      // Only trees that no source has: their columns mean nothing.
      result.column = -1
      result.endColumn = -1
    }
    result.endLine = max(result.line, result.endLine)
    if result.line == result.endLine { result.endColumn = max(result.column, result.endColumn) }
    return result
  }

  // MARK: Subscripts

  private func visit(_ node: AST.Subscript) throws(Diagnostic) {
    let range = node.range
    if node.ctx == .load {
      warnAboutSubscript(of: node.value, at: node.slice)
    }
    try visit(node.value)
    if node.ctx != .del, let slice = twoPartSlice(node.slice) {
      try emitSliceParts(slice)
      emit(node.ctx == .load ? .BINARY_SLICE : .STORE_SLICE, at: range)
      return
    }
    try visit(node.slice)
    switch node.ctx {
    case .load: emit(.BINARY_OP, BinaryOperator.subscriptNumber, at: range)
    case .store: emit(.STORE_SUBSCR, at: range)
    case .del: emit(.DELETE_SUBSCR, at: range)
    }
  }

  /// The slice that `BINARY_SLICE` and `STORE_SLICE` take in two parts: one without step whose bounds are not both constant.
  func twoPartSlice(_ index: Expr) -> AST.Slice? {
    guard case .slice(let slice) = index.node, slice.step == nil, !slice.isConstant else { return nil }
    return slice
  }

  /// Pushes the lower and the upper bound of a slice.
  func emitSliceParts(_ slice: AST.Slice) throws(Diagnostic) {
    if let lower = slice.lower { try visit(lower) } else { emitNone(at: slice.range) }
    if let upper = slice.upper { try visit(upper) } else { emitNone(at: slice.range) }
  }

  private func visit(_ node: AST.Slice) throws(Diagnostic) {
    let range = node.range
    if node.isConstant {
      emitConstant(
        arena.slice(node.lower?.constantValue ?? none, node.upper?.constantValue ?? none, node.step?.constantValue ?? none), at: range)
      return
    }
    try emitSliceParts(node)
    if let step = node.step {
      try visit(step)
      emit(.BUILD_SLICE, 3, at: range)
    } else {
      emit(.BUILD_SLICE, 2, at: range)
    }
  }
}

extension Expr {
  /// The value of a constant.
  var constantValue: ConstantValue? {
    if case .constant(let node) = self.node { node.value } else { nil }
  }
}

extension AST.Slice {
  /// Whether the slice is known now, so that it becomes a constant.
  fileprivate var isConstant: Bool {
    func isConstant(_ part: Expr?) -> Bool { part == nil || part?.kind == .constant }
    return isConstant(lower) && isConstant(upper) && isConstant(step)
  }
}

extension NodeList<Expr> {
  var containsStarred: Bool {
    for element in self where element.kind == .starred { return true }
    return false
  }
}
