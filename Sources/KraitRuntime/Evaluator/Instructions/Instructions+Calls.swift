// Calls and returns. Calls of Python functions push a frame and stay in the loop.

import CKraitCore
import KraitCompiler

extension Ops {
  /// Leaves the frame for its caller.
  @inline(__always)
  static func leave(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ frame: FramePointer, _ value: Value, _ count: Int) {
    if _slowPath(releaseLocals(fp, count)) && frame.pointee.flags.contains(.hasObject) { Evaluator.detachEmptied(frame) }
    let caller = frame - 1
    thread.pointee.frame = caller
    fp = caller.pointee.fp
    pc = caller.pointee.pc
    let destination = operandA(pc)
    let callable = fp[destination]
    fp[destination] = value
    release(callable)
    pc += Evaluator.callLength
  }

  /// As ``leave``, for a frame that owns its function: a property's, a special method's, or one that native code called.
  @inline(__always)
  private static func leaveOwned(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ frame: FramePointer, _ value: Value, _ count: Int) {
    if _slowPath(releaseLocals(fp, count)) && frame.pointee.flags.contains(.hasObject) { Evaluator.detachEmptied(frame) }
    let flags = frame.pointee.flags
    let extra = frame.pointee.extra
    let function = frame.pointee.function
    let caller = frame - 1
    thread.pointee.frame = caller
    fp = caller.pointee.fp
    pc = caller.pointee.pc
    release(object: function.object)
    if flags.contains(.entry) {
      thread.pointee.result = value
      pc = Evaluator.halt
      return
    }
    if flags.contains(.special) {
      pc = SpecialCalls.complete(value, extra, thread)
      fp = thread.pointee.frame.pointee.fp
      return
    }
    set(fp, operandA(pc), value)
    pc += Evaluator.callLength
  }

  @inline(__always)
  static func RETURN(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    let slot = operandA(pc)
    let value = fp[slot]
    if _slowPath(value.isAbsent || frame.pointee.flags.rawValue != 0) { return false }
    fp[slot] = .none
    leave(&pc, &fp, thread, frame, value, operandB(pc))
    return true
  }

  /// The end of a property's frame, a special method's, or one that native code called.
  @inline(__always)
  static func RETURN_OWNED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    let slot = operandA(pc)
    let value = fp[slot]
    if _slowPath(value.isAbsent || frame.pointee.flags.rawValue & ~FrameFlags.owned.rawValue != 0) { return false }
    fp[slot] = .none
    leaveOwned(&pc, &fp, thread, frame, value, operandB(pc))
    return true
  }

  @inline(__always)
  static func RETURN_CONST(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    let flags = frame.pointee.flags
    var value = Value(bits: pc[1])
    if _slowPath(flags.rawValue != 0) {
      // `__init__` ends: the call's result is the instance.
      guard flags == .initializer, value.isNone else { return false }
      value = frame.pointee.extra
    } else {
      retain(value)
    }
    leave(&pc, &fp, thread, frame, value, operandB(pc))
    return true
  }

  @inline(__always)
  static func RETURN_CONST_OWNED(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer) -> Bool {
    let frame = thread.pointee.frame
    if _slowPath(frame.pointee.flags.rawValue & ~FrameFlags.owned.rawValue != 0) { return false }
    let value = Value(bits: pc[1])
    retain(value)
    leaveOwned(&pc, &fp, thread, frame, value, operandB(pc))
    return true
  }
}

extension Slow {
  // MARK: Returns

  static func RETURN(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let slot = operandA(pc)
    if fp[slot].isAbsent { throw .systemError("no value to return") }
    return try returnValue(take(fp, slot), thread)
  }

  static func RETURN_CONST(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    try returnValue(Owned(copying: Value(bits: pc[1])), thread)
  }

  private static func returnValue(_ value: consuming Owned, _ thread: ThreadPointer) throws(PyError) -> PC {
    let frame = thread.pointee.frame
    let flags = frame.pointee.flags
    if flags.contains(.generator) { return Generators.returned(value, frame, thread) }
    if flags.contains(.initializer) {
      let instance = Owned(taking: frame.pointee.extra)
      frame.pointee.extra = .absent
      Evaluator.leaveReturning(thread)
      if !value.value.isNone { throw .typeError("__init__() should return None, not '\(value.value.typeName)'") }
      return Evaluator.deliver(instance.take(), flags, thread)
    }
    let extra = frame.pointee.extra
    Evaluator.leaveReturning(thread)
    return Evaluator.deliver(value.take(), flags, thread, extra)
  }

