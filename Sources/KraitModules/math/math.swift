// The module `math`.

import Glibc
import KraitRuntime

let mathModule = ModuleDefinition("math", "Functions of real numbers, most of them the C library's.") { (m: ModuleBuilder) throws(PyError) in
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
  try m.function("acos(x, /)", "The angle, in radians from 0 to pi, whose cosine is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = acos(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a number in range from -1 up to 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("acosh(x, /)", "The number whose hyperbolic cosine is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = acosh(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected argument value not less than 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("asin(x, /)", "The angle, in radians from -pi/2 to pi/2, whose sine is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = asin(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a number in range from -1 up to 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("asinh(x, /)", "The number whose hyperbolic sine is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = asinh(x)
    return try Owned.float(r)
  }
  try m.function("atan(x, /)", "The angle, in radians from -pi/2 to pi/2, whose tangent is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = atan(x)
    return try Owned.float(r)
  }
  try m.function("atanh(x, /)", "The number whose hyperbolic tangent is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = atanh(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a number between -1 and 1, got", x) }
    return try Owned.float(r)
  }
  try m.function("cbrt(x, /)", "The number whose third power is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = cbrt(x)
    return try Owned.float(r)
  }
  try m.function("cos(x, /)", "The cosine of an angle in radians.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = cos(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a finite input, got", x) }
    return try Owned.float(r)
  }
  try m.function("cosh(x, /)", "The hyperbolic cosine.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = cosh(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("degrees(x, /)", "An angle in degrees, from radians.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x * (180.0 / Double.pi)
    return try Owned.float(r)
  }
  try m.function("erf(x, /)", "The probability that a normal variable of variance 1/2 lies within x of its mean, with x's sign.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = erf(x)
    return try Owned.float(r)
  }
  try m.function("erfc(x, /)", "1 - erf(x), without its loss of digits.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = erfc(x)
    return try Owned.float(r)
  }
  try m.function("exp(x, /)", "e**x, more exactly.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = exp(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("exp2(x, /)", "2**x for a float.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = exp2(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("expm1(x, /)", "e**x - 1.\n\nNear 0 the subtraction would lose most digits: here it does not.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = expm1(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("fabs(x, /)", "x without its sign, as a float.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = abs(x)
    return try Owned.float(r)
  }
  try m.function("gamma(x, /)", "The gamma function: (x - 1)! for natural numbers, and what is between them.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = Gamma.gamma(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    if r.isNaN && !x.isNaN { throw domainError("expected a noninteger or positive integer, got", x) }
    return try Owned.float(r)
  }
  try m.function("lgamma(x, /)", "log(abs(gamma(x))), also where gamma(x) is too great for a float.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = Gamma.logarithm(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    if r.isNaN && !x.isNaN { throw domainError("expected a noninteger or positive integer, got", x) }
    return try Owned.float(r)
  }
  try m.function("log1p(x, /)", "The natural logarithm of 1 + x.\n\nNear 0 the addition would lose most digits: here it does not.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x == 0 ? x : x == -1 ? Double.nan : log1p(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected argument value > -1, got", x) }
    return try Owned.float(r)
  }
  try m.function("radians(x, /)", "An angle in radians, from degrees.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x * (Double.pi / 180.0)
    return try Owned.float(r)
  }
  try m.function("sin(x, /)", "The sine of an angle in radians.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = sin(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a finite input, got", x) }
    return try Owned.float(r)
  }
  try m.function("sinh(x, /)", "The hyperbolic sine.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = sinh(x)
    if r.isInfinite && x.isFinite { throw rangeError() }
    return try Owned.float(r)
  }
  try m.function("sqrt(x, /)", "The number, not negative, whose square is x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = x.squareRoot()
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a nonnegative input, got", x) }
    return try Owned.float(r)
  }
  try m.function("tan(x, /)", "The tangent of an angle in radians.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = tan(x)
    if r.isNaN && !x.isNaN || r.isInfinite && x.isFinite { throw domainError("expected a finite input, got", x) }
    return try Owned.float(r)
  }
  try m.function("tanh(x, /)", "The hyperbolic tangent.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let r = tanh(x)
    return try Owned.float(r)
  }
  try m.function("isfinite(x, /)", "Whether x is a number and not infinite.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try call.double(0).isFinite)
  }
  try m.function("isinf(x, /)", "Whether x is inf or -inf.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try call.double(0).isInfinite)
  }
  try m.function("isnan(x, /)", "Whether x is nan, which is no number.") { (call: Call) throws(PyError) -> Owned in
    .boolean(try call.double(0).isNaN)
  }
}

