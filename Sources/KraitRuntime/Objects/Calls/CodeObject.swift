// The type `code`: CPython 3.14's code object, and what translator and evaluator need to run it.

import CKraitCore
import KraitCompiler
import KraitSyntax

@frozen
public struct CodeObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }
  @inlinable public var value: Value { Value(raw) }

  public struct Contents {
    public var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    public var state: ObjectState
    /// The translated form, made when the code first runs; owned by the translator.
    public var executable: UnsafeMutableRawPointer?
    /// What tools watch in the code (``CodeMonitoring``), retained; nil until one does.
    public var monitoring: UnsafeMutableRawPointer?
    public var flags: CodeFlags
    public var argumentCount: Int32
    public var positionalOnlyCount: Int32
    public var keywordOnlyCount: Int32
    /// How many positional arguments fill the parameters without further ado; -1 when there is `*args`, `**kw` or a keyword-only parameter.
    public var exactCount: Int32
    /// Parameters, `*args` and `**kw` counted.
    public var parameterCount: Int32
    /// `co_nlocals`
    public var localCount: Int32
    /// Slots of locals, cells and free variables: one for each, but in code with far variables (``CodeObject/nearCount``).
    public var localsPlusCount: Int32
    public var freeCount: Int32
    public var stackSize: Int32
    /// Slots of a frame: for each variable and temporary, and one.
    public var frameSize: Int32
    public var firstLineNumber: Int32
    /// What the evaluator's caches compare that know how calls bind arguments; 0 before the first.
    public var version: UInt32
    /// `co_code` as bytes, inline caches as zeros.
    public var code: Value
    /// A tuple.
    public var constants: Value
    /// A tuple of interned str.
    public var names: Value
    /// A tuple of interned str.
    public var localsPlusNames: Value
    /// Bytes, one ``LocalKind`` a slot.
    public var localsPlusKinds: Value
    public var fileName: Value
    public var name: Value
    public var qualifiedName: Value
    /// Bytes.
    public var lineTable: Value
    /// Bytes.
    public var exceptionTable: Value
    /// `co_varnames`, `co_cellvars`, `co_freevars`: tuples, made when first asked for.
    public var variableNames: Value
    public var cellNames: Value
    public var freeNames: Value
    /// Where the fields from ``code`` to ``localsPlusKinds`` and the two tables come from when somebody asks (CodeLoading.swift); nil when they are there.
    public var pending: UnsafeRawPointer?
    /// The place of the ``SharedForm`` that other interpreters' copies of the code have, too; nil for code of this interpreter alone.
    public var shared: UnsafeMutableRawPointer?
  }

  @inlinable
  public var contents: UnsafeMutablePointer<Contents> { @inline(__always) get { raw.assumingMemoryBound(to: Contents.self) } }
  @inlinable public var flags: CodeFlags { @inline(__always) get { contents.pointee.flags } }
  @inlinable public var parameterCount: Int { @inline(__always) get { Int(contents.pointee.parameterCount) } }
  @inlinable public var localsPlusCount: Int { @inline(__always) get { Int(contents.pointee.localsPlusCount) } }
  /// Locals, cells and free variables.
  var variableCount: Int { Int(contents.pointee.frameSize &- contents.pointee.stackSize) &- 1 }
  /// Whether there are variables beyond the reach of operands. They are in cells of a tuple, which the slot behind the near variables holds once the frame has begun to run; until then the arguments are in their slots.
  var hasFarVariables: Bool { variableCount > localsPlusCount }
  /// How many variables have slots of their own.
  var nearCount: Int { hasFarVariables ? localsPlusCount - 1 : localsPlusCount }
  static let reachableSlots: Int32 = 60_000
  static let nearLimit: Int32 = 32_000
  @inlinable public var freeCount: Int { @inline(__always) get { Int(contents.pointee.freeCount) } }
  @inlinable public var stackSize: Int { @inline(__always) get { Int(contents.pointee.stackSize) } }
  public var constants: TupleObject { TupleObject(loadedContents.pointee.constants) }
  public var names: TupleObject { TupleObject(loadedContents.pointee.names) }
  public var localsPlusNames: TupleObject { TupleObject(loadedContents.pointee.localsPlusNames) }
  @inlinable public var name: Value { contents.pointee.name }
  @inlinable public var qualifiedName: Value { contents.pointee.qualifiedName }
  @inlinable public var fileName: Value { contents.pointee.fileName }
  @inlinable public var firstLineNumber: Int { Int(contents.pointee.firstLineNumber) }

  /// The next version that nobody has; 0 when all were given.
  private nonisolated(unsafe) static var nextVersion: UInt32 = 1

  /// A version for caches: given when the evaluator first wants to specialise a call of a function that is made of the code.
  func assignVersion() -> UInt32 {
    if contents.pointee.version == 0 && CodeObject.nextVersion != 0 {
      withUnsafeMutablePointer(to: &CodeObject.nextVersion) { contents.pointee.version = krait_add32($0, 1) }
    }
    return contents.pointee.version
  }

  /// The docstring, or None.
  public var documentation: Value {
    guard flags.contains(.hasDocstring), constants.count > 0 else { return .none }
    let first = constants[0]
    return first.isString ? first : .none
  }

  /// `co_code`.
  public var instructions: UnsafeBufferPointer<UInt8> { bytes(loadedContents.pointee.code) }
  public var localsPlusKinds: UnsafeBufferPointer<UInt8> { bytes(loadedContents.pointee.localsPlusKinds) }
  public var exceptionTable: UnsafeBufferPointer<UInt8> { bytes(loadedContents.pointee.exceptionTable) }
  /// The decoded `co_linetable`.
  public var lines: LineTable {
    LineTable(bytes: bytes(loadedContents.pointee.lineTable), firstLineNumber: contents.pointee.firstLineNumber)
  }

  /// The line of the instruction at a byte offset of `co_code`; nil when it belongs to none.
  public func line(at offset: Int) -> Int? {
    let table = bytes(loadedContents.pointee.lineTable)
    var (index, end, line) = (0, 0, contents.pointee.firstLineNumber)
    while index < table.count {
      let first = table[index]
      index += 1
      let form = first >> 3 & 15
      // Forms 11 and 12 are one and two lines on, 13 and 14 have the difference behind, 15 has no line.
      if form == 11 || form == 12 { line &+= Int32(form) - 10 } else if form == 13 || form == 14 { line &+= lineDifference(table, index) }
      end += (Int(first & 7) + 1) * 2
      if offset < end { return form == 15 || line < 0 ? nil : Int(line) }
      // Columns are passed over: of an entry's bytes the first alone has the highest bit set.
      while index < table.count && table[index] & 0x80 == 0 { index += 1 }
    }
    return nil
  }

  /// A signed number of the table: groups of six bits, least significant first, of which bit 6 says that another follows; the lowest bit is the sign.
  private func lineDifference(_ table: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int32 {
    var (value, shift, index) = (UInt32(0), UInt32(0), start)
    while index < table.count {
      let byte = table[index]
      value |= shift < 32 ? UInt32(byte & 0x3F) << shift : 0
      shift += 6
      index += 1
      if byte & 0x40 == 0 { break }
    }
    let magnitude = Int32(truncatingIfNeeded: value >> 1)
    return value & 1 != 0 ? 0 &- magnitude : magnitude
  }

  private func bytes(_ value: Value) -> UnsafeBufferPointer<UInt8> {
    let bytes = BytesObject(value)
    return UnsafeBufferPointer(start: UnsafePointer(bytes.data.assumingMemoryBound(to: UInt8.self)), count: bytes.count)
  }
}

