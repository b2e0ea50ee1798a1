// The hash function BLAKE2 (RFC 7693) with key, salt, personalisation and the parameters of trees. OpenSSL has no trees.

import KraitRuntime

/// The words of one of the two kinds: 64 bits for BLAKE2b, 32 for BLAKE2s.
protocol Blake2Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable {
  static var rounds: Int { get }
  /// By how much the four steps of a mixing turn right.
  static var turns: (Self, Self, Self, Self) { get }
  /// The fractional parts of the square roots of the first eight primes.
  static var start: (Self, Self, Self, Self, Self, Self, Self, Self) { get }
}

extension UInt64: Blake2Word {
  static var rounds: Int { 12 }
  static var turns: (UInt64, UInt64, UInt64, UInt64) { (32, 24, 16, 63) }
  static var start: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) {
    (
      0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
      0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179
    )
  }
}

extension UInt32: Blake2Word {
  static var rounds: Int { 10 }
  static var turns: (UInt32, UInt32, UInt32, UInt32) { (16, 12, 8, 7) }
  static var start: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) {
    (0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)
  }
}

/// Which word of the message a step takes, by round. Rounds ten and eleven repeat the first two.
private let permutations: StaticString = """
  0123456789ABCDEF\
  EA489FD61C02B753\
  B8C052FDAE367194\
  7931DCBE265A40F8\
  905724AFE1BC683D\
  2C6A0B834D75FE19\
  C51FED4A0763928B\
  DB7EC13950F4862A\
  6FE9B308C2D714A5\
  A2847615FB9E3CD0
  """

/// A hash in the making. It lies in an object's memory: plain data without references.
struct Blake2State<Word: Blake2Word>: BitwiseCopyable {
  typealias Eight = (Word, Word, Word, Word, Word, Word, Word, Word)

  private var hash: Eight
  /// Bytes that were taken in, the block that waits excluded.
  private var low: Word = 0
  private var high: Word = 0
  private var isLastNode: Bool
  private var waiting = 0
  private var block: (Eight, Eight)

  static var blockSize: Int { MemoryLayout<Word>.size * 16 }
  static var resultSize: Int { MemoryLayout<Word>.size * 8 }

  /// The state for a block of parameters, eight words.
  init(parameters: Eight, isLastNode: Bool) {
    let start = Word.start
    hash = (
      start.0 ^ parameters.0, start.1 ^ parameters.1, start.2 ^ parameters.2, start.3 ^ parameters.3,
      start.4 ^ parameters.4, start.5 ^ parameters.5, start.6 ^ parameters.6, start.7 ^ parameters.7
    )
    self.isLastNode = isLastNode
    let empty: Eight = (0, 0, 0, 0, 0, 0, 0, 0)
    block = (empty, empty)
  }

