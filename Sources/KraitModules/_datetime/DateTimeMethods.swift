// How `datetime.datetime`s are made, and their methods.

import Glibc
import KraitRuntime

// MARK: - Making

private func newDateTime(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  if var bytes = try pickledState(arguments, maximum: 2, size: 10, name: "datetime", isSane: { (1...12).contains($0 & 0x7F) }, place: 2) {
    let zone = try pickledZone(arguments)
    let fold = Int(bytes[2] >> 7)
    bytes[2] &= 0x7F
    let day = CalendarDay(Int(bytes[0]) << 8 | Int(bytes[1]), Int(bytes[2]), Int(bytes[3]))
    return try DateTime.makePlain(day, unpickledClock(bytes[4...]), zone, fold: fold, TypeObject(type))
  }
  let given = try DateArguments(
    arguments, nil, ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"], required: 3, positional: 8, integers: 7)
  let (day, clock) = try fields(given, CalendarDay(0, 0, 0), ClockTime())
  let fold = try given.int(8, default: 0)
  let zone = try given.zone(7)
  try checkDay(day)
  try clock.check(fold: fold)
  return try DateTime.makePlain(day, clock, zone, fold: fold, TypeObject(type))
}

/// The first seven arguments.
private func fields(_ given: borrowing DateArguments, _ oldDay: CalendarDay, _ oldClock: ClockTime) throws(PyError) -> (CalendarDay, ClockTime) {
  var (day, clock) = (oldDay, oldClock)
  day.year = try given.int(0, default: day.year)
  day.month = try given.int(1, default: day.month)
  day.day = try given.int(2, default: day.day)
  clock.hour = try given.int(3, default: clock.hour)
  clock.minute = try given.int(4, default: clock.minute)
  clock.second = try given.int(5, default: clock.second)
  clock.microsecond = try given.int(6, default: clock.microsecond)
  return (day, clock)
}

/// A moment since 1970 as local time, or as UTC.
private func make(_ type: Value, _ seconds: Int, _ microseconds: Int, isLocal: Bool, _ zone: Value) throws(PyError) -> Owned {
  let broken = try brokenDown(seconds, isLocal: isLocal)
  let (day, time) = try moment(of: broken)
  var clock = time
  clock.microsecond = microseconds
  let fold = zone.isAbsent && isLocal ? try isSecondOfTwo(seconds, day, time) : false
  return try DateTime.make(day, clock, zone, fold: fold ? 1 : 0, TypeObject(type))
}

/// The same in a zone, or as local time without one.
private func make(_ type: Value, _ seconds: Int, _ microseconds: Int, in zone: Value) throws(PyError) -> Owned {
  let moment = try make(type, seconds, microseconds, isLocal: zone.isAbsent, zone)
  return zone.isAbsent ? moment : try zone.callMethod(DateTimeNames.fromutc, moment.value)
}

private func fromISOFormat(_ call: Call) throws(PyError) -> Owned {
  guard call[0].isString else { throw .typeError("fromisoformat: argument must be str") }
  let text = ISOText(call[0])
  guard text.count >= 7 else { throw try invalidISO(call[0]) }
  let end = text.dateEnd
  guard end <= text.count, var day = text.date(end: end) else { throw try invalidISO(call[0]) }
  var time = ISOText.Time()
  if text.count > end {
    guard text.count - end > 1, let read = text.time(from: text.behindSeparator(end)) else { throw try invalidISO(call[0]) }
    time = read
  }
  let zone = try zone(of: time)
  if time.clock.hour == 24, (1...12).contains(day.month), day.day <= CalendarDay.days(inMonth: day.month, of: day.year) {
    try checkMidnight(time.clock)
    time.clock.hour = 0
    day = nextDay(day)
  }
  return try DateTime.make(day, time.clock, zone.value, fold: 0, TypeObject(call.receiver))
}

/// The next day, which may be in a year beyond the last.
private func nextDay(_ day: CalendarDay) -> CalendarDay {
  if day.day < CalendarDay.days(inMonth: day.month, of: day.year) { return CalendarDay(day.year, day.month, day.day + 1) }
  return day.month < 12 ? CalendarDay(day.year, day.month + 1, 1) : CalendarDay(day.year + 1, 1, 1)
}

private func combine(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(arguments, "combine", ["date", "time", "tzinfo"], required: 2)
  guard dateType.includes(given[0]) else { throw .typeError("combine() argument 1 must be datetime.date, not \(shownTypeName(given[0]))") }
  guard timeOfDayType.includes(given[1]) else { throw .typeError("combine() argument 2 must be datetime.time, not \(shownTypeName(given[1]))") }
  let time = TimeOfDay(given[1])
  let zone = try given.zone(2, default: time.zone)
  return try DateTime.make(DateObject(given[0]).day, time.clock, zone, fold: time.fold, TypeObject(type))
}

private func fromTimestamp(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(arguments, "fromtimestamp", ["timestamp", "tz"], required: 1)
  let zone = try given.zone(1)
  let (seconds, microseconds) = try splitTimestamp(given[0])
  return try make(type, seconds, microseconds, in: zone)
}

func defineDateTimeMaking(_ t: TypeDefinition) {
  t.rawNew("datetime", newDateTime)
  t.classMethod("now(tz=None)", "The time now: in a zone, or local time without one.") { (call: Call) throws(PyError) -> Owned in
    let zone = try checkedZone(call[0])
    let (seconds, microseconds) = now()
    return try make(call.receiver, seconds, microseconds, in: zone)
  }
  t.classMethod("utcnow($type, /)", "The time now in UTC, without a zone.") { (call: Call) throws(PyError) -> Owned in
    try warn(
      .deprecationWarning,
      "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).")
    let (seconds, microseconds) = now()
    return try make(call.receiver, seconds, microseconds, isLocal: false, .absent)
  }
  t.rawClassMethod("fromtimestamp", "The time so many seconds after 1970: in a zone, or local time without one.", fromTimestamp)
  t.rawClassMethod("utcfromtimestamp", "The time so many seconds after 1970 in UTC, without a zone.") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
    try arguments.checkNoKeywords("utcfromtimestamp")
    guard arguments.positionalCount == 1 else { throw .typeError("utcfromtimestamp() takes exactly 1 argument (\(arguments.positionalCount) given)") }
    try warn(
      .deprecationWarning,
      "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC).")
    let (seconds, microseconds) = try splitTimestamp(arguments.base[0])
    return try make(type, seconds, microseconds, isLocal: false, .absent)
  }
  t.rawClassMethod("strptime", "The moment in a text, read by a format.") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
    try parseTime(type, arguments, "_strptime_datetime_datetime")
  }
  t.rawClassMethod("combine", "A date and a time together.", combine)
  t.classMethod("fromisoformat($type, object, /)", "The moment in a text of ISO 8601.", fromISOFormat)
}

