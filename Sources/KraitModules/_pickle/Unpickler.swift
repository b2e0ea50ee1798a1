// `_pickle.Unpickler`: the object, what it reads from, its stack and its memo.

import CKraitCore
import Glibc
import KraitRuntime

nonisolated(unsafe) var unpicklerType = ModuleType()

/// An unpickler in memory.
struct UnpicklerObject {
  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    // The file's methods; read is absent when the input is a buffer.
    var read: Value
    var readLine: Value
    var readInto: Value
    var peek: Value
    /// What `persistent_load` was set to.
    var persistentLoadAttribute: Value
    /// The function that makes objects of persistent ids during a load, absent when there is none, and whether it is one of the class.
    var persistentLoad: Value
    var persistentLoadIsMethod: Bool
    /// An iterator of out-of-band buffers; absent when none were given.
    var buffers: Value
    var encoding: Value
    var errors: Value
    var stack: ValueArray
    /// The stack's heights at the open marks.
    var marks: MarkArray
    /// Values below belong to an outer mark.
    var fence: Int
    /// By number; absent where there is none.
    var memo: ValueArray
    /// A dict of those with numbers far beyond the others, so that a pickle of a few bytes cannot ask for all memory; or absent.
    var sparseMemo: Value
    /// How many there are: the number of the next that MEMOIZE takes.
    var memoCount: Int
    /// The bytes at hand, and the export that they are.
    var input: UnsafePointer<UInt8>?
    var inputCount: Int
    var next: Int
    /// Where the open frame ends; the end of the input when none is open.
    var limit: Int
    var isInFrame: Bool
    /// Bytes of the input that the file has moved on from; the others were only looked at.
    var prefetched: Int
    var buffer: BufferFields
    var protocolNumber: Int32
    var fixesImports: Bool
    var isRunning: Bool
    var isReady: Bool
    var hasInput: Bool
  }

  private static let prefetchSize = 8192 * 16

  let contents: UnsafeMutablePointer<Contents>
  @inline(__always) init(_ value: Value) { contents = value.object.assumingMemoryBound(to: Contents.self) }
  @inline(__always) init(raw: UnsafeMutableRawPointer) { contents = raw.assumingMemoryBound(to: Contents.self) }

  var value: Value { Value(UnsafeMutableRawPointer(contents)) }

  static func make() throws(PyError) -> Owned { Owned(taking: try unpicklerType.object.allocate()) }

  func setFile(_ file: Value) throws(PyError) {
    exchange(&contents.pointee.peek, try file.lookUpAttribute(PickleName.peek))
    exchange(&contents.pointee.readInto, try file.lookUpAttribute(PickleName.readinto))
    let read = try file.lookUpAttribute(PickleName.read)
    let readLine = try file.lookUpAttribute(PickleName.readline)
    if read.value.isAbsent || readLine.value.isAbsent { throw .typeError("file must have 'read' and 'readline' attributes") }
    exchange(&contents.pointee.read, read)
    exchange(&contents.pointee.readLine, readLine)
  }

  /// - Parameter buffers: an iterable; None or the empty tuple, which is the default, says that there are no buffers.
  func setUp(fixImports: Bool, encoding: Value, errors: Value, buffers: Value) throws(PyError) {
    exchange(&contents.pointee.encoding, Owned(copying: encoding))
    exchange(&contents.pointee.errors, Owned(copying: errors))
    let hasBuffers = !buffers.isAbsent && !buffers.isNone && !(buffers.isExactTuple && TupleObject(buffers).count == 0)
    exchange(&contents.pointee.buffers, hasBuffers ? try buffers.iterate() : Owned(taking: .absent))
    contents.pointee.fixesImports = fixImports
    contents.pointee.isReady = true
  }

  /// Reads from the bytes of an object from now on.
  func setInput(_ object: Value) throws(PyError) {
    releaseInput()
    guard let slot = object.type.slots.pointee.buffer else { throw .typeError("a bytes-like object is required, not '\(object.typeName)'") }
    var fields = BufferFields()
    try slot(object, .simple, &fields)
    contents.pointee.buffer = fields
    contents.pointee.hasInput = true
    contents.pointee.input = UnsafePointer(fields.data.assumingMemoryBound(to: UInt8.self))
    contents.pointee.inputCount = fields.byteCount
    contents.pointee.next = 0
    contents.pointee.limit = fields.byteCount
    contents.pointee.prefetched = fields.byteCount
  }

  func releaseInput() {
    contents.pointee.input = nil
    contents.pointee.inputCount = 0
    contents.pointee.next = 0
    contents.pointee.limit = 0
    contents.pointee.isInFrame = false
    contents.pointee.prefetched = 0
    guard contents.pointee.hasInput else { return }
    contents.pointee.hasInput = false
    var fields = contents.pointee.buffer
    fields.release()
  }

  // MARK: Input

  /// The next bytes. They stay where they are until more is read.
  @inline(__always)
  func read(_ count: Int) throws(PyError) -> UnsafePointer<UInt8> {
    let next = contents.pointee.next
    if _fastPath(count <= contents.pointee.limit &- next) {
      contents.pointee.next = next &+ count
      return contents.pointee.input.unsafelyUnwrapped + next
    }
    return try readMore(count)
  }

  @inline(never)
  private func readMore(_ count: Int) throws(PyError) -> UnsafePointer<UInt8> {
    if contents.pointee.next > Int.max - count { throw unpicklingError("read would overflow (invalid bytecode)") }
    if contents.pointee.isInFrame {
      try leaveFrame()
      return try read(count)
    }
    if contents.pointee.read.isAbsent { throw truncated() }
    try skipConsumed()
    if !contents.pointee.peek.isAbsent && count < UnpicklerObject.prefetchSize, try prefetch() {
      contents.pointee.prefetched = 0
      if count <= contents.pointee.inputCount {
        contents.pointee.next = count
        return contents.pointee.input ?? UnsafePointer(contents.pointee.buffer.data.assumingMemoryBound(to: UInt8.self))
      }
    }
    let size = try Owned.integer(count)
    let read = Owned(copying: contents.pointee.read)
    let data = try read.value.call(size.value)
    try setInput(data.value)
    if contents.pointee.inputCount < count { throw truncated() }
    contents.pointee.next = count
    return UnsafePointer(contents.pointee.buffer.data.assumingMemoryBound(to: UInt8.self))
  }

  /// What is read may lie in a frame or behind it, but not in both.
  private func leaveFrame() throws(PyError) {
    if contents.pointee.next < contents.pointee.limit { throw unpicklingError("pickle exhausted before end of frame") }
    contents.pointee.isInFrame = false
    contents.pointee.limit = contents.pointee.inputCount
  }

  /// Begins a frame of bytes, all of which are at hand afterwards.
  func enterFrame(_ count: Int) throws(PyError) {
    if contents.pointee.isInFrame && contents.pointee.next < contents.pointee.limit { throw unpicklingError("beginning of a new frame before end of current frame") }
    _ = try read(count)
    contents.pointee.limit = contents.pointee.next
    contents.pointee.next -= count
    contents.pointee.isInFrame = true
  }

  /// Looks at what comes without moving the file on; false when the file cannot do that.
  private func prefetch() throws(PyError) -> Bool {
    let peek = Owned(copying: contents.pointee.peek)
    do throws(PyError) {
      let data = try peek.value.call(Value(smallInteger: UnpicklerObject.prefetchSize))
      try setInput(data.value)
      return true
    } catch {
      guard PyError.matches(.notImplementedError) else { throw error }
      PyError.clear()
      exchange(&contents.pointee.peek, Owned(taking: .absent))
      return false
    }
  }

  /// Moves the file on behind what was looked at and used.
  func skipConsumed() throws(PyError) {
    let consumed = contents.pointee.next - contents.pointee.prefetched
    if consumed <= 0 { return }
    let size = try Owned.integer(consumed)
    let read = Owned(copying: contents.pointee.read)
    _ = try read.value.call(size.value)
    contents.pointee.prefetched = contents.pointee.next
  }

  /// A line with its end. It stays where it is until more is read.
  func readLine() throws(PyError) -> UnsafeBufferPointer<UInt8> {
    if contents.pointee.isInFrame && contents.pointee.next >= contents.pointee.limit { try leaveFrame() }
    if let input = contents.pointee.input, let end = memchr(input + contents.pointee.next, 0x0A, contents.pointee.limit - contents.pointee.next) {
      let start = input + contents.pointee.next
      let count = UnsafePointer(end.assumingMemoryBound(to: UInt8.self)) - start + 1
      contents.pointee.next += count
      return UnsafeBufferPointer(start: start, count: count)
    }
    if contents.pointee.isInFrame { try leaveFrame() }
    if contents.pointee.read.isAbsent { throw truncated() }
    try skipConsumed()
    let readLine = Owned(copying: contents.pointee.readLine)
    let data = try readLine.value.call()
    try setInput(data.value)
    let count = contents.pointee.inputCount
    guard count > 0, let input = contents.pointee.input, input[count - 1] == 0x0A else { throw truncated() }
    contents.pointee.next = count
    return UnsafeBufferPointer(start: input, count: count)
  }

  /// A line of at least `minimum` bytes, without its end.
  func readText(minimum: Int = 1) throws(PyError) -> UnsafeBufferPointer<UInt8> {
    let line = try readLine()
    if line.count <= minimum { throw truncated() }
    return UnsafeBufferPointer(rebasing: line.dropLast())
  }

  /// Fills memory with the next bytes, from the file without a copy when it has `readinto`.
  func read(into target: UnsafeMutableRawBufferPointer) throws(PyError) {
    guard let base = target.baseAddress, target.count > 0 else { return }
    if contents.pointee.isInFrame && target.count > contents.pointee.limit - contents.pointee.next { try leaveFrame() }
    let atHand = min(contents.pointee.limit - contents.pointee.next, target.count)
    if atHand > 0, let input = contents.pointee.input {
      memcpy(base, input + contents.pointee.next, atHand)
      contents.pointee.next += atHand
    }
    let rest = target.count - atHand
    if rest == 0 { return }
    if contents.pointee.read.isAbsent { throw truncated() }
    try skipConsumed()
    if contents.pointee.readInto.isAbsent {
      let read = Owned(copying: contents.pointee.read)
      let data = try read.value.call(Value(smallInteger: rest))
      if !data.value.isBytes { throw .valueError("read() returned non-bytes object (\(try reprText(data.value.type.value)))") }
      if BytesObject(data.value).count < rest { throw truncated() }
      memcpy(base + atHand, BytesObject(data.value).data, rest)
      return
    }
    // A bytearray is lent to the file: memory of ours that the file kept a view of would not outlive it.
    let lent = try Owned.bytearray(UnsafeRawBufferPointer(start: nil, count: 0))
    try ByteArrayObject(lent.value).setCount(rest)
    let view = try Owned.memoryview(lent.value)
    let readInto = Owned(copying: contents.pointee.readInto)
    let answer = try readInto.value.call(view.value)
    let count = try answer.value.asInt()
    if count < 0 { throw .valueError("readinto() returned negative size") }
    if count < rest { throw truncated() }
    memcpy(base + atHand, ByteArrayObject(lent.value).data, rest)
  }

  func truncated() -> PyError { unpicklingError("pickle data was truncated") }

  // MARK: Stack

  @inline(__always)
  func push(_ value: consuming Owned) throws(PyError) { try contents.pointee.stack.append(value) }

  func underflow() -> PyError { unpicklingError(contents.pointee.marks.count > 0 ? "unexpected MARK found" : "unpickling stack underflow") }

  @inline(__always)
  func pop() throws(PyError) -> Owned {
    if _slowPath(contents.pointee.stack.count <= contents.pointee.fence) { throw underflow() }
    return contents.pointee.stack.removeLast()
  }

  /// The value on top, borrowed from the stack.
  @inline(__always)
  func top() throws(PyError) -> Value {
    if _slowPath(contents.pointee.stack.count <= contents.pointee.fence) { throw underflow() }
    return contents.pointee.stack[contents.pointee.stack.count &- 1]
  }

  @inline(__always)
  func pushMark() throws(PyError) {
    let height = contents.pointee.stack.count
    try contents.pointee.marks.append(height)
    contents.pointee.fence = height
  }

  /// Takes the last mark away: the stack's height there.
  @inline(__always)
  func popMark() throws(PyError) -> Int {
    if _slowPath(contents.pointee.marks.count == 0) { throw unpicklingError("could not find MARK") }
    let height = contents.pointee.marks.removeLast()
    contents.pointee.fence = contents.pointee.marks.last
    return height
  }

  /// The values from a height on, as a tuple.
  func popTuple(from start: Int) throws(PyError) -> Owned {
    if start < contents.pointee.fence { throw underflow() }
    let tuple = try Owned.tuple(taking: contents.pointee.stack.values(from: start))
    contents.pointee.stack.forget(from: start)
    return tuple
  }

  // MARK: Memo

  @inline(__always)
  func remember(_ index: Int, _ value: Value) throws(PyError) {
    let count = contents.pointee.memo.count
    if _fastPath(index == count) {
      try contents.pointee.memo.append(Owned(copying: value))
      contents.pointee.memoCount &+= 1
      return
    }
    if _slowPath(index > count) {
      if index > contents.pointee.memo.count * 2 + 4096 { return try rememberSparsely(index, value) }
      try contents.pointee.memo.extend(to: index)
    }
    let old = Owned(taking: contents.pointee.memo.exchange(index, Owned(copying: value)))
    if old.value.isAbsent { contents.pointee.memoCount &+= 1 }
  }

  @inline(never)
  private func rememberSparsely(_ index: Int, _ value: Value) throws(PyError) {
    if contents.pointee.sparseMemo.isAbsent { exchange(&contents.pointee.sparseMemo, try Owned.dict()) }
    let memo = Owned(copying: contents.pointee.sparseMemo)
    let key = try Owned.integer(index)
    let before = DictObject(memo.value).count
    try DictObject(memo.value).set(key.value, value)
    contents.pointee.memoCount &+= DictObject(memo.value).count - before
  }

  @inline(__always)
  func remembered(_ index: Int) throws(PyError) -> Owned {
    if _fastPath(index >= 0 && index < contents.pointee.memo.count), !contents.pointee.memo[index].isAbsent { return Owned(copying: contents.pointee.memo[index]) }
    return try rememberedSparsely(index)
  }

  @inline(never)
  private func rememberedSparsely(_ index: Int) throws(PyError) -> Owned {
    if !contents.pointee.sparseMemo.isAbsent {
      let memo = Owned(copying: contents.pointee.sparseMemo)
      let key = try Owned.integer(index)
      let found = Owned(copyingIfPresent: try DictObject(memo.value).get(key.value))
      if !found.value.isAbsent { return found }
    }
    throw unpicklingError("Memo value not found at index \(index)")
  }

  func clearMemo() {
    contents.pointee.memoCount = 0
    exchange(&contents.pointee.sparseMemo, Owned(taking: .absent))
    let old = contents.pointee.memo.takeAll()
    old.release()
  }

  func copyOfMemo() throws(PyError) -> Owned {
    let dict = try Owned.dict()
    var index = 0
    while index < contents.pointee.memo.count {
      let value = Owned(copyingIfPresent: contents.pointee.memo[index])
      if !value.value.isAbsent { try DictObject(dict.value).set(Value(smallInteger: index), value.value) }
      index += 1
    }
    let rest = Owned(copyingIfPresent: contents.pointee.sparseMemo)
    if !rest.value.isAbsent { try DictObject(dict.value).update(from: rest.value) }
    return dict
  }

  func checkIdle() throws(PyError) {
    if contents.pointee.isRunning { throw .runtimeError("Unpickler object is already used") }
  }
}

