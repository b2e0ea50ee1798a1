// How native code gets memory: objects and plain buffers on the calling thread's heap.

import CKraitCore
import Glibc

/// The calling thread's heap. Only meaningful on a thread that is attached to an interpreter.
@inline(__always)
var currentHeap: UnsafeMutablePointer<Heap> { krait_heap().unsafelyUnwrapped.assumingMemoryBound(to: Heap.self) }

/// A new object of `size` bytes with one reference, its header set, the rest undefined.
@inline(__always)
public func allocateObject(_ shape: Shape, size: Int) throws(PyError) -> UnsafeMutableRawPointer {
  guard let object = allocateIfPossible(shape, size: size) else { throw PyError.memoryError() }
  return object
}

/// As ``allocateObject(_:size:)``, but nil where there is no memory: an exception that is on its way stays what it is.
@inline(__always)
func allocateIfPossible(_ shape: Shape, size: Int) -> UnsafeMutableRawPointer? {
  guard let object = Heap.allocate(currentHeap, size, shape.flags.contains(.tracked) ? .tracked : .atom) else { return nil }
  object.initializeHeader(shape)
  if shape.flags.contains(.tracked) { Collector.countAllocation() }
  return object
}

/// As ``allocateObject(_:size:)``, with everything behind the header zero (so that each ``Value`` is absent).
public func allocateZeroedObject(_ shape: Shape, size: Int) throws(PyError) -> UnsafeMutableRawPointer {
  let object = try allocateObject(shape, size: size)
  memset(object + ObjectHeader.size, 0, size - ObjectHeader.size)
  return object
}

/// Gives an object's block back; what it held must have been given up.
@inline(__always)
public func freeObject(_ object: UnsafeMutableRawPointer) {
  Heap.freeObject(object)
}

/// Plain memory of `size` bytes, undefined. Whoever asks keeps the size and gives it back with ``freeMemory(_:size:)``.
@inline(__always)
public func allocateMemory(_ size: Int) throws(PyError) -> UnsafeMutableRawPointer {
  guard let memory = Heap.allocate(currentHeap, max(size, 1), .memory) else { throw PyError.memoryError() }
  return memory
}

/// Moves plain memory to a block of another size; the old block is gone unless this throws.
public func reallocateMemory(_ memory: UnsafeMutableRawPointer, from oldSize: Int, to newSize: Int) throws(PyError) -> UnsafeMutableRawPointer {
  if _slowPath(newSize >= MappedBlocks.leastGrownSize), let resized = currentHeap.pointee.resizeMemory(memory, from: oldSize, to: newSize) { return resized }
  let larger = try allocateMemory(newSize)
  larger.copyMemory(from: memory, byteCount: min(oldSize, newSize))
  freeMemory(memory, size: oldSize)
  return larger
}

@inline(__always)
public func freeMemory(_ memory: UnsafeMutableRawPointer, size: Int) {
  Heap.freeMemory(memory, max(size, 1))
}
