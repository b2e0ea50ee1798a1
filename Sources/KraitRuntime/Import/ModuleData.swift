// The code of modules as `.pyc` files hold it: kept once for the process, and read by each interpreter function by function, when they are first called.

import CKraitCore
import Glibc
import KraitCompiler

/// The `marshal` data of a module's code, looked through once: what is read of it later is well formed, so that nothing but memory can be missing.
///
/// Interpreters whose files say the same have one of them together, with the executable forms of its functions (``SharedForm``). Code refers to it for as long as the process lives; it is never freed.
public enum ModuleData {
  struct Contents {
    let bytes: UnsafeRawPointer
    let count: Int
    let hash: UInt
    /// By reference number, where the object is.
    let references: UnsafePointer<UInt32>
    /// The code objects, in the order of the data.
    let parts: UnsafeMutablePointer<Part>
    let partCount: Int
    var next: UnsafeMutablePointer<Contents>?
  }

  /// A code object of the data: where its fields are.
  struct Part {
    /// The first field: code objects refer to it.
    var form = SharedForm()
    var data: UnsafePointer<Contents>?
    /// Behind the type code.
    var start: UInt32 = 0
    var end: UInt32 = 0
    var fileName: UInt32 = 0
    var name: UInt32 = 0
    var qualifiedName: UInt32 = 0
    /// The number of the first line; the two tables are behind it.
    var firstLine: UInt32 = 0
    var localCount: Int32 = 0
    var freeCount: Int32 = 0
    var variableCount: Int32 = 0

    /// Where ``CodeObject/pendingFields`` begin: behind five numbers.
    var fields: Int { Int(start) + 20 }
  }

  // MARK: The process's

  /// By hash; guarded by ``lock``.
  nonisolated(unsafe) private static let known: UnsafeMutablePointer<UnsafeMutablePointer<Contents>?> = {
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Contents>?>.allocate(capacity: placeCount)
    places.initialize(repeating: nil, count: placeCount)
    return places
  }()
  nonisolated(unsafe) private static var keptBytes = 0
  nonisolated(unsafe) private static var lock: UInt8 = 0

  private static var placeCount: Int { 512 }
  /// A program that imports ever new code does not fill the memory with it.
  private static var limit: Int { 64 << 20 }

  private static func synchronized<Result>(_ body: () -> Result) -> Result {
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    return body()
  }

  /// In a forked child, nobody gives the lock up that another thread held.
  static func afterFork() { krait_store8_release(&lock, 0) }

  /// The code of a module, when what `marshal.loads` was given is all of a `.pyc` file but its header, as `importlib` gives it; nil when it has to be read the ordinary way.
  public static func code(of view: Value, _ bytes: UnsafeRawBufferPointer) throws(PyError) -> Owned? {
    guard let start = bytes.baseAddress, view.type == .memoryview else { return nil }
    let owner = MemoryViewObject(view).fields.pointee.owner
    guard owner.isBytes, let file = BytesObject(owner).buffer.baseAddress, file + PycHeader.size == start, BytesObject(owner).count == bytes.count + PycHeader.size,
      file.loadUnaligned(as: UInt32.self) == UInt32(PycHeader.magicNumber) | 0x0A0D_0000, let data = find(bytes) ?? keep(bytes)
    else { return nil }
    return try CodeObject.makePending(data.pointee.parts)
  }

  /// A few bytes of the beginning, which has the numbers and the first instructions, and of the end.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt {
    var hash = UInt(bytes.count)
    let last = bytes.count - 8
    for place in [0, 8, 16, 24, 32, 40, 48, 56] {
      for offset in [place, last - place] where offset >= 0 && offset <= last {
        hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt.self)) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
      }
    }
    return hash
  }

  private static func find(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Contents>? {
    let hash = hash(bytes)
    var next = synchronized { known[Int(hash % UInt(placeCount))] }
    // What is in the list stays as it is.
    while let this = next {
      if this.pointee.hash == hash && this.pointee.count == bytes.count && memcmp(this.pointee.bytes, bytes.baseAddress.unsafelyUnwrapped, bytes.count) == 0 { return this }
      next = this.pointee.next
    }
    return nil
  }

  /// Keeps data if all of it is what it ought to be.
  private static func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Contents>? {
    guard bytes.count < 1 << 24, synchronized({ keptBytes + bytes.count <= limit }) else { return nil }
    let memory = ScratchMemory(bytes: bytes.count / 2)
    defer { memory.deallocate() }
    var scanner = ModuleDataScanner(bytes, memory)
    guard scanner.run() else { return nil }
    let (references, parts) = (scanner.references, scanner.parts)
    let partsOffset = MemoryLayout<Contents>.stride
    let referencesOffset = partsOffset + parts.count * MemoryLayout<Part>.stride
    let bytesOffset = referencesOffset + references.count * 4
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytesOffset + bytes.count, alignment: 8)
    let data = block.assumingMemoryBound(to: Contents.self)
    let ownParts = (block + partsOffset).assumingMemoryBound(to: Part.self)
    let ownReferences = (block + referencesOffset).assumingMemoryBound(to: UInt32.self)
    for index in references.indices { ownReferences[index] = references[index].offset }
    for index in parts.indices {
      (ownParts + index).initialize(to: parts[index])
      ownParts[index].data = UnsafePointer(data)
    }
    (block + bytesOffset).copyMemory(from: bytes.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
    data.initialize(to: Contents(
      bytes: UnsafeRawPointer(block + bytesOffset), count: bytes.count, hash: hash(bytes), references: UnsafePointer(ownReferences), parts: ownParts, partCount: parts.count, next: nil))
    synchronized {
      let place = Int(data.pointee.hash % UInt(placeCount))
      data.pointee.next = known[place]
      known[place] = data
      keptBytes += bytes.count
    }
    return data
  }
}

