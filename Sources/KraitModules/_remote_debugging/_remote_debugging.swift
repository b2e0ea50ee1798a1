// The module `_remote_debugging`: the records with which other processes' stacks are told, which `asyncio.tools` is made of. To read another process is not implemented.

import KraitRuntime

let remoteDebuggingModule = ModuleDefinition("_remote_debugging", "") { (m: ModuleBuilder) throws(PyError) in
  let records: [(StaticString, StaticString, [(StaticString, StaticString)])] = [
    ("TaskInfo", "An asyncio task.", [("task_id", "its address"), ("task_name", "its name"), ("coroutine_stack", "its coroutines"), ("awaited_by", "the tasks that wait for it")]),
    ("FrameInfo", "A frame.", [("filename", "where its code is from"), ("lineno", "the line it is at"), ("funcname", "its function")]),
    ("CoroInfo", "A coroutine of a task.", [("call_stack", "its frames"), ("task_name", "the task")]),
    ("ThreadInfo", "A thread.", [("thread_id", "its number"), ("frame_info", "its frames")]),
    ("AwaitedInfo", "The tasks of a thread.", [("thread_id", "its number"), ("awaited_by", "the tasks")]),
  ]
  for (name, documentation, fields) in records { _ = try m.defineStructSequence(name, documentation, fields) }
  _ = try m.defineType("RemoteUnwinder") { t in
    t.documentation = "Reads the stacks of another process: not implemented."
    t.rawNew("RemoteUnwinder") { (_: Value, _: Arguments) throws(PyError) -> Owned in throw PyError.raise(.notImplementedError, "the stacks of other processes cannot be read") }
  }
  try m.constant("PROCESS_VM_READV_SUPPORTED", 0)
}
