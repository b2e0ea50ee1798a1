// The type `re.Pattern`: a compiled pattern and what it does to texts.

import KraitRuntime

/// The types of the module, once it has been imported.
enum SRETypes {
  nonisolated(unsafe) static var pattern = TypeObject.object
  nonisolated(unsafe) static var match = TypeObject.object
  nonisolated(unsafe) static var scanner = TypeObject.object
  nonisolated(unsafe) static var template = TypeObject.object
}

/// A `re.Pattern` in memory.
struct PatternObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  enum TextKind: Int { case unknown, string, bytes }

  struct Fields {
    /// As the program gave it; None where it gave none.
    var pattern: Value
    /// Names to numbers: a dict.
    var groupIndex: Value
    /// Numbers to names: a tuple.
    var indexGroup: Value
    var flags: Int
    var groups: Int
    var textKind: TextKind
    var program: Program
  }

  static let fieldsOffset = ObjectHeader.size + MemoryLayout<ObjectState>.size
  static let size = fieldsOffset + MemoryLayout<Fields>.size

  var fields: UnsafeMutablePointer<Fields> { (raw + Self.fieldsOffset).assumingMemoryBound(to: Fields.self) }
  var value: Value { Value(raw) }
  var program: Program { fields.pointee.program }
  var groups: Int { fields.pointee.groups }
  var textKind: TextKind { fields.pointee.textKind }
}

/// What a function over a text works with.
private func withSubject<Result: ~Copyable>(
  _ pattern: PatternObject, _ string: Value, _ start: Int, _ end: Int,
  _ body: (borrowing Subject, inout MatchState) throws(PyError) -> Result
) throws(PyError) -> Result {
  let subject = try Subject(string)
  try subject.check(against: pattern)
  let range = subject.clamp(start, end)
  var state = try MatchState(pattern.program, base: subject.base, start: range.start, end: range.end)
  return try body(subject, &state)
}

extension MatchState {
  /// Prepares the search for what follows the last match.
  mutating func advance() {
    mustAdvance = position == start
    start = position
  }

  /// The boundaries of a group in the last match; nil if it is unset. Group 0 is the whole match.
  @inline(__always)
  func group(_ index: Int) -> (start: Int, end: Int)? {
    if index == 0 { return (start, position) }
    let (from, to) = (registers[2 &* index &- 2], registers[2 &* index &- 1])
    return from >= 0 && to >= from ? (from, to) : nil
  }
}

/// A group's text, or what stands for an unset one.
private func groupText(_ subject: borrowing Subject, _ state: borrowing MatchState, _ index: Int, unset: Value) throws(PyError) -> Owned {
  guard let range = state.group(index) else { return unset.isAbsent ? try subject.empty() : Owned(copying: unset) }
  return try subject.slice(range.start, range.end)
}

private func matchOnce(_ call: Call, search: Bool, full: Bool) throws(PyError) -> Owned {
  let pattern = PatternObject(call.receiver)
  let string = call[0]
  return try withSubject(pattern, string, try call.index(1), try call.index(2)) { (subject, state) throws(PyError) -> Owned in
    let first = state.start
    state.mustReachEnd = full
    guard search ? try state.search(width: subject.width) : try state.matchAtStart(width: subject.width) else { return .none }
    return try MatchObject.make(pattern, string, state, from: first)
  }
}

private func findAll(_ call: Call) throws(PyError) -> Owned {
  let pattern = PatternObject(call.receiver)
  return try withSubject(pattern, call[0], try call.index(1), try call.index(2)) { (subject, state) throws(PyError) -> Owned in
    let result = try Owned.list()
    let list = ListObject(result.value)
    while state.start <= state.end {
      guard try state.search(width: subject.width) else { break }
      if pattern.groups <= 1 {
        try list.append(taking: try groupText(subject, state, pattern.groups, unset: .absent))
      } else {
        let item = try Owned.tuple(count: pattern.groups)
        for group in 1...pattern.groups { TupleObject(item.value).initialize(group - 1, try groupText(subject, state, group, unset: .absent)) }
        try list.append(taking: item)
      }
      state.advance()
    }
    return result
  }
}

