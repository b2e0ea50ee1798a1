// Searching for text in text: single units and long patterns by the C library, short patterns by their ends, patterns of wide units by the two-way algorithm.

import CKraitCore
import Glibc

/// A text to search for, in units as wide as those of the text that is searched.
struct SearchPattern: ~Copyable {
  let units: CodeUnits
  /// False when a unit of the pattern is wider than any of the text.
  let isPossible: Bool
  private let buffer: UnsafeMutableRawPointer?

  init(_ pattern: StringObject, in text: StringObject) { self.init(pattern.units, width: text.width) }

  init(_ pattern: CodeUnits, width: Int) {
    isPossible = pattern.width <= width
    if pattern.width < width {
      let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(pattern.count * width, 1), alignment: 8)
      pattern.copy(to: buffer, width: width)
      units = CodeUnits(base: buffer, count: pattern.count, width: width)
      self.buffer = buffer
    } else {
      units = pattern
      buffer = nil
    }
  }

  deinit { buffer?.deallocate() }

  /// The first place of the pattern, or -1.
  @inline(__always) func find(in text: CodeUnits) -> Int { isPossible ? text.find(units) : -1 }
  @inline(__always) func findLast(in text: CodeUnits) -> Int { isPossible ? text.findLast(units) : -1 }

  /// How often the pattern occurs without overlaps, at most `limit` times.
  func count(in text: CodeUnits, limit: Int = .max) -> Int {
    guard isPossible else { return 0 }
    if units.count == 0 { return min(text.count &+ 1, limit) }
    if units.count == 1 && limit == .max { return text.count(of: units[0]) }
    var result = 0
    var position = 0
    while result < limit {
      let found = text[position..<text.count].find(units)
      if found < 0 { break }
      result &+= 1
      position &+= found &+ units.count
    }
    return result
  }
}

extension CodeUnits {
  /// The first place of a code point, or -1.
  func firstIndex(of point: UInt32) -> Int {
    switch width {
    case 1:
      guard point < 0x100, count > 0, let found = memchr(base, Int32(point), count) else { return -1 }
      return UnsafeRawPointer(found) - base
    case 2:
      guard point < 0x10000 else { return -1 }
      let units = units(UInt16.self)
      let wanted = UInt16(truncatingIfNeeded: point)
      for index in 0..<count where units[index] == wanted { return index }
      return -1
    default:
      let units = units(UInt32.self)
      for index in 0..<count where units[index] == point { return index }
      return -1
    }
  }

  func lastIndex(of point: UInt32) -> Int {
    if width == 1 {
      guard point < 0x100, count > 0, let found = krait_memrchr(base, Int32(point), count) else { return -1 }
      return found - base
    }
    var index = count &- 1
    while index >= 0 && self[index] != point { index &-= 1 }
    return index
  }

  func contains(_ point: UInt32) -> Bool { firstIndex(of: point) >= 0 }

  func count(of point: UInt32) -> Int {
    var result = 0
    switch width {
    case 1:
      let (units, wanted) = (units(UInt8.self), UInt8(truncatingIfNeeded: point))
      for index in 0..<count { result &+= units[index] == wanted ? 1 : 0 }
    case 2:
      let (units, wanted) = (units(UInt16.self), UInt16(truncatingIfNeeded: point))
      for index in 0..<count { result &+= units[index] == wanted ? 1 : 0 }
    default:
      let units = units(UInt32.self)
      for index in 0..<count { result &+= units[index] == point ? 1 : 0 }
    }
    return result
  }

  /// The first place of a pattern of the same width, or -1.
  func find(_ pattern: CodeUnits) -> Int {
    let m = pattern.count
    if m > count { return -1 }
    if m == 0 { return 0 }
    if m == 1 { return firstIndex(of: pattern[0]) }
    switch width {
    case 1:
      if m <= 16 { return Self.findShort(base, count, pattern.base, m) }
      guard let found = krait_memmem(base, count, pattern.base, m) else { return -1 }
      return found - base
    case 2: return Self.find(units(UInt16.self), 1, count, pattern.units(UInt16.self), 1, m)
    default: return Self.find(units(UInt32.self), 1, count, pattern.units(UInt32.self), 1, m)
    }
  }