  // MARK: Calls

  /// A: callable, then self or NULL, then B arguments. C: there is surely no self.
  static func CALL(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let base = operandA(pc)
    let count = operandB(pc)
    let hasSelf = operandC(pc) == 0 && !fp[base + 1].isAbsent
    specialiseCall(pc, fp, hasSelf: hasSelf)
    return try call(pc, fp, thread, hasSelf: hasSelf, positional: count + (hasSelf ? 1 : 0), keywordNames: .absent)
  }

  /// As ``CALL``, with a tuple of the last arguments' names on top.
  static func CALL_KW(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let base = operandA(pc)
    let count = operandB(pc)
    let names = take(fp, base + 2 + count)
    guard areKeywordNames(names.value, count) else { throw .systemError("bad keyword names") }
    let hasSelf = operandC(pc) == 0 && !fp[base + 1].isAbsent
    specialiseKeywordCall(pc, fp[base], names.value, hasSelf: hasSelf)
    let positional = count - TupleObject(names.value).count + (hasSelf ? 1 : 0)
    return try call(pc, fp, thread, hasSelf: hasSelf, positional: positional, keywordNames: names.value)
  }

  private static func call(
    _ pc: PC, _ fp: FP, _ thread: ThreadPointer, hasSelf: Bool, positional: Int, keywordNames: Value
  ) throws(PyError) -> PC {
    let base = operandA(pc)
    let first = base + (hasSelf ? 1 : 2)
    let total = positional + (keywordNames.isAbsent ? 0 : TupleObject(keywordNames).count)
    let arguments = Arguments(base: UnsafePointer(fp + first), positionalCount: positional, keywordNames: keywordNames)
    let callable = fp[base]
    if callable.isObject && !callable.isAbsent {
      if callable.object.shape == TypeObject.function.rootShape {
        return try pushCall(callable, arguments, fp, first, total, thread, .absent)
      }
      // A bound method of a Python function: the slot of NULL takes the receiver.
      if callable.object.shape == TypeObject.method.rootShape && !hasSelf {
        let method = MethodObject(callable)
        if method.function.isObject && method.function.object.shape == TypeObject.function.rootShape {
          let function = Owned(copying: method.function)
          fp[base + 1] = Owned(copying: method.receiver).take()
          set(fp, base, function)
          let withReceiver = Arguments(base: UnsafePointer(fp + base + 1), positionalCount: positional + 1, keywordNames: keywordNames)
          return try pushCall(fp[base], withReceiver, fp, base + 1, total + 1, thread, .absent)
        }
      }
      // An object whose class has a Python function `__call__`: so does the object.
      if !hasSelf && !callable.isType {
        let function = SpecialCalls.callMethod(callable, thread)
        if !function.isAbsent {
          fp[base + 1] = callable
          fp[base] = Owned(copying: function).take()
          let withReceiver = Arguments(base: UnsafePointer(fp + base + 1), positionalCount: positional + 1, keywordNames: keywordNames)
          return try pushCall(fp[base], withReceiver, fp, base + 1, total + 1, thread, .absent)
        }
      }
      if let start = try instantiate(callable, arguments, fp, base, first, total, thread) { return start }
    }
    let result = try callable.call(arguments: arguments)
    Evaluator.releaseSlots(fp, base + 1, first + total)
    set(fp, base, result)
    return pc + Evaluator.callLength
  }

  /// Pushes the frame of a Python function whose callable stands in the caller's slot; the arguments are in the caller's temporaries from `first` on.
  static func pushCall(
    _ callable: Value, _ arguments: Arguments, _ fp: FP, _ first: Int, _ total: Int, _ thread: ThreadPointer, _ instance: Value
  ) throws(PyError) -> PC {
    let function = FunctionObject(callable)
    let code = function.code
    let start = try code.executableStart()
    let flags: FrameFlags = instance.isAbsent ? [] : .initializer
    if arguments.keywordNames.isAbsent && Int(code.contents.pointee.exactCount) == arguments.positionalCount {
      // The arguments are where the callee's locals begin.
      let callee = fp + first
      try Evaluator.pushFrame(thread, callable, code, callee, flags, instance)
      Evaluator.clearLocals(callee, from: total, code)
      return start
    }
    let staysInPlace = arguments.keywordNames.isAbsent && function.bindsInPlace(total)
    let callee = staysInPlace ? fp + first : thread.pointee.frame.stackEnd
    try Evaluator.pushFrame(thread, callable, code, callee, flags, instance)
    Evaluator.clearLocals(callee, from: staysInPlace ? total : 0, code)
    do throws(PyError) {
      if staysInPlace {
        try function.bindInPlace(total, callee)
        return start
      }
      try function.bind(arguments, into: callee)
    } catch {
      // The instance stays with the caller, who gives it up.
      thread.pointee.frame.pointee.flags = []
      Evaluator.leaveFrame(thread)
      throw error
    }
    Evaluator.releaseSlots(fp, first, first + total)
    return start
  }

