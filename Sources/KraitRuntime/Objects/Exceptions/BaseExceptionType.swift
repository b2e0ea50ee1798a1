// `BaseException`, the builtin exception types that add nothing to their base, and `traceback`.

import CKraitCore

func defineExceptions(_ types: TypeDefinitions) {
  types.define(.baseException, defineBaseException)
  for (type, text) in plainExceptions { defineException(types, type) { t in t.documentation = text } }
  defineException(types, .memoryError) { t in
    t.documentation = "There is no memory left."
    t.slots.deallocate = DeallocateSlot(deallocateMemoryError)
  }
  defineExceptionsWithFields(types)
  defineUnicodeErrors(types)
  defineExceptionGroups(types)
  types.define(.traceback, defineTraceback)
}

/// Defines an exception type: programs may derive from each.
func defineException(_ types: TypeDefinitions, _ type: TypeObject, _ body: (TypeDefinition) -> Void) {
  types.define(type) { t in
    t.flags.insert(.baseType)
    body(t)
  }
}

private let plainExceptions: [(TypeObject, StaticString)] = [
  (.exception, "Common base class of the errors that programs handle."),
  (.generatorExit, "Asks a generator or coroutine to end."),
  (.keyboardInterrupt, "The user interrupted the program."),
  (.arithmeticError, "Base class of errors of arithmetic."),
  (.assertionError, "An assertion does not hold."),
  (.bufferError, "An operation on a buffer is not possible."),
  (.eofError, "Input ended before anything was read."),
  (.lookupError, "Base class of errors of look-ups by key or index."),
  (.referenceError, "What a weak proxy refers to is gone."),
  (.runtimeError, "An error that no other type describes."),
  (.stopAsyncIteration, "An asynchronous iterator is at its end."),
  (.systemError, "An internal error of the interpreter."),
  (.typeError, "An operation does not fit the type of its operand."),
  (.valueError, "A value is of the right type and yet not possible."),
  (.warning, "Base class of warnings."),
  (.floatingPointError, "An operation on floats failed."),
  (.overflowError, "A number does not fit where it should go."),
  (.zeroDivisionError, "The divisor is zero."),
  (.indexError, "A sequence has no item at an index."),
  (.unboundLocalError, "A local name is read before it is bound."),
  (.childProcessError, "An operation on a child process failed."),
  (.connectionError, "Base class of errors of connections."),
  (.fileExistsError, "The file exists already."),
  (.fileNotFoundError, "There is no such file."),
  (.interruptedError, "A system call was interrupted."),
  (.isADirectoryError, "The operation does not work on a directory."),
  (.notADirectoryError, "A folder is needed, and the path is none."),
  (.permissionError, "Not enough rights."),
  (.processLookupError, "There is no such process."),
  (.timeoutError, "The time ran out."),
  (.blockingIOError, "The operation would block."),
  (.brokenPipeError, "The other end of the pipe is closed."),
  (.connectionAbortedError, "The connection was aborted."),
  (.connectionRefusedError, "The connection was refused."),
  (.connectionResetError, "The connection was reset."),
  (.notImplementedError, "The method or function is not implemented."),
  (.interpreterError, "An operation on an interpreter failed."),
  (.interpreterNotFoundError, "There is no such interpreter."),
  (.notShareableError, "An object cannot be sent to another interpreter."),
  (.pythonFinalizationError, "The operation is not possible while the interpreter ends."),
  (.recursionError, "Calls are nested too deep."),
  (.indentationError, "The indentation is wrong."),
  (.incompleteInputError, "The source ended too early."),
  (.tabError, "Tabs and spaces are mixed in a misleading way."),
  (.moduleNotFoundError, "There is no such module."),
  (.unicodeError, "An error of encoding, decoding or translating text."),
  (.bytesWarning, "bytes and str are mixed up."),
  (.deprecationWarning, "A feature should no longer be used."),
  (.encodingWarning, "A text encoding is left to the locale."),
  (.futureWarning, "A construct will change its meaning."),
  (.importWarning, "An import looks like a mistake."),
  (.pendingDeprecationWarning, "A feature will be deprecated."),
  (.resourceWarning, "A resource is used or released carelessly."),
  (.runtimeWarning, "Something dubious happens at run time."),
  (.syntaxWarning, "The syntax is dubious."),
  (.unicodeWarning, "Something about text is dubious."),
  (.userWarning, "A warning of the program's own."),
]

