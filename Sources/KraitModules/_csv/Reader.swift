// `_csv.reader`: lines in, lists of fields out.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var readerType = ModuleType()
/// How long a field may be.
nonisolated(unsafe) var csvFieldLimit = 128 * 1024

private enum ReaderState: UInt8 {
  case startOfRecord, startOfField, escaped, inField, inQuotes, escapedInQuotes, quoteInQuotes, endOfLine, afterEscapedEnd
}

private struct CSVReader {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned: what gives the lines, the dialect, and the list of fields while a record is read.
    var lines: Value
    var dialect: Value
    var fields: Value
    var field: UnsafeMutablePointer<UInt32>?
    var fieldCapacity: Int
    var fieldCount: Int
    var lineNumber: Int
    var state: ReaderState
    /// Whether the field had no quotes so far.
    var isUnquoted: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  /// What stands for the end of a line given by the iterator: no code point.
  private static let end: UInt32 = .max - 1

  static func make(_ lines: Value, _ dialect: consuming Owned) throws(PyError) -> Owned {
    let iterator = try lines.iterate()
    let reader = CSVReader(raw: try readerType.object.allocate())
    reader.contents.pointee.lines = iterator.take()
    reader.contents.pointee.dialect = dialect.take()
    return Owned(taking: reader.raw)
  }

  /// The next record; absent at the end.
  func next() throws(PyError) -> Owned {
    let contents = self.contents
    guard !contents.pointee.lines.isAbsent else { return .end }
    setFields(try Owned.list())
    contents.pointee.fieldCount = 0
    contents.pointee.state = .startOfRecord
    contents.pointee.isUnquoted = true
    repeat {
      let lines = Owned(copying: contents.pointee.lines)
      let line = try lines.value.next()
      if line.value.isAbsent {
        let dialect = CSVDialect(contents.pointee.dialect).contents
        if contents.pointee.fieldCount > 0 || contents.pointee.state == .inQuotes {
          if dialect.pointee.isStrict { throw csvFailure("unexpected end of data") }
          try saveField()
          break
        }
        setFields(.end)
        return .end
      }
      guard line.value.isString else {
        throw csvFailure("iterator should return strings, not \(line.value.typeName) (the file should be opened in text mode)")
      }
      if contents.pointee.fields.isAbsent { throw csvFailure("iterator has already advanced the reader") }
      contents.pointee.lineNumber &+= 1
      try read(line.value)
    } while contents.pointee.state != .startOfRecord
    let fields = contents.pointee.fields
    contents.pointee.fields = .absent
    return fields.isAbsent ? try Owned.list() : Owned(taking: fields)
  }

  private func setFields(_ fields: consuming Owned) {
    let old = contents.pointee.fields
    contents.pointee.fields = fields.take()
    old.releaseIfPresent()
  }

  private func read(_ line: Value) throws(PyError) {
    let text = StringObject(line)
    let units = text.units
    let dialect = CSVDialect(contents.pointee.dialect).contents
    var index = 0
    // Most fields lie whole in the line, and most lines have one byte a character.
    let isPlain = units.width == 1 && dialect.pointee.delimiter < 256
    let numbers = dialect.pointee.quoting == .nonNumeric || dialect.pointee.quoting == .strings || dialect.pointee.quoting == .notNull
    while index < units.count {
      if isPlain && !numbers && contents.pointee.state.rawValue <= ReaderState.startOfField.rawValue, let next = try readPlain(units, index, dialect) {
        index = next
        continue
      }
      try process(units[index], dialect)
      index &+= 1
    }
    try process(CSVReader.end, dialect)
  }

