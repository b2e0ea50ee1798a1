// How long calls wait: conversion of arguments, and deadlines that survive interruptions by signals.

import Glibc
import KraitRuntime

/// A length of time in nanoseconds.
struct Timeout: BitwiseCopyable {
  var nanoseconds: Int

  static let second = 1_000_000_000
  static let millisecond = 1_000_000

  /// A number of seconds or milliseconds, rounded away from zero.
  ///
  /// - Parameters:
  ///   - unit: nanoseconds of the number's unit.
  ///   - wrongType: the message when it is no number.
  init(_ value: Value, unit: Int, wrongType: String? = nil) throws(PyError) {
    if value.isImmediateDouble || value.type.isSubtype(of: .float), let number = doubleValue(of: value) {
      if number.isNaN { throw .valueError("Invalid value NaN (not a number)") }
      let rounded = (number * Double(unit)).rounded(.awayFromZero)
      guard rounded >= -0x1p63, rounded < 0x1p63 else { throw Timeout.outOfRange }
      nanoseconds = Int(rounded)
      return
    }
    if value.type.slots.pointee.index == nil, let wrongType { throw .typeError(wrongType) }
    let number = try value.index()
    guard let word = Integer.asInt(number.value) else { throw Timeout.outOfRange }
    let (product, overflow) = word.multipliedReportingOverflow(by: unit)
    if overflow { throw Timeout.outOfRange }
    nanoseconds = product
  }

  init(nanoseconds: Int) { self.nanoseconds = nanoseconds }

  private static var outOfRange: PyError { .overflowError("timestamp out of range for C PyTime_t") }

  /// Whole milliseconds, rounded away from zero.
  var milliseconds: Int {
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: Timeout.millisecond)
    return rest == 0 ? whole : whole + rest.signum()
  }

  /// The time as `select` wants it.
  var timeval: timeval {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: Timeout.second)
    let microseconds = (rest + 999) / 1000
    return microseconds == 1_000_000 ? Glibc.timeval(tv_sec: seconds + 1, tv_usec: 0) : Glibc.timeval(tv_sec: seconds, tv_usec: microseconds)
  }
}

/// A moment of the monotonic clock until which a call waits, or none.
struct Deadline: BitwiseCopyable {
  /// Nanoseconds; nil: for ever.
  private let moment: Int?

  init(_ timeout: Timeout?) {
    moment = timeout.map { timeout in
      let (sum, overflow) = Deadline.now.addingReportingOverflow(timeout.nanoseconds)
      return overflow ? Int.max : sum
    }
  }

  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec &* Timeout.second &+ time.tv_nsec
  }

  /// What is left; nil: for ever. Negative when the time is over.
  var rest: Timeout? { moment.map { Timeout(nanoseconds: $0 &- Deadline.now) } }

  /// What is left for `poll`: whole milliseconds, -1 for ever, never negative otherwise. A longer time is cut to what fits.
  var milliseconds: Int32 { rest.map { Int32(clamping: max($0.milliseconds, 0)) } ?? -1 }
}
