// The module `unicodedata`: what the Unicode character database tells, and `ucd_3_2_0`, the same for Unicode 3.2.

import KraitRuntime
import KraitSyntax

nonisolated(unsafe) private var databaseType = ModuleType()

/// The database of a call: the module's, or the object's for a method.
private func database(_ call: Call) -> CharacterDatabase { CharacterDatabase(isOld: databaseType.isType(of: call.receiver)) }

/// What there is for both databases: as a function of the module, and as a method of `UCD`.
private struct FunctionDescription: @unchecked Sendable {
  let signature: StaticString
  let documentation: StaticString
  let body: (Call) throws(PyError) -> Owned
}

/// What was asked for, the default, or a ValueError.
private func orDefault(_ call: Call, _ message: StaticString) throws(PyError) -> Owned {
  if call[1].isAbsent { throw .valueError("\(message)") }
  return Owned(copying: call[1])
}

/// Digits that Unicode 3.2 called decimal and later versions do not: superscripts, subscripts, Ethiopic.
private func wasDecimal(_ point: UInt32) -> Bool {
  switch point {
  case 0xB2, 0xB3, 0xB9, 0x1369...0x1371, 0x2070, 0x2074...0x2079, 0x2080...0x2089: true
  default: false
  }
}

private func decompositionText(_ database: CharacterDatabase, _ point: UInt32) throws(PyError) -> Owned {
  guard let step = database.decomposition(point) else { return .emptyString }
  var text = String(describing: step.kind)
  for index in 0..<step.count {
    if !text.isEmpty { text += " " }
    let digits = String(Base64Number.read(step.points + 3 * index, 3), radix: 16, uppercase: true)
    text += String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
  return try Owned.string(text)
}

private func lookUp(_ database: CharacterDatabase, _ name: Value) throws(PyError) -> Owned {
  let shown = name.text
  if shown.utf8.count <= 256 {
    // Unicode 3.2 had no formal aliases; that a character is newer does not matter.
    if let point = UnicodeNames.codePoint(named: shown), !database.isOld || UnicodeNames.name(of: point)?.lowercased() == shown.lowercased() {
      return try Owned.character(point)
    }
    if !database.isOld {
      let upper = shown.utf8.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }
      if let points = upper.withUnsafeBufferPointer({ CharacterDatabase.sequence(named: $0) }) {
        var builder = StringBuilder()
        for point in points { try builder.append(codePoint: point) }
        return try builder.finish()
      }
    }
    let message = try Owned.string("undefined character name '\(shown)'")
    throw .keyError(message.value)
  }
  throw PyError.raise(.keyError, "name too long")
}

private func normalizer(_ call: Call) throws(PyError) -> Normalizer {
  let form = try call.string(0)
  _ = try call.string(1)
  guard let known = NormalizationForm(StringObject(form)) else { throw .valueError("invalid normalization form") }
  return Normalizer(database: database(call), form: known)
}

private func isNormalized(_ normalizer: Normalizer, _ text: StringObject, _ points: [UInt32]) -> Bool {
  let units = text.units
  guard units.count == points.count else { return false }
  for index in 0..<units.count where units[index] != points[index] { return false }
  return true
}

