// Objects from `marshal` data: what `.pyc` files and the module `marshal` hold. Memory is bounded by the size of the data.

import CKraitCore
import Glibc
import KraitCompiler

/// Where the bytes come from.
public struct MarshalSource {
  /// The data, or nil when a file object gives it piece by piece.
  var bytes: UnsafeRawBufferPointer
  var file: Value

  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    file = .absent
  }

  /// A file object with `readinto`; the caller holds it.
  public init(file: Value) {
    bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    self.file = file
  }
}

/// Reads one object.
public struct MarshalValueReader: ~Copyable {
  private let source: MarshalSource
  public private(set) var offset = 0
  private let allowsCode: Bool
  /// Whether the data is of ``MarshalValueWriter/marshalSplit(_:)``, and stays where it is.
  private let isSplit: Bool
  /// By reference number; owned. Absent while the object must not be referred to yet.
  private var references: [Value] = []
  private var depth = 0
  /// What was read from a file last, owned.
  private var chunk: Value = .absent

  private static let depthLimit = 2000

  public init(_ source: MarshalSource, allowsCode: Bool = true) { self.init(source, allowsCode: allowsCode, isSplit: false) }

  init(_ source: MarshalSource, allowsCode: Bool = true, isSplit: Bool) {
    self.source = source
    self.allowsCode = allowsCode
    self.isSplit = isSplit
  }

  deinit {
    for value in references { value.releaseIfPresent() }
    chunk.releaseIfPresent()
  }

  /// The next object; TypeError when there is null in its place.
  public mutating func readObject() throws(PyError) -> Owned {
    let object = try read()
    if object.value.isAbsent { throw PyError.typeError("NULL object in marshal data for object") }
    return object
  }

  private static func bad(_ reason: String) -> PyError { .valueError("bad marshal data (\(reason))") }

  // MARK: Bytes and numbers

  /// The next bytes; valid until more are asked for.
  private mutating func take(_ count: Int, orElse message: StaticString = "marshal data too short") throws(PyError) -> UnsafeRawBufferPointer {
    if source.file.isAbsent {
      guard source.bytes.count - offset >= count else { throw PyError.raise(.eofError, "\(message)") }
      offset += count
      return UnsafeRawBufferPointer(rebasing: source.bytes[offset - count..<offset])
    }
    let array = try ByteArrayObject.make(count: count)
    let buffer = Owned(taking: array.raw)
    let result = try source.file.callMethod(Name.make("readinto"), buffer.value)
    let got = try result.value.asInt()
    if got != count {
      if got > count { throw PyError.valueError("read() returned too much data: \(count) bytes requested, \(got) returned") }
      throw PyError.raise(.eofError, "EOF read where not expected")
    }
    chunk.releaseIfPresent()
    chunk = buffer.take()
    return UnsafeRawBufferPointer(rebasing: ByteArrayObject(chunk).buffer.prefix(count))
  }

  @inline(__always)
  private mutating func byte(orElse message: StaticString = "EOF read where not expected") throws(PyError) -> UInt8 {
    if _fastPath(offset < source.bytes.count) {
      offset &+= 1
      return source.bytes.baseAddress.unsafelyUnwrapped.load(fromByteOffset: offset &- 1, as: UInt8.self)
    }
    return try take(1, orElse: message)[0]
  }

  @inline(__always)
  private mutating func int32() throws(PyError) -> Int {
    if _fastPath(source.bytes.count &- offset >= 4) {
      offset &+= 4
      return Int(Int32(littleEndian: (source.bytes.baseAddress.unsafelyUnwrapped + (offset &- 4)).loadUnaligned(as: Int32.self)))
    }
    return Int(Int32(littleEndian: try take(4).loadUnaligned(as: Int32.self)))
  }

