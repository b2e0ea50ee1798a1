// str in memory: text whose code units are as wide as its largest code point needs (PEP 393).

import CKraitCore
import Glibc

/// A str: a one-word handle.
///
///     16  hash; -1: not computed yet
///     24  length in code points
///     32  width of a unit: 1, 2 or 4
///     33  flags
///     36  size of the block in units of 16 bytes, if more was allocated than the text needs; else 0
///     40  code units, then one zero unit
///
/// An instance of a subclass has the flag `indirect` and, in place of the text, a reference to an exact str; `init(_:)` follows it.
@frozen
public struct StringObject: BitwiseCopyable {
  public let raw: UnsafeMutableRawPointer

  @inlinable static var hashOffset: Int { 16 }
  @inlinable static var lengthOffset: Int { 24 }
  @inlinable static var widthOffset: Int { 32 }
  @inlinable static var flagsOffset: Int { 33 }
  @inlinable static var capacityOffset: Int { 36 }
  @inlinable static var dataOffset: Int { 40 }
  static var headerSize: Int { dataOffset }
  /// What an instance of a subclass takes before its own attributes.
  static let basicSize = 48

  @frozen
  public struct Flags: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable static var ascii: Flags { Flags(rawValue: 1) }
    /// In the interpreter's table of names: found by address.
    @inlinable static var interned: Flags { Flags(rawValue: 2) }
    @inlinable static var indirect: Flags { Flags(rawValue: 4) }
    /// Something was appended in place: the next time, room is made for more.
    @inlinable static var appended: Flags { Flags(rawValue: 8) }
    /// In the table of names of the process.
    @inlinable static var immortalName: Flags { Flags(rawValue: 16) }
    /// In that table, but made after the start, when an interpreter may have had a str of its own for the text already: whether this one stands for the text,
    /// `intern` tells.
    @inlinable static var lateName: Flags { Flags(rawValue: 32) }
    static var names: Flags { [.interned, .immortalName, .lateName] }
  }

  @inlinable @inline(__always) public init(raw: UnsafeMutableRawPointer) { self.raw = raw }

  /// The text of a value that is known to be an instance of str.
  @inlinable @inline(__always)
  public init(_ value: Value) {
    let object = value.object
    if _slowPath(object.load(fromByteOffset: Self.flagsOffset, as: UInt8.self) & 4 != 0) {
      raw = object.load(fromByteOffset: Self.dataOffset, as: UnsafeMutableRawPointer.self)
    } else {
      raw = object
    }
  }

  @inlinable public var value: Value { @inline(__always) get { Value(raw) } }

  /// In code points.
  @inlinable public var length: Int { @inline(__always) get { raw.load(fromByteOffset: Self.lengthOffset, as: Int.self) } }
  /// Bytes of a code unit: 1, 2 or 4.
  @inlinable public var width: Int { @inline(__always) get { Int(raw.load(fromByteOffset: Self.widthOffset, as: UInt8.self)) } }
  @inlinable
  public var flags: Flags {
    @inline(__always) get { Flags(rawValue: raw.load(fromByteOffset: Self.flagsOffset, as: UInt8.self)) }
    @inline(__always) nonmutating set { raw.storeBytes(of: newValue.rawValue, toByteOffset: Self.flagsOffset, as: UInt8.self) }
  }
  @inlinable public var isASCII: Bool { @inline(__always) get { flags.rawValue & 1 != 0 } }
  @inlinable public var isInterned: Bool { @inline(__always) get { flags.rawValue & 18 != 0 } }
  /// The code units.
  @inlinable public var data: UnsafeMutableRawPointer { @inline(__always) get { raw + Self.dataOffset } }
  @inlinable public var units: CodeUnits { @inline(__always) get { CodeUnits(base: data, count: length, width: width) } }

  @inlinable @inline(__always) public func codePoint(at index: Int) -> UInt32 { units[index] }

  var capacity: Int { Int(raw.load(fromByteOffset: Self.capacityOffset, as: UInt32.self)) &* 16 }

  /// The hash if it has been computed, else -1.
  @inlinable public var cachedHash: Int { @inline(__always) get { raw.load(fromByteOffset: Self.hashOffset, as: Int.self) } }

  /// Python's hash of the text.
  @inlinable
  public var hashValue: Int {
    @inline(__always) get {
      let cached = cachedHash
      return _fastPath(cached != -1) ? cached : computeHash()
    }
  }

  @usableFromInline @inline(never)
  func computeHash() -> Int {
    let hash = HashSecret.hash(UnsafeRawBufferPointer(start: data, count: length &* width))
    raw.storeBytes(of: hash, toByteOffset: Self.hashOffset, as: Int.self)
    return hash
  }

  @inlinable @inline(__always)
  public func isEqual(to other: StringObject) -> Bool {
    if raw == other.raw { return true }
    // Equal texts have equal widths: the width is the narrowest possible.
    guard length == other.length && width == other.width else { return false }
    return memcmp(data, other.data, length &* width) == 0
  }

  /// As ``isEqual(to:)`` of another object, for look-ups of words: without the call of memcmp.
  @inline(__always)
  func hasSameText(as other: StringObject) -> Bool {
    length == other.length && width == other.width && areEqual(data, other.data, length &* width)
  }

  /// Negative, zero or positive, by code points.
  public func compare(to other: StringObject) -> Int { raw == other.raw ? 0 : units.compare(to: other.units) }

  public func isEqual(to text: StaticString) -> Bool {
    isASCII && length == text.utf8CodeUnitCount && memcmp(data, text.utf8Start, length) == 0
  }

  /// For messages and other cold places. Lone surrogates become U+FFFD.
  public var text: String { units.text }

  /// The text in UTF-8; lone surrogates as three bytes each, as "surrogatepass" writes them. A zero byte follows.
  public func withUTF8<Result, Failure: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result {
    if isASCII { return try body(UnsafeBufferPointer(start: data.assumingMemoryBound(to: UInt8.self), count: length)) }
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: length &* 4 &+ 1)
    defer { buffer.deallocate() }
    let count = units.writeUTF8(to: buffer)
    buffer[count] = 0
    return try body(UnsafeBufferPointer(start: buffer, count: count))
  }

  // MARK: Making

  /// A new exact str with undefined units and the zero unit in place.
  /// - Parameter bits: the largest code point, or all bits of all code points combined.
  @inline(__always)
  static func allocate(_ length: Int, bits: UInt32) throws(PyError) -> StringObject {
    let width = unitWidth(bits)
    // The largest block is far below this, and the size must not overflow.
    guard length < Int.max >> 4 else { throw PyError.memoryError() }
    let raw = try allocateObject(TypeObject.str.rootShape, size: dataOffset &+ (length &+ 1) &* width)
    initializeFields(raw, length, width, bits < 0x80 ? .ascii : [])
    return StringObject(raw: raw)
  }

  @inline(__always)
  static func initializeFields(_ raw: UnsafeMutableRawPointer, _ length: Int, _ width: Int, _ flags: Flags, capacity: Int = 0) {
    raw.storeBytes(of: -1, toByteOffset: hashOffset, as: Int.self)
    raw.storeBytes(of: length, toByteOffset: lengthOffset, as: Int.self)
    let kind = UInt64(width) | UInt64(flags.rawValue) &<< 8 | UInt64(capacity &>> 4) &<< 32
    raw.storeBytes(of: kind, toByteOffset: widthOffset, as: UInt64.self)
    raw.storeBytes(of: 0, toByteOffset: dataOffset &+ length &* width, as: UInt8.self)
    if width > 1 { (raw + (dataOffset &+ length &* width)).storeBytes(of: 0, as: UInt16.self) }
    if width > 2 { (raw + (dataOffset &+ length &* width)).storeBytes(of: 0, as: UInt32.self) }
  }
}

