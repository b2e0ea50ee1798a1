// Functions that run when an interpreter ends: what the module `atexit` registers.

import CKraitCore

/// An interpreter's list of functions to run at its end.
public enum ExitFunctions {
  /// A list of (function, arguments, keywords or None), or absent.
  nonisolated(unsafe) private static var entries = InterpreterValue()

  /// The list of the calling interpreter.
  public static func list() throws(PyError) -> Owned {
    if entries.value.isAbsent { try entries.set(try Owned.list()) }
    return Owned(copying: entries.value)
  }

  /// Runs and forgets the functions, the last registered first; an exception of one is reported and does not keep the others from running.
  public static func run() {
    if entries.value.isAbsent { return }
    let list = Owned(copying: entries.value)
    while ListObject(list.value).count > 0 {
      let last = ListObject(list.value).count - 1
      let entry = Owned(copying: ListObject(list.value)[last])
      ListObject(list.value).removeItems(last, 1)
      let fields = TupleObject(entry.value)
      do throws(PyError) { _ = try fields[0].call(TupleObject(fields[1]).buffer, keywords: fields[2]) } catch {
        reportUnraisable("Exception ignored in atexit callback", fields[0])
      }
    }
  }
}
