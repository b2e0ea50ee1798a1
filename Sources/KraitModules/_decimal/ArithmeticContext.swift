// Contexts of decimal arithmetic: precision, rounding, limits, and which signals were seen and which raise.

import CKraitSystem
import KraitRuntime

nonisolated(unsafe) var arithmeticContextType = ModuleType()
nonisolated(unsafe) private var currentVariable = InterpreterValue()
/// The signals' exception classes, then those of conditions: a tuple.
nonisolated(unsafe) private var exceptionClasses = InterpreterValue()
/// `DefaultContext`, `BasicContext`, `ExtendedContext`: a tuple.
nonisolated(unsafe) var contextTemplates = InterpreterValue()

/// A signal or condition and the bits that stand for it.
struct DecimalSignal {
  let name: StaticString
  let bits: UInt32

  /// In the order in which contexts show them.
  static let signals: [DecimalSignal] = [
    DecimalSignal(name: "InvalidOperation", bits: DecimalFlag.invalid), DecimalSignal(name: "FloatOperation", bits: DecimalFlag.floatOperation),
    DecimalSignal(name: "DivisionByZero", bits: DecimalFlag.divisionByZero), DecimalSignal(name: "Overflow", bits: DecimalFlag.overflow),
    DecimalSignal(name: "Underflow", bits: DecimalFlag.underflow), DecimalSignal(name: "Subnormal", bits: DecimalFlag.subnormal),
    DecimalSignal(name: "Inexact", bits: DecimalFlag.inexact), DecimalSignal(name: "Rounded", bits: DecimalFlag.rounded),
    DecimalSignal(name: "Clamped", bits: DecimalFlag.clamped),
  ]
  /// What InvalidOperation is in detail; the first is the signal's own class.
  static let conditions: [DecimalSignal] = [
    DecimalSignal(name: "InvalidOperation", bits: DecimalFlag.invalidOperation), DecimalSignal(name: "ConversionSyntax", bits: DecimalFlag.conversionSyntax),
    DecimalSignal(name: "DivisionImpossible", bits: DecimalFlag.divisionImpossible), DecimalSignal(name: "DivisionUndefined", bits: DecimalFlag.divisionUndefined),
    DecimalSignal(name: "InvalidContext", bits: DecimalFlag.invalidContext),
  ]

  static let unknown = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]"

  /// The class of a signal by number, borrowed.
  static func exceptionClass(_ number: Int) -> Value { TupleObject(exceptionClasses.value)[number] }
  static func conditionClass(_ number: Int) -> Value { number == 0 ? exceptionClass(0) : exceptionClass(signals.count + number - 1) }

  /// The bits of a signal's class.
  static func bits(of value: Value) throws(PyError) -> UInt32 {
    for (number, signal) in signals.enumerated() where exceptionClass(number) === value { return signal.bits }
    let message = try Owned.string(unknown)
    throw .keyError(message.value)
  }

  /// The classes of the signals whose bits are set: a list.
  static func list(_ flags: UInt32) throws(PyError) -> Owned {
    let result = try Owned.list()
    for (number, signal) in signals.enumerated() where flags & signal.bits != 0 { try ListObject(result.value).append(exceptionClass(number)) }
    return result
  }

  /// The exception of a status: the first signal's class, with all signals and conditions.
  static func error(_ flags: UInt32) -> PyError {
    do throws(PyError) {
      let found = try Owned.list()
      for (number, condition) in conditions.enumerated() where flags & condition.bits != 0 { try ListObject(found.value).append(conditionClass(number)) }
      for (number, signal) in signals.enumerated() where number > 0 && flags & signal.bits != 0 { try ListObject(found.value).append(exceptionClass(number)) }
      let number = signals.firstIndex { flags & $0.bits != 0 } ?? 0
      return .raise(try exceptionClass(number).call(found.value))
    } catch { return error }
  }

  /// The exception classes of the module: made once in each interpreter, however often the module is.
  static func define(_ m: ModuleBuilder) throws(PyError) {
    if exceptionClasses.value.isAbsent { return try make(m) }
    let classes = TupleObject(exceptionClasses.value)
    for index in 0..<classes.count { try m.type(TypeObject(classes[index])) }
  }

  private static func make(_ m: ModuleBuilder) throws(PyError) {
    func make(_ name: StaticString, _ bases: [TypeObject]) throws(PyError) -> Value {
      // The module holds it until all are in the tuple.
      let made = try m.exception(name, module: "decimal", bases: bases)
      return made.value
    }
    let base = try make("DecimalException", [.arithmeticError])
    let root = TypeObject(base)
    let clamped = try make("Clamped", [root])
    let inexact = try make("Inexact", [root])
    let rounded = try make("Rounded", [root])
    let subnormal = try make("Subnormal", [root])
    let byZero = try make("DivisionByZero", [root, .zeroDivisionError])
    let float = try make("FloatOperation", [root, .typeError])
    let invalid = try make("InvalidOperation", [root])
    let overflow = try make("Overflow", [TypeObject(inexact), TypeObject(rounded)])
    let underflow = try make("Underflow", [TypeObject(inexact), TypeObject(rounded), TypeObject(subnormal)])
    let syntax = try make("ConversionSyntax", [TypeObject(invalid)])
    let impossible = try make("DivisionImpossible", [TypeObject(invalid)])
    let undefined = try make("DivisionUndefined", [TypeObject(invalid), .zeroDivisionError])
    let context = try make("InvalidContext", [TypeObject(invalid)])
    try exceptionClasses.set(
      try Owned.tuple(copying: [invalid, float, byZero, overflow, underflow, subnormal, inexact, rounded, clamped, syntax, impossible, undefined, context, base]))
  }
}