private func defineBaseException(_ t: TypeDefinition) {
  t.documentation = "What every exception is."
  t.basicSize = ExceptionObject.size
  t.flags.insert(.baseType)
  t.shapeFlags = [.exception, .tracked, .hasAttributes]
  t.rawNew("BaseException") { (type: Value, arguments: Arguments) throws(PyError) -> Owned in
    let args = try Owned.tuple(UnsafeBufferPointer(start: arguments.base, count: arguments.positionalCount))
    return try ExceptionObject.make(TypeObject(raw: type.object), args: args)
  }
  t.rawInitialize("BaseException") { (object: Value, arguments: Arguments) throws(PyError) -> Void in
    try refuseKeywords(object, arguments)
    try setArgs(object, arguments)
  }
  t.slots.deallocate = DeallocateSlot(deallocateException)
  t.slots.traverse = TraverseSlot(traverseException)
  t.slots.clear = ClearSlot(clearException)
  t.slots.repr = UnarySlot { (object) throws(PyError) in
    let args = TupleObject(ExceptionObject(object).args)
    var builder = try StringBuilder()
    try builder.append(object.type.nameText)
    if args.count == 1 {
      try builder.append("(")
      try builder.append(sharing: try args[0].repr())
      try builder.append(")")
    } else {
      try builder.append(sharing: try args.value.repr())
    }
    return try builder.finish()
  }
  t.slots.str = UnarySlot { (object) throws(PyError) in try exceptionText(object) }
  defineBaseExceptionAttributes(t)
  defineBaseExceptionMethods(t)
}

/// `BaseException.__str__`.
func exceptionText(_ object: Value) throws(PyError) -> Owned {
  let args = TupleObject(ExceptionObject(object).args)
  switch args.count {
  case 0: return Owned(taking: Name.empty)
  case 1: return try args[0].str()
  default: return try args.value.str()
  }
}

/// What `__init__` of most exceptions does with keyword arguments.
func refuseKeywords(_ object: Value, _ arguments: Arguments) throws(PyError) {
  if !arguments.keywordNames.isAbsent && TupleObject(arguments.keywordNames).count > 0 {
    throw PyError.typeError("\(object.type.nameText)() takes no keyword arguments")
  }
}

func setArgs(_ object: Value, _ arguments: Arguments) throws(PyError) {
  let exception = ExceptionObject(object)
  let count = arguments.positionalCount
  // `__new__` has usually made the very tuple.
  if exception.args.isTuple {
    let args = TupleObject(exception.args)
    if args.count == count && (0..<count).allSatisfy({ args[$0] === arguments.base[$0] }) { return }
  }
  exception.setArgs(try Owned.tuple(UnsafeBufferPointer(start: arguments.base, count: count)))
}

// MARK: Memory

private func deallocateException(_ raw: UnsafeMutableRawPointer) {
  let exception = ExceptionObject(raw: raw)
  // Nobody can see it any more, so it may be left as it is.
  exception.traceback.releaseIfPresent()
  exception.context.releaseIfPresent()
  exception.cause.releaseIfPresent()
  for index in 0..<exception.fieldCount { exception[index].releaseIfPresent() }
  exception.args.releaseIfPresent()
  finishDeallocation(raw)
}

/// Where a MemoryError was there is room for the next one.
private func deallocateMemoryError(_ raw: UnsafeMutableRawPointer) {
  deallocateException(raw)
  // Beside other threads without a lock, only who excludes them may look at what the interpreter keeps.
  if currentThread.pointee.hasPeers && !currentThread.pointee.holdsSharing { return }
  let interpreter = currentInterpreter
  let last = interpreter.pointee.lastMemoryError
  guard interpreter.pointee.spareMemoryError.isAbsent, !last.isAbsent, !interpreter.pointee.isFinalizing else { return }
  if let spare = ExceptionObject.makeMemoryError() { interpreter.pointee.spareMemoryError = spare.take() }
  // The frames of its traceback hold what a program must be able to give up.
  if last.object.referenceCount == 1 { ExceptionObject(last).clearFields() }
}

extension ExceptionObject {
  /// Gives up everything but the arguments, which must stay a tuple.
  func clearFields() {
    setTraceback(Owned(taking: .absent))
    setContext(Owned(taking: .absent))
    let cause = cause
    raw.storeBytes(of: Value.absent, toByteOffset: 40, as: Value.self)
    cause.releaseIfPresent()
    for index in 0..<fieldCount { set(index, Owned(taking: .absent)) }
  }
}

