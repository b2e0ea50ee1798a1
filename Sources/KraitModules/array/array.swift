// The module `array`: the type and what it does.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var iteratorType = ModuleType()
nonisolated(unsafe) private var reconstructor = InterpreterValue()

// MARK: - Making arrays

private func newArray(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  if TypeObject(type) == arrayType.object { try arguments.checkNoKeywords("array.array") }
  let count = arguments.positionalCount
  if count == 0 { throw .typeError("array() takes at least 1 argument (0 given)") }
  if count > 2 { throw .typeError("array() takes at most 2 arguments (\(count) given)") }
  let code = arguments.base[0]
  guard code.isString else { throw .typeError("array() argument 1 must be a unicode character, not \(code.typeName)") }
  guard StringObject(code).length == 1 else {
    throw .typeError("array() argument 1 must be a unicode character, not a string of length \(StringObject(code).length)")
  }
  let initial = count == 2 ? arguments.base[1] : .absent
  if isAudited { try audit("array.__new__", code, initial.isAbsent ? .none : initial) }
  return try makeArray(TypeObject(type), StringObject(code).codePoint(at: 0), initial)
}

private func makeArray(_ type: TypeObject, _ code: UInt32, _ initial: Value) throws(PyError) -> Owned {
  let kind = ArrayKind(code: code)
  let shownCode = Character(Unicode.Scalar(code) ?? "?")
  if kind == .wide { try warnDeprecated("The 'u' type code is deprecated and will be removed in Python 3.16") }
  if !initial.isAbsent && kind?.isText != true {
    if initial.isString { throw .typeError("cannot use a str to initialize an array with typecode '\(shownCode)'") }
    if arrayType.includes(initial) && ArrayObject(initial).kind.isText {
      throw .typeError("cannot use a unicode array to initialize an array with typecode '\(shownCode)'")
    }
  }
  guard let kind else { throw .valueError("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)") }
  if initial.isAbsent { return try ArrayObject.make(type, kind) }
  if arrayType.includes(initial) {
    let source = ArrayObject(initial)
    let isAlike = source.kind == kind || source.kind.isText && kind.isText
    let result = try ArrayObject.make(type, kind, count: isAlike ? source.count : 0)
    let array = ArrayObject(result.value)
    if isAlike {
      if source.count > 0 { memcpy(array.data, source.data, source.count * source.itemSize) }
      return result
    }
    var index = 0
    while index < source.count {
      let item = try source.kind.load(source.place(index))
      try array.append(item.value)
      index += 1
    }
    return result
  }
  if initial.isList || initial.isTuple { return try makeArray(type, kind, sequence: initial) }
  let result = try ArrayObject.make(type, kind)
  let array = ArrayObject(result.value)
  if initial.isBytes || initial.isInstance(of: .bytearray) {
    let view = try initial.buffer(.simple)
    try array.append(bytes: view.bytes)
  } else if initial.isString {
    try array.append(text: initial)
  } else {
    try array.extend(initial)
  }
  return result
}

/// Lists and tuples give their length beforehand. Items' `__index__` may change a list meanwhile.
private func makeArray(_ type: TypeObject, _ kind: ArrayKind, sequence: Value) throws(PyError) -> Owned {
  let count = try sequence.length()
  let result = try ArrayObject.make(type, kind, count: count)
  let array = ArrayObject(result.value)
  for index in 0..<count {
    let item: Owned
    if sequence.isTuple {
      item = Owned(copying: TupleObject(sequence)[index])
    } else {
      guard index < ListObject(sequence).count else { throw .indexError("list index out of range") }
      item = Owned(copying: ListObject(sequence)[index])
    }
    let bits = try kind.bits(item.value)
    guard index < array.count else { break }
    kind.store(bits, array.place(index))
  }
  return result
}

// MARK: - Subscripts

private func number(_ key: Value) throws(PyError) -> Int {
  if _fastPath(key.isSmallInteger) { return key.smallInteger }
  guard key.type.slots.pointee.index != nil else { throw .typeError("array indices must be integers") }
  return try key.asIndex()
}

private func itemOfArray(_ value: Value, _ index: Int) throws(PyError) -> Owned {
  let array = ArrayObject(value)
  guard UInt(bitPattern: index) < UInt(bitPattern: array.count) else { throw .indexError("array index out of range") }
  return try array.kind.load(array.place(index))
}

