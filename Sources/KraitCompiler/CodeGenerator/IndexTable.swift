// Insertion-ordered tables from names and constants to their indices: co_names, co_consts and their kin while a unit is generated.

import KraitSyntax

/// A one-word handle whose equality is that of its address and which knows its hash.
protocol InternedHandle: BitwiseCopyable {
  var raw: UnsafeMutableRawPointer { get }
  var hash: UInt { get }
}

extension Text: InternedHandle {}
extension ConstantValue: InternedHandle {}

/// Keys in the order in which they were first asked for. Up to eight keys are searched in line, more by open addressing.
struct IndexTable<Key: InternedHandle> {
  private(set) var keys: [Key] = []
  /// Index into `keys` plus one, or zero; empty while the keys are few.
  private var slots: [Int32] = []

  init() {}

  init(_ keys: some Collection<Key>) {
    for key in keys { _ = index(of: key) }
  }

  var count: Int { keys.count }

  /// The key's index, if it is there.
  func find(_ key: Key) -> Int? {
    if slots.isEmpty {
      for index in keys.indices where keys[index].raw == key.raw { return index }
      return nil
    }
    let mask = slots.count &- 1
    var slot = Int(bitPattern: key.hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot] &- 1)
      if keys[index].raw == key.raw { return index }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// The key's index; a new key goes to the end.
  mutating func index(of key: Key) -> Int {
    if let index = find(key) { return index }
    keys.append(key)
    if keys.count > 8 {
      if keys.count * 2 > slots.count {
        slots = [Int32](repeating: 0, count: max(32, slots.count * 2))
        for index in keys.indices { place(index) }
      } else {
        place(keys.count - 1)
      }
    }
    return keys.count - 1
  }

  private mutating func place(_ index: Int) {
    let mask = slots.count &- 1
    var slot = Int(bitPattern: keys[index].hash) & mask
    while slots[slot] != 0 { slot = (slot &+ 1) & mask }
    slots[slot] = Int32(truncatingIfNeeded: index &+ 1)
  }
}
