// Arguments of the module `_datetime`: taken by position and keyword as CPython's functions take them, and checked.

import KraitRuntime

/// The arguments of one call, by parameter; absent where none was given. All are borrowed.
struct DateArguments {
  private var values: [Value]
  subscript(_ index: Int) -> Value { values[index] }

  /// - Parameters:
  ///   - function: how messages name what is called; nil for the types, which they call "function".
  ///   - names: all parameters.
  ///   - required: how many must be given.
  ///   - positional: how many may be given by position.
  ///   - integers: how many are ints, of which one that is not is complained of before one that is missing.
  init(
    _ arguments: Arguments, _ function: String?, _ names: [StaticString], required: Int = 0, positional: Int? = nil, integers: Int = 0
  ) throws(PyError) {
    let shown = function.map { "\($0)()" } ?? "function"
    let given = arguments.positionalCount
    let keywords = arguments.keywordCount
    if given + keywords > names.count {
      let kind = given == 0 ? "keyword " : ""
      throw .typeError("\(shown) takes at most \(names.count) \(kind)argument\(names.count == 1 ? "" : "s") (\(given + keywords) given)")
    }
    if let positional, given > positional {
      throw .typeError("\(shown) takes at most \(positional) positional argument\(positional == 1 ? "" : "s") (\(given) given)")
    }
    values = Array(repeating: .absent, count: names.count)
    for index in 0..<given { values[index] = arguments.base[index] }
    var used = 0
    for index in 0..<names.count {
      let position = keywords == 0 ? nil : DateArguments.position(of: names[index], arguments)
      if let position {
        if index < given {
          throw .typeError("argument for \(shown) given by name ('\(names[index])') and position (\(index + 1))")
        }
        values[index] = arguments.base[given + position]
        used += 1
      } else if index >= given && index < required {
        for earlier in 0..<min(index, integers) { _ = try int(earlier, default: 0) }
        throw .typeError("\(shown) missing required argument '\(names[index])' (pos \(index + 1))")
      }
    }
    if used < keywords { try DateArguments.refuse(arguments, function, names) }
  }

  private static func position(of name: StaticString, _ arguments: Arguments) -> Int? {
    let keywords = TupleObject(arguments.keywordNames)
    for position in 0..<keywords.count where keywords[position].isString && matches(keywords[position], name) { return position }
    return nil
  }

  private static func matches(_ value: Value, _ name: StaticString) -> Bool {
    let text = StringObject(value)
    guard text.isASCII, text.length == name.utf8CodeUnitCount else { return false }
    let bytes = text.data.assumingMemoryBound(to: UInt8.self)
    for index in 0..<name.utf8CodeUnitCount where bytes[index] != name.utf8Start[index] { return false }
    return true
  }

  private static func refuse(_ arguments: Arguments, _ function: String?, _ names: [StaticString]) throws(PyError) {
    let keywords = TupleObject(arguments.keywordNames)
    for position in 0..<keywords.count {
      guard keywords[position].isString else { throw .typeError("keywords must be strings") }
      if names.contains(where: { matches(keywords[position], $0) }) { continue }
      throw .typeError("\(function.map { "\($0)()" } ?? "this function") got an unexpected keyword argument '\(keywords[position].text)'")
    }
  }

  /// A C int, or a default if the argument was not given.
  func int(_ index: Int, default number: Int) throws(PyError) -> Int {
    if values[index].isAbsent { return number }
    return Int(try values[index].cInt())
  }

  /// A time zone or None, or a default if the argument was not given; borrowed, absent for None.
  func zone(_ index: Int, default zone: Value = .absent) throws(PyError) -> Value {
    if values[index].isAbsent { return zone }
    return try checkedZone(values[index])
  }
}

/// A time zone that was given, absent for None.
func checkedZone(_ value: Value) throws(PyError) -> Value {
  if value.isNone { return .absent }
  guard zoneInfoType.includes(value) else {
    throw .typeError("tzinfo argument must be None or of a tzinfo subclass, not type '\(value.typeName)'")
  }
  return value
}

