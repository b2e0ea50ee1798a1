// `'…%s…' % (a, b)` with a literal on the left and a tuple display on the right, as a joined string.

import KraitSyntax

extension Preprocessor {
  /// The joined string that does what a `%` operation does; `nil` when the operation is no such thing, or is left to run time because
  /// its conversions are others than `%s`, `%r` and `%a` or do not match the operands.
  func joinedString(of operation: AST.BinOp) -> AST.JoinedStr? {
    guard case .constant(let literal) = operation.left.node, literal.value.kind == .string,
      case .tuple(let operands) = operation.right.node, !operands.elts.contains(where: { $0.kind == .starred })
    else { return nil }
    var format = FormatScanner(bytes: literal.value.text.bytes)
    var values: [Expr] = []
    var remaining = operands.elts[...]
    while true {
      if let text = format.literal() { values.append(unplacedString(arena.text(text))) }
      if format.isAtEnd { break }
      guard let operand = remaining.popFirst(), let conversion = format.conversion() else { return nil }
      let specification = conversion.specification.isEmpty ? nil : unplacedString(arena.text(conversion.specification))
      values.append(
        AST.FormattedValue(
          value: operand, conversion: Int(conversion.character), formatSpec: specification, at: operand.range, in: arena
        ).asExpr)
    }
    guard remaining.isEmpty else { return nil }
    return AST.JoinedStr(values: arena.list(values), at: operation.range, in: arena)
  }

  private func unplacedString(_ text: Text) -> Expr {
    AST.Constant(value: arena.string(text), kind: nil, at: .none, in: arena).asExpr
  }
}

/// Reads a `%` format: literal text and conversions in turn.
private struct FormatScanner {
  private static let percent = UInt8(ascii: "%")
  /// Widths and precisions of so many digits are left to run time.
  private static let excessiveDigits = 3

  let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  /// The text up to the next conversion, with `%%` as `%`; `nil` when there is none.
  mutating func literal() -> [UInt8]? {
    var text: [UInt8] = []
    while position < bytes.count {
      if bytes[position] == FormatScanner.percent {
        guard position + 1 < bytes.count, bytes[position + 1] == FormatScanner.percent else { break }
        position += 1
      }
      text.append(bytes[position])
      position += 1
    }
    return text.isEmpty ? nil : text
  }

  /// A conversion, with its width and precision as `format()` wants them; `nil` when joined strings cannot do it.
  mutating func conversion() -> (character: UInt8, specification: [UInt8])? {
    position += 1
    var isLeftAligned = false
    flags: while true {
      switch peek() {
      case UInt8(ascii: "-"): isLeftAligned = true
      case UInt8(ascii: "+"), UInt8(ascii: " "), UInt8(ascii: "#"), UInt8(ascii: "0"): break
      default: break flags
      }
      position += 1
    }
    var specification: [UInt8] = []
    if let first = peek(), FormatScanner.isDigit(first) {
      guard let width = number() else { return nil }
      if !isLeftAligned && width > 0 { specification.append(UInt8(ascii: ">")) }
      specification.append(contentsOf: String(width).utf8)
    }
    if peek() == UInt8(ascii: ".") {
      position += 1
      guard let precision = number() else { return nil }
      specification.append(UInt8(ascii: "."))
      specification.append(contentsOf: String(precision).utf8)
    }
    switch peek() {
    case let character? where character == UInt8(ascii: "s") || character == UInt8(ascii: "r") || character == UInt8(ascii: "a"):
      position += 1
      return (character, specification)
    default: return nil
    }
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  /// A number, 0 when there are no digits.
  private mutating func number() -> Int? {
    var value = 0
    var digits = 0
    while let digit = peek(), FormatScanner.isDigit(digit) {
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
      position += 1
      digits += 1
      if digits >= FormatScanner.excessiveDigits { return nil }
    }
    return value
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
