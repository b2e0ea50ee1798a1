// The module `_contextvars`: variables whose values depend on the context in which code runs (PEP 567).

import CKraitCore
import KraitRuntime

nonisolated(unsafe) private var contextType = ModuleType()
nonisolated(unsafe) private var variableType = ModuleType()
nonisolated(unsafe) private var tokenType = ModuleType()
nonisolated(unsafe) private var missingType = ModuleType()
nonisolated(unsafe) private var missingAddress: UInt64 = 0

/// `Token.MISSING`
private var missing: Value { Value(bits: missingAddress) }

// MARK: - Objects

/// A context: its values, and the context to which the thread returns when it leaves this one.
private struct ContextObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var state: ObjectState
    /// A dict from variables to values. Copies of a context share it until one of them sets a variable.
    var values: Value
    /// Owned, or absent.
    var previous: Value
    /// The variable that was read last and its value, both borrowed from the dict; absent once that changes. Only the thread that is in the context reads and writes them.
    var lastVariable: Value
    var lastValue: Value
    var isEntered: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var values: DictObject { DictObject(contents.pointee.values) }

  static func make(values: consuming Owned) throws(PyError) -> Owned {
    let context = ContextObject(raw: try contextType.object.allocate())
    context.contents.pointee.values = values.take()
    return Owned(taking: context.raw)
  }

  /// A variable's value in this context, which is the calling thread's: borrowed, absent when there is none. What native code reads again and again, as decimals do, is not looked up.
  @inline(__always)
  func read(_ variable: Value) throws(PyError) -> Value {
    contents.pointee.lastVariable === variable ? contents.pointee.lastValue : try lookUp(variable)
  }

  @inline(never)
  private func lookUp(_ variable: Value) throws(PyError) -> Value {
    let found = try values.get(variable)
    if !found.isAbsent { (contents.pointee.lastVariable, contents.pointee.lastValue) = (variable, found) }
    return found
  }

  /// The values, which the caller is about to change: this context is their only owner afterwards.
  func writableValues() throws(PyError) -> DictObject {
    contents.pointee.lastVariable = .absent
    if !contents.pointee.values.isHeldOnce {
      let copy = try values.copy()
      let old = contents.pointee.values
      contents.pointee.values = copy.take()
      old.release()
    }
    return values
  }

  /// The context in which the calling thread is; made when the thread has none.
  static func current() throws(PyError) -> ContextObject {
    let thread = currentThread
    if thread.pointee.context.isAbsent {
      let context = try make(values: try Owned.dict())
      ContextObject(context.value).contents.pointee.isEntered = true
      thread.pointee.context = context.take()
    }
    return ContextObject(thread.pointee.context)
  }
}

private struct VariableObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var name: Value
    /// Absent when there is none.
    var defaultValue: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

private struct TokenObject {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var context: Value
    var variable: Value
    /// Absent when the variable had none.
    var oldValue: Value
    var isUsed: Bool
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
}

// MARK: - Variables

private func makeVariable(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  var defaultValue = Value.absent
  if arguments.positionalCount > 1 { throw .typeError("ContextVar() takes at most 1 positional argument (\(arguments.positionalCount) given)") }
  var name = arguments.positionalCount == 1 ? arguments.base[0] : .absent
  for index in 0..<arguments.keywordCount {
    let keyword = TupleObject(arguments.keywordNames)[index]
    let value = arguments.base[arguments.positionalCount + index]
    if StringObject(keyword).isEqual(to: "default") {
      defaultValue = value
    } else if StringObject(keyword).isEqual(to: "name") && name.isAbsent {
      name = value
    } else {
      throw .typeError("ContextVar() got an unexpected keyword argument '\(keyword.text)'")
    }
  }
  if name.isAbsent { throw .typeError("ContextVar() takes exactly 1 positional argument (0 given)") }
  guard name.isString else { throw .typeError("context variable name must be a str") }
  _ = try name.hash()
  let variable = VariableObject(raw: try TypeObject(type).allocate())
  variable.contents.pointee.name = Owned(copying: name).take()
  variable.contents.pointee.defaultValue = Owned(copyingIfPresent: defaultValue).take()
  return Owned(taking: variable.raw)
}

