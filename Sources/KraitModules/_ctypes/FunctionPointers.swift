// Function pointers and their types: `CFuncPtr`, which calls functions of C and lets C call Python's.

import CKraitFFI
import Glibc
import KraitRuntime

/// `_flags_` of function types.
enum CallFlags {
  static let cdecl = 1
  static let pythonAPI = 4
  static let useErrno = 8
  static let useLastError = 16
}

/// How many arguments a function may have.
let maximumArguments = 1024

struct CFunction {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  struct Contents {
    var data: CData.Contents
    /// What the instance says in place of its class. Owned, or absent, as all that follow.
    var argumentTypes: Value
    var converters: Value
    var resultType: Value
    var checker: Value
    var errorCheck: Value
    var parameterFlags: Value
    /// The Python function that C may call through this pointer.
    var callable: Value
  }

  var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  var data: CData { CData(raw: raw) }

  func clear() {
    let contents = self.contents
    replace(&contents.pointee.argumentTypes, Owned(taking: .absent))
    replace(&contents.pointee.converters, Owned(taking: .absent))
    replace(&contents.pointee.resultType, Owned(taking: .absent))
    replace(&contents.pointee.checker, Owned(taking: .absent))
    replace(&contents.pointee.errorCheck, Owned(taking: .absent))
    replace(&contents.pointee.parameterFlags, Owned(taking: .absent))
    replace(&contents.pointee.callable, Owned(taking: .absent))
  }

  func traverse(_ visit: Visitor) {
    let contents = self.contents.pointee
    for value in [
      contents.argumentTypes, contents.converters, contents.resultType, contents.checker, contents.errorCheck, contents.parameterFlags, contents.callable,
    ] { visit(value) }
    data.traverse(visit)
  }
}

// MARK: - Classes

/// `PyCFuncPtrType.__init__`
func initializeFunctionType(_ type: TypeObject) throws(PyError) {
  let info = try CTypeInfo.attach(type, .function)
  try info.setFormat("X{}")
  info.describeAsPointer()
  info.pointee.length = 1
  info.pointee.isPointer = true
  let flags = Owned(copyingIfPresent: try type.dict.get(CName.flags))
  guard !flags.value.isAbsent, flags.value.isInteger else { throw .typeError("class must define _flags_ which must be an integer") }
  info.pointee.callFlags = Int(truncatingIfNeeded: Integer.truncatedBits(flags.value))
  let argumentTypes = Owned(copyingIfPresent: try type.dict.get(CName.argumentTypes))
  if !argumentTypes.value.isAbsent {
    let converters = try parameterConverters(argumentTypes.value)
    replace(&info.pointee.converters, converters)
    replace(&info.pointee.argumentTypes, argumentTypes)
  }
  let resultType = Owned(copyingIfPresent: try type.dict.get(CName.resultType))
  if !resultType.value.isAbsent {
    if !resultType.value.isNone && CTypeInfo.of(resultType.value) == nil && !resultType.value.isCallable {
      throw .typeError("_restype_ must be a type, a callable, or None")
    }
    let checker = try resultType.value.lookUpAttribute(CName.checkResult)
    replace(&info.pointee.checker, checker)
    replace(&info.pointee.resultType, resultType)
  }
}

/// The `from_param` of each argument's type: a tuple.
private func parameterConverters(_ types: Value) throws(PyError) -> Owned {
  let list: Owned
  do throws(PyError) { list = try Owned.tuple(from: types) } catch {
    PyError.clear()
    throw .typeError("_argtypes_ must be a sequence of types")
  }
  let count = TupleObject(list.value).count
  if count > maximumArguments {
    throw PyError.raise(TypeObject(CTypes.argumentError.value), "_argtypes_ has too many arguments (\(count)), maximum is \(maximumArguments)")
  }
  let converters = try Owned.list(capacity: count)
  for index in 0..<count {
    let converter = try TupleObject(list.value)[index].lookUpAttribute(CName.fromParameter)
    if converter.value.isAbsent { throw .typeError("item \(index + 1) in _argtypes_ has no from_param method") }
    try ListObject(converters.value).append(converter.value)
  }
  return try Owned.tuple(from: converters.value)
}

// MARK: - Making instances

