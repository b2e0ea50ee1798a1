// Objects as `marshal` data, with the bytes that CPython writes.

import CKraitCore
import Glibc
import KraitCompiler

/// Writes one object.
///
/// From version 3 on, an object that somebody else holds, too, is numbered for later references, and an interned str always: as CPython, this goes by the
/// reference count. Numbers that are no objects here would be objects there: they count as shared when they occur twice.
public struct MarshalValueWriter: ~Copyable {
  private var output: ByteBuilder
  private let version: Int
  private let allowsCode: Bool
  private var numbers: [UInt64: Int32] = [:]
  /// How often integers and floats without an object occur.
  private var occurrences: [UInt64: Int] = [:]
  private var counted: Set<UInt64> = []
  /// Code objects and slices whose parts are being written.
  private var incomplete: Set<UInt64> = []
  private var depth = 0

  /// Whether code inside of code is written so that it need not be read before it is used.
  private var splitsCode = false
  private var isInsideCode = false

  private static let depthLimit = 2000

  public init(version: Int, allowsCode: Bool = true) throws(PyError) {
    output = try ByteBuilder(capacity: 256)
    self.version = version
    self.allowsCode = allowsCode
  }

  /// The data of an object.
  public static func marshal(_ value: Value, version: Int = 5, allowsCode: Bool = true) throws(PyError) -> Owned {
    var writer = try MarshalValueWriter(version: version, allowsCode: allowsCode)
    if version >= 3 { try writer.count(value) }
    // What the caller hands over, it holds itself.
    try writer.write(value, isHeld: !value.isObject)
    return try writer.output.finish()
  }

  /// The data of a module's code, whose functions ``CodeObject/load()`` reads later.
  static func marshalSplit(_ code: Value) throws(PyError) -> Owned {
    var writer = try MarshalValueWriter(version: 5)
    writer.splitsCode = true
    try writer.write(code)
    return try writer.output.finish()
  }

  // MARK: Counting

  private mutating func count(_ value: Value) throws(PyError) {
    if !value.isObject {
      if value.isSmallInteger || value.isImmediateDouble { occurrences[value.bits, default: 0] += 1 }
      return
    }
    let isContainer = value.isExactTuple || value.isExactList || value.isExactDict || value.isAnySet || value.type == .code || value.type == .slice
    guard isContainer, counted.insert(value.bits).inserted else { return }
    try checkNativeRecursion(" while marshalling an object")
    if value.isExactTuple {
      for index in 0..<TupleObject(value).count { try count(TupleObject(value)[index]) }
    } else if value.isExactList {
      for index in 0..<ListObject(value).count { try count(ListObject(value)[index]) }
    } else if value.isExactDict {
      var (position, key, item) = (0, Value.absent, Value.absent)
      while DictObject(value).next(&position, &key, &item) {
        try count(key)
        try count(item)
      }
    } else if value.type == .code {
      try CodeObject(value).load()
      try count(CodeObject(value).contents.pointee.constants)
    }
  }

  // MARK: Pieces

  private mutating func type(_ type: MarshalType, _ isFlagged: Bool) throws(PyError) { try output.append(type.rawValue | (isFlagged ? 0x80 : 0)) }

  private mutating func int32(_ value: Int32) throws(PyError) {
    let bits = UInt32(bitPattern: value)
    for shift in [0, 8, 16, 24] as [UInt32] { try output.append(UInt8(truncatingIfNeeded: bits >> shift)) }
  }

  private mutating func size(_ value: Int) throws(PyError) {
    guard let size = Int32(exactly: value) else { throw PyError.valueError("unmarshallable object") }
    try int32(size)
  }

