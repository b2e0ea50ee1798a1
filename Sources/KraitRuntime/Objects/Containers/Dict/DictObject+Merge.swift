// Merging mappings and sequences of pairs into a dict.

import CKraitCore

extension DictObject {
  /// What becomes of a key that is in both.
  enum Collision { case replace, keep, refuse }

  /// `dict.update` with one positional argument: a mapping (it has `keys`) or an iterable of pairs.
  public func update(from other: Value) throws(PyError) {
    if other.isExactDict { return try merge(DictObject(other), .replace) }
    let method = try other.lookUpAttribute(Name.keys)
    if method.value.isAbsent { return try mergePairs(other, .replace) }
    try merge(mapping: other, .replace)
  }

  /// Adds all entries of a mapping.
  func merge(mapping: Value, _ collision: Collision) throws(PyError) {
    if mapping.isDict && mapping.type.slots.pointee.iterate?.code == TypeObject.dict.slots.pointee.iterate?.code {
      return try merge(DictObject(mapping), collision)
    }
    let keys = try mapping.callMethod(Name.keys)
    let iterator: Owned
    do throws(PyError) { iterator = try keys.value.iterate() } catch {
      guard PyError.matches(.typeError) else { throw error }
      PyError.clear()
      throw PyError.typeError("\(mapping.typeName).keys() returned a non-iterable (type \(keys.value.typeName))")
    }
    while true {
      let key = try iterator.value.next()
      if key.value.isAbsent { return }
      if collision != .replace {
        if try contains(key.value) {
          if collision == .refuse { throw PyError.keyError(key.value) }
          continue
        }
      }
      let value = try mapping.getItem(key.value)
      try set(key.value, taking: value)
    }
  }

  /// Adds all entries of a dict.
  func merge(_ other: DictObject, _ collision: Collision) throws(PyError) {
    if other.raw == raw || other.count == 0 { return }
    let others = other.keys
    let isTight = others.logSize == DictKeys.minimumLogSize || DictKeys.capacity(others.logSize - 1) < other.count
    if count == 0 && other.count == others.entryCount && isTight && !keys.hasOwner { return try adopt(copyOf: other) }
    // Grow once for all keys, as CPython does, though some may be the same.
    if DictKeys.capacity(keys.logSize) < other.count {
      try resize(DictKeys.logSize(entries: count + other.count), stringKeys: (keys == DictKeys.none || keys.hasStringKeys) && other.keys.hasStringKeys)
    }
    let size = other.count
    var index = 0
    while index < other.keys.entryCount {
      let keys = other.keys
      let entry = keys.entry(index)
      let number = index
      index += 1
      if entry[1].isAbsent { continue }
      let hash = keys.hash(number)
      let key = Owned(copying: entry[0])
      let value = Owned(copying: entry[1])
      switch collision {
      case .replace: try set(key.value, hash: hash, taking: value)
      case .keep, .refuse:
        if try find(key.value, hash) >= 0 {
          if collision == .refuse { throw PyError.keyError(key.value) }
        } else {
          try insertNew(key.value, hash: hash, taking: value)
        }
      }
      if other.count != size || other.keys.raw != keys.raw { throw PyError.runtimeError("dict mutated during update") }
    }
  }

  /// Makes this empty dict a bitwise copy.
  private func adopt(copyOf other: DictObject) throws(PyError) {
    let new = try other.keys.duplicate()
    for index in 0..<new.entryCount {
      let entry = new.entry(index)
      entry[0].retain()
      entry[1].retain()
    }
    let old = keys
    replaceKeys(new)
    count = other.count
    old.retire()
  }

  /// Adds the pairs of an iterable: each item a sequence of two.
  func mergePairs(_ pairs: Value, _ collision: Collision) throws(PyError) {
    let iterator = try pairs.iterate()
    var number = 0
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { return }
      let pair: Owned
      if item.value.isExactTuple || item.value.isExactList {
        pair = item
      } else {
        do throws(PyError) { pair = try Owned.list(from: item.value) } catch { throw notAPair(item.value, number) }
      }
      let items = pair.value.isTuple ? TupleObject(pair.value).buffer : ListObject(pair.value).buffer
      guard items.count == 2 else {
        throw PyError.valueError("dictionary update sequence element #\(number) has length \(items.count); 2 is required")
      }
      let key = Owned(copying: items[0])
      let value = Owned(copying: items[1])
      if collision == .replace {
        try set(key.value, taking: value)
      } else if try !contains(key.value) {
        try set(key.value, taking: value)
      }
      number += 1
    }
  }

  /// The error for an item that is no sequence.
  private func notAPair(_ item: Value, _ number: Int) -> PyError {
    guard PyError.matches(.typeError) else { return PyError() }
    do throws(PyError) {
      if item.type.slots.pointee.iterate == nil && item.type.slots.pointee.item == nil {
        PyError.clear()
        _ = PyError.typeError("object is not iterable")
      }
      let exception = currentThread.pointee.takeException()
      let note = try Owned.string("Cannot convert dictionary update sequence element #\(number) to a sequence")
      _ = try exception.value.callMethod(Name.add_note, note.value)
      currentThread.pointee.setException(exception)
      return PyError()
    } catch { return error }
  }
}
