// Objects that interpreters share without a copy: `krait.share`.

import CKraitCore
import Glibc
import KraitSyntax

/// Objects that never change, in a heap that belongs to no interpreter.
///
/// Their counts are merged from the beginning (``ObjectHeader``): all references, of every interpreter, are counted atomically, which every path that counts references knows how to do. So such an object ends
/// with its last reference, whichever interpreter has that, and its memory goes back.
///
/// They are of the builtin types that cannot change: texts, bytes, numbers, tuples and frozensets. No interpreter takes one as a name (``intern(_:)``) or has weak references to one.
public enum SharedObjects {
  /// The id in the segments of the heap; of no interpreter and no thread.
  static var owner: UInt64 { 1 << 62 }

  /// The owner of the heap while it is held: only then are blocks allocated or taken back.
  nonisolated(unsafe) private static var lock: UInt8 = 0
  nonisolated(unsafe) private static var heap: UnsafeMutablePointer<Heap>?
  /// Bytes that were freed since they were last taken back.
  nonisolated(unsafe) private static var freed: UInt64 = 0
  private static var freedLimit: UInt64 { 1 << 20 }
  /// References that were given up where no object can end.
  nonisolated(unsafe) private static var pending: [UInt64] = []
  nonisolated(unsafe) private static var pendingLock: UInt8 = 0

  /// Whether interpreters share this object.
  public static func contains(_ value: Value) -> Bool { value.isObject && !value.isAbsent && value.object.ownerIdentifier == owner }

  /// Runs code with the heap, as its owner. Nothing in it runs Python. Nil when there is no memory for the heap, or if it must not wait.
  private static func withHeap<Result>(waits: Bool, _ body: (UnsafeMutablePointer<Heap>) -> Result) -> Result? {
    while !krait_cas8(&lock, 0, 1) {
      if !waits { return nil }
      sched_yield()
    }
    defer { krait_store8_release(&lock, 0) }
    if heap == nil {
      heap = Heap.create(owner: owner)
      heap?.pointee.due = .max
    }
    guard let heap else { return nil }
    let (own, ownHeap, thread) = (krait_owner(), krait_heap(), krait_thread())
    krait_set_current(owner, heap, thread)
    defer { krait_set_current(own, ownHeap, thread) }
    return body(heap)
  }

  // MARK: Making

  /// The value as interpreters can share it: itself if they can, else a copy; NotShareableError for what can change.
  public static func make(_ value: Value) throws(PyError) -> Owned {
    endPending()
    var known: Set<UInt64> = []
    var depth = 0
    try check(value, &known, 1, &depth)
    if !needsCopy(value) { return Owned(copying: value) }
    // Copying cannot stop on the way: no exception can be made there.
    if StackLimit.isExceeded(currentThread.pointee.nativeStackLimit &+ UInt(depth &* bytesOfStack)) {
      throw PyError.recursionError("maximum recursion depth exceeded while sharing an object")
    }
    var copies: [UInt64: Value] = [:]
    // Python's exceptions are made outside.
    let made = withHeap(waits: true) { _ -> Value in
      defer { for copy in copies.values { copy.release() } }
      do throws(PyError) { return try copy(value, &copies).take() } catch { return .absent }
    }
    guard let made, !made.isAbsent else {
      PyError.clear()
      throw PyError.memoryError()
    }
    currentInterpreter.pointee.holdsShared = true
    return Owned(taking: made)
  }

  private static func needsCopy(_ value: Value) -> Bool {
    guard value.isObject, !contains(value) else { return false }
    if !value.object.isImmortalEverywhere { return true }
    return value.isExactString && StringObject(value).isNameOfInterpreters
  }

  /// What copying takes of the native stack for a level of nesting, at most.
  private static var bytesOfStack: Int { 4096 }

