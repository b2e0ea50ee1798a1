// Expressions back to source text, as `from __future__ import annotations` stores annotations.

import KraitSyntax

/// Writes an expression in CPython's normal form: one space around operators, parentheses only where precedence asks for them.
struct Unparser: ~Copyable {
  /// How tightly an expression binds, loosest first; `next` is what an operand on the other side must reach.
  private enum Precedence: Int, Comparable {
    case tuple, test, or, and, not, comparison, bitOr, bitXor, bitAnd, shift, arithmetic, term, factor, power, await, atom

    static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }
    var next: Precedence { Precedence(rawValue: rawValue + 1) ?? .atom }
  }

  private var output = ByteBuffer()
  private let stackLimit: UInt

  private init(stackLimit: UInt) { self.stackLimit = stackLimit }

  /// The text of an expression, interned in `arena`.
  static func text(of expression: Expr, in arena: Arena, stackLimit: UInt) throws(Diagnostic) -> Text {
    var unparser = Unparser(stackLimit: stackLimit)
    try unparser.write(expression, .test)
    return arena.text(unparser.output.bytes)
  }

  // MARK: Dispatch

  private mutating func write(_ expression: Expr, _ level: Precedence) throws(Diagnostic) {
    if StackLimit.isExceeded(stackLimit) { throw StackLimit.overflow(during: "compilation") }
    switch expression.node {
    case .name(let node): output.append(node.id.bytes)
    case .constant(let node):
      if node.value.kind == .ellipsis { return output.append("...") }
      if let kind = node.kind { output.append(kind.bytes) }
      write(node.value)
    case .attribute(let node):
      try write(node.value, .atom)
      // `1 .real`: without the space the dot would belong to the number.
      if case .constant(let object) = node.value.node, object.value.kind == .integer { output.append(" ") }
      output.append(".")
      output.append(node.attr.bytes)
    case .subscript(let node):
      try write(node.value, .atom)
      output.append("[")
      try write(node.slice, .tuple)
      output.append("]")
    case .slice(let node):
      if let lower = node.lower { try write(lower, .test) }
      output.append(":")
      if let upper = node.upper { try write(upper, .test) }
      if let step = node.step {
        output.append(":")
        try write(step, .test)
      }
    case .starred(let node):
      output.append("*")
      try write(node.value, .bitOr)
    case .call(let node): try write(node)
    case .binOp(let node): try write(node, level)
    case .unaryOp(let node): try write(node, level)
    case .boolOp(let node): try write(node, level)
    case .compare(let node): try write(node, level)
    case .ifExp(let node):
      open(level > .test)
      try write(node.body, .or)
      output.append(" if ")
      try write(node.test, .or)
      output.append(" else ")
      try write(node.orelse, .test)
      close(level > .test)
    case .lambda(let node): try write(node, level)
    case .namedExpr(let node):
      open(level > .tuple)
      try write(node.target, .atom)
      output.append(" := ")
      try write(node.value, .atom)
      close(level > .tuple)
    case .await(let node):
      open(level > .await)
      output.append("await ")
      try write(node.value, .atom)
      close(level > .await)
    case .yield(let node):
      output.append("(yield")
      if let value = node.value {
        output.append(" ")
        try write(value, .test)
      }
      output.append(")")
    case .yieldFrom(let node):
      output.append("(yield from ")
      try write(node.value, .test)
      output.append(")")
    case .list(let node):
      output.append("[")
      try write(node.elts)
      output.append("]")
    case .set(let node):
      output.append("{")
      try write(node.elts)
      output.append("}")
    case .tuple(let node):
      if node.elts.isEmpty { return output.append("()") }
      open(level > .tuple)
      try write(node.elts)
      if node.elts.count == 1 { output.append(",") }
      close(level > .tuple)
    case .dict(let node): try write(node)
    case .listComp(let node): try writeComprehension("[", node.elt, node.generators, "]")
    case .setComp(let node): try writeComprehension("{", node.elt, node.generators, "}")
    case .generatorExp(let node): try writeComprehension("(", node.elt, node.generators, ")")
    case .dictComp(let node):
      output.append("{")
      try write(node.key, .test)
      output.append(": ")
      try write(node.value, .test)
      try write(node.generators)
      output.append("}")
    case .joinedStr(let node): try writeString("f", node.values[...])
    case .templateStr(let node): try write(node)
    case .formattedValue(let node): try write(node)
    case .interpolation(let node): try write(node)
    }
  }

  private mutating func open(_ condition: Bool) { if condition { output.append("(") } }
  private mutating func close(_ condition: Bool) { if condition { output.append(")") } }

  private mutating func write(_ list: NodeList<Expr>) throws(Diagnostic) {
    for index in list.indices {
      if index > 0 { output.append(", ") }
      try write(list[index], .test)
    }
  }

  // MARK: Operators

  private mutating func write(_ node: AST.BinOp, _ level: Precedence) throws(Diagnostic) {
    let (symbol, precedence): (StaticString, Precedence) =
      switch node.op {
      case .add: (" + ", .arithmetic)
      case .sub: (" - ", .arithmetic)
      case .mult: (" * ", .term)
      case .matMult: (" @ ", .term)
      case .div: (" / ", .term)
      case .mod: (" % ", .term)
      case .floorDiv: (" // ", .term)
      case .lShift: (" << ", .shift)
      case .rShift: (" >> ", .shift)
      case .bitOr: (" | ", .bitOr)
      case .bitXor: (" ^ ", .bitXor)
      case .bitAnd: (" & ", .bitAnd)
      case .pow: (" ** ", .power)
      }
    let isRightAssociative = node.op == .pow
    open(level > precedence)
    try write(node.left, isRightAssociative ? precedence.next : precedence)
    output.append(symbol)
    try write(node.right, isRightAssociative ? precedence : precedence.next)
    close(level > precedence)
  }

  private mutating func write(_ node: AST.UnaryOp, _ level: Precedence) throws(Diagnostic) {
    let (symbol, precedence): (StaticString, Precedence) =
      switch node.op {
      case .invert: ("~", .factor)
      case .not: ("not ", .not)
      case .uAdd: ("+", .factor)
      case .uSub: ("-", .factor)
      }
    open(level > precedence)
    output.append(symbol)
    try write(node.operand, precedence)
    close(level > precedence)
  }

  private mutating func write(_ node: AST.BoolOp, _ level: Precedence) throws(Diagnostic) {
    let precedence: Precedence = node.op == .and ? .and : .or
    open(level > precedence)
    for index in node.values.indices {
      if index > 0 { output.append(node.op == .and ? " and " : " or ") }
      try write(node.values[index], precedence.next)
    }
    close(level > precedence)
  }

  private mutating func write(_ node: AST.Compare, _ level: Precedence) throws(Diagnostic) {
    open(level > .comparison)
    try write(node.left, .bitOr)
    for index in node.ops.indices {
      let symbol: StaticString =
        switch node.ops[index] {
        case .eq: " == "
        case .notEq: " != "
        case .lt: " < "
        case .ltE: " <= "
        case .gt: " > "
        case .gtE: " >= "
        case .is: " is "
        case .isNot: " is not "
        case .in: " in "
        case .notIn: " not in "
        }
      output.append(symbol)
      try write(node.comparators[index], .bitOr)
    }
    close(level > .comparison)
  }

  // MARK: Calls, functions, displays

  private mutating func write(_ node: AST.Call) throws(Diagnostic) {
    try write(node.func, .atom)
    if node.args.count == 1 && node.keywords.isEmpty, case .generatorExp(let generator) = node.args[0].node {
      return try writeComprehension("(", generator.elt, generator.generators, ")")
    }
    output.append("(")
    try write(node.args)
    for index in node.keywords.indices {
      if index > 0 || !node.args.isEmpty { output.append(", ") }
      let keyword = node.keywords[index]
      if let name = keyword.arg {
        output.append(name.bytes)
        output.append("=")
      } else {
        output.append("**")
      }
      try write(keyword.value, .test)
    }
    output.append(")")
  }

  private mutating func write(_ node: AST.Lambda, _ level: Precedence) throws(Diagnostic) {
    open(level > .test)
    let arguments = node.args
    // As CPython has it, the space is missing when only other parameters follow: `lambda*a: a`.
    output.append(arguments.args.isEmpty && arguments.posonlyargs.isEmpty ? "lambda" : "lambda ")
    try write(arguments)
    output.append(": ")
    try write(node.body, .test)
    close(level > .test)
  }

  private mutating func write(_ node: Arguments) throws(Diagnostic) {
    let positionalOnly = node.posonlyargs
    let positional = node.args
    let count = positionalOnly.count + positional.count
    var isFirst = true
    for index in 0..<count {
      separate(&isFirst)
      try write(index < positionalOnly.count ? positionalOnly[index] : positional[index - positionalOnly.count])
      let defaultIndex = index - count + node.defaults.count
      if defaultIndex >= 0 {
        output.append("=")
        try write(node.defaults[defaultIndex], .test)
      }
      if index + 1 == positionalOnly.count { output.append(", /") }
    }
    if node.vararg != nil || !node.kwonlyargs.isEmpty {
      separate(&isFirst)
      output.append("*")
      if let argument = node.vararg { try write(argument) }
    }
    for index in node.kwonlyargs.indices {
      separate(&isFirst)
      try write(node.kwonlyargs[index])
      if index < node.kwDefaults.count, let value = node.kwDefaults[index] {
        output.append("=")
        try write(value, .test)
      }
    }
    if let argument = node.kwarg {
      separate(&isFirst)
      output.append("**")
      try write(argument)
    }
  }

  private mutating func separate(_ isFirst: inout Bool) {
    if !isFirst { output.append(", ") }
    isFirst = false
  }

  private mutating func write(_ node: Arg) throws(Diagnostic) {
    output.append(node.arg.bytes)
    if let annotation = node.annotation {
      output.append(": ")
      try write(annotation, .test)
    }
  }

  private mutating func write(_ node: AST.Dict) throws(Diagnostic) {
    output.append("{")
    for index in node.values.indices {
      if index > 0 { output.append(", ") }
      if let key = node.keys[index] {
        try write(key, .test)
        output.append(": ")
        try write(node.values[index], .test)
      } else {
        output.append("**")
        try write(node.values[index], .bitOr)
      }
    }
    output.append("}")
  }

  private mutating func writeComprehension(
    _ opening: StaticString, _ element: Expr, _ generators: NodeList<Comprehension>, _ closing: StaticString
  ) throws(Diagnostic) {
    output.append(opening)
    try write(element, .test)
    try write(generators)
    output.append(closing)
  }

  private mutating func write(_ generators: NodeList<Comprehension>) throws(Diagnostic) {
    for generator in generators {
      output.append(generator.isAsync != 0 ? " async for " : " for ")
      try write(generator.target, .tuple)
      output.append(" in ")
      try write(generator.iter, .or)
      for condition in generator.ifs {
        output.append(" if ")
        try write(condition, .or)
      }
    }
  }

  // MARK: Constants and strings

  private mutating func write(_ constant: ConstantValue) {
    switch constant.kind {
    case .tuple:
      output.append("(")
      for (index, element) in constant.elements.enumerated() {
        if index > 0 { output.append(", ") }
        write(element)
      }
      if constant.elements.count == 1 { output.append(",") }
      output.append(")")
    case .float, .complex:
      // There is no literal for infinity but one that overflows.
      var text = ByteBuffer()
      text.append(repr: constant)
      let bytes = text.bytes
      var index = 0
      while index < bytes.count {
        if bytes[index] == UInt8(ascii: "i") && bytes[index...].starts(with: "inf".utf8) {
          output.append("1e309")
          index += 3
        } else {
          output.append(bytes[index])
          index += 1
        }
      }
    default:
      output.append(repr: constant)
    }
  }

  /// A string literal with a prefix; its parts are written first, then quoted together.
  private mutating func writeString(_ prefix: StaticString, _ values: Slice<NodeList<Expr>>) throws(Diagnostic) {
    var inner = Unparser(stackLimit: stackLimit)
    for value in values { try inner.writePart(value) }
    output.append(prefix)
    output.append(stringRepr: inner.output.bytes)
  }

  private mutating func writePart(_ part: Expr) throws(Diagnostic) {
    switch part.node {
    case .constant(let node):
      for byte in node.value.text.bytes {
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { output.append(byte) }
        output.append(byte)
      }
    default:
      try write(part, .test)
    }
  }

  private mutating func write(_ node: AST.TemplateStr) throws(Diagnostic) {
    let values = node.values
    if values.isEmpty { return try writeString("t", values[...]) }
    // Values of f-strings among them came from implicit concatenation and stand as strings of their own.
    var start = 0
    for index in values.indices where values[index].kind == .formattedValue {
      if index > start {
        try writeString("t", values[start..<index])
        output.append(" ")
      }
      try writeString("f", values[index...index])
      if index + 1 < values.count { output.append(" ") }
      start = index + 1
    }
    if start < values.count { try writeString("t", values[start...]) }
  }

  private mutating func write(_ node: AST.FormattedValue) throws(Diagnostic) {
    var value = Unparser(stackLimit: stackLimit)
    try value.write(node.value, .or)
    writeOpeningBrace(before: value.output.bytes)
    try writeConversion(node.conversion, node.formatSpec)
  }

  private mutating func write(_ node: AST.Interpolation) throws(Diagnostic) {
    if node.str.kind == .string { writeOpeningBrace(before: node.str.text.bytes) }
    try writeConversion(node.conversion, node.formatSpec)
  }

  /// Two braces in a row would be an escaped one.
  private mutating func writeOpeningBrace(before bytes: UnsafeBufferPointer<UInt8>) {
    output.append(bytes.first == UInt8(ascii: "{") ? "{ " : "{")
    output.append(bytes)
  }

  private mutating func writeConversion(_ conversion: Int, _ specification: Expr?) throws(Diagnostic) {
    if conversion >= 0 {
      output.append("!")
      output.append(UInt8(truncatingIfNeeded: conversion))
    }
    if let specification {
      output.append(":")
      if case .joinedStr(let node) = specification.node {
        for part in node.values { try writePart(part) }
      } else {
        try writePart(specification)
      }
    }
    output.append("}")
  }
}
