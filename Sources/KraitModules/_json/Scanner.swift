// JSON text to objects: `make_scanner` and `scanstring`.

import KraitRuntime

/// A scanner in memory: what the decoder that it was made for wants.
struct JSONScannerObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Fields {
    var objectHook: Value
    var objectPairsHook: Value
    var parseFloat: Value
    var parseInt: Value
    var parseConstant: Value
    var strict: Value
    /// As many values as an encoder has.
    var unused: (Value, Value)
  }

  var fields: UnsafeMutablePointer<Fields> { (raw + JSONFields.offset).assumingMemoryBound(to: Fields.self) }
}

private nonisolated(unsafe) let newScannerFunction = NativeFunction.make("make_scanner(context)") { (call: Call) throws(PyError) -> Owned in
  let context = call[0]
  let object = Owned(taking: try TypeObject(call.receiver).allocate())
  let scanner = JSONScannerObject(object.value)
  let strict = try context.getAttribute(ScannerNames.strict)
  scanner.fields.pointee.strict = Value(try strict.value.isTruthy())
  scanner.fields.pointee.objectHook = try context.getAttribute(ScannerNames.objectHook).take()
  scanner.fields.pointee.objectPairsHook = try context.getAttribute(ScannerNames.objectPairsHook).take()
  scanner.fields.pointee.parseFloat = try context.getAttribute(ScannerNames.parseFloat).take()
  scanner.fields.pointee.parseInt = try context.getAttribute(ScannerNames.parseInt).take()
  scanner.fields.pointee.parseConstant = try context.getAttribute(ScannerNames.parseConstant).take()
  return object
}

private enum ScannerNames {
  nonisolated(unsafe) static let strict = Name.make("strict")
  nonisolated(unsafe) static let objectHook = Name.make("object_hook")
  nonisolated(unsafe) static let objectPairsHook = Name.make("object_pairs_hook")
  nonisolated(unsafe) static let parseFloat = Name.make("parse_float")
  nonisolated(unsafe) static let parseInt = Name.make("parse_int")
  nonisolated(unsafe) static let parseConstant = Name.make("parse_constant")
}

private nonisolated(unsafe) let scanOnceFunction = NativeFunction.make("scan_once(string, idx)") { (call: Call) throws(PyError) -> Owned in
  let text = call[0]
  let index = try call.index(1)
  guard text.isString else { throw .typeError("first argument must be a string, not \(text.typeName)") }
  let scanner = JSONScannerObject(call.receiver)
  switch StringObject(text).width {
  case 1: return try JSONReader<UInt8>.readOne(scanner, text, index)
  case 2: return try JSONReader<UInt16>.readOne(scanner, text, index)
  default: return try JSONReader<UInt32>.readOne(scanner, text, index)
  }
}

nonisolated(unsafe) let scanStringFunction = NativeFunction.make("scanstring(string, end, strict=True, /)") { (call: Call) throws(PyError) -> Owned in
  let text = call[0]
  let end = try call.index(1)
  let strict = try call.bool(2)
  guard text.isString else { throw .typeError("first argument must be a string, not \(text.typeName)") }
  let result: Owned
  var place = end
  switch StringObject(text).width {
  case 1:
    let reader = JSONReader<UInt8>(text, strict)
    result = try reader.readString(&place)
  case 2:
    let reader = JSONReader<UInt16>(text, strict)
    result = try reader.readString(&place)
  default:
    let reader = JSONReader<UInt32>(text, strict)
    result = try reader.readString(&place)
  }
  return try Owned.tuple(result.value, Value(smallInteger: place))
}

