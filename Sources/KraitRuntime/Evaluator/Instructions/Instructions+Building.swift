// Making containers, strings and slices, and taking sequences apart.

import CKraitCore

extension Ops {
  /// Comprehensions: the list has room, the value moves.
  @inline(__always)
  static func LIST_APPEND(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let list = fp[operandA(pc)]
    guard list.isExactList else { return false }
    // Beside other threads what appends in the fast path takes the list's lock (SharedBodies), and so does the slow path.
    if Model.isFree && thread.pointee.hasPeers { return false }
    let object = ListObject(list)
    let count = object.count
    if _slowPath(count >= object.capacity) { return false }
    let source = operandB(pc)
    let value = fp[source]
    if value.isObject {
      if _slowPath(value.isAbsent) { return false }
      if source >= thread.pointee.frame.pointee.code.localsPlusCount { fp[source] = .none } else { retain(value) }
    }
    object.items[count] = value
    object.count = count &+ 1
    pc += 1
    return true
  }

  /// The slots of operands that went into a new object, but for the first, which holds it.
  @inline(__always)
  static func emptySlots(_ fp: FP, _ base: Int, _ count: Int) {
    var slot = 1
    while slot < count {
      krait_store64(fp + (base &+ slot), Value.none.bits)
      slot &+= 1
    }
  }

  @inline(__always)
  static func BUILD_TUPLE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let count = operandB(pc)
    if _slowPath(count == 0) { return false }
    if Model.isFree && thread.pointee.hasPeers { Privacy.publishSlots(fp + base, count) }
    let tuple = newTuple(taking: fp + base, count)
    if _slowPath(tuple.isAbsent) { return false }
    fp[base] = tuple
    emptySlots(fp, base, count)
    pc += 1
    return true
  }

  @inline(__always)
  static func UNPACK_SEQUENCE(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let base = operandA(pc)
    let count = operandB(pc)
    let source = fp[base]
    if isNoObject(source) || _slowPath(count == 0) { return false }
    let flags = source.object.shape.flags
    let items: UnsafeMutablePointer<Value>
    if flags.isSuperset(of: .exactTuple) {
      if _slowPath(TupleObject(source).count != count) { return false }
      items = TupleObject(source).items
    } else if flags.isSuperset(of: .exactList) {
      if _slowPath(ListObject(source).count != count) { return false }
      items = ListObject(source).items
    } else {
      return !Model.isFree && flags.isSuperset(of: .exactSet) && unpackSet(&pc, fp, thread, source, base, count)
    }
    // The first item goes to the topmost slot; the tuple's own slot is written last.
    var index = 0
    while index < count {
      let item = items[index]
      retain(item)
      fp[base &+ count &- 1 &- index] = item
      index &+= 1
    }
    thread.pointee.frame.pointee.pc = pc
    release(object: source.object)
    pc += 1
    return true
  }

  /// The keys of an exact set or frozenset, the first to the topmost slot.
  @inline(__always)
  private static func unpackSet(_ pc: inout PC, _ fp: FP, _ thread: ThreadPointer, _ source: Value, _ base: Int, _ count: Int) -> Bool {
    let set = SetObject(source)
    if _slowPath(set.count != count) { return false }
    var index = count
    var position = 0
    var key = Value.absent
    while index > 0, set.next(&position, &key) {
      retain(key)
      index &-= 1
      fp[base &+ index] = key
    }
    thread.pointee.frame.pointee.pc = pc
    release(object: source.object)
    pc += 1
    return true
  }
}

/// A tuple that takes over the references in consecutive slots; absent when there is no memory.
@inline(__always)
private func newTuple(taking slots: FP, _ count: Int) -> Value {
  do throws(PyError) {
    return try Owned.tuple(taking: UnsafeBufferPointer(start: UnsafePointer(slots), count: count)).take()
  } catch {
    PyError.clear()
    return .absent
  }
}

extension Slow {
  /// The values of consecutive temporaries.
  @inline(__always)
  private static func range(_ fp: FP, _ base: Int, _ count: Int) -> UnsafeBufferPointer<Value> {
    UnsafeBufferPointer(start: UnsafePointer(fp + base), count: count)
  }

  /// Marks temporaries whose references have been taken over.
  @inline(__always)
  private static func vacate(_ fp: FP, _ base: Int, _ count: Int) {
    var slot = base
    while slot < base + count {
      fp[slot] = .none
      slot &+= 1
    }
  }