  /// Takes a field that needs no copying character by character, from its start to behind its delimiter; nil if it is none.
  @inline(__always)
  private func readPlain(_ units: CodeUnits, _ start: Int, _ dialect: UnsafeMutablePointer<CSVDialect.Contents>) throws(PyError) -> Int? {
    let bytes = units.base.assumingMemoryBound(to: UInt8.self)
    let count = units.count
    let delimiter = UInt8(truncatingIfNeeded: dialect.pointee.delimiter)
    let (quote, escape) = (dialect.pointee.quote, dialect.pointee.escape)
    var from = start
    var index = start
    var isQuoted = false
    if UInt32(bytes[start]) == quote && dialect.pointee.quoting != .none {
      // Up to the next quote, if the field ends there.
      if escape != CSVDialect.unset { return nil }
      guard let end = memchr(bytes + start + 1, Int32(bytes[start]), count &- start &- 1) else { return nil }
      from = start &+ 1
      index = UnsafeRawPointer(end) - UnsafeRawPointer(bytes)
      if index &+ 1 < count && bytes[index &+ 1] != delimiter && bytes[index &+ 1] != 0x0A && bytes[index &+ 1] != 0x0D { return nil }
      isQuoted = true
    } else {
      if bytes[start] == 0x20 && dialect.pointee.skipsSpace { return nil }
      while index < count {
        let byte = bytes[index]
        if byte == delimiter || byte == 0x0A || byte == 0x0D { break }
        if UInt32(byte) == escape { return nil }
        index &+= 1
      }
      // An empty line has no field.
      if index == start && index < count && bytes[index] != delimiter && contents.pointee.state == .startOfRecord { return nil }
    }
    if index &- from > csvFieldLimit { throw CSVReader.tooLong() }
    let field = try Owned.string(units[from..<index])
    let fields = contents.pointee.fields
    if fields.isAbsent { return nil }
    try ListObject(fields).append(taking: field)
    if isQuoted { index &+= 1 }
    if index == count {
      contents.pointee.state = .startOfRecord
      // The end of the line finds nothing to do.
      return index
    }
    contents.pointee.state = bytes[index] == delimiter ? .startOfField : .endOfLine
    return index &+ 1
  }

  private static func tooLong() -> PyError { csvFailure("field larger than field limit (\(csvFieldLimit))") }

  /// One character, or the end of a line.
  private func process(_ character: UInt32, _ dialect: UnsafeMutablePointer<CSVDialect.Contents>) throws(PyError) {
    let isEnd = character == CSVReader.end
    let isBreak = isEnd || character == 0x0A || character == 0x0D
    let quotes = dialect.pointee.quoting != .none && character == dialect.pointee.quote
    switch contents.pointee.state {
    case .startOfRecord:
      if isEnd { return }
      if isBreak {
        contents.pointee.state = .endOfLine
        return
      }
      contents.pointee.state = .startOfField
      try process(character, dialect)
    case .startOfField:
      if isBreak {
        try endRecord(isEnd)
      } else if quotes {
        contents.pointee.isUnquoted = false
        contents.pointee.state = .inQuotes
      } else if character == dialect.pointee.escape {
        contents.pointee.state = .escaped
      } else if character == 0x20 && dialect.pointee.skipsSpace {
        return
      } else if character == dialect.pointee.delimiter {
        try saveField()
      } else {
        try add(character)
        contents.pointee.state = .inField
      }
    case .escaped:
      try add(isEnd ? 0x0A : character)
      contents.pointee.state = isBreak && !isEnd ? .afterEscapedEnd : .inField
    case .afterEscapedEnd, .inField:
      if contents.pointee.state == .afterEscapedEnd && isEnd { return }
      if isBreak {
        try endRecord(isEnd)
      } else if character == dialect.pointee.escape {
        contents.pointee.state = .escaped
      } else if character == dialect.pointee.delimiter {
        try saveField()
        contents.pointee.state = .startOfField
      } else {
        try add(character)
        contents.pointee.state = .inField
      }
    case .inQuotes:
      if isEnd { return }
      if character == dialect.pointee.escape {
        contents.pointee.state = .escapedInQuotes
      } else if quotes {
        contents.pointee.state = dialect.pointee.doublesQuotes ? .quoteInQuotes : .inField
      } else {
        try add(character)
      }
    case .escapedInQuotes:
      try add(isEnd ? 0x0A : character)
      contents.pointee.state = .inQuotes
    case .quoteInQuotes:
      if quotes {
        try add(character)
        contents.pointee.state = .inQuotes
      } else if character == dialect.pointee.delimiter {
        try saveField()
        contents.pointee.state = .startOfField
      } else if isBreak {
        try endRecord(isEnd)
      } else if !dialect.pointee.isStrict {
        try add(character)
        contents.pointee.state = .inField
      } else {
        let delimiter = Character(Unicode.Scalar(dialect.pointee.delimiter) ?? "?")
        let quote = Character(Unicode.Scalar(dialect.pointee.quote) ?? "?")
        throw csvFailure("'\(delimiter)' expected after '\(quote)'")
      }
    case .endOfLine:
      if isEnd {
        contents.pointee.state = .startOfRecord
      } else if !isBreak {
        throw csvFailure("new-line character seen in unquoted field - do you need to open the file with newline=''?")
      }
    }
  }

