// The type str: slots, construction, subscripts, iteration.

import CKraitCore
import Glibc

func defineStr(_ t: TypeDefinition) {
  t.documentation = "Text: an immutable sequence of Unicode code points."
  t.basicSize = StringObject.basicSize
  t.flags.insert(.baseType)
  t.shapeFlags = .string
  t.slots.deallocate = DeallocateSlot(deallocateString)
  t.slots.hash = HashSlot { (text) throws(PyError) -> Int in StringObject(text).hashValue }
  t.slots.length = LengthSlot { (text) throws(PyError) -> Int in StringObject(text).length }
  t.slots.compare = CompareSlot(compareStrings)
  t.slots.str = UnarySlot { (text) throws(PyError) -> Owned in .exactString(text) }
  t.slots.repr = UnarySlot { (text) throws(PyError) -> Owned in try StringObject(text).representation() }
  t.slots.concatenate = BinarySlot(concatenateStrings)
  t.slots.repeat = IndexSlot { (text, count) throws(PyError) -> Owned in try StringObject(text).repeated(count) }
  t.slots.item = IndexSlot { (text, index) throws(PyError) -> Owned in try StringObject(text).item(index) }
  t.slots.subscript = BinarySlot(subscriptString)
  t.slots.contains = ContainsSlot(stringContains)
  t.slots.iterate = UnarySlot(iterateString)
  t.rawNew("str", newString)
  t.method("__getnewargs__()", "The arguments that make a copy.") { (call: Call) throws(PyError) -> Owned in
    // A copy: pickle, which keeps what it has seen, is not to find the str itself.
    let text = Owned.exactString(call.receiver)
    let copy = try Owned.string(StringObject(text.value).units)
    return try Owned.tuple(copy.value)
  }
  t.method("__sizeof__()", "How many bytes the object takes.") { (call: Call) throws(PyError) -> Owned in
    let text = StringObject(call.receiver)
    // What CPython's layouts take, which programs compare.
    let header = text.isASCII ? 40 : 56
    let own = call.receiver.isExactString ? 0 : Int(call.receiver.type.contents.pointee.basicSize)
    return try Owned.integer(own &+ header &+ (text.length &+ 1) &* text.width)
  }
  defineStringSearch(t)
  defineStringSplitting(t)
  defineStringCases(t)
  defineStringPredicates(t)
  defineStringPadding(t)
  defineStringTranslation(t)
  defineStringFormatting(t)
  t.method("encode(encoding='utf-8', errors='strict')", "The text as bytes in an encoding.") { (call: Call) throws(PyError) -> Owned in
    let encoding = try call.string(0)
    let errors = try call.string(1)
    return try encode(call.receiver, encoding: encoding, errors: errors)
  }
}

private func deallocateString(_ raw: UnsafeMutableRawPointer) {
  let flags = StringObject(raw: raw).flags
  if flags.contains(.interned) { StringObject(raw: raw).forgetInterned() }
  if flags.contains(.indirect) { raw.load(fromByteOffset: StringObject.dataOffset, as: Value.self).releaseIfPresent() }
  finishDeallocation(raw)
}

private func compareStrings(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard a.isString && b.isString else { return .notImplemented }
  let (a, b) = (StringObject(a), StringObject(b))
  switch operation {
  case .equal: return .boolean(a.isEqual(to: b))
  case .notEqual: return .boolean(!a.isEqual(to: b))
  default: return .boolean(operation.holds(a.compare(to: b), 0))
  }
}

private func concatenateStrings(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  guard b.isString else { throw PyError.typeError("can only concatenate str (not \"\(b.typeName)\") to str") }
  return try StringObject.concatenate(StringObject(a), StringObject(b))
}

private func stringContains(_ text: Value, _ part: Value) throws(PyError) -> Bool {
  guard part.isString else { throw PyError.typeError("'in <string>' requires string as left operand, not \(part.typeName)") }
  return StringObject(text).contains(StringObject(part))
}

extension StringObject {
  func contains(_ part: StringObject) -> Bool {
    if part.length == 1 { return units.contains(part.codePoint(at: 0)) }
    return SearchPattern(part, in: self).find(in: units) >= 0
  }

  /// The code point at an index that counts from the front.
  @inline(__always)
  func item(_ index: Int) throws(PyError) -> Owned {
    guard index >= 0 && index < length else { throw PyError.indexError("string index out of range") }
    return try .character(codePoint(at: index))
  }

  /// Part of the text; the whole is the str itself.
  func part(_ range: Range<Int>) throws(PyError) -> Owned {
    if range.count == length { return Owned(copying: value) }
    if range.count <= 1 { return range.isEmpty ? .emptyString : try .character(codePoint(at: range.lowerBound)) }
    guard isASCII else { return try .string(units[range]) }
    let result = try StringObject.allocate(range.count, bits: 0x7F)
    let source = data + range.lowerBound
    if range.count <= 16 { copyWords(from: source, to: result.data, range.count) { $0 } } else { memcpy(result.data, source, range.count) }
    return Owned(taking: result.value)
  }

