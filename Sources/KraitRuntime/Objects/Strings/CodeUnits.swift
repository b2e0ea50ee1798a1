// Runs of code units of one width: what every operation on text works on.

import CKraitCore
import Glibc

/// A borrowed run of code units of 1, 2 or 4 bytes, each a whole code point (PEP 393).
@frozen
public struct CodeUnits: BitwiseCopyable {
  public let base: UnsafeRawPointer
  public let count: Int
  /// Bytes of a unit.
  public let width: Int

  @inlinable @inline(__always)
  public init(base: UnsafeRawPointer, count: Int, width: Int) {
    self.base = base
    self.count = count
    self.width = width
  }

  /// The code point at a place inside the run.
  @inlinable @inline(__always)
  public subscript(index: Int) -> UInt32 {
    if _fastPath(width == 1) { return UInt32(base.load(fromByteOffset: index, as: UInt8.self)) }
    if width == 2 { return UInt32(base.load(fromByteOffset: index &* 2, as: UInt16.self)) }
    return base.load(fromByteOffset: index &* 4, as: UInt32.self)
  }

  /// The part from one place up to another; both must be inside.
  @inlinable @inline(__always)
  public subscript(range: Range<Int>) -> CodeUnits {
    CodeUnits(base: base + range.lowerBound &* width, count: range.upperBound &- range.lowerBound, width: width)
  }

  @inlinable var byteCount: Int { count &* width }

  @inline(__always) func units<Unit>(_ type: Unit.Type) -> UnsafePointer<Unit> { base.assumingMemoryBound(to: type) }

  /// All bits that occur: its class (ASCII, Latin-1, 16 bits, more) is that of the largest code point, since the classes end at powers of two.
  var combinedBits: UInt32 {
    switch width {
    case 1: return Self.isASCII(base, count) ? 0x7F : 0xFF
    case 2:
      var bits: UInt16 = 0
      let units = units(UInt16.self)
      for index in 0..<count { bits |= units[index] }
      return UInt32(bits)
    default:
      var bits: UInt32 = 0
      let units = units(UInt32.self)
      for index in 0..<count { bits |= units[index] }
      return bits
    }
  }

