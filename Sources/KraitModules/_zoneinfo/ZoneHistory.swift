// What a time zone's file tells: the changes of its offset, and the rule for the time after the last one.

import KraitRuntime

/// Offset, summer time and name that hold for a while. All are owned by the history.
struct ZonePeriod {
  var seconds: Int
  var offset: Value
  var summer: Value
  var name: Value
}

final class ZoneHistory {
  /// Moments of the changes, in seconds since 1970; then the same in local time, for both values of the fold.
  private var moments: [Int] = []
  private var localMoments: [[Int]] = [[], []]
  /// The period that begins with each change.
  private var begun: [Int] = []
  private var periods: [ZonePeriod] = []
  /// The period before the first change.
  private var before = 0
  private var rule: ZoneRule?
  /// The rule's two periods, or the last of the file: numbers in ``periods``.
  private var after = 0
  private var afterSummer = 0
  /// The period that always holds, if there is one alone.
  private(set) var isFixed = false

  deinit {
    for period in periods {
      period.offset.releaseIfPresent()
      period.summer.releaseIfPresent()
      period.name.releaseIfPresent()
    }
  }

  var fixed: ZonePeriod { periods[after] }

  // MARK: Reading

  private func add(_ seconds: Int, _ summer: Int, _ name: Value) throws(PyError) {
    let offset = try TimeDelta.make(Duration(days: 0, seconds: seconds, microseconds: 0))
    let difference = try TimeDelta.make(Duration(days: 0, seconds: summer, microseconds: 0))
    periods.append(ZonePeriod(seconds: seconds, offset: offset.take(), summer: difference.take(), name: Owned(copying: name).take()))
  }

  /// Takes what `zoneinfo._common.load_data` returns.
  func read(_ data: Value) throws(PyError) {
    guard data.isTuple, TupleObject(data).count == 6 else { throw .typeError("Invalid data result type: \(data.typeName)") }
    let parts = TupleObject(data)
    begun = try ZoneHistory.numbers(parts[0])
    moments = try ZoneHistory.numbers(parts[1])
    let offsets = try ZoneHistory.numbers(parts[2])
    let flags = try ZoneHistory.numbers(parts[3])
    let names = try Owned.tuple(from: parts[4])
    guard begun.count == moments.count, flags.count == offsets.count, TupleObject(names.value).count == offsets.count else { throw .valueError("Invalid TZif file") }
    for number in begun where number < 0 || number >= offsets.count { throw .valueError("Invalid transition index found while reading TZif: \(number)") }
    let differences = summerDifferences(offsets, flags)
    for index in offsets.indices { try add(offsets[index], differences[index], TupleObject(names.value)[index]) }
    before = flags.firstIndex(of: 0) ?? begun.first ?? 0
    let inFile = periods.count
    try readRule(parts[5])
    if periods.isEmpty { throw .valueError("No time zone information found.") }
    if rule == nil { after = begun.last ?? inFile - 1 }
    makeLocal(offsets)
    isFixed = inFile <= 1 && rule?.summer == nil && (inFile == 0 || ZoneHistory.areSame(periods[0], periods[after]))
  }

  private static func numbers(_ value: Value) throws(PyError) -> [Int] {
    let tuple = try Owned.tuple(from: value)
    var result: [Int] = []
    result.reserveCapacity(TupleObject(tuple.value).count)
    for index in 0..<TupleObject(tuple.value).count { result.append(try TupleObject(tuple.value)[index].asInt()) }
    return result
  }

  private static func areSame(_ a: ZonePeriod, _ b: ZonePeriod) -> Bool {
    a.seconds == b.seconds && TimeDelta(a.summer).duration == TimeDelta(b.summer).duration && a.name.text == b.name.text
  }

