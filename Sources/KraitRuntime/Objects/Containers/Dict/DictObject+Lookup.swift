// Finding a key in a dict.

import CKraitCore

extension DictObject {
  /// The number of the key's entry, or -1. Comparing may run Python, which may change this dict: the answer is true of the dict as it is afterwards.
  @inline(__always)
  func find(_ key: Value, _ hash: Int) throws(PyError) -> Int {
    let keys = self.keys
    if _fastPath(keys.hasStringKeys) {
      if _fastPath(key.isObject && key.object.shape.flags.isSuperset(of: .exactString)) { return findString(keys, key, hash) }
      return try findOtherAmongStrings(key, hash)
    }
    return try findGeneral(key, hash)
  }

  /// The number of a name's entry, or -1.
  @inline(__always)
  func findString(_ name: Value) -> Int {
    let keys = self.keys
    let hash = StringObject(raw: name.object).hashValue
    return _fastPath(keys.hasStringKeys) ? findString(keys, name, hash) : findStringAmongOthers(name, hash)
  }

  /// Whether an entry has this very name, whatever became of the other keys since its number was noted.
  func holds(_ name: Value, atOffset offset: Int) -> Bool {
    let keys = self.keys
    return keys.hasStringKeys && offset & 15 == 8 && offset &>> 4 < keys.entryCount && keys.stringEntry(offset &>> 4).pointee === name
  }

  /// Whether there is no such name.
  func lacks(_ name: Value) -> Bool { keys.hasStringKeys && findString(name) < 0 }

  /// An exact str among exact str: no Python code.
  @inline(__always)
  private func findString(_ keys: DictKeys, _ key: Value, _ hash: Int) -> Int {
    let mask = keys.mask
    let slot = UInt(bitPattern: hash) & mask
    let index = keys.index(slot)
    // Names are interned: mostly the first slot has the very object, or nothing.
    if _fastPath(index >= 0) {
      if _fastPath(keys.stringEntry(index).pointee === key) { return index }
    } else if index == DictKeys.empty {
      return -1
    }
    return findStringProbing(keys, key, hash)
  }

  @inline(never)
  private func findStringProbing(_ keys: DictKeys, _ key: Value, _ hash: Int) -> Int {
    let mask = keys.mask
    var perturbation = UInt(bitPattern: hash)
    var slot = perturbation & mask
    while true {
      let index = keys.index(slot)
      if index >= 0 {
        let other = keys.stringEntry(index).pointee
        if other === key { return index }
        if StringObject(raw: other.object).hashValue == hash && StringObject(raw: other.object).hasSameText(as: StringObject(raw: key.object)) { return index }
      } else if index == DictKeys.empty {
        return -1
      }
      DictKeys.advance(&slot, &perturbation)
      slot &= mask
    }
  }

  /// An exact str in a dict with other keys: those are passed over without asking their `__eq__`.
  @inline(never)
  private func findStringAmongOthers(_ key: Value, _ hash: Int) -> Int {
    let keys = self.keys
    return keys.firstEntry(hash) { index in
      let other = keys.generalEntry(index).pointee
      return other === key || keys.storedHash(index) == hash && other.isString && StringObject(other).isEqual(to: StringObject(raw: key.object))
    }
  }

  /// What is no exact str may still be equal to one.
  @inline(never)
  private func findOtherAmongStrings(_ key: Value, _ hash: Int) throws(PyError) -> Int {
    if key.isSmallInteger || count == 0 { return -1 }
    restart: while true {
      let keys = self.keys
      let mask = keys.mask
      var perturbation = UInt(bitPattern: hash)
      var slot = perturbation & mask
      while true {
        let index = keys.index(slot)
        if index >= 0 {
          let other = keys.stringEntry(index).pointee
          if StringObject(raw: other.object).hashValue == hash {
            switch try compareKey(other, key, index) {
            case .equal: return index
            case .different: break
            case .changed: continue restart
            }
          }
        } else if index == DictKeys.empty {
          return -1
        }
        DictKeys.advance(&slot, &perturbation)
        slot &= mask
      }
    }
  }

  @inline(never)
  func findGeneral(_ key: Value, _ hash: Int) throws(PyError) -> Int {
    restart: while true {
      let keys = self.keys
      if keys.hasStringKeys { return try find(key, hash) }
      let mask = keys.mask
      var perturbation = UInt(bitPattern: hash)
      var slot = keys.firstGeneralSlot(hash)
      while true {
        let index = keys.index(slot)
        if index >= 0 {
          let other = keys.generalEntry(index).pointee
          if other === key { return index }
          if keys.storedHash(index) == hash && !Value.areSmallIntegers(other, key) {
            if other.isExactString && key.isExactString {
              if StringObject(raw: other.object).isEqual(to: StringObject(raw: key.object)) { return index }
            } else {
              switch other.quicklyEquals(key) {
              case .yes: return index
              case .no: break
              case .unknown:
                switch try compareKey(other, key, index) {
                case .equal: return index
                case .different: break
                case .changed: continue restart
                }
              }
            }
          }
        } else if index == DictKeys.empty {
          return -1
        }
        DictKeys.advance(&slot, &perturbation)
        slot &= mask
      }
    }
  }

  private enum KeyComparison { case equal, different, changed }

  /// Compares a key of this dict with another by `__eq__`; says so if that changed what the search stands on.
  @inline(never)
  private func compareKey(_ own: Value, _ key: Value, _ index: Int) throws(PyError) -> KeyComparison {
    excludeOtherThreads(unlessFrozen: own, key)
    let generation = self.generation
    let held = Owned(copying: own)
    let equal = try held.value.isEqual(to: key)
    // The table may have been freed, and its memory may serve another one by now: only the generation knows.
    guard self.generation == generation, keys.entry(index)[0] === held.value else { return .changed }
    return equal ? .equal : .different
  }
}