  static func BUILD_TUPLE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let count = operandB(pc)
    let result = count == 0 ? Owned.emptyTuple : try Owned.tuple(taking: range(fp, base, count))
    vacate(fp, base, count)
    fp[base] = result.take()
  }

  static func BUILD_LIST(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let count = operandB(pc)
    let result = try Owned.list(range(fp, base, count))
    if thread.pointee.hasPeers { Privacy.adopt(result.value) }
    Evaluator.releaseSlots(fp, base, base + count)
    set(fp, base, result)
  }

  static func BUILD_SET(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let count = operandB(pc)
    let result = try Owned.set()
    if thread.pointee.hasPeers { Privacy.adopt(result.value) }
    for slot in base..<(base + count) { try SetObject(result.value).add(fp[slot]) }
    Evaluator.releaseSlots(fp, base, base + count)
    set(fp, base, result)
  }

  static func BUILD_MAP(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let count = operandB(pc)
    let result = try Owned.dict()
    if thread.pointee.hasPeers { Privacy.adopt(result.value) }
    for index in 0..<count { try DictObject(result.value).set(fp[base + 2 * index], fp[base + 2 * index + 1]) }
    Evaluator.releaseSlots(fp, base, base + 2 * count)
    set(fp, base, result)
  }

  static func BUILD_STRING(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let count = operandB(pc)
    var builder = StringBuilder()
    for slot in base..<(base + count) {
      guard fp[slot].isString else { throw .systemError("BUILD_STRING needs strings") }
      try builder.append(fp[slot])
    }
    let result = try builder.finish()
    Evaluator.releaseSlots(fp, base, base + count)
    set(fp, base, result)
  }

  static func BUILD_SLICE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let count = operandB(pc)
    let result = count == 3 ? try Owned.slice(fp[base], fp[base + 1], fp[base + 2]) : try Owned.slice(fp[base], fp[base + 1])
    Evaluator.releaseSlots(fp, base, base + count)
    set(fp, base, result)
  }

  static func BUILD_TEMPLATE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    guard fp[base].isExactTuple, fp[base + 1].isExactTuple else { throw .systemError("BUILD_TEMPLATE needs tuples") }
    let result = try Owned.template(strings: fp[base], interpolations: fp[base + 1])
    Evaluator.releaseSlots(fp, base, base + 2)
    set(fp, base, result)
  }

  static func BUILD_INTERPOLATION(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let argument = operandB(pc)
    let conversion: Value
    switch argument >> 2 {
    case 0: conversion = .none
    case 1: conversion = Name.s
    case 2: conversion = Name.r
    case 3: conversion = Name.a
    default: throw .systemError("unknown conversion")
    }
    guard fp[base + 1].isString, argument & 1 == 0 || fp[base + 2].isString else { throw .systemError("BUILD_INTERPOLATION needs strings") }
    let empty = try Owned.string("")
    let result = try Owned.interpolation(
      value: fp[base], expression: fp[base + 1], conversion: conversion, specification: argument & 1 != 0 ? fp[base + 2] : empty.value)
    Evaluator.releaseSlots(fp, base, base + 2 + argument & 1)
    set(fp, base, result)
  }

  // MARK: Adding to containers

  static func LIST_APPEND(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let list = fp[operandA(pc)]
    guard list.isList else { throw .systemError("LIST_APPEND needs a list") }
    try ListObject(list).append(taking: takeOperand(fp, thread, operandB(pc)))
  }

  static func LIST_EXTEND(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let list = fp[operandA(pc)]
    let iterable = fp[operandB(pc)]
    guard list.isList else { throw .systemError("LIST_EXTEND needs a list") }
    if iterable.type.slots.pointee.iterate == nil && iterable.type.slots.pointee.item == nil {
      throw .typeError("Value after * must be an iterable, not \(iterable.typeName)")
    }
    try ListObject(list).extend(iterable)
    consume(fp, thread, operandB(pc))
  }

  static func SET_ADD(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let set = fp[operandA(pc)]
    guard set.type == .set || set.isInstance(of: .set) else { throw .typeError("'\(set.typeName)' object is not a set") }
    try SetObject(set).add(fp[operandB(pc)])
    consume(fp, thread, operandB(pc))
  }

  static func SET_UPDATE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let set = fp[operandA(pc)]
    guard set.isAnySet else { throw .systemError("SET_UPDATE needs a set") }
    try SetObject(set).update(from: fp[operandB(pc)])
    consume(fp, thread, operandB(pc))
  }

  static func MAP_ADD(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let dict = fp[operandA(pc)]
    guard dict.isDict else { throw .systemError("MAP_ADD needs a dict") }
    try DictObject(dict).set(fp[operandB(pc)], fp[operandC(pc)])
    consume(fp, thread, operandB(pc))
    consume(fp, thread, operandC(pc))
  }

  static func DICT_UPDATE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let dict = fp[operandA(pc)]
    let update = fp[operandB(pc)]
    guard dict.isDict else { throw .systemError("DICT_UPDATE needs a dict") }
    do throws(PyError) {
      if !update.isDict {
        let keys = try update.lookUpAttribute(Name.keys)
        if keys.value.isAbsent { throw PyError.typeError("'\(update.typeName)' object is not a mapping") }
      }
      try DictObject(dict).update(from: update)
    } catch {
      if PyError.matches(.attributeError) {
        PyError.clear()
        throw .typeError("'\(update.typeName)' object is not a mapping")
      }
      throw error
    }
    consume(fp, thread, operandB(pc))
  }

  /// `f(**mapping)`: A is the dict of keywords so far, B the mapping, C the callable for errors.
  static func DICT_MERGE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let dict = fp[operandA(pc)]
    let update = fp[operandB(pc)]
    let callable = fp[operandC(pc)]
    guard dict.isDict else { throw .systemError("DICT_MERGE needs a dict") }
    // What functions with `**kw` hand on is most often empty.
    if update.isExactDict && DictObject(update).count == 0 { return consume(fp, thread, operandB(pc)) }
    let isPlain = update.isDict && update.type.slots.pointee.iterate?.code == TypeObject.dict.slots.pointee.iterate?.code
    if !update.isDict {
      let keys = try update.lookUpAttribute(Name.keys)
      if keys.value.isAbsent { throw .typeError("\(callableText(callable)) argument after ** must be a mapping, not \(update.typeName)") }
    }
    let target = DictObject(dict)
    if !isPlain {
      do throws(PyError) { try target.merge(mapping: update, .refuse) } catch { throw keywordError(callable) }
      return consume(fp, thread, operandB(pc))
    }
    let source = Owned(copying: update)
    if target.count == 0 {
      try target.merge(DictObject(source.value), .replace)
      return consume(fp, thread, operandB(pc))
    }
    var position = 0
    var key = Value.absent
    var value = Value.absent
    while DictObject(source.value).next(&position, &key, &value) {
      let heldKey = Owned(copying: key)
      let heldValue = Owned(copying: value)
      if try target.contains(heldKey.value) {
        throw .typeError("\(callableText(callable)) got multiple values for keyword argument '\(try heldKey.value.str().text)'")
      }
      try target.set(heldKey.value, heldValue.value)
    }
    consume(fp, thread, operandB(pc))
  }

  /// A KeyError of a mapping of keywords counts as a keyword that was given twice, as in CPython; other errors stay.
  private static func keywordError(_ callable: Value) -> PyError {
    guard PyError.matches(.keyError) else { return PyError() }
    let exception = currentThread.pointee.takeException()
    let arguments = Owned(copying: ExceptionObject(exception.value).args)
    guard TupleObject(arguments.value).count == 1 else {
      currentThread.pointee.setException(exception)
      return PyError()
    }
    do throws(PyError) {
      let key = try TupleObject(arguments.value)[0].str()
      return .typeError("\(callableText(callable)) got multiple values for keyword argument '\(key.value.text)'")
    } catch { return error }
  }

  /// How errors of calls name the callable: its qualified name with the module, and parentheses.
  static func callableText(_ callable: Value) -> String {
    do throws(PyError) {
      let qualified = try callable.lookUpAttribute(Name.__qualname__)
      if qualified.value.isAbsent { return try callable.str().text }
      let module = try callable.lookUpAttribute(Name.__module__)
      let name = try qualified.str().text
      if !module.value.isAbsent && !module.value.isNone {
        let text = try module.str().text
        if text != "builtins" { return "\(text).\(name)()" }
      }
      return "\(name)()"
    } catch {
      PyError.clear()
      return callable.typeName
    }
  }

  // MARK: Formatting

  static func FORMAT_SIMPLE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let operand = operandB(pc)
    let value = fp[operand]
    finish(pc, fp, thread, try formatted(value), operand)
  }

  private static func formatted(_ value: Value) throws(PyError) -> Owned {
    if value.isExactString { return Owned(copying: value) }
    if value.isSmallInteger { return try value.str() }
    let empty = try Owned.string("")
    return try value.format(empty.value)
  }

  static func FORMAT_WITH_SPEC(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    guard fp[base + 1].isString else { throw .systemError("FORMAT_WITH_SPEC needs a string") }
    let result = try fp[base].format(fp[base + 1])
    Evaluator.releaseSlots(fp, base + 1, base + 2)
    set(fp, base, result)
  }

  static func CONVERT_VALUE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    switch operandB(pc) {
    case 1: set(fp, base, try fp[base].str())
    case 2: set(fp, base, try fp[base].repr())
    case 3: set(fp, base, try fp[base].ascii())
    default: throw .systemError("unknown conversion")
    }
  }

  // MARK: Taking apart

  /// The first item goes to the topmost slot.
  static func UNPACK_SEQUENCE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let count = operandB(pc)
    let source = fp[base]
    if source.isExactTuple && TupleObject(source).count == count {
      let items = TupleObject(source).items
      let held = take(fp, base)
      for index in 0..<count {
        let item = items[index]
        item.retain()
        fp[base + count - 1 - index] = item
      }
      _ = held
      return
    }
    if source.isExactList && ListObject(source).count == count {
      let held = take(fp, base)
      let items = ListObject(held.value).items
      for index in 0..<count {
        let item = items[index]
        item.retain()
        fp[base + count - 1 - index] = item
      }
      return
    }
    if source.isObject && source.object.shape.flags.isSuperset(of: [.set, .exact]) && SetObject(source).count == count {
      let held = take(fp, base)
      var position = 0
      var key = Value.absent
      for index in 0..<count where SetObject(held.value).next(&position, &key) {
        key.retain()
        fp[base + count - 1 - index] = key
      }
      return
    }
    let list = try unpack(source, before: count, after: -1)
    let held = take(fp, base)
    for index in 0..<count { fp[base + count - 1 - index] = Owned(copying: ListObject(list.value)[index]).take() }
    _ = held
  }

  static func UNPACK_EX(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let before = operandB(pc)
    let after = operandC(pc)
    let list = try unpack(fp[base], before: before, after: after)
    let items = ListObject(list.value)
    let count = items.count
    let rest = try Owned.list(UnsafeBufferPointer(start: UnsafePointer(items.items + before), count: count - before - after))
    let held = take(fp, base)
    let total = before + 1 + after
    for index in 0..<before { fp[base + total - 1 - index] = Owned(copying: items[index]).take() }
    fp[base + after] = rest.take()
    for index in 0..<after { fp[base + after - 1 - index] = Owned(copying: items[count - after + index]).take() }
    _ = held
  }

  private static func iterateForUnpacking(_ source: Value) throws(PyError) -> Owned {
    do throws(PyError) { return try source.iterate() } catch {
      if PyError.matches(.typeError) && source.type.slots.pointee.iterate == nil && source.type.slots.pointee.item == nil {
        PyError.clear()
        throw .typeError("cannot unpack non-iterable \(source.typeName) object")
      }
      throw error
    }
  }

  /// The items of an iterable as a list: exactly `before` of them, or with `after` at least `before + after`.
  private static func unpack(_ source: Value, before: Int, after: Int) throws(PyError) -> Owned {
    let iterator = try iterateForUnpacking(source)
    let list = try Owned.list()
    let items = ListObject(list.value)
    while items.count < before {
      let item = try iterator.value.next()
      if item.value.isAbsent {
        if after < 0 { throw .valueError("not enough values to unpack (expected \(before), got \(items.count))") }
        throw .valueError("not enough values to unpack (expected at least \(before + after), got \(items.count))")
      }
      try items.append(taking: item)
    }
    if after < 0 {
      let more = try iterator.value.next()
      if !more.value.isAbsent {
        if source.isExactList || source.isExactTuple || source.isExactDict {
          throw .valueError("too many values to unpack (expected \(before), got \(try source.length()))")
        }
        throw .valueError("too many values to unpack (expected \(before))")
      }
      return list
    }
    while true {
      let item = try iterator.value.next()
      if item.value.isAbsent { break }
      try items.append(taking: item)
    }
    if items.count < before + after {
      throw .valueError("not enough values to unpack (expected at least \(before + after), got \(items.count))")
    }
    return list
  }
}
