// The type `Element`: what an element is asked for. What it does with subscripts, searches and copies stands in files of their own.

import KraitRuntime

/// The attributes that keywords name: those of a dict `attrib` among them, and the others, in a new dict.
private func attributes(fromKeywords given: Arguments) throws(PyError) -> Owned {
  let keywords = try given.keywordDict()
  if keywords.value.isAbsent { return keywords }
  let named = Owned(copyingIfPresent: try DictObject(keywords.value).get(ElementName.attributes))
  if named.value.isAbsent { return keywords }
  if !named.value.isDict { throw .typeError("attrib must be dict, not \(named.value.typeName)") }
  _ = try DictObject(keywords.value).remove(ElementName.attributes)
  let result = try DictObject(named.value).copy()
  try DictObject(result.value).update(from: keywords.value)
  return result
}

/// The attributes that a call gives: those of a dict at a position, and keywords; absent when there are none.
func givenAttributes(_ arguments: Arguments, position: Int, _ function: StaticString) throws(PyError) -> Owned {
  var result: Owned
  if arguments.positionalCount > position {
    let given = arguments.base[position]
    if !given.isDict { throw .typeError("\(function)() argument \(position + 1) must be dict, not \(given.isNone ? "None" : given.typeName)") }
    result = try DictObject(given).copy()
    if arguments.keywordCount > 0 {
      let keywords = try arguments.keywordDict()
      try DictObject(result.value).update(from: keywords.value)
    }
  } else {
    result = try attributes(fromKeywords: arguments)
  }
  if !result.value.isAbsent && DictObject(result.value).count == 0 { result = Owned(taking: .absent) }
  return result
}

/// Checks how many arguments stand at positions, with the messages of `PyArg_ParseTuple`.
func checkCount(_ arguments: Arguments, _ minimum: Int, _ maximum: Int, _ function: StaticString) throws(PyError) {
  let count = arguments.positionalCount
  if _fastPath(count >= minimum && count <= maximum) { return }
  let bound = count < minimum ? minimum : maximum
  throw .typeError("\(function)() takes \(count < minimum ? "at least" : "at most") \(bound) argument\(bound == 1 ? "" : "s") (\(count) given)")
}

private func initialize(_ object: Value, _ arguments: Arguments) throws(PyError) {
  try checkCount(arguments, 1, 2, "Element")
  let attributes = try givenAttributes(arguments, position: 1, "Element")
  let element = ElementObject(object)
  if !attributes.value.isAbsent {
    element.removeContents()
    element.contents.pointee.attributes = attributes.take()
  }
  setTag(object, arguments.base[0])
  element.setText(.text, .none)
  element.setText(.tail, .none)
}

private func setTag(_ object: Value, _ tag: Value) {
  let element = ElementObject(object)
  let old = Owned(taking: element.contents.pointee.tag)
  tag.retain()
  element.contents.pointee.tag = tag
  _ = old.value
}

private func represent(_ object: Value) throws(PyError) -> Owned {
  if try reprEnter(object) { throw .runtimeError("reentrant call inside \(object.typeName).__repr__") }
  defer { reprLeave(object) }
  let tag = Owned(copying: ElementObject(object).contents.pointee.tag)
  let shown = try tag.value.repr()
  var text = StringBuilder()
  try text.append("<Element " as StaticString)
  try text.append(shown.value)
  try text.append(" at \(addressText(object))>")
  return try text.finish()
}

private func isTrue(_ object: Value) throws(PyError) -> Bool {
  try warnDeprecated(
    "Testing an element's truth value will always return True in future versions.  Use specific 'len(elem)' or 'elem is not None' test instead.")
  return ElementObject(object).count > 0
}

/// A value that is assigned to an attribute; none is deleted.
private func assigned(_ value: Value) throws(PyError) -> Value {
  if value.isAbsent { throw .attributeError("can't delete element attribute") }
  return value
}

private func defineAttributes(_ t: TypeDefinition) {
  t.property(
    "tag", "What kind of element it is.", get: { (object) throws(PyError) in Owned(copying: ElementObject(object).contents.pointee.tag) },
    set: { (object, value) throws(PyError) in setTag(object, try assigned(value)) })
  t.property(
    "text", "The text between the start tag and the first child or the end tag, or None.", get: { (object) throws(PyError) in try ElementObject(object).text(.text) },
    set: { (object, value) throws(PyError) in ElementObject(object).setText(.text, try assigned(value)) })
  t.property(
    "tail", "The text behind the end tag, up to the next tag, or None.", get: { (object) throws(PyError) in try ElementObject(object).text(.tail) },
    set: { (object, value) throws(PyError) in ElementObject(object).setText(.tail, try assigned(value)) })
  t.property(
    "attrib", "The attributes, a dict.", get: { (object) throws(PyError) in Owned(copying: try ElementObject(object).makeAttributes()) },
    set: { (object, value) throws(PyError) in
      let attributes = try assigned(value)
      if !attributes.isDict { throw .typeError("attrib must be dict, not \(attributes.typeName)") }
      let element = ElementObject(object)
      let old = Owned(taking: element.contents.pointee.attributes)
      attributes.retain()
      element.contents.pointee.attributes = attributes
      _ = old.value
    })
}

