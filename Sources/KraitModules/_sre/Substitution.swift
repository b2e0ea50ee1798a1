// `sub` and `subn`, and the templates of replacements.

import KraitRuntime

enum SRENames {
  nonisolated(unsafe) static let search = Name.make("search")
  nonisolated(unsafe) static let re = Name.make("re")
  nonisolated(unsafe) static let compileTemplate = Name.make("_compile_template")
}

/// A compiled replacement: a literal, then pairs of a group and a literal.
struct TemplateObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(_ value: Value) { raw = value.object }

  static let size = ObjectHeader.size + 16
  /// How many pairs there are.
  var count: Int {
    get { raw.load(fromByteOffset: 16, as: Int.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
  }
  /// A str or bytes: what stands before the first group.
  var literal: Value { raw.load(fromByteOffset: 24, as: Value.self) }
  /// Pairs of a group's number and the literal behind it, which is absent when empty.
  var pairs: UnsafeMutablePointer<(group: Int, literal: Value)> { (raw + 32).assumingMemoryBound(to: (group: Int, literal: Value).self) }

  static func make(_ template: Value) throws(PyError) -> Owned {
    let list = ListObject(template)
    guard list.count & 1 == 1 else { throw .typeError("invalid template") }
    let count = list.count / 2
    let object = try allocateZeroedObject(SRETypes.template.rootShape, size: size + count * 16)
    let result = Owned(taking: object)
    let self_ = TemplateObject(result.value)
    self_.count = count
    object.storeBytes(of: Owned(copying: list[0]).take(), toByteOffset: 24, as: Value.self)
    for index in 0..<count {
      guard 2 * index + 2 < list.count else { throw .typeError("invalid template") }
      let held = Owned(copying: list[2 * index + 1])
      guard held.value.isInteger else { throw .typeError("an integer is required") }
      let group = try held.value.asInt()
      guard group >= 0, 2 * index + 2 < list.count else { throw .typeError("invalid template") }
      let literal = list[2 * index + 2]
      let isEmpty = literal.isString ? StringObject(literal).length == 0 : literal.isBytes && BytesObject(literal).count == 0
      self_.pairs[index] = (group, isEmpty ? .absent : Owned(copying: literal).take())
    }
    return result
  }

  /// The replacement for a match.
  func expand(_ match: MatchObject) throws(PyError) -> Owned {
    if count == 0 { return Owned(copying: literal) }
    let subject = try Subject(match.string)
    let parts = try Owned.list()
    let list = ListObject(parts.value)
    try list.append(literal)
    for index in 0..<count {
      let (group, literal) = pairs[index]
      guard group <= match.groups else { throw .indexError("no such group") }
      if let range = match.span(group) { try list.append(taking: try match.slice(subject, range)) }
      if !literal.isAbsent { try list.append(literal) }
    }
    let joiner = try subject.empty()
    return try joiner.value.callMethod(Name.join, parts.value)
  }
}

func defineTemplate(_ t: TypeDefinition) {
  t.basicSize = TemplateObject.size
  t.itemSize = 16
  t.itemCountOffset = 16
  t.shapeFlags.insert(.tracked)
  t.flags.insert(.disallowInstantiation)
  t.slots.deallocate = DeallocateSlot { raw in
    let template = TemplateObject(Value(raw))
    template.literal.releaseIfPresent()
    for index in 0..<template.count { template.pairs[index].literal.releaseIfPresent() }
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    let template = TemplateObject(Value(raw))
    visit(template.literal)
    for index in 0..<template.count { visit(template.pairs[index].literal) }
  }
}

/// Has `re` compile a replacement.
func compileTemplate(_ pattern: PatternObject, _ template: Value) throws(PyError) -> Owned {
  let module = try importModule(name: SRENames.re, globals: .none, fromList: .none, level: 0)
  let function = try module.value.getAttribute(SRENames.compileTemplate)
  var result = Owned(taking: .absent)
  do throws(PyError) { result = try function.value.call(pattern.value, template) } catch {
    // What cannot be a key of the cache is tried once more as an exact str or bytes.
    guard PyError.matches(.typeError) else { throw error }
    let plain: Owned
    if template.isString && !template.isExactString {
      PyError.clear()
      plain = .exactString(template)
    } else if template.supportsBuffer && !template.isExact(.bytes) {
      PyError.clear()
      let view = try template.buffer(.simple)
      plain = try Owned.bytes(view.bytes)
    } else {
      throw error
    }
    result = try function.value.call(pattern.value, plain.value)
  }
  guard result.value.type == SRETypes.template else {
    throw .typeError("the result of compiling a replacement string is \(result.value.typeName), not SRE_Template object")
  }
  return result
}

/// What matches are replaced with.
private enum Replacement { case literal, template, callable }

/// The pieces of a text in the making.
private struct Pieces: ~Copyable {
  var builder = StringBuilder()
  /// For bytes, and for the error that a piece of a wrong type is: all pieces.
  var list: Owned
  let isBytes: Bool
  var count = 0
  /// The first piece that is no str.
  var wrongIndex = -1
  var wrongType = ""

  init(isBytes: Bool) throws(PyError) {
    self.isBytes = isBytes
    list = Owned(taking: .absent)
    if isBytes { list = try Owned.list() }
  }

  mutating func append(_ subject: borrowing Subject, _ start: Int, _ end: Int) throws(PyError) {
    if isBytes { try ListObject(list.value).append(taking: try subject.slice(start, end)) } else { try builder.append(subject.units(start, end)) }
    count += 1
  }

  mutating func append(_ value: Value) throws(PyError) {
    if isBytes {
      try ListObject(list.value).append(value)
    } else if value.isString {
      try builder.append(StringObject(value).value)
    } else if wrongIndex < 0 {
      wrongIndex = count
      wrongType = value.typeName
    }
    count += 1
  }

  mutating func finish() throws(PyError) -> Owned {
    if !isBytes {
      if wrongIndex >= 0 { throw .typeError("sequence item \(wrongIndex): expected str instance, \(wrongType) found") }
      return try builder.finish()
    }
    if count == 0 { return Owned.emptyBytes }
    let joiner = Owned.emptyBytes
    return try joiner.value.callMethod(Name.join, list.value)
  }
}

/// `sub`, or `subn` if `counted`.
func substitute(_ pattern: PatternObject, _ replacement: Value, _ string: Value, _ limit: Int, counted: Bool) throws(PyError) -> Owned {
  var kind = Replacement.literal
  var filter = Owned(copying: replacement)
  if replacement.isCallable {
    kind = .callable
  } else if try !isLiteral(replacement) {
    filter = try compileTemplate(pattern, replacement)
    if TemplateObject(filter.value).count == 0 {
      filter = Owned(copying: TemplateObject(filter.value).literal)
    } else {
      kind = .template
    }
  }
  let subject = try Subject(string)
  try subject.check(against: pattern)
  var state = try MatchState(pattern.program, base: subject.base, start: 0, end: subject.length)
  var pieces = try Pieces(isBytes: subject.isBytes)
  var last = 0
  var count = 0
  while limit == 0 || count < limit {
    guard try state.search(width: subject.width) else { break }
    if last < state.start { try pieces.append(subject, last, state.start) }
    switch kind {
    case .literal: if !filter.value.isNone { try pieces.append(filter.value) }
    case .template:
      let match = try MatchObject.make(pattern, string, state, from: 0)
      let item = try TemplateObject(filter.value).expand(MatchObject(match.value))
      if !item.value.isNone { try pieces.append(item.value) }
    case .callable:
      let match = try MatchObject.make(pattern, string, state, from: 0)
      let item = try filter.value.call(match.value)
      if !item.value.isNone { try pieces.append(item.value) }
    }
    last = state.position
    count += 1
    state.advance()
  }
  // Without a match the text comes back as it is.
  if count == 0 {
    let same = try subject.slice(0, subject.length)
    return counted ? try Owned.tuple(sharing: same, Owned(taking: Value(smallInteger: 0))) : same
  }
  if last < state.end { try pieces.append(subject, last, state.end) }
  let result = try pieces.finish()
  return counted ? try Owned.tuple(result.value, Value(smallInteger: count)) : result
}

/// Whether a replacement has no backslash.
private func isLiteral(_ replacement: Value) throws(PyError) -> Bool {
  do throws(PyError) {
    let subject = try Subject(replacement)
    switch subject.width {
    case 1: return findUnit(0x5C, subject.base.assumingMemoryBound(to: UInt8.self), 0, subject.length) == nil
    case 2: return findUnit(0x5C, subject.base.assumingMemoryBound(to: UInt16.self), 0, subject.length) == nil
    default: return findUnit(0x5C, subject.base.assumingMemoryBound(to: UInt32.self), 0, subject.length) == nil
    }
  } catch {
    // The compiler of templates will say what is wrong.
    PyError.clear()
    return false
  }
}
