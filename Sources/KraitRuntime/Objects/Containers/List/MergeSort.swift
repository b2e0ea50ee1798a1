// Timsort: a stable merge sort that uses the runs which are there already (Peters, listsort.txt; merge order: Munro, Wild, "Nearly-Optimal Mergesorts", 2018).

import CKraitCore

/// Sorts keys, and values along with them. Whenever a comparison throws, all keys and values are still there, in some order.
struct MergeSort<Order: SortOrder>: ~Copyable {
  private let keys: UnsafeMutablePointer<Value>
  /// Moved as the keys are; nil when the keys are what is sorted.
  private let values: UnsafeMutablePointer<Value>?
  private let count: Int
  /// Runs that wait for a merge, and the power of the border behind each.
  private var runs: [(start: Int, count: Int, power: Int)] = []
  /// Wins in a row that make galloping worth while; adapts.
  private var minimumGallop = 7
  private var spareKeys: UnsafeMutablePointer<Value>?
  private var spareValues: UnsafeMutablePointer<Value>?
  private var spareCapacity = 0

  init(keys: UnsafeMutablePointer<Value>, values: UnsafeMutablePointer<Value>?, count: Int) {
    self.keys = keys
    self.values = values
    self.count = count
  }

  deinit { freeSpare() }

  private func freeSpare() {
    if let spareKeys { freeMemory(UnsafeMutableRawPointer(spareKeys), size: spareCapacity * 8) }
    if let spareValues { freeMemory(UnsafeMutableRawPointer(spareValues), size: spareCapacity * 8) }
  }

  mutating func sort() throws(PyError) {
    if count < 2 { return }
    let minimumRun = MergeSort.minimumRun(count)
    var low = 0
    var left = count
    while left > 0 {
      var length = try countRun(low, left)
      if length < minimumRun {
        let forced = min(left, minimumRun)
        try insertionSort(low, forced, sorted: length)
        length = forced
      }
      // Small lists, and sorted ones: no runs to remember.
      if length == count { return }
      try add(low, length)
      low += length
      left -= length
    }
    while runs.count > 1 { try mergeLast() }
  }

  /// A length between 32 and 64 such that `count` divided by it is a power of two, or a little less.
  private static func minimumRun(_ count: Int) -> Int {
    var n = count
    var rest = 0
    while n >= 64 {
      rest |= n & 1
      n >>= 1
    }
    return n + rest
  }

  // MARK: Runs

  /// The length of the run at `low`, made ascending; a descending one may have equal keys next to each other, whose order is kept.
  private func countRun(_ low: Int, _ left: Int) throws(PyError) -> Int {
    let run = keys + low
    if left == 1 { return 1 }
    var n = 1
    while n < left, try !Order.isLess(run[n], run[n - 1]) { n += 1 }
    if n == left { return n }
    if n > 1 {
      if try Order.isLess(run[0], run[n - 1]) { return n }
      // So far all are equal: the beginning of a descending run.
      reverse(low, n)
    }
    n += 1
    var equal = 0
    while n < left {
      if try Order.isLess(run[n], run[n - 1]) {
        if equal > 0 { reverse(low + n - equal - 1, equal + 1) }
        equal = 0
      } else if try Order.isLess(run[n - 1], run[n]) {
        break
      } else {
        equal += 1
      }
      n += 1
    }
    if equal > 0 { reverse(low + n - equal - 1, equal + 1) }
    reverse(low, n)
    while n < left, try !Order.isLess(run[n], run[n - 1]) { n += 1 }
    return n
  }

  private func reverse(_ start: Int, _ count: Int) {
    reverseValues(keys + start, count)
    if let values { reverseValues(values + start, count) }
  }

