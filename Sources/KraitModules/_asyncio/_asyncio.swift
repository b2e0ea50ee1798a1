// The module `_asyncio`: futures, tasks, and which loop and task run. The event loop itself is the library's.

import KraitRuntime

let asyncioModule = ModuleDefinition("_asyncio", "Futures and tasks of asyncio in native code.") { (m: ModuleBuilder) throws(PyError) in
  try defineFuture(m)
  try defineTask(m)
  try defineRunning(m)
  try defineTasks(m)
  try m.function("future_add_to_awaited_by(fut, waiter, /)", "Note that waiter waits for fut, if both are native futures.") { (call: Call) throws(PyError) -> Owned in
    if futureType.includes(call[0]) && futureType.includes(call[1]) { try FutureObject(call[0]).addWaiter(call[1]) }
    return .none
  }
  try m.function("future_discard_from_awaited_by(fut, waiter, /)", "Note that waiter no longer waits for fut.") { (call: Call) throws(PyError) -> Owned in
    if futureType.includes(call[0]) && futureType.includes(call[1]) { try FutureObject(call[0]).discardWaiter(call[1]) }
    return .none
  }
}

private func runningLoop() throws(PyError) -> Owned {
  let loop = currentThread.pointee.runningLoop
  if loop.isAbsent { throw .runtimeError("no running event loop") }
  return Owned(copying: loop)
}

private func defineRunning(_ m: ModuleBuilder) throws(PyError) {
  try m.function("_get_running_loop()", "The event loop that runs in this thread, or None. For event loops.") { (_: Call) throws(PyError) -> Owned in
    let loop = currentThread.pointee.runningLoop
    return loop.isAbsent ? .none : Owned(copying: loop)
  }
  try m.function("_set_running_loop(loop, /)", "Say which event loop runs in this thread. For event loops.") { (call: Call) throws(PyError) -> Owned in
    let old = currentThread.pointee.runningLoop
    currentThread.pointee.runningLoop = call[0].isNone ? .absent : Owned(copying: call[0]).take()
    old.releaseIfPresent()
    return .none
  }
  try m.function("get_running_loop()", "The event loop that runs in this thread. RuntimeError if none does.") { (_: Call) throws(PyError) -> Owned in
    try runningLoop()
  }
  try m.function("get_event_loop()", "The event loop that runs in this thread, else the one that the policy has for it.") { (_: Call) throws(PyError) -> Owned in
    try currentLoop()
  }
  try m.function("current_task(loop=None)", "The task that a loop runs, by default the running loop; None when it runs none.") { (call: Call) throws(PyError) -> Owned in
    let loop = call[0].isNone ? try runningLoop() : Owned(copying: call[0])
    let task = Threads.task(runningIn: loop.value)
    return task.isAbsent ? .none : Owned(copying: task)
  }
}

private func defineTasks(_ m: ModuleBuilder) throws(PyError) {
  try m.function("all_tasks(loop=None)", "The set of a loop's tasks that are not done, by default the running loop's.") { (call: Call) throws(PyError) -> Owned in
    let loop = call[0].isNone ? try runningLoop() : Owned(copying: call[0])
    return try TaskRegistry.tasks(of: loop.value)
  }
  try m.function("_register_task(task)", "Add a task to those that all_tasks() finds. For event loops.") { (call: Call) throws(PyError) -> Owned in
    try TaskRegistry.register(call[0])
    return .none
  }
  try m.function("_register_eager_task(task)", "The same for a task in its first step, before the loop knows of it.") { (call: Call) throws(PyError) -> Owned in
    try TaskRegistry.addEager(call[0])
    return .none
  }
  try m.function("_unregister_task(task)", "Take a task out of those that all_tasks() finds.") { (call: Call) throws(PyError) -> Owned in
    try TaskRegistry.unregister(call[0])
    return .none
  }
  try m.function("_unregister_eager_task(task)", "The same for a task whose first step is over.") { (call: Call) throws(PyError) -> Owned in
    try TaskRegistry.discardEager(call[0])
    return .none
  }
  try m.function("_enter_task(loop, task)", "Say that a task begins a step. RuntimeError when another has not left.") { (call: Call) throws(PyError) -> Owned in
    try enterTask(call[0], call[1])
    return .none
  }
  try m.function("_leave_task(loop, task)", "Say that the task ends its step.") { (call: Call) throws(PyError) -> Owned in
    try leaveTask(call[0], call[1])
    return .none
  }
  try m.function("_swap_current_task(loop, task)", "Put a task, or None, in the place of the running one, which is the result. For eager tasks.") { (call: Call) throws(PyError) -> Owned in
    try swapTask(call[0], call[1])
  }
}
