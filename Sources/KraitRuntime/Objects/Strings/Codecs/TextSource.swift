// Loops that decode text straight into the units of a str in the making: what `StringBuilder` takes from bytes without an error handler's help.

import CKraitCore

/// Bytes in an encoding. The loop is compiled once for each width of units.
protocol TextSource {
  /// How many units what stands from a place on gives at most.
  func mostUnits(from place: Int) -> Int

  /// Decodes from `place` on, up to the end, to what means nothing or is not whole, or to a code point that these units cannot hold, which is the answer (else 0).
  /// There is room for ``mostUnits(from:)``, all of which may be written to.
  func decode<Unit: FixedWidthInteger & UnsignedInteger>(from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int) -> UInt32
}

/// Widens eight bytes to eight units.
@inline(__always)
private func store<Unit: FixedWidthInteger & UnsignedInteger>(eight word: UInt64, _ target: UnsafeMutablePointer<Unit>) {
  let raw = UnsafeMutableRawPointer(target)
  if Unit.bitWidth == 8 { return raw.storeBytes(of: word, as: UInt64.self) }
  let bytes = unsafeBitCast(word, to: SIMD8<UInt8>.self)
  if Unit.bitWidth == 16 {
    raw.storeBytes(of: SIMD8<UInt16>(truncatingIfNeeded: bytes), as: SIMD8<UInt16>.self)
  } else {
    raw.storeBytes(of: SIMD8<UInt32>(truncatingIfNeeded: bytes), as: SIMD8<UInt32>.self)
  }
}

struct UTF8Source: TextSource {
  let base: UnsafeRawPointer
  let count: Int

  func mostUnits(from place: Int) -> Int { count &- place }

  @inline(__always) private func byte(_ index: Int) -> UInt32 { UInt32(base.load(fromByteOffset: index, as: UInt8.self)) }

  func decode<Unit: FixedWidthInteger & UnsignedInteger>(from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int) -> UInt32 {
    var index = place
    var length = 0
    defer { (place, written) = (index, length) }
    if Unit.bitWidth == 8 { decodeLatin1(&index, &length, UnsafeMutableRawPointer(target)) }
    while index < count {
      var first = byte(index)
      if first < 0x80 {
        if index &+ 8 <= count {
          // All eight are stored, and those that are no ASCII written over later: there is a unit's room for each byte.
          let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          let high = word & 0x8080_8080_8080_8080
          store(eight: word, target + length)
          if high == 0 {
            index &+= 8
            length &+= 8
            continue
          }
          let plain = high.trailingZeroBitCount &>> 3
          index &+= plain
          length &+= plain
          first = byte(index)
        } else {
          target[length] = Unit(truncatingIfNeeded: first)
          index &+= 1
          length &+= 1
          continue
        }
      }
      let left = count &- index
      var point: UInt32
      if first < 0xE0 {
        guard first >= 0xC2, left >= 2 else { return 0 }
        let second = byte(index &+ 1)
        guard second & 0xC0 == 0x80 else { return 0 }
        point = (first & 0x1F) &<< 6 | second & 0x3F
        if Unit.bitWidth == 8 && point > 0xFF { return point }
        index &+= 2
      } else if first < 0xF0 {
        guard left >= 3 else { return 0 }
        let (second, third) = (byte(index &+ 1), byte(index &+ 2))
        guard second & 0xC0 == 0x80, third & 0xC0 == 0x80 else { return 0 }
        point = (first & 0x0F) &<< 12 | (second & 0x3F) &<< 6 | third & 0x3F
        guard point >= 0x800, point & 0xF800 != 0xD800 else { return 0 }
        if Unit.bitWidth == 8 { return point }
        index &+= 3
      } else {
        guard left >= 4 else { return 0 }
        let (second, third, fourth) = (byte(index &+ 1), byte(index &+ 2), byte(index &+ 3))
        guard second & 0xC0 == 0x80, third & 0xC0 == 0x80, fourth & 0xC0 == 0x80 else { return 0 }
        point = (first & 0x0F) &<< 18 | (second & 0x3F) &<< 12 | (third & 0x3F) &<< 6 | fourth & 0x3F
        guard point >= 0x10000, point <= 0x10FFFF else { return 0 }
        if Unit.bitWidth < 32 { return point }
        index &+= 4
      }
      target[length] = Unit(truncatingIfNeeded: point)
      length &+= 1
    }
    return 0
  }

