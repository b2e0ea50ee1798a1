// Attribute access on any value.

import CKraitCore

extension Value {
  /// `getattr(self, name)`; the name is a str.
  public func getAttribute(_ name: Value) throws(PyError) -> Owned {
    guard let slot = type.slots.pointee.getAttribute else { throw PyError.attributeError("'\(typeName)' object has no attribute '\(name.text)'") }
    do throws(PyError) { return try slot(self, name) } catch {
      noteLookUp(self, name)
      throw error
    }
  }

  /// As ``getAttribute(_:)``, with ``Value/absent`` where that raises AttributeError.
  public func lookUpAttribute(_ name: Value) throws(PyError) -> Owned {
    do throws(PyError) {
      // Where the look-up itself can tell, no exception is made only to be dropped.
      let code = type.slots.pointee.getAttribute?.code
      if code == genericGetAttributeCode { return try genericLookUpAttribute(self, name) }
      if code == typeGetAttributeCode { return try typeLookUpAttribute(self, name) }
      if code == moduleGetAttributeCode { return try moduleLookUp(self, name) }
      return try getAttribute(name)
    } catch {
      guard PyError.matches(.attributeError) else { throw error }
      PyError.clear()
      return Owned(taking: .absent)
    }
  }

  public func setAttribute(_ name: Value, _ value: Value) throws(PyError) {
    guard let slot = type.slots.pointee.setAttribute else {
      let reason = type.slots.pointee.getAttribute == nil ? "no attributes" : "only read-only attributes"
      throw PyError.typeError("'\(typeName)' object has \(reason) (assign to .\(name.text))")
    }
    try slot(self, name, value)
  }

  public func deleteAttribute(_ name: Value) throws(PyError) {
    guard let slot = type.slots.pointee.setAttribute else {
      let reason = type.slots.pointee.getAttribute == nil ? "no attributes" : "only read-only attributes"
      throw PyError.typeError("'\(typeName)' object has \(reason) (del .\(name.text))")
    }
    try slot(self, name, .absent)
  }

  /// A special method as implicit calls find it: on the type, past the instance, bound. Absent if there is none.
  public func lookUpSpecial(_ name: Value) throws(PyError) -> Owned {
    let found = type.lookUp(name)
    guard !found.isAbsent else { return Owned(taking: .absent) }
    guard let get = found.type.slots.pointee.descriptorGet else { return Owned(copying: found) }
    let held = Owned(copying: found)
    return try get(held.value, self, type.value)
  }

  /// As ``lookUpSpecial(_:)``; absent, too, where a descriptor raises AttributeError.
  public func lookUpSpecialIfAny(_ name: Value) throws(PyError) -> Owned {
    do throws(PyError) { return try lookUpSpecial(name) } catch {
      guard PyError.matches(.attributeError) else { throw error }
      PyError.clear()
      return Owned(taking: .absent)
    }
  }

  /// Calls a special method with an argument; absent when the type has none.
  func callSpecial(_ name: Value, _ argument: Value) throws(PyError) -> Owned {
    let found = type.lookUp(name)
    if !found.isAbsent && found.type.flags.contains(.methodDescriptor) {
      // No bound method need be made.
      let function = Owned(copying: found)
      return try function.value.call(self, argument)
    }
    let method = try lookUpSpecial(name)
    if method.value.isAbsent { return method }
    return try method.value.call(argument)
  }
}