extension CodeObject {
  /// Whether the executable form is that of `return self.name` or `return constant` and self is the only parameter, so that who calls the function may know its answer
  /// without a frame.
  var isBrief: Bool {
    @inline(__always) get { contents.pointee.state.detail != 0 }
    @inline(__always) nonmutating set { contents.pointee.state.detail = newValue ? 1 : 0 }
  }
}

extension CodeObject.Contents {
  mutating func setCounts(arguments: Int32, positionalOnly: Int32, keywordOnly: Int32, flags: CodeFlags) {
    self.flags = flags
    argumentCount = arguments
    positionalOnlyCount = positionalOnly
    keywordOnlyCount = keywordOnly
    let extra: Int32 = (flags.contains(.variableArguments) ? 1 : 0) + (flags.contains(.variableKeywords) ? 1 : 0)
    parameterCount = arguments &+ keywordOnly &+ extra
    exactCount = keywordOnly == 0 && extra == 0 ? arguments : -1
  }

  /// Lays the frame out, for the stack's size that is set: where operands of 16 bits would not reach all slots, variables from a number on are far.
  mutating func setLayout(variables: Int32) {
    frameSize = variables &+ stackSize &+ 1
    let isFar = frameSize > CodeObject.reachableSlots && variables > CodeObject.nearLimit + 1 && stackSize < CodeObject.reachableSlots - CodeObject.nearLimit - 1
    localsPlusCount = isFar ? CodeObject.nearLimit + 1 : variables
  }
}

