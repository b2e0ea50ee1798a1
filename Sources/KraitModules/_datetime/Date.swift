// The type `datetime.date`.

import Glibc
import KraitRuntime

nonisolated(unsafe) var dateType = ModuleType()

/// The time of day, as `time` and `datetime` objects have it, but for the microseconds.
struct ClockFields {
  var hour: UInt8
  var minute: UInt8
  var second: UInt8
  var fold: UInt8

  func time(microsecond: UInt32) -> ClockTime { ClockTime(hour: Int(hour), minute: Int(minute), second: Int(second), microsecond: Int(microsecond)) }

  mutating func set(_ clock: ClockTime, fold: Int) {
    hour = UInt8(truncatingIfNeeded: clock.hour)
    minute = UInt8(truncatingIfNeeded: clock.minute)
    second = UInt8(truncatingIfNeeded: clock.second)
    self.fold = UInt8(truncatingIfNeeded: fold)
  }
}

/// A `datetime.date`, or an instance of a subclass such as `datetime`.
struct DateObject {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    /// 0 before somebody asks.
    var hash: Int
    var year: UInt16
    var month: UInt8
    var dayOfMonth: UInt8
    /// A `datetime`'s own, whose other fields follow.
    var clock: ClockFields
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var day: CalendarDay { CalendarDay(Int(contents.pointee.year), Int(contents.pointee.month), Int(contents.pointee.dayOfMonth)) }

  func set(_ day: CalendarDay) {
    contents.pointee.year = UInt16(truncatingIfNeeded: day.year)
    contents.pointee.month = UInt8(truncatingIfNeeded: day.month)
    contents.pointee.dayOfMonth = UInt8(truncatingIfNeeded: day.day)
  }

  /// The four bytes that pickles have.
  var bytes: [UInt8] {
    [UInt8(contents.pointee.year >> 8), UInt8(contents.pointee.year & 0xFF), contents.pointee.month, contents.pointee.dayOfMonth]
  }

  /// An instance of a type, by calling it if Python code derived it.
  static func make(_ day: CalendarDay, _ type: TypeObject = dateType.object) throws(PyError) -> Owned {
    if type != dateType.object {
      let year = try Owned.integer(day.year)
      let month = try Owned.integer(day.month)
      let number = try Owned.integer(day.day)
      return try type.value.call(year.value, month.value, number.value)
    }
    try checkDay(day)
    return try makePlain(day, type)
  }

  static func makePlain(_ day: CalendarDay, _ type: TypeObject) throws(PyError) -> Owned {
    let raw = try type.allocate()
    DateObject(raw: raw).set(day)
    return Owned(taking: raw)
  }

  /// The day so many days later.
  static func adding(_ days: Int, to date: Value) throws(PyError) -> Owned {
    let ordinal = DateObject(date).day.ordinal + days
    guard ordinal >= 1, ordinal <= CalendarDay.maximumOrdinal else { throw .overflowError("date value out of range") }
    return try make(CalendarDay(ordinal: ordinal), date.type)
  }
}

func isPlainDate(_ value: Value) -> Bool { dateType.includes(value) && !dateTimeType.includes(value) }

// MARK: - Making

private func newDate(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  if arguments.positionalCount == 1, let bytes = try pickledState(arguments, maximum: 1, size: 4, name: "date", isSane: { (1...12).contains($0) }, place: 2) {
    return try DateObject.makePlain(CalendarDay(Int(bytes[0]) << 8 | Int(bytes[1]), Int(bytes[2]), Int(bytes[3])), TypeObject(type))
  }
  let given = try DateArguments(arguments, nil, ["year", "month", "day"], required: 3, integers: 3)
  let year = try given.int(0, default: 0)
  let month = try given.int(1, default: 0)
  let day = CalendarDay(year, month, try given.int(2, default: 0))
  try checkDay(day)
  return try DateObject.makePlain(day, TypeObject(type))
}