  /// Sixteen bytes at once, up to one that is neither ASCII nor begins a character of Latin-1, or to the last 33. What follows a character of two bytes is stored again, one place
  /// further in front, so that nothing waits for where the character stood.
  private func decodeLatin1(_ index: inout Int, _ length: inout Int, _ target: UnsafeMutableRawPointer) {
    var source = base + index
    var out = target + length
    defer { (index, length) = (source - base, out - target) }
    let last = base + (count &- 33)
    blocks: while source <= last {
      let (low, high) = (source.loadUnaligned(as: UInt64.self), source.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      out.storeBytes(of: low, as: UInt64.self)
      out.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
      var wide = highBits(low) | highBits(high) &<< 8
      while wide != 0 {
        let offset = wide.trailingZeroBitCount
        let pair = source.loadUnaligned(fromByteOffset: offset, as: UInt16.self).littleEndian
        guard pair & 0xC0FE == 0x80C2 else {
          source += offset
          out += offset
          return
        }
        out.storeBytes(of: UInt8(truncatingIfNeeded: pair &<< 6 | pair &>> 8 & 0x3F), toByteOffset: offset, as: UInt8.self)
        out -= 1
        let rest = source.loadUnaligned(fromByteOffset: offset &+ 2, as: SIMD16<UInt8>.self)
        out.storeBytes(of: rest, toByteOffset: offset &+ 2, as: SIMD16<UInt8>.self)
        wide &= wide &- 1
        if offset == 15 {
          // The second byte belongs to the next block: a way of its own, as the place must not be computed from the bytes.
          source += 17
          out += 17
          continue blocks
        }
        wide &= wide &- 1
      }
      source += 16
      out += 16
    }
  }
}

/// ASCII bytes.
struct ASCIISource: TextSource {
  let base: UnsafeRawPointer
  let count: Int

  func mostUnits(from place: Int) -> Int { count &- place }

  func decode<Unit: FixedWidthInteger & UnsignedInteger>(from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int) -> UInt32 {
    var index = place
    defer { (place, written) = (index, index &- place) }
    while index &+ 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let high = word & 0x8080_8080_8080_8080
      store(eight: word, target + (index &- place))
      if high != 0 {
        index &+= high.trailingZeroBitCount &>> 3
        return 0
      }
      index &+= 8
    }
    while index < count {
      let byte = base.load(fromByteOffset: index, as: UInt8.self)
      if byte >= 0x80 { break }
      target[index &- place] = Unit(byte)
      index &+= 1
    }
    return 0
  }
}

/// UTF-16 in one of its orders; places count bytes.
struct UTF16Source: TextSource {
  let base: UnsafeRawPointer
  let count: Int
  let isBig: Bool

  func mostUnits(from place: Int) -> Int { (count &- place) &>> 1 }

  func decode<Unit: FixedWidthInteger & UnsignedInteger>(from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int) -> UInt32 {
    // One loop for each order, without a question in it.
    isBig
      ? decode(from: &place, to: target, written: &written, swapped: true) : decode(from: &place, to: target, written: &written, swapped: false)
  }

  /// The four units with their bytes in the other order.
  @inline(__always)
  private static func swap(_ word: UInt64) -> UInt64 { (word &>> 8) & 0x00FF_00FF_00FF_00FF | (word & 0x00FF_00FF_00FF_00FF) &<< 8 }

  /// Whether one of the four is a surrogate: what is left of it is zero.
  @inline(__always)
  fileprivate static func hasSurrogate(_ word: UInt64) -> Bool {
    let distance = (word ^ 0xD800_D800_D800_D800) & 0xF800_F800_F800_F800
    return (distance &- 0x0800_0800_0800_0800) & ~distance & 0x8000_8000_8000_8000 != 0
  }

