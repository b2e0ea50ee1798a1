// `_csv.writer`: records in, lines out.

import KraitRuntime

nonisolated(unsafe) private var writerType = ModuleType()

/// A writer in memory.
private struct CSVWriter {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// Owned: the file's method `write`, and the dialect.
    var write: Value
    var dialect: Value
    /// Which ASCII characters ask for quotes or an escape, a bit each.
    var special: (UInt64, UInt64)
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  static func make(_ write: consuming Owned, _ dialect: consuming Owned) throws(PyError) -> Owned {
    let writer = CSVWriter(raw: try writerType.object.allocate())
    let settings = CSVDialect(dialect.value)
    for character in UInt32(0)..<128 where isSpecial(character, settings) {
      if character < 64 {
        writer.contents.pointee.special.0 |= 1 << UInt64(character)
      } else {
        writer.contents.pointee.special.1 |= 1 << UInt64(character - 64)
      }
    }
    writer.contents.pointee.write = write.take()
    writer.contents.pointee.dialect = dialect.take()
    return Owned(taking: writer.raw)
  }

  private static func isSpecial(_ character: UInt32, _ dialect: CSVDialect) -> Bool {
    let contents = dialect.contents
    return character == contents.pointee.delimiter || character == contents.pointee.escape || character == contents.pointee.quote
      || character == 0x0A || character == 0x0D || dialect.isInLineTerminator(character)
  }

  /// Whether a character asks for quotes or an escape.
  @inline(__always)
  private func isSpecial(_ character: UInt32) -> Bool {
    if character < 64 { return contents.pointee.special.0 &>> UInt64(character) & 1 != 0 }
    if character < 128 { return contents.pointee.special.1 &>> UInt64(character & 63) & 1 != 0 }
    return CSVWriter.isSpecial(character, CSVDialect(contents.pointee.dialect))
  }

  func writeRow(_ row: Value) throws(PyError) -> Owned {
    let held = Owned(copying: contents.pointee.dialect)
    let dialect = CSVDialect(held.value).contents
    let iterator: Owned
    do throws(PyError) { iterator = try row.iterate() } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw csvFailure("iterable expected, not \(row.typeName)")
    }
    var line = try StringBuilder(capacity: 64)
    var count = 0
    var lastIsNone = false
    while true {
      let field = try iterator.value.next()
      if field.value.isAbsent { break }
      let isQuoted: Bool
      switch dialect.pointee.quoting {
      case .all: isQuoted = true
      case .nonNumeric: isQuoted = !isNumber(field.value)
      case .strings: isQuoted = field.value.isString
      case .notNull: isQuoted = !field.value.isNone
      default: isQuoted = false
      }
      if count > 0 { try line.append(codePoint: dialect.pointee.delimiter) }
      lastIsNone = field.value.isNone
      if field.value.isString {
        try append(StringObject(field.value).units, isQuoted, false, &line, dialect)
      } else if lastIsNone {
        try append(nil, isQuoted, true, &line, dialect)
      } else {
        let text = try field.value.str()
        try append(StringObject(text.value).units, isQuoted, false, &line, dialect)
      }
      count += 1
    }
    if count == 1 && line.count == 0 {
      // A single empty field would look like no field.
      let quoting = dialect.pointee.quoting
      if quoting == .none || lastIsNone && (quoting == .strings || quoting == .notNull) {
        throw csvFailure("single empty field record must be quoted")
      }
      try line.append(codePoint: dialect.pointee.quote)
      try line.append(codePoint: dialect.pointee.quote)
    }
    try line.append(dialect.pointee.lineTerminator)
    let text = try line.finish()
    let write = Owned(copying: contents.pointee.write)
    return try write.value.call(text.value)
  }

  private func isNumber(_ value: Value) -> Bool {
    let slots = value.type.slots
    return value.isInteger || value.isFloat || value.isInstance(of: .complex) || slots.pointee.index != nil || slots.pointee.integer != nil || slots.pointee.float != nil
  }

  /// Puts a field at the end of the line.
  private func append(
    _ field: CodeUnits?, _ isQuoted: Bool, _ isNone: Bool, _ line: inout StringBuilder, _ dialect: UnsafeMutablePointer<CSVDialect.Contents>
  ) throws(PyError) {
    let quoting = dialect.pointee.quoting
    guard let field, field.count > 0 else {
      var isQuoted = isQuoted
      if dialect.pointee.delimiter == 0x20 && dialect.pointee.skipsSpace {
        if quoting == .none || isNone && (quoting == .strings || quoting == .notNull) {
          throw csvFailure("empty field must be quoted if delimiter is a space and skipinitialspace is true")
        }
        isQuoted = true
      }
      if isQuoted {
        try line.append(codePoint: dialect.pointee.quote)
        try line.append(codePoint: dialect.pointee.quote)
      }
      return
    }
    var first = 0
    while first < field.count && !isSpecial(field[first]) { first &+= 1 }
    if first == field.count {
      if isQuoted { try line.append(codePoint: dialect.pointee.quote) }
      try line.append(field)
      if isQuoted { try line.append(codePoint: dialect.pointee.quote) }
      return
    }
    // Whether quotes are wanted is known when all of it was seen.
    var isQuoted = isQuoted
    if quoting != .none {
      for index in first..<field.count where !isQuoted {
        let character = field[index]
        if isSpecial(character) && character != dialect.pointee.escape && (character != dialect.pointee.quote || dialect.pointee.doublesQuotes) { isQuoted = true }
      }
    }
    if isQuoted { try line.append(codePoint: dialect.pointee.quote) }
    for index in 0..<field.count {
      let character = field[index]
      if isSpecial(character) {
        if quoting == .none || character == dialect.pointee.escape || character == dialect.pointee.quote && !dialect.pointee.doublesQuotes {
          if dialect.pointee.escape == CSVDialect.unset { throw csvFailure("need to escape, but no escapechar set") }
          try line.append(codePoint: dialect.pointee.escape)
        } else if character == dialect.pointee.quote {
          try line.append(codePoint: character)
        }
      }
      try line.append(codePoint: character)
    }
    if isQuoted { try line.append(codePoint: dialect.pointee.quote) }
  }

  func writeRows(_ rows: Value) throws(PyError) {
    let iterator = try rows.iterate()
    while true {
      let row = try iterator.value.next()
      if row.value.isAbsent { return }
      _ = try writeRow(row.value)
    }
  }
}