func defineJSONScanner(_ t: TypeDefinition) {
  t.documentation = "Reads one JSON value from a text: what JSONDecoder.scan_once is."
  JSONFields.define(t, JSONScannerObject.Fields.self)
  t.rawNew("make_scanner") { (type, arguments) throws(PyError) in try newScannerFunction.call(type, arguments) }
  t.slots.call = CallSlot { (scanner, arguments) throws(PyError) in try scanOnceFunction.call(scanner, arguments) }
  t.member("strict", offset: JSONFields.offset + 40, "Whether control characters in strings are errors.")
  t.member("object_hook", offset: JSONFields.offset, "Called with each dict.")
  t.member("object_pairs_hook", offset: JSONFields.offset + 8, "Called with each object's list of pairs.")
  t.member("parse_float", offset: JSONFields.offset + 16, "Called with the text of numbers with a fraction or an exponent.")
  t.member("parse_int", offset: JSONFields.offset + 24, "Called with the text of other numbers.")
  t.member("parse_constant", offset: JSONFields.offset + 32, "Called with NaN, Infinity, -Infinity.")
}

/// Keys seen so far: equal keys of one text become one object, and need not be made again.
private struct KeyTable: ~Copyable {
  private var slots: UnsafeMutablePointer<(hash: UInt, key: Value)>?
  private var capacity = 0
  private var count = 0

  init() {}

  deinit {
    guard let slots else { return }
    for index in 0..<capacity { slots[index].key.releaseIfPresent() }
    freeMemory(slots, size: capacity * 16)
  }

