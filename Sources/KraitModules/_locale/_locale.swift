// The module `_locale`: the C library's locale, for the module locale and for messages' translation.

import CKraitSystem
import Glibc
import KraitRuntime

nonisolated(unsafe) private var errorClass = InterpreterValue()

let localeModule = ModuleDefinition("_locale", "The locale of the C library; use the module locale.") { (m: ModuleBuilder) throws(PyError) in
  LocaleCategories.initialize()
  try errorClass.set(try m.exception("Error", module: "locale"))
  try m.function("setlocale(category, locale=None, /)", "Set the locale of a category, or ask for it; return its name.") { (call: Call) throws(PyError) -> Owned in
    let category = try call.int32(0)
    if call[1].isNone {
      guard let name = Glibc.setlocale(category, nil) else { throw failure("locale query failed") }
      return try localeText(name)
    }
    guard call[1].isString else { throw call.wrongType(1, "str or None") }
    let wanted = try localeBytes(call[1])
    guard let name = Glibc.setlocale(category, wanted.text) else { throw failure("unsupported locale setting") }
    return try localeText(name)
  }
  try m.function("localeconv()", "Return how the locale writes numbers and amounts of money, as a dict.") { (_: Call) throws(PyError) -> Owned in try conventions() }
  try m.function("strcoll(os1, os2, /)", "Compare two strings by the locale's order: negative, 0 or positive.") { (call: Call) throws(PyError) -> Owned in
    let first = try WideText(try call.string(0))
    let second = try WideText(try call.string(1))
    return try Owned.integer(Int(wcscoll(first.start, second.start)))
  }
  try m.function("strxfrm(string, /)", "Return a string that compares with others of its kind as strcoll() compares the originals.") { (call: Call) throws(PyError) -> Owned in
    try transformed(try call.string(0))
  }
  try m.function("nl_langinfo(key, /)", "Return what the locale says of a topic, by one of the module's constants.") { (call: Call) throws(PyError) -> Owned in
    let item = try call.int32(0)
    guard topics.contains(where: { $0.number == Int(item) }) else { throw .valueError("unsupported langinfo constant") }
    return try languageInformation(item)
  }
  try m.function("getencoding()", "Return the encoding of the locale.") { (_: Call) throws(PyError) -> Owned in
    let name = String(cString: nl_langinfo(Int32(CODESET)))
    return try Owned.string(name.isEmpty ? "UTF-8" : name)
  }
  try defineMessages(m)
  for (name, number) in topics { try m.constant(name, number) }
  for (name, number) in categories { try m.constant(name, number) }
}

private func failure(_ message: String) -> PyError { PyError.raise(TypeObject(raw: errorClass.value.object), message) }

/// The process begins in the C locale; characters are to be those of the environment, and UTF-8 where that names none and the C locale was not asked for.
private enum LocaleCategories {
  private static let initialized: Bool = {
    let name = setlocale(LC_CTYPE, "")
    if name.map({ String(cString: $0) == "C" }) ?? true, !RuntimeConfiguration.current.hasUncoercedCLocale { setlocale(LC_CTYPE, "C.UTF-8") }
    return true
  }()

  static func initialize() { _ = initialized }
}

// MARK: - Text

/// Text for the C library: bytes and a zero.
struct LocaleBytes: ~Copyable {
  let bytes: Owned
  var text: UnsafePointer<CChar> { UnsafePointer(BytesObject(bytes.value).data.assumingMemoryBound(to: CChar.self)) }
}

private func localeBytes(_ value: Value) throws(PyError) -> LocaleBytes {
  let bytes = try value.callMethod(Name.encode)
  if memchr(BytesObject(bytes.value).data, 0, BytesObject(bytes.value).count) != nil { throw .valueError("embedded null character") }
  return LocaleBytes(bytes: bytes)
}

