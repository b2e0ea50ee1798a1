// The type str: its slots.

import CKraitCore
import Glibc

func defineStr(_ t: TypeDefinition) {
  t.basicSize = StringObject.basicSize
  t.flags.insert(.baseType)
  t.shapeFlags = .string
  t.slots.deallocate = DeallocateSlot(deallocateString)
  t.slots.hash = HashSlot { (text) throws(PyError) -> Int in StringObject(text).hashValue }
  t.slots.length = LengthSlot { (text) throws(PyError) -> Int in StringObject(text).length }
  t.slots.compare = CompareSlot(compareStrings)
  t.slots.str = UnarySlot { (text) throws(PyError) -> Owned in .exactString(text) }
  t.slots.repr = UnarySlot { (text) throws(PyError) -> Owned in try StringObject(text).representation() }
  t.slots.concatenate = BinarySlot(concatenateStrings)
}

private func deallocateString(_ raw: UnsafeMutableRawPointer) {
  let text = StringObject(raw: raw)
  let flags = text.flags
  if flags.contains(.interned) { text.forgetInterned() }
  if flags.contains(.indirect) { raw.load(fromByteOffset: StringObject.dataOffset, as: Value.self).releaseIfPresent() }
  finishDeallocation(raw)
}

private func compareStrings(_ a: Value, _ b: Value, _ operation: Comparison) throws(PyError) -> Owned {
  guard a.isString && b.isString else { return .notImplemented }
  let (a, b) = (StringObject(a), StringObject(b))
  switch operation {
  case .equal: return .boolean(a.isEqual(to: b))
  case .notEqual: return .boolean(!a.isEqual(to: b))
  default: return .boolean(operation.holds(a.compare(to: b), 0))
  }
}

private func concatenateStrings(_ a: Value, _ b: Value) throws(PyError) -> Owned {
  guard b.isString else { throw PyError.typeError("can only concatenate str (not \"\(b.typeName)\") to str") }
  return try StringObject.concatenate(StringObject(a), StringObject(b))
}
