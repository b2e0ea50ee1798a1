// Moves between slots, constants, cells, and names that are looked up in dicts.

import CKraitCore
import KraitCompiler

extension Ops {
  @inline(__always)
  static func MOVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let value = fp[source]
    fp[source] = .none
    set(fp, operandA(pc), value)
    pc += 1
    return true
  }

  /// The sources are B and the slot below it.
  @inline(__always)
  static func MOVE2(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    let first = fp[source]
    let second = fp[source &- 1]
    fp[source] = .none
    set(fp, operandA(pc), first)
    fp[source &- 1] = .none
    set(fp, operandC(pc), second)
    pc += 1
    return true
  }

  @inline(__always)
  static func COPY(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = fp[operandB(pc)]
    if _slowPath(value.isAbsent) { return false }
    retain(value)
    set(fp, operandA(pc), value)
    pc += 1
    return true
  }

  @inline(__always)
  static func COPY2(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let first = fp[operandB(pc)]
    let second = fp[operandC(pc)]
    if _slowPath(first.isAbsent || second.isAbsent) { return false }
    retain(first)
    retain(second)
    let destination = operandA(pc)
    // Temporaries above the live ones hold no objects.
    fp[destination] = first
    fp[destination &+ 1] = second
    pc += 1
    return true
  }

  @inline(__always)
  static func SWAP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let a = operandA(pc)
    let b = operandB(pc)
    let value = fp[a]
    fp[a] = fp[b]
    fp[b] = value
    pc += 1
    return true
  }

  /// Takes the value of a local, which may be unbound, and leaves the local unbound.
  @inline(__always)
  static func MOVE_AND_CLEAR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let source = operandB(pc)
    fp[operandA(pc)] = fp[source]
    fp[source] = .absent
    pc += 1
    return true
  }

  @inline(__always)
  static func CLEAR(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    set(fp, operandA(pc), .absent)
    pc += 1
    return true
  }

  @inline(__always)
  static func LOAD_NULL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    fp[operandA(pc)] = .absent
    pc += 1
    return true
  }

  @inline(__always)
  static func LOAD_INT(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    set(fp, operandA(pc), Value(smallInteger: signedC(pc)))
    pc += 1
    return true
  }

  @inline(__always)
  static func LOAD_CONST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let value = Value(bits: pc[1])
    retain(value)
    set(fp, operandA(pc), value)
    pc += 2
    return true
  }

  @inline(__always)
  static func RELEASE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let value = fp[slot]
    if value.isObject && !value.isAbsent {
      fp[slot] = .none
      thread.pointee.frame.pointee.pc = pc
      release(object: value.object)
    }
    pc += 1
    return true
  }

  @inline(__always)
  static func DELETE_FAST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let slot = operandA(pc)
    let value = fp[slot]
    if _slowPath(value.isAbsent) { return false }
    fp[slot] = .absent
    thread.pointee.frame.pointee.pc = pc
    release(value)
    pc += 1
    return true
  }

  @inline(__always)
  static func CHECK_BOUND(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(fp[operandA(pc)].isAbsent) { return false }
    pc += 1
    return true
  }

  /// Puts the cells of the closure into their slots: A of them.
  @inline(__always)
  static func COPY_FREE_VARS(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    let closure = FunctionObject(frame.pointee.function).closure
    let count = operandA(pc)
    if _slowPath(closure.isAbsent) { return false }
    let cells = TupleObject(closure)
    if _slowPath(cells.count != count) { return false }
    let first = frame.pointee.code.localsPlusCount &- count
    var index = 0
    while index < count {
      let cell = cells[index]
      retain(cell)
      fp[first &+ index] = cell
      index &+= 1
    }
    pc += 1
    return true
  }

  @inline(__always)
  static func LOAD_DEREF(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let cell = fp[operandB(pc)]
    if _slowPath(cell.isAbsent || !cell.isObject || cell.object.shape != TypeObject.cell.rootShape) { return false }
    let value = Model.isFree ? sharedCellValue(CellObject(cell)) : CellObject(cell).contents
    if _slowPath(value.isAbsent) { return false }
    if !Model.isFree { retain(value) }
    set(fp, operandA(pc), value)
    pc += 1
    return true
  }

  @inline(__always)
  static func STORE_DEREF(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let cell = fp[operandA(pc)]
    if _slowPath(cell.isAbsent || !cell.isObject || cell.object.shape != TypeObject.cell.rootShape) { return false }
    let source = operandB(pc)
    let value = fp[source]
    if value.isObject {
      if _slowPath(value.isAbsent) { return false }
      if source >= thread.pointee.frame.pointee.code.localsPlusCount { fp[source] = .none } else { retain(value) }
    }
    thread.pointee.frame.pointee.pc = pc
    CellObject(cell).replace(Owned(taking: value))
    pc += 1
    return true
  }

  /// A global whose place in the dict, in the high half of word 2, is good while the keys have the version in the low half.
  @inline(__always)
  private static func loadOwn(_ pc: inout PC, _ fp: FP, _ globals: DictObject, again: Bool) -> Bool {
    if _slowPath(globals.keysVersion != UInt32(truncatingIfNeeded: pc[2])) {
      if !again || !stillHolds(globals, pc) { return false }
    }
    let value = globals.value(atOffset: Int(pc[2] &>> 32))
    retain(value)
    set(fp, operandA(pc), value)
    pc += 3
    return true
  }

  @inline(__always)
  static func LOAD_GLOBAL_MODULE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return sharedLoadGlobal(&pc, fp, thread, .LOAD_GLOBAL_MODULE) }
    return loadOwn(&pc, fp, DictObject(thread.pointee.frame.pointee.globals), again: false)
  }

  /// The keys have changed; perhaps not this one.
  @inline(__always)
  static func LOAD_GLOBAL_MODULE_AGAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return false }
    return loadOwn(&pc, fp, DictObject(thread.pointee.frame.pointee.globals), again: true)
  }

  /// The name is in the builtins: the cache has the versions of both dicts, operand B the index.
  @inline(__always)
  private static func loadBuiltin(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, again: Bool) -> Bool {
    let frame = thread.pointee.frame
    let globals = DictObject(frame.pointee.globals)
    if _slowPath(globals.keysVersion != UInt32(truncatingIfNeeded: pc[2])) {
      if !again || !stillLacks(globals, pc) { return false }
    }
    let builtins = DictObject(FunctionObject(frame.pointee.function).builtins)
    if _slowPath(builtins.keysVersion != UInt32(truncatingIfNeeded: pc[2] &>> 32)) { return false }
    let value = builtins.value(at: Int(operandB(pc)))
    retain(value)
    set(fp, operandA(pc), value)
    pc += 3
    return true
  }

  @inline(__always)
  static func LOAD_GLOBAL_BUILTIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return sharedLoadBuiltin(&pc, fp, thread, .LOAD_GLOBAL_BUILTIN) }
    return loadBuiltin(&pc, fp, thread, again: false)
  }

  /// `len(x)` of a local: the global, the copy of the local and the call, which are the next instructions. The call's word 1 is the native function.
  @inline(__always)
  static func LOAD_GLOBAL_LEN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return false }
    let frame = thread.pointee.frame
    if _slowPath(DictObject(frame.pointee.globals).keysVersion != UInt32(truncatingIfNeeded: pc[2])) { return false }
    let builtins = DictObject(FunctionObject(frame.pointee.function).builtins)
    if _slowPath(builtins.keysVersion != UInt32(truncatingIfNeeded: pc[2] &>> 32)) { return false }
    let callable = builtins.value(at: Int(operandB(pc)))
    if isNoObject(callable) || _slowPath(callable.object.shape != TypeObject.builtinFunction.rootShape) { return false }
    if _slowPath(UInt64(UInt(bitPattern: NativeFunctionObject(callable).function)) != pc[5]) { return false }
    let container = fp[operandB(pc + 3)]
    let count = isNoObject(container) ? -1 : quickLength(container.object)
    if _slowPath(count < 0) {
      // Objects with a method for it come again.
      Slow.specialise(pc, .LOAD_GLOBAL_BUILTIN)
      return false
    }
    set(fp, operandA(pc), Value(smallInteger: count))
    pc += 8
    return true
  }

  @inline(__always)
  static func LOAD_GLOBAL_BUILTIN_AGAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if Model.isFree { return false }
    return loadBuiltin(&pc, fp, thread, again: true)
  }

  /// Replaces the value of a global that exists.
  @inline(__always)
  private static func storeOwn(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, again: Bool) -> Bool {
    let frame = thread.pointee.frame
    let globals = DictObject(frame.pointee.globals)
    if _slowPath(globals.keysVersion != UInt32(truncatingIfNeeded: pc[2])) {
      // A dict of an instance's attributes is the instance's as well: its stores go the long way.
      if !again || globals.keys.hasOwner || !stillHolds(globals, pc) { return false }
    }
    let source = operandA(pc)
    let value = fp[source]
    if value.isObject {
      if _slowPath(value.isAbsent) { return false }
      if source >= frame.pointee.code.localsPlusCount { fp[source] = .none } else { retain(value) }
    }
    frame.pointee.pc = pc
    let place = globals.place(atOffset: Int(pc[2] &>> 32))
    let old = place.pointee
    krait_store64_release(place, value.bits)
    release(old)
    pc += 3
    return true
  }

  @inline(__always)
  static func STORE_GLOBAL_MODULE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { storeOwn(&pc, fp, thread, again: false) }

  @inline(__always)
  static func STORE_GLOBAL_MODULE_AGAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { storeOwn(&pc, fp, thread, again: true) }

  // Names of a module's body: its local names are its globals.

  @inline(__always)
  private static func isModuleBody(_ thread: ThreadPointer) -> Bool { thread.pointee.frame.pointee.extra === thread.pointee.frame.pointee.globals }

  @inline(__always)
  static func LOAD_NAME_MODULE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(!isModuleBody(thread)) { return false }
    if Model.isFree { return sharedLoadGlobal(&pc, fp, thread, .LOAD_NAME_MODULE) }
    return LOAD_GLOBAL_MODULE(&pc, &fp, thread)
  }

  @inline(__always)
  static func LOAD_NAME_MODULE_AGAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isModuleBody(thread) && LOAD_GLOBAL_MODULE_AGAIN(&pc, &fp, thread)
  }

  @inline(__always)
  static func LOAD_NAME_BUILTIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    if _slowPath(!isModuleBody(thread)) { return false }
    if Model.isFree { return sharedLoadBuiltin(&pc, fp, thread, .LOAD_NAME_BUILTIN) }
    return LOAD_GLOBAL_BUILTIN(&pc, &fp, thread)
  }

  @inline(__always)
  static func LOAD_NAME_BUILTIN_AGAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isModuleBody(thread) && LOAD_GLOBAL_BUILTIN_AGAIN(&pc, &fp, thread)
  }

  @inline(__always)
  static func STORE_NAME_MODULE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isModuleBody(thread) && STORE_GLOBAL_MODULE(&pc, &fp, thread)
  }

  @inline(__always)
  static func STORE_NAME_MODULE_AGAIN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    isModuleBody(thread) && STORE_GLOBAL_MODULE_AGAIN(&pc, &fp, thread)
  }
}

