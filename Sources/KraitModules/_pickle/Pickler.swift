// `_pickle.Pickler`: the object, what it writes to, and its memo.

import CKraitCore
import Glibc
import KraitRuntime

nonisolated(unsafe) var picklerType = ModuleType()

/// A pickler in memory.
struct PicklerObject {
  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// The file's method; absent when the bytes are wanted.
    var write: Value
    /// What `persistent_id` was set to.
    var persistentIDAttribute: Value
    /// The function that is asked for a persistent id during a dump, absent when there is none, and whether it is one of the class, to be called with the pickler.
    var persistentID: Value
    var persistentIDIsMethod: Bool
    var dispatchTable: Value
    /// During a dump.
    var reducerOverride: Value
    var bufferCallback: Value
    /// The containers on the way to the object, by their addresses: in fast mode, beyond a depth.
    var fastMemo: Value
    var memo: PickleMemo
    var output: UnsafeMutablePointer<UInt8>?
    var count: Int
    var capacity: Int
    /// Where the header of the open frame stands; -1: none is open.
    var frameStart: Int
    var protocolNumber: Int32
    var binary: Int32
    var fast: Int32
    var fastDepth: Int32
    var isFraming: Bool
    var fixesImports: Bool
    var isRunning: Bool
    var isReady: Bool
  }

  static let highestProtocol = 5
  static let frameTarget = 64 << 10
  private static let frameHeader = 9
  private static let smallestFrame = 4

  let contents: UnsafeMutablePointer<Contents>
  @inline(__always) init(_ value: Value) { contents = value.object.assumingMemoryBound(to: Contents.self) }
  @inline(__always) init(raw: UnsafeMutableRawPointer) { contents = raw.assumingMemoryBound(to: Contents.self) }

  var value: Value { Value(UnsafeMutableRawPointer(contents)) }
  @inline(__always) var number: Int32 { contents.pointee.protocolNumber }
  @inline(__always) var isBinary: Bool { contents.pointee.binary != 0 }

  /// A pickler for a function of the module.
  static func make() throws(PyError) -> Owned {
    let raw = try picklerType.object.allocate()
    PicklerObject(raw: raw).contents.pointee.frameStart = -1
    PicklerObject(raw: raw).contents.pointee.isReady = true
    return Owned(taking: raw)
  }

  func setProtocol(_ value: Value, fixImports: Bool) throws(PyError) {
    var number = PicklerObject.highestProtocol
    if !value.isNone {
      let given = try value.index()
      guard let small = Integer.asInt(given.value) else { throw .overflowError("Python int too large to convert to C long") }
      if small > PicklerObject.highestProtocol { throw .valueError("pickle protocol must be <= \(PicklerObject.highestProtocol)") }
      if small >= 0 { number = small }
    }
    contents.pointee.protocolNumber = Int32(number)
    contents.pointee.binary = number > 0 ? 1 : 0
    contents.pointee.fixesImports = fixImports && number < 3
  }

  func setFile(_ file: Value) throws(PyError) {
    let write = try file.lookUpAttribute(PickleName.write)
    if write.value.isAbsent { throw .typeError("file must have a 'write' attribute") }
    exchange(&contents.pointee.write, write)
  }

  func setBufferCallback(_ callback: Value) throws(PyError) {
    if callback.isNone || callback.isAbsent {
      exchange(&contents.pointee.bufferCallback, Owned(taking: .absent))
      return
    }
    if number < 5 { throw .valueError("buffer_callback needs protocol >= 5") }
    exchange(&contents.pointee.bufferCallback, Owned(copying: callback))
  }

  // MARK: Output

  /// Makes room for bytes, behind a frame's header if none is open.
  @inline(__always)
  func reserve(_ size: Int) throws(PyError) -> UnsafeMutablePointer<UInt8> {
    if _slowPath(contents.pointee.isFraming && contents.pointee.frameStart < 0 || contents.pointee.count &+ size > contents.pointee.capacity) { try makeRoom(size) }
    return contents.pointee.output.unsafelyUnwrapped + contents.pointee.count
  }

  @inline(never)
  private func makeRoom(_ size: Int) throws(PyError) {
    let opens = contents.pointee.isFraming && contents.pointee.frameStart < 0
    let (needed, overflow) = (contents.pointee.count &+ (opens ? PicklerObject.frameHeader : 0)).addingReportingOverflow(size)
    if overflow || needed > Int.max / 4 { throw .memoryError() }
    if needed > contents.pointee.capacity {
      let capacity = max(4096, needed / 2 * 3 + 16)
      guard let memory = realloc(contents.pointee.output, capacity) else { throw .memoryError() }
      contents.pointee.output = memory.assumingMemoryBound(to: UInt8.self)
      contents.pointee.capacity = capacity
    }
    if opens {
      contents.pointee.frameStart = contents.pointee.count
      contents.pointee.count &+= PicklerObject.frameHeader
    }
  }

  @inline(__always)
  func emit(_ byte: UInt8) throws(PyError) {
    try reserve(1)[0] = byte
    contents.pointee.count &+= 1
  }

  @inline(__always)
  func emit(_ a: UInt8, _ b: UInt8) throws(PyError) {
    let place = try reserve(2)
    place[0] = a
    place[1] = b
    contents.pointee.count &+= 2
  }

  /// An opcode and a number of `size` bytes, the least significant first.
  @inline(__always)
  func emit(_ code: UInt8, _ number: UInt64, size: Int) throws(PyError) {
    let place = try reserve(9)
    place[0] = code
    UnsafeMutableRawPointer(place + 1).storeBytes(of: number.littleEndian, as: UInt64.self)
    contents.pointee.count &+= 1 &+ size
  }

  func emit(_ bytes: UnsafeRawBufferPointer) throws(PyError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    memcpy(try reserve(bytes.count), base, bytes.count)
    contents.pointee.count &+= bytes.count
  }

  func emit(_ text: String) throws(PyError) {
    for byte in text.utf8 { try emit(byte) }
  }

  /// The header of a large object and its bytes, which stand outside of any frame and go to the file without a copy.
  func emitLarge(_ code: UInt8, _ number: UInt64, size: Int, _ bytes: UnsafeRawBufferPointer, payload: Value) throws(PyError) {
    if bytes.count < PicklerObject.frameTarget {
      try emit(code, number, size: size)
      return try emit(bytes)
    }
    try commitFrame()
    let isFraming = contents.pointee.isFraming
    contents.pointee.isFraming = false
    defer { contents.pointee.isFraming = isFraming }
    try emit(code, number, size: size)
    if contents.pointee.write.isAbsent { return try emit(bytes) }
    try flush()
    let copy = payload.isAbsent ? try Owned.bytes(bytes) : Owned(copying: payload)
    let write = Owned(copying: contents.pointee.write)
    _ = try write.value.call(copy.value)
  }

  /// Ends the open frame: writes its length, or does without a frame when it is short.
  func commitFrame() throws(PyError) {
    let start = contents.pointee.frameStart
    guard contents.pointee.isFraming, start >= 0, let output = contents.pointee.output else { return }
    let length = contents.pointee.count - start - PicklerObject.frameHeader
    if length >= PicklerObject.smallestFrame {
      output[start] = PickleCode.frame
      UnsafeMutableRawPointer(output + start + 1).storeBytes(of: UInt64(length).littleEndian, as: UInt64.self)
    } else {
      memmove(output + start, output + start + PicklerObject.frameHeader, length)
      contents.pointee.count -= PicklerObject.frameHeader
    }
    contents.pointee.frameStart = -1
  }

  /// Between two opcodes: a frame that is large enough ends, and what was written goes to the file.
  @inline(__always)
  func markBoundary() throws(PyError) {
    guard contents.pointee.isFraming, contents.pointee.frameStart >= 0 else { return }
    if _slowPath(contents.pointee.count &- contents.pointee.frameStart &- PicklerObject.frameHeader >= PicklerObject.frameTarget) {
      try commitFrame()
      if !contents.pointee.write.isAbsent { try flush() }
    }
  }

  func takeOutput() throws(PyError) -> Owned {
    try commitFrame()
    let bytes = try Owned.bytes(UnsafeRawBufferPointer(start: contents.pointee.output, count: contents.pointee.count))
    contents.pointee.count = 0
    contents.pointee.frameStart = -1
    return bytes
  }

  func flush() throws(PyError) {
    let bytes = try takeOutput()
    let write = Owned(copying: contents.pointee.write)
    _ = try write.value.call(bytes.value)
  }

  // MARK: Dump

  func dump(_ object: Value) throws(PyError) {
    contents.pointee.isRunning = true
    contents.pointee.count = 0
    contents.pointee.frameStart = -1
    defer {
      contents.pointee.isRunning = false
      contents.pointee.isFraming = false
      // What was cached for the dump would keep the pickler alive.
      exchange(&contents.pointee.reducerOverride, Owned(taking: .absent))
      exchange(&contents.pointee.persistentID, Owned(taking: .absent))
    }
    if value.object.shape.flags.contains(.heapType) || !contents.pointee.persistentIDAttribute.isAbsent {
      try findHooks()
    }
    if number >= 2 {
      try emit(PickleCode.protocolNumber, UInt8(truncatingIfNeeded: number))
      if number >= 4 { contents.pointee.isFraming = true }
    }
    try save(object)
    try emit(PickleCode.stop)
    try commitFrame()
  }

  /// What subclasses and attributes add: `reducer_override` and `persistent_id`.
  private func findHooks() throws(PyError) {
    let reducer = try value.lookUpAttribute(PickleName.reducerOverride)
    exchange(&contents.pointee.reducerOverride, reducer)
    let found = try value.lookUpAttribute(PickleName.persistentID)
    contents.pointee.persistentIDIsMethod = false
    if found.value.isAbsent || isOwnMethod(found.value) {
      exchange(&contents.pointee.persistentID, Owned(taking: .absent))
      return
    }
    if found.value.type == .method, MethodObject(found.value).receiver === value {
      contents.pointee.persistentIDIsMethod = true
      exchange(&contents.pointee.persistentID, Owned(copying: MethodObject(found.value).function))
      return
    }
    exchange(&contents.pointee.persistentID, found)
  }

  /// Whether a method is the one of this type, which says None.
  private func isOwnMethod(_ method: Value) -> Bool {
    picklerType.object.lookUp(PickleName.persistentID) === value.type.lookUp(PickleName.persistentID) && contents.pointee.persistentIDAttribute.isAbsent
      && method.type == .builtinMethod
  }

  func checkReady() throws(PyError) {
    if !contents.pointee.isReady { throw picklingError("Pickler.__init__() was not called by \(value.typeName).__init__()") }
    try checkIdle()
  }

  func checkIdle() throws(PyError) {
    if contents.pointee.isRunning { throw .runtimeError("Pickler object is already used") }
  }
}

