// The module `_json`: the fast half of `json`.

import KraitRuntime

let _jsonModule = ModuleDefinition("_json", "Reading and writing JSON, for the package json.") { (m: ModuleBuilder) throws(PyError) in
  JSONTypes.scanner = try m.defineType("Scanner", isPublic: false, defineJSONScanner)
  JSONTypes.encoder = try m.defineType("Encoder", isPublic: false, defineJSONEncoder)
  try m.constant("make_scanner", JSONTypes.scanner.value)
  try m.constant("make_encoder", JSONTypes.encoder.value)
  try m.function("encode_basestring_ascii(object, /)", "The str as JSON text in ASCII.") { (call) throws(PyError) in
    try encodeString(call[0], asciiOnly: true)
  }
  try m.function("encode_basestring(object, /)", "The str as JSON text.") { (call) throws(PyError) in try encodeString(call[0], asciiOnly: false) }
  try m.rawFunction("scanstring", "The str that stands in JSON text before a place's closing quote, and where it ends.") { (_, arguments) throws(PyError) in
    try scanStringFunction.call(.none, arguments)
  }
}

enum JSONTypes {
  nonisolated(unsafe) static var scanner = TypeObject.object
  nonisolated(unsafe) static var encoder = TypeObject.object
  nonisolated(unsafe) static let moduleName = Name.make("json.decoder")
  nonisolated(unsafe) static let errorName = Name.make("JSONDecodeError")
  nonisolated(unsafe) static let fromList = Name.make("*")
}

/// `JSONDecodeError` about a place in a text.
func decodeError(_ message: String, _ text: Value, _ place: Int) -> PyError {
  do throws(PyError) {
    let list = try Owned.tuple(JSONTypes.errorName)
    let module = try importModule(name: JSONTypes.moduleName, globals: .none, fromList: list.value, level: 0)
    let type = try module.value.getAttribute(JSONTypes.errorName)
    let words = try Owned.string(message)
    let error = try type.value.call(words.value, text, Value(smallInteger: place))
    return PyError.raise(error)
  } catch { return error }
}

// MARK: - Strings to JSON

private func encodeString(_ value: Value, asciiOnly: Bool) throws(PyError) -> Owned {
  guard value.isString else { throw .typeError("first argument must be a string, not \(value.typeName)") }
  var builder = try StringBuilder(capacity: StringObject(value).length + 2)
  try builder.append(json: StringObject(value), asciiOnly: asciiOnly)
  return try builder.finish()
}

extension StringBuilder {
  /// Appends a str in quotes, with escapes.
  mutating func append(json text: StringObject, asciiOnly: Bool) throws(PyError) {
    try append("\"")
    let units = text.units
    if text.isASCII || !asciiOnly && text.width == 1 {
      // Runs without anything to escape go in one piece.
      let bytes = units.base.assumingMemoryBound(to: UInt8.self)
      var place = 0
      while true {
        let run = place
        while place < units.count && !mustEscape(bytes[place], asciiOnly) { place &+= 1 }
        if place > run {
          if run == 0 && place == units.count { try append(text.value) } else { try append(units[run..<place]) }
        }
        guard place < units.count else { break }
        try appendEscape(UInt32(bytes[place]))
        place &+= 1
      }
    } else {
      var place = 0
      while place < units.count {
        let run = place
        while place < units.count && !mustEscape(units[place], asciiOnly) { place &+= 1 }
        if place > run { try append(units[run..<place]) }
        guard place < units.count else { break }
        try appendEscape(units[place])
        place &+= 1
      }
    }
    try append("\"")
  }

  @inline(__always)
  private func mustEscape<Unit: FixedWidthInteger & UnsignedInteger>(_ unit: Unit, _ asciiOnly: Bool) -> Bool {
    unit < 0x20 || unit == 0x22 || unit == 0x5C || asciiOnly && unit > 0x7E
  }

  private mutating func appendEscape(_ point: UInt32) throws(PyError) {
    switch point {
    case 0x22: try append("\\\"")
    case 0x5C: try append("\\\\")
    case 0x08: try append("\\b")
    case 0x0C: try append("\\f")
    case 0x0A: try append("\\n")
    case 0x0D: try append("\\r")
    case 0x09: try append("\\t")
    case 0x10000...:
      let rest = point - 0x10000
      try appendUnit(0xD800 + rest >> 10)
      try appendUnit(0xDC00 + rest & 0x3FF)
    default: try appendUnit(point)
    }
  }

  private mutating func appendUnit(_ unit: UInt32) throws(PyError) {
    var bytes: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0x5C, 0x75, 0, 0, 0, 0)
    func digit(_ shift: UInt32) -> UInt8 {
      let value = UInt8(truncatingIfNeeded: unit &>> shift & 15)
      return value < 10 ? 0x30 &+ value : 0x57 &+ value
    }
    bytes.2 = digit(12)
    bytes.3 = digit(8)
    bytes.4 = digit(4)
    bytes.5 = digit(0)
    try withUnsafeBytes(of: &bytes) { (buffer) throws(PyError) in try append(ascii: buffer) }
  }
}

/// What scanners and encoders in memory have in common: fields behind the header, the first eight of which are values (absent where one has fewer).
enum JSONFields {
  static let offset = ObjectHeader.size
  private static let count = 8

  static func values(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Value> { (raw + offset).assumingMemoryBound(to: Value.self) }

  static func define<Fields>(_ t: TypeDefinition, _: Fields.Type) {
    t.basicSize = offset + MemoryLayout<Fields>.size
    t.shapeFlags.insert(.tracked)
    t.slots.deallocate = DeallocateSlot { raw in
      for index in 0..<count { values(raw)[index].releaseIfPresent() }
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      for index in 0..<count { visit(values(raw)[index]) }
    }
  }
}
