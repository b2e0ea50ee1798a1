// Where the builtin types live: one block, made once for the process, shared by all interpreters.

import CKraitCore
import Glibc

/// The block of builtin types; their numbers are in BuiltinTypes.swift.
public enum BuiltinTypes {
  /// The address of type 0. Zero until ``reserve()``; a constant initialiser, so that reading it takes no once-token.
  @usableFromInline nonisolated(unsafe) static var base: UInt = 0

  /// Where a type's first shape stands behind the type.
  static var shapeOffset: Int { (MemoryLayout<TypeContents>.size + 15) & ~15 }

  /// Bytes from one type to the next: the type and the shape of its exact instances.
  @usableFromInline static var stride: Int { (shapeOffset + MemoryLayout<Shape.Contents>.size + 63) & ~63 }

  /// Makes room for all builtin types and for the names that native code uses. Addresses and shapes are fixed from here on, contents come with ``TypeDefinition``.
  static func reserve() {
    guard base == 0 else { return }
    SlotCodes.reserve()
    base = UInt(bitPattern: reserveSharedBlock(size: table.count * stride, isWritten: true))
    for (number, row) in table.enumerated() {
      prepare(TypeObject.builtin(number), base: row.base >= 0 ? TypeObject.builtin(row.base) : nil)
    }
    Names.reserve()
  }

  /// Gives a type in zeroed memory its header, its base and the shape of its exact instances.
  static func prepare(_ type: TypeObject, base: TypeObject?) {
    type.raw.shape = Shape(raw: TypeObject.type.raw + shapeOffset)
    type.raw.makeImmortal()
    let shape = Shape(raw: type.raw + shapeOffset)
    shape.contents.initialize(to: Shape.Contents(type: type, flags: .exact))
    type.contents.pointee.rootShape = shape
    type.contents.pointee.shapes = shape.raw
    type.contents.pointee.base = base
  }

  /// Zeroed memory in segments of their own whose owner is nobody: all that is in it is immortal. Reserved as a whole, in memory only where it is used.
  ///
  /// - Parameter isWritten: whether all of it is written now. The pages come at once then, which takes a third of the time of as many page faults.
  static func reserveSharedBlock(size: Int, isWritten: Bool = false) -> UnsafeMutableRawPointer {
    let total = (Segment.headerSize + size + Segment.size - 1) & ~(Segment.size - 1)
    guard let memory = AddressSpace.reserve(total + Segment.size) else { Runtime.failForWantOfMemory("for what lives as long as the process") }
    let aligned = (UInt(bitPattern: memory) + UInt(Segment.size - 1)) & ~UInt(Segment.size - 1)
    let segment = UnsafeMutableRawPointer(bitPattern: aligned).unsafelyUnwrapped
    // A system that does not know the call brings them one by one.
    if isWritten { madvise(segment, Segment.headerSize + size, 23 /* MADV_POPULATE_WRITE */) }
    return segment + Segment.headerSize
  }

  /// Whether the type is one of the block.
  static func contains(_ type: TypeObject) -> Bool {
    UInt(bitPattern: type.raw) &- base < UInt(table.count * stride)
  }
}

extension TypeObject {
  /// All types that are there before any module is made.
  public static var builtinTypes: [TypeObject] { (0..<BuiltinTypes.table.count).map(builtin) }

  @inline(__always)
  static func builtin(_ number: Int) -> TypeObject {
    TypeObject(raw: UnsafeMutableRawPointer(bitPattern: BuiltinTypes.base &+ UInt(number &* BuiltinTypes.stride)).unsafelyUnwrapped)
  }
}
