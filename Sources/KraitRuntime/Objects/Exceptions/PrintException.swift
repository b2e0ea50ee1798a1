// Uncaught exceptions on `sys.stderr`.

import CKraitCore
import Glibc

/// Writes the report of an exception to `sys.stderr`, as `sys.excepthook` does. What goes wrong meanwhile is dropped.
public func printException(_ exception: Value) {
  let thread = currentThread
  let pending = thread.pointee.takeException()
  let report = ExceptionReport.text(of: exception)
  do throws(PyError) {
    let sys = currentInterpreter.pointee.sys
    let stream = sys.isAbsent ? Owned(taking: .absent) : Owned(copyingIfPresent: DictObject(sys).get(interned: Name.stderr))
    if stream.isAbsent {
      report.utf8.withUnsafeBufferPointer { _ = write(2, $0.baseAddress, $0.count) }
    } else if !stream.isNone {
      let text = try report.withUnsafeBufferPointer { (points) throws(PyError) -> Value in try Owned.string(codePoints: points).take() }
      let held = Owned(taking: text)
      _ = try stream.value.callMethod(Name.write, held.value)
    }
  } catch { PyError.clear() }
  if !pending.isAbsent { thread.pointee.setException(pending) }
}

/// Writes the report of an exception to a stream.
public func printException(_ exception: Value, to stream: Value) throws(PyError) {
  let text = try exceptionReport(exception)
  _ = try stream.callMethod(Name.write, text.value)
}

/// The report of an exception as a str.
func exceptionReport(_ exception: Value) throws(PyError) -> Owned {
  let text = try ExceptionReport.text(of: exception).withUnsafeBufferPointer { (points) throws(PyError) -> Value in
    try Owned.string(codePoints: points).take()
  }
  return Owned(taking: text)
}
