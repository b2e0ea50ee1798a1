// Sets and frozensets in memory, and how native code makes, reads and changes them.

import CKraitCore
import Glibc

/// A `set`, a `frozenset` or an instance of a subclass: an open hash table of (key, hash).
///
/// Probing, table sizes and growth are CPython's, since the order of iteration follows from them and programs print it.
@frozen
public struct SetObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// Unchecked: the value is a set or frozenset.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  /// A place of the table: never used (key absent, hash 0), deleted (``deletedKey``, hash -1) or a key.
  struct Entry: BitwiseCopyable {
    var key: Value
    var hash: Int
  }

  /// What is before ``ownTable``.
  static var headSize: Int { 80 }
  static var size: Int { headSize + minimumSlots * 16 }
  static var minimumSlots: Int { 8 }
  /// Neighbours that are looked at before the next jump.
  static var linearProbes: UInt { 9 }
  /// Stands for a deleted key: a constant that no program sees.
  static var deletedKey: Value { Value(bits: 44) }

  public var value: Value { @inline(__always) get { Value(raw) } }

  public internal(set) var count: Int {
    @inline(__always) get { raw.load(fromByteOffset: 24, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 24, as: Int.self) }
  }

  /// Places that are not free for a search to end at: keys and deleted ones.
  var fill: Int {
    @inline(__always) get { raw.load(fromByteOffset: 32, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 32, as: Int.self) }
  }

  var mask: UInt {
    @inline(__always) get { raw.load(fromByteOffset: 40, as: UInt.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 40, as: UInt.self) }
  }

  var table: UnsafeMutablePointer<Entry> {
    @inline(__always) get { raw.load(fromByteOffset: 48, as: UnsafeMutablePointer<Entry>.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 48, as: UnsafeMutablePointer<Entry>.self) }
  }

  /// A frozenset's hash, -1 when it was not asked for yet; where `pop` goes on, for a set.
  var detail: Int {
    @inline(__always) get { raw.load(fromByteOffset: 56, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 56, as: Int.self) }
  }

  /// How many keys have a hash with each remainder by 64, so that most small sets know what they lack without a search.
  var residues: Residues {
    @inline(__always) get { raw.load(fromByteOffset: 64, as: Residues.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 64, as: Residues.self) }
  }

  /// Whether keys that are objects were added since the set was empty. Where none were, as in sets of numbers, nobody looks for references when the set is copied or ends.
  var mayHoldObjects: Bool {
    @inline(__always) get { raw.load(fromByteOffset: 18, as: UInt16.self) != 0 }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue ? 1 : 0, toByteOffset: 18, as: UInt16.self) }
  }

  /// 64 counters of two bits, one bit in each word: 0, 1, 2, and many, which stays until the table is made anew.
  struct Residues: BitwiseCopyable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    @inline(__always)
    private static func bit(_ hash: Int) -> UInt64 { 1 &<< UInt64(truncatingIfNeeded: hash) }

    /// Whether no key has this hash; false does not mean that one has.
    @inline(__always)
    func lack(_ hash: Int) -> Bool { (low | high) & Residues.bit(hash) == 0 }

    /// Whether there is a key whose hash none of the others has; false does not mean that there is none. Counts of 1 and 2 are exact.
    @inline(__always)
    func exceed(_ others: Residues) -> Bool { (low ^ high) & ~(others.low | others.high) != 0 }

    @inline(__always)
    mutating func add(_ hash: Int) {
      let bit = Residues.bit(hash)
      let many = low & high & bit
      high |= low & bit
      low = low ^ bit | many
    }

    @inline(__always)
    mutating func remove(_ hash: Int) {
      let bit = Residues.bit(hash) & ~(low & high)
      high &= ~bit | low
      low ^= bit
    }
  }

  /// Grows by two whenever ``table`` is replaced, and is odd while that happens: tells code that ran Python in between whether its table is still there, and threads that exclude nobody
  /// whether what they read belongs together.
  var generation: UInt32 {
    @inline(__always) get { krait_load32(raw + SetObject.generationOffset) }
    @inline(__always) nonmutating set { krait_store32_release(raw + SetObject.generationOffset, newValue) }
  }

  static var generationOffset: Int { 20 }

  var isFrozen: Bool { value.type == .frozenset || value.type.isSubtype(of: .frozenset) }

  /// Makes an empty set of zeroed memory.
  func initializeEmpty(frozen: Bool) {
    mask = UInt(SetObject.minimumSlots - 1)
    table = ownTable
    detail = frozen ? -1 : 0
  }

  // MARK: Memory

  /// The smallest table is part of the object: most sets need no other.
  var ownTable: UnsafeMutablePointer<Entry> {
    @inline(__always) get { (raw + SetObject.headSize).assumingMemoryBound(to: Entry.self) }
  }

  var slotCount: Int { @inline(__always) get { Int(bitPattern: mask) &+ 1 } }

  /// An empty table to replace the other; ``ownTable`` when that is large enough, in which case nothing of it may be in use any more.
  private func makeTable(slots: Int) throws(PyError) -> UnsafeMutablePointer<Entry> {
    if slots == SetObject.minimumSlots {
      beginReplacing()
      ownTable.update(repeating: Entry(key: .absent, hash: 0), count: slots)
      return ownTable
    }
    guard slots <= Int.max / 32 else { throw PyError.memoryError() }
    let table = try allocateMemory(slots * 16).bindMemory(to: Entry.self, capacity: slots)
    table.initialize(repeating: Entry(key: .absent, hash: 0), count: slots)
    return table
  }

  private func freeTable(_ table: UnsafeMutablePointer<Entry>, slots: Int) {
    if table == ownTable { return }
    if _slowPath(slots * 16 > SizeClass.limit && raw.ownerIdentifier == SharedObjects.owner) { return Heap.freeSharedMemory(table, slots * 16) }
    freeMemory(UnsafeMutableRawPointer(table), size: slots * 16)
  }

  /// As ``freeTable(_:slots:)``, for a table that other threads may be reading.
  private func retireTable(_ table: UnsafeMutablePointer<Entry>, slots: Int) {
    if _slowPath(Runtime.isFree) && table != ownTable && !Privacy.isOwn(value) { return Sharing.freeMemory(table, size: slots * 16) }
    freeTable(table, slots: slots)
  }

  /// Before anything is written to ``ownTable`` but new keys: it is the only table that may be read by those who look for what it was.
  func beginReplacing() {
    generation = generation | 1
    krait_store_fence()
  }

  @inline(__always)
  func replaceTable(_ table: UnsafeMutablePointer<Entry>, slots: Int) {
    beginReplacing()
    self.table = table
    mask = UInt(slots &- 1)
    generation = generation &+ 1
  }

  // MARK: Reading

  @inline(__always)
  public func contains(_ key: Value) throws(PyError) -> Bool {
    try find(key, hashOfElement(key)) >= 0
  }

  /// Steps through the keys in order: `position` is 0 at first. The key is borrowed; do not change the set between steps.
  @inline(__always)
  public func next(_ position: inout Int, _ key: inout Value) -> Bool {
    let end = Int(bitPattern: mask) &+ 1
    let table = self.table
    var index = position
    while index < end {
      let candidate = table[index].key
      index &+= 1
      if !candidate.isAbsent && candidate !== SetObject.deletedKey {
        key = candidate
        position = index
        return true
      }
    }
    position = index
    return false
  }

  /// The number of the key's place, or -1. Comparing may run Python, which may change this set: the answer is true of the set as it is afterwards.
  func find(_ key: Value, _ hash: Int) throws(PyError) -> Int {
    if residues.lack(hash) { return -1 }
    if key.isSmallInteger {
      let index = findInteger(key, hash)
      if _fastPath(index != SetObject.undecided) { return index }
    }
    restart: while true {
      let table = self.table
      let mask = self.mask
      var perturbation = UInt(bitPattern: hash)
      var slot = perturbation & mask
      while true {
        var index = slot
        let last = slot &+ SetObject.linearProbes <= mask ? slot &+ SetObject.linearProbes : slot
        while index <= last {
          let entry = table[Int(bitPattern: index)]
          if entry.hash == hash {
            if entry.key === key { return Int(bitPattern: index) }
            if entry.key.isAbsent { return -1 }
            switch try compareEntry(entry, key, index) {
            case .equal: return Int(bitPattern: index)
            case .different: break
            case .changed: continue restart
            }
          } else if entry.key.isAbsent {
            return -1
          }
          index &+= 1
        }
        perturbation = perturbation &>> 5
        slot = (slot &* 5 &+ 1 &+ perturbation) & mask
      }
    }
  }

  /// ``find(_:_:)`` of an integer of one word: nearly always a comparison of words decides. ``undecided`` when another key has the same hash.
  @inline(__always)
  func findInteger(_ key: Value, _ hash: Int) -> Int {
    let table = self.table
    let mask = self.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = perturbation & mask
    // Among deleted places ways are long. The very key, wherever it stands, is the answer, so a look at the neighbours need not ask whether the way ends before.
    if fill != count && slot &+ SetObject.linearProbes <= mask {
      let place = table + Int(bitPattern: slot)
      var index = 0
      repeat {
        if place[index].key === key { return Int(bitPattern: slot) &+ index }
        index &+= 1
      } while index <= Int(SetObject.linearProbes)
    }
    while true {
      var place = table + Int(bitPattern: slot)
      let last = slot &+ SetObject.linearProbes <= mask ? place + Int(bitPattern: SetObject.linearProbes) : place
      repeat {
        if _slowPath(place.pointee.hash == hash) {
          let own = place.pointee.key
          if own === key { return place - table }
          if own.isAbsent { return -1 }
          if !own.isSmallInteger { return SetObject.undecided }
        } else if place.pointee.key.isAbsent {
          return -1
        }
        place += 1
      } while place <= last
      perturbation = perturbation &>> 5
      slot = (slot &* 5 &+ 1 &+ perturbation) & mask
    }
  }

  static var undecided: Int { -2 }

  private enum KeyComparison { case equal, different, changed }

  @inline(__always)
  private func compareEntry(_ entry: Entry, _ key: Value, _ index: UInt) throws(PyError) -> KeyComparison {
    let own = entry.key
    if Value.areSmallIntegers(own, key) { return .different }
    if own.isExactString && key.isExactString { return StringObject(raw: own.object).isEqual(to: StringObject(raw: key.object)) ? .equal : .different }
    return try compareByEquality(own, key, index)
  }

  @inline(never)
  private func compareByEquality(_ own: Value, _ key: Value, _ index: UInt) throws(PyError) -> KeyComparison {
    excludeOtherThreads(unlessFrozen: own, key)
    let generation = self.generation
    let held = Owned(copying: own)
    let equal = try held.value.isEqual(to: key)
    guard self.generation == generation, table[Int(bitPattern: index)].key === held.value else { return .changed }
    return equal ? .equal : .different
  }

  // MARK: Changing

  @inline(__always)
  public func add(_ key: Value) throws(PyError) {
    try add(key, hash: hashOfElement(key))
  }

  func add(_ key: Value, hash: Int) throws(PyError) {
    if residues.lack(hash) { return try addNew(key, hash) }
    restart: while true {
      let table = self.table
      let mask = self.mask
      var perturbation = UInt(bitPattern: hash)
      var slot = perturbation & mask
      // The last deleted place on the way takes the key.
      var deleted = -1
      while true {
        var index = slot
        let last = slot &+ SetObject.linearProbes <= mask ? slot &+ SetObject.linearProbes : slot
        while index <= last {
          let entry = table[Int(bitPattern: index)]
          if entry.key.isAbsent {
            if deleted < 0 { return try fillUnused(Int(bitPattern: index), key, hash) }
            // Comparing may have added keys in between.
            guard table[deleted].key === SetObject.deletedKey else { continue restart }
            hold(key)
            residues.add(hash)
            SetObject.put(key, hash, table + deleted)
            count = count &+ 1
            return
          }
          if entry.hash == hash {
            if entry.key === key { return }
            switch try compareEntry(entry, key, index) {
            case .equal: return
            case .different: break
            case .changed: continue restart
            }
          } else if entry.hash == -1 {
            deleted = Int(bitPattern: index)
          }
          index &+= 1
        }
        perturbation = perturbation &>> 5
        slot = (slot &* 5 &+ 1 &+ perturbation) & mask
      }
    }
  }

  /// A reference for the table.
  @inline(__always)
  private func hold(_ key: Value) {
    if key.isObject {
      key.retain()
      mayHoldObjects = true
    }
  }

  /// Writes to a place of a table that threads without a lock may be reading: who finds the key there finds its hash.
  @inline(__always)
  private static func put(_ key: Value, _ hash: Int, _ place: UnsafeMutablePointer<Entry>) {
    krait_store64(UnsafeMutableRawPointer(place) + 8, UInt64(bitPattern: Int64(hash)))
    krait_store64_release(place, key.bits)
  }

  /// Adds an integer of one word; false, with nothing done, when comparing may run Python or there is no memory.
  @inline(never)
  func quicklyAdd(integer key: Value) -> Bool {
    let hash = hashSmallInteger(key.smallInteger)
    do throws(PyError) {
      if residues.lack(hash) {
        try addNew(key, hash)
        return true
      }
      let index = findInteger(key, hash)
      if index == SetObject.undecided { return false }
      if index < 0 { try add(key, hash: hash) }
      return true
    } catch {
      PyError.clear()
      return false
    }
  }

  /// Adds a key which no other can equal, as none has its hash.
  private func addNew(_ key: Value, _ hash: Int) throws(PyError) {
    let table = self.table
    let mask = self.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = perturbation & mask
    var deleted: UnsafeMutablePointer<Entry>? = nil
    while true {
      var place = table + Int(bitPattern: slot)
      let last = slot &+ SetObject.linearProbes <= mask ? place + Int(bitPattern: SetObject.linearProbes) : place
      repeat {
        let own = place.pointee.key
        if own.isAbsent {
          guard let deleted else { return try fillUnused(place - table, key, hash) }
          hold(key)
          residues.add(hash)
          SetObject.put(key, hash, deleted)
          count = count &+ 1
          return
        }
        if own === SetObject.deletedKey { deleted = place }
        place += 1
      } while place <= last
      perturbation = perturbation &>> 5
      slot = (slot &* 5 &+ 1 &+ perturbation) & mask
    }
  }

  /// Puts a key into a place that was never used, and grows the table in time: searches end at such places.
  @inline(__always)
  private func fillUnused(_ index: Int, _ key: Value, _ hash: Int) throws(PyError) {
    hold(key)
    residues.add(hash)
    SetObject.put(key, hash, table + index)
    count = count &+ 1
    fill = fill &+ 1
    if _slowPath(fill &* 5 >= Int(bitPattern: mask) &* 3) { try grow(index) }
  }

  @inline(never)
  private func grow(_ added: Int) throws(PyError) {
    do throws(PyError) { try resize(count > 50000 ? count * 2 : count * 4) } catch {
      // Without memory the key is not added, lest the table fill up.
      let key = table[added].key
      residues.remove(table[added].hash)
      table[added] = Entry(key: .absent, hash: 0)
      count = count &- 1
      fill = fill &- 1
      key.release()
      throw error
    }
  }

  /// Moves the keys to the smallest table with more than `used` slots.
  func resize(_ used: Int) throws(PyError) {
    var slots = SetObject.minimumSlots
    while slots <= used { slots <<= 1 }
    let (old, oldSlots) = (table, slotCount)
    if old == ownTable && slots == SetObject.minimumSlots { return try withOwnTableCopied { (copy) throws(PyError) in try move(from: copy, oldSlots, slots) } }
    try move(from: old, oldSlots, slots)
    retireTable(old, slots: oldSlots)
  }

  private func move(from old: UnsafeMutablePointer<Entry>, _ oldSlots: Int, _ slots: Int) throws(PyError) {
    let new = try makeTable(slots: slots)
    var residues = Residues()
    for index in 0..<oldSlots {
      let entry = old[index]
      if entry.key.isAbsent || entry.key === SetObject.deletedKey { continue }
      SetObject.insertClean(new, UInt(slots - 1), entry)
      residues.add(entry.hash)
    }
    self.residues = residues
    fill = count
    replaceTable(new, slots: slots)
  }

  /// Gives keys the hashes that a function tells, where it tells one, and orders the table anew; for a set that nobody has looked at.
  func rehash(_ hash: (Value) -> Int?) throws(PyError) {
    for index in 0..<slotCount {
      let key = table[index].key
      if key.isAbsent || key === SetObject.deletedKey { continue }
      if let new = hash(key) { table[index].hash = new }
    }
    detail = isFrozen ? -1 : 0
    try resize(slotCount - 1)
  }

  /// How many places the table of a new set has to which so many keys are added at once.
  @inline(__always)
  static func slots(forNew count: Int) -> Int {
    if count &* 5 < (minimumSlots &- 1) &* 3 { return minimumSlots }
    return 1 &<< (Int.bitWidth &- (count &* 2).leadingZeroBitCount)
  }

  /// Makes a copy in new memory of a set without deleted places, whose table goes to the given memory or, when that is nil, into the object.
  func initialize(copying other: SetObject, into memory: UnsafeMutableRawPointer?, frozen: Bool) {
    raw.storeBytes(of: 0, toByteOffset: ObjectHeader.size, as: UInt64.self)
    count = other.count
    fill = other.count
    mask = other.mask
    detail = frozen ? -1 : 0
    residues = other.residues
    let source = other.table
    if let memory {
      table = memory.assumingMemoryBound(to: Entry.self)
      memcpy(memory, source, slotCount &* 16)
    } else {
      table = ownTable
      memcpy(ownTable, source, SetObject.minimumSlots * 16)
    }
    if !other.mayHoldObjects { return }
    mayHoldObjects = true
    var place = source
    var left = count
    while left > 0 {
      let key = place.pointee.key
      place += 1
      if key.isAbsent { continue }
      left &-= 1
      if key.isObject { key.retain() }
    }
  }

  /// Makes a new frozenset in zeroed memory of the same keys as another, each replaced by a copy.
  func initialize(copying other: SetObject, _ copy: (Value) throws(PyError) -> Owned) throws(PyError) {
    initializeEmpty(frozen: true)
    let slots = other.slotCount
    if slots != SetObject.minimumSlots { replaceTable(try makeTable(slots: slots), slots: slots) }
    for index in 0..<slots {
      let entry = other.table[index]
      if entry.key.isAbsent || entry.key === SetObject.deletedKey { continue }
      let key = try copy(entry.key)
      let hash = try key.value.hash()
      if key.value.isObject { mayHoldObjects = true }
      SetObject.insertClean(table, mask, Entry(key: key.take(), hash: hash))
      residues.add(hash)
      count = count &+ 1
      fill = fill &+ 1
    }
  }

  /// Calls a function with a copy of ``ownTable``, for its duration.
  private func withOwnTableCopied<Failure: Error>(_ body: (UnsafeMutablePointer<Entry>) throws(Failure) -> Void) throws(Failure) {
    let none = Entry(key: .absent, hash: 0)
    var copy = (none, none, none, none, none, none, none, none)
    try withUnsafeMutablePointer(to: &copy) { (tuple) throws(Failure) in
      try tuple.withMemoryRebound(to: Entry.self, capacity: SetObject.minimumSlots) { (entries) throws(Failure) in
        entries.update(from: ownTable, count: SetObject.minimumSlots)
        try body(entries)
      }
    }
  }

  /// Puts a key that is not there into a table without deleted places.
  static func insertClean(_ table: UnsafeMutablePointer<Entry>, _ mask: UInt, _ entry: Entry) {
    var perturbation = UInt(bitPattern: entry.hash)
    var slot = perturbation & mask
    while true {
      var index = slot
      let last = slot &+ linearProbes <= mask ? slot &+ linearProbes : slot
      while index <= last {
        if table[Int(bitPattern: index)].key.isAbsent {
          table[Int(bitPattern: index)] = entry
          return
        }
        index &+= 1
      }
      perturbation = perturbation &>> 5
      slot = (slot &* 5 &+ 1 &+ perturbation) & mask
    }
  }

  /// Takes the key out; whether it was there.
  @discardableResult
  public func discard(_ key: Value) throws(PyError) -> Bool {
    try discard(key, hash: hashOfElement(key))
  }

  @discardableResult
  func discard(_ key: Value, hash: Int) throws(PyError) -> Bool {
    let index = try find(key, hash)
    if index < 0 { return false }
    take(index).release()
    return true
  }

  /// Empties a place; the caller owns the key.
  func take(_ index: Int) -> Value {
    let entry = table[index]
    SetObject.put(SetObject.deletedKey, -1, table + index)
    count = count &- 1
    if count == 0 { residues = Residues() } else { residues.remove(entry.hash) }
    return entry.key
  }

  public func clear() {
    if fill == 0 && slotCount == SetObject.minimumSlots { return }
    replaceKeys { empty() }
  }

  /// Takes over what is in another set, which is empty afterwards.
  func takeOver(_ other: SetObject) {
    replaceKeys {
      beginReplacing()
      (count, fill, residues, mayHoldObjects) = (other.count, other.fill, other.residues, other.mayHoldObjects)
      if other.table == other.ownTable {
        ownTable.update(from: other.ownTable, count: SetObject.minimumSlots)
        replaceTable(ownTable, slots: SetObject.minimumSlots)
      } else {
        replaceTable(other.table, slots: other.slotCount)
      }
      other.empty()
    }
  }

  /// Gives up the keys and their table once others are in their place: the keys' finalisers must find those.
  private func replaceKeys(_ change: () -> Void) {
    let (old, slots, keys) = (table, slotCount, count)
    if old == ownTable {
      withOwnTableCopied { copy in
        change()
        SetObject.releaseKeys(copy, keys)
      }
    } else {
      change()
      SetObject.releaseKeys(old, keys)
      retireTable(old, slots: slots)
    }
  }

  private func empty() {
    beginReplacing()
    count = 0
    fill = 0
    residues = Residues()
    mayHoldObjects = false
    ownTable.update(repeating: Entry(key: .absent, hash: 0), count: SetObject.minimumSlots)
    replaceTable(ownTable, slots: SetObject.minimumSlots)
  }

  /// Gives up what an object that ends holds.
  @inline(__always)
  func deinitialize() {
    if mayHoldObjects { SetObject.releaseKeys(table, count) }
    freeTable(table, slots: slotCount)
  }

  @inline(__always)
  private static func releaseKeys(_ table: UnsafeMutablePointer<Entry>, _ count: Int) {
    var place = table
    var left = count
    while left > 0 {
      let key = place.pointee.key
      place += 1
      if key.isAbsent || key === deletedKey { continue }
      left &-= 1
      if key.isObject { key.release() }
    }
  }
}

