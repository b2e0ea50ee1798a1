// The type `_asyncio.Task`, and what the loop calls for its steps.

import KraitRuntime

private func defineAttributes(_ t: TypeDefinition) {
  t.property("_log_destroy_pending") { (object: Value) throws(PyError) -> Owned in
    .boolean(TaskObject(object).contents.pointee.logsDestroyPending)
  } set: { (object: Value, value: Value) throws(PyError) in
    if value.isAbsent { throw .attributeError("attribute '_log_destroy_pending' of '\(object.type.fullName)' objects cannot be deleted") }
    TaskObject(object).contents.pointee.logsDestroyPending = try value.isTruthy()
  }
  t.getter("_must_cancel") { (object: Value) throws(PyError) -> Owned in .boolean(TaskObject(object).contents.pointee.mustCancel) }
  t.getter("_coro") { (object: Value) throws(PyError) -> Owned in coroutine(object) }
  t.getter("_fut_waiter") { (object: Value) throws(PyError) -> Owned in
    let waiter = TaskObject(object).contents.pointee.waiter
    return waiter.isAbsent ? .none : Owned(copying: waiter)
  }
}

private func coroutine(_ task: Value) -> Owned {
  let coroutine = TaskObject(task).contents.pointee.coroutine
  return coroutine.isAbsent ? .none : Owned(copying: coroutine)
}

private func defineMethods(_ t: TypeDefinition) {
  t.method("set_result(result, /)") { (_: Call) throws(PyError) -> Owned in throw .runtimeError("Task does not support set_result operation") }
  t.method("set_exception(exception, /)") { (_: Call) throws(PyError) -> Owned in throw .runtimeError("Task does not support set_exception operation") }
  t.method(
    "cancel(msg=None)",
    "Ask the task to end: at its next step, CancelledError is raised in its coroutine, which may tidy up, or go on all the same.\n\nEach call counts, see cancelling(). False when the task is done already."
  ) { (call: Call) throws(PyError) -> Owned in .boolean(try TaskObject(call.receiver).cancel(call[0])) }
  t.method("cancelling()", "How many requests to end were made and not taken back.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(TaskObject(call.receiver).contents.pointee.cancelRequests)
  }
  t.method("uncancel()", "Take a request to end back; return how many are left.\n\nWho called cancel() calls it.") { (call: Call) throws(PyError) -> Owned in
    let contents = TaskObject(call.receiver).contents
    if contents.pointee.cancelRequests > 0 {
      contents.pointee.cancelRequests -= 1
      if contents.pointee.cancelRequests == 0 { contents.pointee.mustCancel = false }
    }
    return try Owned.integer(contents.pointee.cancelRequests)
  }
  t.method("get_stack(*, limit=None)", "A list of frames, the outermost first: where the coroutine waits, or of the exception that ended it.") { (call: Call) throws(PyError) -> Owned in
    try AsyncioImport.value(.taskStack).call(call.receiver, call[0])
  }
  t.method("print_stack(*, limit=None, file=None)", "Write what get_stack() returns to file, like a traceback; to standard error without file.") { (call: Call) throws(PyError) -> Owned in
    try AsyncioImport.value(.printTaskStack).call(call.receiver, call[0], call[1])
  }
  t.method("get_name()", "The task's name.") { (call: Call) throws(PyError) -> Owned in try TaskObject(call.receiver).name() }
  t.method("set_name(value, /)", "Give the task a name.") { (call: Call) throws(PyError) -> Owned in
    TaskObject(call.receiver).replace(\.name, call[0].isExactString ? Owned(copying: call[0]) : try call[0].str())
    return .none
  }
  t.method("get_coro()", "The coroutine.") { (call: Call) throws(PyError) -> Owned in coroutine(call.receiver) }
  t.method("get_context()", "The context in which the coroutine runs.") { (call: Call) throws(PyError) -> Owned in
    let context = TaskObject(call.receiver).contents.pointee.context
    return context.isAbsent ? .none : Owned(copying: context)
  }
}

/// What the loop calls for a step: the task, and the exception to raise in it or absent.
private func defineStep(_ t: TypeDefinition) {
  t.basicSize = 32
  t.inheritsNew = true
  t.shapeFlags.insert(.tracked)
  t.slots.deallocate = DeallocateSlot { raw in
    for offset in [16, 24] { raw.load(fromByteOffset: offset, as: Value.self).releaseIfPresent() }
    finishDeallocation(raw)
  }
  t.slots.traverse = TraverseSlot { raw, visit in
    visit(raw.load(fromByteOffset: 16, as: Value.self))
    visit(raw.load(fromByteOffset: 24, as: Value.self))
  }
  t.slots.clear = ClearSlot { raw in
    Fields.clear(raw, 16)
    Fields.clear(raw, 24)
  }
  t.slots.call = CallSlot { (step: Value, arguments: Arguments) throws(PyError) -> Owned in
    if arguments.keywordCount > 0 { throw .typeError("function takes no keyword arguments") }
    if arguments.positionalCount > 0 { throw .typeError("function takes no positional arguments") }
    let task = Owned(copyingIfPresent: step.object.load(fromByteOffset: 16, as: Value.self))
    if task.value.isAbsent { throw .runtimeError("uninitialized Task object") }
    try TaskObject(task.value).step(Owned(copyingIfPresent: step.object.load(fromByteOffset: 24, as: Value.self)))
    return .none
  }
  t.getter("__self__") { (step: Value) throws(PyError) -> Owned in
    let task = step.object.load(fromByteOffset: 16, as: Value.self)
    return task.isAbsent ? .none : Owned(copying: task)
  }
}

func defineTask(_ m: ModuleBuilder) throws(PyError) {
  stepType = ModuleType(try m.defineType("TaskStepMethWrapper", isPublic: false) { t in defineStep(t) })
  taskType = ModuleType(
    try m.defineType("Task", base: futureType.object) { t in
      t.documentation = "A coroutine that an event loop runs, and the future of its result."
      t.textSignature = "(coro, *, loop=None, name=None, context=None, eager_start=False)"
      t.basicSize = MemoryLayout<TaskObject.Contents>.size
      t.flags.formUnion([.baseType, .managedWeakReference])
      t.shapeFlags.formUnion([.tracked, .hasState, .hasAttributes])
      t.rawNew("Task") { (type: Value, _: Arguments) throws(PyError) -> Owned in Owned(taking: try TypeObject(type).allocate()) }
      t.initialize("Task(coro, *, loop=None, name=None, context=None, eager_start=False)") { (call: Call) throws(PyError) in
        try TaskObject(call.receiver).initialize(call[0], loop: call[1], name: call[2], context: call[3], startsEagerly: try call.bool(4))
      }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        try FutureObject(object).checkAlive()
        return try AsyncioImport.value(.taskRepr).call(object)
      }
      t.slots.finalize = FinalizeSlot { (object: Value) in TaskObject(object).finalize() }
      t.slots.deallocate = DeallocateSlot { raw in
        TaskRegistry.unregister(TaskObject(raw: raw))
        TaskObject(raw: raw).releaseReferences()
        FutureObject(raw: raw).releaseReferences()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        traverseOwnAttributes(raw, visit)
        FutureObject(raw: raw).forEachReference { visit($0) }
        TaskObject(raw: raw).forEachReference { visit($0) }
      }
      t.slots.clear = ClearSlot { raw in
        clearOwnAttributes(raw)
        FutureObject(raw: raw).releaseReferences()
        TaskObject(raw: raw).releaseReferences()
      }
      defineAttributes(t)
      defineCommonMethods(t)
      defineMethods(t)
    })
}
