// Sets of signals: iterables of numbers in Python, bit masks in the system.

import Glibc
import KraitRuntime

/// The mask of an iterable of signal numbers.
func signalSet(_ iterable: Value) throws(PyError) -> sigset_t {
  var mask = sigset_t()
  sigemptyset(&mask)
  try iterable.iterateEach { (item: Value) throws(PyError) -> Bool in
    let converted = try item.index()
    guard let number = Integer.asInt(converted.value), number > 0, number < Signals.count else {
      throw .valueError("signal number \(Integer.asInt(converted.value) ?? -1) out of range [1; \(Signals.count - 1)]")
    }
    // The C library keeps some to itself. They are let pass for `range(1, NSIG)`.
    if sigaddset(&mask, Int32(number)) != 0 { try warn(.runtimeWarning, "invalid signal number \(number), please use valid_signals()") }
    return true
  }
  return mask
}

/// The set of ints that a mask stands for.
func signalNumbers(_ mask: sigset_t) throws(PyError) -> Owned {
  var mask = mask
  let result = try Owned.set()
  for number in 1..<Signals.count where sigismember(&mask, Int32(number)) == 1 { try SetObject(result.value).add(Value(smallInteger: number)) }
  return result
}
