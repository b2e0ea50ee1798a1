// The functions that libexpat calls for an `XMLParser`.

import Glibc
import KraitRuntime

private typealias Data = UnsafeMutableRawPointer?

extension TreeParserObject {
  /// Runs the handler of an event, unless something was raised before.
  @inline(__always)
  fileprivate static func handle(_ data: Data, _ body: (TreeParserObject) throws(PyError) -> Void) {
    let parser = TreeParserObject(raw: data.unsafelyUnwrapped)
    if _slowPath(!parser.contents.pointee.failure.isAbsent) { return }
    do throws(PyError) { try body(parser) } catch { parser.fail() }
  }

  /// A str of the library's; the empty one for none.
  fileprivate func text(_ text: ExpatText8) throws(PyError) -> Owned {
    guard let text else { return .emptyString }
    return try Owned.string(utf8: UnsafeBufferPointer(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text)))
  }

  @inline(__always)
  fileprivate func name(_ text: UnsafePointer<CChar>) throws(PyError) -> Owned { Owned(copying: try contents.pointee.names.name(text)) }

  /// A name; None for none.
  fileprivate func optionalName(_ text: ExpatText8) throws(PyError) -> Owned {
    guard let text else { return .none }
    return try name(text)
  }

  /// The attributes of an element as a dict; absent for none.
  @inline(__always)
  fileprivate func attributes(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>) throws(PyError) -> Owned {
    if pairs[0] == nil { return Owned(taking: .absent) }
    return try makeAttributes(pairs)
  }

  private func makeAttributes(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>) throws(PyError) -> Owned {
    var count = 0
    while pairs[count] != nil { count &+= 2 }
    let dict = try Owned.dict(capacity: count / 2, stringKeys: true)
    var index = 0
    while let name = pairs[index], let value = pairs[index &+ 1] {
      let key = try self.name(name)
      try DictObject(dict.value).set(key.value, taking: try text(value))
      index &+= 2
    }
    return dict
  }

  /// Text that is an object: the value of an entity.
  fileprivate func tell(_ text: Value) throws(PyError) {
    if contents.pointee.buildsTree { return try builder.data(text) }
    if !method(.data).isAbsent { _ = try method(.data).call(text) }
  }

  func setHandler(_ event: ExpatEvent) { library.pointee.setHandler(parser, event, event.treeFunction) }

  func setEncodingHandler() {
    library.pointee.setUnknownEncodingHandler(parser, unsafeBitCast(unknownTreeEncoding, to: UnsafeMutableRawPointer.self), raw)
  }
}

private let startElement: @convention(c) (Data, ExpatText8, UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Void = { data, text, pairs in
  guard let text, let pairs else { return }
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    let tag = try parser.name(text)
    let attributes = try parser.attributes(pairs)
    if _fastPath(parser.contents.pointee.buildsTree) {
      _ = try parser.builder.start(tag.value, attributes: attributes)
    } else if !parser.method(.start).isAbsent {
      let given = attributes.value.isAbsent ? try Owned.dict() : attributes
      _ = try parser.method(.start).call(tag.value, given.value)
    }
  }
}

private let endElement: @convention(c) (Data, ExpatText8) -> Void = { data, text in
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    if _fastPath(parser.contents.pointee.buildsTree) {
      _ = try parser.builder.end()
    } else if !parser.method(.end).isAbsent, let text {
      let tag = try parser.name(text)
      _ = try parser.method(.end).call(tag.value)
    }
  }
}

private let characters: @convention(c) (Data, ExpatText8, Int32) -> Void = { data, text, count in
  guard let text else { return }
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    let bytes = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
    if _fastPath(parser.contents.pointee.buildsTree) { return try parser.builder.characters(bytes, Int(count)) }
    let text = try Owned.string(utf8: UnsafeBufferPointer(start: bytes, count: Int(count)))
    try parser.tell(text.value)
  }
}

/// What no other handler is told of. Of that, references to entities that the document does not declare are looked up in the parser's own.
private let rest: @convention(c) (Data, ExpatText8, Int32) -> Void = { data, text, count in
  guard let text, count >= 2, text[0] == 0x26 else { return }
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    let whole = UnsafeBufferPointer(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: Int(count))
    let name = try Owned.string(utf8: UnsafeBufferPointer(rebasing: whole[1..<(whole.count - 1)]))
    let value = Owned(copyingIfPresent: try DictObject(parser.contents.pointee.entities).get(name.value))
    if !value.value.isAbsent { return try parser.tell(value.value) }
    let undefinedEntity: Int32 = 11
    throw parser.error(undefinedEntity, message: "undefined entity \(String(decoding: whole.prefix(100), as: UTF8.self))")
  }
}

