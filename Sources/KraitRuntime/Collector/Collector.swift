// The cycle collector: finds garbage that reference counts cannot (RFC 0002).

import CKraitCore

/// An interpreter's collector.
public struct Collector {
  /// Tracked objects made since the last collection of the young.
  var allocations = 0
  var threshold = 2000
  var isEnabled = true

  /// Counts a tracked object and asks for a collection at the next safepoint when it is time.
  @inline(__always)
  static func countAllocation() {
    let thread = currentThread
    thread.pointee.interpreter.pointee.collector.allocations &+= 1
    if _slowPath(thread.pointee.interpreter.pointee.collector.allocations == thread.pointee.interpreter.pointee.collector.threshold) {
      thread.pointee.breaker |= EvalBreaker.collect.rawValue
    }
  }
}
