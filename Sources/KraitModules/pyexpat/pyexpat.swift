// The module `pyexpat`: XML by libexpat, what `xml.parsers.expat`, `xml.sax`, `xml.dom` and `xml.etree` stand on.

import KraitRuntime

private let handlerErrors: [StaticString] = [
  "XML_ERROR_NO_MEMORY", "XML_ERROR_SYNTAX", "XML_ERROR_NO_ELEMENTS", "XML_ERROR_INVALID_TOKEN", "XML_ERROR_UNCLOSED_TOKEN",
  "XML_ERROR_PARTIAL_CHAR", "XML_ERROR_TAG_MISMATCH", "XML_ERROR_DUPLICATE_ATTRIBUTE", "XML_ERROR_JUNK_AFTER_DOC_ELEMENT",
  "XML_ERROR_PARAM_ENTITY_REF", "XML_ERROR_UNDEFINED_ENTITY", "XML_ERROR_RECURSIVE_ENTITY_REF", "XML_ERROR_ASYNC_ENTITY", "XML_ERROR_BAD_CHAR_REF",
  "XML_ERROR_BINARY_ENTITY_REF", "XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF", "XML_ERROR_MISPLACED_XML_PI", "XML_ERROR_UNKNOWN_ENCODING",
  "XML_ERROR_INCORRECT_ENCODING", "XML_ERROR_UNCLOSED_CDATA_SECTION", "XML_ERROR_EXTERNAL_ENTITY_HANDLING", "XML_ERROR_NOT_STANDALONE",
  "XML_ERROR_UNEXPECTED_STATE", "XML_ERROR_ENTITY_DECLARED_IN_PE", "XML_ERROR_FEATURE_REQUIRES_XML_DTD",
  "XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING", "XML_ERROR_UNBOUND_PREFIX", "XML_ERROR_UNDECLARING_PREFIX", "XML_ERROR_INCOMPLETE_PE",
  "XML_ERROR_XML_DECL", "XML_ERROR_TEXT_DECL", "XML_ERROR_PUBLICID", "XML_ERROR_SUSPENDED", "XML_ERROR_NOT_SUSPENDED", "XML_ERROR_ABORTED",
  "XML_ERROR_FINISHED", "XML_ERROR_SUSPEND_PE", "XML_ERROR_RESERVED_PREFIX_XML", "XML_ERROR_RESERVED_PREFIX_XMLNS",
  "XML_ERROR_RESERVED_NAMESPACE_URI", "XML_ERROR_INVALID_ARGUMENT", "XML_ERROR_NO_BUFFER", "XML_ERROR_AMPLIFICATION_LIMIT_BREACH",
  "XML_ERROR_NOT_STARTED",
]

/// The library's text for an error; releases older than an error have none.
private func message(_ code: Int32) -> String? {
  Expat.shared.pointee.message(code) ?? (code == 44 ? "parser not started" : nil)
}

/// Which error is which: names with messages, and tables from code to message and back.
private let errorsModule = ModuleDefinition("pyexpat.errors", "What can be wrong with a document, by name.") { (m: ModuleBuilder) throws(PyError) in
  let codes = try Owned.dict()
  let messages = try Owned.dict()
  for (index, name) in handlerErrors.enumerated() {
    let text = try Owned.string(message(Int32(index + 1)) ?? "")
    let number = Value(smallInteger: index + 1)
    try m.constant(name, text.value)
    try DictObject(codes.value).set(text.value, number)
    try DictObject(messages.value).set(number, text.value)
  }
  try m.constant("codes", codes)
  try m.constant("messages", messages)
}

private let modelModule = ModuleDefinition("pyexpat.model", "The numbers in content models of elements.") { (m: ModuleBuilder) throws(PyError) in
  let names: [StaticString] = ["XML_CTYPE_EMPTY", "XML_CTYPE_ANY", "XML_CTYPE_MIXED", "XML_CTYPE_NAME", "XML_CTYPE_CHOICE", "XML_CTYPE_SEQ"]
  for (index, name) in names.enumerated() { try m.constant(name, index + 1) }
  let quantifiers: [StaticString] = ["XML_CQUANT_NONE", "XML_CQUANT_OPT", "XML_CQUANT_REP", "XML_CQUANT_PLUS"]
  for (index, name) in quantifiers.enumerated() { try m.constant(name, index) }
}

/// What the library was built with, as pairs of names and numbers.
private func features() throws(PyError) -> Owned {
  let list = try Owned.list()
  guard var entry = Expat.shared.pointee.features() else { return list }
  while entry.load(as: UInt32.self) != 0, let name = entry.load(fromByteOffset: 8, as: UnsafePointer<CChar>?.self) {
    let text = try Owned.string(String(cString: name))
    let number = try Owned.integer(entry.load(fromByteOffset: 16, as: Int.self))
    try ListObject(list.value).append(taking: try Owned.tuple(text.value, number.value))
    entry += 24
  }
  return list
}

