// Access to the generated tables: they are read where they lie, nothing is decoded beforehand.

import KraitRuntime

/// One of the two databases: that of the Unicode version that Krait follows, and that of Unicode 3.2, which internationalised domain names go by.
struct CharacterDatabase {
  let isOld: Bool

  /// What is told of a code point.
  private static func record(_ point: UInt32) -> UnsafePointer<UInt8> {
    let entry = CharacterTables.index.utf8Start + Int(point >> 7) * 2
    let block = Base64Number.read(entry, 2)
    let number = Base64Number.read(CharacterTables.blocks.utf8Start + (block << 7 | Int(point & 127)) * 2, 2)
    return CharacterTables.records.utf8Start + number * 8
  }

  private func digit(_ point: UInt32, _ place: Int) -> Int {
    Base64Number.read(CharacterDatabase.record(point) + (isOld ? place + 5 : place), 1)
  }

  func category(_ point: UInt32) -> StaticString { CharacterTables.categories[digit(point, 0)] }
  func direction(_ point: UInt32) -> StaticString { CharacterTables.directions[digit(point, 1)] }
  func isMirrored(_ point: UInt32) -> Bool { digit(point, 2) & 1 != 0 }
  func width(_ point: UInt32) -> StaticString { CharacterTables.widths[digit(point, 2) >> 1] }
  /// Whether the version knows the character.
  func isAssigned(_ point: UInt32) -> Bool { digit(point, 0) != 0 }

  func combiningClass(_ point: UInt32) -> Int {
    // Below U+0300 there is none.
    if point < 0x300 || isOld && !isAssigned(point) { return 0 }
    return Base64Number.read(CharacterDatabase.record(point) + 3, 2)
  }

  /// The number that a character stands for.
  func number(_ point: UInt32) -> Double? {
    if isOld {
      if !isAssigned(point) { return nil }
      if let entry = CharacterDatabase.find(point, CharacterTables.oldNumbers, 5) {
        let value = Base64Number.read(entry + 3, 2)
        return value == 4095 ? nil : CharacterTables.values[value]
      }
    }
    return CharacterDatabase.find(point, CharacterTables.numbers, 5).map { CharacterTables.values[Base64Number.read($0 + 3, 2)] }
  }

  /// One step of decomposition: its kind, and code points in the pool.
  func decomposition(_ point: UInt32) -> (kind: StaticString, points: UnsafePointer<UInt8>, count: Int)? {
    if point < 0xA0 || isOld && !isAssigned(point) { return nil }
    guard let entry = CharacterDatabase.find(point, CharacterTables.decompositions, 8) else { return nil }
    return (
      CharacterTables.kinds[Base64Number.read(entry + 3, 1)], CharacterTables.pool.utf8Start + 3 * Base64Number.read(entry + 4, 3),
      Base64Number.read(entry + 7, 1)
    )
  }

  /// What normalization to Unicode 3.2 makes of a character that was corrected later.
  static func correction(_ point: UInt32) -> UInt32? {
    find(point, CharacterTables.corrections, 6).map { UInt32(Base64Number.read($0 + 3, 3)) }
  }

  /// What two characters compose to.
  static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    let table = CharacterTables.compositions
    var (low, high) = (0, table.utf8CodeUnitCount / 9)
    while low < high {
      let middle = (low + high) / 2
      let entry = table.utf8Start + middle * 9
      let (a, b) = (UInt32(Base64Number.read(entry, 3)), UInt32(Base64Number.read(entry + 3, 3)))
      if (a, b) == (first, second) { return UInt32(Base64Number.read(entry + 6, 3)) }
      if (a, b) < (first, second) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// The entry of a code point in a table that is sorted by it; `size` digits an entry, three of them the code point.
  private static func find(_ point: UInt32, _ table: StaticString, _ size: Int) -> UnsafePointer<UInt8>? {
    var (low, high) = (0, table.utf8CodeUnitCount / size)
    while low < high {
      let middle = (low + high) / 2
      let entry = table.utf8Start + middle * size
      let found = UInt32(Base64Number.read(entry, 3))
      if found == point { return entry }
      if found < point { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// The characters of a named sequence; the name in capital letters.
  static func sequence(named name: UnsafeBufferPointer<UInt8>) -> [UInt32]? {
    let table = CharacterTables.sequences
    let text = UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount)
    var place = 0
    while place < text.count {
      var bar = place
      while text[bar] != UInt8(ascii: "|") { bar += 1 }
      var end = bar + 1
      while text[end] != UInt8(ascii: "|") { end += 1 }
      if text[place..<bar].elementsEqual(name) {
        return stride(from: bar + 1, to: end, by: 3).map { UInt32(Base64Number.read(table.utf8Start + $0, 3)) }
      }
      place = end + 1
    }
    return nil
  }
}
