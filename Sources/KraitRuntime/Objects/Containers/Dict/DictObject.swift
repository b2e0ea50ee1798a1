// Dicts in memory, and how native code makes, reads and changes them.

import CKraitCore

/// A `dict` or an instance of a subclass.
@frozen
public struct DictObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  /// Unchecked: the value is a dict.
  @inlinable @inline(__always) public init(_ value: Value) { raw = value.object }

  @usableFromInline static var countOffset: Int { 24 }
  @usableFromInline static var keysOffset: Int { 32 }
  @usableFromInline static var versionOffset: Int { 40 }
  @usableFromInline static var generationOffset: Int { 44 }
  /// Bytes of an exact dict; native types that derive from it have their fields behind.
  public static var size: Int { 48 }

  @inlinable public var value: Value { @inline(__always) get { Value(raw) } }

  @inlinable
  public internal(set) var count: Int {
    @inline(__always) get { raw.load(fromByteOffset: DictObject.countOffset, as: Int.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: DictObject.countOffset, as: Int.self) }
  }

  @inlinable
  var keys: DictKeys {
    @inline(__always) get { DictKeys(raw: raw.load(fromByteOffset: DictObject.keysOffset, as: UnsafeMutableRawPointer.self)) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue.raw, toByteOffset: DictObject.keysOffset, as: UnsafeMutableRawPointer.self) }
  }

  /// Names the set of keys and their places while it is not 0: the same version, the same entries (``entryIndex(interned:)``), whatever their values. 0 until
  /// somebody asks with ``assignKeysVersion()``; any new key, deletion or resize makes it 0 again.
  @inlinable
  public internal(set) var keysVersion: UInt32 {
    @inline(__always) get { raw.load(fromByteOffset: DictObject.versionOffset, as: UInt32.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: DictObject.versionOffset, as: UInt32.self) }
  }

  /// Counts how often ``keys`` was replaced: tells code that ran Python in between whether its table is still there.
  var generation: UInt32 {
    @inline(__always) get { raw.load(fromByteOffset: DictObject.generationOffset, as: UInt32.self) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue, toByteOffset: DictObject.generationOffset, as: UInt32.self) }
  }

  /// Makes an empty dict of fresh memory.
  @inline(__always)
  func initializeEmpty() {
    (raw + 16).initializeMemory(as: UInt64.self, repeating: 0, count: 4)
    keys = DictKeys.none
  }

  // MARK: Reading

  /// The value of a key, borrowed, or absent. Runs Python only if the key or keys in the dict are not exact builtin values.
  @inline(__always)
  public func get(_ key: Value) throws(PyError) -> Value {
    try get(key, hash: hashOfKey(key))
  }

  @inline(__always)
  public func get(_ key: Value, hash: Int) throws(PyError) -> Value {
    let index = try find(key, hash)
    return index < 0 ? .absent : keys.entry(index)[1]
  }

  /// The value of a str that is a name, borrowed, or absent. Cannot raise: keys that are no str never match.
  @inline(__always)
  public func get(interned name: Value) -> Value {
    let index = findString(name)
    return index < 0 ? .absent : keys.entry(index)[1]
  }

  /// Where the entry of a name is, for ``value(at:)`` as long as ``keysVersion`` is the same.
  public func entryIndex(interned name: Value) -> Int? {
    let index = findString(name)
    return index < 0 ? nil : index
  }

  /// The value of an entry, borrowed.
  @inline(__always)
  public func value(at index: Int) -> Value { keys.entry(index)[1] }

  /// Where an entry's value stands.
  @inline(__always)
  func valuePlace(at index: Int) -> UnsafeMutablePointer<Value> { keys.entry(index) + 1 }

  /// As ``entryIndex(interned:)``, in bytes from the entries to the value: what an instruction keeps. 32 bits must do.
  func offset(interned name: Value) -> Int? {
    guard let index = entryIndex(interned: name) else { return nil }
    let offset = UnsafeRawPointer(valuePlace(at: index)) - UnsafeRawPointer(keys.raw)
    return offset < 1 << 31 ? offset : nil
  }

  @inline(__always)
  func place(atOffset offset: Int) -> UnsafeMutablePointer<Value> { (keys.raw + offset).assumingMemoryBound(to: Value.self) }

  /// The value at an ``offset(interned:)``, borrowed.
  @inline(__always)
  func value(atOffset offset: Int) -> Value { place(atOffset: offset).pointee }

  /// Replaces the value of an entry found with ``entryIndex(interned:)``.
  @inline(__always)
  public func setValue(at index: Int, taking value: consuming Owned) { exchangeValue(at: index, value.take()).release() }

  /// As ``setValue(at:taking:)``; the value's reference goes in, the old value's comes out.
  @inline(__always)
  func exchangeValue(at index: Int, _ value: Value) -> Value {
    let keys = self.keys
    let place = keys.entry(index) + 1
    let old = place.pointee
    place.pointee = value
    if _slowPath(keys.hasOwner) { keys.mirrorValue(index) }
    return old
  }

  @inline(__always)
  public func contains(_ key: Value) throws(PyError) -> Bool {
    try find(key, hashOfKey(key)) >= 0
  }

  /// Steps through the entries in order: `position` is 0 at first. Key and value are borrowed; do not add or delete between steps.
  @inline(__always)
  public func next(_ position: inout Int, _ key: inout Value, _ value: inout Value) -> Bool {
    let keys = self.keys
    let end = keys.entryCount
    var index = position
    while index < end {
      let entry = keys.entry(index)
      index &+= 1
      if !entry[1].isAbsent {
        key = entry[0]
        value = entry[1]
        position = index
        return true
      }
    }
    position = index
    return false
  }

  /// See ``DictKeys/rehash(_:)``; for a dict that nobody has looked at.
  func rehash(_ hash: (Value) -> Int?) { keys.rehash(hash) }

  // MARK: Versions

  /// Gives the present keys a version, unless they have one; 0 when versions have run out, which means "never cache".
  public func assignKeysVersion() -> UInt32 {
    let version = keysVersion
    // Who stores by a version tells nobody.
    if version != 0 || keys.hasOwner { return version }
    let new = DictObject.nextVersion()
    keysVersion = new
    return new
  }

  private nonisolated(unsafe) static let versionCounter: UnsafeMutablePointer<UInt32> = {
    let counter = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    counter.initialize(to: 0)
    return counter
  }()

  /// Unique in the process: interpreters share builtin dicts.
  static func nextVersion() -> UInt32 {
    if krait_load32(versionCounter) > .max - 1024 { return 0 }
    return krait_add32(versionCounter, 1) &+ 1
  }
}

