// The module `_ctypes`: C data types and foreign functions, on libffi. The library's package `ctypes` stands on it.

import CKraitFFI
import CKraitSystem
import Glibc
import KraitRuntime

let ctypesModule = ModuleDefinition("_ctypes", "C data and functions of shared libraries; use the package ctypes.") { (m: ModuleBuilder) throws(PyError) in
  let argumentError = try m.exception("ArgumentError", module: "ctypes")
  try CTypes.argumentError.set(argumentError)
  try defineArgument(m)
  try defineCallback(m)
  try defineData(m)
  try defineMetatypes(m)
  try defineStructures(m)
  try definePointer(m)
  try defineArray(m)
  try defineSimple(m)
  try defineFunction(m)
  try defineField(m)
  try defineMemoryFunctions(m)
  try defineLibraryFunctions(m)
  try defineDataFunctions(m)
  try m.constant("FUNCFLAG_CDECL", CallFlags.cdecl)
  try m.constant("FUNCFLAG_PYTHONAPI", CallFlags.pythonAPI)
  try m.constant("FUNCFLAG_USE_ERRNO", CallFlags.useErrno)
  try m.constant("FUNCFLAG_USE_LASTERROR", CallFlags.useLastError)
  try m.constant("CTYPES_MAX_ARGCOUNT", maximumArguments)
  try m.constant("RTLD_LOCAL", Int(RTLD_LOCAL))
  try m.constant("RTLD_GLOBAL", Int(RTLD_GLOBAL))
  try m.constant("SIZEOF_TIME_T", MemoryLayout<time_t>.size)
  try m.constant("__version__", "1.1.0")
}

// MARK: - Data

private func dataArgument(_ call: Call, _ function: String, _ index: Int) throws(PyError) -> CData {
  let value = call[index]
  guard CTypes.data.includes(value) else {
    let place = function == "addressof" ? "argument" : "argument \(index + 1)"
    throw .typeError("\(function)() \(place) must be _ctypes._CData, not \(value.isNone ? "None" : value.typeName)")
  }
  return CData(value)
}

