// Where instructions that see objects of many shapes found attributes lately, for each thread: (version of the shape, name) to the place.

import CKraitCore
import Glibc

/// A table of the last answers of ``attributeLocation(_:_:)`` and ``storeLocation(_:_:)``.
///
/// An instruction's own cache holds one shape; one that meets several asks here: two compares instead of one. As in ``TypeCache``, an entry of a shape or type that
/// changed since is never asked for again.
///
/// What falls into the same place as another goes there, and the other goes next door, in the same cache line: a program's few dozen pairs of shape and name would otherwise be
/// in one another's way in every third run, as names lie elsewhere each time.
enum AttributeCache {
  /// What an instruction does with an entry.
  enum Kind: UInt64 {
    /// Not to be cached: ask in general.
    case unknown
    case inside, overflow, member, value, method, property
    /// ``Entry/value`` is to be bound by its type's `__get__`, whatever the object itself has of this name.
    case descriptor
    /// ``Entry/value`` is the address of a ``NativeAttribute``, whose function gives the attribute of the object.
    case getter
    /// Store only: slot ``Entry/offset`` inside the object, and the same entry of its dict.
    case mirrored
    /// Store only: a new attribute inside the object, whose shape becomes the one at ``Entry/value``.
    case add
    /// In the dict of an object in dictionary mode, whose attribute word is at ``Entry/offset``.
    case dictionary
    /// There first, else as ``value`` and ``method``.
    case dictionaryOrValue, dictionaryOrMethod
    /// ``Entry/value`` is a Python function that answers for an operator, or absent: its key is of ``SpecialKey``.
    case special
  }

  struct Entry {
    var version: UInt32 = 0
    /// Of the place, in bytes or, for ``Kind/overflow``, in slots.
    var offset: Int32 = 0
    /// The address of an interned str, owned: another str must not come to stand there while the entry lives. Stores have the lowest bit set.
    var key: UInt64 = 0
    /// Borrowed from the dict of a class, which holds it as long as the version is good.
    var value: UInt64 = 0
    var kind = Kind.unknown
  }

  private static let size = 2048

  /// The key of a store: names are aligned, so the lowest bit is free.
  @inline(__always) static func storeKey(_ name: UInt64) -> UInt64 { name | 1 }

  /// The lowest bit of the key becomes the highest of the index, so that a load and a store of one attribute do not take each other's place.
  @inline(__always)
  private static func index(_ version: UInt32, _ key: UInt64) -> Int { (Int(version) ^ Int(truncatingIfNeeded: mixed(key))) & (size &- 1) }

  /// What a key contributes to the index: instructions keep it in word 2.
  @inline(__always)
  static func mixed(_ key: UInt64) -> UInt64 { (key >> 4 ^ key << 10) & 0x7FFF_FFFF }

  /// The entry for a shape's version and a key; nil when there is none.
  @inline(__always)
  static func find(_ thread: ThreadPointer, _ version: UInt32, _ key: UInt64) -> UnsafeMutablePointer<Entry>? { find(thread, version, key, mixed: mixed(key)) }

  /// Makes the calling thread's table, if it has none.
  static func prepare(_ thread: ThreadPointer) {
    if thread.pointee.attributeCache == nil { _ = makeEntries(thread) }
  }

  /// Under the interpreter's lock its threads have one table.
  static func share(from thread: ThreadPointer, to other: ThreadPointer) { other.pointee.attributeCache = thread.pointee.attributeCache ?? makeEntries(thread) }

  /// As ``find(_:_:_:)`` for an instruction that has the key and ``mixed(_:)`` of it.
  @inline(__always)
  static func find(_ thread: ThreadPointer, _ version: UInt32, _ key: UInt64, mixed: UInt64) -> UnsafeMutablePointer<Entry>? {
    guard let entries = thread.pointee.attributeCache else { return nil }
    let index = (Int(truncatingIfNeeded: mixed) ^ Int(version)) & (size &- 1)
    let entry = entries + index
    if _fastPath(entry.pointee.version == version && entry.pointee.key == key) { return entry }
    let other = entries + (index ^ 1)
    return other.pointee.version == version && other.pointee.key == key ? other : nil
  }