// MARK: - Making dicts

extension Owned {
  @inline(__always)
  public static func dict() throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.dict.rootShape, size: DictObject.size)
    DictObject(raw: raw).initializeEmpty()
    return Owned(taking: raw)
  }

  /// An empty dict with room for as many keys.
  public static func dict(capacity: Int, stringKeys: Bool) throws(PyError) -> Owned {
    let dict = try Owned.dict()
    if capacity > 0 {
      // CPython presizes no further than this: what is claimed may not come.
      let logSize = capacity > 1 << 17 ? 17 : DictKeys.logSize(entries: capacity)
      DictObject(dict.value).keys = try DictKeys.make(logSize: logSize, stringKeys: stringKeys)
    }
    return dict
  }
}

/// The hash of a dict's key, without a call for small ints and str that were hashed before.
@inline(__always)
func hashOfKey(_ key: Value) throws(PyError) -> Int {
  if key.isSmallInteger { return hashSmallInteger(key.smallInteger) }
  if key.isObject && key.object.shape.flags.isSuperset(of: .exactString) { return StringObject(raw: key.object).hashValue }
  return try hashOfUncommonKey(key)
}

/// The hash of a part of a tuple and the like: an error says nothing of keys.
@inline(__always)
func hashOfPart(_ value: Value) throws(PyError) -> Int {
  if value.isSmallInteger { return hashSmallInteger(value.smallInteger) }
  if value.isObject && value.object.shape.flags.isSuperset(of: .exactString) { return StringObject(raw: value.object).hashValue }
  return try value.hash()
}

@inline(never)
private func hashOfUncommonKey(_ key: Value) throws(PyError) -> Int {
  do throws(PyError) { return try key.hash() } catch { throw explainUnhashable(key, "dict key") }
}

/// A plain TypeError from hashing is told in terms of what the key was for.
func explainUnhashable(_ key: Value, _ use: StaticString) -> PyError {
  let thread = currentThread
  guard thread.pointee.exception.type == .typeError else { return PyError() }
  let cause = thread.pointee.takeException()
  do throws(PyError) {
    let reason = try cause.value.str()
    return .typeError("cannot use '\(key.type.qualifiedText)' as a \(use) (\(reason.value.text))")
  } catch { return error }
}

/// `hash(i)` of a 63-bit int: the remainder by 2^61-1 with the sign of `i`; never -1.
@inline(__always)
public func hashSmallInteger(_ value: Int) -> Int {
  // Magnitudes below the modulus are their own hash.
  if _fastPath(UInt(bitPattern: value &+ ((1 &<< 61) &- 2)) <= (1 &<< 62) &- 4) { return value == -1 ? -2 : value }
  let remainder = value % ((1 &<< 61) &- 1)
  return remainder == -1 ? -2 : remainder
}
