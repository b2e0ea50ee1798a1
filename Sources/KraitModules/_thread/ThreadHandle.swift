// `_thread._ThreadHandle`: what `threading.Thread` holds of the system's thread.

import Glibc
import KraitRuntime

private struct HandleContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var state: ObjectState
  /// The thread's number; 0 before it is started.
  var identifier: Int
  var isDone: Bool
  static func of(_ value: Value) -> UnsafeMutablePointer<HandleContents> { value.object.assumingMemoryBound(to: HandleContents.self) }
}

nonisolated(unsafe) private var handleType = ModuleType()

func defineHandle(_ m: ModuleBuilder) throws(PyError) {
  handleType = ModuleType(
    try m.defineType("_ThreadHandle") { t in
      t.documentation = "A thread of the system."
      t.basicSize = MemoryLayout<HandleContents>.size
      t.shapeFlags.insert(.hasState)
      t.new("_ThreadHandle()") { (call: Call) throws(PyError) -> Owned in Owned(taking: try TypeObject(call.receiver).allocate()) }
      t.slots.deallocate = DeallocateSlot { raw in finishDeallocation(raw) }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        try Owned.string("<\(object.type.fullName) object: ident=\(HandleContents.of(object).pointee.identifier)>")
      }
      t.getter("ident", "The thread's number.") { (object: Value) throws(PyError) -> Owned in try Owned.integer(HandleContents.of(object).pointee.identifier) }
      t.method("is_done()", "Whether the thread has ended.") { (call: Call) throws(PyError) -> Owned in .boolean(HandleContents.of(call.receiver).pointee.isDone) }
      t.method("_set_done()", "Note that the thread has ended.") { (call: Call) throws(PyError) -> Owned in
        if HandleContents.of(call.receiver).pointee.identifier == 0 { throw .runtimeError("thread not started") }
        HandleContents.of(call.receiver).pointee.isDone = true
        return .none
      }
      t.method("join(timeout=None, /)", "Wait for the thread's end.") { (call: Call) throws(PyError) -> Owned in
        let contents = HandleContents.of(call.receiver)
        if contents.pointee.identifier == 0 { throw .runtimeError("thread not started") }
        if !contents.pointee.isDone { throw .runtimeError("Cannot join current thread") }
        return .none
      }
    })
  try m.function("_make_thread_handle(ident, /)", "Make the handle of a running thread.") { (call: Call) throws(PyError) -> Owned in
    let identifier = try call.int(0)
    let raw = try handleType.object.allocate()
    raw.assumingMemoryBound(to: HandleContents.self).pointee.identifier = identifier
    return Owned(taking: raw)
  }
  try m.function("start_joinable_thread(function, handle=None, daemon=True)", "Call a function in a new thread.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isCallable { throw .typeError("thread function must be callable") }
    if !call[1].isNone && !handleType.includes(call[1]) { throw .typeError("'handle' must be a _ThreadHandle") }
    throw .runtimeError("can't start new thread")
  }
}
