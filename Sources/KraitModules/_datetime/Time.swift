// The type `datetime.time`.

import KraitRuntime

nonisolated(unsafe) var timeOfDayType = ModuleType()

/// A `datetime.time` or an instance of a subclass.
struct TimeOfDay {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// 0 before somebody asks.
    var hash: Int
    var clock: ClockFields
    var microsecond: UInt32
    /// Owned: a tzinfo, or absent.
    var zone: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var zone: Value { contents.pointee.zone }
  var fold: Int { Int(contents.pointee.clock.fold) }
  var clock: ClockTime { contents.pointee.clock.time(microsecond: contents.pointee.microsecond) }

  func set(_ clock: ClockTime, fold: Int) {
    contents.pointee.clock.set(clock, fold: fold)
    contents.pointee.microsecond = UInt32(truncatingIfNeeded: clock.microsecond)
  }

  static func makePlain(_ clock: ClockTime, _ zone: Value, fold: Int, _ type: TypeObject = timeOfDayType.object) throws(PyError) -> Owned {
    let raw = try type.allocate()
    TimeOfDay(raw: raw).set(clock, fold: fold)
    TimeOfDay(raw: raw).contents.pointee.zone = Owned(copyingIfPresent: zone).take()
    return Owned(taking: raw)
  }

  /// An instance of a type, by calling it if Python code derived it.
  static func make(_ clock: ClockTime, _ zone: Value, fold: Int, _ type: TypeObject) throws(PyError) -> Owned {
    if type == timeOfDayType.object {
      try clock.check(fold: fold)
      return try makePlain(clock, zone, fold: fold)
    }
    let arguments = try plainTuple([clock.hour, clock.minute, clock.second, clock.microsecond, 0])
    TupleObject(arguments.value).initialize(4, Owned(copying: zone.isAbsent ? .none : zone))
    let result = try type.value.call(tuple: arguments.value)
    if timeOfDayType.includes(result.value) { TimeOfDay(result.value).contents.pointee.clock.fold = UInt8(truncatingIfNeeded: fold) }
    return result
  }

  /// The six bytes that pickles have.
  var bytes: [UInt8] { pickledClock(clock) }
}

/// Hour, minute and second, and microseconds in three bytes.
func pickledClock(_ clock: ClockTime) -> [UInt8] {
  [clock.hour, clock.minute, clock.second, clock.microsecond >> 16, clock.microsecond >> 8 & 0xFF, clock.microsecond & 0xFF].map { UInt8(truncatingIfNeeded: $0) }
}

/// The same read back.
func unpickledClock(_ bytes: ArraySlice<UInt8>) -> ClockTime {
  let numbers = bytes.map { Int($0) }
  return ClockTime(hour: numbers[0], minute: numbers[1], second: numbers[2], microsecond: numbers[3] << 16 | numbers[4] << 8 | numbers[5])
}

// MARK: - Making

private func newTime(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  if var bytes = try pickledState(arguments, maximum: 2, size: 6, name: "time", isSane: { $0 & 0x7F < 24 }, place: 0) {
    let zone = try pickledZone(arguments)
    let fold = Int(bytes[0] >> 7)
    bytes[0] &= 0x7F
    return try TimeOfDay.makePlain(unpickledClock(bytes[...]), zone, fold: fold, TypeObject(type))
  }
  let given = try DateArguments(arguments, nil, ["hour", "minute", "second", "microsecond", "tzinfo", "fold"], positional: 5)
  var clock = ClockTime()
  clock.hour = try given.int(0, default: 0)
  clock.minute = try given.int(1, default: 0)
  clock.second = try given.int(2, default: 0)
  clock.microsecond = try given.int(3, default: 0)
  let fold = try given.int(5, default: 0)
  let zone = try given.zone(4)
  try clock.check(fold: fold)
  return try TimeOfDay.makePlain(clock, zone, fold: fold, TypeObject(type))
}

/// Midnight at the end of a day may be written as 24:00.
func checkMidnight(_ clock: ClockTime) throws(PyError) {
  if clock.minute == 0 && clock.second == 0 && clock.microsecond == 0 { return }
  throw .valueError("minute, second, and microsecond must be 0 when hour is 24")
}

private func fromISOFormat(_ call: Call) throws(PyError) -> Owned {
  guard call[0].isString else { throw .typeError("fromisoformat: argument must be str") }
  let text = ISOText(call[0])
  guard var time = text.time(from: text.bytes[0] == UInt8(ascii: "T") ? 1 : 0) else { throw try invalidISO(call[0]) }
  if time.clock.hour == 24 {
    try checkMidnight(time.clock)
    time.clock.hour = 0
  }
  let zone = try zone(of: time)
  return try TimeOfDay.make(time.clock, zone.value, fold: 0, TypeObject(call.receiver))
}

// MARK: - Methods

