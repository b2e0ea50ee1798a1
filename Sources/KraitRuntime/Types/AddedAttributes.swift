// Attributes that native code gives to classes of the program's own: a metatype that is written in Swift completes the classes that it makes.

import CKraitCore

/// A getter and a setter, made once for the process, that ``TypeObject/add(_:)`` puts into classes.
public struct AddedAttribute: @unchecked Sendable {
  let attribute: UnsafePointer<NativeAttribute>

  /// The setter is given ``Value/absent`` for `del`.
  public init(
    _ name: StaticString, _ documentation: StaticString, get: @escaping (Value) throws(PyError) -> Owned, set: @escaping (Value, Value) throws(PyError) -> Void
  ) {
    let place = UnsafeMutablePointer<NativeAttribute>.allocate(capacity: 1)
    place.initialize(to: NativeAttribute(name: name, documentation: documentation, get: UnarySlot(get), set: SetterSlot(set)))
    attribute = UnsafePointer(place)
  }
}

extension TypeObject {
  /// Gives a class an attribute of its own, seen as one of a type that is written in Swift.
  public func add(_ added: AddedAttribute) throws(PyError) {
    let name = intern(try Owned.string(added.attribute.pointee.name))
    let descriptor = try DescriptorObject.make(.getSetDescriptor, of: self, name: name.value, payload: UInt(bitPattern: added.attribute))
    try setOwn(name.value, descriptor.value)
  }

  /// Gives a class a class method, which is made once for the process with ``NativeFunction/make(_:_:kind:owner:_:)``.
  public func add(classMethod function: UnsafePointer<NativeFunction>) throws(PyError) {
    let name = function.pointee.name
    let descriptor = try DescriptorObject.make(.classMethodDescriptor, of: self, name: name, payload: UInt(bitPattern: function))
    try setOwn(name, descriptor.value)
  }
}
