// What the module knows of each C type: a record that every class made by one of its metatypes has.

import CKraitFFI
import Glibc
import KraitRuntime

/// Which of the metatypes made a class, and so what its instances are.
enum CKind: UInt8 { case simple, structure, union, pointer, array, function }

/// How memory becomes a Python value and back: the letter of a simple type, and whether its bytes stand the other way round.
///
/// Two letters are for fields only: `s` and `U`, arrays of characters that read as bytes and as str.
struct Accessor: Equatable {
  var code: UInt8 = 0
  var isSwapped = false
  /// Values of the type are objects of their own, seen as they are.
  var isNone: Bool { code == 0 }
  static let character = Accessor(code: UInt8(ascii: "c"))
  static let wideCharacter = Accessor(code: UInt8(ascii: "u"))
  static let object = Accessor(code: UInt8(ascii: "O"))
}

/// The record of a class. Plain memory behind the fields of a type, freed with the class; its address goes to libffi.
struct CTypeInfo {
  var kind: CKind
  /// Bytes of an instance, and where it may stand.
  var size = 0
  var alignment = 0
  /// Items of an array, fields of a structure with those of its bases.
  var length = 0
  var accessor = Accessor()
  /// How libffi passes a value; `elements` is memory of this record.
  var foreign = ffi_type()
  /// The type of the items, or of what is pointed to: owned, or absent.
  var itemType = Value.absent
  /// The letter of a simple type.
  var code: UInt8 = 0
  /// Flags of a function type (``CallFlags``).
  var callFlags = 0
  var isPointer = false
  var containsPointer = false
  /// Instances or classes that depend on the layout exist: it may not change any more.
  var isFinal = false
  /// The text of PEP 3118: memory of this record.
  var format: UnsafeMutablePointer<UInt8>?
  var dimensions = 0
  var shape: UnsafeMutablePointer<Int>?
  /// Of function types: what the class says. Owned, or absent.
  var argumentTypes = Value.absent
  var converters = Value.absent
  var resultType = Value.absent
  var checker = Value.absent
  /// `POINTER(cls)`: owned, or absent.
  var pointerType = Value.absent
  /// Fields of a structure or union, a tuple: they keep the types alive whose descriptions libffi is given. Owned, or absent.
  var fields = Value.absent
  /// Array types of this type by length: a dict of weak references. Owned, or absent.
  var arrayTypes = Value.absent

  private init(kind: CKind) { self.kind = kind }

  /// Where the address of the record stands in a class.
  private static let offset = (MemoryLayout<TypeContents>.size + 7) & ~7
  /// Bytes of a class that has a record.
  static let classSize = offset + MemoryLayout<UnsafeMutableRawPointer>.size

  /// The record of a class; nil for all other types, and for the module's own abstract ones.
  @inline(__always)
  static func of(_ type: TypeObject) -> CTypePointer? {
    guard type.isHeapType, CTypes.metatype.includes(type.value) else { return nil }
    return type.raw.load(fromByteOffset: offset, as: CTypePointer?.self)
  }

  /// The record of what may be a C type.
  static func of(_ value: Value) -> CTypePointer? { value.isType ? of(TypeObject(value)) : nil }

  /// The record of a class whose instances can be made.
  static func concrete(_ type: TypeObject) throws(PyError) -> CTypePointer {
    guard let info = of(type) else { throw .typeError("abstract class") }
    return info
  }

  /// Gives a new class its record.
  static func attach(_ type: TypeObject, _ kind: CKind) throws(PyError) -> CTypePointer {
    if of(type) != nil { throw .systemError("StgInfo of '\(type.nameText)' is already initialized.") }
    guard let memory = calloc(1, MemoryLayout<CTypeInfo>.size) else { throw PyError.memoryError() }
    let info = memory.assumingMemoryBound(to: CTypeInfo.self)
    info.initialize(to: CTypeInfo(kind: kind))
    type.raw.storeBytes(of: info, toByteOffset: offset, as: CTypePointer?.self)
    return info
  }

  /// For the collector.
  static func traverse(_ raw: UnsafeMutableRawPointer, _ visit: Visitor) {
    guard let info = raw.load(fromByteOffset: offset, as: CTypePointer?.self) else { return }
    visit(info.pointee.itemType)
    visit(info.pointee.argumentTypes)
    visit(info.pointee.converters)
    visit(info.pointee.resultType)
    visit(info.pointee.checker)
    visit(info.pointee.pointerType)
    visit(info.pointee.fields)
    visit(info.pointee.arrayTypes)
  }

  /// Gives up what may be part of a cycle. What describes memory stays: instances may be left.
  static func clear(_ raw: UnsafeMutableRawPointer) {
    if let info = raw.load(fromByteOffset: offset, as: CTypePointer?.self) { clear(info) }
  }

  private static func clear(_ info: CTypePointer) {
    replace(&info.pointee.argumentTypes, Owned(taking: .absent))
    replace(&info.pointee.converters, Owned(taking: .absent))
    replace(&info.pointee.resultType, Owned(taking: .absent))
    replace(&info.pointee.checker, Owned(taking: .absent))
    replace(&info.pointee.pointerType, Owned(taking: .absent))
    replace(&info.pointee.arrayTypes, Owned(taking: .absent))
  }

