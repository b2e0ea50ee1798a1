// Interned byte strings: identifiers, string constants and bytes constants of one arena.

import Glibc

/// An immutable, interned byte string of an ``Arena``: two texts of one arena are equal exactly when their bytes are.
///
/// As a string it holds UTF-8 in which lone surrogates are encoded like other code points (`surrogatepass`), the form in which
/// `marshal` writes strings. As a bytes constant it holds the bytes themselves.
@frozen
public struct Text: Hashable, BitwiseCopyable, @unchecked Sendable {
  // Layout: hash (8), byte count (8), bytes, one zero byte.
  public let raw: UnsafeMutableRawPointer

  @inlinable public init(raw: UnsafeMutableRawPointer) { self.raw = raw }

  /// A hash of the bytes, the same in every run.
  @inlinable public var hash: UInt { raw.load(as: UInt.self) }
  /// The number of bytes.
  @inlinable public var count: Int { raw.load(fromByteOffset: 8, as: Int.self) }
  /// The bytes, followed in memory by one zero byte.
  @inlinable public var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafePointer(raw.advanced(by: 16).assumingMemoryBound(to: UInt8.self)), count: count)
  }
  @inlinable public var isEmpty: Bool { count == 0 }

  /// Whether the text's bytes are these, as many as it has.
  @inline(__always)
  func holds(_ others: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = others.baseAddress else { return true }
    return memcmp(raw + 16, start, count) == 0
  }
  public var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }
  /// The number of code points.
  public var codePointCount: Int { bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) } }

  @inlinable public static func == (a: Text, b: Text) -> Bool { a.raw == b.raw }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
  @inlinable public func _rawHashValue(seed: Int) -> Int { Int(bitPattern: hash) ^ seed }

  /// Whether the bytes are those of `literal`.
  @inlinable public static func == (a: Text, b: StaticString) -> Bool {
    a.count == b.utf8CodeUnitCount && a.bytes.elementsEqual(UnsafeBufferPointer(start: b.utf8Start, count: b.utf8CodeUnitCount))
  }
  @inlinable public static func != (a: Text, b: StaticString) -> Bool { !(a == b) }
  @inlinable public static func ~= (pattern: StaticString, value: Text) -> Bool { value == pattern }

  @inlinable public func hasPrefix(_ prefix: StaticString) -> Bool {
    count >= prefix.utf8CodeUnitCount
      && bytes.prefix(prefix.utf8CodeUnitCount).elementsEqual(UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
  }
  @inlinable public func hasSuffix(_ suffix: StaticString) -> Bool {
    count >= suffix.utf8CodeUnitCount
      && bytes.suffix(suffix.utf8CodeUnitCount).elementsEqual(UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
  }
}

extension Text: CustomStringConvertible {
  /// The text as a Swift string; a lone surrogate becomes U+FFFD.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension Arena {
  /// The interned text with these bytes.
  public func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Text {
    let hash = Arena.hash(bytes)
    let raw = texts.pointee.intern(hash: hash) { entry in
      let other = Text(raw: entry)
      return other.hash == hash && other.count == bytes.count && other.holds(bytes)
    } hashOf: {
      Text(raw: $0).hash
    } make: {
      let memory = allocate(16 + bytes.count + 1)
      memory.storeBytes(of: hash, as: UInt.self)
      memory.storeBytes(of: bytes.count, toByteOffset: 8, as: Int.self)
      if let start = bytes.baseAddress { (memory + 16).copyMemory(from: start, byteCount: bytes.count) }
      memory.storeBytes(of: 0, toByteOffset: 16 + bytes.count, as: UInt8.self)
      return memory
    }
    return Text(raw: raw)
  }

  public func text(_ string: String) -> Text {
    var string = string
    return string.withUTF8 { text($0) }
  }

  public func text(_ string: StaticString) -> Text {
    text(UnsafeBufferPointer(start: string.utf8Start, count: string.utf8CodeUnitCount))
  }

  public func text(_ bytes: [UInt8]) -> Text {
    bytes.withUnsafeBufferPointer { text($0) }
  }

  /// FNV-1a over eight bytes at a time, finished with a multiply-shift: the keys are short and trusted tables grow with the source.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt {
    var hash: UInt = 0xcbf2_9ce4_8422_2325 ^ UInt(bytes.count)
    guard let start = bytes.baseAddress else { return hash }
    let raw = UnsafeRawPointer(start)
    var offset = 0
    while offset &+ 8 <= bytes.count {
      hash = (hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash &>> 29
      offset &+= 8
    }
    while offset < bytes.count {
      hash = (hash ^ UInt(bytes[offset])) &* 0x100_0000_01b3
      offset &+= 1
    }
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    return hash ^ (hash &>> 32)
  }
}