// MARK: - Zones

private func timestamp(_ value: Value) throws(PyError) -> Owned {
  let moment = DateTime(value)
  if moment.zone.isAbsent {
    let seconds = try secondsOfLocal(moment.day, moment.clock, fold: moment.fold)
    return try Owned.float(Double(seconds) + Double(moment.clock.microsecond) / 1e6)
  }
  let epoch = try DateTime.makePlain(CalendarDay(1970, 1, 1), ClockTime(), DateTimeConstants.utc, fold: 0)
  let total = try TimeDelta.integer(try DateTime.difference(value, epoch.value).total)
  let unit = try Owned.integer(1_000_000)
  return try total.value.trueDivide(unit.value)
}

private func localZone(of value: Value) throws(PyError) -> Owned {
  let moment = DateTime(value)
  let fold = moment.fold
  let seconds = try secondsOfLocal(moment.day, moment.clock, fold: fold)
  let other = try secondsOfLocal(moment.day, moment.clock, fold: 1 - fold)
  // A time that is left out has the offset that its fold asks for, though not the moment.
  let isGap = other != seconds && (other > seconds) == (fold == 1)
  return try localZone(at: isGap ? other : seconds)
}

private func convert(_ value: Value, to wanted: Value) throws(PyError) -> Owned {
  let own = DateTime(value).zone
  // Without a zone, or where the zone does not know its offset, the time is local.
  var zone = own.isAbsent ? try localZone(of: value) : Owned(copying: own)
  if zone.value === wanted { return Owned(copying: value) }
  var offset = try askZone(zone.value, DateTimeNames.utcoffset, value)
  if offset.value.isNone {
    zone = try localZone(of: value)
    if zone.value === wanted { return Owned(copying: value) }
    offset = try askZone(zone.value, DateTimeNames.utcoffset, value)
  }
  let shift = offset.value.isNone ? Duration() : TimeDelta(offset.value).duration
  let result = try DateTime.adding(shift.negated, to: value)
  guard dateTimeType.includes(result.value) else { return result }
  let target = wanted.isAbsent ? try localZone(at: secondsOfUTC(result.value)) : Owned(copying: wanted)
  let old = DateTime(result.value).zone
  DateTime(result.value).contents.pointee.zone = target.copy().take()
  old.releaseIfPresent()
  if timeZoneType.isType(of: target.value) { return try DateTime.adding(TimeDelta(TimeZone(target.value).offset).duration, to: result.value) }
  return try target.value.callMethod(DateTimeNames.fromutc, result.value)
}

private func secondsOfUTC(_ value: Value) -> Int {
  let moment = DateTime(value)
  return calendarSeconds(moment.day, moment.clock) - CalendarDay.unixEpoch * 86_400
}

