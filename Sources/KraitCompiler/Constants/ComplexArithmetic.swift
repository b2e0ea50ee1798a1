// Python 3.14's arithmetic on complex numbers, real operands kept real (C11, annex G), so that zeros keep their signs.

import Glibc
import KraitSyntax

extension Arena {
  typealias Complex = (real: Double, imaginary: Double)

  /// A binary operation of which one operand at least is complex.
  func foldComplex(_ operation: BinaryOperator, _ left: ConstantValue, _ right: ConstantValue) -> ConstantValue? {
    if operation == .pow {
      guard let a = left.complexValue, let b = right.complexValue else { return nil }
      return complexPower(a, b)
    }
    let result: Complex?
    if left.kind != .complex {
      guard let a = left.doubleValue else { return nil }
      let b = right.complex
      switch operation {
      case .add: result = (b.real + a, b.imaginary)
      case .sub: result = (a - b.real, -b.imaginary)
      case .mult: result = (b.real * a, b.imaginary * a)
      case .div: result = ComplexArithmetic.quotient(a, b)
      default: result = nil
      }
    } else if right.kind != .complex {
      guard let b = right.doubleValue else { return nil }
      let a = left.complex
      switch operation {
      case .add: result = (a.real + b, a.imaginary)
      case .sub: result = (a.real - b, a.imaginary)
      case .mult: result = (a.real * b, a.imaginary * b)
      case .div: result = b == 0 ? nil : (a.real / b, a.imaginary / b)
      default: result = nil
      }
    } else {
      let a = left.complex
      let b = right.complex
      switch operation {
      case .add: result = (a.real + b.real, a.imaginary + b.imaginary)
      case .sub: result = (a.real - b.real, a.imaginary - b.imaginary)
      case .mult: result = ComplexArithmetic.product(a, b)
      case .div: result = ComplexArithmetic.quotient(a, b)
      default: result = nil
      }
    }
    return result.map { complex($0.real, $0.imaginary) }
  }

  func complexPower(_ base: Complex, _ exponent: Complex) -> ConstantValue? {
    let (result, failure) = ComplexArithmetic.power(base, exponent)
    return failure == nil ? complex(result.real, result.imaginary) : nil
  }
}

extension ConstantValue {
  fileprivate var complexValue: Arena.Complex? {
    if kind == .complex { return complex }
    return doubleValue.map { ($0, 0) }
  }
}

/// The operations on complex numbers; the runtime's `complex` uses them too.
public enum ComplexArithmetic {
  public typealias Complex = (real: Double, imaginary: Double)

  /// The sign of a component in a "boxed" infinity: one for an infinite component, zero for a finite one.
  private static func boxed(_ x: Double) -> Double { copysign(x.isInfinite ? 1 : 0, x) }
  private static func zeroForNaN(_ x: Double) -> Double { x.isNaN ? copysign(0, x) : x }

  public static func product(_ z: Complex, _ w: Complex) -> Complex {
    var (a, b) = z
    var (c, d) = w
    let ac = a * c
    let bd = b * d
    let ad = a * d
    let bc = b * c
    let result = (real: ac - bd, imaginary: ad + bc)
    guard result.real.isNaN && result.imaginary.isNaN else { return result }
    var recalculates = false
    if a.isInfinite || b.isInfinite {
      (a, b, c, d) = (boxed(a), boxed(b), zeroForNaN(c), zeroForNaN(d))
      recalculates = true
    }
    if c.isInfinite || d.isInfinite {
      (a, b, c, d) = (zeroForNaN(a), zeroForNaN(b), boxed(c), boxed(d))
      recalculates = true
    }
    if !recalculates && (ac.isInfinite || bd.isInfinite || ad.isInfinite || bc.isInfinite) {
      (a, b, c, d) = (zeroForNaN(a), zeroForNaN(b), zeroForNaN(c), zeroForNaN(d))
      recalculates = true
    }
    return recalculates ? (.infinity * (a * c - b * d), .infinity * (a * d + b * c)) : result
  }

