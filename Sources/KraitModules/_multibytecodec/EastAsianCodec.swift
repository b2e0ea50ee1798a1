// One step of an East Asian codec: the next character of bytes, the bytes of the next character.

import KraitRuntime

/// What a codec remembers between calls: for encodings with shift sequences the sets that are in use. The bytes are those of CPython's states, which programs can see.
struct CodecState: Equatable {
  var bytes: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0, 0, 0, 0)

  var word: UInt64 {
    get { withUnsafeBytes(of: bytes) { $0.load(as: UInt64.self) } }
    set { bytes = unsafeBitCast(newValue, to: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8).self) }
  }
  static func == (a: CodecState, b: CodecState) -> Bool { a.word == b.word }
}

enum DecodeStep {
  /// A code point or a pair, of so many bytes.
  case character(UInt32, Int)
  /// Bytes that change the state.
  case shift(Int)
  case illegal(Int)
  case incomplete
}

enum EncodeStep {
  /// Bytes were written for so many code points.
  case done(Int)
  case illegal
  case incomplete
}

final class EastAsianCodec: @unchecked Sendable {
  enum Kind { case plain, gb18030, eucKR, hz, iso2022 }

  let name: StaticString
  let kind: Kind
  let table: EastAsianTable
  /// Pairs of code points that the encoding has, by the first of them.
  private let pairs: [UInt32: [(second: UInt32, code: UInt32)]]
  let designations: [Designation]

  init(_ name: StaticString, _ kind: Kind, table: String, designations: [Designation] = []) {
    self.name = name
    self.kind = kind
    self.table = EastAsianTable.table(table)
    self.designations = designations
    var pairs: [UInt32: [(second: UInt32, code: UInt32)]] = [:]
    if kind == .plain {
      for (index, pair) in EastAsianData.pairs.enumerated() where self.table.sequence(EastAsianTable.pair + UInt32(index)) != 0 {
        pairs[pair.0, default: []].append((pair.1, EastAsianTable.pair + UInt32(index)))
      }
    }
    self.pairs = pairs
  }

  var initialState: CodecState {
    var state = CodecState()
    if kind == .iso2022 { (state.bytes.0, state.bytes.1) = (Designation.ascii, Designation.ascii) }
    return state
  }

  /// Decoders know one set more.
  var initialDecoderState: CodecState {
    var state = initialState
    if kind == .iso2022 { state.bytes.2 = Designation.ascii }
    return state
  }

  // MARK: Decoding