private func unsigned(_ value: Value) throws(PyError) -> UInt64 {
  let number = try value.index()
  if Integer.isNegative(number.value) { throw .valueError("Cannot convert negative int") }
  guard let word = Integer.asUInt64(number.value) else { throw .overflowError("Python int too large for C unsigned long long") }
  return word
}

/// The truth of a value that is assigned to an attribute.
private func flag(_ value: Value) throws(PyError) -> Bool {
  if value.isAbsent { throw .runtimeError("Cannot delete attribute") }
  return try value.isTruthy()
}

private func defineHandlers(_ t: TypeDefinition) {
  t.property("StartElementHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.startElement) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.startElement, new) })
  t.property("EndElementHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.endElement) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.endElement, new) })
  t.property("ProcessingInstructionHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.processingInstruction) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.processingInstruction, new) })
  t.property("CharacterDataHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.characterData) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.characterData, new) })
  t.property("UnparsedEntityDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.unparsedEntity) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.unparsedEntity, new) })
  t.property("NotationDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.notation) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.notation, new) })
  t.property("StartNamespaceDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.startNamespace) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.startNamespace, new) })
  t.property("EndNamespaceDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.endNamespace) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.endNamespace, new) })
  t.property("CommentHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.comment) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.comment, new) })
  t.property("StartCdataSectionHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.startCDATA) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.startCDATA, new) })
  t.property("EndCdataSectionHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.endCDATA) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.endCDATA, new) })
  t.property("DefaultHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.rest) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.rest, new) })
  t.property("DefaultHandlerExpand", get: { (v) throws(PyError) in XMLParser(v).handler(.restExpanded) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.restExpanded, new) })
  t.property("NotStandaloneHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.notStandalone) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.notStandalone, new) })
  t.property("ExternalEntityRefHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.externalEntity) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.externalEntity, new) })
  t.property("StartDoctypeDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.startDoctype) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.startDoctype, new) })
  t.property("EndDoctypeDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.endDoctype) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.endDoctype, new) })
  t.property("EntityDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.entity) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.entity, new) })
  t.property("XmlDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.declaration) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.declaration, new) })
  t.property("ElementDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.element) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.element, new) })
  t.property("AttlistDeclHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.attributes) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.attributes, new) })
  t.property("SkippedEntityHandler", get: { (v) throws(PyError) in XMLParser(v).handler(.skippedEntity) }, set: { (v, new) throws(PyError) in try XMLParser(v).setHandler(.skippedEntity, new) })
}

private func defineSettings(_ t: TypeDefinition) {
  t.member("intern") { (v) throws(PyError) in
    let names = Owned(copyingIfPresent: XMLParser(v).contents.pointee.names)
    return names.value.isAbsent ? .none : names
  }
  t.getter("ErrorCode") { (v) throws(PyError) in try Owned.integer(Int(Expat.shared.pointee.errorCode(XMLParser(v).parser))) }
  t.getter("ErrorLineNumber") { (v) throws(PyError) in try Owned.integer(UInt64(Expat.shared.pointee.line(XMLParser(v).parser))) }
  t.getter("ErrorColumnNumber") { (v) throws(PyError) in try Owned.integer(UInt64(Expat.shared.pointee.column(XMLParser(v).parser))) }
  t.getter("ErrorByteIndex") { (v) throws(PyError) in try Owned.integer(Expat.shared.pointee.byteIndex(XMLParser(v).parser)) }
  t.getter("CurrentLineNumber") { (v) throws(PyError) in try Owned.integer(UInt64(Expat.shared.pointee.line(XMLParser(v).parser))) }
  t.getter("CurrentColumnNumber") { (v) throws(PyError) in try Owned.integer(UInt64(Expat.shared.pointee.column(XMLParser(v).parser))) }
  t.getter("CurrentByteIndex") { (v) throws(PyError) in try Owned.integer(Expat.shared.pointee.byteIndex(XMLParser(v).parser)) }
  t.property(
    "buffer_size", get: { (v) throws(PyError) in try Owned.integer(XMLParser(v).contents.pointee.textCapacity) },
    set: { (v, new) throws(PyError) in try XMLParser(v).setTextCapacity(new) })
  t.property(
    "buffer_text", get: { (v) throws(PyError) in .boolean(XMLParser(v).contents.pointee.text != nil) },
    set: { (v, new) throws(PyError) in try XMLParser(v).setBuffersText(try flag(new)) })
  t.getter("buffer_used") { (v) throws(PyError) in try Owned.integer(XMLParser(v).contents.pointee.textCount) }
  t.property(
    "namespace_prefixes", get: { (v) throws(PyError) in .boolean(XMLParser(v).contents.pointee.givesPrefixes) },
    set: { (v, new) throws(PyError) in
      let wanted = try flag(new)
      XMLParser(v).contents.pointee.givesPrefixes = wanted
      Expat.shared.pointee.setNamespaceTriplets(XMLParser(v).parser, wanted ? 1 : 0)
    })
  t.property(
    "ordered_attributes", get: { (v) throws(PyError) in .boolean(XMLParser(v).contents.pointee.ordersAttributes) },
    set: { (v, new) throws(PyError) in
      let wanted = try flag(new)
      XMLParser(v).contents.pointee.ordersAttributes = wanted
    })
  t.property(
    "specified_attributes", get: { (v) throws(PyError) in .boolean(XMLParser(v).contents.pointee.tellsSpecifiedOnly) },
    set: { (v, new) throws(PyError) in
      let wanted = try flag(new)
      XMLParser(v).contents.pointee.tellsSpecifiedOnly = wanted
    })
}

private func defineMethods(_ t: TypeDefinition) {
  t.method("Parse(data, isfinal=False, /)", "Reads a piece of the document, str or bytes, and calls the handlers; the last piece ends it.") { (call) throws(PyError) in
    try XMLParser(call.receiver).parse(call[0], isLast: try call.bool(1))
  }
  t.method("ParseFile(file, /)", "Reads the document from a binary file to its end.") { (call) throws(PyError) in
    try XMLParser(call.receiver).parse(file: call[0])
  }
  t.method("SetBase(base, /)", "Sets what relative addresses of entities are relative to.") { (call) throws(PyError) in
    let base = try ExpatText(try call.string(0))
    if Expat.shared.pointee.setBase(XMLParser(call.receiver).parser, base.pointer) == 0 { throw .memoryError() }
    return .none
  }
  t.method("GetBase()", "What relative addresses of entities are relative to.") { (call) throws(PyError) in
    guard let base = Expat.shared.pointee.base(XMLParser(call.receiver).parser) else { return .none }
    return try Owned.string(String(cString: base))
  }
  t.method("GetInputContext()", "The document's bytes from where the event begins whose handler runs; None outside of handlers.") { (call) throws(PyError) in
    let parser = XMLParser(call.receiver)
    if !parser.contents.pointee.isInHandler { return .none }
    var (offset, size): (Int32, Int32) = (0, 0)
    guard let buffer = Expat.shared.pointee.inputContext(parser.parser, &offset, &size) else { return .none }
    return try Owned.bytes(UnsafeRawBufferPointer(start: buffer + Int(offset), count: Int(size &- offset)))
  }
  t.method(
    "ExternalEntityParserCreate(context, encoding=<unrepresentable>, /)", "A parser for an external entity, with the same handlers; context is what the handler was given."
  ) { (call) throws(PyError) in
    let context = try call.optionalString(0)
    return try XMLParser(call.receiver).makeForEntity(context: context, encoding: call[1].isAbsent ? .absent : try call.string(1))
  }
  t.method("SetParamEntityParsing(flag, /)", "Sets whether parameter entities and the external part of the document type are read; tells whether it could.") { (call) throws(PyError) in
    let flag = try call.int32(0)
    return try Owned.integer(Int(Expat.shared.pointee.setParameterEntityParsing(XMLParser(call.receiver).parser, flag)))
  }
  t.method("UseForeignDTD(flag=True, /)", "Sets whether the application gives a document type to documents that have none.") { (call) throws(PyError) in
    let parser = XMLParser(call.receiver)
    let code = Expat.shared.pointee.useForeignDTD(parser.parser, try call.bool(0) ? 1 : 0)
    if code != 0 { throw parser.error(code) }
    return .none
  }
  t.method("SetReparseDeferralEnabled(enabled, /)", "Sets whether tokens that are not complete wait for more input before they are looked at again.") { (call) throws(PyError) in
    let parser = XMLParser(call.receiver)
    let wanted = try call.bool(0)
    if let set = Expat.shared.pointee.setReparseDeferral {
      _ = set(parser.parser, wanted ? 1 : 0)
      parser.contents.pointee.defersReparsing = wanted
    }
    return .none
  }
  t.method("GetReparseDeferralEnabled()", "Whether tokens that are not complete wait for more input.") { (call) throws(PyError) in
    .boolean(XMLParser(call.receiver).contents.pointee.defersReparsing)
  }
  defineProtections(t)
}

/// Limits against documents that grow out of proportion, as far as the library has them.
private func defineProtections(_ t: TypeDefinition) {
  if Expat.shared.pointee.setExpansionThreshold != nil {
    t.method(
      "SetBillionLaughsAttackProtectionActivationThreshold(threshold, /)", "Sets from how many bytes of output on entities that grow out of proportion are refused."
    ) { (call) throws(PyError) in
      let threshold = try unsigned(call[0])
      try XMLParser(call.receiver).checkProtection(Expat.shared.pointee.setExpansionThreshold?(XMLParser(call.receiver).parser, threshold) ?? 0)
      return .none
    }
    t.method("SetBillionLaughsAttackProtectionMaximumAmplification(max_factor, /)", "Sets how many times longer than the input entities may become.") {
      (call) throws(PyError) in
      let factor = Float(try call.double(0))
      try XMLParser(call.receiver).checkProtection(Expat.shared.pointee.setExpansionFactor?(XMLParser(call.receiver).parser, factor) ?? 0, factor: factor)
      return .none
    }
  }
  if Expat.shared.pointee.setAllocationThreshold != nil {
    t.method("SetAllocTrackerActivationThreshold(threshold, /)", "Sets from how many bytes of memory on their use is compared with the input.") { (call) throws(PyError) in
      let threshold = try unsigned(call[0])
      try XMLParser(call.receiver).checkProtection(Expat.shared.pointee.setAllocationThreshold?(XMLParser(call.receiver).parser, threshold) ?? 0)
      return .none
    }
    t.method("SetAllocTrackerMaximumAmplification(max_factor, /)", "Sets how many times the input's length the parser's memory may be.") { (call) throws(PyError) in
      let factor = Float(try call.double(0))
      try XMLParser(call.receiver).checkProtection(Expat.shared.pointee.setAllocationFactor?(XMLParser(call.receiver).parser, factor) ?? 0, factor: factor)
      return .none
    }
  }
}

let pyexpatModule = ModuleDefinition("pyexpat", "Parsing XML with libexpat.") { (m: ModuleBuilder) throws(PyError) in
  try Expat.load()
  xmlParserType = ModuleType(
    try m.defineType("xmlparser", isPublic: false) { t in
      t.documentation = "A parser of one document."
      t.basicSize = MemoryLayout<XMLParser.Contents>.size
      t.flags.insert(.disallowInstantiation)
      t.shapeFlags.insert(.tracked)
      defineMethods(t)
      defineSettings(t)
      defineHandlers(t)
      t.slots.deallocate = DeallocateSlot { raw in XMLParser(raw: raw).deallocate() }
      t.slots.traverse = TraverseSlot { raw, visit in XMLParser(raw: raw).visit { visit($0) } }
      t.slots.clear = ClearSlot { raw in XMLParser(raw: raw).clear() }
    })
  try m.constant("XMLParserType", xmlParserType.value)
  let error = try m.exception("ExpatError", module: "xml.parsers.expat")
  try m.constant("error", error.value)
  try expatError.set(error)
  try m.function("ParserCreate(encoding=None, namespace_separator=None, intern=<unrepresentable>)", "A new parser.") { (call: Call) throws(PyError) -> Owned in
    let encoding = try call.optionalString(0)
    let separator = try call.optionalString(1)
    let text = try ExpatText(separator)
    if text.count > 1 { throw .valueError("namespace_separator must be at most one character, omitted, or None") }
    let names = call[2]
    if names.isNone { return try XMLParser.make(encoding: encoding, separator: separator, names: .absent) }
    if names.isAbsent {
      let own = try Owned.dict()
      return try XMLParser.make(encoding: encoding, separator: separator, names: own.value)
    }
    if !names.isDict { throw .typeError("intern must be a dictionary") }
    return try XMLParser.make(encoding: encoding, separator: separator, names: names)
  }
  try m.function("ErrorString(code, /)", "What an error's number means.") { (call: Call) throws(PyError) -> Owned in
    guard let text = message(Int32(truncatingIfNeeded: try call.int(0))) else { return .none }
    return try Owned.string(text)
  }
  let library = Expat.shared
  try m.constant("EXPAT_VERSION", library.pointee.versionText().map { String(cString: $0) } ?? "")
  let (major, minor, micro) = library.pointee.version
  try m.constant("version_info", try Owned.tuple(copying: [Value(smallInteger: major), Value(smallInteger: minor), Value(smallInteger: micro)]))
  try m.constant("native_encoding", "UTF-8")
  try m.constant("features", try features())
  for (index, name) in (["XML_PARAM_ENTITY_PARSING_NEVER", "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", "XML_PARAM_ENTITY_PARSING_ALWAYS"] as [StaticString]).enumerated() {
    try m.constant(name, index)
  }
  // The library imports the two under its own names, too.
  for (definition, name) in [(errorsModule, "errors"), (modelModule, "model")] as [(ModuleDefinition, StaticString)] {
    let module = try definition.makeModule()
    let key = try Owned.string(definition.name)
    let modules = Owned(copying: currentInterpreter.pointee.modules)
    try DictObject(modules.value).set(key.value, module.value)
    try m.constant(name, module)
  }
}
