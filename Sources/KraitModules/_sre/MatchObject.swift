// The types `re.Match` and `_sre.SRE_Scanner`.

import KraitRuntime

/// A `re.Match` in memory.
struct MatchObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Fields {
    /// How many boundaries follow: two for the match, two for each group.
    var boundaryCount: Int
    var string: Value
    var pattern: Value
    /// The spans of all groups in a tuple, once somebody has asked.
    var regs: Value
    var start: Int
    var end: Int
    /// The group that was closed last; -1 for none.
    var lastIndex: Int
  }

  static let fieldsOffset = ObjectHeader.size
  static let size = fieldsOffset + MemoryLayout<Fields>.size

  var fields: UnsafeMutablePointer<Fields> { (raw + Self.fieldsOffset).assumingMemoryBound(to: Fields.self) }
  var boundaries: UnsafeMutablePointer<Int> { (raw + Self.size).assumingMemoryBound(to: Int.self) }
  var string: Value { fields.pointee.string }
  var pattern: PatternObject { PatternObject(fields.pointee.pattern) }
  /// Groups beside the whole match.
  var groups: Int { fields.pointee.boundaryCount &>> 1 &- 1 }

  static func make(_ pattern: PatternObject, _ string: Value, _ state: borrowing MatchState, from start: Int) throws(PyError) -> Owned {
    let groups = pattern.groups
    let raw = try allocateObject(SRETypes.match.rootShape, size: size + (groups + 1) * 16)
    let match = MatchObject(Value(raw))
    pattern.value.retain()
    string.retain()
    match.fields.initialize(
      to: Fields(
        boundaryCount: 2 * (groups + 1), string: string, pattern: pattern.value, regs: .absent, start: start, end: state.end,
        lastIndex: state.registers[2 * groups]))
    match.boundaries[0] = state.start
    match.boundaries[1] = state.position
    for group in 0..<groups {
      let (from, to) = (state.registers[2 * group], state.registers[2 * group + 1])
      let isSet = from >= 0 && to >= from
      match.boundaries[2 * group + 2] = isSet ? from : -1
      match.boundaries[2 * group + 3] = isSet ? to : -1
    }
    return Owned(taking: raw)
  }

  /// The boundaries of a group that exists; nil when it is unset.
  func span(_ group: Int) -> (start: Int, end: Int)? {
    let (start, end) = (boundaries[2 * group], boundaries[2 * group + 1])
    return start < 0 ? nil : (start, end)
  }

  /// A part of the text, which may have become shorter since.
  func slice(_ subject: borrowing Subject, _ range: (start: Int, end: Int)) throws(PyError) -> Owned {
    let start = min(range.start, subject.length)
    return try subject.slice(start, min(max(range.end, start), subject.length))
  }

  /// A group's text, or a value for an unset one.
  func text(_ group: Int, unset: Value) throws(PyError) -> Owned {
    guard let range = span(group) else { return Owned(copying: unset) }
    let string = self.string
    if string.isExactString {
      let text = StringObject(string)
      if range.start == 0 && range.end == text.length { return Owned(copying: string) }
      return try Owned.string(text.units[range.start..<range.end])
    }
    // A bytearray may change meanwhile.
    if !string.isFrozen { excludeOtherThreads() }
    return try slice(try Subject(string), range)
  }

  /// The number of a group given by number or name.
  func groupNumber(_ key: Value) throws(PyError) -> Int {
    if key.isSmallInteger {
      if key.smallInteger >= 0 && key.smallInteger <= groups { return key.smallInteger }
      throw .indexError("no such group")
    }
    var number = -1
    if key.isInteger || key.type.slots.pointee.index != nil {
      let index = try key.index()
      if index.value.isSmallInteger { number = index.value.smallInteger }
    } else {
      let found = try DictObject(pattern.fields.pointee.groupIndex).get(key)
      if !found.isAbsent && found.isInteger {
        let held = Owned(copying: found)
        number = try held.value.asInt()
      }
    }
    guard number >= 0, number <= groups else { throw .indexError("no such group") }
    return number
  }

  func pair(_ group: Int) throws(PyError) -> Owned {
    try Owned.tuple(Value(smallInteger: boundaries[2 * group]), Value(smallInteger: boundaries[2 * group + 1]))
  }
}

private func matchGroup(_ value: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let match = MatchObject(value)
  guard arguments.keywordNames.isAbsent || TupleObject(arguments.keywordNames).count == 0 else {
    throw .typeError("Match.group() takes no keyword arguments")
  }
  switch arguments.positionalCount {
  case 0: return try match.text(0, unset: .none)
  case 1: return try match.text(try match.groupNumber(arguments.base[0]), unset: .none)
  default:
    let result = try Owned.tuple(count: arguments.positionalCount)
    for index in 0..<arguments.positionalCount {
      TupleObject(result.value).initialize(index, try match.text(try match.groupNumber(arguments.base[index]), unset: .none))
    }
    return result
  }
}