  private func endRecord(_ isEnd: Bool) throws(PyError) {
    try saveField()
    contents.pointee.state = isEnd ? .startOfRecord : .endOfLine
  }

  @inline(__always)
  private func add(_ character: UInt32) throws(PyError) {
    let contents = self.contents
    let count = contents.pointee.fieldCount
    if count >= csvFieldLimit { throw CSVReader.tooLong() }
    if count == contents.pointee.fieldCapacity {
      let wanted = max(256, count &* 2)
      guard let larger = realloc(contents.pointee.field, wanted &* 4) else { throw .memoryError() }
      contents.pointee.field = larger.assumingMemoryBound(to: UInt32.self)
      contents.pointee.fieldCapacity = wanted
    }
    contents.pointee.field.unsafelyUnwrapped[count] = character
    contents.pointee.fieldCount = count &+ 1
  }

  /// Puts the field that was read into the list: None, a number or a str.
  private func saveField() throws(PyError) {
    let contents = self.contents
    let quoting = CSVDialect(contents.pointee.dialect).contents.pointee.quoting
    let count = contents.pointee.fieldCount
    contents.pointee.fieldCount = 0
    let isUnquoted = contents.pointee.isUnquoted
    contents.pointee.isUnquoted = true
    let fields = contents.pointee.fields
    if fields.isAbsent { setFields(try Owned.list()) }
    if isUnquoted && count == 0 && (quoting == .notNull || quoting == .strings) {
      return try ListObject(contents.pointee.fields).append(.none)
    }
    let text = try Owned.string(codePoints: UnsafeBufferPointer(start: contents.pointee.field, count: count))
    if isUnquoted && count > 0 && (quoting == .nonNumeric || quoting == .strings) {
      let number = try TypeObject.float.value.call(text.value)
      return try ListObject(contents.pointee.fields).append(taking: number)
    }
    try ListObject(contents.pointee.fields).append(taking: text)
  }

  func clear() {
    let (lines, dialect, fields) = (contents.pointee.lines, contents.pointee.dialect, contents.pointee.fields)
    contents.pointee.lines = .absent
    contents.pointee.fields = .absent
    lines.releaseIfPresent()
    fields.releaseIfPresent()
    _ = dialect
  }
}

func defineCSVReader(_ m: ModuleBuilder) throws(PyError) {
  readerType = ModuleType(
    try m.defineType("reader", isPublic: false) { t in
      t.documentation = "Reads records: an iterator of lists of str, made by csv.reader()."
      t.basicSize = MemoryLayout<CSVReader.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.flags.insert(.disallowInstantiation)
      t.slots.iterate = UnarySlot { (value: Value) throws(PyError) -> Owned in Owned(copying: value) }
      t.slots.next = NextSlot { (value: Value) throws(PyError) -> Owned in try CSVReader(value).next() }
      t.member("dialect") { (value) throws(PyError) in Owned(copying: CSVReader(value).contents.pointee.dialect) }
      t.member("line_num") { (value) throws(PyError) in try Owned.integer(CSVReader(value).contents.pointee.lineNumber) }
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = CSVReader(raw: raw).contents
        contents.pointee.lines.releaseIfPresent()
        contents.pointee.dialect.releaseIfPresent()
        contents.pointee.fields.releaseIfPresent()
        free(contents.pointee.field)
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let contents = CSVReader(raw: raw).contents
        visit(contents.pointee.lines)
        visit(contents.pointee.dialect)
        visit(contents.pointee.fields)
      }
      t.slots.clear = ClearSlot { raw in CSVReader(raw: raw).clear() }
    })
  try m.constant("Reader", readerType.value)
  try m.rawFunction(
    "reader",
    "csv.reader(iterable [, dialect='excel'] [optional keyword args])\n\nAn iterator over the records of a table whose lines an iterable gives: each a list of str.\nThe dialect is a name or an object with attributes; keywords override single ones."
  ) { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.check("reader", 1, 2)
    let iterator = try arguments.base[0].iterate()
    let dialect = try CSVDialect.make(arguments.positionalCount == 2 ? arguments.base[1] : .absent, arguments)
    return try CSVReader.make(iterator.value, dialect)
  }
}
