// `_thread.lock` and `_thread.RLock`.
//
// Without a lock of the interpreter's their methods run beside other threads (`BorrowingFunctions`): what they change is the lock's word, and of a recursive one what belongs to its holder.

import CKraitCore
import Glibc
import KraitRuntime

nonisolated(unsafe) var lockType = ModuleType()

/// Both kinds of lock.
private struct LockContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  var lock: ThreadLock
  /// Of a recursive one: who holds it, and how often. Written by the holder, read by all (``UnsafeMutablePointer/owner``).
  fileprivate var owner: UInt
  fileprivate var depth: Int

  static func of(_ value: Value) -> UnsafeMutablePointer<LockContents> { value.object.assumingMemoryBound(to: LockContents.self) }
}

extension UnsafeMutablePointer where Pointee == LockContents {
  fileprivate var lock: UnsafeMutablePointer<ThreadLock> {
    (UnsafeMutableRawPointer(self) + MemoryLayout<LockContents>.offset(of: \.lock).unsafelyUnwrapped).assumingMemoryBound(to: ThreadLock.self)
  }

  /// Relaxed: only the owner decides by it.
  fileprivate var owner: UInt {
    get { UInt(krait_load64(ownerPlace)) }
    nonmutating set { krait_store64(ownerPlace, UInt64(newValue)) }
  }

  fileprivate var depth: Int {
    get { Int(bitPattern: UInt(krait_load64(depthPlace))) }
    nonmutating set { krait_store64(depthPlace, UInt64(UInt(bitPattern: newValue))) }
  }

  private var ownerPlace: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + MemoryLayout<LockContents>.offset(of: \.owner).unsafelyUnwrapped }
  private var depthPlace: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + MemoryLayout<LockContents>.offset(of: \.depth).unsafelyUnwrapped }
}

/// The time that `acquire` may wait, in nanoseconds; negative for ever.
private func waitingTime(_ call: Call) throws(PyError) -> Int {
  let isBlocking = try call.bool(0)
  let isUnset = call[1].isSmallInteger && call[1].smallInteger == -1
  let time = isUnset ? -1_000_000_000 : try nanoseconds(fromSeconds: call[1], rounding: .timeout)
  if !isBlocking {
    if time != -1_000_000_000 { throw .valueError("can't specify a timeout for a non-blocking call") }
    return 0
  }
  if time < 0 && time != -1_000_000_000 { throw .valueError("timeout value must be a non-negative number") }
  return time
}

/// Takes a lock that another thread holds; the caller's reference may go meanwhile.
@inline(never)
private func wait(for object: Value, timeout: Int) throws(PyError) -> Bool {
  let held = Owned(copying: object)
  return try LockContents.of(held.value).lock.take(timeout: timeout)
}

private func acquire(_ call: Call) throws(PyError) -> Owned {
  let contents = LockContents.of(call.receiver)
  let time = try waitingTime(call)
  if contents.lock.tryTake() { return .boolean(true) }
  if time == 0 { return .boolean(false) }
  let isTaken = try wait(for: call.receiver, timeout: time)
  // What came meanwhile interrupts the caller, who expects it from a call that waits, and not the function that it calls next.
  try checkSignals()
  return .boolean(isTaken)
}

private func release(_ value: Value) throws(PyError) {
  if !LockContents.of(value).lock.giveUp() { throw .runtimeError("release unlocked lock") }
}

func defineLock(_ m: ModuleBuilder) throws(PyError) {
  let type = try m.defineType("lock") { t in
    t.documentation = "A lock: free or held. Whoever wants it while it is held waits."
    t.basicSize = MemoryLayout<LockContents>.size
    t.shapeFlags.insert(.hasState)
    t.flags.insert(.managedWeakReference)
    t.rawNew("lock") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      if arguments.keywordCount > 0 { throw .typeError("lock() takes no keyword arguments") }
      if arguments.positionalCount > 0 { throw .typeError("lock expected 0 arguments, got \(arguments.positionalCount)") }
      return Owned(taking: try TypeObject(type).allocate())
    }
    t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      try Owned.string("<\(LockContents.of(object).lock.isHeld ? "locked" : "unlocked") \(object.type.fullName) object at \(addressText(object))>")
    }
    for name in ["acquire(blocking=True, timeout=-1)", "acquire_lock(blocking=True, timeout=-1)"] as [StaticString] {
      t.method(name, "Take the lock, after waiting for it if need be; whether it was taken.", acquire)
    }
    for name in ["release()", "release_lock()"] as [StaticString] {
      t.method(name, "Give the lock back.") { (call: Call) throws(PyError) -> Owned in
        try release(call.receiver)
        return .none
      }
    }
    for name in ["locked()", "locked_lock()"] as [StaticString] {
      t.method(name, "Whether the lock is held.") { (call: Call) throws(PyError) -> Owned in .boolean(LockContents.of(call.receiver).lock.isHeld) }
    }
    t.method("__enter__()", "Take the lock.") { (call: Call) throws(PyError) -> Owned in
      if !LockContents.of(call.receiver).lock.tryTake() { _ = try wait(for: call.receiver, timeout: -1) }
      return .boolean(true)
    }
    t.method("__exit__(*exc_info)", "Give the lock back.") { (call: Call) throws(PyError) -> Owned in
      try release(call.receiver)
      return .none
    }
    t.method("_at_fork_reinit()") { (call: Call) throws(PyError) -> Owned in
      LockContents.of(call.receiver).lock.reset()
      return .none
    }
  }
  lockType = ModuleType(type)
  try m.constant("LockType", type.value)
}

