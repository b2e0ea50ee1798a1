// Exceptions that nobody can catch: of finalisers, callbacks and the like.

import CKraitCore
import Glibc

/// Hands the exception on its way to `sys.unraisablehook`, and drops it.
///
/// - Parameters:
///   - message: what was under way, "Exception ignored while calling deallocator" and the like.
///   - object: what the message ends with; absent for nothing.
@inline(never)
public func reportUnraisable(_ message: String, _ object: Value) {
  let thread = currentThread
  let exception = thread.pointee.takeException()
  guard !exception.value.isAbsent else { return }
  // A program that was ended from outside has nobody to tell.
  if thread.pointee.breaker & EvalBreaker.terminate.rawValue != 0 { return }
  var text = message
  if !object.isAbsent {
    do throws(PyError) { text += " \(try object.repr().text)" } catch {
      PyError.clear()
      text += " <object repr() failed>"
    }
  }
  addCurrentFrame(ExceptionObject(exception.value))
  let sys = DictObject(thread.pointee.interpreter.pointee.sys)
  let hook = Owned(copyingIfPresent: sys.get(interned: Name.unraisablehook))
  if hook.value.isAbsent || hook.value === sys.get(interned: Name.__unraisablehook__) {
    return printUnraisable(exception.value, text, .none)
  }
  do throws(PyError) {
    let arguments = try unraisableArguments(exception.value, text)
    do throws(PyError) { try audit("sys.unraisablehook", hook.value, arguments.value) } catch {
      let failure = thread.pointee.takeException()
      return printUnraisable(failure.value, "Exception ignored in audit hook", .none)
    }
    _ = try hook.value.call(arguments.value)
  } catch {
    let failure = thread.pointee.takeException()
    printUnraisable(failure.value, "Exception ignored in sys.unraisablehook", hook.value)
  }
}

/// An exception that native code raised shows at least where the program was.
private func addCurrentFrame(_ exception: ExceptionObject) {
  guard exception.traceback.isAbsent, let frame = currentThread.pointee.innermostFrame else { return }
  do throws(PyError) {
    let object = try Evaluator.frameObject(of: frame)
    exception.setTraceback(try TracebackObject.make(next: .absent, frame: object.value, instruction: frame.lastInstruction, line: -1))
  } catch { PyError.clear() }
}

/// What `sys.unraisablehook` gets, a `sys.UnraisableHookArgs`.
private func unraisableArguments(_ exception: Value, _ message: String) throws(PyError) -> Owned {
  let traceback = ExceptionObject(exception).traceback
  let text = try Owned.string(message)
  return try StructSequence.make(
    .unraisableHookArguments, [exception.type.value, exception, traceback.isAbsent ? .none : traceback, text.value, .none])
}

/// The report of an exception.
func printUnraisable(_ exception: Value, _ message: String?, _ object: Value) {
  let traceback = ExceptionObject(exception).traceback
  printUnraisable(type: exception.type.value, exception, traceback: traceback.isAbsent ? .none : traceback, message, object)
}

/// The report of `sys.unraisablehook` itself: the message with the object, the traceback, the exception in one line. There may be no instance.
func printUnraisable(type: Value, _ exception: Value, traceback: Value, _ message: String?, _ object: Value) {
  let thread = currentThread
  let pending = thread.pointee.takeException()
  do throws(PyError) {
    let stream = Owned(copyingIfPresent: DictObject(thread.pointee.interpreter.pointee.sys).get(interned: Name.stderr))
    if !stream.value.isAbsent && !stream.value.isNone {
      var report = unraisableHeading(message, object)
      report += plainTraceback(traceback)
      if type.isType { report += try unraisableLine(type, exception) }
      let text = try report.withUnsafeBufferPointer { (points) throws(PyError) -> Value in try Owned.string(codePoints: points).take() }
      let held = Owned(taking: text)
      _ = try stream.value.callMethod(Name.write, held.value)
      _ = try stream.value.callMethod(Name.flush)
    }
  } catch { PyError.clear() }
  if !pending.value.isAbsent { thread.pointee.setException(pending) }
}

private func unraisableHeading(_ message: String?, _ object: Value) -> CodePoints {
  guard !object.isAbsent && !object.isNone else { return CodePoints(message.map { "\($0):\n" } ?? "") }
  var heading = CodePoints("\(message ?? "Exception ignored in"): ")
  do throws(PyError) { 
    let shown = try object.repr()
    heading += CodePoints(shown.value)
   } catch {
    PyError.clear()
    heading += "<object repr() failed>"
  }
  heading.append(CodePoint.newline)
  return heading
}

private func plainTraceback(_ traceback: Value) -> CodePoints {
  guard traceback.type == .traceback else { return [] }
  var source = SourceLines()
  let limit = ExceptionReport.tracebackLimit()
  if limit == 0 { return [] }
  let report = TracebackReport(traceback, limit: limit, source: &source, isPlain: true)
  return report.parts.reduce(into: CodePoints("Traceback (most recent call last):\n")) { $0 += $1 }
}

/// The class, with its module unless that says nothing, and the exception's text.
private func unraisableLine(_ type: Value, _ exception: Value) throws(PyError) -> CodePoints {
  var line: CodePoints = []
  let module = try type.lookUpAttribute(Name.__module__)
  if module.value.isAbsent || !module.value.isString {
    line += "<unknown>"
  } else if module.value.text != "builtins" && module.value.text != "__main__" {
    line += CodePoints(module.value)
    line += "."
  }
  let name = try type.getAttribute(Name.__qualname__)
  if name.value.isString { line += CodePoints(name.value) } else { line += "<unknown>" }
  if !exception.isAbsent && !exception.isNone {
    line += ": "
    do throws(PyError) { 
      let shown = try exception.str()
      line += CodePoints(shown.value)
     } catch {
      PyError.clear()
      line += "<exception str() failed>"
    }
  }
  line.append(CodePoint.newline)
  return line
}

/// Writes a report of the runtime itself, past `sys.stderr`.
func writeToStandardError(_ text: String) {
  var text = text
  text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let written = write(2, rest.baseAddress, rest.count)
      if written <= 0 { return }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }
}