// MARK: - Looking through

/// Finds out where what is in a module's data, and whether it is all as the writer of `.pyc` files leaves it.
private struct ModuleDataScanner {
  enum Kind: UInt8 { case unfinished, other, text, texts, tuple, tupleWithCode, bytes, code }

  struct Found {
    var kind: Kind
    var offset: UInt32
    /// Of a tuple or bytes.
    var count: UInt32 = 0
    /// How many objects there are when all references are followed, and how deep they stand in one another.
    var weight: UInt32 = 1
    var depth = 1
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private(set) var references: PlainArray<Found>
  private(set) var parts: PlainArray<ModuleData.Part>

  private static var depthLimit: Int { 200 }
  /// References to references could stand for any number of objects.
  private static var weightLimit: UInt32 { 1 << 20 }

  init(_ bytes: UnsafeRawBufferPointer, _ memory: ScratchMemory) {
    self.bytes = bytes
    references = PlainArray(memory, capacity: bytes.count / 32)
    parts = PlainArray(memory, capacity: bytes.count / 512)
  }

  mutating func run() -> Bool {
    guard let found = scan(ModuleDataScanner.depthLimit, allowsCode: true) else { return false }
    return found.kind == .code
  }

  private mutating func byte() -> UInt8? {
    guard offset < bytes.count else { return nil }
    offset &+= 1
    return bytes[offset &- 1]
  }

  private mutating func int32() -> Int? {
    guard bytes.count &- offset >= 4 else { return nil }
    offset &+= 4
    return Int(bytes.loadUnaligned(fromByteOffset: offset &- 4, as: Int32.self))
  }

  private mutating func skip(_ count: Int?) -> Bool {
    guard let count, count >= 0, bytes.count &- offset >= count else { return false }
    offset &+= count
    return true
  }

  private mutating func scan(_ depth: Int, allowsCode: Bool = false) -> Found? {
    let start = UInt32(truncatingIfNeeded: offset)
    guard let code = byte(), let type = MarshalType(rawValue: code & 0x7F) else { return nil }
    if type == .reference {
      guard let number = int32(), references.indices.contains(number) else { return nil }
      let found = references[number]
      return found.kind == .unfinished || found.kind == .code || found.kind == .tupleWithCode ? nil : found
    }
    let number = references.count
    let isNumbered = code & 0x80 != 0 && !isConstantOfLanguage(type)
    if isNumbered { references.append(Found(kind: .unfinished, offset: start)) }
    guard depth > 0, let found = scan(type, start, depth - 1, allowsCode) else { return nil }
    if isNumbered { references[number] = found }
    return found
  }

  /// What has no number, whatever its flag says.
  private func isConstantOfLanguage(_ type: MarshalType) -> Bool {
    switch type {
    case .null, .none, .false, .true, .stopIteration, .ellipsis: true
    default: false
    }
  }

  private mutating func scan(_ type: MarshalType, _ start: UInt32, _ depth: Int, _ allowsCode: Bool) -> Found? {
    var found = Found(kind: .other, offset: start)
    switch type {
    case .none, .false, .true, .ellipsis: return found
    case .int: return skip(4) ? found : nil
    case .int64, .binaryFloat: return skip(8) ? found : nil
    case .binaryComplex: return skip(16) ? found : nil
    case .long: return scanLong() ? found : nil
    case .bytes:
      guard let count = int32(), skip(count) else { return nil }
      found.kind = .bytes
      found.count = UInt32(count)
      return found
    case .ascii, .asciiInterned, .shortASCII, .shortASCIIInterned:
      guard skip(type == .ascii || type == .asciiInterned ? int32() : byte().map { Int($0) }) else { return nil }
      found.kind = .text
      return found
    case .unicode, .interned:
      guard let count = int32(), skip(count), isText(UnsafeRawBufferPointer(rebasing: bytes[offset - count..<offset])) else { return nil }
      found.kind = .text
      return found
    case .smallTuple: return scanItems(found, byte().map { Int($0) }, depth, allowsCode)
    case .tuple: return scanItems(found, int32(), depth, allowsCode)
    case .frozenset, .slice:
      guard let items = scanItems(found, type == .slice ? 3 : int32(), depth, false) else { return nil }
      found.weight = items.weight
      found.depth = items.depth
      return found
    case .code: return allowsCode && scanCode(depth) ? Found(kind: .code, offset: start) : nil
    case .null, .stopIteration, .float, .complex, .list, .dict, .set, .reference: return nil
    }
  }