  private mutating func double() throws(PyError) -> Double {
    Double(bitPattern: UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self)))
  }

  private mutating func size(of what: StaticString) throws(PyError) -> Int {
    let size = try int32()
    if size < 0 { throw MarshalValueReader.bad("\(what) size out of range") }
    return size
  }

  /// A float written as text.
  private mutating func textFloat() throws(PyError) -> Double {
    let count = Int(try byte())
    let bytes = try take(count)
    let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    if let value = parseDouble(text) { return value }
    throw PyError.valueError("could not convert string to float: '\(text.prefix(200))'")
  }

  private func parseDouble(_ text: String) -> Double? {
    guard let first = text.utf8.first, first != 0x20, !text.utf8.contains(where: { $0 | 0x20 == 0x78 || $0 == 0x28 }) else { return nil }
    return text.withCString { start in
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      return end.map { $0 - UnsafeMutablePointer(mutating: start) } == text.utf8.count ? value : nil
    }
  }

  // MARK: Objects

  /// The next object; absent for null.
  private mutating func read() throws(PyError) -> Owned {
    let code = try byte(orElse: "EOF read where object expected")
    depth += 1
    defer { depth -= 1 }
    if depth > MarshalValueReader.depthLimit { throw PyError.valueError("recursion limit exceeded") }
    if code & 0x7F == CodeObject.partTypeCode && isSplit { return try readPart(code & 0x80 != 0) }
    guard let type = MarshalType(rawValue: code & 0x7F) else { throw MarshalValueReader.bad("unknown type code") }
    let isFlagged = code & 0x80 != 0
    switch type {
    case .null: return Owned(taking: .absent)
    case .none: return .none
    case .false: return .boolean(false)
    case .true: return .boolean(true)
    case .stopIteration: return Owned(copying: TypeObject.stopIteration.value)
    case .ellipsis: return Owned(taking: .ellipsis)
    case .int: return remember(try Owned.integer(try int32()), isFlagged)
    case .int64:
      let bits = UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))
      return remember(try Owned.integer(Int(Int64(bitPattern: bits))), isFlagged)
    case .long: return remember(try readLong(), isFlagged)
    case .float: return remember(try Owned.float(try textFloat()), isFlagged)
    case .binaryFloat: return remember(try Owned.float(try double()), isFlagged)
    case .complex:
      let real = try textFloat()
      return remember(try Owned.complex(real, try textFloat()), isFlagged)
    case .binaryComplex:
      let real = try double()
      return remember(try Owned.complex(real, try double()), isFlagged)
    case .bytes:
      let count = try size(of: "bytes object")
      return remember(try Owned.unsharedBytes(try take(count)), isFlagged)
    case .ascii, .asciiInterned:
      let count = try size(of: "string")
      return remember(try ascii(count, isInterned: type == .asciiInterned), isFlagged)
    case .shortASCII, .shortASCIIInterned:
      let count = Int(try byte())
      return remember(try ascii(count, isInterned: type == .shortASCIIInterned), isFlagged)
    case .unicode, .interned:
      let count = try size(of: "string")
      let text = try decodeMarshaledText(try take(count))
      return remember(type == .interned ? intern(text) : text, isFlagged)
    case .smallTuple: return try readTuple(Int(try byte()), isFlagged)
    case .tuple: return try readTuple(try size(of: "tuple"), isFlagged)
    case .list: return try readList(isFlagged)
    case .dict: return try readDict(isFlagged)
    case .set: return try readSet(isFlagged)
    case .frozenset: return try readFrozenSet(isFlagged)
    case .slice: return try readSlice(isFlagged)
    case .code: return try readCode(isFlagged)
    case .reference:
      let number = try int32()
      guard references.indices.contains(number), !references[number].isAbsent else { throw MarshalValueReader.bad("invalid reference") }
      return Owned(copying: references[number])
    }
  }

  @inline(__always)
  private mutating func remember(_ object: consuming Owned, _ isFlagged: Bool) -> Owned {
    if isFlagged { references.append(Owned(copying: object.value).take()) }
    return object
  }

  /// A number for an object that will be known by ``fill(_:_:)``.
  private mutating func reserve(_ isFlagged: Bool) -> Int {
    if isFlagged { references.append(.absent) }
    return isFlagged ? references.count - 1 : -1
  }

  private mutating func fill(_ place: Int, _ object: Value) {
    if place >= 0 { references[place] = Owned(copying: object).take() }
  }

  private mutating func ascii(_ count: Int, isInterned: Bool) throws(PyError) -> Owned {
    let bytes = try take(count)
    let text = try Owned.string(latin1: bytes, ascii: CodeUnits.isASCII(bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped, count))
    return isInterned ? intern(text) : text
  }

  private mutating func readLong() throws(PyError) -> Owned {
    let signedCount = try int32()
    if signedCount == Int(Int32.min) { throw MarshalValueReader.bad("long size out of range") }
    let count = abs(signedCount)
    var limbs = [UInt](repeating: 0, count: min(count, 1 << 16) * 15 / 64 + 1)
    for index in 0..<count {
      let digit = UInt(UInt16(littleEndian: try take(2, orElse: "marshal data too short").loadUnaligned(as: UInt16.self)))
      if digit > 0x7FFF { throw MarshalValueReader.bad("digit out of range in long") }
      if digit == 0 && index == count - 1 { throw MarshalValueReader.bad("unnormalized long data") }
      let bit = index * 15
      while limbs.count < bit / 64 + 2 { limbs.append(0) }
      limbs[bit / 64] |= digit << UInt(bit % 64)
      if bit % 64 > 49 { limbs[bit / 64 + 1] |= digit >> UInt(64 - bit % 64) }
    }
    while limbs.count > 1 && limbs.last == 0 { limbs.removeLast() }
    if limbs.count == 1 && limbs[0] <= UInt(Int.max >> 1) { return try Owned.integer(signedCount < 0 ? -Int(limbs[0]) : Int(limbs[0])) }
    return Owned(taking: try limbs.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt>) throws(PyError) -> Value in
      try Integer.make(limbs: buffer, isNegative: signedCount < 0).take()
    })
  }

  // MARK: Containers

  private mutating func readElement(_ what: StaticString) throws(PyError) -> Owned {
    let element = try read()
    if element.value.isAbsent { throw PyError.typeError("NULL object in marshal data for \(what)") }
    return element
  }

  /// Objects take at least a byte each: a count beyond the data is not believed.
  private func checkCount(_ count: Int) throws(PyError) {
    if source.file.isAbsent && count > source.bytes.count - offset { throw PyError.raise(.eofError, "EOF read where object expected") }
  }

  private mutating func readTuple(_ count: Int, _ isFlagged: Bool) throws(PyError) -> Owned {
    try checkCount(count)
    if count == 0 { return remember(.emptyTuple, isFlagged) }
    // Nothing can refer to a tuple before it is whole, except a tuple that contains itself, which no program makes but data can: its items are None until read.
    let tuple = try Owned.tuple(count: count)
    for index in 0..<count { TupleObject(tuple.value).items[index] = .none }
    let place = reserve(isFlagged)
    fill(place, tuple.value)
    for index in 0..<count {
      let element = try readElement("tuple")
      TupleObject(tuple.value).items[index] = element.take()
    }
    return tuple
  }

  private mutating func readList(_ isFlagged: Bool) throws(PyError) -> Owned {
    let count = try size(of: "list")
    try checkCount(count)
    let list = remember(try Owned.list(capacity: min(count, 1 << 20)), isFlagged)
    for _ in 0..<count {
      let element = try readElement("list")
      try ListObject(list.value).append(element.value)
    }
    return list
  }

  private mutating func readDict(_ isFlagged: Bool) throws(PyError) -> Owned {
    let dict = remember(try Owned.dict(), isFlagged)
    while true {
      let key = try read()
      if key.value.isAbsent { return dict }
      let value = try read()
      if value.value.isAbsent { return dict }
      try DictObject(dict.value).set(key.value, value.value)
    }
  }

  private mutating func readSet(_ isFlagged: Bool) throws(PyError) -> Owned {
    let count = try size(of: "set")
    let set = remember(try Owned.set(), isFlagged)
    for _ in 0..<count {
      let element = try readElement("set")
      try SetObject(set.value).add(element.value)
    }
    return set
  }

  private mutating func readFrozenSet(_ isFlagged: Bool) throws(PyError) -> Owned {
    let count = try size(of: "set")
    try checkCount(count)
    let place = reserve(isFlagged)
    let items = try Owned.list(capacity: min(count, 1 << 20))
    for _ in 0..<count {
      let element = try readElement("set")
      try ListObject(items.value).append(element.value)
    }
    let set = try TypeObject.frozenset.value.call(items.value)
    fill(place, set.value)
    return set
  }

  private mutating func readSlice(_ isFlagged: Bool) throws(PyError) -> Owned {
    let place = reserve(isFlagged)
    let start = try read()
    if start.value.isAbsent { return start }
    let stop = try read()
    if stop.value.isAbsent { return stop }
    let step = try read()
    if step.value.isAbsent { return step }
    let slice = try Owned.slice(start.value, stop.value, step.value)
    fill(place, slice.value)
    return slice
  }

  // MARK: Code objects

  /// Code of which the fields are read that a function needs before it is called.
  private mutating func readPart(_ isFlagged: Bool) throws(PyError) -> Owned {
    let place = reserve(isFlagged)
    var numbers: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) = (0, 0, 0, 0, 0, 0, 0, 0, 0)
    let bytes = try take(MemoryLayout.size(ofValue: numbers))
    withUnsafeMutableBytes(of: &numbers) { $0.copyMemory(from: bytes) }
    let fileName = try readElement("code object")
    let name = try readElement("code object")
    let qualifiedName = try readElement("code object")
    let rest = try take(try size(of: "code object"))
    guard fileName.value.isString, name.value.isString, qualifiedName.value.isString, let data = rest.baseAddress else {
      throw PyError.systemError("bad argument to internal function")
    }
    let object = try CodeObject.makePending(data)
    let contents = CodeObject(object.value).contents
    contents.pointee.setCounts(arguments: numbers.0, positionalOnly: numbers.1, keywordOnly: numbers.2, flags: CodeFlags(rawValue: UInt32(bitPattern: numbers.4)))
    contents.pointee.stackSize = numbers.3
    contents.pointee.firstLineNumber = numbers.5
    contents.pointee.localCount = numbers.6
    contents.pointee.setLayout(variables: numbers.7)
    contents.pointee.freeCount = numbers.8
    contents.pointee.fileName = fileName.take()
    contents.pointee.name = name.take()
    contents.pointee.qualifiedName = qualifiedName.take()
    fill(place, object.value)
    return object
  }

  private mutating func readCode(_ isFlagged: Bool) throws(PyError) -> Owned {
    if !allowsCode { throw PyError.valueError("unmarshalling code objects is disallowed") }
    let place = reserve(isFlagged)
    let argumentCount = try int32()
    let positionalOnlyCount = try int32()
    let keywordOnlyCount = try int32()
    let stackSize = try int32()
    let flags = try int32()
    let code = try readElement("code object")
    let constants = try readElement("code object")
    let names = try readElement("code object")
    let localsPlusNames = try readElement("code object")
    let localsPlusKinds = try readElement("code object")
    let fileName = try readElement("code object")
    let name = try readElement("code object")
    let qualifiedName = try readElement("code object")
    let firstLine = try int32()
    let lineTable = try readElement("code object")
    let exceptionTable = try readElement("code object")
    guard code.value.isBytes, constants.value.isTuple, names.value.isTuple, localsPlusNames.value.isTuple, localsPlusKinds.value.isBytes,
      fileName.value.isString, name.value.isString, qualifiedName.value.isString, lineTable.value.isBytes, exceptionTable.value.isBytes
    else { throw PyError.systemError("bad argument to internal function") }
    let internedNames = try internedNames(names.value)
    let internedLocals = try self.internedNames(localsPlusNames.value)
    let parts = CodeParts(
      argumentCount: Int32(argumentCount), positionalOnlyCount: Int32(positionalOnlyCount), keywordOnlyCount: Int32(keywordOnlyCount),
      stackSize: Int32(stackSize), flags: CodeFlags(rawValue: UInt32(bitPattern: Int32(flags))), firstLineNumber: Int32(firstLine), code: code.value,
      constants: constants.value, names: internedNames.value, localsPlusNames: internedLocals.value, localsPlusKinds: localsPlusKinds.value,
      fileName: fileName.value, name: name.value, qualifiedName: qualifiedName.value, lineTable: lineTable.value, exceptionTable: exceptionTable.value)
    try validate(parts)
    let object = try CodeObject.make(parts)
    fill(place, object.value)
    return object
  }

  private func validate(_ parts: CodeParts) throws(PyError) {
    let kinds = BytesObject(parts.localsPlusKinds).buffer
    guard parts.argumentCount >= parts.positionalOnlyCount, parts.positionalOnlyCount >= 0, parts.keywordOnlyCount >= 0, parts.stackSize >= 0,
      Int32(bitPattern: parts.flags.rawValue) >= 0, TupleObject(parts.localsPlusNames).count == kinds.count
    else { throw PyError.systemError("bad argument to internal function") }
    if BytesObject(parts.code).count % 2 != 0 { throw PyError.valueError("code: co_code is malformed") }
    let localCount = kinds.count { LocalKind(rawValue: $0).contains(.local) }
    let extra = (parts.flags.contains(.variableArguments) ? 1 : 0) + (parts.flags.contains(.variableKeywords) ? 1 : 0)
    if localCount < Int(parts.argumentCount) + Int(parts.keywordOnlyCount) + extra { throw PyError.valueError("code: co_varnames is too small") }
  }

  /// The tuple itself when it holds interned strs, as it does unless somebody made the data by hand.
  private func internedNames(_ tuple: Value) throws(PyError) -> Owned {
    let names = TupleObject(tuple)
    var areInterned = true
    for index in 0..<names.count {
      guard names[index].isExactString else { throw PyError.systemError("non-string found in code slot") }
      if !StringObject(names[index]).isInterned { areInterned = false }
    }
    if areInterned { return Owned(copying: tuple) }
    let result = try Owned.tuple(count: names.count)
    for index in 0..<names.count { TupleObject(result.value).initialize(index, intern(Owned(copying: names[index]))) }
    return result
  }
}

/// UTF-8 with surrogates as three bytes each.
func decodeMarshaledText(_ bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned {
  let errors = try Owned.string("surrogatepass" as StaticString)
  let object = try Owned.bytes(bytes)
  return try decode(object.value, encoding: .absent, errors: errors.value)
}
