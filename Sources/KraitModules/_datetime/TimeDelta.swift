// The type `datetime.timedelta`.

import KraitRuntime

nonisolated(unsafe) var timeDeltaType = ModuleType()

/// A duration: seconds are 0 to 86399, microseconds 0 to 999999, days have the sign.
struct Duration: Equatable {
  var days = 0
  var seconds = 0
  var microseconds = 0

  static let maximumDays = 999_999_999
  static let microsecondsPerDay = 86_400_000_000

  init() {}

  /// Any numbers, brought into their ranges.
  init(days: Int, seconds: Int, microseconds: Int) {
    let carried = seconds &+ floorDivide(microseconds, 1_000_000)
    self.microseconds = floorRemainder(microseconds, 1_000_000)
    self.seconds = floorRemainder(carried, 86_400)
    self.days = days &+ floorDivide(carried, 86_400)
  }

  var total: Int128 { Int128(days) * Int128(Duration.microsecondsPerDay) + Int128(seconds * 1_000_000 + microseconds) }
  var isZero: Bool { days == 0 && seconds == 0 && microseconds == 0 }
  /// Whether it is less than a day, in either direction.
  var isOffset: Bool { days == 0 || (days == -1 && (seconds > 0 || microseconds > 0)) }

  static func < (a: Duration, b: Duration) -> Bool { (a.days, a.seconds, a.microseconds) < (b.days, b.seconds, b.microseconds) }

  func compared(to other: Duration) -> Int { self == other ? 0 : self < other ? -1 : 1 }
  func minus(_ other: Duration) -> Duration {
    Duration(days: days - other.days, seconds: seconds - other.seconds, microseconds: microseconds - other.microseconds)
  }
  func plus(_ other: Duration) -> Duration {
    Duration(days: days + other.days, seconds: seconds + other.seconds, microseconds: microseconds + other.microseconds)
  }
  var negated: Duration { Duration().minus(self) }
}

/// A `datetime.timedelta` or an instance of a subclass.
struct TimeDelta {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// 0 before somebody asks.
    var hash: Int
    var days: Int32
    var seconds: Int32
    var microseconds: Int32
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }

  var duration: Duration {
    var result = Duration()
    result.days = Int(contents.pointee.days)
    result.seconds = Int(contents.pointee.seconds)
    result.microseconds = Int(contents.pointee.microseconds)
    return result
  }

  func set(_ duration: Duration) {
    contents.pointee.days = Int32(truncatingIfNeeded: duration.days)
    contents.pointee.seconds = Int32(truncatingIfNeeded: duration.seconds)
    contents.pointee.microseconds = Int32(truncatingIfNeeded: duration.microseconds)
  }

  static func make(_ duration: Duration, _ type: TypeObject = timeDeltaType.object) throws(PyError) -> Owned {
    if abs(duration.days) > Duration.maximumDays {
      throw .overflowError("days=\(duration.days); must have magnitude <= \(Duration.maximumDays)")
    }
    let raw = try type.allocate()
    TimeDelta(raw: raw).set(duration)
    return Owned(taking: raw)
  }

  /// From microseconds; whatever is too large is refused.
  static func make(total: Int128, _ type: TypeObject = timeDeltaType.object) throws(PyError) -> Owned {
    let perDay = Int128(Duration.microsecondsPerDay)
    var (days, rest) = total.quotientAndRemainder(dividingBy: perDay)
    if rest < 0 {
      rest += perDay
      days -= 1
    }
    guard let number = Int32(exactly: days) else { throw .overflowError("Python int too large to convert to C int") }
    return try make(Duration(days: Int(number), seconds: 0, microseconds: Int(rest)), type)
  }

  /// The same from an int of any size.
  static func make(total: Value, _ type: TypeObject = timeDeltaType.object) throws(PyError) -> Owned {
    let perDay = try Owned.integer(Duration.microsecondsPerDay)
    let parts = try Integer.divmod(total, perDay.value)
    guard let days = Integer.asInt(TupleObject(parts.value)[0]), let number = Int32(exactly: days), let rest = Integer.asInt(TupleObject(parts.value)[1]) else {
      throw .overflowError("Python int too large to convert to C int")
    }
    return try make(Duration(days: Int(number), seconds: 0, microseconds: rest), type)
  }

  /// All of it in microseconds, as an int.
  static func total(_ value: Value) throws(PyError) -> Owned { try integer(TimeDelta(value).duration.total) }

  static func integer(_ number: Int128) throws(PyError) -> Owned {
    if let word = Int(exactly: number) { return try Owned.integer(word) }
    let unit = Int128(1) << 60
    let high = try Owned.integer(Int(truncatingIfNeeded: number >> 60))
    let factor = try Owned.integer(Int(truncatingIfNeeded: unit))
    let low = try Owned.integer(Int(truncatingIfNeeded: number & (unit - 1)))
    let product = try Integer.multiply(high.value, factor.value)
    return try Integer.add(product.value, low.value)
  }

  func hash() throws(PyError) -> Int {
    if contents.pointee.hash != 0 { return contents.pointee.hash }
    let tuple = try state()
    let hash = try tuple.value.hash()
    contents.pointee.hash = hash
    return hash
  }

  /// Days, seconds and microseconds as a tuple.
  func state() throws(PyError) -> Owned {
    let days = try Owned.integer(Int(contents.pointee.days))
    let seconds = try Owned.integer(Int(contents.pointee.seconds))
    let microseconds = try Owned.integer(Int(contents.pointee.microseconds))
    return try Owned.tuple(days.value, seconds.value, microseconds.value)
  }
}

