// Encodings whose bytes mean one thing or another by sequences that come before: hz and those of ISO 2022.

import KraitRuntime

// MARK: - hz: `~{` and `~}` around GB 2312 in seven bits

extension EastAsianCodec {
  func decodeHZ(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ state: inout CodecState) -> DecodeStep {
    let byte = bytes[position]
    let rest = bytes.count - position
    if byte == UInt8(ascii: "~") {
      if rest < 2 { return .incomplete }
      switch bytes[position + 1] {
      case UInt8(ascii: "~") where state.bytes.0 == 0: return .character(0x7E, 2)
      case UInt8(ascii: "{") where state.bytes.0 == 0: state.bytes.0 = 1
      case UInt8(ascii: "\n") where state.bytes.0 == 0: break
      case UInt8(ascii: "}") where state.bytes.0 == 1: state.bytes.0 = 0
      default: return .illegal(1)
      }
      return .shift(2)
    }
    if byte & 0x80 != 0 { return .illegal(1) }
    if state.bytes.0 == 0 { return .character(UInt32(byte), 1) }
    if rest < 2 { return .incomplete }
    let code = table.twos[Int(byte | 0x80) << 8 | Int(bytes[position + 1] | 0x80)]
    return code < EastAsianTable.illegal && bytes[position + 1] < 0x80 ? .character(code, 2) : .illegal(1)
  }

  func encodeHZ(_ point: UInt32, _ state: inout CodecState, _ output: inout ByteBuilder) throws(PyError) -> EncodeStep {
    if point < 0x80 {
      if state.bytes.0 != 0 {
        try output.append("~}" as StaticString)
        state.bytes.0 = 0
      }
      try output.append(UInt8(point))
      if point == 0x7E { try output.append(0x7E) }
      return .done(1)
    }
    let sequence = table.sequence(point)
    if sequence >> 24 != 2 { return .illegal }
    if state.bytes.0 == 0 {
      try output.append("~{" as StaticString)
      state.bytes.0 = 1
    }
    try output.append(UInt8(truncatingIfNeeded: sequence >> 8) & 0x7F)
    try output.append(UInt8(truncatingIfNeeded: sequence) & 0x7F)
    return .done(1)
  }
}

// MARK: - ISO 2022

/// A character set that an ISO 2022 encoding can call up.
struct Designation: Sendable {
  enum Characters: Sendable { case romanJIS, kanaJIS, jisx0208, jisx0212, ksx1001, gb2312, firstOf2000, secondOf2000, firstOf2004, secondOf2004, latin1, greek }

  static let ascii = UInt8(ascii: "B")

  let characters: Characters
  /// How the state names the set: the last letter of its escape sequence, with the highest bit for two bytes a character.
  let mark: UInt8
  /// 0, 1 or 2: G0, G1, G2.
  let plane: Int
  let width: Int
  let escape: StaticString
  /// Only for pairs of code points; single ones go to a set behind it.
  var isForPairsOnly = false

  private static func two(_ letter: UInt8) -> UInt8 { letter | 0x80 }
  static let jisx0208 = Designation(characters: .jisx0208, mark: two(0x42), plane: 0, width: 2, escape: "\u{1B}$B")
  static let oldJISX0208 = Designation(characters: .jisx0208, mark: two(0x40), plane: 0, width: 2, escape: "\u{1B}$(@")
  static let jisx0212 = Designation(characters: .jisx0212, mark: two(0x44), plane: 0, width: 2, escape: "\u{1B}$(D")
  static let ksx1001 = Designation(characters: .ksx1001, mark: two(0x43), plane: 0, width: 2, escape: "\u{1B}$(C")
  static let ksx1001InG1 = Designation(characters: .ksx1001, mark: two(0x43), plane: 1, width: 2, escape: "\u{1B}$)C")
  static let gb2312 = Designation(characters: .gb2312, mark: two(0x41), plane: 0, width: 2, escape: "\u{1B}$(A")
  static let romanJIS = Designation(characters: .romanJIS, mark: 0x4A, plane: 0, width: 1, escape: "\u{1B}(J")
  static let kanaJIS = Designation(characters: .kanaJIS, mark: 0x49, plane: 0, width: 1, escape: "\u{1B}(I")
  static let latin1 = Designation(characters: .latin1, mark: 0x41, plane: 2, width: 1, escape: "\u{1B}.A")
  static let greek = Designation(characters: .greek, mark: 0x46, plane: 2, width: 1, escape: "\u{1B}.F")
  static let firstOf2000 = Designation(characters: .firstOf2000, mark: two(0x4F), plane: 0, width: 2, escape: "\u{1B}$(O")
  static let secondOf2000 = Designation(characters: .secondOf2000, mark: two(0x50), plane: 0, width: 2, escape: "\u{1B}$(P")
  static let firstOf2004 = Designation(characters: .firstOf2004, mark: two(0x51), plane: 0, width: 2, escape: "\u{1B}$(Q")
  static let secondOf2004 = Designation(characters: .secondOf2004, mark: two(0x50), plane: 0, width: 2, escape: "\u{1B}$(P")
  static let pairsOf2000 = Designation(characters: .firstOf2000, mark: two(0x4F), plane: 0, width: 2, escape: "\u{1B}$(O", isForPairsOnly: true)
  static let pairsOf2004 = Designation(characters: .firstOf2004, mark: two(0x51), plane: 0, width: 2, escape: "\u{1B}$(Q", isForPairsOnly: true)
}