  func repeated(_ count: Int) throws(PyError) -> Owned {
    if count <= 0 || length == 0 { return .emptyString }
    if count == 1 { return Owned(copying: value) }
    let (total, overflow) = length.multipliedReportingOverflow(by: count)
    guard !overflow else { throw PyError.overflowError("repeated string is too long") }
    let result = try StringObject.allocate(total, bits: classBits)
    if length == 1 {
      fill(result.data, width, codePoint(at: 0), total)
    } else {
      repeatBytes(data, length &* width, result.data, total &* width)
    }
    return Owned(taking: result.value)
  }
}

/// Fills memory with copies of bytes; each step doubles what is there.
func repeatBytes(_ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ total: Int) {
  memcpy(target, source, min(count, total))
  var done = count
  while done < total {
    let next = min(done, total &- done)
    memcpy(target + done, target, next)
    done &+= next
  }
}

private func subscriptString(_ value: Value, _ key: Value) throws(PyError) -> Owned {
  let text = StringObject(value)
  if key.isSmallInteger {
    let index = key.smallInteger
    return try text.item(index < 0 ? index &+ text.length : index)
  }
  if key.isObject && key.type == .slice {
    let (start, _, step, count) = try SliceObject(key).sliceIndices(text.length)
    if step == 1 { return try text.part(start..<(start &+ count)) }
    if count <= 1 { return count == 0 ? .emptyString : try text.item(start) }
    return try text.everyNth(start, step, count)
  }
  guard key.type.slots.pointee.index != nil else { throw PyError.typeError("string indices must be integers, not '\(key.typeName)'") }
  let index = try key.asIndex()
  return try text.item(index < 0 ? index &+ text.length : index)
}

extension StringObject {
  /// `count` code points from `start` in steps of `step`.
  fileprivate func everyNth(_ start: Int, _ step: Int, _ count: Int) throws(PyError) -> Owned {
    let units = self.units
    var bits: UInt32 = 0x7F
    if !isASCII {
      bits = 0
      for index in 0..<count { bits |= units[start &+ index &* step] }
    }
    let result = try StringObject.allocate(count, bits: bits)
    switch result.width {
    case 1:
      let target = result.data.assumingMemoryBound(to: UInt8.self)
      for index in 0..<count { target[index] = UInt8(truncatingIfNeeded: units[start &+ index &* step]) }
    case 2:
      let target = result.data.assumingMemoryBound(to: UInt16.self)
      for index in 0..<count { target[index] = UInt16(truncatingIfNeeded: units[start &+ index &* step]) }
    default:
      let target = result.data.assumingMemoryBound(to: UInt32.self)
      for index in 0..<count { target[index] = units[start &+ index &* step] }
    }
    return Owned(taking: result.value)
  }
}

// MARK: - Construction

private func newString(_ receiver: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let type = TypeObject(receiver)
  let text: Owned
  if arguments.keywordCount == 0 {
    try arguments.check("str", 0, 3)
    let given = arguments.positional
    text = try makeString(given.count > 0 ? given[0] : .absent, given.count > 1 ? given[1] : .absent, given.count > 2 ? given[2] : .absent)
  } else {
    let (object, encoding, errors) = try namedArguments(arguments)
    text = try makeString(object, encoding, errors)
  }
  if type == .str { return text }
  let exact = Owned.exactString(text.value)
  let raw = try type.allocate()
  raw.storeBytes(of: -1, toByteOffset: StringObject.hashOffset, as: Int.self)
  raw.storeBytes(of: UInt64(StringObject.Flags.indirect.rawValue) << 8, toByteOffset: StringObject.widthOffset, as: UInt64.self)
  raw.storeBytes(of: exact.take(), toByteOffset: StringObject.dataOffset, as: Value.self)
  return Owned(taking: raw)
}

/// The arguments of `str()` when some have names.
private func namedArguments(_ arguments: Arguments) throws(PyError) -> (Value, Value, Value) {
  let total = arguments.positionalCount &+ arguments.keywordCount
  guard total <= 3 else {
    throw PyError.typeError("str() takes at most 3 \(arguments.positionalCount == 0 ? "keyword " : "")arguments (\(total) given)")
  }
  let known: [StaticString] = ["object", "encoding", "errors"]
  var values: [Value] = [.absent, .absent, .absent]
  for index in 0..<arguments.positionalCount { values[index] = arguments.base[index] }
  let names = TupleObject(arguments.keywordNames)
  for index in 0..<names.count {
    guard let place = known.firstIndex(where: { StringObject(names[index]).isEqual(to: $0) }) else {
      throw PyError.typeError("str() got an unexpected keyword argument '\(names[index].text)'")
    }
    if place < arguments.positionalCount {
      throw PyError.typeError("argument for str() given by name ('\(known[place])') and position (\(place + 1))")
    }
    values[place] = arguments.base[arguments.positionalCount &+ index]
  }
  return (values[0], values[1], values[2])
}

