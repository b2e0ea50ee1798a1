// Calls of any value from native code.

import CKraitCore

extension Value {
  /// Whether the type has a way to be called.
  public var isCallable: Bool { type.slots.pointee.call != nil }

  @inline(__always)
  public func call(arguments: Arguments) throws(PyError) -> Owned {
    guard let slot = type.slots.pointee.call else { throw notCallable() }
    try checkNativeRecursion(" while calling a Python object")
    return try slot(self, arguments)
  }

  @inline(never)
  private func notCallable() -> PyError { .typeError("'\(typeName)' object is not callable") }

  public func call() throws(PyError) -> Owned {
    var none = Value.absent
    return try withUnsafeMutablePointer(to: &none) { (base) throws(PyError) -> Owned in try call(arguments: Arguments(base: base, positionalCount: 0)) }
  }

  public func call(_ a: Value) throws(PyError) -> Owned {
    var arguments = a
    return try withUnsafeMutablePointer(to: &arguments) { (base) throws(PyError) -> Owned in try call(arguments: Arguments(base: base, positionalCount: 1)) }
  }

  public func call(_ a: Value, _ b: Value) throws(PyError) -> Owned {
    var arguments = (a, b)
    return try withUnsafeMutableBytes(of: &arguments) { (bytes) throws(PyError) -> Owned in
      try call(arguments: Arguments(base: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self), positionalCount: 2))
    }
  }

  public func call(_ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned {
    var arguments = (a, b, c)
    return try withUnsafeMutableBytes(of: &arguments) { (bytes) throws(PyError) -> Owned in
      try call(arguments: Arguments(base: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self), positionalCount: 3))
    }
  }

  public func call(_ a: Value, _ b: Value, _ c: Value, _ d: Value) throws(PyError) -> Owned {
    var arguments = (a, b, c, d)
    return try withUnsafeMutableBytes(of: &arguments) { (bytes) throws(PyError) -> Owned in
      try call(arguments: Arguments(base: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self), positionalCount: 4))
    }
  }

  /// A call with positional arguments from two places, which the caller holds, and the items of a dict (or None, or absent) as keywords.
  public func call(
    _ first: UnsafeBufferPointer<Value>, _ second: UnsafeBufferPointer<Value> = UnsafeBufferPointer(start: nil, count: 0), keywords: Value = .absent
  ) throws(PyError) -> Owned {
    let hasKeywords = !keywords.isAbsent && !keywords.isNone && DictObject(keywords).count > 0
    let positional = first.count + second.count
    if hasKeywords { return try callWithKeywords(first, second, DictObject(keywords)) }
    if second.count == 0, let base = first.baseAddress { return try call(arguments: Arguments(base: base, positionalCount: first.count)) }
    return try withUnsafeTemporaryAllocation(of: Value.self, capacity: max(positional, 1)) { (buffer) throws(PyError) -> Owned in
      let base = buffer.baseAddress.unsafelyUnwrapped
      for index in 0..<first.count { (base + index).initialize(to: first[index]) }
      for index in 0..<second.count { (base + first.count + index).initialize(to: second[index]) }
      return try call(arguments: Arguments(base: base, positionalCount: positional))
    }
  }

  private func callWithKeywords(_ first: UnsafeBufferPointer<Value>, _ second: UnsafeBufferPointer<Value>, _ keywords: DictObject) throws(PyError) -> Owned {
    let positional = first.count + second.count
    let names = try Owned.keywordNames(keywords, of: self)
    // A tuple keeps the values alive and in one place during the call.
    let values = try Owned.tuple(count: positional + keywords.count)
    let tuple = TupleObject(values.value)
    for index in 0..<first.count { tuple.initialize(index, Owned(copying: first[index])) }
    for index in 0..<second.count { tuple.initialize(first.count + index, Owned(copying: second[index])) }
    var position = 0
    var number = 0
    var key = Value.absent
    var value = Value.absent
    while keywords.next(&position, &key, &value) {
      tuple.initialize(positional + number, Owned(copying: value))
      number += 1
    }
    return try call(arguments: Arguments(base: tuple.items, positionalCount: positional, keywordNames: names.value))
  }

  /// A call with the arguments in a tuple.
  public func call(tuple arguments: Value) throws(PyError) -> Owned {
    let items = TupleObject(arguments)
    return try call(arguments: Arguments(base: UnsafePointer(items.items), positionalCount: items.count))
  }

  public func callMethod(_ name: Value) throws(PyError) -> Owned {
    let method = try plainMethod(name)
    return method.value.isAbsent ? try getAttribute(name).call() : try method.value.call(self)
  }

  public func callMethod(_ name: Value, _ a: Value) throws(PyError) -> Owned {
    let method = try plainMethod(name)
    return method.value.isAbsent ? try getAttribute(name).call(a) : try method.value.call(self, a)
  }

  public func callMethod(_ name: Value, _ a: Value, _ b: Value) throws(PyError) -> Owned {
    let method = try plainMethod(name)
    return method.value.isAbsent ? try getAttribute(name).call(a, b) : try method.value.call(self, a, b)
  }

  /// Calls a method with arguments in front of which there is room for the object.
  public func callMethod(_ name: Value, behindRoom arguments: Arguments) throws(PyError) -> Owned {
    let method = try plainMethod(name)
    if method.value.isAbsent { return try getAttribute(name).call(arguments: arguments) }
    let base = UnsafeMutablePointer(mutating: arguments.base) - 1
    base.pointee = self
    return try method.call(arguments: Arguments(base: UnsafePointer(base), positionalCount: arguments.positionalCount + 1, keywordNames: arguments.keywordNames))
  }

  /// The class's function to be called with the object in front, so that no bound method is made; absent if the attribute is something else.
  private func plainMethod(_ name: Value) throws(PyError) -> Owned {
    guard isObject, StringObject(name).isFoundByAddress, let function = try Slow.method(of: self, name) else { return Owned(taking: .absent) }
    return Owned(copying: function)
  }

  public func callMethod(_ name: Value, _ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned { try getAttribute(name).call(a, b, c) }
}