private func getVariable(_ variable: Value, _ fallback: Value) throws(PyError) -> Owned {
  let context = currentThread.pointee.context
  if !context.isAbsent {
    let found = try ContextObject(context).read(variable)
    if !found.isAbsent { return Owned(copying: found) }
  }
  if !fallback.isAbsent { return Owned(copying: fallback) }
  let defaultValue = VariableObject(variable).contents.pointee.defaultValue
  if !defaultValue.isAbsent { return Owned(copying: defaultValue) }
  throw PyError.raise(.lookupError, variable)
}

private func setVariable(_ variable: Value, _ value: Value) throws(PyError) -> Owned {
  let context = try ContextObject.current()
  let old = Owned(copyingIfPresent: try context.read(variable))
  let token = TokenObject(raw: try tokenType.object.allocate())
  let owner = Owned(taking: token.raw)
  token.contents.pointee.context = Owned(copying: Value(context.raw)).take()
  token.contents.pointee.variable = Owned(copying: variable).take()
  token.contents.pointee.oldValue = old.take()
  try context.writableValues().set(variable, value)
  return owner
}

private func resetVariable(_ variable: Value, _ value: Value) throws(PyError) {
  guard tokenType.isType(of: value) else { throw .typeError("expected an instance of Token, got \(try value.repr().text)") }
  let token = TokenObject(value).contents
  if token.pointee.isUsed { throw .runtimeError("\(try value.repr().text) has already been used once") }
  if token.pointee.variable !== variable { throw .valueError("\(try value.repr().text) was created by a different ContextVar") }
  let context = try ContextObject.current()
  if token.pointee.context !== Value(context.raw) { throw .valueError("\(try value.repr().text) was created in a different Context") }
  token.pointee.isUsed = true
  if token.pointee.oldValue.isAbsent {
    let removed = try context.writableValues().remove(variable)
    if removed.value.isAbsent { throw PyError.raise(.lookupError, variable) }
  } else {
    try context.writableValues().set(variable, token.pointee.oldValue)
  }
}

extension Owned {
  /// The text of a str that is owned.
  fileprivate var text: String { value.text }
}

private func address(_ value: Value) -> String { "0x" + String(value.bits, radix: 16) }

private func defineVariable(_ m: ModuleBuilder) throws(PyError) {
  variableType = ModuleType(
    try m.defineType("ContextVar") { t in
      t.basicSize = MemoryLayout<VariableObject.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.rawNew("ContextVar", makeVariable)
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        let contents = VariableObject(object).contents
        let name = try contents.pointee.name.repr()
        if contents.pointee.defaultValue.isAbsent { return try Owned.string("<ContextVar name=\(name.text) at \(address(object))>") }
        let shown = try contents.pointee.defaultValue.repr()
        return try Owned.string("<ContextVar name=\(name.text) default=\(shown.text) at \(address(object))>")
      }
      t.method("get(default=<unrepresentable>, /)", "The variable's value in the context that is current.\n\nWithout one there: the argument default if it was given, else the variable's\nown default, else LookupError.") {
        (call: Call) throws(PyError) -> Owned in try getVariable(call.receiver, call[0])
      }
      t.method("set(value, /)", "Give the variable a value in the context that is current.\n\nThe Token returned puts back what was before, by reset() or at the\nend of a with statement.") {
        (call: Call) throws(PyError) -> Owned in try setVariable(call.receiver, call[0])
      }
      t.method("reset(token, /)", "Take back a set().\n\nThe variable holds again what it held, or nothing, when set() made the token.") { (call: Call) throws(PyError) -> Owned in
        try resetVariable(call.receiver, call[0])
        return .none
      }
      t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
      t.member("name", offset: MemoryLayout<VariableObject.Contents>.offset(of: \VariableObject.Contents.name)!)
      t.slots.deallocate = DeallocateSlot { raw in
        VariableObject(raw: raw).contents.pointee.name.releaseIfPresent()
        VariableObject(raw: raw).contents.pointee.defaultValue.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in visit(VariableObject(raw: raw).contents.pointee.defaultValue) }
      t.slots.clear = ClearSlot { raw in
        let old = VariableObject(raw: raw).contents.pointee.defaultValue
        VariableObject(raw: raw).contents.pointee.defaultValue = .absent
        old.releaseIfPresent()
      }
    })
}

