// Names: strs of which there is one for each text, so that they compare by address.

import CKraitCore
import Glibc

/// A hash table of strs, by text, with open addressing.
///
/// There is one for the process, with the immortal names of the runtime, and one for each interpreter. An interpreter's table does not count its entries:
/// a str removes itself when it dies.
struct InternTable {
  /// The places, behind a word that says how many there are less one: a str's address with the upper bits of its hash above, so that others' texts are rarely looked at. Old tables of the process are not freed: other threads may be reading them.
  private var entries: UnsafeMutablePointer<UInt>?
  /// Used and once used places.
  private var filled = 0
  private(set) var count = 0
  /// In an interpreter's table, names of the process that came late (``StringObject/Flags/lateName``) and are known to stand for their texts here, by address; they do for ever, as who
  /// looks for such a text from then on finds them. Native modules ask for attributes by such names.
  private var lateNames: UnsafeMutablePointer<UInt>?
  private static var lateNamePlaces: Int { 64 }

  private let initialRoom: Int

  /// - Parameter initialRoom: a power of two.
  init(initialRoom: Int) { self.initialRoom = initialRoom }

  /// An interpreter's table.
  init(forInterpreter: Void) {
    self.init(initialRoom: 4096)
    makeRoomForLateNames()
  }

  private mutating func makeRoomForLateNames() {
    lateNames = .allocate(capacity: InternTable.lateNamePlaces)
    lateNames?.initialize(repeating: 0, count: InternTable.lateNamePlaces)
  }

  @inline(__always)
  private func lateNamePlace(_ name: StringObject) -> UnsafeMutablePointer<UInt>? { lateNames.map { $0 + Int(UInt(bitPattern: name.raw) &>> 4) & (InternTable.lateNamePlaces &- 1) } }

  /// Whether a late name is known to stand for its text.
  @inline(__always)
  func knowsLateName(_ name: StringObject) -> Bool {
    guard let place = lateNamePlace(name) else { return false }
    return krait_load64(place) == UInt64(UInt(bitPattern: name.raw))
  }

  func noteLateName(_ name: StringObject) {
    if let place = lateNamePlace(name) { krait_store64(place, UInt64(UInt(bitPattern: name.raw))) }
  }

  private static var tombstone: UInt { 8 }
  private static var addressBits: UInt { 1 << 48 - 1 }

  @inline(__always)
  private static func text(_ entry: UInt) -> StringObject { StringObject(raw: UnsafeMutableRawPointer(bitPattern: entry & addressBits).unsafelyUnwrapped) }

  @inline(__always)
  private static func entry(_ text: StringObject) -> UInt { UInt(bitPattern: text.raw) | UInt(bitPattern: text.hashValue) & ~addressBits }

  /// The table's own str with this text.
  func find(_ text: StringObject) -> StringObject? { find(text.hashValue) { $0.isEqual(to: text) } }

  /// The table's own str with this ASCII text.
  func find(ascii: UnsafeBufferPointer<UInt8>, hash: Int) -> StringObject? {
    find(hash) { $0.isASCII && $0.length == ascii.count && (ascii.isEmpty || memcmp($0.data, ascii.baseAddress.unsafelyUnwrapped, ascii.count) == 0) }
  }

  /// The interned str with an ASCII text of more than one character, if there is one: none has to be made to ask.
  static func known(ascii: UnsafeRawBufferPointer) -> Owned? {
    if Runtime.isStarting { return nil }
    let text = ascii.assumingMemoryBound(to: UInt8.self)
    let hash = HashSecret.hash(ascii)
    guard let found = currentInterpreter.pointee.interned.pointee.find(ascii: text, hash: hash) ?? StaticNames.find(ascii: text, hash: hash) else { return nil }
    return Owned(copying: found.value)
  }

  @inline(__always)
  private func find(_ hash: Int, _ isEqual: (StringObject) -> Bool) -> StringObject? {
    guard let entries else { return nil }
    let mask = Int(entries[-1])
    let tag = UInt(bitPattern: hash) & ~InternTable.addressBits
    var place = hash & mask
    while true {
      // Acquire: in the table of the process, the str was made by another thread.
      let entry = UInt(krait_load64_acquire(entries + place))
      if entry == 0 { return nil }
      if entry & ~InternTable.addressBits == tag && entry != InternTable.tombstone && isEqual(InternTable.text(entry)) { return InternTable.text(entry) }
      place = (place &+ 1) & mask
    }
  }

  /// Adds a str whose text is not in the table.
  mutating func insert(_ text: StringObject, keepOld: Bool = false) {
    let room = entries.map { Int($0[-1]) &+ 1 } ?? 0
    if (filled &+ 1) &* 3 > room &* 2 { grow(room, keepOld) }
    let entries = self.entries.unsafelyUnwrapped
    let mask = Int(entries[-1])
    var place = text.hashValue & mask
    // The place of one that died serves again: a name that comes and goes would lengthen its own way each time.
    while entries[place] > InternTable.tombstone { place = (place &+ 1) & mask }
    if entries[place] == 0 { filled &+= 1 }
    krait_store64_release(entries + place, UInt64(InternTable.entry(text)))
    count &+= 1
  }