/// The dict has other keys than when an instruction noted where its name is. If that place still is the name's (`except … as name` adds and deletes another each
/// time), the instruction goes on with the new version.
@inline(never)
private func stillHolds(_ globals: DictObject, _ pc: PC) -> Bool {
  guard globals.value.isExactDict, globals.holds(Value(bits: pc[1]), atOffset: Int(pc[2] &>> 32)) else { return false }
  let version = globals.assignKeysVersion()
  // 0 stands for keys that just changed.
  if version != 0 { pc[2] = pc[2] & ~0xFFFF_FFFF | UInt64(version) }
  return true
}

/// As ``stillHolds(_:_:)`` for a name that is found in the builtins because the globals do not have it.
@inline(never)
private func stillLacks(_ globals: DictObject, _ pc: PC) -> Bool {
  guard globals.value.isExactDict, globals.lacks(Value(bits: pc[1])) else { return false }
  let version = globals.assignKeysVersion()
  // 0 stands for keys that just changed.
  if version != 0 { pc[2] = pc[2] & ~0xFFFF_FFFF | UInt64(version) }
  return true
}

extension Slow {
  // The data movements decline only for a local that hand-made code left unbound.
  private static func unbound(_ fp: FP, _ thread: ThreadPointer, _ slot: Int) -> PyError {
    let code = thread.pointee.frame.pointee.code
    guard slot < code.localsPlusCount else { return .systemError("a temporary is unbound") }
    return unboundLocal(code.localName(slot))
  }