  private mutating func scanLong() -> Bool {
    guard let signedCount = int32(), signedCount != 0, abs(signedCount) < 1 << 24 else { return false }
    let start = offset
    guard skip(abs(signedCount) * 2) else { return false }
    for place in stride(from: start, to: offset, by: 2) where bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self) > 0x7FFF { return false }
    return bytes.loadUnaligned(fromByteOffset: offset - 2, as: UInt16.self) != 0
  }

  private func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do throws(PyError) { _ = try decodeMarshaledText(bytes) } catch {
      PyError.clear()
      return false
    }
    return true
  }

  private mutating func scanItems(_ tuple: Found, _ count: Int?, _ depth: Int, _ allowsCode: Bool) -> Found? {
    guard let count, count >= 0, count <= bytes.count - offset else { return nil }
    var found = tuple
    var areTexts = true
    var hasCode = false
    for _ in 0..<count {
      guard let item = scan(depth, allowsCode: allowsCode) else { return nil }
      if item.kind != .text { areTexts = false }
      if item.kind == .code { hasCode = true }
      found.weight = found.weight &+ item.weight
      found.depth = max(found.depth, item.depth + 1)
      if found.weight > ModuleDataScanner.weightLimit || found.depth > ModuleDataScanner.depthLimit { return nil }
    }
    found.kind = hasCode ? .tupleWithCode : areTexts ? .texts : .tuple
    found.count = UInt32(count)
    return found
  }

  /// Code whose fields are of their types, and fit together as far as the reader of `marshal` data asks.
  private mutating func scanCode(_ depth: Int) -> Bool {
    let index = parts.count
    var part = ModuleData.Part()
    part.start = UInt32(offset)
    parts.append(part)
    guard let argumentCount = int32(), let positionalOnlyCount = int32(), let keywordOnlyCount = int32(), let stackSize = int32(), let flags = int32(),
      argumentCount >= positionalOnlyCount, positionalOnlyCount >= 0, keywordOnlyCount >= 0, stackSize >= 0, flags >= 0,
      let code = scan(depth), code.kind == .bytes, code.count % 2 == 0,
      let constants = scan(depth, allowsCode: true), constants.kind == .tuple || constants.kind == .texts || constants.kind == .tupleWithCode,
      let names = scan(depth), names.kind == .texts, let locals = scan(depth), locals.kind == .texts,
      let kinds = scan(depth), kinds.kind == .bytes, kinds.count == locals.count,
      let fileName = scan(depth), fileName.kind == .text, let name = scan(depth), name.kind == .text, let qualifiedName = scan(depth), qualifiedName.kind == .text
    else { return false }
    part.fileName = fileName.offset
    part.name = name.offset
    part.qualifiedName = qualifiedName.offset
    part.firstLine = UInt32(offset)
    guard int32() != nil, let lines = scan(depth), lines.kind == .bytes, let handlers = scan(depth), handlers.kind == .bytes else { return false }
    part.end = UInt32(offset)
    part.variableCount = Int32(bitPattern: kinds.count)
    for place in 0..<Int(kinds.count) {
      // Behind the type code and the size.
      let kind = LocalKind(rawValue: bytes[Int(kinds.offset) + 5 + place])
      if kind.contains(.local) { part.localCount += 1 }
      if kind.contains(.free) { part.freeCount += 1 }
    }
    let codeFlags = CodeFlags(rawValue: UInt32(flags))
    let extra = (codeFlags.contains(.variableArguments) ? 1 : 0) + (codeFlags.contains(.variableKeywords) ? 1 : 0)
    parts[index] = part
    return Int(part.localCount) >= argumentCount + keywordOnlyCount + extra
  }
}

// MARK: - Reading

/// Makes objects of a module's data.
struct ModuleDataReader {
  private let data: UnsafePointer<ModuleData.Contents>
  private(set) var offset: Int

  init(_ data: UnsafePointer<ModuleData.Contents>, at offset: Int) {
    self.data = data
    self.offset = offset
  }

