// The module `math`.

import Glibc
import KraitRuntime

let mathModule = ModuleDefinition("math", "This module provides access to the mathematical functions\ndefined by the C standard.") { (m: ModuleBuilder) throws(PyError) in
  try m.constant("pi", Double.pi)
  try m.constant("e", 2.718281828459045)
  try m.constant("tau", 2 * Double.pi)
  try m.constant("inf", Double.infinity)
  try m.constant("nan", Double.nan)
  try defineFunctionsOfOne(m)
  try defineFunctionsOfTwo(m)
  try defineRounding(m)
  try defineLogarithms(m)
  try defineAggregates(m)
  try defineNumberTheory(m)
}

func rangeError() -> PyError { .overflowError("math range error") }

/// A ValueError that shows the argument: "expected a positive input, got -1.0".
@inline(never)
private func domainError(_ message: StaticString, _ x: Double) -> PyError {
  do throws(PyError) {
    let number = try Owned.float(x)
    let shown = try number.value.repr()
    return .valueError("\(message) \(shown.value.text)")
  } catch { return error }
}

/// The result of a function of two numbers, or the error that its being no number or infinite means.
private func checked(_ r: Double, _ x: Double, _ y: Double) throws(PyError) -> Owned {
  if r.isNaN && !x.isNaN && !y.isNaN { throw .valueError("math domain error") }
  if r.isInfinite && x.isFinite && y.isFinite { throw rangeError() }
  return try Owned.float(r)
}

