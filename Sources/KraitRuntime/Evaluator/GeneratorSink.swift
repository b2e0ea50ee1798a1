// Generators that native code runs to their end: `tuple(x for x in y)`, `sum(…)`, `any(…)`.

import CKraitCore

/// Where the values of a generator go that native code wants all of. The evaluator puts them there at each `yield` and goes on, so that the generator's frame need not leave the
/// stacks and come back; a value that is not simple enough goes to the native code in the ordinary way.
struct GeneratorSink {
  enum Kind: UInt8 {
    /// Appended to a list, added to a set.
    case list, set
    /// Added up.
    case integers, floats
    /// Passed over as long as they are false, or true.
    case falseOnes, trueOnes
    /// Compared with the best so far, a number of one word.
    case least, greatest
  }

  let kind: Kind
  /// The list or the set, borrowed; the best so far.
  var container = Value.absent
  var integer = 0
  var float = CompensatedSum(high: 0)

  /// Takes over a reference to a value; false, with nothing changed, when native code must look at it.
  @inline(__always)
  mutating func take(_ value: Value) -> Bool {
    switch kind {
    case .list: return appended(container, value)
    case .set:
      if value.isSmallInteger { return addToSet(value, hashSmallInteger(value.smallInteger)) }
      guard value.isExactString else { return false }
      guard addToSet(value, StringObject(value).hashValue) else { return false }
      value.release()
      return true
    case .integers:
      guard value.isSmallInteger || value.isBool else { return false }
      let (total, overflow) = integer.addingReportingOverflow(value.isSmallInteger ? value.smallInteger : value.isTrue ? 1 : 0)
      if overflow { return false }
      integer = total
      return true
    case .floats:
      if value.isImmediateDouble {
        float.add(value.immediateDouble)
      } else if value.isSmallInteger {
        float.add(Double(value.smallInteger))
      } else {
        return false
      }
      return true
    case .falseOnes: return pass(value, .no)
    case .trueOnes: return pass(value, .yes)
    case .least, .greatest: return compare(value)
    }
  }

  /// As ``take(_:)``, but nobody is excluded meanwhile: the list may be one that others know.
  @inline(never)
  mutating func takeBesideOthers(_ value: Value) -> Bool {
    switch kind {
    case .list:
      Privacy.publish(value)
      return ListObject(container).appendShared(value)
    case .set: return Privacy.isOwn(container) && take(value)
    default: return take(value)
    }
  }

  private mutating func compare(_ value: Value) -> Bool {
    let isBetter: Bool
    if Value.areSmallIntegers(value, container) {
      isBetter = kind == .least ? value.smallInteger < container.smallInteger : value.smallInteger > container.smallInteger
    } else if Value.areImmediateDoubles(value, container) {
      isBetter = kind == .least ? value.immediateDouble < container.immediateDouble : value.immediateDouble > container.immediateDouble
    } else {
      return false
    }
    if isBetter { container = value }
    return true
  }

  private func addToSet(_ key: Value, _ hash: Int) -> Bool {
    do throws(PyError) {
      try SetObject(container).add(key, hash: hash)
      return true
    } catch {
      PyError.clear()
      return false
    }
  }

  @inline(__always)
  private func pass(_ value: Value, _ wanted: QuickAnswer) -> Bool {
    guard value.quickTruth() == wanted else { return false }
    if value.isObject { value.release() }
    return true
  }
}

extension Value {
  /// As ``next()``, but what a generator yields goes into a sink as long as that takes it.
  @inline(__always)
  func next(into sink: inout GeneratorSink) throws(PyError) -> Owned {
    if isObject, object.shape == TypeObject.generator.rootShape, GeneratorObject(self).contents.pointee.sink == nil {
      let status = GeneratorObject(self).contents.pointee.status
      if status == .suspended || status == .created { return try Generators.next(GeneratorObject(self), into: &sink) }
    }
    return try next()
  }
}

extension Generators {
  @inline(never)
  fileprivate static func next(_ generator: GeneratorObject, into sink: inout GeneratorSink) throws(PyError) -> Owned {
    try withUnsafeMutablePointer(to: &sink) { (pointer) throws(PyError) -> Owned in
      let held = Owned(copying: generator.value)
      generator.contents.pointee.sink = pointer
      defer { GeneratorObject(held.value).contents.pointee.sink = nil }
      do throws(PyError) { return try next(generator, [.entry, .collecting]) } catch {
        guard PyError.matches(.stopIteration) else { throw error }
        PyError.clear()
        return Owned(taking: .absent)
      }
    }
  }
}

extension Ops {
  /// `yield` in a frame that a loop resumed which only collects (``FOR_ITER_GENERATOR(_:_:_:)``): does the loop's part, and goes on at the next instruction.
  @inline(never)
  static func yieldIntoLoop(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer) -> Bool {
    if thread.pointee.breaker != 0 { return false }
    let frame = thread.pointee.frame
    let source = operandB(pc)
    let value = fp[source]
    if value.isAbsent { return false }
    let isTemporary = source >= frame.pointee.code.localsPlusCount
    let body = frame.caller.pointee.pc + Evaluator.callLength
    frame.pointee.pc = pc
    switch Instruction.at(body) {
    case .LIST_APPEND:
      let list = frame.caller.pointee.fp[operandA(body)]
      guard list.isExactList else { return false }
      if isTemporary { fp[source] = .none } else { retain(value) }
      if _slowPath(!appended(list, value)) {
        if isTemporary { fp[source] = value } else { release(value) }
        return false
      }
    case .JUMP_IF_TRUE, .JUMP_IF_FALSE:
      guard value.quickTruth() == (Instruction.at(body) == .JUMP_IF_TRUE ? .no : .yes) else { return false }
      if isTemporary { set(fp, source, .none) }
    default:
      // A tool has come to watch since.
      return false
    }
    set(fp, operandA(pc), .none)
    pc = Generators.skipIdle(pc + 1, fp, thread)
    return true
  }

  /// `yield` in a frame whose generator has a ``GeneratorSink``: on to the next instruction.
  @inline(never)
  static func yieldIntoSink(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer) -> Bool {
    if thread.pointee.breaker != 0 { return false }
    let frame = thread.pointee.frame
    guard let sink = GeneratorObject(frame.pointee.extra).contents.pointee.sink else { return false }
    let source = operandB(pc)
    let value = fp[source]
    if value.isAbsent { return false }
    frame.pointee.pc = pc
    let isTemporary = source >= frame.pointee.code.localsPlusCount
    if isTemporary { fp[source] = .none } else { retain(value) }
    guard Model.isFree && thread.pointee.hasPeers ? sink.pointee.takeBesideOthers(value) : sink.pointee.take(value) else {
      if isTemporary { fp[source] = value } else { release(value) }
      return false
    }
    set(fp, operandA(pc), .none)
    pc = Generators.skipIdle(pc + 1, fp, thread)
    return true
  }
}
