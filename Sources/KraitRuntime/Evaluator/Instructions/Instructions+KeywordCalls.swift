// Specialised calls with keywords, with unpacked arguments, of functions that take any number of arguments, and of methods of `super()`.

import CKraitCore
import KraitCompiler

/// Binds arguments that are in place; false when that raised.
@inline(never)
private func isBound(_ function: FunctionObject, _ given: Int, _ slots: UnsafeMutablePointer<Value>) -> Bool {
  do throws(PyError) { try function.bindInPlace(given, slots) } catch { return false }
  return true
}

/// Calls a native function with keywords whose places are known, or that looks at its arguments itself; absent when it raised.
@inline(never)
private func keywordResult(
  _ function: UnsafePointer<NativeFunction>, _ receiver: Value, _ base: UnsafePointer<Value>, positional: Int, keywords: Int, _ places: UInt64, _ names: Value
) -> Value {
  do throws(PyError) {
    if function.pointee.form == .raw { return try function.call(receiver, Arguments(base: base, positionalCount: positional, keywordNames: names)).take() }
    return try function.call(receiver, base, positional: positional, keywords: keywords, places: places).take()
  } catch { return .absent }
}

/// Calls anything by its slot; absent when it raised.
@inline(never)
private func unpackedResult(_ callable: Value, _ arguments: Arguments) -> Value {
  do throws(PyError) {
    if callable.object.shape == TypeObject.builtinFunction.rootShape {
      return try NativeFunctionObject(callable).function.call(NativeFunctionObject(callable).receiver, arguments).take()
    }
    return try callable.call(arguments: arguments).take()
  } catch { return .absent }
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
  ///     word 1   the version of the function's code (32 bits), keywords (8), parameters in all (8), 1 when self is there (1), how many defaults are needed (7), visits to the slow path (8)
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
    let code = function.code
    if _slowPath(code.contents.pointee.version != UInt32(truncatingIfNeeded: cache)) { return false }
    let hasSelf = operandC(pc) == 0 && !fp[base &+ 1].isAbsent
    let count = operandB(pc)
    let namesSlot = base &+ 2 &+ count
    let names = fp[namesSlot]
    if _slowPath(names.bits != expected || (cache &>> 48) & 1 != (hasSelf ? 1 : 0)) { return false }
    let needed = Int(cache &>> 49 & 0x7F)
    if needed > 0, _slowPath(function.defaults.isAbsent || TupleObject(function.defaults).count < needed) { return false }
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
    if needed > 0 { fillDefaults(function, code, callee, from: given) }
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

  /// A call of a native function with keywords: where each goes was worked out when the instruction specialised.
  ///
  ///     word 1   the native function (48 bits), keywords (8), visits to the slow path (8)
  ///     word 2   the parameter of each keyword, 8 bits each
  ///     word 3   the tuple of names, a constant of the code
  @inline(__always)
  static func CALL_KW_NATIVE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    if isNoObject(callable) { return false }
    let count = operandB(pc)
    let names = fp[base &+ 2 &+ count]
    if _slowPath(names.bits != pc[3]) { return false }
    let hasSelf = operandC(pc) == 0 && !fp[base &+ 1].isAbsent
    let function: UnsafePointer<NativeFunction>
    let receiver: Value
    if callable.object.shape == TypeObject.builtinFunction.rootShape {
      if _slowPath(hasSelf) { return false }
      function = NativeFunctionObject(callable).function
      receiver = NativeFunctionObject(callable).receiver
    } else {
      if _slowPath(!hasSelf || callable.object.shape != TypeObject.methodDescriptor.rootShape) { return false }
      let method = DescriptorObject(callable)
      receiver = fp[base &+ 1]
      if _slowPath(receiver.type != method.type && !receiver.isInstance(of: method.type)) { return false }
      function = method.function
    }
    let cache = pc[1]
    if _slowPath(UInt64(UInt(bitPattern: function)) != cache & 0xFFFF_FFFF_FFFF) { return false }
    let keywords = Int(cache &>> 48 & 0xFF)
    thread.pointee.frame.pointee.pc = pc
    let arguments = UnsafePointer(fp + (base &+ 2))
    let result = keywordResult(function, receiver, arguments, positional: count &- keywords, keywords: keywords, pc[2], names)
    let first = base &+ (hasSelf ? 1 : 2)
    return finishCall(&pc, &fp, thread, first, base &+ 3 &+ count &- first, result)
  }

  /// `f(*args)`, or `f(*args, **kw)` where there are no keywords, of a Python function, or a bound method of one, that takes exactly so many arguments, or of what is called by its slot.
  @inline(__always)
  static func CALL_UNPACKED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    // Without a lock private arguments are published on the way: the slow path's.
    if Model.isFree { return false }
    let base = operandA(pc)
    let callable = fp[base]
    let arguments = fp[base &+ 2]
    let keywords = fp[base &+ 3]
    if isNoObject(callable) || arguments.isAbsent || _slowPath(!arguments.isExactTuple) { return false }
    if !keywords.isAbsent && (!keywords.isExactDict || DictObject(keywords).count != 0) { return false }
    let given = TupleObject(arguments)
    let isBound = callable.object.shape == TypeObject.method.rootShape
    let called = isBound ? MethodObject(callable).function : callable
    if !called.isObject || called.object.shape != TypeObject.function.rootShape {
      // Python classes have frames to be entered, which is the slow path's.
      if _slowPath(callable.object.shape.flags.contains(.type) && TypeObject(raw: callable.object).isHeapType) { return false }
      fp[base &+ 1] = .none
      if keywords.isAbsent { fp[base &+ 3] = .none }
      thread.pointee.frame.pointee.pc = pc
      let result = unpackedResult(callable, Arguments(base: UnsafePointer(given.items), positionalCount: given.count))
      return finishCall(&pc, &fp, thread, base &+ 2, 2, result)
    }
    let receivers = isBound ? 1 : 0
    let count = given.count &+ receivers
    let code = FunctionObject(called).code
    guard Int(code.contents.pointee.exactCount) == count, let start = code.contents.pointee.executable else { return false }
    let caller = thread.pointee.frame
    let callee = fp + (base &+ 1)
    if _slowPath(caller + 1 >= thread.pointee.frameLimit || callee + Swift.max(code.frameSize, 3) > thread.pointee.valueStackLimit) { return false }
    caller.pointee.pc = pc
    // The frame takes the places of NULL, the tuple and the dict.
    callee[0] = .none
    callee[1] = .none
    callee[2] = .none
    if isBound {
      // The method stays where it is until the call has ended, and keeps the function.
      let receiver = MethodObject(callable).receiver
      retain(receiver)
      callee[0] = receiver
    }
    var index = receivers
    while index < count {
      let value = given.items[index &- receivers]
      retain(value)
      callee[index] = value
      index &+= 1
    }
    pushExact(thread, caller, called, code, callee, given: count)
    fp = callee
    pc = start.assumingMemoryBound(to: UInt64.self)
    release(object: arguments.object)
    if !keywords.isAbsent { release(object: keywords.object) }
    return true
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
    if _slowPath(found.isAbsent || !found.isObject) { return false }
    if _slowPath(found.object.shape != TypeObject.function.rootShape && found.object.shape != TypeObject.wrapperDescriptor.rootShape) { return false }
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
    guard visits < 16 || visits & 63 == 0, callable.isPresentObject else { return specialise(pc, .CALL_KW) }
    guard callable.object.shape == TypeObject.function.rootShape else { return specialiseNativeKeywordCall(pc, callable, names, hasSelf: hasSelf) }
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
    let needed = positional - (isGiven.firstIndex(of: false) ?? positional)
    guard !isGiven[positional...].contains(false), needed <= min(defaults, 127) else { return }
    let version = function.code.assignVersion()
    guard version != 0 else { return }
    // Others may be at a look (``SharedBodies/CALL_KW_PYTHON``): a cache without a version is none.
    let count = pc[1] & 0xFF00_0000_0000_0000
    krait_store64_release(pc + 1, count)
    krait_store64_release(pc + 2, places)
    krait_store64_release(pc + 3, names.bits)
    let cache = count | UInt64(needed) << 49 | UInt64(hasSelf ? 1 : 0) << 48 | UInt64(parameters) << 40 | UInt64(keywords.count) << 32 | UInt64(version)
    krait_store64_release(pc + 1, cache)
    specialise(pc, .CALL_KW_PYTHON)
  }
  /// As ``specialiseKeywordCall(_:_:_:hasSelf:)``, of a native function.
  private static func specialiseNativeKeywordCall(_ pc: PC, _ callable: Value, _ names: Value, hasSelf: Bool) {
    specialise(pc, .CALL_KW)
    let function: UnsafePointer<NativeFunction>
    if callable.object.shape == TypeObject.builtinFunction.rootShape && !hasSelf {
      function = NativeFunctionObject(callable).function
    } else if callable.object.shape == TypeObject.methodDescriptor.rootShape && hasSelf {
      function = DescriptorObject(callable).function
    } else {
      return
    }
    // What is looked at by its address must live as long as the instruction.
    let constants = currentThread.pointee.frame.pointee.code.constants
    let keywords = TupleObject(names).count
    let address = UInt64(UInt(bitPattern: function))
    guard address >> 48 == 0, keywords <= 8, (0..<constants.count).contains(where: { constants[$0] === names }) else { return }
    var places: UInt64 = 0
    if function.pointee.form != .raw {
      guard let found = function.keywordPlaces(TupleObject(names), positional: operandB(pc) - keywords) else { return }
      places = found
    }
    let count = pc[1] & 0xFF00_0000_0000_0000
    krait_store64_release(pc + 2, places)
    krait_store64_release(pc + 3, names.bits)
    krait_store64_release(pc + 1, count | UInt64(keywords) << 48 | address)
    specialise(pc, .CALL_KW_NATIVE)
  }

  /// Chooses for calls of unpacked arguments without keywords. Word 3 counts visits. Without a lock the general instruction stays, which has a way beside other threads.
  static func specialiseUnpackedCall(_ pc: PC, _ callable: Value, _ given: Int) {
    if Runtime.isFree { return }
    pc[3] &+= 1
    if pc[3] > 64 && pc[3] & 63 != 0 { return specialise(pc, .CALL_FUNCTION_EX) }
    guard callable.isPresentObject else { return }
    let isBound = callable.object.shape == TypeObject.method.rootShape
    let called = isBound ? MethodObject(callable).function : callable
    if called.isPresentObject, called.object.shape == TypeObject.function.rootShape {
      if Int(FunctionObject(called).code.contents.pointee.exactCount) == given + (isBound ? 1 : 0) { specialise(pc, .CALL_UNPACKED) }
    } else if !callable.isType || !TypeObject(raw: callable.object).isHeapType {
      specialise(pc, .CALL_UNPACKED)
    }
  }
}
