// Versions: what caches of type attributes compare, and how a change makes them stale.

import CKraitCore

extension TypeObject {
  /// The next version to give out; 0 is never given.
  nonisolated(unsafe) private static var nextVersion: UInt64 = 1

  /// A version under which look-ups on this type may be kept; 0 when versions have run out.
  ///
  /// The bases get theirs too: a change of one then reaches this type.
  @discardableResult
  func assignVersion() -> UInt32 {
    if contents.pointee.version != 0 { return contents.pointee.version }
    guard !contents.pointee.mro.isAbsent, flags.contains(.ready) else { return 0 }
    let bases = TupleObject(contents.pointee.bases)
    for index in 0..<bases.count where TypeObject(bases[index]).assignVersion() == 0 { return 0 }
    // Atomic: interpreters with locks of their own draw from one counter.
    let version = withUnsafeMutablePointer(to: &TypeObject.nextVersion) { krait_add64($0, 1) }
    guard version <= UInt64(UInt32.max) else { return 0 }
    contents.pointee.version = UInt32(version)
    return UInt32(version)
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
  /// A version that guards what is cached for objects of this shape; 0 when nothing may be.
  func assignVersion() -> UInt32 {
    if contents.pointee.version != 0 { return contents.pointee.version }
    let version = type.assignVersion()
    contents.pointee.version = version
    return version
  }
}