private func defineDataFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("sizeof(obj, /)", "Bytes of a C type or of an instance.") { (call: Call) throws(PyError) -> Owned in
    if let info = CTypeInfo.of(call[0]) { return try Owned.integer(info.pointee.size) }
    guard CTypes.data.includes(call[0]) else { throw .typeError("this type has no size") }
    return try Owned.integer(CData(call[0]).size)
  }
  try m.function("alignment(object, /)", "The alignment of a C type or of an instance.") { (call: Call) throws(PyError) -> Owned in
    if let info = CTypeInfo.of(call[0]) { return try Owned.integer(info.pointee.alignment) }
    guard CTypes.data.includes(call[0]) else { throw .typeError("no alignment info") }
    return try Owned.integer(CData(call[0]).info.pointee.alignment)
  }
  try m.function("byref(obj, offset=0, /)", "The address of an instance, as an argument of a function.") { (call: Call) throws(PyError) -> Owned in
    let data = try dataArgument(call, "byref", 0)
    let offset = try call[1].cSize()
    return try CArgument.make(UInt8(ascii: "P"), address: UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: data.data) &+ UInt(bitPattern: offset)), call[0])
  }
  try m.function("addressof(obj, /)", "The address of an instance's data.") { (call: Call) throws(PyError) -> Owned in
    let data = try dataArgument(call, "addressof", 0)
    try audit("ctypes.addressof", call[0])
    return try Owned.integer(UInt64(UInt(bitPattern: data.contents.pointee.data)))
  }
  try m.function("resize(obj, size, /)", "Change the size of an instance's memory.") { (call: Call) throws(PyError) -> Owned in
    let data = try dataArgument(call, "resize", 0)
    let size = try call[1].cSize()
    let least = data.info.pointee.size
    if size < least { throw .valueError("minimum size is \(least)") }
    if !data.contents.pointee.ownsMemory { throw .valueError("Memory cannot be resized because this object doesn't own it") }
    try data.resize(size)
    return .none
  }
  try m.function("buffer_info(object, /)", "Format, number of dimensions and shape of the buffers of a C type or of an instance.") { (call: Call) throws(PyError) -> Owned in
    guard let info = CTypeInfo.of(call[0]) ?? CTypeInfo.of(call[0].type) else { throw .typeError("not a ctypes type or object") }
    let shape = try Owned.tuple(count: info.pointee.dimensions)
    for index in 0..<info.pointee.dimensions { TupleObject(shape.value).initialize(index, try Owned.integer(info.pointee.shape.map { $0[index] } ?? 0)) }
    let format = info.pointee.format == nil ? Owned.none : try Owned.string(info.formatText)
    return try Owned.tuple(format.value, Value(smallInteger: info.pointee.dimensions), shape.value)
  }
  try m.rawFunction("_unpickle", "An instance of a type from its state.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    guard arguments.positionalCount == 2 else { throw .typeError("_unpickle() takes exactly 2 arguments (\(arguments.positionalCount) given)") }
    let (type, state) = (arguments.base[0], arguments.base[1])
    guard state.isTuple else { throw .typeError("_unpickle() argument 2 must be tuple, not \(state.typeName)") }
    let object = try type.callMethod(Name.__new__, type)
    let setState = try object.value.getAttribute(CName.setState)
    _ = try setState.value.call(tuple: state)
    return object
  }
  try m.rawFunction("PyObj_FromPtr", "The object at an address.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    guard arguments.positionalCount == 1 else { throw .typeError("PyObj_FromPtr() takes exactly 1 argument (\(arguments.positionalCount) given)") }
    let place = try addressArgument(arguments.base[0])
    try audit("ctypes.PyObj_FromPtr", arguments.base[0])
    guard let place, UInt(bitPattern: place) & 7 == 0 else { throw .valueError("no object can be at this address") }
    return Owned(copying: Value(place))
  }
  try m.function("Py_INCREF(object, /)", "Count one more reference to an object.") { (call: Call) throws(PyError) -> Owned in
    call[0].retain()
    return Owned(copying: call[0])
  }
  try m.function("Py_DECREF(object, /)", "Count one reference less to an object.") { (call: Call) throws(PyError) -> Owned in
    let result = Owned(copying: call[0])
    call[0].releaseIfPresent()
    return result
  }
  try m.function("get_errno()", "The calling thread's copy of errno.") { (_: Call) throws(PyError) -> Owned in
    try audit("ctypes.get_errno")
    return try Owned.integer(Int(try savedErrno().pointee))
  }
  try m.rawFunction("set_errno", "Set the calling thread's copy of errno; the result is the old one.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    guard arguments.positionalCount == 1 else { throw .typeError("set_errno expected 1 argument, got \(arguments.positionalCount)") }
    try audit("ctypes.set_errno", arguments.base[0])
    let number = try arguments.base[0].cInt()
    let place = try savedErrno()
    let old = place.pointee
    place.pointee = number
    return try Owned.integer(Int(old))
  }
}

// MARK: - Libraries

/// An int that is an address or a handle.
private func addressArgument(_ value: Value) throws(PyError) -> UnsafeMutableRawPointer? {
  guard value.isInteger else { throw .typeError("an integer is required") }
  return try address(value)
}

private func checkCount(_ name: String, _ arguments: Arguments, _ range: ClosedRange<Int>) throws(PyError) {
  let count = arguments.positionalCount
  if range.contains(count) { return }
  let quantity = range.count == 1 ? "exactly" : count < range.lowerBound ? "at least" : "at most"
  let limit = count < range.lowerBound ? range.lowerBound : range.upperBound
  throw .typeError("\(name)() takes \(quantity) \(limit) argument\(limit == 1 ? "" : "s") (\(count) given)")
}

private func loaderError(_ type: TypeObject, _ otherwise: String) -> PyError { PyError.raise(type, dlerror().map { String(cString: $0) } ?? otherwise) }

