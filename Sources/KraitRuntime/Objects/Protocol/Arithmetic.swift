// Arithmetic on any value: which slot of which operand answers.

import CKraitCore

/// A binary operator: its slots' places in ``TypeSlots`` and its symbol.
struct BinaryOperator {
  let slot: Int
  let inPlaceSlot: Int
  let symbol: StaticString


  static var add: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.add).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceAdd).unsafelyUnwrapped, symbol: "+")
    }
  }

  static var subtract: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.subtract).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceSubtract).unsafelyUnwrapped, symbol: "-")
    }
  }

  static var multiply: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.multiply).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceMultiply).unsafelyUnwrapped, symbol: "*")
    }
  }

  static var matrixMultiply: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.matrixMultiply).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceMatrixMultiply).unsafelyUnwrapped, symbol: "@")
    }
  }

  static var trueDivide: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.trueDivide).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceTrueDivide).unsafelyUnwrapped, symbol: "/")
    }
  }

  static var floorDivide: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.floorDivide).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceFloorDivide).unsafelyUnwrapped, symbol: "//")
    }
  }

  static var remainder: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.remainder).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceRemainder).unsafelyUnwrapped, symbol: "%")
    }
  }

  static var leftShift: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.leftShift).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceLeftShift).unsafelyUnwrapped, symbol: "<<")
    }
  }

  static var rightShift: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.rightShift).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceRightShift).unsafelyUnwrapped, symbol: ">>")
    }
  }

  static var and: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.and).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceAnd).unsafelyUnwrapped, symbol: "&")
    }
  }

  static var xor: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.xor).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceXor).unsafelyUnwrapped, symbol: "^")
    }
  }

  static var or: BinaryOperator {
    @inline(__always) get {
      BinaryOperator(
        slot: MemoryLayout<TypeSlots>.offset(of: \.or).unsafelyUnwrapped, inPlaceSlot: MemoryLayout<TypeSlots>.offset(of: \.inPlaceOr).unsafelyUnwrapped, symbol: "|")
    }
  }

}

extension Value {
  /// The answer of the operands' slots; NotImplemented when neither has one. A subclass's reflected method goes first.
  @inline(never)
  func binaryResult(_ other: Value, slot offset: Int) throws(PyError) -> Owned {
    let a = type
    let b = other.type
    let first = a.slot(offset, as: BinarySlot?.self)
    var second = a == b ? nil : b.slot(offset, as: BinarySlot?.self)
    if let f = first, let s = second, f.code == s.code { second = nil }
    if let first {
      if let reflected = second, b.isSubtype(of: a) {
        let result = try reflected(self, other)
        if !result.value.isNotImplemented { return result }
        second = nil
      }
      let result = try first(self, other)
      if !result.value.isNotImplemented { return result }
    }
    guard let second else { return .notImplemented }
    return try second(self, other)
  }

  /// The answer of the right operand's slot, where the left one's has been asked.
  func reflectedResult(_ other: Value, slot offset: Int) throws(PyError) -> Owned {
    let a = type
    let b = other.type
    if a == b { return .notImplemented }
    guard let slot = b.slot(offset, as: BinarySlot?.self), slot.code != a.slot(offset, as: BinarySlot?.self)?.code else { return .notImplemented }
    return try slot(self, other)
  }

  /// No slot for numbers answered, and this value is no sequence: a sequence may be repeated by it; else it is an error.
  func afterNotImplemented(_ other: Value, _ operation: BinaryOperator, isInPlace: Bool) throws(PyError) -> Owned {
    if operation.slot == BinaryOperator.multiply.slot, let slot = other.type.slots.pointee.repeat { return try other.repeated(slot, self) }
    throw unsupported(other, "\(operation.symbol)\(isInPlace ? "=" : "")")
  }