private func defineFunctionsOfOne(_ m: ModuleBuilder) throws(PyError) {
  try m.function("acos(x, /)", "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = acos(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a number in range from -1 up to 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("acosh(x, /)", "Return the inverse hyperbolic cosine of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = acosh(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected argument value not less than 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("asin(x, /)", "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = asin(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a number in range from -1 up to 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("asinh(x, /)", "Return the inverse hyperbolic sine of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = asinh(x)
    return try Owned.float(r)
  }
  try m.function("atan(x, /)", "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = atan(x)
    return try Owned.float(r)
  }
  try m.function("atanh(x, /)", "Return the inverse hyperbolic tangent of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = atanh(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a number between -1 and 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("cbrt(x, /)", "Return the cube root of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = cbrt(x)
    return try Owned.float(r)
  }
  try m.function("cos(x, /)", "Return the cosine of x (measured in radians).") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = cos(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a finite input, got", x) }
    return try Owned.float(r)
  }
  try m.function("cosh(x, /)", "Return the hyperbolic cosine of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = cosh(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("degrees(x, /)", "Convert angle x from radians to degrees.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x * (180.0 / Double.pi)
    return try Owned.float(r)
  }
  try m.function("erf(x, /)", "Error function at x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = erf(x)
    return try Owned.float(r)
  }
  try m.function("erfc(x, /)", "Complementary error function at x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = erfc(x)
    return try Owned.float(r)
  }
  try m.function("exp(x, /)", "Return e raised to the power of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = exp(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("exp2(x, /)", "Return 2 raised to the power of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = exp2(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("expm1(x, /)", "Return exp(x)-1.\n\nThis function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = expm1(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("fabs(x, /)", "Return the absolute value of the float x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = abs(x)
    return try Owned.float(r)
  }
  try m.function("gamma(x, /)", "Gamma function at x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = Gamma.gamma(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    if r.isNaN && !x.isNaN { throw domainError("expected a noninteger or positive integer, got", x) }
    return try Owned.float(r)
  }
  try m.function("lgamma(x, /)", "Natural logarithm of absolute value of Gamma function at x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = Gamma.logarithm(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    if r.isNaN && !x.isNaN { throw domainError("expected a noninteger or positive integer, got", x) }
    return try Owned.float(r)
  }
  try m.function("log1p(x, /)", "Return the natural logarithm of 1+x (base e).\n\nThe result is computed in a way which is accurate for x near zero.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x == 0 ? x : x == -1 ? Double.nan : log1p(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected argument value > -1, got", x) }
    return try Owned.float(r)
  }
  try m.function("radians(x, /)", "Convert angle x from degrees to radians.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x * (Double.pi / 180.0)
    return try Owned.float(r)
  }
  try m.function("sin(x, /)", "Return the sine of x (measured in radians).") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = sin(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a finite input, got", x) }
    return try Owned.float(r)
  }
  try m.function("sinh(x, /)", "Return the hyperbolic sine of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = sinh(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("sqrt(x, /)", "Return the square root of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x.squareRoot()
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a nonnegative input, got", x) }
    return try Owned.float(r)
  }
  try m.function("tan(x, /)", "Return the tangent of x (measured in radians).") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = tan(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a finite input, got", x) }
    return try Owned.float(r)
  }
  try m.function("tanh(x, /)", "Return the hyperbolic tangent of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = tanh(x)
    return try Owned.float(r)
  }
  try m.function("isfinite(x, /)", "Return True if x is neither an infinity nor a NaN, and False otherwise.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try call.double(0).isFinite)
  }
  try m.function("isinf(x, /)", "Return True if x is a positive or negative infinity, and False otherwise.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try call.double(0).isInfinite)
  }
  try m.function("isnan(x, /)", "Return True if x is a NaN (not a number), and False otherwise.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try call.double(0).isNaN)
  }
}

private func defineFunctionsOfTwo(_ m: ModuleBuilder) throws(PyError) {
  try m.function("atan2(y, x, /)", "Return the arc tangent (measured in radians) of y/x.\n\nUnlike atan(y/x), the signs of both x and y are considered.") { (call: Call) throws(PyError) -> Owned in
    try Owned.float(atan2(try call.double(0), try call.double(1)))
  }
  try m.function("copysign(x, y, /)", "Return a float with the magnitude (absolute value) of x but the sign of y.") { (call: Call) throws(PyError) -> Owned in
    try Owned.float(copysign(try call.double(0), try call.double(1)))
  }
  try m.function("fmod(x, y, /)", "Return fmod(x, y), according to platform C.\n\nx % y may differ.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let y = try call.double(1)
    if y.isInfinite && x.isFinite { return try Owned.float(x) }
    return try checked(fmod(x, y), x, y)
  }
  try m.function("remainder(x, y, /)", "Difference between x and the closest integer multiple of y.\n\nWhen x is exactly halfway between two multiples of y, the even multiple is used.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let y = try call.double(1)
    if x.isFinite && y.isInfinite { return try Owned.float(x) }
    return try checked(remainder(x, y), x, y)
  }
  try m.function("pow(x, y, /)", "Return x**y (x to the power of y).") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let y = try call.double(1)
    let r = pow(x, y)
    if r.isNaN && !x.isNaN && !y.isNaN { throw .valueError("math domain error") }
    if r.isInfinite && x.isFinite && y.isFinite { throw x == 0 ? .valueError("math domain error") : rangeError() }
    return try Owned.float(r)
  }
  try m.function("fma(x, y, z, /)", "Fused multiply-add operation.\n\nCompute (x * y) + z with a single round.") { (call: Call) throws(PyError) -> Owned in
    let (x, y, z) = (try call.double(0), try call.double(1), try call.double(2))
    let r = fma(x, y, z)
    if r.isFinite { return try Owned.float(r) }
    if r.isNaN {
      if !x.isNaN && !y.isNaN && !z.isNaN { throw .valueError("invalid operation in fma") }
    } else if x.isFinite && y.isFinite && z.isFinite {
      throw .overflowError("overflow in fma")
    }
    return try Owned.float(r)
  }
  try m.function("ldexp(x, i, /)", "Return x * (2**i).\n\nThis is essentially the inverse of frexp().") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    guard call[1].isInteger else { throw .typeError("Expected an int as second argument to ldexp.") }
    let given = Integer.asInt(call[1]) ?? (Integer.isNegative(call[1]) ? Int.min : Int.max)
    if x == 0 || !x.isFinite { return try Owned.float(x) }
    if given > Int(Int32.max) { throw rangeError() }
    if given < Int(Int32.min) { return try Owned.float(copysign(0, x)) }
    let r = ldexp(x, Int32(given))
    if r.isInfinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("frexp(x, /)", "Return the mantissa and exponent of x, as pair (m, e).\n\nm is a float and e is an int, such that x = m * 2.**e.\nIf x is 0, m and e are both 0.  Else 0.5 <= abs(m) < 1.0.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    var exponent: Int32 = 0
    let mantissa = x == 0 || !x.isFinite ? x : frexp(x, &exponent)
    let first = try Owned.float(mantissa)
    return try Owned.tuple(first.value, Value(smallInteger: Int(exponent)))
  }
  try m.function("modf(x, /)", "Return the fractional and integer parts of x.\n\nBoth results carry the sign of x and are floats.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let whole = x.rounded(.towardZero)
    let fraction = try Owned.float(x.isInfinite ? copysign(0, x) : x.isNaN ? x : copysign(x - whole, x))
    let integer = try Owned.float(whole)
    return try Owned.tuple(fraction.value, integer.value)
  }
  try m.function("nextafter(x, y, /, *, steps=None)", "Return the floating-point value the given number of steps after x towards y.\n\nIf steps is not specified or is None, it defaults to 1.\n\nRaises a TypeError, if x or y is not a double, or if steps is not an integer.\nRaises ValueError if steps is negative.") {
    (call: Call) throws(PyError) -> Owned in try nextAfter(try call.double(0), try call.double(1), call[2])
  }
  try m.function("ulp(x, /)", "Return the value of the least significant bit of the float x.") { (call: Call) throws(PyError) -> Owned in
    let x = abs(try call.double(0))
    if x.isNaN || x.isInfinite { return try Owned.float(x) }
    let next = x.nextUp
    return try Owned.float(next.isInfinite ? x - x.nextDown : next - x)
  }
  try m.function("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Determine whether two floating-point numbers are close in value.\n\n  rel_tol\n    maximum difference for being considered \"close\", relative to the\n    magnitude of the input values\n  abs_tol\n    maximum difference for being considered \"close\", regardless of the\n    magnitude of the input values\n\nReturn True if a is close in value to b, and False otherwise.") { (call: Call) throws(PyError) -> Owned in
    let (a, b) = (try call.double(0), try call.double(1))
    let (relative, absolute) = (try call.double(2), try call.double(3))
    if relative < 0 || absolute < 0 { throw .valueError("tolerances must be non-negative") }
    if a == b { return .boolean(true) }
    if a.isInfinite || b.isInfinite { return .boolean(false) }
    let difference = abs(b - a)
    return .boolean(difference <= abs(relative * b) || difference <= abs(relative * a) || difference <= absolute)
  }
}

/// A double as a number in the order of doubles.
private func nextAfter(_ x: Double, _ y: Double, _ steps: Value) throws(PyError) -> Owned {
  if steps.isNone { return try Owned.float(nextafter(x, y)) }
  let number = try steps.index()
  if Integer.isNegative(number.value) { throw .valueError("steps must be a non-negative integer") }
  let count = Integer.asUInt64(number.value) ?? UInt64.max
  if count == 0 { return try Owned.float(x) }
  if x.isNaN { return try Owned.float(x) }
  if y.isNaN { return try Owned.float(y) }
  let (a, b) = (x.bitPattern, y.bitPattern)
  if a == b { return try Owned.float(x) }
  let sign = UInt64(1) << 63
  let (p, q) = (a & ~sign, b & ~sign)
  if (a ^ b) & sign != 0 {
    // Through zero.
    if p > UInt64.max - q || p + q <= count { return try Owned.float(y) }
    if count < p { return try Owned.float(Double(bitPattern: a - count)) }
    return try Owned.float(Double(bitPattern: (b & sign) | (count - p)))
  }
  if p > q { return try Owned.float(Double(bitPattern: p - q > count ? a - count : b)) }
  return try Owned.float(Double(bitPattern: q - p > count ? a + count : b))
}

private enum Names {
  nonisolated(unsafe) static let ceil = Name.__ceil__
  nonisolated(unsafe) static let floor = Name.__floor__
  nonisolated(unsafe) static let trunc = Name.__trunc__
}

private func defineRounding(_ m: ModuleBuilder) throws(PyError) {
  try m.function("ceil(x, /)", "Return the ceiling of x as an Integral.\n\nThis is the smallest integer >= x.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isExactFloat {
      let method = try call[0].lookUpSpecial(Names.ceil)
      if !method.value.isAbsent { return try method.value.call() }
    }
    return try integer(try call.double(0).rounded(.up))
  }
  try m.function("floor(x, /)", "Return the floor of x as an Integral.\n\nThis is the largest integer <= x.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isExactFloat {
      let method = try call[0].lookUpSpecial(Names.floor)
      if !method.value.isAbsent { return try method.value.call() }
    }
    return try integer(try call.double(0).rounded(.down))
  }
  try m.function("trunc(x, /)", "Truncates the Real x to the nearest Integral toward 0.\n\nUses the __trunc__ magic method.") { (call: Call) throws(PyError) -> Owned in
    if call[0].isExactFloat { return try integer(try call.double(0).rounded(.towardZero)) }
    let method = try call[0].lookUpSpecial(Names.trunc)
    if method.value.isAbsent { throw .typeError("type \(call[0].typeName) doesn't define __trunc__ method") }
    return try method.value.call()
  }
}

