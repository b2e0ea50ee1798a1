// The proleptic Gregorian calendar: years 1 to 9999, days counted from 1 on.

/// A day.
struct CalendarDay: Equatable {
  var year: Int
  var month: Int
  var day: Int

  init(_ year: Int, _ month: Int, _ day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  static let minimumYear = 1
  static let maximumYear = 9999
  /// The number of 9999-12-31.
  static let maximumOrdinal = 3_652_059
  /// The number of 1970-01-01.
  static let unixEpoch = 719_163

  static func isLeap(_ year: Int) -> Bool { year & 3 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func days(before month: Int, in year: Int) -> Int {
    var days = 0
    for earlier in 1..<max(month, 1) { days += CalendarDay.days(inMonth: earlier, of: year) }
    return days
  }

  private static func days(beforeYear year: Int) -> Int {
    let before = year - 1
    return before * 365 + floorDivide(before, 4) - floorDivide(before, 100) + floorDivide(before, 400)
  }

  /// Days since the end of the year 0.
  var ordinal: Int { CalendarDay.days(beforeYear: year) + dayOfYear }
  /// 1 for the first of January.
  var dayOfYear: Int { CalendarDay.days(before: month, in: year) + day }
  /// 0 for Monday.
  var weekday: Int { floorRemainder(ordinal + 6, 7) }

  /// The day with a number that is at least 1.
  init(ordinal: Int) {
    // Estimate the year by the mean length and correct it.
    var year = ordinal * 400 / 146_097 + 1
    while CalendarDay.days(beforeYear: year) >= ordinal { year -= 1 }
    while CalendarDay.days(beforeYear: year + 1) < ordinal { year += 1 }
    var left = ordinal - CalendarDay.days(beforeYear: year)
    var month = 1
    while month < 12, left > CalendarDay.days(inMonth: month, of: year) {
      left -= CalendarDay.days(inMonth: month, of: year)
      month += 1
    }
    self.init(year, month, left)
  }

  /// The number of the Monday with which the first ISO week of a year begins: that of the first Thursday.
  private static func firstMonday(of year: Int) -> Int {
    let first = CalendarDay(year, 1, 1)
    let monday = first.ordinal - first.weekday
    return first.weekday > 3 ? monday + 7 : monday
  }

  /// The year, week and day (1 for Monday) of ISO 8601.
  var isoWeek: (year: Int, week: Int, weekday: Int) {
    let today = ordinal
    var year = self.year
    if today < CalendarDay.firstMonday(of: year) {
      year -= 1
    } else if today >= CalendarDay.firstMonday(of: year + 1) {
      year += 1
    }
    let days = today - CalendarDay.firstMonday(of: year)
    return (year, days / 7 + 1, days % 7 + 1)
  }

  /// Why there is no such day in ISO's weeks.
  enum WeekFault { case year, week, weekday }

  static func of(isoYear year: Int, week: Int, weekday: Int) -> (day: CalendarDay, fault: WeekFault?) {
    let none = CalendarDay(1, 1, 1)
    if year < minimumYear || year > maximumYear { return (none, .year) }
    let hasLongYear: Bool
    if week == 53 {
      let first = CalendarDay(year, 1, 1).weekday
      hasLongYear = first == 3 || (first == 2 && isLeap(year))
    } else {
      hasLongYear = false
    }
    if week < 1 || week > (hasLongYear ? 53 : 52) { return (none, .week) }
    if weekday < 1 || weekday > 7 { return (none, .weekday) }
    let ordinal = firstMonday(of: year) + (week - 1) * 7 + weekday - 1
    return (ordinal < 1 ? CalendarDay(0, 1, 1) : CalendarDay(ordinal: ordinal), nil)
  }
}

func floorDivide(_ a: Int, _ b: Int) -> Int {
  let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
  return rest != 0 && (rest < 0) != (b < 0) ? quotient - 1 : quotient
}

func floorRemainder(_ a: Int, _ b: Int) -> Int {
  let rest = a % b
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
}
