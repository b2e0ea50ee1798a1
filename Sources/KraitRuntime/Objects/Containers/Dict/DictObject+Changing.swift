// Adding, replacing and deleting entries of a dict.

import CKraitCore

extension DictObject {
  /// Adds the key or replaces its value; new references to both.
  @inline(__always)
  public func set(_ key: Value, _ value: Value) throws(PyError) {
    try set(key, hash: hashOfKey(key), taking: Owned(copying: value))
  }

  @inline(__always)
  public func set(_ key: Value, taking value: consuming Owned) throws(PyError) {
    let hash = try hashOfKey(key)
    try set(key, hash: hash, taking: value)
  }

  public func set(_ key: Value, hash: Int, taking value: consuming Owned) throws(PyError) {
    // The key may be borrowed from a place that its own `__eq__` empties.
    let index = try find(key, hash)
    if index >= 0 { return exchangeValue(at: index, value.take()).release() }
    try insertNew(key, hash: hash, taking: value)
  }

  /// Adds a key that is known not to be there.
  func insertNew(_ key: Value, hash: Int, taking value: consuming Owned) throws(PyError) {
    var keys = self.keys
    let isString = key.isExactString
    if keys.usable <= 0 || (keys.hasStringKeys && !isString) {
      try growForInsertion(string: isString)
      keys = self.keys
    }
    key.retain()
    let mask = keys.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = keys.firstSlot(hash)
    while keys.index(slot) >= 0 {
      DictKeys.advance(&slot, &perturbation)
      slot &= mask
    }
    let number = keys.entryCount
    if keys.hasStringKeys {
      let entry = keys.stringEntry(number)
      entry[0] = key
      entry[1] = value.take()
    } else {
      keys.setStoredHash(number, hash)
      let entry = keys.generalEntry(number)
      entry[0] = key
      entry[1] = value.take()
    }
    // The entry comes before what leads to it: threads without a lock may look for the key.
    krait_store_fence()
    keys.setIndex(slot, number)
    keys.entryCount = number &+ 1
    keys.usable = keys.usable &- 1
    count = count &+ 1
    if keysVersion != 0 { noteAddition(of: key) }
    if _slowPath(keys.hasOwner) { keys.mirrorAddition() }
  }

  /// Gives a new, empty dict the entries that were written to a table, whose keys all differ.
  func fill(_ keys: DictKeys, _ count: Int) {
    keys.buildIndex()
    replaceKeys(keys)
    self.count = count
  }

  /// Makes room for as many keys in a dict that never had one.
  public func reserve(_ wanted: Int, stringKeys: Bool) throws(PyError) {
    guard keys == DictKeys.none else { return }
    replaceKeys(try DictKeys.make(logSize: DictKeys.logSize(entries: min(wanted, 1 << 17)), stringKeys: stringKeys))
  }

  @inline(never)
  private func growForInsertion(string: Bool) throws(PyError) {
    if keys == DictKeys.none { return replaceKeys(try DictKeys.make(logSize: DictKeys.minimumLogSize, stringKeys: string)) }
    try resize(DictKeys.logSize(slots: count * 3), stringKeys: keys.hasStringKeys && string)
  }

  @inline(__always)
  func replaceKeys(_ keys: DictKeys) {
    if _slowPath(self.keys.hasOwner) { self.keys.endMirror() }
    // First, so that who reads without a lock does not look into the new table with what was true of the old one.
    krait_store32_release(raw + DictObject.versionOffset, 0)
    krait_store64_release(raw + DictObject.keysOffset, UInt64(UInt(bitPattern: keys.raw)))
    generation = generation &+ 1
  }

  /// Moves the entries to a new table, deleted ones left out.
  func resize(_ logSize: Int, stringKeys: Bool) throws(PyError) {
    let old = keys
    let owner = stringKeys && old.hasOwner ? old.owner : nil
    let new = try DictKeys.make(logSize: max(logSize, DictKeys.logSize(entries: count)), stringKeys: stringKeys, owner: owner)
    var number = 0
    for index in 0..<old.entryCount {
      let entry = old.entry(index)
      if entry[1].isAbsent { continue }
      if !stringKeys { new.setStoredHash(number, old.hash(index)) }
      let place = new.entry(number)
      place[0] = entry[0]
      place[1] = entry[1]
      number &+= 1
    }
    new.entryCount = number
    new.usable = new.usable - number
    new.buildIndex()
    if owner != nil { old.owner = nil }
    replaceKeys(new)
    if _slowPath(Runtime.isFree) && !Privacy.isPrivate(raw) { old.retire() } else { old.free() }
  }

