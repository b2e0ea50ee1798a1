// Raising from native code.

import CKraitCore

extension PyError {
  /// Sets the thread's exception to a new instance of `type` with one message, and returns the error to throw:
  /// `throw PyError.raise(.typeError, "…")`. Making the instance may fail; then that failure is the exception.
  @inline(never)
  public static func raise(_ type: TypeObject, _ message: String) -> PyError {
    do throws(PyError) {
      let text = try Owned.string(message)
      let exception = try type.value.call(text.value)
      currentThread.pointee.setException(exception)
    } catch {}
    return PyError()
  }

  /// Raises an existing exception instance.
  public static func raise(_ exception: consuming Owned) -> PyError {
    currentThread.pointee.setException(exception)
    return PyError()
  }

  @inline(never) public static func typeError(_ message: String) -> PyError { raise(.typeError, message) }
  @inline(never) public static func valueError(_ message: String) -> PyError { raise(.valueError, message) }
  @inline(never) public static func indexError(_ message: String) -> PyError { raise(.indexError, message) }
  @inline(never) public static func overflowError(_ message: String) -> PyError { raise(.overflowError, message) }
  @inline(never) public static func attributeError(_ message: String) -> PyError { raise(.attributeError, message) }
  @inline(never) public static func runtimeError(_ message: String) -> PyError { raise(.runtimeError, message) }
  @inline(never) public static func systemError(_ message: String) -> PyError { raise(.systemError, message) }
  @inline(never) public static func zeroDivisionError(_ message: String) -> PyError { raise(.zeroDivisionError, message) }
}

extension ThreadState {
  /// Replaces the exception on its way.
  mutating func setException(_ exception: consuming Owned) {
    let old = self.exception
    self.exception = exception.take()
    old.releaseIfPresent()
  }

  /// Takes the exception on its way out of the state.
  public mutating func takeException() -> Owned {
    let exception = self.exception
    self.exception = .absent
    return Owned(taking: exception)
  }
}

extension Value {
  /// Releases what may be absent.
  @inline(__always) public func releaseIfPresent() { if isObject && !isAbsent { object.release() } }
}
