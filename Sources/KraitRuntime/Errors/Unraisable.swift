// Exceptions that nobody can catch: of finalisers, callbacks and the like.

import CKraitCore
import Glibc

/// Hands the exception on its way to `sys.unraisablehook`, and drops it.
///
/// - Parameters:
///   - message: what was under way, "Exception ignored in" and the like.
///   - object: what the report names; None or absent for nothing.
@inline(never)
public func reportUnraisable(_ message: String, _ object: Value) {
  let thread = currentThread
  let exception = thread.pointee.takeException()
  guard !exception.value.isAbsent else { return }
  let sys = DictObject(thread.pointee.interpreter.pointee.sys)
  let hook = Owned(copying: sys.get(interned: Name.unraisablehook))
  if hook.value.isAbsent || hook.value === sys.get(interned: Name.__unraisablehook__) {
    return printUnraisable(exception.value, message, object)
  }
  do throws(PyError) {
    let arguments = try unraisableArguments(exception.value, message, object)
    _ = try hook.value.call(arguments.value)
  } catch {
    let failure = thread.pointee.takeException()
    printUnraisable(failure.value, "Exception ignored in sys.unraisablehook", hook.value)
    printUnraisable(exception.value, message, object)
  }
}

/// What `sys.unraisablehook` gets, a `sys.UnraisableHookArgs`.
private func unraisableArguments(_ exception: Value, _ message: String, _ object: Value) throws(PyError) -> Owned {
  let traceback = ExceptionObject(exception).traceback
  let text = try Owned.string(message)
  return try StructSequence.make(
    .unraisableHookArguments,
    [exception.type.value, exception, traceback.isAbsent ? .none : traceback, text.value, object.isAbsent ? .none : object])
}

/// The report of `sys.unraisablehook` itself: the message with the object, then the exception with its traceback.
func printUnraisable(_ exception: Value, _ message: String, _ object: Value) {
  let thread = currentThread
  let pending = thread.pointee.takeException()
  do throws(PyError) {
    let stream = Owned(copying: DictObject(thread.pointee.interpreter.pointee.sys).get(interned: Name.stderr))
    guard !stream.value.isAbsent && !stream.value.isNone else { return }
    var heading = message
    if !object.isAbsent && !object.isNone {
      do throws(PyError) { heading += " \(try object.repr().text)" } catch {
        PyError.clear()
        heading += " <object repr() failed>"
      }
    }
    let text = try Owned.string(heading + ":\n")
    _ = try stream.value.callMethod(Name.write, text.value)
  } catch { PyError.clear() }
  printException(exception)
  if !pending.value.isAbsent { thread.pointee.setException(pending) }
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