/// A str of the C library's text, which is in the locale's encoding; what cannot be decoded becomes surrogates.
private func localeText(_ text: UnsafePointer<CChar>) throws(PyError) -> Owned {
  let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
  let encoding = String(cString: nl_langinfo(Int32(CODESET)))
  if bytes.allSatisfy({ $0 < 0x80 }) || encoding == "UTF-8" { return try decodeFileSystem(bytes) }
  var state = mbstate_t()
  var units: [UInt32] = []
  var place = 0
  while place < bytes.count {
    var character: wchar_t = 0
    let count = mbrtowc(&character, text + place, bytes.count - place, &state)
    if count <= 0 || count > bytes.count - place || (0xD800...0xDFFF).contains(character) {
      units.append(0xDC00 + UInt32(bytes[place]))
      place += 1
      state = mbstate_t()
    } else {
      units.append(UInt32(bitPattern: character))
      place += count
    }
  }
  return Owned(taking: try units.withUnsafeBufferPointer { (buffer) throws(PyError) -> Value in try Owned.string(codePoints: buffer).take() })
}

/// A str's characters as C's wide characters, with a zero behind them.
private struct WideText: ~Copyable {
  let start: UnsafeMutablePointer<wchar_t>
  let count: Int

  init(_ value: Value) throws(PyError) {
    let string = StringObject(value)
    let memory = try WideText.copy(string)
    start = memory
    count = string.length
  }

  private static func copy(_ string: StringObject) throws(PyError) -> UnsafeMutablePointer<wchar_t> {
    for index in 0..<string.length where string.codePoint(at: index) == 0 { throw .valueError("embedded null character") }
    guard let memory = malloc((string.length + 1) * MemoryLayout<wchar_t>.stride) else { throw PyError.memoryError() }
    let start = memory.assumingMemoryBound(to: wchar_t.self)
    for index in 0..<string.length { start[index] = wchar_t(bitPattern: string.codePoint(at: index)) }
    start[string.length] = 0
    return start
  }
  deinit { free(start) }
}

private func transformed(_ value: Value) throws(PyError) -> Owned {
  let source = try WideText(value)
  var size = source.count + 1
  var buffer = try PlainBuffer(size * MemoryLayout<wchar_t>.stride)
  errno = 0
  var count = wcsxfrm(buffer.start.assumingMemoryBound(to: wchar_t.self), source.start, size)
  if errno != 0 && errno != ERANGE { throw systemError() }
  if count >= size {
    size = count + 1
    buffer = try PlainBuffer(size * MemoryLayout<wchar_t>.stride)
    errno = 0
    count = wcsxfrm(buffer.start.assumingMemoryBound(to: wchar_t.self), source.start, size)
    if errno != 0 { throw systemError() }
  }
  // The numbers need not be characters: those beyond 16 bits become two, so that their order stays.
  var units: [UInt32] = []
  units.reserveCapacity(count)
  for index in 0..<count {
    let unit = UInt32(bitPattern: buffer.start.assumingMemoryBound(to: wchar_t.self)[index])
    if unit > 0xFFFF {
      units.append(0x10000 | unit >> 16)
      units.append(unit & 0xFFFF)
    } else {
      units.append(unit)
    }
  }
  return Owned(taking: try units.withUnsafeBufferPointer { (buffer) throws(PyError) -> Value in try Owned.string(codePoints: buffer).take() })
}

// MARK: - Conventions