private func makeFunction(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let count = arguments.positionalCount
  if count == 0 { return try CData.make(TypeObject(type)) }
  let first = arguments.base[0]
  if first.isTuple { return try makeLibraryFunction(type, arguments) }
  if count == 1 && first.isInteger {
    let place = try address(first)
    let result = try CData.make(TypeObject(type))
    CData(result.value).address = place
    return result
  }
  if count != 1 { throw .typeError("function takes exactly 1 argument (\(count) given)") }
  guard first.isCallable else { throw .typeError("argument must be callable or integer function address") }
  guard let info = CTypeInfo.of(type), !info.pointee.argumentTypes.isAbsent else { throw .typeError("cannot construct instance of this class: no argtypes") }
  let thunk = try Callback.make(first, info)
  let result = try CData.make(TypeObject(type))
  let function = CFunction(result.value)
  replace(&function.contents.pointee.callable, Owned(copying: first))
  function.data.address = Callback(thunk.value).code
  try function.data.keep(0, thunk)
  return result
}

/// A function of a loaded library: `(name, library), paramflags`.
private func makeLibraryFunction(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  if arguments.positionalCount > 2 { throw .typeError("function takes at most 2 arguments (\(arguments.positionalCount) given)") }
  let specification = try Owned.tuple(from: arguments.base[0])
  guard TupleObject(specification.value).count == 2 else { throw .typeError("illegal func_spec argument") }
  let (name, library) = (TupleObject(specification.value)[0], TupleObject(specification.value)[1])
  guard name.isString || name.isBytes else { throw .typeError("function name must be string, bytes object or integer") }
  let place = try librarySymbol(library, name, .attributeError)
  let flags = arguments.positionalCount > 1 && !arguments.base[1].isNone ? arguments.base[1] : .absent
  let info = try CTypeInfo.concrete(TypeObject(type))
  try checkParameterFlags(info.pointee.argumentTypes, flags)
  let result = try CData.make(TypeObject(type))
  let function = CFunction(result.value)
  replace(&function.contents.pointee.parameterFlags, Owned(copyingIfPresent: flags))
  function.data.address = place
  try function.data.keep(0, Owned(copying: library))
  return result
}

/// Directions of parameters.
private enum Direction {
  static let input = 1
  static let output = 2
  static let locale = 4
  static let all = 7
}

/// Whether the flags of parameters fit their types.
private func checkParameterFlags(_ types: Value, _ flags: Value) throws(PyError) {
  if flags.isAbsent || types.isAbsent { return }
  guard flags.isTuple else { throw .typeError("paramflags must be a tuple or None") }
  let typeList = try Owned.tuple(from: types)
  guard TupleObject(flags).count == TupleObject(typeList.value).count else { throw .valueError("paramflags must have the same length as argtypes") }
  for index in 0..<TupleObject(flags).count {
    let item = TupleObject(flags)[index]
    let isWellFormed = item.isTuple && (1...3).contains(TupleObject(item).count) && TupleObject(item)[0].isInteger
      && (TupleObject(item).count < 2 || TupleObject(item)[1].isNone || TupleObject(item)[1].isString)
    guard isWellFormed, let flag = Integer.asInt(TupleObject(item)[0]), Int32(exactly: flag) != nil else {
      throw .typeError("paramflags must be a sequence of (int [,string [,value]]) tuples")
    }
    switch flag & Direction.all {
    case 0, Direction.input, Direction.input | Direction.locale, Direction.input | Direction.output: continue
    case Direction.output: try checkOutputType(TupleObject(typeList.value)[index], index + 1)
    default: throw .typeError("paramflag value \(flag) not supported")
    }
  }
}

private func checkOutputType(_ type: Value, _ number: Int) throws(PyError) {
  if let info = CTypeInfo.of(type) {
    if info.pointee.kind == .pointer || info.pointee.kind == .array { return }
    if "PzZ".utf8.contains(info.pointee.code) && info.pointee.kind == .simple { return }
  }
  throw .typeError("'out' parameter \(number) must be a pointer type, not \(type.isType ? type.asType.nameText : type.typeName)")
}

// MARK: - Calling

/// What a call by `paramflags` gives the function, and which of it is given back.
private struct Parameters: ~Copyable {
  var arguments: Owned
  var outputs: [Int] = []
  var both: [Int] = []

  init(_ arguments: consuming Owned) { self.arguments = arguments }
}

