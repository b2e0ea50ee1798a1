// `_csv.Dialect`: how a table's text is written, checked once.

import KraitRuntime

nonisolated(unsafe) var csvDialectType = ModuleType()
nonisolated(unsafe) var csvError = InterpreterValue()
/// The registered dialects: a dict from names.
nonisolated(unsafe) var csvDialects = InterpreterValue()

func csvFailure(_ message: String) -> PyError { PyError.raise(TypeObject(csvError.value), message) }

/// When fields are written in quotes, and what quotes tell when they are read.
enum CSVQuoting: Int, BitwiseCopyable {
  case minimal, all, nonNumeric, none, strings, notNull
}

/// A dialect in memory.
struct CSVDialect {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  /// Stands for a character that is not set: no code point.
  static let unset: UInt32 = .max

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned, a str.
    var lineTerminator: Value
    var delimiter: UInt32
    var quote: UInt32
    var escape: UInt32
    var quoting: CSVQuoting
    var doublesQuotes: Bool
    var skipsSpace: Bool
    var isStrict: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  private static let names: [StaticString] = [
    "dialect", "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict",
  ]
  private static let interned: [Value] = names.map { Name.make($0) }

  /// The dialect of a call: `given` by name, class or instance, or absent, and parameters by keyword.
  static func make(_ given: Value, _ keywords: Arguments) throws(PyError) -> Owned {
    var values = [Value](repeating: .absent, count: names.count)
    values[0] = given
    try collect(keywords, into: &values)
    return try make(values)
  }

  private static func collect(_ arguments: Arguments, into values: inout [Value]) throws(PyError) {
    guard !arguments.keywordNames.isAbsent else { return }
    let given = TupleObject(arguments.keywordNames)
    for index in 0..<given.count {
      guard let place = interned.firstIndex(where: { StringObject($0).isEqual(to: StringObject(given[index])) }) else {
        throw .typeError("this function got an unexpected keyword argument '\(given[index].text)'")
      }
      if !values[place].isAbsent { throw .typeError("argument for this function given by name ('\(given[index].text)') and position (\(place + 1))") }
      values[place] = arguments.base[arguments.positionalCount + index]
    }
  }

  static func new(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    if arguments.positionalCount + arguments.keywordCount > names.count {
      throw .typeError("this function takes at most 9 arguments (\(arguments.positionalCount + arguments.keywordCount) given)")
    }
    var values = [Value](repeating: .absent, count: names.count)
    for index in 0..<arguments.positionalCount { values[index] = arguments.base[index] }
    try collect(arguments, into: &values)
    return try make(values)
  }

  /// The arguments in the order of the names; absent where none is given.
  private static func make(_ arguments: [Value]) throws(PyError) -> Owned {
    var dialect = Owned(taking: .absent)
    if !arguments[0].isAbsent {
      if arguments[0].isString {
        dialect = try find(arguments[0])
      } else {
        dialect = Owned(copying: arguments[0])
      }
      if csvDialectType.includes(dialect.value) && arguments[1...].allSatisfy({ $0.isAbsent }) { return dialect }
    }
    // What no argument says, the given dialect's attributes may. None as a dialect has none of them.
    let held = try Owned.list(capacity: names.count)
    var values = arguments
    if !dialect.value.isAbsent {
      for index in 1..<names.count where values[index].isAbsent {
        do throws(PyError) {
          let attribute = try dialect.value.getAttribute(interned[index])
          try ListObject(held.value).append(attribute.value)
          values[index] = attribute.value
        } catch { PyError.clear() }
      }
    }
    let new = CSVDialect(raw: try csvDialectType.object.allocate())
    let result = Owned(taking: new.raw)
    let contents = new.contents
    contents.pointee.delimiter = try character("delimiter", values[1], 0x2C, isOptional: false)
    contents.pointee.doublesQuotes = values[2].isAbsent ? true : try values[2].isTruthy()
    contents.pointee.escape = try character("escapechar", values[3], unset, isOptional: true)
    if values[4].isAbsent {
      contents.pointee.lineTerminator = try Owned.string("\r\n" as StaticString).take()
    } else {
      guard values[4].isString else { throw .typeError("\"lineterminator\" must be a string, not \(values[4].typeName)") }
      contents.pointee.lineTerminator = Owned.exactString(values[4]).take()
    }
    contents.pointee.quote = try character("quotechar", values[5], 0x22, isOptional: true)
    var quoting = 0
    if !values[6].isAbsent {
      guard values[6].isExactInteger else { throw .typeError("\"quoting\" must be an integer, not \(values[6].typeName)") }
      quoting = Int(try csvInt32(values[6]))
    }
    contents.pointee.skipsSpace = values[7].isAbsent ? false : try values[7].isTruthy()
    contents.pointee.isStrict = values[8].isAbsent ? false : try values[8].isTruthy()
    guard let known = CSVQuoting(rawValue: quoting) else { throw .typeError("bad \"quoting\" value") }
    contents.pointee.quoting = known
    if values[5].isNone && values[6].isAbsent { contents.pointee.quoting = .none }
    if contents.pointee.quoting != .none && contents.pointee.quote == unset { throw .typeError("quotechar must be set if quoting enabled") }
    try new.check()
    _ = held.value
    return result
  }

