// Python's `==` between constants, where it is wider than sharing: 1 == 1.0 == True, 0.0 == -0.0.

import CGMP
import KraitSyntax

extension ConstantValue {
  /// Whether Python takes the two for one element of a set.
  func isEqualInPython(to other: ConstantValue) -> Bool {
    if self == other { return true }
    if isNumber && other.isNumber {
      let (a, b) = (realPart, other.realPart)
      guard imaginaryPart == other.imaginaryPart else { return false }
      switch (a, b) {
      case (nil, nil): return ConstantValue.integersAreEqual(self, other)
      case (nil, let b?): return ConstantValue.isInteger(self, equalTo: b)
      case (let a?, nil): return ConstantValue.isInteger(other, equalTo: a)
      case (let a?, let b?): return a == b
      }
    }
    guard kind == other.kind else { return false }
    switch kind {
    case .tuple, .slice:
      return elements.count == other.elements.count && zip(elements, other.elements).allSatisfy { $0.isEqualInPython(to: $1) }
    case .frozenset:
      return elements.count == other.elements.count
        && elements.allSatisfy { element in other.elements.contains { $0.isEqualInPython(to: element) } }
    default: return false
    }
  }

  /// The real part of a float or complex; `nil` for integers, which compare exactly.
  private var realPart: Double? {
    switch kind {
    case .float: float
    case .complex: complex.real
    default: nil
    }
  }

  private var imaginaryPart: Double { kind == .complex ? complex.imaginary : 0 }

  private static func integersAreEqual(_ a: ConstantValue, _ b: ConstantValue) -> Bool {
    if let x = a.wordValue, let y = b.wordValue { return x == y }
    return false
  }

  private static func isInteger(_ integer: ConstantValue, equalTo double: Double) -> Bool {
    guard double.isFinite else { return false }
    return BigInteger(integer).read { __gmpz_cmp_d($0, double) } == 0
  }
}
