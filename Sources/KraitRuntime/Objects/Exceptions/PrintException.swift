// Uncaught exceptions on `sys.stderr`.

import CKraitCore
import Glibc

/// Writes the report of an exception to `sys.stderr`, as `sys.excepthook` does. What goes wrong meanwhile is dropped.
public func printException(_ exception: Value) {
  let thread = currentThread
  let pending = thread.pointee.takeException()
  if mayShowColors() && printByLibrary(exception) {
    if !pending.isAbsent { thread.pointee.setException(pending) }
    return
  }
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

/// Whether `_colorize` may find that reports are to be in colours: standard error is a terminal, or a variable asks for them.
private func mayShowColors() -> Bool {
  let configuration = RuntimeConfiguration.current
  return isatty(2) == 1 || configuration.environment("FORCE_COLOR") != nil || configuration.environment("PYTHON_COLORS") != nil
}

/// Lets the library's `traceback` write the report, which knows colours; false when that did not succeed.
private func printByLibrary(_ exception: Value) -> Bool {
  let stream = systemObject(Name.stderr)
  if currentInterpreter.pointee.importlib.isAbsent || stream.isAbsent || stream.isNone { return false }
  do throws(PyError) {
    let traceback = try importModule("traceback")
    _ = try traceback.value.callMethod(Name.make("_print_exception_bltin"), exception)
    return true
  } catch {
    PyError.clear()
    return false
  }
}

/// Writes the report of an exception to a stream; to `sys.stderr` in the colours that it may have.
public func printException(_ exception: Value, to stream: Value) throws(PyError) {
  let standard = systemObject(Name.stderr)
  if stream === standard.value { return printException(exception) }
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
