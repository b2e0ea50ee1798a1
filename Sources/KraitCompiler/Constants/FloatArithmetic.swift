// Python's arithmetic on floats: IEEE operations, floor division and remainder with the divisor's sign, powers with its special cases.

import Glibc
import KraitSyntax

extension Arena {
  /// A binary operation of which one operand at least is a float (or a power of integers with a negative exponent).
  func foldFloats(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> ConstantValue? {
    switch operation {
    case .add: return float(a + b)
    case .sub: return float(a - b)
    case .mult: return float(a * b)
    case .div: return b == 0 ? nil : float(a / b)
    case .floorDiv: return b == 0 ? nil : float(FloatArithmetic.floorQuotient(a, b))
    case .mod: return b == 0 ? nil : float(FloatArithmetic.floorRemainder(a, b))
    case .pow:
      if a < 0 && a.isFinite && b.isFinite && b != b.rounded(.down) { return complexPower((a, 0), (b, 0)) }
      return FloatArithmetic.power(a, b).map { float($0) }
    default: return nil
    }
  }
}

/// The operations on floats that are more than one instruction; the runtime's `float` uses them too.
public enum FloatArithmetic {
  /// The remainder of the division that rounds towards zero: C's `fmod`, several times as fast while the quotient is below 2^52.
  ///
  /// The quotient's whole part may come out one too large, never too small, and both differences are multiples of the divisor's last place that are
  /// no larger than the divisor: the fused multiplication and the addition are exact.
  @inline(__always)
  public static func remainder(_ a: Double, _ b: Double) -> Double {
    let x = abs(a)
    let y = abs(b)
    if x < y { return a }
    let quotient = x / y
    guard quotient < 0x1p52 else { return fmod(a, b) }
    var rest = fma(-Double(Int64(quotient)), y, x)
    if rest < 0 { rest += y }
    return copysign(rest, a)
  }

  public static func floorRemainder(_ a: Double, _ b: Double) -> Double {
    let remainder = remainder(a, b)
    if remainder == 0 { return copysign(0, b) }
    return (b < 0) != (remainder < 0) ? remainder + b : remainder
  }

  public static func floorQuotient(_ a: Double, _ b: Double) -> Double {
    let remainder = remainder(a, b)
    var quotient = (a - remainder) / b
    if remainder != 0 && (b < 0) != (remainder < 0) { quotient -= 1 }
    if quotient == 0 { return copysign(0, a / b) }
    let floored = quotient.rounded(.down)
    return quotient - floored > 0.5 ? floored + 1 : floored
  }

  /// `nil` when Python raises: zero to a negative power, or overflow. Negative bases have integral exponents here.
  public static func power(_ base: Double, _ exponent: Double) -> Double? {
    if exponent == 0 { return 1 }
    if base.isNaN { return base }
    if exponent.isNaN { return base == 1 ? 1 : exponent }
    if exponent.isInfinite {
      let magnitude = abs(base)
      if magnitude == 1 { return 1 }
      return (exponent > 0) == (magnitude > 1) ? abs(exponent) : 0
    }
    let isOdd = fmod(abs(exponent), 2) == 1
    if base.isInfinite {
      if exponent > 0 { return isOdd ? base : abs(base) }
      return isOdd ? copysign(0, base) : 0
    }
    if base == 0 {
      if exponent < 0 { return nil }
      return isOdd ? base : 0
    }
    let isNegative = base < 0 && isOdd
    let magnitude = abs(base)
    if magnitude == 1 { return isNegative ? -1 : 1 }
    errno = 0
    let result = pow(magnitude, exponent)
    if result.isInfinite || (errno == ERANGE && result != 0) { return nil }
    return isNegative ? -result : result
  }
}