private func fromISOCalendar(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(arguments, "fromisocalendar", ["year", "week", "day"], required: 3)
  var numbers: [Int] = []
  for index in 0..<3 {
    let number = try given[index].index()
    guard let word = Integer.asInt(number.value), Int32(exactly: word) != nil else { throw .valueError("ISO calendar component out of range") }
    numbers.append(word)
  }
  let (day, fault) = CalendarDay.of(isoYear: numbers[0], week: numbers[1], weekday: numbers[2])
  switch fault {
  case .year: throw .valueError("year must be in 1..9999, not \(numbers[0])")
  case .week: throw .valueError("Invalid week: \(numbers[1])")
  case .weekday: throw .valueError("Invalid weekday: \(numbers[2]) (range is [1, 7])")
  case nil: return try DateObject.make(day, TypeObject(type))
  }
}

private func fromOrdinal(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  try arguments.checkNoKeywords("fromordinal")
  guard arguments.positionalCount == 1 else { throw .typeError("fromordinal() takes exactly 1 argument (\(arguments.positionalCount) given)") }
  let number = Int(try arguments.base[0].cInt())
  if number < 1 { throw .valueError("ordinal must be >= 1") }
  return try DateObject.make(CalendarDay(ordinal: number), TypeObject(type))
}

private func defineMaking(_ t: TypeDefinition) {
  t.rawNew("date", newDate)
  t.classMethod("fromtimestamp($type, timestamp, /)", "The local date at a time in seconds since 1970.") { (call: Call) throws(PyError) -> Owned in
    let time = try brokenDown(try wholeSeconds(call[0]), isLocal: true)
    return try DateObject.make(CalendarDay(Int(time.tm_year) + 1900, Int(time.tm_mon) + 1, Int(time.tm_mday)), TypeObject(call.receiver))
  }
  t.rawClassMethod("fromordinal", "The date with a number; that of the first of January of the year 1 is 1.", fromOrdinal)
  t.classMethod("fromisoformat($type, object, /)", "The date in a text of ISO 8601.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw .typeError("fromisoformat: argument must be str") }
    let text = ISOText(call[0])
    guard [7, 8, 10].contains(text.count), StringObject(call[0]).isASCII, let day = text.date(end: text.count) else { throw try invalidISO(call[0]) }
    return try DateObject.make(day, TypeObject(call.receiver))
  }
  t.rawClassMethod("fromisocalendar", "The date with a year, week and day of the week as ISO 8601 counts them.", fromISOCalendar)
  t.classMethod("today($type, /)", "The local date now.") { (call: Call) throws(PyError) -> Owned in
    let module = try importModule("time")
    let time = try module.value.callMethod(DateTimeNames.time)
    return try call.receiver.callMethod(DateTimeNames.fromTimestamp, time.value)
  }
  t.rawClassMethod("strptime", "The date in a text, read by a format.") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
    try parseTime(type, arguments, "_strptime_datetime_date")
  }
}

// MARK: - Methods

private func replaceDate(_ date: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let given = try DateArguments(arguments, "replace", ["year", "month", "day"])
  let old = DateObject(date).day
  let year = try given.int(0, default: old.year)
  let month = try given.int(1, default: old.month)
  return try DateObject.make(CalendarDay(year, month, try given.int(2, default: old.day)), date.type)
}