private func subscriptArray(_ value: Value, _ key: Value) throws(PyError) -> Owned {
  let array = ArrayObject(value)
  if key.isSlice {
    let bounds = try SliceObject(key).bounds()
    let (start, _, step, count) = bounds.indices(array.count)
    if step == 1 { return try ArrayObject.make(copying: array, start, count) }
    let result = try ArrayObject.make(arrayType.object, array.kind, count: count)
    let new = ArrayObject(result.value)
    var index = start
    for place in 0..<count {
      array.kind.store(array.kind.word(array.place(index)), new.place(place))
      index &+= step
    }
    return result
  }
  let index = try number(key)
  return try itemOfArray(value, index < 0 ? index &+ array.count : index)
}

private func storeArray(_ value: Value, _ key: Value, _ new: Value) throws(PyError) {
  let array = ArrayObject(value)
  if key.isSlice { return try storeSlice(array, SliceObject(key), new) }
  var index = try number(key)
  if index < 0 { index &+= array.count }
  guard UInt(bitPattern: index) < UInt(bitPattern: array.count) else { throw .indexError("array assignment index out of range") }
  if new.isAbsent { return try array.remove(index, 1) }
  let bits = try array.kind.bits(new)
  // The conversion may have run code that made the array shorter.
  guard index < array.count else { throw .indexError("array assignment index out of range") }
  array.kind.store(bits, array.place(index))
}

/// `array[start:stop:step] = new`, and `del` when it is absent.
private func storeSlice(_ array: ArrayObject, _ slice: SliceObject, _ new: Value) throws(PyError) {
  let bounds = try slice.bounds()
  if !new.isAbsent {
    guard arrayType.includes(new) else { throw .typeError("can only assign array (not \"\(new.typeName)\") to array slice") }
    guard ArrayObject(new).kind == array.kind else { throw .typeError("bad argument type for built-in operation") }
    if new === array.value {
      let copy = try ArrayObject.make(copying: array, 0, array.count)
      return try storeSlice(array, slice, copy.value)
    }
  }
  var (start, stop, step, count) = bounds.indices(array.count)
  let size = array.itemSize
  let needed = new.isAbsent ? 0 : ArrayObject(new).count
  if step > 0 && stop < start || step < 0 && stop > start { stop = start }
  if step == 1 {
    if count > needed {
      try array.remove(start + needed, count - needed)
    } else if count < needed {
      let tail = array.count - start - count
      try array.resize(array.count + needed - count)
      memmove(array.place(start + needed), array.place(start + count), tail * size)
    }
    if needed > 0 { memcpy(array.place(start), ArrayObject(new).data, needed * size) }
  } else if new.isAbsent {
    if count == 0 { return }
    try array.checkResizable()
    if step < 0 { (start, step) = (start + step * (count - 1), -step) }
    // What stays moves down, run by run.
    var target = start
    for index in 0..<count {
      let from = start + index * step + 1
      let to = index == count - 1 ? array.count : from + step - 1
      memmove(array.place(target), array.place(from), (to - from) * size)
      target += to - from
    }
    try array.resize(array.count - count)
  } else {
    if needed != count { throw .valueError("attempt to assign array of size \(needed) to extended slice of size \(count)") }
    let source = ArrayObject(new)
    for index in 0..<count { array.kind.store(source.kind.word(source.place(index)), array.place(start + index * step)) }
  }
}

// MARK: - Comparison and text

private func compareArrays(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard arrayType.includes(a), arrayType.includes(b) else { return .notImplemented }
  let (first, second) = (ArrayObject(a), ArrayObject(b))
  if first.count != second.count && (operation == .equal || operation == .notEqual) { return .boolean(operation == .notEqual) }
  var index = 0
  while index < first.count && index < second.count {
    let (x, y) = (first.place(index), second.place(index))
    if first.kind.isFloat && second.kind.isFloat {
      let (p, q) = (first.kind.double(x), second.kind.double(y))
      if p != q { return .boolean(operation.holds(p, q)) }
    } else if first.kind == second.kind {
      let (p, q) = (first.kind.word(x), second.kind.word(y))
      if p != q { return .boolean(first.kind.isSigned ? operation.holds(Int64(bitPattern: p), Int64(bitPattern: q)) : operation.holds(p, q)) }
    } else {
      let p = try first.kind.load(x)
      let q = try second.kind.load(y)
      let isEqual = try p.value.compare(q.value, .equal)
      if try !isEqual.isTruthy() {
        if operation == .equal { return .boolean(false) }
        if operation == .notEqual { return .boolean(true) }
        return try p.value.compare(q.value, operation)
      }
    }
    index &+= 1
  }
  return .boolean(operation.holds(first.count, second.count))
}