/// A `decimal.Context` or an instance of a subclass.
struct ArithmeticContext {
  let raw: UnsafeMutableRawPointer
  @inline(__always) init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inline(__always) init(_ value: Value) { raw = value.object }

  struct Contents {
    var header: (shape: UnsafeMutableRawPointer, counts: UInt64)
    var context: krait_decimal_context
    /// The mappings of signals, owned; absent before somebody asks.
    var traps: Value
    var flags: Value
    var capitals: Bool
  }

  @inline(__always) var contents: UnsafeMutablePointer<Contents> { raw.assumingMemoryBound(to: Contents.self) }
  @inline(__always) var context: DecimalContext { (raw + 16).assumingMemoryBound(to: krait_decimal_context.self) }
  var value: Value { Value(raw) }

  static let largest: Int64 = 999_999_999_999_999_999
  static let roundings: [StaticString] = [
    "ROUND_UP", "ROUND_DOWN", "ROUND_CEILING", "ROUND_FLOOR", "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_05UP",
  ]
  /// The names as interned str: a tuple.
  nonisolated(unsafe) private static var roundingNames = InterpreterValue()
  var roundingName: Value { TupleObject(ArithmeticContext.roundingNames.value)[Int(context.pointee.rounding)] }

  static func defineRoundings(_ m: ModuleBuilder) throws(PyError) {
    let names = try Owned.list()
    for rounding in roundings {
      let name = intern(try Owned.string(rounding))
      try ListObject(names.value).append(name.value)
      try m.constant(rounding, name.value)
    }
    if roundingNames.value.isAbsent { try roundingNames.set(try Owned.tuple(from: names.value)) }
  }

  /// Everything that fits is exact.
  static var unlimited: krait_decimal_context {
    krait_decimal_context(
      precision: largest, maximum_exponent: largest, minimum_exponent: -largest, traps: 0, status: 0, new_trap: 0, rounding: 6, clamp: 0, correct_rounding: 1)
  }

  static func template(precision: Int64, traps: UInt32, rounding: Int32) -> krait_decimal_context {
    krait_decimal_context(
      precision: precision, maximum_exponent: 999_999, minimum_exponent: -999_999, traps: traps, status: 0, new_trap: 0, rounding: rounding, clamp: 0, correct_rounding: 1)
  }

