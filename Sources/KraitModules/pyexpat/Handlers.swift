// The functions that libexpat calls: each makes the arguments of a Python function from what the library tells.

import Glibc
import KraitRuntime

typealias ExpatText8 = UnsafePointer<CChar>?

extension XMLParser {
  /// A text of the library; None for no text.
  fileprivate func text(_ text: ExpatText8) throws(PyError) -> Owned {
    guard let text else { return .none }
    return try self.text(text, strlen(text))
  }

  fileprivate func text(_ text: UnsafePointer<CChar>, _ count: Int) throws(PyError) -> Owned {
    try Owned.string(utf8: UnsafeBufferPointer(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: count))
  }

  /// A name: the same object each time, while the parser keeps names.
  fileprivate func name(_ name: ExpatText8) throws(PyError) -> Owned {
    let text = try self.text(name)
    if text.value.isNone || contents.pointee.names.isAbsent { return text }
    let names = Owned(copying: contents.pointee.names)
    return try DictObject(names.value).setDefault(text.value, text.value)
  }

  /// The attributes of an element: a dict, or a list of names and values in turns.
  fileprivate func attributes(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?) throws(PyError) -> Owned {
    var count = 0
    if contents.pointee.tellsSpecifiedOnly {
      count = Int(library.pointee.specifiedAttributeCount(parser))
    } else {
      while pairs?[count] != nil { count &+= 2 }
    }
    if contents.pointee.ordersAttributes {
      let list = try Owned.list(capacity: count)
      for index in stride(from: 0, to: count, by: 2) {
        try ListObject(list.value).append(taking: try name(pairs?[index]))
        try ListObject(list.value).append(taking: try text(pairs?[index &+ 1]))
      }
      return list
    }
    let dict = try Owned.dict()
    for index in stride(from: 0, to: count, by: 2) {
      let key = try name(pairs?[index])
      let value = try text(pairs?[index &+ 1])
      try DictObject(dict.value).set(key.value, value.value)
    }
    return dict
  }

  /// A content model as tuples (type, quantifier, name, children).
  fileprivate func contentModel(_ model: UnsafeRawPointer) throws(PyError) -> Owned {
    try checkNativeRecursion(" in conv_content_model")
    let count = Int(model.load(fromByteOffset: 16, as: UInt32.self))
    let children = try Owned.list(capacity: count)
    if let first = model.load(fromByteOffset: 24, as: UnsafeRawPointer?.self) {
      for index in 0..<count { try ListObject(children.value).append(taking: try contentModel(first + index &* 32)) }
    }
    let type = Value(smallInteger: Int(model.load(as: UInt32.self)))
    let quantifier = Value(smallInteger: Int(model.load(fromByteOffset: 4, as: UInt32.self)))
    let name = try text(model.load(fromByteOffset: 8, as: ExpatText8.self))
    let tuple = try Owned.tuple(from: children.value)
    return try Owned.tuple(copying: [type, quantifier, name.value, tuple.value])
  }

  /// Calls a handler with names.
  fileprivate func report(_ event: ExpatEvent, names texts: ExpatText8...) {
    _ = report(event) { (handler) throws(PyError) in
      let arguments = try Owned.list(capacity: texts.count)
      for text in texts { try ListObject(arguments.value).append(taking: try name(text)) }
      let tuple = try Owned.tuple(from: arguments.value)
      _ = try handler.call(tuple: tuple.value)
      return 0
    }
  }

  /// The number that a handler returned.
  fileprivate func number(_ result: Value) throws(PyError) -> Int32 {
    let index = try result.index()
    guard let number = Integer.asInt(index.value) else { throw .overflowError("Python int too large to convert to C long") }
    return Int32(truncatingIfNeeded: number)
  }
}

private func parser(_ data: UnsafeMutableRawPointer?) -> XMLParser { XMLParser(raw: data.unsafelyUnwrapped) }

private typealias Data = UnsafeMutableRawPointer?