  /// Whether all of these bytes are below 128.
  static func isASCII(_ base: UnsafeRawPointer, _ count: Int) -> Bool {
    var index = 0
    while index &+ 32 <= count {
      let a = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) | base.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
      let b = base.loadUnaligned(fromByteOffset: index &+ 16, as: UInt64.self) | base.loadUnaligned(fromByteOffset: index &+ 24, as: UInt64.self)
      if (a | b) & 0x8080_8080_8080_8080 != 0 { return false }
      index &+= 32
    }
    while index &+ 8 <= count {
      if base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
      index &+= 8
    }
    // What is left is read with what stands before it: words have few bytes, and a loop over those is hard to predict.
    if count >= 8 { return base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 }
    if count >= 4 {
      return (base.loadUnaligned(as: UInt32.self) | base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)) & 0x8080_8080 == 0
    }
    if count <= 0 { return true }
    let ends = base.load(as: UInt8.self) | base.load(fromByteOffset: count &- 1, as: UInt8.self)
    return (ends | base.load(fromByteOffset: count &>> 1, as: UInt8.self)) < 0x80
  }

  /// How many bytes at the front are below 128.
  static func asciiPrefix(_ base: UnsafeRawPointer, _ count: Int) -> Int {
    var index = 0
    while index &+ 8 <= count {
      let high = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080
      if high != 0 { return index &+ high.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
    while index < count && base.load(fromByteOffset: index, as: UInt8.self) < 0x80 { index &+= 1 }
    return index
  }

  /// Where a code point stands first from a place on; nil when it is not before `end`.
  public func index(of point: UInt32, from start: Int, to end: Int) -> Int? {
    guard end > start else { return nil }
    switch width {
    case 1: return point > 0xFF ? nil : memchr(base + start, Int32(point), end &- start).map { UnsafeRawPointer($0) - base }
    case 2: return point > 0xFFFF ? nil : Self.index(units(UInt16.self), point, start, end)
    default: return Self.index(units(UInt32.self), point, start, end)
    }
  }

  @inline(__always)
  private static func index<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, _ point: UInt32, _ start: Int, _ end: Int) -> Int? {
    var index = start
    // Thirty-two bytes at once.
    while index &+ 32 / (Unit.bitWidth / 8) <= end {
      let raw = UnsafeRawPointer(units + index)
      let found: SIMD2<UInt64>
      if Unit.bitWidth == 16 {
        let wanted = SIMD8(repeating: UInt16(truncatingIfNeeded: point))
        let isThere = raw.loadUnaligned(as: SIMD8<UInt16>.self) .== wanted .| raw.loadUnaligned(fromByteOffset: 16, as: SIMD8<UInt16>.self) .== wanted
        found = unsafeBitCast(isThere, to: SIMD2<UInt64>.self)
      } else {
        let wanted = SIMD4(repeating: point)
        let isThere = raw.loadUnaligned(as: SIMD4<UInt32>.self) .== wanted .| raw.loadUnaligned(fromByteOffset: 16, as: SIMD4<UInt32>.self) .== wanted
        found = unsafeBitCast(isThere, to: SIMD2<UInt64>.self)
      }
      if found[0] | found[1] != 0 { break }
      index &+= 32 / (Unit.bitWidth / 8)
    }
    while index < end {
      if UInt32(truncatingIfNeeded: units[index]) == point { return index }
      index &+= 1
    }
    return nil
  }

  /// Copies the units to memory of units that are `targetWidth` wide and can hold them.
  public func copy(to target: UnsafeMutableRawPointer, width targetWidth: Int) {
    if width == targetWidth {
      memcpy(target, base, count &* width)
      return
    }
    switch (width, targetWidth) {
    case (1, 2): Self.convert(units(UInt8.self), target.assumingMemoryBound(to: UInt16.self), count)
    case (1, 4): Self.convert(units(UInt8.self), target.assumingMemoryBound(to: UInt32.self), count)
    case (2, 4): Self.convert(units(UInt16.self), target.assumingMemoryBound(to: UInt32.self), count)
    case (2, 1): Self.convert(units(UInt16.self), target.assumingMemoryBound(to: UInt8.self), count)
    case (4, 1): Self.convert(units(UInt32.self), target.assumingMemoryBound(to: UInt8.self), count)
    default: Self.convert(units(UInt32.self), target.assumingMemoryBound(to: UInt16.self), count)
    }
  }

  @inline(__always)
  private static func convert<From: FixedWidthInteger, To: FixedWidthInteger>(_ source: UnsafePointer<From>, _ target: UnsafeMutablePointer<To>, _ count: Int) {
    var index = 0
    while index &+ 8 <= count {
      let (from, to) = (UnsafeRawPointer(source + index), UnsafeMutableRawPointer(target + index))
      switch (From.bitWidth, To.bitWidth) {
      case (8, 16): to.storeBytes(of: SIMD8(truncatingIfNeeded: from.loadUnaligned(as: SIMD8<UInt8>.self)), as: SIMD8<UInt16>.self)
      case (8, 32): to.storeBytes(of: SIMD8(truncatingIfNeeded: from.loadUnaligned(as: SIMD8<UInt8>.self)), as: SIMD8<UInt32>.self)
      case (16, 32): to.storeBytes(of: SIMD8(truncatingIfNeeded: from.loadUnaligned(as: SIMD8<UInt16>.self)), as: SIMD8<UInt32>.self)
      case (16, 8): to.storeBytes(of: SIMD8(truncatingIfNeeded: from.loadUnaligned(as: SIMD8<UInt16>.self)), as: SIMD8<UInt8>.self)
      case (32, 8): to.storeBytes(of: SIMD8(truncatingIfNeeded: from.loadUnaligned(as: SIMD8<UInt32>.self)), as: SIMD8<UInt8>.self)
      default: to.storeBytes(of: SIMD8(truncatingIfNeeded: from.loadUnaligned(as: SIMD8<UInt32>.self)), as: SIMD8<UInt16>.self)
      }
      index &+= 8
    }
    while index < count {
      target[index] = To(truncatingIfNeeded: source[index])
      index &+= 1
    }
  }

  func isEqual(to other: CodeUnits) -> Bool {
    guard count == other.count else { return false }
    if width == other.width { return areEqual(base, other.base, count &* width) }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }

  /// Negative, zero or positive, by code points.
  func compare(to other: CodeUnits) -> Int {
    let shared = min(count, other.count)
    if width == 1 && other.width == 1 {
      let order = Int(memcmp(base, other.base, shared))
      return order != 0 ? order : count &- other.count
    }
    for index in 0..<shared {
      let (a, b) = (self[index], other[index])
      if a != b { return a < b ? -1 : 1 }
    }
    return count &- other.count
  }
}

