// Instructions on containers that ask QuickAnswers first: truth, membership, slices, items added by comprehensions.

import CKraitCore

extension Ops {
  // MARK: Membership

  @inline(__always)
  static func CONTAINS_OP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let item = operandB(pc)
    let container = operandC(pc)
    let answer = fp[container].quicklyContains(fp[item])
    if _slowPath(answer == .unknown) { return false }
    finishTest(&pc, fp, thread, item, container, (answer == .yes) != (pc[1] != 0))
    return true
  }

  @inline(__always)
  static func CONTAINS_JUMP(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let item = operandA(pc)
    let container = operandB(pc)
    let answer = fp[container].quicklyContains(fp[item])
    if _slowPath(answer == .unknown) { return false }
    thread.pointee.frame.pointee.pc = pc
    consume(fp, thread, item)
    consume(fp, thread, container)
    pc += (answer == .yes) == (pc[1] & 1 != 0) ? signedC(pc) : 2
    return true
  }

  // MARK: Truth

  @inline(__always)
  static func TO_BOOL(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let operand = operandB(pc)
    let value = fp[operand]
    let answer = value.isSmallInteger ? QuickAnswer(value.bits != 1) : value.quickTruth()
    if _slowPath(answer == .unknown) { return false }
    thread.pointee.frame.pointee.pc = pc
    if operand != operandA(pc) { consume(fp, thread, operand) }
    set(fp, operandA(pc), Value(answer == .yes))
    pc += 1
    return true
  }

  // MARK: Texts

  /// `s + t`: a temporary, or a local that gets the result, may grow in place when nobody else refers to it.
  @inline(__always)
  static func ADD_STRING(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let left = operandB(pc)
    let right = operandC(pc)
    if _slowPath(!fp[left].isExactString || !fp[right].isExactString) { return false }
    thread.pointee.frame.pointee.pc = pc
    let locals = thread.pointee.frame.pointee.code.localsPlusCount
    // Without a lock, peers may read the global in between.
    let mayTakeOver = left >= locals && (!Model.isFree || !thread.pointee.hasPeers)
    if mayTakeOver { takeOverGlobal(pc, fp, thread, fp[left]) }
    if _slowPath(!addStrings(fp, left, right, operandA(pc), locals)) {
      if mayTakeOver { giveGlobalBack(pc, thread, fp[left]) }
      pc = Evaluator.unwind(thread)
      fp = thread.pointee.frame.pointee.fp
      return true
    }
    pc += 2
    return true
  }

  @inline(__always)
  static func FORMAT_SIMPLE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let operand = operandB(pc)
    let value = fp[operand]
    let destination = operandA(pc)
    if value.isSmallInteger {
      let text = decimalText(value)
      if _slowPath(text.isAbsent) { return false }
      set(fp, destination, text)
      pc += 1
      return true
    }
    guard value.isExactString else { return false }
    if operand == destination {
      pc += 1
      return true
    }
    if operand >= thread.pointee.frame.pointee.code.localsPlusCount { fp[operand] = .none } else { retain(value) }
    set(fp, destination, value)
    pc += 1
    return true
  }

  @inline(__always)
  static func BUILD_STRING(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    if _slowPath(!joinPieces(fp + base, operandB(pc))) { return false }
    pc += 1
    return true
  }

  // MARK: Building

  @inline(__always)
  static func BUILD_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let hasStep = operandB(pc) == 3
    if Model.isFree && thread.pointee.hasPeers {
      Privacy.publishSlots(fp + base, hasStep ? 3 : 2)
    } else if Instruction.at(pc + 1) == .SUBSCRIPT_SLICE && operandC(pc + 1) == base {
      // The slice is only for the subscript that follows, and need not be made. Its parts stay where they are: they are no objects.
      let container = operandB(pc + 1)
      let result = quickSlice(fp[container], fp + base, hasStep: hasStep)
      if _fastPath(!result.isAbsent) {
        pc += 1
        thread.pointee.frame.pointee.pc = pc
        let destination = operandA(pc)
        if container != destination { consume(fp, thread, container) }
        set(fp, destination, result)
        pc += 2
        return true
      }
    }
    let slice = newSlice(taking: fp + base, hasStep: hasStep)
    if _slowPath(slice.isAbsent) { return false }
    fp[base] = slice
    fp[base &+ 1] = .none
    if hasStep { fp[base &+ 2] = .none }
    pc += 1
    return true
  }

  @inline(__always)
  static func BUILD_LIST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let count = operandB(pc)
    let list = newList(taking: fp + base, count)
    if _slowPath(list.isAbsent) { return false }
    if Model.isFree && thread.pointee.hasPeers { Privacy.mark(list.object) }
    if count == 0 {
      set(fp, base, list)
    } else {
      fp[base] = list
      emptySlots(fp, base, count)
    }
    pc += 1
    return true
  }

  // MARK: Slices

  @inline(__always)
  static func BINARY_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let result = quickSlice(fp[base], fp[base &+ 1], fp[base &+ 2])
    if _slowPath(result.isAbsent) { return false }
    thread.pointee.frame.pointee.pc = pc
    // The bounds are immediates.
    set(fp, base, result)
    pc += 1
    return true
  }

  /// An exact list, tuple or str, and a slice object.
  @inline(__always)
  static func SUBSCRIPT_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let container = operandB(pc)
    let slice = operandC(pc)
    thread.pointee.frame.pointee.pc = pc
    let result = quickSlice(fp[container], fp[slice])
    if _slowPath(result.isAbsent) { return false }
    let destination = operandA(pc)
    if slice != destination { consume(fp, thread, slice) }
    if container != destination { consume(fp, thread, container) }
    set(fp, destination, result)
    pc += 2
    return true
  }

  @inline(__always)
  static func STORE_SLICE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let container = fp[base &+ 1]
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(!quicklyStoreSlice(container, fp[base &+ 2], fp[base &+ 3], fp[base], mayExchange: !Model.isFree)) { return false }
    // The bounds are immediates.
    let value = fp[base]
    fp[base] = .none
    fp[base &+ 1] = .none
    release(value)
    release(container)
    pc += 1
    return true
  }

  // MARK: Comprehensions

  @inline(__always)
  static func SET_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let operand = operandB(pc)
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(!quicklyAdd(fp[operandA(pc)], fp[operand])) { return false }
    consume(fp, thread, operand)
    pc += 1
    return true
  }

  @inline(__always)
  static func MAP_ADD(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let key = operandB(pc)
    let value = operandC(pc)
    thread.pointee.frame.pointee.pc = pc
    if _slowPath(!setDictItem(fp[operandA(pc)], fp[key], fp[value])) { return false }
    consume(fp, thread, key)
    consume(fp, thread, value)
    pc += 1
    return true
  }
}

