// The hashes of numbers: equal for equal numbers of all types, and equal to CPython's.

import CGMP

/// Numbers hash by their residue modulo the Mersenne prime 2^61 - 1; infinity and NaN have values of their own.
enum NumberHash {
  static let modulus: UInt = (1 << 61) - 1
  static let infinity = 314_159
  static let imaginaryFactor: UInt = 1_000_003
}

extension Integer {
  @inline(__always)
  public static func hash(_ value: Value) -> Int {
    if _fastPath(value.isSmallInteger) {
      let word = value.smallInteger
      if _fastPath(word.magnitude < NumberHash.modulus) { return word == -1 ? -2 : word }
    }
    return hashLimbs(value)
  }

  @inline(never)
  private static func hashLimbs(_ value: Value) -> Int {
    let residue: Int
    if value.isObject {
      let object = IntegerObject(value)
      if object.count == 0 { return 0 }
      // Ints of subclasses are mostly of one limb, which is its own residue.
      let isSmall = object.count == 1 && object.limbs[0] < NumberHash.modulus
      let magnitude = Int(bitPattern: isSmall ? object.limbs[0] : __gmpn_mod_1(object.limbs, object.count, NumberHash.modulus))
      residue = object.isNegative ? -magnitude : magnitude
    } else {
      let word = asInt(value) ?? 0
      let magnitude = Int(bitPattern: word.magnitude % NumberHash.modulus)
      residue = word < 0 ? -magnitude : magnitude
    }
    return residue == -1 ? -2 : residue
  }
}

/// The hash of a double; a NaN hashes by the identity of its object.
@inline(__always)
public func hashDouble(_ value: Double, object: Value) -> Int {
  let word = Int(truncatingIfNeeded: value.isFinite && abs(value) < 0x1p60 ? Int64(value) : 0)
  if _fastPath(Double(word) == value) { return word == -1 ? -2 : word }
  return hashFraction(value, object)
}

@inline(never)
private func hashFraction(_ value: Double, _ object: Value) -> Int {
  if value.isNaN { return object.isObject ? hashPointer(object.object) : 0 }
  if value.isInfinite { return value < 0 ? -NumberHash.infinity : NumberHash.infinity }
  if value == 0 { return 0 }
  // value = significand * 2^exponent with a whole significand; a power of two is a rotation modulo 2^61 - 1.
  var significand = UInt(value.significandBitPattern)
  var exponent = Int(value.exponentBitPattern) - 1075
  if value.exponentBitPattern != 0 { significand |= 1 << 52 } else { exponent += 1 }
  var shift = exponent % 61
  if shift < 0 { shift += 61 }
  let residue = shift == 0 ? significand : (significand << UInt(shift)) & NumberHash.modulus | significand >> UInt(61 - shift)
  let reduced = Int(bitPattern: residue == NumberHash.modulus ? 0 : residue)
  let hash = value < 0 ? -reduced : reduced
  return hash == -1 ? -2 : hash
}

/// The hash of an identity: the address, its low bits (which are the same for all) moved out of the way.
@inline(__always)
public func hashPointer(_ pointer: UnsafeRawPointer) -> Int {
  let bits = UInt(bitPattern: pointer)
  let hash = Int(bitPattern: bits >> 4 | bits << 60)
  return hash == -1 ? -2 : hash
}

func hashComplex(_ value: (real: Double, imaginary: Double), object: Value) -> Int {
  let imaginary = UInt(bitPattern: hashDouble(value.imaginary, object: object))
  let hash = Int(bitPattern: UInt(bitPattern: hashDouble(value.real, object: object)) &+ NumberHash.imaginaryFactor &* imaginary)
  return hash == -1 ? -2 : hash
}
