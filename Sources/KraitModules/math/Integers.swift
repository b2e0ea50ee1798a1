// Number theory of `math` on ints of any size: gcd, lcm, isqrt, factorial, comb, perm.

import CGMP
import Glibc
import KraitRuntime

/// A number of GMP's, for the time of one computation.
private struct Number: ~Copyable {
  let pointer: UnsafeMutablePointer<__mpz_struct>

  init() {
    pointer = UnsafeMutablePointer<__mpz_struct>.allocate(capacity: 1)
    __gmpz_init(pointer)
  }

  deinit {
    __gmpz_clear(pointer)
    pointer.deallocate()
  }

  /// A copy of an int.
  init(_ value: Value) {
    self.init()
    if let word = Integer.asInt(value) {
      __gmpz_set_si(pointer, word)
    } else {
      let object = IntegerObject(value)
      __gmpz_import(pointer, object.count, -1, MemoryLayout<UInt>.size, 0, 0, object.limbs)
      if object.isNegative { __gmpz_neg(pointer, pointer) }
    }
  }

  func value() throws(PyError) -> Owned {
    let count = Int(abs(pointer.pointee._mp_size))
    let limbs = UnsafeRawPointer(pointer.pointee._mp_d!).assumingMemoryBound(to: UInt.self)
    return try Integer.make(limbs: UnsafeBufferPointer(start: limbs, count: count), isNegative: pointer.pointee._mp_size < 0)
  }
}

/// The greatest common divisor of two ints, not negative.
func greatestCommonDivisor(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  if a.isSmallInteger && b.isSmallInteger {
    var (x, y) = (a.smallInteger.magnitude, b.smallInteger.magnitude)
    while y != 0 { (x, y) = (y, x % y) }
    return try Owned.integer(UInt64(x))
  }
  let result = Number(a)
  let other = Number(b)
  __gmpz_gcd(result.pointer, result.pointer, other.pointer)
  return try result.value()
}

/// `math.gcd` and `math.lcm` of all arguments.
func divisorOrMultiple(_ values: UnsafeBufferPointer<Value>, multiple: Bool) throws(PyError) -> Owned {
  var result = try Owned.integer(multiple ? 1 : 0)
  if values.count > 0 {
    let first = try values[0].index()
    result = try Integer.absolute(first.value)
  }
  for index in 1..<max(values.count, 1) {
    let next = try values[index].index()
    // All arguments are looked at, though the answer may be certain.
    if !multiple && result.value === Value(smallInteger: 1) { continue }
    let divisor = try greatestCommonDivisor(result.value, next.value)
    if multiple {
      if Integer.isZero(divisor.value) { continue }
      let quotient = try result.value.floorDivide(divisor.value)
      let product = try Integer.multiply(quotient.value, next.value)
      result = try Integer.absolute(product.value)
    } else {
      result = divisor
    }
  }
  return result
}

/// `math.isqrt`
func integerSquareRoot(_ value: Value) throws(PyError) -> Owned {
  let n = try value.index()
  if Integer.isNegative(n.value) { throw .valueError("isqrt() argument must be nonnegative") }
  if let word = Integer.asInt(n.value) {
    var root = Int(Double(word).squareRoot())
    while root > 0 && (root > 3_037_000_499 || root * root > word) { root -= 1 }
    while root < 3_037_000_499 && (root + 1) * (root + 1) <= word { root += 1 }
    return try Owned.integer(root)
  }
  let number = Number(n.value)
  __gmpz_sqrt(number.pointer, number.pointer)
  return try number.value()
}

/// Results of more bits than this are refused: there is no memory for them, and GMP would end the process.
private let largestResult = Double(1 << 33)

func factorial(_ value: Value) throws(PyError) -> Owned {
  let n = try value.index()
  if Integer.isNegative(n.value) { throw .valueError("factorial() not defined for negative values") }
  guard let word = Integer.asInt(n.value) else { throw .overflowError("factorial() argument should not exceed \(Int.max)") }
  if word <= 20 {
    var result = 1
    for factor in 2..<max(word + 1, 2) { result *= factor }
    return try Owned.integer(result)
  }
  if Double(word) * (log2(Double(word)) - 1.44) > largestResult { throw PyError.memoryError() }
  let number = Number()
  __gmpz_fac_ui(number.pointer, UInt(word))
  return try number.value()
}

/// n (n - 1) … (n - k + 1), by halves, so that factors of like size are multiplied.
private func fallingProduct(_ n: Value, _ start: Int, _ count: Int) throws(PyError) -> Owned {
  if count == 0 { return try Owned.integer(1) }
  if count == 1 {
    let offset = try Owned.integer(start)
    return try Integer.subtract(n, offset.value)
  }
  let half = count / 2
  let low = try fallingProduct(n, start, half)
  let high = try fallingProduct(n, start + half, count - half)
  return try Integer.multiply(low.value, high.value)
}

/// Whether k factors of about n make a number that is too large.
private func checkSize(_ n: Value, _ k: Int) throws(PyError) {
  if Double(k) * Double(Integer.bitLength(n)) > largestResult { throw PyError.memoryError() }
}

func permutations(_ first: Value, _ second: Value) throws(PyError) -> Owned {
  if second.isNone { return try factorial(first) }
  let n = try first.index()
  let k = try second.index()
  if Integer.isNegative(n.value) { throw .valueError("n must be a non-negative integer") }
  if Integer.isNegative(k.value) { throw .valueError("k must be a non-negative integer") }
  if Integer.compare(n.value, k.value) < 0 { return try Owned.integer(0) }
  guard let count = Integer.asInt(k.value) else { throw .overflowError("k must not exceed \(Int.max)") }
  try checkSize(n.value, count)
  return try fallingProduct(n.value, 0, count)
}

func combinations(_ first: Value, _ second: Value) throws(PyError) -> Owned {
  let n = try first.index()
  let given = try second.index()
  if Integer.isNegative(n.value) { throw .valueError("n must be a non-negative integer") }
  if Integer.isNegative(given.value) { throw .valueError("k must be a non-negative integer") }
  if Integer.compare(n.value, given.value) < 0 { return try Owned.integer(0) }
  let rest = try Integer.subtract(n.value, given.value)
  let k = Integer.compare(rest.value, given.value) < 0 ? rest : given
  guard let count = Integer.asInt(k.value) else { throw .overflowError("min(n - k, k) must not exceed \(Int.max)") }
  try checkSize(n.value, count)
  if let word = Integer.asInt(n.value) {
    let number = Number()
    __gmpz_bin_uiui(number.pointer, UInt(word), UInt(count))
    return try number.value()
  }
  let top = try fallingProduct(n.value, 0, count)
  let size = try Owned.integer(count)
  let bottom = try factorial(size.value)
  return try top.value.floorDivide(bottom.value)
}
