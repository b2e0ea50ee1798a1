// The module `_string`: format strings in pieces, for `string.Formatter`.

import CKraitCore

/// An iterator over the pieces of a format string, or over the parts of a field's name: the str, a position, the end.
private enum TextCursor {
  static let size = 40
  static func text(_ raw: UnsafeMutableRawPointer) -> Value { raw.load(fromByteOffset: 16, as: Value.self) }
  static func position(_ raw: UnsafeMutableRawPointer) -> Int { raw.load(fromByteOffset: 24, as: Int.self) }
  static func setPosition(_ raw: UnsafeMutableRawPointer, _ position: Int) { raw.storeBytes(of: position, toByteOffset: 24, as: Int.self) }

  static func make(_ type: TypeObject, _ text: Value, _ position: Int) throws(PyError) -> Owned {
    let raw = try allocateObject(type.rootShape, size: size)
    text.retain()
    raw.storeBytes(of: text, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: position, toByteOffset: 24, as: Int.self)
    return Owned(taking: raw)
  }

  static func define(_ t: TypeDefinition) {
    t.basicSize = size
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      text(raw).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.iterate = UnarySlot { (cursor) throws(PyError) -> Owned in Owned(copying: cursor) }
  }
}

func defineFormatterIterators(_ types: TypeDefinitions) {
  types.define(.formatterIterator) { t in
    TextCursor.define(t)
    t.slots.next = NextSlot { (iterator) throws(PyError) -> Owned in
      let raw = iterator.object
      let text = StringObject(TextCursor.text(raw)).units
      var parser = FormatParser(text, position: TextCursor.position(raw))
      guard let piece = try parser.next() else { return Owned(taking: .absent) }
      TextCursor.setPosition(raw, parser.position)
      let literal = try Owned.string(text[piece.literal])
      guard let field = piece.field else { return try Owned.tuple(literal.value, .none, .none, .none) }
      let name = try Owned.string(text[field])
      let specification = try Owned.string(text[piece.specification])
      let conversion = piece.conversion == 0 ? Owned.none : try Owned.character(piece.conversion)
      return try Owned.tuple(literal.value, name.value, specification.value, conversion.value)
    }
  }
  types.define(.fieldNameIterator) { t in
    TextCursor.define(t)
    t.slots.next = NextSlot { (iterator) throws(PyError) -> Owned in
      let raw = iterator.object
      let text = StringObject(TextCursor.text(raw)).units
      let position = TextCursor.position(raw)
      var name = FieldName(text, rest: position..<max(position, text.count))
      guard let (isAttribute, range) = try name.next() else { return Owned(taking: .absent) }
      TextCursor.setPosition(raw, name.position)
      let part = text[range]
      let index = isAttribute ? nil : try FieldName.index(part)
      let value = index == nil ? try Owned.string(part) : try Owned.integer(index.unsafelyUnwrapped)
      return try Owned.tuple(Value(isAttribute), value.value)
    }
  }
}

public let stringModule = ModuleDefinition("_string", "What string.Formatter is made of.") { (m: ModuleBuilder) throws(PyError) in
  try m.function("formatter_parser(object, /)", "The pieces of a format string: literal, field name, specification, conversion.") {
    (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw PyError.typeError("expected str, got \(call[0].typeName)") }
    let text = Owned.exactString(call[0])
    return try TextCursor.make(.formatterIterator, text.value, 0)
  }
  try m.function("formatter_field_name_split(object, /)", "The argument of a field's name, and an iterator over its attributes and items.") {
    (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw PyError.typeError("expected str, got \(call[0].typeName)") }
    let text = Owned.exactString(call[0])
    let units = StringObject(text.value).units
    let name = FieldName(units, 0..<units.count)
    let index = try FieldName.index(units[name.first])
    let first = index == nil ? try Owned.string(units[name.first]) : try Owned.integer(index.unsafelyUnwrapped)
    let rest = try TextCursor.make(.fieldNameIterator, text.value, name.position)
    return try Owned.tuple(first.value, rest.value)
  }
}