  /// Sorts a short stretch whose first keys are sorted.
  private func insertionSort(_ low: Int, _ count: Int, sorted: Int) throws(PyError) {
    let run = keys + low
    var next = max(sorted, 1)
    while next < count {
      let pivot = run[next]
      var left = 0
      var right = next
      while left < right {
        let middle = (left + right) >> 1
        if try Order.isLess(pivot, run[middle]) { right = middle } else { left = middle + 1 }
      }
      (run + left + 1).update(from: run + left, count: next - left)
      run[left] = pivot
      if let values {
        let value = values[low + next]
        (values + low + left + 1).update(from: values + low + left, count: next - left)
        values[low + left] = value
      }
      next += 1
    }
  }

  /// Pushes a run, after merging those before it whose border lies deeper in the ideal merge tree.
  private mutating func add(_ start: Int, _ length: Int) throws(PyError) {
    if let last = runs.last {
      let power = MergeSort.power(last.start, last.count, length, count)
      while runs.count > 1 && runs[runs.count - 2].power > power { try mergeLast() }
      runs[runs.count - 1].power = power
    }
    runs.append((start, length, 0))
  }

  /// The depth of the border between two runs: how many leading binary digits their middles, as fractions of the whole, have in common, and one.
  private static func power(_ start: Int, _ first: Int, _ second: Int, _ total: Int) -> Int {
    var a = 2 * start + first
    var b = a + first + second
    var result = 0
    while true {
      result += 1
      if a >= total {
        a -= total
        b -= total
      } else if b >= total {
        return result
      }
      a <<= 1
      b <<= 1
    }
  }

  // MARK: Merging

  private mutating func mergeLast() throws(PyError) {
    let b = runs[runs.count - 1]
    let a = runs[runs.count - 2]
    runs.removeLast()
    runs[runs.count - 1] = (a.start, a.count + b.count, b.power)
    // What is in place already at both ends stays there.
    let skipped = try gallopRight(keys[b.start], keys + a.start, a.count, hint: 0)
    let start = a.start + skipped
    let left = a.count - skipped
    if left == 0 { return }
    let right = try gallopLeft(keys[start + left - 1], keys + b.start, b.count, hint: b.count - 1)
    if right == 0 { return }
    try reserveSpare(min(left, right))
    if left <= right { try mergeLow(start, left, right) } else { try mergeHigh(start, left, right) }
  }

  private mutating func reserveSpare(_ wanted: Int) throws(PyError) {
    if wanted <= spareCapacity { return }
    freeSpare()
    spareKeys = nil
    spareValues = nil
    spareCapacity = 0
    let newKeys = try allocateMemory(wanted * 8).assumingMemoryBound(to: Value.self)
    if values != nil {
      do throws(PyError) { spareValues = try allocateMemory(wanted * 8).assumingMemoryBound(to: Value.self) } catch {
        freeMemory(UnsafeMutableRawPointer(newKeys), size: wanted * 8)
        throw error
      }
    }
    spareKeys = newKeys
    spareCapacity = wanted
  }

  @inline(__always)
  private func toSpare(_ source: Int, _ count: Int) {
    spareKeys.unsafelyUnwrapped.update(from: keys + source, count: count)
    if let values { spareValues.unsafelyUnwrapped.update(from: values + source, count: count) }
  }

  @inline(__always)
  private func fromSpare(_ source: Int, to target: Int, _ count: Int) {
    (keys + target).update(from: spareKeys.unsafelyUnwrapped + source, count: count)
    if let values { (values + target).update(from: spareValues.unsafelyUnwrapped + source, count: count) }
  }

  @inline(__always)
  private func move(_ source: Int, to target: Int, _ count: Int) {
    (keys + target).update(from: keys + source, count: count)
    if let values { (values + target).update(from: values + source, count: count) }
  }

  @inline(__always)
  private func moveOne(_ source: Int, to target: Int) {
    keys[target] = keys[source]
    if let values { values[target] = values[source] }
  }

  @inline(__always)
  private func moveOneFromSpare(_ source: Int, to target: Int) {
    keys[target] = spareKeys.unsafelyUnwrapped[source]
    if let values { values[target] = spareValues.unsafelyUnwrapped[source] }
  }

