// Constants of the source and of code objects: interned, immutable, one word.

/// A constant of an ``Arena``: what a literal denotes and what constant folding makes of literals.
///
/// Constants are interned by type and value, `0.0` apart from `-0.0` and `1` apart from `True` and `1.0`, element by element in tuples:
/// two handles of one arena are equal exactly when CPython would share the constant in `co_consts`. A NaN equals only itself.
@frozen
public struct ConstantValue: Hashable, BitwiseCopyable, @unchecked Sendable {
  public enum Kind: UInt8, Sendable {
    case none, `false`, `true`, ellipsis, integer, float, complex, string, bytes, tuple, frozenset, slice, code
  }

  // Layout: hash (8), kind (8), then by kind:
  //   integer: signed limb count (8; the sign is the number's), limbs of 64 bits, least significant first, no leading zero limb
  //   float: one double; complex: two; string, bytes: a Text; tuple, frozenset, slice: count (8), ConstantValues; code: a pointer
  public let raw: UnsafeMutableRawPointer

  @inlinable public init(raw: UnsafeMutableRawPointer) { self.raw = raw }
  @inlinable public static func == (a: ConstantValue, b: ConstantValue) -> Bool { a.raw == b.raw }
  @inlinable public var hash: UInt { raw.load(as: UInt.self) }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
  @inlinable public func _rawHashValue(seed: Int) -> Int { Int(bitPattern: hash) ^ seed }

  @inlinable public var kind: Kind { raw.load(fromByteOffset: 8, as: Kind.self) }

  /// The limbs of an integer's magnitude, least significant first.
  public var limbs: UnsafeBufferPointer<UInt> {
    assert(kind == .integer)
    let count = raw.load(fromByteOffset: 16, as: Int.self)
    return UnsafeBufferPointer(start: UnsafePointer((raw + 24).assumingMemoryBound(to: UInt.self)), count: abs(count))
  }
  public var isNegative: Bool { raw.load(fromByteOffset: 16, as: Int.self) < 0 }
  /// The integer, when it fits in a machine word.
  public var smallInteger: Int? {
    let limbs = self.limbs
    if limbs.isEmpty { return 0 }
    guard limbs.count == 1 else { return nil }
    if isNegative { return limbs[0] <= UInt(1) << 63 ? Int(truncatingIfNeeded: 0 &- limbs[0]) : nil }
    return Int(exactly: limbs[0])
  }
  public var float: Double { assert(kind == .float); return raw.load(fromByteOffset: 16, as: Double.self) }
  public var complex: (real: Double, imaginary: Double) {
    assert(kind == .complex)
    return (raw.load(fromByteOffset: 16, as: Double.self), raw.load(fromByteOffset: 24, as: Double.self))
  }
  /// The text of a string or bytes constant.
  public var text: Text { assert(kind == .string || kind == .bytes); return raw.load(fromByteOffset: 16, as: Text.self) }
  /// The elements of a tuple, or of a frozenset in no particular order; start, stop and step of a slice.
  public var elements: UnsafeBufferPointer<ConstantValue> {
    assert(kind == .tuple || kind == .frozenset || kind == .slice)
    let count = raw.load(fromByteOffset: 16, as: Int.self)
    return UnsafeBufferPointer(start: UnsafePointer((raw + 24).assumingMemoryBound(to: ConstantValue.self)), count: count)
  }
  /// The code unit behind a code constant, as the compiler stored it.
  @inlinable public var codePointer: UnsafeMutableRawPointer { raw.load(fromByteOffset: 16, as: UnsafeMutableRawPointer.self) }
}

extension Arena {
  public var none: ConstantValue { singleton(.none) }
  public var ellipsis: ConstantValue { singleton(.ellipsis) }
  public func boolean(_ value: Bool) -> ConstantValue { singleton(value ? .true : .false) }

  private func singleton(_ kind: ConstantValue.Kind) -> ConstantValue {
    constant(kind, words: UnsafeBufferPointer(start: nil, count: 0))
  }

  public func integer(_ value: Int) -> ConstantValue {
    if value == 0 { return withWords(0) { constant(.integer, words: $0) } }
    return withWords(value < 0 ? UInt(bitPattern: -1) : 1, value.magnitude) { constant(.integer, words: $0) }
  }

