// The module `_queue`: `SimpleQueue`, which may be filled from signal handlers and finalisers too, as nothing in it can be interrupted.

import Glibc
import KraitRuntime

nonisolated(unsafe) private var emptyError = InterpreterValue()

let queueModule = ModuleDefinition("_queue", "A simple queue between threads.") { (m: ModuleBuilder) throws(PyError) in
  try emptyError.set(try m.exception("Empty", "get_nowait() finds nothing, or get() within the time."))
  try m.defineType("SimpleQueue") { t in
    t.documentation = "A queue without limit between threads, first in, first out."
    t.basicSize = MemoryLayout<QueueContents>.size
    t.shapeFlags.insert([.hasState, .tracked])
    t.flags.insert([.baseType, .managedWeakReference])
    t.rawNew("SimpleQueue") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
      if arguments.positionalCount > 0 { throw .typeError("SimpleQueue() takes no positional arguments") }
      if arguments.keywordCount > 0 { throw .typeError("SimpleQueue() takes no keyword arguments") }
      return Owned(taking: try TypeObject(type).allocate())
    }
    t.slots.deallocate = DeallocateSlot { raw in
      clear(raw)
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in
      let contents = raw.assumingMemoryBound(to: QueueContents.self)
      for index in 0..<contents.pointee.count { visit(contents.pointee[index]) }
    }
    t.slots.clear = ClearSlot { raw in clear(raw) }
    t.method("put(item, block=True, timeout=None)", "Put an item in. That never waits; block and timeout are there for Queue's sake.") { (call: Call) throws(PyError) -> Owned in
      _ = try call.bool(1)
      try put(call.receiver, call[0])
      return .none
    }
    t.method("put_nowait(item)", "Put an item in; the same as put().") { (call: Call) throws(PyError) -> Owned in
      try put(call.receiver, call[0])
      return .none
    }
    t.method("get(block=True, timeout=None)", "Take the first item out, after waiting for one if need be; Empty when there is none in time.") {
      (call: Call) throws(PyError) -> Owned in
      if !(try call.bool(0)) { return try get(call.receiver, timeout: 0) }
      if call[1].isNone { return try get(call.receiver, timeout: -1) }
      let timeout = try nanoseconds(fromSeconds: call[1], rounding: .ceiling)
      if timeout < 0 { throw .valueError("'timeout' must be a non-negative number") }
      return try get(call.receiver, timeout: timeout)
    }
    t.method("get_nowait()", "Take the first item out; Empty when there is none.") { (call: Call) throws(PyError) -> Owned in try get(call.receiver, timeout: 0) }
    t.method("qsize()", "How many items there are.") { (call: Call) throws(PyError) -> Owned in try Owned.integer(QueueContents.of(call.receiver).pointee.count) }
    t.method("empty()", "Whether there is no item.") { (call: Call) throws(PyError) -> Owned in .boolean(QueueContents.of(call.receiver).pointee.count == 0) }
    t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
  }
}

/// A ring of owned values, guarded by the interpreter's lock.
private struct QueueContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  var base: UnsafeMutablePointer<Value>?
  /// A power of two, or 0.
  var capacity: Int
  var head: Int
  var count: Int
  var waiters: WaitQueue

  static func of(_ value: Value) -> UnsafeMutablePointer<QueueContents> { value.object.assumingMemoryBound(to: QueueContents.self) }

  subscript(index: Int) -> Value { base.unsafelyUnwrapped[(head &+ index) & (capacity &- 1)] }

  mutating func append(_ value: consuming Owned) throws(PyError) {
    if count == capacity { try resize(to: max(8, capacity * 2)) }
    base.unsafelyUnwrapped[(head &+ count) & (capacity &- 1)] = value.take()
    count += 1
  }

  mutating func removeFirst() -> Owned {
    let value = self[0]
    head = (head &+ 1) & (capacity &- 1)
    count -= 1
    return Owned(taking: value)
  }

  /// Gives memory back once a long queue has become short.
  mutating func shrinkIfSparse() {
    guard capacity > 64, count < capacity / 8 else { return }
    do throws(PyError) { try resize(to: capacity / 2) } catch { PyError.clear() }
  }

  private mutating func resize(to size: Int) throws(PyError) {
    guard let memory = malloc(size * MemoryLayout<Value>.stride)?.assumingMemoryBound(to: Value.self) else { throw PyError.memoryError() }
    for index in 0..<count { memory[index] = self[index] }
    free(base)
    base = memory
    capacity = size
    head = 0
  }
}

private func clear(_ raw: UnsafeMutableRawPointer) {
  let contents = raw.assumingMemoryBound(to: QueueContents.self)
  // What is released may put something in.
  while contents.pointee.count > 0 { _ = contents.pointee.removeFirst() }
  free(contents.pointee.base)
  contents.pointee.base = nil
  contents.pointee.capacity = 0
  contents.pointee.head = 0
}

private func put(_ queue: Value, _ item: Value) throws(PyError) {
  let contents = QueueContents.of(queue)
  try contents.pointee.append(Owned(copying: item))
  if !contents.pointee.waiters.isEmpty { contents.pointee.waiters.wakeOne() }
}

private func get(_ queue: Value, timeout: Int) throws(PyError) -> Owned {
  let contents = QueueContents.of(queue)
  if contents.pointee.count == 0 {
    // The caller's reference may go while this thread waits.
    let held = Owned(copying: queue)
    let waiters = (UnsafeMutableRawPointer(contents) + MemoryLayout<QueueContents>.offset(of: \.waiters).unsafelyUnwrapped).assumingMemoryBound(to: WaitQueue.self)
    let deadline = WaitDeadline(timeout: timeout)
    while contents.pointee.count == 0 {
      if timeout == 0 { throw isEmpty() }
      if !(try waiters.wait(until: deadline)) && contents.pointee.count == 0 { throw isEmpty() }
    }
    return withExtendedLifetime(held.value) { takeFirst(contents) }
  }
  return takeFirst(contents)
}

private func takeFirst(_ contents: UnsafeMutablePointer<QueueContents>) -> Owned {
  let item = contents.pointee.removeFirst()
  contents.pointee.shrinkIfSparse()
  return item
}

private func isEmpty() -> PyError {
  let type = Owned(copyingIfPresent: emptyError.value)
  if type.value.isAbsent { return .runtimeError("the module _queue is gone") }
  return PyError.raise(TypeObject(type.value))
}