  @inline(__always)
  private func decode<Unit: FixedWidthInteger & UnsignedInteger>(
    from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int, swapped: Bool
  ) -> UInt32 {
    var index = place
    var length = 0
    defer { (place, written) = (index, length) }
    while true {
      if Unit.bitWidth == 16 {
        // Sixteen units at once.
        let (mask, surrogate) = (SIMD8<UInt16>(repeating: 0xF800), SIMD8<UInt16>(repeating: 0xD800))
        while index &+ 32 <= count {
          var first = base.loadUnaligned(fromByteOffset: index, as: SIMD8<UInt16>.self)
          var second = base.loadUnaligned(fromByteOffset: index &+ 16, as: SIMD8<UInt16>.self)
          if swapped { (first, second) = (first &>> 8 | first &<< 8, second &>> 8 | second &<< 8) }
          let found = unsafeBitCast((first & mask) .== surrogate .| (second & mask) .== surrogate, to: SIMD2<UInt64>.self)
          if found[0] | found[1] != 0 { break }
          let raw = UnsafeMutableRawPointer(target + length)
          raw.storeBytes(of: first, as: SIMD8<UInt16>.self)
          raw.storeBytes(of: second, toByteOffset: 16, as: SIMD8<UInt16>.self)
          index &+= 32
          length &+= 16
        }
      }
      while index &+ 8 <= count {
        var word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if swapped { word = Self.swap(word) }
        if Unit.bitWidth == 8 {
          if word & 0xFF00_FF00_FF00_FF00 != 0 { break }
        } else if Self.hasSurrogate(word) {
          break
        }
        let raw = UnsafeMutableRawPointer(target + length)
        if Unit.bitWidth == 16 {
          raw.storeBytes(of: word, as: UInt64.self)
        } else {
          if Unit.bitWidth == 8 {
            let pairs = (word | word &>> 8) & 0x0000_FFFF_0000_FFFF
            raw.storeBytes(of: UInt32(truncatingIfNeeded: pairs | pairs &>> 16), as: UInt32.self)
          } else {
            raw.storeBytes(of: SIMD4<UInt32>(truncatingIfNeeded: unsafeBitCast(word, to: SIMD4<UInt16>.self)), as: SIMD4<UInt32>.self)
          }
        }
        index &+= 8
        length &+= 4
      }
      // Up to four one by one: the next four may have nothing special again.
      let stop = min(index &+ 8, count &- 1)
      if index >= stop { return 0 }
      while index < stop {
        var unit = base.loadUnaligned(fromByteOffset: index, as: UInt16.self)
        if swapped { unit = unit.byteSwapped }
        var point = UInt32(unit)
        if point & 0xF800 == 0xD800 {
          guard point < 0xDC00, index &+ 4 <= count else { return 0 }
          var second = base.loadUnaligned(fromByteOffset: index &+ 2, as: UInt16.self)
          if swapped { second = second.byteSwapped }
          guard second & 0xFC00 == 0xDC00 else { return 0 }
          point = 0x10000 &+ (point & 0x3FF) &<< 10 &+ UInt32(second & 0x3FF)
          if Unit.bitWidth < 32 { return point }
          index &+= 4
        } else {
          if Unit.bitWidth == 8 && point > 0xFF { return point }
          index &+= 2
        }
        target[length] = Unit(truncatingIfNeeded: point)
        length &+= 1
      }
    }
  }
}

/// UTF-32 in one of its orders; places count bytes.
struct UTF32Source: TextSource {
  let base: UnsafeRawPointer
  let count: Int
  let isBig: Bool

  func mostUnits(from place: Int) -> Int { (count &- place) &>> 2 }

  func decode<Unit: FixedWidthInteger & UnsignedInteger>(from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int) -> UInt32 {
    isBig
      ? decode(from: &place, to: target, written: &written, swapped: true) : decode(from: &place, to: target, written: &written, swapped: false)
  }

  @inline(__always)
  private func decode<Unit: FixedWidthInteger & UnsignedInteger>(
    from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int, swapped: Bool
  ) -> UInt32 {
    var index = place
    var length = 0
    defer { (place, written) = (index, length) }
    // Four at once, as long as they are what these units hold.
    while index &+ 16 <= count {
      var four = base.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt32>.self)
      if swapped { four = four &>> 24 | (four &>> 8 & 0xFF00) | (four & 0xFF00) &<< 8 | four &<< 24 }
      let words = unsafeBitCast(four, to: SIMD2<UInt64>.self)
      let (first, second) = (words[0], words[1])
      let raw = UnsafeMutableRawPointer(target + length)
      if Unit.bitWidth == 8 {
        if (first | second) & 0xFFFF_FF00_FFFF_FF00 != 0 { break }
        let (low, high) = (first | first &>> 24, second | second &>> 24)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: low & 0xFFFF | high &<< 16), as: UInt32.self)
      } else if Unit.bitWidth == 16 {
        if (first | second) & 0xFFFF_0000_FFFF_0000 != 0 { break }
        let word = (first | first &>> 16) & 0xFFFF_FFFF | (second | second &>> 16) &<< 32
        if UTF16Source.hasSurrogate(word) { break }
        raw.storeBytes(of: word, as: UInt64.self)
      } else {
        let isWrong = four .> SIMD4(repeating: 0x10FFFF) .| (four & SIMD4(repeating: 0xFFFF_F800)) .== SIMD4(repeating: 0xD800)
        let wrong = unsafeBitCast(isWrong, to: SIMD2<UInt64>.self)
        if wrong[0] | wrong[1] != 0 { break }
        raw.storeBytes(of: four, as: SIMD4<UInt32>.self)
      }
      index &+= 16
      length &+= 4
    }
    while index &+ 4 <= count {
      var point = base.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      if swapped { point = point.byteSwapped }
      if Unit.bitWidth == 8 {
        if point > 0xFF { return point <= 0x10FFFF && point & 0xFFFF_F800 != 0xD800 ? point : 0 }
      } else {
        if point & 0xFFFF_F800 == 0xD800 || point > 0x10FFFF { return 0 }
        if Unit.bitWidth == 16 && point > 0xFFFF { return point }
      }
      target[length] = Unit(truncatingIfNeeded: point)
      index &+= 4
      length &+= 1
    }
    return 0
  }
}

