// Sums of doubles that lose nothing, or next to nothing: fsum, hypot and dist, sumprod.

import Glibc
import KraitRuntime

/// A number as the sum of two doubles.
private struct Pair {
  var high: Double
  var low: Double

  /// a + b, where a is the larger (Dekker).
  @inline(__always) static func fastSum(_ a: Double, _ b: Double) -> Pair {
    let x = a + b
    return Pair(high: x, low: b - (x - a))
  }

  /// a + b (Knuth).
  @inline(__always) static func sum(_ a: Double, _ b: Double) -> Pair {
    let x = a + b
    let z = x - a
    return Pair(high: x, low: (a - (x - z)) + (b - z))
  }

  // The function of the C library takes the processor's instruction where there is one.
  @inline(__always) static func product(_ a: Double, _ b: Double) -> Pair {
    let x = a * b
    return Pair(high: x, low: fma(a, b, -x))
  }
}

/// A sum of products, as three doubles.
struct TripleSum {
  private var high = 0.0
  private var low = 0.0
  private var tiny = 0.0

  mutating func add(_ x: Double, times y: Double) {
    let product = Pair.product(x, y)
    let sum = Pair.sum(high, product.high)
    let first = Pair.sum(low, product.low)
    let second = Pair.sum(first.high, sum.low)
    high = sum.high
    low = second.high
    tiny += first.low + second.low
  }

  /// Whether nothing has overflowed.
  var isFinite: Bool { high.isFinite }

  var value: Double {
    let last = Pair.sum(low, tiny)
    return Pair.sum(high, last.high).high
  }
}

/// The square root of the sum of squares of magnitudes, of which `maximum` is the largest.
func euclideanNorm(_ values: UnsafeMutableBufferPointer<Double>, maximum: Double, foundNaN: Bool) -> Double {
  if maximum.isInfinite { return maximum }
  if foundNaN { return .nan }
  if maximum == 0 || values.count <= 1 { return maximum }
  var exponent: Int32 = 0
  _ = frexp(maximum, &exponent)
  if exponent < -1023 {
    // The scale would overflow: first to normal numbers.
    for index in values.indices { values[index] /= Double.leastNormalMagnitude }
    return Double.leastNormalMagnitude * euclideanNorm(values, maximum: maximum / Double.leastNormalMagnitude, foundNaN: false)
  }
  let scale = ldexp(1.0, -exponent)
  var sum = 1.0
  var (first, second) = (0.0, 0.0)
  for value in values {
    let x = value * scale
    let square = Pair.product(x, x)
    let partial = Pair.fastSum(sum, square.high)
    sum = partial.high
    first += square.low
    second += partial.low
  }
  var h = (sum - 1.0 + (first + second)).squareRoot()
  // One step of Newton's, with the difference computed exactly.
  let square = Pair.product(-h, h)
  let partial = Pair.fastSum(sum, square.high)
  sum = partial.high
  first += square.low
  second += partial.low
  h += (sum - 1.0 + (first + second)) / (2.0 * h)
  return h / scale
}

/// `math.fsum`: partial sums that do not overlap (Shewchuk), rounded once.
func exactSum(_ iterable: Value) throws(PyError) -> Owned {
  let iterator = try iterable.iterate()
  var partials: [Double] = []
  var special = 0.0
  var infinities = 0.0
  while true {
    let item = try iterator.value.next()
    if item.value.isAbsent { break }
    let given = try item.value.asDouble()
    var x = given
    var kept = 0
    for index in partials.indices {
      var y = partials[index]
      if abs(x) < abs(y) { swap(&x, &y) }
      let sum = Pair.fastSum(x, y)
      if sum.low != 0 {
        partials[kept] = sum.low
        kept += 1
      }
      x = sum.high
    }
    partials.removeLast(partials.count - kept)
    if x != 0 {
      if !x.isFinite {
        if given.isFinite { throw .overflowError("intermediate overflow in fsum") }
        if given.isInfinite { infinities += given }
        special += given
        partials.removeAll(keepingCapacity: true)
      } else {
        partials.append(x)
      }
    }
  }
  if special != 0 {
    if infinities.isNaN { throw .valueError("-inf + inf in fsum") }
    return try Owned.float(special)
  }
  var index = partials.count
  if index == 0 { return try Owned.float(0) }
  index -= 1
  var high = partials[index]
  var low = 0.0
  while index > 0 {
    index -= 1
    let sum = Pair.fastSum(high, partials[index])
    high = sum.high
    low = sum.low
    if low != 0 { break }
  }
  // Half-way cases: the next partial says in which direction to round.
  if index > 0 && (low < 0 && partials[index - 1] < 0 || low > 0 && partials[index - 1] > 0) {
    let y = low * 2
    let x = high + y
    if y == x - high { high = x }
  }
  return try Owned.float(high)
}