extension Designation {
  /// The character that bytes of seven bits stand for; nil for none.
  func decode(_ first: UInt8, _ second: UInt8) -> UInt32? {
    let key = Int(first | 0x80) << 8 | Int(second | 0x80)
    func two(_ name: String) -> UInt32? { found(EastAsianTable.table(name).twos[key]) }
    switch characters {
    case .romanJIS: return first == 0x5C ? 0xA5 : first == 0x7E ? 0x203E : first < 0x80 ? UInt32(first) : nil
    case .kanaJIS: return (0x21...0x5F).contains(first) ? 0xFF40 + UInt32(first) : nil
    case .latin1, .greek: return nil
    default: if first & 0x80 != 0 || second & 0x80 != 0 { return nil }
    }
    switch characters {
    case .jisx0208: return two("euc_jp")
    case .jisx0212: return EastAsianTable.table("euc_jp").threes.flatMap { found($0[key]) }
    // EUC begins Hangul syllables of eight bytes with the filler.
    case .ksx1001: return key == 0xA4D4 ? 0x3164 : two("euc_kr")
    case .gb2312: return two("gb2312")
    // The tilde is a full-width one in EUC alone.
    case .firstOf2004: return key == 0xA2B2 ? 0x7E : two("euc_jis_2004")
    case .firstOf2000: return key == 0xA2B2 ? 0x7E : two("euc_jisx0213")
    case .secondOf2004, .secondOf2000:
      // CPython's decoder makes no difference between the two here, but its codec of EUC does.
      let table = EastAsianTable.table("euc_jis_2004")
      return Designation.isRowOfSecondPlane(first) ? table.threes.flatMap { found($0[key]) } : nil
    default: return nil
    }
  }

  private func found(_ code: UInt32) -> UInt32? { code < EastAsianTable.illegal ? code : nil }

  /// The rows that JIS X 0213's second plane has; EUC keeps JIS X 0212 in the others.
  private static func isRowOfSecondPlane(_ byte: UInt8) -> Bool {
    switch byte &- 0x20 {
    case 1, 3, 4, 5, 8, 12...15, 78...94: true
    default: false
    }
  }

  /// The bytes of a character or a pair, of seven bits each; nil for none.
  func encode(_ code: UInt32) -> UInt32? {
    func bytes(_ name: String, _ length: UInt32) -> UInt32? {
      let sequence = EastAsianTable.table(name).sequence(code)
      return sequence >> 24 == length && sequence & 0x80 != 0 ? sequence & 0x7F7F : nil
    }
    switch characters {
    case .romanJIS: return code == 0xA5 ? 0x5C : code == 0x203E ? 0x7E : nil
    case .kanaJIS: return (0xFF61...0xFF9F).contains(code) ? code - 0xFF40 : nil
    case .latin1, .greek: return nil
    case .jisx0208:
      // Half-width kana have two bytes in EUC too.
      return bytes("euc_jp", 2).flatMap { $0 >> 8 > 0x20 ? $0 : nil }
    case .jisx0212: return bytes("euc_jp", 3)
    case .ksx1001: return bytes("euc_kr", 2)
    case .gb2312: return bytes("gb2312", 2)
    case .firstOf2004, .firstOf2000:
      // EUC alone has the full-width tilde.
      if code == 0xFF5E { return nil }
      return bytes(characters == .firstOf2004 ? "euc_jis_2004" : "euc_jisx0213", 2).flatMap { $0 >> 8 > 0x20 ? $0 : nil }
    case .secondOf2004, .secondOf2000:
      guard let found = bytes(characters == .secondOf2004 ? "euc_jis_2004" : "euc_jisx0213", 3) else { return nil }
      return Designation.isRowOfSecondPlane(UInt8(truncatingIfNeeded: found >> 8)) ? found : nil
    }
  }
}

