// The type bytes: its slots.

import CKraitCore
import Glibc

func defineBytes(_ t: TypeDefinition) {
  t.basicSize = BytesObject.dataOffset + 1
  t.itemSize = 1
  t.itemCountOffset = 24
  t.flags.insert(.baseType)
  t.shapeFlags = .bytes
  t.slots.deallocate = DeallocateSlot { finishDeallocation($0) }
  t.slots.hash = HashSlot { (bytes) throws(PyError) -> Int in BytesObject(bytes).hashValue }
  t.slots.length = LengthSlot { (bytes) throws(PyError) -> Int in BytesObject(bytes).count }
  t.slots.repr = UnarySlot { (bytes) throws(PyError) -> Owned in try BytesObject(bytes).representation() }
}
