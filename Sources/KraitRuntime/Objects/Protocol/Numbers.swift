// Conversions to native numbers and integers.

import CKraitCore

extension Value {
  /// `operator.index(self)`.
  public func index() throws(PyError) -> Owned {
    if isInteger { return Owned(copying: self) }
    guard let slot = type.slots.pointee.index else { throw PyError.typeError("'\(typeName)' object cannot be interpreted as an integer") }
    let result = try slot(self)
    guard result.value.isInteger else { throw PyError.typeError("__index__ returned non-int (type \(result.value.typeName))") }
    if !result.value.isExactInteger {
      try warnDeprecated(
        "__index__ returned non-int (type \(result.value.typeName)).  The ability to return an instance of a strict subclass of int is deprecated, "
          + "and may be removed in a future version of Python.")
    }
    return result
  }

  /// A native index. Beyond the native range, `overflow` is raised ("cannot fit 'int' into an index-sized integer"); nil clips.
  @inline(__always)
  public func asIndex(overflow: TypeObject? = .indexError) throws(PyError) -> Int {
    if isSmallInteger { return smallInteger }
    return try asIndexBySlot(overflow)
  }

  @inline(never)
  private func asIndexBySlot(_ overflow: TypeObject?) throws(PyError) -> Int {
    let integer = try index()
    if let small = Integer.asInt(integer.value) { return small }
    guard let overflow else { return Integer.isNegative(integer.value) ? .min : .max }
    throw PyError.raise(overflow, "cannot fit '\(typeName)' into an index-sized integer")
  }

  /// A native integer by `__index__`; OverflowError with the message of a C conversion.
  public func asInt() throws(PyError) -> Int {
    if isSmallInteger { return smallInteger }
    let integer = try index()
    if let small = Integer.asInt(integer.value) { return small }
    throw PyError.overflowError("Python int too large to convert to C ssize_t")
  }

  /// A double of anything that `float()` takes but str.
  public func asDouble() throws(PyError) -> Double {
    if isImmediateDouble { return immediateDouble }
    if let double = doubleValue(of: self) { return double }
    if isExactInteger { return try Integer.double(self) }
    if let slot = type.slots.pointee.float { return try double(bySlot: slot) }
    guard type.slots.pointee.index != nil else { throw PyError.typeError("must be real number, not \(typeName)") }
    let integer = try index()
    return try Integer.double(integer.value)
  }

  /// What `__float__` gives.
  func double(bySlot slot: UnarySlot) throws(PyError) -> Double {
    let result = try slot(self)
    guard let double = doubleValue(of: result.value) else {
      throw PyError.typeError("\(typeName).__float__ returned non-float (type \(result.value.typeName))")
    }
    if !result.value.isExactFloat {
      try warnDeprecated(
        "\(typeName).__float__ returned non-float (type \(result.value.typeName)).  The ability to return an instance of a strict subclass of float is "
          + "deprecated, and may be removed in a future version of Python.")
    }
    return double
  }
}