private func representArray(_ value: Value) throws(PyError) -> Owned {
  let array = ArrayObject(value)
  var text = StringBuilder()
  try text.append(value.type.contents.pointee.name)
  try text.append("('")
  try text.append(codePoint: UInt32(array.kind.code))
  try text.append("'")
  if array.count > 0 {
    let items = array.kind.isText ? try array.text() : try array.list()
    let shown = try items.value.repr()
    try text.append(", ")
    try text.append(shown.value)
  }
  try text.append(")")
  return try text.finish()
}

// MARK: - Iterators

private func nextOfArray(_ value: Value) throws(PyError) -> Owned {
  let iterator = IteratorObject(value)
  if iterator.a.isAbsent { return .end }
  let array = ArrayObject(iterator.a)
  let index = iterator.i
  if index < array.count {
    iterator.i = index &+ 1
    return try array.kind.load(array.place(index))
  }
  iterator.dropA()
  return .end
}

private func defineArrayIterator(_ m: ModuleBuilder) throws(PyError) {
  iteratorType = ModuleType(
    try m.defineType("arrayiterator", isPublic: false) { t in
      defineIterator(t, "", next: nextOfArray)
      t.flags.remove(.baseType)
      t.flags.insert(.disallowInstantiation)
      t.method("__reduce__()", "For pickling.") { (call: Call) throws(PyError) -> Owned in
        let builtins = try importModule("builtins")
        let iter = try builtins.getAttribute(Name.make("iter"))
        let iterator = IteratorObject(call.receiver)
        if iterator.a.isAbsent {
          let empty = try Owned.tuple(sharing: Owned.emptyTuple)
          return try Owned.tuple(iter.value, sharing: empty)
        }
        let arguments = try Owned.tuple(iterator.a)
        return try Owned.tuple(iter.value, arguments.value, Value(smallInteger: iterator.i))
      }
      t.method("__setstate__(state, /)", "For unpickling: the index of the next item.") { (call: Call) throws(PyError) -> Owned in
        let index = try call.index(0)
        let iterator = IteratorObject(call.receiver)
        if !iterator.a.isAbsent { iterator.i = max(0, min(index, ArrayObject(iterator.a).count)) }
        return .none
      }
    })
}

// MARK: - Files

private func readFile(_ array: ArrayObject, _ file: Value, _ count: Int) throws(PyError) {
  if count < 0 { throw .valueError("negative count") }
  let (size, overflows) = count.multipliedReportingOverflow(by: array.itemSize)
  if overflows { throw .memoryError() }
  let data = try file.callMethod(Name.read, Value(smallInteger: min(size, Value.smallIntegerRange.upperBound)))
  guard data.value.isBytes else { throw .typeError("read() didn't return bytes") }
  let bytes = BytesObject(data.value).buffer
  try array.append(bytes: bytes)
  if bytes.count != size { throw PyError.raise(.eofError, "read() didn't return enough bytes") }
}

private func writeFile(_ array: ArrayObject, _ file: Value) throws(PyError) {
  let block = 64 * 1024
  var written = 0
  // The length is asked for anew: write() may change it.
  while written < array.bytes.count {
    let piece = try Owned.bytes(UnsafeRawBufferPointer(rebasing: array.bytes[written..<min(array.bytes.count, written + block)]))
    _ = try file.callMethod(Name.write, piece.value)
    written += block
  }
}

// MARK: - Pickling

/// Class, what it is called with, and the attributes: for protocol 3 and later the bytes, before a list.
private func reduceArray(_ value: Value, _ protocolNumber: Value) throws(PyError) -> Owned {
  guard protocolNumber.isInteger else { throw .typeError("__reduce_ex__ argument should be an integer") }
  let array = ArrayObject(value)
  let level = try protocolNumber.asInt()
  let attributes = try value.lookUpAttribute(Name.__dict__)
  let state = attributes.value.isAbsent ? Value.none : attributes.value
  let code = try Owned.character(UInt32(array.kind.code))
  if level < 3 {
    let items = try array.list()
    let arguments = try Owned.tuple(code.value, items.value)
    return try Owned.tuple(value.type.value, arguments.value, state)
  }
  let bytes = try Owned.bytes(array.bytes)
  let arguments = try Owned.tuple(value.type.value, code.value, Value(smallInteger: array.kind.machineFormat), bytes.value)
  return try Owned.tuple(reconstructor.value, arguments.value, state)
}

// MARK: - The type

