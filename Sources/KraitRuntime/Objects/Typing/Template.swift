// Template strings: `string.templatelib.Template` and `Interpolation` (PEP 750).

import CKraitCore

/// A template: a tuple of strings, and one of the interpolations between them, fewer by one.
struct TemplateObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  static let size = 32
  var strings: Value { raw.load(fromByteOffset: 16, as: Value.self) }
  var interpolations: Value { raw.load(fromByteOffset: 24, as: Value.self) }
}

/// An interpolation: value, source text of the expression, conversion ('s', 'r', 'a' or None), format specification.
struct InterpolationObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }
  static let size = 48
  subscript(field: Int) -> Value { raw.load(fromByteOffset: 16 + field * 8, as: Value.self) }
}

extension Owned {
  /// A template of two tuples.
  static func template(strings: Value, interpolations: Value) throws(PyError) -> Owned {
    let made = Owned(taking: Value(try TypeObject.template.allocate()))
    made.value.object.storeBytes(of: Owned(copying: strings).take(), toByteOffset: 16, as: Value.self)
    made.value.object.storeBytes(of: Owned(copying: interpolations).take(), toByteOffset: 24, as: Value.self)
    return made
  }

  /// - Parameters:
  ///   - conversion: a str or None.
  ///   - specification: a str.
  static func interpolation(value: Value, expression: Value, conversion: Value, specification: Value) throws(PyError) -> Owned {
    let made = Owned(taking: Value(try TypeObject.interpolation.allocate()))
    for (field, part) in [value, expression, conversion, specification].enumerated() {
      made.value.object.storeBytes(of: Owned(copying: part).take(), toByteOffset: 16 + field * 8, as: Value.self)
    }
    return made
  }
}

/// The parts in order, without empty strings.
private func parts(of template: Value) throws(PyError) -> Owned {
  let list = try Owned.list()
  let strings = TupleObject(TemplateObject(template).strings)
  let interpolations = TupleObject(TemplateObject(template).interpolations)
  for index in 0..<strings.count {
    if StringObject(strings[index]).length > 0 { try ListObject(list.value).append(strings[index]) }
    if index < interpolations.count { try ListObject(list.value).append(interpolations[index]) }
  }
  return list
}

/// A template of strings and interpolations in any order: neighbours that are strings are joined.
private func make(_ items: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
  let strings = try Owned.list()
  let interpolations = try Owned.list()
  var pending = try Owned.string("")
  for item in items {
    if item.isString {
      pending = try pending.value.add(item)
    } else if item.isObject && item.type == .interpolation {
      try ListObject(strings.value).append(pending.value)
      pending = try Owned.string("")
      try ListObject(interpolations.value).append(item)
    } else {
      throw PyError.typeError("Template.__new__ *args need to be of type 'str' or 'Interpolation', got \(item.typeName)")
    }
  }
  try ListObject(strings.value).append(pending.value)
  let left = try Owned.tuple(from: strings.value)
  let right = try Owned.tuple(from: interpolations.value)
  return try Owned.template(strings: left.value, interpolations: right.value)
}

private func concatenate(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  let isTemplate = { (value: Value) in value.isObject && value.type == .template }
  if isTemplate(a) && isTemplate(b) {
    let left = try parts(of: a)
    let right = try parts(of: b)
    let all = try left.value.add(right.value)
    return try make(UnsafeBufferPointer(start: ListObject(all.value).items, count: ListObject(all.value).count))
  }
  throw PyError.typeError(
    "can only concatenate string.templatelib.Template (not \"\(isTemplate(a) ? b.type.fullName : a.type.fullName)\") to string.templatelib.Template")
}

private func listOfOne(_ item: Value) throws(PyError) -> Owned {
  let list = try Owned.list()
  try ListObject(list.value).append(item)
  return list
}