  private mutating func grow(_ oldRoom: Int, _ keepOld: Bool) {
    var room = initialRoom
    while room < count &* 4 { room *= 2 }
    let memory = UnsafeMutablePointer<UInt>.allocate(capacity: room + 1)
    memory.initialize(repeating: 0, count: room + 1)
    memory[0] = UInt(room - 1)
    let new = memory + 1
    for index in 0..<oldRoom {
      guard let entry = entries?[index], entry > InternTable.tombstone else { continue }
      var place = InternTable.text(entry).hashValue & (room - 1)
      while new[place] != 0 { place = (place &+ 1) & (room - 1) }
      new[place] = entry
    }
    let old = entries
    // Threads may look for names without the lock of the process's table.
    krait_store_fence()
    entries = new
    filled = count
    if let old, !keepOld { (old - 1).deallocate() }
  }

  /// A str of the table dies.
  mutating func remove(_ text: StringObject) {
    guard let entries else { return }
    let mask = Int(entries[-1])
    let address = InternTable.entry(text)
    var place = text.hashValue & mask
    while entries[place] != 0 {
      if entries[place] == address {
        free(place)
        count &-= 1
        return
      }
      place = (place &+ 1) & mask
    }
  }

  /// Nobody need go on behind places that nothing follows.
  private mutating func free(_ place: Int) {
    guard let entries else { return }
    let mask = Int(entries[-1])
    entries[place] = InternTable.tombstone
    if entries[(place &+ 1) & mask] != 0 { return }
    var place = place
    while entries[place] == InternTable.tombstone {
      entries[place] = 0
      filled &-= 1
      place = (place &- 1) & mask
    }
  }

  /// The table of a copy of an interpreter's heap.
  static func copy(of table: UnsafeMutableRawPointer, _ placement: HeapImage.Placement) -> UnsafeMutableRawPointer {
    let copy = UnsafeMutablePointer<InternTable>.allocate(capacity: 1)
    copy.initialize(to: table.assumingMemoryBound(to: InternTable.self).pointee)
    copy.pointee.makeRoomForLateNames()
    if let entries = copy.pointee.entries {
      let room = Int(entries[-1]) + 1
      let memory = UnsafeMutablePointer<UInt>.allocate(capacity: room + 1)
      memory[0] = entries[-1]
      for index in 0..<room {
        let entry = entries[index]
        memory[index + 1] = entry <= tombstone ? entry : placement.address(entry & addressBits) | entry & ~addressBits
      }
      copy.pointee.entries = memory + 1
    }
    return UnsafeMutableRawPointer(copy)
  }

  /// Frees an interpreter's table, not the strs.
  static func destroy(_ table: UnsafeMutableRawPointer) {
    let table = table.assumingMemoryBound(to: InternTable.self)
    if let entries = table.pointee.entries { (entries - 1).deallocate() }
    table.pointee.lateNames?.deallocate()
    table.deallocate()
  }
}

/// The immortal names of the process.
enum StaticNames {
  /// Written under ``lock``, read by every thread without it.
  nonisolated(unsafe) private static var table = InternTable(initialRoom: 8192)
  /// 0 free, 1 held.
  nonisolated(unsafe) private static var lock: UInt8 = 0

  static var count: Int { table.count }
  static func find(_ text: StringObject) -> StringObject? { table.find(text) }
  static func find(ascii: UnsafeBufferPointer<UInt8>) -> StringObject? { find(ascii: ascii, hash: HashSecret.hash(UnsafeRawBufferPointer(ascii))) }
  static func find(ascii: UnsafeBufferPointer<UInt8>, hash: Int) -> StringObject? { table.find(ascii: ascii, hash: hash) }

  /// Puts an immortal str into the table, unless another thread has put one of this text there meanwhile: the one that is in the table.
  @discardableResult
  static func add(_ text: StringObject) -> StringObject {
    _ = text.hashValue
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    if Runtime.isStarted, let known = table.find(text) { return known }
    // First, as who finds it asks what it is.
    text.flags.insert(Runtime.isStarted ? .lateName : .immortalName)
    table.insert(text, keepOld: true)
    return text
  }
}

/// The str that stands for its text: the one that was interned first. Instances of subclasses are never interned.
public func intern(_ text: consuming Owned) -> Owned {
  let object = StringObject(raw: text.value.object)
  if object.isFoundByAddress || object.flags.contains(.indirect) { return text }
  let thread = currentThread
  let isBesideOthers = thread.pointee.hasPeers && !thread.pointee.holdsSharing
  if isBesideOthers { Sharing.take(thread) }
  let result = internInTable(text)
  if isBesideOthers { Sharing.leave(thread) }
  return result
}