  /// An instance of a Python class with the ordinary `__new__` and a Python `__init__`: pushes the frame of `__init__`.
  private static func instantiate(
    _ callable: Value, _ arguments: Arguments, _ fp: FP, _ base: Int, _ first: Int, _ total: Int, _ thread: ThreadPointer
  ) throws(PyError) -> PC? {
    guard first == base + 2 else { return nil }
    let initializer = frameInitializer(callable)
    if initializer.isAbsent { return nil }
    let instance = try newInstance(TypeObject(raw: callable.object), arguments)
    let function = Owned(copying: initializer)
    // The class stands in the slot of the callable: `__init__` takes its place, the instance that of NULL.
    set(fp, base, function)
    fp[base + 1] = Owned(copying: instance.value).take()
    let withInstance = Arguments(
      base: UnsafePointer(fp + base + 1), positionalCount: arguments.positionalCount + 1, keywordNames: arguments.keywordNames)
    let start = try pushCall(fp[base], withInstance, fp, base + 1, total + 1, thread, instance.value)
    _ = instance.take()
    return start
  }

  /// The Python `__init__` of a Python class with the ordinary `__new__`, borrowed; absent for all else.
  private static func frameInitializer(_ callable: Value) -> Value {
    guard callable.isType, callable.type == .type else { return .absent }
    let type = TypeObject(raw: callable.object)
    let isException = type.rootShape.flags.contains(.exception)
    guard type.contents.pointee.flags.contains(.heapType), isException ? type.hasExceptionNew : type.hasOrdinaryNew else { return .absent }
    let initializer = type.lookUp(Name.__init__)
    guard initializer.isPresentObject, initializer.object.shape == TypeObject.function.rootShape, !type.contents.pointee.flags.contains(.isAbstract) else { return .absent }
    return initializer
  }

  /// What the `__new__` of objects and that of exceptions make.
  @inline(__always)
  static func newInstance(_ type: TypeObject, _ arguments: Arguments) throws(PyError) -> Owned {
    if type.rootShape.flags.contains(.exception), let new = type.slots.pointee.new { return try new(type.value, arguments) }
    return Owned(taking: try type.allocate())
  }

  /// A: callable, NULL, a tuple (or any iterable) of arguments, a dict of keywords or NULL.
  static func CALL_FUNCTION_EX(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) -> PC {
    let base = operandA(pc)
    try unpackPositional(fp, base)
    guard fp[base + 3].isAbsent || fp[base + 3].isDict else { throw .systemError("keyword arguments must be a dict") }
    let positional = TupleObject(fp[base + 2])
    let keywords = fp[base + 3]
    let hasKeywords = !keywords.isAbsent && DictObject(keywords).count > 0
    let entered = frameFunction(fp[base])
    if !hasKeywords {
      specialiseUnpackedCall(pc, fp[base], positional.count)
      let arguments = Arguments(base: UnsafePointer(positional.items), positionalCount: positional.count)
      switch entered {
      case .function: return try pushUnpacked(fp[base], arguments, fp, base, thread)
      case .none: return try callUnpacked(pc, fp, base, arguments)
      case .method, .initializer: break
      }
    }
    return try withRow(fp[base], positional, hasKeywords ? keywords : .absent) { (arguments: Arguments) throws(PyError) -> PC in
      var instance = Owned(taking: .absent)
      var called = fp[base]
      switch entered {
      case .function: return try pushUnpacked(fp[base], arguments, fp, base, thread)
      case .none: return try callUnpacked(pc, fp, base, arguments)
      case .method:
        // The method stays where it is until the call has ended, and keeps the function.
        fp[base + 1] = Owned(copying: MethodObject(called).receiver).take()
        called = MethodObject(called).function
      case .initializer(let function):
        let function = Owned(copying: function)
        instance = try newInstance(TypeObject(raw: fp[base].object), arguments)
        fp[base + 1] = instance.copy().take()
        set(fp, base, function)
        called = fp[base]
      }
      let row = UnsafeMutablePointer(mutating: arguments.base) - 1
      row[0] = fp[base + 1]
      let withReceiver = Arguments(base: UnsafePointer(row), positionalCount: positional.count + 1, keywordNames: arguments.keywordNames)
      let start = try pushUnpacked(called, withReceiver, fp, base, thread, instance.value)
      _ = instance.take()
      return start
    }
  }

