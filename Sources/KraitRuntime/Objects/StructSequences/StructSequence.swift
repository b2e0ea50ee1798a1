// Struct sequences: tuples whose items have names as well, such as `sys.version_info`.

import CKraitCore

/// One type of them: its fields in order.
struct StructSequenceDefinition {
  let type: TypeObject
  let documentation: StaticString
  let fields: [(name: StaticString, documentation: StaticString)]
  /// Whether Python code may make instances.
  var isConstructible = false
}

/// Defines the common base and a type.
func defineStructSequenceBase(_ types: TypeDefinitions) {
  types.define(.structSequence) { t in
    t.flags.insert([.disallowInstantiation, .baseType])
    t.slots.repr = UnarySlot(structSequenceRepr)
  }
}

/// Offset of the first item of a tuple.
private let firstItem = 24

func defineStructSequence(_ types: TypeDefinitions, _ definition: StructSequenceDefinition) {
  types.define(definition.type) { t in
    t.documentation = definition.documentation
    for (index, field) in definition.fields.enumerated() {
      t.member(field.name, offset: firstItem + 8 * index, field.documentation)
    }
    let count = Value(smallInteger: definition.fields.count)
    t.attribute(Name.n_fields, count)
    t.attribute(Name.n_sequence_fields, count)
    t.attribute(Name.n_unnamed_fields, Value(smallInteger: 0))
    t.slots.repr = UnarySlot(structSequenceRepr)
    if definition.isConstructible {
      t.new("structseq(sequence, dict=<unrepresentable>)") { (call: Call) throws(PyError) -> Owned in
        let type = TypeObject(raw: call.receiver.object)
        let items = try Owned.list(from: call[0])
        let wanted = try type.value.getAttribute(Name.n_fields)
        let count = ListObject(items.value).count
        if count != wanted.value.smallInteger {
          throw .typeError("\(type.structSequenceName)() takes a \(wanted.value.smallInteger)-sequence (\(count)-sequence given)")
        }
        let result = try StructSequence.allocate(type, count: count)
        for index in 0..<count { TupleObject(result.value).initialize(index, Owned(copying: ListObject(items.value)[index])) }
        return result
      }
    } else {
      t.rawNew("structseq") { (type: Value, _: Arguments) throws(PyError) -> Owned in
        throw .typeError("cannot create '\(TypeObject(raw: type.object).structSequenceName)' instances")
      }
    }
    t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
      let items = try Owned.tuple(from: call.receiver)
      let dict = try Owned.dict()
      let arguments = try Owned.tuple(items.value, dict.value)
      return try Owned.tuple(call.receiver.type.value, arguments.value)
    }
  }
}

enum StructSequence {
  static func allocate(_ type: TypeObject, count: Int) throws(PyError) -> Owned {
    let raw = try type.allocate(items: count)
    raw.storeBytes(of: count, toByteOffset: TupleObject.countOffset, as: Int.self)
    return Owned(taking: raw)
  }

  /// An instance with borrowed values.
  static func make(_ type: TypeObject, _ values: [Value]) throws(PyError) -> Owned {
    let result = try allocate(type, count: values.count)
    for (index, value) in values.enumerated() { TupleObject(result.value).initialize(index, Owned(copying: value)) }
    return result
  }

  /// As ``make(_:_:)``, with values that the caller owns.
  static func make(_ type: TypeObject, taking values: [Value]) throws(PyError) -> Owned {
    let result = try allocate(type, count: values.count)
    for (index, value) in values.enumerated() { TupleObject(result.value).initialize(index, Owned(taking: value)) }
    return result
  }
}

extension TypeObject {
  /// The name with its module: `sys.version_info`.
  fileprivate var structSequenceName: String {
    let module = contents.pointee.module
    return module.isAbsent || !module.isString ? contents.pointee.name.text : "\(module.text).\(contents.pointee.name.text)"
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