func defineTemplates(_ types: TypeDefinitions) {
  types.define(.template) { t in
    t.documentation = "A template string."
    t.basicSize = TemplateObject.size
    t.shapeFlags.insert(.tracked)
    t.slots.deallocate = DeallocateSlot { raw in
      TemplateObject(Value(raw)).strings.releaseIfPresent()
      TemplateObject(Value(raw)).interpolations.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      visit(TemplateObject(Value(raw)).strings)
      visit(TemplateObject(Value(raw)).interpolations)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      try .string("Template(strings=\(try TemplateObject(object).strings.repr().text), interpolations=\(try TemplateObject(object).interpolations.repr().text))")
    }
    t.slots.concatenate = BinarySlot(concatenate)
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let iterator = Owned(taking: Value(try TypeObject.templateIterator.allocate()))
      let items = try parts(of: object)
      iterator.value.object.storeBytes(of: try items.iterate().take(), toByteOffset: 16, as: Value.self)
      return iterator
    }
    t.rawNew("Template") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
      guard arguments.keywordNames.isAbsent else { throw PyError.typeError("Template.__new__ only accepts *args arguments") }
      return try make(UnsafeBufferPointer(start: arguments.base, count: arguments.positionalCount))
    }
    t.member("strings", "The literal parts.") { (object: Value) throws(PyError) -> Owned in Owned(copying: TemplateObject(object).strings) }
    t.member("interpolations", "The interpolated parts.") { (object: Value) throws(PyError) -> Owned in Owned(copying: TemplateObject(object).interpolations) }
    t.getter("values", "What the interpolations came to.") { (object: Value) throws(PyError) -> Owned in
      let interpolations = TupleObject(TemplateObject(object).interpolations)
      let values = try Owned.tuple(count: interpolations.count)
      for index in 0..<interpolations.count { TupleObject(values.value).initialize(index, Owned(copying: InterpolationObject(interpolations[index])[0])) }
      return values
    }
    t.classMethod("__class_getitem__(item, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
    t.method("__reduce__()", "How to pickle the template.") { (call: Call) throws(PyError) -> Owned in
      let names = try listOfOne(Name._template_unpickle)
      let module = try importModule(name: Name.templatelib, globals: .absent, fromList: names.value, level: 0)
      let arguments = try Owned.tuple(TemplateObject(call.receiver).strings, TemplateObject(call.receiver).interpolations)
      return try .tuple(sharing: module.value.getAttribute(Name._template_unpickle), arguments)
    }
  }
  types.define(.interpolation) { t in
    t.documentation = "An interpolation of a template string."
    t.basicSize = InterpolationObject.size
    t.shapeFlags.insert(.tracked)
    t.slots.deallocate = DeallocateSlot { raw in
      for field in 0..<4 { InterpolationObject(Value(raw))[field].releaseIfPresent() }
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in for field in 0..<4 { visit(InterpolationObject(Value(raw))[field]) } }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      var texts: [String] = []
      for field in 0..<4 { texts.append(try InterpolationObject(object)[field].repr().text) }
      return try .string("Interpolation(\(texts.joined(separator: ", ")))")
    }
    t.new("Interpolation(value, expression='', conversion=None, format_spec='')") { (call: Call) throws(PyError) -> Owned in
      let expression = try call.string(1)
      let specification = try call.string(3)
      if !call[2].isNone {
        guard call[2].isString else { throw PyError.typeError("Interpolation() argument 'conversion' must be str, not \(call[2].typeName)") }
        guard ["s", "r", "a"].contains(call[2].text) else {
          throw PyError.valueError("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")
        }
      }
      return try Owned.interpolation(value: call[0], expression: expression, conversion: call[2], specification: specification)
    }
    t.matchArguments(["value", "expression", "conversion", "format_spec"])
    t.member("value", offset: 16, "The value.")
    t.member("expression", offset: 24, "The source text of the expression.")
    t.member("conversion", offset: 32, "The conversion: 's', 'r', 'a' or None.")
    t.member("format_spec", offset: 40, "The format specification.")
    t.classMethod("__class_getitem__(item, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
    t.method("__reduce__()", "How to pickle the interpolation.") { (call: Call) throws(PyError) -> Owned in
      let interpolation = InterpolationObject(call.receiver)
      let arguments = try Owned.tuple(interpolation[0], interpolation[1], interpolation[2], interpolation[3])
      return try .tuple(call.receiver.type.value, sharing: arguments)
    }
  }
  types.define(.templateIterator) { t in
    t.basicSize = 24
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.disallowInstantiation)
    t.slots.deallocate = DeallocateSlot { raw in
      raw.load(fromByteOffset: 16, as: Value.self).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(raw.load(fromByteOffset: 16, as: Value.self)) }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in Owned(copying: object) }
    t.slots.next = NextSlot { (object: Value) throws(PyError) -> Owned in try object.object.load(fromByteOffset: 16, as: Value.self).next() }
  }
}