  /// The key with these units; borrowed.
  mutating func key(_ units: CodeUnits) throws(PyError) -> Value {
    if count * 2 >= capacity { try grow() }
    var hash = UInt(bitPattern: units.count) &+ UInt(bitPattern: units.width)
    let bytes = units.count &* units.width
    var place = 0
    while place &+ 8 <= bytes {
      hash = (hash ^ units.base.loadUnaligned(fromByteOffset: place, as: UInt.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash &>> 29
      place &+= 8
    }
    while place < bytes {
      hash = (hash ^ UInt(units.base.load(fromByteOffset: place, as: UInt8.self))) &* 0x9E37_79B9_7F4A_7C15
      place &+= 1
    }
    hash ^= hash &>> 32
    let slots = slots.unsafelyUnwrapped
    var index = Int(bitPattern: hash) & (capacity &- 1)
    while !slots[index].key.isAbsent {
      if slots[index].hash == hash {
        let known = StringObject(slots[index].key)
        // A key whose text is narrower than the document was made from wider units.
        if known.length == units.count && isSame(known.units, units) { return slots[index].key }
      }
      index = (index &+ 1) & (capacity &- 1)
    }
    let key = try Owned.string(units)
    slots[index] = (hash, key.take())
    count += 1
    return slots[index].key
  }

  private func isSame(_ a: CodeUnits, _ b: CodeUnits) -> Bool {
    for index in 0..<a.count where a[index] != b[index] { return false }
    return true
  }

  private mutating func grow() throws(PyError) {
    let new = max(64, capacity * 2)
    let memory = try allocateMemory(new * 16).assumingMemoryBound(to: (hash: UInt, key: Value).self)
    memory.update(repeating: (0, .absent), count: new)
    if let slots {
      for index in 0..<capacity where !slots[index].key.isAbsent {
        var place = Int(bitPattern: slots[index].hash) & (new - 1)
        while !memory[place].key.isAbsent { place = (place + 1) & (new - 1) }
        memory[place] = slots[index]
      }
      freeMemory(slots, size: capacity * 16)
    }
    slots = memory
    capacity = new
  }
}

/// What a program's function makes of a part of the text.
private func callHook(_ hook: Value, _ part: Value) throws(PyError) -> Owned {
  excludeOtherThreads()
  let held = Owned(copying: hook)
  return try held.value.call(part)
}

/// Reads JSON from a text of one width.
private struct JSONReader<Unit: FixedWidthInteger & UnsignedInteger>: ~Copyable {
  let text: Value
  let units: UnsafePointer<Unit>
  let count: Int
  let strict: Bool
  var keys = KeyTable()

  init(_ text: Value, _ strict: Bool) {
    self.text = text
    let string = StringObject(text)
    units = UnsafePointer(string.data.assumingMemoryBound(to: Unit.self))
    count = string.length
    self.strict = strict
  }

  /// A value and where it ends, as a tuple.
  static func readOne(_ scanner: JSONScannerObject, _ text: Value, _ index: Int) throws(PyError) -> Owned {
    guard index >= 0 else { throw .valueError("idx cannot be negative") }
    var reader = JSONReader(text, scanner.fields.pointee.strict.isTrue)
    var place = index
    let value = try reader.readValue(scanner, &place)
    return try Owned.tuple(value.value, Value(smallInteger: place))
  }

  private func error(_ message: String, _ place: Int) -> PyError { decodeError(message, text, place) }

  @inline(__always) private func at(_ place: Int, _ byte: UInt8) -> Bool { place < count && units[place] == Unit(byte) }

  @inline(__always)
  private func skipSpace(_ place: inout Int) {
    while place < count {
      let unit = units[place]
      guard unit == 0x20 || unit == 0x0A || unit == 0x0D || unit == 0x09 else { return }
      place &+= 1
    }
  }

  private func matches(_ word: StaticString, _ place: Int) -> Bool {
    guard word.utf8CodeUnitCount <= count - place else { return false }
    for index in 0..<word.utf8CodeUnitCount where units[place + index] != Unit(word.utf8Start[index]) { return false }
    return true
  }

  // MARK: Values

  mutating func readValue(_ scanner: JSONScannerObject, _ place: inout Int) throws(PyError) -> Owned {
    guard place < count else { throw PyError.raise(.stopIteration, Value(smallInteger: place)) }
    switch units[place] {
    case 0x22:
      place &+= 1
      return try readString(&place)
    case 0x7B:
      try checkNativeRecursion(" while decoding a JSON object from a unicode string")
      place &+= 1
      return try readObject(scanner, &place)
    case 0x5B:
      try checkNativeRecursion(" while decoding a JSON array from a unicode string")
      place &+= 1
      return try readArray(scanner, &place)
    case 0x6E where matches("null", place):
      place &+= 4
      return .none
    case 0x74 where matches("true", place):
      place &+= 4
      return .boolean(true)
    case 0x66 where matches("false", place):
      place &+= 5
      return .boolean(false)
    case 0x4E where matches("NaN", place): return try readConstant(scanner, "NaN", &place)
    case 0x49 where matches("Infinity", place): return try readConstant(scanner, "Infinity", &place)
    case 0x2D where matches("-Infinity", place): return try readConstant(scanner, "-Infinity", &place)
    default: return try readNumber(scanner, &place)
    }
  }

  private func readConstant(_ scanner: JSONScannerObject, _ word: StaticString, _ place: inout Int) throws(PyError) -> Owned {
    place &+= word.utf8CodeUnitCount
    let name = try Owned.string(word)
    return try callHook(scanner.fields.pointee.parseConstant, name.value)
  }

  private mutating func readObject(_ scanner: JSONScannerObject, _ place: inout Int) throws(PyError) -> Owned {
    let pairsHook = scanner.fields.pointee.objectPairsHook
    let wantsPairs = !pairsHook.isNone
    let result = wantsPairs ? try Owned.list() : try Owned.dict()
    skipSpace(&place)
    if !at(place, 0x7D) {
      while true {
        guard at(place, 0x22) else { throw error("Expecting property name enclosed in double quotes", place) }
        place &+= 1
        let key = Owned(copying: try readKey(&place))
        skipSpace(&place)
        guard at(place, 0x3A) else { throw error("Expecting ':' delimiter", place) }
        place &+= 1
        skipSpace(&place)
        let value = try readValue(scanner, &place)
        if wantsPairs {
          try ListObject(result.value).append(taking: try Owned.tuple(key.value, value.value))
        } else {
          try DictObject(result.value).set(key.value, taking: value)
        }
        skipSpace(&place)
        if at(place, 0x7D) { break }
        guard at(place, 0x2C) else { throw error("Expecting ',' delimiter", place) }
        let comma = place
        place &+= 1
        skipSpace(&place)
        if at(place, 0x7D) { throw error("Illegal trailing comma before end of object", comma) }
      }
    }
    place &+= 1
    if wantsPairs { return try callHook(pairsHook, result.value) }
    let hook = scanner.fields.pointee.objectHook
    return hook.isNone ? result : try callHook(hook, result.value)
  }

  private mutating func readArray(_ scanner: JSONScannerObject, _ place: inout Int) throws(PyError) -> Owned {
    let result = try Owned.list()
    skipSpace(&place)
    if !at(place, 0x5D) {
      while true {
        let value = try readValue(scanner, &place)
        try ListObject(result.value).append(taking: value)
        skipSpace(&place)
        if at(place, 0x5D) { break }
        guard at(place, 0x2C) else { throw error("Expecting ',' delimiter", place) }
        let comma = place
        place &+= 1
        skipSpace(&place)
        if at(place, 0x5D) { throw error("Illegal trailing comma before end of array", comma) }
      }
    }
    place &+= 1
    return result
  }

  // MARK: Numbers

  private func isDigit(_ place: Int) -> Bool { place < count && units[place] >= 0x30 && units[place] <= 0x39 }

  private func readNumber(_ scanner: JSONScannerObject, _ place: inout Int) throws(PyError) -> Owned {
    let start = place
    var end = place
    let isNegative = units[end] == 0x2D
    if isNegative { end &+= 1 }
    guard isDigit(end) else { throw PyError.raise(.stopIteration, Value(smallInteger: start)) }
    var number = 0
    if units[end] == 0x30 {
      end &+= 1
    } else {
      while isDigit(end) {
        number = number &* 10 &+ Int(units[end] &- 0x30)
        end &+= 1
      }
    }
    let digits = end &- start
    var isFloat = false
    if at(end, 0x2E) && isDigit(end &+ 1) {
      isFloat = true
      end &+= 2
      while isDigit(end) { end &+= 1 }
    }
    if at(end, 0x65) || at(end, 0x45) {
      var exponent = end &+ 1
      if at(exponent, 0x2B) || at(exponent, 0x2D) { exponent &+= 1 }
      if isDigit(exponent) {
        isFloat = true
        while isDigit(exponent) { exponent &+= 1 }
        end = exponent
      }
    }
    place = end
    let custom = isFloat ? scanner.fields.pointee.parseFloat : scanner.fields.pointee.parseInt
    if custom !== (isFloat ? TypeObject.float : TypeObject.int).value {
      let digits = try Owned.string(CodeUnits(base: units + start, count: end - start, width: MemoryLayout<Unit>.size))
      return try callHook(custom, digits.value)
    }
    if !isFloat && digits <= 18 { return Owned(taking: Value(smallInteger: isNegative ? 0 &- number : number)) }
    return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: end - start) { (buffer: UnsafeMutableBufferPointer<UInt8>) throws(PyError) -> Owned in
      for index in 0..<buffer.count { buffer[index] = UInt8(truncatingIfNeeded: units[start + index]) }
      let bytes = UnsafeBufferPointer(buffer)
      if isFloat { return try Owned.float(parseDouble(bytes) ?? 0) }
      return try Integer.parse(bytes, base: 10)
    }
  }

  // MARK: Strings

  /// The end of a run without quote, backslash or forbidden control character.
  @inline(__always)
  private func endOfRun(_ start: Int) -> Int {
    var place = start
    if Unit.self == UInt8.self {
      // Eight bytes at a time: a byte's high bit in `found` says that it stops the run (or follows one that does).
      let bytes = UnsafeRawPointer(units)
      let low: UInt64 = 0x0101_0101_0101_0101
      let high: UInt64 = 0x8080_8080_8080_8080
      while place &+ 8 <= count {
        let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let quote = word ^ (low &* 0x22)
        let slash = word ^ (low &* 0x5C)
        var found = (quote &- low) & ~quote | (slash &- low) & ~slash
        found |= (word &- low &* 0x20) & ~word
        if found & high != 0 { break }
        place &+= 8
      }
    }
    while place < count {
      let unit = units[place]
      if unit == 0x22 || unit == 0x5C || unit < 0x20 { break }
      place &+= 1
    }
    return place
  }

  /// A key: the one that is known already if it has no escapes.
  private mutating func readKey(_ place: inout Int) throws(PyError) -> Value {
    let end = endOfRun(place)
    if at(end, 0x22) {
      let run = CodeUnits(base: units + place, count: end - place, width: MemoryLayout<Unit>.size)
      place = end &+ 1
      return try keys.key(run)
    }
    let key = try readString(&place)
    return try keys.key(StringObject(key.value).units)
  }

  /// What stands from a place up to a quote; the place moves behind that.
  func readString(_ place: inout Int) throws(PyError) -> Owned {
    let begin = place - 1
    guard place >= 0, place <= count else { throw .valueError("end is out of bounds") }
    let end = endOfRun(place)
    if at(end, 0x22) {
      let run = CodeUnits(base: units + place, count: end - place, width: MemoryLayout<Unit>.size)
      place = end &+ 1
      return try Owned.string(run)
    }
    return try readStringWithEscapes(&place, begin)
  }

  @inline(never)
  private func readStringWithEscapes(_ place: inout Int, _ begin: Int) throws(PyError) -> Owned {
    var builder = StringBuilder()
    while true {
      var end = endOfRun(place)
      while end < count && units[end] < 0x20 {
        if strict { throw error("Invalid control character at", end) }
        end = endOfRun(end + 1)
      }
      if end > place { try builder.append(CodeUnits(base: units + place, count: end - place, width: MemoryLayout<Unit>.size)) }
      guard end < count else { throw error("Unterminated string starting at", begin) }
      if units[end] == 0x22 {
        place = end + 1
        return try builder.finish()
      }
      let escape = end + 1
      guard escape < count else { throw error("Unterminated string starting at", begin) }
      place = escape + 1
      switch units[escape] {
      case 0x22, 0x5C, 0x2F: try builder.append(codePoint: UInt32(truncatingIfNeeded: units[escape]))
      case 0x62: try builder.append(codePoint: 0x08)
      case 0x66: try builder.append(codePoint: 0x0C)
      case 0x6E: try builder.append(codePoint: 0x0A)
      case 0x72: try builder.append(codePoint: 0x0D)
      case 0x74: try builder.append(codePoint: 0x09)
      case 0x75:
        guard escape + 4 < count, var point = hexadecimal(escape + 1) else { throw error("Invalid \\uXXXX escape", escape) }
        place = escape + 5
        if point & 0xFC00 == 0xD800, place + 1 < count, units[place] == 0x5C, units[place + 1] == 0x75 {
          guard place + 5 < count, let second = hexadecimal(place + 2) else { throw error("Invalid \\uXXXX escape", place + 1) }
          if second & 0xFC00 == 0xDC00 {
            point = 0x10000 + (point & 0x3FF) << 10 + second & 0x3FF
            place += 6
          }
        }
        try builder.append(codePoint: point)
      default: throw error("Invalid \\escape", end)
      }
    }
  }

  /// The number of four digits.
  private func hexadecimal(_ place: Int) -> UInt32? {
    var result: UInt32 = 0
    for index in 0..<4 {
      let unit = UInt32(truncatingIfNeeded: units[place + index])
      switch unit {
      case 0x30...0x39: result = result << 4 | (unit - 0x30)
      case 0x41...0x46: result = result << 4 | (unit - 0x37)
      case 0x61...0x66: result = result << 4 | (unit - 0x57)
      default: return nil
      }
    }
    return result
  }
}
