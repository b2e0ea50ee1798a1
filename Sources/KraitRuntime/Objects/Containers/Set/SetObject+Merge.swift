// Adding many keys to a set at once, and copies. Growth follows CPython's, so that the order of iteration does.

import CKraitCore

extension SetObject {
  /// Adds the items of an iterable.
  public func update(from iterable: Value) throws(PyError) {
    if iterable.isAnySet { return try merge(SetObject(iterable)) }
    if iterable.isExactDict { return try merge(keysOf: DictObject(iterable)) }
    if iterable.isExactList { return try merge(itemsOf: ListObject(iterable)) }
    let iterator = try iterable.iterate()
    var sink = GeneratorSink(kind: .set, container: value)
    while true {
      let item = try iterator.value.next(into: &sink)
      if item.value.isAbsent { return }
      try add(item.value)
    }
  }

  /// Adds the keys of another set.
  func merge(_ other: SetObject) throws(PyError) {
    if other.raw == raw || other.count == 0 { return }
    if (fill + other.count) * 5 >= Int(bitPattern: mask) * 3 { try resize((count + other.count) * 2) }
    let slots = other.slotCount
    if fill == 0 {
      // Nothing to compare with.
      if other.mayHoldObjects { mayHoldObjects = true }
      let (source, target) = (other.table, table)
      if slots == slotCount && other.fill == other.count {
        target.update(from: source, count: slots)
        var place = source
        let end = source + slots
        while place != end {
          let key = place.pointee.key
          if key.isPresentObject { key.retain() }
          place += 1
        }
      } else {
        for index in 0..<slots {
          let entry = source[index]
          if entry.key.isAbsent || entry.key === SetObject.deletedKey { continue }
          entry.key.retain()
          SetObject.insertClean(target, mask, entry)
        }
      }
      residues = other.residues
      count = other.count
      fill = other.count
      return
    }
    // Comparing may change the other set: its table is read anew each time.
    var position = 0
    while position < other.slotCount {
      let entry = other.table[position]
      position += 1
      if entry.key.isAbsent || entry.key === SetObject.deletedKey { continue }
      let key = Owned(copying: entry.key)
      try add(key.value, hash: entry.hash)
    }
  }

  private func merge(itemsOf list: ListObject) throws(PyError) {
    // Hashing and comparing may change the list.
    var index = 0
    while index < list.count {
      let item = list[index]
      index += 1
      if item.isSmallInteger {
        try add(item, hash: hashSmallInteger(item.smallInteger))
      } else {
        let held = Owned(copying: item)
        try add(held.value)
      }
    }
  }

  private func merge(keysOf dict: DictObject) throws(PyError) {
    if (fill + dict.count) * 5 >= Int(bitPattern: mask) * 3 { try resize((count + dict.count) * 2) }
    var index = 0
    while index < dict.keys.entryCount {
      let entry = dict.keys.entry(index)
      let hash = entry[1].isAbsent ? 0 : dict.keys.hash(index)
      index += 1
      if entry[1].isAbsent { continue }
      let key = Owned(copying: entry[0])
      try add(key.value, hash: hash)
    }
  }

  /// A `set` or a `frozenset` of the same keys.
  func copy(as type: TypeObject) throws(PyError) -> Owned {
    let slots = slotCount
    if _slowPath(fill != count || slots != SetObject.slots(forNew: count)) {
      let set = try Owned.newSet(type)
      try SetObject(set.value).merge(self)
      return set
    }
    // The table as it stands is the one that adding the keys would give.
    let table = slots == SetObject.minimumSlots ? nil : try allocateMemory(slots * 16)
    let raw: UnsafeMutableRawPointer
    do throws(PyError) { raw = try allocateObject(type.rootShape, size: SetObject.size) } catch {
      if let table { freeMemory(table, size: slots * 16) }
      throw error
    }
    SetObject(raw: raw).initialize(copying: self, into: table, frozen: type == .frozenset)
    return Owned(taking: raw)
  }
}