// MARK: - Making

/// What the arguments of `timedelta()` come to, in microseconds.
private struct DeltaSum: ~Copyable {
  private var total: Int128 = 0
  /// What does not fit the number above; absent for nothing.
  private var large = Owned(taking: .absent)
  /// The part that is less than a microsecond.
  private var rest = 0.0

  mutating func add(_ value: Value, _ factor: Int, _ name: StaticString) throws(PyError) {
    if value.isAbsent { return }
    if value.isInteger { return try add(integer: value, factor) }
    guard value.isFloat, let number = doubleValue(of: value) else {
      throw .typeError("unsupported type for timedelta \(name) component: \(value.typeName)")
    }
    let whole = number.rounded(.towardZero)
    try add(double: whole, factor)
    let fraction = number - whole
    if fraction == 0 { return }
    let product = Double(factor) * fraction
    let wholeProduct = product.rounded(.towardZero)
    rest += product - wholeProduct
    try add(double: wholeProduct, 1)
  }

  private mutating func add(integer value: Value, _ factor: Int) throws(PyError) {
    if let number = Integer.asInt(value) {
      total += Int128(number) * Int128(factor)
      return
    }
    let multiplier = try Owned.integer(factor)
    let product = try Integer.multiply(value, multiplier.value)
    large = large.value.isAbsent ? product : try Integer.add(large.value, product.value)
  }

  private mutating func add(double: Double, _ factor: Int) throws(PyError) {
    if double.isNaN { throw .valueError("cannot convert float NaN to integer") }
    if double.isInfinite { throw .overflowError("cannot convert float infinity to integer") }
    if abs(double) < 9e18 {
      total += Int128(Int(double)) * Int128(factor)
      return
    }
    let number = try Owned.float(double)
    let integer = try number.value.callMethod(Name.make("__int__"))
    try add(integer: integer.value, factor)
  }

