// `fork()`, `forkpty()` and the functions that run around them.

import CKraitSystem
import Glibc
import KraitRuntime

/// What `register_at_fork()` was given in this interpreter: lists of callables, absent until there is one.
enum ForkFunctions {
  nonisolated(unsafe) private static var before = InterpreterValue()
  nonisolated(unsafe) private static var afterInChild = InterpreterValue()
  nonisolated(unsafe) private static var afterInParent = InterpreterValue()

  static func register(before first: Value, afterInChild child: Value, afterInParent parent: Value) throws(PyError) {
    if first.isAbsent && child.isAbsent && parent.isAbsent { throw .typeError("At least one argument is required.") }
    try check(first, "before")
    try check(child, "after_in_child")
    try check(parent, "after_in_parent")
    try add(first, to: &before)
    try add(child, to: &afterInChild)
    try add(parent, to: &afterInParent)
  }

  private static func check(_ function: Value, _ name: StaticString) throws(PyError) {
    if function.isAbsent || function.isCallable { return }
    throw .typeError("'\(name)' must be callable, not \(function.typeName)")
  }

  private static func add(_ function: Value, to list: inout InterpreterValue) throws(PyError) {
    if function.isAbsent { return }
    if list.value.isAbsent { try list.set(try Owned.list()) }
    try ListObject(list.value).append(function)
  }

  /// Calls the functions of a list. An exception of one is reported, and does not keep the others from running.
  private static func run(_ list: InterpreterValue, backwards: Bool = false) {
    if list.value.isAbsent { return }
    do throws(PyError) {
      // What the functions themselves register is for the next time.
      let functions = try Owned.tuple(from: list.value)
      let items = TupleObject(functions.value)
      for index in 0..<items.count {
        let function = items[backwards ? items.count - 1 - index : index]
        do throws(PyError) { _ = try function.call() } catch { reportUnraisable("Exception ignored in atfork callback", function) }
      }
    } catch { reportUnraisable("Exception ignored in atfork callback", .none) }
  }

  /// Makes a copy of the process with the functions run around it; the number that `make` gives is 0 in the copy, and negative when there is none.
  static func around(_ make: () -> pid_t) -> pid_t {
    run(before, backwards: true)
    // No other thread imports while the copy is made, so that the copy finds the lock free.
    var isLocked = true
    do throws(PyError) { try takeImportLock() } catch {
      PyError.clear()
      isLocked = false
    }
    Threads.beforeFork()
    let process = TimeLimits.keptWhile { MappedBlocks.keptWhile(make) }
    let code = errno
    if isLocked { _ = giveUpImportLock() }
    if process == 0 {
      Threads.afterFork()
      run(afterInChild)
    } else {
      run(afterInParent)
    }
    errno = code
    return process
  }

  /// In the parent: what other threads were doing may have left locks that nobody in the child gives back.
  static func warnOfThreads(_ function: StaticString) throws(PyError) {
    if Threads.count < 2 { return }
    try warn(
      .deprecationWarning, "This process (pid=\(getpid())) is multi-threaded, use of \(function)() may lead to deadlocks in the child.")
  }
}

func defineForking(_ m: ModuleBuilder) throws(PyError) {
  try m.function("fork()", "Make a copy of the process; return 0 in it, and its number in this one.") { (_: Call) throws(PyError) -> Owned in
    try checkRunning()
    try audit("os.fork")
    let process = ForkFunctions.around(krait_fork)
    if process > 0 { try ForkFunctions.warnOfThreads("fork") }
    if process < 0 { throw systemError() }
    return try Owned.integer(Int(process))
  }
  try m.function("forkpty()", "Make a copy of the process on a terminal of its own; return its number, 0 in it, and the terminal's other end.") {
    (_: Call) throws(PyError) -> Owned in
    try checkRunning()
    try audit("os.forkpty")
    var end: Int32 = -1
    let process = ForkFunctions.around { krait_forkpty(&end) }
    if process > 0 { try ForkFunctions.warnOfThreads("forkpty") }
    if process < 0 { throw systemError() }
    return try Owned.tuple(Value(smallInteger: Int(process)), Value(smallInteger: Int(end)))
  }
  try m.function(
    "register_at_fork(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)",
    "Have functions called whenever fork() is: in front of it, the last one first, and after it in either process, in order."
  ) { (call: Call) throws(PyError) -> Owned in
    try ForkFunctions.register(before: call[0], afterInChild: call[1], afterInParent: call[2])
    return .none
  }
}

private func checkRunning() throws(PyError) {
  if !currentInterpreter.pointee.configuration.allowsFork { throw .runtimeError("fork not supported for isolated subinterpreters") }
  if currentInterpreter.pointee.isFinalizing { throw PyError.raise(.pythonFinalizationError, "can't fork at interpreter shutdown") }
}