private func internInTable(_ text: consuming Owned) -> Owned {
  let object = StringObject(raw: text.value.object)
  let table = currentInterpreter.pointee.interned
  // The interpreter's own str goes before a late name of the process: instances may have attributes under it.
  if !Runtime.isStarting, let found = table.pointee.find(object) { return Owned(copying: found.value) }
  if let found = StaticNames.find(object) {
    if found.flags.contains(.lateName) { table.pointee.noteLateName(found) }
    return Owned(taking: found.value)
  }
  if object.raw.ownerIdentifier == SharedObjects.owner {
    // Other interpreters have the str, too: this one's name is a copy.
    if let own = try? Owned.string(object.units) { return intern(own) }
    PyError.clear()
    return text
  }
  if Runtime.isStarting { object.raw.makeImmortal() }
  if object.raw.isImmortal {
    let known = StaticNames.add(object)
    return Owned(taking: known.value)
  }
  table.pointee.insert(object)
  object.flags.insert(.interned)
  return text
}

extension InterpreterState {
  /// The strs that are interned in this interpreter.
  var interned: UnsafeMutablePointer<InternTable> {
    mutating get {
      if let internTable { return internTable.assumingMemoryBound(to: InternTable.self) }
      let table = UnsafeMutablePointer<InternTable>.allocate(capacity: 1)
      table.initialize(to: InternTable(forInterpreter: ()))
      internTable = UnsafeMutableRawPointer(table)
      return table
    }
  }
}

extension StringObject {
  /// Whether it is immortal, and stands for its text in some interpreters only: those that are copies of an image.
  public var isNameOfInterpreters: Bool { flags.contains(.interned) && raw.isImmortal }

  /// As ``isInterned``, or a late name of the process that is known to stand for its text.
  var isFoundByAddress: Bool {
    @inline(__always) get { isInterned || flags.contains(.lateName) && currentInterpreter.pointee.interned.pointee.knowsLateName(self) }
  }

  /// Whether this str stands for its text. Unlike ``isInterned``, true of late names of the process, too, for which the interpreter has no str of its own.
  var standsForText: Bool {
    if isInterned { return true }
    return flags.contains(.lateName) && currentInterpreter.pointee.interned.pointee.find(self) == nil
  }

  /// Makes a name at its own place in a block of immortal objects.
  static func makeName(at raw: UnsafeMutableRawPointer, text: StaticString) throws(PyError) {
    raw.initializeHeader(TypeObject.str.rootShape)
    initializeFields(raw, text.utf8CodeUnitCount, 1, .ascii)
    memcpy(raw + dataOffset, text.utf8Start, text.utf8CodeUnitCount)
    raw.makeImmortal()
    StaticNames.add(StringObject(raw: raw))
  }

  /// An immortal interned str of ASCII text, for the descriptions of native functions.
  static func immortal(_ ascii: UnsafeBufferPointer<UInt8>) -> Value {
    if ascii.count == 1 { return StaticStrings.character(UInt32(ascii[0])) }
    if let found = StaticNames.find(ascii: ascii) { return found.value }
    let raw = ImmortalMemory.allocate(StringObject.dataOffset + ascii.count + 1)
    raw.initializeHeader(TypeObject.str.rootShape)
    StringObject.initializeFields(raw, ascii.count, 1, .ascii)
    if let base = ascii.baseAddress { memcpy(raw + dataOffset, base, ascii.count) }
    raw.makeImmortal()
    let object = StringObject(raw: raw)
    let known = StaticNames.add(object)
    return known.value
  }

  /// Takes a dying str out of the table that it is in.
  func forgetInterned() {
    if flags.contains(.interned) { currentInterpreter.pointee.interned.pointee.remove(self) }
  }
}

/// Memory for small objects that live as long as the process; in segments whose owner is nobody.
enum ImmortalMemory {
  nonisolated(unsafe) private static var next = UInt(0)
  nonisolated(unsafe) private static var room = 0
  /// 0 free, 1 held: guards the two above.
  nonisolated(unsafe) private static var lock: UInt8 = 0

  /// Zeroed memory.
  static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    let size = (size + 15) & ~15
    while !krait_cas8(&lock, 0, 1) { sched_yield() }
    defer { krait_store8_release(&lock, 0) }
    if room < size {
      next = UInt(bitPattern: BuiltinTypes.reserveSharedBlock(size: size))
      room = Segment.size - Segment.headerSize
      if size > room { room = size }
    }
    let block = next
    next += UInt(size)
    room -= size
    return UnsafeMutableRawPointer(bitPattern: block).unsafelyUnwrapped
  }
}
