// `s + t`, and `s += t` in place.

import CKraitCore
import Glibc

extension StringObject {
  /// The text of two strs, as an exact str.
  public static func concatenate(_ a: StringObject, _ b: StringObject) throws(PyError) -> Owned {
    if a.length == 0 { return Owned(copying: b.value) }
    if b.length == 0 { return Owned(copying: a.value) }
    let result = try allocate(a.length &+ b.length, bits: classBits(a, b))
    a.units.copy(to: result.data, width: result.width)
    b.units.copy(to: result.data + a.length &* result.width, width: result.width)
    return Owned(taking: result.value)
  }

  @inline(__always) var classBits: UInt32 { isASCII ? 0x7F : width == 1 ? 0xFF : width == 2 ? 0xFFFF : 0x10FFFF }
  @inline(__always) private static func classBits(_ a: StringObject, _ b: StringObject) -> UInt32 { a.classBits | b.classBits }

  /// `left + right` where nobody else needs `left`: a str that is referred to from nowhere else grows in place, so that a loop of `s += t` takes linear time.
  ///
  /// Both must be exact strs.
  public static func concatenate(taking left: consuming Owned, _ right: Value) throws(PyError) -> Owned {
    let a = StringObject(raw: left.value.object)
    let b = StringObject(raw: right.object)
    if b.length == 0 { return left }
    guard a.length > 0, a.canGrow, a.raw != b.raw, unitWidth(b.classBits) <= a.width else { return try concatenate(a, b) }
    let length = a.length &+ b.length
    let needed = dataOffset &+ (length &+ 1) &* a.width
    if needed <= a.capacity {
      b.units.copy(to: a.data + a.length &* a.width, width: a.width)
      let flags = b.isASCII ? a.flags : a.flags.subtracting(.ascii)
      initializeFields(a.raw, length, a.width, flags, capacity: a.capacity)
      return left
    }
    // The first time exactly, since most strs are not added to again; then with room for more.
    let again = a.flags.contains(.appended)
    let size = (needed &+ (again ? needed &>> 2 : 0) &+ 15) & ~15
    guard size < Int(UInt32.max) &* 16 else { return try concatenate(a, b) }
    let raw = try allocateObject(TypeObject.str.rootShape, size: size)
    memcpy(raw + dataOffset, a.data, a.length &* a.width)
    b.units.copy(to: raw + (dataOffset &+ a.length &* a.width), width: a.width)
    let flags: Flags = a.isASCII && b.isASCII ? [.ascii, .appended] : .appended
    initializeFields(raw, length, a.width, flags, capacity: size)
    return Owned(taking: raw)
  }

  /// Whether this is an exact str with a single reference, held by this thread's owner.
  private var canGrow: Bool {
    raw.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) == 1 && !isInterned && raw.ownerIdentifier == krait_owner()
  }
}
