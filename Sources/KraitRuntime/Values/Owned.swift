// Ownership in the types: a reference that somebody must give back, and does.

import CKraitCore

/// A reference that is owned: released when it goes out of scope, unless ``take()`` hands it on.
///
/// One word, no Swift reference counting; compiles to what counting by hand would. A plain ``Value`` is borrowed.
@frozen
public struct Owned: ~Copyable {
  /// The value, borrowed from this owner.
  public let value: Value

  /// Takes over a reference that the caller owns.
  @inlinable @inline(__always) public init(taking value: Value) { self.value = value }
  /// A new reference to a borrowed value.
  @inlinable @inline(__always)
  public init(copying value: Value) {
    value.retain()
    self.value = value
  }
  /// A new object's first reference.
  @inlinable @inline(__always) public init(taking object: UnsafeMutableRawPointer) { value = Value(object) }

  @inlinable @inline(__always) deinit { if value.isObject && !value.isAbsent { value.object.release() } }

  /// Hands the reference on: the caller now owns it.
  @inlinable @inline(__always)
  public consuming func take() -> Value {
    let value = self.value
    discard self
    return value
  }

  @inlinable @inline(__always) public func copy() -> Owned { Owned(copying: value) }

  @inlinable @inline(__always) public static var none: Owned { Owned(taking: Value.none) }
  @inlinable @inline(__always) public static var notImplemented: Owned { Owned(taking: Value.notImplemented) }
  @inlinable @inline(__always) public static func boolean(_ condition: Bool) -> Owned { Owned(taking: Value(condition)) }
}

/// A Python exception is on its way: which one is in the thread's state.
///
/// A trivial error costs a test of a register after the call, nothing more.
@frozen
public struct PyError: Error {
  @inlinable public init() {}
}
