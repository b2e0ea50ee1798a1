// Searches among elements: plain tags here, paths by `xml.etree.ElementPath`.

import KraitRuntime

/// The module `xml.etree.ElementPath`.
nonisolated(unsafe) var elementPath = InterpreterValue()

/// Whether a tag may be a path: it has a character that paths have outside of braces, or a wildcard for the namespace. What is no text counts as one.
private func isPath(_ tag: Value) -> Bool {
  if tag.isString {
    let units = StringObject(tag).units
    return isPath(count: units.count) { units[$0] }
  }
  if tag.isBytes {
    let bytes = BytesObject(tag)
    return isPath(count: bytes.count) { UInt32(bytes.data.load(fromByteOffset: $0, as: UInt8.self)) }
  }
  return true
}

@inline(__always)
private func isPath(count: Int, _ character: (Int) -> UInt32) -> Bool {
  func isAt(_ index: Int, _ wanted: Unicode.Scalar) -> Bool { character(index) == wanted.value }
  if count >= 3 && isAt(0, "{") && (isAt(1, "}") || (isAt(1, "*") && isAt(2, "}"))) { return true }
  var isOutside = true
  for index in 0..<count {
    switch Unicode.Scalar(character(index)) {
    case "{": isOutside = false
    case "}": isOutside = true
    case "/", "*", "[", "@", ".": if isOutside { return true }
    default: break
    }
  }
  return false
}

/// Calls a function of the module for paths.
private func ask(_ function: Value, _ arguments: Value...) throws(PyError) -> Owned {
  let module = Owned(copying: elementPath.value)
  let method = try module.value.getAttribute(function)
  let tuple = try Owned.tuple(copying: arguments)
  return try method.value.call(tuple: tuple.value)
}

/// Calls `body` with each child that has a tag, until it answers false.
@inline(__always)
private func forEachChild(_ object: Value, tag: Value, _ body: (Value) throws(PyError) -> Bool) throws(PyError) {
  let element = ElementObject(object)
  var index = 0
  // Comparing tags may run code that changes the children.
  while index < element.count {
    let child = Owned(copying: element[index])
    let own = Owned(copying: ElementObject(child.value).contents.pointee.tag)
    if try own.value.isEqual(to: tag), try !body(child.value) { return }
    index &+= 1
  }
}

func defineElementSearch(_ t: TypeDefinition) {
  t.method("find($self, $class, path, namespaces=None)", "The first child of a tag, or element of a path; None if there is none.") { (call: Call) throws(PyError) -> Owned in
    if !call[1].isNone || isPath(call[0]) { return try ask(ElementName.find, call.receiver, call[0], call[1]) }
    var found = Value.none
    try forEachChild(call.receiver, tag: call[0]) { (child) throws(PyError) in
      child.retain()
      found = child
      return false
    }
    return Owned(taking: found)
  }
  t.method("findtext($self, $class, path, default=None, namespaces=None)", "The text of the first child of a tag, or element of a path; else the default.") {
    (call: Call) throws(PyError) -> Owned in
    if !call[2].isNone || isPath(call[0]) { return try ask(ElementName.findText, call.receiver, call[0], call[1], call[2]) }
    var found = Value.absent
    try forEachChild(call.receiver, tag: call[0]) { (child) throws(PyError) in
      found = try ElementObject(child).text(.text).take()
      return false
    }
    if found.isAbsent { return Owned(copying: call[1]) }
    return found.isNone ? .emptyString : Owned(taking: found)
  }
  t.method("findall($self, $class, path, namespaces=None)", "All children of a tag, or elements of a path, in a list.") { (call: Call) throws(PyError) -> Owned in
    if !call[1].isNone || isPath(call[0]) { return try ask(ElementName.findAll, call.receiver, call[0], call[1]) }
    let list = try Owned.list()
    try forEachChild(call.receiver, tag: call[0]) { (child) throws(PyError) in
      try ListObject(list.value).append(child)
      return true
    }
    return list
  }
  t.method("iterfind($self, $class, path, namespaces=None)", "An iterator over all children of a tag, or elements of a path.") { (call: Call) throws(PyError) -> Owned in
    try ask(ElementName.iterateFound, call.receiver, call[0], call[1])
  }
  t.method("iter($self, $class, tag=None)", "An iterator over the element and all below it, or those of a tag, in the document's order.") { (call: Call) throws(PyError) -> Owned in
    try ElementIterator.make(call.receiver, tag: isAsterisk(call[0]) ? .none : call[0], givesText: false)
  }
  t.method("itertext($self, $class, /)", "An iterator over all texts inside of the element.") { (call: Call) throws(PyError) -> Owned in
    try ElementIterator.make(call.receiver, tag: .none, givesText: true)
  }
}

private func isAsterisk(_ tag: Value) -> Bool {
  if tag.isString { return StringObject(tag).isEqual(to: "*") }
  return tag.isBytes && BytesObject(tag).count == 1 && BytesObject(tag).data.load(as: UInt8.self) == 0x2A
}
