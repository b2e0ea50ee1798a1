// libexpat, loaded at the first import: the functions that the module calls, and the kinds of events that it reports.

import Glibc
import KraitRuntime

/// The functions of libexpat.
struct Expat: @unchecked Sendable {
  typealias Parser = OpaquePointer
  typealias Text = UnsafePointer<CChar>

  let create: @convention(c) (Text?, UnsafeRawPointer?, Text?) -> Parser?
  let createForEntity: @convention(c) (Parser, Text?, Text?) -> Parser?
  let free: @convention(c) (Parser) -> Void
  let setUserData: @convention(c) (Parser, UnsafeMutableRawPointer?) -> Void
  let setUnknownEncodingHandler: @convention(c) (Parser, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void
  let setEncoding: @convention(c) (Parser, Text?) -> Int32
  let parse: @convention(c) (Parser, UnsafeRawPointer?, Int32, Int32) -> Int32
  let buffer: @convention(c) (Parser, Int32) -> UnsafeMutableRawPointer?
  let parseBuffer: @convention(c) (Parser, Int32, Int32) -> Int32
  let stop: @convention(c) (Parser, UInt8) -> Int32
  let setBase: @convention(c) (Parser, Text?) -> Int32
  let base: @convention(c) (Parser) -> Text?
  let inputContext: @convention(c) (Parser, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Text?
  let setParameterEntityParsing: @convention(c) (Parser, Int32) -> Int32
  let useForeignDTD: @convention(c) (Parser, UInt8) -> Int32
  let setNamespaceTriplets: @convention(c) (Parser, Int32) -> Void
  let specifiedAttributeCount: @convention(c) (Parser) -> Int32
  let errorCode: @convention(c) (Parser) -> Int32
  let errorText: @convention(c) (Int32) -> Text?
  let line: @convention(c) (Parser) -> UInt
  let column: @convention(c) (Parser) -> UInt
  let byteIndex: @convention(c) (Parser) -> Int
  let freeContentModel: @convention(c) (Parser, UnsafeMutableRawPointer?) -> Void
  let versionText: @convention(c) () -> Text?
  let features: @convention(c) () -> UnsafeRawPointer?
  /// What older releases lack.
  let setReparseDeferral: (@convention(c) (Parser, UInt8) -> UInt8)?
  let setExpansionThreshold: (@convention(c) (Parser, UInt64) -> UInt8)?
  let setExpansionFactor: (@convention(c) (Parser, Float) -> UInt8)?
  let setAllocationThreshold: (@convention(c) (Parser, UInt64) -> UInt8)?
  let setAllocationFactor: (@convention(c) (Parser, Float) -> UInt8)?
  /// The functions that set a handler, in the order of ``ExpatEvent``.
  private let setters: [@convention(c) (Parser, UnsafeMutableRawPointer?) -> Void]

  nonisolated(unsafe) private static var loaded: UnsafeMutablePointer<Expat>?

  /// The library; the module cannot be imported without it.
  @inline(__always) static var shared: UnsafeMutablePointer<Expat> { loaded.unsafelyUnwrapped }

  func setHandler(_ parser: Parser, _ event: ExpatEvent, _ function: UnsafeMutableRawPointer?) { setters[event.rawValue](parser, function) }

  /// Calls `body` with the pieces in which CPython gives the library what a program has at once, and whether one is the last of the document; it answers false to stop.
  static func forEachPiece(
    of bytes: UnsafeRawBufferPointer, isLast: Bool, _ body: (UnsafeRawBufferPointer, Bool) throws(PyError) -> Bool
  ) throws(PyError) {
    let largest = 1 << 20
    var rest = bytes
    while rest.count > largest {
      if try !body(UnsafeRawBufferPointer(rebasing: rest[..<largest]), false) { return }
      rest = UnsafeRawBufferPointer(rebasing: rest[largest...])
    }
    _ = try body(rest, isLast)
  }

  func message(_ code: Int32) -> String? { errorText(code).map { String(cString: $0) } }

  /// The three parts of the version, as in `expat_2.5.0`.
  var version: (Int, Int, Int) {
    let parts = (versionText().map { String(cString: $0) } ?? "").split(whereSeparator: { $0 == "_" || $0 == "." }).dropFirst().map { Int($0) ?? 0 }
    return parts.count >= 3 ? (parts[0], parts[1], parts[2]) : (0, 0, 0)
  }

  static func load() throws(PyError) {
    if loaded != nil { return }
    let name = "libexpat.so.1"
    guard let library = SharedLibrary([name]) else {
      throw PyError.raise(.importError, "\(name): cannot open shared object file: No such file or directory")
    }
    guard let functions = Expat(library) else { throw PyError.raise(.importError, "\(name) lacks functions that pyexpat needs") }
    let table = UnsafeMutablePointer<Expat>.allocate(capacity: 1)
    table.initialize(to: functions)
    loaded = table
  }

  private init?(_ library: SharedLibrary) {
    var isComplete = true
    // A function that is missing is told at the end: nobody calls the address that stands for it.
    func find<Function>(_ name: String) -> Function {
      if let function: Function = library.function("XML_" + name) { return function }
      isComplete = false
      return unsafeBitCast(UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped, to: Function.self)
    }
    create = find("ParserCreate_MM")
    createForEntity = find("ExternalEntityParserCreate")
    free = find("ParserFree")
    setUserData = find("SetUserData")
    setUnknownEncodingHandler = find("SetUnknownEncodingHandler")
    setEncoding = find("SetEncoding")
    parse = find("Parse")
    buffer = find("GetBuffer")
    parseBuffer = find("ParseBuffer")
    stop = find("StopParser")
    setBase = find("SetBase")
    base = find("GetBase")
    inputContext = find("GetInputContext")
    setParameterEntityParsing = find("SetParamEntityParsing")
    useForeignDTD = find("UseForeignDTD")
    setNamespaceTriplets = find("SetReturnNSTriplet")
    specifiedAttributeCount = find("GetSpecifiedAttributeCount")
    errorCode = find("GetErrorCode")
    errorText = find("ErrorString")
    line = find("GetCurrentLineNumber")
    column = find("GetCurrentColumnNumber")
    byteIndex = find("GetCurrentByteIndex")
    freeContentModel = find("FreeContentModel")
    versionText = find("ExpatVersion")
    features = find("GetFeatureList")
    setReparseDeferral = library.function("XML_SetReparseDeferralEnabled")
    setExpansionThreshold = library.function("XML_SetBillionLaughsAttackProtectionActivationThreshold")
    setExpansionFactor = library.function("XML_SetBillionLaughsAttackProtectionMaximumAmplification")
    setAllocationThreshold = library.function("XML_SetAllocTrackerActivationThreshold")
    setAllocationFactor = library.function("XML_SetAllocTrackerMaximumAmplification")
    setters = ExpatEvent.allCases.map { find("Set\($0.attribute)") }
    if !isComplete { return nil }
  }
}

/// What a parser tells of; each has an attribute for its handler.
enum ExpatEvent: Int, CaseIterable {
  case startElement, endElement, processingInstruction, characterData, unparsedEntity, notation, startNamespace, endNamespace, comment, startCDATA, endCDATA,
    rest, restExpanded, notStandalone, externalEntity, startDoctype, endDoctype, entity, declaration, element, attributes, skippedEntity

  var attribute: StaticString {
    switch self {
    case .startElement: "StartElementHandler"
    case .endElement: "EndElementHandler"
    case .processingInstruction: "ProcessingInstructionHandler"
    case .characterData: "CharacterDataHandler"
    case .unparsedEntity: "UnparsedEntityDeclHandler"
    case .notation: "NotationDeclHandler"
    case .startNamespace: "StartNamespaceDeclHandler"
    case .endNamespace: "EndNamespaceDeclHandler"
    case .comment: "CommentHandler"
    case .startCDATA: "StartCdataSectionHandler"
    case .endCDATA: "EndCdataSectionHandler"
    case .rest: "DefaultHandler"
    case .restExpanded: "DefaultHandlerExpand"
    case .notStandalone: "NotStandaloneHandler"
    case .externalEntity: "ExternalEntityRefHandler"
    case .startDoctype: "StartDoctypeDeclHandler"
    case .endDoctype: "EndDoctypeDeclHandler"
    case .entity: "EntityDeclHandler"
    case .declaration: "XmlDeclHandler"
    case .element: "ElementDeclHandler"
    case .attributes: "AttlistDeclHandler"
    case .skippedEntity: "SkippedEntityHandler"
    }
  }
}