  private static func check(_ value: Value, _ known: inout Set<UInt64>, _ depth: Int, _ deepest: inout Int) throws(PyError) {
    guard needsCopy(value), known.insert(value.bits).inserted else { return }
    deepest = max(deepest, depth)
    try checkNativeRecursion(" while sharing an object")
    let flags = value.shape.flags
    if flags.contains(.exact) {
      if !flags.isDisjoint(with: ShapeFlags([.string, .bytes, .integer, .float])) { return }
      if flags.contains(.tuple) {
        let items = TupleObject(value)
        for index in 0..<items.count { try check(items[index], &known, depth + 1, &deepest) }
        return
      }
      if value.type == .frozenset {
        var position = 0
        var item = Value.absent
        while SetObject(value).next(&position, &item) { try check(item, &known, depth + 1, &deepest) }
        return
      }
      if value.type == .complex { return }
    }
    throw PyError.raise(.notShareableError, "'\(value.type.fullName)' object can change and cannot be shared")
  }

  private static func copy(_ value: Value, _ copies: inout [UInt64: Value]) throws(PyError) -> Owned {
    if !needsCopy(value) {
      if contains(value) { value.object.retain() }
      return Owned(taking: value)
    }
    if let known = copies[value.bits] { return Owned(copying: known) }
    let made = try makeCopy(value, &copies)
    if !made.value.isObject || made.value.object.isImmortalEverywhere { return made }
    let object = made.value.object
    // What an object keeps when it is first asked for is there before others see it.
    if made.value.isExactString { _ = StringObject(made.value).hashValue }
    if made.value.isExact(.bytes) || made.value.type == .frozenset { _ = try made.value.hash() }
    object.storeBytes(of: 0, toByteOffset: ObjectHeader.localOffset, as: UInt32.self)
    object.storeBytes(of: ObjectHeader.merged &+ 4, toByteOffset: ObjectHeader.sharedOffset, as: UInt32.self)
    copies[value.bits] = Owned(copying: made.value).take()
    return made
  }

  private static func makeCopy(_ value: Value, _ copies: inout [UInt64: Value]) throws(PyError) -> Owned {
    if value.isExactString { return try Owned.string(StringObject(value).units) }
    if value.isExact(.bytes) { return try Owned.bytes(BytesObject(value).buffer) }
    if value.isExact(.float) { return try Owned.float(try value.asDouble()) }
    if value.type == .complex { return try Owned.complex(ComplexObject(value).real, ComplexObject(value).imaginary) }
    if value.isExactInteger { 
      let number = IntegerObject(value)
      return try Integer.make(limbs: UnsafeBufferPointer(start: number.limbs, count: number.count), isNegative: number.isNegative)
    }
    if value.isExact(.tuple) {
      let items = TupleObject(value)
      let result = try Owned.tuple(count: items.count)
      for index in 0..<items.count { TupleObject(result.value).initialize(index, try copy(items[index], &copies)) }
      return result
    }
    let raw = try TypeObject.frozenset.allocate()
    let result = Owned(taking: raw)
    try SetObject(raw: raw).initialize(copying: SetObject(value)) { (key) throws(PyError) in try copy(key, &copies) }
    return result
  }

  // MARK: The end

  /// Blocks were freed by whoever had the last reference; when they are many, they are taken back.
  static func noteFreed(_ bytes: Int) {
    if krait_add64(&freed, UInt64(bytes)) &+ UInt64(bytes) < freedLimit { return }
    _ = withHeap(waits: false) { heap in
      krait_store64(&freed, 0)
      heap.pointee.takeBackFreed(heap)
    }
  }

  /// Gives up a reference on a thread that may be in no interpreter.
  public static func release(_ value: Value) {
    if krait_thread() != nil { return value.object.release() }
    while !krait_cas8(&pendingLock, 0, 1) { sched_yield() }
    pending.append(value.bits)
    krait_store8_release(&pendingLock, 0)
  }

  private static func endPending() {
    while !krait_cas8(&pendingLock, 0, 1) { sched_yield() }
    let values = pending
    pending = []
    krait_store8_release(&pendingLock, 0)
    for bits in values { Value(bits: bits).release() }
  }

  /// In a forked child, no other thread holds a lock.
  static func afterFork() {
    krait_store8_release(&lock, 0)
    krait_store8_release(&pendingLock, 0)
  }
}