// MARK: - Tokens

private func defineToken(_ m: ModuleBuilder) throws(PyError) {
  missingType = ModuleType(
    try m.defineType("Token.MISSING", module: "builtins", isPublic: false, isStatic: true) { t in
      t.slots.repr = UnarySlot { (_: Value) throws(PyError) -> Owned in try Owned.string("<Token.MISSING>") }
    })
  // One for the process: the first of the interpreters that get here at once makes it.
  if krait_load64(&missingAddress) == 0 { _ = krait_cas64(&missingAddress, 0, missingType.object.makeImmortalInstance().bits) }
  tokenType = ModuleType(
    try m.defineType("Token") { t in
      t.basicSize = MemoryLayout<TokenObject.Contents>.size
      t.shapeFlags.insert(.tracked)
      t.rawNew("Token") { (_: Value, _: Arguments) throws(PyError) -> Owned in throw .runtimeError("Tokens can only be created by ContextVars") }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in
        let contents = TokenObject(object).contents
        let shown = try contents.pointee.variable.repr()
        return try Owned.string("<Token\(contents.pointee.isUsed ? " used" : "") var=\(shown.text) at \(address(object))>")
      }
      t.attribute(Name.__hash__, .none)
      t.attribute(Name.make("MISSING"), missing)
      t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
      t.method("__enter__()", "Begin a with statement at whose end the variable is reset.") { (call: Call) throws(PyError) -> Owned in Owned(copying: call.receiver) }
      t.method("__exit__(type, val, tb, /)", "Reset the variable to what it was before the token was made.") { (call: Call) throws(PyError) -> Owned in
        try resetVariable(TokenObject(call.receiver).contents.pointee.variable, call.receiver)
        return .none
      }
      t.getter("var") { (object: Value) throws(PyError) -> Owned in Owned(copying: TokenObject(object).contents.pointee.variable) }
      t.getter("old_value") { (object: Value) throws(PyError) -> Owned in
        let old = TokenObject(object).contents.pointee.oldValue
        return Owned(copying: old.isAbsent ? missing : old)
      }
      t.slots.deallocate = DeallocateSlot { raw in
        let contents = TokenObject(raw: raw).contents
        contents.pointee.context.releaseIfPresent()
        contents.pointee.variable.releaseIfPresent()
        contents.pointee.oldValue.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        let contents = TokenObject(raw: raw).contents
        visit(contents.pointee.context)
        visit(contents.pointee.variable)
        visit(contents.pointee.oldValue)
      }
    })
}

// MARK: - Contexts

private func runInContext(_ value: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  guard arguments.positionalCount > 0 else { throw .typeError("run() missing 1 required positional argument") }
  try enterContext(value)
  defer { leaveContext(value) }
  return try arguments.base[0].call(arguments: arguments.withoutFirst)
}

/// A copy of the context in which the calling thread is.
func copyCurrentContext() throws(PyError) -> Owned {
  let context = try ContextObject.current()
  return try ContextObject.make(values: Owned(copying: context.contents.pointee.values))
}

/// Enters a context, for native code that runs something in it.
func enterContext(_ value: Value) throws(PyError) {
  guard contextType.isMade, contextType.includes(value) else { throw .typeError("an instance of Context was expected") }
  let context = ContextObject(value)
  if context.contents.pointee.isEntered { throw .runtimeError("cannot enter context: \(try value.repr().text) is already entered") }
  let thread = currentThread
  context.contents.pointee.isEntered = true
  context.contents.pointee.lastVariable = .absent
  context.contents.pointee.previous = thread.pointee.context
  thread.pointee.context = Owned(copying: value).take()
}

/// Leaves the context that ``enterContext(_:)`` entered.
func leaveContext(_ value: Value) {
  let context = ContextObject(value)
  let thread = currentThread
  let own = thread.pointee.context
  thread.pointee.context = context.contents.pointee.previous
  context.contents.pointee.previous = .absent
  context.contents.pointee.isEntered = false
  own.releaseIfPresent()
}

private func find(_ context: Value, _ key: Value) throws(PyError) -> Value {
  guard variableType.isType(of: key) else { throw .typeError("a ContextVar key was expected, got \(try key.repr().text)") }
  return try ContextObject(context).values.get(key)
}

