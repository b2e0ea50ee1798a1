// Driving coroutines from native code: the tasks of asyncio.

import CKraitCore

/// Where a coroutine stopped.
public enum CoroutineStep: ~Copyable {
  case yielded(Owned)
  case finished(Owned)
}

extension Value {
  /// Lets a coroutine, a generator or an iterator go on.
  public func resumeCoroutine() throws(PyError) -> CoroutineStep {
    switch try Delegation.send(self, .none) {
    case .yielded(let value): return .yielded(value)
    case .returned(let value): return .finished(value)
    }
  }

  /// Raises an exception where a coroutine waits.
  public func resumeCoroutine(raising exception: Value) throws(PyError) -> CoroutineStep {
    do throws(PyError) { return .yielded(try callMethod(Name.throw, exception)) } catch {
      guard PyError.matches(.stopIteration) else { throw error }
      let stop = currentThread.pointee.takeException()
      return .finished(try stop.value.getAttribute(Name.value))
    }
  }

  /// Whether this is a generator or a coroutine that `def` or `async def` makes.
  public var isGenerator: Bool { isObject && !isAbsent && type == .generator }
  public var isCoroutine: Bool { isObject && !isAbsent && type == .coroutine }
}