/// The objects that a pickler has written, with their numbers: a hash table by address, which holds references.
struct PickleMemo: BitwiseCopyable {
  struct Entry {
    var object: Value
    var number: Int
  }

  private(set) var count: Int
  private var mask: Int
  private var entries: UnsafeMutablePointer<Entry>?

  @inline(__always)
  private func slot(_ object: Value) -> Int { Int(truncatingIfNeeded: (object.bits &* 0x9E37_79B9_7F4A_7C15) &>> 20) & mask }

  /// The number of an object, or -1.
  @inline(__always)
  func find(_ object: Value) -> Int {
    guard let entries else { return -1 }
    var slot = self.slot(object)
    while true {
      let entry = entries[slot]
      if entry.object === object { return entry.number }
      if entry.object.isAbsent { return -1 }
      slot = (slot &+ 1) & mask
    }
  }

  /// Takes an object that it has not yet.
  mutating func add(_ object: Value, _ number: Int) throws(PyError) {
    if entries == nil || count &* 3 >= (mask &+ 1) &* 2 { try grow() }
    object.retainIfPresent()
    place(Entry(object: object, number: number))
    count &+= 1
  }

  private func place(_ entry: Entry) {
    guard let entries else { return }
    var slot = self.slot(entry.object)
    while !entries[slot].object.isAbsent { slot = (slot &+ 1) & mask }
    entries[slot] = entry
  }

  private mutating func grow() throws(PyError) {
    let old = self
    let size = entries == nil ? 16 : (mask + 1) * (count > 50_000 ? 2 : 4)
    guard let memory = calloc(size, MemoryLayout<Entry>.stride) else { throw .memoryError() }
    entries = memory.assumingMemoryBound(to: Entry.self)
    mask = size - 1
    old.forEach { place($0) }
    free(old.entries)
  }

  func forEach(_ body: (Entry) -> Void) {
    guard let entries else { return }
    for slot in 0...mask where !entries[slot].object.isAbsent { body(entries[slot]) }
  }

  /// The memo as it was; this one is empty then. Giving up the old one may run code.
  mutating func take() -> PickleMemo {
    let old = self
    self = PickleMemo(count: 0, mask: 0, entries: nil)
    return old
  }

  init(count: Int = 0, mask: Int = 0, entries: UnsafeMutablePointer<Entry>? = nil) {
    self.count = count
    self.mask = mask
    self.entries = entries
  }

  func release() {
    forEach { $0.object.releaseIfPresent() }
    free(entries)
  }

  var memorySize: Int { entries == nil ? 0 : (mask + 1) * MemoryLayout<Entry>.stride }
}