private func replaceTime(_ time: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(arguments, "replace", ["hour", "minute", "second", "microsecond", "tzinfo", "fold"], positional: 5)
  let old = TimeOfDay(time)
  var clock = old.clock
  clock.hour = try given.int(0, default: clock.hour)
  clock.minute = try given.int(1, default: clock.minute)
  clock.second = try given.int(2, default: clock.second)
  clock.microsecond = try given.int(3, default: clock.microsecond)
  let fold = try given.int(5, default: old.fold)
  let zone = try given.zone(4, default: old.zone)
  if fold != 0 && fold != 1 { throw .valueError("fold must be either 0 or 1, not \(fold)") }
  return try TimeOfDay.make(clock, zone, fold: fold, time.type)
}

/// `isoformat(sep, timespec)` or without the first.
func precisionArgument(_ value: Value, _ number: Int) throws(PyError) -> Value {
  if value.isAbsent || value.isString { return value }
  throw .typeError("isoformat() argument \(number) must be str, not \(shownTypeName(value))")
}

private func isoFormat(_ time: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(arguments, "isoformat", ["timespec"])
  let object = TimeOfDay(time)
  let text = try TimePrecision(try precisionArgument(given[0], 1), object.clock).text(object.clock)
  let offset = try askZone(object.zone, DateTimeNames.utcoffset, .none)
  return try Owned.string(text + (offset.value.isNone ? "" : offsetText(TimeDelta(offset.value).duration, separator: ":")))
}

private func timeRepr(_ value: Value) throws(PyError) -> Owned {
  let time = TimeOfDay(value)
  let clock = time.clock
  var text = "\(value.typeName)(\(clock.hour), \(clock.minute)"
  if clock.microsecond != 0 { text += ", \(clock.second), \(clock.microsecond)" } else if clock.second != 0 { text += ", \(clock.second)" }
  var builder = StringBuilder()
  try builder.append(text)
  if !time.zone.isAbsent {
    let zone = try time.zone.repr()
    try builder.append(", tzinfo=" as StaticString)
    try builder.append(zone.value)
  }
  if time.fold != 0 { try builder.append(", fold=1" as StaticString) }
  try builder.append(")" as StaticString)
  return try builder.finish()
}

private func timeHash(_ value: Value) throws(PyError) -> Int {
  let time = TimeOfDay(value)
  if time.contents.pointee.hash != 0 { return time.contents.pointee.hash }
  // Both values of the fold hash alike.
  let plain = time.fold == 0 ? Owned(copying: value) : try TimeOfDay.makePlain(time.clock, time.zone, fold: 0)
  let offset = try askZone(TimeOfDay(plain.value).zone, DateTimeNames.utcoffset, .none)
  let hash: Int
  if offset.value.isNone {
    hash = try hashOfBytes(time.bytes)
  } else {
    let duration = TimeDelta(offset.value).duration
    let clock = time.clock
    let delta = try TimeDelta.make(Duration(days: 0, seconds: clock.seconds, microseconds: clock.microsecond).minus(duration))
    hash = try TimeDelta(delta.value).hash()
  }
  time.contents.pointee.hash = hash
  return hash
}

private func compareTimes(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard timeOfDayType.includes(a), timeOfDayType.includes(b) else { return .notImplemented }
  let (left, right) = (TimeOfDay(a), TimeOfDay(b))
  var (first, second) = (Duration(), Duration())
  if left.zone !== right.zone {
    let heldLeft = Owned(copyingIfPresent: left.zone)
    let heldRight = Owned(copyingIfPresent: right.zone)
    let leftOffset = try askZone(heldLeft.value, DateTimeNames.utcoffset, .none)
    let rightOffset = try askZone(heldRight.value, DateTimeNames.utcoffset, .none)
    if leftOffset.value.isNone != rightOffset.value.isNone {
      if operation == .equal || operation == .notEqual { return .boolean(operation == .notEqual) }
      throw .typeError("can't compare offset-naive and offset-aware times")
    }
    if !leftOffset.value.isNone {
      first = TimeDelta(leftOffset.value).duration
      second = TimeDelta(rightOffset.value).duration
    }
  }
  let leftTime = left.clock
  let rightTime = right.clock
  let leftSeconds = leftTime.seconds - first.days * 86_400 - first.seconds
  let rightSeconds = rightTime.seconds - second.days * 86_400 - second.seconds
  let order = leftSeconds == rightSeconds ? leftTime.microsecond - rightTime.microsecond : leftSeconds - rightSeconds
  return .boolean(operation.holds(order, 0))
}

private func reduceTime(_ time: Value, protocol version: Int) throws(PyError) -> Owned {
  let object = TimeOfDay(time)
  return try reduced(time, object.bytes, zone: object.zone, foldIn: version > 3 && object.fold != 0 ? 0 : nil)
}

/// What a pickle keeps of a time or a moment: its type, its bytes, with a mark in one of them for a fold, and its zone.
func reduced(_ value: Value, _ bytes: [UInt8], zone: Value, foldIn place: Int?) throws(PyError) -> Owned {
  var bytes = bytes
  if let place { bytes[place] |= 0x80 }
  let state = try makeBytes(bytes)
  let arguments = zone.isAbsent ? try Owned.tuple(state.value) : try Owned.tuple(state.value, zone)
  return try Owned.tuple(value.type.value, arguments.value)
}