// MARK: - Making

/// What a code object is made of: the arguments of the type `code`, all borrowed.
struct CodeParts {
  var argumentCount: Int32
  var positionalOnlyCount: Int32
  var keywordOnlyCount: Int32
  var stackSize: Int32
  var flags: CodeFlags
  var firstLineNumber: Int32
  var code: Value
  var constants: Value
  var names: Value
  var localsPlusNames: Value
  var localsPlusKinds: Value
  var fileName: Value
  var name: Value
  var qualifiedName: Value
  var lineTable: Value
  var exceptionTable: Value
}

extension CodeObject {
  static func make(_ parts: CodeParts) throws(PyError) -> Owned {
    let raw = try allocateZeroedObject(TypeObject.code.rootShape, size: MemoryLayout<Contents>.size)
    let contents = CodeObject(raw: raw).contents
    contents.pointee.setCounts(
      arguments: parts.argumentCount, positionalOnly: parts.positionalOnlyCount, keywordOnly: parts.keywordOnlyCount, flags: parts.flags)
    contents.pointee.stackSize = parts.stackSize
    contents.pointee.firstLineNumber = parts.firstLineNumber
    contents.pointee.code = Owned(copying: parts.code).take()
    contents.pointee.constants = Owned(copying: parts.constants).take()
    contents.pointee.names = Owned(copying: parts.names).take()
    contents.pointee.localsPlusNames = Owned(copying: parts.localsPlusNames).take()
    contents.pointee.localsPlusKinds = Owned(copying: parts.localsPlusKinds).take()
    contents.pointee.fileName = Owned(copying: parts.fileName).take()
    contents.pointee.name = Owned(copying: parts.name).take()
    contents.pointee.qualifiedName = Owned(copying: parts.qualifiedName).take()
    contents.pointee.lineTable = try LineTable.kept(parts.lineTable).take()
    contents.pointee.exceptionTable = Owned(copying: parts.exceptionTable).take()
    contents.pointee.setLayout(variables: Int32(truncatingIfNeeded: TupleObject(parts.localsPlusNames).count))
    for kind in CodeObject(raw: raw).localsPlusKinds {
      let kind = LocalKind(rawValue: kind)
      if kind.contains(.local) { contents.pointee.localCount += 1 }
      if kind.contains(.free) { contents.pointee.freeCount += 1 }
    }
    return Owned(taking: raw)
  }

  /// The code object of a compiled unit, with those of the functions in it. Nothing refers to the unit's arena afterwards.
  public static func make(from unit: CodeUnit) throws(PyError) -> Owned {
    var constants = ConstantTable()
    defer { constants.release() }
    return try constants.code(unit)
  }
}

extension CodeObject {
  /// The value of one constant of the front end.
  static func value(of constant: ConstantValue) throws(PyError) -> Owned {
    var table = ConstantTable()
    defer { table.release() }
    return Owned(copying: try table.value(constant))
  }
}

/// Values by a number that stands for them, with open addressing; owns them. Not a Dictionary: a type of keys that is used for the first time is looked up among all
/// conformances of the program, 130,000 instructions of each start.
private struct ValueTable {
  private struct Entry {
    var key: UInt
    var value: Value
  }

