// The system's clock and time zone, and what they make of moments.

import Glibc
import KraitRuntime

/// Seconds since 1970 in UTC or in the local zone.
func brokenDown(_ seconds: Int, isLocal: Bool) throws(PyError) -> tm {
  var moment = time_t(seconds)
  var result = tm()
  errno = 0
  if (isLocal ? localtime_r(&moment, &result) : gmtime_r(&moment, &result)) == nil { throw .osError(errno == 0 ? EINVAL : errno) }
  return result
}

/// A moment as the number of seconds since the start of the year 1, local or UTC as it is meant.
func calendarSeconds(_ day: CalendarDay, _ time: ClockTime) -> Int { day.ordinal * 86_400 + time.seconds }

private let epochSeconds = CalendarDay.unixEpoch * 86_400
/// No change of the clocks is greater.
private let longestFold = 24 * 3600

/// The local time at a moment, both as ``calendarSeconds(_:_:)``.
private func local(_ seconds: Int) throws(PyError) -> Int {
  let time = try brokenDown(seconds - epochSeconds, isLocal: true)
  let (day, clock) = try moment(of: time)
  return calendarSeconds(day, clock)
}

/// Date and time of the system's structure; a leap second counts as the one before.
func moment(of time: tm) throws(PyError) -> (day: CalendarDay, clock: ClockTime) {
  let day = CalendarDay(Int(time.tm_year) + 1900, Int(time.tm_mon) + 1, Int(time.tm_mday))
  if day.year < CalendarDay.minimumYear || day.year > CalendarDay.maximumYear { throw .valueError("year must be in 1..9999, not \(day.year)") }
  return (day, ClockTime(hour: Int(time.tm_hour), minute: Int(time.tm_min), second: min(Int(time.tm_sec), 59)))
}

/// Seconds since 1970 of a local time. A time that comes twice is told by the fold; one that is left out is taken as the zone was before, or with the fold, after.
func secondsOfLocal(_ day: CalendarDay, _ time: ClockTime, fold: Int) throws(PyError) -> Int {
  let wanted = calendarSeconds(day, time)
  let first = try local(wanted) - wanted
  let guess = wanted - first
  let there = try local(guess)
  let second: Int
  if there == wanted {
    // A solution; there may be another one a day's change of the clocks earlier or later.
    let probe = fold != 0 ? guess + longestFold : guess - longestFold
    second = try local(probe) - probe
    if first == second { return guess - epochSeconds }
  } else {
    second = there - guess
  }
  let other = wanted - second
  if try local(other) == wanted { return other - epochSeconds }
  if there == wanted { return guess - epochSeconds }
  return (fold != 0 ? min(guess, other) : max(guess, other)) - epochSeconds
}

/// Whether a local time, at a moment since 1970, has been there before.
func isSecondOfTwo(_ seconds: Int, _ day: CalendarDay, _ time: ClockTime) throws(PyError) -> Bool {
  let here = calendarSeconds(day, time)
  let moment = seconds + epochSeconds
  let before = try local(moment - longestFold)
  let change = here - before - longestFold
  if change >= 0 { return false }
  return try local(moment + change) == here
}

/// A timestamp as seconds and microseconds, rounded half to even.
func splitTimestamp(_ value: Value) throws(PyError) -> (seconds: Int, microseconds: Int) {
  if value.isFloat, let number = doubleValue(of: value) {
    if number.isNaN { throw .valueError("Invalid value NaN (not a number)") }
    var whole = number.rounded(.towardZero)
    var part = number.isInfinite ? 0 : ((number - whole) * 1e6).rounded(.toNearestOrEven)
    if part >= 1e6 {
      part -= 1e6
      whole += 1
    } else if part < 0 {
      part += 1e6
      whole -= 1
    }
    return (try timeNumber(whole), Int(part))
  }
  guard value.isInteger || value.type.slots.pointee.index != nil else { throw .typeError("argument must be int or float, not \(value.typeName)") }
  return (try wholeSeconds(value), 0)
}

private func timeNumber(_ number: Double) throws(PyError) -> Int {
  guard number >= -9_223_372_036_854_775_808.0, number < 9_223_372_036_854_775_808.0 else { throw .overflowError("timestamp out of range for platform time_t") }
  return Int(number)
}

/// The whole seconds of a timestamp, rounded down.
func wholeSeconds(_ value: Value) throws(PyError) -> Int {
  if value.isFloat, let number = doubleValue(of: value) {
    if number.isNaN { throw .valueError("Invalid value NaN (not a number)") }
    return try timeNumber(number.rounded(.down))
  }
  let number = try value.index()
  guard let seconds = Integer.asInt(number.value) else { throw .overflowError("timestamp out of range for platform time_t") }
  return seconds
}

/// Now, in seconds and microseconds since 1970.
func now() -> (seconds: Int, microseconds: Int) {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return (time.tv_sec, time.tv_nsec / 1000)
}

// MARK: - Formats