/// The argument of a `__reduce_ex__` method.
func protocolArgument(_ arguments: Arguments) throws(PyError) -> Int {
  try arguments.checkNoKeywords("__reduce_ex__")
  guard arguments.positionalCount == 1 else { throw .typeError("__reduce_ex__() takes exactly 1 argument (\(arguments.positionalCount) given)") }
  return Int(try arguments.base[0].cInt())
}

private func defineMethods(_ t: TypeDefinition) {
  t.rawMethod("isoformat", "The time as text of ISO 8601, down to a unit.", isoFormat)
  t.rawMethod("strftime", "The time as text in a format.") { (time: Value, arguments: Arguments) throws(PyError) -> Owned in
    let format = try formatArgument(arguments)
    let object = TimeOfDay(time)
    let clock = object.clock
    let tuple = try plainTuple([1900, 1, 1, clock.hour, clock.minute, clock.second, 0, 1, -1])
    return try formatTime(
      time, format, tuple.value, year: 1900, isoYear: 1900, microsecond: clock.microsecond, zone: object.zone, moment: .none)
  }
  t.rawMethod("__format__", "The time as text: in a format, or as str() gives it.", formatByCode)
  t.method("utcoffset($self, /)", "What the zone's utcoffset(None) gives; None without a zone.") { (call: Call) throws(PyError) -> Owned in
    try askZone(TimeOfDay(call.receiver).zone, DateTimeNames.utcoffset, .none)
  }
  t.method("tzname($self, /)", "What the zone's tzname(None) gives; None without a zone.") { (call: Call) throws(PyError) -> Owned in
    try askZoneName(TimeOfDay(call.receiver).zone, .none)
  }
  t.method("dst($self, /)", "What the zone's dst(None) gives; None without a zone.") { (call: Call) throws(PyError) -> Owned in
    try askZone(TimeOfDay(call.receiver).zone, DateTimeNames.dst, .none)
  }
  t.rawMethod("replace", "A time with other fields.", replaceTime)
  t.rawMethod("__replace__", "The same as replace(), for copy.replace().", replaceTime)
  t.rawMethod("__reduce_ex__", "What a pickle keeps, for a protocol.") { (time: Value, arguments: Arguments) throws(PyError) -> Owned in
    try reduceTime(time, protocol: try protocolArgument(arguments))
  }
  t.method("__reduce__($self, /)", "What a pickle keeps.") { (call: Call) throws(PyError) -> Owned in try reduceTime(call.receiver, protocol: 2) }
  t.classMethod("fromisoformat($type, object, /)", "The time in a text of ISO 8601.", fromISOFormat)
  t.rawClassMethod("strptime", "The time in a text, read by a format.") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
    try parseTime(type, arguments, "_strptime_datetime_time")
  }
}

func defineTimeOfDay(_ m: ModuleBuilder) throws(PyError) {
  timeOfDayType = ModuleType(
    try m.defineType("time", module: "datetime", isStatic: true) { t in
      t.documentation = "A time of day, perhaps with a zone: time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)."
      t.basicSize = MemoryLayout<TimeOfDay.Contents>.size
      t.flags.insert(.baseType)
      t.rawNew("time", newTime)
      defineMethods(t)
      t.slots.deallocate = DeallocateSlot { raw in
        TimeOfDay(raw: raw).zone.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.repr = UnarySlot(timeRepr)
      t.slots.str = UnarySlot { (value: Value) throws(PyError) -> Owned in try value.callMethod(DateTimeNames.isoFormat) }
      t.slots.hash = HashSlot(timeHash)
      t.slots.compare = CompareSlot(compareTimes)
      t.getter("hour", "0 to 23.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(TimeOfDay(value).clock.hour) }
      t.getter("minute", "0 to 59.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(TimeOfDay(value).clock.minute) }
      t.getter("second", "0 to 59.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(TimeOfDay(value).clock.second) }
      t.getter("microsecond", "0 to 999999.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(TimeOfDay(value).clock.microsecond) }
      t.getter("tzinfo", "The zone, or None.") { (value: Value) throws(PyError) -> Owned in
        let zone = TimeOfDay(value).zone
        return Owned(copying: zone.isAbsent ? .none : zone)
      }
      t.getter("fold", "1 for the second of two equal local times.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(TimeOfDay(value).fold) }
      t.attribute(Name.make("min"), immortalTime(t, ClockTime()))
      t.attribute(Name.make("max"), immortalTime(t, ClockTime(hour: 23, minute: 59, second: 59, microsecond: 999_999)))
      t.attribute(Name.make("resolution"), DateTimeConstants.microsecond)
    })
}

private func immortalTime(_ t: TypeDefinition, _ clock: ClockTime) -> Value {
  let raw = t.immortalInstance(size: MemoryLayout<TimeOfDay.Contents>.size)
  TimeOfDay(raw: raw).set(clock, fold: 0)
  return Value(raw)
}
