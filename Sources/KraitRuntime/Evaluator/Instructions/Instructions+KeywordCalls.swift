// Specialised calls with keywords, of functions that take any number of arguments, and of methods of `super()`.

import CKraitCore
import KraitCompiler

/// Binds arguments that are in place; false when that raised.
@inline(never)
private func isBound(_ function: FunctionObject, _ given: Int, _ slots: UnsafeMutablePointer<Value>) -> Bool {
  do throws(PyError) { try function.bindInPlace(given, slots) } catch { return false }
  return true
}

extension Ops {
  /// A Python function with `*args`, `**kw` or parameters by keyword only, of which the arguments by position are in the slots of the callee's locals already.
  @inline(__always)
  static func callVariadic(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ first: Int, _ count: Int) -> Bool {
    let callable = fp[operandA(pc)]
    let code = FunctionObject(callable).code
    guard FunctionObject(callable).bindsInPlace(count), let start = code.contents.pointee.executable else { return false }
    let caller = thread.pointee.frame
    let callee = fp + first
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + code.frameSize > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    pushExact(thread, caller, callable, code, callee, given: count)
    thread.pointee.frame.pointee.pc = Evaluator.halt
    if _slowPath(!isBound(FunctionObject(callable), count, callee)) {
      Evaluator.leaveFrame(thread)
      pc = Evaluator.unwind(thread)
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    return true
  }

  /// A call of a Python function with keywords: where each goes was worked out when the instruction specialised.
  ///
  ///     word 1   the function's version (32 bits), keywords (8), parameters in all (8), 1 when self is there (8), visits to the slow path (8)
  ///     word 2   the parameter of each keyword, 8 bits each
  ///     word 3   the tuple of names
  @inline(__always)
  static func CALL_KW_PYTHON(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool { callKeywords(&pc, &fp, thread, pc[1], places: pc[2], names: pc[3]) }

  /// - Parameters:
  ///   - cache: word 1.
  ///   - places: word 2.
  ///   - names: word 3.
  @inline(__always)
  static func callKeywords(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ cache: UInt64, places: UInt64, names expected: UInt64) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if _slowPath(!callable.isObject || callable.isAbsent || callable.object.shape != TypeObject.function.rootShape) { return false }
    let function = FunctionObject(callable)
    if _slowPath(function.version != UInt32(truncatingIfNeeded: cache)) { return false }
    let hasSelf = operandC(pc) == 0 && !fp[base &+ 1].isAbsent
    let count = operandB(pc)
    let namesSlot = base &+ 2 &+ count
    let names = fp[namesSlot]
    if _slowPath(names.bits != expected || (cache &>> 48) & 0xFF != (hasSelf ? 1 : 0)) { return false }
    let code = function.code
    guard let start = code.contents.pointee.executable else { return false }
    let caller = thread.pointee.frame
    let callee = fp + (base &+ (hasSelf ? 1 : 2))
    // Twice the margin of an ordinary call: the values of the keywords are put aside behind the callee's frame.
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + (code.frameSize &+ 8) > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    fp[namesSlot] = .none
    release(names)
    let keywords = Int(cache &>> 32 & 0xFF)
    let parameters = Int(cache &>> 40 & 0xFF)
    let given = count &- keywords &+ (hasSelf ? 1 : 0)
    let aside = callee + code.frameSize
    var index = 0
    while index < keywords {
      krait_store64(aside + index, callee[given &+ index].bits)
      index &+= 1
    }
    index = given
    while index < parameters {
      krait_store64(callee + index, 0)
      index &+= 1
    }
    var places = places
    index = 0
    while index < keywords {
      krait_store64(callee + Int(places & 0xFF), aside[index].bits)
      krait_store64(aside + index, Value.none.bits)
      places = places &>> 8
      index &+= 1
    }
    if given &+ keywords < parameters { fillDefaults(function, code, callee, from: given) }
    pushExact(thread, caller, callable, code, callee, given: parameters)
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    return true
  }

  /// Positional parameters that were not given: the function has defaults for all of them.
  @inline(__always)
  private static func fillDefaults(_ function: FunctionObject, _ code: CodeObject, _ callee: FP, from given: Int) {
    let defaults = TupleObject(function.defaults)
    var index = Int(code.contents.pointee.argumentCount)
    var position = defaults.count
    while index > given {
      index &-= 1
      position &-= 1
      if callee[index].isAbsent {
        let value = defaults.items[position]
        retain(value)
        callee[index] = value
      }
    }
  }

  /// A Python function behind a class in the MRO of the object's class, which the thread's table has.
  @inline(__always)
  static func LOAD_SUPER_METHOD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let start = fp[base &+ 1]
    let owner = fp[base &+ 2]
    if _slowPath(fp[base] !== TypeObject.superType.value || !start.isObject || start.isAbsent || !owner.isObject || owner.isAbsent) { return false }
    let shape = owner.object.shape
    if _slowPath(shape.flags.contains(.type) || !start.object.shape.flags.contains(.type)) { return false }
    let found = SuperCache.find(thread, shape.type.contents.pointee.version, TypeObject(raw: start.object), pc[1])
    if _slowPath(found.isAbsent || !found.isObject || found.object.shape != TypeObject.function.rootShape) { return false }
    retain(object: found.object)
    fp[base] = found
    fp[base &+ 1] = owner
    fp[base &+ 2] = .none
    thread.pointee.frame.pointee.pc = pc
    release(object: start.object)
    pc += 2
    return true
  }
}