private func split(_ call: Call) throws(PyError) -> Owned {
  let pattern = PatternObject(call.receiver)
  let limit = try call.index(1)
  return try withSubject(pattern, call[0], 0, .max) { (subject, state) throws(PyError) -> Owned in
    let result = try Owned.list()
    let list = ListObject(result.value)
    var last = 0
    var count = 0
    while limit == 0 || count < limit {
      guard try state.search(width: subject.width) else { break }
      try list.append(taking: try subject.slice(last, state.start))
      for group in 0..<pattern.groups { try list.append(taking: try groupText(subject, state, group + 1, unset: .none)) }
      count += 1
      last = state.position
      state.advance()
    }
    try list.append(taking: try subject.slice(last, state.end))
    return result
  }
}

/// A scanner over a text from a position.
private func makeScanner(_ call: Call) throws(PyError) -> Owned {
  try ScannerObject.make(PatternObject(call.receiver), call[0], try call.index(1), try call.index(2))
}

/// The names of flags in the order that the representation has them.
private let flagNames: [(Int, StaticString)] = [
  (PatternFlag.ignoreCase, "re.IGNORECASE"), (PatternFlag.locale, "re.LOCALE"), (PatternFlag.multiline, "re.MULTILINE"), (PatternFlag.dotAll, "re.DOTALL"),
  (PatternFlag.unicode, "re.UNICODE"), (PatternFlag.verbose, "re.VERBOSE"), (PatternFlag.debug, "re.DEBUG"), (PatternFlag.ascii, "re.ASCII"),
]

private func patternRepr(_ value: Value) throws(PyError) -> Owned {
  let pattern = PatternObject(value)
  var flags = pattern.fields.pointee.flags
  // Patterns of str are Unicode patterns unless they say otherwise.
  if pattern.textKind == .string && flags & (PatternFlag.locale | PatternFlag.unicode | PatternFlag.ascii) == PatternFlag.unicode {
    flags &= ~PatternFlag.unicode
  }
  let text = try pattern.fields.pointee.pattern.repr()
  let string = StringObject(text.value)
  var builder = StringBuilder()
  try builder.append("re.compile(")
  try builder.append(string.units[0..<min(string.length, 200)])
  var separator: StaticString = ", "
  for (flag, name) in flagNames where flags & flag != 0 {
    try builder.append(separator)
    try builder.append(name)
    separator = "|"
    flags &= ~flag
  }
  if flags != 0 {
    try builder.append(separator)
    try builder.append("0x" + String(flags, radix: 16))
  }
  try builder.append(")")
  return try builder.finish()
}

private func patternHash(_ value: Value) throws(PyError) -> Int {
  let fields = PatternObject(value).fields
  var hash = UInt(bitPattern: try fields.pointee.pattern.hash())
  for index in 0..<fields.pointee.program.codeCount { hash = (hash ^ UInt(fields.pointee.program.code[index])) &* 0x100_0000_01B3 }
  hash ^= UInt(bitPattern: fields.pointee.flags) ^ UInt(fields.pointee.textKind.rawValue) ^ UInt(bitPattern: fields.pointee.groups)
  return hash == .max ? -2 : Int(bitPattern: hash)
}

private func patternCompare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard operation == .equal || operation == .notEqual, b.type == SRETypes.pattern, a.type == SRETypes.pattern else { return .notImplemented }
  if a === b { return .boolean(operation == .equal) }
  let (x, y) = (PatternObject(a).fields, PatternObject(b).fields)
  var isEqual =
    x.pointee.flags == y.pointee.flags && x.pointee.textKind == y.pointee.textKind && x.pointee.program.codeCount == y.pointee.program.codeCount
  for index in 0..<x.pointee.program.codeCount where isEqual { isEqual = x.pointee.program.code[index] == y.pointee.program.code[index] }
  // Patterns of different texts can have the same words: their representations and attributes differ.
  if isEqual { isEqual = try x.pointee.pattern.isEqual(to: y.pointee.pattern) }
  return .boolean(isEqual == (operation == .equal))
}

