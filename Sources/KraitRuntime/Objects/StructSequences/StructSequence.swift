// Struct sequences: tuples whose items have names as well, such as `sys.version_info`.

import CKraitCore

/// One type of them: its fields in order.
struct StructSequenceDefinition {
  let type: TypeObject
  let documentation: StaticString
  let fields: [(name: StaticString, documentation: StaticString)]
  /// How many of them are items, when it is not all.
  var visibleCount: Int?
  /// Whether Python code may make instances.
  var isConstructible = true
}

/// Offset of the first item of a tuple.
private let firstItem = TupleObject.itemsOffset

func defineStructSequence(_ types: TypeDefinitions, _ definition: StructSequenceDefinition) {
  types.define(definition.type) { t in
    describeStructSequence(t, definition.documentation, definition.fields.map { ($0.name, $0.documentation) }, visibleCount: definition.visibleCount ?? definition.fields.count)
    if definition.isConstructible {
      t.new("structseq(sequence, dict=<unrepresentable>)", newStructSequence)
    } else {
      t.flags.insert(.disallowInstantiation)
    }
  }
}

/// - Parameters:
///   - fields: in order; those without a name have an index only.
///   - visibleCount: how many of them are items of the tuple; the others are attributes only.
private func describeStructSequence(
  _ t: TypeDefinition, _ documentation: StaticString, _ fields: [(name: StaticString?, documentation: StaticString)], visibleCount: Int
) {
  t.documentation = documentation
  for (index, field) in fields.enumerated() {
    if let name = field.name { t.member(name, offset: firstItem + 8 * index, field.documentation) }
  }
  t.attribute(Name.n_fields, Value(smallInteger: fields.count))
  t.attribute(Name.n_sequence_fields, Value(smallInteger: visibleCount))
  t.attribute(Name.n_unnamed_fields, Value(smallInteger: fields.count { $0.name == nil }))
  t.matchArguments(fields.prefix(visibleCount).compactMap { $0.name })
  t.slots.repr = UnarySlot(structSequenceRepr)
  t.method("__reduce__()", "", reduceStructSequence)
  t.rawMethod("__replace__", "A copy with some fields changed.", replaceStructSequence)
  if visibleCount != fields.count {
    t.slots.deallocate = DeallocateSlot { raw in
      let type = raw.shape.type
      let items = TupleObject(raw: raw).items
      for index in 0..<type.structSequenceFieldCount { items[index].releaseIfPresent() }
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      for index in 0..<raw.shape.type.structSequenceFieldCount { visit(TupleObject(raw: raw).items[index]) }
    }
  }
}

extension ModuleBuilder {
  /// A struct sequence type of the module.
  ///
  /// - Parameters:
  ///   - fields: names and documentation in order; those without a name have an index only.
  ///   - visibleCount: how many of them are items of the tuple; all when it is nil.
  ///   - more: what the type has beyond or in place of what such types have.
  @discardableResult
  public func defineStructSequence(
    _ name: StaticString, module: StaticString? = nil, _ documentation: StaticString, _ fields: [(name: StaticString?, documentation: StaticString)],
    visibleCount: Int? = nil, _ more: (TypeDefinition) -> Void = { _ in }
  ) throws(PyError) -> TypeObject {
    try defineType(name, module: module, base: .tuple) { t in
      describeStructSequence(t, documentation, fields, visibleCount: visibleCount ?? fields.count)
      t.new("structseq(sequence, dict=<unrepresentable>)", newStructSequence)
      more(t)
    }
  }
}

public enum StructSequence {
  /// An instance whose fields are still to be set, the items first.
  public static func empty(_ type: TypeObject) throws(PyError) -> Owned { try allocate(type, count: type.structSequenceCounts.visible) }

  static func allocate(_ type: TypeObject, count: Int) throws(PyError) -> Owned {
    let all = max(count, type.structSequenceCounts.all)
    let raw = try type.allocate(items: all)
    raw.storeBytes(of: count, toByteOffset: TupleObject.countOffset, as: Int.self)
    return Owned(taking: raw)
  }

  /// An instance with borrowed values: those of the tuple's items, then those that are attributes only.
  public static func make(_ type: TypeObject, _ values: [Value]) throws(PyError) -> Owned {
    let result = try allocate(type, count: type.structSequenceCounts.visible)
    for (index, value) in values.enumerated() { TupleObject(result.value).initialize(index, Owned(copying: value)) }
    return result
  }

  /// As ``make(_:_:)``, with values that the caller owns.
  static func make(_ type: TypeObject, taking values: [Value]) throws(PyError) -> Owned {
    let result = try allocate(type, count: type.structSequenceCounts.visible)
    for (index, value) in values.enumerated() { TupleObject(result.value).initialize(index, Owned(taking: value)) }
    return result
  }
}