  @inline(never)
  func unsupported(_ other: Value, _ symbol: String) -> PyError {
    if symbol == ">>", isObject, type == .builtinFunction, let name = try? lookUpAttribute(Name.__name__), name.value.isString, name.value.text == "print" {
      return .typeError(
        "unsupported operand type(s) for >>: '\(typeName)' and '\(other.typeName)'. Did you mean \"print(<message>, file=<output_stream>)\"?")
    }
    return .typeError("unsupported operand type(s) for \(symbol): '\(typeName)' and '\(other.typeName)'")
  }

  @inline(never)
  private func binary(_ other: Value, _ operation: BinaryOperator) throws(PyError) -> Owned {
    let result = try binaryResult(other, slot: operation.slot)
    if result.value.isNotImplemented { throw unsupported(other, "\(operation.symbol)") }
    return result
  }

  /// The in-place slot's answer, else the ordinary ones'; NotImplemented when there is none.
  private func inPlaceResult(_ other: Value, _ operation: BinaryOperator) throws(PyError) -> Owned {
    if let slot = type.slot(operation.inPlaceSlot, as: BinarySlot?.self) {
      let result = try slot(self, other)
      if !result.value.isNotImplemented { return result }
    }
    return try binaryResult(other, slot: operation.slot)
  }

  @inline(never)
  private func inPlace(_ other: Value, _ operation: BinaryOperator) throws(PyError) -> Owned {
    let result = try inPlaceResult(other, operation)
    if result.value.isNotImplemented { throw unsupported(other, "\(operation.symbol)=") }
    return result
  }

  /// `sequence * count` through the slot ``TypeSlots/repeat``.
  private func repeated(_ slot: IndexSlot, _ count: Value) throws(PyError) -> Owned {
    guard count.type.slots.pointee.index != nil else { throw PyError.typeError("can't multiply sequence by non-int of type '\(count.typeName)'") }
    return try slot(self, try count.asIndex(overflow: .overflowError))
  }