private func clearException(_ raw: UnsafeMutableRawPointer) {
  ExceptionObject(raw: raw).clearFields()
  ExceptionObject(raw: raw).setArgs(Owned.emptyTuple)
  if !raw.shape.flags.contains(.heapType) { releaseAttributes(raw) }
}

private func traverseException(_ raw: UnsafeMutableRawPointer, _ visit: Visitor) {
  let exception = ExceptionObject(raw: raw)
  visit(exception.args)
  visit(exception.traceback)
  visit(exception.context)
  visit(exception.cause)
  for index in 0..<exception.fieldCount { visit(exception[index]) }
  // For classes of programs the attributes have been visited.
  if !raw.shape.flags.contains(.heapType) { traverseAttributes(raw, visit) }
}

// MARK: Attributes

private func orNone(_ value: Value) -> Owned { value.isAbsent ? .none : Owned(copying: value) }

private func defineBaseExceptionAttributes(_ t: TypeDefinition) {
  t.property("__dict__", get: getInstanceDict, set: setInstanceDict)
  t.property("args", get: { (object) throws(PyError) in orNone(ExceptionObject(object).args) }, set: { (object, value) throws(PyError) in
    if value.isAbsent { throw PyError.typeError("args may not be deleted") }
    ExceptionObject(object).setArgs(try Owned.tuple(from: value))
  })
  t.property(
    "__traceback__", get: { (object) throws(PyError) in orNone(ExceptionObject(object).traceback) },
    set: { (object, value) throws(PyError) in try setTraceback(object, value) })
  t.property("__context__", get: { (object) throws(PyError) in orNone(ExceptionObject(object).context) }, set: { (object, value) throws(PyError) in
    if value.isAbsent { throw PyError.typeError("__context__ may not be deleted") }
    guard value.isNone || value.isException else { throw PyError.typeError("exception context must be None or derive from BaseException") }
    ExceptionObject(object).setContext(Owned(copyingIfPresent: value.isNone ? .absent : value))
  })
  t.property("__cause__", get: { (object) throws(PyError) in orNone(ExceptionObject(object).cause) }, set: { (object, value) throws(PyError) in
    if value.isAbsent { throw PyError.typeError("__cause__ may not be deleted") }
    guard value.isNone || value.isException else { throw PyError.typeError("exception cause must be None or derive from BaseException") }
    ExceptionObject(object).setCause(Owned(copying: value))
  })
  t.member(
    "__suppress_context__", get: { (object) throws(PyError) in .boolean(ExceptionObject(object).suppressContext) },
    set: { (object, value) throws(PyError) in
      if value.isAbsent { throw PyError.typeError("can't delete numeric/char attribute") }
      guard value.isBool else { throw PyError.typeError("attribute value type must be bool") }
      ExceptionObject(object).suppressContext = value.isTrue
    })
}

private func setTraceback(_ object: Value, _ value: Value) throws(PyError) {
  if value.isAbsent { throw PyError.typeError("__traceback__ may not be deleted") }
  guard value.isNone || value.isInstance(of: .traceback) else { throw PyError.typeError("__traceback__ must be a traceback or None") }
  ExceptionObject(object).setTraceback(Owned(copyingIfPresent: value.isNone ? .absent : value))
}

private func defineBaseExceptionMethods(_ t: TypeDefinition) {
  t.method("with_traceback(tb, /)", "Sets the traceback and returns the exception.") { (call: Call) throws(PyError) -> Owned in
    try setTraceback(call.receiver, call[0])
    return Owned(copying: call.receiver)
  }
  t.method("add_note(note, /)", "Adds a note, which reports show behind the message.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isString else { throw PyError.typeError("add_note() argument must be str, not \(call[0].typeName)") }
    var notes = try call.receiver.lookUpAttribute(Name.__notes__)
    if notes.value.isAbsent {
      notes = try Owned.list()
      try call.receiver.setAttribute(Name.__notes__, notes.value)
    }
    guard notes.value.isList else { throw PyError.typeError("Cannot add note: __notes__ is not a list") }
    try ListObject(notes.value).append(call[0])
    return .none
  }
  t.method("__reduce__()") { (call: Call) throws(PyError) -> Owned in
    let state = try attributesOrAbsent(call.receiver)
    return try reduceException(call.receiver, args: ExceptionObject(call.receiver).args, state: state.value)
  }
  t.method("__setstate__(state, /)") { (call: Call) throws(PyError) -> Owned in
    if call[0].isNone { return .none }
    guard call[0].isDict else { throw PyError.typeError("state is not a dictionary") }
    let items = try DictObject(call[0]).copy()
    var position = 0
    var key = Value.absent
    var value = Value.absent
    while DictObject(items.value).next(&position, &key, &value) { try call.receiver.setAttribute(key, value) }
    return .none
  }
}

