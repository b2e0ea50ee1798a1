// The type `XMLParser`.

import KraitRuntime

func defineTreeParser(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<TreeParserObject.Contents>.size
  t.flags.insert(.baseType)
  t.shapeFlags.insert(.tracked)
  t.slots.deallocate = DeallocateSlot { raw in TreeParserObject(raw: raw).deallocate() }
  t.slots.traverse = TraverseSlot { raw, visit in TreeParserObject(raw: raw).visit { visit($0) } }
  t.slots.clear = ClearSlot { raw in TreeParserObject(raw: raw).release() }
  t.rawNew("XMLParser") { (type: Value, _: Arguments) throws(PyError) -> Owned in try TreeParserObject.make(TypeObject(type)) }
  t.initialize("XMLParser(*, target=None, encoding=None)") { (call: Call) throws(PyError) in
    try TreeParserObject(call.receiver).initialize(target: call[0], encoding: try call.optionalString(1))
  }
  t.method("feed(data, /)", "Parses a piece of the document, str or bytes.") { (call: Call) throws(PyError) -> Owned in
    try TreeParserObject(call.receiver).feed(call[0])
    return .none
  }
  t.method("close()", "Ends the document; what the target's close() returns.") { (call: Call) throws(PyError) -> Owned in
    try TreeParserObject(call.receiver).close()
  }
  t.method("flush()", "Tells of what waits for more input.") { (call: Call) throws(PyError) -> Owned in
    try TreeParserObject(call.receiver).flush()
    return .none
  }
  t.method("_parse_whole(file, /)", "Parses all that a file gives; the tree, if one is built.") { (call: Call) throws(PyError) -> Owned in
    try TreeParserObject(call.receiver).parse(file: call[0])
  }
  t.method("_setevents(events_queue, events_to_report=None, /)", "Appends events to a queue from now on.") { (call: Call) throws(PyError) -> Owned in
    try TreeParserObject(call.receiver).setEvents(call[0], call[1])
    return .none
  }
  t.member("entity", offset: MemoryLayout<TreeParserObject.Contents>.offset(of: \.entities).unsafelyUnwrapped, "The values of entities that documents do not declare.")
  t.member("target", offset: MemoryLayout<TreeParserObject.Contents>.offset(of: \.target).unsafelyUnwrapped, "What is told of the document.")
  t.getter("version", "The version of libexpat.") { (_: Value) throws(PyError) -> Owned in
    let (major, minor, micro) = Expat.shared.pointee.version
    return try Owned.string("Expat \(major).\(minor).\(micro)")
  }
}