private func defineMethods(_ t: TypeDefinition) {
  t.method("ctime($self, /)", "The date as C's ctime() writes it.") { (call: Call) throws(PyError) -> Owned in
    try Owned.string(clockText(DateObject(call.receiver).day, ClockTime()))
  }
  t.rawMethod("strftime", "The date as text in a format.") { (date: Value, arguments: Arguments) throws(PyError) -> Owned in
    let format = try formatArgument(arguments)
    let day = DateObject(date).day
    let tuple = try date.callMethod(DateTimeNames.timeTuple)
    let isDateTime = dateTimeType.includes(date)
    return try formatTime(
      date, format, tuple.value, year: day.year, isoYear: day.isoWeek.year, microsecond: isDateTime ? DateTime(date).clock.microsecond : 0,
      zone: isDateTime ? DateTime(date).zone : .absent, moment: date)
  }
  t.rawMethod("__format__", "The date as text: in a format, or as str() gives it.", formatByCode)
  t.method("isoformat($self, /)", "The date as YYYY-MM-DD.") { (call: Call) throws(PyError) -> Owned in try Owned.string(isoText(DateObject(call.receiver).day)) }
  t.method("isoweekday($self, /)", "The day of the week: 1 for Monday to 7.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(DateObject(call.receiver).day.weekday + 1)
  }
  t.method("isocalendar($self, /)", "Year, week and day of the week as ISO 8601 counts them.") { (call: Call) throws(PyError) -> Owned in
    let week = DateObject(call.receiver).day.isoWeek
    return try ISOCalendarDate.make(week.year, week.week, week.weekday)
  }
  t.method("timetuple($self, /)", "The date as a time.struct_time.") { (call: Call) throws(PyError) -> Owned in
    try makeTimeTuple(DateObject(call.receiver).day, ClockTime(), isSummer: -1)
  }
  t.method("weekday($self, /)", "The day of the week: 0 for Monday to 6.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(DateObject(call.receiver).day.weekday)
  }
  t.method("toordinal($self, /)", "The number of the day; that of the first of January of the year 1 is 1.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(DateObject(call.receiver).day.ordinal)
  }
  t.rawMethod("replace", "A date with other fields.", replaceDate)
  t.rawMethod("__replace__", "The same as replace(), for copy.replace().", replaceDate)
  t.method("__reduce__($self, /)", "What a pickle keeps.") { (call: Call) throws(PyError) -> Owned in
    let bytes = try makeBytes(DateObject(call.receiver).bytes)
    let arguments = try Owned.tuple(bytes.value)
    return try Owned.tuple(call.receiver.type.value, arguments.value)
  }
}

private func defineArithmetic(_ t: TypeDefinition) {
  t.slots.add = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    if dateTimeType.includes(a) || dateTimeType.includes(b) { return .notImplemented }
    if dateType.includes(a) {
      return timeDeltaType.includes(b) ? try DateObject.adding(TimeDelta(b).duration.days, to: a) : .notImplemented
    }
    return timeDeltaType.includes(a) ? try DateObject.adding(TimeDelta(a).duration.days, to: b) : .notImplemented
  }
  t.slots.subtract = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
    guard isPlainDate(a), !dateTimeType.includes(b) else { return .notImplemented }
    if dateType.includes(b) { return try TimeDelta.make(Duration(days: DateObject(a).day.ordinal - DateObject(b).day.ordinal, seconds: 0, microseconds: 0)) }
    return timeDeltaType.includes(b) ? try DateObject.adding(-TimeDelta(b).duration.days, to: a) : .notImplemented
  }
  t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
    guard dateType.includes(a), isPlainDate(b) else { return .notImplemented }
    let (left, right) = (DateObject(a).day, DateObject(b).day)
    let order = (left.year, left.month, left.day) < (right.year, right.month, right.day) ? -1 : left == right ? 0 : 1
    return .boolean(operation.holds(order, 0))
  }
}

