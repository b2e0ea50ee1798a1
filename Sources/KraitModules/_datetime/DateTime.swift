// The type `datetime.datetime`: its fields, arithmetic, comparison and texts.

import KraitRuntime

nonisolated(unsafe) var dateTimeType = ModuleType()

/// A `datetime.datetime` or an instance of a subclass.
struct DateTime {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    /// Hour, minute, second and fold are there.
    var date: DateObject.Contents
    var microsecond: UInt32
    var padding: UInt32
    /// Owned: a tzinfo, or absent.
    var zone: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var day: CalendarDay { DateObject(raw: raw).day }
  var zone: Value { contents.pointee.zone }
  var fold: Int { Int(contents.pointee.date.clock.fold) }
  var clock: ClockTime { contents.pointee.date.clock.time(microsecond: contents.pointee.microsecond) }

  func set(_ day: CalendarDay, _ clock: ClockTime, fold: Int) {
    DateObject(raw: raw).set(day)
    contents.pointee.date.clock.set(clock, fold: fold)
    contents.pointee.microsecond = UInt32(truncatingIfNeeded: clock.microsecond)
  }

  static func makePlain(
    _ day: CalendarDay, _ clock: ClockTime, _ zone: Value, fold: Int, _ type: TypeObject = dateTimeType.object
  ) throws(PyError) -> Owned {
    let raw = try type.allocate()
    DateTime(raw: raw).set(day, clock, fold: fold)
    DateTime(raw: raw).contents.pointee.zone = Owned(copyingIfPresent: zone).take()
    return Owned(taking: raw)
  }

  /// An instance of a type, by calling it if Python code derived it.
  static func make(_ day: CalendarDay, _ clock: ClockTime, _ zone: Value, fold: Int, _ type: TypeObject) throws(PyError) -> Owned {
    if type == dateTimeType.object {
      try checkDay(day)
      try clock.check(fold: fold)
      return try makePlain(day, clock, zone, fold: fold)
    }
    let arguments = try plainTuple([day.year, day.month, day.day, clock.hour, clock.minute, clock.second, clock.microsecond, 0])
    TupleObject(arguments.value).initialize(7, Owned(copying: zone.isAbsent ? .none : zone))
    let result = try type.value.call(tuple: arguments.value)
    if dateTimeType.includes(result.value) { DateTime(result.value).contents.pointee.date.clock.fold = UInt8(truncatingIfNeeded: fold) }
    return result
  }

  /// The ten bytes that pickles have.
  var bytes: [UInt8] { DateObject(raw: raw).bytes + pickledClock(clock) }

  /// Since the start of the year 1, without the zone.
  var sinceStart: Duration { Duration(days: day.ordinal, seconds: clock.seconds, microseconds: clock.microsecond) }

  /// A moment later or earlier, in the same zone.
  static func adding(_ duration: Duration, to moment: Value) throws(PyError) -> Owned {
    let sum = DateTime(moment).sinceStart.plus(duration)
    guard sum.days >= 1, sum.days <= CalendarDay.maximumOrdinal else { throw .overflowError("date value out of range") }
    return try make(CalendarDay(ordinal: sum.days), clock(sum), DateTime(moment).zone, fold: 0, moment.type)
  }

  private static func clock(_ duration: Duration) -> ClockTime {
    let minutes = duration.seconds / 60
    return ClockTime(hour: minutes / 60, minute: minutes % 60, second: duration.seconds % 60, microsecond: duration.microseconds)
  }

  /// What the zone says; None without one.
  static func offset(of moment: Value) throws(PyError) -> Owned { try askZone(DateTime(moment).zone, DateTimeNames.utcoffset, moment) }

  /// How long it is from one moment to another.
  static func difference(_ a: Value, _ b: Value) throws(PyError) -> Duration {
    let plain = DateTime(a).sinceStart.minus(DateTime(b).sinceStart)
    if DateTime(a).zone === DateTime(b).zone { return plain }
    let left = try offset(of: a)
    let right = try offset(of: b)
    if left.value.isNone != right.value.isNone { throw .typeError("can't subtract offset-naive and offset-aware datetimes") }
    if left.value.isNone { return plain }
    return plain.minus(TimeDelta(left.value).duration.minus(TimeDelta(right.value).duration))
  }

