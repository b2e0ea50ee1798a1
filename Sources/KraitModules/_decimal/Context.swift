// The types `decimal.Context` and what `localcontext()` returns.

import CKraitSystem
import KraitRuntime

nonisolated(unsafe) private var managerType = ModuleType()

private func checkNotDeleted(_ value: Value) throws(PyError) {
  if value.isAbsent { throw .attributeError("context attributes cannot be deleted") }
}

private func defineSettings(_ t: TypeDefinition) {
  t.property("prec") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(ArithmeticContext(object).context.pointee.precision)) } set: {
    (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    try ArithmeticContext(object).setPrecision(value)
  }
  t.property("rounding") { (object: Value) throws(PyError) -> Owned in
    Owned(copying: ArithmeticContext(object).roundingName)
  } set: { (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    try ArithmeticContext(object).setRounding(value)
  }
  t.property("Emin") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(ArithmeticContext(object).context.pointee.minimum_exponent)) } set: {
    (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    try ArithmeticContext(object).setMinimumExponent(value)
  }
  t.property("Emax") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(ArithmeticContext(object).context.pointee.maximum_exponent)) } set: {
    (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    try ArithmeticContext(object).setMaximumExponent(value)
  }
  t.property("capitals") { (object: Value) throws(PyError) -> Owned in try Owned.integer(ArithmeticContext(object).contents.pointee.capitals ? 1 : 0) } set: {
    (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    try ArithmeticContext(object).setCapitals(value)
  }
  t.property("clamp") { (object: Value) throws(PyError) -> Owned in try Owned.integer(Int(ArithmeticContext(object).context.pointee.clamp)) } set: {
    (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    try ArithmeticContext(object).setClamp(value)
  }
  t.property("flags") { (object: Value) throws(PyError) -> Owned in
    let context = ArithmeticContext(object)
    if context.contents.pointee.flags.isAbsent {
      let place = UnsafeMutableRawPointer(context.context) + MemoryLayout<krait_decimal_context>.offset(of: \.status).unsafelyUnwrapped
      context.contents.pointee.flags = try SignalDict.make(place.assumingMemoryBound(to: UInt32.self)).take()
    }
    return Owned(copying: context.contents.pointee.flags)
  } set: { (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    if value.isList { throw .typeError("argument must be a signal dict") }
    ArithmeticContext(object).context.pointee.status = try ArithmeticContext.signals(value)
  }
  t.property("traps") { (object: Value) throws(PyError) -> Owned in
    let context = ArithmeticContext(object)
    if context.contents.pointee.traps.isAbsent {
      let place = UnsafeMutableRawPointer(context.context) + MemoryLayout<krait_decimal_context>.offset(of: \.traps).unsafelyUnwrapped
      context.contents.pointee.traps = try SignalDict.make(place.assumingMemoryBound(to: UInt32.self)).take()
    }
    return Owned(copying: context.contents.pointee.traps)
  } set: { (object: Value, value: Value) throws(PyError) in
    try checkNotDeleted(value)
    if value.isList { throw .typeError("argument must be a signal dict") }
    ArithmeticContext(object).context.pointee.traps = try ArithmeticContext.signals(value)
  }
}

private func defineStateMethods(_ t: TypeDefinition) {
  t.method("clear_flags()", "Forget all signals that were seen.") { (call: Call) throws(PyError) -> Owned in
    ArithmeticContext(call.receiver).context.pointee.status = 0
    return .none
  }
  t.method("clear_traps()", "Let no signal raise.") { (call: Call) throws(PyError) -> Owned in
    ArithmeticContext(call.receiver).context.pointee.traps = 0
    return .none
  }
  for signature in ["copy()", "__copy__()"] as [StaticString] {
    t.method(signature, "A context with the same settings, traps and flags.") { (call: Call) throws(PyError) -> Owned in try ArithmeticContext(call.receiver).copy() }
  }
  t.method("__reduce__()", "What pickle needs to make the object again.") { (call: Call) throws(PyError) -> Owned in
    let context = ArithmeticContext(call.receiver)
    let settings = context.context.pointee
    let precision = try Owned.integer(Int(settings.precision))
    let least = try Owned.integer(Int(settings.minimum_exponent))
    let most = try Owned.integer(Int(settings.maximum_exponent))
    let flags = try DecimalSignal.list(settings.status)
    let traps = try DecimalSignal.list(settings.traps)
    let arguments = try Owned.tuple(copying: [
      precision.value, context.roundingName, least.value, most.value, Value(smallInteger: context.contents.pointee.capitals ? 1 : 0),
      Value(smallInteger: Int(settings.clamp)), flags.value, traps.value,
    ])
    return try Owned.tuple(call.receiver.type.value, arguments.value)
  }
  t.method("Etiny()", "The least exponent of a subnormal number: Emin - prec + 1.") { (call: Call) throws(PyError) -> Owned in
    let settings = ArithmeticContext(call.receiver).context.pointee
    return try Owned.integer(Int(settings.minimum_exponent - settings.precision + 1))
  }
  t.method("Etop()", "The largest exponent of a number with all digits: Emax - prec + 1.") { (call: Call) throws(PyError) -> Owned in
    let settings = ArithmeticContext(call.receiver).context.pointee
    return try Owned.integer(Int(settings.maximum_exponent - settings.precision + 1))
  }
  t.method("radix()", "Decimal(10): the base.") { (_: Call) throws(PyError) -> Owned in try tenAsDecimal() }
}

private func convert(_ call: Call) throws(PyError) -> Owned { try DecimalObject.argument(call[0], ArithmeticContext(call.receiver)) }

private func defineArithmetic(_ t: TypeDefinition) {
  t.method("abs(x, /)", "The absolute value of x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .abs) }
  t.method("exp(x, /)", "e to the power of x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .exp) }
  t.method("ln(x, /)", "The natural logarithm of x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .ln) }
  t.method("log10(x, /)", "The logarithm of x to base 10.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .log10) }
  t.method("logb(x, /)", "The adjusted exponent of x as a Decimal.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .logb) }
  t.method("logical_invert(x, /)", "Each digit of x turned round.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .invert) }
  t.method("minus(x, /)", "0 - x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .minus) }
  t.method("plus(x, /)", "0 + x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .plus) }
  t.method("next_minus(x, /)", "The next number below x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .nextMinus) }
  t.method("next_plus(x, /)", "The next number above x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .nextPlus) }
  t.method("normalize(x, /)", "x without zeros at the end.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .reduce) }
  t.method("sqrt(x, /)", "The square root of x.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .sqrt) }
  for signature in ["to_integral(x, /)", "to_integral_value(x, /)"] as [StaticString] {
    t.method(signature, "x rounded to an integer.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .roundToInteger) }
  }
  t.method("to_integral_exact(x, /)", "x rounded to an integer, with Inexact and Rounded if so.") { (call: Call) throws(PyError) -> Owned in
    try DecimalOperation.contextMethod(call, .roundToIntegerExact)
  }
  t.method("add(x, y, /)", "x + y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .add) }
  t.method("subtract(x, y, /)", "x - y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .sub) }
  t.method("multiply(x, y, /)", "x * y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .mul) }
  t.method("divide(x, y, /)", "x / y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .div) }
  t.method("divide_int(x, y, /)", "x // y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .divint) }
  t.method("remainder(x, y, /)", "x % y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .rem) }
  t.method("remainder_near(x, y, /)", "What is left of x when the nearest multiple of y is taken away.") { (call: Call) throws(PyError) -> Owned in
    try DecimalOperation.contextMethod(call, .remainderNear)
  }
  t.method("compare(x, y, /)", "-1, 0, 1 or NaN as a Decimal.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .compare) }
  t.method("compare_signal(x, y, /)", "As compare(), but each NaN signals.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .compareSignal) }
  t.method("logical_and(x, y, /)", "'and' of each pair of digits.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .and) }
  t.method("logical_or(x, y, /)", "'or' of each pair of digits.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .or) }
  t.method("logical_xor(x, y, /)", "'exclusive or' of each pair of digits.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .xor) }
  t.method("max(x, y, /)", "The larger of both.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .max) }
  t.method("max_mag(x, y, /)", "The one with the larger absolute value.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .maxMagnitude) }
  t.method("min(x, y, /)", "The smaller of both.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .min) }
  t.method("min_mag(x, y, /)", "The one with the smaller absolute value.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .minMagnitude) }
  t.method("next_toward(x, y, /)", "The next number after x on the way to y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .nextToward) }
  t.method("quantize(x, y, /)", "x rounded to the exponent of y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .quantize) }
  t.method("rotate(x, y, /)", "The digits of x turned by y places.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .rotate) }
  t.method("scaleb(x, y, /)", "x with its exponent changed by y.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .scaleb) }
  t.method("shift(x, y, /)", "The digits of x moved by y places.") { (call: Call) throws(PyError) -> Owned in try DecimalOperation.contextMethod(call, .shift) }
  t.method("divmod(x, y, /)", "Quotient and remainder as a tuple.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    let y = try DecimalObject.argument(call[1], ArithmeticContext(call.receiver))
    return try DecimalOperation.divmod(x.value, y.value, ArithmeticContext(call.receiver))
  }
  t.method("fma(x, y, z, /)", "x*y+z, rounded once.") { (call: Call) throws(PyError) -> Owned in
    let context = ArithmeticContext(call.receiver)
    let x = try convert(call)
    let y = try DecimalObject.argument(call[1], context)
    let z = try DecimalObject.argument(call[2], context)
    return try DecimalOperation.ternary(MPDecimal.shared.pointee.fma, x.value, y.value, z.value, context)
  }
  t.method("power(a, b, modulo=None)", "a**b; with modulo, the remainder of that for integers.") { (call: Call) throws(PyError) -> Owned in
    let context = ArithmeticContext(call.receiver)
    let a = try convert(call)
    let b = try DecimalObject.argument(call[1], context)
    if call[2].isNone { return try DecimalOperation.binary(.pow, a.value, b.value, context) }
    let modulus = try DecimalObject.argument(call[2], context)
    return try DecimalOperation.ternary(MPDecimal.shared.pointee.powmod, a.value, b.value, modulus.value, context)
  }
}

private func defineTests(_ t: TypeDefinition) {
  t.method("is_canonical(x, /)", "Always True for a Decimal.") { (call: Call) throws(PyError) -> Owned in
    if !decimalType.includes(call[0]) { throw .typeError("argument must be a Decimal") }
    return .boolean(true)
  }
  t.method("canonical(x, /)", "x itself.") { (call: Call) throws(PyError) -> Owned in
    if !decimalType.includes(call[0]) { throw .typeError("argument must be a Decimal") }
    return Owned(copying: call[0])
  }
  t.method("is_finite(x, /)", "Whether x is a number, not infinite.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(!DecimalObject(x.value).isSpecial)
  }
  t.method("is_infinite(x, /)", "Whether x is infinite.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalObject(x.value).isInfinite)
  }
  t.method("is_nan(x, /)", "Whether x is a NaN of either kind.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalObject(x.value).isNaN)
  }
  t.method("is_qnan(x, /)", "Whether x is a quiet NaN.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalObject(x.value).isNaN && !DecimalObject(x.value).isSignaling)
  }
  t.method("is_snan(x, /)", "Whether x is a signaling NaN.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalObject(x.value).isSignaling)
  }
  t.method("is_signed(x, /)", "Whether x has a minus sign.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalObject(x.value).isNegative)
  }
  t.method("is_zero(x, /)", "Whether x is zero.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalObject(x.value).isZero)
  }
  t.method("is_normal(x, /)", "Whether x is finite, not zero and not subnormal.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalOperation.isNormal(x.value, ArithmeticContext(call.receiver)))
  }
  t.method("is_subnormal(x, /)", "Whether x is smaller than the smallest normal number, and not zero.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return .boolean(DecimalOperation.isSubnormal(x.value, ArithmeticContext(call.receiver)))
  }
  t.method("number_class(x, /)", "What kind of number x is.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return try DecimalOperation.numberClass(x.value, ArithmeticContext(call.receiver))
  }
  t.method("same_quantum(x, y, /)", "Whether both have one exponent.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    let y = try DecimalObject.argument(call[1], ArithmeticContext(call.receiver))
    return .boolean(DecimalOperation.sameQuantum(x.value, y.value))
  }
  t.method("compare_total(x, y, /)", "-1, 0 or 1 in an order of all values.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    let y = try DecimalObject.argument(call[1], ArithmeticContext(call.receiver))
    return try DecimalOperation.compareTotal(x.value, y.value, magnitude: false)
  }
  t.method("compare_total_mag(x, y, /)", "The same, signs aside.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    let y = try DecimalObject.argument(call[1], ArithmeticContext(call.receiver))
    return try DecimalOperation.compareTotal(x.value, y.value, magnitude: true)
  }
}

private func defineCopies(_ t: TypeDefinition) {
  t.method("copy_abs(x, /)", "x without its sign.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return try DecimalOperation.copy(x.value, .absolute, ArithmeticContext(call.receiver))
  }
  t.method("copy_negate(x, /)", "x with the other sign.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return try DecimalOperation.copy(x.value, .negated, ArithmeticContext(call.receiver))
  }
  t.method("copy_sign(x, y, /)", "x with the sign of y.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    let y = try DecimalObject.argument(call[1], ArithmeticContext(call.receiver))
    return try DecimalOperation.copySign(x.value, y.value, ArithmeticContext(call.receiver))
  }
  t.method("copy_decimal(x, /)", "x as a Decimal.") { (call: Call) throws(PyError) -> Owned in try convert(call) }
  t.method("_apply(object, /)", "The number rounded to the context.") { (call: Call) throws(PyError) -> Owned in
    if !decimalType.includes(call[0]) { throw .typeError("argument must be a Decimal") }
    return try DecimalObject.copied(call[0], decimalType.object, ArithmeticContext(call.receiver), rounds: true)
  }
  t.method("create_decimal(num=\"0\", /)", "A Decimal of num, rounded to the context.") { (call: Call) throws(PyError) -> Owned in
    try DecimalObject.convert(call[0], decimalType.object, ArithmeticContext(call.receiver), isExact: false)
  }
  t.method("create_decimal_from_float(f, /)", "A Decimal of a float, rounded to the context.") { (call: Call) throws(PyError) -> Owned in
    let context = ArithmeticContext(call.receiver)
    if call[0].isInteger { return try DecimalObject.rounded(try DecimalObject.exact(integer: call[0], decimalType.object, context), context, true) }
    guard let double = call[0].isFloat ? doubleValue(of: call[0]) : nil else { throw .typeError("argument must be int or float") }
    return try DecimalObject.rounded(try DecimalObject.exact(double: double, decimalType.object, context), context, true)
  }
  t.method("to_sci_string(x, /)", "x as a text, with an exponent where it needs one.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return try DecimalObject(x.value).text(capitals: ArithmeticContext(call.receiver).contents.pointee.capitals)
  }
  t.method("to_eng_string(x, /)", "The same with exponents that are multiples of three.") { (call: Call) throws(PyError) -> Owned in
    let x = try convert(call)
    return try DecimalObject(x.value).text(capitals: ArithmeticContext(call.receiver).contents.pointee.capitals, engineering: true)
  }
}

func defineArithmeticContext(_ m: ModuleBuilder) throws(PyError) {
  arithmeticContextType = ModuleType(
    try m.defineType("Context", module: "decimal") { t in
      t.documentation = "How decimal arithmetic rounds, and which signals raise."
      t.basicSize = MemoryLayout<ArithmeticContext.Contents>.size
      t.flags.insert(.baseType)
      t.shapeFlags.insert(.tracked)
      t.textSignature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)"
      t.rawNew("Context") { (type: Value, _: Arguments) throws(PyError) -> Owned in
        let templates = contextTemplates.value
        if templates.isAbsent {
          return try ArithmeticContext.make(TypeObject(type), ArithmeticContext.template(precision: 28, traps: ArithmeticContext.standardTraps, rounding: 6))
        }
        let standard = ArithmeticContext(TupleObject(templates)[0])
        var settings = standard.context.pointee
        settings.status = 0
        return try ArithmeticContext.make(TypeObject(type), settings, capitals: standard.contents.pointee.capitals)
      }
      t.initialize("Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)") { (call: Call) throws(PyError) in
        try ArithmeticContext(call.receiver).set { call[$0] }
      }
      t.slots.getAttribute = BinarySlot(genericGetAttribute)
      t.slots.setAttribute = StoreSlot { (object: Value, name: Value, value: Value) throws(PyError) in
        if arithmeticContextType.isType(of: object), name.isString, object.type.lookUp(name).isAbsent {
          throw .attributeError(value.isAbsent ? "context attributes cannot be deleted" : "'decimal.Context' object has no attribute '\(name.text)'")
        }
        try genericSetAttribute(object, name, value)
      }
      t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.string(ArithmeticContext(object).text) }
      t.slots.deallocate = DeallocateSlot { raw in
        for mapping in [ArithmeticContext(raw: raw).contents.pointee.traps, ArithmeticContext(raw: raw).contents.pointee.flags] where !mapping.isAbsent {
          SignalDict.detach(mapping)
          mapping.release()
        }
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(ArithmeticContext(raw: raw).contents.pointee.traps)
        visit(ArithmeticContext(raw: raw).contents.pointee.flags)
      }
      defineSettings(t)
      defineStateMethods(t)
      defineArithmetic(t)
      defineTests(t)
      defineCopies(t)
    })
  managerType = ModuleType(
    try m.defineType("ContextManager", module: "decimal", isPublic: false) { t in
      t.basicSize = 32
      t.flags.insert(.disallowInstantiation)
      t.shapeFlags.insert(.tracked)
      t.slots.deallocate = DeallocateSlot { raw in
        for offset in [16, 24] { raw.load(fromByteOffset: offset, as: Value.self).releaseIfPresent() }
        finishDeallocation(raw)
      }
      t.slots.traverse = TraverseSlot { raw, visit in
        visit(raw.load(fromByteOffset: 16, as: Value.self))
        visit(raw.load(fromByteOffset: 24, as: Value.self))
      }
      t.method("__enter__()") { (call: Call) throws(PyError) -> Owned in
        let local = Owned(copying: call.receiver.object.load(fromByteOffset: 16, as: Value.self))
        try ArithmeticContext.setCurrent(local.value)
        return local
      }
      t.rawMethod("__exit__") { (object: Value, _: Arguments) throws(PyError) -> Owned in
        try ArithmeticContext.setCurrent(object.object.load(fromByteOffset: 24, as: Value.self))
        return .boolean(false)
      }
    })
}

private let contextSettings = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"]

/// `localcontext(ctx=None, **kwargs)`
func makeContextManager(_ call: Call) throws(PyError) -> Owned {
  var settings = [Value](repeating: .none, count: contextSettings.count)
  if !call.keywords.isAbsent {
    let keywords = DictObject(call.keywords)
    var (position, key, value) = (0, Value.absent, Value.absent)
    while keywords.next(&position, &key, &value) {
      guard let index = contextSettings.firstIndex(of: key.text) else {
        throw .typeError("this function got an unexpected keyword argument '\(key.text)'")
      }
      settings[index] = value
    }
  }
  let before = try ArithmeticContext.current()
  let source = try ArithmeticContext.argument(call[0])
  let local = try ArithmeticContext(source.value).copy()
  try ArithmeticContext(local.value).set { settings[$0] }
  let raw = try managerType.object.allocate()
  raw.storeBytes(of: local.take(), toByteOffset: 16, as: Value.self)
  raw.storeBytes(of: before.take(), toByteOffset: 24, as: Value.self)
  return Owned(taking: raw)
}
