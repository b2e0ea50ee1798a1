// The module `cmath`: functions of complex numbers. Kahan's formulas ("Branch cuts for complex elementary functions") for finite numbers, and for others
// the tables of SpecialValues.swift.

import Glibc
import KraitRuntime

typealias Complex = (real: Double, imaginary: Double)

/// Why a function has no proper result.
enum ComplexError {
  case none, domain, range
}

/// A function: the result, and what is wrong with it.
private typealias ComplexFunction = (Complex) -> (Complex, ComplexError)

private let ln2 = 0.6931471805599453
private let ln10 = 2.302585092994046
private let e = 2.718281828459045
private let largest = Double.greatestFiniteMagnitude / 4
private let rootOfLargest = largest.squareRoot()
private let logOfLargest = Glibc.log(largest)
private let smallest = Double.leastNormalMagnitude
private let rootOfSmallest = smallest.squareRoot()

private func isFinite(_ z: Complex) -> Bool { z.real.isFinite && z.imaginary.isFinite }

/// The logarithm of |z| for numbers whose magnitude would overflow, doubled twice.
private func logOfHuge(_ z: Complex) -> Double { Glibc.log(hypot(z.real / 2, z.imaginary / 2)) + ln2 * 2 }

private func isHuge(_ z: Complex) -> Bool { abs(z.real) > largest || abs(z.imaginary) > largest }

private func overflows(_ z: Complex) -> ComplexError { z.real.isInfinite || z.imaginary.isInfinite ? .range : .none }

/// An infinity in the direction of an angle.
private func infinity(_ angle: Double, _ realSign: Double, _ imaginarySign: Double) -> Complex {
  (realSign * copysign(.infinity, Glibc.cos(angle)), imaginarySign * copysign(.infinity, Glibc.sin(angle)))
}

// MARK: - Roots, inverse functions

private func squareRoot(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) { return (SpecialValues.squareRoot.value(z), .none) }
  if z.real == 0 && z.imaginary == 0 { return ((0, z.imaginary), .none) }
  var ax = abs(z.real)
  let ay = abs(z.imaginary)
  let s: Double
  if ax < smallest && ay < smallest && (ax > 0 || ay > 0) {
    ax = ldexp(ax, 53)
    s = ldexp((ax + hypot(ax, ldexp(ay, 53))).squareRoot(), -27)
  } else {
    ax /= 8
    s = 2 * (ax + hypot(ax, ay / 8)).squareRoot()
  }
  let d = ay / (2 * s)
  if z.real >= 0 { return ((s, copysign(d, z.imaginary)), .none) }
  return ((d, copysign(s, z.imaginary)), .none)
}

private func root(_ z: Complex) -> Complex { squareRoot(z).0 }

private func acos(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) { return (SpecialValues.acos.value(z), .none) }
  if isHuge(z) {
    let real = atan2(abs(z.imaginary), z.real)
    let logarithm = logOfHuge(z)
    return ((real, z.real < 0 ? -copysign(logarithm, z.imaginary) : copysign(logarithm, -z.imaginary)), .none)
  }
  let s1 = root((1 - z.real, -z.imaginary))
  let s2 = root((1 + z.real, z.imaginary))
  return ((2 * atan2(s1.real, s2.real), Glibc.asinh(s2.real * s1.imaginary - s2.imaginary * s1.real)), .none)
}

private func acosh(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) { return (SpecialValues.acosh.value(z), .none) }
  if isHuge(z) { return ((logOfHuge(z), atan2(z.imaginary, z.real)), .none) }
  let s1 = root((z.real - 1, z.imaginary))
  let s2 = root((z.real + 1, z.imaginary))
  return ((Glibc.asinh(s1.real * s2.real + s1.imaginary * s2.imaginary), 2 * atan2(s1.imaginary, s2.real)), .none)
}

private func asinh(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) { return (SpecialValues.asinh.value(z), .none) }
  if isHuge(z) {
    let logarithm = logOfHuge(z)
    return ((z.imaginary >= 0 ? copysign(logarithm, z.real) : -copysign(logarithm, -z.real), atan2(z.imaginary, abs(z.real))), .none)
  }
  let s1 = root((1 + z.imaginary, -z.real))
  let s2 = root((1 - z.imaginary, z.real))
  return (
    (Glibc.asinh(s1.real * s2.imaginary - s2.real * s1.imaginary), atan2(z.imaginary, s1.real * s2.real - s1.imaginary * s2.imaginary)), .none
  )
}

