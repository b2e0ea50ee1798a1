// Where bytes stop being UTF-8, and how Python's decoder words it.

import Glibc

/// Bytes that a decoder cannot read.
struct UnreadableBytes {
  var start: Int
  var end: Int
  var reason: String

  /// Python's `UnicodeDecodeError` in words, positions counted from `origin`.
  func message<Bytes: RandomAccessCollection<UInt8>>(relativeTo origin: Int = 0, in bytes: Bytes, codec: String) -> String
  where Bytes.Index == Int {
    if end - start == 1 {
      let digits = String(bytes[start], radix: 16)
      return "'\(codec)' codec can't decode byte 0x\(digits.count == 1 ? "0" : "")\(digits) in position \(start - origin): \(reason)"
    }
    return "'\(codec)' codec can't decode bytes in position \(start - origin)-\(end - origin - 1): \(reason)"
  }
}

enum UTF8Validation {
  /// The first bytes that are no UTF-8.
  static func firstFailure(in bytes: UnsafeBufferPointer<UInt8>) -> UnreadableBytes? {
    guard let base = bytes.baseAddress else { return nil }
    let count = bytes.count
    var index = 0
    while index < count {
      // Sixteen bytes at a time while all is ASCII.
      while index + 16 <= count {
        let chunk = UnsafeRawPointer(base + index).loadUnaligned(as: SIMD2<UInt64>.self)
        if (chunk[0] | chunk[1]) & 0x8080_8080_8080_8080 != 0 { break }
        index += 16
      }
      guard index < count else { break }
      let first = base[index]
      if first < 0x80 {
        index += 1
        continue
      }
      let length: Int
      var lowest: UInt8 = 0x80
      var highest: UInt8 = 0xBF
      switch first {
      case 0xC2...0xDF: length = 2
      case 0xE0...0xEF:
        length = 3
        if first == 0xE0 { lowest = 0xA0 } else if first == 0xED { highest = 0x9F }
      case 0xF0...0xF4:
        length = 4
        if first == 0xF0 { lowest = 0x90 } else if first == 0xF4 { highest = 0x8F }
      default: return UnreadableBytes(start: index, end: index + 1, reason: "invalid start byte")
      }
      for place in 1..<length {
        guard index + place < count else { return UnreadableBytes(start: index, end: count, reason: "unexpected end of data") }
        let byte = base[index + place]
        if byte < lowest || byte > highest {
          return UnreadableBytes(start: index, end: index + place, reason: "invalid continuation byte")
        }
        lowest = 0x80
        highest = 0xBF
      }
      index += length
    }
    return nil
  }
}