private func defineContext(_ m: ModuleBuilder) throws(PyError) {
  contextType = ModuleType(
    try m.defineType("Context") { t in
      t.basicSize = MemoryLayout<ContextObject.Contents>.size
      t.shapeFlags.formUnion([.tracked, .hasState])
      t.flags.formUnion([.managedWeakReference, .mapping])
      t.rawNew("Context") { (_: Value, arguments: Arguments) throws(PyError) -> Owned in
        if arguments.positionalCount + arguments.keywordCount > 0 { throw .typeError("Context() does not accept any arguments") }
        return try ContextObject.make(values: try Owned.dict())
      }
      t.attribute(Name.__hash__, .none)
      t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
        guard operation == .equal || operation == .notEqual, contextType.isType(of: a), contextType.isType(of: b) else { return .notImplemented }
        return try ContextObject(a).contents.pointee.values.compare(ContextObject(b).contents.pointee.values, operation)
      }
      t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in
        // A copy of the values may be set while this runs; the iterator keeps what it has.
        try ContextObject(object).contents.pointee.values.iterate()
      }
      t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in ContextObject(object).values.count }
      t.slots.subscript = BinarySlot { (object: Value, key: Value) throws(PyError) -> Owned in
        let found = try find(object, key)
        if found.isAbsent { throw .keyError(key) }
        return Owned(copying: found)
      }
      t.slots.contains = ContainsSlot { (object: Value, key: Value) throws(PyError) -> Bool in try !find(object, key).isAbsent }
      t.method("get(key, default=None, /)", "What the context holds for the variable key.\n\nThe argument default (None if it was not given) where it holds nothing.") { (call: Call) throws(PyError) -> Owned in
        let found = try find(call.receiver, call[0])
        return Owned(copying: found.isAbsent ? call[1] : found)
      }
      t.method("items()", "The pairs of each variable and what it holds.\n\nA list, a copy of the state of now.") { (call: Call) throws(PyError) -> Owned in
        let copy = try ContextObject(call.receiver).values.copy()
        return try copy.value.callMethod(Name.items)
      }
      t.method("keys()", "The variables that hold something, as a list.") { (call: Call) throws(PyError) -> Owned in
        let copy = try ContextObject(call.receiver).values.copy()
        return try copy.value.callMethod(Name.keys)
      }
      t.method("values()", "What the variables hold, as a list.") { (call: Call) throws(PyError) -> Owned in
        let copy = try ContextObject(call.receiver).values.copy()
        return try copy.value.callMethod(Name.values)
      }
      t.method("copy()", "A new context with the same variables and values.") { (call: Call) throws(PyError) -> Owned in
        try ContextObject.make(values: Owned(copying: ContextObject(call.receiver).contents.pointee.values))
      }
      t.rawMethod("run", "", runInContext)
      t.slots.deallocate = DeallocateSlot { raw in
        ContextObject(raw: raw).contents.pointee.values.releaseIfPresent()
        ContextObject(raw: raw).contents.pointee.previous.releaseIfPresent()
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(ContextObject(raw: raw).contents.pointee.values)
        visit(ContextObject(raw: raw).contents.pointee.previous)
      }
    })
}

let contextvarsModule = ModuleDefinition("_contextvars", "Context Variables") { (m: ModuleBuilder) throws(PyError) in
  try defineContext(m)
  try defineVariable(m)
  try defineToken(m)
  try m.function("copy_context()") { (_: Call) throws(PyError) -> Owned in try copyCurrentContext() }
}

// MARK: - For native modules

/// A new context variable.
func makeContextVariable(_ name: StaticString) throws(PyError) -> Owned {
  let module = try importModule("_contextvars")
  _ = module
  let text = try Owned.string(name)
  return try variableType.value.call(text.value)
}

/// The variable's value in the calling thread's context, borrowed; absent when it has none.
@inline(__always)
func value(ofContextVariable variable: Value) throws(PyError) -> Value {
  let context = currentThread.pointee.context
  return context.isAbsent ? .absent : try ContextObject(context).read(variable)
}

func setContextVariable(_ variable: Value, _ value: Value) throws(PyError) { _ = try setVariable(variable, value) }