private func atanh(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) { return (SpecialValues.atanh.value(z), .none) }
  // Odd: the left half-plane by the right one.
  if z.real < 0 || z.real == 0 && z.real.sign == .minus {
    let (r, error) = atanh((-z.real, -z.imaginary))
    return ((-r.real, -r.imaginary), error)
  }
  let ay = abs(z.imaginary)
  if z.real > rootOfLargest || ay > rootOfLargest {
    let h = hypot(z.real / 2, z.imaginary / 2)
    return ((z.real / 4 / h / h, -copysign(Double.pi / 2, -z.imaginary)), .none)
  }
  if z.real == 1 && ay < rootOfSmallest {
    if ay == 0 { return ((.infinity, z.imaginary), .domain) }
    return ((-Glibc.log(ay.squareRoot() / hypot(ay, 2).squareRoot()), copysign(atan2(2, -ay) / 2, z.imaginary)), .none)
  }
  return (
    (
      log1p(4 * z.real / ((1 - z.real) * (1 - z.real) + ay * ay)) / 4,
      -atan2(-2 * z.imaginary, (1 - z.real) * (1 + z.real) - ay * ay) / 2
    ), .none
  )
}

/// A function f by a function g with f(z) = -i g(iz): asin by asinh, atan by atanh, sin by sinh, tan by tanh.
private func turned(_ z: Complex, _ function: ComplexFunction) -> (Complex, ComplexError) {
  let (r, error) = function((-z.imaginary, z.real))
  return ((r.imaginary, -r.real), error)
}

// MARK: - Exponential and hyperbolic functions

private func exp(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) {
    let r: Complex
    if z.real.isInfinite && z.imaginary.isFinite && z.imaginary != 0 {
      r = z.real > 0 ? infinity(z.imaginary, 1, 1) : (copysign(0, Glibc.cos(z.imaginary)), copysign(0, Glibc.sin(z.imaginary)))
    } else {
      r = SpecialValues.exp.value(z)
    }
    return (r, z.imaginary.isInfinite && (z.real.isFinite || z.real == .infinity) ? .domain : .none)
  }
  let r: Complex
  if z.real > logOfLargest {
    let l = Glibc.exp(z.real - 1)
    r = (l * Glibc.cos(z.imaginary) * e, l * Glibc.sin(z.imaginary) * e)
  } else {
    let l = Glibc.exp(z.real)
    r = (l * Glibc.cos(z.imaginary), l * Glibc.sin(z.imaginary))
  }
  return (r, overflows(r))
}

private func cosh(_ z: Complex) -> (Complex, ComplexError) { hyperbolic(z, Glibc.cosh, Glibc.sinh, 1, z.real > 0 ? 1 : -1, SpecialValues.cosh) }

private func sinh(_ z: Complex) -> (Complex, ComplexError) { hyperbolic(z, Glibc.sinh, Glibc.cosh, z.real > 0 ? 1 : -1, 1, SpecialValues.sinh) }

/// cos(y) `first`(x) + i sin(y) `second`(x), where one function is the hyperbolic sine and the other the cosine; their signs at infinity; values elsewhere.
private func hyperbolic(
  _ z: Complex, _ first: (Double) -> Double, _ second: (Double) -> Double, _ firstSign: Double, _ secondSign: Double, _ special: SpecialValues
) -> (Complex, ComplexError) {
  if !isFinite(z) {
    let isRay = z.real.isInfinite && z.imaginary.isFinite && z.imaginary != 0
    let r = isRay ? infinity(z.imaginary, firstSign, secondSign) : special.value(z)
    return (r, z.imaginary.isInfinite && !z.real.isNaN ? .domain : .none)
  }
  // exp(x) would overflow where the product need not.
  let isLarge = abs(z.real) > logOfLargest
  let x = isLarge ? z.real - copysign(1, z.real) : z.real
  let scale = isLarge ? e : 1
  let r: Complex = (Glibc.cos(z.imaginary) * first(x) * scale, Glibc.sin(z.imaginary) * second(x) * scale)
  return (r, overflows(r))
}

private func tanh(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) {
    let r: Complex
    if z.real.isInfinite && z.imaginary.isFinite && z.imaginary != 0 {
      r = (copysign(1, z.real), copysign(0, 2 * Glibc.sin(z.imaginary) * Glibc.cos(z.imaginary)))
    } else {
      r = SpecialValues.tanh.value(z)
    }
    return (r, z.imaginary.isInfinite && z.real.isFinite ? .domain : .none)
  }
  if abs(z.real) > logOfLargest {
    return ((copysign(1, z.real), 4 * Glibc.sin(z.imaginary) * Glibc.cos(z.imaginary) * Glibc.exp(-2 * abs(z.real))), .none)
  }
  let tx = Glibc.tanh(z.real)
  let ty = Glibc.tan(z.imaginary)
  let cx = 1 / Glibc.cosh(z.real)
  let product = tx * ty
  let denominator = 1 + product * product
  return ((tx * (1 + ty * ty) / denominator, ty / denominator * cx * cx), .none)
}