func defineCSVWriter(_ m: ModuleBuilder) throws(PyError) {
  writerType = ModuleType(
    try m.defineType("writer", isPublic: false) { t in
      t.documentation = "Writes records to a file; made by csv.writer()."
      t.basicSize = MemoryLayout<CSVWriter.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.flags.insert(.disallowInstantiation)
      t.method("writerow(row, /)", "Writes one record, whose fields an iterable gives, and returns what the file's write() did.") { (call) throws(PyError) in
        try CSVWriter(call.receiver).writeRow(call[0])
      }
      t.method("writerows(rows, /)", "Writes a record for each item of an iterable.") { (call) throws(PyError) in
        try CSVWriter(call.receiver).writeRows(call[0])
        return .none
      }
      t.member("dialect") { (value) throws(PyError) in Owned(copying: CSVWriter(value).contents.pointee.dialect) }
      t.slots.deallocate = DeallocateSlot { raw in
        CSVWriter(raw: raw).contents.pointee.write.releaseIfPresent()
        CSVWriter(raw: raw).contents.pointee.dialect.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(CSVWriter(raw: raw).contents.pointee.write)
        visit(CSVWriter(raw: raw).contents.pointee.dialect)
      }
      t.slots.clear = ClearSlot { raw in
        let write = CSVWriter(raw: raw).contents.pointee.write
        CSVWriter(raw: raw).contents.pointee.write = Value.none
        write.releaseIfPresent()
      }
    })
  try m.constant("Writer", writerType.value)
  try m.rawFunction(
    "writer",
    "csv.writer(fileobj [, dialect='excel'] [optional keyword args])\n\nAn object that writes records to a file, or to anything with a method write(). The dialect\nis a name or an object with attributes; keywords override single ones."
  ) { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.check("writer", 1, 2)
    let dialect = try CSVDialect.make(arguments.positionalCount == 2 ? arguments.base[1] : .absent, arguments)
    let write = try arguments.base[0].lookUpAttribute(Name.write)
    guard !write.value.isAbsent, write.value.isCallable else { throw .typeError("argument 1 must have a \"write\" method") }
    return try CSVWriter.make(write, dialect)
  }
}