private let functions: [FunctionDescription] = [
  FunctionDescription(signature: "bidirectional(chr, /)", documentation: "The direction class of a character; empty for none.") { (call) throws(PyError) in
    let point = try call.character(0)
    return try Owned.string(database(call).direction(point))
  },
  FunctionDescription(signature: "category(chr, /)", documentation: "The general category of a character.") { (call) throws(PyError) in
    let point = try call.character(0)
    return try Owned.string(database(call).category(point))
  },
  FunctionDescription(signature: "combining(chr, /)", documentation: "The canonical combining class of a character: 0 for what does not combine.") {
    (call) throws(PyError) in
    let point = try call.character(0)
    return try Owned.integer(database(call).combiningClass(point))
  },
  FunctionDescription(
    signature: "decimal(chr, default=<unrepresentable>, /)", documentation: "The value of a decimal digit.\n\nFor another character the default, or a ValueError."
  ) { (call) throws(PyError) in
    let point = try call.character(0)
    let database = database(call)
    if !database.isOld || database.isAssigned(point), let value = CharacterProperties.decimal(point) { return try Owned.integer(value) }
    if database.isOld && wasDecimal(point), let value = CharacterProperties.digit(point) { return try Owned.integer(value) }
    return try orDefault(call, "not a decimal")
  },
  FunctionDescription(signature: "decomposition(chr, /)", documentation: "What a character decomposes to, in hexadecimal; empty for nothing.") {
    (call) throws(PyError) in
    let point = try call.character(0)
    return try decompositionText(database(call), point)
  },
  FunctionDescription(
    signature: "digit(chr, default=<unrepresentable>, /)", documentation: "The value of a digit.\n\nFor another character the default, or a ValueError."
  ) { (call) throws(PyError) in
    let point = try call.character(0)
    if let value = CharacterProperties.digit(point) { return try Owned.integer(value) }
    return try orDefault(call, "not a digit")
  },
  FunctionDescription(signature: "east_asian_width(chr, /)", documentation: "How wide a character is in East Asian text.") { (call) throws(PyError) in
    let point = try call.character(0)
    return try Owned.string(database(call).width(point))
  },
  FunctionDescription(signature: "is_normalized(form, unistr, /)", documentation: "Whether a str is in a normalization form: 'NFC', 'NFKC', 'NFD' or 'NFKD'.") {
    (call) throws(PyError) in
    let normalizer = try normalizer(call)
    let text = StringObject(call[1])
    if normalizer.isTrivial(text) { return .boolean(true) }
    return .boolean(isNormalized(normalizer, text, normalizer.normalize(text)))
  },
  FunctionDescription(signature: "lookup(name, /)", documentation: "The character, or characters, of a name; KeyError if there is none.") {
    (call) throws(PyError) in
    if call[0].isString { return try lookUp(database(call), call[0]) }
    if call[0].isBytes {
      let bytes = BytesObject(call[0])
      let name = try Owned.string(utf8: bytes.buffer.bindMemory(to: UInt8.self))
      return try lookUp(database(call), name.value)
    }
    // Anything else that has bytes could change them.
    let view = try call[0].buffer(.simple)
    _ = consume view
    throw call.wrongType(0, "read-only bytes-like object")
  },
  FunctionDescription(signature: "mirrored(chr, /)", documentation: "1 for a character that is mirrored in text from right to left, else 0.") {
    (call) throws(PyError) in
    let point = try call.character(0)
    return try Owned.integer(database(call).isMirrored(point) ? 1 : 0)
  },
  FunctionDescription(
    signature: "name(chr, default=<unrepresentable>, /)", documentation: "The name of a character.\n\nFor one without a name the default, or a ValueError."
  ) { (call) throws(PyError) in
    let point = try call.character(0)
    let database = database(call)
    // Tangut's ideographs are found by their names, but CPython 3.14 does not tell them.
    if !database.isOld || database.isAssigned(point), let name = UnicodeNames.name(of: point), !name.hasPrefix("TANGUT IDEOGRAPH-") {
      return try Owned.string(name)
    }
    return try orDefault(call, "no such name")
  },
  FunctionDescription(signature: "normalize(form, unistr, /)", documentation: "A str in a normalization form: 'NFC', 'NFKC', 'NFD' or 'NFKD'.") {
    (call) throws(PyError) in
    let normalizer = try normalizer(call)
    let text = StringObject(call[1])
    if normalizer.isTrivial(text) { return Owned.exactString(call[1]) }
    let points = normalizer.normalize(text)
    if isNormalized(normalizer, text, points) { return Owned.exactString(call[1]) }
    var builder = try StringBuilder(capacity: points.count)
    for point in points { try builder.append(codePoint: point) }
    return try builder.finish()
  },
  FunctionDescription(
    signature: "numeric(chr, default=<unrepresentable>, /)",
    documentation: "The number that a character stands for, a float.\n\nFor another character the default, or a ValueError."
  ) { (call) throws(PyError) in
    let point = try call.character(0)
    if let value = database(call).number(point) { return try Owned.float(value) }
    return try orDefault(call, "not a numeric character")
  },
]

let unicodedataModule = ModuleDefinition(
  "unicodedata",
  "The Unicode character database: what is known of each character. The data of Unicode 3.2, which some protocols ask for, are in ucd_3_2_0."
) { (m: ModuleBuilder) throws(PyError) in
  for function in functions { try m.function(function.signature, function.documentation, function.body) }
  databaseType = ModuleType(
    try m.defineType("UCD") { t in
      t.flags.insert(.disallowInstantiation)
      for function in functions { t.method(function.signature, function.documentation, function.body) }
      t.member("unidata_version") { (_) throws(PyError) in try Owned.string("3.2.0") }
    })
  try m.constant("ucd_3_2_0", databaseType.object.makeImmortalInstance())
  try m.constant("unidata_version", try Owned.string(CharacterTables.version))
}
