// Memory of one interpreter that another reads and writes: a memory view that was sent.

import CKraitCore
import Glibc
import KraitRuntime

/// The type of what a received memory view is of.
nonisolated(unsafe) private var viewType = ModuleType()

/// An object's memory, held by messages and by who received them. Counted; with the last reference the object's interpreter takes it back.
struct SharedBuffer {
  /// The exporting interpreter; its memory stays as long as this does.
  let interpreter: InterpreterPointer
  var fields: BufferFields
  var references: UInt32 = 1

  /// The memory of a memory view.
  static func make(_ view: Value) throws(PyError) -> UnsafeMutablePointer<SharedBuffer> {
    guard let slot = view.type.slots.pointee.buffer else { throw .typeError("a bytes-like object is required, not '\(view.typeName)'") }
    guard let memory = malloc(MemoryLayout<SharedBuffer>.size)?.assumingMemoryBound(to: SharedBuffer.self) else { throw .memoryError() }
    memory.initialize(to: SharedBuffer(interpreter: currentInterpreter, fields: BufferFields()))
    do throws(PyError) { try slot(view, .fullReadOnly, &memory.pointee.fields) } catch {
      free(memory)
      throw error
    }
    Interpreters.pin(currentInterpreter)
    return memory
  }

  static func retain(_ buffer: UnsafeMutablePointer<SharedBuffer>) { _ = krait_add32_acq_rel(&buffer.pointee.references, 1) }

  static func release(_ buffer: UnsafeMutablePointer<SharedBuffer>) {
    if krait_add32_acq_rel(&buffer.pointee.references, UInt32.max) != 1 { return }
    var fields = buffer.pointee.fields
    Interpreters.unpin(buffer.pointee.interpreter) { fields.release() }
    free(buffer)
  }

  /// A memory view of the calling interpreter.
  static func restore(_ buffer: UnsafeMutablePointer<SharedBuffer>) throws(PyError) -> Owned {
    _ = try importModule("_interpreters")
    let object = Owned(taking: try viewType.object.allocate())
    retain(buffer)
    place(object.value.object).pointee = buffer
    return try TypeObject.memoryview.value.call(object.value)
  }

  private static func place(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UnsafeMutablePointer<SharedBuffer>?> {
    (raw + ObjectHeader.size).assumingMemoryBound(to: UnsafeMutablePointer<SharedBuffer>?.self)
  }

  static func defineType(_ m: ModuleBuilder) throws(PyError) {
    viewType = ModuleType(
      try m.defineType("CrossInterpreterBufferView") { t in
        t.documentation = "The memory of an object of another interpreter."
        t.basicSize = ObjectHeader.size + MemoryLayout<UnsafeRawPointer>.size
        t.flags.formUnion([.baseType, .disallowInstantiation])
        t.slots.deallocate = DeallocateSlot { raw in
          if let buffer = SharedBuffer.place(raw).pointee { SharedBuffer.release(buffer) }
          finishDeallocation(raw)
        }
        t.slots.buffer = BufferSlot { (object: Value, request: BufferRequest, fields: UnsafeMutablePointer<BufferFields>) throws(PyError) in
          guard let buffer = SharedBuffer.place(object.object).pointee else { throw .valueError("the memory is gone") }
          let known = buffer.pointee.fields
          if request.contains(.writable) && known.isReadOnly { throw PyError.raise(.bufferError, "Object is not writable.") }
          fields.pointee = known
          fields.pointee.owner = Owned(copying: object).take()
          fields.pointee.detail = 0
        }
      })
  }
}