/// The arguments of one call as the function's parameters: from positions, keywords and defaults, and new objects for what the function fills in.
private func buildParameters(_ flags: Value, _ types: Value, _ arguments: Arguments) throws(PyError) -> Parameters {
  let typeList = try Owned.tuple(from: types)
  let count = min(TupleObject(typeList.value).count, TupleObject(flags).count)
  let list = try Owned.list(capacity: count)
  var outputs: [Int] = []
  var both: [Int] = []
  var used = 0
  for index in 0..<count {
    let item = TupleObject(TupleObject(flags)[index])
    let flag = (Integer.asInt(item[0]) ?? 0) & Direction.all
    let name = item.count > 1 ? item[1] : .absent
    let standard = item.count > 2 ? item[2] : .absent
    switch flag {
    case Direction.input | Direction.locale: try ListObject(list.value).append(standard.isAbsent ? Value(smallInteger: 0) : standard)
    case Direction.output:
      if !standard.isAbsent {
        try ListObject(list.value).append(standard)
      } else {
        let made = try outputObject(TupleObject(typeList.value)[index])
        try ListObject(list.value).append(made.value)
      }
      outputs.append(index)
    default:
      if flag == Direction.input | Direction.output { both.append(index) }
      let given = try givenArgument(arguments, &used, name, standard)
      try ListObject(list.value).append(given)
    }
  }
  let total = arguments.positionalCount + arguments.keywordCount
  if total != used { throw .typeError("call takes exactly \(used) arguments (\(total) given)") }
  var parameters = Parameters(try Owned.tuple(from: list.value))
  parameters.outputs = outputs
  parameters.both = both
  return parameters
}

private func givenArgument(_ arguments: Arguments, _ used: inout Int, _ name: Value, _ standard: Value) throws(PyError) -> Value {
  if used < arguments.positionalCount {
    used += 1
    return arguments.base[used - 1]
  }
  if !name.isAbsent && name.isString {
    for number in 0..<arguments.keywordCount where StringObject(TupleObject(arguments.keywordNames)[number]).isEqual(to: StringObject(name)) {
      used += 1
      return arguments.base[arguments.positionalCount + number]
    }
  }
  if !standard.isAbsent { return standard }
  if !name.isAbsent { throw .typeError("required argument '\(try name.str().text)' missing") }
  throw .typeError("not enough arguments")
}

/// What a function fills in: an array, or an instance of what is pointed to.
private func outputObject(_ type: Value) throws(PyError) -> Owned {
  guard let info = CTypeInfo.of(type) else { throw .runtimeError("NULL stginfo unexpected") }
  if info.pointee.kind == .simple { throw .typeError("\(type.asType.nameText) 'out' parameter must be passed as default value") }
  if info.pointee.kind == .array { return try type.call() }
  let target = Owned(copyingIfPresent: info.pointee.itemType)
  if target.value.isAbsent { throw .typeError("abstract class") }
  return try target.value.call()
}

private func callFunction(_ callee: Value, _ arguments: Arguments) throws(PyError) -> Owned {
  let function = CFunction(callee)
  let info = function.data.info
  func own(_ mine: Value, _ type: Value) -> Owned { Owned(copyingIfPresent: mine.isAbsent ? type : mine) }
  let resultType = own(function.contents.pointee.resultType, info.pointee.resultType)
  let converters = own(function.contents.pointee.converters, info.pointee.converters)
  let checker = own(function.contents.pointee.checker, info.pointee.checker)
  let types = own(function.contents.pointee.argumentTypes, info.pointee.argumentTypes)
  let errorCheck = Owned(copyingIfPresent: function.contents.pointee.errorCheck)
  let parameterFlags = Owned(copyingIfPresent: function.contents.pointee.parameterFlags)
  let held = Owned(copying: callee)

  let foreign = ForeignCall(
    function: function.data.address, flags: info.pointee.callFlags, converters: converters.value, resultType: resultType.value, checker: checker.value)
  let isPlain = types.value.isAbsent || parameterFlags.value.isAbsent || !converters.value.isAbsent && TupleObject(converters.value).count == 0
  if isPlain && errorCheck.value.isAbsent {
    try checkCount(converters.value, arguments.positionalCount, info.pointee.callFlags)
    return try foreign.call(UnsafeBufferPointer(start: arguments.base, count: arguments.positionalCount))
  }
  let parameters = isPlain
    ? Parameters(try Owned.tuple(UnsafeBufferPointer(start: arguments.base, count: arguments.positionalCount)))
    : try buildParameters(parameterFlags.value, types.value, arguments)
  try checkCount(converters.value, TupleObject(parameters.arguments.value).count, info.pointee.callFlags)
  let result = try foreign.call(TupleObject(parameters.arguments.value).buffer)
  if !errorCheck.value.isAbsent {
    let checked = try errorCheck.value.call(result.value, held.value, parameters.arguments.value)
    // The arguments themselves say that all is as it would be without the check.
    if checked.value !== parameters.arguments.value { return checked }
  }
  return try buildResult(parameters, result)
}

private func checkCount(_ converters: Value, _ given: Int, _ flags: Int) throws(PyError) {
  if converters.isAbsent { return }
  let required = TupleObject(converters).count
  if flags & CallFlags.cdecl != 0 {
    if required > given { throw .typeError("this function takes at least \(required) argument\(required == 1 ? "" : "s") (\(given) given)") }
  } else if required != given {
    throw .typeError("this function takes \(required) argument\(required == 1 ? "" : "s") (\(given) given)")
  }
}

