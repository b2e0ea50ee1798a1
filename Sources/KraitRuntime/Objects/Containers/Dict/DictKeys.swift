// The table behind a dict: a hash index and the entries in insertion order.

import CKraitCore

/// The memory of a dict's keys and values (Hettinger, "More compact dictionaries", 2012; PEP 412's combined form).
///
///     index slots, growing downwards | header of 16 bytes | entries, growing upwards
///                                                          ^ raw
///
/// The pointer is to the entries, so that both sides are at constant offsets from it. An index slot holds the number of an entry, -1 when it was never used, -2 when its
/// entry was deleted; it takes 1, 2 or 4 bytes. Entries are (key, value) while all keys are exact str, whose hashes are in the keys themselves, else (hash, key, value).
/// A deleted entry has an absent value. Sizes, the share of slots in use and growth are CPython's, since iteration over a dict that changes shows them.
/// The table of an instance's `__dict__` may have one more word behind the last entry: the instance (``hasOwner``).
@frozen
@usableFromInline
struct DictKeys: BitwiseCopyable {
  @usableFromInline let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }

  @usableFromInline static var headerSize: Int { 16 }
  @usableFromInline static var empty: Int { -1 }
  @usableFromInline static var deleted: Int { -2 }
  /// Beyond this many slots an index of 4 bytes does not reach.
  static var maximumLogSize: Int { 31 }
  static var minimumLogSize: Int { 3 }

  // Header: mask (4), usable (4), entry count (4), log2 of the slots (1), log2 of an index slot's bytes (1), whether all keys are exact str (1), whether there is a word for an owner (1).
  @inlinable var mask: UInt { @inline(__always) get { UInt(raw.load(fromByteOffset: -16, as: UInt32.self)) } }
  /// Entries that may still be added.
  @inlinable
  var usable: Int {
    @inline(__always) get { Int(raw.load(fromByteOffset: -12, as: Int32.self)) }
    @inline(__always) nonmutating set { raw.storeBytes(of: Int32(truncatingIfNeeded: newValue), toByteOffset: -12, as: Int32.self) }
  }
  /// Entries that were added, deleted ones included.
  @inlinable
  var entryCount: Int {
    @inline(__always) get { Int(raw.load(fromByteOffset: -8, as: Int32.self)) }
    @inline(__always) nonmutating set { raw.storeBytes(of: Int32(truncatingIfNeeded: newValue), toByteOffset: -8, as: Int32.self) }
  }
  @inlinable var logSize: Int { @inline(__always) get { Int(raw.load(fromByteOffset: -4, as: UInt8.self)) } }
  @inlinable var indexShift: Int { @inline(__always) get { Int(raw.load(fromByteOffset: -3, as: UInt8.self)) } }
  /// All keys are exact str.
  @inlinable var hasStringKeys: Bool { @inline(__always) get { raw.load(fromByteOffset: -2, as: UInt8.self) != 0 } }

  /// There is a word for ``owner``, and so whoever changes an entry must tell.
  @inlinable var hasOwner: Bool { @inline(__always) get { raw.load(fromByteOffset: -1, as: UInt8.self) != 0 } }
  /// The instance that has these entries in its slots, too (``ShapeFlags/mirrored``), borrowed; nil when it no longer does.
  var owner: UnsafeMutableRawPointer? {
    get { ownerPlace.pointee }
    nonmutating set { ownerPlace.pointee = newValue }
  }
  private var ownerPlace: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    (raw + DictKeys.capacity(logSize) &* 16).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  }

  @inlinable var entrySize: Int { @inline(__always) get { hasStringKeys ? 16 : 24 } }
  @inlinable static func == (a: DictKeys, b: DictKeys) -> Bool { a.raw == b.raw }

  /// The number of the entry that an index slot names, or ``empty`` or ``deleted``.
  @inlinable @inline(__always)
  func index(_ slot: UInt) -> Int {
    let shift = indexShift
    if _fastPath(shift == 0) { return Int((raw - 17 - Int(bitPattern: slot)).load(as: Int8.self)) }
    if shift == 1 { return Int((raw - 18 - Int(bitPattern: slot) &* 2).load(as: Int16.self)) }
    return Int((raw - 20 - Int(bitPattern: slot) &* 4).load(as: Int32.self))
  }

  @inlinable @inline(__always)
  func setIndex(_ slot: UInt, _ entry: Int) {
    let shift = indexShift
    if _fastPath(shift == 0) {
      (raw - 17 - Int(bitPattern: slot)).storeBytes(of: Int8(truncatingIfNeeded: entry), as: Int8.self)
    } else if shift == 1 {
      (raw - 18 - Int(bitPattern: slot) &* 2).storeBytes(of: Int16(truncatingIfNeeded: entry), as: Int16.self)
    } else {
      (raw - 20 - Int(bitPattern: slot) &* 4).storeBytes(of: Int32(truncatingIfNeeded: entry), as: Int32.self)
    }
  }

  /// The first slot to look at.
  ///
  /// Hashes of text are well spread. Of addresses, the idents of threads and multiples of powers of two, those that differ often do so above the mask alone. So the higher bits of what may be such a number are folded in;
  /// numbers from 0 on, however many, still have a slot each. Larger hashes stay as they are: those of small tuples lie side by side, which folding spoils (look-ups take a fifth longer).
  @inlinable @inline(__always)
  func firstSlot(_ hash: Int) -> UInt { hasStringKeys ? UInt(bitPattern: hash) & mask : firstGeneralSlot(hash) }

  /// As ``firstSlot(_:)``, in a table of general entries.
  @inlinable @inline(__always)
  func firstGeneralSlot(_ hash: Int) -> UInt {
    let hash = UInt(bitPattern: hash)
    return (hash &>> 48 == 0 ? hash ^ hash &>> 12 ^ hash &>> 24 : hash) & mask
  }

  /// The next slot to look at (CPython's sequence: the whole hash comes in by and by).
  @inlinable @inline(__always)
  static func advance(_ slot: inout UInt, _ perturbation: inout UInt) {
    perturbation = perturbation &>> 5
    slot = slot &* 5 &+ perturbation &+ 1
  }

  /// The number of the first entry on a hash's way that a test accepts, or -1. The test runs no Python.
  @inline(__always)
  func firstEntry(_ hash: Int, where accepts: (Int) -> Bool) -> Int {
    var perturbation = UInt(bitPattern: hash)
    var slot = firstSlot(hash)
    while true {
      let index = self.index(slot)
      if index >= 0 {
        if accepts(index) { return index }
      } else if index == DictKeys.empty {
        return -1
      }
      DictKeys.advance(&slot, &perturbation)
      slot &= mask
    }
  }

  // Entries of the two kinds: the value follows the key.
  @inlinable @inline(__always)
  func stringEntry(_ index: Int) -> UnsafeMutablePointer<Value> { (raw + index &* 16).assumingMemoryBound(to: Value.self) }
  @inlinable @inline(__always)
  func generalEntry(_ index: Int) -> UnsafeMutablePointer<Value> { (raw + (index &* 24 &+ 8)).assumingMemoryBound(to: Value.self) }
  /// Key and value of an entry.
  @inlinable @inline(__always)
  func entry(_ index: Int) -> UnsafeMutablePointer<Value> { hasStringKeys ? stringEntry(index) : generalEntry(index) }

  /// The hash of a general entry.
  @inlinable @inline(__always)
  func storedHash(_ index: Int) -> Int { (raw + index &* 24).load(as: Int.self) }
  @inlinable @inline(__always)
  func setStoredHash(_ index: Int, _ hash: Int) { (raw + index &* 24).storeBytes(of: hash, as: Int.self) }

  @inline(__always)
  func hash(_ index: Int) -> Int { hasStringKeys ? StringObject(raw: stringEntry(index).pointee.object).hashValue : storedHash(index) }

  /// Gives keys the hashes that a function tells, where it tells one, and orders the index anew.
  func rehash(_ hash: (Value) -> Int?) {
    if hasStringKeys || self == DictKeys.none { return }
    (raw - DictKeys.headerSize - indexBytes).initializeMemory(as: UInt8.self, repeating: 0xFF, count: indexBytes)
    for number in 0..<entryCount where !generalEntry(number)[1].isAbsent {
      if let new = hash(generalEntry(number).pointee) { setStoredHash(number, new) }
      var perturbation = UInt(bitPattern: storedHash(number))
      var slot = firstGeneralSlot(storedHash(number))
      while index(slot) != DictKeys.empty {
        DictKeys.advance(&slot, &perturbation)
        slot &= mask
      }
      setIndex(slot, number)
    }
  }

  // MARK: Memory

  /// Entries that a table of 2^logSize slots takes: two thirds.
  @inline(__always)
  static func capacity(_ logSize: Int) -> Int { (1 &<< logSize) &* 2 / 3 }

  /// The table for at least `count` slots.
  static func logSize(slots count: Int) -> Int {
    var size = minimumLogSize
    while size < 62 && (1 << size) < count { size += 1 }
    return size
  }

  /// The table that takes `count` entries without growing.
  static func logSize(entries count: Int) -> Int { logSize(slots: (count * 3 + 1) / 2) }

  private var indexBytes: Int { (1 &<< logSize) &<< indexShift }
  private var byteCount: Int { indexBytes + DictKeys.headerSize + DictKeys.capacity(logSize) * entrySize + (hasOwner ? DictKeys.ownerSize : 0) }
  private static var ownerSize: Int { MemoryLayout<UnsafeMutableRawPointer?>.size }

  static func make(logSize: Int, stringKeys: Bool, owner: UnsafeMutableRawPointer? = nil) throws(PyError) -> DictKeys {
    guard logSize <= maximumLogSize else { throw PyError.memoryError() }
    let shift = logSize < 8 ? 0 : logSize < 16 ? 1 : 2
    let indexBytes = (1 << logSize) << shift
    let block = try allocateMemory(indexBytes + headerSize + capacity(logSize) * (stringKeys ? 16 : 24) + (owner == nil ? 0 : ownerSize))
    block.initializeMemory(as: UInt8.self, repeating: 0xFF, count: indexBytes)
    let raw = block + indexBytes + headerSize
    raw.storeBytes(of: UInt32((1 << logSize) - 1), toByteOffset: -16, as: UInt32.self)
    raw.storeBytes(of: Int32(capacity(logSize)), toByteOffset: -12, as: Int32.self)
    raw.storeBytes(of: 0, toByteOffset: -8, as: UInt32.self)
    raw.storeBytes(of: UInt8(logSize), toByteOffset: -4, as: UInt8.self)
    raw.storeBytes(of: UInt8(shift), toByteOffset: -3, as: UInt8.self)
    raw.storeBytes(of: stringKeys ? 1 : 0, toByteOffset: -2, as: UInt16.self)
    let keys = DictKeys(raw: raw)
    if let owner {
      raw.storeBytes(of: 1, toByteOffset: -1, as: UInt8.self)
      keys.owner = owner
    }
    return keys
  }

  /// The table that so many new keys, each an exact str, would have grown to; the caller writes the entries.
  static func make(stringEntries count: Int, owner: UnsafeMutableRawPointer? = nil) throws(PyError) -> DictKeys {
    var logSize = minimumLogSize
    while capacity(logSize) < count { logSize = DictKeys.logSize(slots: capacity(logSize) * 3) }
    let keys = try make(logSize: logSize, stringKeys: true, owner: owner)
    keys.entryCount = count
    keys.usable -= count
    return keys
  }

  /// Gives the memory back, without the references in it.
  func free() {
    if self == DictKeys.none { return }
    freeMemory(raw - DictKeys.headerSize - indexBytes, size: byteCount)
  }

  /// As ``free()``, for a table that other threads may be reading.
  func retire() {
    if self == DictKeys.none { return }
    Sharing.freeMemory(raw - DictKeys.headerSize - indexBytes, size: byteCount)
  }

  /// A copy, bit for bit, without the references in it, and without an owner.
  func duplicate() throws(PyError) -> DictKeys {
    let before = DictKeys.headerSize + indexBytes
    let block = try allocateMemory(hasOwner ? byteCount - DictKeys.ownerSize : byteCount)
    block.copyMemory(from: raw - before, byteCount: before + entryCount * entrySize)
    (block + before).storeBytes(of: 0, toByteOffset: -1, as: UInt8.self)
    return DictKeys(raw: block + before)
  }

  /// The table of all empty dicts: one slot, never used, and room for no entry. It belongs to no heap.
  @inlinable static var none: DictKeys { @inline(__always) get { DictKeys(raw: noneStorage) } }

  /// Made by ``prepare()`` before the first dict; a constant initialiser, so that reading it takes no once-token.
  @usableFromInline nonisolated(unsafe) static var noneAddress: UInt = 0
  @inlinable
  static var noneStorage: UnsafeMutableRawPointer {
    @inline(__always) get {
      if _fastPath(noneAddress != 0) { return UnsafeMutableRawPointer(bitPattern: noneAddress).unsafelyUnwrapped }
      return prepare()
    }
  }

  @usableFromInline @inline(never)
  static func prepare() -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
    let raw = block + 32
    raw.storeBytes(of: -1, toByteOffset: -17, as: Int8.self)
    raw.storeBytes(of: 1, toByteOffset: -2, as: UInt8.self)
    noneAddress = UInt(bitPattern: raw)
    return raw
  }

  /// Puts entries 0..<entryCount into an index whose slots are all empty.
  func buildIndex() {
    let mask = self.mask
    for number in 0..<entryCount {
      let hash = hash(number)
      var slot = firstSlot(hash)
      var perturbation = UInt(bitPattern: hash)
      while index(slot) != DictKeys.empty {
        DictKeys.advance(&slot, &perturbation)
        slot &= mask
      }
      setIndex(slot, number)
    }
  }
}