// MARK: - Making sets

extension Owned {
  public static func set() throws(PyError) -> Owned { try newSet(.set) }

  /// `set(iterable)`.
  public static func set(from iterable: Value) throws(PyError) -> Owned {
    if iterable.isAnySet { return try SetObject(iterable).copy(as: .set) }
    let set = try Owned.set()
    try SetObject(set.value).update(from: iterable)
    return set
  }

  /// `frozenset(iterable)`.
  public static func frozenset(from iterable: Value) throws(PyError) -> Owned {
    if iterable.isObject && iterable.type == .frozenset { return Owned(copying: iterable) }
    if iterable.isAnySet { return try SetObject(iterable).copy(as: .frozenset) }
    let set = try newSet(.frozenset)
    try SetObject(set.value).update(from: iterable)
    return set
  }

  /// An empty instance of `set`, `frozenset` or a subclass.
  static func newSet(_ type: TypeObject) throws(PyError) -> Owned {
    let raw = type == .set || type == .frozenset ? try allocateZeroedObject(type.rootShape, size: SetObject.size) : try type.allocate()
    SetObject(raw: raw).initializeEmpty(frozen: type == .frozenset || type.isSubtype(of: .frozenset))
    return Owned(taking: raw)
  }
}

/// The hash of a set's element, without a call for small ints and str that were hashed before.
@inline(__always)
func hashOfElement(_ key: Value) throws(PyError) -> Int {
  if key.isSmallInteger { return hashSmallInteger(key.smallInteger) }
  if key.isObject && key.object.shape.flags.isSuperset(of: .exactString) { return StringObject(raw: key.object).hashValue }
  return try hashOfUncommonElement(key)
}

@inline(never)
private func hashOfUncommonElement(_ key: Value) throws(PyError) -> Int {
  do throws(PyError) { return try key.hash() } catch { throw explainUnhashable(key, "set element") }
}
