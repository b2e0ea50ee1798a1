// f-strings and t-strings.

import KraitSyntax

extension CodeGenerator {
  func visit(_ node: AST.JoinedStr) throws(Diagnostic) {
    let range = node.range
    let values = node.values
    if values.count > stackUseGuideline {
      emitConstant(wellKnown.empty, at: range)
      emitAttribute(.method, wellKnown.join, at: range)
      emit(.BUILD_LIST, 0, at: range)
      for value in values {
        try visit(value)
        emit(.LIST_APPEND, 1, at: range)
      }
      emit(.CALL, 1, at: range)
      return
    }
    try visit(values)
    if values.isEmpty {
      emitConstant(wellKnown.empty, at: range)
    } else if values.count > 1 {
      emit(.BUILD_STRING, values.count, at: range)
    }
  }

  func visit(_ node: AST.FormattedValue) throws(Diagnostic) {
    let range = node.range
    try visit(node.value)
    if let conversion = try conversionNumber(node.conversion) { emit(.CONVERT_VALUE, conversion, at: range) }
    if let specification = node.formatSpec {
      try visit(specification)
      emit(.FORMAT_WITH_SPEC, at: range)
    } else {
      emit(.FORMAT_SIMPLE, at: range)
    }
  }

  /// A tuple of the strings, one more than there are interpolations, and a tuple of the interpolations.
  func visit(_ node: AST.TemplateStr) throws(Diagnostic) {
    let range = node.range
    let values = node.values
    var strings = 0
    var interpolations = 0
    var needsString = true
    for value in values {
      if value.kind == .interpolation {
        interpolations += 1
        if needsString {
          emitConstant(wellKnown.empty, at: range)
          strings += 1
        }
        needsString = true
      } else {
        try visit(value)
        strings += 1
        needsString = false
      }
    }
    if needsString {
      emitConstant(wellKnown.empty, at: range)
      strings += 1
    }
    emit(.BUILD_TUPLE, strings, at: range)
    for value in values where value.kind == .interpolation { try visit(value) }
    emit(.BUILD_TUPLE, interpolations, at: range)
    emit(.BUILD_TEMPLATE, at: range)
  }

  func visit(_ node: AST.Interpolation) throws(Diagnostic) {
    let range = node.range
    try visit(node.value)
    emitConstant(node.str, at: range)
    var argument = 2
    if let specification = node.formatSpec {
      try visit(specification)
      argument |= 1
    }
    if let conversion = try conversionNumber(node.conversion) { argument |= conversion << 2 }
    emit(.BUILD_INTERPOLATION, argument, at: range)
  }

  /// The argument of `CONVERT_VALUE` for `!s`, `!r` and `!a`.
  private func conversionNumber(_ conversion: Int) throws(Diagnostic) -> Int? {
    switch conversion {
    case -1: return nil
    case 0x73: return 1
    case 0x72: return 2
    case 0x61: return 3
    default:
      throw systemError("Unrecognized conversion character \(conversion)")
    }
  }
}
