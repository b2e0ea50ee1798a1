// Dates and times as texts of ISO 8601: read by the `fromisoformat` methods, written by the `isoformat` ones.

import KraitRuntime

/// A text that is being read, as UTF-8 with a zero behind it.
struct ISOText {
  let bytes: [UInt8]

  /// The bytes of a str, with a surrogate that separates date and time replaced.
  init(_ text: Value) {
    let string = StringObject(text)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(string.length + 1)
    for index in 0..<string.length {
      let point = string.codePoint(at: index)
      switch point {
      case 0..<0x80: bytes.append(UInt8(point))
      case 0xD800..<0xE000: bytes.append(UInt8(ascii: "T"))
      default: bytes.append(contentsOf: Unicode.Scalar(point).map { Array(String(Character($0)).utf8) } ?? [])
      }
    }
    bytes.append(0)
    self.bytes = bytes
  }

  var count: Int { bytes.count - 1 }

  private func digit(_ place: Int) -> Int? {
    guard place < bytes.count, bytes[place] &- 48 < 10 else { return nil }
    return Int(bytes[place] &- 48)
  }

  /// A number of so many digits; the place moves behind it.
  private func number(_ place: inout Int, _ width: Int) -> Int? {
    var result = 0
    for _ in 0..<width {
      guard let digit = digit(place) else { return nil }
      result = result * 10 + digit
      place += 1
    }
    return result
  }

  // MARK: Dates

  /// The date in the first `end` bytes; nil if that is none. Month and day are not checked.
  func date(end: Int) -> CalendarDay? {
    var place = 0
    guard let year = number(&place, 4) else { return nil }
    let isSeparated = bytes[place] == UInt8(ascii: "-")
    if isSeparated { place += 1 }
    if bytes[place] == UInt8(ascii: "W") {
      place += 1
      return week(of: year, &place, end, isSeparated)
    }
    guard let month = number(&place, 2) else { return nil }
    if isSeparated {
      guard bytes[place] == UInt8(ascii: "-") else { return nil }
      place += 1
    }
    guard let day = number(&place, 2), place == end else { return nil }
    return CalendarDay(year, month, day)
  }

  private func week(of year: Int, _ place: inout Int, _ end: Int, _ isSeparated: Bool) -> CalendarDay? {
    guard let week = number(&place, 2) else { return nil }
    var weekday = 1
    if place < end {
      if isSeparated {
        guard bytes[place] == UInt8(ascii: "-") else { return nil }
        place += 1
      }
      guard let number = number(&place, 1) else { return nil }
      weekday = number
    }
    let (day, fault) = CalendarDay.of(isoYear: year, week: week, weekday: weekday)
    return fault == nil ? day : nil
  }

  /// Where the date ends in a text with a time, by its first characters.
  var dateEnd: Int {
    let dash = UInt8(ascii: "-")
    if count == 7 { return 7 }
    if bytes[4] == dash {
      guard bytes[5] == UInt8(ascii: "W") else { return 10 }
      if count < 8 { return 7 }
      guard count > 8, bytes[8] == dash else { return 8 }
      if count == 9 { return 9 }
      // A digit after the weekday's: an hour with a dash in front, or no day at all.
      if count > 10, digit(10) != nil { return 8 }
      return 10
    }
    guard bytes[4] == UInt8(ascii: "W") else { return 8 }
    var place = 7
    while place < count, digit(place) != nil { place += 1 }
    if place < 9 { return place }
    return place % 2 == 0 ? 7 : 8
  }

  /// Behind the character that separates date and time at a place.
  func behindSeparator(_ place: Int) -> Int {
    let first = bytes[place]
    if first & 0x80 == 0 { return place + 1 }
    switch first & 0xF0 {
    case 0xE0: return place + 3
    case 0xF0: return place + 4
    default: return place + 2
    }
  }

  // MARK: Times

  struct Time {
    var clock = ClockTime()
    /// Seconds and microseconds; nil without a zone.
    var offset: (seconds: Int, microseconds: Int)?
  }