/// `name += text` of a module's variable: when the sum is stored next where the left operand is from, the variable gives its reference up now, so that the str may grow
/// in place. No code runs in between; without memory the variable gets it back.
@inline(__always)
private func takeOverGlobal(_ pc: PC, _ fp: FP, _ thread: ThreadPointer, _ text: Value) {
  let store = pc + 2
  let operation = Instruction.at(store)
  guard operation == .STORE_NAME_MODULE || operation == .STORE_GLOBAL_MODULE, operandA(store) == operandA(pc) else { return }
  giveUpGlobal(store, fp, thread, text)
}

/// There was no memory for the sum.
@inline(never)
private func giveGlobalBack(_ pc: PC, _ thread: ThreadPointer, _ text: Value) {
  let store = pc + 2
  guard Instruction.at(store) == .STORE_NAME_MODULE || Instruction.at(store) == .STORE_GLOBAL_MODULE, operandA(store) == operandA(pc) else { return }
  let globals = DictObject(thread.pointee.frame.pointee.globals)
  guard globals.keysVersion == UInt32(truncatingIfNeeded: store[2]), text.isObject, !text.isAbsent, text.object.referenceCount == 1 else { return }
  let place = globals.place(atOffset: Int(store[2] &>> 32))
  if place.pointee.isNone { place.pointee = Owned(copying: text).take() }
}