private func cos(_ z: Complex) -> (Complex, ComplexError) { cosh((-z.imaginary, z.real)) }

private func log(_ z: Complex) -> (Complex, ComplexError) {
  if !isFinite(z) { return (SpecialValues.log.value(z), .none) }
  let (ax, ay) = (abs(z.real), abs(z.imaginary))
  let angle = atan2(z.imaginary, z.real)
  if ax > largest || ay > largest { return ((Glibc.log(hypot(ax / 2, ay / 2)) + ln2, angle), .none) }
  if ax < smallest && ay < smallest {
    if ax > 0 || ay > 0 { return ((Glibc.log(hypot(ldexp(ax, 53), ldexp(ay, 53))) - 53 * ln2, angle), .none) }
    return ((-.infinity, angle), .domain)
  }
  let h = hypot(ax, ay)
  if h >= 0.71 && h <= 1.73 {
    let (greater, less) = (max(ax, ay), min(ax, ay))
    return ((log1p((greater - 1) * (greater + 1) + less * less) / 2, angle), .none)
  }
  return ((Glibc.log(h), angle), .none)
}

/// A quotient by Smith's method, as complex numbers are divided.
private func divide(_ a: Complex, _ b: Complex) -> (Complex, ComplexError) {
  let (x, y) = (abs(b.real), abs(b.imaginary))
  if x >= y {
    if x == 0 { return ((0, 0), .domain) }
    let ratio = b.imaginary / b.real
    let denominator = b.real + b.imaginary * ratio
    return (((a.real + a.imaginary * ratio) / denominator, (a.imaginary - a.real * ratio) / denominator), .none)
  }
  if y >= x {
    let ratio = b.real / b.imaginary
    let denominator = b.real * ratio + b.imaginary
    return (((a.real * ratio + a.imaginary) / denominator, (a.imaginary * ratio - a.real) / denominator), .none)
  }
  return ((.nan, .nan), .none)
}

// MARK: - The module

private func checked(_ result: (Complex, ComplexError)) throws(PyError) -> Owned {
  switch result.1 {
  case .none: return try Owned.complex(result.0.real, result.0.imaginary)
  case .domain: throw .valueError("math domain error")
  case .range: throw .overflowError("math range error")
  }
}

private func rectangular(_ r: Double, _ phi: Double) -> (Complex, ComplexError) {
  if !r.isFinite || !phi.isFinite {
    let isRay = r.isInfinite && phi.isFinite && phi != 0
    let sign: Double = r > 0 ? 1 : -1
    let z = isRay ? infinity(phi, sign, sign) : SpecialValues.rectangular.value((r, phi))
    return (z, r != 0 && !r.isNaN && phi.isInfinite ? .domain : .none)
  }
  if phi == 0 { return ((r, r * phi), .none) }
  return ((r * Glibc.cos(phi), r * Glibc.sin(phi)), .none)
}

private func magnitude(_ z: Complex) throws(PyError) -> Double {
  if z.real.isInfinite || z.imaginary.isInfinite { return .infinity }
  if z.real.isNaN || z.imaginary.isNaN { return .nan }
  let r = hypot(z.real, z.imaginary)
  if r.isInfinite { throw .overflowError("math range error") }
  return r
}

private func logarithm(_ z: Value, _ base: Value) throws(PyError) -> Owned {
  var result = log(try z.asComplex())
  if !base.isAbsent {
    let divisor = log(try base.asComplex())
    let quotient = divide(result.0, divisor.0)
    // As with C's errno, what went wrong with the first logarithm is forgotten when the second is taken.
    result = (quotient.0, quotient.1 != .none ? quotient.1 : divisor.1)
  }
  return try checked(result)
}

