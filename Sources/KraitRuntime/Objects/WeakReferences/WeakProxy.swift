// `weakref.ProxyType` and `weakref.CallableProxyType`: weak references that pass on what is asked of them.

import CKraitCore

/// The object behind a proxy, or the value itself if it is none.
private func unwrapped(_ value: Value) throws(PyError) -> Owned {
  guard value.isObject, value.type == .weakProxy || value.type == .weakCallableProxy else { return Owned(copying: value) }
  let target = WeakReferenceObject(value).target()
  if target.value.isAbsent { throw .raise(.referenceError, "weakly-referenced object no longer exists") }
  return target
}

private func pass(_ a: Value, _ body: (Value) throws(PyError) -> Owned) throws(PyError) -> Owned {
  let target = try unwrapped(a)
  return try body(target.value)
}

private func pass(_ a: Value, _ b: Value, _ body: (Value, Value) throws(PyError) -> Owned) throws(PyError) -> Owned {
  let first = try unwrapped(a)
  let second = try unwrapped(b)
  return try body(first.value, second.value)
}

private func representProxy(_ value: Value) throws(PyError) -> Owned {
  let target = WeakReferenceObject(value).target()
  let address = addressText(value)
  if target.value.isAbsent { return try .string("<weakproxy at \(address); dead>") }
  return try .string("<weakproxy at \(address); to '\(target.value.typeName)' at \(addressText(target.value))>")
}

private func defineProxy(_ t: TypeDefinition) {
  t.basicSize = MemoryLayout<WeakReferenceObject.Contents>.size
  t.flags.insert(.disallowInstantiation)
  t.shapeFlags.formUnion([.tracked, .hasState])
  t.slots.deallocate = DeallocateSlot(deallocateWeakReference)
  t.slots.traverse = TraverseSlot(traverseWeakReference)
  t.slots.clear = ClearSlot(clearWeakReference)
  t.slots.repr = UnarySlot(representProxy)
  t.slots.hash = HashSlot(hashNotImplemented)
  t.slots.str = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try x.str() } }
  t.slots.compare = CompareSlot { (a: Value, b: Value, operation: Comparison) throws(PyError) -> Owned in
    let first = try unwrapped(a)
    let second = try unwrapped(b)
    return try first.value.compare(second.value, operation)
  }
  t.slots.getAttribute = BinarySlot { (a: Value, name: Value) throws(PyError) -> Owned in
    let target = try unwrapped(a)
    return try target.value.getAttribute(name)
  }
  t.slots.setAttribute = StoreSlot { (a: Value, name: Value, value: Value) throws(PyError) in
    let target = try unwrapped(a)
    if value.isAbsent { try target.value.deleteAttribute(name) } else { try target.value.setAttribute(name, value) }
  }
  t.slots.truth = TruthSlot { (a: Value) throws(PyError) -> Bool in
    let target = try unwrapped(a)
    return try target.isTruthy()
  }
  t.slots.length = LengthSlot { (a: Value) throws(PyError) -> Int in
    let target = try unwrapped(a)
    return try target.value.length()
  }
  t.slots.contains = ContainsSlot { (a: Value, item: Value) throws(PyError) -> Bool in
    let target = try unwrapped(a)
    return try target.value.contains(item)
  }
  t.slots.subscript = BinarySlot { (a: Value, key: Value) throws(PyError) -> Owned in
    let target = try unwrapped(a)
    return try target.getItem(key)
  }
  t.slots.storeSubscript = StoreSlot { (a: Value, key: Value, value: Value) throws(PyError) in
    let target = try unwrapped(a)
    if value.isAbsent { try target.value.deleteItem(key) } else { try target.value.setItem(key, value) }
  }
  t.slots.iterate = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try x.iterate() } }
  t.slots.next = NextSlot { (a: Value) throws(PyError) -> Owned in
    let target = try unwrapped(a)
    guard target.value.type.slots.pointee.next != nil else {
      throw .typeError("Weakref proxy referenced a non-iterator '\(target.value.typeName)' object")
    }
    return try target.value.next()
  }
  defineProxyArithmetic(t)
}

private func defineProxyArithmetic(_ t: TypeDefinition) {
  t.slots.negative = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try x.negative() } }
  t.slots.positive = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try x.positive() } }
  t.slots.absolute = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try x.absolute() } }
  t.slots.invert = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try x.invert() } }
  t.slots.index = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try x.index() } }
  t.slots.integer = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try TypeObject.int.value.call(x) } }
  t.slots.float = UnarySlot { (a: Value) throws(PyError) -> Owned in try pass(a) { (x: Value) throws(PyError) -> Owned in try TypeObject.float.value.call(x) } }
  t.slots.add = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.add(y) } }
  t.slots.inPlaceAdd = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceAdd(y) } }
  t.slots.subtract = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.subtract(y) } }
  t.slots.inPlaceSubtract = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceSubtract(y) } }
  t.slots.multiply = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.multiply(y) } }
  t.slots.inPlaceMultiply = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceMultiply(y) } }
  t.slots.remainder = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.remainder(y) } }
  t.slots.inPlaceRemainder = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceRemainder(y) } }
  t.slots.divmod = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.divmod(y) } }
  t.slots.leftShift = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.leftShift(y) } }
  t.slots.inPlaceLeftShift = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceLeftShift(y) } }
  t.slots.rightShift = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.rightShift(y) } }
  t.slots.inPlaceRightShift = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceRightShift(y) } }
  t.slots.and = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.and(y) } }
  t.slots.inPlaceAnd = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceAnd(y) } }
  t.slots.xor = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.xor(y) } }
  t.slots.inPlaceXor = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceXor(y) } }
  t.slots.or = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.or(y) } }
  t.slots.inPlaceOr = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceOr(y) } }
  t.slots.floorDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.floorDivide(y) } }
  t.slots.inPlaceFloorDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceFloorDivide(y) } }
  t.slots.trueDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.trueDivide(y) } }
  t.slots.inPlaceTrueDivide = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceTrueDivide(y) } }
  t.slots.matrixMultiply = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.matrixMultiply(y) } }
  t.slots.inPlaceMatrixMultiply = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlaceMatrixMultiply(y) } }
  t.slots.power = TernarySlot { (a: Value, b: Value, c: Value) throws(PyError) -> Owned in
    let base = try unwrapped(a)
    let exponent = try unwrapped(b)
    let modulus = try unwrapped(c.isAbsent ? .none : c)
    return try base.value.power(exponent.value, modulus.value)
  }
  t.slots.inPlacePower = TernarySlot { (a: Value, b: Value, _: Value) throws(PyError) -> Owned in
    try pass(a, b) { (x: Value, y: Value) throws(PyError) -> Owned in try x.inPlacePower(y) }
  }
}

func defineWeakProxies(_ types: TypeDefinitions) {
  types.define(.weakProxy) { t in
    defineProxy(t)
    // CPython's other proxy has none of these.
    t.method("__bytes__($self, /)") { (call: Call) throws(PyError) -> Owned in try pass(call.receiver) { (x: Value) throws(PyError) -> Owned in try x.callMethod(Name.__bytes__) } }
    t.method("__reversed__($self, /)") { (call: Call) throws(PyError) -> Owned in
      try pass(call.receiver) { (x: Value) throws(PyError) -> Owned in try TypeObject.reversed.value.call(x) }
    }
  }
  types.define(.weakCallableProxy) { t in
    defineProxy(t)
    t.slots.call = CallSlot { (a: Value, arguments: Arguments) throws(PyError) -> Owned in
      let target = try unwrapped(a)
      return try target.call(arguments: arguments)
    }
  }
}
