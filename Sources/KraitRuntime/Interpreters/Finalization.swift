// The end of an interpreter: modules give up what they hold, finalisers run, garbage is collected.

import CKraitCore
import Glibc

extension Runtime {
  /// Ends the calling thread's interpreter: what modules hold is released in the order in which CPython does it, so that finalisers see what they would see there.
  public static func finish() {
    let isMain = currentInterpreter.pointee.isMain
    if HeapStatistics.isOn && isMain { HeapStatistics.report() }
    if !endsQuietly(currentInterpreter) {
      finalizeModules(currentInterpreter)
    } else if !isMain {
      // Its heap is dropped as a whole.
      currentInterpreter.pointee.moduleStorage.releaseMemory()
      currentInterpreter.pointee.keyTransitions.clear()
    }
    Tracing.finish()
    if InstructionStatistics.isOn && isMain { InstructionStatistics.report() }
    if LockTrace.isOn && isMain { LockTrace.finish() }
  }

  /// Whether nobody would see modules and garbage end one by one: no object has a finaliser but the standard streams, which outlive them, and nobody waits for the end of
  /// another. Then the end of the process, or of the heap, does the rest; in the latter case no object may have anything outside of it.
  private static func endsQuietly(_ interpreter: UnsafeMutablePointer<InterpreterState>) -> Bool {
    let collector = interpreter.pointee.collector
    guard !interpreter.pointee.heap.pointee.isDebugging, collector.debugFlags == 0, collector.callbacks.isAbsent || ListObject(collector.callbacks).count == 0,
      collector.garbage.isAbsent || ListObject(collector.garbage).count == 0, !interpreter.pointee.weakReferences.hasVisibleCallbacks
    else { return false }
    if !interpreter.pointee.isMain && (Runtime.isFree || interpreter.pointee.holdsShared || interpreter.pointee.monitoring.isInUse || Interpreters.isPinned(interpreter)) { return false }
    // A thread knows the objects that it has attributes of.
    var hasLocals = false
    if !interpreter.pointee.isMain { Threads.forEach(interpreter) { if !$0.pointee.locals.isEmpty { hasLocals = true } } }
    guard !hasLocals, let streams = StandardStreams.objects() else { return false }
    var isQuiet = true
    var types = HeldOutside(isAsked: !interpreter.pointee.isMain)
    interpreter.pointee.forEachObject { object in
      let flags = object.shape.flags
      if flags.contains(.exact) && !flags.isDisjoint(with: .exactAtomOrContainer) { return }
      if types.mayHold(object.shape.type) && !HeldOutside.isFreeHandle(object) { isQuiet = false }
      guard flags.contains(.hasFinalizer), !object.isImmortal, !object.objectState.pointee.flags.contains(.finalized) else { return }
      if !streams.contains(UInt(bitPattern: object)) { isQuiet = false }
    }
    return isQuiet
  }

  /// Whose instances may have something outside of the heap: memory, a descriptor, a reference to what other interpreters share.
  private struct HeldOutside {
    let isAsked: Bool
    private var last: (type: TypeObject, answer: Bool)?
    private var answers: [TypeObject: Bool] = [:]

    init(isAsked: Bool) { self.isAsked = isAsked }

    @inline(__always)
    mutating func mayHold(_ type: TypeObject) -> Bool {
      if let last, last.type == type { return last.answer }
      return isAsked && ask(type)
    }

    private mutating func ask(_ type: TypeObject) -> Bool {
      let native = type.nativeBase
      let answer = answers[native] ?? (BuiltinTypes.contains(native) ? HeldOutside.builtinTypes.contains(native) : !HeldOutside.plainTypes.contains(native.fullName))
      answers[native] = answer
      last = (type, answer)
      return answer
    }

    /// A thread's handle has its thread outside until that was joined.
    static func isFreeHandle(_ object: UnsafeMutableRawPointer) -> Bool {
      object.shape.type.fullName == "_thread._ThreadHandle" && object.objectState.pointee.detail == 0
    }

    private static var builtinTypes: [TypeObject] { [.memoryview, .managedBuffer, .bufferWrapper] }

    /// Types of native modules whose instances are made of values and memory of the heap.
    private static let plainTypes: Set<String> = [
      "_abc._abc_data", "_contextvars.Context", "_contextvars.ContextVar", "_contextvars.Token", "_thread.lock", "_thread.RLock", "_thread._local", "ast.AST", "functools.partial", "functools.KeyWrapper",
      "functools._lru_cache_wrapper", "functools._lru_list_elem", "functools._PlaceholderType", "collections.deque", "collections.defaultdict", "collections.OrderedDict", "collections._tuplegetter",
      "re.Pattern", "re.Match", "operator.itemgetter", "operator.attrgetter", "operator.methodcaller", "_json.Scanner", "_json.Encoder", "_random.Random",
      "_io.FileIO", "_io.BufferedReader", "_io.BufferedWriter", "_io.TextIOWrapper", "_io.IncrementalNewlineDecoder", "itertools.count", "itertools.repeat", "itertools.chain",
    ]
  }