  /// How the frame of a Python function is entered that a callable stands for.
  private enum FrameFunction {
    case none, function, method
    case initializer(Value)
  }

  @inline(__always)
  private static func frameFunction(_ callable: Value) -> FrameFunction {
    guard callable.isPresentObject else { return .none }
    if callable.object.shape == TypeObject.function.rootShape { return .function }
    if callable.object.shape == TypeObject.method.rootShape {
      let function = MethodObject(callable).function
      return function.isPresentObject && function.object.shape == TypeObject.function.rootShape ? .method : .none
    }
    if !callable.object.shape.flags.contains(.type) { return .none }
    let initializer = frameInitializer(callable)
    return initializer.isAbsent ? .none : .initializer(initializer)
  }

  /// Calls what has no frame of its own to be entered.
  @inline(__always)
  private static func callUnpacked(_ pc: PC, _ fp: FP, _ base: Int, _ arguments: Arguments) throws(PyError) -> PC {
    let result = try fp[base].call(arguments: arguments)
    Evaluator.releaseSlots(fp, base + 1, base + 4)
    set(fp, base, result)
    return pc + Evaluator.callLength
  }

  /// Whether a value can be the names of the last of so many arguments.
  static func areKeywordNames(_ names: Value, _ count: Int) -> Bool {
    guard names.isExactTuple, TupleObject(names).count <= count else { return false }
    for index in 0..<TupleObject(names).count where !TupleObject(names)[index].isString { return false }
    return true
  }

  /// Makes the positional arguments of `CALL_FUNCTION_EX` a tuple.
  @inline(__always)
  static func unpackPositional(_ fp: FP, _ base: Int) throws(PyError) {
    if !fp[base + 2].isExactTuple { try makePositional(fp, base) }
  }

  @inline(never)
  private static func makePositional(_ fp: FP, _ base: Int) throws(PyError) {
    let iterable = fp[base + 2]
    if iterable.type.slots.pointee.iterate == nil && iterable.type.slots.pointee.item == nil {
      throw .typeError("\(callableText(fp[base])) argument after * must be an iterable, not \(iterable.typeName)")
    }
    set(fp, base + 2, try Owned.tuple(from: iterable))
  }

  /// Puts positional arguments and the values of keywords in a row, in front of which there is a place for a receiver.
  @inline(__always)
  static func withRow<Result: ~Copyable>(
    _ callable: Value, _ positional: TupleObject, _ keywords: Value, _ body: (Arguments) throws(PyError) -> Result
  ) throws(PyError) -> Result {
    let names = keywords.isAbsent ? Owned(taking: .absent) : try Owned.keywordNames(DictObject(keywords), of: callable)
    let first = positional.count + 1
    let end = first + (keywords.isAbsent ? 0 : TupleObject(names.value).count)
    return try withUnsafeTemporaryAllocation(of: Value.self, capacity: end) { (buffer: UnsafeMutableBufferPointer<Value>) throws(PyError) -> Result in
      let row = buffer.baseAddress.unsafelyUnwrapped
      (row + 1).update(from: positional.items, count: positional.count)
      var position = 0
      var key = Value.absent
      var index = first
      // Python code that the call runs may come by the dict, but not by the tuple's items.
      while index < end, DictObject(keywords).next(&position, &key, &row[index]) {
        row[index].retain()
        index += 1
      }
      defer { for index in first..<end { row[index].release() } }
      return try body(Arguments(base: UnsafePointer(row + 1), positionalCount: positional.count, keywordNames: names.value))
    }
  }

