// The slots of classes that define special methods in Python: each looks the method up on the type and calls it.

import CKraitCore

enum SlotFunctions {
  // MARK: Calling methods

  /// Calls a special method with up to two arguments; absent if the type has none, or has a descriptor that raises AttributeError.
  @inline(__always)
  static func callIfPresent(_ object: Value, _ name: Value, _ a: Value = .absent, _ b: Value = .absent) throws(PyError) -> Owned {
    try call(object, name, a, b) { (get, method) throws(PyError) -> Owned in try lookUpBound(get, method, object) }
  }

  @inline(__always)
  private static func call(
    _ object: Value, _ name: Value, _ a: Value, _ b: Value, _ bind: (TernarySlot, Value) throws(PyError) -> Owned
  ) throws(PyError) -> Owned {
    let type = object.type
    let found = type.lookUp(name)
    if _slowPath(found.isAbsent) { return Owned(taking: .absent) }
    let method = Owned(copying: found)
    let slots = method.value.type
    if _fastPath(slots.flags.contains(.methodDescriptor)) {
      if a.isAbsent { return try method.value.call(object) }
      if b.isAbsent { return try method.value.call(object, a) }
      return try method.value.call(object, a, b)
    }
    if let get = slots.slots.pointee.descriptorGet {
      let bound = try bind(get, method.value)
      return bound.value.isAbsent ? bound : try callBound(bound.value, a, b)
    }
    return try callBound(method.value, a, b)
  }

  /// What a descriptor gives; absent where it raises AttributeError.
  @inline(never)
  private static func lookUpBound(_ get: TernarySlot, _ method: Value, _ object: Value) throws(PyError) -> Owned {
    do throws(PyError) { return try get(method, object, object.type.value) } catch {
      guard PyError.matches(.attributeError) else { throw error }
      PyError.clear()
      return Owned(taking: .absent)
    }
  }

  private static func callBound(_ method: Value, _ a: Value, _ b: Value) throws(PyError) -> Owned {
    if a.isAbsent { return try method.call() }
    if b.isAbsent { return try method.call(a) }
    return try method.call(a, b)
  }

  /// As ``callIfPresent(_:_:_:_:)``; a missing method (it was deleted meanwhile) is an AttributeError with its name.
  static func callMethod(_ object: Value, _ name: Value, _ a: Value = .absent, _ b: Value = .absent) throws(PyError) -> Owned {
    let result = try call(object, name, a, b) { (get, method) throws(PyError) -> Owned in try get(method, object, object.type.value) }
    if result.value.isAbsent { throw missingMethod(name) }
    return result
  }

  /// Only the name: CPython's look-up of special methods knows no more.
  private static func missingMethod(_ name: Value) -> PyError { PyError.raise(.attributeError, name) }

  // MARK: Basic

  static func repr(_ object: Value) throws(PyError) -> Owned {
    let result = try callIfPresent(object, Name.__repr__)
    if !result.value.isAbsent { return result }
    return try Owned.string("<\(object.typeName) object at \(addressText(object))>")
  }

  static func str(_ object: Value) throws(PyError) -> Owned { try callMethod(object, Name.__str__) }

  static func hash(_ object: Value) throws(PyError) -> Int {
    let found = object.type.lookUp(Name.__hash__)
    if found.isAbsent || found.isNone { return try hashNotImplemented(object) }
    let result = try callIfPresent(object, Name.__hash__)
    if result.value.isAbsent { return try hashNotImplemented(object) }
    guard result.value.isInteger else { throw .typeError("__hash__ method should return an integer") }
    // A number too large for a hash counts by its own.
    let hash = Integer.asInt(result.value) ?? Integer.hash(result.value)
    return hash == -1 ? -2 : hash
  }

  static func call(_ object: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    let type = object.type
    let found = type.lookUp(Name.__call__)
    guard !found.isAbsent else { throw missingMethod(Name.__call__) }
    let method = Owned(copying: found)
    let methodType = method.value.type
    if methodType.flags.contains(.methodDescriptor) { return try callWithReceiver(method.value, object, arguments) }
    guard let get = methodType.slots.pointee.descriptorGet else { return try method.value.call(arguments: arguments) }
    let bound = try get(method.value, object, type.value)
    return try bound.value.call(arguments: arguments)
  }