private func integer(_ whole: Double) throws(PyError) -> Owned {
  if whole.isNaN { throw .valueError("cannot convert float NaN to integer") }
  if whole.isInfinite { throw .overflowError("cannot convert float infinity to integer") }
  return try Owned.integer(whole: whole)
}

// MARK: - Logarithms

/// The logarithm of an int that no double can hold: of its first 64 bits, plus that of the power of two that is left.
private func logarithmOfLarge(_ value: Value, _ log: (Double) -> Double, _ ofTwo: Double) throws(PyError) -> Double {
  let shift = Integer.bitLength(value) - 64
  let count = try Owned.integer(shift)
  let top = try Integer.shiftRight(value, count.value)
  return log(ldexp(Double(Integer.asUInt64(top.value) ?? 0), -64)) + ofTwo * Double(shift + 64)
}

private func logarithm(_ value: Value, _ log: (Double) -> Double, _ ofTwo: Double) throws(PyError) -> Double {
  if value.isInteger {
    if Integer.sign(value) <= 0 { throw .valueError("expected a positive input") }
    do throws(PyError) { return log(try value.asDouble()) } catch {
      guard PyError.matches(.overflowError) else { throw error }
      PyError.clear()
    }
    return try logarithmOfLarge(value, log, ofTwo)
  }
  let x = try value.asDouble()
  if x <= 0 { throw domainError("expected a positive input, got", x) }
  return log(x)
}