private let startElement: @convention(c) (Data, ExpatText8, UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Void = { data, text, pairs in
  let parser = parser(data)
  _ = parser.report(.startElement) { (handler) throws(PyError) in
    let attributes = try parser.attributes(pairs)
    let name = try parser.name(text)
    _ = try handler.call(name.value, attributes.value)
    return 0
  }
}

private let endElement: @convention(c) (Data, ExpatText8) -> Void = { data, text in
  let parser = parser(data)
  _ = parser.report(.endElement) { (handler) throws(PyError) in
    let name = try parser.name(text)
    _ = try handler.call(name.value)
    return 0
  }
}

private let processingInstruction: @convention(c) (Data, ExpatText8, ExpatText8) -> Void = { data, target, text in
  let parser = parser(data)
  _ = parser.report(.processingInstruction) { (handler) throws(PyError) in
    let name = try parser.name(target)
    let value = try parser.text(text)
    _ = try handler.call(name.value, value.value)
    return 0
  }
}

private let characterData: @convention(c) (Data, ExpatText8, Int32) -> Void = { data, text, count in
  if let text { parser(data).characters(text, Int(count)) }
}

/// Stands in for a handler of text that was taken away while it ran.
let ignoredText: @convention(c) (UnsafeMutableRawPointer?, ExpatText8, Int32) -> Void = { _, _, _ in }

private let unparsedEntity: @convention(c) (Data, ExpatText8, ExpatText8, ExpatText8, ExpatText8, ExpatText8) -> Void = { data, name, base, system, global, notation in
  parser(data).report(.unparsedEntity, names: name, base, system, global, notation)
}

private let notation: @convention(c) (Data, ExpatText8, ExpatText8, ExpatText8, ExpatText8) -> Void = { data, name, base, system, global in
  parser(data).report(.notation, names: name, base, system, global)
}

private let startNamespace: @convention(c) (Data, ExpatText8, ExpatText8) -> Void = { data, prefix, address in
  parser(data).report(.startNamespace, names: prefix, address)
}

private let endNamespace: @convention(c) (Data, ExpatText8) -> Void = { data, prefix in parser(data).report(.endNamespace, names: prefix) }

private let comment: @convention(c) (Data, ExpatText8) -> Void = { data, text in
  let parser = parser(data)
  _ = parser.report(.comment) { (handler) throws(PyError) in
    let value = try parser.text(text)
    _ = try handler.call(value.value)
    return 0
  }
}

private let startCDATA: @convention(c) (Data) -> Void = { data in parser(data).report(.startCDATA) }
private let endCDATA: @convention(c) (Data) -> Void = { data in parser(data).report(.endCDATA) }

private func reportRest(_ data: UnsafeMutableRawPointer?, _ event: ExpatEvent, _ text: ExpatText8, _ count: Int32) {
  let parser = parser(data)
  _ = parser.report(event) { (handler) throws(PyError) in
    guard let text else { return 0 }
    let value = try parser.text(text, Int(count))
    _ = try handler.call(value.value)
    return 0
  }
}

private let rest: @convention(c) (Data, ExpatText8, Int32) -> Void = { data, text, count in reportRest(data, .rest, text, count) }
private let restExpanded: @convention(c) (Data, ExpatText8, Int32) -> Void = { data, text, count in reportRest(data, .restExpanded, text, count) }

private let notStandalone: @convention(c) (Data) -> Int32 = { data in
  let parser = parser(data)
  return parser.report(.notStandalone) { (handler) throws(PyError) in
    let result = try handler.call()
    return try parser.number(result.value)
  }
}

/// The library hands over itself; its first word is the user data.
private let externalEntity: @convention(c) (UnsafeMutableRawPointer?, ExpatText8, ExpatText8, ExpatText8, ExpatText8) -> Int32 = { expat, context, base, system, global in
  let parser = parser(expat?.load(as: UnsafeMutableRawPointer?.self))
  return parser.report(.externalEntity) { (handler) throws(PyError) in
    let context = try parser.text(context)
    let base = try parser.name(base)
    let system = try parser.name(system)
    let global = try parser.name(global)
    let arguments = try Owned.tuple(copying: [context.value, base.value, system.value, global.value])
    let result = try handler.call(tuple: arguments.value)
    return try parser.number(result.value)
  }
}

/// Refuses entities once a handler has raised an exception.
let refusedEntity: @convention(c) (UnsafeMutableRawPointer?, ExpatText8, ExpatText8, ExpatText8, ExpatText8) -> Int32 = { _, _, _, _, _ in 0 }

private let startDoctype: @convention(c) (Data, ExpatText8, ExpatText8, ExpatText8, Int32) -> Void = { data, name, system, global, hasSubset in
  let parser = parser(data)
  _ = parser.report(.startDoctype) { (handler) throws(PyError) in
    let name = try parser.name(name)
    let system = try parser.name(system)
    let global = try parser.name(global)
    let arguments = try Owned.tuple(copying: [name.value, system.value, global.value, Value(smallInteger: Int(hasSubset))])
    _ = try handler.call(tuple: arguments.value)
    return 0
  }
}

private let endDoctype: @convention(c) (Data) -> Void = { data in parser(data).report(.endDoctype) }

private let entity: @convention(c) (Data, ExpatText8, Int32, ExpatText8, Int32, ExpatText8, ExpatText8, ExpatText8, ExpatText8) -> Void = {
  data, name, isParameter, value, count, base, system, global, notation in
  let parser = parser(data)
  _ = parser.report(.entity) { (handler) throws(PyError) in
    let name = try parser.name(name)
    let text = value.map { UnsafeBufferPointer(start: UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self), count: Int(count)) }
    let replacement = try Owned.optionalText(text)
    let base = try parser.name(base)
    let system = try parser.name(system)
    let global = try parser.name(global)
    let notation = try parser.name(notation)
    let arguments = try Owned.tuple(copying: [
      name.value, Value(smallInteger: Int(isParameter)), replacement.value, base.value, system.value, global.value, notation.value,
    ])
    _ = try handler.call(tuple: arguments.value)
    return 0
  }
}

extension Owned {
  /// A str of UTF-8; None for no text.
  fileprivate static func optionalText(_ text: UnsafeBufferPointer<UInt8>?) throws(PyError) -> Owned {
    guard let text else { return .none }
    return try .string(utf8: text)
  }
}