  /// The time from a place to the end; nil if that is none. The numbers are not checked.
  func time(from start: Int) -> Time? {
    var zone = start
    while zone < count {
      if [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "Z")].contains(bytes[zone]) { break }
      zone += 1
    }
    var result = Time()
    guard let clock = clock(from: start, to: zone) else { return nil }
    result.clock = clock.time
    if zone == count { return clock.endsEarly ? nil : result }
    if bytes[zone] == UInt8(ascii: "Z") {
      guard zone + 1 == count || bytes[zone + 1] == 0 else { return nil }
      result.offset = (0, 0)
      return result
    }
    guard let offset = self.clock(from: zone + 1, to: count), !offset.endsEarly else { return nil }
    let sign = bytes[zone] == UInt8(ascii: "-") ? -1 : 1
    result.offset = (sign * offset.time.seconds, sign * offset.time.microsecond)
    return result
  }

  /// Hours, minutes, seconds and a fraction; `endsEarly` if something other than a zero follows at the end.
  private func clock(from start: Int, to end: Int) -> (time: ClockTime, endsEarly: Bool)? {
    var place = start
    var numbers = [0, 0, 0]
    var isSeparated = true
    var hasFraction = false
    for part in 0..<3 {
      guard let number = number(&place, 2) else { return nil }
      numbers[part] = number
      let next = bytes[place]
      place += 1
      // A fraction has digits.
      if place >= end && (next == UInt8(ascii: ".") || next == UInt8(ascii: ",")) { return nil }
      if part == 0 { isSeparated = next == UInt8(ascii: ":") }
      if place >= end {
        let time = ClockTime(hour: numbers[0], minute: numbers[1], second: numbers[2])
        return (time, next != 0)
      }
      if isSeparated && next == UInt8(ascii: ":") {
        if part == 2 { return nil }
      } else if next == UInt8(ascii: ".") || next == UInt8(ascii: ",") {
        if part < 2 { return nil }
        hasFraction = true
        break
      } else if !isSeparated {
        place -= 1
      } else {
        return nil
      }
    }
    var microsecond = 0
    if hasFraction || place < end {
      let width = min(end - place, 6)
      guard var number = number(&place, width) else { return nil }
      for _ in width..<6 { number *= 10 }
      microsecond = number
    }
    while digit(place) != nil { place += 1 }
    return (ClockTime(hour: numbers[0], minute: numbers[1], second: numbers[2], microsecond: microsecond), bytes[place] != 0)
  }
}

func invalidISO(_ text: Value) throws(PyError) -> PyError {
  let shown = try text.repr()
  var builder = StringBuilder()
  try builder.append("Invalid isoformat string: " as StaticString)
  try builder.append(shown.value)
  let message = try builder.finish()
  return .raise(.valueError, message.value)
}

/// The zone of a time that was read; absent for none.
func zone(of time: ISOText.Time) throws(PyError) -> Owned {
  guard let offset = time.offset else { return Owned(taking: .absent) }
  if offset.seconds == 0 && offset.microseconds == 0 { return Owned(copying: DateTimeConstants.utc) }
  let delta = try TimeDelta.make(Duration(days: 0, seconds: offset.seconds, microseconds: offset.microseconds))
  return try TimeZone.make(delta.value, .absent)
}

// MARK: - Writing

/// How much of a time is written.
enum TimePrecision {
  case hours, minutes, seconds, milliseconds, microseconds

  init(_ name: Value, _ time: ClockTime) throws(PyError) {
    switch name.isAbsent ? "auto" : name.text {
    case "auto": self = time.microsecond == 0 ? .seconds : .microseconds
    case "hours": self = .hours
    case "minutes": self = .minutes
    case "seconds": self = .seconds
    case "milliseconds": self = .milliseconds
    case "microseconds": self = .microseconds
    default: throw .valueError("Unknown timespec value")
    }
  }

  func text(_ time: ClockTime) -> String {
    let hours = padded(time.hour, 2)
    if self == .hours { return hours }
    let minutes = "\(hours):\(padded(time.minute, 2))"
    if self == .minutes { return minutes }
    let seconds = "\(minutes):\(padded(time.second, 2))"
    switch self {
    case .milliseconds: return "\(seconds).\(padded(time.microsecond / 1000, 3))"
    case .microseconds: return "\(seconds).\(padded(time.microsecond, 6))"
    default: return seconds
    }
  }
}

func isoText(_ day: CalendarDay) -> String { "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))" }
