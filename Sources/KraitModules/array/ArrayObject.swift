// Arrays in memory: items of one kind, side by side.

import Glibc
import KraitRuntime

nonisolated(unsafe) var arrayType = ModuleType()

/// An `array.array` or an instance of a subclass.
struct ArrayObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    var memory: UnsafeMutableRawPointer?
    /// Items; the buffer protocol shows the field as the shape.
    var count: Int
    /// Items that the memory has room for.
    var capacity: Int
    /// The buffer protocol shows the field as the stride.
    var itemSize: Int
    /// Buffers that are lent out; the memory stays where it is until they are given back.
    var exports: Int
    var kind: ArrayKind
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  @inline(__always) var kind: ArrayKind { contents.pointee.kind }
  @inline(__always) var count: Int { contents.pointee.count }
  @inline(__always) var itemSize: Int { contents.pointee.itemSize }
  var value: Value { Value(raw) }
  /// The items; any address when there are none.
  @inline(__always) var data: UnsafeMutableRawPointer { contents.pointee.memory ?? UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped }
  @inline(__always) func place(_ index: Int) -> UnsafeMutableRawPointer { data + index &* itemSize }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: data, count: count &* itemSize) }

  /// A new array with room for exactly so many items, which are undefined.
  static func make(_ type: TypeObject, _ kind: ArrayKind, count: Int = 0) throws(PyError) -> Owned {
    let array = ArrayObject(raw: try type.allocate())
    array.contents.pointee.kind = kind
    array.contents.pointee.itemSize = kind.itemSize
    let result = Owned(taking: array.raw)
    if count > 0 {
      guard count < Int.max >> 6 else { throw .memoryError() }
      array.contents.pointee.memory = try allocateMemory(count * kind.itemSize)
      array.contents.pointee.capacity = count
      array.contents.pointee.count = count
    }
    return result
  }

  /// A copy of a run of items, an exact array.
  static func make(copying array: ArrayObject, _ start: Int, _ count: Int) throws(PyError) -> Owned {
    let result = try make(arrayType.object, array.kind, count: count)
    if count > 0 { memcpy(ArrayObject(result.value).data, array.place(start), count * array.itemSize) }
    return result
  }

  func checkResizable() throws(PyError) {
    if contents.pointee.exports > 0 { throw PyError.raise(.bufferError, "cannot resize an array that is exporting buffers") }
  }

  /// Changes the number of items; new ones are undefined.
  func resize(_ newCount: Int) throws(PyError) {
    let contents = self.contents
    let old = contents.pointee.count
    if newCount == old { return }
    try checkResizable()
    if newCount <= contents.pointee.capacity && newCount > 0 && (newCount &+ 16 > old || contents.pointee.capacity < 64) {
      contents.pointee.count = newCount
      return
    }
    guard newCount < Int.max >> 6 else { throw .memoryError() }
    let size = contents.pointee.itemSize
    let wanted = newCount == 0 ? 0 : newCount &+ newCount >> 3 &+ (newCount < 8 ? 3 : 7)
    let new = wanted == 0 ? nil : try allocateMemory(wanted &* size)
    if let memory = contents.pointee.memory {
      if let new { memcpy(new, memory, min(old, newCount) &* size) }
      freeMemory(memory, size: contents.pointee.capacity &* size)
    }
    contents.pointee.memory = new
    contents.pointee.capacity = wanted
    contents.pointee.count = newCount
  }

  func append(_ item: Value) throws(PyError) {
    let bits = try kind.bits(item)
    let count = self.count
    if _fastPath(count < contents.pointee.capacity && contents.pointee.exports == 0) {
      contents.pointee.count = count &+ 1
    } else {
      try resize(count &+ 1)
    }
    kind.store(bits, place(count))
  }

  /// Puts another array's items behind the own ones; it may be the same one.
  func append(itemsOf other: ArrayObject) throws(PyError) {
    let (old, added) = (count, other.count)
    if added == 0 { return }
    guard added < Int.max >> 6 else { throw .memoryError() }
    try resize(old + added)
    memcpy(place(old), other.data, added * itemSize)
  }

  func append(bytes: UnsafeRawBufferPointer) throws(PyError) {
    if bytes.count % itemSize != 0 { throw .valueError("bytes length not a multiple of item size") }
    let old = count
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    try resize(old + bytes.count / itemSize)
    memcpy(place(old), base, bytes.count)
  }

  /// Puts a str's characters behind the items of an array of text.
  func append(text: Value) throws(PyError) {
    let string = StringObject(text)
    let old = count
    try resize(old + string.length)
    let units = string.units
    let target = place(old).assumingMemoryBound(to: UInt32.self)
    for index in 0..<string.length { target[index] = units[index] }
  }

  func extend(_ iterable: Value) throws(PyError) {
    if arrayType.includes(iterable) {
      let other = ArrayObject(iterable)
      guard other.kind == kind else { throw .typeError("can only extend with array of same kind") }
      return try append(itemsOf: other)
    }
    let iterator = try iterable.iterate()
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { return }
      try append(item.value)
    }
  }

  /// Takes items out.
  func remove(_ start: Int, _ removed: Int) throws(PyError) {
    if removed == 0 { return }
    try checkResizable()
    let tail = count &- start &- removed
    if tail > 0 { memmove(place(start), place(start &+ removed), tail &* itemSize) }
    try resize(count &- removed)
  }

  func insert(_ index: Int, _ item: Value) throws(PyError) {
    let bits = try kind.bits(item)
    let count = self.count
    var place = index
    if place < 0 { place = max(0, place &+ count) }
    place = min(place, count)
    try resize(count &+ 1)
    memmove(self.place(place &+ 1), self.place(place), (count &- place) &* itemSize)
    kind.store(bits, self.place(place))
  }

  /// The items as a str, for kinds of text.
  func text() throws(PyError) -> Owned {
    let points = UnsafeBufferPointer(start: data.assumingMemoryBound(to: UInt32.self), count: count)
    for point in points { if _slowPath(point > 0x10FFFF) { try ArrayKind.checkCharacter(point) } }
    return try Owned.string(codePoints: points)
  }

  func list() throws(PyError) -> Owned {
    let list = try Owned.list(capacity: count)
    for index in 0..<count { try ListObject(list.value).append(taking: try kind.load(place(index))) }
    return list
  }

  /// Whether the item at an index equals a value. May run Python code.
  func isEqual(_ index: Int, _ value: Value) throws(PyError) -> Bool {
    if kind.isFloat, let number = doubleValue(of: value) { return kind.double(place(index)) == number }
    if kind.isInteger && kind.itemSize < 8 && value.isSmallInteger { return Int(truncatingIfNeeded: kind.word(place(index))) == value.smallInteger }
    let item = try kind.load(place(index))
    let answer = try item.value.compare(value, .equal)
    return try answer.isTruthy()
  }

  /// The first index of a value from `start` up to `stop`; nil if it is not there.
  func find(_ value: Value, from start: Int = 0, to stop: Int = .max) throws(PyError) -> Int? {
    var index = start
    while index < stop && index < count {
      if try isEqual(index, value) { return index }
      index &+= 1
    }
    return nil
  }

  func reverse() {
    var (low, high) = (0, count - 1)
    while low < high {
      let (a, b) = (kind.word(place(low)), kind.word(place(high)))
      kind.store(b, place(low))
      kind.store(a, place(high))
      low += 1
      high -= 1
    }
  }

  func swapBytes() {
    switch itemSize {
    case 2: swapBytes(UInt16.self)
    case 4: swapBytes(UInt32.self)
    case 8: swapBytes(UInt64.self)
    default: break
    }
  }

  private func swapBytes<Word: FixedWidthInteger>(_ type: Word.Type) {
    let items = data.assumingMemoryBound(to: Word.self)
    for index in 0..<count { items[index] = items[index].byteSwapped }
  }

  func freeItems() {
    if let memory = contents.pointee.memory { freeMemory(memory, size: contents.pointee.capacity &* itemSize) }
    contents.pointee.memory = nil
  }
}
