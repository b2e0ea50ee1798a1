// `str.format`, `str.format_map` and the parsing of replacement fields, which the module `_string` shows to `string.Formatter`.

import CKraitCore

func defineStringFormatting(_ t: TypeDefinition) {
  t.slots.remainder = BinarySlot(formatStringByPercent)
  t.method("format(*args, **kwargs)", "The text with its replacement fields filled from the arguments.") { (call: Call) throws(PyError) -> Owned in
    if hasNoFields(call.receiver) { return Owned(copying: call.receiver) }
    var formatter = FieldFormatter(positional: call.variadic, hasPositional: true, keywords: call.keywords)
    return try formatter.format(StringObject(call.receiver).units, depth: 2)
  }
  t.method("format_map(mapping, /)", "The text with its replacement fields filled from a mapping.") { (call: Call) throws(PyError) -> Owned in
    if hasNoFields(call.receiver) { return Owned(copying: call.receiver) }
    var formatter = FieldFormatter(positional: UnsafeBufferPointer(start: nil, count: 0), hasPositional: false, keywords: call[0])
    return try formatter.format(StringObject(call.receiver).units, depth: 2)
  }
  t.method("__format__(format_spec, /)", "The text in a field.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw call.wrongType(0, "str") }
    return try formatString(call.receiver, call[0])
  }
}

/// A text without braces is its own result, even one of a subclass; an empty one gives a plain str.
private func hasNoFields(_ text: Value) -> Bool {
  let units = StringObject(text).units
  for index in 0..<units.count where units[index] == 0x7B || units[index] == 0x7D { return false }
  return units.count > 0
}

/// A piece of a format string: literal text, then perhaps a replacement field.
struct FormatPiece {
  var literal: Range<Int>
  /// Nil: no field follows the literal.
  var field: Range<Int>?
  var specification = 0..<0
  /// Whether there are fields in the specification.
  var isNested = false
  /// 0: none.
  var conversion: UInt32 = 0
}

/// Splits a format string into pieces.
struct FormatParser {
  let text: CodeUnits
  private(set) var position = 0

  init(_ text: CodeUnits, position: Int = 0) {
    self.text = text
    self.position = position
  }

  mutating func next() throws(PyError) -> FormatPiece? {
    guard position < text.count else { return nil }
    let start = position
    var brace: UInt32 = 0
    while position < text.count {
      let point = text[position]
      position &+= 1
      if point == 0x7B || point == 0x7D {
        brace = point
        break
      }
    }
    if brace == 0 { return FormatPiece(literal: start..<position) }
    let isDoubled = position < text.count && text[position] == brace
    if isDoubled {
      // The brace itself belongs to the literal, its twin does not.
      position &+= 1
      return FormatPiece(literal: start..<(position &- 1))
    }
    if brace == 0x7D { throw PyError.valueError("Single '}' encountered in format string") }
    if position == text.count { throw PyError.valueError("Single '{' encountered in format string") }
    var piece = FormatPiece(literal: start..<(position &- 1))
    try parseField(&piece)
    return piece
  }

  private mutating func parseField(_ piece: inout FormatPiece) throws(PyError) {
    let start = position
    var end: UInt32 = 0
    scan: while position < text.count {
      let point = text[position]
      position &+= 1
      switch point {
      case 0x7B: throw PyError.valueError("unexpected '{' in field name")
      case 0x5B: while position < text.count && text[position] != 0x5D { position &+= 1 }
      case 0x7D, 0x3A, 0x21:
        end = point
        break scan
      default: break
      }
    }
    if end == 0 { throw PyError.valueError("expected '}' before end of string") }
    piece.field = start..<(position &- 1)
    if end == 0x7D { return }
    if end == 0x21 {
      guard position < text.count else { throw PyError.valueError("end of string while looking for conversion specifier") }
      piece.conversion = text[position]
      position &+= 1
      if position < text.count {
        let point = text[position]
        position &+= 1
        if point == 0x7D { return }
        if point != 0x3A { throw PyError.valueError("expected ':' after conversion specifier") }
      }
    }
    let first = position
    var depth = 1
    while position < text.count {
      let point = text[position]
      position &+= 1
      if point == 0x7B {
        piece.isNested = true
        depth &+= 1
      } else if point == 0x7D {
        depth &-= 1
        if depth == 0 {
          piece.specification = first..<(position &- 1)
          return
        }
      }
    }
    throw PyError.valueError("unmatched '{' in format spec")
  }
}

/// The name of a field: an argument, then attributes and items.
struct FieldName {
  let text: CodeUnits
  let end: Int
  /// Where the argument's name ends.
  let first: Range<Int>
  private(set) var position: Int

  init(_ text: CodeUnits, _ range: Range<Int>) {
    self.text = text
    end = range.upperBound
    var index = range.lowerBound
    while index < end && text[index] != 0x5B && text[index] != 0x2E { index &+= 1 }
    first = range.lowerBound..<index
    position = index
  }

  init(_ text: CodeUnits, rest: Range<Int>) {
    self.text = text
    end = rest.upperBound
    first = rest.lowerBound..<rest.lowerBound
    position = rest.lowerBound
  }