/// Four units as bytes, the first in the lowest, where all are below a limit, which is a power of two up to 0x100.
@inlinable @inline(__always)
public func fourBytes<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, below limit: UInt32) -> UInt32? {
  let raw = UnsafeRawPointer(units)
  // What is set in a unit that is too large, in each unit of a word.
  let tooLarge = UInt64(truncatingIfNeeded: ~(Unit(truncatingIfNeeded: limit) &- 1))
  switch Unit.bitWidth {
  case 8:
    let word = raw.loadUnaligned(as: UInt32.self)
    return word & UInt32(truncatingIfNeeded: tooLarge &* 0x0101_0101) == 0 ? word : nil
  case 16:
    let word = raw.loadUnaligned(as: UInt64.self)
    if word & (tooLarge &* 0x0001_0001_0001_0001) != 0 { return nil }
    let pairs = word | word &>> 8
    return UInt32(truncatingIfNeeded: pairs & 0xFFFF | pairs &>> 16 & 0xFFFF_0000)
  default:
    let (first, second) = (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    if (first | second) & (tooLarge &* 0x0000_0001_0000_0001) != 0 { return nil }
    let (low, high) = (first | first &>> 24, second | second &>> 24)
    return UInt32(truncatingIfNeeded: low & 0xFFFF | high &<< 16)
  }
}

/// The highest bits of eight bytes, the first byte's in the lowest.
@inline(__always)
func highBits(_ word: UInt64) -> UInt64 { ((word &>> 7 & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) &>> 56 }

/// Copies two bytes or more, through a function of eight of them that treats each byte for itself. What is no multiple of eight is done in two steps that overlap.
@inline(__always)
func copyWords(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int, _ map: (UInt64) -> UInt64) {
  if count >= 8 {
    var offset = 0
    while offset &+ 8 < count {
      target.storeBytes(of: map(source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)), toByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    target.storeBytes(of: map(source.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)), toByteOffset: count &- 8, as: UInt64.self)
  } else if count >= 4 {
    let first = map(UInt64(source.loadUnaligned(as: UInt32.self)))
    let last = map(UInt64(source.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)))
    target.storeBytes(of: UInt32(truncatingIfNeeded: first), as: UInt32.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: last), toByteOffset: count &- 4, as: UInt32.self)
  } else {
    let first = map(UInt64(source.loadUnaligned(as: UInt16.self)))
    let last = map(UInt64(source.loadUnaligned(fromByteOffset: count &- 2, as: UInt16.self)))
    target.storeBytes(of: UInt16(truncatingIfNeeded: first), as: UInt16.self)
    target.storeBytes(of: UInt16(truncatingIfNeeded: last), toByteOffset: count &- 2, as: UInt16.self)
  }
}

/// As memcmp's zero: of words, which are short, without the call.
@inline(__always)
func areEqual(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
  if count > 16 { return memcmp(a, b, count) == 0 }
  if count >= 8 {
    return a.loadUnaligned(as: UInt64.self) == b.loadUnaligned(as: UInt64.self)
      && a.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) == b.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
  }
  if count >= 4 {
    return a.loadUnaligned(as: UInt32.self) == b.loadUnaligned(as: UInt32.self)
      && a.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self) == b.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
  }
  if count >= 2 {
    return a.loadUnaligned(as: UInt16.self) == b.loadUnaligned(as: UInt16.self)
      && a.loadUnaligned(fromByteOffset: count &- 2, as: UInt16.self) == b.loadUnaligned(fromByteOffset: count &- 2, as: UInt16.self)
  }
  return count == 0 || a.load(as: UInt8.self) == b.load(as: UInt8.self)
}

/// Bytes of the narrowest unit that holds code points up to one with these bits.
@inlinable @inline(__always)
func unitWidth(_ bits: UInt32) -> Int { bits < 0x100 ? 1 : bits < 0x10000 ? 2 : 4 }