  private func check() throws(PyError) {
    let dialect = contents.pointee
    let allowsSpace = !dialect.skipsSpace
    try check("delimiter", dialect.delimiter, allowsSpace: true)
    try check("escapechar", dialect.escape, allowsSpace: allowsSpace)
    try check("quotechar", dialect.quote, allowsSpace: allowsSpace)
    try check("delimiter", dialect.delimiter, "escapechar", dialect.escape)
    try check("delimiter", dialect.delimiter, "quotechar", dialect.quote)
    try check("escapechar", dialect.escape, "quotechar", dialect.quote)
  }

  private func check(_ name: String, _ character: UInt32, allowsSpace: Bool) throws(PyError) {
    if character == 0x0D || character == 0x0A || character == 0x20 && !allowsSpace { throw .valueError("bad \(name) value") }
    if isInLineTerminator(character) { throw .valueError("bad \(name) or lineterminator value") }
  }

  private func check(_ name: String, _ character: UInt32, _ other: String, _ second: UInt32) throws(PyError) {
    if character == second && character != CSVDialect.unset { throw .valueError("bad \(name) or \(other) value") }
  }

  func isInLineTerminator(_ character: UInt32) -> Bool {
    let text = StringObject(contents.pointee.lineTerminator)
    for index in 0..<text.length where text.codePoint(at: index) == character { return true }
    return false
  }

  private static func character(_ name: String, _ value: Value, _ fallback: UInt32, isOptional: Bool) throws(PyError) -> UInt32 {
    if value.isAbsent { return fallback }
    if isOptional && value.isNone { return unset }
    let expected = "\"\(name)\" must be a unicode character\(isOptional ? " or None" : "")"
    guard value.isString else { throw .typeError("\(expected), not \(value.typeName)") }
    guard StringObject(value).length == 1 else { throw .typeError("\(expected), not a string of length \(StringObject(value).length)") }
    return StringObject(value).codePoint(at: 0)
  }

  /// A registered dialect.
  static func find(_ name: Value) throws(PyError) -> Owned {
    let dialects = Owned(copying: csvDialects.value)
    let found = try DictObject(dialects.value).get(name)
    if found.isAbsent { throw csvFailure("unknown dialect") }
    return Owned(copying: found)
  }
}

/// A C int.
func csvInt32(_ value: Value) throws(PyError) -> Int32 {
  guard let word = Integer.asInt(value) else { throw .overflowError("Python int too large to convert to C long") }
  guard let number = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
  return number
}

private func shown(_ character: UInt32) throws(PyError) -> Owned { character == CSVDialect.unset ? .none : try Owned.character(character) }

func defineCSVDialect(_ m: ModuleBuilder) throws(PyError) {
  csvDialectType = ModuleType(
    try m.defineType("Dialect") { t in
      t.documentation = "How the text of a table is written: what ends fields and lines, and how quotes work."
      t.basicSize = MemoryLayout<CSVDialect.Contents>.size
      t.flags.insert(.baseType)
      t.rawNew("Dialect", CSVDialect.new)
      t.slots.deallocate = DeallocateSlot { raw in
        CSVDialect(raw: raw).contents.pointee.lineTerminator.releaseIfPresent()
        finishDeallocation(raw)
      }
      for name in ["__reduce__", "__reduce_ex__"] as [StaticString] {
        t.rawMethod(name, "Dialects cannot be pickled.") { (value: Value, _: Arguments) throws(PyError) -> Owned in
          throw .typeError("cannot pickle '\(value.type.contents.pointee.name.text)' instances")
        }
      }
      t.member("skipinitialspace") { (value) throws(PyError) in .boolean(CSVDialect(value).contents.pointee.skipsSpace) }
      t.member("doublequote") { (value) throws(PyError) in .boolean(CSVDialect(value).contents.pointee.doublesQuotes) }
      t.member("strict") { (value) throws(PyError) in .boolean(CSVDialect(value).contents.pointee.isStrict) }
      t.getter("delimiter") { (value) throws(PyError) in try shown(CSVDialect(value).contents.pointee.delimiter) }
      t.getter("escapechar") { (value) throws(PyError) in try shown(CSVDialect(value).contents.pointee.escape) }
      t.getter("lineterminator") { (value) throws(PyError) in Owned(copying: CSVDialect(value).contents.pointee.lineTerminator) }
      t.getter("quotechar") { (value) throws(PyError) in try shown(CSVDialect(value).contents.pointee.quote) }
      t.getter("quoting") { (value) throws(PyError) in try Owned.integer(CSVDialect(value).contents.pointee.quoting.rawValue) }
    })
}