extension CodeUnits {
  /// The text as a Swift string, for messages.
  public var text: String {
    if width == 1 && Self.isASCII(base, count) {
      return String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
    }
    var result = ""
    for index in 0..<count { result.unicodeScalars.append(Unicode.Scalar(self[index]) ?? "\u{FFFD}") }
    return result
  }

  /// Writes UTF-8, surrogates as three bytes each; returns how many bytes. There must be room for ``utf8Count``.
  func writeUTF8(to target: UnsafeMutablePointer<UInt8>) -> Int {
    var out = 0
    for index in 0..<count { out &+= encodeUTF8(self[index], target + out) }
    return out
  }

  var utf8Count: Int {
    switch width {
    case 1: return count &+ Self.utf8Surplus(units(UInt8.self), count)
    case 2: return count &+ Self.utf8Surplus(units(UInt16.self), count)
    default: return count &+ Self.utf8Surplus(units(UInt32.self), count)
    }
  }

  /// How many more bytes than units UTF-8 has.
  @inline(__always)
  private static func utf8Surplus<Unit: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<Unit>, _ count: Int) -> Int {
    var total = 0
    for index in 0..<count {
      let point = UInt32(truncatingIfNeeded: units[index])
      total &+= (point >= 0x80 ? 1 : 0) &+ (point >= 0x800 ? 1 : 0) &+ (point >= 0x10000 ? 1 : 0)
    }
    return total
  }
}

/// Writes one code point in UTF-8; returns how many bytes.
@inline(__always)
func encodeUTF8(_ point: UInt32, _ target: UnsafeMutablePointer<UInt8>) -> Int {
  if point < 0x80 {
    target[0] = UInt8(truncatingIfNeeded: point)
    return 1
  }
  if point < 0x800 {
    target[0] = UInt8(truncatingIfNeeded: 0xC0 | point &>> 6)
    target[1] = UInt8(truncatingIfNeeded: 0x80 | point & 0x3F)
    return 2
  }
  if point < 0x10000 {
    target[0] = UInt8(truncatingIfNeeded: 0xE0 | point &>> 12)
    target[1] = UInt8(truncatingIfNeeded: 0x80 | point &>> 6 & 0x3F)
    target[2] = UInt8(truncatingIfNeeded: 0x80 | point & 0x3F)
    return 3
  }
  target[0] = UInt8(truncatingIfNeeded: 0xF0 | point &>> 18)
  target[1] = UInt8(truncatingIfNeeded: 0x80 | point &>> 12 & 0x3F)
  target[2] = UInt8(truncatingIfNeeded: 0x80 | point &>> 6 & 0x3F)
  target[3] = UInt8(truncatingIfNeeded: 0x80 | point & 0x3F)
  return 4
}

extension Value {
  /// The text of a str, for messages.
  public var text: String { StringObject(self).text }
}