private func defineArraySlots(_ t: TypeDefinition) {
  t.attribute(Name.__hash__, .none)
  t.slots.repr = UnarySlot(representArray)
  t.slots.getAttribute = BinarySlot(genericGetAttribute)
  t.slots.compare = CompareSlot(compareArrays)
  t.slots.length = LengthSlot { (value: Value) throws(PyError) -> Int in ArrayObject(value).count }
  t.slots.item = IndexSlot(itemOfArray)
  t.slots.subscript = BinarySlot(subscriptArray)
  t.slots.storeSubscript = StoreSlot(storeArray)
  t.slots.contains = ContainsSlot { (value: Value, item: Value) throws(PyError) -> Bool in try ArrayObject(value).find(item) != nil }
  t.slots.iterate = UnarySlot { (value: Value) throws(PyError) -> Owned in try IteratorObject.make(iteratorType.value, Owned(copying: value)) }
  t.slots.concatenate = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    guard arrayType.includes(b) else { throw .typeError("can only append array (not \"\(b.typeName)\") to array") }
    let (first, second) = (ArrayObject(a), ArrayObject(b))
    guard first.kind == second.kind else { throw .typeError("bad argument type for built-in operation") }
    let result = try ArrayObject.make(arrayType.object, first.kind, count: first.count + second.count)
    let new = ArrayObject(result.value)
    if first.count > 0 { memcpy(new.data, first.data, first.count * first.itemSize) }
    if second.count > 0 { memcpy(new.place(first.count), second.data, second.count * second.itemSize) }
    return result
  }
  t.slots.inPlaceConcatenate = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    guard arrayType.includes(b) else { throw .typeError("can only extend array with array (not \"\(b.typeName)\")") }
    try ArrayObject(a).extend(b)
    return Owned(copying: a)
  }
  t.slots.repeat = IndexSlot { (value: Value, times: Int) throws(PyError) -> Owned in
    let array = ArrayObject(value)
    let (total, overflows) = array.count.multipliedReportingOverflow(by: max(times, 0))
    if overflows { throw .memoryError() }
    let result = try ArrayObject.make(arrayType.object, array.kind, count: total)
    fill(ArrayObject(result.value), from: array, 0, total)
    return result
  }
  t.slots.inPlaceRepeat = IndexSlot { (value: Value, times: Int) throws(PyError) -> Owned in
    let array = ArrayObject(value)
    let old = array.count
    if old > 0 && times != 1 {
      let (total, overflows) = old.multipliedReportingOverflow(by: max(times, 0))
      if overflows { throw .memoryError() }
      try array.resize(total)
      if total > old { fill(array, from: array, old, total, period: old) }
    }
    return Owned(copying: value)
  }
  t.slots.buffer = BufferSlot { (value, request, fields) throws(PyError) in
    let contents = ArrayObject(value).contents
    try fields.pointee.fill(owner: value, ArrayObject(value).data, contents.pointee.count &* contents.pointee.itemSize, isReadOnly: false, request)
    fields.pointee.itemSize = contents.pointee.itemSize
    if request.contains(.format) { fields.pointee.format = contents.pointee.kind.format }
    if request.contains(.dimensions) { fields.pointee.shape = contents.pointer(to: \.count) }
    if request.contains(.strides) { fields.pointee.strides = contents.pointer(to: \.itemSize) }
    contents.pointee.exports &+= 1
  }
  t.slots.releaseBuffer = BufferReleaseSlot { (value, _) in ArrayObject(value).contents.pointee.exports &-= 1 }
  t.slots.deallocate = DeallocateSlot { raw in
    ArrayObject(raw: raw).freeItems()
    finishDeallocation(raw)
  }
}

/// Fills items from `start` up to `end` with those of `source` over and over.
private func fill(_ target: ArrayObject, from source: ArrayObject, _ start: Int, _ end: Int, period: Int? = nil) {
  let size = source.itemSize
  let period = (period ?? source.count) * size
  if period == 0 { return }
  let data = target.data
  var done = start * size
  let total = end * size
  if done == 0 {
    memcpy(data, source.data, min(period, total))
    done = period
  }
  // What is there is whole periods: it doubles.
  while done < total {
    let piece = min(done, total - done)
    memcpy(data + done, data, piece)
    done += piece
  }
}