  // MARK: Equality

  /// Whether the offset depends on the fold: such a moment equals none of another zone (PEP 495).
  private static func isAmbiguous(_ moment: Value, _ offset: Value) throws(PyError) -> Bool {
    let object = DateTime(moment)
    let other = try makePlain(object.day, object.clock, object.zone, fold: object.fold == 0 ? 1 : 0)
    let flipped = try DateTime.offset(of: other.value)
    if flipped.value.isNone || offset.isNone { return flipped.value.isNone != offset.isNone }
    return TimeDelta(flipped.value).duration != TimeDelta(offset).duration
  }

  static func compare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
    guard dateTimeType.includes(a), dateTimeType.includes(b) else { return .notImplemented }
    let (left, right) = (DateTime(a), DateTime(b))
    var order = left.sinceStart.compared(to: right.sinceStart)
    if left.zone === right.zone { return .boolean(operation.holds(order, 0)) }
    let leftOffset = try offset(of: a)
    let rightOffset = try offset(of: b)
    let asksEquality = operation == .equal || operation == .notEqual
    if leftOffset.value.isNone != rightOffset.value.isNone {
      if asksEquality { return .boolean(operation == .notEqual) }
      throw .typeError("can't compare offset-naive and offset-aware datetimes")
    }
    if !leftOffset.value.isNone {
      let difference = TimeDelta(leftOffset.value).duration.minus(TimeDelta(rightOffset.value).duration)
      order = left.sinceStart.minus(difference).compared(to: right.sinceStart)
    }
    if asksEquality && order == 0 {
      let isLeftAmbiguous = try isAmbiguous(a, leftOffset.value)
      let isAmbiguous = isLeftAmbiguous ? true : try isAmbiguous(b, rightOffset.value)
      if isAmbiguous { order = 1 }
    }
    return .boolean(operation.holds(order, 0))
  }

  static func hash(_ value: Value) throws(PyError) -> Int {
    let moment = DateTime(value)
    if moment.contents.pointee.date.hash != 0 { return moment.contents.pointee.date.hash }
    // Both values of the fold hash alike.
    let plain = moment.fold == 0 ? Owned(copying: value) : try makePlain(moment.day, moment.clock, moment.zone, fold: 0)
    let offset = try offset(of: plain.value)
    let hash: Int
    if offset.value.isNone {
      hash = try hashOfBytes(moment.bytes)
    } else {
      let delta = try TimeDelta.make(moment.sinceStart.minus(TimeDelta(offset.value).duration))
      hash = try TimeDelta(delta.value).hash()
    }
    moment.contents.pointee.date.hash = hash
    return hash
  }

  // MARK: Texts

  static func repr(_ value: Value) throws(PyError) -> Owned {
    let moment = DateTime(value)
    let (day, clock) = (moment.day, moment.clock)
    var text = "\(value.typeName)(\(day.year), \(day.month), \(day.day), \(clock.hour), \(clock.minute)"
    if clock.microsecond != 0 { text += ", \(clock.second), \(clock.microsecond)" } else if clock.second != 0 { text += ", \(clock.second)" }
    if moment.fold != 0 { text += ", fold=1" }
    var builder = StringBuilder()
    try builder.append(text)
    if !moment.zone.isAbsent {
      let zone = try moment.zone.repr()
      try builder.append(", tzinfo=" as StaticString)
      try builder.append(zone.value)
    }
    try builder.append(")" as StaticString)
    return try builder.finish()
  }

  static func isoFormat(_ value: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    let given = try DateArguments(arguments, "isoformat", ["sep", "timespec"])
    var separator: UInt32 = 0x54
    if !given[0].isAbsent {
      guard given[0].isString else { throw .typeError("isoformat() argument 1 must be a unicode character, not \(shownTypeName(given[0]))") }
      let text = StringObject(given[0])
      guard text.length == 1 else { throw .typeError("isoformat() argument 1 must be a unicode character, not a string of length \(text.length)") }
      separator = text.codePoint(at: 0)
    }
    let precision = try precisionArgument(given[1], 2)
    return try isoFormat(value, separator, precision)
  }

  static func isoFormat(_ value: Value, _ separator: UInt32, _ precision: Value) throws(PyError) -> Owned {
    let moment = DateTime(value)
    let time = try TimePrecision(precision, moment.clock).text(moment.clock)
    let offset = try offset(of: value)
    var builder = StringBuilder()
    try builder.append(isoText(moment.day))
    try builder.append(codePoint: separator)
    try builder.append(time)
    if !offset.value.isNone { try builder.append(offsetText(TimeDelta(offset.value).duration, separator: ":")) }
    return try builder.finish()
  }
}