  /// Takes in bytes. The last block waits until it is known whether more follows.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard var source = bytes.baseAddress else { return }
    var left = bytes.count
    while left > 0 {
      if waiting == Self.blockSize {
        count(waiting)
        withUnsafeBytes(of: block) { compress($0.baseAddress.unsafelyUnwrapped, isLast: false) }
        waiting = 0
      }
      if waiting == 0 {
        // Whole blocks straight from where they are, but for the last.
        while left > Self.blockSize {
          count(Self.blockSize)
          compress(source, isLast: false)
          source += Self.blockSize
          left &-= Self.blockSize
        }
      }
      let taken = min(left, Self.blockSize &- waiting)
      withUnsafeMutableBytes(of: &block) { ($0.baseAddress.unsafelyUnwrapped + waiting).copyMemory(from: source, byteCount: taken) }
      waiting &+= taken
      source += taken
      left &-= taken
    }
  }

  /// The hash; the state is of no use afterwards.
  mutating func finish() -> Eight {
    count(waiting)
    let waiting = self.waiting
    withUnsafeMutableBytes(of: &block) { UnsafeMutableRawBufferPointer(rebasing: $0[waiting...]).initializeMemory(as: UInt8.self, repeating: 0) }
    withUnsafeBytes(of: block) { compress($0.baseAddress.unsafelyUnwrapped, isLast: true) }
    return hash
  }

  private mutating func count(_ bytes: Int) {
    let (sum, carry) = low.addingReportingOverflow(Word(truncatingIfNeeded: bytes))
    low = sum
    if carry { high &+= 1 }
  }

  private mutating func compress(_ message: UnsafeRawPointer, isLast: Bool) {
    let start = Word.start
    withUnsafeTemporaryAllocation(of: Word.self, capacity: 16) { v in
      (v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]) = hash
      (v[8], v[9], v[10], v[11]) = (start.0, start.1, start.2, start.3)
      v[12] = start.4 ^ low
      v[13] = start.5 ^ high
      v[14] = isLast ? ~start.6 : start.6
      v[15] = isLast && isLastNode ? ~start.7 : start.7
      let v = v.baseAddress.unsafelyUnwrapped
      for round in 0..<Word.rounds {
        let order = blake2Orders + (round >= 10 ? round &- 10 : round) &* 16
        Self.mix(v, 0, 4, 8, 12, message, order)
        Self.mix(v, 1, 5, 9, 13, message, order + 2)
        Self.mix(v, 2, 6, 10, 14, message, order + 4)
        Self.mix(v, 3, 7, 11, 15, message, order + 6)
        Self.mix(v, 0, 5, 10, 15, message, order + 8)
        Self.mix(v, 1, 6, 11, 12, message, order + 10)
        Self.mix(v, 2, 7, 8, 13, message, order + 12)
        Self.mix(v, 3, 4, 9, 14, message, order + 14)
      }
      hash.0 ^= v[0] ^ v[8]
      hash.1 ^= v[1] ^ v[9]
      hash.2 ^= v[2] ^ v[10]
      hash.3 ^= v[3] ^ v[11]
      hash.4 ^= v[4] ^ v[12]
      hash.5 ^= v[5] ^ v[13]
      hash.6 ^= v[6] ^ v[14]
      hash.7 ^= v[7] ^ v[15]
    }
  }

  @inline(__always)
  private static func turned(_ word: Word, _ count: Word) -> Word { word &>> count | word &<< (Word(Word.bitWidth) &- count) }

  @inline(__always)
  private static func mix(_ v: UnsafeMutablePointer<Word>, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ message: UnsafeRawPointer, _ order: UnsafePointer<UInt8>) {
    let turns = Word.turns
    let x = Word(littleEndian: message.loadUnaligned(fromByteOffset: Int(order[0]) &* MemoryLayout<Word>.size, as: Word.self))
    let y = Word(littleEndian: message.loadUnaligned(fromByteOffset: Int(order[1]) &* MemoryLayout<Word>.size, as: Word.self))
    v[a] = v[a] &+ v[b] &+ x
    v[d] = turned(v[d] ^ v[a], turns.0)
    v[c] = v[c] &+ v[d]
    v[b] = turned(v[b] ^ v[c], turns.1)
    v[a] = v[a] &+ v[b] &+ y
    v[d] = turned(v[d] ^ v[a], turns.2)
    v[c] = v[c] &+ v[d]
    v[b] = turned(v[b] ^ v[c], turns.3)
  }
}

/// The permutations as numbers, 16 for each of ten rounds.
nonisolated(unsafe) private let blake2Orders: UnsafePointer<UInt8> = {
  let orders = UnsafeMutablePointer<UInt8>.allocate(capacity: 160)
  var place = 0
  for digit in UnsafeBufferPointer(start: permutations.utf8Start, count: permutations.utf8CodeUnitCount) {
    orders[place] = digit < 0x3A ? digit - 0x30 : digit - 0x37
    place += 1
  }
  precondition(place == 160)
  return UnsafePointer(orders)
}()