  private var entries: UnsafeMutablePointer<Entry>?
  private var room = 0
  private var count = 0

  private func place(_ key: UInt) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (room - 1) }

  /// The value of a key for which `isMeant` is true.
  @inline(__always)
  func find(_ key: UInt, _ isMeant: (Value) -> Bool = { _ in true }) -> Value? {
    guard let entries else { return nil }
    var place = place(key)
    while !entries[place].value.isAbsent {
      if entries[place].key == key && isMeant(entries[place].value) { return entries[place].value }
      place = (place + 1) & (room - 1)
    }
    return nil
  }

  /// Keeps a value that is not there, and lends it.
  @discardableResult
  mutating func add(_ key: UInt, _ value: consuming Owned) -> Value {
    if 2 * (count + 1) > room { grow() }
    let value = value.take()
    insert(Entry(key: key, value: value))
    count += 1
    return value
  }

  private func insert(_ entry: Entry) {
    guard let entries else { return }
    var place = place(entry.key)
    while !entries[place].value.isAbsent { place = (place + 1) & (room - 1) }
    entries[place] = entry
  }

  private mutating func grow() {
    let (old, oldRoom) = (entries, room)
    room = max(16, 2 * room)
    entries = .allocate(capacity: room)
    entries?.initialize(repeating: Entry(key: 0, value: .absent), count: room)
    for index in 0..<oldRoom {
      if let entry = old?[index], !entry.value.isAbsent { insert(entry) }
    }
    old?.deallocate()
  }

  mutating func release() {
    for index in 0..<room { entries?[index].value.releaseIfPresent() }
    entries?.deallocate()
    (entries, room, count) = (nil, 0, 0)
  }
}

/// The Python values of one compilation's constants: each is made once, as the compiler shares them among its code units.
private struct ConstantTable {
  /// Constants and texts, by their addresses in the front end's memory.
  private var values = ValueTable()
  /// Tuples by what is in them, and tables of lines and exceptions: equal ones of the code units are one object, which `marshal` shows.
  private var tuples = ValueTable()
  private var tables = ValueTable()

  mutating func release() {
    tuples.release()
    tables.release()
    values.release()
  }

  mutating func code(_ unit: CodeUnit) throws(PyError) -> Owned {
    try checkNativeRecursion(" while making a code object")
    let contents = unit.pointer.pointee
    let constants = shared(try tuple(contents.constants))
    let names = shared(try tuple(contents.names))
    // The parameter of annotation functions gets its name when all is compiled.
    let hasOwnLocals = contents.name == "__annotate__" && contents.positionalOnlyArgumentCount == 1 && contents.localsPlusNames.first.map { $0 == "format" } ?? false
    let locals = try tuple(contents.localsPlusNames)
    let localsPlusNames = hasOwnLocals ? locals : shared(locals)
    let code = try Owned.bytes(UnsafeRawBufferPointer(contents.code))
    let kinds = try Owned.unsharedBytes(UnsafeRawBufferPointer(contents.localsPlusKinds))
    let lineTable = try table(contents.lineTable)
    let exceptionTable = try table(contents.exceptionTable)
    return try CodeObject.make(
      CodeParts(
        argumentCount: contents.argumentCount, positionalOnlyCount: contents.positionalOnlyArgumentCount,
        keywordOnlyCount: contents.keywordOnlyArgumentCount, stackSize: contents.stackSize, flags: contents.flags,
        firstLineNumber: contents.firstLineNumber, code: code.value, constants: constants.value, names: names.value,
        localsPlusNames: localsPlusNames.value, localsPlusKinds: kinds.value, fileName: try fileName(contents.fileName),
        name: try text(contents.name), qualifiedName: try text(contents.qualifiedName), lineTable: lineTable.value,
        exceptionTable: exceptionTable.value))
  }

