// Which tasks there are, and which one runs.

import KraitRuntime

/// The tasks of an interpreter. Guarded by its lock.
enum TaskRegistry {
  struct State: BitwiseCopyable {
    /// Native tasks that are under way: a list through their own fields, borrowed.
    var first: UnsafeMutableRawPointer?
    /// The number in the name of the task that was made last.
    var lastNumber: UInt64
  }

  nonisolated(unsafe) private static var memory = InterpreterMemory<State>()
  /// Tasks that are in their first step, before the loop knows of them: a set.
  nonisolated(unsafe) private static var eager = InterpreterValue()
  /// Tasks of other classes: a WeakSet.
  nonisolated(unsafe) private static var others = InterpreterValue()

  private static func state() throws(PyError) -> UnsafeMutablePointer<State> {
    try memory.pointer { memory in
      // The interpreter ends: tasks that outlive its modules are in no list.
      var task = memory.assumingMemoryBound(to: State.self).pointee.first
      while let this = task {
        let contents = TaskObject(raw: this).contents
        task = contents.pointee.next
        contents.pointee.registry = nil
      }
    }
  }

  static func nextNumber() throws(PyError) -> UInt64 {
    let state = try state()
    state.pointee.lastNumber += 1
    return state.pointee.lastNumber
  }

  static func register(_ task: TaskObject) throws(PyError) {
    let contents = task.contents
    if contents.pointee.registry != nil { return }
    let state = try state()
    contents.pointee.registry = state
    contents.pointee.previous = nil
    contents.pointee.next = state.pointee.first
    if let first = state.pointee.first { TaskObject(raw: first).contents.pointee.previous = task.raw }
    state.pointee.first = task.raw
  }

  static func unregister(_ task: TaskObject) {
    let contents = task.contents
    guard let state = contents.pointee.registry else { return }
    contents.pointee.registry = nil
    let (next, previous) = (contents.pointee.next, contents.pointee.previous)
    if let previous { TaskObject(raw: previous).contents.pointee.next = next } else { state.pointee.first = next }
    if let next { TaskObject(raw: next).contents.pointee.previous = previous }
  }

  static func addEager(_ task: Value) throws(PyError) {
    if eager.value.isAbsent { try eager.set(try Owned.set()) }
    try SetObject(eager.value).add(task)
  }

  static func discardEager(_ task: Value) throws(PyError) {
    if !eager.value.isAbsent { _ = try SetObject(eager.value).discard(task) }
  }

  /// `_register_task`
  static func register(_ task: Value) throws(PyError) {
    if taskType.includes(task) { return try register(TaskObject(task)) }
    try change(Name.add, task)
  }

  /// `_unregister_task`
  static func unregister(_ task: Value) throws(PyError) {
    if taskType.includes(task) { return unregister(TaskObject(task)) }
    try change(discard, task)
  }

  private static let discard = Name.make("discard")

  private static func change(_ method: Value, _ task: Value) throws(PyError) {
    if others.value.isAbsent { try others.set(try AsyncioImport.value(.weakSet).call()) }
    let set = Owned(copying: others.value)
    _ = try set.value.callMethod(method, task)
  }

  /// The tasks of a loop that are not done: a set.
  static func tasks(of loop: Value) throws(PyError) -> Owned {
    let candidates = try Owned.list()
    let list = ListObject(candidates.value)
    let state = try state()
    var task = state.pointee.first
    while let this = task {
      try list.append(Value(this))
      task = TaskObject(raw: this).contents.pointee.next
    }
    for group in [eager.value, others.value] where !group.isAbsent {
      let held = Owned(copying: group)
      let items = try Owned.list(from: held.value)
      for index in 0..<ListObject(items.value).count { try list.append(ListObject(items.value)[index]) }
    }
    let result = try Owned.set()
    for index in 0..<list.count {
      let task = Owned(copying: list[index])
      let isDone: Bool
      if FutureObject.isNative(task.value) {
        isDone = !FutureObject(task.value).isPending
      } else {
        let answer = try task.value.callMethod(AsyncioName.done)
        isDone = try answer.value.isTruthy()
      }
      if isDone { continue }
      let own = try loopOfFuture(task.value)
      if own.value === loop { try SetObject(result.value).add(task.value) }
    }
    return result
  }
}

// MARK: - What runs

private func checkRunning(_ loop: Value) throws(PyError) {
  if loop.isAbsent || currentThread.pointee.runningLoop !== loop {
    throw .runtimeError("loop \(loop.isAbsent ? "None" : try loop.repr().text) is not the running loop")
  }
}

func enterTask(_ loop: Value, _ task: Value) throws(PyError) {
  try checkRunning(loop)
  let running = currentThread.pointee.runningTask
  if !running.isAbsent {
    let held = Owned(copying: running)
    throw .runtimeError("Cannot enter into task \(try task.repr().text) while another task \(try held.value.repr().text) is being executed.")
  }
  currentThread.pointee.runningTask = Owned(copying: task).take()
}

func leaveTask(_ loop: Value, _ task: Value) throws(PyError) {
  try checkRunning(loop)
  let running = currentThread.pointee.runningTask
  if running !== task {
    let held = Owned(copyingIfPresent: running)
    let shown = held.value.isAbsent ? "None" : try held.value.repr().text
    throw .runtimeError("Invalid attempt to leave task \(try task.repr().text) while task \(shown) is entered.")
  }
  currentThread.pointee.runningTask = .absent
  running.release()
}

/// Makes a task the running one, or none when it is None; the one before, None for none.
func swapTask(_ loop: Value, _ task: Value) throws(PyError) -> Owned {
  try checkRunning(loop)
  let before = currentThread.pointee.runningTask
  currentThread.pointee.runningTask = task.isNone ? .absent : Owned(copying: task).take()
  return before.isAbsent ? .none : Owned(taking: before)
}

/// The running loop, else what the policy says.
func currentLoop() throws(PyError) -> Owned {
  let running = currentThread.pointee.runningLoop
  if !running.isAbsent { return Owned(copying: running) }
  let policy = try AsyncioImport.value(.eventLoopPolicy).call()
  return try policy.value.callMethod(AsyncioName.getEventLoop)
}
