// The end of an interpreter: modules give up what they hold, finalisers run, garbage is collected.

import CKraitCore
import Glibc

extension Runtime {
  /// Ends the main interpreter: what modules hold is released in the order in which CPython does it, so that finalisers see what they would see there.
  ///
  /// With the environment variable `KRAIT_HEAP=debug`, objects that are still alive afterwards are reported by type on standard error.
  public static func finish() {
    let interpreter = currentInterpreter
    finalizeModules(interpreter)
    if interpreter.pointee.heap.pointee.isDebugging { reportLeaks(interpreter) }
  }

  private static func finalizeModules(_ interpreter: UnsafeMutablePointer<InterpreterState>) {
    let modules = interpreter.pointee.modules
    guard !modules.isAbsent else { return }
    // Names that keep frames and with them a program's objects alive.
    for name in [Name.last_exc, Name.last_type, Name.last_value, Name.last_traceback, Name.ps1, Name.ps2, Name.argv, Name.path] {
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

  /// Counts what lives that nothing of the runtime's own holds.
  private static func reportLeaks(_ interpreter: UnsafeMutablePointer<InterpreterState>) {
    for held in [
      interpreter.pointee.modules, interpreter.pointee.sys, interpreter.pointee.builtins, interpreter.pointee.spareMemoryError, interpreter.pointee.shownWarnings,
      interpreter.pointee.collector.garbage, interpreter.pointee.collector.callbacks, currentThread.pointee.representing,
    ] { held.releaseIfPresent() }
    Collector.collect(interpreter, generation: 2)
    var counts: [String: Int] = [:]
    interpreter.pointee.heap.pointee.forEachObject { object in
      if !object.isImmortal { counts[object.shape.type.fullName, default: 0] += 1 }
    }
    for (name, count) in counts.sorted(by: { $0.value > $1.value }) { writeToStandardError("leaked: \(count) \(name)\n") }
  }
}