@inline(never)
private func giveUpGlobal(_ store: PC, _ fp: FP, _ thread: ThreadPointer, _ text: Value) {
  // One reference is the variable's, one the temporary's.
  guard text.object.referenceCount == 2, operandA(store) >= thread.pointee.frame.pointee.code.localsPlusCount else { return }
  let frame = thread.pointee.frame
  let globals = DictObject(frame.pointee.globals)
  guard globals.keysVersion == UInt32(truncatingIfNeeded: store[2]) else { return }
  if Instruction.at(store) == .STORE_NAME_MODULE && frame.pointee.extra !== frame.pointee.globals { return }
  let place = globals.place(atOffset: Int(store[2] &>> 32))
  guard place.pointee === text else { return }
  place.pointee = .none
  text.release()
}

/// Writes the sum of two exact strs to a slot and gives up operands that are temporaries; false when it raised.
@inline(never)
private func addStrings(_ fp: FP, _ left: Int, _ right: Int, _ destination: Int, _ locals: Int) -> Bool {
  let (a, b) = (fp[left], fp[right])
  do throws(PyError) {
    let isOwn = left == destination || left >= locals
    if isOwn && right != left && StringObject(a).grow(by: StringObject(b)) {
      if left != destination {
        fp[left] = .none
        let old = fp[destination]
        fp[destination] = a
        old.releaseIfPresent()
      }
    } else {
      let sum = try StringObject.concatenate(StringObject(a), StringObject(b), isAppending: isOwn)
      if left != destination && left >= locals {
        fp[left] = .none
        a.release()
      }
      let old = fp[destination]
      fp[destination] = sum.take()
      old.releaseIfPresent()
      if right == destination { return true }
    }
    if right >= locals && right != destination && right != left {
      fp[right] = .none
      b.release()
    }
    return true
  } catch { return false }
}

/// A list that takes over the references in consecutive slots; absent when there is no memory.
@inline(never)
private func newList(taking slots: FP, _ count: Int) -> Value {
  do throws(PyError) {
    return try Owned.list(taking: UnsafeBufferPointer(start: UnsafePointer(slots), count: count)).take()
  } catch {
    PyError.clear()
    return .absent
  }
}

/// Adds an int or str to an exact set; false when it is not one for here, or there is no memory.
@inline(never)
private func quicklyAdd(_ set: Value, _ item: Value) -> Bool {
  guard set.isObject, set.object.shape == TypeObject.set.rootShape, item.isSmallInteger || (item.isObject && item.isExactString) else { return false }
  do throws(PyError) {
    try SetObject(raw: set.object).add(item)
    return true
  } catch {
    // The general way does it again, and raises again.
    PyError.clear()
    return false
  }
}

/// `sequence[start:stop]` of an exact list, tuple or str with bounds that are None or small integers, a new reference; absent for the general way.
@inline(never)
private func quickSlice(_ sequence: Value, _ start: Value, _ stop: Value) -> Value {
  guard let bounds = SliceBounds(quick: start, stop), sequence.isObject, sequence.object.shape.flags.contains(.exact) else { return .absent }
  do throws(PyError) {
    if sequence.isList {
      let list = ListObject(sequence)
      let (first, _, _, count) = bounds.indices(list.count)
      return try Owned.list(UnsafeBufferPointer(start: list.items + first, count: max(count, 0))).take()
    }
    if sequence.isTuple {
      let tuple = TupleObject(sequence)
      let (first, _, _, count) = bounds.indices(tuple.count)
      if first == 0 && count == tuple.count { return Owned(copying: sequence).take() }
      return try Owned.tuple(UnsafeBufferPointer(start: tuple.items + first, count: max(count, 0))).take()
    }
    if sequence.isString {
      let string = StringObject(sequence)
      let (first, _, _, count) = bounds.indices(string.length)
      return try string.part(first..<(first &+ max(count, 0))).take()
    }
  } catch { PyError.clear() }
  return .absent
}

/// `list[start:stop:step]` of an exact list where the parts are None or small integers, a new reference; absent for the general way.
@inline(never)
private func quickSlice(_ list: Value, _ parts: FP, hasStep: Bool) -> Value {
  let step = hasStep && !parts[2].isNone ? parts[2] : Value(smallInteger: 1)
  guard !list.isAbsent, list.isExactList, step.isSmallInteger, step.smallInteger != 0, parts[0].isNone || parts[0].isSmallInteger, parts[1].isNone || parts[1].isSmallInteger else { return .absent }
  let isBackward = step.smallInteger < 0
  let start = parts[0].isNone ? (isBackward ? .max : 0) : parts[0].smallInteger
  let stop = parts[1].isNone ? (isBackward ? .min : .max) : parts[1].smallInteger
  do throws(PyError) { return try ListObject(list).part(SliceBounds(start: start, stop: stop, step: step.smallInteger)).take() } catch {
    PyError.clear()
    return .absent
  }
}

