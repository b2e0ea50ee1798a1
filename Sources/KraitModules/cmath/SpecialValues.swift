// What functions of complex numbers give where an argument's part is infinite or NaN (C99, annex G, and what follows from it).

/// A table with a row for each kind of real part and a column for each kind of imaginary part.
///
/// The kinds: -inf, below zero, -0.0, 0.0, above zero, inf, NaN. An entry has the two parts of the result, each a letter and a sign: `P` pi, `p` pi/2, `q` pi/4, `t` 3 pi/4,
/// `1`, `0`, `I` infinity, `N` NaN. Entries with `_` are not used: both parts are finite; those with `!` are errors.
struct SpecialValues: Sendable {
  private let table: StaticString

  func value(_ z: Complex) -> Complex {
    // A row has seven entries of four letters and a space.
    let place = table.utf8Start + SpecialValues.kind(z.real) * 29 + SpecialValues.kind(z.imaginary) * 4
    return (SpecialValues.number(place[0], place[1]), SpecialValues.number(place[2], place[3]))
  }

  private static func kind(_ x: Double) -> Int {
    if x.isNaN { return 6 }
    if x.isInfinite { return x < 0 ? 0 : 5 }
    if x == 0 { return x.sign == .minus ? 2 : 3 }
    return x < 0 ? 1 : 4
  }

  private static func number(_ letter: UInt8, _ sign: UInt8) -> Double {
    let magnitude: Double
    switch letter {
    case UInt8(ascii: "P"): magnitude = .pi
    case UInt8(ascii: "p"): magnitude = .pi / 2
    case UInt8(ascii: "q"): magnitude = .pi / 4
    case UInt8(ascii: "t"): magnitude = .pi * 0.75
    case UInt8(ascii: "1"): magnitude = 1
    case UInt8(ascii: "0"): magnitude = 0
    case UInt8(ascii: "I"): magnitude = .infinity
    default: magnitude = .nan
    }
    return sign == UInt8(ascii: "-") ? -magnitude : magnitude
  }

  static let acos = SpecialValues(
    table: """
      t+I+P+I+P+I+P+I-P+I-t+I-N.I+ \
      p+I+________________p+I-N.N. \
      p+I+________________p+I-p+N. \
      p+I+________________p+I-p+N. \
      p+I+________________p+I-N.N. \
      q+I+0+I+0+I+0+I-0+I-q+I-N.I+ \
      N.I+N.N.N.N.N.N.N.N.N.I-N.N.
      """)
  static let acosh = SpecialValues(
    table: """
      I+t-I+P-I+P-I+P+I+P+I+t+I+N. \
      I+p-________________I+p+N.N. \
      I+p-________________I+p+N.p+ \
      I+p-________________I+p+N.p+ \
      I+p-________________I+p+N.N. \
      I+q-I+0-I+0-I+0+I+0+I+q+I+N. \
      I+N.N.N.N.N.N.N.N.N.I+N.N.N.
      """)
  static let asinh = SpecialValues(
    table: """
      I-q-I-0-I-0-I-0+I-0+I-q+I-N. \
      I-p-________________I-p+N.N. \
      I-p-________________I-p+N.N. \
      I+p-________________I+p+N.N. \
      I+p-________________I+p+N.N. \
      I+q-I+0-I+0-I+0+I+0+I+q+I+N. \
      I+N.N.N.N.0-N.0+N.N.I+N.N.N.
      """)
  static let atanh = SpecialValues(
    table: """
      0-p-0-p-0-p-0-p+0-p+0-p+0-N. \
      0-p-________________0-p+N.N. \
      0-p-________________0-p+0-N. \
      0+p-________________0+p+0+N. \
      0+p-________________0+p+N.N. \
      0+p-0+p-0+p-0+p+0+p+0+p+0+N. \
      0+p-N.N.N.N.N.N.N.N.0+p+N.N.
      """)
  static let cosh = SpecialValues(
    table: """
      !!!!I+I+I+0+I+0-I+I-!!!!I+N. \
      !!!!________________!!!!N.N. \
      !!!!________________!!!!N.0+ \
      !!!!________________!!!!N.0+ \
      !!!!________________!!!!N.N. \
      !!!!I+I-I+0-I+0+I+I+!!!!I+N. \
      N.N.N.N.N.0+N.0+N.N.N.N.N.N.
      """)
  static let exp = SpecialValues(
    table: """
      0+0+0+0-0+0-0+0+0+0+0+0+0+0+ \
      !!!!________________!!!!N.N. \
      !!!!________________!!!!N.N. \
      !!!!________________!!!!N.N. \
      !!!!________________!!!!N.N. \
      !!!!I+I-I+0-I+0+I+I+!!!!I+N. \
      N.N.N.N.N.0-N.0+N.N.N.N.N.N.
      """)
  static let log = SpecialValues(
    table: """
      I+t-I+P-I+P-I+P+I+P+I+t+I+N. \
      I+p-________________I+p+N.N. \
      I+p-________________I+p+N.N. \
      I+p-________________I+p+N.N. \
      I+p-________________I+p+N.N. \
      I+q-I+0-I+0-I+0+I+0+I+q+I+N. \
      I+N.N.N.N.N.N.N.N.N.I+N.N.N.
      """)
  static let sinh = SpecialValues(
    table: """
      !!!!I-I-I-0-I-0+I-I+!!!!I+N. \
      !!!!________________!!!!N.N. \
      !!!!________________!!!!0+N. \
      !!!!________________!!!!0+N. \
      !!!!________________!!!!N.N. \
      !!!!I+I-I+0-I+0+I+I+!!!!I+N. \
      N.N.N.N.N.0-N.0+N.N.N.N.N.N.
      """)
  static let squareRoot = SpecialValues(
    table: """
      I+I-0+I-0+I-0+I+0+I+I+I+N.I+ \
      I+I-________________I+I+N.N. \
      I+I-________________I+I+N.N. \
      I+I-________________I+I+N.N. \
      I+I-________________I+I+N.N. \
      I+I-I+0-I+0-I+0+I+0+I+I+I+N. \
      I+I-N.N.N.N.N.N.N.N.I+I+N.N.
      """)
  static let tanh = SpecialValues(
    table: """
      1-0+1-0-1-0-1-0+1-0+1-0+1-0+ \
      !!!!________________!!!!N.N. \
      !!!!________________!!!!0-N. \
      !!!!________________!!!!0+N. \
      !!!!________________!!!!N.N. \
      1+0+1+0-1+0-1+0+1+0+1+0+1+0+ \
      N.N.N.N.N.0-N.0+N.N.N.N.N.N.
      """)
  static let rectangular = SpecialValues(
    table: """
      !!!!I-I+I-0+I-0-I-I-!!!!I+N. \
      !!!!________________!!!!N.N. \
      0+0+________________0+0+0+0+ \
      0+0+________________0+0+0+0+ \
      !!!!________________!!!!N.N. \
      !!!!I+I-I+0-I+0+I+I+!!!!I+N. \
      N.N.N.N.N.0+N.0+N.N.N.N.N.N.
      """)
}
