// Durations that programs give in seconds, as the nanoseconds that the system counts in.

import Glibc

/// How a fraction of a nanosecond is rounded.
public enum DurationRounding {
  /// Up: a deadline is never too early.
  case ceiling
  /// Away from zero: a wait is never too short, and a negative time stays negative.
  case timeout
}

/// The nanoseconds that an int or float of seconds stands for.
public func nanoseconds(fromSeconds value: Value, rounding: DurationRounding) throws(PyError) -> Int {
  if let seconds = value.isFloat ? doubleValue(of: value) : nil {
    if seconds.isNaN { throw .valueError("Invalid value NaN (not a number)") }
    let exact = seconds * 1e9
    let whole = exact.rounded(rounding == .ceiling ? .up : .awayFromZero)
    guard let result = Int(exactly: whole) else { throw durationOverflow() }
    return result
  }
  guard value.type.slots.pointee.index != nil else { throw .typeError("'\(value.typeName)' object cannot be interpreted as an integer or float") }
  let number = try value.index()
  guard let seconds = Integer.asInt(number.value) else { throw durationOverflow() }
  let (result, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
  if isTooLarge { throw durationOverflow() }
  return result
}

private func durationOverflow() -> PyError { .overflowError("timestamp out of range for C PyTime_t") }

/// The clock that is never set back.
public func monotonicNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
}
