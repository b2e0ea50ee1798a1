// Where the strings of Names.swift live: one block, made once for the process, shared by all interpreters.

import CKraitCore
import Glibc

/// The strings that native code names: immortal, interned, at fixed places, so that naming one is an addition.
public enum Name {
  /// Bytes from one string to the next: enough for the header of a str and the longest name.
  @usableFromInline static let stride = 96

  @inline(__always)
  static func at(_ number: Int) -> Value { Value(bits: UInt64(Names.base &+ UInt(number &* stride))) }
}

/// The block of strings; their numbers and texts are in Names.swift.
public enum Names {
  /// The address of string 0; a constant initialiser, so that reading it takes no once-token.
  @usableFromInline nonisolated(unsafe) static var base: UInt = 0

  static func reserve() {
    guard base == 0 else { return }
    base = UInt(bitPattern: BuiltinTypes.reserveSharedBlock(size: table.count * Name.stride, isWritten: true))
  }

  /// Makes the strings and interns them for all interpreters.
  static func make() throws(PyError) {
    for (number, text) in table.enumerated() {
      precondition(text.utf8CodeUnitCount <= Name.stride - StringObject.headerSize - 1, "a name is too long for its place")
      try StringObject.makeName(at: Name.at(number).object, text: text)
    }
  }
}
