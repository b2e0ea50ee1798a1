// Copies of elements, shallow and deep, and what pickles keep of them.

import KraitRuntime

/// `copy.deepcopy`.
nonisolated(unsafe) var deepCopyFunction = InterpreterValue()

private func shallowCopy(_ object: Value) throws(PyError) -> Owned {
  let element = ElementObject(object)
  let attributes = element.contents.pointee.attributes
  // Both have one dict, unless it is empty.
  let isShared = !attributes.isAbsent && DictObject(attributes).count > 0
  let copy = try ElementObject.make(element.contents.pointee.tag, attributes: Owned(copyingIfPresent: isShared ? attributes : .absent))
  let new = ElementObject(copy.value)
  // A list of pieces is joined first: two elements must not add to one.
  for place in [ElementObject.Place.text, .tail] {
    let text = try element.text(place)
    new.setText(place, text.value)
  }
  try new.reserve(element.count)
  for index in 0..<element.count { try new.append(taking: Owned(copying: element[index])) }
  return copy
}

/// Whether the only reference is the one at hand, so that nothing else can lead a copy to the object.
private func isSingle(_ value: Value) -> Bool { value.isObject && value.object.referenceCount == 1 }

private func isPlain(_ attributes: Value) -> Bool {
  let dict = DictObject(attributes)
  var position = 0
  var (key, value) = (Value.absent, Value.absent)
  while dict.next(&position, &key, &value) {
    if !key.isExactString || !value.isExactString { return false }
  }
  return true
}

/// A deep copy of anything. What nobody else refers to, and copies without code of its own, needs no entry among what was copied before.
private func deepCopy(_ value: Value, _ memo: Value) throws(PyError) -> Owned {
  if value.isNone || value.isExactString { return Owned(copying: value) }
  if isSingle(value) {
    if value.isExactDict && isPlain(value) { return try DictObject(value).copy() }
    if elementType.isType(of: value) {
      let held = Owned(copying: value)
      return try deepCopy(element: held.value, memo)
    }
  }
  let held = Owned(copying: value)
  let function = Owned(copying: deepCopyFunction.value)
  return try function.value.call(held.value, memo)
}

private func deepCopy(element object: Value, _ memo: Value) throws(PyError) -> Owned {
  try checkNativeRecursion(" in __deepcopy__")
  let element = ElementObject(object)
  let tag = try deepCopy(element.contents.pointee.tag, memo)
  let attributes = element.contents.pointee.attributes.isAbsent ? Owned(taking: .absent) : try deepCopy(element.contents.pointee.attributes, memo)
  // What a copy function gives for a dict need not be one.
  if !attributes.value.isAbsent && !attributes.value.isDict { throw .typeError("attrib must be dict, not \(attributes.value.typeName)") }
  let copy = try ElementObject.make(tag.value, attributes: attributes)
  let new = ElementObject(copy.value)
  for place in [ElementObject.Place.text, .tail] {
    let kept = try element.text(place)
    let text = try deepCopy(kept.value, memo)
    new.setText(place, text.value)
  }
  var index = 0
  // Functions that copy may change the children.
  while index < element.count {
    let child = try deepCopy(element[index], memo)
    try new.append(child.value)
    index &+= 1
  }
  let identity = try Owned.integer(UInt64(object.bits))
  try DictObject(memo).set(identity.value, copy.value)
  return copy
}

// MARK: Pickling

/// The attributes that an instance of the class in Python has.
private func state(_ object: Value) throws(PyError) -> Owned {
  let element = ElementObject(object)
  let children = try Owned.list(capacity: element.count)
  for index in 0..<element.count { try ListObject(children.value).append(element[index]) }
  let attributes = element.contents.pointee.attributes.isAbsent ? try Owned.dict() : Owned(copying: element.contents.pointee.attributes)
  let text = try element.text(.text)
  let tail = try element.text(.tail)
  let state = try Owned.dict()
  let dict = DictObject(state.value)
  try dict.set(ElementName.tag, element.contents.pointee.tag)
  try dict.set(ElementName.children, children.value)
  try dict.set(ElementName.attributes, attributes.value)
  try dict.set(ElementName.text, text.value)
  try dict.set(ElementName.tail, tail.value)
  return state
}

