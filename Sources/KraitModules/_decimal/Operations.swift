// Operations of decimals, as operators, methods of Decimal and methods of Context share them.

import CKraitSystem
import KraitRuntime

/// The two operands of an operation and its context, all held.
enum DecimalOperation {
  @inline(__always)
  static func unary(_ operation: MPDecimal.UnaryOperation, _ a: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try DecimalObject.make()
    var status: UInt32 = 0
    MPDecimal.call(operation, DecimalObject(result.value).number, DecimalObject(a).number, context.context, &status)
    try context.add(status)
    return result
  }

  @inline(__always)
  static func binary(_ operation: MPDecimal.BinaryOperation, _ a: Value, _ b: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try DecimalObject.make()
    var status: UInt32 = 0
    MPDecimal.call(operation, DecimalObject(result.value).number, DecimalObject(a).number, DecimalObject(b).number, context.context, &status)
    try context.add(status)
    return result
  }

  /// `a + b` and the like: other numbers than ints are left to their types.
  @inline(__always)
  static func operate(_ operation: MPDecimal.BinaryOperation, _ a: Value, _ b: Value) throws(PyError) -> Owned {
    guard _fastPath(decimalType.isType(of: a) && decimalType.isType(of: b)) else { return try operateGenerally(operation, a, b) }
    // No Python runs from here on: the caller holds the operands, and the thread's variable the context.
    let result = try DecimalObject.make()
    let context = ArithmeticContext(try ArithmeticContext.borrowedCurrent())
    var status: UInt32 = 0
    MPDecimal.call(operation, DecimalObject(result.value).number, DecimalObject(a).number, DecimalObject(b).number, context.context, &status)
    try context.add(status)
    return result
  }

  /// `a + b` and the like with an int or an instance of a subclass.
  @inline(never)
  private static func operateGenerally(_ operation: MPDecimal.BinaryOperation, _ a: Value, _ b: Value) throws(PyError) -> Owned {
    let current = try ArithmeticContext.current()
    let context = ArithmeticContext(current.value)
    let x = try DecimalObject.operand(a, context)
    if x.value.isAbsent { return .notImplemented }
    let y = try DecimalObject.operand(b, context)
    if y.value.isAbsent { return .notImplemented }
    return try binary(operation, x.value, y.value, context)
  }

  static func operate(_ operation: MPDecimal.UnaryOperation, _ a: Value) throws(PyError) -> Owned {
    let current = try ArithmeticContext.current()
    return try unary(operation, a, ArithmeticContext(current.value))
  }

  // MARK: Methods of Decimal

  /// `a.f(context=None)`
  static func method(_ call: Call, _ operation: MPDecimal.UnaryOperation) throws(PyError) -> Owned {
    let held = try ArithmeticContext.argument(call[0])
    return try unary(operation, call.receiver, ArithmeticContext(held.value))
  }

  /// `a.f(other, context=None)`
  static func method(_ call: Call, _ operation: MPDecimal.BinaryOperation) throws(PyError) -> Owned {
    let held = try ArithmeticContext.argument(call[1])
    let context = ArithmeticContext(held.value)
    let other = try DecimalObject.argument(call[0], context)
    return try binary(operation, call.receiver, other.value, context)
  }

  // MARK: Methods of Context

  static func contextMethod(_ call: Call, _ operation: MPDecimal.UnaryOperation) throws(PyError) -> Owned {
    let context = ArithmeticContext(call.receiver)
    let x = try DecimalObject.argument(call[0], context)
    return try unary(operation, x.value, context)
  }

  static func contextMethod(_ call: Call, _ operation: MPDecimal.BinaryOperation) throws(PyError) -> Owned {
    let context = ArithmeticContext(call.receiver)
    let x = try DecimalObject.argument(call[0], context)
    let y = try DecimalObject.argument(call[1], context)
    return try binary(operation, x.value, y.value, context)
  }

  // MARK: Others

  static func divmod(_ a: Value, _ b: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let quotient = try DecimalObject.make()
    let remainder = try DecimalObject.make()
    var status: UInt32 = 0
    MPDecimal.shared.pointee.divmod(
      DecimalObject(quotient.value).number, DecimalObject(remainder.value).number, DecimalObject(a).number, DecimalObject(b).number, context.context, &status)
    try context.add(status)
    return try Owned.tuple(quotient.value, remainder.value)
  }

  static func ternary(_ function: MPDecimal.Ternary, _ a: Value, _ b: Value, _ c: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try DecimalObject.make()
    var status: UInt32 = 0
    function(DecimalObject(result.value).number, DecimalObject(a).number, DecimalObject(b).number, DecimalObject(c).number, context.context, &status)
    try context.add(status)
    return result
  }

  enum Copy { case absolute, negated }

  static func copy(_ a: Value, _ kind: Copy, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try DecimalObject.make()
    var status: UInt32 = 0
    let function = kind == .absolute ? MPDecimal.shared.pointee.copyAbsolute : MPDecimal.shared.pointee.copyNegated
    _ = function(DecimalObject(result.value).number, DecimalObject(a).number, &status)
    try context.add(status)
    return result
  }