  /// The end of a class.
  static func detach(_ raw: UnsafeMutableRawPointer) {
    guard let info = raw.load(fromByteOffset: offset, as: CTypePointer?.self) else { return }
    raw.storeBytes(of: nil, toByteOffset: offset, as: CTypePointer?.self)
    clear(info)
    replace(&info.pointee.itemType, Owned(taking: .absent))
    replace(&info.pointee.fields, Owned(taking: .absent))
    free(info.pointee.foreign.elements)
    free(info.pointee.format)
    free(info.pointee.shape)
    free(info)
  }
}

typealias CTypePointer = UnsafeMutablePointer<CTypeInfo>

/// Puts a value into a field of raw memory in place of the old one.
func replace(_ field: UnsafeMutablePointer<Value>, _ value: consuming Owned) {
  let old = field.pointee
  field.pointee = value.take()
  old.releaseIfPresent()
}

extension UnsafeMutablePointer where Pointee == CTypeInfo {
  func setFormat(_ text: String) throws(PyError) {
    guard let copy = strdup(text) else { throw PyError.memoryError() }
    free(pointee.format)
    pointee.format = UnsafeMutableRawPointer(copy).assumingMemoryBound(to: UInt8.self)
  }

  var formatText: String { pointee.format.map { String(cString: $0) } ?? "B" }

  /// The record says how values of a simple type look, size included.
  func describe(_ code: UInt8) {
    guard let type = krait_ffi_type(code) else { return }
    pointee.foreign = type.pointee
    // Complex numbers have elements, which are libffi's own.
    pointee.foreign.elements = nil
    pointee.size = type.pointee.size
    pointee.alignment = Int(type.pointee.alignment)
    pointee.accessor = Accessor(code: code)
    pointee.code = code
  }

  /// The record says that values are addresses.
  func describeAsPointer() {
    pointee.foreign = krait_ffi_type(UInt8(ascii: "P")).unsafelyUnwrapped.pointee
    pointee.size = MemoryLayout<UInt>.size
    pointee.alignment = MemoryLayout<UInt>.alignment
  }

  /// How libffi is told of a value. Complex numbers have parts that only libffi's own description names.
  var foreignType: UnsafeMutablePointer<ffi_type> {
    if pointee.kind == .simple, let type = krait_ffi_type(pointee.code) { return type }
    return UnsafeMutableRawPointer(self).advanced(by: MemoryLayout<CTypeInfo>.offset(of: \.foreign).unsafelyUnwrapped).assumingMemoryBound(to: ffi_type.self)
  }

  /// Whether values of this type are read as Python's own: those of simple types that nobody derived from.
  func readsAsValue(_ type: TypeObject) -> Bool { !pointee.accessor.isNone && type.base == CTypes.simple.object }
}

/// The types that the module defines.
enum CTypes {
  nonisolated(unsafe) static var metatype = ModuleType()
  nonisolated(unsafe) static var structureMetatype = ModuleType()
  nonisolated(unsafe) static var unionMetatype = ModuleType()
  nonisolated(unsafe) static var pointerMetatype = ModuleType()
  nonisolated(unsafe) static var arrayMetatype = ModuleType()
  nonisolated(unsafe) static var simpleMetatype = ModuleType()
  nonisolated(unsafe) static var functionMetatype = ModuleType()
  nonisolated(unsafe) static var data = ModuleType()
  nonisolated(unsafe) static var structure = ModuleType()
  nonisolated(unsafe) static var union = ModuleType()
  nonisolated(unsafe) static var pointer = ModuleType()
  nonisolated(unsafe) static var array = ModuleType()
  nonisolated(unsafe) static var simple = ModuleType()
  nonisolated(unsafe) static var function = ModuleType()
  nonisolated(unsafe) static var field = ModuleType()
  nonisolated(unsafe) static var argument = ModuleType()
  nonisolated(unsafe) static var thunk = ModuleType()
  nonisolated(unsafe) static var foreignMemory = ModuleType()
  nonisolated(unsafe) static var argumentError = InterpreterValue()
}

/// Names that only this module looks up.
enum CName {
  nonisolated(unsafe) static let abstract = Name.make("_abstract_")
  nonisolated(unsafe) static let anonymous = Name.make("_anonymous_")
  nonisolated(unsafe) static let argumentTypes = Name.make("_argtypes_")
  nonisolated(unsafe) static let asParameter = Name.make("_as_parameter_")
  nonisolated(unsafe) static let bigEndian = Name.make("__ctype_be__")
  nonisolated(unsafe) static let checkResult = Name.make("_check_retval_")
  nonisolated(unsafe) static let fields = Name.make("_fields_")
  nonisolated(unsafe) static let flags = Name.make("_flags_")
  nonisolated(unsafe) static let fromOutParameter = Name.make("__ctypes_from_outparam__")
  nonisolated(unsafe) static let fromParameter = Name.make("from_param")
  nonisolated(unsafe) static let handle = Name.make("_handle")
  nonisolated(unsafe) static let itemType = Name.make("_type_")
  nonisolated(unsafe) static let length = Name.make("_length_")
  nonisolated(unsafe) static let littleEndian = Name.make("__ctype_le__")
  nonisolated(unsafe) static let pointerType = Name.make("__pointer_type__")
  nonisolated(unsafe) static let resultType = Name.make("_restype_")
  nonisolated(unsafe) static let setState = Name.make("__setstate__")
}