private func newStructSequence(_ call: Call) throws(PyError) -> Owned {
  let type = TypeObject(raw: call.receiver.object)
  let (visible, all) = type.structSequenceCounts
  let items = try Owned.list(from: call[0])
  let count = ListObject(items.value).count
  if !call[1].isAbsent && !call[1].isDict { throw .typeError("\(type.structSequenceName)() takes a dict as second arg, if any") }
  if count < visible || count > all {
    let wanted = visible == all ? "\(visible)" : count < visible ? "at least \(visible)" : "at most \(all)"
    throw .typeError("\(type.structSequenceName)() takes \(visible == all ? "a" : "an") \(wanted)-sequence (\(count)-sequence given)")
  }
  let result = try StructSequence.allocate(type, count: visible)
  let object = TupleObject(result.value)
  for index in 0..<count { object.initialize(index, Owned(copying: ListObject(items.value)[index])) }
  let names = type.structSequenceFields(all)
  let unnamed = all - names.count
  var used = 0
  for index in count..<max(all, count) {
    object.initialize(index, .none)
    guard !call[1].isAbsent, index - unnamed >= 0, index - unnamed < names.count else { continue }
    let name = try Owned.string(names[index - unnamed])
    let given = Owned(copyingIfPresent: try DictObject(call[1]).get(name.value))
    if given.value.isAbsent { continue }
    used += 1
    object.initialize(index, given)
  }
  if !call[1].isAbsent && DictObject(call[1]).count > used {
    throw .typeError("\(type.structSequenceName)() got duplicate or unexpected field name(s)")
  }
  return result
}

private func reduceStructSequence(_ call: Call) throws(PyError) -> Owned {
  let type = call.receiver.type
  let (visible, all) = type.structSequenceCounts
  let items = try Owned.tuple(UnsafeBufferPointer(start: TupleObject(call.receiver).items, count: visible))
  let dict = try Owned.dict()
  let names = type.structSequenceFields(all)
  for index in visible..<max(all, visible) {
    let name = try Owned.string(names[index - (all - names.count)])
    try DictObject(dict.value).set(name.value, TupleObject(call.receiver).items[index])
  }
  let arguments = try Owned.tuple(items.value, dict.value)
  return try Owned.tuple(type.value, arguments.value)
}

private func replaceStructSequence(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let type = object.type
  let (visible, all) = type.structSequenceCounts
  if arguments.positionalCount > 0 { throw .typeError("__replace__() takes no positional arguments but \(arguments.positionalCount) were given") }
  let names = type.structSequenceFields(all)
  guard names.count == all else { throw .typeError("__replace__() is not supported for \(type.structSequenceName) because it has unnamed field(s)") }
  let result = try StructSequence.make(type, Array(UnsafeBufferPointer(start: TupleObject(object).items, count: max(all, visible))))
  var unexpected: [String] = []
  for index in 0..<arguments.keywordCount {
    let name = TupleObject(arguments.keywordNames)[index].text
    guard let place = names.firstIndex(of: name) else {
      unexpected.append("'\(name)'")
      continue
    }
    let old = TupleObject(result.value).items[place]
    TupleObject(result.value).initialize(place, Owned(copying: arguments.base[index]))
    old.release()
  }
  if !unexpected.isEmpty { throw .typeError("Got unexpected field name(s): [\(unexpected.joined(separator: ", "))]") }
  return result
}

extension TypeObject {
  /// How many fields are items, and how many there are in all.
  fileprivate var structSequenceCounts: (visible: Int, all: Int) {
    let visible = DictObject(contents.pointee.dict).get(interned: Name.n_sequence_fields)
    return (visible.isSmallInteger ? visible.smallInteger : 0, structSequenceFieldCount)
  }

  fileprivate var structSequenceFieldCount: Int {
    let all = DictObject(contents.pointee.dict).get(interned: Name.n_fields)
    return all.isSmallInteger ? all.smallInteger : 0
  }

  /// The name with its module: `sys.version_info`.
  fileprivate var structSequenceName: String {
    let module = contents.pointee.module
    return module.isAbsent || !module.isString || module === Name.builtins ? contents.pointee.name.text : "\(module.text).\(contents.pointee.name.text)"
  }

  /// The names of the fields in order, from the member descriptors in the type's dict.
  fileprivate func structSequenceFields(_ count: Int) -> [String] {
    var names: [String] = []
    var position = 0
    var key = Value.absent
    var value = Value.absent
    let dict = DictObject(contents.pointee.dict)
    while dict.next(&position, &key, &value) && names.count < count {
      if value.type == .memberDescriptor { names.append(key.text) }
    }
    return names
  }
}

private func structSequenceRepr(_ object: Value) throws(PyError) -> Owned {
  let items = TupleObject(object)
  let names = object.type.structSequenceFields(items.count)
  var builder = StringBuilder()
  try builder.append("\(object.type.structSequenceName)(")
  for index in 0..<items.count {
    if index > 0 { try builder.append(", " as StaticString) }
    if index < names.count { try builder.append("\(names[index])=") }
    let text = try items[index].repr()
    try builder.append(text.value)
  }
  try builder.append(")" as StaticString)
  return try builder.finish()
}
