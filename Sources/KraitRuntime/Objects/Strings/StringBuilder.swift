// Strs made piece by piece.

import CKraitCore
import Glibc

/// Collects text. The units are widened when a code point needs it; ``finish()`` gives the str.
public struct StringBuilder: ~Copyable {
  /// A str in the making: its length and flags are not kept.
  private var raw: UnsafeMutableRawPointer?
  /// Units that fit, without the zero unit.
  private var capacity = 0
  public private(set) var count = 0
  private(set) var width = 1
  private var bits: UInt32 = 0

  public init() {}

  /// With room for text of a length, in units of a width.
  public init(capacity: Int, width: Int = 1) throws(PyError) { try grow(capacity, width, least: capacity) }

  deinit { if let raw { freeBlock(raw) } }

  private func freeBlock(_ raw: UnsafeMutableRawPointer) { freeObject(raw) }

  /// Makes room for as many more units, and for more to come.
  @inline(__always)
  private mutating func makeRoom(_ more: Int) throws(PyError) {
    if _slowPath(more > capacity &- count) { try grow(more, width, least: 88 / width) }
  }

  @inline(never)
  private mutating func grow(_ more: Int, _ newWidth: Int, least: Int) throws(PyError) {
    guard more < Int.max >> 4, count < Int.max >> 4 else { throw PyError.memoryError() }
    let wanted = max(count &+ more, count &+ count &>> 1, least)
    let size = StringObject.dataOffset &+ (wanted &+ 1) &* newWidth
    let new = try allocateObject(TypeObject.str.rootShape, size: size)
    if let old = raw {
      CodeUnits(base: old + StringObject.dataOffset, count: count, width: width).copy(to: new + StringObject.dataOffset, width: newWidth)
      freeBlock(old)
    }
    raw = new
    capacity = wanted
    width = newWidth
  }

  /// Makes room for so many units of the width that a code point needs.
  mutating func widen(for codePoint: UInt32, _ more: Int) throws(PyError) { try grow(more, unitWidth(codePoint), least: 0) }

  /// Makes room for exactly so many more units, or for half more than there are.
  @inline(__always)
  public mutating func reserve(_ more: Int) throws(PyError) {
    if more > capacity &- count { try grow(more, width, least: 0) }
  }

  /// Counts units that were written at ``next``: any that the width can hold.
  mutating func extend(_ more: Int) {
    count &+= more
    if more > 0 { bits |= width == 1 ? 0xFF : width == 2 ? 0xFFFF : 0x10FFFF }
  }

  /// Where the next unit goes.
  @inline(__always) var next: UnsafeMutableRawPointer { raw.unsafelyUnwrapped + (StringObject.dataOffset &+ count &* width) }

  public mutating func append(codePoint: UInt32) throws(PyError) {
    bits |= codePoint
    if _slowPath(count >= capacity || unitWidth(codePoint) > width) { try grow(1, max(width, unitWidth(codePoint)), least: 88 / max(width, unitWidth(codePoint))) }
    switch width {
    case 1: next.storeBytes(of: UInt8(truncatingIfNeeded: codePoint), as: UInt8.self)
    case 2: next.storeBytes(of: UInt16(truncatingIfNeeded: codePoint), as: UInt16.self)
    default: next.storeBytes(of: codePoint, as: UInt32.self)
    }
    count &+= 1
  }

  public mutating func append(_ units: CodeUnits) throws(PyError) {
    guard units.count > 0 else { return }
    let unitBits = units.combinedBits
    try append(units, bits: unitBits)
  }

  @inline(__always)
  private mutating func append(_ units: CodeUnits, bits unitBits: UInt32) throws(PyError) {
    bits |= unitBits
    if _fastPath(units.width &+ width == 2 && units.count > 0 && units.count <= min(capacity &- count, 16)) {
      copyShort(units.base, to: next, units.count)
      count &+= units.count
      return
    }
    try appendAny(units, unitBits)
  }