let cmathModule = ModuleDefinition("cmath", "Functions of complex numbers.") { (m: ModuleBuilder) throws(PyError) in
  try m.function("acos(z, /)", "The number whose cosine is z.") { (call) throws(PyError) in try checked(acos(try call[0].asComplex())) }
  try m.function("acosh(z, /)", "The number whose hyperbolic cosine is z.") { (call) throws(PyError) in try checked(acosh(try call[0].asComplex())) }
  try m.function("asin(z, /)", "The number whose sine is z.") { (call) throws(PyError) in try checked(turned(try call[0].asComplex(), asinh)) }
  try m.function("asinh(z, /)", "The number whose hyperbolic sine is z.") { (call) throws(PyError) in try checked(asinh(try call[0].asComplex())) }
  try m.function("atan(z, /)", "The number whose tangent is z.") { (call) throws(PyError) in try checked(turned(try call[0].asComplex(), atanh)) }
  try m.function("atanh(z, /)", "The number whose hyperbolic tangent is z.") { (call) throws(PyError) in try checked(atanh(try call[0].asComplex())) }
  try m.function("cos(z, /)", "The cosine of z.") { (call) throws(PyError) in try checked(cos(try call[0].asComplex())) }
  try m.function("cosh(z, /)", "The hyperbolic cosine of z.") { (call) throws(PyError) in try checked(cosh(try call[0].asComplex())) }
  try m.function("exp(z, /)", "The number e to the power of z.") { (call) throws(PyError) in try checked(exp(try call[0].asComplex())) }
  try m.function("log(z, base=<unrepresentable>, /)", "The logarithm of z; the natural one without a base.") { (call) throws(PyError) in
    try logarithm(call[0], call[1])
  }
  try m.function("log10(z, /)", "The logarithm of z to the base 10.") { (call) throws(PyError) in
    let (r, error) = log(try call[0].asComplex())
    return try checked(((r.real / ln10, r.imaginary / ln10), error))
  }
  try m.function("sin(z, /)", "The sine of z.") { (call) throws(PyError) in try checked(turned(try call[0].asComplex(), sinh)) }
  try m.function("sinh(z, /)", "The hyperbolic sine of z.") { (call) throws(PyError) in try checked(sinh(try call[0].asComplex())) }
  try m.function("sqrt(z, /)", "The root of z with no negative real part.") { (call) throws(PyError) in try checked(squareRoot(try call[0].asComplex())) }
  try m.function("tan(z, /)", "The tangent of z.") { (call) throws(PyError) in try checked(turned(try call[0].asComplex(), tanh)) }
  try m.function("tanh(z, /)", "The hyperbolic tangent of z.") { (call) throws(PyError) in try checked(tanh(try call[0].asComplex())) }
  try m.function("phase(z, /)", "The angle of z with the positive real axis, in radians.") { (call) throws(PyError) in
    let z = try call[0].asComplex()
    return try Owned.float(atan2(z.imaginary, z.real))
  }
  try m.function("polar(z, /)", "A tuple: the distance of z from zero, and its angle with the positive real axis.") { (call) throws(PyError) in
    let z = try call[0].asComplex()
    let distance = try Owned.float(try magnitude(z))
    let angle = try Owned.float(atan2(z.imaginary, z.real))
    return try Owned.tuple(sharing: distance, angle)
  }
  try m.function("rect(r, phi, /)", "The number at a distance from zero and at an angle with the positive real axis.") { (call) throws(PyError) in
    let r = try call.double(0)
    return try checked(rectangular(r, try call.double(1)))
  }
  try m.function("isfinite(z, /)", "Whether both parts are neither infinite nor NaN.") { (call) throws(PyError) in .boolean(isFinite(try call[0].asComplex())) }
  try m.function("isnan(z, /)", "Whether a part is NaN.") { (call) throws(PyError) in
    let z = try call[0].asComplex()
    return .boolean(z.real.isNaN || z.imaginary.isNaN)
  }
  try m.function("isinf(z, /)", "Whether a part is infinite.") { (call) throws(PyError) in
    let z = try call[0].asComplex()
    return .boolean(z.real.isInfinite || z.imaginary.isInfinite)
  }
  try m.function(
    "isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)",
    "Whether two numbers differ by little.\n\n  rel_tol\n    how much, as a part of the greater one's magnitude\n  abs_tol\n    how much in any case, which is what counts near zero"
  ) { (call) throws(PyError) in
    let a = try call[0].asComplex()
    let b = try call[1].asComplex()
    let (relative, absolute) = (try call.double(2), try call.double(3))
    if relative < 0 || absolute < 0 { throw .valueError("tolerances must be non-negative") }
    if a == b { return .boolean(true) }
    if a.real.isInfinite || a.imaginary.isInfinite || b.real.isInfinite || b.imaginary.isInfinite { return .boolean(false) }
    let difference = hypot(a.real - b.real, a.imaginary - b.imaginary)
    return .boolean(
      difference <= relative * hypot(b.real, b.imaginary) || difference <= relative * hypot(a.real, a.imaginary) || difference <= absolute)
  }
  try m.constant("pi", Double.pi)
  try m.constant("e", e)
  try m.constant("tau", 2 * Double.pi)
  try m.constant("inf", Double.infinity)
  try m.constant("nan", Double.nan)
  try m.constant("infj", try Owned.complex(0, .infinity))
  try m.constant("nanj", try Owned.complex(0, .nan))
}
