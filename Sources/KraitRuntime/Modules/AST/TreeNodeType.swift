// The type `ast.AST`: what all nodes inherit.

import CKraitCore
import KraitSyntax

func defineTreeNode(_ t: TypeDefinition) {
  t.basicSize = ObjectHeader.size + MemoryLayout<ObjectState>.size
  t.shapeFlags.insert([.tracked, .hasState, .hasAttributes])
  t.flags.insert(.baseType)
  t.rawNew("AST") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
  t.rawInitialize("AST", takesAnyKeywords: true, initializeNode)
  t.slots.repr = UnarySlot { (node: Value) throws(PyError) -> Owned in
    let text = try representation(of: node, depth: 3)
    return text
  }
  t.slots.traverse = TraverseSlot { raw, visit in if raw.shape.flags.contains(.exact) { traverseAttributes(raw, visit) } }
  t.slots.clear = ClearSlot { raw in if raw.shape.flags.contains(.exact) { releaseAttributes(raw) } }
  t.attribute(TreeNames.fields, TupleObject.empty)
  t.attribute(Name.__match_args__, TupleObject.empty)
  t.attribute(TreeNames.attributes, TupleObject.empty)
  t.property("__dict__", get: getInstanceDict, set: setInstanceDict)
  t.method("__reduce__()", "What pickle stores.") { (call: Call) throws(PyError) -> Owned in try reduceNode(call.receiver) }
  t.rawMethod("__replace__", "A copy with some fields changed.", takesAnyKeywords: true, replaceNode)
}

/// The name of a node's class as errors have it: the base's with its module.
private func shownName(_ node: Value) -> String { node.type.shownName }

/// `_fields` of a node's class, as a list.
private func fieldNames(_ type: Value) throws(PyError) -> Owned {
  let fields = try type.getAttribute(TreeNames.fields)
  _ = try fields.value.length()
  return try Owned.list(from: fields.value)
}

private func attributeNames(_ type: Value) throws(PyError) -> Owned {
  let attributes = try type.lookUpAttribute(TreeNames.attributes)
  return attributes.value.isAbsent ? try Owned.list() : try Owned.list(from: attributes.value)
}

// MARK: - Making

private func initializeNode(_ node: Value, _ arguments: Arguments) throws(PyError) {
  let type = node.type.value
  let fields = try fieldNames(type)
  let names = ListObject(fields.value)
  let given = arguments.positionalCount
  if given > names.count {
    throw .typeError("\(node.type.nameText) constructor takes at most \(names.count) positional argument\(names.count == 1 ? "" : "s")")
  }
  var missing = [Bool](repeating: true, count: names.count)
  for index in 0..<given {
    try node.setAttribute(names[index], arguments.base[index])
    missing[index] = false
  }
  for index in 0..<arguments.keywordCount {
    let name = TupleObject(arguments.keywordNames)[index]
    var place: Int?
    for field in 0..<names.count where try names[field].isEqual(to: name) { place = field }
    if let place {
      if !missing[place] { throw .typeError("\(node.type.nameText) got multiple values for argument \(try name.repr().text)") }
      missing[place] = false
    } else {
      let attributes = try attributeNames(type)
      if try !ListObject(attributes.value).contains(name) {
        try warnDeprecated(
          "\(shownName(node)).__init__ got an unexpected keyword argument \(try name.repr().text). "
            + "Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.")
      }
    }
    try node.setAttribute(name, arguments.base[given + index])
  }
  guard missing.contains(true) else { return }
  // A class of the program's own need not say what its fields are.
  let types = try type.lookUpAttribute(TreeNames.fieldTypes)
  guard !types.value.isAbsent, types.value.isDict else { return }
  for index in 0..<names.count where missing[index] {
    let name = Owned(copying: names[index])
    let fieldType = Owned(copyingIfPresent: try DictObject(types.value).get(name.value))
    if fieldType.value.isAbsent {
      try warnDeprecated("Field \(try name.value.repr().text) is missing from \(shownName(node))._field_types. This will become an error in Python 3.15.")
    } else if fieldType.value.type == .union {
      // Optional: the class has None.
    } else if fieldType.value.type == .genericAlias {
      let list = try Owned.list()
      try node.setAttribute(name.value, list.value)
    } else {
      let classes = try TreeClasses.current()
      if fieldType.value === classes.class(of: NodeEnumeration.exprContext) {
        try node.setAttribute(name.value, classes.instance(.exprContext, 0))
      } else {
        try warnDeprecated(
          "\(shownName(node)).__init__ missing 1 required positional argument: \(try name.value.repr().text). This will become an error in Python 3.15.")
      }
    }
  }
}

// MARK: - Pickling and copying