/// Bytes as characters, with the escapes that stand for a character by its number: `\u` and `\U`, and `\x` unless only those two are known.
struct EscapeSource: TextSource {
  let base: UnsafeRawPointer
  let count: Int
  let isRaw: Bool

  func mostUnits(from place: Int) -> Int { count &- place }

  /// The value of hexadecimal digits; more than 32 bits hold when some are none or are not there.
  @inline(__always)
  private func hexadecimal(_ start: Int, _ digits: Int, _ values: UnsafePointer<UInt8>) -> UInt64 {
    if start &+ digits > count { return .max }
    var (value, wrong): (UInt64, UInt8) = (0, 0)
    var place = 0
    while place < digits {
      let digit = values[Int(base.load(fromByteOffset: start &+ place, as: UInt8.self))]
      value = value &<< 4 | UInt64(digit)
      wrong |= digit
      place &+= 1
    }
    return wrong > 15 ? .max : value
  }

  func decode<Unit: FixedWidthInteger & UnsignedInteger>(from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int) -> UInt32 {
    let values = ASCII.digitValues
    var index = place
    var length = 0
    defer { (place, written) = (index, length) }
    while index < count {
      while index &+ 8 <= count {
        // Those from a backslash on are written over later: there is a unit's room for each byte.
        let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let difference = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let found = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
        store(eight: word, target + length)
        let plain = found == 0 ? 8 : found.trailingZeroBitCount &>> 3
        index &+= plain
        length &+= plain
        if found != 0 { break }
      }
      if index >= count { return 0 }
      let byte = base.load(fromByteOffset: index, as: UInt8.self)
      if byte != 0x5C {
        target[length] = Unit(truncatingIfNeeded: byte)
        index &+= 1
        length &+= 1
        continue
      }
      if index &+ 1 >= count { return 0 }
      let value: UInt64
      let digits: Int
      switch base.load(fromByteOffset: index &+ 1, as: UInt8.self) {
      case 0x75: (value, digits) = (hexadecimal(index &+ 2, 4, values), 4)
      case 0x55: (value, digits) = (hexadecimal(index &+ 2, 8, values), 8)
      case 0x78 where !isRaw: (value, digits) = (hexadecimal(index &+ 2, 2, values), 2)
      default: return 0
      }
      if value > 0x10FFFF { return 0 }
      if value > UInt64(Unit.max) { return UInt32(truncatingIfNeeded: value) }
      target[length] = Unit(truncatingIfNeeded: value)
      index &+= 2 &+ digits
      length &+= 1
    }
    return 0
  }
}

/// Bytes by a table of characters, in which 0xFFFE is none.
struct TableSource<Entry: FixedWidthInteger & UnsignedInteger>: TextSource {
  let base: UnsafeRawPointer
  let count: Int
  let table: UnsafePointer<Entry>
  let tableCount: Int

  func mostUnits(from place: Int) -> Int { count &- place }

  func decode<Unit: FixedWidthInteger & UnsignedInteger>(from place: inout Int, to target: UnsafeMutablePointer<Unit>, written: inout Int) -> UInt32 {
    var index = place
    defer { (place, written) = (index, index &- place) }
    while index < count {
      let byte = Int(base.load(fromByteOffset: index, as: UInt8.self))
      if byte >= tableCount { break }
      let point = UInt32(truncatingIfNeeded: table[byte])
      if point == 0xFFFE { break }
      if Unit.bitWidth < Entry.bitWidth && point > UInt32(Unit.max) { return point }
      target[index &- place] = Unit(truncatingIfNeeded: point)
      index &+= 1
    }
    return 0
  }
}

extension StringBuilder {
  /// Appends what a source holds from a place on. The answer is where it ends, or holds what cannot be decoded.
  mutating func append<Source: TextSource>(_ source: Source, from start: Int) throws(PyError) -> Int {
    var place = start
    while true {
      let most = source.mostUnits(from: place)
      if most <= 0 { return place }
      try reserve(most)
      var length = 0
      let wide: UInt32
      switch width {
      case 1: wide = source.decode(from: &place, to: next.assumingMemoryBound(to: UInt8.self), written: &length)
      case 2: wide = source.decode(from: &place, to: next.assumingMemoryBound(to: UInt16.self), written: &length)
      default: wide = source.decode(from: &place, to: next.assumingMemoryBound(to: UInt32.self), written: &length)
      }
      extend(length)
      if wide == 0 { return place }
      try widen(for: wide, source.mostUnits(from: place))
    }
  }
}