private func defineLogarithms(_ m: ModuleBuilder) throws(PyError) {
  try m.rawFunction("log", "log(x, [base=math.e])\nReturn the logarithm of x to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of x.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("math.log")
    try arguments.check("log", 1, 2)
    let number = try logarithm(arguments.base[0], { log($0) }, 0.6931471805599453)
    if arguments.positionalCount == 1 { return try Owned.float(number) }
    let base = try logarithm(arguments.base[1], { log($0) }, 0.6931471805599453)
    if base == 0 { throw .zeroDivisionError("division by zero") }
    return try Owned.float(number / base)
  }
  try m.function("log2(x, /)", "Return the base 2 logarithm of x.") { (call: Call) throws(PyError) -> Owned in
    try Owned.float(try logarithm(call[0], { log2($0) }, 1))
  }
  try m.function("log10(x, /)", "Return the base 10 logarithm of x.") { (call: Call) throws(PyError) -> Owned in
    try Owned.float(try logarithm(call[0], { log10($0) }, 0.30102999566398120))
  }
}

// MARK: - Sums, products, norms

/// Calls `body` with the magnitudes that `number` gives for each index; they are freed afterwards.
private func norm(_ count: Int, _ number: (Int) throws(PyError) -> Double) throws(PyError) -> Owned {
  let memory = try allocateMemory(max(count, 1) * 8).assumingMemoryBound(to: Double.self)
  defer { freeMemory(UnsafeMutableRawPointer(memory), size: max(count, 1) * 8) }
  var maximum = 0.0
  var foundNaN = false
  for index in 0..<count {
    let x = abs(try number(index))
    memory[index] = x
    if x.isNaN { foundNaN = true }
    if x > maximum { maximum = x }
  }
  return try Owned.float(euclideanNorm(UnsafeMutableBufferPointer(start: memory, count: count), maximum: maximum, foundNaN: foundNaN))
}

