// Search: where in a text to try a match.

import Glibc
import KraitRuntime

extension MatchState {
  /// Tries a match at ``start`` only.
  mutating func matchAtStart(width: Int) throws(PyError) -> Bool {
    guard start <= end, program.minimumWidth <= end - start else { return false }
    reset()
    switch width {
    case 1: return try match(UInt8.self, start: start, position: start, mustAdvance: mustAdvance)
    case 2: return try match(UInt16.self, start: start, position: start, mustAdvance: mustAdvance)
    default: return try match(UInt32.self, start: start, position: start, mustAdvance: mustAdvance)
    }
  }

  /// Looks for the first match that begins at ``start`` or later.
  mutating func search(width: Int) throws(PyError) -> Bool {
    switch width {
    case 1: return try search(UInt8.self)
    case 2: return try search(UInt16.self)
    default: return try search(UInt32.self)
    }
  }

  private mutating func search<Unit: FixedWidthInteger & UnsignedInteger>(_ type: Unit.Type) throws(PyError) -> Bool {
    guard start <= end else { return false }
    let text = base.assumingMemoryBound(to: Unit.self)
    // The last position where a match has room.
    let last = end - program.minimumWidth
    guard start <= last else { return false }
    if program.prefixCount > 0 { return try searchPrefix(text, last) }
    var place = start
    let mustAdvance = self.mustAdvance
    if program.isAnchored {
      reset()
      return try match(type, start: place, position: place, mustAdvance: mustAdvance)
    }
    let initial = start
    if program.first >= 0 {
      let test = UnsafePointer(program.classes + program.first)
      let last = min(last, end - 1)
      while true {
        while place <= last && !test.contains(text[place]) { place &+= 1 }
        guard place <= last else { return false }
        reset()
        if try match(type, start: place, position: place, mustAdvance: mustAdvance && place == initial) { return true }
        place &+= 1
      }
    }
    while place <= last {
      reset()
      if try match(type, start: place, position: place, mustAdvance: mustAdvance && place == initial) { return true }
      place &+= 1
    }
    return false
  }

  /// Search for a pattern that begins with literals.
  private mutating func searchPrefix<Unit: FixedWidthInteger & UnsignedInteger>(_ text: UnsafePointer<Unit>, _ lastStart: Int) throws(PyError) -> Bool {
    let count = program.prefixCount
    let prefix = program.prefix
    let last = min(lastStart, end - count)
    for index in 0..<count where Unit(exactly: prefix[index]) == nil { return false }
    var place = start
    while place <= last {
      guard let found = findUnit(prefix[0], text, place, last &+ 1) else { return false }
      place = found
      var matching = 1
      while matching < count && UInt32(truncatingIfNeeded: text[place &+ matching]) == prefix[matching] { matching &+= 1 }
      if matching == count {
        if program.isLiteral && !mustReachEnd {
          start = place
          position = place &+ count
          return true
        }
        reset()
        if try match(Unit.self, start: place, node: program.prefixSkip, position: place &+ program.prefixSkip) { return true }
      }
      place &+= 1
    }
    return false
  }
}