  private mutating func double(_ value: Double) throws(PyError) {
    for shift in stride(from: 0, to: 64, by: 8) { try output.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift))) }
  }

  private mutating func text(_ value: Double) throws(PyError) {
    let text = try formatDouble(value)
    try output.append(UInt8(truncatingIfNeeded: text.utf8.count))
    for byte in text.utf8 { try output.append(byte) }
  }

  private func formatDouble(_ value: Double) throws(PyError) -> String {
    let float = try Owned.float(value)
    let specification = try Owned.string(".17g" as StaticString)
    let text = try float.value.format(specification.value)
    return text.text
  }

  private mutating func bytes(_ bytes: UnsafeRawBufferPointer, _ isFlagged: Bool) throws(PyError) {
    try type(.bytes, isFlagged)
    try size(bytes.count)
    try output.append(bytes)
  }

  // MARK: References

  /// Whether an object is to be numbered.
  private func isShared(_ value: Value) -> Bool {
    if !value.isObject {
      if value.isSmallInteger, -5...256 ~= value.smallInteger { return true }
      return occurrences[value.bits, default: 0] > 1
    }
    if value.object.isImmortal { return true }
    if value.isExactString && StringObject(value).standsForText { return true }
    return value.object.referenceCount > 1
  }

  /// Writes a reference if the object was written before.
  private mutating func writeReference(_ value: Value) throws(PyError) -> Bool {
    if let number = numbers[value.bits] {
      // A reader could not make it before it has all of its parts.
      if incomplete.contains(value.bits) { throw PyError.valueError("unmarshallable object") }
      try type(.reference, false)
      try int32(number)
      return true
    }
    numbers[value.bits] = Int32(truncatingIfNeeded: numbers.count)
    return false
  }

  // MARK: Objects

  /// - Parameter isHeld: whether somebody else holds the object, where its count does not tell.
  private mutating func write(_ value: Value, isHeld: Bool? = nil) throws(PyError) {
    depth += 1
    defer { depth -= 1 }
    if depth > MarshalValueWriter.depthLimit { throw PyError.valueError("object too deeply nested to marshal") }
    if value.isNone { return try type(.none, false) }
    if value.isTrue { return try type(.true, false) }
    if value.isFalse { return try type(.false, false) }
    if value === .ellipsis { return try type(.ellipsis, false) }
    if value === TypeObject.stopIteration.value { return try type(.stopIteration, false) }
    let isFlagged = version >= 3 && (isHeld ?? false || isShared(value))
    if isFlagged, try writeReference(value) { return }
    let isImmutable = isFlagged && value.isObject && (value.type == .code || value.type == .slice)
    if isImmutable { incomplete.insert(value.bits) }
    try writeContents(value, isFlagged)
    if isImmutable { incomplete.remove(value.bits) }
  }

  private mutating func writeContents(_ value: Value, _ isFlagged: Bool) throws(PyError) {
    if value.isExactInteger { return try writeInteger(value, isFlagged) }
    if !value.isObject || value.type == .float {
      if let number = doubleValue(of: value) {
        if version > 1 {
          try type(.binaryFloat, isFlagged)
          return try double(number)
        }
        try type(.float, isFlagged)
        return try text(number)
      }
    }
    if value.isExactString { return try writeString(value, isFlagged) }
    if value.isExact(.bytes) { return try bytes(BytesObject(value).buffer, isFlagged) }
    if value.isExactTuple { return try writeTuple(value, isFlagged) }
    switch value.type {
    case .complex: try writeComplex(value, isFlagged)
    case .list:
      try type(.list, isFlagged)
      try size(ListObject(value).count)
      var index = 0
      while index < ListObject(value).count {
        let item = ListObject(value)[index]
        try write(item)
        index += 1
      }
    case .dict:
      try type(.dict, isFlagged)
      var (position, key, item) = (0, Value.absent, Value.absent)
      while DictObject(value).next(&position, &key, &item) {
        try write(key)
        try write(item)
      }
      try type(.null, false)
    case .set, .frozenset: try writeSet(value, isFlagged)
    case .code: try writeCode(value, isFlagged)
    case .slice where version >= 5:
      try type(.slice, isFlagged)
      for part in [SliceObject(value).start, SliceObject(value).stop, SliceObject(value).step] { try write(part) }
    default:
      // The only objects whose data is asked of code that Python may define.
      let value = Owned(copying: value)
      guard value.value.supportsBuffer else { throw PyError.valueError("unmarshallable object") }
      let view: BufferView
      do throws(PyError) { view = try value.value.buffer(.simple) } catch {
        PyError.clear()
        throw PyError.valueError("unmarshallable object")
      }
      try bytes(view.bytes, isFlagged)
    }
  }

  private mutating func writeInteger(_ value: Value, _ isFlagged: Bool) throws(PyError) {
    if let word = Integer.asInt(value), let small = Int32(exactly: word) {
      try type(.int, isFlagged)
      return try int32(small)
    }
    var limbs: [UInt] = []
    try Integer.withLimbs(value) { (x: Limbs) throws(PyError) in
      for index in 0..<x.count { limbs.append(x.start[index]) }
    }
    var digits: [UInt16] = []
    for index in 0..<((limbs.count * 64 + 14) / 15) {
      let bit = index * 15
      var digit = limbs[bit / 64] >> UInt(bit % 64)
      if bit % 64 > 49 && bit / 64 + 1 < limbs.count { digit |= limbs[bit / 64 + 1] << UInt(64 - bit % 64) }
      digits.append(UInt16(digit & 0x7FFF))
    }
    while digits.last == 0 { digits.removeLast() }
    try type(.long, isFlagged)
    try size(Integer.isNegative(value) ? -digits.count : digits.count)
    for digit in digits { try output.append16(UInt32(digit), isBig: false) }
  }

  private mutating func writeComplex(_ value: Value, _ isFlagged: Bool) throws(PyError) {
    let number = ComplexObject(value)
    try type(version > 1 ? .binaryComplex : .complex, isFlagged)
    for part in [number.real, number.imaginary] { if version > 1 { try double(part) } else { try text(part) } }
  }

  private mutating func writeString(_ value: Value, _ isFlagged: Bool) throws(PyError) {
    let string = StringObject(value)
    if version >= 4 && string.isASCII {
      let isShort = string.length < 256
      try type(string.standsForText ? (isShort ? .shortASCIIInterned : .asciiInterned) : isShort ? .shortASCII : .ascii, isFlagged)
      if isShort { try output.append(UInt8(string.length)) } else { try size(string.length) }
      return try output.append(UnsafeRawBufferPointer(start: string.data, count: string.length))
    }
    try type(version >= 3 && string.standsForText ? .interned : .unicode, isFlagged)
    try size(string.units.utf8Count)
    for index in 0..<string.length { try output.append(utf8: string.codePoint(at: index)) }
  }

  private mutating func writeTuple(_ value: Value, _ isFlagged: Bool) throws(PyError) {
    let tuple = TupleObject(value)
    if version >= 4 && tuple.count < 256 {
      try type(.smallTuple, isFlagged)
      try output.append(UInt8(tuple.count))
    } else {
      try type(.tuple, isFlagged)
      try size(tuple.count)
    }
    for index in 0..<tuple.count { try write(tuple[index]) }
  }

  /// Elements in the order of their own data, which does not depend on hashes. Sorting them, CPython holds them once more.
  private mutating func writeSet(_ value: Value, _ isFlagged: Bool) throws(PyError) {
    try type(value.type == .set ? .set : .frozenset, isFlagged)
    try size(SetObject(value).count)
    var keyed: [(key: [UInt8], element: Value)] = []
    var (position, element) = (0, Value.absent)
    while SetObject(value).next(&position, &element) {
      var writer = try MarshalValueWriter(version: version, allowsCode: allowsCode)
      try writer.write(element, isHeld: true)
      keyed.append((Array(writer.output.bytes), element))
    }
    keyed.sort { $0.key.lexicographicallyPrecedes($1.key) }
    for item in keyed { try write(item.element, isHeld: true) }
  }

  /// Writes code that ``CodeObject/load()`` will read: what is known of it at once, then the rest as data of its own.
  private mutating func writePart(_ code: CodeObject, _ isFlagged: Bool) throws(PyError) {
    let contents = code.contents
    try output.append(CodeObject.partTypeCode | (isFlagged ? 0x80 : 0))
    for number in [
      contents.pointee.argumentCount, contents.pointee.positionalOnlyCount, contents.pointee.keywordOnlyCount, contents.pointee.stackSize,
      Int32(bitPattern: contents.pointee.flags.rawValue), contents.pointee.firstLineNumber, contents.pointee.localCount, Int32(truncatingIfNeeded: code.variableCount),
      contents.pointee.freeCount,
    ] { try int32(number) }
    for value in [contents.pointee.fileName, contents.pointee.name, contents.pointee.qualifiedName] { try write(value) }
    var rest = try MarshalValueWriter(version: version)
    rest.splitsCode = true
    rest.isInsideCode = true
    for field in CodeObject.pendingFields { try rest.write(contents.pointee[keyPath: field], isHeld: true) }
    let data = try rest.output.finish()
    try size(BytesObject(data.value).count)
    try output.append(BytesObject(data.value).buffer)
  }

  private mutating func writeCode(_ value: Value, _ isFlagged: Bool) throws(PyError) {
    if !allowsCode { throw PyError.valueError("marshalling code objects is disallowed") }
    try CodeObject(value).load()
    let contents = CodeObject(value).contents
    if splitsCode {
      if isInsideCode { return try writePart(CodeObject(value), isFlagged) }
      isInsideCode = true
    }
    try type(.code, isFlagged)
    try int32(contents.pointee.argumentCount)
    try int32(contents.pointee.positionalOnlyCount)
    try int32(contents.pointee.keywordOnlyCount)
    try int32(contents.pointee.stackSize)
    try int32(Int32(bitPattern: contents.pointee.flags.rawValue))
    // CPython's code object keeps the bytes of `co_code` once somebody has asked for them.
    try write(contents.pointee.code, isHeld: true)
    try write(contents.pointee.constants)
    try write(contents.pointee.names)
    try write(contents.pointee.localsPlusNames)
    try write(contents.pointee.localsPlusKinds)
    try write(contents.pointee.fileName)
    try write(contents.pointee.name)
    try write(contents.pointee.qualifiedName)
    try int32(contents.pointee.firstLineNumber)
    try write(contents.pointee.lineTable)
    try write(contents.pointee.exceptionTable)
  }
}
