// The module `_pickle`: what the module pickle is built on.

import KraitRuntime

let pickleModule = ModuleDefinition("_pickle", "Objects as bytes, and bytes as objects: the native part of the module pickle.") { (m: ModuleBuilder) throws(PyError) in
  let base = try m.exception("PickleError")
  try PickleState.pickleError.set(Owned(copying: base.value))
  try PickleState.picklingError.set(try m.exception("PicklingError", bases: [TypeObject(base.value)]))
  try PickleState.unpicklingError.set(try m.exception("UnpicklingError", bases: [TypeObject(base.value)]))
  try PickleState.load()
  try definePickleBuffer(m)
  try definePickler(m)
  try defineUnpickler(m)
  try m.function(
    "dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)", "Writes an object to a file, as Pickler(file, protocol).dump(obj) does."
  ) { (call) throws(PyError) in
    let pickler = try PicklerObject.make()
    let object = PicklerObject(pickler.value)
    try object.setProtocol(call[2], fixImports: try call.bool(3))
    try object.setFile(call[1])
    try object.setBufferCallback(call[4])
    try object.dump(call[0])
    try object.flush()
    return .none
  }
  try m.function(
    "dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)", "The bytes that stand for an object."
  ) { (call) throws(PyError) in
    let pickler = try PicklerObject.make()
    let object = PicklerObject(pickler.value)
    try object.setProtocol(call[1], fixImports: try call.bool(2))
    try object.setBufferCallback(call[3])
    try object.dump(call[0])
    return try object.takeOutput()
  }
  try m.function(
    "load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", "Reads an object from a file, as Unpickler(file).load() does."
  ) { (call) throws(PyError) in
    let unpickler = try UnpicklerObject.make()
    let object = UnpicklerObject(unpickler.value)
    try object.setFile(call[0])
    try object.setUp(fixImports: try call.bool(1), encoding: try call.string(2), errors: try call.string(3), buffers: call[4])
    return try object.load()
  }
  try m.function(
    "loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", "The object that bytes stand for."
  ) { (call) throws(PyError) in
    let unpickler = try UnpicklerObject.make()
    let object = UnpicklerObject(unpickler.value)
    try object.setInput(call[0])
    try object.setUp(fixImports: try call.bool(1), encoding: try call.string(2), errors: try call.string(3), buffers: call[4])
    return try object.load()
  }
}

/// What an interpreter's picklers and unpicklers share.
enum PickleState {
  nonisolated(unsafe) static var pickleError = InterpreterValue()
  nonisolated(unsafe) static var picklingError = InterpreterValue()
  nonisolated(unsafe) static var unpicklingError = InterpreterValue()
  nonisolated(unsafe) static var dispatchTable = InterpreterValue()
  nonisolated(unsafe) static var extensionRegistry = InterpreterValue()
  nonisolated(unsafe) static var invertedRegistry = InterpreterValue()
  nonisolated(unsafe) static var extensionCache = InterpreterValue()
  nonisolated(unsafe) static var nameMapping = InterpreterValue()
  nonisolated(unsafe) static var importMapping = InterpreterValue()
  nonisolated(unsafe) static var reverseNameMapping = InterpreterValue()
  nonisolated(unsafe) static var reverseImportMapping = InterpreterValue()
  nonisolated(unsafe) static var codecsEncode = InterpreterValue()
  nonisolated(unsafe) static var getattr = InterpreterValue()
  nonisolated(unsafe) static var partial = InterpreterValue()

  static func load() throws(PyError) {
    let copyreg = try importModule("copyreg")
    try dispatchTable.set(try table(copyreg.value, "copyreg", "dispatch_table"))
    try extensionRegistry.set(try table(copyreg.value, "copyreg", "_extension_registry"))
    try invertedRegistry.set(try table(copyreg.value, "copyreg", "_inverted_registry"))
    try extensionCache.set(try table(copyreg.value, "copyreg", "_extension_cache"))
    let compatibility = try importModule("_compat_pickle")
    try nameMapping.set(try table(compatibility.value, "_compat_pickle", "NAME_MAPPING"))
    try importMapping.set(try table(compatibility.value, "_compat_pickle", "IMPORT_MAPPING"))
    try reverseNameMapping.set(try table(compatibility.value, "_compat_pickle", "REVERSE_NAME_MAPPING"))
    try reverseImportMapping.set(try table(compatibility.value, "_compat_pickle", "REVERSE_IMPORT_MAPPING"))
    let codecs = try importModule("codecs")
    try codecsEncode.set(try attribute(codecs.value, "encode"))
    if !codecsEncode.value.isCallable { throw .runtimeError("codecs.encode should be a callable, not \(codecsEncode.value.typeName)") }
    let functools = try importModule("functools")
    try partial.set(try attribute(functools.value, "partial"))
    let builtins = try importModule("builtins")
    try getattr.set(try attribute(builtins.value, "getattr"))
  }

  private static func attribute(_ module: Value, _ name: StaticString) throws(PyError) -> Owned {
    let name = try Owned.string(name)
    return try module.getAttribute(name.value)
  }

  private static func table(_ module: Value, _ moduleName: String, _ name: StaticString) throws(PyError) -> Owned {
    let found = try attribute(module, name)
    if !found.value.isExactDict { throw .runtimeError("\(moduleName).\(name) should be a dict, not \(found.value.typeName)") }
    return found
  }
}