/// What a call gives back: the output parameters if there are any.
private func buildResult(_ parameters: borrowing Parameters, _ result: borrowing Owned) throws(PyError) -> Owned {
  let count = parameters.outputs.count + parameters.both.count
  if count == 0 { return result.copy() }
  let list = try Owned.list(capacity: count)
  for index in 0..<TupleObject(parameters.arguments.value).count {
    let value = TupleObject(parameters.arguments.value)[index]
    if parameters.both.contains(index) {
      try ListObject(list.value).append(value)
    } else if parameters.outputs.contains(index) {
      let output = try value.callMethod(CName.fromOutParameter)
      try ListObject(list.value).append(output.value)
    }
  }
  return count == 1 ? Owned(copying: ListObject(list.value)[0]) : try Owned.tuple(from: list.value)
}

// MARK: - The type

func defineFunction(_ m: ModuleBuilder) throws(PyError) {
  let type = try m.defineType("CFuncPtr", base: CTypes.data.object) { t in
    t.documentation = "A pointer to a C function."
    t.basicSize = MemoryLayout<CFunction.Contents>.size
    t.flags.insert(.baseType)
    t.rawNew("CFuncPtr", makeFunction)
    t.rawInitialize("CFuncPtr") { (_: Value, _: Arguments) throws(PyError) in }
    t.slots.call = CallSlot(callFunction)
    t.slots.buffer = dataBuffer
    t.slots.truth = TruthSlot { (object: Value) throws(PyError) -> Bool in CData(object).address != nil }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.string("<\(object.typeName) object at \(shownAddress(object))>") }
    t.slots.deallocate = DeallocateSlot { raw in
      CFunction(raw: raw).clear()
      CData(raw: raw).free()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in CFunction(raw: raw).traverse(visit) }
    t.slots.clear = ClearSlot { raw in
      // Who still sees the pointer must not call code that is gone.
      if CTypeInfo.of(raw.shape.type) != nil { CData(raw: raw).address = nil }
      CFunction(raw: raw).clear()
      CData(raw: raw).clear()
    }
    t.property("errcheck", "a function that looks at each result") { (object: Value) throws(PyError) -> Owned in
      let value = CFunction(object).contents.pointee.errorCheck
      return value.isAbsent ? .none : Owned(copying: value)
    } set: { (object: Value, value: Value) throws(PyError) in
      if !value.isAbsent && !value.isCallable { throw .typeError("the errcheck attribute must be callable") }
      replace(&CFunction(object).contents.pointee.errorCheck, Owned(copyingIfPresent: value))
    }
    t.property("restype", "the type of the result") { (object: Value) throws(PyError) -> Owned in
      let own = CFunction(object).contents.pointee.resultType
      let value = own.isAbsent ? CData(object).info.pointee.resultType : own
      return value.isAbsent ? .none : Owned(copying: value)
    } set: { (object: Value, value: Value) throws(PyError) in
      let function = CFunction(object)
      if value.isAbsent {
        replace(&function.contents.pointee.checker, Owned(taking: .absent))
        return replace(&function.contents.pointee.resultType, Owned(taking: .absent))
      }
      if !value.isNone && CTypeInfo.of(value) == nil && !value.isCallable { throw .typeError("restype must be a type, a callable, or None") }
      let checker = try value.lookUpAttribute(CName.checkResult)
      replace(&function.contents.pointee.checker, checker)
      replace(&function.contents.pointee.resultType, Owned(copying: value))
    }
    t.property("argtypes", "the types of the arguments") { (object: Value) throws(PyError) -> Owned in
      let own = CFunction(object).contents.pointee.argumentTypes
      let value = own.isAbsent ? CData(object).info.pointee.argumentTypes : own
      return value.isAbsent ? .none : Owned(copying: value)
    } set: { (object: Value, value: Value) throws(PyError) in
      let function = CFunction(object)
      if value.isAbsent || value.isNone {
        replace(&function.contents.pointee.converters, Owned(taking: .absent))
        return replace(&function.contents.pointee.argumentTypes, Owned(taking: .absent))
      }
      let converters = try parameterConverters(value)
      try checkParameterFlags(value, function.contents.pointee.parameterFlags)
      replace(&function.contents.pointee.converters, converters)
      replace(&function.contents.pointee.argumentTypes, Owned(copying: value))
    }
  }
  CTypes.function = ModuleType(type)
  setMetatype(type, CTypes.functionMetatype)
}