private func groupDict(_ match: MatchObject, _ unset: Value) throws(PyError) -> Owned {
  let result = try Owned.dict()
  let names = DictObject(match.pattern.fields.pointee.groupIndex)
  var position = 0
  var key = Value.absent
  var number = Value.absent
  while names.next(&position, &key, &number) {
    let name = Owned(copying: key)
    let group = try match.groupNumber(name.value)
    try DictObject(result.value).set(name.value, taking: try match.text(group, unset: unset))
  }
  return result
}

private func matchRepr(_ value: Value) throws(PyError) -> Owned {
  let match = MatchObject(value)
  let text = try match.text(0, unset: .none)
  let shown = try text.value.repr()
  var builder = StringBuilder()
  try builder.append("<re.Match object; span=(\(match.boundaries[0]), \(match.boundaries[1])), match=")
  try builder.append(shown.value)
  try builder.append(">")
  return try builder.finish()
}

func defineMatch(_ t: TypeDefinition) {
  t.documentation = "What a pattern matched, and where. Always true."
  t.basicSize = MatchObject.size
  t.itemSize = 8
  t.itemCountOffset = MatchObject.fieldsOffset
  t.shapeFlags.insert(.tracked)
  t.flags.insert(.disallowInstantiation)
  t.slots.deallocate = DeallocateSlot { raw in
    let fields = MatchObject(Value(raw)).fields
    fields.pointee.string.releaseIfPresent()
    fields.pointee.pattern.releaseIfPresent()
    fields.pointee.regs.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let fields = MatchObject(Value(raw)).fields
    visit(fields.pointee.string)
    visit(fields.pointee.pattern)
    visit(fields.pointee.regs)
  }
  t.slots.repr = UnarySlot(matchRepr)
  t.slots.subscript = BinarySlot { (value, key) throws(PyError) in
    let match = MatchObject(value)
    return try match.text(try match.groupNumber(key), unset: .none)
  }
  t.member("string", offset: MatchObject.fieldsOffset + 8, "The text that was searched.")
  t.member("re", offset: MatchObject.fieldsOffset + 16, "The pattern.")
  t.getter("pos", "Where the search began.") { (value) throws(PyError) in try Owned.integer(MatchObject(value).fields.pointee.start) }
  t.getter("endpos", "Where the search was to end.") { (value) throws(PyError) in try Owned.integer(MatchObject(value).fields.pointee.end) }
  t.getter("lastindex", "The number of the group that was closed last.") { (value) throws(PyError) in
    let index = MatchObject(value).fields.pointee.lastIndex
    return index >= 0 ? try Owned.integer(index) : .none
  }
  t.getter("lastgroup", "The name of the group that was closed last.") { (value) throws(PyError) in
    let match = MatchObject(value)
    let names = TupleObject(match.pattern.fields.pointee.indexGroup)
    let index = match.fields.pointee.lastIndex
    return index >= 0 && index < names.count ? Owned(copying: names[index]) : .none
  }
  t.getter("regs", "The spans of the match and of all groups.") { (value) throws(PyError) in
    let match = MatchObject(value)
    if match.fields.pointee.regs.isAbsent {
      let regs = try Owned.tuple(count: match.groups + 1)
      for group in 0...match.groups { TupleObject(regs.value).initialize(group, try match.pair(group)) }
      let old = match.fields.pointee.regs
      match.fields.pointee.regs = regs.take()
      old.releaseIfPresent()
    }
    return Owned(copying: match.fields.pointee.regs)
  }
  t.rawMethod("group", "The text of a group, or of several in a tuple; without arguments that of the whole match.", matchGroup)
  t.method("groups(default=None)", "The texts of all groups.") { (call) throws(PyError) in
    let match = MatchObject(call.receiver)
    let result = try Owned.tuple(count: match.groups)
    for group in 0..<match.groups { TupleObject(result.value).initialize(group, try match.text(group + 1, unset: call[0])) }
    return result
  }
  t.method("groupdict(default=None)", "The texts of all named groups by name.") { (call) throws(PyError) in
    try groupDict(MatchObject(call.receiver), call[0])
  }
  t.method("start(group=0, /)", "Where a group begins; -1 if it is unset.") { (call) throws(PyError) in
    let match = MatchObject(call.receiver)
    return Owned(taking: Value(smallInteger: match.boundaries[2 * (try match.groupNumber(call[0]))]))
  }
  t.method("end(group=0, /)", "Where a group ends; -1 if it is unset.") { (call) throws(PyError) in
    let match = MatchObject(call.receiver)
    return Owned(taking: Value(smallInteger: match.boundaries[2 * (try match.groupNumber(call[0])) + 1]))
  }
  t.method("span(group=0, /)", "Where a group begins and ends.") { (call) throws(PyError) in
    let match = MatchObject(call.receiver)
    return try match.pair(try match.groupNumber(call[0]))
  }
  t.method("expand(template)", "The template with groups filled in.") { (call) throws(PyError) in
    let match = MatchObject(call.receiver)
    let template = try compileTemplate(match.pattern, call[0])
    return try TemplateObject(template.value).expand(match)
  }
  t.method("__copy__()", "The match itself.") { (call) throws(PyError) in Owned(copying: call.receiver) }
  t.method("__deepcopy__(memo, /)", "The match itself.") { (call) throws(PyError) in Owned(copying: call.receiver) }
  t.classMethod("__class_getitem__(object, /)", "A generic alias.") { (call) throws(PyError) in try Owned.genericAlias(call.receiver, call[0]) }
}

