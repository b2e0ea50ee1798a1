// Operations on constants whose result the compiler may put in the place of the operation; the preprocessor and the flow graph call them.

import KraitSyntax

/// The sizes beyond which a result is left to run time, so that compiling stays quick and code objects small.
private enum FoldingLimit {
  static let integerBits = 128
  static let collectionItems = 256
  static let stringCharacters = 4096
  /// Items of a repeated tuple, those of nested tuples included.
  static let totalItems = 1024
}

extension Arena {
  /// What Python's unary operator gives for a constant; `nil` when it raises, warns, or is not defined.
  public func fold(_ operation: UnaryOperator, _ operand: ConstantValue) -> ConstantValue? {
    switch operation {
    case .not: return boolean(!operand.isTrue)
    case .invert: return operand.kind == .integer ? invert(operand) : nil
    case .uAdd:
      switch operand.kind {
      case .integer, .float, .complex: return operand
      case .true, .false: return integer(operand.kind == .true ? 1 : 0)
      default: return nil
      }
    case .uSub:
      switch operand.kind {
      case .integer, .true, .false: return negate(operand)
      case .float: return float(-operand.float)
      case .complex: return complex(-operand.complex.real, -operand.complex.imaginary)
      default: return nil
      }
    }
  }

  /// What Python's binary operator gives for two constants; `nil` when it raises, is not defined, or the result would be too large.
  public func fold(_ operation: BinaryOperator, _ left: ConstantValue, _ right: ConstantValue) -> ConstantValue? {
    if left.isIntegral && right.isIntegral { return foldIntegers(operation, left, right) }
    if left.isNumber && right.isNumber {
      if left.kind == .complex || right.kind == .complex { return foldComplex(operation, left, right) }
      guard let a = left.doubleValue, let b = right.doubleValue else { return nil }
      return foldFloats(operation, a, b)
    }
    switch operation {
    case .add: return concatenate(left, right)
    case .mult:
      if left.isIntegral { return repeatSequence(right, left) }
      if right.isIntegral { return repeatSequence(left, right) }
      return nil
    default: return nil
    }
  }

  private func foldIntegers(_ operation: BinaryOperator, _ left: ConstantValue, _ right: ConstantValue) -> ConstantValue? {
    switch operation {
    case .add: return add(left, right)
    case .sub: return subtract(left, right)
    case .mult:
      guard left.bitLength == 0 || right.bitLength == 0 || left.bitLength + right.bitLength <= FoldingLimit.integerBits else { return nil }
      return multiply(left, right)
    case .div: return trueQuotient(left, right)
    case .floorDiv: return floorQuotient(left, right)
    case .mod: return floorRemainder(left, right)
    case .pow:
      if right.isNegativeInteger {
        guard let a = left.doubleValue, let b = right.doubleValue else { return nil }
        return foldFloats(.pow, a, b)
      }
      if left.bitLength == 0 { return integer(right.bitLength == 0 ? 1 : 0) }
      guard let exponent = right.wordValue, exponent == 0 || left.bitLength <= FoldingLimit.integerBits / exponent else { return nil }
      return power(left, exponent)
    case .lShift:
      if right.isNegativeInteger { return nil }
      if left.bitLength == 0 { return integer(0) }
      guard let count = right.wordValue, count == 0 || count <= FoldingLimit.integerBits && left.bitLength <= FoldingLimit.integerBits - count
      else { return nil }
      return shiftLeft(left, count)
    case .rShift:
      if right.isNegativeInteger { return nil }
      return shiftRight(left, right)
    case .bitAnd, .bitOr, .bitXor: return bitwise(operation, left, right)
    case .matMult: return nil
    }
  }

  private func repeatSequence(_ sequence: ConstantValue, _ count: ConstantValue) -> ConstantValue? {
    let size: Int
    let limit: Int
    switch sequence.kind {
    case .tuple: (size, limit) = (sequence.elements.count, FoldingLimit.collectionItems)
    case .string: (size, limit) = (sequence.text.codePointCount, FoldingLimit.stringCharacters)
    case .bytes: (size, limit) = (sequence.text.count, FoldingLimit.stringCharacters)
    default: return nil
    }
    guard let times = count.wordValue else { return nil }
    if size == 0 { return sequence }
    guard times >= 0 && times <= limit / size else { return nil }
    if sequence.kind == .tuple && times > 0 && sequence.itemBudget(after: FoldingLimit.totalItems / times) < 0 { return nil }
    return repetition(sequence, times)
  }
}

extension ConstantValue {
  /// Python's `bool()` of the constant.
  public var isTrue: Bool {
    switch kind {
    case .none, .false: false
    case .integer: !limbs.isEmpty
    case .float: float != 0
    case .complex: complex.real != 0 || complex.imaginary != 0
    case .string, .bytes: !text.isEmpty
    case .tuple, .frozenset: !elements.isEmpty
    case .true, .ellipsis, .slice, .code: true
    }
  }

  /// Whether it is an `int`, a `bool` included.
  var isIntegral: Bool { kind == .integer || kind == .true || kind == .false }
  var isNumber: Bool { isIntegral || kind == .float || kind == .complex }

  /// What is left of a budget of items when those of the tuple and of the tuples in it are taken away.
  fileprivate func itemBudget(after limit: Int) -> Int {
    guard kind == .tuple else { return limit }
    var rest = limit - elements.count
    for element in elements where rest >= 0 { rest = element.itemBudget(after: rest) }
    return rest
  }
}