/// `(type, args)` or `(type, args, state)`.
func reduceException(_ object: Value, args: Value, state: Value) throws(PyError) -> Owned {
  state.isAbsent ? try Owned.tuple(object.type.value, args) : try Owned.tuple(object.type.value, args, state)
}

/// The attribute dict of an exception if it has attributes, else absent.
func attributesOrAbsent(_ object: Value) throws(PyError) -> Owned {
  let dict = try object.lookUpAttribute(Name.__dict__)
  return !dict.isAbsent && dict.value.isDict && DictObject(dict.value).count > 0 ? dict : Owned(taking: .absent)
}

// MARK: traceback

private func defineTraceback(_ t: TypeDefinition) {
  t.documentation = "An entry of a traceback: a frame, the place in it, and the next entry."
  t.basicSize = TracebackObject.size
  t.shapeFlags = .tracked
  t.new("traceback(tb_next, tb_frame, tb_lasti, tb_lineno)") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isNone || call[0].type == .traceback else {
      throw PyError.typeError("expected traceback object or None, got '\(call[0].typeName)'")
    }
    guard call[1].type == .frame else { throw PyError.typeError("traceback() argument 'tb_frame' must be frame, not \(call[1].typeName)") }
    return try TracebackObject.make(next: call[0], frame: call[1], instruction: Int(try call.int32(2)), line: Int(try call.int32(3)))
  }
  t.slots.deallocate = DeallocateSlot { raw in
    let traceback = TracebackObject(raw: raw)
    // A chain of any length, without recursion.
    var next = traceback.next
    traceback.frame.release()
    freeObject(raw)
    while !next.isAbsent && !next.object.isImmortal && next.object.referenceCount == 1 {
      let entry = TracebackObject(next)
      let following = entry.next
      entry.raw.storeBytes(of: Value.absent, toByteOffset: 16, as: Value.self)
      next.release()
      next = following
    }
    next.releaseIfPresent()
  }
  t.slots.traverse = TraverseSlot { (raw, visit) in
    visit(TracebackObject(raw: raw).next)
    visit(TracebackObject(raw: raw).frame)
  }
  t.slots.clear = ClearSlot { raw in TracebackObject(raw: raw).setNext(Owned(taking: .absent)) }
  t.property("tb_next", get: { (object) throws(PyError) in orNone(TracebackObject(object).next) }, set: { (object, value) throws(PyError) in
    if value.isAbsent { throw PyError.typeError("can't delete tb_next attribute") }
    guard value.isNone || value.type == .traceback else { throw PyError.typeError("expected traceback object, got '\(value.typeName)'") }
    var entry = value
    while !entry.isNone && !entry.isAbsent {
      if entry === object { throw PyError.valueError("traceback loop detected") }
      entry = TracebackObject(entry).next
    }
    TracebackObject(object).setNext(Owned(copyingIfPresent: value.isNone ? .absent : value))
  })
  t.member("tb_frame") { (object) throws(PyError) in Owned(copying: TracebackObject(object).frame) }
  t.member("tb_lasti") { (object) throws(PyError) in try Owned.integer(TracebackObject(object).instruction) }
  t.getter("tb_lineno") { (object) throws(PyError) in
    let traceback = TracebackObject(object)
    if traceback.storedLine >= 0 { return try Owned.integer(traceback.storedLine) }
    guard let line = traceback.code.line(at: traceback.instruction) else { return .none }
    return try Owned.integer(line)
  }
  t.method("__dir__()") { (call: Call) throws(PyError) -> Owned in
    let list = try Owned.list(capacity: 4)
    for name in [Name.tb_frame, Name.tb_next, Name.tb_lasti, Name.tb_lineno] { try ListObject(list.value).append(name) }
    return list
  }
}