  /// Merges two adjacent runs from the front; the left one, not longer, is put aside.
  private mutating func mergeLow(_ start: Int, _ leftCount: Int, _ rightCount: Int) throws(PyError) {
    toSpare(start, leftCount)
    var target = start
    var left = 0
    var right = start + leftCount
    let end = right + rightCount
    // Whatever happens: what is left of the spare belongs between `target` and `right`, or behind what is left of the right run.
    do throws(PyError) {
      try mergeLowSteps(&target, &left, leftCount, &right, end)
    } catch {
      fromSpare(left, to: target, leftCount - left)
      throw error
    }
    if left < leftCount {
      if leftCount - left == 1 && right < end {
        move(right, to: target, end - right)
        moveOneFromSpare(left, to: target + (end - right))
      } else {
        fromSpare(left, to: target, leftCount - left)
      }
    }
  }

  /// Until the right run is used up or one key is left of the left one, which is the greatest.
  /// Not inlined: Swift 6.3 then took the way of an error that was not thrown.
  @inline(never)
  private mutating func mergeLowSteps(
    _ target: inout Int, _ left: inout Int, _ leftCount: Int, _ right: inout Int, _ end: Int
  ) throws(PyError) {
    let spare = spareKeys.unsafelyUnwrapped
    moveOne(right, to: target)
    target += 1
    right += 1
    if right == end || leftCount == 1 { return }
    var gallop = minimumGallop
    while true {
      var leftWins = 0
      var rightWins = 0
      // One by one, until one run wins again and again.
      while true {
        if try Order.isLess(keys[right], spare[left]) {
          moveOne(right, to: target)
          target += 1
          right += 1
          rightWins += 1
          leftWins = 0
          if right == end { return }
          if rightWins >= gallop { break }
        } else {
          moveOneFromSpare(left, to: target)
          target += 1
          left += 1
          leftWins += 1
          rightWins = 0
          if leftCount - left == 1 { return }
          if leftWins >= gallop { break }
        }
      }
      // Galloping: search how far the run goes on winning.
      gallop += 1
      repeat {
        gallop -= gallop > 1 ? 1 : 0
        minimumGallop = gallop
        leftWins = try gallopRight(keys[right], spare + left, leftCount - left, hint: 0)
        if leftWins > 0 {
          fromSpare(left, to: target, leftWins)
          target += leftWins
          left += leftWins
          if leftCount - left <= 1 { return }
        }
        moveOne(right, to: target)
        target += 1
        right += 1
        if right == end { return }
        rightWins = try gallopLeft(spare[left], keys + right, end - right, hint: 0)
        if rightWins > 0 {
          move(right, to: target, rightWins)
          target += rightWins
          right += rightWins
          if right == end { return }
        }
        moveOneFromSpare(left, to: target)
        target += 1
        left += 1
        if leftCount - left == 1 { return }
      } while leftWins >= 7 || rightWins >= 7
      gallop += 1
      minimumGallop = gallop
    }
  }

  /// Merges two adjacent runs from the back; the right one, shorter, is put aside.
  private mutating func mergeHigh(_ start: Int, _ leftCount: Int, _ rightCount: Int) throws(PyError) {
    toSpare(start + leftCount, rightCount)
    // Behind the last place to fill, and behind the last keys that are left of each run.
    var target = start + leftCount + rightCount
    var left = start + leftCount
    var right = rightCount
    do throws(PyError) {
      try mergeHighSteps(&target, &left, start, &right)
    } catch {
      fromSpare(0, to: left, right)
      throw error
    }
    if right > 0 {
      if right == 1 && left > start {
        move(start, to: start + 1, left - start)
        moveOneFromSpare(0, to: start)
      } else {
        fromSpare(0, to: left, right)
      }
    }
  }

