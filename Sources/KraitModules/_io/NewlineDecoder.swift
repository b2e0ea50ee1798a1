// `_io.IncrementalNewlineDecoder`, and the translation of line ends that the text streams share.

import Glibc
import KraitRuntime

/// The kinds of line ends that were seen, and whether a `\r` waits for what follows.
struct NewlineState {
  static let cr = 1, lf = 2, crlf = 4
  var seen = 0
  var hasPendingReturn = false

  /// Text with its line ends counted and, if wanted, made `\n`.
  mutating func decode(_ text: Value, translates: Bool, isFinal: Bool) throws(PyError) -> Owned {
    let units = StringObject(text).units
    var count = units.count
    // Most text has no `\r` at all.
    if !hasPendingReturn && units.index(of: 0x0D, from: 0, to: count) == nil {
      noteLineFeeds(units, 0, count)
      return Owned.exactString(text)
    }
    var builder = try StringBuilder(capacity: count + 1, width: units.width)
    var index = 0
    let startsWithReturn = hasPendingReturn && (count > 0 || isFinal)
    if startsWithReturn { hasPendingReturn = false }
    // A `\r` at the end may be half of a `\r\n`.
    if !isFinal && count > 0 && units[count - 1] == 0x0D {
      count -= 1
      hasPendingReturn = true
    }
    if startsWithReturn {
      if count > 0 && units[0] == 0x0A {
        seen |= NewlineState.crlf
        try builder.append(translates ? "\n" : "\r\n" as StaticString)
        index = 1
      } else {
        seen |= NewlineState.cr
        try builder.append(codePoint: translates ? 0x0A : 0x0D)
      }
    }
    // A `\n` behind a `\r` goes with what follows it, being no line end of its own.
    var isPair = false
    while index < count {
      let end = units.index(of: 0x0D, from: index, to: count) ?? count
      noteLineFeeds(units, isPair ? index + 1 : index, end)
      try builder.append(units[index..<end])
      if end == count { break }
      index = end + 1
      isPair = index < count && units[index] == 0x0A
      seen |= isPair ? NewlineState.crlf : NewlineState.cr
      if !isPair { try builder.append(codePoint: translates ? 0x0A : 0x0D) } else if !translates { try builder.append(codePoint: 0x0D) }
    }
    return try builder.finish()
  }

  private mutating func noteLineFeeds(_ units: CodeUnits, _ start: Int, _ end: Int) {
    if seen & NewlineState.lf == 0, units.index(of: 0x0A, from: start, to: end) != nil { seen |= NewlineState.lf }
  }

  /// `newlines`: None, a str, or a tuple of them.
  func newlines() throws(PyError) -> Owned {
    var kinds: [Value] = []
    if seen & NewlineState.cr != 0 { kinds.append(Name.make("\r")) }
    if seen & NewlineState.lf != 0 { kinds.append(Name.newlineText) }
    if seen & NewlineState.crlf != 0 { kinds.append(NewlineState.both) }
    if kinds.count <= 1 { return kinds.isEmpty ? .none : Owned(copying: kinds[0]) }
    return try Owned.tuple(copying: kinds)
  }
  private static let both = Name.make("\r\n")
}

private struct DecoderContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  var decoder: Value
  var errors: Value
  var newlines: NewlineState
  var translates: Bool
  var isInitialized: Bool
  static func of(_ value: Value) throws(PyError) -> UnsafeMutablePointer<DecoderContents> {
    let contents = value.object.assumingMemoryBound(to: DecoderContents.self)
    if !contents.pointee.isInitialized { throw .valueError("IncrementalNewlineDecoder.__init__() not called") }
    return contents
  }
}

