// Writes a code unit as CPython 3.14 does: byte for byte what `marshal.dumps` gives for the code object that `compile()` has just made.

import KraitSyntax

extension CodeUnit {
  /// The code unit, with all code units among its constants, in `marshal` version 5.
  public func marshaled(in arena: Arena) -> [UInt8] {
    var writer = CodeUnitWriter(arena: arena)
    writer.count(self)
    writer.write(self, isFlagged: true)
    return writer.output.bytes
  }
}

/// CPython flags an object for later references when anybody else holds it at the time of writing, and an interned string always. What holds what
/// is known here: the compiler shares equal constants, names tuples and tables of all code objects, so a first pass counts the holders.
struct CodeUnitWriter {
  private let arena: Arena
  fileprivate(set) var output = MarshalOutput()
  private var holders: [Identity: Int] = [:]
  /// Qualified names that class bodies store: the constant is the interned name itself.
  private var storedNames: Set<Text> = []
  private var numbers: [Identity: Int32] = [:]
  private var nextNumber: Int32 = 0
  /// The shared parts of each code unit in the order of both passes.
  private var parts: [Parts] = []
  private var nextParts = 0

  /// Which objects are one in CPython.
  private enum Identity: Hashable {
    case constant(ConstantValue)
    case internedString(Text)
  }

  private struct Parts {
    var constants: ConstantValue
    var names: ConstantValue
    var localsPlusNames: ConstantValue
    var lineTable: ConstantValue
    var exceptionTable: ConstantValue
  }

  init(arena: Arena) { self.arena = arena }

  // MARK: - Counting

  mutating func count(_ unit: CodeUnit) {
    let contents = unit.pointer.pointee
    let parts = Parts(
      constants: arena.tuple(contents.constants),
      names: arena.tuple(contents.names.map { arena.string($0) }),
      localsPlusNames: arena.tuple(contents.localsPlusNames.map { arena.string($0) }),
      lineTable: arena.bytes(arena.text(contents.lineTable)),
      exceptionTable: arena.bytes(arena.text(contents.exceptionTable)))
    self.parts.append(parts)
    if !contents.flags.contains(.newLocals), contents.names.contains(where: { $0 == "__qualname__" }) {
      storedNames.insert(contents.qualifiedName)
    }
    count(parts.constants)
    count(parts.names, areNames: true)
    if !hasOwnLocals(contents) { count(parts.localsPlusNames, areNames: true) }
    count(parts.lineTable)
    count(parts.exceptionTable)
  }

  private mutating func count(_ constant: ConstantValue, areNames: Bool = false) {
    let holderCount = holders[.constant(constant), default: 0] + 1
    holders[.constant(constant)] = holderCount
    if holderCount > 1 { return }
    switch constant.kind {
    case .tuple, .frozenset:
      // The bounds of a slice are left out: nothing shares them.
      if areNames { return }
      for element in constant.elements { count(element) }
    case .code: count(CodeUnit(constant))
    default: break
    }
  }

  /// Whether CPython never frees the object, so that it always counts as held by others.
  private func isImmortal(_ constant: ConstantValue) -> Bool {
    switch constant.kind {
    case .integer: constant.smallInteger.map { -5 <= $0 && $0 <= 256 } ?? false
    case .bytes: constant.text.count <= 1
    case .tuple: constant.elements.isEmpty
    default: false
    }
  }

  /// Whether the names of the variables are a tuple of their own: CPython renames the parameter of annotation functions when all is compiled.
  private func hasOwnLocals(_ contents: CodeUnitContents) -> Bool {
    contents.name == "__annotate__" && contents.positionalOnlyArgumentCount == 1 && contents.localsPlusNames.first.map { $0 == "format" } ?? false
  }

