// The type `mappingproxy`: a view of a mapping that cannot be changed through it.

import CKraitCore

struct MappingProxyObject: BitwiseCopyable {
  let raw: UnsafeMutableRawPointer
  init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  init(_ value: Value) { raw = value.object }

  static var size: Int { ObjectHeader.size + MemoryLayout<Value>.size }
  var mapping: Value { raw.load(fromByteOffset: ObjectHeader.size, as: Value.self) }

  static func make(_ mapping: Value) throws(PyError) -> Owned {
    let raw = try allocateObject(TypeObject.mappingProxy.rootShape, size: size)
    mapping.retain()
    raw.storeBytes(of: mapping, toByteOffset: ObjectHeader.size, as: Value.self)
    return Owned(taking: raw)
  }
}

func defineMappingProxy(_ types: TypeDefinitions) {
  types.define(.mappingProxy) { t in
    t.documentation = "A view of a mapping that can only be read."
    t.basicSize = MappingProxyObject.size
    t.shapeFlags.insert(.tracked)
    t.flags.insert(.mapping)
    t.new("mappingproxy(mapping)") { (call: Call) throws(PyError) -> Owned in
      let mapping = call[0]
      guard mapping.type.slots.pointee.subscript != nil, !mapping.isList, !mapping.isTuple else {
        throw .typeError("mappingproxy() argument must be a mapping, not \(mapping.typeName)")
      }
      return try MappingProxyObject.make(mapping)
    }
    t.slots.repr = UnarySlot { (object: Value) throws(PyError) -> Owned in try Owned.string("mappingproxy(\(try MappingProxyObject(object).mapping.repr().text))") }
    t.slots.str = UnarySlot { (object: Value) throws(PyError) -> Owned in try MappingProxyObject(object).mapping.str() }
    t.slots.hash = HashSlot { (object: Value) throws(PyError) -> Int in try MappingProxyObject(object).mapping.hash() }
    t.slots.compare = CompareSlot { (a: Value, b: Value, op: Comparison) throws(PyError) -> Owned in try MappingProxyObject(a).mapping.compare(b, op) }
    t.slots.iterate = UnarySlot { (object: Value) throws(PyError) -> Owned in try MappingProxyObject(object).mapping.iterate() }
    t.slots.length = LengthSlot { (object: Value) throws(PyError) -> Int in try MappingProxyObject(object).mapping.length() }
    t.slots.subscript = BinarySlot { (object: Value, key: Value) throws(PyError) -> Owned in try MappingProxyObject(object).mapping.getItem(key) }
    t.slots.contains = ContainsSlot { (object: Value, key: Value) throws(PyError) -> Bool in try MappingProxyObject(object).mapping.contains(key) }
    t.slots.or = BinarySlot { (a: Value, b: Value) throws(PyError) -> Owned in
      let left = a.type == .mappingProxy ? MappingProxyObject(a).mapping : a
      let right = b.type == .mappingProxy ? MappingProxyObject(b).mapping : b
      return try left.or(right)
    }
    t.slots.inPlaceOr = BinarySlot { (_: Value, _: Value) throws(PyError) -> Owned in
      throw .typeError("'|=' is not supported by mappingproxy; use '|' instead")
    }
    t.slots.deallocate = DeallocateSlot { raw in
      MappingProxyObject(raw: raw).mapping.release()
      finishDeallocation(raw)
    }
    t.slots.traverse = TraverseSlot { raw, visit in visit(MappingProxyObject(raw: raw).mapping) }
    t.method("get(key, default=None, /)", "The value for the key, else the default.") { (call: Call) throws(PyError) -> Owned in
      try MappingProxyObject(call.receiver).mapping.callMethod(Name.get, call[0], call[1])
    }
    t.method("keys()", "The keys of the mapping.") { (call: Call) throws(PyError) -> Owned in try MappingProxyObject(call.receiver).mapping.callMethod(Name.keys) }
    t.method("values()", "The values of the mapping.") { (call: Call) throws(PyError) -> Owned in try MappingProxyObject(call.receiver).mapping.callMethod(Name.values) }
    t.method("items()", "Pairs of key and value.") { (call: Call) throws(PyError) -> Owned in try MappingProxyObject(call.receiver).mapping.callMethod(Name.items) }
    t.method("copy()", "A copy of the mapping itself.") { (call: Call) throws(PyError) -> Owned in try MappingProxyObject(call.receiver).mapping.callMethod(Name.copy) }
    t.classMethod("__class_getitem__(object, /)", "See PEP 585") { (call: Call) throws(PyError) -> Owned in try Owned.genericAlias(call.receiver, call[0]) }
    t.method("__reversed__()", "The keys, last first.") { (call: Call) throws(PyError) -> Owned in
      try MappingProxyObject(call.receiver).mapping.callMethod(Name.__reversed__)
    }
  }
}