  static let standardTraps = DecimalFlag.invalid | DecimalFlag.divisionByZero | DecimalFlag.overflow

  static func make(_ type: TypeObject, _ settings: krait_decimal_context, capitals: Bool = true) throws(PyError) -> Owned {
    let raw = try type.allocate()
    ArithmeticContext(raw: raw).context.pointee = settings
    ArithmeticContext(raw: raw).contents.pointee.capitals = capitals
    return Owned(taking: raw)
  }

  /// A plain context with the same settings.
  func copy(clearsFlags: Bool = false) throws(PyError) -> Owned {
    let copy = try ArithmeticContext.make(arithmeticContextType.object, context.pointee, capitals: contents.pointee.capitals)
    if clearsFlags { ArithmeticContext(copy.value).context.pointee.status = 0 }
    return copy
  }

  /// Notes what an operation said, and raises what is trapped.
  @inline(__always)
  func add(_ status: UInt32) throws(PyError) {
    if status == 0 { return }
    context.pointee.status |= status
    if _slowPath(status & (context.pointee.traps | DecimalFlag.noMemory) != 0) { throw trapped(status) }
  }

  @inline(never)
  private func trapped(_ status: UInt32) -> PyError {
    status & DecimalFlag.noMemory != 0 ? .memoryError() : DecimalSignal.error(status & context.pointee.traps)
  }

  // MARK: The current context

  static func prepareVariable() throws(PyError) { if currentVariable.value.isAbsent { try currentVariable.set(try makeContextVariable("decimal_context")) } }

  /// The calling thread's context, held.
  static func current() throws(PyError) -> Owned { Owned(copying: try borrowedCurrent()) }

  /// The same, held by the context variable alone: for what is done with it before any Python runs.
  @inline(__always)
  static func borrowedCurrent() throws(PyError) -> Value {
    let known = try KraitModules.value(ofContextVariable: currentVariable.value)
    return _fastPath(!known.isAbsent) ? known : try makeCurrent()
  }

  @inline(never)
  private static func makeCurrent() throws(PyError) -> Value {
    let made = try ArithmeticContext(TupleObject(contextTemplates.value)[0]).copy(clearsFlags: true)
    try setContextVariable(currentVariable.value, made.value)
    return made.value
  }

  static func setCurrent(_ value: Value) throws(PyError) {
    guard arithmeticContextType.includes(value) else { throw .typeError("argument must be a context") }
    let templates = TupleObject(contextTemplates.value)
    for index in 0..<templates.count where templates[index] === value {
      let copy = try ArithmeticContext(value).copy(clearsFlags: true)
      return try setContextVariable(currentVariable.value, copy.value)
    }
    try setContextVariable(currentVariable.value, value)
  }

  /// A context argument: None is the current one.
  static func argument(_ value: Value) throws(PyError) -> Owned {
    if value.isNone || value.isAbsent { return try current() }
    guard arithmeticContextType.includes(value) else { throw .typeError("optional argument must be a context") }
    return Owned(copying: value)
  }

  // MARK: Settings

  private static func integer(_ value: Value) throws(PyError) -> Int64 {
    guard value.isInteger else { throw .typeError("an integer is required") }
    return Int64(try value.asInt())
  }

  static func rounding(_ value: Value) throws(PyError) -> Int32 {
    if value.isString {
      for (number, name) in roundings.enumerated() where StringObject(value).isEqual(to: name) { return Int32(number) }
    }
    throw .typeError("valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]")
  }

  func setPrecision(_ value: Value) throws(PyError) {
    let number = try ArithmeticContext.integer(value)
    if number < 1 || number > ArithmeticContext.largest { throw .valueError("valid range for prec is [1, MAX_PREC]") }
    context.pointee.precision = number
  }

  func setRounding(_ value: Value) throws(PyError) { context.pointee.rounding = try ArithmeticContext.rounding(value) }

  func setMinimumExponent(_ value: Value) throws(PyError) {
    let number = try ArithmeticContext.integer(value)
    if number > 0 || number < -ArithmeticContext.largest { throw .valueError("valid range for Emin is [MIN_EMIN, 0]") }
    context.pointee.minimum_exponent = number
  }