func defineDate(_ m: ModuleBuilder) throws(PyError) {
  dateType = ModuleType(
    try m.defineType("date", module: "datetime", isStatic: true) { t in
      t.documentation = "A day of the Gregorian calendar, which is taken to have always been in use: date(year, month, day)."
      t.basicSize = MemoryLayout<DateObject.Contents>.size
      t.flags.insert(.baseType)
      defineMaking(t)
      defineMethods(t)
      defineArithmetic(t)
      t.slots.repr = UnarySlot { (value: Value) throws(PyError) -> Owned in
        let day = DateObject(value).day
        return try Owned.string("\(value.typeName)(\(day.year), \(day.month), \(day.day))")
      }
      t.slots.str = UnarySlot { (value: Value) throws(PyError) -> Owned in try value.callMethod(DateTimeNames.isoFormat) }
      t.slots.hash = HashSlot { (value: Value) throws(PyError) -> Int in
        let date = DateObject(value)
        if date.contents.pointee.hash == 0 { date.contents.pointee.hash = try hashOfBytes(date.bytes) }
        return date.contents.pointee.hash
      }
      t.getter("year", "1 to 9999.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateObject(value).day.year) }
      t.getter("month", "1 to 12.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateObject(value).day.month) }
      t.getter("day", "1 to the length of the month.") { (value: Value) throws(PyError) -> Owned in try Owned.integer(DateObject(value).day.day) }
      t.attribute(Name.make("min"), immortalDate(t, CalendarDay(1, 1, 1)))
      t.attribute(Name.make("max"), immortalDate(t, CalendarDay(9999, 12, 31)))
      t.attribute(Name.make("resolution"), DateTimeConstants.day)
    })
}

private func immortalDate(_ t: TypeDefinition, _ day: CalendarDay) -> Value {
  let raw = t.immortalInstance(size: MemoryLayout<DateObject.Contents>.size)
  DateObject(raw: raw).set(day)
  return Value(raw)
}

// MARK: - What isocalendar() gives

/// `datetime.IsoCalendarDate`: a tuple with names.
enum ISOCalendarDate {
  nonisolated(unsafe) static var type = ModuleType()

  static func make(_ year: Int, _ week: Int, _ weekday: Int, _ type: TypeObject = type.object) throws(PyError) -> Owned {
    let plain = try plainTuple([year, week, weekday])
    return try Owned.tuple(UnsafeBufferPointer(start: TupleObject(plain.value).items, count: 3), as: type)
  }

  static func define(_ m: ModuleBuilder) throws(PyError) {
    type = ModuleType(
      try m.defineType("IsoCalendarDate", module: "datetime", base: .tuple, isPublic: false) { t in
        t.documentation = "The result of date.isocalendar(): year, week and day of the week."
        t.rawNew("IsoCalendarDate") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
          let given = try DateArguments(arguments, "IsoCalendarDate", ["year", "week", "weekday"], required: 3)
          let year = try given.int(0, default: 0)
          let week = try given.int(1, default: 0)
          return try make(year, week, try given.int(2, default: 0), TypeObject(type))
        }
        t.slots.repr = UnarySlot { (value: Value) throws(PyError) -> Owned in
          let parts = TupleObject(value)
          let year = try parts[0].repr()
          let week = try parts[1].repr()
          let weekday = try parts[2].repr()
          return try Owned.string("datetime.IsoCalendarDate(year=\(year.value.text), week=\(week.value.text), weekday=\(weekday.value.text))")
        }
        t.getter("year", "The year, which may be another than the date's.") { (value: Value) throws(PyError) -> Owned in Owned(copying: TupleObject(value)[0]) }
        t.getter("week", "The week: 1 to 53.") { (value: Value) throws(PyError) -> Owned in Owned(copying: TupleObject(value)[1]) }
        t.getter("weekday", "The day of the week: 1 for Monday to 7.") { (value: Value) throws(PyError) -> Owned in Owned(copying: TupleObject(value)[2]) }
        t.method("__reduce__($self, /)", "What a pickle keeps: a plain tuple.") { (call: Call) throws(PyError) -> Owned in
          let parts = TupleObject(call.receiver)
          let plain = try Owned.tuple(parts[0], parts[1], parts[2])
          let arguments = try Owned.tuple(plain.value)
          return try Owned.tuple(TypeObject.tuple.value, arguments.value)
        }
      })
  }
}