/// The fields that come first and are set are promised to the constructor as positions; their values come with the dict.
private func reduceNode(_ node: Value) throws(PyError) -> Owned {
  let dict = try node.lookUpAttribute(Name.__dict__)
  guard !dict.value.isAbsent, dict.value.isDict else { return try Owned.tuple(node.type.value, TupleObject.empty) }
  let fields = try fieldNames(node.type.value)
  var count = 0
  while count < ListObject(fields.value).count, try !DictObject(dict.value).get(ListObject(fields.value)[count]).isAbsent { count += 1 }
  let arguments = try Owned.tuple(count: count)
  for index in 0..<count { TupleObject(arguments.value).initialize(index, .none) }
  return try Owned.tuple(node.type.value, arguments.value, dict.value)
}

private func replaceNode(_ node: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  if arguments.positionalCount > 0 { throw .typeError("__replace__() takes no positional arguments") }
  let type = node.type.value
  let fields = try fieldNames(type)
  let attributes = try attributeNames(type)
  let dict = try node.lookUpAttribute(Name.__dict__)
  let payload = try Owned.dict()
  let names = try Owned.list()
  try ListObject(names.value).extend(fields.value)
  try ListObject(names.value).extend(attributes.value)
  for index in 0..<ListObject(names.value).count where !dict.value.isAbsent && dict.value.isDict {
    let name = ListObject(names.value)[index]
    let value = Owned(copyingIfPresent: try DictObject(dict.value).get(name))
    if !value.value.isAbsent { try DictObject(payload.value).set(name, value.value) }
  }
  for index in 0..<arguments.keywordCount {
    let name = TupleObject(arguments.keywordNames)[index]
    guard try ListObject(names.value).contains(name) else {
      throw .typeError("\(shownName(node)).__replace__ got an unexpected keyword argument \(try name.repr().text).")
    }
    try DictObject(payload.value).set(name, arguments.base[index])
  }
  let types = try type.lookUpAttribute(TreeNames.fieldTypes)
  var missing: [String] = []
  for index in 0..<ListObject(fields.value).count {
    let name = ListObject(fields.value)[index]
    if try !DictObject(payload.value).get(name).isAbsent { continue }
    if !types.value.isAbsent, types.value.isDict {
      let fieldType = try DictObject(types.value).get(name)
      if !fieldType.isAbsent && fieldType.type == .union { continue }
    }
    missing.append(try name.repr().text)
  }
  if !missing.isEmpty {
    throw .typeError(
      "\(shownName(node)).__replace__ missing \(missing.count) keyword argument\(missing.count == 1 ? "" : "s"): \(missing.sorted().joined(separator: ", ")).")
  }
  return try callWithKeywords(type, DictObject(payload.value))
}

// MARK: - Representation

/// `Name(id='x', ctx=Load())`; what is deeper is left out.
private func representation(of node: Value, depth: Int) throws(PyError) -> Owned {
  let name = shownName(node)
  if depth <= 0 { return try Owned.string("\(name)(...)") }
  let fields = try fieldNames(node.type.value)
  if ListObject(fields.value).count == 0 { return try Owned.string("\(name)()") }
  if try reprEnter(node) { return try Owned.string("\(name)(...)") }
  defer { reprLeave(node) }
  var builder = StringBuilder()
  try builder.append(name + "(")
  for index in 0..<ListObject(fields.value).count {
    if index > 0 { try builder.append(", ") }
    let field = Owned(copying: ListObject(fields.value)[index])
    let value = try node.getAttribute(field.value)
    try builder.append(sharing: try field.value.str())
    try builder.append("=")
    try append(value.value, depth: depth, to: &builder)
  }
  try builder.append(")")
  return try builder.finish()
}

private func append(_ value: Value, depth: Int, to builder: inout StringBuilder) throws(PyError) {
  guard value.isList || value.isTuple else { return try appendItem(value, depth: depth, to: &builder) }
  let count = value.isList ? ListObject(value).count : TupleObject(value).count
  try builder.append(value.isList ? "[" : "(" as StaticString)
  if count > 0 {
    // The first item and the last.
    let first = Owned(copying: value.isList ? ListObject(value)[0] : TupleObject(value)[0])
    try appendItem(first.value, depth: depth, to: &builder)
    if count > 2 { try builder.append(", ...") }
    if count > 1, value.isTuple || ListObject(value).count >= count {
      let last = Owned(copying: value.isList ? ListObject(value)[count - 1] : TupleObject(value)[count - 1])
      try builder.append(", ")
      try appendItem(last.value, depth: depth, to: &builder)
    }
  }
  try builder.append(value.isList ? "]" : ")" as StaticString)
}

private func appendItem(_ value: Value, depth: Int, to builder: inout StringBuilder) throws(PyError) {
  let classes = try TreeClasses.current()
  if value.type.isSubtype(of: TypeObject(classes.base)) {
    try builder.append(sharing: try representation(of: value, depth: depth - 1))
  } else {
    try builder.append(sharing: try value.repr())
  }
}
