// The module `gc`.

import CKraitCore

/// The interface to the cycle collector.
let gcModule = ModuleDefinition("gc", "The cycle collector: run it, tune it, and look at the objects it knows.") { (m: ModuleBuilder) throws(PyError) in
  try m.function("enable()", "Collect automatically.") { (_: Call) throws(PyError) -> Owned in
    currentInterpreter.pointee.collector.isEnabled = true
    return .none
  }
  try m.function("disable()", "Collect only when asked.") { (_: Call) throws(PyError) -> Owned in
    currentInterpreter.pointee.collector.isEnabled = false
    return .none
  }
  try m.function("isenabled()", "Whether collection is automatic.") { (_: Call) throws(PyError) -> Owned in .boolean(currentInterpreter.pointee.collector.isEnabled) }
  try m.function("collect(generation=2)", "Collect now; the number of unreachable objects found.") { (call: Call) throws(PyError) -> Owned in
    let generation = try call.int(0)
    guard (0...2).contains(generation) else { throw PyError.valueError("invalid generation") }
    return try .integer(Collector.collect(currentInterpreter, generation: generation))
  }
  try m.function("get_count()", "Tracked objects made since the last collection, and two zeros: there are no generations.") { (_: Call) throws(PyError) -> Owned in
    try .tuple(Value(smallInteger: currentInterpreter.pointee.trackedAllocations), Value(smallInteger: 0), Value(smallInteger: 0))
  }
  try m.function("get_threshold()", "The thresholds of set_threshold().") { (_: Call) throws(PyError) -> Owned in
    let thresholds = currentInterpreter.pointee.collector.thresholds
    let first = try Owned.integer(thresholds.0)
    let second = try Owned.integer(thresholds.1)
    let third = try Owned.integer(thresholds.2)
    return try .tuple(first.value, second.value, third.value)
  }
  try m.rawFunction("set_threshold", "Set how many new objects make a collection due; 0 turns automatic collection off.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    guard arguments.keywordNames.isAbsent else { throw PyError.typeError("gc.set_threshold() takes no keyword arguments") }
    guard (1...3).contains(arguments.positionalCount) else { throw PyError.typeError("gc.set_threshold requires 1 to 3 arguments") }
    let interpreter = currentInterpreter
    var thresholds = interpreter.pointee.collector.thresholds
    thresholds.0 = try arguments.base[0].asInt()
    if arguments.positionalCount > 1 { thresholds.1 = try arguments.base[1].asInt() }
    if arguments.positionalCount > 2 { thresholds.2 = try arguments.base[2].asInt() }
    interpreter.pointee.collector.thresholds = thresholds
    interpreter.pointee.collector.fruitless = 0
    // The next collection takes a lower threshold as it is said; those after it look at what survives.
    let due = min(interpreter.pointee.collector.nextDue, thresholds.0)
    interpreter.pointee.forEachHeap { $0.pointee.due = due }
    return .none
  }
  try m.function("get_debug()", "The debugging flags.") { (_: Call) throws(PyError) -> Owned in try .integer(currentInterpreter.pointee.collector.debugFlags) }
  try m.function("set_debug(flags, /)", "Set the debugging flags, DEBUG_*.") { (call: Call) throws(PyError) -> Owned in
    currentInterpreter.pointee.collector.debugFlags = try call.int(0)
    return .none
  }
  try m.function("get_stats()", "A list of three dicts with figures of the collections so far.") { (_: Call) throws(PyError) -> Owned in
    let list = try Owned.list()
    let statistics = currentInterpreter.pointee.collector.statistics
    for record in [statistics.0, statistics.1, statistics.2] {
      let dict = try Owned.dict()
      for (name, number) in [("collections", record.collections), ("collected", record.collected), ("uncollectable", record.uncollectable)] {
        try DictObject(dict.value).set(sharing: try Owned.string(name), try Owned.integer(number))
      }
      try ListObject(list.value).append(dict.value)
    }
    return list
  }
  try m.function("is_tracked(obj, /)", "Whether the collector looks at the object.") { (call: Call) throws(PyError) -> Owned in
    // The types of native modules are immortal here, where CPython has objects that are collected.
    .boolean(call[0].isTracked || (call[0].isType && TypeObject(call[0]).shownFlags.contains(.heapType)))
  }
  try m.function("is_finalized(obj, /)", "Whether the object's finaliser has run.") { (call: Call) throws(PyError) -> Owned in
    let object = call[0]
    return .boolean(object.isObject && object.has(.hasState) && object.object.objectState.pointee.flags.contains(.finalized))
  }
  try m.function("freeze()", "Leave what lives now out of later collections.") { (_: Call) throws(PyError) -> Owned in
    currentInterpreter.pointee.collector.frozenCount = currentInterpreter.pointee.trackedCount
    return .none
  }
  try m.function("unfreeze()", "Undo freeze().") { (_: Call) throws(PyError) -> Owned in
    currentInterpreter.pointee.collector.frozenCount = 0
    return .none
  }
  try m.function("get_freeze_count()", "How many objects freeze() has set aside.") { (_: Call) throws(PyError) -> Owned in
    try .integer(currentInterpreter.pointee.collector.frozenCount)
  }
  try m.function("get_objects(generation=None)", "A list of all tracked objects but the list itself.") { (call: Call) throws(PyError) -> Owned in
    try audit("gc.get_objects", call[0].isNone ? Value(smallInteger: -1) : call[0])
    if !call[0].isNone {
      let generation = try call.int(0)
      guard generation < 3 else { throw PyError.valueError("generation parameter must be less than the number of available generations (3)") }
      guard generation >= 0 else { throw PyError.valueError("generation parameter cannot be negative") }
      currentInterpreter.pointee.collector.marksAges = true
      return try trackedObjects { (object: Value) -> Bool in Collector.age(of: object.object) == generation }
    }
    // Tuples that can be part of no cycle, which CPython's collector ceases to look at when it has found out.
    return try trackedObjects { (object: Value) -> Bool in !object.isFrozen }
  }
  try m.rawFunction("get_referrers", "The tracked objects that refer to any of the arguments.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try auditObjects("gc.get_referrers", arguments)
    return try trackedObjects { (candidate: Value) -> Bool in
      var search = ReferenceSearch(arguments: arguments)
      withUnsafeMutablePointer(to: &search) { visitAll(candidate.object, ReferenceSearch.visitor($0)) }
      return search.found
    }
  }
  try m.rawFunction("get_referents", "The objects that the arguments refer to.") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
    try auditObjects("gc.get_referents", arguments)
    let list = try Owned.list()
    var referents: [UnsafeMutableRawPointer] = []
    for index in 0..<arguments.positionalCount where arguments.base[index].isTracked {
      let object = arguments.base[index].object
      withUnsafeMutablePointer(to: &referents) { referents in
        visitAll(
          object, Visitor(context: UnsafeMutableRawPointer(referents)) { child, context in context.assumingMemoryBound(to: [UnsafeMutableRawPointer].self).pointee.append(child) }.withImmediates())
      }
    }
    for referent in referents { try ListObject(list.value).append(Value(bits: UInt64(UInt(bitPattern: referent)))) }
    return list
  }
  let interpreter = currentInterpreter
  interpreter.pointee.collector.garbage = try Owned.list().take()
  interpreter.pointee.collector.callbacks = try Owned.list().take()
  try m.constant("garbage", interpreter.pointee.collector.garbage)
  try m.constant("callbacks", interpreter.pointee.collector.callbacks)
  try m.constant("DEBUG_STATS", Value(smallInteger: Collector.debugStatistics))
  try m.constant("DEBUG_COLLECTABLE", Value(smallInteger: Collector.debugCollectable))
  try m.constant("DEBUG_UNCOLLECTABLE", Value(smallInteger: Collector.debugUncollectable))
  try m.constant("DEBUG_SAVEALL", Value(smallInteger: Collector.debugSaveAll))
  try m.constant("DEBUG_LEAK", Value(smallInteger: 38))
}