private func conventions() throws(PyError) -> Owned {
  let result = try Owned.dict()
  let dict = DictObject(result.value)
  guard let found = localeconv() else { return result }
  let values = found.pointee
  func set(_ name: StaticString, _ text: UnsafeMutablePointer<CChar>) throws(PyError) { try dict.set(Name.make(name), sharing: try localeText(text)) }
  func set(_ name: StaticString, _ number: CChar) throws(PyError) { try dict.set(Name.make(name), Value(smallInteger: Int(number))) }
  try set("int_curr_symbol", values.int_curr_symbol)
  try set("currency_symbol", values.currency_symbol)
  try set("mon_decimal_point", values.mon_decimal_point)
  try set("mon_thousands_sep", values.mon_thousands_sep)
  try dict.set(Name.make("mon_grouping"), sharing: try grouping(values.mon_grouping))
  try set("positive_sign", values.positive_sign)
  try set("negative_sign", values.negative_sign)
  try set("int_frac_digits", values.int_frac_digits)
  try set("frac_digits", values.frac_digits)
  try set("p_cs_precedes", values.p_cs_precedes)
  try set("p_sep_by_space", values.p_sep_by_space)
  try set("n_cs_precedes", values.n_cs_precedes)
  try set("n_sep_by_space", values.n_sep_by_space)
  try set("p_sign_posn", values.p_sign_posn)
  try set("n_sign_posn", values.n_sign_posn)
  try set("decimal_point", values.decimal_point)
  try set("thousands_sep", values.thousands_sep)
  try dict.set(Name.make("grouping"), sharing: try grouping(values.grouping))
  return result
}

/// Sizes of groups of digits, with the mark behind the last: 0 to repeat it, CHAR_MAX to stop.
private func grouping(_ text: UnsafeMutablePointer<CChar>) throws(PyError) -> Owned {
  let result = try Owned.list()
  var index = 0
  while text[index] != 0 && text[index] != CChar.max {
    try ListObject(result.value).append(Value(smallInteger: Int(text[index])))
    index += 1
  }
  if index > 0 || text[0] == CChar.max { try ListObject(result.value).append(Value(smallInteger: Int(text[index]))) }
  return result
}

private func languageInformation(_ item: Int32) throws(PyError) -> Owned {
  guard let text = nl_langinfo(item) else { return try Owned.string("" as StaticString) }
  // Those two are several texts, each with a zero at its end.
  let count = item == alternativeDigits ? 100 : item == eras ? Int(krait_era_count()) : 1
  if count <= 1 || text[0] == 0 { return try localeText(text) }
  var parts: [UInt8] = []
  var place = UnsafePointer(text)
  for index in 0..<count {
    let length = strlen(place)
    if index > 0 { parts.append(UInt8(ascii: ";")) }
    parts += UnsafeRawBufferPointer(start: place, count: length)
    place += length + 1
  }
  parts.append(0)
  return Owned(taking: try parts.withUnsafeBufferPointer { (buffer) throws(PyError) -> Value in
    try localeText(UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: CChar.self)).take()
  })
}

private let alternativeDigits: Int32 = 131119
private let eras: Int32 = 131116

// MARK: - Translated messages

/// Text for the message catalogues: nil for None.
private func optionalBytes(_ call: Call, _ index: Int) throws(PyError) -> LocaleBytes? {
  if call[index].isNone { return nil }
  guard call[index].isString else { throw call.wrongType(index, "str or None") }
  return try localeBytes(call[index])
}

