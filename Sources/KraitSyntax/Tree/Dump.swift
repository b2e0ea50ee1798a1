// `ast.dump()`: a tree as text, byte for byte as Python's function writes it.

/// The arguments of Python's `ast.dump()`.
public struct TreeDumpOptions: Sendable {
  /// Whether fields are written with their names.
  public var annotateFields = true
  /// Whether positions are written.
  public var includesAttributes = false
  /// What each level is indented by; `nil` writes everything on one line.
  public var indent: [UInt8]?
  /// Whether empty lists are written.
  public var showsEmpty = false
  /// `sys.get_int_max_str_digits()`: a longer integer raises `ValueError`; 0 is no limit.
  public var integerDigitLimit = 4300

  public init() {}
}

extension ASTNode {
  /// Appends the node's dump to a buffer.
  ///
  /// - Throws: `RecursionError` for a tree that is too deep for the stack, `ValueError` for an integer beyond the limit of digits.
  public func dump(_ options: TreeDumpOptions = TreeDumpOptions(), into buffer: inout ByteBuffer) throws(Diagnostic) {
    let dump = TreeDump(options)
    try dump.write(raw, level: 0, into: &buffer)
  }
}

private struct TreeDump {
  let options: TreeDumpOptions
  let isIndented: Bool
  /// The byte that the indentation consists of, when it is only one.
  let indentByte: UInt8
  let indentWidth: Int
  let stackLimit = StackLimit.current()

  init(_ options: TreeDumpOptions) {
    self.options = options
    isIndented = options.indent != nil
    let indent = options.indent ?? []
    indentByte = indent.first ?? 0x20
    indentWidth = indent.allSatisfy { $0 == indent.first } ? indent.count : -1
  }

  /// The fields that are written, a bit each, and how.
  private struct Plan {
    var written: UInt32 = 0
    var named: UInt32 = 0
    var isOnOneLine = true
  }

  func write(_ node: UnsafeMutableRawPointer, level: Int, into buffer: inout ByteBuffer) throws(Diagnostic) {
    if StackLimit.isExceeded(stackLimit) { throw Diagnostic(.recursionError, "maximum recursion depth exceeded") }
    let kind = node.load(as: NodeKind.self)
    let fields = kind.fields
    let writesAttributes = options.includesAttributes && kind.isLocated
    let plan = plan(node, fields, writesAttributes: writesAttributes)
    let level = level + 1

    buffer.append(kind.name)
    buffer.append(UInt8(ascii: "("))
    var isFirst = true
    for index in fields.indices where plan.written & (1 << UInt32(index)) != 0 {
      separate(&isFirst, plan, level, &buffer)
      if plan.named & (1 << UInt32(index)) != 0 {
        buffer.append(fields[index].name)
        buffer.append(UInt8(ascii: "="))
      }
      try write(fields[index], of: node, level: level, into: &buffer)
    }
    if writesAttributes {
      let range = node.load(fromByteOffset: 4, as: SourceRange.self)
      write(attribute: "lineno=", range.line, &isFirst, plan, level, &buffer)
      write(attribute: "col_offset=", range.column, &isFirst, plan, level, &buffer)
      write(attribute: "end_lineno=", range.endLine, &isFirst, plan, level, &buffer)
      write(attribute: "end_col_offset=", range.endColumn, &isFirst, plan, level, &buffer)
    }
    buffer.append(UInt8(ascii: ")"))
  }

  /// Which fields are written, and whether they fit on one line: at most three, all of them simple.
  private func plan(_ node: UnsafeMutableRawPointer, _ fields: [NodeField], writesAttributes: Bool) -> Plan {
    var plan = Plan()
    var named = options.annotateFields
    var pending: UInt32 = 0
    for index in fields.indices {
      let field = fields[index]
      let value = node.load(fromByteOffset: field.offset, as: UInt.self)
      let bit: UInt32 = 1 << UInt32(index)
      if field.isList {
        // The storage of an empty list is a null pointer.
        if value == 0 && !options.showsEmpty {
          if !named { pending |= bit }
          continue
        }
        if value != 0 { plan.isOnOneLine = false }
      } else if value == 0 && field.isOptional {
        named = true
        continue
      } else if case .category = field.kind, plan.isOnOneLine,
        let child = UnsafeMutableRawPointer(bitPattern: value), !writesNothing(child)
      {
        plan.isOnOneLine = false
      }
      if !named {
        plan.written |= pending
        pending = 0
      }
      plan.written |= bit
      if named { plan.named |= bit }
    }
    if plan.written.nonzeroBitCount + (writesAttributes ? 4 : 0) > 3 { plan.isOnOneLine = false }
    return plan
  }

