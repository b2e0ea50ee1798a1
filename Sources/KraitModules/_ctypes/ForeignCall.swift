// Calling functions of C: arguments become C values, the interpreter's lock is given up, the result becomes a Python value.

import CKraitFFI
import Glibc
import KraitRuntime

/// One argument as libffi takes it.
struct ForeignArgument {
  /// The bytes of the value, unless `copy` has them.
  var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  var type: UnsafeMutablePointer<ffi_type>
  /// What must live until the call is over: owned, or absent.
  var kept = Value.absent
  /// Memory with a copy of a large structure.
  var copy: UnsafeMutableRawPointer?

  static var pointerType: UnsafeMutablePointer<ffi_type> { krait_ffi_type(UInt8(ascii: "P")).unsafelyUnwrapped }

  init(address: UnsafeRawPointer?, _ kept: consuming Owned) {
    type = ForeignArgument.pointerType
    bytes.0 = UInt64(UInt(bitPattern: address))
    self.kept = kept.take()
  }

  init(_ type: UnsafeMutablePointer<ffi_type>, _ kept: consuming Owned) {
    self.type = type
    self.kept = kept.take()
  }

  func release() {
    kept.releaseIfPresent()
    free(copy)
  }

  /// What a value is as an argument.
  static func make(_ value: Value, _ number: Int) throws(PyError) -> ForeignArgument {
    if CTypes.data.includes(value) { return try make(data: CData(value)) }
    if CTypes.argument.isType(of: value) {
      let contents = CArgument(value).contents
      var argument = ForeignArgument(contents.pointee.type ?? pointerType, Owned(copying: value))
      argument.bytes = contents.pointee.bytes
      return argument
    }
    if value.isNone { return ForeignArgument(address: nil, Owned(taking: .absent)) }
    if value.isInteger {
      // What a C int has room for, of a number that fits into a machine word.
      guard Integer.asInt(value) != nil || Integer.asUInt64(value) != nil else { throw .overflowError("int too long to convert") }
      var argument = ForeignArgument(krait_ffi_type(UInt8(ascii: "i")).unsafelyUnwrapped, Owned(taking: .absent))
      argument.bytes.0 = UInt64(UInt32(truncatingIfNeeded: Integer.truncatedBits(value)))
      return argument
    }
    if value.isBytes { return ForeignArgument(address: BytesObject(value).data, Owned(copying: value)) }
    if value.isString {
      let memory = try wideMemory(value)
      return ForeignArgument(address: BytesObject(memory.value).data, memory)
    }
    let parameter = try value.lookUpAttribute(CName.asParameter)
    if !parameter.value.isAbsent {
      try checkNativeRecursion(" while processing _as_parameter_")
      return try make(parameter.value, number)
    }
    throw .typeError("Don't know how to convert parameter \(number)")
  }

  private static func make(data: CData) throws(PyError) -> ForeignArgument {
    let info = data.info
    switch info.pointee.kind {
    case .array: return ForeignArgument(address: data.data, Owned(copying: data.value))
    case .pointer, .function: return ForeignArgument(address: data.address, Owned(copying: data.value))
    case .simple:
      var argument = ForeignArgument(info.foreignType, Owned(copying: data.value))
      withUnsafeMutableBytes(of: &argument.bytes) { $0.baseAddress.unsafelyUnwrapped.copyMemory(from: data.data, byteCount: min(data.size, info.pointee.size, 32)) }
      return argument
    case .structure, .union:
      var argument = ForeignArgument(info.foreignType, Owned(copying: data.value))
      let size = min(data.size, info.pointee.size)
      if size <= 32 {
        withUnsafeMutableBytes(of: &argument.bytes) { if size > 0 { $0.baseAddress.unsafelyUnwrapped.copyMemory(from: data.data, byteCount: size) } }
        return argument
      }
      guard let copy = malloc(size) else {
        argument.release()
        throw PyError.memoryError()
      }
      memcpy(copy, data.data, size)
      argument.copy = copy
      return argument
    }
  }
}

/// A call of a function of C. The values are borrowed.
struct ForeignCall {
  let function: UnsafeMutableRawPointer?
  let flags: Int
  /// The `from_param` functions of the first arguments: a tuple, or absent.
  let converters: Value
  /// A type, a function that is given a C int, None; absent for int.
  let resultType: Value
  /// A function that looks at the result; absent for none.
  let checker: Value

