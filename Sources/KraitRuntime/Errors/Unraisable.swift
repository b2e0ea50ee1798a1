// Exceptions that nobody can catch: of finalisers, callbacks and the like.

import CKraitCore

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
  do throws(PyError) {
    let hook = Owned(copying: DictObject(thread.pointee.interpreter.pointee.sys).get(interned: Name.unraisablehook))
    guard !hook.value.isAbsent else { return }
    let arguments = try unraisableArguments(exception.value, message, object.isAbsent ? .none : object)
    _ = try hook.value.call(arguments.value)
  } catch {
    // The hook itself failed: print what it raised, then what it was given.
    let failure = thread.pointee.takeException()
    printException(failure.value)
    printException(exception.value)
  }
}