  /// The sum, with what is less than a microsecond rounded half to even.
  consuming func finish(_ type: TypeObject) throws(PyError) -> Owned {
    if rest != 0 {
      var whole = rest.rounded(.toNearestOrAwayFromZero)
      if abs(whole - rest) == 0.5 {
        let odd = (total & 1 != 0) != (!large.value.isAbsent && Integer.isOdd(large.value)) ? 1.0 : 0.0
        whole = 2 * ((rest + odd) * 0.5).rounded(.toNearestOrAwayFromZero) - odd
      }
      total += Int128(Int(whole))
    }
    if large.value.isAbsent { return try TimeDelta.make(total: total, type) }
    let small = try TimeDelta.integer(total)
    let sum = try Integer.add(large.value, small.value)
    return try TimeDelta.make(total: sum.value, type)
  }
}

private func newTimeDelta(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(
    arguments, "__new__", ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"])
  var sum = DeltaSum()
  try sum.add(given[2], 1, "microseconds")
  try sum.add(given[3], 1000, "milliseconds")
  try sum.add(given[1], 1_000_000, "seconds")
  try sum.add(given[4], 60_000_000, "minutes")
  try sum.add(given[5], 3_600_000_000, "hours")
  try sum.add(given[0], Duration.microsecondsPerDay, "days")
  try sum.add(given[6], 7 * Duration.microsecondsPerDay, "weeks")
  return try sum.finish(TypeObject(type))
}

// MARK: - Arithmetic

/// The int nearest to a quotient of ints, half to even.
private func divideNearest(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  let parts = try Integer.divmod(a, b)
  let quotient = Owned(copying: TupleObject(parts.value)[0])
  let rest = try Integer.absolute(TupleObject(parts.value)[1])
  let twice = try Integer.add(rest.value, rest.value)
  let divisor = try Integer.absolute(b)
  let order = Integer.compare(twice.value, divisor.value)
  if order < 0 || (order == 0 && !Integer.isOdd(quotient.value)) { return quotient }
  let one = try Owned.integer(1)
  return try Integer.add(quotient.value, one.value)
}

/// A delta's microseconds times a float or, inverted, through it, rounded: by the float's `as_integer_ratio()`, which a subclass may have of its own.
private func scale(_ delta: Value, _ float: Value, isInverted: Bool) throws(PyError) -> Owned {
  let total = try TimeDelta.total(delta)
  let ratio = try float.callMethod(Name.make("as_integer_ratio"))
  guard ratio.value.isTuple else { throw .typeError("unexpected return type from as_integer_ratio(): expected tuple, not '\(ratio.value.typeName)'") }
  let parts = TupleObject(ratio.value)
  guard parts.count == 2 else { throw .valueError("as_integer_ratio() must return a 2-tuple") }
  let product = try total.value.multiply(parts[isInverted ? 1 : 0])
  let divisor = parts[isInverted ? 0 : 1]
  guard product.value.isInteger, divisor.isInteger else { throw .typeError("non-integer arguments in division") }
  let quotient = try divideNearest(product.value, divisor)
  return try TimeDelta.make(total: quotient.value)
}

private func multiply(_ delta: Value, _ factor: Value) throws(PyError) -> Owned {
  if factor.isInteger {
    if let word = Integer.asInt(factor) {
      let (product, isLarge) = TimeDelta(delta).duration.total.multipliedReportingOverflow(by: Int128(word))
      if !isLarge { return try TimeDelta.make(total: product) }
    }
    let total = try TimeDelta.total(delta)
    let product = try Integer.multiply(total.value, factor)
    return try TimeDelta.make(total: product.value)
  }
  guard factor.isFloat else { return .notImplemented }
  return try scale(delta, factor, isInverted: false)
}

private func trueDivide(_ delta: Value, _ divisor: Value) throws(PyError) -> Owned {
  let total = try TimeDelta.total(delta)
  if timeDeltaType.includes(divisor) {
    let other = try TimeDelta.total(divisor)
    return try total.value.trueDivide(other.value)
  }
  if divisor.isInteger {
    let quotient = try divideNearest(total.value, divisor)
    return try TimeDelta.make(total: quotient.value)
  }
  guard divisor.isFloat else { return .notImplemented }
  return try scale(delta, divisor, isInverted: true)
}

private func floorDivide(_ delta: Value, _ divisor: Value) throws(PyError) -> Owned {
  let total = try TimeDelta.total(delta)
  if timeDeltaType.includes(divisor) {
    let other = try TimeDelta.total(divisor)
    return try Integer.floorDivide(total.value, other.value)
  }
  guard divisor.isInteger else { return .notImplemented }
  let quotient = try Integer.floorDivide(total.value, divisor)
  return try TimeDelta.make(total: quotient.value)
}

private func areDeltas(_ a: Value, _ b: Value) -> Bool { timeDeltaType.includes(a) && timeDeltaType.includes(b) }

private func deltaDivmod(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  let left = try TimeDelta.total(a)
  let right = try TimeDelta.total(b)
  let parts = try Integer.divmod(left.value, right.value)
  let rest = try TimeDelta.make(total: TupleObject(parts.value)[1])
  return try Owned.tuple(TupleObject(parts.value)[0], rest.value)
}

// MARK: - Texts

private func deltaRepr(_ value: Value) throws(PyError) -> Owned {
  let duration = TimeDelta(value).duration
  var parts: [String] = []
  if duration.days != 0 { parts.append("days=\(duration.days)") }
  if duration.seconds != 0 { parts.append("seconds=\(duration.seconds)") }
  if duration.microseconds != 0 { parts.append("microseconds=\(duration.microseconds)") }
  if parts.isEmpty { parts.append("0") }
  return try Owned.string("\(value.typeName)(\(parts.joined(separator: ", ")))")
}

private func deltaText(_ value: Value) throws(PyError) -> Owned {
  let duration = TimeDelta(value).duration
  let minutes = duration.seconds / 60
  var text = "\(minutes / 60):\(padded(minutes % 60, 2)):\(padded(duration.seconds % 60, 2))"
  if duration.microseconds != 0 { text += ".\(padded(duration.microseconds, 6))" }
  if duration.days != 0 { text = "\(duration.days) day\(abs(duration.days) == 1 ? "" : "s"), " + text }
  return try Owned.string(text)
}

// MARK: - The type

private func defineArithmetic(_ t: TypeDefinition) {
  t.slots.add = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    areDeltas(a, b) ? try TimeDelta.make(TimeDelta(a).duration.plus(TimeDelta(b).duration)) : .notImplemented
  }
  t.slots.subtract = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    areDeltas(a, b) ? try TimeDelta.make(TimeDelta(a).duration.minus(TimeDelta(b).duration)) : .notImplemented
  }
  t.slots.multiply = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    timeDeltaType.includes(a) ? try multiply(a, b) : try multiply(b, a)
  }
  t.slots.trueDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    timeDeltaType.includes(a) ? try trueDivide(a, b) : .notImplemented
  }
  t.slots.floorDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    timeDeltaType.includes(a) ? try floorDivide(a, b) : .notImplemented
  }
  t.slots.remainder = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    guard areDeltas(a, b) else { return .notImplemented }
    let left = try TimeDelta.total(a)
    let right = try TimeDelta.total(b)
    let rest = try Integer.remainder(left.value, right.value)
    return try TimeDelta.make(total: rest.value)
  }
  t.slots.divmod = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in areDeltas(a, b) ? try deltaDivmod(a, b) : .notImplemented }
  t.slots.negative = UnarySlot { (value: Value) throws(PyError) -> Owned in try TimeDelta.make(TimeDelta(value).duration.negated) }
  t.slots.positive = UnarySlot { (value: Value) throws(PyError) -> Owned in try TimeDelta.make(TimeDelta(value).duration) }
  t.slots.absolute = UnarySlot { (value: Value) throws(PyError) -> Owned in
    let duration = TimeDelta(value).duration
    return try TimeDelta.make(duration.days < 0 ? duration.negated : duration)
  }
  t.slots.truth = TruthSlot { (value: Value) throws(PyError) -> Bool in !TimeDelta(value).duration.isZero }
}

