// The tables of an East Asian encoding, made from the compressed lists of differences in Tables.swift at its first use.
//
// The C library's iconv has these encodings too, but knows other characters by the same names in hundreds of places (JIS X 0213, Big5 and its extensions, Johab), needs
// modules that not every system has, and keeps its state to itself. So the tables are generated: all of them take 115 KB in the program, and an encoding in use 0.6 MB.

import CKraitZlib
import Glibc

final class EastAsianTable: @unchecked Sendable {
  /// How a table is derived from that of another encoding.
  enum Arrangement: Sendable { case same, shift, shiftSecond }

  struct Source: Sendable {
    let name: String
    let twos: [(String, Int, Arrangement)]
    let threes: [(String, Int, Arrangement)]
    /// Bytes of the lists, not compressed.
    let size: Int
    /// In base 64.
    let data: StaticString
  }

  /// Nothing stands at a sequence.
  static let none: UInt32 = 0xFFFFFF
  /// A sequence that is illegal as a whole: this and its length.
  static let illegal: UInt32 = 0xFFFFF0
  /// A sequence that stands for two code points: this and the number of the pair.
  static let pair: UInt32 = 0x110000

  /// Code points by byte; by two bytes; by the two bytes behind 8F.
  let ones: UnsafeMutablePointer<UInt32>
  let twos: UnsafeMutablePointer<UInt32>
  let threes: UnsafeMutablePointer<UInt32>?
  /// Sequences by code point, a page for 256 of them: the length in the highest byte, 0 for none.
  private let pages: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>
  private static let pageCount = 0x1101
  /// Bytes that begin a longer sequence.
  let leads: UnsafePointer<Bool>

  // MARK: Looking up

  /// The bytes of a code point or a pair; the length in the highest byte, 0 when there are none.
  @inline(__always)
  func sequence(_ code: UInt32) -> UInt32 {
    guard code >> 8 < EastAsianTable.pageCount, let page = pages[Int(code >> 8)] else { return 0 }
    return page[Int(code & 0xFF)]
  }

  // MARK: Making

  private static func make(_ name: String) -> EastAsianTable {
    guard let source = EastAsianData.encodings.first(where: { $0.name == name }) else { fatalError("no table for \(name)") }
    return EastAsianTable(source)
  }

  private init(_ source: Source) {
    var reader = Reader(source)
    twos = EastAsianTable.base(source.twos)
    reader.read(2, 3) { [twos] in twos[Int($0)] = $1 }
    let threes = EastAsianTable.base(source.threes)
    var hasThrees = !source.threes.isEmpty
    reader.read(2, 3) {
      threes[Int($0)] = $1
      hasThrees = true
    }
    ones = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    for byte in 0..<256 { ones[byte] = byte < 128 ? UInt32(byte) : EastAsianTable.none }
    reader.read(2, 3) { [ones] in ones[Int($0)] = $1 }
    pages = UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>.allocate(capacity: EastAsianTable.pageCount)
    pages.initialize(repeating: nil, count: EastAsianTable.pageCount)
    // The first bytes that stand for a code point are what it is encoded as, unless the list says otherwise.
    for byte in 0..<256 where ones[byte] < EastAsianTable.illegal { EastAsianTable.set(pages, ones[byte], 1 << 24 | UInt32(byte), replacing: false) }
    for key in 0..<65536 where twos[key] < EastAsianTable.illegal { EastAsianTable.set(pages, twos[key], 2 << 24 | UInt32(key), replacing: false) }
    self.threes = hasThrees ? threes : nil
    if hasThrees {
      for key in 0..<65536 where threes[key] < EastAsianTable.illegal { EastAsianTable.set(pages, threes[key], 3 << 24 | 0x8F0000 | UInt32(key), replacing: false) }
    } else {
      threes.deallocate()
    }
    reader.read(3, 4) { [pages] in EastAsianTable.set(pages, $0, $1, replacing: true) }
    leads = reader.bits(256)
  }

  private static func set(_ pages: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>, _ code: UInt32, _ sequence: UInt32, replacing: Bool) {
    let number = Int(code >> 8)
    guard number < pageCount else { return }
    let page: UnsafeMutablePointer<UInt32>
    if let known = pages[number] {
      page = known
    } else {
      page = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
      page.initialize(repeating: 0, count: 256)
      pages[number] = page
    }
    if replacing || page[Int(code & 0xFF)] == 0 { page[Int(code & 0xFF)] = sequence }
  }

  /// What other encodings' tables give.
  private static func base(_ parts: [(String, Int, Arrangement)]) -> UnsafeMutablePointer<UInt32> {
    let result = UnsafeMutablePointer<UInt32>.allocate(capacity: 65536)
    result.initialize(repeating: none, count: 65536)
    for (name, part, arrangement) in parts {
      let other = table(name)
      guard let source = part == 0 ? other.twos : other.threes else { continue }
      for key in 0..<65536 where source[key] != none {
        if let new = arrange(key, arrangement) { result[new] = source[key] }
      }
    }
    return result
  }

