// The functions that `ctypes` calls by their address, as functions of C that take and give Python objects: string_at, wstring_at, memoryview_at, cast.

import CKraitFFI
import Glibc
import KraitRuntime

/// The result of a function of C whose caller looks for an exception: an object's word, 0 after an exception.
private func word(_ body: () throws(PyError) -> Owned) -> UInt64 {
  do throws(PyError) { return try body().take().bits } catch { return 0 }
}

private let stringAt: @convention(c) (UnsafeRawPointer?, Int32) -> UInt64 = { place, size in
  word { () throws(PyError) -> Owned in
    if isAudited {
      let address = try Owned.integer(Int(bitPattern: place))
      try audit("ctypes.string_at", address.value, Value(smallInteger: Int(size)))
    }
    let start = place ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped
    if size == -1 {
      guard let place else { throw .valueError("NULL pointer access") }
      return try Owned.bytes(UnsafeRawBufferPointer(start: place, count: strlen(place.assumingMemoryBound(to: CChar.self))))
    }
    if size < 0 { throw .systemError("Negative size passed to PyBytes_FromStringAndSize") }
    if place == nil && size > 0 { throw .valueError("NULL pointer access") }
    return try Owned.bytes(UnsafeRawBufferPointer(start: start, count: Int(size)))
  }
}

private let wideStringAt: @convention(c) (UnsafeRawPointer?, Int32) -> UInt64 = { place, size in
  word { () throws(PyError) -> Owned in
    if isAudited {
      let address = try Owned.integer(Int(bitPattern: place))
      try audit("ctypes.wstring_at", address.value, Value(smallInteger: Int(size)))
    }
    if size == 0 { return try Owned.string("" as StaticString) }
    guard let place else { throw .valueError("NULL pointer access") }
    if size < -1 { throw .systemError("Negative size passed to PyUnicode_New") }
    return try wideText(place, size == -1 ? krait_wide_length(place) : Int(size))
  }
}

private let memoryviewAt: @convention(c) (UnsafeMutableRawPointer?, Int, Int32) -> UInt64 = { place, size, isReadOnly in
  word { () throws(PyError) -> Owned in
    if isAudited {
      let address = try Owned.integer(Int(bitPattern: place))
      let count = try Owned.integer(size)
      try audit("ctypes.memoryview_at", address.value, count.value, Value(smallInteger: Int(isReadOnly)))
    }
    if size < 0 { throw .valueError("memoryview_at: size is negative (or overflowed): \(size)") }
    let memory = ForeignMemory(raw: try CTypes.foreignMemory.object.allocate())
    let held = Owned(taking: memory.raw)
    memory.contents.pointee.place = place
    memory.contents.pointee.size = size
    memory.contents.pointee.isReadOnly = isReadOnly != 0
    return try Owned.memoryview(held.value)
  }
}

private let castTo: @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64) -> UInt64 = { place, source, type in
  word { () throws(PyError) -> Owned in try cast(place, Value(bits: source), Value(bits: type)) }
}

private func cast(_ place: UnsafeMutableRawPointer?, _ source: Value, _ type: Value) throws(PyError) -> Owned {
  guard type.isType, CTypes.metatype.includes(type) else { throw .typeError("cast() argument 2 must be a pointer type, not \(type.isType ? type.asType.nameText : type.typeName)") }
  let info = CTypeInfo.of(type)
  let isPointer = CTypes.pointerMetatype.includes(type) || CTypes.functionMetatype.includes(type) || info.map { $0.pointee.kind == .simple && "PzZO".utf8.contains($0.pointee.code) } ?? false
  if !isPointer { throw .typeError("cast() argument 2 must be a pointer type, not \(type.asType.nameText)") }
  let result = try type.call()
  guard CTypes.data.includes(result.value), CData(result.value).size >= 8 else { throw .typeError("cast() argument 2 must be a pointer type") }
  let data = CData(result.value)
  if CTypes.data.includes(source) {
    // The two share what they keep alive, and the new pointer keeps the old object.
    let object = CData(source)
    _ = try object.container()
    if !object.contents.pointee.objects.isAbsent && object.contents.pointee.objects.isNone { object.contents.pointee.objects = try Owned.dict().take() }
    let objects = object.contents.pointee.objects
    if !objects.isAbsent {
      let old = data.contents.pointee.objects
      objects.retain()
      data.contents.pointee.objects = objects
      old.releaseIfPresent()
      if objects.isExactDict {
        let key = try Owned.integer(UInt64(source.bits))
        let held = Owned(copying: objects)
        try DictObject(held.value).set(key.value, source)
      }
    }
  }
  data.address = place
  return result
}

// MARK: - Foreign memory

/// What a memoryview of foreign memory holds in place of an exporter.
private struct ForeignMemory {
  let raw: UnsafeMutableRawPointer

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var place: UnsafeMutableRawPointer?
    var size: Int
    var isReadOnly: Bool
  }
  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

func defineMemoryFunctions(_ m: ModuleBuilder) throws(PyError) {
  CTypes.foreignMemory = ModuleType(
    try m.defineType("ForeignMemory", isPublic: false) { t in
      t.documentation = "Memory that no object has."
      t.basicSize = MemoryLayout<ForeignMemory.Contents>.size
      t.slots.buffer = BufferSlot { (object: Value, _: BufferRequest, fields: UnsafeMutablePointer<BufferFields>) throws(PyError) in
        // There is no owner: nobody keeps the memory, and `obj` is None.
        let contents = ForeignMemory(raw: object.object).contents
        fields.pointee.data = contents.pointee.place ?? UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
        fields.pointee.byteCount = contents.pointee.size
        fields.pointee.isReadOnly = contents.pointee.isReadOnly
      }
    })
  func address<Function>(_ name: StaticString, _ function: Function) throws(PyError) {
    try m.constant(name, try Owned.integer(UInt64(UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self)))))
  }
  try address("_string_at_addr", stringAt)
  try address("_wstring_at_addr", wideStringAt)
  try address("_memoryview_at_addr", memoryviewAt)
  try address("_cast_addr", castTo)
  try m.constant("_memmove_addr", try Owned.integer(UInt64(UInt(bitPattern: krait_address_of_memmove()))))
  try m.constant("_memset_addr", try Owned.integer(UInt64(UInt(bitPattern: krait_address_of_memset()))))
}