/// A growing array of values in plain memory, which owns them.
struct ValueArray: BitwiseCopyable {
  private(set) var count: Int
  private var capacity: Int
  private var base: UnsafeMutablePointer<Value>?

  @inline(__always)
  subscript(index: Int) -> Value { base.unsafelyUnwrapped[index] }

  @inline(__always)
  mutating func append(_ value: consuming Owned) throws(PyError) {
    if _slowPath(count == capacity) { try grow(count &+ 1) }
    base.unsafelyUnwrapped[count] = value.take()
    count &+= 1
  }

  @inline(__always)
  mutating func removeLast() -> Owned {
    count &-= 1
    return Owned(taking: base.unsafelyUnwrapped[count])
  }

  @inline(__always)
  mutating func exchange(_ index: Int, _ value: consuming Owned) -> Value {
    let old = base.unsafelyUnwrapped[index]
    base.unsafelyUnwrapped[index] = value.take()
    return old
  }

  /// Makes absent places up to an index that is far away at most.
  @inline(never)
  mutating func extend(to index: Int) throws(PyError) {
    if index >= capacity { try grow(index &+ 1) }
    while count <= index {
      base.unsafelyUnwrapped[count] = .absent
      count &+= 1
    }
  }

  @inline(never)
  private mutating func grow(_ needed: Int) throws(PyError) {
    guard needed < Int.max / 64 else { throw .memoryError() }
    let larger = max(32, needed * 2)
    guard let memory = realloc(base, larger * MemoryLayout<Value>.stride) else { throw .memoryError() }
    base = memory.assumingMemoryBound(to: Value.self)
    capacity = larger
  }