private func defineZoneMethods(_ t: TypeDefinition) {
  t.rawMethod("astimezone", "The same moment in another zone; the local one by default.") { (value: Value, arguments: Arguments) throws(PyError) -> Owned in
    let given = try DateArguments(arguments, "astimezone", ["tz"])
    return try convert(value, to: try given.zone(0))
  }
  t.method("utcoffset($self, /)", "What the zone's utcoffset() gives; None without a zone.") { (call: Call) throws(PyError) -> Owned in
    try DateTime.offset(of: call.receiver)
  }
  t.method("tzname($self, /)", "What the zone's tzname() gives; None without a zone.") { (call: Call) throws(PyError) -> Owned in
    try askZoneName(DateTime(call.receiver).zone, call.receiver)
  }
  t.method("dst($self, /)", "What the zone's dst() gives; None without a zone.") { (call: Call) throws(PyError) -> Owned in
    try askZone(DateTime(call.receiver).zone, DateTimeNames.dst, call.receiver)
  }
  t.method("timestamp($self, /)", "Seconds since 1970 in UTC, a float.") { (call: Call) throws(PyError) -> Owned in try timestamp(call.receiver) }
}

// MARK: - Parts

private func defineParts(_ t: TypeDefinition) {
  t.method("date($self, /)", "The date alone.") { (call: Call) throws(PyError) -> Owned in try DateObject.make(DateTime(call.receiver).day) }
  t.method("time($self, /)", "The time of day, without a zone.") { (call: Call) throws(PyError) -> Owned in
    let moment = DateTime(call.receiver)
    return try TimeOfDay.makePlain(moment.clock, .absent, fold: moment.fold)
  }
  t.method("timetz($self, /)", "The time of day with the zone.") { (call: Call) throws(PyError) -> Owned in
    let moment = DateTime(call.receiver)
    return try TimeOfDay.makePlain(moment.clock, moment.zone, fold: moment.fold)
  }
  t.method("ctime($self, /)", "The moment as C's ctime() writes it.") { (call: Call) throws(PyError) -> Owned in
    try Owned.string(clockText(DateTime(call.receiver).day, DateTime(call.receiver).clock))
  }
  t.method("timetuple($self, /)", "The moment as a time.struct_time.") { (call: Call) throws(PyError) -> Owned in
    let moment = DateTime(call.receiver)
    let summer = try askZone(moment.zone, DateTimeNames.dst, call.receiver)
    return try makeTimeTuple(moment.day, moment.clock, isSummer: summer.value.isNone ? -1 : TimeDelta(summer.value).duration.isZero ? 0 : 1)
  }
  t.method("utctimetuple($self, /)", "The moment in UTC as a time.struct_time.") { (call: Call) throws(PyError) -> Owned in
    let offset = try DateTime.offset(of: call.receiver)
    let utc = offset.value.isNone ? Owned(copying: call.receiver) : try DateTime.adding(TimeDelta(offset.value).duration.negated, to: call.receiver)
    guard dateTimeType.includes(utc.value) else { throw .typeError("a datetime was expected") }
    return try makeTimeTuple(DateTime(utc.value).day, DateTime(utc.value).clock, isSummer: 0)
  }
}

private func replaceMoment(_ value: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(
    arguments, "replace", ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"], positional: 8)
  let moment = DateTime(value)
  let (day, clock) = try fields(given, moment.day, moment.clock)
  let fold = try given.int(8, default: moment.fold)
  let zone = try given.zone(7, default: moment.zone)
  if fold != 0 && fold != 1 { throw .valueError("fold must be either 0 or 1, not \(fold)") }
  return try DateTime.make(day, clock, zone, fold: fold, value.type)
}

private func reduceMoment(_ value: Value, protocol version: Int) throws(PyError) -> Owned {
  let moment = DateTime(value)
  return try reduced(value, moment.bytes, zone: moment.zone, foldIn: version > 3 && moment.fold != 0 ? 2 : nil)
}

func defineDateTimeMethods(_ t: TypeDefinition) {
  defineZoneMethods(t)
  defineParts(t)
  t.rawMethod("isoformat", "The moment as text of ISO 8601: with a separator, down to a unit.") { (value: Value, arguments: Arguments) throws(PyError) -> Owned in
    try DateTime.isoFormat(value, arguments)
  }
  t.rawMethod("replace", "A moment with other fields.", replaceMoment)
  t.rawMethod("__replace__", "The same as replace(), for copy.replace().", replaceMoment)
  t.rawMethod("__reduce_ex__", "What a pickle keeps, for a protocol.") { (value: Value, arguments: Arguments) throws(PyError) -> Owned in
    try reduceMoment(value, protocol: try protocolArgument(arguments))
  }
  t.method("__reduce__($self, /)", "What a pickle keeps.") { (call: Call) throws(PyError) -> Owned in try reduceMoment(call.receiver, protocol: 2) }
}