extension Value {
  /// Whether the collector looks at this object.
  var isTracked: Bool { isObject && has(.tracked) && !object.isImmortal }
}

extension InterpreterState {
  var trackedCount: Int {
    var count = 0
    forEachObject { if $0.shape.flags.contains(.tracked) { count += 1 } }
    return count
  }
}

/// What an object refers to, with what is in the frame of a generator or coroutine that is running: the collector has no use for that, as it is alive.
private func visitAll(_ object: UnsafeMutableRawPointer, _ visit: Visitor) {
  object.shape.type.slots.pointee.traverse?(object, visit)
  let value = Value(object)
  guard value.type == .coroutine || value.type == .generator || value.type == .asyncGenerator else { return }
  GeneratorObject(value).forEachRunningValue { visit($0) }
}

/// What `gc.get_referrers` looks for in one object.
private struct ReferenceSearch {
  let arguments: Arguments
  var found = false

  static func visitor(_ search: UnsafeMutablePointer<ReferenceSearch>) -> Visitor {
    Visitor(context: UnsafeMutableRawPointer(search)) { child, context in
      let search = context.assumingMemoryBound(to: ReferenceSearch.self)
      for index in 0..<search.pointee.arguments.positionalCount where search.pointee.arguments.base[index] === Value(child) { search.pointee.found = true }
    }
  }
}

/// A list of the interpreter's tracked objects that `isWanted` takes.
private func auditObjects(_ event: StaticString, _ arguments: Arguments) throws(PyError) {
  if !isAudited { return }
  let objects = try Owned.tuple(Array(arguments.positional))
  try audit(event, objects.value)
}

private func trackedObjects(_ isWanted: (Value) -> Bool) throws(PyError) -> Owned {
  let list = try Owned.list()
  // The heap must not change while it is walked.
  var found: [UnsafeMutableRawPointer] = []
  let hooks = currentInterpreter.pointee.auditHooks
  currentInterpreter.pointee.forEachObject { object in
    let value = Value(object)
    // Programs cannot get at the audit hooks.
    if value.isTracked && value !== list.value && value !== hooks && krait_load64(object.localCount) != 0 && isWanted(value) { found.append(object) }
  }
  // The others stand still.
  for object in found {
    Privacy.publishIfShared(Value(object))
    try ListObject(list.value).append(Value(object))
  }
  return list
}
