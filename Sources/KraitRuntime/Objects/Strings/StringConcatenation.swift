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
    if a.raw != b.raw && a.grow(by: b) { return left }
    return try concatenate(a, b, isAppending: a.raw != b.raw)
  }

  /// Appends a text in place if nobody else refers to this str and there is room.
  func grow(by other: StringObject) -> Bool {
    guard length > 0, other.length > 0, canGrow, unitWidth(other.classBits) <= width else { return false }
    let sum = length &+ other.length
    guard StringObject.dataOffset &+ (sum &+ 1) &* width <= capacity else { return false }
    other.units.copy(to: data + length &* width, width: width)
    StringObject.initializeFields(raw, sum, width, other.isASCII ? flags : flags.subtracting(.ascii), capacity: capacity)
    return true
  }

  /// The text of two strs; with room for more when the first is one that only the sum replaces, and was itself such a sum.
  static func concatenate(_ a: StringObject, _ b: StringObject, isAppending: Bool) throws(PyError) -> Owned {
    guard isAppending, a.length > 0, b.length > 0, a.canGrow, unitWidth(b.classBits) <= a.width else { return try concatenate(a, b) }
    let length = a.length &+ b.length
    let needed = dataOffset &+ (length &+ 1) &* a.width
    let size = (needed &+ (a.flags.contains(.appended) ? needed &>> 2 : 0) &+ 15) & ~15
    guard size < Int(UInt32.max) &* 16 else { return try concatenate(a, b) }
    let raw = try allocateObject(TypeObject.str.rootShape, size: size)
    memcpy(raw + dataOffset, a.data, a.length &* a.width)
    b.units.copy(to: raw + (dataOffset &+ a.length &* a.width), width: a.width)
    initializeFields(raw, length, a.width, a.isASCII && b.isASCII ? [.ascii, .appended] : .appended, capacity: size)
    return Owned(taking: raw)
  }

  /// Whether this is an exact str with a single reference, held by this thread's owner.
  private var canGrow: Bool {
    raw.load(fromByteOffset: ObjectHeader.localOffset, as: UInt64.self) == 1 && !isInterned && raw.ownerIdentifier == krait_owner()
  }
}
