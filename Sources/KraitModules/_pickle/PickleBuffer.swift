// `pickle.PickleBuffer`: a buffer that a pickler may hand over beside the pickle (PEP 574).

import KraitRuntime

nonisolated(unsafe) var pickleBufferType = ModuleType()

struct PickleBufferObject {
  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// The weak references' word of the shape flag `.hasState`.
    var state: ObjectState
    /// What the wrapped object exports; without an owner once it was released.
    var fields: BufferFields
  }

  let contents: UnsafeMutablePointer<Contents>
  init(_ value: Value) { contents = value.object.assumingMemoryBound(to: Contents.self) }
  init(raw: UnsafeMutableRawPointer) { contents = raw.assumingMemoryBound(to: Contents.self) }

  /// The buffer; ValueError after `release()`.
  func open() throws(PyError) -> BufferFields {
    if contents.pointee.fields.owner.isAbsent { throw .valueError("operation forbidden on released PickleBuffer object") }
    return contents.pointee.fields
  }

  /// The exported fields leave the object before they are given back, as that may run code.
  func release() {
    var fields = contents.pointee.fields
    contents.pointee.fields.owner = .absent
    fields.release()
  }

  /// Whether the bytes lie one after another, in C's or in Fortran's order.
  static func isContiguous(_ fields: BufferFields) -> Bool {
    if fields.suboffsets != nil { return false }
    guard let strides = fields.strides, let shape = fields.shape, fields.byteCount > 0 else { return true }
    return follows(shape, strides, fields, (0..<fields.dimensions).reversed().map { $0 }) || follows(shape, strides, fields, Array(0..<fields.dimensions))
  }

  private static func follows(_ shape: UnsafeMutablePointer<Int>, _ strides: UnsafeMutablePointer<Int>, _ fields: BufferFields, _ order: [Int]) -> Bool {
    var size = fields.itemSize
    for dimension in order {
      if shape[dimension] > 1 && strides[dimension] != size { return false }
      size = size &* shape[dimension]
    }
    return true
  }
}

func definePickleBuffer(_ m: ModuleBuilder) throws(PyError) {
  pickleBufferType = ModuleType(
    try m.defineType("PickleBuffer", module: "pickle", isStatic: true) { t in
      t.documentation = "A buffer that need not be copied into the pickle."
      t.basicSize = MemoryLayout<PickleBufferObject.Contents>.size
      t.flags.insert(.managedWeakReference)
      t.shapeFlags.formUnion([.tracked, .hasState])
      t.rawNew("PickleBuffer") { (type, arguments) throws(PyError) in
        let total = arguments.positionalCount + (arguments.keywordNames.isAbsent ? 0 : TupleObject(arguments.keywordNames).count)
        if total > 1 { throw .typeError("PickleBuffer() takes at most 1 argument (\(total) given)") }
        if arguments.positionalCount != 1 { throw .typeError("PickleBuffer() takes exactly 1 positional argument (\(arguments.positionalCount) given)") }
        let made = Owned(taking: try TypeObject(type).allocate())
        guard let slot = arguments.base[0].type.slots.pointee.buffer else {
          throw .typeError("a bytes-like object is required, not '\(arguments.base[0].typeName)'")
        }
        var fields = BufferFields()
        try slot(arguments.base[0], .fullReadOnly, &fields)
        PickleBufferObject(made.value).contents.pointee.fields = fields
        return made
      }
      t.method("raw()", "A memoryview of the bytes, whatever the buffer's format; BufferError if they are not contiguous.") { (call) throws(PyError) in
        let fields = try PickleBufferObject(call.receiver).open()
        if !PickleBufferObject.isContiguous(fields) {
          throw .raise(.bufferError, "cannot extract raw buffer from non-contiguous buffer")
        }
        let view = try rawView.object.allocate()
        let lent = Owned(taking: view)
        RawViewContents.of(lent.value).pointee.buffer = Owned(copying: call.receiver).take()
        return try Owned.memoryview(lent.value)
      }
      t.method("release()", "Gives the wrapped buffer back.") { (call) throws(PyError) in
        PickleBufferObject(call.receiver).release()
        return .none
      }
      t.slots.buffer = BufferSlot { (value, request, fields) throws(PyError) in
        let own = try PickleBufferObject(value).open()
        guard let slot = own.owner.type.slots.pointee.buffer else { throw .typeError("a bytes-like object is required, not '\(own.owner.typeName)'") }
        try slot(own.owner, request, fields)
      }
      t.slots.deallocate = DeallocateSlot { raw in
        PickleBufferObject(raw: raw).release()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in visit(PickleBufferObject(raw: raw).contents.pointee.fields.owner) }
      t.slots.clear = ClearSlot { raw in PickleBufferObject(raw: raw).release() }
    })
  rawView = ModuleType(
    try m.defineType("_RawBuffer", isPublic: false) { t in
      t.basicSize = MemoryLayout<RawViewContents>.size
      t.flags.insert(.disallowInstantiation)
      t.shapeFlags.insert(.tracked)
      t.slots.buffer = BufferSlot { (value, request, fields) throws(PyError) in
        let held = Owned(copying: RawViewContents.of(value).pointee.buffer)
        let own = try PickleBufferObject(held.value).open()
        guard let slot = own.owner.type.slots.pointee.buffer else { throw .typeError("a bytes-like object is required, not '\(own.owner.typeName)'") }
        try slot(own.owner, .fullReadOnly, fields)
        fields.pointee.format = nil
        fields.pointee.shape = nil
        fields.pointee.strides = nil
        fields.pointee.itemSize = 1
        fields.pointee.dimensions = 1
        if request.contains(.writable) && fields.pointee.isReadOnly {
          fields.pointee.release()
          throw .raise(.bufferError, "Object is not writable.")
        }
      }
      t.slots.deallocate = DeallocateSlot { raw in
        raw.assumingMemoryBound(to: RawViewContents.self).pointee.buffer.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in visit(raw.assumingMemoryBound(to: RawViewContents.self).pointee.buffer) }
    })
}

/// What `raw()` gives out memory through: bytes in one dimension.
private struct RawViewContents {
  var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
  var buffer: Value
  static func of(_ value: Value) -> UnsafeMutablePointer<RawViewContents> { value.object.assumingMemoryBound(to: RawViewContents.self) }
}

nonisolated(unsafe) private var rawView = ModuleType()