  mutating func seek(_ offset: Int) { self.offset = offset }

  private func int32(_ offset: Int) -> Int { Int((data.pointee.bytes + offset).loadUnaligned(as: Int32.self)) }

  /// The object here; texts are interned that are to be names.
  mutating func read(areNames: Bool = false) throws(PyError) -> Owned {
    let start = offset
    let code = data.pointee.bytes.load(fromByteOffset: start, as: UInt8.self)
    offset &+= 1
    switch MarshalType(rawValue: code & 0x7F) {
    case .reference:
      offset &+= 4
      var reader = ModuleDataReader(data, at: Int(data.pointee.references[int32(start &+ 1)]))
      return try reader.read(areNames: areNames)
    case .shortASCIIInterned: return try text(Int(byte()), isName: true)
    case .shortASCII: return try text(Int(byte()), isName: areNames)
    case .none: return .none
    case .smallTuple: return try tuple(Int(byte()), areNames)
    case .tuple: return try tuple(size(), areNames)
    case .bytes:
      let count = size()
      return try .unsharedBytes(take(count))
    case .code: return try nestedCode()
    case .frozenset:
      let items = try tuple(size(), false)
      return try TypeObject.frozenset.value.call(items.value)
    case .slice:
      let start = try read()
      let stop = try read()
      let step = try read()
      return try .slice(start.value, stop.value, step.value)
    default:
      var reader = MarshalValueReader(MarshalSource(UnsafeRawBufferPointer(start: data.pointee.bytes + start, count: data.pointee.count - start)))
      let object = try reader.readObject()
      offset = start + reader.offset
      return areNames && object.value.isExactString ? intern(object) : object
    }
  }

  private mutating func byte() -> UInt8 {
    offset &+= 1
    return data.pointee.bytes.load(fromByteOffset: offset &- 1, as: UInt8.self)
  }

  private mutating func size() -> Int {
    offset &+= 4
    return int32(offset &- 4)
  }

  private mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    offset &+= count
    return UnsafeRawBufferPointer(start: data.pointee.bytes + (offset &- count), count: count)
  }

  private mutating func text(_ count: Int, isName: Bool) throws(PyError) -> Owned {
    let bytes = take(count)
    let isASCII = count == 0 || CodeUnits.isASCII(bytes.baseAddress.unsafelyUnwrapped, count)
    if isName && isASCII && count > 1, let known = InternTable.known(ascii: bytes) { return known }
    let text = try Owned.string(latin1: bytes, ascii: isASCII)
    return isName ? intern(text) : text
  }

  private mutating func tuple(_ count: Int, _ areNames: Bool) throws(PyError) -> Owned {
    if count == 0 { return .emptyTuple }
    let tuple = try Owned.tuple(count: count)
    for index in 0..<count { TupleObject(tuple.value).items[index] = .none }
    for index in 0..<count {
      let item = try read(areNames: areNames)
      TupleObject(tuple.value).items[index] = item.take()
    }
    return tuple
  }

  /// Code among the constants: its fields are read when it is called.
  private mutating func nestedCode() throws(PyError) -> Owned {
    let parts = data.pointee.parts
    var low = 0
    var high = data.pointee.partCount
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(parts[middle].start) <= offset { low = middle } else { high = middle }
    }
    offset = Int(parts[low].end)
    return try CodeObject.makePending(parts + low)
  }

  /// What is known at once of code.
  static func fill(_ code: CodeObject, from part: UnsafeMutablePointer<ModuleData.Part>) throws(PyError) {
    guard let data = part.pointee.data else { return }
    let contents = code.contents
    func text(_ offset: UInt32) throws(PyError) -> Value {
      var reader = ModuleDataReader(data, at: Int(offset))
      return try reader.read(areNames: true).take()
    }
    let reader = ModuleDataReader(data, at: 0)
    let start = Int(part.pointee.start)
    func number(_ index: Int) -> Int32 { Int32(truncatingIfNeeded: reader.int32(start + index * 4)) }
    contents.pointee.setCounts(arguments: number(0), positionalOnly: number(1), keywordOnly: number(2), flags: CodeFlags(rawValue: UInt32(bitPattern: number(4))))
    contents.pointee.stackSize = number(3)
    contents.pointee.firstLineNumber = Int32(truncatingIfNeeded: reader.int32(Int(part.pointee.firstLine)))
    contents.pointee.localCount = part.pointee.localCount
    contents.pointee.freeCount = part.pointee.freeCount
    contents.pointee.setLayout(variables: part.pointee.variableCount)
    contents.pointee.fileName = try text(part.pointee.fileName)
    contents.pointee.name = try text(part.pointee.name)
    contents.pointee.qualifiedName = try text(part.pointee.qualifiedName)
  }
}