  /// Smith's method; `nil` for division by zero.
  public static func quotient(_ a: Complex, _ b: Complex) -> Complex? {
    var result: Complex
    if abs(b.real) >= abs(b.imaginary) {
      if b.real == 0 { return nil }
      let ratio = b.imaginary / b.real
      let denominator = b.real + b.imaginary * ratio
      result = ((a.real + a.imaginary * ratio) / denominator, (a.imaginary - a.real * ratio) / denominator)
    } else if abs(b.imaginary) >= abs(b.real) {
      let ratio = b.real / b.imaginary
      let denominator = b.real * ratio + b.imaginary
      result = ((a.real * ratio + a.imaginary) / denominator, (a.imaginary * ratio - a.real) / denominator)
    } else {
      result = (.nan, .nan)
    }
    guard result.real.isNaN && result.imaginary.isNaN else { return result }
    if (a.real.isInfinite || a.imaginary.isInfinite) && b.real.isFinite && b.imaginary.isFinite {
      let x = boxed(a.real)
      let y = boxed(a.imaginary)
      result = (.infinity * (x * b.real + y * b.imaginary), .infinity * (y * b.real - x * b.imaginary))
    } else if (b.real.isInfinite || b.imaginary.isInfinite) && a.real.isFinite && a.imaginary.isFinite {
      let x = boxed(b.real)
      let y = boxed(b.imaginary)
      result = (0 * (a.real * x + a.imaginary * y), 0 * (a.imaginary * x - a.real * y))
    }
    return result
  }

  public static func quotient(_ a: Double, _ b: Complex) -> Complex? {
    var result: Complex
    if abs(b.real) >= abs(b.imaginary) {
      if b.real == 0 { return nil }
      let ratio = b.imaginary / b.real
      let denominator = b.real + b.imaginary * ratio
      result = (a / denominator, (-a * ratio) / denominator)
    } else if abs(b.imaginary) >= abs(b.real) {
      let ratio = b.real / b.imaginary
      let denominator = b.real * ratio + b.imaginary
      result = ((a * ratio) / denominator, -a / denominator)
    } else {
      result = (.nan, .nan)
    }
    if result.real.isNaN && result.imaginary.isNaN && a.isFinite && (b.real.isInfinite || b.imaginary.isInfinite) {
      result = (0 * (a * boxed(b.real)), 0 * (-a * boxed(b.imaginary)))
    }
    return result
  }

  /// Why a power has no value: zero to a negative or complex power and infinite phases; a result that is too large.
  public enum PowerFailure { case domain, overflow }

  public static func power(_ base: Complex, _ exponent: Complex) -> (value: Complex, failure: PowerFailure?) {
    let result: Complex
    errno = 0
    if exponent.imaginary == 0 && exponent.real == exponent.real.rounded(.down) && abs(exponent.real) <= 100 {
      let count = Int(exponent.real)
      if count > 0 {
        result = naturalPower(base, count)
      } else {
        guard let inverse = quotient((1, 0) as Complex, naturalPower(base, -count)) else { return ((0, 0), .domain) }
        result = inverse
      }
    } else if base.real == 0 && base.imaginary == 0 {
      if exponent.imaginary != 0 || exponent.real < 0 { return ((0, 0), .domain) }
      result = (0, 0)
    } else {
      let modulus = hypot(base.real, base.imaginary)
      var length = pow(modulus, exponent.real)
      let angle = atan2(base.imaginary, base.real)
      var phase = angle * exponent.real
      if exponent.imaginary != 0 {
        length *= exp(-angle * exponent.imaginary)
        phase += exponent.imaginary * log(modulus)
      }
      result = (length * cos(phase), length * sin(phase))
    }
    // The cosine and sine of an infinite phase are domain errors.
    if errno == EDOM { return (result, .domain) }
    return (result, result.real.isInfinite || result.imaginary.isInfinite ? .overflow : nil)
  }

  private static func naturalPower(_ base: Complex, _ count: Int) -> Complex {
    var result: Complex = (1, 0)
    var factor = base
    var bit = 1
    while bit > 0 && count >= bit {
      if count & bit != 0 { result = product(result, factor) }
      bit <<= 1
      factor = product(factor, factor)
    }
    return result
  }
}