func defineTimeDelta(_ m: ModuleBuilder) throws(PyError) {
  timeDeltaType = ModuleType(
    try m.defineType("timedelta", module: "datetime", isStatic: true) { t in
      t.documentation = "The time between two moments: days, seconds and microseconds. Other units may be given, and fractions."
      t.basicSize = MemoryLayout<TimeDelta.Contents>.size
      t.flags.insert(.baseType)
      t.rawNew("timedelta", newTimeDelta)
      t.slots.repr = UnarySlot(deltaRepr)
      t.slots.str = UnarySlot(deltaText)
      t.slots.hash = HashSlot { (value: Value) throws(PyError) -> Int in try TimeDelta(value).hash() }
      t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
        guard timeDeltaType.includes(b), timeDeltaType.includes(a) else { return .notImplemented }
        return .boolean(operation.holds(TimeDelta(a).duration.compared(to: TimeDelta(b).duration), 0))
      }
      defineArithmetic(t)
      t.member("days", "Whole days, negative ones too.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(TimeDelta(value).duration.days) }
      t.member("seconds", "Seconds beside the days: 0 to 86399.") { (value: Value) throws(PyError) -> Owned in
        try Owned.integer(TimeDelta(value).duration.seconds)
      }
      t.member("microseconds", "Microseconds beside the seconds: 0 to 999999.") { (value: Value) throws(PyError) -> Owned in
        try Owned.integer(TimeDelta(value).duration.microseconds)
      }
      t.method("total_seconds($self, /)", "The whole duration in seconds, a float.") { (call: Call) throws(PyError) -> Owned in
        let total = try TimeDelta.total(call.receiver)
        let unit = try Owned.integer(1_000_000)
        return try total.value.trueDivide(unit.value)
      }
      t.method("__reduce__($self, /)", "What a pickle keeps.") { (call: Call) throws(PyError) -> Owned in
        let state = try TimeDelta(call.receiver).state()
        return try Owned.tuple(call.receiver.type.value, state.value)
      }
      for (name, duration) in [
        (Name.make("resolution"), Duration(days: 0, seconds: 0, microseconds: 1)), (Name.make("min"), Duration(days: -Duration.maximumDays, seconds: 0, microseconds: 0)),
        (Name.make("max"), Duration(days: Duration.maximumDays, seconds: 86_399, microseconds: 999_999)),
      ] {
        t.attribute(name, immortalDelta(t, duration))
      }
      DateTimeConstants.microsecond = immortalDelta(t, Duration(days: 0, seconds: 0, microseconds: 1))
      DateTimeConstants.day = immortalDelta(t, Duration(days: 1, seconds: 0, microseconds: 0))
      DateTimeConstants.zero = immortalDelta(t, Duration())
      DateTimeConstants.firstOffset = immortalDelta(t, Duration(days: -1, seconds: 60, microseconds: 0))
      DateTimeConstants.lastOffset = immortalDelta(t, Duration(days: 0, seconds: 86_340, microseconds: 0))
    })
}

private func immortalDelta(_ t: TypeDefinition, _ duration: Duration) -> Value {
  let raw = t.immortalInstance(size: (MemoryLayout<TimeDelta.Contents>.size + 7) & ~7)
  TimeDelta(raw: raw).set(duration)
  return Value(raw)
}

/// Instances that live as long as the process, made with their types.
enum DateTimeConstants {
  nonisolated(unsafe) static var microsecond = Value.absent
  nonisolated(unsafe) static var day = Value.absent
  nonisolated(unsafe) static var zero = Value.absent
  nonisolated(unsafe) static var firstOffset = Value.absent
  nonisolated(unsafe) static var lastOffset = Value.absent
  /// `timezone.utc`
  nonisolated(unsafe) static var utc = Value.absent
}