private func makeString(_ object: Value, _ encoding: Value, _ errors: Value) throws(PyError) -> Owned {
  if encoding.isAbsent && errors.isAbsent { return object.isAbsent ? .emptyString : try object.str() }
  if !encoding.isAbsent && !encoding.isString { throw PyError.typeError("str() argument 'encoding' must be str, not \(encoding.typeName)") }
  if !errors.isAbsent && !errors.isString { throw PyError.typeError("str() argument 'errors' must be str, not \(errors.typeName)") }
  if object.isAbsent { return .emptyString }
  if object.isString { throw PyError.typeError("decoding str is not supported") }
  guard object.supportsBuffer else { throw PyError.typeError("decoding to str: need a bytes-like object, \(object.typeName) found") }
  return try decode(object, encoding: encoding, errors: errors)
}

/// The name of a value's type as Argument Clinic has it: None is named by itself.
func describeNone(_ value: Value) -> String { value.isNone ? "None" : value.typeName }

// MARK: - Iteration

/// An iterator over a str, or over bytes: what it goes over (absent at the end) and the next index.
enum IndexedIterator {
  static let size = 32
  @inline(__always) static func sequence(_ raw: UnsafeMutableRawPointer) -> Value { raw.load(fromByteOffset: 16, as: Value.self) }
  @inline(__always) static func index(_ raw: UnsafeMutableRawPointer) -> Int { raw.load(fromByteOffset: 24, as: Int.self) }

  static func make(_ type: TypeObject, _ sequence: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(type.rootShape, size: size)
    sequence.retain()
    raw.storeBytes(of: sequence, toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: 0, toByteOffset: 24, as: Int.self)
    return Owned(taking: raw)
  }

  @inline(__always) static func advance(_ raw: UnsafeMutableRawPointer) { raw.storeBytes(of: index(raw) &+ 1, toByteOffset: 24, as: Int.self) }

  static func finish(_ raw: UnsafeMutableRawPointer) {
    let sequence = sequence(raw)
    raw.storeBytes(of: .absent, toByteOffset: 16, as: Value.self)
    sequence.releaseIfPresent()
  }

  /// Slots and methods that do not depend on what is iterated.
  static func define(_ t: TypeDefinition) {
    t.basicSize = size
    t.shapeFlags.insert(.tracked)
    t.slots.deallocate = DeallocateSlot { raw in
      sequence(raw).releaseIfPresent()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { (raw, visit) in visit(sequence(raw)) }
    t.slots.iterate = UnarySlot { (iterator) throws(PyError) -> Owned in Owned(copying: iterator) }
    t.method("__length_hint__()", "How many items are left.") { (call: Call) throws(PyError) -> Owned in
      let raw = call.receiver.object
      let sequence = sequence(raw)
      if sequence.isAbsent { return try Owned.integer(0) }
      return try Owned.integer(max(0, try sequence.length() &- index(raw)))
    }
    t.method("__setstate__(state, /)", "Goes to an index.") { (call: Call) throws(PyError) -> Owned in
      let position = try call.index(0)
      let raw = call.receiver.object
      let sequence = sequence(raw)
      if !sequence.isAbsent { raw.storeBytes(of: max(0, min(position, try sequence.length())), toByteOffset: 24, as: Int.self) }
      return .none
    }
  }

  /// `iter` and its arguments, for `copy` and `pickle`.
  static func reduce(_ iterator: Value, empty: consuming Owned) throws(PyError) -> Owned {
    let function = try builtinAttribute("iter")
    let raw = iterator.object
    let sequence = sequence(raw)
    if sequence.isAbsent {
      let arguments = try Owned.tuple(empty.value)
      return try Owned.tuple(function.value, arguments.value)
    }
    let arguments = try Owned.tuple(sequence)
    let index = try Owned.integer(index(raw))
    return try Owned.tuple(function.value, arguments.value, index.value)
  }
}

private func iterateString(_ text: Value) throws(PyError) -> Owned {
  try IndexedIterator.make(StringObject(text).isASCII ? .strASCIIIterator : .strIterator, text)
}

func defineStringIterators(_ types: TypeDefinitions) {
  types.define(.strIterator) { t in defineStringIterator(t) }
  types.define(.strASCIIIterator) { t in defineStringIterator(t) }
}

private func defineStringIterator(_ t: TypeDefinition) {
  IndexedIterator.define(t)
  t.slots.next = NextSlot { (iterator) throws(PyError) -> Owned in
    let raw = iterator.object
    let sequence = IndexedIterator.sequence(raw)
    if sequence.isAbsent { return Owned(taking: .absent) }
    let text = StringObject(sequence)
    let index = IndexedIterator.index(raw)
    guard index < text.length else {
      IndexedIterator.finish(raw)
      return Owned(taking: .absent)
    }
    IndexedIterator.advance(raw)
    return try .character(text.codePoint(at: index))
  }
  t.method("__reduce__()", "How to make a copy.") { (call: Call) throws(PyError) -> Owned in
    try IndexedIterator.reduce(call.receiver, empty: .emptyString)
  }
}