func defineNewlineDecoder(_ m: ModuleBuilder) throws(PyError) {
  StreamTypes.newlineDecoder = try m.defineType("IncrementalNewlineDecoder") { t in
    t.documentation = "A decoder around another one (or None for text) that counts the kinds of line ends and makes them \\n if translate is true."
    t.basicSize = MemoryLayout<DecoderContents>.size
    t.inheritsNew = true
    t.shapeFlags.insert([.hasState, .tracked])
    t.flags.insert(.baseType)
    t.initialize("IncrementalNewlineDecoder(decoder, translate, errors='strict')") { (call: Call) throws(PyError) in
      let contents = call.receiver.object.assumingMemoryBound(to: DecoderContents.self)
      let translates = try call.bool(1)
      let (decoder, errors) = (contents.pointee.decoder, contents.pointee.errors)
      contents.pointee.decoder = Owned(copying: call[0]).take()
      contents.pointee.errors = Owned(copying: call[2]).take()
      decoder.releaseIfPresent()
      errors.releaseIfPresent()
      contents.pointee.translates = translates
      contents.pointee.newlines = NewlineState()
      contents.pointee.isInitialized = true
    }
    t.slots.deallocate = DeallocateSlot { raw in
      let contents = raw.assumingMemoryBound(to: DecoderContents.self)
      contents.pointee.decoder.releaseIfPresent()
      contents.pointee.errors.releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(raw.assumingMemoryBound(to: DecoderContents.self).pointee.decoder) }
    t.slots.clear = ClearSlot { raw in
      let contents = raw.assumingMemoryBound(to: DecoderContents.self)
      let old = contents.pointee.decoder
      contents.pointee.decoder = .none
      old.releaseIfPresent()
    }
    t.method("decode($self, /, input, final=False)", "Decode, and translate line ends.") { (call: Call) throws(PyError) -> Owned in
      let contents = try DecoderContents.of(call.receiver)
      let isFinal = try call.bool(1)
      var text = Owned(copying: call[0])
      if !contents.pointee.decoder.isNone {
        let decoder = Owned(copying: contents.pointee.decoder)
        text = try decoder.callMethod(StreamName.decode, call[0], Value(isFinal))
      }
      guard text.value.isString else { throw .typeError("decoder should return a string result, not '\(text.value.typeName)'") }
      return try contents.pointee.newlines.decode(text.value, translates: contents.pointee.translates, isFinal: isFinal)
    }
    t.method("getstate()", "The state: bytes that wait, and a number.") { (call: Call) throws(PyError) -> Owned in
      let contents = try DecoderContents.of(call.receiver)
      var buffer = Owned.emptyBytes
      var flag = 0
      if !contents.pointee.decoder.isNone {
        let decoder = Owned(copying: contents.pointee.decoder)
        let state = try decoder.callMethod(StreamName.getstate)
        guard state.value.isTuple, TupleObject(state.value).count == 2, TupleObject(state.value)[0].isBytes else { throw .typeError("illegal decoder state") }
        buffer = Owned(copying: TupleObject(state.value)[0])
        flag = try TupleObject(state.value)[1].asInt()
      }
      let number = try Owned.integer(flag << 1 | (contents.pointee.newlines.hasPendingReturn ? 1 : 0))
      return try Owned.tuple(buffer.value, number.value)
    }
    t.method("setstate(state, /)", "Take a state that getstate() gave.") { (call: Call) throws(PyError) -> Owned in
      let contents = try DecoderContents.of(call.receiver)
      guard call[0].isTuple else { throw .typeError("state argument must be a tuple") }
      guard TupleObject(call[0]).count == 2 else { throw .typeError("illegal state argument") }
      let flag = try TupleObject(call[0])[1].asInt()
      contents.pointee.newlines.hasPendingReturn = flag & 1 != 0
      if contents.pointee.decoder.isNone { return .none }
      let number = try Owned.integer(flag >> 1)
      let state = try Owned.tuple(TupleObject(call[0])[0], number.value)
      let decoder = Owned(copying: contents.pointee.decoder)
      return try decoder.callMethod(StreamName.setstate, state.value)
    }
    t.method("reset()", "Begin anew.") { (call: Call) throws(PyError) -> Owned in
      let contents = try DecoderContents.of(call.receiver)
      contents.pointee.newlines = NewlineState()
      if contents.pointee.decoder.isNone { return .none }
      let decoder = Owned(copying: contents.pointee.decoder)
      return try decoder.callMethod(StreamName.reset)
    }
    t.getter("newlines", "The kinds of line ends that were decoded.") { (object: Value) throws(PyError) -> Owned in
      try DecoderContents.of(object).pointee.newlines.newlines()
    }
  }
}

// MARK: - Lines

/// How a text stream treats line ends, by the argument `newline`.
struct NewlineMode {
  /// None or '': all kinds end lines when reading.
  var isUniversal = true
  /// None: they are made `\n`.
  var translatesReading = true
  /// What `\n` becomes when writing; empty for itself.
  var written: StaticString = ""
  /// What ends a line when reading is not universal.
  var end: StaticString = "\n"

  init() {}

  /// - Parameters:
  ///   - quotes: whether a message about a wrong one shows it as `repr` does.
  ///   - endsAtNull: whether what stands behind a NUL does not count; else there may be none.
  init(_ value: Value, quotes: Bool = false, endsAtNull: Bool = false) throws(PyError) {
    if value.isNone { return }
    guard value.isString else { throw .typeError("newline must be str or None, not \(value.typeName)") }
    if !quotes || !StringObject(value).isASCII { try checkNameText(value, mayHoldNull: endsAtNull) }
    translatesReading = false
    var text = value.text
    if endsAtNull, let null = text.utf8.firstIndex(of: 0) { text = String(text[..<null]) }
    switch text {
    case "": break
    case "\n": isUniversal = false
    case "\r":
      isUniversal = false
      written = "\r"
      end = "\r"
    case "\r\n":
      isUniversal = false
      written = "\r\n"
      end = "\r\n"
    default: throw .valueError("illegal newline value: \(quotes ? try value.repr().text : text)")
    }
  }

  /// Whether lines end with `\n` and nothing else.
  var endsWithLineFeed: Bool { translatesReading || !isUniversal && end.utf8CodeUnitCount == 1 && end.utf8Start[0] == 0x0A }

  /// Where the line that begins at `start` ends; nil when it does not end before `limit`.
  func endOfLine(_ units: CodeUnits, from start: Int, to limit: Int) -> Int? {
    if translatesReading || !isUniversal && end.utf8CodeUnitCount == 1 {
      let wanted = isUniversal ? 0x0A : UInt32(end.utf8Start[0])
      return units.index(of: wanted, from: start, to: limit).map { $0 + 1 }
    }
    let lineFeed = isUniversal ? units.index(of: 0x0A, from: start, to: limit) : nil
    var place = start
    while let found = units.index(of: 0x0D, from: place, to: lineFeed ?? limit) {
      if found + 1 < limit && units[found + 1] == 0x0A { return found + 2 }
      if isUniversal { return found + 1 }
      place = found + 1
    }
    return lineFeed.map { $0 + 1 }
  }

  /// Text as it is written.
  func translateWriting(_ text: Value) throws(PyError) -> Owned {
    let units = StringObject(text).units
    guard written.utf8CodeUnitCount > 0, var found = units.index(of: 0x0A, from: 0, to: units.count) else { return Owned.exactString(text) }
    var builder = StringBuilder()
    var start = 0
    while true {
      try builder.append(units[start..<found])
      try builder.append(written)
      start = found + 1
      guard let next = units.index(of: 0x0A, from: start, to: units.count) else { break }
      found = next
    }
    try builder.append(units[start..<units.count])
    return try builder.finish()
  }
}