extension Slow {
  /// Works out where the keywords of a call go, if the function takes them as ordinary parameters and what is not given has a default.
  static func specialiseKeywordCall(_ pc: PC, _ callable: Value, _ names: Value, hasSelf: Bool) {
    let visits = pc[1] >> 56
    krait_store64(pc + 1, pc[1] & 0x00FF_FFFF_FFFF_FFFF | (visits == 255 ? 64 : visits + 1) << 56)
    guard visits < 16 || visits & 63 == 0, callable.isObject, !callable.isAbsent, callable.object.shape == TypeObject.function.rootShape else {
      return specialise(pc, .CALL_KW)
    }
    let function = FunctionObject(callable)
    let code = function.code.contents
    let keywords = TupleObject(names)
    let positional = Int(code.pointee.argumentCount)
    let parameters = positional + Int(code.pointee.keywordOnlyCount)
    let given = operandB(pc) - keywords.count + (hasSelf ? 1 : 0)
    guard Int(code.pointee.parameterCount) == parameters, keywords.count <= 8, given <= positional, parameters < 256 else { return }
    var places: UInt64 = 0
    var isGiven = (0..<parameters).map { $0 < given }
    let parameterNames = function.code.localsPlusNames
    for index in 0..<keywords.count {
      let first = Int(code.pointee.positionalOnlyCount)
      guard first < parameters, let place = (first..<parameters).first(where: { parameterNames[$0] === keywords[index] }), !isGiven[place] else { return }
      isGiven[place] = true
      places |= UInt64(place) << UInt64(8 * index)
    }
    let defaults = function.defaults.isAbsent ? 0 : TupleObject(function.defaults).count
    for index in 0..<parameters where !isGiven[index] && (index >= positional || index < positional - defaults) { return }
    let version = function.assignVersion()
    guard version != 0 else { return }
    // Others may be at a look (``SharedBodies/CALL_KW_PYTHON``): a cache without a version is none.
    let count = pc[1] & 0xFF00_0000_0000_0000
    krait_store64_release(pc + 1, count)
    krait_store64_release(pc + 2, places)
    krait_store64_release(pc + 3, names.bits)
    let cache = count | UInt64(hasSelf ? 1 : 0) << 48 | UInt64(parameters) << 40 | UInt64(keywords.count) << 32 | UInt64(version)
    krait_store64_release(pc + 1, cache)
    specialise(pc, .CALL_KW_PYTHON)
  }
}