  public func subtract(_ other: Value) throws(PyError) -> Owned { try binary(other, .subtract) }
  public func inPlaceSubtract(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .subtract) }
  public func matrixMultiply(_ other: Value) throws(PyError) -> Owned { try binary(other, .matrixMultiply) }
  public func inPlaceMatrixMultiply(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .matrixMultiply) }
  public func trueDivide(_ other: Value) throws(PyError) -> Owned { try binary(other, .trueDivide) }
  public func inPlaceTrueDivide(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .trueDivide) }
  public func floorDivide(_ other: Value) throws(PyError) -> Owned { try binary(other, .floorDivide) }
  public func inPlaceFloorDivide(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .floorDivide) }
  public func remainder(_ other: Value) throws(PyError) -> Owned { try binary(other, .remainder) }
  public func inPlaceRemainder(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .remainder) }
  public func leftShift(_ other: Value) throws(PyError) -> Owned { try binary(other, .leftShift) }
  public func inPlaceLeftShift(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .leftShift) }
  public func rightShift(_ other: Value) throws(PyError) -> Owned { try binary(other, .rightShift) }
  public func inPlaceRightShift(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .rightShift) }
  public func and(_ other: Value) throws(PyError) -> Owned { try binary(other, .and) }
  public func inPlaceAnd(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .and) }
  public func xor(_ other: Value) throws(PyError) -> Owned { try binary(other, .xor) }
  public func inPlaceXor(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .xor) }
  public func or(_ other: Value) throws(PyError) -> Owned { try binary(other, .or) }
  public func inPlaceOr(_ other: Value) throws(PyError) -> Owned { try inPlace(other, .or) }

  public func add(_ other: Value) throws(PyError) -> Owned {
    if isObject && other.isObject && object.shape == TypeObject.bytes.rootShape && other.object.shape == TypeObject.bytes.rootShape {
      return try BytesObject(self).joined(with: BytesObject(other))
    }
    let result = try binaryResult(other, slot: BinaryOperator.add.slot)
    if !result.value.isNotImplemented { return result }
    if let slot = type.slots.pointee.concatenate { return try slot(self, other) }
    throw unsupported(other, "+")
  }

  public func inPlaceAdd(_ other: Value) throws(PyError) -> Owned {
    let result = try inPlaceResult(other, .add)
    if !result.value.isNotImplemented { return result }
    if let slot = type.slots.pointee.inPlaceConcatenate ?? type.slots.pointee.concatenate { return try slot(self, other) }
    throw unsupported(other, "+=")
  }

  public func multiply(_ other: Value) throws(PyError) -> Owned {
    let result = try binaryResult(other, slot: BinaryOperator.multiply.slot)
    if !result.value.isNotImplemented { return result }
    if let slot = type.slots.pointee.repeat { return try repeated(slot, other) }
    if let slot = other.type.slots.pointee.repeat { return try other.repeated(slot, self) }
    throw unsupported(other, "*")
  }

  public func inPlaceMultiply(_ other: Value) throws(PyError) -> Owned {
    let result = try inPlaceResult(other, .multiply)
    if !result.value.isNotImplemented { return result }
    if let slot = type.slots.pointee.inPlaceRepeat ?? type.slots.pointee.repeat { return try repeated(slot, other) }
    if hasSequenceSlots { throw unsupported(other, "*=") }
    if let slot = other.type.slots.pointee.repeat { return try other.repeated(slot, self) }
    throw unsupported(other, "*=")
  }

  public func divmod(_ other: Value) throws(PyError) -> Owned {
    let result = try binaryResult(other, slot: MemoryLayout<TypeSlots>.offset(of: \.divmod).unsafelyUnwrapped)
    if result.value.isNotImplemented { throw unsupported(other, "divmod()") }
    return result
  }

  /// `pow(self, exponent, modulus)`; a modulus of None is none.
  public func power(_ exponent: Value, _ modulus: Value = .none) throws(PyError) -> Owned { try power(exponent, modulus, inPlace: false) }
  public func inPlacePower(_ exponent: Value) throws(PyError) -> Owned { try power(exponent, .none, inPlace: true) }

  private func power(_ exponent: Value, _ modulus: Value, inPlace: Bool) throws(PyError) -> Owned {
    let a = type
    let b = exponent.type
    if inPlace, let slot = a.slots.pointee.inPlacePower {
      let result = try slot(self, exponent, modulus)
      if !result.value.isNotImplemented { return result }
    }
    let first = a.slots.pointee.power
    var second = a == b ? nil : b.slots.pointee.power
    if let f = first, let s = second, f.code == s.code { second = nil }
    if let first {
      if let reflected = second, b.isSubtype(of: a) {
        let result = try reflected(self, exponent, modulus)
        if !result.value.isNotImplemented { return result }
        second = nil
      }
      let result = try first(self, exponent, modulus)
      if !result.value.isNotImplemented { return result }
    }
    if let second {
      let result = try second(self, exponent, modulus)
      if !result.value.isNotImplemented { return result }
    }
    if !modulus.isNone, let third = modulus.type.slots.pointee.power, third.code != first?.code, third.code != b.slots.pointee.power?.code {
      let result = try third(self, exponent, modulus)
      if !result.value.isNotImplemented { return result }
    }
    if inPlace { throw unsupported(exponent, "**=") }
    if modulus.isNone { throw unsupported(exponent, "** or pow()") }
    throw PyError.typeError("unsupported operand type(s) for ** or pow(): '\(a.nameText)', '\(b.nameText)', '\(modulus.typeName)'")
  }

  public func negative() throws(PyError) -> Owned {
    guard let slot = type.slots.pointee.negative else { throw PyError.typeError("bad operand type for unary -: '\(typeName)'") }
    return try slot(self)
  }

  public func positive() throws(PyError) -> Owned {
    guard let slot = type.slots.pointee.positive else { throw PyError.typeError("bad operand type for unary +: '\(typeName)'") }
    return try slot(self)
  }

  public func invert() throws(PyError) -> Owned {
    guard let slot = type.slots.pointee.invert else { throw PyError.typeError("bad operand type for unary ~: '\(typeName)'") }
    return try slot(self)
  }

  public func absolute() throws(PyError) -> Owned {
    guard let slot = type.slots.pointee.absolute else { throw PyError.typeError("bad operand type for abs(): '\(typeName)'") }
    return try slot(self)
  }
}