private func defineMessages(_ m: ModuleBuilder) throws(PyError) {
  try m.function("gettext(msg, /)", "Return the translation of a message.") { (call: Call) throws(PyError) -> Owned in
    let message = try localeBytes(try call.string(0))
    return try localeText(CKraitSystem.gettext(message.text))
  }
  try m.function("dgettext(domain, msg, /)", "Return the translation of a message in a domain.") { (call: Call) throws(PyError) -> Owned in
    let domain = try optionalBytes(call, 0)
    let message = try localeBytes(try call.string(1))
    return try localeText(CKraitSystem.dgettext(domain?.text, message.text))
  }
  try m.function("dcgettext(domain, msg, category, /)", "Return the translation of a message in a domain and a category.") { (call: Call) throws(PyError) -> Owned in
    let domain = try optionalBytes(call, 0)
    let message = try localeBytes(try call.string(1))
    return try localeText(CKraitSystem.dcgettext(domain?.text, message.text, try call.int32(2)))
  }
  try m.function("textdomain(domain, /)", "Set the domain of messages, or ask for it with None.") { (call: Call) throws(PyError) -> Owned in
    let domain = try optionalBytes(call, 0)
    guard let name = CKraitSystem.textdomain(domain?.text) else { throw systemError() }
    return try localeText(name)
  }
  try m.function("bindtextdomain(domain, dir, /)", "Set the folder where a domain's messages are, or ask for it with None.") { (call: Call) throws(PyError) -> Owned in
    let domain = try localeBytes(try call.string(0))
    if domain.text.pointee == 0 { throw failure("domain must be a non-empty string") }
    var found: UnsafeMutablePointer<CChar>?
    if call[1].isNone {
      found = CKraitSystem.bindtextdomain(domain.text, nil)
    } else {
      let folder = try fileSystemBytes(call[1])
      if memchr(BytesObject(folder.value).data, 0, BytesObject(folder.value).count) != nil { throw .valueError("embedded null byte") }
      found = CKraitSystem.bindtextdomain(domain.text, BytesObject(folder.value).data.assumingMemoryBound(to: CChar.self))
    }
    guard let found else { throw systemError() }
    return try localeText(found)
  }
  try m.function("bind_textdomain_codeset(domain, codeset, /)", "Set the encoding of a domain's translations, or ask for it with None.") { (call: Call) throws(PyError) -> Owned in
    let domain = try localeBytes(try call.string(0))
    let encoding = try optionalBytes(call, 1)
    guard let found = CKraitSystem.bind_textdomain_codeset(domain.text, encoding?.text) else { return .none }
    return try localeText(found)
  }
}

// MARK: - Constants

private let topics: [(name: StaticString, number: Int)] = [
  ("ABDAY_1", 131072), ("ABDAY_2", 131073), ("ABDAY_3", 131074), ("ABDAY_4", 131075), ("ABDAY_5", 131076), ("ABDAY_6", 131077), ("ABDAY_7", 131078),
  ("ABMON_1", 131086), ("ABMON_10", 131095), ("ABMON_11", 131096), ("ABMON_12", 131097), ("ABMON_2", 131087), ("ABMON_3", 131088),
  ("ABMON_4", 131089), ("ABMON_5", 131090), ("ABMON_6", 131091), ("ABMON_7", 131092), ("ABMON_8", 131093), ("ABMON_9", 131094),
  ("ALT_DIGITS", 131119), ("AM_STR", 131110), ("CODESET", 14), ("CRNCYSTR", 262159), ("DAY_1", 131079), ("DAY_2", 131080), ("DAY_3", 131081),
  ("DAY_4", 131082), ("DAY_5", 131083), ("DAY_6", 131084), ("DAY_7", 131085), ("D_FMT", 131113), ("D_T_FMT", 131112), ("ERA", 131116),
  ("ERA_D_FMT", 131118), ("ERA_D_T_FMT", 131120), ("ERA_T_FMT", 131121), ("MON_1", 131098), ("MON_10", 131107), ("MON_11", 131108),
  ("MON_12", 131109), ("MON_2", 131099), ("MON_3", 131100), ("MON_4", 131101), ("MON_5", 131102), ("MON_6", 131103), ("MON_7", 131104),
  ("MON_8", 131105), ("MON_9", 131106), ("NOEXPR", 327681), ("PM_STR", 131111), ("RADIXCHAR", 65536), ("THOUSEP", 65537), ("T_FMT", 131114),
  ("T_FMT_AMPM", 131115), ("YESEXPR", 327680), ("_DATE_FMT", 131180),
]

private let categories: [(name: StaticString, number: Int)] = [
  ("LC_CTYPE", 0), ("LC_TIME", 2), ("LC_COLLATE", 3), ("LC_MONETARY", 4), ("LC_MESSAGES", 5), ("LC_NUMERIC", 1), ("LC_ALL", 6), ("CHAR_MAX", 127),
]