  private func readRule(_ text: Value) throws(PyError) {
    guard text.isBytes, BytesObject(text).count > 0 else { return }
    let shown = try text.repr()
    var reader = ZoneRuleReader(Array(BytesObject(text).buffer), shown: shown.value.text)
    let rule = try reader.read()
    self.rule = rule
    after = periods.count
    let name = try Owned.string(rule.standardName)
    try add(rule.standardOffset, 0, name.value)
    if let summer = rule.summer {
      afterSummer = periods.count
      let name = try Owned.string(summer.name)
      try add(summer.offset, summer.offset - rule.standardOffset, name.value)
    }
  }

  /// What summer time adds in each period. Files only say whether it is summer: the difference is that to the neighbour which is not, and an hour if there is none.
  private func summerDifferences(_ offsets: [Int], _ flags: [Int]) -> [Int] {
    var result = [Int](repeating: 0, count: offsets.count)
    let wanted = flags.reduce(0, +)
    var found = 0
    for place in begun.indices.dropFirst() {
      if found == wanted { break }
      let period = begun[place]
      if flags[period] == 0 || result[period] != 0 { continue }
      let earlier = begun[place - 1]
      var difference = flags[earlier] == 0 ? offsets[period] - offsets[earlier] : 0
      if difference == 0, period < offsets.count - 1, place + 1 < begun.count {
        let later = begun[place + 1]
        if flags[later] != 0 { continue }
        difference = offsets[period] - offsets[later]
      }
      if difference != 0 {
        found += 1
        result[period] = difference
      }
    }
    if found < wanted {
      for period in offsets.indices where flags[period] != 0 && result[period] == 0 { result[period] = 3600 }
    }
    return result
  }

  /// Local times of the changes: with the greater offset of before and after for the first of two equal times, with the lesser for the second.
  private func makeLocal(_ offsets: [Int]) {
    guard !moments.isEmpty else { return }
    localMoments = [moments, moments]
    for place in moments.indices {
      let earlier = place == 0 ? offsets[0] : offsets[begun[place - 1]]
      let later = place == 0 && offsets.count <= 1 ? earlier : offsets[begun[place]]
      localMoments[0][place] &+= max(earlier, later)
      localMoments[1][place] &+= min(earlier, later)
    }
  }

  // MARK: Looking up

  /// How many of the moments are not after one.
  private static func countUpTo(_ moment: Int, _ moments: [Int]) -> Int {
    var (low, high) = (0, moments.count)
    while low < high {
      let middle = (low + high) / 2
      if moment < moments[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The period of a local time.
  func period(local seconds: Int, fold: Int, year: Int) -> ZonePeriod {
    let moments = localMoments[fold != 0 ? 1 : 0]
    if let first = moments.first, seconds < first { return periods[before] }
    if let last = moments.last, seconds <= last { return periods[begun[ZoneHistory.countUpTo(seconds, moments) - 1]] }
    return periods[rule.map { $0.isSummer(seconds, fold: fold, year: year) } ?? false ? afterSummer : after]
  }

  /// The period of a moment in UTC, and whether its local time has been there before.
  func period(utc seconds: Int, year: Int) -> (period: ZonePeriod, fold: Bool) {
    if let first = moments.first, seconds < first { return (periods[before], false) }
    if let last = moments.last, seconds <= last {
      let count = ZoneHistory.countUpTo(seconds, moments)
      let earlier = count >= 2 ? periods[begun[count - 2]] : periods[before]
      let period = periods[begun[count - 1]]
      return (period, earlier.seconds - period.seconds > seconds - moments[count - 1])
    }
    let (isSummer, isFold) = rule?.isSummer(utc: seconds, year: year) ?? (false, false)
    let period = periods[isSummer ? afterSummer : after]
    guard let last = moments.last else { return (period, isFold) }
    // Right after the last change, what was before it tells.
    let earlier = moments.count >= 2 ? periods[begun[moments.count - 2]] : periods[before]
    let difference = earlier.seconds - period.seconds
    return (period, isFold || (difference > 0 && seconds < last + difference))
  }
}
