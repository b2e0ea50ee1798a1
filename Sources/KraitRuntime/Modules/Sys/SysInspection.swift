// Functions of `sys` that look at the interpreter or set its limits.

import CKraitCore
import Glibc

/// What `sys.setdlopenflags()` set: an int, absent before.
nonisolated(unsafe) private var dlopenFlags = InterpreterValue()

func defineLimits(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getrecursionlimit()", "Return how deep calls may nest.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(currentInterpreter.pointee.recursionLimit)
  }
  try m.function("setrecursionlimit(limit, /)", "Set how deep calls may nest.") { (call: Call) throws(PyError) -> Owned in
    let limit = try call.int32(0)
    if limit < 1 { throw .valueError("recursion limit must be greater or equal than 1") }
    let depth = currentThread.pointee.depth
    if depth >= Int(limit) {
      throw .recursionError("cannot set the recursion limit to \(limit) at the recursion depth \(depth): the limit is too low")
    }
    currentInterpreter.pointee.recursionLimit = Int(limit)
    currentThread.pointee.updateFrameLimit()
    return .none
  }
  try m.function("get_int_max_str_digits()", "Return the limit of conversions between str and int.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(currentInterpreter.pointee.integerDigitsLimit)
  }
  try m.function("set_int_max_str_digits(maxdigits)", "Set the limit of conversions between str and int.") {
    (call: Call) throws(PyError) -> Owned in
    let limit = try call.int32(0)
    if limit != 0 && limit < 640 { throw .valueError("maxdigits must be >= 640 or 0 for unlimited") }
    currentInterpreter.pointee.integerDigitsLimit = Int(limit)
    return .none
  }
  try m.function("getswitchinterval()", "Return how long a thread may run before it yields.") { (_: Call) throws(PyError) -> Owned in
    try Owned.float(Double(currentInterpreter.pointee.switchInterval) / 1e6)
  }
  try m.function("setswitchinterval(interval, /)", "Set how long a thread may run before it yields.") { (call: Call) throws(PyError) -> Owned in
    let seconds = try call.double(0)
    if seconds <= 0 { throw .valueError("switch interval must be strictly positive") }
    currentInterpreter.pointee.switchInterval = max(1, Int(min(seconds * 1e6, 1e15)))
    return .none
  }
}