extension EastAsianCodec {
  private static let shifted: UInt8 = 1
  private static let passing: UInt8 = 2

  private var hasShifts: Bool { designations.contains { $0.plane == 1 } }
  private var hasG2: Bool { designations.contains { $0.plane == 2 } }

  // MARK: Decoding

  func decodeISO2022(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ state: inout CodecState) -> DecodeStep {
    let byte = bytes[position]
    let rest = bytes.count - position
    if state.bytes.4 & EastAsianCodec.passing != 0 {
      // In an escape sequence of another standard: as it is up to its end.
      if EastAsianCodec.endsEscape(byte) { state.bytes.4 &= ~EastAsianCodec.passing }
      return .character(UInt32(byte), 1)
    }
    switch byte {
    case 0x1B:
      if rest < 2 { return .incomplete }
      if "()$.&".utf8.contains(bytes[position + 1]) { return designate(bytes, position, &state) }
      if hasG2 && bytes[position + 1] == UInt8(ascii: "N") { return rest < 3 ? .incomplete : decodeG2(bytes[position + 2], state) }
      state.bytes.4 |= EastAsianCodec.passing
      return .character(0x1B, 1)
    case 0x0E where hasShifts:
      state.bytes.4 |= EastAsianCodec.shifted
      return .shift(1)
    case 0x0F where hasShifts:
      state.bytes.4 &= ~EastAsianCodec.shifted
      return .shift(1)
    case 0x0A:
      state.bytes.4 &= ~EastAsianCodec.shifted
      return .character(0x0A, 1)
    case 0..<0x20: return .character(UInt32(byte), 1)
    case 0x80...: return .illegal(1)
    default: break
    }
    let mark = state.bytes.4 & EastAsianCodec.shifted != 0 ? state.bytes.1 : state.bytes.0
    if mark == Designation.ascii { return .character(UInt32(byte), 1) }
    guard let set = designations.first(where: { $0.mark == mark }) else { return .illegal(1) }
    if rest < set.width { return .incomplete }
    guard let code = set.decode(byte, set.width > 1 ? bytes[position + 1] : 0) else { return .illegal(set.width) }
    return .character(code, set.width)
  }

  private static func endsEscape(_ byte: UInt8) -> Bool { byte >= 0x40 && byte <= 0x5A }

  /// An escape sequence that calls up a set.
  private func designate(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ state: inout CodecState) -> DecodeStep {
    let knowsRevision = !hasShifts
    var length = 1
    while true {
      if length >= 16 { return .illegal(1) }
      if position + length >= bytes.count { return .incomplete }
      let byte = bytes[position + length]
      if EastAsianCodec.endsEscape(byte) { break }
      // The announcement of JIS X 0208's revision is a part of the sequence behind it.
      if knowsRevision && byte == UInt8(ascii: "&") && position + length + 1 < bytes.count && bytes[position + length + 1] == UInt8(ascii: "@") { length += 2 }
      length += 1
    }
    length += 1
    func at(_ index: Int) -> UInt8 { bytes[position + index] }
    let mark: UInt8
    let plane: Int
    switch length {
    case 3:
      switch at(1) {
      case UInt8(ascii: "$"): (mark, plane) = (at(2) | 0x80, 0)
      case UInt8(ascii: "("): (mark, plane) = (at(2), 0)
      case UInt8(ascii: ")"): (mark, plane) = (at(2), 1)
      case UInt8(ascii: ".") where hasG2: (mark, plane) = (at(2), 2)
      default: return .illegal(3)
      }
    case 4:
      guard at(1) == UInt8(ascii: "$"), at(2) == UInt8(ascii: "(") || at(2) == UInt8(ascii: ")") else { return .illegal(4) }
      (mark, plane) = (at(3) | 0x80, at(2) == UInt8(ascii: "(") ? 0 : 1)
    case 6:
      guard knowsRevision, at(3) == 0x1B, at(4) == UInt8(ascii: "$"), at(5) == UInt8(ascii: "B") else { return .illegal(6) }
      (mark, plane) = (0xC2, 0)
    default: return .illegal(length)
    }
    if mark != Designation.ascii && !designations.contains(where: { $0.mark == mark }) { return .illegal(length) }
    switch plane {
    case 0: state.bytes.0 = mark
    case 1: state.bytes.1 = mark
    default: state.bytes.2 = mark
    }
    return .shift(length)
  }

