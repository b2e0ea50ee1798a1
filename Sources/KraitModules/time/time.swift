// The module `time`: clocks, and times of day.

import CKraitSystem
import Glibc
import KraitRuntime

let timeModule = ModuleDefinition("time", "Clocks, and conversions between forms of time.") { (m: ModuleBuilder) throws(PyError) in
  TimeTuple.type = try m.defineStructSequence(
    "struct_time", "A time as gmtime(), localtime() and strptime() give it.",
    [
      ("tm_year", "the year, all digits of it"), ("tm_mon", "the month from 1 to 12"), ("tm_mday", "the day in the month from 1 to 31"), ("tm_hour", "the hour from 0 to 23"),
      ("tm_min", "the minute from 0 to 59"), ("tm_sec", "the second from 0 to 59, a leap second above"), ("tm_wday", "the day in the week from 0, a Monday, to 6"),
      ("tm_yday", "the day in the year from 1 to 366"), ("tm_isdst", "whether it is summer time, 1 or 0; -1 where nobody knows"), ("tm_zone", "the short name of the zone"),
      ("tm_gmtoff", "seconds by which the zone is ahead of UTC"),
    ], visibleCount: 9)
  try defineClocks(m)
  try defineClockFunctions(m)
  try defineConversions(m)
  for (name, number) in clockNumbers { try m.constant(name, number) }
  try m.constant("_STRUCT_TM_ITEMS", 11)
  try setTimeZone(m.dict)
}

private let clockNumbers: [(name: StaticString, number: Int)] = [
  ("CLOCK_REALTIME", 0), ("CLOCK_MONOTONIC", 1), ("CLOCK_PROCESS_CPUTIME_ID", 2), ("CLOCK_THREAD_CPUTIME_ID", 3), ("CLOCK_MONOTONIC_RAW", 4), ("CLOCK_BOOTTIME", 7),
  ("CLOCK_TAI", 11),
]

// MARK: - Clocks

private func read(_ clock: Int32) throws(PyError) -> timespec {
  var time = timespec()
  if clock_gettime(clock, &time) != 0 {
    let code = errno
    throw .osError(code)
  }
  return time
}

private func seconds(_ time: timespec) throws(PyError) -> Owned { try Owned.float(Double(time.tv_sec &* 1_000_000_000 &+ time.tv_nsec) / 1e9) }
private func nanoseconds(_ time: timespec) throws(PyError) -> Owned { try Owned.integer(time.tv_sec &* 1_000_000_000 &+ time.tv_nsec) }

private func defineClocks(_ m: ModuleBuilder) throws(PyError) {
  try m.function("time()", "Return the seconds since 1970.") { (_: Call) throws(PyError) -> Owned in try seconds(try read(0)) }
  try m.function("time_ns()", "Return the nanoseconds since 1970.") { (_: Call) throws(PyError) -> Owned in try nanoseconds(try read(0)) }
  try m.function("monotonic()", "Return the seconds of a clock that is never set back.") { (_: Call) throws(PyError) -> Owned in try seconds(try read(1)) }
  try m.function("monotonic_ns()", "Return the nanoseconds of a clock that is never set back.") { (_: Call) throws(PyError) -> Owned in try nanoseconds(try read(1)) }
  try m.function("perf_counter()", "Return the seconds of the clock for measurements.") { (_: Call) throws(PyError) -> Owned in try seconds(try read(1)) }
  try m.function("perf_counter_ns()", "Return the nanoseconds of the clock for measurements.") { (_: Call) throws(PyError) -> Owned in try nanoseconds(try read(1)) }
  try m.function("process_time()", "Return the seconds of processor time that the process has used.") { (_: Call) throws(PyError) -> Owned in try seconds(try read(2)) }
  try m.function("process_time_ns()", "Return the nanoseconds of processor time that the process has used.") { (_: Call) throws(PyError) -> Owned in
    try nanoseconds(try read(2))
  }
  try m.function("thread_time()", "Return the seconds of processor time that the thread has used.") { (_: Call) throws(PyError) -> Owned in try seconds(try read(3)) }
  try m.function("thread_time_ns()", "Return the nanoseconds of processor time that the thread has used.") { (_: Call) throws(PyError) -> Owned in
    try nanoseconds(try read(3))
  }
}