private func product(_ iterable: Value, _ start: Value) throws(PyError) -> Owned {
  let iterator = try iterable.iterate()
  var result = Owned(copying: start)
  if start.isSmallInteger {
    var whole = start.smallInteger
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { return try Owned.integer(whole) }
      if item.value.isSmallInteger {
        let (next, overflows) = whole.multipliedReportingOverflow(by: item.value.smallInteger)
        if !overflows {
          whole = next
          continue
        }
      }
      let so = try Owned.integer(whole)
      result = try so.value.multiply(item.value)
      break
    }
  }
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { return result }
    result = try result.value.multiply(item.value)
  }
}

private func defineAggregates(_ m: ModuleBuilder) throws(PyError) {
  try m.function("fsum(seq, /)", "Return an accurate floating-point sum of values in the iterable seq.\n\nAssumes IEEE-754 floating-point arithmetic.") { (call: Call) throws(PyError) -> Owned in try exactSum(call[0]) }
  try m.function("sumprod(p, q, /)", "Return the sum of products of values from two iterables p and q.\n\nFor float and mixed int/float inputs, the intermediate products\nand sums are computed with extended precision.") { (call: Call) throws(PyError) -> Owned in
    try sumOfProducts(call[0], call[1])
  }
  try m.function("prod(iterable, /, *, start=1)", "Calculate the product of all the elements in the input iterable.\n\nWhen the iterable is empty, return the start value.") { (call: Call) throws(PyError) -> Owned in
    try product(call[0], call[1])
  }
  try m.function("hypot(*coordinates)", "Multidimensional Euclidean distance from the origin to a point.\n\nFor a two dimensional point (x, y), gives the hypotenuse\nusing the Pythagorean theorem:  sqrt(x*x + y*y).") { (call: Call) throws(PyError) -> Owned in
    let values = call.variadic
    return try norm(values.count) { (index) throws(PyError) -> Double in try values[index].asDouble() }
  }
  try m.function("dist(p, q, /)", "Return the Euclidean distance between two points p and q.\n\nThe points should be specified as sequences (or iterables) of\ncoordinates.  Both inputs must have the same dimension.") { (call: Call) throws(PyError) -> Owned in
    let p = call[0].isTuple ? Owned(copying: call[0]) : try Owned.tuple(from: call[0])
    let q = call[1].isTuple ? Owned(copying: call[1]) : try Owned.tuple(from: call[1])
    let count = TupleObject(p.value).count
    guard count == TupleObject(q.value).count else { throw .valueError("both points must have the same number of dimensions") }
    let (first, second) = (TupleObject(p.value), TupleObject(q.value))
    return try norm(count) { (index) throws(PyError) -> Double in try first[index].asDouble() - (try second[index].asDouble()) }
  }
}

private func defineNumberTheory(_ m: ModuleBuilder) throws(PyError) {
  try m.function("gcd(*integers)", "Greatest Common Divisor.") { (call: Call) throws(PyError) -> Owned in try divisorOrMultiple(call.variadic, multiple: false) }
  try m.function("lcm(*integers)", "Least Common Multiple.") { (call: Call) throws(PyError) -> Owned in try divisorOrMultiple(call.variadic, multiple: true) }
  try m.function("isqrt(n, /)", "Return the integer part of the square root of the input.") { (call: Call) throws(PyError) -> Owned in try integerSquareRoot(call[0]) }
  try m.function("factorial(n, /)", "Find n!.") { (call: Call) throws(PyError) -> Owned in try factorial(call[0]) }
  try m.function("comb(n, k, /)", "Number of ways to choose k items from n items without repetition and without order.\n\nEvaluates to n! / (k! * (n - k)!) when k <= n and evaluates\nto zero when k > n.") { (call: Call) throws(PyError) -> Owned in
    try combinations(call[0], call[1])
  }
  try m.function("perm(n, k=None, /)", "Number of ways to choose k items from n items without repetition and with order.\n\nEvaluates to n! / (n - k)! when k <= n and evaluates\nto zero when k > n. If k is not specified or is None, then k defaults to n.") { (call: Call) throws(PyError) -> Owned in
    try permutations(call[0], call[1])
  }
}
