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

  public func callMethod(_ name: Value) throws(PyError) -> Owned { try getAttribute(name).call() }
  public func callMethod(_ name: Value, _ a: Value) throws(PyError) -> Owned { try getAttribute(name).call(a) }
  public func callMethod(_ name: Value, _ a: Value, _ b: Value) throws(PyError) -> Owned { try getAttribute(name).call(a, b) }
  public func callMethod(_ name: Value, _ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned { try getAttribute(name).call(a, b, c) }
}