  /// `__getattribute__`, then `__getattr__` if that raises AttributeError.
  static func getAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
    let result = try lookUpAttribute(object, name)
    if !result.value.isAbsent { return result }
    throw missingAttribute(object, name)
  }

  /// As ``getAttribute(_:_:)``; absent when the generic look-up finds nothing and there is no `__getattr__`.
  static func lookUpAttribute(_ object: Value, _ name: Value) throws(PyError) -> Owned {
    let type = object.type
    let getattribute = type.lookUp(Name.__getattribute__)
    let isGeneric = isWrapper(getattribute, of: genericGetAttributeCode)
    if type.lookUp(Name.__getattr__).isAbsent {
      return isGeneric ? try genericLookUpAttribute(object, name) : try callMethod(object, Name.__getattribute__, name)
    }
    do throws(PyError) {
      let found = isGeneric ? try genericLookUpAttribute(object, name) : try callMethod(object, Name.__getattribute__, name)
      if !found.value.isAbsent { return found }
    } catch {
      guard PyError.matches(.attributeError) else { throw error }
      PyError.clear()
    }
    return try callMethod(object, Name.__getattr__, name)
  }

  /// Whether the value is the wrapper of a slot with this code.
  static func isWrapper(_ value: Value, of code: UnsafeRawPointer) -> Bool {
    !value.isAbsent && value.isObject && value.type == .wrapperDescriptor && DescriptorObject(value).contents.pointee.payload == UInt(bitPattern: code)
  }

  static func setAttribute(_ object: Value, _ name: Value, _ value: Value) throws(PyError) {
    if value.isAbsent {
      _ = try callMethod(object, Name.__delattr__, name)
    } else {
      _ = try callMethod(object, Name.__setattr__, name, value)
    }
  }

  static func compare(_ a: Value, _ b: Value, _ op: Comparison) throws(PyError) -> Owned {
    let name =
      switch op {
      case .less: Name.__lt__
      case .lessEqual: Name.__le__
      case .equal: Name.__eq__
      case .notEqual: Name.__ne__
      case .greater: Name.__gt__
      case .greaterEqual: Name.__ge__
      }
    let result = try callIfPresent(a, name, b)
    return result.value.isAbsent ? .notImplemented : result
  }

  static func iterate(_ object: Value) throws(PyError) -> Owned {
    let found = object.type.lookUp(Name.__iter__)
    if !found.isAbsent && !found.isNone {
      let iterator = try callIfPresent(object, Name.__iter__)
      if !iterator.value.isAbsent { return iterator }
    }
    if found.isNone || object.type.lookUp(Name.__getitem__).isAbsent { throw .typeError("'\(object.typeName)' object is not iterable") }
    return try Owned.sequenceIterator(object)
  }

  static func next(_ object: Value) throws(PyError) -> Owned {
    let found = object.type.lookUp(Name.__next__)
    // `__next__ = iterator.__next__`: the iterator is asked without a call.
    if !found.isAbsent, found.isObject, found.object.shape == TypeObject.methodWrapper.rootShape {
      let wrapper = MethodWrapperObject(found)
      if let next = wrapper.receiver.type.slots.pointee.next, UInt(bitPattern: next.code) == DescriptorObject(wrapper.descriptor).contents.pointee.payload {
        let iterator = Owned(copying: wrapper.receiver)
        return try next(iterator.value)
      }
    }
    return try callMethod(object, Name.__next__)
  }

  static func descriptorGet(_ descriptor: Value, _ object: Value, _ type: Value) throws(PyError) -> Owned {
    let result = try callIfPresent(descriptor, Name.__get__, object.isAbsent ? .none : object, type.isAbsent ? .none : type)
    return result.value.isAbsent ? Owned(copying: descriptor) : result
  }

  static func descriptorSet(_ descriptor: Value, _ object: Value, _ value: Value) throws(PyError) {
    let name = value.isAbsent ? Name.__delete__ : Name.__set__
    if value.isAbsent {
      _ = try callMethod(descriptor, name, object)
    } else {
      _ = try callMethod(descriptor, name, object, value)
    }
  }

  static func initialize(_ object: Value, _ arguments: Arguments) throws(PyError) {
    let type = object.type
    let found = type.lookUp(Name.__init__)
    guard !found.isAbsent else { throw missingMethod(Name.__init__) }
    let method = Owned(copying: found)
    let result: Owned
    if method.value.type.flags.contains(.methodDescriptor) {
      result = try callWithReceiver(method.value, object, arguments)
    } else if let get = method.value.type.slots.pointee.descriptorGet {
      let bound = try get(method.value, object, type.value)
      result = try bound.value.call(arguments: arguments)
    } else {
      result = try method.value.call(arguments: arguments)
    }
    guard result.value.isNone else { throw .typeError("__init__() should return None, not '\(result.value.typeName)'") }
  }

  static func new(_ type: Value, _ arguments: Arguments) throws(PyError) -> Owned {
    let function = try type.getAttribute(Name.__new__)
    return try callWithReceiver(function.value, type, arguments)
  }

  static func finalize(_ object: Value) {
    do throws(PyError) {
      _ = try callIfPresent(object, Name.__del__)
    } catch {
      let function = Owned(copyingIfPresent: object.type.lookUp(Name.__del__))
      reportUnraisable("Exception ignored while calling deallocator", function.value)
    }
  }

  // MARK: Asynchronous

  static func await(_ object: Value) throws(PyError) -> Owned { try callMethod(object, Name.__await__) }
  static func asyncIterate(_ object: Value) throws(PyError) -> Owned { try callMethod(object, Name.__aiter__) }
  static func asyncNext(_ object: Value) throws(PyError) -> Owned { try callMethod(object, Name.__anext__) }

  // MARK: Containers

  static func length(_ object: Value) throws(PyError) -> Int {
    let result = try callMethod(object, Name.__len__)
    let number = try result.value.index()
    if Integer.isNegative(number.value) { throw .valueError("__len__() should return >= 0") }
    guard let length = Integer.asInt(number.value) else { throw .overflowError("cannot fit '\(result.value.typeName)' into an index-sized integer") }
    return length
  }

  static func `subscript`(_ object: Value, _ key: Value) throws(PyError) -> Owned { try callMethod(object, Name.__getitem__, key) }

  static func item(_ object: Value, _ index: Int) throws(PyError) -> Owned {
    let key = try Owned.integer(index)
    return try callMethod(object, Name.__getitem__, key.value)
  }

  static func storeSubscript(_ object: Value, _ key: Value, _ value: Value) throws(PyError) {
    if value.isAbsent {
      _ = try callMethod(object, Name.__delitem__, key)
    } else {
      _ = try callMethod(object, Name.__setitem__, key, value)
    }
  }

  static func contains(_ object: Value, _ item: Value) throws(PyError) -> Bool {
    let found = object.type.lookUp(Name.__contains__)
    if found.isNone { throw .typeError("'\(object.typeName)' object is not a container") }
    if !found.isAbsent {
      let answer = try callIfPresent(object, Name.__contains__, item)
      if !answer.value.isAbsent { return try answer.value.isTruthy() }
    }
    return try object.containsByIterating(item)
  }

  static func truth(_ object: Value) throws(PyError) -> Bool {
    if object.type.lookUp(Name.__bool__).isNone { throw .typeError("'\(object.typeName)' cannot be interpreted as a boolean") }
    let result = try callIfPresent(object, Name.__bool__)
    if !result.value.isAbsent {
      guard result.value.isBool else { throw .typeError("__bool__ should return bool, returned \(result.value.typeName)") }
      return result.value.isTrue
    }
    if object.type.lookUp(Name.__len__).isAbsent { return true }
    return try length(object) != 0
  }

  // MARK: Numbers

  /// `a op b` where at least one class defines the operator in Python. The slot is called for either operand's sake, as native ones are.
  private static func binary(
    _ a: Value, _ b: Value, _ name: Value, _ reflected: Value, _ offset: Int
  ) throws(PyError) -> Owned {
    let code = SlotTable.genericCode(offset)
    let left = a.type
    let right = b.type
    var tryReflected = left != right && right.slotWord(offset) == code
    if left.slotWord(offset) == code {
      if tryReflected && right.isSubtype(of: left) && isOverloaded(left, right, reflected) {
        let result = try callIfPresent(b, reflected, a)
        if !result.value.isAbsent && !result.value.isNotImplemented { return result }
        tryReflected = false
      }
      let result = try callIfPresent(a, name, b)
      if !result.value.isAbsent && (!result.value.isNotImplemented || left == right) { return result }
    }
    if tryReflected {
      let result = try callIfPresent(b, reflected, a)
      if !result.value.isAbsent { return result }
    }
    return .notImplemented
  }

  /// Whether the right operand's class has another method than the left one's.
  private static func isOverloaded(_ left: TypeObject, _ right: TypeObject, _ name: Value) -> Bool {
    let method = right.lookUp(name)
    return !method.isAbsent && method !== left.lookUp(name)
  }

  private static func inPlace(_ a: Value, _ b: Value, _ name: Value) throws(PyError) -> Owned {
    try callMethod(a, name, b)
  }

  static func add(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__add__, Name.__radd__, MemoryLayout<TypeSlots>.offset(of: \.add).unsafelyUnwrapped)
  }
  static func subtract(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__sub__, Name.__rsub__, MemoryLayout<TypeSlots>.offset(of: \.subtract).unsafelyUnwrapped)
  }
  static func multiply(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__mul__, Name.__rmul__, MemoryLayout<TypeSlots>.offset(of: \.multiply).unsafelyUnwrapped)
  }
  static func remainder(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__mod__, Name.__rmod__, MemoryLayout<TypeSlots>.offset(of: \.remainder).unsafelyUnwrapped)
  }
  static func divmod(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__divmod__, Name.__rdivmod__, MemoryLayout<TypeSlots>.offset(of: \.divmod).unsafelyUnwrapped)
  }
  static func leftShift(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__lshift__, Name.__rlshift__, MemoryLayout<TypeSlots>.offset(of: \.leftShift).unsafelyUnwrapped)
  }
  static func rightShift(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__rshift__, Name.__rrshift__, MemoryLayout<TypeSlots>.offset(of: \.rightShift).unsafelyUnwrapped)
  }
  static func and(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__and__, Name.__rand__, MemoryLayout<TypeSlots>.offset(of: \.and).unsafelyUnwrapped)
  }
  static func xor(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__xor__, Name.__rxor__, MemoryLayout<TypeSlots>.offset(of: \.xor).unsafelyUnwrapped)
  }
  static func or(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__or__, Name.__ror__, MemoryLayout<TypeSlots>.offset(of: \.or).unsafelyUnwrapped)
  }
  static func floorDivide(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__floordiv__, Name.__rfloordiv__, MemoryLayout<TypeSlots>.offset(of: \.floorDivide).unsafelyUnwrapped)
  }
  static func trueDivide(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__truediv__, Name.__rtruediv__, MemoryLayout<TypeSlots>.offset(of: \.trueDivide).unsafelyUnwrapped)
  }
  static func matrixMultiply(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__matmul__, Name.__rmatmul__, MemoryLayout<TypeSlots>.offset(of: \.matrixMultiply).unsafelyUnwrapped)
  }

  static func power(_ a: Value, _ b: Value, _ modulus: Value) throws(PyError) -> Owned {
    if modulus.isNone || modulus.isAbsent { return try powerOfTwo(a, b) }
    // With a modulus the third operand's class has no say, but the second one's has (since 3.14).
    let offset = MemoryLayout<TypeSlots>.offset(of: \TypeSlots.power).unsafelyUnwrapped
    let code = SlotTable.genericCode(offset)
    let left = a.type
    let right = b.type
    var tryReflected = left != right && right.slotWord(offset) == code
    if left.slotWord(offset) == code {
      if tryReflected && right.isSubtype(of: left) && isOverloaded(left, right, Name.__rpow__) {
        let result = try callIfPresent(b, Name.__rpow__, a, modulus)
        if !result.value.isAbsent && !result.value.isNotImplemented { return result }
        tryReflected = false
      }
      let result = try callIfPresent(a, Name.__pow__, b, modulus)
      if !result.value.isAbsent && (!result.value.isNotImplemented || left == right) { return result }
    }
    if tryReflected {
      let result = try callIfPresent(b, Name.__rpow__, a, modulus)
      if !result.value.isAbsent { return result }
    }
    return .notImplemented
  }

  private static func powerOfTwo(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    try binary(a, b, Name.__pow__, Name.__rpow__, MemoryLayout<TypeSlots>.offset(of: \.power).unsafelyUnwrapped)
  }

  static func inPlacePower(_ a: Value, _ b: Value, _ modulus: Value) throws(PyError) -> Owned { try callMethod(a, Name.__ipow__, b) }

  static func negative(_ a: Value) throws(PyError) -> Owned { try callMethod(a, Name.__neg__) }
  static func positive(_ a: Value) throws(PyError) -> Owned { try callMethod(a, Name.__pos__) }
  static func absolute(_ a: Value) throws(PyError) -> Owned { try callMethod(a, Name.__abs__) }
  static func invert(_ a: Value) throws(PyError) -> Owned { try callMethod(a, Name.__invert__) }
  static func integer(_ a: Value) throws(PyError) -> Owned { try callMethod(a, Name.__int__) }
  static func float(_ a: Value) throws(PyError) -> Owned { try callMethod(a, Name.__float__) }
  static func index(_ a: Value) throws(PyError) -> Owned { try callMethod(a, Name.__index__) }

  static func inPlaceAdd(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__iadd__) }
  static func inPlaceSubtract(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__isub__) }
  static func inPlaceMultiply(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__imul__) }
  static func inPlaceRemainder(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__imod__) }
  static func inPlaceLeftShift(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__ilshift__) }
  static func inPlaceRightShift(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__irshift__) }
  static func inPlaceAnd(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__iand__) }
  static func inPlaceXor(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__ixor__) }
  static func inPlaceOr(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__ior__) }
  static func inPlaceFloorDivide(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__ifloordiv__) }
  static func inPlaceTrueDivide(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__itruediv__) }
  static func inPlaceMatrixMultiply(_ a: Value, _ b: Value) throws(PyError) -> Owned { try inPlace(a, b, Name.__imatmul__) }
}

/// The `hash` of types that have none: `__hash__ = None`.
func hashNotImplemented(_ object: Value) throws(PyError) -> Int { throw .typeError("unhashable type: '\(object.typeName)'") }
