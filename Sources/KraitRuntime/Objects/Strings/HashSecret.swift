// The hash of text and bytes: SipHash-1-3 with a key of the process.

import CKraitCore
import Glibc

/// Aumasson, Bernstein, "SipHash: a fast short-input PRF" (2012), with one round for each word and three at the end, as CPython has it.
public enum HashSecret {
  nonisolated(unsafe) private static var key0: UInt64 = 0
  nonisolated(unsafe) private static var key1: UInt64 = 0

  /// Sets the key from a seed as CPython derives it: with the same `PYTHONHASHSEED` hashes are the same.
  public static func seed(_ seed: UInt32) {
    key0 = 0
    key1 = 0
    guard seed != 0 else { return }
    var state = seed
    func word() -> UInt64 {
      var result: UInt64 = 0
      for place in 0..<8 {
        // A linear congruential generator, a byte at a time.
        state = state &* 214_013 &+ 2_531_011
        result |= UInt64(state &>> 16 & 0xFF) &<< UInt64(8 * place)
      }
      return result
    }
    key0 = word()
    key1 = word()
  }

  /// A key that nobody can guess.
  public static func randomize() {
    var words: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &words) { buffer in
      var filled = 0
      while filled < buffer.count {
        let count = krait_random(buffer.baseAddress.unsafelyUnwrapped + filled, buffer.count - filled)
        if count > 0 { filled += count } else if errno != EINTR { break }
      }
    }
    key0 = words.0
    key1 = words.1
  }

  /// Reads the value of `PYTHONHASHSEED`: nothing or `random`, or a number of 32 bits. False: it is neither.
  public static func configure(_ text: UnsafePointer<CChar>?) -> Bool {
    guard let text, text[0] != 0, strcmp(text, "random") != 0 else {
      randomize()
      return true
    }
    var value: UInt64 = 0
    var next = text
    while next[0] >= 0x30 && next[0] <= 0x39 && value <= UInt64(UInt32.max) {
      value = value * 10 + UInt64(next[0] - 0x30)
      next += 1
    }
    guard next[0] == 0 && value <= UInt64(UInt32.max) else { return false }
    seed(UInt32(value))
    return true
  }

  /// The hash of bytes; never -1, 0 for none.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count > 0 else { return 0 }
    let result = Int(truncatingIfNeeded: sipHash(bytes, key0, key1))
    return result == -1 ? -2 : result
  }

  /// SipHash-1-3 with a key.
  @inline(__always)
  static func sipHash(_ bytes: UnsafeRawBufferPointer, _ key0: UInt64, _ key1: UInt64) -> UInt64 {
    let base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped
    var v0 = key0 ^ 0x736f_6d65_7073_6575
    var v1 = key1 ^ 0x646f_7261_6e64_6f6d
    var v2 = key0 ^ 0x6c79_6765_6e65_7261
    var v3 = key1 ^ 0x7465_6462_7974_6573
    let words = bytes.count &>> 3
    for index in 0..<words {
      let word = base.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self)
      v3 ^= word
      round(&v0, &v1, &v2, &v3)
      v0 ^= word
    }
    let last = UInt64(truncatingIfNeeded: bytes.count) &<< 56 | rest(base + words &* 8, bytes.count & 7)
    v3 ^= last
    round(&v0, &v1, &v2, &v3)
    v0 ^= last
    v2 ^= 0xFF
    round(&v0, &v1, &v2, &v3)
    round(&v0, &v1, &v2, &v3)
    round(&v0, &v1, &v2, &v3)
    return v0 ^ v1 ^ v2 ^ v3
  }

  /// Up to seven bytes, the first one lowest.
  @inline(__always)
  private static func rest(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    if count >= 4 {
      // Two words that overlap.
      let low = UInt64(bytes.loadUnaligned(as: UInt32.self))
      let high = UInt64(bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
      return low | high &<< UInt64(8 &* (count &- 4))
    }
    if count == 0 { return 0 }
    // The middle one is the first, or the last, of fewer than three.
    let middle = count &>> 1
    return UInt64(bytes.load(as: UInt8.self)) | UInt64(bytes.load(fromByteOffset: middle, as: UInt8.self)) &<< UInt64(8 &* middle)
      | UInt64(bytes.load(fromByteOffset: count &- 1, as: UInt8.self)) &<< UInt64(8 &* (count &- 1))
  }

  @inline(__always)
  private static func round(_ v0: inout UInt64, _ v1: inout UInt64, _ v2: inout UInt64, _ v3: inout UInt64) {
    v0 = v0 &+ v1
    v2 = v2 &+ v3
    v1 = rotate(v1, 13) ^ v0
    v3 = rotate(v3, 16) ^ v2
    v0 = rotate(v0, 32)
    v2 = v2 &+ v1
    v0 = v0 &+ v3
    v1 = rotate(v1, 17) ^ v2
    v3 = rotate(v3, 21) ^ v0
    v2 = rotate(v2, 32)
  }

  @inline(__always) private static func rotate(_ x: UInt64, _ count: UInt64) -> UInt64 { x &<< count | x &>> (64 &- count) }
}