  /// Pushes the frame of a Python function that the caller's slot keeps; the instance is that of an `__init__`, which goes over to the frame.
  private static func pushUnpacked(
    _ callable: Value, _ arguments: Arguments, _ fp: FP, _ base: Int, _ thread: ThreadPointer, _ instance: Value = .absent
  ) throws(PyError) -> PC {
    let function = FunctionObject(callable)
    let code = function.code
    let start = try code.executableStart()
    let callee = thread.pointee.frame.stackEnd
    try Evaluator.pushFrame(thread, callable, code, callee, instance.isAbsent ? [] : .initializer, instance)
    Evaluator.clearLocals(callee, from: 0, code)
    do throws(PyError) { try function.bind(arguments, into: callee) } catch {
      // The instance stays with the caller, who gives it up.
      thread.pointee.frame.pointee.flags = []
      Evaluator.leaveFrame(thread)
      throw error
    }
    Evaluator.releaseSlots(fp, base + 1, base + 4)
    return start
  }

  // MARK: Functions

  static func MAKE_FUNCTION(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandA(pc)
    guard fp[slot].type == .code else { throw .systemError("MAKE_FUNCTION needs a code object") }
    set(fp, slot, try FunctionObject.make(code: fp[slot], globals: thread.pointee.frame.pointee.globals))
  }

  /// A: the value, then the function.
  static func SET_FUNCTION_ATTRIBUTE(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let function = take(fp, base + 1)
    guard function.value.type == .function else { throw .systemError("SET_FUNCTION_ATTRIBUTE needs a function") }
    let value = take(fp, base)
    let object = FunctionObject(function.value)
    guard isAttribute(operandB(pc), value.value, object.code) else { throw .systemError("SET_FUNCTION_ATTRIBUTE with a bad value") }
    switch operandB(pc) {
    case 1: object.set(\.defaults, value)
    case 2: object.set(\.keywordDefaults, value)
    case 4: object.set(\.annotations, value)
    case 8: object.set(\.closure, value)
    case 16:
      try nameAnnotate(value.value, of: object)
      object.set(\.annotate, value)
    default: throw .systemError("unknown function attribute")
    }
    fp[base] = function.take()
  }

  /// The code of an `__annotate__` says nothing of the function whose annotations it makes.
  private static func nameAnnotate(_ annotate: Value, of function: FunctionObject) throws(PyError) {
    guard annotate.type == .function, FunctionObject(annotate).name === Name.__annotate__ else { return }
    let name = try Owned.string("\(function.qualifiedName.text).__annotate__")
    FunctionObject(annotate).set(\.qualifiedName, name)
  }

  /// Whether a value may be an attribute of a function.
  private static func isAttribute(_ number: Int, _ value: Value, _ code: CodeObject) -> Bool {
    switch number {
    case 1: return value.isExactTuple
    case 2: return value.isExactDict
    case 4: return value.isExactTuple || value.isExactDict
    case 8:
      guard value.isExactTuple, TupleObject(value).count == code.freeCount else { return false }
      for index in 0..<TupleObject(value).count where TupleObject(value)[index].type != .cell { return false }
      return true
    default: return true
    }
  }

  // MARK: Intrinsics

  static func CALL_INTRINSIC_1(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let slot = operandA(pc)
    let value = fp[slot]
    let result: Owned
    switch operandB(pc) {
    case 1: result = try Intrinsics.printExpression(value)
    case 2: result = try Intrinsics.importStar(value, thread)
    case 3: result = try Intrinsics.stopIterationError(value, thread)
    case 4: result = try AsyncGenerators.wrap(value)
    case 5: result = try value.positive()
    // The list that `[*a, b]` was put together in is mostly this instruction's own.
    case 6: result = value.isExactList && !Runtime.isFree && value.object.referenceCount == 1 ? try ListObject(value).takeItemsAsTuple() : try Owned.tuple(from: value)
    case 7...9 where !value.isString: throw .systemError("a type parameter needs a name")
    case 7: result = try Owned.typeVariable(name: value)
    case 8: result = try Owned.parameterSpecification(name: value)
    case 9: result = try Owned.typeVariableTuple(name: value)
    case 10 where !value.isExactTuple: throw .systemError("type parameters must be a tuple")
    case 10: result = try Owned.subscriptedGeneric(value)
    case 11:
      guard value.isExactTuple, TupleObject(value).count == 3 else { throw .systemError("a type alias needs three parts") }
      let parts = TupleObject(value)
      guard parts[0].isString else { throw .systemError("a type alias needs a name") }
      result = try Owned.typeAlias(name: parts[0], parameters: parts[1], evaluate: parts[2])
    default: throw .systemError("unknown intrinsic function")
    }
    set(fp, slot, result)
  }