  /// Few bytes at once: texts are made of short pieces, and `memcpy` has to find out how few they are. Of both ends, which may overlap.
  @inline(__always)
  private func copyShort(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ length: Int) {
    if length >= 8 {
      let (start, end) = (source.loadUnaligned(as: UInt64.self), source.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self))
      target.storeBytes(of: start, as: UInt64.self)
      target.storeBytes(of: end, toByteOffset: length &- 8, as: UInt64.self)
    } else if length >= 4 {
      let (start, end) = (source.loadUnaligned(as: UInt32.self), source.loadUnaligned(fromByteOffset: length &- 4, as: UInt32.self))
      target.storeBytes(of: start, as: UInt32.self)
      target.storeBytes(of: end, toByteOffset: length &- 4, as: UInt32.self)
    } else if length > 0 {
      target.storeBytes(of: source.load(as: UInt8.self), as: UInt8.self)
      target.storeBytes(of: source.load(fromByteOffset: length &>> 1, as: UInt8.self), toByteOffset: length &>> 1, as: UInt8.self)
      target.storeBytes(of: source.load(fromByteOffset: length &- 1, as: UInt8.self), toByteOffset: length &- 1, as: UInt8.self)
    }
  }

  @inline(never)
  private mutating func appendAny(_ units: CodeUnits, _ unitBits: UInt32) throws(PyError) {
    if unitWidth(unitBits) > width {
      try grow(units.count, unitWidth(unitBits), least: 88 / unitWidth(unitBits))
    } else {
      try makeRoom(units.count)
    }
    units.copy(to: next, width: width)
    count &+= units.count
  }

  /// Appends a str.
  public mutating func append(_ value: Value) throws(PyError) {
    let text = StringObject(value)
    if text.length == 0 { return }
    // The class of a str is known from its width: no need to look at the units.
    try append(text.units, bits: text.isASCII ? 0x7F : text.width == 1 ? 0xFF : text.width == 2 ? 0xFFFF : 0x10FFFF)
  }

  public mutating func append(_ text: StaticString) throws(PyError) {
    if text.utf8CodeUnitCount == 0 { return }
    try append(CodeUnits(base: text.utf8Start, count: text.utf8CodeUnitCount, width: 1), bits: 0x7F)
  }

  @_disfavoredOverload
  public mutating func append(_ text: String) throws(PyError) {
    for scalar in text.unicodeScalars { try append(codePoint: scalar.value) }
  }

  /// Appends ASCII bytes.
  public mutating func append(ascii: UnsafeRawBufferPointer) throws(PyError) {
    guard let base = ascii.baseAddress, ascii.count > 0 else { return }
    try append(CodeUnits(base: base, count: ascii.count, width: 1), bits: 0x7F)
  }

  /// Appends a code point some times.
  public mutating func append(codePoint: UInt32, count times: Int) throws(PyError) {
    guard times > 0 else { return }
    bits |= codePoint
    if unitWidth(codePoint) > width { try grow(times, unitWidth(codePoint), least: 88 / unitWidth(codePoint)) } else { try makeRoom(times) }
    fill(next, width, codePoint, times)
    count &+= times
  }

  /// Appends the units of ASCII text from a place on as a table has them, up to one that it does not know; returns that place. Bytes of the table are 0 for what is not known, 0xFF for a
  /// character that goes, else a code point plus 1.
  mutating func append(_ source: CodeUnits, from start: Int, translatedBy table: inout InlineBytes128) throws(PyError) -> Int {
    guard width == 1 && start < source.count else { return start }
    try makeRoom(source.count &- start)
    let bytes = source.units(UInt8.self)
    let target = next.assumingMemoryBound(to: UInt8.self)
    var index = start
    var length = 0
    withUnsafeBytes(of: &table) { known in
      while index < source.count {
        let new = known[Int(bytes[index])]
        if new == 0 { break }
        target[length] = new &- 1
        length &+= new == 0xFF ? 0 : 1
        index &+= 1
      }
    }
    count &+= length
    return index
  }

  /// Gives up what stands behind a place.
  mutating func truncate(to length: Int) { if length < count { count = length } }

  /// What has been collected so far; valid until the next change.
  public var units: CodeUnits { CodeUnits(base: (raw ?? UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped) + StringObject.dataOffset, count: count, width: width) }

  /// The str. The builder is empty afterwards.
  public mutating func finish() throws(PyError) -> Owned {
    guard let raw, count > 0 else { return .emptyString }
    let exact = bits >= 0x80 && count < 32 ? units.combinedBits : bits
    if count == 1 && exact < 256 || unitWidth(exact) < width || isWasteful {
      let result = try Owned.string(units)
      count = 0
      bits = 0
      return result
    }
    // The bits may be those of what was truncated, and a str's width must be the narrowest: only a wide one needs a look.
    if width > 1 || exact >= 0x80 {
      let real = units.combinedBits
      if unitWidth(real) < width {
        let result = try Owned.string(units)
        count = 0
        bits = 0
        return result
      }
      StringObject.initializeFields(raw, count, width, real < 0x80 ? .ascii : [])
    } else {
      StringObject.initializeFields(raw, count, width, .ascii)
    }
    self.raw = nil
    capacity = 0
    count = 0
    width = 1
    bits = 0
    return Owned(taking: raw)
  }

  /// Whether the block is much larger than the text needs.
  private var isWasteful: Bool { (capacity &- count) &* width > 24 &+ (count &* width) &>> 3 }
}

/// Fills memory with one unit.
func fill(_ target: UnsafeMutableRawPointer, _ width: Int, _ codePoint: UInt32, _ count: Int) {
  switch width {
  case 1: memset(target, Int32(codePoint), count)
  case 2: target.assumingMemoryBound(to: UInt16.self).update(repeating: UInt16(truncatingIfNeeded: codePoint), count: count)
  default: target.assumingMemoryBound(to: UInt32.self).update(repeating: codePoint, count: count)
  }
}
