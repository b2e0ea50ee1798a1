// What may follow a call at once: methods of the owner, which lives until they return. (`call(…).value` would outlive it; Scripts/check-ownership.)

import CKraitCore

extension Owned {
  /// The text of a str.
  @inlinable @inline(__always) public var text: String { value.text }
  @inlinable @inline(__always) public var isAbsent: Bool { value.isAbsent }
  @inlinable @inline(__always) public var isNone: Bool { value.isNone }
  public borrowing func isTruthy() throws(PyError) -> Bool { try value.isTruthy() }
  public borrowing func call() throws(PyError) -> Owned { try value.call() }
  public borrowing func call(_ a: Value) throws(PyError) -> Owned { try value.call(a) }
  public borrowing func call(_ a: Value, _ b: Value) throws(PyError) -> Owned { try value.call(a, b) }
  public borrowing func call(_ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned { try value.call(a, b, c) }
  public borrowing func call(arguments: Arguments) throws(PyError) -> Owned { try value.call(arguments: arguments) }
  public borrowing func callMethod(_ name: Value) throws(PyError) -> Owned { try value.callMethod(name) }
  public borrowing func callMethod(_ name: Value, _ a: Value) throws(PyError) -> Owned { try value.callMethod(name, a) }
  public borrowing func callMethod(_ name: Value, _ a: Value, _ b: Value) throws(PyError) -> Owned { try value.callMethod(name, a, b) }
  public borrowing func callMethod(_ name: Value, _ a: Value, _ b: Value, _ c: Value) throws(PyError) -> Owned { try value.callMethod(name, a, b, c) }
  public borrowing func getAttribute(_ name: Value) throws(PyError) -> Owned { try value.getAttribute(name) }
  public borrowing func getItem(_ key: Value) throws(PyError) -> Owned { try value.getItem(key) }
  public borrowing func iterate() throws(PyError) -> Owned { try value.iterate() }
  public borrowing func str() throws(PyError) -> Owned { try value.str() }
  public borrowing func repr() throws(PyError) -> Owned { try value.repr() }
  public borrowing func add(_ other: Value) throws(PyError) -> Owned { try value.add(other) }
}

extension DictObject {
  /// Stores under a key that only the dict will hold.
  public func set(sharing key: borrowing Owned, _ value: borrowing Owned) throws(PyError) { try set(key.value, value.value) }
  public func set(_ key: Value, sharing value: borrowing Owned) throws(PyError) { try set(key, value.value) }
}

extension ListObject {
  /// Appends an object that only the list will hold.
  public func append(sharing item: borrowing Owned) throws(PyError) { try append(item.value) }
}

extension Owned {
  /// A tuple that shares references to temporaries.
  public static func tuple(sharing a: borrowing Owned) throws(PyError) -> Owned { try tuple(a.value) }
  public static func tuple(sharing a: borrowing Owned, _ b: borrowing Owned) throws(PyError) -> Owned { try tuple(a.value, b.value) }
  public static func tuple(_ a: Value, sharing b: borrowing Owned) throws(PyError) -> Owned { try tuple(a, b.value) }
}

extension StringBuilder {
  /// Appends a str that the caller keeps, or gives up afterwards.
  public mutating func append(sharing text: borrowing Owned) throws(PyError) { try append(text.value) }
}