  /// Rows of 94 characters, as EUC has them, two to each first byte of Shift JIS.
  private static func arrange(_ key: Int, _ arrangement: Arrangement) -> Int? {
    if arrangement == .same { return key }
    let (row, cell) = (key >> 8 - 0xA0, key & 0xFF - 0xA0)
    guard row > 0, cell > 0 else { return nil }
    let small = cell + (cell < 64 ? 0x3F : 0x40)
    if arrangement == .shift { return ((row - 1) / 2 + (row < 63 ? 0x81 : 0xC1)) << 8 | (row % 2 == 0 ? cell + 0x9E : small) }
    let place: Int
    switch row {
    case 1: place = 0
    case 8: place = 1
    case 3, 4, 5: place = row - 1
    case 12...15: place = row - 7
    case 78...94: place = row - 69
    default: return nil
    }
    return (0xF0 + place / 2) << 8 | (place % 2 == 1 ? cell + 0x9E : small)
  }

  // MARK: Tables by name, each made once

  private static let eucJP = make("euc_jp")
  private static let eucJIS2004 = make("euc_jis_2004")
  private static let eucJISX0213 = make("euc_jisx0213")
  private static let shiftJIS = make("shift_jis")
  private static let cp932 = make("cp932")
  private static let shiftJIS2004 = make("shift_jis_2004")
  private static let shiftJISX0213 = make("shift_jisx0213")
  private static let gb18030 = make("gb18030")
  private static let gbk = make("gbk")
  private static let gb2312 = make("gb2312")
  private static let cp949 = make("cp949")
  private static let eucKR = make("euc_kr")
  private static let johab = make("johab")
  private static let big5HKSCS = make("big5hkscs")
  private static let big5 = make("big5")
  private static let cp950 = make("cp950")

  static func table(_ name: String) -> EastAsianTable {
    switch name {
    case "euc_jp": eucJP
    case "euc_jis_2004": eucJIS2004
    case "euc_jisx0213": eucJISX0213
    case "shift_jis": shiftJIS
    case "cp932": cp932
    case "shift_jis_2004": shiftJIS2004
    case "shift_jisx0213": shiftJISX0213
    case "gb18030": gb18030
    case "gbk": gbk
    case "gb2312": gb2312
    case "cp949": cp949
    case "euc_kr": eucKR
    case "johab": johab
    case "big5hkscs": big5HKSCS
    case "big5": big5
    default: cp950
    }
  }

  // MARK: Reading the lists

  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ source: Source) {
      var packed: [UInt8] = []
      packed.reserveCapacity(source.data.utf8CodeUnitCount)
      var (word, count): (UInt32, Int) = (0, 0)
      for unit in UnsafeBufferPointer(start: source.data.utf8Start, count: source.data.utf8CodeUnitCount) {
        let digit: UInt8
        switch unit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = unit - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = unit - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = unit + 4
        case UInt8(ascii: "+"): digit = 62
        case UInt8(ascii: "/"): digit = 63
        default: continue
        }
        word = word << 6 | UInt32(digit)
        count += 6
        if count >= 8 {
          count -= 8
          packed.append(UInt8(truncatingIfNeeded: word >> UInt32(count)))
        }
      }
      var size = UInt(source.size)
      bytes = [UInt8](unsafeUninitializedCapacity: source.size) { buffer, filled in
        uncompress(buffer.baseAddress, &size, packed, UInt(packed.count))
        filled = Int(size)
      }
    }

    /// Numbers of one list: their differences, all lowest bytes first.
    private mutating func numbers(_ count: Int, _ width: Int) -> [UInt32] {
      var result: [UInt32] = []
      result.reserveCapacity(count)
      var last: UInt32 = 0
      let mask: UInt32 = width == 4 ? .max : 1 << UInt32(8 * width) - 1
      for index in 0..<count {
        var delta: UInt32 = 0
        for place in 0..<width { delta |= UInt32(bytes[position + place * count + index]) << UInt32(8 * place) }
        last = (last &+ delta) & mask
        result.append(last)
      }
      position += count * width
      return result
    }

    mutating func read(_ keyWidth: Int, _ valueWidth: Int, _ body: (UInt32, UInt32) -> Void) {
      let count = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
      position += 4
      let keys = numbers(count, keyWidth)
      let values = numbers(count, valueWidth)
      for index in 0..<count { body(keys[index], values[index]) }
    }

    mutating func bits(_ count: Int) -> UnsafePointer<Bool> {
      let result = UnsafeMutablePointer<Bool>.allocate(capacity: count)
      for index in 0..<count { (result + index).initialize(to: bytes[position + index >> 3] & 1 << UInt8(index & 7) != 0) }
      return UnsafePointer(result)
    }
  }
}
