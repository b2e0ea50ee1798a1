// The module `atexit`: functions that run when the interpreter ends, the last registered first.

import KraitRuntime

let atexitModule = ModuleDefinition(
  "atexit", "Functions that run when Python ends.\n\nregister() adds one, unregister() takes one away.\n"
) { (m: ModuleBuilder) throws(PyError) in
  try m.function("register(func, /, *args, **kwargs)", "Have func(*args, **kwargs) called when Python ends, and return func.") {
    (call: Call) throws(PyError) -> Owned in
    guard call[0].isCallable else { throw .typeError("the first argument must be callable") }
    let list = try ExitFunctions.list()
    let arguments = try Owned.tuple(call.variadic)
    let keywords = call.keywords.isAbsent ? Owned.none : try DictObject(call.keywords).copy()
    let entry = try Owned.tuple(call[0], arguments.value, keywords.value)
    try ListObject(list.value).append(entry.value)
    return Owned(copying: call[0])
  }
  try m.function("unregister(func, /)", "Take away every registered function that equals func.") {
    (call: Call) throws(PyError) -> Owned in
    let list = try ExitFunctions.list()
    var index = ListObject(list.value).count - 1
    while index >= 0 {
      if index < ListObject(list.value).count {
        let entry = Owned(copying: ListObject(list.value)[index])
        if try TupleObject(entry.value)[0].isEqual(to: call[0]) {
          // The comparison may have changed the list.
          if index < ListObject(list.value).count, ListObject(list.value)[index] === entry.value { ListObject(list.value).removeItems(index, 1) }
        }
      }
      index -= 1
    }
    return .none
  }
  try m.function("_clear()", "Forget all functions that were registered.") { (_: Call) throws(PyError) -> Owned in
    let list = try ExitFunctions.list()
    ListObject(list.value).removeAll()
    return .none
  }
  try m.function("_run_exitfuncs()", "Call what was registered now, the last one first.") { (_: Call) throws(PyError) -> Owned in
    ExitFunctions.run()
    return .none
  }
  try m.function("_ncallbacks()", "How many functions wait to be called.") { (_: Call) throws(PyError) -> Owned in
    let list = try ExitFunctions.list()
    return try Owned.integer(ListObject(list.value).count)
  }
}