func checkDay(_ day: CalendarDay) throws(PyError) {
  if day.year < CalendarDay.minimumYear || day.year > CalendarDay.maximumYear { throw .valueError("year must be in 1..9999, not \(day.year)") }
  if day.month < 1 || day.month > 12 { throw .valueError("month must be in 1..12, not \(day.month)") }
  let last = CalendarDay.days(inMonth: day.month, of: day.year)
  if day.day < 1 || day.day > last { throw .valueError("day \(day.day) must be in range 1..\(last) for month \(day.month) in year \(day.year)") }
}

/// A time of day.
struct ClockTime: Equatable {
  var hour = 0
  var minute = 0
  var second = 0
  var microsecond = 0

  var seconds: Int { (hour * 60 + minute) * 60 + second }

  func check(fold: Int) throws(PyError) {
    if hour < 0 || hour > 23 { throw .valueError("hour must be in 0..23, not \(hour)") }
    if minute < 0 || minute > 59 { throw .valueError("minute must be in 0..59, not \(minute)") }
    if second < 0 || second > 59 { throw .valueError("second must be in 0..59, not \(second)") }
    if microsecond < 0 || microsecond > 999_999 { throw .valueError("microsecond must be in 0..999999, not \(microsecond)") }
    if fold != 0 && fold != 1 { throw .valueError("fold must be either 0 or 1, not \(fold)") }
  }
}

/// The bytes that a pickle has for an instance, if the arguments are such: one or two, the first a bytes object, or a str that Python 2's pickles give, of the size.
///
/// - Parameter isSane: whether one of the bytes has a value that tells such a state from other arguments.
func pickledState(
  _ arguments: Arguments, maximum: Int, size: Int, name: StaticString, isSane: (Int) -> Bool, place: Int
) throws(PyError) -> [UInt8]? {
  guard arguments.positionalCount >= 1, arguments.positionalCount <= maximum else { return nil }
  let state = arguments.base[0]
  if state.isBytes {
    let bytes = BytesObject(state)
    guard bytes.count == size, isSane(Int(bytes.buffer[place])) else { return nil }
    return Array(bytes.buffer)
  }
  guard state.isString, StringObject(state).length == size, isSane(Int(StringObject(state).codePoint(at: place))) else { return nil }
  var bytes: [UInt8] = []
  for index in 0..<size {
    guard let byte = UInt8(exactly: StringObject(state).codePoint(at: index)) else {
      throw .valueError(
        "Failed to encode latin1 string when unpickling a \(name) object. pickle.load(data, encoding='latin1') is assumed.")
    }
    bytes.append(byte)
  }
  return bytes
}

/// The zone of a pickled state, absent for none.
func pickledZone(_ arguments: Arguments) throws(PyError) -> Value {
  guard arguments.positionalCount == 2 else { return .absent }
  let zone = arguments.base[1]
  if zone.isNone { return .absent }
  guard zoneInfoType.includes(zone) else { throw .typeError("bad tzinfo state arg") }
  return zone
}

/// Digits with zeros in front.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(abs(number))
  return (number < 0 ? "-" : "") + String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
}

/// The hash of some bytes, as that of a bytes object.
func hashOfBytes(_ bytes: [UInt8]) throws(PyError) -> Int {
  let object = try makeBytes(bytes)
  return try object.value.hash()
}

func makeBytes(_ bytes: [UInt8]) throws(PyError) -> Owned {
  Owned(
    taking: try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(PyError) -> Value in
      try Owned.bytes(UnsafeRawBufferPointer(buffer)).take()
    })
}

/// Names that the module looks up.
enum DateTimeNames {
  static let utcoffset = Name.make("utcoffset")
  static let dst = Name.make("dst")
  static let tzname = Name.make("tzname")
  static let fromutc = Name.make("fromutc")
  static let time = Name.make("time")
  static let strftime = Name.make("strftime")
  static let structTime = Name.make("struct_time")
  static let fromTimestamp = Name.make("fromtimestamp")
  static let isoFormat = Name.make("isoformat")
  static let initArguments = Name.make("__getinitargs__")
  static let microsecond = Name.make("microsecond")
  static let timeTuple = Name.make("timetuple")
}