/// A `time.struct_time`.
func makeTimeTuple(_ day: CalendarDay, _ time: ClockTime, isSummer: Int) throws(PyError) -> Owned {
  let module = try importModule("time")
  let type = try module.value.getAttribute(DateTimeNames.structTime)
  let tuple = try plainTuple([day.year, day.month, day.day, time.hour, time.minute, time.second, day.weekday, day.dayOfYear, isSummer])
  return try type.value.call(tuple.value)
}

func plainTuple(_ numbers: [Int]) throws(PyError) -> Owned {
  let result = try Owned.tuple(count: numbers.count)
  for index in numbers.indices { TupleObject(result.value).initialize(index, try Owned.integer(numbers[index])) }
  return result
}

/// `object.strftime(format)`: what the system does not know is replaced, the rest goes to `time.strftime`.
func formatTime(_ object: Value, _ format: Value, _ tuple: Value, year: Int, isoYear: Int, microsecond: Int, zone: Value, moment: Value) throws(PyError) -> Owned {
  var builder = StringBuilder()
  let units = StringObject(format).units
  var index = 0
  while index < units.count {
    var end = index
    while end < units.count && units[end] != 0x25 { end += 1 }
    try builder.append(units[index..<end])
    if end + 1 >= units.count {
      if end < units.count { try builder.append("%" as StaticString) }
      break
    }
    index = end + 2
    let code = units[end + 1]
    switch code < 0x80 ? Character(Unicode.Scalar(UInt8(code))) : " " {
    case "z": try builder.append(try zoneOffsetText(zone, moment, separator: ""))
    case ":" where index < units.count && units[index] == 0x7A:
      try builder.append(try zoneOffsetText(zone, moment, separator: ":"))
      index += 1
    case "Z":
      let name = try askZoneName(zone, moment)
      if name.value.isString {
        // What a zone answers may be a subclass, which has its own way.
        let one = try Owned.string("%" as StaticString)
        let two = try Owned.string("%%" as StaticString)
        let escaped = try name.value.callMethod(Name.make("replace"), one.value, two.value)
        guard escaped.value.isString else { throw .typeError("tzname.replace() did not return a string") }
        try builder.append(escaped.value)
      }
    case "f": try builder.append(padded(microsecond, 6))
    case "Y" where year < 1000: try builder.append(padded(year, 4))
    case "G" where year < 1000: try builder.append(padded(isoYear, 4))
    case "C" where year < 1000: try builder.append(padded(year / 100, 2))
    case "F" where year < 1000: try builder.append("\(padded(year, 4))-%m-%d")
    default: try builder.append(units[end..<end + 2])
    }
  }
  let text = try builder.finish()
  let module = try importModule("time")
  return try module.value.callMethod(DateTimeNames.strftime, text.value, tuple)
}

private func zoneOffsetText(_ zone: Value, _ moment: Value, separator: String) throws(PyError) -> String {
  let offset = try askZone(zone, DateTimeNames.utcoffset, moment)
  return offset.value.isNone ? "" : offsetText(TimeDelta(offset.value).duration, separator: separator)
}

/// `object.__format__(format)`
func formatByCode(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.checkNoKeywords("__format__")
  guard arguments.positionalCount == 1 else { throw .typeError("__format__() takes exactly 1 argument (\(arguments.positionalCount) given)") }
  let format = arguments.base[0]
  guard format.isString else { throw .typeError("__format__() argument 1 must be str, not \(shownTypeName(format))") }
  if StringObject(format).length == 0 { return try object.str() }
  return try object.callMethod(DateTimeNames.strftime, format)
}

/// The format of a `strftime` method.
func formatArgument(_ arguments: Arguments) throws(PyError) -> Value {
  let given = try DateArguments(arguments, "strftime", ["format"], required: 1)
  guard given[0].isString else { throw .typeError("strftime() argument 1 must be str, not \(shownTypeName(given[0]))") }
  return given[0]
}

/// `cls.strptime(text, format)`, which is written in Python.
func parseTime(_ type: Value, _ arguments: Arguments, _ function: StaticString) throws(PyError) -> Owned {
  try arguments.checkNoKeywords("strptime")
  guard arguments.positionalCount == 2 else { throw .typeError("strptime() takes exactly 2 arguments (\(arguments.positionalCount) given)") }
  for index in 0..<2 where !arguments.base[index].isString {
    throw .typeError("strptime() argument \(index + 1) must be str, not \(shownTypeName(arguments.base[index]))")
  }
  let module = try importModule("_strptime")
  let name = intern(try Owned.string(function))
  return try module.value.callMethod(name.value, type, arguments.base[0], arguments.base[1])
}

/// "Thu Jan  2 03:04:05 2020"
func clockText(_ day: CalendarDay, _ time: ClockTime) -> String {
  let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
  let number = day.day < 10 ? " \(day.day)" : "\(day.day)"
  return "\(days[day.weekday]) \(months[max(min(day.month, 12), 1) - 1]) \(number) \(clock) \(padded(day.year, 4))"
}