/// `math.sumprod`
func sumOfProducts(_ p: Value, _ q: Value) throws(PyError) -> Owned {
  if let items = plainItems(p), let others = plainItems(q), items.count == others.count, let sum = plainSumOfProducts(items, others) {
    let whole = try Owned.integer(sum.whole)
    guard let floats = sum.floats else { return whole }
    let rest = try Owned.float(floats)
    return try whole.value.add(rest.value)
  }
  return try generalSumOfProducts(p, q)
}

/// The items of an exact list or tuple, good until Python code runs.
private func plainItems(_ value: Value) -> UnsafeBufferPointer<Value>? {
  if value.isExactList { return UnsafeBufferPointer(start: ListObject(value).items, count: ListObject(value).count) }
  return value.isExactTuple ? TupleObject(value).buffer : nil
}

/// The sum over pairs of small ints, then pairs with a float in each; nil when there is any other pair or something overflows. Runs no Python code.
private func plainSumOfProducts(_ items: UnsafeBufferPointer<Value>, _ others: UnsafeBufferPointer<Value>) -> (whole: Int, floats: Double?)? {
  var whole = 0
  var index = 0
  while index < items.count && items[index].isSmallInteger && others[index].isSmallInteger {
    let (product, tooLarge) = items[index].smallInteger.multipliedReportingOverflow(by: others[index].smallInteger)
    let (sum, overflows) = whole.addingReportingOverflow(product)
    if tooLarge || overflows { return nil }
    whole = sum
    index &+= 1
  }
  if index == items.count { return (whole, nil) }
  var exact = TripleSum()
  while index < items.count {
    let (x, y) = (items[index], others[index])
    guard x.isExactFloat || y.isExactFloat, let a = number(x), let b = number(y) else { return nil }
    exact.add(a, times: b)
    if !exact.isFinite { return nil }
    index &+= 1
  }
  return (whole, exact.value)
}

/// The pairs are of any kind.
private func generalSumOfProducts(_ p: Value, _ q: Value) throws(PyError) -> Owned {
  let left = try p.iterate()
  let right = try q.iterate()
  var total = try Owned.integer(0)
  var whole = 0
  var exact = TripleSum()
  var usesWhole = false
  var usesFloats = false
  // Ints come first, then floats, then anything: once a sum is added to the total for something it cannot take, the order of additions is the program's.
  var takesWhole = true
  var takesFloats = true
  func addWhole(_ total: borrowing Owned) throws(PyError) -> Owned {
    takesWhole = false
    guard usesWhole else { return total.copy() }
    usesWhole = false
    let number = try Owned.integer(whole)
    return try total.value.add(number.value)
  }
  func addFloats(_ total: borrowing Owned) throws(PyError) -> Owned {
    takesFloats = false
    guard usesFloats else { return total.copy() }
    usesFloats = false
    let number = try Owned.float(exact.value)
    return try total.value.add(number.value)
  }
  while true {
    let x = try left.value.next()
    let y = try right.value.next()
    if x.value.isAbsent || y.value.isAbsent {
      if x.value.isAbsent != y.value.isAbsent { throw .valueError("Inputs are not the same length") }
      let withWhole = try addWhole(total)
      return try addFloats(withWhole)
    }
    if takesWhole && x.value.isSmallInteger && y.value.isSmallInteger {
      let (product, tooLarge) = x.value.smallInteger.multipliedReportingOverflow(by: y.value.smallInteger)
      let (sum, overflows) = whole.addingReportingOverflow(product)
      if !tooLarge && !overflows {
        whole = sum
        usesWhole = true
        continue
      }
    }
    if takesWhole { total = try addWhole(total) }
    if takesFloats, let a = number(x.value), let b = number(y.value), x.value.isExactFloat || y.value.isExactFloat {
      var sum = exact
      sum.add(a, times: b)
      if sum.isFinite {
        exact = sum
        usesFloats = true
        continue
      }
    }
    if takesFloats { total = try addFloats(total) }
    let product = try x.value.multiply(y.value)
    total = try total.value.add(product.value)
  }
}

/// An exact float or an int that a double holds without overflow.
private func number(_ value: Value) -> Double? {
  if value.isExactFloat { return doubleValue(of: value) }
  if value.isSmallInteger { return Double(value.smallInteger) }
  if value.isBool { return value.isTrue ? 1 : 0 }
  return nil
}