// MARK: - Scanners

/// A `_sre.SRE_Scanner` in memory: a text and a place in it.
struct ScannerObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  struct Fields {
    var pattern: Value
    var string: Value
    /// Where the search began, where it goes on, and where it ends.
    var first: Int
    var start: Int
    var end: Int
    var mustAdvance: Bool
    var isFinished: Bool
    var isRunning: Bool
    /// The text's memory, for what is neither a str nor bytes: it stays where it is while the scanner lives.
    var memory: BufferFields
  }

  static let size = ObjectHeader.size + MemoryLayout<Fields>.size
  var fields: UnsafeMutablePointer<Fields> { (raw + ObjectHeader.size).assumingMemoryBound(to: Fields.self) }

  static func make(_ pattern: PatternObject, _ string: Value, _ start: Int, _ end: Int) throws(PyError) -> Owned {
    let subject = try Subject(string)
    try subject.check(against: pattern)
    let range = subject.clamp(start, end)
    let raw = try allocateObject(SRETypes.scanner.rootShape, size: size)
    pattern.value.retain()
    string.retain()
    ScannerObject(Value(raw)).fields.initialize(
      to: Fields(
        pattern: pattern.value, string: string, first: range.start, start: range.start, end: range.end, mustAdvance: false, isFinished: false,
        isRunning: false, memory: BufferFields()))
    let scanner = Owned(taking: raw)
    if !string.isString && !string.isBytes, let slot = string.type.slots.pointee.buffer {
      var memory = BufferFields()
      try slot(string, .simple, &memory)
      ScannerObject(scanner.value).fields.pointee.memory = memory
    }
    return scanner
  }

  /// The next match, or None.
  func next(search: Bool) throws(PyError) -> Owned {
    let fields = self.fields
    if fields.pointee.isFinished { return .none }
    if fields.pointee.isRunning { throw .valueError("regular expression scanner already executing") }
    fields.pointee.isRunning = true
    defer { fields.pointee.isRunning = false }
    let pattern = PatternObject(fields.pointee.pattern)
    let subject = try Subject(fields.pointee.string)
    // A bytearray may have become shorter in between.
    let end = min(fields.pointee.end, subject.length)
    var state = try MatchState(pattern.program, base: subject.base, start: min(fields.pointee.start, end + 1), end: end)
    state.mustAdvance = fields.pointee.mustAdvance
    guard search ? try state.search(width: subject.width) : try state.matchAtStart(width: subject.width) else {
      fields.pointee.isFinished = true
      return .none
    }
    let match = try MatchObject.make(pattern, fields.pointee.string, state, from: fields.pointee.first)
    state.advance()
    fields.pointee.start = state.start
    fields.pointee.mustAdvance = state.mustAdvance
    return match
  }
}

func defineScanner(_ t: TypeDefinition) {
  t.basicSize = ScannerObject.size
  t.shapeFlags.insert(.tracked)
  t.flags.insert(.disallowInstantiation)
  t.slots.deallocate = DeallocateSlot { raw in
    let fields = ScannerObject(Value(raw)).fields
    var memory = fields.pointee.memory
    memory.release()
    fields.pointee.pattern.releaseIfPresent()
    fields.pointee.string.releaseIfPresent()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let fields = ScannerObject(Value(raw)).fields
    visit(fields.pointee.pattern)
    visit(fields.pointee.string)
  }
  t.member("pattern", offset: ObjectHeader.size, "The pattern.")
  t.method("match()", "The match where the last one ended, or None.") { (call) throws(PyError) in try ScannerObject(call.receiver).next(search: false) }
  t.method("search()", "The next match, or None.") { (call) throws(PyError) in try ScannerObject(call.receiver).next(search: true) }
}
