// Warnings about expressions that are legal and almost surely mistakes: a missing comma, an identity test with a literal.

import KraitSyntax

extension CodeGenerator {
  /// Warns of `is` and `is not` with a literal; once in a chain.
  func warnAboutIdentity(_ node: AST.Compare) {
    var left = node.left
    for index in 0..<node.ops.count {
      let right = node.comparators[index]
      let operation = node.ops[index]
      if operation == .is || operation == .isNot, left.isValueLiteral || right.isValueLiteral {
        let type = (left.isValueLiteral ? left : right).inferredType ?? ""
        warn(
          operation == .is
            ? "\"is\" with '\(type)' literal. Did you mean \"==\"?" : "\"is not\" with '\(type)' literal. Did you mean \"!=\"?",
          at: node.range)
        return
      }
      left = right
    }
  }

  /// Warns of a call of something that cannot be called.
  func warnAboutCall(of callee: Expr) {
    switch callee.kind {
    case .constant, .tuple, .list, .listComp, .dict, .dictComp, .set, .setComp, .generatorExp, .joinedStr, .templateStr, .formattedValue,
      .interpolation:
      warn("'\(callee.inferredType ?? "")' object is not callable; perhaps you missed a comma?", at: callee.range)
    default: break
    }
  }

  /// Warns of a subscript of something that has none, or with an index that the object cannot have.
  func warnAboutSubscript(of object: Expr, at index: Expr) {
    switch object.kind {
    case .constant, .set, .setComp, .generatorExp, .templateStr, .interpolation, .lambda:
      if object.constantValue?.isSubscriptable ?? false { break }
      warn("'\(object.inferredType ?? "")' object is not subscriptable; perhaps you missed a comma?", at: object.range)
    default: break
    }
    switch object.kind {
    case .constant, .tuple, .list, .listComp, .joinedStr, .formattedValue:
      guard let indexType = index.inferredType, !index.isIndexLiteral, object.constantValue?.takesIndices ?? true else { return }
      warn(
        "\(object.inferredType ?? "") indices must be integers or slices, not \(indexType); perhaps you missed a comma?", at: object.range)
    default: break
    }
  }
}

extension Expr {
  /// A constant, or a tuple of constants, whose identity means nothing.
  fileprivate var isValueLiteral: Bool {
    switch node {
    case .tuple(let tuple):
      for element in tuple.elts where element.kind != .constant { return false }
      return true
    case .constant(let constant):
      switch constant.value.kind {
      case .none, .false, .true, .ellipsis: return false
      default: return true
      }
    default: return false
    }
  }

  /// The name of the type that the expression's value is seen to have.
  fileprivate var inferredType: StaticString? {
    switch node {
    case .tuple: "tuple"
    case .list, .listComp: "list"
    case .dict, .dictComp: "dict"
    case .set, .setComp: "set"
    case .generatorExp: "generator"
    case .lambda: "function"
    case .templateStr, .interpolation: "string.templatelib.Template"
    case .joinedStr, .formattedValue: "str"
    case .constant(let constant): constant.value.typeName
    default: nil
    }
  }

  /// Whether the expression is a constant that sequences take between brackets.
  fileprivate var isIndexLiteral: Bool {
    switch constantValue?.kind {
    case .integer, .true, .false, .slice: true
    default: false
    }
  }
}

extension ConstantValue {
  /// The name of the constant's type in Python.
  fileprivate var typeName: StaticString {
    switch kind {
    case .none: "NoneType"
    case .false, .true: "bool"
    case .ellipsis: "ellipsis"
    case .integer: "int"
    case .float: "float"
    case .complex: "complex"
    case .string: "str"
    case .bytes: "bytes"
    case .tuple: "tuple"
    case .frozenset: "frozenset"
    case .slice: "slice"
    case .code: "code"
    }
  }

  fileprivate var isSubscriptable: Bool {
    switch kind {
    case .none, .ellipsis, .integer, .true, .false, .float, .complex, .frozenset: false
    default: true
    }
  }

  /// Whether the constant is a sequence.
  fileprivate var takesIndices: Bool {
    switch kind {
    case .string, .bytes, .tuple: true
    default: false
    }
  }
}