  static func copySign(_ a: Value, _ b: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let result = try DecimalObject.make()
    var status: UInt32 = 0
    _ = MPDecimal.shared.pointee.copySign(DecimalObject(result.value).number, DecimalObject(a).number, DecimalObject(b).number, &status)
    try context.add(status)
    return result
  }

  static func compareTotal(_ a: Value, _ b: Value, magnitude: Bool) throws(PyError) -> Owned {
    let result = try DecimalObject.make()
    let function = magnitude ? MPDecimal.shared.pointee.compareTotalMagnitude : MPDecimal.shared.pointee.compareTotal
    _ = function(DecimalObject(result.value).number, DecimalObject(a).number, DecimalObject(b).number)
    return result
  }

  static func sameQuantum(_ a: Value, _ b: Value) -> Bool { MPDecimal.shared.pointee.sameQuantum(DecimalObject(a).number, DecimalObject(b).number) != 0 }

  static func isNormal(_ a: Value, _ context: ArithmeticContext) -> Bool { MPDecimal.shared.pointee.isNormal(DecimalObject(a).number, context.context) != 0 }
  static func isSubnormal(_ a: Value, _ context: ArithmeticContext) -> Bool { MPDecimal.shared.pointee.isSubnormal(DecimalObject(a).number, context.context) != 0 }

  static func numberClass(_ a: Value, _ context: ArithmeticContext) throws(PyError) -> Owned {
    guard let name = MPDecimal.shared.pointee.name(DecimalObject(a).number, context.context) else { throw .memoryError() }
    return try Owned.string(String(cString: name))
  }

  /// `a.f(rounding=None, context=None)`
  static func toIntegral(_ call: Call, _ operation: MPDecimal.UnaryOperation) throws(PyError) -> Owned {
    let held = try ArithmeticContext.argument(call[1])
    let context = ArithmeticContext(held.value)
    var settings = context.context.pointee
    if !call[0].isNone { settings.rounding = try ArithmeticContext.rounding(call[0]) }
    let result = try DecimalObject.make()
    var status: UInt32 = 0
    MPDecimal.call(operation, DecimalObject(result.value).number, DecimalObject(call.receiver).number, &settings, &status)
    try context.add(status)
    return result
  }

  // MARK: Comparisons

  /// The other operand of a comparison; absent when its type is to answer. `a` is multiplied by the denominator of a fraction.
  private static func comparable(_ a: inout Owned, _ b: Value, _ isEquality: Bool, _ context: ArithmeticContext) throws(PyError) -> Owned {
    let plain = try DecimalObject.operand(b, context)
    if !plain.value.isAbsent { return plain }
    var double = b.isFloat ? doubleValue(of: b) : nil
    if double == nil, isEquality, b.isObject, b.type == .complex || b.type.isSubtype(of: .complex), ComplexObject(b).imaginary == 0 { double = ComplexObject(b).real }
    if let double {
      if isEquality { context.context.pointee.status |= DecimalFlag.floatOperation } else { try context.add(DecimalFlag.floatOperation) }
      return try DecimalObject.exact(double: double, decimalType.object, context)
    }
    guard b.isObject else { return Owned(taking: .absent) }
    let rational = Owned(copying: DecimalConstants.rational.value)
    guard try isInstance(b, of: rational.value) else { return Owned(taking: .absent) }
    let numerator = try b.getAttribute(DecimalConstants.numerator)
    let denominator = try b.getAttribute(DecimalConstants.denominator)
    guard numerator.value.isInteger, denominator.value.isInteger else { throw .typeError("numerator or denominator is not an integer") }
    let factor = try DecimalObject.exact(integer: denominator.value, decimalType.object, context)
    let product = try DecimalObject.make()
    var unlimited = ArithmeticContext.unlimited
    var status: UInt32 = 0
    if DecimalObject(a.value).isSpecial {
      _ = MPDecimal.shared.pointee.copy(DecimalObject(product.value).number, DecimalObject(a.value).number, &status)
    } else {
      MPDecimal.call(.mul, DecimalObject(product.value).number, DecimalObject(a.value).number, DecimalObject(factor.value).number, &unlimited, &status)
    }
    a = product
    return try DecimalObject.exact(integer: numerator.value, decimalType.object, context)
  }

  static func compare(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
    let current = try ArithmeticContext.current()
    let context = ArithmeticContext(current.value)
    let isEquality = operation == .equal || operation == .notEqual
    var x = Owned(copying: a)
    let y = try comparable(&x, b, isEquality, context)
    if y.value.isAbsent { return .notImplemented }
    var status: UInt32 = 0
    let order = MPDecimal.shared.pointee.compare(DecimalObject(x.value).number, DecimalObject(y.value).number, &status)
    if order == Int32.max {
      if DecimalObject(x.value).isSignaling || DecimalObject(y.value).isSignaling || !isEquality { try context.add(status | DecimalFlag.invalidOperation) }
      return .boolean(operation == .notEqual)
    }
    return .boolean(operation.holds(order, 0))
  }
}

/// What the module takes from others, and names.
enum DecimalConstants {
  nonisolated(unsafe) static var rational = InterpreterValue()
  nonisolated(unsafe) static var tuple = InterpreterValue()
  static let numerator = Name.make("numerator")
  static let denominator = Name.make("denominator")
}
