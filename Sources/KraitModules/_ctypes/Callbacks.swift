// Python functions that C calls: closures of libffi.

import CKraitFFI
import Glibc
import KraitRuntime

/// `_ctypes.CThunkObject`: the code that C is given, and the Python function that it calls.
struct Callback {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// libffi's closure: where it is written, and where it is called.
    var closure: UnsafeMutablePointer<ffi_closure>?
    var code: UnsafeMutableRawPointer?
    var interface: ffi_cif
    var types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>?
    /// Owned, as the two that follow: the function, a tuple of types, a type or None.
    var callable: Value
    var argumentTypes: Value
    var resultType: Value
    var result: Accessor
    var resultSize: Int
    var flags: Int
    /// The interpreter whose function it is.
    var interpreter: Int
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var code: UnsafeMutableRawPointer? { contents.pointee.code }

  /// Makes code that calls a function with the signature of a function type.
  static func make(_ callable: Value, _ type: CTypePointer) throws(PyError) -> Owned {
    let argumentTypes = try Owned.tuple(from: type.pointee.argumentTypes)
    let thunk = Callback(raw: try CTypes.thunk.object.allocate())
    let result = Owned(taking: thunk.raw)
    let contents = thunk.contents
    callable.retain()
    contents.pointee.callable = callable
    contents.pointee.argumentTypes = argumentTypes.copy().take()
    contents.pointee.resultType = type.pointee.resultType.isAbsent ? .none : Owned(copying: type.pointee.resultType).take()
    contents.pointee.flags = type.pointee.callFlags
    contents.pointee.interpreter = currentInterpreter.pointee.identifier
    let count = TupleObject(argumentTypes.value).count
    guard let types = calloc(count + 1, MemoryLayout<UnsafeMutablePointer<ffi_type>?>.stride) else { throw PyError.memoryError() }
    let list = types.assumingMemoryBound(to: UnsafeMutablePointer<ffi_type>?.self)
    contents.pointee.types = list
    let integer = krait_ffi_type(UInt8(ascii: "i")).unsafelyUnwrapped
    for index in 0..<count {
      let info = CTypeInfo.of(TupleObject(argumentTypes.value)[index])
      list[index] = info.map { $0.foreignType } ?? integer
      // C's arrays are passed as addresses.
      if info?.pointee.kind == .array { list[index] = ForeignArgument.pointerType }
    }
    var resultType = krait_ffi_type(0).unsafelyUnwrapped
    if !contents.pointee.resultType.isNone {
      guard let info = CTypeInfo.of(contents.pointee.resultType), !info.pointee.accessor.isNone else {
        throw .typeError("invalid result type for callback function")
      }
      contents.pointee.result = info.pointee.accessor
      contents.pointee.resultSize = info.pointee.size
      resultType = info.foreignType
    }
    var code: UnsafeMutableRawPointer?
    guard let closure = ffi_closure_alloc(MemoryLayout<ffi_closure>.size, &code) else { throw PyError.memoryError() }
    contents.pointee.closure = closure.assumingMemoryBound(to: ffi_closure.self)
    contents.pointee.code = code
    let interface = UnsafeMutableRawPointer(contents).advanced(by: MemoryLayout<Contents>.offset(of: \.interface).unsafelyUnwrapped)
      .assumingMemoryBound(to: ffi_cif.self)
    let status = ffi_prep_cif(interface, krait_ffi_abi(), UInt32(count), resultType, list)
    if status != FFI_OK { throw .runtimeError("ffi_prep_cif failed with \(status.rawValue)") }
    let prepared = ffi_prep_closure_loc(contents.pointee.closure, interface, enterCallback, thunk.raw, code)
    if prepared != FFI_OK { throw .runtimeError("ffi_prep_closure failed with \(prepared.rawValue)") }
    return result
  }

  func free() {
    if let closure = contents.pointee.closure { ffi_closure_free(closure) }
    Glibc.free(contents.pointee.types)
    for value in [contents.pointee.callable, contents.pointee.argumentTypes, contents.pointee.resultType] { value.releaseIfPresent() }
  }

  // MARK: Being called