// MARK: - The recursive one

private func acquireAgain(_ value: Value, timeout: Int) throws(PyError) -> Bool {
  let contents = LockContents.of(value)
  let own = currentThread.pointee.systemIdentifier
  if contents.depth > 0 && contents.owner == own {
    contents.depth &+= 1
    return true
  }
  if !contents.lock.tryTake() {
    if timeout == 0 { return false }
    if !(try wait(for: value, timeout: timeout)) { return false }
  }
  contents.owner = own
  contents.depth = 1
  return true
}

private func isOwn(_ value: Value) -> Bool {
  let contents = LockContents.of(value)
  return contents.depth > 0 && contents.owner == currentThread.pointee.systemIdentifier
}

private func releaseOnce(_ value: Value) throws(PyError) {
  guard isOwn(value) else { throw .runtimeError("cannot release un-acquired lock") }
  let contents = LockContents.of(value)
  contents.depth &-= 1
  if contents.depth == 0 {
    contents.owner = 0
    contents.lock.giveUp()
  }
}

func defineRecursiveLock(_ m: ModuleBuilder) throws(PyError) {
  try m.defineType("RLock") { t in
    t.documentation = "A lock that its holder may take again."
    t.basicSize = MemoryLayout<LockContents>.size
    t.shapeFlags.insert(.hasState)
    t.flags.insert([.baseType, .managedWeakReference])
    t.rawNew("RLock") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
    t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      let (depth, owner) = (LockContents.of(object).depth, LockContents.of(object).owner)
      return try Owned.string("<\(depth > 0 ? "locked" : "unlocked") \(object.type.fullName) object owner=\(owner) count=\(depth) at \(addressText(object))>")
    }
    t.method("acquire(blocking=True, timeout=-1)", "Take the lock once more.") { (call: Call) throws(PyError) -> Owned in
      .boolean(try acquireAgain(call.receiver, timeout: try waitingTime(call)))
    }
    t.method("__enter__()", "Take the lock once more.") { (call: Call) throws(PyError) -> Owned in .boolean(try acquireAgain(call.receiver, timeout: -1)) }
    t.method("release()", "Give the lock back once.") { (call: Call) throws(PyError) -> Owned in
      try releaseOnce(call.receiver)
      return .none
    }
    t.method("__exit__(*exc_info)", "Give the lock back once.") { (call: Call) throws(PyError) -> Owned in
      try releaseOnce(call.receiver)
      return .none
    }
    t.method("locked()", "Whether anybody holds the lock.") { (call: Call) throws(PyError) -> Owned in .boolean(LockContents.of(call.receiver).depth > 0) }
    t.method("_is_owned()", "Whether the caller holds it; for threading.Condition.") { (call: Call) throws(PyError) -> Owned in .boolean(isOwn(call.receiver)) }
    t.method("_recursion_count()", "How often the caller has taken it.") { (call: Call) throws(PyError) -> Owned in
      try Owned.integer(isOwn(call.receiver) ? LockContents.of(call.receiver).depth : 0)
    }
    t.method("_release_save()", "Give it back wholly, and return what _acquire_restore() wants.") { (call: Call) throws(PyError) -> Owned in
      let contents = LockContents.of(call.receiver)
      if contents.depth == 0 { throw .runtimeError("cannot release un-acquired lock") }
      let depth = try Owned.integer(contents.depth)
      let owner = try Owned.integer(Int(bitPattern: contents.owner))
      let result = try Owned.tuple(depth.value, owner.value)
      contents.depth = 0
      contents.owner = 0
      contents.lock.giveUp()
      return result
    }
    t.method("_acquire_restore(state, /)", "Take it as often as it was held before _release_save().") { (call: Call) throws(PyError) -> Owned in
      guard call[0].isTuple, TupleObject(call[0]).count == 2 else {
        throw .typeError("_acquire_restore() argument 1 must be 2-item tuple, not \(call[0].typeName)")
      }
      let (depth, owner) = (try TupleObject(call[0])[0].asInt(), try TupleObject(call[0])[1].asInt())
      let contents = LockContents.of(call.receiver)
      if !contents.lock.tryTake() { _ = try wait(for: call.receiver, timeout: -1) }
      contents.owner = UInt(bitPattern: owner)
      contents.depth = depth
      return .none
    }
    t.method("_at_fork_reinit()") { (call: Call) throws(PyError) -> Owned in
      let contents = LockContents.of(call.receiver)
      contents.lock.reset()
      contents.owner = 0
      contents.depth = 0
      return .none
    }
  }
}