private let declaration: @convention(c) (Data, ExpatText8, ExpatText8, Int32) -> Void = { data, version, encoding, isStandalone in
  let parser = parser(data)
  _ = parser.report(.declaration) { (handler) throws(PyError) in
    let version = try parser.text(version)
    let encoding = try parser.text(encoding)
    let arguments = try Owned.tuple(copying: [version.value, encoding.value, Value(smallInteger: Int(isStandalone))])
    _ = try handler.call(tuple: arguments.value)
    return 0
  }
}

private let element: @convention(c) (Data, ExpatText8, UnsafeMutableRawPointer?) -> Void = { data, name, model in
  let parser = parser(data)
  _ = parser.report(.element) { (handler) throws(PyError) in
    guard let model else { return 0 }
    let contentModel = try parser.contentModel(model)
    let name = try parser.name(name)
    _ = try handler.call(name.value, contentModel.value)
    return 0
  }
  Expat.shared.pointee.freeContentModel(parser.parser, model)
}

private let attributes: @convention(c) (Data, ExpatText8, ExpatText8, ExpatText8, ExpatText8, Int32) -> Void = { data, element, name, type, value, isRequired in
  let parser = parser(data)
  _ = parser.report(.attributes) { (handler) throws(PyError) in
    let element = try parser.name(element)
    let name = try parser.name(name)
    let type = try parser.text(type)
    let value = try parser.text(value)
    let arguments = try Owned.tuple(copying: [element.value, name.value, type.value, value.value, Value(smallInteger: Int(isRequired))])
    _ = try handler.call(tuple: arguments.value)
    return 0
  }
}

private let skippedEntity: @convention(c) (Data, ExpatText8, Int32) -> Void = { data, name, isParameter in
  let parser = parser(data)
  _ = parser.report(.skippedEntity) { (handler) throws(PyError) in
    let name = try parser.name(name)
    _ = try handler.call(name.value, Value(smallInteger: Int(isParameter)))
    return 0
  }
}

/// Gives the library the characters of an encoding that it does not know.
let unknownEncoding: @convention(c) (UnsafeMutableRawPointer?, ExpatText8, UnsafeMutablePointer<Int32>?) -> Int32 = { data, name, encoding in
  guard let encoding, let name else { return 0 }
  let parser = parser(data)
  if !parser.contents.pointee.failure.isAbsent { return 0 }
  do throws(PyError) {
    try describeEncoding(name, encoding)
    return 1
  } catch {
    parser.fail()
    return 0
  }
}

/// Fills in the characters of an encoding: one for each byte.
func describeEncoding(_ name: UnsafePointer<CChar>, _ encoding: UnsafeMutablePointer<Int32>) throws(PyError) {
  var all = [UInt8](repeating: 0, count: 256)
  for index in 0..<256 { all[index] = UInt8(index) }
  let bytes = Owned(
    taking: try all.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
      try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
    })
  let encodingName = try Owned.string(utf8: UnsafeBufferPointer(start: UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self), count: strlen(name)))
  let text = try bytes.value.callMethod(Name.decode, encodingName.value, Name.make("replace"))
  guard text.value.isString, StringObject(text.value).length == 256 else { throw .valueError("multi-byte encodings are not supported") }
  for index in 0..<256 {
    let point = StringObject(text.value).codePoint(at: index)
    encoding[index] = point == 0xFFFD ? -1 : Int32(point)
  }
  // Behind the map: data, a function that converts and one that ends, none of them needed.
  memset(encoding + 256, 0, 24)
}

extension ExpatEvent {
  /// The function that the library calls.
  var function: UnsafeMutableRawPointer {
    func address<Function>(_ function: Function) -> UnsafeMutableRawPointer { unsafeBitCast(function, to: UnsafeMutableRawPointer.self) }
    return switch self {
    case .startElement: address(KraitModules.startElement)
    case .endElement: address(KraitModules.endElement)
    case .processingInstruction: address(KraitModules.processingInstruction)
    case .characterData: address(KraitModules.characterData)
    case .unparsedEntity: address(KraitModules.unparsedEntity)
    case .notation: address(KraitModules.notation)
    case .startNamespace: address(KraitModules.startNamespace)
    case .endNamespace: address(KraitModules.endNamespace)
    case .comment: address(KraitModules.comment)
    case .startCDATA: address(KraitModules.startCDATA)
    case .endCDATA: address(KraitModules.endCDATA)
    case .rest: address(KraitModules.rest)
    case .restExpanded: address(KraitModules.restExpanded)
    case .notStandalone: address(KraitModules.notStandalone)
    case .externalEntity: address(KraitModules.externalEntity)
    case .startDoctype: address(KraitModules.startDoctype)
    case .endDoctype: address(KraitModules.endDoctype)
    case .entity: address(KraitModules.entity)
    case .declaration: address(KraitModules.declaration)
    case .element: address(KraitModules.element)
    case .attributes: address(KraitModules.attributes)
    case .skippedEntity: address(KraitModules.skippedEntity)
    }
  }
}