  /// Keeps the answer for loads of a name.
  static func store(load location: AttributeLocation, _ shape: Shape, _ name: Value, _ thread: ThreadPointer) {
    let kind: Kind
    switch location.kind {
    case .inside: kind = .inside
    case .overflow: kind = .overflow
    case .member: kind = .member
    case .value: kind = location.looksInDictionary ? .dictionaryOrValue : .value
    case .method: kind = location.looksInDictionary ? .dictionaryOrMethod : .method
    case .property: kind = location.value.isObject && location.value.object.shape == TypeObject.function.rootShape ? .property : .unknown
    case .dictionary: kind = .dictionary
    // Descriptors of the program's own may change.
    case .descriptor:
      if let attribute = nativeAttribute(location, shape.type) { return put(.getter, 0, attribute, shape, name.bits, thread) }
      kind = location.looksInDictionary || location.value.type.isHeapType ? .unknown : .descriptor
    case .unknown, .add, .mirrored: kind = .unknown
    }
    put(kind, location.offset, location.value, shape, name.bits, thread)
  }

  /// The address of what a native type says about an attribute, which is that of an object of `type`; nil for anything else.
  private static func nativeAttribute(_ location: AttributeLocation, _ type: TypeObject) -> Value? {
    guard !location.looksInDictionary, location.value.isObject, location.value.object.shape == TypeObject.getSetDescriptor.rootShape else { return nil }
    let descriptor = DescriptorObject(location.value)
    return type.isSubtype(of: descriptor.type) ? Value(bits: UInt64(descriptor.contents.pointee.payload)) : nil
  }

  /// Keeps the answer for stores to a name.
  static func store(store location: AttributeLocation, _ shape: Shape, _ name: Value, _ thread: ThreadPointer) {
    let kind: Kind
    switch location.kind {
    case .inside: kind = .inside
    case .overflow: kind = .overflow
    case .member: kind = .member
    case .add: kind = .add
    case .mirrored: kind = .mirrored
    case .dictionary: kind = .dictionary
    case .unknown, .value, .method, .descriptor, .property: kind = .unknown
    }
    put(kind, location.offset, location.value, shape, storeKey(name.bits), thread)
  }

  /// Keeps the Python function that answers for an operator; absent when it takes the general way.
  static func store(special function: Value, _ shape: Shape, _ key: UInt64, _ thread: ThreadPointer) {
    put(.special, 0, function, shape, key, thread)
  }

  private static func put(_ kind: Kind, _ offset: Int32, _ value: Value, _ shape: Shape, _ key: UInt64, _ thread: ThreadPointer) {
    let version = shape.assignVersion()
    guard version != 0 else { return }
    let entries = thread.pointee.attributeCache ?? makeEntries(thread)
    let index = index(version, key)
    let entry = entries + index
    let isTaken = entry.pointee.version != 0 && (entry.pointee.version != version || entry.pointee.key != key)
    // The one before it is used less, as a rule.
    let gone = isTaken ? entries + (index ^ 1) : entry
    let old = gone.pointee.key
    if key >= SpecialKey.end { Value(bits: key & ~1).retain() }
    if isTaken { gone.pointee = entry.pointee }
    entry.pointee = Entry(version: version, offset: offset, key: key, value: value.bits, kind: kind)
    if old >= SpecialKey.end { Value(bits: old & ~1).release() }
  }

  /// Drops all entries of the calling thread, which hold names of an interpreter that ends.
  static func clear() {
    guard let entries = currentThread.pointee.attributeCache else { return }
    for index in 0..<size {
      let key = entries[index].key
      entries[index] = Entry()
      if key >= SpecialKey.end { Value(bits: key & ~1).release() }
    }
  }

  @inline(never)
  private static func makeEntries(_ thread: ThreadPointer) -> UnsafeMutablePointer<Entry> {
    // All zeros are an entry of nothing; pages that no entry falls into are never touched.
    guard let memory = calloc(size, MemoryLayout<Entry>.stride) else { fatalError("no memory for a table of attributes") }
    let entries = memory.assumingMemoryBound(to: Entry.self)
    thread.pointee.attributeCache = entries
    return entries
  }
}