private func defineArrayMethods(_ t: TypeDefinition) {
  t.method("append(v, /)", "Adds an item at the end.") { (call) throws(PyError) in
    try ArrayObject(call.receiver).append(call[0])
    return .none
  }
  t.method("buffer_info()", "A tuple: the address of the items, and how many there are.") { (call) throws(PyError) in
    let array = ArrayObject(call.receiver)
    let address = try Owned.integer(array.contents.pointee.memory.map { Int(bitPattern: $0) } ?? 0)
    let count = try Owned.integer(array.count)
    return try Owned.tuple(sharing: address, count)
  }
  t.method("byteswap()", "Turns the order of the bytes in each item around.\n\nItems have 1, 2, 4 or 8 bytes.") { (call) throws(PyError) in
    ArrayObject(call.receiver).swapBytes()
    return .none
  }
  t.method("clear()", "Takes all items out.") { (call) throws(PyError) in
    try ArrayObject(call.receiver).resize(0)
    return .none
  }
  t.method("__copy__()", "A copy.") { (call) throws(PyError) in
    try ArrayObject.make(copying: ArrayObject(call.receiver), 0, ArrayObject(call.receiver).count)
  }
  t.method("count(v, /)", "How many items equal v.") { (call) throws(PyError) in
    let array = ArrayObject(call.receiver)
    var (count, index) = (0, 0)
    while index < array.count {
      if try array.isEqual(index, call[0]) { count += 1 }
      index += 1
    }
    return try Owned.integer(count)
  }
  t.method("__deepcopy__(unused, /)", "A copy.") { (call) throws(PyError) in
    try ArrayObject.make(copying: ArrayObject(call.receiver), 0, ArrayObject(call.receiver).count)
  }
  t.method("extend(bb, /)", "Adds items at the end: those of an array with the same type code, or of any iterable.") { (call) throws(PyError) in
    try ArrayObject(call.receiver).extend(call[0])
    return .none
  }
  t.method("fromfile(f, n, /)", "Adds n items whose bytes are read from a file.") { (call) throws(PyError) in
    try readFile(ArrayObject(call.receiver), call[0], try call.index(1))
    return .none
  }
  t.method("fromlist(list, /)", "Adds a list's items at the end: all, or none when one cannot be had.") { (call) throws(PyError) in
    guard call[0].isList else { throw .typeError("arg must be list") }
    let (array, list) = (ArrayObject(call.receiver), ListObject(call[0]))
    let (old, count) = (array.count, list.count)
    try array.resize(old + count)
    for index in 0..<count {
      do throws(PyError) {
        let item = Owned(copying: list[index])
        let bits = try array.kind.bits(item.value)
        if list.count != count { throw .runtimeError("list changed size during iteration") }
        guard old + index < array.count else { break }
        array.kind.store(bits, array.place(old + index))
      } catch {
        let pending = currentThread.pointee.takeException()
        do throws(PyError) { try array.resize(min(old, array.count)) } catch { PyError.clear() }
        currentThread.pointee.setException(pending)
        throw error
      }
    }
    return .none
  }
  t.method("frombytes(buffer, /)", "Adds items whose bytes are given.") { (call) throws(PyError) in
    let view = try call[0].buffer(.simple)
    if view.fields.itemSize != 1 { throw .typeError("a bytes-like object is required") }
    try ArrayObject(call.receiver).append(bytes: view.bytes)
    return .none
  }
  t.method("fromunicode(ustr, /)", "Adds the characters of a str, to an array of type code 'u' or 'w'.") { (call) throws(PyError) in
    let text = try call.string(0)
    guard ArrayObject(call.receiver).kind.isText else {
      throw .valueError("fromunicode() may only be called on unicode type arrays ('u' or 'w')")
    }
    try ArrayObject(call.receiver).append(text: text)
    return .none
  }
  t.method("index(v, start=0, stop=sys.maxsize, /)", "The first index of an item that equals v; ValueError if there is none.") { (call) throws(PyError) in
    let array = ArrayObject(call.receiver)
    var start = try bound(call[1])
    var stop = try bound(call[2])
    if start < 0 { start = max(0, start + array.count) }
    if stop < 0 { stop += array.count }
    guard let index = try array.find(call[0], from: start, to: stop) else { throw .valueError("array.index(x): x not in array") }
    return try Owned.integer(index)
  }
  t.method("insert(i, v, /)", "Puts an item before the one at index i.") { (call) throws(PyError) in
    try ArrayObject(call.receiver).insert(try call.index(0), call[1])
    return .none
  }
  t.method("pop(i=-1, /)", "Takes out the item at an index, the last one by default.") { (call) throws(PyError) in
    var index = try call.index(0)
    let array = ArrayObject(call.receiver)
    if array.count == 0 { throw .indexError("pop from empty array") }
    if index < 0 { index &+= array.count }
    guard UInt(bitPattern: index) < UInt(bitPattern: array.count) else { throw .indexError("pop index out of range") }
    let item = try array.kind.load(array.place(index))
    try array.remove(index, 1)
    return item
  }
  t.method("__reduce_ex__(value, /)", "For pickling.") { (call) throws(PyError) in try reduceArray(call.receiver, call[0]) }
  t.method("remove(v, /)", "Takes out the first item that equals v.") { (call) throws(PyError) in
    let array = ArrayObject(call.receiver)
    guard let index = try array.find(call[0]) else { throw .valueError("array.remove(x): x not in array") }
    if index < array.count { try array.remove(index, 1) }
    return .none
  }
  t.method("reverse()", "Turns the order of the items around.") { (call) throws(PyError) in
    ArrayObject(call.receiver).reverse()
    return .none
  }
  t.method("tofile(f, /)", "Writes the items' bytes to a file.") { (call) throws(PyError) in
    try writeFile(ArrayObject(call.receiver), call[0])
    return .none
  }
  t.method("tolist()", "A list of the items.") { (call) throws(PyError) in try ArrayObject(call.receiver).list() }
  t.method("tobytes()", "The items' bytes.") { (call) throws(PyError) in try Owned.bytes(ArrayObject(call.receiver).bytes) }
  t.method("tounicode()", "A str of the characters, of an array of type code 'u' or 'w'.") { (call) throws(PyError) in
    guard ArrayObject(call.receiver).kind.isText else { throw .valueError("tounicode() may only be called on unicode type arrays ('u' or 'w')") }
    return try ArrayObject(call.receiver).text()
  }
  t.method("__sizeof__()", "Bytes in memory.") { (call) throws(PyError) in
    let contents = ArrayObject(call.receiver).contents
    return try Owned.integer(64 + contents.pointee.capacity * contents.pointee.itemSize)
  }
  t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call) throws(PyError) in try Owned.genericAlias(call.receiver, call[0]) }
  t.getter("typecode", "The character that says what the items are.") { (value) throws(PyError) in try Owned.character(UInt32(ArrayObject(value).kind.code)) }
  t.getter("itemsize", "Bytes of an item.") { (value) throws(PyError) in try Owned.integer(ArrayObject(value).itemSize) }
}