  /// The next attribute or item; nil at the end.
  mutating func next() throws(PyError) -> (isAttribute: Bool, name: Range<Int>)? {
    guard position < end else { return nil }
    let mark = text[position]
    position &+= 1
    let start = position
    let name: Range<Int>
    switch mark {
    case 0x2E:
      while position < end && text[position] != 0x5B && text[position] != 0x2E { position &+= 1 }
      name = start..<position
    case 0x5B:
      while position < end && text[position] != 0x5D { position &+= 1 }
      guard position < end else { throw PyError.valueError("Missing ']' in format string") }
      name = start..<position
      position &+= 1
    default: throw PyError.valueError("Only '.' or '[' may follow ']' in format field specifier")
    }
    if name.isEmpty { throw PyError.valueError("Empty attribute in format string") }
    return (mark == 0x2E, name)
  }

  /// A name as an index: nil when it is none.
  static func index(_ text: CodeUnits) throws(PyError) -> Int? {
    if text.count == 0 { return nil }
    var value = 0
    for place in 0..<text.count {
      let point = text[place]
      guard let digit = point < 0x80 ? (point &- 0x30 < 10 ? Int(point &- 0x30) : nil) : UnicodeDatabase.decimal(point) else { return nil }
      if value > (Int.max &- digit) / 10 { throw PyError.valueError("Too many decimal digits in format string") }
      value = value &* 10 &+ digit
    }
    return value
  }
}

/// Fills the fields of format strings.
private struct FieldFormatter {
  let positional: UnsafeBufferPointer<Value>
  /// False for `format_map`.
  let hasPositional: Bool
  /// A dict or another mapping, or absent.
  let keywords: Value
  /// Whether fields are numbered by hand or in order: nil until the first number.
  private var isAutomatic: Bool?
  private var nextNumber = 0

  init(positional: UnsafeBufferPointer<Value>, hasPositional: Bool, keywords: Value) {
    self.positional = positional
    self.hasPositional = hasPositional
    self.keywords = keywords
  }

  mutating func format(_ text: CodeUnits, depth: Int) throws(PyError) -> Owned {
    if depth <= 0 { throw PyError.valueError("Max string recursion exceeded") }
    var output = try StringBuilder(capacity: text.count &+ 16)
    var parser = FormatParser(text)
    while let piece = try parser.next() {
      if !piece.literal.isEmpty { try output.append(text[piece.literal]) }
      guard let field = piece.field else { continue }
      let value = try argument(text, field)
      let converted = try convert(value, piece.conversion)
      if piece.specification.isEmpty {
        if converted.value.isExactString {
          try output.append(converted.value)
          continue
        }
        if converted.value.isSmallInteger {
          try output.append(decimal: converted.value.smallInteger)
          continue
        }
      }
      let specification = piece.isNested ? try format(text[piece.specification], depth: depth &- 1) : try Owned.string(text[piece.specification])
      let formatted = try converted.value.format(specification.value)
      try output.append(formatted.value)
    }
    return try output.finish()
  }

  private func convert(_ value: consuming Owned, _ conversion: UInt32) throws(PyError) -> Owned {
    switch conversion {
    case 0: return value
    case 0x73: return try value.value.str()
    case 0x72: return try value.value.repr()
    case 0x61: return try value.value.ascii()
    default:
      let shown = conversion > 32 && conversion < 127 ? String(Unicode.Scalar(UInt8(conversion))) : "\\x" + String(conversion, radix: 16)
      throw PyError.valueError("Unknown conversion specifier \(shown)")
    }
  }

  private mutating func argument(_ text: CodeUnits, _ field: Range<Int>) throws(PyError) -> Owned {
    var name = FieldName(text, field)
    var value = try first(text[name.first])
    while let (isAttribute, range) = try name.next() {
      let part = text[range]
      if isAttribute {
        let attribute = try Owned.string(part)
        value = try value.value.getAttribute(attribute.value)
      } else if let index = try FieldName.index(part) {
        let key = try Owned.integer(index)
        value = try value.value.getItem(key.value)
      } else {
        let key = try Owned.string(part)
        value = try value.value.getItem(key.value)
      }
    }
    return value
  }

  private mutating func first(_ name: CodeUnits) throws(PyError) -> Owned {
    var index = try FieldName.index(name)
    if name.count == 0 || index != nil {
      let automatic = name.count == 0
      if let isAutomatic, isAutomatic != automatic {
        throw PyError.valueError(
          automatic
            ? "cannot switch from manual field specification to automatic field numbering"
            : "cannot switch from automatic field numbering to manual field specification")
      }
      isAutomatic = automatic
      if automatic {
        index = nextNumber
        nextNumber &+= 1
      }
    }
    if let index {
      guard hasPositional else { throw PyError.valueError("Format string contains positional fields") }
      guard index < positional.count else {
        throw PyError.indexError("Replacement index \(index) out of range for positional args tuple")
      }
      return Owned(copying: positional[index])
    }
    let key = try Owned.string(name)
    if keywords.isAbsent { throw PyError.keyError(key.value) }
    return try keywords.getItem(key.value)
  }
}