func definePattern(_ t: TypeDefinition) {
  t.documentation = "A compiled regular expression."
  t.basicSize = PatternObject.size
  t.shapeFlags.insert([.tracked, .hasState])
  t.flags.insert([.disallowInstantiation, .managedWeakReference])
  t.slots.deallocate = DeallocateSlot { raw in
    let fields = PatternObject(Value(raw)).fields
    fields.pointee.pattern.releaseIfPresent()
    fields.pointee.groupIndex.releaseIfPresent()
    fields.pointee.indexGroup.releaseIfPresent()
    fields.pointee.program.free()
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let fields = PatternObject(Value(raw)).fields
    visit(fields.pointee.pattern)
    visit(fields.pointee.groupIndex)
    visit(fields.pointee.indexGroup)
  }
  t.slots.repr = UnarySlot(patternRepr)
  t.slots.hash = HashSlot(patternHash)
  t.slots.compare = CompareSlot(patternCompare)
  t.member("pattern", offset: PatternObject.fieldsOffset, "What the pattern was compiled from.")
  t.getter("flags", "The flags, those in the pattern included.") { (object) throws(PyError) in try Owned.integer(PatternObject(object).fields.pointee.flags) }
  t.getter("groups", "How many groups the pattern has.") { (object) throws(PyError) in Owned(taking: Value(smallInteger: PatternObject(object).groups)) }
  t.getter("groupindex", "The numbers of named groups.") { (object) throws(PyError) in
    let dict = PatternObject(object).fields.pointee.groupIndex
    return try TypeObject.mappingProxy.value.call(dict)
  }
  t.method("match(string, pos=0, endpos=sys.maxsize)", "A match at the beginning of the text, or None.") { (call) throws(PyError) in
    try matchOnce(call, search: false, full: false)
  }
  t.method("fullmatch(string, pos=0, endpos=sys.maxsize)", "A match of the whole text, or None.") { (call) throws(PyError) in
    try matchOnce(call, search: false, full: true)
  }
  t.method("search(string, pos=0, endpos=sys.maxsize)", "The first match in the text, or None.") { (call) throws(PyError) in
    try matchOnce(call, search: true, full: false)
  }
  t.method("findall(string, pos=0, endpos=sys.maxsize)", "The texts of all matches, or of their groups, in a list.") { (call) throws(PyError) in
    try findAll(call)
  }
  t.method("finditer(string, pos=0, endpos=sys.maxsize)", "An iterator over all matches.") { (call) throws(PyError) in
    let scanner = try makeScanner(call)
    let search = try scanner.value.getAttribute(SRENames.search)
    return try Owned.callableIterator(search.value, sentinel: .none)
  }
  t.method("scanner(string, pos=0, endpos=sys.maxsize)", "An object that matches step by step.") { (call) throws(PyError) in
    try makeScanner(call)
  }
  t.method("split(string, maxsplit=0)", "The parts of the text between matches, and the groups of these.") { (call) throws(PyError) in
    try split(call)
  }
  t.method("sub(repl, string, count=0)", "The text with matches replaced.") { (call) throws(PyError) in
    try substitute(PatternObject(call.receiver), call[0], call[1], try call.index(2), counted: false)
  }
  t.method("subn(repl, string, count=0)", "The text with matches replaced, and how many were.") { (call) throws(PyError) in
    try substitute(PatternObject(call.receiver), call[0], call[1], try call.index(2), counted: true)
  }
  t.method("__copy__()", "The pattern itself.") { (call) throws(PyError) in Owned(copying: call.receiver) }
  t.method("__deepcopy__(memo, /)", "The pattern itself.") { (call) throws(PyError) in Owned(copying: call.receiver) }
  t.classMethod("__class_getitem__(object, /)", "A generic alias.") { (call) throws(PyError) in try Owned.genericAlias(call.receiver, call[0]) }
}