  static func unboundLocal(_ name: Value) -> PyError {
    .raise(.unboundLocalError, "cannot access local variable '\(name.text)' where it is not associated with a value")
  }

  static func MOVE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func MOVE2(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func COPY(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw unbound(fp, thread, operandB(pc)) }
  static func COPY2(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    throw unbound(fp, thread, fp[operandB(pc)].isAbsent ? operandB(pc) : operandC(pc))
  }
  static func SWAP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func MOVE_AND_CLEAR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func CLEAR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func LOAD_NULL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func LOAD_INT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func LOAD_CONST(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw .systemError("bad move") }
  static func RELEASE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { _ = take(fp, operandA(pc)) }
  static func CHECK_BOUND(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) { throw unbound(fp, thread, operandA(pc)) }

  static func DELETE_FAST(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandA(pc)
    let value = fp[slot]
    if value.isAbsent { throw unbound(fp, thread, slot) }
    fp[slot] = .absent
    value.release()
  }

  // MARK: Cells

  static func MAKE_CELL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandA(pc)
    let cell = try CellObject.make(fp[slot])
    let old = fp[slot]
    fp[slot] = cell.take()
    old.releaseIfPresent()
  }

  static func COPY_FREE_VARS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    throw .systemError("the closure does not fit the code")
  }

  private static func cell(_ fp: FP, _ slot: Int) throws(PyError) -> CellObject {
    let cell = fp[slot]
    if cell.isAbsent || cell.type != .cell { throw .systemError("a cell variable without its cell") }
    return CellObject(cell)
  }

  static func unboundCell(_ thread: ThreadPointer, _ variable: Int) -> PyError {
    let code = thread.pointee.frame.pointee.code
    let name = code.localName(variable)
    if variable < code.variableCount - code.freeCount { return unboundLocal(name) }
    let error = PyError.raise(.nameError, "cannot access free variable '\(name.text)' where it is not associated with a value in enclosing scope")
    setExceptionName(name)
    return error
  }

  static func LOAD_DEREF(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let value = try cell(fp, operandB(pc)).contents
    if value.isAbsent { throw unboundCell(thread, operandB(pc)) }
    set(fp, operandA(pc), Owned(copying: value))
  }

  static func STORE_DEREF(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let cell = try cell(fp, operandA(pc))
    cell.replace(takeOperand(fp, thread, operandB(pc)))
  }

  static func DELETE_DEREF(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let cell = try cell(fp, operandA(pc))
    if cell.contents.isAbsent { throw unboundCell(thread, operandA(pc)) }
    cell.replace(Owned(taking: .absent))
  }

  static func LOAD_FROM_DICT_OR_DEREF(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandB(pc)
    let name = thread.pointee.frame.pointee.code.localName(slot)
    let mapping = Owned(copying: fp[operandA(pc)])
    let found = try lookUp(name, in: mapping.value)
    if !found.value.isAbsent {
      set(fp, operandA(pc), found)
      return
    }
    let value = try cell(fp, slot).contents
    if value.isAbsent { throw unboundCell(thread, slot) }
    set(fp, operandA(pc), Owned(copying: value))
  }

  // MARK: Names

  /// An item of a mapping of names, absent if it has none of that name.
  static func lookUp(_ name: Value, in mapping: Value) throws(PyError) -> Owned {
    if mapping.isExactDict {
      let found = DictObject(mapping).get(interned: name)
      if !found.isAbsent { return Owned(copying: found) }
      // Keys that are no strs may be equal to the name.
      let held = Owned(copying: mapping)
      return Owned(copyingIfPresent: try DictObject(held.value).get(name))
    }
    do throws(PyError) { return try mapping.getItem(name) } catch {
      if PyError.matches(.keyError) {
        PyError.clear()
        return Owned(taking: .absent)
      }
      throw error
    }
  }

  static func nameError(_ name: Value) -> PyError {
    let error = PyError.raise(.nameError, "name '\(name.text)' is not defined")
    setExceptionName(name)
    return error
  }

  /// `NameError.name`, for suggestions.
  private static func setExceptionName(_ name: Value) {
    let exception = Owned(copying: currentThread.pointee.exception)
    guard PyError.matches(.nameError) else { return }
    let pending = currentThread.pointee.takeException()
    do throws(PyError) { try exception.value.setAttribute(Name.name, name) } catch { PyError.clear() }
    currentThread.pointee.setException(pending)
  }

  static func loadGlobal(_ name: Value, _ thread: ThreadPointer) throws(PyError) -> Owned {
    let frame = thread.pointee.frame
    let found = try lookUp(name, in: frame.pointee.globals)
    if !found.value.isAbsent { return found }
    let builtin = try lookUp(name, in: FunctionObject(frame.pointee.function).builtins)
    if !builtin.value.isAbsent { return builtin }
    throw nameError(name)
  }

  private static func locals(_ thread: ThreadPointer, _ activity: @autoclosure () -> String) throws(PyError) -> Owned {
    let mapping = thread.pointee.frame.localsMapping
    if mapping.isAbsent { throw .systemError("no locals \(activity())") }
    return Owned(copying: mapping)
  }

  static func LOAD_NAME(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let name = Value(bits: pc[1])
    let mapping = thread.pointee.frame.localsMapping
    if mapping.isAbsent { throw .systemError("no locals found when loading '\(name.text)'") }
    let held = Owned(copying: mapping)
    if mapping === thread.pointee.frame.pointee.globals { specialiseGlobal(pc, name, thread, .LOAD_NAME_MODULE, .LOAD_NAME_BUILTIN) }
    var found = try lookUp(name, in: held.value)
    if found.value.isAbsent { found = try loadGlobal(name, thread) }
    set(fp, operandA(pc), found)
  }

  /// Caches where a global is that will be stored again.
  private static func specialiseStoreGlobal(_ pc: PC, _ thread: ThreadPointer, _ instruction: Instruction) {
    let globals = thread.pointee.frame.pointee.globals
    guard globals.isExactDict, mayChange(pc), let offset = DictObject(globals).offset(interned: Value(bits: pc[1])) else { return }
    let version = DictObject(globals).assignKeysVersion()
    guard version != 0 else { return }
    writeCache(pc, UInt64(version) | UInt64(offset) << 32, nil, instruction)
  }

  static func STORE_NAME(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let name = Value(bits: pc[1])
    let mapping = try locals(thread, "found when storing '\(name.text)'")
    var isNew = true
    if mapping.value.isExactDict {
      let dict = DictObject(mapping.value)
      let count = dict.count
      try dict.set(name, fp[operandA(pc)])
      isNew = dict.count != count
    } else {
      try mapping.value.setItem(name, fp[operandA(pc)])
    }
    consume(fp, thread, operandA(pc))
    // Where a name is new, it will probably be new again: `except … as name` deletes it each time.
    if !isNew && mapping.value === thread.pointee.frame.pointee.globals { specialiseStoreGlobal(pc, thread, .STORE_NAME_MODULE) }
  }

  static func DELETE_NAME(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let name = Value(bits: pc[1])
    let mapping = try locals(thread, "when deleting '\(name.text)'")
    if mapping.value.isExactDict, !DictObject(mapping.value).get(interned: name).isAbsent {
      _ = try DictObject(mapping.value).remove(name)
      return
    }
    do throws(PyError) { try mapping.value.deleteItem(name) } catch {
      if PyError.matches(.keyError) {
        PyError.clear()
        throw nameError(name)
      }
      throw error
    }
  }

  static func LOAD_GLOBAL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let name = Value(bits: pc[1])
    specialiseGlobal(pc, name, thread, .LOAD_GLOBAL_MODULE, .LOAD_GLOBAL_BUILTIN)
    set(fp, operandA(pc), try loadGlobal(name, thread))
  }

  /// Caches where a global is found, while the keys of the dicts stay what they are.
  private static func specialiseGlobal(_ pc: PC, _ name: Value, _ thread: ThreadPointer, _ own: Instruction, _ builtin: Instruction) {
    let frame = thread.pointee.frame
    guard frame.pointee.globals.isExactDict, mayChange(pc) else { return }
    let globals = DictObject(frame.pointee.globals)
    if let offset = globals.offset(interned: name) {
      let version = globals.assignKeysVersion()
      guard version != 0 else { return }
      writeCache(pc, UInt64(version) | UInt64(offset) << 32, nil, own)
      return
    }
    let builtins = FunctionObject(frame.pointee.function).builtins
    guard builtins.isExactDict, let index = DictObject(builtins).entryIndex(interned: name), index < 65536 else { return }
    let version = globals.assignKeysVersion()
    let builtinVersion = DictObject(builtins).assignKeysVersion()
    guard version != 0, builtinVersion != 0 else { return }
    let measures = builtin == .LOAD_GLOBAL_BUILTIN && measuresLocal(pc, DictObject(builtins).value(at: index), frame.pointee.code)
    writeCache(pc, UInt64(version) | UInt64(builtinVersion) << 32, nil, operandB: UInt16(index), measures ? .LOAD_GLOBAL_LEN : builtin)
  }

  /// Whether the global is `len` and the next instructions call it with a local, and readies the call. Without a lock the instructions stay apart.
  private static func measuresLocal(_ pc: PC, _ global: Value, _ code: CodeObject) -> Bool {
    let (copy, call) = (pc + 3, pc + 4)
    guard !Runtime.isFree, Instruction.at(copy) == .COPY, operandA(copy) == operandA(pc) + 2, operandB(copy) < code.localsPlusCount,
      Instruction.at(call) == .CALL || Instruction.at(call) == .CALL_LEN, operandA(call) == operandA(pc), operandB(call) == 1, operandC(call) != 0,
      global.isPresentObject, global.object.shape == TypeObject.builtinFunction.rootShape, isLength(NativeFunctionObject(global))
    else { return false }
    call[1] = UInt64(UInt(bitPattern: NativeFunctionObject(global).function))
    specialise(call, .CALL_LEN)
    return true
  }

  static func STORE_GLOBAL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let globals = Owned(copying: thread.pointee.frame.pointee.globals)
    try DictObject(globals.value).set(Value(bits: pc[1]), fp[operandA(pc)])
    consume(fp, thread, operandA(pc))
    specialiseStoreGlobal(pc, thread, .STORE_GLOBAL_MODULE)
  }

  static func DELETE_GLOBAL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let name = Value(bits: pc[1])
    let globals = DictObject(thread.pointee.frame.pointee.globals)
    if globals.get(interned: name).isAbsent { throw nameError(name) }
    _ = try globals.remove(name)
  }

  static func LOAD_FROM_DICT_OR_GLOBALS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let name = Value(bits: pc[1])
    let mapping = Owned(copying: fp[operandA(pc)])
    var found = try lookUp(name, in: mapping.value)
    if found.value.isAbsent { found = try loadGlobal(name, thread) }
    set(fp, operandA(pc), found)
  }

  static func LOAD_LOCALS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    set(fp, operandA(pc), try locals(thread, "found"))
  }

  static func LOAD_BUILD_CLASS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let found = try lookUp(Name.__build_class__, in: FunctionObject(thread.pointee.frame.pointee.function).builtins)
    if found.value.isAbsent { throw .raise(.nameError, "__build_class__ not found") }
    set(fp, operandA(pc), found)
  }

  static func LOAD_COMMON_CONSTANT(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let value: Owned
    switch operandB(pc) {
    case 0: value = Owned(copying: TypeObject.assertionError.value)
    case 1: value = Owned(copying: TypeObject.notImplementedError.value)
    case 2: value = Owned(copying: TypeObject.tuple.value)
    case 3: value = Owned(copying: currentInterpreter.pointee.allFunction)
    case 4: value = Owned(copying: currentInterpreter.pointee.anyFunction)
    default: throw .systemError("unknown common constant")
    }
    set(fp, operandA(pc), value)
  }

  static func SETUP_ANNOTATIONS(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let mapping = try locals(thread, "found when setting up annotations")
    let known = try lookUp(Name.__annotations__, in: mapping.value)
    if known.value.isAbsent {
      let dict = try Owned.dict()
      try mapping.value.setItem(Name.__annotations__, dict.value)
    }
  }
}
