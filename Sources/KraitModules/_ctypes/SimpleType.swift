// Simple types: numbers, characters, addresses. `_SimpleCData` and its metatype.

import CKraitFFI
import Glibc
import KraitRuntime

/// The letters that `_type_` may be.
private let simpleCodes = "cbBhHiIlLdDFGfuzZqQPOv?g"
/// Those of them whose bytes can stand the other way round.
private let swappableCodes = "bBhHiIlLqQfdFD"

// MARK: - Classes

/// `PyCSimpleType.__init__`
func initializeSimpleType(_ type: TypeObject, _ arguments: Arguments) throws(PyError) {
  guard arguments.positionalCount == 1 || arguments.positionalCount == 3 else { throw .typeError("type.__init__() takes 1 or 3 arguments") }
  let letter = try type.value.lookUpAttribute(CName.itemType)
  if letter.value.isAbsent { throw .attributeError("class must define a '_type_' attribute") }
  guard letter.value.isString else { throw .typeError("class must define a '_type_' string attribute") }
  let text = letter.value.text
  guard text.utf8.count == 1, let code = text.utf8.first else {
    throw .valueError("class must define a '_type_' attribute which must be a string of length 1")
  }
  guard simpleCodes.utf8.contains(code) else {
    throw .attributeError(
      "class must define a '_type_' attribute which must be\na single character string containing one of the\nsupported types: '\(simpleCodes)'.")
  }
  let info = try CTypeInfo.attach(type, .simple)
  info.describe(code)
  replace(&info.pointee.itemType, letter)
  try info.setFormat("<" + String(Unicode.Scalar(shownCode(code))))
  if type.base == CTypes.simple.object {
    if "zZPO".utf8.contains(code) { info.pointee.isPointer = true }
    if let function = parameterFunction(code) { try type.add(classMethod: function) }
  }
  if type.raw.shape.type == CTypes.simpleMetatype.object && swappableCodes.utf8.contains(code) { try addSwappedType(type, code, arguments) }
}

/// The letter in formats: that of the type with the same size everywhere.
private func shownCode(_ code: UInt8) -> UInt8 {
  switch code {
  case UInt8(ascii: "l"): UInt8(ascii: "q")
  case UInt8(ascii: "L"): UInt8(ascii: "Q")
  default: code
  }
}

/// Makes the type with the bytes the other way round, and lets the two know each other.
private func addSwappedType(_ type: TypeObject, _ code: UInt8, _ arguments: Arguments) throws(PyError) {
  guard arguments.positionalCount == 3 else { return }
  let (bases, namespace) = (arguments.base[1], arguments.base[2])
  guard bases.isTuple, namespace.isDict else { return }
  let name = try Owned.string(arguments.base[0].text + "_be")
  let swapped = try TypeObject.create(CTypes.simpleMetatype.object, name.value, bases, namespace, .absent)
  let info = try CTypeInfo.attach(TypeObject(swapped.value), .simple)
  info.describe(code)
  info.pointee.accessor.isSwapped = true
  replace(&info.pointee.itemType, Owned(copying: CTypeInfo.of(type).unsafelyUnwrapped.pointee.itemType))
  try info.setFormat(">" + String(Unicode.Scalar(shownCode(code))))
  try type.value.setAttribute(CName.bigEndian, swapped.value)
  try type.value.setAttribute(CName.littleEndian, type.value)
  try swapped.value.setAttribute(CName.littleEndian, type.value)
  try swapped.value.setAttribute(CName.bigEndian, swapped.value)
}

// MARK: - Parameters

/// `PyCSimpleType.from_param`
func simpleParameter(_ type: Value, _ value: Value) throws(PyError) -> Owned {
  if try isInstance(value, of: type) { return Owned(copying: value) }
  guard let info = CTypeInfo.of(type) else { throw .typeError("abstract class") }
  let code = info.pointee.code
  let argument = try CArgument.make(code, krait_ffi_type(code))
  let exception: Owned
  do throws(PyError) {
    CArgument(argument.value).contents.pointee.object = try Accessor(code: code).store(value, CArgument(argument.value).place, 0).take()
    return argument
  } catch { exception = currentThread.pointee.takeException() }
  let parameter = try value.lookUpAttribute(CName.asParameter)
  if !parameter.value.isAbsent {
    try checkNativeRecursion(" while processing _as_parameter_")
    return try simpleParameter(type, parameter.value)
  }
  currentThread.pointee.setException(exception)
  throw PyError()
}

nonisolated(unsafe) private let parameterOfText = NativeFunction.make("from_param(value, /)", "", kind: .classMethod) { (call: Call) throws(PyError) -> Owned in
  try textParameter(call.receiver, call[0], UInt8(ascii: "z"))
}
nonisolated(unsafe) private let parameterOfWideText = NativeFunction.make("from_param(value, /)", "", kind: .classMethod) { (call: Call) throws(PyError) -> Owned in
  try textParameter(call.receiver, call[0], UInt8(ascii: "Z"))
}
nonisolated(unsafe) private let parameterOfAddress = NativeFunction.make("from_param(value, /)", "", kind: .classMethod) { (call: Call) throws(PyError) -> Owned in
  try addressParameter(call.receiver, call[0])
}

private func parameterFunction(_ code: UInt8) -> UnsafePointer<NativeFunction>? {
  switch code {
  case UInt8(ascii: "z"): parameterOfText
  case UInt8(ascii: "Z"): parameterOfWideText
  case UInt8(ascii: "P"): parameterOfAddress
  default: nil
  }
}