/// Gives an element the attributes in a dict, as an instance of the class in Python has them.
private func setState(_ object: Value, _ state: Value) throws(PyError) {
  if !state.isExactDict {
    let shown = try state.repr()
    throw .typeError("Don't know how to unpickle \"\(String(shown.value.text.prefix(200)))\" as an Element")
  }
  var found = 0
  func value(_ name: Value) throws(PyError) -> Owned {
    let value = Owned(copyingIfPresent: try DictObject(state).get(name))
    if !value.value.isAbsent { found += 1 }
    return value
  }
  let tag = try value(ElementName.tag)
  let attributes = try value(ElementName.attributes)
  let text = try value(ElementName.text)
  let tail = try value(ElementName.tail)
  let children = try value(ElementName.children)
  if DictObject(state).count > found { throw try unexpected(state) }
  if tag.value.isAbsent { throw .typeError("tag may not be NULL") }
  if !attributes.value.isAbsent && !attributes.value.isDict { throw .typeError("attrib must be dict, not \(attributes.value.typeName)") }
  let element = ElementObject(object)
  let old = Owned(taking: element.contents.pointee.tag)
  element.contents.pointee.tag = tag.take()
  _ = old.value
  for (place, given) in [(ElementObject.Place.text, text.value), (.tail, tail.value)] {
    element.setText(place, given.isAbsent ? .none : given, isPieces: !given.isAbsent && given.isExactList)
  }
  if !children.value.isAbsent { try setChildren(object, children.value) }
  if !attributes.value.isAbsent || !children.value.isAbsent {
    let old = Owned(taking: element.contents.pointee.attributes)
    element.contents.pointee.attributes = attributes.take()
    _ = old.value
  }
}

private func setChildren(_ object: Value, _ list: Value) throws(PyError) {
  if !list.isList { throw .typeError("'_children' is not a list") }
  let element = ElementObject(object)
  let (old, count, capacity) = element.detachChildren()
  defer { ElementObject.release(old, count, capacity) }
  var index = 0
  while index < ListObject(list).count {
    try element.append(ListObject(list)[index])
    index &+= 1
  }
}

/// The error for a name that no attribute has.
private func unexpected(_ state: Value) throws(PyError) -> PyError {
  let known = [ElementName.tag, ElementName.attributes, ElementName.text, ElementName.tail, ElementName.children]
  var position = 0
  var (key, value) = (Value.absent, Value.absent)
  while DictObject(state).next(&position, &key, &value) {
    if !key.isString { return .typeError("keywords must be strings") }
    if !known.contains(where: { StringObject($0).isEqual(to: StringObject(key)) }) {
      return .typeError("this function got an unexpected keyword argument '\(key.text)'")
    }
  }
  return .typeError("Don't know how to unpickle an Element")
}

func defineElementCopies(_ t: TypeDefinition) {
  t.method("__copy__($self, $class, /)", "A new element with the same attributes, texts and children.") { (call: Call) throws(PyError) -> Owned in
    try shallowCopy(call.receiver)
  }
  t.method("__deepcopy__(memo, /)", "A new element with copies of all that this one has.") { (call: Call) throws(PyError) -> Owned in
    try deepCopy(element: call.receiver, try call.instance(0, of: .dict))
  }
  t.method("__sizeof__()", "Bytes of memory.") { (call: Call) throws(PyError) -> Owned in
    let element = ElementObject(call.receiver)
    return try Owned.integer(Int(call.receiver.type.contents.pointee.basicSize) &+ Int(element.contents.pointee.capacity) &* 8)
  }
  t.method("__getstate__()", "What a pickle keeps: a dict of the attributes.") { (call: Call) throws(PyError) -> Owned in try state(call.receiver) }
  t.method("__setstate__($self, $class, state, /)", "Gives the element what a pickle has kept.") { (call: Call) throws(PyError) -> Owned in
    try setState(call.receiver, call[0])
    return .none
  }
}