private let startNamespace: @convention(c) (Data, ExpatText8, ExpatText8) -> Void = { data, prefix, address in
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    let isWanted = parser.contents.pointee.buildsTree ? parser.builder.wants(.startNamespace) : !parser.method(.startNamespace).isAbsent
    if !isWanted { return }
    let prefix = try parser.text(prefix)
    let address = try parser.text(address)
    if parser.contents.pointee.buildsTree {
      let pair = try Owned.tuple(prefix.value, address.value)
      try parser.builder.report(.startNamespace, pair.value)
    } else {
      _ = try parser.method(.startNamespace).call(prefix.value, address.value)
    }
  }
}

private let endNamespace: @convention(c) (Data, ExpatText8) -> Void = { data, prefix in
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    if parser.contents.pointee.buildsTree { return try parser.builder.report(.endNamespace, .none) }
    if parser.method(.endNamespace).isAbsent { return }
    let prefix = try parser.text(prefix)
    _ = try parser.method(.endNamespace).call(prefix.value)
  }
}

private let comment: @convention(c) (Data, ExpatText8) -> Void = { data, text in
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    if !parser.contents.pointee.buildsTree && parser.method(.comment).isAbsent { return }
    let text = try parser.text(text)
    _ = parser.contents.pointee.buildsTree ? try parser.builder.comment(text.value) : try parser.method(.comment).call(text.value)
  }
}

private let instruction: @convention(c) (Data, ExpatText8, ExpatText8) -> Void = { data, target, text in
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    let buildsTree = parser.contents.pointee.buildsTree
    let isWanted = buildsTree ? parser.builder.wants(.instruction) || parser.builder.contents.pointee.insertsInstructions : !parser.method(.instruction).isAbsent
    if !isWanted { return }
    let target = try parser.text(target)
    let text = try parser.text(text)
    _ = buildsTree ? try parser.builder.instruction(target.value, text.value) : try parser.method(.instruction).call(target.value, text.value)
  }
}

private let startDoctype: @convention(c) (Data, ExpatText8, ExpatText8, ExpatText8, Int32) -> Void = { data, name, system, global, _ in
  TreeParserObject.handle(data) { (parser) throws(PyError) in
    let name = try parser.optionalName(name)
    let system = try parser.optionalName(system)
    let global = try parser.optionalName(global)
    if !parser.method(.doctype).isAbsent {
      _ = try parser.method(.doctype).call(name.value, global.value, system.value)
      return
    }
    let ignored = try Value(parser.raw).lookUpAttribute(ElementName.doctype)
    if !ignored.value.isAbsent {
      try warn(.runtimeWarning, "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.")
    }
  }
}

private let unknownTreeEncoding: @convention(c) (UnsafeMutableRawPointer?, ExpatText8, UnsafeMutablePointer<Int32>?) -> Int32 = { data, name, encoding in
  guard let name, let encoding else { return 0 }
  var isKnown: Int32 = 0
  TreeParserObject.handle(data) { (_) throws(PyError) in
    try describeEncoding(name, encoding)
    isKnown = 1
  }
  return isKnown
}

extension ExpatEvent {
  /// The function that the library calls for a parser that makes trees.
  fileprivate var treeFunction: UnsafeMutableRawPointer? {
    func address<Function>(_ function: Function) -> UnsafeMutableRawPointer { unsafeBitCast(function, to: UnsafeMutableRawPointer.self) }
    return switch self {
    case .startElement: address(KraitModules.startElement)
    case .endElement: address(KraitModules.endElement)
    case .characterData: address(characters)
    case .restExpanded: address(KraitModules.rest)
    case .startNamespace: address(KraitModules.startNamespace)
    case .endNamespace: address(KraitModules.endNamespace)
    case .comment: address(KraitModules.comment)
    case .processingInstruction: address(instruction)
    case .startDoctype: address(KraitModules.startDoctype)
    default: nil
    }
  }
}