  private static func finalizeModules(_ interpreter: UnsafeMutablePointer<InterpreterState>) {
    let modules = interpreter.pointee.modules
    guard !modules.isAbsent else { return }
    // Finalisers of what is garbage already still find modules and can import.
    if interpreter.pointee.collector.isEnabled { Collector.collect(interpreter, generation: 2) }
    // Names that keep frames and with them a program's objects alive.
    for name in [Name.last_exc, Name.last_type, Name.last_value, Name.last_traceback, Name.ps1, Name.ps2, Name.argv, Name.path, Name.path_hooks, Name.path_importer_cache, Name.meta_path] {
      ignoringErrors { () throws(PyError) in if !DictObject(interpreter.pointee.sys).get(interned: name).isAbsent { try DictObject(interpreter.pointee.sys).set(name, .none) } }
    }
    var weak: [Value] = []
    var position = 0
    var key = Value.absent
    var module = Value.absent
    while DictObject(modules).next(&position, &key, &module) {
      guard module.isObject && module.type.isSubtype(of: .module) else { continue }
      let dict = ModuleObject(module).dict
      if dict === interpreter.pointee.sys || dict === interpreter.pointee.builtins { continue }
      ignoringErrors { () throws(PyError) in weak.append(try module.weakReference(type: .weakReference, callback: .none).take()) }
    }
    let context = currentThread.pointee.context
    currentThread.pointee.context = .absent
    context.releaseIfPresent()
    DictObject(modules).clear()
    Collector.collect(interpreter, generation: 2)
    // What is still referred to from elsewhere loses its names; the module that was imported last first.
    for reference in weak.reversed() {
      let module = WeakReferenceObject(reference).target()
      if !module.isAbsent { clearNames(of: DictObject(ModuleObject(module.value).dict)) }
      reference.release()
    }
    Collector.collect(interpreter, generation: 2)
    clearNames(of: DictObject(interpreter.pointee.sys))
    clearNames(of: DictObject(interpreter.pointee.builtins))
    interpreter.pointee.moduleStorage.clear()
    interpreter.pointee.keyTransitions.clear()
  }

  /// Sets a module's names to None: those that begin with one underscore first, then all but `__builtins__`.
  private static func clearNames(of dict: DictObject) {
    for onlyPrivate in [true, false] {
      var position = 0
      var key = Value.absent
      var value = Value.absent
      while dict.next(&position, &key, &value) {
        guard key.isString, !value.isNone else { continue }
        let name = key.text
        if onlyPrivate ? !name.hasPrefix("_") || name.hasPrefix("__") : name == "__builtins__" { continue }
        let held = Owned(copying: key)
        // Replacing a value neither moves entries nor needs memory.
        ignoringErrors { () throws(PyError) in try dict.set(held.value, .none) }
      }
    }
  }

  private static func ignoringErrors(_ body: () throws(PyError) -> Void) {
    do throws(PyError) { try body() } catch { PyError.clear() }
  }

  /// Empties what is left of the dicts of modules: those in a cycle with an object that the collector does not follow, as a datetime with a zone. As with CPython they live as long as the process.
  private static func clearNamespaces(_ interpreter: UnsafeMutablePointer<InterpreterState>) {
    var left: [Value] = []
    interpreter.pointee.forEachObject { object in
      let value = Value(object)
      guard !object.isImmortal, value.isExactDict, !DictObject(value).get(interned: Name.__builtins__).isAbsent, !DictObject(value).get(interned: Name.__name__).isAbsent else { return }
      left.append(Owned(copying: value).take())
    }
    for namespace in left {
      DictObject(namespace).clear()
      namespace.release()
    }
  }

  /// With the environment variable `KRAIT_HEAP=debug`, counts by type what is still alive after ``finish()`` though nothing of the runtime's own holds it,
  /// and tells on standard error.
  static func reportLeaks() {
    let interpreter = currentInterpreter
    guard interpreter.pointee.heap.pointee.isDebugging else { return }
    // What a daemon thread that still runs refers to is no leak.
    var hasPeers = false
    Threads.forEachLocked(interpreter) { if $0 != currentThread { hasPeers = true } }
    if hasPeers { return }
    clearNamespaces(interpreter)
    let thread = currentThread
    let held = [
      interpreter.pointee.modules, interpreter.pointee.sys, interpreter.pointee.builtins, interpreter.pointee.commonConstants, interpreter.pointee.spareMemoryError, interpreter.pointee.lastMemoryError,
      interpreter.pointee.warnings.filters, interpreter.pointee.warnings.onceRegistry, interpreter.pointee.warnings.context, interpreter.pointee.importlib, interpreter.pointee.collector.garbage,
      interpreter.pointee.collector.callbacks, interpreter.pointee.auditHooks, interpreter.pointee.errorHandlers, interpreter.pointee.codecSearchPath, interpreter.pointee.codecCache,
      thread.pointee.representing, thread.pointee.asyncGeneratorFirstIteration, thread.pointee.asyncGeneratorFinalizer,
    ]
    interpreter.pointee.forgetAll()
    for value in held { value.releaseIfPresent() }
    interpreter.pointee.monitoring.clear()
    interpreter.pointee.keyTransitions.clear()
    TypeCache.clear()
    AttributeCache.clear()
    Collector.collect(interpreter, generation: 2)
    interpreter.pointee.heap.pointee.quarantine.check()
    var counts: [String: Int] = [:]
    var texts: [String] = []
    interpreter.pointee.forEachObject { object in
      if object.isImmortal { return }
      let type = object.shape.type
      counts[type.fullName, default: 0] += 1
      if type == .str && texts.count < 20 { texts.append(StringObject(raw: object).text) }
    }
    for (name, count) in counts.sorted(by: { ($0.value, $0.key) > ($1.value, $1.key) }) { writeToStandardError("leaked: \(count) \(name)\n") }
    if !texts.isEmpty { writeToStandardError("leaked: the texts \(texts)\n") }
  }
}