  func decode(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ state: inout CodecState) -> DecodeStep {
    switch kind {
    case .hz: return decodeHZ(bytes, position, &state)
    case .iso2022: return decodeISO2022(bytes, position, &state)
    default: break
    }
    let lead = bytes[position]
    let one = table.ones[Int(lead)]
    if one != EastAsianTable.none { return step(one, 1) }
    if !table.leads[Int(lead)] { return .illegal(1) }
    let rest = bytes.count - position
    if lead == 0x8F, let threes = table.threes {
      if rest < 3 { return .incomplete }
      return step(threes[Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])], 3)
    }
    if rest < 2 { return .incomplete }
    let trail = bytes[position + 1]
    if kind == .gb18030 && trail >= 0x30 && trail <= 0x39 { return decodeFourBytes(bytes, position) }
    if kind == .eucKR && lead == 0xA4 && trail == 0xD4 { return decodeJamo(bytes, position) }
    return step(table.twos[Int(lead) << 8 | Int(trail)], 2)
  }

  private func step(_ code: UInt32, _ length: Int) -> DecodeStep {
    if code < EastAsianTable.illegal { return .character(code, length) }
    return .illegal(code == EastAsianTable.none ? 1 : Int(code - EastAsianTable.illegal))
  }

  private func decodeFourBytes(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> DecodeStep {
    if bytes.count - position < 4 { return .incomplete }
    let (a, b, c, d) = (Int(bytes[position]), Int(bytes[position + 1]), Int(bytes[position + 2]), Int(bytes[position + 3]))
    guard (0x81...0xFE).contains(a), (0x81...0xFE).contains(c), (0x30...0x39).contains(d) else { return .illegal(1) }
    let number = UInt32((((a - 0x81) * 10 + b - 0x30) * 126 + c - 0x81) * 10 + d - 0x30)
    guard let run = EastAsianData.runs.last(where: { $0.number <= number }), number - run.number < run.count else { return .illegal(1) }
    return .character(run.point + number - run.number, 4)
  }

  /// Hangul syllables of euc_kr that have no place of their own: a filler and three letters.
  private func decodeJamo(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> DecodeStep {
    if bytes.count - position < 8 { return .incomplete }
    guard bytes[position + 2] == 0xA4, bytes[position + 4] == 0xA4, bytes[position + 6] == 0xA4,
      let first = Jamo.initials.firstIndex(of: bytes[position + 3]), (0xBF...0xD3).contains(bytes[position + 5]),
      let last = Jamo.finals.firstIndex(of: bytes[position + 7])
    else { return .illegal(1) }
    return .character(0xAC00 + UInt32(first * 588 + (Int(bytes[position + 5]) - 0xBF) * 28 + last), 8)
  }

  // MARK: Encoding

  /// Writes the next character.
  ///
  /// - Parameter isFinal: nothing follows the text.
  func encode(_ units: CodeUnits, _ position: Int, _ state: inout CodecState, _ output: inout ByteBuilder, isFinal: Bool) throws(PyError) -> EncodeStep {
    switch kind {
    case .hz: return try encodeHZ(units[position], &state, &output)
    case .iso2022: return try encodeISO2022(units, position, &state, &output, isFinal: isFinal)
    default: break
    }
    let point = units[position]
    var (sequence, count) = (table.sequence(point), 1)
    if !pairs.isEmpty, let candidates = pairs[point] {
      if position + 1 < units.count {
        if let found = candidates.first(where: { $0.second == units[position + 1] }) { (sequence, count) = (table.sequence(found.code), 2) }
      } else if !isFinal {
        return .incomplete
      }
    }
    if sequence == 0 {
      if kind == .gb18030 { return try encodeFourBytes(point, &output) }
      if kind == .eucKR && (0xAC00...0xD7A3).contains(point) { return try encodeJamo(point, &output) }
      return .illegal
    }
    for place in (0..<sequence >> 24).reversed() { try output.append(UInt8(truncatingIfNeeded: sequence >> (8 * place))) }
    return .done(count)
  }

  // MARK: Runs

  /// Whether every character is one sequence by itself, whatever was before: all encodings but those with shifts.
  private var isStateless: Bool { kind != .hz && kind != .iso2022 }

  /// Writes characters of one byte and of two, up to one that could begin a pair or is something else; the answer is its place.
  func encodeRun(_ units: CodeUnits, _ start: Int, _ output: inout ByteBuilder) throws(PyError) -> Int {
    if !isStateless { return start }
    let (table, hasPairs, room) = (table, !pairs.isEmpty, (units.count &- start) &* 2)
    let target = try output.extend(room)
    var (length, place) = (0, start)
    while place < units.count {
      let point = units[place]
      let sequence = table.sequence(point)
      if hasPairs && point >= 0x80 && pairs[point] != nil { break }
      if sequence &>> 24 == 1 {
        target[length] = UInt8(truncatingIfNeeded: sequence)
        length &+= 1
      } else if sequence &>> 24 == 2 {
        target[length] = UInt8(truncatingIfNeeded: sequence &>> 8)
        target[length &+ 1] = UInt8(truncatingIfNeeded: sequence)
        length &+= 2
      } else {
        break
      }
      place &+= 1
    }
    output.removeLast(room &- length)
    return place
  }

  /// Appends the characters of one byte and of two, up to a sequence that is something else; the answer is its place.
  func decodeRun(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ output: inout StringBuilder) throws(PyError) -> Int {
    guard isStateless, let base = bytes.baseAddress else { return start }
    let (ones, twos, leads, longLead) = (table.ones, table.twos, table.leads, table.threes == nil ? -1 : 0x8F)
    // A filler that begins a syllable in parts.
    let filler = kind == .eucKR ? 0xA4D4 : -1
    var place = start
    while place < bytes.count {
      let lead = Int(base.load(fromByteOffset: place, as: UInt8.self))
      var (code, length) = (ones[lead], 1)
      if code == EastAsianTable.none {
        if !leads[lead] || lead == longLead || place &+ 1 >= bytes.count { break }
        let key = lead &<< 8 | Int(base.load(fromByteOffset: place &+ 1, as: UInt8.self))
        if key == filler { break }
        (code, length) = (twos[key], 2)
      }
      // Pairs, illegal sequences, and what begins four bytes.
      if code >= EastAsianTable.pair { break }
      try output.append(codePoint: code)
      place &+= length
    }
    return place
  }

  private func encodeFourBytes(_ point: UInt32, _ output: inout ByteBuilder) throws(PyError) -> EncodeStep {
    guard let run = EastAsianData.runs.first(where: { point >= $0.point && point - $0.point < $0.count }) else { return .illegal }
    var number = Int(run.number + point - run.point)
    let d = number % 10
    number /= 10
    let c = number % 126
    number /= 126
    try output.append(UInt8(truncatingIfNeeded: 0x81 + number / 10))
    try output.append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
    try output.append(UInt8(truncatingIfNeeded: 0x81 + c))
    try output.append(UInt8(truncatingIfNeeded: 0x30 + d))
    return .done(1)
  }

  private func encodeJamo(_ point: UInt32, _ output: inout ByteBuilder) throws(PyError) -> EncodeStep {
    let number = Int(point - 0xAC00)
    let letters = [0xD4, Jamo.initials[number / 588], UInt8(0xBF + number / 28 % 21), Jamo.finals[number % 28]]
    for letter in letters {
      try output.append(0xA4)
      try output.append(letter)
    }
    return .done(1)
  }

  /// Brings the state back to the initial one at the end of a text.
  func reset(_ state: inout CodecState, _ output: inout ByteBuilder) throws(PyError) {
    switch kind {
    case .hz:
      if state.bytes.0 != 0 { try output.append("~}" as StaticString) }
      state.bytes.0 = 0
    case .iso2022: try resetISO2022(&state, &output)
    default: break
    }
  }
}

/// The letters of Hangul by the second byte that KS X 1001 has for each behind A4.
private enum Jamo {
  static let initials: [UInt8] = [
    0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE,
  ]
  /// The first is the filler, for syllables without a final.
  static let finals: [UInt8] = [
    0xD4, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE,
  ]
}