func picklingError(_ message: String) -> PyError { .raise(TypeObject(PickleState.picklingError.value), message) }
func unpicklingError(_ message: String) -> PyError { .raise(TypeObject(PickleState.unpicklingError.value), message) }

/// The error with the pending exception as its context.
func picklingErrorFromPending(_ message: String) -> PyError {
  let pending = currentThread.pointee.takeException()
  let error = picklingError(message)
  let raised = currentThread.pointee.takeException()
  ExceptionObject(raised.value).setContext(Owned(copying: pending.value))
  currentThread.pointee.setException(raised)
  return error
}

/// Gives a field that owns its value another one; what it held before goes when nothing is changed any more, as that may run code.
@discardableResult
func exchange(_ field: inout Value, _ value: consuming Owned) -> Owned {
  let old = field
  field = value.take()
  return Owned(taking: old)
}

/// The text of `repr()`, for messages; an error on the way is the one that is thrown.
func reprText(_ value: Value) throws(PyError) -> String { try value.repr().text }

/// Names of attributes that only this module needs.
enum PickleName {
  static let write = Name.make("write")
  static let read = Name.make("read")
  static let readinto = Name.make("readinto")
  static let readline = Name.make("readline")
  static let peek = Name.make("peek")
  static let persistentID = Name.make("persistent_id")
  static let persistentLoad = Name.make("persistent_load")
  static let reducerOverride = Name.make("reducer_override")
  static let dispatchTable = Name.make("dispatch_table")
  static let findClass = Name.make("find_class")
  static let reduceEx = Name.make("__reduce_ex__")
  static let reduce = Name.make("__reduce__")
  static let newObject = Name.make("__newobj__")
  static let newObjectWithKeywords = Name.make("__newobj_ex__")
  static let setState = Name.make("__setstate__")
  static let getInitialArguments = Name.make("__getinitargs__")
  static let items = Name.make("items")
  static let add = Name.make("add")
  static let append = Name.make("append")
  static let extend = Name.make("extend")
  static let decode = Name.make("decode")
  static let latin1 = Name.make("latin1")
  static let ascii = Name.make("ascii")
  static let bytes = Name.make("bytes")
  static let utf8 = Name.make("utf-8")
  static let surrogatePass = Name.make("surrogatepass")
  static let strict = Name.make("strict")
  static let main = Name.make("__main__")
}

/// The opcodes of pickles.
enum PickleCode {
  static let mark = UInt8(ascii: "("), stop = UInt8(ascii: "."), pop = UInt8(ascii: "0"), popMark = UInt8(ascii: "1"), duplicate = UInt8(ascii: "2")
  static let float = UInt8(ascii: "F"), int = UInt8(ascii: "I"), binaryInt = UInt8(ascii: "J"), binaryInt1 = UInt8(ascii: "K"), long = UInt8(ascii: "L")
  static let binaryInt2 = UInt8(ascii: "M"), none = UInt8(ascii: "N"), persistentID = UInt8(ascii: "P"), binaryPersistentID = UInt8(ascii: "Q")
  static let reduce = UInt8(ascii: "R"), string = UInt8(ascii: "S"), binaryString = UInt8(ascii: "T"), shortBinaryString = UInt8(ascii: "U")
  static let unicode = UInt8(ascii: "V"), binaryUnicode = UInt8(ascii: "X"), append = UInt8(ascii: "a"), build = UInt8(ascii: "b"), global = UInt8(ascii: "c")
  static let dict = UInt8(ascii: "d"), emptyDict = UInt8(ascii: "}"), appends = UInt8(ascii: "e"), get = UInt8(ascii: "g"), binaryGet = UInt8(ascii: "h")
  static let instance = UInt8(ascii: "i"), longBinaryGet = UInt8(ascii: "j"), list = UInt8(ascii: "l"), emptyList = UInt8(ascii: "]"), object = UInt8(ascii: "o")
  static let put = UInt8(ascii: "p"), binaryPut = UInt8(ascii: "q"), longBinaryPut = UInt8(ascii: "r"), setItem = UInt8(ascii: "s"), tuple = UInt8(ascii: "t")
  static let emptyTuple = UInt8(ascii: ")"), setItems = UInt8(ascii: "u"), binaryFloat = UInt8(ascii: "G")
  static let binaryBytes = UInt8(ascii: "B"), shortBinaryBytes = UInt8(ascii: "C")
  // Protocol 2.
  static let protocolNumber: UInt8 = 0x80, newObject: UInt8 = 0x81, extension1: UInt8 = 0x82, extension2: UInt8 = 0x83, extension4: UInt8 = 0x84
  static let tuple1: UInt8 = 0x85, tuple2: UInt8 = 0x86, tuple3: UInt8 = 0x87, newTrue: UInt8 = 0x88, newFalse: UInt8 = 0x89, long1: UInt8 = 0x8A, long4: UInt8 = 0x8B
  // Protocol 4.
  static let shortBinaryUnicode: UInt8 = 0x8C, binaryUnicode8: UInt8 = 0x8D, binaryBytes8: UInt8 = 0x8E, emptySet: UInt8 = 0x8F, addItems: UInt8 = 0x90
  static let frozenset: UInt8 = 0x91, newObjectWithKeywords: UInt8 = 0x92, stackGlobal: UInt8 = 0x93, memoize: UInt8 = 0x94, frame: UInt8 = 0x95
  // Protocol 5.
  static let bytearray8: UInt8 = 0x96, nextBuffer: UInt8 = 0x97, readOnlyBuffer: UInt8 = 0x98
}
