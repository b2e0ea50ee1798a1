// The type `types.SimpleNamespace`: attributes and no more.

import CKraitCore

func defineSimpleNamespace(_ types: TypeDefinitions) {
  types.define(.simpleNamespace) { t in
    t.documentation = "An object that consists of its attributes."
    t.basicSize = ObjectHeader.size + MemoryLayout<ObjectState>.size
    t.shapeFlags.insert([.tracked, .hasState, .hasAttributes])
    t.flags.insert(.baseType)
    t.rawNew("SimpleNamespace") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
    t.rawInitialize("SimpleNamespace") { (object: Value, arguments: Arguments) throws(PyError) in
      if arguments.positionalCount > 1 { throw .typeError("SimpleNamespace expected at most 1 argument, got \(arguments.positionalCount)") }
      let dict = Owned(copying: try object.object.materializedDict())
      let attributes = DictObject(dict.value)
      if arguments.positionalCount == 1 {
        let given = try Owned.dict()
        try DictObject(given.value).update(from: arguments.base[0])
        try checkKeywords(DictObject(given.value))
        try attributes.update(from: given.value)
      }
      for index in 0..<arguments.keywordCount {
        try attributes.set(TupleObject(arguments.keywordNames)[index], arguments.base[arguments.positionalCount + index])
      }
    }
    t.slots.repr = UnarySlot(namespaceRepr)
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in
      guard a.isInstance(of: .simpleNamespace), b.isInstance(of: .simpleNamespace) else { return .notImplemented }
      let first = Owned(copying: try a.object.materializedDict())
      let second = Owned(copying: try b.object.materializedDict())
      return try first.value.compare(second.value, op)
    }
    t.slots.traverse = TraverseSlot { raw, visit in if raw.shape.flags.contains(.exact) { traverseAttributes(raw, visit) } }
    t.slots.clear = ClearSlot { raw in if raw.shape.flags.contains(.exact) { releaseAttributes(raw) } }
    t.method("__reduce__()", "What pickle stores.") { (call: Call) throws(PyError) -> Owned in
      let dict = Owned(copying: try call.receiver.object.materializedDict())
      return try Owned.tuple(call.receiver.type.value, TupleObject.empty, dict.value)
    }
    t.rawMethod("__replace__", "A copy with some attributes changed.") { (object: Value, arguments: Arguments) throws(PyError) -> Owned in
      if arguments.positionalCount > 0 { throw .typeError("__replace__() takes no positional arguments") }
      let result = try object.type.value.call()
      guard result.value.isObject, result.value.object.shape.flags.contains(.hasAttributes), result.value.isInstance(of: .simpleNamespace) else {
        throw .typeError("expect \(TypeObject.simpleNamespace.fullName) type, but \(object.type.nameForMessages)() returned '\(result.value.type.nameForMessages)' object")
      }
      let attributes = DictObject(try result.value.object.materializedDict())
      try attributes.update(from: try object.object.materializedDict())
      let count = arguments.keywordCount
      for index in 0..<count { try attributes.set(TupleObject(arguments.keywordNames)[index], arguments.base[index]) }
      return result
    }
    t.member("__dict__", get: getInstanceDict, set: setInstanceDict)
  }
}

private func checkKeywords(_ dict: DictObject) throws(PyError) {
  var position = 0
  var key = Value.absent
  var value = Value.absent
  while dict.next(&position, &key, &value) {
    if !key.isString { throw .typeError("keywords must be strings") }
  }
}

private func namespaceRepr(_ object: Value) throws(PyError) -> Owned {
  let name = object.type == .simpleNamespace ? "namespace" : object.type.nameText
  if try reprEnter(object) { return try Owned.string("\(name)(...)") }
  defer { reprLeave(object) }
  let dict = Owned(copying: try object.object.materializedDict())
  let keys = try Owned.list(from: dict.value)
  var builder = StringBuilder()
  try builder.append(name)
  try builder.append("(" as StaticString)
  var isFirst = true
  for index in 0..<ListObject(keys.value).count {
    let key = ListObject(keys.value)[index]
    guard key.isString, StringObject(key).length > 0 else { continue }
    let value = Owned(copyingIfPresent: try DictObject(dict.value).get(key))
    if value.value.isAbsent { continue }
    if !isFirst { try builder.append(", " as StaticString) }
    isFirst = false
    try builder.append(key)
    try builder.append("=" as StaticString)
    let text = try value.value.repr()
    try builder.append(text.value)
  }
  try builder.append(")" as StaticString)
  return try builder.finish()
}