/// What `keys()` and `items()` give: lists, which are empty when no attributes were made.
private func listAttributes(_ object: Value, _ entry: (Value, Value) throws(PyError) -> Owned) throws(PyError) -> Owned {
  let attributes = Owned(copyingIfPresent: ElementObject(object).contents.pointee.attributes)
  if attributes.value.isAbsent { return try Owned.list() }
  let dict = DictObject(attributes.value)
  let list = try Owned.list(capacity: dict.count)
  var position = 0
  var (key, value) = (Value.absent, Value.absent)
  while dict.next(&position, &key, &value) { try ListObject(list.value).append(taking: try entry(key, value)) }
  return list
}

private func defineAttributeMethods(_ t: TypeDefinition) {
  t.method("get(key, default=None)", "The value of an attribute, or the default.") { (call: Call) throws(PyError) -> Owned in
    let attributes = Owned(copyingIfPresent: ElementObject(call.receiver).contents.pointee.attributes)
    if attributes.value.isAbsent { return Owned(copying: call[1]) }
    let found = try DictObject(attributes.value).get(call[0])
    return Owned(copying: found.isAbsent ? call[1] : found)
  }
  t.method("set(key, value, /)", "Gives an attribute a value.") { (call: Call) throws(PyError) -> Owned in
    let attributes = Owned(copying: try ElementObject(call.receiver).makeAttributes())
    try DictObject(attributes.value).set(call[0], call[1])
    return .none
  }
  t.method("keys()", "The names of the attributes, a list.") { (call: Call) throws(PyError) -> Owned in
    try listAttributes(call.receiver) { (key, _) throws(PyError) in Owned(copying: key) }
  }
  t.method("items()", "The attributes as pairs of name and value, a list.") { (call: Call) throws(PyError) -> Owned in
    try listAttributes(call.receiver) { (key, value) throws(PyError) in try Owned.tuple(key, value) }
  }
}

/// Takes the first child that is or equals an element out. A comparison may change the children: what stands at the place then goes, if anything does.
private func remove(_ object: Value, _ wanted: Value) throws(PyError) {
  let element = ElementObject(object)
  var index = 0
  while index < element.count {
    let child = Owned(copying: element[index])
    if try child.value.isEqual(to: wanted) {
      if index < element.count { _ = element.remove(at: index) }
      return
    }
    index &+= 1
  }
  throw .valueError("Element.remove(x): element not found")
}

private func defineChildMethods(_ t: TypeDefinition) {
  t.method("append($self, $class, subelement, /)", "Adds a child at the end.") { (call: Call) throws(PyError) -> Owned in
    try ElementObject(call.receiver).append(taking: Owned(copying: try call.instance(0, of: elementType.object)))
    return .none
  }
  t.method("extend($self, $class, elements, /)", "Adds children at the end.") { (call: Call) throws(PyError) -> Owned in
    let elements = try fastSequence(call[0], "'elements' must be an iterable")
    let element = ElementObject(call.receiver)
    var index = 0
    while index < sequenceCount(elements.value) {
      try element.append(sequenceItem(elements.value, index))
      index &+= 1
    }
    return .none
  }
  t.method("insert(index, subelement, /)", "Adds a child before the one at an index.") { (call: Call) throws(PyError) -> Owned in
    let index = try call.index(0)
    let child = try call.instance(1, of: elementType.object)
    let element = ElementObject(call.receiver)
    try element.insert(child, at: index < 0 ? max(index &+ element.count, 0) : min(index, element.count))
    return .none
  }
  t.method("remove(subelement, /)", "Takes out the first child that is or equals an element.") { (call: Call) throws(PyError) -> Owned in
    try remove(call.receiver, try call.instance(0, of: elementType.object))
    return .none
  }
  t.method("clear()", "Gives up attributes, children and texts.") { (call: Call) throws(PyError) -> Owned in
    ElementObject(call.receiver).removeAll()
    return .none
  }
  t.method("makeelement($self, $class, tag, attrib, /)", "A new element, which is no child of this one.") { (call: Call) throws(PyError) -> Owned in
    let attributes = try DictObject(try call.instance(1, of: .dict)).copy()
    return try ElementObject.make(call[0], attributes: DictObject(attributes.value).count > 0 ? attributes : Owned(taking: .absent))
  }
}

/// How many items an exact list or tuple has now.
func sequenceCount(_ sequence: Value) -> Int { sequence.isList ? ListObject(sequence).count : TupleObject(sequence).count }

/// An item of it, borrowed.
func sequenceItem(_ sequence: Value, _ index: Int) -> Value { sequence.isList ? ListObject(sequence)[index] : TupleObject(sequence)[index] }

func defineElement(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<ElementObject.Contents>.size
  t.flags.formUnion([.baseType, .managedWeakReference])
  t.shapeFlags.formUnion([.tracked, .hasState])
  t.slots.deallocate = DeallocateSlot { raw in ElementObject(raw: raw).deallocate() }
  t.slots.traverse = TraverseSlot { raw, visit in ElementObject(raw: raw).visit { visit($0) } }
  t.slots.clear = ClearSlot { raw in
    ElementObject(raw: raw).removeAll()
    setTag(Value(raw), .none)
  }
  t.slots.getAttribute = BinarySlot(genericGetAttribute)
  t.slots.repr = UnarySlot(represent)
  t.slots.truth = TruthSlot(isTrue)
  t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in ElementObject(object).count }
  t.rawNew("Element") { (type: Value, _: Arguments) throws(PyError) -> Owned in try ElementObject.allocate(TypeObject(type)) }
  t.rawInitialize("Element", initialize)
  defineAttributes(t)
  defineAttributeMethods(t)
  defineChildMethods(t)
  defineElementSubscripts(t)
  defineElementSearch(t)
  defineElementCopies(t)
}
