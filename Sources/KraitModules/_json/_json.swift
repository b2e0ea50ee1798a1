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
  excludeOtherThreads()
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
    } else if asciiOnly {
      switch units.width {
      case 1: try appendEscaped(units.base.assumingMemoryBound(to: UInt8.self), units.count)
      case 2: try appendEscaped(units.base.assumingMemoryBound(to: UInt16.self), units.count)
      default: try appendEscaped(units.base.assumingMemoryBound(to: UInt32.self), units.count)
      }
    } else {
      var place = 0
      while place < units.count {
        let run = place
        place = units.width == 2 ? runEnd(units.base.assumingMemoryBound(to: UInt16.self), run, units.count) : runEnd(units.base.assumingMemoryBound(to: UInt32.self), run, units.count)
        if place > run { try append(units[run..<place]) }
        guard place < units.count else { break }
        try appendEscape(units[place])
        place &+= 1
      }
    }
    try append("\"")
  }

  /// Where a run of units ends that need no escape.
  private func runEnd<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, _ start: Int, _ count: Int) -> Int {
    var place = start
    while place < count && !mustEscape(units[place], false) { place &+= 1 }
    return place
  }

  /// Text of which much is escaped, through a small piece of memory.
  private mutating func appendEscaped<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, _ count: Int) throws(PyError) {
    // Room for all of it: to move what is there takes longer than to count.
    var (extra, index): (UInt32, Int) = (0, 0)
    while index < count {
      extra &+= (units[index] > 0x7E ? 5 : 0) &+ (UInt32(truncatingIfNeeded: units[index]) > 0xFFFF ? 6 : 0)
      index &+= 1
    }
    try reserve(count &+ Int(extra) &+ 1)
    let piece = 64
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: piece &* 12) { (buffer) throws(PyError) in
      let target = buffer.baseAddress.unsafelyUnwrapped
      var place = 0
      while place < count {
        let end = min(count, place &+ piece)
        var length = 0
        while place < end {
          while place &+ 4 <= end, let four = fourBytes(units + place, below: 0x80), Self.arePlain(four) {
            UnsafeMutableRawPointer(target + length).storeBytes(of: four, as: UInt32.self)
            length &+= 4
            place &+= 4
          }
          // Up to four one by one: the next four may have nothing special again.
          let stop = min(place &+ 4, end)
          while place < stop {
            let point = UInt32(truncatingIfNeeded: units[place])
            place &+= 1
            if point &- 0x7F < 0xFF81 {
              Self.putUnit(point, target + length)
              length &+= 6
            } else if mustEscape(point, true) {
              length &+= Self.putEscape(point, target + length)
            } else {
              target[length] = UInt8(truncatingIfNeeded: point)
              length &+= 1
            }
          }
        }
        try append(ascii: UnsafeRawBufferPointer(start: target, count: length))
      }
    }
  }

  /// Whether four bytes below 128 stand for themselves.
  @inline(__always)
  private static func arePlain(_ four: UInt32) -> Bool {
    let (quote, backslash, delete) = (four ^ 0x2222_2222, four ^ 0x5C5C_5C5C, four ^ 0x7F7F_7F7F)
    // The highest bit of each byte: of one that would be negative, and of those that are zero.
    let special = (four &- 0x2020_2020) | (quote &- 0x0101_0101) | (backslash &- 0x0101_0101) | (delete &- 0x0101_0101)
    return special & 0x8080_8080 == 0
  }

  @inline(__always)
  private func mustEscape<Unit: FixedWidthInteger & UnsignedInteger>(_ unit: Unit, _ asciiOnly: Bool) -> Bool {
    unit < 0x20 || unit == 0x22 || unit == 0x5C || asciiOnly && unit > 0x7E
  }

  private mutating func appendEscape(_ point: UInt32) throws(PyError) {
    var bytes: (UInt64, UInt32) = (0, 0)
    try withUnsafeMutableBytes(of: &bytes) { (buffer) throws(PyError) in
      let start = buffer.baseAddress.unsafelyUnwrapped
      let count = Self.putEscape(point, start.assumingMemoryBound(to: UInt8.self))
      try append(ascii: UnsafeRawBufferPointer(start: start, count: count))
    }
  }

  /// Writes the escape of a code point, at most twelve bytes; returns how many.
  @inline(__always)
  private static func putEscape(_ point: UInt32, _ target: UnsafeMutablePointer<UInt8>) -> Int {
    let letter: UInt8
    if point >= 0x7F {
      putUnit(point < 0x10000 ? point : 0xD7C0 &+ point &>> 10, target)
      if point < 0x10000 { return 6 }
      putUnit(0xDC00 | point & 0x3FF, target + 6)
      return 12
    }
    switch point {
    case 0x22, 0x5C: letter = UInt8(truncatingIfNeeded: point)
    case 0x08: letter = UInt8(ascii: "b")
    case 0x0C: letter = UInt8(ascii: "f")
    case 0x0A: letter = UInt8(ascii: "n")
    case 0x0D: letter = UInt8(ascii: "r")
    case 0x09: letter = UInt8(ascii: "t")
    default:
      putUnit(point, target)
      return 6
    }
    target[0] = UInt8(ascii: "\\")
    target[1] = letter
    return 2
  }

  /// `\uNNNN`
  @inline(__always)
  private static func putUnit(_ unit: UInt32, _ target: UnsafeMutablePointer<UInt8>) {
    let raw = UnsafeMutableRawPointer(target)
    raw.storeBytes(of: 0x755C, as: UInt16.self)
    raw.storeBytes(of: fourDigits(unit), toByteOffset: 2, as: UInt32.self)
  }
}

/// What scanners and encoders in memory have in common: fields behind header and state, the first eight of which are values (absent where one has fewer).
enum JSONFields {
  static let offset = ObjectHeader.size + MemoryLayout<ObjectState>.size
  private static let count = 8

  static func values(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Value> { (raw + offset).assumingMemoryBound(to: Value.self) }

  static func define<Fields>(_ t: TypeDefinition, _: Fields.Type) {
    t.basicSize = offset + MemoryLayout<Fields>.size
    t.shapeFlags.formUnion([.tracked, .hasState])
    t.slots.deallocate = DeallocateSlot { raw in
      for index in 0..<count { values(raw)[index].releaseIfPresent() }
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      for index in 0..<count { visit(values(raw)[index]) }
    }
  }
}
