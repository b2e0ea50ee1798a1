// The rule at the end of a time zone's file, a POSIX TZ string such as "CET-1CEST,M3.5.0,M10.5.0/3", and the moments that it gives.

import KraitRuntime

/// A day of the year and a time at which summer time begins or ends.
enum ZoneDay {
  /// The week (5 is the last) and the day of the week (0 is Sunday) of a month.
  case week(month: Int, week: Int, weekday: Int)
  /// The number in the year; without the 29th of February if it is a Julian one, from 1 on.
  case number(Int, isJulian: Bool)

  /// The local time in a year, in seconds since 1970.
  func seconds(in year: Int, time: Int) -> Int {
    let beforeYear = CalendarDay(year, 1, 1).ordinal - 1 - CalendarDay.unixEpoch
    switch self {
    case .number(let day, let isJulian):
      return (beforeYear + (isJulian && day >= 59 && CalendarDay.isLeap(year) ? day + 1 : day)) * 86_400 + time
    case .week(let month, let week, let weekday):
      let first = CalendarDay(year, month, 1)
      var day = floorRemainder(weekday - (first.weekday + 1), 7) + 1 + (week - 1) * 7
      if day > CalendarDay.days(inMonth: month, of: year) { day -= 7 }
      return (first.ordinal - CalendarDay.unixEpoch + day - 1) * 86_400 + time
    }
  }
}

/// Offsets in seconds, names, and when they change.
struct ZoneRule {
  var standardName: String
  var standardOffset: Int
  /// Absent where there is no summer time.
  var summer: Summer?

  struct Summer {
    var name: String
    var offset: Int
    var start: (day: ZoneDay, time: Int)
    var end: (day: ZoneDay, time: Int)
  }

  /// Whether a local time is in summer.
  func isSummer(_ seconds: Int, fold: Int, year: Int) -> Bool {
    guard let summer else { return false }
    var start = summer.start.day.seconds(in: year, time: summer.start.time)
    var end = summer.end.day.seconds(in: year, time: summer.end.time)
    let difference = summer.offset - standardOffset
    // The greater offset holds from the start of the gap, or to the end of the fold.
    if (fold != 0) == (difference >= 0) { end -= difference } else { start += difference }
    return start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start)
  }

  /// Whether a moment in UTC is in summer, and whether its local time has been there before.
  func isSummer(utc seconds: Int, year: Int) -> (isSummer: Bool, fold: Bool) {
    guard let summer else { return (false, false) }
    let start = summer.start.day.seconds(in: year, time: summer.start.time) - standardOffset
    let end = summer.end.day.seconds(in: year, time: summer.end.time) - summer.offset
    let isSummer = start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start)
    let difference = summer.offset - standardOffset
    let first = difference > 0 ? end : start
    return (isSummer, first <= seconds && seconds < first + abs(difference))
  }
}

/// Reads a TZ string.
struct ZoneRuleReader {
  private let bytes: [UInt8]
  private let shown: String
  private var place = 0

  /// - Parameter shown: the text as messages show it.
  init(_ bytes: [UInt8], shown: String) {
    self.bytes = bytes
    self.shown = shown
  }

  mutating func read() throws(PyError) -> ZoneRule {
    guard let standard = name() else { throw .valueError("Invalid STD format in \(shown)") }
    guard let offset = offset() else { throw .valueError("Invalid STD offset in \(shown)") }
    var rule = ZoneRule(standardName: standard, standardOffset: offset)
    if place == bytes.count { return rule }
    guard let summer = name() else { throw .valueError("Invalid DST format in \(shown)") }
    var summerOffset = offset + 3600
    if next != UInt8(ascii: ",") {
      guard let given = self.offset() else { throw .valueError("Invalid DST offset in \(shown)") }
      summerOffset = given
    }
    let start = try transition()
    let end = try transition()
    if place != bytes.count { throw .valueError("Extraneous characters at end of TZ string: \(shown)") }
    rule.summer = ZoneRule.Summer(name: summer, offset: summerOffset, start: start, end: end)
    return rule
  }

  private var next: UInt8 { place < bytes.count ? bytes[place] : 0 }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Letters, or letters, digits and signs in angle brackets.
  private mutating func name() -> String? {
    let isQuoted = take(UInt8(ascii: "<"))
    let start = place
    while place < bytes.count {
      let isWanted = ZoneRuleReader.isLetter(next) || (isQuoted && (ZoneRuleReader.isDigit(next) || next == 0x2B || next == 0x2D))
      if !isWanted { break }
      place += 1
    }
    if place == start { return nil }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if isQuoted && !take(UInt8(ascii: ">")) { return nil }
    return text
  }

  /// A number of so many digits.
  private mutating func number(_ widths: ClosedRange<Int>) -> Int? {
    var result = 0
    var count = 0
    while count < widths.upperBound, ZoneRuleReader.isDigit(next) {
      result = result * 10 + Int(next &- 0x30)
      place += 1
      count += 1
    }
    return count < widths.lowerBound ? nil : result
  }

  /// Hours, and perhaps minutes and seconds, with a sign.
  private mutating func time(limit: Int) -> Int? {
    let isNegative = next == UInt8(ascii: "-")
    if next == UInt8(ascii: "+") || isNegative { place += 1 }
    guard let hours = number(1...3), hours <= limit else { return nil }
    var seconds = hours * 3600
    for unit in [60, 1] {
      if !take(UInt8(ascii: ":")) { break }
      guard let number = number(2...2) else { return nil }
      seconds += number * unit
    }
    return isNegative ? -seconds : seconds
  }

  /// An offset, which POSIX counts to the west.
  private mutating func offset() -> Int? { time(limit: 24).map { -$0 } }

  private mutating func transition() throws(PyError) -> (day: ZoneDay, time: Int) {
    guard take(UInt8(ascii: ",")) else { throw .valueError("Missing transition rules in TZ string: \(shown)") }
    guard let day = day() else { throw .valueError("Malformed transition rule in TZ string: \(shown)") }
    if !take(UInt8(ascii: "/")) { return (day, 7200) }
    guard let time = time(limit: 167) else { throw .valueError("Malformed transition rule in TZ string: \(shown)") }
    return (day, time)
  }

  private mutating func day() -> ZoneDay? {
    if take(UInt8(ascii: "M")) {
      guard let month = number(1...2), take(UInt8(ascii: ".")), let week = number(1...1), take(UInt8(ascii: ".")), let weekday = number(1...1) else { return nil }
      guard (1...12).contains(month), (1...5).contains(week), weekday <= 6 else { return nil }
      return .week(month: month, week: week, weekday: weekday)
    }
    let isJulian = take(UInt8(ascii: "J"))
    guard let day = number(1...3), day <= 365, day > 0 || !isJulian else { return nil }
    return .number(day, isJulian: isJulian)
  }
}