  private mutating func table(_ bytes: UnsafeBufferPointer<UInt8>) throws(PyError) -> Owned {
    var key = UInt(bytes.count)
    for byte in bytes { key = (key ^ UInt(byte)) &* 0x100_0000_01B3 }
    if let known = tables.find(key, { BytesObject($0).buffer.elementsEqual(bytes) }) { return Owned(copying: known) }
    let made = try Owned.bytes(UnsafeRawBufferPointer(bytes))
    tables.add(key, Owned(copying: made.value))
    return made
  }

  /// The tuple with these items that was made first.
  private mutating func shared(_ tuple: consuming Owned) -> Owned {
    let items = TupleObject(tuple.value).buffer
    var key = UInt(items.count)
    for item in items { key = (key ^ UInt(item.bits)) &* 0x100_0000_01B3 }
    if let known = tuples.find(key, { TupleObject($0).buffer.elementsEqual(items) { $0.bits == $1.bits } }) { return Owned(copying: known) }
    tuples.add(key, Owned(copying: tuple.value))
    return tuple
  }

  /// The name of the source's file, borrowed from the table.
  private mutating func fileName(_ text: Text) throws(PyError) -> Value {
    guard text.bytes.contains(0xF4), values.find(UInt(bitPattern: text.raw)) == nil else { return try self.text(text) }
    return values.add(UInt(bitPattern: text.raw), intern(try Owned.systemText(String(decoding: text.bytes, as: UTF8.self))))
  }

  /// An interned str for a name, borrowed from the table.
  private mutating func text(_ text: Text) throws(PyError) -> Value {
    if let known = values.find(UInt(bitPattern: text.raw)) { return known }
    return values.add(UInt(bitPattern: text.raw), intern(try Owned.string(utf8: text.bytes)))
  }

  private mutating func tuple(_ texts: UnsafeBufferPointer<Text>) throws(PyError) -> Owned {
    let result = try Owned.tuple(count: texts.count)
    for (index, text) in texts.enumerated() { TupleObject(result.value).initialize(index, Owned(copying: try self.text(text))) }
    return result
  }

  private mutating func tuple(_ constants: UnsafeBufferPointer<ConstantValue>) throws(PyError) -> Owned {
    let result = try Owned.tuple(count: constants.count)
    for (index, constant) in constants.enumerated() { TupleObject(result.value).initialize(index, Owned(copying: try value(constant))) }
    return result
  }

  /// The value of a constant, borrowed from the table.
  mutating func value(_ constant: ConstantValue) throws(PyError) -> Value {
    switch constant.kind {
    case .none: return .none
    case .false: return .false
    case .true: return .true
    case .ellipsis: return .ellipsis
    default: break
    }
    if let known = values.find(UInt(bitPattern: constant.raw)) { return known }
    return values.add(UInt(bitPattern: constant.raw), try make(constant))
  }

  private mutating func make(_ constant: ConstantValue) throws(PyError) -> Owned {
    switch constant.kind {
    case .integer:
      if let small = constant.smallInteger { return try Owned.integer(small) }
      return try Integer.make(limbs: constant.limbs, isNegative: constant.isNegative)
    case .float: return try Owned.float(constant.float)
    case .complex: return try Owned.complex(constant.complex.real, constant.complex.imaginary)
    case .string:
      // CPython interns the strings among constants that could be names.
      let bytes = constant.text.bytes
      let isName = bytes.allSatisfy { byte in
        byte == UInt8(ascii: "_") || byte >= 0x30 && byte <= 0x39 || byte | 32 >= UInt8(ascii: "a") && byte | 32 <= UInt8(ascii: "z")
      }
      return isName ? Owned(copying: try text(constant.text)) : try Owned.string(utf8: bytes)
    case .bytes: return try Owned.bytes(UnsafeRawBufferPointer(constant.text.bytes))
    case .tuple: return shared(try tuple(constant.elements))
    case .frozenset:
      let elements = try tuple(constant.elements)
      return try TypeObject.frozenset.value.call(elements.value)
    case .slice:
      let elements = constant.elements
      return try Owned.slice(try value(elements[0]), try value(elements[1]), try value(elements[2]))
    case .code: return try code(CodeUnit(constant))
    case .none, .false, .true, .ellipsis: return .none
    }
  }
}
