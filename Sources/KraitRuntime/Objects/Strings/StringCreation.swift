// New strs: from Swift's strings, from UTF-8, from code units.

import CKraitCore
import Glibc

/// The empty str and the strs of one Latin-1 character: made once for the process, immortal, all in one block.
enum StaticStrings {
  private static let stride = 48
  /// The address of the empty str; that of character 0 is one stride on.
  @usableFromInline nonisolated(unsafe) static var base: UInt = 0

  /// Makes them. The shape of str must stand by now.
  static func reserve() {
    guard base == 0 else { return }
    let first = BuiltinTypes.reserveSharedBlock(size: 257 * stride, isWritten: true)
    base = UInt(bitPattern: first)
    for number in 0..<257 {
      let raw = first + number * stride
      raw.initializeHeader(TypeObject.str.rootShape)
      let flags: StringObject.Flags = number <= 128 ? .ascii : []
      StringObject.initializeFields(raw, number == 0 ? 0 : 1, 1, flags)
      if number > 0 { raw.storeBytes(of: UInt8(number - 1), toByteOffset: StringObject.dataOffset, as: UInt8.self) }
      if number > 0 { raw.storeBytes(of: 0, toByteOffset: StringObject.dataOffset + 1, as: UInt8.self) }
      raw.makeImmortal()
      StaticNames.add(StringObject(raw: raw))
    }
  }

  @inline(__always) static var empty: Value { Value(UnsafeMutableRawPointer(bitPattern: base).unsafelyUnwrapped) }

  /// The str of a code point below 256.
  @inline(__always)
  static func character(_ codePoint: UInt32) -> Value {
    Value(UnsafeMutableRawPointer(bitPattern: base &+ (UInt(codePoint) &+ 1) &* UInt(stride)).unsafelyUnwrapped)
  }
}

extension Owned {
  /// The empty str.
  @inline(__always) public static var emptyString: Owned { Owned(taking: StaticStrings.empty) }

  /// A str of one code point.
  @inline(__always)
  public static func character(_ codePoint: UInt32) throws(PyError) -> Owned {
    if _fastPath(codePoint < 256) { return Owned(taking: StaticStrings.character(codePoint)) }
    return try wideCharacter(codePoint)
  }

  @inline(never)
  private static func wideCharacter(_ codePoint: UInt32) throws(PyError) -> Owned {
    let result = try StringObject.allocate(1, bits: codePoint)
    if result.width == 2 {
      result.data.storeBytes(of: UInt16(truncatingIfNeeded: codePoint), as: UInt16.self)
    } else {
      result.data.storeBytes(of: codePoint, as: UInt32.self)
    }
    return Owned(taking: result.value)
  }

  /// A str with the text of a Swift string.
  @_disfavoredOverload
  public static func string(_ text: String) throws(PyError) -> Owned {
    var text = text
    var result = Value.absent
    text.withUTF8 { utf8 in
      // The closure of the standard library cannot throw this error type; absence says it.
      do throws(PyError) { result = try Owned.string(utf8: utf8).take() } catch { result = .absent }
    }
    if result.isAbsent { throw PyError() }
    return Owned(taking: result)
  }

  /// A str with a text known when the runtime is built.
  public static func string(_ text: StaticString) throws(PyError) -> Owned {
    try string(utf8: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A str from text in UTF-8 that is known to be valid; surrogates may occur as three bytes each.
  public static func string(utf8: UnsafeBufferPointer<UInt8>) throws(PyError) -> Owned {
    guard let base = utf8.baseAddress else { return .emptyString }
    if CodeUnits.isASCII(base, utf8.count) { return try string(latin1: UnsafeRawBufferPointer(utf8), ascii: true) }
    var length = 0
    var bits: UInt32 = 0
    var decoder = UTF8Reader(base, utf8.count)
    while let point = decoder.next() {
      length &+= 1
      bits |= point
    }
    let result = try StringObject.allocate(length, bits: bits)
    decoder = UTF8Reader(base, utf8.count)
    switch result.width {
    case 1: decoder.fill(result.data.assumingMemoryBound(to: UInt8.self))
    case 2: decoder.fill(result.data.assumingMemoryBound(to: UInt16.self))
    default: decoder.fill(result.data.assumingMemoryBound(to: UInt32.self))
    }
    if length == 1 && result.width == 1 {
      let point = UInt32(result.data.load(as: UInt8.self))
      freeObject(result.raw)
      return try character(point)
    }
    return Owned(taking: result.value)
  }

  /// A str from bytes that are ASCII.
  public static func string(ascii: UnsafeRawBufferPointer) throws(PyError) -> Owned { try string(latin1: ascii, ascii: true) }

  /// A str from bytes that are code points.
  static func string(latin1: UnsafeRawBufferPointer, ascii: Bool) throws(PyError) -> Owned {
    guard let base = latin1.baseAddress, latin1.count > 0 else { return .emptyString }
    if latin1.count == 1 { return Owned(taking: StaticStrings.character(UInt32(latin1[0]))) }
    let result = try StringObject.allocate(latin1.count, bits: ascii ? 0x7F : 0xFF)
    copyPieces(from: base, to: result.data, latin1.count)
    return Owned(taking: result.value)
  }

  /// As memcpy. What bytes of a size are copied to mostly begins eight bytes further into a block of the same alignment, where the processor's string instruction, which memcpy uses
  /// from 2 KiB on, takes a third longer: each of its loads seems to depend on the store before. Beyond the first cache it is the faster way all the same.
  private static func copyPieces(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int) {
    if count <= 2048 || count > 32 << 10 {
      memcpy(target, source, count)
      return
    }
    var place = 0
    while place < count {
      memcpy(target + place, source + place, min(1984, count &- place))
      place &+= 1984
    }
  }

  /// A str from code units, in the narrowest form.
  public static func string(_ units: CodeUnits) throws(PyError) -> Owned {
    if units.count <= 1 { return units.count == 0 ? .emptyString : try character(units[0]) }
    let result = try StringObject.allocate(units.count, bits: units.combinedBits)
    units.copy(to: result.data, width: result.width)
    return Owned(taking: result.value)
  }

  /// The value itself if it is an exact str, else the exact str that an instance of a subclass holds.
  @inline(__always)
  public static func exactString(_ value: Value) -> Owned { Owned(copying: StringObject(value).value) }

  /// A str from code points.
  public static func string(codePoints: UnsafeBufferPointer<UInt32>) throws(PyError) -> Owned {
    guard let base = codePoints.baseAddress else { return .emptyString }
    return try string(CodeUnits(base: base, count: codePoints.count, width: 4))
  }
}

/// Reads code points from UTF-8 that is known to be well-formed, surrogates allowed; stops early rather than read beyond the end.
struct UTF8Reader {
  private var next_: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>

  init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    next_ = base
    end = base + count
  }

  @inline(__always)
  mutating func next() -> UInt32? {
    guard next_ < end else { return nil }
    let first = UInt32(next_[0])
    if first < 0x80 {
      next_ += 1
      return first
    }
    let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard end - next_ >= count else { return nil }
    var point = count == 2 ? first & 0x1F : count == 3 ? first & 0x0F : first & 0x07
    for index in 1..<count { point = point &<< 6 | UInt32(next_[index]) & 0x3F }
    next_ += count
    return point
  }

  @inline(__always)
  mutating func fill<Unit: FixedWidthInteger>(_ target: UnsafeMutablePointer<Unit>) {
    var index = 0
    while let point = next() {
      target[index] = Unit(truncatingIfNeeded: point)
      index &+= 1
    }
  }
}