/// `sequence[slice]` of an exact list, tuple or str where no part of the slice is an object; absent for the general way.
@inline(never)
private func quickSlice(_ sequence: Value, _ key: Value) -> Value {
  guard key.isSlice, sequence.isObject else { return .absent }
  let slice = SliceObject(key)
  let flags = sequence.object.shape.flags
  guard flags.contains(.exact), !flags.isDisjoint(with: [.list, .tuple, .string]), !slice.start.isObject, !slice.stop.isObject, !slice.step.isObject else { return .absent }
  do throws(PyError) {
    if flags.contains(.list) { return try ListObject(sequence).getSubscript(key).take() }
    guard let slot = sequence.object.shape.type.slots.pointee.subscript else { return .absent }
    return try slot(sequence, key).take()
  } catch {
    // The general way raises it again.
    PyError.clear()
    return .absent
  }
}

/// `list[start:stop] = value` for an exact list, simple bounds, and an exact list or tuple; false, with nothing done, for the general way. A list that nobody else has may be left with
/// the items that were replaced, if there are as many.
@inline(never)
private func quicklyStoreSlice(_ container: Value, _ start: Value, _ stop: Value, _ value: Value, mayExchange: Bool) -> Bool {
  guard container.isExactList, value.isExactTuple || (value.isExactList && value !== container), let bounds = SliceBounds(quick: start, stop) else { return false }
  if mayExchange && value.isExactList && krait_load64(value.object.localCount) == 1 && ListObject(container).exchange(bounds, ListObject(value)) { return true }
  do throws(PyError) {
    try ListObject(container).setSlice(bounds, value)
    return true
  } catch {
    PyError.clear()
    return false
  }
}

/// A slice that takes over the references in two or three slots; absent when there is no memory.
@inline(never)
private func newSlice(taking parts: FP, hasStep: Bool) -> Value {
  do throws(PyError) {
    let raw = try allocateObject(TypeObject.slice.rootShape, size: SliceObject.size)
    raw.storeBytes(of: parts[0], toByteOffset: 16, as: Value.self)
    raw.storeBytes(of: parts[1], toByteOffset: 24, as: Value.self)
    raw.storeBytes(of: hasStep ? parts[2] : .none, toByteOffset: 32, as: Value.self)
    return Value(raw)
  } catch {
    PyError.clear()
    return .absent
  }
}

@inline(never)
private func decimalText(_ value: Value) -> Value {
  do throws(PyError) { return try Integer.text(value).take() } catch {
    PyError.clear()
    return .absent
  }
}

/// Puts the text of consecutive slots that hold ASCII strs into the first one; false, with nothing done, when one is no such str.
@inline(never)
private func joinPieces(_ slots: FP, _ count: Int) -> Bool {
  var length = 0
  for index in 0..<count {
    let piece = slots[index]
    guard piece.isExactString, StringObject(piece).isASCII else { return false }
    length &+= StringObject(piece).length
  }
  guard length > 1 else { return false }
  do throws(PyError) {
    let result = try StringObject.allocate(length, bits: 0x7F)
    var place = result.data
    for index in 0..<count {
      let piece = StringObject(slots[index])
      place.copyMemory(from: piece.data, byteCount: piece.length)
      place += piece.length
      slots[index] = .none
      piece.raw.release()
    }
    slots[0] = result.value
    return true
  } catch {
    PyError.clear()
    return false
  }
}

extension SliceBounds {
  /// The bounds of `[start:stop]` when both are None or small integers.
  @inline(__always)
  init?(quick start: Value, _ stop: Value) {
    guard start.isSmallInteger || start.isNone, stop.isSmallInteger || stop.isNone else { return nil }
    self.init(start: start.isNone ? 0 : start.smallInteger, stop: stop.isNone ? .max : stop.smallInteger, step: 1)
  }
}
