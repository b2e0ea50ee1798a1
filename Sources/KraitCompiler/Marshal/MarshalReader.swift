// Reads `marshal` data, whatever it holds: a tree, or the exception that CPython would raise. Memory is bounded by the size of the data.

import Glibc
import KraitSyntax

extension MarshalTree {
  /// The first value in the data.
  public static func read(_ source: [UInt8], from offset: Int = 0) throws(Diagnostic) -> MarshalTree {
    guard source.count <= Int(Int32.max) else { throw Diagnostic(.overflowError, "marshal data larger than 2 GiB") }
    let tree = MarshalTree(source: source)
    var reader = MarshalReader(source: source, offset: min(offset, source.count))
    guard try reader.readValue() != nil else { throw Diagnostic(.typeError, "NULL object in marshal data for object") }
    tree.nodes = reader.nodes
    tree.endOffset = reader.offset
    return tree
  }
}

struct MarshalReader {
  private let source: [UInt8]
  private(set) var offset: Int
  private(set) var nodes: [MarshalTree.Node] = []
  /// By reference number the position of the value; -1 while the value must not be referred to yet.
  private var references: [Int32] = []
  private var depth = 0

  /// As in CPython; deeper data is refused.
  private static let depthLimit = 2000

  init(source: [UInt8], offset: Int) {
    self.source = source
    self.offset = offset
  }

  private static func bad(_ reason: String) -> Diagnostic { Diagnostic(.valueError, "bad marshal data (\(reason))") }

  // MARK: - Bytes and numbers

  private mutating func skip(_ count: Int) throws(Diagnostic) {
    guard source.count - offset >= count else { throw Diagnostic(.eofError, "marshal data too short") }
    offset += count
  }

  private mutating func byte(orElse message: StaticString = "EOF read where not expected") throws(Diagnostic) -> UInt8 {
    guard offset < source.count else { throw Diagnostic(.eofError, "\(message)") }
    offset += 1
    return source[offset - 1]
  }

  private mutating func int32() throws(Diagnostic) -> Int {
    try skip(4)
    return Int(int32(at: offset - 4))
  }

