// The module `_elementtree`: elements, tree builders and parsers for `xml.etree.ElementTree`.

import KraitRuntime

private func makeChild(_ arguments: Arguments) throws(PyError) -> Owned {
  try checkCount(arguments, 2, 3, "SubElement")
  let parent = arguments.base[0]
  if !elementType.includes(parent) { throw .typeError("SubElement() argument 1 must be xml.etree.ElementTree.Element, not \(parent.isNone ? "None" : parent.typeName)") }
  let attributes = try givenAttributes(arguments, position: 2, "SubElement")
  let child = try ElementObject.make(arguments.base[1], attributes: attributes)
  try ElementObject(parent).append(taking: child.copy())
  return child
}

/// Sets a factory: a callable, or None for none. The result is the one before.
private func setFactory(_ factory: inout InterpreterValue, _ value: Value) throws(PyError) -> Owned {
  let old = try factory.set(Owned(copyingIfPresent: value.isNone ? .absent : value))
  return old.value.isAbsent ? .none : old
}

private func isCallable(_ value: Value) -> Bool { value.type.slots.pointee.call != nil }

let elementTreeModule = ModuleDefinition("_elementtree", "Elements, and parsers that make trees of them.") { (m: ModuleBuilder) throws(PyError) in
  // Loads the library.
  _ = try importModule("pyexpat")
  let copy = try importModule("copy")
  try deepCopyFunction.set(try copy.value.getAttribute(Name.make("deepcopy")))
  try elementPath.set(try importModule("xml.etree.ElementPath"))
  elementIteratorType = ModuleType(try m.defineType("_element_iterator", isPublic: false, defineElementIterator))
  treeBuilderType = ModuleType(try m.defineType("TreeBuilder", module: "xml.etree.ElementTree", defineTreeBuilder))
  elementType = ModuleType(try m.defineType("Element", module: "xml.etree.ElementTree", defineElement))
  treeParserType = ModuleType(try m.defineType("XMLParser", module: "xml.etree.ElementTree", defineTreeParser))
  try parseError.set(try m.exception("ParseError", module: "xml.etree.ElementTree", bases: [.syntaxError]))
  try m.rawFunction("SubElement", "A new element, added to another as its last child.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try makeChild(arguments)
  }
  try m.function("_set_factories(comment_factory, pi_factory, /)", "Sets what makes comments and processing instructions; returns what did before.") {
    (call: Call) throws(PyError) -> Owned in
    if !isCallable(call[0]) && !call[0].isNone { throw .typeError("Comment factory must be callable, not \(call[0].typeName)") }
    if !isCallable(call[1]) && !call[1].isNone { throw .typeError("PI factory must be callable, not \(call[1].typeName)") }
    let comments = try setFactory(&commentFactory, call[0])
    let instructions = try setFactory(&instructionFactory, call[1])
    return try Owned.tuple(comments.value, instructions.value)
  }
}