  static func CALL_INTRINSIC_2(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let first = fp[base]
    let second = fp[base + 1]
    let result: Owned
    switch operandB(pc) {
    case 1: result = try Intrinsics.prepareReraiseStar(original: first, exceptions: second)
    case 2...3 where !first.isString: throw .systemError("a type parameter needs a name")
    case 2: result = try Owned.typeVariable(name: first, evaluateBound: second)
    case 3: result = try Owned.typeVariable(name: first, evaluateConstraints: second)
    case 4:
      guard first.type == .function, second.isExactTuple else { throw .systemError("type parameters of something that is no function") }
      FunctionObject(first).set(\.typeParameters, Owned(copying: second))
      result = Owned(copying: first)
    case 5:
      try setDefault(ofTypeParameter: first, evaluate: second)
      result = Owned(copying: first)
    default: throw .systemError("unknown intrinsic function")
    }
    Evaluator.releaseSlots(fp, base + 1, base + 2)
    set(fp, base, result)
  }

  // MARK: Imports

  /// A: level, names.
  static func IMPORT_NAME(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    let base = operandA(pc)
    let name = Value(bits: pc[1])
    let frame = thread.pointee.frame
    let function = try lookUp(Name.__import__, in: FunctionObject(frame.pointee.function).builtins)
    if function.value.isAbsent { throw .raise(.importError, "__import__ not found") }
    let locals = frame.localsMapping
    let result = try function.value.call(name, frame.pointee.globals, locals.isAbsent ? .none : locals, fp[base + 1], fp[base])
    Evaluator.releaseSlots(fp, base + 1, base + 2)
    set(fp, base, result)
  }

  static func IMPORT_FROM(_ pc: PC, _ fp: FP, _ thread: ThreadPointer) throws(PyError) {
    set(fp, operandA(pc), try Intrinsics.importFrom(fp[operandB(pc)], Value(bits: pc[1])))
  }
}

extension Value {
  func call(_ a: Value, _ b: Value, _ c: Value, _ d: Value, _ e: Value) throws(PyError) -> Owned {
    try withUnsafeTemporaryAllocation(of: Value.self, capacity: 5) { (buffer: UnsafeMutableBufferPointer<Value>) throws(PyError) -> Owned in
      buffer[0] = a
      buffer[1] = b
      buffer[2] = c
      buffer[3] = d
      buffer[4] = e
      return try call(arguments: Arguments(base: UnsafePointer(buffer.baseAddress.unsafelyUnwrapped), positionalCount: 5))
    }
  }
}

extension Ops {
  /// An instance whose `__init__` takes its last arguments from its defaults. False, with nothing changed, if it does not take these arguments.
  @inline(never)
  static func instantiateWithDefaults(_ pc: inout PC, _ fp: inout FP, _ thread: ThreadPointer, _ initializer: Value) -> Bool {
    let base = operandA(pc)
    let callable = fp[base]
    let type = TypeObject(raw: callable.object)
    let count = operandB(pc) &+ 1
    guard operandC(pc) != 0, type.rootShape.flags.areOrdinary, FunctionObject(initializer).takesWithDefaults(count) else { return false }
    thread.pointee.frame.pointee.pc = pc
    do throws(PyError) {
      let instance = try type.allocate()
      if Model.isFree && thread.pointee.hasPeers { Privacy.mark(instance) }
      // One reference is the result's, one the parameter's.
      instance.retain()
      fp[base] = Owned(copying: initializer).take()
      fp[base &+ 1] = Value(instance)
      do throws(PyError) {
        pc = try Slow.pushCall(
          fp[base], Arguments(base: UnsafePointer(fp + (base &+ 1)), positionalCount: count), fp, base &+ 1, count, thread, Value(instance))
      } catch {
        fp[base].release()
        fp[base] = callable
        fp[base &+ 1] = .absent
        instance.release()
        instance.release()
        throw error
      }
    } catch {
      PyError.clear()
      return false
    }
    fp = thread.pointee.frame.pointee.fp
    callable.object.release()
    return true
  }
}

extension TypeObject {
  /// `__new__` is that of `object`: an instance is allocated, and `__init__` does the rest.
  var hasOrdinaryNew: Bool {
    slots.pointee.new?.code == objectNewCode
  }

  /// `__new__` is that of `BaseException`, which keeps the arguments.
  var hasExceptionNew: Bool {
    lookUp(Name.__new__) === TypeObject.baseException.lookUp(Name.__new__)
  }
}