  private func int32(at place: Int) -> Int32 {
    source.withUnsafeBytes { Int32(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Int32.self)) }
  }

  private mutating func size(of what: StaticString) throws(Diagnostic) -> Int {
    let size = try int32()
    if size < 0 { throw MarshalReader.bad("\(what) size out of range") }
    return size
  }

  // MARK: - Values

  /// The position of the value that was read; `nil` for the null that ends a dict.
  mutating func readValue() throws(Diagnostic) -> Int? {
    let start = offset
    let code = try byte(orElse: "EOF read where object expected")
    depth += 1
    defer { depth -= 1 }
    if depth > MarshalReader.depthLimit { throw Diagnostic(.valueError, "recursion limit exceeded") }
    guard let type = MarshalType(rawValue: code & ~MarshalType.referenceFlag) else { throw MarshalReader.bad("unknown type code") }

    let position = nodes.count
    let isFlagged = code & MarshalType.referenceFlag != 0
    nodes.append(
      MarshalTree.Node(
        offset: UInt32(start), end: UInt32(position + 1), count: 0, type: type, isFlagged: isFlagged, isHashable: true))
    // Containers may be referred to by what they contain, except those that exist only when complete.
    let isDelayed = type == .frozenset || type == .slice || type == .code
    let reference = references.count
    if isFlagged && type.takesReferenceNumber { references.append(isDelayed ? -1 : Int32(position)) }

    let isComplete = try readContents(type, position)
    nodes[position].end = UInt32(nodes.count)
    if !isComplete { return nil }
    if isFlagged && isDelayed { references[reference] = Int32(position) }
    return position
  }

  /// Whether the value is one; false for null and for a slice that holds null.
  private mutating func readContents(_ type: MarshalType, _ position: Int) throws(Diagnostic) -> Bool {
    switch type {
    case .null: return false
    case .none, .false, .true, .stopIteration, .ellipsis: break
    case .int: try skip(4)
    case .int64, .binaryFloat: try skip(8)
    case .binaryComplex: try skip(16)
    case .long: try readLong(position)
    case .float: try readTextFloat()
    case .complex:
      try readTextFloat()
      try readTextFloat()
    case .bytes: try readPayload(size(of: "bytes object"), position)
    case .ascii, .asciiInterned: try readPayload(size(of: "string"), position)
    case .shortASCII, .shortASCIIInterned: try readPayload(Int(byte()), position)
    case .unicode, .interned:
      try readPayload(size(of: "string"), position)
      if let error = UTF8Validation.firstError(in: source[offset - Int(nodes[position].count)..<offset]) { throw error }
    case .tuple: try readElements(size(of: "tuple"), of: "tuple", position)
    case .smallTuple: try readElements(Int(byte()), of: "tuple", position)
    case .list:
      try readElements(size(of: "list"), of: "list", position)
      nodes[position].isHashable = false
    case .set, .frozenset:
      try readElements(size(of: "set"), of: "set", position)
      nodes[position].isHashable = type == .frozenset
    case .dict: try readDict(position)
    case .slice:
      for _ in 0..<3 {
        guard let part = try readValue() else { return false }
        if !nodes[part].isHashable { nodes[position].isHashable = false }
      }
    case .code: try readCode(position)
    case .reference:
      let number = try int32()
      guard references.indices.contains(number), references[number] >= 0 else { throw MarshalReader.bad("invalid reference") }
      nodes[position].count = UInt32(references[number])
      nodes[position].isHashable = nodes[Int(references[number])].isHashable
    }
    return true
  }

  private mutating func readPayload(_ count: Int, _ position: Int) throws(Diagnostic) {
    try skip(count)
    nodes[position].count = UInt32(count)
  }

  private mutating func readLong(_ position: Int) throws(Diagnostic) {
    let signedCount = try int32()
    if signedCount == Int(Int32.min) { throw MarshalReader.bad("long size out of range") }
    let count = abs(signedCount)
    for index in 0..<count {
      try skip(2)
      let digit = Int(source[offset - 2]) | Int(source[offset - 1]) << 8
      if digit > 0x7FFF { throw MarshalReader.bad("digit out of range in long") }
      if digit == 0 && index == count - 1 { throw MarshalReader.bad("unnormalized long data") }
    }
    nodes[position].count = UInt32(count)
  }

  private mutating func readTextFloat() throws(Diagnostic) {
    let count = Int(try byte())
    try skip(count)
    let text = source[offset - count..<offset].prefix { $0 != 0 }
    if MarshalReader.double(text) == nil {
      // CPython shows no more than 200 bytes.
      throw Diagnostic(.valueError, "could not convert string to float: '\(String(decoding: text.prefix(200), as: UTF8.self))'")
    }
  }

  /// The number that a text of digits stands for: what `strtod` takes in the C locale, without white space and hexadecimal forms.
  static func double(_ text: ArraySlice<UInt8>) -> Double? {
    let text = text.prefix { $0 != 0 }
    let unsigned = text.first == 0x2B || text.first == 0x2D ? text.dropFirst() : text
    guard let first = unsigned.first, !unsigned.contains(0x28) else { return nil }
    let isWord = first | 0x20 == 0x69 || first | 0x20 == 0x6E
    let isNumber = first == 0x2E || (0x30...0x39).contains(first)
    guard isWord || isNumber, !unsigned.contains(where: { $0 | 0x20 == 0x78 }) else { return nil }
    var terminated = text.map { CChar(bitPattern: $0) }
    terminated.append(0)
    return terminated.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      guard let end, UnsafePointer(end) == start + text.count else { return nil }
      return value
    }
  }

  private mutating func readElements(_ count: Int, of what: StaticString, _ position: Int) throws(Diagnostic) {
    let isSet = nodes[position].type == .set || nodes[position].type == .frozenset
    nodes[position].count = UInt32(count)
    for _ in 0..<count {
      guard let element = try readValue() else { throw Diagnostic(.typeError, "NULL object in marshal data for \(what)") }
      if !nodes[element].isHashable {
        if isSet { throw unhashable(element, use: "a set element") }
        nodes[position].isHashable = false
      }
    }
  }

  private mutating func readDict(_ position: Int) throws(Diagnostic) {
    nodes[position].isHashable = false
    while let key = try readValue(), try readValue() != nil {
      if !nodes[key].isHashable { throw unhashable(key, use: "a dict key") }
    }
  }

  private mutating func readCode(_ position: Int) throws(Diagnostic) {
    try skip(20)
    var fields: [Int] = []
    for field in 0..<10 {
      if field == 8 { try skip(4) }
      guard let child = try readValue() else { throw Diagnostic(.typeError, "NULL object in marshal data for code object") }
      if !nodes[child].isHashable { nodes[position].isHashable = false }
      fields.append(target(child))
    }
    try validateCode(position, fields)
  }

  /// The checks that CPython makes of a code object's fields, so that every one in a tree is sound.
  private func validateCode(_ position: Int, _ fields: [Int]) throws(Diagnostic) {
    let start = Int(nodes[position].offset) + 1
    func number(_ index: Int) -> Int { Int(int32(at: start + 4 * index)) }
    func type(_ field: Int) -> MarshalType { nodes[fields[field]].type }
    let (arguments, positionalOnly, keywordOnly, stackSize, flags) = (number(0), number(1), number(2), number(3), number(4))
    let (code, constants, names, localNames, localKinds, lineTable, exceptionTable) = (0, 1, 2, 3, 4, 8, 9)
    guard arguments >= positionalOnly, positionalOnly >= 0, keywordOnly >= 0, stackSize >= 0, flags >= 0,
      type(code) == .bytes, type(constants).isTuple, type(names).isTuple, type(localNames).isTuple, type(localKinds) == .bytes,
      nodes[fields[localNames]].count == nodes[fields[localKinds]].count, (5...7).allSatisfy({ type($0).isText }),
      type(lineTable) == .bytes, type(exceptionTable) == .bytes
    else { throw Diagnostic(.systemError, "bad argument to internal function") }
    guard nodes[fields[code]].count % 2 == 0 else { throw Diagnostic(.valueError, "code: co_code is malformed") }
    let kindsStart = Int(nodes[fields[localKinds]].offset) + 5
    let kinds = source[kindsStart..<kindsStart + Int(nodes[fields[localKinds]].count)]
    let localCount = kinds.count { LocalKind(rawValue: $0).contains(.local) }
    let flagSet = CodeFlags(rawValue: UInt32(truncatingIfNeeded: flags))
    let argumentCount =
      arguments + keywordOnly + (flagSet.contains(.variableArguments) ? 1 : 0) + (flagSet.contains(.variableKeywords) ? 1 : 0)
    guard localCount >= argumentCount else { throw Diagnostic(.valueError, "code: co_varnames is too small") }
    for tuple in [fields[names], fields[localNames]] {
      var element = tuple + 1
      while element < nodes[tuple].end {
        guard nodes[target(element)].type.isText else { throw Diagnostic(.systemError, "non-string found in code slot") }
        element = Int(nodes[element].end)
      }
    }
  }

  /// The position itself, or the one that a reference there names.
  private func target(_ position: Int) -> Int { nodes[position].type == .reference ? Int(nodes[position].count) : position }

  /// The error for a value that cannot be hashed, naming the value and the part of it that is to blame.
  private func unhashable(_ position: Int, use: StaticString) -> Diagnostic {
    var culprit = target(position)
    let name = typeName(culprit)
    while !isUnhashableByItself(culprit) {
      var child = culprit + 1
      while child < nodes[culprit].end && nodes[child].isHashable { child = Int(nodes[child].end) }
      guard child < nodes[culprit].end else { break }
      culprit = target(child)
    }
    return Diagnostic(.typeError, "cannot use '\(name)' as \(use) (unhashable type: '\(typeName(culprit))')")
  }

  private func isUnhashableByItself(_ position: Int) -> Bool {
    let type = nodes[position].type
    return type == .list || type == .dict || type == .set
  }

  private func typeName(_ position: Int) -> StaticString {
    switch nodes[position].type {
    case .list: "list"
    case .dict: "dict"
    case .set: "set"
    case .slice: "slice"
    case .code: "code"
    default: "tuple"
    }
  }
}