private func storedArgument(_ code: UInt8, _ value: Value) throws(PyError) -> Owned {
  let argument = try CArgument.make(code, krait_ffi_type(UInt8(ascii: "P")))
  CArgument(argument.value).contents.pointee.object = try Accessor(code: code).store(value, CArgument(argument.value).place, 0).take()
  return argument
}

/// `c_char_p.from_param` and `c_wchar_p.from_param`: text, instances, arrays of and pointers to characters.
private func textParameter(_ type: Value, _ value: Value, _ code: UInt8) throws(PyError) -> Owned {
  if value.isNone { return .none }
  let isWide = code == UInt8(ascii: "Z")
  if isWide ? value.isString : value.isBytes { return try storedArgument(code, value) }
  if try isInstance(value, of: type) { return Owned(copying: value) }
  let character: Accessor = isWide ? .wideCharacter : .character
  if CTypes.array.includes(value) || CTypes.pointer.includes(value) {
    if let item = CTypeInfo.of(CData(value).info.pointee.itemTypeOrNone), item.pointee.accessor == character { return Owned(copying: value) }
  }
  if CTypes.argument.isType(of: value) {
    let object = CArgument(value).contents.pointee.object
    if !object.isAbsent, let info = CTypeInfo.of(object.type), info.pointee.accessor == character { return Owned(copying: value) }
  }
  let parameter = try value.lookUpAttribute(CName.asParameter)
  if !parameter.value.isAbsent {
    try checkNativeRecursion(" while processing _as_parameter_")
    return try textParameter(type, parameter.value, code)
  }
  throw .typeError("'\(value.typeName)' object cannot be interpreted as ctypes.\(isWide ? "c_wchar_p" : "c_char_p")")
}

/// `c_void_p.from_param`: all that is an address.
private func addressParameter(_ type: Value, _ value: Value) throws(PyError) -> Owned {
  if value.isNone { return .none }
  if value.isInteger { return try storedArgument(UInt8(ascii: "P"), value) }
  if value.isBytes { return try storedArgument(UInt8(ascii: "z"), value) }
  if value.isString { return try storedArgument(UInt8(ascii: "Z"), value) }
  if try isInstance(value, of: type) { return Owned(copying: value) }
  if CTypes.array.includes(value) || CTypes.pointer.includes(value) { return Owned(copying: value) }
  if CTypes.argument.isType(of: value), CArgument(value).contents.pointee.tag == UInt8(ascii: "P") { return Owned(copying: value) }
  if CTypes.data.includes(value) {
    let data = CData(value)
    let code = data.info.pointee.code
    if data.info.pointee.kind == .function { return try CArgument.make(UInt8(ascii: "P"), address: data.address, value) }
    if code == UInt8(ascii: "z") || code == UInt8(ascii: "Z") { return try CArgument.make(UInt8(ascii: "Z"), address: data.address, value) }
  }
  let parameter = try value.lookUpAttribute(CName.asParameter)
  if !parameter.value.isAbsent {
    try checkNativeRecursion(" while processing _as_parameter_")
    return try addressParameter(type, parameter.value)
  }
  throw .typeError("'\(value.typeName)' object cannot be interpreted as ctypes.c_void_p")
}

extension CTypeInfo {
  /// The type of the items; None when there is none.
  var itemTypeOrNone: Value { itemType.isAbsent ? .none : itemType }
}

// MARK: - Instances

private func simpleValue(_ object: Value) throws(PyError) -> Owned {
  let data = CData(object)
  return try data.info.pointee.accessor.load(data.data, 0)
}

private func setSimpleValue(_ object: Value, _ value: Value) throws(PyError) {
  if value.isAbsent { throw .typeError("can't delete attribute") }
  let data = CData(object)
  let kept = try data.info.pointee.accessor.store(value, data.data, 0)
  try data.keep(0, kept)
}

func defineSimple(_ m: ModuleBuilder) throws(PyError) {
  let type = try m.defineType("_SimpleCData", base: CTypes.data.object) { t in
    t.documentation = "Simple C data: a number, a character or an address, by the letter _type_ of the class."
    t.flags.insert(.baseType)
    t.rawNew("_SimpleCData") { (type: Value, _: Arguments) throws(PyError) -> Owned in try CData.make(TypeObject(type)) }
    t.rawInitialize("_SimpleCData") { (object: Value, arguments: Arguments) throws(PyError) in
      if arguments.positionalCount > 1 { throw .typeError("__init__ expected at most 1 argument, got \(arguments.positionalCount)") }
      if arguments.positionalCount == 1 { try setSimpleValue(object, arguments.base[0]) }
    }
    t.slots.buffer = dataBuffer
    t.slots.truth = TruthSlot { (object: Value) throws(PyError) -> Bool in
      let data = CData(object)
      return UnsafeRawBufferPointer(start: data.data, count: data.size).contains { $0 != 0 }
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
      if object.type.base != CTypes.simple.object { return try Owned.string("<\(object.typeName) object at \(shownAddress(object))>") }
      let value = try simpleValue(object)
      let text = try value.value.repr()
      var builder = StringBuilder()
      try builder.append(object.typeName + "(")
      try builder.append(text.value)
      try builder.append(")" as StaticString)
      return try builder.finish()
    }
    t.property("value", "the value as Python's", get: simpleValue, set: setSimpleValue)
    t.method("__ctypes_from_outparam__()") { (call: Call) throws(PyError) -> Owned in
      if call.receiver.type.base != CTypes.simple.object { return Owned(copying: call.receiver) }
      return try simpleValue(call.receiver)
    }
  }
  CTypes.simple = ModuleType(type)
  setMetatype(type, CTypes.simpleMetatype)
}

func shownAddress(_ object: Value) -> String { "0x" + String(UInt(object.bits), radix: 16) }