  /// An integer from its magnitude; leading zero limbs are dropped.
  public func integer(limbs: UnsafeBufferPointer<UInt>, isNegative: Bool) -> ConstantValue {
    var count = limbs.count
    while count > 0 && limbs[count - 1] == 0 { count -= 1 }
    var words = [UInt(bitPattern: isNegative ? -count : count)]
    words.append(contentsOf: limbs.prefix(count))
    return words.withUnsafeBufferPointer { constant(.integer, words: $0) }
  }

  public func float(_ value: Double) -> ConstantValue {
    withWords(UInt(value.bitPattern)) { constant(.float, words: $0, isShared: !value.isNaN) }
  }

  public func complex(_ real: Double, _ imaginary: Double) -> ConstantValue {
    withWords(UInt(real.bitPattern), UInt(imaginary.bitPattern)) {
      constant(.complex, words: $0, isShared: !real.isNaN && !imaginary.isNaN)
    }
  }

  public func string(_ text: Text) -> ConstantValue {
    withWords(UInt(bitPattern: text.raw)) { constant(.string, words: $0) }
  }

  public func bytes(_ text: Text) -> ConstantValue {
    withWords(UInt(bitPattern: text.raw)) { constant(.bytes, words: $0) }
  }

  public func tuple<C: Collection<ConstantValue>>(_ elements: C) -> ConstantValue { composite(.tuple, elements) }

  /// A frozenset of distinct elements, whose order does not tell two sets apart: they are kept in the order of their addresses.
  public func frozenset<C: Collection<ConstantValue>>(_ elements: C) -> ConstantValue {
    composite(.frozenset, elements.sorted { $0.raw < $1.raw })
  }

  public func slice(_ start: ConstantValue, _ stop: ConstantValue, _ step: ConstantValue) -> ConstantValue {
    composite(.slice, [start, stop, step])
  }

  /// A code object's constant; each call makes a new one, as code objects are never shared.
  public func code(_ pointer: UnsafeMutableRawPointer) -> ConstantValue {
    withWords(UInt(bitPattern: pointer)) { constant(.code, words: $0, isShared: false) }
  }

  private func composite<C: Collection<ConstantValue>>(_ kind: ConstantValue.Kind, _ elements: C) -> ConstantValue {
    var words = [UInt(elements.count)]
    for element in elements { words.append(UInt(bitPattern: element.raw)) }
    return words.withUnsafeBufferPointer { constant(kind, words: $0) }
  }

  @inline(__always)
  private func withWords(_ words: UInt..., body: (UnsafeBufferPointer<UInt>) -> ConstantValue) -> ConstantValue {
    words.withUnsafeBufferPointer(body)
  }

  private func constant(_ kind: ConstantValue.Kind, words: UnsafeBufferPointer<UInt>, isShared: Bool = true) -> ConstantValue {
    var hash = UInt(kind.rawValue) &* 0x9E37_79B9_7F4A_7C15
    for word in words {
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash &>> 32
    }
    func make() -> UnsafeMutableRawPointer {
      let memory = allocate(16 + words.count * 8)
      memory.storeBytes(of: hash, as: UInt.self)
      memory.storeBytes(of: 0, toByteOffset: 8, as: UInt.self)
      memory.storeBytes(of: kind, toByteOffset: 8, as: ConstantValue.Kind.self)
      if let start = words.baseAddress { (memory + 16).copyMemory(from: start, byteCount: words.count * 8) }
      return memory
    }
    if !isShared { return ConstantValue(raw: make()) }
    let raw = constants.pointee.intern(hash: hash) { entry in
      let other = ConstantValue(raw: entry)
      guard other.hash == hash && other.kind == kind else { return false }
      let theirs = UnsafeBufferPointer(start: UnsafePointer((entry + 16).assumingMemoryBound(to: UInt.self)), count: words.count)
      return theirs.elementsEqual(words)
    } hashOf: {
      ConstantValue(raw: $0).hash
    } make: {
      make()
    }
    return ConstantValue(raw: raw)
  }
}