private func addMoment(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  if dateTimeType.includes(a) {
    return timeDeltaType.includes(b) ? try DateTime.adding(TimeDelta(b).duration, to: a) : .notImplemented
  }
  return timeDeltaType.includes(a) && dateTimeType.includes(b) ? try DateTime.adding(TimeDelta(a).duration, to: b) : .notImplemented
}

private func subtractMoment(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  guard dateTimeType.includes(a) else { return .notImplemented }
  if dateTimeType.includes(b) { return try TimeDelta.make(try DateTime.difference(a, b)) }
  return timeDeltaType.includes(b) ? try DateTime.adding(TimeDelta(b).duration.negated, to: a) : .notImplemented
}

private func defineFields(_ t: TypeDefinition) {
  t.getter("hour", "0 to 23.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateTime(value).clock.hour) }
  t.getter("minute", "0 to 59.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateTime(value).clock.minute) }
  t.getter("second", "0 to 59.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateTime(value).clock.second) }
  t.getter("microsecond", "0 to 999999.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateTime(value).clock.microsecond) }
  t.getter("tzinfo", "The zone, or None.") { (value: Value) throws(PyError) -> Owned in
    let zone = DateTime(value).zone
    return Owned(copying: zone.isAbsent ? .none : zone)
  }
  t.getter("fold", "1 for the second of two equal local times.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateTime(value).fold) }
}

func defineDateTime(_ m: ModuleBuilder) throws(PyError) {
  dateTimeType = ModuleType(
    try m.defineType("datetime", module: "datetime", base: dateType.object, isStatic: true) { t in
      t.documentation = "A date and a time of day, perhaps with a zone: datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)."
      t.basicSize = MemoryLayout<DateTime.Contents>.size
      t.flags.insert(.baseType)
      defineDateTimeMaking(t)
      defineDateTimeMethods(t)
      defineFields(t)
      t.slots.deallocate = DeallocateSlot { raw in
        DateTime(raw: raw).zone.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.repr = UnarySlot { (value: Value) throws(PyError) -> Owned in try DateTime.repr(value) }
      t.slots.str = UnarySlot { (value: Value) throws(PyError) -> Owned in
        let separator = try Owned.string(" " as StaticString)
        return try value.callMethod(DateTimeNames.isoFormat, separator.value)
      }
      t.slots.hash = HashSlot { (value: Value) throws(PyError) -> Int in try DateTime.hash(value) }
      t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in try DateTime.compare(a, b, operation) }
      t.slots.add = BinarySlot(addMoment)
      t.slots.subtract = BinarySlot(subtractMoment)
      t.attribute(Name.make("min"), immortalMoment(t, CalendarDay(1, 1, 1), ClockTime()))
      t.attribute(Name.make("max"), immortalMoment(t, CalendarDay(9999, 12, 31), ClockTime(hour: 23, minute: 59, second: 59, microsecond: 999_999)))
      t.attribute(Name.make("resolution"), DateTimeConstants.microsecond)
    })
}

private func immortalMoment(_ t: TypeDefinition, _ day: CalendarDay, _ clock: ClockTime) -> Value {
  let raw = t.immortalInstance(size: MemoryLayout<DateTime.Contents>.size)
  DateTime(raw: raw).set(day, clock, fold: 0)
  return Value(raw)
}