/// An index as slices take it: cut to the range of a word.
private func bound(_ value: Value) throws(PyError) -> Int {
  if value.isSmallInteger { return value.smallInteger }
  guard value.type.slots.pointee.index != nil else { throw .typeError("slice indices must be integers or have an __index__ method") }
  return try value.asIndex(overflow: nil)
}

let arrayModule = ModuleDefinition("array", "Arrays of items of one kind, numbers or characters: compact, as C has them.") { (m: ModuleBuilder) throws(PyError) in
  arrayType = ModuleType(
    try m.defineType("array") { t in
      t.documentation = """
        array(typecode[, initializer])

        A sequence whose items are all of the kind that the type code says, and are kept as
        C keeps them. The initial items come from an iterable, a bytes-like object or, for
        type codes 'u' and 'w', a str.

        Type codes, with the bytes of an item: b, B (1: signed and unsigned numbers, as all
        pairs are), h, H (2), i, I (4), l, L, q, Q (8), f (4, a float), d (8, a float), w (4,
        a character), u (4, a character; deprecated).
        """
      t.basicSize = MemoryLayout<ArrayObject.Contents>.size
      t.shapeFlags.insert(.hasState)
      t.flags.formUnion([.baseType, .sequence, .managedWeakReference, .haveGarbageCollection])
      t.rawNew("array", newArray)
      defineArraySlots(t)
      defineArrayMethods(t)
    })
  try m.constant("ArrayType", arrayType.value)
  try m.constant("typecodes", "bBuwhHiIlLqQfd")
  try defineArrayIterator(m)
  try m.function(
    "_array_reconstructor(arraytype, typecode, mformat_code, items,\n                     /)", "Makes an array of what a pickle has; the numbers of formats do not depend on the machine."
  ) { (call) throws(PyError) in
    try reconstructArray(call, makeArray)
  }
  try reconstructor.set(Owned(copying: m.dict.get(interned: Name.make("_array_reconstructor"))))
  let abstract = try importModule("collections.abc")
  let sequence = try abstract.getAttribute(Name.make("MutableSequence"))
  _ = try sequence.callMethod(Name.make("register"), arrayType.value)
}