  /// One character of the set in G2, behind `ESC N`.
  private func decodeG2(_ byte: UInt8, _ state: CodecState) -> DecodeStep {
    switch state.bytes.2 {
    case Designation.latin1.mark: return byte < 0x80 ? .character(UInt32(byte) + 0x80, 3) : .illegal(3)
    case Designation.greek.mark:
      let code = UInt32(byte ^ 0x80)
      switch code {
      case 0..<0xA1, 0xA3, 0xA6...0xA9, 0xAB...0xAD, 0xB0...0xB3, 0xB7, 0xBB, 0xBD: return .character(code, 3)
      case 0xA1, 0xA2: return .character(code + (0x2018 - 0xA1), 3)
      case 0xAF: return .character(0x2015, 3)
      case 0xD2: return .illegal(3)
      case 0xB4...0xFE: return .character(code + 0x2D0, 3)
      default: return .illegal(3)
      }
    default: return byte < 0x80 ? .character(UInt32(byte), 3) : .illegal(3)
    }
  }

  // MARK: Encoding

  func encodeISO2022(
    _ units: CodeUnits, _ position: Int, _ state: inout CodecState, _ output: inout ByteBuilder, isFinal: Bool
  ) throws(PyError) -> EncodeStep {
    let point = units[position]
    if point < 0x80 {
      try callASCII(&state, &output)
      try output.append(UInt8(point))
      return .done(1)
    }
    for set in designations {
      if set.isForPairsOnly {
        guard let candidates = EastAsianCodec.pairsOfJIS[point] else { continue }
        if position + 1 >= units.count {
          if !isFinal { return .incomplete }
          continue
        }
        guard let pair = candidates.first(where: { $0.second == units[position + 1] }), let bytes = set.encode(pair.code) else { continue }
        try write(bytes, set, &state, &output)
        return .done(2)
      }
      guard let bytes = set.encode(point) else { continue }
      try write(bytes, set, &state, &output)
      return .done(1)
    }
    return .illegal
  }

  private static let pairsOfJIS: [UInt32: [(second: UInt32, code: UInt32)]] = {
    var pairs: [UInt32: [(second: UInt32, code: UInt32)]] = [:]
    let table = EastAsianTable.table("euc_jis_2004")
    for (index, pair) in EastAsianData.pairs.enumerated() where table.sequence(EastAsianTable.pair + UInt32(index)) != 0 {
      pairs[pair.0, default: []].append((pair.1, EastAsianTable.pair + UInt32(index)))
    }
    return pairs
  }()

  private func callASCII(_ state: inout CodecState, _ output: inout ByteBuilder) throws(PyError) {
    if state.bytes.0 != Designation.ascii {
      try output.append("\u{1B}(B" as StaticString)
      state.bytes.0 = Designation.ascii
    }
    if state.bytes.4 & EastAsianCodec.shifted != 0 {
      try output.append(0x0F)
      state.bytes.4 &= ~EastAsianCodec.shifted
    }
  }

  /// Writes a character of a set, which is called up first if it is not in use.
  private func write(_ bytes: UInt32, _ set: Designation, _ state: inout CodecState, _ output: inout ByteBuilder) throws(PyError) {
    if set.plane == 1 {
      if state.bytes.1 != set.mark {
        try output.append(set.escape)
        state.bytes.1 = set.mark
      }
      if state.bytes.4 & EastAsianCodec.shifted == 0 {
        try output.append(0x0E)
        state.bytes.4 |= EastAsianCodec.shifted
      }
    } else {
      if state.bytes.4 & EastAsianCodec.shifted != 0 {
        try output.append(0x0F)
        state.bytes.4 &= ~EastAsianCodec.shifted
      }
      if state.bytes.0 != set.mark {
        try output.append(set.escape)
        state.bytes.0 = set.mark
      }
    }
    if set.width > 1 { try output.append(UInt8(truncatingIfNeeded: bytes >> 8)) }
    try output.append(UInt8(truncatingIfNeeded: bytes))
  }

  func resetISO2022(_ state: inout CodecState, _ output: inout ByteBuilder) throws(PyError) {
    if state.bytes.4 & EastAsianCodec.shifted != 0 {
      try output.append(0x0F)
      state.bytes.4 &= ~EastAsianCodec.shifted
    }
    if state.bytes.0 != Designation.ascii {
      try output.append("\u{1B}(B" as StaticString)
      state.bytes.0 = Designation.ascii
    }
  }
}
