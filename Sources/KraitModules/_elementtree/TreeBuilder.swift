// The type `TreeBuilder`.

import KraitRuntime

private func initialize(_ call: Call) throws(PyError) {
  let builder = TreeBuilderObject(call.receiver)
  let insertsComments = try call.bool(3)
  let insertsInstructions = try call.bool(4)
  let commentFactory = Owned(copyingIfPresent: call[1].isNone ? commentFactory.value : call[1])
  let instructionFactory = Owned(copyingIfPresent: call[2].isNone ? instructionFactory.value : call[2])
  builder.contents.pointee.insertsComments = insertsComments && !commentFactory.value.isAbsent
  builder.contents.pointee.insertsInstructions = insertsInstructions && !instructionFactory.value.isAbsent
  builder.set(&builder.contents.pointee.elementFactory, call[0].isNone ? .absent : call[0])
  builder.set(&builder.contents.pointee.commentFactory, commentFactory.value)
  builder.set(&builder.contents.pointee.instructionFactory, instructionFactory.value)
}

func defineTreeBuilder(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<TreeBuilderObject.Contents>.size
  t.flags.insert(.baseType)
  t.shapeFlags.insert(.tracked)
  t.slots.deallocate = DeallocateSlot { raw in TreeBuilderObject(raw: raw).deallocate() }
  t.slots.traverse = TraverseSlot { raw, visit in TreeBuilderObject(raw: raw).visit { visit($0) } }
  t.slots.clear = ClearSlot { raw in TreeBuilderObject(raw: raw).clear() }
  t.rawNew("TreeBuilder") { (type: Value, _: Arguments) throws(PyError) -> Owned in try TreeBuilderObject.make(TypeObject(type)) }
  t.initialize("TreeBuilder(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)", initialize)
  t.method("data(data, /)", "Adds text to the element that is open.") { (call: Call) throws(PyError) -> Owned in
    try TreeBuilderObject(call.receiver).data(call[0])
    return .none
  }
  t.method("start(tag, attrs, /)", "Opens a new element, which is returned.") { (call: Call) throws(PyError) -> Owned in
    let attributes = try call.instance(1, of: .dict)
    let builder = TreeBuilderObject(call.receiver)
    let isNone = builder.contents.pointee.elementFactory.isAbsent && attributes.isExactDict && DictObject(attributes).count == 0
    return try builder.start(call[0], attributes: Owned(copyingIfPresent: isNone ? .absent : attributes))
  }
  t.method("end(tag, /)", "Closes the element that is open, which is returned.") { (call: Call) throws(PyError) -> Owned in
    try TreeBuilderObject(call.receiver).end()
  }
  t.method("comment(text, /)", "Makes a comment, and adds it to the tree if the builder was told so.") { (call: Call) throws(PyError) -> Owned in
    try TreeBuilderObject(call.receiver).comment(call[0])
  }
  t.method("pi(target, text=None, /)", "Makes a processing instruction, and adds it to the tree if the builder was told so.") { (call: Call) throws(PyError) -> Owned in
    try TreeBuilderObject(call.receiver).instruction(call[0], call[1])
  }
  t.method("close()", "The first element that was opened, or None.") { (call: Call) throws(PyError) -> Owned in TreeBuilderObject(call.receiver).result }
}