  /// Whether the compiler interns a string constant: empty ones, single characters of Latin-1, and what looks like a name.
  private func isInterned(_ text: Text) -> Bool {
    if storedNames.contains(text) { return true }
    let bytes = text.bytes
    if bytes.count == 2 && (bytes[0] == 0xC2 || bytes[0] == 0xC3) { return true }
    if bytes.count == 1 && bytes[0] < 0x80 { return true }
    return bytes.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
      default: false
      }
    }
  }

  // MARK: - Writing

  /// Writes a reference if the object has been written before; else gives it a number.
  private mutating func writeReference(_ identity: Identity) -> Bool {
    if let number = numbers[identity] {
      output.type(.reference, isFlagged: false)
      output.int32(number)
      return true
    }
    numbers[identity] = nextNumber
    nextNumber += 1
    return false
  }

  mutating func write(_ unit: CodeUnit, isFlagged: Bool) {
    let contents = unit.pointer.pointee
    let parts = self.parts[nextParts]
    nextParts += 1
    output.type(.code, isFlagged: isFlagged)
    if isFlagged { nextNumber += 1 }
    output.int32(contents.argumentCount)
    output.int32(contents.positionalOnlyArgumentCount)
    output.int32(contents.keywordOnlyArgumentCount)
    output.int32(contents.stackSize)
    output.int32(Int32(bitPattern: contents.flags.rawValue))
    // The code object keeps the bytes of `co_code` once somebody has asked for them.
    if contents.code.isEmpty { write(arena.bytes(arena.text(contents.code))) } else { writeBytes(contents.code, isFlagged: true) }
    if contents.code.count > 0 { nextNumber += 1 }
    write(parts.constants)
    write(parts.names, areNames: true)
    write(parts.localsPlusNames, areNames: true, isHeldElsewhere: hasOwnLocals(contents) ? false : nil)
    let kinds = contents.localsPlusKinds.map(\.rawValue)
    if kinds.isEmpty { write(arena.bytes(arena.text(kinds))) } else { kinds.withUnsafeBufferPointer { writeBytes($0, isFlagged: false) } }
    writeName(contents.fileName)
    writeName(contents.name)
    writeName(contents.qualifiedName)
    output.int32(contents.firstLineNumber)
    write(parts.lineTable)
    write(parts.exceptionTable)
  }

  /// - Parameter isHeldElsewhere: whether others hold the object; `nil` where the count of holders tells.
  private mutating func write(_ constant: ConstantValue, areNames: Bool = false, isHeldElsewhere: Bool? = nil) {
    switch constant.kind {
    case .none: return output.type(.none, isFlagged: false)
    case .false: return output.type(.false, isFlagged: false)
    case .true: return output.type(.true, isFlagged: false)
    case .ellipsis: return output.type(.ellipsis, isFlagged: false)
    case .code: return write(CodeUnit(constant), isFlagged: false)
    case .string:
      if isInterned(constant.text) { return writeName(constant.text) }
    default: break
    }
    let isFlagged = isImmortal(constant) || isHeldElsewhere ?? (holders[.constant(constant), default: 0] > 1)
    if isFlagged && writeReference(.constant(constant)) { return }
    switch constant.kind {
    case .integer: writeInteger(constant, isFlagged: isFlagged)
    case .float:
      output.type(.binaryFloat, isFlagged: isFlagged)
      output.double(constant.float)
    case .complex:
      output.type(.binaryComplex, isFlagged: isFlagged)
      output.double(constant.complex.real)
      output.double(constant.complex.imaginary)
    case .string: writeString(constant.text, isInterned: false, isFlagged: isFlagged)
    case .bytes: writeBytes(constant.text.bytes, isFlagged: isFlagged)
    case .tuple:
      let elements = constant.elements
      if elements.count < 256 {
        output.type(.smallTuple, isFlagged: isFlagged)
        output.byte(UInt8(elements.count))
      } else {
        output.type(.tuple, isFlagged: isFlagged)
        output.int32(Int32(elements.count))
      }
      for element in elements {
        if areNames { writeName(element.text) } else { write(element) }
      }
    case .frozenset:
      output.type(.frozenset, isFlagged: isFlagged)
      output.int32(Int32(constant.elements.count))
      for element in sortedForWriting(constant.elements) { write(element, isHeldElsewhere: true) }
    case .slice:
      output.type(.slice, isFlagged: isFlagged)
      for element in constant.elements { write(element, isHeldElsewhere: false) }
    case .none, .false, .true, .ellipsis, .code: break
    }
  }

  /// The elements of a set in the order of their own `marshal` data, which does not depend on hashes. Sorting them, CPython holds them once more.
  private func sortedForWriting(_ elements: UnsafeBufferPointer<ConstantValue>) -> [ConstantValue] {
    let keyed = elements.map { element in
      var writer = CodeUnitWriter(arena: arena)
      writer.holders = holders
      writer.storedNames = storedNames
      writer.write(element, isHeldElsewhere: true)
      return (key: writer.output.bytes, element: element)
    }
    return keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.element)
  }

  private mutating func writeName(_ text: Text) {
    if !writeReference(.internedString(text)) { writeString(text, isInterned: true, isFlagged: true) }
  }

  private mutating func writeString(_ text: Text, isInterned: Bool, isFlagged: Bool) {
    let bytes = text.bytes
    if !text.isASCII {
      output.type(isInterned ? .interned : .unicode, isFlagged: isFlagged)
      output.int32(Int32(truncatingIfNeeded: bytes.count))
    } else if bytes.count < 256 {
      output.type(isInterned ? .shortASCIIInterned : .shortASCII, isFlagged: isFlagged)
      output.byte(UInt8(bytes.count))
    } else {
      output.type(isInterned ? .asciiInterned : .ascii, isFlagged: isFlagged)
      output.int32(Int32(truncatingIfNeeded: bytes.count))
    }
    output.raw(bytes)
  }

  private mutating func writeBytes(_ bytes: UnsafeBufferPointer<UInt8>, isFlagged: Bool) {
    output.type(.bytes, isFlagged: isFlagged)
    output.int32(Int32(truncatingIfNeeded: bytes.count))
    output.raw(bytes)
  }

  private mutating func writeInteger(_ constant: ConstantValue, isFlagged: Bool) {
    if let small = constant.smallInteger.flatMap({ Int32(exactly: $0) }) {
      output.type(.int, isFlagged: isFlagged)
      output.int32(small)
      return
    }
    output.type(.long, isFlagged: isFlagged)
    output.digits(CodeUnitWriter.digits(of: constant.limbs), isNegative: constant.isNegative)
  }

  /// The limbs of 64 bits in digits of 15, without leading zeros.
  private static func digits(of limbs: UnsafeBufferPointer<UInt>) -> [UInt16] {
    var digits: [UInt16] = []
    digits.reserveCapacity(limbs.count * 64 / 15 + 1)
    var pending: UInt = 0
    var pendingBits = 0
    for limb in limbs {
      var rest = limb
      var restBits = 64
      while pendingBits + restBits >= 15 {
        let taken = 15 - pendingBits
        digits.append(UInt16(truncatingIfNeeded: (pending | rest << pendingBits) & 0x7FFF))
        rest >>= taken
        restBits -= taken
        pending = 0
        pendingBits = 0
      }
      pending = rest
      pendingBits = restBits
    }
    if pendingBits > 0 { digits.append(UInt16(truncatingIfNeeded: pending)) }
    while digits.last == 0 { digits.removeLast() }
    return digits
  }
}