  /// Takes the key out: its value, or absent when there is no such key.
  public func remove(_ key: Value) throws(PyError) -> Owned {
    try remove(key, hash: hashOfKey(key))
  }

  public func remove(_ key: Value, hash: Int) throws(PyError) -> Owned {
    let index = try find(key, hash)
    if index < 0 { return Owned(taking: .absent) }
    let (key, value) = removeEntry(index, hash: hash)
    key.release()
    return Owned(taking: value)
  }

  /// Takes an entry out; the caller owns key and value.
  func removeEntry(_ index: Int, hash: Int) -> (key: Value, value: Value) {
    let keys = self.keys
    if _slowPath(keys.hasOwner) { keys.endMirror() }
    let mask = keys.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = keys.firstSlot(hash)
    while keys.index(slot) != index {
      DictKeys.advance(&slot, &perturbation)
      slot &= mask
    }
    keys.setIndex(slot, DictKeys.deleted)
    let entry = keys.entry(index)
    let result = (entry[0], entry[1])
    // Threads without a lock may compare the characters of the key at this moment; of other keys they compare the address.
    if _slowPath(Runtime.isFree) && result.0.isString && !Privacy.isPrivate(raw) { Sharing.release(Owned(copying: result.0).take()) }
    entry[0] = .absent
    entry[1] = .absent
    if !keys.hasStringKeys { keys.setStoredHash(index, 0) }
    count = count &- 1
    if keysVersion != 0 { noteRemoval(of: result.0, index) }
    return result
  }

  /// Takes the last entry out; nil when the dict is empty. The caller owns key and value.
  func removeLast() -> (key: Value, value: Value)? {
    if count == 0 { return nil }
    let keys = self.keys
    var index = keys.entryCount - 1
    while index >= 0 && keys.entry(index)[1].isAbsent { index -= 1 }
    if index < 0 { return nil }
    let result = removeEntry(index, hash: keys.hash(index))
    // The place serves no further entry (`usable` stays), but searches for the last one begin before it.
    keys.entryCount = index
    return result
  }

  public func clear() {
    let old = keys
    if old == DictKeys.none { return }
    count = 0
    replaceKeys(DictKeys.none)
    DictObject.release(old, isKnown: !Runtime.isFree || !Privacy.isPrivate(raw))
  }

  /// Gives up what a table holds, and the table.
  ///
  /// - Parameter isKnown: the table was that of a dict which lives on.
  static func release(_ keys: DictKeys, isKnown: Bool) {
    for index in 0..<keys.entryCount {
      let entry = keys.entry(index)
      let (key, value) = (entry[0], entry[1])
      if value.isAbsent { continue }
      if isKnown && key.isString { Sharing.release(key) } else { key.release() }
      value.release()
    }
    if isKnown { keys.retire() } else { keys.free() }
  }

  /// A new exact dict with the same entries.
  public func copy() throws(PyError) -> Owned {
    let result = try Owned.dict()
    if count == 0 { return result }
    let copy = DictObject(result.value)
    // A subclass that iterates in its own way says what its entries are, and in which order.
    if !value.isExactDict && value.type.slots.pointee.iterate?.code != TypeObject.dict.slots.pointee.iterate?.code {
      try copy.merge(mapping: value, .replace)
      return result
    }
    let keys = self.keys
    // Like CPython: bit for bit unless many entries were deleted.
    if count >= keys.entryCount &* 2 / 3 {
      let new = try keys.duplicate()
      for index in 0..<new.entryCount {
        let entry = new.entry(index)
        entry[0].retainIfPresent()
        entry[1].retainIfPresent()
      }
      copy.keys = new
      copy.count = count
    } else {
      try copy.merge(self, .replace)
    }
    return result
  }
}