private func defineLibraryFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.rawFunction("dlopen", "dlopen(name, flag=RTLD_LOCAL)\nLoad a shared library; the result is its handle. None stands for the program itself.") {
    (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try checkCount("dlopen", arguments, 1...2)
    let mode = arguments.positionalCount > 1 ? try arguments.base[1].cInt() : RTLD_NOW
    let name = arguments.base[0]
    if isAudited { try audit("ctypes.dlopen", name) }
    if name.isNone {
      guard let handle = dlopen(nil, mode | RTLD_NOW) else { throw loaderError(.osError, "dlopen() error") }
      return try Owned.integer(UInt64(UInt(bitPattern: handle)))
    }
    let path = try encodedPath(name)
    // Loading runs code of the library, which may take its time.
    let (handle, failure) = withoutLock { () -> (UnsafeMutableRawPointer?, String?) in
      let handle = dlopen(path, mode | RTLD_NOW)
      return (handle, handle == nil ? dlerror().map { String(cString: $0) } : nil)
    }
    guard let handle else { throw PyError.raise(.osError, failure ?? "dlopen() error") }
    return try Owned.integer(UInt64(UInt(bitPattern: handle)))
  }
  try m.rawFunction("dlclose", "Give a library up.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try checkCount("dlclose", arguments, 1...1)
    guard let handle = try addressArgument(arguments.base[0]) else { throw PyError.raise(.osError, "invalid handle") }
    if dlclose(handle) != 0 { throw loaderError(.osError, "dlclose() error") }
    return .none
  }
  try m.rawFunction("dlsym", "The address of a symbol in a library.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try checkCount("dlsym", arguments, 2...2)
    let handle = try addressArgument(arguments.base[0])
    guard arguments.base[1].isString else { throw .typeError("dlsym() argument 2 must be str, not \(arguments.base[1].isNone ? "None" : arguments.base[1].typeName)") }
    try audit("ctypes.dlsym/handle", arguments.base[0], arguments.base[1])
    _ = dlerror()
    if let place = dlsym(handle, arguments.base[1].text) { return try Owned.integer(UInt64(UInt(bitPattern: place))) }
    throw loaderError(.osError, "symbol '\(arguments.base[1].text)' not found")
  }
  try m.function("dllist()", "The names of the libraries that are loaded.") { (_: Call) throws(PyError) -> Owned in
    var names: [String] = []
    withUnsafeMutablePointer(to: &names) {
      krait_library_names($0) { name, context in
        guard let name, let context else { return }
        context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
      }
    }
    let list = try Owned.list(capacity: names.count)
    for name in names {
      let text = try Owned.string(name)
      try ListObject(list.value).append(text.value)
    }
    return list
  }
  try m.rawFunction("call_function", "Call a function at an address with a tuple of arguments.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try callAddress(arguments, "call_function", 0)
  }
  try m.rawFunction("call_cdeclfunction", "Call a function at an address with a tuple of arguments.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try callAddress(arguments, "call_cdeclfunction", CallFlags.cdecl)
  }
}

private func callAddress(_ arguments: Arguments, _ name: String, _ flags: Int) throws(PyError) -> Owned {
  if arguments.positionalCount != 2 { throw .typeError("function takes exactly 2 arguments (\(arguments.positionalCount) given)") }
  let place = try addressArgument(arguments.base[0])
  guard arguments.base[1].isTuple else { throw .typeError("argument 2 must be tuple, not \(arguments.base[1].isNone ? "None" : arguments.base[1].typeName)") }
  let call = ForeignCall(function: place, flags: flags, converters: .absent, resultType: .absent, checker: .absent)
  return try call.call(TupleObject(arguments.base[1]).buffer)
}

/// A path as bytes for the system, with a zero behind them.
private func encodedPath(_ value: Value) throws(PyError) -> [CChar] {
  let path = try fileSystemPath(value)
  let encoded = try encodeFileSystem(path.value)
  let bytes = BytesObject(encoded.value)
  for index in 0..<bytes.count where bytes.buffer[index] == 0 { throw .valueError("embedded null byte") }
  return bytes.buffer.map { CChar(bitPattern: $0) } + [0]
}
