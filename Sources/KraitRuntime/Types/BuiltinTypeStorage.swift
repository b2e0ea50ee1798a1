// Where the builtin types live: one block, made once for the process, shared by all interpreters.

import CKraitCore
import Glibc

/// The block of builtin types; their numbers are in BuiltinTypes.swift.
public enum BuiltinTypes {
  /// The address of type 0. Zero until ``reserve()``; a constant initialiser, so that reading it takes no once-token.
  @usableFromInline nonisolated(unsafe) static var base: UInt = 0

  /// Bytes from one type to the next.
  @usableFromInline static var stride: Int { (MemoryLayout<TypeContents>.size + 63) & ~63 }

  /// Makes room for all builtin types. Addresses are fixed from here on, contents come with ``TypeDefinition``.
  static func reserve() {
    guard base == 0 else { return }
    // A segment of its own whose owner is nobody: all that is in it is immortal.
    let size = (Segment.headerSize + table.count * stride + Segment.size - 1) & ~(Segment.size - 1)
    guard let memory = aligned_alloc(Segment.size, size) else { fatalError("no memory for the builtin types") }
    memset(memory, 0, size)
    base = UInt(bitPattern: memory) + UInt(Segment.headerSize)
  }
}

extension TypeObject {
  @inline(__always)
  static func builtin(_ number: Int) -> TypeObject {
    TypeObject(raw: UnsafeMutableRawPointer(bitPattern: BuiltinTypes.base &+ UInt(number &* BuiltinTypes.stride)).unsafelyUnwrapped)
  }
}
