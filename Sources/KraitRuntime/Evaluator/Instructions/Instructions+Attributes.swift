// Attributes: of instances, types, modules, `super()`, and special methods.

import CKraitCore

extension Slow {
  static func LOAD_ATTR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    specialiseLoad(pc, fp[operandB(pc)], Value(bits: pc[1]))
    finish(pc, fp, thread, try fp[operandB(pc)].getAttribute(Value(bits: pc[1])), operandB(pc))
    return pc + 4
  }

  /// Leaves a function and its first argument, or what the attribute is and NULL.
  static func LOAD_METHOD(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let name = Value(bits: pc[1])
    let source = operandB(pc)
    let destination = operandA(pc)
    let owner = fp[source]
    specialiseMethod(pc, owner, name)
    if let function = try method(of: owner, name) {
      let receiver = takeOperand(fp, thread, source)
      fp[destination] = Owned(copying: function).take()
      fp[destination + 1] = receiver.take()
      return
    }
    let found = try owner.getAttribute(name)
    if source != destination { consume(fp, thread, source) }
    set(fp, destination, found)
    fp[destination + 1] = .absent
  }

  /// A method that can be called with the owner as first argument, instead of making a bound method: found on the type, not hidden by the instance. Borrowed.
  static func method(of owner: Value, _ name: Value) throws(PyError) -> Value? {
    let type = owner.type
    guard type.looksGenerically else { return nil }
    let found = type.lookUp(name)
    if found.isAbsent || !found.isObject { return nil }
    guard found.type.contents.pointee.flags.contains(.methodDescriptor) else { return nil }
    if owner.isObject && owner.object.shape.flags.contains(.hasAttributes) {
      let own = try owner.object.instanceAttribute(name)
      if !own.isAbsent { return nil }
    }
    return found
  }

  static func STORE_ATTR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    try specialiseStore(pc, fp[operandA(pc)], Value(bits: pc[1]))
    try fp[operandA(pc)].setAttribute(Value(bits: pc[1]), fp[operandB(pc)])
    consume(fp, thread, operandB(pc))
    consume(fp, thread, operandA(pc))
  }

  static func DELETE_ATTR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    try fp[operandA(pc)].deleteAttribute(Value(bits: pc[1]))
    consume(fp, thread, operandA(pc))
  }

  /// `super().name`: A holds the global `super`, the class, the object.
  static func LOAD_SUPER_ATTR(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let name = Value(bits: pc[1])
    if isPlainSuper(fp, base) {
      let found = try superLoad(fp[base + 1], fp[base + 2], name)
      var result = Owned(taking: found.value)
      if found.isMethod { result = try MethodObject.make(function: result.value, receiver: fp[base + 2]) }
      Evaluator.releaseSlots(fp, base, base + 3)
      return set(fp, base, result)
    }
    let result = try superAttribute(pc, fp, name)
    Evaluator.releaseSlots(fp, base, base + 3)
    set(fp, base, result)
  }

  /// Whether the name `super` still means the type, and the class is one.
  private static func isPlainSuper(_ fp: FP, _ base: Int) -> Bool { fp[base] === TypeObject.superType.value && fp[base + 1].isType }

  static func LOAD_SUPER_METHOD(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let name = Value(bits: pc[1])
    if isPlainSuper(fp, base) {
      let found = try superLoad(fp[base + 1], fp[base + 2], name)
      if found.isMethod {
        // The function where the callee goes, the object where the first argument goes.
        let type = Owned(taking: fp[base + 1])
        fp[base] = found.value
        fp[base + 1] = fp[base + 2]
        fp[base + 2] = .none
        _ = consume type
      } else {
        Evaluator.releaseSlots(fp, base, base + 3)
        set(fp, base, Owned(taking: found.value))
        fp[base + 1] = .absent
      }
      return
    }
    let result = try superAttribute(pc, fp, name)
    Evaluator.releaseSlots(fp, base, base + 3)
    if result.value.isObject && result.value.type == .method {
      let method = MethodObject(result.value)
      let function = Owned(copying: method.function)
      let receiver = Owned(copying: method.receiver)
      set(fp, base, function)
      set(fp, base + 1, receiver)
    } else {
      set(fp, base, result)
      fp[base + 1] = .absent
    }
  }

  private static func superAttribute(_ pc: PC, _ fp: FP, _ name: Value) throws(PyError) -> Owned {
    let base = operandA(pc)
    let made: Owned
    if operandB(pc) & 2 != 0 {
      made = try fp[base].call(fp[base + 1], fp[base + 2])
    } else {
      made = try fp[base].call()
    }
    return try made.value.getAttribute(name)
  }

  /// `__enter__` and its like: looked up on the type, with the object as first argument.
  static func LOAD_SPECIAL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let owner = fp[base]
    let name = specialName(operandB(pc))
    let found = owner.type.lookUp(name)
    if found.isAbsent { throw missingSpecial(owner, operandB(pc)) }
    if found.isObject && found.type.contents.pointee.flags.contains(.methodDescriptor) {
      if owner.isObject && needsEntry(owner, name.bits) { AttributeCache.store(load: attributeLocation(owner, name), owner.object.shape, name, thread) }
      fp[base + 1] = owner
      fp[base] = Owned(copying: found).take()
      return
    }
    let bound = try owner.lookUpSpecial(name)
    set(fp, base, bound)
    fp[base + 1] = .absent
  }

  @inline(__always)
  static func specialName(_ number: Int) -> Value {
    switch number {
    case 0: Name.__enter__
    case 1: Name.__exit__
    case 2: Name.__aenter__
    default: Name.__aexit__
    }
  }

  private static func missingSpecial(_ owner: Value, _ number: Int) -> PyError {
    let type = owner.type
    let isAsync = number >= 2
    let missed = ["__enter__", "__exit__", "__aenter__", "__aexit__"][number]
    let kind = isAsync ? "asynchronous context manager" : "context manager"
    let otherKind = isAsync ? "context manager" : "asynchronous context manager"
    let text = "'\(type.nameForMessages)' object does not support the \(kind) protocol (missed \(missed) method)"
    let hasOther = isAsync
      ? !type.lookUp(Name.__enter__).isAbsent && !type.lookUp(Name.__exit__).isAbsent
      : !type.lookUp(Name.__aenter__).isAbsent && !type.lookUp(Name.__aexit__).isAbsent
    if !hasOther { return .typeError(text) }
    return .typeError("\(text) but it supports the \(otherKind) protocol. Did you mean to use '\(isAsync ? "with" : "async with")'?")
  }
}