func defineInspection(_ m: ModuleBuilder) throws(PyError) {
  try m.function("getrefcount(object, /)", "Return how many references an object has.") { (call: Call) throws(PyError) -> Owned in
    try Owned.integer(call[0].isObject ? call[0].object.referenceCount : Int(UInt32.max))
  }
  try m.function("getdefaultencoding()", "Return the encoding of str.encode().") { (_: Call) throws(PyError) -> Owned in
    Owned(copying: Name.utf8Name)
  }
  try m.function("getfilesystemencoding()", "Return the encoding of file names.") { (_: Call) throws(PyError) -> Owned in
    Owned(copying: Name.utf8Name)
  }
  try m.function("getfilesystemencodeerrors()", "Return the error handler of file names.") { (_: Call) throws(PyError) -> Owned in
    Owned(copying: Name.surrogateescape)
  }
  try m.function("intern(string, /)", "Return the one string that stands for all equal ones.") { (call: Call) throws(PyError) -> Owned in
    if !call[0].isString { throw call.wrongType(0, "str") }
    if !call[0].isExactString { throw .typeError("can't intern \(call[0].typeName)") }
    return intern(Owned(copying: call[0]))
  }
  try m.function("_is_interned(string, /)", "Whether a str is the one that stands for all equal ones.") { (call: Call) throws(PyError) -> Owned in
    let text = try call.string(0)
    return .boolean(text.isExactString && StringObject(text).standsForText)
  }
  try m.function("_is_immortal(op, /)", "Return whether the object is never freed.") { (call: Call) throws(PyError) -> Owned in
    .boolean(!call[0].isObject || call[0].object.isImmortal)
  }
  try m.function("_is_gil_enabled()", "Return whether a lock excludes other threads of the interpreter.") { (_: Call) throws(PyError) -> Owned in
    .boolean(!Runtime.isFree || currentInterpreter.pointee.hasLock)
  }
  try m.function("is_finalizing()", "Return whether the interpreter is shutting down.") { (_: Call) throws(PyError) -> Owned in
    .boolean(currentInterpreter.pointee.isFinalizing)
  }
  try m.function("getsizeof(object, default=<unrepresentable>)", "How many bytes an object takes, without those it refers to.") {
    (call: Call) throws(PyError) -> Owned in try sizeOf(call[0], default: call[1])
  }
  try m.function("_getframe(depth=0, /)", "Return a frame of the call stack.") { (call: Call) throws(PyError) -> Owned in
    let depth = max(0, Int(try call.int32(0)))
    let frame = try currentThread.pointee.frameObject(depth: depth)
    if frame.value.isAbsent { throw .valueError("call stack is not deep enough") }
    try audit("sys._getframe", frame.value)
    return frame
  }
  try m.function("_current_frames()", "Return a dict of the innermost frames of all threads by the threads' numbers.") { (_: Call) throws(PyError) -> Owned in
    try audit("sys._current_frames")
    return try describeThreads { (thread: ThreadPointer) throws(PyError) -> Owned in try thread.pointee.currentFrame() }
  }
  try m.function("_current_exceptions()", "Return a dict of the exceptions that all threads handle by the threads' numbers.") { (_: Call) throws(PyError) -> Owned in
    try audit("sys._current_exceptions")
    return try describeThreads { (thread: ThreadPointer) throws(PyError) -> Owned in
      let exception = thread.pointee.topmostHandledException
      return exception.isAbsent ? .none : Owned(copying: exception)
    }
  }
  try m.function("_getframemodulename(depth=0)", "Where a frame's function was defined: the module's name.") {
    (call: Call) throws(PyError) -> Owned in
    var depth = Int(try call.int32(0))
    try audit("sys._getframemodulename", Value(smallInteger: depth))
    var frame = currentThread.pointee.innermostFrame
    while depth > 0, let inner = frame {
      frame = inner.caller.isBase ? nil : inner.caller
      depth -= 1
    }
    guard let frame else { return .none }
    let function = frame.pointee.function
    guard function.type == .function else { return .none }
    let module = FunctionObject(function).contents.pointee.module
    return module.isAbsent ? .none : Owned(copying: module)
  }
  try m.function("getallocatedblocks()", "Return how many blocks of memory are in use.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(currentHeap.pointee.footprint / 64)
  }
  try m.function("_clear_type_cache()", "Forget what attribute look-ups found.") { (_: Call) throws(PyError) -> Owned in .none }
  try m.function("_clear_internal_caches()", "Forget what can be found again.") { (_: Call) throws(PyError) -> Owned in .none }
  try m.function("_baserepl()", "Read and run statements from standard input, without an editor.") { (_: Call) throws(PyError) -> Owned in
    try InteractivePrompt.run()
    return .none
  }
  try m.function("_clear_type_descriptors(type, /)", "Take the descriptors of a class's attribute dict and weak references out of it.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isType else { throw PyError.typeError("_clear_type_descriptors() argument must be type, not \(call[0].typeName)") }
    let type = TypeObject(call[0])
    if type.flags.contains(.immutable) { throw PyError.typeError("argument is immutable") }
    for name in [Name.__dict__, Name.__weakref__] where !type.dict.get(interned: name).isAbsent { try type.deleteOwn(name) }
    return .none
  }
  try m.function("_get_cpu_count_config()", "Return how many processors to count; -1 for those that there are.") { (_: Call) throws(PyError) -> Owned in
    try Owned.integer(RuntimeConfiguration.current.processorCount ?? -1)
  }
  try m.function("getdlopenflags()", "Return the flags of dlopen() for extension modules.") { (_: Call) throws(PyError) -> Owned in
    dlopenFlags.value.isAbsent ? try Owned.integer(Int(RTLD_NOW)) : Owned(copying: dlopenFlags.value)
  }
  try m.function("setdlopenflags(flags, /)", "Set the flags of dlopen() for extension modules.") { (call: Call) throws(PyError) -> Owned in
    try dlopenFlags.set(try Owned.integer(Int(try call.int32(0))))
    return .none
  }
  try m.function("getunicodeinternedsize(*, _only_immortal=False)", "Return how many names are kept once for all uses.") { (call: Call) throws(PyError) -> Owned in
    let own = try call[0].isTruthy() ? 0 : currentInterpreter.pointee.interned.pointee.count
    return try Owned.integer(StaticNames.count + own)
  }
  try m.function("activate_stack_trampoline(backend, /)", "Let a profiler of native code see Python's functions; there is no backend here.") { (call: Call) throws(PyError) -> Owned in
    let backend = try call.string(0)
    throw PyError.valueError(backend.text == "perf" ? "perf trampoline not available" : "invalid backend: \(backend.text)")
  }
  try m.function("deactivate_stack_trampoline()", "End what activate_stack_trampoline() began.") { (_: Call) throws(PyError) -> Owned in .none }
  try m.function("is_stack_trampoline_active()", "Return whether a profiler's trampoline is in use.") { (_: Call) throws(PyError) -> Owned in
    .boolean(false)
  }
  try m.function("is_remote_debug_enabled()", "Return whether another process may run code here.") { (_: Call) throws(PyError) -> Owned in
    .boolean(false)
  }
}

/// A dict of what is asked of each thread; absent answers are left out.
private func describeThreads(_ ask: (ThreadPointer) throws(PyError) -> Owned) throws(PyError) -> Owned {
  let result = try Owned.dict()
  Sharing.stopOthers(currentThread)
  try Threads.forEach(currentInterpreter) { (thread: ThreadPointer) throws(PyError) in
    let answer = try ask(thread)
    if answer.value.isAbsent { return }
    let number = try Owned.integer(Int(bitPattern: thread.pointee.systemIdentifier))
    try DictObject(result.value).set(number.value, answer.value)
  }
  return result
}

/// `sys.getsizeof`: what the object says of itself, and its header for the collector.
private func sizeOf(_ object: Value, default fallback: Value) throws(PyError) -> Owned {
  do throws(PyError) {
    let method = try object.lookUpSpecial(Name.__sizeof__)
    if method.value.isAbsent { throw .typeError("Type \(object.typeName) doesn't define __sizeof__") }
    let result = try method.value.call()
    guard result.value.isInteger else { throw .typeError("'\(result.value.typeName)' object cannot be interpreted as an integer") }
    let size = try result.value.asInt()
    if size < 0 { throw .valueError("__sizeof__() should return >= 0") }
    return try Owned.integer(size)
  } catch {
    guard !fallback.isAbsent, PyError.matches(.typeError) else { throw error }
    PyError.clear()
    return Owned(copying: fallback)
  }
}