/// Strict UTF-8, but for lone surrogates, which `marshal` encodes like other code points.
enum UTF8Validation {
  /// The error that CPython's decoder raises for the first bad sequence.
  static func firstError(in bytes: ArraySlice<UInt8>) -> Diagnostic? {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let lead = bytes[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
      if length == 0 { return error(bytes, index, 1, "invalid start byte") }
      let isSurrogate = lead == 0xED && index + 1 < bytes.endIndex && (0xA0...0xBF).contains(bytes[index + 1])
      if isSurrogate && (index + 2 >= bytes.endIndex || bytes[index + 2] & 0xC0 != 0x80) {
        return error(bytes, index, 1, "invalid continuation byte")
      }
      var valid = 1
      while valid < length && index + valid < bytes.endIndex {
        let byte = bytes[index + valid]
        let lowest: UInt8 = valid == 1 && lead == 0xE0 ? 0xA0 : valid == 1 && lead == 0xF0 ? 0x90 : 0x80
        let highest: UInt8 = valid == 1 && lead == 0xF4 ? 0x8F : 0xBF
        if byte < lowest || byte > highest { return error(bytes, index, valid, "invalid continuation byte") }
        valid += 1
      }
      if valid < length { return error(bytes, index, bytes.endIndex - index, "unexpected end of data") }
      index += length
    }
    return nil
  }

  private static func error(_ bytes: ArraySlice<UInt8>, _ index: Int, _ count: Int, _ reason: StaticString) -> Diagnostic {
    let position = index - bytes.startIndex
    return Diagnostic(CodecError(decoding: bytes, from: "utf-8", position..<position + count, reason))
  }
}
