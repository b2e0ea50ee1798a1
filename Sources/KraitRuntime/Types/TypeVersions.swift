// Versions: what caches of type attributes compare, and how a change makes them stale.

import CKraitCore

extension TypeObject {
  /// A version under which look-ups on this type may be kept; 0 when versions have run out.
  ///
  /// The bases get theirs too: a change of one then reaches this type.
  @discardableResult
  public func assignVersion() -> UInt32 {
    if contents.pointee.version != 0 { return contents.pointee.version }
    guard !contents.pointee.mro.isAbsent, flags.contains(.ready), !flags.contains(.foreignMRO) else { return 0 }
    let bases = TupleObject(contents.pointee.bases)
    for index in 0..<bases.count where TypeObject(bases[index]).assignVersion() == 0 { return 0 }
    let version = TypeVersions.next()
    contents.pointee.version = version
    return version
  }

  /// The type or one of its bases changed: what was cached for it and its subclasses is stale.
  func invalidate() {
    if contents.pointee.version == 0 { return }
    contents.pointee.version = 0
    forEachShape { $0.contents.pointee.version = 0 }
    for subclass in directSubclasses { subclass.invalidate() }
  }
}

extension Shape {
  /// A version that stands for this shape and for the present state of its type: no other shape has it, and it ends with the next change of the type or a base.
  /// So a cache compares ``Shape/version`` alone. 0 when nothing may be cached.
  func assignVersion() -> UInt32 {
    if contents.pointee.version != 0 { return contents.pointee.version }
    guard type.assignVersion() != 0 else { return 0 }
    let version = TypeVersions.next()
    contents.pointee.version = version
    return version
  }
}

/// Gives out the versions of types and shapes.
enum TypeVersions {
  nonisolated(unsafe) private static let last: UnsafeMutablePointer<UInt64> = {
    let last = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    last.initialize(to: 0)
    return last
  }()

  /// A number that was never given; 0 when there are no more.
  static func next() -> UInt32 {
    // Atomic: interpreters with locks of their own draw from one counter.
    let version = krait_add64(last, 1) + 1
    return version <= UInt64(UInt32.max) ? UInt32(version) : 0
  }
}