  /// Whether a node's dump is its name and a pair of parentheses.
  private func writesNothing(_ node: UnsafeMutableRawPointer) -> Bool {
    let kind = node.load(as: NodeKind.self)
    if options.includesAttributes && kind.isLocated { return false }
    for field in kind.fields {
      guard field.isList || field.isOptional else { return false }
      if options.showsEmpty && field.isList { return false }
      if node.load(fromByteOffset: field.offset, as: UInt.self) != 0 { return false }
    }
    return true
  }

  private func write(
    _ field: NodeField, of node: UnsafeMutableRawPointer, level: Int, into buffer: inout ByteBuffer
  ) throws(Diagnostic) {
    let pointer = node + field.offset
    guard field.isList else {
      try write(pointer, field.kind, level: level, into: &buffer)
      return
    }
    guard let list = pointer.load(as: UnsafeMutableRawPointer?.self) else {
      buffer.append("[]")
      return
    }
    buffer.append(UInt8(ascii: "["))
    let stride = if case .enumeration = field.kind { 1 } else { 8 }
    let level = level + 1
    for index in 0..<list.load(as: Int.self) {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      if isIndented { newLine(level, &buffer) } else if index > 0 { buffer.append(UInt8(ascii: " ")) }
      try write(list + 8 + index * stride, field.kind, level: level, into: &buffer)
    }
    buffer.append(UInt8(ascii: "]"))
  }

  /// Writes the value of a field, or an element of a list, that lies at `pointer`.
  @inline(__always)
  private func write(
    _ pointer: UnsafeMutableRawPointer, _ kind: NodeField.Kind, level: Int, into buffer: inout ByteBuffer
  ) throws(Diagnostic) {
    switch kind {
    case .category:
      guard let child = pointer.load(as: UnsafeMutableRawPointer?.self) else {
        buffer.append("None")
        return
      }
      try write(child, level: level, into: &buffer)
    case .identifier, .string:
      guard let text = pointer.load(as: Text?.self) else {
        buffer.append("None")
        return
      }
      buffer.append(stringRepr: text.bytes)
    case .constant: try write(constant: pointer.load(as: ConstantValue.self), into: &buffer)
    case .int: buffer.append(decimal: pointer.load(as: Int.self))
    case .enumeration(let enumeration):
      let name: StaticString =
        switch enumeration {
        case .exprContext: pointer.load(as: ExprContext.self).name
        case .boolOperator: pointer.load(as: BoolOperator.self).name
        case .binaryOperator: pointer.load(as: BinaryOperator.self).name
        case .unaryOperator: pointer.load(as: UnaryOperator.self).name
        case .comparisonOperator: pointer.load(as: ComparisonOperator.self).name
        }
      buffer.append(name)
      buffer.append("()")
    }
  }

  private func write(constant: ConstantValue, into buffer: inout ByteBuffer) throws(Diagnostic) {
    let start = buffer.count
    buffer.append(repr: constant)
    let limit = options.integerDigitLimit
    if constant.kind == .integer && limit > 0 && buffer.count - start > limit + (constant.isNegative ? 1 : 0) {
      throw Diagnostic(
        .valueError,
        "Exceeds the limit (\(limit) digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit")
    }
  }

  @inline(__always)
  private func write(
    attribute name: StaticString, _ value: Int32, _ isFirst: inout Bool, _ plan: Plan, _ level: Int, _ buffer: inout ByteBuffer
  ) {
    separate(&isFirst, plan, level, &buffer)
    buffer.append(name)
    buffer.append(decimal: Int(value))
  }

  @inline(__always)
  private func separate(_ isFirst: inout Bool, _ plan: Plan, _ level: Int, _ buffer: inout ByteBuffer) {
    if !isFirst { buffer.append(UInt8(ascii: ",")) }
    if isIndented && !plan.isOnOneLine {
      newLine(level, &buffer)
    } else if !isFirst {
      buffer.append(UInt8(ascii: " "))
    }
    isFirst = false
  }

  @inline(__always)
  private func newLine(_ level: Int, _ buffer: inout ByteBuffer) {
    buffer.append(UInt8(ascii: "\n"))
    if indentWidth >= 0 {
      buffer.append(repeating: indentByte, count: level * indentWidth)
    } else {
      for _ in 0..<level { buffer.append(options.indent ?? []) }
    }
  }
}
