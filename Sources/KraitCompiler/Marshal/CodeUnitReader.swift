// Turns a code object read by `marshal` into a code unit, if the compiler's constants can hold all that is in it.

import KraitSyntax

extension MarshalValue {
  /// The code unit that the value describes; its parts are copied into `arena`.
  public func codeUnit(in arena: Arena) throws(Diagnostic) -> CodeUnit {
    var reader = CodeUnitReader(arena: arena, count: tree.nodes.count)
    guard resolved.type == .code else { throw Diagnostic(.typeError, "marshal data is not a code object") }
    let constant = try reader.constant(resolved)
    return CodeUnit(constant)
  }
}

struct CodeUnitReader {
  private let arena: Arena
  /// What the values before the current one became; `nil` also while a container is being read.
  private var converted: [ConstantValue?]

  init(arena: Arena, count: Int) {
    self.arena = arena
    converted = Array(repeating: nil, count: count)
  }

  mutating func constant(_ value: MarshalValue) throws(Diagnostic) -> ConstantValue {
    let value = value.resolved
    if let known = converted[value.position] { return known }
    let constant = try makeConstant(value)
    converted[value.position] = constant
    return constant
  }

  private mutating func makeConstant(_ value: MarshalValue) throws(Diagnostic) -> ConstantValue {
    switch value.type {
    case .none: return arena.none
    case .false: return arena.boolean(false)
    case .true: return arena.boolean(true)
    case .ellipsis: return arena.ellipsis
    case .int, .int64: return arena.integer(value.integer)
    case .long: return integer(value)
    case .float, .binaryFloat: return arena.float(value.floats.0)
    case .complex, .binaryComplex: return arena.complex(value.floats.0, value.floats.1)
    case .bytes: return arena.bytes(text(value))
    case .unicode, .interned, .ascii, .asciiInterned, .shortASCII, .shortASCIIInterned: return arena.string(text(value))
    case .tuple, .smallTuple: return arena.tuple(try elements(value))
    case .frozenset: return arena.frozenset(try elements(value))
    case .slice:
      let parts = try elements(value)
      guard parts.count == 3 else { break }
      return arena.slice(parts[0], parts[1], parts[2])
    case .code: return try codeUnit(value).constant(in: arena)
    case .null, .stopIteration, .list, .dict, .set, .reference: break
    }
    throw Diagnostic(.valueError, "bad marshal data (code objects cannot hold a \(value.typeDescription))")
  }

  /// A container's elements. A reference to a container that is not complete would be a cycle, which only lists and dicts can close.
  private mutating func elements(_ value: MarshalValue) throws(Diagnostic) -> [ConstantValue] {
    let children = value.children
    var result: [ConstantValue] = []
    result.reserveCapacity(children.count)
    for child in children {
      let target = child.resolved
      if child.type == .reference && converted[target.position] == nil && target.contains(child) {
        throw Diagnostic(.valueError, "bad marshal data (a \(target.typeDescription) that contains itself)")
      }
      result.append(try constant(target))
    }
    return result
  }

  private func integer(_ value: MarshalValue) -> ConstantValue {
    let (isNegative, digits) = value.digits
    var limbs: [UInt] = []
    var limb: UInt = 0
    var bits = 0
    for digit in digits {
      limb |= UInt(digit) << bits
      bits += 15
      if bits >= 64 {
        limbs.append(limb)
        bits -= 64
        limb = UInt(digit) >> (15 - bits)
      }
    }
    if bits > 0 { limbs.append(limb) }
    return limbs.withUnsafeBufferPointer { arena.integer(limbs: $0, isNegative: isNegative) }
  }

  private func text(_ value: MarshalValue) -> Text {
    value.type.isText ? arena.text(value.utf8) : value.storedBytes.withUnsafeBufferPointer { arena.text($0) }
  }

  private mutating func codeUnit(_ value: MarshalValue) throws(Diagnostic) -> CodeUnit {
    // The reader of the tree has checked the fields.
    let fields = value.children.map(\.resolved)
    let (code, constants, names, localNames, localKinds) = (fields[0], fields[1], fields[2], fields[3], fields[4])
    let (fileName, name, qualifiedName, lineTable, exceptionTable) = (fields[5], fields[6], fields[7], fields[8], fields[9])
    let constantElements = try elements(constants)
    let nameTexts = names.children.map { text($0.resolved) }
    let localTexts = localNames.children.map { text($0.resolved) }
    let kinds = localKinds.storedBytes.map { LocalKind(rawValue: $0) }
    let numbers = value.codeNumbers
    var contents = CodeUnitContents(
      code: arena.copy(code.storedBytes), constants: arena.copy(constantElements), names: arena.copy(nameTexts),
      localsPlusNames: arena.copy(localTexts), localsPlusKinds: arena.copy(kinds), fileName: text(fileName), name: text(name),
      qualifiedName: text(qualifiedName), lineTable: arena.copy(lineTable.storedBytes),
      exceptionTable: arena.copy(exceptionTable.storedBytes))
    contents.argumentCount = numbers[0]
    contents.positionalOnlyArgumentCount = numbers[1]
    contents.keywordOnlyArgumentCount = numbers[2]
    contents.stackSize = numbers[3]
    contents.flags = CodeFlags(rawValue: UInt32(bitPattern: numbers[4]))
    contents.firstLineNumber = numbers[5]
    return CodeUnit(contents, in: arena)
  }
}

extension MarshalValue {
  /// Whether `other` stands inside this value.
  fileprivate func contains(_ other: MarshalValue) -> Bool { position < other.position && other.position < Int(node.end) }

  /// The name of the value's Python type.
  var typeDescription: StaticString {
    switch type {
    case .null: "null"
    case .none: "NoneType"
    case .false, .true: "bool"
    case .stopIteration: "type"
    case .ellipsis: "ellipsis"
    case .int, .int64, .long: "int"
    case .float, .binaryFloat: "float"
    case .complex, .binaryComplex: "complex"
    case .bytes: "bytes"
    case .unicode, .interned, .ascii, .asciiInterned, .shortASCII, .shortASCIIInterned: "str"
    case .tuple, .smallTuple: "tuple"
    case .list: "list"
    case .dict: "dict"
    case .set: "set"
    case .frozenset: "frozenset"
    case .slice: "slice"
    case .code: "code"
    case .reference: "reference"
    }
  }
}