  /// The first place of a pattern of 2 to 16 bytes, or -1. Its first and last byte are compared at 16 places at once: twice to three times as fast as memmem, which prepares itself
  /// for patterns of any length.
  private static func findShort(_ text: UnsafeRawPointer, _ n: Int, _ pattern: UnsafeRawPointer, _ m: Int) -> Int {
    let first = pattern.load(as: UInt8.self)
    let last = pattern.load(fromByteOffset: m &- 1, as: UInt8.self)
    @inline(__always)
    func matches(_ place: Int) -> Bool {
      var index = 1
      while index < m &- 1 {
        if text.load(fromByteOffset: place &+ index, as: UInt8.self) != pattern.load(fromByteOffset: index, as: UInt8.self) { return false }
        index &+= 1
      }
      return true
    }
    let places = n &- m &+ 1
    var place = 0
    let (firsts, lasts) = (SIMD16<UInt8>(repeating: first), SIMD16<UInt8>(repeating: last))
    while place &+ 16 <= places {
      let begins = text.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self) .== firsts
      let ends = text.loadUnaligned(fromByteOffset: place &+ m &- 1, as: SIMD16<UInt8>.self) .== lasts
      // A byte of ones for each place where both match.
      let found = unsafeBitCast(begins .& ends, to: SIMD2<UInt64>.self)
      if _slowPath(found.x | found.y != 0) {
        for half in 0..<2 {
          var bits = found[half]
          while bits != 0 {
            let bit = bits.trailingZeroBitCount
            let candidate = place &+ half &* 8 &+ bit &>> 3
            if matches(candidate) { return candidate }
            bits &= ~(0xFF &<< UInt64(bit))
          }
        }
      }
      place &+= 16
    }
    while place < places {
      if text.load(fromByteOffset: place, as: UInt8.self) == first && text.load(fromByteOffset: place &+ m &- 1, as: UInt8.self) == last && matches(place) { return place }
      place &+= 1
    }
    return -1
  }

  /// The last place of a pattern of the same width, or -1: a search from the end, backwards in both.
  func findLast(_ pattern: CodeUnits) -> Int {
    let m = pattern.count
    if m > count { return -1 }
    if m == 0 { return count }
    if m == 1 { return lastIndex(of: pattern[0]) }
    let found: Int
    switch width {
    case 1: found = Self.find(units(UInt8.self) + (count &- 1), -1, count, pattern.units(UInt8.self) + (m &- 1), -1, m)
    case 2: found = Self.find(units(UInt16.self) + (count &- 1), -1, count, pattern.units(UInt16.self) + (m &- 1), -1, m)
    default: found = Self.find(units(UInt32.self) + (count &- 1), -1, count, pattern.units(UInt32.self) + (m &- 1), -1, m)
    }
    return found < 0 ? -1 : count &- found &- m
  }

  func hasPrefix(_ prefix: CodeUnits) -> Bool { prefix.count <= count && self[0..<prefix.count].isEqual(to: prefix) }
  func hasSuffix(_ suffix: CodeUnits) -> Bool { suffix.count <= count && self[(count &- suffix.count)..<count].isEqual(to: suffix) }

  /// Crochemore, Perrin, "Two-way string-matching" (1991): linear time, constant space. Steps of -1 read both texts backwards.
  @inline(__always)
  private static func find<Unit: FixedWidthInteger>(
    _ text: UnsafePointer<Unit>, _ step: Int, _ n: Int, _ pattern: UnsafePointer<Unit>, _ patternStep: Int, _ m: Int
  ) -> Int {
    // Most places fail at the first unit, and short searches are not worth the preparation.
    if n &* m <= 2048 {
      let first = pattern[0]
      var place = 0
      while place <= n &- m {
        if text[place &* step] == first {
          var index = 1
          while index < m && pattern[index &* patternStep] == text[(place &+ index) &* step] { index &+= 1 }
          if index == m { return place }
        }
        place &+= 1
      }
      return -1
    }
    let (one, onePeriod) = maximalSuffix(pattern, patternStep, m, inverted: false)
    let (two, twoPeriod) = maximalSuffix(pattern, patternStep, m, inverted: true)
    let cut = max(one, two)
    var period = one > two ? onePeriod : twoPeriod
    var isPeriodic = true
    var index = 0
    while index <= cut {
      if index &+ period >= m || pattern[index &* patternStep] != pattern[(index &+ period) &* patternStep] {
        isPeriodic = false
        break
      }
      index &+= 1
    }
    if !isPeriodic { period = max(cut &+ 1, m &- cut &- 1) &+ 1 }
    var place = 0
    // How much of the pattern's front is known to match after a shift by the period.
    var memory = -1
    while place <= n &- m {
      var right = max(cut, memory) &+ 1
      while right < m && pattern[right &* patternStep] == text[(right &+ place) &* step] { right &+= 1 }
      if right < m {
        place &+= right &- cut
        memory = -1
        continue
      }
      var left = cut
      while left > memory && pattern[left &* patternStep] == text[(left &+ place) &* step] { left &-= 1 }
      if left <= memory { return place }
      place &+= period
      memory = isPeriodic ? m &- period &- 1 : -1
    }
    return -1
  }

  @inline(__always)
  private static func maximalSuffix<Unit: FixedWidthInteger>(_ x: UnsafePointer<Unit>, _ step: Int, _ m: Int, inverted: Bool) -> (Int, Int) {
    var suffix = -1
    var j = 0
    var k = 1
    var period = 1
    while j &+ k < m {
      let a = x[(j &+ k) &* step]
      let b = x[(suffix &+ k) &* step]
      if a == b {
        if k != period {
          k &+= 1
        } else {
          j &+= period
          k = 1
        }
      } else if (a < b) != inverted {
        j &+= k
        k = 1
        period = j &- suffix
      } else {
        suffix = j
        j = suffix &+ 1
        k = 1
        period = 1
      }
    }
    return (suffix, period)
  }
}

/// The optional `start` and `end` of the methods that search: absent or None is the whole text.
struct SearchRange {
  let start: Int
  let end: Int

  @inline(__always)
  init(_ start: Value, _ end: Value) throws(PyError) {
    self.start = start.isAbsent || start.isNone ? 0 : try Self.bound(start)
    self.end = end.isAbsent || end.isNone ? .max : try Self.bound(end)
  }

  private static func bound(_ value: Value) throws(PyError) -> Int {
    if value.isSmallInteger { return value.smallInteger }
    guard value.type.slots.pointee.index != nil else {
      throw PyError.typeError("slice indices must be integers or None or have an __index__ method")
    }
    return try value.asIndex(overflow: nil)
  }

  /// The part of a text of a length, or nil when the start is behind the end.
  @inline(__always)
  func clamped(_ length: Int) -> Range<Int>? {
    let end = self.end > length ? length : self.end < 0 ? max(0, self.end &+ length) : self.end
    let start = self.start < 0 ? max(0, self.start &+ length) : self.start
    return start <= end ? start..<end : nil
  }
}