  /// Takes a value out and leaves nothing in its place.
  @inline(__always)
  mutating func take(_ index: Int) -> Owned {
    let value = base.unsafelyUnwrapped[index]
    base.unsafelyUnwrapped[index] = .absent
    return Owned(taking: value)
  }

  func values(from start: Int) -> UnsafeBufferPointer<Value> {
    guard let base else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: base + start, count: count - start)
  }

  /// The values from a place on have another owner now.
  mutating func forget(from start: Int) { count = start }

  /// The array as it was; this one is empty then.
  mutating func takeAll() -> ValueArray {
    let old = self
    count = 0
    capacity = 0
    base = nil
    return old
  }

  /// Gives up the values, and the memory.
  func release() {
    for index in 0..<count { self[index].releaseIfPresent() }
    free(base)
  }

  static var empty: ValueArray { ValueArray(count: 0, capacity: 0, base: nil) }

  var memorySize: Int { capacity * MemoryLayout<Value>.stride }
}

/// A growing array of numbers in plain memory.
struct MarkArray: BitwiseCopyable {
  private(set) var count: Int
  private var capacity: Int
  private var base: UnsafeMutablePointer<Int>?

  @inline(__always) var last: Int { count == 0 ? 0 : base.unsafelyUnwrapped[count &- 1] }

  @inline(__always)
  mutating func append(_ number: Int) throws(PyError) {
    if _slowPath(count == capacity) {
      let larger = max(20, capacity * 2)
      guard let memory = realloc(base, larger * MemoryLayout<Int>.stride) else { throw .memoryError() }
      base = memory.assumingMemoryBound(to: Int.self)
      capacity = larger
    }
    base.unsafelyUnwrapped[count] = number
    count &+= 1
  }

  @inline(__always)
  mutating func removeLast() -> Int {
    count &-= 1
    return base.unsafelyUnwrapped[count]
  }

  mutating func removeAll() { count = 0 }

  mutating func release() {
    free(base)
    base = nil
    count = 0
    capacity = 0
  }

  var memorySize: Int { capacity * MemoryLayout<Int>.stride }
}
