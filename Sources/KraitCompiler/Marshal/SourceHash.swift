// SipHash-1-3, with which CPython fingerprints the sources of hash based `.pyc` files.

/// The hash that a `.pyc` stores of its source: `_imp.source_hash` of the magic number and the bytes of the file.
public func sourceHash(_ source: some Collection<UInt8>) -> UInt64 {
  var hash = SipHash13(key: UInt64(PycHeader.magicToken))
  hash.update(source)
  return hash.finish()
}

struct SipHash13 {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64
  private var pending: UInt64 = 0
  private var count: UInt64 = 0

  /// A state for a key whose second half is zero.
  init(key: UInt64) {
    v0 = 0x736f_6d65_7073_6575 ^ key
    v1 = 0x646f_7261_6e64_6f6d
    v2 = 0x6c79_6765_6e65_7261 ^ key
    v3 = 0x7465_6462_7974_6573
  }

  private mutating func round() {
    v0 &+= v1
    v1 = v1 << 13 | v1 >> 51
    v1 ^= v0
    v0 = v0 << 32 | v0 >> 32
    v2 &+= v3
    v3 = v3 << 16 | v3 >> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 << 21 | v3 >> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 << 17 | v1 >> 47
    v1 ^= v2
    v2 = v2 << 32 | v2 >> 32
  }

  mutating func update(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      pending |= UInt64(byte) << ((count & 7) * 8)
      count &+= 1
      if count & 7 == 0 {
        v3 ^= pending
        round()
        v0 ^= pending
        pending = 0
      }
    }
  }

  mutating func finish() -> UInt64 {
    let last = pending | count << 56
    v3 ^= last
    round()
    v0 ^= last
    v2 ^= 0xFF
    round()
    round()
    round()
    return v0 ^ v1 ^ v2 ^ v3
  }
}