private func defineClockFunctions(_ m: ModuleBuilder) throws(PyError) {
  try m.function("clock_gettime(clk_id, /)", "Return the seconds of a clock.") { (call: Call) throws(PyError) -> Owned in try seconds(try read(try call.int32(0))) }
  try m.function("clock_gettime_ns(clk_id, /)", "Return the nanoseconds of a clock.") { (call: Call) throws(PyError) -> Owned in
    try nanoseconds(try read(try call.int32(0)))
  }
  try m.function("clock_settime(clk_id, time, /)", "Set a clock.") { (call: Call) throws(PyError) -> Owned in
    var time = try duration(call[1], roundsUp: false)
    if Glibc.clock_settime(try call.int32(0), &time) != 0 { throw systemError() }
    return .none
  }
  try m.function("clock_settime_ns(clk_id, time, /)", "Set a clock, in nanoseconds.") { (call: Call) throws(PyError) -> Owned in
    let time = try call.offset(1)
    let (whole, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
    var value = timespec(tv_sec: rest < 0 ? whole - 1 : whole, tv_nsec: rest < 0 ? rest + 1_000_000_000 : rest)
    if Glibc.clock_settime(try call.int32(0), &value) != 0 { throw systemError() }
    return .none
  }
  try m.function("clock_getres(clk_id, /)", "Return the resolution of a clock.") { (call: Call) throws(PyError) -> Owned in
    var time = timespec()
    if Glibc.clock_getres(try call.int32(0), &time) != 0 { throw systemError() }
    return try Owned.float(Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }
  try m.function("pthread_getcpuclockid(thread_id, /)", "Return the clock of a thread's processor time.") { (call: Call) throws(PyError) -> Owned in
    var clock: Int32 = 0
    let thread = UInt(bitPattern: try call.int(0))
    // The C library reads what the number points at: only that of a living thread may reach it.
    guard Threads.isAlive(thread) else { throw .osError(ESRCH) }
    let code = Glibc.pthread_getcpuclockid(pthread_t(thread), &clock)
    if code != 0 { throw .osError(code) }
    return try Owned.integer(Int(clock))
  }
  try m.function("get_clock_info(name, /)", "Return what is known of a clock.") { (call: Call) throws(PyError) -> Owned in
    let name = try call.string(0).text
    let clocks: [String: (Int32, StaticString, Bool, Bool)] = [
      "time": (0, "clock_gettime(CLOCK_REALTIME)", false, true), "monotonic": (1, "clock_gettime(CLOCK_MONOTONIC)", true, false),
      "perf_counter": (1, "clock_gettime(CLOCK_MONOTONIC)", true, false), "process_time": (2, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
      "thread_time": (3, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
    ]
    guard let (number, implementation, isMonotonic, isAdjustable) = clocks[name] else { throw .valueError("unknown clock") }
    var resolution = timespec()
    Glibc.clock_getres(number, &resolution)
    let result = try TypeObject.simpleNamespace.value.call()
    let text = try Owned.string(implementation)
    try result.value.setAttribute(Name.make("implementation"), text.value)
    try result.value.setAttribute(Name.make("monotonic"), Value(isMonotonic))
    try result.value.setAttribute(Name.make("adjustable"), Value(isAdjustable))
    let number2 = try Owned.float(Double(resolution.tv_sec) + Double(resolution.tv_nsec) * 1e-9)
    try result.value.setAttribute(Name.make("resolution"), number2.value)
    return result
  }
  try m.rawFunction("sleep", "Wait for some seconds.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    guard arguments.positionalCount == 1, arguments.keywordCount == 0 else {
      throw .typeError(arguments.keywordCount > 0 ? "time.sleep() takes no keyword arguments" : "time.sleep() takes exactly one argument (\(arguments.positionalCount) given)")
    }
    let argument = arguments.base[0]
    try audit("time.sleep", argument)
    let time = try duration(argument, roundsUp: true, expected: "an integer or float")
    if time.tv_sec < 0 { throw .valueError("sleep length must be non-negative") }
    var deadline = try read(1)
    deadline.tv_sec &+= time.tv_sec
    deadline.tv_nsec += time.tv_nsec
    if deadline.tv_nsec >= 1_000_000_000 {
      deadline.tv_nsec -= 1_000_000_000
      deadline.tv_sec &+= 1
    }
    while true {
      let code = withoutLock { clock_nanosleep(1, 1, &deadline, nil) }
      if code == 0 { return .none }
      if code != EINTR { throw .osError(code) }
      try checkSignals()
    }
  }
}

/// Seconds, an int or a float, as a time.
private func duration(_ value: Value, roundsUp: Bool, expected: StaticString = "an integer") throws(PyError) -> timespec {
  if let number = value.isObject || value.isImmediateDouble ? (value.type.isSubtype(of: .float) ? doubleValue(of: value) : nil) : nil {
    if number.isNaN { throw .valueError("Invalid value NaN (not a number)") }
    let whole = number.rounded(.down)
    guard abs(whole) < 9.2e9 else { throw .overflowError("timestamp out of range for platform time_t") }
    let rest = ((number - whole) * 1e9).rounded(roundsUp ? .up : .toNearestOrEven)
    return rest >= 1e9 ? timespec(tv_sec: Int(whole) + 1, tv_nsec: 0) : timespec(tv_sec: Int(whole), tv_nsec: Int(rest))
  }
  guard value.type.slots.pointee.index != nil else { throw .typeError("'\(value.typeName)' object cannot be interpreted as \(expected)") }
  let number = try value.index()
  guard let whole = Integer.asInt(number.value), abs(whole) < 9_223_372_036 else { throw .overflowError("timestamp too large to convert to C PyTime_t") }
  return timespec(tv_sec: whole, tv_nsec: 0)
}

// MARK: - Times of day

enum TimeTuple {
  nonisolated(unsafe) static var type = TypeObject.object

  static func make(_ time: tm) throws(PyError) -> Owned {
    var fields = try FieldValues(type)
    for number in [Int(time.tm_year) + 1900, Int(time.tm_mon) + 1, Int(time.tm_mday), Int(time.tm_hour), Int(time.tm_min), Int(time.tm_sec), (Int(time.tm_wday) + 6) % 7,
      Int(time.tm_yday) + 1, Int(time.tm_isdst)]
    {
      try fields.append(number)
    }
    if let zone = time.tm_zone { fields.append(try Owned.string(String(cString: zone))) } else { fields.append(.none) }
    try fields.append(Int(time.tm_gmtoff))
    return fields.finish()
  }

  /// The nine numbers of a tuple, checked where the system would go wrong.
  static func read(_ value: Value, _ function: StaticString, checks: Bool) throws(PyError) -> tm {
    guard value.isTuple else { throw .typeError("Tuple or struct_time argument required") }
    let tuple = TupleObject(value)
    guard tuple.count == 9 else { throw .typeError("\(function)(): illegal time tuple argument") }
    var numbers: [Int32] = []
    for index in 0..<9 {
      let number = try tuple[index].index()
      guard let word = Integer.asInt(number.value), let small = Int32(exactly: word) else { throw .overflowError("Python int too large to convert to C int") }
      numbers.append(small)
    }
    if numbers[0] < Int32.min + 1900 { throw .overflowError("year out of range") }
    var time = tm()
    time.tm_year = numbers[0] &- 1900
    time.tm_mon = numbers[1] &- 1
    time.tm_mday = numbers[2]
    time.tm_hour = numbers[3]
    time.tm_min = numbers[4]
    time.tm_sec = numbers[5]
    time.tm_wday = (numbers[6] &+ 1) % 7
    time.tm_yday = numbers[7] &- 1
    time.tm_isdst = numbers[8]
    if checks { try check(&time, numbers[6]) }
    return time
  }

  /// Zero counts as the first month, day and day of the year.
  private static func check(_ time: inout tm, _ weekday: Int32) throws(PyError) {
    if time.tm_mon == -1 { time.tm_mon = 0 } else if time.tm_mon < 0 || time.tm_mon > 11 { throw .valueError("month out of range") }
    if time.tm_mday == 0 { time.tm_mday = 1 } else if time.tm_mday < 0 || time.tm_mday > 31 { throw .valueError("day of month out of range") }
    if time.tm_hour < 0 || time.tm_hour > 23 { throw .valueError("hour out of range") }
    if time.tm_min < 0 || time.tm_min > 59 { throw .valueError("minute out of range") }
    if time.tm_sec < 0 || time.tm_sec > 61 { throw .valueError("seconds out of range") }
    if time.tm_wday < 0 { throw .valueError("day of week out of range") }
    if time.tm_yday == -1 { time.tm_yday = 0 } else if time.tm_yday < 0 || time.tm_yday > 365 { throw .valueError("day of year out of range") }
  }
}

/// Seconds since 1970 from an optional argument; now for None.
private func timeArgument(_ value: Value) throws(PyError) -> time_t {
  if value.isAbsent || value.isNone { return time(nil) }
  if value.isInteger {
    guard let seconds = Integer.asInt(value) else { throw .overflowError("timestamp out of range for platform time_t") }
    return seconds
  }
  if value.type.isSubtype(of: .float), let number = doubleValue(of: value) {
    if number.isNaN { throw .valueError("Invalid value NaN (not a number)") }
    guard abs(number) < 9.2e18 else { throw .overflowError("timestamp out of range for platform time_t") }
    return Int(number.rounded(.down))
  }
  let number = try value.index()
  return try timeArgument(number.value)
}

private func local(_ seconds: time_t) throws(PyError) -> tm {
  var seconds = seconds
  var result = tm()
  if localtime_r(&seconds, &result) == nil {
    let code = errno == 0 ? EINVAL : errno
    throw .osError(code)
  }
  return result
}

/// The argument of functions that tell no parameters: a time or None.
private func optionalSeconds(_ arguments: Arguments, _ name: StaticString) throws(PyError) -> Value {
  if arguments.keywordCount > 0 { throw .typeError("\(name)() takes no keyword arguments") }
  if arguments.positionalCount > 1 { throw .typeError("\(name)() takes at most 1 argument (\(arguments.positionalCount) given)") }
  return arguments.positionalCount == 0 ? .none : arguments.base[0]
}

private func defineConversions(_ m: ModuleBuilder) throws(PyError) {
  try m.rawFunction("gmtime", "Return a time in UTC as a tuple.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    var seconds = try timeArgument(try optionalSeconds(arguments, "gmtime"))
    var result = tm()
    if gmtime_r(&seconds, &result) == nil { throw .osError(errno == 0 ? EINVAL : errno) }
    return try TimeTuple.make(result)
  }
  try m.rawFunction("localtime", "Return a time in the local zone as a tuple.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try TimeTuple.make(try local(try timeArgument(try optionalSeconds(arguments, "localtime"))))
  }
  try m.function("mktime(t, /)", "Return the seconds since 1970 of a local time.") { (call: Call) throws(PyError) -> Owned in
    var time = try TimeTuple.read(call[0], "mktime", checks: false)
    time.tm_wday = -1
    let seconds = Glibc.mktime(&time)
    if seconds == -1 && time.tm_wday == -1 { throw .overflowError("mktime argument out of range") }
    return try Owned.float(Double(seconds))
  }
  try m.function("asctime(t=<unrepresentable>, /)", "A time as text of 24 characters, such as 'Wed Feb  4 08:05:09 2026'.") { (call: Call) throws(PyError) -> Owned in
    try ascii(call[0].isAbsent ? try local(time(nil)) : try TimeTuple.read(call[0], "asctime", checks: true))
  }
  try m.rawFunction("ctime", "Return a local time as text.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try ascii(try local(try timeArgument(try optionalSeconds(arguments, "ctime"))))
  }
  try m.function("strftime(format, t=<unrepresentable>, /)", "Return a time as text in a format.") { (call: Call) throws(PyError) -> Owned in try format(call) }
  try m.rawFunction("strptime", "Return the time that a text in a format stands for, as a tuple.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    let module = try importModule("_strptime")
    let function = try module.getAttribute(Name.make("_strptime_time"))
    return try function.call(arguments: arguments)
  }
  try m.function("tzset()", "Read the time zone from the environment again.") { (call: Call) throws(PyError) -> Owned in
    Glibc.tzset()
    try setTimeZone(DictObject(ModuleObject(call.receiver).dict))
    return .none
  }
}

private func ascii(_ time: tm) throws(PyError) -> Owned {
  let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
  let day = time.tm_mday < 10 ? " \(time.tm_mday)" : "\(time.tm_mday)"
  return try Owned.string(
    "\(days[Int(time.tm_wday) % 7]) \(months[Int(time.tm_mon) % 12]) \(day) \(two(time.tm_hour)):\(two(time.tm_min)):\(two(time.tm_sec)) \(Int(time.tm_year) + 1900)")
}

/// Formats piece by piece, so that zeros and text that is not ASCII pass through.
private func format(_ call: Call) throws(PyError) -> Owned {
  let text = try call.string(0)
  var time = call[1].isAbsent ? try local(time(nil)) : try TimeTuple.read(call[1], "strftime", checks: true)
  if !call[1].isAbsent {
    // The zone's name and offset, as the tuple has them.
    if call[1].type == TimeTuple.type {
      let zone = TupleObject(call[1]).items[9]
      if !zone.isAbsent && zone.isString { time.tm_zone = zoneName(zone.text) }
      let offset = TupleObject(call[1]).items[10]
      if !offset.isAbsent, offset.isInteger { time.tm_gmtoff = try offset.asInt() }
    } else {
      time.tm_zone = UnsafePointer(zoneNames(Int(time.tm_isdst > 0 ? 1 : 0)))
    }
    if time.tm_isdst < -1 { time.tm_isdst = -1 } else if time.tm_isdst > 1 { time.tm_isdst = 1 }
  }
  var builder = StringBuilder()
  let units = StringObject(text).units
  var index = 0
  while index < units.count {
    var end = index
    while end < units.count && units[end] != 0x25 { end += 1 }
    try builder.append(units[index..<end])
    if end == units.count { break }
    // A directive: flags, width, modifier, letter.
    index = end
    end += 1
    while end < units.count, units[end] < 0x80, "_-0^#123456789EO".utf8.contains(UInt8(units[end])) { end += 1 }
    if end == units.count || units[end] == 0 || units[end] >= 0x80 {
      try builder.append(units[index..<end])
      index = end
      continue
    }
    var directive = (index...end).map { CChar(truncatingIfNeeded: units[$0]) }
    directive.append(0)
    var buffer = [CChar](repeating: 0, count: 256)
    while true {
      let count = strftime(&buffer, buffer.count, directive, &time)
      if count > 0 || buffer.count > 1 << 16 {
        let piece = try fileSystemName(buffer[..<count].map { UInt8(bitPattern: $0) }, isBytes: false)
        try builder.append(piece.value)
        break
      }
      // Nothing is also what `%p` may be.
      if buffer.count >= 4096 { break }
      buffer = [CChar](repeating: 0, count: buffer.count * 4)
    }
    index = end + 1
  }
  return try builder.finish()
}

nonisolated(unsafe) private var keptZoneNames: [String: UnsafeMutablePointer<CChar>] = [:]
nonisolated(unsafe) private var zoneNamesLock = SharedLock()

/// A zone's name as text of C that stays.
private func zoneName(_ text: String) -> UnsafePointer<CChar> {
  zoneNamesLock.synchronized {
    if let known = keptZoneNames[text] { return UnsafePointer(known) }
    guard let copy = strdup(text) else { return UnsafePointer(zoneNames(0)) }
    keptZoneNames[text] = copy
    return UnsafePointer(copy)
  }
}

private func zoneNames(_ index: Int) -> UnsafeMutablePointer<CChar> { krait_tzname(Int32(index)) }

/// `timezone`, `altzone`, `daylight` and `tzname`, from the zone's winter and summer.
private func setTimeZone(_ dict: DictObject) throws(PyError) {
  Glibc.tzset()
  let year = 365 * 24 * 3600 + 6 * 3600
  let start = time(nil) / year * year
  let january = try local(start)
  let july = try local(start + year / 2)
  func name(_ time: tm) -> String { time.tm_zone.map { String(cString: $0) } ?? "   " }
  let (winter, summer) = (january.tm_gmtoff < july.tm_gmtoff ? january : july, january.tm_gmtoff < july.tm_gmtoff ? july : january)
  let isSplit = january.tm_gmtoff != july.tm_gmtoff
  try dict.set(Name.make("timezone"), Value(smallInteger: -winter.tm_gmtoff))
  try dict.set(Name.make("altzone"), Value(smallInteger: -summer.tm_gmtoff))
  try dict.set(Name.make("daylight"), Value(smallInteger: isSplit ? 1 : 0))
  let first = try Owned.string(name(winter))
  let second = try Owned.string(name(summer))
  let names = try Owned.tuple(first.value, second.value)
  try dict.set(Name.make("tzname"), names.value)
}