private func defineFunctionsOfTwo(_ m: ModuleBuilder) throws(PyError) {
  try m.function("atan2(y, x, /)", "The angle, in radians from -pi to pi, at which the point (x, y) is seen from the origin.\n\nBoth signs count, so that it knows all four quadrants.") { (call: Call) throws(PyError) -> Owned in
    try Owned.float(atan2(try call.double(0), try call.double(1)))
  }
  try m.function("copysign(x, y, /)", "The float with the digits of x and the sign of y.") { (call: Call) throws(PyError) -> Owned in
    try Owned.float(copysign(try call.double(0), try call.double(1)))
  }
  try m.function("fmod(x, y, /)", "What is left of x after whole multiples of y, with the sign of x.\n\nThe operator % gives the sign of y.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let y = try call.double(1)
    if y.isInfinite && x.isFinite { return try Owned.float(x) }
    return try checked(fmod(x, y), x, y)
  }
  try m.function("remainder(x, y, /)", "How far x is from the nearest whole multiple of y.\n\nIn the middle between two, the one with an even factor counts.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let y = try call.double(1)
    if x.isFinite && y.isInfinite { return try Owned.float(x) }
    return try checked(remainder(x, y), x, y)
  }
  try m.function("pow(x, y, /)", "x**y in floats, as C computes it.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let y = try call.double(1)
    let r = pow(x, y)
    if r.isNaN && !x.isNaN && !y.isNaN { throw .valueError("math domain error") }
    if r.isInfinite && x.isFinite && y.isFinite { throw x == 0 ? .valueError("math domain error") : rangeError() }
    return try Owned.float(r)
  }
  try m.function("fma(x, y, z, /)", "x * y + z, rounded once.") { (call: Call) throws(PyError) -> Owned in
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
  try m.function("ldexp(x, i, /)", "x * 2**i, without a detour over 2**i.\n\nfrexp() goes the other way.") { (call: Call) throws(PyError) -> Owned in
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
  try m.function("frexp(x, /)", "The pair (m, e) of a float and an int with x == m * 2**e.\n\nm is at least 0.5 and less than 1.0, apart from the sign; of 0, both are 0.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    var exponent: Int32 = 0
    let mantissa = x == 0 || !x.isFinite ? x : frexp(x, &exponent)
    let first = try Owned.float(mantissa)
    return try Owned.tuple(first.value, Value(smallInteger: Int(exponent)))
  }
  try m.function("modf(x, /)", "The pair of what stands behind the point and what stands before it.\n\nBoth are floats with the sign of x.") { (call: Call) throws(PyError) -> Owned in
    let x = try call.double(0)
    let whole = x.rounded(.towardZero)
    let fraction = try Owned.float(x.isInfinite ? copysign(0, x) : x.isNaN ? x : copysign(x - whole, x))
    let integer = try Owned.float(whole)
    return try Owned.tuple(fraction.value, integer.value)
  }
  try m.function("nextafter(x, y, /, *, steps=None)", "The float next to x in the direction of y, or the one that many steps on.\n\nsteps is an int that is not negative (ValueError); None is one step.") {
    (call: Call) throws(PyError) -> Owned in try nextAfter(try call.double(0), try call.double(1), call[2])
  }
  try m.function("ulp(x, /)", "How far the next float of greater magnitude is from x.") { (call: Call) throws(PyError) -> Owned in
    let x = abs(try call.double(0))
    if x.isNaN || x.isInfinite { return try Owned.float(x) }
    let next = x.nextUp
    return try Owned.float(next.isInfinite ? x - x.nextDown : next - x)
  }
  try m.function("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Whether two numbers differ by little.\n\n  rel_tol\n    how much, as a part of the greater one's magnitude\n  abs_tol\n    how much in any case, which is what counts near zero") { (call: Call) throws(PyError) -> Owned in
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
  try m.function("ceil(x, /)", "The least int that is not less than x.\n\nOther types answer by __ceil__.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isExactFloat {
      let method = try call[0].lookUpSpecialIfAny(Names.ceil)
      if !method.value.isAbsent { return try method.value.call() }
    }
    return try integer(try call.double(0).rounded(.up))
  }
  try m.function("floor(x, /)", "The greatest int that is not greater than x.\n\nOther types answer by __floor__.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isExactFloat {
      let method = try call[0].lookUpSpecialIfAny(Names.floor)
      if !method.value.isAbsent { return try method.value.call() }
    }
    return try integer(try call.double(0).rounded(.down))
  }
  try m.function("trunc(x, /)", "x without what stands behind the point.\n\nThe type's __trunc__ does it.") { (call: Call) throws(PyError) -> Owned in
    if call[0].isExactFloat { return try integer(try call.double(0).rounded(.towardZero)) }
    let method = try call[0].lookUpSpecialIfAny(Names.trunc)
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
  try m.rawFunction("log", "log(x, [base=math.e])\nThe exponent to which base must be raised to give x.\n\nWith one argument, the natural logarithm.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("math.log")
    try arguments.check("log", 1, 2)
    let number = try logarithm(arguments.base[0], { log($0) }, 0.6931471805599453)
    if arguments.positionalCount == 1 { return try Owned.float(number) }
    let base = try logarithm(arguments.base[1], { log($0) }, 0.6931471805599453)
    if base == 0 { throw .zeroDivisionError("division by zero") }
    return try Owned.float(number / base)
  }
  try m.function("log2(x, /)", "The exponent to which 2 must be raised to give x.") { (call: Call) throws(PyError) -> Owned in
    try Owned.float(try logarithm(call[0], { log2($0) }, 1))
  }
  try m.function("log10(x, /)", "The exponent to which 10 must be raised to give x.") { (call: Call) throws(PyError) -> Owned in
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
  try m.function("fsum(seq, /)", "The sum of floats, rounded once at the end.\n\nNo digit is lost on the way.") { (call: Call) throws(PyError) -> Owned in try exactSum(call[0]) }
  try m.function("sumprod(p, q, /)", "The sum of the products of the pairs from p and q.\n\nWith floats, or ints among them, no digit is lost on the way.") { (call: Call) throws(PyError) -> Owned in
    try sumOfProducts(call[0], call[1])
  }
  try m.function("prod(iterable, /, *, start=1)", "What comes out when start is multiplied by each item in turn.\n\nThe start itself if there is none.") { (call: Call) throws(PyError) -> Owned in
    try product(call[0], call[1])
  }
  try m.function("hypot(*coordinates)", "How far the point with these coordinates is from the origin, in any number of\ndimensions.") { (call: Call) throws(PyError) -> Owned in
    let values = call.variadic
    return try norm(values.count) { (index) throws(PyError) -> Double in try values[index].asDouble() }
  }
  try m.function("dist(p, q, /)", "How far p is from q, in any number of dimensions.\n\nEach point is an iterable of coordinates, and both have the same number of\nthem.") { (call: Call) throws(PyError) -> Owned in
    let p = call[0].isTuple ? Owned(copying: call[0]) : try Owned.tuple(from: call[0])
    let q = call[1].isTuple ? Owned(copying: call[1]) : try Owned.tuple(from: call[1])
    let count = TupleObject(p.value).count
    guard count == TupleObject(q.value).count else { throw .valueError("both points must have the same number of dimensions") }
    let (first, second) = (TupleObject(p.value), TupleObject(q.value))
    return try norm(count) { (index) throws(PyError) -> Double in try first[index].asDouble() - (try second[index].asDouble()) }
  }
}

private func defineNumberTheory(_ m: ModuleBuilder) throws(PyError) {
  try m.function("gcd(*integers)", "The greatest int that divides all of them.") { (call: Call) throws(PyError) -> Owned in try divisorOrMultiple(call.variadic, multiple: false) }
  try m.function("lcm(*integers)", "The least int that all of them divide.") { (call: Call) throws(PyError) -> Owned in try divisorOrMultiple(call.variadic, multiple: true) }
  try m.function("isqrt(n, /)", "The greatest int whose square is not greater than n.") { (call: Call) throws(PyError) -> Owned in try integerSquareRoot(call[0]) }
  try m.function("factorial(n, /)", "Find n!.") { (call: Call) throws(PyError) -> Owned in try factorial(call[0]) }
  try m.function("comb(n, k, /)", "How many sets of k can be chosen from n things.\n\nNone, so 0, if k is greater than n.") { (call: Call) throws(PyError) -> Owned in
    try combinations(call[0], call[1])
  }
  try m.function("perm(n, k=None, /)", "How many sequences of k different ones can be chosen from n things.\n\nNone, so 0, if k is greater than n. Without k, or with None, all n\nare ordered.") { (call: Call) throws(PyError) -> Owned in
    try permutations(call[0], call[1])
  }
}