  func setMaximumExponent(_ value: Value) throws(PyError) {
    let number = try ArithmeticContext.integer(value)
    if number < 0 || number > ArithmeticContext.largest { throw .valueError("valid range for Emax is [0, MAX_EMAX]") }
    context.pointee.maximum_exponent = number
  }

  func setCapitals(_ value: Value) throws(PyError) {
    let number = try ArithmeticContext.integer(value)
    if number != 0 && number != 1 { throw .valueError("valid values for capitals are 0 or 1") }
    contents.pointee.capitals = number == 1
  }

  func setClamp(_ value: Value) throws(PyError) {
    let number = try ArithmeticContext.integer(value)
    if number != 0 && number != 1 { throw .valueError("valid values for clamp are 0 or 1") }
    context.pointee.clamp = Int32(number)
  }

  /// The bits that a list of signals or a mapping of all of them says.
  static func signals(_ value: Value) throws(PyError) -> UInt32 {
    var result: UInt32 = 0
    if value.isList {
      var index = 0
      while index < ListObject(value).count {
        result |= try DecimalSignal.bits(of: ListObject(value)[index])
        index += 1
      }
      return result
    }
    if let flags = SignalDict.flags(of: value) { return flags.pointee }
    guard value.isDict else { throw .typeError("argument must be a signal dict") }
    guard DictObject(value).count == DecimalSignal.signals.count else {
      let message = try Owned.string("invalid signal dict")
      throw .keyError(message.value)
    }
    let items = try Owned.list(from: value)
    for index in 0..<ListObject(items.value).count {
      let key = ListObject(items.value)[index]
      let bits = try DecimalSignal.bits(of: key)
      let entry = Owned(copyingIfPresent: try DictObject(value).get(key))
      if !entry.value.isAbsent, try entry.value.isTruthy() { result |= bits }
    }
    return result
  }

  /// `Context(...)` and `localcontext(...)`: what is given and not None.
  func set(_ arguments: (Int) -> Value) throws(PyError) {
    let flags = arguments(6), traps = arguments(7)
    if !arguments(0).isNone { try setPrecision(arguments(0)) }
    if !arguments(1).isNone { try setRounding(arguments(1)) }
    if !arguments(2).isNone { try setMinimumExponent(arguments(2)) }
    if !arguments(3).isNone { try setMaximumExponent(arguments(3)) }
    if !arguments(4).isNone { try setCapitals(arguments(4)) }
    if !arguments(5).isNone { try setClamp(arguments(5)) }
    if !traps.isNone { context.pointee.traps = try ArithmeticContext.signals(traps) }
    if !flags.isNone { context.pointee.status = try ArithmeticContext.signals(flags) }
  }

  /// The signals of some bits as `repr` shows them: in the order of the bits.
  static func names(_ flags: UInt32) -> String {
    let names: [StaticString] = [
      "Clamped", "InvalidOperation", "DivisionByZero", "InvalidOperation", "InvalidOperation", "InvalidOperation", "Inexact", "InvalidOperation", "InvalidOperation",
      "InvalidOperation", "FloatOperation", "Overflow", "Rounded", "Subnormal", "Underflow",
    ]
    var shown: [String] = []
    for (bit, name) in names.enumerated() where flags & 1 << UInt32(bit) != 0 && !shown.contains("\(name)") { shown.append("\(name)") }
    return "[" + shown.joined(separator: ", ") + "]"
  }

  var text: String {
    let c = context.pointee
    return "Context(prec=\(c.precision), rounding=\(ArithmeticContext.roundings[Int(c.rounding)]), Emin=\(c.minimum_exponent), Emax=\(c.maximum_exponent), "
      + "capitals=\(contents.pointee.capitals ? 1 : 0), clamp=\(c.clamp), flags=\(ArithmeticContext.names(c.status)), traps=\(ArithmeticContext.names(c.traps)))"
  }
}