  func call(_ values: UnsafeBufferPointer<Value>) throws(PyError) -> Owned {
    let count = values.count
    if isAudited {
      let address = try Owned.integer(UInt64(UInt(bitPattern: function)))
      let arguments = try Owned.tuple(copying: Array(values))
      try audit("ctypes.call_function", address.value, arguments.value)
    }
    if count > maximumArguments {
      throw PyError.raise(TypeObject(CTypes.argumentError.value), "too many arguments (\(count)), maximum is \(maximumArguments)")
    }
    let arguments = UnsafeMutablePointer<ForeignArgument>.allocate(capacity: max(count, 1))
    var ready = 0
    defer {
      for index in 0..<ready { arguments[index].release() }
      arguments.deallocate()
    }
    while ready < count {
      let argument: ForeignArgument
      do throws(PyError) { argument = try convert(values[ready], ready) } catch {
        throw extendError(TypeObject(CTypes.argumentError.value), "argument \(ready + 1): ")
      }
      (arguments + ready).initialize(to: argument)
      ready += 1
    }
    let info = resultType.isAbsent ? nil : CTypeInfo.of(resultType)
    // The caller holds the result type, so its record stays.
    let type = info.map { $0.foreignType } ?? krait_ffi_type(UInt8(ascii: "i")).unsafelyUnwrapped
    let size = max(type.pointee.size, 32)
    guard let result = malloc(size) else { throw PyError.memoryError() }
    defer { free(result) }
    memset(result, 0, size)
    try run(arguments, count, type, result)
    return try value(of: result, info)
  }

  private func convert(_ value: Value, _ index: Int) throws(PyError) -> ForeignArgument {
    if !converters.isAbsent && index < TupleObject(converters).count {
      let converted = try TupleObject(converters)[index].call(value)
      return try ForeignArgument.make(converted.value, index + 1)
    }
    return try ForeignArgument.make(value, index + 1)
  }

  /// Calls the function, without the interpreter's lock unless it is one of Python's own.
  private func run(
    _ arguments: UnsafeMutablePointer<ForeignArgument>, _ count: Int, _ type: UnsafeMutablePointer<ffi_type>, _ result: UnsafeMutableRawPointer
  ) throws(PyError) {
    let places = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: max(count, 1))
    let types = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: max(count, 1))
    defer {
      places.deallocate()
      types.deallocate()
    }
    for index in 0..<count {
      places[index] = arguments[index].copy ?? UnsafeMutableRawPointer(arguments + index)
      types[index] = arguments[index].type
    }
    var interface = ffi_cif()
    guard ffi_prep_cif(&interface, krait_ffi_abi(), UInt32(count), type, types) == FFI_OK else { throw .runtimeError("ffi_prep_cif failed") }
    let error = flags & CallFlags.useErrno != 0 ? try savedErrno() : nil
    if flags & CallFlags.pythonAPI != 0 {
      krait_ffi_call(&interface, function, result, places, error)
      if !currentThread.pointee.exception.isAbsent { throw PyError() }
      return
    }
    // A callback finds the lock given up, and takes it.
    let thread = currentThread
    let wasOutside = thread.pointee.isOutside
    thread.pointee.isOutside = true
    ThreadState.detach(thread)
    krait_ffi_call(&interface, function, result, places, error)
    ThreadState.attach(thread)
    thread.pointee.isOutside = wasOutside
  }

  private func value(of result: UnsafeMutableRawPointer, _ info: CTypePointer?) throws(PyError) -> Owned {
    if resultType.isAbsent { return try Owned.integer(Int(result.load(as: Int32.self))) }
    if resultType.isNone { return .none }
    guard let info else {
      let number = try Owned.integer(Int(result.load(as: Int32.self)))
      return try resultType.call(number.value)
    }
    let value: Owned
    if info.readsAsValue(TypeObject(resultType)) {
      // A function that gives an object gives its reference too.
      if info.pointee.accessor == .object, result.load(as: UInt64.self) != 0 {
        value = Owned(taking: Value(bits: result.load(as: UInt64.self)))
      } else {
        value = try info.pointee.accessor.load(result, 0)
      }
    } else {
      value = try CData.make(TypeObject(resultType), copying: result)
    }
    if checker.isAbsent { return value }
    return try checker.call(value.value)
  }
}

// MARK: - errno

nonisolated(unsafe) private var errnoKey: pthread_key_t = {
  var key = pthread_key_t()
  pthread_key_create(&key) { free($0) }
  return key
}()

/// The calling thread's own copy of errno, which functions with `use_errno` see; nil when there is no memory for one.
func errnoPlace() -> UnsafeMutablePointer<Int32>? {
  if let place = pthread_getspecific(errnoKey) { return place.assumingMemoryBound(to: Int32.self) }
  guard let place = calloc(1, MemoryLayout<Int32>.size) else { return nil }
  pthread_setspecific(errnoKey, place)
  return place.assumingMemoryBound(to: Int32.self)
}

func savedErrno() throws(PyError) -> UnsafeMutablePointer<Int32> {
  guard let place = errnoPlace() else { throw PyError.memoryError() }
  return place
}