  /// Calls the Python function and stores its result. Exceptions are reported: C has no place for them.
  fileprivate func call(_ result: UnsafeMutableRawPointer?, _ places: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) {
    // The function may give up the last pointer to its own code.
    Value(raw).retain()
    defer { Value(raw).releaseIfPresent() }
    let callable = Owned(copying: contents.pointee.callable)
    let values: Owned
    do throws(PyError) { values = try arguments(places) } catch {
      return reportUnraisable("Exception ignored while creating argument of ctypes callback function", callable.value)
    }
    let saved = contents.pointee.flags & CallFlags.useErrno != 0 ? errnoPlace() : nil
    if let saved { swap(&errno, &saved.pointee) }
    let answer: Owned
    do throws(PyError) { answer = try callable.value.call(tuple: values.value) } catch {
      if let saved { swap(&errno, &saved.pointee) }
      return reportUnraisable("Exception ignored while calling ctypes callback function", callable.value)
    }
    if let saved { swap(&errno, &saved.pointee) }
    guard !contents.pointee.result.isNone, let result else { return }
    do throws(PyError) {
      let kept = try contents.pointee.result.store(answer.value, result, 0)
      if kept.value.isNone || kept.value.isAbsent { return }
      // Nobody tells when C no longer needs what the result points to: it stays for good. An object's reference goes to the caller.
      _ = kept.take()
      if contents.pointee.result != .object { try warn(.runtimeWarning, "memory leak in callback function.") }
    } catch { reportUnraisable("Exception ignored while converting result of ctypes callback function", callable.value) }
  }

  private func arguments(_ places: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) throws(PyError) -> Owned {
    let types = Owned(copying: contents.pointee.argumentTypes)
    let list = try Owned.list()
    for index in 0..<TupleObject(types.value).count {
      let type = TupleObject(types.value)[index]
      guard let info = CTypeInfo.of(type), let place = places?[index] else { throw .typeError("cannot build parameter") }
      if info.readsAsValue(TypeObject(type)) {
        let value = try info.pointee.accessor.load(place, 0)
        try ListObject(list.value).append(value.value)
        continue
      }
      let value = try type.call()
      guard CTypes.data.includes(value.value) else { throw .typeError("unexpected result of create argument \(index):") }
      let data = CData(value.value)
      if info.pointee.kind == .array {
        // What C passes is where the array is.
        if let source = place.load(as: UnsafeRawPointer?.self) { memcpy(data.data, source, min(data.size, info.pointee.size)) }
      } else {
        memcpy(data.data, place, min(data.size, info.pointee.size))
      }
      try ListObject(list.value).append(value.value)
    }
    return try Owned.tuple(from: list.value)
  }
}

/// Where C comes in: from a thread that gave the interpreter's lock up for the call of a C function, that still has it, or that never ran Python.
private func enterCallback(
  _: UnsafeMutablePointer<ffi_cif>?, _ result: UnsafeMutableRawPointer?, _ places: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ context: UnsafeMutableRawPointer?
) {
  guard let context else { return }
  let callback = Callback(raw: context)
  // C may look at the whole word.
  if !callback.contents.pointee.result.isNone, let result { memset(result, 0, max(callback.contents.pointee.resultSize, 8)) }
  guard let thread = ThreadState.ofCallingThread else {
    _ = Interpreters.visit(callback.contents.pointee.interpreter) { _ in callback.call(result, places) }
    return
  }
  let isOutside = thread.pointee.isOutside
  if isOutside {
    let code = errno
    ThreadState.attach(thread)
    errno = code
    thread.pointee.isOutside = false
  }
  if thread.pointee.interpreter.pointee.identifier == callback.contents.pointee.interpreter {
    callback.call(result, places)
  } else {
    _ = Interpreters.visit(callback.contents.pointee.interpreter) { _ in callback.call(result, places) }
  }
  if isOutside {
    thread.pointee.isOutside = true
    let code = errno
    ThreadState.detach(thread)
    errno = code
  }
}

func defineCallback(_ m: ModuleBuilder) throws(PyError) {
  CTypes.thunk = ModuleType(
    try m.defineType("CThunkObject", isPublic: false) { t in
      t.documentation = "Code that C can call, which calls a Python function."
      t.basicSize = MemoryLayout<Callback.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.slots.deallocate = DeallocateSlot { raw in
        Callback(raw: raw).free()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(Callback(raw: raw).contents.pointee.callable)
        visit(Callback(raw: raw).contents.pointee.argumentTypes)
        visit(Callback(raw: raw).contents.pointee.resultType)
      }
    })
}