  /// Until the left run is used up or one key is left of the right one, which is the least.
  @inline(never)
  private mutating func mergeHighSteps(_ target: inout Int, _ left: inout Int, _ start: Int, _ right: inout Int) throws(PyError) {
    let spare = spareKeys.unsafelyUnwrapped
    target -= 1
    left -= 1
    moveOne(left, to: target)
    if left == start || right == 1 { return }
    var gallop = minimumGallop
    while true {
      var leftWins = 0
      var rightWins = 0
      while true {
        if try Order.isLess(spare[right - 1], keys[left - 1]) {
          target -= 1
          left -= 1
          moveOne(left, to: target)
          leftWins += 1
          rightWins = 0
          if left == start { return }
          if leftWins >= gallop { break }
        } else {
          target -= 1
          right -= 1
          moveOneFromSpare(right, to: target)
          rightWins += 1
          leftWins = 0
          if right == 1 { return }
          if rightWins >= gallop { break }
        }
      }
      gallop += 1
      repeat {
        gallop -= gallop > 1 ? 1 : 0
        minimumGallop = gallop
        let leftLength = left - start
        leftWins = leftLength - (try gallopRight(spare[right - 1], keys + start, leftLength, hint: leftLength - 1))
        if leftWins > 0 {
          target -= leftWins
          left -= leftWins
          move(left, to: target, leftWins)
          if left == start { return }
        }
        target -= 1
        right -= 1
        moveOneFromSpare(right, to: target)
        if right == 1 { return }
        rightWins = right - (try gallopLeft(keys[left - 1], spare, right, hint: right - 1))
        if rightWins > 0 {
          target -= rightWins
          right -= rightWins
          fromSpare(right, to: target, rightWins)
          if right <= 1 { return }
        }
        target -= 1
        left -= 1
        moveOne(left, to: target)
        if left == start { return }
      } while leftWins >= 7 || rightWins >= 7
      gallop += 1
      minimumGallop = gallop
    }
  }

  // MARK: Galloping

  /// Where `key` belongs in a sorted stretch, before its equals.
  private func gallopLeft(_ key: Value, _ run: UnsafeMutablePointer<Value>, _ count: Int, hint: Int) throws(PyError) -> Int {
    var last = 0
    var offset = 1
    var low: Int
    var high: Int
    if try Order.isLess(run[hint], key) {
      let limit = count - hint
      while offset < limit, try Order.isLess(run[hint + offset], key) {
        last = offset
        offset = offset << 1 | 1
      }
      low = hint + last + 1
      high = hint + min(offset, limit)
    } else {
      let limit = hint + 1
      while offset < limit, try !Order.isLess(run[hint - offset], key) {
        last = offset
        offset = offset << 1 | 1
      }
      low = hint - min(offset, limit) + 1
      high = hint - last
    }
    while low < high {
      let middle = (low + high) >> 1
      if try Order.isLess(run[middle], key) { low = middle + 1 } else { high = middle }
    }
    return high
  }

  /// Where `key` belongs in a sorted stretch, behind its equals.
  private func gallopRight(_ key: Value, _ run: UnsafeMutablePointer<Value>, _ count: Int, hint: Int) throws(PyError) -> Int {
    var last = 0
    var offset = 1
    var low: Int
    var high: Int
    if try Order.isLess(key, run[hint]) {
      let limit = hint + 1
      while offset < limit, try Order.isLess(key, run[hint - offset]) {
        last = offset
        offset = offset << 1 | 1
      }
      low = hint - min(offset, limit) + 1
      high = hint - last
    } else {
      let limit = count - hint
      while offset < limit, try !Order.isLess(key, run[hint + offset]) {
        last = offset
        offset = offset << 1 | 1
      }
      low = hint + last + 1
      high = hint + min(offset, limit)
    }
    while low < high {
      let middle = (low + high) >> 1
      if try Order.isLess(key, run[middle]) { high = middle } else { low = middle + 1 }
    }
    return high
  }
}
