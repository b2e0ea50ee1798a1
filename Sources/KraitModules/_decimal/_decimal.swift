// The module `_decimal`: decimal arithmetic by libmpdec.

import CKraitSystem
import KraitRuntime

let decimalModule = ModuleDefinition("_decimal", "Decimal arithmetic by libmpdec.") { (m: ModuleBuilder) throws(PyError) in
  try MPDecimal.load()
  try DecimalSignal.define(m)
  try defineArithmeticContext(m)
  try defineDecimal(m)
  try SignalDict.define(m)
  try ArithmeticContext.prepareVariable()
  try defineTuple(m)
  try registerNumbers()
  try defineTemplates(m)
  try m.function("getcontext()", "The context of the calling thread and context of variables.") { (_: Call) throws(PyError) -> Owned in try ArithmeticContext.current() }
  try m.function("setcontext(context, /)", "Make a context the current one.") { (call: Call) throws(PyError) -> Owned in
    try ArithmeticContext.setCurrent(call[0])
    return .none
  }
  try m.function(
    "localcontext(ctx=None, **kwargs)",
    "A context manager: within it, a copy of ctx, with other settings if such are given, is the current context.", makeContextManager)
  try m.function("IEEEContext(bits, /)", "A context of one of the standard's formats of 32, 64, … bits.") { (call: Call) throws(PyError) -> Owned in
    guard call[0].isInteger else { throw .typeError("an integer is required") }
    let bits = try call[0].asInt()
    var settings = ArithmeticContext.unlimited
    guard let number = Int32(exactly: bits), MPDecimal.shared.pointee.setContext(&settings, number) == 0 else {
      throw .valueError("argument must be a multiple of 32, with a maximum of 512")
    }
    settings.traps = 0
    return try ArithmeticContext.make(arithmeticContextType.object, settings)
  }
  try ArithmeticContext.defineRoundings(m)
  try m.constant("MAX_PREC", Int(ArithmeticContext.largest))
  try m.constant("MAX_EMAX", Int(ArithmeticContext.largest))
  try m.constant("MIN_EMIN", Int(-ArithmeticContext.largest))
  try m.constant("MIN_ETINY", Int(-2 * ArithmeticContext.largest + 1))
  try m.constant("IEEE_CONTEXT_MAX_BITS", 512)
  try m.constant("HAVE_THREADS", Value.true)
  try m.constant("HAVE_CONTEXTVAR", Value.true)
  try m.constant("__version__", "1.70")
  // The version that the Python twin claims to be like, as in CPython.
  try m.constant("__libmpdec_version__", "2.5.1")
}

/// `DecimalTuple`, a named tuple.
private func defineTuple(_ m: ModuleBuilder) throws(PyError) {
  if !DecimalConstants.tuple.value.isAbsent { return try m.constant("DecimalTuple", DecimalConstants.tuple.value) }
  let module = try importModule("collections")
  let name = try Owned.string("namedtuple" as StaticString)
  let make = try module.value.getAttribute(name.value)
  let own = try Owned.string("DecimalTuple" as StaticString)
  let fields = try Owned.string("sign digits exponent" as StaticString)
  let type = try make.value.call(own.value, fields.value)
  let place = try Owned.string("decimal" as StaticString)
  try type.value.setAttribute(Name.__module__, place.value)
  try m.constant("DecimalTuple", type.value)
  try DecimalConstants.tuple.set(type)
}

/// Decimals are numbers; fractions can be compared with them.
private func registerNumbers() throws(PyError) {
  let module = try importModule("numbers")
  let register = try Owned.string("register" as StaticString)
  let number = try Owned.string("Number" as StaticString)
  let type = try module.value.getAttribute(number.value)
  _ = try type.value.callMethod(register.value, decimalType.value)
  let rational = try Owned.string("Rational" as StaticString)
  try DecimalConstants.rational.set(try module.value.getAttribute(rational.value))
}

private func defineTemplates(_ m: ModuleBuilder) throws(PyError) {
  if contextTemplates.value.isAbsent {
    let type = arithmeticContextType.object
    let standard = try ArithmeticContext.make(type, ArithmeticContext.template(precision: 28, traps: ArithmeticContext.standardTraps, rounding: 6))
    let basic = try ArithmeticContext.make(
      type, ArithmeticContext.template(precision: 9, traps: ArithmeticContext.standardTraps | DecimalFlag.underflow | DecimalFlag.clamped, rounding: 4))
    let extended = try ArithmeticContext.make(type, ArithmeticContext.template(precision: 9, traps: 0, rounding: 6))
    try contextTemplates.set(try Owned.tuple(copying: [standard.value, basic.value, extended.value]))
  }
  let templates = TupleObject(contextTemplates.value)
  try m.constant("DefaultContext", templates[0])
  try m.constant("BasicContext", templates[1])
  try m.constant("ExtendedContext", templates[2])
}
