// Reports of uncaught exceptions, as `sys.excepthook` prints them.

import CKraitCore
import Glibc

/// Writes the report of an exception to `sys.stderr`. What goes wrong meanwhile is dropped.
public func printException(_ exception: Value) {
  let report = ExceptionReport.text(of: exception)
  do throws(PyError) {
    let sys = currentInterpreter.pointee.sys
    let stream = sys.isAbsent ? Owned(taking: .absent) : Owned(copyingIfPresent: DictObject(sys).get(interned: Name.stderr))
    if stream.value.isNone { return }
    if stream.value.isAbsent {
      var text = report
      text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
      return
    }
    let text = try Owned.string(report)
    _ = try stream.value.callMethod(Name.write, text.value)
  } catch { PyError.clear() }
}

/// The text of a report.
enum ExceptionReport {
  static func text(of exception: Value) -> String {
    var lines = ""
    var seen: [UInt64] = []
    append(exception, &lines, &seen)
    return lines
  }

  private static func append(_ value: Value, _ lines: inout String, _ seen: inout [UInt64]) {
    seen.append(value.bits)
    let exception = ExceptionObject(value)
    if !exception.cause.isAbsent {
      if !seen.contains(exception.cause.bits) {
        append(exception.cause, &lines, &seen)
        lines += "\nThe above exception was the direct cause of the following exception:\n\n"
      }
    } else if !exception.context.isAbsent && !exception.suppressContext && !seen.contains(exception.context.bits) {
      append(exception.context, &lines, &seen)
      lines += "\nDuring handling of the above exception, another exception occurred:\n\n"
    }
    if !exception.traceback.isAbsent {
      lines += "Traceback (most recent call last):\n"
      var entry = exception.traceback
      while !entry.isAbsent {
        let traceback = TracebackObject(entry)
        lines += "  File \"\(traceback.code.fileName.text)\", line \(traceback.line), in \(traceback.code.name.text)\n"
        entry = traceback.next
      }
    }
    let type = value.type
    lines += type.nameText
    do throws(PyError) {
      let text = try value.str().text
      if !text.isEmpty { lines += ": \(text)" }
    } catch {
      PyError.clear()
      lines += ": <exception str() failed>"
    }
    lines += "\n"
  }
}
